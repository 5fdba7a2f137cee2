/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The store's clock, with clocks of the system that the test sets. */

#include "server/system/store_clock.h"
#include "tests/unit/unit.h"

#define HOUR_MS (60 * 60 * 1000ll)
#define MINUTE_MS (60 * 1000ll)
#define START_MS (450000 * HOUR_MS) /* since 1970: the true time of the start */

/* {{{ the system's clocks: `true_ms` goes on, and the wall clock is wrong by `error_ms` */

static struct sdd_store_clock clock_;
static struct sdd_clock_reading now;
static int64_t true_ms;

static void set_wall(int64_t error_ms)
{
	now.wall_ms = true_ms + error_ms;
}

static int start(void **state)
{
	(void)state;
	true_ms = START_MS;
	now.boot_ms = 5 * HOUR_MS;
	set_wall(0);
	return 0;
}

/* Lets time pass. Returns what is told of the wall clock, -1 if nothing is. */
static int64_t pass(int64_t ms)
{
	int64_t ahead_ms;

	true_ms += ms;
	now.boot_ms += ms;
	now.wall_ms += ms;
	return sdd_store_clock_update(&clock_, &now, &ahead_ms) ? ahead_ms : -1;
}

/* How far the store's clock is ahead of the true time. */
static int64_t error(void)
{
	return sdd_store_clock_at(&clock_, now.boot_ms) - true_ms;
}

/* The server is started anew, after the machine was, as far as its clocks are concerned. */
static void restart(void)
{
	int64_t skew_ms = sdd_store_clock_skew(&clock_);

	now.boot_ms = 1000;
	sdd_store_clock_start(&clock_, &now, skew_ms);
}

/* }}} */

static void it_begins_with_the_wall_clock_and_goes_on_with_the_boot_clock(void **state)
{
	(void)state;
	sdd_store_clock_start(&clock_, &now, 0);
	assert_int_equal(error(), 0);
	assert_int_equal(pass(HOUR_MS), -1);
	assert_int_equal(error(), 0);
	assert_int_equal(sdd_store_clock_skew(&clock_), 0);
	assert_int_equal(sdd_store_clock_wall_at(&clock_, now.boot_ms), true_ms);
}

static void setting_the_wall_clock_while_it_runs_changes_nothing(void **state)
{
	static const int64_t errors[] = {2 * HOUR_MS, -2 * HOUR_MS};

	(void)state;
	for (int i = 0; i < 2; i++) {
		(void)start(state);
		sdd_store_clock_start(&clock_, &now, 0);
		(void)pass(HOUR_MS);
		set_wall(errors[i]);
		assert_int_equal(pass(1000), errors[i]);
		assert_int_equal(error(), 0);
		assert_int_equal(sdd_store_clock_wall_at(&clock_, now.boot_ms), true_ms + errors[i]);
		assert_int_equal(pass(1000), -1); /* is told once */
		set_wall(0);
		assert_int_equal(pass(1000), 0); /* and that it is right again */
		assert_int_equal(pass(1000), -1);
		assert_int_equal(error(), 0);
	}
}

static void small_steps_are_not_told_and_large_ones_are_each(void **state)
{
	(void)state;
	sdd_store_clock_start(&clock_, &now, 0);
	(void)pass(HOUR_MS);
	set_wall(MINUTE_MS);
	assert_int_equal(pass(0), -1);
	set_wall(MINUTE_MS + 1);
	assert_int_equal(pass(0), MINUTE_MS + 1);
	set_wall(2 * MINUTE_MS);
	assert_int_equal(pass(0), -1);
	set_wall(3 * MINUTE_MS);
	assert_int_equal(pass(0), 3 * MINUTE_MS);
	set_wall(-3 * MINUTE_MS);
	assert_int_equal(pass(0), -3 * MINUTE_MS);
}

/* Started 2 hours behind, then set right, then started again: what was stored first lives on. */
static void a_start_behind_is_remembered_by_the_next_start(void **state)
{
	(void)state;
	set_wall(-2 * HOUR_MS);
	sdd_store_clock_start(&clock_, &now, 0);
	assert_int_equal(pass(1000), -1);
	set_wall(0);
	assert_int_equal(pass(1000), 2 * HOUR_MS);
	assert_int_equal(error(), -2 * HOUR_MS);
	assert_int_equal(sdd_store_clock_skew(&clock_), 2 * HOUR_MS);
	restart();
	assert_int_equal(error(), -2 * HOUR_MS);
	assert_int_equal(pass(1000), 2 * HOUR_MS);
	restart();
	assert_int_equal(error(), -2 * HOUR_MS);
}

static void a_start_ahead_is_followed_back_while_it_is_on_trial(void **state)
{
	(void)state;
	set_wall(2 * HOUR_MS);
	sdd_store_clock_start(&clock_, &now, 0);
	assert_int_equal(clock_.doubtful_ms, START_MS + 2 * HOUR_MS);
	assert_true(sdd_store_clock_is_on_trial(&clock_));
	(void)pass(SDD_CLOCK_TRIAL_MS - 1000);
	assert_int_equal(error(), 2 * HOUR_MS);
	set_wall(0);
	assert_int_equal(pass(999), -2 * HOUR_MS); /* it was wrong */
	assert_int_equal(error(), 0);
	assert_int_equal(clock_.doubtful_ms, START_MS);
	set_wall(0);
	assert_int_equal(pass(0), -1);
	/* it does not follow ahead again */
	set_wall(HOUR_MS);
	assert_int_equal(pass(0), HOUR_MS);
	assert_int_equal(error(), 0);
}

static void after_the_trial_it_never_goes_back(void **state)
{
	(void)state;
	set_wall(2 * HOUR_MS);
	sdd_store_clock_start(&clock_, &now, 0);
	(void)pass(SDD_CLOCK_TRIAL_MS);
	assert_false(sdd_store_clock_is_on_trial(&clock_));
	set_wall(0);
	assert_int_equal(pass(0), -2 * HOUR_MS);
	assert_int_equal(error(), 2 * HOUR_MS);
	assert_int_equal(sdd_store_clock_skew(&clock_), 0);
	restart();
	assert_int_equal(error(), 0);
}

/* Whatever the wall clock did, no start cuts a time to live short: the clock of the next one is
 * not ahead, as long as its wall clock is not ahead of the true time, or is set right during the
 * trial. */
static void no_start_is_ahead_of_the_clock_before(void **state)
{
	static const int64_t errors[] = {0, 2 * HOUR_MS, -2 * HOUR_MS, 30000, -30000};

	(void)state;
	for (int i = 0; i < 5 * 5 * 5; i++) {
		int64_t before;

		(void)start(state);
		set_wall(errors[i % 5]);
		sdd_store_clock_start(&clock_, &now, 0);
		(void)pass(SDD_CLOCK_TRIAL_MS);
		set_wall(errors[i / 5 % 5]);
		(void)pass(2000);
		set_wall(0);
		(void)pass(2000);
		before = error();
		set_wall(errors[i / 25]);
		restart();
		(void)pass(2000);
		set_wall(0);
		(void)pass(2000);
		assert_true(error() <= before);
	}
}

static void noise_of_less_than_a_second_does_not_move_it(void **state)
{
	(void)state;
	sdd_store_clock_start(&clock_, &now, 0);
	for (int64_t noise = -1000; noise <= 1000; noise += 100) {
		set_wall(noise);
		assert_int_equal(pass(10), -1);
		assert_int_equal(error(), 0);
	}
}

/* What looks expired to this clock is in doubt, and not what looks so to the wall clock. */
static void a_start_in_the_same_boot_goes_on_at_its_offset(void **state)
{
	const int64_t offset_ms = true_ms - now.boot_ms;

	(void)state;
	set_wall(2 * HOUR_MS);
	sdd_store_clock_continue(&clock_, &now, offset_ms);
	assert_int_equal(error(), 0);
	assert_int_equal(clock_.doubtful_ms, START_MS);
	set_wall(-HOUR_MS);
	sdd_store_clock_continue(&clock_, &now, offset_ms);
	assert_int_equal(pass(0), -HOUR_MS);
	assert_int_equal(error(), -HOUR_MS);
	assert_int_equal(clock_.doubtful_ms, START_MS - HOUR_MS);
	assert_int_equal(pass(0), -1);
}

static void a_skew_is_never_negative(void **state)
{
	(void)state;
	sdd_store_clock_start(&clock_, &now, -HOUR_MS);
	assert_int_equal(error(), 0);
}

static void the_systems_clocks_are_read_together(void **state)
{
	struct sdd_clock_reading reading = sdd_clock_read();

	(void)state;
	assert_true(reading.wall_ms <= sdd_clock_wall_ms() + 1000);
	assert_true(reading.boot_ms <= sdd_clock_boot_ms());
	assert_true(sdd_clock_boot_ms() + 1 >= sdd_clock_monotonic_ms());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_begins_with_the_wall_clock_and_goes_on_with_the_boot_clock,
	                           start),
		cmocka_unit_test_setup(setting_the_wall_clock_while_it_runs_changes_nothing, start),
		cmocka_unit_test_setup(small_steps_are_not_told_and_large_ones_are_each, start),
		cmocka_unit_test_setup(a_start_behind_is_remembered_by_the_next_start, start),
		cmocka_unit_test_setup(a_start_ahead_is_followed_back_while_it_is_on_trial, start),
		cmocka_unit_test_setup(after_the_trial_it_never_goes_back, start),
		cmocka_unit_test_setup(no_start_is_ahead_of_the_clock_before, start),
		cmocka_unit_test_setup(noise_of_less_than_a_second_does_not_move_it, start),
		cmocka_unit_test_setup(a_start_in_the_same_boot_goes_on_at_its_offset, start),
		cmocka_unit_test_setup(a_skew_is_never_negative, start),
		cmocka_unit_test(the_systems_clocks_are_read_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
