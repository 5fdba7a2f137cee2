/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Texts for people in memory that all workers share. They have a checksum: a text that two workers
 * wrote at the same time, or that a killed worker did not finish, counts as none. For dead_marks.c
 * only. */

#ifndef SD_MARK_TEXT_H
#define SD_MARK_TEXT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define SD_MARK_TEXT_WORDS_MAX 16

/* Writes as much of a text as `count` words have room for, with a terminator. */
void sd_mark_text_write(_Atomic uint64_t *words, size_t count, _Atomic uint64_t *check,
                        const char *text);

/* Reads it to `text`, which has as many bytes as the words; "": there is none. */
void sd_mark_text_read(_Atomic uint64_t *words, size_t count, _Atomic uint64_t *check, char *text);

#endif
