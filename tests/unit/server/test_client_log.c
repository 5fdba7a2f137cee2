/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Lines about clients: how many there are, and what becomes of the others. */

#include "server/system/client_log.h"

#include "tests/unit/server/caught_log.h"
#include "tests/unit/unit.h"

static void report(enum sdd_log_level level, const char *kind, const char *address,
                   const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	sdd_client_log(level, kind, address, format, arguments);
	va_end(arguments);
}

static void refused(const char *address)
{
	report(SDD_LOG_WARNING, "refused", address, "refused: %s", "a reason");
}

static void an_address_has_two_lines_of_a_kind_in_a_minute(void **state)
{
	(void)state;
	refused("10.0.0.1:1000");
	assert_string_equal(last, "10.0.0.1:1000: refused: a reason");
	for (int i = 0; i < 100; i++) {
		refused(i % 2 == 0 ? "10.0.0.1:1001" : "10.0.0.1:1002");
	}
	assert_int_equal(line_count, 2);
	now_ms += MINUTE_MS - 1;
	refused("10.0.0.1:1000");
	assert_int_equal(line_count, 2);
	now_ms += 1;
	refused("10.0.0.1:1003");
	assert_string_equal(last, "10.0.0.1:1003: refused: a reason (100 lines like it were left out)");
	refused("10.0.0.1:1004");
	assert_string_equal(last, "10.0.0.1:1004: refused: a reason");
	refused("10.0.0.1:1005");
	assert_int_equal(line_count, 4);
}

static void other_addresses_and_other_kinds_have_lines_of_their_own(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		refused("10.0.1.1:1");
	}
	refused("10.0.1.2:1");
	refused("[fe80::1]:1");
	refused("[fe80::2]:1");
	refused("a local client");
	assert_int_equal(line_count, 6);
	report(SDD_LOG_NOTICE, "gone", "10.0.1.1:1", "gone");
	assert_string_equal(last, "10.0.1.1:1: gone");
	assert_int_equal(line_count, 7);
}

static void many_addresses_share_what_is_left(void **state)
{
	char address[32];

	(void)state;
	for (unsigned i = 0; i < 10 * SDD_CLIENT_LOG_ADDRESSES; i++) {
		(void)snprintf(address, sizeof(address), "10.%u.%u.1:9", 1 + i / 256, i % 256);
		refused(address);
		refused(address);
		refused(address);
	}
	assert_in_range(line_count, 2 * SDD_CLIENT_LOG_ADDRESSES - 2, 2 * SDD_CLIENT_LOG_ADDRESSES + 2);
}

static void what_was_left_out_is_told_when_the_place_goes_to_another(void **state)
{
	char address[32];

	(void)state;
	for (unsigned i = 0; i < SDD_CLIENT_LOG_ADDRESSES; i++) {
		(void)snprintf(address, sizeof(address), "10.98.%u.1:9", i);
		refused(address); /* nothing of all before is left to be told */
	}
	now_ms += MINUTE_MS;
	summary_count = 0;
	for (int i = 0; i < 7; i++) {
		refused("10.99.0.1:1");
	}
	now_ms += MINUTE_MS;
	for (unsigned i = 0; i < SDD_CLIENT_LOG_ADDRESSES; i++) {
		(void)snprintf(address, sizeof(address), "10.100.%u.1:9", i);
		refused(address);
	}
	assert_int_equal(summary_count, 1);
	now_ms += MINUTE_MS;
	for (int i = 0; i < 7; i++) {
		refused("10.99.0.1:1");
	}
	assert_int_equal(line_count, 2 + 2 * SDD_CLIENT_LOG_ADDRESSES + 2);
}

static void a_line_that_is_not_shown_counts_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		report(SDD_LOG_DEBUG, "gone", "10.0.3.1:1", "gone");
	}
	assert_int_equal(line_count, 0);
	report(SDD_LOG_NOTICE, "gone", "10.0.3.1:1", "gone");
	assert_string_equal(last, "10.0.3.1:1: gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_has_two_lines_of_a_kind_in_a_minute),
		TEST(other_addresses_and_other_kinds_have_lines_of_their_own),
		TEST(many_addresses_share_what_is_left),
		TEST(what_was_left_out_is_told_when_the_place_goes_to_another),
		TEST(a_line_that_is_not_shown_counts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
