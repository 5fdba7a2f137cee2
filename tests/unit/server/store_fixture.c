/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A store in a directory of its own; see store_fixture.h. */

#include "tests/unit/server/store_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char directory[200];
struct sdd_store *store;
char reason[SDD_STORE_REASON_MAX];

/* The long value that was read last. */
static uint8_t read_bytes[LONGEST];

/* {{{ values with a time to expire */

enum sdd_result put_until(struct sdd_store *in, struct sd_bytes key, struct sd_bytes value,
                          int64_t expires_ms)
{
	struct sdd_entry entry = {.value = value, .expires_ms = expires_ms};
	struct sdd_key hashed = sdd_store_key(in, key);

	return sdd_store_put(in, &hashed, &entry);
}

enum sdd_result get_at(struct sdd_store *in, struct sd_bytes key, int64_t now_ms,
                       struct sd_bytes *value)
{
	struct sdd_entry entry = {0};
	struct sdd_key hashed = sdd_store_key(in, key);
	enum sdd_result result = sdd_store_find(in, &hashed, now_ms, &entry);

	*value = entry.value;
	if (result == SDD_DONE && entry.value.data == NULL && entry.value.length > 0) {
		assert_in_range(entry.value.length, 0, LONGEST);
		result = sdd_store_read(in, &entry, read_bytes);
		value->data = read_bytes;
	}
	return result;
}

enum sdd_result remove_at(struct sdd_store *in, struct sd_bytes key, int64_t now_ms)
{
	struct sdd_entry entry;
	struct sdd_key hashed = sdd_store_key(in, key);
	enum sdd_result result = sdd_store_find(in, &hashed, now_ms, &entry);

	return result == SDD_DONE ? sdd_store_remove(in, &hashed) : result;
}

/* }}} */

/* What values are made of, and compared with. */
static uint8_t value_bytes[LONGEST];

void open_store(uint64_t max_size)
{
	store = sdd_store_open(directory, max_size, SDD_SYNC_NEVER, reason);
	if (store == NULL) {
		fail_msg("%s: %s", directory, reason);
	}
}

void reopen(uint64_t max_size)
{
	sdd_store_close(store);
	open_store(max_size);
}

void copy_file(const char *from, const char *to, const char *name, size_t most)
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
	while (most > 0 &&
	       (length = fread(bytes, 1, most < sizeof(bytes) ? most : sizeof(bytes), in)) > 0) {
		assert_int_equal(fwrite(bytes, 1, length, out), length);
		most -= length;
	}
	assert_int_equal(fclose(out), 0);
	(void)fclose(in);
}

void leave_with(size_t log_most)
{
	char before[sizeof(directory)];
	char after[sizeof(directory)];

	memcpy(before, directory, sizeof(directory));
	assert_int_equal(make_directory(NULL), 0);
	memcpy(after, directory, sizeof(directory));
	copy_file(before, after, "data.mdb", SIZE_MAX);
	copy_file(before, after, "sharedanced.values", SIZE_MAX);
	copy_file(before, after, "sharedanced.wal.1", log_most);
	copy_file(before, after, "sharedanced.wal.2", log_most);
	memcpy(directory, before, sizeof(directory));
	assert_int_equal(remove_store(NULL), 0);
	memcpy(directory, after, sizeof(directory));
}

void die_with(size_t log_most, uint64_t max_size)
{
	leave_with(log_most);
	open_store(max_size);
}

void die(void)
{
	die_with(SIZE_MAX, ROOMY);
}

int make_directory(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	(void)snprintf(directory, sizeof(directory), "%s/sharedanced-test-XXXXXX",
	               parent == NULL ? "/tmp" : parent);
	return mkdtemp(directory) == NULL;
}

int make_store(void **state)
{
	if (make_directory(state) != 0) {
		return 1;
	}
	open_store(ROOMY);
	return 0;
}

int remove_store(void **state)
{
	static const char *const files[] = {"data.mdb",
	                                    "lock.mdb",
	                                    "sharedanced.lock",
	                                    "sharedanced.reserve",
	                                    "sharedanced.values",
	                                    "sharedanced.wal.1",
	                                    "sharedanced.wal.2",
	                                    "sharedanced.wal.1.damaged",
	                                    "sharedanced.wal.2.damaged"};
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

/* {{{ short words for what the store does */

struct sd_bytes bytes_of(const char *text)
{
	return (struct sd_bytes){text, strlen(text)};
}

const struct sdd_key *key_of(const char *text)
{
	static struct sdd_key key;

	key = sdd_store_key(store, bytes_of(text));
	return &key;
}

const char *numbered(const char *word, uint64_t number)
{
	static char key[40];

	(void)snprintf(key, sizeof(key), "%s-%" PRIu64, word, number);
	return key;
}

struct sd_bytes value_of(size_t length, uint32_t stamp)
{
	struct chance chance = {stamp + 1ull};

	assert_in_range(length, 0, LONGEST);
	for (size_t i = 0; i < length; i++) {
		value_bytes[i] = (uint8_t)chance_next(&chance);
	}
	return (struct sd_bytes){value_bytes, length};
}

void begin(void)
{
	while (sdd_store_admit(store) == SDD_LATER) {
		(void)sdd_store_flush_and_wait(store);
	}
	assert_int_equal(sdd_store_begin(store, BEFORE_ALL, false), SDD_DONE);
}

void commit(void)
{
	assert_int_equal(sdd_store_commit(store), SDD_DONE);
	assert_false(sdd_store_in_batch(store));
}

void put(const char *key, size_t length, uint32_t stamp, int64_t expires_ms)
{
	begin();
	assert_int_equal(put_until(store, bytes_of(key), value_of(length, stamp), expires_ms),
	                 SDD_DONE);
	commit();
}

void change_until(const char *key, int64_t expires_ms, bool proven)
{
	struct sdd_entry entry = {.expires_ms = expires_ms, .proven = proven};

	begin();
	assert_int_equal(sdd_store_change(store, key_of(key), &entry), SDD_DONE);
	commit();
}

void change(const char *key, int64_t expires_ms)
{
	change_until(key, expires_ms, false);
}

enum sdd_result remove_one(const char *key, int64_t now_ms)
{
	enum sdd_result result;

	begin();
	result = remove_at(store, bytes_of(key), now_ms);
	commit();
	return result;
}

enum sdd_result find(const char *key, int64_t now_ms)
{
	struct sd_bytes found;
	enum sdd_result result = get_at(store, bytes_of(key), now_ms, &found);

	sdd_store_end_reading(store);
	return result;
}

void assert_found(const char *key, int64_t now_ms, size_t length, uint32_t stamp)
{
	struct sd_bytes wanted = value_of(length, stamp);
	struct sd_bytes found;

	assert_int_equal(get_at(store, bytes_of(key), now_ms, &found), SDD_DONE);
	assert_int_equal(found.length, length);
	assert_true(memcmp(found.data, wanted.data, length) == 0);
	sdd_store_end_reading(store);
}

void assert_absent(const char *key, int64_t now_ms)
{
	assert_int_equal(find(key, now_ms), SDD_ABSENT);
}

void assert_gone(const char *key)
{
	assert_absent(key, BEFORE_ALL);
}

void flush(void)
{
	(void)sdd_store_flush_and_wait(store);
	assert_int_equal(sdd_store_wal_size(store), 0);
}

size_t sweep(int64_t now_ms)
{
	size_t seen;

	flush();
	sdd_store_schedule_flush(store, now_ms);
	seen = sdd_store_flush_and_wait(store);
	assert_false(sdd_store_in_batch(store));
	return seen;
}

bool is_proven(const char *key)
{
	struct sdd_entry entry;

	assert_int_equal(sdd_store_find(store, key_of(key), 0, &entry), SDD_DONE);
	sdd_store_end_reading(store);
	return entry.proven;
}

const size_t lengths[LENGTHS] = {0, 1, 1024, 1025, 100000};

bool changes_none(const void *context, struct sd_bytes key, int64_t *expires_ms)
{
	(void)context;
	(void)key;
	(void)expires_ms;
	return false;
}
