/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The policy of the pool: who is asked, in what order, by when, what counts as
 * success, and which of two copies does. The table is the one in client/cluster.h.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/policy/operation.h"
#include "tests/unit/client/fake_transport.h"
#include "tests/unit/client/memory_sink.h"
#include "tests/unit/unit.h"

#define SERVERS 3
#define KEY "session"
#define SECOND_MS 1000
#define SERVER_TIMEOUT_MS (10 * SECOND_MS)
#define CONNECT_TIMEOUT_MS (3 * SECOND_MS)
#define OLD 100 /* versions that any new one is larger than */
#define NEW 200
#define AHEAD (UINT64_C(1) << 50) /* one of somebody whose clock is ahead by years */

/* {{{ three servers, of which KEY has a first and a second */

struct pool {
	int64_t clock_ms;
	struct fake_transport network;
	struct fake_transport own;         /* for a server that has a transport of its own */
	struct fake_store stores[SERVERS]; /* what the servers are, once use_stores() was called */
	struct fake_store *at_first;
	struct fake_store *at_second;
	struct sd_options options;
	struct sd_server servers[SERVERS];
	struct sd_cluster cluster;
	struct sd_server *first;
	struct sd_server *second;
	struct sd_server *third; /* neither: never to be asked */
	struct kept kept;
	struct sd_item item; /* of the last operation */
	struct sd_error error;

	/* somebody else with the same servers, and what happens before one of our rounds */
	struct fake_transport others_network;
	struct sd_cluster others_cluster;
	unsigned meanwhile_call;
	void (*meanwhile)(struct pool *pool);
};

static const struct sd_bytes key = {KEY, sizeof(KEY) - 1};
static const struct sd_bytes no_bytes = {NULL, 0};

static void make_server(struct sd_server *server, const char *host, uint32_t weight)
{
	enum sd_server_part part;
	struct sd_error error;

	assert_int_equal(sd_server_init(server, host, strlen(host), 1042, SERVER_TIMEOUT_MS / 1000,
	                                weight, &part, &error),
	                 SD_OK);
}

static void add_servers(struct pool *pool, const uint32_t *weights, size_t count)
{
	static const char *const hosts[SERVERS] = {"a.example", "b.example", "c.example"};

	sd_cluster_clear(&pool->cluster);
	for (size_t i = 0; i < count; i++) {
		make_server(&pool->servers[i], hosts[i], weights[i]);
		assert_int_equal(sd_cluster_add(&pool->cluster, &pool->servers[i], &pool->error), SD_OK);
	}
}

static void find_owners(struct pool *pool)
{
	size_t first = sd_ring_first(&pool->cluster.ring, sd_ring_hash(KEY, sizeof(KEY) - 1));
	size_t second = sd_ring_second(&pool->cluster.ring, sd_ring_hash(KEY, sizeof(KEY) - 1));

	assert_int_not_equal(first, second);
	pool->first = &pool->servers[first];
	pool->second = &pool->servers[second];
	pool->third = &pool->servers[3 - first - second];
	pool->at_first = &pool->stores[first];
	pool->at_second = &pool->stores[second];
}

static void open_others(struct pool *pool)
{
	fake_init(&pool->others_network, &pool->clock_ms);
	pool->others_network.connection = 2;
	sd_cluster_init(&pool->others_cluster, &pool->others_network.transport, &pool->options, true);
	for (size_t i = 0; i < SERVERS; i++) {
		assert_int_equal(sd_cluster_add(&pool->others_cluster, &pool->servers[i], &pool->error),
		                 SD_OK);
	}
}

static struct pool the_pool;

static int open_pool(void **state)
{
	static const uint32_t weights[SERVERS] = {1, 1, 1};
	struct pool *pool = &the_pool;

	memset(pool, 0, sizeof(*pool));
	pool->clock_ms = 1000000; /* anything but 0 */
	pool->options.connect_timeout_ms = CONNECT_TIMEOUT_MS;
	pool->options.timeout_ms = 2 * SERVER_TIMEOUT_MS;
	pool->kept.sink = kept_sink;
	fake_init(&pool->network, &pool->clock_ms);
	fake_init(&pool->own, &pool->clock_ms);
	pool->own.transport.now_ms = NULL; /* as a user's transport, which has no clock */
	pool->own.transport.pause = NULL;
	pool->own.transport.new_version = NULL;
	sd_cluster_init(&pool->cluster, &pool->network.transport, &pool->options, true);
	add_servers(pool, weights, SERVERS);
	find_owners(pool);
	open_others(pool);
	*state = pool;
	return 0;
}

static int close_pool(void **state)
{
	struct pool *pool = *state;

	sd_cluster_clear(&pool->cluster);
	sd_cluster_clear(&pool->others_cluster);
	return 0;
}

static void both_answer(struct pool *pool, enum sd_status first, enum sd_status second)
{
	fake_answers(&pool->network, pool->first, first, 5);
	fake_answers(&pool->network, pool->second, second, 5);
}

static struct sd_item *about(struct pool *pool, struct sd_bytes data, struct sd_sink *sink)
{
	pool->item = (struct sd_item){.key = key, .data = data, .sink = sink};
	memset(&pool->item.exchanges, 0x5a, sizeof(pool->item.exchanges)); /* the cluster's own */
	pool->error.status = SD_OK;
	return &pool->item;
}

/* What became of the operation and of its only item is one thing. */
static enum sd_status outcome_of(const struct pool *pool, enum sd_status status)
{
	if (status != SD_OK) {
		assert_int_equal(pool->error.status, status);
		return status;
	}
	assert_false(sd_status_is_failure(pool->item.status));
	return pool->item.status;
}

static enum sd_status do_set_for(struct pool *pool, const char *text, int64_t ttl)
{
	struct sd_item *item = about(pool, (struct sd_bytes){text, strlen(text)}, NULL);

	return outcome_of(pool, sd_cluster_set(&pool->cluster, item, 1, ttl, &pool->error));
}

static enum sd_status do_set(struct pool *pool)
{
	return do_set_for(pool, "the value", 0);
}

static enum sd_status do_get(struct pool *pool)
{
	struct sd_item *item = about(pool, no_bytes, &pool->kept.sink);

	kept_restart(&pool->kept.sink);
	return outcome_of(pool, sd_cluster_get(&pool->cluster, item, 1, &pool->error));
}

static enum sd_status do_delete(struct pool *pool)
{
	struct sd_item *item = about(pool, no_bytes, NULL);

	return outcome_of(pool, sd_cluster_delete(&pool->cluster, item, 1, &pool->error));
}

static enum sd_status do_touch(struct pool *pool, int64_t ttl)
{
	struct sd_item *item = about(pool, no_bytes, NULL);

	return outcome_of(pool, sd_cluster_look(&pool->cluster, item, 1, ttl, &pool->error));
}

static enum sd_status do_look(struct pool *pool)
{
	return do_touch(pool, 0);
}

/* A change's outcome is its item's. */
static enum sd_status do_change(struct pool *pool, const struct sd_change *change, const char *text)
{
	struct sd_bytes data = {text, text != NULL ? strlen(text) : 0};
	struct sd_item *item = about(pool, data, text == NULL ? &pool->kept.sink : NULL);
	enum sd_status status;

	kept_restart(&pool->kept.sink);
	status = sd_cluster_change(&pool->cluster, item, change, &pool->error);
	assert_int_equal(status, item->status);
	if (sd_status_is_failure(status)) {
		assert_int_equal(pool->error.status, status);
	}
	return status;
}

static enum sd_status do_add(struct pool *pool)
{
	return do_change(pool, &(struct sd_change){.kind = SD_ADD, .ttl = 60}, "added");
}

static enum sd_status do_replace(struct pool *pool)
{
	return do_change(pool, &(struct sd_change){.kind = SD_REPLACE, .ttl = 60}, "replaced");
}

static enum sd_status do_cas(struct pool *pool, uint64_t version)
{
	return do_change(pool, &(struct sd_change){.kind = SD_CAS, .ttl = 60, .version = version},
	                 "swapped");
}

static enum sd_status do_adjust(struct pool *pool)
{
	return do_change(pool, &(struct sd_change){.kind = SD_ADJUST, .delta = 1}, NULL);
}

/* }}} */

/* {{{ who was asked */

static void assert_asked_none(const struct fake_transport *fake)
{
	assert_int_equal(fake->asked_count, 0);
}

static void assert_asked_one(const struct fake_transport *fake, enum sd_operation operation,
                             const struct sd_server *server)
{
	assert_int_equal(fake->asked_count, 1);
	assert_int_equal(fake->asked[0].operation, operation);
	assert_ptr_equal(fake->asked[0].server, server);
}

static void assert_asked(const struct fake_asked *asked, unsigned call, enum sd_operation operation,
                         const struct sd_server *server)
{
	assert_int_equal(asked->call, call);
	assert_int_equal(asked->operation, operation);
	assert_ptr_equal(asked->server, server);
}

/* The first one thing and the second the other, in one round. */
static void assert_asked_both_at_once(const struct pool *pool, enum sd_operation of_first,
                                      enum sd_operation of_second)
{
	assert_int_equal(pool->network.asked_count, 2);
	assert_asked(&pool->network.asked[0], 1, of_first, pool->first);
	assert_asked(&pool->network.asked[1], 1, of_second, pool->second);
}

/* After that round the second for its value. */
static void assert_asked_the_second_again(const struct pool *pool)
{
	assert_int_equal(pool->network.asked_count, 3);
	assert_asked(&pool->network.asked[0], 1, SD_GET, pool->first);
	assert_asked(&pool->network.asked[1], 1, SD_LOOK, pool->second);
	assert_asked(&pool->network.asked[2], 2, SD_GET, pool->second);
}

static void assert_text_has(const struct sd_error *error, const char *part)
{
	if (strstr(error->text, part) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", error->text, part);
	}
}

/* }}} */

/* {{{ set, by the table */

static void set_with_both_up_stores_on_both_at_once(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 2);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_with_the_first_down_stores_on_the_second_alone(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_with_the_second_down_stores_on_the_first_alone(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_with_both_down_fails_and_stores_nothing(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_int_equal(pool->item.stored, 0);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void set_counts_a_server_that_refused_or_stalled_as_down(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_REFUSED, 5);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
	fake_stalls(&pool->network, pool->first);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
}

static void set_hands_key_value_and_life_to_both(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set_for(pool, "the value", 42), SD_OK);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(pool->network.asked[i].key, KEY);
		assert_string_equal(pool->network.asked[i].data, "the value");
		assert_int_equal(pool->network.asked[i].ttl, 42);
		assert_null(pool->network.asked[i].sink);
	}
}

/* }}} */

/* {{{ get, by the table */

static void get_with_both_up_asks_for_value_and_version_at_once(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "from the first", 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
	assert_string_equal(pool->network.asked[0].key, KEY);
	assert_string_equal(pool->network.asked[1].key, KEY);
	assert_ptr_equal(pool->network.asked[0].sink, &pool->kept.sink);
	assert_null(pool->network.asked[1].sink);
}

static void get_with_the_first_down_is_from_the_second(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the second");
	assert_asked_the_second_again(pool);
}

static void get_with_the_second_down_is_from_the_first(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "from the first", 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
}

static void get_with_both_down_fails(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
}

static void get_asks_the_second_when_the_first_has_none(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the second");
	assert_asked_the_second_again(pool);
}

static void get_is_absent_when_both_have_none(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_ABSENT);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
}

static void get_is_absent_when_the_first_has_none_and_the_second_is_down(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
}

static void get_is_absent_when_the_first_is_down_and_the_second_has_none(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
}

static void get_asks_the_second_after_every_failure_of_a_server(void **state)
{
	static const enum sd_status failures[] = {SD_REFUSED, SD_BAD_ANSWER,  SD_CLOSED,
	                                          SD_TIMEOUT, SD_UNREACHABLE, SD_UNSUPPORTED};
	struct pool *pool = *state;

	fake_has(&pool->network, pool->second, "from the second", 5);
	for (size_t i = 0; i < COUNT_OF(failures); i++) {
		fake_forget(&pool->network);
		fake_answers(&pool->network, pool->first, failures[i], 5);
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "from the second");
		assert_asked_the_second_again(pool);
	}
}

/* }}} */

/* {{{ delete, by the table */

static void delete_with_both_up_is_on_both_at_once(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
	assert_string_equal(pool->network.asked[0].key, KEY);
	assert_string_equal(pool->network.asked[1].key, KEY);
}

static void delete_with_the_first_down_is_on_the_second(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
}

static void delete_with_the_second_down_is_on_the_first(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
}

static void delete_with_both_down_fails(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_asked_both_at_once(pool, SD_DELETE, SD_DELETE);
}

static void delete_is_done_when_either_had_it(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_OK);
	both_answer(pool, SD_ABSENT, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
}

static void delete_is_absent_when_neither_had_it(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_ABSENT);
}

static void delete_is_absent_when_the_only_one_up_had_none(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_UNREACHABLE);
	assert_int_equal(do_delete(pool), SD_ABSENT);
	both_answer(pool, SD_TIMEOUT, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_ABSENT);
}

/* }}} */

/* {{{ servers that are stores */

static void use_kinds(struct pool *pool, enum fake_kind first, enum fake_kind second)
{
	memset(pool->stores, 0, sizeof(pool->stores));
	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].after_ms = 5;
		fake_is(&pool->network, &pool->servers[i], &pool->stores[i]);
		fake_is(&pool->others_network, &pool->servers[i], &pool->stores[i]);
	}
	pool->at_first->kind = first;
	pool->at_second->kind = second;
	pool->network.last_version = 0; /* as of a process that has just begun */
	pool->others_network.last_version = 0;
	fake_forget(&pool->network);
}

static void use_kind(struct pool *pool, enum fake_kind kind)
{
	use_kinds(pool, kind, kind);
}

static void use_stores(struct pool *pool)
{
	use_kind(pool, FAKE_SHAREDANCED);
}

/* The kinds that order writes. */
static const enum fake_kind versioned_kinds[] = {FAKE_SHAREDANCED, FAKE_MEMCACHED};

static void assert_has(struct fake_store *store, const char *text, uint64_t version)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	assert_non_null(entry);
	assert_false(entry->buried);
	assert_string_equal(entry->value, text);
	assert_int_equal(entry->version, version);
}

static void assert_buried(struct fake_store *store, uint64_t version)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	assert_non_null(entry);
	assert_true(entry->buried);
	assert_int_equal(entry->version, version);
}

static void assert_nothing(struct fake_store *store)
{
	assert_null(fake_entry_of(store, KEY));
}

static bool is_proven(struct fake_store *store)
{
	return !fake_entry_of(store, KEY)->unproven;
}

static uint64_t version_at(struct fake_store *store)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	return entry != NULL ? entry->version : 0;
}

/* Both have one value, and of one version. */
static void assert_both_have(const struct pool *pool, const char *text)
{
	assert_has(pool->at_first, text, version_at(pool->at_second));
	assert_has(pool->at_second, text, version_at(pool->at_first));
}

static void assert_got(struct pool *pool, const char *text, uint64_t version)
{
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, text);
	assert_int_equal(pool->item.version, version);
}

static void assert_missed(struct pool *pool)
{
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_int_equal(kept_length(&pool->kept), 0);
}

static size_t times_asked(const struct fake_transport *fake, enum sd_operation operation)
{
	size_t times = 0;

	for (size_t i = 0; i < fake->asked_count; i++) {
		times += fake->asked[i].operation == operation;
	}
	return times;
}

static const struct fake_asked *last_asked(const struct fake_transport *fake)
{
	assert_in_range(fake->asked_count, 1, FAKE_ASKED_MAX);
	return &fake->asked[fake->asked_count - 1];
}

/* What happens in front of our round of that number. */
static void be_interrupted(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->calls == pool->meanwhile_call) {
		pool->meanwhile(pool);
	}
}

static void interrupt(struct pool *pool, unsigned call, void (*meanwhile)(struct pool *))
{
	fake_forget(&pool->network);
	pool->meanwhile_call = call;
	pool->meanwhile = meanwhile;
	pool->network.meanwhile = be_interrupted;
	pool->network.context = pool;
}

/* }}} */

/* {{{ the whole table */

static const enum fake_act acts[] = {FAKE_ANSWERS, FAKE_REFUSES, FAKE_STALLS, FAKE_NEVER_CONNECTS};

static const char *reason_of(enum fake_act act)
{
	return act == FAKE_REFUSES  ? "Connection refused"
	       : act == FAKE_STALLS ? "no answer in time"
	                            : "no connection in time";
}

/* Neither more time than there is, nor a text that leaves one of both out. */
static void assert_table_row(struct pool *pool, enum fake_act first, enum fake_act second,
                             enum sd_status status, int64_t start_ms)
{
	char name[SD_SERVER_NAME_MAX];

	assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
	if (first == FAKE_ANSWERS || second == FAKE_ANSWERS) {
		assert_int_equal(status, SD_OK);
		return;
	}
	assert_int_equal(status, first == FAKE_STALLS ? SD_TIMEOUT : SD_UNREACHABLE);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, reason_of(first));
	assert_text_has(&pool->error, sd_server_name(pool->second, name));
	assert_text_has(&pool->error, reason_of(second));
}

/* Runs the operation on "7" in all states that two servers can be in; `check` looks at one that is
 * up. */
static void run_table(struct pool *pool, enum sd_status (*operation)(struct pool *),
                      void (*check)(struct fake_store *))
{
	for (size_t i = 0; i < COUNT_OF(acts) * COUNT_OF(acts); i++) {
		enum fake_act first = acts[i / COUNT_OF(acts)];
		enum fake_act second = acts[i % COUNT_OF(acts)];
		int64_t start_ms = pool->clock_ms;

		use_stores(pool);
		fake_put(pool->at_first, KEY, "7", OLD);
		fake_put(pool->at_second, KEY, "7", OLD);
		pool->at_first->act = first;
		pool->at_second->act = second;
		assert_table_row(pool, first, second, operation(pool), start_ms);
		check(first == FAKE_ANSWERS ? pool->at_first : NULL);
		check(second == FAKE_ANSWERS ? pool->at_second : NULL);
		if (operation == do_set || operation == do_delete || operation == do_adjust) {
			assert_int_equal(pool->item.stored, (first == FAKE_ANSWERS) + (second == FAKE_ANSWERS));
		}
	}
}

static void check_is_set(struct fake_store *store)
{
	assert_true(store == NULL || strcmp(fake_entry_of(store, KEY)->value, "the value") == 0);
}

static void check_is_as_before(struct fake_store *store)
{
	if (store != NULL) {
		assert_has(store, "7", OLD);
	}
}

static void check_is_buried(struct fake_store *store)
{
	assert_true(store == NULL || fake_entry_of(store, KEY)->buried);
}

static void check_is_counted(struct fake_store *store)
{
	assert_true(store == NULL || strcmp(fake_entry_of(store, KEY)->value, "8") == 0);
}

static void set_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_set, check_is_set);
}

static enum sd_status do_get_of_seven(struct pool *pool)
{
	enum sd_status status = do_get(pool);

	assert_string_equal(pool->kept.bytes, status == SD_OK ? "7" : "");
	return status;
}

static void get_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_get_of_seven, check_is_as_before);
}

static void delete_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_delete, check_is_buried);
}

static void look_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_look, check_is_as_before);
}

static void change_goes_by_the_table_whatever_ails_a_server(void **state)
{
	run_table(*state, do_adjust, check_is_counted);
}

/* }}} */

/* {{{ the newest of two */

static void the_newest_value_wins_on_whichever_side_it_is(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "new", NEW);
		fake_put(pool->at_second, KEY, "old", OLD);
		assert_got(pool, "new", NEW);
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		assert_got(pool, "new", NEW);
	}
}

static void the_older_copy_is_repaired_with_value_version_and_life(void **state)
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
		assert_asked_both_at_once(pool, SD_GET, SD_LOOK); /* nothing is left to be repaired */
	}
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
		fake_bury(newer, KEY, NEW)->expires_ms = pool->clock_ms + 7000 * SECOND_MS;
		fake_put(older, KEY, "old", OLD);
		assert_missed(pool);
		assert_buried(older, NEW);
		if (versioned_kinds[i / 2] == FAKE_SHAREDANCED) {
			assert_in_range(last_asked(&pool->network)->ttl, 6998, 7000);
		}
	}
}

static void a_look_repairs_by_a_tombstone_and_not_by_a_value(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_bury(pool->at_first, KEY, NEW);
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_int_equal(do_look(pool), SD_ABSENT);
	assert_buried(pool->at_second, NEW);
	fake_put(pool->at_first, KEY, "new", 2 * NEW);
	assert_int_equal(do_look(pool), SD_OK);
	assert_int_equal(pool->item.version, 2 * NEW);
	assert_buried(pool->at_second, NEW);
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
		fake_bury(older, KEY, OLD);
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
		fake_bury(i % 2 ? pool->at_first : pool->at_second, KEY, OLD);
		assert_missed(pool);
		assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
	}
}

static void two_tombstones_are_a_miss_and_the_older_one_learns_the_newer_version(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_bury(pool->at_first, KEY, NEW);
	fake_bury(pool->at_second, KEY, OLD);
	assert_missed(pool);
	assert_buried(pool->at_second, NEW);
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

static void write_newest_on_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "newest", 2 * NEW);
}

static void write_newest_on_first(struct pool *pool)
{
	fake_put(pool->at_first, KEY, "newest", 2 * NEW);
}

static void delete_newest_on_second(struct pool *pool)
{
	fake_bury(pool->at_second, KEY, 2 * NEW);
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
		fake_bury(pool->at_first, KEY, NEW);
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
		assert_buried(pool->at_second, 2 * NEW);
		pool->network.meanwhile = NULL;
	}
}

static void what_is_written_while_the_value_is_fetched_is_the_newest(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	interrupt(pool, 2, write_newest_on_second);
	assert_got(pool, "newest", 2 * NEW);
	assert_has(pool->at_first, "newest", 2 * NEW);
	use_stores(pool);
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	interrupt(pool, 2, delete_newest_on_second);
	assert_missed(pool);
	assert_buried(pool->at_first, 2 * NEW);
}

static void evict_from_second(struct pool *pool)
{
	fake_evict(pool->at_second, KEY);
}

/* It expired, or memcached was short of memory: a miss, and neither the first's old value nor,
 * worse, an empty one. */
static void what_is_gone_while_the_value_is_fetched_is_a_miss(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		interrupt(pool, 2, evict_from_second);
		assert_missed(pool);
		assert_nothing(pool->at_second);
		pool->network.meanwhile = NULL;
	}
}

/* }}} */

/* {{{ servers that were away */

static void assert_unproven(struct pool *pool)
{
	char name[SD_SERVER_NAME_MAX];

	assert_int_equal(do_get(pool), SD_UNPROVEN);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, sd_server_name(pool->second, name));
	assert_text_has(&pool->error, "Connection refused");
	assert_text_has(&pool->error, "was away");
	assert_int_equal(kept_length(&pool->kept), 0);
	assert_int_equal(do_look(pool), SD_UNPROVEN);
}

static void what_was_away_is_not_believed_alone_and_both_are_named(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		struct fake_store *up;

		use_stores(pool);
		up = i ? pool->at_first : pool->at_second;
		(i ? pool->at_second : pool->at_first)->act = FAKE_REFUSES;
		fake_put(up, KEY, "maybe old", OLD);
		fake_restart(up);
		assert_unproven(pool);
		fake_bury(up, KEY, NEW);
		fake_restart(up);
		assert_unproven(pool);
		fake_evict(up, KEY);
		assert_unproven(pool);
	}
}

static void what_was_not_away_is_believed_alone(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		struct fake_store *up;

		use_stores(pool);
		up = i ? pool->at_first : pool->at_second;
		(i ? pool->at_second : pool->at_first)->act = FAKE_REFUSES;
		assert_missed(pool);
		fake_put(up, KEY, "there", OLD);
		assert_got(pool, "there", OLD);
		fake_bury(up, KEY, NEW);
		assert_missed(pool);
	}
}

static void what_was_compared_is_proven(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 4; i++) {
		struct fake_store *back;
		struct fake_store *other;

		use_stores(pool);
		back = i % 2 ? pool->at_first : pool->at_second;
		other = i % 2 ? pool->at_second : pool->at_first;
		fake_put(back, KEY, "same", OLD);
		fake_put(other, KEY, "same", OLD);
		fake_restart(back);
		if (i / 2) {
			assert_got(pool, "same", OLD);
		} else {
			assert_int_equal(do_look(pool), SD_OK);
		}
		assert_true(is_proven(back));
		assert_int_equal(pool->network.asked_count, 3);
		assert_int_equal(last_asked(&pool->network)->operation, SD_LOOK);
		assert_int_equal(last_asked(&pool->network)->compared, OLD);
		other->act = FAKE_REFUSES;
		assert_got(pool, "same", OLD);
	}
}

static void what_both_restarted_with_is_proven_on_both(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "same", OLD);
	fake_put(pool->at_second, KEY, "same", OLD);
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	assert_got(pool, "same", OLD);
	assert_true(is_proven(pool->at_first));
	assert_true(is_proven(pool->at_second));
}

static void two_tombstones_that_are_the_same_are_proven(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_bury(pool->at_first, KEY, OLD);
	fake_bury(pool->at_second, KEY, OLD);
	fake_restart(pool->at_second);
	assert_missed(pool);
	assert_true(is_proven(pool->at_second));
}

static void a_proof_is_sent_only_where_it_is_needed_and_true(void **state)
{
	struct pool *pool = *state;

	use_stores(pool); /* both known: nothing to prove */
	fake_put(pool->at_first, KEY, "same", OLD);
	fake_put(pool->at_second, KEY, "same", OLD);
	assert_got(pool, "same", OLD);
	assert_int_equal(pool->network.asked_count, 2);
	use_stores(pool); /* different: the older is repaired, which proves it */
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	fake_restart(pool->at_first);
	assert_got(pool, "new", NEW);
	assert_int_equal(times_asked(&pool->network, SD_LOOK), 1);
	assert_true(is_proven(pool->at_first));
	use_stores(pool); /* different the other way round: being newer proves the newer one */
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	fake_restart(pool->at_second);
	assert_got(pool, "new", NEW);
	assert_int_equal(last_asked(&pool->network)->operation, SD_LOOK);
	assert_int_equal(last_asked(&pool->network)->compared, NEW);
	assert_ptr_equal(last_asked(&pool->network)->server, pool->second);
	assert_true(is_proven(pool->at_second));
	use_stores(pool); /* nothing on either: there is no version to prove */
	fake_restart(pool->at_first);
	fake_restart(pool->at_second);
	assert_missed(pool);
	assert_int_equal(pool->network.asked_count, 2);
}

static void come_back_newer_on_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "newer", NEW)->unproven = true;
}

static void a_proof_that_is_no_longer_true_proves_nothing(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "same", OLD);
	fake_put(pool->at_second, KEY, "same", OLD);
	fake_restart(pool->at_second);
	interrupt(pool, 2, come_back_newer_on_second);
	assert_got(pool, "same", OLD);
	assert_int_equal(last_asked(&pool->network)->compared, OLD);
	assert_has(pool->at_second, "newer", NEW);
	assert_false(is_proven(pool->at_second));
}

static void break_off_second(struct pool *pool)
{
	pool->at_second->act = FAKE_REFUSES;
}

static void a_newer_value_that_cannot_be_fetched_is_never_replaced_by_the_old_one(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		interrupt(pool, 2, break_off_second);
		assert_int_equal(do_get(pool), SD_UNREACHABLE);
		assert_int_equal(kept_length(&pool->kept), 0);
		assert_text_has(&pool->error, sd_server_name(pool->first, name));
		assert_text_has(&pool->error, "has an older copy");
		assert_text_has(&pool->error, sd_server_name(pool->second, name));
		assert_text_has(&pool->error, "Connection refused");
		assert_has(pool->at_first, "old", OLD);
		pool->network.meanwhile = NULL;
	}
}

static void a_newer_value_that_cannot_be_fetched_is_no_miss_either(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_second, KEY, "new", NEW);
	interrupt(pool, 2, break_off_second);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
}

static void a_value_that_was_away_is_not_even_fetched_alone(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	pool->at_first->act = FAKE_REFUSES;
	fake_put(pool->at_second, KEY, "maybe old", OLD);
	fake_restart(pool->at_second);
	assert_int_equal(do_get(pool), SD_UNPROVEN);
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
}

static void a_write_proves_what_it_writes(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "maybe old", OLD);
	fake_restart(pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the value");
	assert_int_equal(do_delete(pool), SD_OK);
	assert_missed(pool);
}

/* }}} */

/* {{{ the first server's word alone */

static void read_from_first(struct pool *pool)
{
	use_stores(pool);
	pool->options.read_policy = SD_READ_FIRST;
}

static void by_the_policy_first_the_second_is_not_asked_for_what_the_first_has(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_put(pool->at_first, KEY, "old", OLD);
	fake_put(pool->at_second, KEY, "new", NEW);
	assert_got(pool, "old", OLD);
	assert_asked_one(&pool->network, SD_GET, pool->first);
	assert_int_equal(do_look(pool), SD_OK);
	assert_int_equal(pool->network.asked_count, 2);
}

static void by_the_policy_first_a_tombstone_is_the_firsts_word_too(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_bury(pool->at_first, KEY, NEW);
	fake_put(pool->at_second, KEY, "old", OLD);
	assert_missed(pool);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void by_the_policy_first_the_second_fills_a_first_that_has_none(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_put(pool->at_second, KEY, "there", OLD);
	assert_got(pool, "there", OLD);
	assert_asked(&pool->network.asked[1], 2, SD_GET, pool->second);
	assert_has(pool->at_first, "there", OLD);
	fake_forget(&pool->network);
	assert_got(pool, "there", OLD);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void by_the_policy_first_the_second_is_asked_when_the_first_fails(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 1; i < COUNT_OF(acts); i++) {
		read_from_first(pool);
		pool->at_first->act = acts[i];
		fake_put(pool->at_second, KEY, "there", OLD);
		assert_got(pool, "there", OLD);
		assert_int_equal(pool->network.asked_count, 2);
		assert_int_equal(do_look(pool), SD_OK);
		fake_restart(pool->at_second);
		assert_int_equal(do_get(pool), SD_UNPROVEN);
	}
}

static void by_the_policy_first_a_miss_is_one_on_both(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	assert_missed(pool);
	assert_int_equal(pool->network.asked_count, 2);
	fake_restart(pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_get(pool), SD_UNPROVEN);
}

static void a_change_asks_both_whatever_the_read_policy(void **state)
{
	struct pool *pool = *state;

	read_from_first(pool);
	fake_put(pool->at_first, KEY, "1", OLD);
	fake_put(pool->at_second, KEY, "5", NEW);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "6");
	assert_both_have(pool, "6");
}

static int64_t life_at(const struct pool *pool, struct fake_store *store)
{
	return (fake_entry_of(store, KEY)->expires_ms - pool->clock_ms) / SECOND_MS;
}

/* It is a write: a second that was not touched would lose the entry, and with the first all. */
static void a_touch_reaches_both_whatever_the_read_policy(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		use_stores(pool);
		pool->options.read_policy = i ? SD_READ_FIRST : SD_READ_NEWEST;
		fake_put(pool->at_first, KEY, "v", OLD)->expires_ms = pool->clock_ms + SECOND_MS;
		fake_put(pool->at_second, KEY, "v", OLD)->expires_ms = pool->clock_ms + SECOND_MS;
		assert_int_equal(do_touch(pool, 600), SD_OK);
		assert_in_range(life_at(pool, pool->at_first), 599, 600);
		assert_in_range(life_at(pool, pool->at_second), 599, 600);
	}
}

/* }}} */

/* {{{ clocks that differ */

static void write_over_what_is_ahead(struct pool *pool, enum sd_status (*operation)(struct pool *),
                                     bool deletes)
{
	for (size_t i = 1; i < 4; i++) { /* ahead on the first, on the second, on both */
		use_stores(pool);
		if (i & 1) {
			fake_put(pool->at_first, KEY, "ahead", AHEAD);
		}
		if (i & 2) {
			fake_put(pool->at_second, KEY, "ahead", 2 * AHEAD);
		}
		assert_int_equal(operation(pool), SD_OK);
		assert_int_equal(pool->network.calls, 2);
		assert_int_equal(pool->network.asked_count, 4);
		assert_int_equal(version_at(pool->at_first), version_at(pool->at_second));
		assert_true(version_at(pool->at_first) > (i & 2 ? 2 : 1) * AHEAD);
		assert_int_equal(fake_entry_of(pool->at_first, KEY)->buried, deletes);
		assert_int_equal(fake_entry_of(pool->at_second, KEY)->buried, deletes);
	}
}

static void a_set_that_finds_something_newer_is_repeated_once_above_it(void **state)
{
	struct pool *pool = *state;

	write_over_what_is_ahead(pool, do_set, false);
	assert_both_have(pool, "the value");
	assert_int_equal(pool->item.stored, 2);
}

static void a_delete_that_finds_something_newer_is_repeated_once_above_it(void **state)
{
	write_over_what_is_ahead(*state, do_delete, true);
}

static void it_is_repeated_only_on_those_that_answered(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
	assert_int_equal(pool->network.asked_count, 3);
	assert_asked(&pool->network.asked[2], 2, SD_SET, pool->first);
	assert_true(version_at(pool->at_first) > AHEAD);
}

static void write_far_ahead_on_first(struct pool *pool)
{
	fake_put(pool->at_first, KEY, "others", 4 * AHEAD);
}

/* Whoever wrote that began after us: as if ours had been there and been overwritten. */
static void a_write_that_is_overtaken_twice_is_done(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	interrupt(pool, 2, write_far_ahead_on_first);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 2);
	assert_has(pool->at_first, "others", 4 * AHEAD);
	assert_int_equal(pool->network.calls, 2);
	assert_got(pool, "others", 4 * AHEAD);
	assert_both_have(pool, "others");
}

/* The other's answer is awaited, and then there must be time to write what was not written. */
static void a_slow_second_does_not_keep_a_set_from_being_repeated(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	pool->at_second->act = FAKE_STALLS;
	if (do_set(pool) == SD_OK) { /* else the caller knows, which is as good */
		assert_int_equal(strcmp(fake_entry_of(pool->at_first, KEY)->value, "the value"), 0);
	}
	assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
}

static void versions_grow_whatever_the_clock_does(void **state)
{
	struct pool *pool = *state;
	uint64_t before;

	use_stores(pool);
	assert_int_equal(do_set(pool), SD_OK);
	before = version_at(pool->at_first);
	pool->network.wall_us = -INT64_C(900) * 1000 * 1000;
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(version_at(pool->at_first) > before);
	assert_int_equal(pool->network.calls, 2); /* neither had to be repeated */
	fake_put(pool->at_first, KEY, "ahead", AHEAD);
	assert_got(pool, "ahead", AHEAD);
	fake_forget(&pool->network);
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(version_at(pool->at_first) > AHEAD);
	assert_int_equal(pool->network.calls, 1);
}

static void both_servers_get_one_version_and_only_with_redundancy(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	assert_int_equal(do_set(pool), SD_OK);
	assert_true(pool->network.asked[0].version != 0);
	assert_int_equal(pool->network.asked[0].version, pool->network.asked[1].version);
	assert_int_equal(pool->network.asked[0].condition, SD_IF_NEWER);
	fake_forget(&pool->network);
	pool->cluster.redundancy = false;
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->network.asked[0].version, 0);
	assert_int_equal(pool->network.asked[0].condition, SD_ALWAYS);
}

static void what_is_deleted_while_a_server_is_down_stays_deleted(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	assert_int_equal(do_set(pool), SD_OK);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_delete(pool), SD_OK);
	pool->at_second->act = FAKE_ANSWERS;
	fake_restart(pool->at_second);
	assert_missed(pool);
	pool->at_first->act = FAKE_REFUSES;
	assert_missed(pool); /* and the second believes it itself now */
}

/* }}} */

/* {{{ changes of one server's entry */

static void without_redundancy_the_server_holds_the_condition_itself(void **state)
{
	struct pool *pool = *state;

	for (enum fake_kind kind = FAKE_SHAREDANCED; kind < FAKE_CLASSIC; kind++) {
		use_kind(pool, kind);
		pool->cluster.redundancy = false;
		assert_int_equal(do_replace(pool), SD_CONFLICT);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
		assert_int_equal(pool->item.stored, 0);
		assert_int_equal(do_add(pool), SD_OK);
		assert_int_equal(pool->item.stored, 1);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "added");
		assert_int_equal(pool->item.version, version_at(pool->at_first));
		assert_int_equal(life_at(pool, pool->at_first), 59);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "replaced");
		assert_int_equal(do_cas(pool, pool->item.version + 1), SD_CONFLICT);
		assert_int_equal(do_cas(pool, version_at(pool->at_first)), SD_OK);
		assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "swapped");
		assert_int_equal(do_adjust(pool), SD_REFUSED);
		fake_put(pool->at_first, KEY, "41", OLD);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_int_equal(
			do_change(pool, &(struct sd_change){.kind = SD_ADJUST, .delta = 50, .decrement = true},
		              NULL),
			SD_OK);
		assert_string_equal(pool->kept.bytes, "0");
	}
}

static void a_classic_server_cannot_change_anything(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		use_kind(pool, FAKE_CLASSIC);
		pool->cluster.redundancy = i == 0;
		fake_put(pool->at_first, KEY, "1", 1);
		assert_int_equal(do_add(pool), SD_UNSUPPORTED);
		assert_int_equal(do_replace(pool), SD_UNSUPPORTED);
		assert_int_equal(do_cas(pool, OLD), SD_UNSUPPORTED);
		assert_int_equal(do_adjust(pool), SD_UNSUPPORTED);
		assert_int_equal(times_asked(&pool->network, SD_SET), i == 0 ? 0 : 3);
	}
}

static void a_pair_of_which_one_has_no_versions_cannot_change_anything(void **state)
{
	static const enum fake_kind others[] = {FAKE_CLASSIC, FAKE_OLD_MEMCACHED};
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(others); i++) {
		if (i % 2) {
			use_kinds(pool, FAKE_SHAREDANCED, others[i / 2]);
		} else {
			use_kinds(pool, others[i / 2], FAKE_SHAREDANCED);
		}
		for (int has = 0; has < 2; has++) {
			if (has) {
				fake_put(pool->at_first, KEY, "1", OLD);
				fake_put(pool->at_second, KEY, "1", OLD);
			}
			assert_int_equal(do_add(pool), SD_UNSUPPORTED);
			assert_int_equal(do_replace(pool), SD_UNSUPPORTED);
			assert_int_equal(do_cas(pool, OLD), SD_UNSUPPORTED);
			assert_int_equal(do_adjust(pool), SD_UNSUPPORTED);
		}
		assert_int_equal(times_asked(&pool->network, SD_SET), 0);
		assert_int_equal(times_asked(&pool->network, SD_COUNT), 0);
	}
}

/* }}} */

/* {{{ changes with redundancy */

static void a_change_is_decided_by_the_first_and_carried_to_the_second(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		assert_int_equal(do_add(pool), SD_OK);
		assert_int_equal(pool->item.stored, 2);
		assert_both_have(pool, "added");
		assert_int_equal(pool->item.version, version_at(pool->at_first));
		assert_int_equal(pool->network.asked_count, 4);
		assert_asked(&pool->network.asked[0], 1, SD_LOOK, pool->first);
		assert_asked(&pool->network.asked[1], 1, SD_LOOK, pool->second);
		assert_asked(&pool->network.asked[2], 2, SD_SET, pool->first);
		assert_asked(&pool->network.asked[3], 3, SD_SET, pool->second);
		assert_in_range(life_at(pool, pool->at_first), 59, 60);
		assert_in_range(life_at(pool, pool->at_second), 59, 60);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_both_have(pool, "replaced");
		assert_int_equal(do_cas(pool, pool->item.version - 1), SD_CONFLICT);
		assert_int_equal(do_cas(pool, version_at(pool->at_second)), SD_OK);
		assert_both_have(pool, "swapped");
		fake_put(pool->at_first, KEY, "41", AHEAD)->expires_ms = pool->clock_ms + 70000;
		fake_put(pool->at_second, KEY, "41", AHEAD)->expires_ms = pool->clock_ms + 70000;
		fake_forget(&pool->network);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_both_have(pool, "42");
		assert_true(version_at(pool->at_first) > AHEAD);
		assert_in_range(life_at(pool, pool->at_first), 68, 70);
		assert_in_range(life_at(pool, pool->at_second), 68, 70);
		assert_asked(&pool->network.asked[2], 2, SD_COUNT, pool->first);
		assert_asked(&pool->network.asked[3], 3, SD_SET, pool->second);
	}
}

static void what_is_not_there_is_neither_replaced_nor_swapped_nor_adjusted(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]);
		for (int buried = 0; buried < 2; buried++) {
			if (buried) {
				fake_bury(pool->at_first, KEY, OLD);
				fake_bury(pool->at_second, KEY, OLD);
			}
			assert_int_equal(do_replace(pool), SD_CONFLICT);
			assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
			assert_int_equal(do_adjust(pool), SD_ABSENT);
			assert_int_equal(kept_length(&pool->kept), 0);
		}
		assert_int_equal(times_asked(&pool->network, SD_SET), 0);
		assert_int_equal(do_add(pool), SD_OK);
		assert_both_have(pool, "added");
	}
}

static void the_second_decides_where_the_first_is_down(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 1; i < COUNT_OF(acts); i++) {
		use_stores(pool);
		fake_put(pool->at_second, KEY, "41", OLD);
		pool->at_first->act = acts[i];
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_int_equal(pool->item.stored, 1);
		assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "42");
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_int_equal(do_cas(pool, version_at(pool->at_second)), SD_OK);
	}
}

static void what_was_away_is_not_changed_alone(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_restart(pool->at_first);
	pool->at_second->act = FAKE_REFUSES;
	assert_int_equal(do_adjust(pool), SD_UNPROVEN);
	assert_int_equal(do_add(pool), SD_UNPROVEN);
	fake_evict(pool->at_first, KEY);
	assert_int_equal(do_add(pool), SD_UNPROVEN);
	assert_nothing(pool->at_first);
}

static void break_off_first(struct pool *pool)
{
	pool->at_first->act = FAKE_REFUSES;
}

static void the_second_decides_where_the_first_went_down_meanwhile(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 2, break_off_first);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "42");
	assert_has(pool->at_first, "41", OLD);
	assert_string_equal(fake_entry_of(pool->at_second, KEY)->value, "42");
}

static void lose_answers_of_first(struct pool *pool)
{
	pool->at_first->act = FAKE_LOSES_ANSWERS;
}

static void a_decision_that_nobody_heard_of_is_not_taken_twice(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 2, lose_answers_of_first);
	assert_int_equal(do_adjust(pool), SD_CLOSED);
	assert_string_equal(fake_entry_of(pool->at_first, KEY)->value, "42");
	assert_has(pool->at_second, "41", OLD);
}

static void a_second_that_went_down_meanwhile_costs_only_its_copy(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
	interrupt(pool, 3, break_off_second);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
	assert_string_equal(pool->kept.bytes, "42");
}

static void the_condition_is_held_against_the_newest_copy(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i]); /* the decider's is old */
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_put(pool->at_second, KEY, "new", NEW);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_int_equal(do_cas(pool, NEW), SD_OK);
		assert_both_have(pool, "swapped");

		use_kind(pool, versioned_kinds[i]); /* or it has none */
		fake_put(pool->at_second, KEY, "new", NEW);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_int_equal(do_replace(pool), SD_OK);
		assert_both_have(pool, "replaced");

		use_kind(pool, versioned_kinds[i]); /* or one that was deleted */
		fake_put(pool->at_first, KEY, "old", OLD);
		fake_bury(pool->at_second, KEY, NEW);
		assert_int_equal(do_replace(pool), SD_CONFLICT);
	}
}

static void a_number_that_is_old_where_it_is_decided_is_repaired_first(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 3 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 3]);
		fake_put(pool->at_second, KEY, "41", NEW);
		if (i % 3 == 1) {
			fake_put(pool->at_first, KEY, "7", OLD);
		} else if (i % 3 == 2) {
			fake_bury(pool->at_first, KEY, OLD);
		}
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_both_have(pool, "42");
	}
}

/* Whichever of both has the tombstone, and whatever a repair does with the other meanwhile. */
static void what_one_knows_to_be_deleted_can_be_added(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 2]);
		fake_put(i % 2 ? pool->at_first : pool->at_second, KEY, "old", OLD);
		fake_bury(i % 2 ? pool->at_second : pool->at_first, KEY, NEW);
		assert_int_equal(do_add(pool), SD_OK);
		assert_both_have(pool, "added");
	}
}

static void what_one_knows_to_be_deleted_is_no_number(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 2]);
		fake_put(i % 2 ? pool->at_first : pool->at_second, KEY, "41", OLD);
		fake_bury(i % 2 ? pool->at_second : pool->at_first, KEY, NEW);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
	}
}

static enum sd_status others_change(struct pool *pool, const struct sd_change *change,
                                    const char *text)
{
	struct kept kept = {.sink = kept_sink};
	struct sd_item item = {.key = key, .sink = &kept.sink};
	struct sd_error error;

	item.data = (struct sd_bytes){text, strlen(text)};
	return sd_cluster_change(&pool->others_cluster, &item, change, &error);
}

static enum sd_status others_write(struct pool *pool, const char *text)
{
	struct sd_item item = {.key = key, .data = {text, text != NULL ? strlen(text) : 0}};
	struct sd_error error;

	return text != NULL ? sd_cluster_set(&pool->others_cluster, &item, 1, 0, &error)
	                    : sd_cluster_delete(&pool->others_cluster, &item, 1, &error);
}

static void others_adjust(struct pool *pool)
{
	assert_int_equal(others_change(pool, &(struct sd_change){.kind = SD_ADJUST, .delta = 1}, ""),
	                 SD_OK);
}

static void others_add(struct pool *pool)
{
	assert_int_equal(others_change(pool, &(struct sd_change){.kind = SD_ADD}, "others"), SD_OK);
}

static void others_set(struct pool *pool)
{
	assert_int_equal(others_write(pool, "100"), SD_OK);
}

static void others_delete(struct pool *pool)
{
	assert_int_equal(others_write(pool, NULL), SD_OK);
}

static void put_number_on_both(struct pool *pool, enum fake_kind kind)
{
	use_kind(pool, kind);
	fake_put(pool->at_first, KEY, "41", OLD);
	fake_put(pool->at_second, KEY, "41", OLD);
}

static void who_was_slower_tries_again(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_adjust);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "43");
		assert_both_have(pool, "43");

		use_kind(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_add);
		assert_int_equal(do_add(pool), SD_CONFLICT);
		assert_both_have(pool, "others");

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_set);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_both_have(pool, "100");

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 2, others_delete);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
		pool->network.meanwhile = NULL;
	}
}

/* The other's went by way of the server that decides, and contains ours. */
static void a_change_that_others_built_on_before_it_was_carried_is_done(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_adjust);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		assert_int_equal(pool->item.stored, 2);
		assert_both_have(pool, "43");
		pool->network.meanwhile = NULL;
	}
}

/* The same where what they made of it is that there is none any more. */
static void a_change_that_was_deleted_before_it_was_carried_is_done(void **state)
{
	struct pool *pool = *state;

	put_number_on_both(pool, FAKE_SHAREDANCED);
	interrupt(pool, 3, others_delete);
	assert_int_equal(do_adjust(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "42"); /* as it was for a moment */
	assert_true(fake_entry_of(pool->at_first, KEY)->buried);
	assert_true(fake_entry_of(pool->at_second, KEY)->buried);
}

static void others_number_on_second_alone(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "70", AHEAD);
}

static void others_tombstone_on_second_alone(struct pool *pool)
{
	fake_bury(pool->at_second, KEY, AHEAD);
}

/* It was written without knowing of ours, which is made once more on top of it. */
static void a_change_that_was_overtaken_unseen_is_made_again(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_number_on_second_alone);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "71");
		assert_both_have(pool, "71");

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_number_on_second_alone);
		assert_int_equal(do_cas(pool, OLD), SD_CONFLICT);
		assert_got(pool, "70", AHEAD);
		pool->network.meanwhile = NULL;
	}
}

static void a_change_that_was_deleted_unseen_is_made_again(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_tombstone_on_second_alone);
		assert_int_equal(do_adjust(pool), SD_ABSENT);
		assert_missed(pool);
		use_kind(pool, versioned_kinds[i]);
		interrupt(pool, 3, others_tombstone_on_second_alone);
		assert_int_equal(do_add(pool), SD_OK);
		assert_both_have(pool, "added");
		pool->network.meanwhile = NULL;
	}
}

/* As somebody does who decided before us and carries before we do. */
static void carry_older_number_to_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "41", version_at(pool->at_first) - 1);
}

/* memcached takes it only over what was seen, so that it may stay on one server until it is read:
 * then `stored` says so. */
static void a_change_is_told_to_be_stored_only_where_it_is(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(versioned_kinds); i++) {
		uint64_t version;

		put_number_on_both(pool, versioned_kinds[i]);
		interrupt(pool, 3, carry_older_number_to_second);
		assert_int_equal(do_adjust(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "42");
		pool->network.meanwhile = NULL;
		version = version_at(pool->at_first);
		assert_has(pool->at_first, "42", version);
		assert_int_equal(pool->item.stored, 1 + (version_at(pool->at_second) == version));
		assert_got(pool, "42", version);
		assert_both_have(pool, "42");
	}
}

/* The last answer to what was carried comes in the last millisecond, and then nobody answers. */
static void use_all_the_time(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->calls == 3) {
		others_number_on_second_alone(pool);
		pool->clock_ms = pool->item.deadline_ms - pool->at_second->after_ms;
	} else if (fake->calls == 4) {
		pool->at_first->act = pool->at_second->act = FAKE_STALLS;
	}
}

static void a_change_that_has_no_time_left_takes_none(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	put_number_on_both(pool, FAKE_SHAREDANCED);
	pool->network.meanwhile = use_all_the_time;
	pool->network.context = pool;
	assert_true(sd_status_is_failure(do_adjust(pool)));
	assert_int_equal(pool->network.calls, 4);
	assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
}

static void keep_changing(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	(void)fake;
	fake_put(pool->at_first, KEY, "1", version_at(pool->at_first) + 1);
}

static void a_change_that_others_always_get_ahead_of_ends(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	put_number_on_both(pool, FAKE_SHAREDANCED);
	pool->network.meanwhile = keep_changing;
	pool->network.context = pool;
	assert_int_equal(do_adjust(pool), SD_TIMEOUT);
	assert_in_range(pool->clock_ms - start_ms, 0, SERVER_TIMEOUT_MS);
	assert_text_has(&pool->error, "others kept changing");
}

/* Somebody else who now and then does the same between our rounds. */
struct racers {
	struct pool *pool;
	struct chance chance;
	uint64_t others;
};

static void race(struct fake_transport *fake, void *context)
{
	struct racers *racers = context;

	(void)fake;
	if (chance_between(&racers->chance, 0, 2) == 0) {
		others_adjust(racers->pool);
		racers->others++;
	}
}

static void assert_no_increment_is_lost(struct pool *pool, struct racers *racers)
{
	uint64_t ours = 0;

	for (int i = 0; i < 500; i++) {
		char text[32];

		fake_forget(&pool->network);
		fake_forget(&pool->others_network);
		pool->network.meanwhile = race;
		assert_int_equal(do_adjust(pool), SD_OK);
		pool->network.meanwhile = NULL;
		ours++;
		(void)snprintf(text, sizeof(text), "%" PRIu64, ours + racers->others);
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, text);
	}
}

static void two_who_count_at_the_same_time_lose_no_increment(void **state)
{
	struct pool *pool = *state;
	struct racers racers = {.pool = pool, .chance = {77}};

	pool->network.context = &racers;
	for (size_t i = 0; i < 4 * COUNT_OF(versioned_kinds); i++) {
		use_kind(pool, versioned_kinds[i / 4]);
		fake_put(pool->at_first, KEY, "0", OLD);
		fake_put(pool->at_second, KEY, "0", OLD);
		pool->at_first->act = i % 4 == 1 ? FAKE_REFUSES : FAKE_ANSWERS;
		pool->at_second->act = i % 4 == 2 ? FAKE_REFUSES : FAKE_ANSWERS;
		pool->network.wall_us = i % 4 == 3 ? -INT64_C(900000000) : 0;
		racers.others = 0;
		assert_no_increment_is_lost(pool, &racers);
		assert_in_range(racers.others, 100, 10000);
	}
}

/* }}} */

/* {{{ servers without versions */

static void of_two_classic_servers_the_second_is_asked_where_the_first_has_none(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_CLASSIC);
	fake_put(pool->at_second, KEY, "there", 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "there");
	assert_nothing(pool->at_first); /* nothing says that it is the newer one */
	fake_put(pool->at_first, KEY, "of the first", 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "of the first");
	fake_evict(pool->at_first, KEY);
	fake_evict(pool->at_second, KEY);
	assert_missed(pool);
}

static void two_classic_servers_are_written_to_at_once(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_CLASSIC);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 2);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_nothing(pool->at_first);
	assert_nothing(pool->at_second);
}

static void two_classic_servers_go_by_the_table(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 1; i < 2 * COUNT_OF(acts); i++) {
		bool first_down = i % 2;

		use_kind(pool, FAKE_CLASSIC);
		fake_put(pool->at_first, KEY, "there", 1);
		fake_put(pool->at_second, KEY, "there", 1);
		(first_down ? pool->at_first : pool->at_second)->act = acts[i / 2];
		assert_int_equal(do_get(pool), SD_OK);
		assert_int_equal(do_set(pool), SD_OK);
		assert_int_equal(pool->item.stored, i / 2 == 0 ? 2 : 1);
		assert_int_equal(do_delete(pool), SD_OK);
		assert_missed(pool);
	}
}

static void two_classic_servers_cannot_be_looked_at(void **state)
{
	struct pool *pool = *state;

	use_kind(pool, FAKE_CLASSIC);
	fake_put(pool->at_first, KEY, "there", 1);
	assert_int_equal(do_look(pool), SD_UNSUPPORTED);
	assert_text_has(&pool->error, "classic");
}

static void in_a_mixed_pair_either_may_have_the_value(void **state)
{
	static const enum fake_kind without[] = {FAKE_CLASSIC, FAKE_OLD_MEMCACHED};
	static const enum fake_kind with[] = {FAKE_SHAREDANCED, FAKE_MEMCACHED};
	struct pool *pool = *state;

	for (size_t i = 0; i < 8; i++) {
		enum fake_kind a = without[i / 4];
		enum fake_kind b = with[i / 2 % 2];

		for (int side = 0; side < 2; side++) {
			use_kinds(pool, i % 2 ? a : b, i % 2 ? b : a);
			assert_missed(pool);
			fake_put(side ? pool->at_first : pool->at_second, KEY, "there", OLD);
			assert_int_equal(do_get(pool), SD_OK);
			assert_string_equal(pool->kept.bytes, "there");
			assert_nothing(side ? pool->at_second : pool->at_first);
			assert_int_equal(do_set(pool), SD_OK);
			assert_int_equal(pool->item.stored, 2);
			assert_int_equal(do_delete(pool), SD_OK);
			assert_missed(pool);
		}
	}
}

static void a_tombstone_on_the_first_counts_beside_a_server_without_versions(void **state)
{
	struct pool *pool = *state;

	use_kinds(pool, FAKE_SHAREDANCED, FAKE_OLD_MEMCACHED);
	fake_bury(pool->at_first, KEY, OLD);
	fake_put(pool->at_second, KEY, "old", NEW); /* a version of its own, which says nothing */
	assert_missed(pool);
	use_kinds(pool, FAKE_SHAREDANCED, FAKE_CLASSIC);
	fake_bury(pool->at_first, KEY, OLD);
	fake_put(pool->at_second, KEY, "old", 1);
	assert_missed(pool);
}

static void a_look_at_a_mixed_pair_is_no_miss_where_the_classic_one_may_have_it(void **state)
{
	struct pool *pool = *state;

	for (size_t i = 0; i < 2; i++) {
		struct fake_store *ours;

		use_kinds(pool, i ? FAKE_SHAREDANCED : FAKE_CLASSIC, i ? FAKE_CLASSIC : FAKE_SHAREDANCED);
		ours = i ? pool->at_first : pool->at_second;
		assert_int_equal(do_look(pool), SD_UNSUPPORTED);
		fake_put(ours, KEY, "there", OLD);
		assert_int_equal(do_look(pool), SD_OK);
		fake_bury(ours, KEY, NEW);
		assert_int_equal(do_look(pool), SD_ABSENT);
	}
}

/* A key of sharedanced and its like alone: another one than KEY, so it may have other servers. */
static void a_key_is_bad_only_where_no_server_takes_it(void **state)
{
	static const struct sd_bytes bad = {"a/b", 3};
	struct pool *pool = *state;
	size_t owners[2];
	size_t count;
	struct sd_item item = {.key = bad, .data = {"v", 1}};

	assert_int_equal(sd_cluster_locate(&pool->cluster, bad, owners, &count, &pool->error), SD_OK);
	use_kind(pool, FAKE_CLASSIC);
	for (size_t i = 0; i < SERVERS; i++) {
		pool->stores[i].kind = FAKE_CLASSIC;
	}
	assert_int_equal(sd_cluster_set(&pool->cluster, &item, 1, 0, &pool->error), SD_BAD_KEY);
	assert_true(strncmp(pool->error.text, "must be printable ASCII", 23) == 0);
	assert_null(strstr(pool->error.text, ";"));
	for (size_t i = 0; i < 2; i++) {
		pool->stores[owners[i]].kind = FAKE_SHAREDANCED;
		pool->stores[owners[1 - i]].kind = FAKE_CLASSIC;
		assert_int_equal(sd_cluster_set(&pool->cluster, &item, 1, 0, &pool->error), SD_OK);
		assert_int_equal(item.stored, 1);
		item.sink = &pool->kept.sink;
		kept_restart(item.sink);
		assert_int_equal(sd_cluster_get(&pool->cluster, &item, 1, &pool->error), SD_OK);
		assert_int_equal(item.status, SD_OK);
		assert_string_equal(pool->kept.bytes, "v");
		assert_int_equal(sd_cluster_delete(&pool->cluster, &item, 1, &pool->error), SD_OK);
		assert_int_equal(item.status, SD_OK);
	}
}

/* A server that cannot have the key cannot know better. */
static void a_key_that_one_cannot_have_is_believed_of_the_other_alone(void **state)
{
	static const struct sd_bytes bad = {"a/b", 3};
	struct pool *pool = *state;
	size_t owners[2];
	size_t count;
	struct sd_item item = {.key = bad, .sink = &pool->kept.sink};

	assert_int_equal(sd_cluster_locate(&pool->cluster, bad, owners, &count, &pool->error), SD_OK);
	for (size_t i = 0; i < 2; i++) {
		use_stores(pool);
		pool->stores[owners[1 - i]].kind = FAKE_CLASSIC;
		fake_put(&pool->stores[owners[i]], "a/b", "v", OLD);
		fake_restart(&pool->stores[owners[i]]);
		kept_restart(item.sink);
		assert_int_equal(sd_cluster_get(&pool->cluster, &item, 1, &pool->error), SD_OK);
		assert_string_equal(pool->kept.bytes, "v");
	}
}

/* }}} */

/* {{{ many keys at once */

#define ITEMS 12 /* four with each of the three servers as their first */

/* Keys, and what belongs to each. */
struct many {
	char keys[ITEMS][16];
	size_t owners[ITEMS][2];
	struct kept kept[ITEMS];
	struct sd_item items[ITEMS];
};

static struct many the_many;

static struct many *make_many(struct pool *pool)
{
	struct many *many = &the_many;
	struct sd_error error;
	size_t count;

	memset(many, 0, sizeof(*many));
	use_stores(pool);
	for (size_t i = 0, number = 0; i < ITEMS; number++) {
		struct sd_item *item = &many->items[i];

		(void)snprintf(many->keys[i], sizeof(many->keys[i]), "k%zu", number);
		item->key = (struct sd_bytes){many->keys[i], strlen(many->keys[i])};
		item->data = item->key; /* its value */
		many->kept[i].sink = kept_sink;
		item->sink = &many->kept[i].sink;
		assert_int_equal(
			sd_cluster_locate(&pool->cluster, item->key, many->owners[i], &count, &error), SD_OK);
		i += many->owners[i][0] == i % SERVERS;
	}
	return many;
}

static struct fake_store *store_of(struct pool *pool, const struct many *many, size_t item,
                                   size_t owner)
{
	return &pool->stores[many->owners[item][owner]];
}

static enum sd_status get_many(struct pool *pool, struct many *many)
{
	for (size_t i = 0; i < ITEMS; i++) {
		kept_restart(many->items[i].sink);
	}
	return sd_cluster_get(&pool->cluster, many->items, ITEMS, &pool->error);
}

static void put_many(struct pool *pool, struct many *many, uint64_t on_first, uint64_t on_second)
{
	for (size_t i = 0; i < ITEMS; i++) {
		fake_put(store_of(pool, many, i, 0), many->keys[i], many->keys[i], on_first);
		fake_put(store_of(pool, many, i, 1), many->keys[i], many->keys[i], on_second);
	}
}

static void assert_all_ok(const struct many *many, unsigned stored)
{
	for (size_t i = 0; i < ITEMS; i++) {
		assert_int_equal(many->items[i].status, SD_OK);
		assert_int_equal(many->items[i].stored, stored);
	}
}

static void many_keys_are_written_in_one_round(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	assert_int_equal(sd_cluster_set(&pool->cluster, many->items, ITEMS, 0, &pool->error), SD_OK);
	assert_int_equal(pool->network.calls, 1);
	assert_int_equal(pool->network.asked_count, 2 * ITEMS);
	assert_all_ok(many, 2);
	for (size_t i = 0; i < ITEMS; i++) {
		assert_string_equal(fake_entry_of(store_of(pool, many, i, 0), many->keys[i])->value,
		                    many->keys[i]);
		assert_string_equal(fake_entry_of(store_of(pool, many, i, 1), many->keys[i])->value,
		                    many->keys[i]);
	}
	fake_forget(&pool->network);
	assert_int_equal(sd_cluster_delete(&pool->cluster, many->items, ITEMS, &pool->error), SD_OK);
	assert_int_equal(pool->network.calls, 1);
	assert_all_ok(many, 2);
}

static void many_keys_are_read_in_one_round(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	put_many(pool, many, OLD, OLD);
	assert_int_equal(get_many(pool, many), SD_OK);
	assert_int_equal(pool->network.calls, 1);
	assert_int_equal(pool->network.asked_count, 2 * ITEMS);
	assert_all_ok(many, 0);
	for (size_t i = 0; i < ITEMS; i++) {
		assert_string_equal(many->kept[i].bytes, many->keys[i]);
	}
	fake_forget(&pool->network);
	assert_int_equal(sd_cluster_look(&pool->cluster, many->items, ITEMS, 0, &pool->error), SD_OK);
	assert_int_equal(pool->network.calls, 1);
}

static void many_values_are_fetched_in_a_second_round_and_repaired_in_a_third(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	put_many(pool, many, OLD, NEW);
	assert_int_equal(get_many(pool, many), SD_OK);
	assert_int_equal(pool->network.calls, 3);
	assert_int_equal(pool->network.asked_count, 4 * ITEMS);
	assert_all_ok(many, 0);
	for (size_t i = 0; i < ITEMS; i++) {
		assert_string_equal(many->kept[i].bytes, many->keys[i]);
		assert_int_equal(fake_entry_of(store_of(pool, many, i, 0), many->keys[i])->version, NEW);
	}
}

static void what_was_newer_of_many_is_written_again_in_a_second_round(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);

	put_many(pool, many, OLD, OLD);
	fake_put(store_of(pool, many, 3, 0), many->keys[3], "ahead", AHEAD);
	fake_put(store_of(pool, many, 7, 1), many->keys[7], "ahead", AHEAD);
	assert_int_equal(sd_cluster_set(&pool->cluster, many->items, ITEMS, 0, &pool->error), SD_OK);
	assert_int_equal(pool->network.calls, 2);
	assert_int_equal(pool->network.asked_count, 2 * ITEMS + 4);
	assert_all_ok(many, 2);
	assert_string_equal(fake_entry_of(store_of(pool, many, 7, 1), many->keys[7])->value,
	                    many->keys[7]);
}

static void a_server_that_is_down_spoils_no_key(void **state)
{
	struct pool *pool = *state;

	for (size_t act = 1; act < COUNT_OF(acts); act++) {
		struct many *many = make_many(pool);

		put_many(pool, many, OLD, OLD);
		pool->stores[1].act = acts[act];
		assert_int_equal(get_many(pool, many), SD_OK);
		assert_int_equal(pool->network.calls, 2);
		for (size_t i = 0; i < ITEMS; i++) {
			assert_int_equal(many->items[i].status, SD_OK);
			assert_string_equal(many->kept[i].bytes, many->keys[i]);
		}
		for (size_t i = 0; i < pool->network.asked_count; i++) {
			const struct fake_asked *asked = &pool->network.asked[i];

			/* only those whose first it is are asked for once more */
			assert_true(asked->call == 1 || asked->server == &pool->servers[2]);
		}
		assert_int_equal(sd_cluster_set(&pool->cluster, many->items, ITEMS, 0, &pool->error),
		                 SD_OK);
		for (size_t i = 0; i < ITEMS; i++) {
			assert_int_equal(many->items[i].stored,
			                 many->owners[i][0] == 1 || many->owners[i][1] == 1 ? 1 : 2);
		}
	}
}

static void only_the_keys_of_two_that_are_down_fail_and_the_first_of_them_is_told(void **state)
{
	static enum sd_status (*const operations[])(struct sd_cluster *, struct sd_item *, size_t,
	                                            struct sd_error *) = {sd_cluster_get,
	                                                                  sd_cluster_delete};
	struct pool *pool = *state;

	for (size_t operation = 0; operation < COUNT_OF(operations); operation++) {
		struct many *many = make_many(pool);
		char name[SD_SERVER_NAME_MAX];

		put_many(pool, many, OLD, OLD);
		pool->stores[1].act = FAKE_REFUSES;
		pool->stores[2].act = FAKE_STALLS;
		assert_int_equal(operations[operation](&pool->cluster, many->items, ITEMS, &pool->error),
		                 SD_UNREACHABLE);
		for (size_t i = 0; i < ITEMS; i++) {
			assert_int_equal(many->items[i].status,
			                 many->owners[i][0] == 1 ? SD_UNREACHABLE : SD_OK);
		}
		assert_text_has(&pool->error, sd_server_name(&pool->servers[1], name));
		assert_text_has(&pool->error, "Connection refused");
		assert_text_has(&pool->error, sd_server_name(&pool->servers[2], name));
		assert_text_has(&pool->error, "no answer in time");
		assert_null(strstr(pool->error.text, pool->servers[0].host));
	}
}

static void of_keys_that_fail_for_different_reasons_the_first_is_told(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);
	char name[SD_SERVER_NAME_MAX];

	put_many(pool, many, OLD, OLD);
	pool->stores[0].act = FAKE_NEVER_CONNECTS;
	pool->stores[1].act = FAKE_REFUSES;
	pool->stores[2].act = FAKE_STALLS;
	assert_int_equal(get_many(pool, many), SD_UNREACHABLE);
	assert_int_equal(many->items[2].status, SD_TIMEOUT);
	assert_text_has(&pool->error, sd_server_name(&pool->servers[0], name));
	assert_text_has(&pool->error, "no connection in time");
	assert_text_has(&pool->error, sd_server_name(&pool->servers[1], name));
	assert_text_has(&pool->error, "Connection refused");
	assert_null(strstr(pool->error.text, pool->servers[2].host));
}

static void a_short_timeout_of_one_server_does_not_cut_the_others_short(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);
	struct sd_item two[2];

	/* one of server 0, which has time and takes it, and one of server 2, which must be quick */
	two[0] = many->items[0];
	two[1] = many->items[2];
	put_many(pool, many, OLD, OLD);
	pool->cluster.redundancy = false;
	pool->servers[2].timeout_ms = 100;
	pool->stores[0].after_ms = 1000;
	assert_int_equal(sd_cluster_get(&pool->cluster, two, 2, &pool->error), SD_OK);
	assert_int_equal(two[0].status, SD_OK);
	assert_string_equal(many->kept[0].bytes, many->keys[0]);
	assert_int_equal(pool->network.asked[0].deadline_ms - pool->network.asked[0].at_ms,
	                 SERVER_TIMEOUT_MS);
}

static void a_slow_server_takes_no_time_from_other_keys_second_round(void **state)
{
	struct pool *pool = *state;
	struct many *many = make_many(pool);
	struct sd_item two[2];

	/* the servers of one are quick and have little time; of the other's one is slow and may be */
	two[0] = many->items[0];
	two[1] = many->items[1];
	put_many(pool, many, OLD, NEW);
	pool->servers[0].timeout_ms = 300;
	pool->servers[1].timeout_ms = 300;
	pool->stores[2].after_ms = 1000;
	assert_int_equal(sd_cluster_get(&pool->cluster, two, 2, &pool->error), SD_OK);
	assert_int_equal(two[0].status, SD_OK);
	assert_int_equal(two[1].status, SD_OK);
}

static void nobody_is_asked_for_other_keys_after_one_was_given_up(void **state)
{
	static const enum sd_status ends[] = {SD_ABORTED, SD_NO_MEMORY};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		struct many *many = make_many(pool);

		put_many(pool, many, OLD, NEW);
		fake_answers(&pool->network, &pool->servers[0], ends[i], 5);
		assert_int_equal(get_many(pool, many), ends[i]);
		assert_int_equal(pool->network.calls, 1);
		make_many(pool);
		put_many(pool, many, AHEAD, AHEAD);
		fake_answers(&pool->network, &pool->servers[0], ends[i], 5);
		assert_int_equal(sd_cluster_set(&pool->cluster, many->items, ITEMS, 0, &pool->error),
		                 ends[i]);
		assert_int_equal(pool->network.calls, 1);
	}
}

static void no_keys_are_nothing_to_do(void **state)
{
	struct pool *pool = *state;

	assert_int_equal(sd_cluster_get(&pool->cluster, NULL, 0, &pool->error), SD_OK);
	assert_int_equal(sd_cluster_set(&pool->cluster, NULL, 0, 0, &pool->error), SD_OK);
	assert_asked_none(&pool->network);
}

/* }}} */

/* {{{ whatever happens, never an old value */

#define CANDIDATES_MAX 64

/* What a read may find: the outcome of the last write that was acknowledged, or of one after it
 * that was not. "" is: nothing. */
struct truth {
	char candidates[CANDIDATES_MAX][24];
	size_t count;
	uint64_t written;
};

static void may_be(struct truth *truth, const char *text)
{
	assert_in_range(truth->count, 0, CANDIDATES_MAX - 1);
	(void)snprintf(truth->candidates[truth->count++], sizeof(truth->candidates[0]), "%s", text);
}

static void is_now(struct truth *truth, const char *text)
{
	truth->count = 0;
	may_be(truth, text);
}

static bool can_be(const struct truth *truth, const char *text)
{
	for (size_t i = 0; i < truth->count; i++) {
		if (strcmp(truth->candidates[i], text) == 0) {
			return true;
		}
	}
	return false;
}

static void check_read(struct pool *pool, struct truth *truth)
{
	enum sd_status status = do_get(pool);

	if (status == SD_UNPROVEN) {
		assert_true(pool->at_first->act != FAKE_ANSWERS || pool->at_second->act != FAKE_ANSWERS);
		return;
	}
	assert_true(status == SD_OK || status == SD_ABSENT);
	if (!can_be(truth, pool->kept.bytes)) {
		fail_msg("\"%s\" was read, and it may be \"%s\" or %zu others", pool->kept.bytes,
		         truth->candidates[0], truth->count - 1);
	}
	assert_int_equal(status == SD_ABSENT, pool->kept.bytes[0] == '\0');
}

static void check_write(struct pool *pool, struct truth *truth, bool deletes)
{
	char text[24] = "";
	enum sd_status status;

	if (!deletes) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, ++truth->written * 1000000);
	}
	status = deletes ? do_delete(pool) : do_set_for(pool, text, 0);
	if (sd_status_is_failure(status)) {
		may_be(truth, text);
	} else {
		is_now(truth, text);
	}
}

/* An increment that was not acknowledged is one more that each candidate may have got. */
static void check_adjust(struct pool *pool, struct truth *truth)
{
	enum sd_status status = do_adjust(pool);
	char text[24];
	uint64_t number;

	if (status == SD_OK) {
		assert_int_equal(sscanf(pool->kept.bytes, "%" SCNu64, &number), 1);
		(void)snprintf(text, sizeof(text), "%" PRIu64, number - 1);
		assert_true(can_be(truth, text));
		is_now(truth, pool->kept.bytes);
	} else if (status == SD_ABSENT) {
		assert_true(can_be(truth, ""));
	} else if (status != SD_UNPROVEN) {
		for (size_t i = 0, count = truth->count; i < count; i++) {
			if (sscanf(truth->candidates[i], "%" SCNu64, &number) == 1) {
				(void)snprintf(text, sizeof(text), "%" PRIu64, number + 1);
				may_be(truth, text);
			}
		}
	}
}

/* Whether the server knows of the last write itself: a disk that is lost while the other one does
 * not is the loss of all copies there were, and no policy helps against that. */
static bool knows_the_last(struct fake_store *store)
{
	return fake_entry_of(store, KEY) != NULL && is_proven(store);
}

/* One goes down where both are up, in one of the ways there are; or the one that was down comes
 * back, with what it had or on an empty disk, which a read fills. */
static void move_servers(struct pool *pool, struct chance *chance, struct truth *truth)
{
	bool first_is_down = pool->at_first->act != FAKE_ANSWERS;
	struct fake_store *down = first_is_down ? pool->at_first : pool->at_second;

	if (!first_is_down && pool->at_second->act == FAKE_ANSWERS) {
		down = chance_between(chance, 0, 1) ? pool->at_first : pool->at_second;
		down->act = chance_between(chance, FAKE_STALLS, FAKE_LOSES_ANSWERS);
		return;
	}
	down->act = FAKE_ANSWERS;
	if (chance_between(chance, 0, 3) == 0 &&
	    knows_the_last(first_is_down ? pool->at_second : pool->at_first)) {
		fake_wipe(down);
		check_read(pool, truth);
	} else {
		fake_restart(down);
	}
}

static void no_read_is_older_than_the_last_acknowledged_write(void **state)
{
	struct pool *pool = *state;
	struct chance chance = {42};
	struct truth truth = {.count = 0};

	use_stores(pool);
	is_now(&truth, "");
	for (int round = 0; round < 200000; round++) {
		fake_forget(&pool->network);
		pool->clock_ms += chance_between(&chance, 0, 3);
		switch (chance_between(&chance, 0, 9)) {
		case 0:
		case 1:
			check_write(pool, &truth, false);
			break;
		case 2:
			check_write(pool, &truth, true);
			break;
		case 3:
			check_adjust(pool, &truth);
			break;
		case 4:
		case 5:
			move_servers(pool, &chance, &truth);
			break;
		case 6:
			pool->network.wall_us = (int64_t)chance_between(&chance, 0, 2000000) - 1000000;
			break;
		default:
			check_read(pool, &truth);
			break;
		}
		if (truth.count > CANDIDATES_MAX / 2 - 1) { /* too many to tell: an honest end of it */
			pool->at_first->act = pool->at_second->act = FAKE_ANSWERS;
			check_write(pool, &truth, true);
		}
	}
}

/* }}} */

/* {{{ without redundancy */

static void without_redundancy_all_operations_ask_the_first_alone(void **state)
{
	struct pool *pool = *state;

	pool->cluster.redundancy = false;
	fake_has(&pool->network, pool->first, "from the first", 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
	assert_asked_one(&pool->network, SD_SET, pool->first);
	fake_forget(&pool->network);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_one(&pool->network, SD_GET, pool->first);
	fake_forget(&pool->network);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_one(&pool->network, SD_DELETE, pool->first);
}

/* Two copies have to be compared; of one the version is told to who wants it. */
static void without_redundancy_a_read_tells_the_version_where_it_is_wanted(void **state)
{
	struct pool *pool = *state;
	struct sd_item *item;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "value", OLD);
	fake_put(pool->at_second, KEY, "value", OLD);
	assert_got(pool, "value", OLD);
	pool->cluster.redundancy = false;
	assert_got(pool, "value", 0);
	item = about(pool, no_bytes, NULL);
	kept_restart(&pool->kept.sink);
	item->sink = &pool->kept.sink;
	item->wants_version = true;
	assert_int_equal(sd_cluster_get(&pool->cluster, item, 1, &pool->error), SD_OK);
	assert_int_equal(item->version, OLD);
}

static void without_redundancy_what_the_first_does_not_have_is_absent(void **state)
{
	struct pool *pool = *state;

	pool->cluster.redundancy = false;
	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void without_redundancy_the_first_down_is_a_failure_that_names_it(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	pool->cluster.redundancy = false;
	fake_refuses(&pool->network, pool->first, 1);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_int_equal(pool->item.stored, 0);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_int_equal(do_look(pool), SD_UNREACHABLE);
	assert_int_equal(do_add(pool), SD_UNREACHABLE);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, "Connection refused");
	assert_int_equal(pool->network.asked_count, 5);
}

/* }}} */

/* {{{ the text of a failure */

static void assert_names_both(const struct pool *pool)
{
	char first[SD_SERVER_NAME_MAX];
	char second[SD_SERVER_NAME_MAX];

	assert_text_has(&pool->error, sd_server_name(pool->first, first));
	assert_text_has(&pool->error, "Connection refused");
	assert_text_has(&pool->error, sd_server_name(pool->second, second));
	assert_text_has(&pool->error, "no answer in time");
}

static void a_failure_of_both_names_both_servers_and_both_reasons(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_names_both(pool);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_names_both(pool);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_names_both(pool);
}

static void a_failure_reads_as_one_sentence_each(void **state)
{
	struct pool *pool = *state;
	char text[SD_ERROR_TEXT_MAX];

	fake_refuses(&pool->network, pool->first, 1);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	(void)snprintf(text, sizeof(text),
	               "Failed to connect on [%s:1042] \"Connection refused\"; "
	               "Failed to send command to [%s:1042] \"no answer in time\"",
	               pool->first->host, pool->second->host);
	assert_string_equal(pool->error.text, text);
}

static void the_longest_names_and_reasons_are_not_cut(void **state)
{
	struct pool *pool = *state;
	char reasons[2][SD_REASON_MAX];
	char name[SD_SERVER_NAME_MAX];

	for (int i = 0; i < 2; i++) {
		struct sd_server *server = i == 0 ? pool->first : pool->second;
		struct fake_script script = {.server = server, .status = SD_TIMEOUT, .reason = reasons[i]};

		memset(server->host, 'a' + i, SD_HOST_MAX);
		server->port = 65535;
		memset(reasons[i], 'x' + i, SD_REASON_MAX - 1);
		reasons[i][SD_REASON_MAX - 1] = '\0';
		fake_script(&pool->network, &script);
	}
	assert_int_equal(do_get(pool), SD_TIMEOUT);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, sd_server_name(pool->second, name));
	assert_text_has(&pool->error, reasons[0]);
	assert_text_has(&pool->error, reasons[1]);
	assert_int_equal(pool->error.text[strlen(pool->error.text) - 1], '"');
}

static void each_failure_begins_with_phpdances_words(void **state)
{
	static const struct {
		enum sd_operation operation;
		enum sd_status status;
		const char *words;
	} rows[] = {
		{SD_SET, SD_UNREACHABLE, "Failed to connect on [a.example:1042] \"why\""},
		{SD_GET, SD_UNREACHABLE, "Failed to connect on [a.example:1042] \"why\""},
		{SD_SET, SD_TIMEOUT, "Failed to send command to [a.example:1042] \"why\""},
		{SD_SET, SD_REFUSED, "Failed to write data to [a.example:1042] \"why\""},
		{SD_SET, SD_CLOSED, "Failed to write data to [a.example:1042] \"why\""},
		{SD_SET, SD_BAD_ANSWER, "Failed to write data to [a.example:1042] \"why\""},
		{SD_DELETE, SD_BAD_ANSWER, "Failed to delete from [a.example:1042] \"why\""},
		{SD_DELETE, SD_CLOSED, "Failed to delete from [a.example:1042] \"why\""},
		{SD_GET, SD_CLOSED, "Failed to send command to [a.example:1042] \"why\""},
	};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sd_exchange exchange = {.server = &pool->servers[0], .operation = rows[i].operation};
		char text[SD_ERROR_TEXT_MAX];

		sd_exchange_end(&exchange, rows[i].status, "why");
		assert_string_equal(sd_exchange_explain(&exchange, text, sizeof(text)), rows[i].words);
	}
}

/* }}} */

/* {{{ the list of servers */

static void assert_all_fail_unasked(struct pool *pool, enum sd_status status)
{
	assert_int_equal(do_set(pool), status);
	assert_int_equal(pool->item.stored, 0);
	assert_int_equal(pool->error.status, status);
	assert_int_equal(do_get(pool), status);
	assert_int_equal(pool->error.status, status);
	assert_int_equal(do_delete(pool), status);
	assert_int_equal(do_look(pool), status);
	pool->item.status = status; /* none was asked, so none has one */
	assert_int_equal(sd_cluster_change(&pool->cluster, &pool->item,
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
	pool->cluster.redundancy = false;
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
	pool->cluster.redundancy = false;
	fake_answers(&pool->network, &pool->servers[0], SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
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
	assert_int_equal(pool->item.stored, 2);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void a_key_is_located_on_its_first_and_second(void **state)
{
	struct pool *pool = *state;
	size_t owners[2] = {77, 77};
	size_t count = 77;

	assert_int_equal(sd_cluster_locate(&pool->cluster, key, owners, &count, &pool->error), SD_OK);
	assert_int_equal(count, 2);
	assert_ptr_equal(&pool->servers[owners[0]], pool->first);
	assert_ptr_equal(&pool->servers[owners[1]], pool->second);
}

static void without_redundancy_a_key_is_located_on_its_first(void **state)
{
	struct pool *pool = *state;
	size_t owners[2] = {77, 77};
	size_t count = 77;

	pool->cluster.redundancy = false;
	assert_int_equal(sd_cluster_locate(&pool->cluster, key, owners, &count, &pool->error), SD_OK);
	assert_int_equal(count, 1);
	assert_ptr_equal(&pool->servers[owners[0]], pool->first);
}

static void a_server_at_the_same_place_is_refused_and_changes_nothing(void **state)
{
	struct pool *pool = *state;
	struct sd_server again;

	make_server(&again, "A.Example", 9);
	assert_true(sd_cluster_has(&pool->cluster, &again));
	assert_int_equal(sd_cluster_add(&pool->cluster, &again, &pool->error), SD_DUPLICATE);
	assert_int_equal(pool->error.status, SD_DUPLICATE);
	assert_text_has(&pool->error, "[A.Example:1042]");
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_SET, SD_SET);
}

static void a_server_at_another_place_is_not_in_the_cluster(void **state)
{
	struct pool *pool = *state;
	struct sd_server other;

	make_server(&other, "d.example", 1);
	assert_false(sd_cluster_has(&pool->cluster, &other));
}

static void a_cleared_cluster_can_be_used_again(void **state)
{
	static const uint32_t weights[] = {1, 1};
	struct pool *pool = *state;

	sd_cluster_clear(&pool->cluster);
	assert_false(sd_cluster_has(&pool->cluster, &pool->servers[0]));
	add_servers(pool, weights, 2);
	fake_answers(&pool->network, &pool->servers[0], SD_OK, 5);
	fake_answers(&pool->network, &pool->servers[1], SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 2);
}

/* }}} */

/* {{{ giving up */

static void get_asks_nobody_after_the_first_gave_up(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABORTED, 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_ABORTED);
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
	fake_forget(&pool->network);
	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_get(pool), SD_ABORTED);
	assert_asked_none(&pool->network);
}

static void set_asks_nobody_after_the_firsts_own_transport_gave_up(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_set(pool), SD_ABORTED);
	assert_int_equal(pool->item.stored, 0);
	assert_asked_one(&pool->own, SD_SET, pool->first);
	assert_asked_none(&pool->network);
}

static void delete_asks_nobody_after_the_firsts_own_transport_gave_up(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_delete(pool), SD_ABORTED);
	assert_asked_one(&pool->own, SD_DELETE, pool->first);
	assert_asked_none(&pool->network);
}

static void no_memory_for_the_firsts_value_asks_nobody_else(void **state)
{
	struct pool *pool = *state;

	/* the memory is the caller's: the second's answer would not fit either */
	fake_answers(&pool->network, pool->first, SD_NO_MEMORY, 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_NO_MEMORY);
	assert_asked_both_at_once(pool, SD_GET, SD_LOOK);
}

static void no_memory_in_an_own_transport_asks_nobody_else(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_NO_MEMORY, 5);
	assert_int_equal(do_set(pool), SD_NO_MEMORY);
	assert_int_equal(pool->item.stored, 0);
	assert_asked_none(&pool->network);
}

static void the_second_giving_up_is_giving_up_whatever_the_first_answered(void **state)
{
	static const enum sd_status answers[] = {SD_OK, SD_ABSENT, SD_UNREACHABLE};
	struct pool *pool = *state;

	pool->second->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->second, SD_ABORTED, 5);
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		fake_answers(&pool->network, pool->first, answers[i], 5);
		assert_int_equal(do_set(pool), SD_ABORTED);
		assert_int_equal(do_delete(pool), SD_ABORTED);
		assert_int_equal(do_get(pool), SD_ABORTED);
		assert_int_equal(do_look(pool), SD_ABORTED);
		assert_int_equal(do_add(pool), SD_ABORTED);
	}
}

/* }}} */

/* {{{ the sink */

static void a_part_from_the_first_is_forgotten_before_the_second_is_asked(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part and", 5);
	fake_has(&pool->network, pool->second, "the whole", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the whole");
}

static void an_empty_value_from_the_second_leaves_no_part_of_the_firsts(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part", 5);
	fake_has(&pool->network, pool->second, "", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(kept_length(&pool->kept), 0);
}

static void a_failed_get_leaves_no_part_in_the_sink(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "a part of the first", 5);
	fake_breaks_off(&pool->network, pool->second, "a part of the second", 5);
	assert_int_equal(do_get(pool), SD_CLOSED);
	assert_int_equal(kept_length(&pool->kept), 0);
}

static void a_part_from_the_first_is_forgotten_when_the_second_has_none(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part", 5);
	fake_answers(&pool->network, pool->second, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_int_equal(kept_length(&pool->kept), 0);
}

/* }}} */

/* {{{ deadlines */

static void assert_deadlines(const struct fake_asked *asked, int64_t connect_ms, int64_t whole_ms)
{
	assert_int_equal(asked->connect_deadline_ms - asked->at_ms, connect_ms);
	assert_int_equal(asked->deadline_ms - asked->at_ms, whole_ms);
}

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

	pool->cluster.redundancy = false;
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

static void a_change_is_over_by_its_own_deadline(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	fake_stalls(&pool->network, pool->first);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(
		do_change(pool, &(struct sd_change){.kind = SD_ADD, .deadline_ms = start_ms + 90}, "added"),
		SD_TIMEOUT);
	assert_in_range(pool->clock_ms - start_ms, 0, 90);
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
	assert_int_equal(pool->network.asked[3].operation, SD_SET);
	assert_true(pool->network.asked[3].hurried);
}

/* {{{ dead marks */

static void a_first_that_is_marked_dead_costs_a_read_no_second_round(void **state)
{
	struct pool *pool = *state;

	for (int policy = SD_READ_NEWEST; policy <= SD_READ_FIRST; policy++) {
		fake_forget(&pool->network);
		pool->options.read_policy = (enum sd_read_policy)policy;
		fake_is_marked(&pool->network, pool->first);
		fake_has(&pool->network, pool->second, "v", 5);
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "v");
		assert_asked_one(&pool->network, SD_GET, pool->second);
	}
}

static void a_second_that_is_marked_dead_leaves_the_first(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "v", 5);
	fake_is_marked(&pool->network, pool->second);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "v");
	fake_answers(&pool->network, pool->first, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 1);
}

static void both_marked_dead_is_a_failure_at_once_that_names_both(void **state)
{
	static enum sd_status (*const operations[])(struct pool *) = {do_set,  do_get, do_delete,
	                                                              do_look, do_add, do_adjust};
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	fake_is_marked(&pool->network, pool->first);
	fake_is_marked(&pool->network, pool->second);
	for (size_t i = 0; i < COUNT_OF(operations); i++) {
		assert_int_equal(operations[i](pool), SD_DEAD);
		assert_text_has(&pool->error, pool->first->host);
		assert_text_has(&pool->error, pool->second->host);
	}
	assert_int_equal(pool->clock_ms, start_ms);
}

static void what_is_unproven_is_not_believed_while_the_other_is_marked_dead(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_second, KEY, "old", 1);
	fake_restart(pool->at_second);
	fake_is_marked(&pool->network, pool->first);
	assert_int_equal(do_get(pool), SD_UNPROVEN);
}

/* }}} */

/* {{{ what is noted */

static void a_failover_is_noted_of_the_server_that_failed(void **state)
{
	static enum sd_status (*const operations[])(struct pool *) = {do_set, do_get, do_delete,
	                                                              do_look};
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_second, KEY, "v", 1);
	fake_refuses(&pool->network, pool->first, 1);
	for (size_t i = 0; i < COUNT_OF(operations); i++) {
		fake_forget(&pool->network);
		assert_false(sd_status_is_failure(operations[i](pool)));
		assert_int_equal(pool->network.notes[SD_FAILED_OVER], 1);
		assert_ptr_equal(pool->network.noted, pool->first);
	}
}

static void no_failover_is_noted_where_nobody_answered_or_all_did(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	both_answer(pool, SD_REFUSED, SD_CLOSED);
	assert_int_equal(do_set(pool), SD_REFUSED);
	assert_int_equal(pool->network.notes[SD_FAILED_OVER], 0);
}

static void a_repair_is_noted_of_the_server_that_had_an_older_copy(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "new", 2);
	fake_put(pool->at_second, KEY, "old", 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(pool->network.notes[SD_REPAIRED], 1);
	assert_ptr_equal(pool->network.noted, pool->second);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(pool->network.notes[SD_REPAIRED], 1);
}

/* }}} */

static enum fake_act random_act(struct chance *chance)
{
	return chance_between(chance, 0, 1) ? FAKE_ANSWERS
	                                    : chance_between(chance, FAKE_STALLS, FAKE_LOSES_ANSWERS);
}

static void behave_randomly(struct chance *chance, struct fake_transport *fake,
                            const struct sd_server *server, struct fake_store *store)
{
	static const enum sd_status answers[] = {SD_OK, SD_ABSENT, SD_CONFLICT, SD_REFUSED, SD_CLOSED};
	int64_t after_ms = chance_between(chance, 0, 6000);

	switch (chance_between(chance, 0, 9)) {
	case 0:
		fake_has(fake, server, "v", after_ms);
		break;
	case 1:
		fake_answers(fake, server, answers[chance_between(chance, 0, COUNT_OF(answers) - 1)],
		             after_ms);
		break;
	case 2:
		fake_refuses(fake, server, after_ms);
		break;
	case 3:
		fake_never_connects(fake, server);
		break;
	case 4:
		fake_stalls(fake, server);
		break;
	default:
		memset(store, 0, sizeof(*store));
		store->kind = chance_between(chance, FAKE_SHAREDANCED, FAKE_CLASSIC);
		store->act = random_act(chance);
		store->after_ms = chance_between(chance, 0, 1500);
		store->in_later_life = chance_between(chance, 0, 1);
		if (chance_between(chance, 0, 1)) {
			fake_put(store, KEY, "7", chance_between(chance, 1, 3) * AHEAD)->unproven =
				chance_between(chance, 0, 1);
		} else if (chance_between(chance, 0, 1)) {
			fake_bury(store, KEY, chance_between(chance, 1, 3) * AHEAD);
		}
		fake_is(fake, server, store);
		break;
	}
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void assert_within_timeouts(const struct pool *pool, int64_t start_ms)
{
	int64_t longest_ms = shorter(longer(pool->first->timeout_ms, pool->second->timeout_ms),
	                             pool->options.timeout_ms);

	assert_in_range(pool->clock_ms - start_ms, 0, longest_ms);
	for (size_t i = 0; i < pool->network.asked_count; i++) {
		const struct fake_asked *asked = &pool->network.asked[i];
		int64_t connect_ms = asked->connect_deadline_ms - asked->at_ms;

		assert_in_range(asked->deadline_ms - asked->at_ms, 0, asked->server->timeout_ms);
		assert_in_range(connect_ms, 0, pool->options.connect_timeout_ms);
		assert_true(asked->deadline_ms <= start_ms + longest_ms);
	}
}

/* Where it was asked for the value, for which the first may have left it only so much. */
static void assert_second_had_half(const struct pool *pool)
{
	const struct fake_asked *asked = &pool->network.asked[2];
	int64_t half_ms = shorter(longer(pool->first->timeout_ms, pool->second->timeout_ms),
	                          pool->options.timeout_ms) /
	                  2;
	int64_t own_ms = pool->second->timeout_ms;

	if (pool->network.asked_count > 2 && asked->operation == SD_GET) {
		assert_true(asked->deadline_ms - asked->at_ms >= (own_ms < half_ms ? own_ms : half_ms));
	}
}

static enum sd_status do_cas_of_one(struct pool *pool)
{
	return do_cas(pool, AHEAD);
}

static enum sd_status do_prolong(struct pool *pool)
{
	return do_touch(pool, 60);
}

static void no_operation_ever_takes_longer_than_its_timeouts(void **state)
{
	static enum sd_status (*const operations[])(struct pool *) = {
		do_set, do_get,     do_delete,     do_look,  do_prolong,
		do_add, do_replace, do_cas_of_one, do_adjust};
	struct pool *pool = *state;
	struct chance chance = {2026};

	for (int round = 0; round < 50000; round++) {
		int64_t start_ms = pool->clock_ms;
		size_t operation = (size_t)round % COUNT_OF(operations);

		fake_forget(&pool->network);
		pool->first->timeout_ms = chance_between(&chance, 1, 8000);
		pool->second->timeout_ms = chance_between(&chance, 1, 8000);
		pool->options.connect_timeout_ms = chance_between(&chance, 1, 8000);
		pool->options.timeout_ms = chance_between(&chance, 1, 16000);
		pool->options.read_policy = chance_between(&chance, SD_READ_NEWEST, SD_READ_FIRST);
		behave_randomly(&chance, &pool->network, pool->first, pool->at_first);
		behave_randomly(&chance, &pool->network, pool->second, pool->at_second);
		(void)operations[operation](pool);
		assert_within_timeouts(pool, start_ms);
		if (operations[operation] == do_get) {
			assert_second_had_half(pool);
		}
	}
}

/* }}} */

/* {{{ a transport of a server's own */

static void a_server_with_its_own_transport_is_asked_through_it(void **state)
{
	struct pool *pool = *state;

	pool->second->transport = &pool->own.transport;
	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_answers(&pool->own, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 2);
	assert_asked_one(&pool->network, SD_SET, pool->first);
	assert_asked_one(&pool->own, SD_SET, pool->second);
	fake_forget(&pool->network);
	fake_forget(&pool->own);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_one(&pool->network, SD_DELETE, pool->first);
	assert_asked_one(&pool->own, SD_DELETE, pool->second);
}

static void get_asks_a_server_through_its_own_transport(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_has(&pool->own, pool->first, "from its own", 5);
	fake_has(&pool->network, pool->second, "from the network", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from its own");
	assert_asked_one(&pool->own, SD_GET, pool->first);
	assert_asked_one(&pool->network, SD_LOOK, pool->second);
}

static void get_falls_back_from_an_own_transport_to_the_network(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_refuses(&pool->own, pool->first, 1);
	fake_has(&pool->network, pool->second, "from the network", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the network");
}

static void two_servers_on_one_own_transport_are_asked_at_once(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	pool->second->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_OK, 5);
	fake_answers(&pool->own, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->own.asked_count, 2);
	assert_int_equal(pool->own.calls, 1);
	assert_asked_none(&pool->network);
}

static void time_spent_in_an_own_transport_is_not_taken_from_the_network(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_OK, 6000);
	fake_answers(&pool->network, pool->second, SD_OK, 6000);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->item.stored, 2);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS);
}

/* }}} */

/* {{{ raw requests */

static enum sd_status do_send(struct pool *pool)
{
	static const struct sd_bytes request = {"F....key", 8};

	return sd_cluster_send(&pool->network.transport, &pool->options, pool->third, request,
	                       &pool->kept.sink, &pool->error);
}

static void a_raw_request_goes_to_its_server_and_the_answer_to_the_sink(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->third, "the answer", 5);
	assert_int_equal(do_send(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the answer");
	assert_asked_one(&pool->network, SD_RAW, pool->third);
	assert_string_equal(pool->network.asked[0].data, "F....key");
	assert_string_equal(pool->network.asked[0].key, "");
}

static void a_raw_request_has_the_servers_timeouts(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->third, "the answer", 5);
	assert_int_equal(do_send(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS);
	pool->third->timeout_ms = 20;
	assert_int_equal(do_send(pool), SD_OK);
	assert_deadlines(&pool->network.asked[1], 20, 20);
}

static void a_failed_raw_request_names_the_server_and_the_reason(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	fake_refuses(&pool->network, pool->third, 5);
	assert_int_equal(do_send(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_text_has(&pool->error, sd_server_name(pool->third, name));
	assert_text_has(&pool->error, "Connection refused");
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pool, close_pool)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(set_with_both_up_stores_on_both_at_once),
		TEST(set_with_the_first_down_stores_on_the_second_alone),
		TEST(set_with_the_second_down_stores_on_the_first_alone),
		TEST(set_with_both_down_fails_and_stores_nothing),
		TEST(set_counts_a_server_that_refused_or_stalled_as_down),
		TEST(set_hands_key_value_and_life_to_both),
		TEST(get_with_both_up_asks_for_value_and_version_at_once),
		TEST(get_with_the_first_down_is_from_the_second),
		TEST(get_with_the_second_down_is_from_the_first),
		TEST(get_with_both_down_fails),
		TEST(get_asks_the_second_when_the_first_has_none),
		TEST(get_is_absent_when_both_have_none),
		TEST(get_is_absent_when_the_first_has_none_and_the_second_is_down),
		TEST(get_is_absent_when_the_first_is_down_and_the_second_has_none),
		TEST(get_asks_the_second_after_every_failure_of_a_server),
		TEST(delete_with_both_up_is_on_both_at_once),
		TEST(delete_with_the_first_down_is_on_the_second),
		TEST(delete_with_the_second_down_is_on_the_first),
		TEST(delete_with_both_down_fails),
		TEST(delete_is_done_when_either_had_it),
		TEST(delete_is_absent_when_neither_had_it),
		TEST(delete_is_absent_when_the_only_one_up_had_none),
		TEST(set_goes_by_the_table_whatever_ails_a_server),
		TEST(get_goes_by_the_table_whatever_ails_a_server),
		TEST(delete_goes_by_the_table_whatever_ails_a_server),
		TEST(look_goes_by_the_table_whatever_ails_a_server),
		TEST(change_goes_by_the_table_whatever_ails_a_server),
		TEST(the_newest_value_wins_on_whichever_side_it_is),
		TEST(the_older_copy_is_repaired_with_value_version_and_life),
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
		TEST(what_is_written_while_the_value_is_fetched_is_the_newest),
		TEST(what_is_gone_while_the_value_is_fetched_is_a_miss),
		TEST(what_was_away_is_not_believed_alone_and_both_are_named),
		TEST(what_was_not_away_is_believed_alone),
		TEST(what_was_compared_is_proven),
		TEST(what_both_restarted_with_is_proven_on_both),
		TEST(two_tombstones_that_are_the_same_are_proven),
		TEST(a_proof_is_sent_only_where_it_is_needed_and_true),
		TEST(a_proof_that_is_no_longer_true_proves_nothing),
		TEST(a_newer_value_that_cannot_be_fetched_is_never_replaced_by_the_old_one),
		TEST(a_newer_value_that_cannot_be_fetched_is_no_miss_either),
		TEST(a_value_that_was_away_is_not_even_fetched_alone),
		TEST(a_write_proves_what_it_writes),
		TEST(by_the_policy_first_the_second_is_not_asked_for_what_the_first_has),
		TEST(by_the_policy_first_a_tombstone_is_the_firsts_word_too),
		TEST(by_the_policy_first_the_second_fills_a_first_that_has_none),
		TEST(by_the_policy_first_the_second_is_asked_when_the_first_fails),
		TEST(by_the_policy_first_a_miss_is_one_on_both),
		TEST(a_change_asks_both_whatever_the_read_policy),
		TEST(a_touch_reaches_both_whatever_the_read_policy),
		TEST(a_set_that_finds_something_newer_is_repeated_once_above_it),
		TEST(a_delete_that_finds_something_newer_is_repeated_once_above_it),
		TEST(it_is_repeated_only_on_those_that_answered),
		TEST(a_write_that_is_overtaken_twice_is_done),
		TEST(a_slow_second_does_not_keep_a_set_from_being_repeated),
		TEST(versions_grow_whatever_the_clock_does),
		TEST(both_servers_get_one_version_and_only_with_redundancy),
		TEST(what_is_deleted_while_a_server_is_down_stays_deleted),
		TEST(without_redundancy_the_server_holds_the_condition_itself),
		TEST(a_classic_server_cannot_change_anything),
		TEST(a_pair_of_which_one_has_no_versions_cannot_change_anything),
		TEST(a_change_is_decided_by_the_first_and_carried_to_the_second),
		TEST(what_is_not_there_is_neither_replaced_nor_swapped_nor_adjusted),
		TEST(the_second_decides_where_the_first_is_down),
		TEST(what_was_away_is_not_changed_alone),
		TEST(the_second_decides_where_the_first_went_down_meanwhile),
		TEST(a_decision_that_nobody_heard_of_is_not_taken_twice),
		TEST(a_second_that_went_down_meanwhile_costs_only_its_copy),
		TEST(the_condition_is_held_against_the_newest_copy),
		TEST(a_number_that_is_old_where_it_is_decided_is_repaired_first),
		TEST(what_one_knows_to_be_deleted_can_be_added),
		TEST(what_one_knows_to_be_deleted_is_no_number),
		TEST(who_was_slower_tries_again),
		TEST(a_change_that_others_built_on_before_it_was_carried_is_done),
		TEST(a_change_that_was_deleted_before_it_was_carried_is_done),
		TEST(a_change_that_was_overtaken_unseen_is_made_again),
		TEST(a_change_that_was_deleted_unseen_is_made_again),
		TEST(a_change_is_told_to_be_stored_only_where_it_is),
		TEST(a_change_that_has_no_time_left_takes_none),
		TEST(a_change_that_others_always_get_ahead_of_ends),
		TEST(two_who_count_at_the_same_time_lose_no_increment),
		TEST(of_two_classic_servers_the_second_is_asked_where_the_first_has_none),
		TEST(two_classic_servers_are_written_to_at_once),
		TEST(two_classic_servers_go_by_the_table),
		TEST(two_classic_servers_cannot_be_looked_at),
		TEST(in_a_mixed_pair_either_may_have_the_value),
		TEST(a_tombstone_on_the_first_counts_beside_a_server_without_versions),
		TEST(a_look_at_a_mixed_pair_is_no_miss_where_the_classic_one_may_have_it),
		TEST(a_key_is_bad_only_where_no_server_takes_it),
		TEST(a_key_that_one_cannot_have_is_believed_of_the_other_alone),
		TEST(many_keys_are_written_in_one_round),
		TEST(many_keys_are_read_in_one_round),
		TEST(many_values_are_fetched_in_a_second_round_and_repaired_in_a_third),
		TEST(what_was_newer_of_many_is_written_again_in_a_second_round),
		TEST(a_server_that_is_down_spoils_no_key),
		TEST(only_the_keys_of_two_that_are_down_fail_and_the_first_of_them_is_told),
		TEST(of_keys_that_fail_for_different_reasons_the_first_is_told),
		TEST(a_short_timeout_of_one_server_does_not_cut_the_others_short),
		TEST(a_slow_server_takes_no_time_from_other_keys_second_round),
		TEST(nobody_is_asked_for_other_keys_after_one_was_given_up),
		TEST(no_keys_are_nothing_to_do),
		TEST(no_read_is_older_than_the_last_acknowledged_write),
		TEST(without_redundancy_all_operations_ask_the_first_alone),
		TEST(without_redundancy_a_read_tells_the_version_where_it_is_wanted),
		TEST(without_redundancy_what_the_first_does_not_have_is_absent),
		TEST(without_redundancy_the_first_down_is_a_failure_that_names_it),
		TEST(a_failure_of_both_names_both_servers_and_both_reasons),
		TEST(a_failure_reads_as_one_sentence_each),
		TEST(the_longest_names_and_reasons_are_not_cut),
		TEST(each_failure_begins_with_phpdances_words),
		TEST(without_servers_nobody_is_asked),
		TEST(one_server_is_too_few_for_redundancy),
		TEST(one_server_is_enough_without_redundancy),
		TEST(a_weight_as_large_as_the_number_of_servers_leaves_no_second),
		TEST(a_weight_below_the_number_of_servers_leaves_a_second),
		TEST(a_key_is_located_on_its_first_and_second),
		TEST(without_redundancy_a_key_is_located_on_its_first),
		TEST(a_server_at_the_same_place_is_refused_and_changes_nothing),
		TEST(a_server_at_another_place_is_not_in_the_cluster),
		TEST(a_cleared_cluster_can_be_used_again),
		TEST(get_asks_nobody_after_the_first_gave_up),
		TEST(set_asks_nobody_after_the_firsts_own_transport_gave_up),
		TEST(delete_asks_nobody_after_the_firsts_own_transport_gave_up),
		TEST(no_memory_for_the_firsts_value_asks_nobody_else),
		TEST(no_memory_in_an_own_transport_asks_nobody_else),
		TEST(the_second_giving_up_is_giving_up_whatever_the_first_answered),
		TEST(a_part_from_the_first_is_forgotten_before_the_second_is_asked),
		TEST(an_empty_value_from_the_second_leaves_no_part_of_the_firsts),
		TEST(a_failed_get_leaves_no_part_in_the_sink),
		TEST(a_part_from_the_first_is_forgotten_when_the_second_has_none),
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
		TEST(a_change_is_over_by_its_own_deadline),
		TEST(only_what_had_little_time_is_hurried),
		TEST(a_first_that_is_marked_dead_costs_a_read_no_second_round),
		TEST(a_second_that_is_marked_dead_leaves_the_first),
		TEST(both_marked_dead_is_a_failure_at_once_that_names_both),
		TEST(what_is_unproven_is_not_believed_while_the_other_is_marked_dead),
		TEST(a_failover_is_noted_of_the_server_that_failed),
		TEST(no_failover_is_noted_where_nobody_answered_or_all_did),
		TEST(a_repair_is_noted_of_the_server_that_had_an_older_copy),
		TEST(no_operation_ever_takes_longer_than_its_timeouts),
		TEST(a_server_with_its_own_transport_is_asked_through_it),
		TEST(get_asks_a_server_through_its_own_transport),
		TEST(get_falls_back_from_an_own_transport_to_the_network),
		TEST(two_servers_on_one_own_transport_are_asked_at_once),
		TEST(time_spent_in_an_own_transport_is_not_taken_from_the_network),
		TEST(a_raw_request_goes_to_its_server_and_the_answer_to_the_sink),
		TEST(a_raw_request_has_the_servers_timeouts),
		TEST(a_failed_raw_request_names_the_server_and_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
