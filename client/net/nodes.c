/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The nodes of a thread; see nodes.h. */

#include "client/net/nodes.h"

#include <stdlib.h>

struct sd_node *sd_nodes_find(struct sd_nodes *nodes, const struct sd_server *server,
                              struct sd_connection_shared *shared, struct sd_dead_marks *marks)
{
	struct sd_node *node;

	for (node = nodes->first; node != NULL; node = node->next) {
		if (sd_server_same(&node->server, server)) {
			return node;
		}
	}
	node = sd_node_new(server, shared, marks);
	if (node != NULL) {
		node->next = nodes->first;
		nodes->first = node;
	}
	return node;
}

void sd_nodes_free(struct sd_nodes *nodes)
{
	for (struct sd_node *node = nodes->first, *next; node != NULL; node = next) {
		next = node->next;
		free(node);
	}
	nodes->first = NULL;
}
