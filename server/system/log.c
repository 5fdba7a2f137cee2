/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Messages; see log.h. The settings are made before the server serves, while threads may write
 * messages; some are changed later. */

#include "server/system/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "server/system/clock.h"
#include "server/system/log_file.h"
#include "server/system/log_output.h"

#define TEXT_MAX 1024  /* bytes */
#define LIMIT_MS 60000 /* between two lines of one limit */

static atomic_bool show_debug;
static atomic_bool show_time;
static atomic_ulong lost; /* lines, since the last that was not */

static const char *const words[] = {
	/* upstream's */
	[SDD_LOG_ERROR] = "ERROR",
	[SDD_LOG_WARNING] = "WARNING",
	[SDD_LOG_NOTICE] = "NOTICE",
	[SDD_LOG_DEBUG] = "DEBUG",
};

void sdd_log_set_debug(bool debug)
{
	show_debug = debug;
}

void sdd_log_set_time(bool shown)
{
	show_time = shown;
}

void sdd_log_to_syslog(void)
{
	sdd_log_output_syslog();
}

bool sdd_log_shows(enum sdd_log_level level)
{
	return level != SDD_LOG_DEBUG || show_debug;
}

size_t sdd_log_printable(char *out, size_t room, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t length = 0;

	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
		bool is_printable = *at >= ' ' && *at < 0x7f;

		if (length + (is_printable ? 1 : 4) >= room) {
			break;
		}
		if (is_printable) {
			out[length++] = (char)*at;
		} else {
			out[length++] = '\\';
			out[length++] = 'x';
			out[length++] = digits[*at >> 4];
			out[length++] = digits[*at & 15];
		}
	}
	out[length] = '\0';
	return length;
}

static bool write_line(enum sdd_log_level level, const char *text)
{
	struct sdd_log_line line = {.level = level};
	time_t now = time(NULL);
	struct tm utc;
	int length;

	line.time_length =
		strftime(line.text, sizeof(line.text), "%Y-%m-%dT%H:%M:%SZ ", gmtime_r(&now, &utc));
	length = snprintf(line.text + line.time_length, sizeof(line.text) - line.time_length, "[%s] ",
	                  words[level]);
	(void)sdd_log_printable(line.text + line.time_length + length,
	                        sizeof(line.text) - line.time_length - (size_t)length, text);
	return sdd_log_file_write(&line) || sdd_log_output_write(&line, show_time);
}

/* Of several lines at the same time one reports those that were lost; none is reported twice. */
static void write_line_and_losses(enum sdd_log_level level, const char *text)
{
	unsigned long count = atomic_exchange(&lost, 0);
	char told[100];

	if (count > 0) {
		(void)snprintf(told, sizeof(told), "%lu lines were lost: nobody read them", count);
		if (!write_line(SDD_LOG_WARNING, told)) {
			(void)atomic_fetch_add(&lost, count + 1);
			return;
		}
	}
	if (!write_line(level, text)) {
		(void)atomic_fetch_add(&lost, 1);
	}
}

void sdd_log(enum sdd_log_level level, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list arguments;

	if (!sdd_log_shows(level)) {
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_line_and_losses(level, text);
}

void sdd_log_limited(struct sdd_log_limit *limit, enum sdd_log_level level, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list arguments;
	int64_t now_ms = sdd_clock_monotonic_ms();

	if (now_ms < limit->next_ms) {
		limit->left_out++;
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (limit->left_out > 0) {
		sdd_log(level, "%s (and %lu like it since the last such line)", text, limit->left_out);
	} else {
		write_line_and_losses(level, text);
	}
	limit->next_ms = now_ms + LIMIT_MS;
	limit->left_out = 0;
}
