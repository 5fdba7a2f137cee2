/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The health of the store; see health.h. */

#include "server/store/health.h"

#include <errno.h>
#include <stdio.h>

#include "server/system/clock.h"
#include "server/system/log.h"

#define MINUTE_MS 60000

static enum sdd_health_part worse_part(const struct sdd_health *health)
{
	return health->states[SDD_HEALTH_WAL] > health->states[SDD_HEALTH_BTREE] ? SDD_HEALTH_WAL
	                                                                         : SDD_HEALTH_BTREE;
}

static bool may_log(struct sdd_health *health)
{
	int64_t now_ms = sdd_clock_monotonic_ms();

	if (health->lines == 0 || now_ms - health->minute_ms >= MINUTE_MS) {
		health->minute_ms = now_ms;
		health->lines = 0;
	}
	return health->lines < SDD_HEALTH_LINES;
}

void sdd_health_report(struct sdd_health *health)
{
	enum sdd_health_state state = sdd_health_state(health);
	char left_out[64] = "";

	if (state == health->logged || !may_log(health)) {
		return;
	}
	if (health->changes > 1) {
		(void)snprintf(left_out, sizeof(left_out), " (after %lu changes without a line)",
		               health->changes - 1);
	}
	if (state == SDD_OK) {
		sdd_log(SDD_LOG_NOTICE, "the store is OK again%s", left_out);
	} else {
		sdd_log(SDD_LOG_ERROR, "the store is %s: %s%s", sdd_health_name(state),
		        sdd_health_reason(health), left_out);
	}
	health->logged = state;
	health->lines++;
	health->changes = 0;
}

void sdd_health_set(struct sdd_health *health, enum sdd_health_part part,
                    enum sdd_health_state state, const char *reason)
{
	enum sdd_health_state before = sdd_health_state(health);

	health->states[part] = state;
	(void)snprintf(health->reasons[part], SDD_STORE_REASON_MAX, "%s",
	               state == SDD_OK ? "" : reason);
	if (sdd_health_state(health) != before) {
		health->changes++;
		sdd_health_report(health);
	}
}

enum sdd_health_state sdd_health_state(const struct sdd_health *health)
{
	return health->states[worse_part(health)];
}

const char *sdd_health_reason(const struct sdd_health *health)
{
	return health->reasons[worse_part(health)];
}

const char *sdd_health_name(enum sdd_health_state state)
{
	static const char *const names[] = {
		[SDD_OK] = "OK",
		[SDD_NO_ROOM] = "FULL",
		[SDD_READ_ONLY] = "READ_ONLY",
		[SDD_BROKEN] = "BROKEN",
	};

	return names[state];
}

enum sdd_health_state sdd_health_of_error(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG ? SDD_NO_ROOM : SDD_READ_ONLY;
}
