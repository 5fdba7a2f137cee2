/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the page shows of the time between two samples; see page_values.h. */

#include "server/protocol/page_values.h"

#include "server/protocol/history.h"
#include "server/protocol/latency.h"

#define UNKNOWN (-1)

static double rate(const struct sdd_sample *from, const struct sdd_sample *to,
                   enum sdd_statistic which)
{
	double seconds = (double)(to->at_ms - from->at_ms) / 1000;

	return seconds <= 0 ? UNKNOWN : (double)(to->numbers[which] - from->numbers[which]) / seconds;
}

double sdd_page_requests(const struct sdd_sample *from, const struct sdd_sample *to)
{
	double all = 0;

	for (size_t i = 0; i < SDD_LATENCY_COMMANDS; i++) {
		/* a touch is a get, too */
		if (sdd_latency_commands[i] != SDD_STAT_CMD_TOUCH) {
			all += rate(from, to, sdd_latency_commands[i]);
		}
	}
	return all;
}

double sdd_page_gets(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return rate(from, to, SDD_STAT_CMD_GET);
}

double sdd_page_sets(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return rate(from, to, SDD_STAT_CMD_SET);
}

double sdd_page_deletes(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return rate(from, to, SDD_STAT_CMD_DELETE);
}

double sdd_page_lockings(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return rate(from, to, SDD_STAT_CMD_LOCK);
}

double sdd_page_received(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return rate(from, to, SDD_STAT_BYTES_READ);
}

double sdd_page_sent(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return rate(from, to, SDD_STAT_BYTES_WRITTEN);
}

double sdd_page_hit_ratio(const struct sdd_sample *from, const struct sdd_sample *to)
{
	double gets = (double)(to->numbers[SDD_STAT_CMD_GET] - from->numbers[SDD_STAT_CMD_GET]);
	double hits = (double)(to->numbers[SDD_STAT_GET_HITS] - from->numbers[SDD_STAT_GET_HITS]);

	return gets == 0 ? UNKNOWN : 100 * hits / gets;
}

static double quantile(const struct sdd_sample *from, const struct sdd_sample *to, double part)
{
	uint64_t between[SDD_LATENCY_BUCKETS + 1];
	int64_t us;

	for (size_t i = 0; i <= SDD_LATENCY_BUCKETS; i++) {
		between[i] = to->latency[i] - from->latency[i];
	}
	us = sdd_latency_quantile(between, part);
	return us == 0 ? UNKNOWN : (double)us;
}

double sdd_page_median(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return quantile(from, to, 0.5);
}

double sdd_page_p99(const struct sdd_sample *from, const struct sdd_sample *to)
{
	return quantile(from, to, 0.99);
}

double sdd_page_full(const struct sdd_sample *from, const struct sdd_sample *to)
{
	(void)from;
	return sdd_page_fullness(to->numbers);
}

double sdd_page_locks(const struct sdd_sample *from, const struct sdd_sample *to)
{
	(void)from;
	return (double)to->numbers[SDD_STAT_CURR_LOCKS];
}

double sdd_page_lock_waiters(const struct sdd_sample *from, const struct sdd_sample *to)
{
	(void)from;
	return (double)to->numbers[SDD_STAT_LOCK_WAITERS];
}

double sdd_page_fullness(const uint64_t *numbers)
{
	return 100 * (double)numbers[SDD_STAT_BYTES] / (double)numbers[SDD_STAT_LIMIT_MAXBYTES];
}

double sdd_page_refused(const uint64_t *numbers)
{
	return (double)(numbers[SDD_STAT_REFUSED_MAXSIZE] + numbers[SDD_STAT_REFUSED_DISK] +
	                numbers[SDD_STAT_REFUSED_FAILED]);
}
