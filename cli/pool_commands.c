/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* locks: what servers tell about the locks that are held. It prints no key, for that is a session's
 * id. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/copies.h"
#include "cli/print.h"
#include "wire/encoding.h"

#define KEY_MAX 254 /* bytes */

/* A lock, as a server tells of it: docs/protocol.md. */
struct lock {
	char hash[16];
	unsigned long long age_ms;
	unsigned long long lease_ms;
	unsigned long long waiters;
	char holder[128];
};

/* Reads the next lock of an answer from *at on. False: there is none. */
static bool next_lock(const char **at, struct lock *lock)
{
	while (**at != '\0') {
		const char *line = *at;

		*at += strcspn(*at, "\n");
		*at += **at == '\n';
		if (sscanf(line, "STAT lock:%15[0-9a-f] %llu %llu %llu %127[^\r\n]", lock->hash,
		           &lock->age_ms, &lock->lease_ms, &lock->waiters, lock->holder) == 5) {
			return true;
		}
	}
	return false;
}

static json_t *json_of_server(const struct cli_answer *answer)
{
	const char *at = answer->text;
	struct lock lock;
	uint64_t held = 0;
	uint64_t waiting = 0;
	json_t *object;
	json_t *locks;

	if (at == NULL) {
		return cli_json_failure(answer->server, answer->reason);
	}
	locks = json_array();
	(void)cli_stat(at, "curr_locks", &held);
	(void)cli_stat(at, "lock_waiters", &waiting);
	while (next_lock(&at, &lock)) {
		(void)json_array_append_new(
			locks, json_pack("{s:s, s:f, s:f, s:I, s:s}", "hash", lock.hash, "age",
		                     (double)lock.age_ms / 1000, "lease", (double)lock.lease_ms / 1000,
		                     "waiters", (json_int_t)lock.waiters, "holder", lock.holder));
	}
	object = cli_json_server(answer->server);
	(void)json_object_update_new(object, json_pack("{s:I, s:I, s:o}", "held", (json_int_t)held,
	                                               "waiting", (json_int_t)waiting, "locks", locks));
	return object;
}

static bool has_locks(const struct cli_answer *answer)
{
	return answer->text != NULL && strstr(answer->text, "STAT lock:") != NULL;
}

static void print_server(const struct cli_answer *answer, bool is_of_key)
{
	const char *at = answer->text;
	char name[SD_SERVER_NAME_MAX];
	struct lock lock;
	uint64_t held = 0;
	uint64_t waiting = 0;

	(void)cli_stat(at, "curr_locks", &held);
	(void)cli_stat(at, "lock_waiters", &waiting);
	if (is_of_key) {
		printf("%s%s\n", sd_server_name(answer->server, name),
		       has_locks(answer) ? "" : ": not held");
	} else {
		printf("%s: %llu held, %llu waiting\n", sd_server_name(answer->server, name),
		       (unsigned long long)held, (unsigned long long)waiting);
	}
	while (next_lock(&at, &lock)) {
		printf("  %-10s held %.3f s, lease %.3f s, %llu waiting, by %s\n", lock.hash,
		       (double)lock.age_ms / 1000, (double)lock.lease_ms / 1000, lock.waiters, lock.holder);
	}
}

/* memcached answers ERROR, or the end of an empty list. */
static bool knows_locks(const struct cli_answer *answer)
{
	uint64_t held;

	return answer->text != NULL && cli_stat(answer->text, "curr_locks", &held);
}

static enum cli_status print_all(const struct cli *cli, struct cli_answer *answers)
{
	enum cli_status status = CLI_DONE;
	json_t *list = json_array();
	char name[SD_SERVER_NAME_MAX];
	bool is_held = false;

	for (size_t i = 0; i < cli->servers_count; i++) {
		struct cli_answer *answer = &answers[i];

		if (answer->text != NULL && !knows_locks(answer)) {
			(void)snprintf(
				answer->reason, sizeof(answer->reason),
				"%s reports nothing about locks: it is memcached, or an older sharedanced",
				sd_server_name(answer->server, name));
			free(answer->text);
			answer->text = NULL;
		}
		if (answer->text == NULL) {
			cli_complain("%s", answer->reason);
			status = CLI_UNREACHABLE;
		}
		is_held |= has_locks(answer);
		if (cli->json) {
			(void)json_array_append_new(list, json_of_server(answer));
		} else if (answer->text != NULL) {
			print_server(answer, cli->key != NULL);
		}
	}
	if (cli->json) {
		cli_print_json(list);
	} else {
		json_decref(list);
	}
	return status == CLI_DONE && cli->key != NULL && !is_held ? CLI_ABSENT : status;
}

enum cli_status cli_locks(struct cli *cli)
{
	char lines[1024];
	char base64[SD_BASE64_LENGTH(KEY_MAX) + 1] = "";
	struct cli_key key;
	struct cli_answer *answers;
	enum cli_status status;

	if (cli->key == NULL && (cli->is_session || cli->prefix != NULL)) {
		cli_complain("--session and --prefix are about the --key");
		return CLI_USAGE;
	}
	if (cli->key != NULL) {
		if (!cli_find_key(cli, cli->key, &key)) {
			return CLI_USAGE;
		}
		base64[sd_base64_write((uint8_t *)base64, key.bytes.data, key.bytes.length)] = '\0';
	}
	(void)snprintf(lines, sizeof(lines), "stats locks%s%s\r\nquit\r\n",
	               base64[0] == '\0' ? "" : " ", base64);
	answers = cli_ask_all(cli, lines);
	if (answers == NULL) {
		return CLI_UNREACHABLE;
	}
	status = print_all(cli, answers);
	cli_answers_free(cli, answers);
	return status;
}
