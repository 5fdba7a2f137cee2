/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* wire/meta: requests read from every number of bytes, numbers, base64. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/guard.h"
#include "tests/unit/unit.h"
#include "wire/meta.h"

static struct sd_meta_request request;
static struct guard guard;

static const uint8_t *guarded(const void *bytes, size_t length)
{
	return guard_copy(&guard, bytes, length);
}

static int set_up(void **state)
{
	(void)state;
	guard_open(&guard);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guard_close(&guard);
	return 0;
}

/* Reads a line that stands right before a page that must not be touched. */
static enum sd_meta_parse parse(const char *line)
{
	size_t length = strlen(line);

	return sd_meta_read_request(guarded(line, length), length, &request);
}

static void assert_error(const char *line, const char *error)
{
	assert_int_equal(parse(line), SD_META_COMPLETE);
	assert_non_null(request.error);
	assert_string_equal(request.error, error);
}

static void a_line_is_incomplete_until_its_last_byte(void **state)
{
	const char line[] = "ms key 5 T60 F1 c E12 Oabc\r\n";

	(void)state;
	for (size_t length = 0; length < sizeof(line) - 1; length++) {
		assert_int_equal(sd_meta_read_request(guarded(line, length), length, &request),
		                 SD_META_INCOMPLETE);
	}
	assert_int_equal(parse(line), SD_META_COMPLETE);
	assert_null(request.error);
	assert_int_equal(request.command, SD_META_SET);
	assert_int_equal(request.line_length, sizeof(line) - 1);
	assert_int_equal(request.data_length, 5);
	assert_int_equal(request.ttl, 60);
	assert_int_equal(request.client_flags, 1);
	assert_int_equal(request.version, 12);
	assert_int_equal(request.flag_count, 5);
}

static void a_line_that_does_not_end_is_too_long(void **state)
{
	char line[SD_META_LINE_MAX + 2];

	(void)state;
	memset(line, 'x', sizeof(line));
	for (size_t length = sizeof(line) - 1; length <= sizeof(line); length++) {
		enum sd_meta_parse wanted = length < sizeof(line) ? SD_META_INCOMPLETE : SD_META_TOO_LONG;

		assert_int_equal(sd_meta_read_request(guarded(line, length), length, &request), wanted);
	}
}

static void lines_end_with_or_without_a_carriage_return(void **state)
{
	(void)state;
	assert_int_equal(parse("mg key v\n"), SD_META_COMPLETE);
	assert_null(request.error);
	assert_true(request.wants_value);
	assert_int_equal(request.line_length, 9);
}

static void commands_take_their_flags_and_no_others(void **state)
{
	(void)state;
	assert_error("mg k F1\r\n", "CLIENT_ERROR invalid flag");
	assert_error("md k v\r\n", "CLIENT_ERROR invalid or duplicate flag");
	assert_error("ma k I\r\n", "CLIENT_ERROR invalid or duplicate flag");
	assert_error("mg k v v\r\n", "CLIENT_ERROR duplicate flag");
	assert_error("mgk\r\n", "ERROR");
	assert_error("\r\n", "ERROR");
	assert_error("mg k \x80\r\n", "CLIENT_ERROR invalid flag");
}

static void a_proof_is_a_version_and_only_of_a_get_that_compares(void **state)
{
	(void)state;
	assert_int_equal(parse("mg k U18446744073709551615 G u\r\n"), SD_META_COMPLETE);
	assert_null(request.error);
	assert_true(request.has_proof);
	assert_true(request.proof == UINT64_MAX);
	assert_int_equal(parse("mg k G u\r\n"), SD_META_COMPLETE);
	assert_null(request.error);
	assert_false(request.has_proof);
	assert_error("mg k G U18446744073709551616\r\n",
	             "CLIENT_ERROR bad token in command line format");
	assert_error("mg k G U\r\n", "CLIENT_ERROR bad token in command line format");
	assert_error("mg k G U-1\r\n", "CLIENT_ERROR bad token in command line format");
	assert_error("mg k G U1 U1\r\n", "CLIENT_ERROR duplicate flag");
	assert_error("mg k U1\r\n", "CLIENT_ERROR invalid flag");
	assert_error("ms k 1 G U1\r\n", "CLIENT_ERROR invalid flag");
	assert_error("md k G U1\r\n", "CLIENT_ERROR invalid or duplicate flag");
	assert_error("ma k U1\r\n", "CLIENT_ERROR invalid or duplicate flag");
}

static void the_data_of_a_request_with_an_error_is_known_of(void **state)
{
	(void)state;
	assert_error("ms k 7 Tx\r\n", "CLIENT_ERROR bad token in command line format");
	assert_true(request.has_data);
	assert_int_equal(request.data_length, 7);
	assert_error("ms k 99999999999999999999\r\n", "CLIENT_ERROR bad command line format");
	assert_false(request.has_data);
}

static void numbers_are_read_up_to_64_bits(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(sd_meta_read_u64((const uint8_t *)"18446744073709551615", 20, &value));
	assert_true(value == UINT64_MAX);
	assert_false(sd_meta_read_u64((const uint8_t *)"18446744073709551616", 20, &value));
	assert_false(sd_meta_read_u64((const uint8_t *)"99999999999999999999", 20, &value));
	assert_false(sd_meta_read_u64((const uint8_t *)"", 0, &value));
	assert_false(sd_meta_read_u64((const uint8_t *)"1a", 2, &value));
	assert_false(sd_meta_read_u64((const uint8_t *)"-1", 2, &value));
}

static void assert_written(uint64_t number)
{
	uint8_t digits[20];
	char wanted[21];

	(void)snprintf(wanted, sizeof(wanted), "%" PRIu64, number);
	assert_int_equal(sd_meta_write_u64(digits, number), strlen(wanted));
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

/* Keys of every length and of every byte come back. */
static void keys_in_base64_come_back(void **state)
{
	uint8_t key[SD_META_BINARY_KEY_MAX];
	uint8_t back[SD_META_BINARY_KEY_MAX];

	(void)state;
	for (size_t length = 1; length <= SD_META_BINARY_KEY_MAX; length++) {
		uint8_t text[SD_META_BASE64_MAX];

		for (size_t i = 0; i < length; i++) {
			key[i] = (uint8_t)(length * 31 + i * 7);
		}
		memset(&request, 0, sizeof(request));
		request.base64 = true;
		request.key.length = sd_meta_write_base64(text, key, length);
		request.key.start = guarded(text, request.key.length);
		assert_int_equal(sd_meta_read_key(&request, back).length, length);
		assert_memory_equal(back, key, length);
	}
}

static void what_is_not_base64_is_no_key(void **state)
{
	static const char *const texts[] = {"a", "ab", "abc", "ab=c", "a===", "====", "ab==ab==", "a b=",
	                                    "abc!", "Zm9v\x80"};
	uint8_t key[SD_META_BINARY_KEY_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		memset(&request, 0, sizeof(request));
		request.base64 = true;
		request.key.length = strlen(texts[i]);
		request.key.start = guarded(texts[i], request.key.length);
		assert_int_equal(sd_meta_read_key(&request, key).length, 0);
	}
}

/* Whatever bytes come: a result, and nothing read past them. */
static void random_bytes_are_read_without_harm(void **state)
{
	static const char letters[] = "msgdaluknvqTOECGU019- \r\n\0\xff";
	uint32_t random = 12345;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		char bytes[64];
		size_t length = (size_t)round % sizeof(bytes);

		for (size_t i = 0; i < length; i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = letters[(random >> 16) % (sizeof(letters) - 1)];
		}
		if (sd_meta_read_request(guarded(bytes, length), length, &request) == SD_META_COMPLETE) {
			assert_in_range(request.line_length, 1, length);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_incomplete_until_its_last_byte),
	    cmocka_unit_test(a_line_that_does_not_end_is_too_long),
	    cmocka_unit_test(lines_end_with_or_without_a_carriage_return),
	    cmocka_unit_test(commands_take_their_flags_and_no_others),
	    cmocka_unit_test(a_proof_is_a_version_and_only_of_a_get_that_compares),
	    cmocka_unit_test(the_data_of_a_request_with_an_error_is_known_of),
	    cmocka_unit_test(numbers_are_read_up_to_64_bits),
	    cmocka_unit_test(numbers_of_every_length_are_written_in_decimal),
	    cmocka_unit_test(keys_in_base64_come_back),
	    cmocka_unit_test(what_is_not_base64_is_no_key),
	    cmocka_unit_test(random_bytes_are_read_without_harm),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
