/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What an operator sees of the servers: as arrays, and as a table of phpinfo(). */

#include "php_sharedance.h"

#include "ext/standard/info.h"

/* {{{ words */

static const char *state_name(enum sd_health_state state)
{
	switch (state) {
	case SD_ALIVE:
		return "alive";
	case SD_DEAD_UNTIL:
		return "dead";
	default:
		return "unknown";
	}
}

/* NULL: not known. */
static const char *protocol_name(enum sd_protocol protocol)
{
	switch (protocol) {
	case SD_PROTOCOL_META:
		return "meta";
	case SD_PROTOCOL_CLASSIC:
		return "classic";
	default:
		return NULL;
	}
}

/* }}} */

/* {{{ arrays */

static void add_text_or_null(zval *array, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0') {
		add_assoc_null(array, name);
	} else {
		add_assoc_string(array, name, text);
	}
}

/* A time that is only there in some states. */
static void add_time_or_null(zval *array, const char *name, double seconds, bool is_there)
{
	if (is_there) {
		add_assoc_double(array, name, seconds);
	} else {
		add_assoc_null(array, name);
	}
}

void php_sharedance_view_server(zval *array, const struct sd_server *server)
{
	struct sd_server_view view = {0};

	(void)sd_network_view(php_sharedance_network(), server, &view);
	array_init(array);
	add_assoc_string(array, "host", server->host);
	add_assoc_long(array, "port", server->port);
	add_assoc_long(array, "weight", server->weight);
	add_text_or_null(array, "protocol", protocol_name(view.protocol));
	add_text_or_null(array, "version", view.version);
	add_assoc_string(array, "state", state_name(view.health.state));
	add_time_or_null(array, "since", view.since_s, view.health.state != SD_UNKNOWN);
	add_time_or_null(array, "next_try", view.until_s, view.health.state == SD_DEAD_UNTIL);
	add_assoc_long(array, "failures", (zend_long)view.health.failures);
	add_text_or_null(array, "last_error", view.health.reason);
	add_assoc_long(array, "connections", view.connections);
}

static void add_count(zval *array, const char *name, uint64_t count)
{
	add_assoc_long(array, name, (zend_long)count);
}

/* The numbers of round trips by the longest that they took, in microseconds. */
static void add_latencies(zval *array, const struct sd_statistics *statistics)
{
	zval latencies;

	array_init(&latencies);
	for (size_t i = 0; i < SD_LATENCIES; i++) {
		zend_ulong most_us = i < SD_LATENCIES - 1 ? (zend_ulong)SD_LATENCY_US(i) : ZEND_LONG_MAX;

		add_index_long(&latencies, most_us, (zend_long)statistics->latencies[i]);
	}
	add_assoc_zval(array, "latency", &latencies);
}

void php_sharedance_view_statistics(zval *array, const struct sd_server *server)
{
	static const struct sd_statistics nothing;
	struct sd_server_view view = {.statistics = &nothing};
	const struct sd_statistics *statistics;

	(void)sd_network_view(php_sharedance_network(), server, &view);
	statistics = view.statistics;
	array_init(array);
	add_count(array, "operations", statistics->operations);
	add_count(array, "bytes_sent", statistics->bytes.sent);
	add_count(array, "bytes_received", statistics->bytes.received);
	add_count(array, "misses", statistics->misses);
	add_count(array, "failures", statistics->failures);
	add_count(array, "failovers", statistics->failovers);
	add_count(array, "repairs", statistics->repairs);
	add_count(array, "timeouts", statistics->timeouts);
	add_count(array, "connect_timeouts", statistics->connect_timeouts);
	add_count(array, "skipped", statistics->skipped);
	add_latencies(array, statistics);
}

/* }}} */

/* {{{ phpinfo() */

static const char *dash_if_empty(const char *text)
{
	return text == NULL || text[0] == '\0' ? "-" : text;
}

static void print_place(const struct sd_server_view *view)
{
	const struct sd_statistics *of = view->statistics;
	char name[SD_SERVER_NAME_MAX];
	char *text;

	spprintf(&text, 0, "%s, %s, version %s, connections %u, failures of all workers %" PRIu64
	                   ", the last: %s",
	         state_name(view->health.state), dash_if_empty(protocol_name(view->protocol)),
	         dash_if_empty(view->version), view->connections, view->health.failures,
	         dash_if_empty(view->health.reason));
	php_info_print_table_row(2, sd_server_name(view->server, name), text);
	efree(text);
	spprintf(&text, 0, "operations %" PRIu64 ", bytes sent %" PRIu64 ", received %" PRIu64
	                   ", misses %" PRIu64 ", failures %" PRIu64 ", failovers %" PRIu64
	                   ", repairs %" PRIu64 ", timeouts %" PRIu64 ", skipped %" PRIu64,
	         of->operations, of->bytes.sent, of->bytes.received, of->misses, of->failures,
	         of->failovers, of->repairs, of->timeouts, of->skipped);
	php_info_print_table_row(2, "since this worker began", text);
	efree(text);
}

void php_sharedance_print_servers(const struct sd_health *health)
{
	struct sd_server_view view;

	php_info_print_table_start();
	php_info_print_table_row(2, "Dead marks", sd_health_is_shared(health)
	                                              ? "shared by all workers"
	                                              : "of each process for itself");
	for (size_t i = 0; sd_network_view_at(php_sharedance_network(), i, &view); i++) {
		print_place(&view);
	}
	php_info_print_table_end();
}

/* }}} */
