/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The syncer; see syncer.h. It waits by the monotonic clock: the wall clock may be set back. */

#include "server/store/syncer.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "server/store/wal.h"
#include "server/system/clock.h"

#define INTERVAL_MS 500 /* and as long again for the disk to be slow */

struct sdd_syncer {
	struct sdd_wal *wal;
	pthread_t thread;
	pthread_mutex_t mutex; /* of stopping */
	pthread_cond_t wake;
	bool stopping;
};

static void *run_syncer(void *argument)
{
	struct sdd_syncer *syncer = argument;

	(void)pthread_mutex_lock(&syncer->mutex);
	while (!syncer->stopping) {
		struct timespec next;

		(void)pthread_mutex_unlock(&syncer->mutex);
		/* at first what the last process has left; the store asks the log whether that failed */
		(void)sdd_wal_sync(syncer->wal);
		(void)pthread_mutex_lock(&syncer->mutex);
		sdd_clock_monotonic_after_ms(INTERVAL_MS, &next);
		if (!syncer->stopping) {
			(void)pthread_cond_timedwait(&syncer->wake, &syncer->mutex, &next);
		}
	}
	(void)pthread_mutex_unlock(&syncer->mutex);
	return NULL;
}

struct sdd_syncer *sdd_syncer_start(struct sdd_wal *wal)
{
	struct sdd_syncer *syncer = calloc(1, sizeof(*syncer));
	pthread_condattr_t attributes;

	if (syncer == NULL) {
		return NULL;
	}
	syncer->wal = wal;
	(void)pthread_mutex_init(&syncer->mutex, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&syncer->wake, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	if (pthread_create(&syncer->thread, NULL, run_syncer, syncer) != 0) {
		free(syncer);
		return NULL;
	}
	return syncer;
}

void sdd_syncer_stop(struct sdd_syncer *syncer)
{
	if (syncer == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&syncer->mutex);
	syncer->stopping = true;
	(void)pthread_cond_signal(&syncer->wake);
	(void)pthread_mutex_unlock(&syncer->mutex);
	(void)pthread_join(syncer->thread, NULL);
	free(syncer);
}
