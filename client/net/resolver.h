/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Names become addresses. A name is looked up in a thread of its own, so that the caller
 * (dial.c) can stop waiting at its connect deadline.
 */

#ifndef SD_RESOLVER_H
#define SD_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/net/platform.h"

/* Where a look-up writes addresses, or the reason why there are none. All memory is the caller's.
 */
struct sd_found {
	struct sd_address *addresses;
	size_t max;
	size_t count;    /* set by the look-up */
	bool is_short;   /* the same: it failed for want of memory, a thread or descriptors */
	bool is_unknown; /* the same: there is no such name */
	char *reason;
	size_t reason_size;
};

/* A look-up in progress. */
struct sd_lookup;

/*
 * Begins to look up the addresses of a host and TCP port. A numeric host needs no
 * look-up. SD_IO_DONE, SD_IO_FAILED, or SD_IO_AGAIN: a thread is at work, and *lookup is to be
 * polled from time to time.
 */
enum sd_io sd_resolver_begin(const char *host, uint16_t port, struct sd_lookup **lookup,
                             struct sd_found *out);

/* The same three results. The look-up is freed, except after SD_IO_AGAIN. */
enum sd_io sd_resolver_poll(struct sd_lookup *lookup, struct sd_found *out);

/* The caller no longer waits for the look-up, and must not use it again. */
void sd_resolver_abandon(struct sd_lookup *lookup);

#endif
