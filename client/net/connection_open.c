/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* How a kept connection begins and ends; see connection_open.h. */

#include "client/net/connection_open.h"

#include <stddef.h>
#include <string.h>

#include "client/net/connection_send.h"
#include "client/transport/meta.h"

/* {{{ the end */

void sd_connection_close(struct sd_connection *connection)
{
	if (connection->phase != SD_CONNECTION_CLOSED) {
		sd_dial_close(&connection->dial);
	}
	connection->phase = SD_CONNECTION_CLOSED;
	connection->head = connection->tail = connection->unsent = NULL;
	connection->out_length = connection->out_sent = 0;
	connection->body.data = NULL;
	connection->body.length = 0;
	connection->must_send = false;
	connection->in_start = connection->in_end = 0;
	connection->in_value = false;
	connection->must_close = false;
	connection->locks = connection->pings = 0;
	connection->doubtful = NULL;
	connection->channel.is_persistent = false;
}

/* Whether the connection is new and nothing came on it, or nothing more for so long that it counts.
 * One who has to wait for a lock hears nothing for as long. */
static bool is_silent(const struct sd_connection *connection, const struct sd_exchange *exchange,
                      int64_t now_ms)
{
	int64_t moved_ms = sd_channel_moved_ms(&connection->channel);

	if (connection->reused || connection->channel.received == 0) {
		return !connection->reused;
	}
	if (!connection->has_heard && connection->phase == SD_CONNECTION_READY) {
		return sd_exchange_is_long(exchange, now_ms - moved_ms); /* it greeted, in its own time */
	}
	return (!connection->has_heard || connection->head->request.kind != SD_LOCK) &&
	       sd_exchange_is_silent(exchange, moved_ms, now_ms);
}

/* Sets what such an end shows of the server, and when the attempt began that shows it. A silence
 * began with the last byte: what was answered before does not refute it. */
static void set_evidence(const struct sd_connection *connection, struct sd_exchange *exchange,
                         enum sd_status status, int64_t now_ms)
{
	exchange->evidence = SD_EVIDENCE_NONE;
	exchange->sent_ms = connection->opened_ms;
	switch (status) {
	case SD_UNREACHABLE:
		exchange->evidence = sd_dial_evidence(&connection->dial);
		break;
	case SD_TIMEOUT:
		if (is_silent(connection, exchange, now_ms)) {
			exchange->evidence = SD_EVIDENCE_SILENT;
		}
		if (connection->has_heard) {
			exchange->sent_ms = connection->channel.noticed_ms;
		}
		break;
	case SD_CLOSED:
	case SD_BAD_ANSWER:
		exchange->evidence = SD_EVIDENCE_WRONG;
		break;
	default:
		break;
	}
}

enum sd_channel_state sd_connection_fail(struct sd_connection *connection, enum sd_status status,
                                         const char *reason)
{
	int64_t now_ms = sd_platform_now_ms();

	for (struct sd_exchange *each = connection->head, *next; each != NULL; each = next) {
		next = each->queued;
		each->timed_out =
			status == SD_TIMEOUT || (status == SD_UNREACHABLE && connection->dial.timed_out);
		set_evidence(connection, each, status, now_ms);
		sd_exchange_end(each, status, "%s", reason);
	}
	sd_connection_close(connection);
	return SD_CHANNEL_DONE;
}

enum sd_channel_state sd_connection_repeat(struct sd_connection *connection,
                                           bool (*may_be)(const struct sd_request *,
                                                          bool takes_holders),
                                           enum sd_status status, const char *reason)
{
	struct sd_exchange *again = NULL;
	struct sd_exchange *tail = NULL;
	struct sd_exchange **end = &again;
	uint64_t unwritten = 0; /* the holder of a write that is not repeated, if it has a token: nor is
	                           its unlock, so that it has the lock still if the server noticed
	                           nothing */

	for (struct sd_exchange *each = connection->head, *next; each != NULL; each = next) {
		next = each->queued;
		if (may_be(&each->request, connection->greeting.takes_holders) &&
		    (each->request.kind != SD_UNLOCK || unwritten == 0 ||
		     each->request.holder != unwritten)) {
			each->repeated = each->was_sent = connection->channel.sent > 0;
			*end = tail = each;
			end = &each->queued;
		} else {
			unwritten = each->request.held ? each->request.holder : unwritten;
			each->timed_out = status == SD_TIMEOUT;
			sd_exchange_end(each, status, "%s", reason);
		}
	}
	*end = NULL;
	sd_connection_close(connection);
	connection->head = again;
	connection->tail = tail;
	return again == NULL ? SD_CHANNEL_DONE : sd_connection_open(connection);
}

/* The connection had ended before a byte was sent: whatever the request is, nobody has performed
 * it. */
static bool was_not_sent(const struct sd_request *request, bool takes_holders)
{
	(void)request;
	(void)takes_holders;
	return true;
}

void sd_connection_begin_attempt(struct sd_connection *connection)
{
	int64_t now_ms = sd_platform_now_ms();

	for (struct sd_exchange *each = connection->head; each != NULL; each = each->queued) {
		sd_exchange_begin_attempt(each, now_ms);
	}
}

enum sd_channel_state sd_connection_fail_or_repeat(struct sd_connection *connection,
                                                   const char *reason)
{
	if (!connection->reused || connection->channel.received > 0) {
		return sd_connection_fail(connection, SD_CLOSED, reason);
	}
	sd_connection_begin_attempt(connection);
	return sd_connection_repeat(
		connection, connection->channel.sent == 0 ? was_not_sent : sd_meta_is_repeatable, SD_CLOSED,
		reason);
}

enum sd_channel_state sd_connection_fail_by_system(struct sd_connection *connection)
{
	char text[SD_REASON_MAX];

	return sd_connection_fail_or_repeat(connection, sd_platform_error_text(text, sizeof(text)));
}

/* }}} */

/* {{{ the beginning */

enum sd_channel_state sd_connection_try_greeting(struct sd_connection *connection)
{
	for (;;) {
		connection->phase = SD_CONNECTION_CONNECTING;
		if (!sd_dial_has_socket(&connection->dial)) {
			return SD_CHANNEL_BUSY;
		}
		connection->out_length = sd_greeting_write(connection->out, connection->told_ttl_s);
		connection->out_sent = 0;
		connection->must_send = true;
		connection->greeted_us = sd_system_monotonic_us();
		if (sd_connection_send(connection)) {
			return SD_CHANNEL_BUSY;
		}
		if (connection->phase != SD_CONNECTION_CONNECTING) {
			return sd_connection_fail_by_system(connection);
		}
		if (!sd_dial_fail(&connection->dial)) {
			return sd_connection_fail(connection, SD_UNREACHABLE, connection->dial.reason);
		}
	}
}

enum sd_channel_state sd_connection_open(struct sd_connection *connection)
{
	connection->reused = false;
	sd_channel_begin(&connection->channel);
	connection->has_heard = false;
	sd_greeting_begin(&connection->greeting);
	connection->told_ttl_s = connection->head->request.is_session
	                             ? sd_options_session_ttl_s(connection->shared->options)
	                             : 0;
	connection->number = ++connection->shared->connections;
	connection->opened_ms = sd_platform_now_ms();
	connection->phase = SD_CONNECTION_CONNECTING;
	if (!sd_dial_begin(&connection->dial, connection->head->server, &connection->facts->addresses,
	                   sd_exchange_connects_by_ms(connection->head, connection->opened_ms))) {
		return sd_connection_fail(connection, SD_UNREACHABLE, connection->dial.reason);
	}
	return sd_connection_try_greeting(connection);
}

/* }}} */

/* {{{ silence on a kept connection */

/* Whether it has locks that nothing on its way releases, or asks for once more, which takes them
 * over. Without a token, all that are to be released count: on a new connection they cannot be. */
static bool keeps_locks(const struct sd_connection *connection)
{
	unsigned leaving = 0;

	if (connection->locks == 0) {
		return false;
	}
	for (const struct sd_exchange *each = connection->head; each != NULL; each = each->queued) {
		leaving += (each->request.kind == SD_UNLOCK || each->request.kind == SD_LOCK) &&
		           each->request.connection == connection->number &&
		           sd_meta_has_holder(&each->request, connection->greeting.takes_holders);
	}
	return leaving < connection->locks;
}

bool sd_connection_may_be_replaced(const struct sd_connection *connection)
{
	return sd_meta_is_repeatable(&connection->head->request, connection->greeting.takes_holders) &&
	       !keeps_locks(connection);
}

int64_t sd_connection_ends_ms(const struct sd_connection *connection)
{
	const struct sd_exchange *head = connection->head;
	bool is_lock = head->request.kind == SD_LOCK;

	if (!connection->has_heard) {
		return head->deadline_ms - head->request.wait_ms;
	}
	if (is_lock && head->request.wait_ms > 0) {
		return head->deadline_ms - head->patience_ms / 2; /* the rest is to withdraw the request */
	}
	/* what is asked behind a value has the value's time */
	return sd_exchange_ends_ms(head, connection->in_value || head == &connection->question,
	                           is_lock ? 0 : connection->channel.noticed_ms);
}

/* Since when nothing has come, and nothing was taken. */
static int64_t silent_since_ms(const struct sd_connection *connection)
{
	int64_t moved_ms = sd_channel_moved_ms(&connection->channel);

	return moved_ms > connection->began_ms ? moved_ms : connection->began_ms;
}

int64_t sd_connection_silence_ends_ms(const struct sd_connection *connection)
{
	int64_t since_ms = silent_since_ms(connection);
	int64_t ends_ms = sd_connection_ends_ms(connection);
	int64_t silent_ms;

	if (connection->has_heard) {
		return since_ms + (ends_ms - since_ms) / 2;
	}
	/* what is still being sent, or was sent late, would only be sent later by a new connection */
	silent_ms = since_ms + (ends_ms - connection->began_ms) / 2;
	return silent_ms < ends_ms ? silent_ms : ends_ms;
}

/* The answers stopped in the middle. What is asked again ends when the old connection would have
 * been given up, and a part of a value is forgotten. */
static void forget_what_came(struct sd_connection *connection)
{
	int64_t ends_ms = sd_connection_ends_ms(connection);
	int64_t quiet_ms = ends_ms - connection->channel.noticed_ms;

	for (struct sd_exchange *each = connection->head; each != NULL; each = each->queued) {
		each->deadline_ms = ends_ms + each->request.wait_ms;
		each->hurried |= quiet_ms * 4 < each->full_ms;
	}
	if (connection->in_value) {
		struct sd_exchange *head = connection->head;

		head->request.sink->kind->restart(head->request.sink);
		memset(&head->reply, 0, offsetof(struct sd_reply, reason));
		head->reply.status = SD_ABORTED;
	}
}

enum sd_channel_state sd_connection_replace(struct sd_connection *connection)
{
	if (connection->has_heard) {
		forget_what_came(connection);
	}
	return sd_connection_repeat(
		connection, sd_meta_is_repeatable, SD_TIMEOUT,
		connection->has_heard ? "no more of the answers came on a connection that had been kept"
							  : "no byte of an answer came on a connection that had been kept");
}

/* }}} */
