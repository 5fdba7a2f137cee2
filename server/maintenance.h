/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the store needs from time to time, between ticks: flushes, sweeps, and memory to be
 * released. A sweep only frees room: an expired entry is not found even before it is swept.
 */

#ifndef SDD_MAINTENANCE_H
#define SDD_MAINTENANCE_H

#include <stdbool.h>

struct event_base;
struct sdd_store;
struct sdd_maintenance;

/* Starts it; base and store are borrowed. NULL: no memory. */
struct sdd_maintenance *sdd_maintenance_new(struct event_base *base, struct sdd_store *store);

/* Does what is due. To be called at the end of each tick, when no batch of the store is open.
 * False: the store is broken, and the process had better end. */
bool sdd_maintenance_end_tick(struct sdd_maintenance *maintenance);

/* NULL is allowed. */
void sdd_maintenance_free(struct sdd_maintenance *maintenance);

#endif
