/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The store; see store.h. What is written goes to memory (recent.h) and, at a batch's end, to the
 * journal, which makes it outlive the process; a fifth of a second later, or when there is
 * enough, a thread (writer.h) carries it into the tables (tables.h), while what comes is
 * written to another generation. So an entry is what the first of these says of it that knows it:
 *
 *   active   takes what is written
 *   leaving  is being carried into the tables, or empty
 *   tables   and before them a cache (cache.h) of what was read there and not written since
 *
 * `leaving` is emptied by us, never by the thread, and only where nobody reads: until
 * then what it has and what the tables have of it are the same.
 *
 * The thread sweeps by the time at which `active` began to be written. So what a change in
 * `active` leaves to the tables, an entry's value, lives longer than the sweep looks.
 *
 * Where the tables cannot be written `leaving` stays, is tried again at each look, and what comes
 * stays in `active` until that has as much as it may have. With SDD_SYNC_ALWAYS there is no
 * journal: a batch's end waits for the thread, and where that fails the batch is lost.
 */

#include "server/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "server/store/read_cache.h"
#include "server/store/hash.h"
#include "server/store/wal.h"
#include "server/system/log.h"
#include "server/store/record.h"
#include "server/store/btree.h"
#include "server/store/flusher.h"

/* Bytes in `active`: from so many on they are carried on without waiting for a look; from so many
 * on, where the thread is behind, writing is slowed down; so many it may have, and a batch that
 * begins below may go beyond. More of them would make a commit of LMDB slower than it gains by
 * writing a key once. */
#define ENOUGH (16u * 1024u * 1024u)
#define MUCH (24u * 1024u * 1024u)
#define MOST (64u * 1024u * 1024u)
#define SLOWEST_MS 20       /* that a batch waits at the longest before there is the most */
#define PATIENCE_MS 1000    /* that the thread is waited for where something else can be done */
#define LITTLE (1u << 20)   /* bytes of a generation whose memory need not be given back */
#define REST_MS 5000        /* that memory is kept for, after more than a little was written */
#define SPARE (64 * 1024)   /* bytes that the estimate may be wrong by */
#define BYTES_TO_SPARE 4096 /* of a batch: a disk that has not so many is full */

struct sdd_store {
	int lock; /* the lock file's descriptor */
	struct sdd_tables *tables;
	struct sdd_journal *journal; /* NULL: each batch is carried into the tables */
	struct sdd_writer *writer;
	struct sdd_recent *active;
	struct sdd_recent *leaving;
	struct sdd_cache *cache;
	struct sdd_task task;
	bool is_leaving;  /* the task is under way, or to be begun again where it failed */
	bool has_more;    /* expired entries than the last sweep looked at */
	int64_t swept_ms; /* what expired by then may have been swept */
	bool in_batch;
	bool failing; /* the last task */
	bool stuck;   /* the journal takes no more, or memory: nothing is written until the next look */
	bool wrote_much; /* lately, and rest_ms is not set for it yet */
	int64_t rest_ms; /* when memory is given back; 0: it was */
	uint64_t version;
	uint64_t max_size;
	uint64_t seed; /* of the keys' hashes: nobody can choose some that collide */

	/* how full: bytes */
	uint64_t tables_size; /* when `leaving` was emptied */
	int64_t growth;       /* of what came since, about */
	int64_t batch_growth; /* of the batch */
	int64_t leaving_growth;
	bool must_settle; /* about was too much, and what is exact decides */
	char reason[SDD_STORE_REASON_MAX];
};

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

/* {{{ from memory to the tables */

static void log_task(struct sdd_store *store)
{
	bool failed = store->task.result != SDD_DONE;

	if (failed && !store->failing && store->journal != NULL) {
		sdd_log(SDD_LOG_ERROR,
		        "the store cannot be written to, what was acknowledged is in the "
		        "journal: %s",
		        store->task.reason);
	} else if (!failed && store->failing && store->journal != NULL) {
		sdd_log(SDD_LOG_NOTICE, "the store can be written to again");
	}
	store->failing = failed;
}

static void empty_leaving(struct sdd_store *store)
{
	sdd_tables_end_reading(store->tables); /* what is read next is there */
	sdd_recent_clear(store->leaving);
	if (store->journal != NULL) {
		sdd_journal_forget_other(store->journal);
	}
	store->is_leaving = false;
	store->leaving_growth = 0;
	store->tables_size = sdd_tables_size(store->tables);
	sdd_tables_end_reading(store->tables);
}

/* Looks what became of the task. False: it is under way. */
static bool is_task_over(struct sdd_store *store)
{
	if (!store->is_leaving) {
		return true;
	}
	if (!sdd_writer_is_over(store->writer)) {
		return false;
	}
	log_task(store);
	/* a sweep that failed is no task to be tried again: the next look begins another */
	if (store->task.result == SDD_DONE || sdd_recent_size(store->leaving) == 0) {
		store->has_more = store->task.result == SDD_DONE && store->task.sweep_limit > 0 &&
		                  store->task.swept == store->task.sweep_limit;
		empty_leaving(store);
	}
	return true;
}

static void begin_task(struct sdd_store *store, int64_t now_ms, size_t sweep_limit)
{
	store->task.recent = store->leaving;
	store->task.is_batch = store->journal == NULL;
	store->task.version = store->version;
	store->task.sweep_ms = now_ms;
	store->task.sweep_limit = sweep_limit;
	store->swept_ms = now_ms > store->swept_ms ? now_ms : store->swept_ms;
	store->is_leaving = true;
	sdd_writer_begin(store->writer, &store->task);
}

/* Lets what `active` has leave. False: the journal does not. */
static bool change_over(struct sdd_store *store)
{
	struct sdd_recent *complete = store->active;

	if (sdd_recent_size(complete) == 0) {
		return true;
	}
	if (store->journal != NULL && !sdd_journal_change_over(store->journal)) {
		set_reason(store->reason, "the journal cannot be begun anew: %s", strerror(errno));
		return false;
	}
	store->wrote_much = store->wrote_much || sdd_recent_size(complete) > LITTLE;
	store->active = store->leaving;
	store->leaving = complete;
	store->leaving_growth = store->growth;
	store->growth = 0;
	return true;
}

/* Begins to carry on what there is, and to sweep, unless that is under way. Between batches. */
static void carry_on(struct sdd_store *store, int64_t now_ms, size_t sweep_limit)
{
	if (!is_task_over(store)) {
		return;
	}
	if (store->is_leaving) {
		begin_task(store, store->task.sweep_ms, 0); /* once more */
	} else if (change_over(store)) {
		begin_task(store, now_ms, sweep_limit);
	}
}

/* Waits for the task. False: it came to nothing, or has not come to its end in that time. */
static bool wait_for_task(struct sdd_store *store, int most_ms)
{
	if (store->is_leaving) {
		sdd_writer_wait(store->writer, most_ms);
		(void)is_task_over(store);
	}
	return !store->is_leaving;
}

/* The same for all that was written. */
static void settle(struct sdd_store *store, int most_ms)
{
	while (wait_for_task(store, most_ms) && sdd_recent_size(store->active) > 0 &&
	       !store->in_batch && change_over(store)) {
		begin_task(store, /* now_ms */ 0, /* sweep_limit */ 0);
	}
}

size_t sdd_store_settle(struct sdd_store *store)
{
	settle(store, SDD_WRITER_FOREVER);
	return store->task.swept;
}

void sdd_store_look(struct sdd_store *store, int64_t now_ms, size_t sweep_limit)
{
	bool due;

	if (!is_task_over(store)) {
		return;
	}
	store->stuck = false;
	store->task.swept = 0;
	due = sdd_tables_is_due(store->tables, now_ms);
	sdd_tables_end_reading(store->tables);
	if (due || store->is_leaving || sdd_recent_size(store->active) > 0) {
		carry_on(store, now_ms, sweep_limit);
	}
}

/* The generations keep memory for as much as they had last, which who writes much again and again
 * does not have to get anew each time. So it is kept until only little was written for a while. */
bool sdd_store_rest(struct sdd_store *store, int64_t now_ms)
{
	if (store->wrote_much) {
		store->wrote_much = false;
		store->rest_ms = now_ms + REST_MS;
	}
	if (store->rest_ms == 0 || now_ms < store->rest_ms || !is_task_over(store) ||
	    store->is_leaving) {
		return false;
	}
	store->rest_ms = 0;
	sdd_recent_clear(store->leaving);
	if (sdd_recent_size(store->active) == 0) {
		sdd_recent_clear(store->active);
	}
	return true;
}

bool sdd_store_is_busy(const struct sdd_store *store)
{
	return store->is_leaving || store->has_more || store->stuck ||
	       sdd_recent_size(store->active) > 0;
}

/* }}} */

static uint32_t hash_of(const struct sdd_store *store, struct sdd_bytes key)
{
	return (uint32_t)sdd_hash(store->seed, key.data, key.length);
}

/* {{{ reading */

/* What generations know of a key, the newer first. */
struct memory {
	const struct sdd_record *last; /* NULL: nothing */
	const struct sdd_record *put;  /* NULL: the value is in the tables, if anywhere */
	bool proven;
};

static struct memory remember(const struct sdd_store *store, struct sdd_bytes key, uint32_t hash)
{
	const struct sdd_recent *const generations[] = {store->active, store->leaving};
	struct memory memory = {0};

	if (sdd_recent_size(store->active) + sdd_recent_size(store->leaving) == 0) {
		return memory; /* where nobody writes, that is all */
	}
	for (int i = 0; i < 2; i++) {
		struct sdd_known known = sdd_recent_find(generations[i], key, hash);

		if (known.last == NULL) {
			continue;
		}
		memory.last = memory.last != NULL ? memory.last : known.last;
		memory.proven = memory.proven || known.last->proven;
		memory.put = known.put;
		if (known.put != NULL || known.last->operation == SDD_REMOVE) {
			break; /* what is older is over */
		}
	}
	return memory;
}

/* An entry that nobody has written lately. What was read before may have been swept since. */
static enum sdd_result find_settled(struct sdd_store *store, struct sdd_bytes key, uint32_t hash,
                                    struct sdd_entry *entry)
{
	enum sdd_result result;

	if (sdd_cache_find(store->cache, key, hash, entry) && entry->expires_ms > store->swept_ms) {
		return SDD_DONE;
	}
	result = sdd_tables_find(store->tables, key, entry, store->reason);
	if (result == SDD_DONE && !store->in_batch) { /* who looks in a batch is about to write */
		sdd_cache_add(store->cache, key, hash, entry);
	}
	return result;
}

/* One that memory knows of. */
static enum sdd_result find_recent(struct sdd_store *store, const struct memory *memory,
                                   struct sdd_bytes key, struct sdd_entry *entry)
{
	struct sdd_entry below = {0};
	enum sdd_result result = SDD_DONE;

	if (memory->last->operation == SDD_REMOVE) {
		return SDD_ABSENT;
	}
	if (memory->put != NULL) {
		below.value = sdd_record_value(memory->put);
	} else {
		result = sdd_tables_find(store->tables, key, &below, store->reason);
	}
	if (result == SDD_DONE) {
		*entry = sdd_record_entry(memory->last);
		entry->value = below.value;
		entry->proven = memory->proven || below.proven;
	}
	return result;
}

/* Whether it has expired or not. */
static enum sdd_result find_any(struct sdd_store *store, struct sdd_bytes key, uint32_t hash,
                                struct sdd_entry *entry)
{
	struct memory memory = remember(store, key, hash);

	return memory.last == NULL ? find_settled(store, key, hash, entry)
	                           : find_recent(store, &memory, key, entry);
}

enum sdd_result sdd_store_find(struct sdd_store *store, struct sdd_bytes key, int64_t now_ms,
                               struct sdd_entry *entry)
{
	enum sdd_result result = find_any(store, key, hash_of(store, key), entry);

	return result == SDD_DONE && entry->expires_ms <= now_ms ? SDD_ABSENT : result;
}

void sdd_store_end_reading(struct sdd_store *store)
{
	sdd_tables_end_reading(store->tables);
}

/* }}} */

/* {{{ how full */

static int64_t size_of_record(const struct sdd_store *store, const struct sdd_record *put)
{
	return put == NULL ? 0
	                   : (int64_t)sdd_tables_size_of(store->tables, put->key_length,
	                                                 (size_t)put->value_length);
}

static bool fits(const struct sdd_store *store, int64_t more)
{
	int64_t size = (int64_t)store->tables_size + store->leaving_growth + store->growth +
	               store->batch_growth + more;

	return size + SPARE <= (int64_t)store->max_size;
}

/* What is there takes: by what is known in memory, and where it matters by the tables. *length is
 * its value's, and -1 where there is none. */
static int64_t size_before(struct sdd_store *store, struct sdd_bytes key, uint32_t hash,
                           int64_t *length)
{
	struct sdd_entry entry;

	*length = -1;
	if (find_any(store, key, hash, &entry) != SDD_DONE) {
		return 0;
	}
	*length = (int64_t)entry.value.length;
	return (int64_t)sdd_tables_size_of(store->tables, key.length, entry.value.length);
}

/*
 * Whether an entry fits; *growth is what it takes more than what it replaces. What is no larger
 * than that takes no room that was not taken: a full store still replaces, and deletes, for a
 * tombstone is an entry without a value. Far from full nothing is looked for, and *growth may be
 * too much.
 */
static bool has_room(struct sdd_store *store, struct sdd_bytes key, uint32_t hash,
                     const struct sdd_entry *entry, int64_t *growth)
{
	int64_t size = (int64_t)sdd_tables_size_of(store->tables, key.length, entry->value.length);
	int64_t length;

	*growth = size - size_of_record(store, sdd_recent_find(store->active, key, hash).put);
	if (fits(store, size + (int64_t)(store->max_size / 4))) {
		return true;
	}
	*growth = size - size_before(store, key, hash, &length);
	return (int64_t)entry->value.length <= length || fits(store, *growth);
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
	set_reason(store->reason, "out of memory");
	return lose_batch(store, SDD_FAILED);
}

/* There is as much in memory as there may be, where the thread is far behind or cannot write. */
static void make_room(struct sdd_store *store)
{
	if (wait_for_task(store, PATIENCE_MS)) {
		carry_on(store, /* now_ms */ 0, /* sweep_limit */ 0);
	} else {
		set_reason(store->reason, "%s",
		           store->failing ? store->task.reason : "the disk takes too long");
	}
	store->stuck = sdd_recent_size(store->active) >= MOST;
}

enum sdd_result sdd_store_begin(struct sdd_store *store)
{
	if (store->must_settle || !fits(store, (int64_t)(store->max_size / 16))) {
		store->must_settle = false;
		settle(store, PATIENCE_MS);
	}
	if (!store->stuck && sdd_recent_size(store->active) >= MOST) {
		make_room(store);
	}
	if (store->stuck) {
		return SDD_FULL; /* for the reason that there was */
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
		sdd_recent_take_back(store->active);
		store->batch_growth = 0;
		store->in_batch = false;
	}
}

/* The batch's end without a journal: it is in the tables, or lost. */
static enum sdd_result commit_to_tables(struct sdd_store *store)
{
	sdd_recent_keep(store->active);
	store->in_batch = false;
	store->growth += store->batch_growth;
	store->batch_growth = 0;
	settle(store, SDD_WRITER_FOREVER);
	if (!store->is_leaving) {
		return SDD_DONE;
	}
	set_reason(store->reason, "%s", store->task.reason);
	empty_leaving(store);
	return store->task.result;
}

/* A disk that is full, or fails. */
static enum sdd_result lose_unwritten(struct sdd_store *store, size_t size)
{
	int error = errno;

	set_reason(store->reason, "%s", strerror(error));
	store->stuck = size < BYTES_TO_SPARE; /* what is smaller may fit */
	return lose_batch(store, error == ENOSPC || error == EDQUOT ? SDD_FULL : SDD_FAILED);
}

/* The further the thread is behind, the longer a batch waits for it: many short waits in the place
 * of one that everybody would notice. */
static void slow_down(struct sdd_store *store)
{
	size_t size = sdd_recent_size(store->active);

	if (size > MUCH && size < MOST && store->is_leaving && !store->failing) {
		double behind = (double)(size - MUCH) / (MOST - MUCH);

		sdd_writer_wait(store->writer, 1 + (int)(behind * behind * SLOWEST_MS));
	}
}

enum sdd_result sdd_store_commit(struct sdd_store *store)
{
	size_t count;
	struct sdd_piece *pieces = sdd_recent_batch(store->active, &count);

	if (store->journal == NULL) {
		return commit_to_tables(store);
	}
	if (!sdd_journal_write(store->journal, pieces, count)) {
		return lose_unwritten(store, pieces[0].length);
	}
	sdd_recent_keep(store->active);
	store->in_batch = false;
	store->growth += store->batch_growth;
	store->batch_growth = 0;
	if (sdd_recent_size(store->active) >= ENOUGH) {
		slow_down(store);
		carry_on(store, /* now_ms */ 0, /* sweep_limit */ 0);
	}
	return SDD_DONE;
}

/* Notes an operation of the batch. False: no memory. */
static bool write_down(struct sdd_store *store, enum sdd_operation operation, struct sdd_bytes key,
                       uint32_t hash, const struct sdd_entry *entry)
{
	sdd_cache_forget(store->cache, hash);
	return sdd_recent_add(store->active, operation, key, hash, entry);
}

enum sdd_result sdd_store_put(struct sdd_store *store, struct sdd_bytes key,
                              const struct sdd_entry *entry)
{
	uint32_t hash = hash_of(store, key);
	int64_t growth;

	if (!has_room(store, key, hash, entry, &growth)) {
		set_reason(store->reason, "the data would exceed --maxsize, %llu bytes",
		           (unsigned long long)store->max_size);
		if (store->growth + store->leaving_growth > 0) {
			store->must_settle = true;
			return lose_batch(store, SDD_FULL);
		}
		return SDD_FULL;
	}
	if (!write_down(store, SDD_PUT, key, hash, entry)) {
		return out_of_memory(store);
	}
	store->batch_growth += growth;
	return SDD_DONE;
}

enum sdd_result sdd_store_change(struct sdd_store *store, struct sdd_bytes key,
                                 const struct sdd_entry *entry)
{
	struct sdd_entry there;
	uint32_t hash = hash_of(store, key);
	enum sdd_result result = find_any(store, key, hash, &there);

	if (result != SDD_DONE) {
		return result == SDD_ABSENT ? result : lose_batch(store, result);
	}
	return write_down(store, SDD_CHANGE, key, hash, entry) ? SDD_DONE : out_of_memory(store);
}

enum sdd_result sdd_store_remove(struct sdd_store *store, struct sdd_bytes key)
{
	struct sdd_entry there;
	uint32_t hash = hash_of(store, key);
	enum sdd_result result = find_any(store, key, hash, &there);
	int64_t size;

	if (result != SDD_DONE) {
		return result == SDD_ABSENT ? result : lose_batch(store, result);
	}
	size = size_of_record(store, sdd_recent_find(store->active, key, hash).put);
	if (!write_down(store, SDD_REMOVE, key, hash, NULL)) {
		return out_of_memory(store);
	}
	store->batch_growth -= size;
	return SDD_DONE;
}

/* After a restart versions go on from the bound in the tables, or from the largest in the journal,
 * even if the clock was put back. */
uint64_t sdd_store_next_version(struct sdd_store *store, int64_t now_ms)
{
	uint64_t version = (uint64_t)now_ms * 1000;

	store->version = version > store->version ? version : store->version + 1;
	return store->version;
}

/* }}} */

/* {{{ what is known of the store itself */

bool sdd_store_is_in_first_life(const struct sdd_store *store)
{
	return sdd_tables_life(store->tables) == 1;
}

uint64_t sdd_store_count(struct sdd_store *store)
{
	settle(store, PATIENCE_MS);
	return sdd_tables_count(store->tables);
}

uint64_t sdd_store_size(struct sdd_store *store)
{
	settle(store, PATIENCE_MS);
	return sdd_tables_size(store->tables);
}

size_t sdd_store_journaled(const struct sdd_store *store)
{
	return store->journal != NULL ? sdd_journal_size(store->journal) : 0;
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

/* An operation that an earlier process was acknowledged for; what it was told then holds still. */
static int carry_out(void *context, enum sdd_operation operation, struct sdd_bytes key,
                     const struct sdd_entry *entry, uint32_t life)
{
	struct sdd_store *store = context;

	if (operation != SDD_REMOVE && entry->version > store->version) {
		store->version = entry->version;
	}
	return sdd_tables_write(store->tables, operation, key, entry, life) == SDD_DONE ? 0 : 1;
}

/* Carries into the tables what an earlier process left. */
static bool replay(struct sdd_store *store, char reason[SDD_STORE_REASON_MAX])
{
	uint32_t last = sdd_journal_life(store->journal);
	int result;

	if (sdd_journal_size(store->journal) == 0) {
		return true;
	}
	if (sdd_tables_life(store->tables) <= last) {
		sdd_tables_set_life(store->tables, last + 1);
	}
	result = sdd_tables_begin(store->tables) == SDD_DONE
	             ? sdd_journal_replay(store->journal, carry_out, store)
	             : 1;
	if (result == 0) {
		result = sdd_tables_note_version(store->tables, store->version) == SDD_DONE &&
		                 sdd_tables_commit(store->tables) == SDD_DONE
		             ? 0
		             : 1;
	}
	if (result != 0) {
		set_reason(reason, "its journal cannot be carried out: %s",
		           result == -1 ? strerror(errno) : sdd_tables_reason(store->tables));
		sdd_tables_abort(store->tables);
	}
	return result == 0;
}

/* Begins a journal for what comes, behind what an earlier process left. */
static bool use_journal(struct sdd_store *store, const char *directory, enum sdd_sync sync,
                        char reason[SDD_STORE_REASON_MAX])
{
	store->journal = sdd_journal_open(directory);
	if (store->journal == NULL) {
		set_reason(reason, "its journal cannot be opened: %s", strerror(errno));
		return false;
	}
	if (!replay(store, reason)) {
		return false;
	}
	if (!sdd_journal_begin_anew(store->journal, sdd_tables_life(store->tables))) {
		set_reason(reason, "its journal cannot be written: %s", strerror(errno));
		return false;
	}
	if (sync == SDD_SYNC_ALWAYS) {
		sdd_journal_close(store->journal, /* is_empty */ true);
		store->journal = NULL;
	}
	return true;
}

static bool start_writing(struct sdd_store *store, char reason[SDD_STORE_REASON_MAX])
{
	store->active = sdd_recent_new();
	store->leaving = sdd_recent_new();
	store->cache = sdd_cache_new();
	if (store->active != NULL && store->leaving != NULL && store->cache != NULL) {
		store->writer = sdd_writer_start(store->tables);
	}
	if (store->writer == NULL) {
		set_reason(reason, "out of memory, or a thread cannot be made");
		return false;
	}
	store->tables_size = sdd_tables_size(store->tables);
	sdd_tables_end_reading(store->tables);
	return true;
}

struct sdd_store *sdd_store_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_store *store = calloc(1, sizeof(*store));

	if (store == NULL) {
		set_reason(reason, "out of memory");
		return NULL;
	}
	store->max_size = max_size;
	(void)getrandom(&store->seed, sizeof(store->seed), 0);
	store->lock = -1;
	if (lock_directory(store, directory, reason)) {
		store->tables = sdd_tables_open(directory, max_size, sync, reason);
	}
	if (store->tables == NULL) {
		sdd_store_close(store);
		return NULL;
	}
	store->version = sdd_tables_version(store->tables);
	if (!use_journal(store, directory, sync, reason) || !start_writing(store, reason)) {
		sdd_store_close(store);
		return NULL;
	}
	return store;
}

/* Whether nothing is left for the next start. */
static bool settle_at_the_end(struct sdd_store *store)
{
	if (store->writer == NULL) {
		return false; /* it was never opened: what an earlier process left stays */
	}
	sdd_store_abort(store);
	settle(store, SDD_WRITER_FOREVER);
	if (!store->is_leaving && store->version > sdd_tables_version(store->tables)) {
		begin_task(store, /* now_ms */ 0, /* sweep_limit */ 0); /* for the versions' bound */
		(void)wait_for_task(store, SDD_WRITER_FOREVER);
	}
	return !store->is_leaving && sdd_recent_size(store->active) == 0;
}

void sdd_store_close(struct sdd_store *store)
{
	bool is_settled;

	if (store == NULL) {
		return;
	}
	is_settled = settle_at_the_end(store);
	sdd_writer_stop(store->writer);
	sdd_journal_close(store->journal, is_settled);
	sdd_tables_close(store->tables);
	sdd_recent_free(store->active);
	sdd_recent_free(store->leaving);
	sdd_cache_free(store->cache);
	if (store->lock != -1) {
		(void)close(store->lock);
	}
	free(store);
}

/* }}} */
