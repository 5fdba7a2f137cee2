/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The entries in LMDB: all but those of the last fifth of a second, which are in the memtables.
 *
 * One thread reads and one writes; they may be two. Reads see the last commit before reading began.
 * Writing is one transaction after the other. A commit survives the process, and a power cut unless
 * it was opened with SDD_SYNC_NEVER. Each opening begins a new epoch of the store (store.h).
 *
 * Implemented by btree_open.c, btree_whole.c, btree_read.c, btree_about.c, btree_extents.c,
 * btree_commit.c and btree.c, which are the only files that know LMDB.
 */

#ifndef SDD_BTREE_H
#define SDD_BTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"
#include "server/store/ttls.h"
#include "server/store/record.h"
#include "server/system/store_clock.h"

struct sdd_btree;

/* Opens the B-tree in `directory`, or makes one there. `max_size` bounds the data, in bytes. On a
 * file system that is read-only it is opened for reading, if there is one. NULL, with the reason
 * written to `reason`. */
struct sdd_btree *sdd_btree_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX]);

/* Forces to disk what is not there yet, and closes. NULL is allowed. */
void sdd_btree_close(struct sdd_btree *btree);

/* {{{ reading */

/* An entry, whether it has expired or not. SDD_DONE, SDD_ABSENT; SDD_FAILED or SDD_DAMAGED, with a
 * reason. Its value is the map's own memory, valid until sdd_btree_end_reading(), unless it is in
 * the file of values, and not read. */
enum sdd_result sdd_btree_find(struct sdd_btree *btree, struct sd_bytes key,
                               struct sdd_entry *entry, char reason[SDD_STORE_REASON_MAX]);

/* Whether sdd_btree_sweep() has something to do. */
bool sdd_btree_is_due(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms);

/* Whether there is a row for a key. */
bool sdd_btree_has(struct sdd_btree *btree, struct sd_bytes key);

/* The entries; what is unproven and expired since this opening. No thread writes. */
struct sdd_tally sdd_btree_tally(struct sdd_btree *btree);

/* For how long the first entry that has expired by `now_ms`, and not by `after_ms`, waits to be
 * swept, in milliseconds; 0: none has. */
int64_t sdd_btree_sweep_delay(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms);

/* To be called once, after the opening. Calls `use` with each extent of the file of values that an
 * entry has, until it returns false. *is_whole: all could be read; otherwise others may be in use.
 * False: `use` returned false. */
typedef bool sdd_btree_use_extent(void *context, const struct sdd_extent *extent);
bool sdd_btree_each_extent(struct sdd_btree *btree, sdd_btree_use_extent *use, void *context,
                           bool *is_whole);

/* Bytes of the pages that hold the entries, those in the file of values included. */
uint64_t sdd_btree_size(struct sdd_btree *btree);

/* Bytes that an entry takes: an estimate, which is exact if the value is long. */
int64_t sdd_btree_size_of(const struct sdd_btree *btree, size_t key_length, size_t value_length);

/* Writes the file as of the last commit to a descriptor, for which a thread of its own may call: no
 * page of that commit is used again before it returns. False, with a reason. */
bool sdd_btree_copy(struct sdd_btree *btree, int descriptor, char reason[SDD_STORE_REASON_MAX]);

/* Releases what was read. Does nothing if nothing was. */
void sdd_btree_end_reading(struct sdd_btree *btree);

/* }}} */

/* {{{ writing: SDD_DONE; or SDD_FULL, SDD_FAILED, and the transaction is aborted */

/* Begins the transaction that the functions below write in: one at a time. */
enum sdd_result sdd_btree_begin(struct sdd_btree *btree);

/* Applies an operation that was acknowledged in `epoch`. A change or a removal of an entry that is
 * not there does nothing. The extent of an entry that is removed before it was ever put is dropped,
 * too. */
enum sdd_result sdd_btree_write(struct sdd_btree *btree, enum sdd_record_kind kind,
                                struct sd_bytes key, const struct sdd_entry *entry, uint32_t epoch);

/* Versions up to this one were given; later openings give larger ones. */
enum sdd_result sdd_btree_bound_version(struct sdd_btree *btree, uint64_t version);

/* No entry that is written in this transaction has a larger version than this one. */
enum sdd_result sdd_btree_bound_newest(struct sdd_btree *btree, uint64_t version);

/* The B-tree has all that the write-ahead log has up to this generation, once the transaction is
 * committed. */
enum sdd_result sdd_btree_record_generation(struct sdd_btree *btree, uint64_t generation);

/* What is to be remembered of time. */
enum sdd_result sdd_btree_remember(struct sdd_btree *btree, const struct sdd_ttls *ttls,
                                   const struct sdd_clock_anchor *anchor);

/* Whether an entry is about to be changed so that it expires at *expires_ms. */
typedef bool sdd_btree_will_change(const void *context, struct sd_bytes key, int64_t *expires_ms);

/* Removes entries that had expired by `now_ms`, and will have expired when they are changed, for
 * about `most_us` microseconds, and `most_rows` of them at most. *seen is how many it examined,
 * *has_more whether there are more. Those that had expired by `after_ms` stay, and those that were
 * written in an earlier epoch; SDD_ALL_EXPIRED: none stays. */
#define SDD_ALL_EXPIRED (-1)
enum sdd_result sdd_btree_sweep(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms,
                                int64_t most_us, size_t most_rows,
                                sdd_btree_will_change *will_change, const void *context,
                                size_t *seen, bool *has_more);

/* Commits the transaction. If a generation was recorded in it, this is its checkpoint. */
enum sdd_result sdd_btree_commit(struct sdd_btree *btree);

/* Forces to disk all that was committed, whatever it was opened with. False, with errno. */
bool sdd_btree_force(struct sdd_btree *btree);

/* Forgets the transaction. */
void sdd_btree_abort(struct sdd_btree *btree);

/* The extents that are no longer used since the list was last forgotten, as of the last commit:
 * *count of them, some of them twice, perhaps. No thread writes. */
const struct sdd_extent *sdd_btree_dropped(const struct sdd_btree *btree, size_t *count);
void sdd_btree_forget_dropped(struct sdd_btree *btree);

/* Why the last of these returned SDD_FULL or SDD_FAILED; valid until the next. */
const char *sdd_btree_reason(const struct sdd_btree *btree);

/* }}} */

/* Forgets readers that died: a process that reads the file with LMDB pins pages as long as it seems
 * to read. To be called now and then. */
void sdd_btree_forget_dead_readers(struct sdd_btree *btree);

/* Whether LMDB has given up (MDB_PANIC), which it does if it cannot write a root: every further
 * call fails, until it is opened again. */
bool sdd_btree_is_broken(const struct sdd_btree *btree);

/* Why it was opened for reading only: EROFS, its file system is read-only; EPERM, one of its files
 * is immutable; another error: the root that it has cannot be forced to disk. Nothing can be
 * written before it is opened again. 0: it was opened for writing. */
int sdd_btree_unwritable(const struct sdd_btree *btree);

/* Whether it would be opened for writing now, though it was opened for reading only. */
bool sdd_btree_can_be_writable(const struct sdd_btree *btree);

/* Whether the disk has next to no room. */
bool sdd_btree_is_disk_full(const struct sdd_btree *btree);

/* Bytes that are free on the disk; none if that cannot be found out. */
uint64_t sdd_btree_disk_room(const struct sdd_btree *btree);

/* Opens LMDB again, in the same epoch. Nothing is being written, and what was read is no longer
 * valid. False: it cannot, and the B-tree is of no more use but to be closed. */
bool sdd_btree_reopen(struct sdd_btree *btree);

/* The present epoch; 1: this opening made the tables. */
uint32_t sdd_btree_epoch(const struct sdd_btree *btree);

/* Makes `epoch`, a later one, the present one. To be called before anything is written. */
void sdd_btree_set_epoch(struct sdd_btree *btree, uint32_t epoch);

/* An upper bound of the versions that were given in earlier epochs. */
uint64_t sdd_btree_version(const struct sdd_btree *btree);

/* An upper bound of the versions of all entries and tombstones, if no thread writes; UINT64_MAX:
 * they are not known. */
uint64_t sdd_btree_newest(const struct sdd_btree *btree);

/* The generation that was recorded last, if no thread writes; 0: none was. */
uint64_t sdd_btree_generation(const struct sdd_btree *btree);

/* What was remembered of time before this opening; all zero: nothing was. */
const struct sdd_ttls *sdd_btree_remembered(const struct sdd_btree *btree);
const struct sdd_clock_anchor *sdd_btree_anchor(const struct sdd_btree *btree);

/* Remembers the anchor at once, in a transaction of its own, before anything else is written.
 * False: it cannot. If LMDB has given up then, it was opened again, unless sdd_btree_is_broken().
 */
bool sdd_btree_store_anchor(struct sdd_btree *btree, const struct sdd_clock_anchor *anchor);

/* The id of the store, SDD_STORE_ID_BYTES of them; all zero: it has none, because there was no room
 * to store it. */
const uint8_t *sdd_btree_id(const struct sdd_btree *btree);

/* Gives a copy of a store an id of its own: it is not the store that it was copied from. To be
 * called before anything is written. False: it cannot be stored. */
bool sdd_btree_renew_id(struct sdd_btree *btree);

#endif
