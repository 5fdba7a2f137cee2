/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The program: its two tables, what the command line says, and the end. A subcommand gets the
 * options that its row names, and no others.
 */

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/servers.h"
#include "client/client.h"
#include "client/net/dead_marks.h"
#include "client/net/network.h"

#define LINE_WIDTH 100
#define HELP_COLUMN 28
#define TTL_MAX 315360000 /* seconds: ten years, as in PHP */

/* What an option's value is. */
enum kind {
	FLAG,    /* none */
	TEXT,    /* any */
	SECONDS, /* a decimal number, in milliseconds afterwards */
	NUMBER,
	LIMITS, /* two decimal numbers, the lower one first */
};

/* Where an option belongs: the subcommands that have it. */
enum {
	ALL = 1u << 0,
	KEYS = 1u << 1, /* get, set, delete */
	GET = 1u << 2,
	SET = 1u << 3,
	PING = 1u << 4,
	TOP = 1u << 5,
	CHECK = 1u << 6,
	LOCKS = 1u << 7,
};

static const struct row {
	const char *name;
	const char *value; /* its name in the help; NULL: none */
	const char *help;
	enum kind kind;
	unsigned groups;
	size_t offset;  /* of its field in struct cli */
	uint64_t least; /* of a NUMBER */
	uint64_t most;
} rows[] = {
#define FIELD(name) offsetof(struct cli, name), 0, 0
#define NUMBER_FIELD(name, least, most) offsetof(struct cli, name), least, most
	{"servers", "LIST", "the servers, as in session.save_path: web1:1042, web2:1042", TEXT, ALL,
     FIELD(list)},
	{"servers-from", "FILE",
     "the same, from a file with a list, a php.ini, or a pool file of php-fpm", TEXT, ALL,
     FIELD(file)},
	{"timeout", "SECONDS", "how long to wait for the servers (default: 2)", SECONDS, ALL,
     FIELD(timeout_ms)},
	{"json", NULL, "print JSON instead of text", FLAG, ALL, FIELD(json)},
	{"help", NULL, "print this text, and exit", FLAG, ALL, 0, 0, 0},
	{"session", NULL, "KEY is a session's id", FLAG, KEYS | LOCKS, FIELD(is_session)},
	{"prefix", "PREFIX",
     "the text before the id (default: sharedance.session.prefix of the php.ini, or nothing)", TEXT,
     KEYS | LOCKS, FIELD(prefix)},
	{"single", NULL, "the pool has no redundancy: each entry is on one server", FLAG, KEYS,
     FIELD(is_single)},
	{"copies", NULL, "show what each server has, and not the value", FLAG, GET,
     FIELD(shows_copies)},
	{"ttl", "SECONDS", "time to live (default: the server's)", NUMBER, SET,
     NUMBER_FIELD(ttl, 0, TTL_MAX)},
	{"if-version", "VERSION", "store only if the entry has this version", NUMBER, SET,
     NUMBER_FIELD(version, 1, UINT64_MAX - 1)},
	{"count", "NUMBER", "how often to ask each server (default: 5)", NUMBER, PING,
     NUMBER_FIELD(count, 1, 1000000)},
	{"interval", "SECONDS", "time between two updates (default: 1)", SECONDS, TOP,
     FIELD(interval_ms)},
	{"once", NULL, "print once and exit, as it does without a terminal", FLAG, TOP, FIELD(once)},
	{"full", "WARNING,CRITICAL", "how full a store may be, in percent (default: 80,95)", LIMITS,
     CHECK, FIELD(full)},
	{"clock", "WARNING,CRITICAL", "how far a clock may differ, in seconds (default: 1,60)", LIMITS,
     CHECK, FIELD(clock)},
	{"latency", "WARNING,CRITICAL", "how long an answer may take, in seconds (default: 0.1,1)",
     LIMITS, CHECK, FIELD(latency)},
	{"proven", NULL,
     "warn while entries may be out of date, so that the other server must not go down yet", FLAG,
     CHECK, FIELD(wants_proof)},
	{"key", "KEY", "ask about the lock on this key", TEXT, LOCKS, FIELD(key)},
#undef FIELD
#undef NUMBER_FIELD
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct command {
	const char *name;
	const char *argument; /* its name in the help; NULL: there is none */
	const char *help;
	unsigned groups; /* besides ALL */
	enum cli_status (*run)(struct cli *cli);
} commands[] = {
	{"ping", NULL, "measure each server's round trip", PING, cli_ping},
	{"stats", NULL, "print each server's statistics", 0, cli_stats},
	{"top", NULL, "watch the servers in a table", TOP, cli_top},
	{"check", NULL, "check the servers, as a plugin for a monitoring system", CHECK, cli_check},
	{"get", "KEY", "print a value, byte for byte", KEYS | GET, cli_get},
	{"set", "KEY", "store the data from stdin", KEYS | SET, cli_set},
	{"delete", "KEY", "delete an entry from its servers", KEYS, cli_delete},
	{"locks", NULL, "print which locks are held", LOCKS, cli_locks},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* {{{ help */

static void print_row(const char *left, const char *text)
{
	size_t at = HELP_COLUMN;

	printf("%-*s", HELP_COLUMN, left);
	if (strlen(left) + 2 > HELP_COLUMN) {
		printf("\n%*s", HELP_COLUMN, "");
	}
	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		if (at > HELP_COLUMN && at + 1 + length > LINE_WIDTH) {
			printf("\n%*s", HELP_COLUMN, "");
			at = HELP_COLUMN;
		}
		printf("%s%.*s", at > HELP_COLUMN ? " " : "", (int)length, text);
		at += length + (at > HELP_COLUMN);
		text += length + (text[length] == ' ');
	}
	(void)putchar('\n');
}

static void print_options(unsigned groups)
{
	char left[64];

	for (size_t i = 0; i < ROWS; i++) {
		if ((rows[i].groups & groups) != 0) {
			(void)snprintf(left, sizeof(left), "  --%s%s%s", rows[i].name,
			               rows[i].value == NULL ? "" : "=",
			               rows[i].value == NULL ? "" : rows[i].value);
			print_row(left, rows[i].help);
		}
	}
}

static void print_help(const struct command *command)
{
	char left[64];

	if (command != NULL) {
		printf("sharedance %s: %s\n\nusage: sharedance %s [OPTION...]%s%s\n\n", command->name,
		       command->help, command->name, command->argument == NULL ? "" : " ",
		       command->argument == NULL ? "" : command->argument);
		print_options(ALL | command->groups);
		return;
	}
	puts("sharedance " SD_VERSION ": a tool for the servers of Sharedance for PHP\n\n"
	     "usage: sharedance COMMAND [OPTION...] [KEY]\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		(void)snprintf(left, sizeof(left), "  %s%s%s", commands[i].name,
		               commands[i].argument == NULL ? "" : " ",
		               commands[i].argument == NULL ? "" : commands[i].argument);
		print_row(left, commands[i].help);
	}
	puts("\nOptions of all commands; `sharedance COMMAND --help` has the others:\n");
	print_options(ALL);
	puts("\nWithout --servers and --servers-from, the list is in $SHAREDANCE_SERVERS or in\n"
	     "/etc/sharedance/servers. Exit status: 0 done; 1 no such entry, or not on all servers;\n"
	     "2 wrong usage or list; 3 a server could not be asked; 130 interrupted. `check` has the\n"
	     "status of a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.");
}

/* }}} */

/* {{{ the command line */

static bool read_seconds(const char *text, int64_t *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || !(seconds > 0 && seconds <= 3600)) {
		return false;
	}
	*ms = sd_milliseconds(seconds);
	return true;
}

static bool read_number(const char *text, const struct row *row, uint64_t *number)
{
	char *end;

	if (text[0] < '0' || text[0] > '9') {
		return false;
	}
	*number = strtoull(text, &end, 10); /* UINT64_MAX, if it is larger than that */
	return *end == '\0' && *number >= row->least && *number <= row->most;
}

static bool read_limits(const char *text, struct cli_limits *limits)
{
	char *end;

	limits->warning = strtod(text, &end);
	if (end == text || *end != ',') {
		return false;
	}
	text = end + 1;
	limits->critical = strtod(text, &end);
	return end != text && *end == '\0' && limits->warning >= 0 &&
	       limits->critical >= limits->warning;
}

static bool store(struct cli *cli, const struct row *row, const char *value)
{
	void *field = (char *)cli + row->offset;
	char range[80];
	const char *wanted = "text";
	bool is_good = true;

	switch (row->kind) {
	case FLAG:
		*(bool *)field = true;
		break;
	case TEXT:
		*(const char **)field = value;
		break;
	case SECONDS:
		is_good = read_seconds(value, field);
		wanted = "a number of seconds, at most 3600";
		break;
	case NUMBER:
		is_good = read_number(value, row, field);
		(void)snprintf(range, sizeof(range), "a number from %llu to %llu",
		               (unsigned long long)row->least, (unsigned long long)row->most);
		wanted = range;
		break;
	case LIMITS:
		is_good = read_limits(value, field);
		wanted = "two numbers, such as 80,95";
		break;
	}
	if (!is_good) {
		cli_complain("--%s must be %s, \"%s\" given", row->name, wanted, value);
	}
	cli->has_version |= row->offset == offsetof(struct cli, version);
	return is_good;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			return &commands[i];
		}
	}
	return NULL;
}

/* Reads the options behind the subcommand. -1: they are good; else the exit status. */
static int read_options(struct cli *cli, const struct command *command, int argc, char *argv[])
{
	struct option longs[ROWS + 1] = {{0}};
	size_t count = 0;
	int form;

	for (size_t i = 0; i < ROWS; i++) {
		if ((rows[i].groups & (ALL | command->groups)) != 0) {
			longs[count++] = (struct option){rows[i].name,
			                                 rows[i].kind == FLAG ? no_argument : required_argument,
			                                 NULL, 256 + (int)i};
		}
	}
	while ((form = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		const struct row *row = form >= 256 ? &rows[form - 256] : NULL;

		if (form == 'h' || (row != NULL && row->offset == 0 && row->kind == FLAG)) {
			print_help(command);
			return CLI_DONE;
		}
		if (row == NULL) {
			const char letter[] = {'-', (char)optopt, '\0'};
			bool is_letter = optopt > 0 && optopt < 256; /* its word may have more of them */

			cli_complain(form == ':' ? "%s needs a value" : "%s is no option of %s: see --help",
			             is_letter ? letter : argv[optind - 1], command->name);
			return CLI_USAGE;
		}
		if (!store(cli, row, optarg)) {
			return CLI_USAGE;
		}
	}
	if (argc - optind != (command->argument == NULL ? 0 : 1)) {
		cli_complain(command->argument == NULL ? "%s takes no argument" : "%s takes one KEY",
		             command->name);
		return CLI_USAGE;
	}
	cli->argument = command->argument == NULL ? NULL : argv[optind];
	return -1;
}

/* }}} */

static void ignore_line(const char *line)
{
	(void)line; /* each command says what it finds */
}

/* The marks are this process's own, and no limit is long enough to set one. */
static bool open_client(struct cli *cli, struct sd_dead_marks *marks)
{
	bool has_redundancy = !cli->is_single && cli->servers_count > 1;
	struct sd_error error;

	cli->options = (struct sd_options){
		.connect_timeout_ms = cli->timeout_ms,
		.timeout_ms = cli->timeout_ms,
		.marking = {.connect_timeout_ms = INT32_MAX, .timeout_ms = INT32_MAX},
	};
	cli->network = marks == NULL ? NULL : sd_network_new(&cli->options, marks, ignore_line);
	if (cli->network == NULL) {
		cli_complain("out of memory");
		return false;
	}
	cli->transport = sd_network_transport(cli->network);
	cli->client = sd_client_new(cli->transport, &cli->options, has_redundancy);
	if (cli->client == NULL) {
		return false;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		cli->servers[i].timeout_ms = cli->timeout_ms; /* whatever the list says */
		(void)sd_client_add_server(cli->client, &cli->servers[i], &error);
	}
	return true;
}

/* *is_asked: the servers were found. */
static int run(struct cli *cli, const struct command *command, bool *is_asked)
{
	struct sd_dead_marks *marks;
	int status = CLI_UNREACHABLE;

	*is_asked = cli_find_servers(cli);
	if (!*is_asked) {
		return CLI_USAGE;
	}
	cli->is_single |= cli->is_session && cli->ini_is_single;
	marks = sd_dead_marks_new();
	if (open_client(cli, marks)) {
		status = command->run(cli);
	}
	if (cli->client != NULL) {
		sd_client_free(cli->client);
	}
	sd_network_free(cli->network);
	sd_dead_marks_free(marks);
	return status;
}

/* Ends the process at once, as a shell would tell of it: SIGINT is 130. */
static void on_signal(int number)
{
	cli_top_restore();
	_exit(128 + number);
}

/* Runs the subcommand with its options: argv[0] is its name. */
static int run_command(struct cli *cli, int argc, char *argv[])
{
	const struct command *command = find_command(argv[0]);
	bool is_asked = false;
	int status;

	if (command == NULL) {
		cli_complain("\"%s\" is no command: `sharedance --help` has the list", argv[0]);
		return CLI_USAGE;
	}
	cli->command = command->name;
	opterr = 0;
	status = read_options(cli, command, argc, argv);
	if (status == -1) {
		status = run(cli, command, &is_asked);
	}
	/* a plugin's 2 would be CRITICAL, and its reader sees stdout alone */
	return command->run == cli_check && status == CLI_USAGE && !is_asked
	           ? (int)cli_check_unknown(cli, cli_last_complaint())
	           : status;
}

/* If stdin, stdout or stderr is closed, the next connection would have its number, and a server
 * would be sent what is meant for the user. What takes the place fails as a closed one does. */
static bool fill_standard_files(void)
{
	for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
		if (fcntl(file, F_GETFD) == -1 &&
		    open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY) != file) {
			return false;
		}
	}
	return true;
}

static int run_program(int argc, char *argv[])
{
	static struct cli cli = {
		.timeout_ms = 2000,
		.interval_ms = 1000,
		.count = 5,
		.full = {80, 95},
		.clock = {1, 60},
		.latency = {0.1, 1},
	};

	if (argc < 2) {
		print_help(NULL);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(NULL);
		return CLI_DONE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("sharedance " SD_VERSION);
		return CLI_DONE;
	}
	return run_command(&cli, argc - 1, argv + 1);
}

int main(int argc, char *argv[])
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	int status;

	/* SIGPIPE ends this as any other program whose reader has seen enough */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)signal(numbers[i], on_signal);
	}
	if (!fill_standard_files()) {
		return CLI_UNREACHABLE;
	}
	status = run_program(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		cli_complain("stdout cannot be written");
		status = CLI_UNREACHABLE;
	}
	return status;
}
