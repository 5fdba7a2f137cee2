/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Writing; see write.h. Two servers get a write at the same time, with one version. A server that
 * has something newer refuses it, and then the question is who was first. What is in the way came
 * before, from a client whose clock is ahead. Or it came after, from somebody who saw what the
 * other server had taken of ours, and may have been told that it is done. No acknowledged write may
 * be lost: so ours must be on top in the first case, and in the second it must not.
 *
 * - No server took the write, and none can have done so unheard: it is made again, above what was
 *   in the way.
 * - One server may have taken it unheard (sd_operation_is_in_doubt()): nobody can tell, and the
 *   write fails.
 * - One took it: contest.h.
 *
 * A version that is too far ahead orders nothing: it is overwritten without being compared.
 * memcached cannot compare. There a write reads first, and then replaces only what it saw.
 */

#include "client/policy/write.h"

#include "client/policy/contest.h"
#include "client/policy/greet.h"
#include "client/policy/resolve.h"
#include "wire/compiler.h"

/* Of reading and writing; without somebody who keeps writing, few are needed. */
#define PASSES_MAX 16

/* What is written to all entries alike. */
struct writing {
	struct sd_written_value value;
	int64_t began_ms; /* when this pass did */
	int pass;         /* its number; 0: the first write */
};

/* {{{ one server's reply */

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
		replica->written =
			reply->version != 0 || !replica->compares_not ? SD_WRITE_REFUSED : SD_WRITE_BLIND;
		replica->refusal = reply->version;
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
	return was_taken && sd_contest_is_refused(replica) &&
	       replica->exchange.reply.version == entry->version;
}

/* Finds the refusals that are none. Returns whether the entry is not done. */
static bool is_open_still(struct sd_entry *entry)
{
	bool was_taken = false;
	bool is_open = false;

	for (size_t i = 0; i < entry->owners; i++) {
		was_taken |= entry->replicas[i].written == SD_WRITE_TAKEN;
	}
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

/* Takes the replies of a round of writes. Returns whether the entry is not done. */
static bool take_replies(struct sd_entry *entry)
{
	bool is_open = false;

	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		if (replica->written == SD_WRITE_ASKED) {
			take_reply(replica);
		} else if (replica->written == SD_WRITE_RAISING) {
			sd_contest_take_reply(entry, i);
		}
		is_open |= replica->written == SD_WRITE_REFUSED || replica->written == SD_WRITE_BLIND;
	}
	return is_open && is_open_still(entry);
}

/* }}} */

/* {{{ reading before writing once more */

/* Prepares to ask what the servers have of an entry that is not done: those that cannot compare,
 * and both if one took what the other refused. */
static void prepare_exists(struct sd_entry *entry, int64_t left_ms)
{
	bool is_contested = false;
	bool was_taken = false;

	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_replica *replica = &entry->replicas[i];

		is_contested |= sd_contest_is_refused(replica) || replica->written == SD_WRITE_BLIND;
		was_taken |= replica->written == SD_WRITE_TAKEN;
	}
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_replica *replica = &entry->replicas[i];

		if (replica->written == SD_WRITE_BLIND ||
		    (replica->written == SD_WRITE_TAKEN && is_contested) ||
		    (sd_contest_is_refused(replica) && was_taken)) {
			(void)sd_operation_prepare(entry, i, SD_EXISTS, left_ms);
		}
	}
}

/* Whether a version is above that of the write, and orders writes. */
static inline bool is_newer(const struct sd_entry *entry, const struct sd_reply *reply)
{
	return reply->version > entry->version && !reply->far_ahead;
}

/* A server that cannot compare has been read: this compares in its place. If it may have taken the
 * write, what it has is that, or what others have put in its place. */
static void compare_reply(const struct sd_entry *entry, struct sd_replica *replica)
{
	const struct sd_reply *reply = &replica->exchange.reply;
	bool may_have_taken = replica->exchange.may_have_written;

	if (!sd_replica_has_replied(replica)) {
		replica->written = SD_WRITE_FAILED;
	} else if (may_have_taken && reply->version == entry->version) {
		replica->written = SD_WRITE_TAKEN;
		replica->had_entry = true;
	} else if (may_have_taken || is_newer(entry, reply)) {
		replica->written = SD_WRITE_REFUSED;
		replica->refusal = reply->version;
	}
}

static void compare_replies(struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		if (entry->replicas[i].written == SD_WRITE_BLIND) {
			compare_reply(entry, &entry->replicas[i]);
		}
	}
}

/* }}} */

/* {{{ requests */

static void prepare_on(struct sd_entry *entry, size_t owner, const struct writing *writing,
                       int64_t left_ms)
{
	struct sd_replica *replica = &entry->replicas[owner];
	uint64_t seen = replica->exchange.reply.version;
	bool overwrites = replica->written == SD_WRITE_REFUSED && replica->exchange.reply.far_ahead;
	struct sd_exchange *exchange = sd_operation_prepare(entry, owner, writing->value.kind, left_ms);

	replica->written = SD_WRITE_ASKED;
	exchange->request.ttl = writing->value.ttl;
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

		replica->had_entry = replica->compares_not = false;
		replica->written = SD_WRITE_FAILED;
		if (!was_greeted || sd_replica_has_replied(replica)) {
			prepare_on(entry, i, writing, left_ms);
		}
	}
}

/* Prepares the first write of entries with one server anew if its name leads to two: with a
 * version, so that it replaces only what is older. */
SD_RARE static void order_ambiguous(const struct sd_policy *policy, struct sd_entry *entries,
                                    size_t count, const struct writing *writing)
{
	for (size_t i = 0; i < count; i++) {
		struct sd_entry *entry = &entries[i];

		if (entry->owners == 1 && entry->status == SD_OK &&
		    sd_operation_is_ambiguous(policy, entry->replicas[0].exchange.server)) {
			entry->version = sd_operation_new_version(policy, entry);
			prepare_on(entry, 0, writing, sd_operation_time_left(entry, writing->began_ms));
		}
	}
}

/* }}} */

/* {{{ a write that was taken nowhere */

/* Whether a server refuses what is newer than what it has. */
static bool is_lying(const struct sd_entry *entry, const struct sd_replica *replica)
{
	return sd_contest_is_refused(replica) && !replica->compares_not &&
	       replica->refusal < entry->version;
}

/* Judges the refusals of a write that no server is known to have taken. Returns whether it is to
 * be made anew. */
static bool may_be_made_anew(struct sd_entry *entry)
{
	bool has_refused = false;

	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		if (sd_contest_is_refused(replica) && replica->exchange.may_have_written) {
			sd_exchange_end_in_doubt(&replica->exchange);
		}
		if (is_lying(entry, replica)) {
			sd_exchange_end(&replica->exchange, SD_REFUSED,
			                "the server has an older version, and refuses a newer one");
			replica->written = SD_WRITE_FAILED;
		}
		has_refused |= sd_contest_is_refused(replica);
	}
	return has_refused && !sd_operation_is_in_doubt(entry);
}

/* }}} */

/* {{{ rounds */

/*
 * The version of a write that is made anew, above what refused it. Others may be writing all the
 * time: were it only just above, theirs would come first again and again. So each time it goes
 * further ahead, by 64 us, 128 and so on to 8 ms.
 */
static uint64_t version_anew(const struct sd_policy *policy, const struct sd_entry *entry, int pass)
{
	return sd_operation_new_version(policy, entry) + (UINT64_C(32) << (pass < 8 ? pass : 8));
}

/* Prepares the write once more on the servers that need it, if any does. */
static void prepare_again(const struct sd_policy *policy, struct sd_entry *entry,
                          const struct writing *writing, int64_t now_ms)
{
	int64_t left_ms = sd_operation_time_left(entry, now_ms);
	bool has_refused = false;

	if (sd_contest_prepare(entry, &writing->value, left_ms)) {
		return;
	}
	for (size_t i = 0; i < entry->owners; i++) {
		has_refused |= sd_contest_is_refused(&entry->replicas[i]);
	}
	if (has_refused) {
		if (!may_be_made_anew(entry)) {
			sd_contest_set_all(entry, SD_WRITE_FAILED);
			return;
		}
		entry->version = version_anew(policy, entry, writing->pass);
	}
	for (size_t i = 0; i < entry->owners; i++) {
		enum sd_written written = entry->replicas[i].written;

		if (written == SD_WRITE_REFUSED || written == SD_WRITE_BLIND) {
			prepare_on(entry, i, writing, left_ms);
		}
	}
}

/* Asks the servers of entries that are not done what they have, and writes once more. Returns
 * whether it wrote. */
static bool write_again(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                        struct writing *writing)
{
	int64_t now_ms;

	if (sd_operation_is_given_up(entries, count)) {
		return false;
	}
	now_ms = sd_operation_now_ms(policy);
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status == SD_OK) {
			prepare_exists(&entries[i], sd_operation_time_left(&entries[i], now_ms));
		}
	}
	if (sd_operation_perform(policy, entries, count, now_ms)) {
		now_ms = sd_operation_now_ms(policy);
	}
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status == SD_OK) {
			compare_replies(&entries[i]);
			prepare_again(policy, &entries[i], writing, now_ms);
		}
	}
	writing->began_ms = now_ms;
	return sd_operation_perform(policy, entries, count, now_ms);
}

/* }}} */

/* Takes the replies of all entries. Returns whether any is not done. */
static inline bool take_all_replies(struct sd_entry *entries, size_t count)
{
	bool is_open = false;

	for (size_t i = 0; i < count; i++) {
		is_open |= entries[i].status == SD_OK && take_replies(&entries[i]);
	}
	return is_open;
}

/* Whether the last pass has left a server's reply to be taken: there are passes enough for all but
 * an entry that others keep changing. */
static bool is_unfinished(const struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		if (entry->replicas[i].written == SD_WRITE_ASKED ||
		    entry->replicas[i].written == SD_WRITE_RAISING) {
			return true;
		}
	}
	return false;
}

/* The passes are over: what is still not done has failed, also where it was taken, for what is in
 * its way may be older, and win. */
static void fail_open_write(struct sd_entry *entry)
{
	bool is_open = is_unfinished(entry) && take_replies(entry);
	bool is_refused_still = false;

	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];

		is_refused_still |= sd_contest_is_refused(replica);
		if (is_open && replica->written != SD_WRITE_TAKEN && sd_replica_has_replied(replica)) {
			sd_exchange_end(&replica->exchange, SD_TIMEOUT, "others kept changing the entry");
		}
	}
	if (is_refused_still) {
		sd_contest_set_all(entry, SD_WRITE_FAILED);
	}
}

/* Writes entries that are not done once more, until all are, or have failed. */
SD_RARE static void settle_writes(const struct sd_policy *policy, struct sd_entry *entries,
                                  size_t count, struct writing *writing)
{
	for (writing->pass = 1;
	     write_again(policy, entries, count, writing) && writing->pass < PASSES_MAX;
	     writing->pass++) {
		if (!take_all_replies(entries, count)) {
			break;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status == SD_OK && sd_operation_callers_end(&entries[i]) == SD_OK) {
			fail_open_write(&entries[i]);
		}
	}
}

/* Sets the status of an entry after its last round. */
static void conclude_write(struct sd_entry *entry, const struct writing *writing)
{
	bool absent = false;

	if (entry->status != SD_OK) {
		return; /* it was not written */
	}
	entry->status = sd_operation_callers_end(entry);
	if (entry->status != SD_OK) {
		return;
	}
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_replica *replica = &entry->replicas[i];
		bool is_taken = replica->written == SD_WRITE_TAKEN;
		bool found_none = is_taken && writing->value.kind == SD_DELETE && !replica->had_entry;

		entry->stored += (is_taken && !found_none) || replica->written == SD_WRITE_OVERTAKEN;
		absent |= found_none;
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
		writing->began_ms = sd_greet_servers(policy, entries, count, writing->value.kind,
		                                     writing->value.ttl, now_ms);
	}
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status == SD_OK) {
			prepare_first(policy, &entries[i], writing);
		}
	}
	if (policy->transport->has_odd_names) {
		order_ambiguous(policy, entries, count, writing);
	}
	(void)sd_operation_perform(policy, entries, count, writing->began_ms);
	if (take_all_replies(entries, count)) {
		settle_writes(policy, entries, count, writing);
	}
	(void)sd_greet_joined(policy, entries, count); /* two copies on one server count once */
	for (size_t i = 0; i < count; i++) {
		conclude_write(&entries[i], writing);
	}
	return sd_operation_verdict(policy, entries, count, error);
}

enum sd_status sd_write_set(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                            int64_t ttl, struct sd_error *error)
{
	return sd_operation_run(policy, entries, count, write_once,
	                        &(struct writing){.value = {.kind = SD_SET, .ttl = ttl}}, error);
}

enum sd_status sd_write_delete(const struct sd_policy *policy, struct sd_entry *entries,
                               size_t count, struct sd_error *error)
{
	return sd_operation_run(policy, entries, count, write_once,
	                        &(struct writing){.value = {.kind = SD_DELETE}}, error);
}
