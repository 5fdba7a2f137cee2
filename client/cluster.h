/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The policy of a pool of servers: who is asked, and what counts as success.
 *
 * With redundancy an entry lives on two servers, and the table of design is:
 *
 *   first  second   set                get                delete
 *   up     up       both at once       first, then second both at once
 *   down   up       the second alone   from the second    on the second
 *   up     down     the first alone    from the first     on the first
 *   down   down     failure            failure            failure
 *
 * "First, then second" is what the classic protocol allows, which has no
 * versions: the second is asked where the first has none. A failure names both
 * servers and both reasons.
 */

#ifndef SD_CLUSTER_H
#define SD_CLUSTER_H

#include "client/options.h"
#include "client/ring.h"
#include "client/transport.h"

struct sd_cluster {
	struct sd_transport *transport;   /* borrowed; for servers that have none of their own */
	const struct sd_options *options; /* borrowed */
	bool redundancy;
	const struct sd_server **servers; /* borrowed, in order of addition */
	struct sd_ring ring;
};

void sd_cluster_init(struct sd_cluster *cluster, struct sd_transport *transport,
                     const struct sd_options *options, bool redundancy);

/* Forgets all servers and gives the memory back; the cluster can be used again. */
void sd_cluster_clear(struct sd_cluster *cluster);

/* Adds a server, which must live until the cluster forgets it. SD_OK, SD_DUPLICATE or
 * SD_NO_MEMORY. */
enum sd_status sd_cluster_add(struct sd_cluster *cluster, const struct sd_server *server,
                              struct sd_error *error);

/* Whether a server at that place is in the cluster. */
bool sd_cluster_has(const struct sd_cluster *cluster, const struct sd_server *server);

/*
 * The indices, in order of addition, of the servers a key belongs to: owners[0]
 * the first and, with redundancy, owners[1] the second. *count is their number.
 * SD_OK, SD_NO_SERVERS or SD_NO_ROTATION.
 */
enum sd_status sd_cluster_locate(const struct sd_cluster *cluster, struct sd_bytes key,
                                 size_t owners[2], size_t *count, struct sd_error *error);

/*
 * The operations. `key` is one that the servers take. A failure's text is in
 * *error. SD_ABORTED, a user's transport gave up, and SD_NO_MEMORY, the sink
 * had no room, are the caller's own end: nobody is asked after them.
 */

/* SD_OK, with *stored the number of servers that hold the value now, or a failure: none does. */
enum sd_status sd_cluster_set(struct sd_cluster *cluster, struct sd_bytes key,
                              struct sd_bytes data, int64_t ttl, unsigned *stored,
                              struct sd_error *error);

/* SD_OK, with the value in the sink; SD_ABSENT; or a failure: no server answered. */
enum sd_status sd_cluster_get(struct sd_cluster *cluster, struct sd_bytes key,
                              struct sd_sink *sink, struct sd_error *error);

/* SD_OK: a server had it and it is gone; SD_ABSENT; or a failure: no server answered. */
enum sd_status sd_cluster_delete(struct sd_cluster *cluster, struct sd_bytes key,
                                 struct sd_error *error);

/* One raw classic request to one server, in the cluster or not; its answer goes to the sink. */
enum sd_status sd_cluster_send(struct sd_transport *transport, const struct sd_options *options,
                               const struct sd_server *server, struct sd_bytes request,
                               struct sd_sink *sink, struct sd_error *error);

#endif
