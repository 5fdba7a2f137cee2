/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Time, and which start of the system this is. No other file of the server asks the system for
 * either. */

#ifndef SDD_CLOCK_H
#define SDD_CLOCK_H

#include <stdint.h>

#include <time.h>

#define SDD_BOOT_ID_BYTES 36

/* Milliseconds since 1970. It may be set, and so may go back. */
int64_t sdd_clock_wall_ms(void);

/* Milliseconds since the system started, in which it may have slept. They never go back. */
int64_t sdd_clock_boot_ms(void);
int64_t sdd_clock_boot_us(void);

/* The same, and *now is what was read, for who may need it exactly. */
int64_t sdd_clock_boot_at(struct timespec *now);

/* A time in microseconds. */
static inline int64_t sdd_clock_us_of(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000000 + time->tv_nsec / 1000;
}

/* The two at the same moment. */
struct sdd_clock_reading {
	int64_t wall_ms;
	int64_t boot_ms;
};

/* Both clocks at the same time. */
struct sdd_clock_reading sdd_clock_read(void);

/* Microseconds, and milliseconds, since some time before the server started. They never go back. */
int64_t sdd_clock_monotonic_us(void);
int64_t sdd_clock_monotonic_ms(void);

/* The time `ms` milliseconds from now, for a wait that ends then: by the wall clock, or by the
 * monotonic one. */
void sdd_clock_wall_after_ms(int ms, struct timespec *until);
void sdd_clock_monotonic_after_ms(int ms, struct timespec *until);

/* The id of this boot; every boot has a different one. All zero if the system has none: then every
 * start of the server must be treated as a new boot. */
void sdd_clock_boot_id(char id[SDD_BOOT_ID_BYTES]);

#endif
