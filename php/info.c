/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The servers as arrays and as a table of phpinfo(). The keys of the arrays are a
 * contract with users; what the network has not met yet is null or 0.
 */

#include "php/info.h"

#include <inttypes.h>

#include "ext/standard/info.h"
#include "Zend/zend_smart_str.h"

#include "client/info.h"
#include "client/net/dead_marks.h"
#include "client/net/network.h"
#include "php/runtime.h"

/* {{{ words */

static const char *state_name(enum sd_dead_marks_state state)
{
	switch (state) {
	case SD_ALIVE:
		return "alive";
	case SD_REFUSING:
	case SD_SILENT:
		return "dead";
	default:
		return "unknown";
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

/* A count that is too large for an integer of PHP is a float, as PHP's own would be. */
static void set_count(zval *to, uint64_t count)
{
	if (count <= ZEND_LONG_MAX) {
		ZVAL_LONG(to, (zend_long)count);
	} else {
		ZVAL_DOUBLE(to, (double)count);
	}
}

static void add_count(zval *array, const char *name, uint64_t count)
{
	zval number;

	set_count(&number, count);
	add_assoc_zval(array, name, &number);
}

/* Adds a time, or null in a state that has no such time. */
static void add_time_or_null(zval *array, const char *name, double seconds, bool is_there)
{
	if (is_there) {
		add_assoc_double(array, name, seconds);
	} else {
		add_assoc_null(array, name);
	}
}

void php_sharedance_info_add_server(zval *array, const struct sd_server *server)
{
	struct sd_server_info info = {0};
	zval element;

	(void)sd_network_info(php_sharedance_network(), server, &info);
	array_init(&element);
	add_assoc_string(&element, "host", server->host);
	add_assoc_long(&element, "port", server->port);
	add_assoc_long(&element, "weight", server->weight);
	add_text_or_null(&element, "protocol", sd_protocol_name(info.protocol));
	add_text_or_null(&element, "version", info.version);
	add_assoc_string(&element, "state", state_name(info.marks.state));
	add_time_or_null(&element, "since", info.since_s, info.marks.state != SD_MARK_UNKNOWN);
	add_time_or_null(&element, "next_try", info.until_s, info.marks.until_ms != 0);
	add_count(&element, "failures", info.marks.failures);
	add_text_or_null(&element, "last_error", info.marks.reason);
	add_assoc_long(&element, "connections", info.connections);
	if (info.has_unproven) {
		add_count(&element, "unproven", info.unproven);
	} else {
		add_assoc_null(&element, "unproven");
	}
	add_next_index_zval(array, &element);
}

/* Adds the numbers of round trips; the key of each is the longest duration that it counts, in
 * microseconds. */
static void add_latencies(zval *array, const struct sd_statistics *statistics)
{
	zval latencies;
	zval count;

	array_init(&latencies);
	for (size_t i = 0; i < SD_LATENCIES; i++) {
		zend_ulong most_us = i < SD_LATENCIES - 1 ? (zend_ulong)SD_LATENCY_US(i) : ZEND_LONG_MAX;

		set_count(&count, statistics->latencies[i]);
		add_index_zval(&latencies, most_us, &count);
	}
	add_assoc_zval(array, "latency", &latencies);
}

/* A path as a list of servers has it. */
static zend_string *listed_path(const char *path)
{
	smart_str listed = {0};

	for (; *path != '\0'; path++) {
		if (*path == ' ' || *path == ',' || *path == '?' || *path == '%') {
			smart_str_append_printf(&listed, "%%%02X", (unsigned)*path);
		} else {
			smart_str_appendc(&listed, *path);
		}
	}
	return smart_str_extract(&listed);
}

zend_string *php_sharedance_address_of(const struct sd_server *server)
{
	bool is_bare_ipv6 = server->host[0] != '[' && strchr(server->host, ':') != NULL;

	if (sd_server_unix_path(server) != NULL) {
		return listed_path(server->host);
	}
	return zend_strpprintf(0, is_bare_ipv6 ? "[%s]:%u" : "%s:%u", server->host, server->port);
}

void php_sharedance_info_add_statistics(zval *array, const struct sd_server *server, bool of_all)
{
	static const struct sd_statistics nothing;
	struct sd_server_info info = {.statistics = &nothing};
	const struct sd_statistics *statistics;
	zend_string *address = php_sharedance_address_of(server);
	zval element;

	(void)sd_network_info(php_sharedance_network(), server, &info);
	statistics = of_all ? &info.all : info.statistics;
	array_init(&element);
	add_count(&element, "operations", statistics->operations);
	add_count(&element, "bytes_sent", statistics->bytes.sent);
	add_count(&element, "bytes_received", statistics->bytes.received);
	add_count(&element, "misses", statistics->misses);
	add_count(&element, "failures", statistics->failures);
	add_count(&element, "failovers", statistics->failovers);
	add_count(&element, "repairs", statistics->repairs);
	add_count(&element, "timeouts", statistics->timeouts);
	add_count(&element, "connect_timeouts", statistics->connect_timeouts);
	add_count(&element, "skipped", statistics->skipped);
	add_latencies(&element, statistics);
	zend_hash_update(Z_ARRVAL_P(array), address, &element);
	zend_string_release(address);
}

/* }}} */

/* {{{ phpinfo() */

static const char *dash_if_empty(const char *text)
{
	return text == NULL || text[0] == '\0' ? "-" : text;
}

static void print_node(const struct sd_server_info *info)
{
	const struct sd_statistics *of = &info->all;
	char name[SD_SERVER_NAME_MAX];
	char *text;

	spprintf(&text, 0,
	         "%s, %s, version %s, connections %u, failures of all workers %" PRIu64
	         ", the last: %s",
	         state_name(info->marks.state), dash_if_empty(sd_protocol_name(info->protocol)),
	         dash_if_empty(info->version), info->connections, info->marks.failures,
	         dash_if_empty(info->marks.reason));
	php_info_print_table_row(2, sd_server_name(info->server, name), text);
	efree(text);
	spprintf(&text, 0,
	         "operations %" PRIu64 ", bytes sent %" PRIu64 ", received %" PRIu64 ", misses %" PRIu64
	         ", failures %" PRIu64 ", failovers %" PRIu64 ", repairs %" PRIu64 ", timeouts %" PRIu64
	         ", skipped %" PRIu64,
	         of->operations, of->bytes.sent, of->bytes.received, of->misses, of->failures,
	         of->failovers, of->repairs, of->timeouts, of->skipped);
	php_info_print_table_row(2, "counted by all workers", text);
	efree(text);
}

static void print_servers(void)
{
	const struct sd_dead_marks *marks = php_sharedance_dead_marks();
	struct sd_server_info info;

	php_info_print_table_start();
	php_info_print_table_row(2, "Dead marks",
	                         sd_dead_marks_is_shared(marks) ? "shared by all workers"
	                                                        : "of each process for itself");
	for (size_t i = 0; sd_network_info_at(php_sharedance_network(), i, &info); i++) {
		print_node(&info);
	}
	php_info_print_table_end();
}

void php_sharedance_info_print(void)
{
	php_info_print_table_start();
	php_info_print_table_row(2, "Sharedance support", "enabled");
	php_info_print_table_row(2, "Version", PHP_SHAREDANCE_VERSION);
	php_info_print_table_row(2, "Protocols", PHP_SHAREDANCE_PROTOCOLS);
	php_info_print_table_end();
	print_servers();
}

/* }}} */
