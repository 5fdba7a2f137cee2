/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A socket on its way to a server: its name is looked up, its addresses are
 * tried in turn, and each has its share of the time.
 */

#ifndef SD_DIAL_H
#define SD_DIAL_H

#include "client/net/platform.h"
#include "client/pool/server.h"
#include "client/transport/request.h"

#define SD_DIAL_ADDRESSES_MAX 8 /* of one name */

struct sd_dial {
	sd_socket socket;             /* SD_NO_SOCKET: none */
	struct sd_resolver *resolver; /* borrowed */
	struct sd_lookup *lookup;     /* under way; NULL: the addresses are known */
	struct sd_address addresses[SD_DIAL_ADDRESSES_MAX];
	size_t count;
	size_t current;             /* the one that is tried */
	int64_t deadline_ms;        /* by when the connection must stand */
	int64_t try_deadline_ms;    /* by when the current address must have answered */
	bool timed_out;             /* why it failed: the name, or the last address, took too long */
	char reason[SD_REASON_MAX]; /* why it failed, after a function returned false */
};

/* Begins to connect, or to look the name up before. True: under way; on loopback it may be up
 * already, and sending shows it. */
bool sd_dial_begin(struct sd_dial *dial, struct sd_resolver *resolver,
                   const struct sd_server *server, int64_t deadline_ms);

/* Whether the name is still being looked up, so that there is no socket yet: sd_dial_expire() looks
 * again. */
bool sd_dial_is_looking_up(const struct sd_dial *dial);

/* The socket is ready or in error: whether it is up. Where it is not the next address is tried, and
 * *up is false. False: none is left. */
bool sd_dial_ready(struct sd_dial *dial, bool *up);

/* The time of the current try is over: the address did not answer, or the look-up is to be looked
 * at again. True: another try is under way. */
bool sd_dial_expire(struct sd_dial *dial, int64_t began_ms);

/* The system said no when the first byte was sent: the address did not answer. As above. */
bool sd_dial_fail(struct sd_dial *dial);

/* Closes the socket, if there is one, and lets the look-up go. */
void sd_dial_close(struct sd_dial *dial);

#endif
