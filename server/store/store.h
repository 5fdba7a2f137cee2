/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The entries, on disk: one process, and one thread that calls.
 *
 * Writes come in batches: begin, any number of puts, changes and removals, commit. What is
 * committed survives the process. Reads see all that was written, and copy nothing. An expired
 * entry is not found, whether it has been swept or not. A deleted entry may leave a tombstone, an
 * entry without a value that is kept for its version. Time is an argument, in milliseconds since
 * 1970, so that times to live continue across restarts: that of the store's own clock.
 *
 * Each opening begins a new epoch of the store. An entry is proven if it was written in the present
 * epoch, or was found in it to be the same as on another server. Of all others, the store does not
 * know what happened to them while the server was down.
 */

#ifndef SDD_STORE_H
#define SDD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

struct sdd_backup_receiver;
struct sdd_store;
struct sdd_store_clock;

/*
 * Opens the store in `directory`, which exists, or makes one there. `max_size` bounds the data, in
 * bytes. NULL, with the reason written to `reason`: the directory is not writable, another server
 * uses it, or the store is of another version.
 */
struct sdd_store *sdd_store_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX]);

/* Of that many bytes of memory, a quarter is for what was written and is not in the B-tree yet, and
 * a sixteenth for the cache of what was read. They take less than that if there is much. To be
 * called before anything is read or written. */
void sdd_store_set_memory(struct sdd_store *store, uint64_t bytes);

/* Writes to disk what it does not have yet, and closes. NULL is allowed. False: something that was
 * acknowledged may not be on disk, and the log of messages says so. If the write-ahead log alone
 * has it, and was forced to disk, that is a line, too, and true. */
bool sdd_store_close(struct sdd_store *store);

/* Why the last call returned SDD_FULL or SDD_FAILED; valid until the next call. */
const char *sdd_store_reason(const struct sdd_store *store);

/* The key of a request with its hash, for all operations on it. The bytes are borrowed. */
struct sdd_key sdd_store_key(const struct sdd_store *store, struct sd_bytes bytes);

/* {{{ reading, the batch that is open included */

/* Finds an entry or a tombstone that has not expired at `now_ms`. SDD_DONE, SDD_ABSENT; SDD_FAILED;
 * SDD_DAMAGED: only a put can help, or a removal. The value is the store's own memory, or has a
 * length and no data: then it is on disk, and sdd_store_read() gets it. It is valid until a batch
 * begins or ends, until a call other than a find or a read, and until sdd_store_end_reading().
 */
enum sdd_result sdd_store_find(struct sdd_store *store, const struct sdd_key *key, int64_t now_ms,
                               struct sdd_entry *entry);

/* Copies the value of an entry that was found to memory of value.length bytes, wherever it is.
 * SDD_DONE; SDD_FAILED or SDD_DAMAGED, with a reason: the bytes there mean nothing. */
enum sdd_result sdd_store_read(struct sdd_store *store, const struct sdd_entry *entry, void *room);

/* The same for who does not need the value, but whether it is damaged. *length is how many bytes
 * were read for that. */
enum sdd_result sdd_store_check(struct sdd_store *store, const struct sdd_entry *entry,
                                size_t *length);

/* Releases what was read, so that the B-tree can use its pages again. To be called before the
 * caller waits for anything. Does nothing if nothing was read. */
void sdd_store_end_reading(struct sdd_store *store);

/* }}} */

/* {{{ writing, between begin and commit */

/* Whether anybody can begin a batch now. SDD_DONE; SDD_LATER: the flusher is behind, and the store
 * is to be asked again in about a millisecond; SDD_FULL. */
enum sdd_result sdd_store_admit(struct sdd_store *store);

/* Begins a batch, unless one is open. What has expired at `now_ms` may be swept if room is needed.
 * `is_greedy`: the client is the first to wait if the flusher is behind, also if a batch is open.
 * SDD_DONE, or as sdd_store_admit() says: then nothing is to be written for this client. */
enum sdd_result sdd_store_begin(struct sdd_store *store, int64_t now_ms, bool is_greedy);

/*
 * Stores an entry, and replaces one that is there. SDD_FULL: it does not fit; the batch continues
 * without it or is lost, as sdd_store_in_batch() says. If it is lost, it may be that the entry does
 * not fit by an estimate only: then sdd_store_admit() says SDD_LATER. SDD_FAILED: the batch is
 * lost.
 */
enum sdd_result sdd_store_put(struct sdd_store *store, const struct sdd_key *key,
                              const struct sdd_entry *entry);

/* Changes an entry; its value stays, and is neither read nor written. The entry is proven
 * afterwards if `entry` is, or if it was before. SDD_ABSENT: there is none. Otherwise as
 * sdd_store_put(). */
enum sdd_result sdd_store_change(struct sdd_store *store, const struct sdd_key *key,
                                 const struct sdd_entry *entry);

/* Removes an entry. SDD_DONE, SDD_ABSENT; SDD_FULL or SDD_FAILED: the batch is lost. */
enum sdd_result sdd_store_remove(struct sdd_store *store, const struct sdd_key *key);

/*
 * The version of a write to an entry whose version was `before`; 0: there was none. It is larger
 * than that, and than all that this store ever gave, across restarts and whatever the clock does.
 * It is microseconds since 1970 if that is larger, of which the last three digits are random: two
 * servers that are written to in one millisecond give two versions. An entry more than
 * SDD_VERSION_AHEAD_MAX ahead of that does not count: its version would be that of no write to
 * come.
 */
uint64_t sdd_store_next_version(struct sdd_store *store, int64_t wall_ms, uint64_t before);

/*
 * Whether `version` is larger than those of all entries and tombstones, so that nobody has to look
 * for the one that a key has. The store knows a bound of them. It is exact while the store is open,
 * up to ten seconds too large at first, and not known in a directory that an earlier version of
 * this program wrote to. Then nothing is above it. A batch that was lost has raised it all the
 * same.
 */
bool sdd_store_is_above_all(const struct sdd_store *store, uint64_t version);

/* Whether a batch is open. */
int sdd_store_in_batch(const struct sdd_store *store);

/* Whether the last batch that began was lost, since the last commit. */
bool sdd_store_has_lost_batch(const struct sdd_store *store);

/* Commits the batch. SDD_DONE: it survives the process, or none was open. SDD_FULL or SDD_FAILED:
 * nothing of it is stored. */
enum sdd_result sdd_store_commit(struct sdd_store *store);

/* Forgets the batch. */
void sdd_store_abort(struct sdd_store *store);

/* }}} */

/* {{{ time */

/* The clock by which entries expire. It belongs to the store. */
const struct sdd_store_clock *sdd_store_clock(const struct sdd_store *store);

/* An entry is stored that lives for so long, or may be on another server; SDD_NEVER and the like
 * count as SDD_TTL_MAX. */
void sdd_store_observe_ttl(struct sdd_store *store, int64_t ttl_ms);

/* The longest time to live that counts (ttls.h), in milliseconds; 0: none does. */
int64_t sdd_store_longest_ttl(const struct sdd_store *store);

/* The longest time to live that counts, or counted when the store was opened: by then has expired
 * what was missed before. 0: none does. */
int64_t sdd_store_longest_missed(const struct sdd_store *store);

/* For how long the store had served, in milliseconds, when it was opened: 0 if this opening made
 * it. What a process that was killed had not remembered is missing, an hour at most. */
int64_t sdd_store_served_before(const struct sdd_store *store);

/* }}} */

/* The id that the store got when it was made, SDD_STORE_ID_BYTES of them; all zero: it has none
 * yet, because there was no room for it. */
const uint8_t *sdd_store_id(const struct sdd_store *store);

/* How many times the store was opened, this opening included. */
uint32_t sdd_store_epoch(const struct sdd_store *store);

/* Whether this opening made the store: then it was never down, and knows all that happened. */
bool sdd_store_is_in_first_epoch(const struct sdd_store *store);

/* {{{ numbers; none of these waits for anything */

/*
 * The entries. What is written counts at once; what is swept, when the flush job has ended that
 * swept it; and what a start found in the write-ahead log, when it is flushed.
 */
struct sdd_tally sdd_store_tally(const struct sdd_store *store);

/* Of those, how many there are; tombstones count, and so do expired entries that are not swept yet.
 */
uint64_t sdd_store_count(const struct sdd_store *store);

/* Bytes of the pages that hold them: those that are flushed, and an estimate for the others. */
uint64_t sdd_store_size(const struct sdd_store *store);

/* Bytes that the data may have at most. */
uint64_t sdd_store_max_size(const struct sdd_store *store);

/* Bytes of the write-ahead log that would be replayed if the process died. */
size_t sdd_store_wal_size(const struct sdd_store *store);

/* For how long the first entry that has expired waits to be swept, in milliseconds. */
int64_t sdd_store_sweep_delay(struct sdd_store *store, int64_t now_ms);

/* How long ago all was forced to disk that the write-ahead log had then, or since the start if that
 * was never; and how many microseconds it took. */
int64_t sdd_store_sync_age_ms(const struct sdd_store *store, int64_t *duration_us);

/* Whether the last SDD_FULL was for the size allowed, and not for the disk. */
bool sdd_store_is_too_large(const struct sdd_store *store);

/* }}} */

/* {{{ maintenance, between batches */

/* Reads the system's clocks. To be called about once a second. What had expired when the store was
 * opened is not swept in the first minutes, unless room is needed: the wall clock may be wrong. */
void sdd_store_update_clock(struct sdd_store *store);

/*
 * Starts to flush what was written and to sweep what has expired by `now_ms`, in the background. To
 * be called each fifth of a second while the store is busy, and each second while it is not.
 */
void sdd_store_schedule_flush(struct sdd_store *store, int64_t now_ms);

/* How the store is; *reason says why, until the next call, and is empty if it is SDD_OK. */
enum sdd_health_state sdd_store_health(const struct sdd_store *store, const char **reason);

/* Frees memory if much was written, and then little for some seconds. True: it did, and the process
 * may have more free memory than it needs. To be called before sdd_store_schedule_flush(). */
bool sdd_store_trim(struct sdd_store *store, int64_t now_ms);

/* Whether there is something to flush or to sweep, or a flush is running. */
bool sdd_store_is_busy(const struct sdd_store *store);

/* Begins an online backup (backup.h) of all that is stored now, at least. It ends by itself. */
void sdd_store_start_backup(struct sdd_store *store, const struct sdd_backup_receiver *receiver);

/* Waits until all that was written is flushed, or cannot be. Returns how many entries were examined
 * by the sweep since the last sdd_store_schedule_flush(). */
size_t sdd_store_flush_and_wait(struct sdd_store *store);

/* }}} */

#endif
