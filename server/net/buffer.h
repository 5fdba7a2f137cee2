/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A byte buffer: bytes are added at its end and consumed from its front. It does not move its
 * content when bytes are consumed, only when it needs the room (lazy packing).
 *
 * Invariants: offset + length <= capacity; length <= maximum; an empty buffer has offset 0;
 * `bytes` is NULL exactly if the capacity is 0. `length` and `capacity` may be read directly; all
 * changes are made by the functions.
 * Positions that a caller remembers are relative to the first byte that was not consumed.
 */

#ifndef SDD_BUFFER_H
#define SDD_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The buffer grows for as long as there is memory. */
#define SDD_BUFFER_UNLIMITED (SIZE_MAX / 2)

struct sdd_buffer {
	uint8_t *bytes;
	size_t offset;   /* bytes at the front that were consumed */
	size_t length;   /* bytes that were added and not consumed */
	size_t capacity; /* bytes of memory */
	size_t maximum;  /* bytes of content that it never exceeds */
};

/* Makes an empty buffer, which has no memory yet. `maximum` is at most SDD_BUFFER_UNLIMITED. */
void sdd_buffer_init(struct sdd_buffer *buffer, size_t maximum);

/* Frees the memory; the buffer is empty and can be used again. */
void sdd_buffer_release(struct sdd_buffer *buffer);

/* Frees the memory that its content does not need, if that is much. */
void sdd_buffer_shrink(struct sdd_buffer *buffer);

/* Makes room by packing or growing; called by sdd_buffer_reserve() only. */
bool sdd_buffer_make_room(struct sdd_buffer *buffer, size_t more);

/* The smaller of two numbers of bytes. */
static inline size_t sdd_smaller_of(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* The byte at a position, which is at most the length. Valid until the next sdd_buffer_reserve(),
 * sdd_buffer_consume() or sdd_buffer_release(). */
static inline uint8_t *sdd_buffer_at(const struct sdd_buffer *buffer, size_t position)
{
	return buffer->bytes + buffer->offset + position;
}

/* How many bytes can be added without another call of sdd_buffer_reserve(). */
static inline size_t sdd_buffer_room(const struct sdd_buffer *buffer)
{
	return buffer->capacity - buffer->offset - buffer->length;
}

/* Makes room for at least `more` bytes at the end. False: there is no memory, or the maximum does
 * not allow it; the content is unchanged. */
static inline bool sdd_buffer_reserve(struct sdd_buffer *buffer, size_t more)
{
	return sdd_buffer_room(buffer) >= more || sdd_buffer_make_room(buffer, more);
}

/* Adds `count` bytes, for which there is room. They were written to the end before, or the caller
 * fills them in: returns the first of them. */
static inline uint8_t *sdd_buffer_extend(struct sdd_buffer *buffer, size_t count)
{
	buffer->length += count;
	return buffer->bytes + buffer->offset + buffer->length - count;
}

/* Removes bytes from the front. */
static inline void sdd_buffer_consume(struct sdd_buffer *buffer, size_t count)
{
	buffer->length -= count;
	buffer->offset = buffer->length == 0 ? 0 : buffer->offset + count;
}

/* Removes bytes from the end, until `length` are left. */
static inline void sdd_buffer_truncate(struct sdd_buffer *buffer, size_t length)
{
	buffer->length = length;
}

#endif
