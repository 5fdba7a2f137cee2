/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Connections whose requests write while the store cannot take it yet: they are held
 * (sdd_connection_hold()), so that nobody else waits. Here is who asks the store again, each
 * millisecond, and releases them.
 */

#ifndef SDD_HELD_H
#define SDD_HELD_H

struct event_base;
struct sdd_connections;
struct sdd_held;
struct sdd_store;

/* Base and store are borrowed. NULL: no memory. */
struct sdd_held *sdd_held_new(struct event_base *base, struct sdd_store *store);

/* NULL is allowed. */
void sdd_held_free(struct sdd_held *held);

/* A tick has ended. If connections are held, asks the store whether their requests can be run, or
 * must be refused: then all are released, and run in the next tick. Otherwise there will be another
 * tick in a millisecond. */
void sdd_held_end_tick(struct sdd_held *held, struct sdd_connections *connections);

#endif
