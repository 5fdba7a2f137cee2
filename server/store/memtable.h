/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The writes that are not in the B-tree yet, in memory.
 *
 * Operations are appended to a log of records (record.h); an index finds the last operations on a
 * key. Nothing in the log moves or changes until the memtable is cleared. The last batch can be
 * rolled back until it is committed. A memtable that is complete is only read, and several threads
 * may read it.
 *
 * Bytes and memory only: no I/O, no clock, no B-tree.
 */

#ifndef SDD_MEMTABLE_H
#define SDD_MEMTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/store/entry.h"
#include "server/store/record.h"

struct sdd_memtable;

/* What a memtable knows of a key; the records are its own memory. */
struct sdd_known {
	const struct sdd_record *last; /* the last operation; NULL: nothing is known */
	const struct sdd_record *put;  /* has the value; NULL: it was removed, or is in older layers */
};

/* NULL: no memory. */
struct sdd_memtable *sdd_memtable_new(void);

/* NULL is allowed. */
void sdd_memtable_free(struct sdd_memtable *memtable);

/* Forgets everything. It keeps memory for about as much as there was: so next to none if nothing
 * was added since the last time. */
void sdd_memtable_clear(struct sdd_memtable *memtable);

/* What is added until the memtable is cleared was acknowledged in an earlier epoch: its entries are
 * not proven. */
void sdd_memtable_set_recovered(struct sdd_memtable *memtable);

/* Appends an operation to the batch. `entry` is ignored for SDD_REMOVE, and its value, or where
 * that is in the file of values, is needed for SDD_PUT only; both are copied. *before is what was
 * known of the key. False: no memory, and nothing has changed. */
bool sdd_memtable_add(struct sdd_memtable *memtable, enum sdd_record_kind kind,
                      const struct sdd_key *key, const struct sdd_entry *entry,
                      struct sdd_known *before);

/* What is known of a key, the batch included. */
struct sdd_known sdd_memtable_find(const struct sdd_memtable *memtable, const struct sdd_key *key);

/* Has the processor fetch from memory what it will look at for a key with that hash, in `step` 0, 1
 * and 2, one after the other. The next one is to be asked for some operations later, when the one
 * before is there. It changes nothing. */
void sdd_memtable_approach(const struct sdd_memtable *memtable, uint64_t hash, int step);

/* The frames of the batch, in order: *count of them, valid until the next operation. */
struct sdd_frame *sdd_memtable_batch(struct sdd_memtable *memtable, size_t *count);

/* Ends the batch; it can no longer be rolled back. */
void sdd_memtable_commit(struct sdd_memtable *memtable);

/* Forgets the batch: everything is as it was before it, memory included. */
void sdd_memtable_rollback(struct sdd_memtable *memtable);

/* Bytes of the log, the batch included. */
size_t sdd_memtable_size(const struct sdd_memtable *memtable);

/* The bytes of memory of that, and of the index. */
size_t sdd_memtable_memory(const struct sdd_memtable *memtable);

/* How many numbers sdd_memtable_at() has. */
size_t sdd_memtable_count(const struct sdd_memtable *memtable);

/* What is known of each key, by a number from 0. Of some numbers nothing is known. False: there is
 * no such number. */
bool sdd_memtable_at(const struct sdd_memtable *memtable, size_t number, struct sdd_known *known);

#endif
