/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The hash; see hash.h. */

#include "server/store/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t sdd_hash(uint64_t seed, const void *bytes, size_t length)
{
	return XXH3_64bits_withSeed(bytes, length, seed);
}
