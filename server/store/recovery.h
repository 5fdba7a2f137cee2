/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What an opening makes of the write-ahead log that an earlier process left. */

#ifndef SDD_RECOVERY_H
#define SDD_RECOVERY_H

#include <stdbool.h>

#include "server/store/entry.h"
#include "server/store/layers.h"

/*
 * Opens the log of `directory`. What it has becomes the immutable memtable, which is served at once
 * and flushed like any other; its entries keep the epoch in which they were written. The present
 * epoch becomes a later one, and layers->version at least the largest version in the log that is
 * not too far ahead of the wall clock. False, with a reason: the log cannot be read. A log that
 * cannot be written, or a full disk, prevents nothing.
 */
bool sdd_recovery_run(struct sdd_layers *layers, const char *directory,
                      char reason[SDD_STORE_REASON_MAX]);

#endif
