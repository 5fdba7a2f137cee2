/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with sockets: one thread's connections to servers. It speaks
 * the classic protocol, a connection for each request, all requests of one call
 * at the same time, and waits for nothing without a deadline.
 */

#ifndef SD_CONNECTION_H
#define SD_CONNECTION_H

#include "client/transport.h"

struct sd_network;

/* NULL: no memory. To be used by one thread only. */
struct sd_network *sd_network_new(void);

/* Closes all connections. NULL is allowed. */
void sd_network_free(struct sd_network *network);

/* The network as a transport; it lives as long as the network. */
struct sd_transport *sd_network_transport(struct sd_network *network);

/*
 * Closes what a call left open when it was left by longjmp, as PHP does at its
 * memory limit. The next call does so itself; this is for the end of a request.
 */
void sd_network_abandon(struct sd_network *network);

#endif
