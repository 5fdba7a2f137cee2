/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The nodes of a thread; see nodes.h. */

#include "client/net/nodes.h"

struct sd_node *sd_nodes_find(struct sd_nodes *nodes, const struct sd_server *server)
{
	struct sd_node *node;

	for (node = nodes->first; node != NULL; node = node->next) {
		if (sd_server_same(&node->server, server)) {
			return node;
		}
	}
	node = sd_node_new(server, nodes->shared, nodes->marks);
	if (node != NULL) {
		node->next = nodes->first;
		nodes->first = node;
	}
	return node;
}

void sd_nodes_find_marks(struct sd_nodes *nodes, int64_t now_ms)
{
	for (struct sd_node *node = nodes->first; node != NULL; node = node->next) {
		sd_node_find_mark(node, now_ms);
	}
}

/* {{{ closing */

static bool is_any(const struct sd_connection *connection)
{
	(void)connection;
	return true;
}

static bool is_busy(const struct sd_connection *connection)
{
	return connection->head != NULL;
}

static bool has_locks(const struct sd_connection *connection)
{
	return connection->locks > 0;
}

static void close_where(struct sd_nodes *nodes, bool (*is_so)(const struct sd_connection *))
{
	for (struct sd_node *node = nodes->first; node != NULL; node = node->next) {
		for (int i = 0; i < SD_PURPOSES; i++) {
			if (node->connections[i] != NULL && is_so(node->connections[i])) {
				sd_connection_close(node->connections[i]);
			}
		}
	}
}

void sd_nodes_close(struct sd_nodes *nodes)
{
	close_where(nodes, is_any);
}

void sd_nodes_close_locked(struct sd_nodes *nodes)
{
	close_where(nodes, has_locks);
}

void sd_nodes_abandon(struct sd_nodes *nodes)
{
	close_where(nodes, is_busy);
	for (struct sd_node *node = nodes->first; node != NULL; node = node->next) {
		sd_proof_abandon(&node->proof);
	}
}

/* }}} */

/* {{{ giving back */

/* Returns whether the node has any left. */
static bool free_unused_connections(struct sd_node *node, int64_t now_ms)
{
	bool has_any = false;

	for (int i = 0; i < SD_PURPOSES; i++) {
		const struct sd_connection *connection = node->connections[i];

		if (connection == NULL) {
			continue;
		}
		if (now_ms - connection->began_ms >= SD_NODES_UNUSED_MS && connection->locks == 0) {
			sd_node_free_connection(node, (enum sd_purpose)i);
		} else {
			has_any = true;
		}
	}
	return has_any;
}

/* Nobody refers to the node any more. */
static void forget(struct sd_nodes *nodes, const struct sd_node *node)
{
	for (size_t i = 0; i < SD_NODES_KNOWN; i++) {
		if (nodes->known[i].node == node) {
			nodes->known[i].node = NULL;
		}
	}
	for (struct sd_node *each = nodes->first; each != NULL; each = each->next) {
		if (each->met == node) {
			each->met = NULL; /* a longjmp came before it was told */
		}
	}
}

void sd_nodes_give_back(struct sd_nodes *nodes, int64_t now_ms)
{
	struct sd_node **next = &nodes->first;

	while (*next != NULL) {
		struct sd_node *node = *next;

		if (free_unused_connections(node, now_ms) ||
		    now_ms - node->began_us / 1000 < SD_NODES_UNUSED_MS) {
			next = &node->next;
			continue;
		}
		*next = node->next;
		forget(nodes, node);
		sd_node_free(node);
	}
}

/* }}} */

void sd_nodes_free(struct sd_nodes *nodes)
{
	for (struct sd_node *node = nodes->first, *next; node != NULL; node = next) {
		next = node->next;
		sd_node_free(node);
	}
	nodes->first = NULL;
}
