/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store does with time, across restarts, with clocks of the system that the test sets. */

#include <stdarg.h>
#include <string.h>

#include "server/store/store_internal.h"
#include "server/store/ttls.h"
#include "server/system/log.h"
#include "server/system/store_clock.h"
#include "tests/unit/server/store_fixture.h"

#define HOUR_MS (60 * 60 * 1000ll)
#define START_MS 1700000000000

/* {{{ the system's clocks and the log: the linker has these called in their place */

static struct sdd_clock_reading clocks;
static char boot;
static int lines;

void __wrap_sdd_clock_boot_id(char id[SDD_BOOT_ID_BYTES]);
struct sdd_clock_reading __wrap_sdd_clock_read(void);
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...);

/* A system that knows its boots, unless `boot` is 0. */
void __wrap_sdd_clock_boot_id(char id[SDD_BOOT_ID_BYTES])
{
	memset(id, boot, SDD_BOOT_ID_BYTES);
}

struct sdd_clock_reading __wrap_sdd_clock_read(void)
{
	return clocks;
}

void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...)
{
	(void)level;
	lines += strstr(format, "wall clock") != NULL;
}

static int start(void **state)
{
	clocks = (struct sdd_clock_reading){START_MS, HOUR_MS};
	boot = 'a';
	lines = 0;
	return make_store(state);
}

static void pass(int64_t ms)
{
	clocks.wall_ms += ms;
	clocks.boot_ms += ms;
	sdd_store_update_clock(store);
}

/* The machine is started again, at which its wall clock is so much ahead. */
static void reboot(int64_t ahead_ms)
{
	clocks.boot_ms = 1000;
	clocks.wall_ms += ahead_ms;
	boot++;
}

static int64_t now(void)
{
	return sdd_store_clock_at(sdd_store_clock(store), clocks.boot_ms);
}

/* What maintenance does. */
static void maintain(void)
{
	pass(1000);
	sdd_store_schedule_flush(store, now());
	(void)sdd_store_flush_and_wait(store);
}

/* }}} */

/* {{{ the clock */

static void a_wrong_wall_clock_is_one_line_and_ends_nothing(void **state)
{
	(void)state;
	put("key", 10, 1, now() + HOUR_MS);
	maintain();
	assert_int_equal(lines, 0);
	clocks.wall_ms += 2 * HOUR_MS;
	maintain();
	maintain();
	assert_int_equal(lines, 1);
	assert_found("key", now(), 10, 1);
	clocks.wall_ms -= 2 * HOUR_MS;
	maintain();
	assert_int_equal(lines, 2);
	assert_found("key", now(), 10, 1);
}

static void what_was_stored_while_the_wall_clock_was_behind_outlives_the_next_start(void **state)
{
	(void)state;
	sdd_store_close(store);
	clocks.wall_ms -= 2 * HOUR_MS;
	open_store(ROOMY);
	put("key", 10, 1, now() + HOUR_MS);
	maintain();
	clocks.wall_ms += 2 * HOUR_MS;
	maintain();
	for (int i = 0; i < 2; i++) {
		die(); /* it was remembered at once */
		assert_found("key", now(), 10, 1);
		maintain();
	}
	reopen(ROOMY);
	assert_found("key", now(), 10, 1);
	assert_absent("key", now() + HOUR_MS);
}

/* Dies at once, whatever the flusher has not written yet. */
static void
what_was_stored_while_the_wall_clock_was_behind_outlives_a_death_at_any_moment(void **state)
{
	(void)state;
	for (int flushed = 0; flushed < 2; flushed++) {
		sdd_store_close(store);
		clocks.wall_ms -= 2 * HOUR_MS;
		open_store(ROOMY);
		put("key", 10, 1, now() + HOUR_MS);
		if (flushed) {
			maintain();
		}
		leave_with(SIZE_MAX);
		clocks.wall_ms += 2 * HOUR_MS;
		open_store(ROOMY);
		assert_found("key", now(), 10, 1);
		assert_absent("key", now() + HOUR_MS);
	}
}

static void what_was_stored_after_the_clock_followed_back_outlives_a_death(void **state)
{
	(void)state;
	sdd_store_close(store);
	open_store(ROOMY);
	clocks.wall_ms -= 2 * HOUR_MS;
	maintain();
	assert_false(sdd_timing_has_news(&store->layers.timing)); /* it is not written again */
	put("key", 10, 1, now() + HOUR_MS);
	clocks.wall_ms += 2 * HOUR_MS;
	die();
	assert_found("key", now(), 10, 1);
	assert_absent("key", now() + HOUR_MS);
}

/* In one boot, no wall clock tells how much time has passed. */
static void a_start_in_the_same_boot_goes_on_where_the_clock_was(void **state)
{
	static const int64_t errors[] = {2 * HOUR_MS, 30000, 0};

	(void)state;
	put("key", 10, 1, now() + HOUR_MS);
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		int64_t before = now();

		sdd_store_close(store);
		clocks.wall_ms = START_MS + errors[i];
		open_store(ROOMY);
		assert_int_equal(now(), before);
		assert_found("key", now(), 10, 1);
		clocks.wall_ms = START_MS; /* during the trial, too */
		sdd_store_update_clock(store);
		assert_int_equal(now(), before);
	}
}

static void without_the_id_of_a_boot_each_start_is_one(void **state)
{
	assert_int_equal(remove_store(state), 0);
	boot = 0;
	assert_int_equal(make_store(state), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(now(), clocks.wall_ms);
		assert_false(sdd_timing_is_unanchored(&store->layers.timing));
		maintain();
		sdd_store_close(store);
		clocks.wall_ms += 2 * HOUR_MS;
		open_store(ROOMY);
	}
}

static void after_a_reboot_the_offset_of_another_boot_says_nothing(void **state)
{
	(void)state;
	clocks.boot_ms += 100 * HOUR_MS;
	clocks.wall_ms += 100 * HOUR_MS;
	maintain();
	die();
	reboot(0);
	sdd_store_close(store);
	open_store(ROOMY);
	assert_int_equal(now(), clocks.wall_ms);
}

/* }}} */

/* {{{ the sweep after a start */

static void what_had_expired_at_the_start_is_swept_when_the_trial_is_over(void **state)
{
	(void)state;
	put("key", 10, 1, now() + HOUR_MS);
	put("soon", 10, 2, now() + 2 * HOUR_MS + 2000);
	reopen(ROOMY);
	sdd_store_close(store);
	reboot(2 * HOUR_MS); /* or it had been off */
	open_store(ROOMY);
	put("new", 10, 3, now() + 2000);
	for (int i = 0; i < 5; i++) {
		maintain();
	}
	assert_absent("key", now());
	assert_absent("soon", now());
	assert_found("key", BEFORE_ALL, 10, 1);
	assert_found("soon", BEFORE_ALL, 10, 2); /* is of before the start, too */
	assert_gone("new");
	pass(SDD_CLOCK_TRIAL_MS);
	maintain();
	assert_gone("key");
	assert_gone("soon");
}

static void a_wall_clock_that_is_set_back_during_the_trial_is_followed(void **state)
{
	(void)state;
	put("key", 10, 1, now() + HOUR_MS);
	sdd_store_close(store);
	reboot(2 * HOUR_MS);
	open_store(ROOMY);
	maintain();
	assert_absent("key", now());
	clocks.wall_ms -= 2 * HOUR_MS;
	maintain();
	assert_found("key", now(), 10, 1);
	pass(SDD_CLOCK_TRIAL_MS);
	maintain();
	assert_found("key", now(), 10, 1);
	pass(HOUR_MS);
	maintain();
	assert_gone("key");
}

static void what_the_log_has_and_has_expired_is_kept_during_the_trial(void **state)
{
	(void)state;
	put("key", 10, 1, now() + HOUR_MS);
	leave_with(SIZE_MAX);
	reboot(2 * HOUR_MS);
	open_store(ROOMY);
	maintain();
	maintain();
	assert_found("key", BEFORE_ALL, 10, 1);
	clocks.wall_ms -= 2 * HOUR_MS;
	maintain();
	assert_found("key", now(), 10, 1);
}

/* Whoever needs room gets that of what has expired. */
static void what_had_expired_at_the_start_is_swept_if_room_is_needed(void **state)
{
	(void)state;
	reopen(2 * MIB);
	for (size_t i = 0; i < 15; i++) {
		put(numbered("key", i), 100000, 1, now() + HOUR_MS);
	}
	reopen(2 * MIB);
	sdd_store_close(store);
	reboot(2 * HOUR_MS);
	open_store(2 * MIB);
	maintain();
	assert_found("key-0", BEFORE_ALL, 100000, 1);
	assert_int_equal(put_until(store, bytes_of("large"), value_of(1000000, 2), now() + HOUR_MS),
	                 SDD_FULL);
	for (int i = 0; i < 3; i++) {
		maintain();
	}
	assert_gone("key-0");
	assert_int_equal(put_until(store, bytes_of("large"), value_of(1000000, 2), now() + HOUR_MS),
	                 SDD_DONE);
}

static void a_store_that_was_just_made_is_swept_at_once(void **state)
{
	(void)state;
	put("key", 10, 1, now() + 500);
	maintain();
	maintain();
	assert_gone("key");
}

/* }}} */

/* {{{ times to live */

static void the_longest_ttl_is_remembered_however_the_process_ends(void **state)
{
	(void)state;
	put("key", 10, 1, now() + HOUR_MS);
	sdd_store_observe_ttl(store, HOUR_MS);
	maintain();
	die();
	assert_int_equal(sdd_store_longest_ttl(store), HOUR_MS);
	assert_int_equal(sdd_store_longest_missed(store), HOUR_MS);
	reopen(ROOMY);
	assert_int_equal(sdd_store_longest_ttl(store), HOUR_MS);
}

static void a_ttl_that_only_the_log_has_is_found_there(void **state)
{
	(void)state;
	put("key", 10, 1, now() + HOUR_MS);
	put("tombstone", 10, 1, now() + 2 * HOUR_MS);
	begin();
	assert_int_equal(sdd_store_put(store, key_of("tombstone"),
	                               &(struct sdd_entry){.expires_ms = now() + 2 * HOUR_MS,
	                                                   .flags = SDD_TOMBSTONE}),
	                 SDD_DONE);
	commit();
	leave_with(SIZE_MAX);
	clocks.wall_ms += 1000;
	open_store(ROOMY);
	assert_true(sdd_store_longest_missed(store) >= HOUR_MS - 1000);
}

static void the_time_that_was_served_is_remembered_and_none_in_which_it_was_down(void **state)
{
	(void)state;
	sdd_store_observe_ttl(store, HOUR_MS);
	maintain();
	pass(2 * HOUR_MS);
	sdd_store_observe_ttl(store, HOUR_MS);
	maintain();
	assert_int_equal(sdd_store_served_before(store), 0);
	die();
	assert_in_range(sdd_store_served_before(store), 2 * HOUR_MS, 2 * HOUR_MS + 10 * 1000);
	sdd_store_close(store);
	clocks.wall_ms += 100 * HOUR_MS;
	clocks.boot_ms += 100 * HOUR_MS;
	open_store(ROOMY);
	assert_in_range(sdd_store_served_before(store), 2 * HOUR_MS, 2 * HOUR_MS + 10 * 1000);
}

static void time_in_which_the_store_was_down_ends_no_ttl(void **state)
{
	(void)state;
	sdd_store_observe_ttl(store, HOUR_MS);
	maintain();
	sdd_store_close(store);
	clocks.wall_ms += 100 * HOUR_MS;
	clocks.boot_ms += 100 * HOUR_MS;
	open_store(ROOMY);
	pass(1000);
	assert_int_equal(sdd_store_longest_ttl(store), HOUR_MS);
	assert_int_equal(sdd_store_longest_missed(store), HOUR_MS);
	/* what was missed counts even when the time to live no longer does */
	pass(HOUR_MS + 2000);
	assert_int_equal(sdd_store_longest_ttl(store), 0);
	assert_int_equal(sdd_store_longest_missed(store), HOUR_MS);
	reopen(ROOMY);
	assert_int_equal(sdd_store_longest_missed(store), 0);
}

/* }}} */

/* {{{ versions */

static void put_version(const char *key, uint64_t version)
{
	const struct sdd_entry entry = {.expires_ms = now() + HOUR_MS, .version = version};

	begin();
	assert_int_equal(sdd_store_put(store, key_of(key), &entry), SDD_DONE);
	commit();
}

static void no_version_from_the_disk_is_followed_more_than_a_day_ahead(void **state)
{
	const uint64_t now_us = START_MS * 1000ull;
	const uint64_t day_us = 24 * HOUR_MS * 1000ull;
	const uint64_t versions[] = {UINT64_MAX, INT64_MAX, now_us + day_us + 1};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		put_version("key", versions[i]);
		die();
		assert_true(sdd_store_next_version(store, START_MS, 0) <= now_us + 1000);
		assert_true(sdd_store_next_version(store, START_MS, 0) >= now_us);
	}
	put_version("key", now_us + day_us);
	die();
	assert_true(sdd_store_next_version(store, START_MS, 0) == now_us + day_us + 1);
}

static void a_bound_of_the_far_future_is_not_believed(void **state)
{
	const uint64_t real_us = (uint64_t)sdd_clock_wall_ms() * 1000;
	const int64_t year_ms = 365 * 24 * HOUR_MS;

	(void)state;
	(void)sdd_store_next_version(store, sdd_clock_wall_ms() + year_ms, 0);
	reopen(ROOMY);
	assert_true(sdd_store_next_version(store, 1000, 0) < real_us + SDD_VERSION_AHEAD_MAX);
	reopen(ROOMY);
	assert_true(sdd_store_next_version(store, 1000, 0) < real_us + SDD_VERSION_AHEAD_MAX);
}

/* }}} */

#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, start, remove_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLOCK_TEST(a_wrong_wall_clock_is_one_line_and_ends_nothing),
		CLOCK_TEST(what_was_stored_while_the_wall_clock_was_behind_outlives_the_next_start),
		CLOCK_TEST(what_was_stored_while_the_wall_clock_was_behind_outlives_a_death_at_any_moment),
		CLOCK_TEST(what_was_stored_after_the_clock_followed_back_outlives_a_death),
		CLOCK_TEST(a_start_in_the_same_boot_goes_on_where_the_clock_was),
		CLOCK_TEST(without_the_id_of_a_boot_each_start_is_one),
		CLOCK_TEST(after_a_reboot_the_offset_of_another_boot_says_nothing),
		CLOCK_TEST(what_had_expired_at_the_start_is_swept_when_the_trial_is_over),
		CLOCK_TEST(a_wall_clock_that_is_set_back_during_the_trial_is_followed),
		CLOCK_TEST(what_the_log_has_and_has_expired_is_kept_during_the_trial),
		CLOCK_TEST(what_had_expired_at_the_start_is_swept_if_room_is_needed),
		CLOCK_TEST(a_store_that_was_just_made_is_swept_at_once),
		CLOCK_TEST(the_longest_ttl_is_remembered_however_the_process_ends),
		CLOCK_TEST(a_ttl_that_only_the_log_has_is_found_there),
		CLOCK_TEST(the_time_that_was_served_is_remembered_and_none_in_which_it_was_down),
		CLOCK_TEST(time_in_which_the_store_was_down_ends_no_ttl),
		CLOCK_TEST(no_version_from_the_disk_is_followed_more_than_a_day_ahead),
		CLOCK_TEST(a_bound_of_the_far_future_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
