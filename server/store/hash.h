/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One hash for all that needs one: xxHash's XXH3, 64 bits. It is fast and spreads well, and is no
 * secret: whoever chooses keys can make them collide only as long as the seed is not known. */

#ifndef SDD_HASH_H
#define SDD_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t sdd_hash(uint64_t seed, const void *bytes, size_t length);

#endif
