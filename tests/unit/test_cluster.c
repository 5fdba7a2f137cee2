/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The policy of the pool: who is asked, in what order, by when, and what counts
 * as success. The table is the one in client/cluster.h.
 */

#include <stdio.h>
#include <string.h>

#include "client/cluster.h"
#include "fake_transport.h"
#include "unit.h"

#define SERVERS 3
#define KEY "session"
#define SECOND_MS 1000
#define SERVER_TIMEOUT_MS (10 * SECOND_MS)
#define CONNECT_TIMEOUT_MS (3 * SECOND_MS)

/* {{{ a sink that keeps what it gets */

struct kept {
	struct sd_sink sink; /* first, so that one is the other */
	char bytes[FAKE_BYTES_MAX + 1];
	size_t length;
};

static void *kept_room(struct sd_sink *sink, size_t wanted, size_t *granted)
{
	struct kept *kept = (struct kept *)sink;
	size_t left = FAKE_BYTES_MAX - kept->length;

	*granted = wanted < left ? wanted : left;
	return kept->bytes + kept->length;
}

static void kept_filled(struct sd_sink *sink, size_t length)
{
	struct kept *kept = (struct kept *)sink;

	kept->length += length;
	kept->bytes[kept->length] = '\0';
}

static void kept_restart(struct sd_sink *sink)
{
	struct kept *kept = (struct kept *)sink;

	kept->length = 0;
	kept->bytes[0] = '\0';
}

/* }}} */

/* {{{ three servers, of which KEY has a first and a second */

struct pool {
	int64_t clock_ms;
	struct fake_transport network;
	struct fake_transport own; /* for a server that has a transport of its own */
	struct sd_options options;
	struct sd_server servers[SERVERS];
	struct sd_cluster cluster;
	struct sd_server *first;
	struct sd_server *second;
	struct sd_server *third; /* neither: never to be asked */
	struct kept kept;
	unsigned stored;
	struct sd_error error;
};

static const struct sd_bytes key = {KEY, sizeof(KEY) - 1};
static const struct sd_bytes value = {"the value", 9};

static void make_server(struct sd_server *server, const char *host, uint32_t weight)
{
	enum sd_server_part part;
	struct sd_error error;

	assert_int_equal(sd_server_init(server, host, strlen(host), 1042, SERVER_TIMEOUT_MS / 1000,
	                                weight, &part, &error),
	                 SD_OK);
}

static void add_servers(struct pool *pool, const uint32_t *weights, size_t count)
{
	static const char *const hosts[SERVERS] = {"a.example", "b.example", "c.example"};

	sd_cluster_clear(&pool->cluster);
	for (size_t i = 0; i < count; i++) {
		make_server(&pool->servers[i], hosts[i], weights[i]);
		assert_int_equal(sd_cluster_add(&pool->cluster, &pool->servers[i], &pool->error), SD_OK);
	}
}

static void find_owners(struct pool *pool)
{
	size_t first = sd_ring_first(&pool->cluster.ring, KEY, sizeof(KEY) - 1);
	size_t second = sd_ring_second(&pool->cluster.ring, KEY, sizeof(KEY) - 1);

	assert_int_not_equal(first, second);
	pool->first = &pool->servers[first];
	pool->second = &pool->servers[second];
	pool->third = &pool->servers[3 - first - second];
}

static struct pool the_pool;

static int open_pool(void **state)
{
	static const uint32_t weights[SERVERS] = {1, 1, 1};
	struct pool *pool = &the_pool;

	memset(pool, 0, sizeof(*pool));
	pool->clock_ms = 1000000; /* anything but 0 */
	pool->options.connect_timeout_ms = CONNECT_TIMEOUT_MS;
	pool->kept.sink = (struct sd_sink){kept_room, kept_filled, kept_restart};
	fake_init(&pool->network, &pool->clock_ms);
	fake_init(&pool->own, &pool->clock_ms);
	pool->own.transport.now_ms = NULL; /* as a user's transport, which has no clock */
	sd_cluster_init(&pool->cluster, &pool->network.transport, &pool->options, true);
	add_servers(pool, weights, SERVERS);
	find_owners(pool);
	*state = pool;
	return 0;
}

static int close_pool(void **state)
{
	struct pool *pool = *state;

	sd_cluster_clear(&pool->cluster);
	return 0;
}

static void both_answer(struct pool *pool, enum sd_status first, enum sd_status second)
{
	fake_answers(&pool->network, pool->first, first, 5);
	fake_answers(&pool->network, pool->second, second, 5);
}

static enum sd_status do_set(struct pool *pool)
{
	pool->stored = 77;
	return sd_cluster_set(&pool->cluster, key, value, 0, &pool->stored, &pool->error);
}

static enum sd_status do_get(struct pool *pool)
{
	return sd_cluster_get(&pool->cluster, key, &pool->kept.sink, &pool->error);
}

static enum sd_status do_delete(struct pool *pool)
{
	return sd_cluster_delete(&pool->cluster, key, &pool->error);
}

/* }}} */

/* {{{ who was asked */

static void assert_asked_none(const struct fake_transport *fake)
{
	assert_int_equal(fake->asked_count, 0);
}

static void assert_asked_one(const struct fake_transport *fake, enum sd_operation operation,
                             const struct sd_server *server)
{
	assert_int_equal(fake->asked_count, 1);
	assert_int_equal(fake->asked[0].operation, operation);
	assert_ptr_equal(fake->asked[0].server, server);
}

static void assert_asked_both(const struct pool *pool, enum sd_operation operation)
{
	const struct fake_transport *network = &pool->network;

	assert_int_equal(network->asked_count, 2);
	assert_int_equal(network->asked[0].operation, operation);
	assert_int_equal(network->asked[1].operation, operation);
	assert_ptr_equal(network->asked[0].server, pool->first);
	assert_ptr_equal(network->asked[1].server, pool->second);
}

static void assert_asked_both_at_once(const struct pool *pool, enum sd_operation operation)
{
	assert_asked_both(pool, operation);
	assert_int_equal(pool->network.calls, 1);
}

static void assert_asked_one_after_the_other(const struct pool *pool)
{
	assert_asked_both(pool, SD_GET);
	assert_int_equal(pool->network.calls, 2);
	assert_int_equal(pool->network.asked[0].call, 1);
	assert_int_equal(pool->network.asked[1].call, 2);
}

static void assert_text_has(const struct sd_error *error, const char *part)
{
	if (strstr(error->text, part) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", error->text, part);
	}
}

/* }}} */

/* {{{ set, by the table */

static void set_with_both_up_stores_on_both_at_once(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 2);
	assert_asked_both_at_once(pool, SD_SET);
}

static void set_with_the_first_down_stores_on_the_second_alone(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 1);
	assert_asked_both_at_once(pool, SD_SET);
}

static void set_with_the_second_down_stores_on_the_first_alone(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 1);
	assert_asked_both_at_once(pool, SD_SET);
}

static void set_with_both_down_fails_and_stores_nothing(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_int_equal(pool->stored, 0);
	assert_asked_both_at_once(pool, SD_SET);
}

static void set_counts_a_server_that_refused_or_stalled_as_down(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_REFUSED, 5);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 1);
	fake_stalls(&pool->network, pool->first);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 1);
}

static void set_hands_key_value_and_life_to_both(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(sd_cluster_set(&pool->cluster, key, value, 42, &pool->stored, &pool->error),
	                 SD_OK);
	assert_asked_both(pool, SD_SET);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(pool->network.asked[i].key, KEY);
		assert_string_equal(pool->network.asked[i].data, "the value");
		assert_int_equal(pool->network.asked[i].ttl, 42);
		assert_null(pool->network.asked[i].sink);
	}
}

/* }}} */

/* {{{ get, by the table */

static void get_with_both_up_asks_the_first_alone(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "from the first", 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_one(&pool->network, SD_GET, pool->first);
	assert_string_equal(pool->network.asked[0].key, KEY);
	assert_ptr_equal(pool->network.asked[0].sink, &pool->kept.sink);
}

static void get_with_the_first_down_is_from_the_second(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the second");
	assert_asked_one_after_the_other(pool);
}

static void get_with_the_second_down_is_from_the_first(void **state)
{
	struct pool *pool = *state;

	fake_has(&pool->network, pool->first, "from the first", 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void get_with_both_down_fails(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_asked_one_after_the_other(pool);
}

static void get_asks_the_second_when_the_first_has_none(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	fake_has(&pool->network, pool->second, "from the second", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the second");
	assert_asked_one_after_the_other(pool);
}

static void get_is_absent_when_both_have_none(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_ABSENT);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_one_after_the_other(pool);
}

static void get_is_absent_when_the_first_has_none_and_the_second_is_down(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_one_after_the_other(pool);
}

static void get_is_absent_when_the_first_is_down_and_the_second_has_none(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_one_after_the_other(pool);
}

static void get_asks_the_second_after_every_failure_of_a_server(void **state)
{
	static const enum sd_status failures[] = {SD_REFUSED, SD_BAD_ANSWER,  SD_CLOSED,
	                                          SD_TIMEOUT, SD_UNREACHABLE, SD_UNSUPPORTED};
	struct pool *pool = *state;

	fake_has(&pool->network, pool->second, "from the second", 5);
	for (size_t i = 0; i < COUNT_OF(failures); i++) {
		fake_forget(&pool->network);
		kept_restart(&pool->kept.sink);
		fake_answers(&pool->network, pool->first, failures[i], 5);
		assert_int_equal(do_get(pool), SD_OK);
		assert_string_equal(pool->kept.bytes, "from the second");
		assert_asked_one_after_the_other(pool);
	}
}

/* }}} */

/* {{{ delete, by the table */

static void delete_with_both_up_is_on_both_at_once(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE);
	assert_string_equal(pool->network.asked[0].key, KEY);
	assert_string_equal(pool->network.asked[1].key, KEY);
}

static void delete_with_the_first_down_is_on_the_second(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_answers(&pool->network, pool->second, SD_OK, 5);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE);
}

static void delete_with_the_second_down_is_on_the_first(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_OK, 5);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_DELETE);
}

static void delete_with_both_down_fails(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 1);
	fake_refuses(&pool->network, pool->second, 1);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_int_equal(pool->error.status, SD_UNREACHABLE);
	assert_asked_both_at_once(pool, SD_DELETE);
}

static void delete_is_done_when_either_had_it(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_OK, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_OK);
	both_answer(pool, SD_ABSENT, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
}

static void delete_is_absent_when_neither_had_it(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_ABSENT);
}

static void delete_is_absent_when_the_only_one_up_had_none(void **state)
{
	struct pool *pool = *state;

	both_answer(pool, SD_ABSENT, SD_UNREACHABLE);
	assert_int_equal(do_delete(pool), SD_ABSENT);
	both_answer(pool, SD_TIMEOUT, SD_ABSENT);
	assert_int_equal(do_delete(pool), SD_ABSENT);
}

/* }}} */

/* {{{ without redundancy */

static void without_redundancy_all_operations_ask_the_first_alone(void **state)
{
	struct pool *pool = *state;

	pool->cluster.redundancy = false;
	fake_has(&pool->network, pool->first, "from the first", 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 1);
	assert_asked_one(&pool->network, SD_SET, pool->first);
	fake_forget(&pool->network);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from the first");
	assert_asked_one(&pool->network, SD_GET, pool->first);
	fake_forget(&pool->network);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_asked_one(&pool->network, SD_DELETE, pool->first);
}

static void without_redundancy_what_the_first_does_not_have_is_absent(void **state)
{
	struct pool *pool = *state;

	pool->cluster.redundancy = false;
	fake_answers(&pool->network, pool->first, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void without_redundancy_the_first_down_is_a_failure_that_names_it(void **state)
{
	struct pool *pool = *state;
	char name[SD_SERVER_NAME_MAX];

	pool->cluster.redundancy = false;
	fake_refuses(&pool->network, pool->first, 1);
	assert_int_equal(do_set(pool), SD_UNREACHABLE);
	assert_int_equal(pool->stored, 0);
	assert_int_equal(do_get(pool), SD_UNREACHABLE);
	assert_int_equal(do_delete(pool), SD_UNREACHABLE);
	assert_text_has(&pool->error, sd_server_name(pool->first, name));
	assert_text_has(&pool->error, "Connection refused");
	assert_int_equal(pool->network.asked_count, 3);
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
		enum sd_operation operation;
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
		struct sd_exchange exchange = {.server = &pool->servers[0], .operation = rows[i].operation};
		char text[SD_ERROR_TEXT_MAX];

		sd_exchange_end(&exchange, rows[i].status, "why");
		assert_string_equal(sd_exchange_explain(&exchange, text, sizeof(text)), rows[i].words);
	}
}

/* }}} */

/* {{{ the list of servers */

static void assert_all_fail_unasked(struct pool *pool, enum sd_status status)
{
	assert_int_equal(do_set(pool), status);
	assert_int_equal(pool->stored, 0);
	assert_int_equal(pool->error.status, status);
	assert_int_equal(do_get(pool), status);
	assert_int_equal(pool->error.status, status);
	assert_int_equal(do_delete(pool), status);
	assert_int_equal(pool->error.status, status);
	assert_true(pool->error.text[0] != '\0');
	assert_asked_none(&pool->network);
}

static void without_servers_nobody_is_asked(void **state)
{
	struct pool *pool = *state;

	add_servers(pool, NULL, 0);
	assert_all_fail_unasked(pool, SD_NO_SERVERS);
	pool->cluster.redundancy = false;
	assert_all_fail_unasked(pool, SD_NO_SERVERS);
}

static void one_server_is_too_few_for_redundancy(void **state)
{
	static const uint32_t weights[] = {1};
	struct pool *pool = *state;

	add_servers(pool, weights, 1);
	assert_all_fail_unasked(pool, SD_NO_ROTATION);
}

static void one_server_is_enough_without_redundancy(void **state)
{
	static const uint32_t weights[] = {5};
	struct pool *pool = *state;

	add_servers(pool, weights, 1);
	pool->cluster.redundancy = false;
	fake_answers(&pool->network, &pool->servers[0], SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 1);
}

static void a_weight_as_large_as_the_number_of_servers_leaves_no_second(void **state)
{
	static const uint32_t weights[] = {1, 3, 1};
	struct pool *pool = *state;

	add_servers(pool, weights, 3);
	assert_all_fail_unasked(pool, SD_NO_ROTATION);
}

static void a_weight_below_the_number_of_servers_leaves_a_second(void **state)
{
	static const uint32_t weights[] = {1, 2, 1};
	struct pool *pool = *state;

	add_servers(pool, weights, 3);
	find_owners(pool);
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 2);
	assert_asked_both_at_once(pool, SD_SET);
}

static void a_key_is_located_on_its_first_and_second(void **state)
{
	struct pool *pool = *state;
	size_t owners[2] = {77, 77};
	size_t count = 77;

	assert_int_equal(sd_cluster_locate(&pool->cluster, key, owners, &count, &pool->error), SD_OK);
	assert_int_equal(count, 2);
	assert_ptr_equal(&pool->servers[owners[0]], pool->first);
	assert_ptr_equal(&pool->servers[owners[1]], pool->second);
}

static void without_redundancy_a_key_is_located_on_its_first(void **state)
{
	struct pool *pool = *state;
	size_t owners[2] = {77, 77};
	size_t count = 77;

	pool->cluster.redundancy = false;
	assert_int_equal(sd_cluster_locate(&pool->cluster, key, owners, &count, &pool->error), SD_OK);
	assert_int_equal(count, 1);
	assert_ptr_equal(&pool->servers[owners[0]], pool->first);
}

static void a_server_at_the_same_place_is_refused_and_changes_nothing(void **state)
{
	struct pool *pool = *state;
	struct sd_server again;

	make_server(&again, "A.Example", 9);
	assert_true(sd_cluster_has(&pool->cluster, &again));
	assert_int_equal(sd_cluster_add(&pool->cluster, &again, &pool->error), SD_DUPLICATE);
	assert_int_equal(pool->error.status, SD_DUPLICATE);
	assert_text_has(&pool->error, "[A.Example:1042]");
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_asked_both_at_once(pool, SD_SET);
}

static void a_server_at_another_place_is_not_in_the_cluster(void **state)
{
	struct pool *pool = *state;
	struct sd_server other;

	make_server(&other, "d.example", 1);
	assert_false(sd_cluster_has(&pool->cluster, &other));
}

static void a_cleared_cluster_can_be_used_again(void **state)
{
	static const uint32_t weights[] = {1, 1};
	struct pool *pool = *state;

	sd_cluster_clear(&pool->cluster);
	assert_false(sd_cluster_has(&pool->cluster, &pool->servers[0]));
	add_servers(pool, weights, 2);
	fake_answers(&pool->network, &pool->servers[0], SD_OK, 5);
	fake_answers(&pool->network, &pool->servers[1], SD_OK, 5);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 2);
}

/* }}} */

/* {{{ giving up */

static void get_asks_nobody_after_the_first_gave_up(void **state)
{
	struct pool *pool = *state;

	fake_answers(&pool->network, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_get(pool), SD_ABORTED);
	assert_int_equal(pool->error.status, SD_ABORTED);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void set_asks_nobody_after_the_firsts_own_transport_gave_up(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_ABORTED, 5);
	assert_int_equal(do_set(pool), SD_ABORTED);
	assert_int_equal(pool->stored, 0);
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
	assert_int_equal(do_get(pool), SD_NO_MEMORY);
	assert_int_equal(pool->error.status, SD_NO_MEMORY);
	assert_asked_one(&pool->network, SD_GET, pool->first);
}

static void no_memory_in_an_own_transport_asks_nobody_else(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_NO_MEMORY, 5);
	assert_int_equal(do_set(pool), SD_NO_MEMORY);
	assert_int_equal(pool->stored, 0);
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
		assert_int_equal(pool->stored, answers[i] == SD_OK);
		assert_int_equal(do_delete(pool), SD_ABORTED);
		if (answers[i] != SD_OK) {
			assert_int_equal(do_get(pool), SD_ABORTED);
		}
	}
}

/* }}} */

/* {{{ the sink */

static void a_part_from_the_first_is_forgotten_before_the_second_is_asked(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part and", 5);
	fake_has(&pool->network, pool->second, "the whole", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "the whole");
}

static void an_empty_value_from_the_second_leaves_no_part_of_the_firsts(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part", 5);
	fake_has(&pool->network, pool->second, "", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_int_equal(pool->kept.length, 0);
}

static void a_failed_get_leaves_no_part_in_the_sink(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "a part of the first", 5);
	fake_breaks_off(&pool->network, pool->second, "a part of the second", 5);
	assert_int_equal(do_get(pool), SD_CLOSED);
	assert_int_equal(pool->kept.length, 0);
}

static void a_part_from_the_first_is_forgotten_when_the_second_has_none(void **state)
{
	struct pool *pool = *state;

	fake_breaks_off(&pool->network, pool->first, "only a part", 5);
	fake_answers(&pool->network, pool->second, SD_ABSENT, 5);
	assert_int_equal(do_get(pool), SD_ABSENT);
	assert_int_equal(pool->kept.length, 0);
}

/* }}} */

/* {{{ deadlines */

static void assert_deadlines(const struct fake_asked *asked, int64_t connect_ms, int64_t whole_ms)
{
	assert_int_equal(asked->connect_deadline_ms - asked->at_ms, connect_ms);
	assert_int_equal(asked->deadline_ms - asked->at_ms, whole_ms);
}

static void set_gives_each_server_its_own_timeout(void **state)
{
	struct pool *pool = *state;

	pool->first->timeout_ms = 7000;
	pool->second->timeout_ms = 9000;
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, 7000);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, 9000);
}

static void delete_gives_each_server_its_own_timeout(void **state)
{
	struct pool *pool = *state;

	pool->first->timeout_ms = 7000;
	pool->second->timeout_ms = 9000;
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_delete(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, 7000);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, 9000);
}

static void a_server_timeout_below_the_connect_timeout_bounds_connecting(void **state)
{
	struct pool *pool = *state;

	pool->first->timeout_ms = CONNECT_TIMEOUT_MS - 1;
	pool->second->timeout_ms = CONNECT_TIMEOUT_MS + 1;
	both_answer(pool, SD_OK, SD_OK);
	assert_int_equal(do_set(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS - 1, CONNECT_TIMEOUT_MS - 1);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, CONNECT_TIMEOUT_MS + 1);
}

static void get_without_redundancy_has_the_servers_whole_timeout(void **state)
{
	struct pool *pool = *state;

	pool->cluster.redundancy = false;
	fake_has(&pool->network, pool->first, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS);
	pool->first->timeout_ms = 20;
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[1], 20, 20);
}

static void get_leaves_the_second_half_of_the_time_when_the_first_stalls(void **state)
{
	struct pool *pool = *state;

	fake_stalls(&pool->network, pool->first);
	fake_has(&pool->network, pool->second, "late", SERVER_TIMEOUT_MS / 2);
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "late");
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS / 2);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS / 2);
}

static void get_bounds_connecting_by_the_firsts_half(void **state)
{
	struct pool *pool = *state;

	pool->options.connect_timeout_ms = SERVER_TIMEOUT_MS;
	fake_never_connects(&pool->network, pool->first);
	fake_has(&pool->network, pool->second, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[0], SERVER_TIMEOUT_MS / 2, SERVER_TIMEOUT_MS / 2);
}

static void get_gives_the_second_what_a_quick_failure_of_the_first_left(void **state)
{
	struct pool *pool = *state;

	fake_refuses(&pool->network, pool->first, 100);
	fake_has(&pool->network, pool->second, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[1], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS - 100);
}

static void get_keeps_the_seconds_own_timeout(void **state)
{
	struct pool *pool = *state;

	pool->second->timeout_ms = 50;
	fake_refuses(&pool->network, pool->first, 100);
	fake_has(&pool->network, pool->second, "v", 5);
	assert_int_equal(do_get(pool), SD_OK);
	assert_deadlines(&pool->network.asked[1], 50, 50);
}

static void both_stalling_cost_set_and_delete_the_longest_timeout(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	pool->second->timeout_ms = SERVER_TIMEOUT_MS + 1;
	fake_stalls(&pool->network, pool->first);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_set(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, SERVER_TIMEOUT_MS + 1);
	start_ms = pool->clock_ms;
	assert_int_equal(do_delete(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, SERVER_TIMEOUT_MS + 1);
}

static void both_stalling_cost_get_the_longest_timeout(void **state)
{
	struct pool *pool = *state;
	int64_t start_ms = pool->clock_ms;

	fake_stalls(&pool->network, pool->first);
	fake_stalls(&pool->network, pool->second);
	assert_int_equal(do_get(pool), SD_TIMEOUT);
	assert_int_equal(pool->clock_ms - start_ms, SERVER_TIMEOUT_MS);
}

static void behave_randomly(struct chance *chance, struct fake_transport *fake,
                            const struct sd_server *server)
{
	int64_t after_ms = chance_between(chance, 0, 6000);

	switch (chance_between(chance, 0, 5)) {
	case 0:
		fake_has(fake, server, "v", after_ms);
		break;
	case 1:
		fake_answers(fake, server, SD_ABSENT, after_ms);
		break;
	case 2:
		fake_refuses(fake, server, after_ms);
		break;
	case 3:
		fake_never_connects(fake, server);
		break;
	default:
		fake_stalls(fake, server);
		break;
	}
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void assert_within_timeouts(const struct pool *pool, int64_t start_ms)
{
	int64_t longest_ms = longer(pool->first->timeout_ms, pool->second->timeout_ms);

	assert_in_range(pool->clock_ms - start_ms, 0, longest_ms);
	for (size_t i = 0; i < pool->network.asked_count; i++) {
		const struct fake_asked *asked = &pool->network.asked[i];
		int64_t connect_ms = asked->connect_deadline_ms - asked->at_ms;

		assert_in_range(asked->deadline_ms - asked->at_ms, 0, asked->server->timeout_ms);
		assert_in_range(connect_ms, 0, pool->options.connect_timeout_ms);
		assert_true(asked->deadline_ms <= start_ms + longest_ms);
	}
}

static void assert_second_had_half(const struct pool *pool)
{
	const struct fake_asked *asked = &pool->network.asked[1];
	int64_t half_ms = longer(pool->first->timeout_ms, pool->second->timeout_ms) / 2;
	int64_t own_ms = pool->second->timeout_ms;

	if (pool->network.asked_count == 2) {
		assert_true(asked->deadline_ms - asked->at_ms >= (own_ms < half_ms ? own_ms : half_ms));
	}
}

static void no_operation_ever_takes_longer_than_the_longest_timeout(void **state)
{
	static enum sd_status (*const operations[])(struct pool *) = {do_set, do_get, do_delete};
	struct pool *pool = *state;
	struct chance chance = {2026};

	for (int round = 0; round < 30000; round++) {
		int64_t start_ms = pool->clock_ms;
		size_t operation = (size_t)round % COUNT_OF(operations);

		fake_forget(&pool->network);
		kept_restart(&pool->kept.sink);
		pool->first->timeout_ms = chance_between(&chance, 1, 8000);
		pool->second->timeout_ms = chance_between(&chance, 1, 8000);
		pool->options.connect_timeout_ms = chance_between(&chance, 1, 8000);
		behave_randomly(&chance, &pool->network, pool->first);
		behave_randomly(&chance, &pool->network, pool->second);
		(void)operations[operation](pool);
		assert_within_timeouts(pool, start_ms);
		if (operations[operation] == do_get) {
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
	assert_int_equal(pool->stored, 2);
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
	assert_int_equal(do_get(pool), SD_OK);
	assert_string_equal(pool->kept.bytes, "from its own");
	assert_asked_one(&pool->own, SD_GET, pool->first);
	assert_asked_none(&pool->network);
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
	assert_int_equal(pool->own.calls, 1);
	assert_asked_none(&pool->network);
}

static void time_spent_in_an_own_transport_is_not_taken_from_the_network(void **state)
{
	struct pool *pool = *state;

	pool->first->transport = &pool->own.transport;
	fake_answers(&pool->own, pool->first, SD_OK, 6000);
	fake_answers(&pool->network, pool->second, SD_OK, 6000);
	assert_int_equal(do_set(pool), SD_OK);
	assert_int_equal(pool->stored, 2);
	assert_deadlines(&pool->network.asked[0], CONNECT_TIMEOUT_MS, SERVER_TIMEOUT_MS);
}

/* }}} */

/* {{{ raw requests */

static enum sd_status do_send(struct pool *pool)
{
	static const struct sd_bytes request = {"F....key", 8};

	return sd_cluster_send(&pool->network.transport, &pool->options, pool->third, request,
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pool, close_pool)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(set_with_both_up_stores_on_both_at_once),
	    TEST(set_with_the_first_down_stores_on_the_second_alone),
	    TEST(set_with_the_second_down_stores_on_the_first_alone),
	    TEST(set_with_both_down_fails_and_stores_nothing),
	    TEST(set_counts_a_server_that_refused_or_stalled_as_down),
	    TEST(set_hands_key_value_and_life_to_both),
	    TEST(get_with_both_up_asks_the_first_alone),
	    TEST(get_with_the_first_down_is_from_the_second),
	    TEST(get_with_the_second_down_is_from_the_first),
	    TEST(get_with_both_down_fails),
	    TEST(get_asks_the_second_when_the_first_has_none),
	    TEST(get_is_absent_when_both_have_none),
	    TEST(get_is_absent_when_the_first_has_none_and_the_second_is_down),
	    TEST(get_is_absent_when_the_first_is_down_and_the_second_has_none),
	    TEST(get_asks_the_second_after_every_failure_of_a_server),
	    TEST(delete_with_both_up_is_on_both_at_once),
	    TEST(delete_with_the_first_down_is_on_the_second),
	    TEST(delete_with_the_second_down_is_on_the_first),
	    TEST(delete_with_both_down_fails),
	    TEST(delete_is_done_when_either_had_it),
	    TEST(delete_is_absent_when_neither_had_it),
	    TEST(delete_is_absent_when_the_only_one_up_had_none),
	    TEST(without_redundancy_all_operations_ask_the_first_alone),
	    TEST(without_redundancy_what_the_first_does_not_have_is_absent),
	    TEST(without_redundancy_the_first_down_is_a_failure_that_names_it),
	    TEST(a_failure_of_both_names_both_servers_and_both_reasons),
	    TEST(a_failure_reads_as_one_sentence_each),
	    TEST(the_longest_names_and_reasons_are_not_cut),
	    TEST(each_failure_begins_with_phpdances_words),
	    TEST(without_servers_nobody_is_asked),
	    TEST(one_server_is_too_few_for_redundancy),
	    TEST(one_server_is_enough_without_redundancy),
	    TEST(a_weight_as_large_as_the_number_of_servers_leaves_no_second),
	    TEST(a_weight_below_the_number_of_servers_leaves_a_second),
	    TEST(a_key_is_located_on_its_first_and_second),
	    TEST(without_redundancy_a_key_is_located_on_its_first),
	    TEST(a_server_at_the_same_place_is_refused_and_changes_nothing),
	    TEST(a_server_at_another_place_is_not_in_the_cluster),
	    TEST(a_cleared_cluster_can_be_used_again),
	    TEST(get_asks_nobody_after_the_first_gave_up),
	    TEST(set_asks_nobody_after_the_firsts_own_transport_gave_up),
	    TEST(delete_asks_nobody_after_the_firsts_own_transport_gave_up),
	    TEST(no_memory_for_the_firsts_value_asks_nobody_else),
	    TEST(no_memory_in_an_own_transport_asks_nobody_else),
	    TEST(the_second_giving_up_is_giving_up_whatever_the_first_answered),
	    TEST(a_part_from_the_first_is_forgotten_before_the_second_is_asked),
	    TEST(an_empty_value_from_the_second_leaves_no_part_of_the_firsts),
	    TEST(a_failed_get_leaves_no_part_in_the_sink),
	    TEST(a_part_from_the_first_is_forgotten_when_the_second_has_none),
	    TEST(set_gives_each_server_its_own_timeout),
	    TEST(delete_gives_each_server_its_own_timeout),
	    TEST(a_server_timeout_below_the_connect_timeout_bounds_connecting),
	    TEST(get_without_redundancy_has_the_servers_whole_timeout),
	    TEST(get_leaves_the_second_half_of_the_time_when_the_first_stalls),
	    TEST(get_bounds_connecting_by_the_firsts_half),
	    TEST(get_gives_the_second_what_a_quick_failure_of_the_first_left),
	    TEST(get_keeps_the_seconds_own_timeout),
	    TEST(both_stalling_cost_set_and_delete_the_longest_timeout),
	    TEST(both_stalling_cost_get_the_longest_timeout),
	    TEST(no_operation_ever_takes_longer_than_the_longest_timeout),
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
