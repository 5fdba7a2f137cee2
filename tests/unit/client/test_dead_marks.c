/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Dead marks, on a clock that is an argument; and real processes that share them and are killed. */

#include "tests/unit/unit.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/net/dead_marks.h"

#define NOW 1000000
#define LEASE 2000
#define CHILDREN 8

struct world {
	struct sd_health *health;
	struct sd_mark *mark; /* of a.example */
	struct sd_mark_view view;
};

static struct world the_world;

static struct sd_server server_of(const char *host, uint16_t port)
{
	struct sd_server server = {.port = port};

	(void)snprintf(server.host, sizeof(server.host), "%s", host);
	return server;
}

static int open_world(void **state)
{
	struct sd_server server = server_of("a.example", 1042);

	the_world.health = sd_health_new();
	assert_non_null(the_world.health);
	assert_true(sd_health_is_shared(the_world.health));
	the_world.mark = sd_health_find(the_world.health, &server);
	assert_non_null(the_world.mark);
	*state = &the_world;
	return 0;
}

static int close_world(void **state)
{
	sd_health_free(((struct world *)*state)->health);
	return 0;
}

static bool fail_at(struct world *world, enum sd_admission admission, int64_t began_ms,
                    int64_t now_ms, int64_t until_ms)
{
	const struct sd_mark_try how = {admission, began_ms, now_ms};

	return sd_mark_failed(world->mark, &how, until_ms, "Connection refused");
}

static bool answer_at(struct world *world, enum sd_admission admission, int64_t now_ms,
                      int64_t *dead_ms)
{
	const struct sd_mark_try how = {admission, now_ms, now_ms};

	return sd_mark_answered(world->mark, &how, dead_ms);
}

static const struct sd_mark_view *look(struct world *world)
{
	sd_mark_view(world->mark, &world->view);
	return &world->view;
}

/* {{{ the table */

static void a_server_has_one_mark_whatever_its_case(void **state)
{
	struct world *world = *state;
	struct sd_server same = server_of("A.Example", 1042);
	struct sd_server other_port = server_of("a.example", 1043);
	struct sd_server other_host = server_of("b.example", 1042);

	assert_ptr_equal(sd_health_find(world->health, &same), world->mark);
	assert_ptr_not_equal(sd_health_find(world->health, &other_port), world->mark);
	assert_ptr_not_equal(sd_health_find(world->health, &other_host), world->mark);
}

static void paths_differ_by_case(void **state)
{
	struct world *world = *state;
	struct sd_server lower = server_of("unix:/run/s", 0);
	struct sd_server upper = server_of("unix:/run/S", 0);

	assert_ptr_not_equal(sd_health_find(world->health, &lower),
	                     sd_health_find(world->health, &upper));
}

static void a_full_table_says_so_and_keeps_what_it_has(void **state)
{
	struct world *world = *state;
	struct sd_server server = server_of("a.example", 1042);
	struct sd_server more;

	for (int i = 1; i < SD_HEALTH_SERVERS_MAX; i++) {
		more = server_of("many.example", (uint16_t)i);
		assert_non_null(sd_health_find(world->health, &more));
	}
	more = server_of("many.example", SD_HEALTH_SERVERS_MAX);
	assert_null(sd_health_find(world->health, &more));
	assert_ptr_equal(sd_health_find(world->health, &server), world->mark);
}

/* }}} */

/* {{{ one server */

static void who_was_never_asked_is_admitted(void **state)
{
	struct world *world = *state;

	assert_int_equal(sd_mark_admit(world->mark, NOW, LEASE), SD_ADMITTED);
	assert_int_equal(look(world)->state, SD_UNKNOWN);
	assert_int_equal(world->view.since_ms, 0);
	assert_string_equal(world->view.reason, "");
}

static void an_answer_makes_alive_without_a_word(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_false(answer_at(world, SD_ADMITTED, NOW, &dead_ms));
	assert_int_equal(look(world)->state, SD_ALIVE);
	assert_int_equal(world->view.since_ms, NOW);
}

static void one_failure_marks_and_one_caller_is_told(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, NOW, NOW + 1, NOW + 5000));
	assert_false(fail_at(world, SD_ADMITTED, NOW, NOW + 2, NOW + 9000));
	assert_int_equal(look(world)->state, SD_DEAD_UNTIL);
	assert_int_equal(world->view.since_ms, NOW + 1);
	assert_int_equal(world->view.until_ms, NOW + 5000);
	assert_int_equal(world->view.failures, 2);
	assert_string_equal(world->view.reason, "Connection refused");
}

static void a_dead_one_is_skipped_until_its_time_and_then_probed_by_one(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, NOW, NOW, NOW + 5000));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 4999, LEASE), SD_SKIPPED);
	assert_true(sd_mark_is_dead(world->mark, NOW + 4999));
	assert_false(sd_mark_is_dead(world->mark, NOW + 5000));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5000, LEASE), SD_SKIPPED);
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5000 + LEASE - 1, LEASE), SD_SKIPPED);
}

static void another_probes_where_the_first_never_came_back(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, NOW, NOW, NOW + 5000));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5000 + LEASE, LEASE), SD_PROBES);
}

static void a_probe_that_is_answered_brings_back_to_life(void **state)
{
	struct world *world = *state;
	int64_t dead_ms = 0;

	assert_true(fail_at(world, SD_ADMITTED, NOW, NOW, NOW + 5000));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_true(answer_at(world, SD_PROBES, NOW + 5100, &dead_ms));
	assert_int_equal(dead_ms, 5100);
	assert_false(answer_at(world, SD_PROBES, NOW + 5100, &dead_ms)); /* told once */
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5100, LEASE), SD_ADMITTED);
	assert_int_equal(look(world)->state, SD_ALIVE);
}

static void a_probe_that_fails_buys_another_interval_without_a_word(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, NOW, NOW, NOW + 5000));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, NOW + 5000, NOW + 6000, NOW + 11000));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 10999, LEASE), SD_SKIPPED);
	assert_int_equal(sd_mark_admit(world->mark, NOW + 11000, LEASE), SD_PROBES);
	assert_int_equal(look(world)->since_ms, NOW); /* it has been dead all the time */
}

static void a_late_answer_to_what_was_asked_before_the_mark_brings_nobody_back(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_true(fail_at(world, SD_ADMITTED, NOW, NOW, NOW + 5000));
	assert_false(answer_at(world, SD_ADMITTED, NOW + 100, &dead_ms));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 100, LEASE), SD_SKIPPED);
}

static void a_failure_of_what_began_before_it_came_back_marks_nobody(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_true(fail_at(world, SD_ADMITTED, NOW, NOW, NOW + 10));
	assert_int_equal(sd_mark_admit(world->mark, NOW + 10, LEASE), SD_PROBES);
	assert_true(answer_at(world, SD_PROBES, NOW + 20, &dead_ms));
	assert_false(fail_at(world, SD_ADMITTED, NOW + 5, NOW + 30, NOW + 9000));
	assert_int_equal(look(world)->state, SD_ALIVE);
	assert_true(fail_at(world, SD_ADMITTED, NOW + 25, NOW + 30, NOW + 9000));
}

static void a_complaint_marks_nobody(void **state)
{
	struct world *world = *state;

	sd_mark_complain(world->mark, "garbage");
	assert_int_equal(look(world)->state, SD_UNKNOWN);
	assert_int_equal(world->view.failures, 1);
	assert_string_equal(world->view.reason, "garbage");
}

static void a_long_reason_is_cut(void **state)
{
	struct world *world = *state;
	char reason[2 * SD_HEALTH_REASON_MAX];

	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	sd_mark_complain(world->mark, reason);
	assert_int_equal(strlen(look(world)->reason), SD_HEALTH_REASON_MAX - 1);
}

/* }}} */

/* {{{ processes */

/* Runs `work` in CHILDREN processes at the same time and waits for them. */
static void in_children(void (*work)(int number, void *context), void *context)
{
	pid_t children[CHILDREN];

	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		assert_int_not_equal(children[i], -1);
		if (children[i] == 0) {
			work(i, context);
			_exit(0);
		}
	}
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
}

/* What the children of a test count together. */
struct counts {
	struct world *world;
	atomic_uint probes;
	atomic_uint told;
	atomic_uint wrong;
	atomic_uint ready;
};

static struct counts *shared_counts(struct world *world)
{
	struct counts *counts =
		mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(counts, MAP_FAILED);
	counts->world = world;
	return counts;
}

/* All try at each moment, which moves on one by one. */
static void fail_and_probe(int number, void *context)
{
	struct counts *counts = context;

	atomic_fetch_add(&counts->ready, 1);
	while (atomic_load(&counts->ready) < CHILDREN) {
		usleep(100);
	}
	(void)number;
	atomic_fetch_add(&counts->told, fail_at(counts->world, SD_ADMITTED, NOW, NOW, NOW + 10));
	for (int64_t now_ms = NOW; now_ms < NOW + 1000; now_ms++) {
		if (sd_mark_admit(counts->world->mark, now_ms, 10) == SD_PROBES) {
			atomic_fetch_add(&counts->probes, 1);
		}
	}
}

static void of_many_processes_one_is_told_and_one_probes_each_time(void **state)
{
	struct counts *counts = shared_counts(*state);

	in_children(fail_and_probe, counts);
	assert_int_equal(counts->told, 1);
	/* a lease is 10 ms long, on a clock that goes at its own speed in each of them */
	assert_in_range(counts->probes, 1, 99);
	assert_int_equal(look(*state)->failures, CHILDREN);
	(void)munmap(counts, sizeof(*counts));
}

/* All that can be done to a mark, without an end. */
static void hammer(struct world *world, int number)
{
	char reason[SD_HEALTH_REASON_MAX];
	int64_t dead_ms;

	memset(reason, 'a' + number, sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	for (int64_t now_ms = NOW;; now_ms++) {
		const struct sd_mark_try how = {sd_mark_admit(world->mark, now_ms, 3), now_ms, now_ms};

		if (how.admission != SD_SKIPPED && now_ms % 3 == 0) {
			(void)sd_mark_answered(world->mark, &how, &dead_ms);
		} else if (how.admission != SD_SKIPPED) {
			(void)sd_mark_failed(world->mark, &how, now_ms + 5, reason);
		}
	}
}

static void a_worker_killed_at_any_instruction_leaves_the_table_usable(void **state)
{
	struct world *world = *state;
	struct chance chance = {2026};
	int64_t later_ms = NOW + ((int64_t)1 << 40);

	for (int round = 0; round < 200; round++) {
		pid_t children[2];
		int status;

		for (int i = 0; i < 2; i++) {
			children[i] = fork();
			if (children[i] == 0) {
				hammer(world, i);
			}
		}
		usleep(chance_between(&chance, 0, 3000));
		for (int i = 0; i < 2; i++) {
			assert_int_equal(kill(children[i], SIGKILL), 0);
			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		}
		if (look(world)->state == SD_DEAD_UNTIL) {
			int64_t dead_ms;

			assert_int_equal(sd_mark_admit(world->mark, later_ms, LEASE), SD_PROBES);
			assert_true(answer_at(world, SD_PROBES, later_ms, &dead_ms));
		}
		assert_int_equal(sd_mark_admit(world->mark, later_ms, LEASE), SD_ADMITTED);
		sd_mark_complain(world->mark, "seen");
		assert_string_equal(look(world)->reason, "seen");
		later_ms += 2 * LEASE;
	}
}

/* }}} */

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		TEST(a_server_has_one_mark_whatever_its_case),
		TEST(paths_differ_by_case),
		TEST(a_full_table_says_so_and_keeps_what_it_has),
		TEST(who_was_never_asked_is_admitted),
		TEST(an_answer_makes_alive_without_a_word),
		TEST(one_failure_marks_and_one_caller_is_told),
		TEST(a_dead_one_is_skipped_until_its_time_and_then_probed_by_one),
		TEST(another_probes_where_the_first_never_came_back),
		TEST(a_probe_that_is_answered_brings_back_to_life),
		TEST(a_probe_that_fails_buys_another_interval_without_a_word),
		TEST(a_late_answer_to_what_was_asked_before_the_mark_brings_nobody_back),
		TEST(a_failure_of_what_began_before_it_came_back_marks_nobody),
		TEST(a_complaint_marks_nobody),
		TEST(a_long_reason_is_cut),
		TEST(of_many_processes_one_is_told_and_one_probes_each_time),
		TEST(a_worker_killed_at_any_instruction_leaves_the_table_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
