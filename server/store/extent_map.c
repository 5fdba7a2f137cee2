/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The map of pages; see extent_map.h. */

#include "server/store/extent_map.h"

#include <stdlib.h>
#include <string.h>

#define BITS 64u

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How many pages from `page` on are all free, or all taken, as far as the end of its word. */
static uint64_t alike(const struct sdd_extent_map *map, uint64_t page, bool *is_taken)
{
	uint64_t left = BITS - page % BITS;
	uint64_t word;

	*is_taken = false;
	if (page / BITS >= map->count) {
		return left;
	}
	word = map->words[page / BITS] >> page % BITS;
	*is_taken = word & 1;
	word = *is_taken ? ~word : word;
	return word == 0 ? left : min(left, (uint64_t)__builtin_ctzll(word));
}

/* Room for the bits of all pages before `end`. */
static bool grow_map(struct sdd_extent_map *map, uint64_t end)
{
	size_t wanted = (size_t)((end + BITS - 1) / BITS);
	uint64_t *words;

	if (wanted <= map->count) {
		return true;
	}
	wanted = wanted > 2 * map->count ? wanted : 2 * map->count;
	words = realloc(map->words, wanted * sizeof(*words));
	if (words == NULL) {
		return false;
	}
	memset(words + map->count, 0, (wanted - map->count) * sizeof(*words));
	map->words = words;
	map->count = wanted;
	return true;
}

/* Sets the bits of pages for which there is room. */
static void set_pages(struct sdd_extent_map *map, uint64_t first, uint64_t pages, bool taken)
{
	for (uint64_t page = first; page < first + pages;) {
		uint64_t count = min(BITS - page % BITS, first + pages - page);
		uint64_t mask = (count == BITS ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1) << page % BITS;
		uint64_t *word = &map->words[page / BITS];

		if (taken) {
			map->taken += (uint64_t)__builtin_popcountll(mask & ~*word);
			*word |= mask;
		} else {
			map->taken -= (uint64_t)__builtin_popcountll(mask & *word);
			*word &= ~mask;
		}
		page += count;
	}
}

static unsigned class_of(uint64_t pages)
{
	unsigned class = 63 - (unsigned)__builtin_clzll(pages);

	return class < SDD_EXTENT_CLASSES ? class : SDD_EXTENT_CLASSES - 1;
}

/* Finds a run. *hint becomes the first page of one of 2^class pages, which may be shorter. */
static bool find(const struct sdd_extent_map *map, uint64_t pages, uint64_t from, uint64_t least,
                 uint64_t *first, uint64_t *hint)
{
	uint64_t run = 0; /* free pages before `page` */
	uint64_t page = from;
	bool has_hint = false;

	while (page - run + pages <= map->most) {
		bool is_taken;
		uint64_t count = alike(map, page, &is_taken);

		run = is_taken ? 0 : run + count;
		page += count;
		if (run >= least && !has_hint) {
			has_hint = true;
			*hint = page - run;
		}
		if (run >= pages) {
			*first = page - run;
			return true;
		}
	}
	return false;
}

bool sdd_extent_map_take(struct sdd_extent_map *map, uint64_t pages, uint64_t from, uint64_t *first)
{
	unsigned class = class_of(pages);
	uint64_t hint = map->hints[class];
	bool starts_at_hint = from <= hint;

	if (!find(map, pages, starts_at_hint ? hint : from, UINT64_C(1) << class, first, &hint) ||
	    !grow_map(map, *first + pages)) {
		return false;
	}
	if (starts_at_hint) {
		map->hints[class] = hint;
	}
	set_pages(map, *first, pages, /* taken */ true);
	return true;
}

bool sdd_extent_map_mark(struct sdd_extent_map *map, uint64_t first, uint64_t pages)
{
	if (!grow_map(map, first + pages)) {
		return false;
	}
	set_pages(map, first, pages, /* taken */ true);
	return true;
}

void sdd_extent_map_free(struct sdd_extent_map *map, uint64_t first, uint64_t pages)
{
	uint64_t end = min(first + pages, (uint64_t)map->count * BITS);

	if (first >= end) {
		return;
	}
	set_pages(map, first, end - first, /* taken */ false);
	/* a run that begins earlier than this one did is as good from here on */
	for (unsigned class = 0; class < SDD_EXTENT_CLASSES; class ++) {
		uint64_t before = (UINT64_C(1) << class) - 1;

		map->hints[class] = min(map->hints[class], first > before ? first - before : 0);
	}
}

bool sdd_extent_map_gap(const struct sdd_extent_map *map, uint64_t from, uint64_t *first,
                        uint64_t *pages)
{
	uint64_t end = (uint64_t)map->count * BITS;
	uint64_t run = 0;

	for (uint64_t page = from; page < end;) {
		bool is_taken;
		uint64_t count = alike(map, page, &is_taken);

		if (is_taken && run > 0) {
			*first = page - run;
			*pages = run;
			return true;
		}
		run = is_taken ? 0 : run + count;
		page += count;
	}
	*first = end > from ? end - run : from;
	return false;
}

void sdd_extent_map_clear(struct sdd_extent_map *map)
{
	free(map->words);
	memset(map, 0, sizeof(*map));
}
