/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What a server is, by its answers to the greeting; see greeting.h. */

#include "client/transport/greeting.h"

#include <string.h>

#include "client/transport/printable.h"
#include "wire/encoding.h"

#define SUFFIX "-sharedanced" /* at the end of our server's version */
#define SUFFIX_LENGTH (sizeof(SUFFIX) - 1)
#define WORD "VERSION "
#define WORD_LENGTH (sizeof(WORD) - 1)

size_t sd_greeting_write(uint8_t *out, int64_t ttl_s)
{
	size_t length = sd_meta_write_greeting(out, ttl_s);

	memcpy(out + length, SD_GREETING_END, sizeof(SD_GREETING_END) - 1);
	return length + sizeof(SD_GREETING_END) - 1;
}

static bool is_sharedanced(const struct sd_meta_reply *answer)
{
	return answer->text_length > SUFFIX_LENGTH &&
	       memcmp(answer->text + answer->text_length - SUFFIX_LENGTH, SUFFIX, SUFFIX_LENGTH) == 0;
}

static void take_version(struct sd_greeting *greeting, const struct sd_meta_reply *answer)
{
	size_t skipped = answer->text_length < WORD_LENGTH ? answer->text_length : WORD_LENGTH;

	greeting->dialect = is_sharedanced(answer) ? SD_SHAREDANCED : SD_MEMCACHED;
	(void)sd_printable(greeting->version, sizeof(greeting->version), answer->text + skipped,
	                   answer->text_length - skipped);
}

/* Takes one word of what a server says of itself: a letter, most with a token. Words of later
 * versions are skipped, and so is one that is wrong: without it everything works as with a server
 * that has not said it. */
static void take_word(struct sd_greeting *greeting, const uint8_t *word, size_t length)
{
	uint8_t id[SD_GREETING_ID];

	switch (word[0]) {
	case 'h':
		greeting->takes_holders = length == 1;
		break;
	case 'i':
		greeting->has_id = sd_base64_read(word + 1, length - 1, id, sizeof(id)) == sizeof(id);
		if (greeting->has_id) {
			memcpy(greeting->id, id, sizeof(id));
		}
		break;
	case 'n':
		if (!sd_decimal_read(word + 1, length - 1, &greeting->start)) {
			greeting->start = 0;
		}
		break;
	case 's':
		if (!sd_decimal_read(word + 1, length - 1, &greeting->process)) {
			greeting->process = 0;
		}
		break;
	case 'u':
		greeting->has_unproven = sd_decimal_read(word + 1, length - 1, &greeting->unproven);
		break;
	case 'w':
		if (!sd_decimal_read(word + 1, length - 1, &greeting->wall_us)) {
			greeting->wall_us = 0;
		}
		break;
	default:
		break;
	}
}

/* The words are behind MN, and each has a space in front. */
bool sd_greeting_take_itself(struct sd_greeting *greeting, const struct sd_meta_reply *answer)
{
	const uint8_t *end = answer->text + answer->text_length;
	const uint8_t *at = answer->text;

	if (answer->kind != SD_META_NOTHING) {
		return false;
	}
	greeting->has_id = greeting->has_unproven = greeting->takes_holders = false;
	greeting->start = greeting->process = greeting->wall_us = 0;
	while (at < end) {
		const uint8_t *space = memchr(at, ' ', (size_t)(end - at));
		const uint8_t *word_end = space != NULL ? space : end;

		if (at > answer->text && word_end > at) {
			take_word(greeting, at, (size_t)(word_end - at));
		}
		at = word_end + 1;
	}
	return true;
}

enum sd_greeting_result sd_greeting_take(struct sd_greeting *greeting,
                                         const struct sd_meta_reply *answer)
{
	bool is_refused = answer->kind == SD_META_ERROR;

	switch (++greeting->answers) {
	case 1:
		return sd_greeting_take_itself(greeting, answer) ? SD_GREETING_MORE : SD_GREETING_BAD;
	case 2:
		if (answer->kind != SD_META_IS_VERSION) {
			return SD_GREETING_BAD;
		}
		take_version(greeting, answer);
		return SD_GREETING_MORE;
	case 3:
		if (is_refused && greeting->dialect != SD_SHAREDANCED) {
			greeting->dialect = SD_OLD_MEMCACHED;
			return SD_GREETING_DONE;
		}
		return answer->kind == SD_META_NONE || answer->kind == SD_META_DONE ? SD_GREETING_DONE
		                                                                    : SD_GREETING_BAD;
	default:
		return SD_GREETING_BAD;
	}
}
