/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's bytes; see meta_server.h. Errors are worded as memcached 1.6.38 words them.
 */

#include "wire/meta_server.h"

#include <string.h>
#include <strings.h>

#include "wire/compiler.h"

#define BAD_FORMAT "CLIENT_ERROR bad command line format"
#define BAD_TOKEN "CLIENT_ERROR bad token in command line format"
/* memcached says no more than this about any wrong flag of md and ma. */
#define BAD_FLAG "CLIENT_ERROR invalid or duplicate flag"
#define UNKNOWN "ERROR"

/* The commands: their names, the flags that each takes, and what memcached answers to any other. */
static const struct command {
	char name[10];
	uint8_t length; /* of the name, at least 2 */
	enum sd_meta_command command;
	const char *flags; /* frequent ones first; NULL: what follows the name is ignored */
	const char *bad_flag;
	const char *duplicate;
} commands[] = {
	{"mg", 2, SD_META_GET, "vOtcGUkTqfsubhlENRPL", "CLIENT_ERROR invalid flag",
     "CLIENT_ERROR duplicate flag"},
	{"ms", 2, SD_META_SET, "OEHTGkqFCMbcIsNPLU", "CLIENT_ERROR invalid flag",
     "CLIENT_ERROR duplicate flag"},
	{"md", 2, SD_META_DELETE, "OEHTGkqCxbIPLU", BAD_FLAG, BAD_FLAG},
	{"ma", 2, SD_META_ARITHMETIC, "bcCDEJkMNOqtTvPL", BAD_FLAG, BAD_FLAG},
	{"ml", 2, SD_META_LOCK, "OHTWbk", "CLIENT_ERROR invalid flag", "CLIENT_ERROR duplicate flag"},
	{"mu", 2, SD_META_UNLOCK, "OHbk", "CLIENT_ERROR invalid flag", "CLIENT_ERROR duplicate flag"},
	{"mn", 2, SD_META_NOOP, NULL, NULL, NULL},
	{"version", 7, SD_META_VERSION, NULL, NULL, NULL},
	{"stats", 5, SD_META_STATS, NULL, NULL, NULL},
	{"verbosity", 9, SD_META_VERBOSITY, NULL, NULL, NULL},
	{"quit", 4, SD_META_QUIT, NULL, NULL, NULL},
};

/* {{{ words */

/* Times are signed numbers of 32 bits. */
static bool read_time(struct sd_bytes token, int64_t *value)
{
	const uint8_t *start = token.data;
	bool negative = token.length > 0 && *start == '-';
	uint64_t magnitude;

	if (!sd_decimal_read(start + negative, token.length - negative, &magnitude) ||
	    magnitude > UINT32_MAX) {
		return false;
	}
	*value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
	return true;
}

struct sd_bytes sd_meta_decode_key(struct sd_bytes base64, uint8_t room[SD_META_BINARY_KEY_MAX])
{
	return (struct sd_bytes){
		room, sd_base64_read(base64.data, base64.length, room, SD_META_BINARY_KEY_MAX)};
}

int64_t sd_meta_read_ttl(struct sd_bytes word)
{
	const uint8_t *start = word.data;
	uint64_t seconds;

	if (word.length < 2 || *start != SD_META_TTL ||
	    !sd_decimal_read(start + 1, word.length - 1, &seconds)) {
		return 0;
	}
	return seconds < SD_META_MONTH ? (int64_t)seconds : SD_META_MONTH;
}

const char *sd_meta_bad_key(enum sd_meta_command command)
{
	bool is_terse = command == SD_META_DELETE || command == SD_META_ARITHMETIC;

	return is_terse ? BAD_FLAG : "CLIENT_ERROR error decoding key";
}

/* }}} */

/* The next word between spaces; empty at the end of the line. Keys and tokens are long: most of
 * their bytes are looked at together, eight of them. */
static inline struct sd_bytes next_word(const uint8_t **at, const uint8_t *end)
{
	const uint64_t each = 0x0101010101010101;
	const uint8_t *start;

	while (*at < end && **at == ' ') {
		++*at;
	}
	start = *at;
	while (end - *at >= 8) {
		uint64_t differences;
		uint64_t spaces; /* the lowest bit that is set is the first one's */

		memcpy(&differences, *at, sizeof(differences));
		if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) {
			differences = __builtin_bswap64(differences);
		}
		differences ^= each * ' ';
		spaces = (differences - each) & ~differences & each << 7;
		if (spaces != 0) {
			*at += __builtin_ctzll(spaces) / 8;
			return (struct sd_bytes){start, (size_t)(*at - start)};
		}
		*at += 8;
	}
	while (*at < end && **at != ' ') {
		++*at;
	}
	return (struct sd_bytes){start, (size_t)(*at - start)};
}

/* {{{ other protocols

A browser, or an application that fetches a URL for somebody, can be made to send HTTP here, with
any method: "mg / HTTP/1.1". Its body would be requests. The lines below are those of no client of
ours. */

static bool begins_with(struct sd_bytes word, const char *beginning)
{
	size_t length = strlen(beginning);

	return word.length >= length && strncasecmp(word.data, beginning, length) == 0;
}

static bool is_protocol(struct sd_bytes word)
{
	return begins_with(word, "HTTP/") || begins_with(word, "RTSP/") || begins_with(word, "SIP/");
}

/* Whether a line is of such a protocol: it names it behind two words, as a request's does, or it is
 * one that HTTP is sure to have. */
SD_RARE static bool is_line_foreign(const uint8_t *at, const uint8_t *end)
{
	struct sd_bytes word = next_word(&at, end);

	if (begins_with(word, "host:") || begins_with(word, "post")) {
		return true;
	}
	(void)next_word(&at, end);
	while ((word = next_word(&at, end)).length > 0) {
		if (is_protocol(word)) {
			return true;
		}
	}
	return false;
}

/* }}} */

/* {{{ a request's line */

static const struct command *find_command(struct sd_bytes name)
{
	const uint8_t *start = name.data;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		/* the second letter tells the frequent ones apart */
		if (commands[i].length == name.length && commands[i].name[1] == (char)start[1] &&
		    memcmp(commands[i].name, start, name.length) == 0) {
			return &commands[i];
		}
	}
	return NULL;
}

enum sd_meta_beginning sd_meta_beginning_of(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		size_t whole = commands[i].length;

		if (memcmp(bytes, commands[i].name, whole < length ? whole : length) == 0) {
			return whole <= length ? SD_META_BEGINS : SD_META_UNDECIDED;
		}
	}
	return SD_META_BEGINS_FOREIGN;
}

static const char *read_mode(struct sd_meta_request *request, struct sd_bytes token)
{
	bool set = request->command == SD_META_SET;

	if (token.length != 1) {
		return set ? "CLIENT_ERROR incorrect length for M token" : BAD_FLAG;
	}
	request->mode = *(const uint8_t *)token.data;
	if (request->mode == '\0' || strchr(set ? "EAPRS" : "ID+-", request->mode) == NULL) {
		return set ? "CLIENT_ERROR invalid mode for ms M token"
		           : "CLIENT_ERROR invalid mode for ma M token";
	}
	return NULL;
}

/* U: a version with mg, nothing with ms and md. */
static bool read_proof(struct sd_meta_request *request, struct sd_bytes token)
{
	request->has_proof = request->command == SD_META_GET;
	request->is_repair = !request->has_proof;
	return request->is_repair ? token.length == 0
	                          : sd_decimal_read(token.data, token.length, &request->proof);
}

/* Reads a flag that has a number behind it. False: the token is no number. */
static bool read_number_flag(struct sd_meta_request *request, const struct sd_meta_flag *flag)
{
	struct sd_bytes token = flag->token;
	uint64_t number;

	switch (flag->name) {
	case 'C':
		request->has_compare = true;
		return sd_decimal_read(token.data, token.length, &request->compare);
	case 'E':
		request->has_version = true;
		return sd_decimal_read(token.data, token.length, &request->version);
	case 'U':
		return read_proof(request, token);
	case 'D':
		return sd_decimal_read(token.data, token.length, &request->delta);
	case 'J':
		return sd_decimal_read(token.data, token.length, &request->initial);
	case 'F':
		if (!sd_decimal_read(token.data, token.length, &number) || number > UINT32_MAX) {
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

/* H: the token of a lock's holder; with ms and md it may be missing. Returns the error to answer;
 * NULL: it is right. */
static const char *read_holder(struct sd_meta_request *request, const struct command *command,
                               struct sd_bytes token)
{
	request->only_held = request->command == SD_META_SET || request->command == SD_META_DELETE;
	if (token.length == 0) {
		return request->only_held ? NULL : command->bad_flag;
	}
	if (!sd_holder_read(token.data, token.length, &request->holder) || request->holder == 0) {
		return request->command == SD_META_DELETE ? command->bad_flag : BAD_TOKEN;
	}
	return NULL;
}

/* Sets what a flag says. Returns the error to answer; NULL: the flag is right. */
static const char *read_flag(struct sd_meta_request *request, const struct command *command,
                             const struct sd_meta_flag *flag)
{
	switch (flag->name) {
	case 'b':
		request->base64 = true;
		return NULL;
	case 'q':
		request->quiet = true;
		return NULL;
	case 'v':
		request->wants_value = true;
		return NULL;
	case 'h':
	case 'l':
		request->wants_access = true;
		return NULL;
	case 'u':
		request->no_bump = true;
		return NULL;
	case 'I':
		request->invalidate = true;
		return NULL;
	case 'x':
		request->only_value = true;
		return NULL;
	case 'G':
		request->only_newer = true;
		request->tombstones = true;
		return NULL;
	case 'H':
		return read_holder(request, command, flag->token);
	case 'M':
		return read_mode(request, flag->token);
	case 'O':
		return flag->token.length > SD_META_OPAQUE_MAX ? "CLIENT_ERROR opaque token too long"
		                                               : NULL;
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

/* Whether U is with what it is for. Returns the error to answer; NULL: it is, or there is none. */
static inline const char *check_ours(const struct sd_meta_request *request,
                                     const struct command *command)
{
	if (!(request->has_proof || request->is_repair) || request->tombstones) {
		return NULL;
	}
	/* without G everything is as in memcached, which has no U; but a copy of the far future is not
	 * compared by order: it is replaced as what it was seen to be */
	return request->is_repair && (request->has_compare || request->mode == 'E') ? NULL
	                                                                            : command->bad_flag;
}

static const char *read_flags(struct sd_meta_request *request, const struct command *command,
                              const uint8_t *at, const uint8_t *end)
{
	struct sd_bytes word;
	uint64_t seen = 0;

	while ((word = next_word(&at, end)).length > 0) {
		const uint8_t *start = word.data;
		const char *known = command->flags;
		struct sd_meta_flag *flag = &request->flags[request->flag_count];
		const char *error;

		if (request->flag_count == SD_META_FLAGS_MAX) {
			return "CLIENT_ERROR options flags are too long";
		}
		flag->name = *start;
		flag->token = (struct sd_bytes){start + 1, word.length - 1};
		while (*known != '\0' && (uint8_t)*known != flag->name) {
			known++;
		}
		if (*known == '\0') {
			return command->bad_flag;
		}
		if (seen & 1ull << (flag->name & 63)) { /* flags are letters: all are above 63 */
			return command->duplicate;
		}
		seen |= 1ull << (flag->name & 63);
		request->flag_count++;
		error = read_flag(request, command, flag);
		if (error != NULL) {
			return error;
		}
	}
	return check_ours(request, command);
}

/* Reads the words behind a command's name. Returns the error to answer; NULL: they are right. */
static const char *read_arguments(struct sd_meta_request *request, const struct command *command,
                                  const uint8_t *at, const uint8_t *end)
{
	struct sd_bytes length;

	request->key = next_word(&at, end);
	if (request->key.length == 0) {
		return UNKNOWN;
	}
	if (request->command == SD_META_SET) {
		length = next_word(&at, end);
		/* a length that no machine has is no length: no data follows it */
		if (!sd_decimal_read(length.data, length.length, &request->data_length) ||
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
	/* most requests have one or two flags: the array for the others is not cleared */
	memset(request, 0, offsetof(struct sd_meta_request, flags));
	request->line_length = (size_t)(newline - bytes) + 1;
	request->delta = 1;
	end = newline > bytes && newline[-1] == '\r' ? newline - 1 : newline;
	command = find_command(next_word(&at, end));
	if (command == NULL) {
		request->error = UNKNOWN;
		request->is_foreign = is_line_foreign(bytes, end);
		return SD_META_COMPLETE;
	}
	request->command = command->command;
	if (command->flags != NULL) {
		request->error = read_arguments(request, command, at, end);
	} else {
		request->key = next_word(&at, end); /* of verbosity and stats */
		request->argument = next_word(&at, end);
		request->is_foreign = request->key.length > 0 && is_line_foreign(bytes, end);
	}
	if (request->error == NULL && !request->base64 && request->key.length > SD_META_KEY_MAX) {
		request->error = BAD_FORMAT;
	}
	if (request->error != NULL) {
		request->is_foreign = is_line_foreign(bytes, end); /* such lines are none of a command's */
	}
	return SD_META_COMPLETE;
}

/* }}} */
