/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A directory of sharedanced 0.x, whose B-tree was not forced to disk by its own commits and whose
 * log was named journal, becomes one of this version. That takes one start, which deletes the old
 * files.
 */

#ifndef SDD_UPGRADE_H
#define SDD_UPGRADE_H

#include <stdbool.h>

#include "server/store/entry.h"

struct sdd_btree;

/* To be called before the B-tree is opened. If the machine went down while the old version ran,
 * restores the root of the B-tree that is known to be on disk. False, with a reason: it cannot, and
 * the B-tree must not be opened. */
bool sdd_upgrade_before_opening(const char *directory, char reason[SDD_STORE_REASON_MAX]);

/* To be called after it was opened. Moves what the old log has to the B-tree, forces that to disk,
 * and removes the old files. *version becomes the largest version in the log, if that is larger.
 * False, with a reason: another start can try again. */
bool sdd_upgrade_after_opening(const char *directory, struct sdd_btree *btree, uint64_t *version,
                               char reason[SDD_STORE_REASON_MAX]);

#endif
