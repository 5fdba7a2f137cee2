/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The form of a configuration file: lines "name = value"; what begins with a # is a comment. It
 * knows no option. */

#ifndef SDD_CONFIG_FILE_H
#define SDD_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define SDD_CONFIG_REASON_MAX 200 /* bytes, terminator included */

/* Reads a plain file that is no longer than a megabyte. The caller frees the text. NULL, with
 * errno. */
char *sdd_config_file_read(const char *path);

/* A line that sets something. */
struct sdd_config_line {
	const char *name;
	const char *value; /* without the blanks around it; "": none */
	unsigned number;   /* of the line; the first is 1 */
};

/*
 * Finds the next line that sets something, from *at on, which begins as the text of a file with
 * `line` all zero, and ends as "". The text is changed: names and values get their terminators.
 * Returns 1: found; 0: there is none; -1: the line has no such form, and `reason` says why.
 */
int sdd_config_file_next(char **at, struct sdd_config_line *line,
                         char reason[SDD_CONFIG_REASON_MAX]);

#endif
