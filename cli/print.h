/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* JSON on stdout. */

#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <jansson.h>

#include "client/pool/server.h"

/* Prints it, and takes it over. */
void cli_print_json(json_t *value);

/* A text that may have any bytes: those that are no ASCII become question marks. */
json_t *cli_json_text(const char *text);

/* An object with the server's name. */
json_t *cli_json_server(const struct sd_server *server);

/* The same, with the reason why nothing is known of it. */
json_t *cli_json_failure(const struct sd_server *server, const char *reason);

#endif
