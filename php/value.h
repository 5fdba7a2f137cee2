/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A fetched value as a zend_string. The client writes it there as it arrives, so
 * that the value is not copied at the end. Also: strings as the client's bytes.
 */

#ifndef PHP_SHAREDANCE_VALUE_H
#define PHP_SHAREDANCE_VALUE_H

#include "php_sharedance.h"

#include "client/transport/sink.h"

/* The string's bytes, borrowed. */
static inline struct sd_bytes php_sharedance_bytes_of(const zend_string *string)
{
	return (struct sd_bytes){ZSTR_VAL(string), ZSTR_LEN(string)};
}

/* Frees a string, if there is one. */
static inline void php_sharedance_forget(zend_string **string)
{
	if (*string != NULL) {
		zend_string_release(*string);
		*string = NULL;
	}
}

/*
 * A new string of `length` bytes, or `string` made that long. Both are for
 * values, which may need more than the memory limit allows: then they return
 * NULL. A PHP without fallible allocation leaves by longjmp instead. Security releases in the
 * middle of a branch brought it (8.2.35, 8.4.27), so that configure looks for it.
 */
static inline zend_string *php_sharedance_string_alloc(size_t length)
{
#if HAVE_ZEND_STRING_FALLOC
	return zend_string_falloc(length, /* persistent */ false, /* fallible */ true);
#else
	return zend_string_alloc(length, /* persistent */ false);
#endif
}

static inline zend_string *php_sharedance_string_extend(zend_string *string, size_t length)
{
#if HAVE_ZEND_STRING_FALLOC
	return zend_string_safe_frealloc(string, 1, length, 0, /* persistent */ false,
	                                 /* fallible */ true);
#else
	return zend_string_extend(string, length, /* persistent */ false);
#endif
}

/* Whether an allocation has failed, so that PHP ends the script as soon as it goes on. */
static inline bool php_sharedance_is_out_of_memory(void)
{
#if HAVE_ZEND_STRING_FALLOC
	return ZEND_HAS_OOM();
#else
	return false; /* it would have ended already, by longjmp */
#endif
}

/* A value that is being fetched. */
struct php_sharedance_value {
	struct sd_sink sink; /* first: it is a sink */
	zend_string *string; /* owned; the sink points into it; NULL: no byte has arrived */
};

extern const struct sd_sink_kind php_sharedance_value_kind;

static inline void php_sharedance_value_init(struct php_sharedance_value *value)
{
	*value = (struct php_sharedance_value){.sink = {.kind = &php_sharedance_value_kind}};
}

/* Returns the string, which the caller owns from now on. It is empty if no byte arrived. */
zend_string *php_sharedance_value_take(struct php_sharedance_value *value);

/* Frees the string, unless it was taken. */
static inline void php_sharedance_value_free(struct php_sharedance_value *value)
{
	if (value->string != NULL) {
		zend_string_efree(value->string);
	}
}

#endif
