/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The meta protocol, as exchanges use it: a request becomes bytes, a server's answer
 * becomes a reply. wire/meta_client.h knows the lines; this file knows what they mean
 * to each kind of server. Pure: no I/O, no clock.
 */

#ifndef SD_TRANSPORT_META_H
#define SD_TRANSPORT_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/transport/request.h"
#include "wire/meta.h"
#include "wire/meta_client.h"

#define SD_META_VALUE_END "\r\n" /* after a value, in both directions */
#define SD_META_VALUE_END_LENGTH 2

/* What a server is, beyond speaking the meta protocol. */
enum sd_dialect {
	SD_SHAREDANCED,
	SD_MEMCACHED,     /* without G, U, locks and keys of more than 250 bytes */
	SD_OLD_MEMCACHED, /* without E either: no versions that order writes on two servers */
};

/* What a server that speaks the meta protocol can do. */
struct sd_meta_abilities {
	enum sd_dialect dialect;
	bool marks_repairs; /* it distinguishes them from writes */
	bool takes_holders; /* the tokens of locks' holders */
};

/* Whether the request shows by a token who the holder of its lock is, to a server that takes one.
 */
static inline bool sd_meta_has_holder(const struct sd_request *request, bool takes_holders)
{
	return takes_holders && request->holder != 0;
}

/*
 * Whether it does no harm if the server performs the request twice, the second time after others
 * have written: reads, what is about a lock, and writes that carry a version, which replace nothing
 * newer. A write under a lock finds the lock released the second time: the server knows it again by
 * its version.
 */
static inline bool sd_meta_is_repeatable(const struct sd_request *request, bool takes_holders)
{
	/* a lock: the server released it when the connection ended, or knows its holder */
	const unsigned harmless = 1u << SD_GET | 1u << SD_EXISTS | 1u << SD_TOUCH | 1u << SD_LOCK;
	bool has_holder = sd_meta_has_holder(request, takes_holders);

	if (request->kind == SD_SET || request->kind == SD_DELETE) {
		return request->version != 0 && request->condition <= SD_IF_SEEN &&
		       (request->held ? has_holder : request->condition != SD_ALWAYS);
	}
	return (harmless >> request->kind & 1) != 0 || (request->kind == SD_UNLOCK && has_holder);
}

/* Whether a memcached of that dialect can do what the exchange asks for, as sharedanced can. False:
 * the exchange has ended, with the reason. */
bool sd_meta_suits_memcached(struct sd_exchange *exchange, enum sd_dialect dialect);

/*
 * Writes the request's line to `out` and returns its length in bytes. The answer must
 * return the token `opaque`. `wall_s` is the time of day in seconds since 1970; it is
 * only used for a time to live above SD_META_MONTH, which the protocol takes as a date.
 * After the line of a SD_SET the server expects the value and SD_META_VALUE_END.
 */
size_t sd_meta_encode(uint8_t out[SD_META_REQUEST_MAX], const struct sd_request *request,
                      const struct sd_meta_abilities *server, uint64_t opaque, int64_t wall_s);

/*
 * Fills the exchange's reply in from the line of an answer. False: the answer is not
 * one to this request, and the exchange has not been changed. After a SD_META_ERROR the
 * exchange has ended with SD_REFUSED. After a SD_META_VALUE the value is still to come.
 */
bool sd_meta_decode(struct sd_exchange *exchange, enum sd_dialect dialect,
                    const struct sd_meta_reply *answer);

#endif
