/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The system's calls that look names up; see system.h. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getaddrinfo_a; PHP's build defines it already */
#endif

#include "client/net/system.h"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netdb.h>
#endif

int sd_system_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                          struct addrinfo **found)
{
	return getaddrinfo(host, port, hints, found);
}

void sd_system_freeaddrinfo(struct addrinfo *found)
{
	freeaddrinfo(found);
}

#ifdef SD_SYSTEM_LOOKS_UP_IN_THREADS

int sd_system_getaddrinfo_begin(struct gaicb *request)
{
	struct gaicb *requests[1] = {request};

	return getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL);
}

int sd_system_getaddrinfo_error(struct gaicb *request)
{
	return gai_error(request);
}

int sd_system_getaddrinfo_cancel(struct gaicb *request)
{
	return gai_cancel(request);
}

#endif
