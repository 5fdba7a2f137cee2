/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Texts that all workers share; see mark_text.h. */

#include "client/net/mark_text.h"

#include <stdbool.h>
#include <string.h>

#include "wire/hash.h"

#define TRIES 16 /* to read or write a text that others may be writing */

static uint64_t check_of(const uint64_t *words, size_t count)
{
	const uint8_t *bytes = (const uint8_t *)words;
	uint64_t check = SD_FNV64_BASIS;

	for (size_t i = 0; i < count * sizeof(*words); i++) {
		check = sd_fnv64_byte(check, bytes[i]);
	}
	return check != 0 ? check : 1;
}

/* False: there is none, or it is not whole. */
static bool read_words(_Atomic uint64_t *from, size_t count, _Atomic uint64_t *check,
                       uint64_t *words)
{
	for (size_t i = 0; i < count; i++) {
		words[i] = atomic_load(&from[i]);
	}
	return atomic_load(check) == check_of(words, count);
}

/* Two that write at once may mix their texts. Then the check is wrong, and the one that sees it
 * writes again. */
void sd_mark_text_write(_Atomic uint64_t *words, size_t count, _Atomic uint64_t *check,
                        const char *text)
{
	uint64_t wanted[SD_MARK_TEXT_WORDS_MAX] = {0};
	uint64_t found[SD_MARK_TEXT_WORDS_MAX];
	size_t room = count * sizeof(*wanted);
	size_t length = strlen(text);

	memcpy(wanted, text, length < room ? length : room - 1);
	for (int i = 0; i < TRIES; i++) {
		for (size_t j = 0; j < count; j++) {
			atomic_store(&words[j], wanted[j]);
		}
		atomic_store(check, check_of(wanted, count));
		if (read_words(words, count, check, found)) {
			return; /* this one, or another's */
		}
	}
}

void sd_mark_text_read(_Atomic uint64_t *words, size_t count, _Atomic uint64_t *check, char *text)
{
	uint64_t found[SD_MARK_TEXT_WORDS_MAX];

	for (int i = 0; i < TRIES; i++) {
		if (read_words(words, count, check, found)) {
			memcpy(text, found, count * sizeof(*found));
			text[count * sizeof(*found) - 1] = '\0';
			return;
		}
	}
	text[0] = '\0';
}
