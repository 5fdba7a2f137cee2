/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* When entries were last read: what is known of how many keys, and what that takes. */

#include "server/protocol/last_access.h"

#include "tests/unit/unit.h"

#define MOST 65536 /* slots */
#define BITS 20    /* of a hash that choose no slot: the lowest */

static struct sdd_key key_of(uint64_t slot)
{
	return (struct sdd_key){.bytes = {"", 0}, .hash = (slot << BITS) + 1};
}

static void what_was_read_last_is_known(void **state)
{
	struct sdd_last_access *last_access = sdd_last_access_new();
	struct sdd_key key = key_of(7);
	int64_t last_ms;

	(void)state;
	assert_false(sdd_last_access_find(last_access, &key, &last_ms));
	assert_int_equal(last_ms, 0);
	sdd_last_access_update(last_access, &key, 10, /* is_written */ true);
	assert_false(sdd_last_access_find(last_access, &key, &last_ms));
	assert_int_equal(last_ms, 10);
	sdd_last_access_update(last_access, &key, 20, /* is_written */ false);
	assert_true(sdd_last_access_find(last_access, &key, &last_ms));
	assert_int_equal(last_ms, 20);
	sdd_last_access_free(last_access);
}

static void it_grows_until_each_of_so_many_keys_is_known(void **state)
{
	struct sdd_last_access *last_access = sdd_last_access_new();
	int64_t last_ms;

	(void)state;
	for (uint64_t slot = 0; slot < MOST; slot++) {
		struct sdd_key key = key_of(slot);

		sdd_last_access_update(last_access, &key, (int64_t)slot + 1, /* is_written */ false);
	}
	for (uint64_t slot = 0; slot < MOST; slot++) {
		struct sdd_key key = key_of(slot);

		assert_true(sdd_last_access_find(last_access, &key, &last_ms));
		assert_int_equal(last_ms, slot + 1);
	}
	sdd_last_access_free(last_access);
}

static void it_grows_no_further_and_the_later_access_counts(void **state)
{
	struct sdd_last_access *last_access = sdd_last_access_new();
	struct sdd_key one = key_of(7);
	struct sdd_key two = key_of(7 + MOST);
	int64_t last_ms;

	(void)state;
	sdd_last_access_update(last_access, &one, 10, /* is_written */ false);
	sdd_last_access_update(last_access, &two, 20, /* is_written */ false);
	assert_false(sdd_last_access_find(last_access, &one, &last_ms));
	assert_int_equal(last_ms, 0);
	assert_true(sdd_last_access_find(last_access, &two, &last_ms));
	assert_int_equal(last_ms, 20);
	sdd_last_access_free(last_access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_last_is_known),
		cmocka_unit_test(it_grows_until_each_of_so_many_keys_is_known),
		cmocka_unit_test(it_grows_no_further_and_the_later_access_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
