/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Asking servers one by one, all at the same time: each has its own answer or reason. */

#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/transport/request.h"
#include "client/transport/sink.h"

struct cli;

/* Of the entry that is asked for to hear whether a server answers: nobody has one. */
#define CLI_PING_KEY "sharedance-ping"

#define CLI_TEXT_MAX (64u * 1024 * 1024) /* bytes: what takes more is refused */

/* A sink in memory. Made by cli_text_init(); cli_text_free() frees the bytes. */
struct cli_text {
	struct sd_sink sink;
	uint8_t *bytes;
	size_t room;    /* bytes */
	double came_at; /* the first of them, by cli_now() */
};

void cli_text_init(struct cli_text *text);
void cli_text_free(struct cli_text *text);
struct sd_bytes cli_text_bytes(const struct cli_text *text);

/* Prepares an exchange with a server: what is asked is the caller's. */
void cli_prepare(struct sd_exchange *exchange, const struct sd_server *server,
                 enum sd_request_kind kind, struct sd_bytes key);

/* Performs them all at the same time, within --timeout. */
void cli_perform(struct cli *cli, struct sd_exchange *exchanges, size_t count);

/* What a server is, as far as its last answer to a key's request shows. */
enum cli_kind {
	CLI_SHAREDANCED,
	CLI_MEMCACHED, /* it does not tell what is proven, and nothing of locks */
	CLI_CLASSIC,   /* it tells nothing but values */
};

enum cli_kind cli_kind_of(struct cli *cli, const struct sd_server *server);

/* One server's answer to lines of the text protocol. */
struct cli_answer {
	const struct sd_server *server;
	char *text;       /* printable lines, with a terminator; NULL: there is none */
	char reason[384]; /* why not, as a sentence */
	bool is_silent;   /* it closed without an answer: perhaps it is classic */
	double seconds;   /* from the connection's begin to the answer's first bytes */
};

/* Sends the same lines, which end in "quit\r\n", to all servers. The answers are the caller's:
 * cli_answers_free(). NULL: no memory. */
struct cli_answer *cli_ask_all(struct cli *cli, const char *lines);
void cli_answers_free(struct cli *cli, struct cli_answer *answers);

/* The number behind "STAT name " in an answer. False: it has none. */
bool cli_stat(const char *text, const char *name, uint64_t *number);

/* The text behind "STAT name ", up to the line's end, in `out`. False: there is none. */
bool cli_stat_text(const char *text, const char *name, char *out, size_t size);

/* Seconds on a monotonic clock. */
double cli_now(void);

#endif
