/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A sink that keeps what it gets, for who reads values in a test. */

#ifndef KEPT_H
#define KEPT_H

#include "tests/unit/client/fake_transport.h"

struct kept {
	struct sd_sink sink;            /* first, so that one is the other */
	char bytes[FAKE_BYTES_MAX + 1]; /* zero behind what came */
};

static inline size_t kept_length(const struct kept *kept)
{
	return kept->sink.at == NULL ? 0 : (size_t)((char *)kept->sink.at - kept->bytes);
}

static inline bool kept_grow(struct sd_sink *sink, size_t wanted)
{
	struct kept *kept = (struct kept *)sink;
	size_t length = kept_length(kept);
	size_t left = FAKE_BYTES_MAX - length;

	sink->at = (uint8_t *)kept->bytes + length;
	sink->room = wanted < left ? wanted : left;
	return sink->room > 0;
}

static inline void kept_restart(struct sd_sink *sink)
{
	struct kept *kept = (struct kept *)sink;

	memset(kept->bytes, 0, sizeof(kept->bytes));
	sink->at = NULL;
	sink->room = 0;
}

static inline struct sd_bytes kept_came(const struct sd_sink *sink)
{
	const struct kept *kept = (const struct kept *)sink;

	return (struct sd_bytes){kept->bytes, kept_length(kept)};
}

static const struct sd_sink_kind kept_kind = {kept_grow, kept_restart, kept_came};
static const struct sd_sink kept_sink = {.kind = &kept_kind};

#endif
