/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * get, set and delete. `get` asks each of the key's servers and changes nothing, not even a copy
 * that is older than the other one. `set` and `delete` are the client's own operations.
 */

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "client/client.h"

#define COPIES_MAX 2
#define VALUE_MAX (32u * 1024 * 1024)
#define STDIN_SILENCE_MS 60000
#define KEY_MAX 4096

/* A key's servers, and what each of them has. */
struct copies {
	struct sd_bytes key;
	char key_bytes[KEY_MAX];
	size_t count;
	struct sd_exchange exchanges[COPIES_MAX];
	struct cli_text values[COPIES_MAX];
};

/* {{{ keys and copies */

/* The key of the argument: of a session it has the prefix. False, with a message. */
static bool find_key(const struct cli *cli, char key_bytes[KEY_MAX], struct sd_bytes *key)
{
	const char *prefix = cli->prefix != NULL ? cli->prefix : cli->ini_prefix;
	struct sd_error error;
	int length = snprintf(key_bytes, KEY_MAX, "%s%s", cli->is_session ? prefix : "", cli->argument);

	*key = (struct sd_bytes){(const uint8_t *)key_bytes, (size_t)length};
	if (length >= KEY_MAX || sd_client_check(*key, (struct sd_bytes){NULL, 0}, &error) != SD_OK) {
		cli_complain("the key %s", length >= KEY_MAX ? "is too long" : error.text);
		return false;
	}
	return true;
}

/* Asks each of the key's servers. False, with a message. */
static bool ask_copies(struct cli *cli, struct copies *copies, enum sd_request_kind kind)
{
	size_t owners[COPIES_MAX];
	struct sd_error error;

	memset(copies, 0, sizeof(*copies));
	if (!find_key(cli, copies->key_bytes, &copies->key)) {
		return false;
	}
	if (sd_client_locate(cli->client, copies->key, owners, &copies->count, &error) != SD_OK) {
		cli_complain("%s (--single: the pool has no redundancy)", error.text);
		return false;
	}
	for (size_t i = 0; i < copies->count; i++) {
		cli_text_init(&copies->values[i]);
		cli_prepare(&copies->exchanges[i], &cli->servers[owners[i]], kind, copies->key);
		copies->exchanges[i].request.sink = &copies->values[i].sink;
	}
	cli_perform(cli, copies->exchanges, copies->count);
	return true;
}

static void free_copies(struct copies *copies)
{
	for (size_t i = 0; i < copies->count; i++) {
		cli_text_free(&copies->values[i]);
	}
}

/* Says why each server that did not answer did not. Returns how many those are. */
static size_t complain_of_failures(const struct copies *copies)
{
	size_t failures = 0;
	char text[512];

	for (size_t i = 0; i < copies->count; i++) {
		if (sd_status_is_failure(copies->exchanges[i].reply.status)) {
			cli_complain("%s", sd_exchange_explain(&copies->exchanges[i], text, sizeof(text)));
			failures++;
		}
	}
	return failures;
}

/* The copy that counts: the newest, be it a tombstone. NULL: no server has anything. */
static const struct sd_exchange *newest(const struct copies *copies)
{
	const struct sd_exchange *best = NULL;

	for (size_t i = 0; i < copies->count; i++) {
		const struct sd_reply *reply = &copies->exchanges[i].reply;
		bool has_something = reply->status == SD_OK || reply->tombstone;

		if (has_something && !reply->far_ahead &&
		    (best == NULL || reply->version > best->reply.version)) {
			best = &copies->exchanges[i];
		}
	}
	return best;
}

/* }}} */

/* {{{ printing copies */

static const char *state_of(const struct sd_reply *reply)
{
	if (reply->status == SD_OK) {
		return "found";
	}
	if (reply->status == SD_ABSENT) {
		return reply->tombstone ? "deleted" : "absent";
	}
	return "failed";
}

static json_t *json_of_copy(const struct sd_exchange *exchange, const struct cli_text *value)
{
	const struct sd_reply *reply = &exchange->reply;
	char name[SD_SERVER_NAME_MAX];
	char text[512];
	json_t *copy = json_pack("{s:s, s:s}", "server", sd_server_name(exchange->server, name),
	                         "state", state_of(reply));

	if (sd_status_is_failure(reply->status)) {
		(void)json_object_set_new(copy, "reason",
		                          json_string(sd_exchange_explain(exchange, text, sizeof(text))));
		return copy;
	}
	if (reply->version != 0) {
		(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)reply->version);
		(void)json_object_set_new(copy, "version", json_string(text));
		(void)json_object_set_new(copy, "ttl",
		                          reply->ttl == SD_FOREVER ? json_null()
		                                                   : json_integer((json_int_t)reply->ttl));
	}
	(void)json_object_set_new(copy, "proven", json_boolean(!reply->unproven));
	if (reply->status == SD_OK && value != NULL) {
		(void)json_object_set_new(copy, "size",
		                          json_integer((json_int_t)cli_text_bytes(value).length));
	}
	return copy;
}

static void print_copy(const struct sd_exchange *exchange, const struct cli_text *value)
{
	const struct sd_reply *reply = &exchange->reply;
	char name[SD_SERVER_NAME_MAX];
	char version[32] = "-";
	char ttl[32] = "-";
	char size[32] = "-";

	if (reply->version != 0 && !sd_status_is_failure(reply->status)) {
		(void)snprintf(version, sizeof(version), "%llu", (unsigned long long)reply->version);
		(void)snprintf(ttl, sizeof(ttl), reply->ttl == SD_FOREVER ? "forever" : "%lld",
		               (long long)reply->ttl);
	}
	if (reply->status == SD_OK && value != NULL) {
		(void)snprintf(size, sizeof(size), "%zu", cli_text_bytes(value).length);
	}
	printf("%-24s %-8s %-17s %8s %9s %s\n", sd_server_name(exchange->server, name), state_of(reply),
	       version, ttl, size,
	       sd_status_is_failure(reply->status) ? "-" : (reply->unproven ? "no" : "yes"));
}

/* `values`: NULL, if they were not asked for. */
static void print_copies(const struct cli *cli, const struct copies *copies, bool has_values)
{
	json_t *list;

	if (!cli->json) {
		printf("%-24s %-8s %-17s %8s %9s %s\n", "server", "state", "version", "ttl", "size",
		       "proven");
		for (size_t i = 0; i < copies->count; i++) {
			print_copy(&copies->exchanges[i], has_values ? &copies->values[i] : NULL);
		}
		return;
	}
	list = json_array();
	for (size_t i = 0; i < copies->count; i++) {
		(void)json_array_append_new(
			list, json_of_copy(&copies->exchanges[i], has_values ? &copies->values[i] : NULL));
	}
	(void)json_dumpf(list, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(list);
}

/* }}} */

/* {{{ get */

static void print_value(const struct cli *cli, const struct copies *copies,
                        const struct sd_exchange *found)
{
	const struct cli_text *value = &copies->values[found - copies->exchanges];
	struct sd_bytes bytes = cli_text_bytes(value);
	json_t *object;
	json_t *text;

	if (!cli->json) {
		(void)fwrite(bytes.data, 1, bytes.length, stdout);
		return;
	}
	object = json_of_copy(found, value);
	/* JSON has no bytes: what is no UTF-8 is not in it */
	text = json_stringn((const char *)bytes.data, bytes.length);
	(void)json_object_set_new(object, "value", text == NULL ? json_null() : text);
	(void)json_dumpf(object, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(object);
}

/* What the copies say together: whether they settle it. */
static enum cli_status judge(const struct copies *copies, const struct sd_exchange *found)
{
	size_t failures = complain_of_failures(copies);
	bool is_proven = false;

	for (size_t i = 0; i < copies->count; i++) {
		const struct sd_reply *reply = &copies->exchanges[i].reply;

		is_proven |= !sd_status_is_failure(reply->status) && !reply->unproven;
	}
	if (failures == copies->count) {
		return CLI_UNREACHABLE;
	}
	if (failures > 0 && !is_proven) {
		cli_complain("what the other server has may be old: it has not been compared since it "
		             "started");
		return CLI_UNREACHABLE;
	}
	return found != NULL && found->reply.status == SD_OK ? CLI_DONE : CLI_ABSENT;
}

static enum cli_status judge_copies(const struct copies *copies)
{
	enum cli_status status = CLI_DONE;

	for (size_t i = 0; i < copies->count; i++) {
		const struct sd_reply *reply = &copies->exchanges[i].reply;

		if (sd_status_is_failure(reply->status)) {
			return CLI_UNREACHABLE;
		}
		if (reply->status != SD_OK) {
			status = CLI_ABSENT;
		}
	}
	return status;
}

enum cli_status cli_get(struct cli *cli)
{
	struct copies copies;
	const struct sd_exchange *found;
	enum cli_status status;

	if (!ask_copies(cli, &copies, SD_GET)) {
		return CLI_USAGE;
	}
	found = newest(&copies);
	if (cli->shows_copies) {
		(void)complain_of_failures(&copies);
		print_copies(cli, &copies, /* has_values */ true);
		status = judge_copies(&copies);
	} else {
		status = judge(&copies, found);
		if (found != NULL && found->reply.status == SD_OK) {
			print_value(cli, &copies, found);
		}
	}
	free_copies(&copies);
	return status;
}

/* }}} */

/* {{{ set and delete */

/* Reads stdin to its end. False, with a message. */
static bool read_stdin(struct cli_text *text)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	uint8_t bytes[65536];
	size_t length = 0;
	ssize_t more;

	if (isatty(STDIN_FILENO)) {
		cli_complain("stdin is a terminal: the value comes from a pipe or a file");
		return false;
	}
	do {
		if (poll(&input, 1, STDIN_SILENCE_MS) == 0) {
			cli_complain("stdin has been silent for %d seconds", STDIN_SILENCE_MS / 1000);
			return false;
		}
		more = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (more > 0) {
			length += (size_t)more;
		}
		if (length > VALUE_MAX || (more > 0 && !sd_sink_put(&text->sink, bytes, (size_t)more, 0))) {
			cli_complain("the value is too large");
			return false;
		}
	} while (more > 0 || (more == -1 && errno == EINTR));
	if (more == -1) {
		cli_complain("stdin cannot be read: %s", strerror(errno));
	}
	return more == 0;
}

static enum cli_status report_stored(const struct cli *cli, const struct sd_entry *entry,
                                     enum sd_status status, const struct sd_error *error)
{
	size_t wanted = cli->servers_count > 1 && !cli->is_single ? 2 : 1;

	if (status == SD_CONFLICT || status == SD_ABSENT) {
		cli_complain("not stored: the entry does not have this version");
		return CLI_ABSENT;
	}
	if (status != SD_OK) {
		cli_complain("%s", error->text);
		return CLI_UNREACHABLE;
	}
	if (cli->json) {
		printf("{\"stored\": %u}\n", entry->stored);
	}
	if (!cli->has_version && entry->stored < wanted) {
		cli_complain("stored on %u of %zu servers", entry->stored, wanted);
		return CLI_ABSENT;
	}
	return CLI_DONE;
}

enum cli_status cli_set(struct cli *cli)
{
	char key_bytes[KEY_MAX];
	struct sd_entry entry = {0};
	struct sd_error error = {0};
	struct cli_text value;
	enum cli_status status = CLI_USAGE;

	if (!find_key(cli, key_bytes, &entry.key)) {
		return CLI_USAGE;
	}
	cli_text_init(&value);
	if (read_stdin(&value)) {
		const struct sd_change change = {
			.kind = SD_CAS, .version = cli->version, .ttl = (int64_t)cli->ttl};
		enum sd_status done;

		entry.data = cli_text_bytes(&value);
		done = cli->has_version ? sd_client_change(cli->client, &entry, &change, &error)
		                        : sd_client_set(cli->client, &entry, 1, (int64_t)cli->ttl, &error);
		status = report_stored(cli, &entry, done, &error);
	}
	cli_text_free(&value);
	return status;
}

enum cli_status cli_delete(struct cli *cli)
{
	struct copies copies;
	struct sd_entry entry = {0};
	struct sd_error error = {0};
	enum sd_status deleted;
	bool is_everywhere = true;

	if (!find_key(cli, copies.key_bytes, &entry.key)) {
		return CLI_USAGE;
	}
	deleted = sd_client_delete(cli->client, &entry, 1, &error);
	if (deleted == SD_NO_ROTATION || deleted == SD_NO_SERVERS) {
		cli_complain("%s", error.text);
		return CLI_USAGE;
	}
	if (!ask_copies(cli, &copies, SD_EXISTS)) {
		return CLI_USAGE;
	}
	print_copies(cli, &copies, /* has_values */ false);
	for (size_t i = 0; i < copies.count; i++) {
		is_everywhere &= copies.exchanges[i].reply.status == SD_ABSENT;
	}
	(void)complain_of_failures(&copies);
	free_copies(&copies);
	if (sd_status_is_failure(deleted)) {
		cli_complain("%s", error.text);
		return CLI_UNREACHABLE;
	}
	return entry.status == SD_OK && is_everywhere ? CLI_DONE : CLI_ABSENT;
}

/* }}} */
