/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What went wrong, in the caller's own memory, so that reporting a failure allocates nothing. The
 * client fills it in. It never prints, logs or throws.
 */

#ifndef SD_ERROR_H
#define SD_ERROR_H

#include "wire/compiler.h"
#include "wire/status.h"

/* Bytes, terminator included: two servers, their names and reasons. */
#define SD_ERROR_TEXT_MAX 1152

struct sd_server;

struct sd_error {
	enum sd_status status;
	const struct sd_server *server; /* the first that failed, borrowed from the pool; NULL: none */
	char text[SD_ERROR_TEXT_MAX];   /* a sentence for people, never empty after a failure */
};

/* Sets status and text, cuts a text that is too long, and returns `status`. */
enum sd_status sd_error_set(struct sd_error *error, enum sd_status status, const char *format, ...)
	SD_PRINTF(3, 4);

/* Adds a sentence to the text, after "; " if there is one already; what does not fit is cut. */
void sd_error_add(struct sd_error *error, const char *format, ...) SD_PRINTF(2, 3);

#endif
