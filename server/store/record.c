/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Operations as bytes; see record.h. */

#include "server/store/record.h"

void sdd_record_write(void *room, size_t size, const struct sdd_record *record, struct sd_bytes key,
                      const struct sdd_entry *entry)
{
	uint8_t *at = room;

	memset(at + size - 8, 0, 8); /* the padding is written to disk as well */
	memcpy(at, record, sizeof(*record));
	at += sizeof(*record);
	memcpy(at, key.data, key.length);
	at += key.length;
	if (record->is_in_file) {
		memcpy(at, &entry->extent, sizeof(entry->extent));
	} else if (record->value_length > 0) {
		memcpy(at, entry->value.data, entry->value.length);
	}
}
