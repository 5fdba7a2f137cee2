/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The nodes of a thread: one for each host and port that it has asked. */

#ifndef SD_NODES_H
#define SD_NODES_H

#include "client/net/node.h"

#define SD_NODES_KNOWN 64 /* servers whose nodes are found without a search */
#define SD_NODES_UNUSED_MS (10 * 60 * 1000)

/* Where a server's node was found, by the server's identity. */
struct sd_node_slot {
	uint64_t identity;
	struct sd_node *node; /* NULL: none */
};

/* Zero-initialised, except for what is borrowed, there are none. */
struct sd_nodes {
	struct sd_connection_shared *shared; /* borrowed, by each node too */
	struct sd_dead_marks *marks;         /* the same */
	struct sd_node *first;
	struct sd_node_slot known[SD_NODES_KNOWN];
};

/* The node at a server's host and port, made when it is first needed, by a search. NULL: no memory.
 */
struct sd_node *sd_nodes_find(struct sd_nodes *nodes, const struct sd_server *server);

/* The same, without a search for most servers that were asked before. */
static inline struct sd_node *sd_nodes_get(struct sd_nodes *nodes, const struct sd_server *server)
{
	struct sd_node_slot *known = &nodes->known[server->identity % SD_NODES_KNOWN];

	if (known->identity != server->identity || known->node == NULL) {
		struct sd_node *node = sd_nodes_find(nodes, server);

		if (server->identity == 0) {
			return node;
		}
		known->identity = server->identity;
		known->node = node;
	}
	return known->node;
}

/* Finds the marks of all nodes, as this process's user has them. */
void sd_nodes_find_marks(struct sd_nodes *nodes, int64_t now_ms);

/* {{{ closing; no exchange is touched, and nothing is sent */

/* Closes all connections. */
void sd_nodes_close(struct sd_nodes *nodes);

/* Closes those on which a lock is held. */
void sd_nodes_close_locked(struct sd_nodes *nodes);

/* Closes those that an operation left busy, and abandons proofs. */
void sd_nodes_abandon(struct sd_nodes *nodes);

/* }}} */

/* Frees the connections that no round has used for SD_NODES_UNUSED_MS, unless a lock is held there,
 * and then the nodes that have none left. No operation is in progress, and so nobody else refers to
 * a node: exchanges do so while they are performed, servers only by what `known` finds. */
void sd_nodes_give_back(struct sd_nodes *nodes, int64_t now_ms);

/* Closes the nodes' connections, and frees them. */
void sd_nodes_free(struct sd_nodes *nodes);

#endif
