/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Online backup; see backup.h. The mutex guards what the thread shares: the channel, which another
 * thread may cut, and whether and why it is to give up. */

#include "server/store/backup.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/btree.h"
#include "server/store/directory.h"
#include "server/store/io.h"
#include "server/store/layers.h"
#include "server/store/values.h"
#include "server/store/wal.h"
#include "server/system/clock.h"
#include "server/system/log.h"

#define FLUSH_MOST_MS 60000 /* until what was stored before is flushed */

static bool copy_data(const struct sdd_layers *layers, int descriptor,
                      char reason[SDD_STORE_REASON_MAX])
{
	return sdd_btree_copy(layers->btree, descriptor, reason);
}

static bool copy_values(const struct sdd_layers *layers, int descriptor,
                        char reason[SDD_STORE_REASON_MAX])
{
	return sdd_values_copy(layers->values, descriptor, reason);
}

/* The files, and what writes the content of each to a descriptor. False, with a reason. The values
 * come after the commit that refers to them. */
static const struct backup_file {
	const char *name;
	bool (*copy)(const struct sdd_layers *layers, int descriptor,
	             char reason[SDD_STORE_REASON_MAX]);
} files[] = {
	{SDD_FILE_DATA, copy_data},
	{SDD_FILE_VALUES, copy_values},
};
#define FILES (sizeof(files) / sizeof(files[0]))

enum state {
	IDLE,
	WAITING, /* for a flush */
	SENDING, /* the thread runs, or has to be joined */
};

struct sdd_backup {
	struct sdd_layers *layers;
	struct sdd_backup_receiver receiver;

	/* of the thread that serves */
	enum state state;
	uint64_t generation; /* of the log: it has what was stored when the backup was asked for */
	int64_t end_ms;      /* monotonic: of the wait for a flush */
	pthread_t thread;

	pthread_mutex_t mutex;
	pthread_cond_t over;
	bool is_running;
	int channel;     /* takes the file that is being sent; -1: none is */
	const char *why; /* it gives up; NULL: it does not */
};

const char *sdd_backup_file(unsigned number)
{
	return number < FILES ? files[number].name : NULL;
}

/* {{{ the thread */

static void set_running(struct sdd_backup *backup, bool is_running)
{
	(void)pthread_mutex_lock(&backup->mutex);
	backup->is_running = is_running;
	backup->why = NULL;
	(void)pthread_cond_broadcast(&backup->over);
	(void)pthread_mutex_unlock(&backup->mutex);
}

/* Opens the channel of a file. False: it cannot, or is to give up. */
static bool open_channel(struct sdd_backup *backup, const char *name,
                         char reason[SDD_STORE_REASON_MAX])
{
	bool is_open;

	(void)pthread_mutex_lock(&backup->mutex);
	if (backup->why == NULL) {
		backup->channel = backup->receiver.open(backup->receiver.peer, name);
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s", strerror(errno));
	}
	is_open = backup->channel != -1;
	(void)pthread_mutex_unlock(&backup->mutex);
	return is_open;
}

static void close_channel(struct sdd_backup *backup)
{
	(void)pthread_mutex_lock(&backup->mutex);
	(void)sdd_io_close(backup->channel);
	backup->channel = -1;
	(void)pthread_mutex_unlock(&backup->mutex);
}

static bool send_file(struct sdd_backup *backup, const struct backup_file *file,
                      char reason[SDD_STORE_REASON_MAX])
{
	bool is_sent;

	if (!open_channel(backup, file->name, reason)) {
		return false;
	}
	is_sent = file->copy(backup->layers, backup->channel, reason);
	close_channel(backup);
	return is_sent;
}

/* Why the backup is not whole; NULL: it is. */
static const char *failure_of(struct sdd_backup *backup, bool is_sent, const char *reason)
{
	const char *why;

	(void)pthread_mutex_lock(&backup->mutex);
	why = backup->why;
	(void)pthread_mutex_unlock(&backup->mutex);
	if (is_sent) {
		return NULL;
	}
	return why != NULL ? why : reason;
}

static void *run_backup(void *argument)
{
	struct sdd_backup *backup = argument;
	char reason[SDD_STORE_REASON_MAX] = "";
	const char *failure;
	bool is_sent = true;
	sigset_t all;

	(void)sigfillset(&all); /* LMDB takes a write that a signal interrupts for one that failed */
	(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (size_t i = 0; is_sent && i < FILES; i++) {
		is_sent = send_file(backup, &files[i], reason);
	}
	failure = failure_of(backup, is_sent, reason);
	if (failure != NULL) {
		sdd_log(SDD_LOG_WARNING, "the backup was given up: %s", failure);
	} else {
		sdd_log(SDD_LOG_NOTICE, "the backup was sent");
	}
	backup->receiver.end(backup->receiver.peer, failure);
	set_running(backup, false);
	return NULL;
}

/* }}} */

/* {{{ beginning and giving up */

static void fail_backup(struct sdd_backup *backup, const char *why)
{
	sdd_log(SDD_LOG_WARNING, "no backup: %s", why);
	backup->receiver.end(backup->receiver.peer, why);
	backup->state = IDLE;
}

static bool is_sending(struct sdd_backup *backup)
{
	bool is_running;

	(void)pthread_mutex_lock(&backup->mutex);
	is_running = backup->is_running;
	(void)pthread_mutex_unlock(&backup->mutex);
	return is_running;
}

/* Ends a thread that has nothing left to do, and lets the store have what was kept for it. */
static void join_thread(struct sdd_backup *backup)
{
	if (backup->state == SENDING) {
		(void)pthread_join(backup->thread, NULL);
		backup->state = IDLE;
		sdd_values_unpin(backup->layers->values);
	}
}

void sdd_backup_start(struct sdd_backup *backup, const struct sdd_backup_receiver *receiver)
{
	if (backup->state == WAITING || is_sending(backup)) {
		receiver->end(receiver->peer, "another backup is running");
		return;
	}
	join_thread(backup);
	backup->receiver = *receiver;
	backup->generation = sdd_wal_generation(backup->layers->wal);
	backup->end_ms = sdd_clock_monotonic_ms() + FLUSH_MOST_MS;
	backup->state = WAITING;
}

static void start_sending(struct sdd_backup *backup)
{
	set_running(backup, true);
	sdd_values_pin(backup->layers->values);
	if (pthread_create(&backup->thread, NULL, run_backup, backup) == 0) {
		backup->state = SENDING;
	} else {
		set_running(backup, false);
		sdd_values_unpin(backup->layers->values);
		fail_backup(backup, "a thread cannot be made");
	}
}

void sdd_backup_poll(struct sdd_backup *backup)
{
	const struct sdd_layers *layers = backup->layers;

	if (backup->state == SENDING && !is_sending(backup)) {
		join_thread(backup);
	}
	if (backup->state != WAITING) {
		return;
	}
	if (sdd_health_state(&layers->health) != SDD_OK) {
		/* what was stored last may be in the log alone */
		fail_backup(backup, sdd_health_reason(&layers->health));
	} else if (sdd_wal_completed(layers->wal) >= backup->generation) {
		if (sdd_btree_disk_room(layers->btree) < SDD_BACKUP_SPARE) {
			fail_backup(backup, "there is too little room on the disk of the store");
		} else {
			start_sending(backup);
		}
	} else if (sdd_clock_monotonic_ms() >= backup->end_ms) {
		fail_backup(backup, "the disk takes too long");
	}
}

bool sdd_backup_is_busy(const struct sdd_backup *backup)
{
	return backup->state != IDLE;
}

bool sdd_backup_abandon(struct sdd_backup *backup, const char *why)
{
	bool was_running;

	if (backup == NULL) {
		return false;
	}
	(void)pthread_mutex_lock(&backup->mutex);
	was_running = backup->is_running;
	if (was_running) {
		backup->why = why;
		if (backup->channel != -1) {
			backup->receiver.cut(backup->channel);
		}
	}
	while (backup->is_running) {
		(void)pthread_cond_wait(&backup->over, &backup->mutex);
	}
	(void)pthread_mutex_unlock(&backup->mutex);
	return was_running;
}

bool sdd_backup_give_room(struct sdd_backup *backup)
{
	if (backup->state != SENDING) {
		return false;
	}
	(void)sdd_backup_abandon(backup, "the store needs the room");
	join_thread(backup);
	return true;
}

void sdd_backup_make_way(struct sdd_backup *backup)
{
	if (backup != NULL && is_sending(backup) &&
	    sdd_btree_disk_room(backup->layers->btree) < SDD_BACKUP_SPARE) {
		(void)sdd_backup_abandon(backup, "the disk of the store is running out of room");
	}
}

/* }}} */

struct sdd_backup *sdd_backup_new(struct sdd_layers *layers)
{
	struct sdd_backup *backup = calloc(1, sizeof(*backup));

	if (backup != NULL) {
		backup->layers = layers;
		backup->channel = -1;
		(void)pthread_mutex_init(&backup->mutex, NULL);
		(void)pthread_cond_init(&backup->over, NULL);
	}
	return backup;
}

void sdd_backup_stop(struct sdd_backup *backup)
{
	static const char why[] = "the server stops";

	if (backup == NULL) {
		return;
	}
	if (backup->state == WAITING) {
		fail_backup(backup, why);
	}
	(void)sdd_backup_abandon(backup, why);
	join_thread(backup);
}

void sdd_backup_free(struct sdd_backup *backup)
{
	sdd_backup_stop(backup);
	free(backup);
}
