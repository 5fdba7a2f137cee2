/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A node: a server as one thread knows it, by its host and port. It has the kept
 * connections, what the server was found to be, whether it may be asked now, and what has
 * been counted.
 *
 * Sessions have a connection of their own, apart from that of all other entries: a session's
 * lock ends with its connection, so no entry's timeout or longjmp may close that. Both connections
 * share what is known about the server: what it is, what it did, and whether it may be asked.
 *
 * Each list of exchanges that is performed is a round. In a round a node
 * is admitted once, and reports at most one failure and one success to its dead mark. A
 * server that was alive already has no success to report.
 */

#ifndef SD_NODE_H
#define SD_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/info.h"
#include "client/net/connection.h"
#include "client/net/dead_marks.h"
#include "client/net/finding.h"
#include "client/net/identity.h"
#include "client/net/proof.h"
#include "client/options.h"
#include "client/transport/transport.h"
#include "wire/busy_poll.h"

/* Logs what an operator should know: a line without its end. */
typedef void sd_node_log(const char *line);

/* What a node has a connection for. */
enum sd_purpose {
	SD_FOR_ENTRIES,
	SD_FOR_SESSIONS,
	SD_PURPOSES,
};

struct sd_node {
	struct sd_node *next; /* of all nodes of the thread */
	struct sd_server server;
	struct sd_connection_shared *shared;            /* borrowed */
	struct sd_connection *connections[SD_PURPOSES]; /* NULL: it was not needed yet */
	struct sd_facts facts;                          /* what they know in common */
	struct sd_busy_poll busy;
	struct sd_proof proof;
	struct sd_finding *finding; /* borrowed: its mark's, or `own_finding` */
	struct sd_finding own_finding;
	bool is_classic;             /* in this round, unless the user says otherwise */
	struct sd_dead_marks *marks; /* borrowed */
	struct sd_mark mark;         /* without a slot: the table is full, and the node is not marked */
	int64_t own_refused_ms; /* without a slot: the first refusal that this thread met; 0: none */
	int64_t own_failed_ms;  /* the same: its last failure of that outage */
	int64_t sought_ms;      /* when the mark was looked for last */
	struct sd_identity *identity; /* borrowed: its mark's, or `own_identity` */
	struct sd_identity own_identity;
	uint64_t seen_id; /* the name's id when it was read last */
	uint64_t round;   /* when it was admitted last */
	enum sd_admission admission;
	bool has_failed;   /* in this round */
	bool has_answered; /* in this round, or its mark says that it is alive */
	int64_t began_us;  /* the round */
	int64_t ended_us;  /* when it had its last answer of the round; until then began_us */
	struct sd_statistics statistics;
	struct sd_mark_round told; /* what of it all workers' counters have */

	/* which server it is; see twins.h */
	uint64_t id;                /* as it greeted last, on either connection, or SD_NO_ID */
	uint64_t process;           /* the same: which start */
	int64_t known_us;           /* when it first greeted as that start */
	int64_t heard_us;           /* when it greeted last */
	bool is_twin;               /* another node greeted as the same start */
	bool is_doubted;            /* another one greeted as a later start of its server */
	enum sd_identity_news news; /* that are not logged yet */
	struct sd_node *met;        /* the same: a node with the same id */
};

/* A node that was not asked yet. `shared` and `marks` are borrowed. NULL: no memory. */
struct sd_node *sd_node_new(const struct sd_server *server, struct sd_connection_shared *shared,
                            struct sd_dead_marks *marks);

/* Closes its connections, and frees it. */
void sd_node_free(struct sd_node *node);

/* Which of the node's connections the exchange belongs to. */
static inline enum sd_purpose sd_node_purpose(const struct sd_exchange *exchange)
{
	return exchange->request.is_session ? SD_FOR_SESSIONS : SD_FOR_ENTRIES;
}

/* Makes the connection, which is closed, if it has not been needed yet. NULL: no memory. */
struct sd_connection *sd_node_make_connection(struct sd_node *node, enum sd_purpose purpose);

/* Whether a connection is up. */
static inline bool sd_node_is_up(const struct sd_node *node, enum sd_purpose purpose)
{
	return node->connections[purpose] != NULL &&
	       node->connections[purpose]->phase == SD_CONNECTION_READY;
}

/* How many are. */
static inline unsigned sd_node_connections_up(const struct sd_node *node)
{
	return (unsigned)sd_node_is_up(node, SD_FOR_ENTRIES) +
	       (unsigned)sd_node_is_up(node, SD_FOR_SESSIONS);
}

/* Closes the connection, if there is one, and frees it. */
void sd_node_free_connection(struct sd_node *node, enum sd_purpose purpose);

/* Finds the mark of the node's server in the shared table, as this process's user has it. */
void sd_node_find_mark(struct sd_node *node, int64_t now_ms);

/* The same, if the slot was given to another server meanwhile. To be called before `finding` or
 * `identity` is changed. */
void sd_node_find_lost_mark(struct sd_node *node, int64_t now_ms);

/* Begins the node's round at that time, with its first exchange: `admission` says whether the
 * server may be asked. */
void sd_node_begin(struct sd_node *node, uint64_t round, const struct sd_options *options,
                   const struct sd_exchange *exchange, int64_t now_us);

/* Whether the exchange goes out by the classic protocol: it is the user's own classic request, or
 * the user said so of the server, or the server was found to be classic. */
static inline bool sd_node_asks_by_classic(const struct sd_node *node,
                                           const struct sd_exchange *exchange)
{
	enum sd_protocol by_hand = exchange->server->protocol;

	if (exchange->request.kind == SD_RAW) {
		return true;
	}
	return by_hand == SD_PROTOCOL_UNKNOWN ? node->is_classic : by_hand == SD_PROTOCOL_CLASSIC;
}

/* Whether the exchange of a node that is marked may be sent all the same. If not, it ends with
 * SD_DEAD: it does not insist, or the server does not refuse and it releases no lock. */
bool sd_node_insists(struct sd_node *node, struct sd_exchange *exchange);

/* Whether the server is marked dead and not to be tried yet. */
bool sd_node_is_dead(const struct sd_node *node, int64_t now_ms);

/* When the first refusal of the outage was met, if the server refuses, marked or not; else 0. */
int64_t sd_node_refusing_since(const struct sd_node *node);

/* The same before a round, for a caller that plans one. False: it may be asked, and the exchange
 * has not ended. */
bool sd_node_skips(struct sd_node *node, struct sd_exchange *exchange, int64_t now_ms);

/*
 * Whether another worker has marked the server dead while this one waits for its answer, of which
 * nothing has come since `heard_ms` (0: nothing at all): then `reason` says so. A mark counts if
 * the attempt that set it began later than that. A worker that probes the server waits on, because
 * the others rely on its result, and so does one that insists or tries in a hurry: it knew the
 * mark.
 */
bool sd_node_is_given_up(const struct sd_node *node, int64_t heard_ms, int64_t now_ms,
                         char reason[SD_REASON_MAX]);

/*
 * Whether the server knew how long sessions live when it gave that reply: its connection has said
 * so. If sessions live longer by now, the connection is closed, so that a new one says it, unless
 * other sessions have locks on it. False, too, if the reply came on an earlier connection.
 */
bool sd_node_has_told_ttl(struct sd_node *node, const struct sd_options *options,
                          const struct sd_exchange *exchange);

/* The server has answered the greeting of a new connection: all workers learn what time it has, and
 * what it said. */
void sd_node_share_greeting(struct sd_node *node);

/* The server's clock minus the monotonic one, in microseconds, as any worker received it. 0: no
 * worker did. */
static inline int64_t sd_node_clock(const struct sd_node *node)
{
	return node->mark.slot != NULL ? sd_mark_clock(&node->mark) : node->facts.clock.offset_us;
}

/* What the node asked in the round is over, at that time: it is counted, with its latency. If the
 * server has answered a request of it, if only in part, no mark of an attempt that began earlier
 * counts. */
static inline void sd_node_finish(struct sd_node *node, int64_t now_us, bool has_answered)
{
	const struct sd_statistics *now = &node->statistics;
	struct sd_mark_round *told = &node->told;
	struct sd_mark_round round = {
		.operations = now->operations - told->operations,
		.bytes = {now->bytes.sent - told->bytes.sent, now->bytes.received - told->bytes.received},
		.heard_ms = has_answered ? node->began_us / 1000 : 0,
	};
	int64_t took_us = now_us - node->began_us;

	/* each latency's limit is twice the one before */
	for (int64_t rest = (took_us - 1) / SD_LATENCY_US(0); rest > 0; rest /= 2) {
		round.latency++;
	}
	round.latency = round.latency < SD_LATENCIES ? round.latency : SD_LATENCIES - 1;
	node->ended_us = now_us;
	node->statistics.latencies[round.latency]++;
	told->operations = now->operations;
	told->bytes = now->bytes;
	if (node->mark.slot != NULL) {
		sd_mark_count_round(&node->mark, &round);
	}
}

/* Counts the reply of an exchange that was routed to the node, and marks the server. Of the
 * exchanges that ended with SD_OK, one a round is enough. `log` is called if this changes the
 * server's state for all workers. */
void sd_node_account(struct sd_node *node, const struct sd_options *options, sd_node_log *log,
                     const struct sd_exchange *exchange);

/* Counts an event of the server, for the statistics. */
void sd_node_count(struct sd_node *node, enum sd_event event);

/* What is known of the node's server, as `server` describes it: that one is borrowed. */
void sd_node_info(const struct sd_node *node, const struct sd_server *server,
                  struct sd_server_info *info);

#endif
