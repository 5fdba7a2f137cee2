/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A key, and what each of its servers has of it; see copies.h. */

#include "cli/copies.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/print.h"
#include "client/client.h"

/* {{{ asking */

bool cli_find_key(const struct cli *cli, const char *text, struct cli_key *key)
{
	const char *prefix = cli->prefix != NULL ? cli->prefix : cli->ini_prefix;
	struct sd_error error;
	int length =
		snprintf(key->room, sizeof(key->room), "%s%s", cli->is_session ? prefix : "", text);

	key->bytes = (struct sd_bytes){(const uint8_t *)key->room, (size_t)length};
	if (length >= CLI_KEY_ROOM ||
	    sd_client_check(key->bytes, (struct sd_bytes){NULL, 0}, &error) != SD_OK) {
		cli_complain("the key %s", length >= CLI_KEY_ROOM ? "is too long" : error.text);
		return false;
	}
	return true;
}

static void prepare(struct cli_copies *copies, size_t index, const struct sd_server *server,
                    enum sd_request_kind kind, struct sd_bytes key)
{
	cli_prepare(&copies->exchanges[index], server, kind, key);
	copies->exchanges[index].request.sink = &copies->values[index].sink;
}

bool cli_copies_ask(struct cli *cli, struct cli_copies *copies, struct sd_bytes key,
                    bool wants_values)
{
	size_t owners[CLI_COPIES_MAX];
	struct sd_error error;

	memset(copies, 0, sizeof(*copies));
	if (sd_client_locate(cli->client, key, owners, &copies->count, &error) != SD_OK) {
		cli_complain("%s (--single: the pool has no redundancy)", error.text);
		return false;
	}
	copies->has_values = wants_values;
	for (size_t i = 0; i < copies->count; i++) {
		cli_text_init(&copies->values[i]);
		prepare(copies, i, &cli->servers[owners[i]], wants_values ? SD_GET : SD_EXISTS, key);
	}
	cli_perform(cli, copies->exchanges, copies->count);
	for (size_t i = 0; i < copies->count; i++) {
		if (copies->exchanges[i].reply.status == SD_UNSUPPORTED && !wants_values) {
			/* a classic server looks at an entry by fetching it only */
			prepare(copies, i, &cli->servers[owners[i]], SD_GET, key);
			cli_perform(cli, &copies->exchanges[i], 1);
		}
		copies->kinds[i] = cli_kind_of(cli, &cli->servers[owners[i]]);
	}
	return true;
}

void cli_copies_free(struct cli_copies *copies)
{
	for (size_t i = 0; i < copies->count; i++) {
		cli_text_free(&copies->values[i]);
	}
}

/* }}} */

/* {{{ judging */

size_t cli_copies_complain(const struct cli_copies *copies)
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

void cli_copies_say_limits(const struct cli_copies *copies)
{
	static const char *const limits[] = {
		[CLI_MEMCACHED] = "is memcached: it does not tell whether a copy is proven",
		[CLI_CLASSIC] =
			"is a classic server: it reports no version, no remaining life, and not whether a "
			"copy is proven",
	};
	char name[SD_SERVER_NAME_MAX];

	for (size_t i = 0; i < copies->count; i++) {
		const struct sd_exchange *exchange = &copies->exchanges[i];

		if (!sd_status_is_failure(exchange->reply.status) && limits[copies->kinds[i]] != NULL) {
			cli_complain("%s %s", sd_server_name(exchange->server, name), limits[copies->kinds[i]]);
		}
	}
}

size_t cli_copies_newest(const struct cli_copies *copies)
{
	size_t best = copies->count;

	for (size_t i = 0; i < copies->count; i++) {
		const struct sd_reply *reply = &copies->exchanges[i].reply;
		bool has_something = reply->status == SD_OK || reply->tombstone;

		if (has_something && !reply->far_ahead &&
		    (best == copies->count || reply->version > copies->exchanges[best].reply.version)) {
			best = i;
		}
	}
	return best;
}

/* }}} */

/* {{{ printing */

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

json_t *cli_json_copy(const struct cli_copies *copies, size_t index)
{
	const struct sd_exchange *exchange = &copies->exchanges[index];
	const struct sd_reply *reply = &exchange->reply;
	char text[512];
	json_t *copy = cli_json_server(exchange->server);

	(void)json_object_set_new(copy, "state", json_string(state_of(reply)));
	if (sd_status_is_failure(reply->status)) {
		(void)sd_exchange_explain(exchange, text, sizeof(text));
		(void)json_object_set_new(copy, "reason", cli_json_text(text));
		return copy;
	}
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)reply->version);
	(void)json_object_set_new(copy, "version",
	                          reply->version == 0 ? json_null() : json_string(text));
	/* SD_FOREVER is -1 here, too */
	(void)json_object_set_new(
		copy, "ttl", reply->version == 0 ? json_null() : json_integer((json_int_t)reply->ttl));
	(void)json_object_set_new(
		copy, "proven",
		copies->kinds[index] == CLI_SHAREDANCED ? json_boolean(!reply->unproven) : json_null());
	if (reply->status == SD_OK && copies->has_values) {
		(void)json_object_set_new(
			copy, "size", json_integer((json_int_t)cli_text_bytes(&copies->values[index]).length));
	}
	return copy;
}

static const char *proof_of(const struct cli_copies *copies, size_t index)
{
	const struct sd_reply *reply = &copies->exchanges[index].reply;

	if (sd_status_is_failure(reply->status) || copies->kinds[index] != CLI_SHAREDANCED) {
		return "-";
	}
	return reply->unproven ? "no" : "yes";
}

static void print_copy(const struct cli_copies *copies, size_t index)
{
	const struct sd_exchange *exchange = &copies->exchanges[index];
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
	if (reply->status == SD_OK && copies->has_values) {
		(void)snprintf(size, sizeof(size), "%zu", cli_text_bytes(&copies->values[index]).length);
	}
	printf("%-24s %-8s %-17s %8s %9s %s\n", sd_server_name(exchange->server, name), state_of(reply),
	       version, ttl, size, proof_of(copies, index));
}

void cli_copies_print(const struct cli_copies *copies)
{
	printf("%-24s %-8s %-17s %8s %9s %s\n", "server", "state", "version", "ttl", "size", "proven");
	for (size_t i = 0; i < copies->count; i++) {
		print_copy(copies, i);
	}
}

json_t *cli_json_copies(const struct cli_copies *copies)
{
	json_t *list = json_array();

	for (size_t i = 0; i < copies->count; i++) {
		(void)json_array_append_new(list, cli_json_copy(copies, i));
	}
	return list;
}

/* }}} */
