/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A write that one server took and the other refused; see contest.h. */

#include "client/policy/contest.h"

#include "client/policy/operation.h"
#include "client/policy/version.h"

void sd_contest_set_all(struct sd_entry *entry, enum sd_written written)
{
	for (size_t i = 0; i < entry->owners; i++) {
		entry->replicas[i].written = written;
	}
}

/* The server that took the write may have been away since. */
static void fail_for_restart(struct sd_entry *entry, size_t owner)
{
	sd_exchange_end(&entry->replicas[owner].exchange, SD_REFUSED,
	                "the server was restarted while others wrote the entry, too");
	sd_contest_set_all(entry, SD_WRITE_FAILED);
}

void sd_contest_take_reply(struct sd_entry *entry, size_t owner)
{
	struct sd_replica *replica = &entry->replicas[owner];
	enum sd_status status = replica->exchange.reply.status;

	if (status == SD_CONFLICT) {
		sd_contest_set_all(entry, SD_WRITE_OVERTAKEN);
	} else if (status != SD_OK && status != SD_ABSENT) {
		sd_contest_set_all(entry, SD_WRITE_FAILED);
	} else if (replica->exchange.reply.connection != replica->connection) {
		/* what was unproven is not so any more */
		fail_for_restart(entry, owner);
	} else {
		replica->written = SD_WRITE_RAISED;
	}
}

/* The server that refuses the write may have taken it before that: what it has may be made of it.
 */
static void fail_contest(struct sd_entry *entry, size_t owner)
{
	sd_exchange_end_in_doubt(&entry->replicas[owner].exchange);
	sd_contest_set_all(entry, SD_WRITE_FAILED);
}

/* {{{ requests */

static struct sd_request *prepare_contested(struct sd_entry *entry, size_t owner,
                                            const struct sd_written_value *value, int64_t left_ms)
{
	struct sd_request *request = &sd_operation_prepare(entry, owner, value->kind, left_ms)->request;

	request->ttl = value->ttl;
	request->version = entry->version;
	return request;
}

/* Replaces what a server took of the write by the same above all that is in the way of it on the
 * other one, if it is still there. */
static void prepare_raising(struct sd_entry *entry, size_t owner,
                            const struct sd_written_value *value, int64_t left_ms)
{
	struct sd_replica *replica = &entry->replicas[owner];
	const struct sd_replica *other = &entry->replicas[1 - owner];
	uint64_t seen = entry->version;
	uint64_t above = other->refusal;
	struct sd_request *request;

	replica->connection = replica->exchange.reply.connection;
	if (sd_replica_has_replied(other) && !other->exchange.reply.far_ahead &&
	    other->exchange.reply.version > above) {
		above = other->exchange.reply.version;
	}
	entry->version = sd_version_next(above > seen ? above : seen, SD_VERSION_REPEATED);
	request = prepare_contested(entry, owner, value, left_ms);
	request->condition = replica->compares_not ? SD_IF_SEEN : SD_IF_VERSION;
	request->seen = seen;
	replica->written = SD_WRITE_RAISING;
}

/* The write was raised on the other server: it replaces what this one had when its version was
 * asked for. */
static void prepare_replacing(struct sd_entry *entry, size_t owner,
                              const struct sd_written_value *value, int64_t left_ms)
{
	struct sd_replica *replica = &entry->replicas[owner];
	const struct sd_reply seen = replica->exchange.reply;
	struct sd_request *request;

	entry->replicas[1 - owner].written = SD_WRITE_TAKEN;
	if (sd_status_is_failure(seen.status)) {
		replica->written = SD_WRITE_FAILED;
		return;
	}
	request = prepare_contested(entry, owner, value, left_ms);
	replica->written = SD_WRITE_ASKED;
	request->seen = seen.version;
	if (seen.far_ahead) {
		request->condition = SD_ALWAYS;
	} else if (replica->compares_not) {
		request->condition = SD_IF_SEEN;
	} else {
		request->condition = seen.status == SD_OK ? SD_IF_VERSION : SD_IF_NEWER;
	}
}

/* }}} */

/* One server took the write and the other refused it, and it is known what both have. */
static void settle_contest(struct sd_entry *entry, size_t owner,
                           const struct sd_written_value *value, int64_t left_ms)
{
	const struct sd_exchange *taken = &entry->replicas[owner].exchange;
	struct sd_replica *other = &entry->replicas[1 - owner];

	if (!sd_replica_has_replied(&entry->replicas[owner])) {
		sd_contest_set_all(entry, SD_WRITE_FAILED);
	} else if (taken->reply.version > entry->version) {
		other->written = SD_WRITE_OVERTAKEN;
	} else if (taken->reply.version < entry->version || taken->reply.unproven) {
		fail_for_restart(entry, owner);
	} else if (sd_replica_has_replied(other) && other->exchange.reply.version == entry->version) {
		other->written = SD_WRITE_TAKEN; /* somebody's read has carried it */
	} else if (other->exchange.may_have_written) {
		fail_contest(entry, 1 - owner);
	} else {
		prepare_raising(entry, owner, value, left_ms);
	}
}

bool sd_contest_prepare(struct sd_entry *entry, const struct sd_written_value *value,
                        int64_t left_ms)
{
	if (entry->owners < SD_OWNERS_MAX) {
		return false;
	}
	for (size_t i = 0; i < entry->owners; i++) {
		if (entry->replicas[i].written == SD_WRITE_RAISED) {
			prepare_replacing(entry, 1 - i, value, left_ms);
			return true;
		}
		if (entry->replicas[i].written == SD_WRITE_TAKEN &&
		    sd_contest_is_refused(&entry->replicas[1 - i])) {
			settle_contest(entry, i, value, left_ms);
			return true;
		}
	}
	return false;
}
