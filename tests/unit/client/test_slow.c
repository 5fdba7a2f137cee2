/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What takes its time is not dead, through the network: a classic server that proves slowly. On a
 * system that does what the test says (fake_system.c).
 */

#include "tests/unit/unit.h"

#include <string.h>

#include "client/net/finding.h"
#include "client/net/network.h"
#include "client/net/platform.h"
#include "client/policy/operation.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"

#define CONNECT_MS 1000
#define TIMEOUT_MS 20000
#define INTERVAL_MS 5000
#define PORT 1042
#define SLOW_US ((SD_PROOF_AGE_MAX_MS + 500) * 1000)

static struct sd_dead_marks *marks;
static struct sd_options options;
static struct sd_network *network;
static struct sd_server server;
static struct sd_exchange exchange;
static struct kept kept;

static void ignore(const char *line)
{
	(void)line;
}

static int open_all(void **state)
{
	struct sd_error error;
	enum sd_server_part part;

	(void)state;
	fake_system_reset();
	marks = sd_dead_marks_new();
	assert_non_null(marks);
	assert_int_equal(sd_server_init(&server, "127.0.0.1", 9, PORT, 60, 1, &part, &error), SD_OK);
	options = (struct sd_options){.connect_timeout_ms = CONNECT_MS,
	                              .timeout_ms = TIMEOUT_MS,
	                              .retry_interval_ms = INTERVAL_MS,
	                              .marking = {CONNECT_MS, TIMEOUT_MS, INTERVAL_MS}};
	network = sd_network_new(&options, marks, ignore);
	assert_non_null(network);
	kept.sink = kept_sink;
	kept_restart(&kept.sink);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	sd_network_free(network);
	sd_dead_marks_free(marks);
	return fake_system_open() == 0 ? 0 : -1;
}

/* {{{ requests */

static enum sd_status ask(struct sd_request request)
{
	struct sd_policy policy = {.transport = sd_network_transport(network), .options = &options};

	memset(&exchange, 0, sizeof(exchange));
	exchange.server = &server;
	exchange.request = request;
	exchange.request.key = (struct sd_bytes){"key", 3};
	sd_operation_perform_one(&policy, &exchange);
	return exchange.reply.status;
}

static enum sd_status get(void)
{
	kept_restart(&kept.sink);
	return ask((struct sd_request){.kind = SD_GET, .sink = &kept.sink});
}

/* }}} */

/* {{{ a classic server */

static void be_classic(void)
{
	fake_server.is_classic = fake_server.has_nothing = true;
	server.protocol = SD_PROTOCOL_CLASSIC;
}

/* It was asked for the entry, for a proof, and for the entry again. */
static void a_proof_that_took_longer_than_it_counts_counts_when_it_is_given(void **state)
{
	(void)state;
	be_classic();
	fake_server.answers_us = SLOW_US;
	assert_int_equal(get(), SD_ABSENT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 3);
}

/* It counts for no longer than any other: by the next fetch it is too old. */
static void it_gets_as_old_as_any_other(void **state)
{
	(void)state;
	be_classic();
	fake_server.answers_us = SLOW_US;
	assert_int_equal(get(), SD_ABSENT);
	assert_int_equal(get(), SD_ABSENT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 6);
}

/* The server may have died when it had sent the first byte, and a proxy closes in its place. */
static void an_end_that_comes_late_makes_no_proof_younger(void **state)
{
	(void)state;
	be_classic();
	fake_server.drip_us = SLOW_US;
	options.timeout_ms = 12000;
	assert_int_equal(get(), SD_TIMEOUT);
}

/* What comes while the process is not running may have come at the beginning of that. */
static void one_that_may_have_been_given_long_ago_is_asked_for_again(void **state)
{
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		assert_int_equal(close_all(NULL), 0);
		(void)open_all(NULL);
		be_classic();
		fake_server.answers_us = late ? (SD_PLATFORM_PATIENCE_MS + 10) * 1000 : 0;
		fake_server.stopped_at = late ? 3 : 2; /* of the proof the first */
		fake_server.stopped_us = SLOW_US;
		assert_int_equal(get(), SD_ABSENT);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 5);
	}
}

/* }}} */

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_proof_that_took_longer_than_it_counts_counts_when_it_is_given),
		TEST(it_gets_as_old_as_any_other),
		TEST(an_end_that_comes_late_makes_no_proof_younger),
		TEST(one_that_may_have_been_given_long_ago_is_asked_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
