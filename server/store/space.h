/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * How full the store is, and how many entries it has. The B-tree knows its size, with that of long
 * values. How much it will grow by what is not flushed yet is estimated, too high rather than too
 * low. Overwriting counts as growing until the entry that is replaced has been looked up.
 * Arithmetic only; all numbers are bytes.
 */

#ifndef SDD_SPACE_H
#define SDD_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/entry.h"

struct sdd_space {
	uint64_t max_size;
	uint64_t btree_size;      /* when the immutable memtable was last emptied */
	int64_t immutable_growth; /* by what is being flushed */
	int64_t active_growth;    /* by what is committed and not being flushed yet */
	int64_t batch_growth;     /* by the batch that is open */
	/* the entries, in the same stages */
	struct sdd_tally btree_tally;
	struct sdd_tally immutable_tally;
	struct sdd_tally active_tally;
	struct sdd_tally batch_tally;
	int64_t stored; /* by all batches that were committed */
};

#define SDD_SPACE_SPARE (64 * 1024) /* bytes by which the estimate may be too low */

/* How many more bytes fit; it is negative if there is too much already. */
static inline int64_t sdd_space_left(const struct sdd_space *space)
{
	return (int64_t)space->max_size - SDD_SPACE_SPARE - (int64_t)space->btree_size -
	       space->immutable_growth - space->active_growth - space->batch_growth;
}

/* Whether a part of the size is an estimate, besides that of the batch. */
bool sdd_space_is_estimated(const struct sdd_space *space);

/* The batch is committed, or rolled back. */
void sdd_space_commit(struct sdd_space *space);
void sdd_space_rollback(struct sdd_space *space);

/* The active memtable becomes the immutable one. */
void sdd_space_switch(struct sdd_space *space);

/* The immutable memtable is empty, and the B-tree has that size and these entries. */
void sdd_space_flushed(struct sdd_space *space, uint64_t btree_size, struct sdd_tally btree_tally);

/* The entries, with those of all stages. */
struct sdd_tally sdd_space_tally(const struct sdd_space *space);

#endif
