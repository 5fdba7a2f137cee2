/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the store needs from time to time, between turns: that what waits for it is
 * committed, and the sweep, which gives the room of expired entries back, a few of
 * them a turn, so that no request waits for it. That they are not found any more
 * does not depend on it.
 */

#ifndef SDD_UPKEEP_H
#define SDD_UPKEEP_H

struct event_base;
struct sdd_store;
struct sdd_upkeep;

/* Begins; the store is borrowed. NULL: no memory. */
struct sdd_upkeep *sdd_upkeep_new(struct event_base *base, struct sdd_store *store);

/* The turn's end, when no batch of the store is open: does what it is time for. */
void sdd_upkeep_end_turn(struct sdd_upkeep *upkeep);

/* NULL is allowed. */
void sdd_upkeep_free(struct sdd_upkeep *upkeep);

#endif
