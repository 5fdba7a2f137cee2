/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The hash is the same whichever way it is computed. */

#include "server/store/hash.h"
#include "tests/unit/unit.h"

#define LONGEST 5000 /* bytes: some blocks of XXH3, and a part of one */

static uint8_t bytes[LONGEST + 64];

static void fill(void)
{
	uint32_t number = 1;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		number = number * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(number >> 24);
	}
}

/* Known answers of XXH3: the values are in files. */
static void the_hash_is_XXH3(void **state)
{
	(void)state;
	assert_true(sdd_hash(0, "", 0) == 0x2d06800538d394c2u);
	assert_true(sdd_hash(1, "", 0) != 0x2d06800538d394c2u);
	fill();
	assert_true(sdd_hash(0, bytes, 100) == 0x2d7c1fb25df2d1dau);
	assert_true(sdd_hash(7, bytes, LONGEST) == 0x811034be8c013c14u);
}

/* Each length in two pieces, and in many. */
static void pieces_have_the_hash_of_the_whole(void **state)
{
	(void)state;
	fill();
	for (size_t length = 0; length <= LONGEST; length += 13) {
		struct sdd_hash_stream *stream = sdd_hash_begin(length);
		size_t first = length / 3;

		assert_non_null(stream);
		sdd_hash_add(stream, bytes, first);
		sdd_hash_add(stream, bytes + first, length - first);
		assert_true(sdd_hash_of_stream(stream) == sdd_hash(length, bytes, length));
		sdd_hash_end(stream);
	}
	sdd_hash_end(NULL);
}

static void every_length_has_one_hash(void **state)
{
	(void)state;
	fill();
	for (size_t length = 0; length <= LONGEST; length++) {
		const uint8_t *start = bytes + length % 64; /* aligned and not */
		uint64_t expected = sdd_hash_baseline(length, start, length);

		assert_true(sdd_hash(length, start, length) == expected);
#ifdef SDD_HASH_AVX2
		if (__builtin_cpu_supports("avx2")) {
			assert_true(sdd_hash_avx2(length, start, length) == expected);
		}
#endif
	}
}

#ifdef SDD_HASH_AVX2

/* Which parts of the processor's registers are in use (XGETBV with 1); 0: it cannot tell. */
static uint32_t registers_in_use(void)
{
	uint32_t eax = 0xd;
	uint32_t ebx;
	uint32_t ecx = 1;
	uint32_t edx;

	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	if (!(eax & 4)) {
		return 0;
	}
	__asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(1));
	return eax;
}

/* Whoever leaves them in use slows down all SSE code that follows. */
static void no_upper_half_of_a_register_stays_in_use(void **state)
{
	(void)state;
	if (!__builtin_cpu_supports("avx2")) {
		skip();
	}
	fill();
	__asm__ volatile("vzeroupper");
	(void)sdd_hash(0, bytes, LONGEST);
	assert_int_equal(registers_in_use() & 4, 0);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_is_XXH3),
		cmocka_unit_test(pieces_have_the_hash_of_the_whole),
		cmocka_unit_test(every_length_has_one_hash),
#ifdef SDD_HASH_AVX2
		cmocka_unit_test(no_upper_half_of_a_register_stays_in_use),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
