/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Conditional writes: add, replace, compare and swap, arithmetic. Without redundancy the server
 * checks the condition itself. With redundancy one of the two servers decides, the first if it is
 * up, and the new value is then carried to the other.
 */

#ifndef SD_CHANGE_H
#define SD_CHANGE_H

#include "client/policy/operation.h"

/*
 * Changes one entry. SD_OK; SD_CONFLICT: the condition is not met; SD_ABSENT: there is no number to
 * adjust; or a failure. The new number of SD_ADJUST goes to the entry's sink.
 *
 * If two clients change an entry at the same time, and one sees a server down that the other sees
 * up, different servers would decide. So with redundancy a lock on the servers that both see lets
 * only one change run at a time.
 */
enum sd_status sd_change_entry(const struct sd_policy *policy, struct sd_entry *entry,
                               const struct sd_change *change, struct sd_error *error);

/* The same without the lock. */
enum sd_status sd_change_entry_unlocked(const struct sd_policy *policy, struct sd_entry *entry,
                                        const struct sd_change *change, struct sd_error *error);

#endif
