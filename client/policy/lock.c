/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Locks, on one server and on all servers of a key; see lock.h. */

#include "client/policy/lock.h"

#include <stddef.h>
#include <string.h>

#include "client/policy/greet.h"
#include "client/policy/lock_unheard.h"
#include "client/policy/operation.h"
#include "wire/hash.h"
#include "wire/meta.h"
#include "wire/meta_client.h"

#define PREFIX "lock:" /* of an entry that stands for a lock; no session id has a colon */
#define ENTRY_KEY_MAX (sizeof(PREFIX) - 1 + SD_LOCK_KEY_MAX)
/* The longest key of any bytes that memcached takes. */
#define SHORT_KEY (SD_META_KEY_MAX / 4 * 3)
#define HASH_DIGITS 16
#define FIRST_PAUSE_MS 5
#define LONGEST_PAUSE_MS 200
/* A refusal that comes so long before the end of the wait is not its end. */
#define EARLY_MS 10

/* The limit of a request that may wait for so long besides. */
static int64_t limit_by(const struct sd_policy *policy, const struct sd_lock *lock, int64_t wait_ms)
{
	int64_t left_ms;

	if (lock->deadline_ms == 0) {
		return 0;
	}
	left_ms = lock->deadline_ms - sd_operation_now_ms(policy) - wait_ms;
	return left_ms > 0 ? left_ms : -1;
}

/* {{{ the holder */

void sd_lock_claim(const struct sd_policy *policy, struct sd_lock *lock)
{
	struct sd_transport *transport = policy->transport;

	if (lock->process == 0 && transport->process != NULL) {
		lock->process = transport->process(transport);
	}
	if (lock->holder == 0 && !transport->random(transport, &lock->holder, sizeof(lock->holder))) {
		lock->holder = 0;
	}
}

bool sd_lock_leave_to_parent(const struct sd_policy *policy, struct sd_lock *lock,
                             struct sd_entry *entry)
{
	struct sd_transport *transport = policy->transport;

	if (lock->process == 0 || lock->process == transport->process(transport)) {
		return false;
	}
	for (size_t i = 0; i < SD_OWNERS_MAX; i++) {
		entry->replicas[i].lock = SD_LOCK_NONE;
	}
	lock->holders = 0;
	lock->holder = 0; /* what was not heard of is the parent's, too */
	lock->process = 0;
	memset(lock->unheard, 0, sizeof(lock->unheard));
	lock->entry_ends_ms = 0;
	lock->has_token = false;
	return true;
}

/* }}} */

/* {{{ waiting on this side */

/* A time of that length on average. Many clients that began to wait at the same moment would
 * otherwise ask at the same moments: one gets the lock, which then is free until all ask again. */
static int64_t scatter(const struct sd_policy *policy, int64_t ms)
{
	uint32_t drawn;

	if (!policy->transport->random(policy->transport, &drawn, sizeof(drawn))) {
		return ms;
	}
	return ms - ms / 2 + drawn % (ms / 2 * 2 + 1);
}

/* Pauses, if the wait is not over: longer than the last time, but for chance. */
static bool pause_longer(const struct sd_policy *policy, const struct sd_lock_terms *terms,
                         int64_t *pause_ms)
{
	int64_t left_ms = terms->until_ms - sd_operation_now_ms(policy);
	int64_t next_ms;

	if (left_ms <= 0) {
		return false;
	}
	*pause_ms = *pause_ms == 0 ? FIRST_PAUSE_MS : *pause_ms * 2;
	*pause_ms = *pause_ms < LONGEST_PAUSE_MS ? *pause_ms : LONGEST_PAUSE_MS;
	next_ms = scatter(policy, *pause_ms);
	policy->transport->pause(policy->transport, next_ms < left_ms ? next_ms : left_ms);
	return true;
}

bool sd_lock_waits_for_room(const struct sd_policy *policy, const struct sd_lock_terms *terms,
                            int64_t *pause_ms)
{
	return terms->until_ms - sd_operation_now_ms(policy) > EARLY_MS &&
	       pause_longer(policy, terms, pause_ms);
}

/* }}} */

/* {{{ entries that stand for locks */

bool sd_lock_has_expired(const struct sd_policy *policy, const struct sd_lock *lock)
{
	return lock->entry_ends_ms != 0 && sd_operation_now_ms(policy) >= lock->entry_ends_ms;
}

/*
 * Writes the entry's key: the prefix and the lock's name. If that is too long for memcached, it is
 * cut and ends with a hash, to tell it from others that begin alike. If two locks get the same key
 * by chance, one client waits for the other's lock without need, and nothing worse happens.
 */
static size_t write_entry_key(const struct sd_lock *lock, uint8_t key[ENTRY_KEY_MAX])
{
	size_t length = sizeof(PREFIX) - 1 + lock->key_length;
	uint64_t hash;

	memcpy(key, PREFIX, sizeof(PREFIX) - 1);
	memcpy(key + sizeof(PREFIX) - 1, lock->key, lock->key_length);
	if (sd_meta_written_key_length(key, length) <= SD_META_KEY_MAX) {
		return length;
	}
	hash = sd_fnv64(lock->key, lock->key_length);
	for (size_t i = SHORT_KEY - HASH_DIGITS; i < SHORT_KEY; i++) {
		key[i] = (uint8_t) "0123456789abcdef"[hash & 15];
		hash >>= 4;
	}
	return SHORT_KEY;
}

/* Makes *exchange a request about the entry. `key` gets the entry's key, and is used until the
 * reply. */
static void request_about_entry(const struct sd_lock *lock, const struct sd_server *server,
                                enum sd_request_kind kind, uint8_t key[ENTRY_KEY_MAX],
                                struct sd_exchange *exchange)
{
	sd_exchange_init(exchange);
	exchange->server = server;
	exchange->request.kind = kind;
	exchange->request.key = (struct sd_bytes){key, write_entry_key(lock, key)};
	exchange->request.insists = lock->insists;
	exchange->request.is_session = lock->is_session;
}

/* An entry that stands for the lock was added at `began_ms`, or later. memcached counts whole
 * seconds, and may end the first one early. */
static void observe_expiry(struct sd_lock *lock, int64_t began_ms, int64_t lease_s)
{
	int64_t ends_ms = began_ms + (lease_s - 1) * 1000;

	if (lock->entry_ends_ms == 0 || ends_ms < lock->entry_ends_ms) {
		lock->entry_ends_ms = ends_ms;
	}
}

/* Adds the entry, and tries again until the wait is over. */
static enum sd_status add_entry(const struct sd_policy *policy, struct sd_lock *lock,
                                const struct sd_server *server, const struct sd_lock_terms *terms,
                                struct sd_exchange *exchange)
{
	struct sd_transport *transport = policy->transport;
	uint8_t key[ENTRY_KEY_MAX];
	int64_t pause_ms = 0;
	int64_t began_ms;

	if (!lock->has_token && !transport->random(transport, lock->token, sizeof(lock->token))) {
		sd_exchange_end(exchange, SD_ABORTED, "the system has no random bytes");
		return exchange->reply.status;
	}
	lock->has_token = true;
	do {
		began_ms = sd_operation_now_ms(policy);
		request_about_entry(lock, server, SD_SET, key, exchange);
		exchange->request.data = (struct sd_bytes){lock->token, sizeof(lock->token)};
		exchange->request.ttl = terms->lease_s;
		exchange->request.condition = SD_IF_ABSENT;
		exchange->request.limit_ms = limit_by(policy, lock, 0);
		sd_operation_perform_one(policy, exchange);
	} while (exchange->reply.status == SD_CONFLICT && pause_longer(policy, terms, &pause_ms));
	if (exchange->reply.status == SD_OK) {
		observe_expiry(lock, began_ms, terms->lease_s);
	}
	return exchange->reply.status;
}

/* A sink for a token. A longer value is not a token. */
struct token_sink {
	struct sd_sink sink; /* first: it is a sink */
	uint8_t bytes[SD_LOCK_TOKEN];
	uint8_t rest[64];
	bool is_longer;
};

static bool token_grow(struct sd_sink *sink, size_t wanted)
{
	struct token_sink *token = (struct token_sink *)sink;

	(void)wanted;
	token->is_longer = sink->at != NULL;
	sink->at = token->is_longer ? token->rest : token->bytes;
	sink->room = token->is_longer ? sizeof(token->rest) : sizeof(token->bytes);
	return true;
}

static void token_restart(struct sd_sink *sink)
{
	sink->at = NULL;
	sink->room = 0;
	((struct token_sink *)sink)->is_longer = false;
}

/* Deletes the entry if it still has this lock's token, on the condition that it is the one read. */
static void delete_entry(const struct sd_policy *policy, const struct sd_lock *lock,
                         const struct sd_server *server, struct sd_exchange *exchange)
{
	static const struct sd_sink_kind kind = {.grow = token_grow, .restart = token_restart};
	struct token_sink token = {.sink = {.kind = &kind}};
	uint8_t key[ENTRY_KEY_MAX];
	uint64_t version;

	request_about_entry(lock, server, SD_GET, key, exchange);
	exchange->request.sink = &token.sink;
	exchange->request.limit_ms = limit_by(policy, lock, 0);
	sd_operation_perform_one(policy, exchange);
	if (exchange->reply.status != SD_OK) {
		return;
	}
	if (token.is_longer || token.sink.at != token.bytes + sizeof(token.bytes) ||
	    memcmp(token.bytes, lock->token, sizeof(token.bytes)) != 0) {
		exchange->reply.status = SD_ABSENT; /* its lease ended: it is another client's */
		return;
	}
	version = exchange->reply.version;
	request_about_entry(lock, server, SD_DELETE, key, exchange);
	exchange->request.condition = SD_IF_VERSION;
	exchange->request.seen = version;
	exchange->request.limit_ms = limit_by(policy, lock, 0);
	sd_operation_perform_one(policy, exchange);
	if (exchange->reply.status == SD_CONFLICT) {
		exchange->reply.status = SD_ABSENT;
	}
}

/* }}} */

/* {{{ one server */

void sd_lock_request(const struct sd_lock *lock, const struct sd_server *server, int64_t lease_s,
                     int64_t wait_ms, struct sd_exchange *exchange)
{
	sd_exchange_init(exchange);
	exchange->server = server;
	exchange->request.kind = SD_LOCK;
	exchange->request.key = (struct sd_bytes){lock->key, lock->key_length};
	exchange->request.ttl = lease_s;
	exchange->request.wait_ms = wait_ms > 0 ? wait_ms : 0;
	exchange->request.holder = lock->holder;
	exchange->request.insists = lock->insists;
	exchange->request.is_session = lock->is_session;
}

/* Records how the lock is held on a server from now on. */
static void set_lock(struct sd_lock *lock, struct sd_replica *replica, enum sd_lock_kind kind)
{
	lock->holders -= replica->lock != SD_LOCK_NONE;
	lock->holders += kind != SD_LOCK_NONE;
	replica->lock = kind;
	if (lock->holders == 0) {
		lock->entry_ends_ms = 0;
	}
}

void sd_lock_join(struct sd_lock *lock, struct sd_entry *entry)
{
	set_lock(lock, &entry->replicas[1], SD_LOCK_NONE);
}

uint64_t sd_lock_request_release(struct sd_lock *lock, struct sd_replica *replica,
                                 struct sd_exchange *exchange)
{
	sd_exchange_init(exchange);
	exchange->server = replica->exchange.server;
	exchange->request.kind = SD_UNLOCK;
	exchange->request.key = (struct sd_bytes){lock->key, lock->key_length};
	exchange->request.connection = replica->connection;
	exchange->request.is_session = lock->is_session;
	exchange->request.holder = lock->holder;
	set_lock(lock, replica, SD_LOCK_NONE);
	return exchange->request.connection;
}

/* A lock was taken from one of two servers that stand behind one name: it is given back, because
 * others may have it from the other one. */
static void disbelieve(const struct sd_policy *policy, struct sd_lock *lock,
                       struct sd_replica *replica, struct sd_exchange *exchange)
{
	struct sd_exchange release;

	(void)sd_lock_request_release(lock, replica, &release);
	release.request.limit_ms = limit_by(policy, lock, 0);
	sd_operation_perform_one(policy, &release);
	sd_exchange_end(exchange, SD_AMBIGUOUS, "%s", sd_status_sentence(SD_AMBIGUOUS));
}

/*
 * A request for the lock has waited for it, and was not answered: a firewall may have forgotten its
 * connection, and the server may have granted it there. It is given back by its token, over a new
 * connection, though the server be marked dead meanwhile. One without tokens is not asked.
 */
static void withdraw(const struct sd_policy *policy, struct sd_lock *lock,
                     const struct sd_exchange *unanswered)
{
	struct sd_exchange exchange;
	int64_t left_ms = unanswered->deadline_ms - sd_operation_now_ms(policy);
	int64_t limit_ms = limit_by(policy, lock, 0);

	if (lock->holder == 0) {
		return;
	}
	sd_lock_request_withdrawal(lock, unanswered->server, &exchange);
	/* the caller continues with the other server, or its time is that of the request */
	exchange.request.limit_ms = limit_ms != 0 ? sd_operation_share(limit_ms) : left_ms;
	if (exchange.request.limit_ms == 0) {
		return; /* 0 would be the usual time */
	}
	sd_operation_perform_one(policy, &exchange);
	if (!sd_status_is_failure(exchange.reply.status)) {
		sd_lock_forget_unheard(lock, exchange.server);
	}
}

enum sd_status sd_lock_outcome(const struct sd_policy *policy, struct sd_lock *lock,
                               struct sd_replica *replica, const struct sd_lock_terms *terms,
                               struct sd_exchange *exchange)
{
	enum sd_lock_kind kind = SD_LOCK_CONNECTION;

	if (exchange->reply.status == SD_UNSUPPORTED) {
		kind = SD_LOCK_ENTRY;
		(void)add_entry(policy, lock, exchange->server, terms, exchange);
	}
	if (exchange->reply.status == SD_OK) {
		set_lock(lock, replica, kind);
		replica->connection = exchange->reply.connection;
		sd_lock_forget_unheard(lock, exchange->server);
		if (kind == SD_LOCK_CONNECTION && sd_operation_is_ambiguous(policy, exchange->server)) {
			disbelieve(policy, lock, replica, exchange);
		}
	}
	if (exchange->reply.status == SD_CONFLICT && replica->lock == SD_LOCK_CONNECTION) {
		set_lock(lock, replica, SD_LOCK_NONE); /* it was held, and lost */
	}
	if (exchange->reply.status != SD_CLOSED && /* it knows */
	    sd_exchange_is_in_doubt(exchange)) {
		sd_lock_record_unheard(lock, exchange->server);
		if (exchange->request.wait_ms > 0) {
			withdraw(policy, lock, exchange);
		}
	}
	return exchange->reply.status;
}

static enum sd_status acquire_on(const struct sd_policy *policy, struct sd_lock *lock,
                                 struct sd_replica *replica, const struct sd_lock_terms *terms,
                                 struct sd_exchange *exchange)
{
	enum sd_status status;
	int64_t pause_ms = 0;

	do {
		int64_t left_ms = terms->until_ms - sd_operation_now_ms(policy);

		sd_lock_request(lock, replica->exchange.server, terms->lease_s, left_ms, exchange);
		exchange->request.limit_ms = limit_by(policy, lock, exchange->request.wait_ms);
		sd_operation_perform_one(policy, exchange);
		status = sd_lock_outcome(policy, lock, replica, terms, exchange);
	} while (status == SD_CONFLICT && sd_lock_waits_for_room(policy, terms, &pause_ms));
	return status;
}

static enum sd_status release_on(const struct sd_policy *policy, struct sd_lock *lock,
                                 struct sd_replica *replica, struct sd_exchange *exchange)
{
	if (replica->lock == SD_LOCK_ENTRY) {
		delete_entry(policy, lock, replica->exchange.server, exchange);
		set_lock(lock, replica, SD_LOCK_NONE);
	} else {
		(void)sd_lock_request_release(lock, replica, exchange);
		exchange->request.limit_ms = limit_by(policy, lock, 0);
		sd_operation_perform_one(policy, exchange);
	}
	return exchange->reply.status;
}

/* }}} */

enum sd_status sd_lock_init(struct sd_lock *lock, struct sd_bytes name, struct sd_error *error)
{
	memset(lock, 0, offsetof(struct sd_lock, key));
	if (name.length > sizeof(lock->key)) {
		return sd_error_set(error, SD_BAD_KEY, "must be at most %d bytes long, %zu given",
		                    SD_LOCK_KEY_MAX, name.length);
	}
	memcpy(lock->key, name.data, name.length);
	lock->key_length = name.length;
	return SD_OK;
}

/* Says why servers could not be asked. Returns the status of the first. */
static enum sd_status explain_refusals(const struct sd_exchange *exchanges, size_t count,
                                       struct sd_error *error)
{
	(void)sd_error_set(error, count > 0 ? exchanges[0].reply.status : SD_NO_SERVERS, "%s", "");
	for (size_t i = 0; i < count; i++) {
		if (sd_status_is_failure(exchanges[i].reply.status)) {
			sd_operation_add_reason(error, &exchanges[i]);
		}
	}
	return error->status;
}

enum sd_status sd_lock_acquire(const struct sd_policy *policy, struct sd_lock *lock,
                               struct sd_entry *entry, const struct sd_lock_terms *terms,
                               int64_t deadline_ms, struct sd_error *error)
{
	struct sd_exchange exchanges[SD_OWNERS_MAX];
	struct sd_error ignored;
	size_t asked = 0;

	sd_lock_claim(policy, lock);
	lock->deadline_ms = deadline_ms;
	lock->holders = 0;
	for (size_t i = 0; i < SD_OWNERS_MAX; i++) {
		entry->replicas[i].lock = SD_LOCK_NONE;
	}
	for (size_t i = 0; i < entry->owners; i++, asked++) {
		if (i > 0 && entry->replicas[0].lock == SD_LOCK_CONNECTION &&
		    sd_greet_is_first_again(policy, entry)) {
			break;
		}
		if (acquire_on(policy, lock, &entry->replicas[i], terms, &exchanges[i]) == SD_CONFLICT) {
			(void)sd_lock_release(policy, lock, entry, &ignored);
			return sd_error_set(error, SD_CONFLICT, "%s", "another client holds the lock");
		}
	}
	if (lock->holders < asked || asked == 0) {
		(void)explain_refusals(exchanges, asked, error);
	}
	return lock->holders > 0 ? SD_OK : error->status;
}

enum sd_status sd_lock_release(const struct sd_policy *policy, struct sd_lock *lock,
                               struct sd_entry *entry, struct sd_error *error)
{
	struct sd_exchange exchange;
	enum sd_status status = SD_ABSENT;

	for (size_t i = 0; i < entry->owners; i++) {
		enum sd_status one;

		if (entry->replicas[i].lock == SD_LOCK_NONE) {
			continue;
		}
		one = release_on(policy, lock, &entry->replicas[i], &exchange);
		if (one == SD_OK) {
			status = SD_OK;
		} else if (sd_status_is_failure(one) && status != SD_OK) {
			status = sd_operation_verdict_of_one(&exchange, error);
		}
	}
	return status;
}
