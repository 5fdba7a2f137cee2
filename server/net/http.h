/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * HTTP, for those who watch the server: libevent's, in the loop that serves, with a bound on all
 * that a client can cost the others. A connection has one request, GET or HEAD, and five seconds
 * for all of it, however it is sent and its answer read. There are SDD_HTTP_CONNECTIONS at a time;
 * in a tenth of a second a few more are accepted, and the rest wait. What they hold together is
 * less than SDD_HTTP_MEMORY.
 */

#ifndef SDD_HTTP_H
#define SDD_HTTP_H

#include <stdbool.h>

#include "server/system/text.h"

struct event_base;
struct sdd_http;
struct sdd_listener;

#define SDD_HTTP_CONNECTIONS 8
#define SDD_HTTP_REPLY_MAX (96u * 1024u) /* bytes of an answer */
/* Each connection has an answer on its way, a request and what libevent adds; one more answer is
 * being written. */
#define SDD_HTTP_MEMORY ((SDD_HTTP_CONNECTIONS + 1) * (SDD_HTTP_REPLY_MAX + 32u * 1024u))

/* What is answered. */
struct sdd_http_reply {
	int status;       /* 200, 404, 503 */
	const char *type; /* the Content-Type; a constant */
	struct sdd_text text;
};

struct sdd_http_handler {
	/* Answers a GET or HEAD of `path`, a path without its query: fills in the reply, which is 200
	 * and empty. The text is freed by the caller. */
	void (*answer)(void *context, const char *path, struct sdd_http_reply *reply);
	void *context;
};

/* Answers all who connect to what the listener has bound; base and listener are borrowed, and the
 * latter must have no other user. NULL, with a message in the log. */
struct sdd_http *sdd_http_new(struct event_base *base, const struct sdd_listener *listener,
                              const struct sdd_http_handler *handler);

/* Whether clients may come through a unix socket: libevent asks the C library for the name of each,
 * and ends the process if there is none. musl has none. */
bool sdd_http_takes_paths(void);

/* Closes all connections. Clients that connect have to wait until there is another one. NULL is
 * allowed. */
void sdd_http_free(struct sdd_http *http);

#endif
