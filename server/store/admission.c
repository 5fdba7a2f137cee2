/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whether the store takes another batch now; see admission.h. */

#include "server/store/admission.h"

#include <stdio.h>

#include "server/store/btree.h"
#include "server/store/flusher.h"
#include "server/store/layers.h"
#include "server/store/memtable.h"
#include "server/system/clock.h"

#define PACED_MS 20             /* how much later a batch comes at most */
#define PATIENCE_MS 30000       /* a job that takes longer hangs: the disk does not answer */
#define AWAIT_MS 1000           /* how long room is waited for */
#define SOON_MS 50              /* from one sweep to the next, while room is waited for */
#define SOME_ROOM (1024 * 1024) /* bytes, or a part of the store's size: so much ends the wait */
#define SOME_PART 64

void sdd_admission_want_exact_size(struct sdd_admission *admission)
{
	admission->must_ask = true;
	admission->wants_exact_size = true;
	admission->has_started_flush = false;
}

static int64_t some_room(const struct sdd_layers *layers)
{
	uint64_t part = layers->space.max_size / SOME_PART;

	return part < SOME_ROOM ? (int64_t)part : SOME_ROOM;
}

/* A longer value may not fit though there is some room: it would be waited for again and again. */
bool sdd_admission_await_room(struct sdd_admission *admission, const struct sdd_layers *layers,
                              size_t length, int64_t now_ms)
{
	int64_t clock_ms = sdd_clock_monotonic_ms();

	if ((int64_t)length > some_room(layers) / 2 ||
	    !sdd_btree_is_due(layers->btree, SDD_ALL_EXPIRED, now_ms + AWAIT_MS)) {
		return false;
	}
	if (admission->full_since_ms == 0) {
		admission->full_since_ms = clock_ms;
	}
	if (clock_ms - admission->full_since_ms >= AWAIT_MS) {
		return false;
	}
	admission->soon_ms = clock_ms + SOON_MS;
	return true;
}

static enum sdd_result refuse_batch(struct sdd_layers *layers, enum sdd_result result,
                                    const char *reason)
{
	(void)snprintf(layers->reason, sizeof(layers->reason), "%s", reason);
	return result;
}

/* A job is running, and the batch cannot begin before its end. */
static enum sdd_result wait_for_job(struct sdd_admission *admission, struct sdd_layers *layers)
{
	int64_t now_ms = sdd_clock_monotonic_ms();

	if (admission->since_ms == 0) {
		admission->since_ms = now_ms;
	}
	return now_ms - admission->since_ms < PATIENCE_MS
	           ? SDD_LATER
	           : refuse_batch(layers, SDD_FAILED, "the disk takes too long");
}

/* No job is running: starts the one that makes the size exact. False: it has ended, well or not. */
static bool start_exact_flush(struct sdd_admission *admission, struct sdd_layers *layers,
                              struct sdd_flusher *flusher, int64_t now_ms)
{
	if (!admission->has_started_flush) {
		admission->has_started_flush = true;
		layers->needs_room = true;
		/* `now_ms` is from before the wait */
		sdd_flusher_schedule(flusher, now_ms + (admission->soon_ms != 0 ? SOON_MS : 0));
		return !sdd_flusher_poll(flusher);
	}
	return false;
}

/* The size is exact. */
static void end_exact_flush(struct sdd_admission *admission, const struct sdd_layers *layers)
{
	admission->wants_exact_size = false;
	admission->soon_ms = 0;
	if (sdd_space_left(&layers->space) >= some_room(layers)) {
		admission->full_since_ms = 0;
	}
}

static bool is_at_maximum(const struct sdd_layers *layers, const struct sdd_flusher *flusher)
{
	return sdd_flusher_waiting(flusher) >= layers->active_max;
}

/* Of the active memtable's maximum, in eighths: where pacing begins, and where it is strongest.
 * While that keeps the greedy clients below the second, nobody else is paced. */
static const struct {
	size_t from, most;
} paced_eighths[] = {[false] = {5, 8}, [true] = {3, 5}};

/* Pacing begins when more than so many bytes are waiting. */
static size_t paced_size(const struct sdd_layers *layers)
{
	return layers->active_max / 8 * paced_eighths[true].from;
}

static enum sdd_result later_until(int64_t time_ms)
{
	return sdd_clock_monotonic_ms() < time_ms ? SDD_LATER : SDD_DONE;
}

enum sdd_result sdd_admission_ask(struct sdd_admission *admission, struct sdd_layers *layers,
                                  struct sdd_flusher *flusher, bool is_greedy, int64_t now_ms)
{
	if (!admission->wants_exact_size && sdd_flusher_waiting(flusher) <= paced_size(layers)) {
		admission->must_ask = false;
		admission->since_ms = 0; /* somebody else may have seen the end of the job */
		return SDD_DONE;
	}
	if (!admission->has_started_flush && sdd_clock_monotonic_ms() < admission->soon_ms) {
		return SDD_LATER;
	}
	if (!sdd_flusher_poll(flusher)) {
		if (admission->wants_exact_size || is_at_maximum(layers, flusher)) {
			return wait_for_job(admission, layers);
		}
		return later_until(is_greedy ? admission->greedy_ms : admission->paced_ms);
	}
	admission->since_ms = 0;
	admission->greedy_ms = 0;
	if (admission->wants_exact_size && start_exact_flush(admission, layers, flusher, now_ms)) {
		return wait_for_job(admission, layers);
	}
	if (admission->wants_exact_size) {
		end_exact_flush(admission, layers);
	}
	if (!is_at_maximum(layers, flusher)) {
		return SDD_DONE;
	}
	if (sdd_flusher_is_pending(flusher)) {
		return refuse_batch(layers, sdd_health_result(sdd_health_state(&layers->health)),
		                    sdd_health_reason(&layers->health));
	}
	sdd_flusher_schedule(flusher, /* now_ms */ 0); /* which empties the active memtable */
	return SDD_DONE;
}

enum sdd_result sdd_admission_join(struct sdd_admission *admission)
{
	enum sdd_result result = admission->has_greedy ? SDD_DONE : later_until(admission->greedy_ms);

	admission->has_greedy = result == SDD_DONE;
	return result;
}

/* Until when the next batch has to wait, if it is of greedy clients or of others. */
static int64_t pace_until(const struct sdd_layers *layers, size_t size, bool is_greedy)
{
	size_t from = layers->active_max / 8 * paced_eighths[is_greedy].from;
	size_t most = layers->active_max / 8 * paced_eighths[is_greedy].most;
	double behind;

	if (size <= from) {
		return 0;
	}
	behind = (double)(size - from) / (double)(most - from);
	behind = behind < 1 ? behind : 1;
	return sdd_clock_monotonic_ms() + 1 + (int64_t)(behind * behind * PACED_MS);
}

/* A greedy client that waits is not put off further by what the others write meanwhile. */
void sdd_admission_pace(struct sdd_admission *admission, const struct sdd_layers *layers,
                        const struct sdd_flusher *flusher)
{
	size_t size = sdd_flusher_waiting(flusher);

	admission->must_ask = true;
	if (sdd_flusher_is_pending(flusher) && sdd_health_state(&layers->health) == SDD_OK) {
		if (admission->has_greedy) {
			admission->greedy_ms = pace_until(layers, size, /* is_greedy */ true);
		}
		admission->paced_ms = pace_until(layers, size, /* is_greedy */ false);
	}
}
