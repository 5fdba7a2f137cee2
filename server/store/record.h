/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * An operation on an entry as bytes: a head, the key, the value, and zeros up to a multiple of 8.
 * Instead of a value that is in the file of values (values.h) there is its struct sdd_extent.
 * The memtable, the write-ahead log and the read cache hold the same bytes, so that writing a batch
 * to the log copies nothing. Numbers are in the machine's own byte order.
 */

#ifndef SDD_RECORD_H
#define SDD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "server/store/entry.h"

enum sdd_record_kind {
	SDD_PUT,
	SDD_CHANGE, /* the value stays */
	SDD_REMOVE,
};

/* The head. It is part of the log's format on disk. */
struct sdd_record {
	uint64_t value_length;
	int64_t expires_ms;
	uint64_t version;
	uint32_t client_flags;
	uint32_t key_length;
	uint32_t flags;
	uint8_t kind; /* enum sdd_record_kind */
	uint8_t proven;
	uint8_t is_in_file; /* 1: the value is in the file of values */
	uint8_t unused;     /* 0 */
};

/* Records of a batch that are side by side in memory. The first bytes are room for the head of a
 * frame, which the write-ahead log fills in. */
struct sdd_frame {
	uint8_t *bytes;
	size_t length; /* head included */
};

#define SDD_FRAME_HEAD 16

/* The bytes of a record with its key and what follows that. */
static inline size_t sdd_record_size(const struct sdd_record *record)
{
	size_t value = record->is_in_file ? sizeof(struct sdd_extent) : (size_t)record->value_length;

	return (sizeof(*record) + record->key_length + value + 7) & ~(size_t)7;
}

/* Whether a record that was read from a file is whole and may be one that was written there. `room`
 * is how many bytes there are from its first one on. */
static inline bool sdd_record_is_sound(const struct sdd_record *record, size_t room)
{
	return room >= sizeof(*record) && record->key_length > 0 &&
	       record->key_length <= SDD_STORE_KEY_MAX && record->kind <= SDD_REMOVE &&
	       (record->is_in_file ? record->kind == SDD_PUT : record->value_length <= room) &&
	       sdd_record_size(record) <= room;
}

/* Key and value are the record's own memory. */
static inline struct sd_bytes sdd_record_key(const struct sdd_record *record)
{
	return (struct sd_bytes){record + 1, record->key_length};
}

static inline struct sd_bytes sdd_record_value(const struct sdd_record *record)
{
	const uint8_t *value = (const uint8_t *)(record + 1) + record->key_length;

	return (struct sd_bytes){record->is_in_file ? NULL : value, (size_t)record->value_length};
}

/* Its length is 0 if the value is not in the file of values. */
static inline struct sdd_extent sdd_record_extent(const struct sdd_record *record)
{
	struct sdd_extent extent = {.length = 0};

	if (record->is_in_file) {
		memcpy(&extent, (const uint8_t *)(record + 1) + record->key_length, sizeof(extent));
	}
	return extent;
}

/* The entry after the operation. Its value is the record's own memory, and empty unless the
 * operation is SDD_PUT. */
static inline struct sdd_entry sdd_record_entry(const struct sdd_record *record)
{
	return (struct sdd_entry){
		.value = sdd_record_value(record),
		.extent = sdd_record_extent(record),
		.expires_ms = record->expires_ms,
		.version = record->version,
		.client_flags = record->client_flags,
		.flags = record->flags,
		.proven = record->proven != 0,
	};
}

static inline bool sdd_record_is_of(const struct sdd_record *record, struct sd_bytes key)
{
	return record->key_length == key.length && memcmp(record + 1, key.data, key.length) == 0;
}

/* The head of a record. `entry` is ignored for SDD_REMOVE, and its value for SDD_CHANGE. The caller
 * sets `proven`. */
static inline struct sdd_record sdd_record_of(enum sdd_record_kind kind, struct sd_bytes key,
                                              const struct sdd_entry *entry)
{
	struct sdd_record record = {.kind = (uint8_t)kind, .key_length = (uint32_t)key.length};

	if (kind != SDD_REMOVE) {
		record.value_length = kind == SDD_PUT ? entry->value.length : 0;
		record.is_in_file = kind == SDD_PUT && entry->extent.length > 0;
		record.expires_ms = entry->expires_ms;
		record.version = entry->version;
		record.client_flags = entry->client_flags;
		record.flags = entry->flags;
	}
	return record;
}

/* Writes a record to memory of `size` bytes, which is sdd_record_size(). Of `entry`, which the head
 * was made of, only what follows the key is needed. */
void sdd_record_write(void *room, size_t size, const struct sdd_record *record, struct sd_bytes key,
                      const struct sdd_entry *entry);

#endif
