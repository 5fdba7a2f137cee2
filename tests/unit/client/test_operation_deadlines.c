/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The deadlines of an operation and of its requests. */

#include "client/policy/operation.h"
#include "tests/unit/client/three_servers.h"

/* {{{ deadlines */

static void set_gives_each_server_its_own_timeout(void **state)
{
	struct pool *pool = *state;

	pool->first->timeout_ms = 7000;
	pool->second->timeout_ms = 9000;
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, 7000);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, 9000);
}

static void delete_gives_each_server_its_own_timeout(void **state)
{
	struct pool *pool = *state;

	pool->first->timeout_ms = 7000;
	pool->second->timeout_ms = 9000;
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, 7000);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, 9000);
}

static void a_server_timeout_below_the_connect_timeout_bounds_connecting(void **state)
{
	struct pool *pool = *state;

	pool->first->timeout_ms = CONNECT_TIMEOUT_MS - 1;
	pool->second->timeout_ms = CONNECT_TIMEOUT_MS + 1;
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS - 1, CONNECT_TIMEOUT_MS - 1);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, CONNECT_TIMEOUT_MS + 1);
}

static void get_without_redundancy_has_the_servers_whole_timeout(void **state)
{
	struct pool *pool = *state;

	pool->policy.pool.redundancy = false;
	fake_has(&pool->network, pool->first, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS);
	pool->first->timeout_ms = 20;
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[1], 20, 20);
}

static void get_leaves_the_second_half_of_the_time_when_the_first_stalls(void **state)
{
	struct pool *pool = *state;

	fake_stalls(&pool->network, pool->first);
	fake_has(&pool->network, pool->second, "late", SERVER_TIMEOUT_MS / 2);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "late");
	for (size_t i = 0; i < 3; i++) {
		assert_deadlines(&pool->network.asked[i], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS / 2);
	}
}

static void get_bounds_connecting_by_the_firsts_half(void **state)
{
	struct pool *pool = *state;

	pool->options.connect_timeout_ms = SERVER_TIMEOUT_MS;
	fake_never_connects(&pool->network, pool->first);
	fake_has(&pool->network, pool->second, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], SERVER_TIMEOUT_MS / 2, SERVER_TIMEOUT_MS / 2);
}

static void get_gives_the_second_what_a_quick_failure_of_the_first_left(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 100);
	fake_has(&pool->network, pool->second, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[2], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS - 100);
}

static void get_keeps_the_seconds_own_timeout(void **state)
{
	struct pool *pool = *state;

	pool->second->timeout_ms = 50;
	fake_refuses(&pool->network, pool->first, 100);
	fake_has(&pool->network, pool->second, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[1], 50, 50);
	assert_deadlines(&pool->network.asked[2], 50, 50);
}

static void both_stalling_cost_set_and_delete_the_longest_timeout(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	pool->second->timeout_ms = SERVER_TIMEOUT_MS + 1;
	fake_stalls(&pool->network, pool->first);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_set(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, SERVER_TIMEOUT_MS + 1);
	start_ms = pool->clock_ms;
	assert_int_equal(do_delete(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, SERVER_TIMEOUT_MS + 1);
}

static void both_stalling_cost_get_half_of_the_longest_timeout(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	fake_stalls(&pool->network, pool->first);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_get(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, SERVER_TIMEOUT_MS / 2);
}

static void an_operations_timeout_bounds_the_servers(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	pool->options.timeout_ms = 700;
	fake_stalls(&pool->network, pool->first);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_set(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, 700);
	start_ms = pool->clock_ms;
	assert_int_equal(do_get(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, 350);
}

/* A timeout after the little that others left of the time says nothing about the server. */
static void only_what_had_little_time_is_hurried(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, SERVER_TIMEOUT_MS / 2 - 1);
	fake_has(&pool->network, pool->second, "v", SERVER_TIMEOUT_MS / 2 - 1);
	assert_int_equal(do_get(pool), SD_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_false(pool->network.asked[i].hurried);
	}
	fake_forget(&pool->network);
	use_stores(pool);
	fake_put(pool->at_first, KEY, "old", 1);
	fake_put(pool->at_second, KEY, "new", 2);
	pool->at_first->after_ms = SERVER_TIMEOUT_MS / 10 * 4;
	pool->at_second->after_ms = SERVER_TIMEOUT_MS / 10 * 4;
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(pool->network.asked_count, 4);
	assert_int_equal(pool->network.asked[3].kind, SD_SET);
	assert_true(pool->network.asked[3].hurried);
}

/* }}} */

/* {{{ calls in parts */

/* A call on very many keys asks for them in parts, one after the other. */
static struct sd_entry *about_part(struct pool *pool, int64_t ends_ms, bool leaves_time)
{
	struct sd_entry *entry = about(pool, no_bytes, &pool->kept.sink);

	kept_restart(&pool->kept.sink);
	entry->ends_ms = ends_ms;
	entry->leaves_time = leaves_time;
	return entry;
}

static void a_part_takes_half_of_what_is_left_and_the_last_one_all(void **state)
{
	struct pool *pool = *state;
	const int64_t ends_ms = pool->clock_ms + SERVER_TIMEOUT_MS;
	int64_t left_ms = SERVER_TIMEOUT_MS;
	struct sd_entry *entry = about_part(pool, 0, true);

	pool->policy.pool.redundancy = false;
	fake_stalls(&pool->network, pool->first);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sd_read_get(&pool->policy, entry, 1, &pool->error), SD_TIMEOUT);
		left_ms -= left_ms / 2;
		assert_int_equal(pool->clock_ms, ends_ms - left_ms);
		assert_int_equal(entry->ends_ms, ends_ms);
		entry = about_part(pool, ends_ms, true);
	}
	entry = about_part(pool, ends_ms, false);
	assert_int_equal(sd_read_get(&pool->policy, entry, 1, &pool->error), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms, ends_ms);
}

static void a_part_that_insists_keeps_to_its_own_deadline(void **state)
{
	struct pool *pool = *state;
	struct sd_entry *entry = about_part(pool, 0, true);
	const int64_t began_ms = pool->clock_ms;

	use_stores(pool);
	pool->policy.pool.redundancy = false;
	pool->at_first->refusing_since_ms = began_ms;
	fake_put(pool->at_first, KEY, "v", OLD);
	assert_int_equal(sd_read_get(&pool->policy, entry, 1, &pool->error), SD_OK);
	assert_int_equal(entry->status, SD_OK);
	assert_int_equal(entry->ends_ms, began_ms + SERVER_TIMEOUT_MS);
	assert_true(entry->leaves_time);
	assert_int_equal(last_asked(&pool->network)->deadline_ms, began_ms + SERVER_TIMEOUT_MS / 2);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(set_gives_each_server_its_own_timeout),
		TEST(delete_gives_each_server_its_own_timeout),
		TEST(a_server_timeout_below_the_connect_timeout_bounds_connecting),
		TEST(get_without_redundancy_has_the_servers_whole_timeout),
		TEST(get_leaves_the_second_half_of_the_time_when_the_first_stalls),
		TEST(get_bounds_connecting_by_the_firsts_half),
		TEST(get_gives_the_second_what_a_quick_failure_of_the_first_left),
		TEST(get_keeps_the_seconds_own_timeout),
		TEST(both_stalling_cost_set_and_delete_the_longest_timeout),
		TEST(both_stalling_cost_get_half_of_the_longest_timeout),
		TEST(an_operations_timeout_bounds_the_servers),
		TEST(only_what_had_little_time_is_hurried),
		TEST(a_part_takes_half_of_what_is_left_and_the_last_one_all),
		TEST(a_part_that_insists_keeps_to_its_own_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
