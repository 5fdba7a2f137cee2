/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Dead marks: which servers did not answer, and until when nobody need try.
 * They stand in memory that all workers share, made before these are forked, so
 * that a dead server costs one worker one timeout in each retry interval.
 *
 * All that decides about a server is one 64-bit word, which is only changed by
 * compare-and-swap: a worker that is killed at any instruction leaves it right.
 * Who probes has no lock but a lease: it moves the time of the next try into the
 * future first. If it dies, the next one tries then.
 */

#ifndef SD_HEALTH_H
#define SD_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/pool/server.h"

#define SD_HEALTH_SERVERS_MAX 1024 /* that a table has room for */
#define SD_HEALTH_REASON_MAX 88    /* bytes of a reason that are kept, terminator included */

/* The table. */
struct sd_health;

/* One server's mark in it. */
struct sd_mark;

/* An empty table. NULL: no memory. */
struct sd_health *sd_health_new(void);

/* NULL is allowed. The children's view of it stays. */
void sd_health_free(struct sd_health *health);

/* Whether children that are forked from now on share it; else it is this process's own. */
bool sd_health_is_shared(const struct sd_health *health);

/* The mark of the server at that host and port, or path; it lives as long as the table. NULL: the
 * table is full. */
struct sd_mark *sd_health_find(struct sd_health *health, const struct sd_server *server);

enum sd_admission {
	SD_ADMITTED,
	SD_PROBES, /* it is dead, and time to try again: the caller does, and nobody else until the
	              lease is over */
	SD_SKIPPED,
};

/* Whether a server may be asked at `now_ms`. Who becomes the one that probes has until `lease_ms`
 * from now to say what came of it. */
enum sd_admission sd_mark_admit(struct sd_mark *mark, int64_t now_ms, int64_t lease_ms);

/* The same without becoming the one that probes: true where it is dead and not yet to be tried. */
bool sd_mark_is_dead(struct sd_mark *mark, int64_t now_ms);

/* How somebody fared who was admitted. */
struct sd_mark_try {
	enum sd_admission admission;
	int64_t began_ms;
	int64_t now_ms;
};

/*
 * It answered. True: it had been dead for *dead_ms milliseconds and is alive
 * again, which this call alone is told. Only who probes brings a dead server
 * back: an answer to what was asked before the mark shows that it is slow.
 */
bool sd_mark_answered(struct sd_mark *mark, const struct sd_mark_try *how, int64_t *dead_ms);

/*
 * It did not answer, so that nobody need try before `until_ms`. True: it was
 * not dead before, which this call alone is told. One that came to life after
 * the try began is not marked.
 */
bool sd_mark_failed(struct sd_mark *mark, const struct sd_mark_try *how, int64_t until_ms,
                    const char *reason);

/* Something was wrong with its answer: counted, and nothing else. */
void sd_mark_complain(struct sd_mark *mark, const char *reason);

enum sd_health_state {
	SD_UNKNOWN, /* nobody has asked it yet */
	SD_ALIVE,
	SD_DEAD_UNTIL,
};

/* What a mark says, for people: of parts that others change meanwhile. */
struct sd_mark_view {
	enum sd_health_state state;
	int64_t since_ms;                  /* of the state; SD_UNKNOWN: 0 */
	int64_t until_ms;                  /* SD_DEAD_UNTIL: when it is tried again */
	uint64_t failures;                 /* so far */
	char reason[SD_HEALTH_REASON_MAX]; /* of the last one; "": none */
};

void sd_mark_view(struct sd_mark *mark, struct sd_mark_view *view);

#endif
