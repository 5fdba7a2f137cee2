/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * client/network and client/link: that no answer is taken for another request's.
 * Over real sockets, to a server in a thread that says what no server of ours
 * would, or keeps back what it would say: each answer is given on purpose, and
 * nothing depends on time.
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/net/network.h"
#include "client/net/platform.h"
#include "tests/unit/unit.h"
#include "wire/meta_client.h"

#define PATIENCE_MS 60000

/* {{{ the server */

struct peer {
	char directory[32];
	struct sockaddr_un address;
	int listener;
	pthread_t thread;
	const char *program; /* what it says that it is */
	const char *answers; /* to the first request; "%u" is its token */
	unsigned connections;
	int socket; /* the latest */
};

static bool is_readable(int first, int second)
{
	struct pollfd polled[2] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};

	while (poll(polled, 2, PATIENCE_MS) < 0 && errno == EINTR) {
	}
	return polled[0].revents != 0;
}

/* A line less its end; false: the client closed. */
static bool hear(int socket, char line[1024])
{
	size_t length = 0;

	while (is_readable(socket, -1) && recv(socket, line + length, 1, 0) == 1) {
		if (line[length] == '\n') {
			line[length] = '\0';
			return true;
		}
		length += length < 1022;
	}
	return false;
}

static void say(int socket, const char *text)
{
	(void)send(socket, text, strlen(text), MSG_NOSIGNAL); /* the client may be gone */
}

/* A request's token, until the next one's; "": the client closed. */
static const char *hear_request(int socket)
{
	static char token[SD_META_TOKEN + 1];
	char line[1024];
	const char *found;

	token[0] = '\0';
	if (hear(socket, line)) {
		found = strstr(line, " O");
		(void)sscanf(found == NULL ? "" : found + 2, "%8[^ \r]", token);
	}
	return token;
}

/* Says what is said to a request with that token. */
static void answer(int socket, const char *format, const char *token)
{
	char text[256];

	(void)snprintf(text, sizeof(text), format, token, token);
	say(socket, text);
}

/* Waits for a client and greets it, instead of the one before. */
static void take(struct peer *peer)
{
	char line[1024];

	if (peer->socket >= 0) {
		(void)close(peer->socket);
	}
	peer->socket = is_readable(peer->listener, -1) ? accept(peer->listener, NULL, NULL) : -1;
	peer->connections += peer->socket >= 0;
	for (int i = 0; i < 3 && hear(peer->socket, line); i++) { /* mn, version, and a look by E */
	}
	say(peer->socket, "MN\r\nVERSION ");
	say(peer->socket, peer->program);
	say(peer->socket, "\r\nEN\r\n");
}

/* Asked on the latest connection, or on a new one: answers rightly. */
static void answer_rightly(struct peer *peer)
{
	const char *token = hear_request(peer->socket);

	if (token[0] == '\0') {
		take(peer);
		token = hear_request(peer->socket);
	}
	answer(peer->socket, "VA 5 c6 t-1 O%s\r\nright\r\n", token);
}

/* Gives the first request its answers, and the second a right one. */
static void *serve_answers(void *argument)
{
	struct peer *peer = argument;

	take(peer);
	answer(peer->socket, peer->answers, hear_request(peer->socket));
	answer_rightly(peer);
	return NULL;
}

/* The same, byte by byte: wherever an answer is cut, its rest is waited for. */
static void *serve_bytes(void *argument)
{
	struct peer *peer = argument;
	char text[256];

	take(peer);
	(void)snprintf(text, sizeof(text), peer->answers, hear_request(peer->socket));
	for (size_t i = 0; i < strlen(text); i++) {
		(void)send(peer->socket, text + i, 1, MSG_NOSIGNAL);
		(void)sched_yield();
	}
	answer_rightly(peer);
	return NULL;
}

/* Keeps the half of a value back until the client asks for more, on whichever connection. */
static void *serve_halves(void *argument)
{
	struct peer *peer = argument;

	take(peer);
	answer(peer->socket, "VA 10 c5 t-1 O%s\r\nwrong", hear_request(peer->socket));
	(void)is_readable(peer->socket, peer->listener);
	say(peer->socket, "-half\r\n");
	answer_rightly(peer);
	return NULL;
}

static void peer_start(struct peer *peer, void *(*serve)(void *), const char *program,
                       const char *answers)
{
	*peer = (struct peer){.program = program, .answers = answers, .socket = -1};
	strcpy(peer->directory, "/tmp/sharedance-unit-XXXXXX");
	assert_non_null(mkdtemp(peer->directory));
	peer->address.sun_family = AF_UNIX;
	(void)snprintf(peer->address.sun_path, sizeof(peer->address.sun_path), "%s/socket",
	               peer->directory);
	peer->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(peer->listener, (struct sockaddr *)&peer->address, sizeof(peer->address)),
	                 0);
	assert_int_equal(listen(peer->listener, 8), 0);
	assert_int_equal(pthread_create(&peer->thread, NULL, serve, peer), 0);
}

/* Returns the number of connections that it had. */
static unsigned peer_end(struct peer *peer)
{
	assert_int_equal(pthread_join(peer->thread, NULL), 0);
	(void)close(peer->socket);
	(void)close(peer->listener);
	(void)unlink(peer->address.sun_path);
	(void)rmdir(peer->directory);
	return peer->connections;
}

/* }}} */

/* {{{ the client */

struct buffer {
	struct sd_sink sink; /* first: it is a sink */
	uint8_t bytes[64];
	jmp_buf *leave; /* where room is asked for, it leaves; NULL: it stays */
};

static size_t length_of(const struct buffer *buffer)
{
	return buffer->sink.at == NULL ? 0 : (size_t)(buffer->sink.at - buffer->bytes);
}

static bool buffer_grow(struct sd_sink *sink, size_t wanted)
{
	struct buffer *buffer = (struct buffer *)sink;
	size_t length = length_of(buffer);

	(void)wanted;
	if (buffer->leave != NULL) {
		longjmp(*buffer->leave, 1);
	}
	sink->at = buffer->bytes + length;
	sink->room = sizeof(buffer->bytes) - length;
	return sink->room > 0;
}

static void buffer_restart(struct sd_sink *sink)
{
	sink->at = NULL;
	sink->room = 0;
}

static const struct sd_sink_kind buffer_kind = {.grow = buffer_grow, .restart = buffer_restart};

static int64_t busy_poll_us; /* all is so with it and without */

struct client {
	struct sd_options options;
	struct sd_health *health;
	struct sd_network *network;
	struct sd_server server;
	struct buffer value;
};

static void ignore(const char *line)
{
	(void)line;
}

static void client_open(struct client *client, const struct peer *peer)
{
	char host[128];
	struct sd_error error;
	enum sd_server_part part;
	int length = snprintf(host, sizeof(host), "unix:%s", peer->address.sun_path);

	memset(client, 0, sizeof(*client));
	client->options.connect_timeout_ms = client->options.timeout_ms = PATIENCE_MS;
	client->options.busy_poll_us = busy_poll_us;
	client->options.retry_interval_ms = 0; /* what answered wrongly is asked again */
	client->value.sink.kind = &buffer_kind;
	client->health = sd_health_new();
	assert_non_null(client->health);
	client->network = sd_network_new(&client->options, client->health, ignore);
	assert_non_null(client->network);
	assert_int_equal(sd_server_init(&client->server, host, (size_t)length, 1, 60, 1, &part, &error),
	                 SD_OK);
}

static void client_close(struct client *client)
{
	sd_network_free(client->network);
	sd_health_free(client->health);
}

static enum sd_status get(struct client *client, struct sd_exchange *exchange)
{
	struct sd_transport *transport = sd_network_transport(client->network);

	buffer_restart(&client->value.sink);
	*exchange =
		(struct sd_exchange){.server = &client->server, .operation = SD_GET, .key = {"key", 3}};
	exchange->sink = &client->value.sink;
	exchange->deadline_ms = exchange->connect_deadline_ms = sd_platform_now_ms() + PATIENCE_MS;
	transport->perform(transport, exchange);
	return exchange->status;
}

static void assert_right(struct client *client)
{
	struct sd_exchange exchange;

	assert_int_equal(get(client, &exchange), SD_OK);
	assert_int_equal(length_of(&client->value), 5);
	assert_memory_equal(client->value.bytes, "right", 5);
}

/* }}} */

static void what_was_left_by_longjmp_is_not_read_by_the_next_request(void **state)
{
	static struct sd_exchange left; /* it is out of scope when the next one asks */
	struct peer peer;
	struct client client;
	jmp_buf leave;

	(void)state;
	peer_start(&peer, serve_halves, "1-sharedanced", NULL);
	client_open(&client, &peer);
	if (setjmp(leave) == 0) {
		client.value.leave = &leave;
		(void)get(&client, &left);
		fail_msg("the sink was to leave");
	}
	client.value.leave = NULL;
	assert_right(&client);
	client_close(&client);
	assert_int_equal(peer_end(&peer), 2);
}

/* The first get is given `answers` and ends with `status`; the second has the right value, over as
 * many connections. */
static void assert_answers(const char *program, const char *answers, enum sd_status status,
                           unsigned connections)
{
	struct peer peer;
	struct client client;
	struct sd_exchange exchange;

	peer_start(&peer, serve_answers, program, answers);
	client_open(&client, &peer);
	assert_int_equal(get(&client, &exchange), status);
	if (status != SD_OK) {
		assert_int_equal(length_of(&client.value), 0);
	}
	assert_right(&client);
	client_close(&client);
	assert_int_equal(peer_end(&peer), connections);
}

static void an_answer_with_its_requests_token_is_taken_and_the_connection_kept(void **state)
{
	(void)state;
	assert_answers("1-sharedanced", "VA 5 c5 t-1 O%s\r\nvalue\r\n", SD_OK, 1);
	assert_answers("1-sharedanced", "EN O%s\r\n", SD_ABSENT, 1);
}

static void an_answer_that_comes_byte_by_byte_is_put_together(void **state)
{
	struct peer peer;
	struct client client;
	struct sd_exchange exchange;

	(void)state;
	peer_start(&peer, serve_bytes, "1-sharedanced", "VA 5 c5 t-1 O%s\r\nvalue\r\n");
	client_open(&client, &peer);
	assert_int_equal(get(&client, &exchange), SD_OK);
	assert_int_equal(length_of(&client.value), 5);
	assert_memory_equal(client.value.bytes, "value", 5);
	assert_right(&client);
	client_close(&client);
	assert_int_equal(peer_end(&peer), 1);
}

static void a_value_longer_than_announced_is_refused_and_the_connection_closed(void **state)
{
	static const char *const answers[] = {"VA 5 c5 t-1 O%s\r\nvalues\r\n",
	                                      "VA 5 c5 t-1 O%s\r\nvalue\n\r\n",
	                                      "VA 5 c5 t-1 O%s\r\nvalue\r\r\n"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		struct peer peer;
		struct client client;
		struct sd_exchange exchange;

		peer_start(&peer, serve_answers, "1-sharedanced", answers[i]);
		client_open(&client, &peer);
		assert_int_equal(get(&client, &exchange), SD_BAD_ANSWER);
		assert_right(&client);
		client_close(&client);
		assert_int_equal(peer_end(&peer), 2);
	}
}

static void an_answer_with_another_token_is_refused_and_the_connection_closed(void **state)
{
	(void)state;
	assert_answers("1-sharedanced", "VA 5 c5 t-1 O%.7so\r\nwrong\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1-sharedanced", "EN O%.7so\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1.6.38", "VA 5 c5 t-1 O%.7so\r\nwrong\r\n", SD_BAD_ANSWER, 2);
}

static void an_answer_without_a_token_is_refused_but_for_memcacheds_of_nothing(void **state)
{
	(void)state;
	assert_answers("1-sharedanced", "VA 5 c5 t-1\r\nwrong\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1-sharedanced", "EN\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1.6.38", "VA 5 c5 t-1\r\nwrong\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1.6.38", "EN\r\n", SD_ABSENT, 1);
}

static void after_two_answers_to_one_request_the_connection_is_closed(void **state)
{
	(void)state;
	assert_answers("1-sharedanced", "VA 5 c5 t-1 O%s\r\nvalue\r\nVA 5 c5 t-1 O%s\r\nwrong\r\n",
	               SD_OK, 2);
}

static void an_answer_of_another_kind_is_refused_and_the_connection_closed(void **state)
{
	(void)state;
	assert_answers("1-sharedanced", "HD O%s\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1-sharedanced", "MN\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1-sharedanced", "VALUE key 0 5\r\nwrong\r\nEND\r\n", SD_BAD_ANSWER, 2);
}

static void an_answer_without_the_version_that_was_asked_for_is_refused(void **state)
{
	(void)state;
	assert_answers("1-sharedanced", "VA 5 t-1 O%s\r\nwrong\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1-sharedanced", "VA 5 c5 O%s\r\nwrong\r\n", SD_BAD_ANSWER, 2);
	assert_answers("1.6.38", "VA 5 O%s\r\nwrong\r\n", SD_BAD_ANSWER, 2);
}

/* The lock went with its connection; one of that name on this connection is somebody else's. */
static void a_lock_is_not_given_back_on_another_connection_than_it_was_taken_on(void **state)
{
	struct peer peer;
	struct client client;
	struct sd_exchange exchange;
	struct sd_transport *transport;

	(void)state;
	peer_start(&peer, serve_answers, "1-sharedanced", "VA 5 c5 t-1 O%s\r\nvalue\r\n");
	client_open(&client, &peer);
	transport = sd_network_transport(client.network);
	assert_int_equal(get(&client, &exchange), SD_OK);
	exchange = (struct sd_exchange){
		.server = &client.server, .operation = SD_UNLOCK, .key = {"key", 3}, .connection = 1000};
	exchange.deadline_ms = exchange.connect_deadline_ms = sd_platform_now_ms() + PATIENCE_MS;
	transport->perform(transport, &exchange);
	assert_int_equal(exchange.status, SD_ABSENT);
	assert_right(&client); /* and nothing was asked in between */
	client_close(&client);
	assert_int_equal(peer_end(&peer), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_left_by_longjmp_is_not_read_by_the_next_request),
		cmocka_unit_test(an_answer_with_its_requests_token_is_taken_and_the_connection_kept),
		cmocka_unit_test(an_answer_that_comes_byte_by_byte_is_put_together),
		cmocka_unit_test(a_value_longer_than_announced_is_refused_and_the_connection_closed),
		cmocka_unit_test(an_answer_with_another_token_is_refused_and_the_connection_closed),
		cmocka_unit_test(an_answer_without_a_token_is_refused_but_for_memcacheds_of_nothing),
		cmocka_unit_test(after_two_answers_to_one_request_the_connection_is_closed),
		cmocka_unit_test(an_answer_without_the_version_that_was_asked_for_is_refused),
		cmocka_unit_test(an_answer_of_another_kind_is_refused_and_the_connection_closed),
		cmocka_unit_test(a_lock_is_not_given_back_on_another_connection_than_it_was_taken_on),
	};

	int failed = cmocka_run_group_tests_name("asleep", tests, NULL, NULL);

	busy_poll_us = SD_BUSY_POLL_MAX;
	return cmocka_run_group_tests_name("looking", tests, NULL, NULL) + failed;
}
