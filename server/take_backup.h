/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* `sharedanced --backup=DIR`: a process of its own, which asks the server for the files of its
 * store. It writes them to a directory next to DIR, and renames that when it is complete and on
 * disk. So at DIR there is a complete backup or none. */

#ifndef SDD_TAKE_BACKUP_H
#define SDD_TAKE_BACKUP_H

#include <stdbool.h>

/* Makes a backup at `target`, which does not exist or is an empty directory, of the store in
 * `directory`, which a server has open. False, with a message in the log. */
bool sdd_take_backup(const char *directory, const char *target);

#endif
