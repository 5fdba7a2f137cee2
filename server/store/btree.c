/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The entries in LMDB; see tables.h. Three tables:
 *
 *   entries   key -> struct row, and behind it the value if it is short
 *   values    key -> the value, if it is long
 *   expiry    time, key -> nothing; in order of time, for the sweep
 *
 * A long value stands apart so that changing what is known of an entry does not
 * write the value again. An entry has exactly one row in `expiry`, at or before
 * the time it expires: a longer life needs no new row, for the sweep moves the
 * row on when it comes to it. So overwriting and prolonging cost one write.
 *
 * A fourth table, `about`, has the format, a bound on the versions that were
 * given and the number of the store's life. That number is written by the first
 * transaction of a life, in one commit with the first rows of it: whatever commit a
 * power cut goes back to, no row in it is of a later life than it names, and
 * the next life, which is one more, is that of none. A life that wrote nothing,
 * or lost all it wrote, leaves its number to the next.
 *
 * LMDB's map is larger than the size allowed: a store that is full can still remove and sweep.
 */

#include "server/store/btree.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "server/durable.h"

#define FORMAT "sharedanced 2"   /* changes with the tables or the row */
#define INLINE_MAX 1024          /* bytes of a value that stay with its row */
#define TABLES 3                 /* that hold data */
#define SPARE_PAGES 16           /* that a put may need besides its value's */
#define VERSIONS_AHEAD 10000000u /* microseconds */

enum table {
	ENTRIES,
	VALUES,
	EXPIRY,
	ABOUT, /* see the head of this file */
};

struct row {
	int64_t expires_ms;
	int64_t indexed_ms; /* the time of its row in `expiry` */
	uint64_t version;
	uint32_t client_flags;
	uint32_t length; /* bytes of the value */
	uint16_t marks;
	uint16_t apart; /* 1: the value is in `values`; 0: it follows */
	uint32_t life;  /* the store's when it was last written or proven; 0, which is earlier than all,
	                 * in rows of before there were lives: so the format is the same */
};

/* A key in `expiry`: eight bytes of time, big-endian so that order is time, then the key. */
#define EXPIRY_KEY_MAX (8 + SDD_STORE_KEY_MAX)

static const char *const table_names[] = {"entries", "values", "expiry", "about"};

struct sdd_tables {
	MDB_env *env;
	MDB_dbi dbis[TABLES + 1];
	unsigned page_size;
	uint32_t life;               /* 1: they were made by this opening */
	uint64_t version;            /* the bound that was found */
	struct sdd_durable *durable; /* forces commits to disk regularly; NULL: nobody does */

	/* of the thread that reads */
	MDB_txn *reading; /* renewed by the first read, reset when reading ends */
	bool is_reading;

	/* of the thread that writes */
	MDB_txn *writing;         /* NULL: there is no transaction */
	uint64_t version_ceiling; /* the bound that is stored */
	bool life_stored;
	bool about_written; /* by this transaction */
	char reason[SDD_STORE_REASON_MAX];
};

/* {{{ errors */

static void tell(char reason[SDD_STORE_REASON_MAX], const char *why)
{
	(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s", why);
}

/* LMDB calls it an input/output error when the disk takes only a part of what it writes. */
static bool is_disk_full(const struct sdd_tables *tables)
{
	struct statvfs disk;
	mdb_filehandle_t data;

	return mdb_env_get_fd(tables->env, &data) == MDB_SUCCESS && fstatvfs(data, &disk) == 0 &&
	       (uint64_t)disk.f_bavail * disk.f_frsize < SPARE_PAGES * (uint64_t)tables->page_size;
}

/* What an error of LMDB is to our caller. */
static enum sdd_result result_of(const struct sdd_tables *tables, int error, char *reason)
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
		tell(reason, mdb_strerror(error));
		return SDD_FULL;
	case EIO:
		if (is_disk_full(tables)) {
			tell(reason, strerror(ENOSPC));
			return SDD_FULL;
		}
		/* fall through */
	default:
		tell(reason, mdb_strerror(error));
		return SDD_FAILED;
	}
}

const char *sdd_tables_reason(const struct sdd_tables *tables)
{
	return tables->reason;
}

/* }}} */

/* {{{ rows */

static MDB_val val_of(struct sdd_bytes bytes)
{
	return (MDB_val){bytes.length, (void *)(uintptr_t)bytes.data};
}

/* The head of what `entries` has; it is not aligned. */
static struct row row_of(const MDB_val *found)
{
	struct row row;

	memcpy(&row, found->mv_data, sizeof(row));
	return row;
}

static MDB_val expiry_key(uint8_t out[EXPIRY_KEY_MAX], int64_t time_ms, const MDB_val *key)
{
	for (int i = 0; i < 8; i++) {
		out[i] = (uint8_t)((uint64_t)time_ms >> (56 - 8 * i));
	}
	memcpy(out + 8, key->mv_data, key->mv_size);
	return (MDB_val){8 + key->mv_size, out};
}

static int64_t expiry_time(const MDB_val *expiry_key)
{
	const uint8_t *bytes = expiry_key->mv_data;
	uint64_t time_ms = 0;

	for (int i = 0; i < 8; i++) {
		time_ms = time_ms << 8 | bytes[i];
	}
	return (int64_t)time_ms;
}

/* }}} */

/* {{{ reading */

static int begin_reading(struct sdd_tables *tables)
{
	int error = MDB_SUCCESS;

	if (!tables->is_reading) {
		error = mdb_txn_renew(tables->reading);
		tables->is_reading = error == MDB_SUCCESS;
	}
	return error;
}

void sdd_tables_end_reading(struct sdd_tables *tables)
{
	if (tables->is_reading) {
		mdb_txn_reset(tables->reading);
		tables->is_reading = false;
	}
}

enum sdd_result sdd_tables_find(struct sdd_tables *tables, struct sdd_bytes key_bytes,
                                struct sdd_entry *entry, char reason[SDD_STORE_REASON_MAX])
{
	MDB_val key = val_of(key_bytes);
	MDB_val found;
	struct row row;
	int error = begin_reading(tables);

	if (error == MDB_SUCCESS) {
		error = mdb_get(tables->reading, tables->dbis[ENTRIES], &key, &found);
	}
	if (error != MDB_SUCCESS) {
		return result_of(tables, error, reason);
	}
	row = row_of(&found);
	*entry = (struct sdd_entry){
		.value = {(const uint8_t *)found.mv_data + sizeof(row), row.length},
		.expires_ms = row.expires_ms,
		.version = row.version,
		.client_flags = row.client_flags,
		.marks = row.marks,
		.proven = row.life == tables->life,
	};
	if (row.apart) {
		error = mdb_get(tables->reading, tables->dbis[VALUES], &key, &found);
		entry->value.data = found.mv_data;
	}
	return result_of(tables, error, reason);
}

bool sdd_tables_is_due(struct sdd_tables *tables, int64_t now_ms)
{
	MDB_cursor *cursor;
	MDB_val row;
	MDB_val nothing;
	bool due = false;

	if (begin_reading(tables) == MDB_SUCCESS &&
	    mdb_cursor_open(tables->reading, tables->dbis[EXPIRY], &cursor) == MDB_SUCCESS) {
		due = mdb_cursor_get(cursor, &row, &nothing, MDB_FIRST) == MDB_SUCCESS &&
		      expiry_time(&row) <= now_ms;
		mdb_cursor_close(cursor);
	}
	return due;
}

uint64_t sdd_tables_count(struct sdd_tables *tables)
{
	MDB_stat stat = {0};

	if (begin_reading(tables) == MDB_SUCCESS) {
		(void)mdb_stat(tables->reading, tables->dbis[ENTRIES], &stat);
	}
	return stat.ms_entries;
}

uint64_t sdd_tables_size(struct sdd_tables *tables)
{
	uint64_t pages = 0;

	for (int i = 0; i < TABLES && begin_reading(tables) == MDB_SUCCESS; i++) {
		MDB_stat stat;

		if (mdb_stat(tables->reading, tables->dbis[i], &stat) == MDB_SUCCESS) {
			pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
		}
	}
	return pages * tables->page_size;
}

uint64_t sdd_tables_size_of(const struct sdd_tables *tables, size_t key_length, size_t value_length)
{
	size_t page = tables->page_size;
	size_t rows = 2 * key_length + sizeof(struct row) + 8 + 16; /* with LMDB's own heads */
	size_t apart = 0;

	if (value_length > INLINE_MAX) {
		apart = (value_length / page + 1) * page;
	} else {
		rows += value_length;
	}
	return apart + rows + rows / 2; /* pages are filled by two thirds */
}

/* }}} */

/* {{{ writing; errors are LMDB's, and the transaction is that of `tables` */

/* Ends the transaction. What it had written to `about` is written again by the next. */
static void lose(struct sdd_tables *tables)
{
	if (tables->writing != NULL) {
		mdb_txn_abort(tables->writing);
		tables->writing = NULL;
	}
	if (tables->about_written) {
		tables->about_written = false;
		tables->life_stored = false;
		tables->version_ceiling = 0;
	}
}

/* What a step came to: where it failed nothing more is wanted of the transaction than its end. */
static enum sdd_result end_step(struct sdd_tables *tables, int error)
{
	if (error == MDB_SUCCESS) {
		return SDD_DONE;
	}
	lose(tables);
	if (error == MDB_MAP_FULL) {
		/* mostly by what is kept for a power cut: the next transaction finds it free */
		sdd_durable_note(tables->durable);
	}
	return result_of(tables, error, tables->reason);
}

static int put_about(struct sdd_tables *tables, MDB_txn *txn, const char *name, const void *bytes,
                     size_t length)
{
	MDB_val key = {strlen(name), (void *)(uintptr_t)name};
	MDB_val row = {length, (void *)(uintptr_t)bytes};

	tables->about_written = true;
	return mdb_put(txn, tables->dbis[ABOUT], &key, &row, 0);
}

static int add_expiry(struct sdd_tables *tables, int64_t time_ms, const MDB_val *key)
{
	uint8_t bytes[EXPIRY_KEY_MAX];
	MDB_val row = expiry_key(bytes, time_ms, key);
	MDB_val nothing = {0, NULL};

	return mdb_put(tables->writing, tables->dbis[EXPIRY], &row, &nothing, 0);
}

static int remove_expiry(struct sdd_tables *tables, int64_t time_ms, const MDB_val *key)
{
	uint8_t bytes[EXPIRY_KEY_MAX];
	MDB_val row = expiry_key(bytes, time_ms, key);
	int error = mdb_del(tables->writing, tables->dbis[EXPIRY], &row, NULL);

	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

static int put_row(struct sdd_tables *tables, MDB_val *key, const struct row *row,
                   const MDB_val *value)
{
	size_t inline_length = row->apart ? 0 : value->mv_size;
	MDB_val room = {sizeof(*row) + inline_length, NULL};
	int error = mdb_put(tables->writing, tables->dbis[ENTRIES], key, &room, MDB_RESERVE);

	if (error == MDB_SUCCESS) {
		memcpy(room.mv_data, row, sizeof(*row));
		if (inline_length > 0) {
			memcpy((uint8_t *)room.mv_data + sizeof(*row), value->mv_data, inline_length);
		}
	}
	return error;
}

static int remove_row(struct sdd_tables *tables, MDB_val *key, const struct row *row)
{
	int error = remove_expiry(tables, row->indexed_ms, key);

	if (error == MDB_SUCCESS && row->apart) {
		error = mdb_del(tables->writing, tables->dbis[VALUES], key, NULL);
	}
	return error == MDB_SUCCESS ? mdb_del(tables->writing, tables->dbis[ENTRIES], key, NULL)
	                            : error;
}

/* Keeps the invariant of the one row: see the head of this file. `old` is NULL for a new entry. */
static int index_expiry(struct sdd_tables *tables, const MDB_val *key, const struct row *old,
                        struct row *row)
{
	int error;

	if (old != NULL && old->indexed_ms <= row->expires_ms) {
		row->indexed_ms = old->indexed_ms;
		return MDB_SUCCESS;
	}
	if (old != NULL) {
		error = remove_expiry(tables, old->indexed_ms, key);
		if (error != MDB_SUCCESS) {
			return error;
		}
	}
	row->indexed_ms = row->expires_ms;
	return add_expiry(tables, row->indexed_ms, key);
}

/* Writes the value to where it belongs now, and removes it from where it no longer does. */
static int put_value(struct sdd_tables *tables, MDB_val *key, MDB_val *value, const struct row *old,
                     const struct row *row)
{
	if (row->apart) {
		return mdb_put(tables->writing, tables->dbis[VALUES], key, value, 0);
	}
	if (old != NULL && old->apart) {
		return mdb_del(tables->writing, tables->dbis[VALUES], key, NULL);
	}
	return MDB_SUCCESS;
}

static void describe_entry(struct row *row, const struct sdd_entry *entry)
{
	row->expires_ms = entry->expires_ms;
	row->version = entry->version;
	row->client_flags = entry->client_flags;
	row->marks = (uint16_t)entry->marks;
}

/* Puts an entry in the place of that one, or of none. */
static int put(struct sdd_tables *tables, MDB_val *key, const struct sdd_entry *entry,
               uint32_t life, const struct row *old)
{
	MDB_val value = val_of(entry->value);
	struct row row = {
		.length = (uint32_t)entry->value.length,
		.apart = entry->value.length > INLINE_MAX,
		.life = life,
	};
	int error;

	describe_entry(&row, entry);
	error = index_expiry(tables, key, old, &row);
	if (error == MDB_SUCCESS) {
		error = put_value(tables, key, &value, old, &row);
	}
	return error == MDB_SUCCESS ? put_row(tables, key, &row, &value) : error;
}

/* A value that stays with its row, copied: LMDB's memory changes with the next write. */
static MDB_val copy_inlined(uint8_t out[INLINE_MAX], const struct row *row, const MDB_val *found)
{
	MDB_val value = {row->apart ? 0 : row->length, out};

	memcpy(out, (const uint8_t *)found->mv_data + sizeof(*row), value.mv_size);
	return value;
}

/* Changes an entry, whose value stays. */
static int change(struct sdd_tables *tables, MDB_val *key, const struct sdd_entry *entry,
                  uint32_t life, const MDB_val *found)
{
	struct row old = row_of(found);
	struct row row = old;
	uint8_t inlined[INLINE_MAX];
	MDB_val value = copy_inlined(inlined, &old, found);
	int error;

	describe_entry(&row, entry);
	row.life = entry->proven ? life : old.life;
	error = index_expiry(tables, key, &old, &row);
	return error == MDB_SUCCESS ? put_row(tables, key, &row, &value) : error;
}

static int write_one(struct sdd_tables *tables, enum sdd_operation operation, MDB_val *key,
                     const struct sdd_entry *entry, uint32_t life)
{
	MDB_val found;
	struct row old;
	int error = mdb_get(tables->writing, tables->dbis[ENTRIES], key, &found);
	bool is_there = error == MDB_SUCCESS;

	if (!is_there && error != MDB_NOTFOUND) {
		return error;
	}
	if (is_there) {
		old = row_of(&found);
	}
	switch (operation) {
	case SDD_PUT:
		return put(tables, key, entry, life, is_there ? &old : NULL);
	case SDD_CHANGE:
		return is_there ? change(tables, key, entry, life, &found) : MDB_SUCCESS;
	case SDD_REMOVE:
		return is_there ? remove_row(tables, key, &old) : MDB_SUCCESS;
	}
	return EINVAL;
}

enum sdd_result sdd_tables_begin(struct sdd_tables *tables)
{
	int error = mdb_txn_begin(tables->env, NULL, 0, &tables->writing);

	tables->about_written = false;
	if (error != MDB_SUCCESS) {
		tables->writing = NULL;
	} else if (!tables->life_stored) {
		error = put_about(tables, tables->writing, "life", &tables->life, sizeof(tables->life));
		tables->life_stored = true;
	}
	return end_step(tables, error);
}

enum sdd_result sdd_tables_write(struct sdd_tables *tables, enum sdd_operation operation,
                                 struct sdd_bytes key_bytes, const struct sdd_entry *entry,
                                 uint32_t life)
{
	MDB_val key = val_of(key_bytes);

	return end_step(tables, write_one(tables, operation, &key, entry, life));
}

/* The bound that is stored is well ahead, so that one write in ten seconds is enough for it. */
enum sdd_result sdd_tables_note_version(struct sdd_tables *tables, uint64_t version)
{
	uint64_t ceiling = version + VERSIONS_AHEAD;
	int error;

	if (version <= tables->version_ceiling) {
		return SDD_DONE;
	}
	error = put_about(tables, tables->writing, "versions", &ceiling, sizeof(ceiling));
	tables->version_ceiling = ceiling;
	return end_step(tables, error);
}

enum sdd_result sdd_tables_commit(struct sdd_tables *tables)
{
	int error = mdb_txn_commit(tables->writing);

	tables->writing = NULL; /* LMDB frees it whatever comes of it */
	tables->about_written = error != MDB_SUCCESS && tables->about_written;
	return end_step(tables, error);
}

void sdd_tables_abort(struct sdd_tables *tables)
{
	lose(tables);
}

/* }}} */

/* {{{ the sweep */

/* Looks at one row of `expiry` whose time has come: its entry is gone, lives longer, or expired. */
static int sweep_row(struct sdd_tables *tables, const MDB_val *expiry_row, int64_t now_ms)
{
	uint8_t key_bytes[SDD_STORE_KEY_MAX];
	MDB_val key = {expiry_row->mv_size - 8, key_bytes};
	MDB_val found;
	struct row row;
	uint8_t inlined[INLINE_MAX];
	MDB_val value;
	int64_t time_ms = expiry_time(expiry_row);
	int error;

	memcpy(key_bytes, (const uint8_t *)expiry_row->mv_data + 8, key.mv_size);
	error = mdb_get(tables->writing, tables->dbis[ENTRIES], &key, &found);
	if (error != MDB_SUCCESS && error != MDB_NOTFOUND) {
		return error;
	}
	if (error == MDB_NOTFOUND) {
		return remove_expiry(tables, time_ms, &key); /* nobody's row */
	}
	row = row_of(&found);
	value = copy_inlined(inlined, &row, &found);
	error = remove_expiry(tables, time_ms, &key);
	if (error == MDB_SUCCESS && row.expires_ms <= now_ms) {
		return remove_row(tables, &key, &row);
	}
	if (error != MDB_SUCCESS || row.indexed_ms != time_ms) {
		return error;
	}
	row.indexed_ms = row.expires_ms;
	error = add_expiry(tables, row.indexed_ms, &key);
	return error == MDB_SUCCESS ? put_row(tables, &key, &row, &value) : error;
}

/* The first row of `expiry`, if its time has come. */
static int first_due(struct sdd_tables *tables, int64_t now_ms, MDB_val *row)
{
	MDB_cursor *cursor;
	MDB_val nothing;
	int error = mdb_cursor_open(tables->writing, tables->dbis[EXPIRY], &cursor);

	if (error != MDB_SUCCESS) {
		return error;
	}
	error = mdb_cursor_get(cursor, row, &nothing, MDB_FIRST);
	mdb_cursor_close(cursor);
	if (error == MDB_SUCCESS && expiry_time(row) > now_ms) {
		return MDB_NOTFOUND;
	}
	return error;
}

enum sdd_result sdd_tables_sweep(struct sdd_tables *tables, int64_t now_ms, size_t limit,
                                 size_t *seen)
{
	int error = MDB_SUCCESS;

	for (*seen = 0; *seen < limit && error == MDB_SUCCESS; ++*seen) {
		MDB_val row;

		error = first_due(tables, now_ms, &row);
		if (error == MDB_NOTFOUND) {
			return SDD_DONE;
		}
		if (error == MDB_SUCCESS) {
			error = sweep_row(tables, &row, now_ms);
		}
	}
	return end_step(tables, error);
}

/* }}} */

/* {{{ opening and closing */

uint32_t sdd_tables_life(const struct sdd_tables *tables)
{
	return tables->life;
}

void sdd_tables_set_life(struct sdd_tables *tables, uint32_t life)
{
	tables->life = life;
}

uint64_t sdd_tables_version(const struct sdd_tables *tables)
{
	return tables->version;
}

static int open_env(struct sdd_tables *tables, const char *directory, uint64_t max_size,
                    enum sdd_sync sync)
{
	/* reads are of single entries, wherever they are: reading ahead would be in vain */
	unsigned flags = MDB_NORDAHEAD | MDB_NOTLS | (sync == SDD_SYNC_ALWAYS ? 0 : MDB_NOSYNC);
	uint64_t map_size = max_size + max_size / 4 + (64u << 20);
	int error = mdb_env_create(&tables->env);

	if (error == MDB_SUCCESS) {
		error = mdb_env_set_maxdbs(tables->env, TABLES + 1);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_set_mapsize(tables->env, map_size & ~(uint64_t)0xffff);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_open(tables->env, directory, flags, 0600);
	}
	return error;
}

/* The table that says what the others are: whether this program knows them. */
static int check_format(struct sdd_tables *tables, MDB_txn *txn)
{
	MDB_val key = {sizeof("format") - 1, "format"};
	MDB_val found;
	int error = mdb_get(txn, tables->dbis[ABOUT], &key, &found);

	if (error == MDB_SUCCESS && (found.mv_size != sizeof(FORMAT) - 1 ||
	                             memcmp(found.mv_data, FORMAT, sizeof(FORMAT) - 1) != 0)) {
		return MDB_VERSION_MISMATCH;
	}
	return error;
}

/* A number in `about`; *bytes stays as it is where there is none. */
static int read_about(struct sdd_tables *tables, MDB_txn *txn, const char *name, void *bytes,
                      size_t length)
{
	MDB_val key = {strlen(name), (void *)(uintptr_t)name};
	MDB_val row;
	int error = mdb_get(txn, tables->dbis[ABOUT], &key, &row);

	if (error == MDB_SUCCESS && row.mv_size == length) {
		memcpy(bytes, row.mv_data, length);
	}
	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

/* Versions go on above all that were given before, and the life is one more than the last; than the
 * first where nothing was written since the store was made, or since there are lives. */
static int go_on(struct sdd_tables *tables, MDB_txn *txn)
{
	int error = read_about(tables, txn, "versions", &tables->version, sizeof(tables->version));

	tables->version_ceiling = tables->version;
	tables->life = 1;
	if (error == MDB_SUCCESS) {
		error = read_about(tables, txn, "life", &tables->life, sizeof(tables->life));
	}
	tables->life++;
	return error;
}

static int open_tables_in(struct sdd_tables *tables, MDB_txn *txn, unsigned flags)
{
	int error = MDB_SUCCESS;

	for (int i = 0; i <= TABLES && error == MDB_SUCCESS; i++) {
		error = mdb_dbi_open(txn, table_names[i], flags, &tables->dbis[i]);
	}
	return error;
}

/* Opening a store writes nothing to it: what durable.h promises of its pages holds from the first
 * write on, and not before it has begun. */
static int open_old_tables(struct sdd_tables *tables)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(tables->env, NULL, MDB_RDONLY, &txn);

	if (error != MDB_SUCCESS) {
		return error;
	}
	error = open_tables_in(tables, txn, 0);
	if (error == MDB_SUCCESS) {
		error = check_format(tables, txn);
	}
	if (error == MDB_SUCCESS) {
		error = go_on(tables, txn);
	}
	if (error != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return error;
	}
	return mdb_txn_commit(txn); /* keeps the tables open */
}

static int make_tables(struct sdd_tables *tables)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(tables->env, NULL, 0, &txn);

	if (error != MDB_SUCCESS) {
		return error;
	}
	tables->life = 1;
	error = open_tables_in(tables, txn, MDB_CREATE);
	if (error == MDB_SUCCESS) {
		error = put_about(tables, txn, "format", FORMAT, sizeof(FORMAT) - 1);
	}
	if (error != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return error;
	}
	return mdb_txn_commit(txn);
}

static int open_tables(struct sdd_tables *tables)
{
	MDB_stat stat;
	int error = open_old_tables(tables);

	if (error == MDB_NOTFOUND) {
		error = make_tables(tables);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_stat(tables->env, &stat);
		tables->page_size = stat.ms_psize;
	}
	if (error == MDB_SUCCESS) {
		error = mdb_txn_begin(tables->env, NULL, MDB_RDONLY, &tables->reading);
	}
	if (error == MDB_SUCCESS) {
		mdb_txn_reset(tables->reading);
	}
	return error;
}

/* Lets a power cut cost what `sync` says, and no more. */
static bool guard(struct sdd_tables *tables, const char *directory, enum sdd_sync sync,
                  char reason[SDD_STORE_REASON_MAX])
{
	if (sync == SDD_SYNC_INTERVAL) {
		tables->durable = sdd_durable_start(tables->env, directory, reason, SDD_STORE_REASON_MAX);
		return tables->durable != NULL;
	}
	if (!sdd_durable_forget(tables->env, directory)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "it cannot be forced to disk: %s",
		               strerror(errno));
		return false;
	}
	return true;
}

struct sdd_tables *sdd_tables_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                   char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_tables *tables = calloc(1, sizeof(*tables));
	int error;

	if (tables == NULL) {
		tell(reason, "out of memory");
		return NULL;
	}
	if (!sdd_durable_recover(directory, reason, SDD_STORE_REASON_MAX)) {
		sdd_tables_close(tables);
		return NULL;
	}
	error = open_env(tables, directory, max_size, sync);
	if (error == MDB_SUCCESS) {
		error = open_tables(tables);
	}
	if (error != MDB_SUCCESS) {
		tell(reason, mdb_strerror(error));
		sdd_tables_close(tables);
		return NULL;
	}
	if (!guard(tables, directory, sync, reason)) {
		sdd_tables_close(tables);
		return NULL;
	}
	return tables;
}

void sdd_tables_close(struct sdd_tables *tables)
{
	if (tables == NULL) {
		return;
	}
	sdd_durable_stop(tables->durable);
	if (tables->reading != NULL) {
		mdb_txn_abort(tables->reading);
	}
	if (tables->env != NULL) {
		(void)mdb_env_sync(tables->env, /* force */ 1);
		mdb_env_close(tables->env);
	}
	free(tables);
}

/* }}} */
