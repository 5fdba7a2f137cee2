/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * How a kept connection begins and ends: it is opened, fails, or is given up for a new one, on
 * which what may be repeated is sent once more. For connection.c only.
 */

#ifndef SD_CONNECTION_OPEN_H
#define SD_CONNECTION_OPEN_H

#include "client/net/connection.h"

/* Opens a new connection for the exchanges, at the first address that takes it. */
enum sd_channel_state sd_connection_open(struct sd_connection *connection);

/* Sends the greeting to the current address, or to the next that takes it. */
enum sd_channel_state sd_connection_try_greeting(struct sd_connection *connection);

/* Ends all exchanges without an answer, and closes. */
enum sd_channel_state sd_connection_fail(struct sd_connection *connection, enum sd_status status,
                                         const char *reason);

/* A new connection is about to be opened for the exchanges, of whose time something may be gone. */
void sd_connection_begin_attempt(struct sd_connection *connection);

/* The connection broke. If it was kept from an earlier operation, the server may have closed it
 * meanwhile: then, unless a byte of an answer has come, what may be repeated is. */
enum sd_channel_state sd_connection_fail_or_repeat(struct sd_connection *connection,
                                                   const char *reason);

/* The same, for the reason that this thread's last error has. */
enum sd_channel_state sd_connection_fail_by_system(struct sd_connection *connection);

/* Sends once more, on a new connection, what may be repeated. All else ends with that status. */
enum sd_channel_state sd_connection_repeat(struct sd_connection *connection,
                                           bool (*may_be)(const struct sd_request *,
                                                          bool takes_holders),
                                           enum sd_status status, const char *reason);

/* By when more must have come, or the connection fails. A wait for a lock does not count before
 * anything came, because the server answers a request in front of it at once. When the wait is over
 * it answers at once, too, in half of the time that it has besides. */
int64_t sd_connection_ends_ms(const struct sd_connection *connection);

/*
 * Whether a kept connection on which nothing comes, or nothing more, is given up for a new one,
 * because a firewall may have forgotten it. If the server is only slow, the locks that it keeps
 * would end with it; and the request is repeated, so it must do no harm twice.
 */
bool sd_connection_may_be_replaced(const struct sd_connection *connection);

/* When that is done: half of the time is left for the new one, or less if bytes of the request were
 * taken meanwhile. A long value is not sent twice because it takes its time. */
int64_t sd_connection_silence_ends_ms(const struct sd_connection *connection);

/* Does it. What comes on the new one is judged together with the silence on this one. Of a value
 * that had begun to come nothing is kept. */
enum sd_channel_state sd_connection_replace(struct sd_connection *connection);

#endif
