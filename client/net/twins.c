/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which servers the nodes of a thread are; see twins.h. */

#include "client/net/twins.h"

#include <stdio.h>
#include <string.h>

#include "wire/hash.h"

#define LINE_MAX_BYTES (2 * SD_SERVER_NAME_MAX + 160)

/* Whether a connection is up to the server that the node's name was found to lead to last. */
static bool is_up(const struct sd_node *node)
{
	for (int i = 0; i < SD_PURPOSES; i++) {
		if (sd_node_is_up(node, (enum sd_purpose)i) &&
		    !sd_connection_leads_elsewhere(node->connections[i])) {
			return node->id != SD_NO_ID;
		}
	}
	return false;
}

static bool have_one_id(const struct sd_node *one, const struct sd_node *other)
{
	return one != other && one->id != SD_NO_ID && one->id == other->id &&
	       memcmp(one->facts.greeting.id, other->facts.greeting.id, SD_GREETING_ID) == 0;
}

static bool are_one_start(const struct sd_node *one, const struct sd_node *other)
{
	return one->process != 0 && one->process == other->process;
}

/* Whether `within` was greeted by one start before and after `other` was by another one. */
static bool has_seen(const struct sd_node *within, const struct sd_node *other)
{
	return within->known_us <= other->facts.greeted_us &&
	       other->heard_us <= within->facts.greeted_us;
}

/* Whether two starts were seen to run at one time. */
static bool are_copies(const struct sd_node *one, const struct sd_node *other)
{
	return !are_one_start(one, other) && (has_seen(one, other) || has_seen(other, one));
}

/* Closes a kept connection, so that it is greeted anew. False: a lock would be lost with it. */
static bool hang_up(struct sd_connection *connection)
{
	if (connection != NULL && connection->phase == SD_CONNECTION_READY) {
		if (connection->head != NULL || connection->locks > 0) {
			return false;
		}
		sd_connection_close(connection);
	}
	return true;
}

/* Whether a kept connection leads to another server than that one, if `id` is one's. */
static bool is_elsewhere(const struct sd_connection *connection, uint64_t id)
{
	return connection != NULL && connection->phase == SD_CONNECTION_READY &&
	       connection->greeting.has_id && id > SD_TWO_IDS &&
	       sd_identity_number(connection->greeting.id) != id;
}

/* Closes the kept connections that do so, with the locks that are held there: what is written under
 * them would be where nobody looks for it. False: one is in use. */
static bool hang_up_elsewhere(struct sd_node *node, uint64_t id)
{
	bool has_hung_up = true;

	for (int i = 0; i < SD_PURPOSES; i++) {
		struct sd_connection *connection = node->connections[i];

		if (is_elsewhere(connection, id)) {
			if (connection->head == NULL) {
				sd_connection_close(connection);
			} else {
				has_hung_up = false;
			}
		}
	}
	return has_hung_up;
}

/* The node is reviewed in its next round. */
static void review_next(struct sd_node *node)
{
	node->seen_id = ~sd_identity_id(node->identity);
}

/* {{{ what a greeting tells */

static void take_identity(struct sd_node *node, int64_t now_us)
{
	const struct sd_greeting *greeting = &node->facts.greeting;
	uint64_t id = greeting->has_id ? sd_identity_number(greeting->id) : SD_NO_ID;

	if (id != node->id || greeting->process != node->process) {
		node->known_us = now_us;
	}
	node->id = id;
	node->process = greeting->process;
	node->heard_us = now_us;
	node->is_twin = node->is_doubted = false;
	node->met = NULL; /* by an earlier greeting of the same round, which led elsewhere */
	node->news = sd_identity_take(node->identity, id, node->facts.greeted_us, now_us);
	node->seen_id = sd_identity_id(node->identity);
	if (node->seen_id == id && !hang_up_elsewhere(node, id)) {
		review_next(node); /* its other connection leads where the name did, and is in use */
	}
}

/* Compares a node that was greeted just now with another one of the same id. */
static void meet(struct sd_node *node, struct sd_node *other)
{
	if (are_one_start(node, other)) {
		node->is_twin = other->is_twin = true;
		other->is_doubted = false;
		node->met = other;
	} else if (are_copies(node, other)) {
		node->met = other;
	} else {
		/* one of them has been restarted, or has a copy: the other one is asked once more */
		other->is_doubted = true;
		review_next(other);
	}
}

bool sd_twins_greeted(struct sd_nodes *nodes, struct sd_node *node, int64_t now_us)
{
	bool is_odd;

	take_identity(node, now_us);
	is_odd = node->seen_id == SD_TWO_IDS;
	for (struct sd_node *each = nodes->first; each != NULL; each = each->next) {
		if (have_one_id(node, each)) {
			meet(node, each);
			is_odd = true;
		}
	}
	return is_odd;
}

/* }}} */

/* {{{ kept connections */

/* Whether the greeting of one of two names is too old to tell. */
static bool is_old(const struct sd_node *node, int64_t now_us)
{
	return node->is_twin && now_us - node->heard_us >= SD_TWINS_GREETED_US;
}

bool sd_twins_review(struct sd_node *node, struct sd_connection *used, int64_t now_us)
{
	uint64_t id = sd_identity_id(node->identity);
	bool has_hung_up = hang_up_elsewhere(node, id);

	if (is_up(node) && id == SD_NO_ID) { /* another slot of the table */
		(void)sd_identity_take(node->identity, node->id, node->facts.greeted_us, now_us);
		id = sd_identity_id(node->identity);
	}
	if (node->is_doubted || is_old(node, now_us)) {
		has_hung_up &= hang_up(used);
	}
	if (!has_hung_up) {
		return true; /* it is compared again in the next round */
	}
	node->is_doubted = false;
	node->seen_id = id;
	return id == SD_TWO_IDS;
}

/* }}} */

/* {{{ what is known */

/* Whether the greeting is too old to tell, and can be had anew. */
static bool is_unsure(const struct sd_node *node, int64_t now_us)
{
	for (int i = 0; i < SD_PURPOSES; i++) {
		if (node->connections[i] != NULL && node->connections[i]->locks > 0) {
			return false;
		}
	}
	return is_old(node, now_us);
}

/* Both are greeted anew, as far as they must. */
static enum sd_sameness review_both(struct sd_node *first, struct sd_node *second)
{
	review_next(first);
	review_next(second);
	return SD_GREET_AGAIN;
}

static bool is_dead(const struct sd_node *node, int64_t now_us)
{
	return node->mark.slot != NULL && sd_mark_is_dead(&node->mark, now_us / 1000);
}

enum sd_sameness sd_twins_compare(struct sd_node *first, struct sd_node *second, int64_t now_us)
{
	if (!have_one_id(first, second) || !is_up(first) || !is_up(second) || is_dead(first, now_us) ||
	    is_dead(second, now_us)) {
		return SD_TWO_SERVERS;
	}
	if (!are_one_start(first, second)) {
		return first->is_doubted || second->is_doubted ? review_both(first, second)
		                                               : SD_TWO_SERVERS;
	}
	if (is_unsure(first, now_us) || is_unsure(second, now_us)) {
		return review_both(first, second);
	}
	/* names that never were two servers have had the same ids */
	return sd_identity_replaced(first->identity) == sd_identity_replaced(second->identity)
	           ? SD_ONE_SERVER
	           : SD_ONE_OF_TWO;
}

bool sd_twins_is_ambiguous(const struct sd_node *node, int64_t now_us)
{
	uint64_t id = sd_identity_id(node->identity);

	return sd_identity_is_two(node->identity, now_us) ||
	       is_elsewhere(node->connections[SD_FOR_ENTRIES], id) ||
	       is_elsewhere(node->connections[SD_FOR_SESSIONS], id);
}

/* }}} */

/* {{{ the log */

enum line {
	LINE_ONE_SERVER,
	LINE_COPIES,
	LINE_TWO_SERVERS,
};

/* Whether no worker has logged that yet of those two names, or of one. */
static bool is_news(struct sd_node *node, const struct sd_node *other, enum line line)
{
	bool is_first = node->mark.owner < other->mark.owner; /* whichever was greeted later */
	uint64_t what[] = {(uint64_t)line, is_first ? other->mark.owner : node->mark.owner};

	return sd_identity_may_report(is_first ? node->identity : other->identity,
	                              sd_fnv64(what, sizeof(what)));
}

static void warn_of_name(struct sd_node *node, sd_node_log *log)
{
	char line[LINE_MAX_BYTES];
	char name[SD_SERVER_NAME_MAX];
	enum sd_identity_news news = node->news;

	node->news = SD_IDENTITY_SAME;
	(void)sd_server_name(&node->server, name);
	if (news == SD_IDENTITY_CHANGED) {
		(void)snprintf(line, sizeof(line),
		               "%s is another server than before: the id of its directory has changed",
		               name);
		log(line);
	} else if (news == SD_IDENTITY_TWO && is_news(node, node, LINE_TWO_SERVERS)) {
		(void)snprintf(line, sizeof(line),
		               "%s leads to two servers in turn: locks held there are not trusted", name);
		log(line);
	}
}

static void warn_of_pair(struct sd_node *node, sd_node_log *log)
{
	char line[LINE_MAX_BYTES];
	char name[SD_SERVER_NAME_MAX];
	char others[SD_SERVER_NAME_MAX];
	struct sd_node *other = node->met;
	bool is_one = are_one_start(node, other);

	node->met = NULL;
	if (!have_one_id(node, other)) {
		return; /* the other one has been greeted anew since */
	}
	if (is_news(node, other, is_one ? LINE_ONE_SERVER : LINE_COPIES)) {
		(void)snprintf(line, sizeof(line), "%s and %s %s", sd_server_name(&other->server, others),
		               sd_server_name(&node->server, name),
		               is_one ? "are one server: an entry that belongs to both is stored once"
		                      : "run on copies of one directory: they count as two servers");
		log(line);
	}
}

void sd_twins_report(struct sd_nodes *nodes, sd_node_log *log)
{
	for (struct sd_node *each = nodes->first; each != NULL; each = each->next) {
		if (each->news != SD_IDENTITY_SAME) {
			warn_of_name(each, log);
		}
		if (each->met != NULL) {
			warn_of_pair(each, log);
		}
	}
}

/* }}} */
