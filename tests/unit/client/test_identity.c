/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which servers stand behind a name: each event in each state, and who is told. */

#include "client/net/identity.h"

#include <string.h>

#include "tests/unit/unit.h"

#define A 10
#define B 11
#define C 12
#define D 13
#define PAUSE_US 1000000

static struct sd_identity identity;
static int64_t now_us;

static int open_identity(void **state)
{
	(void)state;
	memset(&identity, 0, sizeof(identity));
	now_us = 1000000000;
	return 0;
}

/* A worker greets the server of that id a second later. */
static enum sd_identity_news greet(uint64_t id)
{
	now_us += PAUSE_US;
	return sd_identity_take(&identity, id, now_us - 1, now_us);
}

/* The state in which a name has had those ids, one after the other. */
static void be_after(const uint64_t *ids, size_t count)
{
	(void)open_identity(NULL);
	for (size_t i = 0; i < count; i++) {
		(void)greet(ids[i]);
	}
}

static void each_id_in_each_state(void **state)
{
	static const struct {
		uint64_t before[6];
		size_t count;
		uint64_t id;
		enum sd_identity_news news;
		uint64_t after;
	} rows[] = {
		{{0}, 0, SD_NO_ID, SD_IDENTITY_SAME, SD_NO_ID},
		{{0}, 0, A, SD_IDENTITY_SAME, A},
		{{A}, 1, A, SD_IDENTITY_SAME, A},
		{{A}, 1, SD_NO_ID, SD_IDENTITY_SAME, A}, /* a server of an earlier version */
		{{A}, 1, B, SD_IDENTITY_CHANGED, B},
		{{A, B}, 2, B, SD_IDENTITY_SAME, B},
		{{A, B}, 2, SD_NO_ID, SD_IDENTITY_SAME, B},
		{{A, B}, 2, C, SD_IDENTITY_CHANGED, C},
		{{A, B}, 2, A, SD_IDENTITY_TWO, SD_TWO_IDS},
		{{A, B, C}, 3, A, SD_IDENTITY_TWO, SD_TWO_IDS}, /* a balancer's turn */
		{{A, B, C, D}, 4, A, SD_IDENTITY_TWO, SD_TWO_IDS},
		{{A, B, A}, 3, A, SD_IDENTITY_SAME, SD_TWO_IDS},
		{{A, B, A}, 3, B, SD_IDENTITY_SAME, SD_TWO_IDS},
		{{A, B, A}, 3, C, SD_IDENTITY_SAME, SD_TWO_IDS},
		{{A, B, A}, 3, SD_NO_ID, SD_IDENTITY_SAME, SD_TWO_IDS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		be_after(rows[i].before, rows[i].count);
		assert_int_equal(greet(rows[i].id), rows[i].news);
		assert_int_equal(sd_identity_id(&identity), rows[i].after);
		assert_int_equal(sd_identity_is_two(&identity, now_us), rows[i].after == SD_TWO_IDS);
	}
}

static void two_servers_are_two_until_none_has_changed_for_a_minute(void **state)
{
	static const uint64_t back[] = {A, B, A};

	(void)state;
	be_after(back, 3);
	now_us += SD_TWO_SERVERS_US - 1;
	assert_true(sd_identity_is_two(&identity, now_us));
	now_us++;
	assert_false(sd_identity_is_two(&identity, now_us));
	assert_int_equal(sd_identity_id(&identity), A); /* the address has moved there and back */

	be_after(back, 3);
	now_us += SD_TWO_SERVERS_US - 2 * PAUSE_US;
	assert_int_equal(greet(B), SD_IDENTITY_SAME); /* a balancer goes on */
	now_us += SD_TWO_SERVERS_US - 1;
	assert_true(sd_identity_is_two(&identity, now_us));
	now_us++;
	assert_false(sd_identity_is_two(&identity, now_us));
	assert_int_equal(sd_identity_id(&identity), B);
	assert_int_equal(greet(A), SD_IDENTITY_TWO);
}

static void a_greeting_that_was_on_its_way_before_a_change_changes_nothing(void **state)
{
	static const uint64_t changed[] = {A, B};

	(void)state;
	be_after(changed, 2);
	assert_int_equal(sd_identity_take(&identity, A, now_us, now_us + 10), SD_IDENTITY_SAME);
	assert_int_equal(sd_identity_id(&identity), B);
	assert_int_equal(sd_identity_take(&identity, A, now_us + 1, now_us + 10), SD_IDENTITY_TWO);
}

static void the_id_that_was_replaced_last_is_remembered(void **state)
{
	static const uint64_t ids[] = {A, B, C};

	(void)state;
	be_after(ids, 1);
	assert_int_equal(sd_identity_replaced(&identity), SD_NO_ID);
	be_after(ids, 2);
	assert_int_equal(sd_identity_replaced(&identity), A);
	be_after(ids, 3);
	assert_int_equal(sd_identity_replaced(&identity), B);
}

static void a_line_is_told_once_for_each_server_behind_the_name(void **state)
{
	static const uint64_t back[] = {A, B, A};

	(void)state;
	be_after(back, 2);
	assert_true(sd_identity_may_report(&identity, 3));
	assert_false(sd_identity_may_report(&identity, 3));
	assert_true(sd_identity_may_report(&identity, 4));
	assert_int_equal(greet(A), SD_IDENTITY_TWO);
	assert_false(sd_identity_may_report(&identity, 3)); /* it would be told at each turn */
	be_after(back, 1);
	assert_true(sd_identity_may_report(&identity, 3));
	assert_int_equal(greet(B), SD_IDENTITY_CHANGED);
	assert_true(sd_identity_may_report(&identity, 3));
}

static void nothing_is_left_of_a_name_that_was_cleared(void **state)
{
	static const uint64_t back[] = {A, B, A};

	(void)state;
	be_after(back, 3);
	(void)sd_identity_may_report(&identity, 3);
	sd_identity_clear(&identity);
	assert_int_equal(sd_identity_id(&identity), SD_NO_ID);
	assert_int_equal(sd_identity_replaced(&identity), SD_NO_ID);
	assert_true(sd_identity_may_report(&identity, 3));
	assert_int_equal(greet(B), SD_IDENTITY_SAME);
	assert_int_equal(greet(A), SD_IDENTITY_CHANGED);
}

static void a_number_is_never_one_that_means_something_else(void **state)
{
	uint8_t id[SD_GREETING_ID] = {0};
	uint64_t before = 0;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		uint64_t number;

		id[i % SD_GREETING_ID]++;
		number = sd_identity_number(id);
		assert_true(number > SD_TWO_IDS);
		assert_true(number != before);
		before = number;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_id_in_each_state, open_identity),
		cmocka_unit_test_setup(two_servers_are_two_until_none_has_changed_for_a_minute,
	                           open_identity),
		cmocka_unit_test_setup(a_greeting_that_was_on_its_way_before_a_change_changes_nothing,
	                           open_identity),
		cmocka_unit_test_setup(the_id_that_was_replaced_last_is_remembered, open_identity),
		cmocka_unit_test_setup(a_line_is_told_once_for_each_server_behind_the_name, open_identity),
		cmocka_unit_test_setup(nothing_is_left_of_a_name_that_was_cleared, open_identity),
		cmocka_unit_test_setup(a_number_is_never_one_that_means_something_else, open_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
