/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The table of options; see option_table.h. Defaults are upstream 0.7's except for --ip, which was
 * any address, for --backlog, which was 100, and for --directory, which was below /tmp: others can
 * put something there before. */

#include "server/option_table.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "server/options.h"

#define LINE_WIDTH 100
#define HELP_COLUMN 28 /* where the texts of the help begin */

#define KILO 1024ull
#define MEGA (KILO * KILO)
#define GIGA (KILO * MEGA)

/* The store is mapped, with a quarter and some to spare, and the memory comes on top. */
#ifdef SDD_SMALL_ADDRESS_SPACE
#define MAXSIZE_STANDARD "1G"
#define MAXSIZE_MOST GIGA
#define MEMORY_MOST (512 * MEGA)
#else
#define MAXSIZE_STANDARD "64G"
#define MAXSIZE_MOST (SIZE_MAX / 4)
#define MEMORY_MOST (SIZE_MAX / 4)
#endif

#define SECONDS_MAX 3000000000ull /* 95 years; in milliseconds, far from an overflow */
#define ID_MAX (UINT32_MAX - 1)

#define COMMAND_LINE_ONLY true
#define FIELD(name) offsetof(struct sdd_options, name)

/* In the order of the help, by theme. A smaller store than --maxsize=1M has no room for its own
 * pages. */
const struct sdd_option sdd_options_table[] = {
	{.name = "config",
     .letter = 'c',
     .kind = SDD_OPTION_TEXT,
     .is_command_line_only = COMMAND_LINE_ONLY,
     .offset = FIELD(config),
     .help = "read options from this file, one \"option = value\" per line; the command line takes "
             "precedence"},
	{.name = "check-config",
     .kind = SDD_OPTION_ACTION,
     .is_command_line_only = COMMAND_LINE_ONLY,
     .help = "check the options and the configuration file, and exit"},
	{.name = "sample-config",
     .kind = SDD_OPTION_ACTION,
     .is_command_line_only = COMMAND_LINE_ONLY,
     .help = "print a configuration file with all options and their defaults, and exit"},

	{.name = "ip",
     .letter = 'i',
     .kind = SDD_OPTION_ADDRESSES,
     .standard = "127.0.0.1",
     .offset = FIELD(addresses),
     .help = "listen on these addresses, separated by commas; may be repeated"},
	{.name = "port",
     .letter = 'p',
     .kind = SDD_OPTION_PORT,
     .standard = "1042",
     .max = 65535,
     .offset = FIELD(port),
     .help = "listen on this port; 0: on any free one"},
	{.name = "unix-socket",
     .letter = 's',
     .kind = SDD_OPTION_TEXT,
     .offset = FIELD(unix_socket),
     .help = "listen on this path; on TCP too only if ip or port is given"},
	{.name = "unix-socket-group",
     .kind = SDD_OPTION_GROUP,
     .max = ID_MAX,
     .offset = FIELD(unix_socket_group),
     .help = "the group, by name or number, that may connect to the path"},
	{.name = "unix-socket-mode",
     .kind = SDD_OPTION_MODE,
     .standard_words = "0700, or 0770 with a group",
     .offset = FIELD(unix_socket_mode),
     .help = "the path's mode, octal"},
	{.name = "backlog",
     .letter = 'b',
     .kind = SDD_OPTION_NUMBER,
     .standard = "4096",
     .min = 1,
     .max = INT_MAX,
     .offset = FIELD(backlog),
     .help = "how many connections may wait to be accepted; the system may lower it"},
	{.name = "max-connections",
     .kind = SDD_OPTION_NUMBER,
     .standard_words = "the limit on descriptors minus 64",
     .reloads = true,
     .min = 1,
     .max = INT_MAX,
     .offset = FIELD(max_connections),
     .help = "most clients at the same time; an idle one is closed to make room for a new one"},
	{.name = "timeout",
     .letter = 't',
     .kind = SDD_OPTION_NUMBER,
     .standard = "60",
     .min = 1,
     .max = INT_MAX / 1000,
     .offset = FIELD(timeout),
     .help = "seconds without data after which a client is disconnected in the middle of a request "
             "or reply"},
	{.name = "http",
     .kind = SDD_OPTION_ENDPOINT,
     .offset = FIELD(http),
     .help = "show the server's statistics by HTTP on this address and port, such as "
             "127.0.0.1:9142, or on unix:PATH"},

	{.name = "directory",
     .letter = 'd',
     .kind = SDD_OPTION_TEXT,
     .offset = FIELD(directory),
     .help = "the directory of the data; required"},
	{.name = "maxsize",
     .letter = 'm',
     .kind = SDD_OPTION_SIZE,
     .standard = MAXSIZE_STANDARD,
     .min = MEGA,
     .max = MAXSIZE_MOST,
     .offset = FIELD(max_size),
     .help = "store at most this much data"},
	{.name = "expiration",
     .letter = 'e',
     .kind = SDD_OPTION_NUMBER,
     .standard = "1800",
     .reloads = true,
     .min = 1,
     .max = SECONDS_MAX,
     .unit = 1000,
     .offset = FIELD(expiration_ms),
     .help = "time to live, in seconds, of entries that are stored without one"},
	{.name = "sync",
     .letter = 'y',
     .kind = SDD_OPTION_SYNC,
     .standard = "interval",
     .offset = FIELD(sync),
     .help = "when data is forced to disk: always (before each answer), interval (at least once a "
             "second) or never"},
	{.name = "backup",
     .kind = SDD_OPTION_TEXT,
     .is_command_line_only = COMMAND_LINE_ONLY,
     .offset = FIELD(backup),
     .help = "have the server that runs on the directory make a backup here, and exit"},

	{.name = "memory",
     .kind = SDD_OPTION_SIZE,
     .standard_words = "a quarter of the machine's or container's, at most " SDD_MEMORY_STANDARD,
     .min = 16 * MEGA,
     .max = MEMORY_MOST,
     .offset = FIELD(memory),
     .help = "most memory for requests, answers, locks and new data; at least twice maxreadsize"},
	{.name = "maxreadsize",
     .letter = 'R',
     .kind = SDD_OPTION_SIZE,
     .standard = "32M",
     .min = 10,
     .max = GIGA,
     .offset = FIELD(max_request_size),
     .help = "largest request in bytes"},
	{.name = "readsize",
     .letter = 'r',
     .kind = SDD_OPTION_SIZE,
     .standard = "4096",
     .min = 1,
     .max = 16 * MEGA,
     .offset = FIELD(read_size),
     .help = "read at least this many bytes from a connection at a time"},
	{.name = "busy-poll",
     .kind = SDD_OPTION_NUMBER,
     .standard = "50",
     .max = 1000,
     .offset = FIELD(busy_poll_us),
     .help = "microseconds for which the server polls for the next request before it sleeps, if "
             "that pays off"},
	{.name = "lock-lease",
     .kind = SDD_OPTION_NUMBER,
     .standard = "3600",
     .reloads = true,
     .min = 1,
     .max = SECONDS_MAX,
     .offset = FIELD(lock_lease),
     .help = "most seconds for which a lock can be held"},
	{.name = "lock-waiters",
     .kind = SDD_OPTION_NUMBER,
     .standard = "1024",
     .reloads = true,
     .max = UINT32_MAX,
     .offset = FIELD(lock_waiters),
     .help = "most clients that may wait for one lock"},

	{.name = "uid",
     .letter = 'u',
     .kind = SDD_OPTION_USER,
     .standard_words = "the user who starts it",
     .max = ID_MAX,
     .offset = FIELD(uid),
     .help = "become this user, by name or number"},
	{.name = "gid",
     .letter = 'g',
     .kind = SDD_OPTION_GROUP,
     .standard_words = "the user's",
     .max = ID_MAX,
     .offset = FIELD(gid),
     .help = "become this group, by name or number"},
	{.name = "daemonize",
     .letter = 'B',
     .kind = SDD_OPTION_FLAG,
     .standard = "no",
     .offset = FIELD(daemonize),
     .help = "go to the background once the server is ready, with messages to syslog"},
	{.name = "pidfile",
     .kind = SDD_OPTION_TEXT,
     .offset = FIELD(pid_file),
     .help = "write the process id to this file when the server is ready"},
	{.name = "core",
     .kind = SDD_OPTION_FLAG,
     .standard = "no",
     .offset = FIELD(core),
     .help = "let a crash leave a core dump, which can contain sessions"},

	{.name = "log-file",
     .kind = SDD_OPTION_TEXT,
     .offset = FIELD(log_file),
     .help = "write messages to this file; SIGHUP reopens it"},
	{.name = "log-time",
     .kind = SDD_OPTION_FLAG,
     .standard = "no",
     .reloads = true,
     .offset = FIELD(log_time),
     .help = "put the time in front of each message on stderr; a log file always has it"},
	{.name = "debug",
     .letter = 'D',
     .kind = SDD_OPTION_FLAG,
     .standard = "no",
     .reloads = true,
     .offset = FIELD(debug),
     .help = "also log what is useful to developers"},

	{.name = "help",
     .letter = 'h',
     .kind = SDD_OPTION_ACTION,
     .is_command_line_only = COMMAND_LINE_ONLY,
     .help = "print this text, and exit"},
	{.name = "version",
     .letter = 'V',
     .kind = SDD_OPTION_ACTION,
     .is_command_line_only = COMMAND_LINE_ONLY,
     .help = "print the version, and exit"},
};

const size_t sdd_options_count = sizeof(sdd_options_table) / sizeof(sdd_options_table[0]);

_Static_assert(sizeof(sdd_options_table) / sizeof(sdd_options_table[0]) <= SDD_OPTIONS_MAX,
               "SDD_OPTIONS_MAX is too small");

const char *sdd_option_value_name(const struct sdd_option *option)
{
	static const char *const names[] = {
		[SDD_OPTION_TEXT] = "PATH", [SDD_OPTION_ADDRESSES] = "ADDRESS",
		[SDD_OPTION_PORT] = "PORT", [SDD_OPTION_NUMBER] = "NUMBER",
		[SDD_OPTION_SIZE] = "SIZE", [SDD_OPTION_MODE] = "MODE",
		[SDD_OPTION_USER] = "USER", [SDD_OPTION_GROUP] = "GROUP",
		[SDD_OPTION_SYNC] = "WHEN", [SDD_OPTION_FLAG] = "",
		[SDD_OPTION_ACTION] = "",   [SDD_OPTION_ENDPOINT] = "ADDRESS",
	};

	return names[option->kind];
}

const struct sdd_option *sdd_option_find(const char *name)
{
	for (size_t i = 0; i < sdd_options_count; i++) {
		if (strcmp(sdd_options_table[i].name, name) == 0) {
			return &sdd_options_table[i];
		}
	}
	return NULL;
}

/* {{{ printing */

/* The text of an option, with its default. */
static void describe(const struct sdd_option *option, char text[512])
{
	const char *standard = option->standard == NULL ? option->standard_words : option->standard;

	if (standard == NULL) {
		(void)snprintf(text, 512, "%s", option->help);
	} else {
		(void)snprintf(text, 512, "%s (default: %s)", option->help, standard);
	}
}

/* Prints words, which begin at `column` in each line; the lines after the first begin with
 * `indent`. */
static void print_wrapped(const char *text, size_t column, const char *indent)
{
	size_t at = column;

	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		if (at > column && at + 1 + length > LINE_WIDTH) {
			printf("\n%s", indent);
			at = column;
		}
		printf("%s%.*s", at > column ? " " : "", (int)length, text);
		at += length + (at > column);
		text += length + (text[length] == ' ');
	}
	(void)putchar('\n');
}

void sdd_options_print_help(void)
{
	static const char indent[HELP_COLUMN + 1] = "                            ";
	char left[64];
	char text[512];

	puts("sharedanced " SDD_VERSION ", a server for sessions and cache entries\n"
	     "\n"
	     "usage: sharedanced --directory=PATH [OPTION...]\n");
	for (size_t i = 0; i < sdd_options_count; i++) {
		const struct sdd_option *option = &sdd_options_table[i];
		const char *value = sdd_option_value_name(option);
		int length =
			option->letter == '\0'
				? snprintf(left, sizeof(left), "      --%s", option->name)
				: snprintf(left, sizeof(left), "  -%c, --%s", option->letter, option->name);

		(void)snprintf(left + length, sizeof(left) - (size_t)length, "%s%s",
		               value[0] == '\0' ? "" : "=", value);
		describe(option, text);
		if (strlen(left) + 2 > HELP_COLUMN) {
			printf("%s\n%s", left, indent);
		} else {
			printf("%-*s", HELP_COLUMN, left);
		}
		print_wrapped(text, HELP_COLUMN, indent);
	}
	puts("\nA SIZE is in bytes, and may end in K, M, G or T. In a configuration file, the options "
	     "that\n"
	     "take no value here take yes or no.");
}

void sdd_options_print_sample(void)
{
	char text[512];

	puts("# Options of sharedanced, one \"option = value\" per line. An option that is commented "
	     "out, or\n"
	     "# has no value, has its default. `sharedanced --check-config --config=FILE` checks this "
	     "file.\n"
	     "# A SIZE is in bytes, and may end in K, M, G or T.");
	for (size_t i = 0; i < sdd_options_count; i++) {
		const struct sdd_option *option = &sdd_options_table[i];

		if (option->is_command_line_only) {
			continue;
		}
		printf("\n# ");
		describe(option, text);
		print_wrapped(text, 2, "# ");
		printf("#%s =%s%s\n", option->name, option->standard == NULL ? "" : " ",
		       option->standard == NULL ? "" : option->standard);
	}
}

/* }}} */
