/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A store that is full. */

#include <stdbool.h>
#include <string.h>

#include "tests/unit/server/store_fixture.h"

#define VALUE 10000 /* bytes of each value; larger than a page */

static enum sdd_result put_value(unsigned number)
{
	const char *key = numbered("value", number);

	return put_until(store, bytes_of(key), value_of(VALUE, number), 1000);
}

/* Fills the store in one batch, which stays open; returns how many fitted. */
static unsigned fill(void)
{
	unsigned count = 0;
	enum sdd_result result;

	begin();
	while ((result = put_value(count)) == SDD_DONE) {
		count++;
		assert_in_range(count, 0, MIB / VALUE);
	}
	assert_int_equal(result, SDD_FULL);
	assert_true(sdd_store_in_batch(store));
	return count;
}

static void assert_values(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		const char *key = numbered("value", i);

		assert_found(key, 0, VALUE, i);
	}
}

static void remove_values(unsigned from, unsigned to)
{
	begin();
	for (unsigned i = from; i < to; i++) {
		const char *key = numbered("value", i);

		assert_int_equal(remove_at(store, bytes_of(key), 0), SDD_DONE);
	}
	commit();
}

static void a_full_store_refuses_and_keeps_the_batch(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	assert_non_null(strstr(sdd_store_reason(store), "--maxsize"));
	commit();
	assert_true(count * VALUE > MIB / 2); /* most of the size is for data */
	assert_values(0, count);
	assert_gone(numbered("value", count));
}

static void a_full_store_takes_again_what_it_has(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	begin();
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(put_value(i), SDD_DONE);
	}
	commit();
	assert_values(0, count);
}

static void a_full_store_removes_and_has_room_again(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	remove_values(0, count / 2);
	begin();
	for (unsigned i = 0; i < count / 2 - 2; i++) { /* how much is left is known to some pages */
		assert_int_equal(put_value(1000 + i), SDD_DONE);
	}
	commit();
	assert_values(count / 2, count);
	assert_values(1000, 1000 + count / 2 - 2);
}

static void a_full_store_has_room_again_after_a_sweep(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	assert_int_equal(sweep(1000), count);
	assert_int_equal(fill(), count);
	commit();
	assert_values(0, count);
}

/* What has expired is swept if there is no room for a set, though nothing was searched for. */
static void a_full_store_sweeps_for_what_is_written_at_a_later_time(void **state)
{
	enum sdd_result result = SDD_FULL;
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	/* a first batch may be lost, and the next one comes after a sweep */
	for (int i = 0; i < 2 && result == SDD_FULL; i++) {
		while (sdd_store_begin(store, 1000, false) == SDD_LATER) {
			(void)sdd_store_flush_and_wait(store);
		}
		assert_true(sdd_store_in_batch(store));
		result = put_until(store, bytes_of("key"), value_of(5000, 1), 2000);
	}
	assert_int_equal(result, SDD_DONE);
	commit();
	assert_found("key", 1000, 5000, 1);
	assert_true(count > 0);
}

/* Short values, until the store is full. */
static void fill_until(int64_t expires_ms)
{
	enum sdd_result result = SDD_DONE;

	begin();
	for (unsigned i = 0; result == SDD_DONE; i++) {
		const char *key = numbered("short", i);

		result = put_until(store, bytes_of(key), value_of(1000, i), expires_ms);
	}
	commit();
	flush();
}

/* What expires in this moment will have been swept when the batch comes again. */
static void a_full_store_takes_what_is_written_while_others_expire(void **state)
{
	(void)state;
	reopen(MIB);
	fill_until(1040);
	assert_int_equal(sdd_store_begin(store, 1000, false), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("key"), value_of(1000, 1), 2000), SDD_FULL);
	assert_false(sdd_store_in_batch(store));
	assert_int_equal(sdd_store_begin(store, 1000, false), SDD_LATER);
	while (sdd_store_begin(store, 1050, false) == SDD_LATER) {
		(void)sdd_store_flush_and_wait(store);
	}
	assert_int_equal(put_until(store, bytes_of("key"), value_of(1000, 1), 2000), SDD_DONE);
	commit();
	assert_found("key", 1050, 1000, 1);
}

static void a_full_store_refuses_at_once_while_nothing_expires(void **state)
{
	(void)state;
	reopen(MIB);
	fill_until(9000);
	assert_int_equal(sdd_store_begin(store, 1000, false), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("key"), value_of(1000, 1), 2000), SDD_FULL);
	assert_true(sdd_store_in_batch(store));
	commit();
	assert_int_equal(sdd_store_begin(store, 1000, false), SDD_DONE);
	commit();
}

/* Overwriting counts as growing until it has been flushed. */
static void what_does_not_fit_by_an_estimate_is_decided_by_what_is_there(void **state)
{
	(void)state;
	reopen(8 * MIB);
	for (int i = 0; i < 2; i++) {
		for (uint32_t j = 0; j < 25; j++) {
			put(numbered("key", j), 100000, j, 1000);
		}
		if (i == 0) {
			flush();
		}
	}
	begin();
	assert_int_equal(put_until(store, bytes_of("large"), value_of(4 * MIB, 1), 1000), SDD_FULL);
	assert_false(sdd_store_in_batch(store));
	put("large", 4 * MIB, 1, 1000);
	assert_found("large", 0, 4 * MIB, 1);
}

static void a_full_store_can_be_reopened(void **state)
{
	unsigned count;

	(void)state;
	reopen(MIB);
	count = fill();
	commit();
	reopen(MIB);
	assert_values(0, count);
	begin();
	assert_int_equal(put_value(count), SDD_FULL);
	sdd_store_abort(store);
	reopen(2 * MIB); /* a larger one has room */
	begin();
	assert_int_equal(put_value(count), SDD_DONE);
	commit();
}

static void a_value_larger_than_the_store_is_refused_and_small_ones_are_not(void **state)
{
	(void)state;
	reopen(MIB);
	begin();
	assert_int_equal(put_until(store, bytes_of("small"), value_of(10, 1), 1000), SDD_DONE);
	assert_int_equal(put_until(store, bytes_of("large"), value_of(2 * MIB, 2), 1000), SDD_FULL);
	assert_true(sdd_store_in_batch(store));
	assert_int_equal(put_until(store, bytes_of("last"), value_of(10, 3), 1000), SDD_DONE);
	commit();
	assert_found("small", 0, 10, 1);
	assert_gone("large");
	assert_found("last", 0, 10, 3);
}

static void an_entry_that_cannot_be_overwritten_keeps_its_value(void **state)
{
	(void)state;
	reopen(MIB);
	put("key", 5000, 1, 1000);
	begin();
	assert_int_equal(put_until(store, bytes_of("key"), value_of(2 * MIB, 2), 9000), SDD_FULL);
	commit();
	assert_found("key", 999, 5000, 1);
	assert_absent("key", 1000);
	assert_int_equal(sweep(1000), 1);
	assert_gone("key");
}

static void a_long_value_gives_its_room_back_when_a_short_one_takes_its_place(void **state)
{
	(void)state;
	reopen(MIB);
	for (uint32_t i = 0; i < 20; i++) {
		const char *key = numbered("key", i);

		put(key, MIB / 2, i, 1000);
		put(key, 10, i, 1000);
		assert_found(key, 0, 10, i);
	}
}

static void short_values_fill_the_store_too(void **state)
{
	enum sdd_result result = SDD_DONE;
	unsigned count = 0;

	(void)state;
	reopen(MIB);
	begin();
	while (result == SDD_DONE) {
		const char *key = numbered("key", count);

		result = put_until(store, bytes_of(key), value_of(100, count), 1000);
		count += result == SDD_DONE;
		assert_in_range(count, 0, MIB / 100);
	}
	assert_int_equal(result, SDD_FULL);
	commit();
	assert_true(count * 100 > MIB / 4);
	assert_int_equal(sweep(1000), count);
	put("key", MIB / 2, 1, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_full_store_refuses_and_keeps_the_batch),
		STORE_TEST(a_full_store_takes_again_what_it_has),
		STORE_TEST(a_full_store_removes_and_has_room_again),
		STORE_TEST(a_full_store_has_room_again_after_a_sweep),
		STORE_TEST(a_full_store_sweeps_for_what_is_written_at_a_later_time),
		STORE_TEST(a_full_store_takes_what_is_written_while_others_expire),
		STORE_TEST(a_full_store_refuses_at_once_while_nothing_expires),
		STORE_TEST(what_does_not_fit_by_an_estimate_is_decided_by_what_is_there),
		STORE_TEST(a_full_store_can_be_reopened),
		STORE_TEST(a_value_larger_than_the_store_is_refused_and_small_ones_are_not),
		STORE_TEST(an_entry_that_cannot_be_overwritten_keeps_its_value),
		STORE_TEST(a_long_value_gives_its_room_back_when_a_short_one_takes_its_place),
		STORE_TEST(short_values_fill_the_store_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
