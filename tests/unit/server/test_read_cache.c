/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is in memory of what was read. What the store makes of it is in test_store.c. */

#include <string.h>

#include "server/store/read_cache.h"
#include "tests/unit/server/keys.h"
#include "tests/unit/unit.h"

#define MANY 30000 /* keys that have hashes of their own, mostly */

static struct sdd_read_cache *cache;

static int make_cache(void **state)
{
	(void)state;
	cache = sdd_read_cache_new();
	return cache == NULL;
}

static int free_cache(void **state)
{
	(void)state;
	sdd_read_cache_free(cache);
	return 0;
}

static uint32_t hash_of(unsigned number)
{
	return number * 2654435761u;
}

/* An entry that tells which it is by all that it has. */
static struct sdd_entry entry_of(unsigned number, size_t length)
{
	static uint8_t value[SDD_READ_CACHE_VALUE_MAX + 1];

	memset(value, (int)(number & 0xff), sizeof(value));
	return (struct sdd_entry){
		.value = {value, length},
		.expires_ms = 1000 + number,
		.version = 2000 + number,
		.client_flags = 3000 + number,
		.flags = number & SDD_TOMBSTONE,
		.proven = number % 3 == 0,
	};
}

/* To be cached, an entry has to be read twice. */
static void add_once(unsigned number, uint32_t hash, const struct sdd_entry *entry)
{
	struct sdd_key key = key_of(number, hash);

	sdd_read_cache_add(cache, &key, entry);
}

static void add_entry(unsigned number, uint32_t hash, const struct sdd_entry *entry)
{
	add_once(number, hash, entry);
	add_once(number, hash, entry);
}

static void forget(uint32_t hash)
{
	struct sdd_key key = key_of(0, hash);

	sdd_read_cache_forget(cache, &key);
}

static void add(unsigned number, uint32_t hash, size_t length)
{
	struct sdd_entry entry = entry_of(number, length);

	add_entry(number, hash, &entry);
}

static bool is_known(unsigned number, uint32_t hash)
{
	struct sdd_key key = key_of(number, hash);
	struct sdd_entry entry;

	return sdd_read_cache_find(cache, &key, &entry);
}

static void assert_known(unsigned number, uint32_t hash, unsigned as, size_t length)
{
	struct sdd_entry wanted = entry_of(as, length);
	struct sdd_key key = key_of(number, hash);
	struct sdd_entry found;

	assert_true(sdd_read_cache_find(cache, &key, &found));
	assert_int_equal(found.value.length, length);
	assert_memory_equal(found.value.data, wanted.value.data, length);
	assert_int_equal(found.expires_ms, wanted.expires_ms);
	assert_int_equal(found.version, wanted.version);
	assert_int_equal(found.client_flags, wanted.client_flags);
	assert_int_equal(found.flags, wanted.flags);
	assert_int_equal(found.proven, wanted.proven);
}

static void a_new_cache_knows_nothing(void **state)
{
	(void)state;
	assert_false(is_known(1, hash_of(1)));
	assert_false(is_known(0, 0));
}

static void what_was_added_is_told_as_it_was(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		add(i, hash_of(i), i * 100);
	}
	for (unsigned i = 0; i < 12; i++) {
		assert_known(i, hash_of(i), i, i * 100);
	}
}

static void what_is_read_once_is_not_cached(void **state)
{
	struct sdd_entry entry = entry_of(1, 10);

	(void)state;
	add_once(1, hash_of(1), &entry);
	assert_false(is_known(1, hash_of(1)));
	/* nor where another one of its place comes in between: hashes are seen by 16 bits */
	add_once(2, hash_of(1) + (1u << 16), &entry);
	add_once(1, hash_of(1), &entry);
	assert_false(is_known(1, hash_of(1)));
	add_once(1, hash_of(1), &entry);
	assert_known(1, hash_of(1), 1, 10);
}

static void another_key_of_the_same_hash_is_not_taken_for_it(void **state)
{
	(void)state;
	add(1, 77, 10);
	assert_false(is_known(2, 77));
	add(2, 77, 20);
	assert_false(is_known(1, 77));
	assert_known(2, 77, 2, 20);
}

static void what_is_added_again_is_told_as_it_was_last(void **state)
{
	struct sdd_entry anew;

	(void)state;
	add(1, hash_of(1), 10);
	anew = entry_of(9, 50);
	add_entry(1, hash_of(1), &anew);
	assert_known(1, hash_of(1), 9, 50);
}

static void what_is_forgotten_is_not_told_and_its_neighbours_are(void **state)
{
	(void)state;
	/* all in one bucket, for their hashes differ in the high bits alone */
	for (unsigned i = 1; i <= 4; i++) {
		add(i, i << 24, 10);
	}
	forget(2u << 24);
	for (unsigned i = 1; i <= 4; i++) {
		assert_int_equal(is_known(i, i << 24), i != 2);
	}
	forget(hash_of(123));
	assert_known(1, 1u << 24, 1, 10);
}

static void of_many_in_one_bucket_the_last_are_known(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 100; i++) {
		add(i, i << 24, 10);
	}
	for (unsigned i = 97; i <= 100; i++) {
		assert_known(i, i << 24, i, 10);
	}
}

static void a_value_of_up_to_4096_bytes_is_known_and_no_longer_one(void **state)
{
	(void)state;
	add(1, hash_of(1), SDD_READ_CACHE_VALUE_MAX);
	add(2, hash_of(2), SDD_READ_CACHE_VALUE_MAX + 1);
	assert_known(1, hash_of(1), 1, SDD_READ_CACHE_VALUE_MAX);
	assert_false(is_known(2, hash_of(2)));
}

/* Whatever it forgets, what it tells is right, and what came last is there. */
static void what_was_written_over_is_not_told(void **state)
{
	struct chance chance = {42};

	(void)state;
	for (unsigned round = 0; round < 4; round++) {
		for (unsigned i = 0; i < MANY; i++) {
			add(i, hash_of(i), i % 1500);
			assert_known(i, hash_of(i), i, i % 1500);
		}
		for (unsigned i = 0; i < 3 * MANY; i++) {
			unsigned number = chance_between(&chance, 0, MANY - 1);

			if (is_known(number, hash_of(number))) {
				assert_known(number, hash_of(number), number, number % 1500);
			}
		}
		assert_false(is_known(0, hash_of(0))); /* 22 MB have come since */
	}
}

static void a_smaller_cache_has_fewer_entries(void **state)
{
	enum { LIMIT = 1 << 20, LENGTH = 1000 };
	unsigned known = 0;

	(void)state;
	sdd_read_cache_limit(cache, LIMIT + 1000); /* it is rounded down */
	for (unsigned i = 0; i < 4 * LIMIT / LENGTH; i++) {
		add(i, hash_of(i), LENGTH);
		assert_true(is_known(i, hash_of(i)));
	}
	for (unsigned i = 0; i < 4 * LIMIT / LENGTH; i++) {
		known += is_known(i, hash_of(i));
	}
	assert_in_range(known, LIMIT / LENGTH / 10 * 8, LIMIT / LENGTH);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_cache, free_cache)
	const struct CMUnitTest tests[] = {
		TEST(a_new_cache_knows_nothing),
		TEST(what_was_added_is_told_as_it_was),
		TEST(what_is_read_once_is_not_cached),
		TEST(another_key_of_the_same_hash_is_not_taken_for_it),
		TEST(what_is_added_again_is_told_as_it_was_last),
		TEST(what_is_forgotten_is_not_told_and_its_neighbours_are),
		TEST(of_many_in_one_bucket_the_last_are_known),
		TEST(a_value_of_up_to_4096_bytes_is_known_and_no_longer_one),
		TEST(what_was_written_over_is_not_told),
		TEST(a_smaller_cache_has_fewer_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
