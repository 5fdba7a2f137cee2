/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What holds for all servers of a thread alike; in PHP the INI settings. */

#ifndef SD_OPTIONS_H
#define SD_OPTIONS_H

#include <stdint.h>

enum sd_read_policy {
	SD_READ_NEWEST, /* both copies are compared, and the newest counts */
	SD_READ_FIRST,  /* the first server's counts; the second is asked where that has none */
};

#define SD_BUSY_POLL_MAX 1000 /* microseconds */

struct sd_options {
	int64_t connect_timeout_ms; /* for connecting; a server's own timeout may be shorter */
	int64_t timeout_ms;         /* for one operation from start to end, the second server included;
	                               a server's own timeout may be shorter */
	int64_t retry_interval_ms; /* before a server that did not answer is tried again, and before one
	                              found to be classic is greeted again; 0: at once */
	enum sd_read_policy read_policy;
	int64_t busy_poll_us; /* for so long a wait for an answer looks before it sleeps; 0: not at all */
};

/* Seconds, as users give them, in milliseconds: the nearest, but at least one. */
static inline int64_t sd_milliseconds(double seconds)
{
	int64_t milliseconds = (int64_t)(seconds * 1000 + 0.5);

	return milliseconds > 0 ? milliseconds : 1;
}

#endif
