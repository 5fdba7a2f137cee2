/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Entries that were read, in memory: to find one here takes a fraction of what a way down
 * LMDB's tree does. It is of a fixed size, and what has come first goes first. What is
 * written has to be forgotten here; an entry that has expired is told as it was.
 *
 * Bytes and memory only: no I/O, no clock, no tables.
 */

#ifndef SDD_CACHE_H
#define SDD_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store.h"

#define SDD_CACHE_BYTES (16u * 1024u * 1024u) /* of entries; touched as they come */
#define SDD_CACHE_VALUE_MAX 4096              /* bytes: longer ones take their time anyway */

struct sdd_cache;

/* NULL: no memory. */
struct sdd_cache *sdd_cache_new(void);
void sdd_cache_free(struct sdd_cache *cache);

/* Keys come with a hash of theirs, the caller's, which is the same each time. */

/* False: it is not known. The value is the cache's own memory, valid until the next is added. */
bool sdd_cache_find(const struct sdd_cache *cache, struct sdd_bytes key, uint32_t hash,
                    struct sdd_entry *entry);

/* An entry was read from elsewhere: notes it as it is, if its key was read before and not long ago,
 * and its value is not too long. */
void sdd_cache_add(struct sdd_cache *cache, struct sdd_bytes key, uint32_t hash,
                   const struct sdd_entry *entry);

/* What the hash may belong to is known no longer. */
void sdd_cache_forget(struct sdd_cache *cache, uint32_t hash);

#endif
