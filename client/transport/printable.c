/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A server's text for people; see printable.h. */

#include "client/transport/printable.h"

#include <stdbool.h>
#include <stdint.h>

#define ESCAPED 4 /* bytes of \xHH */

/* Not isprint(): it obeys the locale. */
static bool is_printable(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f;
}

const char *sd_printable(char *out, size_t size, const void *text, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = text;
	size_t at = 0;

	for (size_t i = 0; i < length; i++) {
		if (at + (is_printable(bytes[i]) ? 1 : ESCAPED) >= size) {
			break;
		}
		if (is_printable(bytes[i])) {
			out[at++] = (char)bytes[i];
		} else {
			out[at++] = '\\';
			out[at++] = 'x';
			out[at++] = digits[bytes[i] >> 4];
			out[at++] = digits[bytes[i] & 15];
		}
	}
	out[at] = '\0';
	return out;
}
