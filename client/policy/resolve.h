/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The last write wins: which of an entry's two copies counts, and whether it may be believed. Pure:
 * decides by the replies that the entry's replicas have.
 *
 * Versions order the writes, and a tombstone counts as much as a value. A server that was down does
 * not know what it missed. Until its copy was compared with the other server's, the copy is
 * unproven, and is not believed alone. Nor is any copy, however proven, that the other server has
 * shown to be older in the same operation.
 */

#ifndef SD_RESOLVE_H
#define SD_RESOLVE_H

#include "client/entry.h"

/* The other replica of an entry that has two. */
static inline struct sd_replica *sd_resolve_other(struct sd_entry *entry,
                                                  const struct sd_replica *one)
{
	return one == &entry->replicas[0] ? &entry->replicas[1] : &entry->replicas[0];
}

/* The first replica whose server failed. At least one server has. */
const struct sd_replica *sd_resolve_first_failed(const struct sd_entry *entry);

/* A reply's version, as the order of writes has it. What is too far ahead orders nothing: it only
 * counts for more than nothing. */
static inline uint64_t sd_resolve_rank(const struct sd_reply *reply)
{
	return reply->far_ahead ? 1 : reply->version;
}

/* What a server reported of its copy, for a request that is to replace it. */
struct sd_copy {
	uint64_t version;
	bool far_ahead;
	bool tombstone;
};

static inline struct sd_copy sd_resolve_copy(const struct sd_reply *reply)
{
	return (struct sd_copy){reply->version, reply->far_ahead, reply->tombstone};
}

/* Makes a request replace the copy: what the server has, if that is older; if the copy's version is
 * too far ahead, exactly that copy, and nothing is compared. */
static inline void sd_resolve_replace(struct sd_request *request, const struct sd_copy *copy)
{
	request->condition = SD_IF_SEEN;
	if (copy->far_ahead) {
		request->condition = copy->tombstone ? SD_IF_ABSENT : SD_IF_VERSION;
	}
	request->seen = copy->version;
}

/* Whether the copies can be compared: both servers replied, and both order writes. */
static inline bool sd_resolve_is_comparable(const struct sd_entry *entry)
{
	const struct sd_replica *first = &entry->replicas[0];
	const struct sd_replica *second = &entry->replicas[1];

	return entry->owners == 2 && sd_replica_has_replied(first) && sd_replica_has_replied(second) &&
	       first->exchange.reply.versioned && second->exchange.reply.versioned;
}

/* Whether the other server has reported something newer than this one ever did, in this operation.
 */
bool sd_resolve_is_outdated(const struct sd_entry *entry, const struct sd_replica *replica);

/* The replica whose reply counts, and the entry knows from then on what each server has reported.
 * NULL: no server replied, or the only reply is older than what the other server has reported. */
struct sd_replica *sd_resolve_winner(struct sd_entry *entry);

/* Whether a server failed that may have something newer. */
bool sd_resolve_may_know_better(const struct sd_replica *replica);

/* Whether the other server, which may know better than the winner, failed or no longer has a name.
 * Never for a key that was just drawn: nobody can have stored it. */
static inline bool sd_resolve_is_alone(struct sd_entry *entry, const struct sd_replica *winner)
{
	return !entry->is_new &&
	       (entry->owners == 2 ? sd_resolve_may_know_better(sd_resolve_other(entry, winner))
	                           : entry->is_left);
}

/* Whether the winner may not be believed: it is unproven, and alone. */
static inline bool sd_resolve_is_unproven(struct sd_entry *entry, const struct sd_replica *winner)
{
	return winner->exchange.reply.unproven && sd_resolve_is_alone(entry, winner);
}

/* Whether the winner's "none" is not the last word: the other server may have the entry, but its
 * protocol has no way to ask whether it does. */
static inline bool sd_resolve_is_half_known(struct sd_entry *entry, const struct sd_replica *winner)
{
	return entry->owners == 2 && winner->exchange.reply.status != SD_OK &&
	       !winner->exchange.reply.tombstone &&
	       sd_resolve_other(entry, winner)->exchange.reply.status == SD_UNSUPPORTED;
}

#endif
