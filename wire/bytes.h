/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Bytes in memory of others: a key, a value, a word of a line. */

#ifndef SD_BYTES_H
#define SD_BYTES_H

#include <stddef.h>

/* A pointer and a length in bytes. The function that takes or returns it says how long the bytes
 * stay valid. */
struct sd_bytes {
	const void *data;
	size_t length;
};

/* The bytes after `offset`; NULL if there are none at all. */
static inline const void *sd_bytes_from(const struct sd_bytes *bytes, size_t offset)
{
	return bytes->data == NULL ? NULL : (const unsigned char *)bytes->data + offset;
}

#endif
