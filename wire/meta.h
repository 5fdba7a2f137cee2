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
 * A flag is one letter, most with a token behind it. docs/protocol.md tells
 * what differs from memcached, and why.
 *
 * Bytes only: no I/O, no allocation, no clock.
 */

#ifndef SD_META_H
#define SD_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SD_META_KEY_MAX 250        /* bytes, as memcached has it */
#define SD_META_BINARY_KEY_MAX 254 /* bytes of one in base64, decoded: as long as classic ones */
#define SD_META_LINE_MAX 2048      /* bytes of a request's line without its end */
#define SD_META_OPAQUE_MAX 31      /* bytes */
#define SD_META_FLAGS_MAX 24       /* of one request */
#define SD_META_BASE64_MAX 340     /* bytes of the longest key in base64 */

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

/* A part of a line; it points into the bytes that were read. */
struct sd_meta_word {
	const uint8_t *start;
	size_t length;
};

struct sd_meta_flag {
	uint8_t name;
	struct sd_meta_word token; /* what stands behind the letter; may be empty */
};

/* A request's line, and what its flags say. */
struct sd_meta_request {
	enum sd_meta_command command;
	size_t line_length;   /* bytes, end included */
	uint64_t data_length; /* SD_META_SET: bytes of data behind the line, less its "\r\n" */
	bool has_data;        /* data_length was read: so much follows, even after an error */
	const char *error;    /* what to answer instead of carrying it out; NULL: well formed */

	struct sd_meta_word key; /* as it stands in the line; empty where the command has none */

	bool base64;           /* b: the key is in base64 */
	bool quiet;            /* q */
	bool wants_value;      /* v */
	bool no_bump;          /* u */
	bool invalidate;       /* I */
	bool only_value;       /* x: the value goes, the entry stays */
	bool only_newer;       /* G, ours: only if E is greater than the entry's version */
	bool only_held;        /* H, ours: only if this connection holds the lock on the key */
	bool tombstones;       /* G with mg, ours: a deleted entry is told of, and what is unproven */
	bool has_proof;        /* U, ours */
	bool has_compare;      /* C */
	bool has_version;      /* E */
	bool has_ttl;          /* T */
	bool has_vivify;       /* N */
	bool has_recache;      /* R */
	uint64_t compare;      /* C: the version that the entry must have */
	uint64_t version;      /* E: the version that the entry gets */
	uint64_t proof;        /* U: the version that is proven, of an entry or a tombstone */
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

enum sd_meta_parse {
	SD_META_COMPLETE,   /* the line is there; its data may not be */
	SD_META_INCOMPLETE, /* the line's end has not come */
	SD_META_TOO_LONG,   /* nor will it be waited for */
};

/*
 * Reads the line at the head of `bytes`. *request is filled when the result is
 * SD_META_COMPLETE; its words point into `bytes`.
 */
enum sd_meta_parse sd_meta_read_request(const uint8_t *bytes, size_t length,
										struct sd_meta_request *request);

/*
 * The key that a request is about: the word in its line, or what it says in
 * base64, decoded to `room`. Empty: it cannot be decoded, or is too long.
 */
struct sd_meta_word sd_meta_read_key(const struct sd_meta_request *request,
                                     uint8_t room[SD_META_BINARY_KEY_MAX]);

/* What is said of a key that cannot be decoded. */
const char *sd_meta_bad_key(enum sd_meta_command command);

/* Writes `length` bytes in base64 to `out`, without a terminator. Returns the number written. At
 * most SD_META_BINARY_KEY_MAX bytes make at most SD_META_BASE64_MAX. */
size_t sd_meta_write_base64(uint8_t *out, const uint8_t *bytes, size_t length);

/* An unsigned decimal of 64 bits: digits and nothing else. False: it is none, or too large. */
bool sd_meta_read_u64(const uint8_t *bytes, size_t length, uint64_t *value);

/* Writes a decimal without a terminator, at most 20 bytes; returns the number written. */
size_t sd_meta_write_u64(uint8_t *out, uint64_t value);

#endif
