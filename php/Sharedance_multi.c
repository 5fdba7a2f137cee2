/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class Sharedance: the methods on many keys. A batch has the entries of one call
 * and holds references to the keys and values that the entries borrow, so that
 * the user's code may change the array during the call.
 */

#include "php/Sharedance.h"

#include "Zend/zend_exceptions.h"

#include "client/client.h"
#include "client/entry.h"
#include "php/error.h"
#include "php/value.h"

/* What an entry borrows. */
struct belongings {
	zend_string *key;                    /* owned */
	zend_string *data;                   /* owned: to be stored; NULL: nothing */
	struct php_sharedance_value fetched; /* what a read fetches */
};

struct batch {
	size_t count;
	struct sd_entry *entries;
	struct belongings *belongings; /* of each entry */
};

static void batch_init(struct batch *batch, size_t count)
{
	batch->count = 0;
	batch->entries = safe_emalloc(count, sizeof(*batch->entries), 0);
	batch->belongings = safe_emalloc(count, sizeof(*batch->belongings), 0);
}

/* Adds an entry. The batch owns key and data from now on; `data` may be NULL. */
static void batch_add(struct batch *batch, zend_string *key, zend_string *data)
{
	struct sd_entry *entry = &batch->entries[batch->count];
	struct belongings *belongings = &batch->belongings[batch->count];

	sd_entry_init(entry, php_sharedance_bytes_of(key));
	belongings->key = key;
	belongings->data = data;
	if (data != NULL) {
		entry->data = php_sharedance_bytes_of(data);
	}
	php_sharedance_value_init(&belongings->fetched);
	entry->sink = &belongings->fetched.sink;
	batch->count++;
}

static void batch_free(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct belongings *belongings = &batch->belongings[i];

		zend_string_release(belongings->key);
		if (belongings->data != NULL) {
			zend_string_release(belongings->data);
		}
		php_sharedance_value_free(&belongings->fetched);
	}
	efree(batch->belongings);
	efree(batch->entries);
}

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

/* Adds the keys and values of an array. False: one is not a value, and an exception was thrown. */
static bool batch_add_pairs(struct batch *batch, HashTable *pairs)
{
	zend_ulong index;
	zend_string *name;
	zval *value;

	ZEND_HASH_FOREACH_KEY_VAL(pairs, index, name, value)
	{
		ZVAL_DEREF(value);
		if (Z_TYPE_P(value) != IS_STRING && Z_TYPE_P(value) != IS_LONG &&
		    Z_TYPE_P(value) != IS_DOUBLE) {
			zend_argument_type_error(1, "must have values of type string, %s given",
			                         zend_zval_type_name(value));
			return false;
		}
		batch_add(batch, name != NULL ? zend_string_copy(name) : zend_long_to_str((zend_long)index),
		          zval_get_string(value));
	}
	ZEND_HASH_FOREACH_END();
	return true;
}

/* Gives the exception the results for the keys that did not fail. Takes ownership of `partial`. */
static void attach_partial(zval *partial)
{
	if (EG(exception) != NULL &&
	    instanceof_function(EG(exception)->ce, php_sharedance_exception_ce)) {
		zend_update_property(php_sharedance_exception_ce, EG(exception), ZEND_STRL("partial"),
		                     partial);
	}
	zval_ptr_dtor(partial);
}

/* Adds the values that were found to the array, under their keys. */
static void collect_found(struct batch *batch, zval *found)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct sd_entry *entry = &batch->entries[i];
		struct belongings *belongings = &batch->belongings[i];

		if (entry->status == SD_OK && entry->owners > 0) {
			zval value;

			ZVAL_STR(&value, php_sharedance_value_take(&belongings->fetched));
			zend_symtable_update(Z_ARRVAL_P(found), belongings->key, &value);
		}
	}
}

PHP_METHOD(Sharedance, getMulti)
{
	struct php_sharedance_pool *intern;
	struct batch batch;
	struct sd_error error;
	enum sd_status status;
	HashTable *keys;
	zval found;

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
	intern->running++;
	status = sd_client_get(intern->client, batch.entries, batch.count, &error);
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw_of_many);
	array_init_size(&found, batch.count);
	if (status != SD_BAD_KEY) { /* else no server was asked, and the entries have no outcome */
		collect_found(&batch, &found);
	}
	batch_free(&batch);
	if (status == SD_OK) {
		RETURN_COPY_VALUE(&found);
	}
	attach_partial(&found);
}

/* The number of entries that were stored or deleted. */
static zend_long count_done(const struct batch *batch)
{
	zend_long done = 0;

	for (size_t i = 0; i < batch->count; i++) {
		done += batch->entries[i].status == SD_OK && batch->entries[i].stored > 0;
	}
	return done;
}

PHP_METHOD(Sharedance, setMulti)
{
	struct php_sharedance_pool *intern;
	struct batch batch;
	struct sd_error error;
	enum sd_status status;
	HashTable *pairs;
	zend_long ttl = 0;
	zend_long done;

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
	intern->running++;
	status = sd_client_set(intern->client, batch.entries, batch.count, ttl, &error);
	done = count_done(&batch);
	batch_free(&batch);
	if (done > 0 && status != SD_ABORTED && status != SD_NO_MEMORY) {
		status = SD_OK; /* the number returned says that some were not stored */
	}
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw_of_many);
	if (status == SD_OK) {
		RETURN_LONG(done);
	}
}

PHP_METHOD(Sharedance, deleteMulti)
{
	struct php_sharedance_pool *intern;
	struct batch batch;
	struct sd_error error;
	enum sd_status status;
	HashTable *keys;
	zval done;

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
	intern->running++;
	status = sd_client_delete(intern->client, batch.entries, batch.count, &error);
	php_sharedance_pool_end(intern, status, &error, php_sharedance_throw_of_many);
	ZVAL_LONG(&done, count_done(&batch));
	batch_free(&batch);
	if (status == SD_OK) {
		RETURN_COPY_VALUE(&done);
	}
	attach_partial(&done);
}
