/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What all workers of a machine know of the servers behind one name, by the ids that they greet
 * with. A part of the name's slot in the shared table (dead_marks.h).
 *
 *   nothing known   an id is greeted          it is the name's
 *   A               A again, or no id         nothing changes: a restart keeps the id
 *   A               B                         B is the name's, and A is replaced: the server has
 *                                             another directory, or the name's address has moved
 *   B, A replaced   A                         the name leads to two servers
 *
 * It counts as a name of two servers until no other id than the last was greeted for
 * SD_TWO_SERVERS_US: then the address may have moved there and back. A greeting that was sent
 * before the last change was found changes nothing.
 *
 * Each field changes by one atomic operation: a worker that is killed leaves a valid identity.
 * Zero-initialised, nothing is known. Times are microseconds on the clock that never goes back.
 */

#ifndef SD_IDENTITY_H
#define SD_IDENTITY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "client/transport/greeting.h"

#define SD_TWO_SERVERS_US 60000000
#define SD_IDENTITY_REPLACED 4   /* ids that are remembered: a balancer may have so many servers */
#define SD_NO_ID ((uint64_t)0)   /* as a server's id */
#define SD_TWO_IDS ((uint64_t)1) /* as a name's */

struct sd_identity {
	_Atomic uint64_t id;     /* of the server behind the name, SD_NO_ID or SD_TWO_IDS */
	_Atomic uint64_t latest; /* that was greeted */
	_Atomic uint64_t replaced[SD_IDENTITY_REPLACED]; /* the last one first */
	_Atomic int64_t changed_us; /* when a worker found that `latest` is another one */
	_Atomic uint64_t told;      /* which lines were logged, as bits: see sd_identity_may_report() */
};

enum sd_identity_news {
	SD_IDENTITY_SAME,
	SD_IDENTITY_CHANGED, /* the name leads to another server; only one worker learns it */
	SD_IDENTITY_TWO,     /* two do; only one worker is told so */
};

/* An id as a number; neither SD_NO_ID nor SD_TWO_IDS. */
uint64_t sd_identity_number(const uint8_t id[SD_GREETING_ID]);

/* A server of that id has answered a greeting that was sent at `greeted_us`. */
enum sd_identity_news sd_identity_take(struct sd_identity *identity, uint64_t id,
                                       int64_t greeted_us, int64_t now_us);

/* What the name's id is now. */
static inline uint64_t sd_identity_id(struct sd_identity *identity)
{
	return atomic_load_explicit(&identity->id, memory_order_relaxed);
}

/* Whether two servers stand behind the name. */
bool sd_identity_is_two(struct sd_identity *identity, int64_t now_us);

/* The id that was replaced last. SD_NO_ID: none was. */
uint64_t sd_identity_replaced(struct sd_identity *identity);

/* Whether a line about that is to be logged: it was not yet, by any worker, since the id changed.
 * Of 64 lines about one name, two may be taken for each other. */
bool sd_identity_may_report(struct sd_identity *identity, uint64_t what);

/* Nothing is known any more. */
void sd_identity_clear(struct sd_identity *identity);

#endif
