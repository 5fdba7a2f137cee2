/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A session is read from servers one of which has a version that looks too far ahead, by a time
 * that it told long ago: it may be, or the server's clock was set since. With a lock on the
 * connection it cannot be asked anew.
 */

#include "client/net/hybrid_clock.h"
#include "tests/unit/client/session_clients.h"

/* Versions of now, and of what is two days ahead. */
static uint64_t version_of_now(const struct pool *pool)
{
	return (uint64_t)pool->clock_ms * 1000;
}

static uint64_t far_version(const struct pool *pool)
{
	return version_of_now(pool) + 2 * SD_VERSION_AHEAD_MAX_US;
}

static struct fake_store *store_at(struct pool *pool, size_t i)
{
	return i == 0 ? pool->at_first : pool->at_second;
}

/* One server has a version that is far ahead, and has to be asked so often before that is known. */
static void use_stores(struct pool *pool, size_t far, unsigned told_long_ago)
{
	for (size_t i = 0; i < 2; i++) {
		struct fake_store *store = store_at(pool, i);

		fake_wipe(store);
		store->in_later_epoch = false;
		store->tells_time = true;
		store->told_long_ago = told_long_ago;
	}
	fake_put(store_at(pool, far), KEY, "far", far_version(pool));
	fake_put(store_at(pool, 1 - far), KEY, "good", version_of_now(pool));
}

static void a_version_too_far_ahead_does_not_win_under_a_lock(void **state)
{
	struct pool *pool = *state;

	for (size_t far = 0; far < 2; far++) {
		use_stores(pool, far, 1);
		assert_begins(&pool->us, SD_OK, "good");
		assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
		assert_true(is_locked(pool->at_first));
		assert_true(is_locked(pool->at_second));
		assert_int_equal(write_value(&pool->us, "written"), SD_OK);
		assert_both_have(pool, "written");
		assert_free(pool);
	}
}

/* The clock was set: what looked too far ahead is the newest. */
static void a_version_of_a_clock_that_was_set_wins(void **state)
{
	struct pool *pool = *state;

	use_stores(pool, 0, 1);
	assert_begins(&pool->us, SD_OK, "good");
	assert_int_equal(end(&pool->us), SD_OK);
	use_stores(pool, 0, 0);
	pool->at_first->wall_us = pool->at_second->wall_us = 3 * SD_VERSION_AHEAD_MAX_US;
	assert_begins(&pool->us, SD_OK, "far");
	assert_int_equal(end(&pool->us), SD_OK);
}

/* Nobody else has it meanwhile without this one's noticing. */
static void it_is_asked_anew_without_the_lock_and_once(void **state)
{
	struct pool *pool = *state;

	use_stores(pool, 0, 1);
	assert_begins(&pool->us, SD_OK, "good");
	assert_asked(&pool->us, 0, SD_LOCK, pool->first, 1);
	assert_int_equal(end(&pool->us), SD_OK);
	use_stores(pool, 0, 9);
	assert_begins(&pool->us, SD_OK, "far"); /* it never tells: this is as before */
	assert_int_equal(pool->us.session.hold, SD_SESSION_LOCKED);
	assert_int_equal(pool->at_first->told_long_ago, 8);
	assert_int_equal(end(&pool->us), SD_OK);
	assert_free(pool);
}

static void what_nobody_doubts_begins_once(void **state)
{
	struct pool *pool = *state;
	unsigned rounds;

	use_stores(pool, 0, 0);
	put_both(pool, "good", version_of_now(pool));
	assert_begins(&pool->us, SD_OK, "good");
	rounds = pool->us.network.rounds;
	assert_int_equal(end(&pool->us), SD_OK);
	use_stores(pool, 0, 1);
	put_both(pool, "good", version_of_now(pool));
	assert_begins(&pool->us, SD_OK, "good");
	assert_int_equal(pool->us.network.rounds, rounds);
	assert_int_equal(end(&pool->us), SD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_version_too_far_ahead_does_not_win_under_a_lock),
		TEST(a_version_of_a_clock_that_was_set_wins),
		TEST(it_is_asked_anew_without_the_lock_and_once),
		TEST(what_nobody_doubts_begins_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
