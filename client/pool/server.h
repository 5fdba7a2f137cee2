/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One Sharedance server, as the user described it: a plain value, checked when
 * it is made and not changed afterwards (but for `closed` and `transport`).
 */

#ifndef SD_SERVER_H
#define SD_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "client/error.h"

#define SD_DEFAULT_PORT 1042
#define SD_DEFAULT_TIMEOUT 10 /* seconds */
#define SD_DEFAULT_WEIGHT 1

#define SD_HOST_MAX 255              /* bytes: a domain name's longest text form has 253 */
#define SD_WEIGHT_MAX 65535          /* so that no number of servers overflows the ring's 64 bits */
#define SD_TIMEOUT_MAX 1000000       /* seconds */
#define SD_SERVER_NAME_MAX (SD_HOST_MAX + sizeof("[:65535]")) /* bytes, terminator included */

struct sd_transport;

struct sd_server {
	char host[SD_HOST_MAX + 1];     /* a name, an IPv4 or IPv6 address, or "unix:/path" */
	uint16_t port;                  /* 0 for a unix socket */
	uint32_t weight;                /* buckets in the ring, at least 1 */
	int64_t timeout_ms;             /* the longest that one request may take, connecting included */
	bool closed;                    /* the user closed it: asking it is a failure */
	struct sd_transport *transport; /* how it is reached; NULL: through the cluster's own */
	uint64_t identity;              /* that of its copies too, and of no other server; 0: none */
};

/* What of a description was wrong; the numbers are the constructor's arguments in PHP. */
enum sd_server_part {
	SD_SERVER_HOST = 1,
	SD_SERVER_PORT,
	SD_SERVER_TIMEOUT,
	SD_SERVER_WEIGHT,
};

/*
 * Makes a server of a description. `timeout` is in seconds. For a host that
 * begins with "unix:" the port is ignored.
 *
 * Returns SD_OK, or SD_BAD_SERVER with *bad_part set and a text that goes on
 * after the part's name: "must be between 1 and 65535, 0 given".
 */
enum sd_status sd_server_init(struct sd_server *server, const char *host, size_t host_length,
                              int64_t port, double timeout, int64_t weight,
                              enum sd_server_part *bad_part, struct sd_error *error);

/* The path of a server on a unix socket, NULL for one on TCP. Lives as long as the server. */
const char *sd_server_unix_path(const struct sd_server *server);

/* Whether both are reached at one place: the same path, or the same host (whatever its case) and
 * port. */
bool sd_server_same(const struct sd_server *a, const struct sd_server *b);

/* Writes "[host:port]", or "[unix:/path]", to `name` and returns it. */
const char *sd_server_name(const struct sd_server *server, char name[SD_SERVER_NAME_MAX]);

#endif
