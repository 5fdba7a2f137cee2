/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The meta protocol: memcached's meta commands, on connections that stay open
 * (memcached's doc/protocol.txt is the specification), and two of our own.
 *
 *   mg KEY FLAGS*          get            ml KEY T<lease s> W<wait ms>    lock
 *   ms KEY LENGTH FLAGS*   set, + data    mu KEY                          unlock
 *   md KEY FLAGS*          delete
 *   ma KEY FLAGS*          arithmetic     version  stats  verbosity  quit
 *   mn                     no operation
 *
 * A flag is one letter, most with a token behind it. docs/protocol.md says
 * what differs from memcached, and why.
 *
 * Bytes only: no I/O, no allocation, no clock.
 */

#ifndef SD_META_SERVER_H
#define SD_META_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/bytes.h"
#include "wire/encoding.h"
#include "wire/meta.h"

#define SD_META_LINE_MAX 2048 /* bytes of a request's line without its end */
#define SD_META_OPAQUE_MAX 31 /* bytes */
#define SD_META_FLAGS_MAX 24  /* of one request */
#define SD_META_BASE64_MAX SD_BASE64_LENGTH(SD_META_BINARY_KEY_MAX) /* bytes of such a key */

enum sd_meta_command {
	SD_META_GET,
	SD_META_SET,
	SD_META_DELETE,
	SD_META_ARITHMETIC,
	SD_META_NOOP,
	SD_META_LOCK,
	SD_META_UNLOCK,
	SD_META_VERSION,
	SD_META_STATS,
	SD_META_VERBOSITY,
	SD_META_QUIT,
};

struct sd_meta_flag {
	uint8_t name;
	struct sd_bytes token; /* what follows the letter; may be empty */
};

/* A request's line, and what its flags say. */
struct sd_meta_request {
	enum sd_meta_command command;
	size_t line_length;   /* bytes, end included */
	uint64_t data_length; /* SD_META_SET: bytes of data behind the line, without its "\r\n" */
	bool has_data;        /* data_length is known: so many bytes follow, even after an error */
	const char *error;    /* what to answer instead of executing it; NULL: it is well formed */

	bool is_foreign; /* it is of HTTP or the like: nothing may be executed, nor what follows it */

	struct sd_bytes key;      /* as it is in the line; empty if the command has none */
	struct sd_bytes argument; /* the word behind it, of mn, version, stats, verbosity and quit */

	bool base64;           /* b: the key is in base64 */
	bool quiet;            /* q */
	bool wants_value;      /* v */
	bool wants_access;     /* h or l: when the entry was last read or written */
	bool no_bump;          /* u */
	bool invalidate;       /* I */
	bool only_value;       /* x: the value is removed, the entry stays */
	bool only_newer;       /* G, ours: only if E is greater than the entry's version */
	bool only_held;        /* H with ms and md, ours: only if the lock on the key is held */
	bool tombstones;       /* G with mg, ours: report tombstones, and what is unproven */
	bool has_proof;        /* U with mg, ours */
	bool is_repair;        /* U with ms and md, ours: it carries what another server has */
	bool has_compare;      /* C */
	bool has_version;      /* E */
	bool has_ttl;          /* T */
	bool has_vivify;       /* N */
	bool has_recache;      /* R */
	uint64_t compare;      /* C: the version that the entry must have */
	uint64_t version;      /* E: the version that the entry gets */
	uint64_t proof;        /* U: the version that is proven, of an entry or a tombstone */
	uint64_t holder;       /* H: the token of the lock's holder; 0: none, it is the connection */
	uint64_t delta;        /* D */
	uint64_t initial;      /* J */
	uint32_t client_flags; /* F */
	int64_t ttl;           /* T: seconds, or a date; of ml the lease in seconds */
	int64_t vivify;        /* N: as T */
	int64_t recache;       /* R: seconds */
	int64_t wait;          /* W of ml: milliseconds */
	uint8_t mode;          /* M: the letter; 0: none given */

	size_t flag_count;
	struct sd_meta_flag flags[SD_META_FLAGS_MAX]; /* in order: answers have them in this order */
};

enum sd_meta_beginning {
	SD_META_BEGINS_FOREIGN, /* no command begins like that */
	SD_META_UNDECIDED,      /* some command does: more bytes are needed */
	SD_META_BEGINS,         /* it is a command */
};

/* Whether the first bytes of a connection, at least one, are of this protocol. */
enum sd_meta_beginning sd_meta_beginning_of(const uint8_t *bytes, size_t length);

enum sd_meta_parse {
	SD_META_COMPLETE,   /* the line is there; its data may not be */
	SD_META_INCOMPLETE, /* the line's end has not arrived */
	SD_META_TOO_LONG,   /* and the end is not waited for */
};

/*
 * Reads the line at the head of `bytes`. *request is filled when the result is
 * SD_META_COMPLETE; its words point into `bytes`.
 */
enum sd_meta_parse sd_meta_read_request(const uint8_t *bytes, size_t length,
                                        struct sd_meta_request *request);

/* The key of a request in base64, decoded to `room`. Empty: it cannot be decoded, or is too long.
 */
struct sd_bytes sd_meta_decode_key(struct sd_bytes base64, uint8_t room[SD_META_BINARY_KEY_MAX]);

/* For how long what a client stores may live, by the word behind SD_META_WHO: seconds, at most
 * SD_META_MONTH. 0: it does not say. */
int64_t sd_meta_read_ttl(struct sd_bytes word);

/* The error to answer if a key cannot be decoded. */
const char *sd_meta_bad_key(enum sd_meta_command command);

#endif
