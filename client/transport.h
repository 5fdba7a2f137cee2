/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The line between policy and sockets. The cluster decides who is asked what
 * and by when; a transport carries it out and knows the protocols, the
 * connections and the time. connection.c is the one with sockets; a user's PHP
 * code can be one (sharedance_server.c); the unit tests have one with a script
 * and a clock of its own.
 */

#ifndef SD_TRANSPORT_H
#define SD_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "client/server.h"
#include "wire/classic.h"

/* Bytes that belong to somebody else and outlive the exchange. */
struct sd_bytes {
	const void *data;
	size_t length;
};

/*
 * Where a fetched value goes: straight into the caller's memory. The functions
 * may leave by longjmp (as PHP did at its memory limit); a transport survives it.
 */
struct sd_sink {
	/* Room for at least one and if possible `wanted` bytes more; *granted says how many.
	 * NULL: no memory. Valid until the next call. */
	void *(*room)(struct sd_sink *sink, size_t wanted, size_t *granted);
	/* `length` bytes of the room were filled. */
	void (*filled)(struct sd_sink *sink, size_t length);
	/* Forget what came: the value is fetched anew, from another server. */
	void (*restart)(struct sd_sink *sink);
};

enum sd_operation {
	SD_RAW, /* `data` is the whole classic request; its answer is not looked at */
	SD_GET,
	SD_SET,
	SD_DELETE,
};

#define SD_REASON_MAX 256 /* bytes, terminator included */

/* One request to one server, and what became of it. */
struct sd_exchange {
	/* asked */
	const struct sd_server *server;
	enum sd_operation operation;
	struct sd_bytes key;
	struct sd_bytes data;        /* SD_SET: the value; SD_RAW: the request */
	int64_t ttl;                 /* SD_SET: seconds to live; 0: as long as the server likes */
	struct sd_sink *sink;        /* SD_GET and SD_RAW: where the answer goes */
	int64_t deadline_ms;         /* by when the answer must be whole, on the transport's clock */
	int64_t connect_deadline_ms; /* by when the connection must stand; at most deadline_ms */

	/* answered */
	enum sd_status status;
	char reason[SD_REASON_MAX]; /* why, when sd_status_is_failure(status) */
};

struct sd_transport {
	/* Carries out all exchanges at the same time and returns when each has its status, which
	 * is no later than the latest of their deadlines. */
	void (*perform)(struct sd_transport *transport, struct sd_exchange *exchanges, size_t count);
	/* Milliseconds on a clock that never goes back. NULL where the transport has no clock and
	 * is used beside one that has. */
	int64_t (*now_ms)(struct sd_transport *transport);
};

/* Ends an exchange with that status and reason. */
void sd_exchange_end(struct sd_exchange *exchange, enum sd_status status, const char *format, ...)
    SD_PRINTF(3, 4);

/*
 * Writes what a get, set or delete sends to a classic server ahead of its data,
 * header and key, to `head`. Returns its length in bytes. The key is a legal one.
 */
size_t sd_exchange_classic_head(const struct sd_exchange *exchange,
                                uint8_t head[SD_CLASSIC_HEAD_MAX]);

/*
 * Ends a get, set or delete by the whole answer of a classic server: `length`
 * bytes, which are not looked at for a get and may be NULL then.
 */
void sd_exchange_end_classic(struct sd_exchange *exchange, const void *answer, size_t length);

/* Ends a set that a classic server cannot do: its protocol has no time to live. */
void sd_exchange_end_without_ttl(struct sd_exchange *exchange);

/*
 * A failed exchange as one sentence, PHPDance's first words and then the rest:
 * `Failed to connect on [host:port] "Connection refused"`. Writes at most
 * `size` bytes to `out`, terminator included, and returns out.
 */
const char *sd_exchange_explain(const struct sd_exchange *exchange, char *out, size_t size);

#endif
