/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The addresses and the unix socket that the server listens on, and the clients that connect to
 * them. They are bound while there are privileges, and opened once the server can answer. If
 * descriptors or memory run out, accepting is paused until one is freed, or for a tenth of a
 * second.
 */

#ifndef SDD_LISTENER_H
#define SDD_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct event_base;
struct sdd_listener;

#define SDD_ADDRESS_MAX 128 /* bytes of an address as text, terminator included */

/* A client's address in the system's form: few are ever printed. */
struct sdd_address {
	struct sockaddr_storage bytes;
	socklen_t length;
};

/* The text for messages: 192.0.2.1:1042, [2001:db8::1]:1042 or "a local client". */
void sdd_address_describe(const struct sdd_address *address, char text[SDD_ADDRESS_MAX]);

struct sdd_listener_handler {
	/* A client connected. The descriptor is non-blocking and belongs to the callee. False: there
	 * was no memory for it, and the callee has closed it. */
	bool (*accepted)(void *context, int descriptor, const struct sdd_address *address);
	/* Whether another client can be taken; the callee may close an idle one for it. `is_short`:
	 * there is no descriptor or memory for one. False: new clients wait. */
	bool (*makes_room)(void *context, bool is_short);
	void *context;
	/* Seconds after which a client that reads nothing is disconnected by others than the listener:
	 * the system does so for none before. */
	int timeout_seconds;
};

/* Listens on nothing yet. `base` is borrowed. NULL: no memory. */
struct sdd_listener *sdd_listener_new(struct event_base *base,
                                      const struct sdd_listener_handler *handler);

/* Stops listening, too. NULL is allowed. */
void sdd_listener_free(struct sdd_listener *listener);

/* Binds all addresses of `host`, an address or a name, and `port`. False, with a message in the
 * log.
 */
bool sdd_listener_bind_tcp(struct sdd_listener *listener, const char *host, const char *port);

/* Whether only this machine can connect to what was bound. */
bool sdd_listener_is_local(const struct sdd_listener *listener);

/* Binds a unix socket, whose path gets `mode`; a path left by a server that died is taken over.
 * False, with a message in the log. */
bool sdd_listener_bind_unix(struct sdd_listener *listener, const char *path, mode_t mode);

/* Binds "host:port", "[address]:port" or "unix:path". False, with a message in the log. */
bool sdd_listener_bind_text(struct sdd_listener *listener, const char *text, mode_t mode);

/* For who accepts clients by other means than this: the descriptor of one that was bound after the
 * other, from 0 on, and its address as text. -1: there are no more. */
int sdd_listener_endpoint(const struct sdd_listener *listener, size_t i,
                          char text[SDD_ADDRESS_MAX]);

/* Listens on all that was bound: until then clients are refused. False, with a message in the log.
 */
bool sdd_listener_listen(struct sdd_listener *listener, int backlog);

/* Writes what is listened on to `out`, separated by commas, as much of it as fits. Returns `out`.
 */
const char *sdd_listener_describe(const struct sdd_listener *listener, char *out, size_t size);

/* Stops listening for good, and removes the unix socket's path if it is still this one's. */
void sdd_listener_stop(struct sdd_listener *listener);

/* A descriptor was closed: accepting resumes if it was paused. */
void sdd_listener_descriptor_freed(struct sdd_listener *listener);

#endif
