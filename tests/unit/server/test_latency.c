/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What a tick has run counts with the time that the tick took, once, when it has ended. */

#include "server/protocol/latency.h"

#include <string.h>

#include "tests/unit/unit.h"

#define GET 0
#define SET 1
#define TOUCH 3

static struct sdd_latency latency;
static uint64_t numbers[SDD_STAT_COUNT];

static int set_up(void **state)
{
	(void)state;
	memset(&latency, 0, sizeof(latency));
	memset(numbers, 0, sizeof(numbers));
	return 0;
}

static uint64_t count_all(size_t command)
{
	uint64_t all = 0;

	for (size_t i = 0; i <= SDD_LATENCY_BUCKETS; i++) {
		all += latency.buckets[command][i];
	}
	return all;
}

static void a_command_counts_when_its_tick_has_ended(void **state)
{
	(void)state;
	numbers[SDD_STAT_CMD_GET] = 3;
	sdd_latency_ran(&latency, numbers, 1000);
	assert_int_equal(count_all(GET), 0);
	sdd_latency_ended(&latency, 1020);
	assert_int_equal(latency.buckets[GET][2], 3); /* over 16, up to 32 */
	assert_int_equal(latency.sums_us[GET], 60);
	assert_int_equal(count_all(SET), 0);
	sdd_latency_ended(&latency, 5000);
	assert_int_equal(count_all(GET), 3);
}

static void only_what_is_new_counts(void **state)
{
	(void)state;
	numbers[SDD_STAT_CMD_GET] = 3;
	sdd_latency_ran(&latency, numbers, 1000);
	sdd_latency_ended(&latency, 1008);
	numbers[SDD_STAT_CMD_SET] = 1;
	sdd_latency_ran(&latency, numbers, 2000);
	sdd_latency_ended(&latency, 2009);
	assert_int_equal(latency.buckets[GET][0], 3);
	assert_int_equal(latency.buckets[SET][1], 1);
	assert_int_equal(count_all(GET) + count_all(SET), 4);
}

static void each_bound_belongs_to_its_bucket(void **state)
{
	int64_t bound = SDD_LATENCY_FIRST_US;

	(void)state;
	for (size_t i = 0; i < SDD_LATENCY_BUCKETS; i++, bound *= 2) {
		numbers[SDD_STAT_CMD_GET]++;
		sdd_latency_ran(&latency, numbers, 50);
		sdd_latency_ended(&latency, 50 + bound);
		assert_int_equal(latency.buckets[GET][i], 1);
		numbers[SDD_STAT_CMD_SET]++;
		sdd_latency_ran(&latency, numbers, 50);
		sdd_latency_ended(&latency, 50 + bound + 1);
		assert_int_equal(latency.buckets[SET][i + 1], 1);
	}
}

static void a_clock_that_went_back_is_no_time_at_all(void **state)
{
	(void)state;
	numbers[SDD_STAT_CMD_GET] = 1;
	sdd_latency_ran(&latency, numbers, 1000);
	sdd_latency_ended(&latency, 900);
	assert_int_equal(latency.buckets[GET][0], 1);
	assert_int_equal(latency.sums_us[GET], 0);
}

static void the_sum_has_each_request_once(void **state)
{
	uint64_t sum[SDD_LATENCY_BUCKETS + 1];

	(void)state;
	numbers[SDD_STAT_CMD_GET] = 2;
	numbers[SDD_STAT_CMD_TOUCH] = 2;
	numbers[SDD_STAT_CMD_UNLOCK] = 5;
	sdd_latency_ran(&latency, numbers, 0);
	sdd_latency_ended(&latency, 1);
	assert_int_equal(latency.buckets[TOUCH][0], 2);
	sdd_latency_sum(&latency, sum);
	assert_int_equal(sum[0], 7);
}

static void a_quantile_is_the_bound_of_its_bucket(void **state)
{
	uint64_t buckets[SDD_LATENCY_BUCKETS + 1] = {0};

	(void)state;
	assert_int_equal(sdd_latency_quantile(buckets, 0.5), 0);
	buckets[1] = 98;
	buckets[4] = 1;
	buckets[SDD_LATENCY_BUCKETS] = 1;
	assert_int_equal(sdd_latency_quantile(buckets, 0.5), SDD_LATENCY_FIRST_US * 2);
	assert_int_equal(sdd_latency_quantile(buckets, 0.98), SDD_LATENCY_FIRST_US * 2);
	assert_int_equal(sdd_latency_quantile(buckets, 0.99), SDD_LATENCY_FIRST_US * 16);
	assert_int_equal(sdd_latency_quantile(buckets, 1),
	                 (int64_t)SDD_LATENCY_FIRST_US << SDD_LATENCY_BUCKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_command_counts_when_its_tick_has_ended, set_up),
		cmocka_unit_test_setup(only_what_is_new_counts, set_up),
		cmocka_unit_test_setup(each_bound_belongs_to_its_bucket, set_up),
		cmocka_unit_test_setup(a_clock_that_went_back_is_no_time_at_all, set_up),
		cmocka_unit_test_setup(the_sum_has_each_request_once, set_up),
		cmocka_unit_test_setup(a_quantile_is_the_bound_of_its_bucket, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
