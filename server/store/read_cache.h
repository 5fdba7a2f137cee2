/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Entries that were read from the B-tree, in memory: finding one here takes a fraction of the way
 * down LMDB's tree. The cache has a size that stays, and the oldest entries go first. A key that is
 * written has to be forgotten here. An expired entry is found like any other.
 *
 * Bytes and memory only: no I/O, no clock, no B-tree.
 */

#ifndef SDD_READ_CACHE_H
#define SDD_READ_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/entry.h"

/* Of entries, at most; the system gives them as they fill. */
#define SDD_READ_CACHE_BYTES (16u * 1024u * 1024u)
#define SDD_READ_CACHE_VALUE_MAX 4096 /* bytes; a longer value takes its time anyway */

struct sdd_read_cache;

/* NULL: no memory. */
struct sdd_read_cache *sdd_read_cache_new(void);
/* From now on the cache has no more than about that many bytes of entries. It is empty so far. */
void sdd_read_cache_limit(struct sdd_read_cache *cache, size_t bytes);

void sdd_read_cache_free(struct sdd_read_cache *cache);

/* False: the cache does not have it. The value is the cache's own memory, valid until the next add.
 */
bool sdd_read_cache_find(const struct sdd_read_cache *cache, const struct sdd_key *key,
                         struct sdd_entry *entry);

/* Adds an entry that was read from the B-tree, if its key was read before, not long ago, and its
 * value is not too long. */
void sdd_read_cache_add(struct sdd_read_cache *cache, const struct sdd_key *key,
                        const struct sdd_entry *entry);

/* Forgets the entry, and may forget another one whose key has the same hash. */
void sdd_read_cache_forget(struct sdd_read_cache *cache, const struct sdd_key *key);

#endif
