/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* FNV-1a, against the test vectors of its authors: what it makes is on disks and other machines. */

#include <string.h>

#include "tests/unit/unit.h"
#include "wire/hash.h"

static void hashes_are_fnv_1a(void **state)
{
	static const struct {
		const char *text;
		uint32_t hash_32;
		uint64_t hash_64;
	} vectors[] = {
		{"", 0x811c9dc5, UINT64_C(0xcbf29ce484222325)},
		{"a", 0xe40c292c, UINT64_C(0xaf63dc4c8601ec8c)},
		{"foobar", 0xbf9cf968, UINT64_C(0x85944171f73967e8)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *text = vectors[i].text;

		assert_true(sd_fnv32(text, strlen(text)) == vectors[i].hash_32);
		assert_true(sd_fnv64(text, strlen(text)) == vectors[i].hash_64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_fnv_1a),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
