/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What all unit tests share: cmocka with the headers it wants first, and chance that repeats. */

#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Numbers that are the same in each run (xorshift64*); the seed is not 0. */
struct chance {
	uint64_t state;
};

static inline uint32_t chance_next(struct chance *chance)
{
	chance->state ^= chance->state >> 12;
	chance->state ^= chance->state << 25;
	chance->state ^= chance->state >> 27;
	return (uint32_t)((chance->state * 0x2545f4914f6cdd1dull) >> 32);
}

/* One of `low` to `high`, both included. */
static inline uint32_t chance_between(struct chance *chance, uint32_t low, uint32_t high)
{
	return low + (uint32_t)(chance_next(chance) % ((uint64_t)high - low + 1));
}

#endif
