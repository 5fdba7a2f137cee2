/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Conditional writes; see change.h. With redundancy each try reads, decides and carries. */

#include "client/policy/change.h"

#include <string.h>

#include "client/policy/greet.h"
#include "client/policy/read.h"
#include "client/policy/resolve.h"
#include "client/policy/version.h"

#define TRIES_MAX 100 /* of a change that others keep getting ahead of */

/* What one try led to. */
enum outcome {
	DONE,  /* the entry has its status */
	AGAIN, /* another client was faster */
};

/* {{{ requests */

static struct sd_exchange *prepare_change(struct sd_entry *entry, size_t owner, int64_t limit_ms,
                                          const struct sd_change *change)
{
	enum sd_request_kind kind = change->kind == SD_ADJUST ? SD_ARITHMETIC : SD_SET;
	struct sd_exchange *exchange = sd_operation_prepare(entry, owner, kind, limit_ms);

	exchange->request.ttl = change->kind == SD_ADJUST ? 0 : change->ttl;
	exchange->request.delta = change->delta;
	exchange->request.decrement = change->decrement;
	return exchange;
}

static inline enum sd_version_maker maker_of(size_t decider)
{
	return decider == 0 ? SD_VERSION_FIRST : SD_VERSION_SECOND;
}

/* The version of a change that this server decides: the next one above all that was read. So a
 * plain write that was not read, being on its way, wins whichever server it reaches first, and one
 * that was read does not. Above nothing, the clock says. */
static uint64_t version_of(const struct sd_policy *policy, struct sd_entry *entry, size_t decider)
{
	uint64_t above = 0;

	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_reply *reply = &entry->replicas[i].exchange.reply;

		if (sd_replica_has_replied(&entry->replicas[i]) && !reply->far_ahead &&
		    reply->version > above) {
			above = reply->version;
		}
	}
	if (above == 0) {
		return sd_operation_new_version(policy, entry);
	}
	return sd_version_next(above, maker_of(decider));
}

/* Asks the server that decides, on the condition that it still has what was read from it. */
static struct sd_exchange *decide(const struct sd_policy *policy, struct sd_entry *entry,
                                  size_t decider, const struct sd_change *change)
{
	const struct sd_reply *reply = &entry->replicas[decider].exchange.reply;
	bool was_found = reply->status == SD_OK;
	uint64_t seen = reply->version;
	int64_t now_ms = sd_operation_now_ms(policy);
	int64_t left_ms = sd_operation_time_left(entry, now_ms);
	uint64_t version = version_of(policy, entry, decider);
	struct sd_exchange *exchange = prepare_change(entry, decider, left_ms, change);

	exchange->request.condition = was_found ? SD_IF_VERSION : SD_IF_ABSENT;
	exchange->request.seen = seen;
	exchange->request.version = version;
	(void)sd_operation_perform(policy, entry, 1, now_ms);
	return exchange;
}

/* What was decided, as it is carried. */
struct decided {
	uint64_t version;
	int64_t ttl;
	bool is_number; /* the value is in the entry's sink */
};

static struct decided decided_by(const struct sd_exchange *decision)
{
	bool is_number = decision->request.kind == SD_ARITHMETIC;
	int64_t left_s = decision->reply.ttl == 0 ? 1 : decision->reply.ttl;

	return (struct decided){
		.version = decision->request.version,
		.ttl = is_number ? left_s : decision->request.ttl,
		.is_number = is_number,
	};
}

static struct sd_request *prepare_decided(struct sd_entry *entry, size_t owner,
                                          const struct decided *decided, int64_t limit_ms)
{
	struct sd_request *request = &sd_operation_prepare(entry, owner, SD_SET, limit_ms)->request;

	request->version = decided->version;
	request->ttl = decided->ttl;
	if (decided->is_number) {
		request->data = entry->sink->kind->fetched(entry->sink);
	}
	return request;
}

/* Carries the decision to the other server. */
static enum sd_status carry(const struct sd_policy *policy, struct sd_entry *entry, size_t other,
                            const struct decided *decided)
{
	const struct sd_exchange *exchange = &entry->replicas[other].exchange;
	const struct sd_copy copy = sd_resolve_copy(&exchange->reply);
	int64_t now_ms = sd_operation_now_ms(policy);
	int64_t left_ms = sd_operation_time_left(entry, now_ms);
	/* if it is never answered, there still is time to confirm the decision */
	struct sd_request *request =
		prepare_decided(entry, other, decided, sd_operation_share(left_ms));

	sd_resolve_replace(request, &copy);
	(void)sd_operation_perform(policy, entry, 1, now_ms);
	return exchange->reply.status;
}

/*
 * The other server did not get the decision, so it cannot refuse it, either. If what the change was
 * made of is about to be written once more above it (contest.h), the server that decided would take
 * that. So the change gets the next version there, if it still is what that server has.
 */
static enum sd_status confirm_decision(const struct sd_policy *policy, struct sd_entry *entry,
                                       size_t decider, const struct decided *decided)
{
	const struct sd_exchange *exchange = &entry->replicas[decider].exchange;
	int64_t now_ms = sd_operation_now_ms(policy);
	struct decided confirmed = *decided;
	struct sd_request *request;

	confirmed.version = sd_version_next(decided->version, maker_of(decider));
	request = prepare_decided(entry, decider, &confirmed, sd_operation_time_left(entry, now_ms));
	request->condition = SD_IF_VERSION;
	request->seen = decided->version;
	(void)sd_operation_perform(policy, entry, 1, now_ms);
	entry->version = confirmed.version;
	return exchange->reply.status;
}

/* }}} */

/* {{{ one server */

/* Without redundancy the server checks the condition itself. */
static enum sd_status change_alone(const struct sd_policy *policy, struct sd_entry *entry,
                                   const struct sd_change *change, int64_t now_ms,
                                   struct sd_error *error)
{
	struct sd_exchange *exchange = prepare_change(entry, 0, /* no limit */ 0, change);

	switch (change->kind) {
	case SD_ADD:
		exchange->request.condition = SD_IF_ABSENT;
		break;
	case SD_REPLACE:
		exchange->request.condition = SD_IF_PRESENT;
		break;
	case SD_CAS:
		exchange->request.condition = SD_IF_VERSION;
		exchange->request.seen = change->version;
		break;
	case SD_ADJUST:
		break;
	}
	(void)sd_operation_perform(policy, entry, 1, now_ms);
	entry->stored = exchange->reply.status == SD_OK;
	entry->version = exchange->reply.version;
	entry->status = sd_operation_verdict_of_one(exchange, error);
	return entry->status;
}

/* }}} */

/* {{{ two servers */

static enum outcome conclude_change(struct sd_entry *entry, enum sd_status status)
{
	entry->status = status;
	return DONE;
}

/* Whether the newest copy meets the condition: SD_OK, or the status of the change. */
static enum sd_status check_condition(const struct sd_reply *newest, const struct sd_change *change)
{
	bool found = newest->status == SD_OK;

	switch (change->kind) {
	case SD_ADD:
		return found ? SD_CONFLICT : SD_OK;
	case SD_REPLACE:
		return found ? SD_OK : SD_CONFLICT;
	case SD_CAS:
		return found && newest->version == change->version ? SD_OK : SD_CONFLICT;
	case SD_ADJUST:
		break;
	}
	return found ? SD_OK : SD_ABSENT;
}

/* Whether both servers, as far as they replied, have versions. */
static enum sd_status check_versions(const struct sd_entry *entry, struct sd_error *error)
{
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_reply *reply = &entry->replicas[i].exchange.reply;

		if (reply->status == SD_UNSUPPORTED ||
		    (!sd_status_is_failure(reply->status) && !reply->versioned)) {
			return sd_error_set(error, SD_UNSUPPORTED, "%s",
			                    "a conditional write needs servers with versions, "
			                    "and one of the key's has none");
		}
	}
	return SD_OK;
}

/* The number on the server that decides is out of date: a read repairs it. */
static enum outcome repair_number(const struct sd_policy *policy, struct sd_entry *entry,
                                  struct sd_error *error)
{
	const struct sd_reading getting = {.kind = SD_GET, .policy = SD_READ_NEWEST, .repairs = true};
	enum sd_status status = sd_read_again(policy, entry, &getting, error);

	entry->sink->kind->restart(entry->sink);
	return status == SD_OK ? AGAIN : conclude_change(entry, status);
}

/* Reads what both servers know of the entry, and leaves their replies. */
static enum sd_status read_both(const struct sd_policy *policy, struct sd_entry *entry,
                                struct sd_error *error)
{
	const struct sd_reading existing = {.kind = SD_EXISTS, .policy = SD_READ_NEWEST};

	return sd_read_again(policy, entry, &existing, error);
}

/*
 * The other server had something newer than what was carried to it. If that went through the server
 * that decides, which then has it as well, it includes this change. If not, it was written without
 * knowledge of this change, which is lost and has to be made again; so it is if what this change
 * was made of was written once more, above it (contest.h). If one of the servers cannot tell, or
 * had what was carried before it refused it, nobody knows.
 */
static enum outcome conclude_overtaken(const struct sd_policy *policy, struct sd_entry *entry,
                                       size_t decider, struct sd_error *error)
{
	const struct sd_reply *decided = &entry->replicas[decider].exchange.reply;
	const struct sd_reply *other = &entry->replicas[1 - decider].exchange.reply;
	uint64_t version = entry->version;
	struct sd_sink *sink = entry->sink;

	entry->sink = NULL; /* it has the number, which a read would clear */
	entry->status = read_both(policy, entry, error);
	entry->sink = sink;
	if (sd_status_is_failure(entry->status)) {
		return DONE;
	}
	if (!sd_resolve_is_comparable(entry)) {
		return conclude_change(
			entry, sd_operation_verdict_of_one(&sd_resolve_first_failed(entry)->exchange, error));
	}
	if (sd_resolve_rank(decided) < sd_resolve_rank(other) && sd_operation_is_in_doubt(entry)) {
		sd_exchange_end_in_doubt(&entry->replicas[1 - decider].exchange);
		return conclude_change(
			entry, sd_operation_verdict_of_one(&entry->replicas[1 - decider].exchange, error));
	}
	if (sd_resolve_rank(decided) < sd_resolve_rank(other) ||
	    sd_version_is_repeated(other->version, version)) {
		return AGAIN;
	}
	entry->version = version;
	entry->stored = decided->version <= other->version ? 2 : 1;
	return conclude_change(entry, SD_OK);
}

/*
 * The decision is not there any more where it was made. What is newer was written over it, and may
 * be made of it: it is done. But if what this change was made of was written once more (contest.h),
 * or the server lost the decision, it has to be made again.
 */
static enum outcome conclude_replaced(const struct sd_policy *policy, struct sd_entry *entry,
                                      size_t decider, uint64_t version, struct sd_error *error)
{
	int64_t now_ms = sd_operation_now_ms(policy);
	int64_t left_ms = sd_operation_time_left(entry, now_ms);
	const struct sd_exchange *exists = sd_operation_prepare(entry, decider, SD_EXISTS, left_ms);
	uint64_t there;

	(void)sd_operation_perform(policy, entry, 1, now_ms);
	there = sd_resolve_rank(&exists->reply);
	if (sd_status_is_failure(exists->reply.status)) {
		entry->stored = 0;
		return conclude_change(entry, sd_operation_verdict_of_one(exists, error));
	}
	if (there < version && sd_operation_is_in_doubt(entry)) {
		entry->stored = 0; /* the other server may have it */
		return conclude_change(
			entry, sd_operation_verdict_of_one(&entry->replicas[1 - decider].exchange, error));
	}
	if (there < version || sd_version_is_repeated(there, version)) {
		return AGAIN;
	}
	entry->version = version;
	return conclude_change(entry, SD_OK);
}

/* The other server could not be asked any more when the decision was to be carried. */
static enum outcome conclude_alone(const struct sd_policy *policy, struct sd_entry *entry,
                                   size_t decider, const struct decided *decided,
                                   struct sd_error *error)
{
	enum sd_status status = confirm_decision(policy, entry, decider, decided);

	if (status == SD_CONFLICT) {
		return conclude_replaced(policy, entry, decider, decided->version, error);
	}
	if (status != SD_OK) {
		entry->stored = 0;
		status = sd_operation_verdict_of_one(&entry->replicas[decider].exchange, error);
	}
	return conclude_change(entry, status);
}

/* Decides and, if the other server is up, carries. */
static enum outcome decide_and_carry(const struct sd_policy *policy, struct sd_entry *entry,
                                     size_t decider, const struct sd_change *change,
                                     struct sd_error *error)
{
	size_t other = 1 - decider;
	bool carries = sd_replica_has_replied(&entry->replicas[other]);
	const struct sd_exchange *decision;
	struct decided decided;
	enum sd_status status;

	decision = decide(policy, entry, decider, change);
	status = decision->reply.status;
	if (status != SD_OK && !sd_status_is_failure(status)) {
		return AGAIN; /* the server has something else than what was read */
	}
	if ((status == SD_UNREACHABLE || status == SD_DEAD) && carries &&
	    !sd_operation_is_in_doubt(entry)) {
		return AGAIN; /* the change was not made, and the other server can decide */
	}
	if (status != SD_OK) {
		return conclude_change(entry, sd_operation_verdict_of_one(decision, error));
	}
	entry->stored = 1;
	entry->version = decision->request.version;
	if (!carries) {
		return conclude_change(entry, SD_OK);
	}
	decided = decided_by(decision);
	status = carry(policy, entry, other, &decided);
	if (status == SD_CONFLICT) {
		return conclude_overtaken(policy, entry, decider, error);
	}
	if (status != SD_OK) {
		return conclude_alone(policy, entry, decider, &decided, error);
	}
	entry->stored = 2;
	return conclude_change(entry, SD_OK);
}

static enum outcome try_change(const struct sd_policy *policy, struct sd_entry *entry,
                               const struct sd_change *change, struct sd_error *error)
{
	const struct sd_replica *winner;
	enum sd_status status;
	size_t decider;

	status = read_both(policy, entry, error);
	if (status == SD_OK) {
		status = check_versions(entry, error);
	}
	if (status != SD_OK) {
		return conclude_change(entry, status);
	}
	if (entry->owners == 1) { /* the reading has shown that both names are one server */
		(void)change_alone(policy, entry, change, sd_operation_now_ms(policy), error);
		return DONE;
	}
	winner = sd_resolve_winner(entry);
	status = check_condition(&winner->exchange.reply, change);
	if (status != SD_OK) {
		return conclude_change(entry, status);
	}
	decider = sd_replica_has_replied(&entry->replicas[0]) ? 0 : 1;
	if (change->kind == SD_ADJUST && winner != &entry->replicas[decider]) {
		return repair_number(policy, entry, error);
	}
	return decide_and_carry(policy, entry, decider, change, error);
}

enum sd_status sd_change_entry_unlocked(const struct sd_policy *policy, struct sd_entry *entry,
                                        const struct sd_change *change, struct sd_error *error)
{
	int64_t now_ms = sd_operation_now_ms(policy);
	enum sd_status status = sd_operation_begin(policy, entry, 1, now_ms, error);

	if (status != SD_OK) {
		return status;
	}
	if (change->deadline_ms != 0 && change->deadline_ms < entry->deadline_ms) {
		entry->deadline_ms = change->deadline_ms;
	}
	now_ms = sd_greet_join(policy, entry, 1, now_ms);
	if (entry->is_left) { /* the server's copy may be older than what the other one has */
		status = read_both(policy, entry, error);
	}
	if (status != SD_OK || entry->owners == 1) {
		return status != SD_OK ? status : change_alone(policy, entry, change, now_ms, error);
	}
	for (int i = 0; i < TRIES_MAX && sd_operation_now_ms(policy) < entry->deadline_ms; i++) {
		if (try_change(policy, entry, change, error) == DONE) {
			return entry->status;
		}
		if (entry->sink != NULL) {
			entry->sink->kind->restart(entry->sink);
		}
	}
	entry->status = SD_TIMEOUT;
	return sd_error_set(error, SD_TIMEOUT, "%s",
	                    "the time was over: others kept changing the entry, or a server was slow");
}

/* }}} */
