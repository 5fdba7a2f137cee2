/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whether the store takes another batch now; see admission.h. */

#include "server/store/admission.h"

#include <stdio.h>

#include "server/store/flusher.h"
#include "server/store/layers.h"
#include "server/store/memtable.h"
#include "server/system/clock.h"

#define PACED_MS 20       /* how much later a batch comes at most, near the maximum */
#define PATIENCE_MS 30000 /* a job that takes longer hangs: the disk does not answer */

void sdd_admission_want_exact_size(struct sdd_admission *admission)
{
	admission->wants_exact_size = true;
	admission->has_started_flush = false;
}

static enum sdd_result refuse(struct sdd_layers *layers, const char *reason)
{
	(void)snprintf(layers->reason, sizeof(layers->reason), "%s", reason);
	return SDD_FULL;
}

/* A job is running, and the batch cannot begin before its end. */
static enum sdd_result wait_for_job(struct sdd_admission *admission, struct sdd_layers *layers)
{
	int64_t now_ms = sdd_clock_monotonic_ms();

	if (admission->since_ms == 0) {
		admission->since_ms = now_ms;
	}
	return now_ms - admission->since_ms < PATIENCE_MS ? SDD_LATER
	                                                  : refuse(layers, "the disk takes too long");
}

/* No job is running: starts the one that makes the size exact. False: it has ended, well or not. */
static bool start_exact_flush(struct sdd_admission *admission, struct sdd_layers *layers,
                              struct sdd_flusher *flusher, int64_t now_ms)
{
	if (!admission->has_started_flush) {
		admission->has_started_flush = true;
		layers->needs_room = true;
		sdd_flusher_schedule(flusher, now_ms);
		return !sdd_flusher_poll(flusher);
	}
	return false;
}

static bool is_at_maximum(const struct sdd_layers *layers, const struct sdd_flusher *flusher)
{
	return sdd_flusher_waiting(flusher) >= layers->active_max;
}

/* Bytes of the active memtable, from which on batches are paced. */
static size_t paced_size(const struct sdd_layers *layers)
{
	return layers->active_max / 8 * 5;
}

enum sdd_result sdd_admission_ask(struct sdd_admission *admission, struct sdd_layers *layers,
                                  struct sdd_flusher *flusher, int64_t now_ms)
{
	if (!admission->wants_exact_size && sdd_flusher_waiting(flusher) <= paced_size(layers)) {
		return SDD_DONE;
	}
	if (!sdd_flusher_poll(flusher)) {
		if (admission->wants_exact_size || is_at_maximum(layers, flusher)) {
			return wait_for_job(admission, layers);
		}
		return sdd_clock_monotonic_ms() < admission->paced_ms ? SDD_LATER : SDD_DONE;
	}
	admission->since_ms = 0;
	if (admission->wants_exact_size && start_exact_flush(admission, layers, flusher, now_ms)) {
		return wait_for_job(admission, layers);
	}
	admission->wants_exact_size = false;
	if (!is_at_maximum(layers, flusher)) {
		return SDD_DONE;
	}
	if (sdd_flusher_is_pending(flusher)) {
		return refuse(layers, sdd_health_reason(&layers->health));
	}
	sdd_flusher_schedule(flusher, /* now_ms */ 0); /* which empties the active memtable */
	return SDD_DONE;
}

void sdd_admission_pace(struct sdd_admission *admission, const struct sdd_layers *layers,
                        const struct sdd_flusher *flusher)
{
	size_t size = sdd_flusher_waiting(flusher);
	size_t paced = paced_size(layers);

	if (size > paced && sdd_flusher_is_pending(flusher) &&
	    sdd_health_state(&layers->health) == SDD_OK) {
		double behind = (double)(size - paced) / (double)(layers->active_max - paced);

		behind = behind < 1 ? behind : 1;
		admission->paced_ms = sdd_clock_monotonic_ms() + 1 + (int64_t)(behind * behind * PACED_MS);
	}
}
