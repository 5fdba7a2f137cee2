/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The store's own clock; see store_clock.h. */

#include "server/system/store_clock.h"

#include <stdlib.h>

#define REPORTED_MS (60 * 1000) /* a difference that is worth a line */

/* Where this clock would start with the present wall clock. */
static int64_t start_offset(const struct sdd_store_clock *clock)
{
	return clock->wall_offset_ms - clock->old_skew_ms;
}

static void begin_clock(struct sdd_store_clock *clock, const struct sdd_clock_reading *now,
                        int64_t skew_ms)
{
	*clock = (struct sdd_store_clock){
		.wall_offset_ms = now->wall_ms - now->boot_ms,
		.boot_ms = now->boot_ms,
		.started_ms = now->boot_ms,
		.old_skew_ms = skew_ms,
	};
	clock->store_offset_ms = start_offset(clock);
	clock->doubtful_ms = now->boot_ms + clock->store_offset_ms;
}

void sdd_store_clock_start(struct sdd_store_clock *clock, const struct sdd_clock_reading *now,
                           int64_t skew_ms)
{
	begin_clock(clock, now, skew_ms > 0 ? skew_ms : 0);
}

void sdd_store_clock_continue(struct sdd_store_clock *clock, const struct sdd_clock_reading *now,
                              int64_t store_offset_ms)
{
	begin_clock(clock, now, 0);
	clock->store_offset_ms = store_offset_ms;
	clock->doubtful_ms = now->boot_ms + store_offset_ms;
}

/* The wall clock was set back while it was on trial: this clock would have started there. What
 * looks expired now is no longer more doubtful than what looked so at the start. */
static void follow_back(struct sdd_store_clock *clock)
{
	int64_t offset_ms = start_offset(clock);
	int64_t back_ms = clock->store_offset_ms - offset_ms;

	if (back_ms > SDD_CLOCK_STEP_MS) {
		clock->store_offset_ms = offset_ms;
		clock->doubtful_ms -= back_ms;
	}
}

/* How far the wall clock is ahead, as far as that is worth a line. */
static int64_t ahead(const struct sdd_store_clock *clock)
{
	int64_t ahead_ms = clock->wall_offset_ms - clock->store_offset_ms;

	return llabs(ahead_ms) > REPORTED_MS ? ahead_ms : 0;
}

/* Whether that is news. */
static bool is_reported_anew(struct sdd_store_clock *clock, int64_t ahead_ms)
{
	bool is_news = llabs(ahead_ms - clock->reported_ms) > REPORTED_MS ||
	               (ahead_ms == 0) != (clock->reported_ms == 0);

	clock->reported_ms = is_news ? ahead_ms : clock->reported_ms;
	return is_news;
}

bool sdd_store_clock_update(struct sdd_store_clock *clock, const struct sdd_clock_reading *now,
                            int64_t *ahead_ms)
{
	bool is_news;

	clock->boot_ms = now->boot_ms;
	clock->wall_offset_ms = now->wall_ms - now->boot_ms;
	*ahead_ms = ahead(clock);
	is_news = is_reported_anew(clock, *ahead_ms);
	if (sdd_store_clock_is_on_trial(clock)) {
		follow_back(clock);
		clock->reported_ms = *ahead_ms < 0 ? ahead(clock) : clock->reported_ms;
	}
	return is_news;
}
