/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A hash table of locks by their keys. Its hash is seeded at random, so that nobody can choose keys
 * that share a bucket, and it has at least as many buckets as locks while there is memory. It owns
 * no lock.
 */

#ifndef SDD_LOCK_TABLE_H
#define SDD_LOCK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"
#include "server/system/lists.h"

/* The part of a lock that the table knows. */
struct sdd_lock_node {
	LIST_ENTRY(sdd_lock_node) link;
	uint64_t hash; /* of the key */
	size_t key_length;
	uint8_t key[SDD_STORE_KEY_MAX];
};

LIST_HEAD(sdd_lock_bucket, sdd_lock_node);

struct sdd_lock_table {
	uint64_t seed;
	size_t count;
	size_t bucket_count; /* a power of two */
	struct sdd_lock_bucket *buckets;
};

/* False: no memory. */
bool sdd_lock_table_init(struct sdd_lock_table *table);
void sdd_lock_table_clear(struct sdd_lock_table *table);

/* The hash of a key, for the two functions below. */
uint64_t sdd_lock_table_hash(const struct sdd_lock_table *table, struct sd_bytes key);

/* NULL: there is none. */
struct sdd_lock_node *sdd_lock_table_find(const struct sdd_lock_table *table, struct sd_bytes key,
                                          uint64_t hash);

/* Adds a node under a key that the table does not have. */
void sdd_lock_table_add(struct sdd_lock_table *table, struct sdd_lock_node *node,
                        struct sd_bytes key, uint64_t hash);

/* Removes a node that the table has. Its memory stays the caller's. */
void sdd_lock_table_remove(struct sdd_lock_table *table, struct sdd_lock_node *node);

#endif
