/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The server of fake_system.c; see fake_peer.h. */

#include "tests/unit/client/fake_peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/client/fake_system.h"
#include "client/transport/greeting.h"
#include "wire/classic.h"
#include "wire/encoding.h"

#define GREETING_LINES 3
#define WITHOUT_END "VA 33554432 c6 t-1 O%s\r\n"

char fake_peer_heard[FAKE_PEER_KEPT];
unsigned fake_peer_connections;
char fake_peer_greeting[64];

static void answer(struct fake_peer *peer, const char *text, int64_t now_us)
{
	size_t length = strlen(text);

	if (fake_server.is_silent || now_us < fake_server.silent_until_us ||
	    peer->answers_length + length > sizeof(peer->answers)) {
		return;
	}
	if (peer->taken == peer->answers_length) {
		peer->answered_us = now_us;
		peer->taken = peer->answers_length = 0;
		peer->is_greeting = false;
	}
	memcpy(peer->answers + peer->answers_length, text, length);
	peer->answers_length += length;
}

/* {{{ the meta protocol */

/* Adds a request's line without its token, which begins at `found`. */
static void record(const struct fake_peer *peer, const char *found, size_t token_length)
{
	size_t length = strlen(fake_peer_heard);
	size_t end = strcspn(peer->line, "\r\n");
	size_t before = found == NULL ? end : (size_t)(found - peer->line);
	size_t after = found == NULL ? end : before + 2 + token_length;

	(void)snprintf(fake_peer_heard + length, sizeof(fake_peer_heard) - length, "%u %.*s%.*s\n",
	               peer->number, (int)before, peer->line, (int)(end - after), peer->line + after);
}

/* Writes the word for its time, if it tells it. */
static void write_time(char text[32], int64_t now_us)
{
	text[0] = '\0';
	if (fake_server.wall_ahead_us != 0) {
		(void)snprintf(text, 32, " w%lld", (long long)(now_us + fake_server.wall_ahead_us));
	}
}

/* It is asked who it is, and not for the first time. */
static void answer_who(char text[128], int64_t now_us)
{
	char time[32];

	write_time(time, now_us);
	(void)snprintf(text, 128, "MN%s\r\n", time);
	if (fake_server.says_instead != NULL) {
		(void)snprintf(text, 128, "%s", fake_server.says_instead);
	}
}

static void answer_request(struct fake_peer *peer, int64_t now_us)
{
	bool is_set = strncmp(peer->line, "ms ", 3) == 0;
	bool is_get = !is_set && strstr(peer->line, " v") != NULL;
	const char *found = strstr(peer->line, " O");
	char token[16] = "";
	char text[128];

	if (fake_server.ignores_requests) {
		return;
	}

	(void)sscanf(found == NULL ? "" : found + 2, "%15[^ \r\n]", token);
	record(peer, found, strlen(token));
	if (strcmp(peer->line, "mn\r\n") == 0) {
		(void)snprintf(text, sizeof(text), "MN\r\n");
	} else if (strcmp(peer->line, "mn sharedance\r\n") == 0) {
		answer_who(text, now_us);
	} else if (is_get && fake_server.is_endless) {
		(void)snprintf(text, sizeof(text), WITHOUT_END, token);
	} else if (is_get) {
		(void)snprintf(text, sizeof(text), "VA %" PRIu64 " c%" PRIu64 " t-1 O%s\r\nright\r\n",
		               fake_server.announces != 0 ? fake_server.announces : UINT64_C(5),
		               fake_server.version != 0 ? fake_server.version : UINT64_C(6), token);
	} else {
		(void)snprintf(text, sizeof(text), "HD c%d t-1 O%s\r\n",
		               strncmp(peer->line, "mg ", 3) == 0 ? 6 : 7, token);
	}
	answer(peer, text, now_us);
}

/* Writes the words for what it is, if it says so. */
static void write_identity(const struct fake_peer *peer, char text[64])
{
	char base64[SD_BASE64_LENGTH(SD_GREETING_ID) + 1] = "";
	uint8_t id[SD_GREETING_ID];

	text[0] = '\0';
	for (size_t i = 0; i < FAKE_NAMES_MAX; i++) {
		const struct fake_name *name = &fake_server.names[i];

		if (name->port == peer->port && name->port != 0 && name->id != 0) {
			memset(id, name->id, sizeof(id));
			(void)sd_base64_write((uint8_t *)base64, id, sizeof(id));
			(void)snprintf(text, 64, " i%s n1 s%u", base64, name->process);
		}
	}
}

static void answer_greeting(struct fake_peer *peer, int64_t now_us)
{
	char identity[64];
	char time[32];
	char text[192];

	peer->number = ++fake_peer_connections;
	write_identity(peer, identity);
	write_time(time, now_us);
	(void)snprintf(text, sizeof(text), "MN%s%s%s%s\r\nVERSION 1-sharedanced\r\nEN\r\n", identity,
	               time, fake_server.tells_unproven ? " u0" : "",
	               fake_server.takes_holders ? " h" : "");
	answer(peer, text, now_us);
	peer->is_greeting = true;
}

static void end_line(struct fake_peer *peer, int64_t now_us)
{
	unsigned long length;

	peer->line[peer->line_length] = '\0';
	peer->line_length = 0;
	if (peer->greeted == 0) {
		(void)snprintf(fake_peer_greeting, sizeof(fake_peer_greeting), "%.*s",
		               (int)strcspn(peer->line, "\r\n"), peer->line);
	}
	if (peer->greeted < GREETING_LINES) {
		if (++peer->greeted == GREETING_LINES) {
			answer_greeting(peer, now_us);
		}
	} else if (sscanf(peer->line, "ms %*s %lu", &length) == 1) {
		peer->value_left = length + 2;
	} else {
		answer_request(peer, now_us);
	}
}

static void hear_meta(struct fake_peer *peer, char byte, int64_t now_us)
{
	if (peer->value_left > 0) {
		if (--peer->value_left == 0) {
			answer_request(peer, now_us);
		}
	} else {
		if (peer->line_length < sizeof(peer->line) - 1) {
			peer->line[peer->line_length++] = byte;
		}
		if (byte == '\n') {
			end_line(peer, now_us);
		}
	}
}

/* }}} */

/* {{{ the classic protocol */

static void hear_classic(struct fake_peer *peer, char byte, int64_t now_us)
{
	struct sd_classic_header header;
	enum sd_classic_parse parsed;

	if (peer->heard < sizeof(peer->line)) {
		peer->line[peer->heard] = byte;
	}
	peer->heard++;
	parsed = sd_classic_read_header(
		(const uint8_t *)peer->line,
		peer->heard < sizeof(peer->line) ? peer->heard : sizeof(peer->line), &header);
	if (parsed == SD_CLASSIC_UNKNOWN) {
		peer->has_closed = true;
	} else if (parsed == SD_CLASSIC_COMPLETE && peer->heard == sd_classic_request_length(&header)) {
		bool is_fetch = header.command == SD_CLASSIC_FETCH;

		answer(peer, !is_fetch ? SD_CLASSIC_OK : fake_server.has_nothing ? "" : "right", now_us);
		peer->has_closed = !fake_server.is_silent && !(is_fetch && fake_server.is_endless);
	}
}

/* }}} */

void fake_peer_hear(struct fake_peer *peer, const void *bytes, size_t length, int64_t now_us)
{
	for (size_t i = 0; i < length && !peer->has_closed; i++) {
		if (fake_server.is_classic) {
			hear_classic(peer, ((const char *)bytes)[i], now_us);
		} else {
			hear_meta(peer, ((const char *)bytes)[i], now_us);
		}
	}
}

/* How many bytes of its answers come before they stop: with a value, those of its line besides. */
static size_t stop(const struct fake_peer *peer)
{
	size_t line = 0;

	if (peer->is_greeting) {
		return fake_server.greets;
	}
	if (peer->answers_length > 2 && memcmp(peer->answers, "VA", 2) == 0) {
		while (line < peer->answers_length && peer->answers[line++] != '\n') {
		}
	}
	return line + fake_server.stops_after;
}

/* Whether they do, and the rest does not come. */
static bool stops(const struct fake_peer *peer, int64_t now_us)
{
	if (peer->is_greeting) {
		return fake_server.greets != 0;
	}
	return fake_server.stops_after != 0 &&
	       (fake_server.stops_port == 0 || fake_server.stops_port == peer->port) &&
	       (fake_server.stops_number == 0 || fake_server.stops_number >= peer->number) &&
	       (fake_server.stops_us == 0 || now_us < peer->answered_us + fake_server.stops_us);
}

/* How many bytes have come since the answer began. */
static size_t come(const struct fake_peer *peer, int64_t now_us)
{
	bool is_endless =
		fake_server.is_endless && peer->answers_length > 0 &&
		(fake_server.is_classic ? !peer->has_closed : strncmp(peer->answers, "VA", 2) == 0);
	size_t all = is_endless ? SIZE_MAX : peer->answers_length;
	size_t by_now;

	if (stops(peer, now_us) && stop(peer) < all) {
		all = stop(peer);
	}
	if (peer->taken == peer->answers_length && !is_endless) {
		return peer->taken;
	}
	if (fake_server.drip_us == 0) {
		return all;
	}
	by_now = (size_t)((now_us - peer->answered_us) / fake_server.drip_us);
	return by_now < all ? by_now : all;
}

long fake_peer_take(struct fake_peer *peer, void *out, size_t size, int64_t now_us, bool peek)
{
	size_t by_now = come(peer, now_us);
	/* what came at once was taken, and the test has the rest drip */
	size_t available = by_now > peer->taken ? by_now - peer->taken : 0;
	size_t length = available < size ? available : size;

	if (now_us < peer->answered_us + fake_server.answers_us) {
		return -1;
	}
	if (length == 0) {
		return peer->has_closed && peer->taken == peer->answers_length ? 0 : -1;
	}
	for (size_t i = 0; i < length; i++) {
		size_t at = peer->taken + i;

		((char *)out)[i] = at < peer->answers_length ? peer->answers[at] : 'x';
	}
	peer->taken += peek ? 0 : length;
	return (long)length;
}
