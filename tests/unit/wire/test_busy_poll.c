/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Busy polling, the client's and the server's: for how long one looks, and when it is given up. */

#include "wire/busy_poll.h"
#include "wire/busy_poll.h"
#include "tests/unit/unit.h"

#define LIMIT_US 50

/* {{{ the client */

/* Waits that sleep at once until one looks. */
static unsigned rest_of(struct sd_busy_poll *busy)
{
	unsigned rest = 0;

	while (!sd_busy_poll_may(busy)) {
		rest++;
	}
	return rest;
}

static void count(struct sd_busy_poll *busy, unsigned times, enum sd_busy_poll_result result)
{
	for (unsigned i = 0; i < times; i++) {
		assert_true(sd_busy_poll_may(busy));
		sd_busy_poll_count(busy, result);
	}
}

static void client_looks_until_the_limit(void **state)
{
	(void)state;
	assert_int_equal(sd_busy_poll_judge(false, 150, 100, 100), SD_BUSY_POLL_AGAIN);
	assert_int_equal(sd_busy_poll_judge(false, 150, 148, 149), SD_BUSY_POLL_AGAIN);
	assert_int_equal(sd_busy_poll_judge(false, 150, 149, 150), SD_BUSY_POLL_NOTHING);
	assert_int_equal(sd_busy_poll_judge(true, 150, 149, 150), SD_BUSY_POLL_FOUND);
}

static void client_stops_where_others_want_the_processor(void **state)
{
	(void)state;
	assert_int_equal(sd_busy_poll_judge(false, 150, 100, 100 + SD_BUSY_POLL_PREEMPTED_US),
	                 SD_BUSY_POLL_AGAIN);
	assert_int_equal(sd_busy_poll_judge(false, 150, 100, 101 + SD_BUSY_POLL_PREEMPTED_US),
	                 SD_BUSY_POLL_PREEMPTED);
	/* it may have been the server that ran, for a little */
	assert_int_equal(sd_busy_poll_judge(true, 150, 100, 100 + SD_BUSY_POLL_PREEMPTED_US),
	                 SD_BUSY_POLL_FOUND);
	assert_int_equal(sd_busy_poll_judge(true, 150, 100, 101 + SD_BUSY_POLL_PREEMPTED_US),
	                 SD_BUSY_POLL_PREEMPTED);
}

static void client_rests_where_looking_is_in_vain(void **state)
{
	struct sd_busy_poll busy = {0};

	(void)state;
	count(&busy, 4, SD_BUSY_POLL_NOTHING);
	assert_int_equal(rest_of(&busy), SD_BUSY_POLL_BACK_OFF_MIN);
	for (unsigned rest = 2 * SD_BUSY_POLL_BACK_OFF_MIN; rest <= SD_BUSY_POLL_BACK_OFF_MAX;
	     rest *= 2) {
		sd_busy_poll_count(&busy, SD_BUSY_POLL_NOTHING);
		assert_int_equal(rest_of(&busy), rest);
	}
	sd_busy_poll_count(&busy, SD_BUSY_POLL_NOTHING);
	assert_int_equal(rest_of(&busy), SD_BUSY_POLL_BACK_OFF_MAX);
}

static void client_looks_on_where_two_of_three_are_found(void **state)
{
	struct sd_busy_poll busy = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		count(&busy, 1, SD_BUSY_POLL_NOTHING);
		count(&busy, 2, SD_BUSY_POLL_FOUND);
	}
}

static void client_rests_where_less_are_found(void **state)
{
	struct sd_busy_poll busy = {0};
	int looked = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		if (sd_busy_poll_may(&busy)) {
			sd_busy_poll_count(&busy,
			                   looked++ % 2 == 0 ? SD_BUSY_POLL_NOTHING : SD_BUSY_POLL_FOUND);
		}
	}
	assert_in_range(looked, 20, 1000);
}

static void client_rests_sooner_where_others_want_the_processor(void **state)
{
	struct sd_busy_poll busy = {0};

	(void)state;
	count(&busy, 2, SD_BUSY_POLL_PREEMPTED);
	assert_int_equal(rest_of(&busy), SD_BUSY_POLL_BACK_OFF_MIN);
	sd_busy_poll_count(&busy, SD_BUSY_POLL_PREEMPTED);
	assert_int_equal(rest_of(&busy), 2 * SD_BUSY_POLL_BACK_OFF_MIN);
}

/* Answers that are found again end the doubt, but not the first one. */
static void client_forgets_that_it_rested_where_answers_are_found_again(void **state)
{
	struct sd_busy_poll busy = {0};

	(void)state;
	count(&busy, 4, SD_BUSY_POLL_NOTHING);
	assert_int_equal(rest_of(&busy), SD_BUSY_POLL_BACK_OFF_MIN);
	sd_busy_poll_count(&busy, SD_BUSY_POLL_FOUND);
	count(&busy, 2, SD_BUSY_POLL_NOTHING);
	assert_int_equal(rest_of(&busy), 2 * SD_BUSY_POLL_BACK_OFF_MIN);
	sd_busy_poll_count(&busy, SD_BUSY_POLL_FOUND);
	count(&busy, SD_BUSY_POLL_DOUBT_MAX, SD_BUSY_POLL_FOUND);
	count(&busy, 4, SD_BUSY_POLL_NOTHING);
	assert_int_equal(rest_of(&busy), SD_BUSY_POLL_BACK_OFF_MIN);
}

/* }}} */

/* {{{ the server */

/* A clock, and turns that end on it: each takes two microseconds, and others have the processor
 * before a look for as long as is said. */
struct server {
	struct sd_busy_loop busy;
	int64_t now_us;
};

static bool turn(struct server *server, int64_t others_us, bool served)
{
	int64_t began_us = server->now_us + others_us;

	server->now_us = began_us + 2;
	return sd_busy_loop_polls(&server->busy, served, began_us, server->now_us);
}

/* Looks until it sleeps; for how long. */
static int64_t look_in_vain(struct server *server)
{
	int64_t began_us = server->now_us;

	while (turn(server, 0, false)) {
	}
	return server->now_us - began_us;
}

/* Turns that serve and are slept after, until one is not. */
static unsigned server_rest_of(struct server *server)
{
	unsigned rest = 0;

	while (!turn(server, 1000, true)) {
		rest++;
	}
	return rest;
}

static void server_looks_after_it_has_served(void **state)
{
	struct server server = {.busy.limit_us = LIMIT_US};

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_true(turn(&server, 10, true));
		assert_true(turn(&server, 10, false));
	}
	assert_int_equal(look_in_vain(&server), LIMIT_US - 12);
}

static void server_that_serves_nobody_sleeps(void **state)
{
	struct server server = {.busy.limit_us = LIMIT_US};
	struct server off = {.busy.limit_us = 0};

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_false(turn(&server, 200000, false)); /* a timer's turns */
		assert_false(turn(&off, 0, true));
	}
}

static void server_rests_where_looking_is_in_vain(void **state)
{
	struct server server = {.busy.limit_us = LIMIT_US};

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_true(turn(&server, 1000, true));
		assert_int_equal(look_in_vain(&server), LIMIT_US);
	}
	for (unsigned rest = SD_BUSY_POLL_BACK_OFF_MIN; rest <= SD_BUSY_POLL_BACK_OFF_MAX; rest *= 2) {
		assert_int_equal(server_rest_of(&server), rest);
		assert_int_equal(look_in_vain(&server), LIMIT_US);
	}
	assert_int_equal(server_rest_of(&server), SD_BUSY_POLL_BACK_OFF_MAX);
}

static void server_looks_on_where_two_of_three_come(void **state)
{
	struct server server = {.busy.limit_us = LIMIT_US};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_true(turn(&server, 1000, true));
		assert_true(turn(&server, 0, true));
		assert_true(turn(&server, 0, true));
		assert_int_equal(look_in_vain(&server), LIMIT_US);
	}
}

/* As a session has it: it is read, written soon after, and then nobody comes for long. */
static void server_rests_where_less_come(void **state)
{
	struct server server = {.busy.limit_us = LIMIT_US};
	int looked = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		if (turn(&server, 1000, true) && turn(&server, 0, true)) {
			looked++;
			(void)look_in_vain(&server);
		}
	}
	assert_in_range(looked, 20, 1000);
}

static void server_rests_sooner_where_others_want_the_processor(void **state)
{
	struct server server = {.busy.limit_us = LIMIT_US};

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(turn(&server, 1000, true));
		assert_true(turn(&server, SD_BUSY_POLL_PREEMPTED_US, false));
		assert_false(turn(&server, SD_BUSY_POLL_PREEMPTED_US + 1, false));
	}
	assert_int_equal(server_rest_of(&server), SD_BUSY_POLL_BACK_OFF_MIN);
	/* it may have been the client that ran, for a little */
	assert_true(turn(&server, SD_BUSY_POLL_PREEMPTED_US, true));
	assert_false(turn(&server, SD_BUSY_POLL_PREEMPTED_US + 1, true));
	assert_int_equal(server_rest_of(&server), 2 * SD_BUSY_POLL_BACK_OFF_MIN);
}

/* What a turn itself takes, a commit for example, is not the others'. */
static void server_does_not_take_its_own_work_for_others(void **state)
{
	struct server server = {.busy.limit_us = 1000};

	(void)state;
	assert_true(turn(&server, 1000, true));
	assert_true(sd_busy_loop_polls(&server.busy, false, server.now_us + 1, server.now_us + 500));
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_looks_until_the_limit),
		cmocka_unit_test(client_stops_where_others_want_the_processor),
		cmocka_unit_test(client_rests_where_looking_is_in_vain),
		cmocka_unit_test(client_looks_on_where_two_of_three_are_found),
		cmocka_unit_test(client_rests_where_less_are_found),
		cmocka_unit_test(client_rests_sooner_where_others_want_the_processor),
		cmocka_unit_test(client_forgets_that_it_rested_where_answers_are_found_again),
		cmocka_unit_test(server_looks_after_it_has_served),
		cmocka_unit_test(server_that_serves_nobody_sleeps),
		cmocka_unit_test(server_rests_where_looking_is_in_vain),
		cmocka_unit_test(server_looks_on_where_two_of_three_come),
		cmocka_unit_test(server_rests_where_less_come),
		cmocka_unit_test(server_rests_sooner_where_others_want_the_processor),
		cmocka_unit_test(server_does_not_take_its_own_work_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
