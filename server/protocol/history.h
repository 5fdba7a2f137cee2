/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The numbers of the last minutes: samples in a ring, the newest of which replace the oldest. */

#ifndef SDD_HISTORY_H
#define SDD_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "server/protocol/latency.h"
#include "server/system/statistics.h"

#define SDD_HISTORY_SAMPLES 121 /* so there are 120 intervals between them: ten minutes */
#define SDD_HISTORY_PERIOD_S 5

struct sdd_sample {
	int64_t at_ms; /* since the system started */
	uint64_t numbers[SDD_STAT_COUNT];
	uint64_t latency[SDD_LATENCY_BUCKETS + 1]; /* of all commands */
};

/* Zero-initialised. */
struct sdd_history {
	struct sdd_sample samples[SDD_HISTORY_SAMPLES];
	size_t count;
	size_t next; /* where the next one goes */
};

/* Makes room for a new sample, which the caller fills in. */
struct sdd_sample *sdd_history_add(struct sdd_history *history);

/* One of them, from the newest, 0, back. NULL: there are no more. */
const struct sdd_sample *sdd_history_at(const struct sdd_history *history, size_t back);

/* The oldest one that is at most so many seconds older than the newest. NULL: there is none. */
const struct sdd_sample *sdd_history_since(const struct sdd_history *history, int64_t seconds);

#endif
