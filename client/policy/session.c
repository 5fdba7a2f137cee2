/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A session locks and reads; see session.h. What is read before the lock is held is never used. */

#include "client/policy/session.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "client/policy/greet.h"
#include "client/policy/operation.h"
#include "client/policy/read.h"

/* A connection that ends so soon is not one that was idle. */
#define CUT_MS 20

/* {{{ lock and read on one server */

/* The session's lock while it is taken. */
struct locking {
	const struct sd_session_rules *rules;
	int64_t began_ms;
	int64_t now_ms;                             /* when the round begins */
	struct sd_exchange requests[SD_OWNERS_MAX]; /* for the lock, by owner */
	bool refused;                               /* another request has it */
	bool had_no_room;                           /* at last: as many waited for it as may */
};

static void restart_sink(struct sd_entry *entry)
{
	if (entry->sink != NULL) {
		entry->sink->kind->restart(entry->sink);
	}
}

/* Of the requests, which are large, only what is looked at if they are not made. */
static void init_locking(struct locking *locking, const struct sd_session_rules *rules,
                         int64_t now_ms)
{
	locking->rules = rules;
	locking->began_ms = locking->now_ms = now_ms;
	locking->refused = locking->had_no_room = false;
	for (size_t i = 0; i < SD_OWNERS_MAX; i++) {
		locking->requests[i].reply.status = SD_OK;
	}
}

/* Prepares the read on one server: of the value on the first and, if that has failed, on the
 * second; else of what the second knows of the entry. */
static struct sd_exchange *prepare_read(struct sd_session *session, size_t owner, int64_t now_ms)
{
	struct sd_entry *entry = &session->entry;
	bool fetches = owner == 0 || !sd_replica_has_replied(&entry->replicas[0]);
	int64_t left_ms = sd_operation_time_left(entry, now_ms);
	int64_t limit_ms = left_ms;
	struct sd_exchange *exchange;

	if (owner + 1 < entry->owners && limit_ms > 1) {
		limit_ms /= 2; /* a server that never replies leaves the other one its time */
	}
	if (fetches) {
		restart_sink(entry);
	}
	exchange = sd_operation_prepare(entry, owner,
	                                fetches && entry->sink != NULL ? SD_GET : SD_EXISTS, limit_ms);
	exchange->request.value_ms = left_ms;
	exchange->request.ttl = entry->prolongs_s;
	return exchange;
}

static void read_alone(struct sd_session *session, size_t owner)
{
	int64_t now_ms = sd_operation_now_ms(session->policy);

	(void)prepare_read(session, owner, now_ms);
	(void)sd_operation_perform(session->policy, &session->entry, 1, now_ms);
}

/* Prepares a request for the lock on one server, and a read after it. */
static void prepare_lock_and_read(struct sd_session *session, size_t owner, int64_t wait_ms,
                                  struct locking *locking)
{
	struct sd_replica *replica = &session->entry.replicas[owner];
	struct sd_exchange *request = &locking->requests[owner];
	struct sd_exchange *read = prepare_read(session, owner, locking->now_ms);

	sd_lock_request(&session->lock, replica->exchange.server, locking->rules->lease_s, wait_ms,
	                request);
	request->request.connection = replica->lock == SD_LOCK_CONNECTION ? replica->connection : 0;
	request->request.is_joined = read->request.is_joined;
	read->request.wait_ms = request->request.wait_ms;
	replica->locking = request;
}

/* The wait for a lock does not count as time of the operation. A server that does not reply looks
 * like one that does not grant the lock: it may take its share of the time, and the wait. */
static void extend_deadline(struct sd_entry *entry, const struct sd_exchange *request,
                            int64_t wait_ms, int64_t limit_ms, int64_t took_ms)
{
	int64_t waited_ms = sd_status_is_failure(request->reply.status) ? took_ms - limit_ms : took_ms;

	if (waited_ms > 0 && wait_ms > 0) {
		entry->deadline_ms += waited_ms < wait_ms ? waited_ms : wait_ms;
	}
}

static struct sd_lock_terms terms_of(const struct locking *locking)
{
	return (struct sd_lock_terms){.lease_s = locking->rules->lease_s,
	                              .until_ms = locking->began_ms + locking->rules->wait_ms};
}

/* Asks for the lock and, after it, for the entry. On a server that is known to have no locks, an
 * entry that stands for the lock is added first, and then the entry is read. */
static void lock_and_read(struct sd_session *session, size_t owner, struct locking *locking)
{
	const struct sd_lock_terms terms = terms_of(locking);
	struct sd_exchange *request = &locking->requests[owner];
	bool has_locks = request->reply.status != SD_UNSUPPORTED;
	int64_t limit_ms = 0;
	int64_t took_ms;

	locking->now_ms = sd_operation_now_ms(session->policy);
	if (has_locks) {
		prepare_lock_and_read(session, owner, terms.until_ms - locking->now_ms, locking);
		limit_ms = session->entry.replicas[owner].exchange.request.limit_ms;
		(void)sd_operation_perform(session->policy, &session->entry, 1, locking->now_ms);
		has_locks = request->reply.status != SD_UNSUPPORTED;
	}
	(void)sd_lock_outcome(session->policy, &session->lock, &session->entry.replicas[owner], &terms,
	                      request);
	took_ms = sd_operation_now_ms(session->policy) - locking->now_ms;
	extend_deadline(&session->entry, request, terms.until_ms - locking->now_ms, limit_ms, took_ms);
	if (!has_locks && request->reply.status == SD_OK) {
		read_alone(session, owner); /* the first read came before the lock, so it does not count */
	}
}

/* Whether the connection ended while it waited for the lock: a proxy takes it for idle. */
static bool was_cut(const struct sd_session *session, const struct sd_exchange *request,
                    const struct locking *locking)
{
	return request->reply.status == SD_CLOSED && request->request.wait_ms > 0 &&
	       sd_operation_now_ms(session->policy) - locking->now_ms > CUT_MS;
}

/* The same, again and again while the server has no room for one more that waits, or connections
 * end that do. That time is a part of the wait, too. Returns whether another request has the lock.
 */
static bool is_refused_by(struct sd_session *session, size_t owner, struct locking *locking)
{
	const struct sd_lock_terms terms = terms_of(locking);
	const struct sd_exchange *request = &locking->requests[owner];
	int64_t pause_ms = 0;
	int64_t paused_ms;

	for (;;) {
		lock_and_read(session, owner, locking);
		if (request->reply.status != SD_CONFLICT && !was_cut(session, request, locking)) {
			return false;
		}
		paused_ms = sd_operation_now_ms(session->policy);
		if (request->request.wait_ms > 0) { /* else nobody has asked for room */
			locking->had_no_room = request->reply.status == SD_CONFLICT && request->reply.crowded;
		}
		if (!sd_lock_waits_for_room(session->policy, &terms, &pause_ms)) {
			return request->reply.status == SD_CONFLICT;
		}
		session->entry.deadline_ms += sd_operation_now_ms(session->policy) - paused_ms;
	}
}

/* If the second server failed while its lock was waited for: whoever held it began while the first
 * was away, and may have written to the first without its lock. What was read there is old, and its
 * time begins anew. */
static void read_again_if_deserted(struct sd_session *session, const struct locking *locking,
                                   int64_t left_ms)
{
	enum sd_status status = locking->requests[1].reply.status;

	if (session->lock.holders > 0 && sd_status_is_failure(status) && status != SD_UNSUPPORTED) {
		session->is_deserted = true;
		session->entry.deadline_ms = sd_operation_now_ms(session->policy) + left_ms;
		read_alone(session, 0);
	}
}

static void begin_on(struct sd_session *session, size_t owner, struct locking *locking)
{
	int64_t left_ms = sd_operation_time_left(&session->entry, sd_operation_now_ms(session->policy));
	struct sd_error ignored;

	/* by another name, the first server has refused its own lock, or would do so */
	if (owner > 0 && session->entry.replicas[0].lock == SD_LOCK_CONNECTION &&
	    sd_greet_is_first_again(session->policy, &session->entry)) {
		return;
	}
	/* an entry that stands for the lock is not added twice */
	if (locking->refused || session->entry.replicas[owner].lock == SD_LOCK_ENTRY) {
		locking->requests[owner].reply.status = SD_OK;
		read_alone(session, owner);
		return;
	}
	if (is_refused_by(session, owner, locking)) {
		locking->refused = true;
		(void)sd_session_end(session, &ignored);
	} else if (owner > 0) {
		read_again_if_deserted(session, locking, left_ms);
	}
}

/* }}} */

/* {{{ lock and read on both servers */

/* Whether the lock may still be got, by waiting or as an entry. */
static bool may_be_had(const struct sd_exchange *request)
{
	return request->reply.status == SD_CONFLICT || request->reply.status == SD_UNSUPPORTED;
}

static bool are_both_held(const struct sd_entry *entry)
{
	return entry->replicas[0].lock == SD_LOCK_CONNECTION &&
	       entry->replicas[1].lock == SD_LOCK_CONNECTION;
}

/*
 * Asks both servers at the same time, without waiting for the lock, unless the first is known to be
 * dead. Returns the first owner that is still to be asked. A request that has to wait for the lock
 * asks one server after the other, and meanwhile holds none after the one that it waits for, even
 * if it is read again: two requests that each held one would wait for each other.
 */
static size_t lock_both_at_once(struct sd_session *session, struct locking *locking)
{
	const struct sd_lock_terms terms = {.lease_s = locking->rules->lease_s};
	struct sd_exchange *requests = locking->requests;
	struct sd_entry *entry = &session->entry;
	struct sd_replica *first = &entry->replicas[0];
	struct sd_error ignored;

	if (entry->owners == 1 || session->lock.entry_ends_ms != 0) {
		return 0;
	}
	prepare_lock_and_read(session, 0, 0, locking);
	if (sd_operation_skips(session->policy, &first->exchange, locking->now_ms)) {
		first->asked = false;
		first->locking = NULL;
		requests[0] = first->exchange;
		return 1;
	}
	prepare_lock_and_read(session, 1, 0, locking);
	/* the first may have to be asked again, for the lock that another request has there */
	entry->replicas[1].exchange.request.limit_ms = first->exchange.request.limit_ms;
	(void)sd_operation_perform(session->policy, entry, 1, locking->now_ms);
	for (size_t i = 0; i < entry->owners; i++) {
		if (requests[i].reply.status != SD_UNSUPPORTED) {
			(void)sd_lock_outcome(session->policy, &session->lock, &entry->replicas[i], &terms,
			                      &requests[i]);
		}
	}
	if (may_be_had(&requests[0])) {
		(void)sd_session_end(session, &ignored);
		return 0;
	}
	if (session->policy->transport->has_odd_names && are_both_held(entry) &&
	    sd_greet_is_first_again(session->policy, entry)) {
		sd_lock_join(&session->lock, entry);
	}
	return may_be_had(&requests[1]) ? 1 : entry->owners;
}

/* Whether that server is asked, after those before it. */
static bool may_ask_next(const struct sd_session *session, size_t owner,
                         const struct locking *locking)
{
	if (locking->refused && !locking->rules->reads_anyway) {
		return false;
	}
	return owner == 0 ||
	       !sd_operation_is_callers_end(session->entry.replicas[owner - 1].exchange.reply.status);
}

/* Whether a lock was not believed, because a name leads to two servers. */
static bool is_ambiguous(const struct locking *locking)
{
	return locking->requests[0].reply.status == SD_AMBIGUOUS ||
	       locking->requests[1].reply.status == SD_AMBIGUOUS;
}

/* Says which server's lock is not believed, or which one refused it. */
static enum sd_status explain_refusal(const struct sd_session *session,
                                      const struct locking *locking, struct sd_error *error)
{
	const struct sd_exchange *first = &locking->requests[0];
	const struct sd_exchange *refused =
		first->reply.status == SD_CONFLICT ? first : &locking->requests[1];
	int64_t waited_ms = sd_operation_now_ms(session->policy) - locking->began_ms;
	char name[SD_SERVER_NAME_MAX];

	if (session->is_ambiguous) {
		const struct sd_exchange *request =
			first->reply.status == SD_AMBIGUOUS ? first : &locking->requests[1];

		return sd_error_set(error, SD_CONFLICT,
		                    "the name %s leads to two servers, and a lock on one of them does not "
		                    "count on the other",
		                    sd_server_name(request->server, name));
	}
	if (locking->had_no_room) {
		return sd_error_set(error, SD_CONFLICT,
		                    "too many requests wait for this session: %s lets no more of them wait "
		                    "(sharedanced --lock-waiters), and the lock was not free in %" PRId64
		                    " ms",
		                    sd_server_name(refused->server, name), waited_ms);
	}
	return sd_error_set(error, SD_CONFLICT,
	                    "the lock was not obtained in time: another request held it on %s for the "
	                    "%" PRId64 " ms of the wait",
	                    sd_server_name(refused->server, name), waited_ms);
}

/* The result on all servers: SD_OK, and `hold` says how it is held; SD_CONFLICT or a failure. */
static enum sd_status conclude_locking(struct sd_session *session, const struct locking *locking,
                                       struct sd_error *error)
{
	size_t unsupported = 0;

	session->is_ambiguous =
		!locking->refused && session->lock.holders == 0 && is_ambiguous(locking);
	if (locking->refused || session->is_ambiguous) {
		session->hold = SD_SESSION_REFUSED;
		return locking->rules->reads_anyway ? SD_OK : explain_refusal(session, locking, error);
	}
	if (session->lock.holders > 0) {
		session->hold = SD_SESSION_LOCKED;
		return SD_OK;
	}
	for (size_t i = 0; i < session->entry.owners; i++) {
		unsupported += locking->requests[i].reply.status == SD_UNSUPPORTED;
	}
	/* of a server that could not be asked it is not known whether it has locks */
	session->hold = unsupported == session->entry.owners ? SD_SESSION_LOCKLESS : SD_SESSION_UNASKED;
	if (unsupported > 0) {
		return SD_OK;
	}
	(void)sd_error_set(error, locking->requests[0].reply.status, "%s", "");
	for (size_t i = 0; i < session->entry.owners; i++) {
		sd_operation_add_reason(error, &locking->requests[i]);
	}
	return error->status;
}

/* }}} */

/* {{{ begin */

/* If the session is read again, and has the lock on its second server, the first name must not wait
 * for that. Returns the time at which the next round begins. */
static int64_t end_lock_of_second(struct sd_session *session, int64_t now_ms)
{
	struct sd_replica *replicas = session->entry.replicas;
	struct sd_error ignored;

	if (session->lock.holders == 0 || replicas[1].lock == SD_LOCK_NONE) {
		return now_ms;
	}
	if (replicas[0].lock == SD_LOCK_NONE && replicas[1].lock == SD_LOCK_CONNECTION) {
		sd_greet_first(session->policy, &session->entry);
	}
	if (session->policy->transport->has_odd_names) {
		(void)sd_session_end(session, &ignored);
	}
	return sd_operation_now_ms(session->policy);
}

enum sd_status sd_session_lock_and_read(struct sd_session *session,
                                        const struct sd_session_rules *rules, int64_t now_ms,
                                        struct sd_error *error)
{
	struct sd_entry *entry = &session->entry;
	enum sd_status status = sd_operation_begin(session->policy, entry, 1, now_ms, error);
	struct locking locking;

	init_locking(&locking, rules, now_ms);
	if (status != SD_OK) {
		return sd_session_fail(session, SD_SESSION_READING, status);
	}
	session->is_deserted = false;
	sd_lock_claim(session->policy, &session->lock);
	now_ms = end_lock_of_second(session, now_ms);
	locking.now_ms = sd_greet_join(session->policy, entry, 1, now_ms);
	for (size_t i = lock_both_at_once(session, &locking);
	     i < entry->owners && may_ask_next(session, i, &locking); i++) {
		begin_on(session, i, &locking);
	}
	status = conclude_locking(session, &locking, error);
	if (status != SD_OK) {
		restart_sink(entry);
		return sd_session_fail(session, SD_SESSION_LOCKING, status);
	}
	status = sd_read_finish(session->policy, entry, error);
	return status == SD_OK ? entry->status : sd_session_fail(session, SD_SESSION_READING, status);
}

static enum sd_status begin_unlocked(struct sd_session *session, struct sd_error *error)
{
	enum sd_status status = sd_read_get(session->policy, &session->entry, 1, error);

	session->hold = SD_SESSION_UNASKED;
	return status == SD_OK ? session->entry.status
	                       : sd_session_fail(session, SD_SESSION_READING, status);
}

enum sd_status sd_session_init(struct sd_session *session, const struct sd_policy *policy,
                               struct sd_bytes key, struct sd_error *error)
{
	const size_t rest = offsetof(struct sd_session, hold); /* beginning initialises the entry */
	enum sd_status status = sd_lock_init(&session->lock, key, error); /* all of the lock */

	memset((char *)session + rest, 0, sizeof(*session) - rest);
	session->policy = policy;
	session->entry.replicas[0].lock = session->entry.replicas[1].lock = SD_LOCK_NONE;
	session->lock.is_session = true;
	return status;
}

enum sd_status sd_session_begin(struct sd_session *session, const struct sd_session_rules *rules,
                                struct sd_sink *sink, struct sd_error *error)
{
	const struct sd_bytes key = {session->lock.key, session->lock.key_length};
	int64_t began_ms = sd_operation_now_ms(session->policy);
	int64_t now_ms = began_ms;
	enum sd_status status;
	bool tries_again;
	struct sd_error ignored;

	sd_entry_init(&session->entry, key); /* the replicas still know the lock of the last time */
	session->entry.sink = sink;
	session->entry.wants_version = true;
	session->entry.is_new = rules->is_new;
	session->entry.is_session = true;
	session->entry.prolongs_s = rules->prolongs_s;
	session->rules = *rules;
	(void)sd_session_is_parents(session);
	session->lock.insists = false;
	session->is_deserted = false;
	session->outage_ms = 0;
	do {
		status = rules->locks ? sd_session_lock_and_read(session, rules, now_ms, error)
		                      : begin_unlocked(session, error);
		tries_again = false;
		if (sd_status_is_failure(status)) {
			(void)sd_session_end(session, &ignored);
			session->hold = SD_SESSION_UNASKED;
			tries_again = !rules->is_replaceable && sd_session_tries_again(session, status);
			now_ms = sd_operation_now_ms(session->policy);
		}
	} while (tries_again);
	sd_session_remember_read(session, status);
	session->entry.sink = NULL; /* it belongs to the caller, and does not live until the write */
	if (status == SD_CONFLICT) {
		(void)sd_session_end(session, &ignored);
	}
	session->began_ms = began_ms;
	return status;
}

/* }}} */
