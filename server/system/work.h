/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * How much was done in a tick, so that nobody waits for long until the next one begins. It is
 * counted in bytes of requests and of values that are read, checked, copied or joined; what
 * is not bytes counts as so many. A client does not choose what its requests cost the others: when
 * much was done, long ones wait for another tick, and with the most, all do.
 *
 * What is received and sent is counted apart from that, and waits for nothing: a client that takes
 * what is sent at once would have all of it otherwise. When the most has gone, each connection
 * has a little more in this tick. Who comes first gets the most, so that what is long has soon left
 * the memory.
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
