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
	uint32_t borrowed; /* sessions that rely on its servers */
	bool redundancy;
	zend_object std; /* last, as Zend wants it */
};

zend_class_entry *php_sharedance_pool_ce;
static zend_object_handlers pool_handlers;

static struct php_sharedance *pool_from(zend_object *object)
{
	return (struct php_sharedance *)((char *)object - offsetof(struct php_sharedance, std));
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
	if (intern != NULL && intern->borrowed > 0) {
		zend_throw_error(NULL, "The servers of a %s object cannot be changed while a session is open "
		                       "on them",
		                 ZSTR_VAL(intern->std.ce->name));
		return NULL;
	}
	return intern;
}

void php_sharedance_register_pool_class(zend_class_entry *ce)
{
	php_sharedance_pool_ce = ce;
	ce->create_object = pool_create_object;
	memcpy(&pool_handlers, &std_object_handlers, sizeof(pool_handlers));
	pool_handlers.offset = offsetof(struct php_sharedance, std);
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
                          const struct sd_error *error,
                          void (*throw)(const struct sd_error *error))
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
	throw(error);
	if (failure != NULL && EG(exception) != NULL) {
		zend_exception_set_previous(EG(exception), failure);
	} else if (failure != NULL) {
		OBJ_RELEASE(failure);
	}
}

/* }}} */

/* {{{ for sessions */

struct sd_client *php_sharedance_pool_borrow(zend_object *object)
{
	struct php_sharedance *intern = pool_from(object);

	if (intern->client == NULL) {
		zend_throw_error(NULL, "The %s object has not been constructed", ZSTR_VAL(object->ce->name));
		return NULL;
	}
	intern->borrowed++;
	return intern->client;
}

void php_sharedance_pool_give_back(zend_object *object)
{
	pool_from(object)->borrowed--;
}

void php_sharedance_pool_forget_failures(zend_object *object)
{
	zend_object *failure = take_failures(pool_from(object));

	if (failure != NULL) {
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
	intern->client = sd_client_new(sd_network_transport(php_sharedance_network()),
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

/* Servers that have an address of their own, as they are listed: "host:port", or "unix:/path". */
static zend_string *address_of(const struct sd_server *server)
{
	return server->port == 0 ? zend_string_init(server->host, strlen(server->host), 0)
	                         : zend_strpprintf(0, "%s:%u", server->host, server->port);
}

PHP_METHOD(Sharedance, getServers)
{
	struct php_sharedance *intern;

	ZEND_PARSE_PARAMETERS_NONE();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	array_init_size(return_value, intern->count);
	for (uint32_t i = 0; i < intern->count; i++) {
		zval view;

		php_sharedance_view_server(&view, &php_sharedance_server_from(intern->servers[i])->server);
		add_next_index_zval(return_value, &view);
	}
}

PHP_METHOD(Sharedance, getStats)
{
	struct php_sharedance *intern;

	ZEND_PARSE_PARAMETERS_NONE();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	array_init_size(return_value, intern->count);
	for (uint32_t i = 0; i < intern->count; i++) {
		struct sd_server *server = &php_sharedance_server_from(intern->servers[i])->server;
		zend_string *address = address_of(server);
		zval view;

		php_sharedance_view_statistics(&view, server);
		zend_hash_update(Z_ARRVAL_P(return_value), address, &view);
		zend_string_release(address);
	}
}

/* }}} */

/* {{{ methods: one entry */

/* Throws and returns false where a time to live is none. */
static bool check_ttl(zend_long ttl, uint32_t argument)
{
	if (ttl < 0) {
		zend_argument_value_error(argument, "must be greater than or equal to 0");
		return false;
	}
	return true;
}

/* Fetches the entry of an item. Where it is found its value is in the sink; else the sink is freed. */
static enum sd_status fetch(struct php_sharedance *intern, struct sd_item *item,
                            struct php_sharedance_sink *sink)
{
	struct sd_error error;
	enum sd_status status;

	php_sharedance_sink_init(sink);
	item->sink = &sink->sink;
	intern->running++;
	status = sd_client_get(intern->client, item, 1, &error);
	status = status == SD_OK ? item->status : status;
	end_operation(intern, status, &error, php_sharedance_throw);
	if (status != SD_OK) {
		php_sharedance_sink_free(sink);
	}
	return status;
}

PHP_METHOD(Sharedance, get)
{
	struct php_sharedance *intern;
	struct php_sharedance_sink sink;
	struct sd_item item;
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
	sd_item_init(&item, bytes_of(key));
	status = fetch(intern, &item, &sink);
	if (status == SD_OK) {
		RETURN_STR(php_sharedance_sink_take(&sink));
	}
	if (status != SD_ABSENT) {
		return; /* by an exception, or by PHP's end of the script */
	}
	if (absent == NULL) {
		RETURN_FALSE;
	}
	RETURN_COPY(absent);
}

PHP_METHOD(Sharedance, getWithVersion)
{
	struct php_sharedance *intern;
	struct php_sharedance_sink sink;
	struct sd_item item;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	sd_item_init(&item, bytes_of(key));
	item.wants_version = true;
	if (fetch(intern, &item, &sink) != SD_OK) {
		return; /* null, or by an exception */
	}
	if (item.version == 0) {
		php_sharedance_sink_free(&sink);
		zend_throw_exception(php_sharedance_exception_ce,
		                     "Failed to get a version: the classic protocol has none", 0);
		RETURN_THROWS();
	}
	array_init_size(return_value, 2);
	add_next_index_str(return_value, php_sharedance_sink_take(&sink));
	add_next_index_long(return_value, (zend_long)item.version);
}

PHP_METHOD(Sharedance, set)
{
	struct php_sharedance *intern;
	struct sd_error error;
	struct sd_item item;
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

	intern = this_pool(ZEND_THIS);
	if (intern == NULL || !check_ttl(ttl, 3)) {
		RETURN_THROWS();
	}
	sd_item_init(&item, bytes_of(key));
	item.data = bytes_of(data);
	intern->running++;
	status = sd_client_set(intern->client, &item, 1, ttl, &error);
	end_operation(intern, status, &error, php_sharedance_throw);
	if (status == SD_OK) {
		RETURN_LONG(item.stored);
	}
}

PHP_METHOD(Sharedance, delete)
{
	struct php_sharedance *intern;
	struct sd_error error;
	struct sd_item item;
	enum sd_status status;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	sd_item_init(&item, bytes_of(key));
	intern->running++;
	status = sd_client_delete(intern->client, &item, 1, &error);
	end_operation(intern, status, &error, php_sharedance_throw);
	if (status == SD_OK) {
		RETURN_BOOL(item.status == SD_OK);
	}
}

/* Looks for an entry, which gets `ttl` seconds to live if that is not 0, and returns whether there
 * is one. */
static void look(zval *return_value, struct php_sharedance *intern, zend_string *key, zend_long ttl)
{
	struct sd_item item;
	struct sd_error error;
	enum sd_status status;

	sd_item_init(&item, bytes_of(key));
	intern->running++;
	status = sd_client_look(intern->client, &item, 1, ttl, &error);
	end_operation(intern, status, &error, php_sharedance_throw);
	if (status == SD_OK) {
		RETURN_BOOL(item.status == SD_OK);
	}
}

PHP_METHOD(Sharedance, has)
{
	struct php_sharedance *intern;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	look(return_value, intern, key, 0);
}

PHP_METHOD(Sharedance, touch)
{
	struct php_sharedance *intern;
	zend_string *key;
	zend_long ttl;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(key)
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (ttl < 1) {
		zend_argument_value_error(2, "must be greater than 0");
		RETURN_THROWS();
	}
	look(return_value, intern, key, ttl);
}

/* Carries out a change and returns its status, any exception thrown. */
static enum sd_status change_item(struct php_sharedance *intern, struct sd_item *item,
                                  const struct sd_change *change)
{
	struct sd_error error;
	enum sd_status status;

	intern->running++;
	status = sd_client_change(intern->client, item, change, &error);
	end_operation(intern, status, &error, php_sharedance_throw);
	return status;
}

/* add() and replace(). */
static void store_if(INTERNAL_FUNCTION_PARAMETERS, enum sd_change_kind kind)
{
	struct php_sharedance *intern;
	struct sd_item item;
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

	intern = this_pool(ZEND_THIS);
	if (intern == NULL || !check_ttl(ttl, 3)) {
		RETURN_THROWS();
	}
	sd_item_init(&item, bytes_of(key));
	item.data = bytes_of(data);
	status = change_item(intern, &item, &(struct sd_change){.kind = kind, .ttl = ttl});
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
	struct php_sharedance *intern;
	struct sd_item item;
	struct sd_change change = {.kind = SD_CAS};
	enum sd_status status;
	zend_string *key;
	zend_string *data;
	zend_long version;
	zend_long ttl = 0;

	ZEND_PARSE_PARAMETERS_START(3, 4)
		Z_PARAM_STR(key)
		Z_PARAM_STR(data)
		Z_PARAM_LONG(version)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(ttl)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL || !check_ttl(ttl, 4)) {
		RETURN_THROWS();
	}
	if (version < 1) {
		zend_argument_value_error(3, "must be greater than 0, as getWithVersion() returns it");
		RETURN_THROWS();
	}
	change.version = (uint64_t)version;
	change.ttl = ttl;
	sd_item_init(&item, bytes_of(key));
	item.data = bytes_of(data);
	status = change_item(intern, &item, &change);
	if (!sd_status_is_failure(status)) {
		RETURN_BOOL(status == SD_OK);
	}
}

/* Returns the number that a server told; it may be beyond what PHP has. */
static void return_number(zval *return_value, struct php_sharedance_sink *sink)
{
	zend_string *digits = php_sharedance_sink_take(sink);
	zend_long number;

	if (is_numeric_string(ZSTR_VAL(digits), ZSTR_LEN(digits), &number, NULL, false) == IS_LONG) {
		ZVAL_LONG(return_value, number);
	} else {
		zend_throw_exception_ex(php_sharedance_exception_ce, 0,
		                        "The number is now %s, which PHP has no integer for",
		                        ZSTR_VAL(digits));
	}
	zend_string_release(digits);
}

/* increment() and decrement(). */
static void adjust(INTERNAL_FUNCTION_PARAMETERS, bool decrement)
{
	struct php_sharedance *intern;
	struct php_sharedance_sink sink;
	struct sd_item item;
	enum sd_status status;
	zend_string *key;
	zend_long by = 1;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(key)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(by)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (by < 0) {
		zend_argument_value_error(2, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	php_sharedance_sink_init(&sink);
	sd_item_init(&item, bytes_of(key));
	item.sink = &sink.sink;
	status = change_item(intern, &item,
	                     &(struct sd_change){.kind = SD_ADJUST,
	                                         .delta = (uint64_t)by,
	                                         .decrement = decrement});
	if (status == SD_OK) {
		return_number(return_value, &sink);
		return;
	}
	php_sharedance_sink_free(&sink);
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

/* }}} */

/* {{{ methods: many entries */

/* What an item borrows. */
struct belongings {
	zend_string *key;                /* owned */
	zend_string *value;              /* owned; NULL: there is none */
	struct php_sharedance_sink sink; /* for a value that is fetched */
};

/* The items of an array, with all that they borrow: an array that changes meanwhile changes none. */
struct batch {
	size_t count;
	struct sd_item *items;
	struct belongings *belongings; /* of each item */
};

static void batch_init(struct batch *batch, size_t count)
{
	batch->count = 0;
	batch->items = safe_emalloc(count, sizeof(*batch->items), 0);
	batch->belongings = safe_emalloc(count, sizeof(*batch->belongings), 0);
}

/* Takes key and value over; `value` may be NULL. */
static void batch_add(struct batch *batch, zend_string *key, zend_string *value)
{
	struct sd_item *item = &batch->items[batch->count];
	struct belongings *belongings = &batch->belongings[batch->count];

	sd_item_init(item, bytes_of(key));
	belongings->key = key;
	belongings->value = value;
	if (value != NULL) {
		item->data = bytes_of(value);
	}
	php_sharedance_sink_init(&belongings->sink);
	item->sink = &belongings->sink.sink;
	batch->count++;
}

static void batch_free(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct belongings *belongings = &batch->belongings[i];

		zend_string_release(belongings->key);
		if (belongings->value != NULL) {
			zend_string_release(belongings->value);
		}
		php_sharedance_sink_free(&belongings->sink);
	}
	efree(batch->belongings);
	efree(batch->items);
}

/* The keys that an array lists. False: one is none, and an exception was thrown. */
static bool batch_add_keys(struct batch *batch, HashTable *keys)
{
	zval *key;

	ZEND_HASH_FOREACH_VAL(keys, key) {
		ZVAL_DEREF(key);
		if (Z_TYPE_P(key) != IS_STRING && Z_TYPE_P(key) != IS_LONG) {
			zend_argument_type_error(1, "must be a list of keys of type string, %s given",
			                         zend_zval_type_name(key));
			return false;
		}
		batch_add(batch, zval_get_string(key), NULL);
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* The keys and values of an array. False: one is none, and an exception was thrown. */
static bool batch_add_pairs(struct batch *batch, HashTable *pairs)
{
	zend_ulong index;
	zend_string *name;
	zval *value;

	ZEND_HASH_FOREACH_KEY_VAL(pairs, index, name, value) {
		ZVAL_DEREF(value);
		if (Z_TYPE_P(value) != IS_STRING && Z_TYPE_P(value) != IS_LONG &&
		    Z_TYPE_P(value) != IS_DOUBLE) {
			zend_argument_type_error(1, "must have values of type string, %s given",
			                         zend_zval_type_name(value));
			return false;
		}
		batch_add(batch,
		          name != NULL ? zend_string_copy(name) : zend_long_to_str((zend_long)index),
		          zval_get_string(value));
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* What was achieved when some keys failed goes with the exception. Takes `partial` over. */
static void attach_partial(zval *partial)
{
	if (EG(exception) != NULL &&
	    instanceof_function(EG(exception)->ce, php_sharedance_exception_ce)) {
		zend_update_property(php_sharedance_exception_ce, EG(exception), ZEND_STRL("partial"),
		                     partial);
	}
	zval_ptr_dtor(partial);
}

PHP_METHOD(Sharedance, getMulti)
{
	struct php_sharedance *intern;
	struct batch batch;
	struct sd_error error;
	enum sd_status status;
	HashTable *keys;
	zval found;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(keys)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	batch_init(&batch, zend_hash_num_elements(keys));
	if (!batch_add_keys(&batch, keys)) {
		batch_free(&batch);
		RETURN_THROWS();
	}
	intern->running++;
	status = sd_client_get(intern->client, batch.items, batch.count, &error);
	end_operation(intern, status, &error, php_sharedance_throw_of_many);
	array_init_size(&found, batch.count);
	for (size_t i = 0; i < batch.count && status != SD_BAD_KEY; i++) {
		if (batch.items[i].status == SD_OK && batch.items[i].owners > 0) {
			zval value;

			ZVAL_STR(&value, php_sharedance_sink_take(&batch.belongings[i].sink));
			zend_symtable_update(Z_ARRVAL(found), batch.belongings[i].key, &value);
		}
	}
	batch_free(&batch);
	if (status == SD_OK) {
		RETURN_COPY_VALUE(&found);
	}
	attach_partial(&found);
}

/* The number of items that have been written; `status` is the operation's. */
static zend_long count_done(const struct batch *batch)
{
	zend_long done = 0;

	for (size_t i = 0; i < batch->count; i++) {
		done += batch->items[i].status == SD_OK && batch->items[i].stored > 0;
	}
	return done;
}

PHP_METHOD(Sharedance, setMulti)
{
	struct php_sharedance *intern;
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

	intern = this_pool(ZEND_THIS);
	if (intern == NULL || !check_ttl(ttl, 2)) {
		RETURN_THROWS();
	}
	batch_init(&batch, zend_hash_num_elements(pairs));
	if (!batch_add_pairs(&batch, pairs)) {
		batch_free(&batch);
		RETURN_THROWS();
	}
	intern->running++;
	status = sd_client_set(intern->client, batch.items, batch.count, ttl, &error);
	done = count_done(&batch);
	batch_free(&batch);
	if (done > 0 && status != SD_ABORTED && status != SD_NO_MEMORY) {
		status = SD_OK; /* the number says that some were not stored, and none can be mistaken */
	}
	end_operation(intern, status, &error, php_sharedance_throw_of_many);
	if (status == SD_OK) {
		RETURN_LONG(done);
	}
}

PHP_METHOD(Sharedance, deleteMulti)
{
	struct php_sharedance *intern;
	struct batch batch;
	struct sd_error error;
	enum sd_status status;
	HashTable *keys;
	zval done;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(keys)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	batch_init(&batch, zend_hash_num_elements(keys));
	if (!batch_add_keys(&batch, keys)) {
		batch_free(&batch);
		RETURN_THROWS();
	}
	intern->running++;
	status = sd_client_delete(intern->client, batch.items, batch.count, &error);
	end_operation(intern, status, &error, php_sharedance_throw_of_many);
	ZVAL_LONG(&done, count_done(&batch));
	batch_free(&batch);
	if (status == SD_OK) {
		RETURN_COPY_VALUE(&done);
	}
	attach_partial(&done);
}

/* }}} */
