/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Early writing to disk; see writeback.h. The mutex is held during the call, so that nobody closes
 * the file meanwhile. */

#include "server/store/writeback.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "server/store/io.h"

#define PAUSE_NS 300000 /* in which some hundred pages are written */

struct sdd_writeback {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t begun; /* or stopping */
	int descriptor;       /* -1: nothing is being written */
	bool stopping;
};

static void *run_writeback(void *argument)
{
	static const struct timespec pause = {0, PAUSE_NS};
	struct sdd_writeback *writeback = argument;

	(void)pthread_mutex_lock(&writeback->mutex);
	while (!writeback->stopping) {
		if (writeback->descriptor == -1) {
			(void)pthread_cond_wait(&writeback->begun, &writeback->mutex);
			continue;
		}
		(void)pthread_mutex_unlock(&writeback->mutex);
		(void)nanosleep(&pause, NULL);
		(void)pthread_mutex_lock(&writeback->mutex);
		if (writeback->descriptor != -1) {
			sdd_io_start_writing(writeback->descriptor);
		}
	}
	(void)pthread_mutex_unlock(&writeback->mutex);
	return NULL;
}

struct sdd_writeback *sdd_writeback_start(void)
{
	struct sdd_writeback *writeback = calloc(1, sizeof(*writeback));

	if (writeback == NULL) {
		return NULL;
	}
	writeback->descriptor = -1;
	(void)pthread_mutex_init(&writeback->mutex, NULL);
	(void)pthread_cond_init(&writeback->begun, NULL);
	if (pthread_create(&writeback->thread, NULL, run_writeback, writeback) != 0) {
		free(writeback);
		return NULL;
	}
	return writeback;
}

static void set_descriptor(struct sdd_writeback *writeback, int descriptor)
{
	if (writeback != NULL) {
		(void)pthread_mutex_lock(&writeback->mutex);
		writeback->descriptor = descriptor;
		(void)pthread_cond_signal(&writeback->begun);
		(void)pthread_mutex_unlock(&writeback->mutex);
	}
}

void sdd_writeback_begin(struct sdd_writeback *writeback, int descriptor)
{
	set_descriptor(writeback, descriptor);
}

void sdd_writeback_end(struct sdd_writeback *writeback)
{
	set_descriptor(writeback, -1);
}

void sdd_writeback_stop(struct sdd_writeback *writeback)
{
	if (writeback == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&writeback->mutex);
	writeback->stopping = true;
	(void)pthread_cond_signal(&writeback->begun);
	(void)pthread_mutex_unlock(&writeback->mutex);
	(void)pthread_join(writeback->thread, NULL);
	free(writeback);
}
