/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Latency; see latency.h. */

#include "server/protocol/latency.h"

const enum sdd_statistic sdd_latency_commands[SDD_LATENCY_COMMANDS] = {
	SDD_STAT_CMD_GET,        SDD_STAT_CMD_SET,  SDD_STAT_CMD_DELETE, SDD_STAT_CMD_TOUCH,
	SDD_STAT_CMD_ARITHMETIC, SDD_STAT_CMD_LOCK, SDD_STAT_CMD_UNLOCK,
};

/* The first whose bound is not exceeded. */
static size_t bucket_of(int64_t us)
{
	uint64_t parts = us <= SDD_LATENCY_FIRST_US ? 0 : (uint64_t)(us - 1) / SDD_LATENCY_FIRST_US;
	size_t bucket = parts == 0 ? 0 : 64 - (size_t)__builtin_clzll(parts);

	return bucket < SDD_LATENCY_BUCKETS ? bucket : SDD_LATENCY_BUCKETS;
}

void sdd_latency_ended(struct sdd_latency *latency, int64_t ended_us)
{
	int64_t us = ended_us > latency->began_us ? ended_us - latency->began_us : 0;
	size_t bucket = bucket_of(us);
	unsigned ran = latency->ran;

	for (latency->ran = 0; ran != 0; ran &= ran - 1) {
		unsigned i = (unsigned)__builtin_ctz(ran);

		latency->buckets[i][bucket] += latency->pending[i];
		latency->sums_us[i] += latency->pending[i] * (uint64_t)us;
	}
}

void sdd_latency_ran(struct sdd_latency *latency, const uint64_t *numbers, int64_t began_us)
{
	for (unsigned i = 0; i < SDD_LATENCY_COMMANDS; i++) {
		uint64_t now = numbers[sdd_latency_commands[i]];

		if (now != latency->seen[i]) {
			latency->pending[i] = now - latency->seen[i];
			latency->seen[i] = now;
			latency->ran |= 1u << i;
		}
	}
	latency->began_us = began_us;
}

void sdd_latency_sum(const struct sdd_latency *latency, uint64_t sum[SDD_LATENCY_BUCKETS + 1])
{
	for (size_t bucket = 0; bucket <= SDD_LATENCY_BUCKETS; bucket++) {
		sum[bucket] = 0;
		for (size_t i = 0; i < SDD_LATENCY_COMMANDS; i++) {
			/* a touch is a get, too */
			if (sdd_latency_commands[i] != SDD_STAT_CMD_TOUCH) {
				sum[bucket] += latency->buckets[i][bucket];
			}
		}
	}
}

int64_t sdd_latency_quantile(const uint64_t buckets[SDD_LATENCY_BUCKETS + 1], double part)
{
	uint64_t all = 0;
	uint64_t so_far = 0;

	for (size_t i = 0; i <= SDD_LATENCY_BUCKETS; i++) {
		all += buckets[i];
	}
	if (all == 0) {
		return 0;
	}
	for (size_t i = 0; i <= SDD_LATENCY_BUCKETS; i++) {
		so_far += buckets[i];
		if ((double)so_far >= part * (double)all) {
			return (int64_t)SDD_LATENCY_FIRST_US << i;
		}
	}
	return 0;
}
