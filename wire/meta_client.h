/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The meta protocol from the client's side: it writes the requests that meta.h
 * reads, and reads their answers, sharedanced's and memcached's:
 *
 *   VA <length> <flag>*   and a value behind it
 *   HD <flag>*            done, or found where no value was asked for
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

#define SD_META_TOKEN 8                   /* bytes of an opaque token */
#define SD_META_ASK_KEY_MAX 254           /* bytes */
#define SD_META_ASK_MAX 768               /* bytes of the longest request's line, end included */
#define SD_META_ANSWER_MAX 2048           /* bytes of an answer's line, end included */
#define SD_META_MONTH (30 * 24 * 60 * 60) /* seconds: a T above it is a date */

/* What a client greets a server with, and then knows what it is. */
#define SD_META_GREETING "mn\r\nversion\r\n"

/* A request's line; zero-initialised but for the command it has no flags. One is made for each
 * request: it is kept small. */
struct sd_meta_ask {
	char command[3];      /* "mg" and so on */
	char mode;            /* M; '\0': none */
	bool wants_value;     /* v */
	bool wants_version;   /* c */
	bool wants_ttl;       /* t */
	bool only_newer;      /* G */
	bool only_held;       /* H */
	bool invalidate;      /* I and x: what memcached has for a tombstone */
	bool has_ttl;         /* T */
	bool has_compare;     /* C */
	bool has_delta;       /* D */
	uint16_t key_length;  /* bytes, 1 to SD_META_ASK_KEY_MAX */
	uint32_t data_length; /* ms: bytes of the data that follow, less their "\r\n" */
	const void *key;
	uint64_t opaque;  /* O: the token's characters as they stand in memory */
	int64_t ttl;      /* seconds, or a date where greater than SD_META_MONTH; -1: at once */
	uint64_t version; /* E; 0: none */
	uint64_t compare;
	uint64_t compared; /* U; 0: none */
	uint64_t delta;
	int64_t wait_ms; /* W; 0: none */
};

enum sd_meta_answer_kind {
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

struct sd_meta_answer {
	enum sd_meta_answer_kind kind;
	bool has_opaque;  /* O */
	bool has_version; /* c */
	bool has_ttl;     /* t */
	bool stale;       /* X: what memcached has for a tombstone */
	bool unproven;    /* U: from before the server's last start */
	uint64_t opaque;  /* as in the request */
	uint64_t version;
	int64_t ttl;           /* seconds left; -1: it never expires */
	size_t line_length;    /* bytes, end included */
	uint64_t value_length; /* SD_META_VALUE: bytes behind the line, less their "\r\n" */
	const uint8_t *text;   /* the line without its end */
	size_t text_length;
};

/*
 * The opaque token behind `last`, which is 0 before the first. Tokens are
 * compared and never read, so one is kept as its characters, four bits in each,
 * 'P' to '_': 2^32 of them take turns. No bit that is flipped makes a space or a
 * line's end of one of these, so that a request never loses the flags behind it.
 */
static inline uint64_t sd_meta_next_opaque(uint64_t last)
{
	const uint64_t each = 0x0101010101010101;

	/* where a character's other bits are set a carry goes through them to the next character */
	return (((last | each * 0xf0) + 1) & each * 0x0f) | each * 'P';
}

/* Bytes that a key takes in a line: it stands there as it is, or in base64. */
size_t sd_meta_written_key_length(const void *key, size_t length);

/* Writes a request's line to `out` and returns its length in bytes. */
size_t sd_meta_write_ask(uint8_t out[SD_META_ASK_MAX], const struct sd_meta_ask *ask);

/*
 * Reads the answer's line at the head of `bytes`. False: its end has not come.
 * A line longer than SD_META_ANSWER_MAX is garbage of that length, and what begins
 * as no answer does is garbage without an end too: nobody waits for that. The
 * text points into `bytes`.
 */
bool sd_meta_read_answer(const uint8_t *bytes, size_t length, struct sd_meta_answer *answer);

#endif
