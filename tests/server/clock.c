/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Clocks of a test's own: to be preloaded to a real server. CLOCK_ERROR names a file with the
 * seconds by which the wall clock is ahead and those that have passed besides, for it and for the
 * time since boot. The file is read at each call. The monotonic clock, by which the server waits,
 * is as it is, unless CLOCK_MONOTONIC is set: then those seconds have passed for it, too. In a PHP
 * process it is the clock of the extensions, too, which would else look for it elsewhere. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void read_file(long *ahead_s, long *passed_s)
{
	const char *path = getenv("CLOCK_ERROR");
	FILE *file = path != NULL ? fopen(path, "r") : NULL;

	*ahead_s = *passed_s = 0;
	if (file != NULL) {
		if (fscanf(file, "%ld %ld", ahead_s, passed_s) != 2) {
			*ahead_s = *passed_s = 0;
		}
		(void)fclose(file);
	}
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*call)(clockid_t, struct timespec *);
	long ahead_s;
	long passed_s;
	int result;

	if (call == NULL) {
		call = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	}
	result = call(clock, now);
	if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		read_file(&ahead_s, &passed_s);
		now->tv_sec += ahead_s + passed_s;
	} else if (result == 0 &&
	           (clock == CLOCK_BOOTTIME ||
	            (clock == CLOCK_MONOTONIC && getenv("CLOCK_MONOTONIC") != NULL))) {
		read_file(&ahead_s, &passed_s);
		now->tv_sec += passed_s;
	}
	return result;
}

void *dlopen(const char *file, int flags)
{
	static void *(*call)(const char *, int);

	if (call == NULL) {
		call = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
	}
	return call(file, flags & ~RTLD_DEEPBIND);
}
