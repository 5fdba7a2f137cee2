/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Where a fetched value goes. */

#ifndef SD_SINK_H
#define SD_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/bytes.h"

/*
 * A sink: where a fetched value goes. Bytes go directly into the caller's memory, of which
 * the sink shows the next part. A function of the kind may leave by longjmp, as PHP does
 * at its memory limit; a transport survives that.
 */
struct sd_sink {
	uint8_t *at; /* where the next byte goes */
	size_t room; /* bytes available from there on; 0: grow() must be called first */
	const struct sd_sink_kind *kind;
};

struct sd_sink_kind {
	/* Makes room for at least one more byte, and for `wanted` if possible, after those that have
	 * come. These may move. False: no memory. */
	bool (*grow)(struct sd_sink *sink, size_t wanted);
	/* Forgets what has come, because the value will come again from another server. */
	void (*restart)(struct sd_sink *sink);
	/* What has come. It is valid until the sink grows, is restarted, or ends. */
	struct sd_bytes (*fetched)(const struct sd_sink *sink);
};

/* Makes sure that there is room, for all of `wanted` bytes if possible. False: no memory. */
static inline bool sd_sink_open(struct sd_sink *sink, size_t wanted)
{
	return sink->room > 0 || sink->kind->grow(sink, wanted);
}

/* That many bytes of the room have been filled. */
static inline void sd_sink_filled(struct sd_sink *sink, size_t length)
{
	sink->at += length;
	sink->room -= length;
}

/* Appends bytes, the first of `wanted` that will come. False: no memory. */
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

#endif
