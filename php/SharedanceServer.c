/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class SharedanceServer: one server, checked when it is constructed. If a
 * subclass overrides send(), every request to the server goes through that
 * method (php/user_transport.h).
 */

#include "php/SharedanceServer.h"

#include "client/client.h"
#include "client/net/network.h"
#include "php/error.h"
#include "php/runtime.h"
#include "php/value.h"

zend_class_entry *php_sharedance_server_ce;
static zend_object_handlers server_handlers;

#define Z_SERVER_P(zv) php_sharedance_server_from(Z_OBJ_P(zv))

/* {{{ creating and freeing the object */

static zend_object *server_create_object(zend_class_entry *ce)
{
	struct php_sharedance_server *intern = zend_object_alloc(sizeof(*intern), ce);
	zend_function *send = zend_hash_str_find_ptr(&ce->function_table, ZEND_STRL("send"));

	intern->overrides_send = send->common.scope != php_sharedance_server_ce;
	php_sharedance_user_transport_init(&intern->user, &intern->std);
	zend_object_std_init(&intern->std, ce);
	object_properties_init(&intern->std, ce);
	intern->std.handlers = &server_handlers;
	return &intern->std;
}

static void construct(zend_object *object, const struct sd_server *server, zend_string *host,
                      zend_long port, double timeout)
{
	struct php_sharedance_server *intern = php_sharedance_server_from(object);
	zend_class_entry *ce = php_sharedance_server_ce;
	const char *protocol = sd_protocol_name(server->protocol);

	zend_update_property_str(ce, object, ZEND_STRL("host"), host);
	zend_update_property_long(ce, object, ZEND_STRL("port"), port);
	zend_update_property_double(ce, object, ZEND_STRL("timeout"), timeout);
	zend_update_property_long(ce, object, ZEND_STRL("weight"), server->weight);
	if (protocol != NULL) {
		zend_update_property_string(ce, object, ZEND_STRL("protocol"), protocol);
	} else {
		zend_update_property_null(ce, object, ZEND_STRL("protocol"));
	}
	intern->server = *server;
	intern->server.transport = intern->overrides_send ? &intern->user.transport : NULL;
	intern->constructed = true;
}

zend_object *php_sharedance_server_create(const struct sd_server *server, double timeout)
{
	zend_string *host = zend_string_init(server->host, strlen(server->host), 0);
	zval object;

	object_init_ex(&object, php_sharedance_server_ce);
	construct(Z_OBJ(object), server, host, server->port, timeout);
	zend_string_release(host);
	return Z_OBJ(object);
}

void php_sharedance_server_close(zend_object *object)
{
	zend_function *close = zend_hash_str_find_ptr(&object->ce->function_table, ZEND_STRL("close"));

	zend_call_known_function(close, object, object->ce, NULL, 0, NULL, NULL);
}

void php_sharedance_server_register_class(zend_class_entry *ce)
{
	php_sharedance_server_ce = ce;
	ce->create_object = server_create_object;
	memcpy(&server_handlers, &std_object_handlers, sizeof(server_handlers));
	server_handlers.offset = offsetof(struct php_sharedance_server, std);
	server_handlers.clone_obj = NULL;
	server_handlers.compare = zend_objects_not_comparable;
}

/* }}} */

/* {{{ methods */

PHP_METHOD(SharedanceServer, __construct)
{
	struct sd_server server;
	enum sd_server_part bad_part;
	struct sd_error error;
	zend_string *host;
	zend_long port = SD_DEFAULT_PORT;
	double timeout = SD_DEFAULT_TIMEOUT;
	zend_long weight = SD_DEFAULT_WEIGHT;
	zend_string *protocol = NULL;

	ZEND_PARSE_PARAMETERS_START(1, 5)
		Z_PARAM_STR(host)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(port)
		Z_PARAM_DOUBLE(timeout)
		Z_PARAM_LONG(weight)
		Z_PARAM_STR_OR_NULL(protocol)
	ZEND_PARSE_PARAMETERS_END();

	if (Z_SERVER_P(ZEND_THIS)->constructed) {
		zend_throw_error(NULL, "The %s object has been constructed already",
		                 ZSTR_VAL(Z_OBJCE_P(ZEND_THIS)->name));
		RETURN_THROWS();
	}
	if (sd_server_init(&server, ZSTR_VAL(host), ZSTR_LEN(host), port, timeout, weight, &bad_part,
	                   &error) != SD_OK) {
		php_sharedance_throw_argument(bad_part, &error);
		RETURN_THROWS();
	}
	if (protocol != NULL &&
	    sd_server_read_protocol(&server, ZSTR_VAL(protocol), ZSTR_LEN(protocol), &error) != SD_OK) {
		php_sharedance_throw_argument(SD_SERVER_PROTOCOL, &error);
		RETURN_THROWS();
	}
	construct(Z_OBJ_P(ZEND_THIS), &server, host, port, timeout);
}

/* Throws and returns false if a subclass's constructor did not call the parent's. */
static bool check_constructed(const struct php_sharedance_server *intern)
{
	if (!intern->constructed) {
		zend_throw_error(NULL, "The %s object has not been constructed",
		                 ZSTR_VAL(intern->std.ce->name));
	}
	return intern->constructed;
}

PHP_METHOD(SharedanceServer, send)
{
	struct php_sharedance_server *intern = Z_SERVER_P(ZEND_THIS);
	struct php_sharedance_value value;
	struct sd_error error;
	zend_string *command;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(command)
	ZEND_PARSE_PARAMETERS_END();

	if (!check_constructed(intern)) {
		RETURN_THROWS();
	}
	php_sharedance_value_init(&value);
	if (sd_client_send(sd_network_transport(php_sharedance_network()), &SHAREDANCE_G(options),
	                   &intern->server, php_sharedance_bytes_of(command), &value.sink,
	                   &error) != SD_OK) {
		php_sharedance_value_free(&value);
		php_sharedance_throw(&error);
		return;
	}
	RETURN_STR(php_sharedance_value_take(&value));
}

PHP_METHOD(SharedanceServer, close)
{
	ZEND_PARSE_PARAMETERS_NONE();

	Z_SERVER_P(ZEND_THIS)->server.closed = true;
}

PHP_METHOD(SharedanceServer, __toString)
{
	char name[SD_SERVER_NAME_MAX];

	ZEND_PARSE_PARAMETERS_NONE();

	if (!check_constructed(Z_SERVER_P(ZEND_THIS))) {
		RETURN_THROWS();
	}
	RETURN_STRING(sd_server_name(&Z_SERVER_P(ZEND_THIS)->server, name));
}

/* }}} */
