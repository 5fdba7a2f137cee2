/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The log file; see log_file.h. */

#include "server/system/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "server/system/log_output.h"

static int file = -1; /* -1: there is none */
static atomic_bool is_only;

static int open_file(const char *path)
{
	/* the reader of a pipe could hold the server up */
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
}

bool sdd_log_file_open(const char *path)
{
	file = open_file(path);
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

bool sdd_log_file_reopen(const char *path)
{
	int opened = open_file(path);
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

bool sdd_log_file_write(const struct sdd_log_line *line)
{
	char ended[SDD_LOG_OUTPUT_LINE_MAX + 1];

	if (file == -1) {
		return false;
	}
	/* a line that cannot be written cannot be reported either */
	(void)!write(file, ended, (size_t)snprintf(ended, sizeof(ended), "%s\n", line->text));
	return is_only;
}
