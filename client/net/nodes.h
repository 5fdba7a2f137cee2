/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The nodes of a thread: one for each host and port that it has asked. */

#ifndef SD_NODES_H
#define SD_NODES_H

#include "client/net/node.h"

#define SD_NODES_KNOWN 64 /* servers whose nodes are found without a search */

/* Where a server's node was found, by the server's identity. */
struct sd_node_slot {
	uint64_t identity;
	struct sd_node *node; /* NULL: none */
};

/* Zero-initialised there are none. */
struct sd_nodes {
	struct sd_node *first;
	struct sd_node_slot known[SD_NODES_KNOWN];
};

/* The node at a server's host and port, made when it is first needed, by a search. `shared` and
 * `marks` are borrowed by it. NULL: no memory. */
struct sd_node *sd_nodes_find(struct sd_nodes *nodes, const struct sd_server *server,
                              struct sd_connection_shared *shared, struct sd_dead_marks *marks);

/* The same, without a search for most servers that were asked before. */
static inline struct sd_node *sd_nodes_get(struct sd_nodes *nodes, const struct sd_server *server,
                                           struct sd_connection_shared *shared,
                                           struct sd_dead_marks *marks)
{
	struct sd_node_slot *known = &nodes->known[server->identity % SD_NODES_KNOWN];

	if (known->identity != server->identity || known->node == NULL) {
		struct sd_node *node = sd_nodes_find(nodes, server, shared, marks);

		if (server->identity == 0) {
			return node;
		}
		known->identity = server->identity;
		known->node = node;
	}
	return known->node;
}

/* Frees the nodes, whose connections were closed. */
void sd_nodes_free(struct sd_nodes *nodes);

#endif
