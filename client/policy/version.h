/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The versions of writes that were made of what a client has read. Pure.
 *
 * A plain write takes its version from the clock (transport.h). A write that was made of an entry,
 * and may only replace that entry, takes the next version above the entry's. So it is older than
 * any write that its client did not read, and newer than all that it read. The last two bits say
 * what made the version. So two servers never give one version to two entries, and a write that
 * was repeated can be told from one that was made of another.
 */

#ifndef SD_VERSION_H
#define SD_VERSION_H

#include <stdbool.h>
#include <stdint.h>

enum sd_version_maker {
	SD_VERSION_FIRST,    /* a change that the first server decided */
	SD_VERSION_SECOND,   /* or the second */
	SD_VERSION_REPEATED, /* a plain write that was in doubt; see write.c */
};

#define SD_VERSION_MAKER_MASK UINT64_C(3)
#define SD_VERSION_NEXT_MAX UINT64_C(4) /* how far the next version is above another, at most */

/* The smallest version of that maker which is above `version`. */
static inline uint64_t sd_version_next(uint64_t version, enum sd_version_maker maker)
{
	uint64_t next = version + 1;

	return next + ((maker - next) & SD_VERSION_MAKER_MASK);
}

/* Whether `version` is that of a write that was repeated above `below`, and above nothing else. */
static inline bool sd_version_is_repeated(uint64_t version, uint64_t below)
{
	return version > below && version - below <= SD_VERSION_NEXT_MAX &&
	       (version & SD_VERSION_MAKER_MASK) == SD_VERSION_REPEATED;
}

#endif
