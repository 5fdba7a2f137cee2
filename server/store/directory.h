/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The directory of the store: whether it and the files in it may be trusted, the lock on it, the
 * names of the files. */

#ifndef SDD_DIRECTORY_H
#define SDD_DIRECTORY_H

#include <stdbool.h>
#include <sys/types.h>

#include "server/store/entry.h"

#define SDD_FILE_DATA "data.mdb"      /* LMDB's name */
#define SDD_FILE_DATA_LOCK "lock.mdb" /* LMDB's, too */
#define SDD_FILE_LOCK "sharedanced.lock"
#define SDD_FILE_RESERVE "sharedanced.reserve"
#define SDD_FILE_VALUES "sharedanced.values" /* values.h */
#define SDD_FILE_WAL_1 "sharedanced.wal.1"   /* wal.h */
#define SDD_FILE_WAL_2 "sharedanced.wal.2"

/* Makes the directory if it is not there, and gives a new one to the user if `for_user`. False,
 * with a message in the log. */
bool sdd_directory_make(const char *path, bool for_user, uid_t uid, gid_t gid);

/*
 * Opens the directory if this process may trust it: it is no symbolic link, it belongs to the
 * process's own user or to root, and nobody else can write to it. Each file in it that the server
 * uses is a regular file of the process's user, with one link. The mode of one that others can read
 * is changed to 0600, and one that others can write is refused. Returns the descriptor, which holds
 * a lock on the directory until it is closed; -1, with a message in the log.
 */
int sdd_directory_open(const char *path);

/* Takes the lock on SDD_FILE_LOCK, which names the process and keeps versions out that do not lock
 * the directory itself: LMDB would let a second server in. It is made if it can be. Returns the
 * descriptor that holds it and is to be closed; -1, with a reason. */
int sdd_directory_lock(const char *path, char reason[SDD_STORE_REASON_MAX]);

/* Renames a file of the directory whose header is damaged, to "NAME.damaged" or, if earlier ones
 * are there, "NAME.damaged.2" and so on; says so in the log. False, with errno. */
bool sdd_directory_set_aside(int directory, const char *name);

#endif
