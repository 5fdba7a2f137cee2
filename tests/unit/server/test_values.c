/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* server/store/values: when the pages of a value may be written to again, and when not. On files in
 * memory (fake_io.c). */

#include "server/store/values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/directory.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/unit.h"

#define LENGTH 20000u
#define PLACE (5u * SDD_EXTENT_PAGE) /* bytes that a value of that length takes */
#define MAX_SIZE (1u << 20)

static struct sdd_values *values;
static char reason[SDD_STORE_REASON_MAX];
static uint8_t room[LENGTH];

static void open_values(enum sdd_sync sync)
{
	values = sdd_values_open("/directory", MAX_SIZE, sync, reason);
	assert_non_null(values);
}

static int set_up(void **state)
{
	(void)state;
	fake_io_reset();
	open_values(SDD_SYNC_INTERVAL);
	sdd_values_end_start(values);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sdd_values_close(values);
	assert_int_equal(fake_io_open_descriptors(), 0);
	fake_io_reset();
	return 0;
}

static struct sdd_extent write_value(uint8_t byte)
{
	struct sdd_extent extent;

	memset(room, byte, LENGTH);
	assert_int_equal(sdd_values_write(values, (struct sd_bytes){room, LENGTH}, &extent),
	                 SDD_VALUES_WRITTEN);
	return extent;
}

/* In a batch of its own, which replaces `old` unless that is NULL. Returns its place. */
static struct sdd_extent store(uint8_t byte, const struct sdd_extent *old)
{
	struct sdd_extent extent = write_value(byte);

	if (old != NULL) {
		sdd_values_drop(values, old);
	}
	sdd_values_commit(values);
	return extent;
}

static unsigned place_of(struct sdd_extent extent)
{
	assert_int_equal(extent.offset % PLACE, 0);
	return (unsigned)(extent.offset / PLACE);
}

static void assert_value(const struct sdd_extent *extent, uint8_t byte)
{
	assert_int_equal(sdd_values_read(values, extent, room, reason), SDD_DONE);
	for (size_t i = 0; i < LENGTH; i++) {
		assert_int_equal(room[i], byte);
	}
}

static int64_t clock_ms = 5000;

int64_t __wrap_sdd_clock_monotonic_ms(void);

int64_t __wrap_sdd_clock_monotonic_ms(void)
{
	return clock_ms;
}

static void claim(void)
{
	sdd_values_begin_claim(values);
	sdd_values_end_claim(values);
}

static void
a_value_that_is_replaced_before_anything_is_forced_gives_its_place_to_the_next(void **state)
{
	struct sdd_extent first = store('a', NULL);
	struct sdd_extent second = store('b', &first);

	(void)state;
	assert_int_equal(place_of(first), 0);
	assert_int_equal(place_of(second), 1);
	assert_int_equal(place_of(store('c', &second)), 0);
	assert_value(&second, 'b');
}

/* The log that refers to it may be on disk by then, and what replaced it not yet. */
static void a_value_that_may_be_forced_keeps_its_place_until_the_flush_is_over(void **state)
{
	struct sdd_extent first = store('a', NULL);
	struct sdd_extent second;

	(void)state;
	claim();
	second = store('b', &first);
	assert_int_equal(place_of(second), 1);
	assert_int_equal(place_of(store('c', NULL)), 2);
	sdd_values_switch(values);
	assert_int_equal(place_of(store('d', NULL)), 3);
	assert_value(&first, 'a');
	sdd_values_release(values, NULL, 0);
	assert_int_equal(place_of(store('e', NULL)), 0);
}

static void a_value_that_is_written_while_a_sync_begins_keeps_its_place(void **state)
{
	struct sdd_extent first;

	(void)state;
	sdd_values_begin_claim(values);
	first = store('a', NULL);
	assert_int_equal(place_of(store('b', &first)), 1);
	assert_int_equal(place_of(store('c', NULL)), 2);
	sdd_values_end_claim(values);
	assert_value(&first, 'a');
}

/* What is dropped by a batch that comes after the switch waits for the next flush. */
static void what_is_dropped_during_a_flush_waits_for_the_next(void **state)
{
	struct sdd_extent first = store('a', NULL);

	(void)state;
	claim();
	sdd_values_switch(values);
	(void)store('b', &first);
	sdd_values_release(values, NULL, 0);
	assert_int_equal(place_of(store('c', NULL)), 2);
	sdd_values_switch(values);
	sdd_values_release(values, NULL, 0);
	assert_int_equal(place_of(store('d', NULL)), 0);
}

static void a_batch_that_is_lost_gives_its_places_back_and_drops_nothing(void **state)
{
	struct sdd_extent first = store('a', NULL);
	uint64_t unflushed = sdd_values_unflushed(values);

	(void)state;
	(void)write_value('b');
	(void)write_value('c');
	sdd_values_drop(values, &first);
	sdd_values_rollback(values);
	assert_int_equal(sdd_values_unflushed(values), unflushed);
	assert_int_equal(place_of(store('d', NULL)), 1);
	assert_int_equal(place_of(store('e', NULL)), 2);
	assert_value(&first, 'a');
}

/* Its frames could not be taken back: a start may replay them. */
static void a_batch_that_the_log_may_have_keeps_its_places_until_the_flush_is_over(void **state)
{
	struct sdd_extent lost = write_value('a');

	(void)state;
	sdd_values_retain_batch(values);
	sdd_values_rollback(values);
	assert_int_equal(place_of(store('b', NULL)), 1);
	assert_value(&lost, 'a');
	sdd_values_switch(values);
	sdd_values_release(values, NULL, 0);
	assert_int_equal(place_of(store('c', NULL)), 0);
}

static void what_the_btree_has_dropped_is_free_but_not_for_a_backup(void **state)
{
	struct sdd_extent first = store('a', NULL);
	struct sdd_extent second = store('b', NULL);

	(void)state;
	claim();
	sdd_values_release(values, &first, 1);
	assert_int_equal(place_of(store('c', NULL)), 0);
	sdd_values_pin(values);
	sdd_values_release(values, &second, 1);
	assert_int_equal(place_of(store('d', NULL)), 2);
	assert_value(&second, 'b');
	sdd_values_unpin(values);
	assert_int_equal(place_of(store('e', NULL)), 1);
}

/* Until what was replayed is flushed, the log may need what stands there. */
static void a_start_writes_behind_what_the_file_has(void **state)
{
	struct sdd_extent first = store('a', NULL);

	(void)state;
	sdd_values_close(values);
	open_values(SDD_SYNC_INTERVAL);
	assert_int_equal(place_of(store('b', NULL)), 1);
	assert_value(&first, 'a');
	sdd_values_release(values, NULL, 0);
	assert_int_equal(place_of(store('c', NULL)), 0);
}

static void a_file_of_which_nothing_is_known_is_never_written_to_but_behind(void **state)
{
	struct sdd_extent first = store('a', NULL);

	(void)state;
	sdd_values_close(values);
	open_values(SDD_SYNC_INTERVAL);
	sdd_values_seal(values);
	sdd_values_end_start(values);
	assert_int_equal(place_of(store('b', NULL)), 1);
	sdd_values_release(values, NULL, 0);
	assert_int_equal(place_of(store('c', NULL)), 2);
	sdd_values_trim(values);
	assert_value(&first, 'a');
}

static void what_is_in_use_is_not_written_to_after_a_start(void **state)
{
	struct sdd_extent first = store('a', NULL);
	struct sdd_extent second = store('b', NULL);

	(void)state;
	sdd_values_close(values);
	open_values(SDD_SYNC_INTERVAL);
	assert_true(sdd_values_adopt(values, &second));
	sdd_values_end_start(values);
	assert_int_equal(place_of(store('c', NULL)), 0);
	assert_int_equal(place_of(store('d', NULL)), 2);
	assert_value(&second, 'b');
	assert_int_equal(sdd_values_read(values, &first, room, reason), SDD_DAMAGED);
	assert_true(sdd_values_is_damaged(values, &first));
}

/* Flips a bit of it on disk; once more, and it is whole. */
static void damage(const struct sdd_extent *extent)
{
	size_t size;
	uint8_t *content = fake_io_content(SDD_FILE_VALUES, &size);

	assert_in_range(extent->offset, 0, size - 1);
	content[extent->offset] ^= 1;
}

static void a_check_reads_what_was_not_read_within_the_last_second(void **state)
{
	struct sdd_extent first = store('a', NULL);
	struct sdd_extent second = store('b', NULL);
	struct sdd_extent other = first; /* was in that place before */

	(void)state;
	assert_int_equal(sdd_values_check(values, &first, reason), SDD_DONE);
	assert_value(&first, 'a');
	other.check ^= 1;
	assert_int_equal(sdd_values_check(values, &other, reason), SDD_DAMAGED);
	damage(&first);
	damage(&second);
	clock_ms += 999;
	assert_int_equal(sdd_values_check(values, &first, reason), SDD_DONE);
	assert_int_equal(sdd_values_check(values, &second, reason), SDD_DAMAGED);
	clock_ms += 1;
	assert_int_equal(sdd_values_check(values, &first, reason), SDD_DAMAGED);
	assert_true(sdd_values_is_damaged(values, &first));
	damage(&first); /* it is as it was */
	assert_false(sdd_values_is_known_whole(values, &first));
	assert_int_equal(sdd_values_check(values, &first, reason), SDD_DONE);
	assert_true(sdd_values_is_known_whole(values, &first));
	assert_false(sdd_values_is_known_whole(values, &second));
	damage(&first);
	clock_ms += 999;
	assert_int_equal(sdd_values_check(values, &first, reason), SDD_DONE);
	clock_ms += 1; /* that was no look at it */
	assert_int_equal(sdd_values_check(values, &first, reason), SDD_DAMAGED);
}

/* As a client does that has the other server's copy, after a power cut. */
static void a_value_that_was_damaged_is_whole_once_it_is_written_to_its_place_again(void **state)
{
	struct sdd_extent first = store('a', NULL);
	struct sdd_extent again;

	(void)state;
	damage(&first);
	clock_ms += 1000;
	assert_int_equal(sdd_values_check(values, &first, reason), SDD_DAMAGED);
	assert_true(sdd_values_is_damaged(values, &first));
	sdd_values_release(values, &first, 1);
	again = store('a', NULL);
	assert_int_equal(place_of(again), place_of(first));
	assert_false(sdd_values_is_damaged(values, &again));
	assert_value(&again, 'a');
}

static void trimming_takes_nothing_that_is_in_use(void **state)
{
	struct sdd_extent extents[4];
	size_t size;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(extents); i++) {
		extents[i] = store((uint8_t)('a' + i), NULL);
	}
	claim();
	sdd_values_release(values, &extents[1], 1);
	sdd_values_release(values, &extents[3], 1);
	sdd_values_trim(values);
	assert_value(&extents[0], 'a');
	assert_value(&extents[2], 'c');
	(void)fake_io_content(SDD_FILE_VALUES, &size);
	assert_in_range(size, 2 * PLACE + LENGTH, 3 * PLACE);
}

/* The system says once only that something may be lost. */
static void after_a_sync_that_failed_nothing_written_before_counts_as_forced(void **state)
{
	struct sdd_extent extent;
	uint32_t failures;

	(void)state;
	(void)store('a', NULL);
	failures = sdd_values_failures(values);
	assert_true(sdd_values_sync(values, failures)); /* the name of the file, too */
	extent = store('b', NULL);
	fake_faults_clear();
	fake_faults_fail(0, EIO, /* lasting */ false);
	assert_false(sdd_values_sync(values, failures));
	fake_faults_clear();
	assert_false(sdd_values_sync(values, failures));
	assert_true(sdd_values_rewrite(values, &extent));
	assert_true(sdd_values_sync(values, sdd_values_failures(values)));
	sdd_values_close(values);
	fake_io_cut_power(NULL);
	open_values(SDD_SYNC_INTERVAL);
	assert_value(&extent, 'b');
}

/* The file is immutable, for example: what it has is served. */
static void a_file_that_cannot_be_written_is_read_and_written_as_soon_as_it_can_be(void **state)
{
	static const int errors[] = {EROFS, EPERM, EACCES};
	struct sdd_extent first = store('a', NULL);
	struct sdd_extent extent;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		sdd_values_close(values);
		fake_faults_clear();
		fake_faults_fail(1, errors[i], /* lasting */ false);
		open_values(SDD_SYNC_INTERVAL);
		assert_true(sdd_values_adopt(values, &first));
		fake_faults_clear();
		assert_value(&first, 'a');
		fake_faults_fail(0, errors[i], /* lasting */ true);
		assert_int_equal(sdd_values_write(values, (struct sd_bytes){room, LENGTH}, &extent),
		                 SDD_VALUES_ERROR);
		assert_int_equal(errno, errors[i]);
		fake_faults_clear();
		(void)write_value('b');
		sdd_values_rollback(values);
	}
}

static void a_value_that_cannot_be_written_takes_no_place(void **state)
{
	static const int errors[] = {ENOSPC, EIO};
	struct sdd_extent extent;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		fake_faults_clear();
		fake_faults_fail(0, errors[i], /* lasting */ true);
		assert_int_equal(sdd_values_write(values, (struct sd_bytes){room, LENGTH}, &extent),
		                 SDD_VALUES_ERROR);
		assert_int_equal(errno, errors[i]);
		assert_false(sdd_values_takes(values));
		fake_faults_clear();
		assert_true(sdd_values_takes(values));
		sdd_values_rollback(values);
		assert_int_equal(sdd_values_unflushed(values), 0);
		assert_int_equal(place_of(write_value('a')), 0);
		sdd_values_rollback(values);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_that_is_replaced_before_anything_is_forced_gives_its_place_to_the_next),
		TEST(a_value_that_may_be_forced_keeps_its_place_until_the_flush_is_over),
		TEST(a_value_that_is_written_while_a_sync_begins_keeps_its_place),
		TEST(what_is_dropped_during_a_flush_waits_for_the_next),
		TEST(a_batch_that_is_lost_gives_its_places_back_and_drops_nothing),
		TEST(a_batch_that_the_log_may_have_keeps_its_places_until_the_flush_is_over),
		TEST(what_the_btree_has_dropped_is_free_but_not_for_a_backup),
		TEST(a_start_writes_behind_what_the_file_has),
		TEST(a_file_of_which_nothing_is_known_is_never_written_to_but_behind),
		TEST(what_is_in_use_is_not_written_to_after_a_start),
		TEST(a_check_reads_what_was_not_read_within_the_last_second),
		TEST(trimming_takes_nothing_that_is_in_use),
		TEST(a_value_that_was_damaged_is_whole_once_it_is_written_to_its_place_again),
		TEST(after_a_sync_that_failed_nothing_written_before_counts_as_forced),
		TEST(a_file_that_cannot_be_written_is_read_and_written_as_soon_as_it_can_be),
		TEST(a_value_that_cannot_be_written_takes_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
