/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What a kept connection sends; see connection_send.h. */

#include "client/net/connection_send.h"

#include <string.h>

#include "client/transport/meta.h"

#define PING "mn\r\n"
#define PING_LENGTH (sizeof(PING) - 1)

/* {{{ what can be asked */

/* Whether the exchange can be performed. A lock without a token ends with the connection that took
 * it: if there is a lock of that name now, it belongs to another request. Of one with a token the
 * server knows whether it has ended. */
static bool may_be_sent(const struct sd_connection *connection, struct sd_exchange *exchange)
{
	const struct sd_request *request = &exchange->request;

	if ((request->kind == SD_UNLOCK || request->held) &&
	    request->connection != connection->number &&
	    !sd_meta_has_holder(request, connection->greeting.takes_holders)) {
		sd_exchange_end(exchange, request->held ? SD_CONFLICT : SD_ABSENT,
		                "the connection that held the lock has ended");
		return false;
	}
	if (request->kind == SD_GREET) {
		sd_exchange_end(exchange, SD_OK, "%s", sd_status_sentence(SD_OK));
		return false;
	}
	return connection->greeting.dialect == SD_SHAREDANCED ||
	       sd_meta_suits_memcached(exchange, connection->greeting.dialect);
}

void sd_connection_filter(struct sd_connection *connection)
{
	struct sd_exchange **next = &connection->head;

	while (*next != NULL) {
		if (may_be_sent(connection, *next)) {
			connection->tail = *next;
			next = &connection->tail->queued;
		} else {
			*next = (*next)->queued;
		}
	}
	connection->unsent = connection->head;
	connection->must_send = connection->head != NULL;
}

/* }}} */

/* The time of day by the server's clock, if it reports it. */
static int64_t wall_us_of(const struct sd_connection *connection)
{
	int64_t offset_us = connection->clock.offset_us;

	return offset_us != 0 ? offset_us + sd_system_monotonic_us() : sd_system_wall_us();
}

/* {{{ bytes */

/* A request in front of one that may wait, which is answered at once: then waiting can be told from
 * silence. */
static size_t write_ping(struct sd_connection *connection, uint8_t *out)
{
	memcpy(out, PING, PING_LENGTH);
	connection->pings++;
	return PING_LENGTH;
}

/* Returns the bytes that it wrote. */
static size_t write_request(struct sd_connection *connection, struct sd_exchange *exchange,
                            uint8_t *out)
{
	const struct sd_request *request = &exchange->request;
	bool needs_date = request->ttl > SD_META_MONTH;
	bool may_wait = request->kind == SD_LOCK && request->wait_ms > 0;
	int64_t wall_s = needs_date ? wall_us_of(connection) / 1000000 : 0;
	size_t ping_length = may_wait ? write_ping(connection, out) : 0;
	const struct sd_meta_abilities server = {
		.dialect = connection->greeting.dialect,
		.marks_repairs = connection->greeting.has_unproven,
		.takes_holders = connection->greeting.takes_holders,
	};

	if (request->kind == SD_GREET) {
		return sd_meta_write_who(out);
	}
	connection->shared->opaque = sd_meta_next_opaque(connection->shared->opaque);
	exchange->opaque = connection->shared->opaque;
	return ping_length +
	       sd_meta_encode(out + ping_length, request, &server, exchange->opaque, wall_s);
}

/* Writes as many requests to `out` as there is room for. A value that does not fit becomes the
 * body, and no request is written after it. */
static void fill_out(struct sd_connection *connection)
{
	while (connection->unsent != NULL && connection->body.data == NULL &&
	       sizeof(connection->out) - connection->out_length >=
	           PING_LENGTH + SD_META_REQUEST_MAX + SD_META_VALUE_END_LENGTH) {
		struct sd_exchange *exchange = connection->unsent;
		const struct sd_bytes *data = &exchange->request.data;

		connection->out_length +=
			write_request(connection, exchange, connection->out + connection->out_length);
		connection->unsent = exchange->queued;
		exchange->was_sent = true;
		if (exchange->request.kind != SD_SET) {
			continue;
		}
		if (data->length + SD_META_VALUE_END_LENGTH >
		    sizeof(connection->out) - connection->out_length) {
			connection->body = *data;
			return;
		}
		if (data->length > 0) {
			memcpy(connection->out + connection->out_length, data->data, data->length);
		}
		memcpy(connection->out + connection->out_length + data->length, SD_META_VALUE_END,
		       SD_META_VALUE_END_LENGTH);
		connection->out_length += data->length + SD_META_VALUE_END_LENGTH;
	}
}

/* All has been sent: writes what comes next. */
static void refill(struct sd_connection *connection)
{
	connection->out_length = connection->out_sent = 0;
	if (connection->body.data != NULL) {
		memcpy(connection->out, SD_META_VALUE_END, SD_META_VALUE_END_LENGTH);
		connection->out_length = SD_META_VALUE_END_LENGTH;
		connection->body.data = NULL;
	}
	if (connection->phase == SD_CONNECTION_READY) {
		fill_out(connection);
	}
}

/* So many bytes of `out` and, after it, `body` have been sent. */
static void count_sent(struct sd_connection *connection, size_t sent)
{
	size_t out_left = connection->out_length - connection->out_sent;

	connection->traffic->sent += sent;
	connection->channel.sent += sent;
	if (sent <= out_left) {
		connection->out_sent += sent;
	} else {
		connection->out_sent = connection->out_length;
		connection->body.data = (const uint8_t *)connection->body.data + (sent - out_left);
		connection->body.length -= sent - out_left;
	}
}

bool sd_connection_send(struct sd_connection *connection)
{
	for (int calls = 0; connection->must_send && calls < SD_CHANNEL_CALLS_MAX; calls++) {
		size_t sent;
		enum sd_io result;

		if (connection->out_sent == connection->out_length && connection->body.length == 0) {
			refill(connection);
		}
		result = sd_platform_send(connection->dial.socket, connection->out + connection->out_sent,
		                          connection->out_length - connection->out_sent,
		                          connection->body.data, connection->body.length, &sent);
		if (result == SD_IO_ENDED && connection->phase == SD_CONNECTION_READY) {
			/* a server that refuses a long value says why, and closes before all of it has come */
			connection->must_send = false;
			connection->must_close = true;
			return true;
		}
		if (result != SD_IO_DONE) {
			return result == SD_IO_AGAIN;
		}
		if (connection->phase == SD_CONNECTION_CONNECTING) {
			connection->phase = SD_CONNECTION_GREETING; /* a socket that takes bytes is connected */
		}
		count_sent(connection, sent);
		connection->must_send =
			connection->out_sent < connection->out_length || connection->body.data != NULL ||
			(connection->phase == SD_CONNECTION_READY && connection->unsent != NULL);
	}
	return true;
}

/* }}} */
