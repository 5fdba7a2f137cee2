/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is seen of a server from outside: plain values, for an operator and for statistics. */

#ifndef SD_VIEW_H
#define SD_VIEW_H

#include "client/net/dead_marks.h"
#include "client/pool/server.h"
#include "client/transport/request.h"

/* The n-th latency counts round trips of at most SD_LATENCY_US(n) microseconds, 16 us to 8.4 s, the
 * last one all that took longer. */
#define SD_LATENCIES 21
#define SD_LATENCY_US(n) ((int64_t)16 << (n))

/* What this thread has counted of a server since it began. */
struct sd_statistics {
	uint64_t operations; /* requests, those that failed included and those that were skipped not */
	struct sd_traffic bytes;
	uint64_t misses;
	uint64_t failures;         /* requests without an answer that could be used */
	uint64_t failovers;        /* of those, the ones that the other server of a pair answered */
	uint64_t repairs;          /* older copies that were replaced */
	uint64_t timeouts;         /* waits that a deadline ended, those for connecting included */
	uint64_t connect_timeouts; /* of those, the ones for connecting */
	uint64_t skipped;          /* requests that were not sent, for the server is marked dead */
	uint64_t latencies[SD_LATENCIES];
};

enum sd_protocol {
	SD_PROTOCOL_UNKNOWN, /* it was not reached yet by this thread */
	SD_PROTOCOL_META,
	SD_PROTOCOL_CLASSIC,
};

/* All that is known of a server; texts and statistics are borrowed until the next operation. */
struct sd_server_view {
	const struct sd_server *server;
	enum sd_protocol protocol;
	const char *version;  /* the server's own words; "": none */
	unsigned connections; /* kept by this thread */
	struct sd_mark_view health;
	double since_s; /* health.since_ms and health.until_ms as seconds since 1970 */
	double until_s;
	const struct sd_statistics *statistics;
};

#endif
