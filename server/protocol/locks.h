/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks that belong to a connection, in memory: granted in order of arrival,
 * held for a lease at the longest, and free at once when their owner ends, by
 * whatever cause. Waiting for one holds nobody else up.
 *
 * One that is given back is handed on at the turn's end: until then the requests
 * of the turn may be carried out once more (turn.h), and what they gave back is
 * theirs again.
 */

#ifndef SDD_LOCK_H
#define SDD_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/store.h"

#define SDD_LOCK_WAITERS_MAX 64 /* for one lock; whoever comes then is refused at once */
#define SDD_LOCK_NOTE_MAX 512   /* bytes */

struct event_base;
struct sdd_locks;
struct sdd_lock_owner;

enum sdd_lock_result {
	SDD_LOCK_GRANTED,
	SDD_LOCK_REFUSED, /* held by another for longer than may be waited, or too many wait */
	SDD_LOCK_WAITING, /* the handler is told what came of it */
};

struct sdd_lock_handler {
	/* A wait is over. `note` is what was given with it. May call anything here but the end of
	 * an owner. */
	void (*decided)(void *context, bool granted, const void *note, size_t note_length);
};

/* NULL: no memory. */
struct sdd_locks *sdd_locks_new(struct event_base *base, const struct sdd_lock_handler *handler);

/* All owners have ended. NULL is allowed. */
void sdd_locks_free(struct sdd_locks *locks);

/* One who can hold any number of locks and wait for one; `context` is the handler's. NULL: no
 * memory. */
struct sdd_lock_owner *sdd_lock_owner_new(struct sdd_locks *locks, void *context);

/* Frees what it holds, for those who wait, and gives up what it waits for. NULL is allowed. */
void sdd_lock_owner_end(struct sdd_lock_owner *owner);

/*
 * Takes the lock on `key` for `lease_ms`, or waits for it up to `wait_ms`. One
 * that is held already gets a new lease. `note` is copied, cut where it is too
 * long.
 */
enum sdd_lock_result sdd_lock_acquire(struct sdd_lock_owner *owner, struct sdd_bytes key,
                                      int64_t lease_ms, int64_t wait_ms, const void *note,
                                      size_t note_length);

/* Gives a lock back. False: it is not this owner's, or no longer. */
bool sdd_lock_release(struct sdd_lock_owner *owner, struct sdd_bytes key);

/* Whether the lock is this owner's, and was not given back. */
bool sdd_lock_is_held(const struct sdd_lock_owner *owner, struct sdd_bytes key);

/* The turn ends: hands on what was given back in it. */
void sdd_locks_end_turn(struct sdd_locks *locks);

/* The turn begins anew: nothing was given back in it. */
void sdd_locks_replay(struct sdd_locks *locks);

#endif
