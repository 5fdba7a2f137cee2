/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The policy; see cluster.h. Nothing here allocates while an operation runs,
 * so a sink or a user's transport may leave by longjmp at any time.
 */

#include "client/cluster.h"

#include <stdlib.h>
#include <string.h>

#define OWNERS_MAX 2 /* of a key */

/* {{{ the servers */

void sd_cluster_init(struct sd_cluster *cluster, struct sd_transport *transport,
                     const struct sd_options *options, bool redundancy)
{
	memset(cluster, 0, sizeof(*cluster));
	cluster->transport = transport;
	cluster->options = options;
	cluster->redundancy = redundancy;
}

void sd_cluster_clear(struct sd_cluster *cluster)
{
	free(cluster->servers);
	cluster->servers = NULL;
	sd_ring_clear(&cluster->ring);
}

bool sd_cluster_has(const struct sd_cluster *cluster, const struct sd_server *server)
{
	for (size_t i = 0; i < cluster->ring.count; i++) {
		if (sd_server_same(cluster->servers[i], server)) {
			return true;
		}
	}
	return false;
}

enum sd_status sd_cluster_add(struct sd_cluster *cluster, const struct sd_server *server,
                              struct sd_error *error)
{
	const struct sd_server **servers;
	char name[SD_SERVER_NAME_MAX];

	if (sd_cluster_has(cluster, server)) {
		return sd_error_set(error, SD_DUPLICATE, "must not be added twice, %s is there already",
		                    sd_server_name(server, name));
	}
	servers = realloc(cluster->servers, (cluster->ring.count + 1) * sizeof(*servers));
	if (servers == NULL) {
		return sd_error_set(error, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
	cluster->servers = servers;
	servers[cluster->ring.count] = server;
	if (sd_ring_add(&cluster->ring, server->weight) != SD_OK) {
		return sd_error_set(error, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
	return SD_OK;
}

enum sd_status sd_cluster_locate(const struct sd_cluster *cluster, struct sd_bytes key,
                                 size_t owners[OWNERS_MAX], size_t *count, struct sd_error *error)
{
	const struct sd_ring *ring = &cluster->ring;

	if (ring->count == 0) {
		return sd_error_set(error, SD_NO_SERVERS, "No Servers Registered");
	}
	owners[0] = sd_ring_first(ring, key.data, key.length);
	*count = 1;
	if (!cluster->redundancy) {
		return SD_OK;
	}
	if (!sd_ring_has_second(ring)) {
		return sd_error_set(error, SD_NO_ROTATION,
		                    "Bucket rotation not allowed: redundancy needs more servers than the "
		                    "largest weight, which is %u, and there %s %zu",
		                    ring->max_weight, ring->count == 1 ? "is" : "are", ring->count);
	}
	owners[1] = sd_ring_second(ring, key.data, key.length);
	*count = 2;
	return SD_OK;
}

/* }}} */

/* {{{ asking */

/* A request for each owner of its key. */
struct round {
	struct sd_exchange exchanges[OWNERS_MAX];
	size_t count;
};

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* `limit_ms` from now, or sooner where the server's timeout says so. */
static void set_deadlines(struct sd_exchange *exchange, const struct sd_options *options,
                          int64_t now_ms, int64_t limit_ms)
{
	int64_t timeout_ms = earlier(exchange->server->timeout_ms, limit_ms);

	exchange->deadline_ms = now_ms + timeout_ms;
	exchange->connect_deadline_ms = now_ms + earlier(timeout_ms, options->connect_timeout_ms);
}

static enum sd_status prepare(const struct sd_cluster *cluster, struct round *round,
                              enum sd_operation operation, struct sd_bytes key,
                              struct sd_error *error)
{
	size_t owners[OWNERS_MAX];
	enum sd_status status = sd_cluster_locate(cluster, key, owners, &round->count, error);

	if (status != SD_OK) {
		return status;
	}
	memset(round->exchanges, 0, sizeof(round->exchanges));
	for (size_t i = 0; i < round->count; i++) {
		round->exchanges[i].server = cluster->servers[owners[i]];
		round->exchanges[i].operation = operation;
		round->exchanges[i].key = key;
	}
	return SD_OK;
}

/* The caller ended it, by its own code or for want of its own memory: no other server could help. */
static bool is_callers_end(enum sd_status status)
{
	return status == SD_ABORTED || status == SD_NO_MEMORY;
}

static struct sd_transport *transport_of(const struct sd_cluster *cluster,
                                         const struct sd_exchange *exchange)
{
	struct sd_transport *own = exchange->server->transport;

	return own != NULL ? own : cluster->transport;
}

/*
 * Asks all at the same time, `limit_ms` at the longest. Neighbours on one
 * transport go together, which is mostly all of them: a server with a transport
 * of its own runs the user's code, and no socket is kept waiting meanwhile.
 * Once that code has given up, nobody else is asked.
 */
static void ask(const struct sd_cluster *cluster, struct sd_exchange *exchanges, size_t count,
                int64_t limit_ms)
{
	bool aborted = false;

	for (size_t i = 0, end; i < count; i = end) {
		struct sd_transport *transport = transport_of(cluster, &exchanges[i]);
		int64_t now_ms = cluster->transport->now_ms(cluster->transport);

		for (end = i; end < count && transport_of(cluster, &exchanges[end]) == transport; end++) {
			set_deadlines(&exchanges[end], cluster->options, now_ms, limit_ms);
			sd_exchange_end(&exchanges[end], SD_ABORTED, "%s", sd_status_sentence(SD_ABORTED));
		}
		if (!aborted) {
			transport->perform(transport, exchanges + i, end - i);
			aborted = is_callers_end(exchanges[i].status);
		}
	}
}

/* What the round amounts to: a success of any is one, a proven absence comes next. */
static enum sd_status verdict(const struct round *round, struct sd_error *error)
{
	char texts[OWNERS_MAX][SD_ERROR_TEXT_MAX];
	bool absent = false;
	bool found = false;

	for (size_t i = 0; i < round->count; i++) {
		enum sd_status status = round->exchanges[i].status;

		if (is_callers_end(status)) {
			return sd_error_set(error, status, "%s", sd_status_sentence(status));
		}
		found |= status == SD_OK;
		absent |= status == SD_ABSENT;
	}
	if (found || absent) {
		return found ? SD_OK : SD_ABSENT;
	}
	for (size_t i = 0; i < round->count; i++) {
		(void)sd_exchange_explain(&round->exchanges[i], texts[i], sizeof(texts[i]));
	}
	if (round->count == 1) {
		return sd_error_set(error, round->exchanges[0].status, "%s", texts[0]);
	}
	return sd_error_set(error, round->exchanges[0].status, "%s; %s", texts[0], texts[1]);
}

/* }}} */

/* {{{ the operations */

enum sd_status sd_cluster_set(struct sd_cluster *cluster, struct sd_bytes key,
                              struct sd_bytes data, int64_t ttl, unsigned *stored,
                              struct sd_error *error)
{
	struct round round;
	enum sd_status status = prepare(cluster, &round, SD_SET, key, error);

	*stored = 0;
	if (status != SD_OK) {
		return status;
	}
	for (size_t i = 0; i < round.count; i++) {
		round.exchanges[i].data = data;
		round.exchanges[i].ttl = ttl;
	}
	ask(cluster, round.exchanges, round.count, INT64_MAX);
	for (size_t i = 0; i < round.count; i++) {
		*stored += round.exchanges[i].status == SD_OK;
	}
	return verdict(&round, error);
}

static int64_t longest_timeout_ms(const struct round *round)
{
	int64_t longest_ms = 0;

	for (size_t i = 0; i < round->count; i++) {
		int64_t timeout_ms = round->exchanges[i].server->timeout_ms;

		longest_ms = timeout_ms > longest_ms ? timeout_ms : longest_ms;
	}
	return longest_ms;
}

enum sd_status sd_cluster_get(struct sd_cluster *cluster, struct sd_bytes key,
                              struct sd_sink *sink, struct sd_error *error)
{
	struct round round;
	enum sd_status status = prepare(cluster, &round, SD_GET, key, error);
	int64_t deadline_ms;

	if (status != SD_OK) {
		return status;
	}
	deadline_ms = cluster->transport->now_ms(cluster->transport) + longest_timeout_ms(&round);
	for (size_t asked = 0; asked < round.count; asked++) {
		struct sd_exchange *exchange = &round.exchanges[asked];
		int64_t left_ms = deadline_ms - cluster->transport->now_ms(cluster->transport);

		/* whoever is asked leaves an equal share of the time to those behind it: a server that
		 * takes a request and never answers must not cost the other's answer */
		exchange->sink = sink;
		ask(cluster, exchange, 1, left_ms / (int64_t)(round.count - asked));
		if (exchange->status == SD_OK || is_callers_end(exchange->status)) {
			round.count = asked + 1;
			break;
		}
		sink->restart(sink);
	}
	return verdict(&round, error);
}

enum sd_status sd_cluster_delete(struct sd_cluster *cluster, struct sd_bytes key,
                                 struct sd_error *error)
{
	struct round round;
	enum sd_status status = prepare(cluster, &round, SD_DELETE, key, error);

	if (status != SD_OK) {
		return status;
	}
	ask(cluster, round.exchanges, round.count, INT64_MAX);
	return verdict(&round, error);
}

enum sd_status sd_cluster_send(struct sd_transport *transport, const struct sd_options *options,
                               const struct sd_server *server, struct sd_bytes request,
                               struct sd_sink *sink, struct sd_error *error)
{
	struct sd_exchange exchange = {.server = server, .operation = SD_RAW, .data = request,
	                               .sink = sink};
	char text[SD_ERROR_TEXT_MAX];

	set_deadlines(&exchange, options, transport->now_ms(transport), INT64_MAX);
	transport->perform(transport, &exchange, 1);
	if (exchange.status == SD_OK) {
		return SD_OK;
	}
	return sd_error_set(error, exchange.status, "%s",
	                    sd_exchange_explain(&exchange, text, sizeof(text)));
}

/* }}} */
