/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A sink that keeps what it gets, for who reads values in a test. */

#ifndef KEPT_H
#define KEPT_H

#include "fake_transport.h"

struct kept {
	struct sd_sink sink; /* first, so that one is the other */
	char bytes[FAKE_BYTES_MAX + 1];
	size_t length;
};

static inline void *kept_room(struct sd_sink *sink, size_t wanted, size_t *granted)
{
	struct kept *kept = (struct kept *)sink;
	size_t left = FAKE_BYTES_MAX - kept->length;

	*granted = wanted < left ? wanted : left;
	return kept->bytes + kept->length;
}

static inline void kept_filled(struct sd_sink *sink, size_t length)
{
	struct kept *kept = (struct kept *)sink;

	kept->length += length;
	kept->bytes[kept->length] = '\0';
}

static inline void kept_restart(struct sd_sink *sink)
{
	struct kept *kept = (struct kept *)sink;

	kept->length = 0;
	kept->bytes[0] = '\0';
}

static inline struct sd_bytes kept_came(const struct sd_sink *sink)
{
	const struct kept *kept = (const struct kept *)sink;

	return (struct sd_bytes){kept->bytes, kept->length};
}

static const struct sd_sink kept_sink = {kept_room, kept_filled, kept_restart, kept_came};

#endif
