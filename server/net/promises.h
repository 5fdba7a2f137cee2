/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Room for long requests. Half of a request is of no use to anybody, and several halves may fill
 * the memory for ever. So a long request is read beyond its beginning only when there is room for
 * all of it. That room is promised in order of arrival. While a client waits for it, nothing is
 * read from it, and its timeout does not run. A client that has a promise and does not use it is
 * closed after its timeout, or after a shorter one when another client has waited for as long as
 * that. For connection*.c only.
 *
 * A promise takes no memory: only the bytes that have come do. Replies and short requests may use
 * the room that is promised and not taken yet, and the long request waits until they are done.
 *
 * Invariant: a connection is in one of the lists `promised` and `line`, or in none.
 */

#ifndef SDD_PROMISES_H
#define SDD_PROMISES_H

#include "server/net/connection_internal.h"

#define SDD_PROMISE_LEAST 65536 /* bytes of a request that needs none */

static inline bool sdd_promise_is_needed(size_t length)
{
	return length > SDD_PROMISE_LEAST;
}

/* The tick ends, and it is known what the connection's client is sending: a long request has a
 * promise or is in line after this, and nothing else. To be called if it is one, or was. */
void sdd_promise_settle(struct sdd_connection *connection);

/* Ends its promise or its wait, if it has one. */
void sdd_promise_end(struct sdd_connection *connection);

/* Promises room to those in line, from the first one on, while there is some. */
void sdd_promises_give(struct sdd_connections *connections);

/* Whether most of what can be promised is taken. */
bool sdd_promises_are_much(const struct sdd_connections *connections);

/* Whether somebody may have to wait, so that a request should not be read before it is known how
 * long it is. */
static inline bool sdd_promises_are_short(const struct sdd_connections *connections)
{
	return !TAILQ_EMPTY(&connections->line) ||
	       (!TAILQ_EMPTY(&connections->promised) && sdd_promises_are_much(connections));
}

/* Bytes of its long request, which was promised room, that have not come yet. */
static inline size_t sdd_promise_left(const struct sdd_connection *connection)
{
	size_t come = connection->in.length - connection->in_done;

	return connection->expected > come ? connection->expected - come : 0;
}

/* Whether somebody waits for the room that this one has. */
static inline bool sdd_promise_is_wanted(const struct sdd_connection *connection)
{
	return connection->is_promised && !TAILQ_EMPTY(&connection->connections->line);
}

/* For how long this one may be silent: in microseconds, and as a common timeout. */
int64_t sdd_promise_timeout_us(const struct sdd_connection *connection);
const struct timeval *sdd_promise_timeout(const struct sdd_connection *connection);

/* Whether a request that has begun is too slow: it must be whole within the timeout and a second
 * for each 64 KB of it. Time in which the client was not read does not count. While others wait
 * for its room, it does not help that it was faster before. */
bool sdd_request_is_dripping(struct sdd_connection *connection, bool progress);

/* The shorter timeout that goes with one in seconds. */
struct timeval sdd_promise_short(int timeout_seconds);

#endif
