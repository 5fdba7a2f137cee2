/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class Sharedance: a pool of servers. Each method unpacks its arguments, calls
 * one function of the client and translates the outcome.
 */

#include "php_sharedance.h"

#include "Zend/zend_exceptions.h"

/* {{{ the object */

struct php_sharedance {
	struct sd_client *client; /* NULL: not constructed */
	zend_object **servers;    /* SharedanceServer objects, owned, in the client's order */
	uint32_t count;
	uint32_t running; /* operations under way: a user's send() may come back to this object */
	bool redundancy;
	zend_object std; /* last, as Zend wants it */
};

static zend_object_handlers pool_handlers;

static struct php_sharedance *pool_from(zend_object *object)
{
	return (struct php_sharedance *)((char *)object - XtOffsetOf(struct php_sharedance, std));
}

static zend_object *pool_create_object(zend_class_entry *ce)
{
	struct php_sharedance *intern = zend_object_alloc(sizeof(*intern), ce);

	zend_object_std_init(&intern->std, ce);
	object_properties_init(&intern->std, ce);
	intern->std.handlers = &pool_handlers;
	return &intern->std;
}

static void forget_servers(struct php_sharedance *intern)
{
	zend_object **servers = intern->servers;
	uint32_t count = intern->count;

	sd_client_forget_servers(intern->client);
	intern->servers = NULL;
	intern->count = 0;
	/* last: a server's destructor is the user's code, and sees a pool that is in order */
	for (uint32_t i = 0; i < count; i++) {
		OBJ_RELEASE(servers[i]);
	}
	if (servers != NULL) {
		efree(servers);
	}
}

static void pool_free_object(zend_object *object)
{
	struct php_sharedance *intern = pool_from(object);

	if (intern->client != NULL) {
		forget_servers(intern);
		sd_client_free(intern->client);
	}
	zend_object_std_dtor(object);
}

static HashTable *pool_get_gc(zend_object *object, zval **table, int *count)
{
	struct php_sharedance *intern = pool_from(object);
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	for (uint32_t i = 0; i < intern->count; i++) {
		zend_get_gc_buffer_add_obj(buffer, intern->servers[i]);
	}
	zend_get_gc_buffer_use(buffer, table, count);
	return zend_std_get_properties(object);
}

/* What var_dump() and print_r() show. */
static HashTable *pool_get_properties_for(zend_object *object, zend_prop_purpose purpose)
{
	struct php_sharedance *intern = pool_from(object);
	HashTable *properties;
	zval redundancy;
	zval servers;

	if (purpose != ZEND_PROP_PURPOSE_DEBUG) {
		return zend_std_get_properties_for(object, purpose);
	}
	properties = zend_array_dup(zend_std_get_properties(object));
	ZVAL_BOOL(&redundancy, intern->redundancy);
	zend_hash_str_update(properties, ZEND_STRL("redundancy"), &redundancy);
	array_init_size(&servers, intern->count);
	for (uint32_t i = 0; i < intern->count; i++) {
		GC_ADDREF(intern->servers[i]);
		add_next_index_object(&servers, intern->servers[i]);
	}
	zend_hash_str_update(properties, ZEND_STRL("servers"), &servers);
	return properties;
}

/* The object behind $this; NULL, and an Error thrown, where it was not constructed. */
static struct php_sharedance *this_pool(zval *this)
{
	struct php_sharedance *intern = pool_from(Z_OBJ_P(this));

	if (intern->client == NULL) {
		zend_throw_error(NULL, "The %s object has not been constructed",
		                 ZSTR_VAL(intern->std.ce->name));
		return NULL;
	}
	return intern;
}

/* The same for a method that changes the list of servers, which an operation under way relies on. */
static struct php_sharedance *this_idle_pool(zval *this)
{
	struct php_sharedance *intern = this_pool(this);

	if (intern != NULL && intern->running > 0) {
		zend_throw_error(NULL, "The servers of a %s object cannot be changed from within its own "
		                       "operation",
		                 ZSTR_VAL(intern->std.ce->name));
		return NULL;
	}
	return intern;
}

void php_sharedance_register_pool_class(zend_class_entry *ce)
{
	ce->create_object = pool_create_object;
	memcpy(&pool_handlers, &std_object_handlers, sizeof(pool_handlers));
	pool_handlers.offset = XtOffsetOf(struct php_sharedance, std);
	pool_handlers.free_obj = pool_free_object;
	pool_handlers.clone_obj = NULL;
	pool_handlers.get_gc = pool_get_gc;
	pool_handlers.get_properties_for = pool_get_properties_for;
}

/* }}} */

static struct sd_bytes bytes_of(const zend_string *string)
{
	return (struct sd_bytes){ZSTR_VAL(string), ZSTR_LEN(string)};
}

/* {{{ the end of an operation */

/* Takes the exceptions that users' send() threw meanwhile; the last one is returned, owned. */
static zend_object *take_failures(struct php_sharedance *intern)
{
	zend_object *last = NULL;

	for (uint32_t i = 0; i < intern->count; i++) {
		struct php_sharedance_server *server = php_sharedance_server_from(intern->servers[i]);

		if (server->failure != NULL) {
			if (last != NULL) {
				OBJ_RELEASE(last);
			}
			last = server->failure;
			server->failure = NULL;
		}
	}
	return last;
}

/*
 * Throws what the operation's status calls for. Without redundancy a user's
 * own exception is thrown on as it is; with it, it is the previous one of the
 * exception that names both servers.
 */
static void end_operation(struct php_sharedance *intern, enum sd_status status,
                          const struct sd_error *error)
{
	zend_object *failure = take_failures(intern);

	intern->running--;
	if (!sd_status_is_failure(status) || status == SD_ABORTED) {
		if (failure != NULL) {
			OBJ_RELEASE(failure);
		}
		return;
	}
	if (failure != NULL && !intern->redundancy) {
		zend_throw_exception_internal(failure);
		return;
	}
	php_sharedance_throw(error);
	if (failure != NULL && EG(exception) != NULL) {
		zend_exception_set_previous(EG(exception), failure);
	} else if (failure != NULL) {
		OBJ_RELEASE(failure);
	}
}

/* }}} */

/* {{{ methods: the servers */

PHP_METHOD(Sharedance, __construct)
{
	struct php_sharedance *intern = pool_from(Z_OBJ_P(ZEND_THIS));
	bool redundancy = false;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(redundancy)
	ZEND_PARSE_PARAMETERS_END();

	if (intern->client != NULL) {
		zend_throw_error(NULL, "The %s object has been constructed already",
		                 ZSTR_VAL(intern->std.ce->name));
		RETURN_THROWS();
	}
	intern->redundancy = redundancy;
	intern->client = sd_client_new(sd_network_transport(SHAREDANCE_G(network)),
	                               &SHAREDANCE_G(options), redundancy);
	if (intern->client == NULL) {
		zend_throw_error(NULL, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
}

/* Adds the object, a reference of its own included. */
static enum sd_status add_server(struct php_sharedance *intern, zend_object *object,
                                 struct sd_error *error)
{
	struct php_sharedance_server *server = php_sharedance_server_from(object);
	enum sd_status status;

	intern->servers =
	    safe_erealloc(intern->servers, intern->count + 1, sizeof(*intern->servers), 0);
	status = sd_client_add_server(intern->client, &server->server, error);
	if (status == SD_OK) {
		GC_ADDREF(object);
		intern->servers[intern->count++] = object;
	}
	return status;
}

/* Adds the object; throws and returns false where it cannot be. */
static bool add_server_or_throw(struct php_sharedance *intern, zend_object *object)
{
	struct sd_error error;

	if (!php_sharedance_server_from(object)->constructed) {
		zend_argument_value_error(1, "must be a constructed object");
		return false;
	}
	if (add_server(intern, object, &error) != SD_OK) {
		php_sharedance_throw(&error);
		return false;
	}
	return true;
}

PHP_METHOD(Sharedance, addServer)
{
	struct php_sharedance *intern;
	zend_object *server;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(server, php_sharedance_server_ce)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_idle_pool(ZEND_THIS);
	if (intern == NULL || !add_server_or_throw(intern, server)) {
		RETURN_THROWS();
	}
}

/* A list is added whole or not at all: whether it can be, before the first server is. */
static enum sd_status check_list(const struct php_sharedance *intern, const zend_string *text,
                                 struct sd_error *error)
{
	struct sd_server_list list = {.text = ZSTR_VAL(text), .length = ZSTR_LEN(text)};
	enum sd_status status = sd_server_list_check(list.text, list.length, error);
	char name[SD_SERVER_NAME_MAX];
	struct sd_server server;
	double timeout;

	while (status == SD_OK) {
		status = sd_server_list_next(&list, &server, &timeout, error);
		if (status == SD_OK && sd_client_has_server(intern->client, &server)) {
			return sd_error_set(error, SD_DUPLICATE,
			                    "must be a list of new servers: %s at offset %zu is there already",
			                    sd_server_name(&server, name), list.offset);
		}
	}
	return status == SD_ABSENT ? SD_OK : status;
}

PHP_METHOD(Sharedance, addServers)
{
	struct php_sharedance *intern;
	struct sd_server_list list = {0};
	struct sd_server server;
	struct sd_error error;
	double timeout;
	zend_string *text;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(text)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_idle_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (check_list(intern, text, &error) != SD_OK) {
		php_sharedance_throw(&error);
		RETURN_THROWS();
	}
	list.text = ZSTR_VAL(text);
	list.length = ZSTR_LEN(text);
	while (sd_server_list_next(&list, &server, &timeout, &error) == SD_OK) {
		zend_object *object = php_sharedance_server_create(&server, timeout);
		bool added = add_server_or_throw(intern, object);

		OBJ_RELEASE(object);
		if (!added) {
			RETURN_THROWS();
		}
	}
}

PHP_METHOD(Sharedance, connect)
{
	struct php_sharedance *intern;
	zend_object *server;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(server, php_sharedance_server_ce)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_idle_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	forget_servers(intern);
	if (!add_server_or_throw(intern, server)) {
		RETURN_THROWS();
	}
}

PHP_METHOD(Sharedance, close)
{
	struct php_sharedance *intern;

	ZEND_PARSE_PARAMETERS_NONE();

	intern = this_idle_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	intern->running++; /* an overridden close() is the user's code too */
	for (uint32_t i = 0; i < intern->count && EG(exception) == NULL; i++) {
		php_sharedance_server_close(intern->servers[i]);
	}
	intern->running--;
	forget_servers(intern);
}

enum owner {
	FIRST,
	SECOND,
};

/* Returns the object of one of the servers that a key belongs to; null where it has no second. */
static void return_owner(INTERNAL_FUNCTION_PARAMETERS, enum owner which)
{
	struct php_sharedance *intern;
	struct sd_error error;
	size_t owners[2];
	size_t count;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (sd_client_locate(intern->client, bytes_of(key), owners, &count, &error) != SD_OK) {
		php_sharedance_throw(&error);
		RETURN_THROWS();
	}
	if (which >= count) {
		RETURN_NULL();
	}
	RETURN_OBJ_COPY(intern->servers[owners[which]]);
}

PHP_METHOD(Sharedance, getServer)
{
	return_owner(INTERNAL_FUNCTION_PARAM_PASSTHRU, FIRST);
}

PHP_METHOD(Sharedance, getReplica)
{
	return_owner(INTERNAL_FUNCTION_PARAM_PASSTHRU, SECOND);
}

/* }}} */

/* {{{ methods: the entries */

PHP_METHOD(Sharedance, get)
{
	struct php_sharedance *intern;
	struct php_sharedance_sink sink;
	struct sd_error error;
	enum sd_status status;
	zend_string *key;
	zval *absent = NULL;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(key)
		Z_PARAM_OPTIONAL
		Z_PARAM_ZVAL(absent)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	php_sharedance_sink_init(&sink);
	intern->running++;
	status = sd_client_get(intern->client, bytes_of(key), &sink.sink, &error);
	end_operation(intern, status, &error);
	if (status == SD_OK) {
		RETURN_STR(php_sharedance_sink_take(&sink));
	}
	php_sharedance_sink_free(&sink);
	if (status != SD_ABSENT) {
		return; /* by an exception, or by PHP's end of the script */
	}
	if (absent == NULL) {
		RETURN_FALSE;
	}
	RETURN_COPY(absent);
}

PHP_METHOD(Sharedance, set)
{
	struct php_sharedance *intern;
	struct sd_error error;
	enum sd_status status;
	unsigned stored;
	zend_string *key;
	zend_string *data;
	zend_long ttl = 0;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_STR(key)
		Z_PARAM_STR(data)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	if (ttl < 0) {
		zend_argument_value_error(3, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	intern->running++;
	status = sd_client_set(intern->client, bytes_of(key), bytes_of(data), ttl, &stored, &error);
	end_operation(intern, status, &error);
	if (status == SD_OK) {
		RETURN_LONG(stored);
	}
}

PHP_METHOD(Sharedance, delete)
{
	struct php_sharedance *intern;
	struct sd_error error;
	enum sd_status status;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	intern->running++;
	status = sd_client_delete(intern->client, bytes_of(key), &error);
	end_operation(intern, status, &error);
	if (!sd_status_is_failure(status)) {
		RETURN_BOOL(status == SD_OK);
	}
}

/* }}} */
