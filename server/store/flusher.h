/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The thread that carries what was written into the tables, a generation at a time, and sweeps
 * them: a commit takes milliseconds, which nobody who is served has to wait for.
 *
 * LMDB keeps memory for as many pages as its largest transaction changed, as long as it is open.
 * So a large generation takes several, in the order of the keys: neighbours are on the same pages,
 * and few are written twice. Reading sees nothing of it, for what a generation has is looked for
 * there first; a power cut may leave a part of one.
 */

#ifndef SDD_WRITER_H
#define SDD_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/record.h"
#include "server/store/store.h"
#include "server/store/btree.h"

struct sdd_writer;

/* It is the writer's until sdd_writer_is_over(). */
struct sdd_task {
	const struct sdd_recent *recent; /* complete, or empty */
	bool is_batch;                   /* all of it is written or nothing */
	uint64_t version;                /* the last that was given */
	int64_t sweep_ms;                /* what expires by then is removed, */
	size_t sweep_limit;              /* as many rows are looked at */

	enum sdd_result result; /* SDD_DONE; SDD_FULL or SDD_FAILED: some of it may not be written, */
	char reason[SDD_STORE_REASON_MAX]; /* and why */
	size_t swept;                      /* rows that were looked at */
};

/* The tables are borrowed: nobody else writes to them from now on. NULL: no thread, or no memory.
 */
struct sdd_writer *sdd_writer_start(struct sdd_tables *tables);

/* Finishes what it is at. NULL is allowed. */
void sdd_writer_stop(struct sdd_writer *writer);

/* Begins a task; the last one is over. */
void sdd_writer_begin(struct sdd_writer *writer, struct sdd_task *task);

/* Whether it is over; there is no waiting. */
bool sdd_writer_is_over(struct sdd_writer *writer);

/* Waits until it is, so many milliseconds at the longest; SDD_WRITER_FOREVER: as long as it takes.
 */
#define SDD_WRITER_FOREVER (-1)
void sdd_writer_wait(struct sdd_writer *writer, int most_ms);

#endif
