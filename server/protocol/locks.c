/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Locks on keys: who has them; see locks.h. */

#include "server/protocol/locks.h"

#include <stdlib.h>

#include "server/protocol/locks_internal.h"

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

static struct sdd_lock *find_lock(const struct sdd_locks *locks, struct sd_bytes key)
{
	uint64_t hash = sdd_lock_table_hash(&locks->table, key);

	return (struct sdd_lock *)sdd_lock_table_find(&locks->table, key, hash);
}

/* {{{ who holds a lock */

static void give(struct sdd_lock *lock, struct sdd_lock_holder *holder, uint64_t token)
{
	lock->holder = holder;
	lock->token = token;
	LIST_INSERT_HEAD(&holder->held, lock, holder_link);
	holder->held_count++;
}

/* The holder has the lock as if it had not released it. */
static void cancel_release(struct sdd_lock *lock)
{
	if (lock->is_released) {
		LIST_REMOVE(lock, released_link);
		lock->is_released = false;
		lock->holder->held_count++;
	}
}

static void forget_move(struct sdd_lock *lock)
{
	if (lock->is_moved) {
		LIST_REMOVE(lock, moved_link);
		lock->is_moved = false;
	}
}

/* The lock, which is not released, is nobody's. */
static void detach(struct sdd_lock *lock)
{
	LIST_REMOVE(lock, holder_link);
	lock->holder->held_count--;
}

static void take_away(struct sdd_lock *lock)
{
	cancel_release(lock);
	forget_move(lock);
	detach(lock);
}

/* The lock, which is not released, is that token's from now on. It stays with a connection that was
 * opened after the one that asks. */
static void move(struct sdd_lock *lock, struct sdd_lock_holder *holder, uint64_t token)
{
	if (lock->token == token && lock->holder->number >= holder->number) {
		return;
	}
	if (!lock->is_moved) {
		lock->is_moved = true;
		lock->former = lock->holder;
		lock->former_token = lock->token;
		LIST_INSERT_HEAD(&holder->locks->moved, lock, moved_link);
	}
	detach(lock);
	give(lock, holder, token);
}

static void undo_move(struct sdd_lock *lock)
{
	forget_move(lock);
	if (lock->former != NULL) {
		detach(lock);
		give(lock, lock->former, lock->former_token);
	}
}

static bool is_claimants(const struct sdd_lock *lock, const struct sdd_lock_holder *holder,
                         uint64_t token)
{
	return lock->token == token && (token != 0 || lock->holder == holder);
}

static void on_lease_end(evutil_socket_t descriptor, short what, void *argument);

/* False: no memory, which a timer that was added once does not need. */
static bool start_lease(struct sdd_lock *lock, int64_t lease_ms)
{
	struct timeval lease = sdd_lock_interval(lease_ms);

	lock->lease_ms = lease_ms;
	return evtimer_add(&lock->lease, &lease) == 0;
}

static struct sdd_lock *make_lock(struct sdd_lock_holder *holder, struct sd_bytes key,
                                  const struct sdd_lock_terms *terms)
{
	struct sdd_locks *locks = holder->locks;
	struct sdd_lock *lock = take_memory(locks, sizeof(*lock));

	if (lock == NULL) {
		return NULL;
	}
	if (evtimer_assign(&lock->lease, locks->base, on_lease_end, lock) != 0 ||
	    !start_lease(lock, terms->lease_ms)) {
		give_memory(locks, lock, sizeof(*lock));
		return NULL;
	}
	TAILQ_INIT(&lock->waiters);
	sdd_lock_table_add(&locks->table, &lock->node, key, sdd_lock_table_hash(&locks->table, key));
	give(lock, holder, terms->token);
	return lock;
}

/* }}} */

/* {{{ the end of a lease or of a wait */

/* The lock has no holder: the one that has waited longest gets it; without one, it is freed. */
static void hand_on(struct sdd_lock *lock)
{
	struct sdd_lock_holder *next = sdd_lock_next(lock);
	struct sdd_locks *locks = lock->holder->locks;

	take_away(lock);
	(void)evtimer_del(&lock->lease);
	if (next == NULL) {
		sdd_lock_table_remove(&locks->table, &lock->node);
		give_memory(locks, lock, sizeof(*lock));
		return;
	}
	sdd_lock_end_superseded(next);
	sdd_lock_stop_waiting(next);
	give(lock, next, next->token);
	(void)start_lease(lock, next->lease_ms);
	sdd_lock_report(next, true);
}

static void on_lease_end(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	hand_on(argument);
}

static void on_wait_end(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	sdd_lock_end_wait(argument);
}

/* }}} */

/* Whether the lock is the holder's at once. A lock of a connection without a token may be given a
 * token on it. Who has released it and asks again comes after those that wait already. */
static bool may_have(const struct sdd_lock *lock, const struct sdd_lock_holder *holder,
                     uint64_t token)
{
	bool is_here = lock->holder == holder;

	if (lock->is_released) {
		return (is_here || is_claimants(lock, holder, token)) && TAILQ_EMPTY(&lock->waiters);
	}
	return is_claimants(lock, holder, token) || (is_here && lock->token == 0);
}

enum sdd_lock_result sdd_lock_acquire(struct sdd_lock_holder *holder, struct sd_bytes key,
                                      const struct sdd_lock_terms *terms)
{
	struct sdd_lock *lock = find_lock(holder->locks, key);
	bool is_here = lock != NULL && lock->holder == holder && !lock->is_released;

	if (holder->waits_for != NULL) {
		sdd_lock_stop_waiting(holder); /* it has asked again */
	}
	if (holder->held_count >= SDD_LOCKS_MAX && !is_here) {
		return SDD_LOCK_TOO_MANY;
	}
	if (lock == NULL) {
		return make_lock(holder, key, terms) != NULL ? SDD_LOCK_GRANTED : SDD_LOCK_NO_MEMORY;
	}
	if (may_have(lock, holder, terms->token)) {
		cancel_release(lock);
		move(lock, holder, terms->token);
		(void)start_lease(lock, terms->lease_ms);
		return SDD_LOCK_GRANTED;
	}
	/* two holders on one connection: the second would wait for requests that come behind it */
	return is_here ? SDD_LOCK_REFUSED : sdd_lock_wait(lock, holder, terms);
}

/* NULL: it is not the claimant's. */
static struct sdd_lock *find_claimed(const struct sdd_lock_claim *claim, struct sd_bytes key)
{
	struct sdd_lock *lock;

	if (claim->connection == NULL && claim->token == 0) {
		return NULL;
	}
	lock = find_lock(claim->locks, key);
	return lock != NULL && !lock->is_released && is_claimants(lock, claim->connection, claim->token)
	           ? lock
	           : NULL;
}

bool sdd_lock_is_held(const struct sdd_lock_claim *claim, struct sd_bytes key)
{
	return find_claimed(claim, key) != NULL;
}

bool sdd_lock_release(const struct sdd_lock_claim *claim, struct sd_bytes key)
{
	struct sdd_lock *lock = find_claimed(claim, key);

	if (lock == NULL) {
		return false;
	}
	LIST_INSERT_HEAD(&claim->locks->released, lock, released_link);
	lock->is_released = true;
	lock->holder->held_count--;
	return true;
}

void sdd_locks_end_tick(struct sdd_locks *locks)
{
	while (!LIST_EMPTY(&locks->released)) {
		hand_on(LIST_FIRST(&locks->released));
	}
	while (!LIST_EMPTY(&locks->moved)) {
		forget_move(LIST_FIRST(&locks->moved));
	}
	while (!LIST_EMPTY(&locks->joined)) {
		struct sdd_lock_holder *holder = LIST_FIRST(&locks->joined);

		LIST_REMOVE(holder, joined_link);
		holder->has_joined = false;
		sdd_lock_end_superseded(holder);
	}
}

void sdd_locks_replay(struct sdd_locks *locks)
{
	while (!LIST_EMPTY(&locks->joined)) {
		sdd_lock_stop_waiting(LIST_FIRST(&locks->joined));
	}
	while (!LIST_EMPTY(&locks->released)) {
		cancel_release(LIST_FIRST(&locks->released));
	}
	while (!LIST_EMPTY(&locks->moved)) {
		undo_move(LIST_FIRST(&locks->moved));
	}
}

struct sdd_lock_holder *sdd_lock_holder_new(struct sdd_locks *locks, void *context, uint64_t number)
{
	struct sdd_lock_holder *holder = take_memory(locks, sizeof(*holder));

	if (holder == NULL) {
		return NULL;
	}
	holder->locks = locks;
	holder->context = context;
	holder->number = number;
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
	struct sdd_lock *lock;

	if (holder == NULL) {
		return;
	}
	LIST_FOREACH(lock, &holder->locks->moved, moved_link)
	{
		lock->former = lock->former == holder ? NULL : lock->former;
	}
	if (holder->waits_for != NULL) {
		sdd_lock_stop_waiting(holder);
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
	LIST_INIT(&locks->moved);
	LIST_INIT(&locks->joined);
	if (!sdd_lock_table_init(&locks->table)) {
		free(locks);
		return NULL;
	}
	return locks;
}

void sdd_locks_set_waiters_max(struct sdd_locks *locks, size_t waiters_max)
{
	locks->waiters_max = waiters_max;
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
