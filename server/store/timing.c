/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store knows of time; see timing.h. */

#include "server/store/timing.h"

#include <stdlib.h>

#include "server/system/log.h"

static void tell(int64_t ahead_ms)
{
	if (ahead_ms == 0) {
		sdd_log(SDD_LOG_NOTICE, "the wall clock agrees with the store's clock again");
	} else {
		sdd_log(SDD_LOG_WARNING,
		        "the wall clock is %lld seconds %s the store's clock: it is wrong, or was; that "
		        "ends no time to live",
		        llabs(ahead_ms) / 1000, ahead_ms > 0 ? "ahead of" : "behind");
	}
}

static void update(struct sdd_timing *timing, const struct sdd_clock_reading *now)
{
	int64_t ahead_ms;

	if (sdd_store_clock_update(&timing->clock, now, &ahead_ms)) {
		tell(ahead_ms);
	}
	timing->ttls.skew_ms = sdd_store_clock_skew(&timing->clock);
}

void sdd_timing_start(struct sdd_timing *timing, const struct sdd_ttls *remembered)
{
	struct sdd_clock_reading now = sdd_clock_read();

	timing->remembered = *remembered;
	sdd_ttls_check(&timing->remembered);
	timing->ttls = timing->remembered;
	timing->longest_found_ms = sdd_ttls_longest(&timing->ttls);
	timing->served_found_ms = timing->ttls.served_ms;
	sdd_store_clock_start(&timing->clock, &now, timing->ttls.skew_ms);
	update(timing, &now);
}

void sdd_timing_update(struct sdd_timing *timing)
{
	struct sdd_clock_reading now = sdd_clock_read();

	sdd_ttls_advance(&timing->ttls, now.boot_ms - timing->clock.boot_ms);
	update(timing, &now);
}

bool sdd_timing_has_news(const struct sdd_timing *timing)
{
	return sdd_ttls_have_news(&timing->ttls, &timing->remembered);
}
