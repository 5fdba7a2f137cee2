/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The memtable; see memtable.h.
 *
 * The log is a list of chunks; a record is in one of them, whole. The index is a hash table with
 * chains of nodes; what the nodes had that the batch changed is in an array of its own, so that a
 * node is small. Nodes are numbered from 1, and 0 ends a chain. A node that was added by a batch
 * that was rolled back stays, and knows nothing.
 */

#include "server/store/memtable.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/chunk.h"

#define SLOTS_AT_FIRST 1024 /* a power of two */
#define SLOTS_OF_NODE 8     /* bytes of slots for each node, at most */

struct node {
	uint32_t hash;
	uint32_t next : 31;
	uint32_t is_staged : 1; /* the batch changed it */
	struct sdd_known known;
};

/* What was known before the batch. */
struct before {
	uint32_t number; /* of the node */
	struct sdd_known known;
};

struct sdd_memtable {
	struct sdd_chunk *first;
	struct sdd_chunk *last; /* takes what is appended; NULL: there is no chunk */
	struct sdd_chunk *spare;
	size_t size; /* bytes of the log */
	bool is_recovered;

	uint32_t *slots;
	size_t slot_count;
	struct node *nodes; /* number 0 is no node */
	size_t node_count;
	size_t node_capacity;

	/* where the log ended before the batch */
	struct sdd_chunk *committed_last;
	size_t committed_used;
	size_t committed_size;
	struct before *before; /* of each node that the batch changed */
	size_t before_count;
	size_t before_capacity;
	struct sdd_frame *frames;
	size_t frame_count;
	size_t frame_capacity;
};

/* {{{ memory */

/* An array that is full, with twice the capacity. NULL: no memory, and the array is as it was. */
static void *grown(void *array, size_t *capacity, size_t element_size)
{
	size_t wanted = *capacity == 0 ? 64 : 2 * *capacity;
	void *larger = realloc(array, wanted * element_size);

	if (larger != NULL) {
		*capacity = wanted;
	}
	return larger;
}

/* The same for each of the arrays. False: no memory. */
static bool grow_nodes(struct sdd_memtable *memtable)
{
	void *larger = grown(memtable->nodes, &memtable->node_capacity, sizeof(*memtable->nodes));

	memtable->nodes = larger != NULL ? larger : memtable->nodes;
	return larger != NULL;
}

static bool grow_before(struct sdd_memtable *memtable)
{
	void *larger = grown(memtable->before, &memtable->before_capacity, sizeof(*memtable->before));

	memtable->before = larger != NULL ? larger : memtable->before;
	return larger != NULL;
}

static bool grow_frames(struct sdd_memtable *memtable)
{
	void *larger = grown(memtable->frames, &memtable->frame_capacity, sizeof(*memtable->frames));

	memtable->frames = larger != NULL ? larger : memtable->frames;
	return larger != NULL;
}

/* }}} */

/* {{{ the log */

/* Appends a chunk with room for `bytes`. False: no memory. */
static bool add_chunk(struct sdd_memtable *memtable, size_t bytes)
{
	struct sdd_chunk *chunk = sdd_chunk_take(&memtable->spare, bytes);

	if (chunk == NULL) {
		return false;
	}
	*(memtable->last == NULL ? &memtable->first : &memtable->last->next) = chunk;
	memtable->last = chunk;
	return true;
}

static void begin_frame(struct sdd_memtable *memtable)
{
	struct sdd_chunk *chunk = memtable->last;

	memtable->frames[memtable->frame_count++] =
		(struct sdd_frame){chunk->bytes + chunk->used, SDD_FRAME_HEAD};
	chunk->used += SDD_FRAME_HEAD;
	memtable->size += SDD_FRAME_HEAD;
}

/* Room for a record of the batch. NULL: no memory. */
static void *append(struct sdd_memtable *memtable, size_t length)
{
	struct sdd_chunk *chunk = memtable->last;
	bool new_frame = memtable->frame_count == 0;
	void *room;

	if (memtable->frame_count >= memtable->frame_capacity && !grow_frames(memtable)) {
		return NULL;
	}
	if (chunk == NULL ||
	    chunk->capacity - chunk->used < length + (new_frame ? SDD_FRAME_HEAD : 0)) {
		if (!add_chunk(memtable, length + SDD_FRAME_HEAD)) {
			return NULL;
		}
		new_frame = true;
	}
	if (new_frame) {
		begin_frame(memtable);
	}
	room = memtable->last->bytes + memtable->last->used;
	memtable->frames[memtable->frame_count - 1].length += length;
	memtable->last->used += length;
	memtable->size += length;
	return room;
}

/* }}} */

/* {{{ the index */

static uint32_t *slot_of(const struct sdd_memtable *memtable, uint32_t hash)
{
	return &memtable->slots[hash & (memtable->slot_count - 1)];
}

/* The index has no copy of a key: the record has it. */
static struct node *find_node(const struct sdd_memtable *memtable, const struct sdd_key *key)
{
	uint32_t hash = (uint32_t)key->hash; /* as much of it as a node has */

	for (uint32_t number = *slot_of(memtable, hash); number != 0;
	     number = memtable->nodes[number].next) {
		struct node *node = &memtable->nodes[number];

		if (node->hash == hash && node->known.last != NULL &&
		    sdd_record_is_of(node->known.last, key->bytes)) {
			return node;
		}
	}
	return NULL;
}

/* Not the whole chain: most have one node. */
void sdd_memtable_approach(const struct sdd_memtable *memtable, uint64_t hash, int step)
{
	const uint32_t *slot = slot_of(memtable, (uint32_t)hash);
	const struct node *node = step > 0 ? &memtable->nodes[*slot] : NULL;

	if (step == 0) {
		__builtin_prefetch(slot);
	} else if (step == 1) {
		__builtin_prefetch(node);
	} else if (*slot != 0 && node->hash == (uint32_t)hash) {
		__builtin_prefetch(node->known.last);
	}
}

static void chain(struct sdd_memtable *memtable, uint32_t number)
{
	uint32_t *slot = slot_of(memtable, memtable->nodes[number].hash);

	memtable->nodes[number].next = *slot;
	*slot = number;
}

/* Keeps the chains short. Without memory for that, they grow longer. */
static void add_slots(struct sdd_memtable *memtable)
{
	size_t count = 2 * memtable->slot_count;
	uint32_t *slots =
		memtable->node_count > memtable->slot_count ? calloc(count, sizeof(*slots)) : NULL;

	if (slots != NULL) {
		free(memtable->slots);
		memtable->slots = slots;
		memtable->slot_count = count;
		for (size_t i = 1; i < memtable->node_count; i++) {
			chain(memtable, (uint32_t)i);
		}
	}
}

static struct node *add_node(struct sdd_memtable *memtable, uint32_t hash)
{
	struct node *node;

	if (memtable->node_count >= memtable->node_capacity && !grow_nodes(memtable)) {
		return NULL;
	}
	node = &memtable->nodes[memtable->node_count];
	*node = (struct node){.hash = hash};
	chain(memtable, (uint32_t)memtable->node_count++);
	add_slots(memtable);
	return node;
}

/* Makes an operation of the batch the last one on a key. There is room for a staged node. */
static void stage(struct sdd_memtable *memtable, struct node *node, const struct sdd_record *record)
{
	if (!node->is_staged) {
		node->is_staged = true;
		memtable->before[memtable->before_count++] =
			(struct before){(uint32_t)(node - memtable->nodes), node->known};
	}
	node->known.last = record;
	if (record->kind != SDD_CHANGE) {
		node->known.put = record->kind == SDD_PUT ? record : NULL;
	}
}

/* }}} */

/* An entry that was proven stays so when it is changed. */
static bool is_proven(enum sdd_record_kind kind, const struct sdd_entry *entry,
                      const struct sdd_record *last)
{
	if (kind == SDD_PUT) {
		return !entry->is_carried;
	}
	return kind == SDD_CHANGE && (entry->proven || (last != NULL && last->proven));
}

bool sdd_memtable_add(struct sdd_memtable *memtable, enum sdd_record_kind kind,
                      const struct sdd_key *key, const struct sdd_entry *entry,
                      struct sdd_known *before)
{
	struct sdd_record record = sdd_record_of(kind, key->bytes, entry);
	size_t size = sdd_record_size(&record);
	struct node *node = find_node(memtable, key);
	void *room;

	if (node == NULL) {
		node = add_node(memtable, (uint32_t)key->hash);
	}
	if (node == NULL ||
	    (memtable->before_count >= memtable->before_capacity && !grow_before(memtable))) {
		return false;
	}
	*before = node->known;
	room = append(memtable, size);
	if (room == NULL) {
		return false;
	}
	record.proven = !memtable->is_recovered && is_proven(kind, entry, before->last);
	sdd_record_write(room, size, &record, key->bytes, entry);
	stage(memtable, node, room);
	return true;
}

struct sdd_known sdd_memtable_find(const struct sdd_memtable *memtable, const struct sdd_key *key)
{
	const struct node *node = memtable->size > 0 ? find_node(memtable, key) : NULL;

	return node != NULL ? node->known : (struct sdd_known){NULL, NULL};
}

struct sdd_frame *sdd_memtable_batch(struct sdd_memtable *memtable, size_t *count)
{
	*count = memtable->frame_count;
	return memtable->frames;
}

static void end_batch(struct sdd_memtable *memtable)
{
	memtable->before_count = 0;
	memtable->frame_count = 0;
	memtable->committed_last = memtable->last;
	memtable->committed_used = memtable->last != NULL ? memtable->last->used : 0;
	memtable->committed_size = memtable->size;
}

void sdd_memtable_commit(struct sdd_memtable *memtable)
{
	for (size_t i = 0; i < memtable->before_count; i++) {
		memtable->nodes[memtable->before[i].number].is_staged = false;
	}
	end_batch(memtable);
}

void sdd_memtable_rollback(struct sdd_memtable *memtable)
{
	struct sdd_chunk **tail =
		memtable->committed_last != NULL ? &memtable->committed_last->next : &memtable->first;

	for (size_t i = 0; i < memtable->before_count; i++) {
		struct node *node = &memtable->nodes[memtable->before[i].number];

		node->known = memtable->before[i].known;
		node->is_staged = false;
	}
	sdd_chunks_recycle(&memtable->spare, *tail);
	*tail = NULL;
	memtable->last = memtable->committed_last;
	if (memtable->last != NULL) {
		memtable->last->used = memtable->committed_used;
	}
	memtable->size = memtable->committed_size;
	end_batch(memtable);
}

void sdd_memtable_set_recovered(struct sdd_memtable *memtable)
{
	memtable->is_recovered = true;
}

size_t sdd_memtable_size(const struct sdd_memtable *memtable)
{
	return memtable->size;
}

size_t sdd_memtable_memory(const struct sdd_memtable *memtable)
{
	return memtable->size + (memtable->node_count - 1) * (sizeof(struct node) + SLOTS_OF_NODE);
}

size_t sdd_memtable_count(const struct sdd_memtable *memtable)
{
	return memtable->node_count - 1;
}

bool sdd_memtable_at(const struct sdd_memtable *memtable, size_t number, struct sdd_known *known)
{
	if (number + 1 >= memtable->node_count) {
		return false;
	}
	*known = memtable->nodes[number + 1].known;
	return true;
}

/* Makes the index, and what a batch needs, as small as they were at first. Without memory for that
 * they stay as they are. */
static void shrink(struct sdd_memtable *memtable)
{
	uint32_t *slots = calloc(SLOTS_AT_FIRST, sizeof(*slots));

	if (slots == NULL) {
		return;
	}
	free(memtable->slots);
	free(memtable->nodes);
	free(memtable->before);
	free(memtable->frames);
	memtable->slots = slots;
	memtable->slot_count = SLOTS_AT_FIRST;
	memtable->nodes = NULL;
	memtable->before = NULL;
	memtable->frames = NULL;
	memtable->node_capacity = memtable->before_capacity = memtable->frame_capacity = 0;
}

void sdd_memtable_clear(struct sdd_memtable *memtable)
{
	bool is_too_large = memtable->node_capacity > SLOTS_AT_FIRST &&
	                    memtable->node_capacity / 4 > memtable->node_count;

	/* what was not needed since the last clear will not be needed either */
	sdd_chunks_free(memtable->spare);
	memtable->spare = NULL;
	sdd_chunks_recycle(&memtable->spare, memtable->first);
	memtable->first = memtable->last = NULL;
	memtable->size = 0;
	memtable->is_recovered = false;
	memtable->node_count = 1;
	end_batch(memtable);
	if (is_too_large) {
		shrink(memtable);
	}
	memset(memtable->slots, 0, memtable->slot_count * sizeof(*memtable->slots));
}

struct sdd_memtable *sdd_memtable_new(void)
{
	struct sdd_memtable *memtable = calloc(1, sizeof(*memtable));

	if (memtable == NULL) {
		return NULL;
	}
	memtable->slot_count = SLOTS_AT_FIRST;
	memtable->slots = calloc(memtable->slot_count, sizeof(*memtable->slots));
	memtable->node_count = 1;
	if (memtable->slots == NULL || !grow_nodes(memtable)) {
		sdd_memtable_free(memtable);
		return NULL;
	}
	return memtable;
}

void sdd_memtable_free(struct sdd_memtable *memtable)
{
	if (memtable != NULL) {
		sdd_chunks_free(memtable->first);
		sdd_chunks_free(memtable->spare);
		free(memtable->slots);
		free(memtable->nodes);
		free(memtable->before);
		free(memtable->frames);
		free(memtable);
	}
}
