/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The system's calls on files; see io.h. There is nothing here to test. */

#include "server/store/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

int sdd_io_open(const char *path, int flags, mode_t mode)
{
	return open(path, flags | O_CLOEXEC, mode);
}

int sdd_io_open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int sdd_io_mkdir(const char *path, mode_t mode)
{
	return mkdir(path, mode);
}

int sdd_io_openat(int directory, const char *name, int flags, mode_t mode)
{
	return openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
}

int sdd_io_fstatat(int directory, const char *name, struct stat *found)
{
	return fstatat(directory, name, found, AT_SYMLINK_NOFOLLOW);
}

int sdd_io_fchmodat(int directory, const char *name, mode_t mode)
{
	return fchmodat(directory, name, mode, 0);
}

/* With a descriptor of its own, whose position is its own. */
static DIR *open_names(int directory)
{
	int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = own == -1 ? NULL : fdopendir(own);

	if (names == NULL && own != -1) {
		(void)close(own);
	}
	return names;
}

int sdd_io_list(int directory, bool (*each)(void *context, const char *name), void *context)
{
	DIR *names = open_names(directory);
	const struct dirent *entry;
	int error;

	if (names == NULL) {
		return -1;
	}
	do {
		errno = 0;
		entry = readdir(names);
		error = errno;
	} while (entry != NULL && each(context, entry->d_name));
	(void)closedir(names);
	errno = error;
	return error == 0 ? 0 : -1;
}

int sdd_io_unlinkat(int directory, const char *name)
{
	return unlinkat(directory, name, 0);
}

int sdd_io_renameat(int directory, const char *from, const char *to)
{
	return renameat(directory, from, directory, to);
}

ssize_t sdd_io_pread(int descriptor, void *bytes, size_t length, off_t offset)
{
	return pread(descriptor, bytes, length, offset);
}

ssize_t sdd_io_write(int descriptor, const void *bytes, size_t length)
{
	return write(descriptor, bytes, length);
}

ssize_t sdd_io_pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
	return pwrite(descriptor, bytes, length, offset);
}

int sdd_io_fstat(int descriptor, struct stat *found)
{
	return fstat(descriptor, found);
}

/* The types of such file systems: <linux/magic.h> is not on every system that has a compiler. */
#define TMPFS_TYPE 0x01021994u
#define RAMFS_TYPE 0x858458f6u

bool sdd_io_is_in_memory(int descriptor)
{
	struct statfs found;

	return fstatfs(descriptor, &found) == 0 &&
	       /* its type is another one on each kind of machine */
	       ((uint32_t)found.f_type == TMPFS_TYPE || (uint32_t)found.f_type == RAMFS_TYPE);
}

int sdd_io_ftruncate(int descriptor, off_t length)
{
	return ftruncate(descriptor, length);
}

int sdd_io_allocate(int descriptor, off_t length)
{
	return posix_fallocate(descriptor, 0, length);
}

int sdd_io_punch(int descriptor, off_t offset, off_t length)
{
	return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int sdd_io_fdatasync(int descriptor)
{
	return fdatasync(descriptor);
}

int sdd_io_fsync(int descriptor)
{
	return fsync(descriptor);
}

/* What it returns says nothing: errors are left for the call that forces the file to disk. */
void sdd_io_start_writing(int descriptor)
{
	(void)sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

/* ext4 marks new blocks as written once their data is on disk. After a write that failed, it does
 * not do so for the pages that it still has in memory: they are written again, the next sync
 * succeeds, and after a restart the blocks are empty. */
void sdd_io_forget(int descriptor, off_t offset, off_t length)
{
	(void)posix_fadvise(descriptor, offset, length, POSIX_FADV_DONTNEED);
}

int sdd_io_lock(int descriptor)
{
	return flock(descriptor, LOCK_EX | LOCK_NB);
}

int sdd_io_close(int descriptor)
{
	return close(descriptor);
}
