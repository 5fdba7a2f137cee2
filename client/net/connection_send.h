/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a kept connection sends: those of its exchanges that can be sent become bytes in `out` and
 * `body`, which go out as the system takes them. For connection.c only.
 */

#ifndef SD_CONNECTION_SEND_H
#define SD_CONNECTION_SEND_H

#include <stdbool.h>

#include "client/net/connection.h"

/* Ends the exchanges that this server, or this connection, cannot perform, and takes them off the
 * connection. None has been sent yet. */
void sd_connection_filter(struct sd_connection *connection);

/* Sends what the system takes now of what there is to send (`must_send`), by at most
 * SD_CHANNEL_CALLS_MAX calls. False: it refuses, and its error says why. */
bool sd_connection_send(struct sd_connection *connection);

#endif
