/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A session ends; how it failed, whether it tries again, and whether it and its locks are this
 * process's; see session.h. */

#include "client/policy/session.h"

#include "client/policy/lock_unheard.h"
#include "client/policy/operation.h"

#define OUTAGE_MS 1000 /* for how long a session waits for a server that refuses */
#define OUTAGE_PAUSE_MS 20

const char *sd_session_phase_name(enum sd_session_phase phase)
{
	static const char *const names[] = {
		[SD_SESSION_CONNECTING] = "connect", [SD_SESSION_LOCKING] = "lock",
		[SD_SESSION_READING] = "read",       [SD_SESSION_WRITING] = "write",
		[SD_SESSION_UNLOCKING] = "unlock",
	};

	return names[phase];
}

enum sd_status sd_session_fail(struct sd_session *session, enum sd_session_phase phase,
                               enum sd_status status)
{
	session->failed = status == SD_UNREACHABLE || status == SD_DEAD ? SD_SESSION_CONNECTING : phase;
	return status;
}

int64_t sd_session_took_ms(const struct sd_session *session)
{
	return session->began_ms != 0 ? sd_operation_now_ms(session->policy) - session->began_ms : 0;
}

/* {{{ servers that refuse */

/* Whether the operation failed because a server was away, and was not begun anywhere else. */
static bool is_outage(enum sd_status status)
{
	return status == SD_UNREACHABLE || status == SD_DEAD || status == SD_UNPROVEN ||
	       status == SD_CLOSED;
}

bool sd_session_tries_again(struct sd_session *session, enum sd_status status)
{
	struct sd_transport *transport = session->policy->transport;
	struct sd_entry *entry = &session->entry;
	int64_t since_ms = sd_operation_refusing_since(session->policy, entry);
	int64_t left_ms;

	if (!is_outage(status)) {
		return false;
	}
	if (sd_operation_has_parted(entry)) {
		return true;
	}
	/* a server that no longer refuses came back after it was asked */
	session->outage_ms = since_ms != 0 ? since_ms : session->outage_ms;
	if (!entry->insists &&
	    (session->outage_ms != 0 || status == SD_DEAD || status == SD_UNPROVEN)) {
		entry->insists = session->lock.insists = true;
		return true;
	}
	left_ms = session->outage_ms + OUTAGE_MS - sd_operation_now_ms(session->policy);
	if (session->outage_ms == 0 || left_ms <= 0) {
		return false;
	}
	transport->pause(transport, left_ms < OUTAGE_PAUSE_MS ? left_ms : OUTAGE_PAUSE_MS);
	return true;
}

/* }}} */

bool sd_session_is_parents(struct sd_session *session)
{
	if (sd_lock_leave_to_parent(session->policy, &session->lock, &session->entry) &&
	    session->hold == SD_SESSION_LOCKED) {
		session->hold = SD_SESSION_PARENTS;
	}
	return session->hold == SD_SESSION_PARENTS;
}

void sd_session_withdraw_unheard(struct sd_session *session)
{
	const struct sd_lock *lock = &session->lock;
	bool is_any = lock->unheard[0] != NULL || lock->unheard[1] != NULL;

	if (is_any && session->hold == SD_SESSION_LOCKED && !sd_session_is_parents(session)) {
		sd_lock_withdraw_unheard(session->policy, &session->lock);
	}
}

enum sd_status sd_session_end(struct sd_session *session, struct sd_error *error)
{
	struct sd_exchange unlocks[SD_OWNERS_MAX];
	struct sd_entry *entry = &session->entry;
	enum sd_status status = SD_OK;
	int64_t began_ms;

	session->began_ms = 0;
	sd_session_withdraw_unheard(session);
	if (session->lock.holders == 0 || sd_session_is_parents(session)) {
		return SD_OK;
	}
	began_ms = sd_operation_now_ms(session->policy);
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		if (replica->lock == SD_LOCK_CONNECTION) {
			(void)sd_lock_request_release(&session->lock, replica, &unlocks[i]);
			replica->locking = &unlocks[i];
		}
	}
	/* a server that cannot be asked has lost the connection, and the lock with it */
	(void)sd_operation_perform(session->policy, entry, 1, began_ms);
	if (session->lock.holders > 0) {
		status = sd_lock_release(session->policy, &session->lock, entry, error);
		status = status == SD_ABSENT ? SD_OK : status; /* its lease had ended */
	}
	session->began_ms = began_ms;
	return status == SD_OK ? SD_OK : sd_session_fail(session, SD_SESSION_UNLOCKING, status);
}
