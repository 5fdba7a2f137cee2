/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A tick's batch, with a store and connections that are real, and a protocol of one letter a
 * request: a lower case letter stores an entry of that name, "L" takes a lock, "U" releases it and
 * "?" only replies.
 */

#include "server/protocol/batch.h"

#include <event2/event.h>
#include <string.h>

#include "server/net/connection.h"
#include "server/protocol/locks.h"
#include "server/store/store.h"
#include "tests/unit/server/temporary_store.h"
#include "tests/unit/server/test_client.h"
#include "tests/unit/unit.h"

#define NOW_MS 1700000000000

/* {{{ what fails: the linker has these called in the place of the store's */

static unsigned commits;            /* that were tried */
static unsigned failing_commits;    /* a bit for each of the first: it fails */
static unsigned puts_until_failure; /* 1: the next loses the batch; 0: none does */
static enum sdd_result failure;     /* with this result */
static unsigned puts_until_refusal; /* the same; it is refused, and the batch goes on */
static unsigned readings_ended;
static unsigned puts_until_estimate; /* the same; it does not fit by the estimate of the size */
static unsigned laters;              /* how often the store takes no batch yet */

enum sdd_result __real_sdd_store_commit(struct sdd_store *store);
enum sdd_result __wrap_sdd_store_commit(struct sdd_store *store);
enum sdd_result __real_sdd_store_put(struct sdd_store *store, const struct sdd_key *key,
                                     const struct sdd_entry *entry);
enum sdd_result __wrap_sdd_store_put(struct sdd_store *store, const struct sdd_key *key,
                                     const struct sdd_entry *entry);

enum sdd_result __wrap_sdd_store_commit(struct sdd_store *store)
{
	if (sdd_store_in_batch(store) && failing_commits >> commits++ & 1) {
		sdd_store_abort(store);
		return SDD_FULL;
	}
	return __real_sdd_store_commit(store);
}

enum sdd_result __wrap_sdd_store_put(struct sdd_store *store, const struct sdd_key *key,
                                     const struct sdd_entry *entry)
{
	if (puts_until_failure > 0 && --puts_until_failure == 0) {
		sdd_store_abort(store);
		return failure;
	}
	if (puts_until_refusal > 0 && --puts_until_refusal == 0) {
		return SDD_FULL;
	}
	if (puts_until_estimate > 0 && --puts_until_estimate == 0) {
		sdd_store_abort(store);
		laters = 1;
		return SDD_FULL;
	}
	return __real_sdd_store_put(store, key, entry);
}

void __real_sdd_store_end_reading(struct sdd_store *store);
void __wrap_sdd_store_end_reading(struct sdd_store *store);

void __wrap_sdd_store_end_reading(struct sdd_store *store)
{
	readings_ended++;
	__real_sdd_store_end_reading(store);
}

enum sdd_result __real_sdd_store_admit(struct sdd_store *store);
enum sdd_result __wrap_sdd_store_admit(struct sdd_store *store);
enum sdd_result __real_sdd_store_begin(struct sdd_store *store, int64_t now_ms, bool is_greedy);
enum sdd_result __wrap_sdd_store_begin(struct sdd_store *store, int64_t now_ms, bool is_greedy);

enum sdd_result __wrap_sdd_store_admit(struct sdd_store *store)
{
	return laters > 0 ? SDD_LATER : __real_sdd_store_admit(store);
}

enum sdd_result __wrap_sdd_store_begin(struct sdd_store *store, int64_t now_ms, bool is_greedy)
{
	if (laters > 0 && !sdd_store_in_batch(store)) {
		laters--;
		return SDD_LATER;
	}
	return __real_sdd_store_begin(store, now_ms, is_greedy);
}

/* }}} */

/* {{{ the server */

static struct {
	struct temporary_store temporary;
	struct event_base *base;
	struct sdd_connections *connections;
	struct sdd_locks *locks;
	struct sdd_batch batch;
	char runs[64]; /* the requests that were run, in order */
	unsigned refusals;
} server;

static struct sdd_key key_of(const char *letter)
{
	return sdd_store_key(server.batch.store, (struct sd_bytes){letter, 1});
}

static enum sdd_result store_entry(const char *letter)
{
	struct sdd_key key = key_of(letter);
	struct sdd_entry entry = {.value = {letter, 1}, .expires_ms = SDD_NEVER};
	enum sdd_result result = sdd_store_begin(server.batch.store, server.batch.now_ms, false);

	if (result == SDD_DONE) {
		entry.version = sdd_store_next_version(server.batch.store, server.batch.now_ms, 0);
		result = sdd_store_put(server.batch.store, &key, &entry);
	}
	return result;
}

static enum sdd_result run(struct sdd_connection *connection, const char *letter)
{
	struct sdd_lock_holder *holder = sdd_connection_attachment(connection);
	const struct sd_bytes key = {"lock", 4};
	const struct sdd_lock_terms terms = {.lease_ms = 10000, .reply_flags = {"", 0}};
	enum sdd_result result = SDD_DONE;
	bool is_success = true;

	if (*letter == 'L') {
		holder = sdd_lock_holder_new(server.locks, connection, 1);
		sdd_connection_attach(connection, holder);
		is_success = sdd_lock_acquire(holder, key, &terms) == SDD_LOCK_GRANTED;
	} else if (*letter == 'U') {
		is_success = sdd_lock_release(&(struct sdd_lock_claim){server.locks, holder, 0}, key);
	} else if (*letter != '?') {
		result = store_entry(letter);
	}
	sdd_connection_write(connection, is_success ? letter : "-", 1);
	return result;
}

static size_t on_received(void *context, struct sdd_connection *connection, const uint8_t *bytes,
                          size_t length)
{
	enum sdd_result result;

	(void)context;
	(void)length;
	sdd_connection_set_persistent(connection);
	if (!sdd_batch_begin_request(&server.batch)) {
		return 0;
	}
	strncat(server.runs, (const char *)bytes, 1);
	result = sdd_batch_end_request(&server.batch, run(connection, (const char *)bytes));
	if (result == SDD_LATER) {
		sdd_connection_defer(connection);
		return 0;
	}
	if (result != SDD_DONE) {
		server.refusals++;
		sdd_connection_discard(connection);
		sdd_connection_write(connection, "!", 1);
	}
	return 1;
}

static void on_closing(void *context, void *attachment)
{
	(void)context;
	sdd_lock_holder_end(attachment);
}

static bool is_needed(void *context, const void *attachment)
{
	(void)context;
	return attachment != NULL;
}

static void on_closed(void *context)
{
	(void)context;
}

static void on_decided(void *context, bool granted, const void *token, size_t token_length)
{
	(void)context;
	(void)granted;
	(void)token;
	(void)token_length;
}

static int start(void **state)
{
	static const struct sdd_connection_handler handler = {.received = on_received,
	                                                      .closing = on_closing,
	                                                      .is_needed = is_needed,
	                                                      .closed = on_closed};
	static const struct sdd_connection_limits limits = {
		.read_size = 4096, .timeout_seconds = 60, .connections = 100, .memory = 1 << 30};
	static const struct sdd_lock_handler lock_handler = {.decided = on_decided};

	(void)state;
	memset(&server, 0, sizeof(server));
	failure = SDD_FAILED;
	commits = failing_commits = puts_until_failure = puts_until_estimate = laters = 0;
	puts_until_refusal = readings_ended = 0;
	temporary_store_open(&server.temporary, 64 << 20);
	server.base = event_base_new();
	server.connections = sdd_connections_new(server.base, &handler, &limits);
	server.locks = sdd_locks_new(server.base, &lock_handler, 64, 1u << 20);
	server.batch = (struct sdd_batch){.store = server.temporary.store,
	                                  .clock = sdd_store_clock(server.temporary.store),
	                                  .expiration_ms = 1000};
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sdd_connections_free(server.connections);
	sdd_locks_free(server.locks);
	event_base_free(server.base);
	temporary_store_close(&server.temporary);
	return 0;
}

static void end_tick(void)
{
	sdd_batch_end_tick(&server.batch, server.locks, server.connections);
	assert_int_equal(server.batch.state, SDD_BATCH_TOGETHER);
	assert_int_equal(server.batch.now_ms, 0);
}

static bool is_stored(const char *letter)
{
	struct sdd_key key = key_of(letter);
	struct sdd_entry entry;

	return sdd_store_find(server.batch.store, &key, NOW_MS, &entry) == SDD_DONE;
}

/* }}} */

static void requests_of_a_tick_share_one_commit_and_no_reply_is_sent_before(void **state)
{
	int one = connect_and_send(server.connections, "ab");
	int two = connect_and_send(server.connections, "c");

	(void)state;
	assert_string_equal(replies(one), "");
	assert_int_equal(commits, 0);
	end_tick();
	assert_int_equal(commits, 1);
	assert_string_equal(server.runs, "abc");
	assert_string_equal(replies(one), "ab");
	assert_string_equal(replies(two), "c");
	assert_true(is_stored("a") && is_stored("b") && is_stored("c"));
	(void)close(one);
	(void)close(two);
}

static void requests_that_write_nothing_need_no_commit(void **state)
{
	int one = connect_and_send(server.connections, "??");

	(void)state;
	end_tick();
	assert_int_equal(commits, 0);
	assert_string_equal(replies(one), "??");
	(void)close(one);
}

static void if_the_commit_fails_each_request_runs_again_with_its_own(void **state)
{
	int one = connect_and_send(server.connections, "ab");
	int two = connect_and_send(server.connections, "c?");

	(void)state;
	failing_commits = 1;
	end_tick();
	assert_int_equal(commits, 4);
	assert_string_equal(server.runs, "abc?abc?");
	assert_string_equal(replies(one), "ab");
	assert_string_equal(replies(two), "c?");
	assert_true(is_stored("a") && is_stored("b") && is_stored("c"));
	(void)close(one);
	(void)close(two);
}

static void in_the_replay_one_that_fails_is_refused_and_takes_no_other_with_it(void **state)
{
	int one = connect_and_send(server.connections, "abc");

	(void)state;
	failing_commits = 1 | 1 << 2; /* the batch, and "b" */
	end_tick();
	assert_string_equal(replies(one), "a!c");
	assert_true(is_stored("a") && !is_stored("b") && is_stored("c"));
	(void)close(one);
}

static void if_a_write_loses_the_batch_no_request_runs_until_the_replay(void **state)
{
	int one;

	(void)state;
	puts_until_failure = 2;
	one = connect_and_send(server.connections, "abc");
	assert_int_equal(server.batch.state, SDD_BATCH_VOID);
	assert_string_equal(server.runs, "ab");
	end_tick();
	assert_string_equal(server.runs, "ababc");
	assert_string_equal(replies(one), "abc");
	assert_int_equal(server.refusals, 0); /* nor is one told of that the replay takes back */
	assert_true(is_stored("a") && is_stored("b") && is_stored("c"));
	(void)close(one);
}

static void a_lost_batch_is_noticed_whatever_the_result(void **state)
{
	int one;

	(void)state;
	puts_until_failure = 2;
	failure = SDD_DAMAGED;
	one = connect_and_send(server.connections, "abc");
	assert_int_equal(server.batch.state, SDD_BATCH_VOID);
	end_tick();
	assert_string_equal(replies(one), "abc");
	assert_true(is_stored("a") && is_stored("b") && is_stored("c"));
	(void)close(one);
}

static void one_that_is_refused_and_loses_no_batch_needs_no_replay(void **state)
{
	int one;

	(void)state;
	puts_until_refusal = 2;
	one = connect_and_send(server.connections, "abc");
	assert_int_equal(server.batch.state, SDD_BATCH_TOGETHER);
	end_tick();
	assert_string_equal(server.runs, "abc");
	assert_string_equal(replies(one), "a!c");
	assert_int_equal(commits, 1);
	(void)close(one);
}

/* What reads pins pages of the store until it ends. */
static void each_tick_ends_its_reading(void **state)
{
	int one = connect_and_send(server.connections, "?");

	(void)state;
	end_tick();
	assert_int_equal(readings_ended, 1);
	failing_commits = 1;
	assert_int_equal(send(one, "a", 1, 0), 1);
	assert_true(sdd_connections_poll(server.connections));
	end_tick();
	assert_int_equal(readings_ended, 3); /* before the replay, and after it */
	(void)close(one);
}

static void a_lock_that_was_released_is_free_when_the_tick_has_ended(void **state)
{
	int one = connect_and_send(server.connections, "LU");
	int two;

	(void)state;
	end_tick();
	assert_string_equal(replies(one), "LU");
	two = connect_and_send(server.connections, "L");
	end_tick();
	assert_string_equal(replies(two), "L");
	(void)close(one);
	(void)close(two);
}

static void the_tick_after_a_replay_is_together_again(void **state)
{
	int one = connect_and_send(server.connections, "a");

	(void)state;
	failing_commits = 1;
	end_tick();
	assert_string_equal(replies(one), "a");
	commits = failing_commits = 0;
	assert_int_equal(send(one, "bc", 2, 0), 2);
	assert_true(sdd_connections_poll(server.connections));
	end_tick();
	assert_int_equal(commits, 1);
	assert_string_equal(replies(one), "bc");
	(void)close(one);
}

static void a_lock_that_was_released_is_released_again_in_the_replay(void **state)
{
	int one = connect_and_send(server.connections, "L");

	(void)state;
	end_tick();
	assert_string_equal(replies(one), "L");
	assert_int_equal(send(one, "Ua", 2, 0), 2);
	assert_true(sdd_connections_poll(server.connections));
	failing_commits = 1;
	commits = 0;
	end_tick();
	assert_string_equal(server.runs, "LUaUa");
	assert_string_equal(replies(one), "Ua");
	(void)close(one);
}

/* Runs one more tick. */
static void tick(void)
{
	(void)event_base_loop(server.base, EVLOOP_NONBLOCK);
	end_tick();
}

static void while_the_store_takes_no_batch_who_writes_is_held_and_who_reads_is_not(void **state)
{
	int one = connect_and_send(server.connections, "?");
	int two;

	(void)state;
	end_tick();
	assert_string_equal(replies(one), "?");
	laters = 1;
	assert_int_equal(send(one, "?ab", 3, 0), 3);
	tick();
	two = connect_and_send(server.connections, "?c");
	end_tick();
	assert_string_equal(replies(one), "?");
	assert_string_equal(replies(two), "?c"); /* the store has one again */
	assert_int_equal(server.batch.state, SDD_BATCH_TOGETHER);
	assert_true(is_stored("c") && !is_stored("a"));
	sdd_connections_release(server.connections);
	tick();
	assert_string_equal(replies(one), "ab");
	assert_true(is_stored("a") && is_stored("b"));
	(void)close(one);
	(void)close(two);
}

static void in_the_replay_who_writes_is_held_until_the_size_is_exact(void **state)
{
	int one;

	(void)state;
	puts_until_failure = 2;
	one = connect_and_send(server.connections, "?ab");
	laters = 1; /* as after an entry that did not fit by the estimate */
	end_tick();
	assert_string_equal(replies(one), "?");
	assert_false(is_stored("a"));
	sdd_connections_release(server.connections);
	tick();
	assert_string_equal(replies(one), "ab");
	(void)close(one);
}

/* The commits of others before it made the size an estimate again. */
static void in_the_replay_one_that_does_not_fit_by_the_estimate_is_held(void **state)
{
	int one;

	(void)state;
	failing_commits = 1;
	puts_until_estimate = 4; /* "b" in the replay */
	one = connect_and_send(server.connections, "ab");
	end_tick();
	assert_string_equal(replies(one), "a");
	assert_true(is_stored("a") && !is_stored("b"));
	laters = 0;
	sdd_connections_release(server.connections);
	tick();
	assert_string_equal(replies(one), "b");
	assert_true(is_stored("b"));
	(void)close(one);
}

static void all_requests_of_a_tick_have_one_time(void **state)
{
	int64_t now_ms;

	(void)state;
	assert_true(sdd_batch_begin_request(&server.batch));
	now_ms = server.batch.now_ms;
	assert_true(now_ms > NOW_MS);
	server.batch.now_ms = 1;
	assert_true(sdd_batch_begin_request(&server.batch));
	assert_int_equal(server.batch.now_ms, 1);
	end_tick();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_of_a_tick_share_one_commit_and_no_reply_is_sent_before),
		TEST(requests_that_write_nothing_need_no_commit),
		TEST(if_the_commit_fails_each_request_runs_again_with_its_own),
		TEST(in_the_replay_one_that_fails_is_refused_and_takes_no_other_with_it),
		TEST(if_a_write_loses_the_batch_no_request_runs_until_the_replay),
		TEST(a_lost_batch_is_noticed_whatever_the_result),
		TEST(one_that_is_refused_and_loses_no_batch_needs_no_replay),
		TEST(each_tick_ends_its_reading),
		TEST(a_lock_that_was_released_is_free_when_the_tick_has_ended),
		TEST(the_tick_after_a_replay_is_together_again),
		TEST(a_lock_that_was_released_is_released_again_in_the_replay),
		TEST(while_the_store_takes_no_batch_who_writes_is_held_and_who_reads_is_not),
		TEST(in_the_replay_who_writes_is_held_until_the_size_is_exact),
		TEST(in_the_replay_one_that_does_not_fit_by_the_estimate_is_held),
		TEST(all_requests_of_a_tick_have_one_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
