/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A store whose write-ahead log finds the disk full. */

#include <errno.h>

#include "server/store/io.h"
#include "tests/unit/server/store_fixture.h"

#define CAPACITY ((off_t)300000) /* bytes that a file can have on the full disk */
#define LENGTH 700
#define KEYS 2000
#define DELETED 200 /* so many, at least, are deleted on a full disk */

static off_t capacity;

ssize_t __real_sdd_io_pwrite(int descriptor, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_sdd_io_pwrite(int descriptor, const void *bytes, size_t length, off_t offset);

ssize_t __wrap_sdd_io_pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
	if (capacity > 0 && offset >= capacity) {
		errno = ENOSPC;
		return -1;
	}
	if (capacity > 0 && (off_t)length > capacity - offset) {
		length = (size_t)(capacity - offset);
	}
	return __real_sdd_io_pwrite(descriptor, bytes, length, offset);
}

static int end_test(void **state)
{
	capacity = 0;
	return remove_store(state);
}

static void assert_state(enum sdd_health_state state)
{
	const char *why;

	assert_int_equal(sdd_store_health(store, &why), state);
}

/* Ends a batch, if it could begin. */
static enum sdd_result end_batch(enum sdd_result result)
{
	return result == SDD_DONE ? sdd_store_commit(store) : result;
}

static enum sdd_result try_to_put(size_t number, size_t length)
{
	enum sdd_result result = sdd_store_begin(store, 0, false);

	if (result == SDD_DONE) {
		result = put_until(store, bytes_of(numbered("key", number)),
		                   value_of(length, (uint32_t)number), SDD_NEVER);
	}
	return end_batch(result);
}

/* As the protocol deletes: a tombstone takes the place of the entry. */
static enum sdd_result try_to_delete(size_t number)
{
	enum sdd_result result = sdd_store_begin(store, 0, false);

	if (result == SDD_DONE) {
		result =
			sdd_store_put(store, key_of(numbered("key", number)),
		                  &(struct sdd_entry){.expires_ms = SDD_NEVER, .flags = SDD_TOMBSTONE});
	}
	return end_batch(result);
}

/* Returns how many entries the disk took. */
static size_t fill_disk(void)
{
	size_t count = 0;

	while (count < KEYS && try_to_put(count, LENGTH) == SDD_DONE) {
		count++;
	}
	assert_in_range(count, DELETED, KEYS - 1);
	assert_state(SDD_NO_ROOM);
	return count;
}

static void what_deletes_is_taken_although_values_have_filled_the_disk(void **state)
{
	size_t stored;
	size_t short_ones = 0;
	size_t deleted = 0;

	(void)state;
	capacity = CAPACITY;
	stored = fill_disk();
	while (try_to_put(KEYS, 1) == SDD_DONE) {
		assert_in_range(short_ones++, 0, KEYS); /* where a long one did not fit */
	}
	while (deleted < stored && try_to_delete(deleted) == SDD_DONE) {
		deleted++;
		assert_int_equal(try_to_put(KEYS + deleted, deleted % 2 == 0 ? LENGTH : 1), SDD_FULL);
		assert_state(SDD_NO_ROOM);
	}
	assert_in_range(deleted, DELETED, stored);
	die();
	for (size_t i = 0; i < stored; i++) {
		struct sdd_entry entry;

		assert_int_equal(sdd_store_find(store, key_of(numbered("key", i)), 0, &entry), SDD_DONE);
		assert_int_equal(entry.value.length, i < deleted ? 0 : LENGTH);
		sdd_store_end_reading(store);
	}
	assert_absent(numbered("key", KEYS + 1), 0);
}

static void a_disk_with_room_again_takes_values(void **state)
{
	size_t stored;

	(void)state;
	capacity = CAPACITY;
	stored = fill_disk();
	assert_int_equal(try_to_delete(0), SDD_DONE);
	capacity = 0;
	assert_int_equal(try_to_put(stored, LENGTH), SDD_DONE);
	assert_state(SDD_OK);
}

/* So that it does not seem to be healed, and full again, with each of them. */
static void many_deletions_together_do_not_heal_a_full_disk(void **state)
{
	(void)state;
	capacity = CAPACITY;
	(void)fill_disk();
	begin();
	for (size_t i = 0; i < 100; i++) {
		assert_int_equal(sdd_store_remove(store, key_of(numbered("key", i))), SDD_DONE);
	}
	commit();
	assert_state(SDD_NO_ROOM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_deletes_is_taken_although_values_have_filled_the_disk),
		TEST(a_disk_with_room_again_takes_values),
		TEST(many_deletions_together_do_not_heal_a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
