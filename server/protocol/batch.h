/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A tick's batch: the requests of one tick share one commit (group commit). Each request writes
 * into the batch and replies as if it were committed, because no reply is sent before it is. If the
 * batch is lost, since it did not fit or the disk is full or fails, all requests of the tick are
 * run again, each in a batch of its own. So a request that fails takes no other with it. While the
 * store takes no batch yet, a request that writes is put off to a later tick, and its connection is
 * deferred until then (deferred.h).
 *
 * A request runs between sdd_batch_begin_request() and sdd_batch_end_request(); the tick ends with
 * sdd_batch_end_tick(), which does the replay.
 */

#ifndef SDD_BATCH_H
#define SDD_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/entry.h"
#include "server/system/clock.h"

struct sdd_connections;
struct sdd_locks;
struct sdd_store;
struct sdd_store_clock;

enum sdd_batch_state {
	SDD_BATCH_TOGETHER,   /* the requests share one batch */
	SDD_BATCH_VOID,       /* it was lost: nothing that was replied in this tick is true */
	SDD_BATCH_ONE_BY_ONE, /* the replay: each request has a batch of its own */
};

/* Zero-initialised, except for the first three. */
struct sdd_batch {
	struct sdd_store *store;             /* borrowed */
	const struct sdd_store_clock *clock; /* the store's: sdd_store_clock() */
	int64_t expiration_ms; /* the time to live of entries that are stored without one */
	/* of the tick's first request, in milliseconds */
	int64_t now_ms;  /* of the store's clock, by which entries expire; 0: there was none yet */
	int64_t wall_ms; /* since 1970: of versions and dates */
	int64_t boot_ms; /* since the system started */
	struct timespec began; /* the same, exactly */
	enum sdd_batch_state state;
	bool is_too_much; /* the request is SDD_LATER because of what it needs to touch in this tick */
};

/* A request begins. False: it must not be run, since it will be handed over again. */
bool sdd_batch_begin_request(struct sdd_batch *batch);

/* The request has ended with this result; if the store lost the batch, it is not SDD_DONE. Returns
 * SDD_FULL or SDD_FAILED if it is to be refused now; SDD_LATER if it has done nothing and is to be
 * run in a later tick; SDD_DONE if it was run, or will be run again in this one. */
enum sdd_result sdd_batch_end_request(struct sdd_batch *batch, enum sdd_result result);

/* The tick ends: commits, or replays. Then sends the replies and hands released locks on. */
void sdd_batch_end_tick(struct sdd_batch *batch, struct sdd_locks *locks,
                        struct sdd_connections *connections);

#endif
