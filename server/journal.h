/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What was acknowledged and is not in a commit of LMDB yet. A commit writes a
 * handful of pages however little has changed; the journal takes one short write
 * a turn, and one commit takes the turns of a fifth of a second together.
 *
 * It is there for the death of the process, `kill -9` or a crash: what was
 * written to the file is the system's then. It is never forced to disk, and after a
 * power cut, or any other start of the system, it counts as empty: what that
 * leaves is durable.h's affair.
 *
 * The file has a header, of one generation, and turns behind it. A turn that was
 * cut, or is of an earlier generation, ends it: its check is of both. Each
 * operation tells all that an entry has afterwards, so that carrying out again
 * what a commit has already does no harm.
 */

#ifndef SDD_JOURNAL_H
#define SDD_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store.h"

struct sdd_journal;

enum sdd_journal_operation {
	SDD_JOURNAL_PUT,
	SDD_JOURNAL_CHANGE, /* the value stays */
	SDD_JOURNAL_REMOVE,
};

/* The journal of a directory, made where there is none. NULL, with errno: it cannot be used. */
struct sdd_journal *sdd_journal_open(const char *directory);

/* Closes it, and removes the file where `is_empty` says that all of it is committed. NULL is
 * allowed. */
void sdd_journal_close(struct sdd_journal *journal, bool is_empty);

/* The store's life in which what it has was written; 0: it has nothing. */
uint32_t sdd_journal_life(const struct sdd_journal *journal);

/* Notes an operation of the turn, in memory. `entry` is not looked at for a removal. */
void sdd_journal_note(struct sdd_journal *journal, enum sdd_journal_operation operation,
                      struct sdd_bytes key, const struct sdd_entry *entry);

/* Bytes that the turn has noted; 0: nothing. */
size_t sdd_journal_noted(const struct sdd_journal *journal);

/* The turn is lost, or committed otherwise. */
void sdd_journal_forget(struct sdd_journal *journal);

/* Writes the turn. False, with errno: it is not written, and forgotten. */
bool sdd_journal_write(struct sdd_journal *journal);

/* Bytes of all turns that were written. */
size_t sdd_journal_size(const struct sdd_journal *journal);

/* All that it has is committed: it begins anew, in that life of the store. False, with errno: as with
 * sdd_journal_write(), and it is as it was. */
bool sdd_journal_begin_anew(struct sdd_journal *journal, uint32_t life);

/* Hands over all operations in order, until one is answered with something else than 0, which is
 * returned; -1, with errno: it cannot be read. Keys and values are valid during the call. */
int sdd_journal_replay(struct sdd_journal *journal,
                       int (*carry_out)(void *context, enum sdd_journal_operation operation,
                                        struct sdd_bytes key, const struct sdd_entry *entry),
                       void *context);

#endif
