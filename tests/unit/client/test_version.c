/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Versions of writes that follow from what is there. */

#include "client/policy/version.h"
#include "tests/unit/unit.h"

static void the_next_version_is_just_above_and_says_who_made_it(void **state)
{
	(void)state;
	for (uint64_t version = 0; version < 64; version++) {
		for (unsigned maker = SD_VERSION_FIRST; maker <= SD_VERSION_REPEATED; maker++) {
			uint64_t next = sd_version_next(version, (enum sd_version_maker)maker);

			assert_in_range(next, version + 1, version + SD_VERSION_NEXT_MAX);
			assert_int_equal(next & SD_VERSION_MAKER_MASK, maker);
			assert_int_equal(sd_version_is_repeated(next, version), maker == SD_VERSION_REPEATED);
		}
	}
}

static void what_is_further_above_or_below_was_not_repeated_above_it(void **state)
{
	uint64_t repeated = sd_version_next(1000, SD_VERSION_REPEATED);

	(void)state;
	assert_true(sd_version_is_repeated(repeated, 1000));
	assert_false(sd_version_is_repeated(repeated + SD_VERSION_NEXT_MAX, 1000));
	assert_false(sd_version_is_repeated(repeated, repeated));
	assert_false(sd_version_is_repeated(repeated, repeated + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_version_is_just_above_and_says_who_made_it),
		cmocka_unit_test(what_is_further_above_or_below_was_not_repeated_above_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
