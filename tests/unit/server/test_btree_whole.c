/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The B-tree, by way of the store, when data.mdb was cut off or emptied. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "server/store/directory.h"
#include "tests/unit/server/store_fixture.h"

#define KEYS 400
#define LENGTH 900  /* in the leaves of the tree */
#define LONGER 3000 /* on pages of its own */
#define PAGE 4096

static size_t length_of(size_t i)
{
	return i % 2 == 0 ? LENGTH : LONGER;
}

static uint8_t content[KEYS * 4 * PAGE]; /* of data.mdb, as it was closed */
static size_t pages;                     /* of it */

static FILE *open_data(const char *mode)
{
	char path[300];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/data.mdb", directory);
	file = fopen(path, mode);
	assert_non_null(file);
	return file;
}

static void close_and_read(void)
{
	FILE *file;

	sdd_store_close(store);
	file = open_data("rb");
	pages = fread(content, PAGE, sizeof(content) / PAGE, file);
	assert_in_range(pages, KEYS / 2, sizeof(content) / PAGE - 1);
	(void)fclose(file);
}

static int remove_file(const char *name)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return remove(path);
}

static void fill_and_close(void)
{
	for (size_t i = 0; i < KEYS; i++) {
		put(numbered("key", i), length_of(i), (uint32_t)i, SDD_NEVER);
	}
	close_and_read();
}

/* Leaves so many pages of data.mdb. */
static void cut_off(size_t left)
{
	FILE *file = open_data("wb");

	assert_int_equal(fwrite(content, PAGE, left, file), left);
	assert_int_equal(fclose(file), 0);
}

static void assert_all_found(void)
{
	for (size_t i = 0; i < KEYS; i++) {
		assert_found(numbered("key", i), 0, length_of(i), (uint32_t)i);
	}
}

/* Nothing was changed: the operator may have a way to complete the file. */
static void assert_has(size_t left)
{
	FILE *file = open_data("rb");

	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	assert_int_equal(ftell(file), (long)(left * PAGE));
	(void)fclose(file);
}

/* Whatever it lacks, nothing is served but a whole store. LMDB itself refuses one without its two
 * first pages. */
static void what_was_cut_off_is_refused_unless_nothing_of_it_is_in_use(void **state)
{
	size_t refused = 0;

	(void)state;
	fill_and_close();
	for (size_t left = 0; left < pages; left += left < 20 || left + 20 > pages ? 1 : 7) {
		cut_off(left);
		store = sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
		if (store != NULL) {
			assert_all_found();
			assert_true(sdd_store_close(store));
			store = NULL;
		} else {
			assert_true(left == 1 || strstr(reason, "data.mdb was cut off") != NULL);
			assert_has(left);
			refused++;
		}
	}
	assert_in_range(refused, 60, pages);
	cut_off(pages);
	open_store(ROOMY);
	assert_all_found();
}

static void what_is_free_may_be_missing(void **state)
{
	size_t served = 0;

	(void)state;
	(void)signal(SIGCHLD, SIG_IGN); /* as a shell may leave it */
	fill_and_close();
	open_store(ROOMY);
	for (size_t i = 1; i < KEYS; i++) {
		assert_int_equal(remove_at(store, bytes_of(numbered("key", i)), 0), SDD_DONE);
	}
	for (uint32_t i = 0; i < 8; i++) { /* each moves what is in use to the front */
		put("key-0", length_of(0), i, SDD_NEVER);
		put("long", LONGER, i, SDD_NEVER);
		flush();
	}
	close_and_read();
	for (size_t left = pages - 1; left > pages / 2; left -= 7) {
		cut_off(left);
		store = sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
		if (store == NULL) {
			break;
		}
		assert_found("key-0", 0, length_of(0), 7);
		assert_found("long", 0, LONGER, 7);
		served++;
		sdd_store_close(store);
	}
	assert_in_range(served, 1, pages);
	cut_off(pages);
	open_store(ROOMY);
}

static void an_empty_file_of_a_start_on_a_full_disk_becomes_a_store(void **state)
{
	(void)state;
	fill_and_close();
	cut_off(0);
	assert_int_equal(remove_file(SDD_FILE_RESERVE), 0);
	assert_int_equal(remove_file(SDD_FILE_VALUES), 0);
	open_store(ROOMY);
	put("key", 10, 1, SDD_NEVER);
	assert_found("key", 0, 10, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_cut_off_is_refused_unless_nothing_of_it_is_in_use),
		STORE_TEST(what_is_free_may_be_missing),
		STORE_TEST(an_empty_file_of_a_start_on_a_full_disk_becomes_a_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
