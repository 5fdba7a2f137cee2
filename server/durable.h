/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a power cut leaves of a store whose commits are not forced to disk one
 * by one.
 *
 * LMDB writes a commit's pages and then the page that points to them, its root,
 * in the order that the system likes best: when the machine goes down between,
 * the root on disk may point to pages that are not. So once a second a thread
 *
 *   1. begins to read the last commit, so that none of its pages is used again,
 *   2. notes its root,
 *   3. forces the data file to disk, and then the note in a file of its own,
 *   4. ends reading the commit that was noted before.
 *
 * After a power cut the noted root is put back: it and all pages below it are
 * on disk and untouched. The last second is lost, the store never is. Where only
 * the process died nothing is put back, for the system has written everything.
 *
 * The layout of a root (LMDB's MDB_meta, data version 1) is known here and
 * checked against the library before it is relied upon.
 */

#ifndef SDD_DURABLE_H
#define SDD_DURABLE_H

#include <stdbool.h>
#include <stddef.h>

struct MDB_env;
struct sdd_durable;

#define SDD_BOOT_ID_BYTES 36

/* Which start of the system this is: another one has another id. All zero where it has none, and every
 * start of the server has to count as one. */
void sdd_durable_boot_id(char id[SDD_BOOT_ID_BYTES]);

/*
 * Before the store in `directory` is opened: puts the noted root back where the
 * machine went down since. False, with a reason, where that fails; the store
 * must not be opened then.
 */
bool sdd_durable_recover(const char *directory, char *reason, size_t reason_size);

/* Notes a root at once and then once a second, in a thread; the environment is borrowed, and opened
 * with MDB_NOTLS. NULL, with a reason: it cannot. */
struct sdd_durable *sdd_durable_start(struct MDB_env *env, const char *directory, char *reason,
                                      size_t reason_size);

/* Does so now, in the caller's thread: the pages that were overwritten since the last time can be used
 * again after it. NULL is allowed: nothing is kept then. */
void sdd_durable_note(struct sdd_durable *durable);

/* For a store that is not guarded so: forces it to disk and drops a note that an earlier server left,
 * which would be put back some day over newer data. False: that cannot be. */
bool sdd_durable_forget(struct MDB_env *env, const char *directory);

/* Stops, forces everything to disk and drops the note. NULL is allowed. */
void sdd_durable_stop(struct sdd_durable *durable);

#endif
