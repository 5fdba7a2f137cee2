/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The queue of those who wait for a lock; see locks_internal.h. A wait with the token of another
 * one is put right behind that one, which is over when the tick ends, or when its turn comes. Until
 * then the tick may be run again, and the second wait be undone.
 */

#include <string.h>

#include "server/protocol/locks_internal.h"

/* {{{ the end of a wait */

void sdd_lock_stop_waiting(struct sdd_lock_holder *holder)
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

void sdd_lock_report(struct sdd_lock_holder *holder, bool granted)
{
	holder->locks->handler.decided(holder->context, granted, holder->reply_flags,
	                               holder->reply_flags_length);
}

void sdd_lock_end_wait(struct sdd_lock_holder *holder)
{
	holder->locks->timeouts++;
	sdd_lock_stop_waiting(holder);
	sdd_lock_report(holder, false);
}

static bool have_one_token(const struct sdd_lock_holder *waiter, const struct sdd_lock_holder *next)
{
	return next != NULL && waiter->token != 0 && waiter->token == next->token;
}

void sdd_lock_end_superseded(struct sdd_lock_holder *waiter)
{
	struct sdd_lock_holder *previous;

	while (previous = TAILQ_PREV(waiter, waiter_link),
	       previous != NULL && have_one_token(previous, waiter)) {
		sdd_lock_stop_waiting(previous);
		sdd_lock_report(previous, false);
	}
}

struct sdd_lock_holder *sdd_lock_next(const struct sdd_lock *lock)
{
	struct sdd_lock_holder *next = TAILQ_FIRST(&lock->waiters);

	while (next != NULL && have_one_token(next, TAILQ_NEXT(next, waiter_link))) {
		next = TAILQ_NEXT(next, waiter_link);
	}
	return next;
}

/* }}} */

/* {{{ its beginning */

/* The last one that waits with that token. */
static struct sdd_lock_holder *find_waiter(struct sdd_lock *lock, uint64_t token)
{
	struct sdd_lock_holder *waiter = NULL;

	if (token != 0) {
		TAILQ_FOREACH_REVERSE(waiter, &lock->waiters, waiter_link)
		{
			if (waiter->token == token) {
				break;
			}
		}
	}
	return waiter;
}

static void join_queue(struct sdd_lock *lock, struct sdd_lock_holder *holder,
                       struct sdd_lock_holder *before)
{
	struct sdd_locks *locks = holder->locks;

	holder->waits_for = lock;
	if (before != NULL) {
		TAILQ_INSERT_AFTER(&lock->waiters, before, holder, waiter_link);
	} else {
		TAILQ_INSERT_TAIL(&lock->waiters, holder, waiter_link);
	}
	lock->waiter_count++;
	locks->waiting++;
	LIST_INSERT_HEAD(&locks->joined, holder, joined_link);
	holder->has_joined = true;
}

enum sdd_lock_result sdd_lock_wait(struct sdd_lock *lock, struct sdd_lock_holder *holder,
                                   const struct sdd_lock_terms *terms)
{
	struct sdd_locks *locks = holder->locks;
	struct sd_bytes flags = terms->reply_flags;
	struct timeval wait = sdd_lock_interval(terms->wait_ms);
	struct sdd_lock_holder *same;

	if (terms->wait_ms <= 0) {
		return SDD_LOCK_REFUSED;
	}
	same = find_waiter(lock, terms->token);
	if (same != NULL && same->number > holder->number) {
		return SDD_LOCK_REFUSED; /* it has asked again already, on a new connection */
	}
	if (same == NULL && lock->waiter_count >= locks->waiters_max) {
		return SDD_LOCK_CROWDED;
	}
	if (evtimer_add(&holder->wait, &wait) != 0) {
		return SDD_LOCK_NO_MEMORY;
	}
	holder->lease_ms = terms->lease_ms;
	holder->token = terms->token;
	holder->reply_flags_length =
		flags.length < SDD_LOCK_REPLY_FLAGS_MAX ? flags.length : SDD_LOCK_REPLY_FLAGS_MAX;
	memcpy(holder->reply_flags, flags.data, holder->reply_flags_length);
	join_queue(lock, holder, same);
	return SDD_LOCK_WAITING;
}

/* }}} */
