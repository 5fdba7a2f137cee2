/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The command line; see options.h. Defaults are upstream 0.7's except for --ip, which was any
 * address, for --backlog, which was 100, and for --directory, which was below /tmp: others can put
 * something there before. */

#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/system/log.h"
#include "server/system/memory.h"

#define DEFAULT_IP "127.0.0.1"
#define DEFAULT_PORT "1042"
#define DEFAULT_BACKLOG 4096 /* the system cuts it */
#define DEFAULT_READ_SIZE 4096
#define DEFAULT_MAX_REQUEST_SIZE (32u * 1024 * 1024)
#define DEFAULT_EXPIRATION (30 * 60) /* seconds */
#define DEFAULT_TIMEOUT 60           /* seconds */
#define DEFAULT_MAX_SIZE (64ull * 1024 * 1024 * 1024)
#define DEFAULT_BUSY_POLL 50    /* microseconds */
#define DEFAULT_LOCK_LEASE 3600 /* seconds */
#define DEFAULT_LOCK_WAITERS 1024

#define MIN_MAX_SIZE (1024 * 1024) /* a smaller store has no room for its own pages */
#define MAX_MAX_REQUEST_SIZE (1024u * 1024 * 1024)
#define MIN_MEMORY (16u * 1024 * 1024)
#define DEFAULT_MEMORY_MOST (1024u * 1024 * 1024) /* of a quarter of the system's */
#define MAX_BUSY_POLL 1000                        /* microseconds */
#define SECONDS_MAX 3000000000ull /* 95 years; in milliseconds, far from an overflow */

/* the "letters" of options without a short form: no characters */
enum {
	BACKUP = 256,
	BUSY_POLL,
	CORE,
	LOCK_LEASE,
	LOCK_WAITERS,
	LOG_FILE,
	MAX_CONNECTIONS,
	MEMORY,
	UNIX_SOCKET_GROUP,
	UNIX_SOCKET_MODE,
};

static const struct option long_options[] = {
	{"backlog", required_argument, NULL, 'b'},
	{"backup", required_argument, NULL, BACKUP},
	{"busy-poll", required_argument, NULL, BUSY_POLL},
	{"core", no_argument, NULL, CORE},
	{"daemonize", no_argument, NULL, 'B'},
	{"debug", no_argument, NULL, 'D'},
	{"directory", required_argument, NULL, 'd'},
	{"expiration", required_argument, NULL, 'e'},
	{"gid", required_argument, NULL, 'g'},
	{"help", no_argument, NULL, 'h'},
	{"ip", required_argument, NULL, 'i'},
	{"lock-lease", required_argument, NULL, LOCK_LEASE},
	{"lock-waiters", required_argument, NULL, LOCK_WAITERS},
	{"log-file", required_argument, NULL, LOG_FILE},
	{"max-connections", required_argument, NULL, MAX_CONNECTIONS},
	{"maxreadsize", required_argument, NULL, 'R'},
	{"memory", required_argument, NULL, MEMORY},
	{"maxsize", required_argument, NULL, 'm'},
	{"port", required_argument, NULL, 'p'},
	{"readsize", required_argument, NULL, 'r'},
	{"sync", required_argument, NULL, 'y'},
	{"timeout", required_argument, NULL, 't'},
	{"uid", required_argument, NULL, 'u'},
	{"unix-socket", required_argument, NULL, 's'},
	{"unix-socket-group", required_argument, NULL, UNIX_SOCKET_GROUP},
	{"unix-socket-mode", required_argument, NULL, UNIX_SOCKET_MODE},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static void print_help(void)
{
	puts("sharedanced " SDD_VERSION ", a server for ephemeral key/data pairs\n"
	     "\n"
	     "--ip=xxx          (-i) listen to this address (default=127.0.0.1)\n"
	     "--port=xxx        (-p) listen to that port, 0 for any free one (default=1042)\n"
	     "--unix-socket=xxx (-s) listen to this path; to TCP then only where --ip or --port is "
	     "given\n"
	     "--unix-socket-group=xxx the group, by name or number, that may connect to the path\n"
	     "--unix-socket-mode=xxx the path's mode, octal (default=0700; 0770 with a group)\n"
	     "--backlog=xxx     (-b) change the backlog (default=4096)\n"
	     "--directory=xxx   (-d) directory where the data is stored; has to be given\n"
	     "--backup=xxx           have the server of --directory make a backup there, and end\n"
	     "--readsize=xxx    (-r) read buffer size in bytes (default=4096)\n"
	     "--maxreadsize=xxx (-R) largest request in bytes (default=32M)\n"
	     "--maxsize=xxx     (-m) most bytes of data to store (default=64G)\n"
	     "--max-connections=xxx  most clients at the same time; one that is idle is closed for a "
	     "new\n"
	     "                       one (default=the number of descriptors less 64)\n"
	     "--memory=xxx           most bytes of requests, answers and new data in memory, at least\n"
	     "                       twice --maxreadsize (default=a quarter of the memory, 1G at most)\n"
	     "--expiration=xxx  (-e) expiration of data in seconds (default=1800)\n"
	     "--timeout=xxx     (-t) disconnect after xxx seconds without data (default=60)\n"
	     "--sync=xxx        (-y) when data is forced to disk: always (before each answer),\n"
	     "                       interval (each second) or never (default=interval)\n"
	     "--busy-poll=xxx        microseconds for which the next request is looked for before the\n"
	     "                       server sleeps, where that pays, 0 to 1000 (default=50)\n"
	     "--core                 a crash may leave a core dump, with sessions in it\n"
	     "--lock-lease=xxx       most seconds for which a lock is held (default=3600)\n"
	     "--lock-waiters=xxx     most clients that wait for one lock (default=1024)\n"
	     "--debug           (-D) verbose debug mode\n"
	     "--daemonize       (-B) operate in background, with messages to syslog\n"
	     "--log-file=xxx         messages go to this file, which SIGHUP opens again\n"
	     "--uid=xxx         (-u) change user id\n"
	     "--gid=xxx         (-g) change group id\n"
	     "--help            (-h) this text\n"
	     "--version         (-V) print the version\n"
	     "\n"
	     "Sizes may end in K, M, G or T.");
}

/* {{{ values; what is wrong with one is said on stderr */

/* Returns false. */
static bool wrong(const char *name, const char *value, const char *wanted)
{
	sdd_log(SDD_LOG_ERROR, "--%s must be %s, \"%s\" given", name, wanted, value);
	return false;
}

/* Digits only: strtoull() by itself would accept a sign and white space. */
static bool read_digits(const char *value, uint64_t *number, const char **end)
{
	char *stopped;

	if (value[0] < '0' || value[0] > '9') {
		return false;
	}
	errno = 0;
	*number = strtoull(value, &stopped, 10);
	*end = stopped;
	return errno == 0;
}

/* How far K, M, G or T shift a number; 0 for anything else. */
static unsigned shift_of(char suffix)
{
	static const char suffixes[] = "KMGT";
	const char *found = suffix == '\0' ? NULL : strchr(suffixes, suffix);

	return found == NULL ? 0 : 10 * (unsigned)(found - suffixes + 1);
}

/* The options that are numbers, and where they go. */
static const struct number_option {
	int letter;
	bool is_size; /* may end in K, M, G or T */
	const char *name;
	uint64_t min;
	uint64_t max;
	uint64_t unit; /* the number is stored multiplied by it */
	size_t offset; /* of a uint64_t in struct sdd_options */
} number_options[] = {
/* it compiles for fields of 64 bits only, because store_number() writes so many */
#define NUMBER(field)                                                                              \
	_Generic(&((struct sdd_options *)0)->field, uint64_t * : 1), offsetof(struct sdd_options, field)
	{'b', false, "backlog", 1, INT_MAX, NUMBER(backlog)},
	{'r', true, "readsize", 1, 1u << 24, NUMBER(read_size)},
	{'R', true, "maxreadsize", 10, MAX_MAX_REQUEST_SIZE, NUMBER(max_request_size)},
	{'m', true, "maxsize", MIN_MAX_SIZE, SIZE_MAX / 4, NUMBER(max_size)},
	{'e', false, "expiration", 1, SECONDS_MAX, 1000, offsetof(struct sdd_options, expiration_ms)},
	{'t', false, "timeout", 1, INT_MAX / 1000, NUMBER(timeout)},
	{MAX_CONNECTIONS, false, "max-connections", 1, INT_MAX, NUMBER(max_connections)},
	{MEMORY, true, "memory", MIN_MEMORY, SIZE_MAX / 4, NUMBER(memory)},
	{BUSY_POLL, false, "busy-poll", 0, MAX_BUSY_POLL, NUMBER(busy_poll_us)},
	{LOCK_LEASE, false, "lock-lease", 1, SECONDS_MAX, NUMBER(lock_lease)},
	{LOCK_WAITERS, false, "lock-waiters", 0, UINT32_MAX, NUMBER(lock_waiters)},
	{'u', false, "uid", 0, UINT32_MAX - 1, NUMBER(uid)},
	{'g', false, "gid", 0, UINT32_MAX - 1, NUMBER(gid)},
#undef NUMBER
};

static const struct number_option *find_number_option(int letter)
{
	for (size_t i = 0; i < sizeof(number_options) / sizeof(number_options[0]); i++) {
		if (number_options[i].letter == letter) {
			return &number_options[i];
		}
	}
	return NULL;
}

static bool read_number(const struct number_option *option, const char *value, uint64_t *number)
{
	const char *end;
	char wanted[100];

	if (read_digits(value, number, &end)) {
		unsigned shift = option->is_size ? shift_of(*end) : 0;

		end += shift != 0;
		if (*end == '\0' && *number <= option->max >> shift && *number << shift >= option->min) {
			*number <<= shift;
			return true;
		}
	}
	(void)snprintf(wanted, sizeof(wanted), "a number %sbetween %llu and %llu",
	               option->is_size ? "of bytes " : "", (unsigned long long)option->min,
	               (unsigned long long)option->max);
	return wrong(option->name, value, wanted);
}

static bool store_number(struct sdd_options *options, const struct number_option *option,
                         const char *value)
{
	uint64_t number;

	if (!read_number(option, value, &number)) {
		return false;
	}
	*(uint64_t *)(void *)((char *)options + option->offset) = number * option->unit;
	return true;
}

/* The port stays text, which the system's resolver takes. */
static bool check_port(const char *value)
{
	static const struct number_option port = {.name = "port", .max = 65535};
	uint64_t number;

	return read_number(&port, value, &number);
}

static bool read_sync(const char *value, enum sdd_sync *sync)
{
	if (strcmp(value, "always") == 0) {
		*sync = SDD_SYNC_ALWAYS;
	} else if (strcmp(value, "interval") == 0) {
		*sync = SDD_SYNC_INTERVAL;
	} else if (strcmp(value, "never") == 0) {
		*sync = SDD_SYNC_NEVER;
	} else {
		return wrong("sync", value, "always, interval or never");
	}
	return true;
}

static bool read_mode(const char *value, uint64_t *mode)
{
	size_t length = strlen(value);

	if (length < 1 || length > 4 || strspn(value, "01234567") != length ||
	    strtoul(value, NULL, 8) > 0777) {
		return wrong("unix-socket-mode", value, "an octal number between 0 and 0777");
	}
	*mode = strtoul(value, NULL, 8);
	return true;
}

static bool read_group(const char *value, uint64_t *group)
{
	const struct group *found = getgrnam(value);
	const char *end;

	if (found != NULL) {
		*group = found->gr_gid;
		return true;
	}
	return (read_digits(value, group, &end) && *end == '\0' && *group < UINT32_MAX) ||
	       wrong("unix-socket-group", value, "the name or number of a group");
}

/* The options that are text, and where they go. */
static const struct text_option {
	int letter;
	const char *name;
	const char *wanted; /* what it is, if it is not empty */
	size_t offset;      /* of a const char * in struct sdd_options */
} text_options[] = {
	{'i', "ip", "an address", offsetof(struct sdd_options, ip)},
	{'s', "unix-socket", "a path", offsetof(struct sdd_options, unix_socket)},
	{'d', "directory", "a path", offsetof(struct sdd_options, directory)},
	{BACKUP, "backup", "a path", offsetof(struct sdd_options, backup)},
	{LOG_FILE, "log-file", "a path", offsetof(struct sdd_options, log_file)},
};

static const struct text_option *find_text_option(int letter)
{
	for (size_t i = 0; i < sizeof(text_options) / sizeof(text_options[0]); i++) {
		if (text_options[i].letter == letter) {
			return &text_options[i];
		}
	}
	return NULL;
}

static bool store_text(struct sdd_options *options, const struct text_option *option,
                       const char *value)
{
	*(const char **)(void *)((char *)options + option->offset) = value;
	return value[0] != '\0' || wrong(option->name, value, option->wanted);
}

/* }}} */

/* The options that change the meaning of others if they are given. */
struct given {
	bool ip;
	bool port;
	bool uid;
	bool gid;
};

static bool read_option(struct sdd_options *options, struct given *given, int letter)
{
	const struct number_option *number_option = find_number_option(letter);
	const struct text_option *text_option = find_text_option(letter);

	given->ip |= letter == 'i';
	given->port |= letter == 'p';
	given->uid |= letter == 'u';
	given->gid |= letter == 'g';
	if (number_option != NULL) {
		return store_number(options, number_option, optarg);
	}
	if (text_option != NULL) {
		return store_text(options, text_option, optarg);
	}
	switch (letter) {
	case 'p':
		options->port = optarg;
		return check_port(optarg);
	case UNIX_SOCKET_GROUP:
		return read_group(optarg, &options->unix_socket_group);
	case UNIX_SOCKET_MODE:
		return read_mode(optarg, &options->unix_socket_mode);
	case 'y':
		return read_sync(optarg, &options->sync);
	case CORE:
		options->core = true;
		return true;
	case 'D':
		options->debug = true;
		return true;
	case 'B':
		options->daemonize = true;
		return true;
	default:
		return false; /* getopt_long() has said on stderr what is wrong */
	}
}

/* A user that is given without a group gets its own. */
static bool complete_user(struct sdd_options *options, const struct given *given)
{
	const struct passwd *user;

	options->change_user = given->uid || given->gid;
	if (!given->uid) {
		options->uid = geteuid();
	}
	if (given->gid || !options->change_user) {
		return true;
	}
	user = getpwuid((uid_t)options->uid);
	if (user == NULL) {
		sdd_log(SDD_LOG_ERROR, "--uid=%u is nobody's here, so that --gid is needed too",
		        (unsigned)options->uid);
		return false;
	}
	options->gid = user->pw_gid;
	return true;
}

/* A request of the largest size and its reply must have room. */
static bool complete_memory(struct sdd_options *options)
{
	uint64_t least = 2 * options->max_request_size;
	uint64_t most = sdd_memory_of_system("") / 4;

	if (options->memory == 0) {
		most = most < DEFAULT_MEMORY_MOST ? most : DEFAULT_MEMORY_MOST;
		least = least > MIN_MEMORY ? least : MIN_MEMORY;
		options->memory = most > least ? most : least;
	}
	if (options->memory < least) {
		sdd_log(SDD_LOG_ERROR, "--memory must be at least twice --maxreadsize, that is %llu",
		        (unsigned long long)least);
		return false;
	}
	return true;
}

/* What follows from several options, or from one that is missing. */
static bool complete(struct sdd_options *options, const struct given *given)
{
	if (options->directory == NULL) {
		sdd_log(SDD_LOG_ERROR,
		        "--directory is missing: give a path that only the server's user can "
		        "write to, such as --directory=/var/lib/sharedance");
		return false;
	}
	if (options->unix_socket != NULL && !given->ip && !given->port) {
		options->ip = NULL;
	}
	if (options->unix_socket_mode == SDD_NOT_GIVEN) {
		options->unix_socket_mode = options->unix_socket_group == SDD_NOT_GIVEN ? 0700 : 0770;
	}
	return complete_memory(options) && complete_user(options, given);
}

static void set_defaults(struct sdd_options *options)
{
	*options = (struct sdd_options){
		.ip = DEFAULT_IP,
		.port = DEFAULT_PORT,
		.unix_socket_group = SDD_NOT_GIVEN,
		.unix_socket_mode = SDD_NOT_GIVEN,
		.backlog = DEFAULT_BACKLOG,
		.read_size = DEFAULT_READ_SIZE,
		.max_request_size = DEFAULT_MAX_REQUEST_SIZE,
		.expiration_ms = DEFAULT_EXPIRATION * 1000,
		.timeout = DEFAULT_TIMEOUT,
		.max_size = DEFAULT_MAX_SIZE,
		.sync = SDD_SYNC_INTERVAL,
		.busy_poll_us = DEFAULT_BUSY_POLL,
		.lock_lease = DEFAULT_LOCK_LEASE,
		.lock_waiters = DEFAULT_LOCK_WAITERS,
	};
}

enum sdd_options_result sdd_options_parse(struct sdd_options *options, int argc, char *argv[])
{
	struct given given = {0};
	int letter;

	set_defaults(options);
	if (argc <= 1) {
		print_help(); /* as upstream does */
		return SDD_OPTIONS_EXIT;
	}
	while ((letter = getopt_long(argc, argv, "b:Bd:De:g:hi:m:p:r:R:s:t:u:Vy:", long_options,
	                             NULL)) != -1) {
		if (letter == 'h') {
			print_help();
			return SDD_OPTIONS_EXIT;
		}
		if (letter == 'V') {
			puts("sharedanced " SDD_VERSION);
			return SDD_OPTIONS_EXIT;
		}
		if (!read_option(options, &given, letter)) {
			return SDD_OPTIONS_WRONG;
		}
	}
	if (optind < argc) {
		sdd_log(SDD_LOG_ERROR, "\"%s\" is not an option", argv[optind]);
		return SDD_OPTIONS_WRONG;
	}
	return complete(options, &given) ? SDD_OPTIONS_OK : SDD_OPTIONS_WRONG;
}
