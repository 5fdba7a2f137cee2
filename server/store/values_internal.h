/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The file of values from inside; for values.c and values_read.c only. */

#ifndef SDD_VALUES_INTERNAL_H
#define SDD_VALUES_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "server/store/extent_list.h"
#include "server/store/values.h"

#define SDD_VALUES_DAMAGED_MOST 64 /* extents that are remembered */
#define SDD_VALUES_SEEN 64         /* the same of those that were read last */

/* An extent that was whole when it was read. */
struct sdd_values_seen {
	struct sdd_extent extent;
	int64_t read_ms; /* monotonic; 0: none was */
};

struct sdd_values {
	int directory;
	atomic_int descriptor; /* -1: the file could not be opened */
	int open_error;        /* why it could not be opened for writing; 0: it could */
	enum sdd_sync sync;
	struct sdd_extent_map map;
	uint64_t end;         /* bytes that the file has, or more */
	uint64_t first_free;  /* page: what is before it is not written to; 0: there is no such bound */
	bool is_sealed;       /* that bound stays */
	bool has_free_blocks; /* free pages may occupy blocks of the disk */

	struct sdd_extent_list batch;             /* written by the batch that is open */
	struct sdd_extent_list dropped;           /* by that batch */
	uint32_t batch_failures;                  /* taken before the first of them was written */
	struct sdd_extent_list active_dropped;    /* since the last switch, and not free yet */
	struct sdd_extent_list immutable_dropped; /* by the memtable that is being flushed */
	uint64_t unflushed;
	bool is_pinned;                /* a backup may read what the B-tree drops */
	struct sdd_extent_list pinned; /* dropped by the B-tree meanwhile */

	struct sdd_extent damaged[SDD_VALUES_DAMAGED_MOST];
	size_t damaged_count;                         /* how many there ever were */
	struct sdd_values_seen seen[SDD_VALUES_SEEN]; /* each at its first page's number */

	/* shared by all threads */
	pthread_mutex_t syncing; /* a second call waits for the first */
	atomic_bool is_unsynced;
	atomic_bool is_name_unsynced;
	atomic_uint failures;
	atomic_uint syncs; /* claims that have begun, plus those that have ended */
};

/* Reads a value. SDD_DONE; SDD_DAMAGED; SDD_FAILED, with errno. */
enum sdd_result sdd_values_read_extent(const struct sdd_values *values,
                                       const struct sdd_extent *extent, void *room);

/* An extent is as it was written, from now on. */
void sdd_values_forget_damage(struct sdd_values *values, const struct sdd_extent *extent);

#endif
