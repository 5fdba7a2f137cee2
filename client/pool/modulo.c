/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Placement; the rule stands in ring.h. Buckets are not stored, only where each run of them ends. */

#include "client/pool/modulo.h"

#include <stdlib.h>
#include <string.h>

uint32_t sd_ring_hash(const void *key, size_t key_length)
{
	const uint8_t *bytes = key;
	uint32_t hash = 0;
	size_t i = 0;

	/* four bytes in one step, for each step has to wait for the one before it */
	for (; i + 4 <= key_length; i += 4) {
		hash = hash * (33 * 33 * 33 * 33) + bytes[i] * (33u * 33 * 33) + bytes[i + 1] * (33u * 33) +
		       bytes[i + 2] * 33u + bytes[i + 3];
	}
	for (; i < key_length; i++) {
		hash = hash * 33 + bytes[i];
	}
	return hash & 0x7fffffff; /* what is above never comes down: once is enough */
}

/* Of a ring that has servers. */
static uint64_t bucket_count(const struct sd_ring *ring)
{
	return ring->ends[ring->count - 1];
}

enum sd_status sd_ring_add(struct sd_ring *ring, uint32_t weight)
{
	uint64_t *ends = realloc(ring->ends, (ring->count + 1) * sizeof(*ends));

	if (ends == NULL) {
		return SD_NO_MEMORY;
	}
	ring->ends = ends;
	ends[ring->count] = weight + (ring->count == 0 ? 0 : bucket_count(ring));
	ring->count++;
	if (weight > ring->max_weight) {
		ring->max_weight = weight;
	}
	return SD_OK;
}

void sd_ring_clear(struct sd_ring *ring)
{
	free(ring->ends);
	memset(ring, 0, sizeof(*ring));
}

bool sd_ring_has_second(const struct sd_ring *ring)
{
	return ring->max_weight < ring->count;
}

/* The server whose run holds the bucket: the first that ends behind it. */
static inline size_t owner_of(const struct sd_ring *ring, uint64_t bucket)
{
	const uint64_t *first = ring->ends; /* of those that it can be still, */
	size_t left = ring->count;          /* so many */

	while (left > 1) {
		size_t half = left / 2;

		first += first[half - 1] <= bucket ? half : 0;
		left -= half;
	}
	return (size_t)(first - ring->ends);
}

size_t sd_ring_first(const struct sd_ring *ring, uint32_t hash)
{
	return owner_of(ring, hash % bucket_count(ring));
}

size_t sd_ring_second(const struct sd_ring *ring, uint32_t hash)
{
	uint64_t bucket = hash % bucket_count(ring) + ring->max_weight;

	return owner_of(ring, bucket % bucket_count(ring));
}
