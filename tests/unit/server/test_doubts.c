/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which entries are in doubt after writes were refused: server/protocol/doubts.h. */

#include "server/protocol/doubts.h"

#include "tests/unit/unit.h"

#define TTL_MS 1000

static struct sdd_doubts doubts;

static int stop(void **state)
{
	(void)state;
	sdd_doubts_clear(&doubts);
	return 0;
}

static struct sdd_key key_of(uint64_t hash)
{
	return (struct sdd_key){.hash = hash};
}

static void refuse(uint64_t hash, uint64_t version, int64_t now_ms)
{
	const struct sdd_key key = key_of(hash);

	sdd_doubts_expect(&doubts, &key, version, TTL_MS);
	sdd_doubts_refused(&doubts, now_ms);
}

static bool has(uint64_t hash, uint64_t version)
{
	const struct sdd_key key = key_of(hash);

	return sdd_doubts_has(&doubts, &key, version);
}

static bool end(uint64_t hash, int64_t before_ms)
{
	const struct sdd_key key = key_of(hash);

	return sdd_doubts_end(&doubts, &key, before_ms);
}

static void what_is_older_than_a_refused_write_is_in_doubt(void **state)
{
	(void)state;
	assert_false(has(1, 0));
	refuse(1, 0, 10); /* it had no version */
	assert_false(has(1, 0));
	refuse(1, 100, 10);
	assert_true(has(1, 0));
	assert_true(has(1, 99));
	assert_false(has(1, 100));
	assert_false(has(1 + 1024, 0)); /* of the same bucket */
	assert_false(has(0, 0));
	refuse(1, 50, 20); /* an older one */
	assert_true(has(1, 99));
	refuse(1, 200, 30);
	assert_true(has(1, 199));
	assert_false(has(1, 200));
}

static void a_comparison_ends_older_doubts_of_its_key(void **state)
{
	(void)state;
	refuse(1, 100, 10);
	refuse(2, 100, 10);
	assert_false(end(1, 10));
	assert_true(has(1, 99));
	assert_true(end(1, 11));
	assert_false(has(1, 99));
	assert_true(has(2, 99));
	refuse(1, 100, 20);
	assert_true(has(1, 99));
}

/* A bucket has four: the lowest of five is forgotten, and doubted with all that is older. */
static void what_has_no_slot_is_doubted_together(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 5; i++) {
		refuse(i * 1024, i * 100, (int64_t)i);
	}
	assert_true(has(1024, 99));
	assert_true(has(7, 99)); /* of which nothing was refused */
	assert_true(has(7, 0));
	assert_false(has(7, 100));
	assert_true(has(5 * 1024, 499));
	assert_false(end(7, 1));
	assert_true(end(7, 2)); /* for this time */
	assert_true(has(7, 99));
	assert_true(end(5 * 1024, 6));
	assert_false(has(5 * 1024, 499));
}

static size_t count(int64_t now_ms)
{
	bool are_more;
	size_t result = sdd_doubts_count(&doubts, now_ms, &are_more);

	assert_false(are_more);
	return result;
}

static void doubts_are_counted_until_they_are_over(void **state)
{
	(void)state;
	assert_int_equal(count(0), 0);
	refuse(1, 100, 10);
	refuse(2, 100, 20);
	refuse(2, 0, 30); /* it had no version */
	refuse(3, 0, 30);
	assert_int_equal(count(30), 2);
	assert_true(has(1, 99));
	assert_int_equal(count(30), 2);
	assert_false(has(1, 100)); /* written meanwhile */
	assert_int_equal(count(30), 1);
	refuse(1, 0, 40); /* or not: its batch was lost */
	assert_int_equal(count(40), 2);
	assert_true(end(1, 50));
	assert_int_equal(count(50), 1);
	assert_int_equal(count(20 + TTL_MS - 1), 1);
	assert_int_equal(count(20 + TTL_MS), 0);
	assert_true(has(2, 99)); /* which somebody may have prolonged */
}

static void that_there_are_more_doubts_is_known_until_they_are_over(void **state)
{
	bool are_more;

	(void)state;
	for (uint64_t i = 1; i <= 5; i++) {
		refuse(i * 1024, i * 100, (int64_t)i);
	}
	assert_int_equal(sdd_doubts_count(&doubts, TTL_MS, &are_more), 4);
	assert_true(are_more);
	assert_int_equal(sdd_doubts_count(&doubts, TTL_MS + 1, &are_more), 4);
	assert_false(are_more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_is_older_than_a_refused_write_is_in_doubt, stop),
		cmocka_unit_test_teardown(a_comparison_ends_older_doubts_of_its_key, stop),
		cmocka_unit_test_teardown(what_has_no_slot_is_doubted_together, stop),
		cmocka_unit_test_teardown(doubts_are_counted_until_they_are_over, stop),
		cmocka_unit_test_teardown(that_there_are_more_doubts_is_known_until_they_are_over, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
