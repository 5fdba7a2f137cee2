/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Recovery; see recovery.h. */

#include "server/store/recovery.h"

#include <stdio.h>

#include "server/store/btree.h"
#include "server/store/memtable.h"
#include "server/store/values.h"
#include "server/store/wal.h"

/* What an earlier process wrote says which versions there are, which were given, and how long
 * entries live. A version that is too far ahead was a client's. */
static void learn_from(struct sdd_layers *layers, const struct sdd_entry *entry)
{
	const struct sdd_store_clock *clock = &layers->timing.clock;
	uint64_t now_us = (uint64_t)sdd_store_clock_wall_at(clock, clock->boot_ms) * 1000;

	sdd_layers_observe_version(layers, entry->version);
	if (entry->version > layers->version && entry->version <= now_us + SDD_VERSION_AHEAD_MAX) {
		layers->version = entry->version;
	}
	if (!(entry->flags & SDD_TOMBSTONE)) {
		sdd_ttls_observe(&layers->timing.ttls,
		                 entry->expires_ms - sdd_store_clock_at(clock, clock->boot_ms));
	}
}

#define STEPS 3    /* of sdd_memtable_approach() */
#define BETWEEN 4u /* operations from one step to the next */
#define FORESEEN 16u

/* What a replay knows. */
struct recovery {
	struct sdd_layers *layers;
	struct sdd_memtable *skipped; /* its operations say whether the last put of a key was skipped */
	uint64_t foreseen[FORESEEN];  /* hashes of the keys that come, a ring */
	size_t foreseen_count;        /* since the beginning */
};

/* Almost every key needs memory that is in no cache, and several waits for it go on at once. */
static void foresee(void *context, struct sd_bytes key)
{
	struct recovery *replay = context;
	size_t number = replay->foreseen_count++;

	replay->foreseen[number % FORESEEN] = sdd_layers_key(replay->layers, key).hash;
	for (unsigned step = 0; step < STEPS && step * BETWEEN <= number; step++) {
		sdd_memtable_approach(replay->layers->immutable,
		                      replay->foreseen[(number - step * BETWEEN) % FORESEEN], (int)step);
	}
}

/* A put whose value the power took, and what changes it, count as not written. So do puts whose
 * place another value has by now: for those a later put follows. False: no memory. */
static bool record_skipped(struct recovery *replay, const struct sdd_key *key, bool is_skipped)
{
	const struct sdd_entry nothing = {.expires_ms = 0};
	struct sdd_known before = sdd_memtable_find(replay->skipped, key);

	if (!is_skipped && before.last == NULL) {
		return true;
	}
	return sdd_memtable_add(replay->skipped, is_skipped ? SDD_PUT : SDD_REMOVE, key, &nothing,
	                        &before);
}

static bool is_after_skipped(const struct recovery *replay, const struct sdd_key *key)
{
	return sdd_memtable_find(replay->skipped, key).put != NULL;
}

/* The log of an earlier version has long values in it. If the file of values takes none now, the
 * value stays in memory until it is flushed. */
static void move_value(struct sdd_layers *layers, struct sdd_entry *entry)
{
	if (entry->value.length >= SDD_VALUES_LEAST && entry->extent.length == 0) {
		(void)sdd_values_write(layers->values, entry->value, &entry->extent);
	}
}

/* Adds one operation that an earlier process acknowledged. */
static bool add_operation(struct sdd_layers *layers, enum sdd_record_kind kind,
                          const struct sdd_key *key, const struct sdd_entry *replayed,
                          uint32_t epoch)
{
	struct sdd_entry entry = *replayed;
	struct sdd_known before;

	if (kind == SDD_PUT) {
		move_value(layers, &entry);
	}
	if (epoch > layers->immutable_epoch) {
		layers->immutable_epoch = epoch;
	}
	sdd_memtable_set_recovered(layers->immutable);
	if (!sdd_memtable_add(layers->immutable, kind, key, &entry, &before)) {
		return false;
	}
	layers->space.immutable_growth +=
		(int64_t)sdd_btree_size_of(layers->btree, key->bytes.length, entry.value.length);
	return true;
}

/* Whether an extent has another value. One that cannot be read now may be right. */
static bool is_lost(struct sdd_layers *layers, const struct sdd_extent *extent)
{
	return sdd_values_check(layers->values, extent, layers->reason) == SDD_DAMAGED;
}

static bool replay_operation(void *context, enum sdd_record_kind kind, struct sd_bytes key_bytes,
                             const struct sdd_entry *entry, const struct sdd_wal_origin *origin)
{
	struct recovery *replay = context;
	struct sdd_key key = sdd_layers_key(replay->layers, key_bytes);
	bool is_skipped;

	if (kind != SDD_REMOVE) {
		learn_from(replay->layers, entry);
	}
	if (kind == SDD_CHANGE) {
		is_skipped = is_after_skipped(replay, &key);
	} else {
		is_skipped = kind == SDD_PUT && entry->extent.length > 0 && !origin->is_forced &&
		             is_lost(replay->layers, &entry->extent);
		if (!record_skipped(replay, &key, is_skipped)) {
			return false;
		}
	}
	return is_skipped || add_operation(replay->layers, kind, &key, entry, origin->epoch);
}

static bool replay_log(struct sdd_layers *layers, char reason[SDD_STORE_REASON_MAX])
{
	struct recovery replay = {.layers = layers, .skipped = sdd_memtable_new()};
	bool is_done = replay.skipped != NULL;

	if (is_done) {
		is_done = sdd_wal_replay(layers->wal, replay_operation, foresee, &replay, reason);
	} else {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
	}
	sdd_memtable_free(replay.skipped);
	return is_done;
}

/* The values that the log refers to keep their places. False: no memory. */
static bool adopt_values(struct sdd_layers *layers)
{
	struct sdd_known known;

	sdd_values_commit(layers->values); /* what was moved is in use */
	for (size_t i = 0; sdd_memtable_at(layers->immutable, i, &known); i++) {
		struct sdd_extent extent = {.length = 0};

		if (known.put != NULL) {
			extent = sdd_record_extent(known.put);
		}
		if (extent.length > 0 && !sdd_values_adopt(layers->values, &extent)) {
			return false;
		}
	}
	if (sdd_memtable_size(layers->immutable) == 0 && sdd_btree_unwritable(layers->btree) == 0) {
		sdd_values_end_start(layers->values);
	}
	layers->active_failures = sdd_values_failures(layers->values);
	/* the last process may have failed to force them to disk: the first flush writes them again */
	layers->immutable_failures = layers->active_failures - 1;
	return true;
}

bool sdd_recovery_run(struct sdd_layers *layers, const char *directory,
                      char reason[SDD_STORE_REASON_MAX])
{
	uint32_t last;

	layers->wal = sdd_wal_open(directory, sdd_btree_id(layers->btree),
	                           sdd_btree_generation(layers->btree), reason);
	if (layers->wal == NULL) {
		return false;
	}
	if (sdd_btree_unwritable(layers->btree) != 0) {
		/* a power cut may take the root that was found, and bring back the one before it */
		sdd_wal_doubt_completed(layers->wal);
	}
	if (!replay_log(layers, reason)) {
		return false;
	}
	sdd_wal_set_values(layers->wal, layers->values, layers->sync == SDD_SYNC_INTERVAL);
	sdd_memtable_commit(layers->immutable);
	if (!adopt_values(layers)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
		return false;
	}
	layers->timing.longest_found_ms = sdd_ttls_longest(&layers->timing.ttls);
	last = sdd_wal_epoch(layers->wal);
	if (sdd_btree_epoch(layers->btree) <= last) {
		sdd_btree_set_epoch(layers->btree, last + 1);
	}
	sdd_wal_set_epoch(layers->wal, sdd_btree_epoch(layers->btree));
	return true;
}
