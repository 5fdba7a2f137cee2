/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Clocks of a test's own: to be preloaded to a real server. CLOCK_ERROR names a file with the
 * seconds by which the wall clock is ahead and those that have passed besides, for it and for the
 * time since boot. The file is read at each call. The monotonic clock, by which the server waits,
 * is as it is, unless CLOCK_MONOTONIC is set: then those seconds have passed for it, too. In a PHP
 * process it is the clock of the extensions, too, which would else look for it elsewhere. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef RTLD_DEEPBIND
#define RTLD_DEEPBIND 0 /* musl has none */
#endif

/* Allocates nothing: whoever asks for the time may be an allocator. */
static void read_file(long *ahead_s, long *passed_s)
{
	const char *path = getenv("CLOCK_ERROR");
	int file = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[64];
	ssize_t length = file != -1 ? read(file, text, sizeof(text) - 1) : 0;
	char *rest;

	*ahead_s = *passed_s = 0;
	if (file != -1) {
		(void)close(file);
	}
	if (length > 0) {
		text[length] = '\0';
		*ahead_s = strtol(text, &rest, 10);
		*passed_s = strtol(rest, NULL, 10);
	}
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	/* dlsym() is no choice: a sanitizer asks for the time before it can take what that allocates */
	int result = (int)syscall(SYS_clock_gettime, clock, now);
	long ahead_s;
	long passed_s;

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
