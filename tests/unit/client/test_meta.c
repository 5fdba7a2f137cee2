/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * client/transport/meta: a request's bytes in each dialect, and what an answer means to
 * a request.
 */

#include "tests/unit/unit.h"

#include <string.h>

#include "client/transport/meta.h"

#define WALL_S 1790000000
#define VERSION 77

/* The token that all requests here have, as it is kept and as it is written. */
#define TOKEN_TEXT "PPPPPPPQ"

static uint64_t token(void)
{
	uint64_t opaque;

	memcpy(&opaque, TOKEN_TEXT, sizeof(opaque));
	return opaque;
}

static struct sd_request request_of(enum sd_request_kind kind)
{
	return (struct sd_request){.kind = kind, .key = {"key", 3}};
}

/* {{{ requests */

static void assert_encoded(const struct sd_request *request, enum sd_dialect dialect,
                           const char *line)
{
	uint8_t out[SD_META_REQUEST_MAX];
	const struct sd_meta_abilities server = {
		.dialect = dialect, .marks_repairs = true, .takes_holders = true};
	size_t length = sd_meta_encode(out, request, &server, token(), WALL_S);

	out[length] = '\0';
	assert_string_equal((const char *)out, line);
}

static void a_read_asks_for_version_and_ttl_or_for_the_value_alone(void **state)
{
	struct sd_request request = request_of(SD_GET);

	(void)state;
	assert_encoded(&request, SD_SHAREDANCED, "mg key O" TOKEN_TEXT " v c t G\r\n");
	assert_encoded(&request, SD_MEMCACHED, "mg key O" TOKEN_TEXT " v c t\r\n");
	request.value_only = true;
	assert_encoded(&request, SD_SHAREDANCED, "mg key O" TOKEN_TEXT " v\r\n");
	request = request_of(SD_EXISTS);
	request.compared = VERSION;
	assert_encoded(&request, SD_SHAREDANCED, "mg key O" TOKEN_TEXT " c t G U77\r\n");
	assert_encoded(&request, SD_MEMCACHED, "mg key O" TOKEN_TEXT " c t\r\n");
	request = request_of(SD_TOUCH);
	request.ttl = 60;
	assert_encoded(&request, SD_MEMCACHED, "mg key O" TOKEN_TEXT " c t T60\r\n");
}

static void a_set_has_length_ttl_and_version(void **state)
{
	struct sd_request request = request_of(SD_SET);

	(void)state;
	request.data = (struct sd_bytes){"value", 5};
	assert_encoded(&request, SD_SHAREDANCED, "ms key 5 O" TOKEN_TEXT "\r\n");
	request.ttl = 60;
	request.version = VERSION;
	assert_encoded(&request, SD_SHAREDANCED, "ms key 5 O" TOKEN_TEXT " T60 E77\r\n");
	assert_encoded(&request, SD_OLD_MEMCACHED, "ms key 5 O" TOKEN_TEXT " T60\r\n");
	request.ttl = SD_FOREVER;
	request.held = true;
	assert_encoded(&request, SD_SHAREDANCED, "ms key 5 O" TOKEN_TEXT " T0 E77 H\r\n");
}

static void a_repair_is_told_from_a_write_to_a_server_that_knows_the_difference(void **state)
{
	const enum sd_request_kind kinds[] = {SD_SET, SD_DELETE};
	struct sd_meta_abilities server = {.dialect = SD_SHAREDANCED};
	static const char *const lines[] = {"ms key 0 O" TOKEN_TEXT " E77 G",
	                                    "md key O" TOKEN_TEXT " E77 G"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sd_request request = request_of(kinds[i]);
		uint8_t out[SD_META_REQUEST_MAX];
		size_t length = strlen(lines[i]);

		request.version = VERSION;
		request.condition = SD_IF_SEEN;
		request.is_repair = true;
		server.marks_repairs = false;
		assert_int_equal(sd_meta_encode(out, &request, &server, token(), WALL_S), length + 2);
		assert_memory_equal(out, lines[i], length);
		server.marks_repairs = true;
		assert_int_equal(sd_meta_encode(out, &request, &server, token(), WALL_S), length + 4);
		assert_memory_equal(out + length, " U\r\n", 4);
	}
}

static void more_than_a_month_is_a_date(void **state)
{
	struct sd_request request = request_of(SD_SET);

	(void)state;
	request.ttl = SD_META_MONTH;
	assert_encoded(&request, SD_MEMCACHED, "ms key 0 O" TOKEN_TEXT " T2592000\r\n");
	request.ttl = SD_META_MONTH + 1;
	assert_encoded(&request, SD_MEMCACHED, "ms key 0 O" TOKEN_TEXT " T1792592001\r\n");
	request.ttl = INT64_MAX;
	assert_encoded(&request, SD_MEMCACHED, "ms key 0 O" TOKEN_TEXT " T4294967295\r\n");
}

static void conditions_are_compared_by_sharedanced_and_replaced_for_memcached(void **state)
{
	static const struct {
		enum sd_condition condition;
		uint64_t seen;
		const char *ours;
		const char *memcached;
	} cases[] = {
		{SD_IF_NEWER, 0, "ms key 0 O" TOKEN_TEXT " E77 G\r\n", "ms key 0 O" TOKEN_TEXT " E77\r\n"},
		{SD_IF_SEEN, 0, "ms key 0 O" TOKEN_TEXT " E77 G\r\n",
	     "ms key 0 O" TOKEN_TEXT " E77 ME\r\n"},
		{SD_IF_SEEN, 9, "ms key 0 O" TOKEN_TEXT " E77 G\r\n",
	     "ms key 0 O" TOKEN_TEXT " E77 C9\r\n"},
		{SD_IF_ABSENT, 0, "ms key 0 O" TOKEN_TEXT " E77 ME\r\n",
	     "ms key 0 O" TOKEN_TEXT " E77 ME\r\n"},
		{SD_IF_ABSENT, 9, "ms key 0 O" TOKEN_TEXT " E77 ME\r\n",
	     "ms key 0 O" TOKEN_TEXT " E77 C9\r\n"},
		{SD_IF_PRESENT, 0, "ms key 0 O" TOKEN_TEXT " E77 MR\r\n",
	     "ms key 0 O" TOKEN_TEXT " E77 MR\r\n"},
		{SD_IF_VERSION, 9, "ms key 0 O" TOKEN_TEXT " E77 C9\r\n",
	     "ms key 0 O" TOKEN_TEXT " E77 C9\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct sd_request request = request_of(SD_SET);

		request.condition = cases[i].condition;
		request.seen = cases[i].seen;
		request.version = VERSION;
		assert_encoded(&request, SD_SHAREDANCED, cases[i].ours);
		assert_encoded(&request, SD_MEMCACHED, cases[i].memcached);
	}
}

static void a_delete_leaves_what_the_server_has_for_a_tombstone(void **state)
{
	struct sd_request request = request_of(SD_DELETE);

	(void)state;
	assert_encoded(&request, SD_SHAREDANCED, "md key O" TOKEN_TEXT "\r\n");
	request.version = VERSION;
	request.ttl = 60;
	assert_encoded(&request, SD_SHAREDANCED, "md key O" TOKEN_TEXT " T60 E77\r\n");
	assert_encoded(&request, SD_MEMCACHED, "md key O" TOKEN_TEXT " I x E77\r\n");
	assert_encoded(&request, SD_OLD_MEMCACHED, "md key O" TOKEN_TEXT "\r\n");
}

static void arithmetic_and_locks_have_their_commands(void **state)
{
	struct sd_request request = request_of(SD_ARITHMETIC);

	(void)state;
	request.delta = 5;
	assert_encoded(&request, SD_SHAREDANCED, "ma key O" TOKEN_TEXT " v c t D5 MI\r\n");
	request.decrement = true;
	assert_encoded(&request, SD_MEMCACHED, "ma key O" TOKEN_TEXT " v c t D5 MD\r\n");
	request = request_of(SD_LOCK);
	request.ttl = 30;
	request.wait_ms = 500;
	assert_encoded(&request, SD_SHAREDANCED, "ml key O" TOKEN_TEXT " T30 W500\r\n");
	request = request_of(SD_UNLOCK);
	assert_encoded(&request, SD_SHAREDANCED, "mu key O" TOKEN_TEXT "\r\n");
}

static void what_is_about_a_lock_shows_its_holder_to_a_server_that_takes_it(void **state)
{
	static const struct {
		enum sd_request_kind kind;
		bool held;
		const char *with;
		const char *without;
	} cases[] = {
		{SD_LOCK, false, "ml key O" TOKEN_TEXT " T0 HYYYYYYYYYYYYYYYY\r\n",
	     "ml key O" TOKEN_TEXT " T0\r\n"},
		{SD_UNLOCK, false, "mu key O" TOKEN_TEXT " HYYYYYYYYYYYYYYYY\r\n",
	     "mu key O" TOKEN_TEXT "\r\n"},
		{SD_SET, true, "ms key 0 O" TOKEN_TEXT " HYYYYYYYYYYYYYYYY\r\n",
	     "ms key 0 O" TOKEN_TEXT " H\r\n"},
		{SD_DELETE, true, "md key O" TOKEN_TEXT " HYYYYYYYYYYYYYYYY\r\n",
	     "md key O" TOKEN_TEXT " H\r\n"},
		{SD_SET, false, "ms key 0 O" TOKEN_TEXT "\r\n", "ms key 0 O" TOKEN_TEXT "\r\n"},
		{SD_EXISTS, false, "mg key O" TOKEN_TEXT " c t G\r\n", "mg key O" TOKEN_TEXT " c t G\r\n"},
	};
	struct sd_meta_abilities server = {.dialect = SD_SHAREDANCED};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct sd_request request = request_of(cases[i].kind);

		for (int takes = 0; takes < 2; takes++) {
			uint8_t out[SD_META_REQUEST_MAX + 1] = "";

			request.holder = 0x9999999999999999;
			request.held = cases[i].held;
			server.takes_holders = takes;
			(void)sd_meta_encode(out, &request, &server, token(), WALL_S);
			assert_string_equal((const char *)out, takes ? cases[i].with : cases[i].without);
		}
	}
}

static void memcached_has_no_locks_and_shorter_keys(void **state)
{
	static const char key[SD_META_BINARY_KEY_MAX] = {0};
	struct sd_exchange exchange = {.request = request_of(SD_LOCK)};

	(void)state;
	assert_false(sd_meta_suits_memcached(&exchange, SD_MEMCACHED));
	assert_int_equal(exchange.reply.status, SD_UNSUPPORTED);
	assert_string_equal(exchange.reply.reason, "memcached has no locks");
	exchange.request = request_of(SD_GET);
	exchange.request.key = (struct sd_bytes){key, 186};
	assert_true(sd_meta_suits_memcached(&exchange, SD_MEMCACHED));
	exchange.request.key.length = sizeof(key);
	assert_false(sd_meta_suits_memcached(&exchange, SD_MEMCACHED));
	assert_int_equal(exchange.reply.status, SD_BAD_KEY);
}

/* A request is repeated if the second time changes nothing, whether or not there was a first, and
 * whatever others have done since. */
static void only_what_does_no_harm_twice_is_repeatable(void **state)
{
	static const enum sd_request_kind always[] = {SD_GET, SD_EXISTS, SD_TOUCH, SD_LOCK};
	static const enum sd_request_kind never[] = {SD_RAW, SD_ARITHMETIC, SD_UNLOCK};
	static const enum sd_request_kind writes[] = {SD_SET, SD_DELETE};
	struct sd_request request;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(always); i++) {
		request = request_of(always[i]);
		assert_true(sd_meta_is_repeatable(&request, false));
	}
	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		request = request_of(writes[i]);
		for (int condition = SD_ALWAYS; condition <= SD_IF_VERSION; condition++) {
			request.condition = (enum sd_condition)condition;
			request.version = 0; /* it would replace what others have written since */
			assert_false(sd_meta_is_repeatable(&request, true));
			request.version = VERSION;
			assert_int_equal(sd_meta_is_repeatable(&request, true),
			                 condition == SD_IF_NEWER || condition == SD_IF_SEEN);
		}
		request.condition = SD_IF_NEWER;
		request.held = true; /* the lock ended with the connection */
		assert_false(sd_meta_is_repeatable(&request, false));
	}
	for (size_t i = 0; i < COUNT_OF(never); i++) {
		request = request_of(never[i]);
		assert_false(sd_meta_is_repeatable(&request, false));
	}
}

/* What is about a lock, with a token and without. */
static void what_has_a_holder_is_repeatable_if_the_server_can_tell(void **state)
{
	static const enum sd_request_kind writes[] = {SD_SET, SD_DELETE};
	struct sd_request request;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		request = request_of(writes[i]);
		request.held = true;
		request.version = VERSION;
		request.condition = SD_IF_NEWER;
		assert_false(sd_meta_is_repeatable(&request, true));
		request.holder = 0x9999999999999999;
		assert_true(sd_meta_is_repeatable(&request, true));
		assert_false(sd_meta_is_repeatable(&request, false));
		request.version = 0; /* the server could not tell it from another one */
		assert_false(sd_meta_is_repeatable(&request, true));
		request.version = VERSION;
		request.condition = SD_IF_VERSION;
		assert_false(sd_meta_is_repeatable(&request, true));
		request.held = false; /* the holder does not count then */
		request.condition = SD_IF_NEWER;
		assert_true(sd_meta_is_repeatable(&request, false));
	}
	request = request_of(SD_UNLOCK);
	assert_false(sd_meta_is_repeatable(&request, true));
	request.holder = 0x9999999999999999;
	assert_true(sd_meta_is_repeatable(&request, true));
	assert_false(sd_meta_is_repeatable(&request, false));
	request = request_of(SD_ARITHMETIC);
	request.holder = 0x9999999999999999;
	assert_false(sd_meta_is_repeatable(&request, true));
	request = request_of(SD_LOCK);
	assert_true(sd_meta_is_repeatable(&request, false));
}

/* }}} */

/* {{{ answers */

/* Reads an answer's line into an exchange that asked that; false: it is no answer to it. */
static bool decode(struct sd_exchange *exchange, enum sd_dialect dialect, const char *line)
{
	struct sd_meta_reply answer;

	exchange->opaque = token();
	exchange->reply.status = SD_ABORTED;
	assert_true(sd_meta_read_reply((const uint8_t *)line, strlen(line), &answer));
	return sd_meta_decode(exchange, dialect, &answer);
}

/* For each operation the status of VA, HD, EN, NF, NS and EX; SD_BAD_ANSWER: no answer to it. */
static void each_answer_has_one_meaning_to_each_operation(void **state)
{
	static const char *const lines[] = {
		"VA 1 c5 t9 O" TOKEN_TEXT "\r\n", "HD c5 t9 O" TOKEN_TEXT "\r\n", "EN O" TOKEN_TEXT "\r\n",
		"NF O" TOKEN_TEXT "\r\n",         "NS O" TOKEN_TEXT "\r\n",       "EX O" TOKEN_TEXT "\r\n",
	};
	static const struct {
		enum sd_request_kind kind;
		enum sd_status statuses[COUNT_OF(lines)];
	} cases[] = {
		{SD_GET, {SD_OK, SD_BAD_ANSWER, SD_ABSENT, SD_BAD_ANSWER, SD_BAD_ANSWER, SD_BAD_ANSWER}},
		{SD_EXISTS, {SD_BAD_ANSWER, SD_OK, SD_ABSENT, SD_BAD_ANSWER, SD_BAD_ANSWER, SD_BAD_ANSWER}},
		{SD_TOUCH, {SD_BAD_ANSWER, SD_OK, SD_ABSENT, SD_BAD_ANSWER, SD_BAD_ANSWER, SD_BAD_ANSWER}},
		{SD_SET, {SD_BAD_ANSWER, SD_OK, SD_BAD_ANSWER, SD_CONFLICT, SD_CONFLICT, SD_CONFLICT}},
		{SD_DELETE, {SD_BAD_ANSWER, SD_OK, SD_BAD_ANSWER, SD_ABSENT, SD_CONFLICT, SD_CONFLICT}},
		{SD_ARITHMETIC, {SD_OK, SD_BAD_ANSWER, SD_BAD_ANSWER, SD_ABSENT, SD_CONFLICT, SD_CONFLICT}},
		{SD_LOCK, {SD_BAD_ANSWER, SD_OK, SD_BAD_ANSWER, SD_ABSENT, SD_CONFLICT, SD_CONFLICT}},
		{SD_UNLOCK, {SD_BAD_ANSWER, SD_OK, SD_BAD_ANSWER, SD_ABSENT, SD_CONFLICT, SD_CONFLICT}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		for (size_t j = 0; j < COUNT_OF(lines); j++) {
			struct sd_exchange exchange = {.request = request_of(cases[i].kind)};
			enum sd_status status = cases[i].statuses[j];

			assert_int_equal(decode(&exchange, SD_SHAREDANCED, lines[j]), status != SD_BAD_ANSWER);
			assert_int_equal(exchange.reply.status, status != SD_BAD_ANSWER ? status : SD_ABORTED);
		}
		for (size_t j = 0; j < 3; j++) {
			static const char *const others[] = {"MN\r\n", "VERSION 1\r\n", "what?\r\n"};
			struct sd_exchange exchange = {.request = request_of(cases[i].kind)};

			assert_false(decode(&exchange, SD_SHAREDANCED, others[j]));
		}
	}
}

static void a_repeated_write_that_was_performed_the_first_time_is_done(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_DELETE), .repeated = true};

	(void)state;
	assert_true(decode(&exchange, SD_SHAREDANCED, "NF O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_OK);
	exchange.request = request_of(SD_SET);
	exchange.request.version = VERSION;
	assert_true(decode(&exchange, SD_SHAREDANCED, "EX c77 O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_OK);
	assert_true(decode(&exchange, SD_SHAREDANCED, "EX c78 O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_CONFLICT);
	assert_true(decode(&exchange, SD_SHAREDANCED, "NF O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_CONFLICT);
	exchange.repeated = false;
	assert_true(decode(&exchange, SD_SHAREDANCED, "EX c77 O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_CONFLICT);
}

static void an_answer_needs_its_requests_token_except_for_memcacheds_en(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_GET)};

	(void)state;
	assert_false(decode(&exchange, SD_SHAREDANCED, "EN OPPPPPPPP\r\n"));
	assert_false(decode(&exchange, SD_MEMCACHED, "EN OPPPPPPPP\r\n"));
	assert_false(decode(&exchange, SD_SHAREDANCED, "EN\r\n"));
	assert_false(decode(&exchange, SD_MEMCACHED, "VA 1 c5 t9\r\n"));
	assert_true(decode(&exchange, SD_MEMCACHED, "EN\r\n"));
	assert_int_equal(exchange.reply.status, SD_ABSENT);
}

static void an_answer_needs_version_and_ttl_unless_the_value_alone_was_asked_for(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_GET)};

	(void)state;
	assert_false(decode(&exchange, SD_SHAREDANCED, "VA 1 c5 O" TOKEN_TEXT "\r\n"));
	assert_false(decode(&exchange, SD_SHAREDANCED, "VA 1 t9 O" TOKEN_TEXT "\r\n"));
	exchange.request.value_only = true;
	assert_true(decode(&exchange, SD_SHAREDANCED, "VA 1 O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.ttl, SD_FOREVER);
	exchange.request = request_of(SD_ARITHMETIC);
	assert_false(decode(&exchange, SD_SHAREDANCED, "VA 1 c5 O" TOKEN_TEXT "\r\n"));
	exchange.request = request_of(SD_SET);
	assert_true(decode(&exchange, SD_SHAREDANCED, "HD O" TOKEN_TEXT "\r\n"));
}

static void a_reply_has_what_the_answer_says(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_GET)};

	(void)state;
	assert_true(decode(&exchange, SD_SHAREDANCED, "VA 1 c5 t9 U O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.version, 5);
	assert_int_equal(exchange.reply.ttl, 9);
	assert_true(exchange.reply.unproven);
	assert_true(exchange.reply.versioned);
	assert_false(exchange.reply.tombstone);
	assert_true(decode(&exchange, SD_SHAREDANCED, "EN c6 O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.version, 6);
	assert_true(exchange.reply.tombstone);
	assert_false(exchange.reply.unproven);
	assert_true(decode(&exchange, SD_OLD_MEMCACHED, "EN\r\n"));
	assert_false(exchange.reply.versioned);
	assert_false(exchange.reply.tombstone);
}

static void what_memcached_invalidated_is_a_tombstone(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_EXISTS)};

	(void)state;
	assert_true(decode(&exchange, SD_MEMCACHED, "HD c5 t9 X O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_ABSENT);
	assert_true(exchange.reply.tombstone);
	assert_true(decode(&exchange, SD_SHAREDANCED, "HD c5 t9 X O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_OK);
}

static void a_write_without_a_version_in_its_answer_has_the_requests(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_SET)};

	(void)state;
	exchange.request.version = VERSION;
	assert_true(decode(&exchange, SD_SHAREDANCED, "HD O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.version, VERSION);
	assert_true(decode(&exchange, SD_SHAREDANCED, "HD c78 O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.version, 78);
	assert_true(decode(&exchange, SD_SHAREDANCED, "EX O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.version, 0);
}

static void a_crowd_is_told_of_to_who_asked_for_a_lock(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_LOCK)};

	(void)state;
	assert_true(decode(&exchange, SD_SHAREDANCED, "NS O" TOKEN_TEXT " W\r\n"));
	assert_int_equal(exchange.reply.status, SD_CONFLICT);
	assert_true(exchange.reply.crowded);
	assert_true(decode(&exchange, SD_SHAREDANCED, "NS O" TOKEN_TEXT "\r\n"));
	assert_int_equal(exchange.reply.status, SD_CONFLICT);
	assert_false(exchange.reply.crowded);
	exchange.request = request_of(SD_EXISTS);
	assert_true(decode(&exchange, SD_MEMCACHED, "HD c5 t9 O" TOKEN_TEXT " W\r\n"));
	assert_false(exchange.reply.crowded);
}

static void an_error_is_quoted(void **state)
{
	struct sd_exchange exchange = {.request = request_of(SD_SET)};
	char line[512] = "SERVER_ERROR ";

	(void)state;
	assert_true(decode(&exchange, SD_SHAREDANCED, "SERVER_ERROR out of memory\r\n"));
	assert_int_equal(exchange.reply.status, SD_REFUSED);
	assert_string_equal(exchange.reply.reason, "the server says SERVER_ERROR out of memory");
	memset(line + strlen(line), 'x', 300);
	strcat(line, "\r\n");
	assert_true(decode(&exchange, SD_SHAREDANCED, line));
	assert_int_equal(strlen(exchange.reply.reason), strlen("the server says ") + 128);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_asks_for_version_and_ttl_or_for_the_value_alone),
		cmocka_unit_test(a_set_has_length_ttl_and_version),
		cmocka_unit_test(a_repair_is_told_from_a_write_to_a_server_that_knows_the_difference),
		cmocka_unit_test(more_than_a_month_is_a_date),
		cmocka_unit_test(conditions_are_compared_by_sharedanced_and_replaced_for_memcached),
		cmocka_unit_test(a_delete_leaves_what_the_server_has_for_a_tombstone),
		cmocka_unit_test(arithmetic_and_locks_have_their_commands),
		cmocka_unit_test(what_is_about_a_lock_shows_its_holder_to_a_server_that_takes_it),
		cmocka_unit_test(memcached_has_no_locks_and_shorter_keys),
		cmocka_unit_test(what_has_a_holder_is_repeatable_if_the_server_can_tell),
		cmocka_unit_test(a_crowd_is_told_of_to_who_asked_for_a_lock),
		cmocka_unit_test(only_what_does_no_harm_twice_is_repeatable),
		cmocka_unit_test(each_answer_has_one_meaning_to_each_operation),
		cmocka_unit_test(a_repeated_write_that_was_performed_the_first_time_is_done),
		cmocka_unit_test(an_answer_needs_its_requests_token_except_for_memcacheds_en),
		cmocka_unit_test(an_answer_needs_version_and_ttl_unless_the_value_alone_was_asked_for),
		cmocka_unit_test(a_reply_has_what_the_answer_says),
		cmocka_unit_test(what_memcached_invalidated_is_a_tombstone),
		cmocka_unit_test(a_write_without_a_version_in_its_answer_has_the_requests),
		cmocka_unit_test(an_error_is_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
