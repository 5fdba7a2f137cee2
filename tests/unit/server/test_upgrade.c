/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A directory of sharedanced 0.x becomes one of this version, on a real disk. What fails meanwhile
 * is tested in test_upgrade_failures.c. */

#include <fcntl.h>
#include <lmdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/server/old_files.h"
#include "tests/unit/server/store_fixture.h"

static struct old_journal journal;

/* {{{ files in the directory of the closed store */

static const char *path_of(const char *name)
{
	static char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void write_file(const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(path_of(name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static bool is_there(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

static void assert_old_files_are_gone(void)
{
	assert_false(is_there("sharedanced.root"));
	assert_false(is_there("sharedanced.journal.1"));
	assert_false(is_there("sharedanced.journal.2"));
}

static MDB_txn *begin_raw(MDB_dbi *about)
{
	MDB_env *env;
	MDB_txn *txn;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
	assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "about", 0, about), 0);
	return txn;
}

static void commit_raw(MDB_txn *txn)
{
	MDB_env *env = mdb_txn_env(txn);

	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

/* Closes the store, and makes its B-tree one of the old version. */
static void make_old(void)
{
	static const char *const names[] = {"id", "generation"};
	MDB_val format = {sizeof("format") - 1, "format"};
	MDB_val value = {sizeof("sharedanced 2") - 1, "sharedanced 2"};
	MDB_dbi about;
	MDB_txn *txn;

	sdd_store_close(store);
	store = NULL;
	txn = begin_raw(&about);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		MDB_val key = {strlen(names[i]), (void *)(uintptr_t)names[i]};

		(void)mdb_del(txn, about, &key, NULL);
	}
	assert_int_equal(mdb_put(txn, about, &format, &value, 0), 0);
	commit_raw(txn);
}

/* Reads the later root of the B-tree. */
static uint64_t read_root(uint8_t root[OLD_ROOT_BYTES])
{
	uint64_t last = 0;
	int file = open(path_of("data.mdb"), O_RDONLY);

	assert_true(file != -1);
	for (int i = 0; i < 2; i++) {
		uint8_t bytes[OLD_ROOT_BYTES];
		uint64_t transaction;

		assert_int_equal(pread(file, bytes, sizeof(bytes), i * 4096), sizeof(bytes));
		memcpy(&transaction, bytes + 144, sizeof(transaction));
		if (transaction > last) {
			last = transaction;
			memcpy(root, bytes, sizeof(bytes));
		}
	}
	(void)close(file);
	return last;
}

/* A commit behind the recorded root. */
static void commit_mark(void)
{
	MDB_val key = {4, "mark"};
	MDB_val value = {1, "1"};
	MDB_dbi about;
	MDB_txn *txn = begin_raw(&about);

	assert_int_equal(mdb_put(txn, about, &key, &value, 0), 0);
	commit_raw(txn);
}

static bool has_mark(void)
{
	MDB_val key = {4, "mark"};
	MDB_val value;
	MDB_dbi about;
	MDB_txn *txn = begin_raw(&about);
	bool has_one = mdb_get(txn, about, &key, &value) == 0;

	commit_raw(txn);
	return has_one;
}

/* }}} */

static void assert_value(const char *key, size_t length)
{
	struct sd_bytes found;

	assert_int_equal(get_at(store, bytes_of(key), 0, &found), SDD_DONE);
	assert_int_equal(found.length, length);
	assert_int_equal(length > 0 ? ((const char *)found.data)[length - 1] : 'v', 'v');
	sdd_store_end_reading(store);
}

static void a_directory_that_was_closed_in_order_is_continued(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	put("long", 50000, 2, 1000);
	make_old();
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
	assert_found("long", 0, 50000, 2);
	assert_false(is_proven("key"));
	put("key", 10, 3, 1000);
	die();
	assert_found("key", 0, 10, 3);
}

static void what_a_dead_process_left_in_both_journals_is_moved_in_order(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		put("removed", 10, 1, 1000);
		put("changed", 5000, 2, 1000);
		make_old();
		old_journal_begin(&journal, 8, 77, true);
		old_journal_add(&journal, SDD_PUT, "key", 200, 5000000);
		old_journal_add(&journal, SDD_REMOVE, "removed", 0, 0);
		old_journal_add(&journal, SDD_CHANGE, "changed", 0, 5000001);
		write_file(order == 0 ? "sharedanced.journal.2" : "sharedanced.journal.1", journal.bytes,
		           journal.length + 100); /* zeros are no frame */
		old_journal_begin(&journal, 7, 77, true);
		old_journal_add(&journal, SDD_PUT, "key", 100, 4000000);
		old_journal_add(&journal, SDD_PUT, "other", 1500, 4000001);
		write_file(order == 0 ? "sharedanced.journal.1" : "sharedanced.journal.2", journal.bytes,
		           journal.length);
		open_store(ROOMY);
		for (int i = 0; i < 2; i++) {
			assert_value("key", 200);
			assert_value("other", 1500);
			assert_gone("removed");
			assert_found("changed", 5000, 5000, 2);
			assert_false(is_proven("key"));
			begin();
			assert_true(sdd_store_next_version(store, 0, 0) > 5000001);
			commit();
			assert_old_files_are_gone();
			die();
		}
		put("key", 10, 9, 1000); /* the log continues behind the journals' generations */
		die();
		assert_found("key", 0, 10, 9);
		(void)sdd_store_flush_and_wait(store);
		assert_int_equal(sdd_store_count(store), 3);
	}
}

/* The epoch of the journal was stored nowhere else. */
static void what_is_written_after_the_upgrade_is_not_proven_in_the_next_epoch(void **state)
{
	(void)state;
	make_old();
	old_journal_begin(&journal, 1, 500, true);
	old_journal_add(&journal, SDD_PUT, "old", 10, 1);
	write_file("sharedanced.journal.1", journal.bytes, journal.length);
	open_store(ROOMY);
	assert_false(is_proven("old"));
	put("new", 10, 1, 1000);
	assert_true(is_proven("new"));
	reopen(ROOMY);
	assert_false(is_proven("new"));
	assert_false(is_proven("old"));
}

static void journals_of_another_boot_do_not_count(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	make_old();
	old_journal_begin(&journal, 3, 9, false);
	old_journal_add(&journal, SDD_PUT, "key", 100, 5);
	write_file("sharedanced.journal.1", journal.bytes, journal.length);
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
	assert_old_files_are_gone();
}

static void a_journal_that_was_cut_has_its_first_frames(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 120; cut += 7) {
		make_old();
		old_journal_begin(&journal, 3, 9, true);
		old_journal_add(&journal, SDD_PUT, "first", 100, 5);
		old_journal_add(&journal, SDD_PUT, "second", 100, 6);
		write_file("sharedanced.journal.1", journal.bytes, journal.length - 1 - cut);
		open_store(ROOMY);
		assert_value("first", 100);
		assert_gone("second");
	}
}

static void a_journal_whose_header_is_damaged_is_set_aside(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	make_old();
	old_journal_begin(&journal, 3, 9, true);
	old_journal_add(&journal, SDD_PUT, "lost", 100, 5);
	journal.bytes[30] ^= 1;
	write_file("sharedanced.journal.1", journal.bytes, journal.length);
	old_journal_begin(&journal, 4, 9, true);
	old_journal_add(&journal, SDD_PUT, "moved", 100, 5);
	write_file("sharedanced.journal.2", journal.bytes, journal.length);
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
	assert_value("moved", 100);
	assert_old_files_are_gone();
	assert_true(is_there("sharedanced.journal.1.damaged"));
	assert_int_equal(unlink(path_of("sharedanced.journal.1.damaged")), 0);
}

/* {{{ the root */

static void after_a_power_cut_the_recorded_root_is_restored(void **state)
{
	uint8_t root[OLD_ROOT_BYTES];
	struct old_root record;

	(void)state;
	for (int round = 0; round < 2; round++) { /* so that each page is the later one once */
		put("key", 10, 1, 1000);
		make_old();
		for (int i = 0; i < round; i++) {
			commit_mark();
		}
		assert_int_equal(has_mark(), round == 1);
		(void)read_root(root);
		record = old_root_of(root, false);
		write_file("sharedanced.root", &record, sizeof(record));
		commit_mark();
		open_store(ROOMY);
		assert_found("key", 0, 10, 1);
		assert_old_files_are_gone();
		sdd_store_close(store);
		store = NULL;
		assert_int_equal(has_mark(), round == 1);
		open_store(ROOMY);
	}
}

static void the_root_of_this_boot_is_not_restored(void **state)
{
	uint8_t root[OLD_ROOT_BYTES];
	struct old_root record;

	(void)state;
	make_old();
	(void)read_root(root);
	record = old_root_of(root, true);
	write_file("sharedanced.root", &record, sizeof(record));
	commit_mark();
	open_store(ROOMY);
	assert_old_files_are_gone();
	sdd_store_close(store);
	store = NULL;
	assert_true(has_mark());
}

/* data.mdb was restored from a backup, beside the record of another one. */
static void nothing_is_restored_over_a_data_file_that_the_root_does_not_belong_to(void **state)
{
	uint8_t root[OLD_ROOT_BYTES];
	struct old_root record;
	uint64_t transaction;

	(void)state;
	put("key", 10, 1, 1000);
	make_old();
	transaction = read_root(root) + 50;
	memcpy(root + 144, &transaction, sizeof(transaction));
	memset(root + 40, 0xff, 100);
	record = old_root_of(root, false);
	write_file("sharedanced.root", &record, sizeof(record));
	open_store(ROOMY);
	assert_found("key", 0, 10, 1);
	assert_old_files_are_gone();
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_directory_that_was_closed_in_order_is_continued),
		STORE_TEST(what_a_dead_process_left_in_both_journals_is_moved_in_order),
		STORE_TEST(what_is_written_after_the_upgrade_is_not_proven_in_the_next_epoch),
		STORE_TEST(journals_of_another_boot_do_not_count),
		STORE_TEST(a_journal_that_was_cut_has_its_first_frames),
		STORE_TEST(a_journal_whose_header_is_damaged_is_set_aside),
		STORE_TEST(after_a_power_cut_the_recorded_root_is_restored),
		STORE_TEST(the_root_of_this_boot_is_not_restored),
		STORE_TEST(nothing_is_restored_over_a_data_file_that_the_root_does_not_belong_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
