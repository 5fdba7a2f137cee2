/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Owners, deadlines, rounds and verdicts; see operation.h. */

#include "client/policy/operation.h"

#include <string.h>

#include "client/policy/resolve.h"

void sd_policy_init(struct sd_policy *policy, struct sd_transport *transport,
                    const struct sd_options *options, bool redundancy)
{
	policy->transport = transport;
	policy->options = options;
	sd_pool_init(&policy->pool, redundancy);
}

/* {{{ owners and the deadline */

static void find_servers(const struct sd_pool *pool, struct sd_entry *entry)
{
	size_t owners[SD_OWNERS_MAX];
	size_t count = sd_pool_owners(pool, entry->key, owners);

	for (size_t i = 0; i < count; i++) {
		entry->replicas[i].exchange.server = pool->servers[owners[i]];
	}
}

/* Begins with the entry's servers, which are found only once, and are two again if they were
 * joined. Returns the longest of their timeouts. */
static int64_t begin_replicas(const struct sd_pool *pool, struct sd_entry *entry)
{
	int64_t longest_ms = 0;

	if (entry->owners == 0) {
		find_servers(pool, entry);
	}
	entry->owners = sd_pool_copies(pool);
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_replica *replica = &entry->replicas[i];
		int64_t timeout_ms = replica->exchange.server->timeout_ms;

		replica->asked = false;
		replica->locking = NULL;
		replica->exchange.has_parted = replica->exchange.may_have_written = false;
		longest_ms = timeout_ms > longest_ms ? timeout_ms : longest_ms;
	}
	return longest_ms;
}

enum sd_status sd_operation_begin(const struct sd_policy *policy, struct sd_entry *entries,
                                  size_t count, int64_t now_ms, struct sd_error *error)
{
	enum sd_status status = count > 0 ? sd_pool_check(&policy->pool, error) : SD_OK;
	int64_t limit_ms = 0;

	if (status != SD_OK) {
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		int64_t longest_ms = begin_replicas(&policy->pool, &entries[i]);

		limit_ms = longest_ms > limit_ms ? longest_ms : limit_ms;
	}
	if (limit_ms > policy->options->timeout_ms) {
		limit_ms = policy->options->timeout_ms;
	}
	/* The entries go through the rounds together. With one deadline for all, none of them loses its
	 * second round because another server has a longer timeout. */
	for (size_t i = 0; i < count; i++) {
		entries[i].status = SD_OK;
		entries[i].stored = 0;
		entries[i].version = 0;
		entries[i].far_ahead = entries[i].is_joined = entries[i].is_left = false;
		entries[i].deadline_ms = now_ms + limit_ms;
		if (entries[i].ends_ms != 0 && entries[i].ends_ms < entries[i].deadline_ms) {
			entries[i].deadline_ms = entries[i].ends_ms;
		}
		if (entries[i].leaves_time) {
			entries[i].ends_ms = entries[i].deadline_ms;
			entries[i].deadline_ms -= (entries[i].deadline_ms - now_ms) / 2;
		}
	}
	return SD_OK;
}

/* The exchange is about to be performed. It ends at its own limit, or earlier if the options or the
 * server's timeout say so. The wait for a lock comes on top. It has a status in case the transport
 * never ends it. */
static void begin_exchange(struct sd_exchange *exchange, const struct sd_options *options,
                           int64_t now_ms)
{
	int64_t servers_ms = exchange->server->timeout_ms;
	int64_t full_ms = servers_ms < options->timeout_ms ? servers_ms : options->timeout_ms;
	int64_t limit_ms = exchange->request.limit_ms;
	int64_t timeout_ms = full_ms;
	int64_t connect_ms = options->connect_timeout_ms;

	/* a script's limits may be shorter than those by which servers are judged: php.ini's, and the
	 * timeout that a server has if nobody says another */
	exchange->hurried =
		(full_ms < options->marking.timeout_ms && full_ms < SD_DEFAULT_TIMEOUT * (int64_t)1000) ||
		connect_ms < options->marking.connect_timeout_ms;
	if (limit_ms != 0 && limit_ms < full_ms) {
		timeout_ms = limit_ms > 0 ? limit_ms : 0;
		exchange->hurried |= timeout_ms * 4 < full_ms;
	}
	if (connect_ms > timeout_ms) {
		connect_ms = timeout_ms;
	}
	exchange->patience_ms = timeout_ms;
	exchange->full_ms = full_ms;
	exchange->deadline_ms = now_ms + timeout_ms + exchange->request.wait_ms;
	exchange->value_deadline_ms = exchange->deadline_ms;
	if (exchange->request.value_ms > timeout_ms) {
		exchange->value_deadline_ms +=
			(exchange->request.value_ms < full_ms ? exchange->request.value_ms : full_ms) -
			timeout_ms;
	}
	exchange->connect_ms = connect_ms;
	exchange->reply.status = SD_ABORTED;
}

/* The request for a lock, or its release, is performed with the exchange, which has begun. */
static void begin_beside(struct sd_exchange *locking, const struct sd_exchange *exchange)
{
	locking->hurried = exchange->hurried;
	locking->patience_ms = exchange->patience_ms;
	locking->full_ms = exchange->full_ms;
	locking->request.limit_ms = exchange->request.limit_ms; /* a server's own transport begins it */
	locking->deadline_ms = locking->value_deadline_ms = exchange->deadline_ms;
	locking->connect_ms = exchange->connect_ms;
	locking->reply.status = SD_ABORTED;
}

/* }}} */

/* {{{ one round */

bool sd_operation_skips(const struct sd_policy *policy, struct sd_exchange *exchange,
                        int64_t now_ms)
{
	struct sd_transport *transport = policy->transport;

	return exchange->server->transport == NULL && transport->skips != NULL &&
	       transport->skips(transport, exchange, now_ms);
}

/*
 * Takes the exchanges from the list that use the same transport as the first one, and returns the
 * list of the others. The time of those taken begins.
 */
static struct sd_exchange *take_one_transports(const struct sd_policy *policy,
                                               struct sd_exchange **list, int64_t now_ms)
{
	const struct sd_transport *transport = (*list)->server->transport;
	struct sd_exchange *others = NULL;
	struct sd_exchange **others_end = &others;

	while (*list != NULL) {
		struct sd_exchange *exchange = *list;

		if (exchange->server->transport != transport) {
			*list = exchange->next;
			exchange->next = NULL;
			*others_end = exchange;
			others_end = &exchange->next;
			continue;
		}
		begin_exchange(exchange, policy->options, now_ms);
		list = &exchange->next;
	}
	return others;
}

/*
 * Performs the exchanges of each transport together. A server with a transport of its own runs the
 * user's code, and no socket is kept waiting meanwhile: so each group's time begins when it is its
 * turn. After that code has given up, no other server is asked.
 */
static void perform_list(const struct sd_policy *policy, struct sd_exchange *exchanges,
                         int64_t now_ms)
{
	bool aborted = false;

	while (exchanges != NULL) {
		struct sd_transport *own = exchanges->server->transport;
		struct sd_transport *transport = own != NULL ? own : policy->transport;
		struct sd_exchange *together = exchanges;

		exchanges = take_one_transports(policy, &together, now_ms);
		if (!aborted) {
			transport->perform(transport, together);
		}
		if (exchanges == NULL) {
			return; /* no exchange is left, so an abort by the caller no longer matters */
		}
		for (struct sd_exchange *each = together; each != NULL; each = each->next) {
			aborted |= sd_operation_is_callers_end(each->reply.status);
		}
		now_ms = sd_operation_now_ms(policy);
	}
}

/* The requests of a round while they are collected. */
struct round {
	const struct sd_options *options;
	int64_t now_ms;
	struct sd_exchange *first;
	struct sd_exchange **end;
	bool has_own_transport; /* one of the servers has a transport of its own */
};

static inline void link_to_round(struct round *round, struct sd_exchange *exchange)
{
	round->has_own_transport |= exchange->server->transport != NULL;
	*round->end = exchange;
	round->end = &exchange->next;
}

static inline void add_to_round(struct round *round, struct sd_exchange *exchange)
{
	begin_exchange(exchange, round->options, round->now_ms);
	link_to_round(round, exchange);
}

/* Adds the request for a lock and the one about the entry, or that and the release. */
static void add_both_to_round(struct round *round, struct sd_replica *replica)
{
	struct sd_exchange *exchange = &replica->exchange;
	struct sd_exchange *locking = replica->locking;
	bool unlocks = locking->request.kind == SD_UNLOCK;

	replica->locking = NULL;
	if (!replica->asked) {
		add_to_round(round, locking);
		return;
	}
	begin_exchange(exchange, round->options, round->now_ms);
	begin_beside(locking, exchange);
	link_to_round(round, unlocks ? exchange : locking);
	link_to_round(round, unlocks ? locking : exchange);
}

/* The round is over: what is in doubt of it stays so, whatever the server is asked next. */
static inline void record_doubts(struct sd_exchange *exchanges)
{
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		if (each->reply.status != SD_OK && sd_request_writes(&each->request)) {
			each->may_have_written |= sd_exchange_is_in_doubt(each);
		}
	}
}

bool sd_operation_perform(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                          int64_t now_ms)
{
	struct round round = {.options = policy->options, .now_ms = now_ms};

	round.end = &round.first;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < entries[i].owners; j++) {
			struct sd_replica *replica = &entries[i].replicas[j];

			if (replica->locking != NULL) {
				add_both_to_round(&round, replica);
			} else if (replica->asked) {
				add_to_round(&round, &replica->exchange);
			}
			replica->asked = false;
		}
	}
	*round.end = NULL;
	if (round.has_own_transport) {
		perform_list(policy, round.first, now_ms);
	} else if (round.first != NULL) {
		policy->transport->perform(policy->transport, round.first);
	}
	record_doubts(round.first);
	return round.first != NULL;
}

void sd_operation_perform_list(const struct sd_policy *policy, struct sd_exchange *exchanges)
{
	perform_list(policy, exchanges, sd_operation_now_ms(policy));
}

void sd_operation_perform_one(const struct sd_policy *policy, struct sd_exchange *exchange)
{
	exchange->next = NULL;
	perform_list(policy, exchange, sd_operation_now_ms(policy));
}

/* }}} */

/* {{{ the verdict */

/* Whether the server could have replied, but did not. */
static bool is_out(const struct sd_exchange *exchange)
{
	switch (exchange->reply.status) {
	case SD_UNREACHABLE:
	case SD_TIMEOUT:
	case SD_CLOSED:
	case SD_BAD_ANSWER:
	case SD_REFUSED:
	case SD_DEAD:
		return true;
	default:
		return false;
	}
}

void sd_operation_count_failovers(const struct sd_policy *policy, const struct sd_entry *entry)
{
	struct sd_transport *transport = policy->transport;

	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_exchange *exchange = &entry->replicas[i].exchange;

		if (exchange->reply.status != SD_OK && is_out(exchange) && transport->count != NULL) {
			transport->count(transport, exchange->server, SD_FAILED_OVER);
		}
	}
}

void sd_operation_add_reason(struct sd_error *error, const struct sd_exchange *exchange)
{
	char text[SD_ERROR_TEXT_MAX];

	if (error->server == NULL) {
		error->server = exchange->server;
	}
	sd_error_add(error, "%s", sd_exchange_explain(exchange, text, sizeof(text)));
}

/* Says why an entry failed: each server that could not be asked or believed, and the reason. */
static void explain_entry(const struct sd_entry *entry, struct sd_error *error)
{
	char name[SD_SERVER_NAME_MAX];

	(void)sd_error_set(error, entry->status, "%s", "");
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_replica *replica = &entry->replicas[i];

		if (!sd_replica_has_replied(replica)) {
			sd_operation_add_reason(error, &replica->exchange);
		} else if (sd_resolve_is_outdated(entry, replica)) {
			sd_error_add(error, "%s has an older copy",
			             sd_server_name(replica->exchange.server, name));
		} else if (entry->status == SD_UNPROVEN) {
			sd_error_add(error,
			             "%s was down and has not been compared with the other server since: its "
			             "copy may be out of date",
			             sd_server_name(replica->exchange.server, name));
		}
		if (entry->status == SD_BAD_KEY && error->text[0] != '\0') {
			return; /* the text is about the key, not about a server: once is enough */
		}
	}
}

/* Says why an operation failed, at least one of whose entries did. Returns its status. */
static enum sd_status explain_failure(const struct sd_entry *entries, size_t count,
                                      struct sd_error *error)
{
	const struct sd_entry *failed = NULL;

	for (size_t i = 0; i < count; i++) {
		enum sd_status status = entries[i].status;

		if (sd_operation_is_callers_end(status)) {
			return sd_error_set(error, status, "%s", sd_status_sentence(status));
		}
		failed = failed == NULL && sd_status_is_failure(status) ? &entries[i] : failed;
	}
	explain_entry(failed, error);
	return failed->status;
}

enum sd_status sd_operation_verdict_of_many(const struct sd_policy *policy,
                                            const struct sd_entry *entries, size_t count,
                                            struct sd_error *error)
{
	bool has_failed = false;

	for (size_t i = 0; i < count; i++) {
		if (sd_status_is_failure(entries[i].status)) {
			has_failed = true;
		} else if (policy->pool.redundancy) {
			sd_operation_count_failovers(policy, &entries[i]);
		}
	}
	return has_failed ? explain_failure(entries, count, error) : SD_OK;
}

enum sd_status sd_operation_verdict_of_one(const struct sd_exchange *exchange,
                                           struct sd_error *error)
{
	if (sd_status_is_failure(exchange->reply.status)) {
		(void)sd_error_set(error, exchange->reply.status, "%s", "");
		sd_operation_add_reason(error, exchange);
	}
	return exchange->reply.status;
}

/* }}} */

/* {{{ asking in spite of marks */

int64_t sd_operation_refusing_since(const struct sd_policy *policy, const struct sd_entry *entry)
{
	struct sd_transport *transport = policy->transport;
	int64_t latest_ms = 0;

	if (transport->refusing_since == NULL) {
		return 0;
	}
	for (size_t i = 0; i < entry->owners; i++) {
		const struct sd_server *server = entry->replicas[i].exchange.server;
		int64_t since_ms =
			server->transport == NULL ? transport->refusing_since(transport, server) : 0;

		latest_ms = since_ms > latest_ms ? since_ms : latest_ms;
	}
	return latest_ms;
}

/* Whether a server of an entry that failed was not asked: because of its mark, or because the
 * other name led to the same server, and does so no longer. */
static bool was_skipped(const struct sd_policy *policy, const struct sd_entry *entry)
{
	bool is_skipped = policy->pool.redundancy && entry->owners == 1;

	for (size_t i = 0; i < entry->owners; i++) {
		is_skipped |= entry->replicas[i].exchange.reply.status == SD_DEAD;
	}
	return is_skipped;
}

/* Does the operation on the entry once more, by the deadline that it had. */
static void insist_on(const struct sd_policy *policy, struct sd_entry *entry,
                      sd_operation_once *once, void *how)
{
	int64_t ends_ms = entry->ends_ms;
	bool leaves_time = entry->leaves_time;
	struct sd_error ignored;

	entry->insists = true;
	entry->ends_ms = entry->deadline_ms;
	entry->leaves_time = false;
	(void)once(policy, entry, 1, how, &ignored);
	entry->insists = false;
	entry->ends_ms = ends_ms;
	entry->leaves_time = leaves_time;
}

enum sd_status sd_operation_insist(const struct sd_policy *policy, struct sd_entry *entries,
                                   size_t count, sd_operation_once *once, void *how,
                                   enum sd_status status, struct sd_error *error)
{
	bool has_insisted = false;
	bool has_failed = false;

	if (sd_operation_is_callers_end(status)) {
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		struct sd_entry *entry = &entries[i];

		if (sd_status_is_failure(entry->status) && was_skipped(policy, entry) &&
		    !sd_operation_is_in_doubt(entry) &&
		    (sd_operation_has_parted(entry) || sd_operation_refusing_since(policy, entry) != 0)) {
			insist_on(policy, entry, once, how);
			has_insisted = true;
		}
		has_failed |= sd_status_is_failure(entry->status);
	}
	if (!has_insisted) {
		return status;
	}
	return has_failed ? explain_failure(entries, count, error) : SD_OK;
}

/* }}} */

enum sd_status sd_operation_send(struct sd_transport *transport, const struct sd_options *options,
                                 const struct sd_server *server, struct sd_bytes request,
                                 struct sd_sink *sink, struct sd_error *error)
{
	struct sd_exchange exchange = {
		.server = server, .request.kind = SD_RAW, .request.data = request, .request.sink = sink};

	begin_exchange(&exchange, options, transport->now_ms(transport));
	transport->perform(transport, &exchange);
	return sd_operation_verdict_of_one(&exchange, error);
}
