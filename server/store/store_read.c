/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Reading values, wherever they are; see store.h. */

#include <string.h>

#include "server/store/store_internal.h"
#include "server/store/values.h"

enum sdd_result sdd_store_read(struct sdd_store *store, const struct sdd_entry *entry, void *room)
{
	if (entry->extent.length > 0) {
		return sdd_values_read(store->layers.values, &entry->extent, room, store->layers.reason);
	}
	if (entry->value.length > 0) {
		memcpy(room, entry->value.data, entry->value.length);
	}
	return SDD_DONE;
}

enum sdd_result sdd_store_check(struct sdd_store *store, const struct sdd_entry *entry,
                                size_t *length)
{
	const struct sdd_extent *extent = &entry->extent;

	if (extent->length == 0 || sdd_values_is_known_whole(store->layers.values, extent)) {
		*length = 0;
		return SDD_DONE;
	}
	*length = extent->length;
	return sdd_values_check(store->layers.values, extent, store->layers.reason);
}
