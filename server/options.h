/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The options of sharedanced, by the command line and the configuration file: upstream's, with
 * their short forms and defaults, and more. */

#ifndef SDD_OPTIONS_H
#define SDD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

#define SDD_NOT_GIVEN UINT64_MAX
#define SDD_ADDRESSES_MAX 16

/* Host names or addresses, each with its terminator. */
struct sdd_addresses {
	char texts[SDD_ADDRESSES_MAX][256];
	size_t count;
};

/* Pointers have 32 bits: at most 3 GB of addresses for everything. */
#if SIZE_MAX <= UINT32_MAX
#define SDD_SMALL_ADDRESS_SPACE
#endif

/* The most that --memory is by default. */
#ifdef SDD_SMALL_ADDRESS_SPACE
#define SDD_MEMORY_STANDARD "256M"
#define SDD_MEMORY_STANDARD_BYTES (256u << 20)
#else
#define SDD_MEMORY_STANDARD "1G"
#define SDD_MEMORY_STANDARD_BYTES (1024u << 20)
#endif

struct sdd_options {
	struct sdd_addresses addresses; /* none: no TCP */
	const char *port;               /* "0": a free one */
	const char *unix_socket;        /* path; NULL: none */
	uint64_t unix_socket_mode;
	uint64_t unix_socket_group; /* SDD_NOT_GIVEN: none but the server's own */
	const char *http;           /* an address and port, or unix:PATH; NULL: none */
	const char *directory;
	const char *backup;   /* make one there, and serve nothing; NULL: serve */
	const char *log_file; /* NULL: messages go to stderr, or to syslog in the background */
	const char *pid_file; /* NULL: none */
	const char *config;   /* the file; NULL: none */
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
	bool log_time; /* the time is in front of each line on stderr, too */
	bool daemonize;
	bool change_user; /* uid or gid was given */
	bool has_uid;
	uint64_t uid;
	uint64_t gid;
	char *config_text; /* what the strings above point into, besides the command line; or NULL */
};

enum sdd_options_result {
	SDD_OPTIONS_OK,
	SDD_OPTIONS_EXIT,  /* what was asked for was printed or checked: exit with 0 */
	SDD_OPTIONS_WRONG, /* said in the log: exit with another status */
};

/* Reads the command line, and the configuration file if it names one; the command line wins. The
 * strings in *options are the command line's, constants, or its own. */
enum sdd_options_result sdd_options_parse(struct sdd_options *options, int argc, char *argv[]);

/* The configuration was read again: takes what changes while the server runs, and says what has
 * changed, in the log. */
void sdd_options_take_changes(struct sdd_options *options, const struct sdd_options *changed);

/* Frees what sdd_options_parse() allocated, whatever it returned. */
void sdd_options_free(struct sdd_options *options);

#endif
