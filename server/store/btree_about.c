/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the B-tree remembers besides its entries, in `about`, and what it counts; see btree.h and
 * btree_tables.h. Functions that return int return LMDB's error. */

#include <lmdb.h>
#include <string.h>

#include "server/store/btree.h"
#include "server/store/btree_tables.h"
#include "server/store/row.h"

int sdd_btree_put_about(struct sdd_btree *btree, MDB_txn *txn, const char *name, const void *bytes,
                        size_t length)
{
	MDB_val key = {strlen(name), (void *)(uintptr_t)name};
	MDB_val row = {length, (void *)(uintptr_t)bytes};

	btree->about_written = true;
	return mdb_put(txn, btree->dbis[ABOUT], &key, &row, 0);
}

int sdd_btree_put_newest(struct sdd_btree *btree, MDB_txn *txn)
{
	const struct newest_row row = {.version = btree->newest, .epoch = btree->epoch};

	return sdd_btree_put_about(btree, txn, "newest", &row, sizeof(row));
}

int sdd_btree_put_anchor(struct sdd_btree *btree, MDB_txn *txn,
                         const struct sdd_clock_anchor *anchor)
{
	return sdd_btree_put_about(btree, txn, "clock", anchor, sizeof(*anchor));
}

int sdd_btree_put_tally(struct sdd_btree *btree)
{
	int64_t tombstones = btree->tally.tombstones + btree->written.tombstones;

	return btree->written.tombstones == 0 && btree->is_tally_stored
	           ? MDB_SUCCESS
	           : sdd_btree_put_about(btree, btree->writing, "tombstones", &tombstones,
	                                 sizeof(tombstones));
}

uint32_t sdd_btree_epoch(const struct sdd_btree *btree)
{
	return btree->epoch;
}

void sdd_btree_set_epoch(struct sdd_btree *btree, uint32_t epoch)
{
	btree->epoch = epoch;
}

uint64_t sdd_btree_version(const struct sdd_btree *btree)
{
	return btree->version;
}

uint64_t sdd_btree_newest(const struct sdd_btree *btree)
{
	return btree->newest;
}

uint64_t sdd_btree_generation(const struct sdd_btree *btree)
{
	return btree->generation;
}

const struct sdd_ttls *sdd_btree_remembered(const struct sdd_btree *btree)
{
	return &btree->ttls;
}

const struct sdd_clock_anchor *sdd_btree_anchor(const struct sdd_btree *btree)
{
	return &btree->anchor;
}

const uint8_t *sdd_btree_id(const struct sdd_btree *btree)
{
	return btree->id;
}

/* A number in `about`; *bytes stays as it is if there is none. */
static int read_about(struct sdd_btree *btree, MDB_txn *txn, const char *name, void *bytes,
                      size_t length)
{
	MDB_val key = {strlen(name), (void *)(uintptr_t)name};
	MDB_val row;
	int error = mdb_get(txn, btree->dbis[ABOUT], &key, &row);

	if (error == MDB_SUCCESS && row.mv_size == length) {
		memcpy(bytes, row.mv_data, length);
	}
	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

/* `epoch` is the last that wrote anything; see btree_tables.h. */
static int read_newest(struct sdd_btree *btree, MDB_txn *txn, uint32_t epoch)
{
	struct newest_row row = {0};
	int error = read_about(btree, txn, "newest", &row, sizeof(row));

	btree->newest = row.epoch == epoch ? row.version : UINT64_MAX;
	return error;
}

/* Versions continue above all that were given before, and the epoch is one more than the last. If
 * no number is stored, nothing was written since the store was made, or since the store counts
 * epochs: then the last epoch was the first. */
int sdd_btree_read_numbers(struct sdd_btree *btree, MDB_txn *txn)
{
	int error = read_about(btree, txn, "versions", &btree->version, sizeof(btree->version));

	btree->version_ceiling = btree->version;
	btree->epoch = 1;
	if (error == MDB_SUCCESS) {
		error = read_about(btree, txn, "life", &btree->epoch, sizeof(btree->epoch));
	}
	if (error == MDB_SUCCESS) {
		error = read_newest(btree, txn, btree->epoch);
	}
	btree->epoch++;
	if (error == MDB_SUCCESS) {
		error = read_about(btree, txn, "generation", &btree->generation, sizeof(btree->generation));
	}
	if (error == MDB_SUCCESS) {
		error = read_about(btree, txn, "lives", &btree->ttls, sizeof(btree->ttls));
	}
	if (error == MDB_SUCCESS) {
		error = read_about(btree, txn, "clock", &btree->anchor, sizeof(btree->anchor));
	}
	return error == MDB_SUCCESS ? read_about(btree, txn, "id", btree->id, sizeof(btree->id))
	                            : error;
}

/* Counts the tombstones of a store that does not know how many it has: of an earlier version, once.
 */
static int count_tombstones(struct sdd_btree *btree, MDB_txn *txn)
{
	MDB_cursor *cursor;
	MDB_val key;
	MDB_val found;
	int error = mdb_cursor_open(txn, btree->dbis[ENTRIES], &cursor);

	if (error != MDB_SUCCESS) {
		return error;
	}
	btree->tally.tombstones = 0;
	while ((error = mdb_cursor_get(cursor, &key, &found, MDB_NEXT)) == MDB_SUCCESS) {
		struct sdd_row row;
		struct sd_bytes value;

		if (sdd_row_read(sdd_btree_bytes(&found), sdd_btree_bytes(&key), &row, &value)) {
			btree->tally.tombstones += (row.flags & SDD_TOMBSTONE) != 0;
		}
	}
	mdb_cursor_close(cursor);
	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

int sdd_btree_read_tally(struct sdd_btree *btree, MDB_txn *txn)
{
	MDB_stat stat;
	int error = mdb_stat(txn, btree->dbis[ENTRIES], &stat);

	btree->tally.tombstones = -1;
	if (error == MDB_SUCCESS) {
		error = read_about(btree, txn, "tombstones", &btree->tally.tombstones,
		                   sizeof(btree->tally.tombstones));
	}
	if (error == MDB_SUCCESS && !btree->is_counted) {
		btree->tally.unproven = (int64_t)stat.ms_entries; /* all are of earlier epochs */
		btree->is_counted = true;
	}
	btree->is_tally_stored = btree->tally.tombstones >= 0;
	return error == MDB_SUCCESS && !btree->is_tally_stored ? count_tombstones(btree, txn) : error;
}
