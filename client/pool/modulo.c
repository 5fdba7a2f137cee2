/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Placement; modulo.h states the rule. Only the end of each server's run of buckets is stored. */

#include "client/pool/modulo.h"

#include <stdlib.h>
#include <string.h>

uint32_t sd_modulo_hash(const void *key, size_t key_length)
{
	const uint8_t *bytes = key;
	uint32_t hash = 0;
	size_t i = 0;

	/* four bytes a step: each step has to wait for the result of the one before */
	for (; i + 4 <= key_length; i += 4) {
		hash = hash * (33 * 33 * 33 * 33) + bytes[i] * (33u * 33 * 33) + bytes[i + 1] * (33u * 33) +
		       bytes[i + 2] * 33u + bytes[i + 3];
	}
	for (; i < key_length; i++) {
		hash = hash * 33 + bytes[i];
	}
	return hash & 0x7fffffff; /* higher bits never influence lower ones, so one
	                           mask at the end is enough */
}

enum sd_status sd_modulo_add(struct sd_modulo *modulo, uint32_t weight)
{
	uint64_t *ends = realloc(modulo->ends, (modulo->count + 1) * sizeof(*ends));

	if (ends == NULL) {
		return SD_NO_MEMORY;
	}
	modulo->ends = ends;
	modulo->buckets += weight;
	ends[modulo->count] = modulo->buckets;
	modulo->count++;
	if (weight > modulo->max_weight) {
		modulo->max_weight = weight;
	}
	return SD_OK;
}

void sd_modulo_clear(struct sd_modulo *modulo)
{
	free(modulo->ends);
	memset(modulo, 0, sizeof(*modulo));
}

/* The server whose run includes the bucket: the first one that ends after it. */
static inline size_t owner_of(const struct sd_modulo *modulo, uint64_t bucket)
{
	const uint64_t *first = modulo->ends; /* of the servers that are still possible */
	size_t left = modulo->count;          /* how many of them */

	while (left > 1) {
		size_t half = left / 2;

		first += first[half - 1] <= bucket ? half : 0;
		left -= half;
	}
	return (size_t)(first - modulo->ends);
}

void sd_modulo_owners(const struct sd_modulo *modulo, struct sd_bytes key, size_t count,
                      size_t *owners)
{
	uint64_t bucket = sd_modulo_hash(key.data, key.length) % modulo->buckets;

	owners[0] = owner_of(modulo, bucket);
	if (count > 1) {
		owners[1] = owner_of(modulo, (bucket + modulo->max_weight) % modulo->buckets);
	}
}
