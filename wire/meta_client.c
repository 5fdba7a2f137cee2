/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's bytes as a client writes and reads them; see meta_client.h. */

#include "wire/meta_client.h"

#include <string.h>

#include "wire/meta.h"

/* {{{ requests */

static inline uint8_t *put_text(uint8_t *out, const char *text)
{
	size_t length = strlen(text);

	memcpy(out, text, length);
	return out + length;
}

static inline uint8_t *put_number(uint8_t *out, const char *before, uint64_t number)
{
	out = put_text(out, before);
	return out + sd_meta_write_u64(out, number);
}

/* Whether each of eight bytes is printable ASCII and no space: one that is not has its highest bit
 * when 1 is added, or when '!' is taken away. */
static bool are_plain(const uint8_t bytes[8])
{
	const uint64_t each = 0x0101010101010101;
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return (((word + each) | (word - each * '!')) & each << 7) == 0;
}

/* What stands in a line as it is: no space, no control character, ASCII. */
static bool is_plain(const uint8_t *key, size_t length)
{
	size_t i = 0;

	if (length >= 8) {
		while (i < length - 8 && are_plain(key + i)) {
			i += 8;
		}
		/* the last eight, some of them for the second time */
		return i >= length - 8 && are_plain(key + length - 8) && length <= SD_META_KEY_MAX;
	}
	while (i < length && key[i] > ' ' && key[i] < 0x7f) {
		i++;
	}
	return i == length;
}

size_t sd_meta_written_key_length(const void *key, size_t length)
{
	return is_plain(key, length) ? length : (length + 2) / 3 * 4;
}

/* The command, the key, and of a set the length of its data. */
static uint8_t *put_subject(uint8_t *out, const struct sd_meta_ask *ask)
{
	bool plain = is_plain(ask->key, ask->key_length);

	memcpy(out, ask->command, 2);
	out[2] = ' ';
	out += 3;
	if (plain) {
		memcpy(out, ask->key, ask->key_length);
		out += ask->key_length;
	} else {
		out += sd_meta_write_base64(out, ask->key, ask->key_length);
	}
	if (memcmp(ask->command, "ms", 2) == 0) {
		out = put_number(out, " ", ask->data_length);
	}
	return plain ? out : put_text(out, " b");
}

/* What is to be told, and the token that says whose answer it is. */
static uint8_t *put_wants(uint8_t *out, const struct sd_meta_ask *ask)
{
	out = put_text(out, " O");
	memcpy(out, &ask->opaque, SD_META_TOKEN);
	out += SD_META_TOKEN;
	out = ask->wants_value ? put_text(out, " v") : out;
	out = ask->wants_version ? put_text(out, " c") : out;
	return ask->wants_ttl ? put_text(out, " t") : out;
}

size_t sd_meta_write_ask(uint8_t out[SD_META_ASK_MAX], const struct sd_meta_ask *ask)
{
	uint8_t *at = put_wants(put_subject(out, ask), ask);

	at = ask->invalidate ? put_text(at, " I x") : at;
	if (ask->has_ttl) {
		at = ask->ttl < 0 ? put_text(at, " T-1") : put_number(at, " T", (uint64_t)ask->ttl);
	}
	if (ask->version != 0) {
		at = put_number(at, " E", ask->version);
	}
	if (ask->has_compare) {
		at = put_number(at, " C", ask->compare);
	}
	at = ask->only_newer ? put_text(at, " G") : at;
	at = ask->only_held ? put_text(at, " H") : at;
	if (ask->compared != 0) {
		at = put_number(at, " U", ask->compared);
	}
	if (ask->has_delta) {
		at = put_number(at, " D", ask->delta);
	}
	if (ask->mode != '\0') {
		at = put_text(at, " M");
		*at++ = (uint8_t)ask->mode;
	}
	if (ask->wait_ms > 0) {
		at = put_number(at, " W", (uint64_t)ask->wait_ms);
	}
	at = put_text(at, "\r\n");
	return (size_t)(at - out);
}

/* }}} */

/* {{{ answers */

static const struct {
	char word[13];
	uint8_t length;
	enum sd_meta_answer_kind kind;
} kinds[] = {
	{"VA", 2, SD_META_VALUE},
	{"HD", 2, SD_META_DONE},
	{"EN", 2, SD_META_NONE},
	{"NF", 2, SD_META_NOT_FOUND},
	{"NS", 2, SD_META_NOT_STORED},
	{"EX", 2, SD_META_EXISTS},
	{"MN", 2, SD_META_NOTHING},
	{"VERSION", 7, SD_META_IS_VERSION},
	{"ERROR", 5, SD_META_ERROR},
	{"CLIENT_ERROR", 12, SD_META_ERROR},
	{"SERVER_ERROR", 12, SD_META_ERROR},
};

/* The kind of a line by its first word. Behind the line stands its end, which is in no word. */
static enum sd_meta_answer_kind kind_of(const uint8_t *line, const uint8_t *end)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *word = kinds[i].word;
		size_t length = kinds[i].length;

		if (line[0] == word[0] && line[1] == word[1] &&
		    (length == 2 || ((size_t)(end - line) >= length && memcmp(line, word, length) == 0)) &&
		    (line[length] == ' ' || line + length == end)) {
			return kinds[i].kind;
		}
	}
	return SD_META_GARBAGE;
}

/* Whether a line that begins so may become an answer. */
static bool may_become_one(const uint8_t *line, size_t length)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t compared = length < kinds[i].length ? length : kinds[i].length;

		if (memcmp(line, kinds[i].word, compared) == 0) {
			return true;
		}
	}
	return false;
}

/*
 * What reads a word returns where it stopped; NULL: it is not of the protocol.
 * Whether the word ends there shows behind it. Behind the last one stands the
 * line's end, at `end`, which is neither a digit nor a space.
 */

/* What the digit there is worth; more than 9: it is none. */
static inline uint64_t digit_at(const uint8_t *at)
{
	return (uint64_t)*at - '0';
}

/* A number that is not too large. */
static inline const uint8_t *read_number(const uint8_t *at, uint64_t *number)
{
	const uint8_t *start = at;
	uint64_t digit = digit_at(at);
	uint64_t value = 0;

	if (digit > 9) {
		return NULL;
	}
	do {
		value = value * 10 + digit;
		digit = digit_at(++at);
	} while (digit <= 9);
	*number = value;
	/* 19 digits always fit */
	return at - start <= 19 || sd_meta_read_u64(start, (size_t)(at - start), number) ? at : NULL;
}

/* A time to live: whatever is negative means that it never expires. */
static const uint8_t *read_ttl(struct sd_meta_answer *answer, const uint8_t *at)
{
	bool negative = *at == '-';
	uint64_t number = 0;

	at = read_number(at + negative, &number);
	answer->has_ttl = at != NULL && number <= INT64_MAX;
	answer->ttl = negative ? -1 : (int64_t)number;
	return answer->has_ttl ? at : NULL;
}

/* An opaque token as sd_meta_next_opaque() makes them; another is nobody's. */
static const uint8_t *read_token(struct sd_meta_answer *answer, const uint8_t *at,
                                 const uint8_t *end)
{
	const uint64_t each = 0x0101010101010101;

	if (end - at < SD_META_TOKEN) {
		return NULL;
	}
	memcpy(&answer->opaque, at, SD_META_TOKEN);
	answer->has_opaque = (answer->opaque & each * 0xf0) == each * 'P';
	return answer->has_opaque ? at + SD_META_TOKEN : NULL;
}

static const uint8_t *skip_word(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at != ' ') {
		at++;
	}
	return at;
}

/* A flag, or nothing between two spaces; those that were not asked for are passed over. */
static const uint8_t *read_flag(struct sd_meta_answer *answer, const uint8_t *at,
                                const uint8_t *end)
{
	switch (*at) {
	case 'O':
		return read_token(answer, at + 1, end);
	case 'c':
		answer->has_version = true;
		return read_number(at + 1, &answer->version);
	case 't':
		return read_ttl(answer, at + 1);
	case 'X':
		answer->stale = true;
		return skip_word(at, end);
	case 'U':
		answer->unproven = true;
		return skip_word(at, end);
	default:
		return skip_word(at, end);
	}
}

/* What stands behind the kind's two letters. False: it is not of the protocol. */
static bool read_rest(struct sd_meta_answer *answer, const uint8_t *at, const uint8_t *end)
{
	if (answer->kind == SD_META_VALUE) {
		while (*at == ' ') {
			at++;
		}
		at = read_number(at, &answer->value_length);
		if (at == NULL || answer->value_length > INT32_MAX) {
			return false;
		}
	}
	while (*at == ' ') {
		at = read_flag(answer, at + 1, end);
		if (at == NULL) {
			return false;
		}
	}
	return at == end;
}

bool sd_meta_read_answer(const uint8_t *bytes, size_t length, struct sd_meta_answer *answer)
{
	size_t looked_at = length < SD_META_ANSWER_MAX ? length : SD_META_ANSWER_MAX;
	const uint8_t *newline = memchr(bytes, '\n', looked_at);
	const uint8_t *end;

	if (newline == NULL && length < SD_META_ANSWER_MAX && may_become_one(bytes, length)) {
		return false;
	}
	memset(answer, 0, sizeof(*answer));
	answer->kind = SD_META_GARBAGE;
	answer->text = bytes;
	if (newline == NULL) {
		answer->line_length = looked_at; /* not 0: who goes on behind the line gets on */
		answer->text_length = looked_at;
		return true;
	}
	answer->line_length = (size_t)(newline - bytes) + 1;
	answer->text_length = (size_t)(newline - bytes);
	if (newline == bytes || newline[-1] != '\r') {
		return true;
	}
	end = newline - 1;
	answer->text_length = (size_t)(end - bytes);
	answer->kind = kind_of(bytes, end);
	if (answer->kind < SD_META_NOTHING && !read_rest(answer, bytes + 2, end)) {
		answer->kind = SD_META_GARBAGE;
	}
	return true;
}

/* }}} */
