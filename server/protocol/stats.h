/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The answer to `stats`: the table of system/statistics.h, and the store's health. It waits for
 * nothing. docs/protocol.md says what each number means. */

#ifndef SDD_STATS_H
#define SDD_STATS_H

struct sdd_connection;
struct sdd_meta_reply;
struct sdd_meta_state;

/* Writes all lines. Within a request, whose reply it is. */
void sdd_stats_write(struct sdd_meta_state *state, struct sdd_connection *connection,
                     struct sdd_meta_reply *reply);

#endif
