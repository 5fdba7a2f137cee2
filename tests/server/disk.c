/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A disk that fails, or that forgets what was not forced to it: to be preloaded to a real server,
 * so that the calls of LMDB are reached, too. Only files of the store are meant.
 *
 * DISK_FAULTS names a file that is read at each call: pairs of what fails and the error's number.
 *   root   a write of one of LMDB's two roots      wal      a write to the write-ahead log
 *   data   any other write to data.mdb             values   a write to the file of values
 *   sync-data, sync-wal, sync-values               forcing it to disk
 *   read-values                                    a read of the file of values
 *   kill-root   no failure: the process is killed when it has written a root, which is not on disk
 *               yet; its number means nothing
 *   wait   no failure: the call waits until this is not there any more; its number means nothing
 *   room   no failure: the number is that of the MB that are free on any disk
 * DISK_IMAGE names a directory in which each file is as it is sure to be after a power cut: as it
 * was when the last call that forced it to disk began.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096

/* The name of an open file of the store; NULL: it is another one. */
static const char *name_of(int descriptor, char path[4096])
{
	char link[64];
	const char *name;
	ssize_t length;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	length = readlink(link, path, 4095);
	if (length <= 0) {
		return NULL;
	}
	path[length] = '\0';
	name = strrchr(path, '/');
	if (name == NULL ||
	    (strcmp(name, "/data.mdb") != 0 && strcmp(name, "/sharedanced.values") != 0 &&
	     strncmp(name, "/sharedanced.wal.", 17) != 0)) {
		return NULL;
	}
	return name + 1;
}

/* What the file says now; see fault_of(). */
static int read_fault(const char *what, bool *waits)
{
	const char *path = getenv("DISK_FAULTS");
	FILE *file = path != NULL ? fopen(path, "r") : NULL;
	char named[32];
	int error;
	int result = 0;

	*waits = false;
	if (file == NULL) {
		return 0;
	}
	while (fscanf(file, " %31s %d", named, &error) == 2) {
		result = strcmp(named, what) == 0 ? error : result;
		*waits |= strcmp(named, "wait") == 0;
	}
	(void)fclose(file);
	return result;
}

/* The error with which such a call is to fail; 0: it is not. */
static int fault_of(const char *what)
{
	bool waits;
	int result = read_fault(what, &waits);

	while (waits) {
		(void)usleep(2000);
		result = read_fault(what, &waits);
	}
	return result;
}

static int fault_of_write(const char *name, off64_t offset)
{
	if (strcmp(name, "sharedanced.values") == 0) {
		return fault_of("values");
	}
	if (strcmp(name, "data.mdb") != 0) {
		return fault_of("wal");
	}
	return fault_of(offset >= 0 && offset < 2 * PAGE ? "root" : "data");
}

/* {{{ the image */

/* Held while it is changed: of two threads that force a file to disk, the one that began earlier
 * may not put what it saw over what the other has seen. */
static pthread_mutex_t image_mutex = PTHREAD_MUTEX_INITIALIZER;

static ssize_t real_pwrite(int descriptor, const void *bytes, size_t length, off64_t offset)
{
	static ssize_t (*call)(int, const void *, size_t, off64_t);

	if (call == NULL) {
		call = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
	}
	return call(descriptor, bytes, length, offset);
}

static ssize_t real_pread(int descriptor, void *bytes, size_t length, off64_t offset)
{
	static ssize_t (*call)(int, void *, size_t, off64_t);

	if (call == NULL) {
		call = (ssize_t(*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
	}
	return call(descriptor, bytes, length, offset);
}

/* The image of a file; -1: there is none. */
static int open_image(const char *name)
{
	const char *directory = getenv("DISK_IMAGE");
	char path[4096];

	if (directory == NULL) {
		return -1;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static void copy_to_image(int descriptor, const char *name)
{
	static __thread char bytes[1 << 16];
	int image = open_image(name);
	struct stat64 found;
	off64_t at = 0;
	ssize_t length;

	if (image == -1) {
		return;
	}
	(void)pthread_mutex_lock(&image_mutex);
	while ((length = real_pread(descriptor, bytes, sizeof(bytes), at)) > 0) {
		(void)real_pwrite(image, bytes, (size_t)length, at);
		at += length;
	}
	if (fstat64(descriptor, &found) == 0) {
		(void)ftruncate64(image, found.st_size);
	}
	(void)pthread_mutex_unlock(&image_mutex);
	(void)close(image);
}

/* LMDB's roots are written by a descriptor that forces each write to disk. */
static void write_through(int descriptor, const char *name, const void *bytes, size_t length,
                          off64_t offset)
{
	int image;

	if (!(fcntl(descriptor, F_GETFL) & O_DSYNC)) {
		return;
	}
	image = open_image(name);
	if (image != -1) {
		(void)pthread_mutex_lock(&image_mutex);
		(void)real_pwrite(image, bytes, length, offset);
		(void)pthread_mutex_unlock(&image_mutex);
		(void)close(image);
	}
}

/* }}} */

/* {{{ the calls */

/* Whether a write is to fail, with errno set. */
static bool fails(int descriptor, off64_t offset)
{
	char path[4096];
	const char *name = name_of(descriptor, path);
	int error = name != NULL ? fault_of_write(name, offset) : 0;

	errno = error != 0 ? error : errno;
	return error != 0;
}

/* A root is written, and others can read it; before it is on disk the process dies, if it is to. */
static void die_at_root(int descriptor, const void *bytes, size_t length, off64_t offset)
{
	char path[4096];
	const char *name = name_of(descriptor, path);

	if (name != NULL && strcmp(name, "data.mdb") == 0 && offset < 2 * PAGE &&
	    (fcntl(descriptor, F_GETFL) & O_DSYNC) && fault_of("kill-root") != 0) {
		(void)real_pwrite(open(path, O_RDWR | O_CLOEXEC), bytes, length, offset);
		(void)raise(SIGKILL);
	}
}

static ssize_t checked_pwrite(int descriptor, const void *bytes, size_t length, off64_t offset)
{
	char path[4096];
	const char *name;
	ssize_t done;

	die_at_root(descriptor, bytes, length, offset);
	if (fails(descriptor, offset)) {
		return -1;
	}
	done = real_pwrite(descriptor, bytes, length, offset);
	name = done > 0 ? name_of(descriptor, path) : NULL;
	if (name != NULL) {
		write_through(descriptor, name, bytes, (size_t)done, offset);
	}
	return done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
	return checked_pwrite(descriptor, bytes, length, offset);
}

#ifndef pwrite64 /* musl has one call under both names */
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset)
{
	return checked_pwrite(descriptor, bytes, length, offset);
}
#endif

static ssize_t checked_pwritev(int descriptor, const struct iovec *parts, int count, off64_t offset)
{
	static ssize_t (*call)(int, const struct iovec *, int, off64_t);

	if (call == NULL) {
		call = (ssize_t(*)(int, const struct iovec *, int, off64_t))dlsym(RTLD_NEXT, "pwritev64");
	}
	return fails(descriptor, offset) ? -1 : call(descriptor, parts, count, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset)
{
	return checked_pwritev(descriptor, parts, count, offset);
}

#ifndef pwritev64
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset)
{
	return checked_pwritev(descriptor, parts, count, offset);
}
#endif

ssize_t writev(int descriptor, const struct iovec *parts, int count)
{
	static ssize_t (*call)(int, const struct iovec *, int);

	if (call == NULL) {
		call = (ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
	}
	return fails(descriptor, -1) ? -1 : call(descriptor, parts, count);
}

static ssize_t checked_pread(int descriptor, void *bytes, size_t length, off64_t offset)
{
	char path[4096];
	int before = errno;
	const char *name = name_of(descriptor, path);
	int error =
		name != NULL && strcmp(name, "sharedanced.values") == 0 ? fault_of("read-values") : 0;

	errno = error != 0 ? error : before;
	return error != 0 ? -1 : real_pread(descriptor, bytes, length, offset);
}

ssize_t pread(int descriptor, void *bytes, size_t length, off_t offset)
{
	return checked_pread(descriptor, bytes, length, offset);
}

#ifndef pread64
ssize_t pread64(int descriptor, void *bytes, size_t length, off64_t offset)
{
	return checked_pread(descriptor, bytes, length, offset);
}
#endif

static int checked_sync(int descriptor, const char *call_name)
{
	int (*call)(int) = (int (*)(int))dlsym(RTLD_NEXT, call_name);
	char path[4096];
	const char *name = name_of(descriptor, path);
	int error = 0;

	if (name != NULL) {
		error = fault_of(strcmp(name, "data.mdb") == 0             ? "sync-data"
		                 : strcmp(name, "sharedanced.values") == 0 ? "sync-values"
		                                                           : "sync-wal");
	}
	if (error != 0) {
		errno = error;
		return -1;
	}
	if (name != NULL) {
		copy_to_image(descriptor, name);
	}
	return call(descriptor);
}

int fdatasync(int descriptor)
{
	return checked_sync(descriptor, "fdatasync");
}

int fsync(int descriptor)
{
	return checked_sync(descriptor, "fsync");
}

/* }}} */

/* {{{ "room" says how many MB are free */

static fsblkcnt64_t blocks_of(int room, unsigned long block_size)
{
	return ((fsblkcnt64_t)room << 20) / block_size;
}

int fstatvfs(int descriptor, struct statvfs *found)
{
	int (*call)(int, struct statvfs *) =
		(int (*)(int, struct statvfs *))dlsym(RTLD_NEXT, "fstatvfs");
	int room = fault_of("room");
	int result = call(descriptor, found);

	if (result == 0 && room != 0) {
		found->f_bavail = (fsblkcnt_t)blocks_of(room, found->f_frsize);
	}
	return result;
}

#ifndef fstatvfs64
int fstatvfs64(int descriptor, struct statvfs64 *found)
{
	int (*call)(int, struct statvfs64 *) =
		(int (*)(int, struct statvfs64 *))dlsym(RTLD_NEXT, "fstatvfs64");
	int room = fault_of("room");
	int result = call(descriptor, found);

	if (result == 0 && room != 0) {
		found->f_bavail = blocks_of(room, found->f_frsize);
	}
	return result;
}
#endif

/* }}} */
