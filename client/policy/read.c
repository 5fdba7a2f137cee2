/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Reading, in at most two rounds and one of repairs; see read.h. */

#include "client/policy/read.h"

#include "client/policy/greet.h"
#include "client/policy/repair.h"
#include "client/policy/resolve.h"

/* {{{ the first round */

static struct sd_exchange *prepare_read(struct sd_entry *entry, size_t owner,
                                        enum sd_request_kind kind, int64_t limit_ms,
                                        const struct sd_reading *reading)
{
	struct sd_exchange *exchange = sd_operation_prepare(entry, owner, kind, limit_ms);

	/* with a second copy, both versions are needed to compare them */
	exchange->request.value_only =
		kind == SD_GET && entry->owners == 1 && !entry->wants_version && !entry->is_left;
	exchange->request.ttl = kind == SD_TOUCH ? reading->touch_ttl : entry->prolongs_s;
	return exchange;
}

/* The operation that asks for the same without the value. */
static enum sd_request_kind without_value(const struct sd_reading *reading)
{
	return reading->kind == SD_TOUCH ? SD_TOUCH : SD_EXISTS;
}

/* Prepares the first round of an entry with two servers: the value from the first, and what the
 * second knows of it. If the first is known to be dead, the value comes from the second. */
static void prepare_both(const struct sd_policy *policy, struct sd_entry *entry,
                         const struct sd_reading *reading, int64_t now_ms)
{
	int64_t left_ms = sd_operation_time_left(entry, now_ms);
	int64_t share_ms = sd_operation_share(left_ms);
	struct sd_exchange *first = prepare_read(entry, 0, reading->kind, share_ms, reading);
	struct sd_exchange *second;

	if (sd_operation_skips(policy, first, now_ms)) {
		entry->replicas[0].asked = false;
		(void)prepare_read(entry, 1, reading->kind, left_ms, reading);
		return;
	}
	first->request.value_ms = left_ms;
	second = prepare_read(entry, 1, without_value(reading), share_ms, reading);
	if (reading->policy == SD_READ_FIRST && entry->prolongs_s == 0) {
		entry->replicas[1].asked = false;
		sd_exchange_end(second, SD_UNSUPPORTED, "not asked, by the read policy");
	}
}

static void perform_first_round(const struct sd_policy *policy, struct sd_entry *entries,
                                size_t count, const struct sd_reading *reading, int64_t now_ms)
{
	for (size_t i = 0; i < count; i++) {
		struct sd_entry *entry = &entries[i];

		if (entry->owners == 1) {
			(void)prepare_read(entry, 0, reading->kind, sd_operation_time_left(entry, now_ms),
			                   reading);
		} else {
			prepare_both(policy, entry, reading, now_ms);
		}
	}
	(void)sd_operation_perform(policy, entries, count, now_ms);
}

/* }}} */

/* {{{ the second round */

/* Whether the second server of two has to be asked for more than it was asked in the first round,
 * unless the caller has given up. The entry has its winner. */
static bool must_ask_second(struct sd_entry *entry, const struct sd_reading *reading)
{
	const struct sd_reply *first = &entry->replicas[0].exchange.reply;
	struct sd_replica *second = &entry->replicas[1];

	if (second->exchange.reply.status == SD_UNSUPPORTED) {
		/* it was not asked, or cannot tell its version: asked only if the first has nothing */
		return first->status != SD_OK && !first->tombstone;
	}
	return second->exchange.request.kind != reading->kind &&
	       second->exchange.reply.status == SD_OK && entry->winner == second &&
	       !sd_resolve_is_unproven(entry, second);
}

/* Finds the winner of each entry, and fetches values from the second server if that has the newest
 * copy, or the only one. Returns whether the winners still are what was found. */
static bool perform_second_round(const struct sd_policy *policy, struct sd_entry *entries,
                                 size_t count, const struct sd_reading *reading)
{
	bool asks = false;
	int64_t now_ms = 0;

	for (size_t i = 0; i < count; i++) {
		struct sd_entry *entry = &entries[i];

		entry->winner = sd_resolve_winner(entry);
		if (entry->owners == 1 || !must_ask_second(entry, reading)) {
			continue;
		}
		if (!asks && sd_operation_is_given_up(entries, count)) {
			return false;
		}
		now_ms = asks ? now_ms : sd_operation_now_ms(policy);
		asks = true;
		if (entry->sink != NULL) {
			entry->sink->kind->restart(entry->sink);
		}
		(void)prepare_read(entry, 1, reading->kind, sd_operation_time_left(entry, now_ms), reading);
	}
	if (asks) {
		(void)sd_operation_perform(policy, entries, count, now_ms);
	}
	return !asks;
}

/* }}} */

/* Whether a session's absence may be proven too early, because the server that says so alone was
 * told of a shorter time to live than sessions have by now. */
static bool is_too_early(const struct sd_policy *policy, struct sd_entry *entry)
{
	struct sd_transport *transport = policy->transport;
	const struct sd_exchange *exchange = &entry->winner->exchange;

	return entry->is_session && !exchange->reply.tombstone &&
	       sd_resolve_is_alone(entry, entry->winner) && exchange->server->transport == NULL &&
	       transport->has_told_ttl != NULL && !transport->has_told_ttl(transport, exchange);
}

/* The end of an entry that was not found, or not believed. */
static void conclude_miss(const struct sd_policy *policy, struct sd_entry *entry)
{
	if (entry->status == SD_ABSENT && is_too_early(policy, entry)) {
		entry->status = SD_UNPROVEN;
	}
	if (entry->sink != NULL) {
		entry->sink->kind->restart(entry->sink);
	}
}

/* Sets the status of an entry after its last round. */
static void conclude_read(const struct sd_policy *policy, struct sd_entry *entry)
{
	const struct sd_replica *winner = entry->winner;

	entry->status = sd_operation_callers_end(entry);
	if (entry->status != SD_OK) {
		return;
	}
	if (winner == NULL || sd_resolve_is_half_known(entry, winner)) {
		entry->status = sd_resolve_first_failed(entry)->exchange.reply.status;
	} else if (sd_resolve_is_unproven(entry, winner)) {
		entry->status = SD_UNPROVEN;
	} else {
		entry->status = winner->exchange.reply.status;
		entry->version = winner->exchange.reply.version;
		entry->versioned = winner->exchange.reply.versioned;
		entry->far_ahead = winner->exchange.reply.far_ahead;
	}
	if (entry->status != SD_OK) {
		conclude_miss(policy, entry);
	}
}

/* Everything after the first round. */
static enum sd_status finish_rounds(const struct sd_policy *policy, struct sd_entry *entries,
                                    size_t count, const struct sd_reading *reading,
                                    struct sd_error *error)
{
	enum sd_status status;
	bool has_winners = false;

	if (policy->pool.redundancy) {
		(void)sd_greet_joined(policy, entries, count);
		has_winners = perform_second_round(policy, entries, count, reading);
	}
	for (size_t i = 0; i < count; i++) {
		if (!has_winners) {
			entries[i].winner = sd_resolve_winner(&entries[i]);
		}
		conclude_read(policy, &entries[i]);
	}
	status = sd_operation_verdict(policy, entries, count, error);
	if (policy->pool.redundancy && reading->repairs && !sd_operation_is_callers_end(status)) {
		sd_repair_entries(policy, entries, count, reading->kind == SD_GET);
	}
	return status;
}

/* Whether the servers can do what is asked, as far as their greetings say. */
static bool are_all_greeted(const struct sd_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i].status != SD_OK) {
			return false;
		}
	}
	return true;
}

static enum sd_status read_once(const struct sd_policy *policy, struct sd_entry *entries,
                                size_t count, void *how, struct sd_error *error)
{
	const struct sd_reading *reading = how;
	int64_t now_ms = sd_operation_now_ms(policy);
	enum sd_status status = sd_operation_begin(policy, entries, count, now_ms, error);

	if (status != SD_OK) {
		return status;
	}
	if (reading->kind != SD_TOUCH || !policy->pool.redundancy) {
		now_ms = sd_greet_join(policy, entries, count, now_ms);
	} else {
		now_ms = sd_greet_servers(policy, entries, count, SD_TOUCH, reading->touch_ttl, now_ms);
		if (!are_all_greeted(entries, count)) {
			return sd_operation_verdict(policy, entries, count, error);
		}
	}
	perform_first_round(policy, entries, count, reading, now_ms);
	return finish_rounds(policy, entries, count, reading, error);
}

static enum sd_status read_entries(const struct sd_policy *policy, struct sd_entry *entries,
                                   size_t count, struct sd_reading reading, struct sd_error *error)
{
	return sd_operation_run(policy, entries, count, read_once, &reading, error);
}

enum sd_status sd_read_again(const struct sd_policy *policy, struct sd_entry *entry,
                             const struct sd_reading *reading, struct sd_error *error)
{
	perform_first_round(policy, entry, 1, reading, sd_operation_now_ms(policy));
	return finish_rounds(policy, entry, 1, reading, error);
}

enum sd_status sd_read_finish(const struct sd_policy *policy, struct sd_entry *entry,
                              struct sd_error *error)
{
	const struct sd_reading reading = {.kind = entry->sink != NULL ? SD_GET : SD_EXISTS,
	                                   .policy = SD_READ_NEWEST,
	                                   .repairs = entry->sink != NULL};

	return finish_rounds(policy, entry, 1, &reading, error);
}

enum sd_status sd_read_get(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                           struct sd_error *error)
{
	const struct sd_reading reading = {
		.kind = SD_GET, .policy = policy->options->read_policy, .repairs = true};

	return read_entries(policy, entries, count, reading, error);
}

enum sd_status sd_read_exists(const struct sd_policy *policy, struct sd_entry *entries,
                              size_t count, int64_t ttl, struct sd_error *error)
{
	const struct sd_reading existing = {
		.kind = SD_EXISTS, .policy = policy->options->read_policy, .repairs = true};
	/* a touch is a write, which both servers need, whatever the read policy */
	const struct sd_reading touching = {
		.kind = SD_TOUCH, .policy = SD_READ_NEWEST, .touch_ttl = ttl, .repairs = true};

	return read_entries(policy, entries, count, ttl != 0 ? touching : existing, error);
}
