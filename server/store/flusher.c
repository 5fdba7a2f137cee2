/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The thread that writes the tables; see writer.h. */

#include "server/store/flusher.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEYS_AT_ONCE 4096 /* in one transaction: 20 to 35 MB of pages, where each is on another */

struct sdd_writer {
	struct sdd_tables *tables;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t begun; /* or to be stopped */
	pthread_cond_t over;
	struct sdd_task *_Atomic task; /* that is under way; NULL: none */
	bool stopping;
};

/* {{{ the task */

/* What a generation made of one key. */
static enum sdd_result write_known(struct sdd_tables *tables, struct sdd_known known)
{
	struct sdd_entry entry = sdd_record_entry(known.last);
	enum sdd_operation operation = (enum sdd_operation)known.last->operation;

	if (operation == SDD_CHANGE && known.put != NULL) {
		operation = SDD_PUT;
		entry.value = sdd_record_value(known.put);
	}
	return sdd_tables_write(tables, operation, sdd_record_key(known.last), &entry,
	                        sdd_tables_life(tables));
}

static int by_key(const void *left, const void *right)
{
	struct sdd_bytes a = sdd_record_key(((const struct sdd_known *)left)->last);
	struct sdd_bytes b = sdd_record_key(((const struct sdd_known *)right)->last);
	int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* What a generation knows, in the order of the tables: neighbours are on the same pages. NULL: no
 * memory. */
static struct sdd_known *sorted(const struct sdd_recent *recent, size_t *count)
{
	struct sdd_known *all = malloc((sdd_recent_count(recent) + 1) * sizeof(*all));

	*count = 0;
	if (all == NULL) {
		return NULL;
	}
	for (size_t i = 0; sdd_recent_at(recent, i, &all[*count]); i++) {
		*count += all[*count].last != NULL;
	}
	qsort(all, *count, sizeof(*all), by_key);
	return all;
}

static enum sdd_result begin(struct sdd_tables *tables, const struct sdd_task *task)
{
	enum sdd_result result = sdd_tables_begin(tables);

	return result == SDD_DONE ? sdd_tables_note_version(tables, task->version) : result;
}

/* All of it may take several transactions, the last of which is left open. */
static enum sdd_result write_all(struct sdd_tables *tables, const struct sdd_task *task,
                                 const struct sdd_known *all, size_t count)
{
	enum sdd_result result = begin(tables, task);

	for (size_t i = 0; result == SDD_DONE && i < count; i++) {
		if (!task->is_batch && i % KEYS_AT_ONCE == KEYS_AT_ONCE - 1) {
			result = sdd_tables_commit(tables);
			result = result == SDD_DONE ? begin(tables, task) : result;
		}
		if (result == SDD_DONE) {
			result = write_known(tables, all[i]);
		}
	}
	return result;
}

static enum sdd_result try_once(struct sdd_tables *tables, struct sdd_task *task,
                                const struct sdd_known *all, size_t count)
{
	enum sdd_result result = write_all(tables, task, all, count);

	if (result == SDD_DONE && task->sweep_limit > 0) {
		result = sdd_tables_sweep(tables, task->sweep_ms, task->sweep_limit, &task->swept);
	}
	return result == SDD_DONE ? sdd_tables_commit(tables) : result;
}

static void carry_out(struct sdd_tables *tables, struct sdd_task *task)
{
	size_t count;
	struct sdd_known *all = sorted(task->recent, &count);

	task->swept = 0;
	task->result = all != NULL ? try_once(tables, task, all, count) : SDD_FAILED;
	if (task->result == SDD_FULL) {
		/* of pages that were kept for a power cut, as they are no longer */
		task->result = try_once(tables, task, all, count);
	}
	if (task->result != SDD_DONE) {
		(void)snprintf(task->reason, sizeof(task->reason), "%s",
		               all != NULL ? sdd_tables_reason(tables) : "out of memory");
	}
	free(all);
}

/* }}} */

/* {{{ the thread */

static void *run(void *argument)
{
	struct sdd_writer *writer = argument;

	(void)pthread_mutex_lock(&writer->mutex);
	for (;;) {
		struct sdd_task *task = atomic_load(&writer->task);

		if (task != NULL) {
			(void)pthread_mutex_unlock(&writer->mutex);
			carry_out(writer->tables, task);
			(void)pthread_mutex_lock(&writer->mutex);
			atomic_store(&writer->task, NULL);
			(void)pthread_cond_signal(&writer->over);
		} else if (writer->stopping) {
			break;
		} else {
			(void)pthread_cond_wait(&writer->begun, &writer->mutex);
		}
	}
	(void)pthread_mutex_unlock(&writer->mutex);
	return NULL;
}

void sdd_writer_begin(struct sdd_writer *writer, struct sdd_task *task)
{
	(void)pthread_mutex_lock(&writer->mutex);
	atomic_store(&writer->task, task);
	(void)pthread_cond_signal(&writer->begun);
	(void)pthread_mutex_unlock(&writer->mutex);
}

bool sdd_writer_is_over(struct sdd_writer *writer)
{
	return atomic_load(&writer->task) == NULL;
}

static struct timespec after_ms(int ms)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return until;
}

void sdd_writer_wait(struct sdd_writer *writer, int most_ms)
{
	struct timespec until = after_ms(most_ms == SDD_WRITER_FOREVER ? 0 : most_ms);
	int error = 0;

	(void)pthread_mutex_lock(&writer->mutex);
	while (atomic_load(&writer->task) != NULL && error == 0) {
		error = most_ms == SDD_WRITER_FOREVER
		            ? pthread_cond_wait(&writer->over, &writer->mutex)
		            : pthread_cond_timedwait(&writer->over, &writer->mutex, &until);
	}
	(void)pthread_mutex_unlock(&writer->mutex);
}

struct sdd_writer *sdd_writer_start(struct sdd_tables *tables)
{
	struct sdd_writer *writer = calloc(1, sizeof(*writer));
	pthread_condattr_t attributes;

	if (writer == NULL) {
		return NULL;
	}
	writer->tables = tables;
	(void)pthread_mutex_init(&writer->mutex, NULL);
	(void)pthread_cond_init(&writer->begun, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&writer->over, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	if (pthread_create(&writer->thread, NULL, run, writer) != 0) {
		free(writer);
		return NULL;
	}
	return writer;
}

void sdd_writer_stop(struct sdd_writer *writer)
{
	if (writer == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&writer->mutex);
	writer->stopping = true;
	(void)pthread_cond_signal(&writer->begun);
	(void)pthread_mutex_unlock(&writer->mutex);
	(void)pthread_join(writer->thread, NULL);
	free(writer);
}

/* }}} */
