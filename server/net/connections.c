/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* All connections of a server: the one polled, and the end of a tick; see connection.h. */

#include <event2/event.h>
#include <stdlib.h>

#include "server/net/budget.h"
#include "server/net/connection_internal.h"
#include "server/net/promises.h"
#include "server/system/clock.h"
#include "server/system/daemon.h"

#define TRIM_LEAST (1024u * 1024u) /* bytes freed that are worth returning to the system */

/* What is much for one tick: long requests have to wait for another one. A client with a short
 * request must not wait until every long one is run, so a tick runs one that takes it beyond this
 * size, and the next none. With the most, short ones wait, too. There are copies of them until the
 * tick ends, so with little memory there are fewer. */
#define WORK_MUCH (4u * 1024u * 1024u)
#define WORK_MOST (16u * 1024u * 1024u)
#define WORK_MUCH_PART 16 /* of the memory, at most */
#define WORK_MOST_PART 4

/* An empty buffer is freed after one to two of these without use. */
#define BUFFER_IDLE_S 2
static const struct timeval idle_pause = {BUFFER_IDLE_S, 0};

/* A client that was served a shorter time ago is likely to ask again. A new one must not wait for
 * so long that it takes the server for dead, which is after a second, or what its php.ini says. */
#define CLIENT_IDLE_MS 500

/* After a tick with much in it, the others are asked first. */
bool sdd_connections_poll(struct sdd_connections *connections)
{
	return !connections->is_light && connections->last != NULL &&
	       sdd_connection_poll(connections->last);
}

/* A tick begins, or begins again. */
static void begin_tick(struct sdd_connections *connections)
{
	connections->work.done = connections->is_light ? connections->work.much + 1 : 0;
}

void sdd_connections_replay(struct sdd_connections *connections)
{
	struct sdd_connection *connection;

	begin_tick(connections);
	TAILQ_FOREACH(connection, &connections->active, active_link)
	{
		sdd_connection_replay(connection);
	}
}

/* {{{ deferred connections */

bool sdd_connections_are_deferred(const struct sdd_connections *connections)
{
	return !TAILQ_EMPTY(&connections->deferred);
}

void sdd_connections_release(struct sdd_connections *connections)
{
	while (!TAILQ_EMPTY(&connections->deferred)) {
		struct sdd_connection *connection = TAILQ_FIRST(&connections->deferred);

		sdd_connection_undefer(connection);
		sdd_socket_wake(&connection->socket);
	}
}

/* }}} */

/* {{{ idle buffers */

static size_t free_if_empty(struct sdd_connections *connections, struct sdd_buffer *buffer)
{
	size_t freed = buffer->length == 0 ? buffer->capacity : 0;

	if (freed > 0) {
		sdd_budget_release(connections, buffer);
	}
	return freed;
}

bool sdd_connections_free_idle_buffers(struct sdd_connections *connections)
{
	int64_t used_ms = sdd_clock_boot_ms() - 1000 * BUFFER_IDLE_S;
	struct sdd_connection *connection;
	bool are_some_left = false;
	size_t freed = 0;

	TAILQ_FOREACH(connection, &connections->list, link)
	{
		if (!connection->is_active && connection->used_ms <= used_ms) {
			freed += free_if_empty(connections, &connection->in);
			freed += free_if_empty(connections, &connection->out.bytes);
		}
		are_some_left |= connection->in.capacity > 0 || connection->out.bytes.capacity > 0;
	}
	freed += connections->values.freed;
	connections->values.freed = 0;
	if (freed >= TRIM_LEAST) {
		sdd_daemon_trim_memory();
	}
	return are_some_left;
}

/* Not called again until a buffer grows: a server that nobody asks sleeps. */
static void on_idle_timer(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_connections *connections = argument;

	(void)descriptor;
	(void)what;
	connections->is_idle_timed = sdd_connections_free_idle_buffers(connections) &&
	                             event_add(connections->idle_timer, &idle_pause) == 0;
}

static void begin_idle_timer(struct sdd_connections *connections)
{
	if (!connections->is_idle_timed) {
		connections->is_idle_timed = event_add(connections->idle_timer, &idle_pause) == 0;
	}
}

/* What is left to do after a tick in which buffers grew. */
static void do_chores(struct sdd_connections *connections)
{
	begin_idle_timer(connections);
	sdd_budget_feed(connections);
	sdd_promises_give(connections);
	connections->has_chores = connections->are_starved || !TAILQ_EMPTY(&connections->line);
}

/* }}} */

/* {{{ too many connections */

/* Whether nothing has come of it, nothing is owed to it, and nothing is held by it, be it between
 * requests or before the first one. */
static bool is_idle(const struct sdd_connection *connection)
{
	const struct sdd_connection_handler *handler = &connection->connections->handler;

	return !connection->is_active && !connection->is_suspended && connection->in.length == 0 &&
	       connection->out.length == 0 &&
	       !handler->is_needed(handler->context, connection->attachment) &&
	       sdd_socket_is_quiet(&connection->socket);
}

/* Who is not idle goes to the end of the list, so that it is not looked at again at once. When it
 * becomes idle it was used, and is there anyway. */
bool sdd_connections_make_room(struct sdd_connections *connections, bool is_short)
{
	struct sdd_connection *connection;
	int64_t now_ms;

	if (!is_short && connections->count < connections->limits.connections) {
		return true;
	}
	now_ms = sdd_clock_boot_ms();
	for (connection = TAILQ_FIRST(&connections->list);
	     connection != NULL && connection->used_ms <= now_ms - CLIENT_IDLE_MS;
	     connection = TAILQ_FIRST(&connections->list)) {
		if (is_idle(connection)) {
			sdd_connection_close(connection);
			connections->numbers.idle_closed++;
			return true;
		}
		sdd_connection_was_used(connection, now_ms);
	}
	return false;
}

/* }}} */

/* Those who had a turn in this tick come after those who had none: the next one begins with the
 * first of them that have requests waiting. */
static void put_served_last(struct sdd_connections *connections)
{
	struct sdd_connection *last = TAILQ_LAST(&connections->active);
	struct sdd_connection *connection = TAILQ_FIRST(&connections->active);

	while (connection != NULL) {
		struct sdd_connection *next =
			connection == last ? NULL : TAILQ_NEXT(connection, active_link);

		if (connection->in_done > connection->in_before_tick) {
			TAILQ_REMOVE(&connections->active, connection, active_link);
			TAILQ_INSERT_TAIL(&connections->active, connection, active_link);
		}
		connection = next;
	}
}

void sdd_connections_flush(struct sdd_connections *connections, int64_t began_ms)
{
	connections->tick_ms = began_ms;
	if (sdd_work_is_much(&connections->work)) {
		connections->is_light = !connections->is_light;
		put_served_last(connections);
		begin_tick(connections);
	} else {
		connections->work.done = 0;
	}
	connections->work.moved = 0;
	if (connections->company > 0) {
		connections->company--;
	}
	while (!TAILQ_EMPTY(&connections->active)) {
		sdd_connection_end_tick(TAILQ_FIRST(&connections->active));
	}
	if (connections->has_chores) {
		do_chores(connections);
	}
}

void sdd_connections_free(struct sdd_connections *connections)
{
	if (connections != NULL) {
		while (!TAILQ_EMPTY(&connections->list)) {
			sdd_connection_close(TAILQ_FIRST(&connections->list));
		}
		if (connections->idle_timer != NULL) {
			event_free(connections->idle_timer);
		}
		free(connections);
	}
}

struct sdd_connections *sdd_connections_new(struct event_base *base,
                                            const struct sdd_connection_handler *handler,
                                            const struct sdd_connection_limits *limits)
{
	struct sdd_connections *connections = calloc(1, sizeof(*connections));
	struct timeval timeout = {.tv_sec = limits->timeout_seconds};
	struct timeval short_timeout = sdd_promise_short(limits->timeout_seconds);

	if (connections == NULL) {
		return NULL;
	}
	connections->base = base;
	connections->handler = *handler;
	connections->limits = *limits;
	connections->work.much = sdd_smaller_of(WORK_MUCH, limits->memory / WORK_MUCH_PART);
	connections->work.most = sdd_smaller_of(WORK_MOST, limits->memory / WORK_MOST_PART);
	connections->timeout = event_base_init_common_timeout(base, &timeout);
	connections->short_timeout = event_base_init_common_timeout(base, &short_timeout);
	TAILQ_INIT(&connections->list);
	TAILQ_INIT(&connections->active);
	TAILQ_INIT(&connections->deferred);
	TAILQ_INIT(&connections->promised);
	TAILQ_INIT(&connections->line);
	connections->idle_timer = evtimer_new(base, on_idle_timer, connections);
	if (connections->timeout == NULL || connections->short_timeout == NULL ||
	    connections->idle_timer == NULL) {
		sdd_connections_free(connections);
		return NULL;
	}
	return connections;
}

void sdd_connections_set_most(struct sdd_connections *connections, size_t most)
{
	connections->limits.connections = most;
}

struct sdd_work *sdd_connections_work(struct sdd_connections *connections)
{
	return &connections->work;
}

size_t sdd_connections_count(const struct sdd_connections *connections)
{
	return connections->count;
}

const struct sdd_connections *sdd_connection_others(const struct sdd_connection *connection)
{
	return connection->connections;
}

void sdd_connections_numbers(const struct sdd_connections *connections,
                             struct sdd_connections_numbers *numbers)
{
	*numbers = connections->numbers;
	numbers->open = connections->count;
	numbers->most = connections->limits.connections;
}

uint64_t sdd_connection_number(const struct sdd_connection *connection)
{
	return connection->number;
}

void sdd_connections_finish(struct sdd_connections *connections)
{
	struct sdd_connection *connection = TAILQ_FIRST(&connections->list);

	while (connection != NULL) {
		struct sdd_connection *next = TAILQ_NEXT(connection, link);

		if (connection->is_active || connection->socket.is_writing) {
			sdd_connection_finish(connection);
		} else {
			sdd_connection_close(connection);
		}
		connection = next;
	}
}
