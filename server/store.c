/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The entries in LMDB; see store.h. Three tables:
 *
 *   entries   key -> struct record, and behind it the value if it is short
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
 * batch of a life, in one commit with the first records of it: whatever commit a
 * power cut goes back to, no record in it is of a later life than it names, and
 * the next life, which is one more, is that of none. A life that wrote nothing,
 * or lost all it wrote, leaves its number to the next.
 *
 * A commit writes four or five pages however little has changed. So what a turn
 * wrote goes to the journal (journal.h), and stays in LMDB's transaction, which is
 * committed when it has enough, or a fifth of a second old. Where that transaction
 * is lost, by one operation that does not fit or with the process, the journal is
 * carried out again: all that was acknowledged is in it or committed. With
 * SDD_SYNC_ALWAYS there is no journal, and each batch is a commit.
 *
 * LMDB's map is larger than the size allowed, which is held against the pages
 * of the three tables: a store that is full can still remove and sweep.
 */

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "durable.h"
#include "journal.h"
#include "log.h"

#define FORMAT "sharedanced 2"  /* changes with the tables or the record */
#define INLINE_MAX 1024         /* bytes of a value that stay with its record */
#define TABLES 3                /* that hold data */
#define SPARE_PAGES 16          /* that a put may need besides its value's */
#define VERSIONS_AHEAD 10000000u /* microseconds */

/* What a transaction has at the most before it is committed: one that touches a page with each
 * operation writes 8 MB then, which takes some milliseconds. */
#define OPERATIONS_UNCOMMITTED 2000
#define BYTES_UNCOMMITTED (4u * 1024u * 1024u)
#define BYTES_JOURNALED (512u * 1024u) /* of one batch; a larger one is committed itself */
#define JOURNAL_MAX (32u * 1024u * 1024u) /* bytes, where commits fail */
#define BYTES_TO_SPARE 4096               /* of a batch: a disk that has not so many is full */

enum table {
	ENTRIES,
	VALUES,
	EXPIRY,
	ABOUT, /* see the head of this file */
};

static const char *const table_names[] = {"entries", "values", "expiry", "about"};

struct record {
	int64_t expires_ms;
	int64_t indexed_ms; /* the time of its row in `expiry` */
	uint64_t version;
	uint32_t client_flags;
	uint32_t length; /* bytes of the value */
	uint16_t marks;
	uint16_t apart; /* 1: the value is in `values`; 0: it follows */
	uint32_t life; /* the store's when it was last written or proven; 0, which is earlier than all,
	                * in records of before there were lives: so the format is the same */
};

/* A key in `expiry`: eight bytes of time, big-endian so that order is time, then the key. */
#define EXPIRY_KEY_MAX (8 + SDD_STORE_KEY_MAX)

struct sdd_store {
	MDB_env *env;
	MDB_dbi tables[TABLES + 1];
	MDB_txn *reading; /* renewed by the first read, reset when reading ends */
	bool is_reading;
	MDB_txn *writing; /* open across batches; NULL: all is committed */
	bool in_batch;
	unsigned operations; /* that `writing` has */
	struct sdd_journal *journal; /* NULL: each batch is committed */
	bool failing; /* the last commit of journaled batches; none is tried until the next look */
	bool stuck;   /* the journal takes no more: nothing is written until then */
	uint64_t max_size;
	unsigned page_size;
	uint64_t version;         /* the last that was given */
	uint64_t version_ceiling; /* the largest that may be given before a new ceiling is stored */
	uint32_t life;            /* 1: it was made by this opening */
	bool life_stored;         /* in `writing`, or before it */
	bool about_written;       /* by `writing` */
	int lock; /* the lock file's descriptor */
	char reason[SDD_STORE_REASON_MAX];

	struct sdd_durable *durable; /* forces commits to disk regularly; NULL: nobody does */
};

/* {{{ errors */

static void set_reason(char reason[SDD_STORE_REASON_MAX], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(reason, SDD_STORE_REASON_MAX, format, arguments);
	va_end(arguments);
}

const char *sdd_store_reason(const struct sdd_store *store)
{
	return store->reason;
}

/* LMDB calls it an input/output error when the disk takes only a part of what it writes. */
static bool is_disk_full(const struct sdd_store *store)
{
	struct statvfs disk;

	return fstatvfs(store->lock, &disk) == 0 &&
	       (uint64_t)disk.f_bavail * disk.f_frsize < SPARE_PAGES * (uint64_t)store->page_size;
}

/* What an error of LMDB is to our caller. */
static enum sdd_result result_of(struct sdd_store *store, int error)
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
		set_reason(store->reason, "%s", mdb_strerror(error));
		return SDD_FULL;
	case EIO:
		if (is_disk_full(store)) {
			set_reason(store->reason, "%s", strerror(ENOSPC));
			return SDD_FULL;
		}
		/* fall through */
	default:
		set_reason(store->reason, "%s", mdb_strerror(error));
		return SDD_FAILED;
	}
}

static void lose_writing(struct sdd_store *store);

/* The same where LMDB wants nothing more of the transaction than its end. */
static enum sdd_result lose_batch(struct sdd_store *store, int error)
{
	enum sdd_result result;

	store->in_batch = false;
	if (error == MDB_MAP_FULL) {
		/* mostly by what is kept for a power cut: the next batch finds it free */
		sdd_durable_note(store->durable);
	}
	result = result_of(store, error);
	lose_writing(store);
	return result;
}

/* }}} */

/* {{{ records */

static MDB_val val_of(struct sdd_bytes bytes)
{
	return (MDB_val){bytes.length, (void *)(uintptr_t)bytes.data};
}

/* The record at the head of a row of `entries`; rows are not aligned. */
static struct record record_of(const MDB_val *row)
{
	struct record record;

	memcpy(&record, row->mv_data, sizeof(record));
	return record;
}

static bool lives_at(const struct record *record, int64_t now_ms)
{
	return record->expires_ms > now_ms;
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

/* {{{ the tables within a batch; errors are LMDB's */

static int add_expiry(struct sdd_store *store, int64_t time_ms, const MDB_val *key)
{
	uint8_t bytes[EXPIRY_KEY_MAX];
	MDB_val row = expiry_key(bytes, time_ms, key);
	MDB_val nothing = {0, NULL};

	return mdb_put(store->writing, store->tables[EXPIRY], &row, &nothing, 0);
}

static int remove_expiry(struct sdd_store *store, int64_t time_ms, const MDB_val *key)
{
	uint8_t bytes[EXPIRY_KEY_MAX];
	MDB_val row = expiry_key(bytes, time_ms, key);
	int error = mdb_del(store->writing, store->tables[EXPIRY], &row, NULL);

	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

static int put_entry(struct sdd_store *store, MDB_val *key, const struct record *record,
                     const MDB_val *value)
{
	size_t inline_length = record->apart ? 0 : value->mv_size;
	MDB_val row = {sizeof(*record) + inline_length, NULL};
	int error = mdb_put(store->writing, store->tables[ENTRIES], key, &row, MDB_RESERVE);

	if (error == MDB_SUCCESS) {
		memcpy(row.mv_data, record, sizeof(*record));
		if (inline_length > 0) {
			memcpy((uint8_t *)row.mv_data + sizeof(*record), value->mv_data, inline_length);
		}
	}
	return error;
}

static int remove_entry(struct sdd_store *store, MDB_val *key, const struct record *record)
{
	int error = remove_expiry(store, record->indexed_ms, key);

	if (error == MDB_SUCCESS && record->apart) {
		error = mdb_del(store->writing, store->tables[VALUES], key, NULL);
	}
	return error == MDB_SUCCESS ? mdb_del(store->writing, store->tables[ENTRIES], key, NULL) : error;
}

/* Keeps the invariant of the one row: see the head of this file. `old` is NULL for a new entry. */
static int index_expiry(struct sdd_store *store, const MDB_val *key, const struct record *old,
                        struct record *record)
{
	int error;

	if (old != NULL && old->indexed_ms <= record->expires_ms) {
		record->indexed_ms = old->indexed_ms;
		return MDB_SUCCESS;
	}
	if (old != NULL) {
		error = remove_expiry(store, old->indexed_ms, key);
		if (error != MDB_SUCCESS) {
			return error;
		}
	}
	record->indexed_ms = record->expires_ms;
	return add_expiry(store, record->indexed_ms, key);
}

/* }}} */

/* {{{ how full */

static uint64_t pages_for(const struct sdd_store *store, size_t length)
{
	return length / store->page_size + 1;
}

static uint64_t pages_used(struct sdd_store *store, MDB_txn *txn)
{
	uint64_t pages = 0;

	for (int i = 0; i < TABLES; i++) {
		MDB_stat stat;

		if (mdb_stat(txn, store->tables[i], &stat) == MDB_SUCCESS) {
			pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
		}
	}
	return pages;
}

/* Whether a value of `length` bytes fits; in the place of one of `old_length`, if there is one. */
static bool has_room(struct sdd_store *store, size_t length, const struct record *old)
{
	uint64_t freed = old != NULL && old->apart ? pages_for(store, old->length) : 0;
	uint64_t needed = pages_used(store, store->writing) + pages_for(store, length) + SPARE_PAGES - freed;

	return needed * store->page_size <= store->max_size;
}

/* }}} */

/* {{{ writing */

static int put_about(struct sdd_store *store, MDB_txn *txn, const char *name, const void *bytes,
                     size_t length)
{
	MDB_val key = {strlen(name), (void *)(uintptr_t)name};
	MDB_val row = {length, (void *)(uintptr_t)bytes};

	store->about_written = true;
	return mdb_put(txn, store->tables[ABOUT], &key, &row, 0);
}

/* Opens the transaction, if it is not open. An error is LMDB's. */
static int open_writing(struct sdd_store *store)
{
	int error;

	if (store->writing != NULL) {
		return MDB_SUCCESS;
	}
	error = mdb_txn_begin(store->env, NULL, 0, &store->writing);
	if (error != MDB_SUCCESS) {
		store->writing = NULL;
		return error;
	}
	store->about_written = false;
	store->operations = 0;
	if (!store->life_stored) {
		error = put_about(store, store->writing, "life", &store->life, sizeof(store->life));
		store->life_stored = error == MDB_SUCCESS;
	}
	return error;
}

/* What a transaction that is lost had written to `about` is written again by the next. */
static void lose_about(struct sdd_store *store)
{
	if (store->about_written) {
		store->life_stored = false;
		store->version_ceiling = 0;
	}
}

static int carry_out(void *context, enum sdd_journal_operation operation, struct sdd_bytes key,
                     const struct sdd_entry *entry);

/* Begins the transaction anew with all that is acknowledged and not committed. */
static int replay(struct sdd_store *store)
{
	int error = open_writing(store);

	if (error == MDB_SUCCESS) {
		error = sdd_journal_replay(store->journal, carry_out, store);
	}
	return error == -1 ? errno : error;
}

/* Ends the transaction without its last batch. What can be had no more is had at the next start. */
static void lose_writing(struct sdd_store *store)
{
	if (store->writing != NULL) {
		mdb_txn_abort(store->writing);
		store->writing = NULL;
		lose_about(store);
	}
	if (store->journal == NULL) {
		return;
	}
	sdd_journal_forget(store->journal);
	if (sdd_journal_size(store->journal) > 0 && replay(store) != MDB_SUCCESS) {
		/* it had been carried out before, and nothing has come in between */
		sdd_log(SDD_LOG_ERROR, "what was acknowledged cannot be carried out again; the next start "
		                       "will: it ends");
		abort();
	}
}

enum sdd_result sdd_store_begin(struct sdd_store *store)
{
	int error;

	if (store->stuck || (store->failing && sdd_journal_size(store->journal) >= JOURNAL_MAX)) {
		return SDD_FULL; /* for the reason that there was */
	}
	error = open_writing(store);
	if (error != MDB_SUCCESS) {
		return lose_batch(store, error);
	}
	store->in_batch = true;
	return SDD_DONE;
}

int sdd_store_in_batch(const struct sdd_store *store)
{
	return store->in_batch;
}

void sdd_store_abort(struct sdd_store *store)
{
	if (store->in_batch) {
		store->in_batch = false;
		if (store->journal == NULL || sdd_journal_noted(store->journal) > 0) {
			lose_writing(store);
		}
	}
}

/* Makes all of the transaction last, by LMDB. */
static enum sdd_result commit_writing(struct sdd_store *store)
{
	int error = mdb_txn_commit(store->writing);

	store->writing = NULL; /* LMDB frees it whatever comes of it */
	if (error != MDB_SUCCESS) {
		lose_about(store);
		return lose_batch(store, error);
	}
	if (store->journal != NULL) {
		sdd_journal_forget(store->journal);
		(void)sdd_journal_begin_anew(store->journal, store->life); /* else it goes on where it is */
	}
	return SDD_DONE;
}

/* Whether the transaction has enough. */
static bool is_due_to_commit(const struct sdd_store *store)
{
	return !store->failing && (store->operations >= OPERATIONS_UNCOMMITTED ||
	                           sdd_journal_size(store->journal) >= BYTES_UNCOMMITTED);
}

/* Commits what is in the journal too. Where that fails it stays there, and is tried again at the
 * next look. */
static void commit_journaled(struct sdd_store *store)
{
	store->failing = commit_writing(store) != SDD_DONE;
}

enum sdd_result sdd_store_commit(struct sdd_store *store)
{
	size_t noted = store->journal != NULL ? sdd_journal_noted(store->journal) : 0;

	store->in_batch = false;
	if (store->journal == NULL || noted > BYTES_JOURNALED) {
		return commit_writing(store);
	}
	if (!sdd_journal_write(store->journal)) {
		store->stuck = noted < BYTES_TO_SPARE; /* what is smaller may fit */
		return lose_batch(store, errno);
	}
	if (is_due_to_commit(store)) {
		commit_journaled(store);
	}
	return SDD_DONE;
}

bool sdd_store_is_uncommitted(const struct sdd_store *store)
{
	return store->writing != NULL || store->stuck;
}

void sdd_store_look(struct sdd_store *store)
{
	store->stuck = false;
	store->failing = false;
	if (store->writing != NULL && !store->in_batch) {
		commit_journaled(store);
	}
}

/* Counts an operation of the batch, and notes it for the journal. */
static void note(struct sdd_store *store, enum sdd_journal_operation operation,
                 struct sdd_bytes key, const struct sdd_entry *entry)
{
	store->operations++;
	if (store->journal != NULL) {
		sdd_journal_note(store->journal, operation, key, entry);
	}
}

/* Stores a bound on the versions, where the last one given is beyond it; an error is LMDB's. It is
 * well ahead, so that one write in ten seconds is enough for it. */
static int raise_ceiling(struct sdd_store *store)
{
	uint64_t ceiling = store->version + VERSIONS_AHEAD;
	int error;

	if (store->version <= store->version_ceiling) {
		return MDB_SUCCESS;
	}
	error = put_about(store, store->writing, "versions", &ceiling, sizeof(ceiling));
	if (error == MDB_SUCCESS) {
		store->version_ceiling = ceiling;
	}
	return error;
}

/* The record of an entry in the batch. */
static int find_record(struct sdd_store *store, MDB_val *key, struct record *record, MDB_val *row)
{
	int error = mdb_get(store->writing, store->tables[ENTRIES], key, row);

	if (error == MDB_SUCCESS) {
		*record = record_of(row);
	}
	return error;
}

/* Writes the value to where it belongs now, and removes it from where it no longer does. */
static int put_value(struct sdd_store *store, MDB_val *key, MDB_val *value,
                     const struct record *old, const struct record *record)
{
	if (record->apart) {
		return mdb_put(store->writing, store->tables[VALUES], key, value, 0);
	}
	if (old != NULL && old->apart) {
		return mdb_del(store->writing, store->tables[VALUES], key, NULL);
	}
	return MDB_SUCCESS;
}

static void describe_entry(struct record *record, const struct sdd_entry *entry)
{
	record->expires_ms = entry->expires_ms;
	record->version = entry->version;
	record->client_flags = entry->client_flags;
	record->marks = (uint16_t)entry->marks;
}

/* Puts an entry in the place of that one, or of none; errors are LMDB's. */
static int put(struct sdd_store *store, MDB_val *key, const struct sdd_entry *entry, uint32_t life,
               const struct record *before)
{
	MDB_val value = val_of(entry->value);
	struct record record = {
	    .length = (uint32_t)entry->value.length,
	    .apart = entry->value.length > INLINE_MAX,
	    .life = life,
	};
	int error;

	describe_entry(&record, entry);
	error = index_expiry(store, key, before, &record);
	if (error == MDB_SUCCESS) {
		error = put_value(store, key, &value, before, &record);
	}
	return error == MDB_SUCCESS ? put_entry(store, key, &record, &value) : error;
}

enum sdd_result sdd_store_put(struct sdd_store *store, struct sdd_bytes key_bytes,
                              const struct sdd_entry *entry)
{
	MDB_val key = val_of(key_bytes);
	MDB_val row;
	struct record old;
	int error = find_record(store, &key, &old, &row);
	const struct record *before = error == MDB_SUCCESS ? &old : NULL;

	if (error != MDB_SUCCESS && error != MDB_NOTFOUND) {
		return lose_batch(store, error);
	}
	/* what is no larger than what it replaces takes no room that was not taken: a full store still
	 * replaces, and deletes, for a tombstone is an entry without a value */
	if ((before == NULL || entry->value.length > before->length) &&
	    !has_room(store, entry->value.length, before)) {
		set_reason(store->reason, "the data would exceed --maxsize, %llu bytes",
		           (unsigned long long)store->max_size);
		return SDD_FULL;
	}
	error = put(store, &key, entry, store->life, before);
	if (error != MDB_SUCCESS) {
		return lose_batch(store, error);
	}
	note(store, SDD_JOURNAL_PUT, key_bytes, entry);
	return SDD_DONE;
}

/* Changes an entry; errors are LMDB's. */
static int change(struct sdd_store *store, MDB_val *key, const struct sdd_entry *entry,
                  uint32_t life)
{
	MDB_val row;
	struct record old;
	struct record record;
	uint8_t inlined[INLINE_MAX];
	MDB_val value = {0, inlined};
	int error = find_record(store, key, &old, &row);

	if (error != MDB_SUCCESS) {
		return error;
	}
	record = old;
	describe_entry(&record, entry);
	record.life = entry->proven ? life : old.life;
	value.mv_size = record.apart ? 0 : record.length;
	memcpy(inlined, (const uint8_t *)row.mv_data + sizeof(record), value.mv_size);
	error = index_expiry(store, key, &old, &record);
	return error == MDB_SUCCESS ? put_entry(store, key, &record, &value) : error;
}

enum sdd_result sdd_store_change(struct sdd_store *store, struct sdd_bytes key_bytes,
                                 const struct sdd_entry *entry)
{
	MDB_val key = val_of(key_bytes);
	int error = change(store, &key, entry, store->life);

	if (error == MDB_NOTFOUND) {
		return SDD_ABSENT;
	}
	if (error != MDB_SUCCESS) {
		return lose_batch(store, error);
	}
	note(store, SDD_JOURNAL_CHANGE, key_bytes, entry);
	return SDD_DONE;
}

enum sdd_result sdd_store_remove(struct sdd_store *store, struct sdd_bytes key_bytes)
{
	MDB_val key = val_of(key_bytes);
	MDB_val row;
	struct record record;
	int error = find_record(store, &key, &record, &row);

	if (error == MDB_NOTFOUND) {
		return SDD_ABSENT;
	}
	if (error == MDB_SUCCESS) {
		error = remove_entry(store, &key, &record);
	}
	if (error != MDB_SUCCESS) {
		return lose_batch(store, error);
	}
	note(store, SDD_JOURNAL_REMOVE, key_bytes, NULL);
	return SDD_DONE;
}

/* An operation of the journal, once more; what it was told then holds still. */
static int carry_out(void *context, enum sdd_journal_operation operation, struct sdd_bytes key_bytes,
                     const struct sdd_entry *entry)
{
	struct sdd_store *store = context;
	uint32_t life = sdd_journal_life(store->journal);
	MDB_val key = val_of(key_bytes);
	MDB_val row;
	struct record old;
	int error = find_record(store, &key, &old, &row);
	bool found = error == MDB_SUCCESS;

	if (!found && error != MDB_NOTFOUND) {
		return error;
	}
	store->operations++;
	store->version = operation != SDD_JOURNAL_REMOVE && entry->version > store->version
	                     ? entry->version
	                     : store->version;
	switch (operation) {
	case SDD_JOURNAL_PUT:
		return put(store, &key, entry, life, found ? &old : NULL);
	case SDD_JOURNAL_CHANGE:
		return found ? change(store, &key, entry, life) : MDB_SUCCESS;
	case SDD_JOURNAL_REMOVE:
		return found ? remove_entry(store, &key, &old) : MDB_SUCCESS;
	}
	return EINVAL;
}

/* After a restart versions go on from the ceiling, or from the largest in the journal, even if the
 * clock was put back. */
uint64_t sdd_store_next_version(struct sdd_store *store, int64_t now_ms)
{
	uint64_t version = (uint64_t)now_ms * 1000;

	store->version = version > store->version ? version : store->version + 1;
	/* where this fails the batch is lost by its commit, and so is the version */
	(void)raise_ceiling(store);
	return store->version;
}

/* }}} */

/* {{{ reading */

/* What is read by: the transaction that has what is not committed, or one of its own. */
static int begin_reading(struct sdd_store *store, MDB_txn **reader)
{
	int error = MDB_SUCCESS;

	*reader = store->writing;
	if (*reader != NULL) {
		return MDB_SUCCESS;
	}
	if (!store->is_reading) {
		error = mdb_txn_renew(store->reading);
		store->is_reading = error == MDB_SUCCESS;
	}
	*reader = store->reading;
	return error;
}

void sdd_store_end_reading(struct sdd_store *store)
{
	if (store->is_reading) {
		mdb_txn_reset(store->reading);
		store->is_reading = false;
	}
}

enum sdd_result sdd_store_find(struct sdd_store *store, struct sdd_bytes key_bytes, int64_t now_ms,
                               struct sdd_entry *entry)
{
	MDB_val key = val_of(key_bytes);
	MDB_val row;
	struct record record;
	MDB_txn *txn;
	int error = begin_reading(store, &txn);

	if (error == MDB_SUCCESS) {
		error = mdb_get(txn, store->tables[ENTRIES], &key, &row);
	}
	if (error != MDB_SUCCESS) {
		return result_of(store, error);
	}
	record = record_of(&row);
	if (!lives_at(&record, now_ms)) {
		return SDD_ABSENT;
	}
	entry->expires_ms = record.expires_ms;
	entry->version = record.version;
	entry->client_flags = record.client_flags;
	entry->marks = record.marks;
	entry->proven = record.life == store->life;
	entry->value.length = record.length;
	if (record.apart) {
		error = mdb_get(txn, store->tables[VALUES], &key, &row);
		entry->value.data = row.mv_data;
	} else {
		entry->value.data = (const uint8_t *)row.mv_data + sizeof(record);
	}
	return result_of(store, error);
}

/* }}} */

/* {{{ what is known of the store itself */

bool sdd_store_is_in_first_life(const struct sdd_store *store)
{
	return store->life == 1;
}

uint64_t sdd_store_count(struct sdd_store *store)
{
	MDB_stat stat = {0};
	MDB_txn *txn;

	if (begin_reading(store, &txn) == MDB_SUCCESS) {
		(void)mdb_stat(txn, store->tables[ENTRIES], &stat);
	}
	return stat.ms_entries;
}

uint64_t sdd_store_size(struct sdd_store *store)
{
	MDB_txn *txn;

	return begin_reading(store, &txn) == MDB_SUCCESS ? pages_used(store, txn) * store->page_size
	                                                 : 0;
}

size_t sdd_store_journaled(const struct sdd_store *store)
{
	return store->journal != NULL ? sdd_journal_size(store->journal) : 0;
}

/* }}} */

/* {{{ the sweep */

/* Looks at one row of `expiry` whose time has come: its entry is gone, lives longer, or expired. */
static int sweep_row(struct sdd_store *store, const MDB_val *expiry_row, int64_t now_ms)
{
	uint8_t key_bytes[SDD_STORE_KEY_MAX];
	MDB_val key = {expiry_row->mv_size - 8, key_bytes};
	MDB_val row;
	struct record record;
	uint8_t value_bytes[INLINE_MAX];
	MDB_val value = {0, value_bytes};
	int64_t time_ms = expiry_time(expiry_row);
	int error;

	/* LMDB's memory changes with the next write: what is needed is copied */
	memcpy(key_bytes, (const uint8_t *)expiry_row->mv_data + 8, key.mv_size);
	error = mdb_get(store->writing, store->tables[ENTRIES], &key, &row);
	if (error != MDB_SUCCESS && error != MDB_NOTFOUND) {
		return error;
	}
	if (error == MDB_SUCCESS) {
		record = record_of(&row);
		if (!lives_at(&record, now_ms)) {
			note(store, SDD_JOURNAL_REMOVE, (struct sdd_bytes){key.mv_data, key.mv_size}, NULL);
			error = remove_expiry(store, time_ms, &key);
			return error == MDB_SUCCESS ? remove_entry(store, &key, &record) : error;
		}
	}
	if (error == MDB_NOTFOUND || record.indexed_ms != time_ms) {
		return remove_expiry(store, time_ms, &key); /* nobody's row */
	}
	error = remove_expiry(store, time_ms, &key);
	if (error != MDB_SUCCESS) {
		return error;
	}
	value.mv_size = record.apart ? 0 : record.length;
	memcpy(value_bytes, (const uint8_t *)row.mv_data + sizeof(record), value.mv_size);
	record.indexed_ms = record.expires_ms;
	error = add_expiry(store, record.indexed_ms, &key);
	return error == MDB_SUCCESS ? put_entry(store, &key, &record, &value) : error;
}

/* The first row of `expiry`, if its time has come. */
static int first_due(struct sdd_store *store, int64_t now_ms, MDB_val *row)
{
	MDB_cursor *cursor;
	MDB_val nothing;
	int error = mdb_cursor_open(store->writing, store->tables[EXPIRY], &cursor);

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

/* Whether there is anything to sweep; a look that writes nothing. */
static bool is_due(struct sdd_store *store, int64_t now_ms)
{
	MDB_cursor *cursor;
	MDB_txn *txn;
	MDB_val row;
	MDB_val nothing;
	bool due = false;

	if (begin_reading(store, &txn) == MDB_SUCCESS &&
	    mdb_cursor_open(txn, store->tables[EXPIRY], &cursor) == MDB_SUCCESS) {
		due = mdb_cursor_get(cursor, &row, &nothing, MDB_FIRST) == MDB_SUCCESS &&
		      expiry_time(&row) <= now_ms;
		mdb_cursor_close(cursor);
	}
	sdd_store_end_reading(store);
	return due;
}

enum sdd_result sdd_store_sweep(struct sdd_store *store, int64_t now_ms, size_t limit, size_t *seen)
{
	enum sdd_result result;

	*seen = 0;
	if (!is_due(store, now_ms)) {
		return SDD_DONE;
	}
	result = sdd_store_begin(store);
	if (result != SDD_DONE) {
		return result;
	}
	for (; *seen < limit; ++*seen) {
		MDB_val row;
		int error = first_due(store, now_ms, &row);

		if (error == MDB_NOTFOUND) {
			break;
		}
		if (error == MDB_SUCCESS) {
			error = sweep_row(store, &row, now_ms);
		}
		if (error != MDB_SUCCESS) {
			return lose_batch(store, error);
		}
	}
	return sdd_store_commit(store);
}

/* }}} */

/* {{{ opening and closing */

/* One server on a directory: LMDB itself would let a second one in. */
static bool lock_directory(struct sdd_store *store, const char *directory,
                           char reason[SDD_STORE_REASON_MAX])
{
	char path[4096];
	char owner[32] = "";

	(void)snprintf(path, sizeof(path), "%s/sharedanced.lock", directory);
	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock == -1) {
		set_reason(reason, "%s", strerror(errno));
		return false;
	}
	if (flock(store->lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK) {
			set_reason(reason, "it cannot be locked: %s", strerror(errno));
		} else if (pread(store->lock, owner, sizeof(owner) - 1, 0) > 0) {
			set_reason(reason, "it is in use by another server, process %s", owner);
		} else {
			set_reason(reason, "it is in use by another server");
		}
		return false;
	}
	(void)snprintf(owner, sizeof(owner), "%ld", (long)getpid());
	/* for people only: a pid that cannot be written there locks nobody out */
	if (ftruncate(store->lock, 0) == 0) {
		(void)!pwrite(store->lock, owner, strlen(owner), 0);
	}
	return true;
}

static int open_env(struct sdd_store *store, const char *directory, enum sdd_sync sync)
{
	/* reads are of single entries, wherever they are: reading ahead would be in vain */
	unsigned flags = MDB_NORDAHEAD | MDB_NOTLS | (sync == SDD_SYNC_ALWAYS ? 0 : MDB_NOSYNC);
	uint64_t map_size = store->max_size + store->max_size / 4 + (64u << 20);
	int error = mdb_env_create(&store->env);

	if (error == MDB_SUCCESS) {
		error = mdb_env_set_maxdbs(store->env, TABLES + 1);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_set_mapsize(store->env, map_size & ~(uint64_t)0xffff);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_open(store->env, directory, flags, 0600);
	}
	return error;
}

/* The table that says what the others are: whether this program knows them. */
static int check_format(struct sdd_store *store, MDB_txn *txn)
{
	MDB_val key = {sizeof("format") - 1, "format"};
	MDB_val found;
	int error = mdb_get(txn, store->tables[ABOUT], &key, &found);

	if (error == MDB_SUCCESS && (found.mv_size != sizeof(FORMAT) - 1 ||
	                             memcmp(found.mv_data, FORMAT, sizeof(FORMAT) - 1) != 0)) {
		return MDB_VERSION_MISMATCH;
	}
	return error;
}

/* A number in `about`; *bytes stays as it is where there is none. */
static int read_about(struct sdd_store *store, MDB_txn *txn, const char *name, void *bytes,
                      size_t length)
{
	MDB_val key = {strlen(name), (void *)(uintptr_t)name};
	MDB_val row;
	int error = mdb_get(txn, store->tables[ABOUT], &key, &row);

	if (error == MDB_SUCCESS && row.mv_size == length) {
		memcpy(bytes, row.mv_data, length);
	}
	return error == MDB_NOTFOUND ? MDB_SUCCESS : error;
}

/* Versions go on above all that were given before, and the life is one more than the last; than the
 * first where nothing was written since the store was made, or since there are lives. */
static int go_on(struct sdd_store *store, MDB_txn *txn)
{
	int error = read_about(store, txn, "versions", &store->version, sizeof(store->version));

	store->version_ceiling = store->version;
	store->life = 1;
	if (error == MDB_SUCCESS) {
		error = read_about(store, txn, "life", &store->life, sizeof(store->life));
	}
	store->life++;
	return error;
}

static int open_tables_in(struct sdd_store *store, MDB_txn *txn, unsigned flags)
{
	int error = MDB_SUCCESS;

	for (int i = 0; i <= TABLES && error == MDB_SUCCESS; i++) {
		error = mdb_dbi_open(txn, table_names[i], flags, &store->tables[i]);
	}
	return error;
}

/* Opening a store writes nothing to it: what durable.h promises of its pages holds from the first
 * write on, and not before it has begun. */
static int open_old_tables(struct sdd_store *store)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);

	if (error != MDB_SUCCESS) {
		return error;
	}
	error = open_tables_in(store, txn, 0);
	if (error == MDB_SUCCESS) {
		error = check_format(store, txn);
	}
	if (error == MDB_SUCCESS) {
		error = go_on(store, txn);
	}
	if (error != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return error;
	}
	return mdb_txn_commit(txn); /* keeps the tables open */
}

static int make_tables(struct sdd_store *store)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(store->env, NULL, 0, &txn);

	if (error != MDB_SUCCESS) {
		return error;
	}
	store->life = 1;
	error = open_tables_in(store, txn, MDB_CREATE);
	if (error == MDB_SUCCESS) {
		error = put_about(store, txn, "format", FORMAT, sizeof(FORMAT) - 1);
	}
	if (error != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return error;
	}
	return mdb_txn_commit(txn);
}

static int open_tables(struct sdd_store *store)
{
	MDB_stat stat;
	int error = open_old_tables(store);

	if (error == MDB_NOTFOUND) {
		error = make_tables(store);
	}
	if (error == MDB_SUCCESS) {
		error = mdb_env_stat(store->env, &stat);
		store->page_size = stat.ms_psize;
	}
	if (error == MDB_SUCCESS) {
		error = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &store->reading);
	}
	if (error == MDB_SUCCESS) {
		mdb_txn_reset(store->reading);
	}
	return error;
}

/* Lets a power cut cost what `sync` says, and no more. */
static bool guard(struct sdd_store *store, const char *directory, enum sdd_sync sync,
                  char reason[SDD_STORE_REASON_MAX])
{
	if (sync == SDD_SYNC_INTERVAL) {
		store->durable = sdd_durable_start(store->env, directory, reason, SDD_STORE_REASON_MAX);
		return store->durable != NULL;
	}
	if (!sdd_durable_forget(store->env, directory)) {
		set_reason(reason, "it cannot be forced to disk: %s", strerror(errno));
		return false;
	}
	return true;
}

/* Carries out what an earlier process left uncommitted, and begins a journal for what comes. */
static bool use_journal(struct sdd_store *store, const char *directory, enum sdd_sync sync,
                        char reason[SDD_STORE_REASON_MAX])
{
	int error = MDB_SUCCESS;

	store->journal = sdd_journal_open(directory);
	if (store->journal == NULL) {
		set_reason(reason, "its journal cannot be opened: %s", strerror(errno));
		return false;
	}
	if (sdd_journal_size(store->journal) > 0) {
		if (store->life <= sdd_journal_life(store->journal)) {
			store->life = sdd_journal_life(store->journal) + 1;
		}
		error = replay(store);
		error = error == MDB_SUCCESS ? raise_ceiling(store) : error;
		if (error == MDB_SUCCESS) {
			error = mdb_txn_commit(store->writing);
		} else if (store->writing != NULL) {
			mdb_txn_abort(store->writing);
		}
		store->writing = NULL;
	}
	if (error == MDB_SUCCESS && !sdd_journal_begin_anew(store->journal, store->life)) {
		error = errno;
	}
	if (error != MDB_SUCCESS) {
		set_reason(reason, "its journal cannot be carried out: %s", mdb_strerror(error));
		return false;
	}
	if (sync == SDD_SYNC_ALWAYS) {
		sdd_journal_close(store->journal, /* is_empty */ true);
		store->journal = NULL;
	}
	return true;
}

struct sdd_store *sdd_store_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_store *store = calloc(1, sizeof(*store));
	int error;

	if (store == NULL) {
		set_reason(reason, "out of memory");
		return NULL;
	}
	store->max_size = max_size;
	if (!lock_directory(store, directory, reason)) {
		sdd_store_close(store);
		return NULL;
	}
	if (!sdd_durable_recover(directory, reason, SDD_STORE_REASON_MAX)) {
		sdd_store_close(store);
		return NULL;
	}
	error = open_env(store, directory, sync);
	if (error == MDB_SUCCESS) {
		error = open_tables(store);
	}
	if (error != MDB_SUCCESS) {
		set_reason(reason, "%s", mdb_strerror(error));
		sdd_store_close(store);
		return NULL;
	}
	if (!guard(store, directory, sync, reason) || !use_journal(store, directory, sync, reason)) {
		sdd_store_close(store);
		return NULL;
	}
	return store;
}

/* Whether nothing is left for the next start. */
static bool commit_at_the_end(struct sdd_store *store)
{
	sdd_store_abort(store);
	if (store->writing == NULL) {
		return store->journal != NULL && sdd_journal_size(store->journal) == 0;
	}
	return mdb_txn_commit(store->writing) == MDB_SUCCESS;
}

void sdd_store_close(struct sdd_store *store)
{
	if (store == NULL) {
		return;
	}
	sdd_journal_close(store->journal, commit_at_the_end(store));
	sdd_durable_stop(store->durable);
	if (store->reading != NULL) {
		mdb_txn_abort(store->reading);
	}
	if (store->env != NULL) {
		(void)mdb_env_sync(store->env, /* force */ 1);
		mdb_env_close(store->env);
	}
	if (store->lock > 0) {
		(void)close(store->lock);
	}
	free(store);
}

/* }}} */
