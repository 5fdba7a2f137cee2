/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class Sharedance: the object, the methods about its servers, and how the
 * methods on keys (Sharedance_entry.c, Sharedance_multi.c) end. Each method parses
 * its arguments, calls one function of the client and returns or throws the
 * outcome.
 *
 * Invariant: `servers` and the client's servers are the same, in the same order,
 * and neither changes while an operation is in progress or a session is open.
 */

#include "php/Sharedance.h"

#include "Zend/zend_exceptions.h"

#include "client/client.h"
#include "client/net/network.h"
#include "client/pool/server.h"
#include "client/pool/server_list.h"
#include "php/SharedanceServer.h"
#include "php/error.h"
#include "php/info.h"
#include "php/open_session.h"
#include "php/runtime.h"
#include "php/user_transport.h"
#include "php/value.h"

/* {{{ the object */

zend_class_entry *php_sharedance_pool_ce;
static zend_object_handlers pool_handlers;

static zend_object *pool_create_object(zend_class_entry *ce)
{
	struct php_sharedance_pool *intern = zend_object_alloc(sizeof(*intern), ce);

	zend_object_std_init(&intern->std, ce);
	object_properties_init(&intern->std, ce);
	intern->std.handlers = &pool_handlers;
	return &intern->std;
}

static void forget_servers(struct php_sharedance_pool *intern)
{
	zend_object **servers = intern->servers;
	uint32_t count = intern->count;

	sd_client_forget_servers(intern->client);
	intern->servers = NULL;
	intern->count = 0;
	/* last: a server's destructor is the user's code, and must find the pool in order */
	for (uint32_t i = 0; i < count; i++) {
		php_sharedance_server_from(servers[i])->pools--;
		OBJ_RELEASE(servers[i]);
	}
	if (servers != NULL) {
		efree(servers);
	}
}

static void pool_free_object(zend_object *object)
{
	struct php_sharedance_pool *intern = php_sharedance_pool_from(object);

	zend_object_std_dtor(object); /* first: no weak reference finds it from here on */
	if (intern->client != NULL) {
		/* at a request's end PHP frees objects in spite of references to them */
		php_sharedance_open_session_abandon_all(intern->client);
		forget_servers(intern);
		sd_client_free(intern->client);
	}
}

static HashTable *pool_get_gc(zend_object *object, zval **table, int *count)
{
	struct php_sharedance_pool *intern = php_sharedance_pool_from(object);
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
	struct php_sharedance_pool *intern = php_sharedance_pool_from(object);
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

/* Throws an Error and returns false if the object was not constructed. */
static bool check_constructed(const struct php_sharedance_pool *intern)
{
	if (intern->client == NULL) {
		zend_throw_error(NULL, "The %s object has not been constructed",
		                 ZSTR_VAL(intern->std.ce->name));
	}
	return intern->client != NULL;
}

struct php_sharedance_pool *php_sharedance_pool_this(zval *this)
{
	struct php_sharedance_pool *intern = php_sharedance_pool_from(Z_OBJ_P(this));

	return check_constructed(intern) ? intern : NULL;
}

/* False, and an exception is thrown, if an operation or a session relies on the servers. What a
 * change runs, an overridden close() or a destructor, may have begun one: each step asks again. */
static bool check_idle(const struct php_sharedance_pool *intern)
{
	bool is_running = php_sharedance_is_running(&intern->running);
	bool is_idle = !is_running && intern->borrowed == 0;

	if (!is_idle && EG(exception) == NULL) {
		zend_throw_error(
			NULL, "The servers of a %s object cannot be changed %s", ZSTR_VAL(intern->std.ce->name),
			is_running ? "from within its own operation" : "while a session is open on them");
	}
	return is_idle;
}

/* The same as php_sharedance_pool_this() for a method that changes the servers. */
static struct php_sharedance_pool *this_idle_pool(zval *this)
{
	struct php_sharedance_pool *intern = php_sharedance_pool_this(this);

	return intern != NULL && check_idle(intern) ? intern : NULL;
}

void php_sharedance_pool_register_class(zend_class_entry *ce)
{
	php_sharedance_pool_ce = ce;
	ce->create_object = pool_create_object;
	memcpy(&pool_handlers, &std_object_handlers, sizeof(pool_handlers));
	pool_handlers.offset = offsetof(struct php_sharedance_pool, std);
	pool_handlers.free_obj = pool_free_object;
	pool_handlers.clone_obj = NULL;
	pool_handlers.compare = zend_objects_not_comparable;
	pool_handlers.get_gc = pool_get_gc;
	pool_handlers.get_properties_for = pool_get_properties_for;
}

/* }}} */

/* {{{ for the methods on keys */

void php_sharedance_pool_end(struct php_sharedance_pool *intern, enum sd_status status,
                             const struct sd_error *error,
                             void (*throw)(const struct sd_error *error))
{
	zend_object *failure = php_sharedance_user_transport_take_failure();

	php_sharedance_running_end(&intern->running);
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
	struct php_sharedance_pool *intern = php_sharedance_pool_from(object);

	if (!check_constructed(intern)) {
		return NULL;
	}
	intern->borrowed++;
	return intern->client;
}

void php_sharedance_pool_return(zend_object *object)
{
	php_sharedance_pool_from(object)->borrowed--;
}

void php_sharedance_pool_enter(zend_object *object)
{
	php_sharedance_running_begin(&php_sharedance_pool_from(object)->running);
}

void php_sharedance_pool_leave(zend_object *object)
{
	php_sharedance_user_transport_forget_failure();
	php_sharedance_running_end(&php_sharedance_pool_from(object)->running);
}

/* }}} */

/* {{{ methods: the servers */

PHP_METHOD(Sharedance, __construct)
{
	struct php_sharedance_pool *intern = php_sharedance_pool_from(Z_OBJ_P(ZEND_THIS));
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

/* Adds the object, and a reference to it. */
static enum sd_status add_server(struct php_sharedance_pool *intern, zend_object *object,
                                 struct sd_error *error)
{
	struct php_sharedance_server *server = php_sharedance_server_from(object);
	enum sd_status status;

	intern->servers =
		safe_erealloc(intern->servers, intern->count + 1, sizeof(*intern->servers), 0);
	status = sd_client_add_server(intern->client, &server->server, error);
	if (status == SD_OK) {
		GC_ADDREF(object);
		php_sharedance_server_from(object)->pools++;
		intern->servers[intern->count++] = object;
	}
	return status;
}

/* Throws a ValueError and returns false if the object was not constructed. */
static bool check_server(zend_object *object)
{
	bool constructed = php_sharedance_server_from(object)->constructed;

	if (!constructed) {
		zend_argument_value_error(1, "must be a constructed object");
	}
	return constructed;
}

/* Adds the object. Throws and returns false if it cannot be added. */
static bool add_server_or_throw(struct php_sharedance_pool *intern, zend_object *object)
{
	struct sd_error error;

	if (!check_idle(intern)) {
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
	struct php_sharedance_pool *intern;
	zend_object *server;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(server, php_sharedance_server_ce)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_idle_pool(ZEND_THIS);
	if (intern == NULL || !check_server(server) || !add_server_or_throw(intern, server)) {
		RETURN_THROWS();
	}
}

/* A list is added as a whole or not at all. So this checks the list, and that none of its servers
 * is in the pool already, before the first server is added. */
static enum sd_status check_list(const struct php_sharedance_pool *intern, const zend_string *text,
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
	struct php_sharedance_pool *intern;
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
	struct php_sharedance_pool *intern;
	zend_object *server;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(server, php_sharedance_server_ce)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_idle_pool(ZEND_THIS);
	if (intern == NULL || !check_server(server)) {
		RETURN_THROWS();
	}
	forget_servers(intern);
	if (!add_server_or_throw(intern, server)) {
		RETURN_THROWS();
	}
}

PHP_METHOD(Sharedance, close)
{
	struct php_sharedance_pool *intern;

	ZEND_PARSE_PARAMETERS_NONE();

	intern = this_idle_pool(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	php_sharedance_running_begin(&intern->running);
	for (uint32_t i = 0; i < intern->count && EG(exception) == NULL; i++) {
		if (php_sharedance_server_from(intern->servers[i])->pools == 1) { /* else others use it */
			php_sharedance_server_close(intern->servers[i]);
		}
	}
	php_sharedance_running_end(&intern->running);
	if (check_idle(intern)) {
		forget_servers(intern);
	}
}

/* As the stub has them. */
enum scope {
	STATS_ALL = 1,
	STATS_PROCESS = 2,
};

enum owner {
	FIRST,
	SECOND,
};

/* Returns the object of a key's first or second server; null if the key has no second server. */
static void return_owner(INTERNAL_FUNCTION_PARAMETERS, enum owner which)
{
	struct php_sharedance_pool *intern;
	struct sd_error error;
	size_t owners[2];
	size_t count;
	zend_string *key;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(key)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (sd_client_locate(intern->client, php_sharedance_bytes_of(key), owners, &count, &error) !=
	    SD_OK) {
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

PHP_METHOD(Sharedance, getServers)
{
	struct php_sharedance_pool *intern;

	ZEND_PARSE_PARAMETERS_NONE();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	array_init_size(return_value, intern->count);
	for (uint32_t i = 0; i < intern->count; i++) {
		php_sharedance_info_add_server(return_value,
		                               &php_sharedance_server_from(intern->servers[i])->server);
	}
}

PHP_METHOD(Sharedance, getStats)
{
	struct php_sharedance_pool *intern;
	zend_long scope = STATS_ALL;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(scope)
	ZEND_PARSE_PARAMETERS_END();

	intern = php_sharedance_pool_this(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	if (scope != STATS_ALL && scope != STATS_PROCESS) {
		zend_argument_value_error(1, "must be one of Sharedance::STATS_ALL and "
		                             "Sharedance::STATS_PROCESS");
		RETURN_THROWS();
	}
	array_init_size(return_value, intern->count);
	for (uint32_t i = 0; i < intern->count; i++) {
		php_sharedance_info_add_statistics(return_value,
		                                   &php_sharedance_server_from(intern->servers[i])->server,
		                                   scope == STATS_ALL);
	}
}

/* }}} */
