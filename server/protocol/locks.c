/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks on keys; see locks.h. A lock exists while a holder holds it, and has a queue of the
 * holders that wait for it. A holder waits for one lock at a time.
 *
 * What a request of this tick has done can be undone, since it may be run again: a lock that it
 * released is in the list `released`, and a wait that it began in the list `joined`.
 */

#include "server/protocol/locks.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "server/protocol/lock_table.h"

struct lock {
	struct sdd_lock_node node; /* first: the table finds the lock by it */
	LIST_ENTRY(lock) holder_link;
	LIST_ENTRY(lock) released_link;
	bool is_released; /* it is in that list; it is its holder's until the tick ends */
	struct sdd_lock_holder *holder;
	struct event lease; /* the timer of its end */
	TAILQ_HEAD(, sdd_lock_holder) waiters;
	size_t waiter_count;
};

struct sdd_lock_holder {
	struct sdd_locks *locks;
	void *context;
	LIST_HEAD(, lock) held;
	size_t held_count; /* of those, without the ones that were released in this tick */
	TAILQ_ENTRY(sdd_lock_holder) waiter_link;
	LIST_ENTRY(sdd_lock_holder) joined_link;
	struct lock *waits_for; /* NULL: none */
	bool has_joined;        /* in this tick: it is in that list */
	struct event wait;      /* the timer of its end */
	int64_t lease_ms;       /* of the lock that it waits for */
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
	LIST_HEAD(, lock) released;
	LIST_HEAD(, sdd_lock_holder) joined;
	uint64_t waiting;
	uint64_t timeouts;
};

static struct timeval interval(int64_t milliseconds)
{
	return (struct timeval){.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
}

/* {{{ memory */

/* Zeroed. NULL: no memory, or all that is allowed is used. */
static void *take_memory(struct sdd_locks *locks, size_t bytes)
{
	void *room = bytes <= locks->memory_max - locks->memory ? calloc(1, bytes) : NULL;

	locks->memory += room != NULL ? bytes : 0;
	return room;
}

static void give_memory(struct sdd_locks *locks, void *room, size_t bytes)
{
	locks->memory -= bytes;
	free(room);
}

/* }}} */

static struct lock *find_lock(const struct sdd_locks *locks, struct sd_bytes key)
{
	uint64_t hash = sdd_lock_table_hash(&locks->table, key);

	return (struct lock *)sdd_lock_table_find(&locks->table, key, hash);
}

/* {{{ who holds a lock */

static void give(struct lock *lock, struct sdd_lock_holder *holder)
{
	lock->holder = holder;
	LIST_INSERT_HEAD(&holder->held, lock, holder_link);
	holder->held_count++;
}

/* The holder has the lock as if it had not released it. */
static void cancel_release(struct lock *lock)
{
	if (lock->is_released) {
		LIST_REMOVE(lock, released_link);
		lock->is_released = false;
		lock->holder->held_count++;
	}
}

static void take_away(struct lock *lock)
{
	cancel_release(lock);
	LIST_REMOVE(lock, holder_link);
	lock->holder->held_count--;
}

static void on_lease_end(evutil_socket_t descriptor, short what, void *argument);

static struct lock *make_lock(struct sdd_lock_holder *holder, struct sd_bytes key, int64_t lease_ms)
{
	struct sdd_locks *locks = holder->locks;
	struct timeval lease = interval(lease_ms);
	struct lock *lock = take_memory(locks, sizeof(*lock));

	if (lock == NULL) {
		return NULL;
	}
	if (evtimer_assign(&lock->lease, locks->base, on_lease_end, lock) != 0 ||
	    evtimer_add(&lock->lease, &lease) != 0) {
		give_memory(locks, lock, sizeof(*lock));
		return NULL;
	}
	TAILQ_INIT(&lock->waiters);
	sdd_lock_table_add(&locks->table, &lock->node, key, sdd_lock_table_hash(&locks->table, key));
	give(lock, holder);
	return lock;
}

/* }}} */

/* {{{ the end of a lease or of a wait */

static void stop_waiting(struct sdd_lock_holder *holder)
{
	(void)evtimer_del(&holder->wait);
	holder->locks->waiting--;
	TAILQ_REMOVE(&holder->waits_for->waiters, holder, waiter_link);
	holder->waits_for->waiter_count--;
	holder->waits_for = NULL;
	if (holder->has_joined) {
		LIST_REMOVE(holder, joined_link);
		holder->has_joined = false;
	}
}

/* Tells a holder that its wait is over. */
static void report(struct sdd_lock_holder *holder, bool granted)
{
	holder->locks->handler.decided(holder->context, granted, holder->reply_flags,
	                               holder->reply_flags_length);
}

/* The lock has no holder: the one that has waited longest gets it; without one, it is freed. */
static void hand_on(struct lock *lock)
{
	struct sdd_lock_holder *next = TAILQ_FIRST(&lock->waiters);
	struct sdd_locks *locks = lock->holder->locks;
	struct timeval lease;

	take_away(lock);
	(void)evtimer_del(&lock->lease);
	if (next == NULL) {
		sdd_lock_table_remove(&locks->table, &lock->node);
		give_memory(locks, lock, sizeof(*lock));
		return;
	}
	stop_waiting(next);
	give(lock, next);
	lease = interval(next->lease_ms);
	(void)evtimer_add(&lock->lease, &lease);
	report(next, true);
}

static void on_lease_end(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	hand_on(argument);
}

static void on_wait_end(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_lock_holder *holder = argument;

	(void)descriptor;
	(void)what;
	holder->locks->timeouts++;
	stop_waiting(holder);
	report(holder, false);
}

/* }}} */

static enum sdd_lock_result wait_for(struct lock *lock, struct sdd_lock_holder *holder,
                                     const struct sdd_lock_terms *terms)
{
	struct sdd_locks *locks = holder->locks;
	struct sd_bytes flags = terms->reply_flags;
	struct timeval wait = interval(terms->wait_ms);

	if (terms->wait_ms <= 0 || lock->waiter_count >= locks->waiters_max) {
		return SDD_LOCK_REFUSED;
	}
	if (evtimer_add(&holder->wait, &wait) != 0) {
		return SDD_LOCK_NO_MEMORY;
	}
	holder->lease_ms = terms->lease_ms;
	holder->reply_flags_length =
		flags.length < SDD_LOCK_REPLY_FLAGS_MAX ? flags.length : SDD_LOCK_REPLY_FLAGS_MAX;
	memcpy(holder->reply_flags, flags.data, holder->reply_flags_length);
	holder->waits_for = lock;
	TAILQ_INSERT_TAIL(&lock->waiters, holder, waiter_link);
	lock->waiter_count++;
	locks->waiting++;
	LIST_INSERT_HEAD(&locks->joined, holder, joined_link);
	holder->has_joined = true;
	return SDD_LOCK_WAITING;
}

enum sdd_lock_result sdd_lock_acquire(struct sdd_lock_holder *holder, struct sd_bytes key,
                                      const struct sdd_lock_terms *terms)
{
	struct lock *lock = find_lock(holder->locks, key);
	struct timeval lease = interval(terms->lease_ms);
	bool is_own = lock != NULL && lock->holder == holder;

	if (holder->waits_for != NULL) {
		stop_waiting(holder); /* it has asked again */
	}
	if (holder->held_count >= SDD_LOCKS_MAX && (!is_own || lock->is_released)) {
		return SDD_LOCK_TOO_MANY;
	}
	if (lock == NULL) {
		return make_lock(holder, key, terms->lease_ms) != NULL ? SDD_LOCK_GRANTED
		                                                       : SDD_LOCK_NO_MEMORY;
	}
	/* who has released it and asks again comes after those that wait already */
	if (is_own && (!lock->is_released || TAILQ_EMPTY(&lock->waiters))) {
		cancel_release(lock);
		(void)evtimer_add(&lock->lease, &lease);
		return SDD_LOCK_GRANTED;
	}
	return wait_for(lock, holder, terms);
}

bool sdd_lock_is_held(const struct sdd_lock_holder *holder, struct sd_bytes key)
{
	const struct lock *lock = find_lock(holder->locks, key);

	return lock != NULL && lock->holder == holder && !lock->is_released;
}

bool sdd_lock_release(struct sdd_lock_holder *holder, struct sd_bytes key)
{
	struct lock *lock;

	if (!sdd_lock_is_held(holder, key)) {
		return false;
	}
	lock = find_lock(holder->locks, key);
	LIST_INSERT_HEAD(&holder->locks->released, lock, released_link);
	lock->is_released = true;
	holder->held_count--;
	return true;
}

void sdd_locks_end_tick(struct sdd_locks *locks)
{
	while (!LIST_EMPTY(&locks->released)) {
		hand_on(LIST_FIRST(&locks->released));
	}
	while (!LIST_EMPTY(&locks->joined)) {
		struct sdd_lock_holder *holder = LIST_FIRST(&locks->joined);

		LIST_REMOVE(holder, joined_link);
		holder->has_joined = false;
	}
}

void sdd_locks_replay(struct sdd_locks *locks)
{
	while (!LIST_EMPTY(&locks->joined)) {
		stop_waiting(LIST_FIRST(&locks->joined));
	}
	while (!LIST_EMPTY(&locks->released)) {
		cancel_release(LIST_FIRST(&locks->released));
	}
}

struct sdd_lock_holder *sdd_lock_holder_new(struct sdd_locks *locks, void *context)
{
	struct sdd_lock_holder *holder = take_memory(locks, sizeof(*holder));

	if (holder == NULL) {
		return NULL;
	}
	holder->locks = locks;
	holder->context = context;
	LIST_INIT(&holder->held);
	if (evtimer_assign(&holder->wait, locks->base, on_wait_end, holder) != 0) {
		give_memory(locks, holder, sizeof(*holder));
		return NULL;
	}
	return holder;
}

bool sdd_lock_holder_is_busy(const struct sdd_lock_holder *holder)
{
	return holder != NULL && (holder->waits_for != NULL || !LIST_EMPTY(&holder->held));
}

void sdd_lock_holder_end(struct sdd_lock_holder *holder)
{
	if (holder == NULL) {
		return;
	}
	if (holder->waits_for != NULL) {
		stop_waiting(holder);
	}
	while (!LIST_EMPTY(&holder->held)) {
		hand_on(LIST_FIRST(&holder->held));
	}
	give_memory(holder->locks, holder, sizeof(*holder));
}

struct sdd_locks *sdd_locks_new(struct event_base *base, const struct sdd_lock_handler *handler,
                                size_t waiters_max, size_t memory_max)
{
	struct sdd_locks *locks = calloc(1, sizeof(*locks));

	if (locks == NULL) {
		return NULL;
	}
	locks->base = base;
	locks->handler = *handler;
	locks->waiters_max = waiters_max;
	locks->memory_max = memory_max;
	LIST_INIT(&locks->released);
	LIST_INIT(&locks->joined);
	if (!sdd_lock_table_init(&locks->table)) {
		free(locks);
		return NULL;
	}
	return locks;
}

void sdd_locks_numbers(const struct sdd_locks *locks, struct sdd_locks_numbers *numbers)
{
	*numbers = (struct sdd_locks_numbers){locks->table.count, locks->waiting, locks->timeouts};
}

void sdd_locks_free(struct sdd_locks *locks)
{
	if (locks != NULL) {
		sdd_lock_table_clear(&locks->table);
		free(locks);
	}
}
