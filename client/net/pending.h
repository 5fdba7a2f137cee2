/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a round has still to begin, and by which protocol: connections with their
 * exchanges, proofs, and classic requests. The network begins them as far as it has room,
 * and reports how they ended. If a server just closed, the exchanges come back here: closing
 * is believed only of a server that had proven to be classic (finding.h). Any other one has
 * to prove it first, and then the exchanges are asked again.
 */

#ifndef SD_PENDING_H
#define SD_PENDING_H

#include <stdint.h>

#include "client/net/classic_request.h"
#include "client/net/node.h"
#include "client/transport/request.h"

/* All are borrowed. Zero-initialised, nothing is pending. */
struct sd_pending {
	struct sd_connection *connections; /* with exchanges on them, by `pending` */
	struct sd_node *proofs;            /* whose proof is awaited, by `proof.next` */
	struct sd_exchange *classics;      /* by `queued` */
};

/* An exchange of an admitted node is to be begun, by the server's protocol. */
void sd_pending_ask(struct sd_pending *pending, struct sd_node *node, struct sd_exchange *exchange);

/* A server closed on the greeting, and nobody has that connection's exchanges (SD_CHANNEL_SILENT).
 * If it is found to be classic, it is not greeted again for `interval_ms`. */
void sd_pending_close_at_greeting(struct sd_pending *pending, struct sd_connection *connection,
                                  int64_t now_us, int64_t interval_ms);

/* The server closed instead of answering a classic request (SD_CHANNEL_SILENT). */
void sd_pending_close_without_answer(struct sd_pending *pending, struct sd_classic_request *classic,
                                     int64_t now_us);

/* The node's proof has ended: the exchanges that waited for it are asked again, or fail. */
void sd_pending_finish_proof(struct sd_pending *pending, struct sd_node *node, int64_t now_us);

#endif
