/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The store; see store.h. What is written goes to the active memtable and, when the batch is
 * committed, to the write-ahead log, which makes it survive the process. With SDD_SYNC_ALWAYS, the
 * commit forces the log to disk; with SDD_SYNC_INTERVAL, the syncer does a little later. A fifth of
 * a second later, or when there is enough of it, the flusher moves it to the B-tree. layers.h says
 * where an entry is found meanwhile.
 */

#include "server/store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/store/backup.h"
#include "server/store/btree.h"
#include "server/store/flusher.h"
#include "server/store/memtable.h"
#include "server/store/read_cache.h"
#include "server/store/store_internal.h"
#include "server/store/values.h"
#include "server/store/wal.h"

#define SMALL_BATCH 4096 /* bytes: a disk without room for them is full */

/* {{{ reading */

/* Finds an entry, whether it has expired or not. In a batch, it is about to be written. */
static enum sdd_result find_any(struct sdd_store *store, const struct sdd_key *key,
                                struct sdd_entry *entry)
{
	bool may_cache = !store->in_batch;
	enum sdd_result result = sdd_layers_find(&store->layers, key, may_cache, entry);

	if (result == SDD_FAILED && sdd_btree_is_broken(store->layers.btree)) {
		/* the job in which LMDB gave up ends soon, and it may be opened again then */
		(void)sdd_flusher_wait(store->flusher, SDD_FLUSHER_PATIENCE_MS);
		result = sdd_layers_find(&store->layers, key, may_cache, entry);
	}
	return result;
}

/* An entry with these flags as a tally. */
static inline struct sdd_tally tally_of(uint32_t flags, bool is_proven)
{
	return (struct sdd_tally){
		.entries = 1, .tombstones = (flags & SDD_TOMBSTONE) != 0, .unproven = !is_proven};
}

/* One that is there and cannot be read counts as an entry, of which nothing is known. */
static inline void remember_result(struct sdd_store *store, const struct sdd_key *key,
                                   enum sdd_result result, const struct sdd_entry *entry)
{
	store->found.is_known = true;
	store->found.hash = key->hash;
	store->found.tally = result == SDD_DONE ? tally_of(entry->flags, entry->proven)
	                                        : (struct sdd_tally){.entries = result != SDD_ABSENT};
}

/* What a key has before a write: as it was found right before that, or else as the active memtable
 * knew it. What is in the layers below and was not searched for counts as new until the next flush,
 * which counts again. */
static struct sdd_tally tally_before(const struct sdd_store *store, const struct sdd_key *key,
                                     const struct sdd_known *before)
{
	if (store->found.is_known && store->found.hash == key->hash) {
		return store->found.tally;
	}
	if (before->last == NULL || before->last->kind == SDD_REMOVE) {
		return (struct sdd_tally){0};
	}
	return tally_of(before->last->flags, before->last->proven);
}

/* A key has `after` instead of `before`. */
static void count_write(struct sdd_store *store, const struct sdd_key *key, struct sdd_tally before,
                        struct sdd_tally after)
{
	struct sdd_tally *batch = &store->layers.space.batch_tally;

	store->found.is_known = true;
	store->found.hash = key->hash;
	store->found.tally = after;
	batch->entries += after.entries - before.entries;
	batch->tombstones += after.tombstones - before.tombstones;
	batch->unproven += after.unproven - before.unproven;
}

enum sdd_result sdd_store_find(struct sdd_store *store, const struct sdd_key *key, int64_t now_ms,
                               struct sdd_entry *entry)
{
	enum sdd_result result = find_any(store, key, entry);

	remember_result(store, key, result, entry);
	if (result == SDD_DONE && entry->expires_ms <= now_ms) {
		return SDD_ABSENT;
	}
	if (result == SDD_DONE && entry->extent.length > 0 &&
	    sdd_values_is_damaged(store->layers.values, &entry->extent)) {
		(void)snprintf(store->layers.reason, SDD_STORE_REASON_MAX,
		               "the entry is damaged on the disk");
		return SDD_DAMAGED;
	}
	return result;
}

void sdd_store_end_reading(struct sdd_store *store)
{
	sdd_btree_end_reading(store->layers.btree);
}

/* }}} */

/* {{{ room: how much larger the store becomes */

/* The size of what the active memtable had for a key; 0: it had no value. */
static int64_t size_before(const struct sdd_store *store, const struct sdd_known *before)
{
	const struct sdd_record *put = before->put;

	return put == NULL
	           ? 0
	           : sdd_btree_size_of(store->layers.btree, put->key_length, (size_t)put->value_length);
}

/* By how much an entry of `size` lets the store grow; *length is that of the value that it
 * replaces, -1: there is none. */
static int64_t exact_growth(struct sdd_store *store, const struct sdd_key *key, int64_t size,
                            int64_t *length)
{
	struct sdd_entry replaced;

	*length = -1;
	if (find_any(store, key, &replaced) != SDD_DONE) {
		return size;
	}
	*length = (int64_t)replaced.value.length;
	return size - sdd_btree_size_of(store->layers.btree, key->bytes.length, replaced.value.length);
}

/*
 * Whether an entry of `size` fits, and by how much the store grows. A value that is no longer than
 * the one it replaces always fits: a full store still replaces entries, and deletes them, because a
 * tombstone is an entry without a value.
 */
static bool store_has_room(struct sdd_store *store, const struct sdd_key *key,
                           const struct sdd_entry *entry, int64_t size, int64_t *growth)
{
	int64_t replaced_length;

	*growth = exact_growth(store, key, size, &replaced_length);
	return (int64_t)entry->value.length <= replaced_length ||
	       *growth <= sdd_space_left(&store->layers.space);
}

/* }}} */

/* {{{ writing */

static enum sdd_result lose_batch(struct sdd_store *store, enum sdd_result result)
{
	sdd_store_abort(store);
	return result;
}

static enum sdd_result out_of_memory(struct sdd_store *store)
{
	(void)snprintf(store->layers.reason, SDD_STORE_REASON_MAX, "out of memory");
	return lose_batch(store, SDD_FAILED);
}

static enum sdd_result admit(struct sdd_store *store, bool is_greedy)
{
	enum sdd_result result;

	if (store->stalled != SDD_DONE) {
		return store->stalled; /* the reason is still the one that stalled it */
	}
	if (!store->admission.must_ask) {
		return SDD_DONE;
	}
	result = sdd_admission_ask(&store->admission, &store->layers, store->flusher, is_greedy,
	                           store->now_ms);
	store->stalled = result == SDD_LATER ? SDD_DONE : result;
	return result;
}

enum sdd_result sdd_store_admit(struct sdd_store *store)
{
	return admit(store, /* is_greedy */ true);
}

enum sdd_result sdd_store_begin(struct sdd_store *store, int64_t now_ms, bool is_greedy)
{
	struct sdd_admission *admission = &store->admission;
	enum sdd_result result;

	store->now_ms = now_ms;
	if (store->in_batch) {
		return is_greedy && admission->must_ask ? sdd_admission_join(admission) : SDD_DONE;
	}
	/* most batches need not ask: then what has stalled the store, if anything, still does */
	result = admission->must_ask ? admit(store, is_greedy) : store->stalled;
	admission->has_greedy = is_greedy;
	store->in_batch = result == SDD_DONE;
	store->has_lost_batch = false;
	store->is_too_large = false;
	return result;
}

int sdd_store_in_batch(const struct sdd_store *store)
{
	return store->in_batch;
}

bool sdd_store_has_lost_batch(const struct sdd_store *store)
{
	return store->has_lost_batch;
}

void sdd_store_abort(struct sdd_store *store)
{
	if (store->in_batch) {
		sdd_memtable_rollback(store->layers.active);
		sdd_space_rollback(&store->layers.space);
		store->found.is_known = false;
		sdd_values_rollback(store->layers.values);
		sdd_admission_doubt(&store->admission);
		store->in_batch = false;
		store->has_lost_batch = true;
	}
}

/* The write-ahead log did not take a batch whose first frame has `size` bytes, or the file of
 * values a value: the disk is full, or fails. `may_delete`: it may take deletions all the same. */
static enum sdd_result lose_unlogged(struct sdd_store *store, size_t size, bool may_delete)
{
	enum sdd_health_state state = sdd_health_of_error(errno);

	store->is_too_large = false;
	store->is_unwritten = false;
	(void)snprintf(store->layers.reason, SDD_STORE_REASON_MAX, "%s", strerror(errno));
	sdd_health_set(&store->layers.health, SDD_HEALTH_WAL, state, store->layers.reason);
	/* after a large one, a smaller one may fit */
	may_delete = may_delete && state == SDD_NO_ROOM;
	store->stalled = size < SMALL_BATCH && !may_delete ? sdd_health_result(state) : SDD_DONE;
	store->refused_size = size;
	return lose_batch(store, sdd_health_result(state));
}

/* A batch that wrote nothing may say that nothing is there. That counts on disk as well: what was
 * refused before it must not come back with the next start. False, with errno. */
static bool confirm_nothing(struct sdd_store *store)
{
	struct sdd_wal *wal = store->layers.wal;

	if (store->layers.sync != SDD_SYNC_ALWAYS) {
		return true;
	}
	errno = EIO;
	return !sdd_wal_is_doubtful(wal) && sdd_wal_sync(wal);
}

/* Writes a batch to the log, and forces it to disk if that is wanted. False, with errno. */
static bool log_batch(struct sdd_store *store, struct sdd_frame *frames, size_t count)
{
	struct sdd_wal *wal = store->layers.wal;

	if (count == 0) {
		return confirm_nothing(store);
	}
	if (store->layers.sync != SDD_SYNC_ALWAYS) {
		return sdd_wal_append(wal, frames, count);
	}
	if (sdd_wal_is_current_doubtful(wal)) {
		errno = EIO; /* until the next flush has completed the file */
		return false;
	}
	if (!sdd_values_force_batch(store->layers.values) || !sdd_wal_append(wal, frames, count)) {
		return false;
	}
	errno = EIO;
	/* another thread's attempt may have failed with the batch, and this one found nothing to do */
	if (!sdd_wal_sync(wal) || sdd_wal_is_current_doubtful(wal)) {
		int error = errno;

		sdd_wal_take_back(wal);
		sdd_values_retain_batch(store->layers.values);
		errno = error;
		return false;
	}
	return true;
}

/* The log was not OK, and has taken a batch whose first frame has `size` bytes. That a shorter one
 * fits says nothing of the next long one. */
static void heal_log(struct sdd_store *store, size_t size)
{
	struct sdd_health *health = &store->layers.health;

	if (!sdd_wal_is_doubtful(store->layers.wal) &&
	    (health->states[SDD_HEALTH_WAL] != SDD_NO_ROOM ||
	     (size >= store->refused_size && sdd_wal_has_margin(store->layers.wal)))) {
		sdd_health_set(health, SDD_HEALTH_WAL, SDD_OK, "");
	}
}

enum sdd_result sdd_store_commit(struct sdd_store *store)
{
	struct sdd_layers *layers = &store->layers;
	struct sdd_frame *frames;
	size_t count;

	store->has_lost_batch = false;
	if (!store->in_batch) {
		return SDD_DONE;
	}
	frames = sdd_memtable_batch(layers->active, &count);
	if (!log_batch(store, frames, count)) {
		return lose_unlogged(store, count > 0 ? frames[0].length : 0,
		                     !sdd_wal_is_without_values(frames, count));
	}
	sdd_memtable_commit(layers->active);
	sdd_space_commit(&layers->space);
	sdd_values_commit(layers->values);
	store->in_batch = false;
	if (layers->health.states[SDD_HEALTH_WAL] != SDD_OK) {
		heal_log(store, count > 0 ? frames[0].length : 0);
	}
	if (sdd_flusher_is_due(store->flusher)) {
		sdd_flusher_schedule(store->flusher, /* now_ms */ 0);
		sdd_admission_pace(&store->admission, layers, store->flusher);
	}
	return SDD_DONE;
}

/* Adds an operation to the batch; *before is what the active memtable knew. False: no memory. */
static inline bool add_operation(struct sdd_store *store, enum sdd_record_kind kind,
                                 const struct sdd_key *key, const struct sdd_entry *entry,
                                 struct sdd_known *before)
{
	sdd_read_cache_forget(store->layers.cache, key);
	if (!sdd_memtable_add(store->layers.active, kind, key, entry, before)) {
		return false;
	}
	if (entry != NULL) {
		sdd_layers_observe_version(&store->layers, entry->version);
	}
	if (kind != SDD_CHANGE && before->put != NULL && before->put->is_in_file) {
		const struct sdd_extent replaced = sdd_record_extent(before->put);

		sdd_values_drop(store->layers.values, &replaced);
	}
	return true;
}

/* Whether something has expired and is still there. */
static bool is_sweep_due(struct sdd_store *store)
{
	return sdd_btree_is_due(store->layers.btree, SDD_ALL_EXPIRED, store->now_ms);
}

/* If the size was an estimate, or the sweep makes room, now or soon, the batch is lost, and the
 * next one comes after a flush and a sweep. They are no help while the disk does not take them. */
static enum sdd_result refuse_value(struct sdd_store *store, size_t length)
{
	struct sdd_layers *layers = &store->layers;

	(void)snprintf(layers->reason, SDD_STORE_REASON_MAX,
	               "the data would exceed --maxsize, %llu bytes",
	               (unsigned long long)layers->space.max_size);
	store->is_too_large = true;
	layers->needs_room = true;
	if (sdd_health_state(&layers->health) != SDD_OK ||
	    (!sdd_space_is_estimated(&layers->space) && !is_sweep_due(store) &&
	     !sdd_admission_await_room(&store->admission, layers, length, store->now_ms))) {
		return SDD_FULL;
	}
	sdd_admission_want_exact_size(&store->admission);
	return lose_batch(store, SDD_FULL);
}

/* Writes a long value to its file: *extent says where. Without a run of free pages, the next batch
 * comes after a flush, which may free some. A backup may have what is wanted. */
static enum sdd_result write_long_value(struct sdd_store *store, struct sd_bytes value,
                                        struct sdd_extent *extent)
{
	enum sdd_values_result written = sdd_values_write(store->layers.values, value, extent);
	enum sdd_result result;

	if (written == SDD_VALUES_NO_RUN && sdd_backup_give_room(store->layers.backup)) {
		written = sdd_values_write(store->layers.values, value, extent);
	}
	switch (written) {
	case SDD_VALUES_WRITTEN:
		return SDD_DONE;
	case SDD_VALUES_NO_RUN:
		return refuse_value(store, value.length);
	default:
		result = lose_unlogged(store, value.length, /* may_delete */ true);
		store->is_unwritten = true;
		return result;
	}
}

enum sdd_result sdd_store_put(struct sdd_store *store, const struct sdd_key *key,
                              const struct sdd_entry *entry)
{
	struct sdd_entry stored = *entry;
	struct sdd_space *space = &store->layers.space;
	int64_t size = sdd_btree_size_of(store->layers.btree, key->bytes.length, entry->value.length);
	/* with a quarter of all space to spare, an estimate will do */
	bool is_far_from_full = size + (int64_t)(space->max_size / 4) <= sdd_space_left(space);
	bool is_tombstone = entry->flags & SDD_TOMBSTONE;
	struct sdd_known before;
	enum sdd_result result;
	int64_t growth = 0;

	if (!is_far_from_full && !store_has_room(store, key, entry, size, &growth)) {
		return refuse_value(store, entry->value.length);
	}
	stored.extent = (struct sdd_extent){.length = 0};
	if (entry->value.length >= SDD_VALUES_LEAST) {
		result = write_long_value(store, entry->value, &stored.extent);
		if (result != SDD_DONE) {
			return result;
		}
	}
	if (!add_operation(store, SDD_PUT, key, &stored, &before)) {
		return out_of_memory(store);
	}
	if (is_far_from_full) {
		/* too much if the entry replaces one that the active memtable does not have */
		growth = size - size_before(store, &before);
	}
	space->batch_growth += growth;
	count_write(store, key, tally_before(store, key, &before),
	            (struct sdd_tally){
					.entries = 1, .tombstones = is_tombstone, .unproven = entry->is_carried});
	space->batch_tally.stored += !is_tombstone;
	return SDD_DONE;
}

enum sdd_result sdd_store_change(struct sdd_store *store, const struct sdd_key *key,
                                 const struct sdd_entry *entry)
{
	struct sdd_known before;
	struct sdd_entry found;
	enum sdd_result result = find_any(store, key, &found);

	if (result != SDD_DONE) {
		return result == SDD_ABSENT ? result : lose_batch(store, result);
	}
	if (!add_operation(store, SDD_CHANGE, key, entry, &before)) {
		return out_of_memory(store);
	}
	count_write(store, key, tally_of(found.flags, found.proven),
	            tally_of(entry->flags, found.proven || entry->proven));
	if (found.expires_ms < store->layers.unswept_ms) {
		store->layers.unswept_ms = found.expires_ms;
	}
	return SDD_DONE;
}

enum sdd_result sdd_store_remove(struct sdd_store *store, const struct sdd_key *key)
{
	struct sdd_known before;
	struct sdd_entry found;
	enum sdd_result result = find_any(store, key, &found);

	if (result != SDD_DONE) {
		return result == SDD_ABSENT ? result : lose_batch(store, result);
	}
	if (!add_operation(store, SDD_REMOVE, key, NULL, &before)) {
		return out_of_memory(store);
	}
	store->layers.space.batch_growth -= size_before(store, &before);
	count_write(store, key, tally_of(found.flags, found.proven), (struct sdd_tally){0});
	return SDD_DONE;
}

/* }}} */
