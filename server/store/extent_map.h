/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Which pages of the file of values are taken: a bit for each. Runs of pages are taken where they
 * fit first, so that the file stays short. Memory and arithmetic only.
 */

#ifndef SDD_EXTENT_MAP_H
#define SDD_EXTENT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

#define SDD_EXTENT_PAGE 4096u /* bytes; extents begin and end at its multiples */
#define SDD_EXTENT_CLASSES 21 /* of lengths, by powers of two of pages */

/* Zero-initialised, except for `most`: then no page is taken. */
struct sdd_extent_map {
	uint64_t *words; /* a bit for each page that was ever taken; 1: it is */
	size_t count;    /* of words */
	uint64_t most;   /* pages that the file may have */
	uint64_t taken;  /* pages that are taken */
	/* before that page no run of 2^class free pages begins */
	uint64_t hints[SDD_EXTENT_CLASSES];
};

static inline uint64_t sdd_extent_pages(uint64_t bytes)
{
	return (bytes + SDD_EXTENT_PAGE - 1) / SDD_EXTENT_PAGE;
}

/* Bytes of the file that an extent takes. */
static inline uint64_t sdd_extent_bytes(const struct sdd_extent *extent)
{
	return sdd_extent_pages(extent->length) * SDD_EXTENT_PAGE;
}

/* Takes the first run of that many free pages at or behind page `from`. False: there is none, or no
 * memory. */
bool sdd_extent_map_take(struct sdd_extent_map *map, uint64_t pages, uint64_t from,
                         uint64_t *first);

/* Takes these pages, whether some of them are taken or not. False: no memory. */
bool sdd_extent_map_mark(struct sdd_extent_map *map, uint64_t first, uint64_t pages);

/* Makes these pages free, whether some of them are free or not. */
void sdd_extent_map_free(struct sdd_extent_map *map, uint64_t first, uint64_t pages);

/* The first free run at or behind page `from` that ends before a page that is taken. False: there
 * is none, and *first is the page behind the last one that is taken. */
bool sdd_extent_map_gap(const struct sdd_extent_map *map, uint64_t from, uint64_t *first,
                        uint64_t *pages);

/* Frees the map's memory. */
void sdd_extent_map_clear(struct sdd_extent_map *map);

#endif
