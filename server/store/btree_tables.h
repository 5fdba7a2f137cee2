/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the files of the B-tree share: the tables in LMDB and the state of a B-tree.
 * Only these files include it.
 *
 *   entries   key -> struct sdd_row (row.h), followed by the value if it is short
 *   values    key -> the value, if it is long, but not long enough for the file of values
 *   expiry    time, key -> nothing; in order of time, for the sweep
 *   about     the format and the store's id; a bound on the versions that were given, and one on
 *             those that entries have; the number of the epoch; the last generation of the
 *             write-ahead log that is in here; how many entries are tombstones; what is
 *             remembered of times to live; and where the store's clock was in which boot
 *   extents   offset in the file of values (values.h) -> struct sdd_extent_row: what is in use
 * there
 *
 * The row of a value that is in the file has its place there. `extents` has the same places, in one
 * commit with the rows, so that a start need not read them all.
 *
 * A long value is apart from its row, so that a change of the row does not write the value again.
 *
 * An entry has exactly one row in `expiry`, at or before the time at which it expires. A longer
 * time to live needs no new row: the sweep moves the row when it comes to it. So overwriting an
 * entry and prolonging it cost one write.
 *
 * The first transaction of an epoch writes the epoch's number, in one commit with the epoch's first
 * rows. So whatever commit a power cut goes back to, no row in it belongs to a later epoch than the
 * number says. The next epoch is one more than the number, so no row belongs to it yet. An epoch
 * that wrote nothing, or lost all that it wrote, leaves its number to the next one.
 *
 * The bound on the versions of entries is stored with an epoch, by the first transaction of each
 * epoch. It counts only if that is the last epoch that wrote anything: a program that knows nothing
 * of the bound leaves an epoch without one.
 */

#ifndef SDD_BTREE_TABLES_H
#define SDD_BTREE_TABLES_H

#include <lmdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "server/store/entry.h"
#include "server/store/extent_list.h"
#include "server/store/ttls.h"
#include "server/store/row.h"
#include "server/system/store_clock.h"
#include "server/system/yield.h"

/* Changes with the tables, the row or the files beside them. */
#define SDD_BTREE_FORMAT "sharedanced 4"
#define SDD_EXTENTS "extents" /* the name of the table */
#define SDD_TABLES 3          /* that hold data */
#define SDD_INLINE_MAX 1024   /* bytes of a value that is stored with its row */

/* The bound on the versions of entries, as it is in `about`. */
struct newest_row {
	uint64_t version;
	uint32_t epoch;
	uint32_t unused; /* 0 */
};

enum table {
	ENTRIES,
	VALUES,
	EXPIRY,
	ABOUT,
	EXTENTS,
	TABLES,
};

/* A row of `extents`. */
struct sdd_extent_row {
	uint32_t length; /* bytes of the value */
	uint32_t check;  /* of the length and the offset */
};

struct sdd_writeback;

struct sdd_btree {
	MDB_env *env;
	MDB_dbi dbis[TABLES];
	bool has_extents;              /* the table is there: earlier versions had none */
	_Atomic uint64_t extent_bytes; /* of the pages that the extents take, as of the last commit */
	unsigned page_size;
	uint32_t epoch;                 /* 1: this opening made the tables */
	uint64_t version;               /* the bound that was found at opening */
	uint64_t generation;            /* of the write-ahead log, found at opening */
	uint64_t newest;                /* the bound on the versions of entries that is stored, or is
	                                 * about to be */
	struct sdd_ttls ttls;           /* that were remembered, found at opening */
	struct sdd_clock_anchor anchor; /* the same */
	uint8_t id[SDD_STORE_ID_BYTES]; /* all zero: it could not be stored yet */
	atomic_bool is_broken;          /* LMDB has given up */
	int unwritable; /* the error with which its files cannot be written: opened for reading; or 0 */
	bool is_cut_off; /* data.mdb lacks something that is in use */

	/* what it was opened with */
	char *directory;
	uint64_t max_size;
	enum sdd_sync sync;

	/* of the thread that reads */
	MDB_txn *reading; /* renewed by the first read, reset when reading ends */
	bool is_reading;

	/* of the thread that writes */
	MDB_txn *writing;                /* NULL: there is no transaction */
	size_t write_count;              /* entries that this transaction has written */
	struct sdd_yield yield;          /* of this transaction */
	struct sdd_writeback *writeback; /* NULL: nothing is forced to disk, or it has no thread */
	uint64_t version_ceiling;        /* the bound that is stored */
	bool epoch_stored;
	bool about_written;       /* by this transaction */
	struct sdd_tally tally;   /* of all that is committed, except the entries, which LMDB counts */
	struct sdd_tally written; /* by this transaction */
	bool is_counted;          /* the entries that were there at the start */
	bool is_tally_stored;     /* `about` has the number of tombstones */
	int64_t extent_growth;    /* by this transaction, in bytes */
	struct sdd_extent_list dropped; /* whose rows were deleted, for sdd_btree_dropped() */
	size_t dropped_before;          /* this transaction */
	char reason[SDD_STORE_REASON_MAX];
};

static inline MDB_val sdd_btree_val(struct sd_bytes bytes)
{
	return (MDB_val){bytes.length, (void *)(uintptr_t)bytes.data};
}

static inline struct sd_bytes sdd_btree_bytes(const MDB_val *val)
{
	return (struct sd_bytes){val->mv_data, val->mv_size};
}

/* The time in a key of `expiry`, in milliseconds since 1970. */
static inline int64_t sdd_btree_expiry_time(const MDB_val *expiry_key)
{
	const uint8_t *bytes = expiry_key->mv_data;
	uint64_t time_ms = 0;

	for (int i = 0; i < 8; i++) {
		time_ms = time_ms << 8 | bytes[i];
	}
	return (int64_t)time_ms;
}

/* The first key that `expiry` can have for a time: eight bytes, big-endian, so that their order is
 * that of time. The entry's key follows them. */
static inline MDB_val sdd_btree_expiry_row(uint8_t bytes[8], int64_t time_ms)
{
	for (int i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)((uint64_t)time_ms >> (56 - 8 * i));
	}
	return (MDB_val){8, bytes};
}

/* A row comes, or goes, by the transaction that writes. */
static inline void sdd_btree_count_row(struct sdd_btree *btree, const struct sdd_row *row,
                                       int difference)
{
	btree->written.tombstones += row->flags & SDD_TOMBSTONE ? difference : 0;
	btree->written.unproven += row->epoch != btree->epoch ? difference : 0;
}

/* Stores the number of tombstones, if it is another one, or was never stored. Returns LMDB's error.
 */
int sdd_btree_put_tally(struct sdd_btree *btree);

/* At an opening: reads what `about` says of versions, epochs, generations, times to live and the
 * id, and how many entries and tombstones there are. Return LMDB's error. */
int sdd_btree_read_numbers(struct sdd_btree *btree, MDB_txn *txn);
int sdd_btree_read_tally(struct sdd_btree *btree, MDB_txn *txn);

/* Makes the table `extents`, which a directory of an earlier version does not have, in a
 * transaction of its own. Returns LMDB's error. */
int sdd_btree_make_extents(struct sdd_btree *btree);

/* Commits the transaction that is open. Returns LMDB's error; there is none open any more. */
int sdd_btree_end_transaction(struct sdd_btree *btree);

/* {{{ btree_whole.c */

/* Whether data.mdb, which was opened just now, has all pages that are in use. */
bool sdd_btree_is_whole(const struct sdd_btree *btree);

/* Whether it is empty though there was a store in the directory. */
bool sdd_btree_was_emptied(const struct sdd_btree *btree);

/* A file of the directory. False, with errno. */
bool sdd_btree_find_file(const struct sdd_btree *btree, const char *name, struct stat *found);

/* }}} */

/* {{{ btree_extents.c; what returns int returns LMDB's error */

/* In the transaction that is open, the row of a key has `new` from now on, instead of `old`; each
 * may be none. */
int sdd_btree_replace_extent(struct sdd_btree *btree, const struct sdd_extent *old,
                             const struct sdd_extent *new);
int sdd_btree_drop_extent(struct sdd_btree *btree, const struct sdd_extent *extent);

/* An extent is used by no row. */
int sdd_btree_record_dropped(struct sdd_btree *btree, const struct sdd_extent *extent);

/* }}} */

/* LMDB's error as a result; the reason is set for SDD_FULL and SDD_FAILED. */
enum sdd_result sdd_btree_result(struct sdd_btree *btree, int error,
                                 char reason[SDD_STORE_REASON_MAX]);

/* Stores something under a name in `about`. Returns LMDB's error. */
int sdd_btree_put_about(struct sdd_btree *btree, MDB_txn *txn, const char *name, const void *bytes,
                        size_t length);

/* Stores the bound on the versions of entries, and where the clock is. Return LMDB's error. */
int sdd_btree_put_newest(struct sdd_btree *btree, MDB_txn *txn);
int sdd_btree_put_anchor(struct sdd_btree *btree, MDB_txn *txn,
                         const struct sdd_clock_anchor *anchor);

#endif
