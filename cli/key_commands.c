/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * get, set and delete. `get` looks at each of the key's copies; `set` and `delete` are the client's
 * own operations.
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/copies.h"
#include "cli/input.h"
#include "cli/print.h"
#include "client/client.h"
#include "wire/encoding.h"

#define VALUE_MAX (32u * 1024 * 1024)
#define STDIN_SILENCE_MS 60000

/* {{{ get */

/* JSON has no bytes: a value that is no UTF-8 is there in base64. */
static void add_value(json_t *object, struct sd_bytes bytes)
{
	json_t *text = json_stringn((const char *)bytes.data, bytes.length);
	char *base64 = text == NULL ? malloc(SD_BASE64_LENGTH(bytes.length)) : NULL;

	if (text == NULL && base64 != NULL) {
		size_t length = sd_base64_write((uint8_t *)base64, bytes.data, bytes.length);

		(void)json_object_set_new(object, "base64", json_stringn(base64, length));
	}
	(void)json_object_set_new(object, "value", text == NULL ? json_null() : text);
	free(base64);
}

static void print_value(const struct cli *cli, const struct cli_copies *copies, size_t found)
{
	bool is_there = found < copies->count && copies->exchanges[found].reply.status == SD_OK;
	json_t *object;

	if (!cli->json) {
		struct sd_bytes bytes =
			is_there ? cli_text_bytes(&copies->values[found]) : (struct sd_bytes){NULL, 0};

		if (bytes.length > 0) {
			(void)fwrite(bytes.data, 1, bytes.length, stdout);
		}
		return;
	}
	object = json_object();
	(void)json_object_set_new(object, "found", json_boolean(is_there));
	if (is_there) {
		(void)json_object_update_new(object, cli_json_copy(copies, found));
		add_value(object, cli_text_bytes(&copies->values[found]));
	} else {
		(void)json_object_set_new(object, "copies", cli_json_copies(copies));
	}
	cli_print_json(object);
}

/* What the copies say together: whether they settle it. */
static enum cli_status judge(const struct cli_copies *copies, size_t found)
{
	size_t failures = cli_copies_complain(copies);
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
	return found < copies->count && copies->exchanges[found].reply.status == SD_OK ? CLI_DONE
	                                                                               : CLI_ABSENT;
}

static enum cli_status judge_copies(const struct cli_copies *copies)
{
	enum cli_status status = CLI_DONE;

	cli_copies_say_limits(copies);
	if (cli_copies_complain(copies) > 0) {
		return CLI_UNREACHABLE;
	}
	for (size_t i = 0; i < copies->count; i++) {
		status = copies->exchanges[i].reply.status != SD_OK ? CLI_ABSENT : status;
	}
	return status;
}

enum cli_status cli_get(struct cli *cli)
{
	struct cli_key key;
	struct cli_copies copies;
	enum cli_status status;

	if (!cli_find_key(cli, cli->argument, &key) ||
	    !cli_copies_ask(cli, &copies, key.bytes, /* wants_values */ true)) {
		return CLI_USAGE;
	}
	if (cli->shows_copies) {
		status = judge_copies(&copies);
		if (cli->json) {
			cli_print_json(cli_json_copies(&copies));
		} else {
			cli_copies_print(&copies);
		}
	} else {
		size_t found = cli_copies_newest(&copies);

		status = judge(&copies, found);
		print_value(cli, &copies, found);
	}
	cli_copies_free(&copies);
	return status;
}

/* }}} */

/* {{{ set and delete */

/* What went wrong before any server was asked is the caller's. */
static bool is_usage(enum sd_status status)
{
	return status == SD_NO_ROTATION || status == SD_NO_SERVERS || status == SD_BAD_KEY ||
	       status == SD_TOO_LARGE;
}

static enum cli_status judge_stored(const struct cli *cli, const struct sd_entry *entry,
                                    enum sd_status status, const struct sd_error *error,
                                    const char **reason)
{
	size_t wanted = cli->servers_count > 1 && !cli->is_single ? 2 : 1;

	*reason = NULL;
	if (status == SD_CONFLICT || status == SD_ABSENT) {
		*reason = "not stored: the entry does not have this version";
		return CLI_ABSENT;
	}
	if (status != SD_OK) {
		*reason = error->text;
		return is_usage(status) ? CLI_USAGE : CLI_UNREACHABLE;
	}
	if (entry->stored < wanted) {
		*reason = "stored on 1 of 2 servers";
		return CLI_ABSENT;
	}
	return CLI_DONE;
}

static enum cli_status store(struct cli *cli, struct sd_entry *entry)
{
	const struct sd_change change = {
		.kind = SD_CAS, .version = cli->version, .ttl = (int64_t)cli->ttl};
	struct sd_error error = {0};
	enum cli_status status;
	enum sd_status done;
	const char *reason;

	done = cli->has_version ? sd_client_change(cli->client, entry, &change, &error)
	                        : sd_client_set(cli->client, entry, 1, (int64_t)cli->ttl, &error);
	status = judge_stored(cli, entry, done, &error, &reason);
	if (reason != NULL) {
		cli_complain("%s%s", done == SD_TOO_LARGE ? "the value " : "", reason);
	}
	if (cli->json && status != CLI_USAGE) {
		json_t *object = json_pack("{s:i}", "stored", done == SD_OK ? (int)entry->stored : 0);

		if (reason != NULL) {
			(void)json_object_set_new(object, "reason", cli_json_text(reason));
		}
		cli_print_json(object);
	}
	return status;
}

enum cli_status cli_set(struct cli *cli)
{
	struct cli_key key;
	struct sd_entry entry = {0};
	struct cli_text value;
	enum cli_status status = CLI_USAGE;

	if (!cli_find_key(cli, cli->argument, &key)) {
		return CLI_USAGE;
	}
	if (isatty(STDIN_FILENO)) {
		cli_complain("stdin is a terminal: the value comes from a pipe or a file");
		return CLI_USAGE;
	}
	cli_text_init(&value);
	if (cli_read_all(STDIN_FILENO, "stdin", VALUE_MAX, STDIN_SILENCE_MS, &value)) {
		entry.key = key.bytes;
		entry.data = cli_text_bytes(&value);
		status = store(cli, &entry);
	}
	cli_text_free(&value);
	return status;
}

/* Shows what is left of the copies. Whether there is none of them any more. */
static bool show_deleted(const struct cli *cli, const struct cli_copies *copies, bool was_there)
{
	bool is_everywhere = true;

	for (size_t i = 0; i < copies->count; i++) {
		is_everywhere &= copies->exchanges[i].reply.status == SD_ABSENT;
	}
	cli_copies_say_limits(copies);
	(void)cli_copies_complain(copies);
	if (cli->json) {
		cli_print_json(
			json_pack("{s:b, s:o}", "deleted", was_there, "copies", cli_json_copies(copies)));
	} else {
		cli_copies_print(copies);
	}
	return is_everywhere;
}

enum cli_status cli_delete(struct cli *cli)
{
	struct cli_key key;
	struct cli_copies copies;
	struct sd_entry entry = {0};
	struct sd_error error = {0};
	enum sd_status deleted;
	bool was_there;
	bool is_everywhere;

	if (!cli_find_key(cli, cli->argument, &key)) {
		return CLI_USAGE;
	}
	entry.key = key.bytes;
	deleted = sd_client_delete(cli->client, &entry, 1, &error);
	if (is_usage(deleted)) {
		cli_complain("%s", error.text);
		return CLI_USAGE;
	}
	if (!cli_copies_ask(cli, &copies, key.bytes, /* wants_values */ false)) {
		return CLI_USAGE;
	}
	was_there = !sd_status_is_failure(deleted) && entry.status == SD_OK;
	is_everywhere = show_deleted(cli, &copies, was_there);
	cli_copies_free(&copies);
	if (sd_status_is_failure(deleted)) {
		cli_complain("%s", error.text);
		return CLI_UNREACHABLE;
	}
	return was_there && is_everywhere ? CLI_DONE : CLI_ABSENT;
}

/* }}} */
