/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Placement, against what PHPDance did (tests/conformance/placement.json) and by its own rule. */

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "client/pool/modulo.h"
#include "tests/unit/unit.h"

#define KEY_MAX 1024 /* bytes; the longest in the file is shorter */

/* {{{ one owner of two */

static size_t first_of(const struct sd_modulo *modulo, const void *key, size_t key_length)
{
	size_t owner;

	sd_modulo_owners(modulo, (struct sd_bytes){key, key_length}, 1, &owner);
	return owner;
}

static size_t second_of(const struct sd_modulo *modulo, const void *key, size_t key_length)
{
	size_t owners[2];

	sd_modulo_owners(modulo, (struct sd_bytes){key, key_length}, 2, owners);
	return owners[1];
}

/* }}} */

/* {{{ the recorded placements */

/* A row of the file: one key in one pool. */
struct row {
	uint8_t key[KEY_MAX];
	size_t key_length;
	uint32_t hash;
	size_t first;
	bool has_second;
	size_t second;
};

static size_t decode_hex(uint8_t out[KEY_MAX], const char *hex)
{
	size_t length = 0;

	for (; hex[2 * length] != '\0'; length++) {
		unsigned byte;

		assert_in_range(length, 0, KEY_MAX - 1);
		assert_int_equal(sscanf(hex + 2 * length, "%2x", &byte), 1);
		out[length] = (uint8_t)byte;
	}
	return length;
}

static size_t index_of(const json_t *number)
{
	assert_true(json_is_integer(number));
	return (size_t)json_integer_value(number);
}

static void read_row(const json_t *from, struct row *row)
{
	const json_t *second = json_array_get(from, 3);

	assert_int_equal(json_array_size(from), 4);
	row->key_length = decode_hex(row->key, json_string_value(json_array_get(from, 0)));
	row->hash = (uint32_t)index_of(json_array_get(from, 1));
	row->first = index_of(json_array_get(from, 2));
	row->has_second = !json_is_null(second);
	row->second = row->has_second ? index_of(second) : 0;
}

static void add_all(struct sd_modulo *modulo, const json_t *weights)
{
	for (size_t i = 0; i < json_array_size(weights); i++) {
		assert_int_equal(sd_modulo_add(modulo, (uint32_t)index_of(json_array_get(weights, i))),
		                 SD_OK);
	}
}

/* Calls `check` for each row, with the placement of its pool. */
static void for_each_row(void (*check)(const struct sd_modulo *modulo, const struct row *row))
{
	json_error_t error;
	json_t *file = json_load_file(CONFORMANCE "/placement.json", 0, &error);
	json_t *clusters = json_object_get(file, "clusters");
	size_t rows = 0;

	if (file == NULL) {
		fail_msg("placement.json: %s", error.text);
	}
	for (size_t i = 0; i < json_array_size(clusters); i++) {
		const json_t *pool = json_array_get(clusters, i);
		const json_t *keys = json_object_get(pool, "keys");
		struct sd_modulo modulo = {0};

		add_all(&modulo, json_object_get(pool, "weights"));
		for (size_t j = 0; j < json_array_size(keys); j++) {
			struct row row;

			read_row(json_array_get(keys, j), &row);
			check(&modulo, &row);
			rows++;
		}
		sd_modulo_clear(&modulo);
	}
	json_decref(file);
	assert_true(rows > 0); /* else the test would prove nothing */
}

static void check_hash(const struct sd_modulo *modulo, const struct row *row)
{
	(void)modulo;
	assert_int_equal(sd_modulo_hash(row->key, row->key_length), row->hash);
}

static void check_first(const struct sd_modulo *modulo, const struct row *row)
{
	assert_int_equal(first_of(modulo, row->key, row->key_length), row->first);
}

static void check_second(const struct sd_modulo *modulo, const struct row *row)
{
	assert_int_equal(sd_modulo_has_second(modulo), row->has_second);
	if (row->has_second) {
		assert_int_equal(second_of(modulo, row->key, row->key_length), row->second);
	}
}

static void hashes_are_those_of_phpdance(void **state)
{
	(void)state;
	for_each_row(check_hash);
}

static void first_servers_are_those_of_phpdance(void **state)
{
	(void)state;
	for_each_row(check_first);
}

static void second_servers_are_those_of_phpdance(void **state)
{
	(void)state;
	for_each_row(check_second);
}

/* }}} */

/* {{{ the hash */

static void an_empty_key_hashes_to_0(void **state)
{
	(void)state;
	assert_int_equal(sd_modulo_hash("", 0), 0);
	assert_int_equal(sd_modulo_hash(NULL, 0), 0);
}

static void bytes_are_hashed_without_a_sign(void **state)
{
	(void)state;
	assert_int_equal(sd_modulo_hash("\xff", 1), 255);
	assert_int_equal(sd_modulo_hash("\x80\x80", 2), 128 * 33 + 128);
}

static void the_hash_stays_within_31_bits(void **state)
{
	uint8_t key[300];

	(void)state;
	memset(key, 0xff, sizeof(key));
	for (size_t length = 0; length <= sizeof(key); length++) {
		assert_in_range(sd_modulo_hash(key, length), 0, 0x7fffffff);
	}
}

/* }}} */

/* {{{ buckets, by a list that is written out */

#define BUCKETS_MAX 100000

/* The rule word for word: a list with as many places as there are buckets. */
struct plain_ring {
	size_t owners[BUCKETS_MAX];
	uint32_t buckets;
	uint32_t rotation;
};

static struct plain_ring plain;

static void add(struct sd_modulo *modulo, uint32_t weight)
{
	for (uint32_t i = 0; i < weight; i++) {
		assert_in_range(plain.buckets, 0, BUCKETS_MAX - 1);
		plain.owners[plain.buckets++] = modulo->count;
	}
	plain.rotation = weight > plain.rotation ? weight : plain.rotation;
	assert_int_equal(sd_modulo_add(modulo, weight), SD_OK);
}

static void forget(struct sd_modulo *modulo)
{
	plain.buckets = 0;
	plain.rotation = 0;
	sd_modulo_clear(modulo);
}

/* A key that hashes to `hash`: its digits to the base 33. */
struct digits {
	uint8_t bytes[7];
};

static struct digits key_of(uint32_t hash)
{
	struct digits key;

	for (size_t i = sizeof(key.bytes); i-- > 0; hash /= 33) {
		key.bytes[i] = (uint8_t)(hash % 33);
	}
	return key;
}

static void check_all_buckets(const struct sd_modulo *modulo)
{
	for (uint32_t bucket = 0; bucket < plain.buckets; bucket++) {
		struct digits key = key_of(bucket);
		size_t first = first_of(modulo, key.bytes, sizeof(key.bytes));

		assert_int_equal(sd_modulo_hash(key.bytes, sizeof(key.bytes)), bucket);
		assert_int_equal(first, plain.owners[bucket]);
		if (sd_modulo_has_second(modulo)) {
			size_t second = second_of(modulo, key.bytes, sizeof(key.bytes));

			assert_int_equal(second, plain.owners[(bucket + plain.rotation) % plain.buckets]);
			assert_int_not_equal(second, first);
		}
	}
}

static void random_weights_give_two_different_servers_in_all_buckets(void **state)
{
	struct chance chance = {1042};
	struct sd_modulo modulo = {0};

	(void)state;
	for (int round = 0; round < 500; round++) {
		uint32_t count = chance_between(&chance, 2, 30);
		uint32_t largest = chance_between(&chance, 1, count - 1);

		for (uint32_t i = 0; i < count; i++) {
			add(&modulo, chance_between(&chance, 1, largest));
		}
		assert_true(sd_modulo_has_second(&modulo));
		check_all_buckets(&modulo);
		forget(&modulo);
	}
}

static void the_heaviest_server_and_all_others_weight_1_give_two_different_servers(void **state)
{
	struct sd_modulo modulo = {0};

	(void)state;
	for (uint32_t count = 2; count < 40; count++) {
		for (uint32_t heavy = 0; heavy < count; heavy++) {
			for (uint32_t i = 0; i < count; i++) {
				add(&modulo, i == heavy ? count - 1 : 1);
			}
			assert_true(sd_modulo_has_second(&modulo));
			check_all_buckets(&modulo);
			forget(&modulo);
		}
	}
}

static void random_weights_without_a_rotation_place_the_first_server(void **state)
{
	struct chance chance = {1043};
	struct sd_modulo modulo = {0};

	(void)state;
	for (int round = 0; round < 100; round++) {
		uint32_t count = chance_between(&chance, 1, 20);
		uint32_t heavy = chance_between(&chance, 0, count - 1);

		for (uint32_t i = 0; i < count; i++) {
			add(&modulo, i == heavy ? count : chance_between(&chance, 1, 1000));
		}
		assert_false(sd_modulo_has_second(&modulo));
		check_all_buckets(&modulo);
		forget(&modulo);
	}
}

static void equal_weights_of_1_put_the_second_server_next_to_the_first(void **state)
{
	struct sd_modulo modulo = {0};

	(void)state;
	for (uint32_t i = 0; i < 7; i++) {
		add(&modulo, 1);
	}
	for (uint32_t bucket = 0; bucket < 7; bucket++) {
		struct digits key = key_of(bucket);

		assert_int_equal(first_of(&modulo, key.bytes, sizeof(key.bytes)), bucket);
		assert_int_equal(second_of(&modulo, key.bytes, sizeof(key.bytes)), (bucket + 1) % 7);
	}
	forget(&modulo);
}

static void equal_weights_above_1_put_the_second_server_next_to_the_first(void **state)
{
	struct sd_modulo modulo = {0};

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		add(&modulo, 5);
	}
	for (uint32_t bucket = 0; bucket < 30; bucket++) {
		struct digits key = key_of(bucket);

		assert_int_equal(first_of(&modulo, key.bytes, sizeof(key.bytes)), bucket / 5);
		assert_int_equal(second_of(&modulo, key.bytes, sizeof(key.bytes)), (bucket / 5 + 1) % 6);
	}
	forget(&modulo);
}

/* }}} */

/* {{{ whether there is a second */

static void a_ring_of_no_servers_has_no_second(void **state)
{
	struct sd_modulo modulo = {0};

	(void)state;
	assert_false(sd_modulo_has_second(&modulo));
}

static void one_server_has_no_second(void **state)
{
	struct sd_modulo modulo = {0};

	(void)state;
	add(&modulo, 1);
	assert_false(sd_modulo_has_second(&modulo));
	forget(&modulo);
}

static void a_weight_as_large_as_the_number_of_servers_leaves_no_second(void **state)
{
	struct sd_modulo modulo = {0};

	(void)state;
	add(&modulo, 1);
	add(&modulo, 3);
	add(&modulo, 1);
	assert_false(sd_modulo_has_second(&modulo));
	add(&modulo, 1); /* one more server makes the rotation possible */
	assert_true(sd_modulo_has_second(&modulo));
	forget(&modulo);
}

static void a_cleared_ring_is_one_of_no_servers(void **state)
{
	struct sd_modulo modulo = {0};

	(void)state;
	add(&modulo, 9);
	forget(&modulo);
	assert_int_equal(modulo.count, 0);
	add(&modulo, 1);
	add(&modulo, 1);
	assert_true(sd_modulo_has_second(&modulo)); /* the weight 9 is forgotten */
	check_all_buckets(&modulo);
	forget(&modulo);
}

/* }}} */

static void more_buckets_than_32_bits_count_are_no_overflow(void **state)
{
	struct digits key = key_of(0x7fffffff);
	struct sd_modulo modulo = {0};

	(void)state;
	assert_int_equal(sd_modulo_hash(key.bytes, sizeof(key.bytes)), 0x7fffffff);
	assert_int_equal(sd_modulo_add(&modulo, 0x40000000), SD_OK);
	assert_int_equal(sd_modulo_add(&modulo, 0xffffffff), SD_OK);
	assert_int_equal(first_of(&modulo, key.bytes, sizeof(key.bytes)), 1);
	sd_modulo_clear(&modulo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_phpdance),
		cmocka_unit_test(first_servers_are_those_of_phpdance),
		cmocka_unit_test(second_servers_are_those_of_phpdance),
		cmocka_unit_test(an_empty_key_hashes_to_0),
		cmocka_unit_test(bytes_are_hashed_without_a_sign),
		cmocka_unit_test(the_hash_stays_within_31_bits),
		cmocka_unit_test(random_weights_give_two_different_servers_in_all_buckets),
		cmocka_unit_test(the_heaviest_server_and_all_others_weight_1_give_two_different_servers),
		cmocka_unit_test(random_weights_without_a_rotation_place_the_first_server),
		cmocka_unit_test(equal_weights_of_1_put_the_second_server_next_to_the_first),
		cmocka_unit_test(equal_weights_above_1_put_the_second_server_next_to_the_first),
		cmocka_unit_test(a_ring_of_no_servers_has_no_second),
		cmocka_unit_test(one_server_has_no_second),
		cmocka_unit_test(a_weight_as_large_as_the_number_of_servers_leaves_no_second),
		cmocka_unit_test(a_cleared_ring_is_one_of_no_servers),
		cmocka_unit_test(more_buckets_than_32_bits_count_are_no_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
