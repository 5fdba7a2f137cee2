/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A socket that is being connected to a server. The server's name is looked up, its
 * addresses are tried in turn, and each try gets its share of the remaining time. In that
 * time an address whose queue of connections is full is tried again and again.
 *
 * What a look-up found is kept. For a second it is not looked up again, unless no connection could
 * be made to it. If the name server is away it counts for an hour: then the look-up has half of the
 * remaining time, and the addresses have the rest. A name that does not exist any more has none.
 */

#ifndef SD_DIAL_H
#define SD_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/net/platform.h"
#include "client/net/resolver.h"
#include "client/pool/server.h"
#include "client/transport/request.h"

#define SD_DIAL_ADDRESSES_MAX 8 /* of one name */

/* What is known of a server's name. Zero-initialised nothing is known. */
struct sd_addresses {
	struct sd_address each[SD_DIAL_ADDRESSES_MAX];
	size_t count;
	int64_t found_ms;
	bool is_doubtful; /* no connection to any of them could be made since */
};

struct sd_dial {
	sd_socket socket;         /* SD_NO_SOCKET: none, while it looks up or pauses */
	struct sd_lookup *lookup; /* in progress; NULL: the addresses are known */
	int64_t lookup_deadline_ms;
	struct sd_addresses *known; /* borrowed: where they are kept */
	struct sd_address addresses[SD_DIAL_ADDRESSES_MAX];
	size_t count;
	size_t current;             /* index of the address that is tried */
	int64_t deadline_ms;        /* by when the connection must be up */
	int64_t try_deadline_ms;    /* by when the current address must have answered */
	int64_t expires_ms;         /* when sd_dial_expire() is to be called */
	int64_t pause_ms;           /* before the address is tried again, if its queue is full */
	enum sd_evidence evidence;  /* what the addresses that failed show of the server */
	bool is_short;              /* one failed for a want of this machine, so they show nothing */
	bool timed_out;             /* why it failed: the name, or the last address, took too long */
	char reason[SD_REASON_MAX]; /* why it failed, after a function returned false */
};

/* Begins to look the name up, or to connect. `known` is the server's. True: in progress. On
 * loopback the connection may be up already, which sending shows. */
bool sd_dial_begin(struct sd_dial *dial, const struct sd_server *server, struct sd_addresses *known,
                   int64_t deadline_ms);

/* Whether there is a socket. There is none while the name is looked up, and while the queue of the
 * address is full: then sd_dial_expire() tries again. */
static inline bool sd_dial_has_socket(const struct sd_dial *dial)
{
	return dial->socket != SD_NO_SOCKET;
}

/* The socket is ready or in error. If it is in error the next address is tried. True: if there is a
 * socket, sending shows whether it is up. False: no address is left. */
bool sd_dial_ready(struct sd_dial *dial);

/* expires_ms is over: the address did not answer, the look-up must be polled again, or the address
 * is to be tried again. True: a try is in progress. */
bool sd_dial_expire(struct sd_dial *dial, int64_t began_ms);

/* The first byte could not be sent: the address did not answer. True: as above. */
bool sd_dial_fail(struct sd_dial *dial);

/* After a failure: what it shows of the server. */
static inline enum sd_evidence sd_dial_evidence(const struct sd_dial *dial)
{
	return dial->is_short ? SD_EVIDENCE_NONE : dial->evidence;
}

/* Closes the socket, if there is one, and abandons the look-up. */
void sd_dial_close(struct sd_dial *dial);

#endif
