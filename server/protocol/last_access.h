/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * When entries were last read, for the flags h and l of the meta protocol. In
 * memory of a fixed size, so that reading never writes to disk: what is known
 * is lost with the process, and of two keys that share a place only the later
 * one is known of.
 */

#ifndef SDD_ACCESS_H
#define SDD_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store.h"

struct sdd_access;

/* NULL: no memory. */
struct sdd_access *sdd_access_new(void);
void sdd_access_free(struct sdd_access *access);

/* Whether the entry was read since it was written, as far as is known, and when it was last read
 * or written, in milliseconds since 1970; 0: not known. */
bool sdd_access_was_read(const struct sdd_access *access, struct sdd_bytes key, int64_t *last_ms);

/* The entry is read, or (`written`) written anew. */
void sdd_access_note(struct sdd_access *access, struct sdd_bytes key, int64_t now_ms, bool written);

#endif
