/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Early writing to disk: while, and only while, a large transaction is committed. */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "server/store/btree.h"
#include "server/store/io.h"
#include "server/store/writeback.h"
#include "tests/unit/server/store_fixture.h"

#define FILE_OF_TEST 7 /* a descriptor that nothing is done with */
#define PATIENCE_MS 20000
#define A_WHILE_MS 20

void __wrap_sdd_io_start_writing(int descriptor);
void __wrap_sdd_writeback_begin(struct sdd_writeback *writeback, int descriptor);
void __real_sdd_writeback_begin(struct sdd_writeback *writeback, int descriptor);

static atomic_int started; /* calls with FILE_OF_TEST */
static int begun;          /* with a thread */

void __wrap_sdd_io_start_writing(int descriptor)
{
	(void)atomic_fetch_add(&started, descriptor == FILE_OF_TEST);
}

void __wrap_sdd_writeback_begin(struct sdd_writeback *writeback, int descriptor)
{
	begun += writeback != NULL && descriptor >= 0;
	__real_sdd_writeback_begin(writeback, descriptor);
}

static void pause_ms(int ms)
{
	struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};

	(void)nanosleep(&pause, NULL);
}

static bool starts_again(void)
{
	int before = atomic_load(&started);

	for (int i = 0; i < PATIENCE_MS && atomic_load(&started) == before; i++) {
		pause_ms(1);
	}
	return atomic_load(&started) != before;
}

static void a_file_is_written_from_the_beginning_to_the_end_of_much_and_not_after_it(void **state)
{
	struct sdd_writeback *writeback = sdd_writeback_start();
	int before;

	(void)state;
	assert_non_null(writeback);
	for (int round = 0; round < 3; round++) {
		sdd_writeback_begin(writeback, FILE_OF_TEST);
		assert_true(starts_again());
		assert_true(starts_again());
		sdd_writeback_end(writeback);
		before = atomic_load(&started);
		pause_ms(A_WHILE_MS);
		assert_int_equal(atomic_load(&started), before);
	}
	sdd_writeback_begin(writeback, FILE_OF_TEST);
	sdd_writeback_stop(writeback); /* even so */
	before = atomic_load(&started);
	pause_ms(A_WHILE_MS);
	assert_int_equal(atomic_load(&started), before);
}

static void without_a_thread_nothing_happens(void **state)
{
	int before = atomic_load(&started);

	(void)state;
	sdd_writeback_begin(NULL, FILE_OF_TEST);
	sdd_writeback_end(NULL);
	sdd_writeback_stop(NULL);
	assert_int_equal(atomic_load(&started), before);
}

/* That of the store, which is closed. */
static struct sdd_btree *open_btree(enum sdd_sync sync)
{
	struct sdd_btree *btree;

	assert_true(sdd_store_close(store));
	store = NULL;
	btree = sdd_btree_open(directory, ROOMY, sync, reason);
	assert_non_null(btree);
	return btree;
}

static void write_entries(struct sdd_btree *btree, int count)
{
	struct sdd_entry entry = {.value = bytes_of("value"), .expires_ms = 1000};

	assert_int_equal(sdd_btree_begin(btree), SDD_DONE);
	for (int i = 0; i < count; i++) {
		assert_int_equal(
			sdd_btree_write(btree, SDD_PUT, bytes_of(numbered("key", (size_t)i)), &entry, 1),
			SDD_DONE);
	}
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
}

static void sweep_all(struct sdd_btree *btree)
{
	size_t seen;
	bool has_more;

	assert_int_equal(sdd_btree_begin(btree), SDD_DONE);
	assert_int_equal(sdd_btree_sweep(btree, SDD_ALL_EXPIRED, 1000, INT64_C(60000000), SIZE_MAX,
	                                 changes_none, NULL, &seen, &has_more),
	                 SDD_DONE);
	assert_false(has_more);
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
}

static void large_transactions_are_written_early_and_small_ones_are_not(void **state)
{
	struct sdd_btree *btree = open_btree(SDD_SYNC_INTERVAL);

	(void)state;
	begun = 0;
	write_entries(btree, 10);
	assert_int_equal(begun, 0);
	write_entries(btree, 2000);
	assert_int_equal(begun, 1);
	write_entries(btree, 10);
	assert_int_equal(begun, 1);
	sweep_all(btree);
	assert_int_equal(begun, 2);
	sdd_btree_close(btree);
}

static void what_is_never_forced_to_disk_is_not_written_early(void **state)
{
	struct sdd_btree *btree = open_btree(SDD_SYNC_NEVER);

	(void)state;
	begun = 0;
	write_entries(btree, 2000);
	assert_int_equal(begun, 0);
	sdd_btree_close(btree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_written_from_the_beginning_to_the_end_of_much_and_not_after_it),
		cmocka_unit_test(without_a_thread_nothing_happens),
		STORE_TEST(large_transactions_are_written_early_and_small_ones_are_not),
		STORE_TEST(what_is_never_forced_to_disk_is_not_written_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
