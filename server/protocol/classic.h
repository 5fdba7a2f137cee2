/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol's requests, carried out; wire/classic.h has the bytes. */

#ifndef SDD_CLASSIC_H
#define SDD_CLASSIC_H

#include <stddef.h>
#include <stdint.h>

#include "server/net/connection.h"
#include "server/protocol/batch.h"

/* Whether a connection that begins with this byte speaks the classic protocol. */
bool sdd_classic_begins(uint8_t byte);

/*
 * Carries out the request that `bytes` are, all that came so far. Returns its
 * length; 0: it is not whole, or the peer is finished, with or without an answer.
 * *result is SDD_FULL or SDD_FAILED where the store was why.
 */
size_t sdd_classic_execute(struct sdd_turn *turn, struct sdd_peer *peer, const uint8_t *bytes,
                           size_t length, uint64_t max_request_size, enum sdd_result *result);

#endif
