/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* When entries were last read: what is known of how many keys, and what that takes. */

#include "server/protocol/last_access.h"

#include "tests/unit/unit.h"

#define MOST 65536 /* slots */
#define WAYS 8     /* slots that a key may have */
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

static void it_grows_no_further_and_the_later_accesses_count(void **state)
{
	struct sdd_last_access *last_access = sdd_last_access_new();
	int64_t last_ms;

	(void)state;
	for (uint64_t i = 0; i <= WAYS; i++) {
		struct sdd_key key = key_of(7 + i * MOST);

		sdd_last_access_update(last_access, &key, (int64_t)(10 + i), /* is_written */ false);
	}
	for (uint64_t i = 0; i <= WAYS; i++) {
		struct sdd_key key = key_of(7 + i * MOST);

		assert_int_equal(sdd_last_access_find(last_access, &key, &last_ms), i > 0);
		assert_int_equal(last_ms, i > 0 ? 10 + i : 0);
	}
	sdd_last_access_free(last_access);
}

static size_t allocated_at_most; /* bytes, by one call */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	allocated_at_most = count * size > allocated_at_most ? count * size : allocated_at_most;
	return __real_calloc(count, size);
}

/* Numbers that are spread as the hashes of keys are (splitmix64). */
static uint64_t spread(uint64_t number)
{
	number *= UINT64_C(0x9e3779b97f4a7c15);
	number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
	return number ^ number >> 31;
}

static void some_hundred_keys_take_little_memory(void **state)
{
	struct sdd_last_access *last_access;

	(void)state;
	allocated_at_most = 0;
	last_access = sdd_last_access_new();
	for (uint64_t i = 1; i <= 500; i++) {
		struct sdd_key key = {.bytes = {"", 0}, .hash = spread(i)};

		sdd_last_access_update(last_access, &key, 10, /* is_written */ false);
	}
	assert_in_range(allocated_at_most, 1, 200000);
	sdd_last_access_free(last_access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_last_is_known),
		cmocka_unit_test(it_grows_until_each_of_so_many_keys_is_known),
		cmocka_unit_test(it_grows_no_further_and_the_later_accesses_count),
		cmocka_unit_test(some_hundred_keys_take_little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
