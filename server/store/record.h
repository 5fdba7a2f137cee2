/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What was written and is not in the tables yet, in memory: one generation of it.
 *
 * Operations are appended to a log, in the very bytes that the journal has of them, so
 * that writing a batch there copies nothing; an index finds what the last ones made of a
 * key. Nothing in the log moves or changes as long as the generation lasts. The last batch
 * can be taken back until it is kept. A generation that is complete is only read, and can
 * be read by several threads.
 *
 * Bytes and memory only: no I/O, no clock, no tables.
 */

#ifndef SDD_RECENT_H
#define SDD_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "server/store/store.h"

struct sdd_recent;

enum sdd_operation {
	SDD_PUT,
	SDD_CHANGE, /* the value stays */
	SDD_REMOVE,
};

/* An operation in the log, in the machine's own byte order; its key and its value follow, and up
 * to seven bytes of no meaning, so that the next is aligned. */
struct sdd_record {
	uint64_t value_length;
	int64_t expires_ms;
	uint64_t version;
	uint32_t client_flags;
	uint32_t key_length;
	uint32_t marks;
	uint8_t operation; /* enum sdd_operation */
	uint8_t proven;
	uint8_t unused[2]; /* 0 */
};

static inline struct sdd_bytes sdd_record_key(const struct sdd_record *record)
{
	return (struct sdd_bytes){record + 1, record->key_length};
}

static inline struct sdd_bytes sdd_record_value(const struct sdd_record *record)
{
	return (struct sdd_bytes){(const uint8_t *)(record + 1) + record->key_length,
	                          (size_t)record->value_length};
}

/* What an operation says of the entry; the value is the log's own memory. */
static inline struct sdd_entry sdd_record_entry(const struct sdd_record *record)
{
	return (struct sdd_entry){
		.value = sdd_record_value(record),
		.expires_ms = record->expires_ms,
		.version = record->version,
		.client_flags = record->client_flags,
		.marks = record->marks,
		.proven = record->proven != 0,
	};
}

static inline bool sdd_record_is_of(const struct sdd_record *record, struct sdd_bytes key)
{
	return record->key_length == key.length && memcmp(record + 1, key.data, key.length) == 0;
}

/* The head of a record that says of the entry what `entry` does, which is not looked at for a
 * removal. */
struct sdd_record sdd_record_of(enum sdd_operation operation, struct sdd_bytes key,
                                const struct sdd_entry *entry);

/* Writes a record to room for sdd_record_size() bytes; the value is as long as it says. */
void sdd_record_write(void *room, const struct sdd_record *record, struct sdd_bytes key,
                      struct sdd_bytes value);

/* Bytes of a record with all that follows it. */
static inline size_t sdd_record_size(const struct sdd_record *record)
{
	return (sizeof(*record) + record->key_length + (size_t)record->value_length + 7) & ~(size_t)7;
}

/* What a generation knows of a key. */
struct sdd_known {
	const struct sdd_record *last; /* NULL: nothing */
	const struct sdd_record
		*put; /* that has the value; NULL: it was removed, or is not from here */
};

/* Bytes of a batch that are in one place: SDD_PIECE_HEAD that are the journal's, then records. */
struct sdd_piece {
	uint8_t *bytes;
	size_t length;
};

#define SDD_PIECE_HEAD 16

/* Keys come with a hash of theirs, the caller's, which is the same each time. */

/* NULL: no memory. */
struct sdd_recent *sdd_recent_new(void);
void sdd_recent_free(struct sdd_recent *recent);

/* Forgets everything. Memory for about as much as there was is kept for what comes: for next to
 * nothing where nothing was added since the last time. */
void sdd_recent_clear(struct sdd_recent *recent);

/* Appends an operation to the batch; `entry` is not looked at for a removal, and its value for
 * nothing but a put. False: no memory, and nothing has changed. */
bool sdd_recent_add(struct sdd_recent *recent, enum sdd_operation operation, struct sdd_bytes key,
                    uint32_t hash, const struct sdd_entry *entry);

/* What is known of a key, the batch included. */
struct sdd_known sdd_recent_find(const struct sdd_recent *recent, struct sdd_bytes key,
                                 uint32_t hash);

/* The batch's pieces, in order: *count of them, valid until the next operation. */
struct sdd_piece *sdd_recent_batch(struct sdd_recent *recent, size_t *count);

/* The batch is part of the generation from now on; or it never was. */
void sdd_recent_keep(struct sdd_recent *recent);
void sdd_recent_take_back(struct sdd_recent *recent);

/* Bytes of all that is kept and of the batch. */
size_t sdd_recent_size(const struct sdd_recent *recent);

/* How many numbers sdd_recent_at() has. */
size_t sdd_recent_count(const struct sdd_recent *recent);

/* What is known of each key, by a number from 0 on; false: there are no more. */
bool sdd_recent_at(const struct sdd_recent *recent, size_t number, struct sdd_known *known);

#endif
