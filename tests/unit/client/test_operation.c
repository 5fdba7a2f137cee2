/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What all operations have in common: who is asked, through which transport, and the text of a
 * failure.
 */

#include <stdio.h>
#include <string.h>

#include "client/policy/operation.h"
#include "tests/unit/client/three_servers.h"

/* {{{ without redundancy */

static void without_redundancy_all_operations_ask_the_first_alone(void **state)
{
	struct pool *pool = *state;

	pool->policy.pool.redundancy = false;
	fake_has(&pool->network, pool->first, "from the first", 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
	assert_asked_one(&pool->network, SD_SET, pool->first);
	fake_forget(&pool->network);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_one(&pool->network, SD_GET, pool->first);
	fake_forget(&pool->network);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_one(&pool->network, SD_DELETE, pool->first);
}

/* Two copies have to be compared; of one the version is told to who wants it. */
static void without_redundancy_a_read_tells_the_version_where_it_is_wanted(void **state)
{
	struct pool *pool = *state;
	struct sd_entry *entry;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "value", OLD);
	fake_put(pool->at_second, KEY, "value", OLD);
	assert_got(pool, "value", OLD);
	pool->policy.pool.redundancy = false;
	assert_got(pool, "value", 0);
	entry = about(pool, no_bytes, NULL);
	kept_restart(&pool->kept.sink);
	entry->sink = &pool->kept.sink;
	entry->wants_version = true;
	assert_int_equal(sd_read_get(&pool->policy, entry, 1, &pool->error), SD_OK);
	assert_int_equal(entry->version, OLD);
}

static void without_redundancy_what_the_first_does_not_have_is_absent(void **state)
{
	struct pool *pool = *state;

	pool->policy.pool.redundancy = false;
	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void without_redundancy_the_first_down_is_a_failure_that_names_it(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	pool->policy.pool.redundancy = false;
	fake_refuses(&pool->network, pool->first, 1);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_int_equal(pool->entry.stored, 0);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_int_equal(do_look(pool), SD_UNREACHABLE);
	assert_int_equal(do_add(pool), SD_UNREACHABLE);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, "Connection refused");
	assert_int_equal(pool->network.asked_count, 5);
}

/* }}} */

/* {{{ the text of a failure */

static void assert_names_both(const struct pool *pool)
{
	char first[SD_SERVER_NAME_MAX];
	char second[SD_SERVER_NAME_MAX];

	assert_text_has(&pool->error, sd_server_name(pool->first, first));
	assert_text_has(&pool->error, "Connection refused");
	assert_text_has(&pool->error, sd_server_name(pool->second, second));
	assert_text_has(&pool->error, "no answer in time");
}

static void a_failure_of_both_names_both_servers_and_both_reasons(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_names_both(pool);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_names_both(pool);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_names_both(pool);
}

static void a_failure_reads_as_one_sentence_each(void **state)
{
	struct pool *pool = *state;
	char text[SD_ERROR_TEXT_MAX];

	fake_refuses(&pool->network, pool->first, 1);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	(void)snprintf(text, sizeof(text),
	               "Failed to connect on [%s:1042] \"Connection refused\"; "
	               "Failed to send command to [%s:1042] \"no answer in time\"",
	               pool->first->host, pool->second->host);
	assert_string_equal(pool->error.text, text);
}

static void the_longest_names_and_reasons_are_not_cut(void **state)
{
	struct pool *pool = *state;
	char reasons[2][SD_REASON_MAX];
	char name[SD_SERVER_NAME_MAX];

	for (int i = 0; i < 2; i++) {
		struct sd_server *server = i == 0 ? pool->first : pool->second;
		struct fake_script script = {.server = server, .status = SD_TIMEOUT, .reason = reasons[i]};

		memset(server->host, 'a' + i, SD_HOST_MAX);
		server->port = 65535;
		memset(reasons[i], 'x' + i, SD_REASON_MAX - 1);
		reasons[i][SD_REASON_MAX - 1] = '\0';
		fake_script(&pool->network, &script);
	}
	assert_int_equal(do_get(pool), SD_TIMEOUT);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, sd_server_name(pool->second, name));
	assert_text_has(&pool->error, reasons[0]);
	assert_text_has(&pool->error, reasons[1]);
	assert_int_equal(pool->error.text[strlen(pool->error.text) - 1], '"');
}

static void each_failure_begins_with_phpdances_words(void **state)
{
	static const struct {
		enum sd_request_kind kind;
		enum sd_status status;
		const char *words;
	} rows[] = {
		{SD_SET, SD_UNREACHABLE, "Failed to connect on [a.example:1042] \"why\""},
		{SD_GET, SD_UNREACHABLE, "Failed to connect on [a.example:1042] \"why\""},
		{SD_SET, SD_TIMEOUT, "Failed to send command to [a.example:1042] \"why\""},
		{SD_SET, SD_REFUSED, "Failed to write data to [a.example:1042] \"why\""},
		{SD_SET, SD_CLOSED, "Failed to write data to [a.example:1042] \"why\""},
		{SD_SET, SD_BAD_ANSWER, "Failed to write data to [a.example:1042] \"why\""},
		{SD_DELETE, SD_BAD_ANSWER, "Failed to delete from [a.example:1042] \"why\""},
		{SD_DELETE, SD_CLOSED, "Failed to delete from [a.example:1042] \"why\""},
		{SD_GET, SD_CLOSED, "Failed to send command to [a.example:1042] \"why\""},
	};
	struct pool *pool = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sd_exchange exchange = {.server = &pool->servers[0], .request.kind = rows[i].kind};
		char text[SD_ERROR_TEXT_MAX];

		sd_exchange_end(&exchange, rows[i].status, "why");
		assert_string_equal(sd_exchange_explain(&exchange, text, sizeof(text)), rows[i].words);
	}
}

/* }}} */

/* {{{ giving up */

static void get_asks_nobody_after_the_first_gave_up(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABORTED, 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_ABORTED);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
	fake_forget(&pool->network);
	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_get(pool), SD_ABORTED);
	assert_asked_none(&pool->network);
}

static void set_asks_nobody_after_the_firsts_own_transport_gave_up(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_set(pool), SD_ABORTED);
	assert_int_equal(pool->entry.stored, 0);
	assert_asked_one(&pool->own, SD_SET, pool->first);
	assert_asked_none(&pool->network);
}

static void delete_asks_nobody_after_the_firsts_own_transport_gave_up(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_delete(pool), SD_ABORTED);
	assert_asked_one(&pool->own, SD_DELETE, pool->first);
	assert_asked_none(&pool->network);
}

static void no_memory_for_the_firsts_value_asks_nobody_else(void **state)
{
	struct pool *pool = *state;

	/* the memory is the caller's: the second's answer would not fit either */
	fake_answers(&pool->network, pool->first, SD_NO_MEMORY, 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_NO_MEMORY);
	assert_asked_both_at_once(pool, SD_GET, SD_EXISTS);
}

static void no_memory_in_an_own_transport_asks_nobody_else(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_NO_MEMORY, 5);
	assert_int_equal(do_set(pool), SD_NO_MEMORY);
	assert_int_equal(pool->entry.stored, 0);
	assert_asked_none(&pool->network);
}

static void the_second_giving_up_is_giving_up_whatever_the_first_answered(void **state)
{
	static const enum sd_status answers[] = {SD_OK, SD_ABSENT, SD_UNREACHABLE};
	struct pool *pool = *state;

	pool->second->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->second, SD_ABORTED, 5);
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		fake_answers(&pool->network, pool->first, answers[i], 5);
		assert_int_equal(do_set(pool), SD_ABORTED);
		assert_int_equal(do_delete(pool), SD_ABORTED);
		assert_int_equal(do_get(pool), SD_ABORTED);
		assert_int_equal(do_look(pool), SD_ABORTED);
		assert_int_equal(do_add(pool), SD_ABORTED);
	}
}

/* }}} */

/* {{{ dead marks */

static void a_first_that_is_marked_dead_costs_a_read_no_second_round(void **state)
{
	struct pool *pool = *state;

	for (int policy = SD_READ_NEWEST; policy <= SD_READ_FIRST; policy++) {
		fake_forget(&pool->network);
		pool->options.read_policy = (enum sd_read_policy)policy;
		fake_is_marked(&pool->network, pool->first);
		fake_has(&pool->network, pool->second, "v", 5);
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "v");
		assert_asked_one(&pool->network, SD_GET, pool->second);
	}
}

static void a_second_that_is_marked_dead_leaves_the_first(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "v", 5);
	fake_is_marked(&pool->network, pool->second);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "v");
	fake_answers(&pool->network, pool->first, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 1);
}

static void both_marked_dead_is_a_failure_at_once_that_names_both(void **state)
{
	static enum sd_status (*const operations[])(struct pool *) = {do_set,  do_get, do_delete,
	                                                              do_look, do_add, do_adjust};
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	fake_is_marked(&pool->network, pool->first);
	fake_is_marked(&pool->network, pool->second);
	for (size_t i = 0; i < COUNT_OF(operations); i++) {
		assert_int_equal(operations[i](pool), SD_DEAD);
		assert_text_has(&pool->error, pool->first->host);
		assert_text_has(&pool->error, pool->second->host);
	}
	assert_int_equal(pool->clock_ms, start_ms);
}

static void what_is_unproven_is_not_believed_while_the_other_is_marked_dead(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_second, KEY, "old", 1);
	fake_restart(pool->at_second);
	fake_is_marked(&pool->network, pool->first);
	assert_int_equal(do_get(pool), SD_UNPROVEN);
}

/* }}} */

/* {{{ what is counted */

static void a_failover_is_counted_for_the_server_that_failed(void **state)
{
	static enum sd_status (*const operations[])(struct pool *) = {do_set, do_get, do_delete,
	                                                              do_look};
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_second, KEY, "v", 1);
	fake_refuses(&pool->network, pool->first, 1);
	for (size_t i = 0; i < COUNT_OF(operations); i++) {
		fake_forget(&pool->network);
		assert_false(sd_status_is_failure(operations[i](pool)));
		assert_int_equal(pool->network.events[SD_FAILED_OVER], 1);
		assert_ptr_equal(pool->network.event_server, pool->first);
	}
}

static void no_failover_is_counted_if_nobody_answered_or_all_did(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	both_answer(pool, SD_REFUSED, SD_CLOSED);
	assert_int_equal(do_set(pool), SD_REFUSED);
	assert_int_equal(pool->network.events[SD_FAILED_OVER], 0);
}

static void a_repair_is_counted_for_the_server_that_had_an_older_copy(void **state)
{
	struct pool *pool = *state;

	use_stores(pool);
	fake_put(pool->at_first, KEY, "new", 2);
	fake_put(pool->at_second, KEY, "old", 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(pool->network.events[SD_REPAIRED], 1);
	assert_ptr_equal(pool->network.event_server, pool->second);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(pool->network.events[SD_REPAIRED], 1);
}

static enum fake_act random_act(struct chance *chance)
{
	return chance_between(chance, 0, 1) ? FAKE_ANSWERS
	                                    : chance_between(chance, FAKE_STALLS, FAKE_LOSES_ANSWERS);
}

static void behave_randomly(struct chance *chance, struct fake_transport *fake,
                            const struct sd_server *server, struct fake_store *store)
{
	static const enum sd_status answers[] = {SD_OK, SD_ABSENT, SD_CONFLICT, SD_REFUSED, SD_CLOSED};
	int64_t after_ms = chance_between(chance, 0, 6000);

	switch (chance_between(chance, 0, 9)) {
	case 0:
		fake_has(fake, server, "v", after_ms);
		break;
	case 1:
		fake_answers(fake, server, answers[chance_between(chance, 0, COUNT_OF(answers) - 1)],
		             after_ms);
		break;
	case 2:
		fake_refuses(fake, server, after_ms);
		break;
	case 3:
		fake_never_connects(fake, server);
		break;
	case 4:
		fake_stalls(fake, server);
		break;
	default:
		memset(store, 0, sizeof(*store));
		store->kind = chance_between(chance, FAKE_SHAREDANCED, FAKE_CLASSIC);
		store->act = random_act(chance);
		store->after_ms = chance_between(chance, 0, 1500);
		store->in_later_epoch = chance_between(chance, 0, 1);
		if (chance_between(chance, 0, 1)) {
			fake_put(store, KEY, "7", chance_between(chance, 1, 3) * AHEAD)->unproven =
				chance_between(chance, 0, 1);
		} else if (chance_between(chance, 0, 1)) {
			fake_put_tombstone(store, KEY, chance_between(chance, 1, 3) * AHEAD);
		}
		fake_is(fake, server, store);
		break;
	}
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void assert_within_timeouts(const struct pool *pool, int64_t start_ms)
{
	int64_t longest_ms = shorter(longer(pool->first->timeout_ms, pool->second->timeout_ms),
	                             pool->options.timeout_ms);

	assert_in_range(pool->clock_ms - start_ms, 0, longest_ms);
	for (size_t i = 0; i < pool->network.asked_count; i++) {
		const struct fake_asked *asked = &pool->network.asked[i];
		int64_t connect_ms = asked->connect_deadline_ms - asked->at_ms;

		assert_in_range(asked->deadline_ms - asked->at_ms, 0, asked->server->timeout_ms);
		assert_in_range(connect_ms, 0, pool->options.connect_timeout_ms);
		assert_true(asked->deadline_ms <= start_ms + longest_ms);
	}
}

/* Where it was asked for the value, for which the first may have left it only so much. */
static void assert_second_had_half(const struct pool *pool)
{
	const struct fake_asked *asked = &pool->network.asked[2];
	int64_t half_ms = shorter(longer(pool->first->timeout_ms, pool->second->timeout_ms),
	                          pool->options.timeout_ms) /
	                  2;
	int64_t own_ms = pool->second->timeout_ms;

	if (pool->network.asked_count > 2 && asked->kind == SD_GET) {
		assert_true(asked->deadline_ms - asked->at_ms >= (own_ms < half_ms ? own_ms : half_ms));
	}
}

static enum sd_status do_cas_of_one(struct pool *pool)
{
	return do_cas(pool, AHEAD);
}

static enum sd_status do_prolong(struct pool *pool)
{
	return do_touch(pool, 60);
}

static void no_operation_ever_takes_longer_than_its_timeouts(void **state)
{
	static enum sd_status (*const operations[])(struct pool *) = {
		do_set, do_get,     do_delete,     do_look,  do_prolong,
		do_add, do_replace, do_cas_of_one, do_adjust};
	struct pool *pool = *state;
	struct chance chance = {2026};

	for (int round = 0; round < 50000; round++) {
		int64_t start_ms = pool->clock_ms;
		size_t kind = (size_t)round % COUNT_OF(operations);

		fake_forget(&pool->network);
		pool->first->timeout_ms = chance_between(&chance, 1, 8000);
		pool->second->timeout_ms = chance_between(&chance, 1, 8000);
		pool->options.connect_timeout_ms = chance_between(&chance, 1, 8000);
		pool->options.timeout_ms = chance_between(&chance, 1, 16000);
		pool->options.read_policy = chance_between(&chance, SD_READ_NEWEST, SD_READ_FIRST);
		behave_randomly(&chance, &pool->network, pool->first, pool->at_first);
		behave_randomly(&chance, &pool->network, pool->second, pool->at_second);
		(void)operations[kind](pool);
		assert_within_timeouts(pool, start_ms);
		if (operations[kind] == do_get) {
			assert_second_had_half(pool);
		}
	}
}

/* }}} */

/* {{{ a transport of a server's own */

static void a_server_with_its_own_transport_is_asked_through_it(void **state)
{
	struct pool *pool = *state;

	pool->second->transport = &pool->own.transport;
	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_answers(&pool->own, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
	assert_asked_one(&pool->network, SD_SET, pool->first);
	assert_asked_one(&pool->own, SD_SET, pool->second);
	fake_forget(&pool->network);
	fake_forget(&pool->own);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_one(&pool->network, SD_DELETE, pool->first);
	assert_asked_one(&pool->own, SD_DELETE, pool->second);
}

static void get_asks_a_server_through_its_own_transport(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_has(&pool->own, pool->first, "from its own", 5);
	fake_has(&pool->network, pool->second, "from the network", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from its own");
	assert_asked_one(&pool->own, SD_GET, pool->first);
	assert_asked_one(&pool->network, SD_EXISTS, pool->second);
}

static void get_falls_back_from_an_own_transport_to_the_network(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_refuses(&pool->own, pool->first, 1);
	fake_has(&pool->network, pool->second, "from the network", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the network");
}

static void two_servers_on_one_own_transport_are_asked_at_once(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	pool->second->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_OK, 5);
	fake_answers(&pool->own, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->own.asked_count, 2);
	assert_int_equal(pool->own.rounds, 1);
	assert_asked_none(&pool->network);
}

static void time_spent_in_an_own_transport_is_not_taken_from_the_network(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_OK, 6000);
	fake_answers(&pool->network, pool->second, SD_OK, 6000);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->entry.stored, 2);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS);
}

/* }}} */

/* {{{ raw requests */

static enum sd_status do_send(struct pool *pool)
{
	static const struct sd_bytes request = {"F....key", 8};

	return sd_operation_send(&pool->network.transport, &pool->options, pool->third, request,
	                         &pool->kept.sink, &pool->error);
}

static void a_raw_request_goes_to_its_server_and_the_answer_to_the_sink(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->third, "the answer", 5);
	assert_int_equal(do_send(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the answer");
	assert_asked_one(&pool->network, SD_RAW, pool->third);
	assert_string_equal(pool->network.asked[0].data, "F....key");
	assert_string_equal(pool->network.asked[0].key, "");
}

static void a_raw_request_has_the_servers_timeouts(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->third, "the answer", 5);
	assert_int_equal(do_send(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS);
	pool->third->timeout_ms = 20;
	assert_int_equal(do_send(pool), SD_OK);
	assert_deadlines(&pool->network.asked[1], 20, 20);
}

static void a_failed_raw_request_names_the_server_and_the_reason(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	fake_refuses(&pool->network, pool->third, 5);
	assert_int_equal(do_send(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_text_has(&pool->error, sd_server_name(pool->third, name));
	assert_text_has(&pool->error, "Connection refused");
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_redundancy_all_operations_ask_the_first_alone),
		TEST(without_redundancy_a_read_tells_the_version_where_it_is_wanted),
		TEST(without_redundancy_what_the_first_does_not_have_is_absent),
		TEST(without_redundancy_the_first_down_is_a_failure_that_names_it),
		TEST(a_failure_of_both_names_both_servers_and_both_reasons),
		TEST(a_failure_reads_as_one_sentence_each),
		TEST(the_longest_names_and_reasons_are_not_cut),
		TEST(each_failure_begins_with_phpdances_words),
		TEST(get_asks_nobody_after_the_first_gave_up),
		TEST(set_asks_nobody_after_the_firsts_own_transport_gave_up),
		TEST(delete_asks_nobody_after_the_firsts_own_transport_gave_up),
		TEST(no_memory_for_the_firsts_value_asks_nobody_else),
		TEST(no_memory_in_an_own_transport_asks_nobody_else),
		TEST(the_second_giving_up_is_giving_up_whatever_the_first_answered),
		TEST(a_first_that_is_marked_dead_costs_a_read_no_second_round),
		TEST(a_second_that_is_marked_dead_leaves_the_first),
		TEST(both_marked_dead_is_a_failure_at_once_that_names_both),
		TEST(what_is_unproven_is_not_believed_while_the_other_is_marked_dead),
		TEST(a_failover_is_counted_for_the_server_that_failed),
		TEST(no_failover_is_counted_if_nobody_answered_or_all_did),
		TEST(a_repair_is_counted_for_the_server_that_had_an_older_copy),
		TEST(no_operation_ever_takes_longer_than_its_timeouts),
		TEST(a_server_with_its_own_transport_is_asked_through_it),
		TEST(get_asks_a_server_through_its_own_transport),
		TEST(get_falls_back_from_an_own_transport_to_the_network),
		TEST(two_servers_on_one_own_transport_are_asked_at_once),
		TEST(time_spent_in_an_own_transport_is_not_taken_from_the_network),
		TEST(a_raw_request_goes_to_its_server_and_the_answer_to_the_sink),
		TEST(a_raw_request_has_the_servers_timeouts),
		TEST(a_failed_raw_request_names_the_server_and_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
