/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's bytes as a client writes and reads them; see meta_client.h. */

#include "wire/meta_client.h"

#include <string.h>

#include "wire/meta.h"

/* {{{ requests */

static uint8_t *put_text(uint8_t *out, const char *text)
{
	size_t length = strlen(text);

	memcpy(out, text, length);
	return out + length;
}

static uint8_t *put_number(uint8_t *out, const char *before, uint64_t number)
{
	out = put_text(out, before);
	return out + sd_meta_write_u64(out, number);
}

/* What stands in a line as it is: no space, no control character, ASCII. */
static bool is_plain(const uint8_t *key, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (key[i] <= ' ' || key[i] >= 0x7f) {
			return false;
		}
	}
	return length <= SD_META_KEY_MAX;
}

size_t sd_meta_written_key_length(const void *key, size_t length)
{
	return is_plain(key, length) ? length : (length + 2) / 3 * 4;
}

size_t sd_meta_write_ask(uint8_t out[SD_META_ASK_MAX], const struct sd_meta_ask *ask)
{
	bool plain = is_plain(ask->key, ask->key_length);
	uint8_t *at = out;

	at = put_text(at, ask->command);
	*at++ = ' ';
	if (plain) {
		memcpy(at, ask->key, ask->key_length);
		at += ask->key_length;
	} else {
		at += sd_meta_write_base64(at, ask->key, ask->key_length);
	}
	if (memcmp(ask->command, "ms", 2) == 0) {
		at = put_number(at, " ", ask->data_length);
	}
	at = put_text(at, plain ? "" : " b");
	at = put_number(at, " O", ask->opaque);
	at = put_text(at, ask->wants_value ? " v" : "");
	at = put_text(at, ask->wants_version ? " c" : "");
	at = put_text(at, ask->wants_ttl ? " t" : "");
	at = put_text(at, ask->invalidate ? " I x" : "");
	if (ask->has_ttl) {
		at = ask->ttl < 0 ? put_text(at, " T-1") : put_number(at, " T", (uint64_t)ask->ttl);
	}
	if (ask->version != 0) {
		at = put_number(at, " E", ask->version);
	}
	if (ask->has_compare) {
		at = put_number(at, " C", ask->compare);
	}
	at = put_text(at, ask->only_newer ? " G" : "");
	at = put_text(at, ask->only_held ? " H" : "");
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
	const char *word;
	size_t length;
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

static enum sd_meta_answer_kind kind_of(const uint8_t *line, size_t length)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t word_length = kinds[i].length;

		if (length >= word_length && memcmp(line, kinds[i].word, word_length) == 0 &&
		    (length == word_length || line[word_length] == ' ')) {
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

/* The next word behind `at`; its length is 0 at the line's end. */
static const uint8_t *next_word(const uint8_t *at, const uint8_t *end, size_t *length)
{
	const uint8_t *start;

	while (at < end && *at == ' ') {
		at++;
	}
	start = at;
	while (at < end && *at != ' ') {
		at++;
	}
	*length = (size_t)(at - start);
	return start;
}

/* Notes a flag. False: it has a token that is none. Flags that were not asked for are passed over.
 */
static bool read_flag(struct sd_meta_answer *answer, const uint8_t *word, size_t length)
{
	const uint8_t *token = word + 1;
	size_t token_length = length - 1;
	bool negative = token_length > 0 && *token == '-';
	uint64_t number;

	switch (*word) {
	case 'O':
		answer->has_opaque = sd_meta_read_u64(token, token_length, &number) && number <= UINT32_MAX;
		answer->opaque = (uint32_t)number;
		return answer->has_opaque;
	case 'c':
		answer->has_version = sd_meta_read_u64(token, token_length, &answer->version);
		return answer->has_version;
	case 't':
		answer->has_ttl = sd_meta_read_u64(token + negative, token_length - negative, &number) &&
		                  number <= INT64_MAX;
		answer->ttl = negative ? -1 : (int64_t)number;
		return answer->has_ttl;
	case 'X':
		answer->stale = true;
		return true;
	case 'U':
		answer->unproven = true;
		return true;
	default:
		return true;
	}
}

/* What stands behind the first word. False: it is not of the protocol. */
static bool read_rest(struct sd_meta_answer *answer, const uint8_t *at, const uint8_t *end)
{
	size_t length;
	const uint8_t *word = next_word(at, end, &length); /* the kind */

	if (answer->kind == SD_META_VALUE) {
		word = next_word(word + length, end, &length);
		if (!sd_meta_read_u64(word, length, &answer->value_length) ||
		    answer->value_length > INT32_MAX) {
			return false;
		}
	}
	for (;;) {
		word = next_word(word + length, end, &length);
		if (length == 0) {
			return true;
		}
		if (!read_flag(answer, word, length)) {
			return false;
		}
	}
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
	answer->kind = kind_of(bytes, answer->text_length);
	if (answer->kind < SD_META_NOTHING && !read_rest(answer, bytes, end)) {
		answer->kind = SD_META_GARBAGE;
	}
	return true;
}

/* }}} */
