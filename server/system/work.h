/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * How much was done in a tick, so that nobody waits for long until the next one begins. It is
 * counted in bytes of requests and of values that are read, checked, copied or joined. Work on
 * other things counts as a number of bytes. So a client cannot choose how long its requests delay
 * the others: when much was done, long requests wait for another tick, and at the limit all do.
 *
 * Bytes that are received and sent are counted separately, and are not delayed by the work.
 * Without this limit, one client that reads its replies quickly could use all of a tick. When the
 * limit is reached, each connection may send and receive a little more in this tick. The
 * connections that come first get the most, so that long values leave the memory soon.
 */

#ifndef SDD_WORK_H
#define SDD_WORK_H

#include <stdbool.h>
#include <stddef.h>

#define SDD_WORK_SHORT                                                                             \
	(64u * 1024u)              /* bytes of a request or a value that do not wait before that */
#define SDD_WORK_REQUEST 2048u /* for any request: it takes about as long as so many bytes */
#define SDD_WORK_STATS (64u * 1024u)   /* for an answer to `stats` */
#define SDD_WORK_COMMIT (128u * 1024u) /* for a commit of one request's own */
#define SDD_WORK_MOVED (16u * 1024u)   /* bytes of one connection that are moved in any tick */

struct sdd_work {
	size_t done; /* bytes; */
	size_t much; /* of these are much for one tick; with `most` all wait */
	size_t most;
	size_t moved; /* bytes that were received, or sent */
	/* The client whose requests are run has sent many at once, or a long one, or was deferred: if
	 * somebody has to wait for the store, it is first. */
	bool is_greedy;
};

static inline void sdd_work_add(struct sdd_work *work, size_t bytes)
{
	work->done += bytes;
}

static inline bool sdd_work_is_much(const struct sdd_work *work)
{
	return work->done > work->much;
}

/* Whether what has so many bytes has to wait for another tick, because this one is full. */
static inline bool sdd_work_must_wait(const struct sdd_work *work, size_t length)
{
	return work->done > (length > SDD_WORK_SHORT ? work->much : work->most);
}

/* How many of so many bytes one connection may receive, or send, now. */
static inline size_t sdd_work_may_move(const struct sdd_work *work, size_t wanted)
{
	size_t left =
		work->moved + SDD_WORK_MOVED < work->most ? work->most - work->moved : SDD_WORK_MOVED;

	return wanted < left ? wanted : left;
}

#endif
