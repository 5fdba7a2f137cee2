/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is in memory of what was written: its index and its log. What the store makes of it is in
 * test_store.c. */

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/server/keys.h"
#include "server/store/record.h"
#include "tests/unit/unit.h"

#define MANY 100000 /* keys: ten of each hash */

static struct sdd_recent *recent;

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

static int make_recent(void **state)
{
	(void)state;
	recent = sdd_recent_new();
	return recent == NULL;
}

static int free_recent(void **state)
{
	(void)state;
	sdd_recent_free(recent);
	return 0;
}

/* Few: so each is that of many keys. */
static uint32_t hash_of(unsigned number)
{
	return number % 10000;
}

static struct sdd_known find(unsigned number)
{
	return sdd_recent_find(recent, key_of(number), hash_of(number));
}

static void put(unsigned number, uint64_t version, size_t length)
{
	static const uint8_t zeros[1 << 16];
	struct sdd_entry entry = {.version = version, .value = {zeros, length}};

	assert_in_range(length, 0, sizeof(zeros));
	assert_true(sdd_recent_add(recent, SDD_PUT, key_of(number), hash_of(number), &entry));
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
	while (sdd_recent_at(recent, count, &known)) {
		count++;
	}
	assert_int_equal(count, MANY);
}

static void a_batch_that_is_taken_back_leaves_nothing_and_takes_no_room(void **state)
{
	size_t size;

	(void)state;
	put(1, 1, 100);
	sdd_recent_keep(recent);
	size = sdd_recent_size(recent);
	for (int i = 0; i < 100; i++) {
		put(1, 2, 60000);
		put(2, 2, 60000);
		sdd_recent_take_back(recent);
		assert_version(1, 1);
		assert_null(find(2).last);
		assert_int_equal(sdd_recent_size(recent), size);
	}
	put(3, 3, 8);
	sdd_recent_keep(recent);
	/* all of it is in the first chunk still, side by side */
	assert_ptr_equal(find(3).last, (const uint8_t *)find(1).last + sdd_record_size(find(1).last) +
	                                   SDD_PIECE_HEAD);
}

static void a_batch_is_handed_over_in_pieces_that_have_all_of_it(void **state)
{
	struct sdd_piece *pieces;
	size_t count;
	size_t length = 0;
	uint64_t version = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		put(i, i, 50000);
	}
	pieces = sdd_recent_batch(recent, &count);
	assert_in_range(count, 2, 10);
	for (size_t i = 0; i < count; i++) {
		size_t at = SDD_PIECE_HEAD;

		while (at < pieces[i].length) {
			const struct sdd_record *record = (const void *)(pieces[i].bytes + at);

			assert_true(record->version == version++);
			at += sdd_record_size(record);
		}
		assert_int_equal(at, pieces[i].length);
		length += at;
	}
	assert_true(version == 100);
	assert_int_equal(length, sdd_recent_size(recent));
	sdd_recent_keep(recent);
	(void)sdd_recent_batch(recent, &count);
	assert_int_equal(count, 0);
}

static void what_was_cleared_knows_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct sdd_known known;

		put(i, 1, 60000);
		sdd_recent_keep(recent);
		put(7, 1, 0);
		sdd_recent_clear(recent);
		assert_null(find(i).last);
		assert_null(find(7).last);
		assert_int_equal(sdd_recent_size(recent), 0);
		assert_false(sdd_recent_at(recent, 0, &known));
	}
}

/* A generation of so many keys, of 100 bytes each. */
static void put_many_and_clear(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		put(i, i + 1, 100);
	}
	sdd_recent_keep(recent);
	sdd_recent_clear(recent);
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
		sdd_recent_clear(recent);
		assert_in_range(allocated, 1, at_first);
	}
	put(1, 1, 100);
	assert_version(1, 1);
}

static void a_small_generation_leaves_little_of_what_a_large_one_needed(void **state)
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
	sdd_recent_clear(recent);
	memory_is_out = false;
	kept = allocated;
	put(1, 1, 100);
	assert_version(1, 1);
	assert_null(find(2).last);
	sdd_recent_clear(recent);
	assert_true(allocated < kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_recent, free_recent)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_of_many_keys_has_its_own_record),
		TEST(a_batch_that_is_taken_back_leaves_nothing_and_takes_no_room),
		TEST(a_batch_is_handed_over_in_pieces_that_have_all_of_it),
		TEST(what_was_cleared_knows_nothing),
		TEST(what_was_cleared_has_memory_for_as_much_again),
		TEST(what_is_cleared_twice_has_no_more_memory_than_at_first),
		TEST(a_small_generation_leaves_little_of_what_a_large_one_needed),
		TEST(where_no_memory_can_be_had_to_shrink_it_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
