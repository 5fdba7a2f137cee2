/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store reports of itself: its numbers and its health; see store.h. */

#include "server/store/btree.h"
#include "server/store/store_internal.h"
#include "server/store/wal.h"
#include "server/system/clock.h"

struct sdd_tally sdd_store_tally(const struct sdd_store *store)
{
	return sdd_space_tally(&store->layers.space);
}

uint64_t sdd_store_count(const struct sdd_store *store)
{
	return (uint64_t)sdd_store_tally(store).entries;
}

uint64_t sdd_store_size(const struct sdd_store *store)
{
	const struct sdd_space *space = &store->layers.space;
	int64_t size = (int64_t)space->btree_size + space->immutable_growth + space->active_growth +
	               space->batch_growth;

	return size > 0 ? (uint64_t)size : 0;
}

uint64_t sdd_store_max_size(const struct sdd_store *store)
{
	return store->layers.space.max_size;
}

size_t sdd_store_wal_size(const struct sdd_store *store)
{
	return sdd_wal_size(store->layers.wal);
}

int64_t sdd_store_sweep_delay(struct sdd_store *store, int64_t now_ms)
{
	return sdd_btree_sweep_delay(store->layers.btree, store->layers.protected_ms, now_ms);
}

int64_t sdd_store_sync_age_ms(const struct sdd_store *store, int64_t *duration_us)
{
	return (sdd_clock_monotonic_us() - sdd_wal_last_sync_us(store->layers.wal, duration_us)) / 1000;
}

int64_t sdd_store_served_before(const struct sdd_store *store)
{
	return store->layers.timing.served_found_ms;
}

bool sdd_store_is_too_large(const struct sdd_store *store)
{
	return store->is_too_large;
}

struct sdd_key sdd_store_key(const struct sdd_store *store, struct sd_bytes bytes)
{
	return sdd_layers_key(&store->layers, bytes);
}

const uint8_t *sdd_store_id(const struct sdd_store *store)
{
	return sdd_btree_id(store->layers.btree);
}

uint32_t sdd_store_epoch(const struct sdd_store *store)
{
	return sdd_btree_epoch(store->layers.btree);
}

bool sdd_store_is_in_first_epoch(const struct sdd_store *store)
{
	return sdd_store_epoch(store) == 1;
}

const char *sdd_store_reason(const struct sdd_store *store)
{
	return store->layers.reason;
}

enum sdd_health_state sdd_store_health(const struct sdd_store *store, const char **reason)
{
	*reason = sdd_health_reason(&store->layers.health);
	return sdd_health_state(&store->layers.health);
}
