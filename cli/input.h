/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Reading a file, or a pipe, to its end. */

#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_text;

/* Reads at most `most` bytes, and waits for each part for at most `silence_ms`. `name` is for the
 * message. False, with one. */
bool cli_read_all(int descriptor, const char *name, size_t most, int64_t silence_ms,
                  struct cli_text *text);

/* The same of a file by its path. A FIFO that nobody writes to is empty. */
bool cli_read_path(const char *path, size_t most, int64_t silence_ms, struct cli_text *text);

#endif
