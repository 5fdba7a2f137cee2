/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * All numbers that `stats` and /metrics show, in one table: a number that is added to the
 * enumeration and to the table is shown by both. Counters are counted where it happens; the others
 * are set when they are shown.
 */

#ifndef SDD_STATISTICS_H
#define SDD_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

/* In the order in which they are shown; clients may rely on it. */
enum sdd_statistic {
	SDD_STAT_PID,
	SDD_STAT_UPTIME,  /* seconds */
	SDD_STAT_TIME,    /* seconds since 1970 */
	SDD_STAT_VERSION, /* no number: the server's version is shown, as text */
	SDD_STAT_CURR_ITEMS,
	SDD_STAT_BYTES,
	SDD_STAT_LIMIT_MAXBYTES,
	SDD_STAT_JOURNAL_BYTES,
	SDD_STAT_CMD_GET, /* from here on: counters */
	SDD_STAT_GET_HITS,
	SDD_STAT_GET_MISSES,
	SDD_STAT_CMD_SET,
	SDD_STAT_CMD_DELETE,
	SDD_STAT_CMD_TOUCH,
	SDD_STAT_CMD_ARITHMETIC,
	SDD_STAT_CMD_LOCK,
	SDD_STAT_CMD_UNLOCK,
	SDD_STAT_CAS_HITS, /* of the sets with a compared version: stored; absent; another version */
	SDD_STAT_CAS_MISSES,
	SDD_STAT_CAS_BADVAL,
	SDD_STAT_REFUSED_MAXSIZE, /* requests that the store refused, by reason */
	SDD_STAT_REFUSED_DISK,
	SDD_STAT_REFUSED_FAILED,
	SDD_STAT_STORE_TOO_LARGE,
	SDD_STAT_THREADS, /* from here on: no counters of the protocol */
	SDD_STAT_CURR_CONNECTIONS,
	SDD_STAT_MAX_CONNECTIONS,
	SDD_STAT_TOTAL_CONNECTIONS,
	SDD_STAT_REJECTED_CONNECTIONS,
	SDD_STAT_IDLE_KICKS,
	SDD_STAT_BYTES_READ,
	SDD_STAT_BYTES_WRITTEN,
	SDD_STAT_TOTAL_ITEMS,
	SDD_STAT_TOMBSTONES,
	SDD_STAT_UNPROVEN_ITEMS,
	SDD_STAT_ABSENCE_PROVEN_IN, /* seconds */
	SDD_STAT_EXPIRED,
	SDD_STAT_SWEEP_BACKLOG,    /* seconds */
	SDD_STAT_SYNC_AGE,         /* seconds */
	SDD_STAT_SYNC_DURATION_US, /* microseconds */
	SDD_STAT_CURR_LOCKS,
	SDD_STAT_LOCK_WAITERS,
	SDD_STAT_LOCK_TIMEOUTS,
	SDD_STAT_COUNT
};

/* All zero at first. */
struct sdd_statistics {
	uint64_t numbers[SDD_STAT_COUNT];
};

enum sdd_statistic_kind {
	SDD_STATISTIC_GAUGE,
	SDD_STATISTIC_COUNTER,
	SDD_STATISTIC_INFO, /* no number, but text */
};

struct sdd_statistic_row {
	const char *name; /* the key that `stats` shows it by; memcached's if it has one */
	/* The metric, without "sharedance_", in Prometheus' base units. Several statistics are one
	 * metric if a label tells them apart. */
	const char *metric;
	const char *label; /* its name; NULL: none */
	const char *value; /* of the label */
	const char *help;  /* of the metric; the first of its statistics has it */
	enum sdd_statistic_kind kind;
	bool is_in_microseconds; /* and the metric in seconds */
};

extern const struct sdd_statistic_row sdd_statistics[SDD_STAT_COUNT];

#endif
