/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Cooperative yielding, for a thread that works in the background for a long time. About every 0.1
 * ms it lets another thread have its processor, such as the one that serves. Otherwise that one
 * would wait for the end of a time slice, which takes milliseconds.
 *
 * Each time costs the thread its turn. So it stops this after a second, and takes its share: its
 * work ends on a machine that is busy with other things, too.
 */

#ifndef SDD_YIELD_H
#define SDD_YIELD_H

#include <sched.h>
#include <stdint.h>

#include "server/system/clock.h"

#define SDD_YIELD_US 1000000

struct sdd_yield {
	unsigned steps;
	int64_t until_us; /* monotonic */
};

/* To be called before the work. */
static inline void sdd_yield_begin(struct sdd_yield *yield)
{
	yield->steps = 0;
	yield->until_us = sdd_clock_monotonic_us() + SDD_YIELD_US;
}

/* To be called at each step of the work; about 0.1 ms are `interval` steps. */
static inline void sdd_yield_step(struct sdd_yield *yield, unsigned interval)
{
	if (++yield->steps % interval == 0 && sdd_clock_monotonic_us() < yield->until_us) {
		(void)sched_yield();
	}
}

#endif
