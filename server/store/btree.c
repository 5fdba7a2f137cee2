/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Writing and sweeping the entries in LMDB; see btree.h, and btree_tables.h for the tables.
 * Functions that return int return LMDB's error.
 */

#include "server/store/btree.h"

#include <errno.h>
#include <lmdb.h>
#include <string.h>

#include "server/store/btree_tables.h"
#include "server/store/row.h"
#include "server/system/clock.h"

#define ROWS_BETWEEN_LOOKS 64    /* of the sweep at the clock */
#define ROWS_BETWEEN_YIELDS 64   /* about 0.1 ms */
#define VERSIONS_AHEAD 10000000u /* microseconds */

#define EXPIRY_KEY_MAX (8 + SDD_STORE_KEY_MAX)

/* {{{ keys in `expiry` */

static MDB_val expiry_key(uint8_t out[EXPIRY_KEY_MAX], int64_t time_ms, const MDB_val *key)
{
	(void)sdd_btree_expiry_row(out, time_ms);
	memcpy(out + 8, key->mv_data, key->mv_size);
	return (MDB_val){8 + key->mv_size, out};
}

/* }}} */

/* {{{ writing, in the transaction that is open */

/* Aborts the transaction. The next one writes again what this one had written to `about`. */
static void abort_writing(struct sdd_btree *btree)
{
	if (btree->writing != NULL) {
		mdb_txn_abort(btree->writing);
		btree->writing = NULL;
	}
	memset(&btree->written, 0, sizeof(btree->written));
	btree->dropped.count = btree->dropped_before;
	if (btree->about_written) {
		btree->about_written = false;
		btree->epoch_stored = false;
		btree->version_ceiling = 0;
	}
}

/* The result of a step of writing. A step that failed ends the transaction. */
static enum sdd_result end_step(struct sdd_btree *btree, int error)
{
	if (error == MDB_SUCCESS) {
		return SDD_DONE;
	}
	abort_writing(btree);
	return sdd_btree_result(btree, error, btree->reason);
}

static int add_expiry(struct sdd_btree *btree, int64_t time_ms, const MDB_val *key)
{
	uint8_t bytes[EXPIRY_KEY_MAX];
	MDB_val row = expiry_key(bytes, time_ms, key);
	MDB_val nothing = {0, NULL};

	return mdb_put(btree->writing, btree->dbis[EXPIRY], &row, &nothing, 0);
}

static int remove_expiry(struct sdd_btree *btree, int64_t time_ms, const MDB_val *key)
{
	uint8_t bytes[EXPIRY_KEY_MAX];
	MDB_val row = expiry_key(bytes, time_ms, key);
	int error = mdb_del(btree->writing, btree->dbis[EXPIRY], &row, NULL);

	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

/* `value` is ignored if the row has it elsewhere. */
static int put_row(struct sdd_btree *btree, MDB_val *key, const struct sdd_row *row,
                   struct sd_bytes value)
{
	size_t size = sdd_row_size(row);
	size_t inline_length = sdd_row_has_inline_value(row) ? value.length : 0;
	MDB_val room = {size + inline_length, NULL};
	int error = mdb_put(btree->writing, btree->dbis[ENTRIES], key, &room, MDB_RESERVE);

	if (error == MDB_SUCCESS) {
		sdd_row_write(room.mv_data, row, sdd_btree_bytes(key));
		if (inline_length > 0) {
			memcpy((uint8_t *)room.mv_data + size, value.data, inline_length);
		}
	}
	return error;
}

/* Removes what a table has for a key, if anything. */
static int remove_from(struct sdd_btree *btree, enum table table, MDB_val *key)
{
	int error = mdb_del(btree->writing, btree->dbis[table], key, NULL);

	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

/* `row` is NULL if it is damaged: then the sweep removes its row in `expiry`. */
static int remove_row(struct sdd_btree *btree, MDB_val *key, const struct sdd_row *row)
{
	int error = row != NULL ? remove_expiry(btree, row->indexed_ms, key) : MDB_SUCCESS;

	if (error == MDB_SUCCESS && (row == NULL || row->storage & SDD_ROW_APART)) {
		error = remove_from(btree, VALUES, key);
	} else if (error == MDB_SUCCESS && row->storage & SDD_ROW_IN_FILE) {
		struct sdd_extent extent = sdd_row_extent(row);

		error = sdd_btree_drop_extent(btree, &extent);
	}
	if (row != NULL) {
		sdd_btree_count_row(btree, row, -1);
	}
	return error == MDB_SUCCESS ? mdb_del(btree->writing, btree->dbis[ENTRIES], key, NULL) : error;
}

/* Keeps the invariant of the one row in `expiry`: see btree_tables.h. `old` is NULL for a new
 * entry. */
static int index_expiry(struct sdd_btree *btree, const MDB_val *key, const struct sdd_row *old,
                        struct sdd_row *row)
{
	int error;

	if (old != NULL && old->indexed_ms <= row->expires_ms) {
		row->indexed_ms = old->indexed_ms;
		return MDB_SUCCESS;
	}
	if (old != NULL) {
		error = remove_expiry(btree, old->indexed_ms, key);
		if (error != MDB_SUCCESS) {
			return error;
		}
	}
	row->indexed_ms = row->expires_ms;
	return add_expiry(btree, row->indexed_ms, key);
}

static void describe_entry(struct sdd_row *row, const struct sdd_entry *entry)
{
	row->expires_ms = entry->expires_ms;
	row->version = entry->version;
	row->client_flags = entry->client_flags;
	row->flags = (uint16_t)entry->flags;
}

/* Puts an entry that replaces `old`; NULL: there is none. */
static int put(struct sdd_btree *btree, MDB_val *key, const struct sdd_entry *entry, uint32_t epoch,
               const struct sdd_row *old)
{
	const struct sdd_extent none = {.length = 0};
	struct sdd_extent old_extent = old != NULL ? sdd_row_extent(old) : none;
	bool is_in_file = entry->extent.length > 0;
	bool is_apart = !is_in_file && entry->value.length > SDD_INLINE_MAX;
	MDB_val value = sdd_btree_val(entry->value);
	struct sdd_row row = {
		.length = (uint32_t)entry->value.length,
		.storage =
			SDD_ROW_CHECKED | (is_apart ? SDD_ROW_APART : 0) | (is_in_file ? SDD_ROW_IN_FILE : 0),
		.epoch = epoch,
		.value_check = is_in_file ? entry->extent.check : sdd_row_value_check(entry->value),
		.offset = entry->extent.offset,
	};
	int error;

	describe_entry(&row, entry);
	if (old != NULL) {
		sdd_btree_count_row(btree, old, -1);
	}
	sdd_btree_count_row(btree, &row, 1);
	error = index_expiry(btree, key, old, &row);
	if (error == MDB_SUCCESS) {
		error = sdd_btree_replace_extent(btree, &old_extent, &entry->extent);
	}
	if (error == MDB_SUCCESS && is_apart) {
		error = mdb_put(btree->writing, btree->dbis[VALUES], key, &value, 0);
	} else if (error == MDB_SUCCESS && old != NULL && old->storage & SDD_ROW_APART) {
		error = remove_from(btree, VALUES, key);
	}
	return error == MDB_SUCCESS ? put_row(btree, key, &row, entry->value) : error;
}

/* A row as it is in `entries` now, with a copy of a value that follows it: LMDB's memory changes
 * with the next write. */
struct found_row {
	struct sdd_row row;
	struct sd_bytes value;
	uint8_t inlined[SDD_INLINE_MAX];
};

/* False: the row is damaged. */
static bool copy_row(const MDB_val *found, const MDB_val *key, struct found_row *copy)
{
	if (!sdd_row_read(sdd_btree_bytes(found), sdd_btree_bytes(key), &copy->row, &copy->value) ||
	    copy->value.length > SDD_INLINE_MAX) {
		return false;
	}
	memcpy(copy->inlined, copy->value.data, copy->value.length);
	copy->value.data = copy->inlined;
	return true;
}

/* Changes an entry; its value stays. */
static int change(struct sdd_btree *btree, MDB_val *key, const struct sdd_entry *entry,
                  uint32_t epoch, const struct found_row *old)
{
	struct sdd_row row = old->row;
	int error;

	describe_entry(&row, entry);
	row.epoch = entry->proven ? epoch : row.epoch;
	sdd_btree_count_row(btree, &old->row, -1);
	sdd_btree_count_row(btree, &row, 1);
	error = index_expiry(btree, key, &old->row, &row);
	return error == MDB_SUCCESS ? put_row(btree, key, &row, old->value) : error;
}

/* Replaces what is damaged, or removes it. Only the value may know how to go on. */
static int write_over_damage(struct sdd_btree *btree, enum sdd_record_kind kind, MDB_val *key,
                             const struct sdd_entry *entry, uint32_t epoch)
{
	int error;

	if (kind == SDD_CHANGE) {
		return MDB_SUCCESS; /* it stays damaged */
	}
	error = remove_row(btree, key, NULL);
	return error == MDB_SUCCESS && kind == SDD_PUT ? put(btree, key, entry, epoch, NULL) : error;
}

static int write_one(struct sdd_btree *btree, enum sdd_record_kind kind, MDB_val *key,
                     const struct sdd_entry *entry, uint32_t epoch)
{
	MDB_val found;
	struct found_row old;
	int error = mdb_get(btree->writing, btree->dbis[ENTRIES], key, &found);
	bool is_there = error == MDB_SUCCESS;

	if (!is_there && error != MDB_NOTFOUND) {
		return error;
	}
	if (is_there && !copy_row(&found, key, &old)) {
		return write_over_damage(btree, kind, key, entry, epoch);
	}
	switch (kind) {
	case SDD_PUT:
		return put(btree, key, entry, epoch, is_there ? &old.row : NULL);
	case SDD_CHANGE:
		return is_there ? change(btree, key, entry, epoch, &old) : MDB_SUCCESS;
	case SDD_REMOVE:
		error = is_there ? remove_row(btree, key, &old.row) : MDB_SUCCESS;
		return error == MDB_SUCCESS && entry->extent.length > 0
		           ? sdd_btree_record_dropped(btree, &entry->extent)
		           : error;
	}
	return EINVAL;
}

enum sdd_result sdd_btree_begin(struct sdd_btree *btree)
{
	int error = btree->unwritable;

	if (error == MDB_SUCCESS && !btree->has_extents) {
		error = sdd_btree_make_extents(btree);
	}
	btree->about_written = false;
	btree->write_count = 0;
	sdd_yield_begin(&btree->yield);
	btree->extent_growth = 0;
	btree->dropped_before = btree->dropped.count;
	if (error == MDB_SUCCESS) {
		error = mdb_txn_begin(btree->env, NULL, 0, &btree->writing);
	}
	if (error != MDB_SUCCESS) {
		btree->writing = NULL;
	} else if (!btree->epoch_stored) {
		error =
			sdd_btree_put_about(btree, btree->writing, "life", &btree->epoch, sizeof(btree->epoch));
		btree->epoch_stored = true;
		error = error == MDB_SUCCESS ? sdd_btree_put_newest(btree, btree->writing) : error;
	}
	return end_step(btree, error);
}

static void count_write(struct sdd_btree *btree)
{
	btree->write_count++;
	sdd_yield_step(&btree->yield, ROWS_BETWEEN_YIELDS);
}

enum sdd_result sdd_btree_write(struct sdd_btree *btree, enum sdd_record_kind kind,
                                struct sd_bytes key_bytes, const struct sdd_entry *entry,
                                uint32_t epoch)
{
	MDB_val key = sdd_btree_val(key_bytes);

	count_write(btree);
	return end_step(btree, write_one(btree, kind, &key, entry, epoch));
}

/* The stored bound is ten seconds ahead, so that it is written once in ten seconds at most. */
enum sdd_result sdd_btree_bound_version(struct sdd_btree *btree, uint64_t version)
{
	uint64_t ceiling = version + VERSIONS_AHEAD;
	int error;

	if (version <= btree->version_ceiling) {
		return SDD_DONE;
	}
	error = sdd_btree_put_about(btree, btree->writing, "versions", &ceiling, sizeof(ceiling));
	btree->version_ceiling = ceiling;
	return end_step(btree, error);
}

/* Ahead, too; and never less than it was, whatever becomes of the transaction. */
enum sdd_result sdd_btree_bound_newest(struct sdd_btree *btree, uint64_t version)
{
	if (version <= btree->newest) {
		return SDD_DONE;
	}
	btree->newest = version < UINT64_MAX - VERSIONS_AHEAD ? version + VERSIONS_AHEAD : UINT64_MAX;
	return end_step(btree, sdd_btree_put_newest(btree, btree->writing));
}

enum sdd_result sdd_btree_record_generation(struct sdd_btree *btree, uint64_t generation)
{
	btree->generation = generation;
	return end_step(btree, sdd_btree_put_about(btree, btree->writing, "generation", &generation,
	                                           sizeof(generation)));
}

enum sdd_result sdd_btree_remember(struct sdd_btree *btree, const struct sdd_ttls *ttls,
                                   const struct sdd_clock_anchor *anchor)
{
	int error = sdd_btree_put_about(btree, btree->writing, "lives", ttls, sizeof(*ttls));

	return end_step(
		btree, error == MDB_SUCCESS ? sdd_btree_put_anchor(btree, btree->writing, anchor) : error);
}

enum sdd_result sdd_btree_commit(struct sdd_btree *btree)
{
	int error = sdd_btree_put_tally(btree);

	if (error != MDB_SUCCESS) {
		return end_step(btree, error);
	}
	error = sdd_btree_end_transaction(btree);
	btree->about_written = error != MDB_SUCCESS && btree->about_written;
	if (error == MDB_SUCCESS) {
		btree->is_tally_stored = true;
		sdd_tally_add(&btree->tally, &btree->written);
		memset(&btree->written, 0, sizeof(btree->written));
		btree->dropped_before = btree->dropped.count;
		(void)atomic_fetch_add(&btree->extent_bytes, (uint64_t)btree->extent_growth);
	}
	return end_step(btree, error);
}

void sdd_btree_abort(struct sdd_btree *btree)
{
	abort_writing(btree);
}

/* }}} */

/* {{{ the sweep */

/* The arguments of a sweep. */
struct sweep {
	int64_t after_ms;
	int64_t now_ms;
	sdd_btree_will_change *will_change;
	const void *context;
};

/* When an entry expires, or will expire after the change that is about to be written: the value of
 * such an entry must not be removed before. */
static int64_t expires_at(const struct sweep *sweep, const MDB_val *key, const struct sdd_row *row)
{
	int64_t changed_ms;

	if (row->expires_ms <= sweep->now_ms &&
	    sweep->will_change(sweep->context, sdd_btree_bytes(key), &changed_ms)) {
		return changed_ms;
	}
	return row->expires_ms;
}

/* Handles one row of `expiry` whose time has come: its entry was removed, expires later now, or has
 * expired. */
static int sweep_row(struct sdd_btree *btree, const MDB_val *expiry_row, const struct sweep *sweep)
{
	uint8_t key_bytes[SDD_STORE_KEY_MAX];
	MDB_val key = {expiry_row->mv_size - 8, key_bytes};
	MDB_val found;
	struct found_row entry;
	int64_t time_ms = sdd_btree_expiry_time(expiry_row);
	int64_t expires_ms;
	int error;
	bool is_whole;

	memcpy(key_bytes, (const uint8_t *)expiry_row->mv_data + 8, key.mv_size);
	error = mdb_get(btree->writing, btree->dbis[ENTRIES], &key, &found);
	if (error != MDB_SUCCESS && error != MDB_NOTFOUND) {
		return error;
	}
	/* a damaged entry stays, so that its key is never taken for absent */
	is_whole = error == MDB_SUCCESS && copy_row(&found, &key, &entry);
	error = remove_expiry(btree, time_ms, &key);
	if (error != MDB_SUCCESS || !is_whole) {
		return error;
	}
	expires_ms = expires_at(sweep, &key, &entry.row);
	if (expires_ms <= sweep->now_ms) {
		if (sweep->after_ms == SDD_ALL_EXPIRED || entry.row.epoch == btree->epoch) {
			btree->written.expired++;
			return remove_row(btree, &key, &entry.row);
		}
		expires_ms = sweep->after_ms; /* it stays, and is not checked again */
	}
	if (entry.row.indexed_ms != time_ms) {
		return MDB_SUCCESS;
	}
	entry.row.indexed_ms = expires_ms;
	error = add_expiry(btree, entry.row.indexed_ms, &key);
	return error == MDB_SUCCESS ? put_row(btree, &key, &entry.row, entry.value) : error;
}

/* The first row of `expiry` that is later than `after_ms`, if its time has come. `room` is for the
 * key by which it is looked for. */
static int first_due(struct sdd_btree *btree, const struct sweep *sweep, uint8_t room[8],
                     MDB_val *row)
{
	MDB_cursor *cursor;
	MDB_val nothing;
	int error = mdb_cursor_open(btree->writing, btree->dbis[EXPIRY], &cursor);

	if (error != MDB_SUCCESS) {
		return error;
	}
	*row = sdd_btree_expiry_row(room, sweep->after_ms + 1);
	error = mdb_cursor_get(cursor, row, &nothing, MDB_SET_RANGE);
	mdb_cursor_close(cursor);
	if (error == MDB_SUCCESS && sdd_btree_expiry_time(row) > sweep->now_ms) {
		return MDB_NOTFOUND;
	}
	return error;
}

enum sdd_result sdd_btree_sweep(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms,
                                int64_t most_us, size_t most_rows,
                                sdd_btree_will_change *will_change, const void *context,
                                size_t *seen, bool *has_more)
{
	struct sweep sweep = {after_ms, now_ms, will_change, context};
	uint8_t room[8];
	int64_t end_us = sdd_clock_monotonic_us() + most_us;
	int error = MDB_SUCCESS;

	*has_more = true;
	for (*seen = 0; error == MDB_SUCCESS; ++*seen) {
		MDB_val row;

		if (*seen >= most_rows || (*seen % ROWS_BETWEEN_LOOKS == ROWS_BETWEEN_LOOKS - 1 &&
		                           sdd_clock_monotonic_us() >= end_us)) {
			return SDD_DONE;
		}
		error = first_due(btree, &sweep, room, &row);
		if (error == MDB_NOTFOUND) {
			*has_more = false;
			return SDD_DONE;
		}
		if (error == MDB_SUCCESS) {
			count_write(btree);
			error = sweep_row(btree, &row, &sweep);
		}
	}
	return end_step(btree, error);
}

/* }}} */
