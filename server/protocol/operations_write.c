/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The operations that always write: set, delete and adjust; see operations.h. */

#include <stdlib.h>
#include <string.h>

#include "server/net/connection.h"
#include "server/protocol/locks.h"
#include "server/protocol/operations.h"
#include "server/protocol/operations_internal.h"

/* The time to live of a tombstone whose entry never expires, and the longest of all. A server that
 * was down for longer must come back empty. */
#define FOREVER_MS (30ll * 24 * 60 * 60 * 1000)

/* {{{ what they have in common */

/* Whether the entry has another version than the compared one. For an operation that changes the
 * value that exists, a compared version of 0 counts as none, as in memcached. */
static bool is_other_version(const struct sdd_condition *condition, const struct sdd_before *before,
                             bool changes_value)
{
	bool is_none = condition->compare == 0 && changes_value;

	return condition->has_compare && !is_none && before->entry.version != condition->compare;
}

/* Whether a write with a holder's token has been performed already: the entry has its version. Then
 * the client has sent it again on a new connection, after the first one and the release of its lock
 * had come through. */
static bool was_performed(const struct sdd_condition *condition, const struct sdd_before *before)
{
	return condition->claim->token != 0 && condition->has_version && condition->version != 0 &&
	       (before->is_found || before->is_tombstone) &&
	       before->entry.version == condition->version;
}

/* Whether a write is forbidden by a lock that is not held, or by a version that is as new: the
 * outcome says so then. */
static bool is_forbidden(const struct sdd_condition *condition, const struct sdd_key *key,
                         const struct sdd_before *before, struct sdd_outcome *outcome)
{
	if (condition->claim != NULL && !sdd_lock_is_held(condition->claim, key->bytes)) {
		outcome->status = SDD_OUTCOME_NOT_HELD;
		if (was_performed(condition, before)) {
			outcome->status = SDD_OUTCOME_NOT_NEWER;
			outcome->entry = before->entry;
		}
		return true;
	}
	if (condition->is_only_newer && (before->is_found || before->is_tombstone) &&
	    condition->version <= before->entry.version) {
		outcome->status = SDD_OUTCOME_NOT_NEWER;
		outcome->entry = before->entry;
		return true;
	}
	return false;
}

/* Finds what the key has. If that is damaged, an operation that does not depend on it continues as
 * if there was nothing: so a damaged entry can be replaced. */
static enum sdd_result find_to_replace(const struct sdd_operations *operations,
                                       const struct sdd_key *key, bool depends_on_it,
                                       struct sdd_before *before)
{
	enum sdd_result result = sdd_operation_find_to_write(operations, key, before);

	return result != SDD_DONE && before->is_damaged && !depends_on_it ? SDD_DONE : result;
}

/* }}} */

/* {{{ set */

/* Whether a set is made that not every key takes, and if so, whether the entry becomes a stale one.
 * `joins`: its value is appended or prepended. */
static enum sdd_outcome_status judge_set(const struct sdd_set_request *request,
                                         const struct sdd_before *before, bool joins,
                                         bool *is_stale)
{
	const struct sdd_condition *condition = &request->condition;

	*is_stale = false;
	if (request->mode == SDD_ADD) {
		/* whatever the compared version is, as in memcached */
		return before->is_found ? SDD_OUTCOME_NOT_STORED : SDD_OUTCOME_DONE;
	}
	if (!before->is_found && joins) {
		return request->has_vivify ? SDD_OUTCOME_DONE : SDD_OUTCOME_NOT_STORED;
	}
	if (!before->is_found && condition->has_compare) {
		return SDD_OUTCOME_ABSENT;
	}
	if (!before->is_found && request->mode == SDD_REPLACE) {
		return SDD_OUTCOME_NOT_STORED;
	}
	if (is_other_version(condition, before, joins)) {
		*is_stale = request->invalidates && !joins && condition->compare < before->entry.version;
		return *is_stale ? SDD_OUTCOME_DONE : SDD_OUTCOME_OTHER_VERSION;
	}
	return SDD_OUTCOME_DONE;
}

/* Finds what the key has if a set that every key takes depends on it, and takes it for nothing
 * otherwise; see sdd_operation_set(). *version is the client's; if there is none (0), it becomes
 * the store's own, unless that depends on what was found. */
static enum sdd_result find_if_needed(const struct sdd_operations *operations,
                                      const struct sdd_set_request *request,
                                      struct sdd_before *before, uint64_t *version)
{
	const struct sdd_batch *batch = operations->batch;
	const struct sdd_condition *condition = &request->condition;
	bool has_token = condition->claim != NULL && condition->claim->token != 0;
	bool is_own = *version == 0 && !condition->is_only_newer;
	bool may_depend = is_own || condition->is_only_newer || has_token;

	if (is_own) {
		*version = sdd_store_next_version(batch->store, batch->wall_ms, /* before */ 0);
	}
	/* no version, 0, is above nothing */
	if (may_depend && !sdd_store_is_above_all(batch->store, *version)) {
		*version = is_own ? 0 : *version;
		return find_to_replace(operations, request->key, /* depends_on_it */ false, before);
	}
	memset(before, 0, sizeof(*before));
	return sdd_store_begin(batch->store, batch->now_ms, operations->work->is_greedy);
}

/* The entry that a set makes; of one that is joined, its value comes later. `version` is that of
 * the set, or 0: the next one of what was there. */
static struct sdd_entry entry_to_set(const struct sdd_operations *operations,
                                     const struct sdd_set_request *request,
                                     const struct sdd_before *before, uint64_t version, bool joins,
                                     bool is_stale)
{
	const struct sdd_batch *batch = operations->batch;
	const struct sdd_condition *condition = &request->condition;
	struct sdd_entry entry = {.value = request->value, .client_flags = request->client_flags};
	bool retains_ttl = is_stale || (before->is_found && joins);

	entry.version = version;
	if (version == 0) {
		entry.version = sdd_store_next_version(batch->store, batch->wall_ms, before->entry.version);
	}
	entry.flags = request->is_binary_key ? SDD_BINARY_KEY : 0;
	entry.is_carried = condition->is_repair && !sdd_operation_has_settled(operations);
	if (retains_ttl) {
		entry.expires_ms = before->entry.expires_ms;
	} else if (joins) {
		entry.expires_ms = sdd_operation_expiry(batch, request->vivify);
	} else {
		entry.expires_ms = request->has_ttl ? sdd_operation_expiry(batch, request->ttl)
		                                    : batch->now_ms + batch->expiration_ms;
	}
	if (is_stale) {
		entry.flags |= SDD_STALE | (before->entry.flags & SDD_WON);
	} else if (retains_ttl) {
		entry.flags = before->entry.flags & SDD_BINARY_KEY;
		entry.client_flags = before->entry.client_flags;
	}
	return entry;
}

/* Nothing is stored, for that reason. */
static enum sdd_result store_nothing(struct sdd_outcome *outcome, enum sdd_outcome_status reason)
{
	outcome->status = reason;
	outcome->change = SDD_OUTCOME_NO_CHANGE;
	return SDD_DONE;
}

/* The old value and the new one, in the order that the mode says. SDD_DONE, and if it changes
 * nothing the outcome says why; SDD_FAILED: the old value cannot be read. */
static enum sdd_result join_values(const struct sdd_operations *operations,
                                   const struct sdd_set_request *request,
                                   const struct sdd_before *before, struct sdd_outcome *outcome)
{
	bool appends = request->mode == SDD_APPEND;
	const struct sd_bytes *added = &request->value;
	size_t old_length = before->entry.value.length;
	size_t length = old_length + added->length;
	enum sdd_result result;

	if (sdd_operation_is_too_large(operations, request->key->bytes.length, length)) {
		return store_nothing(outcome, SDD_OUTCOME_TOO_LARGE);
	}
	sdd_work_add(operations->work, length);
	if (request->connection == NULL || sdd_connection_may_have(request->connection, length)) {
		outcome->joined = malloc(length > 0 ? length : 1);
	}
	if (outcome->joined == NULL) {
		return store_nothing(outcome, SDD_OUTCOME_NO_MEMORY);
	}
	if (added->length > 0) {
		memcpy(outcome->joined + (appends ? old_length : 0), added->data, added->length);
	}
	result = sdd_operation_read(operations, &before->entry,
	                            outcome->joined + (appends ? 0 : added->length));
	if (result != SDD_DONE) {
		free(outcome->joined);
		outcome->joined = NULL;
		return result;
	}
	outcome->entry.value = (struct sd_bytes){outcome->joined, length};
	return SDD_DONE;
}

enum sdd_result sdd_operation_set(struct sdd_operations *operations,
                                  const struct sdd_set_request *request,
                                  struct sdd_outcome *outcome)
{
	const struct sdd_condition *condition = &request->condition;
	struct sdd_before before;
	uint64_t version = condition->has_version ? condition->version : 0;
	bool is_conditional = request->mode != SDD_SET || condition->has_compare;
	bool joins = request->mode == SDD_APPEND || request->mode == SDD_PREPEND;
	bool is_stale = false;
	enum sdd_result result;

	sdd_last_access_approach(operations->last_access, request->key);
	result = is_conditional
	             ? find_to_replace(operations, request->key, /* depends_on_it */ true, &before)
	             : find_if_needed(operations, request, &before, &version);
	sdd_outcome_begin(outcome, &before);
	if (result != SDD_DONE || is_forbidden(condition, request->key, &before, outcome)) {
		return result;
	}
	if (is_conditional) {
		outcome->status = judge_set(request, &before, joins, &is_stale);
		if (outcome->status != SDD_OUTCOME_DONE) {
			outcome->entry = (struct sdd_entry){.value = request->value};
			return SDD_DONE;
		}
	}
	outcome->entry = entry_to_set(operations, request, &before, version, joins, is_stale);
	outcome->change = SDD_OUTCOME_PUT;
	if (before.is_found && joins) {
		result = join_values(operations, request, &before, outcome);
		if (result != SDD_DONE || outcome->change == SDD_OUTCOME_NO_CHANGE) {
			return result;
		}
	}
	outcome->access = request->leaves_access ? SDD_OUTCOME_NO_ACCESS : SDD_OUTCOME_WRITTEN;
	return SDD_DONE;
}

/* }}} */

/* {{{ delete */

/* The entry stays, stale or without its value. */
static void invalidate(const struct sdd_operations *operations,
                       const struct sdd_delete_request *request, const struct sdd_before *before,
                       uint64_t version, struct sdd_outcome *outcome)
{
	struct sdd_entry *entry = &outcome->entry;

	*entry = before->entry;
	entry->version = version;
	entry->proven = true; /* the entry is written, even if its value is not */
	if (request->invalidates) {
		entry->flags = (entry->flags | SDD_STALE) & ~(uint32_t)SDD_WON;
		if (request->has_ttl) {
			entry->expires_ms = sdd_operation_expiry(operations->batch, request->ttl);
		}
	}
	outcome->change = SDD_OUTCOME_CHANGE;
	if (request->deletes_value_only) {
		/* an empty entry takes the place of the one that was won, or stale */
		entry->value.length = 0;
		entry->client_flags = 0;
		entry->flags &= SDD_BINARY_KEY | (request->invalidates ? SDD_STALE : 0u);
		outcome->change = SDD_OUTCOME_PUT;
		outcome->access = SDD_OUTCOME_WRITTEN;
	}
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How long the tombstone of nothing lives, if the client does not say: the entry may be on another
 * server, for ever, or for as long as the longest time to live that this server knows of. */
static int64_t ttl_elsewhere(const struct sdd_batch *batch,
                             const struct sdd_delete_request *request)
{
	if (request->has_ttl && request->ttl == 0) {
		return FOREVER_MS;
	}
	return larger(batch->expiration_ms, sdd_store_longest_ttl(batch->store));
}

/* How long a tombstone is asked to live; 0: the client does not say. */
static int64_t asked_ttl(const struct sdd_batch *batch, const struct sdd_delete_request *request)
{
	return request->has_ttl && request->ttl > 0
	           ? sdd_operation_expiry(batch, request->ttl) - batch->now_ms
	           : 0;
}

/* A tombstone outlives the entry, so that no older copy comes back. */
static void put_tombstone(const struct sdd_operations *operations,
                          const struct sdd_delete_request *request, const struct sdd_before *before,
                          uint64_t version, struct sdd_outcome *outcome)
{
	const struct sdd_batch *batch = operations->batch;
	int64_t ttl_ms = asked_ttl(batch, request);

	if (ttl_ms == 0) {
		ttl_ms = before->is_found ? batch->expiration_ms : ttl_elsewhere(batch, request);
	}
	if (before->is_found || before->is_tombstone) {
		ttl_ms = larger(ttl_ms, before->entry.expires_ms - batch->now_ms);
	}
	ttl_ms = ttl_ms < FOREVER_MS ? ttl_ms : FOREVER_MS;
	outcome->entry = (struct sdd_entry){
		.version = version,
		.flags = SDD_TOMBSTONE,
		.expires_ms = batch->now_ms + ttl_ms,
		.is_carried = request->condition.is_repair && !sdd_operation_has_settled(operations),
	};
	outcome->change = SDD_OUTCOME_PUT;
}

enum sdd_result sdd_operation_delete(struct sdd_operations *operations,
                                     const struct sdd_delete_request *request,
                                     struct sdd_outcome *outcome)
{
	const struct sdd_condition *condition = &request->condition;
	struct sdd_before before;
	enum sdd_result result =
		find_to_replace(operations, request->key, condition->has_compare, &before);
	uint64_t version;

	sdd_outcome_begin(outcome, &before);
	if (result != SDD_DONE || is_forbidden(condition, request->key, &before, outcome)) {
		return result;
	}
	if (before.is_found && is_other_version(condition, &before, /* changes_value */ false)) {
		outcome->status = SDD_OUTCOME_OTHER_VERSION;
		return SDD_DONE;
	}
	outcome->status = before.is_found || before.is_damaged ? SDD_OUTCOME_DONE : SDD_OUTCOME_ABSENT;
	if (outcome->status == SDD_OUTCOME_ABSENT && !condition->has_version) {
		return SDD_DONE;
	}
	version =
		sdd_operation_version(operations, condition->has_version, condition->version, &before);
	if (before.is_found && (request->invalidates || request->deletes_value_only)) {
		invalidate(operations, request, &before, version, outcome);
	} else {
		put_tombstone(operations, request, &before, version, outcome);
	}
	return SDD_DONE;
}

/* }}} */

/* {{{ adjust */

/* The number that a value is: digits, and the spaces with which memcached pads them. A value that
 * is too long to be in memory is none. */
static bool read_number(const struct sd_bytes *value, uint64_t *number)
{
	const uint8_t *digits = value->data;
	size_t length = value->length;

	if (digits == NULL && length > 0) {
		return false;
	}
	while (length > 0 && digits[0] == ' ') {
		digits++;
		length--;
	}
	while (length > 0 && digits[length - 1] == ' ') {
		length--;
	}
	return length <= SD_DECIMAL_MAX && sd_decimal_read(digits, length, number);
}

static uint64_t adjusted(const struct sdd_adjust_request *request, uint64_t number)
{
	if (request->decrements) {
		return number > request->delta ? number - request->delta : 0;
	}
	return number + request->delta;
}

/* Decides on an entry that exists. False: the outcome says why it is not adjusted. */
static bool adjust_found(const struct sdd_operations *operations,
                         const struct sdd_adjust_request *request, const struct sdd_before *before,
                         struct sdd_outcome *outcome, uint64_t *number)
{
	if (is_other_version(&request->condition, before, /* changes_value */ true) &&
	    before->entry.value.length > 0) {
		outcome->status = SDD_OUTCOME_OTHER_VERSION;
		return false;
	}
	if (!read_number(&before->entry.value, number)) {
		outcome->status = SDD_OUTCOME_NOT_A_NUMBER;
		return false;
	}
	*number = adjusted(request, *number);
	outcome->entry = before->entry;
	if (request->has_ttl) {
		outcome->entry.expires_ms = sdd_operation_expiry(operations->batch, request->ttl);
	}
	return true;
}

enum sdd_result sdd_operation_adjust(struct sdd_operations *operations,
                                     const struct sdd_adjust_request *request,
                                     struct sdd_outcome *outcome)
{
	const struct sdd_condition *condition = &request->condition;
	struct sdd_before before;
	enum sdd_result result = sdd_operation_find_to_write(operations, request->key, &before);
	uint64_t number = request->initial;

	sdd_outcome_begin(outcome, &before);
	if (result != SDD_DONE) {
		return result;
	}
	if (before.is_found) {
		if (!adjust_found(operations, request, &before, outcome, &number)) {
			return SDD_DONE;
		}
	} else if (request->has_vivify) {
		outcome->entry = (struct sdd_entry){
			.expires_ms = sdd_operation_expiry(operations->batch, request->vivify),
			.flags = request->is_binary_key ? SDD_BINARY_KEY : 0,
		};
	} else {
		outcome->status = SDD_OUTCOME_ABSENT;
		return SDD_DONE;
	}
	outcome->entry.value =
		(struct sd_bytes){outcome->digits, sd_decimal_write(outcome->digits, number)};
	outcome->entry.version =
		sdd_operation_version(operations, condition->has_version, condition->version, &before);
	outcome->change = SDD_OUTCOME_PUT;
	outcome->access = SDD_OUTCOME_WRITTEN;
	return SDD_DONE;
}

/* }}} */
