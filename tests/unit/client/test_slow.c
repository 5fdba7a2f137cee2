/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What takes its time is not dead, through the network: a classic server that proves slowly, a line
 * that takes a long value slowly, a client that is stopped for a while. On a system that does what
 * the test says (fake_system.c).
 */

#include "tests/unit/unit.h"

#include <string.h>

#include "client/net/finding.h"
#include "client/net/network.h"
#include "client/net/platform.h"
#include "client/policy/operation.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"

#define CONNECT_MS 1000
#define TIMEOUT_MS 20000
#define INTERVAL_MS 5000
#define PORT 1042
#define SLOW_US ((SD_PROOF_AGE_MAX_MS + 500) * 1000)

static struct sd_dead_marks *marks;
static struct sd_options options;
static struct sd_network *network;
static struct sd_server server;
static struct sd_exchange exchange;
static struct kept kept;

static void ignore(const char *line)
{
	(void)line;
}

static int open_all(void **state)
{
	struct sd_error error;
	enum sd_server_part part;

	(void)state;
	fake_system_reset();
	marks = sd_dead_marks_new();
	assert_non_null(marks);
	assert_int_equal(sd_server_init(&server, "127.0.0.1", 9, PORT, 60, 1, &part, &error), SD_OK);
	options = (struct sd_options){.connect_timeout_ms = CONNECT_MS,
	                              .timeout_ms = TIMEOUT_MS,
	                              .retry_interval_ms = INTERVAL_MS,
	                              .marking = {CONNECT_MS, TIMEOUT_MS, INTERVAL_MS}};
	network = sd_network_new(&options, marks, ignore);
	assert_non_null(network);
	kept.sink = kept_sink;
	kept_restart(&kept.sink);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	sd_network_free(network);
	sd_dead_marks_free(marks);
	return fake_system_open() == 0 ? 0 : -1;
}

/* {{{ requests */

static enum sd_status ask(struct sd_request request)
{
	struct sd_policy policy = {.transport = sd_network_transport(network), .options = &options};

	memset(&exchange, 0, sizeof(exchange));
	exchange.server = &server;
	exchange.request = request;
	exchange.request.key = (struct sd_bytes){"key", 3};
	sd_operation_perform_one(&policy, &exchange);
	return exchange.reply.status;
}

static enum sd_status get(void)
{
	kept_restart(&kept.sink);
	return ask((struct sd_request){.kind = SD_GET, .sink = &kept.sink});
}

/* }}} */

/* {{{ a line that takes a value slowly */

#define SHORT_MS 2000
#define PIECE 1000
#define PIECE_MS 100

/* Stores a value that takes so long to send; with a version, it may be sent again. */
static enum sd_status set_for(int64_t ms)
{
	static char value[10 * SHORT_MS / PIECE_MS * PIECE];
	const size_t length = (size_t)(ms / PIECE_MS) * PIECE;

	assert_true(length <= sizeof(value));
	options.timeout_ms = options.marking.timeout_ms = SHORT_MS;
	fake_server.sends_at_most = PIECE;
	return ask((struct sd_request){
		.kind = SD_SET, .condition = SD_IF_NEWER, .version = 8, .data = {value, length}});
}

static enum sd_dead_marks_state state_now(void)
{
	struct sd_server_info info = {0};

	assert_true(sd_network_info(network, &server, &info));
	return info.marks.state;
}

static void begin(bool is_classic, bool is_kept)
{
	assert_int_equal(close_all(NULL), 0);
	(void)open_all(NULL);
	fake_server.is_classic = is_classic;
	server.protocol = is_classic ? SD_PROTOCOL_CLASSIC : SD_PROTOCOL_UNKNOWN;
	if (is_kept) {
		assert_int_equal(get(), SD_OK);
	}
}

/* It is still being sent when the time is over: nobody is dead, and to begin again would not help.
 */
static void a_value_that_is_still_being_sent_marks_nobody_and_is_sent_once(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		begin(how == 2, how == 1);
		fake_server.takes_us = PIECE_MS * 1000;
		assert_int_equal(set_for(2 * SHORT_MS), SD_TIMEOUT);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
		assert_true(state_now() < SD_REFUSING);
	}
}

/* All of it is taken in time, late. */
static void a_value_that_is_sent_in_time_is_stored(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		begin(how == 2, how == 1);
		fake_server.takes_us = PIECE_MS * 1000;
		assert_int_equal(set_for(SHORT_MS - 2 * PIECE_MS), SD_OK);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	}
}

/* From then on it is as silent as any other. On a kept connection it is sent again. */
static void a_line_that_takes_no_more_is_silent(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		begin(how == 2, how == 1);
		fake_server.takes_us = 10 * SHORT_MS * INT64_C(1000);
		assert_int_equal(set_for(SHORT_MS), SD_TIMEOUT);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), how == 1 ? 2 : 1);
		assert_int_equal(state_now(), SD_SILENT);
	}
}

/* Nor is one that has taken all, and brings no answer. */
static void a_server_that_has_taken_all_and_is_silent_is_marked(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		begin(how == 2, how == 1);
		fake_server.takes_us = PIECE_MS * 1000;
		fake_server.ignores_requests = true;
		fake_server.is_silent = how == 2;
		assert_int_equal(set_for(SHORT_MS / 10), SD_TIMEOUT);
		assert_int_equal(state_now(), SD_SILENT);
	}
}

/* }}} */

/* {{{ a client that is not running */

#define STOPPED_MS (2 * SHORT_MS)

/* As if its machine was paused: the server may have answered all the time. */
static void a_client_that_was_stopped_until_its_time_was_over_marks_nobody(void **state)
{
	(void)state;
	for (int how = 0; how < 2; how++) {
		begin(how == 1, false);
		options.timeout_ms = options.marking.timeout_ms = SHORT_MS;
		fake_server.connect_us = 10000;
		fake_server.answers_us = 10000;
		fake_server.stopped_at = 1;
		fake_server.stopped_us = STOPPED_MS * 1000;
		assert_int_equal(get(), SD_TIMEOUT);
		assert_true(state_now() < SD_REFUSING);
		assert_int_equal(get(), SD_OK);
		fake_system_close_all();
		fake_system_pass_ms(STOPPED_MS); /* between two operations it waits for nothing */
		fake_server.is_silent = true;
		assert_int_equal(get(), SD_TIMEOUT);
		assert_int_equal(state_now(), SD_SILENT);
	}
}

/* To wait for a busy processor is usual. */
static void one_that_was_not_running_for_half_of_it_judges_as_usual(void **state)
{
	(void)state;
	begin(false, false);
	options.timeout_ms = options.marking.timeout_ms = SHORT_MS;
	fake_server.is_silent = true;
	fake_server.stopped_at = 1;
	fake_server.stopped_us = SHORT_MS / 2 * 1000;
	assert_int_equal(get(), SD_TIMEOUT);
	assert_int_equal(state_now(), SD_SILENT);
}

/* }}} */

/* {{{ a classic server */

static void be_classic(void)
{
	fake_server.is_classic = fake_server.has_nothing = true;
	server.protocol = SD_PROTOCOL_CLASSIC;
}

/* It was asked for the entry, for a proof, and for the entry again. */
static void a_proof_that_took_longer_than_it_counts_counts_when_it_is_given(void **state)
{
	(void)state;
	be_classic();
	fake_server.answers_us = SLOW_US;
	assert_int_equal(get(), SD_ABSENT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 3);
}

/* It counts for no longer than any other: by the next fetch it is too old. */
static void it_gets_as_old_as_any_other(void **state)
{
	(void)state;
	be_classic();
	fake_server.answers_us = SLOW_US;
	assert_int_equal(get(), SD_ABSENT);
	assert_int_equal(get(), SD_ABSENT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 6);
}

/* The server may have died when it had sent the first byte, and a proxy closes in its place. */
static void an_end_that_comes_late_makes_no_proof_younger(void **state)
{
	(void)state;
	be_classic();
	fake_server.drip_us = SLOW_US;
	options.timeout_ms = 12000;
	assert_int_equal(get(), SD_TIMEOUT);
}

/* What comes while the process is not running may have come at the beginning of that. */
static void one_that_may_have_been_given_long_ago_is_asked_for_again(void **state)
{
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		assert_int_equal(close_all(NULL), 0);
		(void)open_all(NULL);
		be_classic();
		fake_server.answers_us = late ? (SD_PLATFORM_PATIENCE_MS + 10) * 1000 : 0;
		fake_server.stopped_at = late ? 3 : 2; /* of the proof the first */
		fake_server.stopped_us = SLOW_US;
		assert_int_equal(get(), SD_ABSENT);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 5);
	}
}

/* }}} */

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_that_is_still_being_sent_marks_nobody_and_is_sent_once),
		TEST(a_value_that_is_sent_in_time_is_stored),
		TEST(a_line_that_takes_no_more_is_silent),
		TEST(a_server_that_has_taken_all_and_is_silent_is_marked),
		TEST(a_client_that_was_stopped_until_its_time_was_over_marks_nobody),
		TEST(one_that_was_not_running_for_half_of_it_judges_as_usual),
		TEST(a_proof_that_took_longer_than_it_counts_counts_when_it_is_given),
		TEST(it_gets_as_old_as_any_other),
		TEST(an_end_that_comes_late_makes_no_proof_younger),
		TEST(one_that_may_have_been_given_long_ago_is_asked_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
