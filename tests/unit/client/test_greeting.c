/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* client/transport/greeting: what a server is, by the bytes of its first answers. */

#include "tests/unit/unit.h"

#include <string.h>

#include "client/transport/greeting.h"

/* Takes the answers in `bytes`, all of them complete. The result of the last one that was taken;
 * what was not taken, if one was bad, is left out. */
static enum sd_greeting_result take(struct sd_greeting *greeting, const char *bytes)
{
	enum sd_greeting_result result = SD_GREETING_MORE;
	size_t length = strlen(bytes);
	struct sd_meta_reply answer;

	sd_greeting_begin(greeting);
	while (length > 0 && result == SD_GREETING_MORE) {
		assert_true(sd_meta_read_reply((const uint8_t *)bytes, length, &answer));
		result = sd_greeting_take(greeting, &answer);
		bytes += answer.line_length;
		length -= answer.line_length;
	}
	return result;
}

static void assert_greets(int64_t ttl_s, const char *wanted)
{
	uint8_t bytes[SD_GREETING_MAX];
	size_t length = sd_greeting_write(bytes, ttl_s);

	assert_int_equal(length, strlen(wanted));
	assert_memory_equal(bytes, wanted, length);
}

static void the_greeting_says_for_how_long_entries_live_if_that_is_known(void **state)
{
	(void)state;
	assert_greets(0, "mn sharedance\r\nversion\r\nmg sharedance E1\r\n");
	assert_greets(1440, "mn sharedance T1440\r\nversion\r\nmg sharedance E1\r\n");
	assert_greets(INT64_MAX,
	              "mn sharedance T9223372036854775807\r\nversion\r\nmg sharedance E1\r\n");
}

static void the_end_of_the_version_tells_sharedanced_from_memcached(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(take(&greeting, "MN\r\nVERSION 1.2.3-sharedanced\r\nEN\r\n"),
	                 SD_GREETING_DONE);
	assert_int_equal(greeting.dialect, SD_SHAREDANCED);
	assert_string_equal(greeting.version, "1.2.3-sharedanced");
	assert_int_equal(take(&greeting, "MN\r\nVERSION 1.6.38\r\nEN\r\n"), SD_GREETING_DONE);
	assert_int_equal(greeting.dialect, SD_MEMCACHED);
	assert_string_equal(greeting.version, "1.6.38");
}

static void a_key_of_the_greetings_name_may_be_there(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(take(&greeting, "MN\r\nVERSION 1.6.38\r\nHD\r\n"), SD_GREETING_DONE);
	assert_int_equal(greeting.dialect, SD_MEMCACHED);
}

static void a_memcached_that_refuses_e_is_an_old_one(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(take(&greeting, "MN\r\nVERSION 1.6.18\r\nCLIENT_ERROR invalid flag\r\n"),
	                 SD_GREETING_DONE);
	assert_int_equal(greeting.dialect, SD_OLD_MEMCACHED);
}

static void a_sharedanced_that_refuses_e_is_none(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(take(&greeting, "MN\r\nVERSION 1-sharedanced\r\nERROR\r\n"), SD_GREETING_BAD);
}

static void more_is_to_come_until_the_third_answer(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(take(&greeting, "MN\r\n"), SD_GREETING_MORE);
	assert_int_equal(take(&greeting, "MN\r\nVERSION 1.6.38\r\n"), SD_GREETING_MORE);
}

static void other_answers_are_bad_wherever_they_come(void **state)
{
	static const char *const bad[] = {
		"EN\r\n",
		"ERROR\r\n",
		"220 mail.example ESMTP\r\n",
		"VERSION 1.6.38\r\n",
		"MN\r\nMN\r\n",
		"MN\r\nERROR\r\n",
		"MN\r\nVERSION 1.6.38\r\nNF\r\n",
		"MN\r\nVERSION 1.6.38\r\nVA 0\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct sd_greeting greeting = {0};

		assert_int_equal(take(&greeting, bad[i]), SD_GREETING_BAD);
	}
}

static void the_version_stays_until_the_server_says_it_again(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(take(&greeting, "MN\r\nVERSION 1.6.38\r\nEN\r\n"), SD_GREETING_DONE);
	sd_greeting_begin(&greeting);
	assert_string_equal(greeting.version, "1.6.38");
	assert_int_equal(take(&greeting, "MN\r\nVERSION\r\nEN\r\n"), SD_GREETING_DONE);
	assert_string_equal(greeting.version, "");
}

static void a_long_version_is_cut(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(
		take(&greeting,
	         "MN\r\nVERSION 0123456789012345678901234567890123456789-sharedanced\r\nEN\r\n"),
		SD_GREETING_DONE);
	assert_int_equal(greeting.dialect, SD_SHAREDANCED);
	assert_string_equal(greeting.version, "0123456789012345678901234567890");
}

static void what_a_sharedanced_says_of_itself_is_kept(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(
		take(&greeting, "MN iAAECAwQFBgcICQoLDA0ODw== n7 s99 w1795380000000000 u0 h znew\r\n"),
		SD_GREETING_MORE);
	assert_true(greeting.has_id);
	for (uint8_t i = 0; i < SD_GREETING_ID; i++) {
		assert_int_equal(greeting.id[i], i);
	}
	assert_int_equal(greeting.start, 7);
	assert_int_equal(greeting.process, 99);
	assert_int_equal(greeting.wall_us, 1795380000000000);
	assert_true(greeting.has_unproven);
	assert_int_equal(greeting.unproven, 0);
	assert_true(greeting.takes_holders);
	assert_int_equal(take(&greeting, "MN\r\n"), SD_GREETING_MORE); /* another server now */
	assert_false(greeting.has_id);
	assert_false(greeting.has_unproven);
	assert_false(greeting.takes_holders);
	assert_int_equal(greeting.process, 0);
	assert_int_equal(greeting.start, 0);
	assert_int_equal(greeting.wall_us, 0);
}

static void a_word_that_is_wrong_is_not_taken(void **state)
{
	struct sd_greeting greeting = {0};

	(void)state;
	assert_int_equal(take(&greeting, "MN iAAEC n w1x i n7x  w99999999999999999999999 h2\r\n"),
	                 SD_GREETING_MORE);
	assert_false(greeting.has_id);
	assert_int_equal(greeting.start, 0);
	assert_int_equal(greeting.wall_us, 0);
	assert_false(greeting.takes_holders);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_greeting_says_for_how_long_entries_live_if_that_is_known),
		cmocka_unit_test(the_end_of_the_version_tells_sharedanced_from_memcached),
		cmocka_unit_test(a_key_of_the_greetings_name_may_be_there),
		cmocka_unit_test(a_memcached_that_refuses_e_is_an_old_one),
		cmocka_unit_test(a_sharedanced_that_refuses_e_is_none),
		cmocka_unit_test(more_is_to_come_until_the_third_answer),
		cmocka_unit_test(other_answers_are_bad_wherever_they_come),
		cmocka_unit_test(the_version_stays_until_the_server_says_it_again),
		cmocka_unit_test(a_long_version_is_cut),
		cmocka_unit_test(what_a_sharedanced_says_of_itself_is_kept),
		cmocka_unit_test(a_word_that_is_wrong_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
