/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What a test sees of the log, and a clock that the test sets. Its program wraps sdd_log() and
 * sdd_clock_monotonic_ms(). */

#ifndef CAUGHT_LOG_H
#define CAUGHT_LOG_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "server/system/clock.h"
#include "server/system/log.h"

#define MINUTE_MS 60000

static int64_t now_ms;
static unsigned line_count;
static unsigned summary_count; /* of lines about those that were left out before */
static char last[1024];

int64_t __wrap_sdd_clock_monotonic_ms(void);
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...);

int64_t __wrap_sdd_clock_monotonic_ms(void)
{
	return now_ms;
}

void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...)
{
	va_list arguments;

	(void)level;
	va_start(arguments, format);
	(void)vsnprintf(last, sizeof(last), format, arguments);
	va_end(arguments);
	if (strstr(last, "more lines were left out: ") != NULL) {
		summary_count++;
	} else {
		line_count++;
	}
}

/* A time of the test's own, in which all that was counted before is over. */
static inline int start(void **state)
{
	(void)state;
	now_ms += 10 * MINUTE_MS;
	line_count = summary_count = 0;
	last[0] = '\0';
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, start)

#endif
