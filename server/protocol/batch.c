/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A tick's batch; see batch.h. */

#include "server/protocol/batch.h"

#include "server/net/connection.h"
#include "server/protocol/locks.h"
#include "server/store/store.h"
#include "server/system/store_clock.h"

static bool is_trouble(enum sdd_result result)
{
	return result == SDD_FULL || result == SDD_FAILED;
}

/* Only one clock is read in a tick; the store knows how far the others are from it. */
bool sdd_batch_begin_request(struct sdd_batch *batch)
{
	if (batch->state == SDD_BATCH_VOID) {
		return false;
	}
	if (batch->now_ms == 0) {
		batch->boot_ms = sdd_clock_boot_at(&batch->began);
		batch->now_ms = sdd_store_clock_at(batch->clock, batch->boot_ms);
		batch->wall_ms = sdd_store_clock_wall_at(batch->clock, batch->boot_ms);
	}
	return true;
}

/* Commits what the request has written, on its own. */
static enum sdd_result end_replayed(struct sdd_batch *batch, enum sdd_result result)
{
	enum sdd_result committed = sdd_store_commit(batch->store);

	if (result == SDD_FULL && sdd_store_admit(batch->store) == SDD_LATER) {
		return SDD_LATER; /* it did not fit by an estimate, which will be exact then */
	}
	if (is_trouble(result) || result == SDD_LATER) {
		return result;
	}
	return is_trouble(committed) ? committed : SDD_DONE;
}

enum sdd_result sdd_batch_end_request(struct sdd_batch *batch, enum sdd_result result)
{
	if (batch->state == SDD_BATCH_ONE_BY_ONE) {
		return end_replayed(batch, result);
	}
	if (result == SDD_DONE) {
		return SDD_DONE;
	}
	if (sdd_store_has_lost_batch(batch->store)) {
		batch->state = SDD_BATCH_VOID;
		return SDD_DONE;
	}
	return is_trouble(result) || result == SDD_LATER ? result : SDD_DONE;
}

/* Everything begins again as it was before the tick, and each request commits on its own. */
static void replay(struct sdd_batch *batch, struct sdd_locks *locks,
                   struct sdd_connections *connections)
{
	sdd_store_end_reading(batch->store);
	sdd_locks_replay(locks);
	batch->state = SDD_BATCH_ONE_BY_ONE;
	sdd_connections_replay(connections);
}

void sdd_batch_end_tick(struct sdd_batch *batch, struct sdd_locks *locks,
                        struct sdd_connections *connections)
{
	if (sdd_store_commit(batch->store) != SDD_DONE) {
		batch->state = SDD_BATCH_VOID;
	}
	if (batch->state == SDD_BATCH_VOID) {
		replay(batch, locks, connections);
	}
	batch->state = SDD_BATCH_TOGETHER;
	sdd_store_end_reading(batch->store);
	sdd_locks_end_tick(locks);
	sdd_connections_flush(connections, batch->boot_ms);
	batch->now_ms = 0;
}
