/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The types that the parts of the store share with each other and with the store's callers: a key,
 * an entry, what an operation came to. Types and constants only; it knows no file of the store.
 */

#ifndef SDD_ENTRY_H
#define SDD_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/bytes.h"

#define SDD_STORE_KEY_MAX 254    /* bytes */
#define SDD_STORE_REASON_MAX 256 /* bytes, terminator included */
#define SDD_STORE_ID_BYTES 16    /* of the id that a store gets when it is made */
/* How far an honest version may be ahead of the clock: microseconds of 24 hours. */
#define SDD_VERSION_AHEAD_MAX (24ull * 60 * 60 * 1000 * 1000)
#define SDD_NEVER INT64_MAX /* the time at which an entry expires that never does */

/* A key and its hash, which sdd_store_key() computes once for all operations of a request. */
struct sdd_key {
	struct sd_bytes bytes; /* up to SDD_STORE_KEY_MAX; they belong to the request */
	uint64_t hash;         /* differs from one start of the server to the next */
};

enum sdd_entry_flag {
	SDD_TOMBSTONE = 1,  /* the entry was deleted; it is kept for its version */
	SDD_STALE = 2,      /* the entry is due to be computed again */
	SDD_WON = 4,        /* a client was told to compute it again */
	SDD_BINARY_KEY = 8, /* answers show the key in base64 */
};

/* Where a long value is in the file of values (values.h). */
struct sdd_extent {
	uint64_t offset; /* of its first byte; a multiple of the page */
	uint64_t check;  /* of the value */
	uint32_t length; /* bytes of the value; 0: it is not in the file */
	uint32_t syncs;  /* sdd_values_write(); means nothing to another process */
};

/* What is known of an entry besides its key. */
struct sdd_entry {
	struct sd_bytes value; /* without data if it is in the file of values */
	struct sdd_extent extent;
	int64_t expires_ms;    /* since 1970; from then on the entry is not found */
	uint64_t version;      /* larger with each write */
	uint32_t client_flags; /* stored for the client, which alone knows what they mean */
	uint32_t flags;        /* enum sdd_entry_flag */
	bool proven;           /* written or compared in this epoch of the store */
	bool is_carried; /* of a put: it is another server's copy, and proves nothing. A put of any
	                  * other entry proves it. */
};

/* How many entries there are of a kind, or by how many there are more. Tombstones count as entries,
 * and so do entries that have expired and were not swept. */
struct sdd_tally {
	int64_t entries;
	int64_t tombstones;
	int64_t unproven;
	int64_t stored;  /* puts, except for tombstones, since the start */
	int64_t expired; /* swept since the start */
};

static inline void sdd_tally_add(struct sdd_tally *tally, const struct sdd_tally *more)
{
	tally->entries += more->entries;
	tally->tombstones += more->tombstones;
	tally->unproven += more->unproven;
	tally->stored += more->stored;
	tally->expired += more->expired;
}

/* When commits are forced to disk. If only the process dies, none of them loses anything. */
enum sdd_sync {
	SDD_SYNC_ALWAYS,   /* with each commit */
	SDD_SYNC_INTERVAL, /* each second, by a thread */
	SDD_SYNC_NEVER,    /* when the system decides to */
};

enum sdd_result {
	SDD_DONE,
	SDD_ABSENT,  /* there is no such entry, or it has expired */
	SDD_FULL,    /* no room, on disk or within the size allowed; a reason says which */
	SDD_FAILED,  /* a reason says why */
	SDD_LATER,   /* not yet: the flusher is behind */
	SDD_DAMAGED, /* what the disk has of this entry is wrong; it can be replaced */
};

/* How the store is, from good to bad. Whatever it is, the store serves reads. */
enum sdd_health_state {
	SDD_OK,        /* it takes what is written */
	SDD_NO_ROOM,   /* "FULL": the disk is full; it heals when there is room */
	SDD_READ_ONLY, /* the disk fails to take what is written; each write tries it again */
	SDD_BROKEN,    /* this process cannot use it any more, and another one may be able to */
};

/* "OK", "FULL", "READ_ONLY" or "BROKEN". */
const char *sdd_health_name(enum sdd_health_state state);

#endif
