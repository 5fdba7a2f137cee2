/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * How long the commands took, as histograms: from the beginning of the tick that ran one until the
 * tick had ended and its answers were sent. That is as long as the client waited for the server if
 * the request came when the tick began, and never less. The statistics show which commands a tick
 * has run, so a request costs nothing, and no clock is read that is not read anyway. Waits for a
 * lock are not included.
 */

#ifndef SDD_LATENCY_H
#define SDD_LATENCY_H

#include <stddef.h>
#include <stdint.h>

#include "server/system/statistics.h"

#define SDD_LATENCY_COMMANDS 7
#define SDD_LATENCY_BUCKETS 22 /* and one for all that took longer */
#define SDD_LATENCY_FIRST_US 8 /* the bound of the first; each of the others has twice as much */

/* Zero-initialised. */
struct sdd_latency {
	uint64_t buckets[SDD_LATENCY_COMMANDS][SDD_LATENCY_BUCKETS + 1];
	uint64_t sums_us[SDD_LATENCY_COMMANDS];
	uint64_t seen[SDD_LATENCY_COMMANDS]; /* by the statistics */
	/* the last tick, of which is not known yet when it ended */
	unsigned ran; /* which commands it has run, as bits */
	uint64_t pending[SDD_LATENCY_COMMANDS];
	int64_t began_us;
};

/* The commands: the statistics that count them. */
extern const enum sdd_statistic sdd_latency_commands[SDD_LATENCY_COMMANDS];

/* The last tick before this has ended, at that time. To be called before what follows. */
void sdd_latency_ended(struct sdd_latency *latency, int64_t ended_us);

/* A tick that began at that time has run what the numbers have more than before. */
void sdd_latency_ran(struct sdd_latency *latency, const uint64_t *numbers, int64_t began_us);

/* All commands together. */
void sdd_latency_sum(const struct sdd_latency *latency, uint64_t sum[SDD_LATENCY_BUCKETS + 1]);

/* The time in microseconds that `part` of those in the buckets did not exceed, from 0 to 1; rounded
 * up to the bound of a bucket. 0: there are none. */
int64_t sdd_latency_quantile(const uint64_t buckets[SDD_LATENCY_BUCKETS + 1], double part);

#endif
