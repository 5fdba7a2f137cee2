/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The meta protocol's replies: outcomes become words, flags, values and errors. The order of a
 * reply's flags and the wording of errors were taken from memcached 1.6.38
 * (tests/server/meta_answers_are_memcacheds.phpt).
 *
 * A reply to an operation is written before the operation is applied: the value is the store's
 * memory until then.
 */

#ifndef SDD_META_REPLY_H
#define SDD_META_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/net/connection.h"
#include "server/protocol/operations.h"
#include "wire/meta_server.h"

#define SDD_META_TOO_LARGE "SERVER_ERROR object too large for cache"
#define SDD_META_REFUSED_MAX 120 /* bytes; clients quote no more than 128 */
#define SDD_META_REPLY_MAX 1024  /* bytes of a line; one with each flag once has less than 600 */

/* The reply to one request. */
struct sdd_meta_reply {
	struct sdd_connection *connection;     /* that it is written to */
	const struct sd_meta_request *request; /* whose flags say what it shows */
	struct sd_bytes key;                   /* of the request, decoded */
	int64_t now_ms;
	size_t length; /* of the line that is being written */
	uint8_t line[SDD_META_REPLY_MAX];
};

static inline void sdd_meta_reply_init(struct sdd_meta_reply *reply,
                                       struct sdd_connection *connection,
                                       const struct sd_meta_request *request, int64_t now_ms)
{
	reply->connection = connection;
	reply->request = request;
	reply->key = (struct sd_bytes){NULL, 0};
	reply->now_ms = now_ms;
	reply->length = 0;
}

/* The reply to an operation. Quiet requests have none if they succeed, as in memcached. SDD_FAILED:
 * the value cannot be read, and what was written of the reply is to be discarded. */
enum sdd_result sdd_meta_reply_get(struct sdd_meta_reply *reply,
                                   const struct sdd_operations *operations,
                                   const struct sdd_outcome *outcome);
void sdd_meta_reply_set(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome);
void sdd_meta_reply_delete(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome);
void sdd_meta_reply_adjust(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome);

/* A status of two letters, with the flags that need no entry. */
void sdd_meta_reply_status(struct sdd_meta_reply *reply, const char *status);

/* NS to who would wait for a lock for which as many wait as may: W, behind the other flags, tells
 * it from the NS of one try. */
void sdd_meta_reply_crowded(struct sdd_meta_reply *reply);

/* The flags that need no entry, for a status that is written later. Valid until the reply's next
 * call. */
struct sd_bytes sdd_meta_reply_flags(struct sdd_meta_reply *reply);

/* "STAT", a name and a number. */
void sdd_meta_reply_stat(struct sdd_meta_reply *reply, const char *name, uint64_t number);

/* The same with a text, which is printable and shorter than SDD_STORE_REASON_MAX. */
void sdd_meta_reply_stat_text(struct sdd_meta_reply *reply, const char *name, const char *text);

/* What a server says of itself. */
struct sdd_who {
	const uint8_t *id; /* of its store, SDD_STORE_ID_BYTES of them; all zero: it has none */
	uint32_t start;    /* counts the starts of a server on that store */
	uint64_t process;  /* drawn at random for this start */
	uint64_t wall_us;  /* the time that versions are made of */
	uint64_t unproven; /* entries */
};

/* Who the server is, for a client that asks: "MN i<id> n<start> s<process> w<time> u<unproven> h".
 * The id is in base64, and is left out if the store has none. */
void sdd_meta_reply_who(struct sdd_meta_reply *reply, const struct sdd_who *who);

/* A line of constant text, without its end. */
void sdd_meta_reply_text(struct sdd_connection *connection, const char *text);

/* The store refused the request, with SDD_FULL or SDD_FAILED, and for that reason. The line has at
 * most SDD_META_REFUSED_MAX bytes without its end, all of them printable. */
void sdd_meta_reply_refused(struct sdd_connection *connection, enum sdd_result result,
                            const char *reason);

#endif
