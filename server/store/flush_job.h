/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A flush job: the sweep, and then the immutable memtable, to the B-tree. It is the part of the
 * flusher that its thread does.
 *
 * LMDB keeps memory for as many pages as its largest transaction changed, as long as it is open. So
 * a large memtable takes several transactions, in the order of the keys: neighbours are on the same
 * pages, and few pages are written twice. Readers do not notice, because they find in the memtable
 * first what it has. The last transaction records the generation of the write-ahead log that the
 * memtable completes: until it is on disk, the log is replayed from the beginning of it.
 */

#ifndef SDD_FLUSH_JOB_H
#define SDD_FLUSH_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"
#include "server/store/ttls.h"
#include "server/system/store_clock.h"

struct sdd_btree;
struct sdd_known;
struct sdd_layers;
struct sdd_memtable;
struct sdd_reserve;

struct sdd_flush_job {
	const struct sdd_layers *layers;
	struct sdd_reserve *reserve;         /* of the disk */
	const struct sdd_memtable *memtable; /* complete, or empty */
	size_t keys_at_once;                 /* in one transaction; 1 or more */
	size_t rows_at_once;                 /* that it sweeps in one; 1 or more */
	uint32_t epoch;                      /* in which it was written */
	uint64_t generation;                 /* of the log, that it completes; 0: none */
	uint64_t version;                    /* the last that was given */
	uint64_t newest;                     /* no operation has a larger version */
	int64_t now_ms;                      /* what has expired by then is removed; 0: nothing is */
	int64_t after_ms;                    /* what had expired by then is not: sdd_btree_sweep() */
	struct sdd_ttls ttls;                /* to be remembered */
	struct sdd_clock_anchor anchor;      /* that, too */
	bool has_news;                       /* they are to be written now */
	uint32_t values_failures;            /* layers->immutable_failures */

	enum sdd_result result; /* SDD_FULL, SDD_FAILED: a part of it may be written */
	char reason[SDD_STORE_REASON_MAX];
	size_t swept;          /* entries that the sweep examined */
	bool has_more;         /* there is more to sweep */
	struct sdd_known *all; /* what the memtable knows, in the order of the keys; NULL: none */
	size_t count;          /* of all */
};

/* Does the job, and sets its results. */
void sdd_flush_job_run(struct sdd_flush_job *job, struct sdd_btree *btree);

/* Whether the store needs room after the job, as it may have before it: then what has expired is
 * removed whatever the wall clock says. */
bool sdd_flush_job_needs_room(const struct sdd_flush_job *job);

#endif
