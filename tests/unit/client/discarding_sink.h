/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A sink that takes as much as comes, and keeps none of it. */

#ifndef DISCARDING_SINK_H
#define DISCARDING_SINK_H

#include "client/transport/sink.h"

#define DISCARDED 65536

static unsigned discarded; /* times that it was full */

static inline bool discarding_grow(struct sd_sink *sink, size_t wanted)
{
	static uint8_t bytes[DISCARDED];

	(void)wanted;
	discarded++;
	sink->at = bytes;
	sink->room = sizeof(bytes);
	return true;
}

static inline void discarding_restart(struct sd_sink *sink)
{
	sink->at = NULL;
	sink->room = 0;
}

static const struct sd_sink_kind discarding_kind = {.grow = discarding_grow,
                                                    .restart = discarding_restart};

#endif
