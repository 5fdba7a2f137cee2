/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A session writes and unlocks; see session.h. The first round goes to the servers that hold the
 * lock, and releases it. If one of them accepts the write, a second round gives it to the others;
 * if that can be foreseen, the lock is released after it.
 * If the lock was lost, or none of the servers has answered, the lock is taken again. All of that
 * is then done once more over what is there, if that is what was read.
 */

#include "client/policy/session.h"

#include "client/policy/greet.h"
#include "client/policy/operation.h"
#include "wire/classic.h"

#define TIMES_ANEW_MAX 3 /* that a lock is taken anew for one write: to lose it again is rare */

/* What a write led to on one server. */
enum result {
	NOT_ASKED, /* the lock is not held there */
	ASKED,     /* no reply yet */
	DONE,
	GONE,  /* a touch found no entry */
	NEWER, /* the lock is held, but the server has a newer version */
	SAME,  /* the server has an entry with the version of the write */
	LOST,  /* the lock was lost */
	FAILED,
};

/* A write in progress. */
struct session_writing {
	enum sd_request_kind kind; /* SD_SET, SD_DELETE or SD_TOUCH */
	int64_t ttl;
	uint64_t version; /* that the entry gets */
	int64_t now_ms;   /* when its round begins */
	bool is_anew; /* the lock was lost and taken anew: the write is only over what was seen then */
	bool is_doubtful; /* an attempt before may have been carried out: nobody has answered */
	enum result results[SD_OWNERS_MAX];
	uint64_t refusals[SD_OWNERS_MAX]; /* NEWER: by which version; 0: the write was not refused */
};

static bool has_result(const struct session_writing *writing, enum result result)
{
	return writing->results[0] == result || writing->results[1] == result;
}

/* {{{ rounds */

/* Prepares a write to one server, on the condition that it has nothing newer. A version that is too
 * far ahead is not newer. */
static struct sd_exchange *prepare_session_write(struct sd_session *session, size_t owner,
                                                 struct session_writing *writing)
{
	int64_t left_ms = sd_operation_time_left(&session->entry, writing->now_ms);
	bool overwrites =
		writing->results[owner] == NEWER && session->entry.replicas[owner].exchange.reply.far_ahead;
	struct sd_exchange *exchange =
		sd_operation_prepare(&session->entry, owner, writing->kind, left_ms);

	exchange->request.ttl = writing->ttl;
	exchange->request.any_ttl = true;
	exchange->request.version = writing->version;
	exchange->request.wants_version = session->after != SD_SESSION_ENDS;
	exchange->request.condition = writing->version != 0 && !overwrites ? SD_IF_NEWER : SD_ALWAYS;
	writing->results[owner] = ASKED;
	return exchange;
}

static enum result result_of(const struct sd_exchange *exchange)
{
	bool touches = exchange->request.kind == SD_TOUCH;

	switch (exchange->reply.status) {
	case SD_OK:
		return DONE;
	case SD_ABSENT:
		return touches && !exchange->reply.tombstone ? GONE : DONE;
	case SD_CONFLICT:
		if (exchange->reply.version == 0) {
			return LOST;
		}
		return exchange->reply.version == exchange->request.version ? SAME : NEWER;
	case SD_UNSUPPORTED:
		return touches ? GONE : FAILED; /* a classic server cannot touch */
	default:
		return FAILED;
	}
}

/* An entry with the version of the write is the write if the other server has taken it, for another
 * client's read has carried it there; or if an attempt before may have been carried out. Else it is
 * another writer's, whose clock is behind, too. */
static enum result result_of_same(const struct sd_exchange *exchange,
                                  const struct session_writing *writing)
{
	if (has_result(writing, DONE) || writing->is_doubtful) {
		return DONE;
	}
	return exchange->request.held ? LOST : NEWER;
}

/* Performs the round, and sets the results of the servers that it asked. */
static void perform_round(struct sd_session *session, struct session_writing *writing)
{
	const struct sd_replica *replicas = session->entry.replicas;

	(void)sd_operation_perform(session->policy, &session->entry, 1, writing->now_ms);
	for (size_t i = 0; i < session->entry.owners; i++) {
		if (writing->results[i] == ASKED) {
			writing->results[i] = result_of(&replicas[i].exchange);
		}
	}
	for (size_t i = 0; i < session->entry.owners; i++) {
		if (writing->results[i] == SAME) {
			writing->results[i] = result_of_same(&replicas[i].exchange, writing);
		}
	}
}

/* Prepares the first round on one server: the write and, after it, the unlock; without that, if
 * `unlock` is NULL. */
static void prepare_write_and_unlock(struct sd_session *session, size_t owner,
                                     struct session_writing *writing, struct sd_exchange *unlock)
{
	struct sd_replica *replica = &session->entry.replicas[owner];
	bool was_found = replica->exchange.reply.status == SD_OK;
	uint64_t seen = replica->exchange.reply.version;
	bool is_ambiguous = sd_operation_is_ambiguous(session->policy, replica->exchange.server);
	struct sd_exchange *exchange;
	bool only_over_read;

	exchange = prepare_session_write(session, owner, writing);
	if (replica->lock == SD_LOCK_CONNECTION) {
		exchange->request.held = writing->kind != SD_TOUCH;
		exchange->request.holder = session->lock.holder;
		exchange->request.connection = replica->connection;
	}
	if (replica->lock == SD_LOCK_CONNECTION && unlock != NULL) {
		(void)sd_lock_request_release(&session->lock, replica, unlock);
		replica->locking = unlock;
	}
	/* the entry that stands for the lock may have expired, and a lock on one of two servers binds
	 * nobody who reaches the other: only over what was read */
	only_over_read =
		replica->lock == SD_LOCK_ENTRY || is_ambiguous || writing->is_anew || session->is_deserted;
	if (only_over_read && (writing->kind == SD_SET || (writing->kind == SD_DELETE && was_found))) {
		exchange->request.condition = was_found ? SD_IF_VERSION : SD_IF_ABSENT;
	}
	exchange->request.seen = seen;
}

/* What is newer on a server that may have taken the write may be made of it, whatever the other
 * server says: nobody can tell, and nothing is written above it. */
static void fail_for_doubt(struct sd_session *session, struct session_writing *writing)
{
	bool is_in_doubt = false;

	for (size_t i = 0; i < session->entry.owners; i++) {
		struct sd_exchange *exchange = &session->entry.replicas[i].exchange;

		if (writing->results[i] == NEWER && exchange->may_have_written) {
			sd_exchange_end_in_doubt(exchange);
			writing->results[i] = FAILED;
			is_in_doubt = true;
		}
	}
	if (!is_in_doubt) {
		return;
	}
	for (size_t i = 0; i < session->entry.owners; i++) {
		writing->results[i] = writing->results[i] == FAILED ? FAILED : NOT_ASKED;
	}
}

/* Whether the server is written to in the second round, because its lock is not held. */
static bool comes_second(const struct sd_session *session, size_t owner,
                         const struct session_writing *writing)
{
	return writing->kind != SD_TOUCH && session->hold == SD_SESSION_LOCKED &&
	       session->entry.replicas[owner].lock == SD_LOCK_NONE;
}

/* Whether that server is known to be dead, so that there will be no second round. */
static bool is_skipped(struct sd_session *session, size_t owner,
                       const struct session_writing *writing)
{
	struct sd_exchange *exchange =
		sd_operation_prepare(&session->entry, owner, writing->kind, /* usual limit */ 0);

	session->entry.replicas[owner].asked = false;
	return sd_operation_skips(session->policy, exchange, writing->now_ms);
}

/* If a second round follows, the lock is held until that is over: whoever gets it before may find
 * the server that has the write dead, and would write over what the other one has. */
static void write_first_round(struct sd_session *session, struct session_writing *writing)
{
	struct sd_exchange unlocks[SD_OWNERS_MAX];
	bool unlocks_now = !sd_session_stays_locked(session);

	for (size_t i = 0; i < session->entry.owners; i++) {
		unlocks_now &= !comes_second(session, i, writing) || is_skipped(session, i, writing);
	}
	for (size_t i = 0; i < session->entry.owners; i++) {
		if (!comes_second(session, i, writing)) {
			prepare_write_and_unlock(session, i, writing, unlocks_now ? &unlocks[i] : NULL);
		}
	}
	perform_round(session, writing);
	fail_for_doubt(session, writing);
}

/* What is newer than a repeated write was written after it, unless that refused the first one. */
static void conclude_repetition(struct sd_session *session, struct session_writing *writing,
                                size_t owner)
{
	struct sd_exchange *exchange = &session->entry.replicas[owner].exchange;

	if (writing->results[owner] != NEWER) {
		return;
	}
	writing->results[owner] = DONE;
	if (exchange->reply.version == writing->refusals[owner]) {
		sd_exchange_end(exchange, SD_REFUSED,
		                "the server has an older version, and refuses a newer one");
		writing->results[owner] = FAILED;
	}
}

/* A connection that ended in the middle of the write is no reason to leave its server with what is
 * old: it is asked again, on a new one. */
static void forget_cuts(const struct sd_entry *entry, struct session_writing *writing)
{
	for (size_t i = 0; i < entry->owners; i++) {
		if (writing->results[i] == FAILED &&
		    entry->replicas[i].exchange.reply.status == SD_CLOSED) {
			writing->results[i] = NOT_ASKED;
		}
	}
}

/*
 * One server accepted the write, so it goes to the others too. If one has something newer, which a
 * client without a lock and with a clock ahead of this one's has written, all get the write once
 * more with a version larger than that.
 */
static void write_to_others(struct sd_session *session, struct session_writing *writing)
{
	struct sd_entry *entry = &session->entry;
	bool is_outdated = has_result(writing, NEWER);
	bool asked[SD_OWNERS_MAX] = {false};

	forget_cuts(entry, writing);
	if (!is_outdated && !has_result(writing, NOT_ASKED) && !has_result(writing, LOST)) {
		return;
	}
	writing->now_ms = sd_operation_now_ms(session->policy);
	if (is_outdated) {
		writing->version = sd_operation_new_version(session->policy, entry);
	}
	for (size_t i = 0; i < entry->owners; i++) {
		enum result result = writing->results[i];

		asked[i] = result == NOT_ASKED || result == LOST || (is_outdated && result != FAILED);
		if (asked[i]) {
			writing->refusals[i] = result == NEWER ? entry->replicas[i].exchange.reply.version : 0;
			(void)prepare_session_write(session, i, writing);
		}
	}
	perform_round(session, writing);
	for (size_t i = 0; i < entry->owners; i++) {
		if (asked[i]) {
			conclude_repetition(session, writing, i);
		}
	}
}

/* Stores again what a touch did not find, as a repair: with the version that it had, unless that
 * was too far ahead, and only if there is still nothing. */
static void store_again(struct sd_session *session, struct session_writing *writing)
{
	bool asked[SD_OWNERS_MAX] = {false};

	writing->kind = SD_SET;
	writing->now_ms = sd_operation_now_ms(session->policy);
	if (session->entry.owners == 1 || session->version != 0) {
		writing->version = session->entry.owners > 1 ? session->version : 0;
	}
	for (size_t i = 0; i < session->entry.owners; i++) {
		uint64_t seen = session->entry.replicas[i].exchange.reply.version;
		struct sd_exchange *exchange;

		asked[i] = writing->results[i] == GONE;
		if (asked[i]) {
			exchange = prepare_session_write(session, i, writing);
			exchange->request.condition = SD_IF_SEEN;
			exchange->request.seen = seen;
		}
	}
	perform_round(session, writing);
	for (size_t i = 0; i < session->entry.owners; i++) {
		if (asked[i] && (writing->results[i] == NEWER || writing->results[i] == LOST)) {
			writing->results[i] = DONE; /* another client stored it meanwhile */
		}
	}
}

/* }}} */

/* {{{ the whole write */

/* Says why nothing was written on any server. */
static enum sd_status explain_write(struct sd_session *session,
                                    const struct session_writing *writing, struct sd_error *error)
{
	bool lost = has_result(writing, LOST);
	char name[SD_SERVER_NAME_MAX];

	(void)sd_error_set(error, SD_CONFLICT, "%s", "");
	for (size_t i = 0; i < session->entry.owners; i++) {
		const struct sd_exchange *exchange = &session->entry.replicas[i].exchange;

		if (writing->results[i] == LOST) {
			sd_error_add(error, "the lock was lost meanwhile, and nothing was written to %s",
			             sd_server_name(exchange->server, name));
		} else if (writing->results[i] == FAILED) {
			error->status = lost ? SD_CONFLICT : exchange->reply.status;
			sd_operation_add_reason(error, exchange);
		}
	}
	return sd_session_fail(session, lost ? SD_SESSION_LOCKING : SD_SESSION_WRITING, error->status);
}

/* The rounds are over: releases what is still held, unless it is to be kept. */
static enum sd_status conclude_session_write(struct sd_session *session,
                                             const struct session_writing *writing,
                                             struct sd_error *error)
{
	struct sd_entry *entry = &session->entry;
	bool is_done = has_result(writing, DONE);
	struct sd_error ignored;

	if (!is_done || !sd_session_stays_locked(session)) {
		(void)sd_session_end(session, &ignored);
	}
	entry->status = is_done ? SD_OK : explain_write(session, writing, error);
	if (entry->owners > 1 && !sd_status_is_failure(entry->status)) {
		sd_operation_count_failovers(session->policy, entry);
	}
	if (is_done) {
		sd_session_remember_change(session, writing->kind, writing->results[0] == DONE ? 0 : 1,
		                           writing->version);
	}
	return is_done ? SD_OK : entry->status;
}

/* The whole write, which begins at writing->now_ms. */
static enum sd_status write_session_once(struct sd_session *session,
                                         struct session_writing *writing, struct sd_error *error)
{
	struct sd_entry *entry = &session->entry;
	enum sd_status status = sd_operation_begin(session->policy, entry, 1, writing->now_ms, error);

	if (status != SD_OK) {
		return sd_session_fail(session, SD_SESSION_WRITING, status);
	}
	if (entry->replicas[1].lock == SD_LOCK_NONE) { /* else it is held by the second name */
		(void)sd_greet_joined(session->policy, entry, 1);
	}
	writing->now_ms = sd_session_observe_again(session, writing->now_ms);
	if (entry->owners == 1) {
		writing->version = 0;
	} else if (writing->version == 0) { /* else it is the same write, which may have been taken */
		writing->version = sd_operation_new_version(session->policy, entry);
	}
	write_first_round(session, writing);
	if (has_result(writing, GONE)) {
		store_again(session, writing);
	} else if (writing->kind != SD_TOUCH &&
	           (has_result(writing, DONE) || has_result(writing, NEWER))) {
		write_to_others(session, writing);
	}
	return conclude_session_write(session, writing, error);
}

/* Whether a server failed in such a way that a new connection may help, and may have written. */
static bool has_vanished(const struct sd_exchange *exchange)
{
	enum sd_status status = exchange->reply.status;

	return status == SD_UNREACHABLE || status == SD_DEAD || status == SD_CLOSED ||
	       status == SD_TIMEOUT;
}

/* Whether the lock was lost, as far as can be told, and nobody has it written. */
static bool has_lost_lock(const struct sd_session *session, const struct session_writing *writing)
{
	bool lost = has_result(writing, LOST);

	for (size_t i = 0; i < session->entry.owners; i++) {
		lost |= writing->results[i] == FAILED && has_vanished(&session->entry.replicas[i].exchange);
	}
	return lost && !has_result(writing, DONE);
}

/* Notes whether a server may have written, and nobody knows. If none may have, an entry with the
 * version that was tried is another writer's: a clock that is behind may give both the same. */
static void record_doubt(const struct sd_session *session, struct session_writing *writing)
{
	writing->is_doubtful |= sd_operation_is_in_doubt(&session->entry);
	if (!writing->is_doubtful) {
		writing->version = 0;
	}
}

/* Takes the lock anew, and writes over what was read. */
static enum sd_status write_anew(struct sd_session *session, struct session_writing *writing,
                                 int64_t until_ms, struct sd_error *error)
{
	enum sd_status status;
	struct sd_error why;

	record_doubt(session, writing);
	writing->results[0] = writing->results[1] = NOT_ASKED;
	status = sd_session_lock_anew(session, until_ms, writing->version, &why);
	if (status == SD_CONFLICT && writing->is_doubtful && writing->version == 0) {
		/* somebody has written, and that may have been this request */
		return sd_session_fail(session, SD_SESSION_WRITING, error->status);
	}
	if (status != SD_OK) {
		*error = why;
		if (status == SD_CLOSED) {
			writing->results[0] = LOST; /* it was cut again: once more */
		}
		return sd_session_fail(
			session, status == SD_CONFLICT ? SD_SESSION_LOCKING : SD_SESSION_WRITING, status);
	}
	writing->is_anew = true;
	writing->now_ms = sd_operation_now_ms(session->policy);
	return write_session_once(session, writing, error);
}

/* A write that needs the lock. */
static enum sd_status write_locked(struct sd_session *session, struct session_writing *writing,
                                   struct sd_error *error)
{
	int64_t until_ms = writing->now_ms + session->rules.wait_ms;
	struct sd_error ignored;
	enum sd_status status = SD_CONFLICT;

	if (session->lock.holders == 0 || sd_lock_has_expired(session->policy, &session->lock)) {
		(void)sd_session_end(session, &ignored);
		writing->results[0] = LOST;
	} else {
		status = write_session_once(session, writing, error);
	}
	for (int i = 0; i < TIMES_ANEW_MAX && has_lost_lock(session, writing); i++) {
		status = write_anew(session, writing, until_ms, error);
	}
	return status;
}

static enum sd_status write_unlocked(struct sd_session *session, struct session_writing *writing,
                                     struct sd_error *error)
{
	for (;;) {
		struct session_writing once = *writing;
		enum sd_status status = write_session_once(session, &once, error);

		if (!sd_status_is_failure(status) || sd_operation_is_in_doubt(&session->entry) ||
		    !sd_session_tries_again(session, status)) {
			return status;
		}
		writing->now_ms = sd_operation_now_ms(session->policy);
	}
}

static enum sd_status write_and_unlock(struct sd_session *session, struct session_writing *writing,
                                       struct sd_error *error)
{
	bool writes = writing->kind != SD_TOUCH;
	int64_t began_ms = sd_operation_now_ms(session->policy);
	enum sd_status status;

	session->began_ms = 0;
	if (sd_session_is_parents(session) && writes) {
		return sd_error_set(
			error, sd_session_fail(session, SD_SESSION_LOCKING, SD_CONFLICT), "%s",
			"its lock is the parent process's, which has it open: nothing was written");
	}
	session->entry.insists = session->lock.insists = false;
	session->outage_ms = 0;
	writing->now_ms = began_ms;
	status = writes && session->hold == SD_SESSION_LOCKED ? write_locked(session, writing, error)
	                                                      : write_unlocked(session, writing, error);
	session->began_ms = began_ms;
	return status;
}

enum sd_status sd_session_write(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error)
{
	struct session_writing writing = {.kind = SD_SET, .ttl = ttl};
	size_t max = SD_CLASSIC_REQUEST_MAX - SD_CLASSIC_HEADER_MAX - session->lock.key_length;

	session->entry.data = data;
	if (data.length > max) {
		session->began_ms = 0;
		(void)sd_session_fail(session, SD_SESSION_WRITING, SD_TOO_LARGE);
		return sd_error_set(error, SD_TOO_LARGE,
		                    "the session has %zu bytes, and %zu is the most that is stored",
		                    data.length, max);
	}
	return write_and_unlock(session, &writing, error);
}

enum sd_status sd_session_touch(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error)
{
	struct session_writing writing = {.kind = SD_TOUCH, .ttl = ttl};

	if (session->entry.status != SD_OK) { /* there was none: what others have created stays */
		enum sd_status status = sd_session_write(session, data, ttl, error);

		return status == SD_CONFLICT && session->seen.is_overtaken ? SD_OK : status;
	}
	session->entry.data = data;
	return write_and_unlock(session, &writing, error);
}

enum sd_status sd_session_destroy(struct sd_session *session, int64_t ttl, struct sd_error *error)
{
	struct session_writing writing = {.kind = SD_DELETE, .ttl = ttl};

	return write_and_unlock(session, &writing, error);
}

/* }}} */
