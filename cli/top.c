/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* top: a table of the servers, again and again. Rates are of the time since the sample before; at
 * the first one, and without a terminal, they are not known. */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/sample.h"
#include "cli/print.h"

#define LINE_MAX_BYTES 512
#define TABLE_WIDTH 79 /* columns, with the narrowest names */
#define NAME_WIDTH 17

/* {{{ rows */

/* 1234567 as "1.2M". */
static const char *shorten(double number, char out[16])
{
	static const char suffixes[] = " kMGT";
	size_t step = 0;

	while (number >= 9999.5 && step + 1 < sizeof(suffixes) - 1) {
		number /= 1000;
		step++;
	}
	if (step == 0) {
		(void)snprintf(out, 16, "%.0f", number);
	} else {
		(void)snprintf(out, 16, number < 99.95 ? "%.1f%c" : "%.0f%c", number, suffixes[step]);
	}
	return out;
}

/* How much a counter has grown a second. Negative: that is not known. */
static double rate(uint64_t now, uint64_t before, double seconds)
{
	return seconds > 0 && now >= before ? (double)(now - before) / seconds : -1;
}

static const char *rate_text(double rate, char out[16])
{
	if (rate < 0) {
		(void)snprintf(out, 16, "-");
		return out;
	}
	return shorten(rate, out);
}

static void format_row(const struct cli_sample *sample, const struct cli_sample *before,
                       int name_width, char line[LINE_MAX_BYTES])
{
	char name[SD_SERVER_NAME_MAX];
	bool has_before = before != NULL && before->version[0] != '\0' &&
	                  strcmp(before->process, sample->process) == 0;
	double seconds = has_before ? sample->at - before->at : 0;
	double gets = rate(sample->gets, has_before ? before->gets : 0, seconds);
	double hits = rate(sample->hits, has_before ? before->hits : 0, seconds);
	char texts[5][16];
	char hit_ratio[16] = "-";
	int length;

	(void)sd_server_name(sample->server, name);
	length = snprintf(line, LINE_MAX_BYTES, "%-*.*s %-9.9s", name_width, name_width, name,
	                  cli_state(sample));
	if (sample->version[0] == '\0') {
		return;
	}
	if (gets > 0 && hits >= 0) {
		(void)snprintf(hit_ratio, sizeof(hit_ratio), "%.0f%%", 100 * hits / gets);
	}
	(void)snprintf(line + length, LINE_MAX_BYTES - (size_t)length,
	               " %4.0f%% %6s %6s %6s %5s %6.*f %5s %5s", cli_fullness(sample),
	               shorten((double)sample->entries, texts[0]), rate_text(gets, texts[1]),
	               rate_text(rate(sample->sets, has_before ? before->sets : 0, seconds), texts[2]),
	               hit_ratio, sample->latency < 1 ? 2 : 0, sample->latency * 1000,
	               shorten((double)sample->connections, texts[3]),
	               sample->has_locks ? shorten((double)sample->locks, texts[4]) : "-");
}

/* The room that a table has: a terminal's, less its last column, behind which it would wrap. */
struct room {
	int rows; /* 0: as many as there are, for no terminal */
	int columns;
};

static bool print_line(const struct room *room, int *left, const char *line)
{
	if (room->rows > 0 && *left == 0) {
		return false;
	}
	(*left)--;
	printf("%.*s%s", room->columns, line, room->rows > 0 ? "\x1b[K\r\n" : "\n");
	return true;
}

/* As wide as the longest name, if there is room. */
static int width_of_names(const struct cli *cli, const struct room *room)
{
	int most = NAME_WIDTH + (room->columns > TABLE_WIDTH ? room->columns - TABLE_WIDTH : 0);
	int width = NAME_WIDTH;
	char name[SD_SERVER_NAME_MAX];

	for (size_t i = 0; i < cli->servers_count; i++) {
		int length = (int)strlen(sd_server_name(&cli->servers[i], name));

		width = length > width ? length : width;
	}
	return width < most ? width : most;
}

static void print_table(const struct cli *cli, const struct cli_sample *samples,
                        const struct cli_sample *before, const struct room *room)
{
	int name_width = width_of_names(cli, room);
	int left = room->rows - 1;
	char line[LINE_MAX_BYTES];

	(void)snprintf(line, sizeof(line), "%-*s %-9s %5s %6s %6s %6s %5s %6s %5s %5s", name_width,
	               "server", "state", "full", "items", "get/s", "set/s", "hits", "ms", "conns",
	               "locks");
	(void)print_line(room, &left, line);
	for (size_t i = 0; i < cli->servers_count; i++) {
		if (room->rows > 0 && left == 1 && i + 1 < cli->servers_count) {
			(void)snprintf(line, sizeof(line), "and %zu more", cli->servers_count - i);
			(void)print_line(room, &left, line);
			break;
		}
		format_row(&samples[i], before == NULL ? NULL : &before[i], name_width, line);
		(void)print_line(room, &left, line);
	}
	/* what is wrong with a server, and what it cannot tell */
	if (room->rows <= 0) {
		return;
	}
	for (size_t i = 0; i < cli->servers_count; i++) {
		const char *text = samples[i].reason[0] != '\0' ? samples[i].reason : samples[i].note;

		if (text[0] != '\0' && !print_line(room, &left, text)) {
			break;
		}
	}
}

static void print_once(const struct cli *cli, const struct cli_sample *samples)
{
	const struct room room = {.rows = 0, .columns = LINE_MAX_BYTES};
	json_t *list;

	if (!cli->json) {
		print_table(cli, samples, NULL, &room);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < cli->servers_count; i++) {
		(void)json_array_append_new(list, cli_json_sample(&samples[i]));
	}
	cli_print_json(list);
}

/* }}} */

/* {{{ the terminal */

/* What is to be put in order at the end. */
static struct termios keys_before;
static volatile sig_atomic_t has_keys;
static volatile sig_atomic_t has_screen;

static void find_room(struct room *room)
{
	struct winsize size;
	bool is_known =
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 && size.ws_col > 1;

	room->rows = is_known ? size.ws_row : 24;
	room->columns = (is_known ? size.ws_col : 80) - 1;
}

/* Waits until the next sample. True: the user wants to end. */
static bool wait_for_q(int64_t ms)
{
	struct pollfd input = {.fd = has_keys ? STDIN_FILENO : -1, .events = POLLIN};
	char key;

	if (poll(&input, 1, (int)ms) != 1) {
		return false;
	}
	return read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q';
}

/* Keys come at once and unseen. Ctrl-C is a signal as ever; Ctrl-Z would leave the terminal as it
 * is. */
static void take_keys(void)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &keys_before) != 0) {
		return;
	}
	raw = keys_before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	has_keys = 1;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void cli_top_restore(void)
{
	static const char screen[] = "\x1b[?25h\x1b[?1049l";

	if (has_screen) {
		has_screen = 0;
		(void)write(STDOUT_FILENO, screen, sizeof(screen) - 1);
	}
	if (has_keys) {
		has_keys = 0;
		(void)signal(SIGTTOU, SIG_IGN); /* a job in the background may put its terminal in order */
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &keys_before);
	}
}

static enum cli_status watch(struct cli *cli)
{
	struct cli_sample *before = NULL;
	struct cli_sample *samples;
	struct room room;

	has_screen = 1;
	(void)fputs("\x1b[?1049h\x1b[?25l", stdout);
	while ((samples = cli_sample_all(cli)) != NULL) {
		(void)fputs("\x1b[H", stdout);
		find_room(&room);
		print_table(cli, samples, before, &room);
		(void)fputs("\x1b[J", stdout);
		free(before);
		before = samples;
		/* the terminal may be gone */
		if (fflush(stdout) != 0 || wait_for_q(cli->interval_ms)) {
			break;
		}
	}
	free(before);
	return samples == NULL ? CLI_UNREACHABLE : CLI_DONE;
}

/* }}} */

enum cli_status cli_top(struct cli *cli)
{
	struct cli_sample *samples;
	enum cli_status status = CLI_DONE;

	if (isatty(STDOUT_FILENO) && !cli->once && !cli->json) {
		take_keys();
		status = watch(cli);
		cli_top_restore();
		return status;
	}
	samples = cli_sample_all(cli);
	if (samples == NULL) {
		return CLI_UNREACHABLE;
	}
	print_once(cli, samples);
	for (size_t i = 0; i < cli->servers_count; i++) {
		if (samples[i].reason[0] != '\0') {
			cli_complain("%s", samples[i].reason);
			status = CLI_UNREACHABLE;
		} else if (samples[i].note[0] != '\0') {
			cli_complain("%s", samples[i].note);
		}
	}
	free(samples);
	return status;
}
