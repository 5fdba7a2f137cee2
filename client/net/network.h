/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with sockets: one thread's connections to servers. A server gets its
 * requests by the meta protocol, on a connection that is kept (connection.h). One that
 * turns out to be classic gets them by that protocol (classic_request.h), and is not
 * greeted again until the retry interval is over. All requests of an operation are in
 * progress at the same time, and nothing waits without a deadline. A server that is
 * marked dead (dead_marks.h) is not asked. If another worker marks it while this thread
 * waits for it, the wait ends.
 */

#ifndef SD_NETWORK_H
#define SD_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "client/info.h"
#include "client/net/dead_marks.h"
#include "client/options.h"
#include "client/transport/transport.h"

struct sd_network;

/*
 * `options` and `marks` are borrowed and must outlive the network. After an operation,
 * `log` gets a line about each change of a server's state that this process saw first:
 * without the line's end, and without any data of an entry. NULL: no memory. Only one
 * thread may use a network. In a child it drops what the parent opened, and sends nothing
 * on it.
 */
struct sd_network *sd_network_new(const struct sd_options *options, struct sd_dead_marks *marks,
                                  void (*log)(const char *line));

/* Closes all connections. NULL is allowed. */
void sd_network_free(struct sd_network *network);

/* The network as a transport; it lives as long as the network. */
struct sd_transport *sd_network_transport(struct sd_network *network);

/*
 * Closes what an operation left open when a longjmp ended it, as PHP does at its memory
 * limit. The next operation does so itself; this is for the end of a request.
 */
void sd_network_abandon(struct sd_network *network);

/* Closes the connections on which locks are held, which ends the locks: at the end of a request,
 * when nobody is left to release them. */
void sd_network_drop_locks(struct sd_network *network);

/* Closes the kept connections too. */
void sd_network_close(struct sd_network *network);

/* What is known about one server. False: no memory. */
bool sd_network_info(struct sd_network *network, const struct sd_server *server,
                     struct sd_server_info *info);

/* The same about the servers that this thread has asked, one after the other: `index` counts from
 * 0. False: there are no more. */
bool sd_network_info_at(struct sd_network *network, size_t index, struct sd_server_info *info);

#endif
