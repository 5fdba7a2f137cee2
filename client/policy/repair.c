/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Repairs after a read; see repair.h. */

#include "client/policy/repair.h"

#include "client/policy/resolve.h"

#define TTLS_DIFFER_S 2 /* seconds; less is the rounding of two servers, and the time between */

/* What a repair needs of the newest copy. Its replica may be prepared for another request. */
struct newest {
	enum sd_status status;
	uint64_t version;
	int64_t ttl; /* the longer one of two copies of that version */
	bool was_fetched;
};

/* {{{ times to live */

/* Whether one time to live is longer than another by so much that another touch gave it. */
static inline bool is_longer(int64_t ttl, int64_t than)
{
	return than != SD_FOREVER && (ttl == SD_FOREVER || ttl - than > TTLS_DIFFER_S);
}

/* Whether both have the same version of a value, and one has it for longer: a touch has not reached
 * the other. */
static inline bool ttls_differ(const struct sd_reply *one, const struct sd_reply *other)
{
	return one->ttl != other->ttl && one->version == other->version && one->status == SD_OK &&
	       other->status == SD_OK &&
	       (is_longer(one->ttl, other->ttl) || is_longer(other->ttl, one->ttl));
}

static inline int64_t longer_ttl(const struct sd_reply *one, const struct sd_reply *other)
{
	return is_longer(other->ttl, one->ttl) ? other->ttl : one->ttl;
}

/* }}} */

/* Prepares the request that gives an older copy what the newest is. */
static void repair(struct sd_entry *entry, size_t older, const struct newest *newest,
                   int64_t limit_ms)
{
	const struct sd_copy copy = sd_resolve_copy(&entry->replicas[older].exchange.reply);
	bool has_value = newest->status == SD_OK;
	bool is_unfetched = has_value && !newest->was_fetched;
	bool is_gone_already = !has_value && copy.version == 0;
	struct sd_exchange *exchange;

	if (newest->ttl == 0 || is_unfetched || is_gone_already) {
		return; /* or it is about to expire */
	}
	if (!has_value && copy.far_ahead && copy.tombstone) {
		return; /* there is nothing to delete, and the next write does not compare itself with it */
	}
	if (newest->ttl == 1 && copy.version == 0) {
		/* A time to live is in whole seconds, and a repair may prolong it by a part of one: of two
		 * copies in their last second, each would bring back the one that expired before it. */
		return;
	}
	exchange = sd_operation_prepare(entry, older, has_value ? SD_SET : SD_DELETE, limit_ms);
	if (has_value) {
		exchange->request.data = entry->sink->kind->fetched(entry->sink);
	}
	sd_resolve_replace(&exchange->request, &copy);
	exchange->request.is_repair = true;
	exchange->request.version = newest->version;
	exchange->request.ttl = newest->ttl;
}

/* A copy of the newest version: it becomes proven if it was not, and lives as long as the other. */
static void confirm_copy(struct sd_entry *entry, size_t owner, const struct newest *newest,
                         int64_t limit_ms)
{
	const struct sd_reply *reply = &entry->replicas[owner].exchange.reply;
	bool is_short_lived = reply->status == SD_OK && is_longer(newest->ttl, reply->ttl);
	uint64_t compared = reply->unproven ? newest->version : 0;
	struct sd_request *request;

	if (!is_short_lived && compared == 0) {
		return;
	}
	request = &sd_operation_prepare(entry, owner, is_short_lived ? SD_TOUCH : SD_EXISTS, limit_ms)
	               ->request;
	request->ttl = is_short_lived ? newest->ttl : 0;
	request->compared = compared;
}

static void repair_entry(struct sd_entry *entry, const struct newest *newest, int64_t limit_ms)
{
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_reply *reply = &entry->replicas[i].exchange.reply;

		if (reply->version != newest->version) {
			repair(entry, i, newest, limit_ms);
		} else {
			confirm_copy(entry, i, newest, limit_ms);
		}
	}
}

/* Whether one server has the entry, and the other refused to read it: it has a copy that is damaged
 * on its disk, and takes another one in its place. */
static inline bool is_damaged(const struct sd_reply *refused, const struct sd_reply *found)
{
	return refused->status == SD_REFUSED && found->status == SD_OK && found->versioned;
}

/* Whether the copies of an entry with two servers differ, or become proven by the comparison. */
static inline bool needs_repair(const struct sd_entry *entry)
{
	const struct sd_reply *first = &entry->replicas[0].exchange.reply;
	const struct sd_reply *second = &entry->replicas[1].exchange.reply;

	if (entry->owners == 1) {
		return false; /* there is nothing to compare it with */
	}
	if (is_damaged(first, second) || is_damaged(second, first)) {
		return entry->status == SD_OK;
	}
	return (first->version != second->version || first->unproven || second->unproven ||
	        ttls_differ(first, second)) &&
	       sd_resolve_is_comparable(entry);
}

/* Counts the servers whose older copies were replaced. */
static void count_repairs(const struct sd_policy *policy, const struct sd_entry *entries,
                          size_t count)
{
	struct sd_transport *transport = policy->transport;

	if (transport->count == NULL) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < entries[i].owners; j++) {
			const struct sd_exchange *exchange = &entries[i].replicas[j].exchange;

			if ((exchange->request.kind == SD_SET || exchange->request.kind == SD_DELETE) &&
			    (exchange->reply.status == SD_OK || exchange->reply.status == SD_ABSENT)) {
				transport->count(transport, exchange->server, SD_REPAIRED);
			}
		}
	}
}

/* The newest copy. `version` is 0 if it is nothing that a repair may carry: what is too far ahead
 * is not spread. */
static struct newest newest_of(struct sd_entry *entry, bool was_fetched)
{
	const struct sd_replica *winner = entry->winner;
	const struct sd_reply *reply = &winner->exchange.reply;
	const struct sd_reply *other = &sd_resolve_other(entry, winner)->exchange.reply;

	return (struct newest){
		.status = reply->status,
		.version = reply->far_ahead ? 0 : reply->version,
		.ttl = ttls_differ(reply, other) ? longer_ttl(reply, other) : reply->ttl,
		.was_fetched = was_fetched,
	};
}

void sd_repair_entries(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                       bool was_fetched)
{
	bool asks = false;
	int64_t now_ms = 0;

	for (size_t i = 0; i < count; i++) {
		struct newest newest;
		int64_t limit_ms;

		if (!needs_repair(&entries[i])) {
			continue;
		}
		newest = newest_of(&entries[i], was_fetched);
		now_ms = asks ? now_ms : sd_operation_now_ms(policy);
		limit_ms = sd_operation_time_left(&entries[i], now_ms);
		if (newest.version != 0 && limit_ms > 0) {
			repair_entry(&entries[i], &newest, limit_ms);
			asks = true;
		}
	}
	if (asks && sd_operation_perform(policy, entries, count, now_ms)) {
		count_repairs(policy, entries, count);
	}
}
