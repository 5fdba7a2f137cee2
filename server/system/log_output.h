/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Where the lines of the log go: to stderr or to syslog, and never by waiting. For log.c only. */

#ifndef SDD_LOG_OUTPUT_H
#define SDD_LOG_OUTPUT_H

#include <stdbool.h>

#include "server/system/log.h"

/* Bytes, terminator included; a pipe takes a whole one or none. */
#define SDD_LOG_OUTPUT_LINE_MAX 3072

/* From now on, lines go to syslog. */
void sdd_log_output_syslog(void);

/* Writes a line, without its end. False: nobody takes it now. */
bool sdd_log_output_write(enum sdd_log_level level, const char *line);

#endif
