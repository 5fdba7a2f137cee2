/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The read cache; see read_cache.h.
 *
 * A circular buffer of records, none of which wraps around its end, and an index of their offsets.
 * Offsets count from the first byte ever written to the ring. So an index entry whose record was
 * overwritten is recognised by its offset alone: it is too old.
 */

#include "server/store/read_cache.h"

#include <stdlib.h>
#include <string.h>

#include "server/store/record.h"

#define WAYS 4        /* slots of a bucket */
#define BUCKETS 16384 /* a power of two */
#define SEEN 65536    /* a power of two */
#define LEAST 65536   /* bytes of the buffer; a record is shorter */

struct slot {
	uint64_t offset; /* 0: the slot is empty; that is too old from the beginning */
	uint32_t hash;
};

struct sdd_read_cache {
	struct slot index[BUCKETS][WAYS];
	uint32_t seen[SEEN]; /* hashes of the keys that were read last */
	uint64_t end;        /* the offset of the next record */
	uint64_t size;       /* bytes of the buffer that are used, a power of two */
	_Alignas(8) uint8_t buffer[SDD_READ_CACHE_BYTES];
};

/* NULL: it was overwritten. */
static const struct sdd_record *record_at(const struct sdd_read_cache *cache, uint64_t offset)
{
	return cache->end - offset > cache->size
	           ? NULL
	           : (const void *)(cache->buffer + (offset & (cache->size - 1)));
}

bool sdd_read_cache_find(const struct sdd_read_cache *cache, const struct sdd_key *key,
                         struct sdd_entry *entry)
{
	uint32_t hash = (uint32_t)key->hash; /* as much of it as a slot has */
	const struct slot *bucket = cache->index[hash % BUCKETS];

	for (int i = 0; i < WAYS; i++) {
		const struct sdd_record *record =
			bucket[i].hash == hash ? record_at(cache, bucket[i].offset) : NULL;

		if (record != NULL && sdd_record_is_of(record, key->bytes)) {
			*entry = sdd_record_entry(record);
			return true;
		}
	}
	return false;
}

/* The slot that has this hash, or else the one with the oldest record. */
static struct slot *slot_for(struct sdd_read_cache *cache, uint32_t hash)
{
	struct slot *bucket = cache->index[hash % BUCKETS];
	struct slot *oldest = bucket;

	for (int i = 0; i < WAYS; i++) {
		if (bucket[i].hash == hash) {
			return &bucket[i];
		}
		oldest = bucket[i].offset < oldest->offset ? &bucket[i] : oldest;
	}
	return oldest;
}

/* The offset for a record of `size` bytes, which does not wrap around. */
static uint64_t allocate(struct sdd_read_cache *cache, size_t size)
{
	uint64_t left = cache->size - (cache->end & (cache->size - 1));
	uint64_t offset = left < size ? cache->end + left : cache->end;

	cache->end = offset + size;
	return offset;
}

/* Whether the key was read before; to cache what is read only once would not pay. */
static bool was_seen(struct sdd_read_cache *cache, uint32_t hash)
{
	uint32_t *seen = &cache->seen[hash % SEEN];
	bool before = *seen == hash;

	*seen = hash;
	return before;
}

void sdd_read_cache_add(struct sdd_read_cache *cache, const struct sdd_key *key,
                        const struct sdd_entry *entry)
{
	uint32_t hash = (uint32_t)key->hash;
	struct sdd_record record;
	uint64_t offset;
	size_t size;

	if (!was_seen(cache, hash) || entry->value.length > SDD_READ_CACHE_VALUE_MAX) {
		return;
	}
	record = sdd_record_of(SDD_PUT, key->bytes, entry);
	record.proven = entry->proven;
	size = sdd_record_size(&record);
	offset = allocate(cache, size);
	sdd_record_write(cache->buffer + (offset & (cache->size - 1)), size, &record, key->bytes,
	                 entry);
	*slot_for(cache, hash) = (struct slot){offset, hash};
}

void sdd_read_cache_forget(struct sdd_read_cache *cache, const struct sdd_key *key)
{
	uint32_t hash = (uint32_t)key->hash;
	struct slot *bucket = cache->index[hash % BUCKETS];

	for (int i = 0; i < WAYS; i++) {
		if (bucket[i].hash == hash) {
			bucket[i].offset = 0;
		}
	}
}

struct sdd_read_cache *sdd_read_cache_new(void)
{
	struct sdd_read_cache *cache = calloc(1, sizeof(*cache));

	if (cache != NULL) {
		cache->end = 2 * (uint64_t)SDD_READ_CACHE_BYTES;
		cache->size = SDD_READ_CACHE_BYTES;
	}
	return cache;
}

void sdd_read_cache_limit(struct sdd_read_cache *cache, size_t bytes)
{
	while (cache->size > bytes && cache->size > LEAST) {
		cache->size /= 2;
	}
}

void sdd_read_cache_free(struct sdd_read_cache *cache)
{
	free(cache);
}
