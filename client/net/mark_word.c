/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The word of a dead mark; see mark_word.h. From the highest bit: two of the state, four of the
 * number of pauses after refusals, 16 of the owner's tag, 42 of a time, which are 139 years.
 */

#include "client/net/mark_word.h"

#define PAUSES_MAX 15 /* the pause is 27 minutes by then, if the retry interval is that long */

/* Which time the new state gets. */
enum rule {
	NOTHING, /* the word stays as it is */
	SINCE,
	BACK_OFF,
	INTERVAL,
	LEASE,
	SOON,
};

struct step {
	enum sd_dead_marks_state state;
	enum rule rule;
};

static const struct step steps[SD_MARK_STATES][SD_MARK_EVENTS] = {
	[SD_MARK_UNKNOWN] = {[SD_MARK_ANSWERED] = {SD_ALIVE, SINCE},
                         [SD_MARK_REFUSED] = {SD_REFUSING, BACK_OFF},
                         [SD_MARK_SILENT] = {SD_SILENT, INTERVAL}},
	[SD_ALIVE] =
		{[SD_MARK_REFUSED] = {SD_REFUSING, BACK_OFF}, [SD_MARK_SILENT] = {SD_SILENT, INTERVAL}},
	[SD_REFUSING] = {[SD_MARK_ANSWERED] = {SD_ALIVE, SINCE},
                     [SD_MARK_SILENT] = {SD_SILENT, INTERVAL},
                     [SD_MARK_PROBE_BEGAN] = {SD_REFUSING, LEASE},
                     [SD_MARK_PROBE_REFUSED] = {SD_REFUSING, BACK_OFF},
                     [SD_MARK_PROBE_SILENT] = {SD_SILENT, INTERVAL},
                     [SD_MARK_PROBE_VAIN] = {SD_REFUSING, SOON}},
	[SD_SILENT] = {[SD_MARK_ANSWERED] = {SD_ALIVE, SINCE},
                   [SD_MARK_PROBE_BEGAN] = {SD_SILENT, LEASE},
                   [SD_MARK_PROBE_REFUSED] = {SD_REFUSING, BACK_OFF},
                   [SD_MARK_PROBE_SILENT] = {SD_SILENT, INTERVAL},
                   [SD_MARK_PROBE_VAIN] = {SD_SILENT, SOON}},
};

static unsigned pauses_of(uint64_t word)
{
	return (unsigned)(word >> SD_MARK_PAUSES_SHIFT) & PAUSES_MAX;
}

static int64_t smaller(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

/* The time that goes with a new state, after so many pauses. */
static int64_t time_by(enum rule rule, unsigned pauses, const struct sd_mark_times *times)
{
	int64_t first_ms = smaller(SD_MARK_FIRST_PAUSE_MS, times->interval_ms);

	switch (rule) {
	case BACK_OFF:
		return times->now_ms +
		       smaller((int64_t)SD_MARK_FIRST_PAUSE_MS << pauses, times->interval_ms);
	case INTERVAL:
		return times->now_ms + times->interval_ms;
	case LEASE:
		return times->now_ms + times->lease_ms;
	case SOON:
		return times->now_ms + first_ms;
	default:
		return times->now_ms;
	}
}

uint64_t sd_mark_word_next(uint64_t word, enum sd_mark_event event,
                           const struct sd_mark_times *times)
{
	enum sd_dead_marks_state before = sd_mark_word_state(word);
	const struct step *step = &steps[before][event];
	unsigned pauses = before == SD_REFUSING && step->state == SD_REFUSING ? pauses_of(word) : 0;
	int64_t time_ms = time_by(step->rule, pauses, times);

	if (step->rule == NOTHING) {
		return word;
	}
	if (step->rule == BACK_OFF && pauses < PAUSES_MAX) {
		pauses++;
	}
	return (uint64_t)step->state << SD_MARK_STATE_SHIFT | (uint64_t)pauses << SD_MARK_PAUSES_SHIFT |
	       sd_mark_word_unknown(sd_mark_word_tag(word)) |
	       (uint64_t)sd_mark_word_time((uint64_t)time_ms);
}
