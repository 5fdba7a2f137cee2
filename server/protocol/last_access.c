/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* When entries were last read or written; see last_access.h. */

#include "server/protocol/last_access.h"

#include <stdlib.h>

#define FIRST_SLOTS 1024 /* a power of two */
#define MOST_SLOTS 65536 /* a power of two; 1.5 MB in all */

struct slot {
	uint64_t hash;   /* of the key */
	int64_t last_ms; /* 0: the slot is empty */
	bool was_read;   /* since it was written */
};

/* Two keys with one hash cost no more than a wrong h or l. */
struct sdd_last_access {
	size_t count; /* of slots */
	struct slot *slots;
};

static inline struct slot *slot_of(const struct sdd_last_access *last_access, uint64_t hash)
{
	return &last_access->slots[hash >> 20 & (last_access->count - 1)];
}

bool sdd_last_access_find(const struct sdd_last_access *last_access, const struct sdd_key *key,
                          int64_t *last_ms)
{
	const struct slot *slot = slot_of(last_access, key->hash);
	bool is_known = slot->hash == key->hash;

	*last_ms = is_known ? slot->last_ms : 0;
	return is_known && slot->was_read;
}

void sdd_last_access_approach(const struct sdd_last_access *last_access, const struct sdd_key *key)
{
	__builtin_prefetch(slot_of(last_access, key->hash), /* to be written */ 1);
}

/* Doubles the slots. Without memory for them the table stays as it is. */
static void grow_table(struct sdd_last_access *last_access)
{
	size_t old_count = last_access->count;
	struct slot *old = last_access->slots;
	struct slot *slots = calloc(2 * old_count, sizeof(*slots));

	if (slots == NULL) {
		return;
	}
	last_access->count = 2 * old_count;
	last_access->slots = slots;
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].last_ms != 0) {
			*slot_of(last_access, old[i].hash) = old[i];
		}
	}
	free(old);
}

/* The slot of a hash whose slot has another one: grows until it is of its own, if it can. Rare, and
 * out of the way of those that need no growth. */
__attribute__((noinline)) static struct slot *make_slot(struct sdd_last_access *last_access,
                                                        uint64_t hash)
{
	struct slot *slot = slot_of(last_access, hash);

	while (slot->hash != hash && slot->last_ms != 0 && last_access->count < MOST_SLOTS) {
		size_t count = last_access->count;

		grow_table(last_access);
		if (last_access->count == count) {
			break;
		}
		slot = slot_of(last_access, hash);
	}
	return slot;
}

void sdd_last_access_update(struct sdd_last_access *last_access, const struct sdd_key *key,
                            int64_t now_ms, bool is_written)
{
	struct slot *slot = slot_of(last_access, key->hash);

	if (slot->hash != key->hash && slot->last_ms != 0) {
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
	last_access->count = FIRST_SLOTS;
	last_access->slots = calloc(FIRST_SLOTS, sizeof(*last_access->slots));
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
