/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Time; see clock.h. */

#include "server/system/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define READINGS 5 /* at most: one in which the process was not interrupted counts */

static int64_t ms_of(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t sdd_clock_wall_ms(void)
{
	return ms_of(CLOCK_REALTIME);
}

int64_t sdd_clock_boot_at(struct timespec *now)
{
	(void)clock_gettime(CLOCK_BOOTTIME, now);
	return (int64_t)now->tv_sec * 1000 + now->tv_nsec / 1000000;
}

int64_t sdd_clock_boot_ms(void)
{
	return ms_of(CLOCK_BOOTTIME);
}

int64_t sdd_clock_boot_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return sdd_clock_us_of(&now);
}

struct sdd_clock_reading sdd_clock_read(void)
{
	struct sdd_clock_reading reading;

	for (int i = 0; i < READINGS; i++) {
		reading.boot_ms = sdd_clock_boot_ms();
		reading.wall_ms = sdd_clock_wall_ms();
		if (sdd_clock_boot_ms() == reading.boot_ms) {
			break;
		}
	}
	return reading;
}

int64_t sdd_clock_monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return sdd_clock_us_of(&now);
}

int64_t sdd_clock_monotonic_ms(void)
{
	return sdd_clock_monotonic_us() / 1000;
}

static void after_ms(clockid_t clock, int ms, struct timespec *until)
{
	(void)clock_gettime(clock, until);
	until->tv_nsec += (long)ms * 1000000;
	until->tv_sec += until->tv_nsec / 1000000000;
	until->tv_nsec %= 1000000000;
}

void sdd_clock_wall_after_ms(int ms, struct timespec *until)
{
	after_ms(CLOCK_REALTIME, ms, until);
}

void sdd_clock_monotonic_after_ms(int ms, struct timespec *until)
{
	after_ms(CLOCK_MONOTONIC, ms, until);
}

void sdd_clock_boot_id(char id[SDD_BOOT_ID_BYTES])
{
	int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	memset(id, 0, SDD_BOOT_ID_BYTES);
	if (descriptor != -1) {
		if (read(descriptor, id, SDD_BOOT_ID_BYTES) != SDD_BOOT_ID_BYTES) {
			memset(id, 0, SDD_BOOT_ID_BYTES);
		}
		(void)close(descriptor);
	}
}
