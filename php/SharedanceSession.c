/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class SharedanceSession: the save handler on a Sharedance object of the user,
 * with that object's servers. It does the same as session.save_handler =
 * sharedance, by the same code (php/session_calls.h).
 */

#include "php/SharedanceSession.h"

#include "ext/session/php_session.h"

#include "php/Sharedance.h"
#include "php/session_calls.h"

/* {{{ the object */

struct php_sharedance_session_object {
	struct php_sharedance_open_session open;
	zend_object *pool; /* the Sharedance object, owned; NULL: not constructed */
	zend_object std;   /* last, as Zend requires */
};

static zend_object_handlers session_handlers;

static struct php_sharedance_session_object *session_from(zend_object *object)
{
	return (struct php_sharedance_session_object *)((char *)object -
	                                                offsetof(struct php_sharedance_session_object,
	                                                         std));
}

static zend_object *session_create_object(zend_class_entry *ce)
{
	struct php_sharedance_session_object *intern = zend_object_alloc(sizeof(*intern), ce);

	zend_object_std_init(&intern->std, ce);
	object_properties_init(&intern->std, ce);
	intern->std.handlers = &session_handlers;
	return &intern->std;
}

/* If another call is under way, this throws. */
static void close_session(struct php_sharedance_session_object *intern)
{
	bool was_open = intern->open.client != NULL;

	if (intern->pool == NULL || !php_sharedance_session_check_idle(&intern->open)) {
		return;
	}
	php_sharedance_pool_enter(intern->pool);
	(void)php_sharedance_session_close(&intern->open);
	php_sharedance_pool_leave(intern->pool);
	if (was_open) {
		php_sharedance_pool_return(intern->pool);
	}
}

/* During the shutdown of a request PHP's session module has yet to write and close. A call that is
 * under way is that of a Fiber that is garbage, too. */
static void session_destroy_object(zend_object *object)
{
	struct php_sharedance_session_object *intern = session_from(object);

	if (!(EG(flags) & EG_FLAGS_IN_SHUTDOWN) && !php_sharedance_is_running(&intern->open.running)) {
		close_session(intern);
	}
	zend_objects_destroy_object(object);
}

static void session_free_object(zend_object *object)
{
	struct php_sharedance_session_object *intern = session_from(object);

	bool was_open = intern->open.client != NULL;

	zend_object_std_dtor(object); /* first: no weak reference finds it from here on */
	php_sharedance_open_session_abandon(&intern->open); /* it may have created an id when closed */
	if (was_open) {
		php_sharedance_pool_return(intern->pool);
	}
	if (intern->pool != NULL) {
		OBJ_RELEASE(intern->pool);
	}
}

static HashTable *session_get_gc(zend_object *object, zval **table, int *count)
{
	struct php_sharedance_session_object *intern = session_from(object);
	zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

	if (intern->pool != NULL) {
		zend_get_gc_buffer_add_obj(buffer, intern->pool);
	}
	zend_get_gc_buffer_use(buffer, table, count);
	return zend_std_get_properties(object);
}

void php_sharedance_session_register_class(zend_class_entry *ce)
{
	ce->create_object = session_create_object;
	memcpy(&session_handlers, &std_object_handlers, sizeof(session_handlers));
	session_handlers.offset = offsetof(struct php_sharedance_session_object, std);
	session_handlers.dtor_obj = session_destroy_object;
	session_handlers.free_obj = session_free_object;
	session_handlers.clone_obj = NULL;
	session_handlers.compare = zend_objects_not_comparable;
	session_handlers.get_gc = session_get_gc;
}

/* }}} */

/* {{{ methods */

/* The object behind $this. If its session is not open: NULL, and an Error is thrown. */
static struct php_sharedance_session_object *this_open(zval *this)
{
	struct php_sharedance_session_object *intern = session_from(Z_OBJ_P(this));

	if (intern->pool == NULL) {
		zend_throw_error(NULL, "The %s object has not been constructed",
		                 ZSTR_VAL(intern->std.ce->name));
		return NULL;
	}
	if (intern->open.client == NULL) {
		zend_throw_error(NULL, "The session of the %s object is not open",
		                 ZSTR_VAL(intern->std.ce->name));
		return NULL;
	}
	return intern;
}

PHP_METHOD(SharedanceSession, __construct)
{
	struct php_sharedance_session_object *intern = session_from(Z_OBJ_P(ZEND_THIS));
	zend_object *pool;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_OBJ_OF_CLASS(pool, php_sharedance_pool_ce)
	ZEND_PARSE_PARAMETERS_END();

	if (intern->pool != NULL) {
		zend_throw_error(NULL, "The %s object has been constructed already",
		                 ZSTR_VAL(intern->std.ce->name));
		RETURN_THROWS();
	}
	GC_ADDREF(pool);
	intern->pool = pool;
}

PHP_METHOD(SharedanceSession, open)
{
	struct php_sharedance_session_object *intern = session_from(Z_OBJ_P(ZEND_THIS));
	struct sd_client *client;
	zend_string *path;
	zend_string *name;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(path)
		Z_PARAM_STR(name)
	ZEND_PARSE_PARAMETERS_END();

	(void)path; /* the servers are those of the Sharedance object */
	(void)name;
	if (intern->pool == NULL) {
		(void)this_open(ZEND_THIS);
		RETURN_THROWS();
	}
	if (!php_sharedance_session_check_idle(&intern->open)) {
		RETURN_THROWS();
	}
	if (intern->open.client == NULL) {
		client = php_sharedance_pool_borrow(intern->pool);
		if (client == NULL) {
			RETURN_THROWS();
		}
		php_sharedance_session_open(&intern->open, client);
	}
	RETURN_TRUE;
}

PHP_METHOD(SharedanceSession, close)
{
	ZEND_PARSE_PARAMETERS_NONE();

	close_session(session_from(Z_OBJ_P(ZEND_THIS)));
	RETURN_TRUE;
}

PHP_METHOD(SharedanceSession, read)
{
	struct php_sharedance_session_object *intern;
	zend_result result;
	zend_string *value;
	zend_string *id;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_open(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	php_sharedance_pool_enter(intern->pool);
	result = php_sharedance_session_read(&intern->open, id, &value);
	php_sharedance_pool_leave(intern->pool);
	if (result == FAILURE) {
		RETURN_FALSE;
	}
	RETURN_STR(value);
}

/* write() and updateTimestamp() */
static void call_with_data(INTERNAL_FUNCTION_PARAMETERS,
                           zend_result (*call)(struct php_sharedance_open_session *open,
                                               zend_string *id, zend_string *value, zend_long ttl))
{
	struct php_sharedance_session_object *intern;
	zend_result result;
	zend_string *data;
	zend_string *id;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(id)
		Z_PARAM_STR(data)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_open(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	php_sharedance_pool_enter(intern->pool);
	result = call(&intern->open, id, data, php_sharedance_gc_maxlifetime());
	php_sharedance_pool_leave(intern->pool);
	RETURN_BOOL(result == SUCCESS);
}

PHP_METHOD(SharedanceSession, write)
{
	call_with_data(INTERNAL_FUNCTION_PARAM_PASSTHRU, php_sharedance_session_write);
}

PHP_METHOD(SharedanceSession, updateTimestamp)
{
	call_with_data(INTERNAL_FUNCTION_PARAM_PASSTHRU, php_sharedance_session_touch);
}

/* destroy() and validateId() */
static void call_with_id(INTERNAL_FUNCTION_PARAMETERS,
                         zend_result (*call)(struct php_sharedance_open_session *open,
                                             zend_string *id))
{
	struct php_sharedance_session_object *intern;
	zend_result result;
	zend_string *id;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	intern = this_open(ZEND_THIS);
	if (intern == NULL) {
		RETURN_THROWS();
	}
	php_sharedance_pool_enter(intern->pool);
	result = call(&intern->open, id);
	php_sharedance_pool_leave(intern->pool);
	RETURN_BOOL(result == SUCCESS);
}

PHP_METHOD(SharedanceSession, destroy)
{
	call_with_id(INTERNAL_FUNCTION_PARAM_PASSTHRU, php_sharedance_session_destroy);
}

PHP_METHOD(SharedanceSession, validateId)
{
	call_with_id(INTERNAL_FUNCTION_PARAM_PASSTHRU, php_sharedance_session_validate);
}

/* Nothing is to be collected: sessions expire on the servers. */
PHP_METHOD(SharedanceSession, gc)
{
	zend_long max_lifetime;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(max_lifetime)
	ZEND_PARSE_PARAMETERS_END();

	(void)max_lifetime;
	RETURN_LONG(0);
}

PHP_METHOD(SharedanceSession, create_sid)
{
	struct php_sharedance_session_object *intern = session_from(Z_OBJ_P(ZEND_THIS));
	zend_string *id;

	ZEND_PARSE_PARAMETERS_NONE();

	if (intern->pool != NULL) {
		php_sharedance_pool_enter(intern->pool);
	}
	id = php_sharedance_session_create_id(&intern->open);
	if (intern->pool != NULL) {
		php_sharedance_pool_leave(intern->pool);
	}
	if (id == NULL) {
		RETURN_THROWS();
	}
	RETURN_STR(id);
}

/* }}} */
