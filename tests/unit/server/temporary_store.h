/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A store in a directory of its own, which is removed with it. */

#ifndef TEMPORARY_STORE_H
#define TEMPORARY_STORE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/store/store.h"
#include "tests/unit/unit.h"

struct temporary_store {
	char directory[128];
	struct sdd_store *store;
};

static inline void temporary_store_open(struct temporary_store *temporary, uint64_t max_size)
{
	const char *parent = getenv("TMPDIR");
	char reason[SDD_STORE_REASON_MAX];

	(void)snprintf(temporary->directory, sizeof(temporary->directory), "%s/sharedanced-test-XXXXXX",
	               parent == NULL ? "/tmp" : parent);
	assert_non_null(mkdtemp(temporary->directory));
	temporary->store = sdd_store_open(temporary->directory, max_size, SDD_SYNC_NEVER, reason);
	assert_non_null(temporary->store);
}

/* Closes the store and opens it again: a new epoch. */
static inline void temporary_store_reopen(struct temporary_store *temporary, uint64_t max_size)
{
	char reason[SDD_STORE_REASON_MAX];

	sdd_store_close(temporary->store);
	temporary->store = sdd_store_open(temporary->directory, max_size, SDD_SYNC_NEVER, reason);
	assert_non_null(temporary->store);
}

static inline void temporary_store_close(struct temporary_store *temporary)
{
	DIR *directory = opendir(temporary->directory);
	struct dirent *file;
	char path[512];

	sdd_store_close(temporary->store);
	assert_non_null(directory);
	while ((file = readdir(directory)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", temporary->directory, file->d_name);
		(void)unlink(path);
	}
	(void)closedir(directory);
	assert_int_equal(rmdir(temporary->directory), 0);
}

#endif
