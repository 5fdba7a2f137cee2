/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The operations on entries, for every protocol. A protocol fills in a typed request and calls the
 * operation, which decides the request's outcome and changes nothing. Then the protocol writes
 * its reply from the outcome, and calls sdd_operation_apply() to make the change.
 *
 * That order matters: an entry's value is the store's memory, which the change may overwrite. If
 * the change fails, the tick's batch discards the reply. No function here writes a reply.
 *
 * Every function returns SDD_DONE, or SDD_FULL or SDD_FAILED if the store refused, or SDD_LATER:
 * the outcome then has only `is_found`. A touch is a get with a time to live.
 */

#ifndef SDD_OPERATIONS_H
#define SDD_OPERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/system/work.h"
#include "server/protocol/batch.h"
#include "server/protocol/doubts.h"
#include "server/protocol/last_access.h"
#include "server/protocol/locks.h"
#include "server/store/entry.h"
#include "wire/classic.h"
#include "wire/encoding.h"

/*
 * For how long a server takes no proof and no repair as one after its start. A client may have read
 * before that start what it carries here, and others may have written since: they knew that this
 * server was away. No request that takes longer is in progress.
 */
#define SDD_SETTLE_MS 5000

struct sdd_connection;

/* What the operations of a server share. All of it is borrowed. */
struct sdd_operations {
	struct sdd_batch *batch;
	struct sdd_work *work; /* of the tick */
	struct sdd_last_access *last_access;
	struct sdd_doubts *doubts;
	uint64_t max_request_size; /* bytes, of a request of the classic protocol */
	int64_t since_ms;          /* when the server started, since the system did */
	uint64_t process;          /* drawn at random for this start; 0: it could not be drawn */
};

/* Whether a value is larger than one that can be set: the classic request for that would be too
 * large, header and key included. It is the limit for every protocol, and for joined values. */
static inline bool sdd_operation_is_too_large(const struct sdd_operations *operations,
                                              uint64_t key_length, uint64_t value_length)
{
	return SD_CLASSIC_HEADER_MAX + key_length + value_length > operations->max_request_size;
}

/*
 * Times to live are memcached's: 0 never expires, a negative one has expired already, one of more
 * than 30 days is a date (seconds since 1970), and all others are seconds from now.
 */

struct sdd_get_request {
	const struct sdd_key *key;
	bool has_ttl;     /* touch: the entry gets the time to live `ttl` */
	bool has_vivify;  /* an absent entry is made, without a value, with the time to live `vivify` */
	bool may_win;     /* if the entry is stale, the client is the one to make it again, once */
	bool has_recache; /* the client wins the entry if it has less than `recache` seconds left */
	bool has_proof;   /* another server has the version `proof`, too: then the entry is proven */
	bool has_version; /* a vivified entry gets `version`; 0: the next one */
	bool is_binary_key; /* of a vivified entry: replies show its key in base64 */
	bool wants_access;  /* the outcome has `was_read` and `accessed_ms` */
	bool leaves_access; /* the last access is not changed by this request */
	int64_t ttl;
	int64_t vivify;
	int64_t recache;
	uint64_t proof;
	uint64_t version;
};

/* When a write is made, and with which version. */
struct sdd_condition {
	bool has_compare;   /* only if the entry has the version `compare` */
	bool has_version;   /* the entry gets `version`; 0: the next one */
	bool is_only_newer; /* only if `version` is greater than that of the entry or tombstone */
	bool is_repair;     /* of a set or delete: it carries what another server has */
	uint64_t compare;
	uint64_t version;
	const struct sdd_lock_claim
		*claim; /* only if the lock on the key is the claimant's; NULL: any */
};

enum sdd_set_mode {
	SDD_SET,
	SDD_ADD,     /* only if the entry is absent */
	SDD_REPLACE, /* only if the entry exists */
	SDD_APPEND,  /* to the value that exists */
	SDD_PREPEND,
};

struct sdd_set_request {
	const struct sdd_key *key;
	struct sd_bytes value; /* valid until sdd_operation_apply() */
	struct sdd_condition condition;
	enum sdd_set_mode mode;
	struct sdd_connection *connection; /* append and prepend: has the memory of the
	                                      joined value; NULL: without a bound */
	bool has_ttl;                      /* otherwise the server's --expiration counts */
	bool has_vivify;                   /* append and prepend: an absent entry is made */
	bool invalidates;   /* a compared version that is older is stored as a stale one */
	bool is_binary_key; /* replies show the key in base64 */
	bool leaves_access; /* the last access is not changed by this request */
	uint32_t client_flags;
	int64_t ttl;
	int64_t vivify;
};

struct sdd_delete_request {
	const struct sdd_key *key;
	struct sdd_condition condition;
	bool has_ttl;     /* of the tombstone, or of the entry that is invalidated */
	bool invalidates; /* the entry stays, as a stale one */
	bool deletes_value_only;
	int64_t ttl;
};

struct sdd_adjust_request {
	const struct sdd_key *key;
	struct sdd_condition condition; /* is_only_newer and claim are ignored */
	bool decrements;                /* not below 0; otherwise it increments, and wraps around */
	bool has_ttl;
	bool has_vivify;    /* an absent entry is made, with the value `initial` */
	bool is_binary_key; /* of a vivified entry: replies show its key in base64 */
	uint64_t delta;
	uint64_t initial;
	int64_t ttl;
	int64_t vivify;
};

enum sdd_outcome_status {
	SDD_OUTCOME_DONE,          /* found or vivified, stored, deleted */
	SDD_OUTCOME_ABSENT,        /* there is no such entry; a delete may leave a tombstone anyway */
	SDD_OUTCOME_NOT_STORED,    /* the mode forbids it */
	SDD_OUTCOME_NOT_HELD,      /* the lock is not the claimant's */
	SDD_OUTCOME_OTHER_VERSION, /* the entry has another version than `compare` */
	SDD_OUTCOME_NOT_NEWER,     /* entry.version is the version that is as new; or it is the write's
	                              own: it was performed before, and its lock released */
	SDD_OUTCOME_NOT_A_NUMBER,
	SDD_OUTCOME_TOO_LARGE, /* the joined value */
	SDD_OUTCOME_NO_MEMORY, /* for the joined value */
};

/* What sdd_operation_apply() does. */
enum sdd_outcome_change {
	SDD_OUTCOME_NO_CHANGE,
	SDD_OUTCOME_PUT,    /* stores `entry` */
	SDD_OUTCOME_CHANGE, /* the same, and the value stays */
};

/* What it records of the last access. */
enum sdd_outcome_access {
	SDD_OUTCOME_NO_ACCESS,
	SDD_OUTCOME_READ,
	SDD_OUTCOME_WRITTEN,
};

struct sdd_outcome {
	enum sdd_outcome_status status;
	enum sdd_outcome_change change;
	enum sdd_outcome_access access;
	bool is_found; /* the key had an entry that has not expired */
	bool
		is_tombstone; /* it had a tombstone, which is `entry` if the status is SDD_OUTCOME_ABSENT */
	bool is_won;      /* this client is the one that makes the entry again */
	bool is_proven;   /* get: the entry, or that there is none, is proven */
	bool was_read;    /* get: since it was written, before this request */
	int64_t
		accessed_ms; /* get: when it was last read or written, by the store's clock; 0: not known */
	struct sdd_entry entry; /* what the reply describes: the entry after the change */
	uint8_t *joined;        /* memory of the value of an append; sdd_operation_apply() frees it */
	uint8_t digits[SD_DECIMAL_MAX]; /* the value of an adjust */
};

/* Finds an entry, and decides what the reply says of it and what sdd_operation_apply() changes. */
enum sdd_result sdd_operation_get(struct sdd_operations *operations,
                                  const struct sdd_get_request *request,
                                  struct sdd_outcome *outcome);

/* Copies the value of an entry that was found to memory of value.length bytes: it need not be in
 * memory before. To be called before the outcome is applied. SDD_DONE or SDD_FAILED. */
enum sdd_result sdd_operation_read(const struct sdd_operations *operations,
                                   const struct sdd_entry *entry, void *room);

/* Whether the value could be read, for who does not need it. SDD_DONE or SDD_FAILED. */
enum sdd_result sdd_operation_check(const struct sdd_operations *operations,
                                    const struct sdd_entry *entry);

/*
 * A set finds what the key has only if it depends on it. It does not if it is SDD_SET without
 * `has_compare`, and its version
 *   - is the client's, and need not be newer: it counts whatever is there;
 *   - or is the client's, must be newer, and is above those of all entries and tombstones, by the
 *     bound that the store has (sdd_store_is_above_all());
 *   - or is the store's own, and is above them all: then it is the one that it would be anyway.
 * Then the outcome does not say whether there was an entry or a tombstone: both are false. All else
 * is as if they had been found. The reply says nothing of them, an entry that is put is proven and
 * has a time to live, a last access and flags of its own, and a tombstone is replaced like an
 * entry. A damaged entry is replaced in both cases. By how much the store grows is the store's
 * affair: it finds what is replaced itself when it is not far from full (sdd_store_put()).
 */
enum sdd_result sdd_operation_set(struct sdd_operations *operations,
                                  const struct sdd_set_request *request,
                                  struct sdd_outcome *outcome);

/* Leaves a tombstone that outlives the entry. A delete with a version of an absent entry leaves
 * one, too: the entry may come back from a server that was down. */
enum sdd_result sdd_operation_delete(struct sdd_operations *operations,
                                     const struct sdd_delete_request *request,
                                     struct sdd_outcome *outcome);

/* Adds to the decimal number that the value is, or subtracts from it. */
enum sdd_result sdd_operation_adjust(struct sdd_operations *operations,
                                     const struct sdd_adjust_request *request,
                                     struct sdd_outcome *outcome);

/* In how many milliseconds the absence of an entry that is not there is proven; 0: it is. */
int64_t sdd_operation_absence_proven_in(const struct sdd_operations *operations);

/* How many entries are not proven, as far as that is known, and of how many keys it is in doubt
 * what they have. Some may be counted twice. */
uint64_t sdd_operation_unproven(const struct sdd_operations *operations);

/* For how long what is stored now may live, here or on another server, at most, in milliseconds;
 * and what is stored with `ttl`, if it has one. */
int64_t sdd_operation_longest_ttl(const struct sdd_operations *operations, bool has_ttl,
                                  int64_t ttl);

/* Makes the outcome's change, after the reply was written, records the access and frees `joined`.
 * To be called once for each outcome that was made with SDD_DONE. SDD_DONE, SDD_ABSENT, SDD_FULL or
 * SDD_FAILED. */
enum sdd_result sdd_operation_apply(struct sdd_operations *operations, const struct sdd_key *key,
                                    struct sdd_outcome *outcome);

#endif
