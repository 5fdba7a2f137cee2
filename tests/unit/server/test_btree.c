/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The B-tree, by way of the store: the sweep, epochs, the format. */

#include <lmdb.h>
#include <stdbool.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include <sys/stat.h>

#include "server/store/btree.h"
#include "tests/unit/server/store_fixture.h"

/* {{{ the sweep */

static void a_sweep_removes_what_has_expired_and_nothing_else(void **state)
{
	(void)state;
	put("expired", 10, 1, 1000);
	put("expired-long", 5000, 2, 999);
	put("lives", 10, 3, 1001);
	put("lives-long", 5000, 4, 2000);
	assert_int_equal(sweep(1000), 2);
	assert_gone("expired");
	assert_gone("expired-long");
	assert_found("lives", 1000, 10, 3);
	assert_found("lives-long", 1000, 5000, 4);
}

static void a_sweep_is_due_at_the_millisecond_an_entry_expires(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_int_equal(sweep(999), 0);
	assert_found("key", 999, 10, 1);
	assert_int_equal(sweep(1000), 1);
	assert_gone("key");
	assert_int_equal(sweep(1000), 0);
}

static size_t count_left(int count)
{
	size_t left = 0;

	for (int i = 0; i < count; i++) {
		const char *key = numbered("key", i);

		left += find(key, BEFORE_ALL) == SDD_DONE;
	}
	return left;
}

/* Sweeps the closed store. Returns how many entries were examined. */
static size_t sweep_closed(int64_t now_ms, int64_t most_us, size_t most_rows, bool *has_more)
{
	struct sdd_btree *btree = sdd_btree_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
	size_t seen;

	assert_non_null(btree);
	assert_int_equal(sdd_btree_begin(btree), SDD_DONE);
	assert_int_equal(sdd_btree_sweep(btree, SDD_ALL_EXPIRED, now_ms, most_us, most_rows,
	                                 changes_none, NULL, &seen, has_more),
	                 SDD_DONE);
	assert_int_equal(sdd_btree_commit(btree), SDD_DONE);
	sdd_btree_close(btree);
	return seen;
}

static void a_sweep_ends_with_its_time_and_begins_with_what_expired_first(void **state)
{
	size_t left = 300;
	bool has_more = true;

	(void)state;
	for (size_t i = 0; i < left; i++) {
		put(numbered("key", i), 10, 1, 1000 + (int64_t)(i * 7 % left));
	}
	while (has_more) {
		size_t seen;

		sdd_store_close(store);
		seen = sweep_closed(2000, /* most_us */ 0, SIZE_MAX, &has_more);
		open_store(ROOMY);
		assert_in_range(seen, has_more ? 1 : 0, 100);
		left -= seen;
		assert_int_equal(count_left(300), left);
		for (size_t i = 0; i < 300; i++) {
			assert_int_equal(find(numbered("key", i), BEFORE_ALL),
			                 i * 7 % 300 < 300 - left ? SDD_ABSENT : SDD_DONE);
		}
	}
	assert_int_equal(left, 0);
}

static void a_sweep_takes_no_more_rows_than_it_may(void **state)
{
	static const size_t seen[] = {7, 7, 6};
	bool has_more = true;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		put(numbered("key", i), 10, 1, 1000);
	}
	for (size_t i = 0; i < COUNT_OF(seen); i++) {
		assert_true(has_more);
		sdd_store_close(store);
		assert_int_equal(sweep_closed(2000, INT64_C(60000000), 7, &has_more), seen[i]);
		open_store(ROOMY);
	}
	assert_false(has_more);
	assert_int_equal(count_left(20), 0);
}

static void times_are_in_order_beyond_each_bytes_range(void **state)
{
	static const int64_t times[] = {
		0xff, 0x100, 0xffff, 0x10000, 0xffffffff, 0x100000000, 0x7fffffffffffffff};

	(void)state;
	for (size_t i = COUNT_OF(times); i-- > 0;) {
		const char *key = numbered("key", i);

		put(key, 10, 1, times[i]);
	}
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		assert_int_equal(sweep(times[i] - 1), 0);
		assert_int_equal(count_left(COUNT_OF(times)), COUNT_OF(times) - i);
		assert_int_equal(sweep(times[i]), 1);
	}
	assert_int_equal(count_left(COUNT_OF(times)), 0);
}

static void a_prolonged_entry_is_moved_by_the_sweep_and_examined_again_later(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 1000);
		flush();
		put("key", lengths[i], i + 10, 2000);
		assert_int_equal(sweep(1500), 1);
		assert_found("key", 1999, lengths[i], i + 10);
		assert_int_equal(sweep(1500), 0);
		assert_int_equal(sweep(1999), 0);
		assert_int_equal(sweep(2000), 1);
		assert_gone("key");
		assert_int_equal(sweep(INT64_MAX), 0);
	}
}

static void an_entry_prolonged_often_is_swept_once(void **state)
{
	(void)state;
	for (int64_t expires_ms = 100; expires_ms <= 1000; expires_ms += 100) {
		put("key", 10, (uint32_t)expires_ms, expires_ms);
		flush();
	}
	assert_int_equal(sweep(1000), 1);
	assert_gone("key");
	assert_int_equal(sweep(INT64_MAX), 0);
}

/* An entry until 2000 whose row the sweep has moved on from 1000. */
static void put_and_move(const char *key)
{
	put(key, 10, 1, 1000);
	flush();
	put(key, 10, 2, 2000);
	assert_int_equal(sweep(1000), 1);
}

static void what_is_prolonged_before_a_sweep_or_during_it_stays(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("expired", 10, 1, 1000);
		put("before", lengths[i], i, 1500);
		put("during", lengths[i], i, 1501);
		flush();
		change("before", 3000);
		sdd_store_schedule_flush(store, 1500);
		change("during", 3000);
		assert_int_equal(sdd_store_flush_and_wait(store),
		                 0); /* by the flush of the later memtable */
		assert_gone("expired");
		assert_found("before", 2999, lengths[i], i);
		assert_found("during", 2999, lengths[i], i);
		assert_int_equal(sweep(3000), 2);
	}
}

static void a_moved_entry_can_be_prolonged_again(void **state)
{
	(void)state;
	put_and_move("key");
	put("key", 2000, 3, 4000);
	assert_int_equal(sweep(2000), 1);
	assert_found("key", 3999, 2000, 3);
	assert_int_equal(sweep(3999), 0);
	assert_int_equal(sweep(4000), 1);
	assert_gone("key");
}

static void a_moved_entry_can_be_shortened(void **state)
{
	(void)state;
	put_and_move("key");
	put("key", 10, 3, 1500);
	assert_int_equal(sweep(1499), 0);
	assert_int_equal(sweep(1500), 1);
	assert_gone("key");
	assert_int_equal(sweep(INT64_MAX), 0);
}

static void a_moved_entry_can_be_removed(void **state)
{
	(void)state;
	put_and_move("key");
	assert_int_equal(remove_one("key", 1999), SDD_DONE);
	assert_gone("key");
	assert_int_equal(sweep(INT64_MAX), 0);
}

static void an_entry_whose_time_to_live_was_shortened_is_swept_at_the_new_time(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 2000);
		put("key", lengths[i], i + 10, 1000);
		assert_found("key", 999, lengths[i], i + 10);
		assert_int_equal(sweep(999), 0);
		assert_int_equal(sweep(1000), 1);
		assert_gone("key");
		assert_int_equal(sweep(INT64_MAX), 0); /* nothing of the longer time to live is left */
	}
}

static void a_removed_and_restored_entry_is_not_swept_at_its_old_time(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	assert_int_equal(remove_one("key", 0), SDD_DONE);
	put("key", 10, 2, 2000);
	assert_int_equal(sweep(1000), 0);
	assert_found("key", 1000, 10, 2);
	assert_int_equal(sweep(2000), 1);
}

static void a_sweep_that_expired_entries_outlived_a_restart_is_due(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	put("lives", 10, 2, 2000);
	reopen(ROOMY);
	assert_absent("key", 1000);
	assert_int_equal(sweep(1000), 1);
	assert_gone("key");
	assert_found("lives", 1000, 10, 2);
}

/* }}} */

/* {{{ epochs of the store */

static void what_is_written_is_proven_until_the_store_is_opened_anew(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		const char *key = numbered("key", i);

		put(key, lengths[i], i, 1000);
		assert_true(is_proven(key));
	}
	put("other", 10, 1, 1000);
	for (int round = 0; round < 3; round++) {
		reopen(ROOMY);
		for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
			const char *key = numbered("key", i);

			assert_false(is_proven(key));
			put(key, lengths[i], i, 1000);
			assert_true(is_proven(key));
		}
		assert_false(is_proven("other"));
	}
}

static void a_change_proves_where_it_says_so_and_keeps_the_value(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(lengths); i++) {
		put("key", lengths[i], i, 1000);
		reopen(ROOMY);
		change_until("key", 2000, false);
		assert_false(is_proven("key"));
		change_until("key", 2000, true);
		assert_true(is_proven("key"));
		assert_found("key", 1999, lengths[i], i);
		change_until("key", 1500, false); /* nor does it take a proof back */
		assert_true(is_proven("key"));
		reopen(ROOMY);
		assert_false(is_proven("key"));
	}
}

static void a_sweep_that_moves_an_entry_proves_nothing(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	flush();
	put("key", 10, 2, 2000);
	reopen(ROOMY);
	assert_int_equal(sweep(1000), 1);
	assert_found("key", 1000, 10, 2);
	assert_false(is_proven("key"));
}

static void the_first_epoch_ends_with_the_first_reopening_whatever_was_written(void **state)
{
	(void)state;
	assert_true(sdd_store_is_in_first_epoch(store));
	put("key", 10, 1, 1000);
	assert_true(sdd_store_is_in_first_epoch(store));
	for (int i = 0; i < 3; i++) {
		reopen(ROOMY);
		assert_false(sdd_store_is_in_first_epoch(store));
	}
}

static void a_store_that_nothing_was_written_to_has_had_its_first_epoch(void **state)
{
	(void)state;
	reopen(ROOMY);
	assert_false(sdd_store_is_in_first_epoch(store));
	put("key", 10, 1, 1000);
	reopen(ROOMY);
	assert_false(is_proven("key"));
}

static void an_epoch_whose_first_batch_is_lost_is_still_another_than_the_next(void **state)
{
	(void)state;
	reopen(ROOMY);
	begin();
	assert_int_equal(put_until(store, bytes_of("lost"), value_of(10, 1), 1000), SDD_DONE);
	sdd_store_abort(store);
	put("key", 10, 1, 1000);
	reopen(ROOMY);
	assert_false(is_proven("key"));
}

static void epochs_in_which_nothing_is_written_prove_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		put("key", 10, 1, 1000);
		for (int j = 0; j < 3; j++) {
			reopen(ROOMY);
			assert_false(is_proven("key"));
		}
	}
}

static void every_kind_of_sync_begins_an_epoch(void **state)
{
	static const enum sdd_sync syncs[] = {SDD_SYNC_ALWAYS, SDD_SYNC_INTERVAL, SDD_SYNC_NEVER,
	                                      SDD_SYNC_INTERVAL, SDD_SYNC_ALWAYS};

	(void)state;
	put("key", 10, 1, 1000);
	for (uint32_t i = 0; i < COUNT_OF(syncs); i++) {
		sdd_store_close(store);
		store = sdd_store_open(directory, ROOMY, syncs[i], reason);
		assert_non_null(store);
		assert_false(is_proven("key"));
		put("key", 10, 1, 1000);
		assert_true(is_proven("key"));
	}
}

/* Makes of the closed store what was written before there were epochs: no number of the last, and 0
 * in each row, of which there is one, without checks. */
static void forget_epochs(const char *key)
{
	MDB_val epoch = {sizeof("life") - 1, "life"};
	MDB_val name = {strlen(key), (void *)(uintptr_t)key};
	MDB_val row;
	uint8_t record[200];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi about;
	MDB_dbi entries;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
	assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "about", 0, &about), 0);
	assert_int_equal(mdb_dbi_open(txn, "entries", 0, &entries), 0);
	assert_int_equal(mdb_del(txn, about, &epoch, NULL), 0);
	assert_int_equal(mdb_get(txn, entries, &name, &row), 0);
	assert_in_range(row.mv_size, 56, sizeof(record));
	memcpy(record, row.mv_data, 40);
	memcpy(record + 40, (uint8_t *)row.mv_data + 56, row.mv_size - 56);
	memset(record + 34, 0, 6); /* how it is stored, and the epoch */
	row.mv_data = record;
	row.mv_size -= 16;
	assert_int_equal(mdb_put(txn, entries, &name, &row, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void a_store_of_before_there_were_epochs_is_opened_and_nothing_in_it_is_proven(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	sdd_store_close(store);
	forget_epochs("key");
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
	assert_false(is_proven("key"));
	assert_false(sdd_store_is_in_first_epoch(store));
	put("key", 10, 2, 1000);
	assert_true(is_proven("key"));
	reopen(ROOMY);
	assert_false(is_proven("key"));
}

/* }}} */

/* Another process begins to read the data file, and dies. */
static void read_and_die(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		MDB_env *env;
		MDB_txn *txn;

		if (mdb_env_create(&env) != 0 || mdb_env_set_maxdbs(env, 8) != 0 ||
		    mdb_env_open(env, directory, MDB_RDONLY, 0600) != 0 ||
		    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0) {
			_exit(1);
		}
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* A megabyte in the B-tree's own pages. */
static void put_pages(uint32_t stamp)
{
	for (uint32_t i = 0; i < 80; i++) {
		put(numbered("pages", i), 13000, stamp + i, 1000);
	}
	flush();
}

static void a_reader_that_died_pins_no_pages(void **state)
{
	struct stat data;
	char path[300];

	(void)state;
	put_pages(0);
	read_and_die();
	for (uint32_t i = 0; i < 30; i++) {
		put_pages(i);
	}
	(void)snprintf(path, sizeof(path), "%s/data.mdb", directory);
	assert_int_equal(stat(path, &data), 0);
	assert_in_range(data.st_size, MIB, 8 * MIB);
}

/* Writes to the closed store what another version would have written as its format. */
static void change_format(const char *format)
{
	MDB_val key = {sizeof("format") - 1, "format"};
	MDB_val value = {strlen(format), (void *)(uintptr_t)format};
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi about;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
	assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "about", 0, &about), 0);
	assert_int_equal(mdb_put(txn, about, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void a_store_of_another_version_is_refused_and_left_alone(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	sdd_store_close(store);
	change_format("sharedanced 1");
	store = sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
	assert_null(store);
	assert_true(reason[0] != '\0');
	change_format("sharedanced 2");
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_sweep_removes_what_has_expired_and_nothing_else),
		STORE_TEST(a_sweep_is_due_at_the_millisecond_an_entry_expires),
		STORE_TEST(a_sweep_ends_with_its_time_and_begins_with_what_expired_first),
		STORE_TEST(a_sweep_takes_no_more_rows_than_it_may),
		STORE_TEST(times_are_in_order_beyond_each_bytes_range),
		STORE_TEST(a_prolonged_entry_is_moved_by_the_sweep_and_examined_again_later),
		STORE_TEST(an_entry_prolonged_often_is_swept_once),
		STORE_TEST(what_is_prolonged_before_a_sweep_or_during_it_stays),
		STORE_TEST(a_moved_entry_can_be_prolonged_again),
		STORE_TEST(a_moved_entry_can_be_shortened),
		STORE_TEST(a_moved_entry_can_be_removed),
		STORE_TEST(an_entry_whose_time_to_live_was_shortened_is_swept_at_the_new_time),
		STORE_TEST(a_removed_and_restored_entry_is_not_swept_at_its_old_time),
		STORE_TEST(a_sweep_that_expired_entries_outlived_a_restart_is_due),
		STORE_TEST(what_is_written_is_proven_until_the_store_is_opened_anew),
		STORE_TEST(a_change_proves_where_it_says_so_and_keeps_the_value),
		STORE_TEST(a_sweep_that_moves_an_entry_proves_nothing),
		STORE_TEST(the_first_epoch_ends_with_the_first_reopening_whatever_was_written),
		STORE_TEST(a_store_that_nothing_was_written_to_has_had_its_first_epoch),
		STORE_TEST(an_epoch_whose_first_batch_is_lost_is_still_another_than_the_next),
		STORE_TEST(epochs_in_which_nothing_is_written_prove_nothing),
		STORE_TEST(every_kind_of_sync_begins_an_epoch),
		STORE_TEST(a_store_of_before_there_were_epochs_is_opened_and_nothing_in_it_is_proven),
		STORE_TEST(a_reader_that_died_pins_no_pages),
		STORE_TEST(a_store_of_another_version_is_refused_and_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
