/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What applies to all servers of a thread; in PHP the INI settings. */

#ifndef SD_OPTIONS_H
#define SD_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum sd_read_policy {
	SD_READ_NEWEST, /* both copies are compared, and the newest counts */
	SD_READ_FIRST,  /* the first server's copy counts; the second is asked if the first has none */
};

#define SD_BUSY_POLL_MAX 1000 /* microseconds */

/* What php.ini, or the pool's configuration, says; not what a script sets. */
struct sd_marking {
	int64_t connect_timeout_ms;
	int64_t timeout_ms;
	int64_t retry_interval_ms;
};

struct sd_options {
	int64_t connect_timeout_ms; /* to connect; a server's own timeout may be shorter */
	int64_t timeout_ms;         /* for one operation from start to end, the second server included;
	                               a server's own timeout may be shorter */
	int64_t retry_interval_ms;  /* until a server that did not answer is tried again, and until one
	                               found to be classic is greeted again; 0: none */
	int64_t max_idle_ms; /* from one operation on a kept connection to the next, if it holds no
	                        lock; after that it is replaced; 0: it never is */
	enum sd_read_policy read_policy;
	struct sd_marking marking; /* with shorter timeouts silence shows nothing of a server, and no
	                              server is marked for longer */
	int64_t busy_poll_us;      /* how long a wait for an answer polls before it sleeps; 0: never */
	int64_t (*session_ttl_s)(void); /* for how long sessions live by now, in seconds; 0: as long as
	                                    the servers say. It is asked for when a connection is made,
	                                    and not for each request. NULL: there are none. */
};

/* The same; 0: there are none. */
static inline int64_t sd_options_session_ttl_s(const struct sd_options *options)
{
	return options->session_ttl_s != NULL ? options->session_ttl_s() : 0;
}

/* Converts the seconds that users give to the nearest number of milliseconds, but at least one. */
static inline int64_t sd_milliseconds(double seconds)
{
	int64_t milliseconds = (int64_t)(seconds * 1000 + 0.5);

	return milliseconds > 0 ? milliseconds : 1;
}

#endif
