/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The hash; see hash.h. */

#include "server/store/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define LONG_BYTES (XXH3_MIDSIZE_MAX + 1) /* from here on XXH3 works in vectors */

uint64_t sdd_hash_baseline(uint64_t seed, const void *bytes, size_t length)
{
	return XXH3_64bits_withSeed(bytes, length, seed);
}

uint64_t sdd_hash(uint64_t seed, const void *bytes, size_t length)
{
#ifdef SDD_HASH_AVX2
	if (length >= LONG_BYTES && __builtin_cpu_supports("avx2")) {
		return sdd_hash_avx2(seed, bytes, length);
	}
#endif
	return XXH3_64bits_withSeed(bytes, length, seed);
}

/* {{{ pieces */

static XXH3_state_t *state_of(struct sdd_hash_stream *stream)
{
	return (void *)stream;
}

struct sdd_hash_stream *sdd_hash_begin(uint64_t seed)
{
	XXH3_state_t *state = XXH3_createState();

	if (state != NULL) {
		(void)XXH3_64bits_reset_withSeed(state, seed);
	}
	return (void *)state;
}

void sdd_hash_add(struct sdd_hash_stream *stream, const void *bytes, size_t length)
{
	(void)XXH3_64bits_update(state_of(stream), bytes, length);
}

uint64_t sdd_hash_of_stream(const struct sdd_hash_stream *stream)
{
	return XXH3_64bits_digest((const void *)stream);
}

void sdd_hash_end(struct sdd_hash_stream *stream)
{
	(void)XXH3_freeState(state_of(stream));
}

/* }}} */
