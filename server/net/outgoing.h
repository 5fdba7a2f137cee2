/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The replies of a connection that were not sent yet: bytes, and among them references to long
 * values. Positions count both, from the first byte that was not consumed.
 *
 * Invariants: `placed` is the sum of `before` of all references; `length` is that of the buffer and
 * of what was not consumed of the values. It is that of the buffer exactly if there is no
 * reference.
 */

#ifndef SDD_OUTGOING_H
#define SDD_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "server/net/buffer.h"
#include "server/system/lists.h"

struct sdd_long_value;

/* A value that a reply refers to. */
struct sdd_reference {
	TAILQ_ENTRY(sdd_reference) link;
	struct sdd_long_value *value;
	size_t before;   /* bytes of the buffer between the reference before this one and this one */
	size_t consumed; /* bytes of the value */
};

TAILQ_HEAD(sdd_reference_list, sdd_reference);

/* `bytes` and `length` may be read directly, and the memory of `bytes` changed. */
struct sdd_outgoing {
	struct sdd_buffer bytes;
	size_t length; /* bytes that were added and not consumed */
	struct sdd_reference_list references;
	size_t placed; /* bytes of the buffer before the last reference */
};

void sdd_outgoing_init(struct sdd_outgoing *outgoing);

static inline bool sdd_outgoing_has_values(const struct sdd_outgoing *outgoing)
{
	return outgoing->length != outgoing->bytes.length;
}

/* Adds `count` bytes to the buffer, as sdd_buffer_extend(). */
static inline uint8_t *sdd_outgoing_extend(struct sdd_outgoing *outgoing, size_t count)
{
	outgoing->length += count;
	return sdd_buffer_extend(&outgoing->bytes, count);
}

/* Adds a value, of one byte or more, at the end. It takes over the caller's reference. False: no
 * memory, and the reference is still the caller's. */
bool sdd_outgoing_refer(struct sdd_outgoing *outgoing, struct sdd_long_value *value);

/* The bytes from a position up to another one, in at most `most` parts; returns how many these are.
 * They may be fewer bytes then. */
size_t sdd_outgoing_parts(const struct sdd_outgoing *outgoing, size_t from, size_t to,
                          struct iovec *parts, size_t most);

/* The part of the next function that is for values. */
void sdd_outgoing_consume_values(struct sdd_outgoing *outgoing, size_t count);

/* Removes bytes from the front. */
static inline void sdd_outgoing_consume(struct sdd_outgoing *outgoing, size_t count)
{
	if (sdd_outgoing_has_values(outgoing)) {
		sdd_outgoing_consume_values(outgoing, count);
	} else {
		outgoing->length -= count;
		sdd_buffer_consume(&outgoing->bytes, count);
	}
}

/* Removes bytes from the end, until `length` are left. The end is not within a value then. */
void sdd_outgoing_truncate(struct sdd_outgoing *outgoing, size_t length);

/* Removes everything except the buffer's memory. */
void sdd_outgoing_clear(struct sdd_outgoing *outgoing);

/* Bytes of memory that it takes: of a value that several replies refer to, its share. */
size_t sdd_outgoing_memory(const struct sdd_outgoing *outgoing);

#endif
