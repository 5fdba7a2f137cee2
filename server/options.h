/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The command line: upstream's options with their short forms and defaults, and more. */

#ifndef SDD_OPTIONS_H
#define SDD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/entry.h"

#define SDD_NOT_GIVEN UINT64_MAX

struct sdd_options {
	const char *ip;          /* NULL: no TCP */
	const char *port;        /* "0": a free one */
	const char *unix_socket; /* path; NULL: none */
	uint64_t unix_socket_mode;
	uint64_t unix_socket_group; /* SDD_NOT_GIVEN: none but the server's own */
	const char *directory;
	const char *backup;   /* make one there, and serve nothing; NULL: serve */
	const char *log_file; /* NULL: messages go to stderr, or to syslog in the background */
	uint64_t backlog;
	uint64_t read_size;        /* bytes that a read from a socket asks for, at least */
	uint64_t max_request_size; /* bytes, header included */
	uint64_t expiration_ms;    /* the time to live of entries that come without one */
	uint64_t timeout;          /* seconds without data after which a client is disconnected */
	uint64_t max_size;         /* bytes of data in the store */
	uint64_t max_connections;  /* 0: what the number of descriptors allows */
	uint64_t memory;           /* bytes of requests and replies in memory, and of their batch */
	uint64_t busy_poll_us;     /* how long the server polls for the next request before it sleeps */
	uint64_t lock_lease;       /* seconds; a longer lease of a lock is cut to it */
	uint64_t lock_waiters;     /* how many may wait for one lock */
	enum sdd_sync sync;
	bool core; /* a core dump is allowed */
	bool debug;
	bool daemonize;
	bool change_user; /* uid and gid were given */
	uint64_t uid;
	uint64_t gid;
};

enum sdd_options_result {
	SDD_OPTIONS_OK,
	SDD_OPTIONS_EXIT,  /* the help or the version was printed: exit with 0 */
	SDD_OPTIONS_WRONG, /* said on stderr: exit with another status */
};

/* Reads the command line. The strings in *options are the command line's or constants. */
enum sdd_options_result sdd_options_parse(struct sdd_options *options, int argc, char *argv[]);

#endif
