/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One session of one request: an entry that is read under a lock, and written as the lock is
 * released. session.c locks and reads, session_write.c writes and unlocks.
 *
 *   begin    lock and read      one round trip to both servers at the same time; one to each, in
 *                               order, if another request has the lock
 *   write    write and unlock, touch and unlock, delete and unlock: one round trip to both
 *   end      unlock             if nothing was written
 *
 * A session reads what sd_read_get() reads, with the lock held: the newest of both copies. The
 * server accepts a write only from the connection that holds the lock. If the lock was lost on all
 * of the key's servers, nothing is written. A session that holds the lock on only one of the two
 * servers still owns it (the other server was restarted, for example). Then that server is asked
 * first, and if it accepts the write, the other one gets it too.
 *
 * memcached, whose locks are entries, takes more round trips. There, a write is accepted only over
 * the version that was read. Classic servers have no locks: they are read and written without, and
 * `hold` says so.
 */

#ifndef SD_SESSION_H
#define SD_SESSION_H

#include "client/entry.h"
#include "client/policy/lock.h"

struct sd_policy;

enum sd_session_hold {
	SD_SESSION_UNASKED,  /* no lock was asked for */
	SD_SESSION_LOCKED,   /* held since it was read */
	SD_SESSION_REFUSED,  /* another request has it, or a name leads to two servers, one of which
	                        would  give it: what was read must not be written */
	SD_SESSION_LOCKLESS, /* none of its servers has locks */
};

/* What the session was doing when an operation failed. */
enum sd_session_phase {
	SD_SESSION_CONNECTING,
	SD_SESSION_LOCKING,
	SD_SESSION_READING,
	SD_SESSION_WRITING,
	SD_SESSION_UNLOCKING,
};

/* How a session begins. */
struct sd_session_rules {
	bool locks;        /* under a lock */
	bool reads_anyway; /* even if another request has the lock */
	bool is_new;       /* its id was drawn just now: it cannot be on a server that is away */
	int64_t lease_s;   /* of the lock; it is released earlier if the connection ends */
	int64_t wait_ms;   /* the longest wait for it; 0: one try */
};

struct sd_session {
	const struct sd_policy *policy; /* borrowed; its servers stay the same until the end */
	struct sd_lock lock;            /* its name is the session's key */
	struct sd_entry entry;          /* its replicas know where the lock is held */
	enum sd_session_hold hold;
	bool is_ambiguous;            /* SD_SESSION_REFUSED: a name leads to two servers */
	uint64_t version;             /* of what was read; 0: there was no entry */
	enum sd_session_phase failed; /* after a failure */
	int64_t took_ms;              /* the last operation */
	int64_t outage_ms;            /* when the outage began that it meets; 0: none */
};

/* A session of that key, which is copied. SD_OK or SD_BAD_KEY. */
enum sd_status sd_session_init(struct sd_session *session, const struct sd_policy *policy,
                               struct sd_bytes key, struct sd_error *error);

/*
 * Takes the lock and reads the value into the sink. SD_OK or SD_ABSENT, and `hold` says how the
 * lock is held; SD_CONFLICT: another request has it, and nothing was read; or a failure, which is
 * never a session without data. After a conflict or a failure nothing is held. May be called again,
 * which renews what is held. The pool must not change until sd_session_end(): the session knows by
 * the number of the owner where its lock is held.
 */
enum sd_status sd_session_begin(struct sd_session *session, const struct sd_session_rules *rules,
                                struct sd_sink *sink, struct sd_error *error);

/* Stores the value for `ttl` seconds and releases the lock. SD_OK: a server has it; SD_CONFLICT:
 * the lock was lost, and nothing was written; or a failure. */
enum sd_status sd_session_write(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error);

/* The same for a value that did not change: it gets `ttl` seconds to live, and is stored again on a
 * server that no longer has it. An entry that was deleted meanwhile stays deleted. */
enum sd_status sd_session_touch(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error);

/* Deletes it and releases the lock. The deletion is remembered for at least `ttl` seconds. SD_OK,
 * SD_CONFLICT or a failure. */
enum sd_status sd_session_destroy(struct sd_session *session, int64_t ttl, struct sd_error *error);

/* Releases the lock, if it is held. SD_OK, or a failure: another request may have to wait for the
 * end of its lease. */
enum sd_status sd_session_end(struct sd_session *session, struct sd_error *error);

/*
 * For the same: whether an operation that ended with that status is done again. A server that
 * refused, or of which it must be known whether the other one's unproven copy is the newest, may be
 * back: it is asked at once in spite of its mark, and then from time to time, until a second after
 * any worker of this machine found that it refuses. Pauses before it returns true.
 */
bool sd_session_tries_again(struct sd_session *session, enum sd_status status);

/* "connect", "lock", "read", "write" or "unlock". */
const char *sd_session_phase_name(enum sd_session_phase phase);

/* For session.c and session_write.c: records in which phase an operation failed. Returns the
 * status. */
enum sd_status sd_session_fail(struct sd_session *session, enum sd_session_phase phase,
                               enum sd_status status);

#endif
