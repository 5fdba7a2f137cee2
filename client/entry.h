/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One key of an operation: what is to be done with it, and the result. Plain values in the caller's
 * memory, the replicas included, so that an operation allocates nothing.
 */

#ifndef SD_ENTRY_H
#define SD_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/policy/replica.h"
#include "client/pool/pool.h"
#include "client/transport/sink.h"
#include "wire/bytes.h"

/* Initialised by sd_entry_init(), or zero, except for what is asked. */
struct sd_entry {
	struct sd_bytes key;
	struct sd_bytes data; /* the value to store */
	struct sd_sink *sink; /* where a fetched value goes */
	bool wants_version;   /* a read sets `version` even if it needs none itself */
	int64_t prolongs_s;   /* a get gives what it finds so many seconds to live; 0: it does not */
	bool leaves_time;     /* other entries of the same call are asked for after it: it takes at most
	                         half of the time, and `ends_ms` is when the call ends */
	int64_t ends_ms;      /* the latest end, on the transport's clock; 0: the usual timeouts */
	bool is_new;          /* nobody can have stored the key yet: it was drawn at random just now, so
	                         one server's word that there is none is enough */

	enum sd_status status;
	unsigned stored;  /* after a write: the number of servers that hold it now */
	uint64_t version; /* after a read that asked for it: of what was found; after a change: of the
	                     new value */

	/* the policy's own */
	bool is_session;     /* it is a session: its requests go over connections of their own */
	bool insists;        /* servers that are marked dead are asked all the same if they refused */
	bool is_joined;      /* both names of the key lead to its only server */
	size_t owners;       /* servers of the key; 0: they were not found yet */
	int64_t deadline_ms; /* of the operation, on the transport's clock */
	bool far_ahead;      /* `version` is too far ahead to be given to another server */
	bool is_left;        /* its only server is one of two that stood behind the names before: the
	                        other one may know better */
	bool versioned;      /* after a read: `version` can be compared with other servers' */
	struct sd_replica *winner;    /* of a read: the replica whose copy counts; NULL: none */
	uint64_t told[SD_OWNERS_MAX]; /* the largest version that each server has reported: nothing
	                                 older that the other one has counts, even if this one is away
	                                 by then */
	struct sd_replica replicas[SD_OWNERS_MAX]; /* on the first server and the second; last, because
	                                              the policy initialises those of the owners */
};

/* An entry of that key, without a request yet. The locks of its replicas are left as they are. */
static inline void sd_entry_init(struct sd_entry *entry, struct sd_bytes key)
{
	memset(entry, 0, offsetof(struct sd_entry, replicas));
	entry->key = key;
}

/* A write that depends on what is stored. */
enum sd_change_kind {
	SD_ADD,     /* only if there is no entry */
	SD_REPLACE, /* only if there is one */
	SD_CAS,     /* only if its version is `version` */
	SD_ADJUST,  /* adds `delta` to the number that is stored, or subtracts it */
};

struct sd_change {
	enum sd_change_kind kind;
	int64_t ttl; /* seconds; 0: the server's default; ignored for SD_ADJUST */
	uint64_t version;
	uint64_t delta;
	bool decrement;
	int64_t deadline_ms; /* the latest end, on the transport's clock; 0: the usual timeouts */
};

#endif
