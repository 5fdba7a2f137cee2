/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Versions; see hybrid_clock.h. */

#include "client/net/hybrid_clock.h"

uint64_t sd_hybrid_clock_next(struct sd_hybrid_clock *first, struct sd_hybrid_clock *second,
                              int64_t wall_us, uint64_t limit, uint64_t spread)
{
	uint64_t version = first->last <= limit ? first->last : 0;

	if (second->last > version && second->last <= limit) {
		version = second->last;
	}
	version++;
	if (wall_us > 0 && version < (uint64_t)wall_us) {
		version = (uint64_t)wall_us;
	}
	version += spread;
	first->last = second->last = version;
	return version;
}

void sd_server_clock_set(struct sd_server_clock *clock, uint64_t wall_us,
                         const struct sd_server_clock_asked *asked)
{
	bool has_clock = wall_us > 0 && wall_us <= SD_VERSION_DATE_MAX;
	int64_t offset_us = has_clock ? (int64_t)wall_us - asked->asked_us : 0;
	int64_t least_us = has_clock ? (int64_t)wall_us - asked->answered_us : 0;
	bool agrees = asked->own_us >= least_us && asked->own_us <= offset_us;

	clock->offset_us = has_clock && agrees ? asked->own_us : offset_us;
	clock->least_us = least_us;
	clock->limit = has_clock ? wall_us + SD_VERSION_AHEAD_MAX_US : SD_VERSION_DATE_MAX;
}

int64_t sd_server_clock_merge(const struct sd_server_clock *clock, int64_t known_us)
{
	bool is_known = known_us >= clock->least_us && known_us < clock->offset_us;

	return is_known ? known_us : clock->offset_us;
}

bool sd_server_clock_is_exceeded(struct sd_server_clock *clock, uint64_t version, int64_t now_us)
{
	if (clock->offset_us != 0) {
		clock->limit = (uint64_t)(clock->offset_us + now_us + SD_VERSION_AHEAD_MAX_US);
	}
	return version > clock->limit;
}
