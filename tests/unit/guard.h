/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Memory that ends where the bytes in it end: behind it is a page that nobody
 * may touch. What reads or writes one byte too far crashes, with any compiler
 * and without a sanitizer.
 */

#ifndef GUARD_H
#define GUARD_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define GUARD_ROOM 65536 /* bytes; a multiple of every page size we run on */

struct guard {
	uint8_t *end; /* the first byte that crashes */
	size_t page_size;
};

static inline void guard_open(struct guard *guard)
{
	uint8_t *room;

	guard->page_size = (size_t)sysconf(_SC_PAGESIZE);
	room = mmap(NULL, GUARD_ROOM + guard->page_size, PROT_READ | PROT_WRITE,
	            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(room != MAP_FAILED);
	guard->end = room + GUARD_ROOM;
	assert_int_equal(mprotect(guard->end, guard->page_size, PROT_NONE), 0);
}

static inline void guard_close(struct guard *guard)
{
	(void)munmap(guard->end - GUARD_ROOM, GUARD_ROOM + guard->page_size);
}

/* `length` bytes of room, zeroed, the last in front of the page. Valid until the next call. */
static inline void *guard_room(struct guard *guard, size_t length)
{
	assert_in_range(length, 0, GUARD_ROOM);
	return memset(guard->end - length, 0, length);
}

/* The same, filled with a copy. */
static inline void *guard_copy(struct guard *guard, const void *bytes, size_t length)
{
	void *room = guard_room(guard, length);

	if (length > 0) {
		memcpy(room, bytes, length);
	}
	return room;
}

#endif
