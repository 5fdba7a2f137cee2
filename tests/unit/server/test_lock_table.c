/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The hash table of locks: what it costs to find one, counted in nodes. */

#include "server/protocol/lock_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "wire/hash.h"

#define KEYS 4000
/* Of KEYS keys that are spread by chance, one bucket has more once in 10^20 runs. */
#define FEW 24

/* The buckets that a table without a seed would have, and the one of them that is filled. */
#define FNV_BUCKETS 4096
#define FNV_BUCKET 7

static struct sdd_lock_node nodes[KEYS];

static struct sd_bytes key_of(char room[24], size_t number)
{
	return (struct sd_bytes){room, (size_t)snprintf(room, 24, "c%zu", number)};
}

static void add(struct sdd_lock_table *table, struct sdd_lock_node *node, struct sd_bytes key)
{
	sdd_lock_table_add(table, node, key, sdd_lock_table_hash(table, key));
}

static struct sdd_lock_node *find(struct sdd_lock_table *table, struct sd_bytes key)
{
	return sdd_lock_table_find(table, key, sdd_lock_table_hash(table, key));
}

/* How many nodes a search passes at most. */
static size_t longest_search(const struct sdd_lock_table *table)
{
	size_t longest = 0;

	for (size_t i = 0; i < table->bucket_count; i++) {
		const struct sdd_lock_node *node;
		size_t length = 0;

		LIST_FOREACH(node, &table->buckets[i], link)
		{
			length++;
		}
		longest = length > longest ? length : longest;
	}
	return longest;
}

static void each_key_is_found_while_it_is_there(void **state)
{
	struct sdd_lock_table table;
	char room[24];

	(void)state;
	assert_true(sdd_lock_table_init(&table));
	for (size_t i = 0; i < KEYS; i++) {
		assert_null(find(&table, key_of(room, i)));
		add(&table, &nodes[i], key_of(room, i));
	}
	for (size_t i = 0; i < KEYS; i += 2) {
		sdd_lock_table_remove(&table, &nodes[i]);
	}
	assert_int_equal(table.count, KEYS / 2);
	for (size_t i = 0; i < KEYS; i++) {
		assert_ptr_equal(find(&table, key_of(room, i)), i % 2 == 0 ? NULL : &nodes[i]);
	}
	sdd_lock_table_clear(&table);
}

static void many_locks_cost_no_longer_search(void **state)
{
	struct sdd_lock_table table;
	char room[24];

	(void)state;
	assert_true(sdd_lock_table_init(&table));
	for (size_t i = 0; i < KEYS; i++) {
		add(&table, &nodes[i], key_of(room, i));
	}
	assert_in_range(longest_search(&table), 1, FEW);
	sdd_lock_table_clear(&table);
}

static void keys_that_were_chosen_to_collide_do_not(void **state)
{
	struct sdd_lock_table table;
	char room[24];
	size_t count = 0;

	(void)state;
	assert_true(sdd_lock_table_init(&table));
	for (size_t i = 0; count < 500; i++) {
		struct sd_bytes key = key_of(room, i);
		uint32_t hash = sd_fnv32(key.data, key.length);

		if (((hash ^ hash >> 16) & (FNV_BUCKETS - 1)) == FNV_BUCKET) {
			add(&table, &nodes[count++], key);
		}
	}
	assert_in_range(longest_search(&table), 1, FEW);
	sdd_lock_table_clear(&table);
}

/* Else whoever has the program could find such keys for the hash that it has. */
static void no_two_tables_have_the_same_hash(void **state)
{
	struct sdd_lock_table one;
	struct sdd_lock_table two;
	const struct sd_bytes key = {"key", 3};

	(void)state;
	assert_true(sdd_lock_table_init(&one));
	assert_true(sdd_lock_table_init(&two));
	assert_true(sdd_lock_table_hash(&one, key) != sdd_lock_table_hash(&two, key));
	sdd_lock_table_clear(&one);
	sdd_lock_table_clear(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_is_found_while_it_is_there),
		cmocka_unit_test(many_locks_cost_no_longer_search),
		cmocka_unit_test(keys_that_were_chosen_to_collide_do_not),
		cmocka_unit_test(no_two_tables_have_the_same_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
