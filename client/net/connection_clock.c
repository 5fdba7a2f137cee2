/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What time a server has, as a kept connection knows it; see connection_clock.h. */

#include "client/net/connection_clock.h"

#include <stddef.h>

#define CLOCK_TOLD_US 1000000 /* for so long the time that a server told is believed */

void sd_connection_set_clock(struct sd_connection *connection, int64_t asked_us)
{
	int64_t now_us = sd_system_monotonic_us();
	const struct sd_server_clock_asked asked = {
		.asked_us = asked_us,
		.answered_us = now_us,
		.own_us = sd_system_wall_us() - now_us,
	};

	connection->told_us = asked_us;
	sd_server_clock_set(&connection->clock, connection->greeting.wall_us, &asked);
}

/* Asks for the time, behind all else, unless that is under way. */
static void ask_for_time(struct sd_connection *connection, struct sd_exchange *doubtful,
                         int64_t now_us)
{
	struct sd_exchange *question = &connection->question;

	if (connection->doubtful != NULL || connection->must_close) {
		return;
	}
	connection->doubtful = doubtful;
	connection->asked_us = now_us;
	*question = *doubtful; /* by its deadlines */
	sd_exchange_init(question);
	question->request.kind = SD_GREET;
	question->queued = NULL;
	connection->tail->queued = question;
	connection->tail = question;
	if (connection->unsent == NULL) {
		connection->unsent = question;
	}
	connection->must_send = true;
}

/* What is too far ahead is reported, and not followed. */
static void judge(struct sd_connection *connection, struct sd_exchange *exchange, int64_t now_us)
{
	struct sd_reply *reply = &exchange->reply;

	reply->is_doubtful = false;
	reply->far_ahead = sd_server_clock_is_exceeded(&connection->clock, reply->version, now_us);
	if (!reply->far_ahead) {
		sd_hybrid_clock_observe(&connection->facts->versions, reply->version);
	}
}

void sd_connection_take_far_version(struct sd_connection *connection, struct sd_exchange *exchange)
{
	int64_t now_us = sd_system_monotonic_us();
	bool is_told_lately =
		connection->clock.offset_us == 0 || now_us - connection->told_us < CLOCK_TOLD_US;

	judge(connection, exchange, now_us);
	if (exchange->reply.far_ahead && !is_told_lately) {
		exchange->reply.far_ahead = false;
		exchange->reply.is_doubtful = true;
		ask_for_time(connection, exchange, now_us);
	}
}

bool sd_connection_take_time(struct sd_connection *connection, const struct sd_meta_reply *answer)
{
	if (!sd_greeting_take_itself(&connection->greeting, answer)) {
		return false;
	}
	sd_connection_set_clock(connection, connection->asked_us);
	if (!sd_connection_leads_elsewhere(connection)) {
		connection->facts->clock = connection->clock;
	}
	for (struct sd_exchange *each = connection->doubtful; each != &connection->question;
	     each = each->queued) {
		if (each->reply.is_doubtful) {
			judge(connection, each, sd_system_monotonic_us());
		}
	}
	connection->doubtful = NULL;
	connection->head = NULL;
	return true;
}
