/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's requests, carried out; wire/meta.h has the bytes, docs/protocol.md what
 * differs from memcached. */

#ifndef SDD_META_H
#define SDD_META_H

#include <stddef.h>
#include <stdint.h>

#include "server/protocol/last_access.h"
#include "server/protocol/locks.h"
#include "server/net/connection.h"
#include "server/protocol/batch.h"

/* What lasts longer than a turn: what `stats` tells, by memcached's names, and what h and l do. */
struct sdd_meta_state {
	struct sdd_access *access; /* these two are owned by whoever owns this */
	struct sdd_locks *locks;
	int64_t since_ms;
	uint64_t gets;
	uint64_t hits;
	uint64_t sets;
	uint64_t deletes;
	uint64_t touches;
	uint64_t arithmetic;
};

/*
 * Whether a connection that begins with these bytes speaks the meta protocol:
 * they are the beginning of one of its commands. A single byte is enough for
 * those that begin with "m" alone: upstream closes on it, whatever it is.
 */
bool sdd_meta_begins(const uint8_t *bytes, size_t length);

/*
 * Carries out the request at the head of `bytes`. Returns its length; 0: it is
 * not whole, or the peer is finished. *result is SDD_FULL or SDD_FAILED where
 * the store refused: the caller answers then, by sdd_meta_answer_no().
 */
size_t sdd_meta_execute(struct sdd_turn *turn, struct sdd_meta_state *state,
                        struct sdd_peer *peer, const uint8_t *bytes, size_t length,
                        uint64_t max_request_size, enum sdd_result *result);

/* A wait for a lock is over: answers the peer that waited. A handler of sdd_locks, whose owners have
 * their peer as context, and are attached to it. */
void sdd_meta_lock_decided(void *context, bool granted, const void *note, size_t note_length);

/* The answer to a request that the store has no room for, in memcached's words. */
void sdd_meta_answer_no(struct sdd_peer *peer);

#endif
