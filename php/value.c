/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The sink that collects a fetched value in a zend_string. The string is longer
 * than what has arrived by the sink's room; taking the value cuts it to length.
 */

#include "php/value.h"

/* Bytes that have arrived. */
static size_t length_of(const struct php_sharedance_value *value)
{
	return value->string == NULL ? 0 : ZSTR_LEN(value->string) - value->sink.room;
}

static bool value_grow(struct sd_sink *sink, size_t wanted)
{
	struct php_sharedance_value *value = (struct php_sharedance_value *)sink;
	size_t length = length_of(value);
	/* doubled, so that a value of any size is copied about once */
	zend_string *string = value->string == NULL
	                          ? php_sharedance_string_alloc(wanted)
	                          : php_sharedance_string_extend(value->string, 2 * length + wanted);

	if (string == NULL) {
		return false;
	}
	value->string = string;
	sink->at = (uint8_t *)ZSTR_VAL(string) + length;
	sink->room = ZSTR_LEN(string) - length;
	return true;
}

static void value_restart(struct sd_sink *sink)
{
	size_t length = length_of((struct php_sharedance_value *)sink);

	if (length > 0) { /* else there may be no string to point into */
		sink->at -= length;
		sink->room += length;
	}
}

static struct sd_bytes value_came(const struct sd_sink *sink)
{
	const struct php_sharedance_value *value = (const struct php_sharedance_value *)sink;

	return (struct sd_bytes){value->string == NULL ? "" : ZSTR_VAL(value->string),
	                         length_of(value)};
}

const struct sd_sink_kind php_sharedance_value_kind = {
	.grow = value_grow,
	.restart = value_restart,
	.fetched = value_came,
};

zend_string *php_sharedance_value_take(struct php_sharedance_value *value)
{
	zend_string *string = value->string;

	if (string == NULL) {
		return ZSTR_EMPTY_ALLOC();
	}
	if (value->sink.room > 0) {
		string = zend_string_truncate(string, length_of(value), /* persistent */ false);
	}
	ZSTR_VAL(string)[ZSTR_LEN(string)] = '\0';
	value->string = NULL;
	return string;
}
