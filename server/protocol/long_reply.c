/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Long values in replies; see long_reply.h. */

#include "server/protocol/long_reply.h"

struct source {
	const struct sdd_operations *operations;
	const struct sdd_entry *entry;
};

static bool read_value(const void *context, void *room)
{
	const struct source *source = context;

	return sdd_operation_read(source->operations, source->entry, room) == SDD_DONE;
}

/* The offset alone is not enough: another value may be written there while a reply still refers to
 * the one before. */
enum sdd_result sdd_long_reply_write(struct sdd_connection *connection,
                                     const struct sdd_operations *operations,
                                     const struct sdd_entry *entry)
{
	const struct source context = {operations, entry};
	const struct sdd_value_source source = {
		.identity = {.offset = entry->extent.offset,
	                 .check = entry->extent.check,
	                 .length = entry->extent.length},
		.read = read_value,
		.context = &context,
	};

	return sdd_connection_write_value(connection, &source) ? SDD_DONE : SDD_FAILED;
}
