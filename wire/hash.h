/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * FNV-1a, for small tables and checksums whose bytes nobody chooses to collide. A
 * hash begins with the basis and takes one byte after the other. What it makes is
 * stored on disk and on other machines: it never changes.
 */

#ifndef SD_HASH_H
#define SD_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SD_FNV32_BASIS 2166136261u
#define SD_FNV64_BASIS UINT64_C(14695981039346656037)

static inline uint32_t sd_fnv32_byte(uint32_t hash, uint8_t byte)
{
	return (hash ^ byte) * 16777619u;
}

static inline uint64_t sd_fnv64_byte(uint64_t hash, uint8_t byte)
{
	return (hash ^ byte) * UINT64_C(1099511628211);
}

/* The hash of `length` bytes. */
static inline uint32_t sd_fnv32(const void *bytes, size_t length)
{
	uint32_t hash = SD_FNV32_BASIS;

	for (size_t i = 0; i < length; i++) {
		hash = sd_fnv32_byte(hash, ((const uint8_t *)bytes)[i]);
	}
	return hash;
}

static inline uint64_t sd_fnv64(const void *bytes, size_t length)
{
	uint64_t hash = SD_FNV64_BASIS;

	for (size_t i = 0; i < length; i++) {
		hash = sd_fnv64_byte(hash, ((const uint8_t *)bytes)[i]);
	}
	return hash;
}

#endif
