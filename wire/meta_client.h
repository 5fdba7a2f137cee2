/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The meta protocol from the client's side: it writes the requests that meta_server.h
 * reads, and reads the replies of sharedanced and of memcached:
 *
 *   VA <length> <flag>*   and a value behind it
 *   HD <flag>*            done; or found, if no value was asked for
 *   EN NF NS EX <flag>*   nothing there; not found; not stored; another version
 *   MN   VERSION <text>   to mn; to version
 *   ERROR   CLIENT_ERROR <text>   SERVER_ERROR <text>
 *
 * Bytes only: no I/O, no allocation, no clock.
 */

#ifndef SD_META_CLIENT_H
#define SD_META_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/encoding.h"
#include "wire/meta.h"

#define SD_META_TOKEN 8         /* bytes of an opaque token */
#define SD_META_REQUEST_MAX 768 /* bytes of the longest request's line, end included */
#define SD_META_REPLY_MAX 2048  /* bytes of a reply's line, end included */

/* Bytes of what a client sends first, at most. */
#define SD_META_GREETING_MAX (sizeof("mn " SD_META_WHO " T\r\nversion\r\n") + SD_DECIMAL_MAX)

/* Writes what a client sends first to `out`, which has SD_META_GREETING_MAX bytes: the answers show
 * what the server is. `ttl_s`: how long what the client stores may live; 0: it does not say. What
 * follows `mn` is ignored by memcached. Returns the number of bytes. */
size_t sd_meta_write_greeting(uint8_t *out, int64_t ttl_s);

/* Writes its first line alone to `out`, which has SD_META_REQUEST_MAX bytes: it asks who the server
 * is, and what time it has. Returns the number of bytes. */
size_t sd_meta_write_who(uint8_t *out);

/* A request's line. Zero-initialised except for the command, it has no flags. It is small, because
 * one is made for each request. */
struct sd_meta_client_request {
	char command[3];      /* "mg" and so on */
	char mode;            /* M; '\0': none */
	bool wants_value;     /* v */
	bool wants_version;   /* c */
	bool wants_ttl;       /* t */
	bool only_newer;      /* G */
	bool only_held;       /* H, without a token */
	bool is_repair;       /* U, of ms and md */
	bool invalidate;      /* I and x: the nearest that memcached has to a tombstone */
	bool has_ttl;         /* T */
	bool has_compare;     /* C */
	bool has_delta;       /* D */
	uint16_t key_length;  /* bytes, 1 to SD_META_BINARY_KEY_MAX */
	uint32_t data_length; /* ms: bytes of the data that follow, without their "\r\n" */
	const void *key;
	uint64_t opaque;  /* O: the token's characters as they are in memory */
	int64_t ttl;      /* seconds; above SD_META_MONTH a date; -1: it expires at once */
	uint64_t version; /* E; 0: none */
	uint64_t compare;
	uint64_t compared; /* U; 0: none */
	uint64_t delta;
	uint64_t holder; /* H and its token; 0: none */
	int64_t wait_ms; /* W; 0: none */
};

enum sd_meta_reply_kind {
	SD_META_VALUE,      /* VA */
	SD_META_DONE,       /* HD */
	SD_META_NONE,       /* EN */
	SD_META_NOT_FOUND,  /* NF */
	SD_META_NOT_STORED, /* NS */
	SD_META_EXISTS,     /* EX */
	SD_META_NOTHING,    /* MN */
	SD_META_IS_VERSION, /* VERSION */
	SD_META_ERROR,      /* ERROR, CLIENT_ERROR, SERVER_ERROR */
	SD_META_GARBAGE,    /* none of these */
};

struct sd_meta_reply {
	enum sd_meta_reply_kind kind;
	bool has_opaque;  /* O */
	bool has_version; /* c */
	bool has_ttl;     /* t */
	bool stale;       /* X: the nearest that memcached has to a tombstone */
	bool unproven;    /* U: from before the server's last start */
	bool crowded;     /* W: as many wait for the lock as may */
	uint64_t opaque;  /* as in the request */
	uint64_t version;
	int64_t ttl;           /* seconds left; -1: it never expires */
	size_t line_length;    /* bytes, end included */
	uint64_t value_length; /* SD_META_VALUE: bytes behind the line, without their "\r\n" */
	const uint8_t *text;   /* the line without its end */
	size_t text_length;
};

/*
 * The opaque token after `last`, which is 0 before the first. Tokens are compared and
 * never interpreted, so a token is stored as its characters, 'P' to '_', with four
 * bits in each: they repeat after 2^32. No single flipped bit turns such a character
 * into a space or a line's end, so a request never loses the flags behind its token.
 */
static inline uint64_t sd_meta_next_opaque(uint64_t last)
{
	const uint64_t each = 0x0101010101010101;

	/* the upper bits of each character are set, so that a carry runs through to the next one */
	return (((last | each * 0xf0) + 1) & each * 0x0f) | each * 'P';
}

/* The bytes that a key takes in a line: as it is, or in base64. */
size_t sd_meta_written_key_length(const void *key, size_t length);

/* Writes a request's line to `out` and returns its length in bytes. */
size_t sd_meta_write_request(uint8_t out[SD_META_REQUEST_MAX],
                             const struct sd_meta_client_request *request);

/*
 * Reads the reply's line at the head of `bytes`. False: its end has not arrived yet.
 * A line longer than SD_META_REPLY_MAX is garbage of that length. A line that begins
 * like no reply is garbage even without its end, so that nobody waits for it. The text
 * points into `bytes`.
 */
bool sd_meta_read_reply(const uint8_t *bytes, size_t length, struct sd_meta_reply *reply);

#endif
