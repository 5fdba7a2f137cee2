/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* `sharedanced --backup=DIR`: another process than the server, which it asks for the files of its
 * store. It writes them to a directory beside DIR, and renames that when it is whole and on disk:
 * so what is at DIR is a whole backup or none. */

#ifndef SDD_TAKE_BACKUP_H
#define SDD_TAKE_BACKUP_H

#include <stdbool.h>

/* Makes a backup at `target`, which does not exist or is an empty directory, of the store in
 * `directory`, which a server has open. False, with a message in the log. */
bool sdd_take_backup(const char *directory, const char *target);

#endif
