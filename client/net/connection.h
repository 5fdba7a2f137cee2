/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A kept connection to a server that speaks the meta protocol. Requests are sent one
 * after the other, answers come in the same order, and the connection stays open for
 * the next operation. The first answers show what the server is (greeting.h).
 *
 * Three rules keep the answer to one request from being taken for another's:
 * 1. Each request has an opaque token, which its answer must return.
 * 2. A connection that is busy when an operation begins was left by a longjmp. It is
 *    closed.
 * 3. A connection that has ended, or has something to receive, before anything was sent
 *    in this operation is closed too. So is one that was idle for too long.
 */

#ifndef SD_CONNECTION_H
#define SD_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/info.h"
#include "client/net/channel.h"
#include "client/net/dial.h"
#include "client/net/hybrid_clock.h"
#include "client/net/platform.h"
#include "client/options.h"
#include "client/transport/greeting.h"
#include "client/transport/request.h"
#include "wire/classic.h"

#define SD_CONNECTION_OUT 16384 /* bytes of requests that are written before they are sent */
#define SD_CONNECTION_IN 65536  /* bytes of answers that one receive takes */

/* What all connections of a thread share. */
struct sd_connection_shared {
	const struct sd_options *options; /* borrowed */
	uint64_t opaque;                  /* the last token that was given */
	uint64_t connections;             /* opened so far: the number of the latest */
	uint64_t random;                  /* the last random number, or the seed */
};

/* The next of a row of random numbers, which differs in each process. Good enough to spread things,
 * not to keep a secret. */
static inline uint64_t sd_connection_random(struct sd_connection_shared *shared)
{
	shared->random = (shared->random ^ (uint64_t)sd_platform_process()) * 6364136223846793005u + 1;
	return shared->random;
}

enum sd_connection_phase {
	SD_CONNECTION_CLOSED,
	SD_CONNECTION_CONNECTING,
	SD_CONNECTION_GREETING, /* connected; the answers to the greeting have not all come */
	SD_CONNECTION_READY,
};

/* What the connections to one server know of it in common: where it is, and the greeting that was
 * answered last, on whichever of them. Zero-initialised nothing is known. */
struct sd_facts {
	struct sd_addresses addresses;
	struct sd_greeting greeting;  /* what the server is */
	struct sd_server_clock clock; /* what time it has */
	int64_t greeted_us;           /* when that greeting was sent */
	struct sd_hybrid_clock versions;
};

struct sd_connection {
	struct sd_channel channel; /* first: a connection is a channel */
	struct sd_connection_shared *shared;
	struct sd_connection *pending; /* the caller's: the next of those that are to be begun */
	bool is_proven; /* the server had proven to be classic when this was greeted; the caller's */
	struct sd_dial dial;
	enum sd_connection_phase phase;
	struct sd_facts *facts;       /* borrowed */
	struct sd_greeting greeting;  /* what the server is that this one leads to */
	struct sd_server_clock clock; /* what time it has; valid once the greeting was answered */
	int64_t told_us;              /* when it was asked for that time */
	int64_t greeted_us;           /* when the greeting was sent */
	int64_t told_ttl_s;           /* of sessions, as its greeting told, in seconds; 0: none */
	struct sd_traffic *traffic;   /* borrowed: where bytes are counted */
	uint64_t number;              /* another one for each connection of the thread */
	int64_t began_ms;             /* when this operation did, or the last one */
	int64_t opened_ms;            /* when it began to connect */
	unsigned locks;               /* that were taken on it and not released */

	struct sd_exchange *head;   /* the oldest without an answer; NULL: not busy. The caller appends
	                               those that sd_connection_begin() is to send. */
	struct sd_exchange *tail;   /* the latest; undefined if there is none */
	struct sd_exchange *unsent; /* the first that is not in `out` yet */
	bool must_send;             /* something can be sent that was not */
	bool reused;                /* the connection was up before this operation */
	bool was_silent; /* and nothing, or no more, had come when it might have been replaced */
	bool has_heard;  /* something came in this operation that answers a request */
	unsigned pings;  /* answers to mn that are to come */
	struct sd_exchange *doubtful; /* the first whose version is in doubt until `question` is
	                                 answered; NULL: none */
	struct sd_exchange question;  /* for the time, asked at `asked_us` */
	int64_t asked_us;
	bool must_close; /* after the operation: the server has closed its side, or an error without
	                    a token came, and which request it answers is not certain */

	uint8_t out[SD_CONNECTION_OUT];
	size_t out_length;
	size_t out_sent;
	struct sd_bytes body; /* what is left of a long value, which is sent after `out` from the
	                         caller's memory; NULL: none, or its end has been written to `out` */

	uint8_t in[SD_CONNECTION_IN];
	size_t in_start;
	size_t in_end;
	bool in_value;       /* the line of the head's answer came; its value is not complete */
	uint64_t value_left; /* bytes of the value, without the end after it */
};

/* Prepares a zero-initialised connection, which is closed. All pointers are borrowed. */
void sd_connection_init(struct sd_connection *connection, struct sd_connection_shared *shared,
                        struct sd_node *node, struct sd_facts *facts, struct sd_traffic *traffic);

/* Whether a value was announced that none of these clients can have stored: no memory is asked for
 * to find out whether it comes. */
static inline bool sd_connection_is_too_long(const struct sd_connection *connection)
{
	return connection->in_value && connection->value_left > SD_CLASSIC_REQUEST_MAX;
}

/* Whether it leads to another server than the one that its name was found to lead to last. Valid
 * once the greeting was answered. */
static inline bool sd_connection_leads_elsewhere(const struct sd_connection *connection)
{
	const struct sd_greeting *known = &connection->facts->greeting;
	const struct sd_greeting *greeting = &connection->greeting;

	return known->has_id &&
	       (!greeting->has_id || memcmp(greeting->id, known->id, SD_GREETING_ID) != 0);
}

/* Begins to send the exchanges at that time, on the open connection or on a new one. */
enum sd_channel_state sd_connection_begin(struct sd_connection *connection, int64_t now_ms);

/* Closes the connection and forgets its exchanges without touching them. Sends nothing, so that a
 * child can close what it inherited. */
void sd_connection_close(struct sd_connection *connection);

#endif
