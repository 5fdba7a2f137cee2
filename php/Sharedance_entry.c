/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class Sharedance: the methods on one key. What is common to several of them is
 * in a function ahead of them: fetch() of get() and getWithVersion(), store_if() of
 * add() and replace(), adjust() of increment() and decrement().
 */

#include "php/Sharedance.h"

#include <inttypes.h>
#include <string.h>

#include "Zend/zend_exceptions.h"

#include "client/client.h"
#include "client/entry.h"
#include "php/error.h"
#include "php/value.h"

#define TTL_MAX (3653 * 86400) /* seconds: the longest ten years; a date is more */

bool php_sharedance_pool_check_ttl(zend_long ttl, uint32_t argument)
{
	if (ttl < 0) {
		zend_argument_value_error(argument, "must be greater than or equal to 0");
		return false;
	}
	if (ttl > TTL_MAX) {
		zend_argument_value_error(argument,
		                          "must be at most %d seconds (ten years), " ZEND_LONG_FMT
		                          " given: it is seconds from now, never a date as with Memcached",
		                          TTL_MAX, ttl);
		return false;
	}
	return true;
}

/* Fetches an entry. On SD_OK its value is in *value; else *value has been freed. */
static enum sd_status fetch(struct php_sharedance_pool *intern, struct sd_entry *entry,
                            struct php_sharedance_value *value)
{
	struct sd_error error;
	enum sd_status status;

	php_sharedance_value_init(value);
	entry->sink = &value->sink;
	php_sharedance_running_begin(&intern->running);
	status = sd_client_get(intern->client, entry, 1, &error);
	status = status == SD_OK ? entry->status : status;
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw);
	if (status != SD_OK) {
		php_sharedance_value_free(value);
	}
	return status;
}

PHP_METHOD(Sharedance, get)
{
	struct php_sharedance_pool *intern;
	struct php_sharedance_value value;
	struct sd_entry entry;
	enum sd_status status;
	zend_string *key;
	zval *absent = NULL;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(key)
		Z_PARAM_OPTIONAL
		Z_PARAM_ZVAL(absent)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	status = fetch(intern, &entry, &value);
	if (status == SD_OK) {
		RETURN_STR(php_sharedance_value_take(&value));
	}
	if (status != SD_ABSENT) {
		return; /* an exception was thrown, or PHP ends the script */
	}
	if (absent == NULL) {
		RETURN_FALSE;
	}
	RETURN_COPY(absent);
}

/* {{{ versions, which have 64 bits: where PHP's integers have 32, they are strings of digits */

static void add_version(zval *array, uint64_t version)
{
	char digits[24];

	if (version <= ZEND_LONG_MAX) {
		add_next_index_long(array, (zend_long)version);
	} else {
		(void)snprintf(digits, sizeof(digits), "%" PRIu64, version);
		add_next_index_string(array, digits);
	}
}

/* The version that is given as an integer or, if text is not NULL, as digits; 0: it is none. */
static uint64_t read_version(const zend_string *text, zend_long number)
{
	static const size_t length_max = 19; /* of digits of which any fit 64 bits */

	if (text == NULL) {
		return number > 0 ? (uint64_t)number : 0;
	}
	if (ZSTR_LEN(text) > length_max || ZSTR_LEN(text) != strspn(ZSTR_VAL(text), "0123456789")) {
		return 0;
	}
	return strtoull(ZSTR_VAL(text), NULL, 10);
}

/* }}} */

PHP_METHOD(Sharedance, getWithVersion)
{
	struct php_sharedance_pool *intern;
	struct php_sharedance_value value;
	struct sd_entry entry;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	entry.wants_version = true;
	if (fetch(intern, &entry, &value) != SD_OK) {
		return; /* null, or an exception was thrown */
	}
	if (entry.version == 0) {
		php_sharedance_value_free(&value);
		zend_throw_exception(php_sharedance_unsupported_exception_ce,
		                     "Failed to get a version: the classic protocol has none",
		                     PHP_SHAREDANCE_UNSUPPORTED);
		RETURN_THROWS();
	}
	array_init_size(return_value, 2);
	add_next_index_str(return_value, php_sharedance_value_take(&value));
	add_version(return_value, entry.version);
}

PHP_METHOD(Sharedance, set)
{
	struct php_sharedance_pool *intern;
	struct sd_error error;
	struct sd_entry entry;
	enum sd_status status;
	zend_string *key;
	zend_string *data;
	zend_long ttl = 0;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_STR(key)
		Z_PARAM_STR(data)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL || !php_sharedance_pool_check_ttl(ttl, 3)) {
		RETURN_THROWS();
	}
	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	entry.data = php_sharedance_bytes_of(data);
	php_sharedance_running_begin(&intern->running);
	status = sd_client_set(intern->client, &entry, 1, ttl, &error);
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw);
	if (status == SD_OK) {
		RETURN_LONG(entry.stored);
	}
}

PHP_METHOD(Sharedance, delete)
{
	struct php_sharedance_pool *intern;
	struct sd_error error;
	struct sd_entry entry;
	enum sd_status status;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	php_sharedance_running_begin(&intern->running);
	status = sd_client_delete(intern->client, &entry, 1, &error);
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw);
	if (status == SD_OK) {
		RETURN_BOOL(entry.status == SD_OK);
	}
}

/* Returns whether there is an entry. If `ttl` is not 0, it gets that many seconds to live. */
static void return_existence(zval *return_value, struct php_sharedance_pool *intern,
                             zend_string *key, zend_long ttl)
{
	struct sd_entry entry;
	struct sd_error error;
	enum sd_status status;

	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	php_sharedance_running_begin(&intern->running);
	status = sd_client_exists(intern->client, &entry, 1, ttl, &error);
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw);
	if (status == SD_OK) {
		RETURN_BOOL(entry.status == SD_OK);
	}
}

PHP_METHOD(Sharedance, has)
{
	struct php_sharedance_pool *intern;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	return_existence(return_value, intern, key, 0);
}

PHP_METHOD(Sharedance, touch)
{
	struct php_sharedance_pool *intern;
	zend_string *key;
	zend_long ttl;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(key)
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (ttl < 1) {
		zend_argument_value_error(2, "must be greater than 0");
		RETURN_THROWS();
	}
	if (!php_sharedance_pool_check_ttl(ttl, 2)) {
		RETURN_THROWS();
	}
	return_existence(return_value, intern, key, ttl);
}

/* Changes the entry and returns the status; on a failure an exception was thrown. */
static enum sd_status change_entry(struct php_sharedance_pool *intern, struct sd_entry *entry,
                                   const struct sd_change *change)
{
	struct sd_error error;
	enum sd_status status;

	php_sharedance_running_begin(&intern->running);
	status = sd_client_change(intern->client, entry, change, &error);
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw);
	return status;
}

/* add() and replace(). */
static void store_if(INTERNAL_FUNCTION_PARAMETERS, enum sd_change_kind kind)
{
	struct php_sharedance_pool *intern;
	struct sd_entry entry;
	enum sd_status status;
	zend_string *key;
	zend_string *data;
	zend_long ttl = 0;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_STR(key)
		Z_PARAM_STR(data)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL || !php_sharedance_pool_check_ttl(ttl, 3)) {
		RETURN_THROWS();
	}
	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	entry.data = php_sharedance_bytes_of(data);
	status = change_entry(intern, &entry, &(struct sd_change){.kind = kind, .ttl = ttl});
	if (!sd_status_is_failure(status)) {
		RETURN_BOOL(status == SD_OK);
	}
}

PHP_METHOD(Sharedance, add)
{
	store_if(INTERNAL_FUNCTION_PARAM_PASSTHRU, SD_ADD);
}

PHP_METHOD(Sharedance, replace)
{
	store_if(INTERNAL_FUNCTION_PARAM_PASSTHRU, SD_REPLACE);
}

PHP_METHOD(Sharedance, cas)
{
	struct php_sharedance_pool *intern;
	struct sd_entry entry;
	struct sd_change change = {.kind = SD_CAS};
	enum sd_status status;
	zend_string *key;
	zend_string *data;
	zend_string *version;
	zend_long number = 0;
	zend_long ttl = 0;

	ZEND_PARSE_PARAMETERS_START(3, 4)
		Z_PARAM_STR(key)
		Z_PARAM_STR(data)
		Z_PARAM_STR_OR_LONG(version, number)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL || !php_sharedance_pool_check_ttl(ttl, 4)) {
		RETURN_THROWS();
	}
	change.version = read_version(version, number);
	if (change.version == 0) {
		zend_argument_value_error(3, "must be greater than 0, as getWithVersion() returns it");
		RETURN_THROWS();
	}
	change.ttl = ttl;
	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	entry.data = php_sharedance_bytes_of(data);
	status = change_entry(intern, &entry, &change);
	if (!sd_status_is_failure(status)) {
		RETURN_BOOL(status == SD_OK);
	}
}

/* Returns the number that the value is; throws if it is too large for an integer of PHP. */
static void return_number(zval *return_value, struct php_sharedance_value *value)
{
	zend_string *digits = php_sharedance_value_take(value);
	zend_long number;

	if (is_numeric_string(ZSTR_VAL(digits), ZSTR_LEN(digits), &number, NULL, false) == IS_LONG) {
		ZVAL_LONG(return_value, number);
	} else {
		zend_throw_exception(php_sharedance_exception_ce,
		                     "The number is too large for an integer of PHP now",
		                     PHP_SHAREDANCE_NO_INTEGER);
	}
	zend_string_release(digits);
}

/* increment() and decrement(). */
static void adjust(INTERNAL_FUNCTION_PARAMETERS, bool decrement)
{
	struct php_sharedance_pool *intern;
	struct php_sharedance_value value;
	struct sd_entry entry;
	enum sd_status status;
	zend_string *key;
	zend_long by = 1;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(key)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(by)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (by < 0) {
		zend_argument_value_error(2, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	php_sharedance_value_init(&value);
	sd_entry_init(&entry, php_sharedance_bytes_of(key));
	entry.sink = &value.sink;
	status = change_entry(
		intern, &entry,
		&(struct sd_change){.kind = SD_ADJUST, .delta = (uint64_t)by, .decrement = decrement});
	if (status == SD_OK) {
		return_number(return_value, &value);
		return;
	}
	php_sharedance_value_free(&value);
	if (!sd_status_is_failure(status)) {
		RETURN_FALSE;
	}
}

PHP_METHOD(Sharedance, increment)
{
	adjust(INTERNAL_FUNCTION_PARAM_PASSTHRU, /* decrement */ false);
}

PHP_METHOD(Sharedance, decrement)
{
	adjust(INTERNAL_FUNCTION_PARAM_PASSTHRU, /* decrement */ true);
}
