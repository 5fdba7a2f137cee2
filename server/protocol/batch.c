/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One turn's batch; see turn.h. */

#include "server/protocol/batch.h"

/* A tombstone of what never expires is kept so long; a server that was away longer must come back
 * empty. */
#define FOREVER_MS (30ll * 24 * 60 * 60 * 1000)

enum sdd_result sdd_turn_wrote(struct sdd_turn *turn, enum sdd_result result)
{
	if ((result == SDD_FULL || result == SDD_FAILED) && !sdd_store_in_batch(turn->store)) {
		turn->lost = true;
	}
	return result;
}

enum sdd_result sdd_turn_write(struct sdd_turn *turn)
{
	if (sdd_store_in_batch(turn->store)) {
		return SDD_DONE;
	}
	return sdd_turn_wrote(turn, sdd_store_begin(turn->store));
}

uint64_t sdd_turn_version(struct sdd_turn *turn, uint64_t before)
{
	uint64_t version = sdd_store_next_version(turn->store, turn->now_ms);

	if (version > before) {
		return version;
	}
	return before == UINT64_MAX ? before : before + 1;
}

enum sdd_result sdd_turn_bury(struct sdd_turn *turn, struct sdd_bytes key,
                              const struct sdd_entry *entry, uint64_t version, int64_t life_ms)
{
	struct sdd_entry tombstone = {
	    .version = version,
	    .marks = SDD_TOMBSTONE,
	    .expires_ms = turn->now_ms + life_ms,
	};

	if (entry->expires_ms == SDD_NEVER) {
		tombstone.expires_ms = turn->now_ms + (life_ms > FOREVER_MS ? life_ms : FOREVER_MS);
	} else if (entry->expires_ms > tombstone.expires_ms) {
		tombstone.expires_ms = entry->expires_ms;
	}
	return sdd_turn_wrote(turn, sdd_store_put(turn->store, key, &tombstone));
}
