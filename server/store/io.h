/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Every call on a file that the store makes itself (LMDB makes its own). Each function of io.c is
 * the system's call of about that name: same arguments, same result, same errno. Unit tests link
 * tests/unit/server/fake_io.c in its place, which can fail any call.
 */

#ifndef SDD_IO_H
#define SDD_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Directories; `flags` of all that open get O_CLOEXEC. */
int sdd_io_open(const char *path, int flags, mode_t mode);
int sdd_io_open_directory(const char *path);
int sdd_io_mkdir(const char *path, mode_t mode);

/* Files in an open directory. Symbolic links are not followed. */
int sdd_io_openat(int directory, const char *name, int flags, mode_t mode);
int sdd_io_fstatat(int directory, const char *name, struct stat *found);
int sdd_io_fchmodat(int directory, const char *name, mode_t mode); /* does follow them */
int sdd_io_unlinkat(int directory, const char *name);
int sdd_io_renameat(int directory, const char *from, const char *to);

/* readdir(): calls `each` with every name until it returns false. 0; -1, with errno: not all names
 * could be read. */
int sdd_io_list(int directory, bool (*each)(void *context, const char *name), void *context);

/* Open files. */
ssize_t sdd_io_pread(int descriptor, void *bytes, size_t length, off_t offset);
ssize_t sdd_io_write(int descriptor, const void *bytes, size_t length);
ssize_t sdd_io_pwrite(int descriptor, const void *bytes, size_t length, off_t offset);
int sdd_io_fstat(int descriptor, struct stat *found);

/* Whether the file is in memory only, on a tmpfs say: a reboot loses it. */
bool sdd_io_is_in_memory(int descriptor);
int sdd_io_ftruncate(int descriptor, off_t length);
int sdd_io_allocate(int descriptor, off_t length); /* posix_fallocate() from 0: returns the error */
int sdd_io_punch(int descriptor, off_t offset, off_t length); /* gives the blocks back */
int sdd_io_fdatasync(int descriptor);
int sdd_io_fsync(int descriptor);
void sdd_io_start_writing(int descriptor); /* sync_file_range() of all, without waiting */

/* Drops what the system keeps of a part of a file in memory, except for what it has not tried to
 * write yet; a length of 0 means all behind the offset. To be called before a part is written again
 * that could not be forced to disk: otherwise ext4 may lose it, and say that it is there. */
void sdd_io_forget(int descriptor, off_t offset, off_t length);
int sdd_io_lock(int descriptor); /* flock(), exclusive, without waiting */
int sdd_io_close(int descriptor);

/* {{{ io_all.c: whole reads and writes, by the calls above, which signals do not interrupt; and
 * what an error means */

/* False, with errno: not all of it is written, and some of it may be. */
bool sdd_io_write_all(int descriptor, const void *bytes, size_t length, off_t offset);

/* The same for a descriptor without an offset. */
bool sdd_io_send_all(int descriptor, const void *bytes, size_t length);

/* Reads as much as there is, up to `length` bytes. errno is 0 unless a read failed. */
size_t sdd_io_read_all(int descriptor, void *bytes, size_t length, off_t offset);

/* Whether a file that could not be opened for writing, with that errno, may be opened for reading
 * all the same. */
bool sdd_io_is_unwritable(int error);

/* }}} */

#endif
