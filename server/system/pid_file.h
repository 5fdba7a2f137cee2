/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The file with the number of the server's process. */

#ifndef SDD_PID_FILE_H
#define SDD_PID_FILE_H

#include <stdbool.h>

/* Opens the file, which is no link, and leaves what it says: another server may be running. To be
 * called once, before privileges are dropped; `path` is borrowed for good. False, with a message;
 * on a file system that is read-only there is none, with a message, too. */
bool sdd_pid_file_open(const char *path);

/* Writes the number. Does nothing if no file was opened. */
void sdd_pid_file_write(void);

/* The server ends, or cannot start: removes the file, or empties it if the user that serves may not
 * remove it. One that was there before, and has no number of this process, stays as it is. */
void sdd_pid_file_remove(void);

#endif
