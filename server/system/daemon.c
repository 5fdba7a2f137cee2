/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The process; see daemon.h. */

#include "server/system/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/system/log.h"

#define MEMORY_KEPT (32 * 1024 * 1024) /* bytes that are free at the heap's end, at most */

static int ready_pipe = -1; /* the child's end, until it is ready */

/* {{{ background */

static void wait_for_child(int descriptor)
{
	char byte;
	ssize_t done;

	do {
		done = read(descriptor, &byte, 1);
	} while (done < 0 && errno == EINTR);
	_exit(done == 1 ? 0 : 1);
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
		wait_for_child(ends[0]);
	}
	(void)close(ends[0]);
	(void)setsid();
	ready_pipe = ends[1];
	return true;
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

	/* the lowest number that is free is the one that is given */
	do {
		opened = open("/dev/null", O_RDWR);
	} while (opened >= 0 && opened <= STDERR_FILENO);
	return opened >= 0 && close(opened) == 0;
}

void sdd_daemon_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

void sdd_daemon_keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD /* of glibc */
	(void)mallopt(M_MMAP_THRESHOLD, MEMORY_KEPT / 8);
	(void)mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT);
	(void)mallopt(M_ARENA_MAX, 1); /* of others than the first the end is not given back */
#endif
}

void sdd_daemon_give_memory_back(void)
{
#ifdef M_TRIM_THRESHOLD
	(void)malloc_trim(/* pad */ 0);
#endif
}

bool sdd_daemon_make_directory(const char *path, bool for_user, uid_t uid, gid_t gid)
{
	if (mkdir(path, 0700) == 0) {
		return !for_user || sdd_daemon_give_path(path, uid, gid);
	}
	if (errno != EEXIST) {
		sdd_log(SDD_LOG_ERROR, "directory %s cannot be made: %s", path, strerror(errno));
		return false;
	}
	return true;
}

bool sdd_daemon_check_directory(const char *path)
{
	struct stat found;

	if (stat(path, &found) != 0) {
		sdd_log(SDD_LOG_ERROR, "directory %s: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISDIR(found.st_mode)) {
		sdd_log(SDD_LOG_ERROR, "directory %s: it is not a directory", path);
		return false;
	}
	if (found.st_uid != geteuid() && found.st_uid != 0) {
		/* whoever that is could have laid links there for us to write through */
		sdd_log(SDD_LOG_ERROR, "directory %s belongs to user %u, not to user %u who would serve", path,
		        (unsigned)found.st_uid, (unsigned)geteuid());
		return false;
	}
	return true;
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

bool sdd_daemon_become(uid_t uid, gid_t gid)
{
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
