/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What is about a lock, on another connection than the lock was taken on: after silence, after a
 * close, and with servers that take no tokens. Through the network, on a system that fails as the
 * test says (fake_system.c).
 */

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "client/net/network.h"
#include "client/net/platform.h"
#include "tests/unit/client/fake_peer.h"
#include "tests/unit/client/fake_system.h"
#include "tests/unit/client/memory_sink.h"

#define TIMEOUT_MS 2000
#define SLACK_MS 10
#define HOLDER 0x9999999999999999
#define OTHER_HOLDER 0x8888888888888888

static struct {
	struct sd_options options;
	struct sd_dead_marks *marks;
	struct sd_network *network;
	struct sd_server server;
	struct sd_exchange exchanges[3];
	struct kept kept;
	uint64_t connection; /* that the last lock was taken on */
	int64_t took_ms;     /* what was performed last */
} it;

static void ignore(const char *line)
{
	(void)line;
}

static void open_client(bool takes_holders)
{
	static const char host[] = "127.0.0.1";
	struct sd_error error;
	enum sd_server_part part;

	fake_system_reset();
	fake_server = (struct fake_server){.takes_holders = takes_holders};
	fake_peer_connections = 0;
	fake_peer_heard[0] = '\0';
	memset(&it, 0, sizeof(it));
	it.options.connect_timeout_ms = it.options.timeout_ms = TIMEOUT_MS;
	it.kept.sink = kept_sink;
	it.marks = sd_dead_marks_new();
	it.network = sd_network_new(&it.options, it.marks, ignore);
	assert_non_null(it.network);
	assert_int_equal(sd_server_init(&it.server, host, strlen(host), 1042, 60, 1, &part, &error),
	                 SD_OK);
}

static void close_client(void)
{
	sd_network_free(it.network);
	sd_dead_marks_free(it.marks);
	assert_int_equal(fake_system_open(), 0);
}

static void perform_all(const struct sd_request *requests, size_t count)
{
	struct sd_transport *transport = sd_network_transport(it.network);
	int64_t began_us = fake_system_now_us();

	memset(it.exchanges, 0, sizeof(it.exchanges));
	for (size_t i = 0; i < count; i++) {
		it.exchanges[i].request = requests[i];
		it.exchanges[i].next = i + 1 < count ? &it.exchanges[i + 1] : NULL;
		it.exchanges[i].server = &it.server;
		it.exchanges[i].deadline_ms = sd_platform_now_ms() + TIMEOUT_MS;
		it.exchanges[i].connect_ms = TIMEOUT_MS;
	}
	transport->perform(transport, it.exchanges);
	it.took_ms = (fake_system_now_us() - began_us) / 1000;
}

/* Performs one request, or two together. */
static void perform(struct sd_request first, const struct sd_request *second)
{
	const struct sd_request requests[] = {first, second != NULL ? *second : (struct sd_request){0}};

	perform_all(requests, second != NULL ? 2 : 1);
}

static void lock(const char *key, uint64_t holder)
{
	perform((struct sd_request){.kind = SD_LOCK, .key = {key, 1}, .ttl = 30, .holder = holder},
	        NULL);
	assert_int_equal(it.exchanges[0].reply.status, SD_OK);
	it.connection = it.exchanges[0].reply.connection;
}

static struct sd_request held(enum sd_request_kind kind, uint64_t holder, uint64_t version)
{
	struct sd_request request = {.kind = kind,
	                             .key = {"k", 1},
	                             .held = true,
	                             .version = version,
	                             .connection = it.connection,
	                             .holder = holder};

	if (kind == SD_SET) {
		request.data = (struct sd_bytes){"x", 1};
	}
	return request;
}

static struct sd_request unlocking(const char *key, uint64_t holder)
{
	return (struct sd_request){
		.kind = SD_UNLOCK, .key = {key, 1}, .connection = it.connection, .holder = holder};
}

static enum sd_status status_of(size_t i)
{
	return it.exchanges[i].reply.status;
}

static enum sd_status get(void)
{
	kept_restart(&it.kept.sink);
	perform((struct sd_request){.kind = SD_GET, .key = {"k", 1}, .sink = &it.kept.sink}, NULL);
	return status_of(0);
}

/* {{{ silence */

static void a_write_and_its_unlock_are_repeated_after_silence(void **state)
{
	static const enum sd_request_kind kinds[] = {SD_SET, SD_DELETE};
	static const char *const heard[] = {
		"1 ml k T30 HYYYYYYYYYYYYYYYY\n2 ms k 1 E7 HYYYYYYYYYYYYYYYY\n2 mu k HYYYYYYYYYYYYYYYY\n",
		"1 ml k T30 HYYYYYYYYYYYYYYYY\n2 md k E7 HYYYYYYYYYYYYYYYY\n2 mu k HYYYYYYYYYYYYYYYY\n"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sd_request unlock;

		open_client(true);
		lock("k", HOLDER);
		fake_system_forget_all();
		unlock = unlocking("k", HOLDER);
		perform(held(kinds[i], HOLDER, 7), &unlock);
		assert_int_equal(status_of(0), SD_OK);
		assert_int_equal(status_of(1), SD_OK);
		assert_in_range(it.took_ms, TIMEOUT_MS / 2 - SLACK_MS, TIMEOUT_MS / 2 + SLACK_MS);
		assert_string_equal(fake_peer_heard, heard[i]);
		close_client();
	}
}

/* Not what the server could not tell from another one: it gets all the time that there is. */
static void what_has_no_token_or_no_version_is_not_repeated_after_silence(void **state)
{
	static const struct {
		bool takes_holders;
		uint64_t holder;
		uint64_t version;
	} cases[] = {{false, HOLDER, 7}, {true, 0, 7}, {true, HOLDER, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sd_request unlock;

		open_client(cases[i].takes_holders);
		lock("k", cases[i].holder);
		fake_system_forget_all();
		unlock = unlocking("k", cases[i].holder);
		perform(held(SD_SET, cases[i].holder, cases[i].version), &unlock);
		assert_int_equal(status_of(0), SD_TIMEOUT);
		assert_int_equal(status_of(1), SD_TIMEOUT);
		assert_in_range(it.took_ms, TIMEOUT_MS - SLACK_MS, TIMEOUT_MS + SLACK_MS);
		assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
		close_client();
	}
}

/* If the server is only slow, the end of the connection would free it. */
static void a_connection_with_another_lock_is_not_given_up(void **state)
{
	struct sd_request unlock;

	(void)state;
	open_client(true);
	lock("l", OTHER_HOLDER);
	lock("k", HOLDER);
	fake_system_forget_all();
	unlock = unlocking("k", HOLDER);
	perform(held(SD_SET, HOLDER, 7), &unlock);
	assert_int_equal(status_of(0), SD_TIMEOUT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	close_client();
	/* nor is one for a read, or for the unlock of a lock that was on another one */
	open_client(true);
	lock("k", HOLDER);
	unlock = unlocking("l", OTHER_HOLDER);
	unlock.connection = 77;
	fake_system_forget_all();
	perform(unlock, NULL);
	assert_int_equal(status_of(0), SD_TIMEOUT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	close_client();
}

static void a_lock_without_a_token_is_not_given_up_with_its_connection(void **state)
{
	struct sd_request unlock;

	(void)state;
	open_client(true);
	lock("k", 0);
	fake_system_forget_all();
	unlock = unlocking("k", 0);
	perform((struct sd_request){.kind = SD_TOUCH, .key = {"k", 1}, .ttl = 60}, &unlock);
	assert_int_equal(status_of(0), SD_TIMEOUT);
	assert_in_range(it.took_ms, TIMEOUT_MS - SLACK_MS, TIMEOUT_MS + SLACK_MS);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	close_client();
	/* and with one, a touch needs no lock */
	open_client(true);
	lock("k", HOLDER);
	fake_system_forget_all();
	unlock = unlocking("k", HOLDER);
	perform((struct sd_request){.kind = SD_TOUCH, .key = {"k", 1}, .ttl = 60}, &unlock);
	assert_int_equal(status_of(0), SD_OK);
	assert_int_equal(status_of(1), SD_OK);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	close_client();
}

static void an_unlock_alone_is_repeated_after_silence(void **state)
{
	(void)state;
	open_client(true);
	lock("k", HOLDER);
	fake_system_forget_all();
	perform(unlocking("k", HOLDER), NULL);
	assert_int_equal(status_of(0), SD_OK);
	assert_in_range(it.took_ms, TIMEOUT_MS / 2 - SLACK_MS, TIMEOUT_MS / 2 + SLACK_MS);
	assert_string_equal(fake_peer_heard,
	                    "1 ml k T30 HYYYYYYYYYYYYYYYY\n2 mu k HYYYYYYYYYYYYYYYY\n");
	close_client();
}

/* The holder asks once more, to read once more: the new connection takes the lock over. */
static void a_lock_that_is_asked_for_once_more_is_taken_over_after_silence(void **state)
{
	struct sd_request locking = {.kind = SD_LOCK, .key = {"k", 1}, .ttl = 30, .holder = HOLDER};
	const struct sd_request read = {.kind = SD_EXISTS, .key = {"k", 1}};

	(void)state;
	open_client(true);
	lock("k", HOLDER);
	fake_system_forget_all();
	locking.connection = it.connection;
	perform(locking, &read);
	assert_int_equal(status_of(0), SD_OK);
	assert_false(sd_status_is_failure(status_of(1)));
	assert_int_not_equal(it.exchanges[0].reply.connection, it.connection);
	assert_in_range(it.took_ms, TIMEOUT_MS / 2 - SLACK_MS, TIMEOUT_MS / 2 + SLACK_MS);
	close_client();
	/* not from a server that takes no tokens: there it ends with its connection */
	open_client(false);
	lock("k", HOLDER);
	fake_system_forget_all();
	locking.connection = it.connection;
	perform(locking, &read);
	assert_int_equal(status_of(0), SD_TIMEOUT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	close_client();
}

/* }}} */

/* {{{ a connection that has ended */

/* The connection ends before anything is sent: it is found so, or shows it by refusing to send. */
static void end_before_sending(bool is_found)
{
	if (is_found) {
		fake_system_close_all();
	} else {
		fake_system_fail(FAKE_SEND, fake_system_calls(FAKE_SEND), EPIPE, false);
	}
}

/* The server may have got what was sent, or a part of it. */
static void break_while_sending(void)
{
	fake_server.sends_at_most = 1;
	fake_system_fail(FAKE_SEND, fake_system_calls(FAKE_SEND) + 1, ECONNRESET, false);
}

static void what_has_a_token_goes_out_on_a_new_connection(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sd_request unlock;

		open_client(true);
		lock("k", HOLDER);
		end_before_sending(i == 0);
		unlock = unlocking("k", HOLDER);
		perform(held(SD_SET, HOLDER, 0), &unlock); /* for the first time: it needs no version */
		assert_int_equal(status_of(0), SD_OK);
		assert_int_equal(status_of(1), SD_OK);
		assert_string_equal(fake_peer_heard, "1 ml k T30 HYYYYYYYYYYYYYYYY\n"
		                                     "2 ms k 1 HYYYYYYYYYYYYYYYY\n"
		                                     "2 mu k HYYYYYYYYYYYYYYYY\n");
		close_client();
	}
}

/* Nothing is sent: the lock ended with its connection. */
static void what_has_none_or_goes_to_a_server_that_takes_none_does_not(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		bool takes_before = i % 3 != 0;
		bool takes_after = i % 3 == 1;
		uint64_t holder = i % 3 == 1 ? 0 : HOLDER;
		struct sd_request unlock;

		open_client(takes_before);
		lock("k", holder);
		fake_peer_heard[0] = '\0';
		end_before_sending(i < 3);
		fake_server.takes_holders = takes_after; /* another version of it was started */
		unlock = unlocking("k", holder);
		perform(held(SD_SET, holder, 7), &unlock);
		assert_int_equal(status_of(0), SD_CONFLICT);
		assert_int_equal(it.exchanges[0].reply.version, 0);
		assert_int_equal(status_of(1), SD_ABSENT);
		assert_string_equal(fake_peer_heard, "");
		close_client();
	}
}

/* The kept connection breaks while the requests are sent. */
static void what_a_broken_connection_took_is_repeated_if_the_server_can_tell(void **state)
{
	(void)state;
	for (uint64_t version = 0; version < 2; version++) {
		struct sd_request unlock;

		open_client(true);
		lock("k", HOLDER);
		fake_peer_heard[0] = '\0';
		break_while_sending();
		unlock = unlocking("k", HOLDER);
		perform(held(SD_SET, HOLDER, version), &unlock);
		assert_true(fake_system_has_failed());
		assert_int_equal(status_of(0), version != 0 ? SD_OK : SD_CLOSED);
		/* the lock may be held still: who makes the write again is to have it */
		assert_int_equal(status_of(1), version != 0 ? SD_OK : SD_CLOSED);
		assert_string_equal(
			fake_peer_heard,
			version != 0 ? "2 ms k 1 E1 HYYYYYYYYYYYYYYYY\n2 mu k HYYYYYYYYYYYYYYYY\n" : "");
		close_client();
	}
}

static void the_unlock_of_another_holder_is_repeated_behind_a_write_that_is_not(void **state)
{
	struct sd_request unlock;

	(void)state;
	open_client(true);
	lock("l", OTHER_HOLDER);
	lock("k", HOLDER);
	fake_peer_heard[0] = '\0';
	break_while_sending();
	unlock = unlocking("l", OTHER_HOLDER);
	perform(held(SD_SET, HOLDER, 0), &unlock);
	assert_int_equal(status_of(0), SD_CLOSED);
	assert_int_equal(status_of(1), SD_OK);
	assert_string_equal(fake_peer_heard, "2 mu l HXXXXXXXXXXXXXXXX\n");
	close_client();
}

static void nor_is_the_unlock_with_another_request_in_between(void **state)
{
	struct sd_request requests[3];

	(void)state;
	open_client(true);
	lock("k", HOLDER);
	fake_peer_heard[0] = '\0';
	break_while_sending();
	requests[0] = held(SD_SET, HOLDER, 0);
	requests[1] = (struct sd_request){.kind = SD_ARITHMETIC, .key = {"n", 1}, .delta = 1};
	requests[2] = unlocking("k", HOLDER);
	perform_all(requests, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(status_of(i), SD_CLOSED);
	}
	assert_string_equal(fake_peer_heard, "");
	close_client();
}

/* A server that takes no tokens may have performed them, and cannot tell. */
static void and_nothing_if_it_cannot(void **state)
{
	struct sd_request unlock;

	(void)state;
	open_client(false);
	lock("k", HOLDER);
	break_while_sending();
	unlock = unlocking("k", HOLDER);
	perform(held(SD_SET, HOLDER, 7), &unlock);
	assert_true(fake_system_has_failed());
	assert_int_equal(status_of(0), SD_CLOSED);
	assert_int_equal(status_of(1), SD_CLOSED);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 1);
	close_client();
}

/* }}} */

/* The connection that has the other lock is kept, whatever its silence says. */
static void the_unlock_of_a_lock_on_another_connection_leaves_the_others(void **state)
{
	struct sd_request unlock;

	(void)state;
	open_client(true);
	lock("k", HOLDER);
	unlock = unlocking("k", HOLDER);
	fake_system_close_all();
	lock("l", OTHER_HOLDER);
	perform(unlock, NULL);
	assert_int_equal(status_of(0), SD_OK);
	fake_system_forget_all();
	assert_int_equal(get(), SD_TIMEOUT);
	assert_int_equal(fake_system_calls(FAKE_CONNECT), 2);
	close_client();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_and_its_unlock_are_repeated_after_silence),
		cmocka_unit_test(what_has_no_token_or_no_version_is_not_repeated_after_silence),
		cmocka_unit_test(a_connection_with_another_lock_is_not_given_up),
		cmocka_unit_test(a_lock_without_a_token_is_not_given_up_with_its_connection),
		cmocka_unit_test(an_unlock_alone_is_repeated_after_silence),
		cmocka_unit_test(a_lock_that_is_asked_for_once_more_is_taken_over_after_silence),
		cmocka_unit_test(the_unlock_of_another_holder_is_repeated_behind_a_write_that_is_not),
		cmocka_unit_test(nor_is_the_unlock_with_another_request_in_between),
		cmocka_unit_test(and_nothing_if_it_cannot),
		cmocka_unit_test(what_has_a_token_goes_out_on_a_new_connection),
		cmocka_unit_test(what_has_none_or_goes_to_a_server_that_takes_none_does_not),
		cmocka_unit_test(what_a_broken_connection_took_is_repeated_if_the_server_can_tell),
		cmocka_unit_test(the_unlock_of_a_lock_on_another_connection_leaves_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
