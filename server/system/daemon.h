/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The process: its user, its descriptors, its memory, and life in the background. */

#ifndef SDD_DAEMON_H
#define SDD_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Continues in a child process without a terminal. The parent waits for sdd_daemon_ready() and
 * exits with 0, or with the status of the child if it ends before. Returns in the child only;
 * false: there is no child.
 */
bool sdd_daemon_detach(void);

/* The server serves: lets the parent exit, and sends messages to syslog from now on. Does nothing
 * if the process was not detached. */
void sdd_daemon_ready(void);

/* Opens /dev/null instead of standard files that are closed. Otherwise a file or a socket of
 * the server would get one of their numbers, and messages would be written to it. False: it cannot.
 */
bool sdd_daemon_open_standard_files(void);

/* Runs a check in a child process that it may end by a signal, such as one that reads a mapped file
 * which may have been cut off. Returns what it returned; false: it ended; true: there can be no
 * child now. */
bool sdd_daemon_try(bool (*check)(const void *), const void *context);

/* Lets no signal end the process that is no order to end: SIGPIPE and SIGXFSZ, for writes fail
 * instead, and those that others may send by mistake. Nor does SIGHUP until the loop handles it. */
void sdd_daemon_ignore_signals(void);

/* Raises the limit of open descriptors as far as the system allows. */
void sdd_daemon_raise_descriptors(void);

/* How many descriptors the process may have. */
size_t sdd_daemon_descriptors(void);

/* Lets the process retain some of the memory that it frees, in proportion to `memory`, the bytes
 * that it may use. Buffers of large values come and go with each request, and new memory from the
 * system, page by page, would take longer than all else. */
void sdd_daemon_retain_memory(uint64_t memory);

/* Returns all free memory to the system. */
void sdd_daemon_trim_memory(void);

/* Whether a crash may leave a core dump, which has in it what clients stored: from now on, and
 * until the user changes. If so, the system's limit says how large it may be. If not, no other
 * process of the same user can read this one's memory either. */
void sdd_daemon_set_core(bool allowed);

/* Gives a path that the server made to the user that it will become. False, with a message. */
bool sdd_daemon_give_path(const char *path, uid_t uid, gid_t gid);

/* Gives a path that the server made to a group, which a user without privileges has to be in.
 * False, with a message. */
bool sdd_daemon_give_path_to_group(const char *path, gid_t gid);

/* Becomes that user for good. False, with a message in the log: the server must not continue. */
bool sdd_daemon_become(uid_t uid, gid_t gid);

#endif
