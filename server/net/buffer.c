/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The byte buffer; see buffer.h. */

#include "server/net/buffer.h"

#include <stdlib.h>
#include <string.h>

#define SPARE_MOST 65536 /* bytes that are too few to shrink a buffer */

void sdd_buffer_init(struct sdd_buffer *buffer, size_t maximum)
{
	*buffer = (struct sdd_buffer){.maximum = maximum};
}

void sdd_buffer_release(struct sdd_buffer *buffer)
{
	free(buffer->bytes);
	sdd_buffer_init(buffer, buffer->maximum);
}

/* Moves the content to the beginning of the memory. */
static void pack(struct sdd_buffer *buffer)
{
	if (buffer->offset > 0) {
		memmove(buffer->bytes, buffer->bytes + buffer->offset, buffer->length);
		buffer->offset = 0;
	}
}

void sdd_buffer_shrink(struct sdd_buffer *buffer)
{
	uint8_t *bytes;

	if (buffer->length == 0) {
		sdd_buffer_release(buffer);
	} else if (buffer->capacity - buffer->length > SPARE_MOST) {
		pack(buffer);
		bytes = realloc(buffer->bytes, buffer->length);
		if (bytes != NULL) {
			buffer->bytes = bytes;
			buffer->capacity = buffer->length;
		}
	}
}

/* It grows by doubling, from what it holds: so its memory is in proportion to what was received,
 * and not to what a client announced. */
static bool grow_buffer(struct sdd_buffer *buffer, size_t more)
{
	size_t capacity = buffer->length * 2;
	uint8_t *bytes;

	if (capacity > buffer->maximum) {
		capacity = buffer->maximum;
	}
	if (capacity < buffer->length + more) {
		capacity = buffer->length + more;
	}
	if (capacity <= buffer->capacity) {
		return true;
	}
	bytes = realloc(buffer->bytes, capacity);
	if (bytes == NULL) {
		return false;
	}
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return true;
}

/* Moving the content has to pay: the room is then at least as long as the content, so that each
 * byte that is added moves about one. */
bool sdd_buffer_make_room(struct sdd_buffer *buffer, size_t more)
{
	bool has_room;

	if (more > buffer->maximum - buffer->length) {
		return false;
	}
	pack(buffer);
	has_room = sdd_buffer_room(buffer) >= more;
	return (has_room && sdd_buffer_room(buffer) >= buffer->length) || grow_buffer(buffer, more) ||
	       has_room;
}
