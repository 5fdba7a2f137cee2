/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The numbers; see numbers.h. */

#include "server/protocol/numbers.h"

#include <unistd.h>

#include "server/net/connection.h"
#include "server/protocol/locks.h"
#include "server/protocol/meta.h"
#include "server/protocol/operations.h"
#include "server/store/store.h"

#define THREADS 1 /* that serve */

static void set_store(uint64_t *numbers, struct sdd_store *store, int64_t now_ms)
{
	const struct sdd_tally tally = sdd_store_tally(store);
	int64_t sync_us;

	numbers[SDD_STAT_CURR_ITEMS] = (uint64_t)tally.entries;
	numbers[SDD_STAT_TOTAL_ITEMS] = (uint64_t)tally.stored;
	numbers[SDD_STAT_TOMBSTONES] = (uint64_t)tally.tombstones;
	numbers[SDD_STAT_EXPIRED] = (uint64_t)tally.expired;
	numbers[SDD_STAT_BYTES] = sdd_store_size(store);
	numbers[SDD_STAT_LIMIT_MAXBYTES] = sdd_store_max_size(store);
	numbers[SDD_STAT_JOURNAL_BYTES] = sdd_store_wal_size(store);
	numbers[SDD_STAT_SWEEP_BACKLOG] = (uint64_t)sdd_store_sweep_delay(store, now_ms) / 1000;
	numbers[SDD_STAT_SYNC_AGE] = (uint64_t)sdd_store_sync_age_ms(store, &sync_us) / 1000;
	numbers[SDD_STAT_SYNC_DURATION_US] = (uint64_t)sync_us;
}

static void set_connections(uint64_t *numbers, const struct sdd_connections *connections)
{
	struct sdd_connections_numbers all;

	sdd_connections_numbers(connections, &all);
	numbers[SDD_STAT_CURR_CONNECTIONS] = all.open;
	numbers[SDD_STAT_MAX_CONNECTIONS] = all.most;
	numbers[SDD_STAT_TOTAL_CONNECTIONS] = all.accepted;
	numbers[SDD_STAT_REJECTED_CONNECTIONS] = all.rejected;
	numbers[SDD_STAT_IDLE_KICKS] = all.idle_closed;
	numbers[SDD_STAT_BYTES_READ] = all.bytes_read;
	numbers[SDD_STAT_BYTES_WRITTEN] = all.bytes_written;
}

static void set_locks(uint64_t *numbers, const struct sdd_locks *locks)
{
	struct sdd_locks_numbers all;

	sdd_locks_numbers(locks, &all);
	numbers[SDD_STAT_CURR_LOCKS] = all.held;
	numbers[SDD_STAT_LOCK_WAITERS] = all.waiting;
	numbers[SDD_STAT_LOCK_TIMEOUTS] = all.timeouts;
}

void sdd_numbers_update(struct sdd_meta_state *state, const struct sdd_connections *connections)
{
	const struct sdd_operations *operations = state->operations;
	const struct sdd_batch *batch = operations->batch;
	uint64_t *numbers = state->statistics.numbers;

	numbers[SDD_STAT_PID] = (uint64_t)getpid();
	numbers[SDD_STAT_UPTIME] = (uint64_t)(batch->boot_ms - operations->since_ms) / 1000;
	numbers[SDD_STAT_TIME] = (uint64_t)batch->wall_ms / 1000;
	numbers[SDD_STAT_THREADS] = THREADS;
	numbers[SDD_STAT_GET_MISSES] = numbers[SDD_STAT_CMD_GET] - numbers[SDD_STAT_GET_HITS];
	/* rounded up: what is not 0 is not proven yet */
	numbers[SDD_STAT_ABSENCE_PROVEN_IN] =
		(uint64_t)(sdd_operation_absence_proven_in(operations) + 999) / 1000;
	numbers[SDD_STAT_UNPROVEN_ITEMS] = sdd_operation_unproven(operations);
	set_store(numbers, batch->store, batch->now_ms);
	set_connections(numbers, connections);
	set_locks(numbers, state->locks);
}
