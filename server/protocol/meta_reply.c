/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's replies; see meta_reply.h. */

#include "server/protocol/meta_reply.h"

#include <stdio.h>
#include <string.h>

#include "server/protocol/long_reply.h"
#include "server/system/log.h"

/* {{{ a line */

static inline void add(struct sdd_meta_reply *reply, const void *bytes, size_t length)
{
	memcpy(reply->line + reply->length, bytes, length);
	reply->length += length;
}

static inline void add_text(struct sdd_meta_reply *reply, const char *text)
{
	add(reply, text, strlen(text));
}

static inline void add_number(struct sdd_meta_reply *reply, const char *before, uint64_t number)
{
	add_text(reply, before);
	reply->length += sd_decimal_write(reply->line + reply->length, number);
}

/* Ends the line and adds it to the connection's reply. */
static void end_line(struct sdd_meta_reply *reply)
{
	add(reply, "\r\n", 2);
	sdd_connection_write(reply->connection, reply->line, reply->length);
	reply->length = 0;
}

/* As end_line_with_value(), if the value is in the file of values. */
static enum sdd_result end_line_with_long_value(struct sdd_meta_reply *reply,
                                                const struct sdd_operations *operations,
                                                const struct sdd_entry *entry)
{
	enum sdd_result result;

	end_line(reply);
	result = sdd_long_reply_write(reply->connection, operations, entry);
	sdd_connection_write(reply->connection, "\r\n", 2);
	return result;
}

/* Ends the line, and adds it and the value of an entry to the connection's reply. SDD_FAILED: the
 * value cannot be read. */
static enum sdd_result end_line_with_value(struct sdd_meta_reply *reply,
                                           const struct sdd_operations *operations,
                                           const struct sdd_entry *entry)
{
	size_t length = entry->value.length;
	enum sdd_result result = SDD_DONE;
	uint8_t *room;

	if (sdd_long_reply_is_for(entry)) {
		return end_line_with_long_value(reply, operations, entry);
	}
	add(reply, "\r\n", 2);
	room = sdd_connection_room(reply->connection, reply->length + length + 2);
	if (room != NULL) {
		memcpy(room, reply->line, reply->length);
		room += reply->length;
		result = sdd_operation_read(operations, entry, room);
		memcpy(room + length, "\r\n", 2);
	}
	reply->length = 0;
	return result;
}

/* }}} */

/* {{{ flags */

/* Whether the key, as it is, might be no word of the line. One that the request has as it is has
 * been one. */
static bool may_break_line(const struct sdd_meta_reply *reply)
{
	struct sd_bytes key = reply->key;
	const uint8_t *bytes = key.data;

	if (!reply->request->base64) {
		return false;
	}
	for (size_t i = 0; i < key.length; i++) {
		if (bytes[i] <= ' ' || bytes[i] == 0x7f) {
			return true;
		}
	}
	return false;
}

/* " k" and the key; one in base64 is followed by " b". One that would break the line is always in
 * base64, however it was stored: it may have come by the other protocol. */
static void add_key(struct sdd_meta_reply *reply, bool is_base64)
{
	struct sd_bytes key = reply->key;

	add_text(reply, " k");
	if (is_base64 || may_break_line(reply)) {
		reply->length += sd_base64_write(reply->line + reply->length, key.data, key.length);
		add_text(reply, " b");
	} else {
		add(reply, key.data, key.length);
	}
}

static void add_seconds_left(struct sdd_meta_reply *reply, const struct sdd_entry *entry)
{
	if (entry->expires_ms == SDD_NEVER) {
		add_text(reply, " t-1");
	} else {
		add_number(reply, " t", (uint64_t)(entry->expires_ms - reply->now_ms + 999) / 1000);
	}
}

static uint64_t seconds_since_access(const struct sdd_meta_reply *reply,
                                     const struct sdd_outcome *outcome)
{
	int64_t last_ms = outcome->accessed_ms;

	return last_ms > 0 && last_ms < reply->now_ms ? (uint64_t)(reply->now_ms - last_ms) / 1000 : 0;
}

/* A flag of the request that asks about the entry. */
static void add_flag_of_entry(struct sdd_meta_reply *reply, uint8_t name,
                              const struct sdd_outcome *outcome)
{
	const struct sdd_entry *entry = &outcome->entry;

	switch (name) {
	case 'c':
		add_number(reply, " c", entry->version);
		break;
	case 't':
		add_seconds_left(reply, entry);
		break;
	case 's':
		add_number(reply, " s", entry->value.length);
		break;
	case 'f':
		add_number(reply, " f", entry->client_flags);
		break;
	case 'h':
		add_text(reply, outcome->was_read ? " h1" : " h0");
		break;
	case 'l':
		add_number(reply, " l", seconds_since_access(reply, outcome));
		break;
	default:
		break; /* it asks for nothing */
	}
}

/* What the request's flags ask for, in their order: the opaque token, the key and, if there is an
 * outcome, its entry. */
static void add_flags(struct sdd_meta_reply *reply, bool is_base64,
                      const struct sdd_outcome *outcome)
{
	const struct sd_meta_request *request = reply->request;

	for (size_t i = 0; i < request->flag_count; i++) {
		const struct sd_meta_flag *flag = &request->flags[i];

		if (flag->name == 'O') {
			add_text(reply, " O");
			add(reply, flag->token.data, flag->token.length);
		} else if (flag->name == 'k') {
			add_key(reply, is_base64);
		} else if (outcome != NULL && flag->name >= 'a') { /* a capital letter asks for nothing */
			add_flag_of_entry(reply, flag->name, outcome);
		}
	}
}

/* }}} */

/* {{{ what several replies have in common */

/* Of the outcomes that write_status() has words for. */
static const char status_words[][3] = {
	[SDD_OUTCOME_DONE] = "HD",          [SDD_OUTCOME_ABSENT] = "NF",
	[SDD_OUTCOME_NOT_STORED] = "NS",    [SDD_OUTCOME_NOT_HELD] = "NS",
	[SDD_OUTCOME_OTHER_VERSION] = "EX", [SDD_OUTCOME_NOT_NEWER] = "EX",
};

/* A status, and the flags that the request asks for. */
static void write_status(struct sdd_meta_reply *reply, enum sdd_outcome_status status,
                         const struct sdd_outcome *outcome)
{
	if (reply->request->quiet && status == SDD_OUTCOME_DONE) {
		return;
	}
	add(reply, status_words[status], 2);
	add_flags(reply, reply->request->base64, outcome);
	end_line(reply);
}

/* The writer learns which version it has to exceed. */
static void write_not_newer(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	add_number(reply, "EX c", outcome->entry.version);
	add_flags(reply, reply->request->base64, NULL);
	end_line(reply);
}

/* U says that a reply is not proven; only our own client asks for it. */
static void add_proof(struct sdd_meta_reply *reply, bool is_proven)
{
	if (reply->request->tombstones && !is_proven) {
		add_text(reply, " U");
	}
}

/* }}} */

/* Our own client learns the version of a tombstone. */
static void write_absent(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	bool shows_tombstone = outcome->is_tombstone && reply->request->tombstones;

	if (reply->request->quiet) {
		return;
	}
	add_text(reply, "EN");
	add_flags(reply, reply->request->base64, shows_tombstone ? outcome : NULL);
	add_proof(reply, outcome->is_proven);
	end_line(reply);
}

enum sdd_result sdd_meta_reply_get(struct sdd_meta_reply *reply,
                                   const struct sdd_operations *operations,
                                   const struct sdd_outcome *outcome)
{
	const struct sdd_entry *entry = &outcome->entry;
	bool wants_value = reply->request->wants_value;

	if (outcome->status == SDD_OUTCOME_ABSENT) {
		write_absent(reply, outcome);
		return SDD_DONE;
	}
	if (wants_value) {
		add_number(reply, "VA ", entry->value.length);
	} else {
		add_text(reply, "HD");
	}
	add_flags(reply, entry->flags & SDD_BINARY_KEY, outcome);
	if (entry->flags & SDD_WON) {
		add_text(reply, " Z");
	}
	if (entry->flags & SDD_STALE) {
		add_text(reply, " X");
	}
	if (outcome->is_won) {
		add_text(reply, " W");
	}
	add_proof(reply, outcome->is_proven);
	if (wants_value) {
		return end_line_with_value(reply, operations, entry);
	}
	end_line(reply);
	/* one that asks for the version of this copy alone is to learn that it is damaged */
	return sdd_operation_check(operations, entry);
}

void sdd_meta_reply_set(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	switch (outcome->status) {
	case SDD_OUTCOME_NOT_NEWER:
		write_not_newer(reply, outcome);
		break;
	case SDD_OUTCOME_NOT_HELD:
		write_status(reply, outcome->status, NULL);
		break;
	case SDD_OUTCOME_NO_MEMORY:
		sdd_meta_reply_text(reply->connection, "SERVER_ERROR out of memory for the joined value");
		break;
	case SDD_OUTCOME_TOO_LARGE:
		sdd_meta_reply_text(reply->connection, SDD_META_TOO_LARGE);
		break;
	default:
		/* the entry, or one of version 0 if it was not stored: memcached shows that */
		write_status(reply, outcome->status, outcome);
	}
}

void sdd_meta_reply_delete(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	if (outcome->status == SDD_OUTCOME_NOT_NEWER) {
		write_not_newer(reply, outcome);
	} else {
		write_status(reply, outcome->status, NULL);
	}
}

void sdd_meta_reply_adjust(struct sdd_meta_reply *reply, const struct sdd_outcome *outcome)
{
	const struct sd_meta_request *request = reply->request;
	struct sd_bytes digits = outcome->entry.value;

	if (outcome->status == SDD_OUTCOME_NOT_A_NUMBER) {
		sdd_meta_reply_text(reply->connection,
		                    "CLIENT_ERROR cannot increment or decrement non-numeric value");
	} else if (outcome->status != SDD_OUTCOME_DONE) {
		write_status(reply, outcome->status, NULL);
	} else if (!request->wants_value) {
		write_status(reply, outcome->status, outcome);
	} else if (!request->quiet) {
		add_number(reply, "VA ", digits.length);
		add_flags(reply, request->base64, outcome);
		add(reply, "\r\n", 2);
		add(reply, digits.data, digits.length);
		end_line(reply);
	}
}

void sdd_meta_reply_status(struct sdd_meta_reply *reply, const char *status)
{
	add_text(reply, status);
	add_flags(reply, reply->request->base64, NULL);
	end_line(reply);
}

void sdd_meta_reply_crowded(struct sdd_meta_reply *reply)
{
	add_text(reply, "NS");
	add_flags(reply, reply->request->base64, NULL);
	add_text(reply, " W");
	end_line(reply);
}

struct sd_bytes sdd_meta_reply_flags(struct sdd_meta_reply *reply)
{
	struct sd_bytes flags;

	add_flags(reply, reply->request->base64, NULL);
	flags = (struct sd_bytes){reply->line, reply->length};
	reply->length = 0;
	return flags;
}

void sdd_meta_reply_stat(struct sdd_meta_reply *reply, const char *name, uint64_t number)
{
	add_text(reply, "STAT ");
	add_text(reply, name);
	add_number(reply, " ", number);
	end_line(reply);
}

void sdd_meta_reply_stat_text(struct sdd_meta_reply *reply, const char *name, const char *text)
{
	add_text(reply, "STAT ");
	add_text(reply, name);
	add_text(reply, " ");
	add_text(reply, text);
	end_line(reply);
}

void sdd_meta_reply_who(struct sdd_meta_reply *reply, const struct sdd_who *who)
{
	static const uint8_t none[SDD_STORE_ID_BYTES];

	add_text(reply, "MN");
	if (memcmp(who->id, none, sizeof(none)) != 0) {
		add_text(reply, " i");
		reply->length += sd_base64_write(reply->line + reply->length, who->id, SDD_STORE_ID_BYTES);
	}
	add_number(reply, " n", who->start);
	add_number(reply, " s", who->process);
	add_number(reply, " w", who->wall_us);
	add_number(reply, " u", who->unproven);
	add_text(reply, " h"); /* it takes holders' tokens */
	end_line(reply);
}

void sdd_meta_reply_text(struct sdd_connection *connection, const char *text)
{
	sdd_connection_write(connection, text, strlen(text));
	sdd_connection_write(connection, "\r\n", 2);
}

void sdd_meta_reply_refused(struct sdd_connection *connection, enum sdd_result result,
                            const char *reason)
{
	char line[SDD_META_REFUSED_MAX + 1];
	int length = snprintf(line, sizeof(line),
	                      "SERVER_ERROR the store %s: ", result == SDD_FULL ? "is full" : "failed");

	(void)sdd_log_printable(line + length, sizeof(line) - (size_t)length, reason);
	sdd_meta_reply_text(connection, line);
}
