/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The flusher; see flusher.h, and flush_job.h for what the thread does.
 *
 * The job is handed over under the mutex. While `running` points to it, it is the thread's.
 */

#include "server/store/flusher.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/store/backup.h"
#include "server/store/btree.h"
#include "server/store/flush_job.h"
#include "server/store/layers.h"
#include "server/store/memtable.h"
#include "server/store/values.h"
#include "server/store/wal.h"
#include "server/system/clock.h"
#include "server/system/log.h"

#define LITTLE (1u << 20) /* bytes of a memtable whose memory is not worth being released */
#define TRIM_MS 5000      /* how long memory is kept after more than a little was written */
/* As many bytes in the file of values count as a full memtable: they take time, and no memory. */
#define VALUES_MAX (256ull << 20)
#define DUE_PART 4 /* this part of a full memtable is flushed without being asked */
/* So many keys fill a memtable, however short they and their values are: more in one flush would
 * take memory, and spare the B-tree little. */
#define KEYS_MAX 300000

#define KEYS_AT_ONCE 4096 /* in one transaction: 20 to 35 MB if each is on a page of its own */
#define KEY_MEMORY 4096   /* with little memory, one for so many bytes of a full memtable */

struct sdd_flusher {
	struct sdd_layers *layers;

	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t started; /* or stopping */
	pthread_cond_t over;
	struct sdd_flush_job *_Atomic running; /* NULL: none is */
	bool stopping;

	struct sdd_flush_job job;
	bool has_written;     /* a job was done */
	bool is_pending;      /* the job is running, or has to be tried again */
	bool has_more;        /* the last sweep has left expired entries */
	bool has_much_memory; /* since the last trim, and trim_ms is not set for it yet */
	int64_t trim_ms;      /* when memory is released; 0: it was */
};

/* {{{ the thread */

static void *run_flusher(void *argument)
{
	struct sdd_flusher *flusher = argument;

	(void)pthread_mutex_lock(&flusher->mutex);
	for (;;) {
		struct sdd_flush_job *job = atomic_load(&flusher->running);

		if (job != NULL) {
			(void)pthread_mutex_unlock(&flusher->mutex);
			sdd_flush_job_run(job, flusher->layers->btree);
			(void)pthread_mutex_lock(&flusher->mutex);
			atomic_store(&flusher->running, NULL);
			(void)pthread_cond_signal(&flusher->over);
		} else if (flusher->stopping) {
			break;
		} else {
			(void)pthread_cond_wait(&flusher->started, &flusher->mutex);
		}
	}
	(void)pthread_mutex_unlock(&flusher->mutex);
	return NULL;
}

static void hand_over_job(struct sdd_flusher *flusher)
{
	(void)pthread_mutex_lock(&flusher->mutex);
	atomic_store(&flusher->running, &flusher->job);
	(void)pthread_cond_signal(&flusher->started);
	(void)pthread_mutex_unlock(&flusher->mutex);
}

/* Waits until no job is running, `most_ms` at most. */
static void wait_for_thread(struct sdd_flusher *flusher, int most_ms)
{
	struct timespec until;
	int error = 0;

	sdd_clock_monotonic_after_ms(most_ms == SDD_FLUSHER_FOREVER ? 0 : most_ms, &until);
	(void)pthread_mutex_lock(&flusher->mutex);
	while (atomic_load(&flusher->running) != NULL && error == 0) {
		error = most_ms == SDD_FLUSHER_FOREVER
		            ? pthread_cond_wait(&flusher->over, &flusher->mutex)
		            : pthread_cond_timedwait(&flusher->over, &flusher->mutex, &until);
	}
	(void)pthread_mutex_unlock(&flusher->mutex);
}

struct sdd_flusher *sdd_flusher_start(struct sdd_layers *layers)
{
	struct sdd_flusher *flusher = calloc(1, sizeof(*flusher));
	pthread_condattr_t attributes;

	if (flusher == NULL) {
		return NULL;
	}
	flusher->layers = layers;
	(void)pthread_mutex_init(&flusher->mutex, NULL);
	(void)pthread_cond_init(&flusher->started, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&flusher->over, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	if (pthread_create(&flusher->thread, NULL, run_flusher, flusher) != 0) {
		free(flusher);
		return NULL;
	}
	return flusher;
}

void sdd_flusher_stop(struct sdd_flusher *flusher)
{
	if (flusher == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&flusher->mutex);
	flusher->stopping = true;
	(void)pthread_cond_signal(&flusher->started);
	(void)pthread_mutex_unlock(&flusher->mutex);
	(void)pthread_join(flusher->thread, NULL);
	free(flusher->job.all);
	free(flusher);
}

/* }}} */

/* {{{ jobs, in the thread that serves */

/* LMDB has given up. If that came from want of room it is opened again, for then there may be room
 * some day. Otherwise another process may fare better; but one that could never write is no better
 * than the one before it, and serves what it can read. */
static enum sdd_health_state handle_broken(struct sdd_flusher *flusher)
{
	struct sdd_btree *btree = flusher->layers->btree;
	bool is_full = flusher->job.result == SDD_FULL || sdd_btree_is_disk_full(btree);

	if (!is_full && flusher->has_written) {
		return SDD_BROKEN;
	}
	(void)sdd_backup_abandon(flusher->layers->backup, "data.mdb is opened again");
	if (!sdd_btree_reopen(btree)) {
		return SDD_BROKEN;
	}
	return is_full ? SDD_NO_ROOM : SDD_READ_ONLY;
}

/* What the last job says of the B-tree. */
static void report_health(struct sdd_flusher *flusher)
{
	struct sdd_layers *layers = flusher->layers;
	const struct sdd_flush_job *job = &flusher->job;
	enum sdd_health_state state = SDD_OK;

	flusher->has_written = flusher->has_written || job->result == SDD_DONE;
	if (sdd_btree_is_broken(layers->btree)) {
		state = handle_broken(flusher);
	} else if (job->result == SDD_FULL) {
		state = SDD_NO_ROOM;
	} else if (job->result != SDD_DONE) {
		state = SDD_READ_ONLY;
	}
	sdd_health_set(&layers->health, SDD_HEALTH_BTREE, state, job->reason);
}

static void empty_immutable(struct sdd_flusher *flusher)
{
	struct sdd_layers *layers = flusher->layers;

	free(flusher->job.all);
	flusher->job.all = NULL;
	flusher->job.count = 0;
	sdd_btree_end_reading(layers->btree); /* the next read sees what was flushed */
	sdd_memtable_clear(layers->immutable);
	sdd_space_flushed(&layers->space, sdd_btree_size(layers->btree),
	                  sdd_btree_tally(layers->btree));
	sdd_btree_end_reading(layers->btree);
}

/* LMDB's memory for a transaction is up to twice a memtable's. A sweep has to keep up with what is
 * written, and so has as much memory as there is. */
static size_t rows_at_once(const struct sdd_layers *layers)
{
	size_t rows = layers->active_max / KEY_MEMORY;

	return rows < 1 ? 1 : rows;
}

/* What is written waits in memory meanwhile, and so takes its time. */
static size_t keys_at_once(const struct sdd_layers *layers)
{
	size_t keys = rows_at_once(layers);

	return keys < KEYS_AT_ONCE ? keys : KEYS_AT_ONCE;
}

static void start_job(struct sdd_flusher *flusher, int64_t now_ms)
{
	struct sdd_layers *layers = flusher->layers;
	struct sdd_flush_job *job = &flusher->job;

	if (now_ms >= layers->unswept_ms && layers->unswept_ms != SDD_NEVER) {
		now_ms = layers->unswept_ms - 1;
	}
	job->layers = layers;
	job->reserve = &layers->reserve;
	job->memtable = layers->immutable;
	job->keys_at_once = keys_at_once(layers);
	job->rows_at_once = rows_at_once(layers);
	job->epoch = layers->immutable_epoch;
	job->values_failures = layers->immutable_failures;
	job->generation = sdd_wal_waiting(layers->wal);
	job->version = layers->version;
	job->newest = layers->newest;
	job->now_ms = now_ms;
	job->after_ms = layers->needs_room ? SDD_ALL_EXPIRED : layers->protected_ms;
	job->ttls = layers->timing.ttls;
	job->anchor = layers->timing.anchor;
	job->has_news = job->has_news || sdd_timing_has_news(&layers->timing);
	if (now_ms > layers->swept_ms) {
		layers->swept_ms = now_ms;
	}
	flusher->is_pending = true;
	hand_over_job(flusher);
}

/* What the B-tree has dropped is free: no start needs it. */
static void release_values(struct sdd_layers *layers)
{
	size_t count;
	const struct sdd_extent *dropped = sdd_btree_dropped(layers->btree, &count);

	sdd_values_release(layers->values, dropped, count);
	sdd_btree_forget_dropped(layers->btree);
}

static void end_job(struct sdd_flusher *flusher)
{
	struct sdd_layers *layers = flusher->layers;
	struct sdd_flush_job *job = &flusher->job;

	empty_immutable(flusher);
	sdd_wal_complete(layers->wal, job->generation);
	release_values(layers);
	if (job->has_news) {
		layers->timing.remembered = job->ttls;
		layers->timing.remembered_anchor = job->anchor;
	}
	job->has_news = false;
	if (sdd_health_state(&layers->health) != SDD_OK) {
		/* others may need the room, too */
		sdd_wal_shrink(layers->wal);
		sdd_values_trim(layers->values);
	}
	flusher->is_pending = false;
}

bool sdd_flusher_poll(struct sdd_flusher *flusher)
{
	const struct sdd_flush_job *job = &flusher->job;

	if (!flusher->is_pending) {
		return true;
	}
	if (atomic_load(&flusher->running) != NULL) {
		return false;
	}
	flusher->has_more = job->has_more;
	flusher->layers->needs_room = sdd_flush_job_needs_room(job);
	report_health(flusher);
	if (job->result == SDD_DONE) {
		end_job(flusher);
	} else {
		if (job->result == SDD_FULL) {
			sdd_values_trim(flusher->layers->values);
		}
		/* a sweep that failed has nothing to be tried again: the next one does the same */
		flusher->is_pending = job->count > 0 || job->generation != 0;
	}
	return true;
}

bool sdd_flusher_has_written(const struct sdd_flusher *flusher)
{
	return flusher->has_written;
}

bool sdd_flusher_is_pending(const struct sdd_flusher *flusher)
{
	return flusher->is_pending;
}

/* Makes the active memtable the immutable one, which was empty. If it is empty itself, the file of
 * the log is given up that could not be forced to disk. */
static void switch_memtables(struct sdd_flusher *flusher)
{
	struct sdd_layers *layers = flusher->layers;
	struct sdd_memtable *complete = layers->active;

	if (sdd_memtable_size(complete) == 0 && !sdd_wal_is_doubtful(layers->wal)) {
		return;
	}
	sdd_wal_switch_files(layers->wal);
	flusher->has_much_memory = flusher->has_much_memory || sdd_memtable_size(complete) > LITTLE ||
	                           sdd_values_unflushed(layers->values) > LITTLE;
	sdd_values_switch(layers->values);
	layers->immutable_failures = layers->active_failures;
	layers->active_failures = sdd_values_failures(layers->values);
	layers->active = layers->immutable;
	layers->immutable = complete;
	layers->immutable_epoch = sdd_btree_epoch(layers->btree);
	layers->unswept_ms = SDD_NEVER;
	sdd_space_switch(&layers->space);
}

void sdd_flusher_start_recovered(struct sdd_flusher *flusher)
{
	if (sdd_memtable_size(flusher->layers->immutable) > 0) {
		start_job(flusher, /* now_ms */ 0);
	}
}

void sdd_flusher_schedule(struct sdd_flusher *flusher, int64_t now_ms)
{
	if (!sdd_flusher_poll(flusher)) {
		return;
	}
	if (!flusher->is_pending) {
		switch_memtables(flusher);
	}
	start_job(flusher, now_ms); /* once more, if the last one failed */
}

bool sdd_flusher_wait(struct sdd_flusher *flusher, int most_ms)
{
	if (!sdd_flusher_poll(flusher)) {
		wait_for_thread(flusher, most_ms);
	}
	return sdd_flusher_poll(flusher) && !flusher->is_pending;
}

void sdd_flusher_flush_and_wait(struct sdd_flusher *flusher, int most_ms, bool in_batch)
{
	while (sdd_flusher_wait(flusher, most_ms) && !in_batch &&
	       sdd_memtable_size(flusher->layers->active) > 0) {
		switch_memtables(flusher);
		start_job(flusher, /* now_ms */ 0);
	}
}

size_t sdd_flusher_waiting(const struct sdd_flusher *flusher)
{
	const struct sdd_layers *layers = flusher->layers;
	size_t memory = sdd_memtable_memory(layers->active);
	uint64_t keys = sdd_memtable_count(layers->active); /* a size_t of 32 bits would overflow */
	size_t least = (size_t)(keys * layers->active_max / KEYS_MAX);

	return (memory > least ? memory : least) +
	       (size_t)(sdd_values_unflushed(layers->values) * layers->active_max / VALUES_MAX);
}

bool sdd_flusher_is_due(const struct sdd_flusher *flusher)
{
	return sdd_flusher_waiting(flusher) >= flusher->layers->active_max / DUE_PART;
}

bool sdd_flusher_finish(struct sdd_flusher *flusher)
{
	const struct sdd_layers *layers = flusher->layers;

	sdd_flusher_flush_and_wait(flusher, SDD_FLUSHER_FOREVER, /* in_batch */ false);
	if (!flusher->is_pending && (layers->version > sdd_btree_version(layers->btree) ||
	                             sdd_timing_has_news(&layers->timing) ||
	                             sdd_ttls_longest(&layers->timing.remembered) > 0)) {
		flusher->job.has_news = true;
		start_job(flusher, /* now_ms */ 0); /* for the versions' bound, and the times to live */
		(void)sdd_flusher_wait(flusher, SDD_FLUSHER_FOREVER);
	}
	return !flusher->is_pending && sdd_memtable_size(layers->active) == 0;
}

/* }}} */

/* The memtables keep memory for as much as they had last. A server that is written to much again
 * and again needs it each time, so it is kept until only little was written for a while. */
bool sdd_flusher_trim(struct sdd_flusher *flusher, int64_t now_ms)
{
	struct sdd_layers *layers = flusher->layers;

	if (flusher->has_much_memory) {
		flusher->has_much_memory = false;
		flusher->trim_ms = now_ms + TRIM_MS;
	}
	if (flusher->trim_ms == 0 || now_ms < flusher->trim_ms || !sdd_flusher_poll(flusher) ||
	    flusher->is_pending) {
		return false;
	}
	flusher->trim_ms = 0;
	sdd_wal_shrink(layers->wal);
	sdd_values_trim(layers->values);
	sdd_memtable_clear(layers->immutable);
	if (sdd_memtable_size(layers->active) == 0) {
		sdd_memtable_clear(layers->active);
	}
	return true;
}

bool sdd_flusher_has_work(const struct sdd_flusher *flusher)
{
	return flusher->is_pending || flusher->has_more ||
	       sdd_memtable_size(flusher->layers->active) > 0;
}

size_t sdd_flusher_swept(const struct sdd_flusher *flusher)
{
	return flusher->job.swept;
}

void sdd_flusher_reset_swept(struct sdd_flusher *flusher)
{
	flusher->job.swept = 0;
}
