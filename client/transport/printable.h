/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a server says of itself, or of a failure, for people. The program behind a server's name
 * chooses these bytes, and they end up in exceptions, in the error log and on pages. So whatever
 * keeps a text that a server sent takes it through here: nothing else does.
 */

#ifndef SD_PRINTABLE_H
#define SD_PRINTABLE_H

#include <stddef.h>

/* Writes the bytes to `out`, those that are not printable ASCII as \xHH. Writes at most `size`
 * bytes, terminator included: what does not fit is left out, and no \xHH is cut. Returns `out`. */
const char *sd_printable(char *out, size_t size, const void *text, size_t length);

#endif
