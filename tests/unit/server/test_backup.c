/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* server/store/backup: what a copy has, of a store on a real disk. */

#include "server/store/backup.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/server/store_fixture.h"
#include "tests/unit/unit.h"

#define LONG_VALUE 40000
#define PATH_MOST 200

static char copy[PATH_MOST]; /* a directory */
static atomic_int ends;
static const char *failure; /* of the last end; NULL: there was none */

static int open_in_copy(int peer, const char *name)
{
	char path[2 * PATH_MOST];

	(void)peer;
	(void)snprintf(path, sizeof(path), "%s/%s", copy, name);
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static void cut(int descriptor)
{
	(void)descriptor;
}

static void end(int peer, const char *why)
{
	(void)peer;
	failure = why;
	atomic_fetch_add(&ends, 1);
}

static const struct sdd_backup_receiver receiver = {-1, open_in_copy, cut, end};

static int set_up(void **state)
{
	(void)snprintf(copy, sizeof(copy), "/tmp/sharedanced-copy-XXXXXX");
	assert_non_null(mkdtemp(copy));
	atomic_store(&ends, 0);
	failure = NULL;
	return make_store(state);
}

static int tear_down(void **state)
{
	static const char *const names[] = {
		"data.mdb",          "lock.mdb",          "sharedanced.lock",   "sharedanced.values",
		"sharedanced.wal.1", "sharedanced.wal.2", "sharedanced.reserve"};
	char path[2 * PATH_MOST];

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", copy, names[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(copy), 0);
	return remove_store(state);
}

static void put_both(uint32_t number)
{
	begin();
	assert_int_equal(put_until(store, bytes_of("short"), value_of(10, number), SDD_NEVER),
	                 SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("long"), value_of(LONG_VALUE, number), SDD_NEVER),
	                 SDD_DONE);
	commit();
}

/* As the timer does, until so many backups have ended. */
static void go_on_until(int count)
{
	for (int i = 0; i < 60000 && atomic_load(&ends) < count; i++) {
		sdd_store_schedule_flush(store, 0);
		(void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	assert_int_equal(atomic_load(&ends), count);
}

/* The copy is opened in the store's place. */
static void assert_copied(uint32_t number)
{
	char was[sizeof(directory)];

	memcpy(was, directory, sizeof(was));
	(void)sdd_store_close(store);
	memcpy(directory, copy, sizeof(directory));
	open_store(ROOMY);
	assert_found("short", BEFORE_ALL, 10, number);
	assert_found("long", BEFORE_ALL, LONG_VALUE, number);
	(void)sdd_store_close(store);
	memcpy(directory, was, sizeof(directory));
	open_store(ROOMY);
}

/* It was in memory and in the log alone when the backup was asked for, and so it would be missing.
 */
static void a_copy_has_what_was_not_flushed_when_it_was_asked_for(void **state)
{
	(void)state;
	put_both(1);
	flush();
	put_both(2);
	sdd_store_start_backup(store, &receiver);
	go_on_until(1);
	assert_null(failure);
	assert_copied(2);
}

static void there_is_one_backup_at_a_time(void **state)
{
	(void)state;
	put_both(1);
	sdd_store_start_backup(store, &receiver);
	sdd_store_start_backup(store, &receiver);
	assert_int_equal(atomic_load(&ends), 1);
	assert_non_null(failure);
	go_on_until(2);
	assert_null(failure);
	assert_copied(1);
}

/* Kills the process while the B-tree has neither file of the log. */
static void die_with_both_files_of_the_log(void)
{
	char kept[2 * PATH_MOST];

	copy_file(directory, copy, "data.mdb", SIZE_MAX);
	put_both(1);
	flush();
	put_both(2);
	leave_with(SIZE_MAX);
	copy_file(copy, directory, "data.mdb", SIZE_MAX);
	(void)snprintf(kept, sizeof(kept), "%s/data.mdb", copy);
	(void)unlink(kept);
	open_store(ROOMY);
}

/* Nobody writes after the start, so nothing completes the file that would take it. */
static void a_copy_waits_for_no_write_after_a_start_that_found_both_files_of_the_log(void **state)
{
	(void)state;
	die_with_both_files_of_the_log();
	sdd_store_start_backup(store, &receiver);
	go_on_until(1);
	assert_null(failure);
	assert_copied(2);
}

/* The file that was replayed takes more. */
static void a_copy_has_what_was_written_after_such_a_start(void **state)
{
	(void)state;
	die_with_both_files_of_the_log();
	flush();
	put_both(3);
	sdd_store_start_backup(store, &receiver);
	go_on_until(1);
	assert_null(failure);
	assert_copied(3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_copy_has_what_was_not_flushed_when_it_was_asked_for),
		TEST(there_is_one_backup_at_a_time),
		TEST(a_copy_waits_for_no_write_after_a_start_that_found_both_files_of_the_log),
		TEST(a_copy_has_what_was_written_after_such_a_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
