/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks on keys, in memory. A lock belongs to a connection and is granted in order of arrival. It
 * is held for at most its lease, and is free as soon as its holder ends, for whatever reason. An
 * holder that waits for a lock delays no one else.
 *
 * A released lock is handed on when the tick ends. Until then the tick's requests may be run again
 * (batch.h), and its holder has the lock again. A holder that asks for it again in the same tick
 * has it again at once only if nobody waits for it.
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
	SDD_LOCK_WAITING,   /* the handler is called when that is over */
	SDD_LOCK_TOO_MANY,  /* the holder has SDD_LOCKS_MAX others */
	SDD_LOCK_NO_MEMORY, /* or what is allowed is used up */
};

/* What a holder asks for. */
struct sdd_lock_terms {
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

struct sdd_locks_numbers {
	uint64_t held;
	uint64_t waiting;  /* connections */
	uint64_t timeouts; /* waits that ended without the lock, since the start */
};

/* Fills in `numbers`, for the statistics. */
void sdd_locks_numbers(const struct sdd_locks *locks, struct sdd_locks_numbers *numbers);

/* To be called after all holders have ended. NULL is allowed. */
void sdd_locks_free(struct sdd_locks *locks);

/* A holder can hold SDD_LOCKS_MAX locks and wait for one; `context` is passed to the handler. NULL:
 * no memory. */
struct sdd_lock_holder *sdd_lock_holder_new(struct sdd_locks *locks, void *context);

/* Whether the holder has a lock or waits for one. NULL is allowed. */
bool sdd_lock_holder_is_busy(const struct sdd_lock_holder *holder);

/* Hands the holder's locks on, and ends its wait. NULL is allowed. */
void sdd_lock_holder_end(struct sdd_lock_holder *holder);

/* Takes the lock on `key`, or waits for it. A lock that the holder holds already gets a new lease.
 * The terms are copied. */
enum sdd_lock_result sdd_lock_acquire(struct sdd_lock_holder *holder, struct sd_bytes key,
                                      const struct sdd_lock_terms *terms);

/* Releases a lock. False: the holder does not hold it, or no longer. */
bool sdd_lock_release(struct sdd_lock_holder *holder, struct sd_bytes key);

/* Whether the holder holds the lock, and has not released it in this tick. */
bool sdd_lock_is_held(const struct sdd_lock_holder *holder, struct sd_bytes key);

/* The tick ends: hands on the locks that were released in it. */
void sdd_locks_end_tick(struct sdd_locks *locks);

/* The tick is run again: the locks that were released in it are their holders' again, and the waits
 * that began in it are over, without a word to the handler. */
void sdd_locks_replay(struct sdd_locks *locks);

#endif
