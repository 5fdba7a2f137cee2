/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The face; see sd_client.h. It checks what it is given and hands it to the cluster. */

#include "client/sd_client.h"

#include <stdlib.h>
#include <string.h>

#include "client/cluster.h"
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

static enum sd_status check_key(struct sd_bytes key, struct sd_error *error)
{
	const unsigned char *bytes = key.data;
	size_t bad_offset;

	if (sd_classic_check_key(key.data, key.length, &bad_offset) == SD_OK) {
		return SD_OK;
	}
	if (key.length == 0) {
		return sd_error_set(error, SD_BAD_KEY, "must not be empty");
	}
	if (key.length > SD_CLASSIC_KEY_MAX) {
		return sd_error_set(error, SD_BAD_KEY,
		                    "must be at most %d bytes long, %zu given: byte 0x%02x at offset %d is "
		                    "one too many",
		                    SD_CLASSIC_KEY_MAX, key.length, bytes[SD_CLASSIC_KEY_MAX],
		                    SD_CLASSIC_KEY_MAX);
	}
	return sd_error_set(error, SD_BAD_KEY,
	                    "must be printable ASCII without \".\" and \"/\", byte 0x%02x found at "
	                    "offset %zu",
	                    bytes[bad_offset], bad_offset);
}

enum sd_status sd_client_set(struct sd_client *client, struct sd_bytes key, struct sd_bytes data,
                             int64_t ttl, unsigned *stored, struct sd_error *error)
{
	size_t data_max;

	*stored = 0;
	if (check_key(key, error) != SD_OK) {
		return SD_BAD_KEY;
	}
	data_max = SD_CLASSIC_REQUEST_MAX - SD_CLASSIC_HEADER_MAX - key.length;
	if (data.length > data_max) {
		return sd_error_set(error, SD_TOO_LARGE,
		                    "must be at most %zu bytes long (32 MiB with the key), %zu given",
		                    data_max, data.length);
	}
	return sd_cluster_set(&client->cluster, key, data, ttl, stored, error);
}

enum sd_status sd_client_get(struct sd_client *client, struct sd_bytes key, struct sd_sink *sink,
                             struct sd_error *error)
{
	if (check_key(key, error) != SD_OK) {
		return SD_BAD_KEY;
	}
	return sd_cluster_get(&client->cluster, key, sink, error);
}

enum sd_status sd_client_delete(struct sd_client *client, struct sd_bytes key,
                                struct sd_error *error)
{
	if (check_key(key, error) != SD_OK) {
		return SD_BAD_KEY;
	}
	return sd_cluster_delete(&client->cluster, key, error);
}

enum sd_status sd_client_send(struct sd_transport *transport, const struct sd_options *options,
                              const struct sd_server *server, struct sd_bytes request,
                              struct sd_sink *sink, struct sd_error *error)
{
	return sd_cluster_send(transport, options, server, request, sink, error);
}
