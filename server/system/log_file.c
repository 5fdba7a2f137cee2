/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The log file; see log_file.h. */

#include "server/system/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static const char *file_path;
static int file = -1; /* -1: there is none */
static atomic_bool is_only;

static int open_file(void)
{
	/* the reader of a pipe could hold the server up */
	return open(file_path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
}

bool sdd_log_file_open(const char *path)
{
	file_path = path;
	file = open_file();
	return file != -1;
}

void sdd_log_file_only(void)
{
	is_only = file != -1;
}

bool sdd_log_file_is_open(void)
{
	return file != -1;
}

bool sdd_log_file_reopen(void)
{
	int opened = open_file();
	bool is_reopened;
	int error;

	if (opened == -1) {
		return false;
	}
	/* a thread that writes a line meanwhile writes it to the old one or the new one */
	is_reopened = dup3(opened, file, O_CLOEXEC) != -1;
	error = errno;
	(void)close(opened);
	errno = error;
	return is_reopened;
}

bool sdd_log_file_write(const char *line)
{
	char stamped[LINE_MAX_BYTES];
	time_t now = time(NULL);
	struct tm utc;
	size_t length;
	int added;

	if (file == -1) {
		return false;
	}
	length = strftime(stamped, sizeof(stamped), "%Y-%m-%dT%H:%M:%SZ ", gmtime_r(&now, &utc));
	added = snprintf(stamped + length, sizeof(stamped) - length, "%s\n", line);
	length +=
		(size_t)added < sizeof(stamped) - length ? (size_t)added : sizeof(stamped) - length - 1;
	(void)!write(file, stamped,
	             length); /* a line that cannot be written cannot be reported either */
	return is_only;
}
