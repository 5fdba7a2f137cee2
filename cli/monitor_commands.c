/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* ping, stats and check: how the servers are. top.c has the table. */

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/look.h"

/* Prints a list of objects, which it takes over. */
static void print_json(json_t *list)
{
	(void)json_dumpf(list, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(list);
}

/* {{{ ping */

struct round_trips {
	uint64_t count;
	double least;
	double sum;
	double most;
};

/* One request on a connection that is up: nobody has an entry of that name. */
static bool measure(struct cli *cli, struct sd_exchange *exchange, double *seconds)
{
	static const char key[] = "sharedance-ping";
	const struct sd_server *server = exchange->server;
	double began;

	cli_prepare(exchange, server, SD_EXISTS,
	            (struct sd_bytes){(const uint8_t *)key, sizeof(key) - 1});
	began = cli_now();
	cli_perform(cli, exchange, 1);
	*seconds = cli_now() - began;
	return !sd_status_is_failure(exchange->reply.status);
}

/* False: it cannot be asked, and the exchange says why. */
static bool ping_one(struct cli *cli, struct sd_exchange *exchange, struct round_trips *trips)
{
	double seconds;

	/* the first one brings the connection up, and is not counted */
	if (!measure(cli, exchange, &seconds)) {
		return false;
	}
	*trips = (struct round_trips){.least = INFINITY};
	while (trips->count < cli->count) {
		if (!measure(cli, exchange, &seconds)) {
			return false;
		}
		trips->count++;
		trips->sum += seconds;
		trips->least = fmin(trips->least, seconds);
		trips->most = fmax(trips->most, seconds);
	}
	return true;
}

enum cli_status cli_ping(struct cli *cli)
{
	enum cli_status status = CLI_DONE;
	json_t *list = json_array();

	if (cli->count < 1) {
		cli->count = 1;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		struct sd_exchange exchange = {.server = &cli->servers[i]};
		struct round_trips trips;
		char name[SD_SERVER_NAME_MAX];
		char text[512];

		(void)sd_server_name(&cli->servers[i], name);
		if (!ping_one(cli, &exchange, &trips)) {
			status = CLI_UNREACHABLE;
			(void)sd_exchange_explain(&exchange, text, sizeof(text));
			cli_complain("%s", text);
			(void)json_array_append_new(list,
			                            json_pack("{s:s, s:s}", "server", name, "reason", text));
			continue;
		}
		(void)json_array_append_new(list,
		                            json_pack("{s:s, s:I, s:f, s:f, s:f}", "server", name, "count",
		                                      (json_int_t)trips.count, "least", trips.least, "mean",
		                                      trips.sum / (double)trips.count, "most", trips.most));
		if (!cli->json) {
			printf("%s: least %.3f ms, mean %.3f ms, most %.3f ms\n", name, trips.least * 1000,
			       trips.sum / (double)trips.count * 1000, trips.most * 1000);
		}
	}
	if (cli->json) {
		print_json(list);
	} else {
		json_decref(list);
	}
	return status;
}

/* }}} */

/* {{{ stats */

/* The next line of `STAT name value` from *at on; both are cut off in place. False: there is none.
 */
static bool next_stat(char **at, char **name, char **value)
{
	while (**at != '\0') {
		char *line = *at;

		*at += strcspn(*at, "\n");
		if (**at == '\n') {
			*(*at)++ = '\0';
		}
		line[strcspn(line, "\r")] = '\0';
		if (strncmp(line, "STAT ", 5) == 0) {
			*name = line + 5;
			*value = strchr(*name, ' ');
			if (*value != NULL) {
				*(*value)++ = '\0';
				return true;
			}
		}
	}
	return false;
}

static json_t *print_stats(const struct cli *cli, struct cli_answer *answer)
{
	json_t *numbers = json_object();
	char server[SD_SERVER_NAME_MAX];
	char *at = answer->text;
	char *name;
	char *value;

	(void)sd_server_name(answer->server, server);
	if (!cli->json) {
		printf("%s\n", server);
	}
	while (next_stat(&at, &name, &value)) {
		char *end;
		long long number = strtoll(value, &end, 10);

		if (!cli->json) {
			printf("  %-24s %s\n", name, value);
		}
		(void)json_object_set_new(numbers, name,
		                          *value != '\0' && *end == '\0' ? json_integer(number)
		                                                         : json_string(value));
	}
	return json_pack("{s:s, s:o}", "server", server, "stats", numbers);
}

enum cli_status cli_stats(struct cli *cli)
{
	struct cli_answer *answers = cli_ask_all(cli, "stats\r\nquit\r\n");
	enum cli_status status = CLI_DONE;
	json_t *list = json_array();
	char name[SD_SERVER_NAME_MAX];

	for (size_t i = 0; answers != NULL && i < cli->servers_count; i++) {
		if (answers[i].text != NULL) {
			(void)json_array_append_new(list, print_stats(cli, &answers[i]));
			continue;
		}
		cli_complain("%s", answers[i].reason);
		status = CLI_UNREACHABLE;
		(void)json_array_append_new(list, json_pack("{s:s, s:s}", "server",
		                                            sd_server_name(answers[i].server, name),
		                                            "reason", answers[i].reason));
	}
	if (answers != NULL && cli->json) {
		print_json(list);
	} else {
		json_decref(list);
	}
	cli_answers_free(cli, answers);
	return answers == NULL ? CLI_UNREACHABLE : status;
}

/* }}} */

/* {{{ check */

/* As monitoring plugins exit. */
enum judgement {
	OK,
	WARNING,
	CRITICAL,
	UNKNOWN,
};

struct verdict {
	enum judgement judgement;
	char text[4096]; /* what is wrong, one after the other */
	char data[4096]; /* for the monitoring system's curves */
};

static void add(char *text, size_t size, const char *between, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void add(char *text, size_t size, const char *between, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	if (length > 0) {
		length += (size_t)snprintf(text + length, size - length, "%s", between);
	}
	if (length < size) {
		va_start(arguments, format);
		(void)vsnprintf(text + length, size - length, format, arguments);
		va_end(arguments);
	}
}

#define FIND(verdict, judged, ...)                                                                 \
	do {                                                                                           \
		if ((judged) != OK) {                                                                      \
			(verdict)->judgement =                                                                 \
				(verdict)->judgement > (judged) ? (verdict)->judgement : (judged);                 \
			add((verdict)->text, sizeof((verdict)->text), ", ", __VA_ARGS__);                      \
		}                                                                                          \
	} while (0)

static enum judgement compare(double value, const struct cli_limits *limits)
{
	if (value >= limits->critical) {
		return CRITICAL;
	}
	return value >= limits->warning ? WARNING : OK;
}

static void judge_one(const struct cli *cli, const struct cli_look *look, const char *name,
                      struct verdict *verdict)
{
	double ahead = fabs(look->clock_ahead) - look->clock_error;
	double full = cli_fullness(look);
	bool is_well = look->health[0] == '\0' || strcmp(look->health, "OK") == 0;

	if (look->reason[0] != '\0') {
		FIND(verdict, CRITICAL, "%s", look->reason);
		return;
	}
	FIND(verdict, is_well ? OK : CRITICAL, "%s is %s: %s", name, look->health, look->health_reason);
	FIND(verdict, compare(full, &cli->full), "%s is %.0f%% full", name, full);
	if (look->has_clock) {
		FIND(verdict, compare(ahead, &cli->clock), "the clock of %s is %.1f s %s", name,
		     fabs(look->clock_ahead), look->clock_ahead > 0 ? "ahead" : "behind");
	}
	FIND(verdict, compare(look->latency, &cli->latency), "%s took %.3f s", name, look->latency);
	add(verdict->data, sizeof(verdict->data), " ", "'%s full'=%.2f%%;%g;%g;0;100", name, full,
	    cli->full.warning, cli->full.critical);
	add(verdict->data, sizeof(verdict->data), " ", "'%s latency'=%.6fs;%g;%g;0", name,
	    look->latency, cli->latency.warning, cli->latency.critical);
	add(verdict->data, sizeof(verdict->data), " ", "'%s entries'=%" PRIu64, name, look->entries);
	if (look->has_clock) {
		add(verdict->data, sizeof(verdict->data), " ", "'%s clock'=%.3fs", name, look->clock_ahead);
	}
}

/* Two servers that are one, or that differ in version: each pair once. */
static void judge_pairs(const struct cli *cli, const struct cli_look *looks,
                        struct verdict *verdict)
{
	char first[SD_SERVER_NAME_MAX];
	char second[SD_SERVER_NAME_MAX];

	for (size_t i = 0; i < cli->servers_count; i++) {
		for (size_t j = i + 1; j < cli->servers_count; j++) {
			bool is_one = looks[i].identity[0] != '\0' &&
			              strcmp(looks[i].identity, looks[j].identity) == 0 &&
			              strcmp(looks[i].process, looks[j].process) == 0;
			bool is_copy = !is_one && looks[i].identity[0] != '\0' &&
			               strcmp(looks[i].identity, looks[j].identity) == 0;
			bool differs = looks[i].version[0] != '\0' && looks[j].version[0] != '\0' && i == 0 &&
			               strcmp(looks[i].version, looks[j].version) != 0;

			(void)sd_server_name(looks[i].server, first);
			(void)sd_server_name(looks[j].server, second);
			FIND(verdict, is_one ? CRITICAL : OK, "%s and %s are one server", first, second);
			FIND(verdict, is_copy ? WARNING : OK, "%s and %s have copies of one directory", first,
			     second);
			FIND(verdict, differs ? WARNING : OK, "%s has version %s and %s has %s", first,
			     looks[i].version, second, looks[j].version);
		}
	}
}

enum cli_status cli_check(struct cli *cli)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	static struct verdict verdict;
	struct cli_look *looks = cli_look_at_all(cli);
	char name[SD_SERVER_NAME_MAX];

	if (looks == NULL) {
		return (enum cli_status)UNKNOWN;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		judge_one(cli, &looks[i], sd_server_name(looks[i].server, name), &verdict);
	}
	judge_pairs(cli, looks, &verdict);
	free(looks);
	if (verdict.text[0] == '\0') {
		add(verdict.text, sizeof(verdict.text), "", "%zu of %zu servers are well",
		    cli->servers_count, cli->servers_count);
	}
	if (cli->json) {
		print_json(
			json_pack("{s:s, s:s}", "state", words[verdict.judgement], "text", verdict.text));
	} else {
		printf("SHAREDANCE %s - %s | %s\n", words[verdict.judgement], verdict.text, verdict.data);
	}
	return (enum cli_status)verdict.judgement;
}

/* }}} */
