/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Connecting; see dial.h. */

#include "client/net/dial.h"

#include <inttypes.h>
#include <stdio.h>

#define LOOKUP_PAUSE_MS 5 /* between two looks at whether a name has been looked up */

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
		sd_resolver_abandon(dial->resolver, dial->lookup);
		dial->lookup = NULL;
	}
}

/* A name's addresses share the time there is: a dead one must leave some to the next. */
static int64_t share_of_time(const struct sd_dial *dial)
{
	int64_t now_ms = sd_platform_now_ms();

	return now_ms + (dial->deadline_ms - now_ms) / (int64_t)(dial->count - dial->current);
}

/* Tries the addresses from the current one on. */
static bool try_addresses(struct sd_dial *dial)
{
	for (; dial->current < dial->count; dial->current++) {
		dial->try_deadline_ms = share_of_time(dial);
		if (sd_platform_connect(&dial->addresses[dial->current], &dial->socket) != SD_IO_FAILED) {
			return true;
		}
		(void)sd_platform_error_text(dial->reason, sizeof(dial->reason));
		dial->timed_out = false;
		close_socket(dial);
	}
	return false;
}

static bool try_next_address(struct sd_dial *dial)
{
	close_socket(dial);
	dial->current++;
	return try_addresses(dial);
}

static struct sd_found found_by(struct sd_dial *dial)
{
	return (struct sd_found){.addresses = dial->addresses,
	                         .max = SD_DIAL_ADDRESSES_MAX,
	                         .reason = dial->reason,
	                         .reason_size = sizeof(dial->reason)};
}

/* Goes on where the look-up is over. */
static bool go_on(struct sd_dial *dial, enum sd_io looked_up, const struct sd_found *found)
{
	int64_t now_ms = sd_platform_now_ms();

	switch (looked_up) {
	case SD_IO_DONE:
		dial->lookup = NULL;
		dial->count = found->count;
		return try_addresses(dial);
	case SD_IO_AGAIN:
		if (now_ms < dial->deadline_ms) {
			dial->try_deadline_ms = now_ms + LOOKUP_PAUSE_MS;
			return true;
		}
		(void)snprintf(dial->reason, sizeof(dial->reason), "the name was not looked up in time");
		dial->timed_out = true;
		return false;
	default:
		dial->lookup = NULL;
		return false;
	}
}

bool sd_dial_begin(struct sd_dial *dial, struct sd_resolver *resolver,
                   const struct sd_server *server, int64_t deadline_ms)
{
	const char *path = sd_server_unix_path(server);
	struct sd_found found = found_by(dial);

	dial->socket = SD_NO_SOCKET;
	dial->resolver = resolver;
	dial->lookup = NULL;
	dial->deadline_ms = deadline_ms;
	dial->current = 0;
	dial->count = 0;
	dial->timed_out = false;
	if (path != NULL) {
		dial->count = sd_platform_unix_address(path, &dial->addresses[0], dial->reason,
		                                       sizeof(dial->reason));
		return dial->count > 0 && try_addresses(dial);
	}
	return go_on(dial,
	             sd_resolver_begin(resolver, server->host, server->port, &dial->lookup, &found),
	             &found);
}

bool sd_dial_is_looking_up(const struct sd_dial *dial)
{
	return dial->lookup != NULL;
}

bool sd_dial_ready(struct sd_dial *dial, bool *up)
{
	*up = sd_platform_connect_result(dial->socket) == SD_IO_DONE;
	return *up || sd_dial_fail(dial);
}

bool sd_dial_expire(struct sd_dial *dial, int64_t began_ms)
{
	struct sd_found found = found_by(dial);

	if (dial->lookup != NULL) {
		return go_on(dial, sd_resolver_look(dial->lookup, &found), &found);
	}
	(void)snprintf(dial->reason, sizeof(dial->reason), "not connected within %" PRId64 " ms",
	               sd_platform_now_ms() - began_ms);
	dial->timed_out = true;
	return try_next_address(dial);
}

bool sd_dial_fail(struct sd_dial *dial)
{
	(void)sd_platform_error_text(dial->reason, sizeof(dial->reason));
	dial->timed_out = false;
	return try_next_address(dial);
}
