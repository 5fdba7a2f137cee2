/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The command line: upstream's options with their short forms and defaults, and ours. */

#ifndef SDD_OPTIONS_H
#define SDD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "server/store/store.h"

struct sdd_options {
	const char *ip;          /* NULL: no TCP */
	const char *port;        /* "0": a free one */
	const char *unix_socket; /* path; NULL: none */
	int backlog;
	const char *directory;
	size_t read_size;          /* bytes read from a socket at once, at least */
	uint64_t max_request_size; /* bytes, header included */
	int64_t expiration_ms;
	int timeout; /* seconds without data, after which a client is disconnected */
	uint64_t max_size; /* bytes of data in the store */
	enum sdd_sync sync;
	int64_t busy_poll_us; /* for so long it looks for the next request before it sleeps */
	bool debug;
	bool daemonize;
	bool change_user; /* uid and gid are set */
	uid_t uid;
	gid_t gid;
};

enum sdd_options_result {
	SDD_OPTIONS_OK,
	SDD_OPTIONS_EXIT,  /* help or version was asked for and given: exit with 0 */
	SDD_OPTIONS_WRONG, /* said on stderr: exit with another status */
};

/* Reads the command line. The strings in *options are the command line's or constants. */
enum sdd_options_result sdd_options_parse(struct sdd_options *options, int argc, char *argv[]);

#endif
