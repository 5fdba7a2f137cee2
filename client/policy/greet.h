/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What has to be known of two servers before anything is written to them: what time they have, for
 * the version, and whether both can keep a time to live. And before any operation, whether they are
 * two at all. A connection begins with the greeting anyway, so greeting first costs no round trip.
 */

#ifndef SD_GREET_H
#define SD_GREET_H

#include "client/policy/operation.h"

/*
 * Greets the servers of entries with two servers, as far as no connection to them is up. The
 * entries have begun; `kind` is what they are to be asked for. Sets each entry's status: SD_OK;
 * SD_UNSUPPORTED, explained in the replicas: a time to live was asked for (`ttl` is not 0), and one
 * of the servers is a classic one, which has none. Or that with which the caller ended it. A server
 * that did not answer has a failure as its reply. Two that turn out to be one server are joined.
 * Returns the time at which the next round begins.
 */
int64_t sd_greet_servers(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                         enum sd_request_kind kind, int64_t ttl, int64_t now_ms);

/* For sd_greet_join() and sd_greet_joined(). */
int64_t sd_greet_join_odd(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                          int64_t now_ms);
bool sd_greet_joined_odd(const struct sd_policy *policy, struct sd_entry *entries, size_t count);

/* Joins the servers of entries that have begun: if both are one server by two names, the entry has
 * one server from now on, by the first name. Greets them if their last greetings are too old to
 * tell. Returns the time at which the next round begins. */
static inline int64_t sd_greet_join(const struct sd_policy *policy, struct sd_entry *entries,
                                    size_t count, int64_t now_ms)
{
	return policy->transport->has_odd_names ? sd_greet_join_odd(policy, entries, count, now_ms)
	                                        : now_ms;
}

/* The same after a round, by the greetings that it brought. Returns whether any were joined. */
static inline bool sd_greet_joined(const struct sd_policy *policy, struct sd_entry *entries,
                                   size_t count)
{
	return policy->transport->has_odd_names && sd_greet_joined_odd(policy, entries, count);
}

/* A lock is held on the first server of an entry that has begun, and the second is about to be
 * asked for it. Greets the second, if no connection to it is up or its last greeting is too old to
 * tell, and returns whether it is the first one by another name. That one would wait for its own
 * lock, so then they are joined. */
bool sd_greet_is_first_again(const struct sd_policy *policy, struct sd_entry *entry);

/* A lock is held on the second server alone, and the first is about to be asked for it. Greets the
 * first, if no connection to it is up: then it is known whether any names are odd. */
void sd_greet_first(const struct sd_policy *policy, struct sd_entry *entry);

#endif
