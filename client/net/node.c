/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A server as one thread knows it; see place.h. */

#include "client/net/node.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/net/platform.h"

#define LINE_MAX_BYTES (SD_SERVER_NAME_MAX + SD_REASON_MAX + 64)

struct sd_place *sd_place_new(const struct sd_server *server, struct sd_link_shared *shared,
                              struct sd_health *health)
{
	struct sd_place *place = calloc(1, sizeof(*place));

	if (place != NULL) {
		place->server = *server;
		place->mark = sd_health_find(health, server);
		place->link.shared = shared;
		place->link.traffic = &place->statistics.bytes;
	}
	return place;
}

struct sd_place *sd_place_of_link(struct sd_link *link)
{
	return (struct sd_place *)(void *)((char *)link - offsetof(struct sd_place, link));
}

/* {{{ whether it may be asked */

static void end_as_dead(struct sd_place *place, struct sd_exchange *exchange, int64_t now_ms)
{
	struct sd_mark_view view;

	sd_mark_view(place->mark, &view);
	sd_exchange_end(exchange, SD_DEAD, "marked dead %.1f s ago: %s; tried again in %.1f s",
	                (double)(now_ms - view.since_ms) / 1000, view.reason,
	                view.until_ms > now_ms ? (double)(view.until_ms - now_ms) / 1000 : 0.0);
	place->statistics.skipped++;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void sd_place_begin(struct sd_place *place, uint64_t round, const struct sd_options *options,
                    const struct sd_exchange *exchange)
{
	int64_t now_ms;
	int64_t lease_ms;

	place->round = round;
	place->has_failed = place->has_answered = false;
	place->admission = SD_ADMITTED;
	place->began_us = place->ended_us = sd_platform_now_us();
	if (place->mark != NULL) {
		now_ms = place->began_us / 1000;
		lease_ms = later(options->retry_interval_ms, exchange->deadline_ms - now_ms);
		place->admission = sd_mark_admit(place->mark, now_ms, lease_ms);
	}
}

void sd_place_refuse(struct sd_place *place, struct sd_exchange *exchange)
{
	end_as_dead(place, exchange, place->began_us / 1000);
}

bool sd_place_skips(struct sd_place *place, struct sd_exchange *exchange, int64_t now_ms)
{
	if (place->mark == NULL || !sd_mark_is_dead(place->mark, now_ms)) {
		return false;
	}
	end_as_dead(place, exchange, now_ms);
	return true;
}

bool sd_place_is_given_up(const struct sd_place *place, size_t heard, char reason[SD_REASON_MAX])
{
	struct sd_mark_view view;

	if (heard > 0 || place->mark == NULL || place->admission != SD_ADMITTED ||
	    !sd_mark_is_dead(place->mark, sd_platform_now_ms())) {
		return false;
	}
	sd_mark_view(place->mark, &view);
	(void)snprintf(reason, SD_REASON_MAX, "marked dead meanwhile: %s", view.reason);
	return true;
}

/* }}} */

/* {{{ what became of it */

static void tell(const struct sd_place *place, sd_place_log *log, const char *what)
{
	char line[LINE_MAX_BYTES];
	char name[SD_SERVER_NAME_MAX];

	(void)snprintf(line, sizeof(line), "%s %s", sd_server_name(&place->server, name), what);
	log(line);
}

/* It did not answer, or not so that it could be used. */
static void blame(struct sd_place *place, const struct sd_options *options, sd_place_log *log,
                  const struct sd_exchange *exchange, const struct sd_mark_try *how)
{
	/* those that lost a server at the same time do not come back to it at the same time */
	int64_t interval_ms = options->retry_interval_ms;
	int64_t jitter_ms = (int64_t)(sd_link_chance(place->link.shared) >> 33) % (interval_ms / 5 + 1);
	bool is_silent = exchange->status == SD_UNREACHABLE ||
	                 (exchange->status == SD_TIMEOUT && !exchange->hurried);
	char text[SD_REASON_MAX + 48];

	/* one that is brought back from the dead has to answer by its protocol */
	if ((!is_silent && how->admission != SD_PROBES) || interval_ms == 0) {
		sd_mark_complain(place->mark, exchange->reason);
		return;
	}
	if (sd_mark_failed(place->mark, how, how->now_ms + interval_ms + jitter_ms, exchange->reason)) {
		(void)snprintf(text, sizeof(text), "is dead: %s; tried again in %.1f s", exchange->reason,
		               (double)(interval_ms + jitter_ms) / 1000);
		tell(place, log, text);
	}
}

static void praise(struct sd_place *place, sd_place_log *log, const struct sd_mark_try *how)
{
	char text[48];
	int64_t dead_ms;

	if (sd_mark_answered(place->mark, how, &dead_ms)) {
		(void)snprintf(text, sizeof(text), "is alive again, after %.1f s", (double)dead_ms / 1000);
		tell(place, log, text);
	}
}

/* The server itself is at fault, not what was asked of it or what the caller could take. */
static bool is_servers_fault(enum sd_status status)
{
	return status == SD_UNREACHABLE || status == SD_TIMEOUT || status == SD_CLOSED ||
	       status == SD_BAD_ANSWER;
}

static void mark(struct sd_place *place, const struct sd_options *options, sd_place_log *log,
                 const struct sd_exchange *exchange)
{
	bool is_fault = is_servers_fault(exchange->status);
	bool *is_told = is_fault ? &place->has_failed : &place->has_answered;
	const struct sd_mark_try how = {place->admission, place->began_us / 1000,
	                                place->ended_us / 1000};

	if (place->mark == NULL || exchange->status == SD_DEAD || *is_told) {
		return;
	}
	*is_told = true;
	if (is_fault) {
		blame(place, options, log, exchange, &how);
	} else {
		praise(place, log, &how);
	}
}

void sd_place_account(struct sd_place *place, const struct sd_options *options, sd_place_log *log,
                      const struct sd_exchange *exchange)
{
	struct sd_statistics *statistics = &place->statistics;
	bool reads = exchange->operation == SD_GET || exchange->operation == SD_LOOK ||
	             exchange->operation == SD_COUNT;

	if (place->admission == SD_SKIPPED) {
		return;
	}
	statistics->misses += reads && exchange->status == SD_ABSENT;
	statistics->failures += sd_status_is_failure(exchange->status);
	if (exchange->timed_out && !place->has_failed) {
		statistics->timeouts++;
		statistics->connect_timeouts += exchange->status == SD_UNREACHABLE;
	}
	mark(place, options, log, exchange);
}

void sd_place_finish(struct sd_place *place)
{
	int64_t took_us;
	size_t i = 0;

	place->ended_us = sd_platform_now_us();
	took_us = place->ended_us - place->began_us;
	while (i < SD_LATENCIES - 1 && took_us > SD_LATENCY_US(i)) {
		i++;
	}
	place->statistics.latencies[i]++;
}

void sd_place_note(struct sd_place *place, enum sd_note note)
{
	switch (note) {
	case SD_FAILED_OVER:
		place->statistics.failovers++;
		break;
	case SD_REPAIRED:
		place->statistics.repairs++;
		break;
	}
}

/* }}} */

void sd_place_view(const struct sd_place *place, struct sd_server_view *view)
{
	int64_t epoch_ms = sd_platform_wall_us() / 1000 - sd_platform_now_ms();

	*view = (struct sd_server_view){.server = &place->server,
	                                .protocol = place->protocol,
	                                .version = place->link.version,
	                                .connections = place->link.phase == SD_LINK_READY,
	                                .statistics = &place->statistics};
	if (place->mark != NULL) {
		sd_mark_view(place->mark, &view->health);
	}
	view->since_s = (double)(view->health.since_ms + epoch_ms) / 1000;
	view->until_s = (double)(view->health.until_ms + epoch_ms) / 1000;
}
