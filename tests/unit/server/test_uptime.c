/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* `stats` says for how long the server runs, whatever is done to the wall clock. */

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "server/system/work.h"
#include "server/protocol/dispatch.h"
#include "server/system/clock.h"
#include "tests/unit/server/temporary_store.h"
#include "tests/unit/server/test_client.h"
#include "tests/unit/unit.h"

#define NOW_MS 1700000000000
#define HOUR_MS (60 * 60 * 1000)
#define MAX_SIZE (64ull * 1024 * 1024)

/* {{{ clocks of the test's own: the linker has these called */

static int64_t wall_ms = NOW_MS;
static int64_t boot_ms = 5000;

struct sdd_clock_reading __wrap_sdd_clock_read(void);
int64_t __wrap_sdd_clock_boot_ms(void);
int64_t __wrap_sdd_clock_boot_at(struct timespec *now);

struct sdd_clock_reading __wrap_sdd_clock_read(void)
{
	return (struct sdd_clock_reading){wall_ms, boot_ms};
}

int64_t __wrap_sdd_clock_boot_ms(void)
{
	return boot_ms;
}

int64_t __wrap_sdd_clock_boot_at(struct timespec *now)
{
	*now = (struct timespec){.tv_sec = boot_ms / 1000};
	return boot_ms;
}

/* }}} */

static void on_closed(void *owner)
{
	(void)owner;
}

/* The number that `stats` has for a name. */
static unsigned long long number_of(struct sdd_dispatch *dispatch,
                                    struct sdd_connections *connections, struct event_base *base,
                                    const char *name)
{
	int client = connect_and_send(connections, "stats\r\n");
	unsigned long long number = 0;
	char line[40];
	const char *found;

	(void)event_base_loop(base, EVLOOP_NONBLOCK);
	assert_true(sdd_dispatch_end_tick(dispatch));
	assert_false(sdd_dispatch_end_tick(dispatch)); /* the client has sent nothing more */
	(void)snprintf(line, sizeof(line), "STAT %s ", name);
	found = strstr(replies(client), line);
	assert_non_null(found);
	assert_int_equal(sscanf(found + strlen(line), "%llu", &number), 1);
	(void)close(client);
	return number;
}

static void the_uptime_goes_by_the_time_since_boot(void **state)
{
	static const int64_t steps_ms[] = {0, -HOUR_MS, 2 * HOUR_MS, -NOW_MS};
	static const struct sdd_dispatch_settings settings = {.max_request_size = 1024,
	                                                      .expiration_ms = HOUR_MS,
	                                                      .lock_lease_s = 60,
	                                                      .lock_waiters = 8,
	                                                      .lock_memory = 1u << 20};
	static const struct sdd_connection_limits limits = {
		.read_size = 1024, .timeout_seconds = 60, .connections = 100, .memory = 1 << 30};
	struct temporary_store temporary;
	struct event_base *base = event_base_new();
	struct sdd_dispatch *dispatch;
	struct sdd_connections *connections;
	struct sdd_connection_handler handler = {
		.received = sdd_dispatch_received, .closing = sdd_dispatch_closing, .closed = on_closed};

	(void)state;
	temporary_store_open(&temporary, MAX_SIZE);
	dispatch = sdd_dispatch_new(base, temporary.store, &settings);
	handler.context = dispatch;
	connections = sdd_connections_new(base, &handler, &limits);
	assert_non_null(connections);
	sdd_dispatch_attach(dispatch, connections);
	for (size_t i = 0; i < COUNT_OF(steps_ms); i++) {
		wall_ms = NOW_MS + steps_ms[i];
		boot_ms += 7000;
		sdd_store_update_clock(temporary.store);
		assert_true(number_of(dispatch, connections, base, "uptime") == 7 * (i + 1));
		assert_true(number_of(dispatch, connections, base, "time") == (uint64_t)wall_ms / 1000);
	}
	sdd_connections_free(connections);
	sdd_dispatch_free(dispatch);
	temporary_store_close(&temporary);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_uptime_goes_by_the_time_since_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
