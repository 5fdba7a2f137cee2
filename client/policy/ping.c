/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Pinging; see ping.h. */

#include "client/policy/ping.h"

#define KEY "sharedance-ping" /* fit for a classic server, too */

/* {{{ a sink that keeps nothing: somebody may have stored such an entry */

struct waste {
	struct sd_sink sink;
	uint8_t bytes[4096];
};

static bool waste_grow(struct sd_sink *sink, size_t wanted)
{
	struct waste *waste = (struct waste *)sink;

	(void)wanted;
	sink->at = waste->bytes;
	sink->room = sizeof(waste->bytes);
	return true;
}

static void waste_restart(struct sd_sink *sink)
{
	sink->room = 0;
}

static const struct sd_sink_kind waste_kind = {.grow = waste_grow, .restart = waste_restart};

/* }}} */

/* A user's transport always speaks the classic protocol. */
static bool has_own_transport(const struct sd_ping *ping)
{
	return ping->exchange.server->transport != NULL;
}

static void begin_request(struct sd_ping *ping, enum sd_request_kind kind)
{
	sd_exchange_init(&ping->exchange);
	ping->exchange.request.kind = kind;
	ping->exchange.request.key = (struct sd_bytes){(const uint8_t *)KEY, sizeof(KEY) - 1};
}

static void init(struct sd_ping *ping, const struct sd_server *server)
{
	*ping = (struct sd_ping){.exchange.server = server, .took_us = -1};
	begin_request(ping, SD_GREET);
}

/* Performs those of the pings that `is_meant` means, at the same time. */
static void perform_pings(const struct sd_policy *policy, struct sd_ping *pings,
                          bool (*is_meant)(const struct sd_ping *ping))
{
	struct sd_exchange *first = NULL;
	struct sd_exchange **end = &first;

	for (size_t i = 0; i < policy->pool.modulo.count; i++) {
		if (is_meant(&pings[i])) {
			*end = &pings[i].exchange;
			end = &pings[i].exchange.next;
		}
	}
	*end = NULL;
	if (first != NULL) {
		sd_operation_perform_list(policy, first);
	}
}

static bool has_sockets(const struct sd_ping *ping)
{
	return !has_own_transport(ping);
}

/* Whether its server is up and not asked yet: the request is prepared. */
static bool is_ready(const struct sd_ping *ping)
{
	return !has_own_transport(ping) && ping->exchange.request.kind != SD_GREET;
}

/* Prepares the request itself, if the greeting has not failed. */
static void prepare_ping(struct sd_ping *ping, struct sd_sink *sink)
{
	bool is_classic = has_own_transport(ping) || ping->exchange.reply.status == SD_UNSUPPORTED;

	if (!has_own_transport(ping) && !is_classic && ping->exchange.reply.status != SD_OK) {
		return;
	}
	begin_request(ping, is_classic ? SD_GET : SD_EXISTS);
	ping->exchange.request.sink = is_classic ? sink : NULL;
}

/* A user's code is called for one server after the other. */
static void ping_by_own_transport(const struct sd_policy *policy, struct sd_ping *ping)
{
	int64_t began_ms = sd_operation_now_ms(policy);

	sd_operation_perform_one(policy, &ping->exchange);
	if (!sd_status_is_failure(ping->exchange.reply.status)) {
		ping->took_us = (sd_operation_now_ms(policy) - began_ms) * 1000;
	}
}

/* The status with which the caller ended it, or SD_OK. */
static enum sd_status callers_end(const struct sd_policy *policy, const struct sd_ping *pings,
                                  struct sd_error *error)
{
	for (size_t i = 0; i < policy->pool.modulo.count; i++) {
		if (sd_operation_is_callers_end(pings[i].exchange.reply.status)) {
			return sd_operation_verdict_of_one(&pings[i].exchange, error);
		}
	}
	return SD_OK;
}

enum sd_status sd_ping_servers(const struct sd_policy *policy, struct sd_ping *pings,
                               struct sd_error *error)
{
	struct sd_transport *transport = policy->transport;
	struct waste waste = {.sink.kind = &waste_kind};
	enum sd_status status;

	for (size_t i = 0; i < policy->pool.modulo.count; i++) {
		init(&pings[i], policy->pool.servers[i]);
	}
	perform_pings(policy, pings, has_sockets);
	for (size_t i = 0; i < policy->pool.modulo.count; i++) {
		prepare_ping(&pings[i], &waste.sink);
	}
	perform_pings(policy, pings, is_ready);
	for (size_t i = 0; i < policy->pool.modulo.count; i++) {
		if (is_ready(&pings[i]) && !sd_status_is_failure(pings[i].exchange.reply.status)) {
			pings[i].took_us = transport->round_trip_us(transport, pings[i].exchange.server);
		}
	}
	status = callers_end(policy, pings, error);
	for (size_t i = 0; i < policy->pool.modulo.count && status == SD_OK; i++) {
		if (has_own_transport(&pings[i])) {
			ping_by_own_transport(policy, &pings[i]);
			status = callers_end(policy, pings, error);
		}
	}
	return status;
}
