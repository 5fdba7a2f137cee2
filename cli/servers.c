/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which servers a command is about; see servers.h. */

#include "cli/servers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "client/pool/server_list.h"

#define DEFAULT_FILE "/etc/sharedance/servers"
#define LIST_MAX 65536 /* bytes, terminator included */

/* {{{ files */

/* The value of `setting` if the line sets it, as a php.ini or a pool file of php-fpm does:
 * `name = "value" ; comment`, or `php_admin_value[name] = value`. The line is changed. NULL: it
 * does not. */
static char *value_of_setting(char *line, const char *setting)
{
	char *value = strchr(line, '=');
	const char *name;
	size_t length = strlen(setting);

	line += strspn(line, " \t");
	if (*line == ';' || *line == '#' || value == NULL) {
		return NULL;
	}
	name = strstr(line, setting);
	if (name == NULL || name > value || (name != line && name[-1] != '[') ||
	    strchr(" \t=]", name[length]) == NULL) {
		return NULL;
	}
	value += 1 + strspn(value + 1, " \t");
	if (*value == '"' || *value == '\'') {
		char quote = *value++;

		value[strcspn(value, quote == '"' ? "\"" : "'")] = '\0';
		return value;
	}
	value[strcspn(value, ";\r\n")] = '\0';
	for (length = strlen(value); length > 0 && isspace((unsigned char)value[length - 1]);) {
		value[--length] = '\0';
	}
	return value;
}

static bool is_comment(const char *line)
{
	line += strspn(line, " \t\r\n");
	return *line == '#' || *line == ';' || *line == '\0';
}

/* Adds what a line of a plain file has to the list. False: it is too long. */
static bool add_to_list(char list[LIST_MAX], const char *line)
{
	size_t length = strlen(list);
	size_t more = strcspn(line, "\r\n");
	size_t end = length;

	while (end > 0 && isspace((unsigned char)list[end - 1])) {
		end--;
	}
	/* lines are separated by commas, whether they end in one or not */
	return (size_t)snprintf(list + length, LIST_MAX - length, "%s%.*s",
	                        end > 0 && list[end - 1] != ',' ? ", " : "", (int)more,
	                        line) < LIST_MAX - length;
}

static void remove_last_comma(char *list)
{
	size_t length = strlen(list);

	while (length > 0 && (isspace((unsigned char)list[length - 1]) || list[length - 1] == ',')) {
		list[--length] = '\0';
	}
}

/* A php.ini or a pool file has the setting session.save_path; any other file is a list. */
static bool read_lines(struct cli *cli, FILE *file, char list[LIST_MAX])
{
	char *line = NULL;
	char *path = NULL;
	size_t room = 0;
	bool fits = true;

	list[0] = '\0';
	while (getline(&line, &room, file) != -1) {
		char *copy = strdup(line);
		char *value = copy == NULL ? NULL : value_of_setting(copy, "session.save_path");

		if (value != NULL) {
			free(path);
			path = strdup(value); /* the last one counts */
		}
		free(copy);
		if (!is_comment(line)) {
			fits = fits && add_to_list(list, line);
		}
		value = value_of_setting(line, "sharedance.session.prefix");
		if (value != NULL) {
			(void)snprintf(cli->ini_prefix, sizeof(cli->ini_prefix), "%s", value);
		}
	}
	if (path != NULL) {
		fits = (size_t)snprintf(list, LIST_MAX, "%s", path) < LIST_MAX;
	}
	remove_last_comma(list);
	free(path);
	free(line);
	return fits;
}

static bool read_file(struct cli *cli, const char *path, char list[LIST_MAX])
{
	FILE *file = fopen(path, "re");
	bool fits;

	if (file == NULL) {
		cli_complain("%s cannot be read: %s", path, strerror(errno));
		return false;
	}
	fits = read_lines(cli, file, list);
	(void)fclose(file);
	if (!fits) {
		cli_complain("%s is too long for a list of servers", path);
	}
	return fits;
}

/* }}} */

static bool add_servers(struct cli *cli, const char *source, const char *list)
{
	struct sd_server_list walk = {.text = list, .length = strlen(list)};
	enum sd_status status = SD_OK;
	struct sd_error error;
	double timeout;

	if (sd_server_list_check(list, walk.length, &error) != SD_OK) {
		cli_complain("%s %s", source, error.text);
		return false;
	}
	while (cli->servers_count < CLI_SERVERS_MAX &&
	       (status = sd_server_list_next(&walk, &cli->servers[cli->servers_count], &timeout,
	                                     &error)) == SD_OK) {
		cli->servers_count++;
	}
	if (status == SD_OK) {
		cli_complain("%s has more than %d servers", source, CLI_SERVERS_MAX);
	}
	return status != SD_OK;
}

bool cli_find_servers(struct cli *cli)
{
	const char *environment = getenv("SHAREDANCE_SERVERS");
	const char *file = cli->file;
	char list[LIST_MAX];

	if (cli->list != NULL) {
		return add_servers(cli, "--servers", cli->list);
	}
	if (file == NULL && environment != NULL && environment[0] != '\0') {
		return add_servers(cli, "$SHAREDANCE_SERVERS", environment);
	}
	if (file == NULL) {
		file = DEFAULT_FILE;
	}
	if (cli->file == NULL) {
		FILE *probe = fopen(file, "re");

		if (probe == NULL && errno == ENOENT) {
			cli_complain("which servers? Give --servers=LIST, --servers-from=FILE or "
			             "$SHAREDANCE_SERVERS, or write a list to " DEFAULT_FILE);
			return false;
		}
		if (probe != NULL) {
			(void)fclose(probe);
		}
	}
	return read_file(cli, file, list) && add_servers(cli, file, list);
}
