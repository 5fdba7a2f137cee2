/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What marks a server dead and what never does, through the network, on a system that fails as the
 * test says (fake_system.c).
 */

#include "tests/unit/unit.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "client/net/network.h"
#include "client/net/platform.h"
#include "client/net/wait.h"
#include "client/policy/operation.h"
#include "tests/unit/client/discarding_sink.h"
#include "tests/unit/client/fake_peer.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"
#include "wire/classic.h"

#define CONNECT_MS 1000
#define TIMEOUT_MS 2000
#define INTERVAL_MS 5000
#define SLACK_MS 10

/* A worker of the machine: its own network, and the marks of all. */
struct worker {
	struct sd_options options;
	struct sd_network *network;
	struct sd_server server;
	struct sd_exchange exchange; /* the last one */
	struct kept kept;
};

static struct sd_dead_marks *marks;
static struct worker worker;
static struct worker other;

static void ignore(const char *line)
{
	(void)line;
}

static void open_worker(struct worker *opened, const char *host)
{
	struct sd_error error;
	enum sd_server_part part;

	memset(opened, 0, sizeof(*opened));
	opened->options = (struct sd_options){.connect_timeout_ms = CONNECT_MS,
	                                      .timeout_ms = TIMEOUT_MS,
	                                      .retry_interval_ms = INTERVAL_MS,
	                                      .marking = {CONNECT_MS, TIMEOUT_MS, INTERVAL_MS}};
	opened->kept.sink = kept_sink;
	opened->network = sd_network_new(&opened->options, marks, ignore);
	assert_non_null(opened->network);
	assert_int_equal(
		sd_server_init(&opened->server, host, strlen(host), 1042, 60, 1, &part, &error), SD_OK);
}

static void open_all(const char *host)
{
	fake_system_reset();
	fake_server = (struct fake_server){0};
	marks = sd_dead_marks_new();
	assert_non_null(marks);
	open_worker(&worker, host);
	open_worker(&other, host);
}

static void close_all(void)
{
	sd_network_free(worker.network);
	sd_network_free(other.network);
	sd_dead_marks_free(marks);
	assert_int_equal(fake_system_open(), 0);
}

/* Performs a request of `by`, with its options' limits; `limit_ms` is the request's own. */
static enum sd_status ask(struct worker *by, struct sd_request request, int64_t limit_ms)
{
	struct sd_policy policy = {.transport = sd_network_transport(by->network),
	                           .options = &by->options};

	memset(&by->exchange, 0, sizeof(by->exchange));
	by->exchange.server = &by->server;
	by->exchange.request = request;
	by->exchange.request.key = (struct sd_bytes){"key", 3};
	by->exchange.request.limit_ms = limit_ms;
	sd_operation_perform_one(&policy, &by->exchange);
	return by->exchange.reply.status;
}

static enum sd_status get(struct worker *by)
{
	kept_restart(&by->kept.sink);
	return ask(by, (struct sd_request){.kind = SD_GET, .sink = &by->kept.sink}, 0);
}

/* The table has no room for another server of this user. */
static void fill_marks(void)
{
	struct sd_server server = {.host = "many.example"};
	struct sd_mark mark;

	do {
		server.port++;
	} while (sd_dead_marks_find(marks, &server, sd_platform_user(), sd_platform_now_ms(), &mark));
}

static enum sd_dead_marks_state state_now(void)
{
	struct sd_server_info info = {0};

	assert_true(sd_network_info(worker.network, &worker.server, &info));
	return info.marks.state;
}

static bool is_marked(void)
{
	return state_now() >= SD_REFUSING;
}

/* {{{ what marks */

static void a_refusal_marks(void **state)
{
	static const int errors[] = {ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENOENT, ECONNRESET};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		open_all("127.0.0.1");
		fake_system_fail(FAKE_CONNECT, 0, errors[i], true);
		assert_int_equal(get(&worker), SD_UNREACHABLE);
		assert_int_equal(state_now(), SD_REFUSING);
		assert_int_equal(get(&other), SD_DEAD);
		fake_system_heal();
		close_all();
	}
}

static void a_want_of_this_machine_never_marks(void **state)
{
	static const int errors[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EACCES};
	static const enum fake_call calls[] = {FAKE_SOCKET, FAKE_CONNECT, FAKE_CONNECT_ERROR};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		for (size_t j = 0; j < 2 * sizeof(calls) / sizeof(calls[0]); j++) {
			open_all(j % 2 ? "a.example" : "127.0.0.1");
			fake_server.connect_us = 10; /* so that SO_ERROR is asked for */
			fake_system_fail(calls[j / 2], 0, errors[i], true);
			assert_int_equal(get(&worker), SD_UNREACHABLE);
			assert_false(is_marked());
			assert_true(fake_system_has_failed());
			fake_system_heal();
			assert_int_equal(get(&other), SD_OK);
			close_all();
		}
	}
}

/* EAGAIN is a full queue of the server's unix socket; of TCP, a full table of this machine. */
static void a_full_queue_marks_and_a_full_table_of_this_machine_does_not(void **state)
{
	(void)state;
	for (int is_tcp = 0; is_tcp < 2; is_tcp++) {
		open_all(is_tcp ? "127.0.0.1" : "unix:/s");
		fake_system_fail(FAKE_CONNECT, 0, EAGAIN, true);
		assert_int_equal(get(&worker), SD_UNREACHABLE);
		assert_int_equal(is_marked(), !is_tcp);
		fake_system_heal();
		close_all();
	}
}

static void a_name_marks_if_it_is_unknown_but_not_for_want_of_a_thread(void **state)
{
	(void)state;
	open_all("a.example");
	fake_system_fail(FAKE_LOOKUP_POLL, 0, EAI_FAIL, true);
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_int_equal(state_now(), SD_SILENT);
	fake_system_heal();
	close_all();
	open_all("a.example");
	fake_system_fail(FAKE_LOOKUP_BEGIN, 0, EAGAIN, true);
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_false(is_marked());
	fake_system_heal();
	close_all();
}

static void a_new_connection_that_is_not_up_in_time_marks(void **state)
{
	(void)state;
	open_all("127.0.0.1");
	fake_server.connect_us = 60000000;
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_int_equal(state_now(), SD_SILENT);
	close_all();
	open_all("127.0.0.1");
	fake_system_fail(FAKE_CONNECT, 0, ETIMEDOUT, true);
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_int_equal(state_now(), SD_SILENT);
	fake_system_heal();
	close_all();
}

static void a_new_connection_without_a_byte_marks(void **state)
{
	(void)state;
	open_all("127.0.0.1");
	fake_server.is_silent = true;
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_int_equal(state_now(), SD_SILENT);
	assert_int_equal(get(&other), SD_DEAD);
	close_all();
}

/* What a script sets: shorter timeouts, and a server with one. */
static void shorter_limits_than_the_configured_ones_never_mark(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		open_all("127.0.0.1");
		fake_server.is_silent = i < 3;
		fake_server.connect_us = i == 3 ? 60000000 : 0;
		worker.options.timeout_ms -= i == 0;
		worker.server.timeout_ms = i == 1 ? TIMEOUT_MS - 1 : 60000;
		worker.options.connect_timeout_ms -= i >= 2;
		assert_true(sd_status_is_failure(get(&worker)));
		assert_false(is_marked());
		assert_true(sd_status_is_failure(get(&other)));
		assert_int_equal(state_now(), SD_SILENT);
		close_all();
	}
}

static void a_refusal_marks_whatever_the_limits(void **state)
{
	(void)state;
	open_all("127.0.0.1");
	worker.options.timeout_ms = 1;
	fake_system_fail(FAKE_CONNECT, 0, ECONNREFUSED, true);
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_int_equal(state_now(), SD_REFUSING);
	fake_system_heal();
	close_all();
}

static void longer_limits_mark_and_no_script_makes_a_mark_last_longer(void **state)
{
	(void)state;
	open_all("127.0.0.1");
	worker.options.timeout_ms *= 2;
	worker.options.retry_interval_ms = 1000 * INTERVAL_MS;
	fake_server.is_silent = true;
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_int_equal(state_now(), SD_SILENT);
	fake_server.is_silent = false;
	fake_system_pass_ms(INTERVAL_MS + INTERVAL_MS / 5 + 1);
	assert_int_equal(get(&other), SD_OK);
	close_all();
}

static void half_of_the_time_marks_and_less_than_a_quarter_does_not(void **state)
{
	const struct sd_request exists = {.kind = SD_EXISTS};

	(void)state;
	open_all("127.0.0.1");
	fake_server.is_silent = true;
	assert_int_equal(ask(&worker, exists, TIMEOUT_MS / 4 - 1), SD_TIMEOUT);
	assert_false(is_marked());
	assert_int_equal(ask(&worker, exists, TIMEOUT_MS / 2), SD_TIMEOUT);
	assert_true(is_marked());
	close_all();
	open_all("127.0.0.1");
	fake_server.is_silent = true;
	fake_server.call_us = 1500; /* a quarter counts, though it begins a little late */
	assert_int_equal(ask(&worker, exists, TIMEOUT_MS / 4), SD_TIMEOUT);
	assert_true(is_marked());
	close_all();
}

static void a_value_that_is_still_coming_never_marks(void **state)
{
	(void)state;
	open_all("127.0.0.1");
	fake_server.drip_us = 300000;
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_false(is_marked());
	close_all();
}

/* }}} */

/* {{{ kept connections */

/* Both workers have a kept connection that a firewall forgets. */
/* On memcached another program may have stored it: its other keys are served. Nothing of it is
 * taken, and the next request is on a new connection. */
static void a_value_that_is_too_long_is_refused_and_never_marks(void **state)
{
	static const uint64_t lengths[] = {SD_CLASSIC_REQUEST_MAX + 1, 2000000000, 4294967301};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		open_all("127.0.0.1");
		fake_server.announces = lengths[i];
		assert_int_equal(get(&worker), SD_BAD_ANSWER);
		assert_int_equal(kept_length(&worker.kept), 0);
		assert_int_equal(fake_system_open(), 0);
		assert_false(is_marked());
		fake_server.announces = 0;
		assert_int_equal(get(&worker), SD_OK);
		close_all();
	}
	open_all("127.0.0.1");
	fake_server.announces = SD_CLASSIC_REQUEST_MAX;
	assert_int_equal(get(&worker), SD_TIMEOUT); /* its rest does not come */
	assert_string_equal(worker.kept.bytes, "right\r\n");
	close_all();
}

/* A classic server does not announce a length. */
static void a_classic_answer_that_becomes_too_long_is_refused_and_never_marks(void **state)
{
	(void)state;
	open_all("127.0.0.1");
	worker.server.protocol = SD_PROTOCOL_CLASSIC;
	worker.kept.sink.kind = &discarding_kind;
	discarded = 0;
	fake_server.is_classic = fake_server.is_endless = true;
	assert_int_equal(get(&worker), SD_BAD_ANSWER);
	assert_in_range(discarded, SD_CLASSIC_REQUEST_MAX / DISCARDED,
	                SD_CLASSIC_REQUEST_MAX / DISCARDED + 1);
	assert_int_equal(fake_system_open(), 0);
	assert_false(is_marked());
	close_all();
}

static void open_forgotten(void)
{
	open_all("127.0.0.1");
	assert_int_equal(get(&worker), SD_OK);
	assert_int_equal(get(&other), SD_OK);
	fake_system_forget_all();
}

static void silence_on_a_kept_connection_has_the_request_repeated_in_time(void **state)
{
	static const struct sd_request requests[] = {
		{.kind = SD_EXISTS},
		{.kind = SD_TOUCH, .ttl = 60},
		{.kind = SD_SET, .condition = SD_IF_NEWER, .version = 7, .data = {"x", 1}},
		{.kind = SD_DELETE, .condition = SD_IF_NEWER, .version = 7},
		{.kind = SD_LOCK, .ttl = 30},
		{.kind = SD_LOCK, .ttl = 30, .wait_ms = 10000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int64_t began_us;

		open_forgotten();
		began_us = fake_system_now_us();
		assert_int_equal(ask(&worker, requests[i], 0), SD_OK);
		assert_in_range(fake_system_now_us() - began_us, (TIMEOUT_MS / 2 - 1) * 1000,
		                (TIMEOUT_MS / 2 + SLACK_MS) * 1000);
		assert_false(is_marked());
		close_all();
	}
}

/* It is not silent: its rest comes in the other half of the time. */
static void an_answer_that_is_coming_on_a_kept_connection_has_the_whole_time(void **state)
{
	int64_t began_us;

	(void)state;
	open_all("127.0.0.1");
	assert_int_equal(get(&worker), SD_OK);
	fake_server.drip_us = 50000;
	began_us = fake_system_now_us();
	assert_int_equal(get(&worker), SD_OK);
	assert_string_equal(worker.kept.bytes, "right");
	assert_in_range(fake_system_now_us() - began_us, TIMEOUT_MS / 2 * 1000, TIMEOUT_MS * 1000);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	assert_false(is_marked());
	close_all();
}

static void what_may_not_be_repeated_fails_without_a_mark(void **state)
{
	static const struct sd_request requests[] = {
		{.kind = SD_SET, .data = {"x", 1}},
		{.kind = SD_DELETE},
		{.kind = SD_SET, .condition = SD_IF_ABSENT, .version = 7, .data = {"x", 1}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int64_t began_us;

		open_forgotten();
		began_us = fake_system_now_us();
		assert_int_equal(ask(&worker, requests[i], 0), SD_TIMEOUT);
		assert_in_range(fake_system_now_us() - began_us, TIMEOUT_MS * 1000 - SLACK_MS * 1000,
		                (TIMEOUT_MS + SLACK_MS) * 1000);
		assert_false(is_marked());
		assert_int_equal(ask(&worker, requests[i], 0), SD_OK); /* on a new connection */
		close_all();
	}
}

/* Requests that may not be performed twice. */
static const struct sd_request once[] = {
	{.kind = SD_ARITHMETIC, .delta = 1},
	{.kind = SD_SET, .condition = SD_IF_ABSENT, .data = {"x", 1}},
	{.kind = SD_SET, .condition = SD_IF_PRESENT, .data = {"x", 1}},
	{.kind = SD_SET, .condition = SD_IF_VERSION, .seen = 7, .data = {"x", 1}},
	{.kind = SD_DELETE, .condition = SD_IF_VERSION, .seen = 7},
};

/* How often the server has heard it, after the get that the connection was kept for. */
static unsigned times_heard(void)
{
	unsigned lines = 0;

	for (const char *at = fake_peer_heard; (at = strchr(at, '\n')) != NULL; at++) {
		lines++;
	}
	return lines - 1;
}

static enum sd_status ask_once(size_t i)
{
	struct sd_request request = once[i];

	kept_restart(&worker.kept.sink);
	request.sink = &worker.kept.sink;
	return ask(&worker, request, 0);
}

static void open_kept(void)
{
	open_all("127.0.0.1");
	fake_peer_heard[0] = '\0';
	assert_int_equal(get(&worker), SD_OK);
}

/* Its end is found before the request is sent, or comes between that look and the request. */
static void a_kept_connection_that_ended_before_the_request_was_sent_costs_no_failure(void **state)
{
	static const struct {
		enum fake_call call;
		int error; /* 0: the server has closed */
	} ends[] = {
		{FAKE_PEEK, 0}, {FAKE_PEEK, ECONNRESET}, {FAKE_SEND, EPIPE}, {FAKE_SEND, ECONNRESET}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ends) * COUNT_OF(once); i++) {
		enum fake_call call = ends[i / COUNT_OF(once)].call;
		int error = ends[i / COUNT_OF(once)].error;

		open_kept();
		if (error == 0) {
			fake_system_close_all();
		} else {
			fake_system_fail(call, fake_system_calls(call), error, false);
		}
		assert_int_equal(ask_once(i % COUNT_OF(once)), SD_OK);
		assert_false(worker.exchange.repeated);
		assert_int_equal(times_heard(), 1);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
		assert_false(is_marked());
		close_all();
	}
}

static void break_while_sending(void)
{
	fake_server.sends_at_most = 1;
	fake_system_fail(FAKE_SEND, fake_system_calls(FAKE_SEND) + 1, ECONNRESET, false);
}

static void what_is_repeated_after_a_part_of_it_was_sent_may_have_been_done_before(void **state)
{
	static const struct sd_request repeatable = {
		.kind = SD_DELETE, .version = 1, .condition = SD_IF_NEWER};

	(void)state;
	open_kept();
	break_while_sending();
	assert_int_equal(ask(&worker, repeatable, 0), SD_OK);
	assert_true(worker.exchange.repeated);
	assert_int_equal(times_heard(), 1);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	close_all();
}

static void what_was_sent_in_part_and_may_not_be_repeated_fails_without_a_mark(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(once); i++) {
		open_kept();
		break_while_sending();
		assert_int_equal(ask_once(i), SD_CLOSED);
		assert_int_equal(times_heard(), 0);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
		assert_false(is_marked());
		close_all();
	}
}

static void only_if_the_new_connection_fails_too_is_the_server_marked(void **state)
{
	int64_t began_us;

	(void)state;
	open_forgotten();
	fake_server.connect_us = 60000000;
	began_us = fake_system_now_us();
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_in_range(fake_system_now_us() - began_us, 0, (TIMEOUT_MS + SLACK_MS) * 1000);
	assert_int_equal(state_now(), SD_SILENT);
	assert_int_equal(get(&other), SD_DEAD); /* it costs one timeout for all */
	close_all();
}

static void a_connection_that_holds_a_lock_is_not_given_up_for_silence(void **state)
{
	(void)state;
	open_all("127.0.0.1");
	assert_int_equal(ask(&worker, (struct sd_request){.kind = SD_LOCK, .ttl = 30}, 0), SD_OK);
	fake_system_forget_all();
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	assert_false(is_marked());
	close_all();
}

/* The lock is given back on it, and what was silent once is judged anew. */
static void a_connection_that_was_silent_once_is_replaced_when_it_is_silent_again(void **state)
{
	struct sd_request lock = {.kind = SD_LOCK, .ttl = 30};
	int64_t began_us;

	(void)state;
	open_all("127.0.0.1");
	assert_int_equal(ask(&worker, lock, 0), SD_OK);
	lock.connection = worker.exchange.reply.connection;
	fake_server.stops_after = 1;
	fake_server.stops_us = (TIMEOUT_MS / 2 + 100) * 1000;
	assert_int_equal(get(&worker), SD_OK);
	fake_server.stops_after = 0;
	lock.kind = SD_UNLOCK;
	assert_int_equal(ask(&worker, lock, 0), SD_OK);
	fake_system_forget_all();
	began_us = fake_system_now_us();
	assert_int_equal(get(&worker), SD_OK);
	assert_in_range(fake_system_now_us() - began_us, (TIMEOUT_MS / 2 - 1) * 1000,
	                (TIMEOUT_MS / 2 + SLACK_MS) * 1000);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	assert_false(is_marked());
	close_all();
}

/* }}} */

/* {{{ attempts that begin late */

/* A set on a kept connection that is closed so late, and then has a new one. */
static enum sd_status set_closed_after(int64_t ms)
{
	const struct sd_request set = {
		.kind = SD_SET, .condition = SD_IF_NEWER, .version = 7, .data = {"value", 5}};

	open_all("127.0.0.1");
	assert_int_equal(ask(&worker, set, 0), SD_OK);
	fake_server.connect_us = 50000;
	fake_server.closes_at_us = fake_server.silent_until_us = fake_system_now_us() + ms * 1000;
	return ask(&worker, set, 0);
}

static void a_second_connection_has_the_time_to_connect_that_the_first_had(void **state)
{
	(void)state;
	for (int64_t ms = CONNECT_MS - 100; ms < TIMEOUT_MS / 2 - 20; ms += 25) {
		assert_int_equal(set_closed_after(ms), SD_OK);
		assert_false(is_marked());
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
		close_all();
	}
}

/* The answer after a wait for the lock of a change has exactly a quarter, and begins a little late.
 */
static void nearly_a_quarter_of_the_time_is_enough(void **state)
{
	const struct sd_exchange exchange = {.full_ms = 4000, .patience_ms = 3000};

	(void)state;
	for (int64_t late_ms = 0; late_ms <= 100; late_ms++) {
		assert_true(sd_exchange_is_long(&exchange, 1000 - late_ms));
	}
	assert_false(sd_exchange_is_long(&exchange, 800));
}

static void a_second_connection_marks_if_it_had_its_time(void **state)
{
	(void)state;
	for (int connects = 0; connects < 2; connects++) {
		const struct sd_request set = {
			.kind = SD_SET, .condition = SD_IF_NEWER, .version = 7, .data = {"value", 5}};

		open_all("127.0.0.1");
		assert_int_equal(ask(&worker, set, 0), SD_OK);
		fake_server.connect_us = connects ? 1000 : 60000000;
		fake_server.closes_at_us = fake_system_now_us() + TIMEOUT_MS * 300;
		fake_server.is_silent = true;
		assert_true(sd_status_is_failure(ask(&worker, set, 0)));
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
		assert_true(is_marked());
		close_all();
	}
}

/* It is greeted, proves, is greeted again, and then asked: each on a connection of its own. */
static void each_connection_to_a_classic_server_has_its_time_to_connect(void **state)
{
	(void)state;
	for (int64_t ms = 10; ms <= 450; ms += 40) {
		open_all("127.0.0.1");
		fake_server.is_classic = true;
		fake_server.connect_us = ms * 1000;
		assert_int_equal(get(&worker), SD_OK);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 4);
		assert_false(is_marked());
		close_all();
	}
}

/* The greeting got no answer but its end. */
static void a_proof_marks_only_if_it_had_its_time(void **state)
{
	(void)state;
	for (int64_t left_ms = 300; left_ms <= 700; left_ms += 400) {
		open_all("127.0.0.1");
		fake_server.connect_us = 1000;
		fake_server.is_silent = true;
		fake_server.closes_at_us = fake_system_now_us() + (TIMEOUT_MS - left_ms) * 1000;
		assert_int_equal(get(&worker), SD_TIMEOUT);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
		assert_int_equal(is_marked(), left_ms > TIMEOUT_MS / 4);
		close_all();
	}
}

/* The proof is no wait for a lock. */
static void a_proof_is_not_waited_for_as_long_as_for_a_lock(void **state)
{
	const struct sd_request lock = {.kind = SD_LOCK, .ttl = 30, .wait_ms = 5000};
	int64_t began_us;

	(void)state;
	open_all("127.0.0.1");
	fake_server.is_classic = fake_server.is_silent = true;
	began_us = fake_system_now_us();
	assert_int_equal(ask(&worker, lock, 0), SD_TIMEOUT);
	assert_in_range(fake_system_now_us() - began_us, (TIMEOUT_MS - SLACK_MS) * 1000,
	                (TIMEOUT_MS + SLACK_MS) * 1000);
	close_all();
}

#define MANY (2 * SD_WAIT_CHANNELS_MAX + 20) /* so that some wait for their turn twice */

static void servers_that_waited_for_their_turn_have_their_time_or_show_nothing(void **state)
{
	static struct sd_exchange exchanges[MANY];
	static struct sd_server servers[MANY];
	struct sd_policy policy = {.options = &worker.options};
	struct sd_server_info info;
	enum sd_server_part part;
	struct sd_error error;
	size_t answered;

	(void)state;
	for (int is_classic = 0; is_classic < 2; is_classic++) {
		open_all("127.0.0.1");
		policy.transport = sd_network_transport(worker.network);
		memset(exchanges, 0, sizeof(exchanges));
		fake_server.connect_us = 900000;
		for (size_t i = 0; i < MANY; i++) {
			assert_int_equal(
				sd_server_init(&servers[i], "127.0.0.1", 9, 1 + (int)i, 60, 1, &part, &error),
				SD_OK);
			servers[i].protocol = is_classic ? SD_PROTOCOL_CLASSIC : SD_PROTOCOL_UNKNOWN;
			exchanges[i].server = &servers[i];
			exchanges[i].request =
				(struct sd_request){.kind = SD_SET, .key = {"key", 3}, .data = {"value", 5}};
			exchanges[i].next = i + 1 < MANY ? &exchanges[i + 1] : NULL;
		}
		fake_server.is_classic = is_classic;
		sd_operation_perform_list(&policy, exchanges);
		answered = 0;
		for (size_t i = 0; i < MANY; i++) {
			answered += exchanges[i].reply.status == SD_OK;
			assert_true(sd_network_info(worker.network, &servers[i], &info));
			assert_true(info.marks.state < SD_REFUSING);
		}
		assert_int_equal(answered, 2 * SD_WAIT_CHANNELS_MAX);
		close_all();
	}
}

/* A greeting that comes late leaves the request less than its time. */
static void a_request_that_was_sent_late_shows_nothing(void **state)
{
	(void)state;
	for (int is_late = 0; is_late < 2; is_late++) {
		open_all("127.0.0.1");
		fake_server.drip_us = is_late ? 55000 : 1000; /* between 32 bytes */
		fake_server.ignores_requests = true;
		assert_int_equal(get(&worker), SD_TIMEOUT);
		assert_int_equal(is_marked(), !is_late);
		close_all();
	}
}

/* }}} */

/* {{{ back to life */

static void a_server_that_refused_is_tried_after_growing_pauses(void **state)
{
	static const int64_t pauses_ms[] = {100, 200, 400, 800, 1600, 3200, INTERVAL_MS, INTERVAL_MS};

	(void)state;
	open_all("127.0.0.1");
	fake_system_fail(FAKE_CONNECT, 0, ECONNREFUSED, true);
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	for (size_t i = 0; i < sizeof(pauses_ms) / sizeof(pauses_ms[0]); i++) {
		fake_system_pass_ms(pauses_ms[i] - 2);
		assert_int_equal(get(&worker), SD_DEAD);
		fake_system_pass_ms(2);
		assert_int_equal(get(&other), SD_UNREACHABLE); /* one probes, */
		assert_int_equal(get(&worker), SD_DEAD);       /* the others do not */
	}
	fake_system_heal();
	close_all();
}

/* Its requests come to nothing, at any time: others are not kept from the server by them. */
static void a_neighbour_in_a_hurry_takes_nobodys_try_of_a_silent_server(void **state)
{
	(void)state;
	for (int tries = 20; tries < 30; tries++) { /* of which not each reaches the server */
		open_all("127.0.0.1");
		fake_server.is_silent = true;
		assert_int_equal(get(&worker), SD_TIMEOUT);
		worker.options.timeout_ms = worker.options.connect_timeout_ms = 1;
		fake_system_pass_ms(INTERVAL_MS + INTERVAL_MS / 5);
		for (int i = 0; i < tries; i++) {
			assert_true(sd_status_is_failure(get(&worker)));
			fake_system_pass_ms(35);
		}
		assert_int_equal(state_now(), SD_SILENT);
		fake_server.is_silent = false;
		assert_int_equal(get(&other), SD_OK);
		close_all();
	}
}

/* The session that waits for a server goes by that. */
static void a_refusal_is_known_though_nothing_is_marked(void **state)
{
	struct sd_transport *transport;
	int64_t began_ms;

	(void)state;
	for (int is_full = 0; is_full < 2; is_full++) {
		open_all("127.0.0.1");
		transport = sd_network_transport(worker.network);
		if (is_full) {
			fill_marks();
		} else {
			worker.options.retry_interval_ms = 0;
		}
		assert_int_equal(transport->refusing_since(transport, &worker.server), 0);
		fake_system_fail(FAKE_CONNECT, 0, ECONNREFUSED, true);
		began_ms = fake_system_now_us() / 1000;
		for (int i = 0; i < 5; i++) {
			assert_int_equal(get(&worker), SD_UNREACHABLE);
			assert_in_range(transport->refusing_since(transport, &worker.server), began_ms,
			                began_ms + 1);
			assert_false(is_marked());
			fake_system_pass_ms(100);
		}
		fake_system_pass_ms(SD_MARK_OUTAGE_MS + 1);
		began_ms = fake_system_now_us() / 1000;
		assert_int_equal(get(&worker), SD_UNREACHABLE);
		assert_in_range(transport->refusing_since(transport, &worker.server), began_ms,
		                began_ms + 1); /* it may have been back meanwhile */
		fake_system_pass_ms(SD_MARK_OUTAGE_MS + 1);
		fake_system_fail(FAKE_CONNECT, 0, ETIMEDOUT, true); /* the next outage begins so */
		assert_true(sd_status_is_failure(get(&worker)));
		fake_system_pass_ms(1000);
		fake_system_fail(FAKE_CONNECT, 0, ECONNREFUSED, true);
		began_ms = fake_system_now_us() / 1000;
		assert_int_equal(get(&worker), SD_UNREACHABLE);
		assert_in_range(transport->refusing_since(transport, &worker.server), began_ms,
		                began_ms + 1);
		fake_system_pass_ms(100);
		fake_system_heal();
		assert_int_equal(get(&worker), SD_OK);
		assert_int_equal(transport->refusing_since(transport, &worker.server), 0);
		close_all();
	}
}

static void who_insists_asks_a_server_that_refused_and_none_that_is_silent(void **state)
{
	const struct sd_request insists = {.kind = SD_EXISTS, .insists = true};
	const struct sd_request gives_back = {.kind = SD_UNLOCK, .insists = true, .holder = 7};

	(void)state;
	open_all("127.0.0.1");
	fake_system_fail(FAKE_CONNECT, 0, ECONNREFUSED, true);
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_int_equal(ask(&other, insists, 0), SD_UNREACHABLE);
	fake_system_heal();
	assert_int_equal(get(&worker), SD_DEAD);
	assert_int_equal(ask(&other, insists, 0), SD_OK);
	assert_int_equal(get(&worker), SD_OK); /* all know that it is back */
	close_all();
	open_all("127.0.0.1");
	fake_server.is_silent = true;
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_int_equal(ask(&other, insists, 0), SD_DEAD);
	/* but a lock is given back, if it can be: nobody else may have it until then */
	fake_server.is_silent = false;
	assert_int_equal(ask(&other, gives_back, 0), SD_ABSENT);
	assert_int_equal(get(&worker), SD_OK);
	close_all();
}

/* {{{ what may have been performed though nobody heard of it */

static const struct sd_request unconditional = {.kind = SD_DELETE};
static const struct sd_request versioned = {
	.kind = SD_DELETE, .version = 7, .condition = SD_IF_NEWER};

static void assert_doubt(const struct sd_request *request, enum sd_status status, bool is_in_doubt)
{
	assert_int_equal(ask(&worker, *request, 0), status);
	assert_int_equal(sd_exchange_is_in_doubt(&worker.exchange), is_in_doubt);
	fake_system_heal();
	close_all();
}

static void what_was_sent_and_not_answered_is_in_doubt(void **state)
{
	(void)state;
	open_all("127.0.0.1"); /* a new connection on which nothing comes was not sent it */
	fake_server.is_silent = true;
	assert_doubt(&unconditional, SD_TIMEOUT, false);
	open_all("127.0.0.1");
	fake_server.connect_us = 60000000;
	assert_doubt(&unconditional, SD_UNREACHABLE, false);
	open_all("127.0.0.1"); /* a classic one is sent nothing else */
	fake_server.is_classic = fake_server.is_silent = true;
	worker.server.protocol = SD_PROTOCOL_CLASSIC;
	assert_doubt(&unconditional, SD_TIMEOUT, true);
	open_kept();
	fake_system_forget_all();
	assert_doubt(&unconditional, SD_TIMEOUT, true);
	open_kept();
	break_while_sending();
	assert_doubt(&unconditional, SD_CLOSED, true);
	open_kept(); /* it is repeated, and that is refused, or answered */
	fake_system_forget_all();
	fake_system_fail(FAKE_CONNECT, fake_system_calls(FAKE_CONNECT), ECONNREFUSED, true);
	assert_doubt(&versioned, SD_UNREACHABLE, true);
	open_kept();
	fake_system_forget_all();
	assert_doubt(&versioned, SD_OK, false);
	open_kept();
	fake_server.is_silent = true;
	fake_system_fail(FAKE_SEND, fake_system_calls(FAKE_SEND), EPIPE, false);
	assert_doubt(&unconditional, SD_TIMEOUT, false);
	open_kept(); /* it was not sent on the connection that had ended */
	fake_system_close_all();
	fake_system_fail(FAKE_CONNECT, fake_system_calls(FAKE_CONNECT), ECONNREFUSED, true);
	assert_doubt(&versioned, SD_UNREACHABLE, false);
}

/* The answer to another request shows that the other worker finds the second server dead. */
static struct sd_server second;

static bool mark_second(struct sd_sink *sink, size_t wanted)
{
	struct sd_server first = other.server;

	fake_system_fail(FAKE_CONNECT, fake_system_calls(FAKE_CONNECT), ECONNREFUSED, true);
	other.server = second;
	assert_int_equal(get(&other), SD_UNREACHABLE);
	other.server = first;
	return kept_grow(sink, wanted);
}

static void what_is_given_up_is_in_doubt_if_it_was_sent(void **state)
{
	static const struct sd_sink_kind marking = {mark_second, kept_restart, kept_came};
	struct sd_policy policy = {.options = &worker.options};
	struct sd_error error;
	enum sd_server_part part;

	(void)state;
	for (int was_sent = 0; was_sent < 2; was_sent++) {
		struct sd_exchange write = {.server = &second, .request = unconditional};
		struct sd_exchange read = {.server = &worker.server, .next = &write};

		write.request.key = (struct sd_bytes){"key", 3};

		open_kept();
		policy.transport = sd_network_transport(worker.network);
		assert_int_equal(sd_server_init(&second, "127.0.0.1", 9, 1043, 60, 1, &part, &error),
		                 SD_OK);
		if (was_sent) {
			sd_operation_perform_one(&policy, &write);
			assert_int_equal(write.reply.status, SD_OK);
			fake_system_forget_all();
		} else {
			fake_server.connect_us = 60000000;
		}
		read.request =
			(struct sd_request){.kind = SD_GET, .key = {"key", 3}, .is_session = was_sent};
		read.request.sink = &worker.kept.sink;
		worker.kept.sink.kind = &marking;
		sd_operation_perform_list(&policy, &read);
		assert_int_equal(write.reply.status, SD_DEAD);
		assert_int_equal(sd_exchange_is_in_doubt(&write), was_sent);
		fake_system_heal();
		close_all();
	}
}

/* }}} */

/* A worker that has a kept connection goes on: what it is answered lifts the mark of one whose new
 * connections get nothing. */
static void an_answer_to_another_worker_lifts_the_mark(void **state)
{
	struct sd_transport *transport;
	struct sd_exchange exchange = {.request = {.kind = SD_EXISTS, .key = {"key", 3}}};

	(void)state;
	open_all("127.0.0.1");
	assert_int_equal(get(&other), SD_OK);
	fake_system_pass_ms(10);
	fake_server.connect_us = 60000000;
	assert_int_equal(get(&worker), SD_UNREACHABLE);
	assert_true(is_marked());
	fake_server.connect_us = 0;
	fake_system_pass_ms(INTERVAL_MS + INTERVAL_MS / 5);
	transport = sd_network_transport(other.network);
	exchange.server = &other.server;
	exchange.connect_ms = 100;
	exchange.deadline_ms = sd_platform_now_ms() + 100;
	transport->perform(transport, &exchange);
	assert_int_equal(exchange.reply.status, SD_OK);
	assert_int_equal(state_now(), SD_ALIVE);
	close_all();
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_marks),
		cmocka_unit_test(a_want_of_this_machine_never_marks),
		cmocka_unit_test(a_full_queue_marks_and_a_full_table_of_this_machine_does_not),
		cmocka_unit_test(a_name_marks_if_it_is_unknown_but_not_for_want_of_a_thread),
		cmocka_unit_test(a_new_connection_that_is_not_up_in_time_marks),
		cmocka_unit_test(a_new_connection_without_a_byte_marks),
		cmocka_unit_test(shorter_limits_than_the_configured_ones_never_mark),
		cmocka_unit_test(a_refusal_marks_whatever_the_limits),
		cmocka_unit_test(longer_limits_mark_and_no_script_makes_a_mark_last_longer),
		cmocka_unit_test(half_of_the_time_marks_and_less_than_a_quarter_does_not),
		cmocka_unit_test(a_value_that_is_still_coming_never_marks),
		cmocka_unit_test(a_value_that_is_too_long_is_refused_and_never_marks),
		cmocka_unit_test(a_classic_answer_that_becomes_too_long_is_refused_and_never_marks),
		cmocka_unit_test(silence_on_a_kept_connection_has_the_request_repeated_in_time),
		cmocka_unit_test(an_answer_that_is_coming_on_a_kept_connection_has_the_whole_time),
		cmocka_unit_test(what_may_not_be_repeated_fails_without_a_mark),
		cmocka_unit_test(a_kept_connection_that_ended_before_the_request_was_sent_costs_no_failure),
		cmocka_unit_test(what_is_repeated_after_a_part_of_it_was_sent_may_have_been_done_before),
		cmocka_unit_test(what_was_sent_in_part_and_may_not_be_repeated_fails_without_a_mark),
		cmocka_unit_test(only_if_the_new_connection_fails_too_is_the_server_marked),
		cmocka_unit_test(a_connection_that_holds_a_lock_is_not_given_up_for_silence),
		cmocka_unit_test(a_connection_that_was_silent_once_is_replaced_when_it_is_silent_again),
		cmocka_unit_test(a_second_connection_has_the_time_to_connect_that_the_first_had),
		cmocka_unit_test(nearly_a_quarter_of_the_time_is_enough),
		cmocka_unit_test(a_second_connection_marks_if_it_had_its_time),
		cmocka_unit_test(each_connection_to_a_classic_server_has_its_time_to_connect),
		cmocka_unit_test(a_proof_marks_only_if_it_had_its_time),
		cmocka_unit_test(a_proof_is_not_waited_for_as_long_as_for_a_lock),
		cmocka_unit_test(servers_that_waited_for_their_turn_have_their_time_or_show_nothing),
		cmocka_unit_test(a_request_that_was_sent_late_shows_nothing),
		cmocka_unit_test(a_server_that_refused_is_tried_after_growing_pauses),
		cmocka_unit_test(a_neighbour_in_a_hurry_takes_nobodys_try_of_a_silent_server),
		cmocka_unit_test(a_refusal_is_known_though_nothing_is_marked),
		cmocka_unit_test(who_insists_asks_a_server_that_refused_and_none_that_is_silent),
		cmocka_unit_test(an_answer_to_another_worker_lifts_the_mark),
		cmocka_unit_test(what_was_sent_and_not_answered_is_in_doubt),
		cmocka_unit_test(what_is_given_up_is_in_doubt_if_it_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
