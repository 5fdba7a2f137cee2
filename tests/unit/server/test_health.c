/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The health of the store: what counts of two parts, and how many lines a state that comes and goes
 * has. */

#include "server/store/health.h"

#include "tests/unit/server/caught_log.h"
#include "tests/unit/unit.h"

static void set_wal(struct sdd_health *health, enum sdd_health_state state)
{
	sdd_health_set(health, SDD_HEALTH_WAL, state, "No space left on device");
}

static void the_worse_part_counts_and_each_change_is_a_line(void **state)
{
	struct sdd_health health = {0};

	(void)state;
	set_wal(&health, SDD_NO_ROOM);
	assert_string_equal(last, "the store is FULL: No space left on device");
	sdd_health_set(&health, SDD_HEALTH_BTREE, SDD_READ_ONLY, "Input/output error");
	assert_string_equal(last, "the store is READ_ONLY: Input/output error");
	set_wal(&health, SDD_OK);
	sdd_health_set(&health, SDD_HEALTH_BTREE, SDD_READ_ONLY, "Input/output error");
	assert_int_equal(line_count, 2);
	assert_int_equal(sdd_health_state(&health), SDD_READ_ONLY);
	sdd_health_set(&health, SDD_HEALTH_BTREE, SDD_OK, "");
	assert_string_equal(last, "the store is OK again");
	assert_int_equal(line_count, 3);
}

static void
a_state_that_comes_and_goes_has_few_lines_a_minute_and_the_last_one_is_true(void **state)
{
	enum { MINUTES = 5, CHANGES = 1001 };
	struct sdd_health health = {0};

	(void)state;
	for (int minute = 0; minute < MINUTES; minute++) {
		line_count = 0;
		for (int i = 0; i < CHANGES; i++) {
			now_ms += MINUTE_MS / (CHANGES + 1);
			set_wal(&health, i % 2 == 0 ? SDD_NO_ROOM : SDD_OK);
			sdd_health_report(&health);
		}
		assert_in_range(line_count, 1, SDD_HEALTH_LINES + 1);
		set_wal(&health, SDD_OK);
	}
	set_wal(&health, SDD_NO_ROOM);
	now_ms += MINUTE_MS;
	sdd_health_report(&health);
	assert_non_null(strstr(last, "the store is FULL: No space left on device (after "));
	line_count = 0;
	sdd_health_report(&health);
	assert_int_equal(line_count, 0);
	set_wal(&health, SDD_OK);
	assert_string_equal(last, "the store is OK again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_worse_part_counts_and_each_change_is_a_line),
		TEST(a_state_that_comes_and_goes_has_few_lines_a_minute_and_the_last_one_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
