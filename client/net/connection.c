/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The kept connection; see link.h.
 *
 * Invariants: exchanges from `head` to before `unsent` are written to `out` and
 * unanswered, those from `unsent` to `tail` are not written; a link that is not
 * busy has nothing in `out`, `body` or `in`. A sink may leave by longjmp: until
 * then nothing of its exchange has been taken off the link, which stays busy.
 */

#include "client/net/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire/meta.h"
#include "wire/meta_client.h"

/* An unknown command for a classic server, which closes. Of a server that answers, the second part
 * tells the program, and the third whether it knows E: a look for an entry, which changes none. */
#define GREETING SD_META_GREETING "mg sharedance E1\r\n"
#define GREETING_ANSWERS 3

#define VALUE_END "\r\n" /* behind a value, either way */
#define VALUE_END_LENGTH 2

/* {{{ the end */

void sd_link_close(struct sd_link *link)
{
	if (link->phase != SD_LINK_CLOSED) {
		sd_dial_close(&link->dial);
	}
	link->phase = SD_LINK_CLOSED;
	link->head = link->tail = link->unsent = NULL;
	link->out_length = link->out_sent = 0;
	link->body.data = NULL;
	link->body.length = link->body_sent = 0;
	link->in_start = link->in_end = 0;
	link->in_value = false;
	link->doubtful = false;
}

/* Ends all that have no answer. */
static enum sd_link_state fail(struct sd_link *link, enum sd_status status, const char *reason)
{
	for (struct sd_exchange *each = link->head, *next; each != NULL; each = next) {
		next = each->queued;
		each->timed_out =
			status == SD_TIMEOUT || (status == SD_UNREACHABLE && link->dial.timed_out);
		sd_exchange_end(each, status, "%s", reason);
	}
	sd_link_close(link);
	return SD_LINK_DONE;
}

static struct sd_exchange *take_head(struct sd_link *link)
{
	struct sd_exchange *exchange = link->head;

	link->head = exchange->queued;
	if (link->head == NULL) {
		link->tail = NULL;
	}
	return exchange;
}

/* Whether it does no harm if the server carries it out twice. */
static bool is_repeatable(const struct sd_exchange *exchange)
{
	switch (exchange->operation) {
	case SD_GET:
	case SD_LOOK:
	case SD_LOCK: /* the lock went with the connection that had it */
		return true;
	case SD_SET:
	case SD_DELETE:
		return exchange->condition <= SD_IF_SEEN && !exchange->held;
	default:
		return false;
	}
}

static enum sd_link_state connect_link(struct sd_link *link);

/*
 * The connection broke. One that was kept from before may have been closed by
 * the server meanwhile: where nothing of an answer came, what may be repeated is
 * asked once more, on a new connection.
 */
static enum sd_link_state broke(struct sd_link *link, const char *reason)
{
	struct sd_exchange *again = NULL;
	struct sd_exchange **last = &again;

	if (!link->reused || link->heard > 0) {
		return fail(link, SD_CLOSED, reason);
	}
	for (struct sd_exchange *each = link->head, *next; each != NULL; each = next) {
		next = each->queued;
		if (is_repeatable(each)) {
			each->repeated = true;
			*last = each;
			last = &each->queued;
		} else {
			sd_exchange_end(each, SD_CLOSED, "%s", reason);
		}
	}
	*last = NULL;
	sd_link_close(link);
	for (struct sd_exchange *next; again != NULL; again = next) {
		next = again->queued;
		sd_link_add(link, again);
	}
	return link->head == NULL ? SD_LINK_DONE : connect_link(link);
}

static enum sd_link_state broke_by_system(struct sd_link *link)
{
	char text[SD_REASON_MAX];

	return broke(link, sd_platform_error_text(text, sizeof(text)));
}

/* }}} */

/* {{{ what can be asked of which server */

/* Ends what this server, or this connection, cannot do. */
static bool can_be_asked(const struct sd_link *link, struct sd_exchange *exchange)
{
	bool is_lock = exchange->operation == SD_LOCK || exchange->operation == SD_UNLOCK;

	if ((exchange->operation == SD_UNLOCK || exchange->held) &&
	    exchange->connection != link->connection) {
		sd_exchange_end(exchange, exchange->held ? SD_CONFLICT : SD_ABSENT,
		                "the connection that held the lock has ended");
		return false;
	}
	if (link->dialect == SD_SHAREDANCED) {
		return true;
	}
	if (is_lock) {
		sd_exchange_end(exchange, SD_UNSUPPORTED, "memcached has no locks");
		return false;
	}
	/* memcached holds the key as it is written against the limit, and goes on behind a set's line
	 * that it refused: the value would be carried out as commands */
	if (sd_meta_written_key_length(exchange->key.data, exchange->key.length) > SD_META_KEY_MAX) {
		sd_exchange_end(
			exchange, SD_BAD_KEY,
			"must be at most %d bytes long on memcached, or %d where it is not printable "
			"ASCII without spaces, %zu given",
			SD_META_KEY_MAX, SD_META_KEY_MAX / 4 * 3, exchange->key.length);
		return false;
	}
	return true;
}

/* Takes what cannot be asked off the link, none of which has been sent. */
static void filter(struct sd_link *link)
{
	struct sd_exchange **next = &link->head;

	link->tail = NULL;
	while (*next != NULL) {
		if (can_be_asked(link, *next)) {
			link->tail = *next;
			next = &link->tail->queued;
		} else {
			*next = (*next)->queued;
		}
	}
	link->unsent = link->head;
}

/* }}} */

/* {{{ requests */

/* What T says for so many seconds: memcached takes what is longer than a month as a date. */
static int64_t meta_ttl(int64_t ttl)
{
	if (ttl == SD_FOREVER) {
		return 0;
	}
	if (ttl > SD_META_MONTH) {
		int64_t now_s = sd_platform_wall_us() / 1000000;

		return ttl < UINT32_MAX - now_s ? now_s + ttl : UINT32_MAX;
	}
	return ttl;
}

static void ask_condition(const struct sd_link *link, const struct sd_exchange *exchange,
                          struct sd_meta_ask *ask)
{
	bool compares = link->dialect == SD_SHAREDANCED;

	switch (exchange->condition) {
	case SD_ALWAYS: /* has none */
		break;
	case SD_IF_NEWER:
		ask->only_newer = compares;
		break;
	case SD_IF_SEEN:
		ask->only_newer = compares;
		ask->has_compare = !compares && exchange->seen != 0;
		ask->mode = !compares && exchange->seen == 0 && exchange->operation == SD_SET ? 'E' : '\0';
		break;
	case SD_IF_ABSENT:
		/* for memcached a tombstone is an entry like others */
		ask->has_compare = !compares && exchange->seen != 0;
		ask->mode = ask->has_compare ? '\0' : 'E';
		break;
	case SD_IF_PRESENT:
		ask->mode = 'R';
		break;
	case SD_IF_VERSION:
		ask->has_compare = true;
		break;
	}
	ask->compare = exchange->seen;
}

static void ask_operation(const struct sd_link *link, const struct sd_exchange *exchange,
                          struct sd_meta_ask *ask)
{
	const char *command = "mg";
	bool is_ours = link->dialect == SD_SHAREDANCED;

	switch (exchange->operation) {
	case SD_RAW: /* never comes here */
	case SD_GET:
	case SD_LOOK:
		ask->wants_value = exchange->operation == SD_GET;
		ask->wants_version = ask->wants_ttl = !exchange->value_only;
		ask->only_newer = is_ours && !exchange->value_only; /* of mg: tell of tombstones */
		ask->compared = is_ours ? exchange->compared : 0;
		ask->has_ttl = exchange->touch;
		break;
	case SD_SET:
		command = "ms";
		ask->data_length = (uint32_t)exchange->data.length;
		ask->has_ttl = exchange->ttl != 0;
		break;
	case SD_DELETE:
		command = "md";
		ask->invalidate = !is_ours && exchange->version != 0;
		ask->has_ttl = is_ours && exchange->ttl != 0;
		break;
	case SD_COUNT:
		command = "ma";
		ask->wants_value = ask->wants_version = ask->wants_ttl = true;
		ask->has_delta = true;
		ask->delta = exchange->delta;
		break;
	case SD_LOCK:
		command = "ml";
		ask->has_ttl = true;
		ask->wait_ms = exchange->wait_ms;
		break;
	case SD_UNLOCK:
		command = "mu";
		break;
	}
	memcpy(ask->command, command, sizeof(ask->command));
}

static size_t write_request(struct sd_link *link, struct sd_exchange *exchange, uint8_t *out)
{
	struct sd_meta_ask ask = {.key = exchange->key.data,
	                          .key_length = (uint16_t)exchange->key.length};

	exchange->opaque = ask.opaque = link->shared->opaque =
		sd_meta_next_opaque(link->shared->opaque);
	ask.version = exchange->version;
	ask.ttl = meta_ttl(exchange->ttl);
	ask_operation(link, exchange, &ask);
	if (exchange->condition != SD_ALWAYS) {
		ask_condition(link, exchange, &ask);
	}
	ask.only_held = exchange->held;
	if (exchange->operation == SD_COUNT) {
		ask.mode = exchange->decrement ? 'D' : 'I';
	}
	if (link->dialect == SD_OLD_MEMCACHED) {
		ask.version = 0;
		ask.invalidate = false;
	}
	return sd_meta_write_ask(out, &ask);
}

/* Writes as many requests to `out` as there is room for; a value that does not fit becomes the
 * body, and ends it. */
static void fill_out(struct sd_link *link)
{
	while (link->unsent != NULL && link->body.data == NULL &&
	       sizeof(link->out) - link->out_length >= SD_META_ASK_MAX + VALUE_END_LENGTH) {
		struct sd_exchange *exchange = link->unsent;
		const struct sd_bytes *data = &exchange->data;

		link->out_length += write_request(link, exchange, link->out + link->out_length);
		link->unsent = exchange->queued;
		if (exchange->operation != SD_SET) {
			continue;
		}
		if (data->length + VALUE_END_LENGTH > sizeof(link->out) - link->out_length) {
			link->body = *data;
			return;
		}
		if (data->length > 0) {
			memcpy(link->out + link->out_length, data->data, data->length);
		}
		memcpy(link->out + link->out_length + data->length, VALUE_END, VALUE_END_LENGTH);
		link->out_length += data->length + VALUE_END_LENGTH;
	}
}

static bool has_unsent(const struct sd_link *link)
{
	return link->out_sent < link->out_length || link->body.data != NULL ||
	       (link->phase == SD_LINK_READY && link->unsent != NULL);
}

/* What went out makes room for what comes behind it. */
static void refill(struct sd_link *link)
{
	link->out_length = link->out_sent = 0;
	if (link->body.data != NULL) {
		memcpy(link->out, VALUE_END, VALUE_END_LENGTH); /* behind the body */
		link->out_length = VALUE_END_LENGTH;
		link->body.data = NULL;
		link->body.length = link->body_sent = 0;
	}
	if (link->phase == SD_LINK_READY) {
		fill_out(link);
	}
}

/* Sends what goes at once. False: the system says no, and why stands in its error. */
static bool send_out(struct sd_link *link)
{
	for (;;) {
		size_t sent;
		size_t out_left;
		enum sd_io result;

		if (link->out_sent == link->out_length && link->body_sent == link->body.length) {
			refill(link);
			if (link->out_length == 0) {
				return true;
			}
		}
		out_left = link->out_length - link->out_sent;
		result = sd_platform_send(link->dial.socket, link->out + link->out_sent, out_left,
		                          sd_bytes_from(&link->body, link->body_sent),
		                          link->body.length - link->body_sent, &sent);
		if (result != SD_IO_DONE) {
			return result == SD_IO_AGAIN;
		}
		if (link->phase == SD_LINK_CONNECTING) {
			link->phase = SD_LINK_GREETING; /* what takes bytes is connected */
		}
		link->traffic->sent += sent;
		link->out_sent += sent < out_left ? sent : out_left;
		link->body_sent += sent < out_left ? 0 : sent - out_left;
	}
}

/* }}} */

/* {{{ answers */

static void note_version(struct sd_link *link, uint64_t version)
{
	/* half of the range is beyond any date: what lies there is no version that orders writes */
	if (version > link->shared->last_version && version <= INT64_MAX) {
		link->shared->last_version = version;
	}
}

/* What an answer means to its request; SD_BAD_ANSWER: nothing. */
static enum sd_status status_of(const struct sd_exchange *exchange,
                                const struct sd_meta_answer *answer)
{
	bool fetches = exchange->operation == SD_GET || exchange->operation == SD_LOOK;
	bool has_value = exchange->operation == SD_GET || exchange->operation == SD_COUNT;

	switch (answer->kind) {
	case SD_META_VALUE:
		return has_value ? SD_OK : SD_BAD_ANSWER;
	case SD_META_DONE:
		return has_value ? SD_BAD_ANSWER : SD_OK;
	case SD_META_NONE:
		return fetches ? SD_ABSENT : SD_BAD_ANSWER;
	case SD_META_NOT_FOUND:
		if (exchange->operation == SD_DELETE && exchange->repeated) {
			return SD_OK; /* the first time there may have been one */
		}
		return fetches ? SD_BAD_ANSWER : exchange->operation == SD_SET ? SD_CONFLICT : SD_ABSENT;
	case SD_META_EXISTS:
		if (fetches) {
			return SD_BAD_ANSWER;
		}
		/* what was repeated on a new connection was carried out the first time */
		return exchange->repeated && answer->has_version && answer->version == exchange->version
		           ? SD_OK
		           : SD_CONFLICT;
	case SD_META_NOT_STORED:
		return fetches ? SD_BAD_ANSWER : SD_CONFLICT;
	default:
		return SD_BAD_ANSWER;
	}
}

static void note_answer(struct sd_link *link, struct sd_exchange *exchange,
                        const struct sd_meta_answer *answer)
{
	exchange->versioned = link->dialect != SD_OLD_MEMCACHED;
	exchange->unproven = answer->unproven;
	exchange->left = answer->has_ttl ? answer->ttl : SD_FOREVER;
	exchange->found = answer->version; /* 0: it told none */
	exchange->held_by = link->connection;
	exchange->buried = false;
	if (answer->has_version) {
		note_version(link, answer->version);
	}
	if (exchange->operation != SD_GET && exchange->operation != SD_LOOK) {
		if (exchange->status == SD_OK && exchange->found == 0) {
			exchange->found = exchange->version;
		}
		return;
	}
	if (link->dialect != SD_SHAREDANCED && answer->stale && exchange->status == SD_OK) {
		exchange->status = SD_ABSENT; /* what `md I x` left */
	}
	exchange->buried = exchange->status == SD_ABSENT && exchange->found != 0;
}

/* memcached tells no token where there is nothing. */
static bool is_answer_to(const struct sd_link *link, const struct sd_exchange *exchange,
                         const struct sd_meta_answer *answer)
{
	if (answer->has_opaque) {
		return answer->opaque == exchange->opaque;
	}
	return answer->kind == SD_META_NONE && link->dialect != SD_SHAREDANCED;
}

/* What is there has a version and a life, and who looks asks for both, or for the value alone. */
static bool tells_what_was_asked(const struct sd_exchange *exchange,
                                 const struct sd_meta_answer *answer)
{
	bool looks = exchange->operation == SD_GET || exchange->operation == SD_LOOK ||
	             exchange->operation == SD_COUNT;
	bool found = answer->kind == SD_META_VALUE || answer->kind == SD_META_DONE;

	return exchange->value_only || !looks || !found || (answer->has_version && answer->has_ttl);
}

/* Reads the line of an answer. False: the link has been closed. */
static bool take_line(struct sd_link *link, const struct sd_meta_answer *answer)
{
	struct sd_exchange *exchange = link->head;
	enum sd_status status;

	if (exchange == link->unsent) { /* or both are NULL */
		(void)fail(link, SD_BAD_ANSWER, "an answer came to nothing that was asked");
		return false;
	}
	if (answer->kind == SD_META_ERROR) {
		link->doubtful = true;
		sd_exchange_end(take_head(link), SD_REFUSED, "the server says %.*s",
		                (int)(answer->text_length < 128 ? answer->text_length : 128),
		                (const char *)answer->text);
		return true;
	}
	status = status_of(exchange, answer);
	if (status == SD_BAD_ANSWER || !is_answer_to(link, exchange, answer) ||
	    !tells_what_was_asked(exchange, answer)) {
		char reason[SD_REASON_MAX];

		(void)snprintf(reason, sizeof(reason),
		               "an answer of another kind, or to another request, came: 0x%02x 0x%02x",
		               answer->text_length > 0 ? answer->text[0] : 0u,
		               answer->text_length > 1 ? answer->text[1] : 0u);
		(void)fail(link, SD_BAD_ANSWER, reason);
		return false;
	}
	sd_exchange_settle(exchange, status);
	note_answer(link, exchange, answer);
	link->in_value = answer->kind == SD_META_VALUE;
	if (link->in_value) {
		link->value_left = answer->value_length;
	} else {
		(void)take_head(link);
	}
	return true;
}

static void fail_for_memory(struct sd_link *link)
{
	(void)fail(link, SD_NO_MEMORY, "no memory for the answer");
}

/* Takes what `in` has of the value, and its end where that is there whole. False: the link has been
 * closed. */
static bool take_value(struct sd_link *link)
{
	const uint8_t *at = link->in + link->in_start;
	size_t there = link->in_end - link->in_start;
	size_t length = there < link->value_left ? there : (size_t)link->value_left;

	if (!sd_sink_put(link->head->sink, at, length, (size_t)link->value_left)) {
		fail_for_memory(link);
		return false;
	}
	link->in_start += length;
	link->value_left -= length;
	if (there - length < VALUE_END_LENGTH) {
		return true;
	}
	if (memcmp(at + length, VALUE_END, VALUE_END_LENGTH) != 0) {
		(void)fail(link, SD_BAD_ANSWER, "the value is longer than announced");
		return false;
	}
	link->in_start += VALUE_END_LENGTH;
	link->in_value = false;
	(void)take_head(link);
	return true;
}

/* What follows "VERSION ". */
static void note_server_version(struct sd_link *link, const struct sd_meta_answer *answer)
{
	size_t skipped = answer->text_length < 8 ? answer->text_length : 8;

	(void)snprintf(link->version, sizeof(link->version), "%.*s",
	               (int)(answer->text_length - skipped), (const char *)answer->text + skipped);
}

/* Reads one of the greeting's answers. False: the link has been closed. */
static bool take_greeting(struct sd_link *link, const struct sd_meta_answer *answer)
{
	static const char suffix[] = "-sharedanced";
	size_t length = sizeof(suffix) - 1;

	link->greetings++;
	if (link->greetings == 1 && answer->kind == SD_META_NOTHING) {
		return true;
	}
	if (link->greetings == 2 && answer->kind == SD_META_IS_VERSION) {
		link->dialect =
			answer->text_length > length &&
					memcmp(answer->text + answer->text_length - length, suffix, length) == 0
				? SD_SHAREDANCED
				: SD_MEMCACHED;
		note_server_version(link, answer);
		return true;
	}
	if (link->greetings == 3 &&
	    (answer->kind == SD_META_NONE || answer->kind == SD_META_DONE ||
	     (answer->kind == SD_META_ERROR && link->dialect != SD_SHAREDANCED))) {
		if (answer->kind == SD_META_ERROR) {
			link->dialect = SD_OLD_MEMCACHED;
		}
		link->phase = SD_LINK_READY;
		sd_platform_keep(link->dial.socket);
		filter(link);
		return true;
	}
	(void)fail(link, SD_BAD_ANSWER, "the server answers the greeting by neither protocol");
	return false;
}

/* Reads all answers that `in` has whole. False: the link has been closed. */
static bool take_answers(struct sd_link *link)
{
	while (link->in_value || link->in_start < link->in_end) {
		struct sd_meta_answer answer;

		if (!link->in_value) {
			if (!sd_meta_read_answer(link->in + link->in_start, link->in_end - link->in_start,
			                         &answer)) {
				return true;
			}
			if (!(link->phase == SD_LINK_GREETING ? take_greeting(link, &answer)
			                                      : take_line(link, &answer))) {
				return false;
			}
			link->in_start += answer.line_length;
		}
		if (link->in_value) {
			if (!take_value(link)) {
				return false;
			}
			if (link->in_value) {
				return true; /* the rest of it has not come */
			}
		}
	}
	return true;
}

/* Where the next bytes go: a long value's rest straight to its sink. NULL: the link has been
 * closed. */
static void *room_for_bytes(struct sd_link *link, size_t *room)
{
	if (link->in_value && link->value_left > 0) {
		struct sd_sink *sink = link->head->sink;

		if (!sd_sink_open(sink, (size_t)link->value_left)) {
			fail_for_memory(link);
			return NULL;
		}
		*room = sink->room < link->value_left ? sink->room : (size_t)link->value_left;
		return sink->at;
	}
	if (link->in_start > 0) {
		memmove(link->in, link->in + link->in_start, link->in_end - link->in_start);
		link->in_end -= link->in_start;
		link->in_start = 0;
	}
	*room = sizeof(link->in) - link->in_end;
	return link->in + link->in_end;
}

static void take_bytes(struct sd_link *link, size_t length)
{
	link->heard += length;
	link->traffic->received += length;
	if (link->in_value && link->value_left > 0) {
		sd_sink_filled(link->head->sink, length);
		link->value_left -= length;
	} else {
		link->in_end += length;
	}
}

/* The server ended the connection. */
static enum sd_link_state ended(struct sd_link *link)
{
	if (link->phase == SD_LINK_GREETING && link->heard == 0) {
		struct sd_exchange *head = link->head;

		sd_link_close(link);
		link->head = head;
		return SD_LINK_IS_CLASSIC;
	}
	return broke(link, "the connection was closed before the answer was whole");
}

/* All have been answered. */
static enum sd_link_state finish(struct sd_link *link)
{
	if (link->doubtful || link->in_start < link->in_end) {
		sd_link_close(link);
	}
	return SD_LINK_DONE;
}

/* Receives what is there; the first time it waits for it where `patient`. */
static enum sd_link_state receive(struct sd_link *link, bool patient)
{
	for (;; patient = false) {
		size_t room;
		size_t received;
		void *out = room_for_bytes(link, &room);

		if (out == NULL) {
			return SD_LINK_DONE;
		}
		switch (patient ? sd_platform_await(link->dial.socket, out, room, &received)
		                : sd_platform_receive(link->dial.socket, out, room, &received)) {
		case SD_IO_DONE:
			take_bytes(link, received);
			if (!take_answers(link)) {
				return SD_LINK_DONE;
			}
			if (link->head == NULL) {
				return finish(link);
			}
			if (has_unsent(link) && !send_out(link)) {
				return broke_by_system(link);
			}
			break;
		case SD_IO_AGAIN:
			return SD_LINK_BUSY;
		case SD_IO_ENDED:
			return ended(link);
		case SD_IO_FAILED:
			return broke_by_system(link);
		}
		if (received < room) {
			return SD_LINK_BUSY; /* no more for now: the next look would find nothing */
		}
	}
}

/* }}} */

/* {{{ connecting */

/* Sends the greeting to the address that is tried, or to the next that takes it. */
static enum sd_link_state try_greeting(struct sd_link *link)
{
	for (;;) {
		link->phase = SD_LINK_CONNECTING;
		if (sd_dial_is_looking_up(&link->dial)) {
			return SD_LINK_BUSY;
		}
		memcpy(link->out, GREETING, sizeof(GREETING) - 1);
		link->out_length = sizeof(GREETING) - 1;
		link->out_sent = 0;
		if (send_out(link)) {
			return SD_LINK_BUSY;
		}
		if (link->phase != SD_LINK_CONNECTING) {
			return broke_by_system(link);
		}
		if (!sd_dial_fail(&link->dial)) {
			return fail(link, SD_UNREACHABLE, link->dial.reason);
		}
	}
}

static enum sd_link_state connect_link(struct sd_link *link)
{
	link->reused = false;
	link->heard = 0;
	link->greetings = 0;
	link->connection = ++link->shared->connections;
	link->phase = SD_LINK_CONNECTING;
	if (!sd_dial_begin(&link->dial, link->shared->resolver, link->head->server,
	                   link->head->connect_deadline_ms)) {
		return fail(link, SD_UNREACHABLE, link->dial.reason);
	}
	return try_greeting(link);
}

/* }}} */

enum sd_link_state sd_link_begin(struct sd_link *link, int64_t now_ms)
{
	link->began_ms = now_ms;
	if (link->phase == SD_LINK_READY && !sd_platform_is_quiet(link->dial.socket)) {
		struct sd_exchange *head = link->head;
		struct sd_exchange *tail = link->tail;

		sd_link_close(link);
		link->head = head;
		link->tail = tail;
	}
	if (link->phase != SD_LINK_READY) {
		return connect_link(link);
	}
	link->reused = true;
	link->heard = 0;
	filter(link);
	if (link->head == NULL) {
		return SD_LINK_DONE;
	}
	return send_out(link) ? SD_LINK_BUSY : broke_by_system(link);
}

void sd_link_wants(const struct sd_link *link, struct sd_wait *wait, int64_t *deadline_ms)
{
	wait->socket = link->dial.socket;
	wait->for_reading = link->phase != SD_LINK_CONNECTING;
	wait->for_writing = link->phase == SD_LINK_CONNECTING || has_unsent(link);
	*deadline_ms = link->head->deadline_ms;
	if (link->phase == SD_LINK_CONNECTING && link->dial.try_deadline_ms < *deadline_ms) {
		*deadline_ms = link->dial.try_deadline_ms;
	}
}

enum sd_link_state sd_link_advance(struct sd_link *link)
{
	if (link->phase == SD_LINK_CONNECTING) {
		bool up;

		if (!sd_dial_ready(&link->dial, &up)) {
			return fail(link, SD_UNREACHABLE, link->dial.reason);
		}
		return try_greeting(link);
	}
	if (has_unsent(link) && !send_out(link)) {
		return broke_by_system(link);
	}
	return receive(link, /* patient */ false);
}

bool sd_link_only_reads(const struct sd_link *link)
{
	return link->phase >= SD_LINK_GREETING && !has_unsent(link);
}

enum sd_link_state sd_link_await(struct sd_link *link)
{
	return receive(link, /* patient */ true);
}

enum sd_link_state sd_link_expire(struct sd_link *link)
{
	char reason[SD_REASON_MAX];

	if (link->phase == SD_LINK_CONNECTING) {
		if (sd_dial_expire(&link->dial, link->began_ms)) {
			return try_greeting(link);
		}
		return fail(link, SD_UNREACHABLE, link->dial.reason);
	}
	(void)snprintf(reason, sizeof(reason),
	               "no whole answer within %" PRId64 " ms, %zu bytes of it came",
	               sd_platform_now_ms() - link->began_ms, link->heard);
	return fail(link, SD_TIMEOUT, reason);
}

enum sd_link_state sd_link_give_up(struct sd_link *link, const char *reason)
{
	return fail(link, SD_DEAD, reason);
}
