/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What an operator sees of the servers: in getServers(), in getStats() and in phpinfo(). */

#ifndef PHP_SHAREDANCE_INFO_H
#define PHP_SHAREDANCE_INFO_H

#include "php_sharedance.h"

#include "client/pool/server.h"

/* Appends a server's element of getServers() to the array. */
void php_sharedance_info_add_server(zval *array, const struct sd_server *server);

/* The server's address as addServers() takes it: "host:port", "[::1]:port" or "unix:/path". The
 * caller owns it. */
zend_string *php_sharedance_address_of(const struct sd_server *server);

/* Adds a server's element of getStats() to the array, as all workers of this user have counted, or
 * this process: its key is the server's address. */
void php_sharedance_info_add_statistics(zval *array, const struct sd_server *server, bool of_all);

/* Prints the tables of phpinfo(): the version, and the servers that this thread has asked. */
void php_sharedance_info_print(void);

#endif
