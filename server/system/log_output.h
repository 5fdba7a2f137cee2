/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Where the lines of the log go: to stderr or to syslog, and never by waiting. For log.c only. */

#ifndef SDD_LOG_OUTPUT_H
#define SDD_LOG_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "server/system/log.h"

/* Bytes, terminator included; a pipe takes a whole one or none. */
#define SDD_LOG_OUTPUT_LINE_MAX 3072

/* From now on, lines go to syslog. */
void sdd_log_output_syslog(void);

/* A line of the log, without its end. */
struct sdd_log_line {
	enum sdd_log_level level;
	size_t time_length; /* bytes of the time in front of it */
	char text[SDD_LOG_OUTPUT_LINE_MAX];
};

/* Writes a line, to stderr with its time if `shows_time`. False: nobody takes it now. */
bool sdd_log_output_write(const struct sdd_log_line *line, bool shows_time);

#endif
