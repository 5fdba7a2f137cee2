/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What all workers of a machine have found out about one server's protocol. A finding is a
 * part of the server's slot in the shared table (dead_marks.h).
 *
 * If a classic server closes at the greeting, it says that it is classic; if it closes after a
 * fetch, that there is no such entry. A proxy whose server is down closes in the same way. A close
 * is therefore believed only if the server had *proven* to be classic at most SD_PROOF_AGE_MAX_MS
 * before it was asked: it had answered a classic store with OK.
 *
 * Each field changes by one atomic operation: a worker that is killed leaves a valid
 * finding. Zero-initialised, nothing is known. Times are milliseconds on the clock that
 * never goes back.
 */

#ifndef SD_FINDING_H
#define SD_FINDING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "client/pool/server.h"

#define SD_PROOF_AGE_MAX_MS 1000

struct sd_finding {
	_Atomic uint64_t word;     /* the protocol in the two highest bits; if it is classic, the
	                              others are the time until which no worker asks again */
	_Atomic int64_t proven_ms; /* when the latest proof was given; 0: none, or the server has
	                              spoken the meta protocol since */
};

#define SD_FINDING_PROTOCOL_SHIFT 62

/* The protocol that was found last. */
static inline enum sd_protocol sd_finding_protocol(struct sd_finding *finding)
{
	return (enum sd_protocol)(atomic_load(&finding->word) >> SD_FINDING_PROTOCOL_SHIFT);
}

/* The server has answered the greeting. No proof from before counts any more. */
void sd_finding_set_meta(struct sd_finding *finding);

/* The server has closed on the greeting, and that is believed. It is not greeted again before
 * `until_ms`. */
void sd_finding_set_classic(struct sd_finding *finding, int64_t until_ms);

/* The server did not answer as a classic one: it is greeted before anything else is sent to it. One
 * that was found to speak the meta protocol stays so. */
void sd_finding_forget_classic(struct sd_finding *finding);

/*
 * Whether a request to a server that was found to be classic goes out by that protocol at `now_ms`,
 * without a greeting. If the time for that is over, one caller gets "no", and greets. For the
 * others the finding counts for `interval_ms` more, or until that one reports.
 */
bool sd_finding_is_still_classic(struct sd_finding *finding, int64_t now_ms, int64_t interval_ms);

/* The server has answered OK to a store, not before `given_ms`. */
void sd_finding_prove(struct sd_finding *finding, int64_t given_ms);

/* Whether a request that begins at `now_ms` is behind a proof that is young enough. */
bool sd_finding_is_proven(struct sd_finding *finding, int64_t now_ms);

#endif
