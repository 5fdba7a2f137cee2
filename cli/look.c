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
		{"curr_locks", &look->locks},
		{"lock_waiters", &look->lock_waiters},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)cli_stat(text, numbers[i].name, numbers[i].number);
	}
	look->has_unproven = cli_stat(text, "unproven_items", &look->unproven);
	(void)cli_stat_text(text, "health", look->health, sizeof(look->health));
	(void)cli_stat_text(text, "health_reason", look->health_reason, sizeof(look->health_reason));
	(void)cli_stat_text(text, "version", look->version, sizeof(look->version));
}

static void read_answer(struct cli_look *look, const struct cli_answer *answer, double wall)
{
	look->server = answer->server;
	look->at = cli_now();
	if (answer->text == NULL) {
		memcpy(look->reason, answer->reason, sizeof(look->reason));
		return;
	}
	look->latency = answer->seconds;
	if (strncmp(answer->text, "MN ", 3) == 0) {
		(void)copy_word(answer->text, 'i', look->identity, sizeof(look->identity));
		(void)copy_word(answer->text, 's', look->process, sizeof(look->process));
	}
	read_numbers(look, answer->text);
	read_clock(look, answer->text, wall + answer->seconds);
}

struct cli_look *cli_look_at_all(struct cli *cli)
{
	struct cli_look *looks = calloc(cli->servers_count, sizeof(*looks));
	double wall = wall_now();
	struct cli_answer *answers = cli_ask_all(cli, "mn sharedance\r\nstats\r\nquit\r\n");

	if (looks == NULL || answers == NULL) {
		free(looks);
		cli_answers_free(cli, answers);
		return NULL;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		read_answer(&looks[i], &answers[i], wall);
	}
	cli_answers_free(cli, answers);
	return looks;
}

double cli_fullness(const struct cli_look *look)
{
	return look->max_bytes == 0 ? 0 : 100.0 * (double)look->bytes / (double)look->max_bytes;
}
