/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Opening and closing the B-tree, and its errors; see btree.h, and btree_tables.h for the tables.
 * LMDB's map is larger than the size allowed, so that a store that is full can still remove entries
 * and sweep.
 */

#include "server/store/btree.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/store/btree_tables.h"
#include "server/store/directory.h"
#include "server/store/io.h"
#include "server/store/row.h"
#include "server/store/writeback.h"

#define FORMAT_3 "sharedanced 3" /* without `extents`, and no row whose value is in the file */
#define FORMAT_2 "sharedanced 2" /* without an id, too */

static const uint8_t no_id[SDD_STORE_ID_BYTES];
static const char *const table_names[] = {"entries", "values", "expiry", "about"};

/* {{{ errors */

static void set_reason(char reason[SDD_STORE_REASON_MAX], const char *why)
{
	(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s", why);
}

enum sdd_result sdd_btree_result(struct sdd_btree *btree, int error,
                                 char reason[SDD_STORE_REASON_MAX])
{
	switch (error) {
	case MDB_SUCCESS:
		return SDD_DONE;
	case MDB_NOTFOUND:
		return SDD_ABSENT;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG: /* RLIMIT_FSIZE */
		set_reason(reason, mdb_strerror(error));
		return SDD_FULL;
	case EIO:
		if (sdd_btree_is_disk_full(btree)) {
			set_reason(reason, strerror(ENOSPC));
			return SDD_FULL;
		}
		set_reason(reason, strerror(EIO));
		return SDD_FAILED;
	case MDB_PANIC:
		atomic_store(&btree->is_broken, true);
		/* fall through */
	default:
		set_reason(reason, mdb_strerror(error));
		return SDD_FAILED;
	}
}

int sdd_btree_unwritable(const struct sdd_btree *btree)
{
	return btree->unwritable;
}

bool sdd_btree_is_broken(const struct sdd_btree *btree)
{
	return atomic_load(&btree->is_broken);
}

const char *sdd_btree_reason(const struct sdd_btree *btree)
{
	return btree->reason;
}

/* }}} */

static void close_env(struct sdd_btree *btree)
{
	if (btree->reading != NULL) {
		mdb_txn_abort(btree->reading);
		btree->reading = NULL;
		btree->is_reading = false;
	}
	if (btree->env != NULL) {
		mdb_env_close(btree->env);
		btree->env = NULL;
	}
}

static int open_env_with(struct sdd_btree *btree, unsigned more_flags)
{
	/* reads are of single entries anywhere: reading ahead would be wasted */
	unsigned flags =
		MDB_NORDAHEAD | MDB_NOTLS | more_flags | (btree->sync == SDD_SYNC_NEVER ? MDB_NOSYNC : 0);
	uint64_t map_size = btree->max_size + btree->max_size / 4 + (64u << 20);
	int error = mdb_env_create(&btree->env);

	if (error == MDB_SUCCESS) {
		error = mdb_env_set_maxdbs(btree->env, TABLES);
	}
	if (error == MDB_SUCCESS) { /* with 32 bits it may not fit */
		error = (size_t)map_size != map_size
		            ? ENOMEM
		            : mdb_env_set_mapsize(btree->env, (size_t)map_size & ~(size_t)0xffff);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_open(btree->env, btree->directory, flags, 0600);
	}
	return error;
}

/* What LMDB would make of an empty file for reading only is no error of its own. */
static int check_data(const struct sdd_btree *btree)
{
	struct stat found;

	if (!sdd_btree_find_file(btree, SDD_FILE_DATA, &found)) {
		return errno;
	}
	return found.st_size > 0 ? MDB_SUCCESS : ENOENT;
}

/* If it is opened for reading only, LMDB does without locks of its own, whose file may be missing:
 * no other server writes, because the directory is locked (directory.h). */
static int open_env(struct sdd_btree *btree)
{
	int error = open_env_with(btree, 0);

	btree->unwritable = error == EROFS || error == EPERM ? error : 0;
	/* the process that wrote the root may have been killed before that was on disk; and the log
	 * that it makes superfluous is written over next */
	if (error == MDB_SUCCESS && btree->sync != SDD_SYNC_NEVER && !sdd_btree_force(btree)) {
		btree->unwritable = errno;
	}
	if (btree->unwritable != 0) {
		close_env(btree);
		error = check_data(btree);
		error = error == MDB_SUCCESS ? open_env_with(btree, MDB_RDONLY | MDB_NOLOCK) : error;
	}
	return error;
}

static bool is_format(const MDB_val *found, const char *format)
{
	return found->mv_size == strlen(format) && memcmp(found->mv_data, format, found->mv_size) == 0;
}

/* Whether this program knows the format of the tables, which `about` says. */
static int check_format(struct sdd_btree *btree, MDB_txn *txn)
{
	MDB_val key = {sizeof("format") - 1, "format"};
	MDB_val found;
	int error = mdb_get(txn, btree->dbis[ABOUT], &key, &found);

	if (error == MDB_SUCCESS && !is_format(&found, SDD_BTREE_FORMAT) &&
	    !is_format(&found, FORMAT_3) && !is_format(&found, FORMAT_2)) {
		return MDB_VERSION_MISMATCH;
	}
	return error;
}

/* Opens the tables that each version has. */
static int open_tables_in(struct sdd_btree *btree, MDB_txn *txn, unsigned flags)
{
	int error = MDB_SUCCESS;

	for (int i = ENTRIES; i <= ABOUT && error == MDB_SUCCESS; i++) {
		error = mdb_dbi_open(txn, table_names[i], flags, &btree->dbis[i]);
	}
	return error;
}

static int open_extents(struct sdd_btree *btree, MDB_txn *txn)
{
	int error = mdb_dbi_open(txn, SDD_EXTENTS, 0, &btree->dbis[EXTENTS]);

	btree->has_extents = error == MDB_SUCCESS;
	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

/* From the new format on earlier versions refuse the directory: they know nothing of the file. */
static int make_extents_in(struct sdd_btree *btree, MDB_txn *txn)
{
	int error = mdb_dbi_open(txn, SDD_EXTENTS, MDB_CREATE, &btree->dbis[EXTENTS]);

	return error == MDB_SUCCESS ? sdd_btree_put_about(btree, txn, "format", SDD_BTREE_FORMAT,
	                                                  sizeof(SDD_BTREE_FORMAT) - 1)
	                            : error;
}

int sdd_btree_make_extents(struct sdd_btree *btree)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(btree->env, NULL, 0, &txn);

	if (error != MDB_SUCCESS) {
		return error;
	}
	error = make_extents_in(btree, txn);
	btree->about_written = false;
	if (error != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return error;
	}
	error = mdb_txn_commit(txn);
	btree->has_extents = error == MDB_SUCCESS;
	return error;
}

static int open_old_tables(struct sdd_btree *btree)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(btree->env, NULL, MDB_RDONLY, &txn);

	if (error != MDB_SUCCESS) {
		return error;
	}
	error = open_tables_in(btree, txn, 0);
	if (error == MDB_SUCCESS) {
		error = check_format(btree, txn);
	}
	if (error == MDB_SUCCESS) {
		error = open_extents(btree, txn);
	}
	if (error == MDB_SUCCESS) {
		error = sdd_btree_read_numbers(btree, txn);
	}
	if (error == MDB_SUCCESS) {
		error = sdd_btree_read_tally(btree, txn);
	}
	if (error != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return error;
	}
	return mdb_txn_commit(txn); /* keeps the tables open */
}

static int make_tables(struct sdd_btree *btree)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(btree->env, NULL, 0, &txn);

	if (error != MDB_SUCCESS) {
		return error;
	}
	btree->epoch = 1;
	btree->is_counted = true;
	error = open_tables_in(btree, txn, MDB_CREATE);
	if (error == MDB_SUCCESS) {
		error = make_extents_in(btree, txn);
	}
	if (error == MDB_SUCCESS) {
		error = sdd_btree_put_newest(btree, txn); /* there is none */
	}
	if (error != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return error;
	}
	error = mdb_txn_commit(txn);
	btree->has_extents = error == MDB_SUCCESS;
	return error;
}

static int open_tables(struct sdd_btree *btree)
{
	MDB_stat stat;
	int error = open_old_tables(btree);

	if (error == MDB_NOTFOUND && btree->unwritable == 0) {
		error = make_tables(btree);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_stat(btree->env, &stat);
		btree->page_size = stat.ms_psize;
	}
	if (error == MDB_SUCCESS) {
		error = mdb_txn_begin(btree->env, NULL, MDB_RDONLY, &btree->reading);
	}
	if (error == MDB_SUCCESS) {
		mdb_txn_reset(btree->reading);
	}
	return error;
}

/* Gives the store an id, if it has none. A full disk may prevent that: then the next opening does
 * it. */
static void make_id(struct sdd_btree *btree)
{
	uint8_t id[SDD_STORE_ID_BYTES];
	MDB_txn *txn;

	if (memcmp(btree->id, no_id, sizeof(no_id)) != 0 ||
	    getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id) ||
	    mdb_txn_begin(btree->env, NULL, 0, &txn) != MDB_SUCCESS) {
		return;
	}
	if (sdd_btree_put_about(btree, txn, "id", id, SDD_STORE_ID_BYTES) != MDB_SUCCESS) {
		mdb_txn_abort(txn);
	} else if (mdb_txn_commit(txn) == MDB_SUCCESS) {
		memcpy(btree->id, id, sizeof(id));
	}
	btree->about_written = false;
}

bool sdd_btree_renew_id(struct sdd_btree *btree)
{
	memset(btree->id, 0, sizeof(btree->id));
	make_id(btree);
	return memcmp(btree->id, no_id, sizeof(no_id)) != 0;
}

/* A commit may fail so that LMDB can no longer read: what it has must be served all the same. */
bool sdd_btree_store_anchor(struct sdd_btree *btree, const struct sdd_clock_anchor *anchor)
{
	MDB_txn *txn;
	bool is_stored = false;

	if (mdb_txn_begin(btree->env, NULL, 0, &txn) != MDB_SUCCESS) {
		return false;
	}
	if (sdd_btree_put_anchor(btree, txn, anchor) != MDB_SUCCESS) {
		mdb_txn_abort(txn);
	} else {
		is_stored = mdb_txn_commit(txn) == MDB_SUCCESS;
		if (!is_stored) {
			(void)sdd_btree_reopen(btree);
		}
	}
	btree->about_written = false;
	return is_stored;
}

/* Opens data.mdb, unless it has lost something for certain. Returns LMDB's error. */
static int open_whole(struct sdd_btree *btree)
{
	int error;

	btree->is_cut_off = sdd_btree_was_emptied(btree);
	if (btree->is_cut_off) {
		return MDB_INVALID;
	}
	error = open_env(btree);
	btree->is_cut_off = error == MDB_SUCCESS && !sdd_btree_is_whole(btree);
	return btree->is_cut_off ? MDB_CORRUPTED : error;
}

static void explain_open(const struct sdd_btree *btree, int error,
                         char reason[SDD_STORE_REASON_MAX])
{
	bool is_empty = btree->unwritable != 0 && (error == ENOENT || error == MDB_NOTFOUND);

	if (btree->is_cut_off) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX,
		               SDD_FILE_DATA " was cut off, and entries are missing: put a copy back, or "
		                             "remove all files and lose what was stored");
	} else if (is_empty) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "it is empty, and no store can be made: %s",
		               strerror(btree->unwritable));
	} else {
		set_reason(reason, mdb_strerror(error));
	}
}

struct sdd_btree *sdd_btree_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_btree *btree = calloc(1, sizeof(*btree));
	int error;

	if (btree == NULL || (btree->directory = strdup(directory)) == NULL) {
		set_reason(reason, "out of memory");
		free(btree);
		return NULL;
	}
	btree->max_size = max_size;
	btree->sync = sync;
	error = open_whole(btree);
	if (error == MDB_SUCCESS) {
		error = open_tables(btree);
	}
	if (error != MDB_SUCCESS) {
		explain_open(btree, error, reason);
		sdd_btree_close(btree);
		return NULL;
	}
	if (sync != SDD_SYNC_NEVER) {
		btree->writeback = sdd_writeback_start();
	}
	if (!btree->has_extents) {
		(void)sdd_btree_make_extents(btree); /* on a full disk the first transaction does it */
	}
	make_id(btree);
	return btree;
}

void sdd_btree_forget_dead_readers(struct sdd_btree *btree)
{
	int dead;

	(void)mdb_reader_check(btree->env, &dead);
}

bool sdd_btree_reopen(struct sdd_btree *btree)
{
	uint32_t epoch = btree->epoch;
	uint64_t newest = btree->newest;
	int error;

	close_env(btree);
	error = open_env(btree);
	if (error == MDB_SUCCESS) {
		error = open_tables(btree);
	}
	/* what the last commit has of these was written again by none */
	btree->epoch = epoch;
	btree->newest = newest;
	btree->epoch_stored = false;
	btree->version_ceiling = 0;
	btree->dropped.count = btree->dropped_before;
	atomic_store(&btree->is_broken, error != MDB_SUCCESS);
	return error == MDB_SUCCESS;
}

void sdd_btree_close(struct sdd_btree *btree)
{
	if (btree == NULL) {
		return;
	}
	if (btree->env != NULL) {
		(void)mdb_env_sync(btree->env, /* force */ 1);
	}
	sdd_writeback_stop(btree->writeback);
	close_env(btree);
	free(btree->dropped.extents);
	free(btree->directory);
	free(btree);
}
