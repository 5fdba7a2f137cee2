/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The numbers of the last minutes; see history.h. */

#include "server/protocol/history.h"

struct sdd_sample *sdd_history_add(struct sdd_history *history)
{
	struct sdd_sample *sample = &history->samples[history->next];

	history->next = (history->next + 1) % SDD_HISTORY_SAMPLES;
	if (history->count < SDD_HISTORY_SAMPLES) {
		history->count++;
	}
	return sample;
}

const struct sdd_sample *sdd_history_at(const struct sdd_history *history, size_t back)
{
	if (back >= history->count) {
		return NULL;
	}
	return &history
	            ->samples[(history->next + SDD_HISTORY_SAMPLES - 1 - back) % SDD_HISTORY_SAMPLES];
}

const struct sdd_sample *sdd_history_since(const struct sdd_history *history, int64_t seconds)
{
	const struct sdd_sample *newest = sdd_history_at(history, 0);
	const struct sdd_sample *found = newest;
	const struct sdd_sample *sample;

	for (size_t back = 1; (sample = sdd_history_at(history, back)) != NULL; back++) {
		/* the timer is late by some milliseconds each time */
		if (newest->at_ms - sample->at_ms > seconds * 1000 + 1000) {
			break;
		}
		found = sample;
	}
	return found;
}
