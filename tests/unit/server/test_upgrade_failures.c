/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The upgrade of a directory of sharedanced 0.x on files and a B-tree in memory: whichever call
 * fails, and wherever the start ends, the next one has all that the journals have, and never takes
 * an old file again.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "server/store/io.h"
#include "server/store/store.h"
#include "server/system/log.h"
#include "tests/unit/server/fake_btree.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/server/old_files.h"
#include "tests/unit/unit.h"

#define CALLS_MAX 200 /* more than a start has */

static size_t maybe; /* the length of a value that was not acknowledged; 0: there is none */
static char reason[SDD_STORE_REASON_MAX];

void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...);
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

static int reset(void **state)
{
	(void)state;
	fake_io_reset();
	fake_btree_reset();
	return 0;
}

static void write_file(const char *name, const void *bytes, size_t length)
{
	int directory = sdd_io_open_directory("/directory");
	int file = sdd_io_openat(directory, name, O_RDWR | O_CREAT, 0600);

	assert_true(sdd_io_write_all(file, bytes, length, 0));
	assert_int_equal(sdd_io_fdatasync(file), 0);
	assert_int_equal(sdd_io_fsync(directory), 0);
	(void)sdd_io_close(file);
	(void)sdd_io_close(directory);
}

/* Two journals, the later one in the first or the second file, and the root of another boot. */
static void make_old_files(bool is_swapped)
{
	static struct old_journal journal;
	static uint8_t data[2 * 4096];
	uint64_t transaction = 9;
	struct old_root root;

	(void)reset(NULL);
	maybe = 0;
	old_journal_begin(&journal, 5, 3, true);
	old_journal_add(&journal, SDD_PUT, "key", 100, 5);
	old_journal_add(&journal, SDD_PUT, "removed", 100, 6);
	old_journal_add(&journal, SDD_PUT, "first", 100, 7);
	write_file(is_swapped ? "sharedanced.journal.2" : "sharedanced.journal.1", journal.bytes,
	           journal.length);
	old_journal_begin(&journal, 6, 3, true);
	old_journal_add(&journal, SDD_PUT, "key", 200, 8);
	old_journal_add(&journal, SDD_REMOVE, "removed", 0, 0);
	write_file(is_swapped ? "sharedanced.journal.1" : "sharedanced.journal.2", journal.bytes,
	           journal.length);
	memcpy(data + 4096 + 144, &transaction, sizeof(transaction));
	root = old_root_of(data + 4096, false);
	write_file("data.mdb", data, sizeof(data));
	write_file("sharedanced.root", &root, sizeof(root));
	fake_faults_clear();
}

static size_t length_of(struct sdd_store *store, const char *text)
{
	struct sdd_key key = sdd_store_key(store, (struct sd_bytes){text, strlen(text)});
	struct sdd_entry entry;
	enum sdd_result result = sdd_store_find(store, &key, 0, &entry);
	size_t length = result == SDD_DONE ? entry.value.length : 0;

	assert_true(result == SDD_DONE || result == SDD_ABSENT);
	sdd_store_end_reading(store);
	return length;
}

static bool put(struct sdd_store *store, const char *text, size_t length)
{
	static const uint8_t value[1000];
	struct sdd_key key = sdd_store_key(store, (struct sd_bytes){text, strlen(text)});
	struct sdd_entry entry = {.value = {value, length},
	                          .expires_ms = SDD_NEVER,
	                          .version = sdd_store_next_version(store, 0, 0)};

	return sdd_store_begin(store, 0, false) == SDD_DONE &&
	       sdd_store_put(store, &key, &entry) == SDD_DONE && sdd_store_commit(store) == SDD_DONE &&
	       !fake_faults_have_stopped();
}

/* One start of the server, which may overwrite what was in the journals. Returns the length of the
 * value that "key" has from now on. */
static size_t start(size_t expected, size_t next)
{
	struct sdd_store *store = sdd_store_open("/directory", 1u << 20, SDD_SYNC_ALWAYS, reason);

	if (store == NULL) {
		assert_true(reason[0] != '\0');
		return expected;
	}
	(void)sdd_store_flush_and_wait(store);
	if (!fake_faults_have_stopped()) {
		size_t size;

		if (maybe != 0 && length_of(store, "key") == maybe) {
			expected = maybe;
		}
		maybe = 0;
		assert_int_equal(length_of(store, "key"), expected);
		assert_int_equal(length_of(store, "first"), 100);
		assert_int_equal(length_of(store, "removed"), 0);
		assert_null(fake_io_content("sharedanced.root", &size));
		if (put(store, "key", next)) {
			expected = next;
		} else {
			maybe = next;
		}
	}
	if (!fake_faults_have_stopped()) {
		fake_faults_stop(fake_faults_calls());
	}
	sdd_store_close(store);
	return expected;
}

/* The starts after the one with the fault, for which nothing fails. */
static void assert_upgraded(size_t expected, bool by_power_cut)
{
	for (size_t i = 0; i < 2; i++) {
		fake_faults_clear();
		if (by_power_cut) {
			fake_io_cut_power(NULL);
		}
		assert_int_equal(start(expected, 400 + i), 400 + i);
		expected = 400 + i;
	}
}

static void whichever_call_fails_the_journals_are_moved_once_and_in_order(void **state)
{
	static const int errors[] = {EIO, ENOSPC, EINTR};

	(void)state;
	for (size_t i = 0; i < 8 * COUNT_OF(errors); i++) {
		bool reached = true;
		int number = (int)i % 3;

		for (; reached; number += 3) {
			size_t expected;

			make_old_files(i & 1);
			fake_faults_fail(number, errors[i / 8], /* lasting */ (i & 2) != 0);
			expected = start(200, 300);
			reached = fake_faults_calls() > number;
			assert_upgraded(expected, (i & 4) != 0);
		}
		assert_in_range(number, 30, CALLS_MAX);
	}
}

static void wherever_two_starts_end_the_journals_are_moved_once_and_in_order(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		for (int first = i % 2; first < 60; first += 2) {
			for (int second = first % 5; second < 60; second += 5) {
				size_t expected;

				make_old_files(i & 1);
				fake_faults_stop(first);
				expected = start(200, 300);
				fake_faults_clear();
				fake_faults_stop(second);
				if (i & 2) {
					fake_io_cut_power(NULL);
				}
				expected = start(expected, 350);
				assert_upgraded(expected, (i & 2) != 0);
			}
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whichever_call_fails_the_journals_are_moved_once_and_in_order),
		TEST(wherever_two_starts_end_the_journals_are_moved_once_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
