/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Which servers the names of a thread are, through the network, on a system whose server says of
 * itself what the test wants (fake_system.c): names of one server, copies of one directory, a name
 * behind which servers change.
 */

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "client/net/network.h"
#include "client/net/nodes.h"
#include "client/net/twins.h"
#include "client/policy/operation.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"

#define PORT_A 1042
#define PORT_B 1043
#define LINES_MAX 16

/* A worker of the machine: its own network, and the marks of all. */
struct worker {
	struct sd_options options;
	struct sd_network *network;
	struct sd_transport *transport;
	struct sd_server a; /* two names */
	struct sd_server b;
	struct sd_exchange exchange; /* the last one */
	struct kept kept;
};

static struct sd_dead_marks *marks;
static struct worker worker;
static struct worker other;
static bool of_sessions; /* what is asked from now on */
static char lines[LINES_MAX][512];
static size_t line_count;

static void take_line(const char *line)
{
	assert_in_range(line_count, 0, LINES_MAX - 1);
	(void)snprintf(lines[line_count++], sizeof(lines[0]), "%s", line);
}

static void make_server(struct sd_server *server, uint16_t port)
{
	struct sd_error error;
	enum sd_server_part part;

	assert_int_equal(sd_server_init(server, "127.0.0.1", 9, port, 60, 1, &part, &error), SD_OK);
}

static void open_worker(struct worker *opened)
{
	memset(opened, 0, sizeof(*opened));
	opened->options = (struct sd_options){.connect_timeout_ms = 1000,
	                                      .timeout_ms = 2000,
	                                      .retry_interval_ms = 5000,
	                                      .marking = {1000, 2000, 5000}};
	opened->kept.sink = kept_sink;
	opened->network = sd_network_new(&opened->options, marks, take_line);
	assert_non_null(opened->network);
	opened->transport = sd_network_transport(opened->network);
	make_server(&opened->a, PORT_A);
	make_server(&opened->b, PORT_B);
}

static int open_all(void **state)
{
	(void)state;
	fake_system_reset();
	marks = sd_dead_marks_new();
	assert_non_null(marks);
	open_worker(&worker);
	open_worker(&other);
	of_sessions = false;
	line_count = 0;
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

/* From now on the server says that by the name of port A, and that by the other one. */
static void be(char id_a, unsigned process_a, char id_b, unsigned process_b)
{
	fake_server.names[0] = (struct fake_name){PORT_A, id_a, process_a};
	fake_server.names[1] = (struct fake_name){PORT_B, id_b, process_b};
}

static enum sd_status ask_as(struct worker *by, const struct sd_server *server,
                             enum sd_request_kind kind, bool is_joined)
{
	struct sd_policy policy = {.transport = by->transport, .options = &by->options};

	kept_restart(&by->kept.sink);
	memset(&by->exchange, 0, sizeof(by->exchange));
	by->exchange.server = server;
	by->exchange.request.kind = kind;
	by->exchange.request.is_joined = is_joined;
	by->exchange.request.is_session = of_sessions;
	by->exchange.request.sink = &by->kept.sink;
	by->exchange.request.key = (struct sd_bytes){"key", 3};
	sd_operation_perform_one(&policy, &by->exchange);
	return by->exchange.reply.status;
}

static enum sd_status ask(struct worker *by, const struct sd_server *server,
                          enum sd_request_kind kind)
{
	return ask_as(by, server, kind, false);
}

static void get(struct worker *by, const struct sd_server *server)
{
	assert_int_equal(ask(by, server, SD_GET), SD_OK);
}

/* Both names at about the same time. */
static void get_both(struct worker *by)
{
	get(by, &by->a);
	get(by, &by->b);
}

static enum sd_sameness compare(struct worker *by)
{
	return by->transport->compare(by->transport, &by->a, &by->b);
}

static bool is_ambiguous(struct worker *by)
{
	return by->transport->is_ambiguous(by->transport, &by->a);
}

static void assert_lines(size_t count, const char *part)
{
	assert_int_equal(line_count, count);
	if (count > 0) {
		assert_non_null(strstr(lines[count - 1], part));
	}
}

/* {{{ two names */

static void names_of_one_start_are_one_server(void **state)
{
	(void)state;
	be('x', 7, 'x', 7);
	get(&worker, &worker.a);
	assert_false(worker.transport->has_odd_names);
	assert_int_equal(compare(&worker), SD_TWO_SERVERS); /* nothing is known of the other one */
	get(&worker, &worker.b);
	assert_true(worker.transport->has_odd_names);
	assert_int_equal(compare(&worker), SD_ONE_SERVER);
	assert_lines(1, "[127.0.0.1:1042] and [127.0.0.1:1043] are one server");
	get_both(&other); /* another worker of the machine */
	assert_int_equal(compare(&other), SD_ONE_SERVER);
	assert_int_equal(line_count, 1);
}

static void the_line_is_the_same_in_whatever_order_they_are_greeted(void **state)
{
	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	get(&other, &other.b);
	get(&other, &other.a);
	assert_int_equal(line_count, 1);
}

static void servers_of_two_ids_are_two(void **state)
{
	(void)state;
	be('x', 7, 'y', 7);
	get_both(&worker);
	assert_int_equal(compare(&worker), SD_TWO_SERVERS);
	assert_false(worker.transport->has_odd_names);
	assert_int_equal(line_count, 0);
}

static void servers_without_an_id_or_a_start_are_two(void **state)
{
	(void)state;
	be(0, 0, 0, 0);
	get_both(&worker);
	assert_int_equal(compare(&worker), SD_TWO_SERVERS);
	assert_false(worker.transport->has_odd_names);
	be('x', 0, 'x', 0);
	fake_system_close_all();
	get_both(&worker);
	assert_int_not_equal(compare(&worker), SD_ONE_SERVER);
}

static void a_greeting_tells_for_some_seconds_and_then_both_are_greeted_again(void **state)
{
	unsigned connects;

	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	fake_system_pass_ms(SD_TWINS_GREETED_US / 1000 - 100);
	assert_int_equal(compare(&worker), SD_ONE_SERVER);
	fake_system_pass_ms(200);
	assert_int_equal(compare(&worker), SD_GREET_AGAIN);
	connects = fake_system_calls(FAKE_CONNECT);
	assert_int_equal(ask(&worker, &worker.a, SD_GREET), SD_OK);
	assert_int_equal(ask(&worker, &worker.b, SD_GREET), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects + 2);
	assert_int_equal(compare(&worker), SD_ONE_SERVER);
	assert_int_equal(line_count, 1);

	fake_system_pass_ms(SD_TWINS_GREETED_US / 1000 + 100); /* the second name's address has moved */
	be('x', 7, 'y', 8);
	assert_int_equal(compare(&worker), SD_GREET_AGAIN);
	assert_int_equal(ask(&worker, &worker.a, SD_GREET), SD_OK);
	assert_int_equal(ask(&worker, &worker.b, SD_GREET), SD_OK);
	assert_int_equal(compare(&worker), SD_TWO_SERVERS);
	assert_lines(2, "[127.0.0.1:1043] is another server than before");
}

static void a_connection_with_a_lock_is_not_greeted_again(void **state)
{
	unsigned connects;

	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	assert_int_equal(ask(&worker, &worker.a, SD_LOCK), SD_OK);
	fake_system_pass_ms(SD_TWINS_GREETED_US / 1000 + 100);
	connects = fake_system_calls(FAKE_CONNECT);
	assert_int_equal(compare(&worker), SD_GREET_AGAIN); /* the other name is */
	assert_int_equal(ask(&worker, &worker.a, SD_GREET), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects);
	assert_int_equal(ask(&worker, &worker.b, SD_GREET), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects + 1);
	assert_int_equal(compare(&worker), SD_ONE_SERVER);
}

static void a_name_that_is_dead_or_closed_is_no_other_name(void **state)
{
	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	worker.a.closed = true;
	assert_int_equal(compare(&worker), SD_TWO_SERVERS);
	worker.a.closed = false;
	fake_system_fail(FAKE_CONNECT, fake_system_calls(FAKE_CONNECT), 111 /* refused */, true);
	assert_int_equal(ask(&other, &other.a, SD_GET), SD_UNREACHABLE);
	assert_int_equal(compare(&worker), SD_TWO_SERVERS); /* so the second name is asked */
}

static void one_server_of_two_that_stood_behind_the_names_is_told_apart(void **state)
{
	(void)state;
	be('x', 7, 'y', 8);
	get_both(&worker);
	be('y', 8, 'y', 8); /* the first one died, and its address moved */
	fake_system_close_all();
	get_both(&worker);
	assert_int_equal(compare(&worker), SD_ONE_OF_TWO);
	be('x', 9, 'y', 8); /* and back */
	fake_system_close_all();
	get_both(&worker);
	assert_int_equal(compare(&worker), SD_TWO_SERVERS);
}

static void one_server_on_a_new_disk_is_one_server(void **state)
{
	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	be('z', 8, 'z', 8);
	fake_system_close_all();
	get_both(&worker);
	assert_int_equal(compare(&worker), SD_ONE_SERVER);
}

/* Asks the first name as if the second led to the same server. */
static void assert_parted(bool is_parted)
{
	unsigned sends = fake_system_calls(FAKE_SEND);
	enum sd_status status = ask_as(&worker, &worker.a, SD_GET, true);

	assert_int_equal(status, is_parted ? SD_UNREACHABLE : SD_OK);
	assert_int_equal(worker.exchange.has_parted, is_parted);
	if (is_parted) {
		assert_int_equal(fake_system_calls(FAKE_SEND), sends + 1); /* the greeting */
	}
}

static void what_relies_on_two_names_being_one_is_not_sent_to_another_server(void **state)
{
	unsigned connects;

	(void)state;
	be('x', 7, 'x', 7);
	assert_parted(false); /* no server was known before */
	get(&worker, &worker.b);
	assert_parted(false);
	be('z', 8, 'x', 7);
	assert_parted(false); /* a kept connection leads to where it led */
	fake_system_close_all();
	assert_parted(true);
	assert_int_equal(compare(&worker), SD_TWO_SERVERS);
	connects = fake_system_calls(FAKE_CONNECT);
	assert_parted(false); /* it is known now */
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects);
	fake_system_close_all();
	assert_parted(false); /* and the same on a new connection */

	be(0, 0, 'x', 7); /* one that tells no id, or an earlier version of the server */
	fake_system_close_all();
	assert_parted(true);
	get(&other, &other.a); /* it is not marked dead */
	get(&worker, &worker.a);
}

static void all_else_is_sent_to_another_server(void **state)
{
	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	be('x', 9, 'x', 9); /* restarted */
	fake_system_close_all();
	assert_parted(false);
	be('z', 8, 'x', 9);
	fake_system_close_all();
	get(&worker, &worker.a);
	be('y', 8, 'x', 9);
	fake_system_close_all();
	assert_int_equal(ask_as(&worker, &worker.a, SD_GREET, true), SD_OK);
	assert_parted(false);
}

/* }}} */

/* {{{ starts of one id */

static void a_restart_is_neither_a_copy_nor_another_server(void **state)
{
	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	be('x', 9, 'x', 9);
	fake_system_close_all();
	get(&worker, &worker.b);
	assert_int_equal(compare(&worker), SD_GREET_AGAIN); /* the first name's greeting does not fit */
	assert_int_equal(ask(&worker, &worker.a, SD_GREET), SD_OK);
	assert_int_equal(compare(&worker), SD_ONE_SERVER);
	assert_int_equal(line_count, 1);
}

static void a_restart_that_the_connection_has_not_told_of_is_found_out(void **state)
{
	(void)state;
	be('x', 7, 'x', 7);
	get_both(&worker);
	be('x', 9, 'x', 9);
	sd_network_close(worker.network);
	get(&worker, &worker.a);
	be('x', 10, 'x',
	   10); /* the first name's connection does not know, as after a crash of the machine */
	get(&worker, &worker.b);
	assert_int_equal(compare(&worker), SD_GREET_AGAIN);
	get(&worker, &worker.a); /* any request greets it anew */
	assert_int_equal(compare(&worker), SD_ONE_SERVER);
	assert_int_equal(line_count, 1);
}

static void copies_of_a_directory_are_two_servers_and_one_line(void **state)
{
	(void)state;
	be('x', 7, 'x', 9);
	get_both(&worker);
	assert_int_equal(line_count, 0); /* the server may have been restarted meanwhile */
	for (int i = 0; i < 4; i++) {
		get_both(&worker);
		get_both(&other);
	}
	assert_int_equal(compare(&worker), SD_TWO_SERVERS);
	assert_lines(1, "run on copies of one directory: they count as two servers");
}

static void copies_cost_a_kept_connection_nothing_once_they_are_known(void **state)
{
	unsigned connects;

	(void)state;
	be('x', 7, 'x', 9);
	for (int i = 0; i < 4; i++) {
		get_both(&worker);
	}
	connects = fake_system_calls(FAKE_CONNECT);
	for (int i = 0; i < 10; i++) {
		fake_system_pass_ms(SD_TWINS_GREETED_US / 1000);
		get_both(&worker);
		assert_int_equal(compare(&worker), SD_TWO_SERVERS);
	}
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects);
}

/* }}} */

/* {{{ two greetings before anything is told */

static void greet(struct sd_nodes *nodes, struct sd_node *node, char id, uint64_t process,
                  int64_t now_us)
{
	struct sd_greeting *greeting = &node->facts.greeting;

	greeting->has_id = true;
	memset(greeting->id, id, sizeof(greeting->id));
	greeting->process = process;
	node->facts.greeted_us = now_us;
	(void)sd_twins_greeted(nodes, node, now_us);
}

static void assert_no_line_of_a_pair(void)
{
	for (size_t i = 0; i < line_count; i++) {
		assert_null(strstr(lines[i], " and "));
	}
}

/* A connection broke in the round that had made it, and the next one led to another server: what
 * the first one had found out is no more true of either name. */
static void what_an_earlier_greeting_of_the_round_met_is_not_told(void **state)
{
	struct sd_connection_shared shared = {.options = &worker.options};
	struct sd_nodes nodes = {.shared = &shared, .marks = marks};
	struct sd_node *a = sd_nodes_get(&nodes, &worker.a);
	struct sd_node *b = sd_nodes_get(&nodes, &worker.b);

	(void)state;
	greet(&nodes, a, 'x', 7, 1000);
	greet(&nodes, b, 'x', 7, 2000);
	greet(&nodes, b, 'y', 8, 3000);
	sd_twins_report(&nodes, take_line);
	assert_no_line_of_a_pair();
	greet(&nodes, b, 'x', 7, 4000);
	greet(&nodes, b, 'x', 8, 5000); /* it was restarted */
	sd_twins_report(&nodes, take_line);
	assert_no_line_of_a_pair();
	greet(&nodes, b, 'x', 7, 6000);
	greet(&nodes, a, 'z', 9, 7000);
	sd_twins_report(&nodes, take_line);
	assert_no_line_of_a_pair();
	sd_nodes_free(&nodes);
}

/* }}} */

/* {{{ one name, several servers */

static void another_server_behind_a_name_is_one_line(void **state)
{
	(void)state;
	be('x', 7, 'y', 8);
	get(&worker, &worker.a);
	assert_int_equal(line_count, 0);
	be('x', 9, 'y', 8); /* restarted */
	fake_system_close_all();
	get(&worker, &worker.a);
	assert_int_equal(line_count, 0);
	be('z', 1, 'y', 8);
	fake_system_close_all();
	get(&worker, &worker.a);
	get(&other, &other.a);
	assert_lines(1, "[127.0.0.1:1042] is another server than before");
	assert_false(is_ambiguous(&worker));
	assert_false(worker.transport->has_odd_names);
}

static void a_replaced_server_that_comes_back_makes_two_behind_the_name(void **state)
{
	(void)state;
	be('x', 7, 'y', 8);
	get(&worker, &worker.a);
	be('z', 1, 'y', 8);
	get(&other, &other.a);
	be('x', 7, 'y', 8);
	get(&worker, &worker.a); /* its kept connection was to the one that was replaced */
	assert_lines(2, "leads to two servers in turn: locks held there");
	assert_true(is_ambiguous(&worker));
	assert_true(worker.transport->has_odd_names);
	get(&other, &other.a);
	assert_true(is_ambiguous(&other));
	assert_true(other.transport->has_odd_names);
	assert_int_equal(line_count, 2);

	fake_system_pass_ms(SD_TWO_SERVERS_US / 1000 + 1);
	assert_false(is_ambiguous(&worker));
	get(&other, &other.a);
	get(&other, &other.a); /* it is greeted anew, and is the same one now */
	assert_false(is_ambiguous(&other));
}

static void a_kept_connection_to_a_replaced_server_is_given_up(void **state)
{
	unsigned connects;

	(void)state;
	be('x', 7, 'y', 8);
	get(&worker, &worker.a);
	be('z', 1, 'y', 8);
	get(&other, &other.a);
	connects = fake_system_calls(FAKE_CONNECT);
	get(&worker, &worker.a);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects + 1);
	assert_false(is_ambiguous(&worker));
	get(&worker, &worker.a);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects + 1);
	assert_int_equal(line_count, 1);
}

static void a_lock_on_a_replaced_server_is_not_believed_and_lost(void **state)
{
	for (int i = 0; i < 2; i++) {
		unsigned connects;

		of_sessions = i != 0;
		be('x', 7, 'y', 8);
		assert_int_equal(ask(&worker, &worker.a, SD_LOCK), SD_OK);
		be('z', 1, 'y', 8);
		get(&other, &other.a);
		assert_true(is_ambiguous(&worker));
		assert_false(is_ambiguous(&other));
		connects = fake_system_calls(FAKE_CONNECT);
		get(&worker, &worker.a);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), connects + 1);
		assert_false(is_ambiguous(&worker));
		assert_int_equal(close_all(state), 0);
		(void)open_all(state);
	}
}

static void servers_that_say_no_id_any_more_cost_nothing(void **state)
{
	unsigned connects;

	(void)state;
	be('x', 7, 'y', 8);
	get(&worker, &worker.a);
	be(0, 0, 'y', 8); /* an earlier version of the server */
	fake_system_close_all();
	get(&worker, &worker.a);
	connects = fake_system_calls(FAKE_CONNECT);
	for (int i = 0; i < 3; i++) {
		get(&worker, &worker.a);
	}
	assert_int_equal(fake_system_calls(FAKE_CONNECT), connects);
	assert_false(is_ambiguous(&worker));
	assert_int_equal(line_count, 0);
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_of_one_start_are_one_server),
		TEST(the_line_is_the_same_in_whatever_order_they_are_greeted),
		TEST(servers_of_two_ids_are_two),
		TEST(servers_without_an_id_or_a_start_are_two),
		TEST(a_greeting_tells_for_some_seconds_and_then_both_are_greeted_again),
		TEST(a_connection_with_a_lock_is_not_greeted_again),
		TEST(a_name_that_is_dead_or_closed_is_no_other_name),
		TEST(one_server_of_two_that_stood_behind_the_names_is_told_apart),
		TEST(one_server_on_a_new_disk_is_one_server),
		TEST(what_relies_on_two_names_being_one_is_not_sent_to_another_server),
		TEST(all_else_is_sent_to_another_server),
		TEST(a_restart_is_neither_a_copy_nor_another_server),
		TEST(a_restart_that_the_connection_has_not_told_of_is_found_out),
		TEST(copies_of_a_directory_are_two_servers_and_one_line),
		TEST(copies_cost_a_kept_connection_nothing_once_they_are_known),
		TEST(what_an_earlier_greeting_of_the_round_met_is_not_told),
		TEST(another_server_behind_a_name_is_one_line),
		TEST(a_replaced_server_that_comes_back_makes_two_behind_the_name),
		TEST(a_kept_connection_to_a_replaced_server_is_given_up),
		TEST(a_lock_on_a_replaced_server_is_not_believed_and_lost),
		TEST(servers_that_say_no_id_any_more_cost_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
