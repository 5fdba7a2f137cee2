/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Where fetched values go: a zend_string that grows, without a copy at the end. */

#include "php_sharedance.h"

static void *sink_room(struct sd_sink *sink, size_t wanted, size_t *granted)
{
	struct php_sharedance_sink *intern = (struct php_sharedance_sink *)sink;

	if (intern->value == NULL) {
		intern->value = php_sharedance_string_alloc(wanted);
		if (intern->value == NULL) {
			return NULL;
		}
	} else if (intern->length == ZSTR_LEN(intern->value)) {
		/* doubled, so that a value of any size is copied about once */
		zend_string *longer =
		    php_sharedance_string_extend(intern->value, 2 * ZSTR_LEN(intern->value) + wanted);

		if (longer == NULL) {
			return NULL;
		}
		intern->value = longer;
	}
	*granted = ZSTR_LEN(intern->value) - intern->length;
	return ZSTR_VAL(intern->value) + intern->length;
}

static void sink_filled(struct sd_sink *sink, size_t length)
{
	((struct php_sharedance_sink *)sink)->length += length;
}

static void sink_restart(struct sd_sink *sink)
{
	((struct php_sharedance_sink *)sink)->length = 0;
}

static struct sd_bytes sink_came(const struct sd_sink *sink)
{
	const struct php_sharedance_sink *intern = (const struct php_sharedance_sink *)sink;

	return (struct sd_bytes){intern->value == NULL ? "" : ZSTR_VAL(intern->value), intern->length};
}

void php_sharedance_sink_init(struct php_sharedance_sink *sink)
{
	sink->sink.room = sink_room;
	sink->sink.filled = sink_filled;
	sink->sink.restart = sink_restart;
	sink->sink.came = sink_came;
	sink->value = NULL;
	sink->length = 0;
}

zend_string *php_sharedance_sink_take(struct php_sharedance_sink *sink)
{
	zend_string *value = sink->value;

	if (value == NULL) {
		return ZSTR_EMPTY_ALLOC();
	}
	if (ZSTR_LEN(value) != sink->length) {
		value = zend_string_truncate(value, sink->length, /* persistent */ false);
	}
	ZSTR_VAL(value)[sink->length] = '\0';
	sink->value = NULL;
	return value;
}

void php_sharedance_sink_free(struct php_sharedance_sink *sink)
{
	if (sink->value != NULL) {
		zend_string_efree(sink->value);
	}
}
