/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The system's calls that look names up; see system.h. getaddrinfo() has no deadline: without an
 * answer it takes five seconds, or ten, or thirty. So it is called in a thread of its own, which
 * touches nothing but its look-up, and all signals stay with the others. If the library with this
 * code were unloaded meanwhile, the thread would have none to return to: config.m4 has it stay.
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
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
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
	bool is_over;
	int64_t began_us;
	unsigned holders;       /* the thread, while it runs, and whoever waits */
	struct sd_lookup *next; /* the one that began before it */
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

static void free_lookup(struct sd_lookup *lookup)
{
	if (lookup->found != NULL) {
		freeaddrinfo(lookup->found);
	}
	free(lookup);
}

static int look_up(const struct sd_lookup *lookup, struct addrinfo **found)
{
	int error = getaddrinfo(lookup->host, lookup->port, &lookup->hints, found);

	if (error != 0) {
		*found = NULL;
	}
	return error;
}

#ifdef _WIN32

struct sd_lookup *sd_system_lookup_begin(const char *host, const char *port,
                                         const struct addrinfo *hints)
{
	return new_lookup(host, port, hints);
}

bool sd_system_lookup_poll(struct sd_lookup *lookup, int *error, const struct addrinfo **found)
{
	lookup->error = look_up(lookup, &lookup->found);
	*error = lookup->error;
	*found = lookup->found;
	return true;
}

void sd_system_lookup_leave(struct sd_lookup *lookup)
{
	free_lookup(lookup);
}

#else

/*
 * While a name server is silent, whoever asks for a name waits for the newest look-up of it that is
 * in progress, so that few threads wait. Another one begins when the newest is 100 ms old, 200 ms
 * if there are two, then 400 ms and so on: ten in half a minute. For a name server that is back
 * answers it at once, but an old look-up may be waiting for its next try.
 */
#define FIRST_PAUSE_US 50000
#define PAUSES_MAX 10 /* that are longer than the one before */

/* The look-ups in progress, of all threads of the process. */
static struct {
	pthread_once_t once;
	int error;             /* of preparing for forks */
	pthread_mutex_t mutex; /* guards the rest, and the look-ups */
	struct sd_lookup *newest;
} lookups = {.once = PTHREAD_ONCE_INIT, .mutex = PTHREAD_MUTEX_INITIALIZER};

static void lock(void)
{
	(void)pthread_mutex_lock(&lookups.mutex);
}

static void unlock(void)
{
	(void)pthread_mutex_unlock(&lookups.mutex);
}

static void let_go(struct sd_lookup *lookup)
{
	if (--lookup->holders == 0) {
		free_lookup(lookup);
	}
}

static void end(struct sd_lookup *lookup, int error, struct addrinfo *found)
{
	struct sd_lookup **link = &lookups.newest;

	while (*link != lookup) {
		link = &(*link)->next;
	}
	*link = lookup->next;
	lookup->error = error;
	lookup->found = found;
	lookup->is_over = true;
	let_go(lookup);
}

/* The threads are the parent's alone, so that in a child no look-up would ever be over. */
static void end_all_in_child(void)
{
	while (lookups.newest != NULL) {
		end(lookups.newest, EAI_AGAIN, NULL);
	}
	unlock();
}

static void prepare_for_forks(void)
{
	lookups.error = pthread_atfork(lock, unlock, end_all_in_child);
}

static void *run(void *argument)
{
	struct sd_lookup *lookup = argument;
	struct addrinfo *found = NULL;
	int error = look_up(lookup, &found);

	lock();
	end(lookup, error, found);
	unlock();
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

/* The newest of that name, if it is too early for another one; else NULL. */
static struct sd_lookup *find_same(const char *host, const char *port)
{
	struct sd_lookup *same = NULL;
	unsigned count = 0;

	for (struct sd_lookup *each = lookups.newest; each != NULL; each = each->next) {
		if (strcmp(each->host, host) == 0 && strcmp(each->port, port) == 0) {
			same = same != NULL ? same : each;
			count += count < PAUSES_MAX;
		}
	}
	return same != NULL && sd_system_monotonic_us() - same->began_us < (int64_t)FIRST_PAUSE_US
	                                                                       << count
	           ? same
	           : NULL;
}

/* With the mutex held. The thread waits for it before it ends the look-up. */
static struct sd_lookup *begin(const char *host, const char *port, const struct addrinfo *hints)
{
	struct sd_lookup *lookup = new_lookup(host, port, hints);

	if (lookup == NULL) {
		return NULL;
	}
	errno = start(lookup);
	if (errno != 0) {
		free(lookup);
		return NULL;
	}
	lookup->began_us = sd_system_monotonic_us();
	lookup->next = lookups.newest;
	lookups.newest = lookup;
	lookup->holders = 1;
	return lookup;
}

struct sd_lookup *sd_system_lookup_begin(const char *host, const char *port,
                                         const struct addrinfo *hints)
{
	struct sd_lookup *lookup;

	(void)pthread_once(&lookups.once, prepare_for_forks);
	if (lookups.error != 0) {
		errno = lookups.error;
		return NULL;
	}
	lock();
	lookup = find_same(host, port);
	if (lookup == NULL) {
		lookup = begin(host, port, hints);
	}
	if (lookup != NULL) {
		lookup->holders++;
	}
	unlock();
	return lookup;
}

bool sd_system_lookup_poll(struct sd_lookup *lookup, int *error, const struct addrinfo **found)
{
	bool is_over;

	lock();
	is_over = lookup->is_over;
	if (is_over) {
		*error = lookup->error;
		*found = lookup->found;
	}
	unlock();
	return is_over;
}

void sd_system_lookup_leave(struct sd_lookup *lookup)
{
	lock();
	let_go(lookup);
	unlock();
}

#endif
