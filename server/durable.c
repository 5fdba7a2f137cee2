/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What a power cut leaves; see durable.h. */

#include "server/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/system/log.h"

#define INTERVAL_NS 800000000 /* with a fifth of a second until there is a commit: a second */

/* A page that holds a root: LMDB's header of a page, then MDB_meta. */
#define ROOT_BYTES 152        /* of a page, that are noted: up to and with the transaction's number */
#define ROOT_TRANSACTION 144  /* where that number is */
#define ROOT_MAGIC 16         /* where MDB_MAGIC is, and the version behind it */
#define LMDB_MAGIC 0xBEEFC0DEu
#define LMDB_DATA_VERSION 1u

#define NOTE_NAME "sharedanced.root"
#define NEW_NOTE_NAME "sharedanced.root.new"
#define NOTE_MAGIC "sharedanced root 1\n"

struct note {
	char magic[sizeof(NOTE_MAGIC) - 1];
	char boot_id[SDD_BOOT_ID_BYTES]; /* of the system that the root was noted under */
	uint32_t page_size;
	uint8_t root[ROOT_BYTES];
	uint32_t check; /* of all before it */
};

struct sdd_durable {
	MDB_env *env;
	int directory;
	int data;        /* the data file's descriptor, LMDB's own */
	MDB_txn *pinned; /* reads the noted commit */
	bool failing;
	bool stopping;
	pthread_t thread;
	pthread_mutex_t mutex; /* of stopping */
	pthread_cond_t wake;
	pthread_mutex_t noting; /* held while a root is noted */
};

/* {{{ the note */

static uint32_t checksum(const struct note *note)
{
	const uint8_t *bytes = (const uint8_t *)note;
	uint32_t sum = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < offsetof(struct note, check); i++) {
		sum = (sum ^ bytes[i]) * 16777619u;
	}
	return sum;
}

/* Changes when the system is started anew. Where there is none every start counts as one. */
void sdd_durable_boot_id(char id[SDD_BOOT_ID_BYTES])
{
	int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	memset(id, 0, SDD_BOOT_ID_BYTES);
	if (descriptor != -1) {
		if (read(descriptor, id, SDD_BOOT_ID_BYTES) != SDD_BOOT_ID_BYTES) {
			memset(id, 0, SDD_BOOT_ID_BYTES);
		}
		(void)close(descriptor);
	}
}

/* Writes the note to disk, whole or not at all. */
static bool write_note(int directory, const struct note *note)
{
	int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
	int descriptor = openat(directory, NEW_NOTE_NAME, flags, 0600);
	bool written;

	if (descriptor == -1) {
		return false;
	}
	written = write(descriptor, note, sizeof(*note)) == (ssize_t)sizeof(*note) &&
	          fdatasync(descriptor) == 0;
	return close(descriptor) == 0 && written &&
	       renameat(directory, NEW_NOTE_NAME, directory, NOTE_NAME) == 0 && fsync(directory) == 0;
}

/* Reads the note. False: there is none that is whole. */
static bool read_note(int directory, struct note *note)
{
	int descriptor = openat(directory, NOTE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool whole;

	if (descriptor == -1) {
		return false;
	}
	whole = read(descriptor, note, sizeof(*note)) == (ssize_t)sizeof(*note) &&
	        memcmp(note->magic, NOTE_MAGIC, sizeof(note->magic)) == 0 &&
	        note->check == checksum(note);
	(void)close(descriptor);
	return whole;
}

/* }}} */

/* {{{ roots */

static uint64_t transaction_of(const uint8_t root[ROOT_BYTES])
{
	uint64_t number;

	memcpy(&number, root + ROOT_TRANSACTION, sizeof(number));
	return number;
}

static bool is_root(const uint8_t root[ROOT_BYTES])
{
	uint32_t words[2];

	memcpy(words, root + ROOT_MAGIC, sizeof(words));
	return words[0] == LMDB_MAGIC && words[1] == LMDB_DATA_VERSION;
}

/* Roots take turns on the first two pages, by their transaction's number. */
static off_t place_of(uint64_t transaction, uint32_t page_size)
{
	return (off_t)(transaction & 1) * page_size;
}

/* Puts the noted root back, and makes the other place older than it. */
static bool put_back(int data, const struct note *note)
{
	uint64_t transaction = transaction_of(note->root);
	uint64_t before = transaction - 1;
	uint8_t other[ROOT_BYTES];

	memcpy(other, note->root, ROOT_BYTES);
	memcpy(other + ROOT_TRANSACTION, &before, sizeof(before));
	return pwrite(data, note->root, ROOT_BYTES, place_of(transaction, note->page_size)) ==
	           ROOT_BYTES &&
	       pwrite(data, other, ROOT_BYTES, place_of(before, note->page_size)) == ROOT_BYTES &&
	       fdatasync(data) == 0;
}

/* Whether the system was started anew since the root was noted. */
static bool is_of_another_boot(const struct note *note)
{
	char boot_id[SDD_BOOT_ID_BYTES];

	sdd_durable_boot_id(boot_id);
	return boot_id[0] == '\0' || memcmp(boot_id, note->boot_id, SDD_BOOT_ID_BYTES) != 0;
}

static bool recover_in(int directory)
{
	struct note note;
	int data;
	bool done;

	/* without a note it was closed in order, or never ran this way */
	if (!read_note(directory, &note) || !is_of_another_boot(&note)) {
		return true;
	}
	data = openat(directory, "data.mdb", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (data == -1) {
		return false;
	}
	done = put_back(data, &note);
	(void)close(data);
	if (done) {
		sdd_log(SDD_LOG_WARNING, "the machine went down: the store is as it was a second before");
	}
	return done;
}

bool sdd_durable_recover(const char *directory, char *reason, size_t reason_size)
{
	int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = descriptor != -1 && recover_in(descriptor);

	if (!done) {
		(void)snprintf(reason, reason_size, "what a power cut left cannot be repaired: %s",
		               strerror(errno));
	}
	if (descriptor != -1) {
		(void)close(descriptor);
	}
	return done;
}

bool sdd_durable_forget(struct MDB_env *env, const char *directory)
{
	int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = descriptor != -1 && mdb_env_sync(env, /* force */ 1) == MDB_SUCCESS &&
	            (unlinkat(descriptor, NOTE_NAME, 0) == 0 || errno == ENOENT) &&
	            fsync(descriptor) == 0;

	if (descriptor != -1) {
		(void)close(descriptor);
	}
	return done;
}

/* }}} */

/* {{{ noting */

/* The root of the commit that `reader` reads. False: newer commits took its place meanwhile. */
static bool read_root(const struct sdd_durable *durable, MDB_txn *reader, uint32_t page_size,
                      uint8_t root[ROOT_BYTES])
{
	uint64_t transaction = mdb_txn_id(reader);

	return pread(durable->data, root, ROOT_BYTES, place_of(transaction, page_size)) == ROOT_BYTES &&
	       is_root(root) && transaction_of(root) == transaction;
}

/* Begins to read the last commit and takes its root. */
static MDB_txn *pin(struct sdd_durable *durable, uint32_t page_size, uint8_t root[ROOT_BYTES])
{
	for (int i = 0; i < 1000; i++) {
		MDB_txn *reader;

		if (mdb_txn_begin(durable->env, NULL, MDB_RDONLY, &reader) != MDB_SUCCESS) {
			return NULL;
		}
		if (read_root(durable, reader, page_size, root)) {
			return reader;
		}
		mdb_txn_abort(reader);
	}
	return NULL;
}

/* Steps 1 to 4 of durable.h. */
static bool note_root(struct sdd_durable *durable)
{
	struct note note = {.magic = {0}};
	MDB_stat stat;
	MDB_txn *reader;

	if (mdb_env_stat(durable->env, &stat) != MDB_SUCCESS) {
		return false;
	}
	note.page_size = stat.ms_psize;
	reader = pin(durable, note.page_size, note.root);
	if (reader == NULL) {
		return false;
	}
	if (durable->pinned != NULL && mdb_txn_id(durable->pinned) == mdb_txn_id(reader)) {
		mdb_txn_abort(reader); /* nothing was written since */
		return true;
	}
	memcpy(note.magic, NOTE_MAGIC, sizeof(note.magic));
	sdd_durable_boot_id(note.boot_id);
	note.check = checksum(&note);
	if (mdb_env_sync(durable->env, /* force */ 1) != MDB_SUCCESS ||
	    !write_note(durable->directory, &note)) {
		mdb_txn_abort(reader); /* the older note is good as long as its commit is read */
		return false;
	}
	if (durable->pinned != NULL) {
		mdb_txn_abort(durable->pinned);
	}
	durable->pinned = reader;
	return true;
}

static bool note_root_alone(struct sdd_durable *durable)
{
	bool noted;

	(void)pthread_mutex_lock(&durable->noting);
	noted = note_root(durable);
	(void)pthread_mutex_unlock(&durable->noting);
	return noted;
}

void sdd_durable_note(struct sdd_durable *durable)
{
	if (durable != NULL) {
		(void)note_root_alone(durable); /* the thread tells of it if it goes on failing */
	}
}

static void *note_regularly(void *argument)
{
	struct sdd_durable *durable = argument;

	(void)pthread_mutex_lock(&durable->mutex);
	while (!durable->stopping) {
		struct timespec next;
		bool failed;

		(void)clock_gettime(CLOCK_REALTIME, &next);
		next.tv_nsec += INTERVAL_NS;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		(void)pthread_cond_timedwait(&durable->wake, &durable->mutex, &next);
		(void)pthread_mutex_unlock(&durable->mutex);
		failed = !note_root_alone(durable);
		if (failed && !durable->failing) {
			sdd_log(SDD_LOG_ERROR, "the store cannot be forced to disk: %s", strerror(errno));
		}
		durable->failing = failed;
		(void)pthread_mutex_lock(&durable->mutex);
	}
	(void)pthread_mutex_unlock(&durable->mutex);
	return NULL;
}

static void free_durable(struct sdd_durable *durable)
{
	if (durable->pinned != NULL) {
		mdb_txn_abort(durable->pinned);
	}
	if (durable->directory != -1) {
		(void)close(durable->directory);
	}
	free(durable);
}

struct sdd_durable *sdd_durable_start(struct MDB_env *env, const char *directory, char *reason,
                                      size_t reason_size)
{
	struct sdd_durable *durable = calloc(1, sizeof(*durable));

	if (durable == NULL) {
		(void)snprintf(reason, reason_size, "out of memory");
		return NULL;
	}
	durable->env = env;
	durable->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)pthread_mutex_init(&durable->mutex, NULL);
	(void)pthread_cond_init(&durable->wake, NULL);
	(void)pthread_mutex_init(&durable->noting, NULL);
	if (durable->directory == -1 || mdb_env_get_fd(env, &durable->data) != MDB_SUCCESS ||
	    !note_root(durable)) {
		(void)snprintf(reason, reason_size, "it cannot be forced to disk: %s", strerror(errno));
		free_durable(durable);
		return NULL;
	}
	if (pthread_create(&durable->thread, NULL, note_regularly, durable) != 0) {
		(void)snprintf(reason, reason_size, "a thread cannot be made");
		free_durable(durable);
		return NULL;
	}
	return durable;
}

void sdd_durable_stop(struct sdd_durable *durable)
{
	if (durable == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&durable->mutex);
	durable->stopping = true;
	(void)pthread_cond_signal(&durable->wake);
	(void)pthread_mutex_unlock(&durable->mutex);
	(void)pthread_join(durable->thread, NULL);
	if (mdb_env_sync(durable->env, /* force */ 1) == MDB_SUCCESS &&
	    unlinkat(durable->directory, NOTE_NAME, 0) == 0) {
		(void)fsync(durable->directory);
	}
	free_durable(durable);
}

/* }}} */
