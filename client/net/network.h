/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with sockets: one thread's connections to servers. A server is
 * asked by the meta protocol on a connection that is kept (link.h); one that
 * turns out to be classic by that protocol (call.h), and is not greeted again
 * before the retry interval is over. All requests of one operation are under way
 * at the same time, and nothing is waited for without a deadline. A server that
 * is marked dead (health.h) is not asked; one that somebody marks while it is
 * waited for is waited for no longer.
 */

#ifndef SD_NETWORK_H
#define SD_NETWORK_H

#include "client/net/dead_marks.h"
#include "client/options.h"
#include "client/transport/request.h"
#include "client/info.h"

struct sd_network;

/*
 * `options` and `health` are borrowed and must outlive it. `log` is told, when an
 * operation is over, of each change of a server's state that this process was the
 * first to see: a line without its end, and without anything of an entry. NULL:
 * no memory. To be used by one thread only; in a child it drops what the parent
 * opened, without a word on the wire.
 */
struct sd_network *sd_network_new(const struct sd_options *options, struct sd_health *health,
                                  void (*log)(const char *line));

/* Closes all connections. NULL is allowed. */
void sd_network_free(struct sd_network *network);

/* The network as a transport; it lives as long as the network. */
struct sd_transport *sd_network_transport(struct sd_network *network);

/*
 * Closes what an operation left open when it was left by longjmp, as PHP does at
 * its memory limit. The next operation does so itself; this is for the end of a
 * request.
 */
void sd_network_abandon(struct sd_network *network);

/* Closes the kept connections too. */
void sd_network_close(struct sd_network *network);

/* {{{ what is seen */

/* Looks at one server. False: no memory. */
bool sd_network_view(struct sd_network *network, const struct sd_server *server,
                     struct sd_server_view *view);

/* Looks at the servers that this thread has asked, one after the other: `index` counts from 0.
 * False: there are no more. */
bool sd_network_view_at(struct sd_network *network, size_t index, struct sd_server_view *view);

/* }}} */

#endif
