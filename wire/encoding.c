/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Decimals, base64 and a byte for people; see encoding.h. */

#include "wire/encoding.h"

#include <stdio.h>
#include <string.h>

/* {{{ decimals */

#define ALWAYS_FIT 19 /* so many digits are never too large */

bool sd_decimal_read(const uint8_t *bytes, size_t length, uint64_t *value)
{
	const uint8_t *end = bytes + length;
	const uint8_t *fitting = length < ALWAYS_FIT ? end : bytes + ALWAYS_FIT;
	uint64_t number = 0;
	const uint8_t *at;

	*value = 0;
	for (at = bytes; at < fitting; at++) {
		uint8_t digit = (uint8_t)(*at - '0');

		if (digit > 9) {
			return false;
		}
		number = number * 10 + digit;
	}
	for (; at < end; at++) {
		uint8_t digit = (uint8_t)(*at - '0');

		if (digit > 9 || number > (UINT64_MAX - digit) / 10) {
			return false;
		}
		number = number * 10 + digit;
	}
	*value = number;
	return length > 0;
}

/* Each number below 100, in two digits. */
static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
								  "25262728293031323334353637383940414243444546474849"
								  "50515253545556575859606162636465666768697071727374"
								  "75767778798081828384858687888990919293949596979899";

size_t sd_decimal_write(uint8_t *out, uint64_t value)
{
	uint32_t groups[SD_DECIMAL_MAX / 4]; /* of four digits; the last first */
	size_t count = 0;
	uint8_t *at = out;
	uint32_t first;

	for (; value >= 10000; value /= 10000) {
		groups[count++] = (uint32_t)(value % 10000);
	}
	/* the first group has no zeros in front */
	first = (uint32_t)value;
	if (first >= 1000) {
		memcpy(at, digit_pairs + first / 100 * 2, 2);
		at += 2;
	} else if (first >= 100) {
		*at++ = (uint8_t)('0' + first / 100);
	}
	if (first >= 10) {
		memcpy(at, digit_pairs + first % 100 * 2, 2);
		at += 2;
	} else {
		*at++ = (uint8_t)('0' + first);
	}
	while (count > 0) {
		uint32_t group = groups[--count];

		memcpy(at, digit_pairs + group / 100 * 2, 2);
		memcpy(at + 2, digit_pairs + group % 100 * 2, 2);
		at += 4;
	}
	return (size_t)(at - out);
}

/* }}} */

/* {{{ base64 */

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t sd_base64_write(uint8_t *out, const uint8_t *bytes, size_t length)
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

size_t sd_base64_read(const uint8_t *in, size_t length, uint8_t *out, size_t size)
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

/* }}} */

/* Not isprint(): it obeys the locale. */
const char *sd_character(char out[SD_CHARACTER_MAX], char byte)
{
	bool is_printable = byte >= ' ' && byte < 0x7f;

	(void)snprintf(out, SD_CHARACTER_MAX, is_printable ? "'%c'" : "0x%02x", (unsigned char)byte);
	return out;
}
