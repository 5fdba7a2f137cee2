/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Replies that were not sent yet; see outgoing.h. */

#include "server/net/outgoing.h"

#include <stdlib.h>

#include "server/net/long_values.h"

void sdd_outgoing_init(struct sdd_outgoing *outgoing)
{
	sdd_buffer_init(&outgoing->bytes, SDD_BUFFER_UNLIMITED);
	TAILQ_INIT(&outgoing->references);
	outgoing->placed = outgoing->length = 0;
}

static size_t left_of_value(const struct sdd_reference *reference)
{
	return reference->value->identity.length - reference->consumed;
}

bool sdd_outgoing_refer(struct sdd_outgoing *outgoing, struct sdd_long_value *value)
{
	struct sdd_reference *reference = malloc(sizeof(*reference));

	if (reference == NULL) {
		return false;
	}
	reference->value = value;
	reference->before = outgoing->bytes.length - outgoing->placed;
	reference->consumed = 0;
	outgoing->placed += reference->before;
	outgoing->length += value->identity.length;
	TAILQ_INSERT_TAIL(&outgoing->references, reference, link);
	return true;
}

/* What sdd_outgoing_parts() has found so far. */
struct search {
	size_t position; /* of the next piece */
	size_t from;
	size_t to;
	struct iovec *parts;
	size_t count;
	size_t most;
};

/* Adds what is wanted of a piece, the next one in order. */
static void add_piece(struct search *search, uint8_t *bytes, size_t length)
{
	size_t begin = search->from > search->position ? search->from - search->position : 0;
	size_t end = search->to - search->position < length ? search->to - search->position : length;

	if (search->position < search->to && begin < end && search->count < search->most) {
		search->parts[search->count++] = (struct iovec){bytes + begin, end - begin};
	}
	search->position += length;
}

/* The same for a piece of the buffer. */
static void add_bytes(struct search *search, const struct sdd_outgoing *outgoing, size_t position,
                      size_t length)
{
	if (length > 0) {
		add_piece(search, sdd_buffer_at(&outgoing->bytes, position), length);
	}
}

size_t sdd_outgoing_parts(const struct sdd_outgoing *outgoing, size_t from, size_t to,
                          struct iovec *parts, size_t most)
{
	struct search search = {.from = from, .to = to, .parts = parts, .most = most};
	const struct sdd_reference *reference;
	size_t placed = 0;

	TAILQ_FOREACH(reference, &outgoing->references, link)
	{
		if (search.position >= to || search.count == most) {
			return search.count;
		}
		add_bytes(&search, outgoing, placed, reference->before);
		placed += reference->before;
		add_piece(&search, reference->value->bytes + reference->consumed, left_of_value(reference));
	}
	add_bytes(&search, outgoing, placed, outgoing->bytes.length - placed);
	return search.count;
}

static void remove_reference(struct sdd_outgoing *outgoing, struct sdd_reference *reference)
{
	TAILQ_REMOVE(&outgoing->references, reference, link);
	outgoing->placed -= reference->before;
	outgoing->length -= left_of_value(reference);
	sdd_long_value_release(reference->value);
	free(reference);
}

void sdd_outgoing_consume_values(struct sdd_outgoing *outgoing, size_t count)
{
	struct sdd_reference *reference;

	while (count > 0 && (reference = TAILQ_FIRST(&outgoing->references)) != NULL) {
		size_t bytes = sdd_smaller_of(count, reference->before);
		size_t of_value = sdd_smaller_of(count - bytes, left_of_value(reference));

		sdd_buffer_consume(&outgoing->bytes, bytes);
		reference->before -= bytes;
		outgoing->placed -= bytes;
		reference->consumed += of_value;
		outgoing->length -= bytes + of_value;
		count -= bytes + of_value;
		if (left_of_value(reference) == 0) {
			remove_reference(outgoing, reference);
		}
	}
	outgoing->length -= count;
	sdd_buffer_consume(&outgoing->bytes, count);
}

void sdd_outgoing_truncate(struct sdd_outgoing *outgoing, size_t length)
{
	size_t excess = outgoing->length - length;
	struct sdd_reference *last;

	while ((last = TAILQ_LAST(&outgoing->references)) != NULL &&
	       excess > outgoing->bytes.length - outgoing->placed) {
		size_t tail = outgoing->bytes.length - outgoing->placed;

		excess -= tail + left_of_value(last);
		outgoing->length -= tail;
		sdd_buffer_truncate(&outgoing->bytes, outgoing->placed);
		remove_reference(outgoing, last);
	}
	outgoing->length = length;
	sdd_buffer_truncate(&outgoing->bytes, outgoing->bytes.length - excess);
}

void sdd_outgoing_clear(struct sdd_outgoing *outgoing)
{
	sdd_outgoing_truncate(outgoing, 0);
}

size_t sdd_outgoing_memory(const struct sdd_outgoing *outgoing)
{
	const struct sdd_reference *reference;
	size_t bytes = outgoing->bytes.length;

	TAILQ_FOREACH(reference, &outgoing->references, link)
	{
		bytes += reference->value->identity.length / reference->value->references;
	}
	return bytes;
}
