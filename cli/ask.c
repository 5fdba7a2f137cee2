/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Asking servers one by one; see ask.h. */

#include "cli/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "client/net/network.h"
#include "client/transport/transport.h"

/* {{{ the sink */

static size_t length_of(const struct cli_text *text)
{
	return text->room - text->sink.room;
}

static bool text_grow(struct sd_sink *sink, size_t wanted)
{
	struct cli_text *text = (struct cli_text *)sink;
	size_t length = length_of(text);
	size_t room = 2 * length + wanted + 1024;
	uint8_t *bytes = length < CLI_TEXT_MAX ? realloc(text->bytes, room) : NULL;

	if (bytes == NULL) {
		return false;
	}
	if (text->bytes == NULL) {
		text->came_at = cli_now();
	}
	text->bytes = bytes;
	text->room = room;
	sink->at = bytes + length;
	sink->room = room - length;
	return true;
}

static void text_restart(struct sd_sink *sink)
{
	struct cli_text *text = (struct cli_text *)sink;

	sink->at = text->bytes;
	sink->room = text->room;
}

static struct sd_bytes text_fetched(const struct sd_sink *sink)
{
	return cli_text_bytes((const struct cli_text *)sink);
}

static const struct sd_sink_kind text_kind = {
	.grow = text_grow,
	.restart = text_restart,
	.fetched = text_fetched,
};

void cli_text_init(struct cli_text *text)
{
	*text = (struct cli_text){.sink = {.kind = &text_kind}};
}

void cli_text_free(struct cli_text *text)
{
	free(text->bytes);
	text->bytes = NULL;
}

struct sd_bytes cli_text_bytes(const struct cli_text *text)
{
	return (struct sd_bytes){text->bytes == NULL ? (const uint8_t *)"" : text->bytes,
	                         length_of(text)};
}

/* }}} */

double cli_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void cli_prepare(struct sd_exchange *exchange, const struct sd_server *server,
                 enum sd_request_kind kind, struct sd_bytes key)
{
	memset(exchange, 0, sizeof(*exchange));
	sd_exchange_init(exchange);
	exchange->server = server;
	exchange->request.kind = kind;
	exchange->request.key = key;
	exchange->request.insists = true;
}

void cli_perform(struct cli *cli, struct sd_exchange *exchanges, size_t count)
{
	int64_t ends_ms = cli->transport->now_ms(cli->transport) + cli->timeout_ms;

	for (size_t i = 0; i < count; i++) {
		exchanges[i].deadline_ms = ends_ms;
		exchanges[i].value_deadline_ms = ends_ms;
		exchanges[i].connect_ms = cli->timeout_ms;
		exchanges[i].next = i + 1 < count ? &exchanges[i + 1] : NULL;
	}
	cli->transport->perform(cli->transport, exchanges);
}

enum cli_kind cli_kind_of(struct cli *cli, const struct sd_server *server)
{
	struct sd_server_info info;

	if (!sd_network_info(cli->network, server, &info)) {
		return CLI_SHAREDANCED;
	}
	if (info.protocol == SD_PROTOCOL_CLASSIC) {
		return CLI_CLASSIC;
	}
	return info.has_unproven ? CLI_SHAREDANCED : CLI_MEMCACHED;
}

/* {{{ text */

/* What a server says is for a terminal and for JSON: other bytes than ASCII are not in it. */
static char *copy_text(struct sd_bytes bytes)
{
	char *text = malloc(bytes.length + 1);

	if (text == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < bytes.length; i++) {
		uint8_t byte = ((const uint8_t *)bytes.data)[i];

		text[i] = byte == '\r' || byte == '\n' || (byte >= ' ' && byte < 0x7f) ? (char)byte : '?';
	}
	text[bytes.length] = '\0';
	return text;
}

static void take_answer(struct cli_answer *answer, const struct sd_exchange *exchange,
                        const struct cli_text *text)
{
	struct sd_bytes bytes = cli_text_bytes(text);

	answer->server = exchange->server;
	if (exchange->reply.status != SD_OK) {
		(void)sd_exchange_explain(exchange, answer->reason, sizeof(answer->reason));
	} else if (bytes.length == 0) {
		char name[SD_SERVER_NAME_MAX];

		answer->is_silent = true;
		(void)snprintf(answer->reason, sizeof(answer->reason),
		               "%s closes without an answer: a classic server reports nothing about itself",
		               sd_server_name(exchange->server, name));
	} else {
		answer->text = copy_text(bytes);
		if (answer->text == NULL) {
			(void)snprintf(answer->reason, sizeof(answer->reason), "out of memory");
		}
	}
}

/* The exchanges with all servers, and where their answers go. */
struct asked {
	struct sd_exchange *exchanges;
	struct cli_text *texts;
};

static void ask(struct cli *cli, const struct asked *asked, const char *lines,
                struct cli_answer *answers)
{
	double began = cli_now();

	for (size_t i = 0; i < cli->servers_count; i++) {
		struct sd_request *request = &asked->exchanges[i].request;

		cli_text_init(&asked->texts[i]);
		cli_prepare(&asked->exchanges[i], &cli->servers[i], SD_RAW, (struct sd_bytes){NULL, 0});
		request->data = (struct sd_bytes){(const uint8_t *)lines, strlen(lines)};
		request->sink = &asked->texts[i].sink;
	}
	cli_perform(cli, asked->exchanges, cli->servers_count);
	for (size_t i = 0; i < cli->servers_count; i++) {
		answers[i].seconds =
			asked->texts[i].bytes != NULL ? asked->texts[i].came_at - began : cli_now() - began;
		take_answer(&answers[i], &asked->exchanges[i], &asked->texts[i]);
		cli_text_free(&asked->texts[i]);
	}
}

struct cli_answer *cli_ask_all(struct cli *cli, const char *lines)
{
	struct cli_answer *answers = calloc(cli->servers_count, sizeof(*answers));
	const struct asked asked = {
		.exchanges = calloc(cli->servers_count, sizeof(*asked.exchanges)),
		.texts = calloc(cli->servers_count, sizeof(*asked.texts)),
	};

	if (answers != NULL && asked.exchanges != NULL && asked.texts != NULL) {
		ask(cli, &asked, lines, answers);
	} else {
		cli_complain("out of memory");
		free(answers);
		answers = NULL;
	}
	free(asked.exchanges);
	free(asked.texts);
	return answers;
}

void cli_answers_free(struct cli *cli, struct cli_answer *answers)
{
	if (answers == NULL) {
		return;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		free(answers[i].text);
	}
	free(answers);
}

/* NULL: there is none of that name. */
static const char *find_stat(const char *text, const char *name)
{
	size_t length = strlen(name);

	while (text != NULL) {
		if (strncmp(text, "STAT ", 5) == 0 && strncmp(text + 5, name, length) == 0 &&
		    text[5 + length] == ' ') {
			return text + 5 + length + 1;
		}
		text = strchr(text, '\n');
		if (text != NULL) {
			text++;
		}
	}
	return NULL;
}

bool cli_stat(const char *text, const char *name, uint64_t *number)
{
	const char *found = find_stat(text, name);

	if (found == NULL || *found < '0' || *found > '9') {
		return false;
	}
	*number = strtoull(found, NULL, 10);
	return true;
}

bool cli_stat_text(const char *text, const char *name, char *out, size_t size)
{
	const char *found = find_stat(text, name);

	if (found == NULL) {
		return false;
	}
	(void)snprintf(out, size, "%.*s", (int)strcspn(found, "\r\n"), found);
	return true;
}

/* }}} */
