/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The store's directory; see directory.h. */

#include "server/store/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/store/io.h"
#include "server/system/daemon.h"
#include "server/system/log.h"

#define FILE_MODE 0600

#define ASIDE_MOST 1000 /* files of one name that can be set aside */

/* The names of all files that any version of the server uses. What follows a dot at the end is a
 * number, and what sdd_directory_set_aside() adds. */
static const char *const used_names[] = {
	SDD_FILE_DATA,      SDD_FILE_DATA_LOCK,     SDD_FILE_LOCK,    "sharedanced.root",
	"sharedanced.wal.", "sharedanced.journal.", SDD_FILE_RESERVE, SDD_FILE_VALUES};

bool sdd_directory_make(const char *path, bool for_user, uid_t uid, gid_t gid)
{
	if (sdd_io_mkdir(path, 0700) == 0) {
		return !for_user || sdd_daemon_give_path(path, uid, gid);
	}
	if (errno != EEXIST) {
		sdd_log(SDD_LOG_ERROR, "directory %s cannot be made: %s", path, strerror(errno));
		return false;
	}
	return true;
}

/* {{{ whether it may be trusted */

/* The path without what would lead through a symbolic link at its end: slashes, and "/.". */
static void copy_path(char copy[PATH_MAX], const char *path)
{
	size_t length;

	(void)snprintf(copy, PATH_MAX, "%s", path);
	length = strlen(copy);
	while (length > 1 &&
	       (copy[length - 1] == '/' || (copy[length - 1] == '.' && copy[length - 2] == '/'))) {
		copy[--length] = '\0';
	}
}

/* Returns false. */
static bool refuse_directory(const char *path, const char *why)
{
	sdd_log(SDD_LOG_ERROR, "directory %s: %s", path, why);
	return false;
}

/* Whether it is a directory, and not a link to one. */
static bool check_kind(const char *path)
{
	struct stat found;

	if (sdd_io_fstatat(AT_FDCWD, path, &found) != 0) {
		return refuse_directory(path, strerror(errno));
	}
	if (S_ISLNK(found.st_mode)) {
		return refuse_directory(path, "it is a symbolic link: give the directory itself");
	}
	return S_ISDIR(found.st_mode) || refuse_directory(path, "it is not a directory");
}

/* Whether nobody but this process's user, and root, can put files or links there. */
static bool check_rights(const char *path, int descriptor)
{
	struct stat found;

	if (sdd_io_fstat(descriptor, &found) != 0) {
		return refuse_directory(path, strerror(errno));
	}
	if (found.st_uid != geteuid() && found.st_uid != 0) {
		sdd_log(SDD_LOG_ERROR, "directory %s belongs to user %u, not to user %u who would serve",
		        path, (unsigned)found.st_uid, (unsigned)geteuid());
		return false;
	}
	if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		sdd_log(SDD_LOG_ERROR,
		        "directory %s can be written by its group or by others (mode %04o): give a "
		        "subdirectory, such as %s/sharedanced, which the server makes",
		        path, (unsigned)(found.st_mode & 07777), path);
		return false;
	}
	return true;
}

/* What is checked for each file. */
struct check {
	const char *path;
	int directory;
	bool is_good;
};

/* Whether a file is this user's alone. One that others can only read is closed to them; one that
 * they can write is refused, for nobody knows what they wrote. */
static bool check_rights_of_file(const struct check *check, const char *name,
                                 const struct stat *found)
{
	mode_t mode = found->st_mode & 07777;

	if (found->st_uid != geteuid()) {
		sdd_log(SDD_LOG_ERROR, "file %s/%s belongs to user %u, not to user %u who would serve",
		        check->path, name, (unsigned)found->st_uid, (unsigned)geteuid());
		return false;
	}
	if ((mode & (S_IWGRP | S_IWOTH)) != 0) {
		sdd_log(SDD_LOG_ERROR, "file %s/%s can be written by its group or by others (mode %04o)",
		        check->path, name, (unsigned)mode);
		return false;
	}
	if (mode != FILE_MODE) {
		if (sdd_io_fchmodat(check->directory, name, FILE_MODE) != 0) {
			if (errno == EROFS || errno == EPERM) { /* who can read it has been able to before */
				sdd_log(SDD_LOG_WARNING, "file %s/%s has mode %04o, which cannot be changed: %s",
				        check->path, name, (unsigned)mode, strerror(errno));
				return true;
			}
			sdd_log(SDD_LOG_ERROR, "the mode of file %s/%s cannot be changed: %s", check->path,
			        name, strerror(errno));
			return false;
		}
		sdd_log(SDD_LOG_WARNING, "file %s/%s had mode %04o and has %04o now", check->path, name,
		        (unsigned)mode, FILE_MODE);
	}
	return true;
}

/* Whether the server uses a file of that name. An operator may have others beside them, such as a
 * unix socket. */
static bool is_used(const char *name)
{
	for (size_t i = 0; i < sizeof(used_names) / sizeof(used_names[0]); i++) {
		size_t length = strlen(used_names[i]);
		bool is_beginning = used_names[i][length - 1] == '.';

		if (strncmp(name, used_names[i], length) == 0 && (is_beginning || name[length] == '\0')) {
			return true;
		}
	}
	return false;
}

/* False: what is wrong was said, and no other file needs to be checked. */
static bool check_file(void *context, const char *name)
{
	struct check *check = context;
	struct stat found;

	if (!is_used(name)) {
		return true;
	}
	check->is_good = false;
	if (sdd_io_fstatat(check->directory, name, &found) != 0) {
		sdd_log(SDD_LOG_ERROR, "file %s/%s: %s", check->path, name, strerror(errno));
	} else if (S_ISLNK(found.st_mode)) {
		sdd_log(SDD_LOG_ERROR, "file %s/%s is a symbolic link", check->path, name);
	} else if (!S_ISREG(found.st_mode)) {
		sdd_log(SDD_LOG_ERROR, "file %s/%s is no regular file", check->path, name);
	} else if (found.st_nlink != 1) {
		sdd_log(SDD_LOG_ERROR, "file %s/%s has another name, too: it has %lu links", check->path,
		        name, (unsigned long)found.st_nlink);
	} else {
		check->is_good = check_rights_of_file(check, name, &found);
	}
	return check->is_good;
}

static bool check_files(const char *path, int descriptor)
{
	struct check check = {.path = path, .directory = descriptor, .is_good = true};

	if (sdd_io_list(descriptor, check_file, &check) != 0) {
		return refuse_directory(path, strerror(errno));
	}
	return check.is_good;
}

/* }}} */

/* {{{ locks */

/* Why the lock was not taken, by errno; the file names the process that holds it. */
static void explain_refusal(int descriptor, char reason[SDD_STORE_REASON_MAX])
{
	char owner[32] = "";

	if (errno != EWOULDBLOCK) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "it cannot be locked: %s", strerror(errno));
	} else if (sdd_io_pread(descriptor, owner, sizeof(owner) - 1, 0) > 0) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "it is in use by another server, process %s",
		               owner);
	} else {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "it is in use by another server");
	}
}

/* The same for the directory itself. The file may have been removed. */
static void explain_refusal_of(int directory, char reason[SDD_STORE_REASON_MAX])
{
	int error = errno;
	int file = sdd_io_openat(directory, SDD_FILE_LOCK, O_RDONLY | O_NONBLOCK, 0);

	errno = error;
	explain_refusal(file, reason);
	if (file != -1) {
		(void)sdd_io_close(file);
	}
}

/* Locks the directory itself: a file in it could be removed, and a second server would make and
 * lock another one. */
static bool lock_itself(const char *path, int directory)
{
	char reason[SDD_STORE_REASON_MAX];

	if (sdd_io_lock(directory) == 0) {
		return true;
	}
	explain_refusal_of(directory, reason);
	return refuse_directory(path, reason);
}

/* }}} */

int sdd_directory_open(const char *given)
{
	char path[PATH_MAX];
	int descriptor;

	copy_path(path, given);
	if (!check_kind(path)) {
		return -1;
	}
	descriptor = sdd_io_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (descriptor == -1) {
		(void)refuse_directory(path, strerror(errno));
		return -1;
	}
	if (!check_rights(path, descriptor) || !lock_itself(path, descriptor) ||
	    !check_files(path, descriptor)) {
		(void)sdd_io_close(descriptor);
		return -1;
	}
	if (sdd_io_is_in_memory(descriptor)) {
		sdd_log(SDD_LOG_WARNING, "directory %s is in memory (tmpfs): a reboot loses what is stored",
		        path);
	}
	return descriptor;
}

/* Opens the file, or makes it. On a file system that is read-only, or in an immutable directory, it
 * may be missing: then no version of the server can make one either, and the directory stands for
 * it, on which the caller has its lock. *is_file: it is the file. -1, with errno. */
static int open_lock(const char *directory, const char *file, bool *is_file)
{
	int descriptor = sdd_io_open(file, O_RDWR | O_CREAT | O_NOFOLLOW, FILE_MODE);

	*is_file = true;
	if (descriptor == -1 && (errno == EROFS || errno == EPERM)) {
		descriptor = sdd_io_open(file, O_RDONLY | O_NOFOLLOW, 0);
		if (descriptor == -1 && errno == ENOENT) {
			*is_file = false;
			descriptor = sdd_io_open_directory(directory);
		}
	}
	return descriptor;
}

int sdd_directory_lock(const char *path, char reason[SDD_STORE_REASON_MAX])
{
	char file[4096];
	char owner[32];
	bool is_file;
	int descriptor;

	(void)snprintf(file, sizeof(file), "%s/" SDD_FILE_LOCK, path);
	descriptor = open_lock(path, file, &is_file);
	if (descriptor == -1) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s", strerror(errno));
		return -1;
	}
	if (is_file && sdd_io_lock(descriptor) != 0) {
		explain_refusal(descriptor, reason);
		(void)sdd_io_close(descriptor);
		return -1;
	}
	(void)snprintf(owner, sizeof(owner), "%ld", (long)getpid());
	/* for people to read: if it cannot be written, the lock holds all the same */
	if (sdd_io_ftruncate(descriptor, 0) == 0) {
		(void)sdd_io_pwrite(descriptor, owner, strlen(owner), 0);
	}
	return descriptor;
}

/* False, with errno: there is something of that name, or nobody can tell. */
static bool is_name_free(int directory, const char *name)
{
	struct stat found;

	return sdd_io_fstatat(directory, name, &found) != 0 && errno == ENOENT;
}

bool sdd_directory_set_aside(int directory, const char *name)
{
	char aside[64];
	int length = snprintf(aside, sizeof(aside), "%s.damaged", name);

	for (int i = 2; !is_name_free(directory, aside) && i <= ASIDE_MOST; i++) {
		(void)snprintf(aside + length, sizeof(aside) - (size_t)length, ".%d", i);
	}
	if (sdd_io_renameat(directory, name, aside) != 0) {
		return false;
	}
	sdd_log(SDD_LOG_ERROR, "the header of %s is damaged: it is set aside as %s", name, aside);
	return true;
}
