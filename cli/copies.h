/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A key, and what each of its servers has of it. */

#ifndef CLI_COPIES_H
#define CLI_COPIES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "cli/ask.h"

#define CLI_COPIES_MAX 2
#define CLI_KEY_ROOM 1024 /* bytes: more than any legal key has */

struct cli;

struct cli_key {
	char room[CLI_KEY_ROOM];
	struct sd_bytes bytes;
};

struct cli_copies {
	size_t count;
	struct sd_exchange exchanges[CLI_COPIES_MAX];
	struct cli_text values[CLI_COPIES_MAX];
	enum cli_kind kinds[CLI_COPIES_MAX]; /* of the servers */
	bool has_values;
};

/* The key of that text: with --session it has the prefix in front. It must not move. False, with a
 * message. */
bool cli_find_key(const struct cli *cli, const char *text, struct cli_key *key);

/* Asks each of the key's servers, for the value or without, and changes nothing there: not even a
 * copy that is older than the other one. The copies are the caller's: cli_copies_free(). False,
 * with a message: there is nothing to free. */
bool cli_copies_ask(struct cli *cli, struct cli_copies *copies, struct sd_bytes key,
                    bool wants_values);
void cli_copies_free(struct cli_copies *copies);

/* Says why each server that did not answer did not. Returns how many those are. */
size_t cli_copies_complain(const struct cli_copies *copies);

/* Says what servers cannot tell of a copy. */
void cli_copies_say_limits(const struct cli_copies *copies);

/* The copy that counts: the newest, be it a tombstone, as an index. `count`: no server has
 * anything.
 */
size_t cli_copies_newest(const struct cli_copies *copies);

/* One copy as an object; what its server cannot tell is null. */
json_t *cli_json_copy(const struct cli_copies *copies, size_t index);

/* All of them, as a table. */
void cli_copies_print(const struct cli_copies *copies);

/* The same as an array. */
json_t *cli_json_copies(const struct cli_copies *copies);

#endif
