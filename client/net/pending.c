/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What a round has still to begin; see pending.h. */

#include "client/net/pending.h"

#include "client/transport/classic.h"

static void add_classic(struct sd_pending *pending, struct sd_exchange *exchange)
{
	exchange->queued = pending->classics;
	pending->classics = exchange;
}

static void add_to_connection(struct sd_pending *pending, struct sd_node *node,
                              struct sd_exchange *exchange)
{
	enum sd_purpose purpose = sd_node_purpose(exchange);
	struct sd_connection *connection = node->connections[purpose];

	if (connection == NULL) {
		connection = sd_node_make_connection(node, purpose);
	}
	if (connection == NULL) {
		sd_exchange_end(exchange, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
		return;
	}
	exchange->queued = NULL;
	if (connection->head == NULL) {
		connection->pending = pending->connections;
		pending->connections = connection;
		connection->head = exchange;
	} else {
		connection->tail->queued = exchange;
	}
	connection->tail = exchange;
}

void sd_pending_ask(struct sd_pending *pending, struct sd_node *node, struct sd_exchange *exchange)
{
	if (sd_node_asks_by_classic(node, exchange)) {
		add_classic(pending, exchange);
	} else {
		add_to_connection(pending, node, exchange);
	}
}

static void await_proof(struct sd_pending *pending, struct sd_node *node,
                        struct sd_exchange *exchange)
{
	if (sd_proof_await(&node->proof, exchange)) {
		node->proof.next = pending->proofs;
		pending->proofs = node;
	}
}

void sd_pending_close_at_greeting(struct sd_pending *pending, struct sd_connection *connection,
                                  int64_t now_us, int64_t interval_ms)
{
	struct sd_node *node = connection->channel.node;
	struct sd_exchange *head = connection->head;
	bool never_is_classic = head->server->protocol == SD_PROTOCOL_META;

	connection->head = connection->tail = NULL;
	sd_node_find_lost_mark(node, now_us / 1000);
	if (never_is_classic) {
		sd_node_finish(node, now_us, false);
	} else if (connection->is_proven) {
		node->is_classic = true;
		node->facts.greeting.version[0] = '\0';
		sd_finding_set_classic(node->finding, now_us / 1000 + interval_ms);
	}
	for (struct sd_exchange *each = head, *next; each != NULL; each = next) {
		next = each->queued;
		if (never_is_classic) {
			each->evidence = SD_EVIDENCE_WRONG;
			sd_exchange_end(each, SD_CLOSED, "the connection was closed at the greeting");
		} else if (node->is_classic) {
			add_classic(pending, each);
		} else {
			await_proof(pending, node, each);
		}
	}
}

void sd_pending_close_without_answer(struct sd_pending *pending, struct sd_classic_request *classic,
                                     int64_t now_us)
{
	struct sd_exchange *exchange = classic->exchange;
	struct sd_node *node = classic->channel.node;

	classic->exchange = NULL;
	if (classic->is_proven) {
		sd_classic_decode(exchange, NULL, 0); /* "none" */
		sd_node_finish(node, now_us, false);
	} else {
		await_proof(pending, node, exchange);
	}
}

void sd_pending_finish_proof(struct sd_pending *pending, struct sd_node *node, int64_t now_us)
{
	bool is_given = sd_proof_is_given(&node->proof);

	if (is_given) {
		sd_node_find_lost_mark(node, now_us / 1000);
		sd_finding_prove(node->finding, sd_proof_given_ms(&node->proof));
	} else {
		sd_node_finish(node, now_us, false);
	}
	for (struct sd_exchange *each = sd_proof_take_waiting(&node->proof), *next; each != NULL;
	     each = next) {
		next = each->queued;
		if (is_given) {
			sd_pending_ask(pending, node, each);
		} else {
			sd_proof_refuse(&node->proof, each);
		}
	}
}
