/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The store on files and a B-tree in memory (fake_io.c, fake_btree.c): whichever of their calls
 * fails, whenever the process dies, and wherever the next start ends, what was acknowledged is
 * there, and nothing else. store_model.h says what that means.
 *
 * One scenario is run again and again with another fault. By default each fault meets some of the
 * deaths; with STORE_FAILURES=full in the environment, it meets all of them.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/flusher.h"
#include "server/store/health.h"
#include "server/store/store.h"
#include "server/system/log.h"
#include "tests/unit/server/fake_btree.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/server/store_model.h"
#include "tests/unit/unit.h"

#define MAX_SIZE (512u * 1024u)
#define LONG (40u * 1024u) /* bytes of a value: two are several frames */
#define TOO_LONG (400u * 1024u)
#define NEVER_STOP (-1)
#define CALLS_MAX 400 /* more than a scenario has */

enum keys { A, B, C, D, E, F, G, H, I, J, LONG_1, LONG_2, LONG_3, PROLONGED, LAST };

/* So that freed memory is used again soon. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4";
}

/* The linker has this called in the place of sdd_log(): thousands of lines say nothing. */
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...);
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

static enum sdd_sync sync_of_run;
static char reason[SDD_STORE_REASON_MAX];

static int reset(void **state)
{
	(void)state;
	fake_io_reset();
	fake_btree_reset();
	model_reset();
	sync_of_run = SDD_SYNC_NEVER;
	return 0;
}

/* {{{ batches */

static bool begin(struct sdd_store *store)
{
	if (!fake_faults_have_stopped() && sdd_store_admit(store) == SDD_LATER) {
		(void)sdd_store_flush_and_wait(store);
	}
	return !fake_faults_have_stopped() && sdd_store_begin(store, 0, false) == SDD_DONE;
}

/* A batch that --sync=always does not take may have been written before it could not be forced to
 * disk. */
static void commit(struct sdd_store *store)
{
	enum model_outcome refused = sync_of_run == SDD_SYNC_ALWAYS ? MODEL_UNKNOWN : MODEL_REFUSED;
	enum sdd_result result;

	if (!sdd_store_in_batch(store)) {
		model_end_batch(MODEL_REFUSED);
		return;
	}
	result = sdd_store_commit(store);
	if (fake_faults_have_stopped()) {
		model_end_batch(MODEL_UNKNOWN);
	} else {
		model_end_batch(result == SDD_DONE ? MODEL_ACKNOWLEDGED : refused);
	}
	if (result == SDD_DONE && sync_of_run == SDD_SYNC_ALWAYS && !fake_faults_have_stopped()) {
		model_record_forced();
	}
}

static void put(struct sdd_store *store, unsigned key, size_t length, int64_t expires_ms)
{
	if (begin(store)) {
		(void)model_put(store, key, length, expires_ms, 0);
		commit(store);
	}
}

static void change(struct sdd_store *store, unsigned key, int64_t expires_ms)
{
	if (begin(store)) {
		(void)model_change(store, key, expires_ms);
		commit(store);
	}
}

static void remove_entry(struct sdd_store *store, unsigned key)
{
	if (begin(store)) {
		(void)model_remove(store, key);
		commit(store);
	}
}

static void put_two(struct sdd_store *store, unsigned one, unsigned other, size_t length)
{
	if (begin(store)) {
		if (model_put(store, one, length, SDD_NEVER, 0) == SDD_DONE) {
			(void)model_put(store, other, length, SDD_NEVER, 0);
		}
		if (sdd_store_in_batch(store)) {
			(void)model_put(store, A, 10, SDD_NEVER, SDD_TOMBSTONE);
		}
		commit(store);
	}
}

static void flush_at(struct sdd_store *store, int64_t now_ms)
{
	if (!fake_faults_have_stopped()) {
		sdd_store_schedule_flush(store, now_ms);
		(void)sdd_store_flush_and_wait(store);
		if (sdd_store_wal_size(store) == 0 && !fake_faults_have_stopped()) {
			model_record_forced();
		}
	}
}

static void flush(struct sdd_store *store)
{
	flush_at(store, MODEL_NOW);
}

/* }}} */

/* {{{ processes */

/* A process opens the store. NULL: it cannot, because of a fault. */
static struct sdd_store *open_store(bool after_power_cut)
{
	struct sdd_store *store = sdd_store_open("/directory", MAX_SIZE, sync_of_run, reason);

	if (store != NULL && !fake_faults_have_stopped()) {
		model_check_recovered(store, after_power_cut);
		(void)sdd_store_flush_and_wait(store);
		model_check(store);
	} else if (store != NULL) {
		(void)sdd_store_flush_and_wait(store);
	}
	return store;
}

static void close_store(struct sdd_store *store)
{
	if (!fake_faults_have_stopped()) {
		model_check(store);
	}
	sdd_store_close(store);
}

/* The process dies now. What it does afterwards comes to nothing. */
static void die(struct sdd_store *store)
{
	if (!fake_faults_have_stopped()) {
		model_check(store);
		fake_faults_stop(fake_faults_calls());
	}
	sdd_store_close(store);
}

static void write_first(struct sdd_store *store)
{
	put(store, A, 10, SDD_NEVER);
	put(store, B, 200, SDD_NEVER);
	put(store, C, 30, MODEL_NOW / 2);
	put(store, PROLONGED, 40, MODEL_NOW / 2);
	put_two(store, D, E, 2000);
	put(store, A, 20, SDD_NEVER);
	remove_entry(store, B);
	flush_at(store, MODEL_NOW / 4); /* nothing has expired */
	put(store, F, 10, SDD_NEVER);
	change(store, D, SDD_NEVER - 1);
	change(store, PROLONGED, SDD_NEVER);
	put_two(store, LONG_1, LONG_2, LONG);
	put(store, LONG_3, TOO_LONG, SDD_NEVER); /* there is no room */
	put(store, G, 100, SDD_NEVER);
	flush(store);
	remove_entry(store, LONG_1);
	put(store, LONG_2, 10, SDD_NEVER);
	put(store, B, 10, SDD_NEVER);
	put(store, H, 5000, SDD_NEVER);
}

static void write_second(struct sdd_store *store)
{
	put(store, I, 100, SDD_NEVER);
	remove_entry(store, A);
	put_two(store, E, B, 3000);
	flush(store);
	change(store, H, SDD_NEVER - 2);
	remove_entry(store, D);
	put(store, J, 50, SDD_NEVER);
	flush(store);
	remove_entry(store, J);
	put_two(store, D, G, 10);
}

/* Two processes: one stops in order, the other one dies; unless one dies before. */
static void run_scenario(void)
{
	struct sdd_store *store = open_store(/* after_power_cut */ false);

	if (store != NULL) {
		write_first(store);
		close_store(store);
	}
	if (fake_faults_have_stopped()) {
		return;
	}
	store = open_store(false);
	if (store != NULL) {
		write_second(store);
		die(store);
	}
}

/* A start that ends before its call of that number. */
static void start_and_die(int number, bool after_power_cut)
{
	struct sdd_store *store;

	fake_faults_clear();
	fake_faults_stop(number);
	store = open_store(after_power_cut);
	if (store != NULL) {
		die(store);
	}
}

/* The next process, for which nothing fails: it has all, works, and leaves all to the one after
 * it. */
static void assert_recovered(bool after_power_cut)
{
	const char *why;
	struct sdd_store *store;

	fake_faults_clear();
	fake_btree_fail(-1, SDD_DONE, false);
	for (int i = 0; i < 2; i++) {
		store = open_store(after_power_cut && i == 0);
		if (store == NULL) {
			fail_msg("the store cannot be opened: %s", reason);
		}
		put(store, LAST, 10, SDD_NEVER);
		assert_int_equal(sdd_store_health(store, &why), SDD_OK);
		if (i == 0) {
			die(store);
		} else {
			flush(store);
			close_store(store);
		}
		fake_faults_clear();
	}
	assert_int_equal(fake_io_open_descriptors(), 0);
}

/* }}} */

/* {{{ the walk */

/* A fault of the calls from a number on. */
struct fault {
	int error; /* 0: they transfer only a part */
	bool lasts;
};

static const struct fault faults[] = {
	{ENOSPC, false}, {ENOSPC, true}, {EIO, false}, {EIO, true},
	{EINTR, false},  {EINTR, true},  {0, false},   {0, true},
};

static void plan(const struct fault *fault, int number)
{
	if (fault->error != 0) {
		fake_faults_fail(number, fault->error, fault->lasts);
	} else {
		fake_faults_shorten(number, fault->lasts);
	}
}

static bool is_full_form(void)
{
	const char *form = getenv("STORE_FAILURES");

	return form != NULL && strcmp(form, "full") == 0;
}

/* The number of the call before which the process dies next, after `stop`. */
static int next_stop(int number, int stop, int calls, struct chance *chance)
{
	if (is_full_form()) {
		return stop + 1;
	}
	/* right there, and sometimes once later */
	return number % 2 == 0 && stop == number + 1 && stop + 1 < calls
	           ? (int)chance_between(chance, (uint32_t)stop + 1, (uint32_t)calls)
	           : calls + 1;
}

/* How a run ends. */
struct end {
	int stop;       /* the call before which the process dies; NEVER_STOP: after the scenario */
	int start_stop; /* the call before which the next start dies; NEVER_STOP: none does */
	bool by_power_cut;
	struct chance *chance; /* of what a power cut leaves */
};

/* Returns how many calls the scenario had. */
static int run_with(const struct fault *fault, int number, const struct end *end)
{
	int calls;

	fake_io_reset();
	fake_btree_reset();
	model_reset();
	if (fault != NULL) {
		plan(fault, number);
	}
	if (end->stop != NEVER_STOP) {
		fake_faults_stop(end->stop);
	}
	run_scenario();
	calls = fake_faults_calls();
	if (end->by_power_cut) {
		fake_io_cut_power(end->chance);
	}
	if (end->start_stop != NEVER_STOP) {
		start_and_die(end->start_stop, end->by_power_cut);
		if (end->by_power_cut) {
			fake_io_cut_power(end->chance);
		}
	}
	assert_recovered(end->by_power_cut);
	return calls;
}

static void without_a_fault_all_is_there(void **state)
{
	struct end end = {NEVER_STOP, NEVER_STOP, false, NULL};

	(void)state;
	assert_in_range(run_with(NULL, 0, &end), 100, CALLS_MAX);
	end.by_power_cut = true;
	sync_of_run = SDD_SYNC_ALWAYS;
	assert_in_range(run_with(NULL, 0, &end), 100, CALLS_MAX);
}

/* Each fault at each call; then the process dies right there, or later, or not before its end; then
 * a start dies at one call after the other. */
static void walk(bool by_power_cut)
{
	struct chance chance = {20260103};
	int starts = 0;

	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		int calls;
		int step = is_full_form() ? 1 : 4;
		int number = (int)i % step;

		for (;; number += step) {
			struct end end = {NEVER_STOP, starts++ % 30, by_power_cut, &chance};

			calls = run_with(&faults[i], number, &end);
			if (calls <= number) {
				break; /* the fault was not reached */
			}
			end.start_stop = NEVER_STOP;
			for (end.stop = number + 1; end.stop < calls;
			     end.stop = next_stop(number, end.stop, calls, &chance)) {
				(void)run_with(&faults[i], number, &end);
			}
		}
		assert_in_range(number, 90, CALLS_MAX);
	}
}

static void whichever_call_fails_and_whenever_the_process_dies_all_is_there(void **state)
{
	(void)state;
	walk(/* by_power_cut */ false);
}

static void whichever_call_fails_a_power_cut_leaves_what_each_batch_forced_to_disk(void **state)
{
	(void)state;
	sync_of_run = SDD_SYNC_ALWAYS;
	walk(/* by_power_cut */ true);
}

static void whichever_call_fails_with_a_sync_of_each_batch_all_is_there(void **state)
{
	(void)state;
	if (is_full_form()) {
		sync_of_run = SDD_SYNC_ALWAYS;
		walk(/* by_power_cut */ false);
	}
}

/* The scenario ends before each call, and so does the start after it. */
static void wherever_the_process_and_the_next_start_die_all_is_there(void **state)
{
	struct chance chance = {20260104};

	(void)state;
	for (int by_power_cut = 0; by_power_cut < 2; by_power_cut++) {
		int calls = CALLS_MAX;

		sync_of_run = by_power_cut == 1 ? SDD_SYNC_ALWAYS : SDD_SYNC_NEVER;
		for (int stop = 0; stop <= calls; stop++) {
			int step = is_full_form() ? 1 : 9;
			int first = is_full_form() ? 0 : stop % 9;
			struct end end = {NEVER_STOP, NEVER_STOP, by_power_cut == 1, &chance};

			calls = stop == 0 ? run_with(NULL, 0, &end) : calls;
			end.stop = stop;
			for (end.start_stop = first; end.start_stop < 35; end.start_stop += step) {
				(void)run_with(NULL, 0, &end);
			}
		}
	}
}

/* }}} */

/* {{{ the B-tree alone fails */

static void run_with_failing_commits(int number, enum sdd_result result, bool lasting, int stop)
{
	fake_io_reset();
	fake_btree_reset();
	model_reset();
	fake_btree_fail(number, result, lasting);
	if (stop != NEVER_STOP) {
		fake_faults_stop(stop);
	}
	run_scenario();
	fake_btree_fail(-1, SDD_DONE, false);
	assert_recovered(/* after_power_cut */ false);
}

static void whichever_commit_of_the_btree_fails_all_is_there(void **state)
{
	static const enum sdd_result results[] = {SDD_FULL, SDD_FAILED};
	int step = is_full_form() ? 1 : 9;
	int commits = 1;

	(void)state;
	for (int number = 0; number < commits; number++) {
		for (int i = 0; i < 4; i++) {
			int calls;

			run_with_failing_commits(number, results[i / 2], i % 2 == 1, NEVER_STOP);
			calls = CALLS_MAX / 2;
			for (int stop = (number + i) % step; stop < calls; stop += step) {
				run_with_failing_commits(number, results[i / 2], i % 2 == 1, stop);
			}
		}
		if (number == 0) {
			run_with_failing_commits(CALLS_MAX, SDD_FULL, false, NEVER_STOP);
			commits = 12;
		}
	}
}

/* How the process of a run with long values ends. */
enum last { STOPS, DIES, LOSES_POWER, LOSES_UNSYNCED, LASTS };

static const enum sdd_sync syncs_of_last[LASTS] = {SDD_SYNC_NEVER, SDD_SYNC_NEVER, SDD_SYNC_ALWAYS,
                                                   SDD_SYNC_INTERVAL};

static void put_long(struct sdd_store *store, unsigned key, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		put(store, key, 20000 + 4096 * i, SDD_NEVER);
	}
}

/* Values that are replaced before they are flushed, and after, by short ones and by long ones. */
static void write_long(struct sdd_store *store)
{
	put_two(store, LONG_1, LONG_2, 20000);
	put_long(store, LONG_3, 3);
	put(store, H, 20000, SDD_NEVER);
	flush(store);
	put_two(store, LONG_1, LONG_2, 30000);
	put(store, LONG_3, 30, SDD_NEVER);
	put_long(store, H, 3);
	put(store, A, 10, SDD_NEVER);
	if (sync_of_run == SDD_SYNC_INTERVAL) {
		flush(store); /* a power cut may take one generation of the log and leave the next */
	} else if (!fake_faults_have_stopped()) {
		sdd_store_schedule_flush(store, 0);
	}
	remove_entry(store, LONG_1);
	change(store, LONG_2, SDD_NEVER - 1);
	put(store, H, 40000, SDD_NEVER);
	put(store, B, 10, SDD_NEVER);
	put_long(store, LONG_1, 2);
	flush(store);
	if (!fake_faults_have_stopped()) {
		model_check(store);
	}
	put_long(store, LONG_3, 4);
	change(store, LONG_3, SDD_NEVER - 2);
	put_long(store, LONG_2, 2);
	put_long(store, C, 1);
}

static void cut_power(enum last last, struct chance *chance)
{
	if (last == LOSES_POWER || last == LOSES_UNSYNCED) {
		fake_io_cut_power(chance);
	}
}

static void run_with_long(int stop, enum last last, struct chance *chance)
{
	bool by_power_cut = last == LOSES_POWER || last == LOSES_UNSYNCED;
	struct sdd_store *store;

	(void)reset(NULL);
	sync_of_run = syncs_of_last[last];
	model_split_batches(last == LOSES_UNSYNCED);
	if (stop != NEVER_STOP) {
		fake_faults_stop(stop);
	}
	store = open_store(false);
	write_long(store);
	if (last == STOPS) {
		close_store(store);
	} else {
		die(store);
	}
	cut_power(last, chance);
	start_and_die(stop == NEVER_STOP ? CALLS_MAX : stop, by_power_cut);
	cut_power(last, chance);
	assert_recovered(by_power_cut);
}

/* Of what was not forced to disk, any pages may be there after a power cut. */
static void long_values_are_there_wherever_the_process_dies(void **state)
{
	struct chance chance = {20260105};

	(void)state;
	for (enum last last = STOPS; last < LASTS; last++) {
		int times = last >= LOSES_POWER && is_full_form() ? 20 : 1 + 2 * (last == LOSES_UNSYNCED);

		for (int stop = NEVER_STOP; stop < 160; stop += is_full_form() ? 1 : 3) {
			for (int i = 0; i < times; i++) {
				run_with_long(stop, last, &chance);
			}
		}
	}
}

/* }}} */

/* From some call on all calls fail, and then none does any more. */
static void a_store_whose_disk_is_right_again_is_OK_and_takes_all(void **state)
{
	static const int errors[] = {ENOSPC, EIO};
	const char *why;

	(void)state;
	for (int number = 30; number < 100; number++) {
		for (int i = 0; i < 4; i++) {
			struct sdd_store *store;

			(void)reset(NULL);
			sync_of_run = i / 2 == 0 ? SDD_SYNC_NEVER : SDD_SYNC_ALWAYS;
			fake_faults_fail(number, errors[i % 2], /* lasting */ true);
			store = open_store(false);
			assert_non_null(store);
			write_first(store);
			fake_faults_clear();
			flush(store);
			flush(store);
			put(store, LAST, 10, SDD_NEVER);
			flush(store);
			assert_int_equal(sdd_store_health(store, &why), SDD_OK);
			assert_int_equal(sdd_store_wal_size(store), 0);
			assert_false(sdd_store_is_busy(store));
			close_store(store);
			assert_recovered(false);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_fault_all_is_there),
		TEST(whichever_call_fails_and_whenever_the_process_dies_all_is_there),
		TEST(whichever_call_fails_a_power_cut_leaves_what_each_batch_forced_to_disk),
		TEST(whichever_call_fails_with_a_sync_of_each_batch_all_is_there),
		TEST(wherever_the_process_and_the_next_start_die_all_is_there),
		TEST(whichever_commit_of_the_btree_fails_all_is_there),
		TEST(long_values_are_there_wherever_the_process_dies),
		TEST(a_store_whose_disk_is_right_again_is_OK_and_takes_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
