/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The servers of a pool, and what operations do if they are too few. */

#include "client/pool/pool.h"
#include "tests/unit/client/three_servers.h"

/* {{{ the list of servers */

static void assert_all_fail_unasked(struct pool *pool, enum sd_status status)
{
	assert_int_equal(do_set(pool), status);
	assert_int_equal(pool->entry.stored, 0);
	assert_int_equal(pool->error.status, status);
	assert_int_equal(do_get(pool), status);
	assert_int_equal(pool->error.status, status);
	assert_int_equal(do_delete(pool), status);
	assert_int_equal(do_look(pool), status);
	pool->entry.status = status; /* none was asked, so none has one */
	assert_int_equal(sd_change_entry_unlocked(&pool->policy, &pool->entry,
	                                          &(struct sd_change){.kind = SD_ADD}, &pool->error),
	                 status);
	assert_true(pool->error.text[0] != '\0');
	assert_asked_none(&pool->network);
}

static void without_servers_nobody_is_asked(void **state)
{
	struct pool *pool = *state;

	add_servers(pool, NULL, 0);
	assert_all_fail_unasked(pool, SD_NO_SERVERS);
	pool->policy.pool.redundancy = false;
	assert_all_fail_unasked(pool, SD_NO_SERVERS);
}

static void one_server_is_too_few_for_redundancy(void **state)
{
	static const uint32_t weights[] = {1};
	struct pool *pool = *state;

	add_servers(pool, weights, 1);
	assert_all_fail_unasked(pool, SD_NO_ROTATION);
}

static void one_server_is_enough_without_redundancy(void **state)
{
	static const uint32_t weights[] = {5};
	struct pool *pool = *state;

	add_servers(pool, weights, 1);
	pool->policy.pool.redundancy = false;
	fake_answers(&pool->network, &pool->servers[0], SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
}

static void a_weight_as_large_as_the_number_of_servers_leaves_no_second(void **state)
{
	static const uint32_t weights[] = {1, 3, 1};
	struct pool *pool = *state;

	add_servers(pool, weights, 3);
	assert_all_fail_unasked(pool, SD_NO_ROTATION);
}

static void a_weight_below_the_number_of_servers_leaves_a_second(void **state)
{
	static const uint32_t weights[] = {1, 2, 1};
	struct pool *pool = *state;

	add_servers(pool, weights, 3);
	find_owners(pool);
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void a_key_is_located_on_its_first_and_second(void **state)
{
	struct pool *pool = *state;
	size_t owners[2] = {77, 77};

	assert_int_equal(sd_pool_check(&pool->policy.pool, &pool->error), SD_OK);
	assert_int_equal(sd_pool_owners(&pool->policy.pool, key, owners), 2);
	assert_ptr_equal(&pool->servers[owners[0]], pool->first);
	assert_ptr_equal(&pool->servers[owners[1]], pool->second);
}

static void without_redundancy_a_key_is_located_on_its_first(void **state)
{
	struct pool *pool = *state;
	size_t owners[2] = {77, 77};

	pool->policy.pool.redundancy = false;
	assert_int_equal(sd_pool_check(&pool->policy.pool, &pool->error), SD_OK);
	assert_int_equal(sd_pool_owners(&pool->policy.pool, key, owners), 1);
	assert_ptr_equal(&pool->servers[owners[0]], pool->first);
}

static void a_server_at_the_same_address_is_refused_and_changes_nothing(void **state)
{
	struct pool *pool = *state;
	struct sd_server again;

	make_server(&again, "A.Example", 9);
	assert_true(sd_pool_has(&pool->policy.pool, &again));
	assert_int_equal(sd_pool_add(&pool->policy.pool, &again, &pool->error), SD_DUPLICATE);
	assert_int_equal(pool->error.status, SD_DUPLICATE);
	assert_text_has(&pool->error, "[A.Example:1042]");
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void a_server_at_another_address_is_not_in_the_pool(void **state)
{
	struct pool *pool = *state;
	struct sd_server other;

	make_server(&other, "d.example", 1);
	assert_false(sd_pool_has(&pool->policy.pool, &other));
}

static void a_cleared_pool_can_be_used_again(void **state)
{
	static const uint32_t weights[] = {1, 1};
	struct pool *pool = *state;

	sd_pool_clear(&pool->policy.pool);
	assert_false(sd_pool_has(&pool->policy.pool, &pool->servers[0]));
	add_servers(pool, weights, 2);
	fake_answers(&pool->network, &pool->servers[0], SD_OK, 5);
	fake_answers(&pool->network, &pool->servers[1], SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_servers_nobody_is_asked),
		TEST(one_server_is_too_few_for_redundancy),
		TEST(one_server_is_enough_without_redundancy),
		TEST(a_weight_as_large_as_the_number_of_servers_leaves_no_second),
		TEST(a_weight_below_the_number_of_servers_leaves_a_second),
		TEST(a_key_is_located_on_its_first_and_second),
		TEST(without_redundancy_a_key_is_located_on_its_first),
		TEST(a_server_at_the_same_address_is_refused_and_changes_nothing),
		TEST(a_server_at_another_address_is_not_in_the_pool),
		TEST(a_cleared_pool_can_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
