/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The server's loop: whom it serves, and when. */

#include "server/net/loop.h"

#include <event2/event.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define BUSY_POLL_US 1000
#define TOO_MANY 1000 /* ticks of somebody else that another is left waiting for */

/* A client who always has come again, and another one, at a pipe. */
struct fixture {
	struct sdd_loop *loop;
	int ends[2];
	unsigned polls;
	unsigned heard; /* how many polls there had been when the other was served; 0: it was not */
};

static bool on_poll(void *context)
{
	struct fixture *fixture = context;

	if (fixture->polls++ == 0) {
		assert_int_equal(write(fixture->ends[1], "", 1), 1);
	}
	if (fixture->polls == TOO_MANY) {
		sdd_loop_stop(fixture->loop);
	}
	return true;
}

static bool on_tick_ended(void *context)
{
	(void)context;
	return true;
}

static void on_other(evutil_socket_t descriptor, short what, void *argument)
{
	struct fixture *fixture = argument;

	(void)descriptor;
	(void)what;
	fixture->heard = fixture->polls;
	sdd_loop_stop(fixture->loop);
}

static void on_first_tick(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	(void)argument;
}

static void one_who_always_comes_again_leaves_the_others_their_tick(void **state)
{
	struct fixture fixture = {.polls = 0};
	const struct sdd_loop_handlers handlers = {
		.poll = on_poll, .tick_ended = on_tick_ended, .context = &fixture};
	struct event *other;

	(void)state;
	assert_int_equal(pipe(fixture.ends), 0);
	fixture.loop = sdd_loop_new(&handlers, BUSY_POLL_US);
	assert_non_null(fixture.loop);
	other = event_new(sdd_loop_base(fixture.loop), fixture.ends[0], EV_READ, on_other, &fixture);
	assert_int_equal(event_add(other, NULL), 0);
	/* it polls after a tick that served somebody */
	assert_int_equal(
		event_base_once(sdd_loop_base(fixture.loop), -1, EV_TIMEOUT, on_first_tick, NULL, NULL), 0);
	sdd_loop_run(fixture.loop);
	assert_in_range(fixture.heard, 1, 16);
	event_free(other);
	sdd_loop_free(fixture.loop);
	(void)close(fixture.ends[0]);
	(void)close(fixture.ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_who_always_comes_again_leaves_the_others_their_tick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
