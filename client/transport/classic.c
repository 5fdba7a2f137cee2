/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What all transports share: how an exchange ends, and how its failure reads. */

#include "client/transport/request.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sd_exchange_end(struct sd_exchange *exchange, enum sd_status status, const char *format, ...)
{
	va_list arguments;

	exchange->status = status;
	va_start(arguments, format);
	(void)vsnprintf(exchange->reason, sizeof(exchange->reason), format, arguments);
	va_end(arguments);
}

static enum sd_classic_command classic_command(enum sd_operation operation)
{
	switch (operation) {
	case SD_SET:
		return SD_CLASSIC_STORE;
	case SD_DELETE:
		return SD_CLASSIC_DELETE;
	default:
		return SD_CLASSIC_FETCH;
	}
}

size_t sd_exchange_classic_head(const struct sd_exchange *exchange,
                                uint8_t head[SD_CLASSIC_HEAD_MAX])
{
	size_t length =
		sd_classic_write_header(head, classic_command(exchange->operation),
	                            (uint32_t)exchange->key.length, (uint32_t)exchange->data.length);

	memcpy(head + length, exchange->key.data, exchange->key.length);
	return length + exchange->key.length;
}

void sd_exchange_end_classic(struct sd_exchange *exchange, const void *answer, size_t length)
{
	enum sd_status status =
		sd_classic_read_answer(classic_command(exchange->operation), answer, length);

	switch (status) {
	case SD_REFUSED:
		sd_exchange_end(exchange, status, "needed OK, but it closed the connection without a word");
		break;
	case SD_CLOSED:
		sd_exchange_end(exchange, status, "needed OK, but the answer ended after %zu of %d bytes",
		                length, SD_CLASSIC_OK_LENGTH);
		break;
	case SD_BAD_ANSWER:
		sd_exchange_end(exchange, status, "needed OK, but got an answer beginning with byte 0x%02x",
		                *(const unsigned char *)answer);
		break;
	default:
		sd_exchange_end(exchange, status, "%s", sd_status_sentence(status));
		break;
	}
}

static bool end_unsupported(struct sd_exchange *exchange, const char *what)
{
	sd_exchange_end(exchange, SD_UNSUPPORTED, "the classic protocol has no %s", what);
	return false;
}

/* The text goes on after "the key": what rule it breaks on this server. */
static bool suits_classic_key(struct sd_exchange *exchange)
{
	const unsigned char *bytes = exchange->key.data;
	size_t bad_offset;

	if (sd_classic_check_key(bytes, exchange->key.length, &bad_offset) == SD_OK) {
		return true;
	}
	sd_exchange_end(exchange, SD_BAD_KEY,
	                "must be printable ASCII without \".\" and \"/\" on a classic server, byte "
	                "0x%02x found at offset %zu",
	                bytes[bad_offset], bad_offset);
	return false;
}

bool sd_exchange_suits_classic(struct sd_exchange *exchange)
{
	switch (exchange->operation) {
	case SD_LOOK:
		return end_unsupported(exchange, "way to look at an entry without fetching it");
	case SD_COUNT:
		return end_unsupported(exchange, "arithmetic");
	case SD_LOCK:
	case SD_UNLOCK:
		return end_unsupported(exchange, "locks");
	case SD_SET:
		if (exchange->ttl != 0 && !exchange->any_life) {
			sd_exchange_end(exchange, SD_UNSUPPORTED,
			                "a time to live of %" PRId64
			                " s was asked for, the classic protocol has none",
			                exchange->ttl);
			return false;
		}
		break;
	default:
		break;
	}
	if (exchange->condition > SD_IF_SEEN) {
		return end_unsupported(exchange, "conditional writes");
	}
	return exchange->operation == SD_RAW || suits_classic_key(exchange);
}

/* The server spoke, or ended the talk: the connection itself was there. */
static bool is_about_the_answer(enum sd_status status)
{
	return status == SD_REFUSED || status == SD_BAD_ANSWER || status == SD_CLOSED ||
	       status == SD_UNSUPPORTED;
}

const char *sd_exchange_explain(const struct sd_exchange *exchange, char *out, size_t size)
{
	char name[SD_SERVER_NAME_MAX];
	const char *words = "Failed to send command to";

	if (exchange->status == SD_BAD_KEY || exchange->status == SD_TOO_LARGE) {
		(void)snprintf(out, size, "%s", exchange->reason); /* goes on after the argument's name */
		return out;
	}
	if (exchange->status == SD_UNREACHABLE || exchange->status == SD_DEAD) {
		words = "Failed to connect on";
	} else if (is_about_the_answer(exchange->status) && exchange->operation == SD_SET) {
		words = "Failed to write data to";
	} else if (is_about_the_answer(exchange->status) && exchange->operation == SD_DELETE) {
		words = "Failed to delete from";
	}
	(void)snprintf(out, size, "%s %s \"%s\"", words, sd_server_name(exchange->server, name),
	               exchange->reason);
	return out;
}
