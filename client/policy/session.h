/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One session of one request: an entry that is read under a lock, and written as
 * the lock is given back.
 *
 *   begin    lock and read    one round trip to both at once; one to each, in order, where somebody else
 *                             has the lock
 *   write    write and unlock, touch and unlock, delete and unlock: one round trip to both at once
 *   end      unlock           where nothing was written
 *
 * What is read is what sd_cluster_get() reads, with the lock held: the newest of
 * both copies. What is written is written by who holds the lock, and the server
 * looks: where it was lost on all of the key's servers, nothing is. Held on one of
 * them it is ours still (the other one was restarted, say), and that one is asked
 * first: what it says yes to goes to the other one too.
 *
 * memcached, whose locks are entries, takes more round trips, and there it is the
 * version read that a write is held against. Classic servers have no locks: they
 * are read and written without, and `hold` says so.
 */

#ifndef SD_SESSION_H
#define SD_SESSION_H

#include "client/entry.h"
#include "client/policy/lock.h"

struct sd_cluster;

enum sd_session_hold {
	SD_SESSION_UNASKED,  /* no lock was asked for */
	SD_SESSION_LOCKED,   /* held since it was read */
	SD_SESSION_REFUSED,  /* somebody else has it: what was read must not be written */
	SD_SESSION_LOCKLESS, /* none of its servers has locks */
};

/* What was being done when an operation failed. */
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
	bool reads_anyway; /* where somebody else has that it is read nevertheless */
	int64_t lease_s;   /* the lock's; it is free before when the connection ends */
	int64_t wait_ms;   /* the longest wait for it; 0: one try */
};

struct sd_session {
	struct sd_cluster *cluster; /* borrowed; its servers stay as they are until the end */
	struct sd_lock lock;        /* has the key, too */
	struct sd_item item;
	enum sd_session_hold hold;
	uint64_t version;             /* of what was read; 0: nothing was there */
	enum sd_session_phase failed; /* after a failure */
	int64_t took_ms;              /* the last operation */
};

/* A session of that key, which is copied. SD_OK or SD_BAD_KEY. */
enum sd_status sd_session_init(struct sd_session *session, struct sd_cluster *cluster,
                               struct sd_bytes key, struct sd_error *error);

/*
 * Takes the lock and reads the value into the sink. SD_OK or SD_ABSENT, and `hold`
 * tells about the lock; SD_CONFLICT: it is somebody else's, and nothing was read;
 * or a failure, which is never a session without data. Nothing is held after the
 * last two. May be called again, which renews what is held.
 */
enum sd_status sd_session_begin(struct sd_session *session, const struct sd_session_rules *rules,
                                struct sd_sink *sink, struct sd_error *error);

/*
 * Stores the value for `ttl` seconds and gives the lock back. SD_OK: a server
 * has it; SD_CONFLICT: the lock was lost, and nothing was written; or a failure.
 */
enum sd_status sd_session_write(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error);

/* The same for a value that is as it was read: it gets `ttl` seconds to live, and is stored again
 * where it is gone. What was deleted meanwhile stays deleted. */
enum sd_status sd_session_touch(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error);

/* Deletes it and gives the lock back; that it was deleted is remembered for `ttl` seconds at
 * least. SD_OK, SD_CONFLICT or a failure. */
enum sd_status sd_session_destroy(struct sd_session *session, int64_t ttl, struct sd_error *error);

/* Gives the lock back, if it is held. SD_OK, or a failure: somebody may have to wait for the end of
 * its lease. */
enum sd_status sd_session_end(struct sd_session *session, struct sd_error *error);

/* "connect", "lock", "read", "write" or "unlock". */
const char *sd_session_phase_name(enum sd_session_phase phase);

#endif
