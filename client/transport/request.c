/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* How an exchange ends, and how its failure reads; see request.h. */

#include "client/transport/request.h"

#include <stdarg.h>
#include <stdio.h>

void sd_exchange_end(struct sd_exchange *exchange, enum sd_status status, const char *format, ...)
{
	va_list arguments;

	exchange->reply.status = status;
	va_start(arguments, format);
	(void)vsnprintf(exchange->reply.reason, sizeof(exchange->reply.reason), format, arguments);
	va_end(arguments);
}

bool sd_exchange_is_in_doubt(const struct sd_exchange *exchange)
{
	switch (exchange->reply.status) {
	case SD_OK:
	case SD_ABSENT:
		return false;
	case SD_CONFLICT: /* it was not performed this time */
	case SD_REFUSED:
	case SD_UNSUPPORTED:
	case SD_BAD_KEY:
	case SD_TOO_LARGE:
	case SD_UNREACHABLE:
		return exchange->repeated;
	default: /* a user's code does not tell whether it has sent anything */
		return exchange->was_sent || exchange->server->transport != NULL;
	}
}

void sd_exchange_end_in_doubt(struct sd_exchange *exchange)
{
	sd_exchange_end(exchange, SD_CLOSED,
	                "the connection ended before the answer came, and others have written the "
	                "entry: this write was done before that, or not at all");
}

/* The server answered, or closed: there was a connection. */
static bool is_about_the_answer(enum sd_status status)
{
	return status == SD_REFUSED || status == SD_BAD_ANSWER || status == SD_CLOSED ||
	       status == SD_UNSUPPORTED;
}

const char *sd_exchange_explain(const struct sd_exchange *exchange, char *out, size_t size)
{
	char name[SD_SERVER_NAME_MAX];
	const char *words = "Failed to send command to";

	if (exchange->reply.status == SD_BAD_KEY || exchange->reply.status == SD_TOO_LARGE) {
		(void)snprintf(
			out, size, "%s",
			exchange->reply.reason); /* continues a sentence that begins with the argument's name */
		return out;
	}
	if (exchange->reply.status == SD_UNREACHABLE ||
	    (exchange->reply.status == SD_DEAD && !exchange->was_sent)) {
		words = "Failed to connect on";
	} else if (is_about_the_answer(exchange->reply.status) && exchange->request.kind == SD_SET) {
		words = "Failed to write data to";
	} else if (is_about_the_answer(exchange->reply.status) && exchange->request.kind == SD_DELETE) {
		words = "Failed to delete from";
	}
	(void)snprintf(out, size, "%s %s \"%s\"", words, sd_server_name(exchange->server, name),
	               exchange->reply.reason);
	return out;
}
