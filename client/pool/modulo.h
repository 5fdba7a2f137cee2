/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Placement: which of the servers a key belongs to. PHPDance's rule to the
 * letter, so that old and new clients find the same entries in one pool
 * (tests/conformance/placement.json):
 *
 *   hash     h = (h * 33 + byte) & 0x7fffffff over the key's bytes, from 0
 *   bucket   h mod buckets; a server stands in as many consecutive buckets as
 *            its weight, in order of addition
 *   second   `rotation` buckets further round; rotation is the largest weight,
 *            and there is none unless it is smaller than the number of servers
 *
 * With such a rotation first and second are never one server: its run of
 * buckets is at most `rotation` long, and so is what is left of the ring at
 * least (each of the other servers has one bucket or more).
 */

#ifndef SD_RING_H
#define SD_RING_H

#include <stddef.h>
#include <stdint.h>

#include "wire/status.h"

/* Zero-initialised it is a ring of no servers. */
struct sd_ring {
	uint64_t *ends;      /* ends[i]: the bucket after server i's last one */
	size_t count;        /* servers */
	uint32_t max_weight; /* the rotation, if there is one */
};

/* The hash of a key, 31 bits. */
uint32_t sd_ring_hash(const void *key, size_t key_length);

/* Adds a server of that weight, at least 1, behind the others. Returns SD_OK or SD_NO_MEMORY. */
enum sd_status sd_ring_add(struct sd_ring *ring, uint32_t weight);

/* Forgets all servers and gives the memory back. */
void sd_ring_clear(struct sd_ring *ring);

/* Whether each key has a second server. */
bool sd_ring_has_second(const struct sd_ring *ring);

/* The index, in order of addition, of the server that a key of that hash belongs to. The ring has
 * one. */
size_t sd_ring_first(const struct sd_ring *ring, uint32_t hash);

/* The index of its second server; sd_ring_has_second() holds. */
size_t sd_ring_second(const struct sd_ring *ring, uint32_t hash);

#endif
