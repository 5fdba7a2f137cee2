/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One classic request; see call.h. */

#include "client/net/classic_request.h"

#include <inttypes.h>

#define RECEIVE_WANTED 16384 /* bytes of room asked for before each receive */

/* {{{ the end */

void sd_call_abandon(struct sd_call *call)
{
	sd_dial_close(&call->dial);
	call->exchange = NULL;
}

static void fail(struct sd_call *call, enum sd_status status, const char *reason)
{
	call->exchange->timed_out = status == SD_UNREACHABLE && call->dial.timed_out;
	sd_exchange_end(call->exchange, status, "%s", reason);
	sd_call_abandon(call);
}

static void fail_by_system(struct sd_call *call)
{
	char text[SD_REASON_MAX];

	fail(call, SD_CLOSED, sd_platform_error_text(text, sizeof(text)));
}

/* The server closed: for the classic protocol that is the end of the answer. */
static void finish(struct sd_call *call)
{
	struct sd_exchange *exchange = call->exchange;

	if (exchange->operation == SD_RAW) {
		sd_exchange_settle(exchange, SD_OK);
	} else {
		sd_exchange_end_classic(exchange, call->answer, call->received);
	}
	sd_call_abandon(call);
}

/* }}} */

/* {{{ receiving */

/* The answer to a fetch goes to the sink; of "OK\n" and the like only as much is kept as shows
 * whether it is that. */
static void *room_for_answer(struct sd_call *call, size_t *room)
{
	struct sd_sink *sink = call->exchange->sink;

	if (sink != NULL) {
		bool has_room = sd_sink_open(sink, RECEIVE_WANTED);

		*room = sink->room;
		return has_room ? sink->at : NULL;
	}
	*room = sizeof(call->answer) - call->received;
	return call->answer + call->received;
}

static void receive(struct sd_call *call)
{
	struct sd_sink *sink = call->exchange->sink;

	for (;;) {
		size_t room;
		size_t received;
		void *out = room_for_answer(call, &room);

		if (out == NULL) {
			fail(call, SD_NO_MEMORY, "no memory for the answer");
			return;
		}
		if (room == 0) {
			finish(call); /* longer than any right answer */
			return;
		}
		switch (sd_platform_receive(call->dial.socket, out, room, &received)) {
		case SD_IO_DONE:
			call->received += received;
			call->traffic->received += received;
			if (sink != NULL) {
				sd_sink_filled(sink, received);
			}
			break;
		case SD_IO_AGAIN:
			return;
		case SD_IO_ENDED:
			finish(call);
			return;
		case SD_IO_FAILED:
			fail_by_system(call);
			return;
		}
	}
}

/* }}} */

/* {{{ sending */

/* Sends on. False: the system says no, and why stands in its error. */
static bool send_request(struct sd_call *call)
{
	const struct sd_bytes *data = &call->exchange->data;
	size_t total = call->head_length + data->length;

	while (call->sent < total) {
		size_t head_sent = call->sent < call->head_length ? call->sent : call->head_length;
		size_t data_sent = call->sent - head_sent;
		size_t sent;
		enum sd_io result = sd_platform_send(
			call->dial.socket, call->head + head_sent, call->head_length - head_sent,
			sd_bytes_from(data, data_sent), data->length - data_sent, &sent);

		if (result != SD_IO_DONE) {
			return result == SD_IO_AGAIN;
		}
		call->phase = SD_CALL_SENDING; /* what takes bytes is connected */
		call->sent += sent;
		call->traffic->sent += sent;
	}
	call->phase = SD_CALL_RECEIVING;
	return true;
}

/* Sends what goes at once to the address that is tried, or to the next that takes it. */
static void try_sending(struct sd_call *call)
{
	while (!sd_dial_is_looking_up(&call->dial) && !send_request(call)) {
		if (call->phase != SD_CALL_CONNECTING) {
			fail_by_system(call);
			return;
		}
		if (!sd_dial_fail(&call->dial)) {
			fail(call, SD_UNREACHABLE, call->dial.reason);
			return;
		}
	}
}

/* }}} */

void sd_call_begin(struct sd_call *call, struct sd_resolver *resolver, struct sd_traffic *traffic,
                   struct sd_exchange *exchange)
{
	if (!sd_exchange_suits_classic(exchange)) {
		return;
	}
	call->exchange = exchange;
	call->traffic = traffic;
	call->phase = SD_CALL_CONNECTING;
	call->sent = 0;
	call->received = 0;
	call->began_ms = sd_platform_now_ms();
	call->head_length =
		exchange->operation == SD_RAW ? 0 : sd_exchange_classic_head(exchange, call->head);
	if (!sd_dial_begin(&call->dial, resolver, exchange->server, exchange->connect_deadline_ms)) {
		fail(call, SD_UNREACHABLE, call->dial.reason);
		return;
	}
	try_sending(call);
}

void sd_call_wants(const struct sd_call *call, struct sd_wait *wait, int64_t *deadline_ms)
{
	wait->socket = call->dial.socket;
	wait->for_reading = call->phase == SD_CALL_RECEIVING;
	wait->for_writing = !wait->for_reading;
	*deadline_ms = call->exchange->deadline_ms;
	if (call->phase == SD_CALL_CONNECTING && call->dial.try_deadline_ms < *deadline_ms) {
		*deadline_ms = call->dial.try_deadline_ms;
	}
}

bool sd_call_only_reads(const struct sd_call *call)
{
	return call->phase == SD_CALL_RECEIVING;
}

void sd_call_advance(struct sd_call *call)
{
	bool up;

	switch (call->phase) {
	case SD_CALL_CONNECTING:
		if (!sd_dial_ready(&call->dial, &up)) {
			fail(call, SD_UNREACHABLE, call->dial.reason);
			return;
		}
		/* fall through */
	case SD_CALL_SENDING:
		try_sending(call);
		break;
	case SD_CALL_RECEIVING:
		receive(call);
		break;
	}
}

void sd_call_expire(struct sd_call *call)
{
	struct sd_exchange *exchange = call->exchange;
	int64_t waited_ms = sd_platform_now_ms() - call->began_ms;

	switch (call->phase) {
	case SD_CALL_CONNECTING:
		if (sd_dial_expire(&call->dial, call->began_ms)) {
			try_sending(call);
			return;
		}
		fail(call, SD_UNREACHABLE, call->dial.reason);
		return;
	case SD_CALL_SENDING:
		sd_exchange_end(exchange, SD_TIMEOUT,
		                "only %zu of %zu bytes were taken within %" PRId64 " ms", call->sent,
		                call->head_length + exchange->data.length, waited_ms);
		break;
	case SD_CALL_RECEIVING:
		sd_exchange_end(exchange, SD_TIMEOUT,
		                "no whole answer within %" PRId64 " ms, %zu bytes of it came", waited_ms,
		                call->received);
		break;
	}
	exchange->timed_out = true;
	sd_call_abandon(call);
}

void sd_call_give_up(struct sd_call *call, const char *reason)
{
	fail(call, SD_DEAD, reason);
}
