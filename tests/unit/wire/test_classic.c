/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol's bytes, all of them at the end of a page. */

#include <stdbool.h>

#include "tests/unit/guard.h"
#include "wire/classic.h"

static struct guard guard;

static int open_guard(void **state)
{
	(void)state;
	guard_open(&guard);
	return 0;
}

static int close_guard(void **state)
{
	(void)state;
	guard_close(&guard);
	return 0;
}

static const enum sd_classic_command commands[] = {
	SD_CLASSIC_STORE,
	SD_CLASSIC_FETCH,
	SD_CLASSIC_DELETE,
};

/* Lengths whose bytes differ, and the ends of each byte's range. */
static const uint32_t lengths[] = {
	0,        1,        0x7f,       0x80,       0xff,       0x100,      0xffff,
	0x010000, 0xffffff, 0x01020304, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
};

static size_t header_length_of(enum sd_classic_command command)
{
	return command == SD_CLASSIC_STORE ? 9 : 5;
}

/* {{{ headers, written */

static void a_store_header_is_the_command_and_two_big_endian_lengths(void **state)
{
	static const uint8_t wanted[] = {'S', 0x01, 0x02, 0x03, 0x04, 0xf5, 0xf6, 0xf7, 0xf8};
	uint8_t *out = guard_room(&guard, 9);

	(void)state;
	assert_int_equal(sd_classic_write_header(out, SD_CLASSIC_STORE, 0x01020304, 0xf5f6f7f8), 9);
	assert_memory_equal(out, wanted, sizeof(wanted));
}

static void a_fetch_header_is_the_command_and_the_key_length(void **state)
{
	static const uint8_t wanted[] = {'F', 0xf1, 0xf2, 0xf3, 0xf4};
	uint8_t *out = guard_room(&guard, 5);

	(void)state;
	assert_int_equal(sd_classic_write_header(out, SD_CLASSIC_FETCH, 0xf1f2f3f4, 0), 5);
	assert_memory_equal(out, wanted, sizeof(wanted));
}

static void a_delete_header_is_the_command_and_the_key_length(void **state)
{
	static const uint8_t wanted[] = {'D', 0x00, 0x00, 0x00, 0xfe};
	uint8_t *out = guard_room(&guard, 5);

	(void)state;
	assert_int_equal(sd_classic_write_header(out, SD_CLASSIC_DELETE, 254, 0), 5);
	assert_memory_equal(out, wanted, sizeof(wanted));
}

static void only_a_store_header_has_the_data_length(void **state)
{
	(void)state;
	/* there is no room for it: writing it would crash */
	assert_int_equal(sd_classic_write_header(guard_room(&guard, 5), SD_CLASSIC_FETCH, 1, 7), 5);
	assert_int_equal(sd_classic_write_header(guard_room(&guard, 5), SD_CLASSIC_DELETE, 1, 7), 5);
}

/* }}} */

/* {{{ headers, read */

static void a_store_header_is_read(void **state)
{
	static const uint8_t bytes[] = {'S', 0x01, 0x02, 0x03, 0x04, 0xf5, 0xf6, 0xf7, 0xf8};
	struct sd_classic_header header;

	(void)state;
	assert_int_equal(sd_classic_read_header(guard_copy(&guard, bytes, 9), 9, &header),
	                 SD_CLASSIC_COMPLETE);
	assert_int_equal(header.command, SD_CLASSIC_STORE);
	assert_int_equal(header.key_length, 0x01020304);
	assert_int_equal(header.data_length, 0xf5f6f7f8);
	assert_int_equal(header.length, 9);
}

static void a_fetch_or_delete_header_is_read_without_a_data_length(void **state)
{
	static const uint8_t bytes[] = {0, 0xf1, 0xf2, 0xf3, 0xf4};

	(void)state;
	for (size_t i = 1; i < COUNT_OF(commands); i++) {
		struct sd_classic_header header = {.data_length = 77};
		uint8_t *in = guard_copy(&guard, bytes, 5);

		in[0] = (uint8_t)commands[i];
		assert_int_equal(sd_classic_read_header(in, 5, &header), SD_CLASSIC_COMPLETE);
		assert_int_equal(header.command, commands[i]);
		assert_int_equal(header.key_length, 0xf1f2f3f4);
		assert_int_equal(header.data_length, 0);
		assert_int_equal(header.length, 5);
	}
}

static void all_lengths_survive_writing_and_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(commands) * COUNT_OF(lengths) * COUNT_OF(lengths); i++) {
		enum sd_classic_command command = commands[i % COUNT_OF(commands)];
		uint32_t key_length = lengths[i / COUNT_OF(commands) % COUNT_OF(lengths)];
		uint32_t data_length = lengths[i / COUNT_OF(commands) / COUNT_OF(lengths)];
		size_t length = header_length_of(command);
		uint8_t *bytes = guard_room(&guard, length);
		struct sd_classic_header header;

		assert_int_equal(sd_classic_write_header(bytes, command, key_length, data_length), length);
		assert_int_equal(sd_classic_read_header(bytes, length, &header), SD_CLASSIC_COMPLETE);
		assert_int_equal(header.command, command);
		assert_int_equal(header.key_length, key_length);
		assert_int_equal(header.data_length, command == SD_CLASSIC_STORE ? data_length : 0);
	}
}

static void a_header_is_incomplete_until_its_last_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		size_t whole = header_length_of(commands[i]);
		uint8_t bytes[9];
		struct sd_classic_header header;

		(void)sd_classic_write_header(bytes, commands[i], 3, 4);
		for (size_t length = 0; length < whole; length++) {
			assert_int_equal(
				sd_classic_read_header(guard_copy(&guard, bytes, length), length, &header),
				SD_CLASSIC_INCOMPLETE);
		}
		assert_int_equal(sd_classic_read_header(guard_copy(&guard, bytes, whole), whole, &header),
		                 SD_CLASSIC_COMPLETE);
	}
}

static void bytes_behind_the_header_do_not_change_it(void **state)
{
	static const uint8_t bytes[] = {'F', 0, 0, 0, 2, 'a', 'b', 0xff, 0xff, 0xff};
	struct sd_classic_header header;

	(void)state;
	for (size_t length = 5; length <= sizeof(bytes); length++) {
		assert_int_equal(sd_classic_read_header(guard_copy(&guard, bytes, length), length, &header),
		                 SD_CLASSIC_COMPLETE);
		assert_int_equal(header.key_length, 2);
		assert_int_equal(header.data_length, 0);
		assert_int_equal(header.length, 5);
	}
}

static void every_other_first_byte_is_unknown_at_once(void **state)
{
	(void)state;
	for (int byte = 0; byte <= 0xff; byte++) {
		uint8_t *in = guard_room(&guard, 1);
		struct sd_classic_header header;

		in[0] = (uint8_t)byte;
		assert_int_equal(sd_classic_read_header(in, 1, &header),
		                 byte == 'S' || byte == 'F' || byte == 'D' ? SD_CLASSIC_INCOMPLETE
		                                                           : SD_CLASSIC_UNKNOWN);
	}
}

/* }}} */

/* {{{ the request's length */

static void a_requests_length_is_the_sum_of_its_parts(void **state)
{
	struct sd_classic_header store = {SD_CLASSIC_STORE, 3, 1000, 9};
	struct sd_classic_header fetch = {SD_CLASSIC_FETCH, 254, 0, 5};

	(void)state;
	assert_int_equal(sd_classic_request_length(&store), 1012);
	assert_int_equal(sd_classic_request_length(&fetch), 259);
}

static void a_requests_length_does_not_overflow(void **state)
{
	static const uint8_t bytes[] = {'S', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct sd_classic_header header;

	(void)state;
	assert_int_equal(sd_classic_read_header(guard_copy(&guard, bytes, 9), 9, &header),
	                 SD_CLASSIC_COMPLETE);
	assert_true(sd_classic_request_length(&header) == 9 + 2 * (uint64_t)0xffffffff);
}

/* }}} */

/* {{{ keys */

static void printable_ascii_but_dot_and_slash_is_legal_in_keys(void **state)
{
	(void)state;
	for (int byte = 0; byte <= 0xff; byte++) {
		bool legal = byte >= 0x20 && byte <= 0x7e && byte != '.' && byte != '/';
		size_t offset = 77;
		uint8_t *key = guard_room(&guard, 1);

		key[0] = (uint8_t)byte;
		assert_int_equal(sd_classic_check_key(key, 1, &offset), legal ? SD_OK : SD_BAD_KEY);
		if (!legal) {
			assert_int_equal(offset, 0);
		}
	}
}

static void keys_of_1_to_254_bytes_are_legal(void **state)
{
	size_t offset;

	(void)state;
	for (size_t length = 1; length <= 254; length++) {
		assert_int_equal(
			sd_classic_check_key(memset(guard_room(&guard, length), 'k', length), length, &offset),
			SD_OK);
	}
}

static void an_empty_key_is_refused_at_its_end(void **state)
{
	size_t offset = 77;

	(void)state;
	assert_int_equal(sd_classic_check_key(guard_room(&guard, 0), 0, &offset), SD_BAD_KEY);
	assert_int_equal(offset, 0);
	offset = 77;
	assert_int_equal(sd_classic_check_key(NULL, 0, &offset), SD_BAD_KEY);
	assert_int_equal(offset, 0);
}

static void a_key_of_255_bytes_is_refused_at_its_end(void **state)
{
	size_t offset = 77;

	(void)state;
	assert_int_equal(sd_classic_check_key(memset(guard_room(&guard, 255), 'k', 255), 255, &offset),
	                 SD_BAD_KEY);
	assert_int_equal(offset, 255);
}

static void a_keys_first_illegal_byte_is_reported(void **state)
{
	(void)state;
	for (size_t bad = 0; bad < 254; bad++) {
		uint8_t *key = memset(guard_room(&guard, 254), 'k', 254);
		size_t offset = 999;

		key[bad] = '/';
		key[253] = 0xff; /* a later one is not the first */
		assert_int_equal(sd_classic_check_key(key, 254, &offset), SD_BAD_KEY);
		assert_int_equal(offset, bad);
	}
}

/* }}} */

/* {{{ answers */

static enum sd_status read_answer(enum sd_classic_command command, const char *answer)
{
	size_t length = strlen(answer);

	return sd_classic_read_reply(command, guard_copy(&guard, answer, length), length);
}

static void a_store_is_answered_by_ok(void **state)
{
	(void)state;
	assert_int_equal(read_answer(SD_CLASSIC_STORE, "OK\n"), SD_OK);
}

static void a_store_answered_by_nothing_was_refused(void **state)
{
	(void)state;
	assert_int_equal(read_answer(SD_CLASSIC_STORE, ""), SD_REFUSED);
}

static void a_delete_is_answered_by_ok(void **state)
{
	(void)state;
	assert_int_equal(read_answer(SD_CLASSIC_DELETE, "OK\n"), SD_OK);
}

static void a_delete_answered_by_nothing_found_nothing(void **state)
{
	(void)state;
	assert_int_equal(read_answer(SD_CLASSIC_DELETE, ""), SD_ABSENT);
}

static void a_part_of_ok_is_a_connection_that_ended(void **state)
{
	(void)state;
	assert_int_equal(read_answer(SD_CLASSIC_STORE, "O"), SD_CLOSED);
	assert_int_equal(read_answer(SD_CLASSIC_STORE, "OK"), SD_CLOSED);
	assert_int_equal(read_answer(SD_CLASSIC_DELETE, "O"), SD_CLOSED);
	assert_int_equal(read_answer(SD_CLASSIC_DELETE, "OK"), SD_CLOSED);
}

static void every_other_answer_to_a_store_or_delete_is_a_bad_one(void **state)
{
	static const char *const answers[] = {"OK\nx", "no", "o",  "ok\n", "OK\r",
	                                      "OKx",   "x",  "\n", "K",    "ERROR"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		assert_int_equal(read_answer(SD_CLASSIC_STORE, answers[i]), SD_BAD_ANSWER);
		assert_int_equal(read_answer(SD_CLASSIC_DELETE, answers[i]), SD_BAD_ANSWER);
	}
}

static void a_fetch_answered_by_nothing_found_nothing(void **state)
{
	(void)state;
	assert_int_equal(read_answer(SD_CLASSIC_FETCH, ""), SD_ABSENT);
	assert_int_equal(sd_classic_read_reply(SD_CLASSIC_FETCH, NULL, 0), SD_ABSENT);
}

static void any_bytes_are_the_value_that_a_fetch_asked_for(void **state)
{
	static const char *const answers[] = {"O", "OK", "OK\n", "OK\nx", "no"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		assert_int_equal(read_answer(SD_CLASSIC_FETCH, answers[i]), SD_OK);
	}
}

static void a_fetched_value_is_not_looked_at(void **state)
{
	(void)state;
	/* all of it lies where reading crashes */
	assert_int_equal(sd_classic_read_reply(SD_CLASSIC_FETCH, guard_room(&guard, 0), 5), SD_OK);
	assert_int_equal(sd_classic_read_reply(SD_CLASSIC_FETCH, NULL, SIZE_MAX), SD_OK);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_header_is_the_command_and_two_big_endian_lengths),
		cmocka_unit_test(a_fetch_header_is_the_command_and_the_key_length),
		cmocka_unit_test(a_delete_header_is_the_command_and_the_key_length),
		cmocka_unit_test(only_a_store_header_has_the_data_length),
		cmocka_unit_test(a_store_header_is_read),
		cmocka_unit_test(a_fetch_or_delete_header_is_read_without_a_data_length),
		cmocka_unit_test(all_lengths_survive_writing_and_reading),
		cmocka_unit_test(a_header_is_incomplete_until_its_last_byte),
		cmocka_unit_test(bytes_behind_the_header_do_not_change_it),
		cmocka_unit_test(every_other_first_byte_is_unknown_at_once),
		cmocka_unit_test(a_requests_length_is_the_sum_of_its_parts),
		cmocka_unit_test(a_requests_length_does_not_overflow),
		cmocka_unit_test(printable_ascii_but_dot_and_slash_is_legal_in_keys),
		cmocka_unit_test(keys_of_1_to_254_bytes_are_legal),
		cmocka_unit_test(an_empty_key_is_refused_at_its_end),
		cmocka_unit_test(a_key_of_255_bytes_is_refused_at_its_end),
		cmocka_unit_test(a_keys_first_illegal_byte_is_reported),
		cmocka_unit_test(a_store_is_answered_by_ok),
		cmocka_unit_test(a_store_answered_by_nothing_was_refused),
		cmocka_unit_test(a_delete_is_answered_by_ok),
		cmocka_unit_test(a_delete_answered_by_nothing_found_nothing),
		cmocka_unit_test(a_part_of_ok_is_a_connection_that_ended),
		cmocka_unit_test(every_other_answer_to_a_store_or_delete_is_a_bad_one),
		cmocka_unit_test(a_fetch_answered_by_nothing_found_nothing),
		cmocka_unit_test(any_bytes_are_the_value_that_a_fetch_asked_for),
		cmocka_unit_test(a_fetched_value_is_not_looked_at),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
