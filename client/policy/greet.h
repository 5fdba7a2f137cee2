/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What has to be known of two servers before anything is written to them: what time they have,
 * for the version, and whether both can keep a time to live. A connection begins with the greeting
 * anyway, so greeting first costs no round trip.
 */

#ifndef SD_GREET_H
#define SD_GREET_H

#include "client/policy/operation.h"

/*
 * Greets the servers of entries with two servers, as far as no connection to them is up. The
 * entries have begun; `kind` is what they are to be asked for. Sets each entry's status: SD_OK;
 * SD_UNSUPPORTED, explained in the replicas: a time to live was asked for (`ttl` is not 0), and one
 * of the servers is a classic one, which has none; or that with which the caller ended it. A server
 * that did not answer has a failure as its reply. Returns the time at which the next round begins.
 */
int64_t sd_greet_servers(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                         enum sd_request_kind kind, int64_t ttl, int64_t now_ms);

#endif
