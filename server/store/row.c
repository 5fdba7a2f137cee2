/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Rows; see row.h. */

#include "server/store/row.h"

#include <string.h>

#include "server/store/hash.h"

static uint64_t check_of(const struct sdd_row *row, struct sd_bytes key)
{
	uint64_t of_row = sdd_hash(0, row, offsetof(struct sdd_row, check));

	if (row->storage & SDD_ROW_IN_FILE) {
		of_row = sdd_hash(of_row, &row->offset, sizeof(row->offset));
	}
	return sdd_hash(of_row, key.data, key.length);
}

static bool is_storage(unsigned storage)
{
	return storage <= (SDD_ROW_APART | SDD_ROW_CHECKED) ||
	       storage == (SDD_ROW_CHECKED | SDD_ROW_IN_FILE);
}

bool sdd_row_read(struct sd_bytes found, struct sd_bytes key, struct sdd_row *row,
                  struct sd_bytes *value)
{
	size_t size;

	if (found.length < SDD_ROW_UNCHECKED_BYTES) {
		return false;
	}
	memcpy(row, found.data, SDD_ROW_UNCHECKED_BYTES);
	size = sdd_row_size(row);
	if (found.length < size || !is_storage(row->storage)) {
		return false;
	}
	value->data = (const uint8_t *)found.data + size;
	value->length = found.length - size;
	if (value->length != (sdd_row_has_inline_value(row) ? row->length : 0)) {
		return false;
	}
	if (!(row->storage & SDD_ROW_CHECKED)) {
		return true;
	}
	memcpy(row, found.data, size);
	return row->check == check_of(row, key);
}

void sdd_row_write(void *room, const struct sdd_row *row, struct sd_bytes key)
{
	struct sdd_row written = *row;

	written.check = check_of(row, key);
	memcpy(room, &written, sdd_row_size(row));
}

uint64_t sdd_row_value_check(struct sd_bytes value)
{
	return sdd_hash(0, value.data, value.length);
}

bool sdd_row_has_value(const struct sdd_row *row, struct sd_bytes value)
{
	return value.length == row->length &&
	       (!(row->storage & SDD_ROW_CHECKED) || row->value_check == sdd_row_value_check(value));
}
