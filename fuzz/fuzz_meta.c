/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's decoder, for any bytes: all it points to lies within the line, and a line
 * that comes in two parts is read as one that comes whole. */

#include <stdlib.h>
#include <string.h>

#include "wire/meta_server.h"

static void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void must_lie_within(struct sd_bytes word, const uint8_t *bytes, size_t length)
{
	const uint8_t *start = word.data;

	must(word.length == 0 || (start >= bytes && start + word.length <= bytes + length));
}

static void check(const struct sd_meta_request *request, const uint8_t *bytes, size_t length)
{
	uint8_t room[SD_META_BINARY_KEY_MAX];
	uint8_t text[SD_META_BASE64_MAX];
	struct sd_bytes key;

	must(request->line_length > 0 && request->line_length <= length);
	must(bytes[request->line_length - 1] == '\n');
	must(request->flag_count <= SD_META_FLAGS_MAX);
	for (size_t i = 0; i < request->flag_count; i++) {
		must_lie_within(request->flags[i].token, bytes, request->line_length);
	}
	must_lie_within(request->key, bytes, request->line_length);
	if (request->error != NULL || request->key.length == 0) {
		return;
	}
	key = request->base64 ? sd_meta_decode_key(request->key, room) : request->key;
	must(key.length <= SD_META_BINARY_KEY_MAX);
	must(sd_base64_write(text, key.data, key.length) <= SD_META_BASE64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct sd_meta_request request;
	struct sd_meta_request again;
	enum sd_meta_parse parse = sd_meta_read_request(bytes, length, &request);

	if (parse != SD_META_COMPLETE) {
		return 0;
	}
	check(&request, bytes, length);
	must(sd_meta_read_request(bytes, request.line_length - 1, &again) == SD_META_INCOMPLETE);
	must(sd_meta_read_request(bytes, request.line_length, &again) == SD_META_COMPLETE);
	must(again.error == request.error && again.data_length == request.data_length &&
	     again.flag_count == request.flag_count && again.is_foreign == request.is_foreign &&
	     again.version == request.version && again.proof == request.proof &&
	     again.holder == request.holder);
	must(request.error != NULL || !request.has_proof || request.tombstones);
	must(request.error != NULL || request.holder == 0 || request.only_held ||
	     request.command == SD_META_LOCK || request.command == SD_META_UNLOCK);
	return 0;
}
