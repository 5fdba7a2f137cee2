/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Messages; see log.h. The two settings are made once, before there is anything to serve. */

#include "server/system/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>

#define TEXT_MAX 1024  /* bytes */
#define LIMIT_MS 60000 /* between two lines of one limit */

static bool show_debug;
static bool use_syslog;

static const struct {
	const char *word; /* upstream's */
	int priority;
} levels[] = {
    [SDD_LOG_ERROR] = {"ERROR", LOG_ERR},
    [SDD_LOG_WARNING] = {"WARNING", LOG_WARNING},
    [SDD_LOG_NOTICE] = {"NOTICE", LOG_NOTICE},
    [SDD_LOG_DEBUG] = {"DEBUG", LOG_DEBUG},
};

void sdd_log_set_debug(bool debug)
{
	show_debug = debug;
}

void sdd_log_to_syslog(void)
{
	openlog("sharedanced", LOG_PID, LOG_DAEMON);
	use_syslog = true;
}

static void write_line(enum sdd_log_level level, const char *text)
{
	if (use_syslog) {
		syslog(levels[level].priority, "[%s] %s", levels[level].word, text);
	} else {
		/* one call, so that lines of several servers on one terminal do not mix */
		(void)fprintf(stderr, "[%s] %s\n", levels[level].word, text);
	}
}

void sdd_log(enum sdd_log_level level, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list arguments;

	if (level == SDD_LOG_DEBUG && !show_debug) {
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_line(level, text);
}

static long long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void sdd_log_limited(struct sdd_log_limit *limit, enum sdd_log_level level, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list arguments;

	if (now_ms() < limit->next_ms) {
		limit->left_out++;
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (limit->left_out > 0) {
		sdd_log(level, "%s (and %lu like it since the last such line)", text, limit->left_out);
	} else {
		write_line(level, text);
	}
	limit->next_ms = now_ms() + LIMIT_MS;
	limit->left_out = 0;
}
