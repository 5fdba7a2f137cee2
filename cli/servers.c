/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which servers a command is about; see servers.h. */

#include "cli/servers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "client/pool/server_list.h"

#define DEFAULT_FILE "/etc/sharedance/servers"
#define LIST_MAX 65536         /* bytes, terminator included */
#define FILE_MAX (1024 * 1024) /* bytes */

/* {{{ files */

/* The text of a quoted value, which may have several lines; *rest, which begins behind the first of
 * them, is then behind the last. NULL, with nothing changed: it has no end, or more follows it. */
static char *value_in_quotes(char *value, char **rest)
{
	char *stop = *rest == NULL ? NULL : *rest - 1; /* where the line was cut off */
	char *end;
	char *after;

	if (stop != NULL) {
		*stop = '\n';
	}
	end = strchr(value + 1, *value);
	after = end == NULL ? NULL : end + 1 + strspn(end + 1, " \t\r");
	if (after == NULL || (*after != ';' && *after != '\n' && *after != '\0')) {
		if (stop != NULL) {
			*stop = '\0';
		}
		return NULL;
	}
	*end = '\0';
	*rest = after;
	(void)strsep(rest, "\n");
	return value + 1;
}

/* The value of `setting` if the line sets it, as a php.ini or a pool file of php-fpm does:
 * `name = "value" ; comment`, or `php_admin_value[name] = value`. The line is changed. NULL: it
 * does not. */
static char *value_of_setting(char *line, const char *setting, char **rest)
{
	char *value = strchr(line, '=');
	const char *name;
	char *quoted;
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
	quoted = *value == '"' || *value == '\'' ? value_in_quotes(value, rest) : NULL;
	if (quoted != NULL) {
		return quoted;
	}
	value[strcspn(value, ";\r\n")] = '\0';
	for (length = strlen(value); length > 0 && isspace((unsigned char)value[length - 1]);) {
		value[--length] = '\0';
	}
	return value;
}

/* Cuts off a comment: a line, or the rest of one, from ` #` or ` ;` on. */
static void cut_comment(char *line)
{
	for (char *at = line; *at != '\0'; at++) {
		if ((*at == '#' || *at == ';') && (at == line || isspace((unsigned char)at[-1]))) {
			*at = '\0';
			return;
		}
	}
}

/* `[PHP]` or `name = value`: no line of a list, in which a host is no name of a setting. */
static bool is_ini_line(const char *line)
{
	size_t length;

	line += strspn(line, " \t");
	if (*line == '#' || *line == ';') {
		return false;
	}
	if (line[0] == '[' && isalpha((unsigned char)line[1]) && strchr(line, ':') == NULL) {
		return true;
	}
	length = strcspn(line, " \t=?:,");
	line += length + strspn(line + length, " \t");
	return length > 0 && *line == '=';
}

/* `[HOST=` or `[PATH=`: what follows in a php.ini is for a part of the pages alone. */
static bool is_of_one_site(const char *line)
{
	line += strspn(line, " \t");
	return strncasecmp(line, "[HOST=", 6) == 0 || strncasecmp(line, "[PATH=", 6) == 0;
}

/* Adds what a line of a plain file has to the list, whose servers commas separate, whether the
 * lines end in one or not. False: it is too long. */
static bool add_to_list(char list[LIST_MAX], char *line)
{
	size_t length = strlen(list);
	size_t end;

	cut_comment(line);
	line += strspn(line, " \t\r");
	for (end = strlen(line); end > 0 && strchr(" \t\r,", line[end - 1]) != NULL;) {
		line[--end] = '\0';
	}
	return end == 0 || (size_t)snprintf(list + length, LIST_MAX - length, "%s%s",
	                                    length > 0 ? ", " : "", line) < LIST_MAX - length;
}

static bool is_off(const char *value)
{
	return strcmp(value, "0") == 0 || strcasecmp(value, "off") == 0 ||
	       strcasecmp(value, "no") == 0 || strcasecmp(value, "false") == 0 || *value == '\0';
}

/* What a file says. */
struct file {
	char list[LIST_MAX]; /* as a list */
	const char *path;    /* as a php.ini or a pool file: session.save_path; NULL: it has none */
	bool is_ini;
	bool fits;
};

/* The settings of a line, which is changed. The last line that has one counts. */
static void read_settings(struct cli *cli, struct file *file, char *line, char **rest)
{
	const char *value = value_of_setting(line, "session.save_path", rest);

	if (value != NULL) {
		file->path = value;
		return;
	}
	value = value_of_setting(line, "sharedance.session.prefix", rest);
	if (value != NULL) {
		(void)snprintf(cli->ini_prefix, sizeof(cli->ini_prefix), "%s", value);
		return;
	}
	value = value_of_setting(line, "sharedance.session.redundancy", rest);
	if (value != NULL) {
		cli->ini_is_single = is_off(value);
	}
}

static void read_lines(struct cli *cli, char *text, struct file *file)
{
	char *rest = text;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL && !is_of_one_site(line)) {
		file->is_ini |= is_ini_line(line);
		if (file->is_ini) {
			read_settings(cli, file, line, &rest);
		} else {
			file->fits = file->fits && add_to_list(file->list, line);
		}
	}
}

/* Finds the list in a file's text, which is changed. NULL, with a message. */
static const char *find_list(struct cli *cli, const char *path, char *text, struct file *file)
{
	read_lines(cli, text, file);
	if (file->is_ini && file->path == NULL) {
		cli_complain("%s has no session.save_path", path);
		return NULL;
	}
	if (!file->fits) {
		cli_complain("%s is too long for a list of servers", path);
		return NULL;
	}
	return file->is_ini ? file->path : file->list;
}

/* }}} */

static bool add_servers(struct cli *cli, const char *source, const char *list)
{
	struct sd_server_list walk = {.text = list, .length = strlen(list)};
	enum sd_status status = SD_OK;
	struct sd_error error;
	double timeout;

	if (list[strspn(list, " \t\r\n")] == '\0') {
		cli_complain("%s has no servers", source);
		return false;
	}
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

static bool read_file(struct cli *cli, const char *path)
{
	static struct file file = {.fits = true};
	struct cli_text content;
	bool is_good = false;

	cli_text_init(&content);
	if (cli_read_path(path, FILE_MAX, cli->timeout_ms, &content) &&
	    sd_sink_put(&content.sink, "", 1, 1)) {
		const struct sd_bytes bytes = cli_text_bytes(&content);
		const char *list;

		if (memchr(bytes.data, '\0', bytes.length - 1) != NULL) {
			cli_complain("%s is no text", path);
		} else {
			list = find_list(cli, path, (char *)content.bytes, &file);
			is_good = list != NULL && add_servers(cli, path, list);
		}
	}
	cli_text_free(&content);
	return is_good;
}

bool cli_find_servers(struct cli *cli)
{
	const char *environment = getenv("SHAREDANCE_SERVERS");

	if (cli->list != NULL) {
		return add_servers(cli, "--servers", cli->list);
	}
	if (cli->file != NULL) {
		return read_file(cli, cli->file);
	}
	if (environment != NULL && environment[0] != '\0') {
		return add_servers(cli, "$SHAREDANCE_SERVERS", environment);
	}
	if (access(DEFAULT_FILE, F_OK) != 0 && errno == ENOENT) {
		cli_complain("which servers? Give --servers=LIST, --servers-from=FILE or "
		             "$SHAREDANCE_SERVERS, or write a list to " DEFAULT_FILE);
		return false;
	}
	return read_file(cli, DEFAULT_FILE);
}
