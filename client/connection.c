/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with sockets; see connection.h.
 *
 * Invariants: a connection is active (its exchange is not NULL) from before the
 * first byte goes out until its exchange has ended, and a socket is open only
 * while it is active. What ends a call early, a sink's longjmp included, leaves
 * it active, and active at the beginning of a call means: close it, touch
 * nothing else of it, for its exchange is gone.
 */

#include "client/connection.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/platform.h"

#define ADDRESSES_MAX 8      /* of one name */
#define RECEIVE_WANTED 16384 /* bytes of room asked for before each receive */

enum phase {
	CONNECTING,
	SENDING,
	RECEIVING,
};

struct connection {
	struct sd_exchange *exchange; /* NULL: not active */
	sd_socket socket;
	enum phase phase;
	struct sd_address addresses[ADDRESSES_MAX];
	size_t address_count;
	size_t address;          /* the one that is tried */
	int64_t try_deadline_ms; /* by when that one must have answered */
	int64_t began_ms;

	uint8_t head[SD_CLASSIC_HEAD_MAX]; /* what goes out before the data */
	size_t head_length;
	size_t sent; /* of head and data together */

	uint8_t answer[SD_CLASSIC_OK_LENGTH + 1]; /* one byte more than may come, to see that it does */
	size_t received;
};

struct sd_network {
	struct sd_transport transport; /* first: the network is a transport */
	struct sd_resolver *resolver;
	struct connection connections[SD_PLATFORM_WAIT_MAX];
	size_t used; /* connections from 0 on that may be active */
};

static int64_t network_now_ms(struct sd_transport *transport)
{
	(void)transport;
	return sd_platform_now_ms();
}

/* {{{ the end of an exchange */

static void close_connection(struct connection *connection)
{
	if (connection->socket != SD_NO_SOCKET) {
		sd_platform_close(connection->socket);
		connection->socket = SD_NO_SOCKET;
	}
	connection->exchange = NULL;
}

static void fail(struct connection *connection, enum sd_status status, const char *reason)
{
	sd_exchange_end(connection->exchange, status, "%s", reason);
	close_connection(connection);
}

static void fail_by_system(struct connection *connection, enum sd_status status)
{
	char text[128];

	fail(connection, status, sd_platform_error_text(text, sizeof(text)));
}

static void fail_by_timeout(struct connection *connection)
{
	struct sd_exchange *exchange = connection->exchange;
	int64_t waited_ms = sd_platform_now_ms() - connection->began_ms;

	switch (connection->phase) {
	case CONNECTING:
		sd_exchange_end(exchange, SD_UNREACHABLE, "not connected within %" PRId64 " ms", waited_ms);
		break;
	case SENDING:
		sd_exchange_end(exchange, SD_TIMEOUT,
		                "only %zu of %zu bytes were taken within %" PRId64 " ms", connection->sent,
		                connection->head_length + exchange->data.length, waited_ms);
		break;
	case RECEIVING:
		sd_exchange_end(exchange, SD_TIMEOUT,
		                "no whole answer within %" PRId64 " ms, %zu bytes of it came", waited_ms,
		                connection->received);
		break;
	}
	close_connection(connection);
}

/* The server closed: for the classic protocol that is the end of the answer. */
static void finish(struct connection *connection)
{
	struct sd_exchange *exchange = connection->exchange;

	if (exchange->operation == SD_RAW) {
		sd_exchange_end(exchange, SD_OK, "%s", "");
	} else {
		sd_exchange_end_classic(exchange, connection->answer, connection->received);
	}
	close_connection(connection);
}

/* }}} */

/* {{{ receiving */

/* The answer to a fetch goes to the sink; of "OK\n" and the like only as much is kept as shows
 * whether it is that. */
static void *room_for_answer(struct connection *connection, size_t *room)
{
	struct sd_sink *sink = connection->exchange->sink;

	if (sink != NULL) {
		return sink->room(sink, RECEIVE_WANTED, room);
	}
	*room = sizeof(connection->answer) - connection->received;
	return connection->answer + connection->received;
}

static void receive(struct connection *connection)
{
	struct sd_sink *sink = connection->exchange->sink;

	for (;;) {
		size_t room;
		size_t received;
		void *out = room_for_answer(connection, &room);

		if (out == NULL) {
			fail(connection, SD_NO_MEMORY, "no memory for the answer");
			return;
		}
		if (room == 0) {
			finish(connection); /* longer than any right answer */
			return;
		}
		switch (sd_platform_receive(connection->socket, out, room, &received)) {
		case SD_IO_DONE:
			connection->received += received;
			if (sink != NULL) {
				sink->filled(sink, received);
			}
			break;
		case SD_IO_AGAIN:
			return;
		case SD_IO_ENDED:
			finish(connection);
			return;
		case SD_IO_FAILED:
			fail_by_system(connection, SD_CLOSED);
			return;
		}
	}
}

/* }}} */

/* {{{ sending */

/* Sends on. False: the system says no, and why stands in its error. */
static bool send_request(struct connection *connection)
{
	const struct sd_bytes *data = &connection->exchange->data;
	size_t total = connection->head_length + data->length;

	while (connection->sent < total) {
		size_t head_sent = connection->sent < connection->head_length ? connection->sent
		                                                              : connection->head_length;
		size_t data_sent = connection->sent - head_sent;
		size_t sent;
		enum sd_io result = sd_platform_send(
		    connection->socket, connection->head + head_sent, connection->head_length - head_sent,
		    (const uint8_t *)data->data + data_sent, data->length - data_sent, &sent);

		if (result != SD_IO_DONE) {
			return result == SD_IO_AGAIN;
		}
		connection->phase = SENDING; /* what takes bytes is connected */
		connection->sent += sent;
	}
	connection->phase = RECEIVING;
	return true;
}

/* }}} */

/* {{{ connecting */

/* A name's addresses share the time there is for connecting: a dead one must leave some to the
 * next. */
static int64_t share_of_time(const struct connection *connection, int64_t now_ms)
{
	int64_t left = connection->exchange->connect_deadline_ms - now_ms;
	int64_t shares = (int64_t)(connection->address_count - connection->address);

	return now_ms + left / shares;
}

/* Tries the addresses from the current one on; gives the exchange up when none is left. */
static void try_addresses(struct connection *connection)
{
	for (; connection->address < connection->address_count; connection->address++) {
		int64_t now_ms = sd_platform_now_ms();
		enum sd_io result =
		    sd_platform_connect(&connection->addresses[connection->address], &connection->socket);

		connection->phase = CONNECTING;
		connection->sent = 0;
		connection->try_deadline_ms = share_of_time(connection, now_ms);
		/* on loopback the connection is up by now, and sending at once saves a wait */
		if (result != SD_IO_FAILED && send_request(connection)) {
			return;
		}
		if (connection->phase != CONNECTING) {
			fail_by_system(connection, SD_CLOSED);
			return;
		}
		if (connection->address + 1 == connection->address_count) {
			fail_by_system(connection, SD_UNREACHABLE);
			return;
		}
		if (connection->socket != SD_NO_SOCKET) {
			sd_platform_close(connection->socket);
			connection->socket = SD_NO_SOCKET;
		}
	}
}

static void try_next_address(struct connection *connection)
{
	sd_platform_close(connection->socket);
	connection->socket = SD_NO_SOCKET;
	connection->address++;
	try_addresses(connection);
}

static bool is_last_address(const struct connection *connection)
{
	return connection->address + 1 == connection->address_count;
}

/* }}} */

static size_t find_addresses(struct sd_network *network, struct connection *connection,
                             char *reason, size_t reason_size)
{
	const struct sd_exchange *exchange = connection->exchange;
	const char *path = sd_server_unix_path(exchange->server);

	if (path != NULL) {
		return sd_platform_unix_address(path, &connection->addresses[0], reason, reason_size);
	}
	return sd_resolver_lookup(network->resolver, exchange->server->host, exchange->server->port,
	                          exchange->connect_deadline_ms, connection->addresses, ADDRESSES_MAX,
	                          reason, reason_size);
}

static void begin(struct sd_network *network, struct connection *connection,
                  struct sd_exchange *exchange)
{
	char reason[SD_REASON_MAX];

	connection->socket = SD_NO_SOCKET;
	connection->exchange = exchange;
	connection->phase = CONNECTING;
	connection->address = 0;
	connection->sent = 0;
	connection->received = 0;
	connection->began_ms = sd_platform_now_ms();
	if (exchange->server->closed) {
		fail(connection, SD_UNREACHABLE, "the server object is closed");
		return;
	}
	if (exchange->ttl != 0) {
		sd_exchange_end_without_ttl(exchange);
		close_connection(connection);
		return;
	}
	connection->address_count = find_addresses(network, connection, reason, sizeof(reason));
	if (connection->address_count == 0) {
		fail(connection, SD_UNREACHABLE, reason);
		return;
	}
	connection->head_length =
	    exchange->operation == SD_RAW ? 0 : sd_exchange_classic_head(exchange, connection->head);
	try_addresses(connection);
}

/* The socket is ready, or hung up. */
static void advance(struct connection *connection)
{
	if (connection->phase == CONNECTING &&
	    sd_platform_connect_result(connection->socket) != SD_IO_DONE) {
		if (is_last_address(connection)) {
			fail_by_system(connection, SD_UNREACHABLE);
		} else {
			try_next_address(connection);
		}
		return;
	}
	if (connection->phase == RECEIVING) {
		receive(connection);
	} else if (!send_request(connection)) {
		fail_by_system(connection, SD_CLOSED);
	}
}

static int64_t deadline_of(const struct connection *connection)
{
	int64_t deadline_ms = connection->exchange->deadline_ms;

	if (connection->phase == CONNECTING && connection->try_deadline_ms < deadline_ms) {
		return connection->try_deadline_ms;
	}
	return deadline_ms;
}

static void expire(struct connection *connection)
{
	if (connection->phase == CONNECTING && !is_last_address(connection)) {
		try_next_address(connection);
	} else {
		fail_by_timeout(connection);
	}
}

/* Waits once for the active connections and lets each go on. False: none is active. */
static bool turn(struct sd_network *network)
{
	struct sd_wait waits[SD_PLATFORM_WAIT_MAX];
	struct connection *waiting[SD_PLATFORM_WAIT_MAX];
	int64_t now_ms = sd_platform_now_ms();
	int64_t first_deadline_ms = INT64_MAX;
	size_t count = 0;

	for (size_t i = 0; i < network->used; i++) {
		struct connection *connection = &network->connections[i];

		if (connection->exchange != NULL) {
			int64_t deadline_ms = deadline_of(connection);

			waiting[count] = connection;
			waits[count].socket = connection->socket;
			waits[count].for_writing = connection->phase != RECEIVING;
			first_deadline_ms = deadline_ms < first_deadline_ms ? deadline_ms : first_deadline_ms;
			count++;
		}
	}
	if (count == 0) {
		return false;
	}
	sd_platform_wait(waits, count, first_deadline_ms > now_ms ? first_deadline_ms - now_ms : 0);
	now_ms = sd_platform_now_ms();
	for (size_t i = 0; i < count; i++) {
		if (waits[i].ready) {
			advance(waiting[i]);
		} else if (now_ms >= deadline_of(waiting[i])) {
			expire(waiting[i]);
		}
	}
	return true;
}

static void network_perform(struct sd_transport *transport, struct sd_exchange *exchanges,
                            size_t count)
{
	struct sd_network *network = (struct sd_network *)transport;

	sd_network_abandon(network);
	while (count > 0) {
		size_t together = count < SD_PLATFORM_WAIT_MAX ? count : SD_PLATFORM_WAIT_MAX;

		network->used = together;
		for (size_t i = 0; i < together; i++) {
			begin(network, &network->connections[i], &exchanges[i]);
		}
		while (turn(network)) {
		}
		network->used = 0;
		exchanges += together;
		count -= together;
	}
}

void sd_network_abandon(struct sd_network *network)
{
	for (size_t i = 0; i < network->used; i++) {
		if (network->connections[i].exchange != NULL) {
			close_connection(&network->connections[i]);
		}
	}
	network->used = 0;
}

struct sd_network *sd_network_new(void)
{
	struct sd_network *network = calloc(1, sizeof(*network));

	if (network == NULL) {
		return NULL;
	}
	network->resolver = sd_resolver_new();
	if (network->resolver == NULL) {
		free(network);
		return NULL;
	}
	network->transport.perform = network_perform;
	network->transport.now_ms = network_now_ms;
	return network;
}

void sd_network_free(struct sd_network *network)
{
	if (network != NULL) {
		sd_network_abandon(network);
		sd_resolver_free(network->resolver);
		free(network);
	}
}

struct sd_transport *sd_network_transport(struct sd_network *network)
{
	return &network->transport;
}
