/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * client/net/wait: which channel is advanced, awaited, expired or given up. The channels
 * are fakes that count their calls. Their sockets are real, the ends of socket pairs.
 */

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/net/node.h"
#include "client/net/wait.h"

#define FAR_MS 60000 /* a deadline that no test reaches */
#define CHANNELS 2

struct fake {
	struct sd_channel channel; /* first: it is a channel */
	sd_socket socket;
	int other_end;
	bool for_writing;
	int64_t deadline_ms;
	unsigned found_at; /* the call of advance() that receives something; 0: none */
	unsigned done_at;  /* the one that ends the channel; 0: none */
	int64_t longer_ms; /* each call of advance() moves the deadline by that */

	unsigned advanced;
	unsigned awaited;
	unsigned expired;
	unsigned given_up;
	char reason[SD_REASON_MAX];
};

struct world {
	struct sd_dead_marks *marks;
	struct sd_connection_shared shared;
	struct fake fakes[CHANNELS];
	struct sd_wait_set set;
};

/* {{{ the fakes */

static void fake_wants(const struct sd_channel *channel, struct sd_socket_wait *wait,
                       int64_t *deadline_ms)
{
	const struct fake *fake = (const struct fake *)channel;

	wait->socket = fake->socket;
	wait->for_reading = !fake->for_writing;
	wait->for_writing = fake->for_writing;
	*deadline_ms = fake->deadline_ms;
}

static enum sd_channel_state fake_advance(struct sd_channel *channel)
{
	struct fake *fake = (struct fake *)channel;

	fake->advanced++;
	channel->received += fake->advanced == fake->found_at;
	fake->deadline_ms += fake->longer_ms;
	return fake->advanced == fake->done_at ? SD_CHANNEL_DONE : SD_CHANNEL_BUSY;
}

static enum sd_channel_state fake_await(struct sd_channel *channel)
{
	((struct fake *)channel)->awaited++;
	return SD_CHANNEL_BUSY;
}

static enum sd_channel_state fake_expire(struct sd_channel *channel)
{
	((struct fake *)channel)->expired++;
	return SD_CHANNEL_DONE;
}

static enum sd_channel_state fake_give_up(struct sd_channel *channel, const char *reason)
{
	struct fake *fake = (struct fake *)channel;

	fake->given_up++;
	(void)snprintf(fake->reason, sizeof(fake->reason), "%s", reason);
	return SD_CHANNEL_DONE;
}

static const struct sd_channel_kind fake_kind = {
	.wants = fake_wants,
	.advance = fake_advance,
	.await = fake_await,
	.expire = fake_expire,
	.give_up = fake_give_up,
};

static struct sd_busy_poll *busy_of(struct world *world, size_t i)
{
	return &world->fakes[i].channel.node->busy;
}

static void make_ready(struct fake *fake)
{
	assert_int_equal(send(fake->other_end, "x", 1, MSG_NOSIGNAL), 1);
}

static void mark_dead(struct world *world, size_t i)
{
	int64_t now_ms = sd_platform_now_ms();
	const struct sd_mark_try how = {SD_ADMITTED, now_ms, now_ms, FAR_MS};

	assert_true(sd_mark_failed(&world->fakes[i].channel.node->mark, &how, SD_EVIDENCE_SILENT,
	                           "Connection refused"));
}

/* Two channels that wait for answers of two servers. */
static int open_world(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	world->marks = sd_dead_marks_new();
	assert_non_null(world->marks);
	world->set.now_us = sd_system_monotonic_us();
	for (size_t i = 0; i < CHANNELS; i++) {
		struct fake *fake = &world->fakes[i];
		struct sd_server server = {.port = (uint16_t)(1042 + i)};
		int ends[2];

		strcpy(server.host, "a.example");
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		fake->socket = ends[0];
		fake->other_end = ends[1];
		fake->deadline_ms = sd_platform_now_ms() + FAR_MS;
		fake->channel.kind = &fake_kind;
		fake->channel.node = sd_node_new(&server, &world->shared, world->marks);
		assert_non_null(fake->channel.node);
		world->set.channels[world->set.count++] = &fake->channel;
	}
	*state = world;
	return 0;
}

static int close_world(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < CHANNELS; i++) {
		(void)close((int)world->fakes[i].socket);
		(void)close(world->fakes[i].other_end);
		free(world->fakes[i].channel.node);
	}
	sd_dead_marks_free(world->marks);
	free(world);
	return 0;
}

/* }}} */

/* {{{ sleeping */

static void a_socket_that_is_ready_is_advanced_and_the_other_left(void **state)
{
	struct world *world = *state;

	make_ready(&world->fakes[1]);
	sd_wait_once(&world->set, 0);
	assert_int_equal(world->fakes[0].advanced, 0);
	assert_int_equal(world->fakes[1].advanced, 1);
	assert_int_equal(world->fakes[0].expired + world->fakes[1].expired, 0);
}

static void a_socket_is_waited_for_as_its_channel_wants(void **state)
{
	struct world *world = *state;

	make_ready(&world->fakes[0]); /* to be read */
	world->fakes[0].for_writing = false;
	world->fakes[1].for_writing = true; /* ready at once */
	sd_wait_once(&world->set, 0);
	assert_int_equal(world->fakes[0].advanced, 1);
	assert_int_equal(world->fakes[1].advanced, 1);
}

static void a_channel_whose_deadline_has_passed_expires(void **state)
{
	struct world *world = *state;

	world->fakes[0].deadline_ms = sd_platform_now_ms();
	sd_wait_once(&world->set, 0);
	assert_int_equal(world->fakes[0].expired, 1);
	assert_int_equal(world->fakes[0].channel.state, SD_CHANNEL_DONE);
	assert_int_equal(world->fakes[1].expired, 0);
	assert_int_equal(world->fakes[1].channel.state, SD_CHANNEL_BUSY);
}

static void a_channel_that_is_ready_at_its_deadline_has_one_step_and_expires(void **state)
{
	struct world *world = *state;
	struct fake *fake = &world->fakes[0];

	fake->found_at = 1; /* it goes on, and is not whole */
	fake->deadline_ms = sd_platform_now_ms();
	make_ready(fake);
	sd_wait_once(&world->set, 0);
	assert_int_equal(fake->advanced, 1);
	assert_int_equal(fake->expired, 1);
	assert_int_equal(fake->channel.state, SD_CHANNEL_DONE);
}

/* The process may not have been running: it cannot know when the answer came. */
static void an_answer_that_is_whole_at_its_deadline_counts(void **state)
{
	struct world *world = *state;
	struct fake *fake = &world->fakes[0];

	fake->done_at = 1;
	fake->deadline_ms = sd_platform_now_ms();
	make_ready(fake);
	sd_wait_once(&world->set, 0);
	assert_int_equal(fake->expired, 0);
	assert_int_equal(fake->channel.state, SD_CHANNEL_DONE);
}

/* A try to connect has a deadline of its own, and the answer a later one. */
static void a_last_step_that_moves_the_deadline_goes_on(void **state)
{
	struct world *world = *state;
	struct fake *fake = &world->fakes[0];

	fake->deadline_ms = sd_platform_now_ms();
	fake->longer_ms = FAR_MS;
	make_ready(fake);
	sd_wait_once(&world->set, 0);
	assert_int_equal(fake->advanced, 1);
	assert_int_equal(fake->expired, 0);
	assert_int_equal(fake->channel.state, SD_CHANNEL_BUSY);
}

static void a_channel_whose_server_was_marked_meanwhile_is_given_up(void **state)
{
	struct world *world = *state;

	mark_dead(world, 1);
	sd_wait_once(&world->set, 0);
	assert_int_equal(world->fakes[0].given_up, 0);
	assert_int_equal(world->fakes[1].given_up, 1);
	assert_string_equal(
		world->fakes[1].reason,
		"marked dead meanwhile for all PHP workers of this user: Connection refused");
}

static void a_channel_that_received_something_or_probes_is_not_given_up(void **state)
{
	struct world *world = *state;

	mark_dead(world, 0);
	mark_dead(world, 1);
	world->fakes[0].channel.received = 1; /* just now */
	world->set.now_us = sd_system_monotonic_us();
	world->fakes[1].channel.node->admission = SD_PROBES;
	sd_wait_once(&world->set, 0);
	assert_int_equal(world->fakes[0].given_up + world->fakes[1].given_up, 0);
}

/* }}} */

/* {{{ one channel */

static void a_lone_channel_is_awaited_if_it_is_persistent_and_only_reads(void **state)
{
	struct world *world = *state;
	struct fake *fake = &world->fakes[0];

	world->set.count = 1;
	make_ready(fake);
	sd_wait_once(&world->set, 0);
	assert_int_equal(fake->awaited, 0);
	assert_int_equal(fake->advanced, 1);
	fake->channel.is_persistent = true;
	sd_wait_once(&world->set, 0);
	assert_int_equal(fake->awaited, 1);
	fake->for_writing = true;
	sd_wait_once(&world->set, 0);
	assert_int_equal(fake->awaited, 1);
	assert_int_equal(fake->advanced, 2);
}

static void a_lone_channel_near_its_deadline_is_not_awaited(void **state)
{
	struct world *world = *state;
	struct fake *fake = &world->fakes[0];

	world->set.count = 1;
	fake->channel.is_persistent = true;
	/* by the time that the set knows: the machine may have been busy with others since */
	fake->deadline_ms = world->set.now_us / 1000 + SD_PLATFORM_PATIENCE_MS / 2;
	make_ready(fake);
	sd_wait_once(&world->set, 0);
	assert_int_equal(fake->awaited, 0);
	assert_int_equal(fake->advanced, 1);
}

static void a_lone_channel_is_given_up_too(void **state)
{
	struct world *world = *state;

	world->set.count = 1;
	world->fakes[0].channel.is_persistent = true;
	mark_dead(world, 0);
	sd_wait_once(&world->set, 0);
	assert_int_equal(world->fakes[0].awaited, 1);
	assert_int_equal(world->fakes[0].given_up, 1);
}

/* }}} */

/* {{{ polling */

static void a_poll_that_finds_an_answer_ends_the_wait(void **state)
{
	struct world *world = *state;

	world->fakes[1].found_at = 1;
	sd_wait_once(&world->set, SD_BUSY_POLL_MAX);
	assert_int_equal(world->fakes[0].advanced, 1);
	assert_int_equal(world->fakes[1].advanced, 1);
	assert_false(world->set.polled_in_vain);
	assert_int_equal(busy_of(world, 0)->doubt, 0); /* nothing is known about its server */
}

static void after_a_poll_in_vain_the_operation_sleeps(void **state)
{
	struct world *world = *state;
	unsigned polls;

	make_ready(&world->fakes[0]); /* or the wait would last */
	sd_wait_once(&world->set, 1);
	assert_true(world->set.polled_in_vain);
	assert_true(busy_of(world, 0)->doubt > 0);
	assert_true(busy_of(world, 1)->doubt > 0);
	polls = world->fakes[1].advanced;
	sd_wait_once(&world->set, 1);
	assert_int_equal(world->fakes[1].advanced, polls);
}

static void a_wait_is_counted_for_all_servers_whether_or_not_it_polls(void **state)
{
	struct world *world = *state;

	busy_of(world, 0)->back_off = 3;
	busy_of(world, 1)->back_off = 5;
	make_ready(&world->fakes[0]);
	sd_wait_once(&world->set, SD_BUSY_POLL_MAX);
	assert_int_equal(busy_of(world, 0)->back_off, 2);
	assert_int_equal(busy_of(world, 1)->back_off, 4);
	assert_int_equal(world->fakes[1].advanced, 0);
	assert_false(world->set.polled_in_vain);
}

static void a_channel_that_sends_or_is_near_its_deadline_is_not_polled_nor_counted(void **state)
{
	struct world *world = *state;

	busy_of(world, 0)->back_off = 3;
	busy_of(world, 1)->back_off = 5;
	world->fakes[0].for_writing = true;
	sd_wait_once(&world->set, SD_BUSY_POLL_MAX);
	assert_int_equal(busy_of(world, 0)->back_off, 3);
	assert_int_equal(busy_of(world, 1)->back_off, 4);
	world->fakes[1].deadline_ms = sd_platform_now_ms();
	sd_wait_once(&world->set, SD_BUSY_POLL_MAX);
	assert_int_equal(busy_of(world, 1)->back_off, 4);
}

/* }}} */

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		TEST(a_socket_that_is_ready_is_advanced_and_the_other_left),
		TEST(a_socket_is_waited_for_as_its_channel_wants),
		TEST(a_channel_whose_deadline_has_passed_expires),
		TEST(a_channel_that_is_ready_at_its_deadline_has_one_step_and_expires),
		TEST(an_answer_that_is_whole_at_its_deadline_counts),
		TEST(a_last_step_that_moves_the_deadline_goes_on),
		TEST(a_channel_whose_server_was_marked_meanwhile_is_given_up),
		TEST(a_channel_that_received_something_or_probes_is_not_given_up),
		TEST(a_lone_channel_is_awaited_if_it_is_persistent_and_only_reads),
		TEST(a_lone_channel_near_its_deadline_is_not_awaited),
		TEST(a_lone_channel_is_given_up_too),
		TEST(a_poll_that_finds_an_answer_ends_the_wait),
		TEST(after_a_poll_in_vain_the_operation_sleeps),
		TEST(a_wait_is_counted_for_all_servers_whether_or_not_it_polls),
		TEST(a_channel_that_sends_or_is_near_its_deadline_is_not_polled_nor_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
