/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol, as exchanges use it; see meta.h. */

#include "client/transport/meta.h"

#include <string.h>

#include "client/transport/printable.h"

#define ERROR_TEXT_MAX 129 /* bytes of a server's own words in a reason, terminator included */

bool sd_meta_suits_memcached(struct sd_exchange *exchange, enum sd_dialect dialect)
{
	const struct sd_request *request = &exchange->request;

	if (request->kind == SD_LOCK || request->kind == SD_UNLOCK) {
		sd_exchange_end(exchange, SD_UNSUPPORTED, "memcached has no locks");
		return false;
	}
	if (request->must_compare && dialect == SD_MEMCACHED) {
		sd_exchange_end(exchange, SD_UNSUPPORTED, "memcached compares no versions");
		exchange->reply.versioned = true;
		return false;
	}
	/* memcached's limit holds for the key as it is written. After a set's line that it refused,
	 * memcached reads on: it would execute the value as commands. */
	if (sd_meta_written_key_length(request->key.data, request->key.length) > SD_META_KEY_MAX) {
		sd_exchange_end(
			exchange, SD_BAD_KEY,
			"must be at most %d bytes long on memcached, or %d where it is not printable "
			"ASCII without spaces, %zu given",
			SD_META_KEY_MAX, SD_META_KEY_MAX / 4 * 3, request->key.length);
		return false;
	}
	return true;
}

/* {{{ requests */

/* The number after T: memcached takes what is longer than a month for a date. */
static int64_t encode_ttl(int64_t ttl, int64_t wall_s)
{
	if (ttl == SD_FOREVER) {
		return 0;
	}
	if (ttl > SD_META_MONTH) {
		return ttl < UINT32_MAX - wall_s ? wall_s + ttl : UINT32_MAX;
	}
	return ttl;
}

static void encode_condition(const struct sd_request *request, enum sd_dialect dialect,
                             struct sd_meta_client_request *line)
{
	bool compares = dialect == SD_SHAREDANCED;

	switch (request->condition) {
	case SD_ALWAYS:
		break;
	case SD_IF_NEWER:
		line->only_newer = compares;
		break;
	case SD_IF_SEEN:
		line->only_newer = compares;
		line->has_compare = !compares && request->seen != 0;
		line->mode = !compares && request->seen == 0 && request->kind == SD_SET ? 'E' : '\0';
		break;
	case SD_IF_ABSENT:
		/* memcached treats a tombstone like any other entry */
		line->has_compare = !compares && request->seen != 0;
		line->mode = line->has_compare ? '\0' : 'E';
		break;
	case SD_IF_PRESENT:
		line->mode = 'R';
		break;
	case SD_IF_VERSION:
		line->has_compare = true;
		break;
	}
	line->compare = request->seen;
}

static void encode_operation(const struct sd_request *request, enum sd_dialect dialect,
                             struct sd_meta_client_request *line)
{
	const char *command = "mg";
	bool is_ours = dialect == SD_SHAREDANCED;

	switch (request->kind) {
	case SD_RAW: /* these two are never sent by this protocol */
	case SD_GREET:
	case SD_GET:
	case SD_EXISTS:
	case SD_TOUCH:
		line->wants_value = request->kind == SD_GET;
		line->wants_version = line->wants_ttl = !request->value_only;
		line->only_newer = is_ours && !request->value_only; /* mg: include tombstones */
		line->compared = is_ours ? request->compared : 0;
		line->has_ttl = request->kind == SD_TOUCH || request->ttl != 0;
		break;
	case SD_SET:
		command = "ms";
		line->data_length = (uint32_t)request->data.length;
		line->wants_version = is_ours && request->wants_version && request->version == 0;
		line->has_ttl = request->ttl != 0;
		break;
	case SD_DELETE:
		command = "md";
		line->invalidate = !is_ours && request->version != 0;
		line->has_ttl = is_ours && request->ttl != 0;
		break;
	case SD_ARITHMETIC:
		command = "ma";
		line->wants_value = line->wants_version = line->wants_ttl = true;
		line->has_delta = true;
		line->delta = request->delta;
		break;
	case SD_LOCK:
		command = "ml";
		line->has_ttl = true;
		line->wait_ms = request->wait_ms;
		break;
	case SD_UNLOCK:
		command = "mu";
		break;
	}
	memcpy(line->command, command, sizeof(line->command));
}

size_t sd_meta_encode(uint8_t out[SD_META_REQUEST_MAX], const struct sd_request *request,
                      const struct sd_meta_abilities *server, uint64_t opaque, int64_t wall_s)
{
	enum sd_dialect dialect = server->dialect;
	bool has_lock = request->held || request->kind == SD_LOCK || request->kind == SD_UNLOCK;
	struct sd_meta_client_request line = {
		.key = request->key.data,
		.key_length = (uint16_t)request->key.length,
		.opaque = opaque,
		.version = request->version,
		.only_held = request->held,
		.is_repair = request->is_repair && server->marks_repairs,
		.holder = has_lock && server->takes_holders ? request->holder : 0};

	if (request->ttl != 0) {
		line.ttl = encode_ttl(request->ttl, wall_s);
	}
	encode_operation(request, dialect, &line);
	if (request->condition != SD_ALWAYS) {
		encode_condition(request, dialect, &line);
	}
	if (request->kind == SD_ARITHMETIC) {
		line.mode = request->decrement ? 'D' : 'I';
	}
	if (dialect == SD_OLD_MEMCACHED) {
		line.version = 0;
		line.invalidate = false;
	}
	return sd_meta_write_request(out, &line);
}

/* }}} */

/* {{{ answers */

/* What a kind of answer means to an operation. */
enum meaning {
	BAD_ANSWER, /* nothing: it is no answer to that operation */
	DONE,
	ABSENT,
	CONFLICT,
};

static const enum sd_status statuses[] = {
	[BAD_ANSWER] = SD_BAD_ANSWER,
	[DONE] = SD_OK,
	[ABSENT] = SD_ABSENT,
	[CONFLICT] = SD_CONFLICT,
};

#define OPERATIONS (SD_GREET + 1)
#define KINDS (SD_META_GARBAGE + 1)

static const uint8_t meanings[OPERATIONS][KINDS] = {
	[SD_GET] = {[SD_META_VALUE] = DONE, [SD_META_NONE] = ABSENT},
	[SD_EXISTS] = {[SD_META_DONE] = DONE, [SD_META_NONE] = ABSENT},
	[SD_TOUCH] = {[SD_META_DONE] = DONE, [SD_META_NONE] = ABSENT},
	[SD_SET] = {[SD_META_DONE] = DONE,
                [SD_META_NOT_FOUND] = CONFLICT,
                [SD_META_NOT_STORED] = CONFLICT,
                [SD_META_EXISTS] = CONFLICT},
	[SD_DELETE] = {[SD_META_DONE] = DONE,
                   [SD_META_NOT_FOUND] = ABSENT,
                   [SD_META_NOT_STORED] = CONFLICT,
                   [SD_META_EXISTS] = CONFLICT},
	[SD_ARITHMETIC] = {[SD_META_VALUE] = DONE,
                       [SD_META_NOT_FOUND] = ABSENT,
                       [SD_META_NOT_STORED] = CONFLICT,
                       [SD_META_EXISTS] = CONFLICT},
	[SD_LOCK] = {[SD_META_DONE] = DONE,
                 [SD_META_NOT_FOUND] = ABSENT,
                 [SD_META_NOT_STORED] = CONFLICT,
                 [SD_META_EXISTS] = CONFLICT},
	[SD_UNLOCK] = {[SD_META_DONE] = DONE,
                   [SD_META_NOT_FOUND] = ABSENT,
                   [SD_META_NOT_STORED] = CONFLICT,
                   [SD_META_EXISTS] = CONFLICT},
};

/* Whether the answer to a write that was sent once more, on a new connection, shows that the server
 * performed it the first time. */
static bool was_done_before(const struct sd_request *request, bool reads,
                            const struct sd_meta_reply *answer)
{
	if (answer->kind == SD_META_NOT_FOUND) {
		return request->kind == SD_DELETE;
	}
	return answer->kind == SD_META_EXISTS && !reads && answer->has_version &&
	       answer->version == request->version;
}

static void fill_reply(struct sd_exchange *exchange, bool reads, enum sd_dialect dialect,
                       const struct sd_meta_reply *answer)
{
	struct sd_reply *reply = &exchange->reply;

	reply->versioned = dialect != SD_OLD_MEMCACHED;
	reply->unproven = answer->unproven;
	reply->ttl = answer->has_ttl ? answer->ttl : SD_FOREVER;
	reply->version = answer->version; /* 0: the answer has none */
	reply->tombstone = false;
	reply->crowded = answer->crowded && exchange->request.kind == SD_LOCK;
	if (!reads) {
		if (reply->status == SD_OK && reply->version == 0) {
			reply->version = exchange->request.version;
		}
		return;
	}
	if (dialect != SD_SHAREDANCED && answer->stale && reply->status == SD_OK) {
		reply->status = SD_ABSENT; /* a tombstone that `md I x` left */
	}
	reply->tombstone = reply->status == SD_ABSENT && reply->version != 0;
}

SD_RARE static void end_as_refused(struct sd_exchange *exchange, const struct sd_meta_reply *answer)
{
	static const char too_large[] = "SERVER_ERROR object too large";
	bool is_too_large = answer->text_length >= strlen(too_large) &&
	                    memcmp(answer->text, too_large, strlen(too_large)) == 0;
	char text[ERROR_TEXT_MAX];

	sd_exchange_end(exchange, SD_REFUSED, "the server says %s%s",
	                sd_printable(text, sizeof(text), answer->text, answer->text_length),
	                is_too_large ? " (sharedanced --maxreadsize, memcached -I)" : "");
}

/* Whether the answer tells what the request asks for of an entry that was found: its version and
 * its time to live, or the value alone. */
static inline bool tells_all(const struct sd_request *request, bool reads,
                             const struct sd_meta_reply *answer)
{
	return (answer->has_version && answer->has_ttl) || request->value_only ||
	       !(reads || request->kind == SD_ARITHMETIC);
}

bool sd_meta_decode(struct sd_exchange *exchange, enum sd_dialect dialect,
                    const struct sd_meta_reply *answer)
{
	const struct sd_request *request = &exchange->request;
	bool reads = sd_request_reads(request->kind);
	/* memcached's EN has no token */
	bool has_right_token = answer->has_opaque
	                           ? answer->opaque == exchange->opaque
	                           : answer->kind == SD_META_NONE && dialect != SD_SHAREDANCED;
	enum sd_status status;

	if (answer->kind == SD_META_ERROR) {
		end_as_refused(exchange, answer);
		return true;
	}
	status = statuses[meanings[request->kind][answer->kind]];
	if (status == SD_BAD_ANSWER || !has_right_token ||
	    (status == SD_OK && !tells_all(request, reads, answer))) {
		return false;
	}
	if (exchange->repeated && was_done_before(request, reads, answer)) {
		status = SD_OK;
	}
	exchange->reply.status = status;
	fill_reply(exchange, reads, dialect, answer);
	return true;
}

/* }}} */
