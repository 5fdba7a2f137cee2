/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Connections whose requests write while the store cannot take a write yet: they are deferred
 * (sdd_connection_defer()), so that nobody else waits. This asks the store again, each millisecond,
 * and releases them.
 */

#ifndef SDD_DEFERRED_H
#define SDD_DEFERRED_H

struct event_base;
struct sdd_connections;
struct sdd_deferred;
struct sdd_store;

/* Base and store are borrowed. NULL: no memory. */
struct sdd_deferred *sdd_deferred_new(struct event_base *base, struct sdd_store *store);

/* NULL is allowed. */
void sdd_deferred_free(struct sdd_deferred *deferred);

/* A tick has ended, and connections are deferred. Asks the store whether their requests can be run,
 * or must be refused: then all are released, and run in the next tick. Otherwise there will be
 * another tick in a millisecond. */
void sdd_deferred_end_tick(struct sdd_deferred *deferred, struct sdd_connections *connections);

#endif
