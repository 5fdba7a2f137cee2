/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Where options come from; see options.h. Defaults are stored first, then what the command line
 * says, then what the configuration file says of the options that the command line has not. */

#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/config_file.h"
#include "server/net/http.h"
#include "server/option_table.h"
#include "server/option_values.h"
#include "server/system/log.h"
#include "server/system/memory.h"
#include "server/system/notify.h"

#define FIRST_LONG 256 /* the "letters" of long options: no characters */

/* Where an option was given last. */
enum source {
	NOWHERE,
	CONFIG_FILE,
	COMMAND_LINE,
};

struct parse {
	struct sdd_options *options;
	enum source sources[SDD_OPTIONS_MAX]; /* of each option of the table */
	unsigned lines[SDD_OPTIONS_MAX];      /* of the configuration file */
	bool checks;                          /* --check-config */
};

static size_t index_of(const struct sdd_option *option)
{
	return (size_t)(option - sdd_options_table);
}

static bool is_given(const struct parse *parse, const char *name)
{
	return parse->sources[index_of(sdd_option_find(name))] != NOWHERE;
}

/* {{{ the command line */

/* What getopt_long() wants to know of the table. */
struct forms {
	struct option longs[SDD_OPTIONS_MAX + 1];
	char shorts[2 * SDD_OPTIONS_MAX + 1];
};

static void list_forms(struct forms *forms)
{
	size_t length = 0;

	memset(forms, 0, sizeof(*forms));
	for (size_t i = 0; i < sdd_options_count; i++) {
		const struct sdd_option *option = &sdd_options_table[i];
		bool takes_value = sdd_option_value_name(option)[0] != '\0';

		forms->longs[i] = (struct option){
			.name = option->name,
			.has_arg = takes_value                       ? required_argument
		               : option->kind == SDD_OPTION_FLAG ? optional_argument
		                                                 : no_argument,
			.val = FIRST_LONG + (int)i,
		};
		if (option->letter != '\0') {
			forms->shorts[length++] = option->letter;
			if (takes_value) {
				forms->shorts[length++] = ':';
			}
		}
	}
}

/* NULL: getopt_long() has said on stderr what is wrong. */
static const struct sdd_option *option_of(int form)
{
	for (size_t i = 0; i < sdd_options_count; i++) {
		if (form == FIRST_LONG + (int)i || form == sdd_options_table[i].letter) {
			return &sdd_options_table[i];
		}
	}
	return NULL;
}

/* Returns false. */
static bool refuse_argument(const struct sdd_option *option, const char *value, const char *wanted)
{
	sdd_log(SDD_LOG_ERROR, "--%s must be %s, \"%s\" given", option->name, wanted, value);
	return false;
}

/* Addresses add up; of the rest, the last one counts. */
static bool take_argument(struct parse *parse, const struct sdd_option *option, const char *value)
{
	char wanted[SDD_OPTION_WANTED_MAX];
	size_t i = index_of(option);

	value = value == NULL ? "yes" : value;
	if (option->kind == SDD_OPTION_ADDRESSES && parse->sources[i] == NOWHERE) {
		parse->options->addresses.count = 0; /* the default */
	}
	parse->sources[i] = COMMAND_LINE;
	return sdd_option_store(option, value, parse->options, wanted) ||
	       refuse_argument(option, value, wanted);
}

/* What is to be done instead of serving. EXIT: it was. */
static enum sdd_options_result act(struct parse *parse, const struct sdd_option *option)
{
	switch (option->name[0]) {
	case 'h':
		sdd_options_print_help();
		return SDD_OPTIONS_EXIT;
	case 'v':
		puts("sharedanced " SDD_VERSION);
		return SDD_OPTIONS_EXIT;
	case 's':
		sdd_options_print_sample();
		return SDD_OPTIONS_EXIT;
	default:
		parse->checks = true;
		return SDD_OPTIONS_OK;
	}
}

static enum sdd_options_result read_command_line(struct parse *parse, int argc, char *argv[])
{
	enum sdd_options_result result = SDD_OPTIONS_OK;
	struct forms forms;
	int form;

	list_forms(&forms);
	optind = 0; /* from its begin, when the configuration is read again, too */
	while (result == SDD_OPTIONS_OK &&
	       (form = getopt_long(argc, argv, forms.shorts, forms.longs, NULL)) != -1) {
		const struct sdd_option *option = option_of(form);

		if (option == NULL) {
			result = SDD_OPTIONS_WRONG;
		} else if (option->kind == SDD_OPTION_ACTION) {
			result = act(parse, option);
		} else if (!take_argument(parse, option, optarg)) {
			result = SDD_OPTIONS_WRONG;
		}
	}
	if (result == SDD_OPTIONS_OK && optind < argc) {
		sdd_log(SDD_LOG_ERROR, "\"%s\" is not an option", argv[optind]);
		result = SDD_OPTIONS_WRONG;
	}
	return result;
}

/* }}} */

/* {{{ the configuration file */

/* Returns false. */
static bool refuse_line(const struct parse *parse, const struct sdd_config_line *line,
                        const char *reason)
{
	sdd_log(SDD_LOG_ERROR, "%s:%u: %s", parse->options->config, line->number, reason);
	return false;
}

/* An option that the command line has too is only checked. */
static bool store_line(struct parse *parse, const struct sdd_option *option,
                       const struct sdd_config_line *line)
{
	struct sdd_options unused;
	size_t i = index_of(option);
	bool is_overridden = parse->sources[i] == COMMAND_LINE;
	struct sdd_options *options = is_overridden ? &unused : parse->options;
	char wanted[SDD_OPTION_WANTED_MAX];
	char reason[SDD_CONFIG_REASON_MAX];

	if (line->value[0] == '\0') {
		return true; /* its default */
	}
	if (option->kind == SDD_OPTION_ADDRESSES && parse->sources[i] != CONFIG_FILE) {
		options->addresses.count = 0;
	} else if (parse->lines[i] != 0 && option->kind != SDD_OPTION_ADDRESSES) {
		(void)snprintf(reason, sizeof(reason), "%s was set in line %u already", option->name,
		               parse->lines[i]);
		return refuse_line(parse, line, reason);
	}
	parse->lines[i] = line->number;
	if (!is_overridden) {
		parse->sources[i] = CONFIG_FILE;
	}
	if (!sdd_option_store(option, line->value, options, wanted)) {
		(void)snprintf(reason, sizeof(reason), "%s must be %s, \"%.30s\" given", option->name,
		               wanted, line->value);
		return refuse_line(parse, line, reason);
	}
	return true;
}

static bool take_line(struct parse *parse, const struct sdd_config_line *line)
{
	const struct sdd_option *option = sdd_option_find(line->name);
	char reason[SDD_CONFIG_REASON_MAX];

	if (option == NULL || option->is_command_line_only) {
		(void)snprintf(reason, sizeof(reason), "%.50s is not an option%s", line->name,
		               option == NULL ? "" : " of a configuration file");
		return refuse_line(parse, line, reason);
	}
	return store_line(parse, option, line);
}

static bool read_config_file(struct parse *parse)
{
	struct sdd_config_line line = {0};
	char reason[SDD_CONFIG_REASON_MAX];
	char *at;
	int found;

	parse->options->config_text = sdd_config_file_read(parse->options->config);
	at = parse->options->config_text;
	if (at == NULL) {
		sdd_log(SDD_LOG_ERROR, "%s cannot be read: %s", parse->options->config, strerror(errno));
		return false;
	}
	while ((found = sdd_config_file_next(&at, &line, reason)) == 1) {
		if (!take_line(parse, &line)) {
			return false;
		}
	}
	return found == 0 || refuse_line(parse, &line, reason);
}

/* }}} */

/* A user that is given without a group gets its own. */
static bool complete_user(struct parse *parse)
{
	struct sdd_options *options = parse->options;
	const struct passwd *user;

	options->has_uid = is_given(parse, "uid");
	options->change_user = options->has_uid || is_given(parse, "gid");
	if (!options->has_uid) {
		options->uid = geteuid();
	}
	if (is_given(parse, "gid") || !options->change_user) {
		return true;
	}
	user = getpwuid((uid_t)options->uid);
	if (user == NULL) {
		sdd_log(SDD_LOG_ERROR, "no user has the id %u, so --gid is needed as well",
		        (unsigned)options->uid);
		return false;
	}
	options->gid = user->pw_gid;
	return true;
}

/* A request of the largest size and its reply must have room. What clients of HTTP may take is left
 * to them. */
static bool complete_memory(const struct parse *parse)
{
	struct sdd_options *options = parse->options;
	uint64_t http = options->http != NULL ? SDD_HTTP_MEMORY : 0;
	uint64_t smallest = sdd_option_find("memory")->min;
	uint64_t least = 2 * options->max_request_size + http;
	uint64_t most = sdd_memory_of_system("") / 4;

	if (options->memory == 0) {
		most = most < SDD_MEMORY_STANDARD_BYTES ? most : SDD_MEMORY_STANDARD_BYTES;
		least = least > smallest ? least : smallest;
		options->memory = most > least ? most : least;
	}
	if (options->memory < least) {
		sdd_log(SDD_LOG_ERROR, "--memory must be at least twice --maxreadsize%s, that is %llu",
		        http > 0 ? " and 1152K for --http" : "", (unsigned long long)least);
		return false;
	}
	options->memory -= http;
	return true;
}

/* What follows from several options, or from one that is missing. */
static bool complete(struct parse *parse)
{
	struct sdd_options *options = parse->options;

	if (options->directory == NULL) {
		sdd_log(SDD_LOG_ERROR,
		        "--directory is missing: give a path that only the server's user can "
		        "write to, such as --directory=/var/lib/sharedance");
		return false;
	}
	if (options->daemonize && sdd_notify_is_wanted()) {
		sdd_log(SDD_LOG_ERROR, "--daemonize is not for a service: its manager wants the process "
		                       "that it has started");
		return false;
	}
	if (options->unix_socket != NULL && !is_given(parse, "ip") && !is_given(parse, "port")) {
		options->addresses.count = 0;
	}
	if (options->unix_socket_mode == SDD_NOT_GIVEN) {
		options->unix_socket_mode = options->unix_socket_group == SDD_NOT_GIVEN ? 0700 : 0770;
	}
	return complete_memory(parse) && complete_user(parse);
}

static void set_defaults(struct sdd_options *options)
{
	char wanted[SDD_OPTION_WANTED_MAX];

	memset(options, 0, sizeof(*options)); /* padding included: options are compared */
	options->unix_socket_group = SDD_NOT_GIVEN;
	options->unix_socket_mode = SDD_NOT_GIVEN;
	for (size_t i = 0; i < sdd_options_count; i++) {
		const struct sdd_option *option = &sdd_options_table[i];

		if (option->standard != NULL) {
			(void)sdd_option_store(option, option->standard, options, wanted);
		}
	}
}

enum sdd_options_result sdd_options_parse(struct sdd_options *options, int argc, char *argv[])
{
	struct parse parse = {.options = options};
	enum sdd_options_result result;

	set_defaults(options);
	if (argc <= 1) {
		sdd_options_print_help(); /* as upstream does */
		return SDD_OPTIONS_EXIT;
	}
	result = read_command_line(&parse, argc, argv);
	if (result != SDD_OPTIONS_OK) {
		return result;
	}
	if ((options->config != NULL && !read_config_file(&parse)) || !complete(&parse)) {
		return SDD_OPTIONS_WRONG;
	}
	if (parse.checks) {
		puts("the options are valid");
		return SDD_OPTIONS_EXIT;
	}
	return SDD_OPTIONS_OK;
}

void sdd_options_take_changes(struct sdd_options *options, const struct sdd_options *changed)
{
	for (size_t i = 0; i < sdd_options_count; i++) {
		const struct sdd_option *option = &sdd_options_table[i];

		if (sdd_option_is_same(option, options, changed)) {
			continue;
		}
		if (option->reloads) {
			sdd_option_copy(option, options, changed);
			sdd_log(SDD_LOG_NOTICE, "SIGHUP: %s has changed", option->name);
		} else {
			sdd_log(SDD_LOG_WARNING, "SIGHUP: the change of %s takes effect at the next start",
			        option->name);
		}
	}
}

void sdd_options_free(struct sdd_options *options)
{
	free(options->config_text);
	options->config_text = NULL;
}
