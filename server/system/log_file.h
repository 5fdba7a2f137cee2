/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The file that messages go to, with the time. It keeps its descriptor when it is opened again, so
 * that threads need no lock to write to it. Messages about it are the caller's.
 */

#ifndef SDD_LOG_FILE_H
#define SDD_LOG_FILE_H

#include <stdbool.h>

struct sdd_log_line;

/* Opens the file; from now on, lines go there as well. To be called once, by the user who serves
 * and before there are threads. False, with errno. */
bool sdd_log_file_open(const char *path);

/* From now on, lines go to the file only, if there is one. */
void sdd_log_file_only(void);

/* Whether there is a file. */
bool sdd_log_file_is_open(void);

/* Opens the file again, by its name: the old one was renamed. False, with errno: lines still go to
 * the old one. */
bool sdd_log_file_reopen(const char *path);

/* Writes a line to the file, if there is one. True: the line is to go nowhere else. */
bool sdd_log_file_write(const struct sdd_log_line *line);

#endif
