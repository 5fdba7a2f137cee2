/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * How much was done in a tick, so that nobody waits for long until the next one begins. It is
 * counted in bytes of requests and of values that are read, checked, copied or joined; what
 * is not bytes counts as so many. A client does not choose what its requests cost the others: when
 * much was done, long ones wait for another tick, and with the most, all do.
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

struct sdd_work {
	size_t done; /* bytes; */
	size_t much; /* of these are much for one tick; with `most` all wait */
	size_t most;
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
	return sdd_work_is_much(work) && (length > SDD_WORK_SHORT || work->done > work->most);
}

#endif
