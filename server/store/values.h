/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The file of values: each long value is written once, to an extent of its own. What the memtable,
 * the write-ahead log (WAL) and the B-tree have of it is a reference, struct sdd_extent, with a
 * check. The file is not mapped, because an error of a mapping is a signal.
 *
 * Forcing to disk goes in the order of the references: the file before the WAL that refers to it,
 * and before the commit of the B-tree that does.
 *
 * An extent is free again when nothing refers to it that a start may need:
 * - one that a batch wrote, when the batch is lost;
 * - one that the B-tree has, when a commit that is on disk has dropped its row;
 * - one that was replaced before it came to the B-tree, when the flush is over that makes that part
 *   of the WAL superfluous; or at once, if since it was written nothing was forced to disk. So a
 *   value that is replaced again and again is written to the same few pages.
 * The last rule lets the WAL refer to extents that have another value by now, after a power cut as
 * well. So a start checks each value that was not forced to disk for certain, and takes a record
 * with another one for not written: what the key had before counts.
 *
 * Which extents the B-tree has is a table of it. Which ones the WAL needs is found by replaying it;
 * until that is flushed, nothing is written to pages that the file had before.
 *
 * A copy of the directory for a backup is consistent if sdd_values_pin() comes before the snapshot
 * of the B-tree, the file is copied after it, and sdd_values_unpin() comes after both. Meanwhile no
 * extent of the snapshot is written to. The WAL needs no copy then.
 *
 * One thread calls, which is the one that serves. Only sdd_values_rewrite(), sdd_values_failures(),
 * sdd_values_sync(), sdd_values_copy() and the claims may be called by others as well.
 */

#ifndef SDD_VALUES_H
#define SDD_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"
#include "server/store/extent_map.h"

#define SDD_VALUES_LEAST 16384u /* bytes of a value that is kept in the file */

struct sdd_values;

/* Opens the file in `directory`, or makes one. `max_size` is that of the store: the file may be a
 * quarter and 64 MiB longer. NULL, with a reason: it cannot be read. One that cannot be written is
 * opened all the same. */
struct sdd_values *sdd_values_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                   char reason[SDD_STORE_REASON_MAX]);

/* NULL is allowed. */
void sdd_values_close(struct sdd_values *values);

/* {{{ the start */

/* An extent that is in use. False: no memory. */
bool sdd_values_adopt(struct sdd_values *values, const struct sdd_extent *extent);

/* Nothing was replayed that is not in the B-tree: all pages that are not in use may be written. */
void sdd_values_end_start(struct sdd_values *values);

/* It is not known which pages are in use: none that the file has now is ever written to. */
void sdd_values_seal(struct sdd_values *values);

/* }}} */

/* {{{ a batch */

enum sdd_values_result {
	SDD_VALUES_WRITTEN,
	SDD_VALUES_NO_RUN, /* no free pages side by side, within the size allowed; or no memory */
	SDD_VALUES_ERROR,  /* errno says why */
};

/* Writes a value, of SDD_VALUES_LEAST bytes or more. */
enum sdd_values_result sdd_values_write(struct sdd_values *values, struct sd_bytes value,
                                        struct sdd_extent *extent);

/* Opens the file for writing if it was opened for reading only. No job of the flusher runs. False,
 * with errno: it cannot be written. */
bool sdd_values_reopen(struct sdd_values *values);

/* Whether the shortest value could be written now: tries it, in a place that is free. */
bool sdd_values_takes(struct sdd_values *values);

/* The batch replaces or removes a value that is not in the B-tree yet, nor on its way there. */
void sdd_values_drop(struct sdd_values *values, const struct sdd_extent *extent);

/* Forces the values of the batch to disk, if there are any. False, with errno: they are not. */
bool sdd_values_force_batch(struct sdd_values *values);

/* The batch will be lost, but the WAL may have it all the same: its values stay until the next
 * flush. */
void sdd_values_retain_batch(struct sdd_values *values);

/* The batch is in the WAL; or it is lost, and so are its values. */
void sdd_values_commit(struct sdd_values *values);
void sdd_values_rollback(struct sdd_values *values);

/* }}} */

/* {{{ flushing */

/* Bytes that were written since the last switch and are not free again. */
uint64_t sdd_values_unflushed(const struct sdd_values *values);

/* The active memtable becomes the immutable one. */
void sdd_values_switch(struct sdd_values *values);

/* The flush is over, on disk, and has dropped these extents from the B-tree. */
void sdd_values_release(struct sdd_values *values, const struct sdd_extent *dropped, size_t count);

/* From now on, what the B-tree has dropped is not free before sdd_values_unpin(). */
void sdd_values_pin(struct sdd_values *values);
void sdd_values_unpin(struct sdd_values *values);

/* Gives the blocks of free pages back to the disk. */
void sdd_values_trim(struct sdd_values *values);

/* }}} */

/* {{{ reading */

/* Reads a value to memory of extent->length bytes. SDD_DONE; SDD_FAILED or SDD_DAMAGED, with a
 * reason. */
enum sdd_result sdd_values_read(struct sdd_values *values, const struct sdd_extent *extent,
                                void *room, char reason[SDD_STORE_REASON_MAX]);

/* Whether a value was read, or found to be whole, less than a second ago: then it counts as it was.
 */
bool sdd_values_is_known_whole(const struct sdd_values *values, const struct sdd_extent *extent);

/* Whether a value is whole: the same without the value. */
enum sdd_result sdd_values_check(struct sdd_values *values, const struct sdd_extent *extent,
                                 char reason[SDD_STORE_REASON_MAX]);

/* Sends all of the file to a descriptor. What is pinned is in there as it is; what is written
 * meanwhile may be there in part. False, with a reason. */
bool sdd_values_copy(const struct sdd_values *values, int descriptor,
                     char reason[SDD_STORE_REASON_MAX]);

/* Whether a read has found that the extent has another value than was written to it. The latest
 * ones are remembered. */
bool sdd_values_is_damaged(const struct sdd_values *values, const struct sdd_extent *extent);

/* }}} */

/* {{{ disk */

/* How often forcing the file to disk has failed. What was written before a failure may be lost,
 * although later calls succeed: it has to be written again. */
uint32_t sdd_values_failures(const struct sdd_values *values);

/* Forces the file to disk. False, with errno: it failed now, or has since it had failed so often.
 */
bool sdd_values_sync(struct sdd_values *values, uint32_t failures);

/* Writes what an extent has once more. False, with errno: it cannot be written. */
bool sdd_values_rewrite(struct sdd_values *values, const struct sdd_extent *extent);

/* Around the moment at which somebody records how far the WAL goes, to force as much to disk. */
void sdd_values_begin_claim(struct sdd_values *values);
void sdd_values_end_claim(struct sdd_values *values);

/* }}} */

#endif
