/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Decimals and base64, in both directions. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/guard.h"
#include "tests/unit/unit.h"
#include "wire/encoding.h"

#define BYTES_MAX 300

static struct guard in_guard;
static struct guard out_guard;

static int set_up(void **state)
{
	(void)state;
	guard_open(&in_guard);
	guard_open(&out_guard);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guard_close(&in_guard);
	guard_close(&out_guard);
	return 0;
}

static void numbers_are_read_up_to_64_bits(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(sd_decimal_read((const uint8_t *)"18446744073709551615", 20, &value));
	assert_true(value == UINT64_MAX);
	assert_false(sd_decimal_read((const uint8_t *)"18446744073709551616", 20, &value));
	assert_false(sd_decimal_read((const uint8_t *)"99999999999999999999", 20, &value));
	assert_false(sd_decimal_read((const uint8_t *)"", 0, &value));
	assert_false(sd_decimal_read((const uint8_t *)"1a", 2, &value));
	assert_false(sd_decimal_read((const uint8_t *)"-1", 2, &value));
}

static void assert_written(uint64_t number)
{
	uint8_t digits[20];
	char wanted[21];

	(void)snprintf(wanted, sizeof(wanted), "%" PRIu64, number);
	assert_int_equal(sd_decimal_write(digits, number), strlen(wanted));
	assert_memory_equal(digits, wanted, strlen(wanted));
}

static void numbers_of_every_length_are_written_in_decimal(void **state)
{
	(void)state;
	for (uint64_t number = 0; number < 11000; number++) {
		assert_written(number);
	}
	for (uint64_t power = 10000; power <= UINT64_MAX / 10; power *= 10) {
		assert_written(power - 1);
		assert_written(power);
		assert_written(power + 12345);
	}
	assert_written(9999999999999999999u);
	assert_written(10000000000000000000u);
	assert_written(UINT64_MAX);
}

/* Nothing is written past the length that the header promises, nor read past the input. */
static void bytes_of_every_length_come_back_from_base64(void **state)
{
	uint8_t bytes[BYTES_MAX];
	uint8_t back[BYTES_MAX];

	(void)state;
	for (size_t length = 1; length <= BYTES_MAX; length++) {
		uint8_t text[SD_BASE64_LENGTH(BYTES_MAX)];
		size_t written;

		for (size_t i = 0; i < length; i++) {
			bytes[i] = (uint8_t)(length * 31 + i * 7);
		}
		written = sd_base64_write(text, guard_copy(&in_guard, bytes, length), length);
		assert_int_equal(written, SD_BASE64_LENGTH(length));
		assert_int_equal(
			sd_base64_read(guard_copy(&out_guard, text, written), written, back, length), length);
		assert_memory_equal(back, bytes, length);
		assert_int_equal(sd_base64_read(text, written, back, length - 1), 0);
	}
}

static void each_token_of_a_holder_comes_back_and_nothing_else_is_one(void **state)
{
	uint8_t text[SD_HOLDER_LENGTH];
	uint64_t holder;

	(void)state;
	for (unsigned place = 0; place < 64; place += 4) {
		for (uint64_t digit = 0; digit < 16; digit++) {
			uint64_t written = digit << place | 5ull << (place + 32) % 64;

			sd_holder_write(text, written);
			assert_true(sd_holder_read(text, sizeof(text), &holder));
			assert_true(holder == written);
		}
	}
	for (size_t place = 0; place < sizeof(text); place++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			bool is_one = byte >= 'P' && byte <= '_';

			memset(text, '_', sizeof(text));
			text[place] = (uint8_t)byte;
			assert_int_equal(sd_holder_read(text, sizeof(text), &holder), is_one);
			assert_int_equal(is_one && holder == UINT64_MAX, byte == '_');
		}
	}
	assert_false(sd_holder_read(text, 15, &holder));
	assert_false(sd_holder_read(text, 17, &holder));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_up_to_64_bits),
		cmocka_unit_test(numbers_of_every_length_are_written_in_decimal),
		cmocka_unit_test(bytes_of_every_length_come_back_from_base64),
		cmocka_unit_test(each_token_of_a_holder_comes_back_and_nothing_else_is_one),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
