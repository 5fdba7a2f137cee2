/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A connection's buffer: its content, its memory, and when it moves. */

#include "server/net/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

/* {{{ what fails or counts: the linker has these called in the place of realloc() and memmove() */

static bool is_memory_exhausted;
static size_t moved; /* bytes, by packing or growing */

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
	moved += size;
	return is_memory_exhausted ? NULL : __real_realloc(memory, size);
}

void *__real_memmove(void *to, const void *from, size_t length);
void *__wrap_memmove(void *to, const void *from, size_t length);

void *__wrap_memmove(void *to, const void *from, size_t length)
{
	moved += length;
	return __real_memmove(to, from, length);
}

/* }}} */

static void check_invariants(const struct sdd_buffer *buffer)
{
	assert_true(buffer->offset + buffer->length <= buffer->capacity);
	assert_true(buffer->length <= buffer->maximum);
	assert_true(buffer->length > 0 || buffer->offset == 0);
	assert_true((buffer->bytes == NULL) == (buffer->capacity == 0));
}

static void add(struct sdd_buffer *buffer, const char *text)
{
	size_t length = strlen(text);

	assert_true(sdd_buffer_reserve(buffer, length));
	memcpy(sdd_buffer_at(buffer, buffer->length), text, length);
	(void)sdd_buffer_extend(buffer, length);
	check_invariants(buffer);
}

static void assert_content(const struct sdd_buffer *buffer, const char *text)
{
	assert_int_equal(buffer->length, strlen(text));
	assert_memory_equal(sdd_buffer_at(buffer, 0), text, strlen(text));
}

static void an_empty_buffer_has_no_memory(void **state)
{
	struct sdd_buffer buffer;

	(void)state;
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	check_invariants(&buffer);
	assert_int_equal(buffer.capacity, 0);
	assert_int_equal(sdd_buffer_room(&buffer), 0);
	sdd_buffer_release(&buffer);
}

static void bytes_come_out_in_the_order_in_which_they_went_in(void **state)
{
	struct sdd_buffer buffer;

	(void)state;
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	add(&buffer, "one two");
	sdd_buffer_consume(&buffer, 4);
	add(&buffer, " three");
	assert_content(&buffer, "two three");
	sdd_buffer_truncate(&buffer, 5);
	assert_content(&buffer, "two t");
	sdd_buffer_release(&buffer);
	check_invariants(&buffer);
	assert_int_equal(buffer.capacity, 0);
}

static void consuming_moves_nothing_and_needed_room_is_found_by_packing(void **state)
{
	struct sdd_buffer buffer;
	const uint8_t *memory;
	size_t capacity;

	(void)state;
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	add(&buffer, "12345678");
	memory = sdd_buffer_at(&buffer, 0);
	capacity = buffer.capacity;
	sdd_buffer_consume(&buffer, 6);
	assert_ptr_equal(sdd_buffer_at(&buffer, 0), memory + 6);
	add(&buffer, "abcdef"); /* there is just enough, but not behind it */
	assert_content(&buffer, "78abcdef");
	assert_ptr_equal(sdd_buffer_at(&buffer, 0), memory);
	assert_int_equal(buffer.capacity, capacity);
	sdd_buffer_release(&buffer);
}

static void the_last_byte_consumed_gives_all_the_room_back(void **state)
{
	struct sdd_buffer buffer;

	(void)state;
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	add(&buffer, "12345678");
	sdd_buffer_consume(&buffer, 3);
	sdd_buffer_consume(&buffer, 5);
	check_invariants(&buffer);
	assert_int_equal(sdd_buffer_room(&buffer), buffer.capacity);
	sdd_buffer_release(&buffer);
}

static void it_doubles_what_it_holds_and_takes_no_more_for_what_was_consumed(void **state)
{
	struct sdd_buffer buffer;

	(void)state;
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	add(&buffer, "12345678");
	assert_int_equal(buffer.capacity, 8);
	add(&buffer, "9");
	assert_int_equal(buffer.capacity, 16);
	add(&buffer, "abcdefg");
	sdd_buffer_consume(&buffer, 12);
	add(&buffer, "12345678"); /* four and eight bytes have room in 16 */
	assert_int_equal(buffer.capacity, 16);
	assert_content(&buffer, "defg12345678");
	sdd_buffer_release(&buffer);
}

static void it_never_holds_more_than_its_maximum(void **state)
{
	struct sdd_buffer buffer;

	(void)state;
	sdd_buffer_init(&buffer, 10);
	add(&buffer, "1234567");
	assert_false(sdd_buffer_reserve(&buffer, 4));
	assert_false(sdd_buffer_reserve(&buffer, SIZE_MAX));
	assert_content(&buffer, "1234567");
	add(&buffer, "890");
	assert_int_equal(buffer.capacity, 10);
	sdd_buffer_consume(&buffer, 4);
	add(&buffer, "abcd");
	assert_content(&buffer, "567890abcd");
	sdd_buffer_release(&buffer);
	assert_false(sdd_buffer_reserve(&buffer, 11)); /* the maximum outlasts the memory */
}

static void without_memory_its_content_is_as_it_was(void **state)
{
	struct sdd_buffer buffer;

	(void)state;
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	add(&buffer, "12345678");
	sdd_buffer_consume(&buffer, 2);
	is_memory_exhausted = true;
	assert_false(sdd_buffer_reserve(&buffer, 100));
	is_memory_exhausted = false;
	check_invariants(&buffer);
	assert_content(&buffer, "345678");
	sdd_buffer_release(&buffer);
}

static void shrinking_keeps_the_content(void **state)
{
	static char text[200001];
	struct sdd_buffer buffer;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[150000] = 'y';
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	add(&buffer, text);
	sdd_buffer_shrink(&buffer);
	assert_int_equal(buffer.capacity, 200000);
	sdd_buffer_consume(&buffer, 150000);
	sdd_buffer_shrink(&buffer);
	check_invariants(&buffer);
	assert_int_equal(buffer.capacity, 50000);
	assert_content(&buffer, text + 150000);
	sdd_buffer_consume(&buffer, 50000);
	sdd_buffer_shrink(&buffer);
	check_invariants(&buffer);
	assert_int_equal(buffer.capacity, 0);
}

/* A client that reads slowly leaves a long buffer, which loses and gets a little again and again.
 */
static void moving_costs_no_more_than_adding(void **state)
{
	static char text[1001];
	struct sdd_buffer buffer;
	size_t added = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	sdd_buffer_init(&buffer, SDD_BUFFER_UNLIMITED);
	moved = 0;
	for (int i = 0; i < 20000; i++) {
		add(&buffer, text);
		added += strlen(text);
		if (i >= 1000) {
			sdd_buffer_consume(&buffer, strlen(text));
		}
		assert_true(moved <= 8 * added);
		assert_true(buffer.capacity <= 4000 * 1000);
	}
	sdd_buffer_release(&buffer);
}

/* The same operations on a buffer and on a plain array. */
static void it_holds_what_an_array_would(void **state)
{
	enum { MAXIMUM = 3000 };
	struct sdd_buffer buffer;
	struct chance chance = {.state = 7};
	uint8_t expected[MAXIMUM];
	size_t length = 0;

	(void)state;
	sdd_buffer_init(&buffer, MAXIMUM);
	for (int i = 0; i < 20000; i++) {
		size_t count = chance_between(&chance, 0, 400);

		switch (chance_next(&chance) % 3) {
		case 0:
			assert_int_equal(sdd_buffer_reserve(&buffer, count), length + count <= MAXIMUM);
			count = length + count <= MAXIMUM ? count : 0;
			for (size_t k = 0; k < count; k++) {
				expected[length + k] = (uint8_t)chance_next(&chance);
				*sdd_buffer_at(&buffer, length + k) = expected[length + k];
			}
			(void)sdd_buffer_extend(&buffer, count);
			length += count;
			break;
		case 1:
			count = count < length ? count : length;
			sdd_buffer_consume(&buffer, count);
			length -= count;
			memmove(expected, expected + count, length);
			break;
		default:
			count = chance_next(&chance) % 8 == 0 && count < length ? length - count : length;
			sdd_buffer_truncate(&buffer, count);
			length = count;
		}
		check_invariants(&buffer);
		assert_int_equal(buffer.length, length);
		if (length > 0) {
			assert_memory_equal(sdd_buffer_at(&buffer, 0), expected, length);
		}
	}
	sdd_buffer_release(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_has_no_memory),
		cmocka_unit_test(bytes_come_out_in_the_order_in_which_they_went_in),
		cmocka_unit_test(consuming_moves_nothing_and_needed_room_is_found_by_packing),
		cmocka_unit_test(the_last_byte_consumed_gives_all_the_room_back),
		cmocka_unit_test(it_doubles_what_it_holds_and_takes_no_more_for_what_was_consumed),
		cmocka_unit_test(it_never_holds_more_than_its_maximum),
		cmocka_unit_test(without_memory_its_content_is_as_it_was),
		cmocka_unit_test(shrinking_keeps_the_content),
		cmocka_unit_test(moving_costs_no_more_than_adding),
		cmocka_unit_test(it_holds_what_an_array_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
