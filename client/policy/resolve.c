/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The last write wins; see resolve.h. */

#include "client/policy/resolve.h"

const struct sd_replica *sd_resolve_first_failed(const struct sd_entry *entry)
{
	const struct sd_replica *first = &entry->replicas[0];

	return sd_replica_has_replied(first) ? &entry->replicas[1] : first;
}

/* Of two replies, the one that counts. */
static struct sd_replica *winner_of_two(struct sd_replica *first, struct sd_replica *second)
{
	const struct sd_reply *one = &first->exchange.reply;
	const struct sd_reply *other = &second->exchange.reply;

	if (one->versioned && other->versioned) {
		return sd_resolve_rank(other) > sd_resolve_rank(one) ? second : first;
	}
	/* without versions the second server counts only if the first has nothing */
	return one->status == SD_OK || one->tombstone ? first : second;
}

bool sd_resolve_is_outdated(const struct sd_entry *entry, const struct sd_replica *replica)
{
	size_t owner = replica == &entry->replicas[0] ? 0 : 1;

	return entry->owners == 2 && entry->told[owner] < entry->told[1 - owner] &&
	       replica->exchange.reply.versioned; /* last: before any reply it is not set */
}

/* What seemed to be the newest may have been found to be far ahead since. */
static void remember_told(struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_reply *reply = &entry->replicas[i].exchange.reply;
		bool has_told = sd_replica_has_replied(&entry->replicas[i]) && reply->versioned;

		if (has_told &&
		    (sd_resolve_rank(reply) > entry->told[i] || reply->version == entry->told[i])) {
			entry->told[i] = sd_resolve_rank(reply);
		}
	}
}

static inline bool counts(const struct sd_entry *entry, const struct sd_replica *replica)
{
	return sd_replica_has_replied(replica) && !sd_resolve_is_outdated(entry, replica);
}

struct sd_replica *sd_resolve_winner(struct sd_entry *entry)
{
	struct sd_replica *first = &entry->replicas[0];
	struct sd_replica *second = &entry->replicas[1];

	remember_told(entry);
	if (entry->owners == 1 || !counts(entry, second)) {
		return counts(entry, first) ? first : NULL;
	}
	return counts(entry, first) ? winner_of_two(first, second) : second;
}

bool sd_resolve_may_know_better(const struct sd_replica *replica)
{
	enum sd_status status = replica->exchange.reply.status;

	/* a server that cannot compare versions, or cannot have the key, does not */
	return !sd_replica_has_replied(replica) && status != SD_UNSUPPORTED && status != SD_BAD_KEY;
}
