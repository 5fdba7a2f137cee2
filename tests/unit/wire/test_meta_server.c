/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Requests of the meta protocol, read from every number of bytes, and their keys. */

#include <stdio.h>
#include <string.h>

#include "tests/unit/guard.h"
#include "tests/unit/unit.h"
#include "wire/meta_server.h"

static struct sd_meta_request request;
static struct guard guard;

static const uint8_t *guarded(const void *bytes, size_t length)
{
	return guard_copy(&guard, bytes, length);
}

static int set_up(void **state)
{
	(void)state;
	guard_open(&guard);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guard_close(&guard);
	return 0;
}

/* Reads a line that stands right before a page that must not be touched. */
static enum sd_meta_parse parse(const char *line)
{
	size_t length = strlen(line);

	return sd_meta_read_request(guarded(line, length), length, &request);
}

static void assert_error(const char *line, const char *error)
{
	assert_int_equal(parse(line), SD_META_COMPLETE);
	assert_non_null(request.error);
	assert_string_equal(request.error, error);
}

static void a_line_is_incomplete_until_its_last_byte(void **state)
{
	const char line[] = "ms key 5 T60 F1 c E12 Oabc\r\n";

	(void)state;
	for (size_t length = 0; length < sizeof(line) - 1; length++) {
		assert_int_equal(sd_meta_read_request(guarded(line, length), length, &request),
		                 SD_META_INCOMPLETE);
	}
	assert_int_equal(parse(line), SD_META_COMPLETE);
	assert_null(request.error);
	assert_int_equal(request.command, SD_META_SET);
	assert_int_equal(request.line_length, sizeof(line) - 1);
	assert_int_equal(request.data_length, 5);
	assert_int_equal(request.ttl, 60);
	assert_int_equal(request.client_flags, 1);
	assert_int_equal(request.version, 12);
	assert_int_equal(request.flag_count, 5);
}

/* Words are looked at in eights: the spaces around a key are at each place of one, and its bytes
 * are those that only differ from a space in a bit. */
static void a_word_of_any_length_and_bytes_ends_at_its_space(void **state)
{
	static const char *const bytes[] = {"x", "!", "\xa0", "\x1f", "\"", "\x01\xff"};
	char key[41] = "";
	char line[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		for (size_t length = 1; length < sizeof(key); length++) {
			for (size_t j = 0; j < length; j++) {
				key[j] = bytes[i][j % strlen(bytes[i])];
			}
			key[length] = '\0';
			for (int spaces = 1; spaces < 10; spaces++) {
				(void)snprintf(line, sizeof(line), "ms%*s%s%*s7 T5 Otoken\r\n", spaces, "", key,
				               spaces, "");
				assert_int_equal(parse(line), SD_META_COMPLETE);
				assert_null(request.error);
				assert_int_equal(request.key.length, length);
				assert_memory_equal(request.key.data, key, length);
				assert_int_equal(request.data_length, 7);
				assert_int_equal(request.flag_count, 2);
				assert_int_equal(request.flags[1].token.length, 5);
			}
		}
	}
}

static void a_line_that_does_not_end_is_too_long(void **state)
{
	char line[SD_META_LINE_MAX + 2];

	(void)state;
	memset(line, 'x', sizeof(line));
	for (size_t length = sizeof(line) - 1; length <= sizeof(line); length++) {
		enum sd_meta_parse wanted = length < sizeof(line) ? SD_META_INCOMPLETE : SD_META_TOO_LONG;

		assert_int_equal(sd_meta_read_request(guarded(line, length), length, &request), wanted);
	}
}

static void lines_end_with_or_without_a_carriage_return(void **state)
{
	(void)state;
	assert_int_equal(parse("mg key v\n"), SD_META_COMPLETE);
	assert_null(request.error);
	assert_true(request.wants_value);
	assert_int_equal(request.line_length, 9);
}

static void commands_take_their_flags_and_no_others(void **state)
{
	(void)state;
	assert_error("mg k F1\r\n", "CLIENT_ERROR invalid flag");
	assert_error("md k v\r\n", "CLIENT_ERROR invalid or duplicate flag");
	assert_error("ma k I\r\n", "CLIENT_ERROR invalid or duplicate flag");
	assert_error("mg k v v\r\n", "CLIENT_ERROR duplicate flag");
	assert_error("mgk\r\n", "ERROR");
	assert_error("\r\n", "ERROR");
	assert_error("mg k \x80\r\n", "CLIENT_ERROR invalid flag");
}

static void a_proof_is_a_version_and_only_of_a_get_that_compares(void **state)
{
	(void)state;
	assert_int_equal(parse("mg k U18446744073709551615 G u\r\n"), SD_META_COMPLETE);
	assert_null(request.error);
	assert_true(request.has_proof);
	assert_true(request.proof == UINT64_MAX);
	assert_int_equal(parse("mg k G u\r\n"), SD_META_COMPLETE);
	assert_null(request.error);
	assert_false(request.has_proof);
	assert_error("mg k G U18446744073709551616\r\n",
	             "CLIENT_ERROR bad token in command line format");
	assert_error("mg k G U\r\n", "CLIENT_ERROR bad token in command line format");
	assert_error("mg k G U-1\r\n", "CLIENT_ERROR bad token in command line format");
	assert_error("mg k G U1 U1\r\n", "CLIENT_ERROR duplicate flag");
	assert_error("mg k U1\r\n", "CLIENT_ERROR invalid flag");
	assert_error("ms k 1 G U1\r\n", "CLIENT_ERROR bad token in command line format");
	assert_error("md k G U1\r\n", "CLIENT_ERROR invalid or duplicate flag");
	assert_error("ma k U1\r\n", "CLIENT_ERROR invalid or duplicate flag");
}

static void a_holder_is_a_token_that_is_not_0_and_has_64_bits(void **state)
{
	static const char *const lines[] = {
		"ms k 1 H________________\r\n", "md k H________________ q\r\n",
		"ml k T5 H________________\r\n", "mu k H________________\r\n"};
	static const char *const wrong[] = {
		"HPPPPPPPPPPPPPPPP", "HPPPPPPPPPPPPPPP",  "HQ", "H_________________",
		"Hpppppppppppppppp", "HQQQQQQQQQQQQQQQO", "H1"};
	static const char *const commands[] = {"ms k 1", "md k", "ml k", "mu k"};
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_int_equal(parse(lines[i]), SD_META_COMPLETE);
		assert_null(request.error);
		assert_true(request.holder == UINT64_MAX);
		assert_int_equal(request.only_held, i < 2);
	}
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		const char *error = i == 1 ? "CLIENT_ERROR invalid or duplicate flag"
		                           : "CLIENT_ERROR bad token in command line format";

		for (size_t j = 0; j < COUNT_OF(wrong); j++) {
			(void)snprintf(line, sizeof(line), "%s %s\r\n", commands[i], wrong[j]);
			assert_error(line, error);
		}
	}
	assert_int_equal(parse("ms k 1 H\r\n"), SD_META_COMPLETE);
	assert_null(request.error);
	assert_true(request.only_held);
	assert_true(request.holder == 0);
	assert_error("ml k H\r\n", "CLIENT_ERROR invalid flag");
	assert_error("mu k H\r\n", "CLIENT_ERROR invalid flag");
	assert_error("ms k 1 HZZZZZZZZZZZZZZZZ HZZZZZZZZZZZZZZZZ\r\n", "CLIENT_ERROR duplicate flag");
	assert_error("mg k HZZZZZZZZZZZZZZZZ\r\n", "CLIENT_ERROR invalid flag");
}

static void a_repair_is_a_set_or_a_delete_that_compares(void **state)
{
	static const char *const repairs[] = {
		"ms k 1 E5 G U\r\n",  "md k U G E5\r\n",
		"ms k 1 E5 C9 U\r\n", "md k C9 E5 U\r\n", /* what is of the far future has no order */
		"ms k 1 ME E5 U\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(repairs); i++) {
		assert_int_equal(parse(repairs[i]), SD_META_COMPLETE);
		assert_null(request.error);
		assert_true(request.is_repair);
		assert_false(request.has_proof);
	}
	assert_int_equal(parse("ms k 1 E5 G\r\n"), SD_META_COMPLETE);
	assert_false(request.is_repair);
	assert_error("ms k 1 E5 U\r\n", "CLIENT_ERROR invalid flag");
	assert_error("ms k 1 MR E5 U\r\n", "CLIENT_ERROR invalid flag");
	assert_error("md k U\r\n", "CLIENT_ERROR invalid or duplicate flag");
	assert_error("ms k 1 G U U\r\n", "CLIENT_ERROR duplicate flag");
}

static void lines_of_other_protocols_are_known(void **state)
{
	static const char *const foreign[] = {
		"mg / HTTP/1.1",         "mg / x HTTP/1.0",    "ms / HTTP/1.1",     "ms k 5 HTTP/1.1",
		"md / HTTP/1.1",         "md k q HTTP/1.1",    "ma / HTTP/1.1",     "ml / HTTP/1.1",
		"mu / HTTP/1.1",         "mn / HTTP/1.1",      "stats / HTTP/1.1",  "version / HTTP/1.1",
		"verbosity / HTTP/1.1",  "quit / HTTP/1.1",    "get / HTTP/1.1",    "GET  /  HTTP/1.1 ",
		"Host: example.org",     "host:example.org",   "POST / x",          "post",
		"mg rtsp://h/ RTSP/1.0", "ms sip:a@b SIP/2.0", "ms k 5 T5 HTTP/1.1"};
	static const char *const ours[] = {"mg HTTP/1.1 v",
	                                   "mg k OHTTP/1.1",
	                                   "ms k 5 H",
	                                   "ms HTTP/1.1 5 H OHost:",
	                                   "mn",
	                                   "mn x y",
	                                   "stats x",
	                                   "md k H",
	                                   "mg Host:",
	                                   "ml POST W5",
	                                   "foo"};
	struct sd_meta_request request;
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(foreign); i++) {
		size_t length = (size_t)snprintf(line, sizeof(line), "%s\r\n", foreign[i]);

		assert_int_equal(sd_meta_read_request((uint8_t *)line, length, &request), SD_META_COMPLETE);
		assert_true(request.is_foreign);
	}
	for (size_t i = 0; i < COUNT_OF(ours); i++) {
		size_t length = (size_t)snprintf(line, sizeof(line), "%s\r\n", ours[i]);

		assert_int_equal(sd_meta_read_request((uint8_t *)line, length, &request), SD_META_COMPLETE);
		assert_false(request.is_foreign);
	}
}

static int64_t ttl_of(const char *word)
{
	return sd_meta_read_ttl((struct sd_bytes){word, strlen(word)});
}

static void a_ttl_is_seconds_of_a_month_at_most(void **state)
{
	(void)state;
	assert_int_equal(ttl_of("T1440"), 1440);
	assert_int_equal(ttl_of("T2592000"), 2592000);
	assert_int_equal(ttl_of("T2592001"), 2592000);
	assert_int_equal(ttl_of("T18446744073709551615"), 2592000);
	assert_int_equal(ttl_of("T0"), 0);
}

static void any_other_word_is_no_ttl(void **state)
{
	static const char *const words[] = {
		"", "T", "1440", "t1440", "T-1", "T14x", "T 1440", "TT1", "T18446744073709551616",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		assert_int_equal(ttl_of(words[i]), 0);
	}
}

static void the_data_of_a_request_with_an_error_is_known_of(void **state)
{
	(void)state;
	assert_error("ms k 7 Tx\r\n", "CLIENT_ERROR bad token in command line format");
	assert_true(request.has_data);
	assert_int_equal(request.data_length, 7);
	assert_error("ms k 99999999999999999999\r\n", "CLIENT_ERROR bad command line format");
	assert_false(request.has_data);
}

/* Keys of every length and of every byte come back. */
static void keys_in_base64_come_back(void **state)
{
	uint8_t key[SD_META_BINARY_KEY_MAX];
	uint8_t back[SD_META_BINARY_KEY_MAX];

	(void)state;
	for (size_t length = 1; length <= SD_META_BINARY_KEY_MAX; length++) {
		uint8_t text[SD_META_BASE64_MAX];
		struct sd_bytes base64;

		for (size_t i = 0; i < length; i++) {
			key[i] = (uint8_t)(length * 31 + i * 7);
		}
		base64.length = sd_base64_write(text, key, length);
		base64.data = guarded(text, base64.length);
		assert_int_equal(sd_meta_decode_key(base64, back).length, length);
		assert_memory_equal(back, key, length);
	}
}

static void what_is_not_base64_is_no_key(void **state)
{
	static const char *const texts[] = {
		"a", "ab", "abc", "abcde", "ab=c", "a===", "====", "ab==ab==", "a b=", "abc!", "Zm9v\x80"};
	uint8_t key[SD_META_BINARY_KEY_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		size_t length = strlen(texts[i]);
		struct sd_bytes base64 = {guarded(texts[i], length), length};

		assert_int_equal(sd_meta_decode_key(base64, key).length, 0);
	}
}

/* Whatever bytes come: a result, and nothing read past them. */
static void a_command_is_known_from_its_whole_name_on(void **state)
{
	static const char *const names[] = {"mg", "ms",      "md",    "ma",        "ml",  "mu",
	                                    "mn", "version", "stats", "verbosity", "quit"};
	static const char *const strangers[] = {"x", "mx", "get", "\xff", "vers1on", "quiet"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		size_t whole = strlen(names[i]);

		for (size_t length = 1; length < whole; length++) {
			assert_int_equal(sd_meta_beginning_of(guarded(names[i], length), length),
			                 SD_META_UNDECIDED);
		}
		assert_int_equal(sd_meta_beginning_of(guarded(names[i], whole), whole), SD_META_BEGINS);
	}
	assert_int_equal(sd_meta_beginning_of((const uint8_t *)"mg key\r\n", 8), SD_META_BEGINS);
	for (size_t i = 0; i < COUNT_OF(strangers); i++) {
		assert_int_equal(sd_meta_beginning_of((const uint8_t *)strangers[i], strlen(strangers[i])),
		                 SD_META_BEGINS_FOREIGN);
	}
}

static void random_bytes_are_read_without_harm(void **state)
{
	static const char letters[] = "msgdaluknvqTOECGU019- \r\n\0\xff";
	uint32_t random = 12345;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		char bytes[64];
		size_t length = (size_t)round % sizeof(bytes);

		for (size_t i = 0; i < length; i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = letters[(random >> 16) % (sizeof(letters) - 1)];
		}
		if (sd_meta_read_request(guarded(bytes, length), length, &request) == SD_META_COMPLETE) {
			assert_in_range(request.line_length, 1, length);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_incomplete_until_its_last_byte),
		cmocka_unit_test(a_word_of_any_length_and_bytes_ends_at_its_space),
		cmocka_unit_test(a_line_that_does_not_end_is_too_long),
		cmocka_unit_test(lines_end_with_or_without_a_carriage_return),
		cmocka_unit_test(commands_take_their_flags_and_no_others),
		cmocka_unit_test(a_proof_is_a_version_and_only_of_a_get_that_compares),
		cmocka_unit_test(a_ttl_is_seconds_of_a_month_at_most),
		cmocka_unit_test(any_other_word_is_no_ttl),
		cmocka_unit_test(the_data_of_a_request_with_an_error_is_known_of),
		cmocka_unit_test(a_holder_is_a_token_that_is_not_0_and_has_64_bits),
		cmocka_unit_test(a_repair_is_a_set_or_a_delete_that_compares),
		cmocka_unit_test(lines_of_other_protocols_are_known),
		cmocka_unit_test(keys_in_base64_come_back),
		cmocka_unit_test(what_is_not_base64_is_no_key),
		cmocka_unit_test(a_command_is_known_from_its_whole_name_on),
		cmocka_unit_test(random_bytes_are_read_without_harm),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
