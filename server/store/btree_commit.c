/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Committing what was written to LMDB, and forcing it to disk; see btree.h. LMDB writes all pages
 * of a transaction, waits until they are on disk, and then writes its root. */

#include "server/store/btree.h"

#include <errno.h>
#include <lmdb.h>

#include "server/store/btree_tables.h"
#include "server/store/io.h"
#include "server/store/writeback.h"

#define MANY_WRITES 1000 /* entries: some megabytes, if each is on a page of its own */

/* The next commit writes again what could not be forced to disk. On a full disk, nothing was
 * written that has to be forgotten. */
static void forget_pages(const struct sdd_btree *btree, mdb_filehandle_t data)
{
	if (!sdd_btree_is_disk_full(btree)) {
		sdd_io_forget(data, 0, 0);
	}
}

/* A commit that could not write its root may have made LMDB give up, and its error does not say so.
 */
static void notice_panic(struct sdd_btree *btree)
{
	MDB_txn *reader;

	if (mdb_txn_begin(btree->env, NULL, MDB_RDONLY, &reader) == MDB_SUCCESS) {
		mdb_txn_abort(reader);
	} else {
		atomic_store(&btree->is_broken, true);
	}
}

/* With many pages the disk begins to write them at once: while one processor copies the last ones,
 * it has the first ones done. */
int sdd_btree_end_transaction(struct sdd_btree *btree)
{
	struct sdd_writeback *writeback = btree->write_count >= MANY_WRITES ? btree->writeback : NULL;
	mdb_filehandle_t data = -1;
	int error;

	(void)mdb_env_get_fd(btree->env, &data);
	sdd_writeback_begin(writeback, data);
	error = mdb_txn_commit(btree->writing);
	sdd_writeback_end(writeback);
	btree->writing = NULL; /* LMDB frees it on failure, too */
	if (error != MDB_SUCCESS) {
		forget_pages(btree, data);
		notice_panic(btree);
	}
	return error;
}

bool sdd_btree_force(struct sdd_btree *btree)
{
	/* what is opened for reading has written nothing */
	errno = btree->unwritable != 0 ? MDB_SUCCESS : mdb_env_sync(btree->env, /* force */ 1);
	return errno == MDB_SUCCESS;
}
