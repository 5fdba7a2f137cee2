/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A sample of all servers: what each tells of itself, in one round trip. */

#ifndef CLI_SAMPLE_H
#define CLI_SAMPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "client/pool/server.h"

struct cli;

/* What is not told is not known: memcached has no health and no identity. */
struct cli_sample {
	const struct sd_server *server;
	char reason[384]; /* why nothing is known, as a sentence; "": it answered */
	char note[160];   /* what it cannot tell, as a sentence; "": nothing */
	bool is_classic;  /* it answers, and tells nothing */
	char identity[32];
	char process[32];
	char version[64];
	char health[16];
	char health_reason[256];
	double latency;     /* seconds until the answer */
	double clock_ahead; /* seconds by which its clock is ahead of this machine's */
	double clock_error; /* that may be wrong by so much */
	bool has_clock;
	bool has_unproven;
	bool has_locks;
	uint64_t entries;
	uint64_t bytes;
	uint64_t max_bytes;
	uint64_t gets;
	uint64_t hits;
	uint64_t sets;
	uint64_t connections;
	uint64_t max_connections;
	uint64_t locks;
	uint64_t lock_waiters;
	uint64_t unproven;
	uint64_t absence_proven_in; /* seconds until what is absent is known to be; 0: it is */
	double at;                  /* when it was, on a monotonic clock */
};

/* Samples all servers at the same time. The array of cli->servers_count is the caller's to free.
 * NULL: no memory, with a message. */
struct cli_sample *cli_sample_all(struct cli *cli);

/* In a word: its health; "up", of a server that has none; "classic", "DOWN". */
const char *cli_state(const struct cli_sample *sample);

/* All that is known, as an object. */
json_t *cli_json_sample(const struct cli_sample *sample);

/* Percent of the store that is used. */
double cli_fullness(const struct cli_sample *sample);

#endif
