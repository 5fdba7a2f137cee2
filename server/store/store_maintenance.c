/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store does by and by: flushing, sweeping, backups; see store.h. */

#include <stdio.h>

#include "server/store/backup.h"
#include "server/store/btree.h"
#include "server/store/directory.h"
#include "server/store/flusher.h"
#include "server/store/memtable.h"
#include "server/store/store_internal.h"
#include "server/store/values.h"
#include "server/store/wal.h"

size_t sdd_store_flush_and_wait(struct sdd_store *store)
{
	sdd_flusher_flush_and_wait(store->flusher, SDD_FLUSHER_FOREVER, store->in_batch);
	return sdd_flusher_swept(store->flusher);
}

/* The file of values did not take one: that is so until it takes the shortest, whether anybody
 * writes or not. If it was opened read-only, a flush may be waiting until it can be written. */
static void check_values(struct sdd_store *store)
{
	struct sdd_layers *layers = &store->layers;

	(void)sdd_values_reopen(layers->values);
	if (store->is_unwritten && sdd_values_takes(layers->values)) {
		store->is_unwritten = false;
		if (!sdd_wal_is_doubtful(layers->wal)) {
			sdd_health_set(&layers->health, SDD_HEALTH_WAL, SDD_OK, "");
		}
	}
}

/* The log could not be forced to disk: what it has must come there by way of the B-tree. If that
 * fails, too, another process may fare better. One that could never write is no better than the one
 * before it: it serves reads, and acknowledges nothing that a power cut would lose. */
static void doubt_log(struct sdd_store *store)
{
	static const char reason[] = "the write-ahead log cannot be forced to disk";
	struct sdd_health *health = &store->layers.health;
	bool is_helpless = health->states[SDD_HEALTH_BTREE] != SDD_OK;

	store->was_doubtful = true;
	sdd_health_set(health, SDD_HEALTH_WAL,
	               is_helpless && sdd_flusher_has_written(store->flusher) ? SDD_BROKEN
	                                                                      : SDD_READ_ONLY,
	               reason);
	if (is_helpless) {
		(void)snprintf(store->layers.reason, SDD_STORE_REASON_MAX, "%s", reason);
		store->stalled = SDD_FAILED;
	}
}

static void check_log(struct sdd_store *store)
{
	struct sdd_health *health = &store->layers.health;

	if (sdd_wal_is_doubtful(store->layers.wal)) {
		doubt_log(store);
	} else if (store->was_doubtful) {
		store->was_doubtful = false;
		sdd_health_set(health, SDD_HEALTH_WAL, SDD_OK, "");
	} else if (!store->is_unwritten && health->states[SDD_HEALTH_WAL] != SDD_OK &&
	           (health->states[SDD_HEALTH_WAL] == SDD_NO_ROOM ||
	            sdd_wal_is_unwritable(store->layers.wal)) &&
	           sdd_wal_has_room(store->layers.wal)) {
		sdd_health_set(health, SDD_HEALTH_WAL, SDD_OK, "");
	}
}

/* What was opened for reading is opened again as soon as it can be written. */
static void check_file_system(struct sdd_store *store)
{
	struct sdd_layers *layers = &store->layers;
	enum sdd_health_state state = SDD_OK;

	if (!sdd_btree_can_be_writable(layers->btree)) {
		return;
	}
	(void)sdd_backup_abandon(layers->backup, SDD_FILE_DATA " is opened again");
	(void)sdd_values_reopen(layers->values); /* what the log has is written there again */
	if (!sdd_btree_reopen(layers->btree)) {
		state = SDD_BROKEN;
	} else if (sdd_btree_unwritable(layers->btree) != 0) {
		state = SDD_READ_ONLY;
	}
	/* a job that failed is tried again, and says itself how that ended */
	if (state == SDD_BROKEN || (state == SDD_OK && !sdd_flusher_is_pending(store->flusher))) {
		sdd_health_set(&layers->health, SDD_HEALTH_BTREE, state,
		               SDD_FILE_DATA " cannot be opened again");
	}
}

void sdd_store_schedule_flush(struct sdd_store *store, int64_t now_ms)
{
	bool is_due;
	bool is_free = sdd_flusher_poll(store->flusher);

	sdd_backup_poll(store->layers.backup);
	sdd_health_report(&store->layers.health);
	if (!is_free) {
		return;
	}
	check_file_system(store);
	check_values(store);
	store->stalled = SDD_DONE;
	check_log(store);
	sdd_flusher_reset_swept(store->flusher);
	is_due = sdd_btree_is_due(store->layers.btree, store->layers.protected_ms, now_ms) ||
	         store->layers.needs_room;
	sdd_btree_end_reading(store->layers.btree);
	if (is_due || sdd_flusher_is_pending(store->flusher) ||
	    sdd_memtable_size(store->layers.active) > 0 || sdd_wal_is_doubtful(store->layers.wal) ||
	    sdd_timing_has_news(&store->layers.timing)) {
		sdd_flusher_schedule(store->flusher, now_ms);
	}
}

void sdd_store_start_backup(struct sdd_store *store, const struct sdd_backup_receiver *receiver)
{
	sdd_backup_start(store->layers.backup, receiver);
}

bool sdd_store_trim(struct sdd_store *store, int64_t now_ms)
{
	return sdd_flusher_trim(store->flusher, now_ms);
}

bool sdd_store_is_busy(const struct sdd_store *store)
{
	return store->stalled != SDD_DONE || sdd_flusher_has_work(store->flusher) ||
	       sdd_backup_is_busy(store->layers.backup);
}
