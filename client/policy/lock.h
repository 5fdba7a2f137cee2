/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks on keys, for whom one writer at a time must be sure: the session
 * handler. A key's lock is taken on its first server and then on its second,
 * always in this order, so that two who want it never wait for each other; one
 * that is down is passed over, as with every operation.
 *
 * On sharedanced a lock belongs to the connection and is free at once when that
 * ends. memcached has none: there it is an entry of its own beside the key's,
 * with a random token, added where there is none, tried again after growing
 * pauses, and deleted only by whom it belongs to.
 */

#ifndef SD_LOCK_H
#define SD_LOCK_H

#include "client/entry.h"

struct sd_cluster;

#define SD_LOCK_KEY_MAX 254 /* bytes */
#define SD_LOCK_TOKEN 16    /* bytes */

enum sd_lock_kind {
	SD_LOCK_NONE,  /* not held there */
	SD_LOCK_LINK,  /* by the connection */
	SD_LOCK_ENTRY, /* by an entry */
};

/* A lock, held or not. Zero-initialised it is not held. Holds all it needs but the servers. */
struct sd_lock {
	uint8_t key[SD_LOCK_KEY_MAX];
	size_t key_length;
	int64_t deadline_ms;          /* of what it is taken for, the giving back included; 0: none */
	uint8_t token[SD_LOCK_TOKEN]; /* of an entry */
	bool has_token;
	size_t holders; /* servers on which it is held */
	struct {
		const struct sd_server *server; /* borrowed */
		enum sd_lock_kind kind;
		uint64_t connection;
	} held[SD_OWNERS_MAX];
};

/*
 * Takes the lock on a key for at most `lease_s` seconds, and waits for it at
 * most `wait_ms`; 0: one try. SD_OK; SD_CONFLICT: somebody else has it;
 * SD_UNSUPPORTED: a classic server, which has no locks; or a failure: none of
 * the key's servers could be asked.
 */
enum sd_status sd_lock_acquire(struct sd_cluster *cluster, struct sd_bytes key, int64_t lease_s,
                               int64_t wait_ms, struct sd_lock *lock, struct sd_error *error);

/* The same for a lock of the name `name`, on the servers of `key`, all of it over by `deadline_ms`
 * on the transport's clock, giving it back included; 0: each server has its usual time besides the
 * wait. */
enum sd_status sd_lock_acquire_for(struct sd_cluster *cluster, struct sd_bytes key,
                                   struct sd_bytes name, int64_t lease_s, int64_t wait_ms,
                                   int64_t deadline_ms, struct sd_lock *lock,
                                   struct sd_error *error);

/*
 * Gives it back; it is not held afterwards. SD_OK: it was held until now on all
 * the servers where it was taken, or on one at least that is not down; SD_ABSENT:
 * it was lost meanwhile; or a failure.
 */
enum sd_status sd_lock_release(struct sd_cluster *cluster, struct sd_lock *lock,
                               struct sd_error *error);

/* {{{ for whoever asks more in the same round trip: client/session.c */

/* How long a lock is held, and waited for. */
struct sd_lock_terms {
	int64_t lease_s;
	int64_t until_ms; /* the end of the wait, on the transport's clock */
};

/* A lock of that name, not held. SD_OK or SD_BAD_KEY. */
enum sd_status sd_lock_init(struct sd_lock *lock, struct sd_bytes name, struct sd_error *error);

/* Makes *exchange ask one server for it. */
void sd_lock_ask(const struct sd_lock *lock, const struct sd_server *server, int64_t lease_s,
                 int64_t wait_ms, struct sd_exchange *exchange);

/*
 * Takes note of what came of that. A server that has no locks is given an entry
 * instead, which takes round trips of its own. Returns what
 * sd_lock_acquire() returns, for this server, with the reason in *exchange.
 */
enum sd_status sd_lock_asked(struct sd_cluster *cluster, struct sd_lock *lock,
                             const struct sd_lock_terms *terms, struct sd_exchange *exchange);

/* How it is held on that server. */
enum sd_lock_kind sd_lock_kind_on(const struct sd_lock *lock, const struct sd_server *server);

/* Makes *exchange give back what is held on that server by the connection; noted as given back
 * already. Returns the connection. */
uint64_t sd_lock_ask_back(struct sd_lock *lock, const struct sd_server *server,
                          struct sd_exchange *exchange);

/* }}} */

#endif
