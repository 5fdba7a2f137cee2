/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Reading the file of values; see values.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/directory.h"
#include "server/store/hash.h"
#include "server/store/io.h"
#include "server/store/values_internal.h"
#include "server/system/clock.h"

#define PIECE (256u * 1024u) /* bytes that are copied, or checked, at once */
#define JUST_NOW_MS 1000

static bool is_same(const struct sdd_extent *one, const struct sdd_extent *other)
{
	return one->offset == other->offset && one->check == other->check &&
	       one->length == other->length;
}

bool sdd_values_is_damaged(const struct sdd_values *values, const struct sdd_extent *extent)
{
	size_t count = values->damaged_count < SDD_VALUES_DAMAGED_MOST ? values->damaged_count
	                                                               : SDD_VALUES_DAMAGED_MOST;

	for (size_t i = 0; i < count; i++) {
		if (is_same(&values->damaged[i], extent)) {
			return true;
		}
	}
	return false;
}

void sdd_values_forget_damage(struct sdd_values *values, const struct sdd_extent *extent)
{
	for (size_t i = 0; i < SDD_VALUES_DAMAGED_MOST && values->damaged_count > 0; i++) {
		if (is_same(&values->damaged[i], extent)) {
			values->damaged[i].length = 0; /* no extent's */
		}
	}
}

static void count_damage(struct sdd_values *values, const struct sdd_extent *extent)
{
	if (!sdd_values_is_damaged(values, extent)) {
		values->damaged[values->damaged_count++ % SDD_VALUES_DAMAGED_MOST] = *extent;
	}
}

enum sdd_result sdd_values_read_extent(const struct sdd_values *values,
                                       const struct sdd_extent *extent, void *room)
{
	size_t length = 0;

	if (values->descriptor != -1) {
		length = sdd_io_read_all(values->descriptor, room, extent->length, (off_t)extent->offset);
		if (errno != 0) {
			return SDD_FAILED;
		}
	}
	return length == extent->length && sdd_hash(0, room, length) == extent->check ? SDD_DONE
	                                                                              : SDD_DAMAGED;
}

static size_t seen_of(const struct sdd_extent *extent)
{
	return extent->offset / SDD_EXTENT_PAGE % SDD_VALUES_SEEN;
}

/* Remembers what came of a read, and says why if it came to nothing. Returns the result. */
static enum sdd_result record_read(struct sdd_values *values, const struct sdd_extent *extent,
                                   enum sdd_result result, char reason[SDD_STORE_REASON_MAX])
{
	if (result == SDD_DONE) {
		values->seen[seen_of(extent)] = (struct sdd_values_seen){*extent, sdd_clock_monotonic_ms()};
	} else if (result == SDD_FAILED) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s", strerror(errno));
	} else if (result == SDD_DAMAGED) {
		count_damage(values, extent);
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "the entry is damaged on the disk");
	}
	return result;
}

enum sdd_result sdd_values_read(struct sdd_values *values, const struct sdd_extent *extent,
                                void *room, char reason[SDD_STORE_REASON_MAX])
{
	return record_read(values, extent, sdd_values_read_extent(values, extent, room), reason);
}

/* A session is often read, and right after that prolonged without being read. */
bool sdd_values_is_known_whole(const struct sdd_values *values, const struct sdd_extent *extent)
{
	const struct sdd_values_seen *seen = &values->seen[seen_of(extent)];

	return seen->read_ms != 0 && is_same(&seen->extent, extent) &&
	       sdd_clock_monotonic_ms() - seen->read_ms < JUST_NOW_MS;
}

/* Reads all of an extent, piece by piece, to `room`, and adds it to the hash. SDD_FAILED, with
 * errno. */
static enum sdd_result hash_extent(const struct sdd_values *values, const struct sdd_extent *extent,
                                   void *room, struct sdd_hash_stream *stream)
{
	size_t done = 0;

	while (values->descriptor != -1 && done < extent->length) {
		size_t wanted = extent->length - done < PIECE ? extent->length - done : PIECE;
		size_t length =
			sdd_io_read_all(values->descriptor, room, wanted, (off_t)(extent->offset + done));

		if (errno != 0) {
			return SDD_FAILED;
		}
		sdd_hash_add(stream, room, length);
		done += length;
		if (length < wanted) {
			break;
		}
	}
	return done == extent->length && sdd_hash_of_stream(stream) == extent->check ? SDD_DONE
	                                                                             : SDD_DAMAGED;
}

/* It takes no memory for all of the value: nobody would have counted that. */
enum sdd_result sdd_values_check(struct sdd_values *values, const struct sdd_extent *extent,
                                 char reason[SDD_STORE_REASON_MAX])
{
	enum sdd_result result = SDD_FAILED;
	struct sdd_hash_stream *stream;
	void *room;

	if (sdd_values_is_known_whole(values, extent)) {
		return SDD_DONE;
	}
	stream = sdd_hash_begin(0);
	room = malloc(PIECE);
	errno = ENOMEM;
	if (room != NULL && stream != NULL) {
		result = hash_extent(values, extent, room, stream);
	}
	result = record_read(values, extent, result, reason);
	free(room);
	sdd_hash_end(stream);
	return result;
}

/* False, with errno. */
static bool copy_all(int from, int to, uint8_t *room)
{
	off_t offset = 0;
	size_t length;

	do {
		length = sdd_io_read_all(from, room, PIECE, offset);
		if (errno != 0 || !sdd_io_send_all(to, room, length)) {
			return false;
		}
		offset += (off_t)length;
	} while (length > 0);
	return true;
}

/* Another descriptor, for the thread that serves may open the file again. */
bool sdd_values_copy(const struct sdd_values *values, int descriptor,
                     char reason[SDD_STORE_REASON_MAX])
{
	int from = sdd_io_openat(values->directory, SDD_FILE_VALUES, O_RDONLY, 0);
	uint8_t *room;
	bool is_done;

	if (from == -1 && errno == ENOENT) {
		return true; /* the disk did not take it yet: no value is in it */
	}
	room = malloc(PIECE);
	is_done = from != -1 && room != NULL && copy_all(from, descriptor, room);
	if (!is_done) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, SDD_FILE_VALUES ": %s", strerror(errno));
	}
	free(room);
	if (from != -1) {
		(void)sdd_io_close(from);
	}
	return is_done;
}
