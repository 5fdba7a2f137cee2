/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks on keys, for callers that need exactly one writer at a time: sessions and changes. A lock
 * is waited for on a key's first server and then on its second, always in this order, so that two
 * clients that want it never wait for each other. A server that is down is skipped. Sessions try
 * both servers at the same time before they wait.
 *
 * On sharedanced a lock is released immediately when its connection ends. Who holds it is told by a
 * random token, so that the same holder can take it over by a new connection. memcached has no
 * locks: there, an entry represents one. It has a random token, is added if there is none yet, is
 * tried again after pauses that grow and are partly random, and only its owner deletes it. A lock
 * of sharedanced's is asked for again in the same way while so many wait for it that the server
 * takes no more.
 *
 * A lock belongs to one process. A child that was forked meanwhile is not its holder.
 *
 * The replicas of an entry know how the lock is held on each server (replica.h).
 */

#ifndef SD_LOCK_H
#define SD_LOCK_H

#include "client/entry.h"

struct sd_policy;

#define SD_LOCK_KEY_MAX 254 /* bytes */
#define SD_LOCK_TOKEN 16    /* bytes */

/* A lock, held or not. Zero-initialised, it is not held. */
struct sd_lock {
	size_t key_length;
	int64_t deadline_ms;          /* of the caller's operation, the release included; 0: none */
	uint8_t token[SD_LOCK_TOKEN]; /* the value of the entries that are the lock */
	bool has_token;
	uint64_t holder;       /* who holds it, or asks for it; 0: nobody yet, or the connection */
	int64_t process;       /* the holder's; 0: none yet */
	int64_t entry_ends_ms; /* when the first of these entries expires; 0: there is none */
	bool insists;          /* servers that are marked dead are asked all the same if they refused */
	bool is_session;       /* a session's: its requests go over connections of their own */
	size_t holders;        /* servers on which it is held */
	/* borrowed: those that may have given it unheard; NULL: none. See lock_unheard.h. */
	const struct sd_server *unheard[SD_OWNERS_MAX];
	uint8_t key[SD_LOCK_KEY_MAX]; /* the lock's name; last: it is not cleared */
};

/* How long a lock is held, and waited for. */
struct sd_lock_terms {
	int64_t lease_s;
	int64_t until_ms; /* the end of the wait, on the transport's clock; in the past: one try */
};

/* Makes it a lock of that name, not held. SD_OK or SD_BAD_KEY. */
enum sd_status sd_lock_init(struct sd_lock *lock, struct sd_bytes name, struct sd_error *error);

/*
 * Takes a lock on the servers of an entry that has begun (sd_operation_begin). With a deadline, all
 * of it is over by then, the release included; 0: each server has its usual timeout, and the wait
 * comes on top.
 *
 * SD_OK; SD_CONFLICT: another client has it; SD_UNSUPPORTED: the first server is a classic one,
 * which has no locks; SD_AMBIGUOUS: its name leads to two servers; or a failure: none of the
 * servers could be asked. Of SD_OK, too, *error tells which one could not be asked, if there is
 * one.
 */
enum sd_status sd_lock_acquire(const struct sd_policy *policy, struct sd_lock *lock,
                               struct sd_entry *entry, const struct sd_lock_terms *terms,
                               int64_t deadline_ms, struct sd_error *error);

/*
 * Releases it on the same servers; it is not held afterwards. SD_OK: it was held until now on at
 * least one server; SD_ABSENT: it had been lost; or a failure.
 */
enum sd_status sd_lock_release(const struct sd_policy *policy, struct sd_lock *lock,
                               struct sd_entry *entry, struct sd_error *error);

/* {{{ for operations that ask for more in the same round trip: session.c, session_write.c */

/* To be called before the lock is asked for: draws the holder's token, if there is none yet. */
void sd_lock_claim(const struct sd_policy *policy, struct sd_lock *lock);

/* Whether a parent process is the holder. Then what it holds counts as not held, and stays on the
 * servers as it is. */
bool sd_lock_leave_to_parent(const struct sd_policy *policy, struct sd_lock *lock,
                             struct sd_entry *entry);

/* Whether the entries that are the lock have expired by now, so that another client may have it.
 */
bool sd_lock_has_expired(const struct sd_policy *policy, const struct sd_lock *lock);

/*
 * Whether a server's lock that was refused is asked for once more. If it was refused before the
 * wait was over, so many wait for it that the server takes no more. Then this pauses before it
 * returns true, on average longer each time; *pause_ms is 0 at first.
 */
bool sd_lock_waits_for_room(const struct sd_policy *policy, const struct sd_lock_terms *terms,
                            int64_t *pause_ms);

/* Makes *exchange a request for the lock to one server. */
void sd_lock_request(const struct sd_lock *lock, const struct sd_server *server, int64_t lease_s,
                     int64_t wait_ms, struct sd_exchange *exchange);

/*
 * Records the reply to that. On a server that has no locks an entry is added instead, which takes
 * separate round trips. A lock on a name that leads to two servers is released: SD_AMBIGUOUS.
 * Returns what else sd_lock_acquire() returns, for this server; the reason is in *exchange.
 */
enum sd_status sd_lock_outcome(const struct sd_policy *policy, struct sd_lock *lock,
                               struct sd_replica *replica, const struct sd_lock_terms *terms,
                               struct sd_exchange *exchange);

/* Both names lead to one server, and both were given the lock: the holder is the same. Only the
 * first one's counts. */
void sd_lock_join(struct sd_lock *lock, struct sd_entry *entry);

/* Makes *exchange the release of what a connection holds on one server. From now on it counts as
 * not held there. Returns the connection. */
uint64_t sd_lock_request_release(struct sd_lock *lock, struct sd_replica *replica,
                                 struct sd_exchange *exchange);

/* }}} */

#endif
