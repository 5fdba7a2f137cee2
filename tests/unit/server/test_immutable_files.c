/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A store some of whose files can be read and not be written, or not be forced to disk. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "server/store/btree.h"
#include "server/store/directory.h"
#include "server/store/io.h"
#include "tests/unit/server/store_fixture.h"

static const char *immutable; /* the name of a file; NULL: none is */

int __real_sdd_io_openat(int in, const char *name, int flags, mode_t mode);
int __wrap_sdd_io_openat(int in, const char *name, int flags, mode_t mode);

int __wrap_sdd_io_openat(int in, const char *name, int flags, mode_t mode)
{
	if (immutable != NULL && strcmp(name, immutable) == 0 && (flags & O_ACCMODE) == O_RDWR) {
		errno = EPERM;
		return -1;
	}
	return __real_sdd_io_openat(in, name, flags, mode);
}

static bool is_root_unforced; /* the root that was found cannot be forced to disk */

bool __real_sdd_btree_force(struct sdd_btree *btree);
bool __wrap_sdd_btree_force(struct sdd_btree *btree);

bool __wrap_sdd_btree_force(struct sdd_btree *btree)
{
	errno = EIO;
	return !is_root_unforced && __real_sdd_btree_force(btree);
}

static void assert_health(enum sdd_health_state state, const char *why)
{
	const char *found;

	assert_int_equal(sdd_store_health(store, &found), state);
	assert_string_equal(found, why);
}

/* As the timer does, until the store has that state. */
static void go_on_until(enum sdd_health_state state)
{
	const char *why;

	for (int i = 0; i < 10000 && sdd_store_health(store, &why) != state; i++) {
		sdd_store_schedule_flush(store, 0);
		(void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	assert_int_equal(sdd_store_health(store, &why), state);
}

static void assert_served(void)
{
	assert_found("short", BEFORE_ALL, 10, 1);
	assert_found("long", BEFORE_ALL, 40000, 2);
}

/* Nobody writes, and what is only in the log comes to the B-tree when it can. */
static void die_while_immutable(const char *name)
{
	put("short", 10, 1, SDD_NEVER);
	put("long", 40000, 2, SDD_NEVER);
	leave_with(SIZE_MAX);
	immutable = name;
	store = sdd_store_open(directory, ROOMY, SDD_SYNC_INTERVAL, reason);
	assert_non_null(store);
	assert_served();
}

static void heal(void)
{
	immutable = NULL;
	go_on_until(SDD_OK);
	flush();
	assert_int_equal(sdd_store_wal_size(store), 0);
	assert_served();
}

/* The first file has something: the second one is to take what is written. */
static void a_log_that_cannot_be_written_is_told_of_at_the_start(void **state)
{
	(void)state;
	die_while_immutable(SDD_FILE_WAL_2);
	assert_health(SDD_READ_ONLY, strerror(EPERM));
	heal();
}

static void values_that_cannot_be_written_are_served_and_flushed_when_they_can(void **state)
{
	(void)state;
	die_while_immutable(SDD_FILE_VALUES);
	go_on_until(SDD_READ_ONLY);
	assert_health(SDD_READ_ONLY, strerror(EPERM));
	assert_served();
	heal();
}

static off_t size_of_values(void)
{
	char path[300];
	struct stat found;

	(void)snprintf(path, sizeof(path), "%s/" SDD_FILE_VALUES, directory);
	assert_int_equal(stat(path, &found), 0);
	return found.st_size;
}

/* A power cut may bring back the root before the one that was found, which says that they are in
 * use. */
static void what_a_root_that_may_be_lost_has_freed_takes_no_values(void **state)
{
	off_t before;

	(void)state;
	put("first", 40000, 1, SDD_NEVER);
	put("long", 40000, 2, SDD_NEVER);
	put("short", 10, 1, SDD_NEVER);
	flush();
	assert_int_equal(remove_one("first", BEFORE_ALL), SDD_DONE);
	assert_true(sdd_store_close(store)); /* nothing is in the log */
	before = size_of_values();
	is_root_unforced = true;
	store = sdd_store_open(directory, ROOMY, SDD_SYNC_INTERVAL, reason);
	assert_non_null(store);
	assert_health(SDD_READ_ONLY, strerror(EIO));
	put("other", 40000, 3, SDD_NEVER);
	assert_in_range(size_of_values(), before + 40000, SIZE_MAX / 2);
	is_root_unforced = false;
	heal();
	put("one more", 40000, 4, SDD_NEVER);
	assert_in_range(size_of_values(), before, before + 50000);
	assert_found("other", BEFORE_ALL, 40000, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_log_that_cannot_be_written_is_told_of_at_the_start),
		STORE_TEST(values_that_cannot_be_written_are_served_and_flushed_when_they_can),
		STORE_TEST(what_a_root_that_may_be_lost_has_freed_takes_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
