/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Dead marks: which servers are dead, and when they are tried again. They are in memory that all
 * workers share, made before the workers are forked. So a dead server costs one worker one timeout
 * in each retry interval.
 *
 * All that decides about a server is one 64-bit word (mark_word.h), which changes by
 * compare-and-swap only, and two times. They are when the latest request that was answered was
 * sent, and when the latest attempt that set a mark began. A mark counts only if no answered
 * request is younger than the attempt. A worker that is killed at any instruction leaves all of it
 * valid. A worker that probes a dead server first moves the time of the next try into the future.
 * So it holds no lock; if it dies, another worker tries at that time.
 *
 * Each user (uid) has marks of its own: what one user's script does is nothing to others. In a full
 * table a new server gets the slot that its user has not used for longest, or, if another user has
 * more slots, that one's.
 */

#ifndef SD_DEAD_MARKS_H
#define SD_DEAD_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/info.h"
#include "client/net/finding.h"
#include "client/net/identity.h"
#include "client/net/mark_word.h"
#include "client/pool/server.h"
#include "client/transport/request.h"

#define SD_DEAD_MARKS_MAX 1024 /* servers, of all users, that a table has room for */
/* Before a slot may be given to another server of its user. */
#define SD_DEAD_MARKS_UNUSED_MS 60000
/* If none has failed for so long, besides the interval, the next one begins another outage. */
#define SD_MARK_OUTAGE_MS 10000

/* The table. */
struct sd_dead_marks;

struct sd_mark_slot;

/* One server's mark in it, for one caller; zero-initialised: none. */
struct sd_mark {
	struct sd_mark_slot *slot; /* NULL: the table has no room for the server */
	uint64_t owner;            /* the user, and a hash of the server */
	unsigned tag;              /* the owner's, which the slot's word has */
	uint64_t alive;            /* what the word has above its time if the server is alive */
};

/* An empty table. NULL: no memory. */
struct sd_dead_marks *sd_dead_marks_new(void);

/* NULL is allowed. Children keep the table that they inherited. */
void sd_dead_marks_free(struct sd_dead_marks *marks);

/* Whether children that are forked from now on share the table. If not, it belongs to this process
 * only. */
bool sd_dead_marks_is_shared(const struct sd_dead_marks *marks);

/* Finds that user's mark of the server at that host and port, or path. False: the table has no room
 * for it. */
bool sd_dead_marks_find(struct sd_dead_marks *marks, const struct sd_server *server, int64_t uid,
                        int64_t now_ms, struct sd_mark *mark);

/* Whether the slot is still the server's. If not, the mark is to be found again; until then nothing
 * is known of the server, and nothing of another server changes. */
bool sd_mark_has_slot(const struct sd_mark *mark);

/* Whether the slot is still the server's, and says that it is alive: the usual case, in one look.
 */
bool sd_mark_is_alive(const struct sd_mark *mark);

enum sd_admission {
	SD_ADMITTED,
	SD_ADMITTED_ALIVE, /* the same, and the server is known to be alive: an answer is no news */
	SD_INSISTED,       /* the server refused, and is asked in spite of its mark */
	SD_PROBES,  /* the server is dead, and it is time to try again. This caller does, and no other
	               until the lease is over. */
	SD_HURRIES, /* the same, but silence shows nothing to this caller: it keeps nobody else from
	               the server, and its failure delays nobody's try */
	SD_SKIPPED,
};

#define SD_NO_LEASE ((int64_t)0)

/* Whether a server may be asked at `now_ms`. A caller that gets SD_PROBES has `lease_ms` from now
 * on to report a result. With SD_NO_LEASE a caller says that it is in a hurry. It gets SD_HURRIES
 * instead, as one of all such callers in each SD_MARK_FIRST_PAUSE_MS. Never SD_INSISTED. */
enum sd_admission sd_mark_admit(const struct sd_mark *mark, int64_t now_ms, int64_t lease_ms);

/* Whether the server is dead and not to be tried yet. Never makes the caller probe. */
bool sd_mark_is_dead(const struct sd_mark *mark, int64_t now_ms);

/* When any worker met the first refusal of the outage, if the server refuses, marked or not; else
 * 0. It may have been silent before. An outage in which nobody asks for long is taken for two. */
int64_t sd_mark_refusing_since(const struct sd_mark *mark);

/* Whether the attempt that set the mark began after that time. */
bool sd_mark_is_younger(const struct sd_mark *mark, int64_t than_ms);

/* A try of a caller that was admitted. */
struct sd_mark_try {
	enum sd_admission admission;
	int64_t began_ms; /* when its attempt began; of several, the last */
	int64_t now_ms;
	int64_t interval_ms; /* for how long the server is not tried, after a failure; 0: it is not
	                        marked */
};

/* A request that was sent at `sent_ms` or later was answered, if only in part. */
void sd_mark_hear(const struct sd_mark *mark, int64_t sent_ms);

/*
 * The server answered a request of the try. True: it had been dead for *dead_ms milliseconds and is
 * alive again; only one caller gets that result. An answer to what was sent before the attempt that
 * set the mark began shows only that the server was alive then: it brings nobody back.
 */
bool sd_mark_answered(const struct sd_mark *mark, const struct sd_mark_try *how, int64_t *dead_ms);

/*
 * The try failed, and shows that of the server. True: it was not dead before; only one caller is
 * told so. If a request that was sent after the try began has been answered, nothing is marked. A
 * failure that shows nothing counts as one, and only matters for a probe.
 */
bool sd_mark_failed(const struct sd_mark *mark, const struct sd_mark_try *how,
                    enum sd_evidence evidence, const char *reason);

/* Something was wrong with the server's answer: counts the failure and keeps the reason. */
void sd_mark_complain(const struct sd_mark *mark, const char *reason);

/* What was found out of the server's protocol; it lives as long as the table. */
struct sd_finding *sd_mark_finding(const struct sd_mark *mark);

/* Which servers the name leads to; it lives as long as the table. */
struct sd_identity *sd_mark_identity(const struct sd_mark *mark);

/* What the server's clock says minus what the monotonic clock says, in microseconds; 0: the server
 * reports no time. The workers of a machine share it, as they share the monotonic clock. */
void sd_mark_set_clock(const struct sd_mark *mark, int64_t offset_us);

/* What was set last, by any worker. 0: nothing was, or the server reports no time. */
int64_t sd_mark_clock(const struct sd_mark *mark);

/* {{{ what all workers of this user have counted and heard, so that it outlives each of them */

/* What a round adds. */
struct sd_mark_round {
	uint64_t operations;
	struct sd_traffic bytes;
	size_t latency;   /* which of them */
	int64_t heard_ms; /* when it began, if the server answered in it; else 0 */
};

/* Adds to one counter, SD_COUNTER(name), or what a round counts. A round that was answered is heard
 * of, too (sd_mark_hear()). */
void sd_mark_count(const struct sd_mark *mark, size_t counter, uint64_t more);
void sd_mark_count_round(const struct sd_mark *mark, const struct sd_mark_round *round);

void sd_mark_statistics(const struct sd_mark *mark, struct sd_statistics *statistics);

/* What the server's greeting has said to one of them. */
void sd_mark_set_greeting(const struct sd_mark *mark, const char *version, bool has_unproven,
                          uint64_t unproven);

/* }}} */

/* Reads a mark for people. */
void sd_mark_info(const struct sd_mark *mark, struct sd_mark_info *info);

#endif
