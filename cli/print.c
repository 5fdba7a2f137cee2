/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* JSON on stdout, messages on stderr; see print.h. */

#include "cli/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static char complaint[1024];

void cli_complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(complaint, sizeof(complaint), format, arguments);
	va_end(arguments);
	(void)fprintf(stderr, "sharedance: %s\n", complaint);
}

const char *cli_last_complaint(void)
{
	return complaint;
}

void cli_print_json(json_t *value)
{
	(void)json_dumpf(value, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(value);
}

json_t *cli_json_text(const char *text)
{
	char *copy = strdup(text);
	json_t *string;

	if (copy == NULL) {
		return json_null();
	}
	for (char *at = copy; *at != '\0'; at++) {
		*at = (unsigned char)*at < 0x80 ? *at : '?';
	}
	string = json_string(copy);
	free(copy);
	return string;
}

json_t *cli_json_server(const struct sd_server *server)
{
	char name[SD_SERVER_NAME_MAX];

	return json_pack("{s:o}", "server", cli_json_text(sd_server_name(server, name)));
}

json_t *cli_json_failure(const struct sd_server *server, const char *reason)
{
	json_t *object = cli_json_server(server);

	(void)json_object_set_new(object, "reason", cli_json_text(reason));
	return object;
}
