/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Locks, holders with a letter each, and the waits that were decided: for the tests of locks.
 * Leases and waits end by the event loop, which runs the timers in the order of their times,
 * however late it is. */

#ifndef LOCK_HOLDERS_H
#define LOCK_HOLDERS_H

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "server/protocol/locks.h"
#include "tests/unit/unit.h"

#define HOLDERS_MAX 5
#define WAITERS_MAX 2
#define LONG_MS 3600000

static struct {
	struct event_base *base;
	struct sdd_locks *locks;
	struct sdd_lock_holder *holders[HOLDERS_MAX]; /* A's connection was opened first */
	char decided[64]; /* a letter for each wait that is over: of the holder, small if in vain */
} it;

static inline void on_decided(void *context, bool granted, const void *flags, size_t flags_length)
{
	const char letter = *(const char *)context;
	size_t count = strlen(it.decided);

	(void)flags;
	(void)flags_length;
	assert_in_range(count, 0, sizeof(it.decided) - 2);
	it.decided[count] = granted ? letter : (char)(letter - 'A' + 'a');
	it.decided[count + 1] = '\0';
}

static inline void make_holders(size_t count, size_t memory_max)
{
	static const struct sdd_lock_handler handler = {.decided = on_decided};
	static char letters[HOLDERS_MAX + 1] = "ABCDE";

	memset(&it, 0, sizeof(it));
	it.base = event_base_new();
	it.locks = sdd_locks_new(it.base, &handler, WAITERS_MAX, memory_max);
	/* they are made in another order than their connections were opened in */
	for (size_t i = count; i-- > 0;) {
		it.holders[i] = sdd_lock_holder_new(it.locks, &letters[i], i + 1);
	}
}

static inline void end(char letter)
{
	sdd_lock_holder_end(it.holders[letter - 'A']);
	it.holders[letter - 'A'] = NULL;
}

static inline int stop(void **state)
{
	(void)state;
	for (char letter = 'A'; letter < 'A' + HOLDERS_MAX; letter++) {
		end(letter);
	}
	sdd_locks_free(it.locks);
	event_base_free(it.base);
	return 0;
}

static inline struct sd_bytes bytes_of(const char *key)
{
	return (struct sd_bytes){key, strlen(key)};
}

/* Whoever claims it: '\0' is somebody on a connection without a lock. */
static inline struct sdd_lock_claim claim_of(char letter, uint64_t token)
{
	struct sdd_lock_holder *holder = letter != '\0' ? it.holders[letter - 'A'] : NULL;

	return (struct sdd_lock_claim){it.locks, holder, token};
}

static inline enum sdd_lock_result acquire_key(char letter, uint64_t token, const char *key,
                                               int64_t lease_ms, int64_t wait_ms)
{
	const struct sdd_lock_terms terms = {
		.token = token, .lease_ms = lease_ms, .wait_ms = wait_ms, .reply_flags = {"", 0}};

	return sdd_lock_acquire(it.holders[letter - 'A'], bytes_of(key), &terms);
}

static inline void next_tick(void)
{
	sdd_locks_end_tick(it.locks);
}

/* Runs the timers until a wait is over. */
static inline void wait_until_decided(void)
{
	while (it.decided[0] == '\0') {
		assert_int_equal(event_base_loop(it.base, EVLOOP_ONCE), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
