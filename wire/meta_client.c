/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Writes requests of the meta protocol and reads replies; see meta_client.h. */

#include "wire/meta_client.h"

#include <string.h>

#include "wire/encoding.h"

/* {{{ requests */

static inline uint8_t *put_text(uint8_t *out, const char *text)
{
	size_t length = strlen(text);

	memcpy(out, text, length);
	return out + length;
}

/* Writes a flag that has a number. */
static inline uint8_t *put_number(uint8_t *out, char flag, uint64_t number)
{
	out[0] = ' ';
	out[1] = (uint8_t)flag;
	return out + 2 + sd_decimal_write(out + 2, number);
}

/* Whether a key can be written to a line as it is: ASCII without spaces and control characters. Of
 * eight bytes, one that is not has its highest bit set after 1 is added, or after '!' is
 * subtracted. */
static bool is_plain(const uint8_t *key, size_t length)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t found = 0;
	uint64_t bytes;
	uint32_t halves[2];
	size_t at = 0;

	if (length < sizeof(halves[0])) {
		while (at < length && key[at] > ' ' && key[at] < 0x7f) {
			at++;
		}
		return at == length;
	}
	if (length < sizeof(bytes)) {
		memcpy(&halves[0], key, sizeof(halves[0]));
		memcpy(&halves[1], key + length - sizeof(halves[1]), sizeof(halves[1]));
		bytes = halves[0] | (uint64_t)halves[1] << 32;
		return (((bytes + each) | (bytes - each * '!')) & each << 7) == 0;
	}
	do {
		/* the last eight may have bytes that were looked at before */
		at = at <= length - sizeof(bytes) ? at : length - sizeof(bytes);
		memcpy(&bytes, key + at, sizeof(bytes));
		found |= (bytes + each) | (bytes - each * '!');
		at += sizeof(bytes);
	} while (at < length);
	return (found & each << 7) == 0 && length <= SD_META_KEY_MAX;
}

size_t sd_meta_written_key_length(const void *key, size_t length)
{
	return is_plain(key, length) ? length : (length + 2) / 3 * 4;
}

/* Writes the command, the key, and for a set the length of its data. */
static uint8_t *put_subject(uint8_t *out, const struct sd_meta_client_request *request)
{
	bool plain = is_plain(request->key, request->key_length);

	memcpy(out, request->command, 2);
	out[2] = ' ';
	out += 3;
	if (plain) {
		memcpy(out, request->key, request->key_length);
		out += request->key_length;
	} else {
		out += sd_base64_write(out, request->key, request->key_length);
	}
	if (memcmp(request->command, "ms", 2) == 0) {
		*out++ = ' ';
		out += sd_decimal_write(out, request->data_length);
	}
	return plain ? out : put_text(out, " b");
}

/* Writes the flags that say what the reply must contain, and the token that it must return. */
static uint8_t *put_wants(uint8_t *out, const struct sd_meta_client_request *request)
{
	memcpy(out, " O", 2);
	memcpy(out + 2, &request->opaque, SD_META_TOKEN);
	out += 2 + SD_META_TOKEN;
	out = request->wants_value ? put_text(out, " v") : out;
	out = request->wants_version ? put_text(out, " c") : out;
	return request->wants_ttl ? put_text(out, " t") : out;
}

size_t sd_meta_write_request(uint8_t out[SD_META_REQUEST_MAX],
                             const struct sd_meta_client_request *request)
{
	uint8_t *at = put_wants(put_subject(out, request), request);

	at = request->invalidate ? put_text(at, " I x") : at;
	if (request->has_ttl) {
		at = request->ttl < 0 ? put_text(at, " T-1") : put_number(at, 'T', (uint64_t)request->ttl);
	}
	if (request->version != 0) {
		at = put_number(at, 'E', request->version);
	}
	if (request->has_compare) {
		at = put_number(at, 'C', request->compare);
	}
	at = request->only_newer ? put_text(at, " G") : at;
	if (request->holder != 0) {
		memcpy(at, " H", 2);
		sd_holder_write(at + 2, request->holder);
		at += 2 + SD_HOLDER_LENGTH;
	} else if (request->only_held) {
		at = put_text(at, " H");
	}
	at = request->is_repair ? put_text(at, " U") : at;
	if (request->compared != 0) {
		at = put_number(at, 'U', request->compared);
	}
	if (request->has_delta) {
		at = put_number(at, 'D', request->delta);
	}
	if (request->mode != '\0') {
		at = put_text(at, " M");
		*at++ = (uint8_t)request->mode;
	}
	if (request->wait_ms > 0) {
		at = put_number(at, 'W', (uint64_t)request->wait_ms);
	}
	memcpy(at, "\r\n", 2);
	return (size_t)(at + 2 - out);
}

size_t sd_meta_write_who(uint8_t *out)
{
	return (size_t)(put_text(out, "mn " SD_META_WHO "\r\n") - out);
}

size_t sd_meta_write_greeting(uint8_t *out, int64_t ttl_s)
{
	uint8_t *at = put_text(out, "mn " SD_META_WHO);

	at = ttl_s > 0 ? put_number(at, SD_META_TTL, (uint64_t)ttl_s) : at;
	return (size_t)(put_text(at, "\r\nversion\r\n") - out);
}

/* }}} */

/* {{{ replies */

static const struct {
	char word[13];
	uint8_t length;
	enum sd_meta_reply_kind kind;
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

/* The kind of a line, by its first word. The line's end is behind it and in no word, so that
 * reading two bytes of any line is allowed. */
static enum sd_meta_reply_kind kind_of(const uint8_t *line, const uint8_t *end)
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

/* Whether a line with this beginning may become a reply. */
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
 * The functions that read a word return the position at which they stopped; NULL:
 * the word is not of the protocol. The byte at that position shows whether the word
 * ends there. Behind the last word, at `end`, is the line's end, which is neither a
 * digit nor a space.
 */

/* Reads a number of 64 bits. */
static inline const uint8_t *read_number(const uint8_t *at, uint64_t *number)
{
	const uint8_t *start = at;
	uint64_t value = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		value = value * 10 + (uint8_t)(*at - '0');
	}
	if (at == start) {
		return NULL;
	}
	*number = value;
	/* 19 digits always fit */
	return at - start <= 19 || sd_decimal_read(start, (size_t)(at - start), number) ? at : NULL;
}

/* Reads a time to live: any negative one means that the entry never expires. */
static const uint8_t *read_ttl(struct sd_meta_reply *reply, const uint8_t *at)
{
	bool negative = *at == '-';
	uint64_t number = 0;

	at = read_number(at + negative, &number);
	reply->has_ttl = at != NULL && number <= INT64_MAX;
	reply->ttl = negative ? -1 : (int64_t)number;
	return reply->has_ttl ? at : NULL;
}

/* Reads an opaque token. One that sd_meta_next_opaque() cannot have made is wrong. */
static const uint8_t *read_token(struct sd_meta_reply *reply, const uint8_t *at, const uint8_t *end)
{
	const uint64_t each = 0x0101010101010101;

	if (end - at < SD_META_TOKEN) {
		return NULL;
	}
	memcpy(&reply->opaque, at, SD_META_TOKEN);
	reply->has_opaque = (reply->opaque & each * 0xf0) == each * 'P';
	return reply->has_opaque ? at + SD_META_TOKEN : NULL;
}

static const uint8_t *skip_word(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at != ' ') {
		at++;
	}
	return at;
}

/* Reads a flag, or nothing between two spaces. Flags that no request asks for are skipped. */
static const uint8_t *read_flag(struct sd_meta_reply *reply, const uint8_t *at, const uint8_t *end)
{
	switch (*at) {
	case 'O':
		return read_token(reply, at + 1, end);
	case 'c':
		reply->has_version = true;
		return read_number(at + 1, &reply->version);
	case 't':
		return read_ttl(reply, at + 1);
	case 'X':
		reply->stale = true;
		return skip_word(at, end);
	case 'U':
		reply->unproven = true;
		return skip_word(at, end);
	case 'W': /* of an answer to mg it says that the client has won: nobody asks for that */
		reply->crowded = true;
		return skip_word(at, end);
	default:
		return skip_word(at, end);
	}
}

/* Reads what is behind the two letters of the kind. False: it is not of the protocol. */
static bool read_rest(struct sd_meta_reply *reply, const uint8_t *at, const uint8_t *end)
{
	if (reply->kind == SD_META_VALUE) {
		while (*at == ' ') {
			at++;
		}
		at = read_number(at, &reply->value_length);
		if (at == NULL || reply->value_length > INT32_MAX) {
			return false;
		}
	}
	while (*at == ' ') {
		at = read_flag(reply, at + 1, end);
		if (at == NULL) {
			return false;
		}
	}
	return at == end;
}

bool sd_meta_read_reply(const uint8_t *bytes, size_t length, struct sd_meta_reply *reply)
{
	size_t looked_at = length < SD_META_REPLY_MAX ? length : SD_META_REPLY_MAX;
	const uint8_t *newline = memchr(bytes, '\n', looked_at);
	const uint8_t *end;

	if (newline == NULL && length < SD_META_REPLY_MAX && may_become_one(bytes, length)) {
		return false;
	}
	memset(reply, 0, sizeof(*reply));
	reply->kind = SD_META_GARBAGE;
	reply->text = bytes;
	if (newline == NULL) {
		reply->line_length =
			looked_at; /* not 0, so that a caller that skips this line makes progress */
		reply->text_length = looked_at;
		return true;
	}
	reply->line_length = (size_t)(newline - bytes) + 1;
	reply->text_length = (size_t)(newline - bytes);
	if (newline == bytes || newline[-1] != '\r') {
		return true;
	}
	end = newline - 1;
	reply->text_length = (size_t)(end - bytes);
	reply->kind = kind_of(bytes, end);
	if (reply->kind < SD_META_NOTHING && !read_rest(reply, bytes + 2, end)) {
		reply->kind = SD_META_GARBAGE;
	}
	return true;
}

/* }}} */
