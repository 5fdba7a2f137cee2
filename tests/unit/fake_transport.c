/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The transport with a script; see fake_transport.h. */

#include "fake_transport.h"

#include <string.h>

#include "unit.h"

/* {{{ what was asked */

static void copy_text(char out[FAKE_BYTES_MAX + 1], struct sd_bytes bytes)
{
	assert_in_range(bytes.length, 0, FAKE_BYTES_MAX);
	if (bytes.length > 0) {
		memcpy(out, bytes.data, bytes.length);
	}
	out[bytes.length] = '\0';
}

static void write_down(struct fake_transport *fake, const struct sd_exchange *exchange)
{
	struct fake_asked *asked = &fake->asked[fake->asked_count++];

	assert_in_range(fake->asked_count, 1, FAKE_ASKED_MAX);
	asked->server = exchange->server;
	asked->operation = exchange->operation;
	copy_text(asked->key, exchange->key);
	copy_text(asked->data, exchange->data);
	asked->ttl = exchange->ttl;
	asked->sink = exchange->sink;
	asked->at_ms = *fake->clock_ms;
	asked->deadline_ms = exchange->deadline_ms;
	asked->connect_deadline_ms = exchange->connect_deadline_ms;
	asked->call = fake->calls;
	assert_true(exchange->connect_deadline_ms <= exchange->deadline_ms); /* transport.h says so */
}

/* }}} */

/* {{{ what comes of it */

static const struct fake_script *script_of(const struct fake_transport *fake,
                                           const struct sd_server *server)
{
	for (size_t i = 0; i < fake->script_count; i++) {
		if (fake->scripts[i].server == server) {
			return &fake->scripts[i];
		}
	}
	fail_msg("%s was asked, which has no script", server->host);
	return NULL;
}

/* In pieces of one byte, so that the sink is asked for room again and again. */
static void give(struct sd_sink *sink, const char *value)
{
	for (; *value != '\0'; value++) {
		size_t granted = 0;
		char *room = sink->room(sink, strlen(value), &granted);

		assert_non_null(room);
		assert_in_range(granted, 1, SIZE_MAX);
		*room = *value;
		sink->filled(sink, 1);
	}
}

/* Ends the exchange and returns when that was. */
static int64_t play(const struct fake_script *script, struct sd_exchange *exchange, int64_t now_ms)
{
	int64_t end_ms = now_ms + script->after_ms;

	if (script->act == FAKE_NEVER_CONNECTS) {
		sd_exchange_end(exchange, SD_UNREACHABLE, "no connection in time");
		return exchange->connect_deadline_ms;
	}
	if (script->act == FAKE_STALLS || end_ms > exchange->deadline_ms) {
		sd_exchange_end(exchange, SD_TIMEOUT, "no answer in time");
		return exchange->deadline_ms;
	}
	if (script->value != NULL && exchange->operation != SD_SET &&
	    exchange->operation != SD_DELETE) {
		give(exchange->sink, script->value);
	}
	sd_exchange_end(exchange, script->status, "%s", script->reason);
	return end_ms;
}

static void perform(struct sd_transport *transport, struct sd_exchange *exchanges, size_t count)
{
	struct fake_transport *fake = (struct fake_transport *)transport;
	int64_t start_ms = *fake->clock_ms;

	assert_in_range(count, 1, FAKE_ASKED_MAX);
	fake->calls++;
	for (size_t i = 0; i < count; i++) {
		write_down(fake, &exchanges[i]);
	}
	for (size_t i = 0; i < count; i++) {
		const struct fake_script *script = script_of(fake, exchanges[i].server);
		int64_t end_ms = play(script, &exchanges[i], start_ms);

		*fake->clock_ms = end_ms > *fake->clock_ms ? end_ms : *fake->clock_ms;
	}
}

static int64_t now_ms(struct sd_transport *transport)
{
	return *((struct fake_transport *)transport)->clock_ms;
}

/* }}} */

/* {{{ scripts */

void fake_init(struct fake_transport *fake, int64_t *clock_ms)
{
	memset(fake, 0, sizeof(*fake));
	fake->transport.perform = perform;
	fake->transport.now_ms = now_ms;
	fake->clock_ms = clock_ms;
}

void fake_forget(struct fake_transport *fake)
{
	fake->asked_count = 0;
	fake->calls = 0;
}

void fake_script(struct fake_transport *fake, const struct fake_script *script)
{
	size_t i = 0;

	while (i < fake->script_count && fake->scripts[i].server != script->server) {
		i++;
	}
	assert_in_range(i, 0, FAKE_SCRIPTS_MAX - 1);
	fake->scripts[i] = *script;
	fake->script_count += i == fake->script_count;
}

void fake_answers(struct fake_transport *fake, const struct sd_server *server,
                  enum sd_status status, int64_t after_ms)
{
	const struct fake_script script = {.server = server,
	                                   .after_ms = after_ms,
	                                   .status = status,
	                                   .reason = sd_status_sentence(status)};

	fake_script(fake, &script);
}

void fake_has(struct fake_transport *fake, const struct sd_server *server, const char *value,
              int64_t after_ms)
{
	const struct fake_script script = {
	    .server = server, .after_ms = after_ms, .status = SD_OK, .reason = "done", .value = value};

	fake_script(fake, &script);
}

void fake_refuses(struct fake_transport *fake, const struct sd_server *server, int64_t after_ms)
{
	const struct fake_script script = {.server = server,
	                                   .after_ms = after_ms,
	                                   .status = SD_UNREACHABLE,
	                                   .reason = "Connection refused"};

	fake_script(fake, &script);
}

void fake_breaks_off(struct fake_transport *fake, const struct sd_server *server, const char *part,
                     int64_t after_ms)
{
	const struct fake_script script = {.server = server,
	                                   .after_ms = after_ms,
	                                   .status = SD_CLOSED,
	                                   .reason = "Connection reset by peer",
	                                   .value = part};

	fake_script(fake, &script);
}

void fake_stalls(struct fake_transport *fake, const struct sd_server *server)
{
	const struct fake_script script = {.server = server, .act = FAKE_STALLS};

	fake_script(fake, &script);
}

void fake_never_connects(struct fake_transport *fake, const struct sd_server *server)
{
	const struct fake_script script = {.server = server, .act = FAKE_NEVER_CONNECTS};

	fake_script(fake, &script);
}

/* }}} */
