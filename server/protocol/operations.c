/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Finding and getting entries, and making changes; see operations.h. What the operations do is what
 * memcached's meta commands do (its protocol.txt), and docs/protocol.md says what differs. */

#include "server/protocol/operations.h"

#include <stdlib.h>
#include <string.h>

#include "server/protocol/operations_internal.h"
#include "server/store/store.h"

static enum sdd_result find_entry(const struct sdd_operations *operations,
                                  const struct sdd_key *key, struct sdd_before *before)
{
	struct sdd_batch *batch = operations->batch;
	enum sdd_result result = sdd_store_find(batch->store, key, batch->now_ms, &before->entry);

	before->is_tombstone = result == SDD_DONE && before->entry.flags & SDD_TOMBSTONE;
	before->is_found = result == SDD_DONE && !before->is_tombstone;
	before->is_damaged = result == SDD_DAMAGED;
	if (result != SDD_DONE) {
		memset(&before->entry, 0, sizeof(before->entry));
	}
	if (result == SDD_DAMAGED) {
		return SDD_FAILED;
	}
	return result == SDD_ABSENT ? SDD_DONE : result;
}

/* Whether what is found is too long for this tick. Nothing was done yet. */
static bool must_wait(const struct sdd_operations *operations, const struct sdd_before *before)
{
	size_t length = before->entry.extent.length;
	bool is_too_much = length > 0 && sdd_work_must_wait(operations->work, length);

	operations->batch->is_too_much |= is_too_much;
	return is_too_much;
}

enum sdd_result sdd_operation_read(const struct sdd_operations *operations,
                                   const struct sdd_entry *entry, void *room)
{
	enum sdd_result result = sdd_store_read(operations->batch->store, entry, room);

	sdd_work_add(operations->work, entry->value.length);
	return result == SDD_DONE ? SDD_DONE : SDD_FAILED;
}

enum sdd_result sdd_operation_check(const struct sdd_operations *operations,
                                    const struct sdd_entry *entry)
{
	size_t length = 0;
	enum sdd_result result = sdd_store_check(operations->batch->store, entry, &length);

	sdd_work_add(operations->work, length);
	return result == SDD_DONE ? SDD_DONE : SDD_FAILED;
}

enum sdd_result sdd_operation_find_to_write(const struct sdd_operations *operations,
                                            const struct sdd_key *key, struct sdd_before *before)
{
	struct sdd_batch *batch = operations->batch;
	enum sdd_result result =
		sdd_store_begin(batch->store, batch->now_ms, operations->work->is_greedy);

	if (result == SDD_DONE) {
		result = find_entry(operations, key, before);
	} else {
		memset(before, 0, sizeof(*before));
	}
	if (result == SDD_DONE && must_wait(operations, before)) {
		result = SDD_LATER;
	}
	return result;
}

/* {{{ get */

/* Whether the client has found on another server the version that this one has. */
static inline bool is_compared(const struct sdd_operations *operations,
                               const struct sdd_get_request *request,
                               const struct sdd_before *before)
{
	return request->has_proof && (before->is_found || before->is_tombstone) &&
	       before->entry.version == request->proof && sdd_operation_has_settled(operations);
}

/* The same, if that is news to the store. */
static inline bool becomes_proven(const struct sdd_operations *operations,
                                  const struct sdd_get_request *request,
                                  const struct sdd_before *before)
{
	return is_compared(operations, request, before) && !before->entry.proven;
}

/* Whether what was found, or that there is nothing, may be older than what another server has. Who
 * compares may have read that before the refusal, as before a start. */
static inline bool is_in_doubt(const struct sdd_operations *operations,
                               const struct sdd_get_request *request,
                               const struct sdd_before *before)
{
	return sdd_doubts_has(operations->doubts, request->key, before->entry.version) &&
	       !(is_compared(operations, request, before) &&
	         sdd_doubts_end(operations->doubts, request->key,
	                        operations->batch->boot_ms - SDD_SETTLE_MS));
}

/* An entry may have been written to other servers while this one was down, and has not expired
 * there. If nothing is known of times to live, entries are taken to live as long as those that come
 * without a time to live. A store that has not served for that long does not know yet which there
 * are: its directory may have taken the place of one that was lost. */
int64_t sdd_operation_absence_proven_in(const struct sdd_operations *operations)
{
	const struct sdd_batch *batch = operations->batch;
	int64_t up_ms = batch->boot_ms - operations->since_ms;
	int64_t longest_ms = sdd_store_longest_missed(batch->store);
	int64_t missed_ms = (longest_ms > 0 ? longest_ms : batch->expiration_ms) - up_ms;
	int64_t young_ms = batch->expiration_ms - sdd_store_served_before(batch->store) - up_ms;
	int64_t left_ms = missed_ms > young_ms ? missed_ms : young_ms;

	return left_ms > 0 ? left_ms : 0;
}

int64_t sdd_operation_longest_ttl(const struct sdd_operations *operations, bool has_ttl,
                                  int64_t ttl)
{
	const struct sdd_batch *batch = operations->batch;
	int64_t longest_ms = sdd_store_longest_missed(batch->store);
	int64_t own_ms =
		has_ttl ? sdd_operation_expiry(batch, ttl) - batch->now_ms : batch->expiration_ms;

	return longest_ms > own_ms ? longest_ms : own_ms;
}

/* Of what has no slot among the doubts nothing is known but its age: it may be every entry. */
uint64_t sdd_operation_unproven(const struct sdd_operations *operations)
{
	const struct sdd_batch *batch = operations->batch;
	const struct sdd_tally tally = sdd_store_tally(batch->store);
	bool are_more;
	uint64_t in_doubt = sdd_doubts_count(operations->doubts, batch->boot_ms, &are_more);
	uint64_t unproven = (uint64_t)tally.unproven + in_doubt;
	uint64_t most = (uint64_t)tally.entries + 1; /* the absence of something */

	return are_more && unproven < most ? most : unproven;
}

static bool is_absence_proven(const struct sdd_operations *operations)
{
	return sdd_operation_absence_proven_in(operations) == 0;
}

/* Whether this client is the one to make the entry again. */
static inline bool wins(const struct sdd_operations *operations,
                        const struct sdd_get_request *request, const struct sdd_entry *entry)
{
	if (!request->may_win || entry->flags & SDD_WON) {
		return false;
	}
	return entry->flags & SDD_STALE ||
	       (request->has_recache && entry->expires_ms != SDD_NEVER &&
	        entry->expires_ms - operations->batch->now_ms < request->recache * 1000);
}

static inline void find_access(const struct sdd_operations *operations,
                               const struct sdd_get_request *request, struct sdd_outcome *outcome)
{
	const struct sdd_batch *batch = operations->batch;

	if (!request->wants_access) {
		return;
	}
	outcome->was_read =
		sdd_last_access_find(operations->last_access, request->key, &outcome->accessed_ms);
	if (outcome->accessed_ms == 0 && outcome->entry.version > 0) {
		/* it counts from the write, which is part of the version */
		outcome->accessed_ms =
			(int64_t)(outcome->entry.version / 1000) - batch->wall_ms + batch->now_ms;
	}
}

/* `may_change`: whether changes_anything(). */
static void get_found(const struct sdd_operations *operations,
                      const struct sdd_get_request *request, const struct sdd_before *before,
                      bool may_change, struct sdd_outcome *outcome)
{
	outcome->entry = before->entry;
	if (may_change) {
		bool is_news = becomes_proven(operations, request, before);

		if (request->has_ttl) {
			outcome->entry.expires_ms = sdd_operation_expiry(operations->batch, request->ttl);
		}
		outcome->entry.proven |= is_news;
		outcome->is_won = wins(operations, request, &outcome->entry);
		if (outcome->is_won || is_news || request->has_ttl) {
			outcome->change = SDD_OUTCOME_CHANGE;
		}
	}
	outcome->is_proven = outcome->entry.proven && !before->is_doubtful;
	find_access(operations, request, outcome);
	outcome->access = request->leaves_access ? SDD_OUTCOME_NO_ACCESS : SDD_OUTCOME_READ;
}

static void get_absent(const struct sdd_operations *operations,
                       const struct sdd_get_request *request, const struct sdd_before *before,
                       struct sdd_outcome *outcome)
{
	bool is_news = becomes_proven(operations, request, before);

	outcome->status = SDD_OUTCOME_ABSENT;
	outcome->entry = before->entry;
	outcome->entry.proven |= is_news;
	outcome->is_proven =
		!before->is_doubtful &&
		(before->is_tombstone ? outcome->entry.proven : is_absence_proven(operations));
	outcome->change = is_news ? SDD_OUTCOME_CHANGE : SDD_OUTCOME_NO_CHANGE;
	find_access(operations, request, outcome);
}

/* Makes an entry without a value, which this client wins. */
static void vivify(const struct sdd_operations *operations, const struct sdd_get_request *request,
                   const struct sdd_before *before, struct sdd_outcome *outcome)
{
	outcome->entry = (struct sdd_entry){
		.version =
			sdd_operation_version(operations, request->has_version, request->version, before),
		.expires_ms = sdd_operation_expiry(operations->batch, request->vivify),
		.flags = request->is_binary_key ? SDD_BINARY_KEY : 0,
		.proven = true,
	};
	outcome->is_won = true;
	outcome->change = SDD_OUTCOME_PUT;
	outcome->was_read = false;
	outcome->accessed_ms = operations->batch->now_ms;
	outcome->access = request->leaves_access ? SDD_OUTCOME_WRITTEN : SDD_OUTCOME_READ;
}

static inline bool changes_anything(const struct sdd_operations *operations,
                                    const struct sdd_get_request *request,
                                    const struct sdd_before *before)
{
	if (becomes_proven(operations, request, before)) {
		return true;
	}
	return before->is_found ? request->has_ttl || wins(operations, request, &before->entry)
	                        : request->has_vivify;
}

/* Finds the entry without a batch first, because most gets change nothing. */
enum sdd_result sdd_operation_get(struct sdd_operations *operations,
                                  const struct sdd_get_request *request,
                                  struct sdd_outcome *outcome)
{
	struct sdd_before before;
	enum sdd_result result;
	bool may_change;

	sdd_last_access_approach(operations->last_access, request->key);
	result = find_entry(operations, request->key, &before);
	may_change = result == SDD_DONE && changes_anything(operations, request, &before);

	sdd_outcome_begin(outcome, &before);
	if (may_change) {
		result = sdd_operation_find_to_write(operations, request->key, &before);
	} else if (result == SDD_DONE && must_wait(operations, &before)) {
		result = SDD_LATER;
	}
	if (result != SDD_DONE) {
		return result;
	}
	before.is_doubtful = is_in_doubt(operations, request, &before);
	if (before.is_found) {
		get_found(operations, request, &before, may_change, outcome);
	} else if (request->has_vivify) {
		vivify(operations, request, &before, outcome);
	} else {
		get_absent(operations, request, &before, outcome);
	}
	return SDD_DONE;
}

/* }}} */

static enum sdd_result make_change(struct sdd_operations *operations, const struct sdd_key *key,
                                   struct sdd_outcome *outcome)
{
	struct sdd_batch *batch = operations->batch;
	enum sdd_result result;

	outcome->entry.flags |= outcome->is_won ? SDD_WON : 0;
	if (!(outcome->entry.flags & SDD_TOMBSTONE)) {
		sdd_store_observe_ttl(batch->store, outcome->entry.expires_ms - batch->now_ms);
	}
	if (outcome->change == SDD_OUTCOME_CHANGE) {
		result = sdd_store_change(batch->store, key, &outcome->entry);
	} else {
		result = sdd_store_put(batch->store, key, &outcome->entry);
	}
	(void)sdd_doubts_has(operations->doubts, key, outcome->entry.version);
	free(outcome->joined);
	outcome->joined = NULL;
	outcome->change = SDD_OUTCOME_NO_CHANGE;
	return result;
}

enum sdd_result sdd_operation_apply(struct sdd_operations *operations, const struct sdd_key *key,
                                    struct sdd_outcome *outcome)
{
	if (outcome->change != SDD_OUTCOME_NO_CHANGE) {
		enum sdd_result result = make_change(operations, key, outcome);

		if (result != SDD_DONE) {
			return result;
		}
	}
	if (outcome->access != SDD_OUTCOME_NO_ACCESS) {
		sdd_last_access_update(operations->last_access, key, operations->batch->now_ms,
		                       outcome->access == SDD_OUTCOME_WRITTEN);
	}
	return SDD_DONE;
}
