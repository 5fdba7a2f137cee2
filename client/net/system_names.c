/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The system's calls that look names up; see system.h. getaddrinfo() has no deadline: without an
 * answer it takes five seconds, or ten. So it is called in a thread of its own, which touches
 * nothing but its look-up, and all signals stay with the others. If the library with this code were
 * unloaded meanwhile, the thread would have none to return to: config.m4 has it stay.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* struct addrinfo, sigset_t; PHP's build defines it already */
#endif

#include "client/net/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
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

struct sd_lookup {
	char host[256];
	char port[6];
	struct addrinfo hints;
	int error;
	struct addrinfo *found;
#ifndef _WIN32
	atomic_int state;
#endif
};

static struct sd_lookup *new_lookup(const char *host, const char *port,
                                    const struct addrinfo *hints)
{
	struct sd_lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup != NULL) {
		(void)snprintf(lookup->host, sizeof(lookup->host), "%s", host);
		(void)snprintf(lookup->port, sizeof(lookup->port), "%s", port);
		lookup->hints = *hints;
	}
	return lookup;
}

static void look_up(struct sd_lookup *lookup)
{
	lookup->error = getaddrinfo(lookup->host, lookup->port, &lookup->hints, &lookup->found);
}

#ifdef _WIN32

struct sd_lookup *sd_system_lookup_begin(const char *host, const char *port,
                                         const struct addrinfo *hints, int *error)
{
	struct sd_lookup *lookup = new_lookup(host, port, hints);

	*error = lookup == NULL ? EAI_MEMORY : 0;
	return lookup;
}

bool sd_system_lookup_poll(struct sd_lookup *lookup, int *error, struct addrinfo **found)
{
	look_up(lookup);
	*error = lookup->error;
	*found = lookup->found;
	free(lookup);
	return true;
}

void sd_system_lookup_leave(struct sd_lookup *lookup)
{
	free(lookup);
}

#else

/* The caller and the thread each move it once; whoever is last frees it. */
enum {
	RUNS,
	IS_OVER, /* the thread has ended, or is about to */
	IS_LEFT, /* nobody waits for it */
};

static void *run(void *argument)
{
	struct sd_lookup *lookup = argument;
	int state = RUNS;

	look_up(lookup);
	if (!atomic_compare_exchange_strong(&lookup->state, &state, IS_OVER)) {
		if (lookup->error == 0) {
			freeaddrinfo(lookup->found);
		}
		free(lookup);
	}
	return NULL;
}

/* 0: the thread runs. */
static int start(struct sd_lookup *lookup)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all;
	sigset_t before;
	int error = pthread_attr_init(&attributes);

	if (error != 0) {
		return error;
	}
	(void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attributes, run, lookup);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attributes);
	return error;
}

struct sd_lookup *sd_system_lookup_begin(const char *host, const char *port,
                                         const struct addrinfo *hints, int *error)
{
	struct sd_lookup *lookup = new_lookup(host, port, hints);

	if (lookup == NULL || start(lookup) != 0) {
		free(lookup);
		*error = EAI_MEMORY;
		return NULL;
	}
	return lookup;
}

bool sd_system_lookup_poll(struct sd_lookup *lookup, int *error, struct addrinfo **found)
{
	if (atomic_load(&lookup->state) == RUNS) {
		return false;
	}
	*error = lookup->error;
	*found = lookup->found;
	free(lookup);
	return true;
}

void sd_system_lookup_leave(struct sd_lookup *lookup)
{
	int state = RUNS;
	int error;
	struct addrinfo *found;

	if (atomic_compare_exchange_strong(&lookup->state, &state, IS_LEFT)) {
		return; /* in a child, the thread is the parent's: the child never frees it */
	}
	if (sd_system_lookup_poll(lookup, &error, &found) && error == 0) {
		freeaddrinfo(found);
	}
}

#endif
