/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the B-tree holds for a key: a row with checksums, followed by the value if it is short. A
 * checksum is XXH3 over the stored bytes, so that a flipped bit on the disk is noticed. Requests
 * for that key then fail: it never counts as absent, and no other memory is read. Numbers are in
 * the machine's own byte order. Bytes only.
 */

#ifndef SDD_ROW_H
#define SDD_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

enum sdd_row_storage {
	SDD_ROW_APART = 1,   /* the value is in a table of its own */
	SDD_ROW_CHECKED = 2, /* the row has checks; rows of earlier versions have none */
	SDD_ROW_IN_FILE = 4, /* the value is in the file of values (values.h) */
};

struct sdd_row {
	int64_t expires_ms;
	int64_t indexed_ms; /* the time of its row in `expiry` */
	uint64_t version;
	uint32_t client_flags;
	uint32_t length; /* bytes of the value */
	uint16_t flags;
	uint16_t storage; /* enum sdd_row_storage */
	uint32_t epoch;   /* in which it was last written or proven; 0, which is before all others, in
	                   * rows written before the store counted epochs */
	/* if SDD_ROW_CHECKED */
	uint64_t value_check; /* of the value */
	uint64_t check;       /* of all others, and of the key */
	/* if SDD_ROW_IN_FILE */
	uint64_t offset; /* of the value in the file */
};

#define SDD_ROW_UNCHECKED_BYTES offsetof(struct sdd_row, value_check)
#define SDD_ROW_CHECKED_BYTES offsetof(struct sdd_row, offset)

/* The bytes that a row takes, without a value. */
static inline size_t sdd_row_size(const struct sdd_row *row)
{
	if (row->storage & SDD_ROW_IN_FILE) {
		return sizeof(*row);
	}
	return row->storage & SDD_ROW_CHECKED ? SDD_ROW_CHECKED_BYTES : SDD_ROW_UNCHECKED_BYTES;
}

/* Whether the value follows the row. */
static inline bool sdd_row_has_inline_value(const struct sdd_row *row)
{
	return !(row->storage & (SDD_ROW_APART | SDD_ROW_IN_FILE));
}

/* Where the value is in the file of values; its length is 0 if it is not there. */
static inline struct sdd_extent sdd_row_extent(const struct sdd_row *row)
{
	if (!(row->storage & SDD_ROW_IN_FILE)) {
		return (struct sdd_extent){.length = 0};
	}
	return (struct sdd_extent){
		.offset = row->offset, .check = row->value_check, .length = row->length};
}

/* Reads what was found for a key, which need not be aligned. *value becomes the value if it follows
 * the row, and empty otherwise. False: it is damaged. The value is not checked. */
bool sdd_row_read(struct sd_bytes found, struct sd_bytes key, struct sdd_row *row,
                  struct sd_bytes *value);

/* Writes a row to memory of sdd_row_size() bytes; its check is computed here. */
void sdd_row_write(void *room, const struct sdd_row *row, struct sd_bytes key);

/* The check of a value. */
uint64_t sdd_row_value_check(struct sd_bytes value);

/* Whether a value is the one of a row, as far as can be seen. */
bool sdd_row_has_value(const struct sdd_row *row, struct sd_bytes value);

#endif
