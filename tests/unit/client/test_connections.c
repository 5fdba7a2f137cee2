/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The two connections of a node, through the network: that of sessions and that of all other
 * entries. Whatever ends one of them leaves the other as it is, and its locks. What is known of the
 * server is one. What nobody has used for long is given back. On a system that does what the test
 * says (fake_system.c).
 */

#include "tests/unit/unit.h"

#include <errno.h>
#include <setjmp.h>
#include <string.h>

#include "client/net/network.h"
#include "client/net/nodes.h"
#include "client/policy/operation.h"
#include "tests/unit/client/fake_peer.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"

#define CONNECT_MS 1000
#define TIMEOUT_MS 2000
#define INTERVAL_MS 5000
#define MAX_IDLE_MS 60000
#define PORT 1042

static struct sd_options options;
static struct sd_dead_marks *marks;
static struct sd_network *network;
static struct sd_server server;
static struct sd_exchange exchange; /* the last one */
static struct kept kept;
static int64_t process;

int64_t __wrap_sd_platform_process(void);

int64_t __wrap_sd_platform_process(void)
{
	return process;
}

static void ignore(const char *line)
{
	(void)line;
}

static void make_server(struct sd_server *made, const char *host)
{
	struct sd_error error;
	enum sd_server_part part;

	assert_int_equal(sd_server_init(made, host, strlen(host), PORT, 60, 1, &part, &error), SD_OK);
}

static int open_all(void **state)
{
	(void)state;
	fake_system_reset();
	process = 4711;
	options = (struct sd_options){.connect_timeout_ms = CONNECT_MS,
	                              .timeout_ms = TIMEOUT_MS,
	                              .retry_interval_ms = INTERVAL_MS,
	                              .max_idle_ms = MAX_IDLE_MS,
	                              .marking = {CONNECT_MS, TIMEOUT_MS, INTERVAL_MS}};
	kept.sink = kept_sink;
	marks = sd_dead_marks_new();
	assert_non_null(marks);
	network = sd_network_new(&options, marks, ignore);
	assert_non_null(network);
	make_server(&server, "127.0.0.1");
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	sd_network_free(network);
	sd_dead_marks_free(marks);
	return fake_system_open() == 0 ? 0 : -1;
}

static void reopen(void)
{
	assert_int_equal(close_all(NULL), 0);
	(void)open_all(NULL);
}

/* {{{ requests */

static struct sd_request request_of(enum sd_request_kind kind, enum sd_purpose purpose)
{
	return (struct sd_request){.kind = kind,
	                           .key = {"key", 3},
	                           .sink = &kept.sink,
	                           .is_session = purpose == SD_FOR_SESSIONS};
}

static enum sd_status ask_of(const struct sd_server *asked, struct sd_request request)
{
	struct sd_policy policy = {.transport = sd_network_transport(network), .options = &options};

	kept_restart(&kept.sink);
	memset(&exchange, 0, sizeof(exchange));
	exchange.server = asked;
	exchange.request = request;
	sd_operation_perform_one(&policy, &exchange);
	return exchange.reply.status;
}

static enum sd_status get(enum sd_purpose purpose)
{
	return ask_of(&server, request_of(SD_GET, purpose));
}

/* Returns the number of the connection that holds it. */
static uint64_t lock(enum sd_purpose purpose)
{
	assert_int_equal(ask_of(&server, request_of(SD_LOCK, purpose)), SD_OK);
	return exchange.reply.connection;
}

/* A write on the condition that the lock is held. */
static enum sd_status set_held(enum sd_purpose purpose, uint64_t connection)
{
	struct sd_request request = request_of(SD_SET, purpose);

	request.held = true;
	request.connection = connection;
	return ask_of(&server, request);
}

static unsigned connects(void)
{
	return fake_system_calls(FAKE_CONNECT);
}

static struct sd_server_info info_now(void)
{
	struct sd_server_info info = {0};

	assert_true(sd_network_info(network, &server, &info));
	return info;
}

/* }}} */

/* {{{ what ends one of them */

static jmp_buf leave;

static bool leaving_grow(struct sd_sink *sink, size_t wanted)
{
	(void)sink;
	(void)wanted;
	longjmp(leave, 1);
}

static void leave_in_the_middle(enum sd_purpose purpose)
{
	static const struct sd_sink_kind leaving = {.grow = leaving_grow, .restart = kept_restart};

	kept.sink.kind = &leaving;
	if (setjmp(leave) == 0) {
		(void)get(purpose);
		fail_msg("the sink was to leave");
	}
	kept.sink.kind = &kept_kind;
}

static void leave_and_abandon(enum sd_purpose purpose)
{
	leave_in_the_middle(purpose);
	sd_network_abandon(network);
}

static void let_it_time_out(enum sd_purpose purpose)
{
	fake_server.is_silent = true;
	assert_true(sd_status_is_failure(get(purpose)));
	fake_server.is_silent = false;
}

static void let_a_call_fail(enum fake_call call, enum sd_purpose purpose)
{
	fake_system_fail(call, fake_system_calls(call), ECONNRESET, false);
	(void)get(purpose);
	assert_true(fake_system_has_failed());
	fake_system_heal();
}

static void let_a_send_fail(enum sd_purpose purpose)
{
	let_a_call_fail(FAKE_SEND, purpose);
}

static void let_a_receive_fail(enum sd_purpose purpose)
{
	let_a_call_fail(FAKE_AWAIT, purpose);
}

/* An answer that goes on for ever ends at the deadline. */
static void let_an_answer_not_end(enum sd_purpose purpose)
{
	fake_server.is_endless = true;
	assert_true(sd_status_is_failure(get(purpose)));
	fake_server.is_endless = false;
}

static const struct {
	const char *name;
	void (*happens)(enum sd_purpose purpose);
} ends[] = {
	{"longjmp", leave_in_the_middle}, {"longjmp, and the end of a request", leave_and_abandon},
	{"timeout", let_it_time_out},     {"send", let_a_send_fail},
	{"receive", let_a_receive_fail},  {"an answer without an end", let_an_answer_not_end},
};

static enum sd_purpose other_than(enum sd_purpose purpose)
{
	return purpose == SD_FOR_SESSIONS ? SD_FOR_ENTRIES : SD_FOR_SESSIONS;
}

/* Each event, on each of them: the other one's lock is still held, on the same connection. */
static void whatever_ends_one_leaves_the_other_and_its_lock(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		for (int one = 0; one < SD_PURPOSES; one++) {
			enum sd_purpose purpose = (enum sd_purpose)one;
			enum sd_purpose other = other_than(purpose);
			uint64_t held;
			unsigned before;

			reopen();
			assert_int_equal(get(purpose), SD_OK);
			held = lock(other);
			assert_int_equal(connects(), 2);
			ends[i].happens(purpose);
			fake_system_pass_ms(2 * INTERVAL_MS); /* silence marks the server */
			before = connects();
			if (set_held(other, held) != SD_OK) {
				fail_msg("%s on connection %d took the lock of the other", ends[i].name, one);
			}
			assert_int_equal(connects(), before);
			assert_int_equal(get(purpose), SD_OK);
			assert_int_equal(fake_system_open(), 2);
		}
	}
}

/* One that is lost with its lock: the session is told so, by whichever event. */
static void a_lock_that_is_lost_is_a_conflict_and_not_found_on_the_other(void **state)
{
	uint64_t held;

	(void)state;
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	held = lock(SD_FOR_SESSIONS);
	assert_int_equal(set_held(SD_FOR_ENTRIES, held), SD_CONFLICT);
	leave_in_the_middle(SD_FOR_SESSIONS);
	assert_int_equal(set_held(SD_FOR_SESSIONS, held), SD_CONFLICT);
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(connects(), 3);
}

static void each_is_replaced_when_it_was_idle_for_too_long(void **state)
{
	(void)state;
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	fake_system_pass_ms(MAX_IDLE_MS - 100);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	fake_system_pass_ms(200);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_int_equal(connects(), 2);
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(connects(), 3);
	assert_int_equal(fake_system_open(), 2);
}

/* }}} */

/* {{{ what is one */

static void each_is_made_when_it_is_needed_and_told_of(void **state)
{
	(void)state;
	assert_int_equal(info_now().connections, 0);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_int_equal(info_now().connections, 1);
	assert_int_equal(connects(), 1);
	assert_string_equal(info_now().version, "1-sharedanced");
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(info_now().connections, 2);
	assert_int_equal(info_now().statistics->operations, 2);
	sd_network_close(network);
	assert_int_equal(info_now().connections, 0);
	assert_string_equal(info_now().version, "1-sharedanced");
}

static void a_server_that_was_greeted_by_one_is_greeted(void **state)
{
	struct sd_transport *transport = sd_network_transport(network);

	(void)state;
	for (int one = 0; one < SD_PURPOSES; one++) {
		assert_false(transport->is_greeted(transport, &server));
		assert_int_equal(get((enum sd_purpose)one), SD_OK);
		assert_true(transport->is_greeted(transport, &server));
		sd_network_close(network);
	}
}

/* Both go out in one round: neither waits for the other. */
static void both_are_asked_in_one_round(void **state)
{
	struct sd_exchange both[SD_PURPOSES];
	struct kept values[SD_PURPOSES] = {{kept_sink, ""}, {kept_sink, ""}};
	struct sd_transport *transport = sd_network_transport(network);

	(void)state;
	memset(both, 0, sizeof(both));
	for (int i = 0; i < SD_PURPOSES; i++) {
		both[i].server = &server;
		both[i].request = request_of(SD_GET, (enum sd_purpose)i);
		both[i].request.sink = &values[i].sink;
		both[i].connect_ms = TIMEOUT_MS;
		both[i].deadline_ms = fake_system_now_us() / 1000 + TIMEOUT_MS;
	}
	both[0].next = &both[1];
	transport->perform(transport, both);
	for (int i = 0; i < SD_PURPOSES; i++) {
		assert_int_equal(both[i].reply.status, SD_OK);
		assert_string_equal(values[i].bytes, "right");
	}
	assert_true(both[0].reply.connection != both[1].reply.connection);
	assert_int_equal(info_now().connections, 2);
}

/* A server that refuses a long value says why, and closes before all of it has come. */
static void what_a_server_said_before_a_reset_is_heard(void **state)
{
	static const int errors[] = {EPIPE, ECONNRESET};
	static char value[100000];
	struct sd_transport *transport;

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct sd_exchange said = {.server = &server, .request = request_of(SD_EXISTS, 0)};
		struct sd_exchange sent = {.server = &server, .request = request_of(SD_SET, 0)};

		reopen();
		assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
		transport = sd_network_transport(network);
		sent.request.data = (struct sd_bytes){value, sizeof(value)};
		said.next = &sent;
		said.connect_ms = sent.connect_ms = TIMEOUT_MS;
		said.deadline_ms = sent.deadline_ms = fake_system_now_us() / 1000 + TIMEOUT_MS;
		fake_server.sends_at_most = 1000;
		fake_system_fail(FAKE_SEND, fake_system_calls(FAKE_SEND) + 1, errors[i], false);
		transport->perform(transport, &said);
		assert_true(fake_system_has_failed());
		assert_int_equal(said.reply.status, SD_OK);
		assert_int_equal(sent.reply.status, SD_CLOSED);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	}
}

/* A classic server closes on the greeting, on whichever connection: it is greeted once. */
static void a_classic_server_is_found_out_by_either(void **state)
{
	(void)state;
	for (int one = 0; one < SD_PURPOSES; one++) {
		reopen();
		fake_server.is_classic = true;
		assert_int_equal(get((enum sd_purpose)one), SD_OK);
		assert_int_equal(info_now().protocol, SD_PROTOCOL_CLASSIC);
		assert_int_equal(info_now().connections, 0);
		assert_int_equal(get(other_than((enum sd_purpose)one)), SD_OK);
		assert_string_equal(kept.bytes, "right");
	}
}

/* }}} */

/* {{{ marks */

static void a_mark_that_one_has_set_holds_for_the_other_and_any_answer_lifts_it(void **state)
{
	(void)state;
	for (int one = 0; one < SD_PURPOSES; one++) {
		reopen();
		fake_system_fail(FAKE_CONNECT, 0, ECONNREFUSED, true);
		assert_int_equal(get((enum sd_purpose)one), SD_UNREACHABLE);
		fake_system_heal();
		assert_int_equal(get(other_than((enum sd_purpose)one)), SD_DEAD);
		fake_system_pass_ms(INTERVAL_MS * 2);
		assert_int_equal(get(other_than((enum sd_purpose)one)), SD_OK);
		assert_int_equal(get((enum sd_purpose)one), SD_OK);
		assert_int_equal(info_now().marks.state, SD_ALIVE);
	}
}

/* Another worker's attempt has failed that began before a request was sent, on whichever
 * connection, that was answered. One that began later marks. */
static void an_answer_to_either_refutes_what_failed_earlier(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * SD_PURPOSES; i++) {
		enum sd_purpose purpose = i % 2 == 0 ? SD_FOR_ENTRIES : SD_FOR_SESSIONS;
		int64_t began_ms = fake_system_now_us() / 1000;
		struct sd_mark_try how = {.admission = SD_ADMITTED_ALIVE, .interval_ms = INTERVAL_MS};
		struct sd_mark mark;

		reopen();
		assert_int_equal(get(purpose), SD_OK);
		fake_system_pass_ms(1000);
		assert_int_equal(get(purpose), SD_OK);
		fake_system_pass_ms(1000);
		how.now_ms = fake_system_now_us() / 1000;
		how.began_ms = i < 2 ? began_ms : how.now_ms;
		assert_true(sd_dead_marks_find(marks, &server, 0, how.now_ms, &mark));
		(void)sd_mark_failed(&mark, &how, SD_EVIDENCE_SILENT, "silence");
		assert_int_equal(get(other_than(purpose)), i < 2 ? SD_OK : SD_DEAD);
	}
}

/* }}} */

/* {{{ the end of a request, and a child */

static void locks_that_are_dropped_close_what_holds_them_and_nothing_else(void **state)
{
	uint64_t held;

	(void)state;
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	held = lock(SD_FOR_SESSIONS);
	sd_network_drop_locks(network);
	assert_int_equal(fake_system_open(), 1);
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(connects(), 2);
	assert_int_equal(set_held(SD_FOR_SESSIONS, held), SD_CONFLICT);
	sd_network_drop_locks(network); /* none is held */
	assert_int_equal(fake_system_open(), 2);
	(void)lock(SD_FOR_ENTRIES);
	sd_network_drop_locks(network);
	assert_int_equal(fake_system_open(), 1);
}

/* session_reset() asks for the lock that it has. */
static void a_lock_that_gets_a_new_lease_is_one_lock_still(void **state)
{
	struct sd_request request = request_of(SD_LOCK, SD_FOR_SESSIONS);

	(void)state;
	request.connection = lock(SD_FOR_SESSIONS);
	assert_int_equal(ask_of(&server, request), SD_OK);
	request.kind = SD_UNLOCK;
	assert_int_equal(ask_of(&server, request), SD_OK);
	sd_network_drop_locks(network);
	assert_int_equal(fake_system_open(), 1);
}

static void a_child_uses_neither_and_sends_nothing_on_them(void **state)
{
	unsigned sends;

	(void)state;
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	(void)lock(SD_FOR_SESSIONS);
	process++;
	sends = fake_system_calls(FAKE_SEND);
	sd_network_drop_locks(network);
	sd_network_abandon(network);
	assert_int_equal(fake_system_calls(FAKE_SEND), sends);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(connects(), 4);
	assert_int_equal(fake_system_open(), 2);
}

/* }}} */

/* {{{ giving back */

static void what_was_not_used_for_ten_minutes_is_given_back(void **state)
{
	(void)state;
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	fake_system_pass_ms(SD_NODES_UNUSED_MS - 1000);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	sd_network_give_back(network);
	assert_int_equal(fake_system_open(), 2);
	fake_system_pass_ms(2000);
	sd_network_give_back(network);
	assert_int_equal(fake_system_open(), 1); /* the session's */
	assert_int_equal(info_now().connections, 1);
	assert_int_equal(info_now().statistics->operations, 2);
	fake_system_pass_ms(SD_NODES_UNUSED_MS);
	sd_network_give_back(network);
	assert_int_equal(fake_system_open(), 0);
	assert_int_equal(info_now().connections, 0);
	assert_int_equal(info_now().statistics->operations, 0);
	assert_int_equal(info_now().marks.state, SD_ALIVE); /* that is not the node's */
}

/* A classic server has no connection that is kept. */
static void a_node_without_a_connection_is_kept_for_as_long(void **state)
{
	(void)state;
	server.protocol = SD_PROTOCOL_CLASSIC;
	fake_server.is_classic = true;
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	fake_system_pass_ms(SD_NODES_UNUSED_MS - 1000);
	sd_network_give_back(network);
	assert_int_equal(info_now().statistics->operations, 1);
	fake_system_pass_ms(2000);
	sd_network_give_back(network);
	assert_int_equal(info_now().statistics->operations, 0);
}

static void a_connection_with_a_lock_is_not_given_back(void **state)
{
	uint64_t held = lock(SD_FOR_SESSIONS);

	(void)state;
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	fake_system_pass_ms(2 * SD_NODES_UNUSED_MS);
	sd_network_give_back(network);
	assert_int_equal(fake_system_open(), 1);
	assert_int_equal(set_held(SD_FOR_SESSIONS, held), SD_OK);
	assert_int_equal(connects(), 2);
}

/* A server object outlives its node, and finds a new one. Others between stay as they are. */
static void a_server_whose_node_was_given_back_is_asked_again(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"};
	struct sd_server servers[COUNT_OF(hosts)];

	(void)state;
	for (unsigned kept_nodes = 0; kept_nodes < 1u << COUNT_OF(hosts); kept_nodes++) {
		struct sd_server_info info;
		size_t left = 0;

		reopen();
		for (size_t i = 0; i < COUNT_OF(hosts); i++) {
			make_server(&servers[i], hosts[i]);
			assert_int_equal(ask_of(&servers[i], request_of(SD_GET, SD_FOR_ENTRIES)), SD_OK);
		}
		fake_system_pass_ms(SD_NODES_UNUSED_MS);
		for (size_t i = 0; i < COUNT_OF(hosts); i++) {
			if (kept_nodes & 1u << i) {
				assert_int_equal(ask_of(&servers[i], request_of(SD_GET, SD_FOR_ENTRIES)), SD_OK);
				left++;
			}
		}
		sd_network_give_back(network);
		assert_int_equal(fake_system_open(), left);
		assert_int_equal(sd_network_info_at(network, left, &info), false);
		for (size_t i = 0; i < COUNT_OF(hosts); i++) {
			assert_int_equal(ask_of(&servers[i], request_of(SD_GET, SD_FOR_ENTRIES)), SD_OK);
		}
		assert_int_equal(fake_system_open(), COUNT_OF(hosts));
	}
}

/* }}} */

/* {{{ which server it is */

static void be(char id)
{
	fake_server.names[0] = (struct fake_name){.port = PORT, .id = id, .process = 1};
}

static enum sd_status get_joined(enum sd_purpose purpose)
{
	struct sd_request request = request_of(SD_GET, purpose);

	request.is_joined = true;
	return ask_of(&server, request);
}

/* What was found out on one connection is believed on a new one only if it leads there, too. */
static void a_new_connection_to_another_server_than_the_other_one_was_parts(void **state)
{
	(void)state;
	for (int one = 0; one < SD_PURPOSES; one++) {
		reopen();
		be('x');
		assert_int_equal(get((enum sd_purpose)one), SD_OK);
		assert_int_equal(get_joined(other_than((enum sd_purpose)one)), SD_OK);
		sd_network_close(network);
		assert_int_equal(get((enum sd_purpose)one), SD_OK);
		be('y');
		assert_int_equal(get_joined(other_than((enum sd_purpose)one)), SD_UNREACHABLE);
		assert_true(exchange.has_parted);
	}
}

/* The name leads elsewhere, as the other connection has found out: this one is not used again, and
 * a lock on it is lost. */
static void a_connection_to_a_server_that_was_replaced_is_closed_with_its_locks(void **state)
{
	struct sd_transport *transport = sd_network_transport(network);
	uint64_t held;

	(void)state;
	be('x');
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	be('y');
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_int_equal(fake_system_open(), 1);
	assert_false(transport->is_ambiguous(transport, &server));
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(connects(), 3);
	held = lock(SD_FOR_SESSIONS);
	fake_system_pass_ms(MAX_IDLE_MS * 2); /* the other one is replaced */
	be('z');
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(fake_system_open(), 1);
	assert_false(transport->is_ambiguous(transport, &server));
	assert_int_equal(set_held(SD_FOR_SESSIONS, held), SD_CONFLICT);
}

/* What the session's connection leads to is not what the name leads to now: that one is not up, and
 * nobody can say that it is the same as another name's. */
static void a_name_is_compared_by_a_connection_to_where_it_leads(void **state)
{
	struct sd_transport *transport = sd_network_transport(network);
	struct sd_server twin;

	(void)state;
	make_server(&twin, "127.0.0.2");
	be('x');
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	be('y');
	(void)lock(SD_FOR_SESSIONS);
	be('x'); /* two servers: the lock's connection is kept */
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_int_equal(ask_of(&twin, request_of(SD_GET, SD_FOR_ENTRIES)), SD_OK);
	assert_int_equal(transport->compare(transport, &server, &twin), SD_ONE_OF_TWO);
	leave_and_abandon(SD_FOR_ENTRIES);
	assert_int_equal(fake_system_open(), 2);
	assert_int_equal(transport->compare(transport, &server, &twin), SD_TWO_SERVERS);
}

/* }}} */

/* {{{ for how long sessions live */

static int64_t ttl_s;

static int64_t tell_ttl(void)
{
	return ttl_s;
}

/* Whether the server knew, when it gave its last answer. */
static bool knew_ttl(void)
{
	struct sd_transport *transport = sd_network_transport(network);

	return transport->has_told_ttl(transport, &exchange);
}

static void the_connection_of_sessions_alone_tells_it(void **state)
{
	(void)state;
	ttl_s = 1440;
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_string_equal(fake_peer_greeting, "mn sharedance"); /* nobody says how long they live */
	sd_network_close(network);
	options.session_ttl_s = tell_ttl;
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_string_equal(fake_peer_greeting, "mn sharedance T1440");
	assert_int_equal(get(SD_FOR_ENTRIES), SD_OK);
	assert_string_equal(fake_peer_greeting, "mn sharedance");
	sd_network_close(network);
	ttl_s = 0; /* as long as the servers say */
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_string_equal(fake_peer_greeting, "mn sharedance");
}

static void one_that_told_a_shorter_ttl_is_replaced_and_its_answer_not_believed(void **state)
{
	(void)state;
	options.session_ttl_s = tell_ttl;
	fake_server.tells_unproven = true;
	ttl_s = 1440;
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_true(knew_ttl());
	ttl_s = 60;
	assert_true(knew_ttl());
	ttl_s = 1441;
	assert_false(knew_ttl());
	assert_int_equal(fake_system_open(), 0);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_string_equal(fake_peer_greeting, "mn sharedance T1441");
	assert_true(knew_ttl());
	assert_int_equal(connects(), 2);
	ttl_s = 1440;
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_true(knew_ttl());
	assert_int_equal(connects(), 2);
}

static void one_that_told_a_shorter_ttl_stays_if_other_sessions_have_locks_on_it(void **state)
{
	(void)state;
	options.session_ttl_s = tell_ttl;
	fake_server.tells_unproven = true;
	ttl_s = 1440;
	(void)lock(SD_FOR_SESSIONS);
	(void)lock(SD_FOR_SESSIONS);
	ttl_s = 1441;
	assert_false(knew_ttl());
	assert_int_equal(fake_system_open(), 1);
}

static void what_came_on_one_that_was_replaced_since_is_not_believed(void **state)
{
	struct sd_exchange before;
	struct sd_transport *transport = sd_network_transport(network);

	(void)state;
	options.session_ttl_s = tell_ttl;
	fake_server.tells_unproven = true;
	ttl_s = 60;
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	before = exchange;
	ttl_s = 1440;
	sd_network_close(network);
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	assert_false(transport->has_told_ttl(transport, &before));
	assert_true(knew_ttl());
	assert_int_equal(fake_system_open(), 1);
}

/* It could make nothing of it. */
static void a_server_that_proves_nothing_is_asked_for_nothing_more(void **state)
{
	(void)state;
	options.session_ttl_s = tell_ttl;
	ttl_s = 60;
	assert_int_equal(get(SD_FOR_SESSIONS), SD_OK);
	ttl_s = 1440;
	assert_true(knew_ttl());
	assert_int_equal(fake_system_open(), 1);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whatever_ends_one_leaves_the_other_and_its_lock, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(
			a_lock_that_is_lost_is_a_conflict_and_not_found_on_the_other, open_all, close_all),
		cmocka_unit_test_setup_teardown(each_is_replaced_when_it_was_idle_for_too_long, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(each_is_made_when_it_is_needed_and_told_of, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(a_server_that_was_greeted_by_one_is_greeted, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(both_are_asked_in_one_round, open_all, close_all),
		cmocka_unit_test_setup_teardown(what_a_server_said_before_a_reset_is_heard, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(
			a_mark_that_one_has_set_holds_for_the_other_and_any_answer_lifts_it, open_all,
			close_all),
		cmocka_unit_test_setup_teardown(an_answer_to_either_refutes_what_failed_earlier, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(a_classic_server_is_found_out_by_either, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(
			locks_that_are_dropped_close_what_holds_them_and_nothing_else, open_all, close_all),
		cmocka_unit_test_setup_teardown(a_lock_that_gets_a_new_lease_is_one_lock_still, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(a_child_uses_neither_and_sends_nothing_on_them, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(what_was_not_used_for_ten_minutes_is_given_back, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(a_node_without_a_connection_is_kept_for_as_long, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(a_connection_with_a_lock_is_not_given_back, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(a_server_whose_node_was_given_back_is_asked_again, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(
			a_new_connection_to_another_server_than_the_other_one_was_parts, open_all, close_all),
		cmocka_unit_test_setup_teardown(
			a_connection_to_a_server_that_was_replaced_is_closed_with_its_locks, open_all,
			close_all),
		cmocka_unit_test_setup_teardown(the_connection_of_sessions_alone_tells_it, open_all,
	                                    close_all),
		cmocka_unit_test_setup_teardown(
			one_that_told_a_shorter_ttl_is_replaced_and_its_answer_not_believed, open_all,
			close_all),
		cmocka_unit_test_setup_teardown(
			one_that_told_a_shorter_ttl_stays_if_other_sessions_have_locks_on_it, open_all,
			close_all),
		cmocka_unit_test_setup_teardown(what_came_on_one_that_was_replaced_since_is_not_believed,
	                                    open_all, close_all),
		cmocka_unit_test_setup_teardown(a_server_that_proves_nothing_is_asked_for_nothing_more,
	                                    open_all, close_all),
		cmocka_unit_test_setup_teardown(a_name_is_compared_by_a_connection_to_where_it_leads,
	                                    open_all, close_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
