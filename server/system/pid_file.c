/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The file with the process's number; see pid_file.h. */

#include "server/system/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/system/log.h"

static const char *file_path;
static int file = -1;   /* -1: there is none */
static bool is_made;    /* by this process */
static bool is_written; /* the number */

bool sdd_pid_file_open(const char *path)
{
	struct stat status;

	file_path = path;
	file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC, 0644);
	is_made = file != -1;
	if (!is_made && errno == EEXIST) {
		file = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	}
	if (file == -1 && errno == EROFS) { /* the store can be read all the same */
		sdd_log(SDD_LOG_WARNING, "the pidfile %s is not written: %s", path, strerror(errno));
		return true;
	}
	if (file == -1 || fstat(file, &status) != 0) {
		sdd_log(SDD_LOG_ERROR, "the pidfile %s cannot be opened: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISREG(status.st_mode)) {
		sdd_log(SDD_LOG_ERROR, "the pidfile %s is no plain file", path);
		return false;
	}
	(void)fchmod(file, 0644); /* whatever the umask is: others look there for the number */
	return true;
}

void sdd_pid_file_write(void)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (file == -1) {
		return;
	}
	is_written = ftruncate(file, 0) == 0 && pwrite(file, text, (size_t)length, 0) == length;
	if (!is_written) {
		sdd_log(SDD_LOG_WARNING, "the pidfile %s cannot be written: %s", file_path,
		        strerror(errno));
	}
}

void sdd_pid_file_remove(void)
{
	if ((is_made || is_written) && unlink(file_path) != 0) {
		(void)!ftruncate(file, 0);
	}
	is_made = is_written = false;
}
