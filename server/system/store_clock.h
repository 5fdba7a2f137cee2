/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The store's own clock. Times to live are measured by it. It begins with the wall clock, and then
 * continues with the time since boot. So setting the wall clock neither shortens a time to live nor
 * prolongs it. Versions and dates are of the wall clock.
 *
 * In the first minutes the wall clock may be wrong still. If it is set back then, this clock
 * follows. Later it never goes back. A start in the boot of the last one needs no wall clock: it
 * continues where this clock was.
 *
 * Arithmetic only: what the system's clocks say is an argument (sdd_clock_read()). All times are
 * milliseconds.
 */

#ifndef SDD_STORE_CLOCK_H
#define SDD_STORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "server/system/clock.h"

/* After the start: the wall clock may still be wrong. */
#define SDD_CLOCK_TRIAL_MS (10 * 60 * 1000)

#define SDD_CLOCK_STEP_MS 1000 /* less than that is no step of the wall clock */

/* Where this clock was in one boot of the system; a row of the B-tree. */
struct sdd_clock_anchor {
	int64_t store_offset_ms;
	char boot_id[SDD_BOOT_ID_BYTES]; /* all zero: there is none */
	uint32_t unused;                 /* 0 */
};

struct sdd_store_clock {
	int64_t store_offset_ms; /* store time less time since boot */
	int64_t wall_offset_ms;  /* wall time less time since boot */
	int64_t boot_ms;         /* when this was last updated, since boot */
	int64_t started_ms;      /* since boot */
	int64_t old_skew_ms;     /* with which it was started */
	int64_t doubtful_ms;     /* store time: what expired until then may live, if the wall clock is
	                            wrong */
	int64_t reported_ms;     /* by how much the wall clock was ahead when that was last told */
};

/* Starts at `now`. `skew_ms` is what sdd_store_clock_skew() was when the store last ran: this clock
 * continues behind the wall clock by as much. */
void sdd_store_clock_start(struct sdd_store_clock *clock, const struct sdd_clock_reading *now,
                           int64_t skew_ms);

/* The same, in the boot in which this clock was there before: it continues at that offset. If the
 * wall clock is behind it, the next update tells of that, and this clock follows. */
void sdd_store_clock_continue(struct sdd_store_clock *clock, const struct sdd_clock_reading *now,
                              int64_t store_offset_ms);

/* To be called about once a second. True: how far the wall clock is ahead of this one has changed
 * by more than a minute since that was last told, and *ahead_ms is what to tell; 0: they agree.
 * This one may have followed since. */
bool sdd_store_clock_update(struct sdd_store_clock *clock, const struct sdd_clock_reading *now,
                            int64_t *ahead_ms);

/* How far the wall clock is ahead of this clock; 0 if it is behind. To be remembered, so that the
 * next start cuts no time to live short. */
static inline int64_t sdd_store_clock_skew(const struct sdd_store_clock *clock)
{
	int64_t ahead_ms = clock->wall_offset_ms - clock->store_offset_ms;

	return ahead_ms > 0 ? ahead_ms : 0;
}

/* Whether what had expired at the start may be alive. */
static inline bool sdd_store_clock_is_on_trial(const struct sdd_store_clock *clock)
{
	return clock->boot_ms - clock->started_ms < SDD_CLOCK_TRIAL_MS;
}

/* The store's time, and the wall clock's, at a time since boot. */
static inline int64_t sdd_store_clock_at(const struct sdd_store_clock *clock, int64_t boot_ms)
{
	return boot_ms + clock->store_offset_ms;
}

static inline int64_t sdd_store_clock_wall_at(const struct sdd_store_clock *clock, int64_t boot_ms)
{
	return boot_ms + clock->wall_offset_ms;
}

#endif
