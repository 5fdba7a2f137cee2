/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Forcing the write-ahead log to disk; see wal.h. */

#include <errno.h>

#include "server/store/io.h"
#include "server/store/values.h"
#include "server/store/wal_files.h"
#include "server/system/clock.h"

/* New files have to be there after a power cut, too. Some file systems cannot force a directory to
 * disk, and need not. If it fails, the next sdd_wal_sync() tries it again. False, with errno. */
bool sdd_wal_sync_names(struct sdd_wal *wal)
{
	if (atomic_exchange(&wal->are_names_unsynced, false) && sdd_io_fsync(wal->directory) != 0 &&
	    errno != EINVAL) {
		atomic_store(&wal->are_names_unsynced, true);
		return false;
	}
	return true;
}

/* Forces the values to disk. If that failed, now or since the last call, some that the log refers
 * to may be lost: nothing in its files counts as forced. Without marks, each batch sees to its own.
 */
static bool sync_values(struct sdd_wal *wal)
{
	uint32_t failures;
	int error;

	if (wal->values == NULL) {
		return true;
	}
	failures = wal->marks ? wal->values_failures : sdd_values_failures(wal->values);
	if (sdd_values_sync(wal->values, failures)) {
		return true;
	}
	error = errno;
	wal->values_failures = sdd_values_failures(wal->values);
	if (failures != wal->values_failures) {
		for (int i = 0; i < SDD_WAL_FILES; i++) {
			atomic_store(&wal->files[i].is_doubtful, true);
		}
	}
	errno = error;
	return false;
}

/* The earlier generation comes first. After a power cut in between, a change in the later one would
 * otherwise be of an entry that is not there: an older value would get a newer one's version.
 * *has_work: something was not on disk yet. */
static bool sync_files(struct sdd_wal *wal, bool *has_work)
{
	bool is_swapped = atomic_load(&wal->files[0].shared_generation) >
	                  atomic_load(&wal->files[1].shared_generation);
	bool is_done = true;

	*has_work = false;
	for (int i = 0; i < SDD_WAL_FILES; i++) {
		struct sdd_wal_file *file = &wal->files[is_swapped ? 1 - i : i];

		if (!atomic_exchange(&file->is_unsynced, false)) {
			continue;
		}
		*has_work = true;
		if (sdd_io_fdatasync(file->descriptor) != 0) {
			/* the system may have dropped what it could not write, and says so once only */
			atomic_store(&file->is_doubtful, true);
			atomic_store(&file->has_failed, true);
			is_done = false;
		}
	}
	return is_done;
}

/* How far the files go now, which is to be forced to disk. */
static void claim(struct sdd_wal *wal, struct sdd_wal_mark marks[SDD_WAL_FILES])
{
	if (wal->values != NULL) {
		sdd_values_begin_claim(wal->values);
	}
	for (int i = 0; i < SDD_WAL_FILES; i++) {
		struct sdd_wal_file *file = &wal->files[i];
		uint64_t generation = atomic_load(&file->shared_generation);
		uint64_t end = atomic_load(&file->shared_end);

		/* if another generation has begun meanwhile, the mark is about none */
		marks[i] = sdd_wal_mark_of(
			generation == atomic_load(&file->shared_generation) ? generation : 0, end);
	}
	if (wal->values != NULL) {
		sdd_values_end_claim(wal->values);
	}
}

/* A mark that cannot be written, or not be forced to disk itself, says less than it could. */
static void write_marks(struct sdd_wal *wal, const struct sdd_wal_mark marks[SDD_WAL_FILES])
{
	for (int i = 0; i < SDD_WAL_FILES; i++) {
		if (marks[i].generation != 0) {
			(void)sdd_io_pwrite(wal->files[i].descriptor, &marks[i], sizeof(marks[i]),
			                    SDD_WAL_MARK_OFFSET);
		}
	}
}

static void record_sync(struct sdd_wal *wal, int64_t began_us, bool is_done, bool has_work)
{
	int64_t now_us = sdd_clock_monotonic_us();

	if (has_work) {
		atomic_store(&wal->sync_took_us, now_us - began_us);
	}
	if (is_done) {
		atomic_store(&wal->synced_us, now_us);
	}
}

int64_t sdd_wal_last_sync_us(const struct sdd_wal *wal, int64_t *duration_us)
{
	*duration_us = atomic_load(&wal->sync_took_us);
	return atomic_load(&wal->synced_us);
}

/* The values come before the log that refers to them. */
static bool sync_all(struct sdd_wal *wal, bool *has_work)
{
	struct sdd_wal_mark marks[SDD_WAL_FILES];
	bool are_values_synced;
	bool is_done;

	claim(wal, marks);
	is_done = sdd_wal_sync_names(wal);
	are_values_synced = sync_values(wal);
	is_done = sync_files(wal, has_work) && is_done && are_values_synced;
	if (is_done && wal->marks && !sdd_wal_is_doubtful(wal)) {
		write_marks(wal, marks);
	}
	return is_done;
}

/* What another thread is forcing to disk is not there yet: so only one does it at a time. */
bool sdd_wal_sync(struct sdd_wal *wal)
{
	int64_t began_us;
	bool has_work;
	bool is_done;

	(void)pthread_mutex_lock(&wal->sync_mutex);
	began_us = sdd_clock_monotonic_us();
	is_done = sync_all(wal, &has_work);
	record_sync(wal, began_us, is_done, has_work);
	(void)pthread_mutex_unlock(&wal->sync_mutex);
	return is_done;
}

static bool is_doubtful(const struct sdd_wal_file *file)
{
	return file->is_started && atomic_load(&file->is_doubtful);
}

bool sdd_wal_is_doubtful(const struct sdd_wal *wal)
{
	return is_doubtful(&wal->files[0]) || is_doubtful(&wal->files[1]);
}

bool sdd_wal_is_current_doubtful(const struct sdd_wal *wal)
{
	return is_doubtful(wal->current);
}
