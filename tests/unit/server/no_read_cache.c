/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A double of server/store/read_cache.c that has nothing: the real one takes 16 MB for each store
 * that is opened. */

#include "server/store/read_cache.h"

#include <stdlib.h>

struct sdd_read_cache *sdd_read_cache_new(void)
{
	return malloc(1);
}

void sdd_read_cache_limit(struct sdd_read_cache *cache, size_t bytes)
{
	(void)cache;
	(void)bytes;
}

void sdd_read_cache_free(struct sdd_read_cache *cache)
{
	free(cache);
}

bool sdd_read_cache_find(const struct sdd_read_cache *cache, const struct sdd_key *key,
                         struct sdd_entry *entry)
{
	(void)cache;
	(void)key;
	(void)entry;
	return false;
}

void sdd_read_cache_add(struct sdd_read_cache *cache, const struct sdd_key *key,
                        const struct sdd_entry *entry)
{
	(void)cache;
	(void)key;
	(void)entry;
}

void sdd_read_cache_forget(struct sdd_read_cache *cache, const struct sdd_key *key)
{
	(void)cache;
	(void)key;
}
