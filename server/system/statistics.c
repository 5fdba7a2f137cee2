/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The names of the statistics; see statistics.h. */

#include "server/system/statistics.h"

static const char *const names[] = {
	[SDD_STAT_PID] = "pid",
	[SDD_STAT_UPTIME] = "uptime",
	[SDD_STAT_TIME] = "time",
	[SDD_STAT_VERSION] = "version",
	[SDD_STAT_CURR_ITEMS] = "curr_items",
	[SDD_STAT_BYTES] = "bytes",
	[SDD_STAT_LIMIT_MAXBYTES] = "limit_maxbytes",
	[SDD_STAT_JOURNAL_BYTES] = "journal_bytes",
	[SDD_STAT_CMD_GET] = "cmd_get",
	[SDD_STAT_GET_HITS] = "get_hits",
	[SDD_STAT_GET_MISSES] = "get_misses",
	[SDD_STAT_CMD_SET] = "cmd_set",
	[SDD_STAT_CMD_DELETE] = "cmd_delete",
	[SDD_STAT_CMD_TOUCH] = "cmd_touch",
	[SDD_STAT_CMD_ARITHMETIC] = "cmd_arithmetic",
	[SDD_STAT_CMD_LOCK] = "cmd_lock",
	[SDD_STAT_CMD_UNLOCK] = "cmd_unlock",
	[SDD_STAT_CAS_HITS] = "cas_hits",
	[SDD_STAT_CAS_MISSES] = "cas_misses",
	[SDD_STAT_CAS_BADVAL] = "cas_badval",
	[SDD_STAT_REFUSED_MAXSIZE] = "refused_maxsize",
	[SDD_STAT_REFUSED_DISK] = "refused_disk",
	[SDD_STAT_REFUSED_FAILED] = "refused_failed",
	[SDD_STAT_STORE_TOO_LARGE] = "store_too_large",
	[SDD_STAT_THREADS] = "threads",
	[SDD_STAT_CURR_CONNECTIONS] = "curr_connections",
	[SDD_STAT_MAX_CONNECTIONS] = "max_connections",
	[SDD_STAT_TOTAL_CONNECTIONS] = "total_connections",
	[SDD_STAT_REJECTED_CONNECTIONS] = "rejected_connections",
	[SDD_STAT_IDLE_KICKS] = "idle_kicks",
	[SDD_STAT_BYTES_READ] = "bytes_read",
	[SDD_STAT_BYTES_WRITTEN] = "bytes_written",
	[SDD_STAT_TOTAL_ITEMS] = "total_items",
	[SDD_STAT_TOMBSTONES] = "tombstones",
	[SDD_STAT_UNPROVEN_ITEMS] = "unproven_items",
	[SDD_STAT_ABSENCE_PROVEN_IN] = "absence_proven_in",
	[SDD_STAT_EXPIRED] = "expired",
	[SDD_STAT_SWEEP_BACKLOG] = "sweep_backlog",
	[SDD_STAT_SYNC_AGE] = "sync_age",
	[SDD_STAT_SYNC_DURATION_US] = "sync_duration_us",
	[SDD_STAT_CURR_LOCKS] = "curr_locks",
	[SDD_STAT_LOCK_WAITERS] = "lock_waiters",
	[SDD_STAT_LOCK_TIMEOUTS] = "lock_timeouts",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == SDD_STAT_COUNT, "each statistic has a name");

const char *sdd_statistics_name(enum sdd_statistic statistic)
{
	return names[statistic];
}
