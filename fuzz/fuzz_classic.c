/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol's decoders, for any bytes: what was read is written the same. */

#include <stdlib.h>
#include <string.h>

#include "wire/classic.h"

static void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void fuzz_request(const uint8_t *bytes, size_t length)
{
	struct sd_classic_header header;
	uint8_t written[SD_CLASSIC_HEADER_MAX];
	enum sd_classic_parse parse = sd_classic_read_header(bytes, length, &header);

	/* the first byte alone tells whether it is this protocol */
	must((parse == SD_CLASSIC_UNKNOWN) == (length > 0 && memchr("SFD", bytes[0], 3) == NULL));
	if (parse != SD_CLASSIC_COMPLETE) {
		return;
	}
	must(sd_classic_write_header(written, header.command, header.key_length, header.data_length) ==
	     header.length);
	must(memcmp(written, bytes, header.length) == 0);
	must(sd_classic_request_length(&header) >= (uint64_t)header.length + header.key_length);
}

static void fuzz_key(const uint8_t *bytes, size_t length)
{
	size_t bad_offset = SIZE_MAX;

	if (sd_classic_check_key(bytes, length, &bad_offset) == SD_OK) {
		must(length >= 1 && length <= SD_CLASSIC_KEY_MAX);
		must(memchr(bytes, '/', length) == NULL && memchr(bytes, '.', length) == NULL);
	} else {
		must(bad_offset <= length);
	}
}

static void fuzz_answer(const uint8_t *bytes, size_t length)
{
	static const enum sd_classic_command commands[] = {SD_CLASSIC_STORE, SD_CLASSIC_FETCH,
	                                                   SD_CLASSIC_DELETE};

	for (size_t i = 0; i < 3; i++) {
		enum sd_status status = sd_classic_read_reply(commands[i], bytes, length);

		if (commands[i] != SD_CLASSIC_FETCH && status == SD_OK) {
			must(length == SD_CLASSIC_OK_LENGTH && memcmp(bytes, SD_CLASSIC_OK, length) == 0);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_request(bytes, length);
	fuzz_key(bytes, length);
	fuzz_answer(bytes, length);
	return 0;
}
