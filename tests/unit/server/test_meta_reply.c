/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's words for each outcome. */

#include "server/protocol/meta_reply.h"

#include <event2/event.h>
#include <string.h>

#include "tests/unit/server/test_client.h"
#include "tests/unit/unit.h"

#define NOW_MS 1700000000000

typedef void reply_function(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome);

/* What the next request is answered with. */
static struct {
	reply_function *reply;
	const struct sdd_outcome *outcome;
} next;

static size_t on_received(void *context, struct sdd_connection *connection, const uint8_t *bytes,
                          size_t length)
{
	struct sd_meta_request request;
	struct sdd_meta_reply reply;
	uint8_t room[SD_META_BINARY_KEY_MAX];

	(void)context;
	assert_int_equal(sd_meta_read_request(bytes, length, &request), SD_META_COMPLETE);
	assert_null(request.error);
	sdd_connection_set_persistent(connection);
	sdd_meta_reply_init(&reply, connection, &request, NOW_MS);
	reply.key = request.base64 ? sd_meta_decode_key(request.key, room) : request.key;
	next.reply(&reply, next.outcome);
	return request.line_length;
}

static void on_closing(void *context, void *attachment)
{
	(void)context;
	(void)attachment;
}

static void on_closed(void *context)
{
	(void)context;
}

/* The reply to a request's line; valid until the next call. */
static const char *reply_to(const char *line, reply_function *reply,
                            const struct sdd_outcome *outcome)
{
	static const struct sdd_connection_handler handler = {
		.received = on_received, .closing = on_closing, .closed = on_closed};
	static const struct sdd_connection_limits limits = {
		.read_size = 4096, .timeout_seconds = 60, .memory = 1 << 30};
	struct event_base *base = event_base_new();
	struct sdd_connections *connections = sdd_connections_new(base, &handler, &limits);
	const char *text;
	int client;

	next.reply = reply;
	next.outcome = outcome;
	client = connect_and_send(connections, line);
	sdd_connections_flush(connections, 0);
	text = replies(client);
	(void)close(client);
	sdd_connections_free(connections);
	event_base_free(base);
	return text;
}

static struct sdd_outcome found(void)
{
	return (struct sdd_outcome){
		.status = SDD_OUTCOME_DONE,
		.is_found = true,
		.is_proven = true,
		.was_read = true,
		.accessed_ms = NOW_MS - 2500,
		.entry = {.value = {"value", 5},
	              .expires_ms = NOW_MS + 1001,
	              .version = 42,
	              .client_flags = 7},
	};
}

/* Of a value in memory. */
static void reply_get(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	struct sdd_batch batch = {.store = NULL};
	struct sdd_work work = {.done = 0};
	const struct sdd_operations operations = {.batch = &batch, .work = &work};

	assert_int_equal(sdd_meta_reply_get(reply, &operations, outcome), SDD_DONE);
}

#define GET(line) reply_to(line, reply_get, &outcome)

static void a_get_has_its_value_and_the_flags_in_the_order_of_the_request(void **state)
{
	struct sdd_outcome outcome = found();

	(void)state;
	assert_string_equal(GET("mg key v\r\n"), "VA 5\r\nvalue\r\n");
	assert_string_equal(GET("mg key\r\n"), "HD\r\n");
	assert_string_equal(GET("mg key t c f s k Oabc h l q\r\n"),
	                    "HD t2 c42 f7 s5 kkey Oabc h1 l2\r\n");
	assert_string_equal(GET("mg key Oabc v c\r\n"), "VA 5 Oabc c42\r\nvalue\r\n");
	outcome.entry.value.length = 0;
	outcome.entry.expires_ms = SDD_NEVER;
	outcome.was_read = false;
	assert_string_equal(GET("mg key s v t h\r\n"), "VA 0 s0 t-1 h0\r\n\r\n");
}

static void an_access_that_is_not_known_or_to_come_is_none(void **state)
{
	struct sdd_outcome outcome = found();

	(void)state;
	outcome.accessed_ms = 0;
	assert_string_equal(GET("mg key l\r\n"), "HD l0\r\n");
	outcome.accessed_ms = NOW_MS + 7000;
	assert_string_equal(GET("mg key l\r\n"), "HD l0\r\n");
}

static void who_won_and_what_is_stale_is_marked_after_the_flags(void **state)
{
	struct sdd_outcome outcome = found();

	(void)state;
	outcome.entry.flags = SDD_STALE;
	outcome.is_won = true;
	assert_string_equal(GET("mg key c\r\n"), "HD c42 X W\r\n");
	outcome.entry.flags = SDD_STALE | SDD_WON;
	outcome.is_won = false;
	assert_string_equal(GET("mg key c\r\n"), "HD c42 Z X\r\n");
}

static void what_is_not_proven_is_marked_only_for_our_client(void **state)
{
	struct sdd_outcome outcome = found();

	(void)state;
	outcome.is_proven = false;
	assert_string_equal(GET("mg key c\r\n"), "HD c42\r\n");
	assert_string_equal(GET("mg key c G\r\n"), "HD c42 U\r\n");
	outcome.is_proven = true;
	assert_string_equal(GET("mg key c G\r\n"), "HD c42\r\n");
}

static void an_absent_entry_shows_the_key_and_a_tombstone_only_to_our_client(void **state)
{
	struct sdd_outcome outcome = {.status = SDD_OUTCOME_ABSENT, .is_proven = true};

	(void)state;
	assert_string_equal(GET("mg key c k Oabc v\r\n"), "EN kkey Oabc\r\n");
	assert_string_equal(GET("mg key q\r\n"), "");
	outcome.is_tombstone = true;
	outcome.entry.version = 9;
	outcome.entry.flags = SDD_TOMBSTONE;
	assert_string_equal(GET("mg key c k\r\n"), "EN kkey\r\n");
	assert_string_equal(GET("mg key c k G\r\n"), "EN c9 kkey\r\n");
	outcome.is_proven = false;
	assert_string_equal(GET("mg key c G\r\n"), "EN c9 U\r\n");
}

static void a_key_is_shown_as_it_was_stored(void **state)
{
	struct sdd_outcome outcome = found();

	(void)state;
	assert_string_equal(GET("mg a2V5 b k\r\n"), "HD kkey\r\n");
	outcome.entry.flags = SDD_BINARY_KEY;
	assert_string_equal(GET("mg key k\r\n"), "HD ka2V5 b\r\n");
	outcome.status = SDD_OUTCOME_ABSENT; /* then as the request has it */
	assert_string_equal(GET("mg key k\r\n"), "EN kkey\r\n");
	assert_string_equal(GET("mg a2V5 b k\r\n"), "EN ka2V5 b\r\n");
}

static void a_key_that_would_break_the_line_is_in_base64(void **state)
{
	static const struct {
		const char *line;
		const char *reply; /* to an entry that was stored without base64, as the classic protocol
		                      does */
	} cases[] = {
		{"mg YSBi b k c\r\n", "HD kYSBi b c42\r\n"}, /* a space */
		{"mg IA== b k\r\n", "HD kIA== b\r\n"},
		{"mg YQpi b k\r\n", "HD kYQpi b\r\n"}, /* a line feed */
		{"mg YX9i b k\r\n", "HD kYX9i b\r\n"}, /* DEL */
		{"mg YQ1i b k\r\n", "HD kYQ1i b\r\n"}, /* a carriage return */
		{"mg YQFi b k\r\n", "HD kYQFi b\r\n"}, /* a byte of 1 */
		{"mg a\001b k\r\n", "HD ka\001b\r\n"}, /* it was a word of the request */
		{"mg YX5i b k\r\n", "HD ka~b\r\n"},
		{"mg a\xffz k\r\n", "HD ka\xffz\r\n"},
	};
	struct sdd_outcome outcome = found();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_string_equal(GET(cases[i].line), cases[i].reply);
	}
}

static void each_outcome_of_a_set_has_its_word(void **state)
{
	static const struct {
		enum sdd_outcome_status status;
		const char *reply;
		const char *quiet;
	} cases[] = {
		{SDD_OUTCOME_DONE, "HD c42 Oab\r\n", ""},
		{SDD_OUTCOME_ABSENT, "NF c42 Oab\r\n", "NF c42 Oab\r\n"},
		{SDD_OUTCOME_NOT_STORED, "NS c42 Oab\r\n", "NS c42 Oab\r\n"},
		{SDD_OUTCOME_NOT_HELD, "NS Oab\r\n", "NS Oab\r\n"},
		{SDD_OUTCOME_OTHER_VERSION, "EX c42 Oab\r\n", "EX c42 Oab\r\n"},
		{SDD_OUTCOME_NOT_NEWER, "EX c42 Oab\r\n", "EX c42 Oab\r\n"},
	};
	struct sdd_outcome outcome = found();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		outcome.status = cases[i].status;
		assert_string_equal(reply_to("ms key 5 c Oab\r\n", sdd_meta_reply_set, &outcome),
		                    cases[i].reply);
		assert_string_equal(reply_to("ms key 5 c Oab q\r\n", sdd_meta_reply_set, &outcome),
		                    cases[i].quiet);
	}
}

static void a_joined_value_that_memory_has_no_room_for_is_a_failure(void **state)
{
	struct sdd_outcome outcome = {.status = SDD_OUTCOME_NO_MEMORY};

	(void)state;
	assert_string_equal(reply_to("ms key 5 MA q\r\n", sdd_meta_reply_set, &outcome),
	                    "SERVER_ERROR out of memory for the joined value\r\n");
}

static void a_joined_value_that_is_too_large_is_a_failure(void **state)
{
	struct sdd_outcome outcome = {.status = SDD_OUTCOME_TOO_LARGE};

	(void)state;
	assert_string_equal(reply_to("ms key 5 MA q c\r\n", sdd_meta_reply_set, &outcome),
	                    "SERVER_ERROR object too large for cache\r\n");
}

static void each_outcome_of_a_delete_has_its_word(void **state)
{
	static const struct {
		enum sdd_outcome_status status;
		const char *reply;
	} cases[] = {
		{SDD_OUTCOME_DONE, "HD kkey\r\n"},          {SDD_OUTCOME_ABSENT, "NF kkey\r\n"},
		{SDD_OUTCOME_NOT_HELD, "NS kkey\r\n"},      {SDD_OUTCOME_OTHER_VERSION, "EX kkey\r\n"},
		{SDD_OUTCOME_NOT_NEWER, "EX c42 kkey\r\n"},
	};
	struct sdd_outcome outcome = found();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		outcome.status = cases[i].status;
		assert_string_equal(reply_to("md key k\r\n", sdd_meta_reply_delete, &outcome),
		                    cases[i].reply);
	}
	outcome.status = SDD_OUTCOME_DONE;
	assert_string_equal(reply_to("md key q\r\n", sdd_meta_reply_delete, &outcome), "");
}

static void an_adjusted_number_is_shown_if_asked_for(void **state)
{
	struct sdd_outcome outcome = found();

	(void)state;
	outcome.entry.value = (struct sd_bytes){"123", 3};
	assert_string_equal(reply_to("ma key\r\n", sdd_meta_reply_adjust, &outcome), "HD\r\n");
	assert_string_equal(reply_to("ma key v c t\r\n", sdd_meta_reply_adjust, &outcome),
	                    "VA 3 c42 t2\r\n123\r\n");
	assert_string_equal(reply_to("ma key v q\r\n", sdd_meta_reply_adjust, &outcome), "");
	outcome.status = SDD_OUTCOME_ABSENT;
	assert_string_equal(reply_to("ma key v q\r\n", sdd_meta_reply_adjust, &outcome), "NF\r\n");
	outcome.status = SDD_OUTCOME_OTHER_VERSION;
	assert_string_equal(reply_to("ma key v\r\n", sdd_meta_reply_adjust, &outcome), "EX\r\n");
	outcome.status = SDD_OUTCOME_NOT_A_NUMBER;
	assert_string_equal(reply_to("ma key v\r\n", sdd_meta_reply_adjust, &outcome),
	                    "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n");
}

/* {{{ replies without an outcome */

static void reply_status(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	struct sd_bytes flags = sdd_meta_reply_flags(reply);

	(void)outcome;
	assert_int_equal(flags.length, strlen(" Oabc kkey"));
	assert_memory_equal(flags.data, " Oabc kkey", flags.length);
	sdd_meta_reply_status(reply, "NS");
}

static void reply_the_rest(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	static char long_reason[500];

	memset(long_reason, 'a', sizeof(long_reason) - 1);
	(void)outcome;
	sdd_meta_reply_stat(reply, "name", UINT64_MAX);
	sdd_meta_reply_text(reply->connection, "END");
	sdd_meta_reply_refused(reply->connection, SDD_FULL, "No space\nleft");
	sdd_meta_reply_refused(reply->connection, SDD_FAILED, long_reason);
}

/* }}} */

static void a_lock_shows_the_flags_that_need_no_entry(void **state)
{
	(void)state;
	assert_string_equal(reply_to("ml key Oabc k T5\r\n", reply_status, NULL), "NS Oabc kkey\r\n");
}

static void statistics_and_errors_are_lines_of_text(void **state)
{
	(void)state;
	assert_string_equal(reply_to("mn\r\n", reply_the_rest, NULL),
	                    "STAT name 18446744073709551615\r\nEND\r\n"
	                    "SERVER_ERROR the store is full: No space\\x0aleft\r\n"
	                    "SERVER_ERROR the store failed: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_get_has_its_value_and_the_flags_in_the_order_of_the_request),
		cmocka_unit_test(an_access_that_is_not_known_or_to_come_is_none),
		cmocka_unit_test(who_won_and_what_is_stale_is_marked_after_the_flags),
		cmocka_unit_test(what_is_not_proven_is_marked_only_for_our_client),
		cmocka_unit_test(an_absent_entry_shows_the_key_and_a_tombstone_only_to_our_client),
		cmocka_unit_test(a_key_is_shown_as_it_was_stored),
		cmocka_unit_test(a_key_that_would_break_the_line_is_in_base64),
		cmocka_unit_test(each_outcome_of_a_set_has_its_word),
		cmocka_unit_test(a_joined_value_that_memory_has_no_room_for_is_a_failure),
		cmocka_unit_test(a_joined_value_that_is_too_large_is_a_failure),
		cmocka_unit_test(each_outcome_of_a_delete_has_its_word),
		cmocka_unit_test(an_adjusted_number_is_shown_if_asked_for),
		cmocka_unit_test(a_lock_shows_the_flags_that_need_no_entry),
		cmocka_unit_test(statistics_and_errors_are_lines_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
