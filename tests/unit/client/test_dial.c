/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* How long what a name was found to be counts, with a name server that is well, slow, or away; see
 * client/net/dial.h. */

#include "tests/unit/unit.h"

#include <errno.h>
#include <netdb.h>

#include "client/net/dial.h"
#include "tests/unit/client/fake_system.h"

#define TIMEOUT_MS 500 /* to connect */
#define SLACK_MS 10
#define SECOND_MS 1000
#define HOUR_MS 3600000

static struct sd_server server;
static struct sd_addresses known;
static struct sd_dial dial;

static int begin_test(void **state)
{
	struct sd_error error;
	enum sd_server_part part;

	(void)state;
	fake_system_reset();
	memset(&known, 0, sizeof(known));
	return sd_server_init(&server, "a.example", 9, 1042, 60, 1, &part, &error) == SD_OK ? 0 : -1;
}

/* Connects, and closes again. Returns how many milliseconds it took, or -1: no connection was
 * begun. */
static int64_t connect_once(void)
{
	int64_t began_ms = sd_platform_now_ms();
	bool goes_on = sd_dial_begin(&dial, &server, &known, began_ms + TIMEOUT_MS);
	int64_t took_ms;

	while (goes_on && !sd_dial_has_socket(&dial)) {
		int64_t now_ms = sd_platform_now_ms();

		fake_system_pass_ms(dial.expires_ms > now_ms ? dial.expires_ms - now_ms : 0);
		goes_on = sd_dial_expire(&dial, began_ms);
	}
	took_ms = sd_platform_now_ms() - began_ms;
	sd_dial_close(&dial);
	assert_int_equal(fake_system_open(), 0);
	return goes_on ? took_ms : -1;
}

static unsigned look_ups(void)
{
	return fake_system_calls(FAKE_LOOKUP_BEGIN);
}

static void a_name_is_looked_up_once_a_second(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_in_range(connect_once(), 0, SLACK_MS);
	}
	assert_int_equal(look_ups(), 1);
	fake_system_pass_ms(SECOND_MS);
	assert_in_range(connect_once(), 0, SLACK_MS);
	assert_int_equal(look_ups(), 2);
}

static void addresses_that_fail_are_looked_up_again_at_once(void **state)
{
	(void)state;
	assert_in_range(connect_once(), 0, SLACK_MS);
	fake_system_fail(FAKE_CONNECT, fake_system_calls(FAKE_CONNECT), ECONNREFUSED, true);
	assert_int_equal(connect_once(), -1);
	assert_int_equal(look_ups(), 1);
	assert_int_equal(sd_dial_evidence(&dial), SD_EVIDENCE_REFUSES);
	assert_int_equal(connect_once(), -1);
	assert_int_equal(look_ups(), 2);
	fake_system_heal();
	assert_in_range(connect_once(), 0, SLACK_MS);
	assert_int_equal(look_ups(), 3);
	assert_in_range(connect_once(), 0, SLACK_MS);
	assert_int_equal(look_ups(), 3);
}

static void while_the_name_server_fails_the_last_addresses_are_used_for_an_hour(void **state)
{
	const int errors[] = {EAI_AGAIN, EAI_FAIL, EAI_MEMORY, EAI_SYSTEM};

	(void)state;
	assert_in_range(connect_once(), 0, SLACK_MS);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		fake_system_pass_ms(SECOND_MS);
		fake_system_fail(FAKE_LOOKUP_POLL, 0, errors[i], true);
		assert_in_range(connect_once(), 0, 2 * SLACK_MS);
	}
	fake_system_pass_ms(HOUR_MS);
	assert_int_equal(connect_once(), -1);
	fake_system_heal();
	assert_in_range(connect_once(), 0, SLACK_MS);
}

/* Another machine may have its last address by now. */
static void a_name_that_does_not_exist_any_more_has_no_address(void **state)
{
	(void)state;
	assert_in_range(connect_once(), 0, SLACK_MS);
	fake_system_pass_ms(SECOND_MS);
	fake_system_fail(FAKE_LOOKUP_POLL, 0, EAI_NONAME, true);
	assert_int_equal(connect_once(), -1);
	assert_int_equal(sd_dial_evidence(&dial), SD_EVIDENCE_SILENT);
	fake_system_fail(FAKE_LOOKUP_POLL, 0, EAI_AGAIN, true);
	assert_int_equal(connect_once(), -1);
}

static void while_the_name_server_is_silent_the_last_addresses_have_half_of_the_time(void **state)
{
	(void)state;
	assert_in_range(connect_once(), 0, SLACK_MS);
	fake_system_pass_ms(SECOND_MS);
	fake_server.looked_up_after = 100000;
	assert_in_range(connect_once(), TIMEOUT_MS / 2, TIMEOUT_MS / 2 + SLACK_MS);
	fake_server.looked_up_after = 0;
	assert_in_range(connect_once(), 0, SLACK_MS);
}

static void without_a_thread_for_the_look_up_the_last_addresses_are_used(void **state)
{
	(void)state;
	assert_in_range(connect_once(), 0, SLACK_MS);
	fake_system_pass_ms(SECOND_MS);
	fake_system_fail(FAKE_LOOKUP_BEGIN, 0, EAGAIN, true);
	assert_in_range(connect_once(), 0, SLACK_MS);
}

/* A server that restarts while the name server is away is one that refuses, which is tried again
 * soon, and none that is silent. */
static void while_the_name_server_is_away_the_addresses_say_how_the_server_is(void **state)
{
	(void)state;
	assert_in_range(connect_once(), 0, SLACK_MS);
	fake_system_pass_ms(SECOND_MS);
	fake_server.looked_up_after = 100000;
	fake_system_fail(FAKE_CONNECT, fake_system_calls(FAKE_CONNECT), ECONNREFUSED, true);
	assert_int_equal(connect_once(), -1);
	assert_int_equal(sd_dial_evidence(&dial), SD_EVIDENCE_REFUSES);
	assert_false(dial.timed_out);
	fake_system_heal();
	assert_in_range(connect_once(), TIMEOUT_MS / 2, TIMEOUT_MS / 2 + SLACK_MS);
}

static void a_name_that_was_never_found_has_no_address(void **state)
{
	(void)state;
	fake_server.looked_up_after = 100000;
	assert_int_equal(connect_once(), -1);
	assert_true(dial.timed_out);
	assert_int_equal(sd_dial_evidence(&dial), SD_EVIDENCE_SILENT);
	fake_server.looked_up_after = 0;
	assert_in_range(connect_once(), 0, SLACK_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_name_is_looked_up_once_a_second, begin_test),
		cmocka_unit_test_setup(addresses_that_fail_are_looked_up_again_at_once, begin_test),
		cmocka_unit_test_setup(while_the_name_server_fails_the_last_addresses_are_used_for_an_hour,
	                           begin_test),
		cmocka_unit_test_setup(a_name_that_does_not_exist_any_more_has_no_address, begin_test),
		cmocka_unit_test_setup(
			while_the_name_server_is_silent_the_last_addresses_have_half_of_the_time, begin_test),
		cmocka_unit_test_setup(without_a_thread_for_the_look_up_the_last_addresses_are_used,
	                           begin_test),
		cmocka_unit_test_setup(while_the_name_server_is_away_the_addresses_say_how_the_server_is,
	                           begin_test),
		cmocka_unit_test_setup(a_name_that_was_never_found_has_no_address, begin_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
