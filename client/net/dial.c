/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Connecting; see dial.h. */

#include "client/net/dial.h"

#include <inttypes.h>
#include <stdio.h>

#define FIRST_PAUSE_MS 1 /* before a full queue is tried again; then twice as long each time, */
#define LAST_PAUSE_MS 16 /* up to this */

static void close_socket(struct sd_dial *dial)
{
	if (dial->socket != SD_NO_SOCKET) {
		sd_platform_close(dial->socket);
		dial->socket = SD_NO_SOCKET;
	}
}

void sd_dial_close(struct sd_dial *dial)
{
	close_socket(dial);
	if (dial->lookup != NULL) {
		sd_resolver_abandon(dial->lookup);
		dial->lookup = NULL;
	}
}

/* {{{ what a failure shows */

/* Of several addresses the one counts that shows the most. */
static void set_evidence(struct sd_dial *dial, enum sd_evidence evidence)
{
	dial->evidence = evidence > dial->evidence ? evidence : dial->evidence;
}

/* The current address failed, by this thread's last error. */
static void add_evidence_of_error(struct sd_dial *dial)
{
	dial->is_short |= sd_platform_is_local_error();
	set_evidence(dial, sd_platform_is_timeout_error() ? SD_EVIDENCE_SILENT : SD_EVIDENCE_REFUSES);
	(void)sd_platform_error_text(dial->reason, sizeof(dial->reason));
	dial->timed_out = false;
}

/* The current address has had its time. */
static void set_silence(struct sd_dial *dial)
{
	bool is_queue = !sd_dial_has_socket(dial);

	/* TCP reports no full queue: the system's tables were full */
	dial->is_short |= is_queue && sd_system_is_tcp(&dial->addresses[dial->current]);
	set_evidence(dial, SD_EVIDENCE_SILENT);
	dial->timed_out = true;
}

/* }}} */

/* The addresses of a name share the remaining time, so that a dead one leaves some to the next. */
static int64_t deadline_of_try(const struct sd_dial *dial)
{
	int64_t now_ms = sd_platform_now_ms();

	return now_ms + (dial->deadline_ms - now_ms) / (int64_t)(dial->count - dial->current);
}

/* The queue of the current address is full: it is tried again after a pause, until its time is
 * over. */
static void pause_try(struct sd_dial *dial)
{
	int64_t until_ms = sd_platform_now_ms() + dial->pause_ms;

	dial->expires_ms = until_ms < dial->try_deadline_ms ? until_ms : dial->try_deadline_ms;
	dial->pause_ms = 2 * dial->pause_ms < LAST_PAUSE_MS ? 2 * dial->pause_ms : LAST_PAUSE_MS;
}

/* Begins to connect to the current address. False: it fails, and `reason` says why. */
static bool try_address(struct sd_dial *dial)
{
	switch (sd_platform_connect(&dial->addresses[dial->current], &dial->socket)) {
	case SD_CONNECT_BEGUN:
		dial->expires_ms = dial->try_deadline_ms;
		return true;
	case SD_CONNECT_LATER:
		close_socket(dial);
		pause_try(dial);
		return true;
	default:
		add_evidence_of_error(dial);
		close_socket(dial);
		return false;
	}
}

/* Tries the current address and those after it. False: none is left. */
static bool try_addresses(struct sd_dial *dial)
{
	for (; dial->current < dial->count; dial->current++) {
		dial->try_deadline_ms = deadline_of_try(dial);
		dial->pause_ms = FIRST_PAUSE_MS;
		if (try_address(dial)) {
			return true;
		}
	}
	return false;
}

static bool try_next_address(struct sd_dial *dial)
{
	close_socket(dial);
	dial->current++;
	return try_addresses(dial);
}

static struct sd_found room_for_addresses(struct sd_dial *dial)
{
	return (struct sd_found){.addresses = dial->addresses,
	                         .max = SD_DIAL_ADDRESSES_MAX,
	                         .reason = dial->reason,
	                         .reason_size = sizeof(dial->reason)};
}

/* Tries the addresses if the look-up is over. False: it failed, or took too long. */
static bool continue_lookup(struct sd_dial *dial, enum sd_io result, const struct sd_found *found)
{
	int64_t now_ms = sd_platform_now_ms();

	switch (result) {
	case SD_IO_DONE:
		dial->lookup = NULL;
		dial->count = found->count;
		return try_addresses(dial);
	case SD_IO_AGAIN:
		if (now_ms < dial->deadline_ms) {
			dial->expires_ms = now_ms + SD_PLATFORM_PAUSE_MS;
			return true;
		}
		(void)snprintf(dial->reason, sizeof(dial->reason), "the name was not looked up in time");
		dial->timed_out = true;
		set_evidence(dial, SD_EVIDENCE_SILENT);
		return false;
	default:
		dial->lookup = NULL;
		dial->is_short |= found->is_short;
		set_evidence(dial, SD_EVIDENCE_SILENT); /* to ask again would cost a look-up */
		return false;
	}
}

bool sd_dial_begin(struct sd_dial *dial, const struct sd_server *server, int64_t deadline_ms)
{
	const char *path = sd_server_unix_path(server);
	struct sd_found found = room_for_addresses(dial);

	dial->socket = SD_NO_SOCKET;
	dial->lookup = NULL;
	dial->deadline_ms = deadline_ms;
	dial->current = 0;
	dial->count = 0;
	dial->timed_out = dial->is_short = false;
	dial->evidence = SD_EVIDENCE_NONE;
	if (path != NULL) {
		dial->count =
			sd_platform_unix_address(path, &dial->addresses[0], dial->reason, sizeof(dial->reason));
		return dial->count > 0 && try_addresses(dial);
	}
	return continue_lookup(
		dial, sd_resolver_begin(server->host, server->port, &dial->lookup, &found), &found);
}

bool sd_dial_ready(struct sd_dial *dial)
{
	return sd_platform_connect_result(dial->socket) == SD_IO_DONE || sd_dial_fail(dial);
}

bool sd_dial_expire(struct sd_dial *dial, int64_t began_ms)
{
	struct sd_found found = room_for_addresses(dial);
	int64_t now_ms = sd_platform_now_ms();

	if (dial->lookup != NULL) {
		return continue_lookup(dial, sd_resolver_poll(dial->lookup, &found), &found);
	}
	if (!sd_dial_has_socket(dial) && now_ms < dial->try_deadline_ms) {
		return try_address(dial) || try_next_address(dial);
	}
	(void)snprintf(dial->reason, sizeof(dial->reason), "not connected within %" PRId64 " ms%s",
	               now_ms - began_ms,
	               sd_dial_has_socket(dial) ? "" : ", its queue of connections was full");
	set_silence(dial);
	return try_next_address(dial);
}

bool sd_dial_fail(struct sd_dial *dial)
{
	add_evidence_of_error(dial);
	return try_next_address(dial);
}
