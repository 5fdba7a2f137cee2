/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The layers that may have an entry, the newest first. The store shares them with its flusher and
 * with recovery. The first layer that knows a key decides what its entry is. */

#ifndef SDD_LAYERS_H
#define SDD_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/entry.h"
#include "server/store/hash.h"
#include "server/store/health.h"
#include "server/store/reserve.h"
#include "server/store/space.h"
#include "server/store/timing.h"

struct sdd_backup;
struct sdd_btree;
struct sdd_memtable;
struct sdd_read_cache;
struct sdd_values;
struct sdd_wal;

struct sdd_layers {
	struct sdd_memtable *active;    /* takes what is written */
	size_t active_max;              /* bytes of that, sdd_flusher_waiting() */
	struct sdd_memtable *immutable; /* is being flushed, or empty */
	struct sdd_read_cache *cache;   /* what was read in the B-tree, and not written since */
	struct sdd_btree *btree;        /* while a job runs, the flusher's thread alone writes to it */
	struct sdd_values *values;      /* that all of these refer to */
	struct sdd_wal *wal;
	struct sdd_backup *backup; /* gives way to what is written */
	enum sdd_sync sync;
	struct sdd_space space;
	struct sdd_reserve reserve; /* the flusher's thread uses it alone */
	struct sdd_health health;
	uint32_t immutable_epoch; /* in which the immutable memtable was written */
	uint32_t active_failures; /* sdd_values_failures(), before the values of each were written */
	uint32_t immutable_failures;
	uint64_t seed;      /* of the keys' hashes, so that nobody can choose keys that
	                       collide, and of versions */
	uint64_t version;   /* the last that was given */
	uint64_t newest;    /* no entry and no tombstone has a larger version; UINT64_MAX:
	                       their versions are not known */
	int64_t swept_ms;   /* what had expired by then may have been swept */
	int64_t unswept_ms; /* from here on nothing is swept: the active memtable has a
	                       change of an entry that expired then before */
	struct sdd_timing timing;
	int64_t protected_ms;              /* what had expired by then is not swept: the wall clock may
	                                 be wrong; SDD_ALL_EXPIRED: all is */
	bool needs_room;                   /* so that it is swept after all */
	char reason[SDD_STORE_REASON_MAX]; /* of the last failure */
};

/* A key with its hash; the bytes are borrowed. */
static inline struct sdd_key sdd_layers_key(const struct sdd_layers *layers, struct sd_bytes bytes)
{
	return (struct sdd_key){bytes, sdd_hash(layers->seed, bytes.data, bytes.length)};
}

/* An entry or a tombstone with this version is about to be in one of the layers. */
static inline void sdd_layers_observe_version(struct sdd_layers *layers, uint64_t version)
{
	if (version > layers->newest) {
		layers->newest = version;
	}
}

/* Finds an entry, whether it has expired or not. SDD_DONE, SDD_ABSENT; SDD_FAILED or SDD_DAMAGED,
 * with a reason. A value in the file of values is not read. What is found in the B-tree is added to
 * the cache if `may_cache`. */
enum sdd_result sdd_layers_find(struct sdd_layers *layers, const struct sdd_key *key,
                                bool may_cache, struct sdd_entry *entry);

#endif
