/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The last ten minutes are kept, the newest first, and what the page shows of them. */

#include "server/protocol/history.h"

#include <string.h>

#include "server/protocol/page_format.h"
#include "server/protocol/page_values.h"
#include "tests/unit/unit.h"

static struct sdd_history history;

static int set_up(void **state)
{
	(void)state;
	memset(&history, 0, sizeof(history));
	return 0;
}

static struct sdd_sample *add(int64_t at_ms)
{
	struct sdd_sample *sample = sdd_history_add(&history);

	memset(sample, 0, sizeof(*sample));
	sample->at_ms = at_ms;
	return sample;
}

static void the_newest_replaces_the_oldest(void **state)
{
	(void)state;
	assert_null(sdd_history_at(&history, 0));
	for (int i = 0; i < 3 * SDD_HISTORY_SAMPLES; i++) {
		(void)add(i);
		assert_int_equal(sdd_history_at(&history, 0)->at_ms, i);
	}
	assert_int_equal(sdd_history_at(&history, SDD_HISTORY_SAMPLES - 1)->at_ms,
	                 2 * SDD_HISTORY_SAMPLES);
	assert_null(sdd_history_at(&history, SDD_HISTORY_SAMPLES));
}

static void since_is_no_longer_ago_than_that(void **state)
{
	(void)state;
	assert_null(sdd_history_since(&history, 60));
	for (int i = 0; i < SDD_HISTORY_SAMPLES; i++) {
		(void)add(i * 5003); /* a timer is late */
	}
	assert_int_equal(sdd_history_since(&history, 5)->at_ms, 119 * 5003);
	assert_int_equal(sdd_history_since(&history, 60)->at_ms, 108 * 5003);
	assert_int_equal(sdd_history_since(&history, 600)->at_ms, 0);
	assert_int_equal(sdd_history_since(&history, 6000)->at_ms, 0);
}

static void rates_are_a_seconds(void **state)
{
	struct sdd_sample *from = add(1000);
	struct sdd_sample *to = add(6000);

	(void)state;
	to->numbers[SDD_STAT_CMD_GET] = 100;
	to->numbers[SDD_STAT_CMD_TOUCH] = 100; /* of these gets */
	to->numbers[SDD_STAT_GET_HITS] = 25;
	to->numbers[SDD_STAT_CMD_SET] = 50;
	to->numbers[SDD_STAT_BYTES] = 3;
	to->numbers[SDD_STAT_LIMIT_MAXBYTES] = 12;
	assert_true(sdd_page_requests(from, to) == 30);
	assert_true(sdd_page_gets(from, to) == 20);
	assert_true(sdd_page_sets(from, to) == 10);
	assert_true(sdd_page_hit_ratio(from, to) == 25);
	assert_true(sdd_page_full(from, to) == 25);
	assert_true(sdd_page_hit_ratio(to, to) < 0);
	assert_true(sdd_page_gets(to, to) < 0);
	assert_true(sdd_page_p99(from, to) < 0);
	to->latency[3] = 1;
	assert_true(sdd_page_p99(from, to) == SDD_LATENCY_FIRST_US * 8);
}

static void numbers_have_three_digits_and_a_unit(void **state)
{
	static const struct {
		enum sdd_page_unit unit;
		double number;
		const char *text;
	} cases[] = {
		{SDD_PAGE_COUNT, -1, "&ndash;"},
		{SDD_PAGE_COUNT, 0, "0"},
		{SDD_PAGE_COUNT, 0.25, "0.25"},
		{SDD_PAGE_COUNT, 7, "7"},
		{SDD_PAGE_COUNT, 12.34, "12.3"},
		{SDD_PAGE_COUNT, 999, "999"},
		{SDD_PAGE_COUNT, 999.7, "1.00&#8239;k"},
		{SDD_PAGE_COUNT, 19936, "19.9&#8239;k"},
		{SDD_PAGE_COUNT, 5e15, "5000&#8239;T"},
		{SDD_PAGE_BYTES, 68719476736.0, "64.0&#8239;GiB"},
		{SDD_PAGE_BYTES, 408, "408&#8239;B"},
		{SDD_PAGE_PERCENT, 0.04, "0.0&#8239;%"},
		{SDD_PAGE_PERCENT, 9.96, "10&#8239;%"},
		{SDD_PAGE_PERCENT, 100, "100&#8239;%"},
		{SDD_PAGE_MICROSECONDS, 64, "64&#8239;&micro;s"},
		{SDD_PAGE_MICROSECONDS, 1024, "1.02&#8239;ms"},
		{SDD_PAGE_MICROSECONDS, 16777216, "16.8&#8239;s"},
	};
	char text[SDD_PAGE_FORMAT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(sdd_page_format(text, cases[i].unit, cases[i].number), cases[i].text);
	}
	assert_string_equal(sdd_page_format_duration(text, 59), "59&#8239;s");
	assert_string_equal(sdd_page_format_duration(text, 3599), "59&#8239;min 59&#8239;s");
	assert_string_equal(sdd_page_format_duration(text, 86399), "23&#8239;h 59&#8239;min");
	assert_string_equal(sdd_page_format_duration(text, 86400 * 40), "40&#8239;d 0&#8239;h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_newest_replaces_the_oldest, set_up),
		cmocka_unit_test_setup(since_is_no_longer_ago_than_that, set_up),
		cmocka_unit_test_setup(rates_are_a_seconds, set_up),
		cmocka_unit_test_setup(numbers_have_three_digits_and_a_unit, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
