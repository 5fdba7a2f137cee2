/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol, as exchanges use it; see classic.h. */

#include "client/transport/classic.h"

#include <inttypes.h>
#include <string.h>

#include "wire/encoding.h"

static enum sd_classic_command classic_command(enum sd_request_kind kind)
{
	switch (kind) {
	case SD_SET:
		return SD_CLASSIC_STORE;
	case SD_DELETE:
		return SD_CLASSIC_DELETE;
	default:
		return SD_CLASSIC_FETCH;
	}
}

size_t sd_classic_encode(const struct sd_exchange *exchange, uint8_t head[SD_CLASSIC_HEAD_MAX])
{
	size_t length = sd_classic_write_header(head, classic_command(exchange->request.kind),
	                                        (uint32_t)exchange->request.key.length,
	                                        (uint32_t)exchange->request.data.length);

	memcpy(head + length, exchange->request.key.data, exchange->request.key.length);
	return length + exchange->request.key.length;
}

void sd_classic_decode(struct sd_exchange *exchange, const void *answer, size_t length)
{
	char character[SD_CHARACTER_MAX];
	enum sd_status status =
		sd_classic_read_reply(classic_command(exchange->request.kind), answer, length);

	switch (status) {
	case SD_REFUSED:
		sd_exchange_end(exchange, status,
		                "expected OK, but the server closed the connection without answering");
		break;
	case SD_CLOSED:
		sd_exchange_end(exchange, status, "expected OK, but the answer ended after %zu of %d bytes",
		                length, SD_CLASSIC_OK_LENGTH);
		break;
	case SD_BAD_ANSWER:
		sd_exchange_end(exchange, status, "expected OK, but the answer begins with %s",
		                sd_character(character, *(const char *)answer));
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

/* The reasons continue a sentence that begins with "the key". */
static bool is_reserved(struct sd_exchange *exchange)
{
	const struct sd_bytes *key = &exchange->request.key;

	if (key->length != SD_CLASSIC_PROOF_KEY_LENGTH ||
	    memcmp(key->data, SD_CLASSIC_PROOF_KEY, SD_CLASSIC_PROOF_KEY_LENGTH) != 0) {
		return false;
	}
	sd_exchange_end(exchange, SD_BAD_KEY, "is reserved on a classic server");
	return true;
}

static bool suits_classic_key(struct sd_exchange *exchange)
{
	const unsigned char *bytes = exchange->request.key.data;
	char character[SD_CHARACTER_MAX];
	size_t bad_offset;

	if (sd_classic_check_key(bytes, exchange->request.key.length, &bad_offset) == SD_OK) {
		return !is_reserved(exchange);
	}
	sd_exchange_end(exchange, SD_BAD_KEY,
	                "must be printable ASCII without '.' and '/' on a classic server, %s found at "
	                "offset %zu",
	                sd_character(character, (char)bytes[bad_offset]), bad_offset);
	return false;
}

bool sd_classic_suits(struct sd_exchange *exchange)
{
	switch (exchange->request.kind) {
	case SD_EXISTS:
	case SD_TOUCH:
		return end_unsupported(exchange, "way to look at an entry without fetching it");
	case SD_GREET:
		return end_unsupported(exchange, "greeting");
	case SD_ARITHMETIC:
		return end_unsupported(exchange, "arithmetic");
	case SD_LOCK:
	case SD_UNLOCK:
		return end_unsupported(exchange, "locks");
	case SD_SET:
		if (exchange->request.ttl != 0 && !exchange->request.any_ttl) {
			sd_exchange_end(exchange, SD_UNSUPPORTED,
			                "a time to live of %" PRId64
			                " s was asked for, the classic protocol has none",
			                exchange->request.ttl);
			return false;
		}
		break;
	default:
		break;
	}
	if (exchange->request.condition > SD_IF_SEEN) {
		return end_unsupported(exchange, "conditional writes");
	}
	return exchange->request.kind == SD_RAW || suits_classic_key(exchange);
}
