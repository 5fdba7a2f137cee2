/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * `sharedance`, the command line tool: one table of subcommands and one of options, both in main.c.
 * A subcommand is one function and one row. Data goes to stdout, messages go to stderr.
 */

#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/options.h"
#include "client/pool/server.h"

#define CLI_SERVERS_MAX 256

/* How a subcommand ends: the exit status of the process. */
enum cli_status {
	CLI_DONE = 0,
	CLI_ABSENT = 1,      /* there is none, or not on all servers */
	CLI_USAGE = 2,       /* the command line, or the list of servers, is wrong */
	CLI_UNREACHABLE = 3, /* a server could not be asked */
	CLI_INTERRUPTED = 130,
};

/* Two limits: from which value on something is a warning, and critical. */
struct cli_limits {
	double warning;
	double critical;
};

struct cli {
	/* the command line */
	const char *command;  /* the subcommand's name */
	const char *argument; /* the key or id; NULL: none */
	const char *list;     /* --servers */
	const char *file;     /* --servers-from */
	const char *prefix;   /* of sessions' keys; NULL: what the php.ini of --servers-from says */
	const char *key;      /* of `locks`; NULL: all */
	bool is_session;      /* the argument is a session's id */
	bool shows_copies;
	bool json;
	bool once;
	bool is_single; /* each entry is on one server */
	int64_t timeout_ms;
	int64_t interval_ms;
	uint64_t count;
	uint64_t ttl;     /* seconds; 0: the server's */
	uint64_t version; /* --if-version */
	bool has_version;
	struct cli_limits full;    /* percent */
	struct cli_limits clock;   /* seconds */
	struct cli_limits latency; /* seconds */
	bool wants_proof;

	/* made from it */
	struct sd_server servers[CLI_SERVERS_MAX];
	size_t servers_count;
	char ini_prefix[256]; /* sharedance.session.prefix of the file; "": none */
	bool ini_is_single;   /* sharedance.session.redundancy is off in it */
	struct sd_options options;
	struct sd_network *network;
	struct sd_transport *transport;
	struct sd_client *client;
};

/* Says what is wrong on stderr, after the program's name. */
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What was said last. */
const char *cli_last_complaint(void);

/* The subcommands. Servers and client are there; each returns the exit status. */
enum cli_status cli_ping(struct cli *cli);
enum cli_status cli_stats(struct cli *cli);
enum cli_status cli_top(struct cli *cli);
enum cli_status cli_check(struct cli *cli);
enum cli_status cli_get(struct cli *cli);
enum cli_status cli_set(struct cli *cli);
enum cli_status cli_delete(struct cli *cli);
enum cli_status cli_locks(struct cli *cli);

/* What a monitoring system hears of a `check` that cannot be made. */
enum cli_status cli_check_unknown(const struct cli *cli, const char *why);

/* Puts the terminal in order, if `top` has changed it. A handler of a signal may call it. */
void cli_top_restore(void);

#endif
