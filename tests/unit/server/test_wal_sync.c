/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The write-ahead log, on files in memory (fake_io.c): a power cut leaves what was forced to disk.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "server/store/values.h"
#include "server/store/wal.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/server/wal_fixture.h"
#include "tests/unit/unit.h"

/* The B-tree has all that was appended, and the other file takes the next generation. */
static void complete_generation(struct sdd_wal *wal)
{
	sdd_wal_switch_files(wal);
	sdd_wal_complete(wal, sdd_wal_waiting(wal));
}

static void a_power_cut_leaves_what_was_forced_to_disk(void **state)
{
	struct chance chance = {20260101};

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct replayed replayed;

		fake_io_reset();
		write_batches();
		assert_true(was_synced);
		fake_io_cut_power(round == 0 ? NULL : &chance);
		replayed = replay();
		for (unsigned i = SWITCHED; i < SYNCED; i++) {
			assert_int_equal(replayed.records[i], frames_of(i));
		}
	}
}

static void whichever_call_fails_a_power_cut_leaves_what_was_forced_to_disk(void **state)
{
	struct chance chance = {20260102};

	(void)state;
	for (int number = 0; number < 100; number++) {
		struct replayed replayed;

		fake_io_reset();
		fake_faults_fail(number, number % 3 == 0 ? EINTR : EIO, /* lasting */ number % 2 == 0);
		write_batches();
		fake_io_cut_power(&chance);
		replayed = replay();
		for (unsigned i = SWITCHED; was_synced && i < SYNCED; i++) {
			assert_int_equal(replayed.records[i], acknowledged[i] ? frames_of(i) : 0);
		}
	}
}

/* The first process died before it forced anything to disk. */
static void the_next_process_forces_to_disk_what_an_earlier_one_wrote(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal;

	(void)state;
	write_into_both();
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_true(sdd_wal_sync(wal));
	sdd_wal_close(wal, false);
	fake_io_cut_power(NULL);
	replayed = replay();
	assert_acknowledged(&replayed);
}

/* A change of an entry may be in a later generation than its value. */
static void the_power_is_cut_between_two_files_and_the_earlier_generation_is_on_disk(void **state)
{
	(void)state;
	for (int is_swapped = 0; is_swapped <= 1; is_swapped++) {
		struct replayed replayed;
		struct sdd_wal *wal;

		fake_io_reset();
		wal = open_and_replay(0, &replayed, wal_reason);
		if (is_swapped) {
			assert_true(append_batch(wal, 1));
			complete_generation(wal);
		}
		assert_true(append_batch(wal, 2));
		sdd_wal_switch_files(wal);
		assert_true(append_batch(wal, 3));
		fake_faults_clear();
		fake_faults_fail(/* the second file */ 1, EIO, /* lasting */ true);
		assert_false(sdd_wal_sync(wal));
		sdd_wal_close(wal, false);
		fake_faults_clear();
		fake_io_cut_power(NULL);
		wal = open_and_replay(is_swapped ? 1 : 0, &replayed, wal_reason);
		assert_int_equal(replayed.records[2], frames_of(2));
		assert_int_equal(replayed.records[3], 0);
		sdd_wal_close(wal, false);
	}
}

static void a_sync_that_failed_leaves_a_doubt_until_the_generation_is_completed(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	(void)state;
	assert_true(append_batch(wal, 1));
	fake_faults_clear();
	fake_faults_fail(0, EIO, /* lasting */ false);
	assert_false(sdd_wal_sync(wal));
	assert_true(sdd_wal_is_doubtful(wal) && sdd_wal_is_current_doubtful(wal));
	(void)sdd_wal_sync(wal);
	assert_true(append_batch(wal, 2));
	(void)sdd_wal_sync(wal);
	assert_true(sdd_wal_is_doubtful(wal));
	sdd_wal_switch_files(wal);
	assert_true(sdd_wal_is_doubtful(wal));
	assert_false(sdd_wal_is_current_doubtful(wal));
	assert_true(append_batch(wal, 3));
	sdd_wal_complete(wal, sdd_wal_waiting(wal));
	assert_false(sdd_wal_is_doubtful(wal));
	sdd_wal_close(wal, false);
}

/* The file takes the generation after the next one in the places that could not be forced. */
static void a_file_that_could_not_be_forced_brings_its_next_generation_to_disk(void **state)
{
	(void)state;
	for (int is_written_again = 0; is_written_again <= 1; is_written_again++) {
		struct replayed replayed;
		struct sdd_wal *wal;

		fake_io_reset();
		wal = open_and_replay(0, &replayed, wal_reason);
		assert_true(append_batch(wal, 1));
		fake_faults_clear();
		fake_faults_fail(0, EIO, /* lasting */ false);
		assert_false(sdd_wal_sync(wal));
		assert_true(!is_written_again || append_batch(wal, 2));
		complete_generation(wal);
		assert_true(append_batch(wal, 3));
		complete_generation(wal);
		assert_true(append_batch(wal, 4));
		assert_true(sdd_wal_sync(wal));
		sdd_wal_close(wal, false);
		fake_io_cut_power(NULL);
		wal = open_and_replay(2, &replayed, wal_reason);
		assert_int_equal(replayed.records[4], frames_of(4));
		sdd_wal_close(wal, false);
	}
}

/* The names of the files have to be on disk as well. */
static void a_directory_that_could_not_be_forced_to_disk_is_tried_again(void **state)
{
	bool was_seen = false;

	(void)state;
	for (int number = 0; number < 40; number++) {
		struct replayed replayed;
		struct sdd_wal *wal;

		fake_io_reset();
		fake_faults_fail(number, EIO, /* lasting */ false);
		wal = open_and_replay(0, &replayed, wal_reason);
		if (wal == NULL) {
			continue;
		}
		fake_faults_clear();
		assert_true(append_batch(wal, 1));
		assert_true(sdd_wal_sync(wal));
		sdd_wal_close(wal, false);
		fake_io_cut_power(NULL);
		wal = open_and_replay(0, &replayed, wal_reason);
		assert_int_equal(replayed.records[1], 2);
		sdd_wal_close(wal, false);
		was_seen = true;
	}
	assert_true(was_seen);
}

static void a_replay_tells_of_each_record_whether_it_was_on_disk_for_certain(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	(void)state;
	sdd_wal_set_values(wal, NULL, /* marks */ true);
	assert_true(append_batch(wal, 1));
	assert_true(append_batch(wal, 2));
	assert_true(sdd_wal_sync(wal));
	assert_true(append_batch(wal, 3));
	sdd_wal_close(wal, false);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_int_equal(replayed.forced[1], frames_of(1));
	assert_int_equal(replayed.forced[2], frames_of(2));
	assert_int_equal(replayed.records[3], frames_of(3));
	assert_int_equal(replayed.forced[3], 0);
	sdd_wal_close(wal, false);
}

/* What is in the place of a batch that was taken back may be longer than that was. */
static void what_was_forced_to_disk_does_not_count_for_what_is_in_its_place(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	(void)state;
	sdd_wal_set_values(wal, NULL, /* marks */ true);
	assert_true(append_batch(wal, 2));
	assert_true(append_batch(wal, 4));
	assert_true(sdd_wal_sync(wal));
	sdd_wal_take_back(wal);
	assert_true(append_batch(wal, 6));
	sdd_wal_close(wal, false);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_int_equal(replayed.forced[2], 1);
	assert_int_equal(replayed.records[6], 1);
	assert_int_equal(replayed.forced[6], 0);
	sdd_wal_close(wal, false);
}

/* {{{ a doubt */

static bool do_values_fail; /* to be forced to disk, the next time */
static uint32_t values_failures;

bool __wrap_sdd_values_sync(struct sdd_values *values, uint32_t failures);
uint32_t __wrap_sdd_values_failures(const struct sdd_values *values);
void __wrap_sdd_values_begin_claim(struct sdd_values *values);
void __wrap_sdd_values_end_claim(struct sdd_values *values);

bool __wrap_sdd_values_sync(struct sdd_values *values, uint32_t failures)
{
	(void)values;
	if (do_values_fail) {
		do_values_fail = false;
		values_failures++;
	}
	errno = EIO;
	return failures == values_failures;
}

uint32_t __wrap_sdd_values_failures(const struct sdd_values *values)
{
	(void)values;
	return values_failures;
}

void __wrap_sdd_values_begin_claim(struct sdd_values *values)
{
	(void)values;
}

void __wrap_sdd_values_end_claim(struct sdd_values *values)
{
	(void)values;
}

/* The next start may take nothing of the generation for forced to disk: `before` was, and this sync
 * of `lost` failed. What the system dropped then, it says once only. */
static void assert_doubt(struct sdd_wal *wal, unsigned before, unsigned lost)
{
	struct replayed replayed;

	assert_false(sdd_wal_sync(wal));
	assert_true(sdd_wal_is_doubtful(wal));
	assert_true(append_batch(wal, lost + 1));
	assert_true(sdd_wal_sync(wal)); /* finds nothing wrong */
	assert_true(sdd_wal_is_doubtful(wal));
	sdd_wal_close(wal, false);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_int_equal(replayed.forced[before], frames_of(before));
	assert_int_equal(replayed.records[lost], frames_of(lost));
	assert_int_equal(replayed.forced[lost], 0);
	assert_int_equal(replayed.forced[lost + 1], 0);
	sdd_wal_close(wal, false);
}

static void what_may_have_been_lost_is_never_marked_as_forced_to_disk(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	(void)state;
	sdd_wal_set_values(wal, NULL, /* marks */ true);
	assert_true(append_batch(wal, 1));
	assert_true(sdd_wal_sync(wal));
	assert_true(append_batch(wal, 2));
	fake_faults_clear();
	fake_faults_fail(0, EIO, /* lasting */ false);
	assert_doubt(wal, 1, 2);
}

static void a_log_whose_values_may_be_lost_is_in_doubt_itself(void **state)
{
	static char values; /* of which nothing is known here */
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	(void)state;
	sdd_wal_set_values(wal, (struct sdd_values *)(void *)&values, /* marks */ true);
	assert_true(append_batch(wal, 1));
	assert_true(sdd_wal_sync(wal));
	assert_true(append_batch(wal, 2));
	do_values_fail = true;
	assert_doubt(wal, 1, 2);
}

/* }}} */

/* {{{ two threads */

#define MS (1000 * 1000) /* nanoseconds */

struct second_thread {
	struct sdd_wal *wal;
	pthread_t thread;
	atomic_bool is_back;
	bool was_back; /* before the first thread's call had forced anything to disk */
};

static struct second_thread *second; /* NULL: the next call is one like any other */

static void *sync_again(void *argument)
{
	struct second_thread *thread = argument;

	(void)sdd_wal_sync(thread->wal);
	atomic_store(&thread->is_back, true);
	return NULL;
}

int __real_sdd_io_fdatasync(int descriptor);

/* While this call is under way a second thread wants the same. */
int __wrap_sdd_io_fdatasync(int descriptor)
{
	struct second_thread *thread = second;

	second = NULL;
	if (thread != NULL) {
		assert_int_equal(pthread_create(&thread->thread, NULL, sync_again, thread), 0);
		for (int i = 0; i < 200 && !atomic_load(&thread->is_back); i++) {
			(void)nanosleep(&(struct timespec){.tv_nsec = MS}, NULL);
		}
		thread->was_back = atomic_load(&thread->is_back);
	}
	return __real_sdd_io_fdatasync(descriptor);
}

static void what_another_thread_is_forcing_to_disk_is_waited_for(void **state)
{
	struct replayed replayed;
	struct second_thread thread = {.wal = open_and_replay(0, &replayed, wal_reason)};

	(void)state;
	assert_true(append_batch(thread.wal, 1));
	second = &thread;
	assert_true(sdd_wal_sync(thread.wal));
	assert_int_equal(pthread_join(thread.thread, NULL), 0);
	assert_false(thread.was_back);
	sdd_wal_close(thread.wal, false);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		WAL_TEST(a_power_cut_leaves_what_was_forced_to_disk),
		WAL_TEST(whichever_call_fails_a_power_cut_leaves_what_was_forced_to_disk),
		WAL_TEST(the_next_process_forces_to_disk_what_an_earlier_one_wrote),
		WAL_TEST(the_power_is_cut_between_two_files_and_the_earlier_generation_is_on_disk),
		WAL_TEST(a_sync_that_failed_leaves_a_doubt_until_the_generation_is_completed),
		WAL_TEST(a_file_that_could_not_be_forced_brings_its_next_generation_to_disk),
		WAL_TEST(a_directory_that_could_not_be_forced_to_disk_is_tried_again),
		WAL_TEST(a_replay_tells_of_each_record_whether_it_was_on_disk_for_certain),
		WAL_TEST(what_was_forced_to_disk_does_not_count_for_what_is_in_its_place),
		WAL_TEST(what_may_have_been_lost_is_never_marked_as_forced_to_disk),
		WAL_TEST(a_log_whose_values_may_be_lost_is_in_doubt_itself),
		WAL_TEST(what_another_thread_is_forcing_to_disk_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
