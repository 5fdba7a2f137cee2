/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The file data.mdb: whether it has all its pages, whether it can be written, and the room on its
 * disk; see btree_tables.h.
 *
 * LMDB maps the file. In one that was cut off, by a copy onto a full disk for instance, the process
 * would end by a signal at a page that is missing. But a file that is whole may be shorter than the
 * pages that were given: one that was given and taken back in one transaction is never written. It
 * is in LMDB's list of free pages. So a file is whole if all that it lacks is free.
 */

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "server/store/btree_tables.h"
#include "server/store/directory.h"
#include "server/store/io.h"
#include "server/system/daemon.h"

#define SPARE_PAGES 16 /* that a put may need besides those of its value */

/* The pages that a file lacks: from `first` on. */
struct lack {
	size_t first;
	size_t count;
	bool *is_free;
};

static bool find_lack(MDB_env *env, struct lack *lack)
{
	mdb_filehandle_t data;
	MDB_envinfo info;
	MDB_stat stat;
	struct stat found;

	if (mdb_env_info(env, &info) != MDB_SUCCESS || mdb_env_stat(env, &stat) != MDB_SUCCESS ||
	    mdb_env_get_fd(env, &data) != MDB_SUCCESS || sdd_io_fstat(data, &found) != 0) {
		return false;
	}
	lack->first = (size_t)found.st_size / stat.ms_psize;
	lack->count = info.me_last_pgno < lack->first ? 0 : info.me_last_pgno + 1 - lack->first;
	return true;
}

/* A row of the list of free pages: how many it has, and their numbers. */
static void record_free(struct lack *lack, const MDB_val *row)
{
	size_t page;

	for (size_t at = sizeof(page); at + sizeof(page) <= row->mv_size; at += sizeof(page)) {
		memcpy(&page, (const uint8_t *)row->mv_data + at, sizeof(page));
		if (page >= lack->first && page - lack->first < lack->count) {
			lack->is_free[page - lack->first] = true;
		}
	}
}

/* True, too, if there is no memory to tell. */
static bool is_lack_free(MDB_env *env, struct lack *lack)
{
	MDB_txn *txn;
	MDB_cursor *cursor;
	MDB_val number;
	MDB_val row;
	int error;

	lack->is_free = calloc(lack->count, sizeof(*lack->is_free));
	if (lack->is_free == NULL) {
		return true;
	}
	if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != MDB_SUCCESS ||
	    mdb_cursor_open(txn, /* the list of free pages */ 0, &cursor) != MDB_SUCCESS) {
		return false;
	}
	while ((error = mdb_cursor_get(cursor, &number, &row, MDB_NEXT)) == MDB_SUCCESS) {
		record_free(lack, &row);
	}
	return error == MDB_NOTFOUND && memchr(lack->is_free, false, lack->count) == NULL;
}

/* In a process of its own: what LMDB reads may be missing, too. The environment is another one,
 * because LMDB's do not survive a fork. An error of the system's says nothing of the file. */
static bool has_all_in_use(const void *context)
{
	const struct sdd_btree *btree = context;
	struct lack lack;
	MDB_env *env;
	int error = mdb_env_create(&env);

	if (error == MDB_SUCCESS) {
		error = mdb_env_open(env, btree->directory, MDB_RDONLY | MDB_NOLOCK, 0600);
	}
	if (error > 0) {
		return true;
	}
	return error == MDB_SUCCESS && find_lack(env, &lack) && is_lack_free(env, &lack);
}

bool sdd_btree_is_whole(const struct sdd_btree *btree)
{
	struct lack lack;

	return !find_lack(btree->env, &lack) || lack.count == 0 ||
	       sdd_daemon_try(has_all_in_use, btree);
}

bool sdd_btree_find_file(const struct sdd_btree *btree, const char *name, struct stat *found)
{
	int directory = sdd_io_open_directory(btree->directory);
	bool is_found = directory != -1 && sdd_io_fstatat(directory, name, found) == 0;
	int error = errno;

	if (directory != -1) {
		(void)sdd_io_close(directory);
	}
	errno = error;
	return is_found;
}

/* Whether there is no such file, or it can be written. To be asked only without locks of LMDB's:
 * closing the file would end them. */
static bool is_writable(int directory, const char *name)
{
	int file = sdd_io_openat(directory, name, O_RDWR | O_NOFOLLOW, 0);

	if (file != -1) {
		(void)sdd_io_close(file);
	}
	return file != -1 || errno == ENOENT;
}

bool sdd_btree_can_be_writable(const struct sdd_btree *btree)
{
	int directory = btree->unwritable != 0 ? sdd_io_open_directory(btree->directory) : -1;
	bool is_so;

	if (directory == -1) {
		return false;
	}
	is_so = is_writable(directory, SDD_FILE_DATA) && is_writable(directory, SDD_FILE_DATA_LOCK);
	(void)sdd_io_close(directory);
	return is_so;
}

/* LMDB would make a new store of an empty file. The first start may have left one, if the disk was
 * full; the reserve is made by one that succeeds. */
bool sdd_btree_was_emptied(const struct sdd_btree *btree)
{
	struct stat found;

	return sdd_btree_find_file(btree, SDD_FILE_DATA, &found) && found.st_size == 0 &&
	       sdd_btree_find_file(btree, SDD_FILE_RESERVE, &found);
}

static bool find_disk_room(const struct sdd_btree *btree, uint64_t *room)
{
	struct statvfs disk;
	mdb_filehandle_t data;

	if (mdb_env_get_fd(btree->env, &data) != MDB_SUCCESS || fstatvfs(data, &disk) != 0) {
		return false;
	}
	*room = (uint64_t)disk.f_bavail * disk.f_frsize;
	return true;
}

/* LMDB reports an input/output error if the disk takes only a part of what it writes. */
bool sdd_btree_is_disk_full(const struct sdd_btree *btree)
{
	uint64_t room;

	return find_disk_room(btree, &room) && room < SPARE_PAGES * (uint64_t)btree->page_size;
}

uint64_t sdd_btree_disk_room(const struct sdd_btree *btree)
{
	uint64_t room;

	return find_disk_room(btree, &room) ? room : 0;
}
