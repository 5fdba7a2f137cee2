/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * client/net/connection, through the network: no answer is taken for another request's.
 * Over real sockets, to a server in a thread that sends what no server of ours would, or
 * delays it. The tests choose each answer, and nothing depends on time.
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

struct scripted_server {
	char directory[32];
	struct sockaddr_un address;
	int listener;
	pthread_t thread;
	const char *program; /* what it says that it is */
	const char *answers; /* to the first request; "%u" is its token */
	unsigned connections;
	int socket; /* of the latest connection */
	bool heard_b;
};

static bool is_readable(int first, int second)
{
	struct pollfd polled[2] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};

	while (poll(polled, 2, PATIENCE_MS) < 0 && errno == EINTR) {
	}
	return polled[0].revents != 0;
}

/* A line without its end; false: the client closed. */
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

/* A request's token, valid until the next call; "": the client closed. */
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

/* Sends the answer to a request with that token. */
static void answer(int socket, const char *format, const char *token)
{
	char text[256];

	(void)snprintf(text, sizeof(text), format, token, token);
	say(socket, text);
}

/* Closes the last connection, waits for the next one and answers its greeting. */
static void take(struct scripted_server *server)
{
	char line[1024];

	if (server->socket >= 0) {
		(void)close(server->socket);
	}
	server->socket = is_readable(server->listener, -1) ? accept(server->listener, NULL, NULL) : -1;
	server->connections += server->socket >= 0;
	for (int i = 0; i < 3 && hear(server->socket, line); i++) { /* mn, version, and a get with E */
	}
	say(server->socket, "MN\r\nVERSION ");
	say(server->socket, server->program);
	say(server->socket, "\r\nEN\r\n");
}

/* Answers the next request rightly, on the latest connection or on a new one. */
static void answer_rightly(struct scripted_server *server)
{
	const char *token = hear_request(server->socket);

	if (token[0] == '\0') {
		take(server);
		token = hear_request(server->socket);
	}
	answer(server->socket, "VA 5 c6 t-1 O%s\r\nright\r\n", token);
}

/* Sends `answers` to the first request, and a right answer to the second. */
static void *serve_answers(void *argument)
{
	struct scripted_server *server = argument;

	take(server);
	answer(server->socket, server->answers, hear_request(server->socket));
	answer_rightly(server);
	return NULL;
}

/* The same, byte by byte: wherever an answer is cut, the client waits for its rest. */
static void *serve_bytes(void *argument)
{
	struct scripted_server *server = argument;
	char text[256];

	take(server);
	(void)snprintf(text, sizeof(text), server->answers, hear_request(server->socket));
	for (size_t i = 0; i < strlen(text); i++) {
		(void)send(server->socket, text + i, 1, MSG_NOSIGNAL);
		(void)sched_yield();
	}
	answer_rightly(server);
	return NULL;
}

/* Sends the second half of a value when the client sends its next request, on any connection. */
static void *serve_halves(void *argument)
{
	struct scripted_server *server = argument;

	take(server);
	answer(server->socket, "VA 10 c5 t-1 O%s\r\nwrong", hear_request(server->socket));
	(void)is_readable(server->socket, server->listener);
	say(server->socket, "-half\r\n");
	answer_rightly(server);
	return NULL;
}

/* Answers one request, and closes instead of answering the next. Requests on a new connection are
 * answered. */
static void *serve_and_close(void *argument)
{
	struct scripted_server *server = argument;

	take(server);
	answer(server->socket, "VA 5 c6 t-1 O%s\r\nright\r\n", hear_request(server->socket));
	(void)hear_request(server->socket);
	(void)shutdown(server->socket, SHUT_RDWR);
	take(server);
	answer_rightly(server);
	return NULL;
}

/* Whether what comes until the client closes, or to the end of a line, has a 'b' in it. */
static bool hears_a_b(int socket)
{
	char bytes[4096];
	ssize_t length;
	bool found = false;

	while (is_readable(socket, -1) && (length = recv(socket, bytes, sizeof(bytes), 0)) > 0) {
		found = found || memchr(bytes, 'b', (size_t)length) != NULL;
		if (memchr(bytes, '\n', (size_t)length) != NULL) {
			break;
		}
	}
	return found;
}

/* Answers a set before it has read the value, and then a request on a new connection. */
static void *serve_hastily(void *argument)
{
	struct scripted_server *server = argument;

	take(server);
	answer(server->socket, "HD O%s\r\n", hear_request(server->socket));
	server->heard_b = hears_a_b(server->socket);
	take(server);
	answer_rightly(server);
	return NULL;
}

static void server_start(struct scripted_server *server, void *(*serve)(void *),
                         const char *program, const char *answers)
{
	*server = (struct scripted_server){.program = program, .answers = answers, .socket = -1};
	strcpy(server->directory, "/tmp/sharedance-unit-XXXXXX");
	assert_non_null(mkdtemp(server->directory));
	server->address.sun_family = AF_UNIX;
	(void)snprintf(server->address.sun_path, sizeof(server->address.sun_path), "%s/socket",
	               server->directory);
	server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
		bind(server->listener, (struct sockaddr *)&server->address, sizeof(server->address)), 0);
	assert_int_equal(listen(server->listener, 8), 0);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* Returns the number of connections that it had. */
static unsigned server_end(struct scripted_server *server)
{
	assert_int_equal(pthread_join(server->thread, NULL), 0);
	(void)close(server->socket);
	(void)close(server->listener);
	(void)unlink(server->address.sun_path);
	(void)rmdir(server->directory);
	return server->connections;
}

/* }}} */

/* {{{ the client */

struct buffer {
	struct sd_sink sink; /* first: it is a sink */
	uint8_t bytes[64];
	jmp_buf *leave; /* grow() jumps there; NULL: it returns */
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

static int64_t busy_poll_us; /* all tests run with 0, and with polling */

struct client {
	struct sd_options options;
	struct sd_dead_marks *marks;
	struct sd_network *network;
	struct sd_server server;
	struct buffer value;
};

static void ignore(const char *line)
{
	(void)line;
}

static void client_open(struct client *client, const struct scripted_server *server)
{
	char host[128];
	struct sd_error error;
	enum sd_server_part part;
	int length = snprintf(host, sizeof(host), "unix:%s", server->address.sun_path);

	memset(client, 0, sizeof(*client));
	client->options.connect_timeout_ms = client->options.timeout_ms = PATIENCE_MS;
	client->options.busy_poll_us = busy_poll_us;
	client->options.retry_interval_ms = 0; /* a server that answered wrongly is asked again */
	client->value.sink.kind = &buffer_kind;
	client->marks = sd_dead_marks_new();
	assert_non_null(client->marks);
	client->network = sd_network_new(&client->options, client->marks, ignore);
	assert_non_null(client->network);
	assert_int_equal(sd_server_init(&client->server, host, (size_t)length, 1, 60, 1, &part, &error),
	                 SD_OK);
}

static void client_close(struct client *client)
{
	sd_network_free(client->network);
	sd_dead_marks_free(client->marks);
}

static enum sd_status get(struct client *client, struct sd_exchange *exchange)
{
	struct sd_transport *transport = sd_network_transport(client->network);

	buffer_restart(&client->value.sink);
	*exchange = (struct sd_exchange){
		.server = &client->server, .request.kind = SD_GET, .request.key = {"key", 3}};
	exchange->request.sink = &client->value.sink;
	exchange->connect_ms = PATIENCE_MS;
	exchange->deadline_ms = sd_platform_now_ms() + PATIENCE_MS;
	transport->perform(transport, exchange);
	return exchange->reply.status;
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
	static struct sd_exchange left; /* out of scope when the next request is sent */
	struct scripted_server server;
	struct client client;
	jmp_buf leave;

	(void)state;
	server_start(&server, serve_halves, "1-sharedanced", NULL);
	client_open(&client, &server);
	if (setjmp(leave) == 0) {
		client.value.leave = &leave;
		(void)get(&client, &left);
		fail_msg("the sink was to leave");
	}
	client.value.leave = NULL;
	assert_right(&client);
	client_close(&client);
	assert_int_equal(server_end(&server), 2);
}

/* The first get receives `answers` and ends with `status`. The second gets the right value. Both
 * use that many connections together. */
static void assert_answers(const char *program, const char *answers, enum sd_status status,
                           unsigned connections)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchange;

	server_start(&server, serve_answers, program, answers);
	client_open(&client, &server);
	assert_int_equal(get(&client, &exchange), status);
	if (status != SD_OK) {
		assert_int_equal(length_of(&client.value), 0);
	}
	assert_right(&client);
	client_close(&client);
	assert_int_equal(server_end(&server), connections);
}

static void an_answer_with_its_requests_token_is_taken_and_the_connection_kept(void **state)
{
	(void)state;
	assert_answers("1-sharedanced", "VA 5 c5 t-1 O%s\r\nvalue\r\n", SD_OK, 1);
	assert_answers("1-sharedanced", "EN O%s\r\n", SD_ABSENT, 1);
}

static void an_answer_that_comes_byte_by_byte_is_put_together(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchange;

	(void)state;
	server_start(&server, serve_bytes, "1-sharedanced", "VA 5 c5 t-1 O%s\r\nvalue\r\n");
	client_open(&client, &server);
	assert_int_equal(get(&client, &exchange), SD_OK);
	assert_int_equal(length_of(&client.value), 5);
	assert_memory_equal(client.value.bytes, "value", 5);
	assert_right(&client);
	client_close(&client);
	assert_int_equal(server_end(&server), 1);
}

static void a_value_longer_than_announced_is_refused_and_the_connection_closed(void **state)
{
	static const char *const answers[] = {"VA 5 c5 t-1 O%s\r\nvalues\r\n",
	                                      "VA 5 c5 t-1 O%s\r\nvalue\n\r\n",
	                                      "VA 5 c5 t-1 O%s\r\nvalue\r\r\n"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		struct scripted_server server;
		struct client client;
		struct sd_exchange exchange;

		server_start(&server, serve_answers, "1-sharedanced", answers[i]);
		client_open(&client, &server);
		assert_int_equal(get(&client, &exchange), SD_BAD_ANSWER);
		assert_right(&client);
		client_close(&client);
		assert_int_equal(server_end(&server), 2);
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

/* The lock ended with its connection: a lock of that name on this connection belongs to another
 * request. */
static void a_lock_is_not_given_back_on_another_connection_than_it_was_taken_on(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchange;
	struct sd_transport *transport;

	(void)state;
	server_start(&server, serve_answers, "1-sharedanced", "VA 5 c5 t-1 O%s\r\nvalue\r\n");
	client_open(&client, &server);
	transport = sd_network_transport(client.network);
	assert_int_equal(get(&client, &exchange), SD_OK);
	exchange = (struct sd_exchange){.server = &client.server,
	                                .request.kind = SD_UNLOCK,
	                                .request.key = {"key", 3},
	                                .request.connection = 1000};
	exchange.connect_ms = PATIENCE_MS;
	exchange.deadline_ms = sd_platform_now_ms() + PATIENCE_MS;
	transport->perform(transport, &exchange);
	assert_int_equal(exchange.reply.status, SD_ABSENT);
	assert_right(&client); /* nothing was sent in between */
	client_close(&client);
	assert_int_equal(server_end(&server), 1);
}

/* The server may have executed a request that it did not answer. */
static void
a_request_that_a_kept_connection_lost_is_repeated_unless_that_changes_what_it_does(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_transport *transport;
	struct sd_exchange exchange;

	(void)state;
	server_start(&server, serve_and_close, "1-sharedanced", NULL);
	client_open(&client, &server);
	assert_right(&client);
	assert_right(&client); /* repeated on a new connection */
	client_close(&client);
	assert_int_equal(server_end(&server), 2);

	server_start(&server, serve_and_close, "1-sharedanced", NULL);
	client_open(&client, &server);
	transport = sd_network_transport(client.network);
	assert_right(&client);
	exchange = (struct sd_exchange){.server = &client.server,
	                                .request.kind = SD_SET,
	                                .request.key = {"key", 3},
	                                .request.data = {"value", 5},
	                                .request.condition = SD_IF_ABSENT};
	exchange.connect_ms = PATIENCE_MS;
	exchange.deadline_ms = sd_platform_now_ms() + PATIENCE_MS;
	transport->perform(transport, &exchange);
	assert_int_equal(exchange.reply.status, SD_CLOSED);
	assert_right(&client); /* the new connection's first request: the set was not sent there */
	client_close(&client);
	assert_int_equal(server_end(&server), 2);
}

/* The rest of the value is the caller's memory, which is gone when the next request begins. */
static void a_connection_on_which_a_request_was_answered_before_it_was_sent_is_closed(void **state)
{
	static uint8_t value[8 << 20];
	struct scripted_server server;
	struct client client;
	struct sd_transport *transport;
	struct sd_exchange exchange;

	(void)state;
	memset(value, 'a', sizeof(value));
	server_start(&server, serve_hastily, "1-sharedanced", NULL);
	client_open(&client, &server);
	transport = sd_network_transport(client.network);
	exchange = (struct sd_exchange){.server = &client.server,
	                                .request.kind = SD_SET,
	                                .request.key = {"key", 3},
	                                .request.data = {value, sizeof(value)}};
	exchange.connect_ms = PATIENCE_MS;
	exchange.deadline_ms = sd_platform_now_ms() + PATIENCE_MS;
	transport->perform(transport, &exchange);
	assert_int_equal(exchange.reply.status, SD_OK);
	memset(value, 'b', sizeof(value));
	assert_right(&client);
	client_close(&client);
	assert_int_equal(server_end(&server), 2);
	assert_false(server.heard_b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_on_which_a_request_was_answered_before_it_was_sent_is_closed),
		cmocka_unit_test(
			a_request_that_a_kept_connection_lost_is_repeated_unless_that_changes_what_it_does),
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
	return cmocka_run_group_tests_name("polling", tests, NULL, NULL) + failed;
}
