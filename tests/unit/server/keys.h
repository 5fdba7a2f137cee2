/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Keys by their number. */

#ifndef KEYS_H
#define KEYS_H

#include <stdio.h>
#include <string.h>

#include "server/store/store.h"

/* Valid until the next call. */
static inline struct sdd_bytes key_of(unsigned number)
{
	static char key[16];

	(void)snprintf(key, sizeof(key), "key-%08u", number);
	return (struct sdd_bytes){key, strlen(key)};
}

#endif
