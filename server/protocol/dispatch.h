/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * From the bytes of a peer to the store and back: tells the two protocols
 * apart, and ends the turn. Nothing is acknowledged that is not committed.
 */

#ifndef SDD_REQUEST_H
#define SDD_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "server/net/connection.h"
#include "server/store/store.h"

struct sdd_requests;

/* NULL: no memory. Base and store are borrowed. */
struct sdd_requests *sdd_requests_new(struct event_base *base, struct sdd_store *store,
                                      uint64_t max_request_size, int64_t expiration_ms);

/* After the last peer is gone. NULL is allowed. */
void sdd_requests_free(struct sdd_requests *requests);

/* What a peer has sent; a peer's handler. `context` is the struct sdd_requests. */
size_t sdd_requests_received(void *context, struct sdd_peer *peer, const uint8_t *bytes,
                             size_t length);

/* A peer is about to be gone; a peer's handler. Frees its locks. */
void sdd_requests_closing(void *context, void *attachment);

/* The turn's end: commits what came in it and sends the answers. */
void sdd_requests_end_turn(struct sdd_requests *requests, struct sdd_peers *peers);

#endif
