/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The client's face: all that the PHP files see of it. A thread has one
 * sd_network and one sd_options; each Sharedance object is one sd_client on
 * them. Nothing here knows PHP, prints, logs or throws.
 */

#ifndef SD_CLIENT_H
#define SD_CLIENT_H

#include "client/error.h"
#include "client/entry.h"
#include "client/net/network.h"
#include "client/options.h"
#include "client/pool/server.h"
#include "client/pool/server_list.h"
#include "client/policy/session.h"
#include "client/transport/request.h"

struct sd_client;

/* A client without servers. It borrows transport and options, which must outlive it. NULL: no
 * memory. */
struct sd_client *sd_client_new(struct sd_transport *transport, const struct sd_options *options,
                                bool redundancy);
void sd_client_free(struct sd_client *client);

/* Adds a server, which must live until the client forgets it. SD_OK; SD_DUPLICATE, with a text
 * that goes on after the argument's name; SD_NO_MEMORY. */
enum sd_status sd_client_add_server(struct sd_client *client, const struct sd_server *server,
                                    struct sd_error *error);

/* Whether a server at that place is in the list. */
bool sd_client_has_server(const struct sd_client *client, const struct sd_server *server);

/* Forgets all servers. */
void sd_client_forget_servers(struct sd_client *client);

/* Where any key lives, legal or not: owners[0] is the index, in order of addition, of its first
 * server, owners[1] of its second; *count is 1 without redundancy, else 2. SD_OK, SD_NO_SERVERS or
 * SD_NO_ROTATION. */
enum sd_status sd_client_locate(const struct sd_client *client, struct sd_bytes key,
                                size_t owners[2], size_t *count, struct sd_error *error);

/*
 * The operations, on `count` items at once; cluster.h tells what they do and
 * return. Found before anybody is asked are SD_BAD_KEY and SD_TOO_LARGE, whose text
 * goes on after the argument's name ("must be at most 254 bytes long, 255
 * given"); every other failure's text is a sentence of its own that names the
 * servers asked and their reasons. SD_ABORTED: the code of a user's transport
 * gave up.
 */
enum sd_status sd_client_get(struct sd_client *client, struct sd_item *items, size_t count,
                             struct sd_error *error);
enum sd_status sd_client_set(struct sd_client *client, struct sd_item *items, size_t count,
                             int64_t ttl, struct sd_error *error);
enum sd_status sd_client_delete(struct sd_client *client, struct sd_item *items, size_t count,
                                struct sd_error *error);
enum sd_status sd_client_look(struct sd_client *client, struct sd_item *items, size_t count,
                              int64_t ttl, struct sd_error *error);
enum sd_status sd_client_change(struct sd_client *client, struct sd_item *item,
                                const struct sd_change *change, struct sd_error *error);

/* A session of that key on the client's servers, which must not change until it has ended; what can
 * be done with it is in session.h. SD_OK or SD_BAD_KEY. */
enum sd_status sd_client_open_session(struct sd_client *client, struct sd_bytes key,
                                      struct sd_session *session, struct sd_error *error);

/* Sends one raw classic request to one server; the whole answer goes to the sink. */
enum sd_status sd_client_send(struct sd_transport *transport, const struct sd_options *options,
                              const struct sd_server *server, struct sd_bytes request,
                              struct sd_sink *sink, struct sd_error *error);

#endif
