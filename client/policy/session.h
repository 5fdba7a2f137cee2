/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One session of one request: an entry that is read under a lock, and written as the lock is
 * released. session.c locks and reads, session_write.c writes and unlocks.
 *
 *   begin    lock and read      one round trip to both servers at the same time; one to each, in
 *                               order, if another request has the lock
 *   write    write and unlock, touch and unlock, delete and unlock: one round trip to both
 *   end      unlock             if nothing was written, or the lock was kept
 *
 * A session reads what sd_read_get() reads, with the lock held: the newest of both copies. The
 * server accepts a write only from the holder of the lock. A session that holds the lock on only
 * one of the two servers still owns it (the other server was restarted, for example). Then that
 * server is asked first, and if it accepts the write, the other one gets it too.
 *
 * A lock that was lost on all of the key's servers is taken again, and waited for. Then the session
 * is written if it still is what was read, and refused if anybody has written since. The lock comes
 * first, because another request may have read the session and not yet written it.
 *
 * A write in the middle of a request keeps the lock until the end. If it has released the lock, a
 * later write takes it again. For that one, what the first write has stored counts as what was
 * read, as for a write whose lock was lost.
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
	SD_SESSION_UNASKED,  /* no lock was asked for, or it is not known whether there are any */
	SD_SESSION_LOCKED,   /* held since it was read */
	SD_SESSION_REFUSED,  /* another request has it, or a name leads to two servers, one of which
	                        would give it: what was read must not be written */
	SD_SESSION_LOCKLESS, /* none of its servers has locks */
	SD_SESSION_PARENTS,  /* a parent process holds it: this one must not write */
};

/* What the session was doing when an operation failed. */
enum sd_session_phase {
	SD_SESSION_CONNECTING,
	SD_SESSION_LOCKING,
	SD_SESSION_READING,
	SD_SESSION_WRITING,
	SD_SESSION_UNLOCKING,
};

/* What the caller does after a change. */
enum sd_session_after {
	SD_SESSION_ENDS,         /* nothing */
	SD_SESSION_MAY_CONTINUE, /* it will probably end: the lock is released, and what was written is
	                         remembered. A lock that is an entry is kept: to release it takes round
	                         trips of its own. */
	SD_SESSION_CONTINUES,    /* it changes the session once more: the lock is kept */
};

/* How a session begins. */
struct sd_session_rules {
	bool locks;          /* under a lock */
	bool reads_anyway;   /* even if another request has the lock */
	bool is_new;         /* its id was drawn just now: it cannot be on a server that is away */
	bool is_replaceable; /* another id would do as well: no server that refuses is waited for */
	int64_t lease_s;     /* of the lock; it is released earlier if the connection ends */
	int64_t wait_ms;     /* the longest wait for it; 0: one try */
	int64_t prolongs_s;  /* reading gives it so many seconds to live; 0: it does not */
};

/* What was read or written last, to tell whether anybody has written since. */
struct sd_session_seen {
	bool found;
	uint64_t version;  /* of the entry or a tombstone; 0: there was neither, or nobody has told */
	bool versioned;    /* the version can be compared with other servers' */
	size_t owner;      /* whose copy it was */
	bool is_overtaken; /* somebody has written since */
	bool was_released; /* the lock, by the change that has written it */
};

struct sd_session {
	const struct sd_policy *policy; /* borrowed; its servers stay the same until the end */
	struct sd_lock lock;            /* its name is the session's key */
	struct sd_entry entry;          /* its replicas know where the lock is held */
	enum sd_session_hold hold;
	bool is_ambiguous; /* SD_SESSION_REFUSED: a name leads to two servers */
	bool is_deserted; /* SD_SESSION_LOCKED: the second server was lost while another request had its
	                     lock, whose write may still be on its way to the first */
	uint64_t version; /* of what was read or written; 0: there was no entry */
	struct sd_session_rules rules;
	struct sd_session_seen seen;
	enum sd_session_after after;  /* the caller's: what follows the next change */
	enum sd_session_phase failed; /* after a failure */
	int64_t began_ms;             /* when the last operation did; 0: it had nothing to do */
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

/* Stores the value for `ttl` seconds and releases the lock, or does what `after` says. SD_OK: a
 * server has it; SD_CONFLICT: the lock was lost and could not be had again, or somebody has written
 * since, and nothing was written; or a failure. */
enum sd_status sd_session_write(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error);

/* The same for a value that did not change: it gets `ttl` seconds to live, and is stored again on a
 * server that no longer has it. An entry that was deleted meanwhile stays deleted. */
enum sd_status sd_session_touch(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error);

/* Deletes it and releases the lock. The deletion is remembered for at least `ttl` seconds. SD_OK,
 * SD_CONFLICT or a failure. */
enum sd_status sd_session_destroy(struct sd_session *session, int64_t ttl, struct sd_error *error);

/* Whether the session, which has begun with that status, is what was seen by another one that has
 * ended: nobody has written since. */
bool sd_session_is_as_seen(const struct sd_session *session, enum sd_status status,
                           const struct sd_session_seen *seen);

/* Releases the lock, if it is held. SD_OK, or a failure: another request may have to wait for the
 * end of its lease. */
enum sd_status sd_session_end(struct sd_session *session, struct sd_error *error);

/*
 * For the other files of a session: whether an operation that ended with that status is done again.
 * A server that refused, or of which it must be known whether the other one's unproven copy is the
 * newest, may be back. It is asked at once in spite of its mark, and then from time to time, until
 * a second after any worker of this machine found that it refuses. Pauses before it returns true.
 */
bool sd_session_tries_again(struct sd_session *session, enum sd_status status);

/* How many milliseconds have passed since the last operation began; 0: it had nothing to do. */
int64_t sd_session_took_ms(const struct sd_session *session);

/* "connect", "lock", "read", "write" or "unlock". */
const char *sd_session_phase_name(enum sd_session_phase phase);

/* {{{ for session.c, session_write.c, session_again.c and session_lost.c */

/* Records in which phase an operation failed. Returns the status. */
enum sd_status sd_session_fail(struct sd_session *session, enum sd_session_phase phase,
                               enum sd_status status);

/* Takes the lock and reads, from `now_ms` on; without a sink, what the servers know of the entry.
 * SD_OK or SD_ABSENT, and `hold`; SD_CONFLICT or a failure, after which something may still be
 * held. */
enum sd_status sd_session_lock_and_read(struct sd_session *session,
                                        const struct sd_session_rules *rules, int64_t now_ms,
                                        struct sd_error *error);

/* Releases what a server may have given unheard, if the session is locked on another one. */
void sd_session_withdraw_unheard(struct sd_session *session);

/*
 * Takes a lock again that was lost and of which nothing is held, by `until_ms` at the latest, and
 * reads the session's version. SD_OK: it is held, and the session is what was read, or what this
 * request has tried to write with the version `tried` (0: none). SD_CONFLICT or a failure: it could
 * not be had, or another client has written, and nothing is held.
 */
enum sd_status sd_session_lock_anew(struct sd_session *session, int64_t until_ms, uint64_t tried,
                                    struct sd_error *error);

/* Whether the lock is held after a change, too. */
static inline bool sd_session_stays_locked(const struct sd_session *session)
{
	return session->after == SD_SESSION_CONTINUES ||
	       (session->after == SD_SESSION_MAY_CONTINUE && session->lock.entry_ends_ms != 0);
}

/* What was read just now, with that status, is what changes go by. */
void sd_session_remember_read(struct sd_session *session, enum sd_status status);

/* A change of that kind is done on that server, with that version; 0: the server has chosen it.
 * What there is now is remembered, for a change that follows. */
void sd_session_remember_change(struct sd_session *session, enum sd_request_kind kind, size_t owner,
                                uint64_t version);

/* Reads what the last change has made, if the lock is an entry: a write is only accepted over
 * what is known. Takes the time and returns it. */
int64_t sd_session_observe_again(struct sd_session *session, int64_t now_ms);

/* Whether a parent process has the session open. Then nothing is held from now on. */
bool sd_session_is_parents(struct sd_session *session);

/* }}} */

#endif
