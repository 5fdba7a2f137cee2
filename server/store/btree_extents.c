/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The table of what is in use in the file of values; see btree.h and btree_tables.h. Functions that
 * return int return LMDB's error. */

#include <errno.h>
#include <lmdb.h>
#include <string.h>

#include "server/store/btree.h"
#include "server/store/btree_tables.h"
#include "server/store/extent_map.h"
#include "server/store/hash.h"

static struct sdd_extent_row row_of(uint64_t offset, uint32_t length)
{
	return (struct sdd_extent_row){length, (uint32_t)sdd_hash(offset, &length, sizeof(length))};
}

/* The key of an extent in its table: the offset, big-endian. */
static MDB_val extent_key(uint8_t bytes[8], const struct sdd_extent *extent)
{
	return sdd_btree_expiry_row(bytes, (int64_t)extent->offset);
}

/* {{{ opening */

/* Whether a row of `extents` is right; *extent is what it says. */
static bool read_extent(const MDB_val *key, const MDB_val *found, struct sdd_extent *extent)
{
	struct sdd_extent_row row;
	struct sdd_extent_row wanted;

	if (key->mv_size != 8 || found->mv_size != sizeof(row)) {
		return false;
	}
	memcpy(&row, found->mv_data, sizeof(row));
	*extent =
		(struct sdd_extent){.offset = (uint64_t)sdd_btree_expiry_time(key), .length = row.length};
	wanted = row_of(extent->offset, extent->length);
	return wanted.check == row.check && extent->length > 0 && extent->offset % SDD_EXTENT_PAGE == 0;
}

/* Reads the table in that transaction. */
static bool each_extent_in(struct sdd_btree *btree, MDB_txn *txn, sdd_btree_use_extent *use,
                           void *context, bool *is_whole)
{
	MDB_cursor *cursor;
	MDB_val key;
	MDB_val found;
	uint64_t bytes = 0;
	bool continues = true;
	int error = mdb_cursor_open(txn, btree->dbis[EXTENTS], &cursor);

	if (error != MDB_SUCCESS) {
		return true;
	}
	*is_whole = true;
	error = mdb_cursor_get(cursor, &key, &found, MDB_FIRST);
	while (error == MDB_SUCCESS && continues) {
		struct sdd_extent extent;

		if (read_extent(&key, &found, &extent)) {
			continues = use(context, &extent);
			bytes += sdd_extent_bytes(&extent);
		} else {
			*is_whole = false;
		}
		error = mdb_cursor_get(cursor, &key, &found, MDB_NEXT);
	}
	*is_whole = *is_whole && error == MDB_NOTFOUND;
	atomic_store(&btree->extent_bytes, bytes);
	mdb_cursor_close(cursor);
	return continues;
}

bool sdd_btree_each_extent(struct sdd_btree *btree, sdd_btree_use_extent *use, void *context,
                           bool *is_whole)
{
	MDB_txn *txn;
	bool continues;

	*is_whole = !btree->has_extents;
	if (!btree->has_extents || mdb_txn_begin(btree->env, NULL, MDB_RDONLY, &txn) != MDB_SUCCESS) {
		return true;
	}
	continues = each_extent_in(btree, txn, use, context, is_whole);
	mdb_txn_abort(txn);
	return continues;
}

/* }}} */

/* {{{ writing */

static int add_extent(struct sdd_btree *btree, const struct sdd_extent *extent)
{
	struct sdd_extent_row row = row_of(extent->offset, extent->length);
	uint8_t bytes[8];
	MDB_val key = extent_key(bytes, extent);
	MDB_val data = {sizeof(row), &row};

	btree->extent_growth += (int64_t)sdd_extent_bytes(extent);
	return mdb_put(btree->writing, btree->dbis[EXTENTS], &key, &data, 0);
}

int sdd_btree_record_dropped(struct sdd_btree *btree, const struct sdd_extent *extent)
{
	return sdd_extent_list_add(&btree->dropped, extent) ? MDB_SUCCESS : ENOMEM;
}

int sdd_btree_drop_extent(struct sdd_btree *btree, const struct sdd_extent *extent)
{
	uint8_t bytes[8];
	MDB_val key = extent_key(bytes, extent);
	int error = mdb_del(btree->writing, btree->dbis[EXTENTS], &key, NULL);

	if (error != MDB_SUCCESS && error != MDB_NOTFOUND) {
		return error;
	}
	btree->extent_growth -= (int64_t)sdd_extent_bytes(extent);
	return sdd_btree_record_dropped(btree, extent);
}

int sdd_btree_replace_extent(struct sdd_btree *btree, const struct sdd_extent *old,
                             const struct sdd_extent *new)
{
	int error = MDB_SUCCESS;

	if (old->length > 0 && new->length > 0 && old->offset == new->offset) {
		return MDB_SUCCESS; /* a flush that is tried again has written it before */
	}
	if (old->length > 0) {
		error = sdd_btree_drop_extent(btree, old);
	}
	return error == MDB_SUCCESS && new->length > 0 ? add_extent(btree, new) : error;
}

const struct sdd_extent *sdd_btree_dropped(const struct sdd_btree *btree, size_t *count)
{
	*count = btree->dropped.count;
	return btree->dropped.extents;
}

void sdd_btree_forget_dropped(struct sdd_btree *btree)
{
	btree->dropped.count = btree->dropped_before = 0;
}

/* }}} */
