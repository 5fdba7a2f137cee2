/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* client/transport/printable, and that what a server says of itself or of a failure goes through
 * it. */

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "client/transport/greeting.h"
#include "client/transport/meta.h"
#include "client/transport/printable.h"

static void assert_printable(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		assert_in_range((unsigned char)*at, ' ', '~');
	}
}

static void bytes_that_are_not_printable_ascii_are_written_in_hex(void **state)
{
	char out[64];

	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		const uint8_t text[] = {'a', (uint8_t)byte, 'z'};
		char wanted[16];

		if (byte >= 0x20 && byte < 0x7f) {
			(void)snprintf(wanted, sizeof(wanted), "a%cz", byte);
		} else {
			(void)snprintf(wanted, sizeof(wanted), "a\\x%02xz", byte);
		}
		assert_string_equal(sd_printable(out, sizeof(out), text, sizeof(text)), wanted);
	}
}

static void what_does_not_fit_is_left_out_and_no_byte_is_cut(void **state)
{
	char out[16];

	(void)state;
	for (size_t size = 1; size <= 11; size++) {
		memset(out, '#', sizeof(out));
		(void)sd_printable(out, size, "ab\x1b\xff", 4);
		assert_string_equal(out, size == 1   ? ""
		                         : size == 2 ? "a"
		                         : size < 7  ? "ab"
		                         : size < 11 ? "ab\\x1b"
		                                     : "ab\\x1b\\xff");
		assert_int_equal(out[size], '#');
	}
	assert_string_equal(sd_printable(out, sizeof(out), "", 0), "");
}

/* {{{ what a server says */

static const char *const hostile[] = {
	"SERVER_ERROR \x1b[31m\x07\rFAKE LOG LINE\r\n",
	"SERVER_ERROR a\tb\xff\xc3\xa9\r\n",
	"CLIENT_ERROR \x7f\x80\r\n",
	"ERROR \x1b]0;title\x07\r\n",
};

/* The reply of a failure is what goes into exceptions, marks and the log. */
static void the_text_of_an_error_is_printable_and_bounded(void **state)
{
	char lines[2][1024] = {"SERVER_ERROR ", "SERVER_ERROR \x01"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		memset(lines[i] + strlen(lines[i]), i == 0 ? 'x' : 0x1b, 900);
		(void)strcat(lines[i], "\r\n");
	}
	for (size_t i = 0; i < COUNT_OF(hostile) + 2; i++) {
		const char *line = i < COUNT_OF(hostile) ? hostile[i] : lines[i - COUNT_OF(hostile)];
		struct sd_exchange exchange = {.request.kind = SD_GET};
		struct sd_meta_reply answer;

		assert_true(sd_meta_read_reply((const uint8_t *)line, strlen(line), &answer));
		assert_true(sd_meta_decode(&exchange, SD_SHAREDANCED, &answer));
		assert_int_equal(exchange.reply.status, SD_REFUSED);
		assert_printable(exchange.reply.reason);
		assert_in_range(strlen(exchange.reply.reason), strlen("the server says ") + 5,
		                strlen("the server says ") + 128);
	}
	{
		const char nul[] = "SERVER_ERROR a\0b\r\n";
		struct sd_exchange exchange = {.request.kind = SD_SET};
		struct sd_meta_reply answer;

		assert_true(sd_meta_read_reply((const uint8_t *)nul, sizeof(nul) - 1, &answer));
		assert_true(sd_meta_decode(&exchange, SD_SHAREDANCED, &answer));
		assert_string_equal(exchange.reply.reason, "the server says SERVER_ERROR a\\x00b");
	}
}

static void take(struct sd_greeting *greeting, const char *line, size_t length)
{
	struct sd_meta_reply answer;

	assert_true(sd_meta_read_reply((const uint8_t *)line, length, &answer));
	assert_int_equal(sd_greeting_take(greeting, &answer), SD_GREETING_MORE);
}

static void the_version_of_a_greeting_is_printable_and_bounded(void **state)
{
	static const char *const versions[][2] = {
		{"VERSION 9\x1b[1m-sharedanced\r\n", "9\\x1b[1m-sharedanced"},
		{"VERSION \xc3\xa9\r\n", "\\xc3\\xa9"},
		{"VERSION 1\r2\r\n", "1\\x0d2"},
		{"VERSION 12345678901234567890123456789\x01\x02\r\n", "12345678901234567890123456789"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		struct sd_greeting greeting = {0};

		sd_greeting_begin(&greeting);
		take(&greeting, "MN\r\n", 4);
		take(&greeting, versions[i][0], strlen(versions[i][0]));
		assert_string_equal(greeting.version, versions[i][1]);
	}
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_that_are_not_printable_ascii_are_written_in_hex),
		cmocka_unit_test(what_does_not_fit_is_left_out_and_no_byte_is_cut),
		cmocka_unit_test(the_text_of_an_error_is_printable_and_bounded),
		cmocka_unit_test(the_version_of_a_greeting_is_printable_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
