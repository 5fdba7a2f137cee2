/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Recovery, by way of the store: what the next process finds of what was acknowledged. */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/server/store_fixture.h"

/* {{{ what fails: the linker has these called in the place of pread() and malloc() */

static _Thread_local int calls_until_failure = -1; /* of this thread; negative: none fails */
static _Thread_local int error_of_reading;

void *__real_malloc(size_t size);
ssize_t __real_pread(int descriptor, void *bytes, size_t length, off_t offset);
void *__wrap_malloc(size_t size);
ssize_t __wrap_pread(int descriptor, void *bytes, size_t length, off_t offset);

void *__wrap_malloc(size_t size)
{
	if (calls_until_failure >= 0 && error_of_reading != EINTR && calls_until_failure-- == 0) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_malloc(size);
}

ssize_t __wrap_pread(int descriptor, void *bytes, size_t length, off_t offset)
{
	if (calls_until_failure >= 0 && calls_until_failure-- == 0) {
		errno = error_of_reading;
		return -1;
	}
	return __real_pread(descriptor, bytes, length, offset);
}

/* Has the call of that number fail, from 0 on: a read for the reason given. */
static void fail_once(int number, int error)
{
	error_of_reading = error;
	calls_until_failure = number;
}

/* }}} */

static void what_was_acknowledged_outlives_the_process(void **state)
{
	uint64_t version;

	(void)state;
	put("short", 10, 1, 1000);
	put("long", 50000, 2, 1000);
	put("overwritten", 10, 3, 1000);
	put("overwritten", 3000, 4, 1000);
	put("removed", 10, 5, 1000);
	assert_int_equal(remove_one("removed", 0), SDD_DONE);
	begin();
	version = sdd_store_next_version(store, 5000, 0);
	assert_int_equal(sdd_store_put(store, key_of("versioned"),
	                               &(struct sdd_entry){.expires_ms = 1000, .version = version}),
	                 SDD_DONE);
	commit();
	assert_in_range(sdd_store_wal_size(store), 3000, 50000); /* the long value is not in it */
	for (int i = 0; i < 3; i++) {
		if (i == 2) {
			flush();
		}
		die();
		assert_found("short", 0, 10, 1);
		assert_found("long", 0, 50000, 2);
		assert_found("overwritten", 0, 3000, 4);
		assert_gone("removed");
		flush(); /* what a start found counts from then on */
		assert_int_equal(sdd_store_count(store), 4);
		begin();
		assert_true(sdd_store_next_version(store, 0, 0) > version);
		commit();
	}
}

static void a_change_outlives_the_process_and_so_does_the_value(void **state)
{
	struct sdd_entry entry = {.expires_ms = 7000, .version = 9, .client_flags = 5};

	(void)state;
	put("key", 3000, 1, 1000);
	begin();
	assert_int_equal(sdd_store_change(store, key_of("key"), &entry), SDD_DONE);
	commit();
	die();
	assert_found("key", 6000, 3000, 1);
	assert_int_equal(sdd_store_find(store, key_of("key"), 0, &entry), SDD_DONE);
	assert_int_equal(entry.version, 9);
	assert_int_equal(entry.client_flags, 5);
	sdd_store_end_reading(store);
}

static void what_outlived_the_process_is_of_an_earlier_epoch(void **state)
{
	struct sdd_entry entry;

	(void)state;
	for (int epoch = 1; epoch <= 4; epoch++) {
		put("key", 10, 1, 1000);
		assert_int_equal(sdd_store_find(store, key_of("key"), 0, &entry), SDD_DONE);
		assert_true(entry.proven);
		sdd_store_end_reading(store);
		if (epoch % 2 == 0) { /* one whose number no commit has */
			reopen(ROOMY);
			put("key", 10, 2, 1000);
		}
		die();
		assert_int_equal(sdd_store_find(store, key_of("key"), 0, &entry), SDD_DONE);
		assert_false(entry.proven);
		assert_false(sdd_store_is_in_first_epoch(store));
		sdd_store_end_reading(store);
	}
}

static void a_batch_that_was_not_acknowledged_is_not_there_after_the_process_died(void **state)
{
	(void)state;
	put("key", 10, 1, 1000);
	begin();
	assert_int_equal(put_until(store, bytes_of("other"), value_of(10, 2), 1000), SDD_DONE);
	die();
	assert_found("key", 0, 10, 1);
	assert_gone("other");
}

/* A write-ahead log cut anywhere ends with a whole batch; what is behind it, of whatever
 * generation, is ignored. */
static void a_cut_log_has_its_first_batches_whole(void **state)
{
	(void)state;
	for (size_t most = 0; most < 1300; most += 7) {
		size_t there = 0;

		for (uint32_t i = 0; i < 6; i++) { /* of an earlier generation, longer than what follows */
			put("before", 100, i, 1000);
		}
		flush();
		for (size_t i = 0; i < 3; i++) {
			put(numbered("key", i), 30, (uint32_t)i, 1000);
		}
		die_with(most, ROOMY);
		for (size_t i = 0; i < 3; i++) {
			if (find(numbered("key", i), 0) == SDD_DONE) {
				assert_int_equal(there, i); /* none is missing before it */
				assert_found(numbered("key", i), 0, 30, (uint32_t)i);
				there++;
			}
		}
		assert_int_equal(there, most < 512 + 3 * 32 ? 0 : there);
		assert_found("before", 0, 100, 5);
		begin();
		for (size_t i = 0; i < 3; i++) {
			(void)remove_at(store, bytes_of(numbered("key", i)), 0);
		}
		commit();
	}
}

static void a_log_whose_header_is_damaged_is_set_aside(void **state)
{
	char path[300];
	FILE *file;

	(void)state;
	put("key", 10, 1, 1000);
	flush();
	put("key", 10, 2, 1000);
	(void)snprintf(path, sizeof(path), "%s/sharedanced.wal.2", directory);
	file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, 30, SEEK_SET), 0);
	assert_int_equal(fputc('?', file), '?');
	assert_int_equal(fclose(file), 0);
	die();
	assert_found("key", 0, 10, 1);
}

/* Batches in the files of the write-ahead log: in both, unless the flush is fast. */
static void put_into_both(uint32_t stamp)
{
	put("first", 100, stamp, 1000);
	put("second", 5000, stamp, 1000);
	flush();
	put("first", 100, stamp + 1, 1000);
	sdd_store_schedule_flush(store, 0);
	put("second", 5000, stamp + 1, 1000);
	put("third", 100, stamp + 1, 1000);
}

static void assert_in_both(uint32_t stamp)
{
	assert_found("first", 0, 100, stamp + 1);
	assert_found("second", 0, 5000, stamp + 1);
	assert_found("third", 0, 100, stamp + 1);
}

/* Whichever read fails, or finds no memory: it is not the end of what was acknowledged. */
static void a_log_that_cannot_be_read_is_refused_and_left_as_it_was(void **state)
{
	int number = 0;

	(void)state;
	put_into_both(0);
	leave_with(SIZE_MAX);
	for (; number < 100; number++) {
		fail_once(number, EIO);
		store = sdd_store_open(directory, ROOMY, SDD_SYNC_NEVER, reason);
		if (store != NULL) {
			break;
		}
		assert_true(calls_until_failure < 0);
		assert_true(strstr(reason, strerror(EIO)) != NULL ||
		            strstr(reason, strerror(ENOMEM)) != NULL ||
		            strstr(reason, "out of memory") != NULL);
	}
	assert_true(calls_until_failure >= 0); /* nothing failed that time */
	calls_until_failure = -1;
	assert_in_range(number, 4, 99);
	assert_in_both(0);
}

static void a_log_whose_reading_is_interrupted_is_read_on(void **state)
{
	(void)state;
	for (int number = 0; calls_until_failure < 0; number++) {
		assert_in_range(number, 0, 99);
		put_into_both(2 * (uint32_t)number);
		leave_with(SIZE_MAX);
		fail_once(number, EINTR);
		open_store(ROOMY);
		assert_in_both(2 * (uint32_t)number);
	}
	calls_until_failure = -1;
}

static void every_kind_of_sync_takes_over_what_another_left(void **state)
{
	static const enum sdd_sync syncs[] = {SDD_SYNC_ALWAYS, SDD_SYNC_INTERVAL, SDD_SYNC_NEVER,
	                                      SDD_SYNC_ALWAYS};

	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(syncs); i++) {
		put("key", 10, i, 1000);
		leave_with(SIZE_MAX);
		store = sdd_store_open(directory, ROOMY, syncs[i], reason);
		assert_non_null(store);
		assert_found("key", 0, 10, i);
	}
}

static void an_operation_that_is_lost_takes_nothing_acknowledged_with_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < 50; i++) {
		put(numbered("key", i), 500, (uint32_t)i, 1000);
		begin();
		assert_int_equal(put_until(store, bytes_of("lost"), value_of(10, 2), 1000), SDD_DONE);
		assert_int_equal(remove_at(store, bytes_of(numbered("key", i)), 0), SDD_DONE);
		sdd_store_abort(store);
	}
	for (size_t i = 0; i < 50; i++) {
		assert_found(numbered("key", i), 0, 500, (uint32_t)i);
	}
	assert_gone("lost");
	die();
	flush();
	assert_int_equal(sdd_store_count(store), 50);
}

static void a_batch_of_many_megabytes_outlives_the_process(void **state)
{
	(void)state;
	begin();
	for (uint32_t i = 0; i < 6000; i++) {
		assert_int_equal(put_until(store, bytes_of(numbered("key", i)), value_of(1000, i), 1000),
		                 SDD_DONE);
	}
	assert_int_equal(put_until(store, bytes_of("large"), value_of(LONGEST, 1), 1000), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("last"), value_of(10, 2), 1000), SDD_DONE);
	commit();
	die();
	for (uint32_t i = 0; i < 6000; i++) {
		assert_found(numbered("key", i), 0, 1000, i);
	}
	assert_found("large", 0, LONGEST, 1);
	assert_found("last", 0, 10, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_acknowledged_outlives_the_process),
		STORE_TEST(a_change_outlives_the_process_and_so_does_the_value),
		STORE_TEST(what_outlived_the_process_is_of_an_earlier_epoch),
		STORE_TEST(a_batch_that_was_not_acknowledged_is_not_there_after_the_process_died),
		STORE_TEST(a_cut_log_has_its_first_batches_whole),
		STORE_TEST(a_log_whose_header_is_damaged_is_set_aside),
		STORE_TEST(a_log_that_cannot_be_read_is_refused_and_left_as_it_was),
		STORE_TEST(a_log_whose_reading_is_interrupted_is_read_on),
		STORE_TEST(every_kind_of_sync_takes_over_what_another_left),
		STORE_TEST(an_operation_that_is_lost_takes_nothing_acknowledged_with_it),
		STORE_TEST(a_batch_of_many_megabytes_outlives_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
