/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The flusher moves what was written from memory to the B-tree, and sweeps it. A commit of the
 * B-tree takes milliseconds, for which no request should wait: so a thread does both. The active
 * memtable becomes the immutable one and the thread's, while an empty one takes what is written.
 *
 * All functions here are called by the thread that serves. It alone empties the immutable memtable,
 * when nobody reads. Between the end of a flush and that moment, the immutable memtable and the
 * B-tree have the same entries.
 *
 * If the B-tree cannot be written, the immutable memtable stays, and each later flush tries it
 * again. What is written meanwhile stays in the active one, up to its maximum.
 *
 * The sweep comes before what is written, in transactions of its own, so that it makes room. It
 * removes what had expired when the memtables were switched. So an entry whose value stays in the
 * B-tree, while a change in the active memtable prolongs it, is not swept.
 */

#ifndef SDD_FLUSHER_H
#define SDD_FLUSHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/entry.h"

/* Bytes of the active memtable, sdd_flusher_waiting(), if the store is not told to take fewer. A
 * batch that begins below may end above. From a quarter of it on, the memtable is flushed without
 * being asked. More would make a commit of LMDB slower than it gains by writing a key once. */
#define SDD_ACTIVE_MAX (64u * 1024u * 1024u)

#define SDD_FLUSHER_FOREVER (-1)
#define SDD_FLUSHER_PATIENCE_MS 1000 /* how long to wait if there is something else to do */

struct sdd_flusher;
struct sdd_layers;

/* Starts the thread; the layers are borrowed. NULL: no thread, or no memory. */
struct sdd_flusher *sdd_flusher_start(struct sdd_layers *layers);

/* Lets the thread finish its job, and ends it. NULL is allowed. */
void sdd_flusher_stop(struct sdd_flusher *flusher);

/* Handles the end of a job. False: a job is running. */
bool sdd_flusher_poll(struct sdd_flusher *flusher);

/* Whether a job is running, or failed and has to be tried again; as of the last poll or wait. */
bool sdd_flusher_is_pending(const struct sdd_flusher *flusher);

/* Starts a job unless one is running: to try again the one that failed, or to flush what is
 * written; and to remove what has expired by `now_ms`, unless that is 0. No batch is open. */
void sdd_flusher_schedule(struct sdd_flusher *flusher, int64_t now_ms);

/* Starts to flush what recovery left in the immutable memtable, if anything. */
void sdd_flusher_start_recovered(struct sdd_flusher *flusher);

/* Waits for the job, `most_ms` at most. False: it is still running, or has failed. */
bool sdd_flusher_wait(struct sdd_flusher *flusher, int most_ms);

/* Flushes all that is written, and waits, `most_ms` for each job at most. With `in_batch`, the
 * active memtable stays as it is. */
void sdd_flusher_flush_and_wait(struct sdd_flusher *flusher, int most_ms, bool in_batch);

/* How much memory the active memtable has, in bytes, or what its keys count if they are short. Of
 * what it refers to in the file of values, a part counts: that takes no memory, but time to be
 * forced to disk. */
size_t sdd_flusher_waiting(const struct sdd_flusher *flusher);

/* Whether that is so much that it is to be flushed now. */
bool sdd_flusher_is_due(const struct sdd_flusher *flusher);

/* Whether the B-tree could be written to since the start. */
bool sdd_flusher_has_written(const struct sdd_flusher *flusher);

/* Flushes everything at the end, the bound on versions included. False: something is left for the
 * next start of the server. */
bool sdd_flusher_finish(struct sdd_flusher *flusher);

/* Releases memory of the memtables if little was written for some seconds. True: it did. */
bool sdd_flusher_trim(struct sdd_flusher *flusher, int64_t now_ms);

/* Whether something is being flushed, is to be flushed, or is to be swept. */
bool sdd_flusher_has_work(const struct sdd_flusher *flusher);

/* How many entries the sweep has examined since this was last reset. No job is running. */
size_t sdd_flusher_swept(const struct sdd_flusher *flusher);
void sdd_flusher_reset_swept(struct sdd_flusher *flusher);

#endif
