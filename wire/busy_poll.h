/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Busy polling: a process that waits polls for a short time, and yields the
 * processor between two polls, before it sleeps. To be woken on another processor
 * takes some tens of microseconds, which is longer than a server on the same
 * network takes to answer. What is decided here is whether polling pays: if it
 * did not, the next waits sleep at once (they back off), and one tries again after
 * a while. Times are arguments: microseconds of a clock that never goes back.
 *
 * The client polls for the answers of one server (sd_busy_poll_*), the server's
 * event loop for the next request (sd_busy_loop_*). Both judge by the same numbers.
 */

#ifndef SD_BUSY_POLL_H
#define SD_BUSY_POLL_H

#include <stdbool.h>
#include <stdint.h>

/* Doubt grows with each wait that polled without success and shrinks with each that succeeded:
 * polling continues if at least two of three succeed. */
#define SD_BUSY_POLL_DOUBT_FOUND 1
#define SD_BUSY_POLL_DOUBT_NOTHING 2
#define SD_BUSY_POLL_DOUBT_PREEMPTED 4
#define SD_BUSY_POLL_DOUBT_MAX 8    /* waits back off then; after that one more failure suffices */
#define SD_BUSY_POLL_BACK_OFF_MIN 8 /* waits that sleep at once: the first time, */
/* Then twice as many each time, until there is no doubt left. */
#define SD_BUSY_POLL_BACK_OFF_MAX 1024
#define SD_BUSY_POLL_PREEMPTED_US 20 /* between two polls: another process had the processor */

/* What is known about polling. Zero-initialised: nothing. */
struct sd_busy_poll {
	unsigned doubt;
	unsigned back_off;   /* so many waits more sleep at once */
	unsigned backed_off; /* how many did the last time; 0: there is no doubt */
};

enum sd_busy_poll_result {
	SD_BUSY_POLL_AGAIN,     /* poll again */
	SD_BUSY_POLL_FOUND,     /* in time */
	SD_BUSY_POLL_NOTHING,   /* nothing came in time */
	SD_BUSY_POLL_PREEMPTED, /* others had the processor: a process that yields it gets it back late
	                         */
};

/* Whether a wait polls before it sleeps. If so, the caller counts the result by
 * sd_busy_poll_count(). */
static inline bool sd_busy_poll_may(struct sd_busy_poll *poll)
{
	if (poll->back_off > 0) {
		poll->back_off--;
		return false;
	}
	return true;
}

/* A wait polled without success. For sd_busy_poll_count(). */
void sd_busy_poll_doubt(struct sd_busy_poll *poll, enum sd_busy_poll_result result);

static inline void sd_busy_poll_count(struct sd_busy_poll *poll, enum sd_busy_poll_result result)
{
	if (result != SD_BUSY_POLL_FOUND) {
		sd_busy_poll_doubt(poll, result);
	} else if (poll->doubt > SD_BUSY_POLL_DOUBT_FOUND) {
		poll->doubt -= SD_BUSY_POLL_DOUBT_FOUND;
	} else {
		poll->doubt = poll->backed_off = 0;
	}
}

/*
 * Judges one poll that began at `now_us` and found an answer or not. The previous
 * poll, or the wait itself, began at `before_us`. After a short gap the server may
 * have run in between. After a longer one, sleeping would have served as well,
 * whether or not the poll found anything.
 */
static inline enum sd_busy_poll_result sd_busy_poll_judge(bool found, int64_t until_us,
                                                          int64_t before_us, int64_t now_us)
{
	if (now_us - before_us > SD_BUSY_POLL_PREEMPTED_US) {
		return SD_BUSY_POLL_PREEMPTED;
	}
	if (found) {
		return SD_BUSY_POLL_FOUND;
	}
	return now_us < until_us ? SD_BUSY_POLL_AGAIN : SD_BUSY_POLL_NOTHING;
}

/* An event loop that polls after a tick that served a client. Zero-initialised, except for the
 * limit. */
struct sd_busy_loop {
	struct sd_busy_poll poll;
	int64_t limit_us; /* how long it polls; 0: not at all */
	bool is_polling;
	int64_t until_us;
	int64_t ended_us; /* when the last tick did */
};

/*
 * A tick has ended, which served a client or not. A tick that only polled began at
 * `began_us`, after the processor had been yielded. True: the next tick only polls,
 * too. False: it sleeps until there is an event.
 */
bool sd_busy_loop_polls(struct sd_busy_loop *loop, bool served, int64_t began_us, int64_t now_us);

#endif
