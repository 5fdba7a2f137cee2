/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Writing; see write.h. Two servers get a write at the same time, with one version. A server that
 * has something newer refuses it, and then the question is who was first:
 *
 * - The other server took the write, and has something newer now: somebody wrote after us and has
 *   overwritten us there. The write is done, and is not repeated.
 * - The other server still has the write, or refused it, or failed: it is repeated on both, above what
 *   was in the way. That came first, from a client whose clock is ahead; or else it is on its way to
 *   the other server at this moment, and is overwritten as if it had come first.
 * - A repetition is refused by another version: somebody wrote meanwhile, and the write is done. If
 *   it is refused by the same version, the server does not keep its word: a failure.
 *
 * A version that is too far ahead orders nothing: it is overwritten without being compared.
 * memcached cannot compare. There a write looks first, and then replaces only what it saw.
 */

#include "client/policy/write.h"

#include "client/policy/greet.h"
#include "client/policy/resolve.h"

#define PASSES_MAX 16 /* of looking and writing; only memcached needs more than three */

/* What is written to all entries alike. */
struct writing {
	enum sd_request_kind kind; /* SD_SET or SD_DELETE */
	int64_t ttl;
	int64_t began_ms; /* when this pass did */
};

/* {{{ one server's reply */

/* Whether a write was refused by a version that orders writes. */
static inline bool is_refused(const struct sd_replica *replica)
{
	return replica->written == SD_WRITE_REFUSED && !replica->exchange.reply.far_ahead;
}

static void take_reply(struct sd_replica *replica)
{
	const struct sd_reply *reply = &replica->exchange.reply;

	switch (reply->status) {
	case SD_OK:
		replica->had_entry = true;
		replica->written = SD_WRITE_TAKEN;
		break;
	case SD_ABSENT:
		replica->written = SD_WRITE_TAKEN;
		break;
	case SD_CONFLICT:
		replica->written = reply->version != 0 ? SD_WRITE_REFUSED : SD_WRITE_BLIND;
		break;
	default:
		replica->compares_not |= reply->status == SD_UNSUPPORTED && reply->versioned;
		replica->written = replica->compares_not && reply->status == SD_UNSUPPORTED
		                       ? SD_WRITE_BLIND
		                       : SD_WRITE_FAILED;
	}
}

/* Whether a server refuses the write because it has it already: another client's read has
 * carried it there from the other server, which took it. If none took it, two writers have the same
 * version by chance. */
static bool was_carried(const struct sd_entry *entry, const struct sd_replica *replica,
                        bool was_taken)
{
	return was_taken && is_refused(replica) && replica->exchange.reply.version == entry->version;
}

/* Takes the replies of a round of writes. Returns whether the entry is not done. */
static bool take_replies(struct sd_entry *entry)
{
	bool was_taken = false;
	bool is_open = false;

	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		if (replica->written == SD_WRITE_ASKED) {
			take_reply(replica);
		}
		was_taken |= replica->written == SD_WRITE_TAKEN;
		is_open |= replica->written == SD_WRITE_REFUSED || replica->written == SD_WRITE_BLIND;
	}
	if (!is_open) {
		return false;
	}
	is_open = false;
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		if (was_carried(entry, replica, was_taken)) {
			replica->written = SD_WRITE_TAKEN;
			replica->had_entry = true;
		}
		is_open |= replica->written == SD_WRITE_REFUSED || replica->written == SD_WRITE_BLIND;
	}
	return is_open;
}

/* }}} */

/* {{{ looking */

/* Prepares a look at what the servers have of an entry that is not done: at those that cannot
 * compare, and at those that took what another one refused. */
static void prepare_looks(struct sd_entry *entry, int64_t left_ms)
{
	bool is_contested = false;

	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_replica *replica = &entry->replicas[i];

		is_contested |= is_refused(replica) || replica->written == SD_WRITE_BLIND;
	}
	for (size_t i = 0; i < entry->owners; i++) {
		enum sd_written written = entry->replicas[i].written;

		if (written == SD_WRITE_BLIND || (written == SD_WRITE_TAKEN && is_contested)) {
			(void)sd_operation_prepare(entry, i, SD_EXISTS, left_ms);
		}
	}
}

/* Whether a version is above that of the write, and orders writes. */
static inline bool is_newer(const struct sd_entry *entry, const struct sd_reply *reply)
{
	return reply->version > entry->version && !reply->far_ahead;
}

/* A server that cannot compare has been read: this compares in its place. */
static void compare_looks(struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		if (replica->written != SD_WRITE_BLIND) {
			continue;
		}
		if (!sd_replica_has_replied(replica)) {
			replica->written = SD_WRITE_FAILED;
		} else if (is_newer(entry, &replica->exchange.reply)) {
			replica->written = SD_WRITE_REFUSED;
		}
	}
}

/* }}} */

/* {{{ who was first */

/* Whether somebody has written after this write, which a server had taken. */
static bool is_overtaken(const struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_replica *replica = &entry->replicas[i];

		if (replica->written == SD_WRITE_TAKEN && sd_replica_has_replied(replica) &&
		    is_newer(entry, &replica->exchange.reply)) {
			return true;
		}
	}
	return false;
}

static void set_overtaken(struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		if (is_refused(&entry->replicas[i])) {
			entry->replicas[i].written = SD_WRITE_OVERTAKEN;
		}
	}
}

/* Notes which versions refused the write. Returns whether it is to be repeated above them. */
static bool note_refusals(struct sd_entry *entry)
{
	bool is_overtaken_since = false;
	bool repeats = false;

	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];
		struct sd_reply *reply = &replica->exchange.reply;

		if (!is_refused(replica)) {
			continue;
		}
		if (replica->is_repeated && reply->version == replica->refusal) {
			sd_exchange_end(&replica->exchange, SD_REFUSED,
			                "the server has an older version, and refuses a newer one");
			replica->written = SD_WRITE_FAILED;
			continue;
		}
		is_overtaken_since |= replica->is_repeated;
		repeats = replica->is_repeated = true;
		replica->refusal = reply->version;
	}
	if (is_overtaken_since) {
		set_overtaken(entry);
	}
	return repeats && !is_overtaken_since;
}

/* }}} */

/* {{{ rounds */

static void prepare_on(struct sd_entry *entry, size_t owner, const struct writing *writing,
                       int64_t left_ms)
{
	struct sd_replica *replica = &entry->replicas[owner];
	uint64_t seen = replica->exchange.reply.version;
	bool overwrites = replica->written == SD_WRITE_REFUSED && replica->exchange.reply.far_ahead;
	struct sd_exchange *exchange = sd_operation_prepare(entry, owner, writing->kind, left_ms);

	replica->written = SD_WRITE_ASKED;
	exchange->request.ttl = writing->ttl;
	exchange->request.version = entry->version;
	if (entry->version == 0 || overwrites) {
		exchange->request.condition = SD_ALWAYS;
	} else if (replica->compares_not) {
		exchange->request.condition = SD_IF_SEEN;
		exchange->request.seen = seen;
	} else {
		exchange->request.condition = SD_IF_NEWER;
		exchange->request.must_compare = true;
	}
}

/* Prepares the first write of an entry, on those of its servers that did not fail already. */
static void prepare_first(const struct sd_policy *policy, struct sd_entry *entry,
                          const struct writing *writing)
{
	int64_t left_ms = sd_operation_time_left(entry, writing->began_ms);
	bool was_greeted = entry->owners > 1;

	entry->version = was_greeted ? sd_operation_new_version(policy, entry) : 0;
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		replica->had_entry = replica->compares_not = replica->is_repeated = false;
		replica->written = SD_WRITE_FAILED;
		if (!was_greeted || sd_replica_has_replied(replica)) {
			prepare_on(entry, i, writing, left_ms);
		}
	}
}

/* Prepares the write once more on the servers that need it, if any does. */
static void prepare_again(const struct sd_policy *policy, struct sd_entry *entry,
                          const struct writing *writing, int64_t now_ms)
{
	int64_t left_ms = sd_operation_time_left(entry, now_ms);
	bool repeats = false;

	for (size_t i = 0; i < entry->owners; i++) {
		repeats |= is_refused(&entry->replicas[i]);
	}
	if (repeats) {
		if (is_overtaken(entry)) {
			set_overtaken(entry);
			return;
		}
		if (!note_refusals(entry)) {
			return;
		}
		entry->version = sd_operation_new_version(policy, entry);
	}
	for (size_t i = 0; i < entry->owners; i++) {
		enum sd_written written = entry->replicas[i].written;

		if (written == SD_WRITE_REFUSED || written == SD_WRITE_BLIND ||
		    (written == SD_WRITE_TAKEN && repeats && sd_replica_has_replied(&entry->replicas[i]))) {
			prepare_on(entry, i, writing, left_ms);
		}
	}
}

/* Looks at the servers of entries that are not done, and writes once more. Returns whether it
 * wrote. */
static bool write_again(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                        struct writing *writing)
{
	bool is_open = false;
	int64_t now_ms;

	for (size_t i = 0; i < count; i++) {
		is_open |= entries[i].status == SD_OK && take_replies(&entries[i]);
	}
	if (!is_open || sd_operation_is_given_up(entries, count)) {
		return false;
	}
	now_ms = sd_operation_now_ms(policy);
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status == SD_OK) {
			prepare_looks(&entries[i], sd_operation_time_left(&entries[i], now_ms));
		}
	}
	if (sd_operation_perform(policy, entries, count, now_ms)) {
		now_ms = sd_operation_now_ms(policy);
	}
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status == SD_OK) {
			compare_looks(&entries[i]);
			prepare_again(policy, &entries[i], writing, now_ms);
		}
	}
	writing->began_ms = now_ms;
	return sd_operation_perform(policy, entries, count, now_ms);
}

/* }}} */

/* Whether the last pass has left a server's reply to be taken: there are passes enough for all but
 * an entry that others keep changing. */
static bool is_unfinished(const struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		if (entry->replicas[i].written == SD_WRITE_ASKED) {
			return true;
		}
	}
	return false;
}

/* Sets the status of an entry after its last round. */
static void conclude_write(struct sd_entry *entry, const struct writing *writing)
{
	bool absent = false;
	bool is_open;

	if (entry->status != SD_OK) {
		return; /* it was not written */
	}
	entry->status = sd_operation_callers_end(entry);
	if (entry->status != SD_OK) {
		return;
	}
	is_open = is_unfinished(entry) && take_replies(entry);
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];
		bool is_taken = replica->written == SD_WRITE_TAKEN;
		bool found_none = is_taken && writing->kind == SD_DELETE && !replica->had_entry;

		entry->stored += (is_taken && !found_none) || replica->written == SD_WRITE_OVERTAKEN;
		absent |= found_none;
		if (is_open && !is_taken && sd_replica_has_replied(replica)) {
			sd_exchange_end(&replica->exchange, SD_TIMEOUT, "others kept changing the entry");
		}
	}
	if (entry->stored == 0) {
		entry->status = absent ? SD_ABSENT : sd_resolve_first_failed(entry)->exchange.reply.status;
	}
}

static enum sd_status write_once(const struct sd_policy *policy, struct sd_entry *entries,
                                 size_t count, void *how, struct sd_error *error)
{
	struct writing *writing = how;
	int64_t now_ms = sd_operation_now_ms(policy);
	enum sd_status status = sd_operation_begin(policy, entries, count, now_ms, error);

	if (status != SD_OK) {
		return status;
	}
	writing->began_ms = now_ms;
	if (policy->pool.redundancy) {
		writing->began_ms =
			sd_greet_servers(policy, entries, count, writing->kind, writing->ttl, now_ms);
	}
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status == SD_OK) {
			prepare_first(policy, &entries[i], writing);
		}
	}
	(void)sd_operation_perform(policy, entries, count, writing->began_ms);
	for (int pass = 1; write_again(policy, entries, count, writing) && pass < PASSES_MAX; pass++) {
	}
	for (size_t i = 0; i < count; i++) {
		conclude_write(&entries[i], writing);
	}
	return sd_operation_verdict(policy, entries, count, error);
}

enum sd_status sd_write_set(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                            int64_t ttl, struct sd_error *error)
{
	return sd_operation_run(policy, entries, count, write_once,
	                        &(struct writing){.kind = SD_SET, .ttl = ttl}, error);
}

enum sd_status sd_write_delete(const struct sd_policy *policy, struct sd_entry *entries,
                               size_t count, struct sd_error *error)
{
	return sd_operation_run(policy, entries, count, write_once,
	                        &(struct writing){.kind = SD_DELETE}, error);
}
