/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which servers a command is about. */

#ifndef CLI_SERVERS_H
#define CLI_SERVERS_H

#include <stdbool.h>

struct cli;

/* Fills the servers from --servers, --servers-from, $SHAREDANCE_SERVERS or /etc/sharedance/servers:
 * the first of them that is given counts. False, with a message. */
bool cli_find_servers(struct cli *cli);

#endif
