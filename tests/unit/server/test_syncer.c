/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The thread that forces the write-ahead log to disk: when it does. */

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <time.h>

#include "server/store/syncer.h"
#include "server/store/wal.h"
#include "server/system/clock.h"
#include "tests/unit/unit.h"

#define PATIENCE_MS 10000
#define LONG_MS 60000 /* as an interval: it is over after the test only */

static int interval_ms;
static sem_t began;   /* once for each sync */
static sem_t may_end; /* the sync that waits for it */
static bool waits;

void __real_sdd_clock_monotonic_after_ms(int ms, struct timespec *time);
void __wrap_sdd_clock_monotonic_after_ms(int ms, struct timespec *time);
bool __wrap_sdd_wal_sync(struct sdd_wal *wal);

/* The linker has these called in the place of those without a prefix. */
void __wrap_sdd_clock_monotonic_after_ms(int ms, struct timespec *time)
{
	assert_in_range(ms, 100, 1000); /* with the disk's own time, a second */
	__real_sdd_clock_monotonic_after_ms(interval_ms, time);
}

bool __wrap_sdd_wal_sync(struct sdd_wal *wal)
{
	assert_non_null(wal);
	(void)sem_post(&began);
	if (waits) {
		(void)sem_wait(&may_end);
	}
	return true;
}

static struct sdd_syncer *start(int with_interval_ms, bool waiting)
{
	static int log;
	struct sdd_syncer *syncer;

	interval_ms = with_interval_ms;
	waits = waiting;
	(void)sem_init(&began, 0, 0);
	(void)sem_init(&may_end, 0, 0);
	syncer = sdd_syncer_start((struct sdd_wal *)&log);
	assert_non_null(syncer);
	return syncer;
}

static bool one_begins(void)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_MS / 1000;
	return sem_timedwait(&began, &until) == 0;
}

/* What the last process has left is a second old already. */
static void it_syncs_at_once_and_waits_then(void **state)
{
	struct sdd_syncer *syncer = start(LONG_MS, false);

	(void)state;
	assert_true(one_begins());
	sdd_syncer_stop(syncer);
	assert_int_equal(sem_trywait(&began), -1);
}

static void it_syncs_after_each_interval(void **state)
{
	struct sdd_syncer *syncer = start(1, false);

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_true(one_begins());
	}
	sdd_syncer_stop(syncer);
}

static void *stop(void *syncer)
{
	sdd_syncer_stop(syncer);
	return NULL;
}

static void a_stop_during_a_sync_is_not_kept_waiting_for_an_interval(void **state)
{
	struct sdd_syncer *syncer = start(LONG_MS, true);
	int64_t began_ms = sdd_clock_monotonic_ms();
	pthread_t thread;

	(void)state;
	assert_true(one_begins());
	assert_int_equal(pthread_create(&thread, NULL, stop, syncer), 0);
	(void)nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL); /* it is stopped meanwhile */
	(void)sem_post(&may_end);
	(void)pthread_join(thread, NULL);
	assert_in_range(sdd_clock_monotonic_ms() - began_ms, 0, LONG_MS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_syncs_at_once_and_waits_then),
		cmocka_unit_test(it_syncs_after_each_interval),
		cmocka_unit_test(a_stop_during_a_sync_is_not_kept_waiting_for_an_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
