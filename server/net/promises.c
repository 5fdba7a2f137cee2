/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Room for long requests; see promises.h. */

#include "server/net/promises.h"

#include "server/net/budget.h"
#include "server/system/clock.h"

#define REQUEST_RATE (64 * 1024) /* bytes of a request that a client must send in a second */
#define SHORTER 8 /* so much shorter is the timeout of those that others have waited for */

static size_t largest_share(const struct sdd_connections *connections)
{
	return connections->limits.memory - connections->limits.memory / SDD_BUDGET_RESERVE;
}

/* What a request needs beyond the memory that its connection has already. One that could never have
 * as much has to do with what there can be. */
static size_t missing(const struct sdd_connection *connection)
{
	size_t most = largest_share(connection->connections);
	size_t wanted = connection->expected < most ? connection->expected : most;

	return wanted > connection->in.capacity ? wanted - connection->in.capacity : 0;
}

/* Bytes that are in use, or promised. */
static size_t taken(const struct sdd_connections *connections)
{
	const struct sdd_connection *connection;
	size_t bytes = sdd_budget_used(connections);

	TAILQ_FOREACH(connection, &connections->promised, promise_link)
	{
		bytes += missing(connection);
	}
	return bytes;
}

static bool fits(const struct sdd_connection *connection)
{
	return taken(connection->connections) + missing(connection) <=
	       largest_share(connection->connections);
}

void sdd_promise_end(struct sdd_connection *connection)
{
	struct sdd_connections *connections = connection->connections;

	if (connection->is_promised) {
		TAILQ_REMOVE(&connections->promised, connection, promise_link);
	} else if (connection->is_in_line) {
		TAILQ_REMOVE(&connections->line, connection, promise_link);
	}
	connection->is_promised = connection->is_in_line = false;
}

static void promise(struct sdd_connection *connection)
{
	sdd_promise_end(connection);
	connection->is_promised = true;
	connection->request_since_us = 0; /* its time begins anew */
	TAILQ_INSERT_TAIL(&connection->connections->promised, connection, promise_link);
}

static void join_line(struct sdd_connection *connection)
{
	struct sdd_connections *connections = connection->connections;

	connection->is_in_line = true;
	connection->in_line_since_us = sdd_clock_monotonic_us();
	TAILQ_INSERT_TAIL(&connections->line, connection, promise_link);
	connections->has_chores = true;
	sdd_budget_shrink(connections);
}

void sdd_promise_settle(struct sdd_connection *connection)
{
	if (connection->expected == 0) {
		sdd_promise_end(connection);
	} else if (!connection->is_promised && !connection->is_in_line) {
		if (TAILQ_EMPTY(&connection->connections->line) && fits(connection)) {
			promise(connection);
		} else {
			join_line(connection);
		}
	}
}

void sdd_promises_give(struct sdd_connections *connections)
{
	struct sdd_connection *first;

	while ((first = TAILQ_FIRST(&connections->line)) != NULL && fits(first)) {
		promise(first);
		sdd_socket_wake(&first->socket);
	}
}

bool sdd_promises_are_much(const struct sdd_connections *connections)
{
	return taken(connections) > largest_share(connections) / 2;
}

int64_t sdd_promise_timeout_us(const struct sdd_connection *connection)
{
	const struct sdd_connections *connections = connection->connections;
	const struct sdd_connection *first = TAILQ_FIRST(&connections->line);
	int64_t timeout_us = (int64_t)connections->limits.timeout_seconds * 1000000;
	bool is_overdue = connection->is_promised && first != NULL &&
	                  sdd_clock_monotonic_us() - first->in_line_since_us >= timeout_us;

	return is_overdue ? timeout_us / SHORTER : timeout_us;
}

const struct timeval *sdd_promise_timeout(const struct sdd_connection *connection)
{
	const struct sdd_connections *connections = connection->connections;
	int64_t timeout_us = (int64_t)connections->limits.timeout_seconds * 1000000;

	return sdd_promise_timeout_us(connection) < timeout_us ? connections->short_timeout
	                                                       : connections->timeout;
}

struct timeval sdd_promise_short(int timeout_seconds)
{
	return (struct timeval){.tv_sec = timeout_seconds / SHORTER,
	                        .tv_usec = timeout_seconds % SHORTER * (1000000 / SHORTER)};
}

bool sdd_request_is_dripping(struct sdd_connection *connection, bool progress)
{
	int64_t length_us = (int64_t)connection->in.length * 1000000 / REQUEST_RATE;
	int64_t now_us;

	if (progress || connection->is_suspended || connection->is_behind || connection->is_starved ||
	    connection->is_in_line) {
		connection->request_since_us = 0;
	}
	now_us = sdd_clock_monotonic_us();
	if (connection->request_since_us == 0) {
		connection->request_since_us = now_us;
	}
	if (sdd_promise_is_wanted(connection) && now_us - connection->request_since_us < length_us) {
		connection->request_since_us = now_us - length_us;
	}
	return now_us - connection->request_since_us > sdd_promise_timeout_us(connection) + length_us;
}
