/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The memtable: its index and its log. How the store uses it is tested in test_store.c. */

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/server/keys.h"
#include "server/store/memtable.h"
#include "tests/unit/unit.h"

#define MANY 100000 /* keys: ten of each hash */

static struct sdd_memtable *memtable;

/* {{{ memory: the linker has these called in the place of malloc() and the others */

static size_t allocated; /* bytes, now */
static bool memory_is_out;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);

static void *count_in(void *memory)
{
	allocated += malloc_usable_size(memory);
	return memory;
}

void *__wrap_malloc(size_t size)
{
	return memory_is_out ? NULL : count_in(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return memory_is_out ? NULL : count_in(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	size_t before = malloc_usable_size(old);
	void *memory = memory_is_out ? NULL : __real_realloc(old, size);

	if (memory != NULL) {
		allocated -= before;
		(void)count_in(memory);
	}
	return memory;
}

void __wrap_free(void *memory)
{
	allocated -= malloc_usable_size(memory);
	__real_free(memory);
}

/* }}} */

static int make_memtable(void **state)
{
	(void)state;
	memtable = sdd_memtable_new();
	return memtable == NULL;
}

static int free_memtable(void **state)
{
	(void)state;
	sdd_memtable_free(memtable);
	return 0;
}

/* Few: so each is that of many keys. */
static uint32_t hash_of(unsigned number)
{
	return number % 10000;
}

static struct sdd_known find(unsigned number)
{
	struct sdd_key key = key_of(number, hash_of(number));

	return sdd_memtable_find(memtable, &key);
}

static void put(unsigned number, uint64_t version, size_t length)
{
	static const uint8_t zeros[1 << 16];
	struct sdd_entry entry = {.version = version, .value = {zeros, length}};
	struct sdd_key key = key_of(number, hash_of(number));
	struct sdd_known before;

	assert_in_range(length, 0, sizeof(zeros));
	assert_true(sdd_memtable_add(memtable, SDD_PUT, &key, &entry, &before));
}

static void assert_version(unsigned number, uint64_t version)
{
	struct sdd_known known = find(number);

	assert_non_null(known.last);
	assert_true(known.last->version == version);
}

static void each_of_many_keys_has_its_own_record(void **state)
{
	struct sdd_known known;
	size_t count = 0;

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		put(i, i + 1, 0);
	}
	for (unsigned i = 0; i < MANY; i++) {
		assert_version(i, i + 1);
	}
	assert_null(find(MANY).last);
	while (sdd_memtable_at(memtable, count, &known)) {
		count++;
	}
	assert_int_equal(count, MANY);
}

/* Whatever there is of a key: nothing, a record, or what a rollback left. */
static void to_approach_a_key_changes_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		for (int step = 0; step < 3; step++) {
			sdd_memtable_approach(memtable, hash_of(i), step);
		}
		put(i, i + 1, 0);
		if (i % 3 == 0) {
			sdd_memtable_commit(memtable);
		} else if (i % 3 == 2) {
			sdd_memtable_rollback(memtable);
		}
	}
	for (unsigned i = 0; i < 3000; i++) {
		for (int step = 0; step < 3; step++) {
			sdd_memtable_approach(memtable, hash_of(i), step);
		}
		if (i % 3 == 0) {
			assert_version(i, i + 1);
		} else {
			assert_null(find(i).last);
		}
	}
}

/* It is committed in many batches, as it is in a server. What is allocated and was never touched is
 * no memory of the system's. */
static void the_memory_of_the_index_counts(void **state)
{
	size_t empty = sdd_memtable_memory(memtable);

	(void)state;
	assert_int_equal(empty, 0);
	for (unsigned i = 0; i < MANY; i++) {
		put(i, i + 1, 10);
		sdd_memtable_commit(memtable);
	}
	assert_true(sdd_memtable_memory(memtable) > sdd_memtable_size(memtable) + MANY * 24);
	assert_in_range(allocated, sdd_memtable_memory(memtable) / 4 * 3,
	                sdd_memtable_memory(memtable) / 2 * 3);
	sdd_memtable_clear(memtable);
	assert_int_equal(sdd_memtable_memory(memtable), 0);
}

static void a_batch_that_is_rolled_back_leaves_nothing_and_takes_no_room(void **state)
{
	size_t size;

	(void)state;
	put(1, 1, 100);
	sdd_memtable_commit(memtable);
	size = sdd_memtable_size(memtable);
	for (int i = 0; i < 100; i++) {
		put(1, 2, 60000);
		put(2, 2, 60000);
		sdd_memtable_rollback(memtable);
		assert_version(1, 1);
		assert_null(find(2).last);
		assert_int_equal(sdd_memtable_size(memtable), size);
	}
	put(3, 3, 8);
	sdd_memtable_commit(memtable);
	/* all of it is in the first chunk still, side by side */
	assert_ptr_equal(find(3).last, (const uint8_t *)find(1).last + sdd_record_size(find(1).last) +
	                                   SDD_FRAME_HEAD);
}

static void a_batch_is_handed_over_in_frames_that_have_all_of_it(void **state)
{
	struct sdd_frame *frames;
	size_t count;
	size_t length = 0;
	uint64_t version = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		put(i, i, 50000);
	}
	frames = sdd_memtable_batch(memtable, &count);
	assert_in_range(count, 2, 10);
	for (size_t i = 0; i < count; i++) {
		size_t at = SDD_FRAME_HEAD;

		while (at < frames[i].length) {
			const struct sdd_record *record = (const void *)(frames[i].bytes + at);

			assert_true(record->version == version++);
			at += sdd_record_size(record);
		}
		assert_int_equal(at, frames[i].length);
		length += at;
	}
	assert_true(version == 100);
	assert_int_equal(length, sdd_memtable_size(memtable));
	sdd_memtable_commit(memtable);
	(void)sdd_memtable_batch(memtable, &count);
	assert_int_equal(count, 0);
}

static void what_was_cleared_knows_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct sdd_known known;

		put(i, 1, 60000);
		sdd_memtable_commit(memtable);
		put(7, 1, 0);
		sdd_memtable_clear(memtable);
		assert_null(find(i).last);
		assert_null(find(7).last);
		assert_int_equal(sdd_memtable_size(memtable), 0);
		assert_false(sdd_memtable_at(memtable, 0, &known));
	}
}

/* So many keys, with a value of 100 bytes each. */
static void put_many_and_clear(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		put(i, i + 1, 100);
	}
	sdd_memtable_commit(memtable);
	sdd_memtable_clear(memtable);
}

static void what_was_cleared_has_memory_for_as_much_again(void **state)
{
	size_t kept;

	(void)state;
	put_many_and_clear(MANY);
	kept = allocated;
	assert_true(kept > MANY * 100);
	memory_is_out = true; /* from here on */
	put_many_and_clear(MANY);
	memory_is_out = false;
	put_many_and_clear(MANY);
	assert_int_equal(allocated, kept);
}

static void what_is_cleared_twice_has_no_more_memory_than_at_first(void **state)
{
	size_t at_first = allocated;

	(void)state;
	for (int i = 0; i < 2; i++) {
		put_many_and_clear(MANY);
		sdd_memtable_clear(memtable);
		assert_in_range(allocated, 1, at_first);
	}
	put(1, 1, 100);
	assert_version(1, 1);
}

static void a_small_memtable_leaves_little_of_what_a_large_one_needed(void **state)
{
	size_t at_first = allocated;

	(void)state;
	put_many_and_clear(MANY);
	put_many_and_clear(100);
	assert_in_range(allocated, 1, at_first + (2 << 20));
}

static void where_no_memory_can_be_had_to_shrink_it_stays_as_it_was(void **state)
{
	size_t kept;

	(void)state;
	put_many_and_clear(MANY);
	memory_is_out = true;
	sdd_memtable_clear(memtable);
	memory_is_out = false;
	kept = allocated;
	put(1, 1, 100);
	assert_version(1, 1);
	assert_null(find(2).last);
	sdd_memtable_clear(memtable);
	assert_true(allocated < kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_memtable, free_memtable)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_of_many_keys_has_its_own_record),
		TEST(to_approach_a_key_changes_nothing),
		TEST(the_memory_of_the_index_counts),
		TEST(a_batch_that_is_rolled_back_leaves_nothing_and_takes_no_room),
		TEST(a_batch_is_handed_over_in_frames_that_have_all_of_it),
		TEST(what_was_cleared_knows_nothing),
		TEST(what_was_cleared_has_memory_for_as_much_again),
		TEST(what_is_cleared_twice_has_no_more_memory_than_at_first),
		TEST(a_small_memtable_leaves_little_of_what_a_large_one_needed),
		TEST(where_no_memory_can_be_had_to_shrink_it_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
