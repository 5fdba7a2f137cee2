/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Decimals and base64, as the meta protocol's lines have them. */

#ifndef SD_ENCODING_H
#define SD_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SD_DECIMAL_MAX 20 /* bytes of the longest decimal of 64 bits */

/* Bytes that `length` bytes take in base64. */
#define SD_BASE64_LENGTH(length) (((length) + 2) / 3 * 4)

/* Reads an unsigned decimal of 64 bits: digits and nothing else. False: it is none, or too large.
 */
bool sd_decimal_read(const uint8_t *bytes, size_t length, uint64_t *value);

/* Writes a decimal without a terminator, at most SD_DECIMAL_MAX bytes. Returns the number written.
 */
size_t sd_decimal_write(uint8_t *out, uint64_t value);

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

#endif
