/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The command line; see options.h. Defaults are upstream 0.7's but for --ip, which was any address. */

#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/system/log.h"

#define DEFAULT_IP "127.0.0.1"
#define DEFAULT_PORT "1042"
#define DEFAULT_BACKLOG 100
#define DEFAULT_DIRECTORY "/tmp/sharedance"
#define DEFAULT_READ_SIZE 4096
#define DEFAULT_MAX_REQUEST_SIZE (32u * 1024 * 1024)
#define DEFAULT_EXPIRATION (30 * 60) /* seconds */
#define DEFAULT_TIMEOUT 60           /* seconds */
#define DEFAULT_MAX_SIZE (64ull * 1024 * 1024 * 1024)
#define DEFAULT_BUSY_POLL 50         /* microseconds */

#define MIN_MAX_SIZE (1024 * 1024)           /* a store of less has no room for its own pages */
#define MAX_MAX_REQUEST_SIZE (1024u * 1024 * 1024)
#define MAX_BUSY_POLL 1000 /* microseconds */
#define SECONDS_MAX 3000000000ull /* 95 years: in milliseconds far from any overflow */

#define BUSY_POLL 256 /* an option without a short form: more than any character */

static const struct option long_options[] = {
    {"backlog", required_argument, NULL, 'b'},
    {"busy-poll", required_argument, NULL, BUSY_POLL},
    {"daemonize", no_argument, NULL, 'B'},
    {"debug", no_argument, NULL, 'D'},
    {"directory", required_argument, NULL, 'd'},
    {"expiration", required_argument, NULL, 'e'},
    {"gid", required_argument, NULL, 'g'},
    {"help", no_argument, NULL, 'h'},
    {"ip", required_argument, NULL, 'i'},
    {"maxreadsize", required_argument, NULL, 'R'},
    {"maxsize", required_argument, NULL, 'm'},
    {"port", required_argument, NULL, 'p'},
    {"readsize", required_argument, NULL, 'r'},
    {"sync", required_argument, NULL, 'y'},
    {"timeout", required_argument, NULL, 't'},
    {"uid", required_argument, NULL, 'u'},
    {"unix-socket", required_argument, NULL, 's'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void print_help(void)
{
	puts("sharedanced " SDD_VERSION ", a server for ephemeral key/data pairs\n"
	     "\n"
	     "--ip=xxx          (-i) listen to this address (default=127.0.0.1)\n"
	     "--port=xxx        (-p) listen to that port, 0 for any free one (default=1042)\n"
	     "--unix-socket=xxx (-s) listen to this path; to TCP then only where --ip or --port is given\n"
	     "--backlog=xxx     (-b) change the backlog (default=100)\n"
	     "--directory=xxx   (-d) directory where the data is stored (default=/tmp/sharedance)\n"
	     "--readsize=xxx    (-r) read buffer size in bytes (default=4096)\n"
	     "--maxreadsize=xxx (-R) largest request in bytes (default=32M)\n"
	     "--maxsize=xxx     (-m) most bytes of data to store (default=64G)\n"
	     "--expiration=xxx  (-e) expiration of data in seconds (default=1800)\n"
	     "--timeout=xxx     (-t) disconnect after xxx seconds without data (default=60)\n"
	     "--sync=xxx        (-y) when data is forced to disk: always (before each answer),\n"
	     "                       interval (each second) or never (default=interval)\n"
	     "--busy-poll=xxx        microseconds for which the next request is looked for before the\n"
	     "                       server sleeps, where that pays, 0 to 1000 (default=50)\n"
	     "--debug           (-D) verbose debug mode\n"
	     "--daemonize       (-B) operate in background, with messages to syslog\n"
	     "--uid=xxx         (-u) change user id\n"
	     "--gid=xxx         (-g) change group id\n"
	     "--help            (-h) this text\n"
	     "--version         (-V) print the version\n"
	     "\n"
	     "Sizes may end in K, M, G or T.");
}

/* {{{ one value each; false, said on stderr, where it is not one */

static bool wrong(const char *name, const char *value, const char *wanted)
{
	sdd_log(SDD_LOG_ERROR, "--%s must be %s, \"%s\" given", name, wanted, value);
	return false;
}

/* Digits alone: strtoull() by itself would take a sign and white space. */
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

static bool read_number(const char *name, const char *value, uint64_t min, uint64_t max,
                        uint64_t *number)
{
	const char *end;
	char wanted[80];

	if (read_digits(value, number, &end) && *end == '\0' && *number >= min && *number <= max) {
		return true;
	}
	(void)snprintf(wanted, sizeof(wanted), "a number between %llu and %llu",
	               (unsigned long long)min, (unsigned long long)max);
	return wrong(name, value, wanted);
}

static unsigned shift_of(char suffix)
{
	static const char suffixes[] = "KMGT";
	const char *found = suffix == '\0' ? NULL : strchr(suffixes, suffix);

	return found == NULL ? 0 : 10 * (unsigned)(found - suffixes + 1);
}

static bool read_size(const char *name, const char *value, uint64_t min, uint64_t max,
                      uint64_t *size)
{
	const char *end;
	char wanted[100];

	if (read_digits(value, size, &end)) {
		unsigned shift = shift_of(*end);

		end += shift != 0;
		if (*end == '\0' && *size <= max >> shift && *size << shift >= min) {
			*size <<= shift;
			return true;
		}
	}
	(void)snprintf(wanted, sizeof(wanted), "a number of bytes between %llu and %llu",
	               (unsigned long long)min, (unsigned long long)max);
	return wrong(name, value, wanted);
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

/* }}} */

/* What was given, where that changes the meaning of something else. */
struct given {
	bool ip;
	bool port;
	bool uid;
	bool gid;
};

static bool read_option(struct sdd_options *options, struct given *given, int option)
{
	uint64_t number;

	switch (option) {
	case 'i':
		options->ip = optarg;
		given->ip = true;
		return optarg[0] != '\0' || wrong("ip", optarg, "an address");
	case 'p':
		options->port = optarg;
		given->port = true;
		return read_number("port", optarg, 0, 65535, &number);
	case 's':
		options->unix_socket = optarg;
		return optarg[0] != '\0' || wrong("unix-socket", optarg, "a path");
	case 'd':
		options->directory = optarg;
		return optarg[0] != '\0' || wrong("directory", optarg, "a path");
	case 'b':
		return read_number("backlog", optarg, 1, INT_MAX, &number) &&
		       (options->backlog = (int)number, true);
	case 'r':
		return read_size("readsize", optarg, 1, 1u << 24, &number) &&
		       (options->read_size = (size_t)number, true);
	case 'R':
		return read_size("maxreadsize", optarg, 10, MAX_MAX_REQUEST_SIZE, &number) &&
		       (options->max_request_size = number, true);
	case 'm':
		return read_size("maxsize", optarg, MIN_MAX_SIZE, SIZE_MAX / 4, &number) &&
		       (options->max_size = number, true);
	case 'e':
		return read_number("expiration", optarg, 1, SECONDS_MAX, &number) &&
		       (options->expiration_ms = (int64_t)number * 1000, true);
	case 't':
		return read_number("timeout", optarg, 1, INT_MAX / 1000, &number) &&
		       (options->timeout = (int)number, true);
	case 'y':
		return read_sync(optarg, &options->sync);
	case BUSY_POLL:
		return read_number("busy-poll", optarg, 0, MAX_BUSY_POLL, &number) &&
		       (options->busy_poll_us = (int64_t)number, true);
	case 'u':
		given->uid = true;
		return read_number("uid", optarg, 0, UINT32_MAX - 1, &number) &&
		       (options->uid = (uid_t)number, true);
	case 'g':
		given->gid = true;
		return read_number("gid", optarg, 0, UINT32_MAX - 1, &number) &&
		       (options->gid = (gid_t)number, true);
	case 'D':
		options->debug = true;
		return true;
	case 'B':
		options->daemonize = true;
		return true;
	default:
		return false; /* getopt_long() said on stderr what is wrong */
	}
}

/* A user without a group runs in that user's own. */
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
	user = getpwuid(options->uid);
	if (user == NULL) {
		sdd_log(SDD_LOG_ERROR, "--uid=%u is nobody's here, so that --gid is needed too",
		        (unsigned)options->uid);
		return false;
	}
	options->gid = user->pw_gid;
	return true;
}

enum sdd_options_result sdd_options_parse(struct sdd_options *options, int argc, char *argv[])
{
	struct given given = {0};
	int option;

	*options = (struct sdd_options){
	    .ip = DEFAULT_IP,
	    .port = DEFAULT_PORT,
	    .backlog = DEFAULT_BACKLOG,
	    .directory = DEFAULT_DIRECTORY,
	    .read_size = DEFAULT_READ_SIZE,
	    .max_request_size = DEFAULT_MAX_REQUEST_SIZE,
	    .expiration_ms = DEFAULT_EXPIRATION * 1000,
	    .timeout = DEFAULT_TIMEOUT,
	    .max_size = DEFAULT_MAX_SIZE,
	    .sync = SDD_SYNC_INTERVAL,
	    .busy_poll_us = DEFAULT_BUSY_POLL,
	};
	if (argc <= 1) {
		print_help(); /* as upstream does */
		return SDD_OPTIONS_EXIT;
	}
	while ((option = getopt_long(argc, argv, "b:Bd:De:g:hi:m:p:r:R:s:t:u:Vy:", long_options,
	                             NULL)) != -1) {
		if (option == 'h') {
			print_help();
			return SDD_OPTIONS_EXIT;
		}
		if (option == 'V') {
			puts("sharedanced " SDD_VERSION);
			return SDD_OPTIONS_EXIT;
		}
		if (!read_option(options, &given, option)) {
			return SDD_OPTIONS_WRONG;
		}
	}
	if (optind < argc) {
		sdd_log(SDD_LOG_ERROR, "\"%s\" is not an option", argv[optind]);
		return SDD_OPTIONS_WRONG;
	}
	if (options->unix_socket != NULL && !given.ip && !given.port) {
		options->ip = NULL;
	}
	return complete_user(options, &given) ? SDD_OPTIONS_OK : SDD_OPTIONS_WRONG;
}
