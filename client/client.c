/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The face; see sd_client.h. It checks what it is given and hands it to the cluster. */

#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/policy/operation.h"
#include "client/policy/lock.h"
#include "wire/classic.h"

struct sd_client {
	struct sd_cluster cluster;
};

struct sd_client *sd_client_new(struct sd_transport *transport, const struct sd_options *options,
                                bool redundancy)
{
	struct sd_client *client = malloc(sizeof(*client));

	if (client != NULL) {
		sd_cluster_init(&client->cluster, transport, options, redundancy);
	}
	return client;
}

void sd_client_free(struct sd_client *client)
{
	if (client != NULL) {
		sd_cluster_clear(&client->cluster);
		free(client);
	}
}

enum sd_status sd_client_add_server(struct sd_client *client, const struct sd_server *server,
                                    struct sd_error *error)
{
	return sd_cluster_add(&client->cluster, server, error);
}

bool sd_client_has_server(const struct sd_client *client, const struct sd_server *server)
{
	return sd_cluster_has(&client->cluster, server);
}

void sd_client_forget_servers(struct sd_client *client)
{
	sd_cluster_clear(&client->cluster);
}

enum sd_status sd_client_locate(const struct sd_client *client, struct sd_bytes key,
                                size_t owners[2], size_t *count, struct sd_error *error)
{
	return sd_cluster_locate(&client->cluster, key, owners, count, error);
}

/* What a key must be on any server; what only some take, the one that is asked tells. */
static enum sd_status check_key(struct sd_bytes key, struct sd_error *error)
{
	if (key.length == 0) {
		return sd_error_set(error, SD_BAD_KEY, "must not be empty");
	}
	if (key.length > SD_CLASSIC_KEY_MAX) {
		return sd_error_set(error, SD_BAD_KEY, "must be at most %d bytes long, %zu given",
		                    SD_CLASSIC_KEY_MAX, key.length);
	}
	return SD_OK;
}

static enum sd_status check_items(const struct sd_item *items, size_t count, struct sd_error *error)
{
	for (size_t i = 0; i < count; i++) {
		size_t data_max = SD_CLASSIC_REQUEST_MAX - SD_CLASSIC_HEADER_MAX - items[i].key.length;

		if (check_key(items[i].key, error) != SD_OK) {
			return SD_BAD_KEY;
		}
		if (items[i].data.length > data_max) {
			return sd_error_set(error, SD_TOO_LARGE,
			                    "must be at most %zu bytes long (32 MiB with the key), %zu given",
			                    data_max, items[i].data.length);
		}
	}
	return SD_OK;
}

enum sd_status sd_client_get(struct sd_client *client, struct sd_item *items, size_t count,
                             struct sd_error *error)
{
	enum sd_status status = check_items(items, count, error);

	return status == SD_OK ? sd_cluster_get(&client->cluster, items, count, error) : status;
}

enum sd_status sd_client_set(struct sd_client *client, struct sd_item *items, size_t count,
                             int64_t ttl, struct sd_error *error)
{
	enum sd_status status = check_items(items, count, error);

	return status == SD_OK ? sd_cluster_set(&client->cluster, items, count, ttl, error) : status;
}

enum sd_status sd_client_delete(struct sd_client *client, struct sd_item *items, size_t count,
                                struct sd_error *error)
{
	enum sd_status status = check_items(items, count, error);

	return status == SD_OK ? sd_cluster_delete(&client->cluster, items, count, error) : status;
}

enum sd_status sd_client_look(struct sd_client *client, struct sd_item *items, size_t count,
                              int64_t ttl, struct sd_error *error)
{
	enum sd_status status = check_items(items, count, error);

	return status == SD_OK ? sd_cluster_look(&client->cluster, items, count, ttl, error) : status;
}

/* How long the lock on a change is waited for: no longer than the key's servers may take to answer.
 * One that has others wait cannot be told from one that is silent. */
static int64_t longest_wait_ms(const struct sd_client *client, struct sd_bytes key,
                               int64_t limit_ms)
{
	size_t owners[SD_OWNERS_MAX];
	size_t count = 0;
	int64_t longest_ms = 0;
	struct sd_error ignored;

	(void)sd_cluster_locate(&client->cluster, key, owners, &count, &ignored);
	for (size_t i = 0; i < count; i++) {
		int64_t timeout_ms = client->cluster.servers[owners[i]]->timeout_ms;

		longest_ms = timeout_ms > longest_ms ? timeout_ms : longest_ms;
	}
	return longest_ms < limit_ms / 2 ? longest_ms : limit_ms / 2;
}

/*
 * Two who change an entry at the same time, and of whom one sees a server down
 * that the other sees up, would have different servers decide. They go one after
 * the other, by a lock on the servers that they both see.
 */
static enum sd_status change_in_turn(struct sd_client *client, struct sd_item *item,
                                     const struct sd_change *change, struct sd_error *error)
{
	uint8_t name[SD_LOCK_KEY_MAX] = {'~'}; /* not the key's own lock, which is a session's */
	struct sd_bytes key = {name, item->key.length + 1};
	int64_t limit_ms = client->cluster.options->timeout_ms;
	struct sd_change timed = *change;
	struct sd_error ignored;
	struct sd_lock lock;
	enum sd_status status;

	key.length = key.length < sizeof(name) ? key.length : sizeof(name);
	memcpy(name + 1, item->key.data, key.length - 1);
	timed.deadline_ms = sd_cluster_now_ms(&client->cluster) + limit_ms;
	/* it must not be lost before the change is over, and is given back then */
	status = sd_lock_acquire_for(&client->cluster, item->key, key, 1 + limit_ms / 1000,
	                             longest_wait_ms(client, item->key, limit_ms), timed.deadline_ms,
	                             &lock, error);
	if (status == SD_CONFLICT) {
		return sd_error_set(error, SD_TIMEOUT, "%s", "others kept changing the entry meanwhile");
	}
	if (status != SD_OK && status != SD_UNSUPPORTED) {
		return status;
	}
	status = sd_cluster_change(&client->cluster, item, &timed, error);
	(void)sd_lock_release(&client->cluster, &lock, &ignored);
	return status;
}

enum sd_status sd_client_change(struct sd_client *client, struct sd_item *item,
                                const struct sd_change *change, struct sd_error *error)
{
	enum sd_status status = check_items(item, 1, error);

	if (status != SD_OK || !client->cluster.redundancy) {
		return status == SD_OK ? sd_cluster_change(&client->cluster, item, change, error) : status;
	}
	return change_in_turn(client, item, change, error);
}

enum sd_status sd_client_open_session(struct sd_client *client, struct sd_bytes key,
                                      struct sd_session *session, struct sd_error *error)
{
	enum sd_status status = check_key(key, error);

	return status == SD_OK ? sd_session_init(session, &client->cluster, key, error) : status;
}

enum sd_status sd_client_send(struct sd_transport *transport, const struct sd_options *options,
                              const struct sd_server *server, struct sd_bytes request,
                              struct sd_sink *sink, struct sd_error *error)
{
	return sd_cluster_send(transport, options, server, request, sink, error);
}
