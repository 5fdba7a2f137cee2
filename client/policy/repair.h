/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Repairs what a read found to differ: an older copy is replaced by the newer one, on the condition
 * that it is still the copy that was read. So a repair never undoes a newer write. If two copies
 * have one version, and one of them expires earlier, that one gets the time to live of the other. A
 * server that was down learns that its copy was compared, and counts it as proven. No operation
 * depends on the success of a repair.
 */

#ifndef SD_REPAIR_H
#define SD_REPAIR_H

#include "client/policy/operation.h"

/* Repairs the copies of entries that were read. `was_fetched`: the values are in their sinks. The
 * replicas' replies are lost. */
void sd_repair_entries(const struct sd_policy *policy, struct sd_entry *entries, size_t count,
                       bool was_fetched);

#endif
