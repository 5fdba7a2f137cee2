/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A server as one thread knows it; see node.h. */

#include "client/net/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/net/platform.h"

#define SEEK_PAUSE_MS 1000 /* before a full table is looked through again */
_Static_assert(SD_MARK_VERSION_MAX == SD_GREETING_VERSION_MAX, "both have all of a version");
_Static_assert(sizeof(struct sd_statistics) == SD_COUNTERS * sizeof(uint64_t), "all are counters");

#define LINE_MAX_BYTES (SD_SERVER_NAME_MAX + SD_REASON_MAX + 64)

struct sd_node *sd_node_new(const struct sd_server *server, struct sd_connection_shared *shared,
                            struct sd_dead_marks *marks)
{
	struct sd_node *node = calloc(1, sizeof(*node));

	if (node != NULL) {
		node->server = *server;
		node->shared = shared;
		node->marks = marks;
		sd_node_find_mark(node, sd_platform_now_ms());
		node->began_us = node->sought_ms * 1000;
	}
	return node;
}

struct sd_connection *sd_node_make_connection(struct sd_node *node, enum sd_purpose purpose)
{
	struct sd_connection *connection = calloc(1, sizeof(*connection));

	if (connection != NULL) {
		sd_connection_init(connection, node->shared, node, &node->facts, &node->statistics.bytes);
		node->connections[purpose] = connection; /* at once: nothing is lost by a longjmp */
	}
	return connection;
}

void sd_node_free_connection(struct sd_node *node, enum sd_purpose purpose)
{
	if (node->connections[purpose] != NULL) {
		sd_connection_close(node->connections[purpose]);
		free(node->connections[purpose]);
		node->connections[purpose] = NULL;
	}
}

void sd_node_free(struct sd_node *node)
{
	for (int i = 0; i < SD_PURPOSES; i++) {
		sd_node_free_connection(node, (enum sd_purpose)i);
	}
	free(node);
}

void sd_node_find_mark(struct sd_node *node, int64_t now_ms)
{
	bool is_found =
		sd_dead_marks_find(node->marks, &node->server, sd_platform_user(), now_ms, &node->mark);

	node->finding = is_found ? sd_mark_finding(&node->mark) : &node->own_finding;
	node->identity = is_found ? sd_mark_identity(&node->mark) : &node->own_identity;
	node->sought_ms = now_ms;
}

/* {{{ whether it may be asked */

/* The slot may have been given to another server, or there was none. */
static bool has_lost_mark(const struct sd_node *node, int64_t now_ms)
{
	return node->mark.slot != NULL ? !sd_mark_has_slot(&node->mark)
	                               : now_ms - node->sought_ms >= SEEK_PAUSE_MS;
}

void sd_node_find_lost_mark(struct sd_node *node, int64_t now_ms)
{
	if (has_lost_mark(node, now_ms)) {
		sd_node_find_mark(node, now_ms);
	}
}

static void count(struct sd_node *node, size_t counter)
{
	((uint64_t *)&node->statistics)[counter]++;
	if (node->mark.slot != NULL) {
		sd_mark_count(&node->mark, counter, 1);
	}
}

static void end_as_dead(struct sd_node *node, struct sd_exchange *exchange, int64_t now_ms)
{
	struct sd_mark_info info;

	sd_mark_info(&node->mark, &info);
	sd_exchange_end(
		exchange, SD_DEAD,
		"marked dead %.1f s ago for all PHP workers of this user: %s; tried again in %.1f s",
		(double)(now_ms - info.since_ms) / 1000, info.reason,
		info.until_ms > now_ms ? (double)(info.until_ms - now_ms) / 1000 : 0.0);
	count(node, SD_COUNTER(skipped));
}

/* For how long a server that fails is left alone: as php.ini says at most, whatever a script sets.
 */
static int64_t retry_interval_ms(const struct sd_options *options)
{
	const struct sd_marking *marking = &options->marking;

	return options->retry_interval_ms < marking->retry_interval_ms ? options->retry_interval_ms
	                                                               : marking->retry_interval_ms;
}

/* For how long a probe keeps others from the server: for as long as php.ini's limits let it take,
 * whatever a script sets. If it is killed, nobody tries meanwhile. One whose silence marks nobody
 * keeps nobody from it. */
static int64_t lease_ms(const struct sd_options *options, const struct sd_exchange *exchange,
                        int64_t now_ms)
{
	int64_t left_ms = exchange->deadline_ms - now_ms;
	int64_t interval_ms = retry_interval_ms(options);

	if (exchange->hurried) {
		return SD_NO_LEASE;
	}
	if (left_ms > options->marking.timeout_ms) {
		left_ms = options->marking.timeout_ms;
	}
	return left_ms > interval_ms ? left_ms : interval_ms;
}

/* Whether the server may be asked, by a mark that is found again if it was lost. */
static enum sd_admission admit(struct sd_node *node, const struct sd_options *options,
                               const struct sd_exchange *exchange, int64_t now_ms)
{
	sd_node_find_lost_mark(node, now_ms);
	return node->mark.slot == NULL
	           ? SD_ADMITTED
	           : sd_mark_admit(&node->mark, now_ms, lease_ms(options, exchange, now_ms));
}

void sd_node_begin(struct sd_node *node, uint64_t round, const struct sd_options *options,
                   const struct sd_exchange *exchange, int64_t now_us)
{
	int64_t now_ms = now_us / 1000;

	node->round = round;
	node->has_failed = false;
	node->began_us = node->ended_us = now_us;
	node->admission = node->mark.slot != NULL && sd_mark_is_alive(&node->mark)
	                      ? SD_ADMITTED_ALIVE
	                      : admit(node, options, exchange, now_ms);
	node->has_answered = node->admission == SD_ADMITTED_ALIVE;
	node->is_classic =
		sd_finding_protocol(node->finding) == SD_PROTOCOL_CLASSIC &&
		sd_finding_is_still_classic(node->finding, now_ms, options->retry_interval_ms);
}

bool sd_node_insists(struct sd_node *node, struct sd_exchange *exchange)
{
	bool gives_back = exchange->request.kind == SD_UNLOCK;

	if (exchange->request.insists && (gives_back || sd_mark_refusing_since(&node->mark) != 0)) {
		node->admission = SD_INSISTED;
		return true;
	}
	end_as_dead(node, exchange, node->began_us / 1000);
	return false;
}

bool sd_node_is_dead(const struct sd_node *node, int64_t now_ms)
{
	return node->mark.slot != NULL && sd_mark_is_dead(&node->mark, now_ms);
}

bool sd_node_skips(struct sd_node *node, struct sd_exchange *exchange, int64_t now_ms)
{
	if (!sd_node_is_dead(node, now_ms) ||
	    (exchange->request.insists && sd_mark_refusing_since(&node->mark) != 0)) {
		return false;
	}
	end_as_dead(node, exchange, now_ms);
	return true;
}

int64_t sd_node_refusing_since(const struct sd_node *node)
{
	return node->mark.slot != NULL ? sd_mark_refusing_since(&node->mark) : node->own_refused_ms;
}

bool sd_node_is_given_up(const struct sd_node *node, int64_t heard_ms, int64_t now_ms,
                         char reason[SD_REASON_MAX])
{
	struct sd_mark_info info;

	bool saw_mark = node->admission == SD_PROBES || node->admission == SD_HURRIES ||
	                node->admission == SD_INSISTED;

	if (node->mark.slot == NULL || saw_mark || !sd_mark_is_dead(&node->mark, now_ms) ||
	    !sd_mark_is_younger(&node->mark, heard_ms)) {
		return false;
	}
	sd_mark_info(&node->mark, &info);
	(void)snprintf(reason, SD_REASON_MAX,
	               "marked dead meanwhile for all PHP workers of this user: %s", info.reason);
	return true;
}

/* }}} */

/* {{{ accounts */

static void report(const struct sd_node *node, sd_node_log *log, const char *what)
{
	char line[LINE_MAX_BYTES];
	char name[SD_SERVER_NAME_MAX];

	(void)snprintf(line, sizeof(line), "%s %s", sd_server_name(&node->server, name), what);
	log(line);
}

/* For how long a server that failed is not tried. Machines that lost a server at the same time must
 * not all try it again at the same time. */
static int64_t pause_ms(struct sd_node *node, const struct sd_options *options,
                        enum sd_evidence evidence)
{
	int64_t interval_ms = retry_interval_ms(options);

	if (evidence != SD_EVIDENCE_SILENT) {
		return interval_ms;
	}
	return interval_ms +
	       (int64_t)(sd_connection_random(node->shared) >> 33) % (interval_ms / 5 + 1);
}

/* What the failure shows, if the exchange had the time that it takes to show it. */
static enum sd_evidence evidence_of(const struct sd_exchange *exchange)
{
	bool is_silent = exchange->evidence == SD_EVIDENCE_SILENT;

	return is_silent && exchange->hurried ? SD_EVIDENCE_NONE : exchange->evidence;
}

/* The server did not answer, or its answer could not be used. */
static void report_failure(struct sd_node *node, const struct sd_options *options, sd_node_log *log,
                           const struct sd_exchange *exchange, struct sd_mark_try *how)
{
	enum sd_evidence evidence = evidence_of(exchange);
	char text[SD_REASON_MAX + 96];
	struct sd_mark_info info;

	how->began_ms = exchange->sent_ms != 0 ? exchange->sent_ms : how->began_ms;
	how->interval_ms = pause_ms(node, options, evidence);
	if (sd_mark_failed(&node->mark, how, evidence, exchange->reply.reason)) {
		sd_mark_info(&node->mark, &info);
		(void)snprintf(text, sizeof(text),
		               "is marked dead for all PHP workers of this user: %s; tried again in %.1f s",
		               exchange->reply.reason,
		               info.until_ms > how->now_ms ? (double)(info.until_ms - how->now_ms) / 1000
		                                           : 0.0);
		report(node, log, text);
	}
}

static void report_success(struct sd_node *node, sd_node_log *log, const struct sd_mark_try *how)
{
	char text[48];
	int64_t dead_ms;

	if (sd_mark_answered(&node->mark, how, &dead_ms)) {
		(void)snprintf(text, sizeof(text), "is alive again, after %.1f s", (double)dead_ms / 1000);
		report(node, log, text);
	}
}

/* Whether the server itself is at fault, not the request or the memory of the caller. */
static bool is_servers_fault(enum sd_status status)
{
	return status == SD_UNREACHABLE || status == SD_TIMEOUT || status == SD_CLOSED ||
	       status == SD_BAD_ANSWER;
}

/* The table has no room for the server, so this thread goes by what it met itself. */
static void record_refusal(struct sd_node *node, bool is_fault, enum sd_evidence evidence,
                           int64_t now_ms)
{
	bool is_first = node->own_refused_ms == 0 || now_ms > node->own_failed_ms + SD_MARK_OUTAGE_MS;

	if (!is_fault) {
		node->own_refused_ms = 0;
		return;
	}
	if (is_first) {
		node->own_refused_ms = evidence == SD_EVIDENCE_REFUSES ? now_ms : 0;
	}
	node->own_failed_ms = now_ms;
}

static void mark_server(struct sd_node *node, const struct sd_options *options, sd_node_log *log,
                        const struct sd_exchange *exchange)
{
	bool is_fault = is_servers_fault(exchange->reply.status);
	bool *is_reported = is_fault ? &node->has_failed : &node->has_answered;
	struct sd_mark_try how = {.admission = node->admission,
	                          .began_ms = node->began_us / 1000,
	                          .now_ms = node->ended_us / 1000};

	if (exchange->reply.status == SD_DEAD || *is_reported) {
		return;
	}
	*is_reported = true;
	if (node->mark.slot == NULL) {
		record_refusal(node, is_fault, exchange->evidence, how.now_ms);
	} else if (is_fault) {
		report_failure(node, options, log, exchange, &how);
	} else {
		report_success(node, log, &how);
	}
}

/* Counts a reply that is not SD_OK. */
static void count_reply(struct sd_node *node, const struct sd_exchange *exchange)
{
	enum sd_request_kind kind = exchange->request.kind;
	enum sd_status status = exchange->reply.status;

	if (status == SD_ABSENT && (sd_request_reads(kind) || kind == SD_ARITHMETIC)) {
		count(node, SD_COUNTER(misses));
	}
	/* what a protocol does not have is not the server's failure: it was not asked */
	if (sd_status_is_failure(status) && status != SD_UNSUPPORTED) {
		count(node, SD_COUNTER(failures));
	}
	if (exchange->timed_out && !node->has_failed) {
		count(node, SD_COUNTER(timeouts));
		if (status == SD_UNREACHABLE) {
			count(node, SD_COUNTER(connect_timeouts));
		}
	}
}

void sd_node_account(struct sd_node *node, const struct sd_options *options, sd_node_log *log,
                     const struct sd_exchange *exchange)
{
	if (node->admission == SD_SKIPPED) {
		return;
	}
	if (exchange->reply.status != SD_OK) {
		count_reply(node, exchange);
		if (is_servers_fault(exchange->reply.status)) {
			sd_node_find_lost_mark(node, node->ended_us / 1000);
			sd_finding_forget_classic(node->finding);
		}
	}
	mark_server(node, options, log, exchange);
}

void sd_node_count(struct sd_node *node, enum sd_event event)
{
	switch (event) {
	case SD_FAILED_OVER:
		count(node, SD_COUNTER(failovers));
		break;
	case SD_REPAIRED:
		count(node, SD_COUNTER(repairs));
		break;
	}
}

/* }}} */

/* Only a server that says what is unproven uses it. With more locks on the connection than that of
 * the session that was read, others' would end with it. */
bool sd_node_has_told_ttl(struct sd_node *node, const struct sd_options *options,
                          const struct sd_exchange *exchange)
{
	struct sd_connection *connection = node->connections[sd_node_purpose(exchange)];

	if (connection == NULL || !connection->greeting.has_unproven) {
		return true;
	}
	if (connection->told_ttl_s < sd_options_session_ttl_s(options)) {
		if (connection->locks <= 1) {
			sd_connection_close(connection);
		}
		return false;
	}
	return connection->number == exchange->reply.connection;
}

void sd_node_share_greeting(struct sd_node *node)
{
	const struct sd_greeting *greeting = &node->facts.greeting;

	/* workers that go by the same offset agree on who was first */
	if (node->mark.slot != NULL) {
		sd_mark_set_clock(&node->mark,
		                  sd_server_clock_merge(&node->facts.clock, sd_mark_clock(&node->mark)));
		sd_mark_set_greeting(&node->mark, greeting->version, greeting->has_unproven,
		                     greeting->unproven);
	}
}

void sd_node_info(const struct sd_node *node, const struct sd_server *server,
                  struct sd_server_info *info)
{
	enum sd_protocol by_hand = server->protocol;
	const struct sd_greeting *greeting = &node->facts.greeting;
	int64_t wall_minus_monotonic_ms = sd_system_wall_us() / 1000 - sd_platform_now_ms();

	*info = (struct sd_server_info){
		.server = server,
		.protocol = by_hand != SD_PROTOCOL_UNKNOWN ? by_hand : sd_finding_protocol(node->finding),
		.connections = sd_node_connections_up(node),
		.has_unproven = greeting->has_unproven,
		.unproven = greeting->unproven,
		.statistics = &node->statistics,
		.all = node->statistics};
	memcpy(info->version, greeting->version, sizeof(info->version));
	if (node->mark.slot != NULL) {
		sd_mark_info(&node->mark, &info->marks);
		sd_mark_statistics(&node->mark, &info->all);
	}
	if (info->marks.version[0] != '\0') { /* the last greeting, of whichever worker */
		memcpy(info->version, info->marks.version, sizeof(info->version));
		info->has_unproven = info->marks.has_unproven;
		info->unproven = info->marks.unproven;
	}
	info->since_s = (double)(info->marks.since_ms + wall_minus_monotonic_ms) / 1000;
	info->until_s = (double)(info->marks.until_ms + wall_minus_monotonic_ms) / 1000;
}
