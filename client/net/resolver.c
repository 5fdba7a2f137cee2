/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Names become addresses; see resolver.h. The #ifdef here selects headers only: Windows
 * and POSIX have the same struct addrinfo in different ones.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* struct addrinfo; PHP's build defines it already */
#endif

#include "client/net/resolver.h"

#include <stdio.h>
#include <string.h>

#include "client/net/system.h"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <sys/socket.h>
#endif

static size_t copy_addresses(const struct addrinfo *found, struct sd_address *addresses, size_t max)
{
	size_t count = 0;

	for (; found != NULL && count < max; found = found->ai_next) {
		if (found->ai_addrlen <= sizeof(addresses[count].bytes)) {
			memcpy(addresses[count].bytes, found->ai_addr, found->ai_addrlen);
			addresses[count].length = (uint32_t)found->ai_addrlen;
			count++;
		}
	}
	return count;
}

/* Removes the brackets of "[::1]", which getaddrinfo() does not know. */
static void copy_host(const char *host, char *out, size_t size)
{
	size_t length = strlen(host);

	if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
		host++;
		length -= 2;
	}
	(void)snprintf(out, size, "%.*s", (int)length, host);
}

/* Whether the look-up failed for want of something of this machine. */
static bool is_short_of_means(int error)
{
#ifdef EAI_SYSTEM
	if (error == EAI_SYSTEM) {
		return true;
	}
#endif
	return error == EAI_MEMORY;
}

/* Whether name servers have said that the name, or an address of it, does not exist. */
static bool is_unknown_name(int error)
{
#ifdef EAI_NODATA
	if (error == EAI_NODATA) {
		return true;
	}
#endif
	return error == EAI_NONAME;
}

/* Whether this machine gives no socket now. Without one, and without its files, the system calls
 * every name unknown. */
static bool is_short_of_sockets(void)
{
	const struct sockaddr any = {.sa_family = AF_INET};
	struct sd_address address = {.length = sizeof(any)};
	sd_socket opened;

	memcpy(address.bytes, &any, sizeof(any));
	opened = sd_system_socket(&address);
	if (opened != SD_NO_SOCKET) {
		sd_system_close(opened);
		return false;
	}
	return sd_platform_is_local_error();
}

/* Copies the addresses found, or says why there are none. */
static enum sd_io end_lookup(int error, const struct addrinfo *found, struct sd_found *out)
{
	if (error != 0 && is_short_of_sockets()) {
		(void)sd_platform_error_text(out->reason, out->reason_size);
		out->is_short = true;
		return SD_IO_FAILED;
	}
	if (error != 0) {
		(void)snprintf(out->reason, out->reason_size, "%s", gai_strerror(error));
		out->is_short = is_short_of_means(error);
		out->is_unknown = is_unknown_name(error);
		return SD_IO_FAILED;
	}
	out->count = copy_addresses(found, out->addresses, out->max);
	if (out->count == 0) {
		(void)snprintf(out->reason, out->reason_size, "the name has no address");
		return SD_IO_FAILED;
	}
	return SD_IO_DONE;
}

static enum sd_io begin_lookup(const char *host, const char *port, struct sd_lookup **lookup,
                               struct sd_found *out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	char text[128];

	*lookup = sd_system_lookup_begin(host, port, &hints);
	if (*lookup != NULL) {
		return SD_IO_AGAIN;
	}
	(void)snprintf(out->reason, out->reason_size, "no thread for the look-up: %s",
	               sd_system_error_text(text, sizeof(text)));
	out->is_short = true;
	return SD_IO_FAILED;
}

enum sd_io sd_resolver_begin(const char *host, uint16_t port, struct sd_lookup **lookup,
                             struct sd_found *out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	                         .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST};
	struct addrinfo *found = NULL;
	enum sd_io result;
	char bare[256];
	char digits[6];
	int error;

	*lookup = NULL;
	copy_host(host, bare, sizeof(bare));
	(void)snprintf(digits, sizeof(digits), "%u", port);
	error = sd_system_getaddrinfo(bare, digits, &hints, &found);
	if (error == EAI_NONAME) {
		return begin_lookup(bare, digits, lookup, out);
	}
	result = end_lookup(error, found, out);
	if (error == 0) {
		sd_system_freeaddrinfo(found);
	}
	return result;
}

enum sd_io sd_resolver_poll(struct sd_lookup *lookup, struct sd_found *out)
{
	const struct addrinfo *found;
	enum sd_io result;
	int error;

	if (!sd_system_lookup_poll(lookup, &error, &found)) {
		return SD_IO_AGAIN;
	}
	result = end_lookup(error, found, out);
	sd_system_lookup_leave(lookup);
	return result;
}

void sd_resolver_abandon(struct sd_lookup *lookup)
{
	sd_system_lookup_leave(lookup);
}
