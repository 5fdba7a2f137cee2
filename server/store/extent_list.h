/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A list of extents of the file of values, in memory that grows. */

#ifndef SDD_EXTENT_LIST_H
#define SDD_EXTENT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "server/store/entry.h"

/* Zero-initialised; free(extents) releases it. */
struct sdd_extent_list {
	struct sdd_extent *extents;
	size_t count;
	size_t capacity;
};

/* False: no memory, and the list is as it was. */
bool sdd_extent_list_add(struct sdd_extent_list *list, const struct sdd_extent *extent);

#endif
