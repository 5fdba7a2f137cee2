/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The line between policy and sockets. The cluster decides who is asked what
 * and by when; a transport carries it out and knows the protocols, the
 * connections and the time. network.c is the one with sockets; a user's PHP
 * code can be one (sharedance_server.c); the unit tests have one with a script
 * and a clock of its own.
 */

#ifndef SD_TRANSPORT_H
#define SD_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/pool/server.h"
#include "wire/classic.h"

/* Bytes that belong to somebody else and outlive the exchange. */
struct sd_bytes {
	const void *data;
	size_t length;
};

/* Those from an offset on; NULL where there are none at all. */
static inline const void *sd_bytes_from(const struct sd_bytes *bytes, size_t offset)
{
	return bytes->data == NULL ? NULL : (const unsigned char *)bytes->data + offset;
}

/*
 * Where a fetched value goes: straight into the caller's memory, of which the
 * sink shows the next piece. What a kind of sinks does may leave by longjmp (as PHP
 * did at its memory limit); a transport survives it.
 */
struct sd_sink {
	uint8_t *at; /* where the next byte goes */
	size_t room; /* bytes that there are from there on; 0: more is asked for first */
	const struct sd_sink_kind *kind;
};

struct sd_sink_kind {
	/* Makes room for at least one and if possible `wanted` bytes more, behind what came, which
	 * may move. False: no memory. */
	bool (*grow)(struct sd_sink *sink, size_t wanted);
	/* Forget what came: the value is fetched anew, from another server. */
	void (*restart)(struct sd_sink *sink);
	/* What came: valid until the sink grows, is restarted, or ends. */
	struct sd_bytes (*came)(const struct sd_sink *sink);
};

/* Sees to it that there is room, for all of `wanted` bytes if possible. False: no memory. */
static inline bool sd_sink_open(struct sd_sink *sink, size_t wanted)
{
	return sink->room > 0 || sink->kind->grow(sink, wanted);
}

/* So many bytes of the room were filled. */
static inline void sd_sink_filled(struct sd_sink *sink, size_t length)
{
	sink->at += length;
	sink->room -= length;
}

/* Appends bytes, the first of `wanted` that are to come. False: no memory. */
static inline bool sd_sink_put(struct sd_sink *sink, const void *bytes, size_t length,
                               size_t wanted)
{
	const uint8_t *from = bytes;

	while (length > 0) {
		size_t part;

		if (!sd_sink_open(sink, wanted)) {
			return false;
		}
		part = sink->room < length ? sink->room : length;
		memcpy(sink->at, from, part);
		sd_sink_filled(sink, part);
		from += part;
		length -= part;
		wanted -= part;
	}
	return true;
}

enum sd_operation {
	SD_RAW, /* `data` is the whole classic request; its answer is not looked at */
	SD_GET,
	SD_LOOK, /* a get without the value: what is known of the entry */
	SD_SET,
	SD_DELETE,
	SD_COUNT, /* adds to the number that the value is, or takes from it */
	SD_LOCK,
	SD_UNLOCK,
};

/* When a set, delete or count is carried out. What does not hold ends as SD_CONFLICT. */
enum sd_condition {
	SD_ALWAYS,
	SD_IF_NEWER,   /* `version` is larger than what is there; not held against a server that cannot
	                  compare: there it is SD_ALWAYS */
	SD_IF_SEEN,    /* the same for a repair: where the server cannot compare, what is there must
	                  still be of the version `seen` */
	SD_IF_ABSENT,  /* nothing is there; `seen` is the version of a tombstone, or 0 */
	SD_IF_PRESENT, /* something is there */
	SD_IF_VERSION, /* what is there has the version `seen` */
};

/* Bytes that went to a server and came from it. */
struct sd_traffic {
	uint64_t sent;
	uint64_t received;
};

#define SD_FOREVER ((int64_t)-1) /* as a time to live */
#define SD_REASON_MAX 256        /* bytes, terminator included */

/* One request to one server, and what became of it. Initialised by sd_exchange_init(), or zero, but
 * for what is asked. */
struct sd_exchange {
	/* asked */
	const struct sd_server *server;
	enum sd_operation operation;
	enum sd_condition condition;
	struct sd_bytes key;
	struct sd_bytes data; /* SD_SET: the value; SD_RAW: the request */
	struct sd_sink *sink; /* SD_GET, SD_COUNT and SD_RAW: where the answer goes */
	int64_t ttl;          /* SD_SET: seconds to live, SD_FOREVER, or 0: as long as the server likes;
	                         SD_DELETE with a version: how long it is remembered at least;
	                         SD_LOOK, where `touch` is set; SD_LOCK: the lease */
	bool value_only;      /* SD_GET: nothing else of the entry is asked for, and `found` and `left`
	                         are not told */
	bool touch;           /* SD_LOOK: the entry gets `ttl` from now on */
	bool any_life;        /* SD_SET: where the server has no times to live, its own will do */
	bool held; /* SD_SET and SD_DELETE: only where `connection` holds the lock on the key;
	              else SD_CONFLICT, with nothing found */
	bool decrement;      /* SD_COUNT */
	uint64_t version;    /* that the entry gets; 0: the server's own choice */
	uint64_t seen;       /* see enum sd_condition */
	uint64_t compared;   /* SD_LOOK: both copies were compared, this is the newest; 0: none was */
	uint64_t delta;      /* SD_COUNT */
	uint64_t connection; /* SD_UNLOCK, and where `held`: the one that has the lock */
	int64_t wait_ms;     /* SD_LOCK, and what is asked behind one: the longest wait for it */
	int64_t limit_ms;    /* how long it may take; 0: as long as its server may */

	/* answered */
	enum sd_status status;
	bool versioned;   /* the server orders writes: `found` can be compared */
	bool buried;      /* SD_ABSENT, and a tombstone says so */
	bool unproven;    /* it dates from before the server's last start, and nobody has
	                     compared it since with the other server's */
	uint64_t found;   /* the version of what is there, tombstones included; of a set or
	                     count the one it got; 0: nothing is there */
	int64_t left;     /* seconds to live, or SD_FOREVER */
	uint64_t held_by; /* SD_LOCK: the connection that holds it */

	/* the cluster's own, when it is asked */
	int64_t deadline_ms;         /* by when the answer must be whole, on the transport's clock */
	int64_t connect_deadline_ms; /* by when the connection must stand; at most deadline_ms */
	struct sd_exchange *next;    /* in the list that is performed */
	bool hurried; /* it has so little time that a timeout is not the server's fault */

	/* the transport's own, while it performs */
	bool repeated;  /* asked once more, on a new connection */
	bool timed_out; /* a deadline ended it, while it connected or later */
	uint64_t opaque;
	void *place;
	struct sd_exchange *queued;

	/* answered too: why, when sd_status_is_failure(status) */
	char reason[SD_REASON_MAX];
};

/* What the policy tells of a server, for the statistics. */
enum sd_note {
	SD_FAILED_OVER, /* it did not answer, and the other one of the pair did */
	SD_REPAIRED,    /* it had an older copy, and was given the newer */
};

struct sd_transport {
	/* Carries out all exchanges of the list at the same time and returns when each has its
	 * status, which is no later than the latest of their deadlines. */
	void (*perform)(struct sd_transport *transport, struct sd_exchange *exchanges);

	/* The rest is NULL where a transport is only used beside one that has it. */

	/* Milliseconds on a clock that never goes back. */
	int64_t (*now_ms)(struct sd_transport *transport);
	/* Returns after that many milliseconds. */
	void (*pause)(struct sd_transport *transport, int64_t ms);
	/* A version: microseconds since 1970, and larger than any that was given or came in an answer
	 * before, whatever the clock does. */
	uint64_t (*new_version)(struct sd_transport *transport);
	/* Whether the exchange's server is marked dead and not to be tried yet at `now_ms`: then the
	 * exchange has ended with SD_DEAD, without a wait. perform() looks too; this is to plan by. */
	bool (*skips)(struct sd_transport *transport, struct sd_exchange *exchange, int64_t now_ms);
	/* Counts it. */
	void (*note)(struct sd_transport *transport, const struct sd_server *server, enum sd_note note);
};

/* Nothing is asked by it yet, and nothing came of it. What is set when it is asked is left as it
 * is; the rest is cleared in two halves, each of which takes a compiler but a few stores. */
static inline void sd_exchange_init(struct sd_exchange *exchange)
{
	const size_t half = offsetof(struct sd_exchange, seen);
	const size_t end = offsetof(struct sd_exchange, deadline_ms);

	memset(exchange, 0, half);
	memset((char *)exchange + half, 0, end - half);
	exchange->next = NULL;
	exchange->reason[0] = '\0';
}

/* Ends an exchange with a status that needs no words. */
static inline void sd_exchange_settle(struct sd_exchange *exchange, enum sd_status status)
{
	exchange->status = status;
	exchange->reason[0] = '\0';
}

/* Ends an exchange with that status and reason. */
void sd_exchange_end(struct sd_exchange *exchange, enum sd_status status, const char *format, ...)
	SD_PRINTF(3, 4);

/*
 * Writes what a get, set or delete sends to a classic server ahead of its data,
 * header and key, to `head`. Returns its length in bytes. The key is a legal one.
 */
size_t sd_exchange_classic_head(const struct sd_exchange *exchange,
                                uint8_t head[SD_CLASSIC_HEAD_MAX]);

/*
 * Ends a get, set or delete by the whole answer of a classic server: `length`
 * bytes, which are not looked at for a get and may be NULL then.
 */
void sd_exchange_end_classic(struct sd_exchange *exchange, const void *answer, size_t length);

/*
 * Whether a classic server can do what is asked: its protocol has no time to
 * live, no condition, no counting and no locks, and keys of few bytes. False: the
 * exchange has ended, with the reason.
 */
bool sd_exchange_suits_classic(struct sd_exchange *exchange);

/*
 * A failed exchange as one sentence, PHPDance's first words and then the rest:
 * `Failed to connect on [host:port] "Connection refused"`. Writes at most
 * `size` bytes to `out`, terminator included, and returns out.
 */
const char *sd_exchange_explain(const struct sd_exchange *exchange, char *out, size_t size);

#endif
