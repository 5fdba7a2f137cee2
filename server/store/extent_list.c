/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A list of extents; see extent_list.h. */

#include "server/store/extent_list.h"

#include <stdlib.h>

#define FIRST_CAPACITY 64

bool sdd_extent_list_add(struct sdd_extent_list *list, const struct sdd_extent *extent)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : 2 * list->capacity;
		struct sdd_extent *extents = realloc(list->extents, capacity * sizeof(*extents));

		if (extents == NULL) {
			return false;
		}
		list->extents = extents;
		list->capacity = capacity;
	}
	list->extents[list->count++] = *extent;
	return true;
}
