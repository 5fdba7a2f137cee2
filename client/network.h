/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with sockets: one thread's connections to servers. A server is
 * asked by the meta protocol on a connection that is kept (link.h); one that
 * turns out to be classic by that protocol (call.h), and is not greeted again
 * before the retry interval is over. All requests of one operation are under way
 * at the same time, and nothing is waited for without a deadline.
 */

#ifndef SD_NETWORK_H
#define SD_NETWORK_H

#include "client/options.h"
#include "client/transport.h"

struct sd_network;

/* `options` is borrowed and must outlive it. NULL: no memory. To be used by one thread only; in a
 * child it drops what the parent opened, without a word on the wire. */
struct sd_network *sd_network_new(const struct sd_options *options);

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

#endif
