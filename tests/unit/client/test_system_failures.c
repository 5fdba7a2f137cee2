/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * client/net on a system that fails: each call, with each error that its manual names, in each
 * state that a connection goes through, once and for good. Whatever the system answers, an
 * operation ends by its deadline and does not use up the processor until then; an entry that is
 * there is found or not reached, and never absent; and nothing is left open. The system is
 * fake_system.c.
 */

#include "tests/unit/unit.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "client/net/network.h"
#include "client/net/platform.h"
#include "tests/unit/client/fake_system.h"

#define CONNECT_MS 1000
#define TIMEOUT_MS 2000
/* Deadlines are whole milliseconds, and two steps may be under way by then. */
#define SLACK_US 6000
#define CALLS_MAX 3000   /* of an operation that waits: a few for each pause of 5 ms */
#define LONG_VALUE 20000 /* bytes: more than a connection writes before it sends */
#define NAMED "a.example"

/* {{{ the client */

/* A sink that counts, and keeps the first bytes. */
struct counting_sink {
	struct sd_sink sink; /* first: it is a sink */
	uint8_t room[16384];
	uint8_t first[8];
	size_t length;
	bool is_begun;
};

static void take_room(struct counting_sink *counting)
{
	size_t filled = counting->is_begun ? (size_t)(counting->sink.at - counting->room) : 0;

	for (size_t i = 0; i < filled && counting->length + i < sizeof(counting->first); i++) {
		counting->first[counting->length + i] = counting->room[i];
	}
	counting->length += filled;
	counting->is_begun = false;
	counting->sink.room = 0;
}

static bool counting_grow(struct sd_sink *sink, size_t wanted)
{
	struct counting_sink *counting = (struct counting_sink *)sink;

	(void)wanted;
	take_room(counting);
	counting->is_begun = true;
	sink->at = counting->room;
	sink->room = sizeof(counting->room);
	return true;
}

static void counting_restart(struct sd_sink *sink)
{
	struct counting_sink *counting = (struct counting_sink *)sink;

	counting->length = sink->room = 0;
	counting->is_begun = false;
}

static const struct sd_sink_kind counting_kind = {.grow = counting_grow,
                                                  .restart = counting_restart};

struct client {
	struct sd_options options;
	struct sd_dead_marks *marks;
	struct sd_network *network;
	struct sd_server server;
	struct counting_sink sink;
	struct sd_exchange exchange;
	bool has_failed; /* an operation since the client was opened */
};

static struct client client;
static char long_value[LONG_VALUE];
static uint64_t holder; /* the connection that has the lock which is given back */

static void ignore(const char *line)
{
	(void)line;
}

static void open_client(const char *host, int64_t busy_poll_us)
{
	struct sd_error error;
	enum sd_server_part part;

	memset(&client, 0, sizeof(client));
	client.options = (struct sd_options){
		.connect_timeout_ms = CONNECT_MS, .timeout_ms = TIMEOUT_MS, .busy_poll_us = busy_poll_us};
	client.sink.sink.kind = &counting_kind;
	client.marks = sd_dead_marks_new();
	assert_non_null(client.marks);
	client.network = sd_network_new(&client.options, client.marks, ignore);
	assert_non_null(client.network);
	assert_int_equal(sd_server_init(&client.server, host, strlen(host), 1042, 60, 1, &part, &error),
	                 SD_OK);
}

/* All sockets are given back with the network. */
static void close_client(void)
{
	sd_network_free(client.network);
	sd_dead_marks_free(client.marks);
	assert_int_equal(fake_system_open(), 0);
}

static void set_deadlines(struct sd_exchange *exchange)
{
	int64_t now_ms = sd_platform_now_ms();

	exchange->server = &client.server;
	exchange->connect_deadline_ms = now_ms + CONNECT_MS;
	exchange->deadline_ms = now_ms + TIMEOUT_MS;
}

/* Performs the exchanges. They end by their deadline. */
static void perform(struct sd_exchange *exchanges)
{
	struct sd_transport *transport = sd_network_transport(client.network);
	int64_t began_us = fake_system_now_us();
	int64_t took_us;

	transport->perform(transport, exchanges);
	took_us = fake_system_now_us() - began_us;
	if (took_us > TIMEOUT_MS * 1000 + SLACK_US) {
		fail_msg("it took %lld us, and ended with %d: %s", (long long)took_us,
		         exchanges->reply.status, exchanges->reply.reason);
	}
}

static const struct sd_exchange *ask(enum sd_request_kind kind, const void *data, size_t length)
{
	struct sd_exchange *exchange = &client.exchange;

	memset(exchange, 0, sizeof(*exchange));
	exchange->request.kind = kind;
	exchange->request.key = (struct sd_bytes){"key", 3};
	exchange->request.data = (struct sd_bytes){data, length};
	exchange->request.connection = holder;
	if (kind == SD_GET) {
		counting_restart(&client.sink.sink);
		exchange->request.sink = &client.sink.sink;
	}
	set_deadlines(exchange);
	perform(exchange);
	client.has_failed |= exchange->reply.status != SD_OK;
	return exchange;
}

/* The entry is there: it is found, or nothing is known about it. */
static enum sd_status get(void)
{
	enum sd_status status = ask(SD_GET, NULL, 0)->reply.status;

	take_room(&client.sink);
	if (status == SD_OK) {
		assert_int_equal(client.sink.length, 5);
		assert_memory_equal(client.sink.first, "right", 5);
	} else {
		assert_true(sd_status_is_failure(status));
		assert_string_not_equal(client.exchange.reply.reason, "");
	}
	return status;
}

static void set(size_t length)
{
	enum sd_status status = ask(SD_SET, long_value, length)->reply.status;

	assert_true(status == SD_OK || sd_status_is_failure(status));
}

/* Returns the connection that holds it. */
static uint64_t lock(void)
{
	enum sd_status status = ask(SD_LOCK, NULL, 0)->reply.status;

	assert_true(status == SD_OK || sd_status_is_failure(status));
	return client.exchange.reply.connection;
}

static enum sd_status unlock(uint64_t connection)
{
	holder = connection;
	return ask(SD_UNLOCK, NULL, 0)->reply.status;
}

/* }}} */

/* {{{ what is done while calls fail */

struct scenario {
	const char *host;
	struct fake_server server;
	int64_t busy_poll_us;
	size_t long_value; /* bytes */
};

static const struct scenario scenarios[] = {
	{.host = "127.0.0.1", .server = {.connect_us = 3000}, .long_value = LONG_VALUE},
	{.host = "127.0.0.1", .busy_poll_us = 50, .long_value = LONG_VALUE},
	{.host = "unix:/s", .server = {.drip_us = 700}, .long_value = LONG_VALUE},
	{.host = NAMED, .server = {.looked_up_after = 2, .connect_us = 1}, .long_value = 10},
	{.host = "127.0.0.1", .server = {.sends_at_most = 7, .receives_at_most = 5}, .long_value = 10},
	{.host = "127.0.0.1",
     .server = {.sends_at_most = 4000, .drip_us = 300},
     .busy_poll_us = 50,
     .long_value = LONG_VALUE},
	{.host = "127.0.0.1", .server = {.is_classic = true}, .long_value = LONG_VALUE},
	{.host = NAMED,
     .server = {.is_classic = true, .connect_us = 2000, .sends_at_most = 60, .receives_at_most = 2},
     .long_value = 100},
};

static void begin_scenario(const struct scenario *scenario)
{
	fake_system_reset();
	fake_server = scenario->server;
}

/* A new connection, a kept one, a value that does not fit the buffer, a lock, and a connection that
 * the server has closed meanwhile. */
static void run_scenario(const struct scenario *scenario)
{
	open_client(scenario->host, scenario->busy_poll_us);
	(void)get();
	(void)get();
	set(scenario->long_value);
	if (!scenario->server.is_classic) {
		(void)lock();
	}
	fake_system_close_all();
	(void)get();
}

/* }}} */

/* {{{ each call, each error */

struct call_errors {
	enum fake_call call;
	const int *errors; /* to a 0 */
};

#define ERRORS(...) ((const int[]){__VA_ARGS__, 0})

static const struct call_errors all_errors[] = {
	{FAKE_SOCKET,
     ERRORS(EACCES, EAFNOSUPPORT, EINVAL, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPROTONOSUPPORT)},
	{FAKE_SET_OPTION, ERRORS(EBADF, EDOM, EFAULT, EINVAL, EISCONN, ENOBUFS, ENOMEM, ENOPROTOOPT,
                             ENOTSOCK, EOPNOTSUPP)},
	{FAKE_SET_BLOCKING, ERRORS(EACCES, EAGAIN, EBADF, EINTR, EINVAL, EPERM)},
	{FAKE_CONNECT, ERRORS(EACCES, EPERM, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY,
                          EBADF, ECONNREFUSED, EFAULT, EINPROGRESS, EINTR, EISCONN, ENETUNREACH,
                          ENOENT, ENOTDIR, ENOTSOCK, EPROTOTYPE, ETIMEDOUT)},
	{FAKE_CONNECT_ERROR, ERRORS(EBADF, ECONNREFUSED, ECONNRESET, EFAULT, EHOSTUNREACH, EINVAL,
                                ENETUNREACH, ENOPROTOOPT, ENOTSOCK, ETIMEDOUT)},
	{FAKE_SEND, ERRORS(EACCES, EAGAIN, EALREADY, EBADF, ECONNRESET, EDESTADDRREQ, EFAULT, EINTR,
                       EINVAL, EISCONN, EMSGSIZE, ENETDOWN, ENOBUFS, ENOMEM, ENOTCONN, ENOTSOCK,
                       EOPNOTSUPP, EPIPE, ETIMEDOUT)},
	{FAKE_RECEIVE, ERRORS(EAGAIN, EBADF, ECONNREFUSED, ECONNRESET, EFAULT, EINTR, EINVAL, EIO,
                          ENOMEM, ENOTCONN, ENOTSOCK, ETIMEDOUT)},
	{FAKE_PEEK, ERRORS(EAGAIN, EBADF, ECONNREFUSED, ECONNRESET, EFAULT, EINTR, EINVAL, ENOMEM,
                       ENOTCONN, ENOTSOCK, ETIMEDOUT)},
	{FAKE_AWAIT, ERRORS(EAGAIN, EBADF, ECONNREFUSED, ECONNRESET, EFAULT, EINTR, EINVAL, ENOMEM,
                        ENOTCONN, ENOTSOCK, ETIMEDOUT)},
	{FAKE_POLL, ERRORS(EFAULT, EINTR, EINVAL, ENOMEM)},
	{FAKE_GETENTROPY, ERRORS(EFAULT, EIO, ENOSYS)},
	{FAKE_MAP, ERRORS(EAGAIN, EINVAL, ENFILE, ENODEV, ENOMEM, EPERM)},
	{FAKE_GETADDRINFO, ERRORS(EAI_AGAIN, EAI_BADFLAGS, EAI_FAIL, EAI_FAMILY, EAI_MEMORY, EAI_NONAME,
                              EAI_SERVICE, EAI_SOCKTYPE, EAI_SYSTEM)},
	{FAKE_LOOKUP_BEGIN, ERRORS(EAGAIN, EINVAL, ENOMEM, EPERM)},
	{FAKE_LOOKUP_POLL, ERRORS(EAI_AGAIN, EAI_FAIL, EAI_MEMORY, EAI_NONAME, EAI_SYSTEM)},
};

static const char *describe(const struct scenario *scenario, enum fake_call call, unsigned number,
                            int error, bool lasting)
{
	static char text[128];

	(void)snprintf(text, sizeof(text), "scenario %zu, call %d, number %u, error %d%s",
	               (size_t)(scenario - scenarios), call, number, error,
	               lasting ? ", from then on" : "");
	return text;
}

/* False: the scenario has no such call. */
static bool run_with_fault(const struct scenario *scenario, enum fake_call call, unsigned number,
                           int error, bool lasting)
{
	bool has_failed;
	unsigned calls;

	begin_scenario(scenario);
	fake_system_fail(call, number, error, lasting);
	run_scenario(scenario);
	has_failed = fake_system_has_failed();
	if (error == EINTR || (error == EAGAIN && !lasting && call != FAKE_LOOKUP_BEGIN)) {
		assert_false(client.has_failed); /* it is no failure */
	}
	calls = fake_system_calls(FAKE_CALLS);
	fake_system_heal();
	if (get() != SD_OK) {
		fail_msg("after %s: %s", describe(scenario, call, number, error, lasting),
		         client.exchange.reply.reason);
	}
	close_client();
	if (calls > 5 * CALLS_MAX) {
		fail_msg("%u calls at %s", calls, describe(scenario, call, number, error, lasting));
	}
	return has_failed;
}

static void whatever_call_fails_an_operation_ends_in_time_and_the_next_one_works(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
		for (size_t j = 0; j < COUNT_OF(all_errors); j++) {
			for (const int *error = all_errors[j].errors; *error != 0; error++) {
				unsigned number = 0;

				while (run_with_fault(&scenarios[i], all_errors[j].call, number, *error, false)) {
					(void)run_with_fault(&scenarios[i], all_errors[j].call, number, *error, true);
					number++;
				}
			}
		}
	}
}

static void where_no_call_fails_all_is_done(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
		begin_scenario(&scenarios[i]);
		run_scenario(&scenarios[i]);
		assert_false(client.has_failed);
		close_client();
	}
}

/* }}} */

/* {{{ sockets in odd states */

/* A get from a server that behaves so. It lasts to the deadline, and does not use up the processor.
 */
static const struct sd_exchange *get_in_vain(const char *host, struct fake_server server,
                                             enum sd_status status)
{
	int64_t limit_ms = status == SD_UNREACHABLE ? CONNECT_MS : TIMEOUT_MS;
	int64_t began_us;

	fake_system_reset();
	fake_server = server;
	open_client(host, 0);
	began_us = fake_system_now_us();
	assert_int_equal(get(), status);
	assert_true(client.exchange.timed_out);
	assert_in_range(fake_system_now_us() - began_us, limit_ms * 1000 - SLACK_US,
	                limit_ms * 1000 + SLACK_US);
	close_client();
	return &client.exchange;
}

static void a_queue_that_is_full_is_tried_again_until_it_has_room(void **state)
{
	int64_t began_us;

	(void)state;
	fake_system_reset();
	began_us = fake_system_now_us();
	fake_server.full_until_us = began_us + 300000;
	open_client("unix:/s", 0);
	assert_int_equal(get(), SD_OK);
	assert_in_range(fake_system_now_us() - began_us, 300000, 320000);
	assert_true(fake_system_calls(FAKE_CALLS) < 200);
	close_client();
}

static void a_queue_that_stays_full_fails_at_the_connect_timeout(void **state)
{
	const struct sd_exchange *exchange =
		get_in_vain("unix:/s", (struct fake_server){.full_until_us = INT64_MAX}, SD_UNREACHABLE);

	(void)state;
	assert_non_null(strstr(exchange->reply.reason, "its queue of connections was full"));
	assert_true(fake_system_calls(FAKE_CALLS) < 500);
}

static void a_classic_queue_that_is_full_is_tried_again(void **state)
{
	(void)state;
	fake_system_reset();
	fake_server.is_classic = true;
	open_client("unix:/s", 0);
	client.options.retry_interval_ms = 60000; /* it is classic for so long */
	assert_int_equal(get(), SD_OK);
	fake_server.full_until_us = fake_system_now_us() + 100000;
	assert_int_equal(get(), SD_OK);
	fake_server.full_until_us = INT64_MAX;
	assert_int_equal(get(), SD_UNREACHABLE);
	close_client();
}

static void a_name_that_is_never_looked_up_fails_at_the_connect_timeout(void **state)
{
	int64_t began_us;

	(void)state;
	fake_system_reset();
	fake_server.looked_up_after = 300; /* a poll each 5 ms: after the timeout */
	open_client(NAMED, 0);
	began_us = fake_system_now_us();
	assert_int_equal(get(), SD_UNREACHABLE);
	assert_true(client.exchange.timed_out);
	assert_in_range(fake_system_now_us() - began_us, CONNECT_MS * 1000 - SLACK_US,
	                CONNECT_MS * 1000 + SLACK_US);
	fake_server.looked_up_after = 0;
	assert_int_equal(get(), SD_OK);
	close_client();
}

static void a_socket_that_is_ready_in_vain_does_not_use_up_the_processor(void **state)
{
	(void)state;
	(void)get_in_vain(
		"127.0.0.1", (struct fake_server){.is_silent = true, .is_ready_in_vain = true}, SD_TIMEOUT);
	assert_true(fake_system_calls(FAKE_CALLS) < CALLS_MAX);
	(void)get_in_vain("127.0.0.1",
	                  (struct fake_server){.connect_us = INT32_MAX, .is_ready_in_vain = true},
	                  SD_UNREACHABLE);
	assert_true(fake_system_calls(FAKE_CALLS) < CALLS_MAX);
}

/* It is looked at from time to time. */
static void a_socket_that_was_ready_in_vain_is_found_ready_later(void **state)
{
	int64_t began_us;

	(void)state;
	fake_system_reset();
	fake_server = (struct fake_server){.connect_us = 300000, .is_ready_in_vain = true};
	open_client("127.0.0.1", 0);
	began_us = fake_system_now_us();
	assert_int_equal(get(), SD_OK);
	assert_in_range(fake_system_now_us() - began_us, 300000, 330000);
	close_client();
}

static void where_the_system_cannot_wait_sockets_are_tried_from_time_to_time(void **state)
{
	(void)state;
	fake_system_reset();
	fake_server.connect_us = 300000;
	fake_system_fail(FAKE_POLL, 0, EINVAL, true);
	open_client("127.0.0.1", 0);
	assert_int_equal(get(), SD_OK);
	assert_true(fake_system_calls(FAKE_CALLS) < 500);
	close_client();
}

static void a_kept_connection_that_is_in_error_is_replaced(void **state)
{
	(void)state;
	fake_system_reset();
	fake_system_fail(FAKE_PEEK, 0, ECONNRESET, false);
	open_client("127.0.0.1", 0);
	assert_int_equal(get(), SD_OK);
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	close_client();
}

static void a_receive_that_does_not_block_does_not_use_up_the_processor(void **state)
{
	(void)state;
	fake_system_reset();
	fake_server.never_blocks = true;
	open_client("127.0.0.1", 0);
	assert_int_equal(get(), SD_OK);
	fake_server.is_silent = true;
	assert_int_equal(get(), SD_TIMEOUT);
	assert_true(fake_system_calls(FAKE_CALLS) < CALLS_MAX);
	close_client();
}

static void an_answer_that_drips_ends_at_the_deadline(void **state)
{
	static const int64_t drips_us[] = {1000, 30000, 49000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(drips_us); i++) {
		struct fake_server server = {.is_endless = true, .drip_us = drips_us[i]};

		(void)get_in_vain("127.0.0.1", server, SD_TIMEOUT);
		server.is_classic = true;
		(void)get_in_vain("127.0.0.1", server, SD_TIMEOUT);
	}
}

/* There is always something to receive. */
static void an_answer_without_an_end_ends_at_the_deadline(void **state)
{
	struct fake_server server = {.is_endless = true, .receives_at_most = 3, .call_us = 40};

	(void)state;
	for (int i = 0; i < 2; i++) {
		server.is_classic = false;
		(void)get_in_vain("127.0.0.1", server, SD_TIMEOUT);
		server.is_classic = true;
		(void)get_in_vain("127.0.0.1", server, SD_TIMEOUT);
		server.receives_at_most = 2000; /* less in all than a value may have */
		server.call_us = 150;
	}
}

/* There is always room for a byte more. SD_RAW is classic without a greeting. */
static void a_request_that_goes_out_byte_by_byte_ends_at_the_deadline(void **state)
{
	static const enum sd_request_kind kinds[] = {SD_SET, SD_RAW};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		fake_system_reset();
		fake_server = (struct fake_server){.sends_at_most = 1, .call_us = 110};
		open_client("127.0.0.1", 0);
		assert_int_equal(ask(kinds[i], long_value, LONG_VALUE)->reply.status, SD_TIMEOUT);
		close_client();
	}
}

/* More classic requests than can be in progress at the same time: those that get no turn are not
 * even connected. */
static void requests_that_wait_for_their_turn_end_at_the_deadline(void **state)
{
	static struct sd_exchange exchanges[500];

	(void)state;
	fake_system_reset();
	fake_server.is_classic = true;
	open_client("127.0.0.1", 0);
	client.options.retry_interval_ms = 60000;
	assert_int_equal(get(), SD_OK);
	fake_server.is_silent = true;
	memset(exchanges, 0, sizeof(exchanges));
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		exchanges[i].request.kind = SD_DELETE;
		exchanges[i].request.key = (struct sd_bytes){"key", 3};
		set_deadlines(&exchanges[i]);
		exchanges[i].next = i + 1 < COUNT_OF(exchanges) ? &exchanges[i + 1] : NULL;
	}
	perform(exchanges);
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		assert_int_equal(exchanges[i].reply.status, SD_TIMEOUT);
	}
	/* two greetings and a proof between them, and the get */
	assert_in_range(fake_system_calls(FAKE_CONNECT), 1, 3 + 1 + SD_PLATFORM_WAIT_MAX);
	close_client();
}

/* }}} */

/* {{{ idle connections */

#define MAX_IDLE_MS 60000

static void open_idle_client(void)
{
	fake_system_reset();
	open_client("127.0.0.1", 0);
	client.options.max_idle_ms = MAX_IDLE_MS;
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
}

static void a_connection_that_was_idle_for_too_long_is_replaced(void **state)
{
	(void)state;
	open_idle_client();
	fake_system_pass_ms(MAX_IDLE_MS - 100);
	assert_int_equal(get(), SD_OK);
	fake_system_pass_ms(MAX_IDLE_MS - 100); /* since then */
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	fake_system_pass_ms(MAX_IDLE_MS + 100);
	fake_system_forget_all();
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	assert_int_equal(fake_system_open(), 1);
	close_client();
}

static void without_a_longest_idle_time_no_connection_is_replaced(void **state)
{
	(void)state;
	open_idle_client();
	client.options.max_idle_ms = 0;
	fake_system_pass_ms(100 * MAX_IDLE_MS);
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	close_client();
}

static void a_connection_that_holds_a_lock_is_not_replaced(void **state)
{
	uint64_t connection;

	(void)state;
	open_idle_client();
	connection = lock();
	fake_system_pass_ms(MAX_IDLE_MS + 100);
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	assert_int_equal(unlock(connection), SD_OK);
	fake_system_pass_ms(MAX_IDLE_MS + 100);
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	(void)lock();
	sd_network_close(client.network); /* and the lock with it */
	assert_int_equal(get(), SD_OK);
	fake_system_pass_ms(MAX_IDLE_MS + 100);
	assert_int_equal(get(), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 4);
	close_client();
}

static void a_kept_connection_has_keepalive(void **state)
{
	(void)state;
	open_idle_client();
	assert_int_equal(fake_system_option(SD_KEEPALIVE_S), 30);
	assert_int_equal(fake_system_option(SD_USER_TIMEOUT_MS), 30000);
	assert_int_equal(fake_system_option(SD_NO_DELAY), 1);
	close_client();
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_no_call_fails_all_is_done),
		cmocka_unit_test(whatever_call_fails_an_operation_ends_in_time_and_the_next_one_works),
		cmocka_unit_test(a_queue_that_is_full_is_tried_again_until_it_has_room),
		cmocka_unit_test(a_queue_that_stays_full_fails_at_the_connect_timeout),
		cmocka_unit_test(a_classic_queue_that_is_full_is_tried_again),
		cmocka_unit_test(a_name_that_is_never_looked_up_fails_at_the_connect_timeout),
		cmocka_unit_test(a_socket_that_is_ready_in_vain_does_not_use_up_the_processor),
		cmocka_unit_test(a_socket_that_was_ready_in_vain_is_found_ready_later),
		cmocka_unit_test(where_the_system_cannot_wait_sockets_are_tried_from_time_to_time),
		cmocka_unit_test(a_kept_connection_that_is_in_error_is_replaced),
		cmocka_unit_test(a_receive_that_does_not_block_does_not_use_up_the_processor),
		cmocka_unit_test(an_answer_that_drips_ends_at_the_deadline),
		cmocka_unit_test(an_answer_without_an_end_ends_at_the_deadline),
		cmocka_unit_test(a_request_that_goes_out_byte_by_byte_ends_at_the_deadline),
		cmocka_unit_test(requests_that_wait_for_their_turn_end_at_the_deadline),
		cmocka_unit_test(a_connection_that_was_idle_for_too_long_is_replaced),
		cmocka_unit_test(without_a_longest_idle_time_no_connection_is_replaced),
		cmocka_unit_test(a_connection_that_holds_a_lock_is_not_replaced),
		cmocka_unit_test(a_kept_connection_has_keepalive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
