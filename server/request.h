/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * From the bytes of a peer to the store and back. Fetches are answered at once,
 * from the last commit; stores and deletes of one turn share a commit and are
 * answered after it. Nothing is acknowledged that is not committed.
 */

#ifndef SDD_REQUEST_H
#define SDD_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "peer.h"
#include "store.h"

struct sdd_requests;

/* NULL: no memory. The store is borrowed. */
struct sdd_requests *sdd_requests_new(struct sdd_store *store, uint64_t max_request_size,
                                      int64_t expiration_ms);
void sdd_requests_free(struct sdd_requests *requests);

/* What a peer has sent so far; a peer's handler. `context` is the struct sdd_requests. */
void sdd_requests_received(void *context, struct sdd_peer *peer, const uint8_t *bytes,
                           size_t length);

/* The turn's end: commits what came in it and answers. */
void sdd_requests_end_turn(struct sdd_requests *requests);

#endif
