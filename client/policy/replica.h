/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One key on one of its servers: what the server is asked in this round, what it replied in the
 * last one, and how the lock on the key is held there.
 *
 * A round asks for up to two things in order: lock and read, or write and unlock. Most operations
 * need no lock, so the request about the lock is in memory of those that do.
 */

#ifndef SD_REPLICA_H
#define SD_REPLICA_H

#include <stdbool.h>

#include "client/transport/request.h"

/* How a lock is held on one server. */
enum sd_lock_kind {
	SD_LOCK_NONE,       /* it is not */
	SD_LOCK_CONNECTION, /* the server has locks, and a connection holds it */
	SD_LOCK_ENTRY,      /* an entry represents it */
};

/* What a write has led to on one server; see write.c. */
enum sd_written {
	SD_WRITE_ASKED, /* no reply yet */
	SD_WRITE_TAKEN,
	SD_WRITE_REFUSED, /* the server has a newer version, and reported it */
	SD_WRITE_BLIND,   /* nothing was written: the server cannot compare versions, or had another one
	                     than it had when it was read */
	SD_WRITE_OVERTAKEN, /* refused, but done: somebody has written after it, as if over it */
	SD_WRITE_RAISING,   /* taken; asked to replace it by itself with a higher version */
	SD_WRITE_RAISED,    /* that is done, and the other server is next */
	SD_WRITE_FAILED,
};

/* Belongs to the policy. Its server, the flags and the lock are set when an operation begins. */
struct sd_replica {
	bool asked;                  /* `exchange` is part of the next round */
	struct sd_exchange *locking; /* goes before it (SD_LOCK) or after it (SD_UNLOCK) in the next
	                                round, and has the same time; NULL: no such request. Borrowed
	                                for the round. */
	enum sd_lock_kind lock;      /* undefined in operations that do not lock */
	uint64_t connection;         /* SD_LOCK_CONNECTION: the one that holds it; of a write that is
	                                raised, the one by which it was read */
	enum sd_written written;     /* undefined in operations other than sets and deletes; so is: */
	bool had_entry;              /* the write found an entry */
	bool compares_not;           /* the server cannot compare versions: memcached */
	uint64_t refusal;            /* the version that refused the write; 0: it was not told */
	struct sd_exchange exchange; /* the request about the entry, and its reply; knows the server */
};

/* Whether the server replied to the last request about the entry, even if with "none". */
static inline bool sd_replica_has_replied(const struct sd_replica *replica)
{
	return !sd_status_is_failure(replica->exchange.reply.status);
}

#endif
