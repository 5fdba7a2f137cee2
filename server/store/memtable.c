/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A generation of what was written; see recent.h.
 *
 * The log is a list of chunks; a record is in one of them, whole. The index is a table
 * of chains of nodes, which are numbered from 1: 0 ends a chain. A node that a batch which
 * was taken back had made stays, and knows nothing.
 */

#include "server/store/record.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES (1024u * 1024u) /* of one; a larger record has one for itself */
#define SLOTS_AT_FIRST 1024         /* a power of two */

struct chunk {
	struct chunk *next; /* of the log, or of the spare ones */
	size_t capacity;
	size_t used;
	_Alignas(16) uint8_t bytes[];
};

struct node {
	uint32_t hash;
	uint32_t next;
	bool staged; /* the batch has changed it */
	struct sdd_known known;
	struct sdd_known before; /* the batch, where it is staged */
};

/* An array that grows by doubling. */
struct numbers {
	uint32_t *at;
	size_t count;
	size_t capacity;
};

struct sdd_recent {
	struct chunk *first;
	struct chunk *last; /* is appended to; NULL: there is none */
	struct chunk *spare;
	size_t size; /* bytes of the log */

	uint32_t *slots;
	size_t slot_count;
	struct node *nodes; /* number 0 is no node */
	size_t node_count;
	size_t node_capacity;

	struct chunk *kept_last; /* where the log ended before the batch */
	size_t kept_used;
	size_t kept_size;
	struct numbers staged; /* nodes */
	struct sdd_piece *pieces;
	size_t piece_count;
	size_t piece_capacity;
};

/* {{{ memory */

/* Doubles an array of so large elements, where it is full. False: no memory. */
static bool grow(void *array, size_t *capacity, size_t count, size_t element)
{
	size_t wanted = *capacity == 0 ? 64 : 2 * *capacity;
	void *old;
	void *grown;

	if (count < *capacity) {
		return true;
	}
	memcpy(&old, array, sizeof(old));
	grown = realloc(old, wanted * element);
	if (grown == NULL) {
		return false;
	}
	memcpy(array, &grown, sizeof(grown));
	*capacity = wanted;
	return true;
}

static void free_chunks(struct chunk *chunk)
{
	while (chunk != NULL) {
		struct chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

/* A chunk for at least so many bytes: a spare one, if it is of the usual size. */
static struct chunk *take_chunk(struct sdd_recent *recent, size_t bytes)
{
	size_t capacity = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct chunk *chunk = recent->spare;

	if (capacity == CHUNK_BYTES && chunk != NULL) {
		recent->spare = chunk->next;
	} else {
		chunk = malloc(sizeof(*chunk) + capacity);
	}
	if (chunk != NULL) {
		chunk->next = NULL;
		chunk->capacity = capacity;
		chunk->used = 0;
	}
	return chunk;
}

/* Chunks of the usual size are kept, others freed. */
static void give_back(struct sdd_recent *recent, struct chunk *chunk)
{
	while (chunk != NULL) {
		struct chunk *next = chunk->next;

		if (chunk->capacity == CHUNK_BYTES) {
			chunk->next = recent->spare;
			recent->spare = chunk;
		} else {
			free(chunk);
		}
		chunk = next;
	}
}

/* }}} */

/* {{{ the log */

/* Appends a chunk with room for so many bytes. False: no memory. */
static bool add_chunk(struct sdd_recent *recent, size_t bytes)
{
	struct chunk *chunk = take_chunk(recent, bytes);

	if (chunk == NULL) {
		return false;
	}
	if (recent->last == NULL) {
		recent->first = chunk;
	} else {
		recent->last->next = chunk;
	}
	recent->last = chunk;
	return true;
}

static void begin_piece(struct sdd_recent *recent)
{
	struct chunk *chunk = recent->last;

	recent->pieces[recent->piece_count++] =
		(struct sdd_piece){chunk->bytes + chunk->used, SDD_PIECE_HEAD};
	chunk->used += SDD_PIECE_HEAD;
	recent->size += SDD_PIECE_HEAD;
}

/* Room for a record of the batch. NULL: no memory. */
static void *append(struct sdd_recent *recent, size_t length)
{
	struct chunk *chunk = recent->last;
	bool new_piece = recent->piece_count == 0;
	struct sdd_piece *piece;
	void *room;

	if (!grow(&recent->pieces, &recent->piece_capacity, recent->piece_count, sizeof(*piece))) {
		return NULL;
	}
	if (chunk == NULL ||
	    chunk->capacity - chunk->used < length + (new_piece ? SDD_PIECE_HEAD : 0)) {
		if (!add_chunk(recent, length + SDD_PIECE_HEAD)) {
			return NULL;
		}
		new_piece = true;
	}
	if (new_piece) {
		begin_piece(recent);
	}
	room = recent->last->bytes + recent->last->used;
	piece = &recent->pieces[recent->piece_count - 1];
	piece->length += length;
	recent->last->used += length;
	recent->size += length;
	return room;
}

/* A change takes no proof back. */
static bool proves(enum sdd_operation operation, const struct sdd_entry *entry,
                   const struct sdd_record *last)
{
	return operation == SDD_PUT ||
	       (operation == SDD_CHANGE && (entry->proven || (last != NULL && last->proven)));
}

struct sdd_record sdd_record_of(enum sdd_operation operation, struct sdd_bytes key,
                                const struct sdd_entry *entry)
{
	struct sdd_record record = {.operation = (uint8_t)operation,
	                            .key_length = (uint32_t)key.length};

	if (operation != SDD_REMOVE) {
		record.value_length = operation == SDD_PUT ? entry->value.length : 0;
		record.expires_ms = entry->expires_ms;
		record.version = entry->version;
		record.client_flags = entry->client_flags;
		record.marks = entry->marks;
	}
	return record;
}

void sdd_record_write(void *room, const struct sdd_record *record, struct sdd_bytes key,
                      struct sdd_bytes value)
{
	uint8_t *at = room;

	memset(at + sdd_record_size(record) - 8, 0, 8); /* what is between records goes to disk, too */
	memcpy(at, record, sizeof(*record));
	memcpy(at + sizeof(*record), key.data, key.length);
	if (record->value_length > 0) {
		memcpy(at + sizeof(*record) + key.length, value.data, (size_t)record->value_length);
	}
}

/* `last` is what is known of the key, if anything. */
static struct sdd_record *append_record(struct sdd_recent *recent, enum sdd_operation operation,
                                        struct sdd_bytes key, const struct sdd_entry *entry,
                                        const struct sdd_record *last)
{
	struct sdd_record record = sdd_record_of(operation, key, entry);
	void *room = append(recent, sdd_record_size(&record));

	if (room != NULL) {
		record.proven = proves(operation, entry, last);
		sdd_record_write(room, &record, key,
		                 operation == SDD_PUT ? entry->value : (struct sdd_bytes){NULL, 0});
	}
	return room;
}

/* }}} */

/* {{{ the index */

static uint32_t *slot_of(const struct sdd_recent *recent, uint32_t hash)
{
	return &recent->slots[hash & (recent->slot_count - 1)];
}

/* The index has no copy of a key: it stands in the record. */
static bool is_of(const struct node *node, uint32_t hash, struct sdd_bytes key)
{
	const struct sdd_record *record = node->known.last;

	return node->hash == hash && record != NULL && sdd_record_is_of(record, key);
}

static struct node *find_node(const struct sdd_recent *recent, uint32_t hash, struct sdd_bytes key)
{
	for (uint32_t number = *slot_of(recent, hash); number != 0;
	     number = recent->nodes[number].next) {
		if (is_of(&recent->nodes[number], hash, key)) {
			return &recent->nodes[number];
		}
	}
	return NULL;
}

static void chain(struct sdd_recent *recent, uint32_t number)
{
	uint32_t *slot = slot_of(recent, recent->nodes[number].hash);

	recent->nodes[number].next = *slot;
	*slot = number;
}

/* Keeps the chains short. Where there is no memory for it they grow. */
static void add_slots(struct sdd_recent *recent)
{
	size_t count = 2 * recent->slot_count;
	uint32_t *slots =
		recent->node_count > recent->slot_count ? calloc(count, sizeof(*slots)) : NULL;

	if (slots != NULL) {
		free(recent->slots);
		recent->slots = slots;
		recent->slot_count = count;
		for (size_t i = 1; i < recent->node_count; i++) {
			chain(recent, (uint32_t)i);
		}
	}
}

static struct node *add_node(struct sdd_recent *recent, uint32_t hash)
{
	struct node *node;

	if (!grow(&recent->nodes, &recent->node_capacity, recent->node_count, sizeof(*node))) {
		return NULL;
	}
	node = &recent->nodes[recent->node_count];
	*node = (struct node){.hash = hash};
	chain(recent, (uint32_t)recent->node_count++);
	add_slots(recent);
	return node;
}

/* Notes what the batch makes of a key. */
static void know(struct sdd_recent *recent, struct node *node, const struct sdd_record *record)
{
	if (!node->staged) {
		node->staged = true;
		node->before = node->known;
		recent->staged.at[recent->staged.count++] = (uint32_t)(node - recent->nodes);
	}
	node->known.last = record;
	if (record->operation != SDD_CHANGE) {
		node->known.put = record->operation == SDD_PUT ? record : NULL;
	}
}

/* }}} */

bool sdd_recent_add(struct sdd_recent *recent, enum sdd_operation operation, struct sdd_bytes key,
                    uint32_t hash, const struct sdd_entry *entry)
{
	struct node *node = find_node(recent, hash, key);
	const struct sdd_record *record;

	if (!grow(&recent->staged.at, &recent->staged.capacity, recent->staged.count,
	          sizeof(*recent->staged.at))) {
		return false;
	}
	if (node == NULL) {
		node = add_node(recent, hash);
	}
	record = node != NULL ? append_record(recent, operation, key, entry, node->known.last) : NULL;
	if (record == NULL) {
		return false;
	}
	know(recent, node, record);
	return true;
}

struct sdd_known sdd_recent_find(const struct sdd_recent *recent, struct sdd_bytes key,
                                 uint32_t hash)
{
	const struct node *node = find_node(recent, hash, key);

	return node != NULL ? node->known : (struct sdd_known){NULL, NULL};
}

struct sdd_piece *sdd_recent_batch(struct sdd_recent *recent, size_t *count)
{
	*count = recent->piece_count;
	return recent->pieces;
}

static void end_batch(struct sdd_recent *recent)
{
	recent->staged.count = 0;
	recent->piece_count = 0;
	recent->kept_last = recent->last;
	recent->kept_used = recent->last != NULL ? recent->last->used : 0;
	recent->kept_size = recent->size;
}

void sdd_recent_keep(struct sdd_recent *recent)
{
	for (size_t i = 0; i < recent->staged.count; i++) {
		recent->nodes[recent->staged.at[i]].staged = false;
	}
	end_batch(recent);
}

void sdd_recent_take_back(struct sdd_recent *recent)
{
	struct chunk **tail = recent->kept_last != NULL ? &recent->kept_last->next : &recent->first;

	for (size_t i = 0; i < recent->staged.count; i++) {
		struct node *node = &recent->nodes[recent->staged.at[i]];

		node->known = node->before;
		node->staged = false;
	}
	give_back(recent, *tail);
	*tail = NULL;
	recent->last = recent->kept_last;
	if (recent->last != NULL) {
		recent->last->used = recent->kept_used;
	}
	recent->size = recent->kept_size;
	end_batch(recent);
}

size_t sdd_recent_size(const struct sdd_recent *recent)
{
	return recent->size;
}

size_t sdd_recent_count(const struct sdd_recent *recent)
{
	return recent->node_count - 1;
}

bool sdd_recent_at(const struct sdd_recent *recent, size_t number, struct sdd_known *known)
{
	if (number + 1 >= recent->node_count) {
		return false;
	}
	*known = recent->nodes[number + 1].known;
	return true;
}

/* Has the index begin anew as small as at first, and so what a batch needs. Where there is no
 * memory for that they stay as they are. */
static void shrink(struct sdd_recent *recent)
{
	uint32_t *slots = calloc(SLOTS_AT_FIRST, sizeof(*slots));

	if (slots == NULL) {
		return;
	}
	free(recent->slots);
	free(recent->nodes);
	free(recent->staged.at);
	free(recent->pieces);
	recent->slots = slots;
	recent->slot_count = SLOTS_AT_FIRST;
	recent->nodes = NULL;
	recent->staged.at = NULL;
	recent->pieces = NULL;
	recent->node_capacity = recent->staged.capacity = recent->piece_capacity = 0;
}

void sdd_recent_clear(struct sdd_recent *recent)
{
	bool is_too_large =
		recent->node_capacity > SLOTS_AT_FIRST && recent->node_capacity / 4 > recent->node_count;

	/* what this generation did not need the next will not */
	free_chunks(recent->spare);
	recent->spare = NULL;
	give_back(recent, recent->first);
	recent->first = recent->last = NULL;
	recent->size = 0;
	recent->node_count = 1;
	end_batch(recent);
	if (is_too_large) {
		shrink(recent);
	}
	memset(recent->slots, 0, recent->slot_count * sizeof(*recent->slots));
}

struct sdd_recent *sdd_recent_new(void)
{
	struct sdd_recent *recent = calloc(1, sizeof(*recent));

	if (recent == NULL) {
		return NULL;
	}
	recent->slot_count = SLOTS_AT_FIRST;
	recent->slots = calloc(recent->slot_count, sizeof(*recent->slots));
	recent->node_count = 1;
	if (recent->slots == NULL ||
	    !grow(&recent->nodes, &recent->node_capacity, 0, sizeof(*recent->nodes))) {
		sdd_recent_free(recent);
		return NULL;
	}
	return recent;
}

void sdd_recent_free(struct sdd_recent *recent)
{
	if (recent != NULL) {
		free_chunks(recent->first);
		free_chunks(recent->spare);
		free(recent->slots);
		free(recent->nodes);
		free(recent->staged.at);
		free(recent->pieces);
		free(recent);
	}
}
