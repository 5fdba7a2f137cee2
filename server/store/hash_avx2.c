/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The hash of a long input, by AVX2; see hash.h. The makefiles compile this file with -mavx2, and
 * so it includes nothing that other files share.
 *
 * GCC 12 leaves out the instruction that ends the use of AVX, because xxhash.h has a pragma that
 * sets its optimization. Then all SSE code that follows is slower by far, anywhere in the process.
 * So it is written here. Debian's libxxhash 0.8.1 has a dispatcher of its own, and lacks the
 * instruction, too.
 */

#include "server/store/hash.h"

#if defined(SDD_HASH_AVX2) && defined(__AVX2__)

#define XXH_INLINE_ALL
#define XXH_VECTOR 2 /* XXH_AVX2 */
#include <xxhash.h>

uint64_t sdd_hash_avx2(uint64_t seed, const void *bytes, size_t length)
{
	uint64_t hash = XXH3_64bits_withSeed(bytes, length, seed);

	_mm256_zeroupper();
	return hash;
}

#endif
