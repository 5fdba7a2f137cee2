/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which layer knows a key; see layers.h. */

#include "server/store/layers.h"

#include "server/store/btree.h"
#include "server/store/memtable.h"
#include "server/store/read_cache.h"

/* What the memtables know of a key. */
struct memory {
	const struct sdd_record *last; /* the last operation; NULL: nothing is known */
	const struct sdd_record *put;  /* has the value; NULL: the B-tree has it, if anything does */
	bool proven;
};

static struct memory find_in_memory(const struct sdd_layers *layers, const struct sdd_key *key)
{
	const struct sdd_memtable *const memtables[] = {layers->active, layers->immutable};
	struct memory memory = {0};

	for (int i = 0; i < 2; i++) {
		struct sdd_known known = sdd_memtable_find(memtables[i], key);

		if (known.last == NULL) {
			continue;
		}
		memory.last = memory.last != NULL ? memory.last : known.last;
		memory.proven = memory.proven || known.last->proven;
		memory.put = known.put;
		if (known.put != NULL || known.last->kind == SDD_REMOVE) {
			break; /* older layers do not matter */
		}
	}
	return memory;
}

/* Finds an entry of which the memtables know nothing. What the cache has may have been swept. */
static enum sdd_result find_flushed(struct sdd_layers *layers, const struct sdd_key *key,
                                    bool may_cache, struct sdd_entry *entry)
{
	enum sdd_result result;

	if (sdd_read_cache_find(layers->cache, key, entry) && entry->expires_ms > layers->swept_ms) {
		return SDD_DONE;
	}
	result = sdd_btree_find(layers->btree, key->bytes, entry, layers->reason);
	if (result == SDD_DONE && may_cache) {
		sdd_read_cache_add(layers->cache, key, entry);
	}
	return result;
}

/* Finds an entry of which the memtables know something. */
static enum sdd_result find_written(struct sdd_layers *layers, const struct memory *memory,
                                    const struct sdd_key *key, struct sdd_entry *entry)
{
	struct sdd_entry below = {0};
	enum sdd_result result = SDD_DONE;

	if (memory->last->kind == SDD_REMOVE) {
		return SDD_ABSENT;
	}
	if (memory->put != NULL) {
		below.value = sdd_record_value(memory->put);
		below.extent = sdd_record_extent(memory->put);
	} else {
		result = sdd_btree_find(layers->btree, key->bytes, &below, layers->reason);
	}
	if (result == SDD_DONE) {
		*entry = sdd_record_entry(memory->last);
		entry->value = below.value;
		entry->extent = below.extent;
		entry->proven = memory->proven || below.proven;
	}
	return result;
}

enum sdd_result sdd_layers_find(struct sdd_layers *layers, const struct sdd_key *key,
                                bool may_cache, struct sdd_entry *entry)
{
	struct memory memory = find_in_memory(layers, key);

	return memory.last == NULL ? find_flushed(layers, key, may_cache, entry)
	                           : find_written(layers, &memory, key, entry);
}
