/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Three servers for the tests of the policy; see three_servers.h. */

#include "tests/unit/client/three_servers.h"

/* {{{ three servers, of which KEY has a first and a second */

void make_server(struct sd_server *server, const char *host, uint32_t weight)
{
	enum sd_server_part part;
	struct sd_error error;

	assert_int_equal(sd_server_init(server, host, strlen(host), 1042, SERVER_TIMEOUT_MS / 1000,
	                                weight, &part, &error),
	                 SD_OK);
}

void add_servers(struct pool *pool, const uint32_t *weights, size_t count)
{
	static const char *const hosts[SERVERS] = {"a.example", "b.example", "c.example"};

	sd_pool_clear(&pool->policy.pool);
	for (size_t i = 0; i < count; i++) {
		make_server(&pool->servers[i], hosts[i], weights[i]);
		assert_int_equal(sd_pool_add(&pool->policy.pool, &pool->servers[i], &pool->error), SD_OK);
	}
}

void find_owners(struct pool *pool)
{
	size_t owners[SD_OWNERS_MAX];
	size_t first;
	size_t second;

	assert_int_equal(sd_pool_owners(&pool->policy.pool, key, owners), 2);
	first = owners[0];
	second = owners[1];
	assert_int_not_equal(first, second);
	pool->first = &pool->servers[first];
	pool->second = &pool->servers[second];
	pool->third = &pool->servers[3 - first - second];
	pool->at_first = &pool->stores[first];
	pool->at_second = &pool->stores[second];
}

void open_others(struct pool *pool)
{
	fake_init(&pool->others_network, &pool->clock_ms);
	pool->others_network.connection = 2;
	sd_policy_init(&pool->others_policy, &pool->others_network.transport, &pool->options, true);
	for (size_t i = 0; i < SERVERS; i++) {
		assert_int_equal(sd_pool_add(&pool->others_policy.pool, &pool->servers[i], &pool->error),
		                 SD_OK);
	}
}

static struct pool the_pool;

int open_pool(void **state)
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
	sd_policy_init(&pool->policy, &pool->network.transport, &pool->options, true);
	add_servers(pool, weights, SERVERS);
	find_owners(pool);
	open_others(pool);
	*state = pool;
	return 0;
}

int close_pool(void **state)
{
	struct pool *pool = *state;

	sd_pool_clear(&pool->policy.pool);
	sd_pool_clear(&pool->others_policy.pool);
	return 0;
}

void both_answer(struct pool *pool, enum sd_status first, enum sd_status second)
{
	fake_answers(&pool->network, pool->first, first, 5);
	fake_answers(&pool->network, pool->second, second, 5);
}

struct sd_entry *about(struct pool *pool, struct sd_bytes data, struct sd_sink *sink)
{
	pool->entry = (struct sd_entry){.key = key, .data = data, .sink = sink};
	memset(&pool->entry.replicas, 0x5a, sizeof(pool->entry.replicas)); /* the policy's own */
	pool->error.status = SD_OK;
	return &pool->entry;
}

enum sd_status outcome_of(const struct pool *pool, enum sd_status status)
{
	if (status != SD_OK) {
		assert_int_equal(pool->error.status, status);
		return status;
	}
	assert_false(sd_status_is_failure(pool->entry.status));
	return pool->entry.status;
}

enum sd_status do_set_for(struct pool *pool, const char *text, int64_t ttl)
{
	struct sd_entry *entry = about(pool, (struct sd_bytes){text, strlen(text)}, NULL);

	return outcome_of(pool, sd_write_set(&pool->policy, entry, 1, ttl, &pool->error));
}

enum sd_status do_set(struct pool *pool)
{
	return do_set_for(pool, "the value", 0);
}

enum sd_status do_get(struct pool *pool)
{
	struct sd_entry *entry = about(pool, no_bytes, &pool->kept.sink);

	kept_restart(&pool->kept.sink);
	return outcome_of(pool, sd_read_get(&pool->policy, entry, 1, &pool->error));
}

enum sd_status do_delete(struct pool *pool)
{
	struct sd_entry *entry = about(pool, no_bytes, NULL);

	return outcome_of(pool, sd_write_delete(&pool->policy, entry, 1, &pool->error));
}

enum sd_status do_touch(struct pool *pool, int64_t ttl)
{
	struct sd_entry *entry = about(pool, no_bytes, NULL);

	return outcome_of(pool, sd_read_exists(&pool->policy, entry, 1, ttl, &pool->error));
}

enum sd_status do_look(struct pool *pool)
{
	return do_touch(pool, 0);
}

enum sd_status do_change(struct pool *pool, const struct sd_change *change, const char *text)
{
	struct sd_bytes data = {text, text != NULL ? strlen(text) : 0};
	struct sd_entry *entry = about(pool, data, text == NULL ? &pool->kept.sink : NULL);
	enum sd_status status;

	kept_restart(&pool->kept.sink);
	status = sd_change_entry_unlocked(&pool->policy, entry, change, &pool->error);
	assert_int_equal(status, entry->status);
	if (sd_status_is_failure(status)) {
		assert_int_equal(pool->error.status, status);
	}
	return status;
}

enum sd_status do_add(struct pool *pool)
{
	return do_change(pool, &(struct sd_change){.kind = SD_ADD, .ttl = 60}, "added");
}

enum sd_status do_replace(struct pool *pool)
{
	return do_change(pool, &(struct sd_change){.kind = SD_REPLACE, .ttl = 60}, "replaced");
}

enum sd_status do_cas(struct pool *pool, uint64_t version)
{
	return do_change(pool, &(struct sd_change){.kind = SD_CAS, .ttl = 60, .version = version},
	                 "swapped");
}

enum sd_status do_adjust(struct pool *pool)
{
	return do_change(pool, &(struct sd_change){.kind = SD_ADJUST, .delta = 1}, NULL);
}

/* }}} */

/* {{{ who was asked */

void assert_asked_none(const struct fake_transport *fake)
{
	assert_int_equal(fake->asked_count, 0);
}

void assert_asked_one(const struct fake_transport *fake, enum sd_request_kind kind,
                      const struct sd_server *server)
{
	assert_int_equal(fake->asked_count, 1);
	assert_int_equal(fake->asked[0].kind, kind);
	assert_ptr_equal(fake->asked[0].server, server);
}

void assert_asked(const struct fake_asked *asked, unsigned round, enum sd_request_kind kind,
                  const struct sd_server *server)
{
	assert_int_equal(asked->round, round);
	assert_int_equal(asked->kind, kind);
	assert_ptr_equal(asked->server, server);
}

void assert_asked_both_at_once(const struct pool *pool, enum sd_request_kind of_first,
                               enum sd_request_kind of_second)
{
	assert_int_equal(pool->network.asked_count, 2);
	assert_asked(&pool->network.asked[0], 1, of_first, pool->first);
	assert_asked(&pool->network.asked[1], 1, of_second, pool->second);
}

void assert_asked_the_second_again(const struct pool *pool)
{
	assert_int_equal(pool->network.asked_count, 3);
	assert_asked(&pool->network.asked[0], 1, SD_GET, pool->first);
	assert_asked(&pool->network.asked[1], 1, SD_EXISTS, pool->second);
	assert_asked(&pool->network.asked[2], 2, SD_GET, pool->second);
}

void assert_text_has(const struct sd_error *error, const char *part)
{
	if (strstr(error->text, part) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", error->text, part);
	}
}

/* }}} */

/* {{{ servers that are stores */

void use_kinds(struct pool *pool, enum fake_kind first, enum fake_kind second)
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

void use_kind(struct pool *pool, enum fake_kind kind)
{
	use_kinds(pool, kind, kind);
}

void use_stores(struct pool *pool)
{
	use_kind(pool, FAKE_SHAREDANCED);
}

void assert_has(struct fake_store *store, const char *text, uint64_t version)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	assert_non_null(entry);
	assert_false(entry->is_tombstone);
	assert_string_equal(entry->value, text);
	assert_int_equal(entry->version, version);
}

void assert_tombstone(struct fake_store *store, uint64_t version)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	assert_non_null(entry);
	assert_true(entry->is_tombstone);
	assert_int_equal(entry->version, version);
}

void assert_nothing(struct fake_store *store)
{
	assert_null(fake_entry_of(store, KEY));
}

bool is_proven(struct fake_store *store)
{
	return !fake_entry_of(store, KEY)->unproven;
}

uint64_t version_at(struct fake_store *store)
{
	const struct fake_entry *entry = fake_entry_of(store, KEY);

	return entry != NULL ? entry->version : 0;
}

void assert_both_have(const struct pool *pool, const char *text)
{
	assert_has(pool->at_first, text, version_at(pool->at_second));
	assert_has(pool->at_second, text, version_at(pool->at_first));
}

void assert_got(struct pool *pool, const char *text, uint64_t version)
{
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, text);
	assert_int_equal(pool->entry.version, version);
}

void assert_missed(struct pool *pool)
{
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_int_equal(kept_length(&pool->kept), 0);
}

size_t times_asked(const struct fake_transport *fake, enum sd_request_kind kind)
{
	size_t times = 0;

	for (size_t i = 0; i < fake->asked_count; i++) {
		times += fake->asked[i].kind == kind;
	}
	return times;
}

const struct fake_asked *last_asked(const struct fake_transport *fake)
{
	assert_in_range(fake->asked_count, 1, FAKE_ASKED_MAX);
	return &fake->asked[fake->asked_count - 1];
}

void be_interrupted(struct fake_transport *fake, void *context)
{
	struct pool *pool = context;

	if (fake->rounds == pool->meanwhile_round) {
		pool->meanwhile(pool);
	}
}

void interrupt(struct pool *pool, unsigned round, void (*meanwhile)(struct pool *))
{
	fake_forget(&pool->network);
	pool->meanwhile_round = round;
	pool->meanwhile = meanwhile;
	pool->network.meanwhile = be_interrupted;
	pool->network.context = pool;
}

/* }}} */

/* {{{ the whole table */

const char *reason_of(enum fake_act act)
{
	return act == FAKE_REFUSES  ? "Connection refused"
	       : act == FAKE_STALLS ? "no answer in time"
	                            : "no connection in time";
}

void assert_table_row(struct pool *pool, enum fake_act first, enum fake_act second,
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

void run_table(struct pool *pool, enum sd_status (*kind)(struct pool *),
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
		assert_table_row(pool, first, second, kind(pool), start_ms);
		check(first == FAKE_ANSWERS ? pool->at_first : NULL);
		check(second == FAKE_ANSWERS ? pool->at_second : NULL);
		if (kind == do_set || kind == do_delete || kind == do_adjust) {
			assert_int_equal(pool->entry.stored,
			                 (first == FAKE_ANSWERS) + (second == FAKE_ANSWERS));
		}
	}
}

void check_is_as_before(struct fake_store *store)
{
	if (store != NULL) {
		assert_has(store, "7", OLD);
	}
}

/* }}} */

/* {{{ the newest of two */

void write_newest_on_second(struct pool *pool)
{
	fake_put(pool->at_second, KEY, "newest", 2 * NEW);
}

void delete_newest_on_second(struct pool *pool)
{
	fake_put_tombstone(pool->at_second, KEY, 2 * NEW);
}

/* }}} */

/* {{{ servers that were away */

void break_off_second(struct pool *pool)
{
	pool->at_second->act = FAKE_REFUSES;
}

/* }}} */

/* {{{ the first server's word alone */

void read_from_first(struct pool *pool)
{
	use_stores(pool);
	pool->options.read_policy = SD_READ_FIRST;
}

int64_t ttl_at(const struct pool *pool, struct fake_store *store)
{
	return (fake_entry_of(store, KEY)->expires_ms - pool->clock_ms) / SECOND_MS;
}

/* }}} */

/* {{{ changes with redundancy */

enum sd_status others_change(struct pool *pool, const struct sd_change *change, const char *text)
{
	struct kept kept = {.sink = kept_sink};
	struct sd_entry entry = {.key = key, .sink = &kept.sink};
	struct sd_error error;

	entry.data = (struct sd_bytes){text, strlen(text)};
	return sd_change_entry_unlocked(&pool->others_policy, &entry, change, &error);
}

enum sd_status others_write(struct pool *pool, const char *text)
{
	struct sd_entry entry = {.key = key, .data = {text, text != NULL ? strlen(text) : 0}};
	struct sd_error error;

	return text != NULL ? sd_write_set(&pool->others_policy, &entry, 1, 0, &error)
	                    : sd_write_delete(&pool->others_policy, &entry, 1, &error);
}

void others_adjust(struct pool *pool)
{
	assert_int_equal(others_change(pool, &(struct sd_change){.kind = SD_ADJUST, .delta = 1}, ""),
	                 SD_OK);
}

void others_add(struct pool *pool)
{
	assert_int_equal(others_change(pool, &(struct sd_change){.kind = SD_ADD}, "others"), SD_OK);
}

void others_set(struct pool *pool)
{
	assert_int_equal(others_write(pool, "100"), SD_OK);
}

void others_delete(struct pool *pool)
{
	assert_int_equal(others_write(pool, NULL), SD_OK);
}

/* }}} */

/* {{{ deadlines */

void assert_deadlines(const struct fake_asked *asked, int64_t connect_ms, int64_t whole_ms)
{
	assert_int_equal(asked->connect_deadline_ms - asked->at_ms, connect_ms);
	assert_int_equal(asked->deadline_ms - asked->at_ms, whole_ms);
}

/* }}} */
