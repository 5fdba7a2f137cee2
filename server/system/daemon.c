/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The process; see daemon.h. */

#include "server/system/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/system/log.h"

#define MEMORY_KEPT (32 * 1024 * 1024) /* bytes that are free at the heap's end, at most, */
#define MEMORY_KEPT_PART 16            /* and this part of the server's memory */

static int ready_pipe = -1; /* the child's end, until it is ready; -1: there is none */

/* {{{ background */

static void wait_for_child(pid_t child, int descriptor)
{
	char byte;
	ssize_t done;
	int status;

	do {
		done = read(descriptor, &byte, 1);
	} while (done < 0 && errno == EINTR);
	if (done == 1) {
		_exit(0);
	}
	_exit(waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

bool sdd_daemon_detach(void)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot go to the background: %s", strerror(errno));
		return false;
	}
	child = fork();
	if (child == -1) {
		sdd_log(SDD_LOG_ERROR, "cannot go to the background: %s", strerror(errno));
		return false;
	}
	if (child > 0) {
		(void)close(ends[1]);
		wait_for_child(child, ends[0]);
	}
	(void)close(ends[0]);
	(void)setsid();
	ready_pipe = ends[1];
	return true;
}

static void end_child(int signal)
{
	(void)signal;
	_exit(1);
}

bool sdd_daemon_try(bool (*check)(const void *), const void *context)
{
	int status = 1;
	pid_t child;
	pid_t ended;

	(void)signal(SIGCHLD, SIG_DFL); /* if it is ignored, nobody learns how a child ends */
	child = fork();
	if (child == 0) {
		(void)signal(SIGABRT, end_child);
		(void)signal(SIGBUS, end_child);
		(void)signal(SIGSEGV, end_child);
		_exit(check(context) ? 0 : 1);
	}
	if (child == -1) {
		return true;
	}
	do {
		ended = waitpid(child, &status, 0);
	} while (ended == -1 && errno == EINTR);
	return ended == child && status == 0;
}

void sdd_daemon_ready(void)
{
	int nothing;

	if (ready_pipe == -1) {
		return;
	}
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nothing != -1) {
		(void)dup2(nothing, STDIN_FILENO);
		(void)dup2(nothing, STDOUT_FILENO);
		(void)dup2(nothing, STDERR_FILENO);
		(void)close(nothing);
	}
	sdd_log_to_syslog();
	(void)!write(ready_pipe, "", 1);
	(void)close(ready_pipe);
	ready_pipe = -1;
}

/* }}} */

bool sdd_daemon_open_standard_files(void)
{
	int opened;

	/* open() returns the lowest free number */
	do {
		opened = open("/dev/null", O_RDWR);
	} while (opened >= 0 && opened <= STDERR_FILENO);
	return opened >= 0 && close(opened) == 0;
}

void sdd_daemon_ignore_signals(void)
{
	static const int numbers[] = {SIGHUP, SIGPIPE, SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)signal(numbers[i], SIG_IGN);
	}
}

void sdd_daemon_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

size_t sdd_daemon_descriptors(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (size_t)limit.rlim_cur : 0;
}

void sdd_daemon_retain_memory(uint64_t memory)
{
#ifdef M_TRIM_THRESHOLD /* of glibc */
	int kept =
		memory / MEMORY_KEPT_PART < MEMORY_KEPT ? (int)(memory / MEMORY_KEPT_PART) : MEMORY_KEPT;

	(void)mallopt(M_MMAP_THRESHOLD, kept / 8);
	(void)mallopt(M_TRIM_THRESHOLD, kept);
	(void)mallopt(M_ARENA_MAX, 1); /* glibc returns memory of the first arena only */
#else
	(void)memory;
#endif
}

void sdd_daemon_trim_memory(void)
{
#ifdef M_TRIM_THRESHOLD
	(void)malloc_trim(/* pad */ 0);
#endif
}

void sdd_daemon_set_core(bool allowed)
{
	static const struct rlimit none = {0, 0};

	if (!allowed) {
		(void)setrlimit(RLIMIT_CORE,
		                &none); /* which a program that takes all dumps is not bound by */
	}
	(void)prctl(PR_SET_DUMPABLE, allowed ? 1 : 0);
}

bool sdd_daemon_give_path(const char *path, uid_t uid, gid_t gid)
{
	if (geteuid() == 0 && lchown(path, uid, gid) != 0) {
		sdd_log(SDD_LOG_ERROR, "%s cannot be given to user %u: %s", path, (unsigned)uid,
		        strerror(errno));
		return false;
	}
	return true;
}

bool sdd_daemon_give_path_to_group(const char *path, gid_t gid)
{
	if (lchown(path, (uid_t)-1, gid) != 0) {
		sdd_log(SDD_LOG_ERROR, "%s cannot be given to group %u: %s%s", path, (unsigned)gid,
		        strerror(errno),
		        errno != EPERM ? ""
		                       : "; the server's user has to be one of its members, and a unit of "
		                         "systemd has to allow @chown");
		return false;
	}
	return true;
}

/* Whether the process is that user and nobody else. A service that may not change its user needs no
 * right to become the one that it is. */
static bool is_already(uid_t uid, gid_t gid)
{
	uid_t users[3];
	gid_t groups[3];

	if (uid == 0 || getresuid(&users[0], &users[1], &users[2]) != 0 ||
	    getresgid(&groups[0], &groups[1], &groups[2]) != 0) {
		return false;
	}
	for (size_t i = 0; i < 3; i++) {
		if (users[i] != uid || groups[i] != gid) {
			return false;
		}
	}
	return true;
}

bool sdd_daemon_become(uid_t uid, gid_t gid)
{
	if (is_already(uid, gid)) {
		return true;
	}
	if ((geteuid() == 0 && setgroups(1, &gid) != 0) || setgid(gid) != 0 || setuid(uid) != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot become user %u and group %u: %s", (unsigned)uid,
		        (unsigned)gid, strerror(errno));
		return false;
	}
	if (uid != 0 && (setuid(0) == 0 || geteuid() != uid || getegid() != gid)) {
		sdd_log(SDD_LOG_ERROR, "still privileged after becoming user %u", (unsigned)uid);
		return false;
	}
	return true;
}
