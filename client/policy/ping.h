/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* How long each server of a pool takes to answer. */

#ifndef SD_PING_H
#define SD_PING_H

#include "client/policy/operation.h"

/* One server. */
struct sd_ping {
	struct sd_exchange exchange; /* the policy's own */
	int64_t took_us;             /* -1: it did not answer */
};

/*
 * Asks all servers of the pool at once for an entry that nobody stores. `pings` has one for each,
 * in order. Connections are made before, and are not part of the time; one that is marked dead is
 * not asked. SD_OK, whichever answered; SD_ABORTED or SD_NO_MEMORY, explained.
 */
enum sd_status sd_ping_servers(const struct sd_policy *policy, struct sd_ping *pings,
                               struct sd_error *error);

#endif
