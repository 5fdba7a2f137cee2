/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Reading. The first server is asked for the value and the second for what it knows of the entry,
 * at the same time. If they differ, the newest copy counts, a tombstone as much as a value. Then
 * the value is fetched from the second server if that has the newest one, and the older copy is
 * repaired. A server that was down is not believed alone about what dates from before: the result
 * is SD_UNPROVEN, until both copies were compared.
 *
 * Servers without versions (classic ones; memcached before it knew E) are asked one after the
 * other: the second if the first has nothing.
 */

#ifndef SD_READ_H
#define SD_READ_H

#include "client/policy/operation.h"

/* Fetches values. An entry's status: SD_OK, with the value in its sink, SD_ABSENT or a failure. */
enum sd_status sd_read_get(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                           struct sd_error *error);

/* Whether there are entries, without fetching them. If `ttl` is not 0, they get that many seconds
 * to live from now on; SD_UNSUPPORTED if one of an entry's two servers has no such thing, and
 * then nothing is touched. SD_OK, SD_ABSENT or a failure. */
enum sd_status sd_read_exists(const struct sd_policy *policy, struct sd_entry *entries,
                              size_t count, int64_t ttl, struct sd_error *error);

/* {{{ for operations that read as a part of what they do: change.c, session.c */

/* How entries are read. */
struct sd_reading {
	enum sd_request_kind kind; /* SD_GET, SD_EXISTS or SD_TOUCH */
	enum sd_read_policy policy;
	int64_t touch_ttl; /* SD_TOUCH: the new time to live in seconds; else 0 */
	bool repairs;      /* differing copies are repaired, and the replicas' replies are lost */
};

/* Reads an entry of an operation that has begun, in what is left of its time. */
enum sd_status sd_read_again(const struct sd_policy *policy, struct sd_entry *entry,
                             const struct sd_reading *reading, struct sd_error *error);

/*
 * The rest of a read whose first round was performed by the caller. It reads the value from the
 * first server and, from the second, what it knows of the entry, or the value too if the first had
 * failed. Both copies are compared, whatever the read policy. An entry without a sink was asked for
 * what both servers know of it, and nothing is repaired.
 */
enum sd_status sd_read_finish(const struct sd_policy *policy, struct sd_entry *entry,
                              struct sd_error *error);

/* }}} */

#endif
