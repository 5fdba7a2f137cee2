/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Reading the write-ahead log that an earlier process left; see wal.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "server/store/io.h"
#include "server/store/wal_files.h"
#include "server/system/log.h"

#define LARGE_PAGE ((size_t)2 << 20) /* bytes */
#define PIECE 16384                  /* bytes that are read at once to see whether they are zero */
#define AHEAD 12                     /* operations from when one is foreseen until it is applied */

/* {{{ headers */

static bool is_zero(const uint8_t *bytes, size_t length)
{
	return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/* Whether nothing was ever written to a file but preallocated zeros. One in which frames follow a
 * header of zeros has lost its header. False, with errno: it cannot be read. */
static bool is_blank(const struct sdd_wal_file *file)
{
	uint8_t piece[PIECE];
	off_t at = 0;
	size_t length;

	do {
		length = sdd_io_read_all(file->descriptor, piece, sizeof(piece), at);
		at += (off_t)length;
	} while (errno == 0 && length == sizeof(piece) && is_zero(piece, length));
	return errno == 0 && is_zero(piece, length);
}

/* A store that had no id yet has one of zeros. */
static bool is_of_store(const struct sdd_wal_header *header, const struct sdd_wal *wal)
{
	static const uint8_t none[SDD_STORE_ID_BYTES];

	return memcmp(header->store, wal->store, sizeof(none)) == 0 ||
	       memcmp(header->store, none, sizeof(none)) == 0 ||
	       memcmp(wal->store, none, sizeof(none)) == 0;
}

static enum sdd_wal_header_result judge_header(const struct sdd_wal *wal,
                                               const struct sdd_wal_header *header, size_t length)
{
	bool has_magic = length >= offsetof(struct sdd_wal_header, epoch) &&
	                 memcmp(header->magic, SDD_WAL_MAGIC, sizeof(header->magic)) == 0;

	if (has_magic && header->format > SDD_WAL_FORMAT) {
		return SDD_WAL_HEADER_NEWER;
	}
	if (!has_magic || length < sizeof(*header) ||
	    header->check != sdd_wal_check_of_header(header)) {
		return SDD_WAL_HEADER_DAMAGED;
	}
	return is_of_store(header, wal) ? SDD_WAL_HEADER_RIGHT : SDD_WAL_HEADER_FOREIGN;
}

enum sdd_wal_header_result sdd_wal_read_header(const struct sdd_wal *wal, struct sdd_wal_file *file)
{
	struct sdd_wal_header header;
	size_t length = sdd_io_read_all(file->descriptor, &header, sizeof(header), 0);
	enum sdd_wal_header_result result;

	if (errno != 0) {
		return SDD_WAL_HEADER_UNREADABLE;
	}
	if (is_zero((const uint8_t *)&header, length) && is_blank(file)) {
		return SDD_WAL_HEADER_RIGHT;
	}
	result = errno == 0 ? judge_header(wal, &header, length) : SDD_WAL_HEADER_UNREADABLE;
	if (result == SDD_WAL_HEADER_RIGHT) {
		file->generation = header.generation;
		file->epoch = header.epoch;
		file->check = header.check;
	}
	return result;
}

void sdd_wal_explain_header(enum sdd_wal_header_result result, const char *name,
                            char reason[SDD_STORE_REASON_MAX])
{
	switch (result) {
	case SDD_WAL_HEADER_NEWER:
		(void)snprintf(reason, SDD_STORE_REASON_MAX,
		               "%s was written by a later version of sharedanced", name);
		break;
	case SDD_WAL_HEADER_FOREIGN:
		(void)snprintf(reason, SDD_STORE_REASON_MAX,
		               "%s belongs to another data.mdb: put that one back, or move the file away "
		               "and lose what is only in it",
		               name);
		break;
	default:
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s cannot be read: %s", name,
		               strerror(errno));
	}
}

/* }}} */

/* {{{ frames */

/* A file's content in memory. */
struct content {
	uint8_t *bytes;
	size_t length;
};

/* Memory for a file's content, on large pages if the system has them: with small ones it would take
 * longer to map them than to read what comes into them. NULL, with errno. */
static uint8_t *allocate_content(size_t length)
{
	size_t rounded = (length / LARGE_PAGE + 1) * LARGE_PAGE;
	uint8_t *bytes = length < LARGE_PAGE ? malloc(length + 1) : aligned_alloc(LARGE_PAGE, rounded);

	if (bytes != NULL && length >= LARGE_PAGE) {
		(void)madvise(bytes, rounded, MADV_HUGEPAGE);
	}
	return bytes;
}

/* Reads a file as a whole. False, with errno. */
static bool read_content(const struct sdd_wal_file *file, struct content *content)
{
	struct stat found;

	if (sdd_io_fstat(file->descriptor, &found) != 0) {
		return false;
	}
	content->bytes = allocate_content((size_t)found.st_size);
	if (content->bytes == NULL) {
		return false;
	}
	content->length = sdd_io_read_all(file->descriptor, content->bytes, (size_t)found.st_size, 0);
	return errno == 0;
}

/* Finds the end of the last whole batch, and the check of its last frame. */
static void find_end(struct sdd_wal_file *file, const struct content *content)
{
	uint64_t check = file->check;
	size_t at = SDD_WAL_FIRST_FRAME;
	struct sdd_wal_frame_head head;

	file->end = at;
	while (at + sizeof(head) < content->length) {
		uint64_t length;

		memcpy(&head, content->bytes + at, sizeof(head));
		length = head.marked_length & ~SDD_WAL_LAST;
		at += sizeof(head);
		if (length == 0 || length > content->length - at ||
		    head.check != sdd_wal_check_of_frame(check, head.marked_length, content->bytes + at)) {
			return;
		}
		check = head.check;
		at += (size_t)length;
		if (head.marked_length & SDD_WAL_LAST) {
			file->end = at;
			file->check = check;
		}
	}
}

/* Up to where the generation was forced to disk for certain. Earlier formats refer to no values. */
static uint64_t find_mark(const struct sdd_wal_file *file, const struct content *content)
{
	struct sdd_wal_mark mark;
	struct sdd_wal_mark wanted;

	if (content->length < SDD_WAL_FIRST_FRAME) {
		return SDD_WAL_FIRST_FRAME;
	}
	memcpy(&mark, content->bytes + SDD_WAL_MARK_OFFSET, sizeof(mark));
	wanted = sdd_wal_mark_of(file->generation, mark.forced);
	return memcmp(&mark, &wanted, sizeof(mark)) == 0 ? mark.forced : SDD_WAL_FIRST_FRAME;
}

/* A position between two records of a file, whose frames are right up to its end. */
struct position {
	size_t at;
	size_t frame_end; /* of the frame that it is in */
};

/* Enters the next frame, if there is one and it is between two. */
static void enter_frame(struct position *position, const struct sdd_wal_file *file,
                        const struct content *content)
{
	struct sdd_wal_frame_head head;

	if (position->at == position->frame_end && position->at < file->end) {
		memcpy(&head, content->bytes + position->at, sizeof(head));
		position->at += sizeof(head);
		position->frame_end = position->at + (size_t)(head.marked_length & ~SDD_WAL_LAST);
	}
}

/* The record that follows, which the position is behind then. NULL: the file ends, errno is 0; or
 * it is none that was ever written. */
static const struct sdd_record *next_record(struct position *position,
                                            const struct sdd_wal_file *file,
                                            const struct content *content)
{
	const struct sdd_record *record;

	errno = 0;
	enter_frame(position, file, content);
	if (position->at == position->frame_end) {
		return NULL;
	}
	record = (const void *)(content->bytes + position->at);
	if (!sdd_record_is_sound(record, position->frame_end - position->at)) {
		errno = EBADMSG;
		return NULL;
	}
	position->at += sdd_record_size(record);
	return record;
}

/* What becomes of the operations of a log. */
struct replay {
	sdd_wal_apply *apply;
	sdd_wal_foresee *foresee; /* NULL: nobody wants to know */
	void *context;
};

static void foresee_one(struct position *position, const struct sdd_wal_file *file,
                        const struct content *content, const struct replay *replay)
{
	const struct sdd_record *record = next_record(position, file, content);

	if (record != NULL) {
		replay->foresee(replay->context, sdd_record_key(record));
	}
}

/* Tells of the first of them. */
static void begin_foreseeing(struct position *ahead, const struct sdd_wal_file *file,
                             const struct content *content, const struct replay *replay)
{
	if (replay->foresee == NULL) {
		return;
	}
	for (int i = 0; i < AHEAD; i++) {
		foresee_one(ahead, file, content, replay);
	}
}

/* Applies the operations of a file. False, with errno; it is 0 if `apply` ended it. */
static bool replay_content(const struct sdd_wal_file *file, const struct content *content,
                           const struct replay *replay)
{
	struct position position = {SDD_WAL_FIRST_FRAME, SDD_WAL_FIRST_FRAME};
	struct position ahead = position;
	const struct sdd_record *record;

	begin_foreseeing(&ahead, file, content, replay);
	while ((record = next_record(&position, file, content)) != NULL) {
		struct sdd_wal_origin origin = {.epoch = file->epoch,
		                                .is_forced = position.frame_end <= file->forced};
		struct sdd_entry entry = sdd_record_entry(record);

		if (replay->foresee != NULL) {
			foresee_one(&ahead, file, content, replay);
		}
		if (!replay->apply(replay->context, (enum sdd_record_kind)record->kind,
		                   sdd_record_key(record), &entry, &origin)) {
			errno = 0;
			return false;
		}
	}
	return errno == 0;
}

/* Replays a file that may have something that the B-tree does not have. */
static bool replay_file(struct sdd_wal *wal, struct sdd_wal_file *file, const struct replay *replay)
{
	struct content content = {NULL, 0};
	bool is_done = read_content(file, &content);

	if (is_done) {
		file->written = content.length; /* zeros are written behind it only */
		find_end(file, &content);
		file->forced = find_mark(file, &content);
		is_done = replay_content(file, &content, replay);
	}
	if (is_done && file->end > SDD_WAL_FIRST_FRAME) {
		file->is_started = true;
		file->recovered = file->end;
		file->flushed = SDD_WAL_FIRST_FRAME;
		atomic_store(&file->shared_end, file->end);
		atomic_store(&file->shared_generation, file->generation);
		/* the process that wrote it may have died before it forced it to disk */
		atomic_store(&file->is_unsynced, file->open_error == 0);
		wal->generation = file->generation > wal->generation ? file->generation : wal->generation;
		wal->epoch_found = file->epoch > wal->epoch_found ? file->epoch : wal->epoch_found;
	}
	if (content.bytes != NULL) {
		int error = errno;

		free(content.bytes);
		errno = error;
	}
	return is_done;
}

/* }}} */

/* A data file from before, for example out of a backup, lacks what was between. */
static void report_gap(const struct sdd_wal *wal)
{
	uint64_t first = 0;

	for (int i = 0; i < SDD_WAL_FILES; i++) {
		const struct sdd_wal_file *file = &wal->files[i];

		if (file->is_started && (first == 0 || file->generation < first)) {
			first = file->generation;
		}
	}
	if (first > wal->completed + 1) {
		sdd_log(SDD_LOG_WARNING,
		        "data.mdb is older than the write-ahead log: what was written between them is "
		        "missing");
	}
}

/* The file that is free takes what is written from now on. If none is, the later one continues. */
static void choose_current(struct sdd_wal *wal)
{
	struct sdd_wal_file *first = &wal->files[0];
	struct sdd_wal_file *second = &wal->files[1];

	if (first->is_started != second->is_started) {
		wal->current = first->is_started ? second : first;
	} else {
		wal->current = second->generation > first->generation ? second : first;
	}
}

bool sdd_wal_replay(struct sdd_wal *wal, sdd_wal_apply *apply, sdd_wal_foresee *foresee,
                    void *context, char reason[SDD_STORE_REASON_MAX])
{
	struct replay replay = {apply, foresee, context};
	bool is_swapped = wal->files[0].generation > wal->files[1].generation;

	for (int i = 0; i < SDD_WAL_FILES; i++) {
		struct sdd_wal_file *file = &wal->files[is_swapped ? 1 - i : i];

		if (file->generation > wal->completed && !replay_file(wal, file, &replay)) {
			(void)snprintf(reason, SDD_STORE_REASON_MAX, "its write-ahead log cannot be read: %s",
			               errno != 0 ? strerror(errno) : "out of memory");
			return false;
		}
	}
	report_gap(wal);
	choose_current(wal);
	return true;
}
