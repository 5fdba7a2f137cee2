/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Writing, to all servers of a key at the same time. With redundancy a write has a version, which
 * is larger than any that this process has seen, and a server replaces only what is older.
 */

#ifndef SD_WRITE_H
#define SD_WRITE_H

#include "client/policy/operation.h"

/* Stores values for `ttl` seconds (0: each server's default). An entry's status: SD_OK, and
 * `stored` is the number of servers that have it; or a failure: none has it. */
enum sd_status sd_write_set(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                            int64_t ttl, struct sd_error *error);

/* Deletes entries. SD_OK: a server had it and deleted it; SD_ABSENT; or a failure. */
enum sd_status sd_write_delete(const struct sd_policy *policy, struct sd_entry *entries,
                               size_t count, struct sd_error *error);

#endif
