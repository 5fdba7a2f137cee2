/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The hash table of locks; see lock_table.h. */

#include "server/protocol/lock_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/store/hash.h"

#define FIRST_BUCKETS 64 /* a power of two */

static struct sdd_lock_bucket *bucket_of(const struct sdd_lock_table *table, uint64_t hash)
{
	return &table->buckets[hash & (table->bucket_count - 1)];
}

static struct sdd_lock_bucket *make_buckets(size_t count)
{
	struct sdd_lock_bucket *buckets = calloc(count, sizeof(*buckets));

	if (buckets == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		LIST_INIT(&buckets[i]);
	}
	return buckets;
}

bool sdd_lock_table_init(struct sdd_lock_table *table)
{
	(void)getrandom(&table->seed, sizeof(table->seed), 0);
	table->count = 0;
	table->bucket_count = FIRST_BUCKETS;
	table->buckets = make_buckets(FIRST_BUCKETS);
	return table->buckets != NULL;
}

void sdd_lock_table_clear(struct sdd_lock_table *table)
{
	free(table->buckets);
	table->buckets = NULL;
}

uint64_t sdd_lock_table_hash(const struct sdd_lock_table *table, struct sd_bytes key)
{
	return sdd_hash(table->seed, key.data, key.length);
}

struct sdd_lock_node *sdd_lock_table_find(const struct sdd_lock_table *table, struct sd_bytes key,
                                          uint64_t hash)
{
	struct sdd_lock_node *node;

	LIST_FOREACH(node, bucket_of(table, hash), link)
	{
		if (node->hash == hash && node->key_length == key.length &&
		    memcmp(node->key, key.data, key.length) == 0) {
			return node;
		}
	}
	return NULL;
}

/* Doubles the buckets. Without memory for them the table stays as it is. */
static void grow_table(struct sdd_lock_table *table)
{
	size_t old_count = table->bucket_count;
	struct sdd_lock_bucket *old = table->buckets;
	struct sdd_lock_bucket *buckets = make_buckets(2 * old_count);

	if (buckets == NULL) {
		return;
	}
	table->buckets = buckets;
	table->bucket_count = 2 * old_count;
	for (size_t i = 0; i < old_count; i++) {
		while (!LIST_EMPTY(&old[i])) {
			struct sdd_lock_node *node = LIST_FIRST(&old[i]);

			LIST_REMOVE(node, link);
			LIST_INSERT_HEAD(bucket_of(table, node->hash), node, link);
		}
	}
	free(old);
}

void sdd_lock_table_add(struct sdd_lock_table *table, struct sdd_lock_node *node,
                        struct sd_bytes key, uint64_t hash)
{
	if (table->count == table->bucket_count) {
		grow_table(table);
	}
	node->hash = hash;
	node->key_length = key.length;
	memcpy(node->key, key.data, key.length);
	LIST_INSERT_HEAD(bucket_of(table, hash), node, link);
	table->count++;
}

void sdd_lock_table_remove(struct sdd_lock_table *table, struct sdd_lock_node *node)
{
	LIST_REMOVE(node, link);
	table->count--;
}
