/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol: its requests become operations, locks and statistics. wire/meta_server.h has
 * the bytes of requests, meta_reply.h those of replies, and docs/protocol.md says what differs from
 * memcached. */

#ifndef SDD_META_H
#define SDD_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/net/connection.h"
#include "server/protocol/locks.h"
#include "server/protocol/operations.h"
#include "server/system/statistics.h"

/* What the requests of all connections share. */
struct sdd_meta_state {
	struct sdd_operations *operations; /* borrowed */
	struct sdd_locks *locks;           /* borrowed */
	int64_t lease_max_s;               /* a longer lease is cut to it */
	struct sdd_statistics statistics;  /* of the meta protocol: the classic one counts nothing */
};

/*
 * Runs the request at the head of `bytes`. Returns its length; 0: it is not complete, or the
 * connection is finished. *result is SDD_FULL or SDD_FAILED if the store refused the request: the
 * caller then discards the reply, for sdd_meta_reply_refused().
 */
size_t sdd_meta_execute(struct sdd_meta_state *state, struct sdd_connection *connection,
                        const uint8_t *bytes, size_t length, enum sdd_result *result);

/* A wait for a lock is over: answers the connection that waited. A handler of sdd_locks, whose
 * holders have their connection as context and are attached to it. */
void sdd_meta_lock_decided(void *context, bool granted, const void *token, size_t token_length);

#endif
