/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Repairs after a read: which copies are replaced, and when none is. */

#include "client/policy/repair.h"
#include "tests/unit/client/three_servers.h"

/* {{{ the newest of two */

static void the_older_copy_is_repaired_with_value_version_and_ttl(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		struct fake_store *newer;
		struct fake_store *older;

		use_kind(pool, versioned_kinds[i / 2]);
		newer = i % 2 ? pool->at_first : pool->at_second;
		older = i % 2 ? pool->at_second : pool->at_first;
		fake_put(newer, KEY, "new", NEW)->expires_ms = pool->clock_ms + 70 * SECOND_MS;
		fake_put(older, KEY, "old", OLD);
		assert_got(pool, "new", NEW);
		assert_has(older, "new", NEW);
		assert_has(newer, "new", NEW);
		assert_in_range(fake_entry_of(older, KEY)->expires_ms - pool->clock_ms, 68 * SECOND_MS,
		                70 * SECOND_MS);
		fake_forget(&pool->network);
		assert_got(pool, "new", NEW);
		assert_asked_both_at_once(pool, SD_GET, SD_EXISTS); /* nothing is left to be repaired */
	}
}

static void a_repair_says_that_it_is_one_and_a_write_does_not(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "new", NEW);
	fake_put_tombstone(pool->at_second, KEY, OLD);
	assert_got(pool, "new", NEW);
	assert_int_equal(times_asked(&pool->network, SD_SET), 1);
	for (size_t i = 0; i < pool->network.asked_count; i++) {
		const struct fake_asked *asked = &pool->network.asked[i];

		assert_int_equal(asked->is_repair, asked->kind == SD_SET);
	}
	fake_put_tombstone(pool->at_first, KEY, 2 * NEW);
	fake_forget(&pool->network);
	assert_missed(pool);
	assert_true(pool->network.asked[pool->network.asked_count - 1].is_repair);
	fake_forget(&pool->network);
	(void)do_set(pool);
	for (size_t i = 0; i < pool->network.asked_count; i++) {
		assert_false(pool->network.asked[i].is_repair);
	}
}

static void a_copy_that_is_damaged_is_replaced_by_the_other(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 4; i++) {
		struct fake_store *whole;
		struct fake_store *damaged;

		use_stores(pool);
		whole = i % 2 ? pool->at_first : pool->at_second;
		damaged = i % 2 ? pool->at_second : pool->at_first;
		fake_put(whole, KEY, "whole", NEW);
		/* whatever version it may have had */
		fake_put(damaged, KEY, "damaged", i < 2 ? OLD : 2 * NEW)->damaged = true;
		assert_got(pool, "whole", NEW);
		assert_has(damaged, "whole", NEW);
		assert_false(fake_entry_of(damaged, KEY)->damaged);
	}
}

static void a_copy_that_is_damaged_is_never_taken_for_an_absent_one(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "damaged", NEW)->damaged = true;
	fake_restart(pool->at_second); /* it has nothing, which proves nothing */
	assert_int_equal(do_get(pool), SD_UNPROVEN);
	fake_put(pool->at_second, KEY, "damaged", NEW)->damaged = true;
	assert_int_equal(do_get(pool), SD_REFUSED);
	assert_int_equal(times_asked(&pool->network, SD_SET), 0);
}

static void what_lives_for_ever_is_repaired_for_ever(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "new", NEW);
	assert_got(pool, "new", NEW);
	assert_has(pool->at_second, "new", NEW);
	assert_int_equal(fake_entry_of(pool->at_second, KEY)->expires_ms, FAKE_NEVER);
}

static void what_is_about_to_expire_is_not_repaired(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_MEMCACHED);
	fake_put(pool->at_first, KEY, "new", NEW)->expires_ms = pool->clock_ms + 900;
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_got(pool, "new", NEW);
	assert_has(pool->at_second, "old", OLD);
	assert_int_equal(times_asked(&pool->network, SD_SET), 0);
}

static void two_copies_do_not_keep_each_other_alive(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		int64_t end_ms = pool->clock_ms + 5 * SECOND_MS;

		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "v", NEW)->expires_ms = end_ms;
		fake_put(pool->at_second, KEY, "v", NEW)->expires_ms = end_ms + 300;
		while (pool->clock_ms < end_ms + 2 * SECOND_MS) {
			fake_forget(&pool->network);
			(void)do_get(pool);
			pool->clock_ms++;
		}
		assert_missed(pool);
	}
}

static void what_is_in_its_last_second_still_replaces_what_is_older(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "new", NEW)->expires_ms = pool->clock_ms + 900;
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_got(pool, "new", NEW);
	assert_has(pool->at_second, "new", NEW);
}

static void a_tombstone_deletes_the_older_value_on_the_other(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		struct fake_store *newer;
		struct fake_store *older;

		use_kind(pool, versioned_kinds[i / 2]);
		newer = i % 2 ? pool->at_first : pool->at_second;
		older = i % 2 ? pool->at_second : pool->at_first;
		fake_put_tombstone(newer, KEY, NEW)->expires_ms = pool->clock_ms + 7000 * SECOND_MS;
		fake_put(older, KEY, "old", OLD);
		assert_missed(pool);
		assert_tombstone(older, NEW);
		if (versioned_kinds[i / 2] == FAKE_SHAREDANCED) {
			assert_in_range(last_asked(&pool->network)->ttl, 6998, 7000);
		}
	}
}

static void a_look_repairs_by_a_tombstone_and_not_by_a_value(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put_tombstone(pool->at_first, KEY, NEW);
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_int_equal(do_look(pool), SD_ABSENT);
	assert_tombstone(pool->at_second, NEW);
	fake_put(pool->at_first, KEY, "new", 2 * NEW);
	assert_int_equal(do_look(pool), SD_OK);
	assert_int_equal(pool->entry.version, 2 * NEW);
	assert_tombstone(pool->at_second, NEW);
}

static void a_value_newer_than_a_tombstone_comes_back(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		struct fake_store *newer;
		struct fake_store *older;

		use_kind(pool, versioned_kinds[i / 2]);
		newer = i % 2 ? pool->at_first : pool->at_second;
		older = i % 2 ? pool->at_second : pool->at_first;
		fake_put(newer, KEY, "new", NEW);
		fake_put_tombstone(older, KEY, OLD);
		assert_got(pool, "new", NEW);
		assert_has(older, "new", NEW);
	}
}

static void an_empty_server_is_filled_from_the_other(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		struct fake_store *full;
		struct fake_store *empty;

		use_kind(pool, versioned_kinds[i / 2]);
		full = i % 2 ? pool->at_first : pool->at_second;
		empty = i % 2 ? pool->at_second : pool->at_first;
		fake_put(full, KEY, "there", OLD);
		assert_got(pool, "there", OLD);
		assert_has(empty, "there", OLD);
	}
}

static void a_tombstone_beside_nothing_is_a_miss_without_repair(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 4; i++) {
		use_kind(pool, versioned_kinds[i / 2]);
		fake_put_tombstone(i % 2 ? pool->at_first : pool->at_second, KEY, OLD);
		assert_missed(pool);
		assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
	}
}

static void two_tombstones_are_a_miss_and_the_older_one_learns_the_newer_version(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put_tombstone(pool->at_first, KEY, NEW);
	fake_put_tombstone(pool->at_second, KEY, OLD);
	assert_missed(pool);
	assert_tombstone(pool->at_second, NEW);
}

static void a_repair_that_fails_is_no_failure_of_the_read(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "new", NEW);
	pool->at_second->is_full = true;
	assert_got(pool, "new", NEW);
	assert_nothing(pool->at_second);
}

static void write_newest_on_first(struct pool *pool)
{
	fake_put(pool->at_first, KEY, "newest", 2 * NEW);
}

static void a_newer_write_before_the_repair_survives_it(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]); /* over an old value */
		fake_put(pool->at_first, KEY, "new", NEW);
		fake_put(pool->at_second, KEY, "old", OLD);
		interrupt(pool, 2, write_newest_on_second);
		assert_got(pool, "new", NEW);
		assert_has(pool->at_second, "newest", 2 * NEW);

		use_kind(pool, versioned_kinds[i]); /* where nothing was */
		fake_put(pool->at_first, KEY, "new", NEW);
		interrupt(pool, 2, write_newest_on_second);
		assert_got(pool, "new", NEW);
		assert_has(pool->at_second, "newest", 2 * NEW);

		use_kind(pool, versioned_kinds[i]); /* the other way round, where it is fetched first */
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		interrupt(pool, 3, write_newest_on_first);
		assert_got(pool, "new", NEW);
		assert_has(pool->at_first, "newest", 2 * NEW);

		use_kind(pool, versioned_kinds[i]); /* and where it is deleted */
		fake_put_tombstone(pool->at_first, KEY, NEW);
		fake_put(pool->at_second, KEY, "old", OLD);
		interrupt(pool, 2, write_newest_on_second);
		assert_missed(pool);
		assert_has(pool->at_second, "newest", 2 * NEW);
		pool->network.meanwhile = NULL;
	}
}

static void a_delete_before_the_repair_survives_it(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "new", NEW);
		fake_put(pool->at_second, KEY, "old", OLD);
		interrupt(pool, 2, delete_newest_on_second);
		assert_got(pool, "new", NEW);
		assert_tombstone(pool->at_second, 2 * NEW);
		pool->network.meanwhile = NULL;
	}
}

/* }}} */

/* {{{ times to live */

static void a_ttl_that_a_touch_did_not_reach_is_made_as_long_as_the_other(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 8; i++) {
		struct fake_store *longer;
		struct fake_store *shorter;
		int64_t expires_ms = i & 4 ? FAKE_NEVER : pool->clock_ms + 600 * SECOND_MS;

		use_kind(pool, versioned_kinds[i / 2 % 2]);
		longer = i % 2 ? pool->at_first : pool->at_second;
		shorter = i % 2 ? pool->at_second : pool->at_first;
		fake_put(longer, KEY, "value", NEW)->expires_ms = expires_ms;
		fake_put(shorter, KEY, "value", NEW)->expires_ms = pool->clock_ms + 5 * SECOND_MS;
		assert_got(pool, "value", NEW);
		assert_int_equal(pool->network.asked_count, 3);
		assert_int_equal(last_asked(&pool->network)->kind, SD_TOUCH);
		assert_both_have(pool, "value");
		assert_true(fake_entry_of(shorter, KEY)->expires_ms > pool->clock_ms + 590 * SECOND_MS);
		assert_int_equal(fake_entry_of(longer, KEY)->expires_ms, expires_ms);
		fake_forget(&pool->network);
		assert_int_equal(do_look(pool), SD_OK);
		assert_asked_both_at_once(pool, SD_EXISTS, SD_EXISTS);
	}
}

static void a_look_finds_ttls_that_differ_too_and_proves_what_it_touches(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "value", NEW)->expires_ms = pool->clock_ms + 600 * SECOND_MS;
	fake_put(pool->at_second, KEY, "value", NEW)->expires_ms = pool->clock_ms + 5 * SECOND_MS;
	fake_entry_of(pool->at_first, KEY)->unproven = true;
	fake_entry_of(pool->at_second, KEY)->unproven = true;
	assert_int_equal(do_look(pool), SD_OK);
	assert_true(is_proven(pool->at_first) && is_proven(pool->at_second));
	assert_in_range(ttl_at(pool, pool->at_second), 598, 600);
}

static void ttls_that_differ_by_two_seconds_or_of_tombstones_or_of_other_versions_stay(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "value", NEW)->expires_ms = pool->clock_ms + 60 * SECOND_MS;
	fake_put(pool->at_second, KEY, "value", NEW)->expires_ms = pool->clock_ms + 62 * SECOND_MS;
	assert_got(pool, "value", NEW);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
	use_stores(pool);
	fake_put_tombstone(pool->at_first, KEY, NEW)->expires_ms = pool->clock_ms + 60 * SECOND_MS;
	fake_put_tombstone(pool->at_second, KEY, NEW)->expires_ms = pool->clock_ms + 600 * SECOND_MS;
	assert_missed(pool);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
	use_stores(pool);
	fake_put(pool->at_first, KEY, "new", NEW)->expires_ms = pool->clock_ms + 60 * SECOND_MS;
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_got(pool, "new", NEW);
	assert_in_range(ttl_at(pool, pool->at_second), 59, 60);
}

static void ttls_that_differ_by_three_seconds_are_made_alike(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "value", NEW)->expires_ms = pool->clock_ms + 60 * SECOND_MS;
	fake_put(pool->at_second, KEY, "value", NEW)->expires_ms = pool->clock_ms + 63 * SECOND_MS;
	assert_got(pool, "value", NEW);
	assert_int_equal(last_asked(&pool->network)->kind, SD_TOUCH);
	assert_in_range(ttl_at(pool, pool->at_first), 62, 63);
}

/* }}} */

/* {{{ versions that are far ahead */

#define POISON INT64_MAX

static void use_stores_that_tell_time(struct pool *pool)
{
	use_stores(pool);
	pool->at_first->tells_time = pool->at_second->tells_time = true;
}

static void what_is_far_ahead_never_wins_and_is_replaced(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 4; i++) {
		struct fake_store *good;
		struct fake_store *bad;

		use_stores_that_tell_time(pool);
		good = i % 2 ? pool->at_first : pool->at_second;
		bad = i % 2 ? pool->at_second : pool->at_first;
		fake_put(good, KEY, "good", NEW);
		if (i < 2) {
			fake_put(bad, KEY, "poison", POISON);
		} else {
			fake_put_tombstone(bad, KEY, POISON);
		}
		assert_got(pool, "good", NEW);
		assert_both_have(pool, "good");
		/* nor is it taken for the time */
		assert_int_equal(do_set(pool), SD_OK);
		assert_in_range(version_at(good), NEW + 1, 2 * pool->clock_ms * 1000);
	}
}

static void a_delete_wins_over_what_is_far_ahead(void **state)
{
	struct pool *pool = *state;

	use_stores_that_tell_time(pool);
	fake_put(pool->at_first, KEY, "poison", POISON);
	fake_put_tombstone(pool->at_second, KEY, NEW);
	assert_missed(pool);
	assert_tombstone(pool->at_first, NEW);
	use_stores_that_tell_time(pool);
	fake_put_tombstone(pool->at_first, KEY, POISON);
	fake_put_tombstone(pool->at_second, KEY, NEW);
	assert_missed(pool);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

static void what_is_far_ahead_alone_is_served_and_not_spread(void **state)
{
	struct pool *pool = *state;

	use_stores_that_tell_time(pool);
	fake_put(pool->at_first, KEY, "poison", POISON);
	assert_got(pool, "poison", POISON);
	assert_nothing(pool->at_second);
	fake_put(pool->at_second, KEY, "poison", POISON);
	assert_got(pool, "poison", POISON);
}

static void put_newest_at_first(struct pool *pool)
{
	fake_put(pool->at_first, KEY, "newest", 2 * NEW);
}

static void a_write_before_what_is_far_ahead_is_replaced_survives_it(void **state)
{
	struct pool *pool = *state;

	use_stores_that_tell_time(pool);
	fake_put(pool->at_first, KEY, "poison", POISON);
	fake_put(pool->at_second, KEY, "good", NEW);
	interrupt(pool, 3, put_newest_at_first);
	assert_got(pool, "good", NEW);
	assert_has(pool->at_first, "newest", 2 * NEW);
	pool->network.meanwhile = NULL;
}

/* A client whose own clock is two days behind. */
static void good_entries_are_far_ahead_of_no_server_whatever_ones_own_clock_says(void **state)
{
	struct pool *pool = *state;

	use_stores_that_tell_time(pool);
	pool->network.wall_us = -INT64_C(2) * 86400 * 1000000;
	fake_put(pool->at_first, KEY, "good", (uint64_t)pool->clock_ms * 1000);
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_got(pool, "good", (uint64_t)pool->clock_ms * 1000);
	assert_both_have(pool, "good");
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_older_copy_is_repaired_with_value_version_and_ttl),
		TEST(a_repair_says_that_it_is_one_and_a_write_does_not),
		TEST(a_copy_that_is_damaged_is_replaced_by_the_other),
		TEST(a_copy_that_is_damaged_is_never_taken_for_an_absent_one),
		TEST(what_lives_for_ever_is_repaired_for_ever),
		TEST(what_is_about_to_expire_is_not_repaired),
		TEST(two_copies_do_not_keep_each_other_alive),
		TEST(what_is_in_its_last_second_still_replaces_what_is_older),
		TEST(a_tombstone_deletes_the_older_value_on_the_other),
		TEST(a_look_repairs_by_a_tombstone_and_not_by_a_value),
		TEST(a_value_newer_than_a_tombstone_comes_back),
		TEST(an_empty_server_is_filled_from_the_other),
		TEST(a_tombstone_beside_nothing_is_a_miss_without_repair),
		TEST(two_tombstones_are_a_miss_and_the_older_one_learns_the_newer_version),
		TEST(a_repair_that_fails_is_no_failure_of_the_read),
		TEST(a_newer_write_before_the_repair_survives_it),
		TEST(a_delete_before_the_repair_survives_it),
		TEST(a_ttl_that_a_touch_did_not_reach_is_made_as_long_as_the_other),
		TEST(a_look_finds_ttls_that_differ_too_and_proves_what_it_touches),
		TEST(ttls_that_differ_by_two_seconds_or_of_tombstones_or_of_other_versions_stay),
		TEST(ttls_that_differ_by_three_seconds_are_made_alike),
		TEST(what_is_far_ahead_never_wins_and_is_replaced),
		TEST(a_delete_wins_over_what_is_far_ahead),
		TEST(what_is_far_ahead_alone_is_served_and_not_spread),
		TEST(a_write_before_what_is_far_ahead_is_replaced_survives_it),
		TEST(good_entries_are_far_ahead_of_no_server_whatever_ones_own_clock_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
