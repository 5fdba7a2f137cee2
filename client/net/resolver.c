/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Names become addresses; see resolver.h. The #ifdef here selects headers only: Windows
 * and POSIX have the same struct addrinfo in different ones. A second one says whether the
 * C library has look-ups in a thread.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* struct gaicb; PHP's build defines it already */
#endif

#include "client/net/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <sys/socket.h>
#endif

/* Until the look-up is over it belongs to the C library's thread. So it holds copies of all it
 * needs, and may outlive the call that began it. */
struct sd_lookup {
	struct sd_lookup *next;
	struct addrinfo hints;
	char host[256];
	char port[6];
#ifdef SD_SYSTEM_LOOKS_UP_IN_THREADS
	struct gaicb request;
#endif
};

struct sd_resolver {
	struct sd_lookup *abandoned; /* their deadlines passed before they were over */
	int64_t process;             /* the one that began the first look-up in a thread */
};

struct sd_resolver *sd_resolver_new(void)
{
	return calloc(1, sizeof(struct sd_resolver));
}

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

static int lookup_now(const struct sd_lookup *lookup, int flags, struct addrinfo **found)
{
	struct addrinfo hints = lookup->hints;

	hints.ai_flags |= flags;
	*found = NULL;
	return sd_system_getaddrinfo(lookup->host, lookup->port, &hints, found);
}

#ifdef SD_SYSTEM_LOOKS_UP_IN_THREADS

static void free_lookup(struct sd_lookup *lookup)
{
	if (lookup->request.ar_result != NULL) {
		sd_system_freeaddrinfo(lookup->request.ar_result);
	}
	free(lookup);
}

static void free_finished(struct sd_resolver *resolver)
{
	struct sd_lookup **next = &resolver->abandoned;

	while (*next != NULL) {
		struct sd_lookup *lookup = *next;

		if (sd_system_getaddrinfo_error(&lookup->request) == EAI_INPROGRESS) {
			next = &lookup->next;
			continue;
		}
		*next = lookup->next;
		free_lookup(lookup);
	}
}

/* Whether the library's threads belong to this process. A fork leaves them in the parent, so that
 * a child would wait for ever: it looks names up without a thread. */
static bool has_threads(struct sd_resolver *resolver)
{
	if (resolver->process == 0) {
		resolver->process = sd_platform_process();
	}
	return resolver->process == sd_platform_process();
}

/* Begins a look-up in a thread. EAI_INPROGRESS: it is in progress; else it is over. */
static int begin_lookup(struct sd_resolver *resolver, struct sd_lookup *lookup,
                        struct addrinfo **found)
{
	int error;

	free_finished(resolver);
	if (!has_threads(resolver)) {
		return lookup_now(lookup, 0, found);
	}
	lookup->request.ar_name = lookup->host;
	lookup->request.ar_service = lookup->port;
	lookup->request.ar_request = &lookup->hints;
	error = sd_system_getaddrinfo_begin(&lookup->request);
	return error == 0 ? EAI_INPROGRESS : error;
}

static int poll_lookup(struct sd_lookup *lookup, struct addrinfo **found)
{
	int error = sd_system_getaddrinfo_error(&lookup->request);

	*found = error == 0 ? lookup->request.ar_result : NULL;
	return error;
}

void sd_resolver_abandon(struct sd_resolver *resolver, struct sd_lookup *lookup)
{
	if (!has_threads(resolver)) {
		return; /* it belongs to the parent */
	}
	if (sd_system_getaddrinfo_cancel(&lookup->request) == EAI_NOTCANCELED) {
		lookup->next = resolver->abandoned;
		resolver->abandoned = lookup;
		return;
	}
	free_lookup(lookup);
}

#else

static void free_finished(struct sd_resolver *resolver)
{
	(void)resolver;
}

static int begin_lookup(struct sd_resolver *resolver, struct sd_lookup *lookup,
                        struct addrinfo **found)
{
	(void)resolver;
	return lookup_now(lookup, 0, found);
}

static int poll_lookup(struct sd_lookup *lookup, struct addrinfo **found)
{
	(void)lookup;
	*found = NULL;
	return EAI_FAIL; /* no look-up is ever in progress */
}

void sd_resolver_abandon(struct sd_resolver *resolver, struct sd_lookup *lookup)
{
	(void)resolver;
	free(lookup);
}

#ifndef EAI_INPROGRESS
#define EAI_INPROGRESS INT32_MAX /* no error of getaddrinfo() */
#endif

#endif

void sd_resolver_free(struct sd_resolver *resolver)
{
	if (resolver != NULL) {
		free_finished(resolver); /* look-ups still running are not freed: glibc's thread is using
		                              them */
		free(resolver);
	}
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

/* Copies the addresses found and frees the library's list, or says why there are none. */
static enum sd_io end_lookup(int error, struct addrinfo *found, struct sd_found *out)
{
	if (error != 0) {
		(void)snprintf(out->reason, out->reason_size, "%s", gai_strerror(error));
		out->is_short = is_short_of_means(error);
		return SD_IO_FAILED;
	}
	out->count = copy_addresses(found, out->addresses, out->max);
	sd_system_freeaddrinfo(found);
	if (out->count == 0) {
		(void)snprintf(out->reason, out->reason_size, "the name has no address");
		return SD_IO_FAILED;
	}
	return SD_IO_DONE;
}

enum sd_io sd_resolver_begin(struct sd_resolver *resolver, const char *host, uint16_t port,
                             struct sd_lookup **lookup, struct sd_found *out)
{
	struct sd_lookup *begun = calloc(1, sizeof(*begun));
	struct addrinfo *found = NULL;
	int error;

	*lookup = NULL;
	if (begun == NULL) {
		(void)snprintf(out->reason, out->reason_size, "out of memory");
		out->is_short = true;
		return SD_IO_FAILED;
	}
	copy_host(host, begun->host, sizeof(begun->host));
	(void)snprintf(begun->port, sizeof(begun->port), "%u", port);
	begun->hints.ai_socktype = SOCK_STREAM;
	begun->hints.ai_family = AF_UNSPEC;
	begun->hints.ai_flags = AI_NUMERICSERV;
	error = lookup_now(begun, AI_NUMERICHOST, &found);
	if (error == EAI_NONAME) {
		error = begin_lookup(resolver, begun, &found);
	}
	if (error == EAI_INPROGRESS) {
		*lookup = begun;
		return SD_IO_AGAIN;
	}
	free(begun);
	return end_lookup(error, found, out);
}

enum sd_io sd_resolver_poll(struct sd_lookup *lookup, struct sd_found *out)
{
	struct addrinfo *found;
	int error = poll_lookup(lookup, &found);

	if (error == EAI_INPROGRESS) {
		return SD_IO_AGAIN;
	}
	free(lookup);
	return end_lookup(error, found, out);
}
