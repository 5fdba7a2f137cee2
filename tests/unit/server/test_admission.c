/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* When a batch has to come later: with a flusher, a memtable and a clock that the test moves. */

#include "server/store/admission.h"

#include <string.h>

#include "server/store/btree.h"
#include "server/store/flusher.h"
#include "server/store/layers.h"
#include "server/store/memtable.h"
#include "tests/unit/unit.h"

#define MIB (1024u * 1024u)
#define ACTIVE_MAX (64 * MIB)
#define NOW_MS 77 /* of the store */

/* {{{ what the linker has called in the place of the store's */

static struct {
	size_t size;         /* of the active memtable */
	int64_t ms;          /* of the clock */
	bool is_running;     /* a job is */
	bool has_failed;     /* the last job has: it is pending */
	unsigned schedules;  /* calls */
	int64_t swept_until; /* of the last one */
	bool starts;         /* a call starts a job */
	int64_t expires_ms;  /* the first entry, of the store's time */
} now;

size_t __wrap_sdd_flusher_waiting(const struct sdd_flusher *flusher);
int64_t __wrap_sdd_clock_monotonic_ms(void);
bool __wrap_sdd_flusher_poll(struct sdd_flusher *flusher);
bool __wrap_sdd_flusher_is_pending(const struct sdd_flusher *flusher);
void __wrap_sdd_flusher_schedule(struct sdd_flusher *flusher, int64_t now_ms);
bool __wrap_sdd_btree_is_due(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms);

size_t __wrap_sdd_flusher_waiting(const struct sdd_flusher *flusher)
{
	(void)flusher;
	return now.size;
}

int64_t __wrap_sdd_clock_monotonic_ms(void)
{
	return now.ms;
}

bool __wrap_sdd_flusher_poll(struct sdd_flusher *flusher)
{
	(void)flusher;
	return !now.is_running;
}

bool __wrap_sdd_flusher_is_pending(const struct sdd_flusher *flusher)
{
	(void)flusher;
	return now.is_running || now.has_failed;
}

void __wrap_sdd_flusher_schedule(struct sdd_flusher *flusher, int64_t now_ms)
{
	(void)flusher;
	now.schedules++;
	now.swept_until = now_ms;
	now.is_running = now.starts;
}

bool __wrap_sdd_btree_is_due(struct sdd_btree *btree, int64_t after_ms, int64_t now_ms)
{
	(void)btree;
	assert_int_equal(after_ms, SDD_ALL_EXPIRED);
	return now_ms >= now.expires_ms;
}

/* }}} */

static struct sdd_admission admission;
static struct sdd_layers layers;

static int start(void **state)
{
	(void)state;
	memset(&now, 0, sizeof(now));
	memset(&admission, 0, sizeof(admission));
	memset(&layers, 0, sizeof(layers));
	layers.active_max = ACTIVE_MAX;
	admission.has_greedy = true;
	now.ms = 1000;
	now.starts = true;
	return 0;
}

static enum sdd_result ask_for(bool is_greedy)
{
	return sdd_admission_ask(&admission, &layers, NULL, is_greedy, NOW_MS);
}

static enum sdd_result ask(void)
{
	return ask_for(/* is_greedy */ true);
}

static void a_batch_is_taken_while_little_waits(void **state)
{
	(void)state;
	now.is_running = true;
	for (now.size = 0; now.size <= 24 * MIB; now.size += MIB) {
		sdd_admission_pace(&admission, &layers, NULL);
		assert_int_equal(ask(), SDD_DONE);
	}
	assert_int_equal(now.schedules, 0);
}

/* How many milliseconds later the next batch comes. */
static int64_t delay_at(size_t size)
{
	int64_t began_ms = now.ms;

	now.size = size;
	sdd_admission_pace(&admission, &layers, NULL);
	while (ask() == SDD_LATER) {
		now.ms++;
		assert_true(now.ms - began_ms < 1000);
	}
	return now.ms - began_ms;
}

static void batches_come_the_later_the_further_the_flusher_is_behind(void **state)
{
	(void)state;
	now.is_running = true;
	assert_int_equal(delay_at(24 * MIB), 0);
	assert_int_equal(delay_at(25 * MIB), 1);
	assert_int_equal(delay_at(32 * MIB), 1 + 5);
	assert_int_equal(delay_at(40 * MIB - 1), 1 + 19);
	assert_int_equal(delay_at(64 * MIB - 1), 1 + 20);
	layers.active_max = 8 * MIB; /* with less memory, all is in proportion */
	assert_int_equal(delay_at(3 * MIB), 0);
	assert_int_equal(delay_at(4 * MIB), 1 + 5);
}

/* A batch that leaves so much waiting is committed. */
static void commit_at(size_t size, bool is_greedy)
{
	now.size = size;
	admission.has_greedy = is_greedy;
	sdd_admission_pace(&admission, &layers, NULL);
}

static void greedy_clients_are_paced_and_others_are_not(void **state)
{
	(void)state;
	now.is_running = true;
	commit_at(40 * MIB, /* is_greedy */ true);
	assert_int_equal(ask_for(/* is_greedy */ true), SDD_LATER);
	assert_int_equal(ask_for(/* is_greedy */ false), SDD_DONE);
}

/* In the batch that another one has begun, too, until the time has come for one of them. */
static void a_greedy_client_joins_no_batch_before_its_time(void **state)
{
	(void)state;
	now.is_running = true;
	commit_at(32 * MIB, /* is_greedy */ true);
	admission.has_greedy = false;
	assert_int_equal(sdd_admission_join(&admission), SDD_LATER);
	now.ms += 5;
	assert_int_equal(sdd_admission_join(&admission), SDD_LATER);
	now.ms++;
	assert_int_equal(sdd_admission_join(&admission), SDD_DONE);
	admission.greedy_ms = now.ms + 1;
	assert_int_equal(sdd_admission_join(&admission), SDD_DONE); /* one is in it */
	admission.has_greedy = false;
	assert_int_equal(sdd_admission_join(&admission), SDD_LATER);
}

static void what_others_write_does_not_put_a_greedy_client_off(void **state)
{
	(void)state;
	now.is_running = true;
	commit_at(32 * MIB, /* is_greedy */ true);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(ask_for(/* is_greedy */ true), SDD_LATER);
		commit_at(32 * MIB, /* is_greedy */ false);
		now.ms++;
	}
	assert_int_equal(ask_for(/* is_greedy */ true), SDD_DONE);
}

/* So the memtable does not grow to its maximum, where all wait. */
static void others_are_paced_near_the_maximum(void **state)
{
	(void)state;
	now.is_running = true;
	commit_at(40 * MIB, /* is_greedy */ false);
	assert_int_equal(ask_for(/* is_greedy */ false), SDD_DONE);
	commit_at(52 * MIB, /* is_greedy */ false);
	now.ms += 5;
	assert_int_equal(ask_for(/* is_greedy */ false), SDD_LATER);
	now.ms++;
	assert_int_equal(ask_for(/* is_greedy */ false), SDD_DONE);
	commit_at(64 * MIB, /* is_greedy */ false);
	now.ms += 21;
	assert_int_equal(ask_for(/* is_greedy */ false), SDD_LATER); /* it is reached */
}

/* Whoever was told that nothing is in the way need not ask again until something may be. */
static void what_may_be_in_the_way_is_asked_about(void **state)
{
	(void)state;
	admission.must_ask = false;
	sdd_admission_pace(&admission, &layers, NULL);
	assert_true(admission.must_ask);
	assert_int_equal(ask(), SDD_DONE);
	assert_false(admission.must_ask);
	sdd_admission_doubt(&admission);
	assert_true(admission.must_ask);
	admission.must_ask = false;
	sdd_admission_want_exact_size(&admission);
	assert_true(admission.must_ask);
}

static void no_batch_is_paced_when_the_job_has_ended(void **state)
{
	(void)state;
	now.is_running = true;
	now.size = 60 * MIB;
	sdd_admission_pace(&admission, &layers, NULL);
	assert_int_equal(ask(), SDD_LATER);
	now.is_running = false;
	assert_int_equal(ask_for(/* is_greedy */ false), SDD_DONE);
	admission.has_greedy = false;
	assert_int_equal(sdd_admission_join(&admission), SDD_DONE);
	assert_int_equal(ask(), SDD_DONE);
	sdd_admission_pace(&admission, &layers, NULL);
	now.is_running = true; /* the next one, since then */
	now.ms += 30;
	assert_int_equal(ask(), SDD_DONE);
}

static void no_batch_is_paced_while_the_disk_fails(void **state)
{
	(void)state;
	now.is_running = true;
	now.size = 60 * MIB;
	layers.health.states[SDD_HEALTH_BTREE] = SDD_NO_ROOM;
	sdd_admission_pace(&admission, &layers, NULL);
	assert_int_equal(ask(), SDD_DONE);
}

static void at_the_maximum_the_batch_comes_when_the_job_has_ended(void **state)
{
	(void)state;
	now.is_running = true;
	now.size = ACTIVE_MAX;
	for (int i = 0; i < 29999; i++, now.ms++) {
		assert_int_equal(ask(), SDD_LATER);
	}
	assert_int_equal(now.schedules, 0);
	now.is_running = false;
	assert_int_equal(ask(), SDD_DONE);
	assert_int_equal(now.schedules, 1); /* which empties it */
	now.ms += 1;
	assert_int_equal(ask(), SDD_LATER); /* another wait, which begins now */
	now.ms += 29999;
	assert_int_equal(ask(), SDD_LATER);
}

static void a_disk_that_does_not_answer_refuses_after_half_a_minute(void **state)
{
	(void)state;
	now.is_running = true;
	now.size = ACTIVE_MAX;
	assert_int_equal(ask(), SDD_LATER);
	now.ms += 30000;
	assert_int_equal(ask(), SDD_FAILED);
	assert_string_equal(layers.reason, "the disk takes too long");
}

/* The maintenance has seen the end of the job, and has started the next one. */
static void a_wait_is_over_when_somebody_else_has_seen_its_end(void **state)
{
	(void)state;
	now.is_running = true;
	now.size = ACTIVE_MAX;
	assert_int_equal(ask(), SDD_LATER);
	now.size = 0;
	assert_int_equal(ask(), SDD_DONE);
	now.ms += 30000;
	now.size = ACTIVE_MAX;
	assert_int_equal(ask(), SDD_LATER);
}

static void at_the_maximum_a_disk_that_fails_refuses_at_once(void **state)
{
	(void)state;
	now.has_failed = true;
	now.size = ACTIVE_MAX;
	layers.health.states[SDD_HEALTH_BTREE] = SDD_READ_ONLY;
	(void)strcpy(layers.health.reasons[SDD_HEALTH_BTREE], "Input/output error");
	assert_int_equal(ask(), SDD_FAILED);
	assert_string_equal(layers.reason, "Input/output error");
	layers.health.states[SDD_HEALTH_BTREE] = SDD_NO_ROOM;
	assert_int_equal(ask(), SDD_FULL);
	now.size--;
	assert_int_equal(ask(), SDD_DONE);
}

static void the_exact_size_needs_a_flush_and_a_sweep_of_its_own(void **state)
{
	(void)state;
	now.is_running = true; /* one that began before */
	sdd_admission_want_exact_size(&admission);
	assert_int_equal(ask(), SDD_LATER);
	assert_int_equal(now.schedules, 0);
	now.is_running = false;
	assert_int_equal(ask(), SDD_LATER);
	assert_int_equal(now.schedules, 1);
	assert_int_equal(now.swept_until, NOW_MS);
	assert_true(layers.needs_room);
	assert_int_equal(ask(), SDD_LATER);
	now.is_running = false;
	assert_int_equal(ask(), SDD_DONE);
	assert_int_equal(ask(), SDD_DONE);
	assert_int_equal(now.schedules, 1);
	sdd_admission_want_exact_size(&admission); /* once more */
	assert_int_equal(ask(), SDD_LATER);
	assert_int_equal(now.schedules, 2);
}

static void the_exact_size_is_waited_for_no_longer_than_half_a_minute(void **state)
{
	(void)state;
	sdd_admission_want_exact_size(&admission);
	assert_int_equal(ask(), SDD_LATER);
	now.ms += 30000;
	assert_int_equal(ask(), SDD_FAILED);
	now.is_running = false;
	assert_int_equal(ask(), SDD_DONE);
}

static void if_no_job_can_be_started_or_it_fails_the_batch_is_taken_as_it_is(void **state)
{
	(void)state;
	now.starts = false;
	sdd_admission_want_exact_size(&admission);
	assert_int_equal(ask(), SDD_DONE);
	now.starts = true;
	sdd_admission_want_exact_size(&admission);
	assert_int_equal(ask(), SDD_LATER);
	now.is_running = false;
	now.has_failed = true;
	assert_int_equal(ask(), SDD_DONE);
}

/* {{{ room that others leave */

/* A store that is full, but for so many bytes. */
static void fill_up(int64_t left)
{
	layers.space.max_size = 100 * MIB;
	layers.space.btree_size = (uint64_t)(100 * (int64_t)MIB - SDD_SPACE_SPARE - left);
}

/* Whether an entry that does not fit is given another try, and if so, gives it. */
static bool tries_again(size_t length)
{
	unsigned before = now.schedules;
	int64_t began_ms = now.ms;

	if (!sdd_admission_await_room(&admission, &layers, length, NOW_MS)) {
		return false;
	}
	sdd_admission_want_exact_size(&admission);
	for (; now.ms < began_ms + 50; now.ms++) {
		assert_int_equal(ask(), SDD_LATER);
		assert_int_equal(now.schedules, before);
	}
	assert_int_equal(ask(), SDD_LATER);
	assert_int_equal(now.schedules, before + 1);
	assert_int_equal(now.swept_until, NOW_MS + 50);
	now.is_running = false;
	assert_int_equal(ask(), SDD_DONE);
	return true;
}

static void what_others_leave_within_a_second_is_waited_for(void **state)
{
	(void)state;
	fill_up(0);
	now.expires_ms = NOW_MS + 1001;
	assert_false(tries_again(100));
	now.expires_ms = NOW_MS + 1000;
	assert_true(tries_again(100));
	sdd_admission_want_exact_size(&admission); /* by an estimate: at once */
	assert_int_equal(ask(), SDD_LATER);
	assert_int_equal(now.swept_until, NOW_MS);
}

static void if_others_leave_next_to_nothing_it_is_waited_for_no_longer_than_a_second(void **state)
{
	(void)state;
	fill_up(MIB - 1);
	for (int i = 0; i < 20; i++) {
		assert_true(tries_again(100));
	}
	assert_false(tries_again(100));
	now.ms += 5000;
	assert_false(tries_again(100));
	sdd_admission_want_exact_size(&admission);
	(void)ask();
	now.is_running = false;
	fill_up(MIB); /* some room, which is taken then */
	assert_int_equal(ask(), SDD_DONE);
	fill_up(0);
	assert_true(tries_again(100));
}

/* Some room is not enough for it. */
static void a_long_value_waits_for_nothing(void **state)
{
	(void)state;
	fill_up(0);
	assert_true(tries_again(MIB / 2));
	assert_false(tries_again(MIB / 2 + 1));
	layers.space.max_size = MIB;
	assert_true(tries_again(MIB / 64 / 2));
	assert_false(tries_again(MIB / 64 / 2 + 1));
}

/* }}} */

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_batch_is_taken_while_little_waits),
		TEST(batches_come_the_later_the_further_the_flusher_is_behind),
		TEST(greedy_clients_are_paced_and_others_are_not),
		TEST(a_greedy_client_joins_no_batch_before_its_time),
		TEST(what_others_write_does_not_put_a_greedy_client_off),
		TEST(others_are_paced_near_the_maximum),
		TEST(what_may_be_in_the_way_is_asked_about),
		TEST(no_batch_is_paced_when_the_job_has_ended),
		TEST(no_batch_is_paced_while_the_disk_fails),
		TEST(at_the_maximum_the_batch_comes_when_the_job_has_ended),
		TEST(a_disk_that_does_not_answer_refuses_after_half_a_minute),
		TEST(a_wait_is_over_when_somebody_else_has_seen_its_end),
		TEST(at_the_maximum_a_disk_that_fails_refuses_at_once),
		TEST(the_exact_size_needs_a_flush_and_a_sweep_of_its_own),
		TEST(the_exact_size_is_waited_for_no_longer_than_half_a_minute),
		TEST(if_no_job_can_be_started_or_it_fails_the_batch_is_taken_as_it_is),
		TEST(what_others_leave_within_a_second_is_waited_for),
		TEST(if_others_leave_next_to_nothing_it_is_waited_for_no_longer_than_a_second),
		TEST(a_long_value_waits_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
