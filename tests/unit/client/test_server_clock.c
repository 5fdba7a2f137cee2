/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Versions go by the clock of the server, as it told it when a connection began: through the
 * network, on a system with a clock of its own (fake_system.c). */

#include "tests/unit/unit.h"

#include <string.h>

#include "client/net/hybrid_clock.h"
#include "client/net/network.h"
#include "client/net/platform.h"
#include "client/policy/operation.h"
#include "tests/unit/client/fake_peer.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"

#define TIMEOUT_MS 60000
#define AHEAD_US INT64_C(1795000000000000)
#define HOUR_US (INT64_C(3600) * 1000000)
#define DAYS_US (72 * HOUR_US)

/* A worker of the machine: its own network, and the marks of all. */
struct worker {
	struct sd_options options;
	struct sd_network *network;
	struct sd_server server; /* the first of two */
	struct sd_server second;
	struct kept kept;
};

static struct sd_dead_marks *marks;
static struct worker worker;
static struct worker other;

static void ignore(const char *line)
{
	(void)line;
}

static void init_server(struct sd_server *server, uint16_t port)
{
	struct sd_error error;
	enum sd_server_part part;

	assert_int_equal(
		sd_server_init(server, "127.0.0.1", strlen("127.0.0.1"), port, 60, 1, &part, &error),
		SD_OK);
}

static void open_worker(struct worker *opened)
{
	memset(opened, 0, sizeof(*opened));
	opened->options =
		(struct sd_options){.connect_timeout_ms = TIMEOUT_MS, .timeout_ms = TIMEOUT_MS};
	opened->kept.sink = kept_sink;
	opened->network = sd_network_new(&opened->options, marks, ignore);
	assert_non_null(opened->network);
	init_server(&opened->server, 1042);
	init_server(&opened->second, 1043);
}

static int set_up(void **state)
{
	(void)state;
	fake_system_reset();
	fake_server = (struct fake_server){.wall_ahead_us = AHEAD_US};
	marks = sd_dead_marks_new();
	assert_non_null(marks);
	open_worker(&worker);
	open_worker(&other);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sd_network_free(worker.network);
	sd_network_free(other.network);
	sd_dead_marks_free(marks);
	return 0;
}

/* Returns whether the version that was read is too far ahead. */
static bool read_from(struct worker *by, const struct sd_server *server)
{
	struct sd_policy policy = {.transport = sd_network_transport(by->network),
	                           .options = &by->options};
	struct sd_exchange exchange = {.server = server,
	                               .request = {.kind = SD_GET, .key = {"key", 3}}};

	kept_restart(&by->kept.sink);
	exchange.request.sink = &by->kept.sink;
	sd_operation_perform_one(&policy, &exchange);
	assert_int_equal(exchange.reply.status, SD_OK);
	return exchange.reply.far_ahead;
}

static void connect_by(struct worker *by)
{
	(void)read_from(by, &by->server);
}

static int64_t new_version_for(struct worker *by, const struct sd_server *first,
                               const struct sd_server *second)
{
	struct sd_transport *transport = sd_network_transport(by->network);

	return (int64_t)transport->new_version(transport, first, second);
}

static int64_t new_version(struct worker *by)
{
	return new_version_for(by, &by->server, &by->server);
}

static int64_t servers_us(void)
{
	return fake_system_now_us() + fake_server.wall_ahead_us;
}

/* However long it is on its way: what the server wrote before, by its own clock, is older. */
static void a_version_is_never_behind_the_servers_clock(void **state)
{
	static const int64_t drips_us[] = {0, 100, 5000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(drips_us); i++) {
		(void)tear_down(NULL);
		(void)set_up(NULL);
		fake_server.drip_us = drips_us[i];
		connect_by(&worker);
		assert_true(new_version(&worker) >= servers_us());
		fake_system_pass_ms(10000);
		assert_true(new_version(&worker) >= servers_us());
		assert_true(new_version(&worker) < servers_us() + 2000000);
	}
}

static void a_version_more_than_a_day_ahead_is_told_and_not_followed(void **state)
{
	(void)state;
	connect_by(&worker);
	fake_server.version = (uint64_t)(servers_us() + SD_VERSION_AHEAD_MAX_US + HOUR_US);
	assert_true(read_from(&worker, &worker.server));
	assert_true(new_version(&worker) < servers_us() + HOUR_US);
	fake_server.version = (uint64_t)(servers_us() + SD_VERSION_AHEAD_MAX_US - HOUR_US);
	assert_false(read_from(&worker, &worker.server));
	assert_true(new_version(&worker) > (int64_t)fake_server.version);
}

/* How often the server was asked for its time, not counting greetings. */
static unsigned questions(void)
{
	unsigned count = 0;

	for (const char *at = fake_peer_heard; (at = strstr(at, " mn sharedance\n")) != NULL; at++) {
		count++;
	}
	return count;
}

/* Reads, of which the one before connected some seconds ago. */
static bool read_later(struct worker *by, unsigned asked)
{
	unsigned before = fake_peer_connections;
	bool is_far_ahead;

	fake_system_pass_ms(5000);
	fake_peer_heard[0] = '\0';
	is_far_ahead = read_from(by, &by->server);
	assert_int_equal(fake_peer_connections, before);
	assert_int_equal(questions(), asked);
	return is_far_ahead;
}

static void what_looks_too_far_ahead_of_a_time_told_long_ago_is_asked_for_once_more(void **state)
{
	(void)state;
	connect_by(&worker);
	fake_server.version = (uint64_t)(servers_us() + SD_VERSION_AHEAD_MAX_US + HOUR_US);
	assert_true(read_later(&worker, 1)); /* it is */
	assert_true(new_version(&worker) < servers_us() + HOUR_US);
	fake_server.wall_ahead_us += DAYS_US; /* the clock is set */
	fake_server.version = (uint64_t)servers_us();
	assert_false(read_later(&worker, 1));
	assert_false(read_later(&worker, 0));
	assert_true(new_version(&worker) >= servers_us());
	assert_true(new_version(&other) >= servers_us()); /* all workers know */
}

/* The version of what the server has is too far ahead of its clock, which it told long ago. */
static void have_doubtful_version(void)
{
	fake_system_pass_ms(5000);
	fake_peer_heard[0] = '\0';
	fake_peer_connections = 0;
	fake_server.version = (uint64_t)(servers_us() + SD_VERSION_AHEAD_MAX_US + HOUR_US);
}

static struct sd_exchange exchange_of(struct sd_request request)
{
	struct sd_exchange exchange = {.server = &worker.server,
	                               .request = request,
	                               .deadline_ms = sd_platform_now_ms() + TIMEOUT_MS,
	                               .connect_ms = TIMEOUT_MS};

	exchange.request.key = (struct sd_bytes){"key", 3};
	return exchange;
}

static void perform(struct sd_exchange *exchanges)
{
	struct sd_transport *transport = sd_network_transport(worker.network);

	kept_restart(&worker.kept.sink);
	transport->perform(transport, exchanges);
}

/* The lock would end with the connection. */
static void a_lock_on_the_connection_stays_there(void **state)
{
	struct sd_exchange lock;
	struct sd_exchange unlock;

	(void)state;
	connect_by(&worker);
	lock = exchange_of((struct sd_request){.kind = SD_LOCK, .ttl = 30});
	perform(&lock);
	assert_int_equal(lock.reply.status, SD_OK);
	have_doubtful_version();
	assert_true(read_later(&worker, 1));
	unlock = exchange_of(
		(struct sd_request){.kind = SD_UNLOCK, .held = true, .connection = lock.reply.connection});
	perform(&unlock);
	assert_int_equal(unlock.reply.status, SD_OK);
	assert_int_equal(fake_peer_connections, 0);
}

/* What is behind it on its way is performed once, and all of it is judged by one answer. */
static void it_is_asked_once_behind_all_that_was_asked(void **state)
{
	static uint8_t value[100000]; /* the first is answered before the last can be sent */
	struct sd_exchange exchanges[3];

	(void)state;
	fake_server.sends_at_most = 512;
	connect_by(&worker);
	have_doubtful_version();
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		exchanges[i] = exchange_of((struct sd_request){.kind = SD_GET, .sink = &worker.kept.sink});
		exchanges[i].next = i < 2 ? &exchanges[i + 1] : NULL;
	}
	exchanges[1] = exchange_of((struct sd_request){.kind = SD_SET, .data = {value, sizeof(value)}});
	exchanges[1].next = &exchanges[2];
	perform(exchanges);
	for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
		assert_int_equal(exchanges[i].reply.status, SD_OK);
		assert_int_equal(exchanges[i].reply.far_ahead, i != 1);
		assert_false(exchanges[i].reply.is_doubtful);
	}
	assert_int_equal(fake_peer_connections, 0);
	assert_int_equal(questions(), 1);
	assert_string_equal(strrchr(fake_peer_heard, 'm'), "mn sharedance\n");
}

/* A value that comes has more time than a first byte, and the answer behind it has that, too. */
static void it_has_the_time_of_the_value_that_is_in_doubt(void **state)
{
	struct sd_exchange get;

	(void)state;
	connect_by(&worker);
	have_doubtful_version();
	get = exchange_of((struct sd_request){.kind = SD_GET, .sink = &worker.kept.sink});
	get.patience_ms = TIMEOUT_MS;
	get.value_deadline_ms = get.deadline_ms + TIMEOUT_MS;
	fake_server.drip_us = 1400000;
	perform(&get);
	assert_int_equal(get.reply.status, SD_OK);
	assert_true(sd_platform_now_ms() > get.deadline_ms);
	assert_true(get.reply.far_ahead);
	assert_int_equal(fake_peer_connections, 0);
	fake_server.drip_us = 0;
	assert_true(read_later(&worker, 1));
}

static void a_new_connection_that_is_slow_is_asked_once(void **state)
{
	(void)state;
	fake_server.answers_us = 2000000;
	connect_by(&worker);
	have_doubtful_version();
	assert_true(read_later(&worker, 1));
	sd_network_close(worker.network);
	fake_peer_heard[0] = '\0';
	assert_true(read_from(&worker, &worker.server));
	assert_int_equal(fake_peer_connections, 1);
	assert_int_equal(questions(), 1);
}

/* Then nobody can tell, and the version counts. */
static void where_the_time_is_not_told_once_more_the_answer_is_as_good_as_before(void **state)
{
	static const char *const answers[] = {"", "ERROR\r\n"};

	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		(void)tear_down(state);
		(void)set_up(state);
		connect_by(&worker);
		have_doubtful_version();
		fake_server.says_instead = answers[i];
		assert_false(read_later(&worker, 1));
		fake_server.says_instead = NULL;
		assert_true(read_from(&worker, &worker.server)); /* on a new connection */
		assert_int_equal(fake_peer_connections, 1);
		assert_true(read_later(&worker, 1));
	}
}

static void without_a_servers_clock_what_is_beyond_any_date_is_told_and_not_followed(void **state)
{
	(void)state;
	fake_server = (struct fake_server){.version = INT64_MAX};
	assert_true(read_from(&worker, &worker.server));
	assert_true((uint64_t)new_version(&worker) < SD_VERSION_DATE_MAX);
	assert_true(read_later(&worker, 0)); /* nothing was told that could be wrong by now */
}

/* The look at the time that begins a round counts for that round. */
static void a_version_after_a_pause_is_not_of_the_time_before_it(void **state)
{
	struct sd_transport *transport = sd_network_transport(worker.network);

	(void)state;
	connect_by(&worker);
	(void)transport->now_ms(transport);
	transport->pause(transport, 5000);
	assert_true(new_version(&worker) >= servers_us());
}

static void a_worker_that_never_asked_goes_by_what_another_one_was_told(void **state)
{
	(void)state;
	connect_by(&worker);
	assert_true(new_version(&other) >= servers_us());
	assert_true(new_version(&other) < servers_us() + 1000000);
}

static void a_clock_that_was_set_counts_from_the_next_connection_on(void **state)
{
	static const int64_t steps_us[] = {HOUR_US, -2 * HOUR_US};

	(void)state;
	connect_by(&worker);
	for (size_t i = 0; i < COUNT_OF(steps_us); i++) {
		fake_server.wall_ahead_us += steps_us[i];
		sd_network_close(worker.network);
		connect_by(&worker);
		/* one that has made no version yet, which none would go behind */
		sd_network_free(other.network);
		open_worker(&other);
		assert_true(new_version(&other) >= servers_us());
		assert_true(new_version(&other) < servers_us() + 1000000);
	}
}

/* A change has a version that follows from what was read, and not from the clock. */
static void what_is_written_next_is_above_what_was_written(void **state)
{
	struct sd_policy policy = {.transport = sd_network_transport(worker.network),
	                           .options = &worker.options};
	struct sd_exchange exchange = {.server = &worker.server,
	                               .request = {.kind = SD_SET, .key = {"key", 3}}};

	(void)state;
	connect_by(&worker);
	exchange.request.version = (uint64_t)(servers_us() + HOUR_US);
	sd_operation_perform_one(&policy, &exchange);
	assert_int_equal(exchange.reply.status, SD_OK);
	assert_true(new_version(&worker) > (int64_t)exchange.request.version);
	assert_true(new_version(&other) < servers_us() + HOUR_US);
}

/* The second server's clock, and what it has, are three days ahead of the first one's. */
static void read_from_both(void)
{
	connect_by(&worker);
	fake_server.wall_ahead_us += DAYS_US;
	fake_server.version = (uint64_t)servers_us();
	(void)read_from(&worker, &worker.second);
	fake_server.wall_ahead_us -= DAYS_US;
}

static void assert_is_now(int64_t version, int64_t wall_us)
{
	assert_true(version >= wall_us);
	assert_true(version < wall_us + 1000000);
}

static void a_servers_wrong_clock_is_nothing_to_another_server(void **state)
{
	(void)state;
	read_from_both();
	assert_is_now(new_version_for(&worker, &worker.second, &worker.second), servers_us() + DAYS_US);
	assert_is_now(new_version(&worker), servers_us());
	assert_is_now(new_version_for(&worker, &worker.second, &worker.second), servers_us() + DAYS_US);
}

/* A day would be too far ahead anyway. */
static void nor_is_one_that_is_an_hour_ahead(void **state)
{
	(void)state;
	connect_by(&worker);
	fake_server.wall_ahead_us += HOUR_US;
	(void)read_from(&worker, &worker.second);
	fake_server.wall_ahead_us -= HOUR_US;
	assert_is_now(new_version_for(&worker, &worker.second, &worker.second), servers_us() + HOUR_US);
	assert_is_now(new_version(&worker), servers_us());
}

static void of_two_servers_the_firsts_clock_counts(void **state)
{
	(void)state;
	read_from_both();
	assert_is_now(new_version_for(&worker, &worker.server, &worker.second), servers_us());
	assert_is_now(new_version_for(&worker, &worker.second, &worker.server), servers_us() + DAYS_US);
	/* which the first one would refuse */
	assert_is_now(new_version_for(&worker, &worker.server, &worker.second), servers_us());
}

static void without_the_firsts_clock_the_seconds_counts(void **state)
{
	(void)state;
	(void)read_from(&worker, &worker.second);
	assert_is_now(new_version_for(&worker, &worker.server, &worker.second), servers_us());
}

static void what_either_server_has_is_older(void **state)
{
	(void)state;
	connect_by(&worker);
	(void)read_from(&worker, &worker.second);
	fake_server.version = (uint64_t)(servers_us() + HOUR_US);
	(void)read_from(&worker, &worker.second);
	assert_true(new_version_for(&worker, &worker.server, &worker.second) >
	            (int64_t)fake_server.version);
	fake_server.version += HOUR_US;
	(void)read_from(&worker, &worker.server);
	assert_true(new_version_for(&worker, &worker.server, &worker.second) >
	            (int64_t)fake_server.version);
	/* and what was given is one more */
	assert_true(new_version_for(&worker, &worker.second, &worker.second) >
	            (int64_t)fake_server.version);
}

/* Though the second server's clock is known to be a second behind, or is. */
static void what_this_thread_wrote_before_is_older_on_whichever_server(void **state)
{
	int64_t first;

	(void)state;
	connect_by(&worker);
	fake_server.wall_ahead_us -= 1000000;
	(void)read_from(&worker, &worker.second);
	first = new_version(&worker);
	assert_true(new_version_for(&worker, &worker.second, &worker.second) > first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_version_is_never_behind_the_servers_clock),
		TEST(a_version_more_than_a_day_ahead_is_told_and_not_followed),
		TEST(what_looks_too_far_ahead_of_a_time_told_long_ago_is_asked_for_once_more),
		TEST(a_lock_on_the_connection_stays_there),
		TEST(it_is_asked_once_behind_all_that_was_asked),
		TEST(it_has_the_time_of_the_value_that_is_in_doubt),
		TEST(a_new_connection_that_is_slow_is_asked_once),
		TEST(where_the_time_is_not_told_once_more_the_answer_is_as_good_as_before),
		TEST(without_a_servers_clock_what_is_beyond_any_date_is_told_and_not_followed),
		TEST(a_version_after_a_pause_is_not_of_the_time_before_it),
		TEST(a_worker_that_never_asked_goes_by_what_another_one_was_told),
		TEST(a_clock_that_was_set_counts_from_the_next_connection_on),
		TEST(what_is_written_next_is_above_what_was_written),
		TEST(a_servers_wrong_clock_is_nothing_to_another_server),
		TEST(nor_is_one_that_is_an_hour_ahead),
		TEST(of_two_servers_the_firsts_clock_counts),
		TEST(without_the_firsts_clock_the_seconds_counts),
		TEST(what_either_server_has_is_older),
		TEST(what_this_thread_wrote_before_is_older_on_whichever_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
