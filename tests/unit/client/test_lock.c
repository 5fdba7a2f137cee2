/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Locks: on which servers they are taken, in what order, and what becomes of them. */

#include <stdio.h>
#include <string.h>

#include "tests/unit/client/session_clients.h"

/* {{{ chance that is known */

static uint8_t next_token;
static uint8_t next_holder;
static bool has_random_bytes;
static uint32_t drawn; /* for a pause; the next one is larger by drawn_step */
static uint32_t drawn_step;

/* In the place of the system's: each token is another. */
static bool random_bytes(struct sd_transport *transport, void *out, size_t length)
{
	(void)transport;
	if (length == sizeof(drawn)) {
		memcpy(out, &drawn, sizeof(drawn));
		drawn += drawn_step;
		return has_random_bytes;
	}
	memset(out, length == SD_LOCK_TOKEN ? 'a' + next_token++ % 26 : ++next_holder, length);
	return has_random_bytes;
}

/* }}} */

/* {{{ what is done and what is looked at */

/* The lock and the entry of which it is one are the session's; nothing else of that is used. */
static int open_locks(void **state)
{
	struct pool *pool;

	(void)open_pool(state);
	pool = *state;
	next_token = 0;
	has_random_bytes = true;
	drawn = drawn_step = 0;
	pool->options.timeout_ms = 20 * SECOND_MS; /* longer than the servers' own */
	pool->us.network.transport.random = pool->them.network.transport.random = random_bytes;
	pool->us.network.is_for_sessions = pool->them.network.is_for_sessions = false;
	return 0;
}

/* The lock on that key, on the key's servers. */
static enum sd_status acquire_of(struct client *client, struct sd_bytes name, int64_t wait_ms)
{
	int64_t now_ms = sd_operation_now_ms(&client->policy);
	const struct sd_lock_terms terms = {.lease_s = LEASE, .until_ms = now_ms + wait_ms};
	enum sd_status status;

	sd_entry_init(&client->session.entry, name);
	status = sd_operation_begin(&client->policy, &client->session.entry, 1, now_ms, &client->error);
	if (status == SD_OK) {
		status = sd_lock_init(&client->session.lock, name, &client->error);
	}
	if (status != SD_OK) {
		return status;
	}
	return sd_lock_acquire(&client->policy, &client->session.lock, &client->session.entry, &terms,
	                       0, &client->error);
}

static enum sd_status acquire(struct client *client, int64_t wait_ms)
{
	fake_forget(&client->network);
	client->error.status = SD_OK;
	return acquire_of(client, key, wait_ms);
}

static enum sd_status release(struct client *client)
{
	enum sd_status status;

	fake_forget(&client->network);
	status = sd_lock_release(&client->policy, &client->session.lock, &client->session.entry,
	                         &client->error);
	assert_int_equal(client->session.lock.holders, 0);
	return status;
}

/* The first of the servers that hold the lock. */
static const struct sd_server *holder_of(const struct client *client)
{
	const struct sd_replica *replicas = client->session.entry.replicas;

	return replicas[replicas[0].lock == SD_LOCK_NONE ? 1 : 0].exchange.server;
}

/* Requests go out one after the other. */
static void assert_asked_next(const struct client *client, size_t i, enum sd_request_kind kind,
                              const struct sd_server *server)
{
	assert_asked(client, i, kind, server, (unsigned)i + 1);
}

static const enum fake_kind kinds[] = {FAKE_SHAREDANCED, FAKE_MEMCACHED, FAKE_OLD_MEMCACHED};

/* }}} */

/* {{{ on sharedanced */

static void a_lock_is_taken_on_the_first_and_then_on_the_second(void **state)
{
	struct pool *pool = *state;

	assert_int_equal(acquire(&pool->us, WAIT_MS), SD_OK);
	assert_int_equal(pool->us.session.lock.holders, 2);
	assert_int_equal(pool->us.network.asked_count, 2);
	assert_asked_next(&pool->us, 0, SD_LOCK, pool->first);
	assert_asked_next(&pool->us, 1, SD_LOCK, pool->second);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(pool->us.network.asked[i].key, KEY);
		assert_int_equal(pool->us.network.asked[i].ttl, LEASE);
	}
	assert_int_equal(pool->us.network.asked[0].wait_ms, WAIT_MS);
	assert_int_equal(pool->us.network.asked[1].wait_ms, WAIT_MS - 1); /* what is left of it */
}

static void a_lock_is_given_back_on_both(void **state)
{
	struct pool *pool = *state;

	assert_int_equal(acquire(&pool->us, 0), SD_OK);
	assert_int_equal(acquire(&pool->them, 0), SD_CONFLICT);
	assert_int_equal(release(&pool->us), SD_OK);
	assert_asked_next(&pool->us, 0, SD_UNLOCK, pool->first);
	assert_asked_next(&pool->us, 1, SD_UNLOCK, pool->second);
	assert_int_equal(acquire(&pool->them, 0), SD_OK);
	assert_int_equal(pool->them.session.lock.holders, 2);
}

static void a_lock_of_somebody_else_is_waited_for_and_no_longer(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms;

	assert_int_equal(acquire(&pool->us, 0), SD_OK);
	start_ms = pool->clock_ms;
	assert_int_equal(acquire(&pool->them, WAIT_MS), SD_CONFLICT);
	assert_int_equal(pool->them.error.status, SD_CONFLICT);
	assert_in_range(pool->clock_ms - start_ms, WAIT_MS, WAIT_MS + 2);
	assert_int_equal(pool->them.network.asked_count, 1); /* not the second's as well */
	assert_int_equal(pool->them.session.lock.holders, 0);
}

static void the_wait_comes_on_top_of_the_servers_timeout(void **state)
{
	struct pool *pool = *state;
	const struct fake_asked *asked = &pool->us.network.asked[0];

	assert_int_equal(acquire(&pool->us, 60 * SECOND_MS), SD_OK);
	assert_int_equal(asked->deadline_ms - asked->at_ms, (10 + 60) * SECOND_MS);
	assert_int_equal(asked->connect_deadline_ms - asked->at_ms, 3 * SECOND_MS);
}

static void a_lease_that_ends_lets_the_next_one_in(void **state)
{
	struct pool *pool = *state;

	assert_int_equal(acquire(&pool->us, 0), SD_OK);
	pool->clock_ms += (LEASE - 2) * SECOND_MS;
	assert_int_equal(acquire(&pool->them, WAIT_MS), SD_OK);
	assert_int_equal(pool->them.session.lock.holders, 2);
	assert_int_equal(release(&pool->us), SD_ABSENT); /* it was lost, and theirs is not touched */
	assert_int_equal(acquire(&pool->us, 0), SD_CONFLICT);
	assert_int_equal(release(&pool->them), SD_OK);
}

static void refused_by_the_second_the_first_is_given_back(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		use_kinds(pool, kinds[i], kinds[i]);
		pool->at_first->act = FAKE_REFUSES; /* so that they have the second's alone */
		assert_int_equal(acquire(&pool->them, 0), SD_OK);
		pool->at_first->act = FAKE_ANSWERS;
		assert_int_equal(acquire(&pool->us, 0), SD_CONFLICT);
		assert_int_equal(pool->us.session.lock.holders, 0);
		assert_int_equal(release(&pool->them), SD_OK);
		assert_int_equal(acquire(&pool->them, 0), SD_OK); /* so it is free on the first */
		assert_int_equal(pool->them.session.lock.holders, 2);
		assert_int_equal(release(&pool->them), SD_OK);
	}
}

static void a_server_that_is_down_is_passed_over(void **state)
{
	static const enum fake_act acts[] = {FAKE_REFUSES, FAKE_STALLS, FAKE_NEVER_CONNECTS};
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(acts) * COUNT_OF(kinds); i++) {
		struct fake_store *down = i % 2 ? pool->at_first : pool->at_second;

		use_kinds(pool, kinds[i / 2 % COUNT_OF(kinds)], kinds[i / 2 % COUNT_OF(kinds)]);
		down->act = acts[i / (2 * COUNT_OF(kinds))];
		assert_int_equal(acquire(&pool->us, 0), SD_OK);
		assert_int_equal(pool->us.session.lock.holders, 1);
		assert_ptr_equal(holder_of(&pool->us), i % 2 ? pool->second : pool->first);
		assert_int_equal(acquire(&pool->them, 0), SD_CONFLICT);
		assert_int_equal(release(&pool->us), SD_OK);
		down->act = FAKE_ANSWERS;
		assert_int_equal(acquire(&pool->them, 0), SD_OK);
		assert_int_equal(release(&pool->them), SD_OK);
	}
}

static void where_both_are_down_there_is_no_lock(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	pool->at_first->act = FAKE_REFUSES;
	pool->at_second->act = FAKE_STALLS;
	assert_int_equal(acquire(&pool->us, 0), SD_UNREACHABLE);
	assert_int_equal(pool->us.error.status, SD_UNREACHABLE);
	assert_int_equal(pool->us.session.lock.holders, 0);
	assert_text_has(&pool->us.error, sd_server_name(pool->first, name));
	assert_text_has(&pool->us.error, "Connection refused");
	assert_int_equal(release(&pool->us), SD_ABSENT);
	assert_int_equal(pool->us.network.asked_count, 0);
}

/* As with every operation: one reason alone does not say why the other did not help. */
static void where_both_are_down_both_are_named(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	pool->at_first->act = FAKE_REFUSES;
	pool->at_second->act = FAKE_STALLS;
	assert_int_equal(acquire(&pool->us, 0), SD_UNREACHABLE);
	assert_text_has(&pool->us.error, sd_server_name(pool->first, name));
	assert_text_has(&pool->us.error, "Connection refused");
	assert_text_has(&pool->us.error, sd_server_name(pool->second, name));
	assert_text_has(&pool->us.error, "no answer in time");
}

static void a_lock_that_was_lost_is_told_as_absent(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		use_kinds(pool, kinds[i], kinds[i]);
		assert_int_equal(acquire(&pool->us, 0), SD_OK);
		fake_wipe(pool->at_first);
		fake_wipe(pool->at_second);
		assert_int_equal(release(&pool->us), SD_ABSENT);
		assert_int_equal(release(&pool->us), SD_ABSENT); /* it is not held at all now */
		assert_int_equal(pool->us.network.asked_count, 0);
	}
}

static void a_lock_that_one_server_kept_was_held_until_now(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(kinds); i++) {
		use_kinds(pool, kinds[i / 2], kinds[i / 2]);
		assert_int_equal(acquire(&pool->us, 0), SD_OK);
		fake_wipe(i % 2 ? pool->at_first : pool->at_second);
		assert_int_equal(release(&pool->us), SD_OK);
		assert_int_equal(acquire(&pool->us, 0), SD_OK);
		(i % 2 ? pool->at_first : pool->at_second)->act = FAKE_REFUSES;
		assert_int_equal(release(&pool->us), SD_OK);
		fake_wipe(pool->at_first);
		fake_wipe(pool->at_second);
		pool->at_first->act = pool->at_second->act = FAKE_ANSWERS;
	}
}

static void a_lock_that_nobody_can_be_asked_about_fails_to_be_released(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		use_kinds(pool, kinds[i], kinds[i]);
		assert_int_equal(acquire(&pool->us, 0), SD_OK);
		pool->at_first->act = pool->at_second->act = FAKE_REFUSES;
		assert_int_equal(release(&pool->us), SD_UNREACHABLE);
		assert_text_has(&pool->us.error, "Connection refused");
		pool->at_first->act = pool->at_second->act = FAKE_ANSWERS;
		fake_wipe(pool->at_first);
		fake_wipe(pool->at_second);
	}
}

static void without_redundancy_the_lock_is_the_firsts_alone(void **state)
{
	struct pool *pool = *state;

	pool->us.policy.pool.redundancy = false;
	assert_int_equal(acquire(&pool->us, 0), SD_OK);
	assert_int_equal(pool->us.session.lock.holders, 1);
	assert_int_equal(pool->us.network.asked_count, 1);
	assert_asked_next(&pool->us, 0, SD_LOCK, pool->first);
	assert_int_equal(release(&pool->us), SD_OK);
}

static void without_servers_there_is_no_lock(void **state)
{
	struct pool *pool = *state;

	sd_pool_clear(&pool->us.policy.pool);
	assert_int_equal(acquire(&pool->us, 0), SD_NO_SERVERS);
	assert_int_equal(pool->us.session.lock.holders, 0);
}

/* }}} */

/* {{{ on memcached */

static void use_memcached(struct pool *pool)
{
	use_kinds(pool, FAKE_MEMCACHED, FAKE_MEMCACHED);
}

static void without_random_bytes_there_is_no_entry_that_is_a_lock(void **state)
{
	struct pool *pool = *state;

	use_memcached(pool);
	has_random_bytes = false;
	assert_int_equal(acquire(&pool->us, 0), SD_ABORTED);
	assert_text_has(&pool->us.error, "no random bytes");
	assert_null(fake_entry_of(pool->at_first, ENTRY));
	assert_null(fake_entry_of(pool->at_second, ENTRY));
}

static void where_there_is_no_room_to_wait_it_is_tried_again_after_growing_pauses(void **state)
{
	struct pool *pool = *state;
	int64_t began_ms = pool->clock_ms;

	pool->at_first->locks[0] = (struct fake_lock){KEY, 2, began_ms + 2 * SECOND_MS, 0};
	pool->at_first->room_from_ms = began_ms + SECOND_MS;
	assert_int_equal(acquire(&pool->us, WAIT_MS), SD_OK);
	assert_int_equal(pool->us.network.paused_ms[0], 3);
	assert_int_equal(pool->us.network.paused_ms[1], 5);
	assert_in_range(pool->clock_ms - began_ms, 2 * SECOND_MS, 2 * SECOND_MS + 20);
}

static void on_memcached_the_lock_is_an_entry_with_a_token(void **state)
{
	struct pool *pool = *state;
	const struct fake_entry *entry;

	use_memcached(pool);
	assert_int_equal(acquire(&pool->us, 0), SD_OK);
	assert_int_equal(pool->us.session.lock.holders, 2);
	assert_asked_next(&pool->us, 0, SD_LOCK, pool->first);
	assert_asked_next(&pool->us, 1, SD_SET, pool->first);
	assert_asked_next(&pool->us, 2, SD_LOCK, pool->second);
	assert_asked_next(&pool->us, 3, SD_SET, pool->second);
	assert_int_equal(pool->us.network.asked[1].condition, SD_IF_ABSENT);
	assert_int_equal(pool->us.network.asked[1].ttl, LEASE);
	entry = fake_entry_of(pool->at_first, ENTRY);
	assert_non_null(entry);
	assert_string_equal(entry->value, "aaaaaaaaaaaaaaaa");
	assert_string_equal(fake_entry_of(pool->at_second, ENTRY)->value, "aaaaaaaaaaaaaaaa");
	assert_null(fake_entry_of(pool->at_first, KEY)); /* the key's own entry is another */
	assert_int_equal(release(&pool->us), SD_OK);
	assert_null(fake_entry_of(pool->at_first, ENTRY));
	assert_null(fake_entry_of(pool->at_second, ENTRY));
}

static void on_memcached_it_is_tried_again_after_growing_pauses(void **state)
{
	static const int64_t pauses_ms[] = {3, 5, 10, 20, 40, 80, 100, 100}; /* the shortest ones */
	struct pool *pool = *state;
	int64_t start_ms;

	use_memcached(pool);
	assert_int_equal(acquire(&pool->them, 0), SD_OK);
	start_ms = pool->clock_ms;
	assert_int_equal(acquire(&pool->us, WAIT_MS), SD_CONFLICT);
	assert_in_range(pool->clock_ms - start_ms, WAIT_MS, WAIT_MS + 2);
	assert_in_range(pool->us.network.pauses, COUNT_OF(pauses_ms), 60);
	for (size_t i = 0; i < COUNT_OF(pauses_ms); i++) {
		assert_int_equal(pool->us.network.paused_ms[i], pauses_ms[i]);
	}
	assert_string_equal(fake_entry_of(pool->at_first, ENTRY)->value, "aaaaaaaaaaaaaaaa");
}

/* Those who have begun to wait at the same moment do not ask at the same moments. On average they
 * ask five times a second: to wait costs memcached nothing more. */
static void on_memcached_each_pause_is_scattered_around_its_length(void **state)
{
	static const struct {
		uint32_t drawn;
		int64_t pauses_ms[2]; /* the first, and the longest */
	} cases[] = {{0, {3, 100}}, {2, {5, 102}}, {100, {3, 200}}, {200, {3, 300}}, {201, {4, 100}}};
	struct pool *pool = *state;

	use_memcached(pool);
	assert_int_equal(acquire(&pool->them, 0), SD_OK);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		fake_forget(&pool->us.network);
		drawn = cases[i].drawn;
		assert_int_equal(acquire(&pool->us, 2 * SECOND_MS), SD_CONFLICT);
		assert_int_equal(pool->us.network.paused_ms[0], cases[i].pauses_ms[0]);
		assert_int_equal(pool->us.network.paused_ms[7], cases[i].pauses_ms[1]);
	}
	fake_forget(&pool->us.network);
	drawn_step = 7;
	assert_int_equal(acquire(&pool->us, 2 * SECOND_MS), SD_CONFLICT);
	assert_int_not_equal(pool->us.network.paused_ms[7], pool->us.network.paused_ms[8]);
}

static void on_memcached_no_wait_is_one_try(void **state)
{
	struct pool *pool = *state;

	use_memcached(pool);
	assert_int_equal(acquire(&pool->them, 0), SD_OK);
	assert_int_equal(acquire(&pool->us, 0), SD_CONFLICT);
	assert_int_equal(pool->us.network.pauses, 0);
	assert_int_equal(pool->us.network.asked_count, 2);
}

static void on_memcached_the_last_pause_ends_with_the_wait(void **state)
{
	struct pool *pool = *state;

	use_memcached(pool);
	assert_int_equal(acquire(&pool->them, 0), SD_OK);
	drawn = 2;
	assert_int_equal(acquire(&pool->us, 12), SD_CONFLICT);
	assert_int_equal(pool->us.network.pauses, 2);
	assert_int_equal(pool->us.network.paused_ms[0], 5);
	assert_in_range(pool->us.network.paused_ms[1], 1, 5);
}

static void let_go(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 5) {
		assert_int_equal(release(&pool->them), SD_OK);
	}
}

static void on_memcached_it_is_taken_when_it_is_let_go(void **state)
{
	struct pool *pool = *state;

	use_memcached(pool);
	assert_int_equal(acquire(&pool->them, 0), SD_OK);
	pool->us.network.meanwhile = let_go;
	pool->us.network.context = pool;
	assert_int_equal(acquire(&pool->us, WAIT_MS), SD_OK);
	assert_int_equal(pool->us.network.pauses, 3);
	assert_string_equal(fake_entry_of(pool->at_first, ENTRY)->value, "bbbbbbbbbbbbbbbb");
}

static void on_memcached_a_lease_that_ends_lets_the_next_one_in(void **state)
{
	struct pool *pool = *state;

	use_memcached(pool);
	assert_int_equal(acquire(&pool->us, 0), SD_OK);
	pool->clock_ms += LEASE * SECOND_MS + 5;
	assert_int_equal(acquire(&pool->them, 0), SD_OK);
	assert_int_equal(release(&pool->us), SD_ABSENT); /* theirs is not touched */
	assert_string_equal(fake_entry_of(pool->at_first, ENTRY)->value, "bbbbbbbbbbbbbbbb");
	assert_string_equal(fake_entry_of(pool->at_second, ENTRY)->value, "bbbbbbbbbbbbbbbb");
	assert_int_equal(release(&pool->them), SD_OK);
}

/* Between the look at the token and the delete: the lease ends, and somebody takes it. */
static void take_over(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == 2) {
		fake_put(pool->at_first, ENTRY, "zzzzzzzzzzzzzzzz", 77);
	}
}

static void on_memcached_a_lock_taken_over_meanwhile_is_not_deleted(void **state)
{
	struct pool *pool = *state;

	use_memcached(pool);
	pool->us.policy.pool.redundancy = false;
	assert_int_equal(acquire(&pool->us, 0), SD_OK);
	pool->us.network.meanwhile = take_over;
	pool->us.network.context = pool;
	assert_int_equal(release(&pool->us), SD_ABSENT);
	assert_string_equal(fake_entry_of(pool->at_first, ENTRY)->value, "zzzzzzzzzzzzzzzz");
}

static void on_memcached_no_other_value_is_taken_for_the_token(void **state)
{
	static const char *const values[] = {
		"", "aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa",
		/* longer than the room for what does not fit */
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	struct pool *pool = *state;

	use_memcached(pool);
	pool->us.policy.pool.redundancy = false;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		next_token = 0;
		fake_wipe(pool->at_first);
		assert_int_equal(acquire(&pool->us, 0), SD_OK);
		fake_put(pool->at_first, ENTRY, values[i], 77);
		assert_int_equal(release(&pool->us), SD_ABSENT);
		assert_non_null(fake_entry_of(pool->at_first, ENTRY));
	}
}

static void a_pair_of_sharedanced_and_memcached_locks_on_each_as_it_can(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		use_kinds(pool, i ? FAKE_SHAREDANCED : FAKE_MEMCACHED,
		          i ? FAKE_MEMCACHED : FAKE_SHAREDANCED);
		assert_int_equal(acquire(&pool->us, 0), SD_OK);
		assert_int_equal(pool->us.session.lock.holders, 2);
		assert_int_equal(pool->us.session.entry.replicas[i].lock, SD_LOCK_ENTRY);
		assert_int_equal(pool->us.session.entry.replicas[1 - i].lock, SD_LOCK_CONNECTION);
		assert_int_equal(acquire(&pool->them, 0), SD_CONFLICT);
		assert_int_equal(release(&pool->us), SD_OK);
		assert_int_equal(acquire(&pool->them, 0), SD_OK);
		assert_int_equal(release(&pool->them), SD_OK);
	}
}

/* }}} */

/* {{{ on classic servers */

static void classic_servers_have_no_locks(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_CLASSIC, FAKE_CLASSIC);
	assert_int_equal(acquire(&pool->us, WAIT_MS), SD_UNSUPPORTED);
	assert_int_equal(pool->us.error.status, SD_UNSUPPORTED);
	assert_int_equal(pool->us.session.lock.holders, 0);
	assert_int_equal(pool->us.network.pauses, 0);
	assert_null(fake_entry_of(pool->at_first, ENTRY));
}

/* }}} */

/* {{{ the longest key */

static void the_longest_key_can_be_locked(void **state)
{
	static char bytes[SD_LOCK_KEY_MAX];
	const struct sd_bytes longest = {bytes, sizeof(bytes)};
	struct pool *pool = *state;
	struct client *us = &pool->us;

	memset(bytes, 'k', sizeof(bytes));
	assert_int_equal(acquire_of(us, longest, 0), SD_OK);
	assert_int_equal(us->session.lock.holders, 2);
	assert_int_equal(release(us), SD_OK);
}

/* The lengths of keys in base64 are those at which memcached takes no more, the prefix included. */
static void on_memcached_the_entry_of_a_long_key_has_a_shorter_one(void **state)
{
	static const struct {
		char byte;
		size_t length;
		size_t entry_length;
	} cases[] = {
		{'k', 245, 250},  {'k', 246, 186},  {'k', 250, 186},  {'k', 254, 186},
		{'\n', 181, 186}, {'\n', 182, 186}, {'\n', 186, 186}, {'\n', 254, 186},
	};
	struct pool *pool = *state;
	struct client *us = &pool->us;
	struct client *them = &pool->them;

	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].kind = FAKE_MEMCACHED;
	}
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char bytes[SD_LOCK_KEY_MAX];
		const struct sd_bytes long_key = {bytes, cases[i].length};

		memset(bytes, cases[i].byte, sizeof(bytes));
		fake_forget(&us->network);
		assert_int_equal(acquire_of(us, long_key, 0), SD_OK);
		assert_int_equal(us->session.lock.holders, 2);
		assert_int_equal(strlen(us->network.asked[1].key), cases[i].entry_length);
		assert_int_equal(acquire_of(them, long_key, 0), SD_CONFLICT);
		bytes[cases[i].length - 1] = 'x'; /* another key that begins so */
		fake_forget(&them->network);
		assert_int_equal(acquire_of(them, long_key, 0), SD_OK);
		assert_int_equal(strlen(them->network.asked[1].key), cases[i].entry_length);
		assert_string_not_equal(them->network.asked[1].key, us->network.asked[1].key);
		assert_int_equal(release(them), SD_OK);
		assert_int_equal(release(us), SD_OK);
	}
}

/* }}} */

#define LOCK_TEST(name) cmocka_unit_test_setup_teardown(name, open_locks, close_pool)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOCK_TEST(a_lock_is_taken_on_the_first_and_then_on_the_second),
		LOCK_TEST(a_lock_is_given_back_on_both),
		LOCK_TEST(a_lock_of_somebody_else_is_waited_for_and_no_longer),
		LOCK_TEST(the_wait_comes_on_top_of_the_servers_timeout),
		LOCK_TEST(a_lease_that_ends_lets_the_next_one_in),
		LOCK_TEST(refused_by_the_second_the_first_is_given_back),
		LOCK_TEST(a_server_that_is_down_is_passed_over),
		LOCK_TEST(where_both_are_down_there_is_no_lock),
		LOCK_TEST(where_both_are_down_both_are_named),
		LOCK_TEST(a_lock_that_was_lost_is_told_as_absent),
		LOCK_TEST(a_lock_that_one_server_kept_was_held_until_now),
		LOCK_TEST(a_lock_that_nobody_can_be_asked_about_fails_to_be_released),
		LOCK_TEST(without_redundancy_the_lock_is_the_firsts_alone),
		LOCK_TEST(without_servers_there_is_no_lock),
		LOCK_TEST(without_random_bytes_there_is_no_entry_that_is_a_lock),
		LOCK_TEST(where_there_is_no_room_to_wait_it_is_tried_again_after_growing_pauses),
		LOCK_TEST(on_memcached_the_lock_is_an_entry_with_a_token),
		LOCK_TEST(on_memcached_it_is_tried_again_after_growing_pauses),
		LOCK_TEST(on_memcached_each_pause_is_scattered_around_its_length),
		LOCK_TEST(on_memcached_no_wait_is_one_try),
		LOCK_TEST(on_memcached_the_last_pause_ends_with_the_wait),
		LOCK_TEST(on_memcached_it_is_taken_when_it_is_let_go),
		LOCK_TEST(on_memcached_a_lease_that_ends_lets_the_next_one_in),
		LOCK_TEST(on_memcached_a_lock_taken_over_meanwhile_is_not_deleted),
		LOCK_TEST(on_memcached_no_other_value_is_taken_for_the_token),
		LOCK_TEST(a_pair_of_sharedanced_and_memcached_locks_on_each_as_it_can),
		LOCK_TEST(classic_servers_have_no_locks),
		LOCK_TEST(the_longest_key_can_be_locked),
		LOCK_TEST(on_memcached_the_entry_of_a_long_key_has_a_shorter_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
