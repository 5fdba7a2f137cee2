/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Numbers as the page shows them to a person: three digits and a unit, in HTML. */

#ifndef SDD_PAGE_FORMAT_H
#define SDD_PAGE_FORMAT_H

#include <stdint.h>

#define SDD_PAGE_FORMAT_MAX 48 /* bytes, terminator included */

enum sdd_page_unit {
	SDD_PAGE_COUNT,
	SDD_PAGE_BYTES,
	SDD_PAGE_PERCENT,
	SDD_PAGE_MICROSECONDS,
};

/* Returns `text`. Less than 0: a dash, for there is no such number yet. */
const char *sdd_page_format(char text[SDD_PAGE_FORMAT_MAX], enum sdd_page_unit unit, double number);

/* A time such as "3 d 4 h". Returns `text`. */
const char *sdd_page_format_duration(char text[SDD_PAGE_FORMAT_MAX], uint64_t seconds);

#endif
