/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The write-ahead log; see wal.h. What an earlier process left is read by wal_replay.c. */

#include "server/store/wal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/store/directory.h"
#include "server/store/health.h"
#include "server/store/io.h"
#include "server/store/values.h"
#include "server/store/wal_files.h"
#include "server/system/clock.h"
#include "server/system/log.h"

#define BLOCKS_AHEAD (256u * 1024u) /* bytes that a file occupies on disk from the beginning */
#define STEP 65536                  /* bytes that preallocate() writes at a time */
#define MARGIN 65536                /* bytes in which no values are written */

static const char *const names[SDD_WAL_FILES] = {SDD_FILE_WAL_1, SDD_FILE_WAL_2};

struct sdd_wal_file *sdd_wal_other_file(const struct sdd_wal *wal)
{
	struct sdd_wal_file *files = ((struct sdd_wal *)(uintptr_t)wal)->files;

	return wal->current == &files[0] ? &files[1] : &files[0];
}

/* {{{ the files */

/*
 * Writes zeros to the parts of a file that this process has not written yet, in steps. The file
 * system keeps what is written in extents as large as they were written first. In the large extent
 * of a long value, a short write takes Linux 3 to 6 us instead of 0.8, because ext4 goes through
 * all blocks of an extent; and a long write into many small extents takes twice as long. Nor does a
 * block have to be read before a part of it is written. False, with errno: there is no room.
 * Other errors are reported by the next write.
 */
static bool preallocate(struct sdd_wal_file *file, size_t end)
{
	static const uint8_t zeros[STEP];

	while (file->written < end) {
		ssize_t done = sdd_io_pwrite(file->descriptor, zeros, STEP, (off_t)file->written);

		errno = done == 0 ? ENOSPC : errno;
		if (done <= 0 && errno != EINTR) {
			return sdd_health_of_error(errno) != SDD_NO_ROOM;
		}
		file->written += done > 0 ? (size_t)done : 0;
	}
	return true;
}

/* Writes bytes at an offset; zeros are never written over them afterwards. */
static bool write_at(struct sdd_wal_file *file, const void *bytes, size_t length, size_t offset)
{
	if (!sdd_io_write_all(file->descriptor, bytes, length, (off_t)offset)) {
		return false;
	}
	if (file->written < offset + length) {
		file->written = offset + length;
	}
	atomic_store(&file->is_unsynced, true);
	return true;
}

/* Writes the header of a generation, and its first mark. */
static bool write_header(struct sdd_wal *wal, struct sdd_wal_file *file,
                         const struct sdd_wal_header *header)
{
	uint8_t block[SDD_WAL_FIRST_FRAME] = {0};
	struct sdd_wal_mark mark =
		sdd_wal_mark_of(header->generation, wal->marks ? SDD_WAL_FIRST_FRAME : SDD_WAL_ALL);

	memcpy(block, header, sizeof(*header));
	memcpy(block + SDD_WAL_MARK_OFFSET, &mark, sizeof(mark));
	file->forced = mark.forced;
	return write_at(file, block, sizeof(block), 0);
}

/* The file is about to be written over. If it could not be forced to disk, its pages are forgotten
 * first: all of them, so those that were written since are forced before. */
static void forget_failure(struct sdd_wal_file *file)
{
	if (atomic_exchange(&file->has_failed, false)) {
		(void)sdd_io_fdatasync(file->descriptor);
		sdd_io_forget(file->descriptor, 0, 0);
	}
}

/* Starts a new generation of a file, which makes its earlier frames invalid. */
static bool start_file(struct sdd_wal *wal, struct sdd_wal_file *file)
{
	struct sdd_wal_header header;

	memset(&header, 0, sizeof(header)); /* padding is written, too */
	memcpy(header.magic, SDD_WAL_MAGIC, sizeof(header.magic));
	header.format = SDD_WAL_FORMAT;
	header.epoch = wal->epoch;
	memcpy(header.store, wal->store, sizeof(header.store));
	header.generation = wal->generation + 1;
	if (getrandom(&header.salt, sizeof(header.salt), 0) != sizeof(header.salt)) {
		return false;
	}
	header.check = sdd_wal_check_of_header(&header);
	atomic_store(&file->is_doubtful, false); /* it may become so from the first write on */
	forget_failure(file);
	if (!write_header(wal, file, &header)) { /* before any zeros: a file never lacks a header */
		return false;
	}
	wal->generation = header.generation;
	file->generation = header.generation;
	file->is_started = true;
	file->end = SDD_WAL_FIRST_FRAME;
	file->recovered = SDD_WAL_FIRST_FRAME;
	file->flushed = SDD_WAL_FIRST_FRAME;
	file->check = header.check;
	atomic_store(&file->shared_end, file->end);
	atomic_store(&file->shared_generation, file->generation);
	return true;
}

/* Opens a file, for reading only if it must be. False, with errno: it cannot be opened at all, and
 * something acknowledged may be in it. */
static bool open_file(struct sdd_wal *wal, int number)
{
	struct sdd_wal_file *file = &wal->files[number];

	file->descriptor = sdd_io_openat(wal->directory, names[number], O_RDWR | O_CREAT, 0600);
	if (file->descriptor == -1 && sdd_io_is_unwritable(errno)) {
		file->open_error = errno;
		file->descriptor = sdd_io_openat(wal->directory, names[number], O_RDONLY, 0);
		return file->descriptor != -1 || errno == ENOENT;
	}
	return file->descriptor != -1;
}

/* Renames a file whose header is damaged, and opens a new one in its place. */
static bool set_aside(struct sdd_wal *wal, int number)
{
	if (!sdd_directory_set_aside(wal->directory, names[number])) {
		return false;
	}
	(void)sdd_io_close(wal->files[number].descriptor);
	return open_file(wal, number);
}

static bool prepare_file(struct sdd_wal *wal, int number, char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_wal_file *file = &wal->files[number];
	enum sdd_wal_header_result result;

	if (!open_file(wal, number)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s cannot be opened: %s", names[number],
		               strerror(errno));
		return false;
	}
	if (file->descriptor == -1) {
		return true;
	}
	result = sdd_wal_read_header(wal, file);
	if (result == SDD_WAL_HEADER_DAMAGED) {
		result = set_aside(wal, number) ? SDD_WAL_HEADER_RIGHT : SDD_WAL_HEADER_UNREADABLE;
	}
	if (result != SDD_WAL_HEADER_RIGHT) {
		sdd_wal_explain_header(result, names[number], reason);
		return false;
	}
	if (file->open_error == 0) {
		/* so that a full disk still takes deletions; if it fails now, it is not needed yet */
		(void)sdd_io_allocate(file->descriptor, BLOCKS_AHEAD);
	}
	return true;
}

struct sdd_wal *sdd_wal_open(const char *directory, const uint8_t store[SDD_STORE_ID_BYTES],
                             uint64_t completed, char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_wal *wal = calloc(1, sizeof(*wal));

	if (wal == NULL) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
		return NULL;
	}
	(void)pthread_mutex_init(&wal->sync_mutex, NULL);
	memcpy(wal->store, store, sizeof(wal->store));
	wal->completed = completed;
	wal->generation = completed;
	wal->synced_us = sdd_clock_monotonic_us();
	wal->current = &wal->files[0];
	wal->files[0].descriptor = wal->files[1].descriptor = -1;
	wal->directory = sdd_io_open_directory(directory);
	if (wal->directory == -1) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s", strerror(errno));
	}
	if (wal->directory == -1 || !prepare_file(wal, 0, reason) || !prepare_file(wal, 1, reason)) {
		sdd_wal_close(wal, /* is_empty */ false);
		return NULL;
	}
	atomic_store(&wal->are_names_unsynced, true);
	(void)sdd_wal_sync_names(wal);
	return wal;
}

void sdd_wal_doubt_completed(struct sdd_wal *wal)
{
	uint64_t last = wal->completed;

	if (last != 0 && (wal->files[0].generation == last || wal->files[1].generation == last)) {
		wal->completed = last - 1;
	}
}

void sdd_wal_close(struct sdd_wal *wal, bool is_empty)
{
	if (wal == NULL) {
		return;
	}
	for (int i = 0; i < SDD_WAL_FILES; i++) {
		if (is_empty) {
			(void)sdd_io_unlinkat(wal->directory, names[i]);
		}
		if (wal->files[i].descriptor != -1) {
			(void)sdd_io_close(wal->files[i].descriptor);
		}
	}
	if (wal->directory != -1) {
		(void)sdd_io_close(wal->directory);
	}
	(void)pthread_mutex_destroy(&wal->sync_mutex);
	free(wal);
}

uint32_t sdd_wal_epoch(const struct sdd_wal *wal)
{
	return wal->epoch_found;
}

void sdd_wal_set_epoch(struct sdd_wal *wal, uint32_t epoch)
{
	wal->epoch = epoch;
}

void sdd_wal_set_values(struct sdd_wal *wal, struct sdd_values *values, bool marks)
{
	wal->values = values;
	wal->marks = marks;
}

static size_t unflushed_size(const struct sdd_wal_file *file)
{
	return file->is_started ? file->end - file->flushed : 0;
}

size_t sdd_wal_size(const struct sdd_wal *wal)
{
	return unflushed_size(&wal->files[0]) + unflushed_size(&wal->files[1]);
}

/* }}} */

/* {{{ writing */

/* Opens a file that could not be opened for writing at the start. False, with errno. */
static bool reopen_file(struct sdd_wal *wal, struct sdd_wal_file *file)
{
	int descriptor =
		sdd_io_openat(wal->directory, names[file - wal->files], O_RDWR | O_CREAT, 0600);

	if (descriptor == -1) {
		return false;
	}
	(void)pthread_mutex_lock(&wal->sync_mutex);
	if (file->descriptor != -1) {
		(void)sdd_io_close(file->descriptor);
	}
	file->descriptor = descriptor;
	(void)pthread_mutex_unlock(&wal->sync_mutex);
	file->open_error = 0;
	atomic_store(&wal->are_names_unsynced, true);
	return true;
}

/* The mark of a file that another process began says that all is forced, which is no longer so from
 * here on. */
static bool limit_mark(struct sdd_wal_file *file)
{
	struct sdd_wal_mark mark = sdd_wal_mark_of(file->generation, file->end);

	if (!write_at(file, &mark, sizeof(mark), SDD_WAL_MARK_OFFSET)) {
		return false;
	}
	file->forced = mark.forced;
	return true;
}

/* Makes the current file one that takes frames. False, with errno. */
static bool prepare_to_append(struct sdd_wal *wal)
{
	struct sdd_wal_file *file = wal->current;

	if (file->open_error != 0 && !reopen_file(wal, file)) {
		return false;
	}
	if (!file->is_started) {
		return start_file(wal, file);
	}
	return !wal->marks || file->forced != SDD_WAL_ALL || limit_mark(file);
}

/* Fills in the head of a frame. Returns its check. */
static uint64_t complete_frame(struct sdd_frame *frame, uint64_t before, bool is_last)
{
	struct sdd_wal_frame_head head;
	uint64_t length = frame->length - sizeof(head);

	head.marked_length = length | (is_last ? SDD_WAL_LAST : 0);
	head.check = sdd_wal_check_of_frame(before, head.marked_length, frame->bytes + sizeof(head));
	memcpy(frame->bytes, &head, sizeof(head));
	return head.check;
}

bool sdd_wal_is_without_values(const struct sdd_frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = SDD_FRAME_HEAD;

		while (at < frames[i].length) {
			const struct sdd_record *record = (const void *)(frames[i].bytes + at);

			if (record->value_length > 0) {
				return false;
			}
			at += sdd_record_size(record);
		}
	}
	return true;
}

bool sdd_wal_has_margin(const struct sdd_wal *wal)
{
	return wal->current->written >= wal->current->end + MARGIN;
}

/* Whether a batch may be appended. The margin behind it is left to what deletes, so that a full
 * disk takes that although others have filled it with values. False, with errno. */
static bool may_append(struct sdd_wal_file *file, const struct sdd_frame *frames, size_t count)
{
	size_t end = file->end;

	for (size_t i = 0; i < count; i++) {
		end += frames[i].length;
	}
	return preallocate(file, end + MARGIN) || sdd_wal_is_without_values(frames, count);
}

bool sdd_wal_append(struct sdd_wal *wal, struct sdd_frame *frames, size_t count)
{
	struct sdd_wal_file *file = wal->current;
	uint64_t check;
	size_t offset;

	if (!prepare_to_append(wal) || !may_append(file, frames, count)) {
		return false;
	}
	check = file->check;
	offset = file->end;
	for (size_t i = 0; i < count; i++) {
		check = complete_frame(&frames[i], check, i + 1 == count);
		if (!write_at(file, frames[i].bytes, frames[i].length, offset)) {
			return false; /* the next append overwrites what is there of the batch */
		}
		offset += frames[i].length;
	}
	file->end_before = file->end;
	file->check_before = file->check;
	file->end = offset;
	file->check = check;
	atomic_store(&file->shared_end, file->end);
	return true;
}

/* Unless the head of its first frame is overwritten, the batch is replayed by the next start. */
void sdd_wal_take_back(struct sdd_wal *wal)
{
	static const struct sdd_wal_frame_head none;
	struct sdd_wal_file *file = wal->current;

	file->end = file->end_before;
	file->check = file->check_before;
	if (!write_at(file, &none, sizeof(none), file->end)) {
		atomic_store(&file->is_doubtful, true);
	}
}

bool sdd_wal_has_room(struct sdd_wal *wal)
{
	struct sdd_wal_file *file = wal->current;

	if (file->open_error != 0 && !reopen_file(wal, file)) {
		return false;
	}
	errno = sdd_io_allocate(file->descriptor, file->end + BLOCKS_AHEAD);
	return errno == 0;
}

bool sdd_wal_is_unwritable(const struct sdd_wal *wal)
{
	return wal->current->open_error != 0;
}

/* }}} */

/* {{{ generations */

uint64_t sdd_wal_generation(const struct sdd_wal *wal)
{
	if (wal->current->is_started && wal->current->end > wal->current->recovered) {
		return wal->current->generation;
	}
	return sdd_wal_waiting(wal) != 0 ? sdd_wal_waiting(wal) : wal->completed;
}

uint64_t sdd_wal_completed(const struct sdd_wal *wal)
{
	return wal->completed;
}

void sdd_wal_switch_files(struct sdd_wal *wal)
{
	if (wal->current->is_started) {
		wal->current = sdd_wal_other_file(wal);
	}
}

uint64_t sdd_wal_waiting(const struct sdd_wal *wal)
{
	const struct sdd_wal_file *other = sdd_wal_other_file(wal);

	return other->is_started ? other->generation : 0;
}

void sdd_wal_complete(struct sdd_wal *wal, uint64_t generation)
{
	struct sdd_wal_file *other = sdd_wal_other_file(wal);

	if (other->is_started && other->generation == generation) {
		other->is_started = false;
		atomic_store(&other->is_doubtful, false);
		wal->completed = generation;
		wal->current->flushed = wal->current->recovered;
	}
}

void sdd_wal_shrink(struct sdd_wal *wal)
{
	struct sdd_wal_file *other = sdd_wal_other_file(wal);

	if (!other->is_started && other->descriptor != -1 && other->written > BLOCKS_AHEAD &&
	    sdd_io_ftruncate(other->descriptor, BLOCKS_AHEAD) == 0) {
		other->written = BLOCKS_AHEAD;
	}
}

/* }}} */
