/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Chunks of memory, of which the log of a memtable is a list. Those of the usual size are kept, as
 * spare ones, when the log is cleared. For memtable.c only.
 */

#ifndef SDD_CHUNK_H
#define SDD_CHUNK_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#ifndef CHUNK_BYTES                 /* a test has small ones */
#define CHUNK_BYTES (1024u * 1024u) /* a record that is longer has a chunk of its own */
#endif

struct sdd_chunk {
	struct sdd_chunk *next; /* of the log, or of the spare ones */
	size_t capacity;
	size_t used;
	_Alignas(16) uint8_t bytes[];
};

/* Frees a list of chunks. */
static inline void sdd_chunks_free(struct sdd_chunk *chunk)
{
	while (chunk != NULL) {
		struct sdd_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

/* An empty chunk for at least `bytes`: a spare one if that is large enough. NULL: no memory. */
static inline struct sdd_chunk *sdd_chunk_take(struct sdd_chunk **spare, size_t bytes)
{
	size_t capacity = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct sdd_chunk *chunk = *spare;

	if (capacity == CHUNK_BYTES && chunk != NULL) {
		*spare = chunk->next;
	} else {
		chunk = (struct sdd_chunk *)malloc(sizeof(*chunk) + capacity);
	}
	if (chunk != NULL) {
		chunk->next = NULL;
		chunk->capacity = capacity;
		chunk->used = 0;
	}
	return chunk;
}

/* The chunks of a list that have the usual size become spare ones, others are freed. */
static inline void sdd_chunks_recycle(struct sdd_chunk **spare, struct sdd_chunk *chunk)
{
	while (chunk != NULL) {
		struct sdd_chunk *next = chunk->next;

		if (chunk->capacity == CHUNK_BYTES) {
			chunk->next = *spare;
			*spare = chunk;
		} else {
			free(chunk);
		}
		chunk = next;
	}
}

#endif
