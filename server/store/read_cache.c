/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Entries that were read; see cache.h.
 *
 * A ring of records, each in one piece, and an index of where they are. A place in it is
 * counted from the ring's first byte ever on, so that of what the ring has written over nothing
 * needs to be told: it is too long ago.
 */

#include "server/store/read_cache.h"

#include <stdlib.h>
#include <string.h>

#include "server/store/record.h"

#define WAYS 4        /* slots that a hash may be in */
#define BUCKETS 16384 /* a power of two */
#define SEEN 65536    /* the same */

struct slot {
	uint64_t place; /* 0, which is too long ago from the beginning: there is nothing */
	uint32_t hash;
};

struct sdd_cache {
	struct slot index[BUCKETS][WAYS];
	uint32_t seen[SEEN]; /* hashes of what was read last */
	uint64_t end;        /* the place where the next record goes */
	_Alignas(8) uint8_t ring[SDD_CACHE_BYTES];
};

/* NULL: it was written over. */
static const struct sdd_record *record_at(const struct sdd_cache *cache, uint64_t place)
{
	return cache->end - place > SDD_CACHE_BYTES
	           ? NULL
	           : (const void *)(cache->ring + place % SDD_CACHE_BYTES);
}

bool sdd_cache_find(const struct sdd_cache *cache, struct sdd_bytes key, uint32_t hash,
                    struct sdd_entry *entry)
{
	const struct slot *bucket = cache->index[hash % BUCKETS];

	for (int i = 0; i < WAYS; i++) {
		const struct sdd_record *record =
		    bucket[i].hash == hash ? record_at(cache, bucket[i].place) : NULL;

		if (record != NULL && sdd_record_is_of(record, key)) {
			*entry = sdd_record_entry(record);
			return true;
		}
	}
	return false;
}

/* The one that has that hash, or the one whose record has been there longest. */
static struct slot *slot_for(struct sdd_cache *cache, uint32_t hash)
{
	struct slot *bucket = cache->index[hash % BUCKETS];
	struct slot *oldest = bucket;

	for (int i = 0; i < WAYS; i++) {
		if (bucket[i].hash == hash) {
			return &bucket[i];
		}
		oldest = bucket[i].place < oldest->place ? &bucket[i] : oldest;
	}
	return oldest;
}

/* The place for a record, which is in one piece. */
static uint64_t take_place(struct sdd_cache *cache, size_t size)
{
	uint64_t left = SDD_CACHE_BYTES - cache->end % SDD_CACHE_BYTES;
	uint64_t place = left < size ? cache->end + left : cache->end;

	cache->end = place + size;
	return place;
}

/* What is read but once would cost more to note than it ever gives back. */
static bool was_seen(struct sdd_cache *cache, uint32_t hash)
{
	uint32_t *seen = &cache->seen[hash % SEEN];
	bool before = *seen == hash;

	*seen = hash;
	return before;
}

void sdd_cache_add(struct sdd_cache *cache, struct sdd_bytes key, uint32_t hash,
                   const struct sdd_entry *entry)
{
	struct sdd_record record;
	uint64_t place;

	if (!was_seen(cache, hash) || entry->value.length > SDD_CACHE_VALUE_MAX) {
		return;
	}
	record = sdd_record_of(SDD_PUT, key, entry);
	record.proven = entry->proven;
	place = take_place(cache, sdd_record_size(&record));
	sdd_record_write(cache->ring + place % SDD_CACHE_BYTES, &record, key, entry->value);
	*slot_for(cache, hash) = (struct slot){place, hash};
}

void sdd_cache_forget(struct sdd_cache *cache, uint32_t hash)
{
	struct slot *bucket = cache->index[hash % BUCKETS];

	for (int i = 0; i < WAYS; i++) {
		if (bucket[i].hash == hash) {
			bucket[i].place = 0;
		}
	}
}

struct sdd_cache *sdd_cache_new(void)
{
	struct sdd_cache *cache = calloc(1, sizeof(*cache));

	if (cache != NULL) {
		cache->end = 2 * (uint64_t)SDD_CACHE_BYTES;
	}
	return cache;
}

void sdd_cache_free(struct sdd_cache *cache)
{
	free(cache);
}
