/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The directory of the store: one server on it, and it has to be one. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/server/store_fixture.h"

static void a_second_server_on_the_directory_is_refused(void **state)
{
	char pid[30];

	(void)state;
	assert_null(sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason));
	assert_non_null(strstr(reason, "in use"));
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	assert_non_null(strstr(reason, pid));
	put("key", 10, 1, 1000); /* the first goes on */
	assert_found("key", 0, 10, 1);
}

static void a_refused_second_server_does_not_unlock_the_directory(void **state)
{
	(void)state;
	assert_null(sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason));
	assert_null(sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason));
	assert_non_null(strstr(reason, "in use"));
}

static void a_directory_that_is_not_there_is_refused(void **state)
{
	char path[300];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/none", directory);
	assert_null(sdd_store_open(path, ROOMY, SDD_SYNC_NEVER, reason));
	assert_string_equal(reason, strerror(ENOENT));
}

static void a_file_in_the_place_of_the_directory_is_refused(void **state)
{
	char path[300];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/sharedanced.lock", directory);
	assert_null(sdd_store_open(path, ROOMY, SDD_SYNC_NEVER, reason));
	assert_string_equal(reason, strerror(ENOTDIR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_second_server_on_the_directory_is_refused),
		STORE_TEST(a_refused_second_server_does_not_unlock_the_directory),
		STORE_TEST(a_directory_that_is_not_there_is_refused),
		STORE_TEST(a_file_in_the_place_of_the_directory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
