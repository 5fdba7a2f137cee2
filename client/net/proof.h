/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A proof that a server speaks the classic protocol: it answers a classic store of a
 * reserved key with OK. Nothing of the user's is in it. A node has at most one in
 * progress. The exchanges that depend on it wait for its end, and are asked again after
 * it, or fail with it.
 */

#ifndef SD_PROOF_H
#define SD_PROOF_H

#include <stdbool.h>

#include "client/net/classic_request.h"
#include "client/transport/request.h"

/* Zero-initialised it is not in progress. */
struct sd_proof {
	struct sd_classic_request request;
	struct sd_exchange exchange; /* the store */
	struct sd_exchange *waiting; /* by `queued`, in order; NULL: no proof is to be given */
	struct sd_exchange *last;    /* of those; undefined if there is none */
	struct sd_node *next;        /* of the nodes whose proof is to be begun: the caller's list */
};

/* An exchange waits for the proof. True: it is the first, and the proof is to be begun. */
bool sd_proof_await(struct sd_proof *proof, struct sd_exchange *exchange);

/* Begins to ask. `node` is the server's; all pointers are borrowed. */
enum sd_channel_state sd_proof_begin(struct sd_proof *proof, struct sd_node *node,
                                     struct sd_addresses *known, struct sd_traffic *traffic);

/* Whether the server has proven it, after the request has ended. */
bool sd_proof_is_given(const struct sd_proof *proof);

/* When it was given, or earlier: the server was asked by then, and the answer had still not come.
 * So it counts whatever the client did until it took the answer, even if it was not running. */
int64_t sd_proof_given_ms(const struct sd_proof *proof);

/* Takes the exchanges that waited, after the request has ended. NULL: there are none. */
struct sd_exchange *sd_proof_take_waiting(struct sd_proof *proof);

/* Ends an exchange that waited for a proof which was not given, with the reason. */
void sd_proof_refuse(const struct sd_proof *proof, struct sd_exchange *exchange);

/* Closes a proof that a longjmp left, and forgets the exchanges without touching them. */
void sd_proof_abandon(struct sd_proof *proof);

#endif
