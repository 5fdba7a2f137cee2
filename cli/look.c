/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A look at all servers; see look.h. */

#include "cli/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/print.h"

static double wall_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Copies a word of the greeting's answer, "MN i<id> n<start> s<process> w<time> ...". False: it has
 * none that begins so. */
static bool copy_word(const char *line, char begin, char *out, size_t size)
{
	size_t length = strcspn(line, "\r\n");
	const char *end = line + length;

	for (const char *at = line; at < end; at += strcspn(at, " \r\n")) {
		at += strspn(at, " ");
		if (at > line && *at == begin) {
			(void)snprintf(out, size, "%.*s", (int)strcspn(at + 1, " \r\n"), at + 1);
			return true;
		}
	}
	return false;
}

/* By the greeting its clock is known to a microsecond, by memcached's `time` to a second. Half of
 * the time that the answer took is not known to belong to the way there or back. */
static void read_clock(struct cli_look *look, const char *text, double wall)
{
	char word[32];
	uint64_t seconds;

	look->clock_error = look->latency / 2;
	if (strncmp(text, "MN ", 3) == 0 && copy_word(text, 'w', word, sizeof(word))) {
		look->clock_ahead = strtod(word, NULL) / 1e6 - (wall - look->latency / 2);
		look->has_clock = true;
	} else if (cli_stat(text, "time", &seconds)) {
		look->clock_ahead = (double)seconds + 0.5 - (wall - look->latency / 2);
		look->clock_error += 0.5;
		look->has_clock = true;
	}
}

static void read_numbers(struct cli_look *look, const char *text)
{
	const struct {
		const char *name;
		uint64_t *number;
	} numbers[] = {
		{"curr_items", &look->entries},
		{"bytes", &look->bytes},
		{"limit_maxbytes", &look->max_bytes},
		{"cmd_get", &look->gets},
		{"get_hits", &look->hits},
		{"cmd_set", &look->sets},
		{"curr_connections", &look->connections},
		{"max_connections", &look->max_connections},
		{"lock_waiters", &look->lock_waiters},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)cli_stat(text, numbers[i].name, numbers[i].number);
	}
	look->has_locks = cli_stat(text, "curr_locks", &look->locks);
	look->has_unproven = cli_stat(text, "unproven_items", &look->unproven);
	(void)cli_stat(text, "absence_proven_in", &look->absence_proven_in);
	(void)cli_stat_text(text, "health", look->health, sizeof(look->health));
	(void)cli_stat_text(text, "health_reason", look->health_reason, sizeof(look->health_reason));
	(void)cli_stat_text(text, "version", look->version, sizeof(look->version));
}

static void read_answer(struct cli_look *look, const struct cli_answer *answer, double wall)
{
	char name[SD_SERVER_NAME_MAX];

	look->server = answer->server;
	look->at = cli_now();
	look->latency = answer->seconds;
	(void)sd_server_name(answer->server, name);
	if (answer->text == NULL) {
		memcpy(look->reason, answer->reason, sizeof(look->reason));
		return;
	}
	if (strncmp(answer->text, "MN ", 3) == 0) {
		(void)copy_word(answer->text, 'i', look->identity, sizeof(look->identity));
		(void)copy_word(answer->text, 's', look->process, sizeof(look->process));
	}
	read_numbers(look, answer->text);
	if (look->version[0] == '\0') {
		const char *line = answer->text;

		if (strncmp(line, "MN", 2) == 0) {
			line += strcspn(line, "\n"); /* the answer to the greeting */
			line += strspn(line, "\n");
		}
		(void)snprintf(look->reason, sizeof(look->reason), "%s answers \"%.*s\" to `stats`", name,
		               (int)strcspn(line, "\r\n"), line);
		return;
	}
	read_clock(look, answer->text, wall + answer->seconds);
	if (look->health[0] == '\0') {
		(void)snprintf(look->note, sizeof(look->note),
		               "%.80s is memcached: it has no health, no identity and no list of locks",
		               name);
	}
}

/* Those that closed without an answer are classic, if they answer a request for a key. */
static void ask_for_a_key(struct cli *cli, struct cli_look *looks, const struct cli_answer *answers,
                          struct sd_exchange *exchanges)
{
	static const char key[] = CLI_PING_KEY;
	size_t count = 0;
	double began = cli_now();

	for (size_t i = 0; i < cli->servers_count; i++) {
		if (answers[i].is_silent) {
			cli_prepare(&exchanges[count++], &cli->servers[i], SD_GET,
			            (struct sd_bytes){(const uint8_t *)key, sizeof(key) - 1});
		}
	}
	if (count > 0) {
		cli_perform(cli, exchanges, count);
	}
	for (size_t i = 0, asked = 0; i < cli->servers_count && asked < count; i++) {
		if (answers[i].is_silent && !sd_status_is_failure(exchanges[asked++].reply.status)) {
			char name[SD_SERVER_NAME_MAX];

			looks[i].reason[0] = '\0';
			looks[i].is_classic = true;
			looks[i].latency = cli_now() - began;
			(void)snprintf(looks[i].note, sizeof(looks[i].note),
			               "%.80s is a classic server: it tells only that it answers",
			               sd_server_name(&cli->servers[i], name));
		}
	}
}

struct cli_look *cli_look_at_all(struct cli *cli)
{
	struct cli_look *looks = calloc(cli->servers_count, sizeof(*looks));
	struct sd_exchange *exchanges = calloc(cli->servers_count, sizeof(*exchanges));
	double wall = wall_now();
	struct cli_answer *answers = NULL;

	if (looks != NULL && exchanges != NULL) {
		answers = cli_ask_all(cli, "mn sharedance\r\nstats\r\nquit\r\n");
	}
	if (answers == NULL) {
		free(looks);
		free(exchanges);
		return NULL;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		read_answer(&looks[i], &answers[i], wall);
	}
	ask_for_a_key(cli, looks, answers, exchanges);
	cli_answers_free(cli, answers);
	free(exchanges);
	return looks;
}

double cli_fullness(const struct cli_look *look)
{
	return look->max_bytes == 0 ? 0 : 100.0 * (double)look->bytes / (double)look->max_bytes;
}

const char *cli_state(const struct cli_look *look)
{
	if (look->reason[0] != '\0') {
		return "DOWN";
	}
	if (look->is_classic) {
		return "classic";
	}
	return look->health[0] == '\0' ? "up" : look->health;
}

json_t *cli_json_look(const struct cli_look *look)
{
	json_t *object = cli_json_server(look->server);

	(void)json_object_set_new(object, "state", json_string(cli_state(look)));
	if (look->reason[0] != '\0') {
		(void)json_object_set_new(object, "reason", cli_json_text(look->reason));
		return object;
	}
	(void)json_object_set_new(object, "latency", json_real(look->latency));
	if (look->note[0] != '\0') {
		(void)json_object_set_new(object, "note", cli_json_text(look->note));
	}
	if (look->is_classic) {
		return object;
	}
	(void)json_object_update_new(
		object, json_pack("{s:s, s:f, s:I, s:I, s:I, s:I, s:I}", "version", look->version, "full",
	                      cli_fullness(look), "entries", (json_int_t)look->entries, "gets",
	                      (json_int_t)look->gets, "hits", (json_int_t)look->hits, "sets",
	                      (json_int_t)look->sets, "connections", (json_int_t)look->connections));
	(void)json_object_set_new(
		object, "locks", look->has_locks ? json_integer((json_int_t)look->locks) : json_null());
	(void)json_object_set_new(object, "clock",
	                          look->has_clock ? json_real(look->clock_ahead) : json_null());
	return object;
}
