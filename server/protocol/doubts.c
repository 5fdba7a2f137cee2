/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What may be older than on another server; see doubts.h. */

#include "server/protocol/doubts.h"

#include <stdlib.h>

#define BUCKETS 1024
#define WAYS 4 /* slots of a bucket */

#define TTL_MAX_MS                                                                                 \
	(30ll * 24 * 60 * 60 * 1000) /* a longer time to live counts as this, as anywhere */

struct sdd_doubt {
	uint64_t hash;
	uint64_t version; /* 0: the slot is free */
	int64_t since_ms;
	int64_t until_ms;
	bool is_settled; /* what the key had last is no older */
};

static struct sdd_doubt *bucket_of(const struct sdd_doubts *doubts, uint64_t hash)
{
	return &doubts->slots[hash % BUCKETS * WAYS];
}

/* NULL: the key has no slot. */
static struct sdd_doubt *slot_of(const struct sdd_doubts *doubts, uint64_t hash)
{
	struct sdd_doubt *bucket;

	if (doubts->slots == NULL) {
		return NULL;
	}
	bucket = bucket_of(doubts, hash);
	for (int i = 0; i < WAYS; i++) {
		if (bucket[i].version != 0 && bucket[i].hash == hash) {
			return &bucket[i];
		}
	}
	return NULL;
}

/* The slot with the lowest version: a free one, if there is one. */
static struct sdd_doubt *lowest_of(struct sdd_doubt *bucket)
{
	struct sdd_doubt *lowest = bucket;

	for (int i = 1; i < WAYS; i++) {
		lowest = bucket[i].version < lowest->version ? &bucket[i] : lowest;
	}
	return lowest;
}

static void add_to_rest(struct sdd_doubts *doubts, uint64_t version, int64_t since_ms,
                        int64_t until_ms)
{
	if (version > doubts->rest_version) {
		doubts->rest_version = version;
	}
	if (since_ms > doubts->rest_since_ms) {
		doubts->rest_since_ms = since_ms;
	}
	if (until_ms > doubts->rest_until_ms) {
		doubts->rest_until_ms = until_ms;
	}
}

/* The slot of a key, which may be a new one: then its version is 0. NULL: no memory. */
static struct sdd_doubt *take_slot(struct sdd_doubts *doubts, uint64_t hash)
{
	struct sdd_doubt *slot;

	if (doubts->slots == NULL) {
		doubts->slots = calloc((size_t)BUCKETS * WAYS, sizeof(*doubts->slots));
	}
	slot = slot_of(doubts, hash);
	if (slot == NULL && doubts->slots != NULL) {
		slot = lowest_of(bucket_of(doubts, hash));
		if (slot->version != 0) {
			add_to_rest(doubts, slot->version, slot->since_ms, slot->until_ms);
		}
		*slot = (struct sdd_doubt){.hash = hash};
	}
	return slot;
}

void sdd_doubts_refused(struct sdd_doubts *doubts, int64_t now_ms)
{
	struct sdd_doubt *slot = slot_of(doubts, doubts->hash);
	int64_t until_ms = now_ms + (doubts->ttl_ms < TTL_MAX_MS ? doubts->ttl_ms : TTL_MAX_MS);

	if (slot != NULL) {
		slot->is_settled = false; /* by the write that is refused, perhaps */
	}
	if (doubts->version == 0) {
		return;
	}
	doubts->are_any = true;
	slot = take_slot(doubts, doubts->hash);
	if (slot == NULL) {
		add_to_rest(doubts, doubts->version, now_ms, until_ms);
		return;
	}
	slot->version = doubts->version > slot->version ? doubts->version : slot->version;
	slot->since_ms = now_ms;
	slot->until_ms = until_ms > slot->until_ms ? until_ms : slot->until_ms;
}

size_t sdd_doubts_count(const struct sdd_doubts *doubts, int64_t now_ms, bool *are_more)
{
	size_t count = 0;

	*are_more = doubts->rest_version != 0 && now_ms < doubts->rest_until_ms;
	if (doubts->slots == NULL) {
		return 0;
	}
	for (size_t i = 0; i < (size_t)BUCKETS * WAYS; i++) {
		const struct sdd_doubt *slot = &doubts->slots[i];

		count += slot->version != 0 && !slot->is_settled && now_ms < slot->until_ms;
	}
	return count;
}

bool sdd_doubts_find(struct sdd_doubts *doubts, const struct sdd_key *key, uint64_t version)
{
	struct sdd_doubt *slot = slot_of(doubts, key->hash);

	if (slot != NULL) {
		slot->is_settled = version >= slot->version;
	}
	return version < doubts->rest_version || (slot != NULL && version < slot->version);
}

bool sdd_doubts_end(struct sdd_doubts *doubts, const struct sdd_key *key, int64_t before_ms)
{
	struct sdd_doubt *slot = slot_of(doubts, key->hash);

	if ((slot != NULL && slot->since_ms >= before_ms) ||
	    (doubts->rest_version != 0 && doubts->rest_since_ms >= before_ms)) {
		return false;
	}
	if (slot != NULL) {
		slot->version = 0;
	}
	return true;
}

void sdd_doubts_clear(struct sdd_doubts *doubts)
{
	free(doubts->slots);
	*doubts = (struct sdd_doubts){.slots = NULL};
}
