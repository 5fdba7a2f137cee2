/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The health of the store; see health.h. */

#include "server/store/health.h"

#include <errno.h>
#include <stdio.h>

#include "server/system/log.h"

static enum sdd_health_part worse_part(const struct sdd_health *health)
{
	return health->states[SDD_HEALTH_WAL] > health->states[SDD_HEALTH_BTREE] ? SDD_HEALTH_WAL
	                                                                         : SDD_HEALTH_BTREE;
}

void sdd_health_set(struct sdd_health *health, enum sdd_health_part part,
                    enum sdd_health_state state, const char *reason)
{
	enum sdd_health_state before = sdd_health_state(health);
	enum sdd_health_state after;

	health->states[part] = state;
	(void)snprintf(health->reasons[part], SDD_STORE_REASON_MAX, "%s",
	               state == SDD_OK ? "" : reason);
	after = sdd_health_state(health);
	if (after == before) {
		return;
	}
	if (after == SDD_OK) {
		sdd_log(SDD_LOG_NOTICE, "the store is OK again");
	} else {
		sdd_log(SDD_LOG_ERROR, "the store is %s: %s", sdd_health_name(after),
		        sdd_health_reason(health));
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
