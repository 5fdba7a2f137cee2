/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The policy; see cluster.h. Nothing here allocates while an operation runs,
 * so a sink or a user's transport may leave by longjmp at any time.
 */

#include "client/policy/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGE_TRIES 100 /* of a change that others keep getting ahead of */

/* {{{ the servers */

void sd_cluster_init(struct sd_cluster *cluster, struct sd_transport *transport,
                     const struct sd_options *options, bool redundancy)
{
	memset(cluster, 0, sizeof(*cluster));
	cluster->transport = transport;
	cluster->options = options;
	cluster->redundancy = redundancy;
}

void sd_cluster_clear(struct sd_cluster *cluster)
{
	free(cluster->servers);
	cluster->servers = NULL;
	sd_ring_clear(&cluster->ring);
}

bool sd_cluster_has(const struct sd_cluster *cluster, const struct sd_server *server)
{
	for (size_t i = 0; i < cluster->ring.count; i++) {
		if (sd_server_same(cluster->servers[i], server)) {
			return true;
		}
	}
	return false;
}

enum sd_status sd_cluster_add(struct sd_cluster *cluster, const struct sd_server *server,
                              struct sd_error *error)
{
	const struct sd_server **servers;
	char name[SD_SERVER_NAME_MAX];

	if (sd_cluster_has(cluster, server)) {
		return sd_error_set(error, SD_DUPLICATE, "must not be added twice, %s is there already",
		                    sd_server_name(server, name));
	}
	servers = realloc(cluster->servers, (cluster->ring.count + 1) * sizeof(*servers));
	if (servers == NULL) {
		return sd_error_set(error, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
	cluster->servers = servers;
	servers[cluster->ring.count] = server;
	if (sd_ring_add(&cluster->ring, server->weight) != SD_OK) {
		return sd_error_set(error, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
	return SD_OK;
}

/* Whether keys have their servers: SD_OK, SD_NO_SERVERS or SD_NO_ROTATION. */
static enum sd_status check_servers(const struct sd_cluster *cluster, struct sd_error *error)
{
	const struct sd_ring *ring = &cluster->ring;

	if (ring->count == 0) {
		return sd_error_set(error, SD_NO_SERVERS, "No Servers Registered");
	}
	if (cluster->redundancy && !sd_ring_has_second(ring)) {
		return sd_error_set(error, SD_NO_ROTATION,
		                    "Bucket rotation not allowed: redundancy needs more servers than the "
		                    "largest weight, which is %u, and there %s %zu",
		                    ring->max_weight, ring->count == 1 ? "is" : "are", ring->count);
	}
	return SD_OK;
}

/* The servers of a key, of which check_servers() holds; returns their number. */
static inline size_t find_owners(const struct sd_cluster *cluster, struct sd_bytes key,
                                 size_t owners[SD_OWNERS_MAX])
{
	uint32_t hash = sd_ring_hash(key.data, key.length);

	owners[0] = sd_ring_first(&cluster->ring, hash);
	if (!cluster->redundancy) {
		return 1;
	}
	owners[1] = sd_ring_second(&cluster->ring, hash);
	return 2;
}

enum sd_status sd_cluster_locate(const struct sd_cluster *cluster, struct sd_bytes key,
                                 size_t owners[SD_OWNERS_MAX], size_t *count,
                                 struct sd_error *error)
{
	enum sd_status status = check_servers(cluster, error);

	*count = status == SD_OK ? find_owners(cluster, key, owners) : 0;
	return status;
}

/* }}} */

/* {{{ asking */

/* Exchanges to be asked at the same time. */
struct round {
	struct sd_exchange *first;
	struct sd_exchange **last;
};

static void round_begin(struct round *round)
{
	round->first = NULL;
	round->last = &round->first;
}

static void round_add(struct round *round, struct sd_exchange *exchange)
{
	exchange->next = NULL;
	*round->last = exchange;
	round->last = &exchange->next;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t sd_cluster_now_ms(const struct sd_cluster *cluster)
{
	return cluster->transport->now_ms(cluster->transport);
}

/* Its limit from now, or sooner where the options or the server's timeout say so. A lock's wait
 * comes on top. */
static void set_deadlines(struct sd_exchange *exchange, const struct sd_options *options,
                          int64_t now)
{
	int64_t full_ms = earlier(exchange->server->timeout_ms, options->timeout_ms);
	int64_t timeout_ms = full_ms;

	if (exchange->limit_ms != 0) {
		timeout_ms = exchange->limit_ms > 0 ? earlier(timeout_ms, exchange->limit_ms) : 0;
	}
	exchange->hurried = timeout_ms * 4 < full_ms;
	exchange->deadline_ms = now + timeout_ms + exchange->wait_ms;
	exchange->connect_deadline_ms = now + earlier(timeout_ms, options->connect_timeout_ms);
}

/* The caller ended it, by its own code or for want of its own memory: no other server could help.
 */
static bool is_callers_end(enum sd_status status)
{
	return status == SD_ABORTED || status == SD_NO_MEMORY;
}

/*
 * Begins the exchanges of the list that go the first one's way, and moves the
 * others to another list, which is returned.
 */
static struct sd_exchange *begin_together(const struct sd_cluster *cluster,
                                          struct sd_exchange **list, int64_t now_ms)
{
	const struct sd_transport *own = (*list)->server->transport;
	struct round others;

	round_begin(&others);
	while (*list != NULL) {
		struct sd_exchange *exchange = *list;

		if (exchange->server->transport != own) {
			*list = exchange->next;
			round_add(&others, exchange);
			continue;
		}
		set_deadlines(exchange, cluster->options, now_ms);
		sd_exchange_settle(exchange, SD_ABORTED);
		list = &exchange->next;
	}
	return others.first;
}

/*
 * Those of one transport go together, which is mostly all of them: a server with
 * a transport of its own runs the user's code, and no socket is kept waiting
 * meanwhile. Once that code has given up, nobody else is asked.
 */
static void ask(const struct sd_cluster *cluster, struct sd_exchange *exchanges, int64_t now_ms)
{
	bool aborted = false;

	while (exchanges != NULL) {
		struct sd_transport *own = exchanges->server->transport;
		struct sd_transport *transport = own != NULL ? own : cluster->transport;
		struct sd_exchange *together = exchanges;

		exchanges = begin_together(cluster, &together, now_ms);
		if (!aborted) {
			transport->perform(transport, together);
		}
		if (exchanges == NULL) {
			return; /* there is nobody whom an end by the caller would concern */
		}
		for (struct sd_exchange *each = together; each != NULL; each = each->next) {
			aborted |= is_callers_end(each->status);
		}
		now_ms = sd_cluster_now_ms(cluster);
	}
}

void sd_cluster_ask(const struct sd_cluster *cluster, struct sd_exchange *exchanges)
{
	if (exchanges != NULL) {
		ask(cluster, exchanges, sd_cluster_now_ms(cluster));
	}
}

/* What is left of the item's time; never 0, which would be no limit. */
static int64_t time_left(const struct sd_item *item, int64_t now_ms)
{
	int64_t left_ms = item->deadline_ms - now_ms;

	return left_ms > 0 ? left_ms : -1;
}

/* Makes an exchange of the item ready to be asked; what it was answered before is forgotten. */
static struct sd_exchange *prepare(struct sd_item *item, size_t owner, enum sd_operation operation)
{
	struct sd_exchange *exchange = &item->exchanges[owner];
	const struct sd_server *server = exchange->server;

	sd_exchange_init(exchange);
	exchange->server = server;
	exchange->operation = operation;
	exchange->key = item->key;
	if (operation == SD_SET) {
		exchange->data = item->data;
	} else if (operation == SD_GET || operation == SD_COUNT) {
		exchange->sink = item->sink;
	}
	return exchange;
}

/* Finds an item's servers. Returns the longest that one of them may take. */
static int64_t place_item(const struct sd_cluster *cluster, struct sd_item *item)
{
	size_t owners[SD_OWNERS_MAX];
	int64_t longest_ms = 0;

	item->owners = find_owners(cluster, item->key, owners);
	for (size_t i = 0; i < item->owners; i++) {
		item->exchanges[i].server = cluster->servers[owners[i]];
		longest_ms = later(longest_ms, item->exchanges[i].server->timeout_ms);
	}
	return longest_ms;
}

/* Finds each item's servers, and begins its time. SD_OK, SD_NO_SERVERS or SD_NO_ROTATION. */
static enum sd_status begin(const struct sd_cluster *cluster, struct sd_item *items, size_t count,
                            int64_t now_ms, struct sd_error *error)
{
	enum sd_status status = count > 0 ? check_servers(cluster, error) : SD_OK;
	int64_t limit_ms = 0;
	int64_t deadline_ms;

	if (status != SD_OK) {
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		limit_ms = later(limit_ms, place_item(cluster, &items[i]));
	}
	/* they go through their rounds together, and one must not cost another its second round */
	deadline_ms = now_ms + earlier(limit_ms, cluster->options->timeout_ms);
	for (size_t i = 0; i < count; i++) {
		items[i].stored = 0;
		items[i].version = 0;
		items[i].again = false;
		items[i].outdated = false;
		items[i].deadline_ms = deadline_ms;
	}
	return SD_OK;
}

/* }}} */

enum sd_status sd_cluster_begin(const struct sd_cluster *cluster, struct sd_item *item,
                                struct sd_error *error)
{
	return begin(cluster, item, 1, sd_cluster_now_ms(cluster), error);
}

struct sd_exchange *sd_cluster_prepare(const struct sd_cluster *cluster, struct sd_item *item,
                                       size_t owner, enum sd_operation operation)
{
	struct sd_exchange *exchange = prepare(item, owner, operation);

	exchange->limit_ms = time_left(item, sd_cluster_now_ms(cluster));
	return exchange;
}

/* {{{ what became of it */

static bool has_answered(const struct sd_exchange *exchange)
{
	return !sd_status_is_failure(exchange->status);
}

/* The status of the caller's own end among the item's exchanges, or SD_OK. */
static enum sd_status callers_end(const struct sd_item *item)
{
	enum sd_status first = item->exchanges[0].status;
	enum sd_status second = item->owners == 2 ? item->exchanges[1].status : SD_OK;

	if (is_callers_end(first)) {
		return first;
	}
	return is_callers_end(second) ? second : SD_OK;
}

/* Says why an item failed: each server that could not be asked or believed, and its reason. */
static void explain(const struct sd_item *item, struct sd_error *error)
{
	char texts[SD_OWNERS_MAX][SD_ERROR_TEXT_MAX];
	char name[SD_SERVER_NAME_MAX];
	size_t count = 0;

	for (size_t i = 0; i < item->owners; i++) {
		const struct sd_exchange *exchange = &item->exchanges[i];

		if (!has_answered(exchange)) {
			(void)sd_exchange_explain(exchange, texts[count], sizeof(texts[count]));
			count++;
		} else if (item->outdated) {
			(void)snprintf(texts[count], sizeof(texts[count]), "%s has an older copy",
			               sd_server_name(exchange->server, name));
			count++;
		} else if (item->status == SD_UNPROVEN) {
			(void)snprintf(texts[count], sizeof(texts[count]),
			               "%s was away, and what it has may be older than what the other one has",
			               sd_server_name(exchange->server, name));
			count++;
		}
	}
	if (count < SD_OWNERS_MAX || item->status == SD_BAD_KEY) {
		(void)sd_error_set(error, item->status, "%s", texts[0]);
	} else {
		(void)sd_error_set(error, item->status, "%s; %s", texts[0], texts[1]);
	}
}

/* The status of one exchange, explained where it is a failure. */
static enum sd_status verdict_of_one(const struct sd_exchange *exchange, struct sd_error *error)
{
	char text[SD_ERROR_TEXT_MAX];

	if (!sd_status_is_failure(exchange->status)) {
		return exchange->status;
	}
	return sd_error_set(error, exchange->status, "%s",
	                    sd_exchange_explain(exchange, text, sizeof(text)));
}

/* The operation's own status, of those of its items. */
static enum sd_status verdict(const struct sd_item *items, size_t count, struct sd_error *error)
{
	const struct sd_item *failed = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!sd_status_is_failure(items[i].status)) {
			continue;
		}
		if (is_callers_end(items[i].status)) {
			return sd_error_set(error, items[i].status, "%s", sd_status_sentence(items[i].status));
		}
		failed = failed == NULL ? &items[i] : failed;
	}
	if (failed == NULL) {
		return SD_OK;
	}
	explain(failed, error);
	return failed->status;
}

/* It could have answered, and did not. */
static bool is_out(const struct sd_exchange *exchange)
{
	switch (exchange->status) {
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

static void note(const struct sd_cluster *cluster, const struct sd_exchange *exchange,
                 enum sd_note note)
{
	if (cluster->transport->note != NULL) {
		cluster->transport->note(cluster->transport, exchange->server, note);
	}
}

void sd_cluster_note_failovers(const struct sd_cluster *cluster, const struct sd_item *items,
                               size_t count)
{
	if (!cluster->redundancy) {
		return; /* nobody answers in another's place */
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < items[i].owners && !sd_status_is_failure(items[i].status); j++) {
			if (is_out(&items[i].exchanges[j])) {
				note(cluster, &items[i].exchanges[j], SD_FAILED_OVER);
			}
		}
	}
}

/* The status of an item about which nothing is known: its first failure. */
static enum sd_status failure_of(const struct sd_item *item)
{
	return item->exchanges[has_answered(&item->exchanges[0])].status;
}

/* }}} */

/* {{{ reading */

/* The two can be compared: both answered, and both order writes. */
static bool is_comparable(const struct sd_item *item)
{
	return item->owners == 2 && has_answered(&item->exchanges[0]) &&
	       has_answered(&item->exchanges[1]) && item->exchanges[0].versioned &&
	       item->exchanges[1].versioned;
}

/* Whose answer counts, of those that answered; NULL: of none. */
static struct sd_exchange *winner_of(struct sd_item *item)
{
	struct sd_exchange *first = &item->exchanges[0];
	struct sd_exchange *second = &item->exchanges[1];

	if (item->owners == 1 || (!has_answered(second) && !item->outdated)) {
		return has_answered(first) ? first : NULL;
	}
	if (!has_answered(first) || item->outdated) {
		return has_answered(second) ? second : NULL;
	}
	if (is_comparable(item)) {
		return second->found > first->found ? second : first;
	}
	return first->status == SD_OK || first->buried ? first : second;
}

/* Whether it may not be believed alone: it was away, and the other one could not be asked. */
static bool is_unproven(const struct sd_item *item, const struct sd_exchange *winner)
{
	const struct sd_exchange *other = &item->exchanges[winner == &item->exchanges[0]];

	/* one that cannot compare, or cannot have the key, does not know better */
	return item->owners == 2 && winner->unproven && !has_answered(other) &&
	       other->status != SD_UNSUPPORTED && other->status != SD_BAD_KEY;
}

/* Whether there may be one on the other server, which has no way to tell. */
static bool is_half_asked(const struct sd_item *item, const struct sd_exchange *winner)
{
	const struct sd_exchange *other = &item->exchanges[winner == &item->exchanges[0]];

	return item->owners == 2 && winner->status != SD_OK && !winner->buried &&
	       other->status == SD_UNSUPPORTED;
}

/* How items are read. */
struct reading {
	enum sd_operation operation; /* SD_GET or SD_LOOK */
	enum sd_read_policy policy;
	int64_t touch_ttl; /* 0: they are not touched */
	bool heals;        /* what differs is repaired; the exchanges tell no more what was found */
};

/* Whether the second server has to be asked for what it has, beyond its version: of an item that
 * has a second, and that the caller has not given up. */
static bool must_fetch_from_second(struct sd_item *item, const struct reading *reading)
{
	struct sd_exchange *first = &item->exchanges[0];
	struct sd_exchange *second = &item->exchanges[1];

	if (second->status == SD_UNSUPPORTED) { /* it was not asked, or has no way to tell a version */
		return first->status != SD_OK && !first->buried;
	}
	return second->operation != reading->operation && second->status == SD_OK &&
	       winner_of(item) == second && !is_unproven(item, second);
}

/* Prepares what a read asks a server, within that limit. */
static struct sd_exchange *prepare_read(struct sd_item *item, size_t owner,
                                        enum sd_operation operation, int64_t limit_ms,
                                        const struct reading *reading)
{
	struct sd_exchange *exchange = prepare(item, owner, operation);

	/* two copies have to be compared */
	exchange->value_only = operation == SD_GET && item->owners == 1 && !item->wants_version;
	exchange->touch = reading->touch_ttl != 0;
	exchange->ttl = reading->touch_ttl;
	exchange->limit_ms = limit_ms;
	return exchange;
}

/* Whether the first of two is known to be dead; `first`, about it, has ended then. */
static bool is_dead(struct sd_cluster *cluster, struct sd_exchange *first, int64_t now_ms)
{
	struct sd_transport *transport = cluster->transport;

	return first->server->transport == NULL && transport->skips != NULL &&
	       transport->skips(transport, first, now_ms);
}

bool sd_cluster_skips_first(struct sd_cluster *cluster, struct sd_item *item)
{
	return is_dead(cluster, prepare(item, 0, SD_LOOK), sd_cluster_now_ms(cluster));
}

/* The first round of one item: the value from the first, what is known of it from the second; the
 * value from the second where the first is known to be dead. */
static void ask_both(struct sd_cluster *cluster, struct sd_item *item,
                     const struct reading *reading, int64_t now_ms, struct round *round)
{
	int64_t left_ms = time_left(item, now_ms);
	/* a first that takes the request and never answers must not cost the second's answer */
	int64_t share_ms = item->owners == 2 && left_ms > 1 ? left_ms / 2 : left_ms;
	struct sd_exchange *first = prepare_read(item, 0, reading->operation, share_ms, reading);
	bool first_is_dead = item->owners == 2 && is_dead(cluster, first, now_ms);
	struct sd_exchange *second;

	if (!first_is_dead) {
		round_add(round, first);
	}
	if (item->owners == 1) {
		return;
	}
	second = prepare_read(item, 1, first_is_dead ? reading->operation : SD_LOOK,
	                      first_is_dead ? left_ms : share_ms, reading);
	if (reading->policy == SD_READ_FIRST && !first_is_dead) {
		sd_exchange_end(second, SD_UNSUPPORTED, "not asked, by the read policy");
	} else {
		round_add(round, second);
	}
}

static void ask_first_round(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                            const struct reading *reading, int64_t now_ms)
{
	struct round round;

	round_begin(&round);
	for (size_t i = 0; i < count; i++) {
		items[i].outdated = false;
		ask_both(cluster, &items[i], reading, now_ms, &round);
	}
	ask(cluster, round.first, now_ms);
}

/* Whether the caller gave up with any of them: then nobody is asked any more. */
static bool is_given_up(const struct sd_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (callers_end(&items[i]) != SD_OK) {
			return true;
		}
	}
	return false;
}

/* The second round: the value from the second, where that has the newest or the only one. */
static void ask_second_round(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                             const struct reading *reading)
{
	struct round round;

	if (!cluster->redundancy || is_given_up(items, count)) {
		return;
	}
	round_begin(&round);
	for (size_t i = 0; i < count; i++) {
		struct sd_item *item = &items[i];
		int64_t limit_ms;

		if (!must_fetch_from_second(item, reading)) {
			continue;
		}
		item->outdated = is_comparable(item);
		if (item->sink != NULL) {
			item->sink->kind->restart(item->sink);
		}
		limit_ms = time_left(item, sd_cluster_now_ms(cluster));
		round_add(&round, prepare_read(item, 1, reading->operation, limit_ms, reading));
	}
	sd_cluster_ask(cluster, round.first);
}

static void settle_read(struct sd_item *item)
{
	struct sd_exchange *winner = winner_of(item);

	item->status = callers_end(item);
	if (item->status != SD_OK) {
		return;
	}
	if (winner == NULL || is_half_asked(item, winner)) {
		item->status = failure_of(item);
	} else if (is_unproven(item, winner)) {
		item->status = SD_UNPROVEN;
	} else {
		item->status = winner->status;
		item->version = winner->found;
	}
	if (item->status != SD_OK && item->sink != NULL) {
		item->sink->kind->restart(item->sink);
	}
}

/* }}} */

/* {{{ repairing */

/* The exchange that gives the item's older copy what the newer one has; NULL: it cannot be given.
 */
static struct sd_exchange *repair(struct sd_item *item, size_t older,
                                  const struct sd_exchange *newest, bool was_fetched)
{
	uint64_t seen = item->exchanges[older].found;
	struct sd_exchange *exchange;

	if (newest->left == 0 || (newest->status == SD_OK ? !was_fetched : seen == 0)) {
		return NULL; /* it is about to expire, was not fetched, or there is nothing to delete */
	}
	if (newest->left == 1 && seen == 0) {
		/* A life is told in whole seconds, and a repair may prolong it by a part of one: of two
		 * copies in their last second, each would bring back the one that expired before it. */
		return NULL;
	}
	exchange = prepare(item, older, newest->status == SD_OK ? SD_SET : SD_DELETE);
	if (newest->status == SD_OK) {
		exchange->data = item->sink->kind->came(item->sink);
	}
	exchange->condition = SD_IF_SEEN;
	exchange->seen = seen;
	exchange->version = newest->found;
	exchange->ttl = newest->left;
	return exchange;
}

/* Tells of the servers whose older copies were replaced. */
static void note_repairs(const struct sd_cluster *cluster, const struct sd_item *items,
                         size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < items[i].owners; j++) {
			const struct sd_exchange *exchange = &items[i].exchanges[j];

			if ((exchange->operation == SD_SET || exchange->operation == SD_DELETE) &&
			    (exchange->status == SD_OK || exchange->status == SD_ABSENT)) {
				note(cluster, exchange, SD_REPAIRED);
			}
		}
	}
}

/* Whether the comparison of an item's copies is good for more than the answer. */
static bool needs_healing(struct sd_item *item)
{
	const struct sd_exchange *first = &item->exchanges[0];
	const struct sd_exchange *second = &item->exchanges[1];

	return is_comparable(item) && winner_of(item)->found != 0 &&
	       (first->found != second->found || first->unproven || second->unproven);
}

static void heal_item(struct sd_item *item, int64_t limit_ms, const struct reading *reading,
                      struct round *round)
{
	const struct sd_exchange newest = *winner_of(item); /* which may be made anew */

	for (size_t i = 0; i < item->owners; i++) {
		struct sd_exchange *exchange = &item->exchanges[i];

		if (exchange->found != newest.found) {
			exchange = repair(item, i, &newest, reading->operation == SD_GET);
		} else if (exchange->unproven) {
			exchange = prepare(item, i, SD_LOOK);
			exchange->compared = newest.found;
		} else {
			exchange = NULL;
		}
		if (exchange != NULL) {
			exchange->limit_ms = limit_ms;
			round_add(round, exchange);
		}
	}
}

/* The older copies are repaired, and a server that was away is told that it may believe what it
 * has. Nothing depends on its success. */
static void heal(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                 const struct reading *reading)
{
	struct round round;

	round_begin(&round);
	for (size_t i = 0; i < count; i++) {
		int64_t limit_ms;

		if (!needs_healing(&items[i])) {
			continue;
		}
		limit_ms = time_left(&items[i], sd_cluster_now_ms(cluster));
		if (limit_ms > 0) {
			heal_item(&items[i], limit_ms, reading, &round);
		}
	}
	if (round.first != NULL) {
		sd_cluster_ask(cluster, round.first);
		note_repairs(cluster, items, count);
	}
}

/* What comes behind the first round. */
static enum sd_status finish_reading(struct sd_cluster *cluster, struct sd_item *items,
                                     size_t count, const struct reading *reading,
                                     struct sd_error *error)
{
	enum sd_status status;

	ask_second_round(cluster, items, count, reading);
	for (size_t i = 0; i < count; i++) {
		settle_read(&items[i]);
	}
	sd_cluster_note_failovers(cluster, items, count);
	status = verdict(items, count, error);
	if (cluster->redundancy && reading->heals && !is_callers_end(status)) {
		heal(cluster, items, count, reading);
	}
	return status;
}

static enum sd_status read_items(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                                 const struct reading *reading, struct sd_error *error)
{
	int64_t now_ms = sd_cluster_now_ms(cluster);
	enum sd_status status = begin(cluster, items, count, now_ms, error);

	if (status != SD_OK) {
		return status;
	}
	ask_first_round(cluster, items, count, reading, now_ms);
	return finish_reading(cluster, items, count, reading, error);
}

/* Reads an item once more in what is left of its time. */
static enum sd_status read_again(struct sd_cluster *cluster, struct sd_item *item,
                                 const struct reading *reading, struct sd_error *error)
{
	ask_first_round(cluster, item, 1, reading, sd_cluster_now_ms(cluster));
	return finish_reading(cluster, item, 1, reading, error);
}

enum sd_status sd_cluster_get(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                              struct sd_error *error)
{
	const struct reading reading = {SD_GET, cluster->options->read_policy, 0, true};

	return read_items(cluster, items, count, &reading, error);
}

enum sd_status sd_cluster_end_reading(struct sd_cluster *cluster, struct sd_item *item,
                                      struct sd_error *error)
{
	const struct reading reading = {SD_GET, SD_READ_NEWEST, 0, true};

	return finish_reading(cluster, item, 1, &reading, error);
}

enum sd_status sd_cluster_look(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                               int64_t ttl, struct sd_error *error)
{
	/* a touch is a write: it concerns both, whatever is read */
	enum sd_read_policy policy = ttl != 0 ? SD_READ_NEWEST : cluster->options->read_policy;
	const struct reading reading = {SD_LOOK, policy, ttl, true};

	return read_items(cluster, items, count, &reading, error);
}

/* }}} */

/* {{{ writing */

/* Prepares a write of the item to all its servers that have not failed. With redundancy it has a
 * version, and does not replace what is newer. */
static void prepare_write(const struct sd_cluster *cluster, struct sd_item *item,
                          enum sd_operation operation, int64_t ttl, int64_t now_ms,
                          struct round *round)
{
	uint64_t version = item->owners == 1 ? 0 : cluster->transport->new_version(cluster->transport);

	for (size_t i = 0; i < item->owners; i++) {
		struct sd_exchange *exchange;

		if (item->again && !has_answered(&item->exchanges[i])) {
			continue;
		}
		exchange = prepare(item, i, operation);
		exchange->ttl = operation == SD_SET ? ttl : 0;
		exchange->version = version;
		exchange->condition = version != 0 ? SD_IF_NEWER : SD_ALWAYS;
		exchange->limit_ms = time_left(item, now_ms);
		round_add(round, exchange);
	}
}

static bool has_conflict(const struct sd_item *item)
{
	for (size_t i = 0; i < item->owners; i++) {
		if (item->exchanges[i].status == SD_CONFLICT) {
			return true;
		}
	}
	return false;
}

static void settle_write(struct sd_item *item)
{
	bool absent = false;

	item->status = callers_end(item);
	if (item->status != SD_OK) {
		return;
	}
	for (size_t i = 0; i < item->owners; i++) {
		enum sd_status status = item->exchanges[i].status;

		/* a write that began after this one got ahead of it: as if it had come after it */
		item->stored += status == SD_OK || status == SD_CONFLICT;
		absent |= status == SD_ABSENT;
	}
	if (item->stored == 0) {
		item->status = absent ? SD_ABSENT : failure_of(item);
	}
}

/*
 * Where a server has something newer already, the write is repeated with a
 * version larger than that: the clock of the one who wrote it may be ahead of
 * ours. What is newer than that too was written meanwhile.
 */
static enum sd_status write_items(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                                  enum sd_operation operation, int64_t ttl, struct sd_error *error)
{
	int64_t now_ms = sd_cluster_now_ms(cluster);
	enum sd_status status = begin(cluster, items, count, now_ms, error);
	struct round round;

	if (status != SD_OK) {
		return status;
	}
	round_begin(&round);
	for (size_t i = 0; i < count; i++) {
		prepare_write(cluster, &items[i], operation, ttl, now_ms, &round);
	}
	ask(cluster, round.first, now_ms);
	round_begin(&round);
	for (size_t i = 0; i < count; i++) {
		items[i].again = has_conflict(&items[i]) && !is_given_up(items, count);
		if (items[i].again) {
			prepare_write(cluster, &items[i], operation, ttl, sd_cluster_now_ms(cluster), &round);
		}
	}
	sd_cluster_ask(cluster, round.first);
	for (size_t i = 0; i < count; i++) {
		settle_write(&items[i]);
	}
	sd_cluster_note_failovers(cluster, items, count);
	return verdict(items, count, error);
}

enum sd_status sd_cluster_set(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                              int64_t ttl, struct sd_error *error)
{
	return write_items(cluster, items, count, SD_SET, ttl, error);
}

enum sd_status sd_cluster_delete(struct sd_cluster *cluster, struct sd_item *items, size_t count,
                                 struct sd_error *error)
{
	return write_items(cluster, items, count, SD_DELETE, 0, error);
}

/* }}} */

/* {{{ changing */

static struct sd_exchange *prepare_change(struct sd_item *item, size_t owner,
                                          const struct sd_change *change)
{
	struct sd_exchange *exchange =
		prepare(item, owner, change->kind == SD_ADJUST ? SD_COUNT : SD_SET);

	exchange->ttl = change->kind == SD_ADJUST ? 0 : change->ttl;
	exchange->delta = change->delta;
	exchange->decrement = change->decrement;
	return exchange;
}

/* One server: it has the condition itself. */
static enum sd_status change_alone(struct sd_cluster *cluster, struct sd_item *item,
                                   const struct sd_change *change, struct sd_error *error)
{
	struct sd_exchange *exchange = prepare_change(item, 0, change);

	switch (change->kind) {
	case SD_ADD:
		exchange->condition = SD_IF_ABSENT;
		break;
	case SD_REPLACE:
		exchange->condition = SD_IF_PRESENT;
		break;
	case SD_CAS:
		exchange->condition = SD_IF_VERSION;
		exchange->seen = change->version;
		break;
	case SD_ADJUST:
		break;
	}
	exchange->next = NULL;
	sd_cluster_ask(cluster, exchange);
	item->stored = exchange->status == SD_OK;
	item->version = exchange->found;
	item->status = verdict_of_one(exchange, error);
	return item->status;
}

/* Whether what is there is what the change asks for: SD_OK, or what it comes to otherwise. */
static enum sd_status check_condition(const struct sd_exchange *newest,
                                      const struct sd_change *change)
{
	bool found = newest->status == SD_OK;

	switch (change->kind) {
	case SD_ADD:
		return found ? SD_CONFLICT : SD_OK;
	case SD_REPLACE:
		return found ? SD_OK : SD_CONFLICT;
	case SD_CAS:
		return found && newest->found == change->version ? SD_OK : SD_CONFLICT;
	case SD_ADJUST:
		break;
	}
	return found ? SD_OK : SD_ABSENT;
}

/* Asks the server that decides: only over what was seen on it. */
static struct sd_exchange *decide(struct sd_cluster *cluster, struct sd_item *item, size_t owner,
                                  const struct sd_change *change)
{
	bool was_found = item->exchanges[owner].status == SD_OK;
	uint64_t seen = item->exchanges[owner].found;
	struct sd_exchange *exchange = prepare_change(item, owner, change);

	exchange->condition = was_found ? SD_IF_VERSION : SD_IF_ABSENT;
	exchange->seen = seen;
	exchange->version = cluster->transport->new_version(cluster->transport);
	exchange->limit_ms = time_left(item, sd_cluster_now_ms(cluster));
	exchange->next = NULL;
	sd_cluster_ask(cluster, exchange);
	return exchange;
}

/* Carries the decision to the other server. */
static enum sd_status carry(struct sd_cluster *cluster, struct sd_item *item, size_t owner,
                            const struct sd_exchange *decision)
{
	uint64_t seen = item->exchanges[owner].found;
	struct sd_exchange *exchange = prepare(item, owner, SD_SET);

	exchange->ttl = decision->ttl;
	if (decision->operation == SD_COUNT) {
		exchange->data = item->sink->kind->came(item->sink);
		exchange->ttl = decision->left == 0 ? 1 : decision->left;
	}
	exchange->condition = SD_IF_SEEN;
	exchange->seen = seen;
	exchange->version = decision->version;
	exchange->limit_ms = time_left(item, sd_cluster_now_ms(cluster));
	exchange->next = NULL;
	sd_cluster_ask(cluster, exchange);
	return exchange->status;
}

/* What a try of a change came to. */
enum outcome {
	SETTLED, /* the item has its status */
	AGAIN,   /* somebody else was faster */
};

/*
 * The other server had something newer than what was carried to it. Where that
 * went by way of the one that decides, which has it as well, it contains this
 * change; else it was written without knowing of it, and this change is lost.
 */
static enum outcome settle_overtaken(struct sd_cluster *cluster, struct sd_item *item,
                                     size_t decider, const struct reading *looking,
                                     struct sd_error *error)
{
	struct sd_sink *sink = item->sink;

	item->sink = NULL; /* it has the number, which a look would forget */
	item->status = read_again(cluster, item, looking, error);
	item->sink = sink;
	if (sd_status_is_failure(item->status)) {
		return SETTLED;
	}
	if (is_comparable(item) &&
	    item->exchanges[decider].found < item->exchanges[1 - decider].found) {
		return AGAIN;
	}
	item->status = SD_OK;
	item->stored = 1u + (item->exchanges[decider].found <= item->exchanges[1 - decider].found);
	return SETTLED;
}

static enum outcome settle(struct sd_item *item, enum sd_status status)
{
	item->status = status;
	return SETTLED;
}

/* The number that the deciding server has is old: a read repairs it. */
static enum outcome heal_number(struct sd_cluster *cluster, struct sd_item *item,
                                struct sd_error *error)
{
	const struct reading getting = {SD_GET, SD_READ_NEWEST, 0, true};
	enum sd_status status = read_again(cluster, item, &getting, error);

	item->sink->kind->restart(item->sink);
	return status == SD_OK ? AGAIN : settle(item, status);
}

/* One try: looks, decides, carries. */
static enum outcome try_change(struct sd_cluster *cluster, struct sd_item *item,
                               const struct sd_change *change, struct sd_error *error)
{
	const struct reading looking = {SD_LOOK, SD_READ_NEWEST, 0, false};
	enum sd_status status = read_again(cluster, item, &looking, error);
	struct sd_exchange *decision;
	size_t decider = has_answered(&item->exchanges[0]) ? 0 : 1;
	bool carries = has_answered(&item->exchanges[1 - decider]);

	if (status != SD_OK) {
		return settle(item, status);
	}
	for (size_t i = 0; i < item->owners; i++) {
		if (item->exchanges[i].status == SD_UNSUPPORTED ||
		    (has_answered(&item->exchanges[i]) && !item->exchanges[i].versioned)) {
			return settle(item, sd_error_set(error, SD_UNSUPPORTED, "%s",
			                                 "a conditional write needs servers with versions, "
			                                 "and one of the key's has none"));
		}
	}
	status = check_condition(winner_of(item), change);
	if (status != SD_OK) {
		return settle(item, status);
	}
	if (change->kind == SD_ADJUST && winner_of(item) != &item->exchanges[decider]) {
		return heal_number(cluster, item, error);
	}
	decision = decide(cluster, item, decider, change);
	if (decision->status != SD_OK) {
		if (!sd_status_is_failure(decision->status) ||
		    ((decision->status == SD_UNREACHABLE || decision->status == SD_DEAD) && carries)) {
			return AGAIN;
		}
		return settle(item, verdict_of_one(decision, error));
	}
	item->stored = 1;
	item->version = decision->version;
	if (!carries) {
		return settle(item, SD_OK);
	}
	status = carry(cluster, item, 1 - decider, decision);
	item->stored += status == SD_OK;
	return status == SD_CONFLICT ? settle_overtaken(cluster, item, decider, &looking, error)
	                             : settle(item, SD_OK);
}

enum sd_status sd_cluster_change(struct sd_cluster *cluster, struct sd_item *item,
                                 const struct sd_change *change, struct sd_error *error)
{
	enum sd_status status = sd_cluster_begin(cluster, item, error);

	if (status != SD_OK) {
		return status;
	}
	if (change->deadline_ms != 0) {
		item->deadline_ms = earlier(item->deadline_ms, change->deadline_ms);
	}
	if (item->owners == 1) {
		return change_alone(cluster, item, change, error);
	}
	for (int i = 0; i < CHANGE_TRIES && sd_cluster_now_ms(cluster) < item->deadline_ms; i++) {
		if (try_change(cluster, item, change, error) == SETTLED) {
			return item->status;
		}
		if (item->sink != NULL) {
			item->sink->kind->restart(item->sink);
		}
	}
	item->status = SD_TIMEOUT;
	return sd_error_set(error, SD_TIMEOUT, "%s",
	                    "the time was over: others kept changing the entry, or a server was slow");
}

/* }}} */

enum sd_status sd_cluster_send(struct sd_transport *transport, const struct sd_options *options,
                               const struct sd_server *server, struct sd_bytes request,
                               struct sd_sink *sink, struct sd_error *error)
{
	struct sd_exchange exchange = {
		.server = server, .operation = SD_RAW, .data = request, .sink = sink};

	set_deadlines(&exchange, options, transport->now_ms(transport));
	transport->perform(transport, &exchange);
	return verdict_of_one(&exchange, error);
}
