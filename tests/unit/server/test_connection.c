/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A connection's ticks, driven by hand: what is sent, when, and what is read. The protocol has one
 * letter a request: "a" to "k" are answered by themselves, and in capitals if they are run in a
 * replay; "q" also finishes the connection; "l" suspends it, and "+" answers it later; "k" attaches
 * something; "x" is the beginning of a request that never ends, "v" has a reply of VALUE bytes, and
 * "n" and "p" have none, of which "p" finishes the connection. "s" has a long value of one byte as
 * its reply, "y" one of SHARED bytes, and "j" one that cannot be read. "m" and "z" have MEDIUM and
 * LONG bytes; "t" is one byte long and does as much as "z". "w" and "W", which is as long as "z",
 * are deferred while `defers` is set. "u" has HUGE bytes and "r" LARGE ones, and they say so. "o"
 * is answered by "+" if it may have NEARLY_ALL of the memory, by "-" if not, and "O" by a long
 * value of more than all of it.
 */

#include "server/net/connection_internal.h"

#include <ctype.h>
#include <event2/event.h>
#include <string.h>

#include "tests/unit/server/fake_socket.h"
#include "tests/unit/unit.h"

#define VALUE 1000000
#define SHARED 20000000
#define MEDIUM 60000
#define LONG 5000000
#define HUGE 25000000
#define LARGE 100000 /* bytes for which there is room beside two HUGE ones */
#define CONNECTIONS 120
#define NEARLY_ALL (MEMORY - 2 * VALUE)
#define MEMORY (64u * 1024 * 1024)
#define REQUESTS_MAX 64
#define READ_SIZE 16

static int64_t now_us; /* of both clocks */

int64_t __wrap_sdd_clock_monotonic_us(void);

int64_t __wrap_sdd_clock_monotonic_us(void)
{
	return now_us;
}

int64_t __wrap_sdd_clock_boot_ms(void);

int64_t __wrap_sdd_clock_boot_ms(void)
{
	return now_us / 1000;
}

/* {{{ the server */

static struct {
	struct event_base *base;
	struct sdd_connections *connections;
	struct sdd_connection *suspended; /* by "l"; NULL: none */
	bool is_replay;
	bool defers;   /* "w" and "W" have to come later */
	bool decides;  /* "z" answers the suspended connection */
	unsigned runs; /* requests that were handed over and whole */
	unsigned closings;
	unsigned looks;  /* whether a connection is needed */
	unsigned reads;  /* of long values */
	bool was_greedy; /* the client of the last request */
	/* What one client must get, if it sends no "v": the reply of each request, as it was run last.
	 */
	char truth[REQUESTS_MAX];
	size_t run;        /* requests of the client that were run, as of now */
	size_t run_before; /* in earlier ticks */
	size_t committed;  /* of which the replies may be sent */
} server;

static bool read_value(const void *context, void *room)
{
	const struct sdd_value_identity *identity = context;

	server.reads++;
	if (identity->offset == 'j') {
		return false;
	}
	memset(room, (int)identity->offset, identity->length);
	return true;
}

/* A long value of that character. False: it cannot be read. */
static bool write_value(struct sdd_connection *connection, char offset, size_t length)
{
	const struct sdd_value_identity identity = {.offset = (uint64_t)offset, .length = length};
	const struct sdd_value_source source = {identity, read_value, &identity};

	return sdd_connection_write_value(connection, &source);
}

static void answer(struct sdd_connection *connection, char request)
{
	static const char value[VALUE];
	static const char long_value[15 * VALUE];
	char reply = (char)(server.is_replay ? toupper(request) : request);

	if (request == 'p') {
		sdd_connection_finish(connection);
	}
	if (request == 'n' || request == 'p') {
		return;
	}
	server.truth[server.run++ % REQUESTS_MAX] = reply;
	switch (request) {
	case 'k':
		sdd_connection_attach(connection, &server);
		break;
	case 'l':
		server.suspended = connection;
		sdd_connection_suspend(connection);
		return;
	case 'v':
		sdd_connection_write(connection, value, VALUE);
		return;
	case 's':
		assert_true(write_value(connection, reply, 1));
		return;
	case 'y':
		sdd_connection_write(connection, "<", 1);
		assert_true(write_value(connection, request, SHARED));
		sdd_connection_write(connection, ">", 1);
		return;
	case 'o':
		reply = sdd_connection_may_have(connection, NEARLY_ALL) ? '+' : '-';
		server.truth[(server.run - 1) % REQUESTS_MAX] = reply;
		break;
	case 'O':
		assert_true(write_value(connection, request, MEMORY + 1));
		return;
	case 'j':
		sdd_connection_write(connection, "<", 1);
		assert_false(write_value(connection, request, SHARED));
		sdd_connection_discard(connection);
		break;
	case 'z':
		if (server.decides) {
			sdd_connection_resume(server.suspended, long_value, sizeof(long_value));
		}
		break;
	case 'q':
		sdd_connection_finish(connection);
	}
	sdd_connection_write(connection, &reply, 1);
}

static size_t length_of(char request)
{
	return request == 'z' || request == 'W' ? LONG
	       : request == 'm'                 ? MEDIUM
	       : request == 'u'                 ? HUGE
	       : request == 'r'                 ? LARGE
	                                        : 1;
}

static size_t on_received(void *context, struct sdd_connection *connection, const uint8_t *bytes,
                          size_t length)
{
	(void)context;
	server.was_greedy = sdd_connections_work(server.connections)->is_greedy;
	sdd_connection_set_persistent(connection);
	if ((*bytes == 'u' || *bytes == 'r') && length < length_of((char)*bytes)) {
		sdd_connection_expect(connection, length_of((char)*bytes));
	}
	if (*bytes == 'x' || length < length_of((char)*bytes)) {
		return 0;
	}
	if (server.defers && toupper(*bytes) == 'W') {
		sdd_connection_write(connection, "!", 1); /* which is taken back */
		sdd_connection_defer(connection);
		return 0;
	}
	if (*bytes == 't') {
		struct sdd_work *work = sdd_connections_work(server.connections);

		if (sdd_work_must_wait(work, LONG)) {
			sdd_connection_write(connection, "!", 1); /* which is taken back */
			sdd_connection_postpone(connection);
			return 0;
		}
		sdd_work_add(work, LONG);
	}
	server.runs++;
	answer(connection, (char)*bytes);
	return length_of((char)*bytes);
}

static void on_closing(void *context, void *attachment)
{
	(void)context;
	(void)attachment;
	server.closings++;
	server.suspended = NULL;
}

static bool is_needed(void *context, const void *attachment)
{
	(void)context;
	server.looks++;
	return attachment != NULL;
}

static void on_closed(void *context)
{
	(void)context;
}

static void start_server(void)
{
	static const struct sdd_connection_handler handler = {.received = on_received,
	                                                      .closing = on_closing,
	                                                      .is_needed = is_needed,
	                                                      .closed = on_closed};

	static const struct sdd_connection_limits limits = {.read_size = READ_SIZE,
	                                                    .timeout_seconds = 60,
	                                                    .connections = CONNECTIONS,
	                                                    .memory = MEMORY};

	memset(&server, 0, sizeof(server));
	now_us = 1;
	server.base = event_base_new();
	server.connections = sdd_connections_new(server.base, &handler, &limits);
}

static void stop_server(void)
{
	sdd_connections_free(server.connections);
	event_base_free(server.base);
	assert_true(fake_socket_forget_all());
}

static int start(void **state)
{
	(void)state;
	start_server();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	stop_server();
	return 0;
}

/* A client that has connected, and sent these bytes. */
static struct fake_socket *join(const char *bytes)
{
	const struct sdd_address address = {.length = 0};
	int descriptor = fake_socket_new();
	struct fake_socket *fake = fake_socket_of(descriptor);

	fake_socket_say(fake, bytes);
	assert_true(sdd_connection_open(server.connections, descriptor, &address));
	return fake;
}

static void let_pass(int seconds)
{
	now_us += (int64_t)seconds * 1000000;
}

/* The tick ends, and its batch is committed, or lost and then committed one by one. */
static void end_tick(bool is_lost)
{
	if (is_lost) {
		server.run = server.run_before;
		server.is_replay = true;
		sdd_connections_replay(server.connections);
		server.is_replay = false;
	}
	server.committed = server.run - (server.suspended != NULL);
	server.run_before = server.run;
	sdd_connections_flush(server.connections, now_us / 1000);
}

static void resume(void)
{
	struct sdd_connection *connection = server.suspended;
	size_t index = server.run - 1;

	server.suspended = NULL;
	server.truth[index] = '+';
	if (index < server.run_before) {
		server.committed = server.run;
	}
	sdd_connection_resume(connection, "+", 1);
}

static void assert_got(const struct fake_socket *fake, const char *expected)
{
	assert_int_equal(fake->got_length, strlen(expected));
	assert_memory_equal(fake->got, expected, fake->got_length);
}

/* Ticks until nothing more happens. */
static void drain(struct fake_socket *fake)
{
	for (int i = 0; i < 10; i++) {
		fake->takes = SIZE_MAX;
		fake_socket_writable(fake);
		fake_socket_readable(fake);
		if (server.suspended != NULL) {
			resume();
		}
		end_tick(false);
	}
}

/* }}} */

/* {{{ every order of events */

/* One tick of a client whose replies of the tick before are still on their way. */
struct course {
	size_t taken_first;  /* bytes of the earlier replies that the socket took at once */
	size_t taken_each;   /* bytes that it takes each time it is writable */
	size_t takes_once;   /* of which one send() takes so many; 0: all */
	const char *order;   /* R: readable, W: writable, +: the suspended request is answered */
	const char *says[2]; /* what has come at the first and the second R */
	bool is_lost;        /* the tick's batch */
	size_t breaks;       /* before this event the socket breaks; SIZE_MAX: never */
};

/* What was got is what was committed, or its beginning. */
static void assert_true_so_far(const struct fake_socket *fake)
{
	assert_true(fake->got_length <= server.committed);
	assert_memory_equal(fake->got, server.truth, fake->got_length);
}

static void run_event(struct fake_socket *fake, const struct course *course, char event,
                      size_t *reads)
{
	switch (event) {
	case 'R':
		if (*reads < COUNT_OF(course->says) && fake->unread_length == 0) {
			fake_socket_say(fake, course->says[(*reads)++]);
		}
		fake_socket_readable(fake);
		break;
	case 'W':
		fake->takes = course->taken_each;
		fake_socket_writable(fake);
		break;
	default:
		if (server.suspended != NULL) {
			resume();
		}
	}
}

/* One tick after the other, so that the requests of this one wait in the next if they must. */
static void run_course(const struct course *course)
{
	struct fake_socket *fake;
	size_t reads = 0;

	start_server();
	fake = join("abc");
	fake->takes = course->taken_first;
	end_tick(false);
	fake->takes_once = course->takes_once;
	for (size_t i = 0; course->order[i] != '\0'; i++) {
		fake->is_broken = fake->is_broken || i == course->breaks;
		run_event(fake, course, course->order[i], &reads);
		assert_true_so_far(fake);
	}
	end_tick(course->is_lost);
	assert_true_so_far(fake);
	drain(fake);
	assert_true_so_far(fake);
	if (course->breaks > strlen(course->order)) {
		assert_int_equal(fake->got_length, server.run);
		assert_int_equal(fake->socket == NULL, strchr("qQ", server.truth[server.run - 1]) != NULL);
	}
	stop_server();
}

static void run_with_each_size(struct course course)
{
	for (course.taken_first = 0; course.taken_first <= 3; course.taken_first++) {
		for (course.taken_each = 0; course.taken_each <= 6; course.taken_each++) {
			for (course.takes_once = 0; course.takes_once <= 1; course.takes_once++) {
				course.is_lost = false;
				run_course(&course);
				course.is_lost = true;
				run_course(&course);
			}
		}
	}
}

/* All words of `length` events, as numbers to the base of 3. */
static void run_each_order(const char *const says[2], size_t length, bool breaks)
{
	size_t words = 1;

	for (size_t i = 0; i < length; i++) {
		words *= 3;
	}
	for (size_t word = 0; word < words; word++) {
		char order[8] = {0};
		struct course course = {.order = order, .says = {says[0], says[1]}, .breaks = SIZE_MAX};

		for (size_t i = 0, rest = word; i < length; i++, rest /= 3) {
			order[i] = "RW+"[rest % 3];
		}
		for (size_t i = 0; i <= length; i++) {
			course.breaks = breaks ? i : SIZE_MAX;
			run_with_each_size(course);
			if (!breaks) {
				break;
			}
		}
	}
}

static void no_reply_of_a_tick_is_sent_before_its_commit_whatever_the_order(void **state)
{
	static const char *const says[][2] = {
		{"d", "ef"}, {"dq", "e"}, {"dle", "f"}, {"lde", "lf"}, {"n", "dn"},
		{"ql", "d"}, {"s", "ds"}, {"sle", "s"}, {"dsq", "s"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(says); i++) {
		for (size_t length = 1; length <= 4; length++) {
			run_each_order(says[i], length, false);
		}
	}
}

static void a_client_may_go_at_each_point(void **state)
{
	static const char *const says[][2] = {{"d", "ef"}, {"dle", "f"}, {"dq", "e"}, {"ds", "s"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(says); i++) {
		run_each_order(says[i], 3, true);
	}
}

/* }}} */

/* {{{ replays */

static void a_replay_takes_back_the_replies_of_its_tick_and_no_others(void **state)
{
	struct fake_socket *fake = join("ab");

	(void)state;
	fake->takes = 1;
	end_tick(false);
	fake_socket_say(fake, "cd");
	fake_socket_readable(fake);
	fake_socket_writable(fake);
	end_tick(true);
	drain(fake);
	assert_got(fake, "abCD");
}

static void a_replay_keeps_a_locks_answer_of_an_earlier_tick(void **state)
{
	struct fake_socket *fake = join("al");

	(void)state;
	end_tick(false);
	assert_got(fake, "a");
	fake->takes = 0;
	resume();
	end_tick(true);
	drain(fake);
	assert_got(fake, "a+");
}

/* It was the tick's own request that suspended the connection: it is run again. */
static void a_replay_suspends_again(void **state)
{
	struct fake_socket *fake = join("alb");

	(void)state;
	resume();
	end_tick(true);
	assert_non_null(server.suspended);
	assert_got(fake, "A");
	drain(fake);
	assert_got(fake, "A+b");
}

static void a_replay_finishes_again(void **state)
{
	struct fake_socket *fake = join("aqb");

	(void)state;
	end_tick(true);
	assert_got(fake, "AQ");
	assert_null(fake->socket);
}

static void what_is_finished_in_a_tick_is_closed_after_its_commit(void **state)
{
	struct fake_socket *fake = join("a");

	(void)state;
	fake->takes = 0;
	end_tick(false);
	fake_socket_say(fake, "nq");
	fake_socket_readable(fake);
	fake->takes = SIZE_MAX;
	fake_socket_writable(fake);
	assert_non_null(fake->socket);
	assert_got(fake, "a");
	end_tick(true);
	assert_null(fake->socket);
	assert_got(fake, "aQ");
}

static void what_is_finished_without_a_reply_is_closed_after_its_commit(void **state)
{
	struct fake_socket *fake = join("a");

	(void)state;
	fake->takes = 0;
	end_tick(false);
	fake_socket_say(fake, "p");
	fake_socket_readable(fake);
	fake->takes = SIZE_MAX;
	fake_socket_writable(fake);
	assert_got(fake, "a");
	assert_non_null(fake->socket);
	end_tick(false);
	assert_null(fake->socket);
}

/* }}} */

/* {{{ reading, and time */

/* All its requests were run: it is the replies that wait. */
static void a_client_with_unread_replies_and_no_requests_is_not_read(void **state)
{
	struct fake_socket *fake = join("vvvvv");

	(void)state;
	fake->takes = 0;
	end_tick(false);
	assert_int_equal(server.runs, 5);
	for (int i = 0; i < 10; i++) {
		fake->endless = 100;
		fake->repeated = 'n';
		fake_socket_readable(fake);
		end_tick(false);
		assert_int_equal(fake->endless, 100);
	}
	drain(fake);
	assert_int_equal(fake->endless, 0);
}

static void a_client_with_unread_replies_is_not_read(void **state)
{
	struct fake_socket *fake = join("vvvvvvvv");
	unsigned runs;

	(void)state;
	fake->takes = 0;
	end_tick(false);
	runs = server.runs;
	assert_in_range(runs, 4, 6); /* more than 4 MB wait */
	for (int i = 0; i < 10; i++) {
		fake->endless = 100;
		fake->repeated = 'x';
		fake_socket_readable(fake);
		fake_socket_writable(fake);
		end_tick(false);
		assert_int_equal(fake->endless, 100);
	}
	assert_int_equal(server.runs, runs);
	drain(fake);
	assert_int_equal(fake->endless, 0);
	assert_int_equal(fake->got_length, 8 * VALUE);
}

/* The bytes that were received of it and not run yet. */
static size_t waiting(void)
{
	const struct sdd_connection *connection = TAILQ_FIRST(&server.connections->list);

	return connection->in.length - connection->in_done;
}

static void a_client_is_not_read_while_requests_of_its_wait(void **state)
{
	enum { ENDLESS = 100000000 };
	struct fake_socket *fake = join("n");
	size_t taken;
	size_t runs;
	size_t most = 0;

	(void)state;
	end_tick(false);
	fake->repeated = 'n';
	for (int i = 0; i < 3000; i++) {
		fake->endless = ENDLESS;
		taken = waiting();
		runs = server.runs;
		fake_socket_readable(fake);
		taken = taken + ENDLESS - fake->endless;
		assert_true(waiting() < taken);       /* each tick runs some */
		assert_true(waiting() < 1024 * 1024); /* and the rest has a bound */
		most = server.runs - runs > most ? server.runs - runs : most;
		end_tick(false);
		assert_true(waiting() == 0 || fake->is_woken);
	}
	assert_in_range(most, 500, 1000); /* a client that is alone */
	assert_true(server.runs > 1000000);
}

/* In a tick one client has enough requests for a commit to be cheap, and few enough for the others
 * not to notice. */
static void a_client_has_a_smaller_share_while_others_are_served(void **state)
{
	enum { ENDLESS = 100000000 };
	struct fake_socket *greedy = join("n");
	struct fake_socket *other = join("");

	(void)state;
	end_tick(false);
	greedy->repeated = 'n';
	for (int i = 0; i < 300; i++) {
		size_t runs = server.runs;

		greedy->endless = ENDLESS;
		fake_socket_readable(greedy);
		if (i > 0 && (i < 210 || i > 220)) {
			assert_in_range(server.runs - runs, i < 210 ? 100 : 500, i < 210 ? 200 : 1000);
		}
		if (i < 180 && i % 30 == 0) {
			fake_socket_say(other, "a");
			fake_socket_readable(other);
		}
		end_tick(false);
	}
}

/* If somebody has to wait for the store, it is one who sends more than fits into a tick, or a long
 * request. */
static void a_client_is_greedy_if_it_sends_much_at_once(void **state)
{
	struct fake_socket *fake = join("n");

	(void)state;
	end_tick(false);
	assert_false(server.was_greedy);
	fake->repeated = 'n';
	fake->endless = 600;
	fake_socket_readable(fake);
	end_tick(false);
	assert_false(server.was_greedy);
	assert_true(waiting() > 0);
	fake_socket_readable(fake);
	end_tick(false);
	assert_true(server.was_greedy); /* its second share */
	assert_int_equal(waiting(), 0);
	fake_socket_say(fake, "n");
	fake_socket_readable(fake);
	end_tick(false);
	assert_false(server.was_greedy);
	fake_socket_say(fake, "m");
	fake->endless = MEDIUM - 1;
	drain(fake);
	assert_int_equal(waiting(), 0);
	assert_false(server.was_greedy);
	fake->endless = 2 * MEDIUM;
	fake->repeated = 'm';
	fake_socket_readable(fake);
	assert_true(server.was_greedy);
	end_tick(false);
	drain(fake);
	assert_int_equal(waiting(), 0);
}

/* Its share of a tick ends in the middle of what was read. Whoever sends no more is answered, too.
 */
static void what_waits_is_run_after_the_end_of_the_client(void **state)
{
	enum { ENDLESS = 100000 };
	struct fake_socket *fake = join("a");

	(void)state;
	fake->endless = ENDLESS;
	fake->repeated = 'n';
	fake->has_ended = true;
	for (int i = 0; i < ENDLESS && fake->socket != NULL; i++) {
		fake_socket_readable(fake);
		end_tick(false);
	}
	assert_null(fake->socket);
	assert_int_equal(server.runs, 1 + ENDLESS);
}

/* What comes behind a lock that is waited for has a bound, and is run when the lock is decided. */
static void what_waits_behind_a_lock_has_a_bound_and_is_run(void **state)
{
	enum { ENDLESS = 10000000 };
	struct fake_socket *fake = join("l");

	(void)state;
	end_tick(false);
	fake->endless = ENDLESS;
	fake->repeated = 'n';
	for (int i = 0; i < 100; i++) {
		fake_socket_readable(fake);
		end_tick(false);
	}
	assert_in_range(waiting(), 1024 * 1024, 2 * 1024 * 1024);
	assert_int_equal(server.runs, 1);
	resume();
	end_tick(false);
	for (int i = 0; i < ENDLESS && fake->endless + waiting() > 0; i++) {
		fake_socket_readable(fake);
		end_tick(false);
	}
	assert_int_equal(server.runs, 1 + ENDLESS);
	assert_got(fake, "+");
}

/* }}} */

/* {{{ deferred connections */

static struct fake_socket *join_and_be_deferred(const char *bytes)
{
	struct fake_socket *fake;

	server.defers = true;
	fake = join(bytes);
	end_tick(false);
	assert_true(sdd_connections_are_deferred(server.connections));
	return fake;
}

/* In the next tick all that was deferred is run. */
static void release(void)
{
	server.defers = false;
	sdd_connections_release(server.connections);
	assert_false(sdd_connections_are_deferred(server.connections));
	fake_socket_serve_woken();
	server.committed = server.run;
	sdd_connections_flush(server.connections, now_us / 1000);
}

static void what_is_deferred_is_answered_in_its_order_when_it_is_released(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("awb");
	struct fake_socket *other = join("cd");

	(void)state;
	end_tick(false);
	assert_got(fake, "a");
	assert_got(other, "cd");
	fake_socket_say(other, "ef");
	fake_socket_readable(other);
	end_tick(false);
	assert_got(other, "cdef");
	assert_got(fake, "a");
	assert_false(fake->is_woken); /* the server rests */
	release();
	assert_got(fake, "awb");
}

static void what_is_deferred_again_is_run_later(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("awbwc");

	(void)state;
	for (int i = 0; i < 3; i++) {
		sdd_connections_release(server.connections);
		assert_true(fake->is_woken);
		fake_socket_serve_woken();
		assert_true(sdd_connections_are_deferred(server.connections));
		end_tick(false);
		assert_got(fake, "a");
	}
	release();
	assert_got(fake, "awbwc");
	assert_int_equal(server.runs, 5);
}

static void a_deferred_client_is_not_read_and_its_answers_leave(void **state)
{
	struct fake_socket *fake = join("vabc");

	(void)state;
	fake->takes = 10;
	end_tick(false);
	server.defers = true;
	fake_socket_say(fake, "wx");
	fake_socket_readable(fake);
	end_tick(false);
	fake->endless = 1000000;
	fake->repeated = '.';
	for (int i = 0; i < 5; i++) {
		fake->takes = VALUE;
		fake_socket_readable(fake);
		fake_socket_writable(fake);
		end_tick(false);
	}
	assert_int_equal(fake->got_length, VALUE + 3);
	assert_int_equal(fake->endless, 1000000);
	assert_int_equal(server.runs, 4);
	server.defers = false;
	sdd_connections_release(server.connections);
	fake_socket_serve_woken();
	end_tick(false);
	assert_int_equal(fake->got_length, VALUE + 4);
}

/* Neither the silence nor the slowness of a client that may not send. */
static void no_time_ends_a_deferred_client(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("wx");

	(void)state;
	for (int i = 0; i < 10; i++) {
		let_pass(1000);
		assert_false(fake_socket_expire(fake));
		fake_socket_readable(fake);
		end_tick(false);
	}
	assert_true(sdd_connections_count(server.connections) == 1);
	release();
	assert_got(fake, "w");
	let_pass(59);
	fake_socket_readable(fake);
	end_tick(false);
	assert_non_null(fake->socket);
	assert_true(fake_socket_expire(fake)); /* its time has begun again */
	assert_null(fake->socket);
}

static void a_deferred_client_that_ends_is_answered(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("awb");

	(void)state;
	fake->has_ended = true;
	fake_socket_readable(fake);
	end_tick(false);
	assert_non_null(fake->socket);
	release();
	fake_socket_readable(fake);
	end_tick(false);
	assert_got(fake, "awb");
	assert_null(fake->socket);
}

/* The end came together with the request. */
static void a_client_that_ended_before_it_was_deferred_is_answered(void **state)
{
	struct fake_socket *fake = join("a");

	(void)state;
	end_tick(false);
	server.defers = true;
	fake_socket_say(fake, "wb");
	fake_socket_readable(fake);
	fake->has_ended = true;
	end_tick(false);
	assert_non_null(fake->socket);
	release();
	fake_socket_readable(fake);
	end_tick(false);
	assert_got(fake, "awb");
	assert_null(fake->socket);
}

static void a_deferred_client_whose_socket_breaks_is_closed_when_it_is_answered(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("w");

	(void)state;
	fake->is_broken = true;
	fake_socket_readable(fake);
	end_tick(false);
	release();
	assert_null(fake->socket);
	assert_int_equal(server.closings, 1);
}

static void a_deferred_client_with_unread_answers_whose_socket_breaks_is_closed(void **state)
{
	struct fake_socket *fake = join("a");

	(void)state;
	server.defers = true;
	fake->takes = 0;
	fake_socket_say(fake, "w");
	fake_socket_readable(fake);
	end_tick(false);
	fake->is_broken = true;
	fake_socket_writable(fake);
	assert_null(fake->socket);
	assert_false(sdd_connections_are_deferred(server.connections));
}

static void a_replay_defers_again_or_runs_what_was_deferred(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("aw");
	struct fake_socket *other = join("bwc");

	(void)state;
	end_tick(true);
	assert_got(fake, "a");
	assert_got(other, "B");
	release();
	assert_got(fake, "aw");
	assert_got(other, "Bwc");
	server.defers = true;
	fake_socket_say(fake, "dwe");
	fake_socket_readable(fake);
	server.defers = false; /* amid the tick */
	end_tick(true);
	assert_false(sdd_connections_are_deferred(server.connections));
	assert_got(fake, "awDWE");
}

static void at_the_end_of_the_server_deferred_clients_are_closed_without_an_answer(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("aw");
	struct fake_socket *slow = join("b");

	(void)state;
	slow->takes = 0;
	fake_socket_say(slow, "w");
	fake_socket_readable(slow);
	end_tick(false);
	sdd_connections_finish(server.connections);
	assert_null(fake->socket);
	assert_got(fake, "a");
	assert_non_null(slow->socket);
	slow->takes = SIZE_MAX;
	fake_socket_writable(slow);
	end_tick(false);
	assert_null(slow->socket);
	assert_got(slow, "b");
	assert_int_equal(server.runs, 2);
	assert_false(sdd_connections_are_deferred(server.connections));
}

static void a_deferred_client_makes_no_room_for_others(void **state)
{
	struct fake_socket *fake = join_and_be_deferred("w");

	(void)state;
	let_pass(10);
	assert_false(sdd_connections_make_room(server.connections, true));
	release();
	assert_got(fake, "w");
}

/* }}} */

/* A client that sends all of a long request but the last byte. */
static struct fake_socket *join_with_long_request(void)
{
	struct fake_socket *fake = join("z");

	fake->repeated = '.';
	fake->endless = LONG - 2;
	end_tick(false);
	while (fake->endless > 0) {
		fake_socket_readable(fake);
		end_tick(false);
	}
	return fake;
}

static void long_requests_of_many_share_no_tick_and_short_ones_do_not_wait(void **state)
{
	enum { MANY = 10 };
	struct fake_socket *others[MANY];
	struct fake_socket *brief = join("a");
	size_t done = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		others[i] = join_with_long_request();
		others[i]->endless = 1;
	}
	for (size_t tick = 1; tick <= 2 * MANY; tick++) {
		size_t before = done;

		fake_socket_serve_woken();
		for (int i = 0; i < MANY; i++) {
			fake_socket_readable(others[i]);
		}
		fake_socket_say(brief, "b");
		fake_socket_readable(brief);
		end_tick(false);
		assert_int_equal(brief->got_length, 1 + tick);
		while (done < MANY && others[done]->got_length == 1) {
			done++;
		}
		for (size_t i = done; i < MANY; i++) {
			assert_int_equal(others[i]->got_length, 0); /* in the order of arrival */
		}
		assert_true(done <= before + 1 && done <= (tick + 1) / 2);
	}
	assert_int_equal(done, MANY);
	assert_int_equal(server.closings, 0); /* they have room */
}

static void many_short_requests_do_not_keep_a_long_one_waiting(void **state)
{
	enum { MANY = 100 };
	struct fake_socket *others[MANY];
	struct fake_socket *one;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		others[i] = join("a");
	}
	one = join_with_long_request();
	one->endless = 1;
	for (int tick = 0; tick < 4; tick++) {
		fake_socket_serve_woken();
		for (int i = 0; i < MANY; i++) {
			others[i]->repeated = 'm';
			others[i]->endless = MEDIUM;
			fake_socket_readable(others[i]);
		}
		fake_socket_readable(one);
		end_tick(false);
	}
	assert_got(one, "z");
	assert_int_equal(others[MANY - 1]->got_length, 1 + 4);
}

/* Short as they are, what they do counts: each second tick runs one of them, of each client in
 * turn, and the others' short ones are run in every tick. */
static void requests_that_do_much_take_turns_and_hold_nobody_up(void **state)
{
	static const char *const expected[][3] = {{"t", "", ""},   {"t", "", ""},   {"t", "t", ""},
	                                          {"t", "t", ""},  {"t", "t", "t"}, {"t", "t", "t"},
	                                          {"tt", "t", "t"}};
	struct fake_socket *light = join("");
	struct fake_socket *greedy;
	struct fake_socket *other;
	struct fake_socket *third;

	(void)state;
	end_tick(false);
	greedy = join("tttt");
	other = join("t");
	third = join("t");
	for (size_t tick = 0; tick < COUNT_OF(expected); tick++) {
		fake_socket_serve_woken();
		fake_socket_say(light, "a");
		fake_socket_readable(light);
		end_tick(false);
		assert_got(greedy, expected[tick][0]);
		assert_got(other, expected[tick][1]);
		assert_got(third, expected[tick][2]);
		assert_int_equal(light->got_length, tick + 1);
	}
	assert_int_equal(server.runs, 4 + COUNT_OF(expected));
}

/* All of them take what they get at once. A tick sends some of it, each of them gets something, and
 * the first ones are soon done. */
static void what_many_take_is_sent_in_many_ticks(void **state)
{
	enum { MANY = 10 };
	struct fake_socket *others[MANY];
	struct fake_socket *light = join("a");
	size_t most = sdd_connections_work(server.connections)->most + MANY * SDD_WORK_MOVED;
	size_t sent = 0;
	size_t tick;

	(void)state;
	end_tick(false);
	for (int i = 0; i < MANY; i++) {
		others[i] = join("y");
	}
	for (tick = 1; sent < MANY * (size_t)(SHARED + 2); tick++) {
		size_t before = sent;

		assert_true(tick < 40);
		fake_socket_serve_woken();
		for (int i = 0; i < MANY; i++) {
			fake_socket_writable(others[i]);
		}
		fake_socket_say(light, "b");
		fake_socket_readable(light);
		end_tick(false);
		assert_int_equal(light->got_length, 1 + tick);
		sent = 0;
		for (int i = 0; i < MANY; i++) {
			sent += others[i]->got_length;
			assert_true(others[i]->got_length > 0);
		}
		assert_true(sent - before <= most);
	}
	assert_in_range(tick, MANY * (size_t)SHARED / most, 20);
}

static void what_many_send_at_once_is_received_in_many_ticks(void **state)
{
	enum { MANY = 60 };
	const uint64_t *read = &server.connections->numbers.bytes_read;
	struct fake_socket *others[MANY];
	uint64_t before;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		others[i] = join("a");
	}
	end_tick(false);
	for (int i = 0; i < MANY; i++) {
		others[i]->repeated = 'z';
		others[i]->endless = LONG - 1;
	}
	before = *read;
	for (int i = 0; i < MANY; i++) {
		fake_socket_readable(others[i]);
		assert_true(others[i]->endless < LONG - 1);
	}
	assert_true(*read - before <=
	            sdd_connections_work(server.connections)->most + (uint64_t)MANY * SDD_WORK_MOVED);
}

/* The one that was served last is not polled alone then. */
static void who_did_much_is_not_polled_before_the_others(void **state)
{
	struct fake_socket *greedy = join("t");

	(void)state;
	end_tick(false);
	assert_got(greedy, "t");
	fake_socket_say(greedy, "t");
	assert_false(sdd_connections_poll(server.connections));
	end_tick(false);
	assert_true(sdd_connections_poll(server.connections)); /* they were */
	end_tick(false);
	assert_got(greedy, "tt");
}

/* With little in each, there is an end to how many there are in a tick. */
static void all_requests_of_a_tick_together_are_bounded(void **state)
{
	enum { MANY = 110, EACH = 500 };
	struct fake_socket *fakes[MANY];
	size_t waiting = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		fakes[i] = join("");
		fakes[i]->repeated = 'n';
		fakes[i]->endless = EACH;
	}
	end_tick(false);
	for (int i = 0; i < MANY; i++) {
		fake_socket_readable(fakes[i]);
	}
	assert_in_range(server.runs, 1000, MEMORY / 4 / 2048 + 1);
	waiting = MANY * EACH - server.runs;
	for (int tick = 0; tick < 20; tick++) {
		end_tick(false);
		fake_socket_serve_woken();
	}
	assert_int_equal(server.runs, MANY * EACH);
	assert_true(waiting > 0);
}

/* With replies, since the replay of a full tick has to run what the tick ran. */
static void a_full_tick_is_replayed_as_a_whole(void **state)
{
	struct fake_socket *one = join_with_long_request();
	struct fake_socket *two = join_with_long_request();

	(void)state;
	one->endless = two->endless = 1;
	fake_socket_readable(one);
	fake_socket_readable(two);
	end_tick(true);
	assert_got(one, "Z");
	assert_got(two, "");
	for (int tick = 0; tick < 2; tick++) {
		fake_socket_serve_woken();
		end_tick(false);
	}
	assert_got(two, "z");
}

static void buffers_of_an_idle_client_are_freed(void **state)
{
	struct fake_socket *fake = join("av");
	const struct sdd_connection *connection = TAILQ_FIRST(&server.connections->list);

	(void)state;
	end_tick(false);
	assert_true(connection->in.capacity > 0 && connection->out.bytes.capacity >= VALUE);
	let_pass(1);
	assert_true(sdd_connections_free_idle_buffers(server.connections));
	assert_true(connection->in.capacity > 0 && connection->out.bytes.capacity >= VALUE);
	let_pass(1);
	assert_false(sdd_connections_free_idle_buffers(server.connections));
	assert_true(connection->in.capacity == 0 && connection->out.bytes.capacity == 0);
	fake_socket_say(fake, "b");
	let_pass(10);
	fake_socket_readable(fake);
	assert_true(sdd_connections_free_idle_buffers(server.connections)); /* amid a tick */
	end_tick(true);
	assert_int_equal(fake->got_length, 1 + VALUE + 1);
}

static void buffers_that_hold_something_are_not_freed(void **state)
{
	struct fake_socket *fake = join("abx");

	(void)state;
	fake->takes = 1;
	end_tick(false);
	let_pass(10);
	assert_true(sdd_connections_free_idle_buffers(server.connections));
	assert_int_equal(waiting(), 1);
	drain(fake);
	assert_got(fake, "ab");
}

/* What the invariant of budget.h says. */
static void assert_memory(void)
{
	const struct sdd_connection *connection;
	size_t used = 0;

	TAILQ_FOREACH(connection, &server.connections->list, link)
	{
		used += connection->in.capacity + connection->out.bytes.capacity;
	}
	assert_int_equal(server.connections->memory_used, used);
	assert_true(used + server.connections->values.used <= MEMORY);
}

static void replies_that_nobody_reads_stay_within_the_memory(void **state)
{
	enum { MANY = 40 };
	struct fake_socket *others[MANY];
	struct fake_socket *honest = join("a");
	int closed = 0;

	(void)state;
	end_tick(false);
	for (int i = 0; i < MANY; i++) {
		others[i] = join("vvvv");
		others[i]->takes = 0;
		assert_memory();
		fake_socket_say(honest, "b");
		fake_socket_readable(honest);
		end_tick(false);
		assert_memory();
		assert_int_equal(honest->got_length, 2 + i);
	}
	for (int i = 0; i < MANY; i++) {
		closed += others[i]->socket == NULL;
	}
	assert_in_range(closed, MANY - 17, MANY - 8);
	assert_non_null(honest->socket);
	assert_null(others[0]->socket); /* of those that hold as much, the oldest */
	assert_non_null(others[MANY - 1]->socket);
	drain(others[MANY - 1]);
	assert_int_equal(others[MANY - 1]->got_length, 4 * VALUE);
}

/* As many as connect: none is closed, since together they take the memory of one. */
static void replies_with_the_same_value_share_one_copy(void **state)
{
	enum { MANY = 40 };
	struct fake_socket *clients[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		clients[i] = join("ayb");
		clients[i]->takes = (size_t)i;
		end_tick(false);
		assert_memory();
	}
	assert_int_equal(server.reads, 1);
	assert_int_equal(server.connections->values.used, SHARED);
	for (int i = 0; i < MANY; i++) {
		drain(clients[i]);
		assert_int_equal(clients[i]->got_length, SHARED + 4);
		assert_memory_equal(clients[i]->got, "a<yyyy", 6);
	}
	assert_int_equal(server.connections->values.used, 0);
	fake_socket_say(clients[0], "y");
	drain(clients[0]);
	assert_int_equal(server.reads, 2);
	assert_int_equal(server.connections->values.used, 0);
}

static void many_values_of_a_tick_are_sent_in_their_order(void **state)
{
	struct fake_socket *fake = join("sasbscsdsesfsgshsisasbscsdsesfsgshsi");

	(void)state;
	end_tick(false);
	assert_got(fake, "sasbscsdsesfsgshsisasbscsdsesfsgshsi");
	assert_int_equal(server.reads, 1);
}

static void a_value_that_cannot_be_read_is_in_no_reply(void **state)
{
	struct fake_socket *one = join("aj");
	struct fake_socket *other = join("bj");

	(void)state;
	end_tick(false);
	assert_got(one, "aj");
	assert_got(other, "bj");
	assert_int_equal(server.reads, 2);
	assert_int_equal(server.connections->values.used, 0);
}

static void a_replay_takes_back_values(void **state)
{
	struct fake_socket *fake = join("asb");

	(void)state;
	fake->takes = 1;
	end_tick(false);
	fake_socket_say(fake, "cysd");
	fake_socket_readable(fake);
	assert_int_equal(server.reads, 2); /* the "s" of before is unread, and shared */
	end_tick(true);
	drain(fake);
	assert_int_equal(fake->got_length, 5 + 2 + SHARED + 1);
	assert_memory_equal(fake->got, "asbC<yy", 7);
	assert_int_equal(server.connections->values.used, 0);
}

/* Those who share a value hold a part of it each; who has as much alone is closed for them. */
static void a_shared_value_counts_in_shares(void **state)
{
	enum { MANY = 10 };
	struct fake_socket *sharers[MANY];
	struct fake_socket *greedy;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		sharers[i] = join("y");
		sharers[i]->takes = 0;
		end_tick(false);
	}
	greedy = join("vvvv");
	greedy->takes = 0;
	end_tick(false);
	for (int i = 0; greedy->socket != NULL && i < 20; i++) {
		struct fake_socket *other = join("vvv");

		other->takes = 0;
		end_tick(false);
		assert_memory();
	}
	assert_null(greedy->socket);
	for (int i = 0; i < MANY; i++) {
		assert_non_null(sharers[i]->socket);
	}
}

/* What a request wants for a while is another's, who holds more, or not to be had. */
static void memory_is_lent_only_if_there_is_some_or_somebody_holds_more(void **state)
{
	struct fake_socket *greedy = join("vvvv");
	struct fake_socket *one;

	(void)state;
	greedy->takes = 0;
	end_tick(false);
	one = join("o");
	end_tick(false);
	assert_got(one, "+");
	assert_null(greedy->socket);
	one = join("vvvo"); /* its own replies are in the way */
	end_tick(false);
	assert_int_equal(one->got_length, 3 * VALUE + 1);
	assert_int_equal(server.truth[server.run - 1], '-');
	assert_non_null(one->socket);
}

/* Nobody is closed in vain. */
static void a_value_of_more_than_all_memory_closes_who_asks_for_it_alone(void **state)
{
	struct fake_socket *greedy = join("vvvv");
	struct fake_socket *one;

	(void)state;
	greedy->takes = 0;
	end_tick(false);
	one = join("O");
	end_tick(false);
	assert_null(one->socket);
	assert_non_null(greedy->socket);
	assert_int_equal(server.reads, 0);
}

static void requests_that_never_end_stay_within_the_memory(void **state)
{
	enum { MANY = 40, ENDLESS = 31000000 };
	struct fake_socket *others[MANY];
	struct fake_socket *honest = join("a");

	(void)state;
	end_tick(false);
	for (int i = 0; i < MANY; i++) {
		others[i] = join("x");
		others[i]->endless = ENDLESS;
		others[i]->repeated = '.';
	}
	end_tick(false);
	for (int round = 1; round <= 150; round++) {
		fake_socket_serve_woken();
		for (int i = 0; i < MANY; i++) {
			fake_socket_readable(others[i]);
			assert_memory();
		}
		fake_socket_say(honest, "b");
		fake_socket_readable(honest);
		end_tick(false);
		assert_int_equal(honest->got_length, 1 + round);
	}
	assert_non_null(honest->socket);
}

/* Ticks in which the client sends all that it has, or until it is not read any more. */
static void send_all(struct fake_socket *fake)
{
	for (int i = 0; i < 1000 && fake->endless > 0; i++) {
		fake_socket_serve_woken();
		fake_socket_readable(fake);
		end_tick(false);
		assert_memory();
	}
}

static void the_greediest_is_slowed_down_then_closed_and_nobody_else(void **state)
{
	enum { OTHERS = 4 };
	struct fake_socket *greedy = join("x");
	struct fake_socket *brief;

	(void)state;
	greedy->repeated = '.';
	greedy->endless = MEMORY;
	end_tick(false);
	send_all(greedy);
	assert_true(greedy->endless > 0);
	assert_false(greedy->socket->is_reading);
	brief = join("v");
	end_tick(false);
	assert_int_equal(brief->got_length, VALUE);
	brief = join_with_long_request();
	brief->endless = 1;
	fake_socket_readable(brief);
	end_tick(false);
	assert_got(brief, "z");
	assert_non_null(greedy->socket); /* nobody else missed any memory */
	for (int i = 0; i < OTHERS; i++) {
		struct fake_socket *other = join("vvvv");

		other->takes = 0;
		end_tick(false);
		assert_memory();
		assert_non_null(other->socket);
	}
	assert_null(greedy->socket);
}

static void a_client_that_was_slowed_down_is_read_again_when_there_is_memory(void **state)
{
	enum { MANY = 6 };
	struct fake_socket *others[MANY];
	struct fake_socket *slowed;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		others[i] = join("vvvv");
		others[i]->takes = 0;
		end_tick(false);
	}
	slowed = join("x");
	slowed->repeated = '.';
	slowed->endless = MEMORY / 4 * 3;
	send_all(slowed);
	assert_true(slowed->endless > 0);
	for (int i = 0; i < MANY; i++) {
		drain(others[i]);
	}
	send_all(slowed);
	assert_int_equal(slowed->endless, 0);
	assert_non_null(slowed->socket);
}

/* A client in the middle of a request of that many bytes. */
static struct fake_socket *join_with_endless_request(size_t bytes)
{
	struct fake_socket *fake = join("x");

	fake->repeated = '.';
	fake->endless = bytes;
	send_all(fake);
	assert_int_equal(fake->endless, 0);
	return fake;
}

static void slow_down(const struct fake_socket *fake)
{
	struct sdd_connection *connection = fake->socket->context;

	connection->is_starved = server.connections->are_starved = true;
}

/* Those who hold what they cannot go on with would wait for each other for ever. While somebody
 * else has memory that will come free, they wait for that. */
static void of_clients_that_wait_for_each_others_memory_the_greediest_is_closed(void **state)
{
	struct fake_socket *reader = join("vvvv");
	struct fake_socket *less = join_with_endless_request(MEMORY / 16 * 6);
	struct fake_socket *more = join_with_endless_request(MEMORY / 16 * 7);

	(void)state;
	slow_down(less);
	slow_down(more);
	reader->takes = 0;
	fake_socket_say(reader, "vvvv");
	fake_socket_readable(reader);
	for (int i = 0; i < 10; i++) {
		end_tick(false);
		assert_true(fake_socket_expire(less) && fake_socket_expire(more));
		assert_true(less->socket != NULL && more->socket != NULL);
	}
	drain(reader);
	assert_true(fake_socket_expire(less) && fake_socket_expire(more));
	end_tick(false);
	assert_non_null(less->socket);
	assert_null(more->socket);
	assert_true(less->is_woken);
}

/* What waited behind a lock has its turn before more of the client is read. */
static void after_a_lock_no_more_is_read_before_what_waits_is_run(void **state)
{
	struct fake_socket *fake = join("lab");

	(void)state;
	end_tick(false);
	fake_socket_say(fake, "cd");
	resume();
	end_tick(false);
	fake_socket_serve_woken();
	assert_int_equal(fake->unread_length, 2);
	end_tick(false);
	assert_got(fake, "+ab");
	fake_socket_readable(fake);
	end_tick(false);
	assert_got(fake, "+abcd");
}

/* The one whose request runs is never closed for the memory of another, whatever it holds. */
static void a_lock_decided_amid_a_request_takes_no_memory_of_it(void **state)
{
	struct fake_socket *locker = join("l");
	struct fake_socket *one = join_with_long_request();

	(void)state;
	for (int i = 0; i < 12; i++) {
		join("vvvv")->takes = 0;
		end_tick(false);
	}
	server.decides = true;
	one->endless = 1;
	fake_socket_readable(one);
	server.suspended = NULL;
	end_tick(false);
	assert_memory();
	assert_got(one, "z");
	assert_int_equal(locker->got_length, 15 * VALUE);
}

/* Sends that many bytes of a request that does not end. */
static void send_more(struct fake_socket *fake, size_t bytes)
{
	fake->repeated = '.';
	fake->endless = bytes;
	fake_socket_readable(fake);
	end_tick(false);
}

static void a_request_that_drips_is_disconnected(void **state)
{
	struct fake_socket *fake = join("x");

	(void)state;
	end_tick(false);
	let_pass(60);
	send_more(fake, 1);
	assert_non_null(fake->socket);
	let_pass(1);
	send_more(fake, 1);
	assert_null(fake->socket);
}

static void a_long_request_has_more_time(void **state)
{
	struct fake_socket *fake = join("x");

	(void)state;
	end_tick(false);
	for (int i = 0; i < 1000; i++) {
		let_pass(1);
		send_more(fake, 64 * 1024);
		assert_non_null(fake->socket);
	}
}

static void each_request_has_its_own_time(void **state)
{
	struct fake_socket *fake = join("m");

	(void)state;
	end_tick(false);
	for (int i = 0; i < 5; i++) {
		let_pass(50);
		send_more(fake, MEDIUM - 2);
		fake->endless = 1;
		fake_socket_readable(fake);
		fake_socket_say(fake, "m"); /* the next one begins in the same tick */
		fake_socket_readable(fake);
		end_tick(false);
		assert_int_equal(fake->got_length, 1 + i);
	}
	let_pass(500);
	end_tick(false);
	assert_non_null(fake->socket);
}

static void the_time_between_two_requests_is_not_that_of_the_second(void **state)
{
	struct fake_socket *fake = join("m");

	(void)state;
	end_tick(false);
	send_more(fake, MEDIUM - 1);
	assert_int_equal(fake->got_length, 1);
	let_pass(500);
	fake_socket_say(fake, "m");
	fake_socket_readable(fake);
	end_tick(false);
	assert_non_null(fake->socket);
}

/* While a lock is waited for, the client has no chance to end its request. */
static void the_wait_for_a_lock_is_not_the_time_of_a_request(void **state)
{
	struct fake_socket *fake = join("lx");

	(void)state;
	end_tick(false);
	let_pass(500);
	send_more(fake, 1);
	assert_non_null(fake->socket);
	resume();
	end_tick(false);
	fake_socket_serve_woken();
	end_tick(false);
	let_pass(59);
	send_more(fake, 1);
	assert_non_null(fake->socket);
	let_pass(2);
	send_more(fake, 1);
	assert_null(fake->socket);
}

/* While others have the memory, the client has no chance to end its request, either. */
static void the_wait_for_memory_is_not_the_time_of_a_request(void **state)
{
	enum { MANY = 6 };
	struct fake_socket *others[MANY];
	struct fake_socket *slowed;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		others[i] = join("vvvv");
		others[i]->takes = 0;
		end_tick(false);
	}
	slowed = join("x");
	slowed->repeated = '.';
	slowed->endless = MEMORY / 4 * 3;
	send_all(slowed);
	assert_true(slowed->endless > 0);
	let_pass(5000);
	assert_true(fake_socket_expire(slowed));
	end_tick(false);
	for (int i = 0; i < MANY; i++) {
		drain(others[i]);
	}
	send_all(slowed);
	assert_int_equal(slowed->endless, 0);
	assert_non_null(slowed->socket);
	let_pass(5000);
	send_more(slowed, 1); /* now it is the client that is slow */
	assert_null(slowed->socket);
}

/* {{{ room for long requests */

/* A client that sends so many bytes of a request of HUGE ones. */
static struct fake_socket *join_with_huge_request(size_t bytes)
{
	struct fake_socket *fake = join("u");

	fake->repeated = '.';
	fake->endless = bytes - 1;
	end_tick(false);
	return fake;
}

/* All send what they can. */
static void run_all(struct fake_socket *fakes[], size_t count, int ticks)
{
	for (int i = 0; i < ticks; i++) {
		fake_socket_serve_woken();
		for (size_t j = 0; j < count; j++) {
			fake_socket_readable(fakes[j]);
		}
		end_tick(false);
		assert_memory();
	}
}

static size_t count_large(void)
{
	const struct sdd_connection *connection;
	size_t count = 0;

	TAILQ_FOREACH(connection, &server.connections->list, link)
	{
		count += connection->in.capacity > 65536;
	}
	return count;
}

static void long_requests_that_do_not_fit_together_are_served_in_order_of_arrival(void **state)
{
	enum { MANY = 12, TICKS = MANY * (HUGE / 262144 + 1) };
	struct fake_socket *fakes[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		fakes[i] = join_with_huge_request(HUGE);
	}
	for (int tick = 0; tick < TICKS; tick++) {
		run_all(fakes, MANY, 1);
		assert_true(count_large() <= 2);
		for (int i = 2; i < MANY; i++) {
			assert_true(fakes[i - 2]->got_length >= fakes[i]->got_length);
		}
	}
	for (int i = 0; i < MANY; i++) {
		assert_got(fakes[i], "u");
	}
	assert_true(TAILQ_EMPTY(&server.connections->promised));
	assert_true(TAILQ_EMPTY(&server.connections->line));
}

/* Whoever waits has taken next to nothing, and its time does not run. */
static void who_waits_for_room_is_not_read_and_not_timed(void **state)
{
	struct fake_socket *fakes[3];

	(void)state;
	fakes[0] = join_with_huge_request(HUGE - 1);
	fakes[1] = join_with_huge_request(HUGE - 1);
	fakes[2] = join_with_huge_request(HUGE);
	run_all(fakes, COUNT_OF(fakes), 200);
	assert_int_equal(fakes[0]->endless + fakes[1]->endless, 0);
	assert_in_range(fakes[2]->endless, HUGE - 65536, HUGE);
	assert_false(fakes[2]->socket->is_reading);
	assert_false(fake_socket_expire(fakes[2]));
	let_pass(100000);
	send_more(fakes[0], 1);
	assert_got(fakes[0], "u");
	run_all(fakes, COUNT_OF(fakes), 200);
	assert_got(fakes[2], "u");
}

/* There is room for it, but others came before. */
static void who_needs_less_overtakes_nobody_in_line(void **state)
{
	struct fake_socket *holders[3];
	struct fake_socket *late;

	(void)state;
	holders[0] = join_with_huge_request(HUGE - 1);
	holders[1] = join_with_huge_request(HUGE - 1);
	holders[2] = join_with_huge_request(HUGE);
	run_all(holders, 3, 200);
	late = join("r");
	late->repeated = '.';
	late->endless = LARGE - 1;
	end_tick(false);
	run_all(&late, 1, 5);
	assert_got(late, "");
	send_more(holders[0], 1);
	run_all(holders, 3, 200);
	run_all(&late, 1, 5);
	assert_got(late, "r");
}

/* Also if a short request of another one would have to take it. */
static void room_that_was_promised_is_taken_by_no_request(void **state)
{
	enum { MANY = 100 };
	struct fake_socket *holders[2];

	(void)state;
	holders[0] = join_with_huge_request(HUGE - 1);
	holders[1] = join_with_huge_request(HUGE - 1);
	run_all(holders, 2, 200);
	for (int i = 0; i < MANY; i++) {
		(void)join_with_endless_request(65536 * 3);
	}
	assert_non_null(holders[0]->socket);
	assert_non_null(holders[1]->socket);
	send_more(holders[0], 1);
	send_more(holders[1], 1);
	end_tick(false); /* two are too much for one tick */
	fake_socket_serve_woken();
	end_tick(false);
	assert_got(holders[0], "u");
	assert_got(holders[1], "u");
}

/* What it sent quickly before is no reason to let others wait. */
static void who_drips_while_others_wait_for_its_room_is_closed(void **state)
{
	struct fake_socket *alone = join_with_huge_request(HUGE - 100);
	struct fake_socket *fakes[3];

	(void)state;
	run_all(&alone, 1, 200);
	for (int i = 0; i < 3; i++) {
		let_pass(59);
		send_more(alone, 1);
		assert_non_null(alone->socket);
	}
	fakes[0] = alone;
	fakes[1] = join_with_huge_request(HUGE);
	fakes[2] = join_with_huge_request(HUGE);
	run_all(fakes + 1, 1, 200);
	assert_got(fakes[1], "u");
	fakes[1] = join_with_huge_request(HUGE - 1);
	run_all(fakes, 3, 200);
	assert_got(fakes[2], "u");
	(void)join_with_huge_request(HUGE);
	send_more(alone, 1);
	assert_non_null(alone->socket);
	let_pass(61);
	send_more(alone, 1);
	assert_null(alone->socket);
}

/* All of them together let those behind them wait for little longer than one. */
static void who_was_waited_for_has_a_short_time(void **state)
{
	enum { MANY = 10 };
	struct fake_socket *fakes[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		fakes[i] = join_with_huge_request(HUGE - 1);
	}
	run_all(fakes, MANY, 200);
	let_pass(60);
	assert_true(fake_socket_expire(fakes[0]));
	assert_true(fake_socket_expire(fakes[1]));
	for (int i = 2; i < MANY - 2; i++) {
		end_tick(false);
		run_all(fakes, MANY, 200);
		assert_int_equal(fakes[i]->endless, 0);
		assert_ptr_equal(fakes[i]->timeout, server.connections->short_timeout);
		assert_true(fake_socket_expire(fakes[i]));
		assert_null(fakes[i]->socket);
	}
	end_tick(false);
	run_all(fakes, MANY, 200);
	/* nobody waits for it */
	assert_ptr_equal(fakes[MANY - 1]->timeout, server.connections->timeout);
}

/* }}} */

/* {{{ room for new clients: no timer runs here, as on a server that nobody asks */

static bool makes_room(void)
{
	return sdd_connections_make_room(server.connections, /* is_short */ true);
}

static void the_longest_idle_client_makes_room(void **state)
{
	enum { MANY = 8 };
	static const char *const says[MANY] = {"k", "x", "l", "a", "a", "a", "a", "a"};
	struct fake_socket *fakes[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		fakes[i] = join(says[i]);
		fakes[i]->takes = i == 3 ? 0 : SIZE_MAX; /* its reply waits */
		end_tick(false);
	}
	let_pass(10);
	assert_true(sdd_connections_make_room(server.connections, false)); /* there is some */
	assert_int_equal(server.closings, 0);
	fake_socket_say(fakes[4], "b");
	fake_socket_readable(fakes[4]);
	end_tick(false);
	fake_socket_say(fakes[5], "c"); /* not yet received */
	assert_true(makes_room());
	assert_null(fakes[6]->socket);
	assert_true(makes_room());
	assert_null(fakes[7]->socket);
	assert_false(makes_room()); /* it was just served */
	let_pass(1);
	assert_true(makes_room());
	assert_null(fakes[4]->socket);
	assert_false(makes_room());
	assert_int_equal(server.closings, 3);
	server.suspended = NULL;
}

/* Those who ask again and again are left alone, and the others make room at once. */
static void clients_that_never_said_anything_put_nobody_out_who_is_served(void **state)
{
	enum { SILENT = 3 };
	struct fake_socket *silent[SILENT];
	struct fake_socket *served;

	(void)state;
	let_pass(10);
	served = join("a");
	for (int i = 0; i < SILENT; i++) {
		silent[i] = join("");
	}
	assert_false(makes_room()); /* in the same tick */
	end_tick(false);
	assert_false(makes_room()); /* they may be about to say something */
	for (int time = 0; time < 10; time++) {
		now_us += 100000;
		fake_socket_say(served, "a");
		fake_socket_readable(served);
		end_tick(false);
	}
	for (int i = 0; i < SILENT; i++) {
		assert_true(makes_room());
		assert_null(silent[i]->socket);
	}
	assert_false(makes_room());
	assert_non_null(served->socket);
}

/* Its client hears of it now, and is likely to go on. */
static void who_has_just_got_its_answer_is_not_idle(void **state)
{
	struct fake_socket *reader = join("v");
	struct fake_socket *waiter = join("l");

	(void)state;
	reader->takes = 1;
	end_tick(false);
	let_pass(10);
	resume(); /* by a timer */
	end_tick(false);
	reader->takes = SIZE_MAX;
	fake_socket_writable(reader);
	end_tick(false);
	assert_false(makes_room());
	now_us += 400000;
	assert_false(makes_room());
	assert_non_null(waiter->socket);
	let_pass(1);
	assert_true(makes_room());
	assert_null(waiter->socket);
	assert_true(makes_room());
	assert_null(reader->socket);
	assert_false(
		sdd_connections_poll(server.connections)); /* the one that was served last is gone */
}

/* Were those who hold locks looked at for each new client, it would take time for all. */
static void many_who_cannot_make_room_are_not_looked_at_for_each_new_client(void **state)
{
	enum { HOLDERS = 60, IDLE = 20 };

	(void)state;
	for (int i = 0; i < HOLDERS; i++) {
		(void)join("k");
	}
	for (int i = 0; i < IDLE; i++) {
		(void)join("a");
	}
	end_tick(false);
	let_pass(10);
	for (int i = 0; i < IDLE; i++) {
		assert_true(makes_room());
	}
	assert_false(makes_room());
	assert_int_equal(server.looks, HOLDERS + IDLE);
}

static void no_more_clients_are_taken_than_are_allowed(void **state)
{
	struct fake_socket *first = join("a");

	(void)state;
	for (int i = 1; i < CONNECTIONS; i++) {
		assert_true(sdd_connections_make_room(server.connections, false));
		(void)join("a");
	}
	end_tick(false);
	assert_false(sdd_connections_make_room(server.connections, false));
	let_pass(1);
	assert_true(sdd_connections_make_room(server.connections, false));
	assert_null(first->socket);
	assert_int_equal(server.closings, 1);
}

/* }}} */

static void time_starts_again_when_bytes_of_earlier_replies_leave(void **state)
{
	struct fake_socket *fake = join("ab");
	unsigned starts;

	(void)state;
	fake->takes = 1;
	end_tick(false);
	starts = fake->timer_starts;
	fake_socket_say(fake, "c");
	fake_socket_readable(fake);
	fake->takes = 1;
	fake_socket_writable(fake);
	assert_int_equal(fake->timer_starts, starts + 1);
	end_tick(false);
	assert_true(fake_socket_expire(fake));
	assert_null(fake->socket);
	assert_got(fake, "ab");
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_reply_of_a_tick_is_sent_before_its_commit_whatever_the_order),
		cmocka_unit_test(a_client_may_go_at_each_point),
		TEST(a_replay_takes_back_the_replies_of_its_tick_and_no_others),
		TEST(a_replay_keeps_a_locks_answer_of_an_earlier_tick),
		TEST(a_replay_suspends_again),
		TEST(a_replay_finishes_again),
		TEST(what_is_finished_in_a_tick_is_closed_after_its_commit),
		TEST(a_client_with_unread_replies_is_not_read),
		TEST(what_is_finished_without_a_reply_is_closed_after_its_commit),
		TEST(a_client_with_unread_replies_and_no_requests_is_not_read),
		TEST(after_a_lock_no_more_is_read_before_what_waits_is_run),
		TEST(a_lock_decided_amid_a_request_takes_no_memory_of_it),
		TEST(a_client_is_not_read_while_requests_of_its_wait),
		TEST(a_client_has_a_smaller_share_while_others_are_served),
		TEST(a_client_is_greedy_if_it_sends_much_at_once),
		TEST(what_waits_is_run_after_the_end_of_the_client),
		TEST(what_waits_behind_a_lock_has_a_bound_and_is_run),
		TEST(what_is_deferred_is_answered_in_its_order_when_it_is_released),
		TEST(what_is_deferred_again_is_run_later),
		TEST(a_deferred_client_is_not_read_and_its_answers_leave),
		TEST(no_time_ends_a_deferred_client),
		TEST(a_deferred_client_that_ends_is_answered),
		TEST(a_client_that_ended_before_it_was_deferred_is_answered),
		TEST(a_deferred_client_whose_socket_breaks_is_closed_when_it_is_answered),
		TEST(a_deferred_client_with_unread_answers_whose_socket_breaks_is_closed),
		TEST(a_replay_defers_again_or_runs_what_was_deferred),
		TEST(at_the_end_of_the_server_deferred_clients_are_closed_without_an_answer),
		TEST(a_deferred_client_makes_no_room_for_others),
		TEST(long_requests_of_many_share_no_tick_and_short_ones_do_not_wait),
		TEST(many_short_requests_do_not_keep_a_long_one_waiting),
		TEST(requests_that_do_much_take_turns_and_hold_nobody_up),
		TEST(who_did_much_is_not_polled_before_the_others),
		TEST(what_many_take_is_sent_in_many_ticks),
		TEST(what_many_send_at_once_is_received_in_many_ticks),
		TEST(all_requests_of_a_tick_together_are_bounded),
		TEST(a_full_tick_is_replayed_as_a_whole),
		TEST(buffers_of_an_idle_client_are_freed),
		TEST(buffers_that_hold_something_are_not_freed),
		TEST(replies_that_nobody_reads_stay_within_the_memory),
		TEST(replies_with_the_same_value_share_one_copy),
		TEST(many_values_of_a_tick_are_sent_in_their_order),
		TEST(a_value_that_cannot_be_read_is_in_no_reply),
		TEST(a_replay_takes_back_values),
		TEST(a_shared_value_counts_in_shares),
		TEST(memory_is_lent_only_if_there_is_some_or_somebody_holds_more),
		TEST(a_value_of_more_than_all_memory_closes_who_asks_for_it_alone),
		TEST(requests_that_never_end_stay_within_the_memory),
		TEST(the_greediest_is_slowed_down_then_closed_and_nobody_else),
		TEST(a_client_that_was_slowed_down_is_read_again_when_there_is_memory),
		TEST(of_clients_that_wait_for_each_others_memory_the_greediest_is_closed),
		TEST(a_request_that_drips_is_disconnected),
		TEST(a_long_request_has_more_time),
		TEST(each_request_has_its_own_time),
		TEST(the_time_between_two_requests_is_not_that_of_the_second),
		TEST(the_wait_for_a_lock_is_not_the_time_of_a_request),
		TEST(the_wait_for_memory_is_not_the_time_of_a_request),
		TEST(long_requests_that_do_not_fit_together_are_served_in_order_of_arrival),
		TEST(who_waits_for_room_is_not_read_and_not_timed),
		TEST(who_needs_less_overtakes_nobody_in_line),
		TEST(room_that_was_promised_is_taken_by_no_request),
		TEST(who_drips_while_others_wait_for_its_room_is_closed),
		TEST(who_was_waited_for_has_a_short_time),
		TEST(the_longest_idle_client_makes_room),
		TEST(clients_that_never_said_anything_put_nobody_out_who_is_served),
		TEST(who_has_just_got_its_answer_is_not_idle),
		TEST(many_who_cannot_make_room_are_not_looked_at_for_each_new_client),
		TEST(no_more_clients_are_taken_than_are_allowed),
		TEST(time_starts_again_when_bytes_of_earlier_replies_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
