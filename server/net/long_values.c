/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Copies of long values; see long_values.h. */

#include "server/net/long_values.h"

#include <stdlib.h>

/* The offset alone decides, since two values do not have the same; clients do not choose it. */
static size_t bucket_of(const struct sdd_value_identity *identity)
{
	return (size_t)(identity->offset * 0x9e3779b97f4a7c15u >> 32) % SDD_LONG_VALUES_BUCKETS;
}

static bool is_same(const struct sdd_value_identity *one, const struct sdd_value_identity *other)
{
	return one->offset == other->offset && one->check == other->check &&
	       one->length == other->length;
}

struct sdd_long_value *sdd_long_values_find(struct sdd_long_values *values,
                                            const struct sdd_value_identity *identity)
{
	struct sdd_long_value *value;

	LIST_FOREACH(value, &values->buckets[bucket_of(identity)], link)
	{
		if (is_same(&value->identity, identity)) {
			value->references++;
			return value;
		}
	}
	return NULL;
}

struct sdd_long_value *sdd_long_values_new(struct sdd_long_values *values,
                                           const struct sdd_value_identity *identity)
{
	struct sdd_long_value *value = malloc(sizeof(*value) + identity->length);

	if (value == NULL) {
		return NULL;
	}
	value->link.from = NULL; /* it is in no list */
	value->values = values;
	value->identity = *identity;
	value->references = 1;
	values->used += identity->length;
	return value;
}

void sdd_long_value_publish(struct sdd_long_value *value)
{
	LIST_INSERT_HEAD(&value->values->buckets[bucket_of(&value->identity)], value, link);
}

void sdd_long_value_release(struct sdd_long_value *value)
{
	if (--value->references > 0) {
		return;
	}
	if (value->link.from != NULL) {
		LIST_REMOVE(value, link);
	}
	value->values->used -= value->identity.length;
	value->values->freed += value->identity.length;
	free(value);
}
