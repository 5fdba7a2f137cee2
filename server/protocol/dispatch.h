/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * From the bytes of a connection to its requests: decides which protocol a connection speaks, and
 * ends the tick. No reply is sent before the change that it reports is committed.
 */

#ifndef SDD_DISPATCH_H
#define SDD_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/net/connection.h"

struct event_base;
struct sdd_dispatch;
struct sdd_monitor;
struct sdd_store;

struct sdd_dispatch_settings {
	uint64_t max_request_size; /* bytes */
	int64_t expiration_ms;     /* the time to live of entries that are stored without one */
	int64_t lock_lease_s;      /* the longest lease of a lock */
	size_t lock_waiters;       /* how many may wait for one lock */
	size_t lock_memory;        /* bytes of all locks */
};

/* Base and store are borrowed. NULL: no memory. */
struct sdd_dispatch *sdd_dispatch_new(struct event_base *base, struct sdd_store *store,
                                      const struct sdd_dispatch_settings *settings);

/* The settings have changed, all but those of sizes and memory, which stay. */
void sdd_dispatch_set(struct sdd_dispatch *dispatch, const struct sdd_dispatch_settings *settings);

/* These are the connections whose requests it runs; borrowed. To be called before the first one. */
void sdd_dispatch_attach(struct sdd_dispatch *dispatch, struct sdd_connections *connections);

/* What is watched of these requests; the caller frees it before the dispatch. NULL: no memory. */
struct sdd_monitor *sdd_dispatch_monitor(struct sdd_dispatch *dispatch);

/* To be called after the last connection was closed. NULL is allowed. */
void sdd_dispatch_free(struct sdd_dispatch *dispatch);

/* A connection's handler `received`; `context` is the struct sdd_dispatch. */
size_t sdd_dispatch_received(void *context, struct sdd_connection *connection, const uint8_t *bytes,
                             size_t length);

/* A connection's handler `closing`: frees its locks. */
void sdd_dispatch_closing(void *context, void *attachment);

/* A connection's handler `is_needed`: its client has locks. */
bool sdd_dispatch_is_needed(void *context, const void *attachment);

/* The tick ends: commits its changes and sends its replies; releases connections that were
 * deferred, if the store can take their requests now. False: no client has sent anything in it. */
bool sdd_dispatch_end_tick(struct sdd_dispatch *dispatch);

#endif
