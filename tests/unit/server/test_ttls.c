/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* How long entries live that are stored, and for how long that counts. */

#include "server/store/ttls.h"

#include <string.h>

#include "server/store/entry.h"
#include "tests/unit/unit.h"

#define GRACE_MS 2000

static struct sdd_ttls ttls;

static int start(void **state)
{
	(void)state;
	memset(&ttls, 0, sizeof(ttls));
	return 0;
}

static void the_longest_ttl_counts_to_the_millisecond(void **state)
{
	static const int64_t some[] = {3000, 1, 4097, 4096, 1800000, 1799999, SDD_TTL_MAX - 1};

	(void)state;
	assert_int_equal(sdd_ttls_longest(&ttls), 0);
	for (size_t i = 0; i < COUNT_OF(some); i++) {
		int64_t before = sdd_ttls_longest(&ttls);

		sdd_ttls_observe(&ttls, some[i]);
		assert_int_equal(sdd_ttls_longest(&ttls), before > some[i] ? before : some[i]);
	}
}

static void what_lives_longer_than_a_month_counts_as_a_month_and_what_has_expired_not(void **state)
{
	(void)state;
	sdd_ttls_observe(&ttls, 0);
	sdd_ttls_observe(&ttls, -5);
	assert_int_equal(sdd_ttls_longest(&ttls), 0);
	sdd_ttls_observe(&ttls, SDD_TTL_MAX + 1);
	assert_int_equal(sdd_ttls_longest(&ttls), SDD_TTL_MAX);
	sdd_ttls_observe(&ttls, SDD_NEVER - 1700000000000);
	assert_int_equal(sdd_ttls_longest(&ttls), SDD_TTL_MAX);
}

static void a_ttl_counts_until_nothing_was_stored_with_it_for_as_long(void **state)
{
	(void)state;
	sdd_ttls_observe(&ttls, 100000);
	sdd_ttls_advance(&ttls, 90000);
	sdd_ttls_observe(&ttls, 70000); /* of the same class */
	sdd_ttls_advance(&ttls, 100000 + GRACE_MS - 1);
	assert_int_equal(sdd_ttls_longest(&ttls), 100000);
	sdd_ttls_advance(&ttls, 1);
	assert_int_equal(sdd_ttls_longest(&ttls), 0);
}

static void a_ttl_that_no_longer_counts_uncovers_shorter_ones(void **state)
{
	(void)state;
	sdd_ttls_observe(&ttls, 1000000);
	for (int i = 0; i < 1010; i++) {
		sdd_ttls_observe(&ttls, 3000);
		sdd_ttls_advance(&ttls, 1000);
	}
	assert_int_equal(sdd_ttls_longest(&ttls), 3000);
}

static void what_is_new_is_written_and_what_goes_on_is_not(void **state)
{
	struct sdd_ttls remembered = ttls;

	(void)state;
	assert_false(sdd_ttls_have_news(&ttls, &remembered));
	sdd_ttls_advance(&ttls, 100 * SDD_TTL_MAX);
	assert_false(sdd_ttls_have_news(&ttls, &remembered)); /* nothing was stored at all */
	sdd_ttls_observe(&ttls, 100000);
	assert_true(sdd_ttls_have_news(&ttls, &remembered));
	remembered = ttls;
	for (int i = 0; i < 1000; i++) {
		sdd_ttls_observe(&ttls, 100000);
		assert_false(sdd_ttls_have_news(&ttls, &remembered));
		sdd_ttls_advance(&ttls, 1000);
	}
	sdd_ttls_observe(&ttls, 100001);
	assert_true(sdd_ttls_have_news(&ttls, &remembered));
	remembered = ttls;
	sdd_ttls_advance(&ttls, 3600000);
	assert_true(sdd_ttls_have_news(&ttls, &remembered)); /* it does not count any more */
}

static void a_skew_that_changed_by_more_than_a_second_is_written(void **state)
{
	struct sdd_ttls remembered = ttls;

	(void)state;
	ttls.skew_ms = 1000;
	assert_false(sdd_ttls_have_news(&ttls, &remembered));
	ttls.skew_ms = 1001;
	assert_true(sdd_ttls_have_news(&ttls, &remembered));
	remembered.skew_ms = 5000;
	assert_true(sdd_ttls_have_news(&ttls, &remembered));
}

/* Whenever the process dies, a time to live counts afterwards for nearly as long as it would have.
 */
static void what_is_remembered_counts_for_long_enough(void **state)
{
	struct sdd_ttls remembered = ttls;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		struct sdd_ttls found;

		if (round % 97 < 90) { /* with pauses */
			sdd_ttls_observe(&ttls, 100000);
		}
		if (sdd_ttls_have_news(&ttls, &remembered)) {
			remembered = ttls;
		}
		found = remembered;
		sdd_ttls_advance(&ttls, 1000);
		sdd_ttls_advance(&found, 100000 - 100000 / 8 - 9000);
		assert_int_equal(sdd_ttls_longest(&found), 100000);
	}
}

static void a_damaged_row_is_forgotten(void **state)
{
	(void)state;
	sdd_ttls_observe(&ttls, 100000);
	ttls.skew_ms = -5;
	ttls.classes[3].longest_ms = 100; /* is of another class */
	ttls.classes[31].longest_ms = SDD_TTL_MAX + 1;
	ttls.classes[16].last_ms = INT64_MAX;
	sdd_ttls_check(&ttls);
	assert_int_equal(ttls.skew_ms, 0);
	assert_int_equal(ttls.classes[3].longest_ms, 0);
	assert_int_equal(sdd_ttls_longest(&ttls), 100000);
	assert_int_equal(ttls.classes[16].last_ms, 0);
	ttls.served_ms = -1;
	sdd_ttls_check(&ttls);
	assert_int_equal(sdd_ttls_longest(&ttls), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_longest_ttl_counts_to_the_millisecond, start),
		cmocka_unit_test_setup(
			what_lives_longer_than_a_month_counts_as_a_month_and_what_has_expired_not, start),
		cmocka_unit_test_setup(a_ttl_counts_until_nothing_was_stored_with_it_for_as_long, start),
		cmocka_unit_test_setup(a_ttl_that_no_longer_counts_uncovers_shorter_ones, start),
		cmocka_unit_test_setup(what_is_new_is_written_and_what_goes_on_is_not, start),
		cmocka_unit_test_setup(a_skew_that_changed_by_more_than_a_second_is_written, start),
		cmocka_unit_test_setup(what_is_remembered_counts_for_long_enough, start),
		cmocka_unit_test_setup(a_damaged_row_is_forgotten, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
