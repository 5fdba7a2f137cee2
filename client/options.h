/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What holds for all servers of a thread alike; in PHP the INI settings. */

#ifndef SD_OPTIONS_H
#define SD_OPTIONS_H

#include <stdint.h>

struct sd_options {
	int64_t connect_timeout_ms; /* for connecting; a server's own timeout may be shorter */
};

/* Seconds, as users give them, in milliseconds: the nearest, but at least one. */
static inline int64_t sd_milliseconds(double seconds)
{
	int64_t milliseconds = (int64_t)(seconds * 1000 + 0.5);

	return milliseconds > 0 ? milliseconds : 1;
}

#endif
