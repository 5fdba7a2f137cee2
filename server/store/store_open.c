/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Opening and closing the store; see store.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/store/backup.h"
#include "server/store/btree.h"
#include "server/store/directory.h"
#include "server/store/flusher.h"
#include "server/store/io.h"
#include "server/store/memtable.h"
#include "server/store/read_cache.h"
#include "server/store/recovery.h"
#include "server/store/store_internal.h"
#include "server/store/syncer.h"
#include "server/store/upgrade.h"
#include "server/store/values.h"
#include "server/store/wal.h"
#include "server/system/log.h"

#define MEMTABLE_PART 8 /* this part of the memory is for each of the two memtables, at most */
#define CACHE_PART 16   /* and this one for the read cache */

static bool make_memory(struct sdd_layers *layers, char reason[SDD_STORE_REASON_MAX])
{
	layers->active = sdd_memtable_new();
	layers->immutable = sdd_memtable_new();
	layers->cache = sdd_read_cache_new();
	layers->backup = sdd_backup_new(layers);
	if (layers->active == NULL || layers->immutable == NULL || layers->cache == NULL ||
	    layers->backup == NULL) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
		return false;
	}
	return true;
}

/* A bound that is too far ahead of the wall clock comes from a wrong clock, or a client of an
 * earlier version. The minute lets clients whose clock is a little behind take what is given. */
static uint64_t bounded_version(uint64_t version)
{
	uint64_t most = (uint64_t)sdd_clock_wall_ms() * 1000 + SDD_VERSION_AHEAD_MAX - 60000000u;

	return version < most ? version : most;
}

/* Before the first request is answered: what is stored by this clock outlives whatever the wall
 * clock does. On a full disk the flusher tries again. */
static bool anchor(struct sdd_layers *layers, char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_timing *timing = &layers->timing;

	if (sdd_timing_is_unanchored(timing) &&
	    sdd_btree_store_anchor(layers->btree, &timing->anchor)) {
		timing->remembered_anchor = timing->anchor;
	}
	if (sdd_btree_is_broken(layers->btree)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "data.mdb cannot be opened again");
		return false;
	}
	return true;
}

static bool open_btree(struct sdd_layers *layers, const char *directory, uint64_t max_size,
                       enum sdd_sync sync, char reason[SDD_STORE_REASON_MAX])
{
	if (!sdd_upgrade_before_opening(directory, reason)) {
		return false;
	}
	layers->btree = sdd_btree_open(directory, max_size, sync, reason);
	if (layers->btree == NULL) {
		return false;
	}
	sdd_timing_start(&layers->timing, sdd_btree_remembered(layers->btree),
	                 sdd_btree_anchor(layers->btree));
	if (!anchor(layers, reason)) {
		return false;
	}
	layers->version = bounded_version(sdd_btree_version(layers->btree));
	if (!sdd_upgrade_after_opening(directory, layers->btree, &layers->version, reason)) {
		return false;
	}
	layers->newest = sdd_btree_newest(layers->btree);
	return true;
}

static bool use_extent(void *values, const struct sdd_extent *extent)
{
	return sdd_values_adopt(values, extent);
}

/* If the table of what is in use is damaged, nothing is written to the pages that the file has. */
static bool open_values(struct sdd_layers *layers, const char *directory, uint64_t max_size,
                        char reason[SDD_STORE_REASON_MAX])
{
	bool is_whole;

	layers->values = sdd_values_open(directory, max_size, layers->sync, reason);
	if (layers->values == NULL) {
		return false;
	}
	if (!sdd_btree_each_extent(layers->btree, use_extent, layers->values, &is_whole)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
		return false;
	}
	if (!is_whole) {
		sdd_values_seal(layers->values);
		sdd_log(SDD_LOG_ERROR, "it is not known which parts of " SDD_FILE_VALUES
		                       " are in use: all of them stay as they are");
	}
	sdd_space_flushed(&layers->space, sdd_btree_size(layers->btree),
	                  sdd_btree_tally(layers->btree));
	sdd_btree_end_reading(layers->btree);
	return true;
}

/* What the opening has shown of the disk: whoever asks for health should not have to write first.
 */
static void report_health(struct sdd_layers *layers)
{
	int unwritable = sdd_btree_unwritable(layers->btree);

	if (unwritable != 0) {
		sdd_health_set(&layers->health, SDD_HEALTH_BTREE, SDD_READ_ONLY, strerror(unwritable));
	} else if (!sdd_wal_has_room(layers->wal) &&
	           (sdd_health_of_error(errno) == SDD_NO_ROOM || sdd_wal_is_unwritable(layers->wal))) {
		sdd_health_set(&layers->health, SDD_HEALTH_WAL, sdd_health_of_error(errno),
		               strerror(errno));
	}
}

static bool start_threads(struct sdd_store *store, char reason[SDD_STORE_REASON_MAX])
{
	store->flusher = sdd_flusher_start(&store->layers);
	if (store->flusher != NULL && store->layers.sync == SDD_SYNC_INTERVAL) {
		store->syncer = sdd_syncer_start(store->layers.wal);
	}
	if (store->flusher == NULL ||
	    (store->syncer == NULL && store->layers.sync == SDD_SYNC_INTERVAL)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory, or a thread cannot be made");
		return false;
	}
	return true;
}

struct sdd_store *sdd_store_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_store *store = calloc(1, sizeof(*store));
	struct sdd_layers *layers;

	if (store == NULL) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
		return NULL;
	}
	layers = &store->layers;
	layers->space.max_size = max_size;
	layers->active_max = SDD_ACTIVE_MAX;
	layers->unswept_ms = SDD_NEVER;
	layers->protected_ms = SDD_ALL_EXPIRED;
	layers->sync = sync;
	(void)getrandom(&layers->seed, sizeof(layers->seed), 0);
	layers->reserve.directory = layers->reserve.descriptor = -1;
	store->lock = sdd_directory_lock(directory, reason);
	if (store->lock == -1 || !make_memory(layers, reason) ||
	    !open_btree(layers, directory, max_size, sync, reason) ||
	    !open_values(layers, directory, max_size, reason) ||
	    !sdd_recovery_run(layers, directory, reason) || !start_threads(store, reason)) {
		(void)sdd_store_close(store);
		return NULL;
	}
	sdd_reserve_open(&layers->reserve, directory);
	report_health(layers);
	sdd_flusher_start_recovered(store->flusher);
	return store;
}

void sdd_store_set_memory(struct sdd_store *store, uint64_t bytes)
{
	uint64_t active_max = bytes / MEMTABLE_PART;

	store->layers.active_max = active_max < SDD_ACTIVE_MAX ? (size_t)active_max : SDD_ACTIVE_MAX;
	sdd_read_cache_limit(store->layers.cache, (size_t)(bytes / CACHE_PART));
}

/* Whether all that was acknowledged is in the B-tree, and nothing is left for the log. */
static bool flush_at_end(struct sdd_store *store)
{
	sdd_store_abort(store);
	sdd_timing_update(&store->layers.timing);
	return sdd_flusher_finish(store->flusher);
}

/* Forces to disk what is in the log alone, and says what the next start has to do. False: it
 * cannot, and a power cut may lose it. A file that could not be forced once never counts as forced.
 */
static bool force_log(struct sdd_store *store)
{
	struct sdd_layers *layers = &store->layers;
	bool is_forced = sdd_wal_sync(layers->wal) && !sdd_wal_is_doubtful(layers->wal) &&
	                 (layers->sync != SDD_SYNC_NEVER || sdd_btree_force(layers->btree));

	if (is_forced) {
		sdd_log(
			SDD_LOG_WARNING,
			"data.mdb could not be written (%s): %zu bytes are in the write-ahead log, which is "
			"on disk, and the next start replays them",
			sdd_health_reason(&layers->health), sdd_wal_size(layers->wal));
	} else {
		sdd_log(SDD_LOG_ERROR,
		        "neither data.mdb could be written nor the write-ahead log forced to disk: a power "
		        "cut may lose %zu bytes of what is stored",
		        sdd_wal_size(layers->wal));
	}
	return is_forced;
}

/* False: something acknowledged may not be on disk. */
static bool finish_files(struct sdd_store *store, bool *is_flushed)
{
	struct sdd_layers *layers = &store->layers;
	const char *name = SDD_FILE_DATA;

	*is_flushed = flush_at_end(store);
	if (!*is_flushed) {
		return force_log(store);
	}
	if (!sdd_values_sync(layers->values, sdd_values_failures(layers->values))) {
		name = SDD_FILE_VALUES;
	} else if (sdd_btree_force(layers->btree)) {
		return true;
	}
	sdd_log(SDD_LOG_ERROR, "%s cannot be forced to disk: %s", name, strerror(errno));
	*is_flushed = false; /* the log stays */
	return false;
}

bool sdd_store_close(struct sdd_store *store)
{
	struct sdd_layers *layers;
	bool is_flushed = false;
	bool is_safe = true;

	if (store == NULL) {
		return true;
	}
	layers = &store->layers;
	sdd_backup_stop(layers->backup);
	if (store->flusher !=
	    NULL) { /* or it was never open, and leaves everything to the next start */
		is_safe = finish_files(store, &is_flushed);
	}
	sdd_flusher_stop(store->flusher);
	sdd_syncer_stop(store->syncer);
	sdd_backup_free(layers->backup);
	sdd_wal_close(layers->wal, is_flushed);
	sdd_values_close(layers->values);
	sdd_reserve_close(&layers->reserve);
	sdd_btree_close(layers->btree);
	sdd_memtable_free(layers->active);
	sdd_memtable_free(layers->immutable);
	sdd_read_cache_free(layers->cache);
	if (store->lock != -1) {
		(void)sdd_io_close(store->lock);
	}
	free(store);
	return is_safe;
}
