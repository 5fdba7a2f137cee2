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
