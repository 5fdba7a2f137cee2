/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A session takes a lost lock again, and finds out whether anybody has written; see session.h.
 */

#include "client/policy/session.h"

#include "client/policy/operation.h"

/* Whether an entry that stands for the lock is held on any server: memcached leaves nothing in the
 * place of some entries that are deleted. */
static bool is_held_by_entry(const struct sd_session *session)
{
	for (size_t i = 0; i < session->entry.owners; i++) {
		if (session->entry.replicas[i].lock == SD_LOCK_ENTRY) {
			return true;
		}
	}
	return false;
}

/* Nothing at all is what has expired since then, because what is deleted leaves a tombstone.
 * Versions that cannot be compared must be of the same server's copy. */
bool sd_session_is_as_seen(const struct sd_session *session, enum sd_status status,
                           const struct sd_session_seen *seen)
{
	const struct sd_entry *entry = &session->entry;

	if (status == SD_ABSENT && entry->version == 0) {
		return !seen->found || (entry->versioned && !is_held_by_entry(session));
	}
	return (status == SD_OK) == seen->found && entry->version == seen->version &&
	       entry->version != 0 &&
	       ((entry->versioned && seen->versioned) ||
	        entry->winner == &entry->replicas[seen->owner]);
}

/* Whether it is what this request has tried to write, and nobody has told whether it was. */
static bool is_as_tried(const struct sd_entry *entry, uint64_t tried)
{
	return tried != 0 && entry->versioned && entry->version == tried;
}

static enum sd_status read_once_more(struct sd_session *session, int64_t until_ms,
                                     struct sd_error *error)
{
	struct sd_session_rules rules = session->rules;
	int64_t now_ms = sd_operation_now_ms(session->policy);
	int64_t left_ms = until_ms - now_ms;

	rules.reads_anyway = false;
	rules.wait_ms = left_ms > 0 ? left_ms : 0;
	return sd_session_lock_and_read(session, &rules, now_ms, error);
}

enum sd_status sd_session_lock_anew(struct sd_session *session, int64_t until_ms, uint64_t tried,
                                    struct sd_error *error)
{
	enum sd_status status;
	struct sd_error ignored;
	struct sd_error why;
	const char *how =
		session->seen.was_released ? "was released by an earlier write" : "was lost meanwhile";

	session->entry.prolongs_s = 0;
	do {
		status = read_once_more(session, until_ms, &why);
		if (sd_status_is_failure(status)) {
			(void)sd_session_end(session, &ignored);
		}
	} while (sd_status_is_failure(status) && sd_session_tries_again(session, status));
	if (sd_status_is_failure(status)) {
		*error = why;
		return status;
	}
	if (status == SD_CONFLICT) {
		(void)sd_session_end(session, &ignored);
		return sd_error_set(error, status, "the lock %s, and could not be taken again: %s", how,
		                    why.text);
	}
	if (sd_session_is_as_seen(session, status, &session->seen) ||
	    is_as_tried(&session->entry, tried)) {
		return SD_OK;
	}
	(void)sd_session_end(session, &ignored);
	session->seen.is_overtaken = true;
	return sd_error_set(error, SD_CONFLICT,
	                    "the lock %s, and another request has written the session since: %s", how,
	                    tried != 0 ? "this request's write was done before that, or not at all"
	                               : "nothing was written");
}
