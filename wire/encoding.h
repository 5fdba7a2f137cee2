/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Decimals, base64 and the tokens of locks' holders, as the meta protocol's lines have them; and a
 * byte, as messages show it. */

#ifndef SD_ENCODING_H
#define SD_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SD_DECIMAL_MAX 20   /* bytes of the longest decimal of 64 bits */
#define SD_HOLDER_LENGTH 16 /* bytes of a token of 64 bits */

/* Bytes that `length` bytes take in base64. */
#define SD_BASE64_LENGTH(length) (((length) + 2) / 3 * 4)

/* Reads an unsigned decimal of 64 bits: digits and nothing else. False: it is none, or too large.
 */
bool sd_decimal_read(const uint8_t *bytes, size_t length, uint64_t *value);

/* Writes a decimal without a terminator, at most SD_DECIMAL_MAX bytes. Returns the number written.
 */
size_t sd_decimal_write(uint8_t *out, uint64_t value);

#define SD_CHARACTER_MAX 5 /* bytes of a byte for people, terminator included */

/* Writes a byte for people to `out`: 'a', or 0x07 if it is not printable ASCII. Returns `out`. */
const char *sd_character(char out[SD_CHARACTER_MAX], char byte);

/* Writes `length` bytes in base64 to `out`, which has SD_BASE64_LENGTH(length) bytes, without a
 * terminator. Returns the number written. */
size_t sd_base64_write(uint8_t *out, const uint8_t *bytes, size_t length);

/* Reads base64 strictly: whole groups, and padding only at the end. Returns the number of bytes
 * written to `out`; 0: it is not base64, or it makes more than `size` bytes. */
size_t sd_base64_read(const uint8_t *in, size_t length, uint8_t *out, size_t size);

/* The fewest bytes that `length` digits of base64 encode: less, if some of them are padding. */
static inline size_t sd_base64_least_decoded(size_t length)
{
	return length < 4 ? 0 : length / 4 * 3 - 2;
}

/*
 * A token of a lock's holder is 16 characters, 'P' to '_', with four bits in each, as those of
 * answers are (meta_client.h): three of them are read for each session. Tokens are compared and
 * never calculated with, so that it does not matter which character has which bits.
 */
static inline void sd_holder_write(uint8_t out[SD_HOLDER_LENGTH], uint64_t holder)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t halves[2] = {(holder & each * 0x0f) | each * 'P',
	                      (holder >> 4 & each * 0x0f) | each * 'P'};

	memcpy(out, halves, sizeof(halves));
}

/* Reads a token. Different ones are different numbers. False: it is none. */
static inline bool sd_holder_read(const uint8_t *bytes, size_t length, uint64_t *holder)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t halves[2];

	if (length != SD_HOLDER_LENGTH) {
		return false;
	}
	memcpy(halves, bytes, sizeof(halves));
	*holder = (halves[0] & each * 0x0f) | (halves[1] & each * 0x0f) << 4;
	return (((halves[0] ^ each * 'P') | (halves[1] ^ each * 'P')) & each * 0xf0) == 0;
}

#endif
