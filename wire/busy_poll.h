/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Busy polling: who waits for an answer looks for it again and again, and gives
 * the processor away in between, before it sleeps. To be woken on another
 * processor takes some tens of microseconds, longer than a server near by takes
 * to answer. What is decided here is whether looking is worth it: where it was
 * in vain waits sleep at once, and one tries again after a while. Times are
 * arguments: microseconds of a clock that never goes back.
 */

#ifndef SD_BUSY_H
#define SD_BUSY_H

#include <stdbool.h>
#include <stdint.h>

/* Doubt grows with each wait that looked in vain and shrinks with each that found its answer: one
 * goes on looking where at least two of three find theirs. */
#define SD_BUSY_DOUBT_FOUND 1
#define SD_BUSY_DOUBT_VAIN 2
#define SD_BUSY_DOUBT_WANTED 4
#define SD_BUSY_DOUBT_MAX 8   /* all rest then; behind the rest, one more in vain is enough */
#define SD_BUSY_REST_MIN 8    /* waits that sleep at once: the first time, and then */
#define SD_BUSY_REST_MAX 1024 /* twice as many, until there is no doubt left */
#define SD_BUSY_WANTED_US 20  /* between two looks: another process had the processor */

/* What is known of looking for the answers of one server; zero-initialised: nothing. */
struct sd_busy {
	unsigned doubt;
	unsigned rest;   /* so many waits more sleep at once */
	unsigned rested; /* how many did the last time; 0: there is no doubt */
};

enum sd_busy_result {
	SD_BUSY_ON,     /* look again */
	SD_BUSY_FOUND,  /* in time */
	SD_BUSY_VAIN,   /* nothing came in time */
	SD_BUSY_WANTED, /* others have had the processor: who gives it away gets it back late */
};

/* Whether a wait looks before it sleeps: then it tells by sd_busy_note() what came of it. */
bool sd_busy_may(struct sd_busy *busy);
void sd_busy_note(struct sd_busy *busy, enum sd_busy_result result);

/*
 * What it comes to that a look, begun at `now_us`, found something or not. The one
 * before it, or the wait itself, began at `before_us`. Who ran in between may have been
 * the server, for a little; where it was longer, to be woken would have done as well,
 * whatever was found.
 */
enum sd_busy_result sd_busy_judge(bool found, int64_t until_us, int64_t before_us, int64_t now_us);

#endif
