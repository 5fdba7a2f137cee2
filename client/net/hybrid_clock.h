/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Versions: a hybrid logical clock. A version is a time of day in microseconds, but larger than all
 * versions that this thread has given to the servers of the entry, or seen there. So versions order
 * writes even if clocks differ or are set back. The time of day is that of the servers, as far as
 * they report it: so it does not matter what the client's own clock says. Each server has a clock
 * of its own: one whose time is wrong must not spoil the versions of entries that others have.
 * Pure: the time is an argument.
 */

#ifndef SD_HYBRID_CLOCK_H
#define SD_HYBRID_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define SD_HYBRID_CLOCK_SPREAD_BITS 6 /* of the number that sd_hybrid_clock_next() adds */

/* Of a server. Zero-initialised no version was given or seen. */
struct sd_hybrid_clock {
	uint64_t last; /* the largest version that was given to it, or seen there */
};

/* The server's reply had that version. */
static inline void sd_hybrid_clock_observe(struct sd_hybrid_clock *clock, uint64_t version)
{
	/* the upper half of the range is beyond any date: no version there orders writes */
	if (version > clock->last && version <= INT64_MAX) {
		clock->last = version;
	}
}

/*
 * A new version at that time of day, for an entry that both servers have; they may be the same.
 * What was given or seen above `limit` does not count: the clock that it came from was set back
 * since, or is the other server's and wrong. `spread` is a random number of
 * SD_HYBRID_CLOCK_SPREAD_BITS bits: it separates processes that have seen the same version, or
 * write in the same microsecond.
 */
uint64_t sd_hybrid_clock_next(struct sd_hybrid_clock *first, struct sd_hybrid_clock *second,
                              int64_t wall_us, uint64_t limit, uint64_t spread);

/* {{{ a server's clock */

#define SD_VERSION_AHEAD_MAX_US (INT64_C(24) * 60 * 60 * 1000000)
#define SD_VERSION_DATE_MAX UINT64_C(4102444800000000) /* the year 2100 */

/*
 * A server's wall clock, as its greeting reported it. It is continued by this machine's
 * monotonic clock, which nobody sets.
 */
struct sd_server_clock {
	int64_t offset_us; /* the server's time of day minus the monotonic time; 0: it told none */
	int64_t least_us;  /* the same, if the answer was on its way for all the time that it took */
	uint64_t limit;    /* no version up to here is too far ahead */
};

/* How a server was asked for its time, in microseconds of the monotonic clock. */
struct sd_server_clock_asked {
	int64_t asked_us;
	int64_t answered_us;
	int64_t own_us; /* this machine's time of day minus the monotonic time */
};

/*
 * The server answered that its time of day is `wall_us`; 0: it has not said. When it said so is
 * known except for the time that the answer took. If this machine's clock agrees with the server's
 * as far as can be told, that one is taken. Then all who are on time give versions by one clock,
 * and a write that begins when another one has ended gets the larger version. Else the clock that
 * is carried on may be ahead of the server's by as long as the answer took, and is never behind it.
 * So a version of this clock is above all that the server gave before.
 */
void sd_server_clock_set(struct sd_server_clock *clock, uint64_t wall_us,
                         const struct sd_server_clock_asked *asked);

/*
 * The offset to go by if `known_us` is that of an earlier answer of the server; 0: there was none.
 * The smallest is the most exact; one that the latest answer shows to be too small is of before the
 * clock was set.
 */
int64_t sd_server_clock_merge(const struct sd_server_clock *clock, int64_t known_us);

/*
 * Whether a version that is above `limit` is more than 24 hours ahead of the server's clock. Such
 * a version orders nothing: no write to come would be newer. Of a server that reports no time it is
 * one beyond the year 2100, whatever this machine's own clock says.
 */
bool sd_server_clock_is_exceeded(struct sd_server_clock *clock, uint64_t version, int64_t now_us);

/* }}} */

#endif
