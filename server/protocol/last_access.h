/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * When entries were last read or written, for the flags h and l of the meta protocol. It is a table
 * in memory, so that a read never writes to disk, and is lost with the process. A key has one of
 * the eight slots of a bucket, which its hash chooses, and that is seeded at random. The table
 * grows when a bucket is full, up to 65536 slots; then the latest accesses of a bucket are known.
 * So it is as small as the keys allow: with each request one slot of it is needed, and memory is
 * far away.
 */

#ifndef SDD_LAST_ACCESS_H
#define SDD_LAST_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/entry.h"

struct sdd_last_access;

/* NULL: no memory. */
struct sdd_last_access *sdd_last_access_new(void);
void sdd_last_access_free(struct sdd_last_access *last_access);

/* Whether the entry is known to have been read since it was written. *last_ms is when it was last
 * read or written, in milliseconds since 1970; 0: not known. */
bool sdd_last_access_find(const struct sdd_last_access *last_access, const struct sdd_key *key,
                          int64_t *last_ms);

/* Has the processor fetch from memory what the next function looks at, which is far away if there
 * are many keys. It changes nothing. */
void sdd_last_access_approach(const struct sdd_last_access *last_access, const struct sdd_key *key);

/* The entry is written at `now_ms`, or only read. */
void sdd_last_access_update(struct sdd_last_access *last_access, const struct sdd_key *key,
                            int64_t now_ms, bool is_written);

#endif
