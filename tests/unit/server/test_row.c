/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* server/store/row: no flipped bit of what is stored goes unnoticed. */

#include "server/store/row.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct sd_bytes key = {"key", 3};
static const struct sd_bytes value = {"a value of some bytes", 21};

static struct sdd_row row_of_value(uint16_t storage)
{
	return (struct sdd_row){
		.expires_ms = 1000,
		.indexed_ms = 900,
		.version = 77,
		.client_flags = 5,
		.length = (uint32_t)value.length,
		.flags = 3,
		.storage = storage,
		.epoch = 2,
		.value_check = sdd_row_value_check(value),
	};
}

/* What is stored for a key: the row, and the value unless it is apart. */
static struct sd_bytes stored(uint8_t room[128], const struct sdd_row *row)
{
	size_t length = sdd_row_size(row);

	sdd_row_write(room, row, key);
	if (!(row->storage & SDD_ROW_APART)) {
		memcpy(room + length, value.data, value.length);
		length += value.length;
	}
	return (struct sd_bytes){room, length};
}

static bool is_whole(struct sd_bytes found)
{
	struct sdd_row row;
	struct sd_bytes read;

	return sdd_row_read(found, key, &row, &read) &&
	       (row.storage & SDD_ROW_APART || sdd_row_has_value(&row, read));
}

static void what_was_written_is_read(void **state)
{
	static const uint16_t storages[] = {0, SDD_ROW_APART, SDD_ROW_CHECKED,
	                                    SDD_ROW_APART | SDD_ROW_CHECKED};

	(void)state;
	for (size_t i = 0; i < sizeof(storages) / sizeof(storages[0]); i++) {
		struct sdd_row row = row_of_value(storages[i]);
		uint8_t room[128];
		struct sdd_row read;
		struct sd_bytes found;

		assert_true(sdd_row_read(stored(room, &row), key, &read, &found));
		assert_int_equal(read.expires_ms, 1000);
		assert_int_equal(read.indexed_ms, 900);
		assert_int_equal(read.version, 77);
		assert_int_equal(read.client_flags, 5);
		assert_int_equal(read.length, value.length);
		assert_int_equal(read.flags, 3);
		assert_int_equal(read.epoch, 2);
		if (storages[i] & SDD_ROW_APART) {
			assert_int_equal(found.length, 0);
			assert_true(sdd_row_has_value(&read, value));
		} else {
			assert_true(sdd_row_has_value(&read, found));
			assert_memory_equal(found.data, value.data, value.length);
		}
	}
}

static void a_flipped_bit_anywhere_is_noticed(void **state)
{
	(void)state;
	for (int apart = 0; apart < 2; apart++) {
		struct sdd_row row = row_of_value(SDD_ROW_CHECKED | (apart ? SDD_ROW_APART : 0));
		uint8_t room[128];
		struct sd_bytes found = stored(room, &row);

		assert_true(is_whole(found));
		for (size_t bit = 0; bit < 8 * found.length; bit++) {
			room[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_false(is_whole(found));
			room[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_true(is_whole(found));
	}
}

static void a_row_cut_anywhere_is_damaged(void **state)
{
	struct sdd_row row = row_of_value(SDD_ROW_CHECKED);
	uint8_t room[128];
	struct sd_bytes found = stored(room, &row);

	(void)state;
	for (size_t length = 0; length < found.length; length++) {
		assert_false(is_whole((struct sd_bytes){room, length}));
	}
}

static void a_row_belongs_to_its_key(void **state)
{
	struct sdd_row row = row_of_value(SDD_ROW_CHECKED);
	uint8_t room[128];
	struct sd_bytes found = stored(room, &row);
	struct sd_bytes read;

	(void)state;
	assert_false(sdd_row_read(found, (struct sd_bytes){"kez", 3}, &row, &read));
	assert_false(sdd_row_read(found, (struct sd_bytes){"ke", 2}, &row, &read));
}

static void another_value_is_not_the_rows(void **state)
{
	struct sdd_row row = row_of_value(SDD_ROW_CHECKED | SDD_ROW_APART);

	(void)state;
	assert_true(sdd_row_has_value(&row, value));
	assert_false(sdd_row_has_value(&row, (struct sd_bytes){"A value of some bytes", 21}));
	assert_false(sdd_row_has_value(&row, (struct sd_bytes){value.data, 20}));
	assert_false(sdd_row_has_value(&row, (struct sd_bytes){NULL, 0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(a_flipped_bit_anywhere_is_noticed),
		cmocka_unit_test(a_row_cut_anywhere_is_damaged),
		cmocka_unit_test(a_row_belongs_to_its_key),
		cmocka_unit_test(another_value_is_not_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
