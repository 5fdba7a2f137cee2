/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The flusher, by way of the store: what is being flushed is found, a disk that takes no more,
 * memory. */

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "server/store/flusher.h"
#include "server/store/store_internal.h"
#include "tests/unit/server/store_fixture.h"

static void what_is_written_waits_for_a_flush_which_is_in_the_background(void **state)
{
	(void)state;
	assert_false(sdd_store_is_busy(store));
	sdd_store_schedule_flush(store, 0);
	assert_false(sdd_store_is_busy(store)); /* there is nothing to do */
	put("key", 10, 0, 1000);
	assert_true(sdd_store_is_busy(store));
	sdd_store_schedule_flush(store, 0);
	put("key", 10, 1, 1000); /* while the first is on its way, or is there */
	put("other", 10, 2, 1000);
	assert_found("key", 0, 10, 1);
	flush();
	assert_false(sdd_store_is_busy(store));
	assert_found("key", 0, 10, 1);
	assert_int_equal(sdd_store_count(store), 2);
}

/* So much that flushing it takes longer than the calls that follow. */
static void put_much(void)
{
	begin();
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(put_until(store, bytes_of(numbered("much", i)), value_of(30, i), 1000),
		                 SDD_DONE);
	}
	commit();
}

/* If there is little memory, it is the memory that counts. */
static void short_entries_count_by_their_number(void **state)
{
	(void)state;
	assert_int_equal(sdd_flusher_waiting(store->flusher), 0);
	put("first", 10, 1, SDD_NEVER);
	assert_in_range(sdd_flusher_waiting(store->flusher), 200, 300);
	assert_false(sdd_flusher_is_due(store->flusher));
	put_much();
	assert_in_range(sdd_flusher_waiting(store->flusher), 1100000, 1200000);
	sdd_store_set_memory(store, 16u << 20);
	assert_in_range(sdd_flusher_waiting(store->flusher), 530000, 700000);
	assert_true(sdd_flusher_is_due(store->flusher));
}

/* They take time and no memory. */
static void long_values_count_by_a_part_of_their_bytes(void **state)
{
	const size_t part = LONGEST / 4; /* of 256 MB, where a memtable has 64 MB */

	(void)state;
	put("long", LONGEST, 1, SDD_NEVER);
	assert_in_range(sdd_flusher_waiting(store->flusher), part, part + 10000);
	flush();
	assert_int_equal(sdd_flusher_waiting(store->flusher), 0);
}

static void what_is_being_flushed_is_found_and_can_be_changed(void **state)
{
	(void)state;
	put("old", 3000, 1, 1000);
	put("other", 3000, 1, 1000);
	reopen(ROOMY);
	put_much();
	change_until("old", 2000, true);
	change_until("other", 2000, false);
	sdd_store_schedule_flush(store, 0);
	assert_found("much-0", 999, 30, 0);
	assert_found("much-4999", 999, 30, 4999);
	change("old", 3000); /* which proves nothing by itself */
	change_until("other", 3000, true);
	change("much-1", 3000);
	assert_int_equal(remove_one("much-2", 0), SDD_DONE);
	for (int i = 0; i < 2; i++) {
		assert_true(is_proven("old") && is_proven("other"));
		assert_found("old", 2999, 3000, 1);
		assert_found("much-1", 2999, 30, 1);
		assert_gone("much-2");
		flush();
	}
}

static void what_is_being_flushed_outlives_the_process_and_what_came_after_it_too(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4;
	     i++) { /* each of the write-ahead log's files is the later one once */
		put_much();
		put("key", 10, 2 * i, 1000);
		sdd_store_schedule_flush(store, 0);
		put("key", 10, 2 * i + 1, 1000);
		die();
		assert_found("key", 0, 10, 2 * i + 1);
		assert_found("much-4999", 0, 30, 4999);
		if (i % 2 == 1) {
			put("other", 10, i, 1000);
			flush();
		}
	}
}

static void much_is_flushed_without_being_asked(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 200; i++) {
		put(numbered("key", i % 10), MIB, i, 1000);
	}
	assert_true(sdd_store_wal_size(store) < 180ull * MIB);
	for (uint32_t i = 190; i < 200; i++) {
		assert_found(numbered("key", i % 10), 0, MIB, i);
	}
}

/* Data in the B-tree's own pages, so that its file is a megabyte long. */
static void put_pages(int64_t expires_ms)
{
	for (uint32_t i = 0; i < 90; i++) {
		put(numbered("pages", i), 13000, i, expires_ms);
	}
	flush();
}

/* Files that are as long as the store's data grow no more, and are written no more there. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void what_cannot_be_flushed_is_found_and_flushed_later(void **state)
{
	(void)state;
	put_pages(1000);
	limit_files(MIB / 2);
	put("key", 10, 2, 1000);
	put("long", 100000, 3, 1000);
	put("log", 16000, 3, 1000);
	for (int i = 0; i < 3; i++) {
		sdd_store_schedule_flush(store, 0);
		(void)sdd_store_flush_and_wait(store);
		assert_true(sdd_store_is_busy(store));
		assert_true(sdd_store_wal_size(store) > 16000);
		put("key", 20, 4, 1000); /* behind it */
		assert_found("key", 0, 20, 4);
		assert_found("long", 0, 100000, 3);
	}
	limit_files(RLIM_INFINITY);
	sdd_store_schedule_flush(store, 0);
	flush();
	assert_found("key", 0, 20, 4);
	assert_found("long", 0, 100000, 3);
	assert_int_equal(sdd_store_count(store), 93);
}

#define MANY 20000 /* keys, which are flushed in several transactions */

static void put_many(void)
{
	begin();
	for (uint32_t i = 0; i < MANY; i++) {
		struct sdd_entry entry = {.value = value_of(200, i),
		                          .expires_ms = SDD_NEVER,
		                          .version = sdd_store_next_version(store, 1000, 0)};

		assert_int_equal(sdd_store_put(store, key_of(numbered("many", i)), &entry), SDD_DONE);
	}
}

/* Some of them are in the B-tree, and the disk takes no more. */
static void flush_some(void)
{
	put_many();
	commit();
	limit_files(2 * MIB);
	sdd_store_schedule_flush(store, 0);
	(void)sdd_store_flush_and_wait(store);
	assert_true(sdd_store_is_busy(store));
}

static void assert_many(void)
{
	for (uint32_t i = 0; i < MANY; i++) {
		assert_found(numbered("many", i), 0, 200, i);
	}
}

static void what_is_flushed_in_part_is_found_and_flushed_later(void **state)
{
	(void)state;
	flush_some();
	assert_many();
	limit_files(RLIM_INFINITY);
	sdd_store_schedule_flush(store, 0);
	flush();
	assert_many();
	assert_int_equal(sdd_store_count(store), MANY);
}

/* As after a power cut. */
static void what_is_flushed_in_part_has_no_version_that_is_given_again(void **state)
{
	uint64_t last = 0;
	struct sdd_entry entry;

	(void)state;
	flush_some();
	leave_with(/* log_most */ 0);
	limit_files(RLIM_INFINITY);
	open_store(ROOMY);
	assert_in_range(sdd_store_count(store), 1, MANY - 1);
	for (uint32_t i = 0; i < MANY; i++) {
		if (sdd_store_find(store, key_of(numbered("many", i)), 0, &entry) == SDD_DONE) {
			last = entry.version > last ? entry.version : last;
		}
	}
	sdd_store_end_reading(store);
	assert_true(sdd_store_next_version(store, 0, 0) > last);
}

static void a_batch_that_the_log_does_not_take_whole_is_not_stored_at_all(void **state)
{
	(void)state;
	put("key", 10, 1, 5000);
	limit_files(2 * MIB);
	put_many();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(20, 2), 5000), SDD_DONE);
	assert_int_equal(sdd_store_commit(store), SDD_FULL);
	assert_true(sdd_store_reason(store)[0] != '\0');
	assert_false(sdd_store_in_batch(store));
	assert_found("key", 0, 10, 1);
	limit_files(RLIM_INFINITY);
	assert_int_equal(sdd_store_count(store), 1);
	die();
	(void)sdd_store_flush_and_wait(store); /* what a start found counts from then on */
	assert_int_equal(sdd_store_count(store), 1);
	assert_found("key", 0, 10, 1);
	put_many();
	commit();
	assert_int_equal(sdd_store_count(store), MANY + 1);
}

static void memory_is_released_when_only_little_was_written_for_five_seconds(void **state)
{
	int64_t now_ms = 1000000;

	(void)state;
	put("little", 100, 1, SDD_NEVER);
	flush();
	assert_false(sdd_store_trim(store, now_ms));
	assert_false(sdd_store_trim(store, now_ms + 60000));
	for (int i = 0; i < 2; i++, now_ms += 10000) {
		put("much", 2 * MIB, 2, SDD_NEVER);
		flush();
		assert_false(sdd_store_trim(store, now_ms));
		put("much", 2 * MIB, 3, SDD_NEVER); /* counts from now on */
		flush();
		assert_false(sdd_store_trim(store, now_ms + 2000));
		put("little", 100, 4, SDD_NEVER);
		assert_false(sdd_store_trim(store, now_ms + 6999));
		assert_true(sdd_store_trim(store, now_ms + 7000));
		assert_false(sdd_store_trim(store, now_ms + 7001));
		assert_found("little", 0, 100, 4);
		assert_found("much", 0, 2 * MIB, 3);
	}
}

static void memory_of_what_is_being_flushed_is_not_released(void **state)
{
	(void)state;
	put_pages(SDD_NEVER);
	assert_false(sdd_store_trim(store, 1000));
	limit_files(MIB / 2);
	put("key", 10, 2, SDD_NEVER);
	sdd_store_schedule_flush(store, 1000);
	(void)sdd_store_flush_and_wait(store);
	put("other", 10, 3, SDD_NEVER);
	assert_false(sdd_store_trim(store, 60000));
	limit_files(RLIM_INFINITY);
	assert_found("key", 0, 10, 2);
	sdd_store_schedule_flush(store, 60000);
	flush();
	assert_true(sdd_store_trim(store, 60001));
	assert_found("key", 0, 10, 2);
	assert_found("other", 0, 10, 3);
}

static void a_sweep_that_fails_takes_nothing_with_it_and_is_tried_again(void **state)
{
	(void)state;
	put("large", 2 * MIB, 1, 1000);
	put("key", 10, 1, 5000);
	flush();
	limit_files(1);
	sdd_store_schedule_flush(store, 2000);
	(void)sdd_store_flush_and_wait(store);
	assert_found("key", 0, 10, 1);
	limit_files(RLIM_INFINITY);
	put("key", 10, 3, 5000);
	assert_found("key", 0, 10, 3);
	assert_int_equal(sweep(2000), 1);
	assert_gone("large");
}

static void the_room_of_a_long_value_that_was_replaced_is_used_again(void **state)
{
	char path[256];
	struct stat found;

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		put("long", MIB, i, SDD_NEVER);
		flush();
	}
	(void)snprintf(path, sizeof(path), "%s/sharedanced.values", directory);
	assert_int_equal(stat(path, &found), 0);
	assert_in_range(found.st_size, MIB, 5 * MIB);
	assert_found("long", 0, MIB, 19);
}

/* A change keeps what had expired from being swept until it is flushed, and no longer. */
static void what_a_change_keeps_from_the_sweep_is_swept_when_it_is_flushed(void **state)
{
	(void)state;
	put("changed", 10, 1, 1000);
	put("other", 10, 2, 2000);
	flush();
	change("changed", 5000);
	flush();
	(void)sweep(3000);
	assert_gone("other");
	assert_found("changed", 0, 10, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_written_waits_for_a_flush_which_is_in_the_background),
		STORE_TEST(short_entries_count_by_their_number),
		STORE_TEST(long_values_count_by_a_part_of_their_bytes),
		STORE_TEST(what_is_being_flushed_is_found_and_can_be_changed),
		STORE_TEST(what_is_being_flushed_outlives_the_process_and_what_came_after_it_too),
		STORE_TEST(much_is_flushed_without_being_asked),
		STORE_TEST(what_cannot_be_flushed_is_found_and_flushed_later),
		STORE_TEST(what_is_flushed_in_part_is_found_and_flushed_later),
		STORE_TEST(what_is_flushed_in_part_has_no_version_that_is_given_again),
		STORE_TEST(a_batch_that_the_log_does_not_take_whole_is_not_stored_at_all),
		STORE_TEST(memory_is_released_when_only_little_was_written_for_five_seconds),
		STORE_TEST(memory_of_what_is_being_flushed_is_not_released),
		STORE_TEST(the_room_of_a_long_value_that_was_replaced_is_used_again),
		STORE_TEST(what_a_change_keeps_from_the_sweep_is_swept_when_it_is_flushed),
		STORE_TEST(a_sweep_that_fails_takes_nothing_with_it_and_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
