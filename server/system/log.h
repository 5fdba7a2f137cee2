/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Messages, one line each, on stderr or to syslog. No message holds a byte of
 * a key or a value: keys are session ids.
 */

#ifndef SDD_LOG_H
#define SDD_LOG_H

#include <stdbool.h>

enum sdd_log_level {
	SDD_LOG_ERROR,
	SDD_LOG_WARNING,
	SDD_LOG_NOTICE,
	SDD_LOG_DEBUG, /* shown only after sdd_log_set_debug() */
};

void sdd_log_set_debug(bool debug);

/* From here on messages go to syslog and no longer to stderr. */
void sdd_log_to_syslog(void);

void sdd_log(enum sdd_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps a message that could come with every request from filling the log. */
struct sdd_log_limit {
	long long next_ms;       /* not before, on a monotonic clock; 0: at once */
	unsigned long left_out;  /* since the last one that was written */
};

/* The same, but once a minute at most for one limit; the next line tells how many were left out. */
void sdd_log_limited(struct sdd_log_limit *limit, enum sdd_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
