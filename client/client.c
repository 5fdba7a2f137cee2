/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The face; see client.h. It checks keys and sizes, and hands the rest to the policy. */

#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/policy/change.h"
#include "client/policy/operation.h"
#include "client/policy/read.h"
#include "client/policy/write.h"
#include "wire/classic.h"

struct sd_client {
	struct sd_policy policy;
};

struct sd_client *sd_client_new(struct sd_transport *transport, const struct sd_options *options,
                                bool redundancy)
{
	struct sd_client *client = malloc(sizeof(*client));

	if (client != NULL) {
		sd_policy_init(&client->policy, transport, options, redundancy);
	}
	return client;
}

void sd_client_free(struct sd_client *client)
{
	if (client != NULL) {
		sd_pool_clear(&client->policy.pool);
		free(client);
	}
}

enum sd_status sd_client_add_server(struct sd_client *client, const struct sd_server *server,
                                    struct sd_error *error)
{
	return sd_pool_add(&client->policy.pool, server, error);
}

bool sd_client_has_server(const struct sd_client *client, const struct sd_server *server)
{
	return sd_pool_has(&client->policy.pool, server);
}

void sd_client_forget_servers(struct sd_client *client)
{
	sd_pool_clear(&client->policy.pool);
}

enum sd_status sd_client_locate(const struct sd_client *client, struct sd_bytes key,
                                size_t owners[2], size_t *count, struct sd_error *error)
{
	enum sd_status status = sd_pool_check(&client->policy.pool, error);

	*count = status == SD_OK ? sd_pool_owners(&client->policy.pool, key, owners) : 0;
	return status;
}

bool sd_client_knows_dead(const struct sd_client *client, size_t server)
{
	struct sd_transport *transport = client->policy.transport;
	const struct sd_server *which = client->policy.pool.servers[server];

	return which->transport == NULL && transport->is_dead != NULL &&
	       transport->is_dead(transport, which, sd_operation_now_ms(&client->policy));
}

/* What a key must be on any server. What only some servers accept, their reply says. */
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

/* The longest value that goes with a key of that length. */
static inline size_t data_max(size_t key_length)
{
	return SD_CLASSIC_REQUEST_MAX - SD_CLASSIC_HEADER_MAX - key_length;
}

static enum sd_status explain_illegal(const struct sd_entry *entry, struct sd_error *error)
{
	if (check_key(entry->key, error) != SD_OK) {
		return SD_BAD_KEY;
	}
	return sd_error_set(error, SD_TOO_LARGE,
	                    "must be at most %zu bytes long (32 MiB with the key), %zu given",
	                    data_max(entry->key.length), entry->data.length);
}

static inline enum sd_status check_entries(const struct sd_entry *entries, size_t count,
                                           struct sd_error *error)
{
	for (size_t i = 0; i < count; i++) {
		size_t key_length = entries[i].key.length;

		if (key_length == 0 || key_length > SD_CLASSIC_KEY_MAX ||
		    entries[i].data.length > data_max(key_length)) {
			return explain_illegal(&entries[i], error);
		}
	}
	return SD_OK;
}

enum sd_status sd_client_check(struct sd_bytes key, struct sd_bytes data, struct sd_error *error)
{
	const struct sd_entry entry = {.key = key, .data = data};

	return check_entries(&entry, 1, error);
}

enum sd_status sd_client_get(struct sd_client *client, struct sd_entry *entries, size_t count,
                             struct sd_error *error)
{
	enum sd_status status = check_entries(entries, count, error);

	return status == SD_OK ? sd_read_get(&client->policy, entries, count, error) : status;
}

enum sd_status sd_client_set(struct sd_client *client, struct sd_entry *entries, size_t count,
                             int64_t ttl, struct sd_error *error)
{
	enum sd_status status = check_entries(entries, count, error);

	return status == SD_OK ? sd_write_set(&client->policy, entries, count, ttl, error) : status;
}

enum sd_status sd_client_delete(struct sd_client *client, struct sd_entry *entries, size_t count,
                                struct sd_error *error)
{
	enum sd_status status = check_entries(entries, count, error);

	return status == SD_OK ? sd_write_delete(&client->policy, entries, count, error) : status;
}

enum sd_status sd_client_exists(struct sd_client *client, struct sd_entry *entries, size_t count,
                                int64_t ttl, struct sd_error *error)
{
	enum sd_status status = check_entries(entries, count, error);

	return status == SD_OK ? sd_read_exists(&client->policy, entries, count, ttl, error) : status;
}

enum sd_status sd_client_change(struct sd_client *client, struct sd_entry *entry,
                                const struct sd_change *change, struct sd_error *error)
{
	enum sd_status status = check_entries(entry, 1, error);

	return status == SD_OK ? sd_change_entry(&client->policy, entry, change, error) : status;
}

enum sd_status sd_client_open_session(struct sd_client *client, struct sd_bytes key,
                                      struct sd_session *session, struct sd_error *error)
{
	enum sd_status status = check_key(key, error);

	return status == SD_OK ? sd_session_init(session, &client->policy, key, error) : status;
}

enum sd_status sd_client_ping(struct sd_client *client, struct sd_ping *pings,
                              struct sd_error *error)
{
	return sd_ping_servers(&client->policy, pings, error);
}

enum sd_status sd_client_send(struct sd_transport *transport, const struct sd_options *options,
                              const struct sd_server *server, struct sd_bytes request,
                              struct sd_sink *sink, struct sd_error *error)
{
	return sd_operation_send(transport, options, server, request, sink, error);
}
