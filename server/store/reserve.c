/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The reserve; see reserve.h. */

#include "server/store/reserve.h"

#include <fcntl.h>

#include "server/store/directory.h"
#include "server/store/io.h"

/* More than the pages that LMDB copies in a short transaction of the sweep. */
#define RESERVE_BYTES (2 * 1024 * 1024)

void sdd_reserve_open(struct sdd_reserve *reserve, const char *directory)
{
	reserve->directory = sdd_io_open_directory(directory);
	reserve->descriptor = -1;
	reserve->is_taken = false;
	sdd_reserve_restore(reserve);
}

bool sdd_reserve_release(struct sdd_reserve *reserve)
{
	bool was_taken = reserve->is_taken;

	reserve->is_taken = was_taken && sdd_io_ftruncate(reserve->descriptor, 0) != 0;
	return was_taken && !reserve->is_taken;
}

void sdd_reserve_restore(struct sdd_reserve *reserve)
{
	if (reserve->descriptor == -1 && reserve->directory != -1) {
		reserve->descriptor =
			sdd_io_openat(reserve->directory, SDD_FILE_RESERVE, O_RDWR | O_CREAT, 0600);
	}
	if (reserve->descriptor == -1 || reserve->is_taken) {
		return;
	}
	reserve->is_taken = sdd_io_allocate(reserve->descriptor, RESERVE_BYTES) == 0;
	if (!reserve->is_taken) {
		(void)sdd_io_ftruncate(reserve->descriptor, 0); /* a part would help nobody */
	}
}

void sdd_reserve_close(struct sdd_reserve *reserve)
{
	if (reserve->descriptor != -1) {
		(void)sdd_io_close(reserve->descriptor);
		reserve->descriptor = -1;
	}
	if (reserve->directory != -1) {
		(void)sdd_io_close(reserve->directory);
		reserve->directory = -1;
	}
}
