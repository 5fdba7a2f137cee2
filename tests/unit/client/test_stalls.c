/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Answers that stop in the middle, through the network: what is still coming has the whole time,
 * and what comes no more leaves another server its own. On a system that does what the test says
 * (fake_system.c).
 */

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "client/net/network.h"
#include "client/net/platform.h"
#include "client/policy/lock.h"
#include "client/policy/lock.h"
#include "client/policy/operation.h"
#include "client/policy/read.h"
#include "tests/unit/client/discarding_sink.h"
#include "tests/unit/client/fake_peer.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"

#define CONNECT_MS 1000
#define TIMEOUT_MS 2000
#define INTERVAL_MS 5000
#define SLACK_MS 20
#define PORT 1042
#define OTHER_PORT 1043
#define IN_VALUE 3 /* bytes of a value, and not all of it */
#define KEYS 8

/* A worker of the machine: its own network, and the marks of all. */
struct worker {
	struct sd_options options;
	struct sd_network *network;
	struct sd_exchange exchange; /* the last one */
};

static struct sd_dead_marks *marks;
static struct sd_server server;
static struct sd_server other_server;
static struct worker worker;
static struct worker other;
static struct kept kept;
static int64_t began_us;

static void ignore(const char *line)
{
	(void)line;
}

static void open_worker(struct worker *opened)
{
	memset(opened, 0, sizeof(*opened));
	opened->options = (struct sd_options){.connect_timeout_ms = CONNECT_MS,
	                                      .timeout_ms = TIMEOUT_MS,
	                                      .retry_interval_ms = INTERVAL_MS,
	                                      .marking = {CONNECT_MS, TIMEOUT_MS, INTERVAL_MS}};
	opened->network = sd_network_new(&opened->options, marks, ignore);
	assert_non_null(opened->network);
}

static void open_server(struct sd_server *opened, uint16_t port)
{
	struct sd_error error;
	enum sd_server_part part;

	assert_int_equal(sd_server_init(opened, "127.0.0.1", 9, port, 60, 1, &part, &error), SD_OK);
}

static int open_all(void **state)
{
	(void)state;
	fake_system_reset();
	fake_server = (struct fake_server){0};
	fake_peer_connections = 0;
	marks = sd_dead_marks_new();
	assert_non_null(marks);
	open_server(&server, PORT);
	open_server(&other_server, OTHER_PORT);
	open_worker(&worker);
	open_worker(&other);
	kept.sink = kept_sink;
	kept_restart(&kept.sink);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	sd_network_free(worker.network);
	sd_network_free(other.network);
	sd_dead_marks_free(marks);
	return fake_system_open() == 0 ? 0 : -1;
}

static void reopen(void)
{
	assert_int_equal(close_all(NULL), 0);
	(void)open_all(NULL);
}

/* {{{ requests */

static enum sd_status ask(struct worker *by, struct sd_request request)
{
	struct sd_policy policy = {.transport = sd_network_transport(by->network),
	                           .options = &by->options};

	memset(&by->exchange, 0, sizeof(by->exchange));
	by->exchange.server = &server;
	by->exchange.request = request;
	by->exchange.request.key = (struct sd_bytes){"key", 3};
	began_us = fake_system_now_us();
	sd_operation_perform_one(&policy, &by->exchange);
	return by->exchange.reply.status;
}

/* A value of which another server has a copy. */
static enum sd_status get(struct worker *by)
{
	kept_restart(&kept.sink);
	return ask(by, (struct sd_request){.kind = SD_GET,
	                                   .sink = &kept.sink,
	                                   .limit_ms = TIMEOUT_MS / 2,
	                                   .value_ms = TIMEOUT_MS});
}

/* A value that no other server has. */
static enum sd_status get_alone(struct worker *by)
{
	kept_restart(&kept.sink);
	return ask(by, (struct sd_request){.kind = SD_GET, .sink = &kept.sink});
}

static void assert_took_ms(int64_t ms)
{
	assert_in_range(fake_system_now_us() - began_us, (ms - SLACK_MS) * 1000,
	                (ms + SLACK_MS) * 1000);
}

static enum sd_dead_marks_state state_now(void)
{
	struct sd_server_info info = {0};

	assert_true(sd_network_info(worker.network, &server, &info));
	return info.marks.state;
}

static bool is_marked(void)
{
	return state_now() >= SD_REFUSING;
}

/* A value that goes on for ever. */
static enum sd_status get_endless(struct worker *by)
{
	struct sd_sink sink = {.kind = &discarding_kind};

	fake_server.is_endless = true;
	return ask(
		by, (struct sd_request){
				.kind = SD_GET, .sink = &sink, .limit_ms = TIMEOUT_MS / 2, .value_ms = TIMEOUT_MS});
}

/* }}} */

/* {{{ on a new connection */

static void a_value_that_stops_has_as_long_as_its_first_byte_and_marks(void **state)
{
	(void)state;
	fake_server.stops_after = IN_VALUE;
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS / 2);
	assert_int_equal(state_now(), SD_SILENT);
	assert_int_equal(get(&other), SD_DEAD);
}

static void a_line_that_stops_does_as_well(void **state)
{
	(void)state;
	fake_server.stops_after = 3;
	assert_int_equal(
		ask(&worker, (struct sd_request){.kind = SD_EXISTS, .limit_ms = TIMEOUT_MS / 2}),
		SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS / 2);
	assert_int_equal(state_now(), SD_SILENT);
}

static void a_value_that_no_other_server_has_gets_all_of_the_time(void **state)
{
	(void)state;
	fake_server.stops_after = IN_VALUE;
	assert_int_equal(get_alone(&worker), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS);
	assert_int_equal(state_now(), SD_SILENT);
}

static void a_value_that_goes_on_in_time_is_read(void **state)
{
	(void)state;
	fake_server.stops_after = IN_VALUE;
	fake_server.stops_us = (TIMEOUT_MS / 2 - SLACK_MS) * 1000;
	assert_int_equal(get(&worker), SD_OK);
	assert_string_equal(kept.bytes, "right");
	assert_false(is_marked());
}

static void a_value_that_is_coming_has_the_whole_time_and_never_marks(void **state)
{
	(void)state;
	fake_server.drip_us = 2000;
	assert_int_equal(get_endless(&worker), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS);
	assert_false(is_marked());
}

/* A third of what is left is the other server's. */
static void a_value_that_stops_late_leaves_another_server_time_and_does_not_mark(void **state)
{
	int64_t stopped_ms;

	(void)state;
	fake_server.drip_us = 10000;
	fake_server.stops_after = 60;
	assert_int_equal(get_endless(&worker), SD_TIMEOUT);
	stopped_ms = (worker.exchange.sent_ms * 1000 - began_us) / 1000;
	assert_in_range(stopped_ms, TIMEOUT_MS / 2, TIMEOUT_MS - TIMEOUT_MS / 4);
	assert_took_ms(stopped_ms + (TIMEOUT_MS - stopped_ms) * 2 / 3);
	assert_false(is_marked());
}

static bool asks_meanwhile_grow(struct sd_sink *sink, size_t wanted)
{
	const struct sd_request exists = {.kind = SD_EXISTS};
	int64_t ours_us = began_us;
	unsigned long stops_after = fake_server.stops_after;

	fake_server.stops_after = 0;
	assert_int_equal(ask(&other, exists), SD_OK);
	fake_server.stops_after = stops_after;
	began_us = ours_us;
	return kept_grow(sink, wanted);
}

/* The other worker's answer came before the silence began, and shows nothing of it. */
static void an_answer_to_another_worker_before_it_stops_does_not_help(void **state)
{
	const struct sd_sink_kind asking = {asks_meanwhile_grow, kept_restart, kept_came};

	(void)state;
	kept.sink.kind = &asking;
	fake_server.drip_us = 1000;
	fake_server.stops_after = IN_VALUE;
	assert_int_equal(get(&worker), SD_TIMEOUT);
	kept.sink.kind = &kept_kind;
	assert_int_equal(state_now(), SD_SILENT);
}

static void classic_answers_that_stop_are_judged_the_same(void **state)
{
	(void)state;
	fake_server.is_classic = true;
	server.protocol = SD_PROTOCOL_CLASSIC;
	fake_server.stops_after = 2;
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS / 2);
	assert_int_equal(state_now(), SD_SILENT);
	reopen();
	fake_server.is_classic = true;
	server.protocol = SD_PROTOCOL_CLASSIC;
	fake_server.stops_after = 2;
	fake_server.stops_us = (TIMEOUT_MS / 2 - SLACK_MS) * 1000;
	assert_int_equal(get(&worker), SD_OK);
	assert_string_equal(kept.bytes, "right");
	reopen();
	fake_server.is_classic = true;
	server.protocol = SD_PROTOCOL_CLASSIC;
	fake_server.drip_us = 300000;
	assert_int_equal(get(&worker), SD_OK);
	assert_took_ms(5 * 300);
	assert_false(is_marked());
}

/* }}} */

/* {{{ on a kept connection */

static void keep_connection(void)
{
	assert_int_equal(get(&worker), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	fake_server.stops_after = IN_VALUE;
}

static void a_value_that_stops_on_a_kept_connection_is_asked_for_on_a_new_one(void **state)
{
	(void)state;
	keep_connection();
	fake_server.stops_number = 1;
	assert_int_equal(get(&worker), SD_OK);
	assert_took_ms(TIMEOUT_MS / 4);
	assert_string_equal(kept.bytes, "right");
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	assert_false(is_marked());
	reopen();
	keep_connection();
	fake_server.stops_number = 1;
	assert_int_equal(get_alone(&worker), SD_OK);
	assert_took_ms(TIMEOUT_MS / 2);
	assert_string_equal(kept.bytes, "right");
}

static void if_it_stops_there_too_the_server_is_marked(void **state)
{
	(void)state;
	keep_connection();
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS / 4 + TIMEOUT_MS / 2);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	assert_int_equal(state_now(), SD_SILENT);
	reopen();
	keep_connection();
	assert_int_equal(get_alone(&worker), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS);
	assert_int_equal(state_now(), SD_SILENT);
}

static void if_the_new_connection_is_silent_the_server_is_marked_in_time(void **state)
{
	(void)state;
	keep_connection();
	fake_server.connect_us = 60000000;
	assert_true(sd_status_is_failure(get(&worker)));
	assert_took_ms(TIMEOUT_MS / 2);
	assert_int_equal(state_now(), SD_SILENT);
}

/* What is left is too little to judge a server by. */
static void if_it_stops_late_a_silent_new_connection_does_not_mark(void **state)
{
	(void)state;
	assert_int_equal(ask(&worker, (struct sd_request){.kind = SD_EXISTS}), SD_OK);
	fake_server.drip_us = 10000;
	fake_server.stops_after = 120;
	fake_server.connect_us = 60000000;
	assert_true(sd_status_is_failure(get_endless(&worker)));
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	assert_true(fake_system_now_us() - began_us < (TIMEOUT_MS - SLACK_MS) * 1000);
	assert_false(is_marked());
}

static void one_with_a_lock_is_not_replaced_and_does_not_mark(void **state)
{
	(void)state;
	assert_int_equal(ask(&worker, (struct sd_request){.kind = SD_LOCK, .ttl = 30}), SD_OK);
	keep_connection();
	assert_int_equal(get(&worker), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS / 2);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	assert_false(is_marked());
}

/* }}} */

/* {{{ locks that are waited for */

#define WAIT_MS 3000

static const struct sd_request waiting = {.kind = SD_LOCK, .ttl = 30, .wait_ms = WAIT_MS};

/* The server answers a request in front of it at once. */
static void a_server_that_is_silent_is_not_waited_for_as_long_as_for_a_lock(void **state)
{
	(void)state;
	fake_server.is_silent = true;
	assert_int_equal(ask(&worker, waiting), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS);
	assert_int_equal(state_now(), SD_SILENT);
	reopen();
	keep_connection();
	fake_server.is_silent = true;
	assert_int_equal(ask(&worker, waiting), SD_TIMEOUT);
	assert_took_ms(TIMEOUT_MS);
}

static void what_may_wait_has_a_request_in_front_of_it_that_does_not(void **state)
{
	(void)state;
	fake_peer_heard[0] = '\0';
	assert_int_equal(ask(&worker, waiting), SD_OK);
	assert_int_equal(strncmp(fake_peer_heard, "1 mn\n1 ml key ", 14), 0);
	fake_peer_heard[0] = '\0';
	assert_int_equal(ask(&worker, (struct sd_request){.kind = SD_LOCK, .ttl = 30}), SD_OK);
	assert_int_equal(strncmp(fake_peer_heard, "1 ml key ", 9), 0);
}

/* It may have been granted on a connection that a firewall has forgotten. The server hangs there,
 * too. */
static void a_lock_that_is_withdrawn_takes_no_longer_than_the_wait_and_the_timeout(void **state)
{
	struct sd_policy policy = {.options = &worker.options};
	struct sd_lock_terms terms = {.lease_s = 30};
	struct sd_error error;
	static struct sd_entry entry;
	static struct sd_lock lock;

	(void)state;
	for (int hangs = 0; hangs < 2; hangs++) {
		reopen();
		policy.transport = sd_network_transport(worker.network);
		assert_int_equal(sd_lock_init(&lock, (struct sd_bytes){"key", 3}, &error), SD_OK);
		entry.owners = 1;
		entry.replicas[0].exchange.server = &server;
		fake_server.takes_holders = true;
		fake_server.stops_after = 4; /* of the request in front */
		fake_server.stops_number = hangs ? 0 : 1;
		began_us = fake_system_now_us();
		terms.until_ms = began_us / 1000 + WAIT_MS;
		fake_peer_heard[0] = '\0';
		assert_int_equal(sd_lock_acquire(&policy, &lock, &entry, &terms, 0, &error), SD_TIMEOUT);
		assert_took_ms(WAIT_MS + (hangs ? TIMEOUT_MS : TIMEOUT_MS / 2));
		assert_non_null(strstr(fake_peer_heard, "\n2 ")); /* it was withdrawn */
	}
}

/* Whatever is asked first on a connection, the greeting is answered at once or not at all. */
static void a_greeting_is_waited_for_as_long_as_for_an_answer_that_does_not_wait(void **state)
{
	static const struct sd_request requests[] = {
		{.kind = SD_LOCK, .ttl = 30, .wait_ms = WAIT_MS},
		{.kind = SD_EXISTS},
		{.kind = SD_DELETE},
		{.kind = SD_GREET},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		reopen();
		fake_server.greets = 4; /* and then nothing, */
		assert_int_equal(ask(&worker, requests[i]), SD_TIMEOUT);
		assert_took_ms(TIMEOUT_MS);
		assert_int_equal(state_now(), SD_SILENT);
		reopen();
		fake_server.drip_us = 300000; /* or too little, which marks nobody */
		assert_int_equal(ask(&worker, requests[i]), SD_TIMEOUT);
		assert_took_ms(TIMEOUT_MS);
		assert_false(is_marked());
	}
}

static void one_that_has_answered_that_is_waited_for(void **state)
{
	(void)state;
	for (int is_kept = 0; is_kept < 2; is_kept++) {
		reopen();
		if (is_kept) {
			keep_connection();
		}
		fake_server.stops_after = 4; /* of the request in front */
		assert_int_equal(ask(&worker, waiting), SD_TIMEOUT);
		assert_took_ms(TIMEOUT_MS / 2 + WAIT_MS); /* half is left to withdraw it */
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
		assert_false(is_marked());
	}
}

/* }}} */

/* {{{ two servers */

/* Reads so many keys, on the pair, of which the first server of some stops in the third value. */
static void get_of_two(size_t count, bool is_kept)
{
	static struct kept values[KEYS];
	static struct sd_entry entries[KEYS];
	char names[KEYS][24];
	struct sd_error error;
	struct sd_policy policy;

	sd_policy_init(&policy, sd_network_transport(worker.network), &worker.options, true);
	assert_int_equal(sd_pool_add(&policy.pool, &server, &error), SD_OK);
	assert_int_equal(sd_pool_add(&policy.pool, &other_server, &error), SD_OK);
	for (int times = is_kept ? 0 : 1; times < 2; times++) {
		fake_server.stops_port = PORT;
		fake_server.stops_after = times == 0 ? 0 : 2 * 25 + IN_VALUE;
		for (size_t i = 0; i < count; i++) {
			(void)snprintf(names[i], sizeof(names[i]), "key%zu", i);
			sd_entry_init(&entries[i], (struct sd_bytes){names[i], strlen(names[i])});
			values[i].sink = kept_sink;
			kept_restart(&values[i].sink);
			entries[i].sink = &values[i].sink;
		}
		began_us = fake_system_now_us();
		assert_int_equal(sd_read_get(&policy, entries, count, &error), SD_OK);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(entries[i].status, SD_OK);
			assert_string_equal(values[i].bytes, "right");
		}
	}
	sd_pool_clear(&policy.pool);
}

static void all_keys_of_a_pair_are_read_though_one_value_stops(void **state)
{
	(void)state;
	get_of_two(KEYS, false);
	assert_took_ms(TIMEOUT_MS / 2);
	assert_int_equal(state_now(), SD_SILENT);
	reopen();
	get_of_two(KEYS, true);
	assert_true(fake_system_now_us() - began_us < (TIMEOUT_MS - SLACK_MS) * 1000);
	assert_int_equal(state_now(), SD_SILENT);
}

/* }}} */

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_that_stops_has_as_long_as_its_first_byte_and_marks),
		TEST(a_line_that_stops_does_as_well),
		TEST(a_value_that_no_other_server_has_gets_all_of_the_time),
		TEST(a_value_that_goes_on_in_time_is_read),
		TEST(a_value_that_is_coming_has_the_whole_time_and_never_marks),
		TEST(a_value_that_stops_late_leaves_another_server_time_and_does_not_mark),
		TEST(an_answer_to_another_worker_before_it_stops_does_not_help),
		TEST(classic_answers_that_stop_are_judged_the_same),
		TEST(a_value_that_stops_on_a_kept_connection_is_asked_for_on_a_new_one),
		TEST(if_it_stops_there_too_the_server_is_marked),
		TEST(if_the_new_connection_is_silent_the_server_is_marked_in_time),
		TEST(if_it_stops_late_a_silent_new_connection_does_not_mark),
		TEST(one_with_a_lock_is_not_replaced_and_does_not_mark),
		TEST(a_server_that_is_silent_is_not_waited_for_as_long_as_for_a_lock),
		TEST(what_may_wait_has_a_request_in_front_of_it_that_does_not),
		TEST(one_that_has_answered_that_is_waited_for),
		TEST(a_lock_that_is_withdrawn_takes_no_longer_than_the_wait_and_the_timeout),
		TEST(a_greeting_is_waited_for_as_long_as_for_an_answer_that_does_not_wait),
		TEST(all_keys_of_a_pair_are_read_though_one_value_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
