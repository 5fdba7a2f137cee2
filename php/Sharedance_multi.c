/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class Sharedance: the methods on many keys. A batch has the keys and values of
 * one call and holds references to them, so that the user's code may change the
 * array during the call.
 *
 * An entry of the client takes more than a kilobyte. So the servers are asked for
 * some thousand keys at a time, one chunk after the other, before the same
 * deadline. A silent server would leave the chunks after it no time: each takes
 * half of what is left at most, and by then that server is marked dead.
 */

#include "php/Sharedance.h"

#include "Zend/zend_exceptions.h"

#include "client/client.h"
#include "client/entry.h"
#include "php/error.h"
#include "php/info.h"
#include "php/value.h"

#define CHUNK 8192 /* keys: 11 MB */

/* {{{ a batch */

struct pair {
	zend_string *key;  /* owned */
	zend_string *data; /* owned: to be stored; NULL: nothing */
};

struct batch {
	size_t count;
	struct pair *pairs;
	struct sd_entry *entries;            /* of one chunk */
	struct php_sharedance_value *values; /* what a read of its entries fetches */
	zval result;
	zval failed;        /* an array of the keys that failed */
	bool has_succeeded; /* with one key at least */
};

static inline size_t chunk_length(size_t count)
{
	return count < CHUNK ? count : CHUNK;
}

static void batch_init(struct batch *batch, size_t count)
{
	size_t length = chunk_length(count);

	batch->count = 0;
	batch->pairs = safe_emalloc(count, sizeof(*batch->pairs), 0);
	batch->entries = safe_emalloc(length, sizeof(*batch->entries), 0);
	batch->values = safe_emalloc(length, sizeof(*batch->values), 0);
	ZVAL_LONG(&batch->result, 0);
	ZVAL_EMPTY_ARRAY(&batch->failed);
	batch->has_succeeded = false;
}

/* Adds a pair. The batch owns key and data from now on; `data` may be NULL. */
static void batch_add(struct batch *batch, zend_string *key, zend_string *data)
{
	batch->pairs[batch->count++] = (struct pair){.key = key, .data = data};
}

static void batch_free(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		zend_string_release(batch->pairs[i].key);
		if (batch->pairs[i].data != NULL) {
			zend_string_release(batch->pairs[i].data);
		}
	}
	zval_ptr_dtor(&batch->result);
	zval_ptr_dtor(&batch->failed);
	efree(batch->values);
	efree(batch->entries);
	efree(batch->pairs);
}

/* }}} */

/* {{{ what is asked */

/* Adds the keys that an array lists. False: one is not a key, and an exception was thrown. */
static bool batch_add_keys(struct batch *batch, HashTable *keys)
{
	zval *key;

	ZEND_HASH_FOREACH_VAL(keys, key)
	{
		ZVAL_DEREF(key);
		if (Z_TYPE_P(key) != IS_STRING && Z_TYPE_P(key) != IS_LONG) {
			zend_argument_type_error(1, "must be a list of keys of type string, %s given",
			                         zend_zval_type_name(key));
			return false;
		}
		batch_add(batch, zval_get_string(key), NULL);
	}
	ZEND_HASH_FOREACH_END();
	return true;
}

/* The string that set() would take the value for, which the caller owns. NULL: it would not, and an
 * exception was thrown. */
static zend_string *string_of(zval *value)
{
	zend_string *string = NULL;
	zval copy;

	if (Z_TYPE_P(value) == IS_STRING) {
		return zend_string_copy(Z_STR_P(value));
	}
	if (Z_TYPE_P(value) == IS_NULL && !ZEND_ARG_USES_STRICT_TYPES()) {
		php_error_docref(NULL, E_DEPRECATED, "Passing null as a value is deprecated");
		return EG(exception) == NULL ? ZSTR_EMPTY_ALLOC() : NULL;
	}
	ZVAL_COPY(&copy, value);
	if (zend_parse_arg_str(&copy, &string, /* check_null */ false, 1)) {
		string = zend_string_copy(string);
	} else {
		zend_argument_type_error(1, "must have values of type string, %s given",
		                         zend_zval_type_name(value));
		string = NULL;
	}
	zval_ptr_dtor(&copy);
	return string;
}

/* Adds the keys and values of an array. False: one is not a value, and an exception was thrown. */
static bool batch_add_pairs(struct batch *batch, HashTable *pairs)
{
	zend_ulong index;
	zend_string *name;
	zend_string *data;
	zval *value;

	ZEND_HASH_FOREACH_KEY_VAL(pairs, index, name, value)
	{
		ZVAL_DEREF(value);
		data = string_of(value);
		if (data == NULL) {
			return false;
		}
		batch_add(batch, name != NULL ? zend_string_copy(name) : zend_long_to_str((zend_long)index),
		          data);
	}
	ZEND_HASH_FOREACH_END();
	return true;
}

/* }}} */

/* {{{ chunks */

/* What is done to all entries, and what becomes of one that did not fail. */
struct operation {
	enum sd_status (*perform)(struct sd_client *client, struct sd_entry *entries, size_t count,
	                          zend_long ttl, struct sd_error *error);
	void (*take)(struct batch *batch, const struct pair *pair, size_t entry);
};

/* No server is asked before all keys and values are known to be legal. */
static enum sd_status check_all(const struct batch *batch, struct sd_error *error)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct pair *pair = &batch->pairs[i];
		struct sd_bytes data = {"", 0};
		enum sd_status status;

		if (pair->data != NULL) {
			data = php_sharedance_bytes_of(pair->data);
		}
		status = sd_client_check(php_sharedance_bytes_of(pair->key), data, error);
		if (status != SD_OK) {
			return status;
		}
	}
	return SD_OK;
}

/* Makes the entries of the pairs from `first` on. */
static void chunk_init(struct batch *batch, size_t first, size_t length, int64_t ends_ms)
{
	for (size_t i = 0; i < length; i++) {
		const struct pair *pair = &batch->pairs[first + i];
		struct sd_entry *entry = &batch->entries[i];

		sd_entry_init(entry, php_sharedance_bytes_of(pair->key));
		if (pair->data != NULL) {
			entry->data = php_sharedance_bytes_of(pair->data);
		}
		php_sharedance_value_init(&batch->values[i]);
		entry->sink = &batch->values[i].sink;
		entry->ends_ms = ends_ms;
		entry->leaves_time = first + length < batch->count;
	}
}

/* Frees what was fetched. */
static void chunk_drop(struct batch *batch, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		php_sharedance_value_free(&batch->values[i]);
	}
}

/* Takes what came of the entries. */
static void chunk_end(struct batch *batch, size_t first, size_t length,
                      const struct operation *operation)
{
	for (size_t i = 0; i < length; i++) {
		const struct pair *pair = &batch->pairs[first + i];

		if (!sd_status_is_failure(batch->entries[i].status)) {
			batch->has_succeeded = true;
			operation->take(batch, pair, i);
		} else {
			SEPARATE_ARRAY(&batch->failed);
			add_next_index_str(&batch->failed, zend_string_copy(pair->key));
		}
		php_sharedance_value_free(&batch->values[i]);
	}
}

/* Whether the caller's own code or want of memory has ended the operation. */
static inline bool is_callers_end(enum sd_status status)
{
	return status == SD_ABORTED || status == SD_NO_MEMORY;
}

/* Returns SD_OK or the status of the first pair that failed. */
static enum sd_status perform_chunks(struct php_sharedance_pool *intern, struct batch *batch,
                                     const struct operation *operation, zend_long ttl,
                                     struct sd_error *error)
{
	enum sd_status whole = batch->count > CHUNK ? check_all(batch, error) : SD_OK;
	int64_t ends_ms = 0;
	struct sd_error later;

	if (whole != SD_OK) {
		return whole;
	}
	for (size_t first = 0; first < batch->count; first += CHUNK) {
		size_t length = chunk_length(batch->count - first);
		enum sd_status status;

		chunk_init(batch, first, length, ends_ms);
		status = operation->perform(intern->client, batch->entries, length, ttl,
		                            whole == SD_OK ? error : &later);
		if (is_callers_end(status) || batch->entries[0].owners == 0) { /* none was asked */
			chunk_drop(batch, length);
			*error = whole == SD_OK ? *error : later;
			return status;
		}
		ends_ms = batch->entries[0].ends_ms;
		chunk_end(batch, first, length, operation);
		whole = whole == SD_OK ? status : whole;
	}
	return whole;
}

/* Performs the operation and returns its result, or throws. Frees the batch. */
static void return_result(zval *return_value, struct php_sharedance_pool *intern,
                          struct batch *batch, const struct operation *operation, zend_long ttl)
{
	struct sd_error error;
	enum sd_status status;

	php_sharedance_running_begin(&intern->running);
	status = perform_chunks(intern, batch, operation, ttl, &error);
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw_of_many);
	if (status == SD_OK) {
		ZVAL_COPY(return_value, &batch->result);
	} else if (batch->has_succeeded && !is_callers_end(status)) {
		php_sharedance_throw_partial(&batch->result, &batch->failed);
	}
	batch_free(batch);
}

/* }}} */

/* {{{ the methods */

static enum sd_status perform_get(struct sd_client *client, struct sd_entry *entries, size_t count,
                                  zend_long ttl, struct sd_error *error)
{
	(void)ttl;
	return sd_client_get(client, entries, count, error);
}

static enum sd_status perform_set(struct sd_client *client, struct sd_entry *entries, size_t count,
                                  zend_long ttl, struct sd_error *error)
{
	return sd_client_set(client, entries, count, ttl, error);
}

static enum sd_status perform_delete(struct sd_client *client, struct sd_entry *entries,
                                     size_t count, zend_long ttl, struct sd_error *error)
{
	(void)ttl;
	return sd_client_delete(client, entries, count, error);
}

/* Adds the value to the result, if there is one. */
static void take_value(struct batch *batch, const struct pair *pair, size_t entry)
{
	zval value;

	if (batch->entries[entry].status == SD_OK) {
		ZVAL_STR(&value, php_sharedance_value_take(&batch->values[entry]));
		zend_symtable_update(Z_ARRVAL(batch->result), pair->key, &value);
	}
}

/* Counts what was stored or deleted. */
static void count_done(struct batch *batch, const struct pair *pair, size_t entry)
{
	(void)pair;
	Z_LVAL(batch->result) +=
		batch->entries[entry].status == SD_OK && batch->entries[entry].stored > 0;
}

/* getMulti() and deleteMulti() */
static void call_with_keys(INTERNAL_FUNCTION_PARAMETERS, const struct operation *operation)
{
	struct php_sharedance_pool *intern;
	struct batch batch;
	HashTable *keys;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(keys)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	batch_init(&batch, zend_hash_num_elements(keys));
	if (!batch_add_keys(&batch, keys)) {
		batch_free(&batch);
		RETURN_THROWS();
	}
	if (operation->take == take_value) {
		array_init(&batch.result);
	}
	return_result(return_value, intern, &batch, operation, 0);
}

PHP_METHOD(Sharedance, getMulti)
{
	static const struct operation operation = {perform_get, take_value};

	call_with_keys(INTERNAL_FUNCTION_PARAM_PASSTHRU, &operation);
}

PHP_METHOD(Sharedance, deleteMulti)
{
	static const struct operation operation = {perform_delete, count_done};

	call_with_keys(INTERNAL_FUNCTION_PARAM_PASSTHRU, &operation);
}

PHP_METHOD(Sharedance, setMulti)
{
	static const struct operation operation = {perform_set, count_done};
	struct php_sharedance_pool *intern;
	struct batch batch;
	HashTable *pairs;
	zend_long ttl = 0;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ARRAY_HT(pairs)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL || !php_sharedance_pool_check_ttl(ttl, 2)) {
		RETURN_THROWS();
	}
	batch_init(&batch, zend_hash_num_elements(pairs));
	if (!batch_add_pairs(&batch, pairs)) {
		batch_free(&batch);
		RETURN_THROWS();
	}
	return_result(return_value, intern, &batch, &operation, ttl);
}

/* }}} */

/* Adds how long a server took to the result of ping(). */
static void add_ping(zval *return_value, const struct sd_ping *ping)
{
	zend_string *address = php_sharedance_address_of(ping->exchange.server);
	zval took;

	if (ping->took_us < 0) {
		ZVAL_NULL(&took);
	} else {
		ZVAL_DOUBLE(&took, (double)ping->took_us / 1e6);
	}
	zend_hash_update(Z_ARRVAL_P(return_value), address, &took);
	zend_string_release(address);
}

PHP_METHOD(Sharedance, ping)
{
	struct php_sharedance_pool *intern;
	struct sd_error error;
	struct sd_ping *pings;
	enum sd_status status;

	ZEND_PARSE_PARAMETERS_NONE();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	array_init_size(return_value, intern->count);
	pings = safe_emalloc(intern->count, sizeof(*pings), 0);
	php_sharedance_running_begin(&intern->running);
	status = sd_client_ping(intern->client, pings, &error);
	if (status == SD_OK) {
		for (uint32_t i = 0; i < intern->count; i++) {
			add_ping(return_value, &pings[i]);
		}
	}
	efree(pings);
	/* last: it may run the user's code, which may change the servers */
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw);
}
