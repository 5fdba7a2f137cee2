/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * All outcomes of a request, in one table for all layers.
 *
 * Found, absent and unreachable are three results: SD_OK, SD_ABSENT, and every
 * status for which sd_status_is_failure() is true. A conditional write has a
 * fourth, SD_CONFLICT: the server answered, and did not write. Compare with
 * these three, never with one failure out of many.
 */

#ifndef SD_STATUS_H
#define SD_STATUS_H

#include <stdbool.h>

#define SD_STATUS_MAP(X)                                                                           \
	X(OK, "done")                                                                                  \
	X(ABSENT, "there is no such entry")                                                            \
	X(CONFLICT, "what is there is not what the condition asked for")                               \
	X(REFUSED, "the server refused the request")                                                   \
	X(BAD_ANSWER, "the server's answer is not one of its protocol")                                \
	X(CLOSED, "the connection ended before the answer did")                                        \
	X(TIMEOUT, "the server did not answer in time")                                                \
	X(UNREACHABLE, "the server cannot be connected to")                                            \
	X(DEAD, "the server is marked dead, and is not tried yet")                                     \
	X(BAD_KEY, "the key is not legal")                                                             \
	X(TOO_LARGE, "the request is too large")                                                       \
	X(UNSUPPORTED, "the server's protocol has no such thing")                                      \
	X(BAD_SERVER, "the description of a server is not valid")                                      \
	X(DUPLICATE, "the server is in the list already")                                              \
	X(NO_SERVERS, "there is no server to ask")                                                     \
	X(NO_ROTATION, "the weights leave no second server")                                           \
	X(NO_MEMORY, "out of memory")                                                                  \
	X(UNPROVEN, "the server was away, and the other one, which may know better, cannot be asked")  \
	X(AMBIGUOUS, "two servers stand behind the name, and a lock on one of them says nothing")      \
	X(ABORTED, "given up by the caller's own code")

enum sd_status {
#define SD_STATUS_ENUM(name, sentence) SD_##name,
	SD_STATUS_MAP(SD_STATUS_ENUM)
#undef SD_STATUS_ENUM
};

/* Whether nothing is known about the entry: neither found nor proven absent. */
static inline bool sd_status_is_failure(enum sd_status status)
{
	return status != SD_OK && status != SD_ABSENT && status != SD_CONFLICT;
}

/* The status as a sentence without a capital or a full stop; a constant string. */
const char *sd_status_sentence(enum sd_status status);

#endif
