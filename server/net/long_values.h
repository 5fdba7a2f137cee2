/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The long values that replies refer to: all replies with the same value share one copy of it. A
 * copy lives as long as a reply refers to it. What makes two values the same is an identity that
 * the caller has; what it means is not known here.
 */

#ifndef SDD_LONG_VALUES_H
#define SDD_LONG_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "server/net/connection.h"
#include "server/system/lists.h"

#define SDD_LONG_VALUES_BUCKETS 1024 /* a power of two */

struct sdd_long_values;

struct sdd_long_value {
	LIST_ENTRY(sdd_long_value) link;
	struct sdd_long_values *values; /* that it is one of */
	struct sdd_value_identity identity;
	size_t references;
	uint8_t bytes[]; /* identity.length of them */
};

/* Zero-initialised. */
struct sdd_long_values {
	LIST_HEAD(, sdd_long_value) buckets[SDD_LONG_VALUES_BUCKETS];
	size_t used;  /* bytes of all copies */
	size_t freed; /* of those that ended, since the owner has set this to 0 */
};

/* The copy with this identity, with one more reference. NULL: there is none. */
struct sdd_long_value *sdd_long_values_find(struct sdd_long_values *values,
                                            const struct sdd_value_identity *identity);

/* A copy with one reference, which nobody finds yet; the caller fills its bytes. NULL: no memory.
 */
struct sdd_long_value *sdd_long_values_new(struct sdd_long_values *values,
                                           const struct sdd_value_identity *identity);

/* The bytes are there: others may find the copy. */
void sdd_long_value_publish(struct sdd_long_value *value);

/* Ends one reference, and with the last one the copy. */
void sdd_long_value_release(struct sdd_long_value *value);

#endif
