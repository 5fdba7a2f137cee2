/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The greeting: the first bytes on a new connection, by whose answers the client finds
 * out what the server is. A classic server closes without an answer. Pure: no I/O.
 */

#ifndef SD_GREETING_H
#define SD_GREETING_H

#include "client/transport/meta.h"
#include "wire/meta_client.h"

#define SD_GREETING_END "mg sharedance E1\r\n" /* the last of its lines */
#define SD_GREETING_MAX (SD_META_GREETING_MAX + sizeof(SD_GREETING_END))

#define SD_GREETING_VERSION_MAX 32 /* bytes, terminator included */
#define SD_GREETING_ID 16          /* bytes of a store's id */

/* What the answers have said so far. */
struct sd_greeting {
	unsigned answers;                      /* received */
	enum sd_dialect dialect;               /* valid after the third answer */
	char version[SD_GREETING_VERSION_MAX]; /* in the server's own words, printable; "": not known */

	/* what only a sharedanced says, valid after the first answer */
	bool has_id;
	uint8_t id[SD_GREETING_ID]; /* of its store */
	uint64_t start;             /* which start of that store's server it is; 0: not said */
	uint64_t process;           /* drawn at random for that start; 0: not said */
	uint64_t wall_us;           /* its time of day, microseconds since 1970; 0: not said */
	bool has_unproven;
	uint64_t unproven;  /* entries. A server that reports it distinguishes repairs from writes. */
	bool takes_holders; /* the tokens of locks' holders */
};

enum sd_greeting_result {
	SD_GREETING_MORE, /* another answer is to come */
	SD_GREETING_DONE, /* the server is known */
	SD_GREETING_BAD,  /* no answer to the greeting by this protocol */
};

/*
 * Writes the greeting to `out`, which has SD_GREETING_MAX bytes, and returns its length. A classic
 * server does not know its first command, `mn`, and closes. Of the answers by the meta protocol,
 * the first has what a sharedanced says of itself, and the second the program's name. The third
 * shows whether the server knows E: it asks for an entry and changes none.
 *
 * `ttl_s` is for how long what is stored over the connection may live, in seconds; 0: the server
 * is not told. A server that was told counts no absence as proven until it has been up for so long.
 * Otherwise a new server, that nothing was stored on yet, would not know what the other servers may
 * have.
 */
size_t sd_greeting_write(uint8_t *out, int64_t ttl_s);

/* A new connection is greeted. What the last one said stays until it is said again. */
static inline void sd_greeting_begin(struct sd_greeting *greeting)
{
	greeting->answers = 0;
}

/* Takes the next answer. */
enum sd_greeting_result sd_greeting_take(struct sd_greeting *greeting,
                                         const struct sd_meta_reply *answer);

/* Takes what a server says of itself: the first answer to a greeting, or one to its first line
 * alone. False: the answer is another one. */
bool sd_greeting_take_itself(struct sd_greeting *greeting, const struct sd_meta_reply *answer);

#endif
