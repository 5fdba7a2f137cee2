/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The health of the store: one value for all that can be wrong with its disk, with a reason. Two
 * parts of the store report it, the B-tree and the write-ahead log; the worse of the two counts.
 * A change is a line in the log of messages; of more than SDD_HEALTH_LINES in a minute the last one
 * is, when the minute is over. Used by the thread that serves alone.
 */

#ifndef SDD_HEALTH_H
#define SDD_HEALTH_H

#include <stdint.h>

#include "server/store/entry.h"

enum sdd_health_part {
	SDD_HEALTH_BTREE,
	SDD_HEALTH_WAL,
	SDD_HEALTH_PARTS,
};

#define SDD_HEALTH_LINES 6 /* a minute */

/* Zero-initialised it is OK. */
struct sdd_health {
	enum sdd_health_state states[SDD_HEALTH_PARTS];
	char reasons[SDD_HEALTH_PARTS][SDD_STORE_REASON_MAX];
	enum sdd_health_state logged; /* what the last line said */
	int64_t minute_ms;            /* when the minute began in which lines are counted */
	unsigned lines;               /* in it */
	unsigned long changes;        /* since the last line */
};

/* A part of the store found out how it is. `reason` is copied; it is ignored for SDD_OK. */
void sdd_health_set(struct sdd_health *health, enum sdd_health_part part,
                    enum sdd_health_state state, const char *reason);

/* To be called from time to time: logs the state if a change of it was left out and the minute is
 * over. */
void sdd_health_report(struct sdd_health *health);

/* How the store is as a whole. */
enum sdd_health_state sdd_health_state(const struct sdd_health *health);

/* Why it is so; empty for SDD_OK. Valid until the next sdd_health_set(). */
const char *sdd_health_reason(const struct sdd_health *health);

/* What an error of the system, by errno, says of the part that met it. */
enum sdd_health_state sdd_health_of_error(int error);

/* How a write ends that meets this state, which is not SDD_OK: without room, SDD_FULL. */
static inline enum sdd_result sdd_health_result(enum sdd_health_state state)
{
	return state == SDD_NO_ROOM ? SDD_FULL : SDD_FAILED;
}

#endif
