/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* How much memory the server may use, by what the system says. */

#ifndef SDD_MEMORY_H
#define SDD_MEMORY_H

#include <stdint.h>

/*
 * The bytes of memory of the machine, or of the container if that has fewer: the least limit of the
 * process's cgroup and of those above it, of version 2 or 1. `root` is put before the names of the
 * system's files; "" except in tests.
 */
uint64_t sdd_memory_of_system(const char *root);

#endif
