/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The policy of a pool of servers: who is asked, and what counts as success.
 *
 * With redundancy an entry lives on two servers, which are asked at the same
 * time:
 *
 *   first  second   set         get                  delete
 *   up     up       on both     the newest of both   on both
 *   down   up       on second   from the second      on the second
 *   up     down     on first    from the first       on the first
 *   down   down     failure     failure              failure
 *
 * A write has a version, larger than any this process has seen, and what is
 * there is only replaced by what is newer. A read asks the first for the value
 * and the second for its version; where they differ the newest counts, a
 * tombstone as much as a value, and the other copy is repaired, conditionally,
 * so that a repair never undoes a newer write. A server that was away is not
 * believed alone about what dates from before: that is SD_UNPROVEN, until both
 * have been compared. A failure names both servers and both reasons.
 *
 * Servers without versions (classic ones; memcached before it knew E) are asked
 * one after the other: the second where the first has none.
 */

#ifndef SD_CLUSTER_H
#define SD_CLUSTER_H

#include "client/entry.h"
#include "client/options.h"
#include "client/pool/modulo.h"
#include "client/transport/request.h"

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
                                 size_t owners[SD_OWNERS_MAX], size_t *count,
                                 struct sd_error *error);

/*
 * The operations on any number of keys: all servers are asked at the same time,
 * each for all its keys at once. Each item has its status afterwards. Returned
 * is SD_OK, or the status of a failure with its text in *error: SD_NO_SERVERS and
 * SD_NO_ROTATION before anybody was asked; SD_ABORTED, a user's transport gave
 * up, and SD_NO_MEMORY, a sink had no room, which are the caller's own end, and
 * nobody is asked after them; else that of the first item that failed.
 */

/* Fetches values. An item's status: SD_OK, with the value in its sink, SD_ABSENT or a failure. */
enum sd_status sd_cluster_get(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                              struct sd_error *error);

/* Stores values for `ttl` seconds (0: as long as each server likes). SD_OK, with `stored`, or a
 * failure: no server has it. */
enum sd_status sd_cluster_set(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                              int64_t ttl, struct sd_error *error);

/* SD_OK: a server had it and it is gone; SD_ABSENT; or a failure. */
enum sd_status sd_cluster_delete(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                                 struct sd_error *error);

/* Whether there are entries, without fetching them; where `ttl` is not 0 they get so many seconds
 * to live from now on. SD_OK, SD_ABSENT or a failure. */
enum sd_status sd_cluster_look(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                               int64_t ttl, struct sd_error *error);

/*
 * Changes one entry. With redundancy one of its servers decides, the first
 * where it is up, and the outcome is carried to the other. SD_OK; SD_CONFLICT:
 * the condition does not hold; SD_ABSENT: there is no number to adjust, whose
 * new value is in the item's sink otherwise; or a failure.
 */
enum sd_status sd_cluster_change(struct sd_cluster *cluster, struct sd_item *item,
                                 const struct sd_change *change, struct sd_error *error);

/* One raw classic request to one server, in the cluster or not; its answer goes to the sink. */
enum sd_status sd_cluster_send(struct sd_transport *transport, const struct sd_options *options,
                               const struct sd_server *server, struct sd_bytes request,
                               struct sd_sink *sink, struct sd_error *error);

/* {{{ for what is built on it: client/lock.c, client/session.c */

/* Milliseconds on the transport's clock. */
int64_t sd_cluster_now_ms(const struct sd_cluster *cluster);

/* Asks all of the list at the same time; each one's server, operation and what goes with it are
 * set. */
void sd_cluster_ask(const struct sd_cluster *cluster, struct sd_exchange *exchanges);

/* Finds the item's servers, and begins its time. SD_OK, SD_NO_SERVERS or SD_NO_ROTATION. */
enum sd_status sd_cluster_begin(const struct sd_cluster *cluster, struct sd_item *item,
                                struct sd_error *error);

/* Whether the first server of an item that has begun is known to be dead, and is skipped. */
bool sd_cluster_skips_first(struct sd_cluster *cluster, struct sd_item *item);

/* One of the item's exchanges, ready to be asked that within what is left of the item's time; what
 * it was answered before is forgotten. */
struct sd_exchange *sd_cluster_prepare(const struct sd_cluster *cluster, struct sd_item *item,
                                       size_t owner, enum sd_operation operation);

/*
 * The rest of an sd_cluster_get() whose first round the caller has asked: the
 * value of the first server, and of the second what is known of its entry, or
 * the value too where the first had failed. Both copies are compared, whatever
 * the read policy.
 */
enum sd_status sd_cluster_end_reading(struct sd_cluster *cluster, struct sd_item *item,
                                      struct sd_error *error);

/* Tells the statistics of the servers in whose place the other one of an item answered. */
void sd_cluster_note_failovers(const struct sd_cluster *cluster, const struct sd_item *items,
                               size_t count);

/* }}} */

#endif
