/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* ping, stats and check: how the servers are. top.c has the table. */

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/sample.h"
#include "cli/print.h"

/* {{{ ping */

struct round_trips {
	uint64_t count;
	double least;
	double sum;
	double most;
};

/* Any server answers a request for a key, and nobody has an entry of that one. */
static void prepare_ping(struct sd_exchange *exchange, const struct sd_server *server)
{
	static const char key[] = CLI_PING_KEY;

	cli_prepare(exchange, server, SD_GET, (struct sd_bytes){(const uint8_t *)key, sizeof(key) - 1});
}

/* On a connection that is up, unless the server is classic. False: it cannot be asked, and the
 * exchange says why. */
static bool ping_one(struct cli *cli, struct sd_exchange *exchange, struct round_trips *trips)
{
	*trips = (struct round_trips){.least = INFINITY};
	while (trips->count < cli->count) {
		double began = cli_now();
		double seconds;

		prepare_ping(exchange, exchange->server);
		cli_perform(cli, exchange, 1);
		seconds = cli_now() - began;
		if (sd_status_is_failure(exchange->reply.status)) {
			return false;
		}
		trips->count++;
		trips->sum += seconds;
		trips->least = fmin(trips->least, seconds);
		trips->most = fmax(trips->most, seconds);
	}
	return true;
}

static json_t *print_trips(const struct cli *cli, const struct sd_server *server,
                           const struct round_trips *trips)
{
	double mean = trips->sum / (double)trips->count;
	char name[SD_SERVER_NAME_MAX];
	json_t *object = cli_json_server(server);

	if (!cli->json) {
		printf("%s: least %.3f ms, mean %.3f ms, most %.3f ms\n", sd_server_name(server, name),
		       trips->least * 1000, mean * 1000, trips->most * 1000);
	}
	(void)json_object_update_new(object, json_pack("{s:I, s:f, s:f, s:f}", "count",
	                                               (json_int_t)trips->count, "least", trips->least,
	                                               "mean", mean, "most", trips->most));
	return object;
}

/* Pings them one after the other, so that none waits for another's answer. */
static enum cli_status ping_all(struct cli *cli, struct sd_exchange *exchanges, json_t *list)
{
	enum cli_status status = CLI_DONE;
	char text[512];

	for (size_t i = 0; i < cli->servers_count; i++) {
		struct sd_exchange *exchange = &exchanges[i];
		struct round_trips trips;

		if (!sd_status_is_failure(exchange->reply.status) && ping_one(cli, exchange, &trips)) {
			(void)json_array_append_new(list, print_trips(cli, exchange->server, &trips));
			continue;
		}
		status = CLI_UNREACHABLE;
		(void)sd_exchange_explain(exchange, text, sizeof(text));
		cli_complain("%s", text);
		(void)json_array_append_new(list, cli_json_failure(exchange->server, text));
	}
	return status;
}

enum cli_status cli_ping(struct cli *cli)
{
	struct sd_exchange *exchanges = calloc(cli->servers_count, sizeof(*exchanges));
	enum cli_status status;
	json_t *list = json_array();

	if (exchanges == NULL) {
		cli_complain("out of memory");
		return CLI_UNREACHABLE;
	}
	/* the first ones bring the connections up, all at the same time, and are not counted */
	for (size_t i = 0; i < cli->servers_count; i++) {
		prepare_ping(&exchanges[i], &cli->servers[i]);
	}
	cli_perform(cli, exchanges, cli->servers_count);
	status = ping_all(cli, exchanges, list);
	free(exchanges);
	if (cli->json) {
		cli_print_json(list);
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

/* A number as one, if JSON's numbers have it. */
static json_t *json_of_stat(const char *value)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	return (*value == '-' || isdigit((unsigned char)*value)) && *end == '\0' && end != value &&
	               errno == 0
	           ? json_integer(number)
	           : json_string(value);
}

/* NULL: it is no answer to `stats`, and the reason is set. */
static json_t *print_stats(const struct cli *cli, struct cli_answer *answer)
{
	json_t *numbers = json_object();
	json_t *object = cli_json_server(answer->server);
	char server[SD_SERVER_NAME_MAX];
	char *at = answer->text;
	char *name;
	char *value;
	bool has_any = false;

	(void)sd_server_name(answer->server, server);
	while (next_stat(&at, &name, &value)) {
		if (!cli->json) {
			printf("%s%s  %-24s %s\n", has_any ? "" : server, has_any ? "" : "\n", name, value);
		}
		has_any = true;
		(void)json_object_set_new(numbers, name, json_of_stat(value));
	}
	if (has_any) {
		(void)json_object_set_new(object, "stats", numbers);
		return object;
	}
	json_decref(numbers);
	json_decref(object);
	(void)snprintf(answer->reason, sizeof(answer->reason), "%s does not answer `stats`", server);
	return NULL;
}

enum cli_status cli_stats(struct cli *cli)
{
	struct cli_answer *answers = cli_ask_all(cli, "stats\r\nquit\r\n");
	enum cli_status status = CLI_DONE;
	json_t *list;

	if (answers == NULL) {
		return CLI_UNREACHABLE;
	}
	list = json_array();
	for (size_t i = 0; i < cli->servers_count; i++) {
		json_t *object = answers[i].text != NULL ? print_stats(cli, &answers[i]) : NULL;

		if (object == NULL) {
			cli_complain("%s", answers[i].reason);
			status = CLI_UNREACHABLE;
			object = cli_json_failure(answers[i].server, answers[i].reason);
		}
		(void)json_array_append_new(list, object);
	}
	if (cli->json) {
		cli_print_json(list);
	} else {
		json_decref(list);
	}
	cli_answers_free(cli, answers);
	return status;
}

/* }}} */

/* {{{ check */

/* Bytes: enough for CLI_SERVERS_MAX servers. */
#define TEXT_ROOM (CLI_SERVERS_MAX * 1024)

/* As monitoring plugins exit. */
enum judgement {
	OK,
	WARNING,
	CRITICAL,
	UNKNOWN,
};

struct verdict {
	enum judgement judgement;
	char text[TEXT_ROOM];  /* what is wrong, one after the other */
	char notes[TEXT_ROOM]; /* what a server cannot tell */
	char data[TEXT_ROOM];  /* for the monitoring system's curves */
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

/* What nobody may be given while the other server is away. */
static void judge_proof(const struct cli *cli, const struct cli_sample *sample, const char *name,
                        struct verdict *verdict)
{
	if (!sample->has_unproven) {
		return;
	}
	FIND(verdict, cli->wants_proof && sample->unproven > 0 ? WARNING : OK,
	     "%s has %" PRIu64 " unproven entries", name, sample->unproven);
	FIND(verdict, cli->wants_proof && sample->absence_proven_in > 0 ? WARNING : OK,
	     "%s cannot prove for %" PRIu64 " s that an entry is absent", name,
	     sample->absence_proven_in);
	add(verdict->data, sizeof(verdict->data), " ",
	    "'%s unproven'=%" PRIu64 " '%s absence'=%" PRIu64 "s", name, sample->unproven, name,
	    sample->absence_proven_in);
}

static void judge_one(const struct cli *cli, const struct cli_sample *sample, const char *name,
                      struct verdict *verdict)
{
	double ahead = fabs(sample->clock_ahead) - sample->clock_error;
	double full = cli_fullness(sample);
	bool is_well = sample->health[0] == '\0' || strcmp(sample->health, "OK") == 0;

	if (sample->reason[0] != '\0') {
		FIND(verdict, CRITICAL, "%s", sample->reason);
		return;
	}
	if (sample->note[0] != '\0') {
		add(verdict->notes, sizeof(verdict->notes), ", ", "%s", sample->note);
	}
	FIND(verdict, is_well ? OK : CRITICAL, "%s is %s: %s", name, sample->health,
	     sample->health_reason);
	FIND(verdict, compare(sample->latency, &cli->latency), "%s took %.3f s", name, sample->latency);
	if (sample->is_classic) {
		add(verdict->data, sizeof(verdict->data), " ", "'%s latency'=%.6fs;%g;%g;0", name,
		    sample->latency, cli->latency.warning, cli->latency.critical);
		return;
	}
	FIND(verdict, compare(full, &cli->full), "%s is %.0f%% full", name, full);
	if (sample->has_clock) {
		FIND(verdict, compare(ahead, &cli->clock), "the clock of %s is %.1f s %s", name,
		     fabs(sample->clock_ahead), sample->clock_ahead > 0 ? "ahead" : "behind");
	}
	add(verdict->data, sizeof(verdict->data), " ", "'%s full'=%.2f%%;%g;%g;0;100", name, full,
	    cli->full.warning, cli->full.critical);
	add(verdict->data, sizeof(verdict->data), " ", "'%s latency'=%.6fs;%g;%g;0", name,
	    sample->latency, cli->latency.warning, cli->latency.critical);
	add(verdict->data, sizeof(verdict->data), " ", "'%s entries'=%" PRIu64, name, sample->entries);
	if (sample->has_clock) {
		add(verdict->data, sizeof(verdict->data), " ", "'%s clock'=%.3fs", name,
		    sample->clock_ahead);
	}
	judge_proof(cli, sample, name, verdict);
}

/* Two servers that are one, or that differ in version: each pair once. */
static void judge_pairs(const struct cli *cli, const struct cli_sample *samples,
                        struct verdict *verdict)
{
	char first[SD_SERVER_NAME_MAX];
	char second[SD_SERVER_NAME_MAX];

	for (size_t i = 0; i < cli->servers_count; i++) {
		for (size_t j = i + 1; j < cli->servers_count; j++) {
			bool is_one = samples[i].identity[0] != '\0' &&
			              strcmp(samples[i].identity, samples[j].identity) == 0 &&
			              strcmp(samples[i].process, samples[j].process) == 0;
			bool is_copy = !is_one && samples[i].identity[0] != '\0' &&
			               strcmp(samples[i].identity, samples[j].identity) == 0;
			bool differs = samples[i].version[0] != '\0' && samples[j].version[0] != '\0' &&
			               i == 0 && strcmp(samples[i].version, samples[j].version) != 0;

			(void)sd_server_name(samples[i].server, first);
			(void)sd_server_name(samples[j].server, second);
			FIND(verdict, is_one ? CRITICAL : OK, "%s and %s are one server", first, second);
			FIND(verdict, is_copy ? WARNING : OK, "%s and %s have copies of one directory", first,
			     second);
			FIND(verdict, differs ? WARNING : OK, "%s has version %s and %s has %s", first,
			     samples[i].version, second, samples[j].version);
		}
	}
}

static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* What is behind the first | is data, and a second line is not for everybody. */
static void print_line(const char *word, char *text, const char *data)
{
	for (char *at = text; *at != '\0'; at++) {
		*at = strchr("|\r\n", *at) != NULL ? '/' : *at;
	}
	printf("SHAREDANCE %s - %s%s%s\n", word, text, data[0] == '\0' ? "" : " | ", data);
}

enum cli_status cli_check_unknown(const struct cli *cli, const char *why)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), "%s", why);
	if (cli->json) {
		cli_print_json(
			json_pack("{s:s, s:o}", "state", words[UNKNOWN], "text", cli_json_text(text)));
	} else {
		print_line(words[UNKNOWN], text, "");
	}
	return (enum cli_status)UNKNOWN;
}

static void print_verdict(const struct cli *cli, const struct cli_sample *samples,
                          struct verdict *verdict)
{
	json_t *list;

	if (!cli->json) {
		print_line(words[verdict->judgement], verdict->text, verdict->data);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < cli->servers_count; i++) {
		(void)json_array_append_new(list, cli_json_sample(&samples[i]));
	}
	cli_print_json(json_pack("{s:s, s:o, s:o}", "state", words[verdict->judgement], "text",
	                         cli_json_text(verdict->text), "servers", list));
}

/* A server's name as a label of performance data, which has no such bytes. */
static const char *label_of(const struct sd_server *server, char name[SD_SERVER_NAME_MAX])
{
	(void)sd_server_name(server, name);
	for (char *at = name; (at = strpbrk(at, "'=|")) != NULL; at++) {
		*at = '/';
	}
	return name;
}

enum cli_status cli_check(struct cli *cli)
{
	static struct verdict verdict;
	struct cli_sample *samples = cli_sample_all(cli);
	char name[SD_SERVER_NAME_MAX];

	if (samples == NULL) {
		return cli_check_unknown(cli, "out of memory");
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		judge_one(cli, &samples[i], label_of(samples[i].server, name), &verdict);
	}
	judge_pairs(cli, samples, &verdict);
	if (verdict.text[0] == '\0') {
		add(verdict.text, sizeof(verdict.text), "", "%zu of %zu servers are well",
		    cli->servers_count, cli->servers_count);
	}
	if (verdict.notes[0] != '\0') {
		add(verdict.text, sizeof(verdict.text), "; ", "%s", verdict.notes);
	}
	print_verdict(cli, samples, &verdict);
	free(samples);
	return (enum cli_status)verdict.judgement;
}

/* }}} */
