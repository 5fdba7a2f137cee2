/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Reading the entries in LMDB; see btree.h, and btree_tables.h for the tables. */

#include "server/store/btree.h"

#include <lmdb.h>
#include <stdio.h>

#include "server/store/btree_tables.h"
#include "server/store/row.h"
#include "server/store/values.h"

static int begin_reading(struct sdd_btree *btree)
{
	int error = MDB_SUCCESS;

	if (!btree->is_reading) {
		error = mdb_txn_renew(btree->reading);
		btree->is_reading = error == MDB_SUCCESS;
	}
	return error;
}

void sdd_btree_end_reading(struct sdd_btree *btree)
{
	if (btree->is_reading) {
		mdb_txn_reset(btree->reading);
		btree->is_reading = false;
	}
}

static enum sdd_result damaged(char reason[SDD_STORE_REASON_MAX])
{
	(void)snprintf(reason, SDD_STORE_REASON_MAX, "the entry is damaged on the disk");
	return SDD_DAMAGED;
}

/* Finds the value of a row that has it apart. */
static int find_value(struct sdd_btree *btree, const struct sdd_row *row, MDB_val *key,
                      struct sd_bytes *value)
{
	MDB_val found;
	int error;

	if (!(row->storage & SDD_ROW_APART)) {
		return MDB_SUCCESS;
	}
	error = mdb_get(btree->reading, btree->dbis[VALUES], key, &found);
	if (error == MDB_SUCCESS) {
		*value = sdd_btree_bytes(&found);
	}
	return error == MDB_NOTFOUND ? MDB_SUCCESS : error; /* an empty one is not the row's */
}

enum sdd_result sdd_btree_find(struct sdd_btree *btree, struct sd_bytes key_bytes,
                               struct sdd_entry *entry, char reason[SDD_STORE_REASON_MAX])
{
	MDB_val key = sdd_btree_val(key_bytes);
	MDB_val found;
	struct sdd_row row;
	struct sd_bytes value;
	int error = begin_reading(btree);

	if (error == MDB_SUCCESS) {
		error = mdb_get(btree->reading, btree->dbis[ENTRIES], &key, &found);
	}
	if (error != MDB_SUCCESS) {
		return sdd_btree_result(btree, error, reason);
	}
	if (!sdd_row_read(sdd_btree_bytes(&found), key_bytes, &row, &value)) {
		return damaged(reason);
	}
	error = find_value(btree, &row, &key, &value);
	if (row.storage & SDD_ROW_IN_FILE) {
		value = (struct sd_bytes){NULL, row.length};
	} else if (error == MDB_SUCCESS && !sdd_row_has_value(&row, value)) {
		return damaged(reason);
	}
	*entry = (struct sdd_entry){
		.value = value,
		.extent = sdd_row_extent(&row),
		.expires_ms = row.expires_ms,
		.version = row.version,
		.client_flags = row.client_flags,
		.flags = row.flags,
		.proven = row.epoch == btree->epoch,
	};
	return sdd_btree_result(btree, error, reason);
}

/* The time of the first row of `expiry` after `after_ms`. False: there is none. */
static bool find_first_expiry(struct sdd_btree *btree, int64_t after_ms, int64_t *time_ms)
{
	uint8_t time[8];
	MDB_val row = sdd_btree_expiry_row(time, after_ms + 1);
	MDB_cursor *cursor;
	MDB_val nothing;
	bool is_there = false;

	if (begin_reading(btree) == MDB_SUCCESS &&
	    mdb_cursor_open(btree->reading, btree->dbis[EXPIRY], &cursor) == MDB_SUCCESS) {
		is_there = mdb_cursor_get(cursor, &row, &nothing, MDB_SET_RANGE) == MDB_SUCCESS;
		*time_ms = is_there ? sdd_btree_expiry_time(&row) : 0;
		mdb_cursor_close(cursor);
	}
	return is_there;
}

bool sdd_btree_is_due(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms)
{
	int64_t time_ms;

	return find_first_expiry(btree, after_ms, &time_ms) && time_ms <= now_ms;
}

int64_t sdd_btree_sweep_delay(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms)
{
	int64_t time_ms;

	return find_first_expiry(btree, after_ms, &time_ms) && time_ms < now_ms ? now_ms - time_ms : 0;
}

bool sdd_btree_has(struct sdd_btree *btree, struct sd_bytes key_bytes)
{
	MDB_val key = sdd_btree_val(key_bytes);
	MDB_val found;

	return begin_reading(btree) == MDB_SUCCESS &&
	       mdb_get(btree->reading, btree->dbis[ENTRIES], &key, &found) == MDB_SUCCESS;
}

struct sdd_tally sdd_btree_tally(struct sdd_btree *btree)
{
	struct sdd_tally tally = btree->tally;
	MDB_stat stat = {0};

	if (begin_reading(btree) == MDB_SUCCESS) {
		(void)mdb_stat(btree->reading, btree->dbis[ENTRIES], &stat);
	}
	tally.entries = (int64_t)stat.ms_entries;
	return tally;
}

uint64_t sdd_btree_size(struct sdd_btree *btree)
{
	uint64_t pages = 0;

	for (int i = 0; i < SDD_TABLES && begin_reading(btree) == MDB_SUCCESS; i++) {
		MDB_stat stat;

		if (mdb_stat(btree->reading, btree->dbis[i], &stat) == MDB_SUCCESS) {
			pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
		}
	}
	return pages * btree->page_size + atomic_load(&btree->extent_bytes);
}

bool sdd_btree_copy(struct sdd_btree *btree, int descriptor, char reason[SDD_STORE_REASON_MAX])
{
	int error = mdb_env_copyfd2(btree->env, descriptor, /* flags */ 0);

	if (error != MDB_SUCCESS) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s", mdb_strerror(error));
	}
	return error == MDB_SUCCESS;
}

int64_t sdd_btree_size_of(const struct sdd_btree *btree, size_t key_length, size_t value_length)
{
	size_t page = btree->page_size;
	size_t rows = 2 * key_length + sizeof(struct sdd_row) + 8 + 16; /* with LMDB's own heads */
	size_t apart = 0;

	if (value_length >= SDD_VALUES_LEAST) {
		apart = (size_t)sdd_extent_pages(value_length) * SDD_EXTENT_PAGE;
	} else if (value_length > SDD_INLINE_MAX) {
		apart = (value_length / page + 1) * page;
	} else {
		rows += value_length;
	}
	return (int64_t)(apart + rows + rows / 2); /* pages are filled by two thirds */
}
