/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A reserve on the disk: a file without content that occupies blocks, which are freed when the disk
 * is full. LMDB copies each page before it changes it, so it needs room even to remove expired
 * entries.
 */

#ifndef SDD_RESERVE_H
#define SDD_RESERVE_H

#include <stdbool.h>

struct sdd_reserve {
	int directory;  /* -1: it could not be opened */
	int descriptor; /* -1: the file could not be opened yet, and there is no reserve */
	bool is_taken;  /* it occupies blocks */
};

/* Opens the file in `directory`, or makes it, and takes the blocks if the disk has them. */
void sdd_reserve_open(struct sdd_reserve *reserve, const char *directory);

/* Gives the blocks back to the disk. False: there were none. */
bool sdd_reserve_release(struct sdd_reserve *reserve);

/* Takes them again, if they were freed and the disk has room; the file may be made only now. */
void sdd_reserve_restore(struct sdd_reserve *reserve);

/* Closes the file; it stays. */
void sdd_reserve_close(struct sdd_reserve *reserve);

#endif
