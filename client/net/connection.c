/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The kept connection: its states, and the bytes that it receives. connection_send.h has
 * those that it sends, connection_open.h how it begins and ends. transport/meta.h and
 * transport/greeting.h say what they mean.
 *
 * Invariants: the exchanges from `head` to before `unsent` have been written to `out`
 * and have no answer; those from `unsent` to `tail` have not been written. A connection
 * that is not busy has nothing in `out`, `body` or `in`. A sink may leave by longjmp:
 * until then nothing of its exchange has been taken off the connection, which stays busy.
 */

#include "client/net/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/net/connection_clock.h"
#include "client/net/connection_open.h"
#include "client/net/connection_send.h"
#include "client/transport/meta.h"
#include "wire/encoding.h"

/* {{{ receiving */

static void fail_for_answer(struct sd_connection *connection, const struct sd_meta_reply *answer)
{
	char reason[SD_REASON_MAX];
	char first[SD_CHARACTER_MAX];
	char second[SD_CHARACTER_MAX];

	(void)snprintf(reason, sizeof(reason),
	               "an answer of another kind, or to another request, came: it begins with %s %s",
	               sd_character(first, answer->text_length > 0 ? (char)answer->text[0] : '\0'),
	               sd_character(second, answer->text_length > 1 ? (char)answer->text[1] : '\0'));
	(void)sd_connection_fail(connection, SD_BAD_ANSWER, reason);
}

/* A lock was taken or released, or there was none. One that was held already has only got a new
 * lease; one that is released may be on a connection before this one. */
static void count_lock(struct sd_connection *connection, const struct sd_exchange *exchange)
{
	if (exchange->request.kind == SD_LOCK) {
		connection->locks +=
			exchange->reply.status == SD_OK && exchange->request.connection != connection->number;
	} else if (connection->locks > 0 && exchange->request.connection == connection->number) {
		connection->locks--;
	}
}

/* Takes the answer to the question for the time. False: the connection has been closed. */
static bool take_time(struct sd_connection *connection, const struct sd_meta_reply *answer)
{
	bool is_taken = sd_connection_take_time(connection, answer);

	if (!is_taken) {
		fail_for_answer(connection, answer);
	}
	return is_taken;
}

/* Takes the line of an answer to the oldest exchange. False: the connection has been closed. */
static bool take_reply(struct sd_connection *connection, const struct sd_meta_reply *answer)
{
	struct sd_exchange *exchange = connection->head;

	if (!sd_meta_decode(exchange, connection->greeting.dialect, answer)) {
		fail_for_answer(connection, answer);
		return false;
	}
	if (answer->kind == SD_META_ERROR) {
		connection->must_close = true;
		connection->head = exchange->queued;
		return true;
	}
	if (answer->has_version) {
		sd_connection_take_version(connection, exchange);
	}
	exchange->reply.connection = connection->number;
	if (exchange->request.kind == SD_LOCK || exchange->request.kind == SD_UNLOCK) {
		count_lock(connection, exchange);
	}
	if (exchange->request.version != 0) {
		/* a change's follows from what it read, and what is written next is above that */
		sd_hybrid_clock_observe(&connection->facts->versions, exchange->request.version);
	}
	connection->in_value = answer->kind == SD_META_VALUE;
	connection->value_left = answer->value_length;
	if (!connection->in_value) {
		connection->head = exchange->queued;
	}
	return true;
}

/* Takes the line of an answer. False: the connection has been closed. */
static bool take_line(struct sd_connection *connection, const struct sd_meta_reply *answer)
{
	if (answer->kind == SD_META_NOTHING && connection->pings > 0) {
		connection->pings--;
		return true;
	}
	if (connection->head == connection->unsent) { /* or both are NULL */
		(void)sd_connection_fail(connection, SD_BAD_ANSWER,
		                         "an answer came that no request asked for");
		return false;
	}
	return connection->head == &connection->question ? take_time(connection, answer)
	                                                 : take_reply(connection, answer);
}

/* Takes the part of the value that is in `in`, and the end after it if that has come too. False:
 * the connection has been closed. */
static bool take_value(struct sd_connection *connection)
{
	const uint8_t *at = connection->in + connection->in_start;
	size_t available = connection->in_end - connection->in_start;
	size_t length = available < connection->value_left ? available : (size_t)connection->value_left;

	if (sd_connection_is_too_long(connection)) {
		(void)sd_connection_fail(connection, SD_BAD_ANSWER,
		                         "a longer value was announced than any that can be stored");
		return false;
	}
	if (!sd_sink_put(connection->head->request.sink, at, length, (size_t)connection->value_left)) {
		(void)sd_connection_fail(connection, SD_NO_MEMORY, "no memory for the answer");
		return false;
	}
	connection->in_start += length;
	connection->value_left -= length;
	if (available - length < SD_META_VALUE_END_LENGTH) {
		return true;
	}
	if (memcmp(at + length, SD_META_VALUE_END, SD_META_VALUE_END_LENGTH) != 0) {
		(void)sd_connection_fail(connection, SD_BAD_ANSWER, "the value is longer than announced");
		return false;
	}
	connection->in_start += SD_META_VALUE_END_LENGTH;
	connection->in_value = false;
	connection->head = connection->head->queued;
	return true;
}

/* The server has answered the greeting, and told which one it is if it does so. Returns whether it
 * is another one than the one that the name led to before, on whichever connection. */
static bool publish_greeting(struct sd_connection *connection)
{
	struct sd_facts *facts = connection->facts;
	bool leads_elsewhere = sd_connection_leads_elsewhere(connection);

	facts->greeting = connection->greeting;
	facts->clock = connection->clock;
	facts->greeted_us = connection->greeted_us;
	return leads_elsewhere;
}

/* Ends the exchanges that rely on it that the name leads to the same server as before. */
static void end_joined(struct sd_connection *connection)
{
	struct sd_exchange **next = &connection->head;

	while (*next != NULL) {
		struct sd_exchange *exchange = *next;

		if (exchange->request.is_joined && exchange->request.kind != SD_GREET) {
			*next = exchange->queued;
			exchange->has_parted = true;
			sd_exchange_end(exchange, SD_UNREACHABLE,
			                "the name leads to another server than before, and nothing was sent");
		} else {
			next = &exchange->queued;
		}
	}
}

/* Takes an answer to the greeting. False: the connection has been closed. */
static bool take_greeting(struct sd_connection *connection, const struct sd_meta_reply *answer)
{
	switch (sd_greeting_take(&connection->greeting, answer)) {
	case SD_GREETING_MORE:
		return true;
	case SD_GREETING_DONE:
		connection->phase = SD_CONNECTION_READY;
		sd_connection_set_clock(connection, connection->greeted_us);
		if (publish_greeting(connection)) {
			end_joined(connection); /* before what is left is sent */
		}
		connection->channel.is_persistent = sd_platform_set_persistent(connection->dial.socket);
		sd_connection_filter(connection);
		return true;
	default:
		(void)sd_connection_fail(connection, SD_BAD_ANSWER,
		                         "the server answers the greeting by neither protocol");
		return false;
	}
}

/* Takes all answers that are complete in `in`. False: the connection has been closed. */
static bool take_answers(struct sd_connection *connection)
{
	while (connection->in_value || connection->in_start < connection->in_end) {
		struct sd_meta_reply answer;
		bool is_taken;

		if (!connection->in_value) {
			if (!sd_meta_read_reply(connection->in + connection->in_start,
			                        connection->in_end - connection->in_start, &answer)) {
				return true;
			}
			is_taken = connection->phase == SD_CONNECTION_GREETING
			               ? take_greeting(connection, &answer)
			               : take_line(connection, &answer);
			if (!is_taken) {
				return false;
			}
			connection->in_start += answer.line_length;
		}
		if (connection->in_value) {
			if (!take_value(connection)) {
				return false;
			}
			if (connection->in_value) {
				return true; /* its rest has not come yet */
			}
		}
	}
	return true;
}

/* Where the next bytes go: the rest of a long value directly to its sink. NULL: the connection has
 * been closed. */
static void *room_for_bytes(struct sd_connection *connection, size_t *room)
{
	if (connection->in_value && connection->value_left > 0) {
		struct sd_sink *sink = connection->head->request.sink;

		if (!sd_sink_open(sink, (size_t)connection->value_left)) {
			(void)sd_connection_fail(connection, SD_NO_MEMORY, "no memory for the answer");
			return NULL;
		}
		*room = sink->room < connection->value_left ? sink->room : (size_t)connection->value_left;
		return sink->at;
	}
	if (connection->in_start > 0) {
		memmove(connection->in, connection->in + connection->in_start,
		        connection->in_end - connection->in_start);
		connection->in_end -= connection->in_start;
		connection->in_start = 0;
	}
	*room = sizeof(connection->in) - connection->in_end;
	return connection->in + connection->in_end;
}

/* So many bytes came there. */
static void count_bytes(struct sd_connection *connection, size_t length)
{
	connection->channel.received += length;
	connection->traffic->received += length;
	connection->has_heard |= connection->phase != SD_CONNECTION_GREETING;
	if (connection->in_value && connection->value_left > 0) {
		sd_sink_filled(connection->head->request.sink, length);
		connection->value_left -= length;
	} else {
		connection->in_end += length;
	}
}

/* The server closed the connection. A classic one does so at the greeting. */
static enum sd_channel_state take_end(struct sd_connection *connection)
{
	if (connection->phase == SD_CONNECTION_GREETING && connection->channel.received == 0) {
		struct sd_exchange *head = connection->head;

		sd_connection_close(connection);
		connection->head = head;
		return SD_CHANNEL_SILENT;
	}
	return sd_connection_fail_or_repeat(connection,
	                                    "the connection was closed before the answer was complete");
}

/* All exchanges have their answers. */
static enum sd_channel_state finish_round(struct sd_connection *connection)
{
	if (connection->must_close || connection->must_send ||
	    connection->in_start < connection->in_end) {
		sd_connection_close(connection);
	}
	return SD_CHANNEL_DONE;
}

/* Receives what is there, as far as one step goes. If `patient` it waits for the first bytes. */
static enum sd_channel_state receive(struct sd_connection *connection, bool patient)
{
	for (int calls = 0; calls < SD_CHANNEL_CALLS_MAX; calls++, patient = false) {
		size_t room;
		size_t received;
		void *out = room_for_bytes(connection, &room);

		if (out == NULL) {
			return SD_CHANNEL_DONE;
		}
		switch (patient ? sd_platform_await(connection->dial.socket, out, room, &received)
		                : sd_platform_receive(connection->dial.socket, out, room, &received)) {
		case SD_IO_DONE:
			count_bytes(connection, received);
			if (!take_answers(connection)) {
				return connection->head != NULL ? SD_CHANNEL_BUSY : SD_CHANNEL_DONE;
			}
			if (connection->head == NULL) {
				return finish_round(connection);
			}
			if (connection->must_send && !sd_connection_send(connection)) {
				return sd_connection_fail_by_system(connection);
			}
			break;
		case SD_IO_AGAIN:
			return SD_CHANNEL_BUSY;
		case SD_IO_ENDED:
			return take_end(connection);
		case SD_IO_FAILED:
			return sd_connection_fail_by_system(connection);
		}
		if (received < room) {
			return SD_CHANNEL_BUSY; /* no more for now: the next receive would find nothing */
		}
	}
	return SD_CHANNEL_BUSY;
}

/* }}} */

/* Whether the connection can be used for another operation. One that was idle for long may have
 * been dropped by a firewall on the way, without a sign. But with it, its locks would end. */
static bool is_usable(const struct sd_connection *connection, int64_t now_ms)
{
	int64_t max_idle_ms = connection->shared->options->max_idle_ms;
	bool is_forgotten = max_idle_ms > 0 && now_ms - connection->began_ms > max_idle_ms;

	return (!is_forgotten || connection->locks > 0) &&
	       sd_platform_is_quiet(connection->dial.socket);
}

enum sd_channel_state sd_connection_begin(struct sd_connection *connection, int64_t now_ms)
{
	bool was_ready = connection->phase == SD_CONNECTION_READY;
	bool must_replace = was_ready && !is_usable(connection, now_ms);

	connection->began_ms = now_ms;
	if (must_replace) {
		struct sd_exchange *head = connection->head;
		struct sd_exchange *tail = connection->tail;

		sd_connection_close(connection);
		connection->head = head;
		connection->tail = tail;
	}
	if (connection->phase != SD_CONNECTION_READY) {
		sd_connection_begin_attempt(connection);
		return sd_connection_open(connection);
	}
	connection->reused = true;
	connection->was_silent = false;
	sd_channel_begin(&connection->channel);
	connection->has_heard = false;
	sd_connection_filter(connection);
	if (!sd_connection_send(connection)) {
		return sd_connection_fail_by_system(connection);
	}
	return connection->head != NULL ? SD_CHANNEL_BUSY : SD_CHANNEL_DONE;
}

/* {{{ the channel */

/* Whether it is a kept connection that is given up for a new one if nothing comes, or nothing more,
 * and it was not found out yet whether it may be. A wait for a lock is no silence. */
static bool may_be_silent(const struct sd_connection *connection)
{
	return connection->reused && !connection->was_silent &&
	       (connection->channel.received == 0 || connection->head->request.kind != SD_LOCK);
}

static void connection_wants(const struct sd_channel *channel, struct sd_socket_wait *wait,
                             int64_t *deadline_ms)
{
	const struct sd_connection *connection = (const struct sd_connection *)channel;
	bool is_connecting = connection->phase == SD_CONNECTION_CONNECTING;

	wait->socket = connection->dial.socket;
	wait->for_reading = !is_connecting;
	wait->for_writing = is_connecting || connection->must_send;
	*deadline_ms = may_be_silent(connection) ? sd_connection_silence_ends_ms(connection)
	                                         : sd_connection_ends_ms(connection);
	if (is_connecting && connection->dial.expires_ms < *deadline_ms) {
		*deadline_ms = connection->dial.expires_ms;
	}
}

static enum sd_channel_state connection_advance(struct sd_channel *channel)
{
	struct sd_connection *connection = (struct sd_connection *)channel;

	if (connection->phase == SD_CONNECTION_CONNECTING) {
		if (!sd_dial_ready(&connection->dial)) {
			return sd_connection_fail(connection, SD_UNREACHABLE, connection->dial.reason);
		}
		return sd_connection_try_greeting(connection);
	}
	if (connection->must_send && !sd_connection_send(connection)) {
		return sd_connection_fail_by_system(connection);
	}
	return receive(connection, /* patient */ false);
}

static enum sd_channel_state connection_await(struct sd_channel *channel)
{
	return receive((struct sd_connection *)channel, /* patient */ true);
}

static enum sd_channel_state connection_expire(struct sd_channel *channel)
{
	struct sd_connection *connection = (struct sd_connection *)channel;
	int64_t now_ms = sd_platform_now_ms();
	char reason[SD_REASON_MAX];

	if (connection->phase == SD_CONNECTION_CONNECTING) {
		if (sd_dial_expire(&connection->dial, connection->opened_ms)) {
			return sd_connection_try_greeting(connection);
		}
		return sd_connection_fail(connection, SD_UNREACHABLE, connection->dial.reason);
	}
	if (may_be_silent(connection) && now_ms < sd_connection_ends_ms(connection)) {
		connection->was_silent = true;
		if (sd_connection_may_be_replaced(connection)) {
			return sd_connection_replace(connection);
		}
		return SD_CHANNEL_BUSY; /* until its deadline */
	}
	(void)snprintf(reason, sizeof(reason),
	               "no complete answer within %" PRId64 " ms (%zu bytes received)",
	               now_ms - connection->began_ms, channel->received);
	return sd_connection_fail(connection, SD_TIMEOUT, reason);
}

static enum sd_channel_state connection_give_up(struct sd_channel *channel, const char *reason)
{
	return sd_connection_fail((struct sd_connection *)channel, SD_DEAD, reason);
}

static const struct sd_channel_kind connection_kind = {
	.is_connection = true,
	.wants = connection_wants,
	.advance = connection_advance,
	.await = connection_await,
	.expire = connection_expire,
	.give_up = connection_give_up,
};

void sd_connection_init(struct sd_connection *connection, struct sd_connection_shared *shared,
                        struct sd_node *node, struct sd_facts *facts, struct sd_traffic *traffic)
{
	connection->channel.kind = &connection_kind;
	connection->channel.node = node;
	connection->shared = shared;
	connection->facts = facts;
	connection->traffic = traffic;
}

/* }}} */
