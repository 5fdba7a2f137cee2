/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with sockets; see network.h.
 *
 * Invariants: between two operations no classic request is active and no connection is
 * busy. What is found so when an operation begins was left by a longjmp: its exchanges no
 * longer exist, and it is closed.
 */

#include "client/net/network.h"

#include <stdlib.h>
#include <string.h>

#include "client/net/classic_request.h"
#include "client/net/nodes.h"
#include "client/net/pending.h"
#include "client/net/platform.h"
#include "client/net/twins.h"
#include "client/net/wait.h"

/* By less than this, the clocks of servers that are right differ, as far as a client knows them.
 * What this thread wrote so shortly before is older, on whichever servers. */
#define NEAR_US 10000000

struct sd_network {
	struct sd_transport transport; /* first: the network is a transport */
	const struct sd_options *options;
	sd_node_log *log;
	struct sd_connection_shared shared;
	struct sd_hybrid_clock other_versions; /* of servers that a user's code reaches */
	uint64_t version;                      /* that was given last */
	struct sd_nodes nodes;
	uint64_t round;     /* counts the lists that were performed */
	int64_t process;    /* the one that opened the sockets */
	bool is_performing; /* or was, when a longjmp ended it */
	bool has_greeted;   /* a connection, in this round */

	struct sd_pending pending;
	struct sd_wait_set busy;                                  /* the channels in progress */
	struct sd_classic_request classics[SD_WAIT_CHANNELS_MAX]; /* active or free */
};

/* {{{ time and random numbers */

/* The time that the policy read for its next round, or the present one. */
static int64_t round_us(const struct sd_network *network)
{
	return network->busy.now_us != 0 ? network->busy.now_us : sd_system_monotonic_us();
}

/* The policy reads the time before a round: it is the time when the round begins, too. */
static int64_t network_now_ms(struct sd_transport *transport)
{
	struct sd_network *network = (struct sd_network *)transport;

	network->busy.now_us = sd_system_monotonic_us();
	return network->busy.now_us / 1000;
}

static void network_pause(struct sd_transport *transport, int64_t ms)
{
	int64_t until_ms = sd_platform_now_ms() + ms;
	int64_t left_ms = ms;

	((struct sd_network *)transport)->busy.now_us = 0;
	while (left_ms > 0) {
		sd_platform_wait(NULL, 0, left_ms); /* a signal ends it early */
		left_ms = until_ms - sd_platform_now_ms();
	}
}

static bool network_random(struct sd_transport *transport, void *out, size_t length)
{
	(void)transport;
	return sd_platform_random(out, length);
}

static int64_t network_process(struct sd_transport *transport)
{
	(void)transport;
	return sd_platform_process();
}

/* }}} */

/* {{{ closing */

void sd_network_close(struct sd_network *network)
{
	sd_network_abandon(network);
	sd_nodes_close(&network->nodes);
}

void sd_network_drop_locks(struct sd_network *network)
{
	sd_nodes_close_locked(&network->nodes);
}

void sd_network_give_back(struct sd_network *network)
{
	sd_nodes_give_back(&network->nodes, sd_platform_now_ms());
}

void sd_network_abandon(struct sd_network *network)
{
	if (!network->is_performing) {
		return;
	}
	sd_nodes_abandon(&network->nodes);
	for (size_t i = 0; i < SD_WAIT_CHANNELS_MAX; i++) {
		if (network->classics[i].exchange != NULL) {
			sd_classic_request_abandon(&network->classics[i]);
		}
	}
	network->busy.count = 0;
	network->busy.now_us = 0;
	network->pending = (struct sd_pending){0};
	network->is_performing = false;
}

/* Connections belong to the process that opened them: a child that used one would mix its requests
 * with the parent's. */
static void drop_what_the_parent_opened(struct sd_network *network)
{
	int64_t process = sd_platform_process();

	if (network->process != process) {
		sd_network_close(network);
		sd_nodes_find_marks(&network->nodes, sd_platform_now_ms()); /* it may be another user's */
		network->process = process;
	}
}

/* }}} */

/* {{{ beginning */

/* NULL: a user's code reaches the server, or there is no memory. */
static struct sd_node *node_behind(struct sd_network *network, const struct sd_server *server)
{
	return server->transport == NULL ? sd_nodes_get(&network->nodes, server) : NULL;
}

/* The time of day by the server's clock, in microseconds. 0: it has not reported it. */
static int64_t servers_wall_us(struct sd_network *network, const struct sd_node *node)
{
	int64_t offset_us = node != NULL ? sd_node_clock(node) : 0;

	return offset_us != 0 ? offset_us + round_us(network) : 0;
}

static uint64_t network_new_version(struct sd_transport *transport, const struct sd_server *first,
                                    const struct sd_server *second)
{
	struct sd_network *network = (struct sd_network *)transport;
	struct sd_node *a = node_behind(network, first);
	struct sd_node *b = second != first ? node_behind(network, second) : a;
	struct sd_hybrid_clock *first_clock;
	int64_t wall_us = servers_wall_us(network, a);
	uint64_t limit = UINT64_MAX;

	if (wall_us == 0) {
		wall_us = servers_wall_us(network, b);
	}
	if (wall_us != 0) {
		limit = (uint64_t)(wall_us + SD_VERSION_AHEAD_MAX_US);
	} else {
		wall_us = sd_system_wall_us();
	}
	first_clock = a != NULL ? &a->facts.versions : &network->other_versions;
	if (network->version <= (uint64_t)wall_us + NEAR_US) {
		sd_hybrid_clock_observe(first_clock, network->version);
	}
	network->version = sd_hybrid_clock_next(
		first_clock, b != NULL ? &b->facts.versions : &network->other_versions, wall_us, limit,
		sd_connection_random(&network->shared) >> (64 - SD_HYBRID_CLOCK_SPREAD_BITS));
	return network->version;
}

static bool network_is_greeted(struct sd_transport *transport, const struct sd_server *server)
{
	struct sd_network *network = (struct sd_network *)transport;
	const struct sd_node *node = sd_nodes_get(&network->nodes, server);

	return node != NULL &&
	       (sd_node_is_up(node, SD_FOR_ENTRIES) || sd_node_is_up(node, SD_FOR_SESSIONS));
}

static enum sd_sameness network_compare(struct sd_transport *transport,
                                        const struct sd_server *first,
                                        const struct sd_server *second)
{
	struct sd_network *network = (struct sd_network *)transport;
	struct sd_node *one = sd_nodes_get(&network->nodes, first);
	struct sd_node *other = sd_nodes_get(&network->nodes, second);

	return one != NULL && other != NULL && !first->closed && !second->closed
	           ? sd_twins_compare(one, other, sd_system_monotonic_us())
	           : SD_TWO_SERVERS;
}

static bool network_is_ambiguous(struct sd_transport *transport, const struct sd_server *server)
{
	struct sd_network *network = (struct sd_network *)transport;
	const struct sd_node *node = sd_nodes_get(&network->nodes, server);

	return node != NULL && sd_twins_is_ambiguous(node, sd_system_monotonic_us());
}

static bool network_skips(struct sd_transport *transport, struct sd_exchange *exchange,
                          int64_t now_ms)
{
	struct sd_network *network = (struct sd_network *)transport;
	struct sd_node *node = sd_nodes_get(&network->nodes, exchange->server);

	return node != NULL && !exchange->server->closed && sd_node_skips(node, exchange, now_ms);
}

static bool network_is_dead(struct sd_transport *transport, const struct sd_server *server,
                            int64_t now_ms)
{
	struct sd_network *network = (struct sd_network *)transport;
	const struct sd_node *node = sd_nodes_get(&network->nodes, server);

	return node != NULL && !server->closed && sd_node_is_dead(node, now_ms);
}

static int64_t network_refusing_since(struct sd_transport *transport,
                                      const struct sd_server *server)
{
	struct sd_network *network = (struct sd_network *)transport;
	const struct sd_node *node = sd_nodes_get(&network->nodes, server);

	return node != NULL && !server->closed ? sd_node_refusing_since(node) : 0;
}

static bool network_has_told_ttl(struct sd_transport *transport, const struct sd_exchange *exchange)
{
	struct sd_network *network = (struct sd_network *)transport;
	struct sd_node *node = sd_nodes_get(&network->nodes, exchange->server);

	return node == NULL || sd_node_has_told_ttl(node, network->options, exchange);
}

static int64_t network_round_trip_us(struct sd_transport *transport, const struct sd_server *server)
{
	struct sd_network *network = (struct sd_network *)transport;
	const struct sd_node *node = sd_nodes_get(&network->nodes, server);

	return node != NULL ? node->ended_us - node->began_us : 0;
}

static void network_count(struct sd_transport *transport, const struct sd_server *server,
                          enum sd_event event)
{
	struct sd_network *network = (struct sd_network *)transport;
	struct sd_node *node = sd_nodes_get(&network->nodes, server);

	if (node != NULL) {
		sd_node_count(node, event);
	}
}

/* Finds the node of an exchange, and lets it be asked if the server may be. */
static void route(struct sd_network *network, struct sd_exchange *exchange)
{
	struct sd_node *node;

	exchange->node = NULL;
	exchange->repeated = exchange->timed_out = false;
	exchange->evidence = SD_EVIDENCE_NONE;
	exchange->sent_ms = 0;
	if (exchange->server->closed) {
		sd_exchange_end(exchange, SD_UNREACHABLE, "the server object is closed");
		return;
	}
	node = sd_nodes_get(&network->nodes, exchange->server);
	if (node == NULL) {
		sd_exchange_end(exchange, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
		return;
	}
	exchange->node = node;
	if (node->round != network->round) {
		sd_node_begin(node, network->round, network->options, exchange, network->busy.now_us);
		if (sd_identity_id(node->identity) != node->seen_id) {
			network->transport.has_odd_names |= sd_twins_review(
				node, node->connections[sd_node_purpose(exchange)], network->busy.now_us);
		}
	}
	if (node->admission == SD_SKIPPED && !sd_node_insists(node, exchange)) {
		return;
	}
	node->statistics.operations += exchange->request.kind != SD_GREET;
	sd_pending_ask(&network->pending, node, exchange);
}

/* A connection is no longer busy. */
static void finish_connection(struct sd_network *network, struct sd_connection *connection)
{
	struct sd_node *node = connection->channel.node;
	int64_t now_us = network->busy.now_us;

	if (connection->channel.state == SD_CHANNEL_SILENT) {
		sd_pending_close_at_greeting(&network->pending, connection, now_us,
		                             network->options->retry_interval_ms);
		return;
	}
	if (connection->phase == SD_CONNECTION_READY && !connection->reused) {
		sd_node_find_lost_mark(node, now_us / 1000);
		sd_finding_set_meta(node->finding);
		sd_node_share_greeting(node);
		network->transport.has_odd_names |=
			sd_twins_greeted(&network->nodes, node, sd_system_monotonic_us());
		network->has_greeted = true;
	} else if (connection->told_us >= node->began_us) {
		sd_node_share_greeting(node);
	}
	sd_node_finish(node, now_us, connection->has_heard);
}

/* A proof or another classic request is no longer busy. */
static void finish_classic(struct sd_network *network, struct sd_channel *channel)
{
	struct sd_node *node = channel->node;
	int64_t now_us = network->busy.now_us;

	if (channel == &node->proof.request.channel) {
		sd_pending_finish_proof(&network->pending, node, now_us);
	} else if (channel->state == SD_CHANNEL_SILENT) {
		sd_pending_close_without_answer(&network->pending, (struct sd_classic_request *)channel,
		                                now_us);
	} else {
		sd_node_finish(node, now_us, channel->received > 0);
	}
}

/* Takes the channels that are no longer busy out of the set. */
static void finish_channels(struct sd_network *network)
{
	size_t kept = 0;

	for (size_t i = 0; i < network->busy.count; i++) {
		struct sd_channel *channel = network->busy.channels[i];

		if (channel->state == SD_CHANNEL_BUSY) {
			network->busy.channels[kept++] = channel;
		} else if (channel->kind->is_connection) {
			finish_connection(network, (struct sd_connection *)channel);
		} else {
			finish_classic(network, channel);
		}
	}
	network->busy.count = kept;
}

static void begin_connection(struct sd_network *network, struct sd_connection *connection)
{
	struct sd_channel *channel = &connection->channel;
	const struct sd_node *node = channel->node;

	channel->state = sd_connection_begin(connection, node->began_us / 1000);
	connection->is_proven =
		!connection->reused && sd_finding_is_proven(node->finding, sd_platform_now_ms());
	if (channel->state == SD_CHANNEL_BUSY) {
		network->busy.channels[network->busy.count++] = channel;
	} else {
		finish_connection(network, connection);
	}
}

static void begin_proof(struct sd_network *network, struct sd_node *node)
{
	struct sd_channel *channel = &node->proof.request.channel;

	if (sd_proof_begin(&node->proof, node, &node->facts.addresses, &node->statistics.bytes) ==
	    SD_CHANNEL_BUSY) {
		network->busy.channels[network->busy.count++] = channel;
	} else {
		sd_pending_finish_proof(&network->pending, node, network->busy.now_us);
	}
}

static void begin_classic(struct sd_network *network, struct sd_exchange *exchange)
{
	struct sd_node *node = exchange->node;
	struct sd_classic_request *classic = network->classics;

	if (!sd_classic_suits(exchange)) {
		return;
	}
	while (classic->exchange != NULL) {
		classic++; /* one is free, because the set has room */
	}
	classic->is_proven = sd_finding_is_proven(node->finding, sd_platform_now_ms());
	if (sd_classic_request_begin(classic, node, &node->facts.addresses, &node->statistics.bytes,
	                             exchange) == SD_CHANNEL_BUSY) {
		network->busy.channels[network->busy.count++] = &classic->channel;
	}
}

static bool has_room(const struct sd_network *network)
{
	return network->busy.count < SD_WAIT_CHANNELS_MAX;
}

/* Begins what is pending, as far as the set has room. */
static void begin_pending(struct sd_network *network)
{
	while (network->pending.connections != NULL && has_room(network)) {
		struct sd_connection *connection = network->pending.connections;

		network->pending.connections = connection->pending;
		begin_connection(network, connection);
	}
	while (network->pending.proofs != NULL && has_room(network)) {
		struct sd_node *node = network->pending.proofs;

		network->pending.proofs = node->proof.next;
		begin_proof(network, node);
	}
	while (network->pending.classics != NULL && has_room(network)) {
		struct sd_exchange *exchange = network->pending.classics;

		network->pending.classics = exchange->queued;
		begin_classic(network, exchange);
	}
}

/* }}} */

/* {{{ performing */

/* Counts the replies. Of the exchanges of a node that ended with SD_OK one is enough. */
static void account(struct sd_network *network, struct sd_exchange *exchanges)
{
	int64_t stopped_ms = network->busy.stopped_ms;

	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		struct sd_node *node = each->node;

		if (stopped_ms > 0) { /* it had less time than it seems */
			each->hurried |= !sd_exchange_is_long(each, each->patience_ms - stopped_ms);
		}
		if (node != NULL && !(each->reply.status == SD_OK && node->has_answered)) {
			sd_node_account(node, network->options, network->log, each);
		}
	}
}

static void network_perform(struct sd_transport *transport, struct sd_exchange *exchanges)
{
	struct sd_network *network = (struct sd_network *)transport;

	sd_network_abandon(network);
	drop_what_the_parent_opened(network);
	network->is_performing = true;
	network->busy.polled_in_vain = network->busy.awaited_in_vain = false;
	network->busy.stopped_ms = 0;
	network->busy.now_us = round_us(network);
	network->round++;
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		route(network, each);
	}
	for (;;) {
		begin_pending(network);
		if (network->busy.count == 0) {
			break; /* nothing is pending either, because there was room for it */
		}
		sd_wait_once(&network->busy, network->options->busy_poll_us);
		finish_channels(network);
	}
	network->is_performing = false;
	account(network, exchanges);
	network->busy.now_us = 0; /* the next round begins later */
	if (network->has_greeted) {
		network->has_greeted = false;
		sd_twins_report(&network->nodes, network->log);
	}
}

/* }}} */

/* {{{ info */

bool sd_network_info(struct sd_network *network, const struct sd_server *server,
                     struct sd_server_info *info)
{
	struct sd_node *node = sd_nodes_get(&network->nodes, server);

	if (node != NULL) {
		sd_node_info(node, server, info);
	}
	return node != NULL;
}

bool sd_network_info_at(struct sd_network *network, size_t index, struct sd_server_info *info)
{
	struct sd_node *node = network->nodes.first;

	while (node != NULL && index > 0) {
		node = node->next;
		index--;
	}
	if (node != NULL) {
		sd_node_info(node, &node->server, info);
	}
	return node != NULL;
}

/* }}} */

struct sd_network *sd_network_new(const struct sd_options *options, struct sd_dead_marks *marks,
                                  sd_node_log *log)
{
	struct sd_network *network = calloc(1, sizeof(*network));

	if (network == NULL) {
		return NULL;
	}
	network->options = network->shared.options = options;
	network->nodes.shared = &network->shared;
	network->nodes.marks = marks;
	network->log = log;
	(void)sd_platform_random(&network->shared.random, sizeof(network->shared.random));
	network->transport.perform = network_perform;
	network->transport.now_ms = network_now_ms;
	network->transport.pause = network_pause;
	network->transport.new_version = network_new_version;
	network->transport.is_greeted = network_is_greeted;
	network->transport.compare = network_compare;
	network->transport.is_ambiguous = network_is_ambiguous;
	network->transport.random = network_random;
	network->transport.process = network_process;
	network->transport.skips = network_skips;
	network->transport.is_dead = network_is_dead;
	network->transport.refusing_since = network_refusing_since;
	network->transport.has_told_ttl = network_has_told_ttl;
	network->transport.round_trip_us = network_round_trip_us;
	network->transport.count = network_count;
	return network;
}

void sd_network_free(struct sd_network *network)
{
	if (network == NULL) {
		return;
	}
	sd_network_abandon(network);
	sd_nodes_free(&network->nodes);
	free(network);
}

struct sd_transport *sd_network_transport(struct sd_network *network)
{
	return &network->transport;
}
