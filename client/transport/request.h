/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A request to one server, its reply, and the two on their way. */

#ifndef SD_REQUEST_H
#define SD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/pool/server.h"
#include "client/transport/sink.h"
#include "wire/bytes.h"
#include "wire/compiler.h"
#include "wire/status.h"

enum sd_request_kind {
	SD_RAW, /* `data` is the whole classic request; its answer is not interpreted */
	SD_GET,
	SD_EXISTS, /* a get without the value: what the server knows of the entry */
	SD_TOUCH,  /* the same, and gives the entry a new time to live */
	SD_SET,
	SD_DELETE,
	SD_ARITHMETIC, /* adds to a value that is a number, or subtracts from it */
	SD_LOCK,
	SD_UNLOCK,
	SD_GREET, /* nothing: the connection is brought up, and greets the server. SD_UNSUPPORTED: it
	             is a classic one. */
};

/* Whether it asks for an entry, with its value or without. */
static inline bool sd_request_reads(enum sd_request_kind kind)
{
	return kind == SD_GET || kind == SD_EXISTS || kind == SD_TOUCH;
}

/* When a set, delete or arithmetic is performed. If the condition does not hold, the exchange ends
 * with SD_CONFLICT. */
enum sd_condition {
	SD_ALWAYS,
	SD_IF_NEWER,   /* `version` is larger than the version of the entry. For a server that cannot
	                  compare it is the same as SD_ALWAYS. */
	SD_IF_SEEN,    /* the same for a repair. For a server that cannot compare, the entry must
	                  still have the version `seen`. */
	SD_IF_ABSENT,  /* there is no entry; `seen` is the version of a tombstone, or 0 */
	SD_IF_PRESENT, /* there is an entry */
	SD_IF_VERSION, /* the entry has the version `seen` */
};

#define SD_FOREVER ((int64_t)-1) /* as a time to live */
#define SD_REASON_MAX 256        /* bytes, terminator included */

/* What a server is asked to do. It is constant while the exchange is in progress. */
struct sd_request {
	enum sd_request_kind kind;
	enum sd_condition condition;
	struct sd_bytes key;
	struct sd_bytes data; /* SD_SET: the value; SD_RAW: the request */
	struct sd_sink *sink; /* SD_GET, SD_ARITHMETIC and SD_RAW: where the answer goes */
	int64_t ttl;          /* SD_SET: seconds to live, SD_FOREVER, or 0: the server's default;
	                         SD_DELETE with a version: how long it is remembered at least;
	                         SD_TOUCH: seconds to live from now on; SD_GET and SD_EXISTS: the same, or 0: it
	                         is not prolonged; SD_LOCK: the lease */
	bool value_only;      /* SD_GET: only the value is wanted; version and ttl of the reply stay
	                         unset */
	bool wants_version;   /* SD_SET: the version that the entry gets is told in the reply, if the
	                         server chooses it. memcached does not tell it. */
	bool any_ttl;         /* SD_SET: a server without times to live may use its own */
	bool must_compare;    /* SD_IF_NEWER: a server that cannot compare does nothing: SD_UNSUPPORTED,
	                         and the reply is `versioned`, if it has versions */
	bool held;            /* SD_SET and SD_DELETE: only if the lock on the key is the holder's; else
	                         SD_CONFLICT, with version 0 */
	bool is_repair;       /* SD_SET and SD_DELETE: it carries what another server has, and was read
	                         before: a server that has just started does not count it as a proof */
	bool decrement;       /* SD_ARITHMETIC */
	bool insists;     /* a server that is marked dead is asked all the same if it refused, and by
	                     SD_UNLOCK if it was silent, too */
	bool is_session;  /* it goes over the node's connection for sessions */
	bool is_joined;   /* it is asked of one name alone, because the server's other name leads to the
	                     same one: it is not sent if the name leads to another server by now */
	uint64_t version; /* of the entry after the write; 0: the server chooses */
	uint64_t seen;    /* see enum sd_condition */
	uint64_t compared;   /* SD_EXISTS: the newest version after both copies were compared; 0: they
	                        were not */
	uint64_t delta;      /* SD_ARITHMETIC */
	uint64_t connection; /* SD_UNLOCK, and if `held`: the one that the lock was taken on; SD_LOCK:
	                        the same, if it is held already, else 0 */
	uint64_t holder;     /* SD_LOCK, SD_UNLOCK, and if `held`: the holder's token, drawn for each
	                        session and each change; 0: none, the connection is the holder. To a server
	                        that takes tokens, what has one may go out on any connection. */
	int64_t wait_ms;  /* SD_LOCK, and requests that are sent after one: the longest wait for it */
	int64_t limit_ms; /* the longest duration; 0: the server's timeout */
	int64_t value_ms; /* SD_GET: the same, once the value is coming; 0: limit_ms */
};

/* Whether it makes something of its own of an entry: a touch and a repair do no harm, however often
 * and however late. */
static inline bool sd_request_writes(const struct sd_request *request)
{
	return (request->kind == SD_SET || request->kind == SD_DELETE ||
	        request->kind == SD_ARITHMETIC) &&
	       !request->is_repair;
}

/* What the server answered, or why there is no answer. */
struct sd_reply {
	enum sd_status status;
	bool versioned;      /* the server orders writes: `version` can be compared */
	bool tombstone;      /* SD_ABSENT, because of a tombstone */
	bool far_ahead;      /* `version` is more than 24 hours ahead of the server's clock: it orders
	                        nothing, and no write could ever be newer */
	bool is_doubtful;    /* the transport's: the same by a time that the server told long ago.
	                        If it does not tell it once more, `version` counts */
	bool unproven;       /* the copy dates from before the server's last start, and has not been
	                        compared with the other server's since */
	bool crowded;        /* SD_LOCK, SD_CONFLICT: as many wait for the lock as may */
	uint64_t version;    /* of the server's entry or tombstone; after a set or arithmetic the new
	                        one; 0: there is none */
	int64_t ttl;         /* seconds left to live, or SD_FOREVER */
	uint64_t connection; /* the one that it came on; SD_LOCK: so that one holds the lock */
	char reason[SD_REASON_MAX]; /* in words, if sd_status_is_failure(status); last: it is not
	                               cleared */
};

/* What a failure shows of the server. */
enum sd_evidence {
	SD_EVIDENCE_NONE, /* nothing: the caller had no means or no time, or the server was answering */
	SD_EVIDENCE_WRONG,   /* it answered by no protocol, or closed */
	SD_EVIDENCE_REFUSES, /* a new connection was refused, or the server cannot be reached */
	SD_EVIDENCE_SILENT,  /* a new connection was not up in time, or no byte of an answer came on it
	                      */
};

/* A request on its way to one server, and the reply. Initialised by sd_exchange_init(), or zero,
 * except for server and request. */
struct sd_exchange {
	const struct sd_server *server;
	struct sd_request request;

	/* set by the policy before it is performed */
	int64_t deadline_ms;       /* by when the answer must be complete, on the transport's clock */
	int64_t value_deadline_ms; /* the same, once a value is coming, if that is later */
	int64_t connect_ms;  /* how long connecting may take, on each connection, within the deadline */
	int64_t patience_ms; /* the time for the first byte, and the longest in which no more may
	                        come; 0: any */
	int64_t full_ms;     /* the server's whole time, by which silence is judged; 0: it is not */
	struct sd_exchange *next; /* in the list that is performed */
	bool hurried;             /* it has so little time that a timeout shows nothing of the server */

	/* the transport's own, while it performs */
	bool repeated;         /* sent once more, on a new connection */
	bool was_sent;         /* a part of it may have left, on whichever connection */
	bool timed_out;        /* a deadline ended it, while it connected or later */
	bool has_parted;       /* `is_joined`, and not sent: SD_UNREACHABLE. It stays until the
	                          operation begins again; so does: */
	bool may_have_written; /* the policy's: this one, or one before it of the same operation, was
	                          a write that ended in doubt */
	enum sd_evidence evidence; /* after a failure */
	int64_t sent_ms;           /* after a failure: when the attempt began that failed */
	uint64_t opaque;
	void *node;
	struct sd_exchange *queued;

	struct sd_reply reply;
};

/* An exchange without a request yet. The fields that are set before it is performed stay as they
 * are. */
static inline void sd_exchange_init(struct sd_exchange *exchange)
{
	const size_t half = offsetof(struct sd_request, version);

	/* in two halves, each of which takes a compiler a few stores instead of a loop */
	memset(&exchange->request, 0, half);
	memset((char *)&exchange->request + half, 0, sizeof(exchange->request) - half);
	memset(&exchange->reply, 0, offsetof(struct sd_reply, reason));
	exchange->next = NULL;
	exchange->repeated = exchange->was_sent = false;
	exchange->reply.reason[0] = '\0';
}

/*
 * By when more of the answer must have come, or all of it. Something came at `heard_ms` last; 0:
 * nothing did. A value that is coming has the whole time as long as it comes. If it stops, it has
 * as long as its first byte had; and a third of the time that is left then is kept for another
 * server.
 */
static inline int64_t sd_exchange_ends_ms(const struct sd_exchange *exchange, bool is_coming,
                                          int64_t heard_ms)
{
	bool has_more = is_coming && exchange->value_deadline_ms > exchange->deadline_ms;
	int64_t ends_ms = has_more ? exchange->value_deadline_ms : exchange->deadline_ms;
	int64_t left_ms = ends_ms - heard_ms;
	int64_t quiet_ms = exchange->patience_ms;

	if (heard_ms == 0 || quiet_ms == 0) {
		return ends_ms;
	}
	if (has_more && quiet_ms > left_ms - left_ms / 3) {
		quiet_ms = left_ms - left_ms / 3;
	}
	return quiet_ms < left_ms ? heard_ms + quiet_ms : ends_ms;
}

/*
 * Whether a silence in the middle of an answer shows that the server is down, and not only that the
 * line is poor: half of the server's time, as if another one has the entry. If another
 * connection was silent before, a quarter is enough.
 */
static inline bool sd_exchange_is_silent(const struct sd_exchange *exchange, int64_t heard_ms,
                                         int64_t now_ms)
{
	return exchange->full_ms > 0 &&
	       now_ms - heard_ms >= exchange->full_ms / (exchange->repeated ? 4 : 2);
}

/* By when a connection that is begun at `now_ms` must be up: whenever that is, it has the same
 * time. No wait for a lock is for it. */
static inline int64_t sd_exchange_connects_by_ms(const struct sd_exchange *exchange, int64_t now_ms)
{
	int64_t latest_ms = exchange->deadline_ms - exchange->request.wait_ms;
	int64_t connected_ms = now_ms + exchange->connect_ms;

	return connected_ms < latest_ms ? connected_ms : latest_ms;
}

/* Whether a server that says nothing for so long has had its time: nearly a quarter of all, or
 * nearly as much as it was given. To begin takes a few milliseconds of either. */
static inline bool sd_exchange_is_long(const struct sd_exchange *exchange, int64_t ms)
{
	return ms * 32 >= exchange->full_ms * 7 || ms * 8 >= exchange->patience_ms * 7;
}

/* An attempt begins at `now_ms`, and others may have used up its time: then silence shows nothing
 * of the server. */
static inline void sd_exchange_begin_attempt(struct sd_exchange *exchange, int64_t now_ms)
{
	int64_t left_ms = exchange->deadline_ms - exchange->request.wait_ms - now_ms;

	exchange->hurried |= !sd_exchange_is_long(exchange, left_ms);
}

/*
 * Whether the server may have performed the request though nobody heard of it. This is the only
 * place that says so: a caller that would ask for the same once more, or elsewhere, asks here
 * first. An answer to a request that was repeated says nothing of the first one, unless it is that
 * it is done.
 */
bool sd_exchange_is_in_doubt(const struct sd_exchange *exchange);

/* Ends an exchange whose answer shows what others wrote, on a server that may have performed a
 * write before that: nobody can tell. */
void sd_exchange_end_in_doubt(struct sd_exchange *exchange);

/* Ends an exchange with that status and reason. */
void sd_exchange_end(struct sd_exchange *exchange, enum sd_status status, const char *format, ...)
	SD_PRINTF(3, 4);

/*
 * Writes a failure as one sentence, which begins with PHPDance's words:
 * `Failed to connect on [host:port] "Connection refused"`. Writes at most `size` bytes to
 * `out`, terminator included, and returns `out`.
 */
const char *sd_exchange_explain(const struct sd_exchange *exchange, char *out, size_t size);

#endif
