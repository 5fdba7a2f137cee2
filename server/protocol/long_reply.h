/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Values in replies, for every protocol, that are in the file of values: all replies with the same
 * one share a copy. */

#ifndef SDD_LONG_REPLY_H
#define SDD_LONG_REPLY_H

#include <stdbool.h>

#include "server/net/connection.h"
#include "server/protocol/operations.h"

/* Whether an entry that was found has such a value. */
static inline bool sdd_long_reply_is_for(const struct sdd_entry *entry)
{
	return entry->extent.length > 0;
}

/* Adds it to the connection's reply. SDD_DONE, also if there is no memory for it, and the
 * connection will be closed; SDD_FAILED: it cannot be read. */
enum sdd_result sdd_long_reply_write(struct sdd_connection *connection,
                                     const struct sdd_operations *operations,
                                     const struct sdd_entry *entry);

#endif
