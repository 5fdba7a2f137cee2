/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks; see lock.h. A lock exists while it is held; those who wait for it are
 * queued behind it. An owner waits for one lock at a time.
 */

#include "server/protocol/locks.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define BUCKETS 4096 /* a power of two */

struct lock {
	LIST_ENTRY(lock) bucket_link;
	LIST_ENTRY(lock) owner_link;
	LIST_ENTRY(lock) given_back_link;
	bool given_back; /* it is in that list, and still its owner's */
	struct sdd_lock_owner *owner;
	struct event lease; /* its end */
	TAILQ_HEAD(, sdd_lock_owner) waiters;
	size_t waiter_count;
	uint8_t key[SDD_STORE_KEY_MAX];
	size_t key_length;
};

struct sdd_lock_owner {
	struct sdd_locks *locks;
	void *context;
	LIST_HEAD(, lock) held;
	TAILQ_ENTRY(sdd_lock_owner) waiter_link;
	struct lock *waits_for; /* NULL: for none */
	struct event wait;      /* its end */
	int64_t lease_ms;       /* of what it waits for */
	uint8_t note[SDD_LOCK_NOTE_MAX];
	size_t note_length;
};

struct sdd_locks {
	struct event_base *base;
	struct sdd_lock_handler handler;
	LIST_HEAD(, lock) buckets[BUCKETS];
	LIST_HEAD(, lock) given_back;
};

static struct timeval interval(int64_t milliseconds)
{
	return (struct timeval){.tv_sec = milliseconds / 1000,
	                        .tv_usec = milliseconds % 1000 * 1000};
}

/* {{{ the table */

static size_t bucket_of(struct sdd_bytes key)
{
	const uint8_t *bytes = key.data;
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < key.length; i++) {
		hash = (hash ^ bytes[i]) * 16777619u;
	}
	return (hash ^ hash >> 16) & (BUCKETS - 1);
}

static struct lock *find(struct sdd_locks *locks, struct sdd_bytes key)
{
	struct lock *lock;

	LIST_FOREACH(lock, &locks->buckets[bucket_of(key)], bucket_link)
	{
		if (lock->key_length == key.length && memcmp(lock->key, key.data, key.length) == 0) {
			return lock;
		}
	}
	return NULL;
}

static void on_lease_end(evutil_socket_t descriptor, short what, void *argument);

static struct lock *make(struct sdd_lock_owner *owner, struct sdd_bytes key, int64_t lease_ms)
{
	struct sdd_locks *locks = owner->locks;
	struct timeval lease = interval(lease_ms);
	struct lock *lock = calloc(1, sizeof(*lock));

	if (lock == NULL) {
		return NULL;
	}
	if (evtimer_assign(&lock->lease, locks->base, on_lease_end, lock) != 0 ||
	    evtimer_add(&lock->lease, &lease) != 0) {
		free(lock);
		return NULL;
	}
	lock->owner = owner;
	lock->key_length = key.length;
	memcpy(lock->key, key.data, key.length);
	TAILQ_INIT(&lock->waiters);
	LIST_INSERT_HEAD(&locks->buckets[bucket_of(key)], lock, bucket_link);
	LIST_INSERT_HEAD(&owner->held, lock, owner_link);
	return lock;
}

/* }}} */

/* {{{ handing on */

static void stop_waiting(struct sdd_lock_owner *owner)
{
	(void)evtimer_del(&owner->wait);
	TAILQ_REMOVE(&owner->waits_for->waiters, owner, waiter_link);
	owner->waits_for->waiter_count--;
	owner->waits_for = NULL;
}

static void tell(struct sdd_lock_owner *owner, bool granted)
{
	owner->locks->handler.decided(owner->context, granted, owner->note, owner->note_length);
}

/* The owner has the lock as before. */
static void keep(struct lock *lock)
{
	if (lock->given_back) {
		LIST_REMOVE(lock, given_back_link);
		lock->given_back = false;
	}
}

/* The lock is nobody's: it goes to whoever has waited longest, or is gone. */
static void hand_on(struct lock *lock)
{
	struct sdd_lock_owner *next = TAILQ_FIRST(&lock->waiters);
	struct timeval lease;

	keep(lock);
	LIST_REMOVE(lock, owner_link);
	(void)evtimer_del(&lock->lease);
	if (next == NULL) {
		LIST_REMOVE(lock, bucket_link);
		free(lock);
		return;
	}
	stop_waiting(next);
	lock->owner = next;
	LIST_INSERT_HEAD(&next->held, lock, owner_link);
	lease = interval(next->lease_ms);
	(void)evtimer_add(&lock->lease, &lease);
	tell(next, true);
}

static void on_lease_end(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	hand_on(argument);
}

static void on_wait_end(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_lock_owner *owner = argument;

	(void)descriptor;
	(void)what;
	stop_waiting(owner);
	tell(owner, false);
}

/* }}} */

static enum sdd_lock_result wait_for(struct lock *lock, struct sdd_lock_owner *owner,
                                     int64_t lease_ms, int64_t wait_ms, const void *note,
                                     size_t note_length)
{
	struct timeval wait = interval(wait_ms);

	if (wait_ms <= 0 || lock->waiter_count == SDD_LOCK_WAITERS_MAX ||
	    evtimer_add(&owner->wait, &wait) != 0) {
		return SDD_LOCK_REFUSED;
	}
	owner->lease_ms = lease_ms;
	owner->note_length = note_length < SDD_LOCK_NOTE_MAX ? note_length : SDD_LOCK_NOTE_MAX;
	memcpy(owner->note, note, owner->note_length);
	owner->waits_for = lock;
	TAILQ_INSERT_TAIL(&lock->waiters, owner, waiter_link);
	lock->waiter_count++;
	return SDD_LOCK_WAITING;
}

enum sdd_lock_result sdd_lock_acquire(struct sdd_lock_owner *owner, struct sdd_bytes key,
                                      int64_t lease_ms, int64_t wait_ms, const void *note,
                                      size_t note_length)
{
	struct lock *lock = find(owner->locks, key);
	struct timeval lease = interval(lease_ms);

	if (owner->waits_for != NULL) {
		stop_waiting(owner); /* it asks anew */
	}
	if (lock == NULL) {
		return make(owner, key, lease_ms) != NULL ? SDD_LOCK_GRANTED : SDD_LOCK_REFUSED;
	}
	if (lock->owner == owner) {
		keep(lock);
		(void)evtimer_add(&lock->lease, &lease);
		return SDD_LOCK_GRANTED;
	}
	return wait_for(lock, owner, lease_ms, wait_ms, note, note_length);
}

bool sdd_lock_is_held(const struct sdd_lock_owner *owner, struct sdd_bytes key)
{
	const struct lock *lock = find(owner->locks, key);

	return lock != NULL && lock->owner == owner && !lock->given_back;
}

bool sdd_lock_release(struct sdd_lock_owner *owner, struct sdd_bytes key)
{
	struct lock *lock;

	if (!sdd_lock_is_held(owner, key)) {
		return false;
	}
	lock = find(owner->locks, key);
	LIST_INSERT_HEAD(&owner->locks->given_back, lock, given_back_link);
	lock->given_back = true;
	return true;
}

void sdd_locks_end_turn(struct sdd_locks *locks)
{
	while (!LIST_EMPTY(&locks->given_back)) {
		hand_on(LIST_FIRST(&locks->given_back));
	}
}

void sdd_locks_replay(struct sdd_locks *locks)
{
	while (!LIST_EMPTY(&locks->given_back)) {
		keep(LIST_FIRST(&locks->given_back));
	}
}

struct sdd_lock_owner *sdd_lock_owner_new(struct sdd_locks *locks, void *context)
{
	struct sdd_lock_owner *owner = calloc(1, sizeof(*owner));

	if (owner == NULL) {
		return NULL;
	}
	owner->locks = locks;
	owner->context = context;
	LIST_INIT(&owner->held);
	if (evtimer_assign(&owner->wait, locks->base, on_wait_end, owner) != 0) {
		free(owner);
		return NULL;
	}
	return owner;
}

void sdd_lock_owner_end(struct sdd_lock_owner *owner)
{
	if (owner == NULL) {
		return;
	}
	if (owner->waits_for != NULL) {
		stop_waiting(owner);
	}
	while (!LIST_EMPTY(&owner->held)) {
		hand_on(LIST_FIRST(&owner->held));
	}
	free(owner);
}

struct sdd_locks *sdd_locks_new(struct event_base *base, const struct sdd_lock_handler *handler)
{
	struct sdd_locks *locks = calloc(1, sizeof(*locks));

	if (locks != NULL) {
		locks->base = base;
		locks->handler = *handler;
		LIST_INIT(&locks->given_back);
		for (size_t i = 0; i < BUCKETS; i++) {
			LIST_INIT(&locks->buckets[i]);
		}
	}
	return locks;
}

void sdd_locks_free(struct sdd_locks *locks)
{
	free(locks);
}
