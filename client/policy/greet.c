/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Greeting servers before a write; see greet.h. */

#include "client/policy/greet.h"

#include <inttypes.h>

#define TIMES_GREETED_MAX 3 /* until two servers of one id are known to be one or two */

/* Whether nothing has to be asked first: all of the entry's servers are up, and none has a user's
 * transport. Then they count as greeted. That is the usual case. */
static inline bool are_up(struct sd_transport *transport, struct sd_entry *entry)
{
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_exchange *exchange = &entry->replicas[i].exchange;

		if (exchange->server->transport != NULL ||
		    (transport->is_greeted != NULL &&
		     !transport->is_greeted(transport, exchange->server))) {
			return false;
		}
		exchange->reply.status = SD_OK;
	}
	return true;
}

/* A user's transport always speaks the classic protocol, and is not called for nothing. */
static bool must_be_greeted(const struct sd_policy *policy, const struct sd_server *server)
{
	struct sd_transport *transport = policy->transport;

	return server->transport == NULL && transport->is_greeted != NULL &&
	       !transport->is_greeted(transport, server);
}

/* Prepares the greeting of those of the entry's servers that must be greeted; all others count as
 * greeted, which is the usual case. Returns whether there is one. */
static bool prepare_greetings(const struct sd_policy *policy, struct sd_entry *entry,
                              int64_t now_ms)
{
	bool has_prepared = false;

	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_exchange *exchange = &entry->replicas[i].exchange;

		if (must_be_greeted(policy, exchange->server)) {
			/* if one takes it and never answers, there still is time to write to the other */
			int64_t left_ms = sd_operation_time_left(entry, now_ms);

			(void)sd_operation_prepare(entry, i, SD_GREET, sd_operation_share(left_ms));
			has_prepared = true;
		} else {
			exchange->reply.status = exchange->server->transport != NULL ? SD_UNSUPPORTED : SD_OK;
		}
	}
	return has_prepared;
}

/* In the words in which the request itself would be refused. */
static void refuse_ttl(struct sd_exchange *exchange, int64_t ttl)
{
	if (exchange->request.kind == SD_TOUCH) {
		sd_exchange_end(exchange, SD_UNSUPPORTED,
		                "the classic protocol has no way to look at an entry without fetching it");
	} else {
		sd_exchange_end(
			exchange, SD_UNSUPPORTED,
			"a time to live of %" PRId64 " s was asked for, the classic protocol has none", ttl);
	}
}

/* Looks at what the greetings have led to. */
static void conclude_greetings(struct sd_entry *entry, enum sd_request_kind kind, int64_t ttl)
{
	entry->status = sd_operation_callers_end(entry);
	for (size_t i = 0; i < entry->owners; i++) {
		struct sd_exchange *exchange = &entry->replicas[i].exchange;

		if (exchange->reply.status != SD_UNSUPPORTED) {
			continue;
		}
		exchange->reply.status = SD_OK;
		if (ttl != 0) {
			exchange->request.kind = kind;
			refuse_ttl(exchange, ttl);
			entry->status = exchange->reply.status;
		}
	}
}

int64_t sd_greet_servers(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                         enum sd_request_kind kind, int64_t ttl, int64_t now_ms)
{
	bool are_all_up = true;
	bool must_greet = false;

	for (size_t i = 0; i < count; i++) {
		are_all_up &= are_up(policy->transport, &entries[i]);
	}
	if (are_all_up) {
		return sd_greet_join(policy, entries, count, now_ms);
	}
	for (size_t i = 0; i < count; i++) {
		must_greet |= prepare_greetings(policy, &entries[i], now_ms);
	}
	if (must_greet) {
		(void)sd_operation_perform(policy, entries, count, now_ms);
	}
	for (size_t i = 0; i < count; i++) {
		conclude_greetings(&entries[i], kind, ttl);
	}
	now_ms = must_greet ? sd_operation_now_ms(policy) : now_ms;
	return sd_greet_join(policy, entries, count, now_ms);
}

/* {{{ two names of one server */

/* What both servers of an entry are to each other. */
static enum sd_sameness compare_servers(const struct sd_policy *policy,
                                        const struct sd_entry *entry)
{
	struct sd_transport *transport = policy->transport;
	const struct sd_server *first = entry->replicas[0].exchange.server;
	const struct sd_server *second = entry->replicas[1].exchange.server;

	return entry->owners > 1 && first->transport == NULL && second->transport == NULL
	           ? transport->compare(transport, first, second)
	           : SD_TWO_SERVERS;
}

static bool join(struct sd_entry *entry, enum sd_sameness sameness)
{
	if (sameness != SD_ONE_SERVER && sameness != SD_ONE_OF_TWO) {
		return false;
	}
	entry->owners = 1;
	entry->is_joined = true;
	entry->is_left = sameness == SD_ONE_OF_TWO;
	return true;
}

bool sd_greet_joined_odd(const struct sd_policy *policy, struct sd_entry *entries, size_t count)
{
	bool has_joined = false;

	for (size_t i = 0; i < count; i++) {
		has_joined |= join(&entries[i], compare_servers(policy, &entries[i]));
	}
	return has_joined;
}

/* Greets one server of an entry alone. */
static void greet_alone(const struct sd_policy *policy, struct sd_entry *entry, size_t owner,
                        int64_t limit_ms)
{
	struct sd_exchange greeting = {.server = entry->replicas[owner].exchange.server};

	greeting.request.kind = SD_GREET;
	greeting.request.key = entry->key;
	greeting.request.insists = entry->insists;
	greeting.request.is_session = entry->is_session;
	greeting.request.limit_ms = limit_ms;
	sd_operation_perform_one(policy, &greeting);
}

static void greet_second(const struct sd_policy *policy, struct sd_entry *entry)
{
	greet_alone(policy, entry, 1, sd_operation_time_left(entry, sd_operation_now_ms(policy)));
}

void sd_greet_first(const struct sd_policy *policy, struct sd_entry *entry)
{
	int64_t left_ms = sd_operation_time_left(entry, sd_operation_now_ms(policy));

	if (must_be_greeted(policy, entry->replicas[0].exchange.server)) {
		greet_alone(policy, entry, 0, sd_operation_share(left_ms));
	}
}

bool sd_greet_is_first_again(const struct sd_policy *policy, struct sd_entry *entry)
{
	enum sd_sameness sameness = SD_TWO_SERVERS;

	if (must_be_greeted(policy, entry->replicas[1].exchange.server)) {
		greet_second(policy, entry);
	}
	if (policy->transport->has_odd_names) {
		sameness = compare_servers(policy, entry);
	}
	for (int i = 0; i < TIMES_GREETED_MAX && sameness == SD_GREET_AGAIN; i++) {
		greet_second(policy, entry); /* the first one's connection has the lock */
		sameness = compare_servers(policy, entry);
	}
	return join(entry, sameness);
}

/* Greets both servers of an entry. Their replies to what was asked before are lost. */
static void greet_both_again(const struct sd_policy *policy, struct sd_entry *entry, int64_t now_ms)
{
	int64_t left_ms = sd_operation_time_left(entry, now_ms);

	for (size_t i = 0; i < entry->owners; i++) {
		(void)sd_operation_prepare(entry, i, SD_GREET, sd_operation_share(left_ms));
	}
	(void)sd_operation_perform(policy, entry, 1, now_ms);
}

int64_t sd_greet_join_odd(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                          int64_t now_ms)
{
	for (size_t i = 0; i < count; i++) {
		struct sd_entry *entry = &entries[i];
		enum sd_sameness sameness = compare_servers(policy, entry);

		for (int j = 0; j < TIMES_GREETED_MAX && sameness == SD_GREET_AGAIN; j++) {
			greet_both_again(policy, entry, now_ms);
			now_ms = sd_operation_now_ms(policy);
			sameness = compare_servers(policy, entry);
		}
		(void)join(entry, sameness);
	}
	return now_ms;
}

/* }}} */
