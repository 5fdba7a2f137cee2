/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One classic request; see classic_request.h. */

#include "client/net/classic_request.h"

#include <inttypes.h>

#define RECEIVE_WANTED 16384 /* bytes of room asked for before each receive */

/* {{{ the end */

void sd_classic_request_abandon(struct sd_classic_request *classic)
{
	sd_dial_close(&classic->dial);
	classic->exchange = NULL;
}

static enum sd_channel_state end(struct sd_classic_request *classic)
{
	sd_classic_request_abandon(classic);
	return SD_CHANNEL_DONE;
}

/* What the failure shows of the server. A classic request is the first on its connection. */
static void set_evidence(struct sd_classic_request *classic, enum sd_evidence evidence)
{
	classic->exchange->evidence = evidence;
	classic->exchange->sent_ms = classic->began_ms;
}

/* Whether nothing came, or nothing more, for so long that it counts. */
static bool is_silent(const struct sd_classic_request *classic)
{
	const struct sd_channel *channel = &classic->channel;
	int64_t now_ms = sd_platform_now_ms();

	return channel->received == 0
	           ? sd_exchange_is_long(classic->exchange, now_ms - channel->taken_ms)
	           : sd_exchange_is_silent(classic->exchange, channel->noticed_ms, now_ms);
}

static enum sd_channel_state fail(struct sd_classic_request *classic, enum sd_status status,
                                  const char *reason)
{
	classic->exchange->timed_out = status == SD_UNREACHABLE && classic->dial.timed_out;
	if (status == SD_UNREACHABLE) {
		set_evidence(classic, sd_dial_evidence(&classic->dial));
	} else if (status == SD_CLOSED || status == SD_BAD_ANSWER) {
		set_evidence(classic, SD_EVIDENCE_WRONG);
	}
	sd_exchange_end(classic->exchange, status, "%s", reason);
	return end(classic);
}

static enum sd_channel_state fail_by_system(struct sd_classic_request *classic)
{
	char text[SD_REASON_MAX];

	return fail(classic, SD_CLOSED, sd_platform_error_text(text, sizeof(text)));
}

/* The server closed, which is how the classic protocol ends an answer. */
static enum sd_channel_state finish_answer(struct sd_classic_request *classic)
{
	struct sd_exchange *exchange = classic->exchange;
	enum sd_request_kind kind = exchange->request.kind;

	if (classic->channel.received == 0 && (kind == SD_GET || kind == SD_DELETE)) {
		sd_dial_close(&classic->dial);
		return SD_CHANNEL_SILENT;
	}
	if (kind == SD_RAW) {
		exchange->reply.status = SD_OK;
	} else {
		sd_classic_decode(exchange, classic->answer, classic->channel.received);
	}
	return end(classic);
}

/* }}} */

/* {{{ receiving */

/* The answer to a fetch goes to the sink. Any other answer is OK or wrong, so only as many bytes
 * are kept as show which. NULL: no memory. */
static void *room_for_answer(struct sd_classic_request *classic, size_t *room)
{
	struct sd_sink *sink = classic->exchange->request.sink;

	if (sink != NULL) {
		bool has_room = sd_sink_open(sink, RECEIVE_WANTED);

		*room = sink->room;
		return has_room ? sink->at : NULL;
	}
	*room = sizeof(classic->answer) - classic->channel.received;
	return classic->answer + classic->channel.received;
}

static enum sd_channel_state receive(struct sd_classic_request *classic)
{
	struct sd_sink *sink = classic->exchange->request.sink;

	for (int calls = 0; calls < SD_CHANNEL_CALLS_MAX; calls++) {
		size_t room;
		size_t received;
		void *out = room_for_answer(classic, &room);

		if (out == NULL) {
			return fail(classic, SD_NO_MEMORY, "no memory for the answer");
		}
		if (room == 0) {
			return finish_answer(classic); /* longer than any right answer */
		}
		switch (sd_platform_receive(classic->dial.socket, out, room, &received)) {
		case SD_IO_DONE:
			classic->channel.received += received;
			classic->traffic->received += received;
			if (sink != NULL) {
				sd_sink_filled(sink, received);
			}
			if (classic->channel.received > SD_CLASSIC_REQUEST_MAX) {
				return fail(classic, SD_BAD_ANSWER, "longer than any value that can be stored");
			}
			break;
		case SD_IO_AGAIN:
			return SD_CHANNEL_BUSY;
		case SD_IO_ENDED:
			return finish_answer(classic);
		case SD_IO_FAILED:
			return fail_by_system(classic);
		}
	}
	return SD_CHANNEL_BUSY;
}

/* }}} */

/* {{{ sending */

/* Sends what the system takes now, as far as one step goes. False: it refuses, and its error says
 * why. */
static bool send_request(struct sd_classic_request *classic)
{
	const struct sd_bytes *data = &classic->exchange->request.data;
	size_t total = classic->head_length + data->length;

	for (int calls = 0; classic->channel.sent < total; calls++) {
		size_t head_sent = classic->channel.sent < classic->head_length ? classic->channel.sent
		                                                                : classic->head_length;
		size_t data_sent = classic->channel.sent - head_sent;
		size_t sent;
		enum sd_io result;

		if (calls == SD_CHANNEL_CALLS_MAX) {
			return true;
		}
		result = sd_platform_send(classic->dial.socket, classic->head + head_sent,
		                          classic->head_length - head_sent, sd_bytes_from(data, data_sent),
		                          data->length - data_sent, &sent);
		if (result != SD_IO_DONE) {
			return result == SD_IO_AGAIN;
		}
		classic->phase = SD_CLASSIC_REQUEST_SENDING; /* a socket that takes bytes is connected */
		classic->exchange->was_sent = true;
		classic->channel.sent += sent;
		classic->traffic->sent += sent;
	}
	classic->phase = SD_CLASSIC_REQUEST_RECEIVING;
	return true;
}

/* Sends to the current address, or to the next that takes the request. */
static enum sd_channel_state try_sending(struct sd_classic_request *classic)
{
	while (sd_dial_has_socket(&classic->dial) && !send_request(classic)) {
		if (classic->phase != SD_CLASSIC_REQUEST_CONNECTING) {
			return fail_by_system(classic);
		}
		if (!sd_dial_fail(&classic->dial)) {
			return fail(classic, SD_UNREACHABLE, classic->dial.reason);
		}
	}
	return SD_CHANNEL_BUSY;
}

/* }}} */

/* {{{ the channel */

static void request_wants(const struct sd_channel *channel, struct sd_socket_wait *wait,
                          int64_t *deadline_ms)
{
	const struct sd_classic_request *classic = (const struct sd_classic_request *)channel;

	wait->socket = classic->dial.socket;
	wait->for_reading = classic->phase == SD_CLASSIC_REQUEST_RECEIVING;
	wait->for_writing = !wait->for_reading;
	*deadline_ms =
		sd_exchange_ends_ms(classic->exchange, channel->received > 0, channel->noticed_ms);
	if (classic->phase == SD_CLASSIC_REQUEST_CONNECTING &&
	    classic->dial.expires_ms < *deadline_ms) {
		*deadline_ms = classic->dial.expires_ms;
	}
}

static enum sd_channel_state request_advance(struct sd_channel *channel)
{
	struct sd_classic_request *classic = (struct sd_classic_request *)channel;

	switch (classic->phase) {
	case SD_CLASSIC_REQUEST_CONNECTING:
		if (!sd_dial_ready(&classic->dial)) {
			return fail(classic, SD_UNREACHABLE, classic->dial.reason);
		}
		return try_sending(classic);
	case SD_CLASSIC_REQUEST_SENDING:
		return try_sending(classic);
	default:
		return receive(classic);
	}
}

static enum sd_channel_state request_expire(struct sd_channel *channel)
{
	struct sd_classic_request *classic = (struct sd_classic_request *)channel;
	struct sd_exchange *exchange = classic->exchange;
	int64_t waited_ms = sd_platform_now_ms() - classic->began_ms;

	switch (classic->phase) {
	case SD_CLASSIC_REQUEST_CONNECTING:
		if (sd_dial_expire(&classic->dial, classic->began_ms)) {
			return try_sending(classic);
		}
		return fail(classic, SD_UNREACHABLE, classic->dial.reason);
	case SD_CLASSIC_REQUEST_SENDING:
		sd_exchange_end(
			exchange, SD_TIMEOUT, "only %zu of %zu bytes were taken within %" PRId64 " ms",
			classic->channel.sent, classic->head_length + exchange->request.data.length, waited_ms);
		break;
	case SD_CLASSIC_REQUEST_RECEIVING:
		sd_exchange_end(exchange, SD_TIMEOUT,
		                "no complete answer within %" PRId64 " ms (%zu bytes received)", waited_ms,
		                channel->received);
		break;
	}
	exchange->timed_out = true;
	set_evidence(classic, is_silent(classic) ? SD_EVIDENCE_SILENT : SD_EVIDENCE_NONE);
	if (channel->received > 0) {
		exchange->sent_ms = channel->noticed_ms;
	}
	return end(classic);
}

static enum sd_channel_state request_give_up(struct sd_channel *channel, const char *reason)
{
	return fail((struct sd_classic_request *)channel, SD_DEAD, reason);
}

/* It has no await(): its channel is never persistent. */
static const struct sd_channel_kind request_kind = {
	.wants = request_wants,
	.advance = request_advance,
	.expire = request_expire,
	.give_up = request_give_up,
};

enum sd_channel_state sd_classic_request_begin(struct sd_classic_request *classic,
                                               struct sd_node *node, struct sd_addresses *known,
                                               struct sd_traffic *traffic,
                                               struct sd_exchange *exchange)
{
	classic->channel = (struct sd_channel){.kind = &request_kind, .node = node};
	classic->exchange = exchange;
	classic->traffic = traffic;
	classic->phase = SD_CLASSIC_REQUEST_CONNECTING;
	classic->began_ms = sd_platform_now_ms();
	if (classic->began_ms >= exchange->deadline_ms) {
		exchange->timed_out = true; /* while those before it were in progress */
		sd_exchange_end(exchange, SD_TIMEOUT, "there was no time left to send it");
		classic->exchange = NULL;
		return SD_CHANNEL_DONE;
	}
	classic->head_length =
		exchange->request.kind == SD_RAW ? 0 : sd_classic_encode(exchange, classic->head);
	sd_exchange_begin_attempt(exchange, classic->began_ms);
	if (!sd_dial_begin(&classic->dial, exchange->server, known,
	                   sd_exchange_connects_by_ms(exchange, classic->began_ms))) {
		return fail(classic, SD_UNREACHABLE, classic->dial.reason);
	}
	return try_sending(classic);
}

/* }}} */
