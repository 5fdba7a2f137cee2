/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The write-ahead log, on files in memory (fake_io.c): whatever call fails, what was acknowledged
 * is replayed. What the store makes of a log is tested in test_store_failures.c, power cuts in
 * test_wal_sync.c, and damaged files in test_wal_files.c.
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "server/store/wal.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/server/wal_fixture.h"
#include "tests/unit/unit.h"

#define CALLS_MAX 200 /* more than a scenario has */

static void what_was_acknowledged_is_replayed_in_order(void **state)
{
	struct replayed replayed;

	(void)state;
	write_batches();
	for (unsigned i = 0; i < FIRST_BATCHES; i++) {
		assert_int_equal(acknowledged[i], i >= SWITCHED); /* the B-tree has the others */
	}
	replayed = replay();
	assert_acknowledged(&replayed);
	assert_nothing_else(&replayed);
	for (unsigned i = SWITCHED; i < FIRST_BATCHES; i++) {
		assert_int_equal(replayed.epochs[i], 7);
	}
}

static void whichever_call_fails_what_was_acknowledged_is_replayed_and_nothing_else(void **state)
{
	static const int errors[] = {ENOSPC, EIO, EINTR};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT_OF(errors); i++) {
		int number = 0;

		for (bool reached = true; reached; number++) {
			struct replayed replayed;

			fake_io_reset();
			fake_faults_fail(number, errors[i / 2], /* lasting */ i % 2 == 1);
			write_batches();
			reached = fake_faults_calls() > number;
			replayed = replay();
			assert_acknowledged(&replayed);
			assert_nothing_else(&replayed);
		}
		assert_in_range(number, 20, CALLS_MAX - 1);
	}
}

static void an_interrupted_append_is_tried_again(void **state)
{
	(void)state;
	for (int number = 15; number < 40; number++) {
		fake_io_reset();
		fake_faults_fail(number, EINTR, /* lasting */ true);
		write_batches();
		for (unsigned i = SWITCHED; i < FIRST_BATCHES; i++) {
			assert_true(acknowledged[i]);
		}
	}
}

/* It is before each call in turn, and before each of those the disk fails besides. */
static void before_whichever_call_the_process_dies_what_was_acknowledged_is_replayed(void **state)
{
	int last = CALLS_MAX;

	(void)state;
	for (int stop = 0; stop <= last; stop++) {
		for (int number = -1; number < stop; number++) {
			struct replayed replayed;

			fake_io_reset();
			fake_faults_fail(number, number % 2 == 0 ? EIO : ENOSPC, /* lasting */ false);
			fake_faults_stop(stop);
			write_batches();
			if (number == -1) {
				last = fake_faults_calls();
			}
			replayed = replay();
			assert_acknowledged(&replayed);
		}
	}
	assert_in_range(last, 20, CALLS_MAX - 1);
}

static void whichever_call_transfers_only_a_part_all_is_replayed(void **state)
{
	(void)state;
	for (int lasting = 0; lasting < 2; lasting++) {
		int number = 0;

		for (bool reached = true; reached; number++) {
			struct replayed replayed;

			fake_io_reset();
			fake_faults_shorten(number, lasting);
			write_batches();
			reached = fake_faults_calls() > number;
			for (unsigned i = SWITCHED; i < FIRST_BATCHES; i++) {
				assert_true(acknowledged[i]);
			}
			replayed = replay();
			assert_acknowledged(&replayed);
		}
		assert_in_range(number, 20, CALLS_MAX - 1);
	}
}

/* A log that cannot be read is not taken for an empty one. */
static void whichever_call_of_the_next_process_fails_it_replays_all_or_says_so(void **state)
{
	struct replayed replayed;
	int number = 0;
	bool was_refused = false;

	(void)state;
	write_batches();
	for (bool reached = true; reached; number++) {
		struct sdd_wal *wal;

		fake_faults_clear();
		fake_faults_fail(number, EIO, /* lasting */ false);
		wal_reason[0] = '\0';
		wal = open_and_replay(recorded, &replayed, wal_reason);
		if (wal == NULL) {
			assert_non_null(strstr(wal_reason, strerror(EIO)));
			was_refused = true;
		} else {
			assert_acknowledged(&replayed);
			assert_nothing_else(&replayed);
		}
		reached = fake_faults_calls() > number;
		fake_faults_clear();
		sdd_wal_close(wal, false);
		assert_int_equal(fake_io_open_descriptors(), 0);
	}
	assert_true(was_refused);
	assert_in_range(number, 10, CALLS_MAX - 1);
	replayed = replay();
	assert_acknowledged(&replayed);
}

static void two_generations_are_replayed_in_their_order_whichever_file_has_the_later(void **state)
{
	struct replayed replayed;

	(void)state;
	for (unsigned skipped = 0; skipped < 2; skipped++) {
		fake_io_reset();
		if (skipped == 1) { /* one generation, so that the first one is in the second file */
			struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

			assert_true(append_batch(wal, 1));
			sdd_wal_close(wal, false);
			wal = open_and_replay(0, &replayed, wal_reason);
			assert_int_equal(sdd_wal_waiting(wal), 1);
			sdd_wal_complete(wal, 1);
			for (unsigned i = 0; i < FIRST_BATCHES; i++) {
				if (i == SWITCHED) {
					assert_int_equal(sdd_wal_waiting(wal), 0);
					sdd_wal_switch_files(wal);
				}
				assert_true(append_batch(wal, i));
			}
			sdd_wal_close(wal, false);
			recorded = 1;
		} else {
			write_into_both();
		}
		replayed = replay();
		for (unsigned i = 0; i < FIRST_BATCHES; i++) {
			assert_int_equal(replayed.records[i], frames_of(i));
		}
	}
}

/* The earlier file is completed, and the later one is continued: what was replayed of it counts
 * as written no more, but stays until its generation is completed. */
static void what_is_written_after_a_recovery_of_both_files_is_behind_the_later_one(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal;

	(void)state;
	write_into_both();
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_int_equal(sdd_wal_waiting(wal), 1);
	sdd_wal_complete(wal, 1);
	assert_int_equal(sdd_wal_size(wal), 0);
	assert_true(append_batch(wal, 9));
	assert_in_range(sdd_wal_size(wal), 1000, 3000);
	sdd_wal_switch_files(wal);
	assert_int_equal(sdd_wal_waiting(wal), 2);
	assert_true(append_batch(wal, 10));
	sdd_wal_close(wal, false);
	wal = open_and_replay(1, &replayed, wal_reason);
	for (unsigned i = 0; i < BATCHES; i++) {
		bool is_there = (i >= SWITCHED && i < FIRST_BATCHES) || i == 9 || i == 10;

		assert_int_equal(replayed.records[i], is_there ? frames_of(i) : 0);
	}
	sdd_wal_close(wal, false);
}

static void a_batch_that_was_taken_back_is_not_replayed(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	(void)state;
	assert_true(append_batch(wal, 1));
	assert_true(append_batch(wal, 3));
	sdd_wal_take_back(wal);
	assert_true(append_batch(wal, 4));
	sdd_wal_close(wal, false);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_int_equal(replayed.records[1], 2);
	assert_int_equal(replayed.records[3], 0);
	assert_int_equal(replayed.records[4], 1);
	sdd_wal_close(wal, false);
}

static void an_empty_log_leaves_no_file_when_it_is_closed(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);
	size_t size;

	(void)state;
	assert_true(append_batch(wal, 1));
	sdd_wal_close(wal, /* is_empty */ true);
	assert_null(fake_io_content("sharedanced.wal.1", &size));
	assert_null(fake_io_content("sharedanced.wal.2", &size));
}

/* A full disk at the start prevents nothing; when there is room, the log takes batches. */
static void a_log_that_cannot_be_made_is_made_when_there_is_room(void **state)
{
	struct replayed replayed;
	struct sdd_wal *wal;

	(void)state;
	fake_faults_fail(0, ENOSPC, /* lasting */ false);
	assert_null(open_and_replay(0, &replayed, wal_reason)); /* the directory itself */
	fake_faults_clear();
	fake_faults_fail(1, ENOSPC, /* lasting */ true);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_null(wal); /* reading fails, too */
	fake_faults_clear();
	fake_faults_fail(1, ENOSPC, /* lasting */ false);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_non_null(wal);
	assert_true(append_batch(wal, 1));
	assert_true(sdd_wal_sync(wal));
	sdd_wal_close(wal, false);
	fake_io_cut_power(NULL);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_int_equal(replayed.records[1], 2);
	sdd_wal_close(wal, false);
}

/* It is made by who asks, and nobody has to write first. */
static void a_log_on_a_read_only_disk_is_writable_as_soon_as_the_disk_is(void **state)
{
	static const int errors[] = {EROFS, EPERM, EACCES}; /* the second: an immutable file */

	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		struct replayed replayed;
		struct sdd_wal *wal;

		fake_faults_clear();
		fake_faults_fail(1, errors[i], /* lasting */ false);
		wal = open_and_replay(0, &replayed, wal_reason);
		assert_non_null(wal);
		assert_true(sdd_wal_is_unwritable(wal));
		fake_faults_clear();
		fake_faults_fail(0, errors[i], /* lasting */ true);
		assert_false(sdd_wal_has_room(wal));
		assert_int_equal(errno, errors[i]);
		assert_true(sdd_wal_is_unwritable(wal));
		fake_faults_clear();
		assert_true(sdd_wal_has_room(wal));
		assert_false(sdd_wal_is_unwritable(wal));
		sdd_wal_close(wal, false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WAL_TEST(what_was_acknowledged_is_replayed_in_order),
		WAL_TEST(whichever_call_fails_what_was_acknowledged_is_replayed_and_nothing_else),
		WAL_TEST(an_interrupted_append_is_tried_again),
		WAL_TEST(before_whichever_call_the_process_dies_what_was_acknowledged_is_replayed),
		WAL_TEST(whichever_call_transfers_only_a_part_all_is_replayed),
		WAL_TEST(whichever_call_of_the_next_process_fails_it_replays_all_or_says_so),
		WAL_TEST(two_generations_are_replayed_in_their_order_whichever_file_has_the_later),
		WAL_TEST(what_is_written_after_a_recovery_of_both_files_is_behind_the_later_one),
		WAL_TEST(a_batch_that_was_taken_back_is_not_replayed),
		WAL_TEST(an_empty_log_leaves_no_file_when_it_is_closed),
		WAL_TEST(a_log_on_a_read_only_disk_is_writable_as_soon_as_the_disk_is),
		WAL_TEST(a_log_that_cannot_be_made_is_made_when_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
