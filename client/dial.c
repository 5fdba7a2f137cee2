/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Connecting; see dial.h. */

#include "client/dial.h"

#include <inttypes.h>
#include <stdio.h>

void sd_dial_close(struct sd_dial *dial)
{
	if (dial->socket != SD_NO_SOCKET) {
		sd_platform_close(dial->socket);
		dial->socket = SD_NO_SOCKET;
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
		sd_dial_close(dial);
	}
	return false;
}

static bool try_next_address(struct sd_dial *dial)
{
	sd_dial_close(dial);
	dial->current++;
	return try_addresses(dial);
}

static size_t find_addresses(struct sd_dial *dial, struct sd_resolver *resolver,
                             const struct sd_server *server)
{
	const char *path = sd_server_unix_path(server);

	if (path != NULL) {
		return sd_platform_unix_address(path, &dial->addresses[0], dial->reason,
		                                sizeof(dial->reason));
	}
	return sd_resolver_lookup(resolver, server->host, server->port, dial->deadline_ms,
	                          dial->addresses, SD_DIAL_ADDRESSES_MAX, dial->reason,
	                          sizeof(dial->reason));
}

bool sd_dial_begin(struct sd_dial *dial, struct sd_resolver *resolver,
                   const struct sd_server *server, int64_t deadline_ms)
{
	dial->socket = SD_NO_SOCKET;
	dial->deadline_ms = deadline_ms;
	dial->current = 0;
	dial->timed_out = false;
	dial->count = find_addresses(dial, resolver, server);
	if (dial->count == 0) {
		dial->timed_out = sd_platform_now_ms() >= deadline_ms;
		return false;
	}
	return try_addresses(dial);
}

bool sd_dial_ready(struct sd_dial *dial, bool *up)
{
	*up = sd_platform_connect_result(dial->socket) == SD_IO_DONE;
	return *up || sd_dial_fail(dial);
}

bool sd_dial_expire(struct sd_dial *dial, int64_t began_ms)
{
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
