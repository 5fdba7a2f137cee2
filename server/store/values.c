/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The file of values; see values.h. */

#include "server/store/values.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/directory.h"
#include "server/store/hash.h"
#include "server/store/io.h"
#include "server/store/values_internal.h"

/* {{{ extents */

static void free_extent(struct sdd_values *values, const struct sdd_extent *extent)
{
	sdd_extent_map_free(&values->map, extent->offset / SDD_EXTENT_PAGE,
	                    sdd_extent_pages(extent->length));
	values->has_free_blocks = true;
}

static void free_all(struct sdd_values *values, struct sdd_extent_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free_extent(values, &list->extents[i]);
	}
	list->count = 0;
}

/* }}} */

/* {{{ the file */

/* False, with errno. */
static bool open_file(struct sdd_values *values)
{
	int descriptor = sdd_io_openat(values->directory, SDD_FILE_VALUES, O_RDWR | O_CREAT, 0600);

	values->open_error = descriptor == -1 ? errno : 0;
	if (descriptor == -1) {
		return false;
	}
	if (values->descriptor != -1) {
		(void)sdd_io_close(values->descriptor);
	}
	atomic_store(&values->descriptor, descriptor);
	atomic_store(&values->is_name_unsynced, true);
	return true;
}

/* Opens the file for reading only if it must be. False, with errno: there may be something in it.
 */
static bool open_at_start(struct sdd_values *values)
{
	struct stat found;

	if (!open_file(values)) {
		if (!sdd_io_is_unwritable(errno)) {
			return false;
		}
		values->descriptor = sdd_io_openat(values->directory, SDD_FILE_VALUES, O_RDONLY, 0);
		if (values->descriptor == -1) {
			return errno == ENOENT;
		}
	}
	if (sdd_io_fstat(values->descriptor, &found) != 0) {
		return false;
	}
	values->end = (uint64_t)found.st_size;
	values->first_free = sdd_extent_pages(values->end);
	values->has_free_blocks = values->end > 0;
	/* the process that wrote it may have died before it forced it to disk */
	atomic_store(&values->is_unsynced, values->open_error == 0 && values->end > 0);
	return true;
}

struct sdd_values *sdd_values_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                   char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_values *values = calloc(1, sizeof(*values));

	if (values == NULL) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
		return NULL;
	}
	(void)pthread_mutex_init(&values->syncing, NULL);
	values->descriptor = -1;
	values->sync = sync;
	values->map.most = (max_size + max_size / 4 + (64u << 20)) / SDD_EXTENT_PAGE;
	values->directory = sdd_io_open_directory(directory);
	if (values->directory == -1 || !open_at_start(values)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, SDD_FILE_VALUES " cannot be opened: %s",
		               strerror(errno));
		sdd_values_close(values);
		return NULL;
	}
	return values;
}

void sdd_values_close(struct sdd_values *values)
{
	if (values == NULL) {
		return;
	}
	if (values->descriptor != -1) {
		(void)sdd_io_close(values->descriptor);
	}
	if (values->directory != -1) {
		(void)sdd_io_close(values->directory);
	}
	sdd_extent_map_clear(&values->map);
	free(values->batch.extents);
	free(values->dropped.extents);
	free(values->active_dropped.extents);
	free(values->immutable_dropped.extents);
	free(values->pinned.extents);
	(void)pthread_mutex_destroy(&values->syncing);
	free(values);
}

/* }}} */

/* {{{ the start */

bool sdd_values_adopt(struct sdd_values *values, const struct sdd_extent *extent)
{
	uint64_t first = extent->offset / SDD_EXTENT_PAGE;
	uint64_t pages = sdd_extent_pages(extent->length);

	if (first + pages > values->first_free) {
		values->first_free = first + pages;
	}
	return sdd_extent_map_mark(&values->map, first, pages);
}

void sdd_values_end_start(struct sdd_values *values)
{
	values->first_free = values->is_sealed ? values->first_free : 0;
}

void sdd_values_seal(struct sdd_values *values)
{
	values->is_sealed = true;
}

/* }}} */

/* {{{ a batch */

static void give_up_extent(struct sdd_values *values, const struct sdd_extent *extent)
{
	int error = errno;

	free_extent(values, extent);
	errno = error;
}

/* False, with errno: it cannot be written. */
static bool is_open(struct sdd_values *values)
{
	return (values->descriptor != -1 && values->open_error == 0) || open_file(values);
}

bool sdd_values_reopen(struct sdd_values *values)
{
	return is_open(values);
}

/* Writes to free pages. If a sync has failed, it may have been theirs: their blocks are given back
 * first, as in sdd_io_forget(). */
static bool write_extent(struct sdd_values *values, const struct sdd_extent *extent,
                         const void *bytes)
{
	if (sdd_values_failures(values) != 0) {
		(void)sdd_io_punch(values->descriptor, (off_t)extent->offset,
		                   (off_t)sdd_extent_bytes(extent));
	}
	return sdd_io_write_all(values->descriptor, bytes, extent->length, (off_t)extent->offset);
}

static void extend_end(struct sdd_values *values, const struct sdd_extent *extent)
{
	uint64_t end = extent->offset + extent->length;

	values->end = end > values->end ? end : values->end;
}

bool sdd_values_takes(struct sdd_values *values)
{
	static const uint8_t zeros[SDD_VALUES_LEAST];
	struct sdd_extent extent = {.length = sizeof(zeros)};
	uint64_t first;
	bool is_done;

	if (!is_open(values) || !sdd_extent_map_take(&values->map, sdd_extent_pages(sizeof(zeros)),
	                                             values->first_free, &first)) {
		return false;
	}
	extent.offset = first * SDD_EXTENT_PAGE;
	is_done = write_extent(values, &extent, zeros);
	extend_end(values, &extent);
	free_extent(values, &extent);
	return is_done;
}

enum sdd_values_result sdd_values_write(struct sdd_values *values, struct sd_bytes value,
                                        struct sdd_extent *extent)
{
	uint64_t first;

	if (!is_open(values)) {
		return SDD_VALUES_ERROR;
	}
	if (!sdd_extent_map_take(&values->map, sdd_extent_pages(value.length), values->first_free,
	                         &first)) {
		return SDD_VALUES_NO_RUN;
	}
	if (values->batch.count == 0) {
		values->batch_failures = sdd_values_failures(values);
	}
	*extent = (struct sdd_extent){
		.offset = first * SDD_EXTENT_PAGE,
		.length = (uint32_t)value.length,
		.syncs = atomic_load(&values->syncs),
	};
	if (!sdd_extent_list_add(&values->batch, extent)) {
		give_up_extent(values, extent);
		return SDD_VALUES_NO_RUN;
	}
	if (!write_extent(values, extent, value.data)) {
		values->batch.count--;
		give_up_extent(values, extent);
		return SDD_VALUES_ERROR;
	}
	atomic_store(&values->is_unsynced, true);
	extent->check = sdd_hash(0, value.data, value.length);
	sdd_values_forget_damage(values, extent); /* of a value here before */
	extend_end(values, extent);
	values->unflushed += sdd_extent_bytes(extent);
	return SDD_VALUES_WRITTEN;
}

/* Without memory for that, it is free after the next start. */
void sdd_values_drop(struct sdd_values *values, const struct sdd_extent *extent)
{
	(void)sdd_extent_list_add(&values->dropped, extent);
}

bool sdd_values_force_batch(struct sdd_values *values)
{
	return values->batch.count == 0 || sdd_values_sync(values, values->batch_failures);
}

/* Whether nothing was forced to disk, or began to be, since an extent was written. */
static bool was_never_claimed(const struct sdd_values *values, const struct sdd_extent *extent)
{
	unsigned syncs = atomic_load(&values->syncs);

	return values->sync == SDD_SYNC_NEVER || (syncs % 2 == 0 && syncs == extent->syncs);
}

/* What the batch has replaced is free now, or when no start needs it. */
static void release_replaced(struct sdd_values *values)
{
	for (size_t i = 0; i < values->dropped.count; i++) {
		const struct sdd_extent *extent = &values->dropped.extents[i];

		if (was_never_claimed(values, extent)) {
			free_extent(values, extent);
			values->unflushed -= sdd_extent_bytes(extent);
		} else {
			(void)sdd_extent_list_add(&values->active_dropped, extent);
		}
	}
	values->dropped.count = 0;
}

void sdd_values_commit(struct sdd_values *values)
{
	values->batch.count = 0;
	if (values->dropped.count > 0) {
		release_replaced(values);
	}
}

void sdd_values_retain_batch(struct sdd_values *values)
{
	for (size_t i = 0; i < values->batch.count; i++) {
		(void)sdd_extent_list_add(&values->active_dropped, &values->batch.extents[i]);
	}
	values->batch.count = 0;
}

void sdd_values_rollback(struct sdd_values *values)
{
	for (size_t i = 0; i < values->batch.count; i++) {
		values->unflushed -= sdd_extent_bytes(&values->batch.extents[i]);
	}
	free_all(values, &values->batch);
	values->dropped.count = 0;
}

/* }}} */

/* {{{ flushing */

uint64_t sdd_values_unflushed(const struct sdd_values *values)
{
	return values->unflushed;
}

void sdd_values_switch(struct sdd_values *values)
{
	struct sdd_extent_list empty = values->immutable_dropped;

	values->immutable_dropped = values->active_dropped;
	values->active_dropped = empty;
	values->unflushed = 0;
}

void sdd_values_release(struct sdd_values *values, const struct sdd_extent *dropped, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (values->is_pinned) {
			(void)sdd_extent_list_add(&values->pinned, &dropped[i]);
		} else {
			free_extent(values, &dropped[i]);
		}
	}
	free_all(values, &values->immutable_dropped);
	sdd_values_end_start(values);
}

void sdd_values_pin(struct sdd_values *values)
{
	values->is_pinned = true;
}

void sdd_values_unpin(struct sdd_values *values)
{
	values->is_pinned = false;
	free_all(values, &values->pinned);
}

/* Not every file system can give the blocks inside a file back: then those at its end are. */
void sdd_values_trim(struct sdd_values *values)
{
	uint64_t first = 0;
	uint64_t pages = 0;
	bool can_punch = true;

	if (!values->has_free_blocks || values->first_free != 0 || values->descriptor == -1 ||
	    values->open_error != 0) {
		return;
	}
	while (sdd_extent_map_gap(&values->map, first + pages, &first, &pages)) {
		can_punch = can_punch && sdd_io_punch(values->descriptor, (off_t)(first * SDD_EXTENT_PAGE),
		                                      (off_t)(pages * SDD_EXTENT_PAGE)) == 0;
	}
	first *= SDD_EXTENT_PAGE;
	if (first < values->end && sdd_io_ftruncate(values->descriptor, (off_t)first) == 0) {
		values->end = first;
	}
	values->has_free_blocks = false;
}

/* }}} */

/* {{{ disk */

uint32_t sdd_values_failures(const struct sdd_values *values)
{
	return atomic_load(&values->failures);
}

/* A new file has to be there after a power cut, too. Some file systems cannot force a directory to
 * disk, and need not. */
static bool sync_name(struct sdd_values *values)
{
	if (atomic_exchange(&values->is_name_unsynced, false) && sdd_io_fsync(values->directory) != 0 &&
	    errno != EINVAL) {
		atomic_store(&values->is_name_unsynced, true);
		return false;
	}
	return true;
}

/* The system may have dropped what it could not write, and says so once only. */
static bool sync_file(struct sdd_values *values)
{
	if (!atomic_load(&values->is_unsynced)) {
		return true;
	}
	if (!sync_name(values)) {
		return false;
	}
	atomic_store(&values->is_unsynced, false);
	if (sdd_io_fdatasync(values->descriptor) != 0) {
		atomic_fetch_add(&values->failures, 1);
		return false;
	}
	return true;
}

bool sdd_values_sync(struct sdd_values *values, uint32_t failures)
{
	bool is_done;
	int error;

	(void)pthread_mutex_lock(&values->syncing);
	is_done = sync_file(values);
	error = errno;
	if (is_done && atomic_load(&values->failures) != failures) {
		is_done = false;
		error = EIO;
	}
	(void)pthread_mutex_unlock(&values->syncing);
	errno = error;
	return is_done;
}

/* What cannot be read, or is damaged, stays as it is: it is a failure of its key alone. */
bool sdd_values_rewrite(struct sdd_values *values, const struct sdd_extent *extent)
{
	bool is_writable = values->open_error == 0;
	void *room = is_writable ? malloc(extent->length) : NULL;
	bool is_done = room != NULL;

	errno = is_writable ? ENOMEM : values->open_error;
	if (is_done && sdd_values_read_extent(values, extent, room) == SDD_DONE) {
		sdd_io_forget(values->descriptor, (off_t)extent->offset, (off_t)sdd_extent_bytes(extent));
		is_done = sdd_io_write_all(values->descriptor, room, extent->length, (off_t)extent->offset);
		atomic_store(&values->is_unsynced, true);
	}
	free(room);
	return is_done;
}

void sdd_values_begin_claim(struct sdd_values *values)
{
	atomic_fetch_add(&values->syncs, 1);
}

void sdd_values_end_claim(struct sdd_values *values)
{
	atomic_fetch_add(&values->syncs, 1);
}

/* }}} */
