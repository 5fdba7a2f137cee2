/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Operations as bytes; see record.h. */

#include "server/store/record.h"

void sdd_record_write(void *room, size_t size, const struct sdd_record *record, struct sd_bytes key,
                      struct sd_bytes value)
{
	uint8_t *at = room;

	memset(at + size - 8, 0, 8); /* the padding is written to disk as well */
	memcpy(at, record, sizeof(*record));
	memcpy(at + sizeof(*record), key.data, key.length);
	if (value.length > 0) {
		memcpy(at + sizeof(*record) + key.length, value.data, value.length);
	}
}
