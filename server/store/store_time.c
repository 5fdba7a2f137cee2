/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The store's clock, the times to live of its entries, and versions; see store.h. */

#include "server/store/btree.h"
#include "server/store/store_internal.h"

#define SPREAD_SHIFT 55 /* that leaves half a millisecond, in microseconds */

const struct sdd_store_clock *sdd_store_clock(const struct sdd_store *store)
{
	return &store->layers.timing.clock;
}

void sdd_store_observe_ttl(struct sdd_store *store, int64_t ttl_ms)
{
	sdd_ttls_observe(&store->layers.timing.ttls, ttl_ms);
}

int64_t sdd_store_longest_ttl(const struct sdd_store *store)
{
	return sdd_ttls_longest(&store->layers.timing.ttls);
}

int64_t sdd_store_longest_missed(const struct sdd_store *store)
{
	int64_t longest_ms = sdd_store_longest_ttl(store);
	int64_t found_ms = store->layers.timing.longest_found_ms;

	return longest_ms > found_ms ? longest_ms : found_ms;
}

/* A store that this opening made has nothing that had expired before. */
void sdd_store_update_clock(struct sdd_store *store)
{
	struct sdd_layers *layers = &store->layers;
	const struct sdd_store_clock *clock = &layers->timing.clock;

	sdd_timing_update(&layers->timing);
	layers->protected_ms = !sdd_store_is_in_first_epoch(store) && sdd_store_clock_is_on_trial(clock)
	                           ? clock->doubtful_ms
	                           : SDD_ALL_EXPIRED;
}

/* After a restart, versions continue above the bound in the B-tree and the largest one in the
 * write-ahead log, even if the clock was set back. */
uint64_t sdd_store_next_version(struct sdd_store *store, int64_t wall_ms, uint64_t before)
{
	struct sdd_layers *layers = &store->layers;
	/* the time is known in milliseconds; the rest is the seed's, and another in the next one */
	uint64_t spread = ((uint64_t)wall_ms + 1) * (layers->seed | 1) >> SPREAD_SHIFT;
	uint64_t version = (uint64_t)wall_ms * 1000 + spread;

	layers->version = version > layers->version ? version : layers->version + 1;
	if (layers->version > before || before - layers->version > SDD_VERSION_AHEAD_MAX) {
		return layers->version;
	}
	return before + 1;
}

bool sdd_store_is_above_all(const struct sdd_store *store, uint64_t version)
{
	return version > store->layers.newest;
}
