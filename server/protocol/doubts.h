/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Keys of which this server may have an older state than another one, because it refused a write.
 * The write had a version of the client's, and another server may have taken it. An entry of that
 * key with a lower version is not proven, and neither is its absence, until a client has compared.
 *
 * There is memory for some thousand keys. If there are more, those with the lowest versions are
 * remembered only by their largest version: then everything older than that is in doubt. All of
 * this is in memory only, because after the next start everything is in doubt anyway.
 *
 * Zero-initialised.
 */

#ifndef SDD_DOUBTS_H
#define SDD_DOUBTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

struct sdd_doubt;

struct sdd_doubts {
	struct sdd_doubt *slots; /* NULL: there was none yet, or no memory */
	bool are_any;
	uint64_t rest_version; /* the largest of those that have no slot; 0: all have */
	int64_t rest_since_ms; /* when the last of them came */
	int64_t rest_until_ms; /* when all that they are about has expired */
	uint64_t hash;         /* of the key of the present request, */
	uint64_t version;      /* and the version that it brings; 0: none */
	int64_t ttl_ms;        /* what it is about has expired after that, here and elsewhere */
};

/* A request that is going to be refused may be a write with a version of the client's; 0: it is
 * none. */
static inline void sdd_doubts_expect(struct sdd_doubts *doubts, const struct sdd_key *key,
                                     uint64_t version, int64_t ttl_ms)
{
	doubts->hash = key->hash;
	doubts->version = version;
	doubts->ttl_ms = ttl_ms;
}

void sdd_doubts_clear(struct sdd_doubts *doubts);

/* It is refused, at `now_ms`. */
void sdd_doubts_refused(struct sdd_doubts *doubts, int64_t now_ms);

/* The rare part of the function below: for it only. */
bool sdd_doubts_find(struct sdd_doubts *doubts, const struct sdd_key *key, uint64_t version);

/* Whether what a key has, an entry or a tombstone of `version`, or nothing (0), is in doubt. To be
 * asked after each write, too: that is how the number of doubts is known. */
static inline bool sdd_doubts_has(struct sdd_doubts *doubts, const struct sdd_key *key,
                                  uint64_t version)
{
	return doubts->are_any && sdd_doubts_find(doubts, key, version);
}

/* A client has compared what the key has. It counts against doubts that came before `before_ms`:
 * true, and they are over. What has no slot is in doubt again for the next one. */
bool sdd_doubts_end(struct sdd_doubts *doubts, const struct sdd_key *key, int64_t before_ms);

/* Of how many keys it is in doubt what they have. *are_more: so is all that is older than some
 * version. */
size_t sdd_doubts_count(const struct sdd_doubts *doubts, int64_t now_ms, bool *are_more);

#endif
