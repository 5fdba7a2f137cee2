/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A double of server/net/socket.c, and of recv(), send() and sendmsg() (by the linker's --wrap):
 * sockets without a system. The test says what the client sends, how much the socket takes, when it
 * is readable and writable, and what fails.
 */

#ifndef FAKE_SOCKET_H
#define FAKE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#define FAKE_SOCKET_KEPT 4096 /* bytes of the replies that the test can look at */

struct sdd_socket;

struct fake_socket {
	struct sdd_socket *socket; /* NULL: it is closed */
	const char *unread;        /* what the client has sent and the server has not received */
	size_t unread_length;
	size_t endless; /* bytes that the client sends after that, */
	char repeated;  /* each of them this one */
	bool has_ended; /* the client sends no more after that */
	bool is_broken; /* receiving and sending fail */
	unsigned timer_starts;
	const struct timeval *timeout; /* with which the timer was started last */
	unsigned woken_as;             /* the first, the second, ... */
	bool is_woken;                 /* by sdd_socket_wake() */
	size_t takes;                  /* bytes that it takes until the test says more */
	size_t takes_once;             /* bytes that one send() takes; 0: all */
	size_t got_length;             /* bytes that it took */
	char got[FAKE_SOCKET_KEPT];    /* the first of them */
};

/* A connected socket that takes all bytes, as a descriptor. */
int fake_socket_new(void);

/* Valid until fake_socket_forget_all(). */
struct fake_socket *fake_socket_of(int descriptor);

/* Adds to what the client has sent. `bytes` must outlive the socket's use of them. Nothing may be
 * unread. */
void fake_socket_say(struct fake_socket *fake, const char *bytes);

/* The event loop finds it readable (or woken), or writable. Nothing happens if nobody watches it,
 * or if it is closed. */
void fake_socket_readable(struct fake_socket *fake);
void fake_socket_writable(struct fake_socket *fake);

/* The event loop serves those that were woken, in that order. */
void fake_socket_serve_woken(void);

/* The timer fires, if it is pending. False: it is not. */
bool fake_socket_expire(struct fake_socket *fake);

/* Whether all sockets are closed. Makes all descriptors available again. */
bool fake_socket_forget_all(void);

#endif
