/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the network makes of a server that closes: each event in each state of what is known of
 * the server's protocol. Over real sockets, to a server in a thread with a script. A script
 * says for each connection, in order, the first byte that must come and what is done then:
 *
 *   c  closes without a word        k  says OK and closes       o  says "O" and closes
 *   e  says ERROR and closes        v  says "right" and closes  r  resets the connection
 *   w  waits until the client closes
 *   a  says "right" and closes, after the other server was asked for a proof
 *   M  speaks the meta protocol: answers the greeting, and the request with "none"
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/net/network.h"
#include "client/net/platform.h"
#include "client/transport/classic.h"
#include "client/transport/greeting.h"
#include "tests/unit/unit.h"

#define PATIENCE_MS 60000
#define KEY "secret key"
#define VALUE "secret value"
#define INTERVAL_MS 1000000

/* {{{ the server */

struct scripted_server {
	char directory[32];
	struct sockaddr_un address;
	int listener;
	pthread_t thread;
	const char *script;
	char heard[64];     /* the first byte of each connection */
	char asked[512];    /* by the meta protocol */
	bool may_be_told;   /* it is known to be classic, or has answered a store or a greeting */
	bool told_a_secret; /* it was told the key or the value before */
};

static _Atomic bool is_asked_for_proof; /* a server that does not answer */

/* Whether the request is whole: a greeting, a line of the meta protocol, or a classic request. */
static bool is_whole(const char *bytes, size_t length)
{
	struct sd_classic_header header;

	switch (sd_classic_read_header((const uint8_t *)bytes, length, &header)) {
	case SD_CLASSIC_COMPLETE:
		return length >= sd_classic_request_length(&header);
	case SD_CLASSIC_UNKNOWN:
		return bytes[length - 1] == '\n' &&
		       (strncmp(bytes, "mn", 2) != 0 || strstr(bytes, SD_GREETING_END) != NULL);
	default:
		return false;
	}
}

/* Reads one request, or what comes of it before the client closes. It ends in a NUL byte. */
static size_t hear(int socket, char *bytes, size_t size)
{
	size_t length = 0;
	struct pollfd polled = {.fd = socket, .events = POLLIN};

	memset(bytes, 0, size);
	while ((length == 0 || !is_whole(bytes, length)) && poll(&polled, 1, PATIENCE_MS) > 0) {
		ssize_t received = recv(socket, bytes + length, size - 1 - length, 0);

		if (received <= 0) {
			break;
		}
		length += (size_t)received;
	}
	return length;
}

static bool has(const char *bytes, size_t length, const char *text)
{
	return memmem(bytes, length, text, strlen(text)) != NULL;
}

static void say(int socket, const char *text)
{
	(void)send(socket, text, strlen(text), MSG_NOSIGNAL);
}

static void speak_meta(struct scripted_server *server, int socket)
{
	char *text = server->asked;
	char answer[64];
	char token[16] = "";
	const char *found;

	say(socket, "MN\r\nVERSION 1-sharedanced\r\nEN\r\n");
	(void)hear(socket, text, sizeof(server->asked));
	found = strstr(text, " O");
	(void)sscanf(found == NULL ? "" : found + 2, "%8[^ \r]", token);
	(void)snprintf(answer, sizeof(answer), "EN O%s\r\n", token);
	say(socket, answer);
	(void)recv(socket, answer, 1, 0); /* until the client closes */
}

static void serve_connection(struct scripted_server *server, int socket, char action)
{
	char text[512];
	size_t length;

	if (recv(socket, text, 1, MSG_PEEK) != 1) {
		return;
	}
	server->heard[strlen(server->heard)] = text[0];
	if (action == 'r') {
		return; /* bytes that nobody has read reset it */
	}
	length = hear(socket, text, sizeof(text));
	if (!server->may_be_told && (has(text, length, KEY) || has(text, length, VALUE))) {
		server->told_a_secret = true;
	}
	switch (action) {
	case 'k':
		server->may_be_told = true;
		say(socket, "OK\n");
		break;
	case 'o':
		say(socket, "O");
		break;
	case 'e':
		say(socket, "ERROR\n");
		break;
	case 'v':
		say(socket, "right");
		break;
	case 'a':
		while (!atomic_load(&is_asked_for_proof)) {
			(void)sched_yield();
		}
		say(socket, "right");
		break;
	case 'w':
		atomic_store(&is_asked_for_proof, true);
		(void)hear(socket, text, sizeof(text));
		break;
	case 'M':
		server->may_be_told = true;
		speak_meta(server, socket);
		break;
	default:
		break;
	}
}

static void *serve(void *argument)
{
	struct scripted_server *server = argument;
	struct pollfd polled = {.fd = server->listener, .events = POLLIN};

	for (const char *at = server->script; *at != '\0'; at += at[2] == ' ' ? 3 : 2) {
		int socket = poll(&polled, 1, PATIENCE_MS) > 0 ? accept(server->listener, NULL, NULL) : -1;

		if (socket < 0) {
			break;
		}
		if (at[2] == '\0') {
			(void)shutdown(server->listener, SHUT_RDWR); /* from now on it refuses */
		}
		serve_connection(server, socket, at[1]);
		(void)close(socket);
	}
	return NULL;
}

static void server_start(struct scripted_server *server, const char *script)
{
	*server = (struct scripted_server){.script = script};
	strcpy(server->directory, "/tmp/sharedance-unit-XXXXXX");
	assert_non_null(mkdtemp(server->directory));
	server->address.sun_family = AF_UNIX;
	(void)snprintf(server->address.sun_path, sizeof(server->address.sun_path), "%s/socket",
	               server->directory);
	server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
		bind(server->listener, (struct sockaddr *)&server->address, sizeof(server->address)), 0);
	assert_int_equal(listen(server->listener, 8), 0);
	if (script[0] == '\0') {
		(void)shutdown(server->listener, SHUT_RDWR);
	}
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* The script was played to its end, and the right requests came. */
static void server_end(struct scripted_server *server)
{
	char wanted[64] = "";

	assert_int_equal(pthread_join(server->thread, NULL), 0);
	for (const char *at = server->script; *at != '\0'; at += at[2] == ' ' ? 3 : 2) {
		wanted[strlen(wanted)] = *at;
	}
	if (strcmp(server->heard, wanted) != 0) {
		fail_msg("%s: heard %s", server->script, server->heard);
	}
	if (server->told_a_secret) {
		fail_msg("%s: it was told what is the user's", server->script);
	}
	(void)close(server->listener);
	(void)unlink(server->address.sun_path);
	(void)rmdir(server->directory);
}

/* }}} */

/* {{{ the client */

struct buffer {
	struct sd_sink sink; /* first: it is a sink */
	uint8_t bytes[64];
	jmp_buf *leave; /* grow() jumps there; NULL: it returns */
};

static bool buffer_grow(struct sd_sink *sink, size_t wanted)
{
	struct buffer *buffer = (struct buffer *)sink;
	size_t length = sink->at == NULL ? 0 : (size_t)(sink->at - buffer->bytes);

	(void)wanted;
	if (buffer->leave != NULL) {
		longjmp(*buffer->leave, 1);
	}
	sink->at = buffer->bytes + length;
	sink->room = sizeof(buffer->bytes) - length;
	return true;
}

static void buffer_restart(struct sd_sink *sink)
{
	sink->at = NULL;
	sink->room = 0;
}

static const struct sd_sink_kind buffer_kind = {.grow = buffer_grow, .restart = buffer_restart};

struct client {
	struct sd_options options;
	struct sd_dead_marks *marks;
	struct sd_network *network;
	struct sd_server server;
	struct sd_finding *finding; /* of the server */
	struct buffer value;
};

static void ignore(const char *line)
{
	(void)line;
}

static void describe(struct sd_server *server, const struct scripted_server *scripted)
{
	char host[128];
	struct sd_error error;
	enum sd_server_part part;
	int length = snprintf(host, sizeof(host), "unix:%s", scripted->address.sun_path);

	assert_int_equal(sd_server_init(server, host, (size_t)length, 1, 60, 1, &part, &error), SD_OK);
}

/* The age of a proof goes by this clock, which stands still: however slow the machine is, no
 * proof gets too old. Waits go by the real one. */
static int64_t now_ms;

int64_t __wrap_sd_platform_now_ms(void);
int64_t __wrap_sd_platform_now_ms(void)
{
	return now_ms;
}

static void client_open(struct client *client, const struct scripted_server *server)
{
	struct sd_mark mark;

	now_ms = sd_system_monotonic_us() / 1000;
	memset(client, 0, sizeof(*client));
	client->options.connect_timeout_ms = client->options.timeout_ms = PATIENCE_MS;
	client->options.retry_interval_ms = INTERVAL_MS;
	client->options.marking.retry_interval_ms = INTERVAL_MS;
	client->value.sink.kind = &buffer_kind;
	client->marks = sd_dead_marks_new();
	assert_non_null(client->marks);
	client->network = sd_network_new(&client->options, client->marks, ignore);
	assert_non_null(client->network);
	describe(&client->server, server);
	assert_true(
		sd_dead_marks_find(client->marks, &client->server, sd_platform_user(), now_ms, &mark));
	client->finding = sd_mark_finding(&mark);
}

static void client_close(struct client *client)
{
	sd_network_free(client->network);
	sd_dead_marks_free(client->marks);
}

static void prepare(struct client *client, struct sd_exchange *exchange, enum sd_request_kind kind)
{
	buffer_restart(&client->value.sink);
	*exchange = (struct sd_exchange){.server = &client->server,
	                                 .request.kind = kind,
	                                 .request.key = {KEY, strlen(KEY)},
	                                 .request.data = {VALUE, kind == SD_SET ? strlen(VALUE) : 0}};
	exchange->request.sink = kind == SD_GET || kind == SD_RAW ? &client->value.sink : NULL;
	exchange->connect_ms = PATIENCE_MS;
	exchange->deadline_ms = now_ms + PATIENCE_MS;
}

static enum sd_status perform(struct client *client, struct sd_exchange *exchange)
{
	struct sd_transport *transport = sd_network_transport(client->network);

	transport->perform(transport, exchange);
	return exchange->reply.status;
}

/* }}} */

/* {{{ each event in each state */

enum state {
	UNKNOWN,
	META,         /* it spoke meta to some worker */
	META_BY_HAND, /* ?protocol=meta */
	CLASSIC,      /* and has just proven it */
	CLASSIC_LATE, /* and has proven it more than a second ago */
	CLASSIC_BY_HAND,
};

static void enter(struct client *client, enum state state)
{
	switch (state) {
	case META:
		sd_finding_set_meta(client->finding);
		break;
	case META_BY_HAND:
		client->server.protocol = SD_PROTOCOL_META;
		break;
	case CLASSIC:
		sd_finding_prove(client->finding, now_ms);
		sd_finding_set_classic(client->finding, now_ms + INTERVAL_MS);
		break;
	case CLASSIC_LATE:
		sd_finding_prove(client->finding, now_ms - SD_PROOF_AGE_MAX_MS - 1);
		sd_finding_set_classic(client->finding, now_ms + INTERVAL_MS);
		break;
	case CLASSIC_BY_HAND:
		client->server.protocol = SD_PROTOCOL_CLASSIC;
		break;
	default:
		break;
	}
}

struct row {
	enum state before;
	enum sd_request_kind kind;
	const char *script;
	enum sd_status status;
	enum sd_protocol after; /* as it is known to all workers */
};

static void assert_row(const struct row *row)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchange;

	server_start(&server, row->script);
	client_open(&client, &server);
	enter(&client, row->before);
	server.may_be_told = row->before >= CLASSIC;
	prepare(&client, &exchange, row->kind);
	if (perform(&client, &exchange) != row->status) {
		fail_msg("%s: status %d (%s), but %d is wanted", row->script, (int)exchange.reply.status,
		         exchange.reply.reason, (int)row->status);
	}
	if (sd_finding_protocol(client.finding) != row->after) {
		fail_msg("%s: found %d", row->script, (int)sd_finding_protocol(client.finding));
	}
	client_close(&client);
	server_end(&server);
}

static void assert_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_row(&rows[i]);
	}
}

static void a_server_is_classic_after_a_proof_and_a_second_greeting(void **state)
{
	static const struct row rows[] = {
		{UNKNOWN, SD_GET, "mc Sk mc Fv", SD_OK, SD_PROTOCOL_CLASSIC},
		{UNKNOWN, SD_GET, "mc Sk mc Fc", SD_ABSENT, SD_PROTOCOL_CLASSIC},
		{UNKNOWN, SD_SET, "mc Sk mc Sk", SD_OK, SD_PROTOCOL_CLASSIC},
		{UNKNOWN, SD_DELETE, "mc Sk mc Dk", SD_OK, SD_PROTOCOL_CLASSIC},
		{UNKNOWN, SD_DELETE, "mc Sk mc Dc", SD_ABSENT, SD_PROTOCOL_CLASSIC},
		{UNKNOWN, SD_LOCK, "mc Sk mc", SD_UNSUPPORTED, SD_PROTOCOL_CLASSIC},
		{META, SD_GET, "mc Sk mc Fv", SD_OK, SD_PROTOCOL_CLASSIC},
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void without_a_proof_it_has_failed_and_was_told_nothing(void **state)
{
	static const enum sd_request_kind kinds[] = {SD_GET, SD_SET, SD_DELETE, SD_LOCK};
	static const struct row rows[] = {
		{UNKNOWN, 0, "mc Sc", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{UNKNOWN, 0, "mc So", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{UNKNOWN, 0, "mc Se", SD_BAD_ANSWER, SD_PROTOCOL_UNKNOWN},
		{UNKNOWN, 0, "mc Sr", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{UNKNOWN, 0, "mc", SD_UNREACHABLE, SD_PROTOCOL_UNKNOWN},
		{UNKNOWN, 0, "mr", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{UNKNOWN, 0, "mc Sk mr", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{UNKNOWN, 0, "mc Sk", SD_UNREACHABLE, SD_PROTOCOL_UNKNOWN},
		{META, 0, "mc Sc", SD_CLOSED, SD_PROTOCOL_META},
		{META, 0, "mc Se", SD_BAD_ANSWER, SD_PROTOCOL_META},
		{META, 0, "mc", SD_UNREACHABLE, SD_PROTOCOL_META},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t j = 0; j < COUNT_OF(kinds); j++) {
			struct row row = rows[i];

			row.kind = kinds[j];
			assert_row(&row);
		}
	}
}

/* A server that was away behind a proxy is back: it takes classic requests, too. */
static void a_server_that_answers_the_second_greeting_speaks_meta(void **state)
{
	static const struct row rows[] = {
		{UNKNOWN, SD_GET, "mM", SD_ABSENT, SD_PROTOCOL_META},
		{UNKNOWN, SD_GET, "mc Sk mM", SD_ABSENT, SD_PROTOCOL_META},
		{META, SD_GET, "mc Sk mM", SD_ABSENT, SD_PROTOCOL_META},
		{CLASSIC_LATE, SD_GET, "Fc Sc", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void an_empty_answer_is_absent_behind_a_young_proof_only(void **state)
{
	static const struct row rows[] = {
		{CLASSIC, SD_GET, "Fv", SD_OK, SD_PROTOCOL_CLASSIC},
		{CLASSIC, SD_GET, "Fc", SD_ABSENT, SD_PROTOCOL_CLASSIC},
		{CLASSIC, SD_DELETE, "Dc", SD_ABSENT, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_GET, "Fv", SD_OK, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_GET, "Fc Sk Fc", SD_ABSENT, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_GET, "Fc Sk Fv", SD_OK, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_GET, "Fc Sk Fr", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_LATE, SD_GET, "Fc So", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_LATE, SD_GET, "Fc", SD_UNREACHABLE, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_LATE, SD_DELETE, "Dc Sk Dk", SD_OK, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_DELETE, "Dc Sk Dc", SD_ABSENT, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_DELETE, "Dc Sc", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_LATE, SD_DELETE, "Dk", SD_OK, SD_PROTOCOL_CLASSIC},
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void a_store_is_done_or_refused_and_needs_no_proof_more(void **state)
{
	static const struct row rows[] = {
		{CLASSIC, SD_SET, "Sk", SD_OK, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_SET, "Sk", SD_OK, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_SET, "Sc", SD_REFUSED, SD_PROTOCOL_CLASSIC},
		{CLASSIC_LATE, SD_SET, "Sr", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_LATE, SD_SET, "", SD_UNREACHABLE, SD_PROTOCOL_UNKNOWN},
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void what_the_user_says_of_the_protocol_is_not_found_out(void **state)
{
	static const struct row rows[] = {
		{META_BY_HAND, SD_GET, "mc", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{META_BY_HAND, SD_SET, "mc", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{META_BY_HAND, SD_GET, "mM", SD_ABSENT, SD_PROTOCOL_META},
		{CLASSIC_BY_HAND, SD_GET, "Fv", SD_OK, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_BY_HAND, SD_SET, "Sk", SD_OK, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_BY_HAND, SD_GET, "Fc Sk Fc", SD_ABSENT, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_BY_HAND, SD_GET, "Fc Sk Fv", SD_OK, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_BY_HAND, SD_GET, "Fc Sc", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
		{CLASSIC_BY_HAND, SD_DELETE, "Dc Sc", SD_CLOSED, SD_PROTOCOL_UNKNOWN},
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void a_request_of_the_users_own_is_sent_as_it_is_and_never_proven(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchange;

	(void)state;
	server_start(&server, "Fc");
	server.may_be_told = true;
	client_open(&client, &server);
	prepare(&client, &exchange, SD_RAW);
	exchange.request.data = (struct sd_bytes){"F\0\0\0\1y", 6};
	assert_int_equal(perform(&client, &exchange), SD_OK);
	client_close(&client);
	server_end(&server);
}

/* }}} */

static void the_reserved_key_is_the_clients_on_a_classic_server(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchange;

	(void)state;
	server_start(&server, "");
	client_open(&client, &server);
	enter(&client, CLASSIC);
	prepare(&client, &exchange, SD_GET);
	exchange.request.key = (struct sd_bytes){SD_CLASSIC_PROOF_KEY, SD_CLASSIC_PROOF_KEY_LENGTH};
	assert_int_equal(perform(&client, &exchange), SD_BAD_KEY);
	assert_string_equal(exchange.reply.reason, "is reserved on a classic server");
	client_close(&client);
	server_end(&server);
}

/* What an operation has found, another worker need not find out: the finding is in the marks. */
static void a_finding_is_made_once_for_all_workers(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_network *other;
	struct sd_exchange exchange;

	(void)state;
	server_start(&server, "mc Sk mc Fv Fv");
	client_open(&client, &server);
	prepare(&client, &exchange, SD_GET);
	assert_int_equal(perform(&client, &exchange), SD_OK);
	other = sd_network_new(&client.options, client.marks, ignore);
	assert_non_null(other);
	prepare(&client, &exchange, SD_GET);
	sd_network_transport(other)->perform(sd_network_transport(other), &exchange);
	assert_int_equal(exchange.reply.status, SD_OK);
	sd_network_free(other);
	client_close(&client);
	server_end(&server);
}

/* A lock, for instance, comes before what must not be done without it. */
static void what_waited_for_a_proof_is_asked_again_in_its_order(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchanges[3];

	(void)state;
	server_start(&server, "mc Sk mM");
	client_open(&client, &server);
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		prepare(&client, &exchanges[i], i == 0 ? SD_DELETE : SD_EXISTS);
		exchanges[i].next = i + 1 < COUNT_OF(exchanges) ? &exchanges[i + 1] : NULL;
	}
	(void)perform(&client, exchanges);
	client_close(&client);
	server_end(&server);
	assert_memory_equal(server.asked, "md ", 3);
}

static void one_proof_does_for_all_that_waits(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchanges[3];

	(void)state;
	server_start(&server, "mc Sk mc");
	client_open(&client, &server);
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		prepare(&client, &exchanges[i], SD_LOCK);
		exchanges[i].next = i + 1 < COUNT_OF(exchanges) ? &exchanges[i + 1] : NULL;
	}
	(void)perform(&client, exchanges);
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		assert_int_equal(exchanges[i].reply.status, SD_UNSUPPORTED);
	}
	client_close(&client);
	server_end(&server);
}

static void a_proof_that_a_longjmp_left_is_closed_and_asked_for_anew(void **state)
{
	static struct sd_exchange left[2];
	struct scripted_server server;
	struct scripted_server other;
	struct client client;
	struct sd_server other_server;
	struct sd_exchange exchange;
	jmp_buf leave;

	(void)state;
	atomic_store(&is_asked_for_proof, false);
	server_start(&server, "mc Sw mc Sk mc Fv");
	server_start(&other, "Fa");
	other.may_be_told = true;
	client_open(&client, &server);
	describe(&other_server, &other);
	other_server.protocol = SD_PROTOCOL_CLASSIC;
	if (setjmp(leave) == 0) {
		prepare(&client, &left[0], SD_DELETE);
		prepare(&client, &left[1], SD_GET);
		left[0].next = &left[1];
		left[1].server = &other_server;
		client.value.leave = &leave;
		(void)perform(&client, left);
		fail_msg("the sink was to leave");
	}
	client.value.leave = NULL;
	memset(left, 0x5a, sizeof(left)); /* they are gone */
	prepare(&client, &exchange, SD_GET);
	assert_int_equal(perform(&client, &exchange), SD_OK);
	client_close(&client);
	server_end(&server);
	server_end(&other);
}

static void a_proof_has_the_deadline_of_those_that_wait_for_it(void **state)
{
	struct scripted_server server;
	struct client client;
	struct sd_exchange exchanges[2];

	(void)state;
	server_start(&server, "Dc Fc Sw");
	server.may_be_told = true;
	client_open(&client, &server);
	enter(&client, CLASSIC_LATE);
	prepare(&client, &exchanges[0], SD_GET);
	prepare(&client, &exchanges[1], SD_DELETE);
	exchanges[0].next = &exchanges[1];
	exchanges[0].deadline_ms = now_ms + 3000; /* of the one that comes to wait last */
	(void)perform(&client, exchanges);
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		assert_int_equal(exchanges[i].reply.status, SD_TIMEOUT);
		assert_true(exchanges[i].timed_out);
	}
	client_close(&client);
	server_end(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_classic_after_a_proof_and_a_second_greeting),
		cmocka_unit_test(without_a_proof_it_has_failed_and_was_told_nothing),
		cmocka_unit_test(a_server_that_answers_the_second_greeting_speaks_meta),
		cmocka_unit_test(an_empty_answer_is_absent_behind_a_young_proof_only),
		cmocka_unit_test(a_store_is_done_or_refused_and_needs_no_proof_more),
		cmocka_unit_test(what_the_user_says_of_the_protocol_is_not_found_out),
		cmocka_unit_test(a_request_of_the_users_own_is_sent_as_it_is_and_never_proven),
		cmocka_unit_test(the_reserved_key_is_the_clients_on_a_classic_server),
		cmocka_unit_test(a_finding_is_made_once_for_all_workers),
		cmocka_unit_test(one_proof_does_for_all_that_waits),
		cmocka_unit_test(what_waited_for_a_proof_is_asked_again_in_its_order),
		cmocka_unit_test(a_proof_that_a_longjmp_left_is_closed_and_asked_for_anew),
		cmocka_unit_test(a_proof_has_the_deadline_of_those_that_wait_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
