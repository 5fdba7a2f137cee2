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

/* Whether it does no harm if the server performs the request twice. */
static inline bool sd_meta_is_repeatable(const struct sd_request *request)
{
	/* a lock: the server released it when the connection ended */
	const unsigned harmless = 1u << SD_GET | 1u << SD_EXISTS | 1u << SD_TOUCH | 1u << SD_LOCK;

	if (request->kind == SD_SET || request->kind == SD_DELETE) {
		return request->condition <= SD_IF_SEEN && !request->held;
	}
	return (harmless >> request->kind & 1) != 0;
}

/* Whether it does none even if the server performs the first one late, after others have written:
 * reads, tries for a lock, and writes that carry a version. */
static inline bool sd_meta_may_follow_silence(const struct sd_request *request)
{
	bool writes = request->kind == SD_SET || request->kind == SD_DELETE;

	return sd_meta_is_repeatable(request) && (!writes || request->version != 0);
}

/* Whether a memcached of that dialect can do what the exchange asks for, as sharedanced can. False:
 * the exchange has ended, with the reason. */
bool sd_meta_suits_memcached(struct sd_exchange *exchange, enum sd_dialect dialect);

/*
 * Writes the request's line to `out` and returns its length in bytes. The answer must
 * return the token `opaque`. `wall_s` is the time of day in seconds since 1970; it is
 * only used for a time to live above SD_META_MONTH, which the protocol takes as a date.
 * `marks_repairs`: the server distinguishes them from writes.
 * After the line of a SD_SET the server expects the value and SD_META_VALUE_END.
 */
size_t sd_meta_encode(uint8_t out[SD_META_REQUEST_MAX], const struct sd_request *request,
                      enum sd_dialect dialect, bool marks_repairs, uint64_t opaque, int64_t wall_s);

/*
 * Fills the exchange's reply in from the line of an answer. False: the answer is not
 * one to this request, and the exchange has not been changed. After a SD_META_ERROR the
 * exchange has ended with SD_REFUSED. After a SD_META_VALUE the value is still to come.
 */
bool sd_meta_decode(struct sd_exchange *exchange, enum sd_dialect dialect,
                    const struct sd_meta_reply *answer);

#endif
