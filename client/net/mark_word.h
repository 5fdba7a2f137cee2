/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The state of a dead mark as one 64-bit word, and how it changes. Pure: dead_marks.c keeps the
 * word in shared memory, and changes it by compare-and-swap only.
 *
 *             | answered | refused  | silent  | probe   | probe    | probe   | probe told
 *             |          |          |         | began   | refused  | silent  | nothing
 *   ----------+----------+----------+---------+---------+----------+---------+-----------
 *   UNKNOWN   | ALIVE    | REFUSING | SILENT  | -       | -        | -       | -
 *   ALIVE     | -        | REFUSING | SILENT  | -       | -        | -       | -
 *   REFUSING  | ALIVE    | -        | SILENT  | later   | REFUSING | SILENT  | soon
 *   SILENT    | ALIVE    | -        | -       | later   | REFUSING | SILENT  | soon
 *
 *   REFUSING   next try after 0.1, 0.2, 0.4 ... s, but after the retry interval at the latest: each
 *              probe that is refused doubles the pause
 *   SILENT     next try after the retry interval
 *   later      the same state; next try when the probe's lease is over
 *   soon       the same state; next try after 0.1 s, by another worker
 *   -          nothing changes; so it is for NOTHING in each state
 *
 * Only a probe may prolong a mark, or a caller in a hurry, of which one tries at a time. So what
 * many workers find at the same time counts once.
 */

#ifndef SD_MARK_WORD_H
#define SD_MARK_WORD_H

#include <stdbool.h>
#include <stdint.h>

#include "client/info.h"

#define SD_MARK_FIRST_PAUSE_MS 100 /* after the first refusal */

enum sd_mark_event {
	SD_MARK_ANSWERED,      /* a request was answered that was sent after the attempt that set the
	                          mark */
	SD_MARK_REFUSED,       /* a fresh connection was refused, or the server cannot be reached */
	SD_MARK_SILENT,        /* a fresh connection got no byte in time, or was not up in time */
	SD_MARK_PROBE_BEGAN,   /* it is time, and one worker tries the server */
	SD_MARK_PROBE_REFUSED, /* that try was refused, or answered by no protocol */
	SD_MARK_PROBE_SILENT,
	SD_MARK_PROBE_VAIN, /* that try ended, and says nothing of the server */
	SD_MARK_NOTHING,    /* a try ended that was no probe, and says nothing of the server */
	SD_MARK_EVENTS,
};

/* When it happens, in milliseconds on the clock that never goes back, and for how long what follows
 * from it holds. */
struct sd_mark_times {
	int64_t now_ms;
	int64_t lease_ms;    /* SD_MARK_PROBE_BEGAN */
	int64_t interval_ms; /* refusals: the longest pause; silence: the pause */
};

/* The word after the event; the same if nothing changes. 0 is UNKNOWN, of an owner with tag 0. */
uint64_t sd_mark_word_next(uint64_t word, enum sd_mark_event event,
                           const struct sd_mark_times *times);

/* {{{ what a word says */

#define SD_MARK_STATE_SHIFT 62
#define SD_MARK_PAUSES_SHIFT 58
#define SD_MARK_TAG_SHIFT 42

static inline enum sd_dead_marks_state sd_mark_word_state(uint64_t word)
{
	return (enum sd_dead_marks_state)(word >> SD_MARK_STATE_SHIFT);
}

/* ALIVE: since when; REFUSING and SILENT: when the server is tried next. */
static inline int64_t sd_mark_word_time(uint64_t word)
{
	return (int64_t)(word & (((uint64_t)1 << SD_MARK_TAG_SHIFT) - 1));
}

/* Whose word it is: a slot that was given to another server has another tag, so no worker changes
 * what is no longer its server's. */
static inline unsigned sd_mark_word_tag(uint64_t word)
{
	return (unsigned)(word >> SD_MARK_TAG_SHIFT) & 0xffffu;
}

/* The word of a server of which nothing is known. */
static inline uint64_t sd_mark_word_unknown(unsigned tag)
{
	return (uint64_t)(tag & 0xffffu) << SD_MARK_TAG_SHIFT;
}

/* What a word of an owner with that tag has above its time if the server is alive. */
static inline uint64_t sd_mark_word_alive(unsigned tag)
{
	return (uint64_t)SD_ALIVE << (SD_MARK_STATE_SHIFT - SD_MARK_TAG_SHIFT) | (tag & 0xffffu);
}

static inline bool sd_mark_word_is_dead(uint64_t word)
{
	return word >> (SD_MARK_STATE_SHIFT + 1) != 0; /* REFUSING or SILENT */
}

/* }}} */

#endif
