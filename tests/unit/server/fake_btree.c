/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A B-tree in memory; see fake_btree.h. Each state is a list of entries, which share their values.
 * One mutex guards all of them. */

#include "tests/unit/server/fake_btree.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/store/btree.h"
#include "server/store/directory.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"

#define ENTRIES_MAX 48
#define DROPPED_MAX 1024

struct value {
	int users;
	size_t length;
	uint8_t bytes[];
};

struct stored {
	uint8_t key[SDD_STORE_KEY_MAX];
	size_t key_length; /* 0: the place is free */
	struct sdd_entry entry;
	struct value *value;
	uint32_t epoch;
};

struct state {
	struct stored entries[ENTRIES_MAX];
	uint32_t epoch; /* 0: none is stored */
	uint64_t version;
	uint64_t newest;
	uint64_t generation;
	struct sdd_ttls ttls;
	struct sdd_clock_anchor anchor;
};

struct sdd_btree {
	struct state committed;
	struct state reading;
	struct state writing;
	bool is_reading;
	bool is_writing;
	uint32_t epoch;
	uint64_t version;
	uint64_t newest;
	uint64_t generation;
	struct sdd_ttls ttls;
	struct sdd_clock_anchor anchor;
	struct sdd_extent dropped[DROPPED_MAX];
	size_t dropped_count;
	size_t dropped_before; /* what is being written */
	char reason[SDD_STORE_REASON_MAX];
};

static struct state disk;
static bool is_made;
static uint8_t id[SDD_STORE_ID_BYTES] = "one";
static int commits;
static int failing_commit = -1;
static enum sdd_result failing_result;
static bool failing_lasts;
static enum { WORKS, GIVES_UP, HAS_GIVEN_UP } lmdb;
static bool was_missed; /* a find has failed since it gave up */
static bool is_disk_full;
static bool has_made_room;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void lock(void)
{
	(void)pthread_mutex_lock(&mutex);
}

static void unlock(void)
{
	(void)pthread_mutex_unlock(&mutex);
}

/* {{{ states */

static void release(struct stored *stored)
{
	if (stored->value != NULL && --stored->value->users == 0) {
		free(stored->value);
	}
	memset(stored, 0, sizeof(*stored));
}

static void clear(struct state *state)
{
	for (int i = 0; i < ENTRIES_MAX; i++) {
		release(&state->entries[i]);
	}
	memset(state, 0, sizeof(*state));
}

static void copy(struct state *to, const struct state *from)
{
	clear(to);
	*to = *from;
	for (int i = 0; i < ENTRIES_MAX; i++) {
		if (to->entries[i].value != NULL) {
			to->entries[i].value->users++;
		}
	}
}

static struct stored *find(struct state *state, struct sd_bytes key)
{
	for (int i = 0; i < ENTRIES_MAX; i++) {
		struct stored *stored = &state->entries[i];

		if (stored->key_length == key.length && memcmp(stored->key, key.data, key.length) == 0) {
			return stored;
		}
	}
	return NULL;
}

static struct stored *add(struct state *state, struct sd_bytes key)
{
	struct stored *stored = find(state, (struct sd_bytes){"", 0});

	if (stored == NULL) {
		abort();
	}
	memcpy(stored->key, key.data, key.length);
	stored->key_length = key.length;
	return stored;
}

static struct value *make_value(struct sd_bytes bytes)
{
	struct value *value = malloc(sizeof(*value) + bytes.length);

	if (value == NULL) {
		abort();
	}
	value->users = 1;
	value->length = bytes.length;
	if (bytes.length > 0) {
		memcpy(value->bytes, bytes.data, bytes.length);
	}
	return value;
}

/* }}} */

/* {{{ for tests */

void fake_btree_reset(void)
{
	clear(&disk);
	is_made = false;
	memcpy(id, "one", sizeof("one"));
	lmdb = WORKS;
	is_disk_full = false;
	fake_btree_fail(-1, SDD_DONE, false);
}

void fake_btree_fail(int number, enum sdd_result result, bool lasting)
{
	commits = 0;
	failing_commit = number;
	failing_result = result;
	failing_lasts = lasting;
}

int fake_btree_commits(void)
{
	return commits;
}

void fake_btree_give_up(void)
{
	lock();
	lmdb = GIVES_UP;
	was_missed = false;
	unlock();
}

bool fake_btree_has_given_up(void)
{
	bool result;

	lock();
	result = was_missed;
	unlock();
	return result;
}

void fake_btree_fill_disk(bool is_full)
{
	lock();
	is_disk_full = is_full;
	has_made_room = false;
	unlock();
}

void fake_btree_replace(void)
{
	clear(&disk);
	memcpy(id, "two", sizeof("two"));
}

uint64_t fake_btree_generation(void)
{
	return disk.generation;
}

/* }}} */

struct sdd_btree *sdd_btree_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                 char reason[SDD_STORE_REASON_MAX])
{
	struct sdd_btree *btree = calloc(1, sizeof(*btree));

	(void)directory;
	(void)max_size;
	(void)sync;
	if (btree == NULL) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "out of memory");
		return NULL;
	}
	copy(&btree->committed, &disk);
	btree->epoch = !is_made ? 1 : (disk.epoch != 0 ? disk.epoch : 1) + 1;
	btree->version = disk.version;
	btree->newest = disk.newest;
	btree->generation = disk.generation;
	btree->ttls = disk.ttls;
	btree->anchor = disk.anchor;
	is_made = is_made || !fake_faults_have_stopped();
	return btree;
}

void sdd_btree_close(struct sdd_btree *btree)
{
	if (btree != NULL) {
		clear(&btree->committed);
		clear(&btree->reading);
		clear(&btree->writing);
		free(btree);
	}
}

/* {{{ reading */

static struct state *begin_reading(struct sdd_btree *btree)
{
	if (!btree->is_reading) {
		copy(&btree->reading, &btree->committed);
		btree->is_reading = true;
	}
	return &btree->reading;
}

enum sdd_result sdd_btree_find(struct sdd_btree *btree, struct sd_bytes key,
                               struct sdd_entry *entry, char reason[SDD_STORE_REASON_MAX])
{
	const struct stored *stored;

	(void)reason;
	lock();
	if (lmdb == HAS_GIVEN_UP) {
		was_missed = true;
		unlock();
		return SDD_FAILED;
	}
	stored = find(begin_reading(btree), key);
	if (stored != NULL) {
		*entry = stored->entry;
		if (entry->extent.length == 0) {
			entry->value = (struct sd_bytes){stored->value->bytes, stored->value->length};
		}
		entry->proven = stored->epoch == btree->epoch;
	}
	unlock();
	return stored != NULL ? SDD_DONE : SDD_ABSENT;
}

bool sdd_btree_is_due(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms)
{
	bool is_due = false;

	lock();
	for (int i = 0; i < ENTRIES_MAX; i++) {
		const struct stored *stored = &begin_reading(btree)->entries[i];

		is_due = is_due || (stored->key_length > 0 && stored->entry.expires_ms <= now_ms &&
		                    stored->entry.expires_ms > after_ms);
	}
	unlock();
	return is_due;
}

int64_t sdd_btree_sweep_delay(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms)
{
	return sdd_btree_is_due(btree, after_ms, now_ms);
}

bool sdd_btree_has(struct sdd_btree *btree, struct sd_bytes key)
{
	struct sdd_entry entry;
	char why[SDD_STORE_REASON_MAX];

	return sdd_btree_find(btree, key, &entry, why) == SDD_DONE;
}

struct sdd_tally sdd_btree_tally(struct sdd_btree *btree)
{
	struct sdd_tally tally = {0};

	lock();
	for (int i = 0; i < ENTRIES_MAX; i++) {
		tally.entries += begin_reading(btree)->entries[i].key_length > 0;
	}
	unlock();
	return tally;
}

int64_t sdd_btree_size_of(const struct sdd_btree *btree, size_t key_length, size_t value_length)
{
	(void)btree;
	return (int64_t)(key_length + value_length + 64);
}

uint64_t sdd_btree_size(struct sdd_btree *btree)
{
	uint64_t size = 0;

	lock();
	for (int i = 0; i < ENTRIES_MAX; i++) {
		const struct stored *stored = &begin_reading(btree)->entries[i];

		size += stored->key_length > 0 ? (uint64_t)sdd_btree_size_of(btree, stored->key_length,
		                                                             stored->entry.value.length)
		                               : 0;
	}
	unlock();
	return size;
}

void sdd_btree_end_reading(struct sdd_btree *btree)
{
	lock();
	btree->is_reading = false;
	clear(&btree->reading);
	unlock();
}

/* }}} */

bool sdd_btree_each_extent(struct sdd_btree *btree, sdd_btree_use_extent *use, void *context,
                           bool *is_whole)
{
	*is_whole = true;
	for (int i = 0; i < ENTRIES_MAX; i++) {
		const struct stored *stored = &btree->committed.entries[i];

		if (stored->entry.extent.length > 0 && !use(context, &stored->entry.extent)) {
			return false;
		}
	}
	return true;
}

/* {{{ writing */

static void drop(struct sdd_btree *btree, const struct sdd_extent *extent)
{
	if (extent->length > 0) {
		if (btree->dropped_count == DROPPED_MAX) {
			abort();
		}
		btree->dropped[btree->dropped_count++] = *extent;
	}
}

const struct sdd_extent *sdd_btree_dropped(const struct sdd_btree *btree, size_t *count)
{
	*count = btree->dropped_count;
	return btree->dropped;
}

void sdd_btree_forget_dropped(struct sdd_btree *btree)
{
	btree->dropped_count = btree->dropped_before = 0;
}

enum sdd_result sdd_btree_begin(struct sdd_btree *btree)
{
	lock();
	copy(&btree->writing, &btree->committed);
	btree->writing.epoch = btree->epoch;
	btree->is_writing = true;
	btree->dropped_before = btree->dropped_count;
	unlock();
	return SDD_DONE;
}

static void put(struct sdd_btree *btree, struct sd_bytes key, const struct sdd_entry *entry,
                uint32_t epoch)
{
	struct stored *stored = find(&btree->writing, key);

	if (stored != NULL) {
		if (stored->entry.extent.offset != entry->extent.offset || entry->extent.length == 0) {
			drop(btree, &stored->entry.extent);
		}
		release(stored);
	}
	stored = add(&btree->writing, key);
	stored->entry = *entry;
	stored->value = make_value(entry->extent.length > 0 ? (struct sd_bytes){"", 0} : entry->value);
	stored->epoch = epoch;
}

static void change(struct stored *stored, const struct sdd_entry *entry, uint32_t epoch)
{
	struct sdd_extent extent = stored->entry.extent;
	size_t length = stored->entry.value.length;

	stored->entry = *entry;
	stored->entry.extent = extent;
	stored->entry.value.length = length;
	stored->epoch = entry->proven ? epoch : stored->epoch;
}

enum sdd_result sdd_btree_write(struct sdd_btree *btree, enum sdd_record_kind kind,
                                struct sd_bytes key, const struct sdd_entry *entry, uint32_t epoch)
{
	struct stored *stored;

	if (!btree->is_writing) {
		abort();
	}
	lock();
	stored = find(&btree->writing, key);
	if (kind == SDD_PUT) {
		put(btree, key, entry, epoch);
	} else if (stored != NULL && kind == SDD_CHANGE) {
		change(stored, entry, epoch);
	} else if (kind == SDD_REMOVE) {
		drop(btree, &entry->extent);
		if (stored != NULL) {
			drop(btree, &stored->entry.extent);
			release(stored);
		}
	}
	unlock();
	return SDD_DONE;
}

enum sdd_result sdd_btree_bound_version(struct sdd_btree *btree, uint64_t version)
{
	if (version > btree->writing.version) {
		btree->writing.version = version;
	}
	return SDD_DONE;
}

enum sdd_result sdd_btree_bound_newest(struct sdd_btree *btree, uint64_t version)
{
	if (version > btree->writing.newest) {
		btree->writing.newest = version;
	}
	return SDD_DONE;
}

enum sdd_result sdd_btree_record_generation(struct sdd_btree *btree, uint64_t generation)
{
	btree->writing.generation = generation;
	btree->generation = generation;
	return SDD_DONE;
}

enum sdd_result sdd_btree_remember(struct sdd_btree *btree, const struct sdd_ttls *ttls,
                                   const struct sdd_clock_anchor *anchor)
{
	btree->writing.ttls = *ttls;
	btree->writing.anchor = *anchor;
	return SDD_DONE;
}

/* As if the disk were full: what is written comes with the first commit. */
bool sdd_btree_store_anchor(struct sdd_btree *btree, const struct sdd_clock_anchor *anchor)
{
	(void)btree;
	(void)anchor;
	return false;
}

enum sdd_result sdd_btree_sweep(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms,
                                int64_t most_us, size_t most_rows,
                                sdd_btree_will_change *will_change, const void *context,
                                size_t *seen, bool *has_more)
{
	(void)most_us;
	(void)most_rows;
	*seen = 0;
	*has_more = false;
	lock();
	for (int i = 0; i < ENTRIES_MAX; i++) {
		struct stored *stored = &btree->writing.entries[i];
		int64_t changed_ms = 0;

		if (stored->key_length == 0 || stored->entry.expires_ms > now_ms ||
		    stored->entry.expires_ms <= after_ms ||
		    (after_ms != SDD_ALL_EXPIRED && stored->epoch != btree->epoch)) {
			continue;
		}
		++*seen;
		if (!will_change(context, (struct sd_bytes){stored->key, stored->key_length},
		                 &changed_ms) ||
		    changed_ms <= now_ms) {
			drop(btree, &stored->entry.extent);
			release(stored);
		}
	}
	unlock();
	return SDD_DONE;
}

void sdd_btree_abort(struct sdd_btree *btree)
{
	lock();
	clear(&btree->writing);
	btree->is_writing = false;
	btree->dropped_count = btree->dropped_before;
	unlock();
}

static enum sdd_result fail(struct sdd_btree *btree, enum sdd_result result)
{
	(void)snprintf(btree->reason, sizeof(btree->reason), "the commit failed");
	sdd_btree_abort(btree);
	return result;
}

/* The thread that serves has time to notice before the job ends. */
static enum sdd_result give_up(struct sdd_btree *btree)
{
	const struct timespec moment = {0, 20000000};

	lock();
	lmdb = HAS_GIVEN_UP;
	unlock();
	while (!fake_btree_has_given_up()) {
		(void)nanosleep(&moment, NULL);
	}
	(void)nanosleep(&moment, NULL);
	return fail(btree, SDD_FULL);
}

/* LMDB copies what it changes, so that each commit needs room at first. */
static bool has_disk_room(const struct sdd_btree *btree)
{
	bool is_shrinking = false;
	bool has_room;
	size_t reserved;

	(void)fake_io_content(SDD_FILE_RESERVE, &reserved);
	lock();
	for (int i = 0; i < ENTRIES_MAX; i++) {
		is_shrinking = is_shrinking || btree->committed.entries[i].key_length >
		                                   btree->writing.entries[i].key_length;
	}
	has_room = !is_disk_full || has_made_room || reserved == 0;
	has_made_room = has_made_room || (is_disk_full && has_room && is_shrinking);
	unlock();
	return has_room;
}

enum sdd_result sdd_btree_commit(struct sdd_btree *btree)
{
	int number = commits++;

	if (!btree->is_writing) {
		abort();
	}
	if (failing_commit >= 0 &&
	    (number == failing_commit || (failing_lasts && number > failing_commit))) {
		return fail(btree, failing_result);
	}
	if (lmdb == GIVES_UP) {
		return give_up(btree);
	}
	if (!has_disk_room(btree)) {
		return fail(btree, SDD_FULL);
	}
	if (fake_faults_step()) {
		return fail(btree, errno == ENOSPC ? SDD_FULL : SDD_FAILED);
	}
	lock();
	copy(&btree->committed, &btree->writing);
	if (!fake_faults_have_stopped()) {
		copy(&disk, &btree->writing);
	}
	btree->dropped_before = btree->dropped_count;
	unlock();
	sdd_btree_abort(btree);
	return SDD_DONE;
}

bool sdd_btree_force(struct sdd_btree *btree)
{
	(void)btree;
	return !fake_faults_step();
}

const char *sdd_btree_reason(const struct sdd_btree *btree)
{
	return btree->reason;
}

/* }}} */

bool sdd_btree_is_broken(const struct sdd_btree *btree)
{
	bool result;

	(void)btree;
	lock();
	result = lmdb == HAS_GIVEN_UP;
	unlock();
	return result;
}

int sdd_btree_unwritable(const struct sdd_btree *btree)
{
	(void)btree;
	return 0;
}

bool sdd_btree_can_be_writable(const struct sdd_btree *btree)
{
	(void)btree;
	return false;
}

void sdd_btree_forget_dead_readers(struct sdd_btree *btree)
{
	(void)btree;
}

bool sdd_btree_is_disk_full(const struct sdd_btree *btree)
{
	(void)btree;
	return false;
}

uint64_t sdd_btree_disk_room(const struct sdd_btree *btree)
{
	(void)btree;
	return UINT64_MAX;
}

bool sdd_btree_copy(struct sdd_btree *btree, int descriptor, char reason[SDD_STORE_REASON_MAX])
{
	(void)btree;
	(void)descriptor;
	(void)snprintf(reason, SDD_STORE_REASON_MAX, "there is no file");
	return false;
}

bool sdd_btree_reopen(struct sdd_btree *btree)
{
	(void)btree;
	lock();
	lmdb = WORKS;
	unlock();
	return true;
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
	(void)btree;
	return id;
}
