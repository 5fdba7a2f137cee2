/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* server/store/extent_map against an array with a byte for each page, by chance. */

#include "server/store/extent_map.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit/unit.h"

#define PAGES 700

static bool taken[PAGES];

static bool is_free(uint64_t first, uint64_t pages)
{
	for (uint64_t i = first; i < first + pages; i++) {
		if (i >= PAGES || taken[i]) {
			return false;
		}
	}
	return true;
}

/* The first run of free pages, as slowly as it can be found. False: there is none. */
static bool find(uint64_t pages, uint64_t from, uint64_t *first)
{
	for (*first = from; *first + pages <= PAGES; (*first)++) {
		if (is_free(*first, pages)) {
			return true;
		}
	}
	return false;
}

static void set(uint64_t first, uint64_t pages, bool is_taken)
{
	memset(taken + first, is_taken, pages);
}

static void assert_gaps(const struct sdd_extent_map *map)
{
	uint64_t expected = 0;
	uint64_t first = 0;
	uint64_t pages = 0;
	uint64_t end = PAGES;

	while (end > 0 && !taken[end - 1]) {
		end--;
	}
	while (sdd_extent_map_gap(map, first + pages, &first, &pages)) {
		while (taken[expected]) {
			expected++;
		}
		assert_int_equal(first, expected);
		assert_true(is_free(first, pages) && taken[first + pages]);
		expected = first + pages;
	}
	assert_int_equal(first, end);
}

/* Many lengths, so that each class of them and each place in a word is met. */
static void the_first_run_that_is_long_enough_is_taken(void **state)
{
	struct sdd_extent_map map = {.most = PAGES};
	struct chance chance = {20260201};

	(void)state;
	set(0, PAGES, false);
	for (int round = 0; round < 30000; round++) {
		uint64_t pages = chance_between(&chance, 1, round % 7 == 0 ? 150 : 9);
		uint64_t from = round % 5 == 0 ? chance_between(&chance, 0, PAGES) : 0;
		uint64_t expected;
		uint64_t first;

		if (chance_between(&chance, 0, 2) == 0) {
			first = chance_between(&chance, 0, (uint32_t)(PAGES - pages));
			sdd_extent_map_free(&map, first, pages);
			set(first, pages, false);
		} else if (round % 50 == 0) {
			first = chance_between(&chance, 0, (uint32_t)(PAGES - pages));
			assert_true(sdd_extent_map_mark(&map, first, pages));
			set(first, pages, true);
		} else if (find(pages, from, &expected)) {
			assert_true(sdd_extent_map_take(&map, pages, from, &first));
			assert_int_equal(first, expected);
			set(first, pages, true);
		} else {
			assert_false(sdd_extent_map_take(&map, pages, from, &first));
		}
		if (round % 100 == 0) {
			uint64_t count = 0;

			for (size_t i = 0; i < PAGES; i++) {
				count += taken[i];
			}
			assert_int_equal(map.taken, count);
			assert_gaps(&map);
		}
	}
	sdd_extent_map_clear(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_run_that_is_long_enough_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
