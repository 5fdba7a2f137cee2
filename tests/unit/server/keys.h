/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Keys by their number, with a hash that the test chooses. */

#ifndef KEYS_H
#define KEYS_H

#include <stdio.h>
#include <string.h>

#include "server/store/entry.h"

/* Its bytes are valid until the next call. */
static inline struct sdd_key key_of(unsigned number, uint64_t hash)
{
	static char key[16];

	(void)snprintf(key, sizeof(key), "key-%08u", number);
	return (struct sdd_key){{key, strlen(key)}, hash};
}

#endif
