/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The process: its directory, user, descriptors and background. */

#ifndef SDD_DAEMON_H
#define SDD_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Goes on in a child process without a terminal, while the parent waits for
 * sdd_daemon_ready() and exits with 0, or with 1 where the child ends before.
 * Returns in the child only; false: it could not be made.
 */
bool sdd_daemon_detach(void);

/* The server serves: the parent may go, and messages from here on go to syslog. Nothing happens
 * where it was not detached. */
void sdd_daemon_ready(void);

/* Opens /dev/null in the place of standard files that are closed, so that no file or socket of the
 * server's gets their numbers and messages with them. False: that cannot be. */
bool sdd_daemon_open_standard_files(void);

/* Raises the limit of open descriptors as far as the system lets us. */
void sdd_daemon_raise_descriptors(void);

/* Has memory that is freed stay the process's, some of it: buffers of large values come and go with
 * each request, and to have the system's anew, page by page, takes longer than all else with them. */
void sdd_daemon_keep_memory(void);

/* Gives the system all of it that is free now. */
void sdd_daemon_give_memory_back(void);

/* Makes the directory if it is not there; it is the user's then, if one is given. False, with a
 * message in the log. */
bool sdd_daemon_make_directory(const char *path, bool for_user, uid_t uid, gid_t gid);

/* Whether it is a directory that this process may trust: its own user's, or root's. Under /tmp, where
 * upstream's default is, anyone can make it first. False, with a message in the log. */
bool sdd_daemon_check_directory(const char *path);

/* Gives a path that the server made to the user that it will become. False, with a message. */
bool sdd_daemon_give_path(const char *path, uid_t uid, gid_t gid);

/* Becomes that user for good. False, with a message in the log: nothing may go on then. */
bool sdd_daemon_become(uid_t uid, gid_t gid);

#endif
