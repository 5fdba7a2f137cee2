/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Lines about one connected client; see connection.h. Nothing else knows what to call it in a line.
 */

#include <stdarg.h>
#include <stdio.h>

#include "server/net/connection_internal.h"
#include "server/system/client_log.h"

void sdd_connection_log(const struct sdd_connection *connection, enum sdd_log_level level,
                        const char *kind, const char *format, ...)
{
	char address[SDD_ADDRESS_MAX];
	va_list arguments;

	if (!sdd_log_shows(level)) {
		return; /* most connections end in a line that is not shown */
	}
	sdd_address_describe(&connection->address, address);
	va_start(arguments, format);
	sdd_client_log(level, kind, address, format, arguments);
	va_end(arguments);
}

void sdd_connection_describe(const struct sdd_connection *connection, char *text, size_t size)
{
	char address[SDD_ADDRESS_MAX];

	sdd_address_describe(&connection->address, address);
	(void)snprintf(text, size, "%s", address);
}
