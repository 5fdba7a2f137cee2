/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The syncer forces the write-ahead log to disk about twice a second, in a thread of its own, so
 * that a power cut loses what was written in the last second at most. */

#ifndef SDD_SYNCER_H
#define SDD_SYNCER_H

struct sdd_syncer;
struct sdd_wal;

/* Starts the thread; the log is borrowed. NULL: no thread, or no memory. */
struct sdd_syncer *sdd_syncer_start(struct sdd_wal *wal);

/* Ends the thread. NULL is allowed. */
void sdd_syncer_stop(struct sdd_syncer *syncer);

#endif
