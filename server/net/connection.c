/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One connected client; see connection.h, and connection_internal.h for the invariants. All that it
 * needs of the system is in socket.h. */

#include "server/net/budget.h"
#include "server/net/connection_internal.h"
#include "server/net/promises.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/system/clock.h"
#include "server/system/log.h"

/* Requests of one connection in a tick. A client waits for at most two ticks of the others, so each
 * gets fewer if there are any; one that is alone has cheaper commits and fewer replies to receive.
 */
#define REQUESTS_ALONE 512
#define REQUESTS_IN_COMPANY 128
#define COMPANY_TICKS 64                 /* for so long others count as being there */
#define READ_PER_TICK (256u * 1024u)     /* bytes of one connection, about; for the same reason */
#define OUT_MAX (4u * 1024u * 1024u)     /* bytes of replies waiting; with more, it is not read */
#define SUSPENDED_IN_MAX (1024u * 1024u) /* bytes read of a connection while suspended */
#define PARTS 16                         /* of replies that are sent at once, at most */
#define RETAINED_TOTAL (16u * 1024u * 1024u) /* bytes of all empty buffers, about; */
#define RETAINED_LEAST 65536                 /* of one buffer, if there are many connections */
#define RETAINED_MOST (2u * 1024u * 1024u)   /* of one buffer, if there are few */

static void log_gone(const struct sdd_connection *connection, const char *when, int error)
{
	sdd_connection_log(connection, SDD_LOG_DEBUG, "gone", "gone%s: %s", when, strerror(error));
}

/* Whether an empty buffer of more than RETAINED_LEAST is too large to retain. */
static bool is_too_large(const struct sdd_connections *connections, size_t capacity)
{
	return capacity > RETAINED_MOST || capacity > RETAINED_TOTAL / connections->count;
}

/* A buffer that is empty is retained unless it is too large: long values are then read at once, and
 * no growth copies them. */
static void retain_buffers(struct sdd_connection *connection)
{
	struct sdd_connections *connections = connection->connections;
	struct sdd_buffer *const buffers[] = {&connection->in, &connection->out.bytes};

	for (int i = 0; i < 2; i++) {
		if (buffers[i]->length == 0 && buffers[i]->capacity > RETAINED_LEAST &&
		    is_too_large(connections, buffers[i]->capacity)) {
			sdd_budget_release(connections, buffers[i]);
		}
	}
}

void sdd_connection_close(struct sdd_connection *connection)
{
	struct sdd_connections *connections = connection->connections;

	connections->handler.closing(connections->handler.context, connection->attachment);
	sdd_socket_close(&connection->socket);
	TAILQ_REMOVE(&connections->list, connection, link);
	if (connections->last == connection) {
		connections->last = NULL;
	}
	if (connection->is_active) {
		TAILQ_REMOVE(&connections->active, connection, active_link);
	}
	sdd_connection_undefer(connection);
	sdd_promise_end(connection);
	connections->count--;
	sdd_budget_release_all(connection);
	free(connection);
	connections->handler.closed(connections->handler.owner);
}

/* {{{ reading */

/* Hands requests over until none is complete. False: it stopped before that, because the connection
 * has had its share of the tick, has too many replies waiting, or is deferred, or the tick is full
 * for what it asks. */
static bool hand_over_requests(struct sdd_connection *connection)
{
	const struct sdd_connection_handler *handler = &connection->connections->handler;
	struct sdd_work *work = &connection->connections->work;
	int most = connection->connections->company > 0 ? REQUESTS_IN_COMPANY : REQUESTS_ALONE;
	size_t left = connection->in.length - connection->in_done;

	work->is_greedy = connection->is_behind || left > SDD_WORK_SHORT;
	for (int i = 0; left > 0 && !connection->is_suspended; i++) {
		size_t consumed;

		if (i == most || connection->out.length > OUT_MAX || sdd_work_must_wait(work, left)) {
			return false;
		}
		connection->out_before_request = connection->out.length;
		connection->expected = 0;
		consumed = handler->received(handler->context, connection,
		                             sdd_buffer_at(&connection->in, connection->in_done), left);
		if (connection->is_deferred || connection->is_postponed) {
			connection->is_postponed = false;
			return false;
		}
		if (consumed == 0 || sdd_connection_has_finished(connection)) {
			break;
		}
		connection->in_done += consumed;
		sdd_work_add(work, SDD_WORK_REQUEST + consumed);
		left -= consumed;
	}
	return true;
}

enum read_result {
	READ_ALL,  /* everything that had come */
	READ_MORE, /* there may be more */
	READ_BROKEN,
};

/* Reads once, as much as there is room for: at least `more` bytes, or what is left of a long
 * request. */
static enum read_result read_once(struct sdd_connection *connection, size_t more)
{
	struct sdd_connections *connections = connection->connections;
	struct sdd_buffer *in = &connection->in;
	size_t left = connection->is_promised ? sdd_promise_left(connection) : 0;
	size_t room = sdd_buffer_room(in);
	size_t count;

	more = left > 0 && left < more ? left : more;
	if (room < more) {
		room = sdd_budget_make_room(connection, in, more);
	}
	if (room == 0) {
		if (connection->is_starved) {
			return READ_ALL; /* the rest waits in the socket */
		}
		sdd_connection_log(connection, SDD_LOG_ERROR, "no memory",
		                   "no memory for its request (--memory)");
		return READ_BROKEN;
	}
	room = sdd_work_may_move(&connections->work, sdd_smaller_of(room, READ_PER_TICK));
	switch (sdd_socket_receive(&connection->socket, sdd_buffer_at(in, in->length), room, &count)) {
	case SDD_SOCKET_DONE:
		(void)sdd_buffer_extend(in, count);
		connections->numbers.bytes_read += count;
		connections->work.moved += count;
		return count < room ? READ_ALL : READ_MORE;
	case SDD_SOCKET_ENDED:
		connection->has_ended = true; /* its replies may still be on their way */
		sdd_socket_watch_reading(&connection->socket, false);
		return READ_ALL;
	case SDD_SOCKET_LATER:
		return READ_ALL;
	default:
		log_gone(connection, "", errno);
		return READ_BROKEN;
	}
}

/* Whether more is read in this tick than what has come since there were `before` bytes, and how
 * much at once. When memory is short, the head of a request says first whether there is room for
 * all of it. */
static bool may_read_more(const struct sdd_connection *connection, size_t before, size_t *more)
{
	size_t length = connection->in.length;
	size_t most =
		before == 0 && sdd_promises_are_short(connection->connections) ? 1 : READ_PER_TICK;

	*more = length < READ_PER_TICK ? 3 * length : READ_PER_TICK;
	return length - before < most;
}

/* Reads what has come: requests that come together share a tick, and with it a commit. The room
 * grows fourfold with what came, so that a long value takes few reads. False: the connection is
 * broken. */
static bool read_some(struct sdd_connection *connection)
{
	size_t before = connection->in.length;
	size_t more = connection->connections->limits.read_size;
	enum read_result result;

	do {
		result = read_once(connection, more);
	} while (result == READ_MORE && may_read_more(connection, before, &more));
	return result != READ_BROKEN;
}

/* Runs what was read. If the client sends no more, the connection is finished when no complete
 * request is left. */
static void run_requests(struct sdd_connection *connection)
{
	sdd_connection_activate(connection);
	connection->connections->running = connection;
	connection->is_behind = !hand_over_requests(connection);
	connection->connections->running = NULL;
	if (!connection->is_behind && connection->has_ended &&
	    !sdd_connection_has_finished(connection)) {
		size_t left = connection->in.length - connection->in_done;

		if (left > 0) {
			sdd_connection_log(connection, SDD_LOG_NOTICE, "gone within a request",
			                   "gone after %zu bytes of a request: it closed", left);
		}
		sdd_connection_finish(connection);
	}
}

static bool may_read(const struct sdd_connection *connection)
{
	return !connection->has_ended && !connection->is_behind && !connection->is_broken &&
	       !connection->is_in_line;
}

static void on_readable(void *context)
{
	struct sdd_connection *connection = context;

	if (may_read(connection) && !read_some(connection)) {
		sdd_connection_close(connection);
		return;
	}
	if (!connection->is_deferred) {
		run_requests(connection);
	}
}

bool sdd_connection_poll(struct sdd_connection *connection)
{
	size_t before = connection->in.length;

	if (!connection->socket.is_reading || connection->is_broken) {
		return false;
	}
	if (!read_some(connection)) {
		sdd_connection_close(connection);
		return true;
	}
	if (connection->in.length == before && !connection->has_ended) {
		return false;
	}
	run_requests(connection);
	return true;
}

/* }}} */

/* {{{ writing */

/* Sends once, of the bytes from a position up to another one, if there are values among them. */
__attribute__((noinline)) static enum sdd_socket_result
send_values(struct sdd_connection *connection, size_t from, size_t to, size_t *count)
{
	struct iovec parts[PARTS];

	return sdd_socket_send_parts(&connection->socket, parts,
	                             sdd_outgoing_parts(&connection->out, from, to, parts, PARTS),
	                             count);
}

/* Sends what may be sent in this tick and the socket takes, and consumes it; *sent is how much.
 * While the tick lasts these are the replies of earlier ones: those of this tick report changes
 * that are not committed, and a replay may take them back. False: the client has disconnected. */
static bool send_some(struct sdd_connection *connection, size_t *sent)
{
	struct sdd_connections *connections = connection->connections;
	struct sdd_outgoing *out = &connection->out;
	size_t sendable = connection->is_active ? connection->out_before_tick : out->length;
	size_t length = sdd_work_may_move(&connections->work, sendable);
	enum sdd_socket_result result = SDD_SOCKET_DONE;

	*sent = 0;
	while (*sent < length && result == SDD_SOCKET_DONE) {
		size_t count;

		result = sdd_outgoing_has_values(out)
		             ? send_values(connection, *sent, length, &count)
		             : sdd_socket_send(&connection->socket, sdd_buffer_at(&out->bytes, *sent),
		                               length - *sent, &count);
		*sent += count;
	}
	if (result == SDD_SOCKET_FAILED) {
		log_gone(connection, " before its answer", errno);
		return false;
	}
	connections->numbers.bytes_written += *sent;
	connections->work.moved += *sent;
	sdd_outgoing_consume(out, *sent);
	if (connection->in.capacity > RETAINED_LEAST || out->bytes.capacity > RETAINED_LEAST) {
		retain_buffers(connection);
	}
	if (connection->is_active) {
		connection->out_before_tick -= *sent;
	}
	return true;
}

/* The client has limited time for sending a request, and for reading the reply, which starts again
 * whenever bytes have come or gone. It may be silent between two requests on a persistent
 * connection, and while it waits for a lock. */
static void watch_time(struct sdd_connection *connection, bool progress)
{
	bool is_between_requests = connection->is_persistent && connection->in.length == 0;
	bool is_waited_for =
		connection->socket.is_writing || (!connection->is_suspended && !connection->is_deferred &&
	                                      !connection->is_in_line && !is_between_requests);

	if (!is_waited_for) {
		sdd_socket_stop_timer(&connection->socket);
	} else if (progress || !connection->socket.is_timed) {
		sdd_socket_start_timer(&connection->socket, sdd_promise_timeout(connection));
	}
}

static void on_expired(void *context)
{
	struct sdd_connection *connection = context;
	bool is_writing = connection->socket.is_writing;

	if (connection->is_starved && !is_writing) {
		if (sdd_budget_gives_up(connection)) {
			sdd_connection_close(connection);
		} else {
			sdd_socket_start_timer(&connection->socket, connection->connections->timeout);
		}
		return;
	}
	sdd_connection_log(
		connection, SDD_LOG_NOTICE, is_writing ? "reads nothing" : "sends nothing",
		is_writing ? "disconnected by --timeout in the middle of an answer (%zu bytes left)"
				   : "disconnected by --timeout in the middle of a request (%zu bytes received)",
		is_writing ? connection->out.length : connection->in.length);
	sdd_connection_close(connection);
}

/* A connection is read while no requests of it wait, and there is room for the replies. */
static bool is_to_be_read(const struct sdd_connection *connection)
{
	return !connection->is_finished && may_read(connection) && !connection->is_starved &&
	       connection->out.length <= OUT_MAX &&
	       !(connection->is_suspended && connection->in.length > SUSPENDED_IN_MAX);
}

/* Sends, and waits for the socket to take what is left. If nothing is left, the connection is read
 * again, or closed if it is finished. While a tick lasts, its end decides about that, and the
 * events stay. False: it was closed, or is decided about later. */
static bool send_and_watch(struct sdd_connection *connection)
{
	struct sdd_socket *socket = &connection->socket;
	bool progress;
	size_t sent;

	if (connection->is_broken || !send_some(connection, &sent)) {
		sdd_connection_close(connection);
		return false;
	}
	progress = !socket->is_writing || sent > 0;
	if (!connection->is_active) {
		sdd_socket_watch_writing(socket, connection->out.length > 0);
		if (!socket->is_writing && connection->is_finished) {
			sdd_connection_close(connection);
			return false;
		}
		sdd_socket_watch_reading(socket, is_to_be_read(connection));
	}
	watch_time(connection, progress);
	return !connection->is_active;
}

static void on_writable(void *context)
{
	struct sdd_connection *connection = context;

	if (!send_and_watch(connection) || connection->socket.is_writing) {
		return;
	}
	sdd_connection_was_used(connection, sdd_clock_boot_ms());
	if (connection->is_behind && !connection->is_deferred) {
		run_requests(connection);
	}
}

/* }}} */

/* {{{ the tick */

void sdd_connection_replay(struct sdd_connection *connection)
{
	if (connection->in_done > connection->in_before_tick) {
		connection->is_suspended = false; /* by a request of this tick, which is run again */
	}
	connection->in_done = connection->in_before_tick;
	sdd_outgoing_truncate(&connection->out, connection->out_before_tick);
	connection->is_finished = false;
	sdd_connection_undefer(connection);
	run_requests(connection);
}

/* Requests were read and not run, because the connection had had its share of the tick, too many
 * replies were waiting or the tick was full: the next tick begins with them. */
static void continue_next_tick(struct sdd_connection *connection)
{
	if (!connection->is_deferred && !connection->socket.is_writing && !connection->is_finished) {
		sdd_socket_wake(&connection->socket);
	}
}

/* Now is the time that the tick read before its first request: a call less for each client. */
static void was_served(struct sdd_connection *connection)
{
	struct sdd_connections *connections = connection->connections;

	if (TAILQ_NEXT(connection, link) != NULL) {
		connections->company = COMPANY_TICKS;
	}
	sdd_connection_was_used(connection, connections->tick_ms);
	connections->last = connection;
}

void sdd_connection_end_tick(struct sdd_connection *connection)
{
	bool progress = connection->in_done > 0;

	TAILQ_REMOVE(&connection->connections->active, connection, active_link);
	connection->is_active = false;
	sdd_buffer_consume(&connection->in, connection->in_done);
	connection->in_done = 0;
	connection->in_before_tick = 0;
	if (connection->is_promised || connection->is_in_line || connection->expected > 0) {
		sdd_promise_settle(connection);
	}
	if (connection->in.length == 0) {
		connection->request_since_us = 0;
	} else if (sdd_request_is_dripping(connection, progress)) {
		sdd_connection_log(
			connection, SDD_LOG_NOTICE, "too slow",
			"disconnected by --timeout: a request came too slowly (%zu bytes received)",
			connection->in.length);
		sdd_connection_close(connection);
		return;
	}
	if (send_and_watch(connection)) {
		if (progress) {
			was_served(connection);
		} else if (connection->in.length == 0) { /* it has connected, or got a lock */
			sdd_connection_was_used(connection, sdd_clock_boot_ms());
		}
		if (connection->is_behind) {
			continue_next_tick(connection);
		}
	}
}

/* }}} */

bool sdd_connection_open(struct sdd_connections *connections, int descriptor,
                         const struct sdd_address *address)
{
	static const struct sdd_socket_handler socket_handler = {
		.readable = on_readable,
		.writable = on_writable,
		.expired = on_expired,
	};
	struct sdd_connection *connection = calloc(1, sizeof(*connection));

	connections->numbers.accepted++;
	if (connection == NULL) {
		connections->numbers.rejected++;
		(void)close(descriptor);
		return false;
	}
	connection->connections = connections;
	connection->number = connections->numbers.accepted;
	connection->address = *address;
	sdd_buffer_init(&connection->in, SDD_BUFFER_UNLIMITED);
	sdd_outgoing_init(&connection->out);
	if (!sdd_socket_open(&connection->socket, connections->base, descriptor, &socket_handler,
	                     connection)) {
		connections->numbers.rejected++;
		free(connection);
		return false;
	}
	TAILQ_INSERT_TAIL(&connections->list, connection, link);
	connections->count++;
	/* A request is mostly there already, so a classic one needs no event at all. If none is, the
	 * tick's end has the connection watched. */
	on_readable(connection);
	return true;
}
