/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The requests of one turn share one batch of the store. Those who carry
 * requests out write into it and answer as if it were committed; nothing is
 * sent before it is. Where the batch is lost, for it did not fit or the disk is
 * full, the turn's requests are carried out once more, each in a batch of its
 * own: one that fails takes no other with it.
 */

#ifndef SDD_TURN_H
#define SDD_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store.h"

struct sdd_turn {
	struct sdd_store *store;
	int64_t expiration_ms; /* how long entries live unless told otherwise */
	int64_t now_ms;        /* of its first request, for all; 0: none came yet */
	bool lost;             /* the batch is: what was answered in this turn is void */
	bool alone;            /* each request has a batch of its own */
};

/* Makes sure that a batch is open. SDD_DONE, or the request cannot be carried out. */
enum sdd_result sdd_turn_write(struct sdd_turn *turn);

/* Notes what a write to the store came to, and returns it: a batch may be lost by it. */
enum sdd_result sdd_turn_wrote(struct sdd_turn *turn, enum sdd_result result);

/* Deletes `entry`, which was found under the key, and leaves a tombstone of that version that
 * outlives it; at least `life_ms` from now. */
enum sdd_result sdd_turn_bury(struct sdd_turn *turn, struct sdd_bytes key,
                              const struct sdd_entry *entry, uint64_t version, int64_t life_ms);

/* The version of a write after one of `before`. */
uint64_t sdd_turn_version(struct sdd_turn *turn, uint64_t before);

#endif
