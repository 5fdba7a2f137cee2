/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A session continues after a read or a change; see session.h. What this request has written takes
 * the place of what it has read: a change that follows is made over that, or refused.
 */

#include "client/policy/session.h"

#include "client/policy/operation.h"

void sd_session_remember_read(struct sd_session *session, enum sd_status status)
{
	const struct sd_entry *entry = &session->entry;

	session->version = status == SD_OK && !entry->far_ahead ? entry->version : 0;
	session->seen = (struct sd_session_seen){.found = status == SD_OK,
	                                         .version = entry->version,
	                                         .versioned = entry->versioned,
	                                         .owner = entry->winner == &entry->replicas[1] ? 1 : 0};
}

/* Whether a server's lock is an entry, and it was asked to write: memcached tells no version of
 * what it takes. */
static bool is_untold(const struct sd_replica *replica)
{
	enum sd_request_kind kind = replica->exchange.request.kind;

	return replica->lock == SD_LOCK_ENTRY && (kind == SD_SET || kind == SD_DELETE);
}

/* What a server was seen to have, after this request has written to it. If that is another version
 * than was written, somebody has written since, and the next write is to be refused: it goes by the
 * version of the reply. */
static void compare_seen(struct sd_session *session, size_t owner)
{
	struct sd_reply *reply = &session->entry.replicas[owner].exchange.reply;
	struct sd_session_seen *seen = &session->seen;

	if (reply->versioned && seen->versioned && seen->version != 0) {
		reply->version = seen->version;
	} else if (owner == seen->owner && seen->version == 0) {
		seen->version = reply->version;
		seen->versioned = reply->versioned;
	}
}

int64_t sd_session_observe_again(struct sd_session *session, int64_t now_ms)
{
	struct sd_entry *entry = &session->entry;
	bool asked[SD_OWNERS_MAX] = {false};

	for (size_t i = 0; i < entry->owners; i++) {
		asked[i] = is_untold(&entry->replicas[i]);
		if (asked[i]) {
			(void)sd_operation_prepare(entry, i, SD_EXISTS, sd_operation_time_left(entry, now_ms));
		}
	}
	if (!asked[0] && !asked[1]) {
		return now_ms;
	}
	(void)sd_operation_perform(session->policy, entry, 1, now_ms);
	for (size_t i = 0; i < entry->owners; i++) {
		if (asked[i] && sd_replica_has_replied(&entry->replicas[i])) {
			compare_seen(session, i);
		}
	}
	return sd_operation_now_ms(session->policy);
}

/* A touch may have met what somebody else has written. What was read stays what a write goes by. */
static void forget_what_was_touched(struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_exchange *exchange = &entry->replicas[i].exchange;

		if (exchange->request.kind == SD_TOUCH) {
			exchange->reply.version = exchange->request.seen;
		}
	}
}

void sd_session_remember_change(struct sd_session *session, enum sd_request_kind kind, size_t owner,
                                uint64_t version)
{
	const struct sd_reply *reply = &session->entry.replicas[owner].exchange.reply;

	version = version != 0 ? version : reply->version;
	session->seen.was_released = session->lock.holders == 0;
	if (kind == SD_TOUCH) {
		forget_what_was_touched(&session->entry);
		return;
	}
	session->seen.found = kind == SD_SET;
	session->seen.version = reply->versioned ? version : 0;
	session->seen.versioned = reply->versioned;
	session->seen.owner = owner;
	session->version = kind == SD_SET ? session->seen.version : 0;
	if (kind == SD_DELETE) {
		session->entry.status = SD_ABSENT;
	}
	if (session->after == SD_SESSION_CONTINUES) {
		(void)sd_session_observe_again(session, sd_operation_now_ms(session->policy));
	}
}
