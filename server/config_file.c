/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The lines of a configuration file; see config_file.h. */

#include "server/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MAX_BYTES (1024 * 1024)

/* A plain file: a pipe could hold up the server that reads it again. NULL, with errno. */
static FILE *open_plain(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat status;
	FILE *file;

	if (descriptor == -1) {
		return NULL;
	}
	if (fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode)) {
		(void)close(descriptor);
		errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	file = fdopen(descriptor, "r");
	if (file == NULL) {
		(void)close(descriptor);
	}
	return file;
}

char *sdd_config_file_read(const char *path)
{
	FILE *file = open_plain(path);
	char *text = file == NULL ? NULL : malloc(SIZE_MAX_BYTES + 1);
	size_t length = 0;
	int error = 0;

	if (text != NULL) {
		length = fread(text, 1, SIZE_MAX_BYTES, file);
		error = ferror(file) ? errno : 0;
		if (error == 0 && (length == SIZE_MAX_BYTES || memchr(text, '\0', length) != NULL)) {
			error = length == SIZE_MAX_BYTES ? EFBIG : EILSEQ;
		}
		text[length] = '\0';
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	if (error != 0) {
		free(text);
		errno = error;
		return NULL;
	}
	return text == NULL ? NULL : realloc(text, length + 1); /* it shrinks */
}

/* Cuts the blanks off the end, in place. Returns where the text begins after those at its begin. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL) {
		text[--length] = '\0';
	}
	return text;
}

/* Cuts the line off what follows it, which *at becomes. */
static char *cut_line(char **at)
{
	char *line = *at;
	size_t length = strcspn(line, "\n");

	*at = line + length + (line[length] == '\n');
	line[length] = '\0';
	return line;
}

/* No value begins with one, nor has one behind a blank: a `;` begins it in a php.ini. */
static bool has_comment(const char *value)
{
	const char *at = value;

	while ((at = strpbrk(at, "#;")) != NULL) {
		if (at == value || at[-1] == ' ' || at[-1] == '\t') {
			return true;
		}
		at++;
	}
	return false;
}

static int split(char *text, struct sdd_config_line *line, char reason[SDD_CONFIG_REASON_MAX])
{
	char *equals = strchr(text, '=');

	if (equals == NULL || equals == text) {
		(void)snprintf(reason, SDD_CONFIG_REASON_MAX, "\"option = value\" expected");
		return -1;
	}
	*equals = '\0';
	line->name = trim(text);
	line->value = trim(equals + 1);
	if (has_comment(line->value)) {
		(void)snprintf(reason, SDD_CONFIG_REASON_MAX, "a comment needs a line of its own");
		return -1;
	}
	if (line->value[0] == '"' || line->value[0] == '\'') {
		(void)snprintf(reason, SDD_CONFIG_REASON_MAX, "values have no quotes");
		return -1;
	}
	return 1;
}

int sdd_config_file_next(char **at, struct sdd_config_line *line,
                         char reason[SDD_CONFIG_REASON_MAX])
{
	while (**at != '\0') {
		char *text = trim(cut_line(at));

		line->number++;
		if (*text != '\0' && *text != '#') {
			return split(text, line, reason);
		}
	}
	return 0;
}
