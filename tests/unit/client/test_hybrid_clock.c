/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* client/net/hybrid_clock: versions, on a time of day that is an argument. */

#include "tests/unit/unit.h"

#include "client/net/hybrid_clock.h"

#define NOW_US 1790000000000000

static uint64_t next(struct sd_hybrid_clock *clock, int64_t wall_us, uint64_t spread)
{
	return sd_hybrid_clock_next(clock, clock, wall_us, UINT64_MAX, spread);
}

static void a_version_is_the_time_of_day_and_the_spread(void **state)
{
	struct sd_hybrid_clock clock = {0};

	(void)state;
	assert_int_equal(next(&clock, NOW_US, 0), NOW_US);
	assert_int_equal(next(&clock, NOW_US + 1000, 63), NOW_US + 1063);
}

static void versions_grow_within_one_microsecond(void **state)
{
	struct sd_hybrid_clock clock = {0};
	uint64_t last = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t version = next(&clock, NOW_US, (uint64_t)i % 64);

		assert_true(version > last);
		last = version;
	}
}

static void versions_grow_when_the_time_goes_back(void **state)
{
	struct sd_hybrid_clock clock = {0};

	(void)state;
	assert_int_equal(next(&clock, NOW_US, 0), NOW_US);
	assert_int_equal(next(&clock, NOW_US - 3600000000, 0), NOW_US + 1);
	assert_int_equal(next(&clock, -1, 0), NOW_US + 2);
}

static void a_version_is_larger_than_all_that_were_seen(void **state)
{
	struct sd_hybrid_clock clock = {0};

	(void)state;
	sd_hybrid_clock_observe(&clock, NOW_US + 5000000);
	sd_hybrid_clock_observe(&clock, NOW_US + 10);
	assert_int_equal(next(&clock, NOW_US, 0), NOW_US + 5000001);
}

static void a_version_beyond_any_date_is_not_followed(void **state)
{
	struct sd_hybrid_clock clock = {0};

	(void)state;
	sd_hybrid_clock_observe(&clock, (uint64_t)INT64_MAX + 1);
	sd_hybrid_clock_observe(&clock, UINT64_MAX);
	assert_int_equal(next(&clock, NOW_US, 0), NOW_US);
	sd_hybrid_clock_observe(&clock, INT64_MAX);
	assert_int_equal(next(&clock, NOW_US, 0), (uint64_t)INT64_MAX + 1);
}

static void a_version_is_larger_than_what_either_server_had(void **state)
{
	struct sd_hybrid_clock first = {0};
	struct sd_hybrid_clock second = {0};

	(void)state;
	sd_hybrid_clock_observe(&first, NOW_US + 100);
	sd_hybrid_clock_observe(&second, NOW_US + 200);
	assert_int_equal(sd_hybrid_clock_next(&first, &second, NOW_US, UINT64_MAX, 0), NOW_US + 201);
	assert_int_equal(next(&first, NOW_US, 0), NOW_US + 202);
	assert_int_equal(sd_hybrid_clock_next(&first, &second, NOW_US, UINT64_MAX, 0), NOW_US + 203);
	assert_int_equal(next(&second, NOW_US, 0), NOW_US + 204);
}

static void what_is_above_the_limit_does_not_count(void **state)
{
	struct sd_hybrid_clock first = {0};
	struct sd_hybrid_clock second = {0};
	const uint64_t limit = NOW_US + 1000;

	(void)state;
	sd_hybrid_clock_observe(&first, limit + 1);
	assert_int_equal(sd_hybrid_clock_next(&first, &second, NOW_US, limit, 0), NOW_US);
	sd_hybrid_clock_observe(&second, limit + 1);
	assert_int_equal(sd_hybrid_clock_next(&first, &second, NOW_US, limit, 0), NOW_US + 1);
	sd_hybrid_clock_observe(&second, limit);
	assert_int_equal(sd_hybrid_clock_next(&first, &second, NOW_US, limit, 0), limit + 1);
}

#define DAY_US INT64_C(86400000000)

static void a_day_ahead_of_the_servers_clock_is_the_most(void **state)
{
	struct sd_server_clock clock;

	(void)state;
	sd_server_clock_set(&clock, NOW_US,
	                    &(struct sd_server_clock_asked){.asked_us = 5000, .answered_us = 5100});
	assert_int_equal(clock.offset_us, NOW_US - 5000);
	assert_int_equal(clock.limit, NOW_US + DAY_US);
	assert_false(sd_server_clock_is_exceeded(&clock, NOW_US + DAY_US, 5000));
	assert_true(sd_server_clock_is_exceeded(&clock, NOW_US + DAY_US + 1, 5000));
	assert_false(sd_server_clock_is_exceeded(&clock, NOW_US + DAY_US + 1, 5001)); /* time passes */
	assert_int_equal(clock.limit, NOW_US + DAY_US + 1);
}

/* A server that was asked at 1000 and answered at 1300; its clock is `offset` ahead of the
 * monotonic one as it answered, at `at`. */
static struct sd_server_clock asked_clock(int64_t offset_us, int64_t at_us, int64_t own_us)
{
	struct sd_server_clock clock;

	sd_server_clock_set(&clock, (uint64_t)(offset_us + at_us),
	                    &(struct sd_server_clock_asked){1000, 1300, own_us});
	return clock;
}

static void ones_own_clock_is_taken_if_it_agrees_with_the_servers(void **state)
{
	(void)state;
	for (int64_t at_us = 1000; at_us <= 1300; at_us += 100) {
		int64_t latest_us = NOW_US + at_us - 1000; /* as if it had answered at once */

		assert_int_equal(asked_clock(NOW_US, at_us, NOW_US).offset_us, NOW_US);
		assert_int_equal(asked_clock(NOW_US, at_us, latest_us).offset_us, latest_us);
		assert_int_equal(asked_clock(NOW_US, at_us, latest_us + 1).offset_us, latest_us);
		assert_int_equal(asked_clock(NOW_US, at_us, latest_us - 300).offset_us, latest_us - 300);
		assert_int_equal(asked_clock(NOW_US, at_us, latest_us - 301).offset_us, latest_us);
		assert_int_equal(asked_clock(NOW_US, at_us, NOW_US - 3600000000).offset_us, latest_us);
	}
}

static void the_most_exact_answer_counts_until_the_clock_is_set(void **state)
{
	const struct sd_server_clock slow = asked_clock(NOW_US, 1300, 0); /* 300 too much */
	const struct sd_server_clock fast = asked_clock(NOW_US, 1000, 0);

	(void)state;
	assert_int_equal(sd_server_clock_merge(&slow, 0), NOW_US + 300);
	assert_int_equal(sd_server_clock_merge(&slow, NOW_US), NOW_US);
	assert_int_equal(sd_server_clock_merge(&fast, NOW_US + 300), NOW_US);
	/* set forward, and back */
	assert_int_equal(sd_server_clock_merge(&slow, NOW_US - 1), NOW_US + 300);
	assert_int_equal(sd_server_clock_merge(&slow, NOW_US + 301), NOW_US + 300);
}

static void without_a_servers_clock_what_is_no_date_is_too_far_ahead(void **state)
{
	static const struct sd_server_clock_asked asked = {5000, 5000, NOW_US};
	static const uint64_t not_told[] = {0, SD_VERSION_DATE_MAX + 1, UINT64_MAX};
	struct sd_server_clock clock;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(not_told); i++) {
		sd_server_clock_set(&clock, not_told[i], &asked);
		assert_int_equal(clock.offset_us, 0);
		assert_false(sd_server_clock_is_exceeded(&clock, SD_VERSION_DATE_MAX, 5000));
		assert_true(sd_server_clock_is_exceeded(&clock, SD_VERSION_DATE_MAX + 1, 5000));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_is_the_time_of_day_and_the_spread),
		cmocka_unit_test(versions_grow_within_one_microsecond),
		cmocka_unit_test(versions_grow_when_the_time_goes_back),
		cmocka_unit_test(a_version_is_larger_than_all_that_were_seen),
		cmocka_unit_test(a_version_beyond_any_date_is_not_followed),
		cmocka_unit_test(a_version_is_larger_than_what_either_server_had),
		cmocka_unit_test(what_is_above_the_limit_does_not_count),
		cmocka_unit_test(a_day_ahead_of_the_servers_clock_is_the_most),
		cmocka_unit_test(ones_own_clock_is_taken_if_it_agrees_with_the_servers),
		cmocka_unit_test(the_most_exact_answer_counts_until_the_clock_is_set),
		cmocka_unit_test(without_a_servers_clock_what_is_no_date_is_too_far_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
