/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What not every compiler has. */

#ifndef SD_COMPILER_H
#define SD_COMPILER_H

#if defined(__GNUC__)
/* The parameters with those numbers are a format and what it prints. */
#define SD_PRINTF(text, arguments) __attribute__((format(printf, text, arguments)))
/* A function that is rarely called, and would cost its callers if it were a part of them. */
#define SD_RARE __attribute__((noinline))
#else
#define SD_PRINTF(text, arguments)
#define SD_RARE
#endif

#endif
