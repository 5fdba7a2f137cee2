/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Three servers with redundancy, for the tests of the policy: one key with its first and its second
 * server, the operations on it, and what they are compared with.
 */

#ifndef THREE_SERVERS_H
#define THREE_SERVERS_H

#include <stdbool.h>
#include <string.h>

#include "client/policy/change.h"
#include "client/policy/operation.h"
#include "client/policy/read.h"
#include "client/policy/write.h"
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pool, close_pool)

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
	struct sd_policy policy;
	struct sd_server *first;
	struct sd_server *second;
	struct sd_server *third; /* neither: never to be asked */
	struct kept kept;
	struct sd_entry entry; /* of the last operation */
	struct sd_error error;

	/* somebody else with the same servers, and what happens before one of our rounds */
	struct fake_transport others_network;
	struct sd_policy others_policy;
	unsigned meanwhile_round;
	void (*meanwhile)(struct pool *pool);
};

static const struct sd_bytes key = {KEY, sizeof(KEY) - 1};
static const struct sd_bytes no_bytes = {NULL, 0};

void make_server(struct sd_server *server, const char *host, uint32_t weight);

void add_servers(struct pool *pool, const uint32_t *weights, size_t count);

void find_owners(struct pool *pool);

void open_others(struct pool *pool);

int open_pool(void **state);

int close_pool(void **state);

void both_answer(struct pool *pool, enum sd_status first, enum sd_status second);

struct sd_entry *about(struct pool *pool, struct sd_bytes data, struct sd_sink *sink);

/* What became of the operation and of its only entry is one thing. */
enum sd_status outcome_of(const struct pool *pool, enum sd_status status);

enum sd_status do_set_for(struct pool *pool, const char *text, int64_t ttl);

enum sd_status do_set(struct pool *pool);

enum sd_status do_get(struct pool *pool);

enum sd_status do_delete(struct pool *pool);

enum sd_status do_touch(struct pool *pool, int64_t ttl);

enum sd_status do_look(struct pool *pool);

/* A change's outcome is its entry's. */
enum sd_status do_change(struct pool *pool, const struct sd_change *change, const char *text);

enum sd_status do_add(struct pool *pool);

enum sd_status do_replace(struct pool *pool);

enum sd_status do_cas(struct pool *pool, uint64_t version);

enum sd_status do_adjust(struct pool *pool);

/* }}} */

/* {{{ who was asked */

void assert_asked_none(const struct fake_transport *fake);

void assert_asked_one(const struct fake_transport *fake, enum sd_request_kind kind,
                      const struct sd_server *server);

void assert_asked(const struct fake_asked *asked, unsigned round, enum sd_request_kind kind,
                  const struct sd_server *server);

/* The first one thing and the second the other, in one round. */
void assert_asked_both_at_once(const struct pool *pool, enum sd_request_kind of_first,
                               enum sd_request_kind of_second);

/* After that round the second for its value. */
void assert_asked_the_second_again(const struct pool *pool);

void assert_text_has(const struct sd_error *error, const char *part);

/* }}} */

/* {{{ servers that are stores */

void use_kinds(struct pool *pool, enum fake_kind first, enum fake_kind second);

void use_kind(struct pool *pool, enum fake_kind kind);

void use_stores(struct pool *pool);

/* The kinds that order writes. */
static const enum fake_kind versioned_kinds[] = {FAKE_SHAREDANCED, FAKE_MEMCACHED};

void assert_has(struct fake_store *store, const char *text, uint64_t version);

void assert_tombstone(struct fake_store *store, uint64_t version);

void assert_nothing(struct fake_store *store);

bool is_proven(struct fake_store *store);

uint64_t version_at(struct fake_store *store);

/* Both have one value, and of one version. */
void assert_both_have(const struct pool *pool, const char *text);

void assert_got(struct pool *pool, const char *text, uint64_t version);

void assert_missed(struct pool *pool);

size_t times_asked(const struct fake_transport *fake, enum sd_request_kind kind);

const struct fake_asked *last_asked(const struct fake_transport *fake);

/* What happens in front of our round of that number. */
void be_interrupted(struct fake_transport *fake, void *context);

void interrupt(struct pool *pool, unsigned round, void (*meanwhile)(struct pool *));

/* }}} */

/* {{{ the whole table */

static const enum fake_act acts[] = {FAKE_ANSWERS, FAKE_REFUSES, FAKE_STALLS, FAKE_NEVER_CONNECTS};

const char *reason_of(enum fake_act act);

/* Neither more time than there is, nor a text that leaves one of both out. */
void assert_table_row(struct pool *pool, enum fake_act first, enum fake_act second,
                      enum sd_status status, int64_t start_ms);

/* Runs the operation on "7" in all states that two servers can be in; `check` looks at one that is
 * up. */
void run_table(struct pool *pool, enum sd_status (*kind)(struct pool *),
               void (*check)(struct fake_store *));

void check_is_as_before(struct fake_store *store);

/* }}} */

/* {{{ the newest of two */

void write_newest_on_second(struct pool *pool);

void delete_newest_on_second(struct pool *pool);

/* }}} */

/* {{{ servers that were away */

void break_off_second(struct pool *pool);

/* }}} */

/* {{{ the first server's word alone */

void read_from_first(struct pool *pool);

int64_t ttl_at(const struct pool *pool, struct fake_store *store);

/* }}} */

/* {{{ changes with redundancy */

enum sd_status others_change(struct pool *pool, const struct sd_change *change, const char *text);

enum sd_status others_write(struct pool *pool, const char *text);

void others_adjust(struct pool *pool);

void others_add(struct pool *pool);

void others_set(struct pool *pool);

void others_delete(struct pool *pool);

/* }}} */

/* {{{ deadlines */

void assert_deadlines(const struct fake_asked *asked, int64_t connect_ms, int64_t whole_ms);

/* }}} */

#endif
