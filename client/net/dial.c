/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Connecting; see dial.h. */

#include "client/net/dial.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FRESH_MS 1000    /* how long addresses are not looked up again, */
#define STALE_MS 3600000 /* and how long they are used if they cannot be looked up */
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

/* Tries the current address and those after it. False: none is left, and the name is to be looked
 * up next time: another machine may have it. */
static bool try_addresses(struct sd_dial *dial)
{
	for (; dial->current < dial->count; dial->current++) {
		dial->try_deadline_ms = deadline_of_try(dial);
		dial->pause_ms = FIRST_PAUSE_MS;
		if (try_address(dial)) {
			return true;
		}
	}
	dial->known->is_doubtful = true;
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

static bool are_fresh(const struct sd_addresses *known, int64_t now_ms)
{
	return known->count > 0 && !known->is_doubtful && now_ms - known->found_ms < FRESH_MS;
}

static bool are_usable(const struct sd_addresses *known, int64_t now_ms)
{
	return known->count > 0 && now_ms - known->found_ms < STALE_MS;
}

static bool try_known(struct sd_dial *dial)
{
	dial->count = dial->known->count;
	memcpy(dial->addresses, dial->known->each, dial->count * sizeof(dial->addresses[0]));
	return try_addresses(dial);
}

static bool try_found(struct sd_dial *dial, size_t count, int64_t now_ms)
{
	struct sd_addresses *known = dial->known;

	dial->count = known->count = count;
	memcpy(known->each, dial->addresses, count * sizeof(known->each[0]));
	known->found_ms = now_ms;
	known->is_doubtful = false;
	return try_addresses(dial);
}

/* There is no address, or only an old one. False: none. To ask for it again would cost a look-up,
 * so a name without an address is as a silent server. */
static bool end_without_addresses(struct sd_dial *dial, bool is_short, int64_t now_ms)
{
	if (are_usable(dial->known, now_ms)) {
		return try_known(dial);
	}
	dial->is_short |= is_short;
	set_evidence(dial, SD_EVIDENCE_SILENT);
	return false;
}

/* Tries the addresses if the look-up is over. False: it failed, or took too long. */
static bool continue_lookup(struct sd_dial *dial, enum sd_io result, const struct sd_found *found)
{
	int64_t now_ms = sd_platform_now_ms();

	switch (result) {
	case SD_IO_DONE:
		dial->lookup = NULL;
		return try_found(dial, found->count, now_ms);
	case SD_IO_AGAIN:
		if (now_ms < dial->lookup_deadline_ms) {
			dial->expires_ms = now_ms + SD_PLATFORM_PAUSE_MS;
			return true;
		}
		sd_resolver_abandon(dial->lookup);
		dial->lookup = NULL;
		(void)snprintf(dial->reason, sizeof(dial->reason), "the name was not looked up in time");
		dial->timed_out = true;
		return end_without_addresses(dial, /* is_short */ false, now_ms);
	default:
		dial->lookup = NULL;
		if (found->is_unknown) {
			dial->known->count = 0; /* the address may be another machine's by now */
		}
		return end_without_addresses(dial, found->is_short, now_ms);
	}
}

static bool look_up(struct sd_dial *dial, const struct sd_server *server, int64_t now_ms)
{
	struct sd_found found = room_for_addresses(dial);

	dial->lookup_deadline_ms = are_usable(dial->known, now_ms)
	                               ? now_ms + (dial->deadline_ms - now_ms) / 2
	                               : dial->deadline_ms;
	return continue_lookup(
		dial, sd_resolver_begin(server->host, server->port, &dial->lookup, &found), &found);
}

bool sd_dial_begin(struct sd_dial *dial, const struct sd_server *server, struct sd_addresses *known,
                   int64_t deadline_ms)
{
	const char *path = sd_server_unix_path(server);
	int64_t now_ms = sd_platform_now_ms();

	dial->socket = SD_NO_SOCKET;
	dial->lookup = NULL;
	dial->known = known;
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
	return are_fresh(known, now_ms) ? try_known(dial) : look_up(dial, server, now_ms);
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
