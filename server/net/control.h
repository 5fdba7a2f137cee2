/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The control socket: a unix socket in the server's directory, by which the user that serves, and
 * root, ask the server for a backup. Nobody else can, whatever the mode of the directory. The
 * server writes no file for the process that asks: it passes descriptors to read from. That process
 * writes the bytes, with its own rights.
 *
 * Messages are of one packet each. The reader sends "backup". The server answers "file NAME", with
 * a descriptor whose end is the end of that file's content, for each file; then "done", or "failed"
 * and why. Only after "done" are the files complete.
 */

#ifndef SDD_CONTROL_H
#define SDD_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct event_base;
struct sdd_control;

#define SDD_CONTROL_TEXT_MAX 512 /* bytes of a message, terminator included */

struct sdd_control_handler {
	/* Somebody who may asks for a backup. The callee takes `peer` over. */
	void (*backup)(void *context, int peer);
	void *context;
};

/* {{{ the server */

/* Listens in the directory `path`, which is open as `directory`, and locked. NULL: it cannot, which
 * is a line in the log of messages. */
struct sdd_control *sdd_control_new(struct event_base *base, const char *path, int directory,
                                    const struct sdd_control_handler *handler);

/* Removes the socket. NULL is allowed. */
void sdd_control_free(struct sdd_control *control);

/* For a backup's receiver; see server/store/backup.h. Threads may call these. */
int sdd_control_open_file(int peer, const char *name);
void sdd_control_cut(int descriptor);
void sdd_control_end(int peer, const char *failure);

/* }}} */

/* {{{ who asks */

/* Connects to the server of the directory `path`, and returns its user. -1, with errno. */
int sdd_control_connect(const char *path, uid_t *uid, gid_t *gid);

/* Sends the text as one message. False: it could not be sent. */
bool sdd_control_send(int peer, const char *text);

/* Waits for a message. *descriptor becomes what came with it, -1: nothing did. False: the server
 * has ended, or is silent for too long. */
bool sdd_control_receive(int peer, char text[SDD_CONTROL_TEXT_MAX], int *descriptor);

/* }}} */

#endif
