/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The store on a real disk with a clock of the test's own. Whether an entry has
 * expired is one thing, whether it has been swept another: an expired one that
 * is still there is found by asking at a time when it lived (BEFORE_ALL).
 */

#include <errno.h>
#include <lmdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/store/store.h"
#include "tests/unit/unit.h"

#define BEFORE_ALL 0 /* a time at which every entry of these tests lives */
#define ALL 1000000  /* a limit that no sweep reaches */
#define MIB (1024 * 1024)
#define ROOMY (256ull * MIB)
#define LONGEST (5 * MIB)

/* {{{ what fails: the linker has these called in the place of pread() and malloc() */

static int calls_until_failure = -1; /* negative: none fails */
static int error_of_reading;

void *__real_malloc(size_t size);
ssize_t __real_pread(int descriptor, void *bytes, size_t length, off_t offset);
void *__wrap_malloc(size_t size);
ssize_t __wrap_pread(int descriptor, void *bytes, size_t length, off_t offset);

void *__wrap_malloc(size_t size)
{
	if (calls_until_failure >= 0 && error_of_reading != EINTR && calls_until_failure-- == 0) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_malloc(size);
}

ssize_t __wrap_pread(int descriptor, void *bytes, size_t length, off_t offset)
{
	if (calls_until_failure >= 0 && calls_until_failure-- == 0) {
		errno = error_of_reading;
		return -1;
	}
	return __real_pread(descriptor, bytes, length, offset);
}

/* Has the call of that number fail, from 0 on: a read for the reason given. */
static void fail_once(int number, int error)
{
	error_of_reading = error;
	calls_until_failure = number;
}

/* }}} */

/* {{{ a store in a directory of its own */

static char directory[200];
static struct sdd_store *store;
static char reason[SDD_STORE_REASON_MAX];

/* {{{ the store as most tests see it: values with a time to expire */

static enum sdd_result put_until(struct sdd_store *in, struct sdd_bytes key, struct sdd_bytes value,
                                 int64_t expires_ms)
{
	struct sdd_entry entry = {.value = value, .expires_ms = expires_ms};

	return sdd_store_put(in, key, &entry);
}

static enum sdd_result get_at(struct sdd_store *in, struct sdd_bytes key, int64_t now_ms,
                              struct sdd_bytes *value)
{
	struct sdd_entry entry = {0};
	enum sdd_result result = sdd_store_find(in, key, now_ms, &entry);

	*value = entry.value;
	return result;
}

static enum sdd_result remove_at(struct sdd_store *in, struct sdd_bytes key, int64_t now_ms)
{
	struct sdd_entry entry;
	enum sdd_result result = sdd_store_find(in, key, now_ms, &entry);

	return result == SDD_DONE ? sdd_store_remove(in, key) : result;
}

/* }}} */

/* What values are made of, and compared with. */
static uint8_t value_bytes[LONGEST];

static void open_store(uint64_t max_size)
{
	store = sdd_store_open(directory, max_size, SDD_SYNC_NEVER, reason);
	if (store == NULL) {
		fail_msg("%s: %s", directory, reason);
	}
}

static void reopen(uint64_t max_size)
{
	sdd_store_close(store);
	open_store(max_size);
}

static int make_directory(void **state);

/* Copies a file from one directory to another; one that is not there is not missed. `most` is how many
 * bytes of it. */
static void copy_file(const char *from, const char *to, const char *name, size_t most)
{
	static char bytes[1 << 16];
	char path[300];
	FILE *in;
	FILE *out;
	size_t length;

	(void)snprintf(path, sizeof(path), "%s/%s", from, name);
	in = fopen(path, "rb");
	if (in == NULL) {
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", to, name);
	out = fopen(path, "wb");
	assert_non_null(out);
	while (most > 0 && (length = fread(bytes, 1, most < sizeof(bytes) ? most : sizeof(bytes), in)) > 0) {
		assert_int_equal(fwrite(bytes, 1, length, out), length);
		most -= length;
	}
	assert_int_equal(fclose(out), 0);
	(void)fclose(in);
}

static int remove_store(void **state);

/* What the process's death leaves, as files are then, is in the directory from now on; of the journal no
 * more than `journal_most` bytes. Nothing is open. */
static void leave_with(size_t journal_most)
{
	char before[sizeof(directory)];
	char after[sizeof(directory)];

	memcpy(before, directory, sizeof(directory));
	assert_int_equal(make_directory(NULL), 0);
	memcpy(after, directory, sizeof(directory));
	copy_file(before, after, "data.mdb", SIZE_MAX);
	copy_file(before, after, "sharedanced.journal.1", journal_most);
	copy_file(before, after, "sharedanced.journal.2", journal_most);
	copy_file(before, after, "sharedanced.root", SIZE_MAX);
	memcpy(directory, before, sizeof(directory));
	assert_int_equal(remove_store(NULL), 0);
	memcpy(directory, after, sizeof(directory));
}

/* The same, and the next process opens it. */
static void die_with(size_t journal_most, uint64_t max_size)
{
	leave_with(journal_most);
	open_store(max_size);
}

static void die(void)
{
	die_with(SIZE_MAX, ROOMY);
}

static int make_directory(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	(void)snprintf(directory, sizeof(directory), "%s/sharedanced-test-XXXXXX",
	               parent == NULL ? "/tmp" : parent);
	return mkdtemp(directory) == NULL;
}

static int make_store(void **state)
{
	if (make_directory(state) != 0) {
		return 1;
	}
	open_store(ROOMY);
	return 0;
}

static int remove_store(void **state)
{
	static const char *const files[] = {"data.mdb",          "lock.mdb",
	                                    "sharedanced.lock",  "sharedanced.journal.1",
	                                    "sharedanced.root",  "sharedanced.journal.2"};
	char path[300];

	(void)state;
	sdd_store_close(store);
	store = NULL;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory, files[i]);
		(void)unlink(path);
	}
	return rmdir(directory);
}

/* }}} */

/* {{{ short words for what the store does */

static struct sdd_bytes bytes_of(const char *text)
{
	return (struct sdd_bytes){text, strlen(text)};
}

/* A key; valid until the next call. Some are the beginning of others. */
static const char *numbered(const char *word, size_t number)
{
	static char key[40];

	(void)snprintf(key, sizeof(key), "%s-%zu", word, number);
	return key;
}

/* Bytes that differ from stamp to stamp; valid until the next call. */
static struct sdd_bytes value_of(size_t length, uint32_t stamp)
{
	struct chance chance = {stamp + 1ull};

	assert_in_range(length, 0, LONGEST);
	for (size_t i = 0; i < length; i++) {
		value_bytes[i] = (uint8_t)chance_next(&chance);
	}
	return (struct sdd_bytes){value_bytes, length};
}

static void begin(void)
{
	assert_int_equal(sdd_store_begin(store), SDD_DONE);
}

static void commit(void)
{
	assert_int_equal(sdd_store_commit(store), SDD_DONE);
	assert_false(sdd_store_in_batch(store));
}

/* A batch of one entry. */
static void put(const char *key, size_t length, uint32_t stamp, int64_t expires_ms)
{
	begin();
	assert_int_equal(put_until(store, bytes_of(key), value_of(length, stamp), expires_ms),
	                 SDD_DONE);
	commit();
}

/* A batch that changes when the entry expires, and says whether it is proven. */
static void change_until(const char *key, int64_t expires_ms, bool proven)
{
	struct sdd_entry entry = {.expires_ms = expires_ms, .proven = proven};

	begin();
	assert_int_equal(sdd_store_change(store, bytes_of(key), &entry), SDD_DONE);
	commit();
}

static void change(const char *key, int64_t expires_ms)
{
	change_until(key, expires_ms, false);
}

static enum sdd_result remove_one(const char *key, int64_t now_ms)
{
	enum sdd_result result;

	begin();
	result = remove_at(store, bytes_of(key), now_ms);
	commit();
	return result;
}

static enum sdd_result look(const char *key, int64_t now_ms)
{
	struct sdd_bytes found;
	enum sdd_result result = get_at(store, bytes_of(key), now_ms, &found);

	sdd_store_end_reading(store);
	return result;
}

static void assert_found(const char *key, int64_t now_ms, size_t length, uint32_t stamp)
{
	struct sdd_bytes wanted = value_of(length, stamp);
	struct sdd_bytes found;

	assert_int_equal(get_at(store, bytes_of(key), now_ms, &found), SDD_DONE);
	assert_int_equal(found.length, length);
	assert_true(memcmp(found.data, wanted.data, length) == 0);
	sdd_store_end_reading(store);
}

static void assert_absent(const char *key, int64_t now_ms)
{
	assert_int_equal(look(key, now_ms), SDD_ABSENT);
}

/* Not even a time at which it lived finds it. */
static void assert_gone(const char *key)
{
	assert_absent(key, BEFORE_ALL);
}

/* All that was written is in the tables from now on. */
static void settle(void)
{
	(void)sdd_store_settle(store);
	assert_int_equal(sdd_store_journaled(store), 0);
}

static size_t sweep(int64_t now_ms, size_t limit)
{
	size_t seen;

	settle();
	sdd_store_look(store, now_ms, limit);
	seen = sdd_store_settle(store);
	assert_in_range(seen, 0, limit);
	assert_false(sdd_store_in_batch(store));
	return seen;
}

static bool is_proven(const char *key)
{
	struct sdd_entry entry;

	assert_int_equal(sdd_store_find(store, bytes_of(key), 0, &entry), SDD_DONE);
	sdd_store_end_reading(store);
	return entry.proven;
}

/* Lengths on both sides of where a value stays with its record. */
static const size_t lengths[] = {0, 1, 1024, 1025, 100000};

/* }}} */

/* {{{ entries */

static void a_new_store_has_no_entry(void **state)
{
	(void)state;
	assert_gone("key");
	assert_int_equal(remove_one("key", 0), SDD_ABSENT);
	assert_int_equal(sweep(INT64_MAX, ALL), 0);
}

static void an_entry_is_found(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_found("key", 0, 10, 1);
	assert_gone("ke");
	assert_gone("keys");
}

static void values_of_every_length_are_found_whole(void **state)
{
	static const size_t others[] = {2, 1023, 1026, 4096, 8192, LONGEST};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths) + COUNT_OF(others); i++) {
		size_t length = i < COUNT_OF(lengths) ? lengths[i] : others[i - COUNT_OF(lengths)];
		const char *key = numbered("key", length);

		put(key, length, (uint32_t)i, 1000);
		assert_found(key, 0, length, (uint32_t)i);
	}
}

static void an_overwritten_entry_has_the_newest_value_whatever_the_lengths(void **state)
{
	uint32_t stamp = 0;

	(void)state;
	for (size_t before = 0; before < COUNT_OF(lengths); before++) {
		for (size_t after = 0; after < COUNT_OF(lengths); after++) {
			put("key", lengths[before], ++stamp, 1000);
			assert_found("key", 0, lengths[before], stamp);
			put("key", lengths[after], ++stamp, 1000);
			assert_found("key", 0, lengths[after], stamp);
		}
	}
}

static void an_entry_overwritten_within_a_batch_has_the_last_value(void **state)
{
	(void)state;
	begin();
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		assert_int_equal(put_until(store, bytes_of("key"), value_of(lengths[i], i), 1000),
		                 SDD_DONE);
	}
	assert_int_equal(put_until(store, bytes_of("key"), value_of(7, 99), 1000), SDD_DONE);
	commit();
	assert_found("key", 0, 7, 99);
}

static void a_removed_entry_is_gone_whatever_its_length(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 1000);
		assert_int_equal(remove_one("key", 0), SDD_DONE);
		assert_gone("key");
		assert_int_equal(remove_one("key", 0), SDD_ABSENT);
	}
	assert_int_equal(sweep(INT64_MAX, ALL), 0); /* nor is anything left to sweep */
}

static void a_removed_entry_can_be_stored_again(void **state)
{
	(void)state;
	put("key", 5000, 1, 1000);
	assert_int_equal(remove_one("key", 0), SDD_DONE);
	put("key", 10, 2, 1000);
	assert_found("key", 0, 10, 2);
}

static void keys_are_bytes_of_up_to_254(void **state)
{
	char long_key[SDD_STORE_KEY_MAX + 1];
	struct sdd_bytes zeros = {"\0\0", 2};
	struct sdd_bytes zero = {"\0", 1};
	struct sdd_bytes found;

	(void)state;
	memset(long_key, 0xff, SDD_STORE_KEY_MAX);
	long_key[SDD_STORE_KEY_MAX] = '\0';
	put(long_key, 2000, 1, 1000);
	assert_found(long_key, 0, 2000, 1);
	begin();
	assert_int_equal(put_until(store, zeros, value_of(3, 2), 1000), SDD_DONE);
	commit();
	assert_int_equal(get_at(store, zero, 0, &found), SDD_ABSENT);
	assert_int_equal(get_at(store, zeros, 0, &found), SDD_DONE);
	sdd_store_end_reading(store);
	assert_int_equal(sweep(1000, ALL), 2);
	assert_gone(long_key);
}

static void one_entry_leaves_its_neighbours_alone(void **state)
{
	(void)state;
	put("a", 10, 1, 1000);
	put("b", 5000, 2, 1000);
	put("c", 10, 3, 1000);
	assert_int_equal(remove_one("b", 0), SDD_DONE);
	assert_found("a", 0, 10, 1);
	assert_gone("b");
	assert_found("c", 0, 10, 3);
}

/* }}} */

/* {{{ lives */

static void an_entry_is_found_until_the_millisecond_it_expires(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_found("key", 999, 10, 1);
	assert_absent("key", 1000);
	assert_absent("key", 1001);
	assert_found("key", 999, 10, 1); /* looking removes nothing */
}

static void a_long_value_expires_alike(void **state)
{
	(void)state;
	put("key", 100000, 1, 1000);
	assert_found("key", 999, 100000, 1);
	assert_absent("key", 1000);
}

static void a_living_entry_can_be_removed_until_the_millisecond_it_expires(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_int_equal(remove_one("key", 1000), SDD_ABSENT);
	assert_int_equal(remove_one("key", 1001), SDD_ABSENT);
	assert_int_equal(remove_one("key", 999), SDD_DONE);
	assert_gone("key");
}

static void an_expired_entry_can_be_stored_again(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	settle();
	put("key", 20, 2, 3000);
	assert_found("key", 2000, 20, 2);
	assert_int_equal(sweep(2000, ALL), 1); /* the row of its first life, moved on */
	assert_found("key", 2000, 20, 2);
}

static void times_of_today_are_kept_exactly(void **state)
{
	int64_t today_ms = 1790000000123;

	(void)state;
	put("key", 10, 1, today_ms);
	assert_found("key", today_ms - 1, 10, 1);
	assert_absent("key", today_ms);
	assert_int_equal(sweep(today_ms - 1, ALL), 0);
	assert_int_equal(sweep(today_ms, ALL), 1);
	assert_gone("key");
}

/* }}} */

/* {{{ the sweep */

static void a_sweep_removes_what_has_expired_and_nothing_else(void **state)
{
	(void)state;
	put("expired", 10, 1, 1000);
	put("expired-long", 5000, 2, 999);
	put("lives", 10, 3, 1001);
	put("lives-long", 5000, 4, 2000);
	assert_int_equal(sweep(1000, ALL), 2);
	assert_gone("expired");
	assert_gone("expired-long");
	assert_found("lives", 1000, 10, 3);
	assert_found("lives-long", 1000, 5000, 4);
}

static void a_sweep_is_due_at_the_millisecond_an_entry_expires(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_int_equal(sweep(999, ALL), 0);
	assert_found("key", 999, 10, 1);
	assert_int_equal(sweep(1000, ALL), 1);
	assert_gone("key");
	assert_int_equal(sweep(1000, ALL), 0);
}

static size_t count_left(int count)
{
	size_t left = 0;

	for (int i = 0; i < count; i++) {
		const char *key = numbered("key", i);

		left += look(key, BEFORE_ALL) == SDD_DONE;
	}
	return left;
}

static void a_sweep_looks_at_no_more_than_its_limit(void **state)
{
	static const size_t seen[] = {3, 3, 3, 1, 0};
	static const size_t left[] = {7, 4, 1, 0, 0};

	(void)state;
	for (int i = 0; i < 10; i++) {
		const char *key = numbered("key", i);

		put(key, 10, (uint32_t)i, 1000 + i);
	}
	for (size_t i = 0; i < COUNT_OF(seen); i++) {
		assert_int_equal(sweep(2000, 3), seen[i]);
		assert_int_equal(count_left(10), left[i]);
	}
}

static void a_sweep_begins_with_what_expired_first(void **state)
{
	(void)state;
	put("a", 10, 1, 300);
	put("b", 10, 2, 100);
	put("c", 10, 3, 200);
	assert_int_equal(sweep(1000, 1), 1);
	assert_gone("b");
	assert_int_equal(sweep(1000, 1), 1);
	assert_gone("c");
	assert_int_equal(look("a", BEFORE_ALL), SDD_DONE);
}

static void times_are_in_order_beyond_each_bytes_range(void **state)
{
	static const int64_t times[] = {
	    0xff, 0x100, 0xffff, 0x10000, 0xffffffff, 0x100000000, 0x7fffffffffffffff};

	(void)state;
	for (size_t i = COUNT_OF(times); i-- > 0;) {
		const char *key = numbered("key", i);

		put(key, 10, 1, times[i]);
	}
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		assert_int_equal(sweep(times[i] - 1, ALL), 0);
		assert_int_equal(count_left(COUNT_OF(times)), COUNT_OF(times) - i);
		assert_int_equal(sweep(times[i], ALL), 1);
	}
	assert_int_equal(count_left(COUNT_OF(times)), 0);
}

static void a_prolonged_entry_is_moved_by_the_sweep_and_looked_at_again_later(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 1000);
		settle();
		put("key", lengths[i], i + 10, 2000);
		assert_int_equal(sweep(1500, ALL), 1);
		assert_found("key", 1999, lengths[i], i + 10);
		assert_int_equal(sweep(1500, ALL), 0);
		assert_int_equal(sweep(1999, ALL), 0);
		assert_int_equal(sweep(2000, ALL), 1);
		assert_gone("key");
		assert_int_equal(sweep(INT64_MAX, ALL), 0);
	}
}

static void an_entry_prolonged_often_is_swept_once(void **state)
{
	(void)state;
	for (int64_t expires_ms = 100; expires_ms <= 1000; expires_ms += 100) {
		put("key", 10, (uint32_t)expires_ms, expires_ms);
		settle();
	}
	assert_int_equal(sweep(1000, ALL), 1);
	assert_gone("key");
	assert_int_equal(sweep(INT64_MAX, ALL), 0);
}

/* An entry until 2000 whose row the sweep has moved on from 1000. */
static void put_and_move(const char *key)
{
	put(key, 10, 1, 1000);
	settle();
	put(key, 10, 2, 2000);
	assert_int_equal(sweep(1000, ALL), 1);
}

static void what_is_prolonged_before_a_sweep_or_during_it_stays(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("expired", 10, 1, 1000);
		put("before", lengths[i], i, 1500);
		put("during", lengths[i], i, 1501);
		settle();
		change("before", 3000);
		sdd_store_look(store, 1500, ALL);
		change("during", 3000);
		assert_int_equal(sdd_store_settle(store), 0); /* of the generation behind the sweep */
		assert_gone("expired");
		assert_found("before", 2999, lengths[i], i);
		assert_found("during", 2999, lengths[i], i);
		assert_int_equal(sweep(3000, ALL), 2);
	}
}

static void a_moved_entry_can_be_prolonged_again(void **state)
{
	(void)state;
	put_and_move("key");
	put("key", 2000, 3, 4000);
	assert_int_equal(sweep(2000, ALL), 1);
	assert_found("key", 3999, 2000, 3);
	assert_int_equal(sweep(3999, ALL), 0);
	assert_int_equal(sweep(4000, ALL), 1);
	assert_gone("key");
}

static void a_moved_entry_can_be_shortened(void **state)
{
	(void)state;
	put_and_move("key");
	put("key", 10, 3, 1500);
	assert_int_equal(sweep(1499, ALL), 0);
	assert_int_equal(sweep(1500, ALL), 1);
	assert_gone("key");
	assert_int_equal(sweep(INT64_MAX, ALL), 0);
}

static void a_moved_entry_can_be_removed(void **state)
{
	(void)state;
	put_and_move("key");
	assert_int_equal(remove_one("key", 1999), SDD_DONE);
	assert_gone("key");
	assert_int_equal(sweep(INT64_MAX, ALL), 0);
}

static void an_entry_whose_life_was_shortened_is_swept_at_the_new_time(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 2000);
		put("key", lengths[i], i + 10, 1000);
		assert_found("key", 999, lengths[i], i + 10);
		assert_int_equal(sweep(999, ALL), 0);
		assert_int_equal(sweep(1000, ALL), 1);
		assert_gone("key");
		assert_int_equal(sweep(INT64_MAX, ALL), 0); /* nothing of the longer life is left */
	}
}

static void a_removed_and_restored_entry_is_not_swept_at_its_old_time(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_int_equal(remove_one("key", 0), SDD_DONE);
	put("key", 10, 2, 2000);
	assert_int_equal(sweep(1000, ALL), 0);
	assert_found("key", 1000, 10, 2);
	assert_int_equal(sweep(2000, ALL), 1);
}

static void a_sweep_that_expired_entries_outlived_a_restart_is_due(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	put("lives", 10, 2, 2000);
	reopen(ROOMY);
	assert_absent("key", 1000);
	assert_int_equal(sweep(1000, ALL), 1);
	assert_gone("key");
	assert_found("lives", 1000, 10, 2);
}

/* }}} */

/* {{{ batches and reading */

static void an_aborted_batch_is_forgotten(void **state)
{
	(void)state;
	put("kept", 10, 1, 1000);
	put("removed", 5000, 2, 1000);
	begin();
	assert_int_equal(put_until(store, bytes_of("new"), value_of(5000, 3), 1000), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("kept"), value_of(20, 4), 5000), SDD_DONE);
	assert_int_equal(remove_at(store, bytes_of("removed"), 0), SDD_DONE);
	assert_true(sdd_store_in_batch(store));
	sdd_store_abort(store);
	assert_false(sdd_store_in_batch(store));
	assert_gone("new");
	assert_found("kept", 0, 10, 1);
	assert_found("removed", 0, 5000, 2);
	assert_int_equal(sweep(1000, ALL), 2);
}

static void abort_without_a_batch_does_nothing(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	sdd_store_abort(store);
	assert_found("key", 0, 10, 1);
}

static uint64_t next_version(int64_t now_ms)
{
	uint64_t version;

	begin();
	version = sdd_store_next_version(store, now_ms);
	commit();
	return version;
}

static void versions_are_microseconds_and_grow_within_one(void **state)
{
	(void)state;
	assert_true(next_version(1000) == 1000000);
	assert_true(next_version(1000) == 1000001);
	assert_true(next_version(2000) == 2000000);
}

static void versions_grow_though_the_clock_is_put_back(void **state)
{
	(void)state;
	assert_true(next_version(5000) == 5000000);
	assert_true(next_version(1000) == 5000001);
}

static void versions_go_on_after_a_reopen_though_the_clock_is_put_back(void **state)
{
	uint64_t last;

	(void)state;
	for (int64_t now_ms = 50000; now_ms <= 90000; now_ms += 1000) {
		last = next_version(now_ms);
	}
	reopen(ROOMY);
	assert_true(next_version(1000) > last);
}

static void versions_of_a_batch_that_was_lost_bound_those_after_it(void **state)
{
	uint64_t last;

	(void)state;
	begin();
	(void)sdd_store_next_version(store, 50000);
	sdd_store_abort(store);
	last = next_version(50000);
	reopen(ROOMY);
	assert_true(next_version(1000) > last);
}

static void a_changed_entry_keeps_its_value(void **state)
{
	static const size_t lengths[] = {0, 10, 1024, 1025, 100000};
	struct sdd_entry entry;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], 7, 1000);
		begin();
		entry = (struct sdd_entry){.expires_ms = 5000, .version = 9, .client_flags = 3,
		                           .marks = SDD_STALE};
		assert_int_equal(sdd_store_change(store, bytes_of("key"), &entry), SDD_DONE);
		commit();
		assert_found("key", 4999, lengths[i], 7);
		assert_absent("key", 5000);
		assert_int_equal(sdd_store_find(store, bytes_of("key"), 0, &entry), SDD_DONE);
		assert_int_equal(entry.version, 9);
		assert_int_equal(entry.client_flags, 3);
		assert_int_equal(entry.marks, SDD_STALE);
		sdd_store_end_reading(store);
	}
	begin();
	assert_int_equal(sdd_store_change(store, bytes_of("none"), &entry), SDD_ABSENT);
	commit();
}

static void a_batch_reads_its_own_writes(void **state)
{
	(void)state;
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(10, 1), 1000), SDD_DONE);
	assert_found("key", 0, 10, 1);
	commit();
	assert_found("key", 0, 10, 1);
}

static void a_batch_sees_its_own_writes(void **state)
{
	(void)state;
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(10, 1), 1000), SDD_DONE);
	assert_int_equal(remove_at(store, bytes_of("key"), 0), SDD_DONE);
	assert_int_equal(remove_at(store, bytes_of("key"), 0), SDD_ABSENT);
	commit();
	assert_gone("key");
}

static void an_empty_batch_can_be_committed(void **state)
{
	(void)state;
	begin();
	commit();
	assert_gone("key");
}

static void what_was_read_stays_while_others_are_read(void **state)
{
	struct sdd_bytes found;
	struct sdd_bytes other;

	(void)state;
	put("key", 5000, 1, 1000);
	put("other", 5000, 3, 1000);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(get_at(store, bytes_of("key"), 0, &found), SDD_DONE);
		assert_int_equal(get_at(store, bytes_of("other"), 0, &other), SDD_DONE);
		assert_int_equal(found.length, 5000);
		assert_memory_equal(found.data, value_of(5000, 1).data, 5000);
		sdd_store_end_reading(store);
		settle(); /* from the tables now */
	}
}

/* }}} */

/* {{{ the journal */

static void what_was_acknowledged_outlives_the_process(void **state)
{
	uint64_t version;

	(void)state;
	put("short", 10, 1, 1000);
	put("long", 50000, 2, 1000);
	put("overwritten", 10, 3, 1000);
	put("overwritten", 3000, 4, 1000);
	put("removed", 10, 5, 1000);
	assert_int_equal(remove_one("removed", 0), SDD_DONE);
	begin();
	version = sdd_store_next_version(store, 5000);
	assert_int_equal(sdd_store_put(store, bytes_of("versioned"),
	                               &(struct sdd_entry){.expires_ms = 1000, .version = version}),
	                 SDD_DONE);
	commit();
	assert_true(sdd_store_journaled(store) > 50000);
	for (int i = 0; i < 2; i++) {
		die();
		assert_int_equal(sdd_store_journaled(store), 0);
		assert_found("short", 0, 10, 1);
		assert_found("long", 0, 50000, 2);
		assert_found("overwritten", 0, 3000, 4);
		assert_gone("removed");
		assert_int_equal(sdd_store_count(store), 4);
		begin();
		assert_true(sdd_store_next_version(store, 0) > version);
		commit();
	}
}

static void a_change_outlives_the_process_and_so_does_the_value(void **state)
{
	struct sdd_entry entry = {.expires_ms = 7000, .version = 9, .client_flags = 5};

	(void)state;
	put("key", 3000, 1, 1000);
	begin();
	assert_int_equal(sdd_store_change(store, bytes_of("key"), &entry), SDD_DONE);
	commit();
	die();
	assert_found("key", 6000, 3000, 1);
	assert_int_equal(sdd_store_find(store, bytes_of("key"), 0, &entry), SDD_DONE);
	assert_int_equal(entry.version, 9);
	assert_int_equal(entry.client_flags, 5);
	sdd_store_end_reading(store);
}

static void what_outlived_the_process_is_of_an_earlier_life(void **state)
{
	struct sdd_entry entry;

	(void)state;
	for (int life = 1; life <= 4; life++) {
		put("key", 10, 1, 1000);
		assert_int_equal(sdd_store_find(store, bytes_of("key"), 0, &entry), SDD_DONE);
		assert_true(entry.proven);
		sdd_store_end_reading(store);
		if (life % 2 == 0) { /* one whose number no commit has */
			reopen(ROOMY);
			put("key", 10, 2, 1000);
		}
		die();
		assert_int_equal(sdd_store_find(store, bytes_of("key"), 0, &entry), SDD_DONE);
		assert_false(entry.proven);
		assert_false(sdd_store_is_in_first_life(store));
		sdd_store_end_reading(store);
	}
}

static void a_batch_that_was_not_acknowledged_is_not_there_after_the_process_died(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	begin();
	assert_int_equal(put_until(store, bytes_of("other"), value_of(10, 2), 1000), SDD_DONE);
	die();
	assert_found("key", 0, 10, 1);
	assert_gone("other");
}

/* A journal cut anywhere ends with a whole batch; what is behind it, of whatever generation, is not
 * looked at. */
static void a_cut_journal_has_its_first_batches_whole(void **state)
{
	(void)state;
	for (size_t most = 0; most < 1300; most += 7) {
		size_t there = 0;

		for (uint32_t i = 0; i < 6; i++) { /* of an earlier generation, longer than what follows */
			put("before", 100, i, 1000);
		}
		settle();
		for (size_t i = 0; i < 3; i++) {
			put(numbered("key", i), 30, (uint32_t)i, 1000);
		}
		die_with(most, ROOMY);
		for (size_t i = 0; i < 3; i++) {
			if (look(numbered("key", i), 0) == SDD_DONE) {
				assert_int_equal(there, i); /* none is missing before it */
				assert_found(numbered("key", i), 0, 30, (uint32_t)i);
				there++;
			}
		}
		assert_int_equal(there, most < 512 + 3 * 32 ? 0 : there);
		assert_found("before", 0, 100, 5);
		begin();
		for (size_t i = 0; i < 3; i++) {
			(void)remove_at(store, bytes_of(numbered("key", i)), 0);
		}
		commit();
	}
}

static void a_journal_whose_head_is_not_whole_counts_as_empty(void **state)
{
	char path[300];
	FILE *file;

	(void)state;
	put("key", 10, 1, 1000);
	settle();
	put("key", 10, 2, 1000);
	(void)snprintf(path, sizeof(path), "%s/sharedanced.journal.2", directory);
	file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, 30, SEEK_SET), 0);
	assert_int_equal(fputc('?', file), '?');
	assert_int_equal(fclose(file), 0);
	die();
	assert_found("key", 0, 10, 1);
}

/* Batches in both files of the journal. */
static void put_into_both(uint32_t stamp)
{
	put("first", 100, stamp, 1000);
	put("second", 5000, stamp, 1000);
	settle();
	put("first", 100, stamp + 1, 1000);
	sdd_store_look(store, 0, ALL);
	put("second", 5000, stamp + 1, 1000);
	put("third", 100, stamp + 1, 1000);
}

static void assert_in_both(uint32_t stamp)
{
	assert_found("first", 0, 100, stamp + 1);
	assert_found("second", 0, 5000, stamp + 1);
	assert_found("third", 0, 100, stamp + 1);
}

/* Whichever read fails, or finds no memory: it is not the end of what was acknowledged. */
static void a_journal_that_cannot_be_read_is_refused_and_left_as_it_was(void **state)
{
	int number = 0;

	(void)state;
	put_into_both(0);
	leave_with(SIZE_MAX);
	for (; number < 100; number++) {
		fail_once(number, EIO);
		store = sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
		if (store != NULL) {
			break;
		}
		assert_true(calls_until_failure < 0);
		assert_non_null(strstr(reason, "its journal cannot be "));
		assert_true(strstr(reason, strerror(EIO)) != NULL ||
		            strstr(reason, strerror(ENOMEM)) != NULL);
	}
	assert_true(calls_until_failure >= 0); /* nothing failed that time */
	calls_until_failure = -1;
	assert_in_range(number, 10, 99);
	assert_in_both(0);
}

static void a_journal_whose_reading_is_interrupted_is_read_on(void **state)
{
	(void)state;
	for (int number = 0; calls_until_failure < 0; number++) {
		assert_in_range(number, 0, 99);
		put_into_both(2 * (uint32_t)number);
		leave_with(SIZE_MAX);
		fail_once(number, EINTR);
		open_store(ROOMY);
		assert_in_both(2 * (uint32_t)number);
	}
	calls_until_failure = -1;
}

static void a_server_that_has_no_journal_takes_over_what_one_left(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	die();
	sdd_store_close(store);
	store = sdd_store_open(directory, ROOMY, SDD_SYNC_ALWAYS, reason);
	assert_non_null(store);
	assert_found("key", 0, 10, 1);
	put("key", 10, 2, 1000);
	assert_int_equal(sdd_store_journaled(store), 0);
	die();
	assert_found("key", 0, 10, 2);
}

static void an_operation_that_is_lost_takes_nothing_acknowledged_with_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < 50; i++) {
		put(numbered("key", i), 500, (uint32_t)i, 1000);
		begin();
		assert_int_equal(put_until(store, bytes_of("lost"), value_of(10, 2), 1000), SDD_DONE);
		assert_int_equal(remove_at(store, bytes_of(numbered("key", i)), 0), SDD_DONE);
		sdd_store_abort(store);
	}
	for (size_t i = 0; i < 50; i++) {
		assert_found(numbered("key", i), 0, 500, (uint32_t)i);
	}
	assert_gone("lost");
	die();
	assert_int_equal(sdd_store_count(store), 50);
}

static void what_is_written_waits_for_a_look_and_is_carried_on_in_the_background(void **state)
{
	(void)state;
	assert_false(sdd_store_is_busy(store));
	sdd_store_look(store, 0, ALL);
	assert_false(sdd_store_is_busy(store)); /* there is nothing to do */
	put("key", 10, 0, 1000);
	assert_true(sdd_store_is_busy(store));
	sdd_store_look(store, 0, ALL);
	put("key", 10, 1, 1000); /* while the first is on its way, or is there */
	put("other", 10, 2, 1000);
	assert_found("key", 0, 10, 1);
	settle();
	assert_false(sdd_store_is_busy(store));
	assert_found("key", 0, 10, 1);
	assert_int_equal(sdd_store_count(store), 2);
}

/* So much that carrying it on takes longer than the calls that follow. */
static void put_much(void)
{
	begin();
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(
			put_until(store, bytes_of(numbered("much", i)), value_of(30, i), 1000), SDD_DONE);
	}
	commit();
}

static void what_is_on_its_way_is_found_and_can_be_changed(void **state)
{
	(void)state;
	put("old", 3000, 1, 1000);
	put("other", 3000, 1, 1000);
	reopen(ROOMY);
	put_much();
	change_until("old", 2000, true);
	change_until("other", 2000, false);
	sdd_store_look(store, 0, ALL);
	assert_found("much-0", 999, 30, 0);
	assert_found("much-4999", 999, 30, 4999);
	change("old", 3000); /* which proves nothing by itself */
	change_until("other", 3000, true);
	change("much-1", 3000);
	assert_int_equal(remove_one("much-2", 0), SDD_DONE);
	for (int i = 0; i < 2; i++) {
		assert_true(is_proven("old") && is_proven("other"));
		assert_found("old", 2999, 3000, 1);
		assert_found("much-1", 2999, 30, 1);
		assert_gone("much-2");
		settle();
	}
}

static void what_is_on_its_way_outlives_the_process_and_what_came_behind_it_too(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) { /* each of the journal's files is the later one once */
		put_much();
		put("key", 10, 2 * i, 1000);
		sdd_store_look(store, 0, ALL);
		put("key", 10, 2 * i + 1, 1000);
		die();
		assert_found("key", 0, 10, 2 * i + 1);
		assert_found("much-4999", 0, 30, 4999);
		if (i % 2 == 1) {
			put("other", 10, i, 1000);
			settle();
		}
	}
}

static void a_batch_of_many_megabytes_outlives_the_process(void **state)
{
	(void)state;
	begin();
	for (uint32_t i = 0; i < 6000; i++) {
		assert_int_equal(
			put_until(store, bytes_of(numbered("key", i)), value_of(1000, i), 1000), SDD_DONE);
	}
	assert_int_equal(put_until(store, bytes_of("large"), value_of(LONGEST, 1), 1000), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("last"), value_of(10, 2), 1000), SDD_DONE);
	commit();
	die();
	for (uint32_t i = 0; i < 6000; i++) {
		assert_found(numbered("key", i), 0, 1000, i);
	}
	assert_found("large", 0, LONGEST, 1);
	assert_found("last", 0, 10, 2);
}

static void much_is_carried_on_without_a_look(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 200; i++) {
		put(numbered("key", i % 10), MIB, i, 1000);
	}
	assert_true(sdd_store_journaled(store) < 180ull * MIB);
	for (uint32_t i = 190; i < 200; i++) {
		assert_found(numbered("key", i % 10), 0, MIB, i);
	}
}

static void assert_is(const char *key, bool there, int64_t expires_ms, size_t length,
                      uint32_t stamp)
{
	if (there) {
		assert_found(key, expires_ms - 1, length, stamp);
		assert_absent(key, expires_ms);
	} else {
		assert_gone(key);
	}
}

/* Files that are as long as the store's data grow no more, and are written no more there. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void what_cannot_be_carried_on_is_found_and_carried_on_later(void **state)
{
	(void)state;
	put("large", 2 * MIB, 1, 1000);
	settle();
	limit_files(MIB / 2);
	put("key", 10, 2, 1000);
	put("long", 100000, 3, 1000);
	for (int i = 0; i < 3; i++) {
		sdd_store_look(store, 0, ALL);
		(void)sdd_store_settle(store);
		assert_true(sdd_store_is_busy(store));
		assert_true(sdd_store_journaled(store) > 100000);
		put("key", 20, 4, 1000); /* behind it */
		assert_found("key", 0, 20, 4);
		assert_found("long", 0, 100000, 3);
	}
	limit_files(RLIM_INFINITY);
	sdd_store_look(store, 0, ALL);
	settle();
	assert_found("key", 0, 20, 4);
	assert_found("long", 0, 100000, 3);
	assert_int_equal(sdd_store_count(store), 3);
}

#define MANY 20000 /* keys, that are carried on in several transactions */

static void put_many(void)
{
	begin();
	for (uint32_t i = 0; i < MANY; i++) {
		struct sdd_entry entry = {.value = value_of(200, i),
		                          .expires_ms = SDD_NEVER,
		                          .version = sdd_store_next_version(store, 1000)};

		assert_int_equal(sdd_store_put(store, bytes_of(numbered("many", i)), &entry), SDD_DONE);
	}
}

/* Some of them are in the tables, and the disk takes no more. */
static void carry_on_some(void)
{
	put_many();
	commit();
	limit_files(2 * MIB);
	sdd_store_look(store, 0, ALL);
	(void)sdd_store_settle(store);
	assert_true(sdd_store_is_busy(store));
}

static void assert_many(void)
{
	for (uint32_t i = 0; i < MANY; i++) {
		assert_found(numbered("many", i), 0, 200, i);
	}
}

static void what_is_carried_on_in_part_is_found_and_carried_on_later(void **state)
{
	(void)state;
	carry_on_some();
	assert_many();
	limit_files(RLIM_INFINITY);
	sdd_store_look(store, 0, ALL);
	settle();
	assert_many();
	assert_int_equal(sdd_store_count(store), MANY);
}

/* As after a power cut. */
static void what_is_carried_on_in_part_has_no_version_that_is_given_again(void **state)
{
	uint64_t last = 0;
	struct sdd_entry entry;

	(void)state;
	carry_on_some();
	leave_with(/* journal_most */ 0);
	limit_files(RLIM_INFINITY);
	open_store(ROOMY);
	assert_in_range(sdd_store_count(store), 1, MANY - 1);
	for (uint32_t i = 0; i < MANY; i++) {
		if (sdd_store_find(store, bytes_of(numbered("many", i)), 0, &entry) == SDD_DONE) {
			last = entry.version > last ? entry.version : last;
		}
	}
	sdd_store_end_reading(store);
	assert_true(sdd_store_next_version(store, 0) > last);
}

static void without_a_journal_a_batch_of_many_is_stored_whole_or_not_at_all(void **state)
{
	(void)state;
	sdd_store_close(store);
	store = sdd_store_open(directory, ROOMY, SDD_SYNC_ALWAYS, reason);
	assert_non_null(store);
	limit_files(2 * MIB);
	put_many();
	assert_int_equal(sdd_store_commit(store), SDD_FAILED);
	assert_int_equal(sdd_store_count(store), 0);
	limit_files(RLIM_INFINITY);
	put_many();
	commit();
	assert_int_equal(sdd_store_count(store), MANY);
}

static void memory_is_given_back_when_only_little_was_written_for_five_seconds(void **state)
{
	int64_t now_ms = 1000000;

	(void)state;
	put("little", 100, 1, SDD_NEVER);
	settle();
	assert_false(sdd_store_rest(store, now_ms));
	assert_false(sdd_store_rest(store, now_ms + 60000));
	for (int i = 0; i < 2; i++, now_ms += 10000) {
		put("much", 2 * MIB, 2, SDD_NEVER);
		settle();
		assert_false(sdd_store_rest(store, now_ms));
		put("much", 2 * MIB, 3, SDD_NEVER); /* counts from now on */
		settle();
		assert_false(sdd_store_rest(store, now_ms + 2000));
		put("little", 100, 4, SDD_NEVER);
		assert_false(sdd_store_rest(store, now_ms + 6999));
		assert_true(sdd_store_rest(store, now_ms + 7000));
		assert_false(sdd_store_rest(store, now_ms + 7001));
		assert_found("little", 0, 100, 4);
		assert_found("much", 0, 2 * MIB, 3);
	}
}

static void memory_of_what_is_on_its_way_is_not_given_back(void **state)
{
	(void)state;
	put("large", 2 * MIB, 1, SDD_NEVER);
	settle();
	assert_false(sdd_store_rest(store, 1000));
	limit_files(MIB / 2);
	put("key", 10, 2, SDD_NEVER);
	sdd_store_look(store, 1000, ALL);
	(void)sdd_store_settle(store);
	put("other", 10, 3, SDD_NEVER);
	assert_false(sdd_store_rest(store, 60000));
	limit_files(RLIM_INFINITY);
	assert_found("key", 0, 10, 2);
	sdd_store_look(store, 60000, ALL);
	settle();
	assert_true(sdd_store_rest(store, 60001));
	assert_found("key", 0, 10, 2);
	assert_found("other", 0, 10, 3);
}

static void without_a_journal_what_cannot_be_written_is_lost_and_told(void **state)
{
	(void)state;
	sdd_store_close(store);
	store = sdd_store_open(directory, ROOMY, SDD_SYNC_ALWAYS, reason);
	assert_non_null(store);
	put("large", 2 * MIB, 1, 1000);
	put("key", 10, 1, 5000);
	limit_files(MIB / 2);
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(100000, 2), 5000), SDD_DONE);
	assert_int_equal(sdd_store_commit(store), SDD_FAILED);
	assert_true(sdd_store_reason(store)[0] != '\0');
	assert_false(sdd_store_in_batch(store));
	assert_found("key", 0, 10, 1);
	sdd_store_look(store, 2000, ALL); /* a sweep that fails takes nobody with it */
	(void)sdd_store_settle(store);
	limit_files(RLIM_INFINITY);
	put("key", 10, 3, 5000);
	assert_found("key", 0, 10, 3);
	assert_int_equal(sweep(2000, ALL), 1);
	assert_gone("large");
}

/* Each layer knows something else of one entry. */
static void an_entry_is_what_the_last_operations_made_of_it_wherever_they_are(void **state)
{
	static const size_t lengths[] = {10, 5000};

	(void)state;
	for (unsigned round = 0; round < 1u << 8; round++) {
		size_t length = lengths[round & 1];
		int64_t expires_ms = 1000;
		bool there = true;

		put("key", length, round, expires_ms);
		for (unsigned step = 1; step < 5; step++) {
			if (round >> step & 1) {
				settle();
			}
			switch (round >> (4 + step) & 3) {
			case 0:
				put("key", length, round, ++expires_ms);
				there = true;
				break;
			case 1:
				if (there) {
					change("key", ++expires_ms);
				}
				break;
			case 2:
				assert_int_equal(remove_one("key", 0), there ? SDD_DONE : SDD_ABSENT);
				there = false;
				break;
			default:
				begin();
				if (there) {
					assert_int_equal(sdd_store_change(store, bytes_of("key"),
					                                  &(struct sdd_entry){.expires_ms = 77}),
					                 SDD_DONE);
				}
				assert_int_equal(put_until(store, bytes_of("key"), value_of(3, 99), 5), SDD_DONE);
				assert_int_equal(sdd_store_remove(store, bytes_of("key")), SDD_DONE);
				sdd_store_abort(store);
			}
			assert_is("key", there, expires_ms, length, round);
		}
		settle();
		assert_is("key", there, expires_ms, length, round);
	}
}

static void reading_may_end_without_having_begun(void **state)
{
	(void)state;
	sdd_store_end_reading(store);
	put("key", 10, 1, 1000);
	sdd_store_end_reading(store);
	sdd_store_end_reading(store);
	assert_found("key", 0, 10, 1);
}

/* }}} */

/* {{{ lives of the store */

static void what_is_written_is_proven_until_the_store_is_opened_anew(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		const char *key = numbered("key", i);

		put(key, lengths[i], i, 1000);
		assert_true(is_proven(key));
	}
	put("other", 10, 1, 1000);
	for (int round = 0; round < 3; round++) {
		reopen(ROOMY);
		for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
			const char *key = numbered("key", i);

			assert_false(is_proven(key));
			put(key, lengths[i], i, 1000);
			assert_true(is_proven(key));
		}
		assert_false(is_proven("other"));
	}
}

static void a_change_proves_where_it_says_so_and_keeps_the_value(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 1000);
		reopen(ROOMY);
		change_until("key", 2000, false);
		assert_false(is_proven("key"));
		change_until("key", 2000, true);
		assert_true(is_proven("key"));
		assert_found("key", 1999, lengths[i], i);
		change_until("key", 1500, false); /* nor does it take a proof back */
		assert_true(is_proven("key"));
		reopen(ROOMY);
		assert_false(is_proven("key"));
	}
}

static void a_sweep_that_moves_an_entry_proves_nothing(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	settle();
	put("key", 10, 2, 2000);
	reopen(ROOMY);
	assert_int_equal(sweep(1000, ALL), 1);
	assert_found("key", 1000, 10, 2);
	assert_false(is_proven("key"));
}

static void the_first_life_ends_with_the_first_reopening_whatever_was_written(void **state)
{
	(void)state;
	assert_true(sdd_store_is_in_first_life(store));
	put("key", 10, 1, 1000);
	assert_true(sdd_store_is_in_first_life(store));
	for (int i = 0; i < 3; i++) {
		reopen(ROOMY);
		assert_false(sdd_store_is_in_first_life(store));
	}
}

static void a_store_that_nothing_was_written_to_has_had_its_first_life(void **state)
{
	(void)state;
	reopen(ROOMY);
	assert_false(sdd_store_is_in_first_life(store));
	put("key", 10, 1, 1000);
	reopen(ROOMY);
	assert_false(is_proven("key"));
}

static void a_life_whose_first_batch_is_lost_is_still_another_than_the_next(void **state)
{
	(void)state;
	reopen(ROOMY);
	begin();
	assert_int_equal(put_until(store, bytes_of("lost"), value_of(10, 1), 1000), SDD_DONE);
	sdd_store_abort(store);
	put("key", 10, 1, 1000);
	reopen(ROOMY);
	assert_false(is_proven("key"));
}

static void lives_in_which_nothing_is_written_prove_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		put("key", 10, 1, 1000);
		for (int j = 0; j < 3; j++) {
			reopen(ROOMY);
			assert_false(is_proven("key"));
		}
	}
}

static void every_kind_of_sync_begins_a_life(void **state)
{
	static const enum sdd_sync syncs[] = {SDD_SYNC_ALWAYS, SDD_SYNC_INTERVAL, SDD_SYNC_NEVER,
	                                      SDD_SYNC_INTERVAL, SDD_SYNC_ALWAYS};

	(void)state;
	put("key", 10, 1, 1000);
	for (uint32_t i = 0; i < COUNT_OF(syncs); i++) {
		sdd_store_close(store);
		store = sdd_store_open(directory, ROOMY, syncs[i], reason);
		assert_non_null(store);
		assert_false(is_proven("key"));
		put("key", 10, 1, 1000);
		assert_true(is_proven("key"));
	}
}

/* Makes of the closed store what was written before there were lives: no number of the last, and 0
 * in each record, of which there is one. */
static void forget_lives(const char *key)
{
	MDB_val life = {sizeof("life") - 1, "life"};
	MDB_val name = {strlen(key), (void *)(uintptr_t)key};
	MDB_val row;
	uint8_t record[200];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi about;
	MDB_dbi entries;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
	assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "about", 0, &about), 0);
	assert_int_equal(mdb_dbi_open(txn, "entries", 0, &entries), 0);
	assert_int_equal(mdb_del(txn, about, &life, NULL), 0);
	assert_int_equal(mdb_get(txn, entries, &name, &row), 0);
	assert_in_range(row.mv_size, 40, sizeof(record));
	memcpy(record, row.mv_data, row.mv_size);
	memset(record + 36, 0, 4);
	row.mv_data = record;
	assert_int_equal(mdb_put(txn, entries, &name, &row, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void a_store_of_before_there_were_lives_is_opened_and_nothing_in_it_is_proven(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	sdd_store_close(store);
	forget_lives("key");
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
	assert_false(is_proven("key"));
	assert_false(sdd_store_is_in_first_life(store));
	put("key", 10, 2, 1000);
	assert_true(is_proven("key"));
	reopen(ROOMY);
	assert_false(is_proven("key"));
}

/* }}} */

/* {{{ opening and closing */

static void entries_outlive_a_reopening(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		const char *key = numbered("key", i);

		put(key, lengths[i], i, 1000);
	}
	reopen(ROOMY);
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		const char *key = numbered("key", i);

		assert_found(key, 999, lengths[i], i);
		assert_absent(key, 1000);
	}
}

static void a_batch_that_was_open_at_closing_is_forgotten(void **state)
{
	(void)state;
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(10, 1), 1000), SDD_DONE);
	reopen(ROOMY);
	assert_gone("key");
}

static void every_kind_of_sync_stores(void **state)
{
	static const enum sdd_sync syncs[] = {SDD_SYNC_ALWAYS, SDD_SYNC_INTERVAL, SDD_SYNC_NEVER};

	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(syncs); i++) {
		sdd_store_close(store);
		store = sdd_store_open(directory, ROOMY, syncs[i], reason);
		assert_non_null(store);
		if (i > 0) {
			assert_found("key", 0, 10, i - 1);
		}
		put("key", 10, i, 1000);
		assert_found("key", 0, 10, i);
	}
}

static void a_second_server_on_the_directory_is_refused(void **state)
{
	char pid[30];

	(void)state;
	assert_null(sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason));
	assert_non_null(strstr(reason, "in use"));
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	assert_non_null(strstr(reason, pid));
	put("key", 10, 1, 1000); /* the first goes on */
	assert_found("key", 0, 10, 1);
}

static void a_refused_second_server_does_not_unlock_the_directory(void **state)
{
	(void)state;
	assert_null(sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason));
	assert_null(sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason));
	assert_non_null(strstr(reason, "in use"));
}

static void a_directory_that_is_not_there_is_refused(void **state)
{
	char path[300];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/none", directory);
	assert_null(sdd_store_open(path, ROOMY, SDD_SYNC_NEVER, reason));
	assert_string_equal(reason, strerror(ENOENT));
}

static void a_file_in_the_place_of_the_directory_is_refused(void **state)
{
	char path[300];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/sharedanced.lock", directory);
	assert_null(sdd_store_open(path, ROOMY, SDD_SYNC_NEVER, reason));
	assert_string_equal(reason, strerror(ENOTDIR));
}

/* Writes to the closed store what another version would have written as its format. */
static void change_format(const char *format)
{
	MDB_val key = {sizeof("format") - 1, "format"};
	MDB_val value = {strlen(format), (void *)(uintptr_t)format};
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi about;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
	assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "about", 0, &about), 0);
	assert_int_equal(mdb_put(txn, about, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void a_store_of_another_version_is_refused_and_left_alone(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	sdd_store_close(store);
	change_format("sharedanced 1");
	store = sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
	assert_null(store);
	assert_true(reason[0] != '\0');
	change_format("sharedanced 2");
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
}

static void closing_nothing_does_nothing(void **state)
{
	(void)state;
	sdd_store_close(NULL);
}

/* }}} */

/* {{{ a store that is full */

#define PIECE 10000 /* bytes of each value; larger than a page */

static enum sdd_result put_piece(unsigned number)
{
	const char *key = numbered("piece", number);

	return put_until(store, bytes_of(key), value_of(PIECE, number), 1000);
}

/* Fills the store in one batch, which stays open; returns how many fitted. */
static unsigned fill(void)
{
	unsigned count = 0;
	enum sdd_result result;

	begin();
	while ((result = put_piece(count)) == SDD_DONE) {
		count++;
		assert_in_range(count, 0, MIB / PIECE);
	}
	assert_int_equal(result, SDD_FULL);
	assert_true(sdd_store_in_batch(store));
	return count;
}

static void assert_pieces(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		const char *key = numbered("piece", i);

		assert_found(key, 0, PIECE, i);
	}
}

static void remove_pieces(unsigned from, unsigned to)
{
	begin();
	for (unsigned i = from; i < to; i++) {
		const char *key = numbered("piece", i);

		assert_int_equal(remove_at(store, bytes_of(key), 0), SDD_DONE);
	}
	commit();
}

static void a_full_store_refuses_and_keeps_the_batch(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	assert_non_null(strstr(sdd_store_reason(store), "--maxsize"));
	commit();
	assert_true(count * PIECE > MIB / 2); /* most of the size is for data */
	assert_pieces(0, count);
	assert_gone(numbered("piece", count));
}

static void a_full_store_takes_again_what_it_has(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	begin();
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(put_piece(i), SDD_DONE);
	}
	commit();
	assert_pieces(0, count);
}

static void a_full_store_removes_and_has_room_again(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	remove_pieces(0, count / 2);
	begin();
	for (unsigned i = 0; i < count / 2 - 2; i++) { /* how much is left is known to some pages */
		assert_int_equal(put_piece(1000 + i), SDD_DONE);
	}
	commit();
	assert_pieces(count / 2, count);
	assert_pieces(1000, 1000 + count / 2 - 2);
}

static void a_full_store_has_room_again_after_a_sweep(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	assert_int_equal(sweep(1000, ALL), count);
	assert_int_equal(fill(), count);
	commit();
	assert_pieces(0, count);
}

/* Overwriting counts as growing until it has been carried on. */
static void what_does_not_fit_by_an_estimate_is_decided_by_what_is_there(void **state)
{
	(void)state;
	reopen(8 * MIB);
	for (int i = 0; i < 2; i++) {
		for (uint32_t j = 0; j < 25; j++) {
			put(numbered("key", j), 100000, j, 1000);
		}
		if (i == 0) {
			settle();
		}
	}
	begin();
	assert_int_equal(put_until(store, bytes_of("large"), value_of(4 * MIB, 1), 1000), SDD_FULL);
	assert_false(sdd_store_in_batch(store));
	put("large", 4 * MIB, 1, 1000);
	assert_found("large", 0, 4 * MIB, 1);
}

static void a_full_store_can_be_reopened(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	reopen(MIB);
	assert_pieces(0, count);
	begin();
	assert_int_equal(put_piece(count), SDD_FULL);
	sdd_store_abort(store);
	reopen(2 * MIB); /* a larger one has room */
	begin();
	assert_int_equal(put_piece(count), SDD_DONE);
	commit();
}

static void a_value_larger_than_the_store_is_refused_and_small_ones_are_not(void **state)
{
	(void)state;
	reopen(MIB);
	begin();
	assert_int_equal(put_until(store, bytes_of("small"), value_of(10, 1), 1000), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("large"), value_of(2 * MIB, 2), 1000), SDD_FULL);
	assert_true(sdd_store_in_batch(store));
	assert_int_equal(put_until(store, bytes_of("last"), value_of(10, 3), 1000), SDD_DONE);
	commit();
	assert_found("small", 0, 10, 1);
	assert_gone("large");
	assert_found("last", 0, 10, 3);
}

static void an_entry_that_cannot_be_overwritten_keeps_its_value(void **state)
{
	(void)state;
	reopen(MIB);
	put("key", 5000, 1, 1000);
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(2 * MIB, 2), 9000), SDD_FULL);
	commit();
	assert_found("key", 999, 5000, 1);
	assert_absent("key", 1000);
	assert_int_equal(sweep(1000, ALL), 1);
	assert_gone("key");
}

static void a_long_value_gives_its_room_back_when_a_short_one_takes_its_place(void **state)
{
	(void)state;
	reopen(MIB);
	for (uint32_t i = 0; i < 20; i++) {
		const char *key = numbered("key", i);

		put(key, MIB / 2, i, 1000);
		put(key, 10, i, 1000);
		assert_found(key, 0, 10, i);
	}
}

static void short_values_fill_the_store_too(void **state)
{
	enum sdd_result result = SDD_DONE;
	unsigned count = 0;

	(void)state;
	reopen(MIB);
	begin();
	while (result == SDD_DONE) {
		const char *key = numbered("key", count);

		result = put_until(store, bytes_of(key), value_of(100, count), 1000);
		count += result == SDD_DONE;
		assert_in_range(count, 0, MIB / 100);
	}
	assert_int_equal(result, SDD_FULL);
	commit();
	assert_true(count * 100 > MIB / 4);
	assert_int_equal(sweep(1000, ALL), count);
	put("key", MIB / 2, 1, 2000);
}

/* }}} */

/* {{{ random operations against a plain list */

#define KEYS 300
#define OPERATIONS 20000

struct entry {
	bool stored; /* and not known to be swept */
	size_t length;
	uint32_t stamp;
	int64_t expires_ms;
};

struct model {
	struct chance chance;
	int64_t now_ms;
	uint32_t stamp; /* of the last value */
	struct entry entries[KEYS];
};

static bool lives(const struct model *model, size_t number)
{
	const struct entry *entry = &model->entries[number];

	return entry->stored && entry->expires_ms > model->now_ms;
}

static size_t random_length(struct chance *chance)
{
	static const size_t edges[] = {0, 1, 1023, 1024, 1025, 4096};

	switch (chance_between(chance, 0, 9)) {
	case 0:
		return edges[chance_between(chance, 0, COUNT_OF(edges) - 1)];
	case 1:
		return chance_between(chance, 1025, 10000);
	case 2:
		return chance_between(chance, 0, 99) == 0 ? chance_between(chance, 100000, 200000)
		                                          : chance_between(chance, 1025, 3000);
	default:
		return chance_between(chance, 0, 1024);
	}
}

static void put_randomly(struct model *model)
{
	size_t number = chance_between(&model->chance, 0, KEYS - 1);
	struct entry *entry = &model->entries[number];

	*entry = (struct entry){
	    .stored = true,
	    .length = random_length(&model->chance),
	    .stamp = ++model->stamp,
	    .expires_ms = model->now_ms + chance_between(&model->chance, 1, 20000),
	};
	assert_int_equal(put_until(store, bytes_of(numbered("key", number)),
	                               value_of(entry->length, entry->stamp), entry->expires_ms),
	                 SDD_DONE);
}

static void remove_randomly(struct model *model)
{
	size_t number = chance_between(&model->chance, 0, KEYS - 1);
	bool lived = lives(model, number);

	assert_int_equal(remove_at(store, bytes_of(numbered("key", number)), model->now_ms),
	                 lived ? SDD_DONE : SDD_ABSENT);
	if (lived) {
		model->entries[number].stored = false;
	}
}

/* Some operations in one batch, which one time in ten comes to nothing. */
static int write_randomly(struct model *model)
{
	static struct entry before[KEYS];
	int count = (int)chance_between(&model->chance, 1, 8);

	memcpy(before, model->entries, sizeof(before));
	begin();
	for (int i = 0; i < count; i++) {
		if (chance_between(&model->chance, 0, 3) == 0) {
			remove_randomly(model);
		} else {
			put_randomly(model);
		}
	}
	if (chance_between(&model->chance, 0, 9) == 0) {
		sdd_store_abort(store);
		memcpy(model->entries, before, sizeof(before));
	} else {
		commit();
	}
	return count;
}

static void compare_one(const struct model *model, size_t number)
{
	const struct entry *entry = &model->entries[number];

	if (lives(model, number)) {
		assert_found(numbered("key", number), model->now_ms, entry->length, entry->stamp);
	} else if (entry->stored) {
		assert_absent(numbered("key", number), model->now_ms);
	} else {
		assert_gone(numbered("key", number));
	}
}

static void compare_all(const struct model *model)
{
	for (size_t i = 0; i < KEYS; i++) {
		compare_one(model, i);
	}
}

static void sweep_randomly(struct model *model)
{
	size_t limit = chance_between(&model->chance, 1, 60);
	size_t rows = 0;

	for (size_t i = 0; i < KEYS; i++) {
		rows += model->entries[i].stored;
	}
	/* each entry has one row at most: more were to be seen only if some were left behind */
	if (sweep(model->now_ms, limit) < limit) {
		for (size_t i = 0; i < KEYS; i++) {
			model->entries[i].stored = lives(model, i);
		}
		assert_int_equal(sweep(model->now_ms, limit), 0);
	} else {
		assert_in_range(limit, 1, rows);
	}
}

/* At the end of all lives: everything goes, each entry by one row. */
static void sweep_all(struct model *model)
{
	size_t living = 0;

	sweep(model->now_ms, ALL);
	for (size_t i = 0; i < KEYS; i++) {
		living += lives(model, i);
	}
	model->now_ms += 20000;
	assert_int_equal(sweep(model->now_ms, ALL), living);
	memset(model->entries, 0, sizeof(model->entries));
	compare_all(model);
}

static void random_operations_do_what_a_plain_list_does(void **state)
{
	static struct model model;

	(void)state;
	model = (struct model){.chance = {20260101}, .now_ms = 1700000000000};
	for (int done = 0, rounds = 0; done < OPERATIONS; rounds++) {
		done += write_randomly(&model);
		model.now_ms += chance_between(&model.chance, 0, 50);
		compare_one(&model, chance_between(&model.chance, 0, KEYS - 1));
		if (chance_between(&model.chance, 0, 19) == 0) {
			sweep_randomly(&model);
		}
		if (rounds % 100 == 0) {
			compare_all(&model);
		}
		if (chance_between(&model.chance, 0, 99) == 0) {
			settle();
		}
		if (chance_between(&model.chance, 0, 499) == 0) {
			reopen(ROOMY);
			compare_all(&model);
		}
		if (chance_between(&model.chance, 0, 199) == 0) {
			die();
			compare_all(&model);
		}
	}
	compare_all(&model);
	sweep_all(&model);
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store, remove_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_new_store_has_no_entry),
	    TEST(an_entry_is_found),
	    TEST(values_of_every_length_are_found_whole),
	    TEST(an_overwritten_entry_has_the_newest_value_whatever_the_lengths),
	    TEST(an_entry_overwritten_within_a_batch_has_the_last_value),
	    TEST(a_removed_entry_is_gone_whatever_its_length),
	    TEST(a_removed_entry_can_be_stored_again),
	    TEST(keys_are_bytes_of_up_to_254),
	    TEST(one_entry_leaves_its_neighbours_alone),
	    TEST(an_entry_is_found_until_the_millisecond_it_expires),
	    TEST(a_long_value_expires_alike),
	    TEST(a_living_entry_can_be_removed_until_the_millisecond_it_expires),
	    TEST(an_expired_entry_can_be_stored_again),
	    TEST(times_of_today_are_kept_exactly),
	    TEST(a_sweep_removes_what_has_expired_and_nothing_else),
	    TEST(a_sweep_is_due_at_the_millisecond_an_entry_expires),
	    TEST(a_sweep_looks_at_no_more_than_its_limit),
	    TEST(a_sweep_begins_with_what_expired_first),
	    TEST(times_are_in_order_beyond_each_bytes_range),
	    TEST(a_prolonged_entry_is_moved_by_the_sweep_and_looked_at_again_later),
	    TEST(an_entry_prolonged_often_is_swept_once),
	    TEST(what_is_prolonged_before_a_sweep_or_during_it_stays),
	    TEST(a_moved_entry_can_be_prolonged_again),
	    TEST(a_moved_entry_can_be_shortened),
	    TEST(a_moved_entry_can_be_removed),
	    TEST(an_entry_whose_life_was_shortened_is_swept_at_the_new_time),
	    TEST(a_removed_and_restored_entry_is_not_swept_at_its_old_time),
	    TEST(a_sweep_that_expired_entries_outlived_a_restart_is_due),
	    TEST(an_aborted_batch_is_forgotten),
	    TEST(abort_without_a_batch_does_nothing),
	    TEST(a_batch_reads_its_own_writes),
	    TEST(versions_are_microseconds_and_grow_within_one),
	    TEST(versions_grow_though_the_clock_is_put_back),
	    TEST(versions_go_on_after_a_reopen_though_the_clock_is_put_back),
	    TEST(versions_of_a_batch_that_was_lost_bound_those_after_it),
	    TEST(a_changed_entry_keeps_its_value),
	    TEST(a_batch_sees_its_own_writes),
	    TEST(an_empty_batch_can_be_committed),
	    TEST(what_was_read_stays_while_others_are_read),
	    TEST(what_was_acknowledged_outlives_the_process),
	    TEST(a_change_outlives_the_process_and_so_does_the_value),
	    TEST(what_outlived_the_process_is_of_an_earlier_life),
	    TEST(a_batch_that_was_not_acknowledged_is_not_there_after_the_process_died),
	    TEST(a_cut_journal_has_its_first_batches_whole),
	    TEST(a_journal_whose_head_is_not_whole_counts_as_empty),
	    TEST(a_journal_that_cannot_be_read_is_refused_and_left_as_it_was),
	    TEST(a_journal_whose_reading_is_interrupted_is_read_on),
	    TEST(a_server_that_has_no_journal_takes_over_what_one_left),
	    TEST(an_operation_that_is_lost_takes_nothing_acknowledged_with_it),
	    TEST(what_is_written_waits_for_a_look_and_is_carried_on_in_the_background),
	    TEST(what_is_on_its_way_is_found_and_can_be_changed),
	    TEST(what_is_on_its_way_outlives_the_process_and_what_came_behind_it_too),
	    TEST(a_batch_of_many_megabytes_outlives_the_process),
	    TEST(much_is_carried_on_without_a_look),
	    TEST(an_entry_is_what_the_last_operations_made_of_it_wherever_they_are),
	    TEST(what_cannot_be_carried_on_is_found_and_carried_on_later),
	    TEST(what_is_carried_on_in_part_is_found_and_carried_on_later),
	    TEST(what_is_carried_on_in_part_has_no_version_that_is_given_again),
	    TEST(without_a_journal_a_batch_of_many_is_stored_whole_or_not_at_all),
	    TEST(memory_is_given_back_when_only_little_was_written_for_five_seconds),
	    TEST(memory_of_what_is_on_its_way_is_not_given_back),
	    TEST(without_a_journal_what_cannot_be_written_is_lost_and_told),
	    TEST(reading_may_end_without_having_begun),
	    TEST(what_is_written_is_proven_until_the_store_is_opened_anew),
	    TEST(a_change_proves_where_it_says_so_and_keeps_the_value),
	    TEST(a_sweep_that_moves_an_entry_proves_nothing),
	    TEST(the_first_life_ends_with_the_first_reopening_whatever_was_written),
	    TEST(a_store_that_nothing_was_written_to_has_had_its_first_life),
	    TEST(a_life_whose_first_batch_is_lost_is_still_another_than_the_next),
	    TEST(lives_in_which_nothing_is_written_prove_nothing),
	    TEST(every_kind_of_sync_begins_a_life),
	    TEST(a_store_of_before_there_were_lives_is_opened_and_nothing_in_it_is_proven),
	    TEST(entries_outlive_a_reopening),
	    TEST(a_batch_that_was_open_at_closing_is_forgotten),
	    TEST(every_kind_of_sync_stores),
	    TEST(a_second_server_on_the_directory_is_refused),
	    TEST(a_refused_second_server_does_not_unlock_the_directory),
	    TEST(a_directory_that_is_not_there_is_refused),
	    TEST(a_file_in_the_place_of_the_directory_is_refused),
	    TEST(a_store_of_another_version_is_refused_and_left_alone),
	    TEST(closing_nothing_does_nothing),
	    TEST(a_full_store_refuses_and_keeps_the_batch),
	    TEST(a_full_store_takes_again_what_it_has),
	    TEST(a_full_store_removes_and_has_room_again),
	    TEST(a_full_store_has_room_again_after_a_sweep),
	    TEST(what_does_not_fit_by_an_estimate_is_decided_by_what_is_there),
	    TEST(a_full_store_can_be_reopened),
	    TEST(a_value_larger_than_the_store_is_refused_and_small_ones_are_not),
	    TEST(an_entry_that_cannot_be_overwritten_keeps_its_value),
	    TEST(a_long_value_gives_its_room_back_when_a_short_one_takes_its_place),
	    TEST(short_values_fill_the_store_too),
	    TEST(random_operations_do_what_a_plain_list_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
