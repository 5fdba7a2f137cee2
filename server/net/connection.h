/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One connected client: bytes in, bytes out, and the time it may take for them.
 * A peer knows no protocol: it hands what came to a handler, which tells how
 * much of it was a request and writes an answer.
 *
 * What is written during a turn is sent at its end, by sdd_peers_flush(), in
 * one go: nothing is said before what it rests on is committed. Until then the
 * turn's requests are kept, and can be handed over again.
 *
 * A peer holds memory for what it has sent and not more than that again, and
 * for what it has not yet read of its answers; the buffers stay with it where
 * they are small, or the peers are few.
 */

#ifndef SDD_PEER_H
#define SDD_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct sdd_address;
struct sdd_peer;

/* What all peers of a server share. */
struct sdd_peers;

struct sdd_peer_handler {
	/*
	 * Bytes came: all that were not consumed yet. Carries out the request at
	 * their head and returns its length; 0: it is not whole. Called again as
	 * long as there is something behind it and the peer is not finished or held.
	 */
	size_t (*received)(void *context, struct sdd_peer *peer, const uint8_t *bytes, size_t length);
	/* A peer is about to be gone; `attachment` is what was attached to it, NULL: nothing. */
	void (*closing)(void *context, void *attachment);
	/* A peer's descriptor was given back. */
	void (*closed)(void *context);
	void *context;
};

struct sdd_peers *sdd_peers_new(struct event_base *base, const struct sdd_peer_handler *handler,
                                size_t read_size, int timeout_seconds);

/* Closes all. NULL is allowed. */
void sdd_peers_free(struct sdd_peers *peers);

size_t sdd_peers_count(const struct sdd_peers *peers);

/* Closes those that no answer is under way to, and the others as soon as they have it. */
void sdd_peers_finish(struct sdd_peers *peers);

/* Serves the peer that was served last, if it has sent something meanwhile: to try costs less than to
 * ask the system who has. False: nothing has come from it. */
bool sdd_peers_look(struct sdd_peers *peers);

/* Sends what was written in this turn, which ends with it. */
void sdd_peers_flush(struct sdd_peers *peers);

/* Takes back what was written in this turn, and hands its requests over once more. */
void sdd_peers_replay(struct sdd_peers *peers);

/* Takes a connected descriptor, non-blocking, over; `address` is copied. False: no memory, and the
 * descriptor is closed. */
bool sdd_peer_open(struct sdd_peers *peers, int descriptor, const struct sdd_address *address);

/* The client's address as text, for a message; valid until the next call for any peer. */
const char *sdd_peer_address(const struct sdd_peer *peer);

/* {{{ for the handler */

/* Adds bytes to the answer, which the caller fills in before anything else is called. NULL: there is
 * no memory for them, and the peer is closed at the turn's end. */
uint8_t *sdd_peer_room(struct sdd_peer *peer, size_t length);

/* The same for bytes that are there. */
void sdd_peer_write(struct sdd_peer *peer, const void *bytes, size_t length);

/* Where the answer has got to; what comes behind it can be taken back. */
size_t sdd_peer_written(const struct sdd_peer *peer);
void sdd_peer_take_back(struct sdd_peer *peer, size_t written);

/* What was written since then; valid until more is. */
const void *sdd_peer_since(const struct sdd_peer *peer, size_t written);

/* No further request: the peer is closed when its answer is sent. */
void sdd_peer_finish(struct sdd_peer *peer);

/* The peer's requests are whole ones on a connection that is kept: it may be silent between them
 * for as long as it likes. */
void sdd_peer_keep(struct sdd_peer *peer);

bool sdd_peer_is_kept(const struct sdd_peer *peer);

/* The request that is carried out is answered later, and those behind it after it. */
void sdd_peer_hold(struct sdd_peer *peer);

/* Answers the request that a peer was held for, and lets it go on in the next turn. */
void sdd_peer_go_on(struct sdd_peer *peer, const void *bytes, size_t length);

/* Something of the handler's that ends with the peer; NULL: nothing. */
void sdd_peer_attach(struct sdd_peer *peer, void *attachment);
void *sdd_peer_attachment(const struct sdd_peer *peer);

/* Whether the peer was finished, or has no memory for its answer. */
bool sdd_peer_is_finished(const struct sdd_peer *peer);

/* }}} */

#endif
