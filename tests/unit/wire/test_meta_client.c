/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * wire/meta_client: requests as they are written, and as wire/meta reads them;
 * answers read from every number of bytes. Answers marked so were recorded from
 * sharedanced and memcached 1.6.18. Keys, requests and answers end where a page
 * ends that must not be touched.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/guard.h"
#include "tests/unit/unit.h"
#include "wire/meta_server.h"
#include "wire/meta_client.h"

static struct guard guard;     /* of what is written, and of answers */
static struct guard key_guard; /* a request's key and its line are there at once */

static struct sd_meta_reply reply;

static int set_up(void **state)
{
	(void)state;
	guard_open(&guard);
	guard_open(&key_guard);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guard_close(&guard);
	guard_close(&key_guard);
	return 0;
}

/* {{{ requests */

static uint8_t line[SD_META_REQUEST_MAX];

static uint64_t token(const char *text)
{
	uint64_t opaque;

	memcpy(&opaque, text, SD_META_TOKEN);
	return opaque;
}

/* Writes to `line`, then once more where there is room for the line and for no byte more. */
static size_t write_asked(const struct sd_meta_client_request *asked)
{
	struct sd_meta_client_request guarded = *asked;
	uint8_t *out;
	size_t length;

	guarded.key = guard_copy(&key_guard, asked->key, asked->key_length);
	guarded.opaque = asked->opaque == 0 ? token("PPPPPPPP") : asked->opaque;
	length = sd_meta_write_request(line, &guarded);
	assert_in_range(length, 1, SD_META_REQUEST_MAX);
	out = guard_room(&guard, length);
	assert_int_equal(sd_meta_write_request(out, &guarded), length);
	assert_memory_equal(out, line, length);
	return length;
}

/* The request's line less its end, as a string. */
static const char *written(const struct sd_meta_client_request *asked)
{
	static char text[SD_META_REQUEST_MAX];
	size_t length = write_asked(asked);

	assert_in_range(length, 3, SD_META_REQUEST_MAX);
	assert_memory_equal(line + length - 2, "\r\n", 2);
	memcpy(text, line, length - 2);
	text[length - 2] = '\0';
	return text;
}

static void assert_written(struct sd_meta_client_request asked, const char *wanted)
{
	if (asked.key == NULL) {
		asked.key = "key";
		asked.key_length = 3;
	}
	assert_string_equal(written(&asked), wanted);
}

static void a_request_is_its_command_its_key_and_its_opaque(void **state)
{
	static const char *const commands[] = {"mg", "ms", "md", "ma", "ml", "mu"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		struct sd_meta_client_request asked = {.opaque = token("PPPPPPPW")};
		char wanted[] = "mX key OPPPPPPPW";

		memcpy(asked.command, commands[i], 3);
		wanted[1] = commands[i][1];
		assert_written(asked, strcmp(commands[i], "ms") == 0 ? "ms key 0 OPPPPPPPW" : wanted);
	}
}

/* A token as the number that it stands for; its characters are checked. */
static uint64_t number_of(uint64_t opaque)
{
	uint64_t number = 0;

	for (int i = 0; i < SD_META_TOKEN; i++) {
		uint64_t character = opaque >> 8 * i & 0xff;

		assert_in_range(character, 'P', '_');
		number |= (character - 'P') << 4 * i;
	}
	return number;
}

static void opaque_tokens_take_turns(void **state)
{
	static const char *const starts[] = {"________", "_______P", "______PP",
	                                     "P_______", "PPPP____", "PQRSTUVW"};

	(void)state;
	(void)number_of(sd_meta_next_opaque(0));
	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		uint64_t last = token(starts[i]);

		for (int j = 0; j < 100000; j++) {
			uint64_t next = sd_meta_next_opaque(last);

			assert_int_equal(number_of(next), (number_of(last) + 1) % (1ull << 32));
			last = next;
		}
	}
}

/* A request whose token was cut in two would be carried out without the flags behind it. */
static void no_bit_that_is_flipped_ends_a_token_early(void **state)
{
	(void)state;
	for (int character = 'P'; character <= '_'; character++) {
		for (int bit = 1; bit < 256; bit <<= 1) {
			assert_null(memchr(" \r\n\0", character ^ bit, 4));
		}
	}
}

static void the_length_of_the_data_stands_behind_the_key_of_a_set_alone(void **state)
{
	(void)state;
	assert_written((struct sd_meta_client_request){.command = "ms", .data_length = 5},
	               "ms key 5 OPPPPPPPP");
	assert_written((struct sd_meta_client_request){.command = "ms", .data_length = INT32_MAX},
	               "ms key 2147483647 OPPPPPPPP");
	assert_written((struct sd_meta_client_request){.command = "mg", .data_length = 5},
	               "mg key OPPPPPPPP");
	assert_written((struct sd_meta_client_request){.command = "md", .data_length = 5},
	               "md key OPPPPPPPP");
	assert_written((struct sd_meta_client_request){.command = "ma", .data_length = 5},
	               "ma key OPPPPPPPP");
}

static void each_flag_is_written_by_its_letter(void **state)
{
	static const struct {
		struct sd_meta_client_request asked;
		const char *wanted;
	} cases[] = {
		{{.command = "mg", .opaque = 0x5f5f5f5f5f5f5f5f}, "mg key O________"},
		{{.command = "mg", .wants_value = true}, "mg key OPPPPPPPP v"},
		{{.command = "mg", .wants_version = true}, "mg key OPPPPPPPP c"},
		{{.command = "mg", .wants_ttl = true}, "mg key OPPPPPPPP t"},
		{{.command = "mg", .only_newer = true}, "mg key OPPPPPPPP G"},
		{{.command = "ms", .only_held = true}, "ms key 0 OPPPPPPPP H"},
		{{.command = "ms", .only_held = true, .holder = 0x7777777777777777},
	     "ms key 0 OPPPPPPPP HWWWWWWWWWWWWWWWW"},
		{{.command = "ml", .holder = UINT64_MAX}, "ml key OPPPPPPPP H________________"},
		{{.command = "mu", .holder = 0xaaaaaaaaaaaaaaaa}, "mu key OPPPPPPPP HZZZZZZZZZZZZZZZZ"},
		{{.command = "ms", .only_newer = true, .is_repair = true}, "ms key 0 OPPPPPPPP G U"},
		{{.command = "md", .invalidate = true}, "md key OPPPPPPPP I x"},
		{{.command = "ms", .has_ttl = true, .ttl = 60}, "ms key 0 OPPPPPPPP T60"},
		{{.command = "ms", .version = 12}, "ms key 0 OPPPPPPPP E12"},
		{{.command = "ms", .version = UINT64_MAX}, "ms key 0 OPPPPPPPP E18446744073709551615"},
		{{.command = "ms", .has_compare = true, .compare = 9}, "ms key 0 OPPPPPPPP C9"},
		{{.command = "ms", .has_compare = true, .compare = UINT64_MAX},
	     "ms key 0 OPPPPPPPP C18446744073709551615"},
		{{.command = "mg", .compared = 5}, "mg key OPPPPPPPP U5"},
		{{.command = "mg", .compared = UINT64_MAX}, "mg key OPPPPPPPP U18446744073709551615"},
		{{.command = "ma", .has_delta = true, .delta = 3}, "ma key OPPPPPPPP D3"},
		{{.command = "ma", .has_delta = true, .delta = UINT64_MAX},
	     "ma key OPPPPPPPP D18446744073709551615"},
		{{.command = "ma", .mode = '-'}, "ma key OPPPPPPPP M-"},
		{{.command = "ms", .mode = 'E'}, "ms key 0 OPPPPPPPP ME"},
		{{.command = "ml", .wait_ms = 500}, "ml key OPPPPPPPP W500"},
		{{.command = "ml", .wait_ms = 1}, "ml key OPPPPPPPP W1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_written(cases[i].asked, cases[i].wanted);
	}
}

/* Zero is a number like others where a field says that it is there. */
static void a_number_of_zero_is_written_where_it_is_one(void **state)
{
	(void)state;
	assert_written((struct sd_meta_client_request){.command = "ms", .has_ttl = true},
	               "ms key 0 OPPPPPPPP T0");
	assert_written((struct sd_meta_client_request){.command = "ms", .has_compare = true},
	               "ms key 0 OPPPPPPPP C0");
	assert_written((struct sd_meta_client_request){.command = "ma", .has_delta = true},
	               "ma key OPPPPPPPP D0");
}

static void a_number_that_is_not_there_is_not_written(void **state)
{
	(void)state;
	assert_written(
		(struct sd_meta_client_request){.command = "mg", .ttl = 9, .compare = 9, .delta = 9},
		"mg key OPPPPPPPP");
	assert_written((struct sd_meta_client_request){.command = "ml", .wait_ms = 0},
	               "ml key OPPPPPPPP");
	assert_written((struct sd_meta_client_request){.command = "ml", .wait_ms = -1},
	               "ml key OPPPPPPPP");
}

static void times_are_seconds_or_dates_and_those_in_the_past_are_at_once(void **state)
{
	static const struct {
		int64_t ttl;
		const char *wanted;
	} cases[] = {
		{SD_META_MONTH, "ms key 0 OPPPPPPPP T2592000"},
		{SD_META_MONTH + 1, "ms key 0 OPPPPPPPP T2592001"},
		{1795380000, "ms key 0 OPPPPPPPP T1795380000"},
		{INT64_MAX, "ms key 0 OPPPPPPPP T9223372036854775807"},
		{-1, "ms key 0 OPPPPPPPP T-1"},
		{-60, "ms key 0 OPPPPPPPP T-1"},
		{INT64_MIN, "ms key 0 OPPPPPPPP T-1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_written(
			(struct sd_meta_client_request){.command = "ms", .has_ttl = true, .ttl = cases[i].ttl},
			cases[i].wanted);
	}
}

/* A request with every flag there is, whether or not a command takes them all. */
static struct sd_meta_client_request with_all_flags(const char *command, const void *key,
                                                    size_t length)
{
	struct sd_meta_client_request asked = {
		.key = key,
		.key_length = length,
		.opaque = 0x5f5f5f5f5f5f5f5f,
		.data_length = UINT32_MAX,
		.wants_value = true,
		.wants_version = true,
		.wants_ttl = true,
		.only_newer = true,
		.only_held = true,
		.holder = UINT64_MAX,
		.is_repair = true,
		.invalidate = true,
		.has_ttl = true,
		.ttl = INT64_MAX,
		.version = UINT64_MAX,
		.has_compare = true,
		.compare = UINT64_MAX,
		.compared = UINT64_MAX,
		.has_delta = true,
		.delta = UINT64_MAX,
		.mode = 'E',
		.wait_ms = INT64_MAX,
	};

	memcpy(asked.command, command, 3);
	return asked;
}

static void all_flags_stand_behind_the_key_and_the_length(void **state)
{
	struct sd_meta_client_request asked = with_all_flags("ms", "a b", 3);

	(void)state;
	asked.data_length = 5;
	asked.ttl = 60;
	asked.version = 12;
	asked.compare = 9;
	asked.compared = 8;
	asked.delta = 3;
	asked.wait_ms = 500;
	asked.holder = 0;
	assert_string_equal(written(&asked),
	                    "ms YSBi 5 b O________ v c t I x T60 E12 C9 G H U U8 D3 ME W500");
}

static void the_longest_request_fits(void **state)
{
	uint8_t key[SD_META_BINARY_KEY_MAX];
	struct sd_meta_client_request asked;
	struct sd_meta_request request;
	size_t length;

	(void)state;
	memset(key, 0xff, sizeof(key));
	asked = with_all_flags("ms", key, sizeof(key));
	length = write_asked(&asked);
	assert_in_range(length, sizeof(key) / 3 * 4, SD_META_REQUEST_MAX);
	assert_in_range(length, 0, SD_META_LINE_MAX);
	/* a server gets to the end of the line */
	assert_int_equal(sd_meta_read_request(line, length, &request), SD_META_COMPLETE);
	assert_int_equal(request.line_length, length);
}

/* }}} */

/* {{{ keys */

static void assert_key_written(const void *key, size_t length, const char *wanted)
{
	assert_string_equal(written(&(struct sd_meta_client_request){
							.command = "mg", .key = key, .key_length = length}),
	                    wanted);
}

static void printable_keys_are_written_as_they_are(void **state)
{
	char wanted[] = "mg ? OPPPPPPPP";
	char all[128];
	size_t length = 0;

	(void)state;
	for (int byte = 0x21; byte <= 0x7e; byte++) {
		wanted[3] = (char)byte;
		assert_key_written(&wanted[3], 1, wanted);
		all[length++] = (char)byte;
	}
	(void)write_asked(
		&(struct sd_meta_client_request){.command = "mg", .key = all, .key_length = length});
	assert_memory_equal(line + 3, all, length);
	assert_memory_equal(line + 3 + length, " OPPPPPPPP\r\n", 12);
}

static void keys_with_other_bytes_are_written_in_base64(void **state)
{
	(void)state;
	assert_key_written("a b", 3, "mg YSBi b OPPPPPPPP");
	assert_key_written(" ", 1, "mg IA== b OPPPPPPPP");
	assert_key_written("key ", 4, "mg a2V5IA== b OPPPPPPPP");
	assert_key_written("\0", 1, "mg AA== b OPPPPPPPP");
	assert_key_written("a\0b", 3, "mg YQBi b OPPPPPPPP");
	assert_key_written("a\r\n", 3, "mg YQ0K b OPPPPPPPP");
	assert_key_written("\tk", 2, "mg CWs= b OPPPPPPPP");
	assert_key_written("\x1f", 1, "mg Hw== b OPPPPPPPP");
	assert_key_written("a\x7f", 2, "mg YX8= b OPPPPPPPP");
	assert_key_written("\x80", 1, "mg gA== b OPPPPPPPP");
	assert_key_written("\xff\xfe\xfd", 3, "mg //79 b OPPPPPPPP");
	assert_key_written("\xc3\xa9", 2, "mg w6k= b OPPPPPPPP");
}

/* Wherever in a key of whatever length it stands; the first and the last of the printable ones
 * beside it. */
static void assert_one_byte_decides(int byte, size_t at, size_t size)
{
	bool plain = byte > ' ' && byte < 0x7f;
	uint8_t key[] = "!~!~!~~~~!!!~~!!~!~";
	char wanted[48] = "mg ";
	size_t length = 3;

	key[at] = (uint8_t)byte;
	if (plain) {
		memcpy(wanted + length, key, size);
		length += size;
	} else {
		length += sd_base64_write((uint8_t *)wanted + length, key, size);
	}
	memcpy(wanted + length, plain ? " OPPPPPPPP" : " b OPPPPPPPP", plain ? 11 : 13);
	assert_key_written(key, size, wanted);
}

static void one_such_byte_is_enough(void **state)
{
	(void)state;
	for (int byte = 0; byte <= 0xff; byte++) {
		for (size_t size = 1; size < 20; size++) {
			for (size_t at = 0; at < size; at++) {
				assert_one_byte_decides(byte, at, size);
			}
		}
	}
}

/* memcached's keys are 250 bytes at most, whatever its own of base64 may become. */
static void keys_longer_than_250_bytes_are_written_in_base64(void **state)
{
	uint8_t key[SD_META_BINARY_KEY_MAX];

	(void)state;
	memset(key, 'k', sizeof(key));
	for (size_t length = 249; length <= sizeof(key); length++) {
		struct sd_meta_client_request asked = {.command = "mg", .key = key, .key_length = length};
		uint8_t wanted[SD_META_REQUEST_MAX];
		size_t wanted_length = length;

		memcpy(wanted, key, length);
		if (length > 250) {
			wanted_length = sd_base64_write(wanted, key, length);
		}
		memcpy(wanted + wanted_length, length > 250 ? " b OPPPPPPPP\r\n" : " OPPPPPPPP\r\n",
		       length > 250 ? 14 : 12);
		wanted_length += length > 250 ? 14 : 12;
		assert_int_equal(write_asked(&asked), 3 + wanted_length);
		assert_memory_equal(line + 3, wanted, wanted_length);
	}
}

/* }}} */

/* {{{ requests, as the server reads them */

static struct chance chance = {20260101};

static bool maybe(void)
{
	return chance_between(&chance, 0, 1) == 1;
}

/* Any number of bits, so that small ones come as often as large ones. */
static uint64_t some_number(void)
{
	uint64_t number = (uint64_t)chance_next(&chance) << 32 | chance_next(&chance);

	return number >> chance_between(&chance, 0, 63);
}

static bool takes(const char *flags, char flag)
{
	return strchr(flags, flag) != NULL && maybe();
}

static uint64_t last_opaque;

/* A request with some of the flags that its command takes. */
static struct sd_meta_client_request some_ask(const char *command, const char *flags,
                                              const char *modes)
{
	static uint8_t key[SD_META_BINARY_KEY_MAX];
	bool binary = maybe();
	struct sd_meta_client_request asked = {
		.key = key,
		.key_length = chance_between(&chance, 1, 250),
		.opaque = last_opaque = sd_meta_next_opaque(last_opaque),
		.data_length = chance_between(&chance, 0, INT32_MAX),
		.wants_value = takes(flags, 'v'),
		.wants_version = takes(flags, 'c'),
		.wants_ttl = takes(flags, 't'),
		.only_newer = takes(flags, 'G'),
		.only_held = takes(flags, 'H'),
		.holder = takes(flags, 'h') ? some_number() | 1 : 0,
		.invalidate = takes(flags, 'I'),
		.has_ttl = takes(flags, 'T'),
		.ttl = maybe() ? -1 : (int64_t)chance_next(&chance),
		.version = takes(flags, 'E') ? some_number() : 0,
		.has_compare = takes(flags, 'C'),
		.compare = some_number(),
		.has_delta = takes(flags, 'D'),
		.delta = some_number(),
		.mode = takes(flags, 'M') ? modes[chance_between(&chance, 0, 3) % strlen(modes)] : '\0',
		.wait_ms = takes(flags, 'W') ? (int64_t)chance_next(&chance) : 0,
	};

	memcpy(asked.command, command, 3);
	asked.only_held |= asked.holder != 0 && command[1] != 'l' && command[1] != 'u';
	/* the server takes a U where there is a G alone */
	asked.compared = asked.only_newer && command[1] == 'g' && takes(flags, 'U') ? some_number() : 0;
	asked.is_repair = asked.only_newer && command[1] != 'g' && takes(flags, 'U');
	for (size_t i = 0; i < asked.key_length; i++) {
		key[i] = (uint8_t)(binary ? chance_next(&chance) : chance_between(&chance, '!', '~'));
	}
	return asked;
}

static void assert_read_back(const struct sd_meta_client_request *asked,
                             enum sd_meta_command command)
{
	struct sd_meta_request request;
	uint8_t room[SD_META_BINARY_KEY_MAX];
	struct sd_bytes key;
	size_t length = write_asked(asked);
	const struct sd_meta_flag *opaque = NULL;

	assert_int_equal(sd_meta_read_request(line, length - 1, &request), SD_META_INCOMPLETE);
	assert_int_equal(sd_meta_read_request(line, length, &request), SD_META_COMPLETE);
	if (request.error != NULL) {
		fail_msg("%s to %.*s", request.error, (int)length - 2, (const char *)line);
	}
	assert_int_equal(request.line_length, length);
	assert_int_equal(request.command, command);
	key = request.base64 ? sd_meta_decode_key(request.key, room) : request.key;
	assert_int_equal(key.length, asked->key_length);
	assert_memory_equal(key.data, asked->key, asked->key_length);
	assert_int_equal(request.has_data, command == SD_META_SET);
	assert_int_equal(request.data_length, command == SD_META_SET ? asked->data_length : 0);
	assert_int_equal(request.wants_value, asked->wants_value);
	assert_int_equal(request.only_newer, asked->only_newer);
	assert_int_equal(request.only_held, asked->only_held);
	assert_true(request.holder == asked->holder);
	assert_int_equal(request.is_repair, asked->is_repair);
	assert_int_equal(request.invalidate, asked->invalidate);
	assert_int_equal(request.only_value, asked->invalidate);
	assert_int_equal(request.has_ttl, asked->has_ttl);
	assert_true(request.ttl == (asked->has_ttl ? asked->ttl : 0));
	assert_int_equal(request.has_version, asked->version != 0);
	assert_true(request.version == asked->version);
	assert_int_equal(request.has_compare, asked->has_compare);
	assert_true(request.compare == (asked->has_compare ? asked->compare : 0));
	assert_int_equal(request.has_proof, asked->compared != 0);
	assert_true(request.proof == asked->compared);
	assert_true(request.delta == (asked->has_delta ? asked->delta : 1));
	assert_int_equal(request.mode, asked->mode);
	assert_true(request.wait == asked->wait_ms);
	assert_false(request.quiet || request.no_bump || request.has_vivify || request.has_recache);
	for (size_t i = 0; i < request.flag_count; i++) {
		const struct sd_meta_flag *flag = &request.flags[i];

		assert_false(flag->name == 'c' && !asked->wants_version);
		assert_false(flag->name == 't' && !asked->wants_ttl);
		opaque = flag->name == 'O' ? flag : opaque;
	}
	/* b I x count as the flags they are; c and t have no field of their own */
	assert_int_equal(request.flag_count,
	                 1u + request.base64 + asked->wants_value + asked->wants_version +
	                     asked->wants_ttl + asked->only_newer +
	                     (asked->only_held || asked->holder != 0) + asked->is_repair +
	                     2u * asked->invalidate + asked->has_ttl + (asked->version != 0) +
	                     asked->has_compare + (asked->compared != 0) + asked->has_delta +
	                     (asked->mode != '\0') + (asked->wait_ms > 0));
	assert_non_null(opaque);
	assert_int_equal(opaque->token.length, SD_META_TOKEN);
	assert_memory_equal(opaque->token.data, &asked->opaque, SD_META_TOKEN);
}

static void what_is_written_is_read_back_with_the_same_meaning(void **state)
{
	static const struct {
		const char *name;
		enum sd_meta_command command;
		const char *flags;
		const char *modes;
	} commands[] = {
		{"mg", SD_META_GET, "vctGU", ""},      {"ms", SD_META_SET, "cTECGHUM", "EAPR"},
		{"md", SD_META_DELETE, "ITECGHU", ""}, {"ma", SD_META_ARITHMETIC, "vctTECDM", "ID+-"},
		{"ml", SD_META_LOCK, "TWh", ""},       {"mu", SD_META_UNLOCK, "h", ""},
	};

	(void)state;
	for (int round = 0; round < 5000; round++) {
		for (size_t i = 0; i < COUNT_OF(commands); i++) {
			struct sd_meta_client_request asked =
				some_ask(commands[i].name, commands[i].flags, commands[i].modes);

			assert_read_back(&asked, commands[i].command);
		}
	}
}

static void keys_of_every_length_are_read_back(void **state)
{
	uint8_t key[250];

	(void)state;
	for (size_t length = 1; length <= sizeof(key); length++) {
		struct sd_meta_client_request asked = {
			.command = "mg", .key = key, .key_length = length, .opaque = token("PPPPPQRS")};

		memset(key, 'k', sizeof(key));
		assert_read_back(&asked, SD_META_GET);
		key[length - 1] = 0xff;
		assert_read_back(&asked, SD_META_GET);
	}
}

/* Reads the greeting back. Returns the time to live that it tells. */
static int64_t greet(int64_t ttl_s)
{
	uint8_t greeting[SD_META_GREETING_MAX];
	struct sd_meta_request request;
	size_t length = sd_meta_write_greeting(greeting, ttl_s);
	int64_t told_s;
	size_t first;

	assert_in_range(length, 1, sizeof(greeting));
	assert_int_equal(sd_meta_read_request(greeting, length, &request), SD_META_COMPLETE);
	assert_int_equal(request.command, SD_META_NOOP);
	assert_null(request.error);
	assert_false(request.is_foreign);
	assert_int_equal(request.key.length, strlen(SD_META_WHO));
	assert_memory_equal(request.key.data, SD_META_WHO, request.key.length);
	told_s = sd_meta_read_ttl(request.argument);
	first = request.line_length;
	assert_int_equal(sd_meta_read_request(greeting + first, length - first, &request),
	                 SD_META_COMPLETE);
	assert_int_equal(request.command, SD_META_VERSION);
	assert_null(request.error);
	assert_int_equal(first + request.line_length, length);
	return told_s;
}

static void the_greeting_is_a_no_operation_and_the_question_for_the_version(void **state)
{
	(void)state;
	assert_int_equal(greet(0), 0);
	assert_int_equal(greet(-1), 0);
}

static void the_greeting_may_tell_for_how_long_entries_live(void **state)
{
	(void)state;
	assert_int_equal(greet(1), 1);
	assert_int_equal(greet(1440), 1440);
	assert_int_equal(greet(INT64_MAX), SD_META_MONTH);
}

/* }}} */

/* {{{ answers */

/* Reads bytes that end at the page. What the struct held before must not show. */
static bool read_bytes(const void *bytes, size_t length)
{
	memset(&reply, 0xa5, sizeof(reply));
	return sd_meta_read_reply(guard_copy(&guard, bytes, length), length, &reply);
}

/* Reads an answer that is there in full, `text` and its end, and checks where it ends. */
static enum sd_meta_reply_kind kind_of(const char *text)
{
	char bytes[256];
	size_t length = strlen(text);

	assert_in_range(length, 0, sizeof(bytes) - 3);
	memcpy(bytes, text, length);
	memcpy(bytes + length, "\r\n", 3);
	if (!read_bytes(bytes, length + 2)) {
		fail_msg("no end was seen of: %s", text);
	}
	assert_int_equal(reply.line_length, length + 2);
	assert_int_equal(reply.text_length, length);
	assert_memory_equal(reply.text, text, length);
	return reply.kind;
}

static void assert_kind(const char *text, enum sd_meta_reply_kind wanted)
{
	enum sd_meta_reply_kind kind = kind_of(text);

	if (kind != wanted) {
		fail_msg("kind %d instead of %d: %s", (int)kind, (int)wanted, text);
	}
}

/* What an answer has where none of its flags was read. */
static void assert_no_flags(void)
{
	assert_false(reply.has_opaque);
	assert_false(reply.has_version);
	assert_false(reply.has_ttl);
	assert_false(reply.stale);
	assert_false(reply.unproven);
	assert_false(reply.crowded);
}

/* Recorded, but for U, and W behind NS, which no server of then answered with. */
static const struct {
	const char *text;
	enum sd_meta_reply_kind kind;
} recorded[] = {
	{"VA 5 OPPPPPPPR c1795581335061000 t60", SD_META_VALUE},
	{"VA 5 OPPPPPPPR c1795581335061000 t60 kgreeting f0 s5 h1 l0", SD_META_VALUE},
	{"VA 1 c1000 t-1 OPPPPPPPX", SD_META_VALUE},
	{"VA 2 c1795581335063000 t30 OPPPPPPPQ X W", SD_META_VALUE},
	{"VA 2 c1795581335063000 t30 OPPPPPPPQ Z X", SD_META_VALUE},
	{"VA 5 OPPPPPPPR c1 t60", SD_META_VALUE},
	{"HD OPPPPPPPS", SD_META_DONE},
	{"HD OPPPPPPPW c1000", SD_META_DONE},
	{"HD c1 OPPPPPPPQ", SD_META_DONE},
	{"HD", SD_META_DONE},
	{"EN OPPPPPPQR", SD_META_NONE},
	{"EN OPPPPPPQR U", SD_META_NONE},
	{"EN", SD_META_NONE},
	{"NF OPPPPPPPR", SD_META_NOT_FOUND},
	{"NS OPPPPPPPW c0", SD_META_NOT_STORED},
	{"NS OPPPPPPPW W", SD_META_NOT_STORED},
	{"EX OPPPPPPPW c0", SD_META_EXISTS},
	{"MN", SD_META_NOTHING},
	{"VERSION 0.1.0-sharedanced", SD_META_IS_VERSION},
	{"VERSION 1.6.18", SD_META_IS_VERSION},
	{"ERROR", SD_META_ERROR},
	{"CLIENT_ERROR invalid or duplicate flag", SD_META_ERROR},
	{"CLIENT_ERROR bad command line format", SD_META_ERROR},
	{"CLIENT_ERROR bad data chunk", SD_META_ERROR},
	{"SERVER_ERROR object too large for cache", SD_META_ERROR},
	{"SERVER_ERROR out of memory storing object", SD_META_ERROR},
};

static void an_answer_is_told_by_its_first_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(recorded); i++) {
		assert_kind(recorded[i].text, recorded[i].kind);
	}
}

static void an_answer_has_not_come_until_its_last_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(recorded); i++) {
		char bytes[256];
		size_t length = strlen(recorded[i].text) + 2;

		memcpy(bytes, recorded[i].text, length - 2);
		memcpy(bytes + length - 2, "\r\n", 2);
		for (size_t cut = 0; cut < length; cut++) {
			assert_false(read_bytes(bytes, cut));
		}
		assert_true(read_bytes(bytes, length));
		assert_int_equal(reply.kind, recorded[i].kind);
	}
}

static void what_follows_an_answer_changes_nothing(void **state)
{
	static const char *const behind[] = {"",   "h",    "he\nlo\r\n",
	                                     "\n", "\r\n", "EN OPPPPPPPS X U\r\n"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(behind); i++) {
		char bytes[64] = "VA 5 c1 t-1 OPPPPPPPW\r\n";
		size_t length = strlen(bytes);

		memcpy(bytes + length, behind[i], strlen(behind[i]));
		assert_true(read_bytes(bytes, length + strlen(behind[i])));
		assert_int_equal(reply.kind, SD_META_VALUE);
		assert_int_equal(reply.line_length, length);
		assert_int_equal(reply.text_length, length - 2);
		assert_int_equal(reply.value_length, 5);
		assert_int_equal(reply.opaque, token("PPPPPPPW"));
		assert_false(reply.stale);
		assert_false(reply.unproven);
	}
}

static void a_value_has_its_length_and_its_flags(void **state)
{
	(void)state;
	assert_kind("VA 5 c1 t-1 OPPPPPPPW X", SD_META_VALUE);
	assert_int_equal(reply.value_length, 5);
	assert_true(reply.has_version);
	assert_true(reply.version == 1);
	assert_true(reply.has_ttl);
	assert_true(reply.ttl == -1);
	assert_true(reply.has_opaque);
	assert_int_equal(reply.opaque, token("PPPPPPPW"));
	assert_true(reply.stale);
	assert_false(reply.unproven);
}

static void nothing_that_may_be_unproven_says_so(void **state)
{
	(void)state;
	assert_kind("EN OPPPPPPQR U", SD_META_NONE);
	assert_true(reply.has_opaque);
	assert_int_equal(reply.opaque, token("PPPPPPQR"));
	assert_true(reply.unproven);
	assert_false(reply.stale);
	assert_false(reply.has_version);
	assert_false(reply.has_ttl);
}

static void a_crowd_that_waits_for_a_lock_is_told_of(void **state)
{
	(void)state;
	assert_kind("NS OPPPPPPPW W", SD_META_NOT_STORED);
	assert_true(reply.crowded);
	assert_int_equal(reply.opaque, token("PPPPPPPW"));
	assert_kind("NS OPPPPPPPW", SD_META_NOT_STORED);
	assert_false(reply.crowded);
}

static void a_conflict_has_the_version_that_is_there(void **state)
{
	(void)state;
	assert_kind("EX c5 OPPPPPPPS", SD_META_EXISTS);
	assert_true(reply.has_version);
	assert_true(reply.version == 5);
	assert_true(reply.has_opaque);
	assert_int_equal(reply.opaque, token("PPPPPPPS"));
	assert_false(reply.has_ttl);
}

static void flags_are_read_in_any_order_of_every_answer_that_has_them(void **state)
{
	static const char *const texts[] = {
		"VA 5 OPPPPPPPW c9 t3 X U", "VA 5 U X t3 c9 OPPPPPPPW", "HD c9 OPPPPPPPW U t3 X",
		"EN t3 X OPPPPPPPW c9 U",   "NF X OPPPPPPPW t3 U c9",   "NS OPPPPPPPW U c9 X t3",
		"EX X U OPPPPPPPW c9 t3",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		(void)kind_of(texts[i]);
		assert_int_not_equal(reply.kind, SD_META_GARBAGE);
		assert_true(reply.has_opaque && reply.opaque == token("PPPPPPPW"));
		assert_true(reply.has_version && reply.version == 9);
		assert_true(reply.has_ttl && reply.ttl == 3);
		assert_true(reply.stale);
		assert_true(reply.unproven);
		assert_int_equal(reply.value_length, i < 2 ? 5 : 0);
	}
}

static void an_answer_without_flags_has_none(void **state)
{
	static const char *const texts[] = {
		"VA 0", "HD", "EN", "NF", "NS", "EX", "MN", "VERSION 1.6.18", "ERROR", "nonsense"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		(void)kind_of(texts[i]);
		assert_no_flags();
		assert_int_equal(reply.value_length, 0);
	}
}

/* What stands there is text: a flag's letter in it is no flag, a bad number no garbage. */
static void texts_have_no_flags(void **state)
{
	static const char *const texts[] = {"MN OPPPPPPPW c1 t1 X U", "VERSION OPPPPPPPW c1 t1 X U",
	                                    "ERROR OPPPPPPPW X", "CLIENT_ERROR OPPPPPPPW X",
	                                    "SERVER_ERROR Ox U"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_int_not_equal(kind_of(texts[i]), SD_META_GARBAGE);
		assert_no_flags();
	}
}

static void the_text_of_an_error_is_the_line(void **state)
{
	static const char bytes[] = "SERVER_ERROR out of memory storing object\r\nMN\r\n";
	const uint8_t *in = guard_copy(&guard, bytes, sizeof(bytes) - 1);

	(void)state;
	assert_true(sd_meta_read_reply(in, sizeof(bytes) - 1, &reply));
	assert_int_equal(reply.kind, SD_META_ERROR);
	assert_ptr_equal(reply.text, in);
	assert_int_equal(reply.text_length, strlen("SERVER_ERROR out of memory storing object"));
	assert_int_equal(reply.line_length, reply.text_length + 2);
}

static void a_text_may_have_any_bytes(void **state)
{
	(void)state;
	assert_true(read_bytes("CLIENT_ERROR \0\xff\r \x80\r\n", 20));
	assert_int_equal(reply.kind, SD_META_ERROR);
	assert_int_equal(reply.text_length, 18);
	assert_true(read_bytes("HD\0\r\n", 5));
	assert_int_equal(reply.kind, SD_META_GARBAGE);
	assert_true(read_bytes("HD \0 OPPPPPPPW \xff\r\n", 18));
	assert_int_equal(reply.kind, SD_META_DONE);
	assert_int_equal(reply.opaque, token("PPPPPPPW"));
}

static void flags_that_were_not_asked_for_are_passed_over(void **state)
{
	(void)state;
	assert_kind("VA 5 OPPPPPPPR c1 t60 kgreeting f0 s5 h1 l0 W Z b q", SD_META_VALUE);
	assert_true(reply.opaque == token("PPPPPPPR") && reply.version == 1 && reply.ttl == 60);
	assert_kind("HD kO9 sc9 ft9 hX lU x u o C5 T5 9 - \xff", SD_META_DONE);
	assert_no_flags();
}

static void spaces_between_words_may_be_many(void **state)
{
	(void)state;
	assert_kind("VA   5  OPPPPPPPW   c9 ", SD_META_VALUE);
	assert_int_equal(reply.value_length, 5);
	assert_true(reply.opaque == token("PPPPPPPW") && reply.version == 9);
	assert_kind("HD ", SD_META_DONE);
	assert_kind("EN   ", SD_META_NONE);
}

static void numbers_are_read_up_to_their_limits(void **state)
{
	(void)state;
	assert_kind("VA 0 OPPPPPPPP c0 t0", SD_META_VALUE);
	assert_true(reply.has_opaque && reply.opaque == token("PPPPPPPP"));
	assert_true(reply.has_version && reply.version == 0);
	assert_true(reply.has_ttl && reply.ttl == 0);
	assert_int_equal(reply.value_length, 0);
	assert_kind("VA 2147483647 O________ c18446744073709551615 t9223372036854775807",
	            SD_META_VALUE);
	assert_int_equal(reply.value_length, INT32_MAX);
	assert_true(reply.opaque == token("________"));
	assert_true(reply.version == UINT64_MAX);
	assert_true(reply.ttl == INT64_MAX);
}

static void every_negative_ttl_means_that_it_never_expires(void **state)
{
	static const char *const texts[] = {"HD t-1", "HD t-2", "HD t-60", "HD t-0",
	                                    "HD t-9223372036854775807"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_kind(texts[i], SD_META_DONE);
		assert_true(reply.has_ttl);
		assert_true(reply.ttl == -1);
	}
}

static void a_bad_number_makes_an_answer_garbage(void **state)
{
	static const char *const flags[] = {
		"O",
		"OP",
		"OPPPPPPP",
		"OPPPPPPPPP",
		"O PPPPPPP",
		"OPPP PPPP",
		"OPPPPPPP`",
		"OPPOPPPP",
		"O\320PPPPPPP",
		"c",
		"cx",
		"c-1",
		"c1x",
		"c+1",
		"c1.",
		"c18446744073709551616",
		"c99999999999999999999",
		"t",
		"tx",
		"t-",
		"t--1",
		"t-x",
		"t+1",
		"t1x",
		"t9223372036854775808",
		"t-9223372036854775808",
		"t18446744073709551616",
	};
	static const char *const kinds[] = {"VA 5", "HD", "EN", "NF", "NS", "EX"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		for (size_t j = 0; j < COUNT_OF(kinds); j++) {
			char text[64];

			(void)snprintf(text, sizeof(text), "%s %s", kinds[j], flags[i]);
			assert_kind(text, SD_META_GARBAGE);
			/* between good ones, of its own letter as well */
			(void)snprintf(text, sizeof(text), "%s OPPPPPPPQ c1 t1 %s t2 c2 OPPPPPPPR", kinds[j],
			               flags[i]);
			assert_kind(text, SD_META_GARBAGE);
		}
	}
}

static void a_value_without_a_length_that_can_be_is_garbage(void **state)
{
	static const char *const texts[] = {
		"VA",
		"VA ",
		"VA x",
		"VA -1",
		"VA +1",
		"VA 5x",
		"VA OPPPPPPPW 5",
		"VA 0x5",
		"VA 5.0",
		"VA 2147483648",
		"VA 4294967296",
		"VA 4294967301",
		"VA c1 5",
		"VA 9223372036854775808",
		"VA 18446744073709551615",
		"VA 18446744073709551616",
		"VA 18446744073709551621",
		"VA 99999999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_kind(texts[i], SD_META_GARBAGE);
	}
}

static void what_is_of_no_kind_is_garbage(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		" HD",
		"H",
		"V",
		"HDO7",
		"HDX",
		"HD\tO7",
		"hd",
		"va 5",
		"VA5",
		"VAL 5",
		"VALUE key 0 5",
		"END",
		"STORED",
		"NOT_FOUND",
		"ENX",
		"NFX",
		"NSX",
		"EXX",
		"MNX",
		"M",
		"VERSIO",
		"VERSIONS",
		"VERSION\t1",
		"ERRORS",
		"ERRO",
		"CLIENT_ERRORS",
		"SERVER_",
		"STAT pid 1",
		"OK",
		"HD\r",
		"\r",
		"mg key v",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_kind(texts[i], SD_META_GARBAGE);
		assert_no_flags();
	}
}

/* The line is known all the same, and nothing behind it is taken for a part of it. */
static void a_line_without_its_carriage_return_is_garbage(void **state)
{
	static const char *const texts[] = {
		"", "MN", "HD OPPPPPPPW", "VA 5", "EN\rX", "VERSION 1.6.18", "ERROR"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		static const char *const behind[] = {"", "\r\n", "HD OPPPPPPPW X\r\n"};
		size_t length = strlen(texts[i]);

		for (size_t j = 0; j < COUNT_OF(behind); j++) {
			char bytes[64];
			int all = snprintf(bytes, sizeof(bytes), "%s\n%s", texts[i], behind[j]);

			assert_false(read_bytes(bytes, length));
			assert_true(read_bytes(bytes, (size_t)all));
			assert_int_equal(reply.kind, SD_META_GARBAGE);
			assert_int_equal(reply.line_length, length + 1);
			assert_int_equal(reply.text_length, length);
			assert_no_flags();
		}
	}
}

/* An answer of `length` bytes, its end included where `ends`. */
static void fill(uint8_t *bytes, size_t length, const char *head, bool ends)
{
	memset(bytes, 'k', length);
	memcpy(bytes, head, strlen(head));
	if (ends) {
		memcpy(bytes + length - 2, "\r\n", 2);
	}
}

static void the_longest_line_is_read(void **state)
{
	uint8_t bytes[SD_META_REPLY_MAX];

	(void)state;
	fill(bytes, sizeof(bytes), "HD OPPPPPPPW k", true);
	for (size_t cut = 0; cut < sizeof(bytes); cut++) {
		assert_false(read_bytes(bytes, cut));
	}
	assert_true(read_bytes(bytes, sizeof(bytes)));
	assert_int_equal(reply.kind, SD_META_DONE);
	assert_int_equal(reply.opaque, token("PPPPPPPW"));
	assert_int_equal(reply.line_length, SD_META_REPLY_MAX);
	assert_int_equal(reply.text_length, SD_META_REPLY_MAX - 2);
}

/* It is said as soon as it is known, and a caller that goes on behind the line gets on. */
static void a_longer_line_is_garbage_whether_or_not_it_ends(void **state)
{
	static const size_t lengths[] = {SD_META_REPLY_MAX + 1, SD_META_REPLY_MAX + 2,
	                                 SD_META_REPLY_MAX + 3, 3 * SD_META_REPLY_MAX};
	static uint8_t bytes[3 * SD_META_REPLY_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		for (int ends = 0; ends < 2; ends++) {
			fill(bytes, lengths[i], "SERVER_ERROR ", ends == 1);
			assert_false(read_bytes(bytes, SD_META_REPLY_MAX - 1));
			for (size_t come = SD_META_REPLY_MAX; come <= lengths[i]; come++) {
				assert_true(read_bytes(bytes, come));
				assert_int_equal(reply.kind, SD_META_GARBAGE);
				assert_int_equal(reply.line_length, SD_META_REPLY_MAX);
				assert_int_equal(reply.text_length, SD_META_REPLY_MAX);
				assert_no_flags();
			}
		}
	}
}

/* Every part of what came is read as all of it is, or has not come. */
static void what_begins_as_no_answer_is_garbage_before_its_end(void **state)
{
	static const char *const garbage[] = {"X",       "vA", "HX", "VB 1", "VERSIOM",
	                                      "SERVER-", "\r", "\n", "1"};
	static const char *const beginnings[] = {"",     "V",    "H",  "E",     "ER",
	                                         "ERRO", "VERS", "VA", "VA 12", "SERVER_E"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(garbage); i++) {
		assert_true(read_bytes(garbage[i], strlen(garbage[i])));
		assert_int_equal(reply.kind, SD_META_GARBAGE);
	}
	for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
		assert_false(read_bytes(beginnings[i], strlen(beginnings[i])));
	}
}

static void random_bytes_are_read_without_harm(void **state)
{
	static const char letters[] = "VAHDENFSXMO7ct-1UX  5\r\n\r\n\n\0\xff";
	static const char *const heads[] = {"", "VA ", "HD ", "EN ", "ERROR "};

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const char *head = heads[chance_between(&chance, 0, COUNT_OF(heads) - 1)];
		char bytes[48] = {0};
		size_t length = chance_between(&chance, (uint32_t)strlen(head), sizeof(bytes));
		struct sd_meta_reply whole;
		bool has_newline;
		bool has_come;

		memcpy(bytes, head, strlen(head));
		for (size_t i = strlen(head); i < length; i++) {
			bytes[i] = letters[chance_between(&chance, 0, sizeof(letters) - 2)];
		}
		has_come = read_bytes(bytes, length);
		whole = reply;
		has_newline = memchr(bytes, '\n', length) != NULL;
		assert_true(has_newline ? has_come : !has_come || whole.kind == SD_META_GARBAGE);
		for (size_t cut = 0; cut <= length; cut++) {
			bool part = read_bytes(bytes, cut);

			if (part && memchr(bytes, '\n', cut) == NULL) {
				assert_int_equal(reply.kind, SD_META_GARBAGE);
				assert_int_equal(reply.line_length, cut);
				continue;
			}
			assert_int_equal(part, has_newline && cut >= whole.line_length);
			if (part) {
				assert_int_equal(reply.kind, whole.kind);
				assert_int_equal(reply.line_length, whole.line_length);
				assert_int_equal(reply.text_length, whole.text_length);
				assert_in_range(reply.line_length, reply.text_length + 1, cut);
			}
		}
	}
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_its_command_its_key_and_its_opaque),
		cmocka_unit_test(opaque_tokens_take_turns),
		cmocka_unit_test(no_bit_that_is_flipped_ends_a_token_early),
		cmocka_unit_test(the_length_of_the_data_stands_behind_the_key_of_a_set_alone),
		cmocka_unit_test(each_flag_is_written_by_its_letter),
		cmocka_unit_test(a_number_of_zero_is_written_where_it_is_one),
		cmocka_unit_test(a_number_that_is_not_there_is_not_written),
		cmocka_unit_test(times_are_seconds_or_dates_and_those_in_the_past_are_at_once),
		cmocka_unit_test(all_flags_stand_behind_the_key_and_the_length),
		cmocka_unit_test(the_longest_request_fits),
		cmocka_unit_test(printable_keys_are_written_as_they_are),
		cmocka_unit_test(keys_with_other_bytes_are_written_in_base64),
		cmocka_unit_test(one_such_byte_is_enough),
		cmocka_unit_test(keys_longer_than_250_bytes_are_written_in_base64),
		cmocka_unit_test(what_is_written_is_read_back_with_the_same_meaning),
		cmocka_unit_test(keys_of_every_length_are_read_back),
		cmocka_unit_test(the_greeting_is_a_no_operation_and_the_question_for_the_version),
		cmocka_unit_test(the_greeting_may_tell_for_how_long_entries_live),
		cmocka_unit_test(an_answer_is_told_by_its_first_word),
		cmocka_unit_test(an_answer_has_not_come_until_its_last_byte),
		cmocka_unit_test(what_follows_an_answer_changes_nothing),
		cmocka_unit_test(a_value_has_its_length_and_its_flags),
		cmocka_unit_test(nothing_that_may_be_unproven_says_so),
		cmocka_unit_test(a_crowd_that_waits_for_a_lock_is_told_of),
		cmocka_unit_test(a_conflict_has_the_version_that_is_there),
		cmocka_unit_test(flags_are_read_in_any_order_of_every_answer_that_has_them),
		cmocka_unit_test(an_answer_without_flags_has_none),
		cmocka_unit_test(texts_have_no_flags),
		cmocka_unit_test(the_text_of_an_error_is_the_line),
		cmocka_unit_test(a_text_may_have_any_bytes),
		cmocka_unit_test(flags_that_were_not_asked_for_are_passed_over),
		cmocka_unit_test(spaces_between_words_may_be_many),
		cmocka_unit_test(numbers_are_read_up_to_their_limits),
		cmocka_unit_test(every_negative_ttl_means_that_it_never_expires),
		cmocka_unit_test(a_bad_number_makes_an_answer_garbage),
		cmocka_unit_test(a_value_without_a_length_that_can_be_is_garbage),
		cmocka_unit_test(what_is_of_no_kind_is_garbage),
		cmocka_unit_test(a_line_without_its_carriage_return_is_garbage),
		cmocka_unit_test(the_longest_line_is_read),
		cmocka_unit_test(a_longer_line_is_garbage_whether_or_not_it_ends),
		cmocka_unit_test(what_begins_as_no_answer_is_garbage_before_its_end),
		cmocka_unit_test(random_bytes_are_read_without_harm),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
