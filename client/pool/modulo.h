/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Placement: which servers of a pool a key belongs to. The rule is PHPDance's to the letter, so
 * that old and new clients find the same entries in the same pool
 * (tests/conformance/placement.json):
 *
 *   hash     h = (h * 33 + byte) & 0x7fffffff over the key's bytes, starting from 0
 *   bucket   h mod buckets; each server has as many consecutive buckets as its weight, in order of
 *            addition
 *   second   the server of the bucket `rotation` further on, wrapping around; rotation is the
 *            largest weight, and it exists only if it is smaller than the number of servers
 *
 * With such a rotation, the first and the second server always differ. A server's run of buckets
 * is at most `rotation` long, and the other servers together have at least as many buckets, because
 * each of them has at least one.
 */

#ifndef SD_MODULO_H
#define SD_MODULO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/bytes.h"
#include "wire/status.h"

/* Zero-initialised, it has no servers. */
struct sd_modulo {
	uint64_t *ends;      /* ends[i]: the bucket after the last one of server i */
	uint64_t buckets;    /* of all servers */
	size_t count;        /* servers */
	uint32_t max_weight; /* the rotation, if there is one */
};

/* The hash of a key, 31 bits. */
uint32_t sd_modulo_hash(const void *key, size_t key_length);

/* Adds a server of that weight, at least 1, after the others. SD_OK or SD_NO_MEMORY. */
enum sd_status sd_modulo_add(struct sd_modulo *modulo, uint32_t weight);

/* Removes all servers and frees the memory. */
void sd_modulo_clear(struct sd_modulo *modulo);

/* Whether every key has a second server. */
static inline bool sd_modulo_has_second(const struct sd_modulo *modulo)
{
	return modulo->max_weight < modulo->count;
}

/*
 * The servers that a key belongs to, as indices in order of addition: owners[0] is the first and,
 * if `count` is 2, owners[1] the second. There is at least one server; for a `count` of 2,
 * sd_modulo_has_second() is true.
 */
void sd_modulo_owners(const struct sd_modulo *modulo, struct sd_bytes key, size_t count,
                      size_t *owners);

#endif
