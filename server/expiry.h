/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The sweep: gives the room of expired entries back, a few of them a turn, so
 * that no request waits for it. That they are not found any more does not
 * depend on it.
 */

#ifndef SDD_EXPIRY_H
#define SDD_EXPIRY_H

struct event_base;
struct sdd_expiry;
struct sdd_store;

/* Starts sweeping; the store is borrowed. NULL: no memory. */
struct sdd_expiry *sdd_expiry_new(struct event_base *base, struct sdd_store *store);

/* The turn's end, when no batch of the store is open: sweeps if it is time to. */
void sdd_expiry_end_turn(struct sdd_expiry *expiry);

/* NULL is allowed. */
void sdd_expiry_free(struct sdd_expiry *expiry);

#endif
