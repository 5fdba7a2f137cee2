/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* When entries were last read; see access.h. */

#include "server/protocol/last_access.h"

#include <stdlib.h>

#include "server/store/hash.h"

#define PLACES 65536 /* a power of two; 1.5 MB in all */

struct place {
	uint64_t hash; /* of the key that it is about; 0: of none */
	int64_t last_ms;
	bool read;
};

struct sdd_access {
	struct place places[PLACES];
};

/* A mistake costs no more than a wrong h or l. */
static uint64_t hash_of(struct sdd_bytes key)
{
	return sdd_hash(/* seed */ 0, key.data, key.length) | 1;
}

static size_t place_of(uint64_t hash)
{
	return hash >> 20 & (PLACES - 1);
}

bool sdd_access_was_read(const struct sdd_access *access, struct sdd_bytes key, int64_t *last_ms)
{
	uint64_t hash = hash_of(key);
	const struct place *place = &access->places[place_of(hash)];

	*last_ms = place->hash == hash ? place->last_ms : 0;
	return place->hash == hash && place->read;
}

void sdd_access_note(struct sdd_access *access, struct sdd_bytes key, int64_t now_ms, bool written)
{
	uint64_t hash = hash_of(key);

	access->places[place_of(hash)] = (struct place){hash, now_ms, !written};
}

struct sdd_access *sdd_access_new(void)
{
	return calloc(1, sizeof(struct sdd_access));
}

void sdd_access_free(struct sdd_access *access)
{
	free(access);
}
