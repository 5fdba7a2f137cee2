/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Has the disk write a file's pages while more of them are being written, in a thread of its own:
 * so the thread that forces the file to disk afterwards waits less. It promises nothing: only the
 * thread that forces the file to disk knows which pages are there, and whether a write failed.
 */

#ifndef SDD_WRITEBACK_H
#define SDD_WRITEBACK_H

struct sdd_writeback;

/* Starts the thread. NULL: no thread, or no memory; then it takes longer, and nothing else. */
struct sdd_writeback *sdd_writeback_start(void);

/* Ends the thread. NULL is allowed. */
void sdd_writeback_stop(struct sdd_writeback *writeback);

/* From now on, much is written to the file, which stays open until sdd_writeback_end(). NULL is
 * allowed for both. */
void sdd_writeback_begin(struct sdd_writeback *writeback, int descriptor);
void sdd_writeback_end(struct sdd_writeback *writeback);

#endif
