/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The classic protocol: upstream Sharedance's, one request a connection.
 *
 *   store   'S' + key length + data length + key + data   answered "OK\n"
 *   fetch   'F' + key length + key                        answered with the data
 *   delete  'D' + key length + key                        answered "OK\n"
 *
 * Lengths are 32 bits, big-endian. The server closes the connection after the answer, and that
 * is the answer's end. An empty answer is the protocol's only way to say "not found",
 * "illegal key" or "failed". docs/protocol.md is the long form;
 * tests/conformance/classic.json was recorded from upstream 0.7.
 *
 * Bytes only, both directions: no I/O, no allocation, no clock.
 */

#ifndef SD_CLASSIC_H
#define SD_CLASSIC_H

#include <stddef.h>
#include <stdint.h>

#include "wire/status.h"

#define SD_CLASSIC_KEY_MAX 254 /* bytes; upstream's file names have one more */
#define SD_CLASSIC_REQUEST_MAX (32u * 1024u * 1024u) /* bytes, header and key included */
#define SD_CLASSIC_HEADER_MAX 9                      /* bytes: the store's header */
#define SD_CLASSIC_HEAD_MAX (SD_CLASSIC_HEADER_MAX + SD_CLASSIC_KEY_MAX)
#define SD_CLASSIC_OK "OK\n"
#define SD_CLASSIC_OK_LENGTH 3

enum sd_classic_command {
	SD_CLASSIC_STORE = 'S',
	SD_CLASSIC_FETCH = 'F',
	SD_CLASSIC_DELETE = 'D',
};

/* What precedes the key. */
struct sd_classic_header {
	enum sd_classic_command command;
	uint32_t key_length;  /* bytes */
	uint32_t data_length; /* bytes; 0 unless command is SD_CLASSIC_STORE */
	uint32_t length;      /* bytes of the header itself: 5 or 9 */
};

/*
 * What a server is asked to store to prove that it is classic. Nobody reads it, and the entry
 * expires like all others there. The key is reserved: no request of a user's has it, and a
 * server that speaks more than this protocol refuses to store it.
 */
#define SD_CLASSIC_PROOF_KEY "sharedance-classic-proof"
#define SD_CLASSIC_PROOF_KEY_LENGTH (sizeof(SD_CLASSIC_PROOF_KEY) - 1)
#define SD_CLASSIC_PROOF_VALUE "proof"
#define SD_CLASSIC_PROOF_LENGTH (sizeof(SD_CLASSIC_PROOF_VALUE) - 1)

enum sd_classic_parse {
	SD_CLASSIC_COMPLETE,
	SD_CLASSIC_INCOMPLETE, /* more bytes are needed to tell */
	SD_CLASSIC_UNKNOWN,    /* the first byte is no command of this protocol */
};

/*
 * Whether `key` may be stored on a classic server: 1 to 254 bytes of printable
 * ASCII other than '.' and '/' (upstream: process.c, validate_key).
 *
 * Returns SD_OK, or SD_BAD_KEY with *bad_offset set to the first byte that is
 * not legal; to the key's length if it is too short or too long.
 */
enum sd_status sd_classic_check_key(const void *key, size_t key_length, size_t *bad_offset);

/*
 * Writes the header of a request to `out` and returns its length in bytes, at
 * most SD_CLASSIC_HEADER_MAX. The key and, for a store, the data follow it.
 */
size_t sd_classic_write_header(uint8_t *out, enum sd_classic_command command, uint32_t key_length,
                               uint32_t data_length);

/*
 * Reads a request's header from the first `length` bytes of a connection.
 * `*header` is set if the result is SD_CLASSIC_COMPLETE. None of its lengths has been
 * checked against a limit.
 */
enum sd_classic_parse sd_classic_read_header(const uint8_t *bytes, size_t length,
                                             struct sd_classic_header *header);

/* All bytes of the request, header included. 64 bits: the three cannot overflow it. */
uint64_t sd_classic_request_length(const struct sd_classic_header *header);

/*
 * What the complete answer to `command` means: `length` bytes, ended by the server's
 * close. For a fetch only the length counts.
 *
 * Returns SD_OK; SD_ABSENT for an empty answer to a fetch or delete;
 * SD_REFUSED for an empty answer to a store; SD_CLOSED for a part of "OK\n";
 * SD_BAD_ANSWER for anything else.
 */
enum sd_status sd_classic_read_reply(enum sd_classic_command command, const void *answer,
                                     size_t length);

#endif
