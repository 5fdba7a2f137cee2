/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The client's decoder of the meta protocol, for any bytes: an answer is there
 * as soon as its line is, it lies within the line, and no byte behind it changes
 * what was read; what was read and is written again is read the same.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/meta_client.h"

static void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

static bool has_flags(const struct sd_meta_reply *answer)
{
	return answer->has_opaque || answer->has_version || answer->has_ttl || answer->stale ||
	       answer->unproven;
}

static void must_be_the_same(const struct sd_meta_reply *one, const struct sd_meta_reply *other)
{
	must(one->kind == other->kind && one->value_length == other->value_length);
	must(one->has_opaque == other->has_opaque && one->opaque == other->opaque);
	must(one->has_version == other->has_version && one->version == other->version);
	must(one->has_ttl == other->has_ttl && one->ttl == other->ttl);
	must(one->stale == other->stale && one->unproven == other->unproven);
}

static void check(const struct sd_meta_reply *answer, const uint8_t *bytes, size_t length)
{
	must(answer->line_length > 0 && answer->line_length <= length);
	must(answer->line_length <= SD_META_REPLY_MAX);
	must(answer->text == bytes && answer->text_length <= answer->line_length);
	must(memchr(answer->text, '\n', answer->text_length) == NULL);
	if (answer->kind == SD_META_GARBAGE) {
		return; /* nothing else of it counts */
	}
	must(answer->text_length + 2 == answer->line_length);
	must(memcmp(bytes + answer->text_length, "\r\n", 2) == 0);
	must(answer->value_length <= (answer->kind == SD_META_VALUE ? INT32_MAX : 0));
	must(answer->kind < SD_META_NOTHING || !has_flags(answer));
	must(answer->ttl >= -1);
}

/* Cut where the answer ends: in memory of just that size, so that ASan sees a byte more. */
static void read_cut(const struct sd_meta_reply *whole, const uint8_t *bytes)
{
	struct sd_meta_reply part;
	uint8_t *shorter = malloc(whole->line_length);

	must(shorter != NULL);
	memcpy(shorter, bytes, whole->line_length);
	must(sd_meta_read_reply(shorter, whole->line_length, &part));
	must(part.line_length == whole->line_length && part.text_length == whole->text_length);
	must_be_the_same(&part, whole);
	must(!sd_meta_read_reply(shorter, whole->line_length - 1, &part) ||
	     (whole->kind == SD_META_GARBAGE && part.kind == SD_META_GARBAGE));
	free(shorter);
}

static void read_again(const struct sd_meta_reply *first)
{
	static const char *const words[] = {"VA", "HD", "EN", "NF", "NS", "EX"};
	struct sd_meta_reply again;
	char line[256];
	size_t length = 0;

#define PUT(...) (length += (size_t)snprintf(line + length, sizeof(line) - length, __VA_ARGS__))
	PUT("%s", words[first->kind]);
	if (first->kind == SD_META_VALUE) {
		PUT(" %llu", (unsigned long long)first->value_length);
	}
	PUT("%s%s", first->unproven ? " U" : "", first->stale ? " X" : "");
	if (first->has_ttl) {
		PUT(" t%lld", (long long)first->ttl);
	}
	if (first->has_version) {
		PUT(" c%llu", (unsigned long long)first->version);
	}
	PUT("%s", first->has_opaque ? " O" : "");
	if (first->has_opaque) {
		memcpy(line + length, &first->opaque, SD_META_TOKEN);
		length += SD_META_TOKEN;
	}
	PUT("\r\n");
#undef PUT
	must(sd_meta_read_reply((const uint8_t *)line, length, &again));
	must(again.line_length == length);
	must_be_the_same(&again, first);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	size_t looked_at = length < SD_META_REPLY_MAX ? length : SD_META_REPLY_MAX;
	const uint8_t *newline = length > 0 ? memchr(bytes, '\n', looked_at) : NULL;
	struct sd_meta_reply answer;

	if (!sd_meta_read_reply(bytes, length, &answer)) {
		must(newline == NULL && length < SD_META_REPLY_MAX);
		return 0;
	}
	must(newline != NULL || answer.kind == SD_META_GARBAGE);
	must(newline == NULL || answer.line_length == (size_t)(newline - bytes) + 1);
	check(&answer, bytes, length);
	read_cut(&answer, bytes);
	if (answer.kind < SD_META_NOTHING) {
		read_again(&answer);
	}
	return 0;
}
