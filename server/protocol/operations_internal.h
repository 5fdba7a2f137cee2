/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the operations have in common; for operations.c and operations_write.c only.
 *
 * Invariant: `before` is read within the batch that the change is written to, so nothing can happen
 * between the two.
 */

#ifndef SDD_OPERATIONS_INTERNAL_H
#define SDD_OPERATIONS_INTERNAL_H

#include "server/protocol/operations.h"
#include "server/store/store.h"

#define SDD_TTL_RELATIVE_MAX (60 * 60 * 24 * 30) /* seconds; a larger one is a date (memcached) */

/* What a key has before the operation. */
struct sdd_before {
	bool is_found;          /* `entry` has not expired */
	bool is_tombstone;      /* `entry` is one */
	bool is_damaged;        /* the disk has something that cannot be read */
	bool is_doubtful;       /* of a get: it may be older than a write that was refused */
	struct sdd_entry entry; /* all zero if the key has nothing */
};

/* Begins the batch, and finds what the key has: for an operation that may write. */
enum sdd_result sdd_operation_find_to_write(const struct sdd_operations *operations,
                                            const struct sdd_key *key, struct sdd_before *before);

static inline void sdd_outcome_begin(struct sdd_outcome *outcome, const struct sdd_before *before)
{
	outcome->status = SDD_OUTCOME_DONE;
	outcome->change = SDD_OUTCOME_NO_CHANGE;
	outcome->access = SDD_OUTCOME_NO_ACCESS;
	outcome->is_found = before->is_found;
	outcome->is_tombstone = before->is_tombstone;
	outcome->is_won = false;
	outcome->is_proven = true;
	outcome->joined = NULL;
}

/* When an entry with this time to live expires: now, if that was in the past. */
static inline int64_t sdd_operation_expiry(const struct sdd_batch *batch, int64_t ttl)
{
	if (ttl == 0) {
		return SDD_NEVER;
	}
	if (ttl < 0) {
		return batch->now_ms;
	}
	if (ttl <= SDD_TTL_RELATIVE_MAX) {
		return batch->now_ms + ttl * 1000;
	}
	/* a date is of the wall clock */
	return ttl * 1000 > batch->wall_ms ? batch->now_ms + (ttl * 1000 - batch->wall_ms)
	                                   : batch->now_ms;
}

/* Whether the server has been up for so long that a comparison counts. */
static inline bool sdd_operation_has_settled(const struct sdd_operations *operations)
{
	return operations->batch->boot_ms - operations->since_ms >= SDD_SETTLE_MS;
}

/* The version of a write. */
static inline uint64_t sdd_operation_version(const struct sdd_operations *operations,
                                             bool has_version, uint64_t version,
                                             const struct sdd_before *before)
{
	if (has_version && version != 0) {
		return version;
	}
	return sdd_store_next_version(operations->batch->store, operations->batch->wall_ms,
	                              before->entry.version);
}

#endif
