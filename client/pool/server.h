/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One Sharedance server, as the user described it: a plain value, which is checked when it is made.
 * Only `protocol`, `closed` and `transport` are set afterwards.
 */

#ifndef SD_SERVER_H
#define SD_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "client/error.h"

#define SD_DEFAULT_PORT 1042
#define SD_DEFAULT_TIMEOUT 10 /* seconds */
#define SD_DEFAULT_WEIGHT 1

#define SD_HOST_MAX 255        /* bytes: a domain name's longest text form has 253 */
#define SD_WEIGHT_MAX 65535    /* no number of servers overflows 64 bits of buckets */
#define SD_TIMEOUT_MAX 1000000 /* seconds */
#define SD_SERVER_NAME_MAX (SD_HOST_MAX + sizeof("[:65535]")) /* bytes, terminator included */

struct sd_transport;

enum sd_protocol {
	SD_PROTOCOL_UNKNOWN, /* not found out yet; of a server that is described: to be found out */
	SD_PROTOCOL_META,
	SD_PROTOCOL_CLASSIC,
};

struct sd_server {
	char host[SD_HOST_MAX + 1];     /* a name, an IPv4 or IPv6 address, or "unix:/path" */
	uint16_t port;                  /* 0 for a unix socket */
	uint32_t weight;                /* buckets, at least 1; see modulo.h */
	int64_t timeout_ms;             /* of one request, connecting included */
	enum sd_protocol protocol;      /* as the user said */
	bool closed;                    /* the user closed it: every request fails */
	struct sd_transport *transport; /* how it is reached; NULL: by the policy's transport */
	uint64_t identity;              /* copies of it have the same, other servers do not; 0: none */
};

/* The part of a description that was wrong. The numbers are the constructor's arguments in PHP. */
enum sd_server_part {
	SD_SERVER_HOST = 1,
	SD_SERVER_PORT,
	SD_SERVER_TIMEOUT,
	SD_SERVER_WEIGHT,
	SD_SERVER_PROTOCOL,
};

/*
 * Makes a server from a description. `timeout` is in seconds. The port is ignored if the host
 * begins with "unix:".
 *
 * Returns SD_OK, or SD_BAD_SERVER with *bad_part set and a text that continues the part's name:
 * "must be between 1 and 65535, 0 given".
 */
enum sd_status sd_server_init(struct sd_server *server, const char *host, size_t host_length,
                              int64_t port, double timeout, int64_t weight,
                              enum sd_server_part *bad_part, struct sd_error *error);

/*
 * Takes the word for a protocol, which sd_server_init() leaves to be found out: "meta",
 * "classic", or "memcached", whose protocol is meta. SD_OK, or SD_BAD_SERVER with a text that
 * continues the part's name.
 */
enum sd_status sd_server_read_protocol(struct sd_server *server, const char *word, size_t length,
                                       struct sd_error *error);

/* The word for a protocol. NULL: it is not known. */
const char *sd_protocol_name(enum sd_protocol protocol);

/* The path of a server on a unix socket, NULL for one on TCP. Lives as long as the server. */
const char *sd_server_unix_path(const struct sd_server *server);

/* Whether both have the same address: the same path, or the same port and host, whose case does
 * not matter. */
bool sd_server_same(const struct sd_server *a, const struct sd_server *b);

/* Writes "[host:port]", or "[unix:/path]", to `name` and returns it. */
const char *sd_server_name(const struct sd_server *server, char name[SD_SERVER_NAME_MAX]);

#endif
