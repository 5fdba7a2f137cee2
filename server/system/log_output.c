/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Where the lines of the log go; see log_output.h. stderr is shared with the process that started
 * the server, so it must not be made non-blocking for them: a pipe or a terminal is opened once
 * more. syslog(3) can wait for its daemon, so the lines are sent by hand, in the form of RFC 3164.
 */

#include "server/system/log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define SYSLOG_PATH "/dev/log"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool uses_syslog;
static bool is_stderr_known;
static bool is_socket;      /* stderr is one */
static int descriptor = -1; /* stderr, opened once more; or of syslog's socket; -1: none */
static int syslog_type = SOCK_DGRAM;

/* {{{ stderr */

static void look_at_stderr(void)
{
	struct stat status;

	is_stderr_known = true;
	if (fstat(STDERR_FILENO, &status) != 0) {
		return;
	}
	is_socket = S_ISSOCK(status.st_mode);
	if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
		descriptor = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	}
}

/* A line goes by one call, so that lines of several servers on one terminal do not mix. */
static bool write_to_stderr(const char *line, size_t length)
{
	struct pollfd taker = {.fd = STDERR_FILENO, .events = POLLOUT};
	ssize_t written;

	if (!is_stderr_known) {
		look_at_stderr();
	}
	if (is_socket) {
		written = send(STDERR_FILENO, line, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	} else if (descriptor != -1) {
		written = write(descriptor, line, length);
	} else {
		/* a file, which is always ready; or what could not be opened once more */
		written = poll(&taker, 1, 0) == 1 ? write(STDERR_FILENO, line, length) : -1;
	}
	return written != -1 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/* }}} */

/* {{{ syslog */

static int connect_to_syslog(int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SYSLOG_PATH};
	int made = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (made != -1 && connect(made, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		int error = errno;

		(void)close(made);
		errno = error;
		return -1;
	}
	return made;
}

static void open_syslog(void)
{
	descriptor = connect_to_syslog(syslog_type);
	if (descriptor == -1 && errno == EPROTOTYPE) {
		syslog_type = syslog_type == SOCK_DGRAM ? SOCK_STREAM : SOCK_DGRAM;
		descriptor = connect_to_syslog(syslog_type);
	}
}

static int priority_of(enum sdd_log_level level)
{
	static const int priorities[] = {
		[SDD_LOG_ERROR] = LOG_ERR,
		[SDD_LOG_WARNING] = LOG_WARNING,
		[SDD_LOG_NOTICE] = LOG_NOTICE,
		[SDD_LOG_DEBUG] = LOG_DEBUG,
	};

	return LOG_DAEMON | priorities[level];
}

/* The daemon may have been started again since: then it is connected to once more. A line ends
 * with a zero byte on a stream. */
static bool send_to_syslog(enum sdd_log_level level, const char *line)
{
	char message[SDD_LOG_OUTPUT_LINE_MAX + 100];
	char date[32] = "";
	time_t now = time(NULL);
	struct tm local;
	size_t length;

	if (localtime_r(&now, &local) != NULL) {
		(void)strftime(date, sizeof(date), "%b %e %H:%M:%S", &local);
	}
	length = (size_t)snprintf(message, sizeof(message), "<%d>%s sharedanced[%d]: %s",
	                          priority_of(level), date, (int)getpid(), line);
	for (int attempt = 0; attempt < 2; attempt++) {
		if (descriptor == -1) {
			open_syslog();
		}
		if (descriptor == -1) {
			return false;
		}
		if (send(descriptor, message, length + (syslog_type == SOCK_STREAM), MSG_NOSIGNAL) != -1) {
			return true;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return false;
		}
		(void)close(descriptor);
		descriptor = -1;
	}
	return false;
}

/* }}} */

void sdd_log_output_syslog(void)
{
	(void)pthread_mutex_lock(&mutex);
	if (descriptor != -1) {
		(void)close(descriptor); /* of the terminal that the server leaves */
		descriptor = -1;
	}
	uses_syslog = true;
	open_syslog();
	(void)pthread_mutex_unlock(&mutex);
}

bool sdd_log_output_write(const struct sdd_log_line *line, bool shows_time)
{
	char ended[SDD_LOG_OUTPUT_LINE_MAX + 1];
	const char *text = line->text + line->time_length;
	int length = snprintf(ended, sizeof(ended), "%s\n", shows_time ? line->text : text);
	bool is_taken;

	(void)pthread_mutex_lock(&mutex);
	is_taken =
		uses_syslog ? send_to_syslog(line->level, text) : write_to_stderr(ended, (size_t)length);
	(void)pthread_mutex_unlock(&mutex);
	return is_taken;
}
