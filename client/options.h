/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What holds for all servers of a thread alike; in PHP the INI settings. */

#ifndef SD_OPTIONS_H
#define SD_OPTIONS_H

#include <stdint.h>

struct sd_options {
	int64_t connect_timeout_ms; /* for connecting; a server's own timeout may be shorter */
};

#endif
