/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Where fetched values go: a zend_string that grows, without a copy at the end. */

#include "php_sharedance.h"

/* Bytes that came. */
static size_t length_of(const struct php_sharedance_sink *intern)
{
	return intern->value == NULL ? 0 : ZSTR_LEN(intern->value) - intern->sink.room;
}

static bool sink_grow(struct sd_sink *sink, size_t wanted)
{
	struct php_sharedance_sink *intern = (struct php_sharedance_sink *)sink;
	size_t length = length_of(intern);
	/* doubled, so that a value of any size is copied about once */
	zend_string *value =
	    intern->value == NULL ? php_sharedance_string_alloc(wanted)
	                          : php_sharedance_string_extend(intern->value, 2 * length + wanted);

	if (value == NULL) {
		return false;
	}
	intern->value = value;
	sink->at = (uint8_t *)ZSTR_VAL(value) + length;
	sink->room = ZSTR_LEN(value) - length;
	return true;
}

static void sink_restart(struct sd_sink *sink)
{
	size_t length = length_of((struct php_sharedance_sink *)sink);

	if (length > 0) { /* where nothing came there is no memory to point into */
		sink->at -= length;
		sink->room += length;
	}
}

static struct sd_bytes sink_came(const struct sd_sink *sink)
{
	const struct php_sharedance_sink *intern = (const struct php_sharedance_sink *)sink;

	return (struct sd_bytes){intern->value == NULL ? "" : ZSTR_VAL(intern->value),
	                         length_of(intern)};
}

const struct sd_sink_kind php_sharedance_sink_kind = {sink_grow, sink_restart, sink_came};

zend_string *php_sharedance_sink_take(struct php_sharedance_sink *sink)
{
	zend_string *value = sink->value;

	if (value == NULL) {
		return ZSTR_EMPTY_ALLOC();
	}
	if (sink->sink.room > 0) {
		value = zend_string_truncate(value, length_of(sink), /* persistent */ false);
	}
	ZSTR_VAL(value)[ZSTR_LEN(value)] = '\0';
	sink->value = NULL;
	return value;
}
