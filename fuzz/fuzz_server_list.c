/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Lists of servers, of any bytes: what is taken is made of servers that are valid, and what is not
 * is an error that names an offset within the text. */

#include <stdlib.h>
#include <string.h>

#include "client/pool/server_list.h"

static void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void check_servers(const char *text, size_t length)
{
	struct sd_server_list list = {.text = text, .length = length};
	struct sd_server server;
	struct sd_error error;
	double timeout;

	while (sd_server_list_next(&list, &server, &timeout, &error) == SD_OK) {
		must(list.cursor <= length && list.offset < length);
		must(server.weight >= 1 && server.timeout_ms >= 1 && server.host[0] != '\0');
		must(server.port != 0 || sd_server_unix_path(&server) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *text = malloc(length + 1); /* of the exact size, so that a sanitizer sees one too many */
	struct sd_error error;

	if (text == NULL) {
		return 0;
	}
	memcpy(text, bytes, length);
	text[length] = '\0';
	if (sd_server_list_check(text, length, &error) == SD_OK) {
		check_servers(text, length);
	} else {
		const char *offset = strstr(error.text, "at offset ");

		must(error.status == SD_BAD_SERVER || error.status == SD_DUPLICATE);
		must(offset != NULL && strtoul(offset + 10, NULL, 10) <= length);
	}
	free(text);
	return 0;
}
