/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The hash of keys and of checks in files: xxHash's XXH3, 64 bits. It is fast and spreads well, but
 * is no secret: somebody who knows the seed can choose keys that collide. The result is the same on
 * all processors; with AVX2, if the processor has it, that of a long input comes sooner. */

#ifndef SDD_HASH_H
#define SDD_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t sdd_hash(uint64_t seed, const void *bytes, size_t length);

/* {{{ the same of bytes that come in pieces */

struct sdd_hash_stream;

/* NULL: no memory. */
struct sdd_hash_stream *sdd_hash_begin(uint64_t seed);

void sdd_hash_add(struct sdd_hash_stream *stream, const void *bytes, size_t length);

/* The hash of all that was added. */
uint64_t sdd_hash_of_stream(const struct sdd_hash_stream *stream);

/* NULL is allowed. */
void sdd_hash_end(struct sdd_hash_stream *stream);

/* }}} */

/* {{{ the ways to it, for hash.c and tests only */

/* With what every processor of this kind has. */
uint64_t sdd_hash_baseline(uint64_t seed, const void *bytes, size_t length);

/* SDD_HASH_AVX2 says that this function is there; the processor may lack AVX2 all the same. */
#ifdef __x86_64__
#define SDD_HASH_AVX2
uint64_t sdd_hash_avx2(uint64_t seed, const void *bytes, size_t length);
#endif

/* }}} */

#endif
