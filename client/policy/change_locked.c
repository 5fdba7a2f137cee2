/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One change of a key at a time; see change.h. */

#include "client/policy/change.h"

#include <string.h>

#include "client/policy/greet.h"
#include "client/policy/lock.h"

/* The longest wait for the lock: no longer than the key's servers may take to reply, because a
 * server that makes this client wait looks like one that is silent. */
static int64_t longest_wait_ms(const struct sd_entry *entry, int64_t limit_ms)
{
	int64_t longest_ms = 0;

	for (size_t i = 0; i < entry->owners; i++) {
		int64_t timeout_ms = entry->replicas[i].exchange.server->timeout_ms;

		longest_ms = timeout_ms > longest_ms ? timeout_ms : longest_ms;
	}
	return longest_ms < limit_ms / 2 ? longest_ms : limit_ms / 2;
}

/* Makes a lock for changes of that key, which is not the key's own lock: that is a session's. */
static enum sd_status init_lock(struct sd_lock *lock, struct sd_bytes key, struct sd_error *error)
{
	uint8_t name[SD_LOCK_KEY_MAX] = {'~'};
	size_t length = key.length < sizeof(name) ? key.length : sizeof(name) - 1;

	memcpy(name + 1, key.data, length);
	return sd_lock_init(lock, (struct sd_bytes){name, length + 1}, error);
}

static enum sd_status change_under_lock(const struct sd_policy *policy, struct sd_entry *entry,
                                        const struct sd_change *change, struct sd_error *error)
{
	int64_t limit_ms = policy->options->timeout_ms;
	int64_t now_ms = sd_operation_now_ms(policy);
	struct sd_change timed = *change;
	struct sd_lock_terms terms;
	struct sd_error without; /* the lock of a server that could not be asked */
	struct sd_lock lock;
	enum sd_status status = sd_operation_begin(policy, entry, 1, now_ms, error);

	if (status == SD_OK) {
		status = init_lock(&lock, entry->key, error);
	}
	if (status != SD_OK) {
		return status;
	}
	now_ms = sd_greet_join(policy, entry, 1, now_ms);
	lock.insists = entry->insists;
	without.server = NULL;
	timed.deadline_ms = now_ms + limit_ms;
	terms.lease_s =
		1 + limit_ms / 1000; /* it must outlast the change, after which it is released */
	terms.until_ms = now_ms + longest_wait_ms(entry, limit_ms);
	status = sd_lock_acquire(policy, &lock, entry, &terms, timed.deadline_ms, &without);
	if (status == SD_CONFLICT) {
		return sd_error_set(error, SD_TIMEOUT, "%s", "others kept changing the entry meanwhile");
	}
	if (status != SD_OK && status != SD_UNSUPPORTED && status != SD_AMBIGUOUS) {
		*error = without;
		return status;
	}
	status = sd_change_entry_unlocked(policy, entry, &timed, error);
	if (status == SD_TIMEOUT && error->server == NULL && without.server != NULL) {
		sd_error_add(error, "%s", without.text);
		error->server = without.server;
	}
	(void)sd_lock_release(policy, &lock, entry, &without);
	return status;
}

static enum sd_status change_once(const struct sd_policy *policy, struct sd_entry *entry,
                                  const struct sd_change *change, struct sd_error *error)
{
	return policy->pool.redundancy ? change_under_lock(policy, entry, change, error)
	                               : sd_change_entry_unlocked(policy, entry, change, error);
}

/* Whether nothing was changed, because the servers that decide could not be asked or believed. */
static bool is_untouched(const struct sd_entry *entry, enum sd_status status)
{
	return (status == SD_DEAD || status == SD_UNREACHABLE || status == SD_UNPROVEN) &&
	       !sd_operation_is_in_doubt(entry);
}

enum sd_status sd_change_entry(const struct sd_policy *policy, struct sd_entry *entry,
                               const struct sd_change *change, struct sd_error *error)
{
	enum sd_status status = change_once(policy, entry, change, error);
	/* without a retry interval a server that refuses was asked already, unless others mark it */
	bool was_asked = status != SD_DEAD && policy->options->retry_interval_ms == 0;

	if (is_untouched(entry, status) &&
	    (sd_operation_has_parted(entry) ||
	     (!was_asked && sd_operation_refusing_since(policy, entry) != 0))) {
		entry->insists = true;
		entry->ends_ms = entry->deadline_ms;
		status = change_once(policy, entry, change, error);
		entry->insists = false;
		entry->ends_ms = 0;
	}
	return status;
}
