/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whether looking is worth it; see busy.h. */

#include "server/busy.h"

static void rest(struct sdd_busy *busy)
{
	busy->rested = busy->rested == 0 ? SDD_BUSY_REST_MIN : 2 * busy->rested;
	if (busy->rested > SDD_BUSY_REST_MAX) {
		busy->rested = SDD_BUSY_REST_MAX;
	}
	busy->rest = busy->rested;
	busy->doubt = SDD_BUSY_DOUBT_MAX - SDD_BUSY_DOUBT_VAIN;
}

/* Nobody came, or others had the processor meanwhile. Where they want it that weighs
 * double: who gives it away gets it back late. */
static void give_up(struct sdd_busy *busy, bool wanted)
{
	busy->looking = false;
	busy->doubt += wanted ? SDD_BUSY_DOUBT_WANTED : SDD_BUSY_DOUBT_VAIN;
	if (busy->doubt >= SDD_BUSY_DOUBT_MAX) {
		rest(busy);
	}
}

/* Somebody came: whether the next is looked for. */
static void go_on(struct sdd_busy *busy, int64_t now_us)
{
	if (!busy->looking && busy->rest > 0) {
		busy->rest--;
		return;
	}
	if (busy->looking && busy->doubt > SDD_BUSY_DOUBT_FOUND) {
		busy->doubt -= SDD_BUSY_DOUBT_FOUND;
	} else if (busy->looking) {
		busy->doubt = busy->rested = 0;
	}
	busy->looking = true;
	busy->until_us = now_us + busy->limit_us;
}

bool sdd_busy_looks(struct sdd_busy *busy, bool served, int64_t began_us, int64_t now_us)
{
	bool wanted = busy->looking && began_us - busy->ended_us > SDD_BUSY_WANTED_US;

	if (busy->limit_us == 0) {
		return false;
	}
	if (served && !wanted) {
		go_on(busy, now_us);
	} else if (wanted || (busy->looking && now_us >= busy->until_us)) {
		give_up(busy, wanted);
	}
	busy->ended_us = now_us;
	return busy->looking;
}
