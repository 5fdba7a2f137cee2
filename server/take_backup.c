/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Taking a backup; see take_backup.h. If root takes it, it belongs to the user that serves, so that
 * a server of that user starts on it. */

#include "server/take_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "server/net/control.h"
#include "server/store/backup.h"
#include "server/store/btree.h"
#include "server/store/directory.h"
#include "server/store/io.h"
#include "server/system/log.h"

#define PIECE (1u << 20) /* bytes that are written at once */
/* Bytes between two times that the file is forced to disk: all at the end would keep the server's
 * own writes waiting. */
#define FORCED (32ll * 1024 * 1024)

struct taking {
	const char *source;     /* the server's directory */
	const char *target;     /* without slashes at its end */
	char partial[PATH_MAX]; /* where the files are while they are not whole */
	int peer;               /* the server */
	int directory;          /* `partial`; -1: not made yet */
	bool is_beside;         /* on the disk of the store */
	unsigned files;         /* a bit for each that is whole, by its number */
	char reason[SDD_STORE_REASON_MAX];
	uid_t uid; /* of the server */
	gid_t gid;
};

/* Returns false; the reason is errno's. */
static bool fail_taking(struct taking *taking, const char *what)
{
	(void)snprintf(taking->reason, sizeof(taking->reason), "%.150s: %s", what, strerror(errno));
	return false;
}

/* {{{ the directory */

static bool is_empty_name(void *context, const char *name)
{
	bool *is_empty = context;

	*is_empty = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
	return *is_empty;
}

/* Whether the target is free: the rename would find out, but late. */
static bool check_target(struct taking *taking)
{
	int directory = sdd_io_open(taking->target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	bool is_empty = true;

	if (directory == -1) {
		return errno == ENOENT || fail_taking(taking, taking->target);
	}
	(void)sdd_io_list(directory, is_empty_name, &is_empty);
	(void)sdd_io_close(directory);
	if (!is_empty) {
		errno = ENOTEMPTY;
		return fail_taking(taking, taking->target);
	}
	return true;
}

/* Whether nobody else can put files there. False, with errno. */
static bool is_own(int directory)
{
	struct stat found;

	if (sdd_io_fstat(directory, &found) != 0) {
		return false;
	}
	errno = EPERM;
	return found.st_uid == geteuid() && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static void remove_files(int directory)
{
	for (unsigned i = 0; sdd_backup_file(i) != NULL; i++) {
		(void)sdd_io_unlinkat(directory, sdd_backup_file(i));
	}
	(void)sdd_io_unlinkat(directory, SDD_FILE_DATA_LOCK);
}

static bool is_on_disk_of_store(const struct taking *taking)
{
	struct stat source;
	struct stat found;

	return stat(taking->source, &source) == 0 && sdd_io_fstat(taking->directory, &found) == 0 &&
	       source.st_dev == found.st_dev;
}

/* The directory that has the target. */
static void find_parent(const struct taking *taking, char path[static PATH_MAX])
{
	char *slash;

	(void)snprintf(path, PATH_MAX, "%s", taking->target);
	slash = strrchr(path, '/');
	if (slash == NULL) {
		(void)snprintf(path, PATH_MAX, ".");
	} else {
		*(slash == path ? slash + 1 : slash) = '\0'; /* the root keeps its slash */
	}
}

/* Makes the directory, or takes over the one that a process left that died. */
static bool make_directory(struct taking *taking)
{
	char parent[PATH_MAX];
	int directory;

	if (snprintf(taking->partial, PATH_MAX, "%s.partial", taking->target) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return fail_taking(taking, taking->target);
	}
	if (sdd_io_mkdir(taking->partial, 0700) != 0 && errno != EEXIST) {
		if (errno == ENOENT) {
			find_parent(taking, parent);
			errno = ENOENT;
			return fail_taking(taking, parent);
		}
		return fail_taking(taking, taking->partial);
	}
	directory = sdd_io_open(taking->partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (directory == -1) {
		return fail_taking(taking, taking->partial);
	}
	if (!is_own(directory) || sdd_io_lock(directory) != 0) {
		(void)fail_taking(taking, taking->partial);
		(void)sdd_io_close(directory);
		return false;
	}
	taking->directory = directory;
	remove_files(directory);
	taking->is_beside = is_on_disk_of_store(taking);
	return true;
}

/* }}} */

/* {{{ the files */

/* Whether so much more may be written: a server whose disk is full refuses stores. */
static bool disk_has_room(const struct taking *taking, size_t length)
{
	struct statvfs disk;

	return !taking->is_beside || fstatvfs(taking->directory, &disk) != 0 ||
	       (uint64_t)disk.f_bavail * disk.f_frsize >= SDD_BACKUP_SPARE + length;
}

static bool write_piece(struct taking *taking, int file, const char *name, const uint8_t *bytes,
                        size_t length, off_t offset)
{
	if (!disk_has_room(taking, length)) {
		errno = ENOSPC;
		return fail_taking(taking, "the server needs the rest of its disk");
	}
	if (!sdd_io_write_all(file, bytes, length, offset) ||
	    (offset / FORCED != (offset + (off_t)length) / FORCED && sdd_io_fdatasync(file) != 0)) {
		return fail_taking(taking, name);
	}
	return true;
}

/* The file of values is mostly holes if much was deleted. A hole is not written. */
static bool is_hole(const uint8_t *bytes, size_t length)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

/* As read(), and a signal such as SIGCONT does not end it. */
static ssize_t read_on(int from, uint8_t *room)
{
	ssize_t length;

	do {
		length = read(from, room, PIECE);
	} while (length == -1 && errno == EINTR);
	return length;
}

/* Copies what is received to a file, and forces it to disk. */
static bool copy(struct taking *taking, int from, int file, const char *name, uint8_t *room)
{
	off_t offset = 0;
	ssize_t length;

	while ((length = read_on(from, room)) > 0) {
		if (!is_hole(room, (size_t)length) &&
		    !write_piece(taking, file, name, room, (size_t)length, offset)) {
			return false;
		}
		offset += length;
	}
	return (length == 0 && sdd_io_ftruncate(file, offset) == 0 && sdd_io_fsync(file) == 0) ||
	       fail_taking(taking, name);
}

static bool take_file(struct taking *taking, unsigned number, int from)
{
	const char *name = sdd_backup_file(number);
	int file = sdd_io_openat(taking->directory, name, O_RDWR | O_CREAT | O_EXCL, 0600);
	uint8_t *room = malloc(PIECE);
	bool is_done = false;

	if (file == -1 || room == NULL) {
		(void)fail_taking(taking, name);
	} else {
		is_done = copy(taking, from, file, name, room);
	}
	free(room);
	if (file != -1) {
		(void)sdd_io_close(file);
	}
	taking->files |= is_done ? 1u << number : 0;
	return is_done;
}

/* The file of an answer; only a name that a backup has may be written. */
static bool take_named(struct taking *taking, const char *name, int from)
{
	for (unsigned i = 0; sdd_backup_file(i) != NULL; i++) {
		if (strcmp(name, sdd_backup_file(i)) == 0) {
			return take_file(taking, i, from);
		}
	}
	errno = EPROTO;
	return fail_taking(taking, "the server sends a file that is not known here");
}

static bool has_all(struct taking *taking)
{
	for (unsigned i = 0; sdd_backup_file(i) != NULL; i++) {
		if (!(taking->files & 1u << i)) {
			errno = EPROTO;
			return fail_taking(taking, sdd_backup_file(i));
		}
	}
	return true;
}

/* Takes what the server sends, until it says that this is all. */
static bool receive_files(struct taking *taking)
{
	static const char failed[] = "failed ";
	char text[SDD_CONTROL_TEXT_MAX];
	int from;
	bool is_good = true;

	if (!sdd_control_send(taking->peer, "backup")) {
		return fail_taking(taking, "the server");
	}
	while (is_good) {
		if (!sdd_control_receive(taking->peer, text, &from)) {
			(void)snprintf(taking->reason, sizeof(taking->reason),
			               "the server ended, or said nothing for too long");
			return false;
		}
		if (from == -1) {
			break;
		}
		is_good = strncmp(text, "file ", 5) == 0 && take_named(taking, text + 5, from);
		(void)close(from);
	}
	if (is_good && strncmp(text, failed, sizeof(failed) - 1) == 0) {
		(void)snprintf(taking->reason, sizeof(taking->reason), "%.200s", text + sizeof(failed) - 1);
		return false;
	}
	return is_good && strcmp(text, "done") == 0 && has_all(taking);
}

/* }}} */

/* {{{ the end */

/* The copy is another store than the one that continues. That it can be opened shows that it is
 * one. */
static bool make_own(struct taking *taking)
{
	struct stat found;
	struct sdd_btree *btree;
	bool is_own_now;

	if (sdd_io_fstatat(taking->directory, SDD_FILE_DATA, &found) != 0) {
		return fail_taking(taking, SDD_FILE_DATA);
	}
	btree =
		sdd_btree_open(taking->partial, (uint64_t)found.st_size, SDD_SYNC_ALWAYS, taking->reason);
	if (btree == NULL) {
		return false;
	}
	is_own_now = sdd_btree_renew_id(btree);
	sdd_btree_close(btree);
	(void)sdd_io_unlinkat(taking->directory, SDD_FILE_DATA_LOCK);
	return is_own_now || fail_taking(taking, SDD_FILE_DATA);
}

static bool give_to_server(struct taking *taking)
{
	if (taking->uid == geteuid()) {
		return true;
	}
	for (unsigned i = 0; sdd_backup_file(i) != NULL; i++) {
		if (fchownat(taking->directory, sdd_backup_file(i), taking->uid, taking->gid,
		             AT_SYMLINK_NOFOLLOW) != 0) {
			return fail_taking(taking, sdd_backup_file(i));
		}
	}
	return fchown(taking->directory, taking->uid, taking->gid) == 0 ||
	       fail_taking(taking, taking->partial);
}

static bool sync_parent(struct taking *taking)
{
	char path[PATH_MAX];
	int parent;
	bool is_done;

	find_parent(taking, path);
	parent = sdd_io_open_directory(path);
	is_done = parent != -1 && (sdd_io_fsync(parent) == 0 || errno == EINVAL);
	if (parent != -1) {
		(void)sdd_io_close(parent);
	}
	return is_done || fail_taking(taking, path);
}

/* The names come to disk before the directory is renamed, and the rename before it is reported. */
static bool publish(struct taking *taking)
{
	if (sdd_io_fsync(taking->directory) != 0 && errno != EINVAL) {
		return fail_taking(taking, taking->partial);
	}
	if (rename(taking->partial, taking->target) != 0) {
		return fail_taking(taking, taking->target);
	}
	return sync_parent(taking);
}

static void clean_up(struct taking *taking, bool is_done)
{
	if (taking->directory != -1) {
		if (!is_done) {
			remove_files(taking->directory);
			(void)rmdir(taking->partial);
		}
		(void)sdd_io_close(taking->directory);
	}
	if (taking->peer != -1) {
		(void)close(taking->peer);
	}
}

/* }}} */

bool sdd_take_backup(const char *directory, const char *target)
{
	struct taking taking = {.source = directory, .directory = -1};
	char path[PATH_MAX];
	size_t length = (size_t)snprintf(path, sizeof(path), "%s", target);
	bool is_done;

	while (length > 1 && length < sizeof(path) && path[length - 1] == '/') {
		path[--length] = '\0';
	}
	taking.target = path;
	taking.peer = sdd_control_connect(directory, &taking.uid, &taking.gid);
	if (taking.peer == -1) {
		sdd_log(SDD_LOG_ERROR, "no server can be asked that serves %s: %s", directory,
		        strerror(errno));
		return false;
	}
	is_done = check_target(&taking) && make_directory(&taking) && receive_files(&taking) &&
	          make_own(&taking) && give_to_server(&taking) && publish(&taking);
	clean_up(&taking, is_done);
	if (is_done) {
		sdd_log(SDD_LOG_NOTICE, "a backup of %s is complete, in %s", directory, path);
	} else {
		sdd_log(SDD_LOG_ERROR, "no backup was made: %s", taking.reason);
	}
	return is_done;
}
