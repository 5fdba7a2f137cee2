/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is known about a server: plain values, for an operator and for statistics. */

#ifndef SD_INFO_H
#define SD_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/pool/server.h"

/* Bytes that went to a server and came from it. */
struct sd_traffic {
	uint64_t sent;
	uint64_t received;
};

/* The n-th latency counts round trips of at most SD_LATENCY_US(n) microseconds, 16 us to 8.4 s. The
 * last one counts all that took longer. */
#define SD_LATENCIES 21
#define SD_LATENCY_US(n) ((int64_t)16 << (n))

/* What was counted of a server: by this thread since it began, or by all workers. */
struct sd_statistics {
	uint64_t operations; /* requests, including those that failed, not those that were skipped */
	struct sd_traffic bytes;
	uint64_t misses;
	uint64_t failures;         /* requests without a usable reply */
	uint64_t failovers;        /* failures that the pair's other server made good */
	uint64_t repairs;          /* older copies that were replaced */
	uint64_t timeouts;         /* waits that a deadline ended, including those for connecting */
	uint64_t connect_timeouts; /* of those, the ones for connecting */
	uint64_t skipped;          /* requests that were not sent because the server is marked dead */
	uint64_t latencies[SD_LATENCIES];
};

/* The counters as an array, and where one of them is in it. */
#define SD_COUNTERS (sizeof(struct sd_statistics) / sizeof(uint64_t))
#define SD_COUNTER(name) (offsetof(struct sd_statistics, name) / sizeof(uint64_t))

enum sd_dead_marks_state {
	SD_MARK_UNKNOWN, /* no worker has asked the server yet */
	SD_ALIVE,
	SD_REFUSING, /* dead: it refuses connections, or cannot be reached */
	SD_SILENT,   /* dead: it lets connections wait */
	SD_MARK_STATES,
};

#define SD_MARK_VERSION_MAX 32      /* bytes of a server's version, the same */
#define SD_DEAD_MARKS_REASON_MAX 88 /* bytes of a reason that are kept, terminator included */

/* What a dead mark says, for people: other workers may change parts of it meanwhile. */
struct sd_mark_info {
	enum sd_dead_marks_state state;
	int64_t since_ms;                      /* when it died, or has been alive since; unknown: 0 */
	int64_t until_ms;                      /* dead: when the server is tried again; else 0 */
	uint64_t failures;                     /* so far */
	char reason[SD_DEAD_MARKS_REASON_MAX]; /* of the last failure; "": none */
	char version[SD_MARK_VERSION_MAX];     /* as a worker was greeted with last; "": none */
	bool has_unproven;
	uint64_t unproven; /* the same */
};

/* All that is known about a server. Texts and statistics are borrowed until the next operation. */
struct sd_server_info {
	const struct sd_server *server;
	enum sd_protocol protocol;         /* as the user said, or as a worker found it last */
	char version[SD_MARK_VERSION_MAX]; /* in the server's own words; "": none */
	unsigned connections;              /* that this thread keeps open */
	bool has_unproven;
	uint64_t unproven; /* entries of the server, as it said when this thread last connected, or, if
	                      that was never, another worker */
	struct sd_mark_info marks;
	double since_s; /* marks.since_ms and marks.until_ms as seconds since 1970 */
	double until_s;
	const struct sd_statistics *statistics; /* this thread's */
	struct sd_statistics all;               /* of all workers of this user */
};

#endif
