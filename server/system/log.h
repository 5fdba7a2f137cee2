/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Messages, one line each, on stderr, to syslog or to a file (log_file.h). No message contains a
 * byte of a key or a value: keys are session ids. What is not printable ASCII is written as \xHH,
 * wherever it came from.
 *
 * A line never waits for its reader. If a pipe, a terminal or syslog takes none now, the line is
 * lost, and the next one that is not says how many were. Lines about clients go through
 * client_log.h.
 */

#ifndef SDD_LOG_H
#define SDD_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sdd_log_level {
	SDD_LOG_ERROR,
	SDD_LOG_WARNING,
	SDD_LOG_NOTICE,
	SDD_LOG_DEBUG, /* shown only after sdd_log_set_debug() */
};

/* Whether lines of SDD_LOG_DEBUG are shown, too. */
void sdd_log_set_debug(bool debug);

/* Whether the time is in front of each line on stderr. In a log file it always is; syslog has its
 * own. */
void sdd_log_set_time(bool shown);

/* From now on, messages go to syslog and no longer to stderr. */
void sdd_log_to_syslog(void);

/* Whether messages of that level are shown. */
bool sdd_log_shows(enum sdd_log_level level);

/* Writes the text to `out`, with \xHH for what is not printable ASCII, cut where `room` bytes with
 * the terminator end. Returns its length. */
size_t sdd_log_printable(char *out, size_t room, const char *text);

/* Writes a line to the log; it waits for no reader. What is not printable ASCII is escaped, and a
 * line that is too long is cut. */
void sdd_log(enum sdd_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Keeps a message that every request could cause from filling the log. All zero at first. */
struct sdd_log_limit {
	int64_t next_ms;        /* no line before then, on the monotonic clock; 0: immediately */
	unsigned long left_out; /* since the last line */
};

/* Like sdd_log(), but at most once a minute for each limit; the next line says how many were left
 * out. */
void sdd_log_limited(struct sdd_log_limit *limit, enum sdd_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
