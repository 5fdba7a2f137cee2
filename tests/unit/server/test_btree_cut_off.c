/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The B-tree, by way of the store, when data.mdb was cut off. */

#include <stdio.h>
#include <string.h>

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

static void fill_and_close(void)
{
	FILE *file;

	for (size_t i = 0; i < KEYS; i++) {
		put(numbered("key", i), length_of(i), (uint32_t)i, SDD_NEVER);
	}
	sdd_store_close(store);
	file = open_data("rb");
	pages = fread(content, PAGE, sizeof(content) / PAGE, file);
	assert_in_range(pages, KEYS / 2, sizeof(content) / PAGE - 1);
	(void)fclose(file);
}

/* Leaves so many pages of data.mdb. */
static void cut_off(size_t left)
{
	FILE *file = open_data("wb");

	assert_int_equal(fwrite(content, PAGE, left, file), left);
	assert_int_equal(fclose(file), 0);
}

/* What is found is right, and what is lost is a failure. Returns how many are found. */
static size_t count_found(void)
{
	size_t count = 0;

	for (size_t i = 0; i < KEYS; i++) {
		struct sd_bytes value;
		enum sdd_result result = get_at(store, bytes_of(numbered("key", i)), 0, &value);

		assert_int_not_equal(result, SDD_ABSENT);
		if (result == SDD_DONE) {
			assert_int_equal(value.length, length_of(i));
			assert_memory_equal(value.data, value_of(length_of(i), (uint32_t)i).data, value.length);
			count++;
		}
		sdd_store_end_reading(store);
	}
	return count;
}

static void what_data_mdb_lacks_is_a_failure_of_its_keys_or_of_the_start(void **state)
{
	size_t most = 0;
	size_t refused = 0;

	(void)state;
	fill_and_close();
	for (size_t left = pages - 1; left >= 2; left -= left > 20 ? 13 : 1) {
		size_t found;

		cut_off(left);
		store = sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
		if (store != NULL) {
			found = count_found();
			most = found > most ? found : most;
			sdd_store_close(store);
		} else {
			assert_non_null(strstr(reason, "MDB_"));
			refused++;
		}
	}
	assert_in_range(most, KEYS / 2, KEYS);
	assert_in_range(refused, 1, pages);
	cut_off(pages);
	open_store(ROOMY);
	assert_int_equal(count_found(), KEYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_data_mdb_lacks_is_a_failure_of_its_keys_or_of_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
