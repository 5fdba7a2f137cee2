/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Two clients of three servers with redundancy, for the tests of sessions and of locks: one key
 * with its first and its second server, a session of each client on it, what is done to it and
 * compared with.
 */

#ifndef SESSION_CLIENTS_H
#define SESSION_CLIENTS_H

#include <string.h>

#include "client/policy/operation.h"
#include "client/policy/session.h"
#include "tests/unit/client/fake_transport.h"
#include "tests/unit/client/memory_sink.h"
#include "tests/unit/unit.h"

#define SERVERS 3
#define KEY "session"
#define ENTRY "lock:session" /* the entry that is a lock on memcached */
#define SECOND_MS 1000
#define LEASE 30   /* seconds */
#define TTL_S 1440 /* seconds */
#define WAIT_MS (5 * SECOND_MS)

/* {{{ two clients of three servers, of which KEY has a first and a second */

struct client {
	struct fake_transport network;
	struct sd_policy policy;
	struct sd_session session;
	struct sd_session_rules rules;
	struct kept kept;
	struct sd_error error;
};

struct pool {
	int64_t clock_ms;
	struct sd_options options;
	struct sd_server servers[SERVERS];
	struct fake_store stores[SERVERS];
	struct sd_server *first;
	struct sd_server *second;
	struct fake_store *at_first;
	struct fake_store *at_second;
	struct client us;
	struct client them;
};

static const struct sd_bytes key = {KEY, sizeof(KEY) - 1};
static struct pool the_pool;

static inline void open_client(struct pool *pool, struct client *client, uint64_t connection)
{
	fake_init(&client->network, &pool->clock_ms);
	client->network.connection = connection;
	client->network.is_for_sessions = true;
	client->kept.sink = kept_sink;
	client->rules = (struct sd_session_rules){.locks = true, .lease_s = LEASE, .wait_ms = WAIT_MS};
	sd_policy_init(&client->policy, &client->network.transport, &pool->options, true);
	for (size_t i = 0; i < SERVERS; i++) {
		assert_int_equal(sd_pool_add(&client->policy.pool, &pool->servers[i], &client->error),
		                 SD_OK);
		fake_is(&client->network, &pool->servers[i], &pool->stores[i]);
	}
	assert_int_equal(sd_session_init(&client->session, &client->policy, key, &client->error),
	                 SD_OK);
}

static inline int open_pool(void **state)
{
	static const char *const hosts[SERVERS] = {"a.example", "b.example", "c.example"};
	struct pool *pool = &the_pool;
	enum sd_server_part part;
	struct sd_error error;
	size_t owners[2];

	memset(pool, 0, sizeof(*pool));
	pool->clock_ms = 1000000;
	pool->options.connect_timeout_ms = 3 * SECOND_MS;
	pool->options.timeout_ms = 10 * SECOND_MS;
	for (size_t i = 0; i < SERVERS; i++) {
		assert_int_equal(sd_server_init(&pool->servers[i], hosts[i], strlen(hosts[i]), 1042, 10, 1,
		                                &part, &error),
		                 SD_OK);
		pool->stores[i].after_ms = 1;
	}
	open_client(pool, &pool->us, 1);
	open_client(pool, &pool->them, 2);
	assert_int_equal(sd_pool_owners(&pool->us.policy.pool, key, owners), 2);
	pool->first = &pool->servers[owners[0]];
	pool->second = &pool->servers[owners[1]];
	pool->at_first = &pool->stores[owners[0]];
	pool->at_second = &pool->stores[owners[1]];
	*state = pool;
	return 0;
}

static inline int close_pool(void **state)
{
	struct pool *pool = *state;

	sd_pool_clear(&pool->us.policy.pool);
	sd_pool_clear(&pool->them.policy.pool);
	return 0;
}

static inline void use_kinds(struct pool *pool, enum fake_kind first, enum fake_kind second)
{
	pool->at_first->kind = first;
	pool->at_second->kind = second;
}

static inline void put_both(struct pool *pool, const char *value, uint64_t version)
{
	fake_put(pool->at_first, KEY, value, version);
	fake_put(pool->at_second, KEY, value, version);
}

/* }}} */

/* {{{ what is done and what is looked at */

static inline struct sd_bytes bytes_of(const char *text)
{
	return (struct sd_bytes){text, strlen(text)};
}

static inline enum sd_status begin(struct client *client)
{
	fake_forget(&client->network);
	return sd_session_begin(&client->session, &client->rules, &client->kept.sink, &client->error);
}

static inline enum sd_status write_value(struct client *client, const char *value)
{
	fake_forget(&client->network);
	return sd_session_write(&client->session, bytes_of(value), TTL_S, &client->error);
}

static inline enum sd_status touch(struct client *client, const char *value)
{
	fake_forget(&client->network);
	return sd_session_touch(&client->session, bytes_of(value), TTL_S, &client->error);
}

static inline enum sd_status destroy(struct client *client)
{
	fake_forget(&client->network);
	return sd_session_destroy(&client->session, TTL_S, &client->error);
}

static inline enum sd_status end(struct client *client)
{
	fake_forget(&client->network);
	return sd_session_end(&client->session, &client->error);
}

static inline void assert_begins(struct client *client, enum sd_status status, const char *value)
{
	assert_int_equal(begin(client), status);
	assert_string_equal(client->kept.bytes, value);
}

static inline void assert_asked(const struct client *client, size_t i, enum sd_request_kind kind,
                                const struct sd_server *server, unsigned round)
{
	const struct fake_asked *asked = &client->network.asked[i];

	assert_in_range(i, 0, client->network.asked_count - 1);
	assert_int_equal(asked->kind, kind);
	assert_ptr_equal(asked->server, server);
	assert_int_equal(asked->round, round);
}

static inline void assert_asked_no_more(const struct client *client, size_t count, unsigned rounds)
{
	assert_int_equal(client->network.asked_count, count);
	assert_int_equal(client->network.rounds, rounds);
}

static inline void assert_text_has(const struct sd_error *error, const char *part)
{
	if (strstr(error->text, part) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", error->text, part);
	}
}

/* A store has that value; NULL: it has none. */
static inline void assert_has(struct fake_store *store, const char *value)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	if (value == NULL) {
		assert_true(entry == NULL || entry->is_tombstone);
		return;
	}
	assert_non_null(entry);
	assert_false(entry->is_tombstone);
	assert_string_equal(entry->value, value);
}

static inline void assert_both_have(struct pool *pool, const char *value)
{
	assert_has(pool->at_first, value);
	assert_has(pool->at_second, value);
}

static inline bool is_locked(const struct fake_store *store)
{
	for (size_t i = 0; i < FAKE_ENTRIES_MAX; i++) {
		if (strcmp(store->locks[i].key, KEY) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether the server has the session with that value; NULL: whether it has none. */
static inline bool has(struct fake_store *store, const char *value)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	if (value == NULL) {
		return entry == NULL || entry->is_tombstone;
	}
	return entry != NULL && !entry->is_tombstone && strcmp(entry->value, value) == 0;
}

/* Whether nobody has the lock, of whichever kind. */
static inline bool is_free(struct fake_store *store)
{
	return !is_locked(store) && fake_entry_of(store, ENTRY) == NULL;
}

static inline void assert_free(const struct pool *pool)
{
	assert_false(is_locked(pool->at_first));
	assert_false(is_locked(pool->at_second));
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pool, close_pool)

#endif
