/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The client's face. A thread has one sd_network and one sd_options; each Sharedance object is one
 * sd_client that uses them. Nothing here knows PHP, prints, logs or throws.
 */

#ifndef SD_CLIENT_H
#define SD_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/entry.h"
#include "client/error.h"
#include "client/options.h"
#include "client/policy/ping.h"
#include "client/policy/session.h"
#include "client/pool/server.h"
#include "client/transport/sink.h"
#include "wire/bytes.h"

struct sd_client;
struct sd_transport;

/* A client without servers. It borrows transport and options, which must outlive it. NULL: no
 * memory. */
struct sd_client *sd_client_new(struct sd_transport *transport, const struct sd_options *options,
                                bool redundancy);
void sd_client_free(struct sd_client *client);

/* Adds a server, which must live until the client forgets it. SD_OK; SD_DUPLICATE, with a text
 * that continues the argument's name; SD_NO_MEMORY. */
enum sd_status sd_client_add_server(struct sd_client *client, const struct sd_server *server,
                                    struct sd_error *error);

/* Whether the client has a server at the same address. */
bool sd_client_has_server(const struct sd_client *client, const struct sd_server *server);

/* Forgets all servers. */
void sd_client_forget_servers(struct sd_client *client);

/* The servers of any key, legal or not, as indices in order of addition: owners[0] is the first,
 * owners[1] the second. *count is 1 without redundancy, else 2. SD_OK, SD_NO_SERVERS or
 * SD_NO_ROTATION. */
enum sd_status sd_client_locate(const struct sd_client *client, struct sd_bytes key,
                                size_t owners[2], size_t *count, struct sd_error *error);

/* Whether the server with that index is marked dead and not to be tried yet. Nothing is asked. */
bool sd_client_knows_dead(const struct sd_client *client, size_t server);

/*
 * The operations, on `count` entries at the same time. policy/operation.h, read.h, write.h and
 * change.h say what they do and return. SD_BAD_KEY and SD_TOO_LARGE are found before any server is
 * asked, and their text continues the argument's name ("must be at most 254 bytes long, 255
 * given"). The text of every other failure is a sentence that names the servers asked and their
 * reasons. SD_ABORTED: the code of a user's transport gave up. sd_client_check() is the first check
 * alone.
 */
enum sd_status sd_client_check(struct sd_bytes key, struct sd_bytes data, struct sd_error *error);
enum sd_status sd_client_get(struct sd_client *client, struct sd_entry *entries, size_t count,
                             struct sd_error *error);
enum sd_status sd_client_set(struct sd_client *client, struct sd_entry *entries, size_t count,
                             int64_t ttl, struct sd_error *error);
enum sd_status sd_client_delete(struct sd_client *client, struct sd_entry *entries, size_t count,
                                struct sd_error *error);
enum sd_status sd_client_exists(struct sd_client *client, struct sd_entry *entries, size_t count,
                                int64_t ttl, struct sd_error *error);
enum sd_status sd_client_change(struct sd_client *client, struct sd_entry *entry,
                                const struct sd_change *change, struct sd_error *error);

/* How long each server takes to answer, in order of addition; policy/ping.h says how. Any number of
 * servers is SD_OK. */
enum sd_status sd_client_ping(struct sd_client *client, struct sd_ping *pings,
                              struct sd_error *error);

/* A session of that key on the client's servers, which must not change until the session has
 * ended. policy/session.h says what can be done with it. SD_OK or SD_BAD_KEY. */
enum sd_status sd_client_open_session(struct sd_client *client, struct sd_bytes key,
                                      struct sd_session *session, struct sd_error *error);

/* Sends one raw classic request to one server; the whole answer goes to the sink. */
enum sd_status sd_client_send(struct sd_transport *transport, const struct sd_options *options,
                              const struct sd_server *server, struct sd_bytes request,
                              struct sd_sink *sink, struct sd_error *error);

#endif
