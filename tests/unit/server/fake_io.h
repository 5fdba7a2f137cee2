/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A double of server/store/io.c: files in memory, in one directory, whatever its path. Any call can
 * be made to fail (fake_faults.h), and a power cut forgets what was not synced. A sync that failed
 * is not made up for by a later one: like Linux, the next one syncs only what was written since.
 * Like ext4 with new blocks, it does not even do that for the same pages, unless they were
 * forgotten (sdd_io_forget()) or punched in between. Threads may call.
 */

#ifndef FAKE_IO_H
#define FAKE_IO_H

#include <stddef.h>
#include <stdint.h>

struct chance;

/* No files, no open descriptors, no faults. To be called before and after each test. */
void fake_io_reset(void);

/* Files are as they were when last synced, and names as when the directory was. All is closed. With
 * `chance`, some of the pages that were written since, but never synced, are on disk, too. */
void fake_io_cut_power(struct chance *chance);

/* How many descriptors are open. */
int fake_io_open_descriptors(void);

/* The content of a file, which may be changed; NULL: there is none of that name. */
uint8_t *fake_io_content(const char *name, size_t *size);

#endif
