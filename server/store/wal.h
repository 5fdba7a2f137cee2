/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The write-ahead log (WAL): what was acknowledged and is not in the B-tree yet, on disk. A commit
 * of the B-tree writes a handful of pages however little has changed, and waits for the disk. The
 * log takes one short write a tick, and one commit of the B-tree takes the ticks of a fifth of a
 * second together.
 *
 * What was appended survives the death of the process, by `kill -9` or a crash, because the system
 * keeps what was written to a file. What sdd_wal_sync() has forced to disk survives a power cut,
 * too. A restart reads the log the same way after either.
 *
 * There are two files, opened once. One takes what is written, while the B-tree takes what the
 * other one has; then they swap roles. Each use of a file is a generation, with a number of its
 * own. The commit of the B-tree that completes a generation records its number: recovery replays
 * later generations only, and a file is not used again before that commit is on disk.
 *
 * A file has a header and then frames, each of which has a head and records (record.h). A batch is
 * one frame or several, and the last one is marked: a batch is replayed as a whole or not at all.
 * The check of a frame covers the check of the frame before it, and the first one that of the
 * header, which has a random salt. So bytes that an earlier generation or a failed write left
 * behind are never taken for a frame, even if a client chose them.
 *
 * A record may refer to the file of values (values.h), which is forced to disk first. A mark behind
 * the header says how far the log was forced to disk when that was last known: what is behind it
 * may refer to values that a power cut has lost.
 *
 * Each record says all that an entry has afterwards, so it does no harm to replay what the B-tree
 * has already, in order.
 */

#ifndef SDD_WAL_H
#define SDD_WAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"
#include "server/store/record.h"

struct sdd_values;
struct sdd_wal;

/*
 * Opens the log of the store with that id, or makes one. `completed` is the last generation that
 * the B-tree has. NULL, with a reason: the log cannot be read, is of a later format, or belongs to
 * another store; nothing was changed. A file with a damaged header is set aside under another name,
 * with a line in the log of messages. A log that cannot be written is opened all the same.
 */
struct sdd_wal *sdd_wal_open(const char *directory, const uint8_t store[SDD_STORE_ID_BYTES],
                             uint64_t completed, char reason[SDD_STORE_REASON_MAX]);

/* To be called before the replay: nobody knows whether the commit that recorded the last generation
 * is on disk. If the log has that generation, it is replayed, and kept until it is recorded again.
 */
void sdd_wal_doubt_completed(struct sdd_wal *wal);

/* Closes it; if `is_empty`, the B-tree has all of it, and the files are removed. NULL is allowed.
 */
void sdd_wal_close(struct sdd_wal *wal, bool is_empty);

/* What is known of an operation that is replayed, besides what it is. */
struct sdd_wal_origin {
	uint32_t epoch; /* of the store, in which it was written */
	bool is_forced; /* the value that it refers to is on disk, if nothing has damaged it */
};

/* Applies one operation: a key, and the entry afterwards (except for SDD_REMOVE). False ends the
 * replay. */
typedef bool sdd_wal_apply(void *context, enum sdd_record_kind kind, struct sd_bytes key,
                           const struct sdd_entry *entry, const struct sdd_wal_origin *origin);

/* Receives the key of an operation, some operations before it is applied. */
typedef void sdd_wal_foresee(void *context, struct sd_bytes key);

/*
 * Applies all operations of the generations that the B-tree does not have, in order. Keys and
 * values are valid during the call. To be called once, before anything is appended. `foresee` may
 * be NULL. False, with a reason: the log cannot be read, or `apply` returned false.
 */
bool sdd_wal_replay(struct sdd_wal *wal, sdd_wal_apply *apply, sdd_wal_foresee *foresee,
                    void *context, char reason[SDD_STORE_REASON_MAX]);

/* The last epoch of the store in which something was written that was replayed; 0: nothing was. */
uint32_t sdd_wal_epoch(const struct sdd_wal *wal);

/* What is appended from now on belongs to that epoch of the store. */
void sdd_wal_set_epoch(struct sdd_wal *wal, uint32_t epoch);

/* What is appended from now on refers to these values, which are borrowed. `marks`: it may be
 * appended before its values are on disk, so that sdd_wal_sync() has to mark how far they are. */
void sdd_wal_set_values(struct sdd_wal *wal, struct sdd_values *values, bool marks);

/* Bytes of all frames that the B-tree does not have yet. */
size_t sdd_wal_size(const struct sdd_wal *wal);

/* Appends the frames of a batch, whose heads it fills in. The last 64 KB of a full disk are for
 * those without values. False, with errno: the batch is not in the log, and never will be. */
bool sdd_wal_append(struct sdd_wal *wal, struct sdd_frame *frames, size_t count);

/* Whether a batch only deletes entries, or changes what is not their value. */
bool sdd_wal_is_without_values(const struct sdd_frame *frames, size_t count);

/* Whether those 64 KB are still free behind the last batch. */
bool sdd_wal_has_margin(const struct sdd_wal *wal);

/* Takes back the batch that was appended last, on disk as soon as the file is forced to it. If that
 * fails, the file is doubtful. */
void sdd_wal_take_back(struct sdd_wal *wal);

/* Whether the log was opened for reading only. */
bool sdd_wal_is_unwritable(const struct sdd_wal *wal);

/* Whether the log can be written, and the disk has room for another batch. False, with errno. */
bool sdd_wal_has_room(struct sdd_wal *wal);

/* {{{ generations */

/* The last generation that has something for the B-tree, and the last that the B-tree has: if they
 * are the same, it has all. What was replayed goes there with the generation that is waiting. */
uint64_t sdd_wal_generation(const struct sdd_wal *wal);
uint64_t sdd_wal_completed(const struct sdd_wal *wal);

/* The file that takes what is written is full enough: from now on the other one does. No generation
 * is waiting to be completed. */
void sdd_wal_switch_files(struct sdd_wal *wal);

/* The generation that the immutable memtable completes, once it is in the B-tree; 0: there is none.
 */
uint64_t sdd_wal_waiting(const struct sdd_wal *wal);

/* A commit that is on disk has recorded `generation`, which was waiting. */
void sdd_wal_complete(struct sdd_wal *wal, uint64_t generation);

/* Frees the room of the file that is not in use, except for what a full disk needs. */
void sdd_wal_shrink(struct sdd_wal *wal);

/* }}} */

/* {{{ disk; a thread of its own may call this one */

/* Forces to disk what was appended before the call, and the values first. False, with errno:
 * nothing that was appended to this file counts as forced, now or later; sdd_wal_is_doubtful() says
 * so. */
bool sdd_wal_sync(struct sdd_wal *wal);

/* }}} */

/* When the last sdd_wal_sync() that succeeded ended, by the monotonic clock in microseconds, or
 * when the log was opened; *duration_us is how long the last one took that had something to do. */
int64_t sdd_wal_last_sync_us(const struct sdd_wal *wal, int64_t *duration_us);

/* Whether forcing to disk has failed for a file that is not completed yet; and whether it has for
 * the one that takes what is written. */
bool sdd_wal_is_doubtful(const struct sdd_wal *wal);
bool sdd_wal_is_current_doubtful(const struct sdd_wal *wal);

#endif
