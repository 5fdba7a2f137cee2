/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* top: a table of the servers, again and again. Rates are of the time since the look before; at the
 * first one, and without a terminal, they are not known. */

#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/look.h"

#define LINE_MAX_BYTES 256

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

static void format_row(const struct cli_look *look, const struct cli_look *before,
                       char line[LINE_MAX_BYTES])
{
	char name[SD_SERVER_NAME_MAX];
	bool has_before =
		before != NULL && before->reason[0] == '\0' && strcmp(before->process, look->process) == 0;
	double seconds = has_before ? look->at - before->at : 0;
	double gets = rate(look->gets, has_before ? before->gets : 0, seconds);
	double hits = rate(look->hits, has_before ? before->hits : 0, seconds);
	char texts[4][16];
	char hit_ratio[16] = "-";

	(void)sd_server_name(look->server, name);
	if (look->reason[0] != '\0') {
		(void)snprintf(line, LINE_MAX_BYTES, "%-22.22s %-9s", name, "DOWN");
		return;
	}
	if (gets > 0) {
		(void)snprintf(hit_ratio, sizeof(hit_ratio), "%.0f%%", 100 * hits / gets);
	}
	(void)snprintf(line, LINE_MAX_BYTES, "%-22.22s %-9s %4.0f%% %6s %6s %6s %5s %6.2f %5s %5llu",
	               name, look->health[0] == '\0' ? "up" : look->health, cli_fullness(look),
	               shorten((double)look->entries, texts[0]), rate_text(gets, texts[1]),
	               rate_text(rate(look->sets, has_before ? before->sets : 0, seconds), texts[2]),
	               hit_ratio, look->latency * 1000, shorten((double)look->connections, texts[3]),
	               (unsigned long long)look->locks);
}

static void print_table(const struct cli *cli, const struct cli_look *looks,
                        const struct cli_look *before, int rows)
{
	char line[LINE_MAX_BYTES];
	int left = rows - 2;

	printf("%-22s %-9s %5s %6s %6s %6s %5s %6s %5s %5s%s", "server", "state", "full", "items",
	       "get/s", "set/s", "hits", "ms", "conns", "locks", rows > 0 ? "\x1b[K\r\n" : "\n");
	for (size_t i = 0; i < cli->servers_count && (rows <= 0 || left > 0); i++, left--) {
		format_row(&looks[i], before == NULL ? NULL : &before[i], line);
		printf("%s%s", line, rows > 0 ? "\x1b[K\r\n" : "\n");
	}
	for (size_t i = 0; i < cli->servers_count && (rows <= 0 || left > 0); i++) {
		if (looks[i].reason[0] != '\0') {
			/* a line of the terminal, not more */
			printf("%.79s%s", looks[i].reason, rows > 0 ? "\x1b[K\r\n" : "\n");
			left--;
		}
	}
	(void)fflush(stdout);
}

static json_t *json_of(const struct cli_look *look)
{
	char name[SD_SERVER_NAME_MAX];

	(void)sd_server_name(look->server, name);
	if (look->reason[0] != '\0') {
		return json_pack("{s:s, s:s, s:s}", "server", name, "state", "DOWN", "reason",
		                 look->reason);
	}
	return json_pack("{s:s, s:s, s:f, s:I, s:I, s:I, s:I, s:f, s:I, s:I}", "server", name, "state",
	                 look->health[0] == '\0' ? "up" : look->health, "full", cli_fullness(look),
	                 "entries", (json_int_t)look->entries, "gets", (json_int_t)look->gets, "hits",
	                 (json_int_t)look->hits, "sets", (json_int_t)look->sets, "latency",
	                 look->latency, "connections", (json_int_t)look->connections, "locks",
	                 (json_int_t)look->locks);
}

static void print_once(const struct cli *cli, const struct cli_look *looks)
{
	json_t *list;

	if (!cli->json) {
		print_table(cli, looks, NULL, 0);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < cli->servers_count; i++) {
		(void)json_array_append_new(list, json_of(&looks[i]));
	}
	(void)json_dumpf(list, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(list);
}

/* }}} */

/* {{{ the terminal */

static int rows_of_terminal(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 ? size.ws_row : 24;
}

/* Waits until the next look. True: the user wants to end. */
static bool wait_for_q(int64_t ms)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	char key;

	if (poll(&input, 1, (int)ms) != 1) {
		return false;
	}
	return read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q' || key == '\x03';
}

/* Keys come at once and unseen. Ctrl-C is one of them, so that the terminal is put in order. */
static bool make_raw(struct termios *before)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, before) != 0) {
		return false;
	}
	raw = *before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static enum cli_status watch(struct cli *cli)
{
	struct cli_look *before = NULL;
	struct cli_look *looks;

	(void)fputs("\x1b[?1049h\x1b[?25l", stdout);
	while ((looks = cli_look_at_all(cli)) != NULL) {
		(void)fputs("\x1b[H", stdout);
		print_table(cli, looks, before, rows_of_terminal());
		(void)fputs("\x1b[J", stdout);
		(void)fflush(stdout);
		free(before);
		before = looks;
		if (wait_for_q(cli->interval_ms)) {
			break;
		}
	}
	free(before);
	(void)fputs("\x1b[?25h\x1b[?1049l", stdout);
	return looks == NULL ? CLI_UNREACHABLE : CLI_DONE;
}

/* }}} */

enum cli_status cli_top(struct cli *cli)
{
	struct termios terminal;
	struct cli_look *looks;
	enum cli_status status = CLI_DONE;

	if (isatty(STDOUT_FILENO) && !cli->once && !cli->json && make_raw(&terminal)) {
		status = watch(cli);
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
		return status;
	}
	looks = cli_look_at_all(cli);
	if (looks == NULL) {
		return CLI_UNREACHABLE;
	}
	print_once(cli, looks);
	for (size_t i = 0; i < cli->servers_count; i++) {
		status = looks[i].reason[0] != '\0' ? CLI_UNREACHABLE : status;
	}
	free(looks);
	return status;
}
