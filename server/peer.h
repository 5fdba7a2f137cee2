/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One connected client: bytes in, bytes out, and the time it may take for them.
 * A peer knows no protocol: it hands what came to a handler, which answers.
 *
 * A peer holds memory for what it has sent and not more than that again, and
 * for what it has not yet read of an answer.
 */

#ifndef SDD_PEER_H
#define SDD_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct sdd_peer;

/* What all peers of a server share. */
struct sdd_peers;

struct sdd_peer_handler {
	/* Bytes came: all that were not consumed, from the first on. The handler answers, ends,
	 * closes, or does nothing, for more to come. */
	void (*received)(void *context, struct sdd_peer *peer, const uint8_t *bytes, size_t length);
	/* A peer's descriptor was closed; the peer is gone when this returns. */
	void (*closed)(void *context);
	void *context;
};

struct sdd_peers *sdd_peers_new(struct event_base *base, const struct sdd_peer_handler *handler,
                                size_t read_size, int timeout_seconds);

/* Closes all. NULL is allowed. */
void sdd_peers_free(struct sdd_peers *peers);

size_t sdd_peers_count(const struct sdd_peers *peers);

/* Closes those that no answer is under way to. */
void sdd_peers_close_idle(struct sdd_peers *peers);

/* Takes a connected descriptor, non-blocking, over; `address` is copied. False: no memory, and the
 * descriptor is closed. */
bool sdd_peer_open(struct sdd_peers *peers, int descriptor, const char *address);

/* The client's address as text, for messages. */
const char *sdd_peer_address(const struct sdd_peer *peer);

/* The request is whole, and its answer will come: nothing more is read meanwhile. */
void sdd_peer_hold(struct sdd_peer *peer);

/* Answers with these bytes, then closes. What the socket does not take at once is copied. */
void sdd_peer_answer_and_close(struct sdd_peer *peer, const void *bytes, size_t length);

/* Closes at once, without an answer. The peer is gone. */
void sdd_peer_close(struct sdd_peer *peer);

#endif
