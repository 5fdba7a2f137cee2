/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The event loop: what is listened on, signals, timers, and the turn: all that
 * is ready at one time is handled, then turn_ended is called, once. What was
 * held back for the turn's end (a commit, and the answers that wait for it)
 * happens there.
 */

#ifndef SDD_LOOP_H
#define SDD_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>

struct event_base;
struct sdd_loop;

#define SDD_ADDRESS_MAX 128 /* bytes of an address as text, terminator included */

/* A client's address, as the system has it: few are ever shown. */
struct sdd_address {
	struct sockaddr_storage bytes;
	socklen_t length;
};

/* As messages have it: 192.0.2.1:1042, [2001:db8::1]:1042 or "a local client". */
void sdd_address_describe(const struct sdd_address *address, char text[SDD_ADDRESS_MAX]);

/* What the loop calls; `context` is given back with each. */
struct sdd_loop_handlers {
	/* A client connected: the descriptor, non-blocking, is the callee's. False: it could not be
	 * taken for want of descriptors or memory, and is closed by the callee. */
	bool (*accepted)(void *context, int descriptor, const struct sdd_address *address);
	/* Where the loop only looks for what comes: serves, without asking the system, whoever is likely
	 * to have come again. True: somebody has, and that is the turn. */
	bool (*look)(void *context);
	/* The turn's end. True: somebody was served in it. */
	bool (*turn_ended)(void *context);
	/* SIGTERM or SIGINT came; listening has stopped. To be followed by sdd_loop_stop(). */
	void (*stopping)(void *context);
	void *context;
};

/* After a turn that served somebody it looks for the next request for so many microseconds, where
 * that pays, before it sleeps; 0: it sleeps at once. NULL: no memory. */
struct sdd_loop *sdd_loop_new(const struct sdd_loop_handlers *handlers, int64_t busy_poll_us);

/* Closes what is listened on; a unix socket's path is removed. NULL is allowed. */
void sdd_loop_free(struct sdd_loop *loop);

/* For those who have events of their own. */
struct event_base *sdd_loop_base(struct sdd_loop *loop);

/* Listens on all addresses of `ip` and on `port`. False, with a message in the log. */
bool sdd_loop_listen_tcp(struct sdd_loop *loop, const char *ip, const char *port, int backlog);

/* Listens on a unix socket; a path left by a server that is gone is taken over. */
bool sdd_loop_listen_unix(struct sdd_loop *loop, const char *path, int backlog);

/* A descriptor was given back: listening goes on where it had run out of them. */
void sdd_loop_descriptor_freed(struct sdd_loop *loop);

/* Turns until sdd_loop_stop(). */
void sdd_loop_run(struct sdd_loop *loop);

/* This turn is the last. */
void sdd_loop_stop(struct sdd_loop *loop);

/* Milliseconds since 1970, the time on which entries expire. */
int64_t sdd_loop_now_ms(void);

#endif
