/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What time the server has that a kept connection leads to, and which versions are too far ahead of
 * it. The greeting tells the time, and the clock may be set later. If a version looks too far ahead
 * of a time that was told long ago, the server is asked for it once more. The question goes out on
 * the same connection, behind all that was asked, and has the same deadline. For connection.c only.
 */

#ifndef SD_CONNECTION_CLOCK_H
#define SD_CONNECTION_CLOCK_H

#include "client/net/connection.h"

/* The server has told the time, if it does so, when it was asked at `asked_us`. */
void sd_connection_set_clock(struct sd_connection *connection, int64_t asked_us);

/* For sd_connection_take_version(): the version may be too far ahead, which depends on the time. */
void sd_connection_take_far_version(struct sd_connection *connection, struct sd_exchange *exchange);

/* The reply has a version: it is followed, unless it is too far ahead. */
static inline void sd_connection_take_version(struct sd_connection *connection,
                                              struct sd_exchange *exchange)
{
	if (exchange->reply.version > connection->clock.limit) {
		sd_connection_take_far_version(connection, exchange);
	} else {
		sd_hybrid_clock_observe(&connection->facts->versions, exchange->reply.version);
	}
}

/* Takes the answer to `question`, and judges the versions that were in doubt. False: the answer is
 * not one to that question. */
bool sd_connection_take_time(struct sd_connection *connection, const struct sd_meta_reply *answer);

#endif
