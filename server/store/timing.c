/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store knows of time; see timing.h. */

#include "server/store/timing.h"

#include <stdlib.h>
#include <string.h>

#include "server/system/log.h"

static void report_ahead(int64_t ahead_ms)
{
	if (ahead_ms == 0) {
		sdd_log(SDD_LOG_NOTICE, "the wall clock agrees with the store's clock again");
	} else {
		sdd_log(SDD_LOG_WARNING,
		        "the wall clock is %lld seconds %s the store's clock: it is wrong, or was; no "
		        "entry expires because of that",
		        llabs(ahead_ms) / 1000, ahead_ms > 0 ? "ahead of" : "behind");
	}
}

static void update_clock(struct sdd_timing *timing, const struct sdd_clock_reading *now)
{
	int64_t ahead_ms;

	if (sdd_store_clock_update(&timing->clock, now, &ahead_ms)) {
		report_ahead(ahead_ms);
	}
	timing->ttls.skew_ms = sdd_store_clock_skew(&timing->clock);
	timing->anchor.store_offset_ms = timing->clock.store_offset_ms;
}

/* Whether the system knows its boots apart. */
static bool has_boot(const struct sdd_clock_anchor *anchor)
{
	static const char none[SDD_BOOT_ID_BYTES];

	return memcmp(anchor->boot_id, none, sizeof(none)) != 0;
}

static bool is_same_boot(const struct sdd_clock_anchor *anchor,
                         const struct sdd_clock_anchor *other)
{
	return has_boot(anchor) && memcmp(anchor->boot_id, other->boot_id, SDD_BOOT_ID_BYTES) == 0;
}

void sdd_timing_start(struct sdd_timing *timing, const struct sdd_ttls *remembered,
                      const struct sdd_clock_anchor *anchor)
{
	struct sdd_clock_reading now = sdd_clock_read();

	timing->remembered = *remembered;
	sdd_ttls_check(&timing->remembered);
	timing->ttls = timing->remembered;
	timing->longest_found_ms = sdd_ttls_longest(&timing->ttls);
	timing->served_found_ms = timing->ttls.served_ms;
	timing->remembered_anchor = *anchor;
	sdd_clock_boot_id(timing->anchor.boot_id);
	if (is_same_boot(&timing->anchor, anchor)) {
		sdd_store_clock_continue(&timing->clock, &now, anchor->store_offset_ms);
	} else {
		sdd_store_clock_start(&timing->clock, &now, timing->ttls.skew_ms);
	}
	update_clock(timing, &now);
}

void sdd_timing_update(struct sdd_timing *timing)
{
	struct sdd_clock_reading now = sdd_clock_read();

	sdd_ttls_advance(&timing->ttls, now.boot_ms - timing->clock.boot_ms);
	update_clock(timing, &now);
}

bool sdd_timing_is_unanchored(const struct sdd_timing *timing)
{
	const struct sdd_clock_anchor *remembered = &timing->remembered_anchor;

	return has_boot(&timing->anchor) && (!is_same_boot(&timing->anchor, remembered) ||
	                                     llabs(timing->anchor.store_offset_ms -
	                                           remembered->store_offset_ms) > SDD_CLOCK_STEP_MS);
}

bool sdd_timing_has_news(const struct sdd_timing *timing)
{
	return sdd_timing_is_unanchored(timing) ||
	       sdd_ttls_have_news(&timing->ttls, &timing->remembered);
}
