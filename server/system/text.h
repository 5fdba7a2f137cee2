/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Text that grows as it is written, up to a limit. */

#ifndef SDD_TEXT_H
#define SDD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialised except for `most`. */
struct sdd_text {
	char *bytes; /* without a terminator; NULL: none yet */
	size_t length;
	size_t capacity;
	size_t most; /* bytes; more are not taken */
	bool is_cut; /* something was not taken, for that or for lack of memory: all of it is void */
};

/* Adds what printf() would print. */
void sdd_text_add(struct sdd_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds text that may have any byte, as HTML has it in an element or an attribute. */
void sdd_text_add_html(struct sdd_text *text, const char *plain);

/* Frees the bytes; the text is as new. */
void sdd_text_free(struct sdd_text *text);

#endif
