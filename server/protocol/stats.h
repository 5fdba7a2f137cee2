/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The answer to `stats`: the table of system/statistics.h, and the store's health. It waits for
 * nothing. docs/protocol.md says what each number means. */

#ifndef SDD_STATS_H
#define SDD_STATS_H

#include "wire/bytes.h"

struct sdd_connection;
struct sdd_meta_reply;
struct sdd_meta_state;

/* Writes the lines of a group: all numbers if `group` is empty, `locks`, of all keys or of the one
 * that `argument` has in base64, or one of memcached's, `settings`, `items` and `slabs`. Of these
 * only the first has any. Within a request, whose reply it is. */
void sdd_stats_write(struct sdd_meta_state *state, struct sdd_connection *connection,
                     struct sdd_meta_reply *reply, struct sd_bytes group, struct sd_bytes argument);

#endif
