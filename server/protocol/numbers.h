/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The numbers that `stats`, /metrics and the page show. This waits for nothing. */

#ifndef SDD_NUMBERS_H
#define SDD_NUMBERS_H

struct sdd_connections;
struct sdd_meta_state;

/* Sets those of state->statistics that are not counted where it happens. Within a request: the
 * batch knows what time it is. */
void sdd_numbers_update(struct sdd_meta_state *state, const struct sdd_connections *connections);

#endif
