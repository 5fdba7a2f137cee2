/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Busy polling: after a turn that served somebody the loop looks for the next
 * request for a short time, and gives the processor away in between, before it
 * sleeps. To be woken on another processor takes longer than most requests do.
 * Where nobody comes in that time it is left alone for a while; a server that
 * nobody asks sleeps. Times are arguments: microseconds of a clock that never
 * goes back.
 */

#ifndef SDD_BUSY_H
#define SDD_BUSY_H

#include <stdbool.h>
#include <stdint.h>

/* Doubt grows with each time that it looked in vain and shrinks with each that found somebody: it
 * goes on looking where at least two of three do. */
#define SDD_BUSY_DOUBT_FOUND 1
#define SDD_BUSY_DOUBT_VAIN 2
#define SDD_BUSY_DOUBT_WANTED 4
#define SDD_BUSY_DOUBT_MAX 8   /* it rests then; behind the rest, one more in vain is enough */
#define SDD_BUSY_REST_MIN 8    /* turns that served and are slept after: the first time, and then */
#define SDD_BUSY_REST_MAX 1024 /* twice as many, until there is no doubt left */
#define SDD_BUSY_WANTED_US 20  /* between two looks: another process had the processor */

/* Zero-initialised, but for the limit. */
struct sdd_busy {
	int64_t limit_us; /* for so long it looks; 0: not at all */
	bool looking;
	int64_t until_us;
	int64_t ended_us; /* when the last turn did */
	unsigned doubt;
	unsigned rest;   /* so many turns more that served are slept after */
	unsigned rested; /* how many were the last time; 0: there is no doubt */
};

/*
 * A turn has ended, which served somebody or not; one that only looked began at
 * `began_us`, when others had had the processor. True: the next one only looks,
 * too. False: it sleeps until somebody comes.
 */
bool sdd_busy_looks(struct sdd_busy *busy, bool served, int64_t began_us, int64_t now_us);

#endif
