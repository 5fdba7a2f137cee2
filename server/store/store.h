/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The entries, on disk: one process, and one thread that calls.
 *
 * Writes come in batches: begin, any number of puts and removals, commit; what
 * is committed survives the process. Reads see all that was written and cost no
 * copy. Expired entries are not found, swept or not. A deleted entry may leave a
 * tombstone, an entry without a value that is kept for its version. Time is an argument, in
 * milliseconds since 1970, so that lives go on across restarts.
 *
 * Each opening begins a new life of the store. An entry is proven where it was written in the
 * present life, or found in it to be what another server has. All others are from before: what
 * happened to them while the server was away is not known here.
 */

#ifndef SDD_STORE_H
#define SDD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDD_STORE_KEY_MAX 254    /* bytes */
#define SDD_STORE_REASON_MAX 256 /* bytes, terminator included */
#define SDD_NEVER INT64_MAX      /* the time at which an entry expires that does not */

struct sdd_store;

struct sdd_bytes {
	const void *data;
	size_t length;
};

/* What is known of an entry besides its key. */
enum sdd_mark {
	SDD_TOMBSTONE = 1,  /* it was deleted; kept for its version */
	SDD_STALE = 2,      /* marked for being made anew */
	SDD_WON = 4,        /* somebody has been told to make it anew */
	SDD_BINARY_KEY = 8, /* its key is shown in base64 */
};

struct sdd_entry {
	struct sdd_bytes value;
	int64_t expires_ms;    /* from then on it is not found */
	uint64_t version;      /* larger with each write */
	uint32_t client_flags; /* the client's own */
	uint32_t marks;        /* enum sdd_mark */
	bool proven;           /* in this life of the store; what is put always is */
};

/* When commits are forced to disk; the process's own death loses nothing in any of them. */
enum sdd_sync {
	SDD_SYNC_ALWAYS,   /* with each commit */
	SDD_SYNC_INTERVAL, /* each second, by a thread */
	SDD_SYNC_NEVER,    /* when the system likes */
};

enum sdd_result {
	SDD_DONE,
	SDD_ABSENT, /* there is no such entry, or no longer */
	SDD_FULL,   /* no room, on disk or within the size allowed; sdd_store_reason() says which */
	SDD_FAILED, /* sdd_store_reason() says why */
};

/*
 * Opens the store in `directory`, which exists, or makes one there. `max_size`
 * bounds the data, in bytes. Returns NULL with the reason written to `reason`:
 * not writable, another server on it, or a store of another version.
 */
struct sdd_store *sdd_store_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX]);

/* Writes out what the disk does not have yet, and closes. NULL is allowed. */
void sdd_store_close(struct sdd_store *store);

/* What the last SDD_FULL or SDD_FAILED was about; valid until the next call. */
const char *sdd_store_reason(const struct sdd_store *store);

/* {{{ reading: the batch that is open, too */

/* Finds an entry, or a tombstone, that lives at `now_ms`. SDD_DONE, SDD_ABSENT or SDD_FAILED.
 * The value is the store's own memory, valid until the next batch begins or ends, or one of the
 * store's other calls is made; and until sdd_store_end_reading(). */
enum sdd_result sdd_store_find(struct sdd_store *store, struct sdd_bytes key, int64_t now_ms,
                               struct sdd_entry *entry);

/* Lets go of what was read, so that its pages can be used again. To be called before the caller
 * waits for anything; nothing happens where nothing was read. */
void sdd_store_end_reading(struct sdd_store *store);

/* }}} */

/* {{{ writing, between begin and commit */

/* SDD_DONE, SDD_FULL or SDD_FAILED; after the last two there is no batch. */
enum sdd_result sdd_store_begin(struct sdd_store *store);

/*
 * Stores an entry, in the place of one that is there. SDD_FULL: it does not
 * fit, and the batch goes on without it, or is lost (sdd_store_in_batch()
 * tells). SDD_FAILED: the batch is lost.
 */
enum sdd_result sdd_store_put(struct sdd_store *store, struct sdd_bytes key,
                              const struct sdd_entry *entry);

/* The same for an entry that is there and whose value stays: it is neither looked at nor written
 * again. Proven it is from now on if `entry` is, and else as it was. SDD_ABSENT: there is none. */
enum sdd_result sdd_store_change(struct sdd_store *store, struct sdd_bytes key,
                                 const struct sdd_entry *entry);

/* Removes an entry. SDD_DONE, SDD_ABSENT; SDD_FULL or SDD_FAILED: the batch is lost. */
enum sdd_result sdd_store_remove(struct sdd_store *store, struct sdd_bytes key);

/*
 * A version larger than all that this store ever gave, across restarts and
 * whatever the clock does: microseconds since 1970 where that is larger.
 */
uint64_t sdd_store_next_version(struct sdd_store *store, int64_t now_ms);

/* Whether a batch is open. */
int sdd_store_in_batch(const struct sdd_store *store);

/* Makes the batch outlive the process. SDD_DONE; SDD_FULL or SDD_FAILED: none of it is stored. */
enum sdd_result sdd_store_commit(struct sdd_store *store);

/* Forgets the batch. */
void sdd_store_abort(struct sdd_store *store);

/* }}} */

/* Whether the store was made by this opening: there is no time before it in which it was away. */
bool sdd_store_is_in_first_life(const struct sdd_store *store);

/* Entries, tombstones and expired ones that were not swept included; settled where that
 * takes no longer than a second. */
uint64_t sdd_store_count(struct sdd_store *store);

/* Bytes of the pages that hold them; as before. */
uint64_t sdd_store_size(struct sdd_store *store);

/* Bytes of the journal that are wanted if the process dies. */
size_t sdd_store_journaled(const struct sdd_store *store);

/* {{{ upkeep, between batches */

/*
 * To be called each fifth of a second while the store is busy, and each second while it is not:
 * begins to carry what was written to where it stays, and to remove what has expired by `now_ms`,
 * looking at no more than `sweep_limit` entries. It is done in the background.
 */
void sdd_store_look(struct sdd_store *store, int64_t now_ms, size_t sweep_limit);

/*
 * To be called before each look: frees the memory that much took which was written, where for some
 * seconds only little was. True: it did, and the process may have more free memory than it needs.
 */
bool sdd_store_rest(struct sdd_store *store, int64_t now_ms);

/* Whether there is something to be done, or under way. */
bool sdd_store_is_busy(const struct sdd_store *store);

/* Waits until all that was written is where it stays, or cannot be brought there. Returns how many
 * entries were looked at for having expired since the last look. */
size_t sdd_store_settle(struct sdd_store *store);

/* }}} */

#endif
