/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* When entries were last read or written; see last_access.h. */

#include "server/protocol/last_access.h"

#include <stdlib.h>

#define WAYS 8             /* slots of a bucket */
#define FIRST_BUCKETS 1024 /* a power of two */
#define MOST_BUCKETS 8192  /* a power of two; 1.5 MB in all */

struct slot {
	uint64_t hash;   /* of the key */
	int64_t last_ms; /* 0: the slot is empty, and so are those behind it in the bucket */
	bool was_read;   /* since it was written */
};

/* Two keys with one hash cost no more than a wrong h or l. */
struct sdd_last_access {
	size_t count; /* of buckets */
	struct slot *slots;
};

static inline struct slot *bucket_of(const struct sdd_last_access *last_access, uint64_t hash)
{
	return &last_access->slots[(hash >> 20 & (last_access->count - 1)) * WAYS];
}

/* The slot of a hash, or an empty one for it. NULL: its bucket is full of others. */
static inline struct slot *slot_of(const struct sdd_last_access *last_access, uint64_t hash)
{
	struct slot *bucket = bucket_of(last_access, hash);

	for (int i = 0; i < WAYS; i++) {
		if (bucket[i].hash == hash || bucket[i].last_ms == 0) {
			return &bucket[i];
		}
	}
	return NULL;
}

bool sdd_last_access_find(const struct sdd_last_access *last_access, const struct sdd_key *key,
                          int64_t *last_ms)
{
	const struct slot *slot = slot_of(last_access, key->hash);

	*last_ms = slot != NULL ? slot->last_ms : 0;
	return *last_ms != 0 && slot->was_read;
}

void sdd_last_access_approach(const struct sdd_last_access *last_access, const struct sdd_key *key)
{
	__builtin_prefetch(bucket_of(last_access, key->hash), /* to be written */ 1);
}

/* Doubles the buckets, each of which becomes two. Without memory for them the table stays as it is.
 */
static void grow_table(struct sdd_last_access *last_access)
{
	size_t old_count = last_access->count;
	struct slot *old = last_access->slots;
	struct slot *slots = calloc(2 * old_count * WAYS, sizeof(*slots));

	if (slots == NULL) {
		return;
	}
	last_access->count = 2 * old_count;
	last_access->slots = slots;
	for (size_t i = 0; i < old_count; i++) {
		const struct slot *from = &old[i * WAYS];
		struct slot *to[2] = {&slots[i * WAYS], &slots[(i + old_count) * WAYS]};

		for (int j = 0; j < WAYS && from[j].last_ms != 0; j++) {
			*to[(from[j].hash >> 20 & old_count) != 0]++ = from[j];
		}
	}
	free(old);
}

static struct slot *oldest_of(struct slot *bucket)
{
	struct slot *oldest = bucket;

	for (int i = 1; i < WAYS; i++) {
		oldest = bucket[i].last_ms < oldest->last_ms ? &bucket[i] : oldest;
	}
	return oldest;
}

/* A slot for a hash whose bucket is full: of a larger table, if there can be one. Rare, and out of
 * the way of those that need no growth. */
__attribute__((noinline)) static struct slot *make_slot(struct sdd_last_access *last_access,
                                                        uint64_t hash)
{
	struct slot *slot = NULL;

	while (slot == NULL && last_access->count < MOST_BUCKETS) {
		size_t count = last_access->count;

		grow_table(last_access);
		if (last_access->count == count) {
			break;
		}
		slot = slot_of(last_access, hash);
	}
	return slot != NULL ? slot : oldest_of(bucket_of(last_access, hash));
}

void sdd_last_access_update(struct sdd_last_access *last_access, const struct sdd_key *key,
                            int64_t now_ms, bool is_written)
{
	struct slot *slot = slot_of(last_access, key->hash);

	if (slot == NULL) {
		slot = make_slot(last_access, key->hash);
	}
	*slot = (struct slot){key->hash, now_ms, !is_written};
}

struct sdd_last_access *sdd_last_access_new(void)
{
	struct sdd_last_access *last_access = malloc(sizeof(*last_access));

	if (last_access == NULL) {
		return NULL;
	}
	last_access->count = FIRST_BUCKETS;
	last_access->slots = calloc((size_t)FIRST_BUCKETS * WAYS, sizeof(*last_access->slots));
	if (last_access->slots == NULL) {
		free(last_access);
		return NULL;
	}
	return last_access;
}

void sdd_last_access_free(struct sdd_last_access *last_access)
{
	if (last_access != NULL) {
		free(last_access->slots);
		free(last_access);
	}
}
