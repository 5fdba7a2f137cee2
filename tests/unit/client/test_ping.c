/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Each server's round trip, whatever the others do; nothing is stored, and nothing is asked of one
 * that did not take the greeting. */

#include "client/policy/ping.h"

#include "tests/unit/client/three_servers.h"

static struct sd_ping pings[SERVERS];

static enum sd_status ping(struct pool *pool)
{
	return sd_ping_servers(&pool->policy, pings, &pool->error);
}

static void each_server_has_its_own_time(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].is_strange = i == 1;
		pool->stores[i].after_ms = 10 * (int64_t)(i + 1);
		fake_is(&pool->network, &pool->servers[i], &pool->stores[i]);
	}
	assert_int_equal(ping(pool), SD_OK);
	for (size_t i = 0; i < SERVERS; i++) {
		assert_int_equal(pings[i].took_us, 10000 * (int64_t)(i + 1));
		assert_ptr_equal(pings[i].exchange.server, &pool->servers[i]);
	}
	/* all are greeted in one round and asked in the next, for what nobody stores */
	assert_int_equal(pool->network.asked_count, 2 * SERVERS);
	for (size_t i = 0; i < SERVERS; i++) {
		assert_int_equal(pool->network.asked[i].kind, SD_GREET);
		assert_int_equal(pool->network.asked[SERVERS + i].kind, SD_EXISTS);
		assert_int_equal(pool->network.asked[SERVERS + i].round, 2);
	}
}

static void who_does_not_answer_has_none(void **state)
{
	struct pool *pool = *state;
	int64_t before_ms = pool->clock_ms;

	fake_refuses(&pool->network, &pool->servers[0], 5);
	fake_answers(&pool->network, &pool->servers[1], SD_OK, 7);
	fake_script(&pool->network,
	            &(struct fake_script){.server = &pool->servers[2], .act = FAKE_STALLS});
	assert_int_equal(ping(pool), SD_OK);
	assert_int_equal(pings[0].took_us, -1);
	assert_int_equal(pings[1].took_us, 7000);
	assert_int_equal(pings[2].took_us, -1);
	assert_int_equal(pool->network.asked_count, SERVERS + 1);
	assert_in_range(pool->clock_ms - before_ms, SERVER_TIMEOUT_MS, SERVER_TIMEOUT_MS + 7);
}

static void a_classic_server_is_asked_for_an_entry(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].kind = i == 0 ? FAKE_CLASSIC : FAKE_SHAREDANCED;
		pool->stores[i].after_ms = 3;
		fake_is(&pool->network, &pool->servers[i], &pool->stores[i]);
	}
	/* it is no harm if there is one */
	(void)fake_put(&pool->stores[0], "sharedance-ping", "a value", 0);
	assert_int_equal(ping(pool), SD_OK);
	assert_int_equal(pings[0].took_us, 3000);
	assert_int_equal(pings[0].exchange.request.kind, SD_GET);
	assert_int_equal(pings[1].exchange.request.kind, SD_EXISTS);
}

static void who_is_marked_dead_is_not_waited_for(void **state)
{
	struct pool *pool = *state;
	int64_t before_ms = pool->clock_ms;

	for (size_t i = 0; i < SERVERS; i++) {
		fake_script(&pool->network,
		            &(struct fake_script){.server = &pool->servers[i], .act = FAKE_IS_MARKED});
	}
	assert_int_equal(ping(pool), SD_OK);
	for (size_t i = 0; i < SERVERS; i++) {
		assert_int_equal(pings[i].took_us, -1);
	}
	assert_int_equal(pool->clock_ms, before_ms);
}

static void the_callers_end_is_the_end(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < SERVERS; i++) {
		fake_answers(&pool->network, &pool->servers[i], SD_OK, 1);
	}
	pool->servers[0].transport = &pool->own.transport;
	fake_script(&pool->own, &(struct fake_script){.server = &pool->servers[0],
	                                              .act = FAKE_ANSWERS,
	                                              .status = SD_ABORTED,
	                                              .reason = "the user's code threw"});
	assert_int_equal(ping(pool), SD_ABORTED);
}

static void a_users_transport_is_asked_and_timed(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < SERVERS; i++) {
		fake_answers(&pool->network, &pool->servers[i], SD_OK, 1);
	}
	pool->servers[1].transport = &pool->own.transport;
	fake_answers(&pool->own, &pool->servers[1], SD_ABSENT, 40);
	assert_int_equal(ping(pool), SD_OK);
	assert_int_equal(pings[1].took_us, 40000);
	assert_int_equal(pool->own.asked_count, 1);
	assert_int_equal(pool->own.asked[0].kind, SD_GET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_server_has_its_own_time),
		TEST(who_does_not_answer_has_none),
		TEST(a_classic_server_is_asked_for_an_entry),
		TEST(who_is_marked_dead_is_not_waited_for),
		TEST(the_callers_end_is_the_end),
		TEST(a_users_transport_is_asked_and_timed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
