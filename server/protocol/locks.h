/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks on keys, in memory. A lock is granted in order of arrival, is held for at most its lease,
 * and is free as soon as the connection ends that it was taken on, for whatever reason. A
 * connection that waits for a lock delays no one else.
 *
 * A lock belongs to its token, which the client drew at random, or, if it has none, to its
 * connection. A request with the token of a lock that another connection has takes the lock over,
 * unless that connection was opened later. Then the request was on its way for longer than the
 * one that took the lock over. docs/protocol.md has the table of all cases.
 *
 * A released lock is passed on when the tick ends. Until then the tick's requests may be run again
 * (batch.h). Then the holder has the lock again, and a lock that was taken over goes back, too. If
 * a holder asks for it again in the same tick, it gets it immediately only if nobody waits for it.
 */

#ifndef SDD_LOCKS_H
#define SDD_LOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

#define SDD_LOCKS_MAX 64             /* of one holder */
#define SDD_LOCK_REPLY_FLAGS_MAX 512 /* bytes */

struct event_base;
struct sdd_locks;
struct sdd_lock_holder;

enum sdd_lock_result {
	SDD_LOCK_GRANTED,
	SDD_LOCK_REFUSED,   /* another holder has it, and there is no waiting for it */
	SDD_LOCK_CROWDED,   /* the same, because as many wait for it as may */
	SDD_LOCK_WAITING,   /* the handler is called when that is over */
	SDD_LOCK_TOO_MANY,  /* the connection has SDD_LOCKS_MAX others */
	SDD_LOCK_NO_MEMORY, /* or what is allowed is used up */
};

/* What a holder asks for. */
struct sdd_lock_terms {
	uint64_t token;              /* of the lock; 0: none */
	int64_t lease_ms;            /* how long it holds the lock at most */
	int64_t wait_ms;             /* how long it waits for the lock at most; 0: not at all */
	struct sd_bytes reply_flags; /* for the handler, up to SDD_LOCK_REPLY_FLAGS_MAX bytes */
};

struct sdd_lock_handler {
	/* A wait is over. `reply_flags` are those of the terms. It may call anything
	 * here except sdd_lock_holder_end(). */
	void (*decided)(void *context, bool granted, const void *reply_flags,
	                size_t reply_flags_length);
};

/* At most `waiters_max` holders wait for one lock; one more is refused at once. Locks and holders
 * have no more than `memory_max` bytes of memory in all. NULL: no memory. */
struct sdd_locks *sdd_locks_new(struct event_base *base, const struct sdd_lock_handler *handler,
                                size_t waiters_max, size_t memory_max);

/* From now on, at most so many wait for one lock; those who wait already go on. */
void sdd_locks_set_waiters_max(struct sdd_locks *locks, size_t waiters_max);

struct sdd_locks_numbers {
	uint64_t held;
	uint64_t waiting;  /* connections */
	uint64_t timeouts; /* waits that ended without the lock, since the start */
};

/* Fills in `numbers`, for the statistics. */
void sdd_locks_numbers(const struct sdd_locks *locks, struct sdd_locks_numbers *numbers);

/* A lock, as an operator sees it: without its key. */
struct sdd_lock_info {
	uint32_t hash;    /* a part of the key's, the same on all servers */
	int64_t age_ms;   /* since its holder took it, or asked for it again */
	int64_t lease_ms; /* that is left */
	size_t waiters;
	const void *context; /* of its holder */
};

/* Shows at most `most` locks, or the one on `key`, if it is not empty. */
void sdd_locks_list(const struct sdd_locks *locks, struct sd_bytes key, size_t most,
                    void (*show)(void *context, const struct sdd_lock_info *info), void *context);

/* To be called after all holders have ended. NULL is allowed. */
void sdd_locks_free(struct sdd_locks *locks);

/* A connection that takes locks. It can hold SDD_LOCKS_MAX of them and wait for one; `context` is
 * passed to the handler. `number`: a larger one than those of all connections that were opened
 * before. NULL: no memory. */
struct sdd_lock_holder *sdd_lock_holder_new(struct sdd_locks *locks, void *context,
                                            uint64_t number);

/* Whether the connection has a lock or waits for one. NULL is allowed. */
bool sdd_lock_holder_is_busy(const struct sdd_lock_holder *holder);

/* The connection ends: hands its locks on, and ends its wait. NULL is allowed. */
void sdd_lock_holder_end(struct sdd_lock_holder *holder);

/* Takes the lock on `key`, or waits for it. A lock that the holder holds already gets a new lease.
 * A request that waits for it already with that token keeps its place in the queue. The terms are
 * copied.
 */
enum sdd_lock_result sdd_lock_acquire(struct sdd_lock_holder *holder, struct sd_bytes key,
                                      const struct sdd_lock_terms *terms);

/* Who says that a lock is its own. */
struct sdd_lock_claim {
	struct sdd_locks *locks;
	const struct sdd_lock_holder *connection; /* NULL: it has taken no lock yet */
	uint64_t token; /* 0: none. With one it does not matter which connection the lock is on. */
};

/* Releases a lock. False: it is not the claimant's, or no longer. */
bool sdd_lock_release(const struct sdd_lock_claim *claim, struct sd_bytes key);

/* Whether the lock is the claimant's, and was not released in this tick. */
bool sdd_lock_is_held(const struct sdd_lock_claim *claim, struct sd_bytes key);

/* The tick ends: hands on the locks that were released in it. Those who waited with a token that
 * waits on another connection by now did not get the lock. */
void sdd_locks_end_tick(struct sdd_locks *locks);

/* The tick is run again: the locks that were released or taken over in it are their holders' again,
 * and the waits that began in it are over, and the handler is not called. */
void sdd_locks_replay(struct sdd_locks *locks);

#endif
