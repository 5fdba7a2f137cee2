/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The checks of a server's description; see server.h. */

#include "client/pool/server.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "client/options.h"
#include "wire/encoding.h"

#define UNIX_PREFIX "unix:"
#define UNIX_PREFIX_LENGTH 5
#define UNIX_PATH_MAX_BYTES 103 /* the smallest sun_path of the systems we run on, less its NUL */

static _Atomic uint64_t identities; /* given so far */

static bool is_unix(const char *host, size_t length)
{
	return length >= UNIX_PREFIX_LENGTH && memcmp(host, UNIX_PREFIX, UNIX_PREFIX_LENGTH) == 0;
}

static enum sd_status check_unix_path(const char *path, size_t length, struct sd_error *error)
{
	if (length == 0 || path[0] != '/') {
		return sd_error_set(error, SD_BAD_SERVER, "must be an absolute path after unix:");
	}
	if (length > UNIX_PATH_MAX_BYTES) {
		return sd_error_set(error, SD_BAD_SERVER,
		                    "must have at most %d bytes after unix:, %zu given",
		                    UNIX_PATH_MAX_BYTES, length);
	}
	return SD_OK;
}

/* Of a name, as server_list.re knows it. */
static bool is_name_byte(char byte, bool is_first)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' ||
	       (!is_first && (byte == '.' || byte == '-'));
}

/* Whether it is an IPv6 address, as server_list.re knows it; here the brackets can be left out. */
static bool is_ipv6(const char *host, size_t length)
{
	size_t colons = 0;
	size_t i = 0;

	if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
		host++;
		length -= 2;
	}
	while (i < length && (memchr("0123456789abcdefABCDEF:", host[i], 23) != NULL ||
	                      (host[i] == '.' && colons > 1))) {
		colons += host[i++] == ':';
	}
	if (i + 1 < length && host[i] == '%') {
		i++;
		while (i < length && is_name_byte(host[i], false)) {
			i++;
		}
	}
	return i == length && colons > 1;
}

/* A host's bytes end up in messages, log lines and lists of servers: a list must be able to have
 * them. Of a path it can have all but controls, by their numbers. */
static enum sd_status check_host(const char *host, size_t length, struct sd_error *error)
{
	bool unix_socket = is_unix(host, length);
	const char *at = unix_socket ? NULL : memchr(host, '@', length);
	bool is_any = unix_socket || is_ipv6(host, length);

	if (length == 0) {
		return sd_error_set(error, SD_BAD_SERVER, "must not be empty");
	}
	if (length > SD_HOST_MAX) {
		return sd_error_set(error, SD_BAD_SERVER, "must be at most %d bytes long, %zu given",
		                    SD_HOST_MAX, length);
	}
	if (at != NULL) { /* none of the password is shown */
		return sd_error_set(error, SD_BAD_SERVER,
		                    "must be a name, an address or unix:/path: there is no "
		                    "authentication, and so no user or password, '@' found at offset "
		                    "%zu",
		                    (size_t)(at - host));
	}
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)host[i];
		char character[SD_CHARACTER_MAX];

		if (byte < 0x20 || byte == 0x7f || (!is_any && !is_name_byte(host[i], i == 0))) {
			return sd_error_set(error, SD_BAD_SERVER,
			                    "must be a name, an address or unix:/path, %s found at offset %zu",
			                    sd_character(character, host[i]), i);
		}
	}
	if (unix_socket) {
		return check_unix_path(host + UNIX_PREFIX_LENGTH, length - UNIX_PREFIX_LENGTH, error);
	}
	return SD_OK;
}

enum sd_status sd_server_init(struct sd_server *server, const char *host, size_t host_length,
                              int64_t port, double timeout, int64_t weight,
                              enum sd_server_part *bad_part, struct sd_error *error)
{
	*bad_part = SD_SERVER_HOST;
	if (check_host(host, host_length, error) != SD_OK) {
		return SD_BAD_SERVER;
	}
	*bad_part = SD_SERVER_PORT;
	if (is_unix(host, host_length)) {
		port = 0;
	} else if (port < 1 || port > UINT16_MAX) {
		return sd_error_set(error, SD_BAD_SERVER, "must be between 1 and %d, %" PRId64 " given",
		                    UINT16_MAX, port);
	}
	*bad_part = SD_SERVER_TIMEOUT;
	/* written so that NaN fails it */
	if (!(timeout > 0 && timeout <= SD_TIMEOUT_MAX)) {
		return sd_error_set(error, SD_BAD_SERVER, "must be greater than 0 and at most %d seconds",
		                    SD_TIMEOUT_MAX);
	}
	*bad_part = SD_SERVER_WEIGHT;
	if (weight < 1 || weight > SD_WEIGHT_MAX) {
		return sd_error_set(error, SD_BAD_SERVER, "must be between 1 and %d, %" PRId64 " given",
		                    SD_WEIGHT_MAX, weight);
	}
	memset(server, 0, sizeof(*server));
	server->identity = atomic_fetch_add(&identities, 1) + 1;
	memcpy(server->host, host, host_length);
	server->port = (uint16_t)port;
	server->timeout_ms = sd_milliseconds(timeout);
	server->weight = (uint32_t)weight;
	return SD_OK;
}

enum sd_status sd_server_read_protocol(struct sd_server *server, const char *word, size_t length,
                                       struct sd_error *error)
{
	static const struct {
		const char *word;
		enum sd_protocol protocol;
	} words[] = {{"meta", SD_PROTOCOL_META},
	             {"memcached", SD_PROTOCOL_META},
	             {"classic", SD_PROTOCOL_CLASSIC}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (length == strlen(words[i].word) && memcmp(word, words[i].word, length) == 0) {
			server->protocol = words[i].protocol;
			return SD_OK;
		}
	}
	return sd_error_set(error, SD_BAD_SERVER, "must be meta, memcached or classic");
}

const char *sd_protocol_name(enum sd_protocol protocol)
{
	switch (protocol) {
	case SD_PROTOCOL_META:
		return "meta";
	case SD_PROTOCOL_CLASSIC:
		return "classic";
	default:
		return NULL;
	}
}

const char *sd_server_unix_path(const struct sd_server *server)
{
	return is_unix(server->host, strlen(server->host)) ? server->host + UNIX_PREFIX_LENGTH : NULL;
}

/* Not tolower(): it obeys the locale, in which "I" need not be "i". */
static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool sd_server_same(const struct sd_server *a, const struct sd_server *b)
{
	if (sd_server_unix_path(a) != NULL) {
		return strcmp(a->host, b->host) == 0;
	}
	if (a->port != b->port) {
		return false;
	}
	for (size_t i = 0;; i++) {
		if (lower(a->host[i]) != lower(b->host[i])) {
			return false;
		}
		if (a->host[i] == '\0') {
			return true;
		}
	}
}

const char *sd_server_name(const struct sd_server *server, char name[SD_SERVER_NAME_MAX])
{
	if (sd_server_unix_path(server) != NULL) {
		(void)snprintf(name, SD_SERVER_NAME_MAX, "[%s]", server->host);
	} else {
		(void)snprintf(name, SD_SERVER_NAME_MAX, "[%s:%u]", server->host, server->port);
	}
	return name;
}
