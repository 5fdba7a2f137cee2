/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a lock and a connection that takes locks are; for locks.c, and for lock_waits.c, which has
 * the queue of those who wait for a lock. A lock exists while a connection has it. Here, as in
 * memory, a holder is a connection; it waits for one lock at a time.
 *
 * What a request of this tick has done can be undone, since it may be run again. A lock that it
 * released is in the list `released`, one that it gave to another connection or token in the list
 * `moved`, and a wait that it began in the list `joined`.
 */

#ifndef SDD_LOCKS_INTERNAL_H
#define SDD_LOCKS_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "server/protocol/lock_table.h"
#include "server/protocol/locks.h"
#include "server/system/lists.h"

struct sdd_lock {
	struct sdd_lock_node node; /* first: the table finds the lock by it */
	LIST_ENTRY(sdd_lock) holder_link;
	LIST_ENTRY(sdd_lock) released_link;
	LIST_ENTRY(sdd_lock) moved_link;
	bool is_released; /* it is in that list; it is its holder's until the tick ends */
	bool is_moved;    /* it is in that list */
	struct sdd_lock_holder *holder;
	uint64_t token;                 /* 0: none */
	struct sdd_lock_holder *former; /* if is_moved: whose it was; NULL: that one has ended */
	uint64_t former_token;
	struct event lease; /* the timer of its end */
	int64_t lease_ms;   /* from its begin */
	TAILQ_HEAD(sdd_lock_queue, sdd_lock_holder) waiters;
	size_t waiter_count;
};

struct sdd_lock_holder {
	struct sdd_locks *locks;
	void *context;
	uint64_t number; /* of the connection, in the order in which they were opened */
	LIST_HEAD(, sdd_lock) held;
	size_t held_count; /* of those, without the ones that were released in this tick */
	TAILQ_ENTRY(sdd_lock_holder) waiter_link;
	LIST_ENTRY(sdd_lock_holder) joined_link;
	struct sdd_lock *waits_for; /* NULL: none */
	bool has_joined;            /* in this tick: it is in that list */
	struct event wait;          /* the timer of its end */
	int64_t lease_ms;           /* of the lock that it waits for */
	uint64_t token;             /* the same; 0: none */
	uint8_t reply_flags[SDD_LOCK_REPLY_FLAGS_MAX];
	size_t reply_flags_length;
};

struct sdd_locks {
	struct event_base *base;
	struct sdd_lock_handler handler;
	size_t waiters_max;
	size_t memory_max;
	size_t memory; /* bytes of all locks and holders */
	struct sdd_lock_table table;
	LIST_HEAD(, sdd_lock) released;
	LIST_HEAD(, sdd_lock) moved;
	LIST_HEAD(, sdd_lock_holder) joined;
	uint64_t waiting;
	uint64_t timeouts;
};

static inline struct timeval sdd_lock_interval(int64_t milliseconds)
{
	return (struct timeval){.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
}

/* Has the connection wait for the lock, which it holds not, or says why it cannot. */
enum sdd_lock_result sdd_lock_wait(struct sdd_lock *lock, struct sdd_lock_holder *holder,
                                   const struct sdd_lock_terms *terms);

/* Ends the wait; the handler is not called. */
void sdd_lock_stop_waiting(struct sdd_lock_holder *holder);

/* Tells a connection that its wait is over. */
void sdd_lock_report(struct sdd_lock_holder *holder, bool granted);

/* The wait's timer has run out. */
void sdd_lock_end_wait(struct sdd_lock_holder *holder);

/* Ends the waits of those whose token waits on another connection right behind them. */
void sdd_lock_end_superseded(struct sdd_lock_holder *waiter);

/* Who is the next to have the lock; NULL: nobody waits for it. */
struct sdd_lock_holder *sdd_lock_next(const struct sdd_lock *lock);

#endif
