/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with scripts and stores; see fake_transport.h. What a store does
 * with a request is what client/transport/meta.c makes of it in the dialect of its kind,
 * and what the servers do with that.
 */

#include "tests/unit/client/fake_transport.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/net/hybrid_clock.h"
#include "client/transport/classic.h"
#include "client/transport/meta.h"
#include "tests/unit/unit.h"

/* {{{ what was asked */

static void copy_text(char out[FAKE_BYTES_MAX + 1], struct sd_bytes bytes)
{
	assert_in_range(bytes.length, 0, FAKE_BYTES_MAX);
	if (bytes.length > 0) {
		memcpy(out, bytes.data, bytes.length);
	}
	out[bytes.length] = '\0';
}

static void write_down(struct fake_transport *fake, const struct sd_exchange *exchange)
{
	struct fake_asked *asked = &fake->asked[fake->asked_count++];

	assert_in_range(fake->asked_count, 1, FAKE_ASKED_MAX);
	asked->server = exchange->server;
	asked->kind = exchange->request.kind;
	copy_text(asked->key, exchange->request.key);
	copy_text(asked->data, exchange->request.data);
	asked->ttl = exchange->request.ttl;
	asked->condition = exchange->request.condition;
	asked->version = exchange->request.version;
	asked->seen = exchange->request.seen;
	asked->compared = exchange->request.compared;
	asked->holder = exchange->request.holder;
	asked->connection = exchange->request.connection;
	asked->wait_ms = exchange->request.wait_ms;
	asked->hurried = exchange->hurried;
	asked->insists = exchange->request.insists;
	asked->held = exchange->request.held;
	asked->must_compare = exchange->request.must_compare;
	asked->is_repair = exchange->request.is_repair;
	asked->sink = exchange->request.sink;
	asked->at_ms = *fake->clock_ms;
	asked->deadline_ms = exchange->deadline_ms;
	asked->connect_deadline_ms = *fake->clock_ms + exchange->connect_ms;
	asked->value_deadline_ms = exchange->value_deadline_ms;
	asked->limit_ms = exchange->request.limit_ms;
	asked->patience_ms = exchange->patience_ms;
	asked->full_ms = exchange->full_ms;
	asked->status = exchange->reply.status;
	asked->round = fake->rounds;
}

/* In pieces of one byte, so that the sink is asked for room again and again. */
static void give(struct sd_sink *sink, const char *value)
{
	for (; *value != '\0'; value++) {
		assert_true(sd_sink_put(sink, value, 1, 1));
	}
}

/* }}} */

/* {{{ what a store has */

static struct fake_entry *find_entry(struct fake_store *store, const char *key)
{
	for (size_t i = 0; i < FAKE_ENTRIES_MAX; i++) {
		if (strcmp(store->entries[i].key, key) == 0) {
			return &store->entries[i];
		}
	}
	return NULL;
}

struct fake_entry *fake_entry_of(struct fake_store *store, const char *key)
{
	assert_true(key[0] != '\0');
	return find_entry(store, key);
}

void fake_evict(struct fake_store *store, const char *key)
{
	struct fake_entry *entry = fake_entry_of(store, key);

	if (entry != NULL) {
		memset(entry, 0, sizeof(*entry));
	}
}

static struct fake_entry *make_entry(struct fake_store *store, const char *key, uint64_t version)
{
	struct fake_entry *entry = fake_entry_of(store, key);

	if (entry == NULL) {
		entry = find_entry(store, "");
		assert_non_null(entry);
	}
	memset(entry, 0, sizeof(*entry));
	(void)snprintf(entry->key, sizeof(entry->key), "%s", key);
	entry->version = version;
	entry->expires_ms = FAKE_NEVER;
	return entry;
}

struct fake_entry *fake_put(struct fake_store *store, const char *key, const char *value,
                            uint64_t version)
{
	struct fake_entry *entry = make_entry(store, key, version);

	(void)snprintf(entry->value, sizeof(entry->value), "%s", value);
	return entry;
}

struct fake_entry *fake_put_tombstone(struct fake_store *store, const char *key, uint64_t version)
{
	struct fake_entry *entry = make_entry(store, key, version);

	entry->is_tombstone = true;
	return entry;
}

void fake_restart(struct fake_store *store)
{
	store->in_later_epoch = true;
	for (size_t i = 0; i < FAKE_ENTRIES_MAX; i++) {
		store->entries[i].unproven = store->kind == FAKE_SHAREDANCED;
	}
	memset(store->locks, 0, sizeof(store->locks));
}

void fake_cut(struct fake_transport *fake, struct fake_store *store)
{
	for (size_t i = 0; i < FAKE_ENTRIES_MAX; i++) {
		if (store->locks[i].connection == fake->connection) {
			memset(&store->locks[i], 0, sizeof(store->locks[i]));
		}
	}
}

void fake_forget_connection(struct fake_transport *fake)
{
	fake->connection += 2 * FAKE_OTHER_NAME;
}

void fake_wipe(struct fake_store *store)
{
	store->in_later_epoch = false;
	memset(store->entries, 0, sizeof(store->entries));
	memset(store->locks, 0, sizeof(store->locks));
}

/* }}} */

/* {{{ what a store does */

/* One exchange with a store. */
struct work {
	struct fake_store *store;
	struct sd_exchange *exchange;
	int64_t now_ms;
	char key[FAKE_BYTES_MAX + 1];
	struct fake_entry *entry; /* what is there, a tombstone included; NULL: nothing */
	bool found;               /* it is a value */
	uint64_t connection;      /* of the client */
	int64_t waited_ms;        /* for a lock */
};

static void end(struct work *work, enum sd_status status)
{
	sd_exchange_end(work->exchange, status, "%s", sd_status_sentence(status));
}

static bool can_compare(const struct work *work)
{
	return work->store->kind == FAKE_SHAREDANCED;
}

static uint64_t version_there(const struct work *work)
{
	return work->entry != NULL ? work->entry->version : 0;
}

/* The exchange's own, or the server's choice. */
static uint64_t version_to_give(struct work *work)
{
	uint64_t version = (uint64_t)work->now_ms * 1000;

	if (work->exchange->request.version != 0 && work->store->kind != FAKE_OLD_MEMCACHED) {
		return work->exchange->request.version;
	}
	version = version > work->store->last_version ? version : work->store->last_version + 1;
	version = version > version_there(work) ? version : version_there(work) + 1;
	work->store->last_version = version;
	return version;
}

/* Tells of what is newer, or as new; only a sharedanced does. */
static bool is_new_enough(struct work *work)
{
	const struct sd_exchange *exchange = work->exchange;

	if (work->entry == NULL || work->entry->damaged ||
	    (exchange->request.version > work->entry->version && !work->store->is_stubborn)) {
		return true;
	}
	end(work, SD_CONFLICT);
	work->exchange->reply.version = work->entry->version;
	return false;
}

/* `seen` is there still; on memcached, where a tombstone is an entry like others. */
static bool is_as_seen(struct work *work)
{
	const struct sd_exchange *exchange = work->exchange;
	bool as_seen = exchange->request.seen == 0 && exchange->request.kind == SD_SET
	                   ? work->entry == NULL
	                   : version_there(work) == exchange->request.seen;

	if (!as_seen) {
		end(work,
		    work->entry == NULL && exchange->request.kind != SD_SET ? SD_ABSENT : SD_CONFLICT);
	}
	return as_seen;
}

static bool must(struct work *work, bool holds)
{
	if (!holds) {
		end(work, !work->found && work->exchange->request.kind != SD_SET ? SD_ABSENT : SD_CONFLICT);
	}
	return holds;
}

/* Whether it is to be performed; else it has ended. */
static bool condition_holds(struct work *work)
{
	switch (work->exchange->request.condition) {
	case SD_ALWAYS:
		break;
	case SD_IF_NEWER:
		return !can_compare(work) || is_new_enough(work);
	case SD_IF_SEEN:
		return can_compare(work) ? is_new_enough(work) : is_as_seen(work);
	case SD_IF_ABSENT:
		return can_compare(work) ? must(work, !work->found) : is_as_seen(work);
	case SD_IF_PRESENT:
		return must(work, can_compare(work) ? work->found : work->entry != NULL);
	case SD_IF_VERSION:
		if (can_compare(work) && !work->found && work->exchange->request.kind == SD_DELETE) {
			break; /* there is nothing that could have another version */
		}
		return must(work, (work->found || (!can_compare(work) && work->entry != NULL)) &&
		                      work->entry->version == work->exchange->request.seen);
	}
	return true;
}

static int64_t expiry_of(const struct work *work, int64_t ttl)
{
	if (ttl == SD_FOREVER) {
		return FAKE_NEVER;
	}
	if (ttl == 0) {
		return can_compare(work) ? work->now_ms + FAKE_TTL * 1000 : FAKE_NEVER;
	}
	return work->now_ms + ttl * 1000;
}

/* Seconds to live: sharedanced rounds up, so that 0 are none; memcached down. */
static int64_t seconds_left(const struct work *work)
{
	int64_t left_ms = work->entry->expires_ms - work->now_ms;

	if (work->entry->expires_ms == FAKE_NEVER) {
		return SD_FOREVER;
	}
	return can_compare(work) ? (left_ms + 999) / 1000 : left_ms / 1000;
}

static bool is_far_ahead(const struct fake_store *store, uint64_t version, int64_t now_ms)
{
	return store->tells_time &&
	       version > (uint64_t)(now_ms * 1000 + store->wall_us) + SD_VERSION_AHEAD_MAX_US;
}

static void read_entry(struct work *work)
{
	struct sd_exchange *exchange = work->exchange;
	bool ours = can_compare(work);

	if (work->entry != NULL && work->entry->damaged) {
		sd_exchange_end(exchange, SD_REFUSED, "the server says SERVER_ERROR the entry is damaged");
		return;
	}
	end(work, work->found ? SD_OK : SD_ABSENT);
	exchange->reply.ttl = SD_FOREVER;
	if (work->entry == NULL) {
		exchange->reply.unproven =
			ours && work->store->in_later_epoch && !exchange->request.value_only;
		return;
	}
	if (ours && exchange->request.compared == work->entry->version) {
		work->entry->unproven = false;
	}
	if ((exchange->request.kind == SD_TOUCH || exchange->request.ttl != 0) && work->found) {
		work->entry->expires_ms = expiry_of(work, exchange->request.ttl);
	}
	if (!exchange->request.value_only) {
		exchange->reply.version = work->entry->version;
		exchange->reply.tombstone = work->entry->is_tombstone;
		exchange->reply.unproven = work->entry->unproven;
		exchange->reply.ttl = seconds_left(work);
	}
	if (exchange->request.kind == SD_GET && work->found) {
		give(exchange->request.sink, work->entry->value);
	}
}

static struct fake_lock *find_lock(struct fake_store *store, const char *key)
{
	for (size_t i = 0; i < FAKE_ENTRIES_MAX; i++) {
		if (strcmp(store->locks[i].key, key) == 0) {
			return &store->locks[i];
		}
	}
	return NULL;
}

/* Whether the client has that lock, on this connection or another one. */
static bool is_holder(const struct work *work, const struct fake_lock *lock)
{
	uint64_t holder = work->exchange->request.holder;

	return holder != 0 && lock->holder != 0 ? holder == lock->holder
	                                        : lock->connection == work->connection;
}

/* Whether the client holds the lock, by the connection that took it: others do not send such
 * requests at all. */
static bool holds(const struct work *work, const struct fake_lock *lock)
{
	return lock != NULL && work->exchange->request.connection == work->connection &&
	       is_holder(work, lock) && lock->until_ms > work->now_ms;
}

/* Whether the lock that the exchange needs is this client's; else it has ended. */
static bool holds_lock(struct work *work)
{
	const struct fake_lock *lock = find_lock(work->store, work->key);
	const struct sd_exchange *exchange = work->exchange;

	if (exchange->request.held && !holds(work, lock)) {
		const struct fake_entry *entry = find_entry(work->store, work->key);

		end(work, SD_CONFLICT);
		if (entry != NULL && entry->version == exchange->request.version) {
			work->exchange->reply.version = entry->version; /* it may be this write */
		}
		return false;
	}
	return true;
}

static void set_entry(struct work *work)
{
	struct sd_exchange *exchange = work->exchange;
	uint64_t version;
	bool tells;

	if (work->store->is_full) {
		sd_exchange_end(exchange, SD_REFUSED, "the server says SERVER_ERROR out of memory");
		return;
	}
	if (holds_lock(work) && condition_holds(work)) {
		version = version_to_give(work);
		work->entry = make_entry(work->store, work->key, version);
		copy_text(work->entry->value, exchange->request.data);
		work->entry->expires_ms = expiry_of(work, exchange->request.ttl);
		end(work, SD_OK);
		/* a session has to ask for it, and memcached cannot tell it */
		tells = !exchange->request.is_session ||
		        (exchange->request.wants_version && work->store->kind == FAKE_SHAREDANCED);
		exchange->reply.version = tells ? version : exchange->request.version;
	}
}

/* What is deleted with a version is remembered: by sharedanced whether there was one or not, by
 * memcached in the place of the entry. sharedanced remembers what it had without one, too. */
static void delete_entry(struct work *work)
{
	struct sd_exchange *exchange = work->exchange;
	int64_t expires_ms = work->entry != NULL ? work->entry->expires_ms : 0;
	bool had = can_compare(work) ? work->found : work->entry != NULL;

	if (!holds_lock(work) || !condition_holds(work)) {
		return;
	}
	end(work, had ? SD_OK : SD_ABSENT);
	if (had && exchange->request.version == 0 && can_compare(work)) {
		work->entry = fake_put_tombstone(work->store, work->key, version_to_give(work));
		work->entry->expires_ms = expires_ms;
	} else if (exchange->request.version == 0 || work->store->kind == FAKE_OLD_MEMCACHED) {
		fake_evict(work->store, work->key);
	} else if (had || can_compare(work)) {
		int64_t remembered_ms =
			expiry_of(work, exchange->request.ttl > 0 ? exchange->request.ttl : 0);

		work->entry = fake_put_tombstone(work->store, work->key, exchange->request.version);
		work->entry->expires_ms =
			expires_ms > remembered_ms || !can_compare(work) ? expires_ms : remembered_ms;
	}
	exchange->reply.version = had ? exchange->request.version : 0;
}

static void count_entry(struct work *work)
{
	struct sd_exchange *exchange = work->exchange;
	uint64_t number;
	char behind;

	if (!work->found) {
		end(work, SD_ABSENT);
		return;
	}
	if (!condition_holds(work)) {
		return;
	}
	if (sscanf(work->entry->value, "%" SCNu64 "%c", &number, &behind) != 1) {
		sd_exchange_end(exchange, SD_REFUSED, "the server says CLIENT_ERROR non-numeric value");
		return;
	}
	if (exchange->request.decrement) {
		number = number > exchange->request.delta ? number - exchange->request.delta : 0;
	} else {
		number += exchange->request.delta;
	}
	(void)snprintf(work->entry->value, sizeof(work->entry->value), "%" PRIu64, number);
	work->entry->version = version_to_give(work);
	work->entry->unproven = false;
	end(work, SD_OK);
	exchange->reply.version = work->entry->version;
	exchange->reply.ttl = seconds_left(work);
	give(exchange->request.sink, work->entry->value);
}

static void lock_key(struct work *work)
{
	struct sd_exchange *exchange = work->exchange;
	struct fake_lock *lock = find_lock(work->store, work->key);

	if (lock != NULL && !is_holder(work, lock) && lock->until_ms > work->now_ms) {
		int64_t left_ms = lock->until_ms - work->now_ms;

		if (work->now_ms < work->store->room_from_ms) {
			end(work, SD_CONFLICT);
			exchange->reply.crowded = exchange->request.wait_ms > 0;
			return;
		}
		work->waited_ms = left_ms < exchange->request.wait_ms ? left_ms : exchange->request.wait_ms;
		if (left_ms > exchange->request.wait_ms) {
			end(work, SD_CONFLICT);
			return;
		}
	}
	lock = lock != NULL ? lock : find_lock(work->store, "");
	assert_non_null(lock);
	memcpy(lock->key, work->key, sizeof(lock->key));
	lock->connection = work->connection;
	lock->holder = exchange->request.holder;
	lock->until_ms = work->now_ms + work->waited_ms + exchange->request.ttl * 1000;
	end(work, SD_OK);
	exchange->reply.connection = work->connection;
}

static void unlock_key(struct work *work)
{
	struct fake_lock *lock = find_lock(work->store, work->key);
	/* by its token a lock is released on any connection */
	bool is_withdrawn = lock != NULL && work->exchange->request.holder != 0 &&
	                    work->exchange->request.connection == 0 && is_holder(work, lock);
	bool held = is_withdrawn || holds(work, lock);

	end(work, held ? SD_OK : SD_ABSENT);
	if (held) {
		memset(lock, 0, sizeof(*lock));
	}
}

static void perform_request(struct work *work)
{
	switch (work->exchange->request.kind) {
	case SD_RAW:
		fail_msg("a store speaks no raw requests");
		break;
	case SD_GET:
	case SD_EXISTS:
	case SD_TOUCH:
		read_entry(work);
		break;
	case SD_SET:
		set_entry(work);
		break;
	case SD_DELETE:
		delete_entry(work);
		break;
	case SD_ARITHMETIC:
		count_entry(work);
		break;
	case SD_LOCK:
		lock_key(work);
		break;
	case SD_UNLOCK:
		unlock_key(work);
		break;
	case SD_GREET:
		end(work, SD_OK);
		break;
	}
}

/* Whether a server of that kind can do what is asked; else it has ended. */
static bool suits_kind(struct work *work)
{
	struct sd_exchange *exchange = work->exchange;

	switch (work->store->kind) {
	case FAKE_SHAREDANCED:
		return true;
	case FAKE_CLASSIC:
		return sd_classic_suits(exchange);
	default:
		break;
	}
	if (exchange->request.kind == SD_LOCK || exchange->request.kind == SD_UNLOCK) {
		sd_exchange_end(exchange, SD_UNSUPPORTED, "memcached has no locks");
		return false;
	}
	if (exchange->request.must_compare && work->store->kind == FAKE_MEMCACHED) {
		sd_exchange_end(exchange, SD_UNSUPPORTED, "memcached compares no versions");
		exchange->reply.versioned = true;
		return false;
	}
	if (exchange->request.key.length > 250) {
		sd_exchange_end(exchange, SD_BAD_KEY, "must be at most 250 bytes long on memcached");
		return false;
	}
	return true;
}

/* A classic server: conditions are none to it, and it tells nothing but what it has. */
static void carry_out_classic(struct work *work)
{
	struct sd_exchange *exchange = work->exchange;
	struct sd_exchange asked = *exchange;

	exchange->request.condition = SD_ALWAYS;
	exchange->request.version = exchange->request.kind == SD_DELETE ? 0 : 1;
	perform_request(work);
	exchange->request.condition = asked.request.condition;
	exchange->request.version = asked.request.version;
	exchange->reply.version = 0;
	exchange->reply.ttl = 0;
}

/* Returns whether it was asked: what a client knows not to suit it is not sent. */
static bool ask_store(struct work *work)
{
	struct fake_store *store = work->store;

	copy_text(work->key, work->exchange->request.key);
	work->entry = fake_entry_of(store, work->key);
	if (work->entry != NULL && work->entry->expires_ms <= work->now_ms) {
		fake_evict(store, work->key);
		work->entry = NULL;
	}
	work->found = work->entry != NULL && !work->entry->is_tombstone;
	if (!suits_kind(work)) {
		return false;
	}
	if (store->kind == FAKE_CLASSIC) {
		carry_out_classic(work);
		return true;
	}
	if (store->kind == FAKE_SHAREDANCED &&
	    is_far_ahead(store, work->exchange->request.version, work->now_ms)) {
		sd_exchange_end(work->exchange, SD_REFUSED, "the server says CLIENT_ERROR version");
		return true;
	}
	perform_request(work);
	work->exchange->reply.versioned = store->kind != FAKE_OLD_MEMCACHED;
	return true;
}

/* }}} */

/* {{{ what comes of it */

static struct fake_script *script_of(struct fake_transport *fake, const struct sd_server *server)
{
	for (size_t i = 0; i < fake->script_count; i++) {
		if (fake->scripts[i].server == server) {
			return &fake->scripts[i];
		}
	}
	fail_msg("%s was asked, which has no script", server->host);
	return NULL;
}

/* The server as a store; NULL: it is none. */
static const struct fake_store *store_of(const struct fake_transport *fake,
                                         const struct sd_server *server)
{
	for (size_t i = 0; i < fake->script_count; i++) {
		if (fake->scripts[i].server == server) {
			return fake->scripts[i].store;
		}
	}
	return NULL;
}

static void play_answer(const struct fake_script *script, struct sd_exchange *exchange)
{
	if (script->value != NULL && exchange->request.sink != NULL) {
		give(exchange->request.sink, script->value);
	}
	sd_exchange_end(exchange, script->status, "%s", script->reason);
	exchange->reply.version = script->version;
}

/* What is given from then on is above the version that came. */
static void observe(struct fake_transport *fake, const struct sd_reply *reply)
{
	if (reply->version > fake->last_version && !reply->far_ahead) {
		fake->last_version = reply->version;
	}
}

/* Whether it is marked dead because it refused, and the request does not insist. */
static bool is_skipped(const struct fake_store *store, const struct sd_exchange *exchange)
{
	return store != NULL && store->refusing_since_ms != 0 && !exchange->request.insists;
}

/* The script of the other name of a store; NULL: it has one name. */
static struct fake_script *other_name(struct fake_transport *fake, const struct fake_script *script)
{
	for (size_t i = 0; i < fake->script_count; i++) {
		struct fake_script *each = &fake->scripts[i];

		if (each != script && each->store != NULL && each->store == script->store) {
			return each;
		}
	}
	return NULL;
}

/* The number of the connection by that name. */
static uint64_t connection_of(struct fake_transport *fake, const struct fake_script *script)
{
	const struct fake_script *other = other_name(fake, script);

	return fake->connection + (other != NULL && other < script ? FAKE_OTHER_NAME : 0);
}

/* The server has answered, so it is known which one it is. */
static void greet(struct fake_transport *fake, struct fake_script *script,
                  const struct sd_exchange *exchange)
{
	const struct fake_script *other = other_name(fake, script);

	script->is_greeted = true;
	fake->must_greet -= exchange->request.kind == SD_GREET && fake->must_greet > 0;
	fake->transport.has_odd_names |=
		script->store->is_ambiguous || (other != NULL && other->is_greeted);
}

static void lose_answer(struct sd_exchange *exchange, enum sd_status status, const char *reason)
{
	sd_exchange_end(exchange, status, "%s", reason);
	exchange->reply.versioned = exchange->reply.tombstone = exchange->reply.unproven = false;
	exchange->reply.version = 0;
}

/* A write that was repeated: the first one may be what the server tells of. */
static void know_again(struct sd_exchange *exchange)
{
	bool is_there = exchange->reply.status == SD_CONFLICT && exchange->request.version != 0 &&
	                exchange->reply.version == exchange->request.version;

	if (is_there || (exchange->request.kind == SD_DELETE && exchange->reply.status == SD_ABSENT)) {
		exchange->reply.status = SD_OK;
	}
}

/* Ends the exchange and returns when that was. */
static int64_t play(struct fake_transport *fake, struct fake_script *script,
                    struct sd_exchange *exchange, int64_t now_ms)
{
	const struct fake_store *store = script->store;
	enum fake_act act = store != NULL ? store->act : script->act;
	int64_t end_ms = now_ms + (store != NULL ? store->after_ms : script->after_ms);
	struct work work = {.store = script->store, .exchange = exchange, .now_ms = now_ms};
	bool was_asked;

	if (act == FAKE_IS_MARKED || is_skipped(store, exchange)) {
		sd_exchange_end(exchange, SD_DEAD, "marked dead");
		return now_ms;
	}
	if (act == FAKE_NEVER_CONNECTS) {
		sd_exchange_end(exchange, SD_UNREACHABLE, "no connection in time");
		return sd_exchange_connects_by_ms(exchange, now_ms);
	}
	exchange->was_sent |= act != FAKE_REFUSES;
	if (act == FAKE_STALLS) {
		/* it does not even answer the request in front of one that waits */
		sd_exchange_end(exchange, SD_TIMEOUT, "no answer in time");
		return exchange->deadline_ms - exchange->request.wait_ms;
	}
	if (end_ms > exchange->deadline_ms) {
		sd_exchange_end(exchange, SD_TIMEOUT, "no answer in time");
		return exchange->deadline_ms;
	}
	if (act == FAKE_REFUSES) {
		sd_exchange_end(exchange, SD_UNREACHABLE, "Connection refused");
		if (store != NULL && store->is_marked_when_refusing && store->refusing_since_ms == 0) {
			script->store->refusing_since_ms = now_ms;
		}
		return end_ms;
	}
	if (store == NULL) {
		play_answer(script, exchange);
		observe(fake, &exchange->reply);
		return end_ms;
	}
	work.connection = connection_of(fake, script);
	greet(fake, script, exchange);
	script->store->is_strange = false;
	script->store->refusing_since_ms = 0;
	if (script->has_moved && exchange->request.is_joined && exchange->request.kind != SD_GREET) {
		exchange->has_parted = true;
		sd_exchange_end(exchange, SD_UNREACHABLE, "the name leads to another server");
		return end_ms;
	}
	was_asked = ask_store(&work);
	exchange->reply.connection = work.connection;
	if (exchange->repeated) {
		know_again(exchange);
	}
	if (was_asked && act == FAKE_LOSES_ANSWERS) {
		lose_answer(exchange, SD_CLOSED, "Connection reset by peer");
	} else if (was_asked && act == FAKE_IS_GIVEN_UP) {
		lose_answer(exchange, SD_DEAD, "marked dead meanwhile");
		script->store->refusing_since_ms = now_ms;
	}
	end_ms += work.waited_ms;
	exchange->reply.far_ahead = is_far_ahead(work.store, exchange->reply.version, now_ms);
	observe(fake, &exchange->reply);
	return end_ms;
}

/* A server that is known to be classic is not asked for a greeting. Returns whether it was all that
 * the exchanges ask for, and they have ended. */
static bool end_greetings_of_classic(const struct fake_transport *fake,
                                     struct sd_exchange *exchanges)
{
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		const struct fake_store *store = store_of(fake, each->server);

		if (each->request.kind != SD_GREET || store == NULL || store->is_strange ||
		    store->kind != FAKE_CLASSIC) {
			return false;
		}
	}
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		(void)sd_classic_suits(each);
	}
	return true;
}

/* What is to befall the next write to a store does, once it has been carried out. Returns whether
 * it is repeated. */
static bool befall(struct fake_transport *fake, struct fake_script *script,
                   struct sd_exchange *exchange, int64_t *end_ms)
{
	struct fake_store *store = script->store;
	enum fake_act befalls = store->befalls;
	enum fake_act act = store->act;

	store->act = befalls == FAKE_IS_CUT ? FAKE_LOSES_ANSWERS : befalls;
	*end_ms = play(fake, script, exchange, *end_ms);
	store->act = act;
	if (!exchange->was_sent ||
	    (exchange->reply.status != SD_CLOSED && exchange->reply.status != SD_DEAD)) {
		return false; /* it was not carried out */
	}
	store->befalls = FAKE_ANSWERS;
	fake->unheard++;
	if (fake->meanwhile_unheard != NULL) {
		fake->meanwhile_unheard(fake, fake->context);
	}
	return befalls == FAKE_IS_CUT &&
	       sd_meta_is_repeatable(&exchange->request, /* takes_holders */ true);
}

/* Plays one exchange that begins then, and returns when it ends. What is cut and may be repeated is
 * still to be played. */
static int64_t play_first(struct fake_transport *fake, struct sd_exchange *exchange, int64_t now_ms)
{
	struct fake_script *script = script_of(fake, exchange->server);
	int64_t end_ms = now_ms;

	if (script->store == NULL || script->store->befalls == FAKE_ANSWERS ||
	    !sd_request_writes(&exchange->request) ||
	    memcmp(exchange->request.key.data, "lock:", 5) == 0) {
		return play(fake, script, exchange, now_ms);
	}
	exchange->repeated = befall(fake, script, exchange, &end_ms);
	return end_ms;
}

/* Plays what is repeated. */
static void play_again(struct fake_transport *fake, struct sd_exchange *exchanges)
{
	int64_t start_ms = *fake->clock_ms;

	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		if (each->repeated) {
			int64_t end_ms;

			memset(&each->reply, 0, sizeof(each->reply));
			end_ms = play(fake, script_of(fake, each->server), each, start_ms);
			*fake->clock_ms = end_ms > *fake->clock_ms ? end_ms : *fake->clock_ms;
		}
	}
}

static void perform(struct sd_transport *transport, struct sd_exchange *exchanges)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	int64_t start_ms;

	assert_non_null(exchanges);
	if (end_greetings_of_classic(fake, exchanges)) {
		return;
	}
	fake->rounds++;
	if (fake->meanwhile != NULL) {
		fake->meanwhile(fake, fake->context);
	}
	start_ms = *fake->clock_ms;
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		assert_int_equal(each->request.is_session, fake->is_for_sessions);
		write_down(fake, each);
	}
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		int64_t end_ms = play_first(fake, each, start_ms);

		*fake->clock_ms = end_ms > *fake->clock_ms ? end_ms : *fake->clock_ms;
		if (fake->between != NULL && each == exchanges) {
			fake->between(fake, fake->context);
		}
	}
	if (fake->unheard > 0) {
		fake->unheard = 0;
		if (fake->meanwhile_unheard != NULL) {
			fake->meanwhile_unheard(fake, fake->context);
		}
		play_again(fake, exchanges);
	}
	for (size_t i = 0; i < fake->script_count; i++) {
		fake->scripts[i].has_moved &= !fake->scripts[i].is_greeted; /* it is connected by now */
	}
}

static int64_t now_ms(struct sd_transport *transport)
{
	return *((struct fake_transport *)transport)->clock_ms;
}

static void fake_pause(struct sd_transport *transport, int64_t ms)
{
	struct fake_transport *fake = (struct fake_transport *)transport;

	assert_in_range(ms, 1, INT32_MAX);
	if (fake->pauses < FAKE_ENTRIES_MAX) {
		fake->paused_ms[fake->pauses] = ms;
	}
	fake->pauses++;
	*fake->clock_ms += ms;
}

/* As a real one: names are one server if both have been greeted and can be asked. */
static enum sd_sameness compare(struct sd_transport *transport, const struct sd_server *first,
                                const struct sd_server *second)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	const struct fake_script *script = script_of(fake, first);
	const struct fake_script *other = script_of(fake, second);

	assert_true(fake->transport.has_odd_names); /* transport.h says so */
	if (script->store == NULL || script->store != other->store || !script->is_greeted ||
	    !other->is_greeted || script->store->act != FAKE_ANSWERS) {
		return SD_TWO_SERVERS;
	}
	if (fake->must_greet > 0) {
		return SD_GREET_AGAIN;
	}
	return script->store->was_two ? SD_ONE_OF_TWO : SD_ONE_SERVER;
}

static bool is_ambiguous(struct sd_transport *transport, const struct sd_server *server)
{
	const struct fake_script *script = script_of((struct fake_transport *)transport, server);

	assert_true(transport->has_odd_names);
	return script->store != NULL && script->store->is_ambiguous;
}

static bool is_greeted(struct sd_transport *transport, const struct sd_server *server)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	const struct fake_store *store = store_of(fake, server);

	if (store != NULL && other_name(fake, script_of(fake, server)) != NULL) {
		return !store->is_strange && script_of(fake, server)->is_greeted;
	}
	return store == NULL || (!store->is_strange && store->kind != FAKE_CLASSIC);
}

/* As a real one: by the first server's clock, or the second's. */
static int64_t servers_ahead_us(const struct fake_transport *fake, const struct sd_server *server)
{
	const struct fake_store *store = store_of(fake, server);

	return store != NULL && store->tells_time && !store->is_strange ? store->wall_us : INT64_MIN;
}

/* Each token is another. */
static bool fake_random(struct sd_transport *transport, void *out, size_t length)
{
	static uint8_t next;

	(void)transport;
	memset(out, 1 + next++ % 255, length);
	return true;
}

static int64_t process(struct sd_transport *transport)
{
	return ((struct fake_transport *)transport)->process;
}

static uint64_t new_version(struct sd_transport *transport, const struct sd_server *first,
                            const struct sd_server *second)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	int64_t ahead_us = servers_ahead_us(fake, first);
	int64_t now_us;

	ahead_us = ahead_us == INT64_MIN ? servers_ahead_us(fake, second) : ahead_us;
	now_us = *fake->clock_ms * 1000 + (ahead_us == INT64_MIN ? fake->wall_us : ahead_us);
	fake->last_version++;
	if (now_us > 0 && fake->last_version < (uint64_t)now_us) {
		fake->last_version = (uint64_t)now_us;
	}
	return fake->last_version;
}

static bool skips(struct sd_transport *transport, struct sd_exchange *exchange, int64_t now_ms)
{
	struct fake_transport *fake = (struct fake_transport *)transport;

	assert_int_equal(now_ms, *fake->clock_ms);
	if (script_of(fake, exchange->server)->act != FAKE_IS_MARKED &&
	    !is_skipped(script_of(fake, exchange->server)->store, exchange)) {
		return false;
	}
	sd_exchange_end(exchange, SD_DEAD, "marked dead");
	return true;
}

static int64_t refusing_since(struct sd_transport *transport, const struct sd_server *server)
{
	const struct fake_store *store = script_of((struct fake_transport *)transport, server)->store;

	return store != NULL ? store->refusing_since_ms : 0;
}

static void count_event(struct sd_transport *transport, const struct sd_server *server,
                        enum sd_event event)
{
	struct fake_transport *fake = (struct fake_transport *)transport;

	fake->events[event]++;
	fake->event_server = server;
}

/* }}} */

/* {{{ scripts */

/* A server takes as long as its script says. */
static int64_t round_trip_us(struct sd_transport *transport, const struct sd_server *server)
{
	const struct fake_script *script = script_of((struct fake_transport *)transport, server);

	return (script->store != NULL ? script->store->after_ms : script->after_ms) * 1000;
}

/* A new connection tells it, and the locks of the one before are lost. */
static bool has_told_ttl(struct sd_transport *transport, const struct sd_exchange *exchange)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	struct fake_store *store = script_of(fake, exchange->server)->store;

	if (store == NULL || store->ttl == FAKE_TOLD) {
		return true;
	}
	store->in_later_epoch |= store->ttl == FAKE_UNTOLD_YOUNG;
	store->ttl = FAKE_TOLD;
	fake_cut(fake, store);
	return false;
}

void fake_init(struct fake_transport *fake, int64_t *clock_ms)
{
	memset(fake, 0, sizeof(*fake));
	fake->transport.perform = perform;
	fake->transport.now_ms = now_ms;
	fake->transport.pause = fake_pause;
	fake->transport.new_version = new_version;
	fake->transport.is_greeted = is_greeted;
	fake->transport.compare = compare;
	fake->transport.is_ambiguous = is_ambiguous;
	fake->transport.skips = skips;
	fake->transport.refusing_since = refusing_since;
	fake->transport.has_told_ttl = has_told_ttl;
	fake->transport.round_trip_us = round_trip_us;
	fake->transport.count = count_event;
	fake->transport.random = fake_random;
	fake->transport.process = process;
	fake->process = 1;
	fake->clock_ms = clock_ms;
	fake->connection = 1;
}

void fake_forget(struct fake_transport *fake)
{
	fake->asked_count = 0;
	fake->rounds = 0;
	fake->pauses = 0;
	memset(fake->events, 0, sizeof(fake->events));
}

void fake_script(struct fake_transport *fake, const struct fake_script *script)
{
	size_t i = 0;

	while (i < fake->script_count && fake->scripts[i].server != script->server) {
		i++;
	}
	assert_in_range(i, 0, FAKE_SCRIPTS_MAX - 1);
	fake->scripts[i] = *script;
	fake->script_count += i == fake->script_count;
}

void fake_is(struct fake_transport *fake, const struct sd_server *server, struct fake_store *store)
{
	const struct fake_store *before = store_of(fake, server);
	const struct fake_script script = {
		.server = server, .store = store, .has_moved = before != NULL && before != store};

	fake_script(fake, &script);
}

void fake_answers(struct fake_transport *fake, const struct sd_server *server,
                  enum sd_status status, int64_t after_ms)
{
	const struct fake_script script = {.server = server,
	                                   .after_ms = after_ms,
	                                   .status = status,
	                                   .reason = sd_status_sentence(status)};

	fake_script(fake, &script);
}

void fake_has(struct fake_transport *fake, const struct sd_server *server, const char *value,
              int64_t after_ms)
{
	const struct fake_script script = {
		.server = server, .after_ms = after_ms, .status = SD_OK, .reason = "done", .value = value};

	fake_script(fake, &script);
}

void fake_refuses(struct fake_transport *fake, const struct sd_server *server, int64_t after_ms)
{
	const struct fake_script script = {.server = server,
	                                   .after_ms = after_ms,
	                                   .status = SD_UNREACHABLE,
	                                   .reason = "Connection refused"};

	fake_script(fake, &script);
}

void fake_breaks_off(struct fake_transport *fake, const struct sd_server *server, const char *part,
                     int64_t after_ms)
{
	const struct fake_script script = {.server = server,
	                                   .after_ms = after_ms,
	                                   .status = SD_CLOSED,
	                                   .reason = "Connection reset by peer",
	                                   .value = part};

	fake_script(fake, &script);
}

void fake_stalls(struct fake_transport *fake, const struct sd_server *server)
{
	const struct fake_script script = {.server = server, .act = FAKE_STALLS};

	fake_script(fake, &script);
}

void fake_never_connects(struct fake_transport *fake, const struct sd_server *server)
{
	const struct fake_script script = {.server = server, .act = FAKE_NEVER_CONNECTS};

	fake_script(fake, &script);
}

void fake_is_marked(struct fake_transport *fake, const struct sd_server *server)
{
	const struct fake_script script = {.server = server, .act = FAKE_IS_MARKED};

	fake_script(fake, &script);
}

/* }}} */
