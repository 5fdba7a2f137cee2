/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A double of server/store/memtable.c: the same with small chunks, so that a batch of some
 * kilobytes is several frames. */

#define CHUNK_BYTES 32768u

#include "server/store/memtable.c"
