/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A double of server/store/btree.c and btree_open.c: a few entries in memory. What was committed
 * survives the process and a power cut; a transaction that is open does not. A commit is a call of
 * fake_faults.h, like those on files. It can also be made to fail by itself.
 */

#ifndef FAKE_BTREE_H
#define FAKE_BTREE_H

#include <stdbool.h>

#include "server/store/entry.h"

/* There is no B-tree any more. To be called before and after each test; none is open. */
void fake_btree_reset(void);

/* The commit of that number fails, and each one after it if `lasting`. They are counted from this
 * call on, from 0; a negative number: none fails. */
void fake_btree_fail(int number, enum sdd_result result, bool lasting);

/* How many commits there were since the last fake_btree_fail(). */
int fake_btree_commits(void);

/* The next commit makes LMDB give up, as if the disk had no room for a root, and ends after a find
 * has failed for it. */
void fake_btree_give_up(void);

/* Whether a find has failed for it. */
bool fake_btree_has_given_up(void);

/* Whether the disk is full from now on: a commit needs the room of the reserve, unless it follows
 * one that made room. */
void fake_btree_fill_disk(bool is_full);

/* Another B-tree: its id differs, and it has no entries. */
void fake_btree_replace(void);

/* The generation of the log that is recorded. */
uint64_t fake_btree_generation(void);

#endif
