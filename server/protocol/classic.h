/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol: its requests become operations. wire/classic.h has the bytes. */

#ifndef SDD_CLASSIC_H
#define SDD_CLASSIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/net/connection.h"
#include "server/protocol/operations.h"

/* Whether a connection that begins with this byte speaks the classic protocol. */
bool sdd_classic_begins(uint8_t byte);

/*
 * Runs the request that `bytes` are: all that have come so far. Returns its length; 0: it is not
 * complete, or was refused and the connection is finished. *result is SDD_FULL or SDD_FAILED if the
 * store refused it.
 */
size_t sdd_classic_execute(struct sdd_operations *operations, struct sdd_connection *connection,
                           const uint8_t *bytes, size_t length, uint64_t max_request_size,
                           enum sdd_result *result);

#endif
