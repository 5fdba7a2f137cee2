/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store knows of time: its clock, and how long entries live. What of that is remembered is
 * in two rows of the B-tree, which the flusher writes. Used by the thread that serves alone. */

#ifndef SDD_TIMING_H
#define SDD_TIMING_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/ttls.h"
#include "server/system/store_clock.h"

struct sdd_timing {
	struct sdd_store_clock clock;
	struct sdd_ttls ttls;
	struct sdd_ttls remembered; /* as the B-tree has it */
	struct sdd_clock_anchor anchor;
	struct sdd_clock_anchor remembered_anchor; /* as the B-tree has it */
	int64_t longest_found_ms; /* the longest time to live that counted at the start; 0: none did */
	int64_t served_found_ms;  /* for how long the store had served before the start */
};

/* Starts the clock. `remembered` and `anchor` are what an earlier process has left, all zero if
 * there was none. */
void sdd_timing_start(struct sdd_timing *timing, const struct sdd_ttls *remembered,
                      const struct sdd_clock_anchor *anchor);

/* Reads the system's clocks. A wrong wall clock is a line in the log. */
void sdd_timing_update(struct sdd_timing *timing);

/* Whether the anchor is to be remembered: with it the next start in this boot cuts no time to live
 * short, however soon it comes. */
bool sdd_timing_is_unanchored(const struct sdd_timing *timing);

/* Whether there is something to be remembered. */
bool sdd_timing_has_news(const struct sdd_timing *timing);

#endif
