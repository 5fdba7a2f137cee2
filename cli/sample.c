/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A sample of all servers; see sample.h. */

#include "cli/sample.h"

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
static void read_clock(struct cli_sample *sample, const char *text, double wall)
{
	char word[32];
	uint64_t seconds;

	sample->clock_error = sample->latency / 2;
	if (strncmp(text, "MN ", 3) == 0 && copy_word(text, 'w', word, sizeof(word))) {
		sample->clock_ahead = strtod(word, NULL) / 1e6 - (wall - sample->latency / 2);
		sample->has_clock = true;
	} else if (cli_stat(text, "time", &seconds)) {
		sample->clock_ahead = (double)seconds + 0.5 - (wall - sample->latency / 2);
		sample->clock_error += 0.5;
		sample->has_clock = true;
	}
}

static void read_numbers(struct cli_sample *sample, const char *text)
{
	const struct {
		const char *name;
		uint64_t *number;
	} numbers[] = {
		{"curr_items", &sample->entries},
		{"bytes", &sample->bytes},
		{"limit_maxbytes", &sample->max_bytes},
		{"cmd_get", &sample->gets},
		{"get_hits", &sample->hits},
		{"cmd_set", &sample->sets},
		{"curr_connections", &sample->connections},
		{"max_connections", &sample->max_connections},
		{"lock_waiters", &sample->lock_waiters},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)cli_stat(text, numbers[i].name, numbers[i].number);
	}
	sample->has_locks = cli_stat(text, "curr_locks", &sample->locks);
	sample->has_unproven = cli_stat(text, "unproven_items", &sample->unproven);
	(void)cli_stat(text, "absence_proven_in", &sample->absence_proven_in);
	(void)cli_stat_text(text, "health", sample->health, sizeof(sample->health));
	(void)cli_stat_text(text, "health_reason", sample->health_reason,
	                    sizeof(sample->health_reason));
	(void)cli_stat_text(text, "version", sample->version, sizeof(sample->version));
}

static void read_answer(struct cli_sample *sample, const struct cli_answer *answer, double wall)
{
	char name[SD_SERVER_NAME_MAX];

	sample->server = answer->server;
	sample->at = cli_now();
	sample->latency = answer->seconds;
	(void)sd_server_name(answer->server, name);
	if (answer->text == NULL) {
		memcpy(sample->reason, answer->reason, sizeof(sample->reason));
		return;
	}
	if (strncmp(answer->text, "MN ", 3) == 0) {
		(void)copy_word(answer->text, 'i', sample->identity, sizeof(sample->identity));
		(void)copy_word(answer->text, 's', sample->process, sizeof(sample->process));
	}
	read_numbers(sample, answer->text);
	if (sample->version[0] == '\0') {
		const char *line = answer->text;

		if (strncmp(line, "MN", 2) == 0) {
			line += strcspn(line, "\n"); /* the answer to the greeting */
			line += strspn(line, "\n");
		}
		(void)snprintf(sample->reason, sizeof(sample->reason), "%s answers \"%.*s\" to `stats`",
		               name, (int)strcspn(line, "\r\n"), line);
		return;
	}
	read_clock(sample, answer->text, wall + answer->seconds);
	if (sample->health[0] == '\0') {
		(void)snprintf(sample->note, sizeof(sample->note),
		               "%.80s is memcached: it has no health, no identity and no list of locks",
		               name);
	}
}

/* Those that closed without an answer are classic, if they answer a request for a key. */
static void ask_for_a_key(struct cli *cli, struct cli_sample *samples,
                          const struct cli_answer *answers, struct sd_exchange *exchanges)
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

			samples[i].reason[0] = '\0';
			samples[i].is_classic = true;
			samples[i].latency = cli_now() - began;
			(void)snprintf(samples[i].note, sizeof(samples[i].note),
			               "%.80s is a classic server: it reports only that it answers",
			               sd_server_name(&cli->servers[i], name));
		}
	}
}

struct cli_sample *cli_sample_all(struct cli *cli)
{
	struct cli_sample *samples = calloc(cli->servers_count, sizeof(*samples));
	struct sd_exchange *exchanges = calloc(cli->servers_count, sizeof(*exchanges));
	double wall = wall_now();
	struct cli_answer *answers = NULL;

	if (samples != NULL && exchanges != NULL) {
		answers = cli_ask_all(cli, "mn sharedance\r\nstats\r\nquit\r\n");
	}
	if (answers == NULL) {
		free(samples);
		free(exchanges);
		return NULL;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		read_answer(&samples[i], &answers[i], wall);
	}
	ask_for_a_key(cli, samples, answers, exchanges);
	cli_answers_free(cli, answers);
	free(exchanges);
	return samples;
}

double cli_fullness(const struct cli_sample *sample)
{
	return sample->max_bytes == 0 ? 0 : 100.0 * (double)sample->bytes / (double)sample->max_bytes;
}

const char *cli_state(const struct cli_sample *sample)
{
	if (sample->reason[0] != '\0') {
		return "DOWN";
	}
	if (sample->is_classic) {
		return "classic";
	}
	return sample->health[0] == '\0' ? "up" : sample->health;
}

json_t *cli_json_sample(const struct cli_sample *sample)
{
	json_t *object = cli_json_server(sample->server);

	(void)json_object_set_new(object, "state", json_string(cli_state(sample)));
	if (sample->reason[0] != '\0') {
		(void)json_object_set_new(object, "reason", cli_json_text(sample->reason));
		return object;
	}
	(void)json_object_set_new(object, "latency", json_real(sample->latency));
	if (sample->note[0] != '\0') {
		(void)json_object_set_new(object, "note", cli_json_text(sample->note));
	}
	if (sample->is_classic) {
		return object;
	}
	(void)json_object_update_new(
		object,
		json_pack("{s:s, s:f, s:I, s:I, s:I, s:I, s:I}", "version", sample->version, "full",
	              cli_fullness(sample), "entries", (json_int_t)sample->entries, "gets",
	              (json_int_t)sample->gets, "hits", (json_int_t)sample->hits, "sets",
	              (json_int_t)sample->sets, "connections", (json_int_t)sample->connections));
	(void)json_object_set_new(
		object, "locks", sample->has_locks ? json_integer((json_int_t)sample->locks) : json_null());
	(void)json_object_set_new(object, "clock",
	                          sample->has_clock ? json_real(sample->clock_ahead) : json_null());
	return object;
}
