/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The line between policy and sockets. The policy decides which server gets which
 * request, and by when the reply must be there. A transport performs these requests:
 * it knows the protocols, the connections and the time. net/network.c is the one with
 * sockets. A user's PHP code can be one (php/user_transport.c), and the unit tests
 * have one with a script and a clock of its own.
 */

#ifndef SD_TRANSPORT_H
#define SD_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/transport/request.h"

/* What the policy reports about a server, for the statistics. */
enum sd_event {
	SD_FAILED_OVER, /* it did not answer, and the pair's other server did */
	SD_REPAIRED,    /* it had an older copy and received the newer one */
};

/* Whether two names lead to one server, as far as their last greetings say. */
enum sd_sameness {
	SD_TWO_SERVERS, /* or nothing is known, or one of them cannot be asked now */
	SD_ONE_SERVER,
	SD_ONE_OF_TWO,  /* one server, but they have been two: the other one may know better */
	SD_GREET_AGAIN, /* both have to be greeted to know it: SD_GREET does */
};

struct sd_transport {
	/* Whether any name is odd: two that lead to servers with one id, or one that leads to two
	 * servers. If not, neither compare() nor is_ambiguous() has anything to tell. */
	bool has_odd_names;

	/* Performs all exchanges of the list at the same time. Returns when each has its status,
	 * which is no later than the latest of their deadlines. */
	void (*perform)(struct sd_transport *transport, struct sd_exchange *exchanges);

	/* The rest is NULL in a transport that is only used together with one that has it. */

	/* Milliseconds on a clock that never goes back. */
	int64_t (*now_ms)(struct sd_transport *transport);
	/* Returns after that many milliseconds. */
	void (*pause)(struct sd_transport *transport, int64_t ms);
	/* A version: microseconds since 1970, and larger than any that was given for these servers, or
	 * came in a reply of theirs, before, whatever the clock does. The time of day is the first
	 * server's, as it reported it to this machine; else the second's; else this machine's. By a
	 * server's, what is more than 24 hours ahead does not count. */
	uint64_t (*new_version)(struct sd_transport *transport, const struct sd_server *first,
	                        const struct sd_server *second);
	/* Whether a connection to the server is up. If not, SD_GREET brings it up, and what the server
	 * is and what time it has is known before anything is asked of it. NULL: it need not be. */
	bool (*is_greeted)(struct sd_transport *transport, const struct sd_server *server);
	/* Whether both names lead to one server. NULL: that is never known. */
	enum sd_sameness (*compare)(struct sd_transport *transport, const struct sd_server *first,
	                            const struct sd_server *second);
	/* Whether two servers stand behind the name: a lock there is only one of them's. NULL: the
	 * same. */
	bool (*is_ambiguous)(struct sd_transport *transport, const struct sd_server *server);
	/* Fills `out` with bytes that nobody can guess. False: the system has none. */
	bool (*random)(struct sd_transport *transport, void *out, size_t length);
	/* This process's number: a forked child has another one. NULL: nobody forks. */
	int64_t (*process)(struct sd_transport *transport);
	/* Whether the exchange's server is marked dead and must not be tried yet at `now_ms`, not even
	 * by a request that insists: then
	 * the exchange has ended with SD_DEAD, without a wait. perform() checks this too; the policy
	 * calls it to plan ahead. */
	bool (*skips)(struct sd_transport *transport, struct sd_exchange *exchange, int64_t now_ms);
	/* Whether the server is marked dead and not to be tried yet, for a caller that has nothing to
	 * ask of it. NULL: that is never known. */
	bool (*is_dead)(struct sd_transport *transport, const struct sd_server *server, int64_t now_ms);
	/* When any worker of this machine first found, in this outage, that the server refuses, on the
	 * same clock. 0: it does not refuse. NULL: that is never known. */
	int64_t (*refusing_since)(struct sd_transport *transport, const struct sd_server *server);
	/* Whether the server that gave this reply about a session knew how long sessions live: only
	 * then does it count an absence as proven late enough. If it did not, it will know by the next
	 * request. NULL: servers are not told, and it does not matter. */
	bool (*has_told_ttl)(struct sd_transport *transport, const struct sd_exchange *exchange);
	/* How many microseconds the server took to answer all that it was asked in the last round, and
	 * for which its connections had to be made. NULL: that is never known. */
	int64_t (*round_trip_us)(struct sd_transport *transport, const struct sd_server *server);
	/* Counts an event of a server. */
	void (*count)(struct sd_transport *transport, const struct sd_server *server,
	              enum sd_event event);
};

#endif
