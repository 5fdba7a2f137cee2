/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a connection and the list of all connections are made of; for connection*.c and
 * budget.c only.
 *
 * Invariants: a connection that has read, written or been finished in this tick is in the list of
 * active ones. Connections are freed only while no list is walked. The bytes of `in` before
 * `in_before_tick` were answered in earlier ticks, those before `in_done` in this one. The bytes of
 * `out` before `out_before_tick` were written in earlier ticks, those before `out_before_request`
 * by earlier requests.
 */

#ifndef SDD_CONNECTION_INTERNAL_H
#define SDD_CONNECTION_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/time.h>

#include "server/net/buffer.h"
#include "server/net/connection.h"
#include "server/net/listener.h"
#include "server/net/long_values.h"
#include "server/net/outgoing.h"
#include "server/net/socket.h"
#include "server/system/work.h"
#include "server/system/log.h"
#include "server/system/lists.h"

struct sdd_connection {
	TAILQ_ENTRY(sdd_connection) link;
	TAILQ_ENTRY(sdd_connection) active_link;
	TAILQ_ENTRY(sdd_connection) deferred_link;
	TAILQ_ENTRY(sdd_connection) promise_link;
	struct sdd_connections *connections;
	uint64_t number; /* of the accepted ones */
	struct sdd_socket socket;
	bool is_active;           /* it is in the list of active ones */
	bool is_finished;         /* to be closed when `out` is sent */
	bool is_broken;           /* to be closed at the tick's end, whatever `out` has */
	bool has_ended;           /* the client sends no more */
	bool is_suspended;        /* a request is answered later; until then none is handed over */
	bool is_deferred;         /* it is in the list of deferred ones: its requests are run later */
	bool is_postponed;        /* the request that is run has to wait for another tick */
	bool is_behind;           /* requests of it wait that had no turn yet: no more is read before */
	bool is_starved;          /* it may not take more memory: it is not read */
	bool is_promised;         /* it is in the list of those that have room for their request */
	bool is_in_line;          /* it is in the list of those that wait for it: it is not read */
	bool is_persistent;       /* silence between requests is no reason to close it */
	int64_t used_ms;          /* when it was served last, or connected; 0: it is just connecting */
	int64_t request_since_us; /* when the first bytes of an unfinished request came; 0: none */
	int64_t in_line_since_us;
	size_t expected; /* bytes of the long request that is being received; 0: none is */
	struct sdd_buffer in;
	size_t in_before_tick;
	size_t in_done;
	struct sdd_outgoing out;
	size_t out_before_tick;
	size_t out_before_request;
	void *attachment;
	int64_t told_offset_ms;
	struct sdd_address address;
};

TAILQ_HEAD(connection_list, sdd_connection);

struct sdd_connections {
	struct event_base *base;
	struct sdd_connection_handler handler;
	struct sdd_connection_limits limits;
	const struct timeval *timeout; /* one queue for all timers, since it is the same for all */
	const struct timeval *short_timeout; /* of those that others have waited for */
	size_t count;
	struct connection_list list; /* the one that was used last is the last */
	struct connection_list active;
	struct connection_list deferred;
	struct connection_list promised;
	struct connection_list line;    /* in order of arrival */
	struct sdd_connection *running; /* whose requests are handed over; NULL: no one's */
	struct sdd_work work;           /* of this tick */
	bool is_light;                  /* much counts as done, since as much was in the last one */
	int64_t tick_ms;                /* when its first request was run, if it has any */
	struct event *idle_timer;       /* the next look for idle buffers */
	bool is_idle_timed;             /* it is pending */
	size_t memory_used;             /* of all buffers */
	struct sdd_long_values values;  /* that replies refer to */
	bool are_starved;               /* some connections may be */
	bool has_chores;                /* buffers grew, or some connections may be starved */
	struct sdd_connections_numbers numbers; /* those that are counted */
	unsigned company;                       /* ticks for which others still count as being served */
	struct sdd_connection *last;            /* the one served last; NULL: none, or it is closed */
};

/* The connection takes part in this tick: remembers what is from earlier ones. */
static inline void sdd_connection_activate(struct sdd_connection *connection)
{
	if (!connection->is_active) {
		connection->is_active = true;
		connection->in_before_tick = connection->in_done;
		connection->out_before_tick = connection->out.length;
		TAILQ_INSERT_TAIL(&connection->connections->active, connection, active_link);
	}
}

/* Puts it at the end of the list of all connections. Not to be called while that is walked. */
static inline void sdd_connection_was_used(struct sdd_connection *connection, int64_t now_ms)
{
	struct sdd_connections *connections = connection->connections;

	connection->used_ms = now_ms;
	if (TAILQ_NEXT(connection, link) != NULL) {
		TAILQ_REMOVE(&connections->list, connection, link);
		TAILQ_INSERT_TAIL(&connections->list, connection, link);
	}
}

/* Takes it off the list of deferred ones, if it is there. */
static inline void sdd_connection_undefer(struct sdd_connection *connection)
{
	if (connection->is_deferred) {
		connection->is_deferred = false;
		TAILQ_REMOVE(&connection->connections->deferred, connection, deferred_link);
	}
}

/* As sdd_connection_is_finished(). */
static inline bool sdd_connection_has_finished(const struct sdd_connection *connection)
{
	return connection->is_finished || connection->is_broken;
}

/* Closes it at once and frees it. */
void sdd_connection_close(struct sdd_connection *connection);

/* Serves it if it has sent something. False: it has not. */
bool sdd_connection_poll(struct sdd_connection *connection);

/* Discards what it wrote in this tick, and hands its requests over again. */
void sdd_connection_replay(struct sdd_connection *connection);

/* Frees empty buffers of connections that were not used for some seconds. False: no connection has
 * a buffer any more. */
bool sdd_connections_free_idle_buffers(struct sdd_connections *connections);

/* Takes it off the list of active ones, and sends what it wrote in this tick. It may be closed
 * then. */
void sdd_connection_end_tick(struct sdd_connection *connection);

#endif
