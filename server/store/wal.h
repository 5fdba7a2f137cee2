/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What was acknowledged and is not in the tables yet, on disk: recent.h's log. A commit of the
 * tables writes a handful of pages however little has changed; the journal takes one short write a
 * turn, and one commit takes the turns of a fifth of a second together.
 *
 * It is there for the death of the process, `kill -9` or a crash: what was written to a file is
 * the system's then. It is never forced to disk, and after a power cut, or any other start of
 * the system, it counts as empty: what that leaves is durable.h's affair.
 *
 * There are two files. One takes what is written, while what the other has is carried into the
 * tables; then they change places. A file has a header, of one generation, and the pieces of
 * batches behind it. A piece that was cut, or is of an earlier generation, ends it: its check is
 * of both. Each operation tells all that an entry has afterwards, so that carrying out again
 * what the tables have already does no harm.
 */

#ifndef SDD_JOURNAL_H
#define SDD_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/record.h"
#include "server/store/store.h"

struct sdd_journal;

/* The journal of a directory, made where there is none. NULL, with errno: it cannot be used. */
struct sdd_journal *sdd_journal_open(const char *directory);

/* Closes it, and removes the files where `is_empty` says that the tables have all of it. NULL is
 * allowed. */
void sdd_journal_close(struct sdd_journal *journal, bool is_empty);

/* The last life of the store in which something was written that is still there; 0: nothing is. */
uint32_t sdd_journal_life(const struct sdd_journal *journal);

/* Bytes of all that is there. */
size_t sdd_journal_size(const struct sdd_journal *journal);

/* What one operation is carried out by: a key, what an entry has from then on (but for a removal),
 * and the store's life in which it was written. Anything but 0 ends the replay. */
typedef int sdd_journal_operation(void *context, enum sdd_operation operation, struct sdd_bytes key,
                                  const struct sdd_entry *entry, uint32_t life);

/* Hands over all operations in order, until one is answered with something else than 0, which is
 * returned; -1, with errno: it cannot be read. Keys and values are valid during the call. */
int sdd_journal_replay(struct sdd_journal *journal, sdd_journal_operation *carry_out,
                       void *context);

/* The tables have all of it: both files begin anew, in that life of the store. False, with errno.
 */
bool sdd_journal_begin_anew(struct sdd_journal *journal, uint32_t life);

/* Writes a batch, whose pieces it completes. False, with errno: it is not written. */
bool sdd_journal_write(struct sdd_journal *journal, struct sdd_piece *pieces, size_t count);

/* The other file, which the tables have all of, takes what comes. False, with errno: it cannot be
 * begun anew, and nothing changes. */
bool sdd_journal_change_over(struct sdd_journal *journal);

/* The tables have all of the other file. */
void sdd_journal_forget_other(struct sdd_journal *journal);

#endif
