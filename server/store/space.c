/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* How full the store is; see space.h. */

#include "server/store/space.h"

static const struct sdd_tally no_tally;

bool sdd_space_is_estimated(const struct sdd_space *space)
{
	return space->active_growth + space->immutable_growth > 0;
}

void sdd_space_commit(struct sdd_space *space)
{
	space->active_growth += space->batch_growth;
	space->batch_growth = 0;
	sdd_tally_add(&space->active_tally, &space->batch_tally);
	space->stored += space->batch_tally.stored;
	space->batch_tally = no_tally;
}

void sdd_space_rollback(struct sdd_space *space)
{
	space->batch_growth = 0;
	space->batch_tally = no_tally;
}

void sdd_space_switch(struct sdd_space *space)
{
	space->immutable_growth = space->active_growth;
	space->active_growth = 0;
	space->immutable_tally = space->active_tally;
	space->active_tally = no_tally;
}

void sdd_space_flushed(struct sdd_space *space, uint64_t btree_size, struct sdd_tally btree_tally)
{
	space->btree_tally = btree_tally;
	space->immutable_tally = no_tally;
	space->immutable_growth = 0;
	space->btree_size = btree_size;
}

/* What expires in a memtable is not flushed, so a number may be too high or too low for a moment.
 */
struct sdd_tally sdd_space_tally(const struct sdd_space *space)
{
	struct sdd_tally tally = space->btree_tally;

	sdd_tally_add(&tally, &space->immutable_tally);
	sdd_tally_add(&tally, &space->active_tally);
	sdd_tally_add(&tally, &space->batch_tally);
	tally.entries = tally.entries > 0 ? tally.entries : 0;
	tally.tombstones = tally.tombstones > 0 ? tally.tombstones : 0;
	tally.unproven = tally.unproven > 0 ? tally.unproven : 0;
	tally.stored = space->stored;
	return tally;
}
