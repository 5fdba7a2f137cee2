/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's bytes; see meta.h. Errors are worded as memcached 1.6.38 words them. */

#include "wire/meta.h"

#include <string.h>

#define BAD_FORMAT "CLIENT_ERROR bad command line format"
#define BAD_TOKEN "CLIENT_ERROR bad token in command line format"
/* All that memcached says of what is wrong with md and ma. */
#define BAD_FLAG "CLIENT_ERROR invalid or duplicate flag"
#define UNKNOWN "ERROR"

/* What each command is called, which flags it takes, and what memcached says to another. */
static const struct command {
	const char *name;
	enum sd_meta_command command;
	const char *flags; /* frequent ones first; NULL: what follows the name is not looked at */
	const char *bad_flag;
	const char *duplicate;
} commands[] = {
    {"mg", SD_META_GET, "vOtcGUkTqfsubhlENRPL", "CLIENT_ERROR invalid flag",
     "CLIENT_ERROR duplicate flag"},
    {"ms", SD_META_SET, "OETGHkqFCMbcIsNPL", "CLIENT_ERROR invalid flag",
     "CLIENT_ERROR duplicate flag"},
    {"md", SD_META_DELETE, "OETGHkqCxbIPL", BAD_FLAG, BAD_FLAG},
    {"ma", SD_META_ARITHMETIC, "bcCDEJkMNOqtTvPL", BAD_FLAG, BAD_FLAG},
    {"ml", SD_META_LOCK, "bkOTW", "CLIENT_ERROR invalid flag", "CLIENT_ERROR duplicate flag"},
    {"mu", SD_META_UNLOCK, "bkO", "CLIENT_ERROR invalid flag", "CLIENT_ERROR duplicate flag"},
    {"mn", SD_META_NOOP, NULL, NULL, NULL},
    {"version", SD_META_VERSION, NULL, NULL, NULL},
    {"stats", SD_META_STATS, NULL, NULL, NULL},
    {"verbosity", SD_META_VERBOSITY, NULL, NULL, NULL},
    {"quit", SD_META_QUIT, NULL, NULL, NULL},
};

/* {{{ numbers */

bool sd_meta_read_u64(const uint8_t *bytes, size_t length, uint64_t *value)
{
	uint64_t number = 0;

	*value = 0;
	for (size_t i = 0; i < length; i++) {
		uint8_t digit = (uint8_t)(bytes[i] - '0');

		/* 19 digits always fit */
		if (digit > 9 || (i >= 19 && number > (UINT64_MAX - digit) / 10)) {
			return false;
		}
		number = number * 10 + digit;
	}
	*value = number;
	return length > 0;
}

/* A signed number of 32 bits, as times are. */
static bool read_time(struct sd_meta_word token, int64_t *value)
{
	bool negative = token.length > 0 && token.start[0] == '-';
	uint64_t magnitude;

	if (!sd_meta_read_u64(token.start + negative, token.length - negative, &magnitude) ||
	    magnitude > UINT32_MAX) {
		return false;
	}
	*value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
	return true;
}

/* Each number below 100, in two digits. */
static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
                                  "25262728293031323334353637383940414243444546474849"
                                  "50515253545556575859606162636465666768697071727374"
                                  "75767778798081828384858687888990919293949596979899";

/* How many digits a number has. */
static size_t count_digits(uint64_t value)
{
	for (size_t count = 1;; count += 4) {
		if (value < 100) {
			return count + (value >= 10);
		}
		if (value < 10000) {
			return count + 2 + (value >= 1000);
		}
		value /= 10000;
	}
}

size_t sd_meta_write_u64(uint8_t *out, uint64_t value)
{
	size_t length = count_digits(value);
	uint8_t *at = out + length;

	for (; value >= 100; value /= 100) {
		at -= 2;
		memcpy(at, digit_pairs + value % 100 * 2, 2);
	}
	if (value >= 10) {
		memcpy(out, digit_pairs + value * 2, 2);
	} else {
		*out = (uint8_t)('0' + value);
	}
	return length;
}

/* }}} */

/* {{{ base64 */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t sd_meta_write_base64(uint8_t *out, const uint8_t *bytes, size_t length)
{
	size_t written = 0;

	for (size_t i = 0; i < length; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;

		group |= i + 1 < length ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < length ? bytes[i + 2] : 0;
		out[written++] = (uint8_t)base64_digits[group >> 18];
		out[written++] = (uint8_t)base64_digits[group >> 12 & 63];
		out[written++] = i + 1 < length ? (uint8_t)base64_digits[group >> 6 & 63] : '=';
		out[written++] = i + 2 < length ? (uint8_t)base64_digits[group & 63] : '=';
	}
	return written;
}

static int base64_value(uint8_t digit)
{
	const char *found = digit == '\0' ? NULL : strchr(base64_digits, digit);

	return found == NULL ? -1 : (int)(found - base64_digits);
}

/* Strict: whole groups, padding at the end alone. 0: it is not base64, or longer than `size`. */
static size_t read_base64(const uint8_t *in, size_t length, uint8_t *out, size_t size)
{
	size_t padding = 0;
	size_t written = 0;

	if (length == 0 || length % 4 != 0) {
		return 0;
	}
	while (padding < 2 && in[length - 1 - padding] == '=') {
		padding++;
	}
	if (length / 4 * 3 - padding > size) {
		return 0;
	}
	for (size_t i = 0; i < length; i += 4) {
		uint32_t group = 0;

		for (size_t j = 0; j < 4; j++) {
			int value = i + j >= length - padding ? 0 : base64_value(in[i + j]);

			if (value < 0) {
				return 0;
			}
			group = group << 6 | (uint32_t)value;
		}
		for (size_t j = 0; j < 3 && written < length / 4 * 3 - padding; j++) {
			out[written++] = (uint8_t)(group >> (16 - 8 * j));
		}
	}
	return written;
}

struct sd_meta_word sd_meta_read_key(const struct sd_meta_request *request,
                                     uint8_t room[SD_META_BINARY_KEY_MAX])
{
	struct sd_meta_word key = request->key;

	if (request->base64) {
		key.start = room;
		key.length =
			read_base64(request->key.start, request->key.length, room, SD_META_BINARY_KEY_MAX);
	}
	return key;
}

const char *sd_meta_bad_key(enum sd_meta_command command)
{
	bool is_terse = command == SD_META_DELETE || command == SD_META_ARITHMETIC;

	return is_terse ? BAD_FLAG : "CLIENT_ERROR error decoding key";
}

/* }}} */

/* {{{ a request's line */

/* The next word between spaces; empty at the line's end. */
static struct sd_meta_word next_word(const uint8_t **at, const uint8_t *end)
{
	struct sd_meta_word word;

	while (*at < end && **at == ' ') {
		++*at;
	}
	word.start = *at;
	while (*at < end && **at != ' ') {
		++*at;
	}
	word.length = (size_t)(*at - word.start);
	return word;
}

static const struct command *find_command(struct sd_meta_word name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strlen(commands[i].name) == name.length &&
		    memcmp(commands[i].name, name.start, name.length) == 0) {
			return &commands[i];
		}
	}
	return NULL;
}

static const char *read_mode(struct sd_meta_request *request, struct sd_meta_word token)
{
	bool set = request->command == SD_META_SET;

	if (token.length != 1) {
		return set ? "CLIENT_ERROR incorrect length for M token" : BAD_FLAG;
	}
	request->mode = token.start[0];
	if (request->mode == '\0' || strchr(set ? "EAPRS" : "ID+-", request->mode) == NULL) {
		return set ? "CLIENT_ERROR invalid mode for ms M token"
		           : "CLIENT_ERROR invalid mode for ma M token";
	}
	return NULL;
}

/* A flag with a number behind it. False: the token is none. */
static bool read_number_flag(struct sd_meta_request *request, const struct sd_meta_flag *flag)
{
	struct sd_meta_word token = flag->token;
	uint64_t number;

	switch (flag->name) {
	case 'C':
		request->has_compare = true;
		return sd_meta_read_u64(token.start, token.length, &request->compare);
	case 'E':
		request->has_version = true;
		return sd_meta_read_u64(token.start, token.length, &request->version);
	case 'U':
		request->has_proof = true;
		return sd_meta_read_u64(token.start, token.length, &request->proof);
	case 'D':
		return sd_meta_read_u64(token.start, token.length, &request->delta);
	case 'J':
		return sd_meta_read_u64(token.start, token.length, &request->initial);
	case 'F':
		if (!sd_meta_read_u64(token.start, token.length, &number) || number > UINT32_MAX) {
			return false;
		}
		request->client_flags = (uint32_t)number;
		return true;
	case 'T':
		request->has_ttl = true;
		return read_time(token, &request->ttl);
	case 'N':
		request->has_vivify = true;
		return read_time(token, &request->vivify);
	case 'R':
		request->has_recache = true;
		return read_time(token, &request->recache);
	case 'W':
		return read_time(token, &request->wait);
	default:
		return true;
	}
}

/* Notes what a flag says. Returns what is wrong with it, NULL: nothing. */
static const char *read_flag(struct sd_meta_request *request, const struct command *command,
                             const struct sd_meta_flag *flag)
{
	switch (flag->name) {
	case 'b':
		request->base64 = true;
		break;
	case 'q':
		request->quiet = true;
		break;
	case 'v':
		request->wants_value = true;
		break;
	case 'u':
		request->no_bump = true;
		break;
	case 'I':
		request->invalidate = true;
		break;
	case 'x':
		request->only_value = true;
		break;
	case 'G':
		request->only_newer = true;
		request->tombstones = true;
		break;
	case 'H':
		request->only_held = true;
		break;
	case 'M':
		return read_mode(request, flag->token);
	case 'O':
		return flag->token.length > SD_META_OPAQUE_MAX ? "CLIENT_ERROR opaque token too long" : NULL;
	default:
		break;
	}
	if (read_number_flag(request, flag)) {
		return NULL;
	}
	if (request->command == SD_META_DELETE || request->command == SD_META_ARITHMETIC) {
		return command->bad_flag;
	}
	return flag->name == 'F' ? BAD_FORMAT : BAD_TOKEN;
}

static bool takes(const struct command *command, uint8_t name)
{
	const char *flag = command->flags;

	while (*flag != '\0' && (uint8_t)*flag != name) {
		flag++;
	}
	return *flag != '\0';
}

static const char *read_flags(struct sd_meta_request *request, const struct command *command,
                              const uint8_t *at, const uint8_t *end)
{
	uint64_t seen = 0;

	for (;;) {
		struct sd_meta_word word = next_word(&at, end);
		struct sd_meta_flag *flag = &request->flags[request->flag_count];
		const char *error;

		if (word.length == 0) {
			/* without G all is as with memcached, which has no U */
			return request->has_proof && !request->tombstones ? command->bad_flag : NULL;
		}
		if (request->flag_count == SD_META_FLAGS_MAX) {
			return "CLIENT_ERROR options flags are too long";
		}
		flag->name = word.start[0];
		flag->token.start = word.start + 1;
		flag->token.length = word.length - 1;
		if (!takes(command, flag->name)) {
			return command->bad_flag;
		}
		if (seen & 1ull << (flag->name & 63)) { /* flags are letters, all of them above 63 */
			return command->duplicate;
		}
		seen |= 1ull << (flag->name & 63);
		request->flag_count++;
		error = read_flag(request, command, flag);
		if (error != NULL) {
			return error;
		}
	}
}

/* The words behind a command's name. Returns what is wrong with them, NULL: nothing. */
static const char *read_arguments(struct sd_meta_request *request, const struct command *command,
                                  const uint8_t *at, const uint8_t *end)
{
	struct sd_meta_word length;

	request->key = next_word(&at, end);
	if (request->key.length == 0) {
		return UNKNOWN;
	}
	if (request->command == SD_META_SET) {
		length = next_word(&at, end);
		/* a length that no machine has is as bad as none: what follows is no data */
		if (!sd_meta_read_u64(length.start, length.length, &request->data_length) ||
		    request->data_length > INT32_MAX) {
			return BAD_FORMAT;
		}
		request->has_data = true;
	}
	if (request->key.length > SD_META_BASE64_MAX) {
		return BAD_FORMAT;
	}
	return read_flags(request, command, at, end);
}

enum sd_meta_parse sd_meta_read_request(const uint8_t *bytes, size_t length,
                                        struct sd_meta_request *request)
{
	size_t looked_at = length < SD_META_LINE_MAX + 2 ? length : SD_META_LINE_MAX + 2;
	const uint8_t *newline = memchr(bytes, '\n', looked_at);
	const uint8_t *at = bytes;
	const uint8_t *end;
	const struct command *command;

	if (newline == NULL) {
		return length > SD_META_LINE_MAX + 1 ? SD_META_TOO_LONG : SD_META_INCOMPLETE;
	}
	/* most requests have a flag or two: those that there could be are not cleared */
	memset(request, 0, offsetof(struct sd_meta_request, flags));
	request->line_length = (size_t)(newline - bytes) + 1;
	request->delta = 1;
	end = newline > bytes && newline[-1] == '\r' ? newline - 1 : newline;
	command = find_command(next_word(&at, end));
	if (command == NULL) {
		request->error = UNKNOWN;
		return SD_META_COMPLETE;
	}
	request->command = command->command;
	if (command->flags != NULL) {
		request->error = read_arguments(request, command, at, end);
	} else {
		request->key = next_word(&at, end); /* of verbosity and stats */
	}
	if (request->error == NULL && !request->base64 && request->key.length > SD_META_KEY_MAX) {
		request->error = BAD_FORMAT;
	}
	return SD_META_COMPLETE;
}

/* }}} */
