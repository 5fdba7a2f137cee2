/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Locks; see lock.h. */

#include "client/policy/lock.h"

#include <string.h>

#include "client/policy/operation.h"
#include "client/net/platform.h"
#include "wire/meta.h"
#include "wire/meta_client.h"

#define PREFIX "lock:" /* of an entry that is a lock; no session id has a colon */
#define ENTRY_KEY_MAX (sizeof(PREFIX) - 1 + SD_LOCK_KEY_MAX)
#define SHORT_KEY (SD_META_KEY_MAX / 4 * 3) /* what any bytes may be long on memcached */
#define HASH_DIGITS 16
#define FIRST_PAUSE_MS 5
#define LONGEST_PAUSE_MS 200

/* How long an exchange may take that waits for so long besides. */
static int64_t limit_by(const struct sd_cluster *cluster, const struct sd_lock *lock,
                        int64_t wait_ms)
{
	int64_t left_ms = lock->deadline_ms - sd_cluster_now_ms(cluster) - wait_ms;

	return lock->deadline_ms == 0 ? 0 : left_ms > 0 ? left_ms : -1;
}

/* {{{ entries that are locks */

/*
 * Writes the entry's key: the prefix and the lock's. Where memcached takes no key of that length
 * it is the beginning of it, and a hash to tell it from others that begin so. Two locks that are
 * one by chance are waited for in vain, no more.
 */
static size_t write_entry_key(const struct sd_lock *lock, uint8_t key[ENTRY_KEY_MAX])
{
	size_t length = sizeof(PREFIX) - 1 + lock->key_length;
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	memcpy(key, PREFIX, sizeof(PREFIX) - 1);
	memcpy(key + sizeof(PREFIX) - 1, lock->key, lock->key_length);
	if (sd_meta_written_key_length(key, length) <= SD_META_KEY_MAX) {
		return length;
	}
	for (size_t i = 0; i < lock->key_length; i++) {
		hash = (hash ^ lock->key[i]) * 1099511628211u;
	}
	for (size_t i = SHORT_KEY - HASH_DIGITS; i < SHORT_KEY; i++) {
		key[i] = (uint8_t) "0123456789abcdef"[hash & 15];
		hash >>= 4;
	}
	return SHORT_KEY;
}

/* Makes *exchange one about the entry; its key is written to `key`. */
static void about_entry(const struct sd_lock *lock, const struct sd_server *server,
                        enum sd_operation operation, uint8_t key[ENTRY_KEY_MAX],
                        struct sd_exchange *exchange)
{
	sd_exchange_init(exchange);
	exchange->server = server;
	exchange->operation = operation;
	exchange->key = (struct sd_bytes){key, write_entry_key(lock, key)};
}

/* Adds the entry, again and again until the wait is over. */
static enum sd_status add_entry(struct sd_cluster *cluster, struct sd_lock *lock,
                                const struct sd_server *server, const struct sd_lock_terms *terms,
                                struct sd_exchange *exchange)
{
	uint8_t key[ENTRY_KEY_MAX];
	int64_t pause_ms = FIRST_PAUSE_MS;

	if (!lock->has_token && !sd_platform_random(lock->token, sizeof(lock->token))) {
		sd_exchange_end(exchange, SD_ABORTED, "the system has no random bytes");
		return exchange->status;
	}
	lock->has_token = true;
	for (;;) {
		int64_t left_ms;

		about_entry(lock, server, SD_SET, key, exchange);
		exchange->data = (struct sd_bytes){lock->token, sizeof(lock->token)};
		exchange->ttl = terms->lease_s;
		exchange->condition = SD_IF_ABSENT;
		exchange->limit_ms = limit_by(cluster, lock, 0);
		sd_cluster_ask(cluster, exchange);
		left_ms = terms->until_ms - sd_cluster_now_ms(cluster);
		if (exchange->status != SD_CONFLICT || left_ms <= 0) {
			return exchange->status;
		}
		cluster->transport->pause(cluster->transport, pause_ms < left_ms ? pause_ms : left_ms);
		pause_ms = pause_ms * 2 < LONGEST_PAUSE_MS ? pause_ms * 2 : LONGEST_PAUSE_MS;
	}
}

/* A sink for a token: what is longer is none. */
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

/* Deletes the entry where it is still this lock's, and of the version that was looked at. */
static void delete_entry(struct sd_cluster *cluster, const struct sd_lock *lock,
                         const struct sd_server *server, struct sd_exchange *exchange)
{
	static const struct sd_sink_kind kind = {.grow = token_grow};
	struct token_sink token = {.sink = {.kind = &kind}};
	uint8_t key[ENTRY_KEY_MAX];
	uint64_t version;

	about_entry(lock, server, SD_GET, key, exchange);
	exchange->sink = &token.sink;
	exchange->limit_ms = limit_by(cluster, lock, 0);
	sd_cluster_ask(cluster, exchange);
	if (exchange->status != SD_OK) {
		return;
	}
	if (token.is_longer || token.sink.at != token.bytes + sizeof(token.bytes) ||
	    memcmp(token.bytes, lock->token, sizeof(token.bytes)) != 0) {
		exchange->status = SD_ABSENT; /* its lease ended, and it is somebody else's */
		return;
	}
	version = exchange->found;
	about_entry(lock, server, SD_DELETE, key, exchange);
	exchange->condition = SD_IF_VERSION;
	exchange->seen = version;
	exchange->limit_ms = limit_by(cluster, lock, 0);
	sd_cluster_ask(cluster, exchange);
	if (exchange->status == SD_CONFLICT) {
		exchange->status = SD_ABSENT;
	}
}

/* }}} */

/* {{{ one server */

static size_t place_of(const struct sd_lock *lock, const struct sd_server *server)
{
	size_t i = 0;

	while (i < lock->holders && lock->held[i].server != server) {
		i++;
	}
	return i;
}

enum sd_lock_kind sd_lock_kind_on(const struct sd_lock *lock, const struct sd_server *server)
{
	size_t i = place_of(lock, server);

	return i < lock->holders ? lock->held[i].kind : SD_LOCK_NONE;
}

void sd_lock_ask(const struct sd_lock *lock, const struct sd_server *server, int64_t lease_s,
                 int64_t wait_ms, struct sd_exchange *exchange)
{
	sd_exchange_init(exchange);
	exchange->server = server;
	exchange->operation = SD_LOCK;
	exchange->key = (struct sd_bytes){lock->key, lock->key_length};
	exchange->ttl = lease_s;
	exchange->wait_ms = wait_ms > 0 ? wait_ms : 0;
}

enum sd_status sd_lock_asked(struct sd_cluster *cluster, struct sd_lock *lock,
                             const struct sd_lock_terms *terms, struct sd_exchange *exchange)
{
	const struct sd_server *server = exchange->server;
	enum sd_lock_kind kind = SD_LOCK_LINK;
	size_t i = place_of(lock, server);

	if (exchange->status == SD_UNSUPPORTED) {
		kind = SD_LOCK_ENTRY;
		(void)add_entry(cluster, lock, server, terms, exchange);
	}
	if (exchange->status == SD_OK) {
		lock->held[i].server = server;
		lock->held[i].kind = kind;
		lock->held[i].connection = exchange->held_by;
		lock->holders += i == lock->holders;
	}
	return exchange->status;
}

static enum sd_status acquire_on(struct sd_cluster *cluster, struct sd_lock *lock,
                                 const struct sd_server *server, const struct sd_lock_terms *terms,
                                 struct sd_exchange *exchange)
{
	int64_t left_ms = terms->until_ms - sd_cluster_now_ms(cluster);

	sd_lock_ask(lock, server, terms->lease_s, left_ms, exchange);
	exchange->limit_ms = limit_by(cluster, lock, exchange->wait_ms);
	sd_cluster_ask(cluster, exchange);
	return sd_lock_asked(cluster, lock, terms, exchange);
}

static void ask_back(const struct sd_lock *lock, size_t i, struct sd_exchange *exchange)
{
	sd_exchange_init(exchange);
	exchange->server = lock->held[i].server;
	exchange->operation = SD_UNLOCK;
	exchange->key = (struct sd_bytes){lock->key, lock->key_length};
	exchange->connection = lock->held[i].connection;
}

uint64_t sd_lock_ask_back(struct sd_lock *lock, const struct sd_server *server,
                          struct sd_exchange *exchange)
{
	size_t i = place_of(lock, server);

	ask_back(lock, i, exchange);
	lock->held[i] = lock->held[--lock->holders];
	return exchange->connection;
}

static enum sd_status release_on(struct sd_cluster *cluster, const struct sd_lock *lock, size_t i,
                                 struct sd_exchange *exchange)
{
	if (lock->held[i].kind == SD_LOCK_ENTRY) {
		delete_entry(cluster, lock, lock->held[i].server, exchange);
		return exchange->status;
	}
	ask_back(lock, i, exchange);
	exchange->limit_ms = limit_by(cluster, lock, 0);
	sd_cluster_ask(cluster, exchange);
	return exchange->status;
}

/* }}} */

/* Says why the servers could not be asked. */
static enum sd_status explain(const struct sd_exchange *exchanges, size_t count,
                              struct sd_error *error)
{
	char texts[SD_OWNERS_MAX][SD_ERROR_TEXT_MAX] = {""};

	for (size_t i = 0; i < count; i++) {
		(void)sd_exchange_explain(&exchanges[i], texts[i], sizeof(texts[i]));
	}
	return sd_error_set(error, exchanges[0].status, "%s%s%s", texts[0], count > 1 ? "; " : "",
	                    texts[1]);
}

enum sd_status sd_lock_init(struct sd_lock *lock, struct sd_bytes name, struct sd_error *error)
{
	memset(lock, 0, sizeof(*lock));
	if (name.length > sizeof(lock->key)) {
		return sd_error_set(error, SD_BAD_KEY, "must be at most %d bytes long, %zu given",
		                    SD_LOCK_KEY_MAX, name.length);
	}
	memcpy(lock->key, name.data, name.length);
	lock->key_length = name.length;
	return SD_OK;
}

enum sd_status sd_lock_acquire(struct sd_cluster *cluster, struct sd_bytes key, int64_t lease_s,
                               int64_t wait_ms, struct sd_lock *lock, struct sd_error *error)
{
	return sd_lock_acquire_for(cluster, key, key, lease_s, wait_ms, 0, lock, error);
}

enum sd_status sd_lock_acquire_for(struct sd_cluster *cluster, struct sd_bytes key,
                                   struct sd_bytes name, int64_t lease_s, int64_t wait_ms,
                                   int64_t deadline_ms, struct sd_lock *lock,
                                   struct sd_error *error)
{
	struct sd_exchange exchanges[SD_OWNERS_MAX];
	const struct sd_lock_terms terms = {lease_s, sd_cluster_now_ms(cluster) + wait_ms};
	size_t owners[SD_OWNERS_MAX];
	size_t count;
	enum sd_status status = sd_cluster_locate(cluster, key, owners, &count, error);

	lock->holders = 0;
	if (status == SD_OK) {
		status = sd_lock_init(lock, name, error);
	}
	lock->deadline_ms = deadline_ms;
	if (status != SD_OK) {
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		status = acquire_on(cluster, lock, cluster->servers[owners[i]], &terms, &exchanges[i]);
		if (status == SD_CONFLICT) {
			struct sd_error ignored;

			(void)sd_lock_release(cluster, lock, &ignored);
			return sd_error_set(error, SD_CONFLICT, "%s", "the lock is somebody else's");
		}
	}
	return lock->holders > 0 ? SD_OK : explain(exchanges, count, error);
}

enum sd_status sd_lock_release(struct sd_cluster *cluster, struct sd_lock *lock,
                               struct sd_error *error)
{
	struct sd_exchange exchange;
	enum sd_status status = SD_ABSENT;

	for (size_t i = 0; i < lock->holders; i++) {
		enum sd_status one = release_on(cluster, lock, i, &exchange);

		if (one == SD_OK) {
			status = SD_OK;
		} else if (sd_status_is_failure(one) && status != SD_OK) {
			status = explain(&exchange, 1, error);
		}
	}
	lock->holders = 0;
	return status;
}
