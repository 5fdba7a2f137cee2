/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One session of one request; see session.h. */

#include "client/policy/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/policy/operation.h"
#include "wire/classic.h"

#define SENTENCE_MAX (SD_ERROR_TEXT_MAX / 2) /* bytes: two of them fit */

static int64_t now_ms(const struct sd_session *session)
{
	return sd_cluster_now_ms(session->cluster);
}

static struct sd_bytes key_of(const struct sd_session *session)
{
	return (struct sd_bytes){session->lock.key, session->lock.key_length};
}

/* {{{ failures */

const char *sd_session_phase_name(enum sd_session_phase phase)
{
	static const char *const names[] = {"connect", "lock", "read", "write", "unlock"};

	return names[phase];
}

static enum sd_status fail(struct sd_session *session, enum sd_session_phase phase,
                           enum sd_status status)
{
	session->failed = status == SD_UNREACHABLE || status == SD_DEAD ? SD_SESSION_CONNECTING : phase;
	return status;
}

/* Adds a sentence to a text of several. */
static void add_text(char text[SD_ERROR_TEXT_MAX], const char *sentence)
{
	size_t length = strlen(text);

	(void)snprintf(text + length, SD_ERROR_TEXT_MAX - length, "%s%s", length > 0 ? "; " : "",
	               sentence);
}

/* Adds why an exchange failed. */
static void add_reason(char text[SD_ERROR_TEXT_MAX], const struct sd_exchange *exchange)
{
	char sentence[SENTENCE_MAX];

	add_text(text, sd_exchange_explain(exchange, sentence, sizeof(sentence)));
}

/* }}} */

/* {{{ beginning */

/* A lock on its way. */
struct taking {
	const struct sd_session_rules *rules;
	int64_t began_ms;
	struct sd_exchange locks[SD_OWNERS_MAX];
	bool refused;
};

/* The value from the first server and, where that has failed, from the second; else what the
 * second knows of it. */
static struct sd_exchange *prepare_reading(struct sd_session *session, size_t owner)
{
	struct sd_item *item = &session->item;
	bool fetches = owner == 0 || sd_status_is_failure(item->exchanges[0].status);
	struct sd_exchange *exchange =
		sd_cluster_prepare(session->cluster, item, owner, fetches ? SD_GET : SD_LOOK);

	if (fetches) {
		item->sink->kind->restart(item->sink);
	}
	if (owner + 1 < item->owners && exchange->limit_ms > 1) {
		exchange->limit_ms /= 2; /* one that never answers leaves the other its time */
	}
	return exchange;
}

static void read_alone(struct sd_session *session, size_t owner)
{
	struct sd_exchange *reading = prepare_reading(session, owner);

	reading->next = NULL;
	sd_cluster_ask(session->cluster, reading);
}

/* Waiting for a lock costs no server its time. One that does not answer cannot be told from a lock
 * that is not granted: it has its own share of the time, and the wait. */
static void give_time_back(struct sd_item *item, const struct sd_exchange *locking,
                           int64_t limit_ms, int64_t wait_ms, int64_t took_ms)
{
	int64_t waited_ms = sd_status_is_failure(locking->status) ? took_ms - limit_ms : took_ms;

	if (waited_ms > 0) {
		item->deadline_ms += waited_ms < wait_ms ? waited_ms : wait_ms;
	}
}

/* Adds to the list, at its head, a request for the lock and one behind it for the entry. */
static struct sd_exchange *add_taking(struct sd_session *session, size_t owner, int64_t wait_ms,
                                      struct taking *taking, struct sd_exchange *list)
{
	struct sd_exchange *locking = &taking->locks[owner];
	struct sd_exchange *reading = prepare_reading(session, owner);

	sd_lock_ask(&session->lock, reading->server, taking->rules->lease_s, wait_ms, locking);
	locking->limit_ms = reading->limit_ms;
	reading->wait_ms = locking->wait_ms;
	locking->next = reading;
	reading->next = list;
	return locking;
}

/* Asks for the lock, and behind it for the entry; where the server is known to have no locks for
 * an entry that is one, and then for the entry. */
static void lock_and_read(struct sd_session *session, size_t owner, struct taking *taking)
{
	const struct sd_lock_terms terms = {.lease_s = taking->rules->lease_s,
	                                    .until_ms = taking->began_ms + taking->rules->wait_ms};
	struct sd_exchange *locking = &taking->locks[owner];
	int64_t asked_ms = now_ms(session);
	bool has_locks = locking->status != SD_UNSUPPORTED;
	int64_t limit_ms = 0;

	if (has_locks) {
		(void)add_taking(session, owner, terms.until_ms - asked_ms, taking, NULL);
		limit_ms = locking->limit_ms;
		sd_cluster_ask(session->cluster, locking);
		has_locks = locking->status != SD_UNSUPPORTED;
	}
	(void)sd_lock_asked(session->cluster, &session->lock, &terms, locking);
	give_time_back(&session->item, locking, limit_ms, locking->wait_ms, now_ms(session) - asked_ms);
	if (!has_locks && locking->status == SD_OK) {
		read_alone(session, owner); /* what was read before the lock was held is not to be used */
	}
}

static void begin_on(struct sd_session *session, size_t owner, struct taking *taking)
{
	const struct sd_server *server = session->item.exchanges[owner].server;

	/* an entry that is ours is not taken twice */
	if (taking->refused || sd_lock_kind_on(&session->lock, server) == SD_LOCK_ENTRY) {
		taking->locks[owner].status = SD_OK;
		read_alone(session, owner);
		return;
	}
	lock_and_read(session, owner, taking);
	if (taking->locks[owner].status == SD_CONFLICT) {
		struct sd_error ignored;

		taking->refused = true;
		(void)sd_session_end(session, &ignored);
	}
}

/* Whether the lock is to be had by waiting, or in another way. */
static bool is_to_be_had(const struct sd_exchange *locking)
{
	return locking->status == SD_CONFLICT || locking->status == SD_UNSUPPORTED;
}

/*
 * Asks both servers at the same time, without waiting for the lock, unless the first is known to be
 * dead; the first owner that is still to be asked is returned. Who waits does so in their order,
 * and holds none of those behind the one that is waited for: two who each held one would wait for
 * each other.
 */
static size_t take_at_once(struct sd_session *session, struct taking *taking)
{
	const struct sd_lock_terms terms = {.lease_s = taking->rules->lease_s};
	struct sd_exchange *locks = taking->locks;
	struct sd_error ignored;

	if (session->item.owners == 1 || session->lock.holders > 0) {
		return 0;
	}
	if (sd_cluster_skips_first(session->cluster, &session->item)) {
		locks[0] = session->item.exchanges[0];
		return 1;
	}
	sd_cluster_ask(session->cluster,
	               add_taking(session, 0, 0, taking, add_taking(session, 1, 0, taking, NULL)));
	for (size_t i = 0; i < session->item.owners; i++) {
		if (!is_to_be_had(&locks[i])) {
			(void)sd_lock_asked(session->cluster, &session->lock, &terms, &locks[i]);
		}
	}
	if (is_to_be_had(&locks[0])) {
		(void)sd_session_end(session, &ignored);
		return 0;
	}
	return is_to_be_had(&locks[1]) ? 1 : session->item.owners;
}

/* Whether that server is to be asked, after those before it. */
static bool goes_on(const struct sd_session *session, size_t owner, const struct taking *taking)
{
	enum sd_status before = owner == 0 ? SD_OK : session->item.exchanges[owner - 1].status;

	return (!taking->refused || taking->rules->reads_anyway) && before != SD_ABORTED &&
	       before != SD_NO_MEMORY; /* the caller's own end */
}

/* Says who has refused it. */
static enum sd_status refuse(const struct sd_session *session, const struct taking *taking,
                             struct sd_error *error)
{
	const struct sd_exchange *refused = &taking->locks[taking->locks[0].status != SD_CONFLICT];
	char name[SD_SERVER_NAME_MAX];

	return sd_error_set(error, SD_CONFLICT,
	                    "another request has the session's lock on %s, and kept it for the %" PRId64
	                    " ms that were waited",
	                    sd_server_name(refused->server, name), now_ms(session) - taking->began_ms);
}

/* What the lock came to, on all servers. SD_OK, with `hold`; SD_CONFLICT or a failure. */
static enum sd_status settle_lock(struct sd_session *session, const struct taking *taking,
                                  struct sd_error *error)
{
	char text[SD_ERROR_TEXT_MAX] = "";

	session->hold = taking->refused             ? SD_SESSION_REFUSED
	                : session->lock.holders > 0 ? SD_SESSION_LOCKED
	                                            : SD_SESSION_LOCKLESS;
	if (session->hold == SD_SESSION_LOCKED) {
		return SD_OK;
	}
	if (session->hold == SD_SESSION_REFUSED) {
		return taking->rules->reads_anyway ? SD_OK : refuse(session, taking, error);
	}
	for (size_t i = 0; i < session->item.owners; i++) {
		if (taking->locks[i].status == SD_UNSUPPORTED) {
			return SD_OK;
		}
		add_reason(text, &taking->locks[i]);
	}
	return sd_error_set(error, taking->locks[0].status, "%s", text);
}

static enum sd_status begin_locked(struct sd_session *session, const struct sd_session_rules *rules,
                                   struct sd_error *error)
{
	struct taking taking = {.rules = rules, .began_ms = now_ms(session)};
	enum sd_status status = sd_cluster_begin(session->cluster, &session->item, error);

	if (status != SD_OK) {
		return fail(session, SD_SESSION_READING, status);
	}
	for (size_t i = take_at_once(session, &taking);
	     i < session->item.owners && goes_on(session, i, &taking); i++) {
		begin_on(session, i, &taking);
	}
	status = settle_lock(session, &taking, error);
	if (status != SD_OK) {
		session->item.sink->kind->restart(session->item.sink);
		return fail(session, SD_SESSION_LOCKING, status);
	}
	status = sd_cluster_end_reading(session->cluster, &session->item, error);
	return status == SD_OK ? session->item.status : fail(session, SD_SESSION_READING, status);
}

static enum sd_status begin_unlocked(struct sd_session *session, struct sd_error *error)
{
	enum sd_status status = sd_cluster_get(session->cluster, &session->item, 1, error);

	session->hold = SD_SESSION_UNASKED;
	return status == SD_OK ? session->item.status : fail(session, SD_SESSION_READING, status);
}

enum sd_status sd_session_init(struct sd_session *session, struct sd_cluster *cluster,
                               struct sd_bytes key, struct sd_error *error)
{
	memset(session, 0, sizeof(*session));
	session->cluster = cluster;
	return sd_lock_init(&session->lock, key, error);
}

enum sd_status sd_session_begin(struct sd_session *session, const struct sd_session_rules *rules,
                                struct sd_sink *sink, struct sd_error *error)
{
	int64_t began_ms = now_ms(session);
	enum sd_status status;
	struct sd_error ignored;

	memset(&session->item, 0, sizeof(session->item));
	session->item.key = key_of(session);
	session->item.sink = sink;
	session->item.wants_version = true;
	status = rules->locks ? begin_locked(session, rules, error) : begin_unlocked(session, error);
	session->version = status == SD_OK ? session->item.version : 0;
	session->item.sink = NULL; /* the caller's, and gone by the time of the write */
	if (status != SD_OK && status != SD_ABSENT) {
		(void)sd_session_end(session, &ignored);
	}
	session->took_ms = now_ms(session) - began_ms;
	return status;
}

/* }}} */

/* {{{ ending */

enum sd_status sd_session_end(struct sd_session *session, struct sd_error *error)
{
	struct sd_exchange unlocks[SD_OWNERS_MAX];
	struct sd_exchange *list = NULL;
	int64_t began_ms = now_ms(session);
	enum sd_status status = SD_OK;

	for (size_t i = 0; i < session->item.owners; i++) {
		const struct sd_server *server = session->item.exchanges[i].server;

		if (sd_lock_kind_on(&session->lock, server) == SD_LOCK_LINK) {
			(void)sd_lock_ask_back(&session->lock, server, &unlocks[i]);
			unlocks[i].next = list;
			list = &unlocks[i];
		}
	}
	/* what becomes of it is all the same: one that cannot be asked has lost the connection, and the
	 * lock with it */
	sd_cluster_ask(session->cluster, list);
	if (session->lock.holders > 0) {
		status = sd_lock_release(session->cluster, &session->lock, error);
		status = status == SD_ABSENT ? SD_OK : status; /* its lease had ended */
	}
	if (status != SD_OK) {
		(void)fail(session, SD_SESSION_UNLOCKING, status);
	}
	session->took_ms = now_ms(session) - began_ms;
	return status;
}

/* }}} */

/* {{{ writing */

/* What became of a write on one server. */
enum part {
	NOT_ASKED, /* the lock is not held there */
	DONE,
	GONE,  /* of a touch: there is none any more */
	NEWER, /* the lock is, and so is what is there */
	LOST,  /* the lock was */
	FAILED,
};

/* A write on its way. */
struct finishing {
	enum sd_operation operation; /* SD_SET, SD_DELETE or SD_LOOK, which touches */
	int64_t ttl;
	uint64_t version; /* that it gets */
	enum part parts[SD_OWNERS_MAX];
	struct sd_exchange unlocks[SD_OWNERS_MAX];
	struct sd_exchange *list;
};

static void add_to(struct finishing *finishing, struct sd_exchange *exchange)
{
	exchange->next = finishing->list;
	finishing->list = exchange;
}

/* A write to one server, on no other condition than that nothing newer is there. */
static struct sd_exchange *prepare_writing(struct sd_session *session, size_t owner,
                                           const struct finishing *finishing)
{
	struct sd_exchange *exchange =
		sd_cluster_prepare(session->cluster, &session->item, owner, finishing->operation);

	exchange->ttl = finishing->ttl;
	exchange->any_life = true;
	exchange->touch = finishing->operation == SD_LOOK;
	exchange->version = finishing->version;
	exchange->condition = finishing->version != 0 ? SD_IF_NEWER : SD_ALWAYS;
	return exchange;
}

/* Only over what was read on a server whose lock is an entry, and may have ended meanwhile. */
static void hold_against_seen(struct sd_exchange *exchange, bool was_found, uint64_t seen)
{
	exchange->condition = was_found ? SD_IF_VERSION : SD_IF_ABSENT;
	exchange->seen = seen;
}

/* The first round on one server: the write, and behind it the lock is given back. */
static void write_and_unlock(struct sd_session *session, size_t owner, struct finishing *finishing)
{
	const struct sd_exchange *read = &session->item.exchanges[owner];
	enum sd_lock_kind kind = sd_lock_kind_on(&session->lock, read->server);
	bool was_found = read->status == SD_OK;
	uint64_t seen = read->found;
	bool writes = finishing->operation != SD_LOOK;
	struct sd_exchange *unlock = &finishing->unlocks[owner];
	struct sd_exchange *exchange;

	if (writes && kind == SD_LOCK_NONE && session->hold == SD_SESSION_LOCKED) {
		return;
	}
	exchange = prepare_writing(session, owner, finishing);
	finishing->parts[owner] = FAILED;
	if (kind == SD_LOCK_LINK) {
		exchange->held = writes;
		exchange->connection = sd_lock_ask_back(&session->lock, exchange->server, unlock);
		unlock->limit_ms = exchange->limit_ms;
		add_to(finishing, unlock); /* before: the list grows at its head */
	} else if (kind == SD_LOCK_ENTRY && writes) {
		hold_against_seen(exchange, was_found, seen);
	}
	add_to(finishing, exchange);
}

static enum part part_of(const struct sd_exchange *exchange)
{
	bool touches = exchange->touch;

	switch (exchange->status) {
	case SD_OK:
		return DONE;
	case SD_ABSENT:
		return touches && !exchange->buried ? GONE : DONE;
	case SD_CONFLICT:
		return exchange->found != 0 ? NEWER : LOST;
	case SD_UNSUPPORTED:
		return touches ? GONE : FAILED; /* a classic server cannot touch */
	default:
		return FAILED;
	}
}

static bool has_part(const struct finishing *finishing, enum part part)
{
	return finishing->parts[0] == part || finishing->parts[1] == part;
}

/* Asks what is in the list; the parts of those asked are known then. */
static void ask(struct sd_session *session, struct finishing *finishing,
                const bool asked[SD_OWNERS_MAX])
{
	sd_cluster_ask(session->cluster, finishing->list);
	finishing->list = NULL;
	for (size_t i = 0; i < session->item.owners; i++) {
		if (asked[i]) {
			finishing->parts[i] = part_of(&session->item.exchanges[i]);
		}
	}
}

static void ask_first_round(struct sd_session *session, struct finishing *finishing)
{
	bool asked[SD_OWNERS_MAX] = {false};

	for (size_t i = 0; i < session->item.owners; i++) {
		write_and_unlock(session, i, finishing);
		asked[i] = finishing->parts[i] != NOT_ASKED;
	}
	ask(session, finishing, asked);
}

/*
 * The write was ours to make, one server said so: it goes to the others too. Where
 * one has something newer, of somebody without a lock and with a clock ahead of
 * ours, all get it once more with a version larger than that. What is newer even
 * then was written meanwhile.
 */
static void spread(struct sd_session *session, struct finishing *finishing)
{
	struct sd_transport *transport = session->cluster->transport;
	bool outdated = has_part(finishing, NEWER);
	bool asked[SD_OWNERS_MAX] = {false};

	finishing->version = outdated ? transport->new_version(transport) : finishing->version;
	for (size_t i = 0; i < session->item.owners; i++) {
		enum part part = finishing->parts[i];

		asked[i] = part == NOT_ASKED || part == LOST || (outdated && part != FAILED);
		if (asked[i]) {
			add_to(finishing, prepare_writing(session, i, finishing));
		}
	}
	ask(session, finishing, asked);
	for (size_t i = 0; i < session->item.owners; i++) {
		if (asked[i] && finishing->parts[i] == NEWER) {
			finishing->parts[i] = DONE;
		}
	}
}

/* What a touch did not find is stored again, as a repair: as what it was, and over nothing. */
static void store_again(struct sd_session *session, struct finishing *finishing)
{
	bool asked[SD_OWNERS_MAX] = {false};

	finishing->operation = SD_SET;
	finishing->version = session->item.owners > 1 ? session->version : 0;
	for (size_t i = 0; i < session->item.owners; i++) {
		uint64_t seen = session->item.exchanges[i].found;
		struct sd_exchange *exchange;

		asked[i] = finishing->parts[i] == GONE;
		if (asked[i]) {
			exchange = prepare_writing(session, i, finishing);
			exchange->condition = SD_IF_SEEN;
			exchange->seen = seen;
			add_to(finishing, exchange);
		}
	}
	ask(session, finishing, asked);
	for (size_t i = 0; i < session->item.owners; i++) {
		if (asked[i] && (finishing->parts[i] == NEWER || finishing->parts[i] == LOST)) {
			finishing->parts[i] = DONE; /* somebody else stored it meanwhile */
		}
	}
}

/* Says what kept it from being written anywhere. */
static enum sd_status explain(struct sd_session *session, const struct finishing *finishing,
                              struct sd_error *error)
{
	bool lost = has_part(finishing, LOST);
	char text[SD_ERROR_TEXT_MAX] = "";
	char sentence[SENTENCE_MAX];
	char name[SD_SERVER_NAME_MAX];
	enum sd_status status = SD_CONFLICT;

	for (size_t i = 0; i < session->item.owners; i++) {
		const struct sd_exchange *exchange = &session->item.exchanges[i];

		if (finishing->parts[i] == LOST) {
			(void)snprintf(sentence, sizeof(sentence),
			               "the lock was lost meanwhile, and nothing was written to %s",
			               sd_server_name(exchange->server, name));
			add_text(text, sentence);
		} else if (finishing->parts[i] == FAILED) {
			status = lost ? SD_CONFLICT : exchange->status;
			add_reason(text, exchange);
		}
	}
	(void)fail(session, lost ? SD_SESSION_LOCKING : SD_SESSION_WRITING, status);
	return sd_error_set(error, status, "%s", text);
}

static enum sd_status finish(struct sd_session *session, struct finishing *finishing,
                             struct sd_error *error)
{
	struct sd_transport *transport = session->cluster->transport;
	int64_t began_ms = now_ms(session);
	struct sd_error ignored;
	enum sd_status status = sd_cluster_begin(session->cluster, &session->item, error);

	if (status != SD_OK) {
		return fail(session, SD_SESSION_WRITING, status);
	}
	finishing->version =
		session->item.owners > 1 ? transport->new_version(transport) : finishing->version;
	ask_first_round(session, finishing);
	if (has_part(finishing, GONE)) {
		store_again(session, finishing);
	} else if (finishing->operation != SD_LOOK &&
	           (has_part(finishing, DONE) || has_part(finishing, NEWER))) {
		spread(session, finishing);
	}
	(void)sd_session_end(session, &ignored); /* locks that are entries */
	status = has_part(finishing, DONE) ? SD_OK : explain(session, finishing, error);
	session->item.status = status;
	sd_cluster_note_failovers(session->cluster, &session->item, 1);
	session->took_ms = now_ms(session) - began_ms;
	return status;
}

enum sd_status sd_session_write(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error)
{
	struct finishing finishing = {.operation = SD_SET, .ttl = ttl};
	size_t max = SD_CLASSIC_REQUEST_MAX - SD_CLASSIC_HEADER_MAX - session->lock.key_length;

	session->item.data = data;
	if (data.length > max) {
		session->took_ms = 0;
		(void)fail(session, SD_SESSION_WRITING, SD_TOO_LARGE);
		return sd_error_set(error, SD_TOO_LARGE,
		                    "the session has %zu bytes, and %zu is the most that is stored",
		                    data.length, max);
	}
	return finish(session, &finishing, error);
}

enum sd_status sd_session_touch(struct sd_session *session, struct sd_bytes data, int64_t ttl,
                                struct sd_error *error)
{
	struct finishing finishing = {.operation = SD_LOOK, .ttl = ttl};

	if (session->item.status != SD_OK) {
		return sd_session_write(session, data, ttl, error); /* there is none to touch */
	}
	session->item.data = data;
	return finish(session, &finishing, error);
}

enum sd_status sd_session_destroy(struct sd_session *session, int64_t ttl, struct sd_error *error)
{
	struct finishing finishing = {.operation = SD_DELETE, .ttl = ttl};

	return finish(session, &finishing, error);
}

/* }}} */
