/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Text grows up to its limit and is void beyond it, and nothing in HTML is more than text. */

#include "server/system/text.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static void assert_text(const struct sdd_text *text, const char *expected)
{
	assert_false(text->is_cut);
	assert_int_equal(text->length, strlen(expected));
	assert_memory_equal(text->bytes, expected, text->length);
}

static void text_is_what_was_added(void **state)
{
	struct sdd_text text = {.most = 100};

	(void)state;
	sdd_text_add(&text, "%s", "");
	sdd_text_add(&text, "a%db", 12);
	sdd_text_add(&text, "%s", " c");
	assert_text(&text, "a12b c");
	sdd_text_free(&text);
	assert_null(text.bytes);
	sdd_text_add(&text, "again");
	assert_text(&text, "again");
	sdd_text_free(&text);
}

/* At each length where there is just room, and where there is just none. */
static void it_grows_without_a_gap(void **state)
{
	static char expected[20001];

	(void)state;
	for (size_t step = 1; step <= 4099; step += step < 20 ? 1 : 511) {
		struct sdd_text text = {.most = sizeof(expected)};
		size_t length = 0;

		while (length + step < sizeof(expected)) {
			memset(expected + length, 'a' + (int)(length % 26), step);
			expected[length + step] = '\0';
			sdd_text_add(&text, "%s", expected + length);
			length += step;
		}
		assert_text(&text, expected);
		sdd_text_free(&text);
	}
}

static void beyond_its_limit_it_is_void(void **state)
{
	struct sdd_text text = {.most = 5};

	(void)state;
	sdd_text_add(&text, "12345");
	assert_text(&text, "12345");
	sdd_text_add(&text, "6");
	assert_true(text.is_cut);
	sdd_text_add(&text, "%s", "");
	assert_true(text.is_cut);
	assert_int_equal(text.length, 5);
	sdd_text_free(&text);
}

static void html_is_text(void **state)
{
	struct sdd_text text = {.most = 1000};

	(void)state;
	sdd_text_add_html(&text, "a<b>&\"c'\x01\xff%s");
	assert_text(&text, "a&lt;b>&amp;&quot;c'??%s");
	sdd_text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_what_was_added),
		cmocka_unit_test(it_grows_without_a_gap),
		cmocka_unit_test(beyond_its_limit_it_is_void),
		cmocka_unit_test(html_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
