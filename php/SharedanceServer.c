/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class SharedanceServer: one server, and the door through which users bring
 * transports of their own: an overridden send() is used for every request to
 * that server, with the raw classic request as its argument.
 */

#include "php_sharedance.h"

#include "Zend/zend_exceptions.h"

zend_class_entry *php_sharedance_server_ce;
static zend_object_handlers server_handlers;

#define Z_SERVER_P(zv) php_sharedance_server_from(Z_OBJ_P(zv))

/* {{{ a user's send() as a transport */

/* NULL: it is larger than the memory limit leaves room for. */
static zend_string *classic_request(const struct sd_exchange *exchange)
{
	uint8_t head[SD_CLASSIC_HEAD_MAX];
	size_t head_length = sd_exchange_classic_head(exchange, head);
	zend_string *request = php_sharedance_string_alloc(head_length + exchange->data.length);

	if (request == NULL) {
		return NULL;
	}
	memcpy(ZSTR_VAL(request), head, head_length);
	if (exchange->data.length > 0) {
		memcpy(ZSTR_VAL(request) + head_length, exchange->data.data, exchange->data.length);
	}
	ZSTR_VAL(request)[ZSTR_LEN(request)] = '\0';
	return request;
}

/* A SharedanceException means that this server could not be asked, and is kept for when nobody
 * else could either. Anything else is the user's own affair and ends the operation. */
static void end_by_exception(struct php_sharedance_server *intern, struct sd_exchange *exchange)
{
	zval rv;
	zval *message;

	if (!instanceof_function(EG(exception)->ce, php_sharedance_exception_ce)) {
		sd_exchange_end(exchange, SD_ABORTED, "%s", sd_status_sentence(SD_ABORTED));
		return;
	}
	intern->failure = EG(exception);
	GC_ADDREF(intern->failure);
	zend_clear_exception();
	message = zend_read_property(zend_ce_exception, intern->failure, "message",
	                             sizeof("message") - 1, /* silent */ true, &rv);
	sd_exchange_end(exchange, SD_CLOSED, "%s",
	                Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "");
}

static void end_by_answer(struct php_sharedance_server *intern, struct sd_exchange *exchange,
                          const zval *answer)
{
	struct sd_sink *sink = exchange->sink;

	if (Z_TYPE_P(answer) != IS_STRING) {
		zend_type_error("%s::send(): Return value must be of type string, %s returned",
		                ZSTR_VAL(intern->std.ce->name), zend_zval_type_name(answer));
		sd_exchange_end(exchange, SD_ABORTED, "%s", sd_status_sentence(SD_ABORTED));
		return;
	}
	if (sink != NULL &&
	    !sd_sink_put(sink, Z_STRVAL_P(answer), Z_STRLEN_P(answer), Z_STRLEN_P(answer))) {
		sd_exchange_end(exchange, SD_NO_MEMORY, "no memory for the answer");
		return;
	}
	sd_exchange_end_classic(exchange, Z_STRVAL_P(answer), Z_STRLEN_P(answer));
}

static void ask_by_send(struct php_sharedance_server *intern, struct sd_exchange *exchange)
{
	zend_function *send = zend_hash_str_find_ptr(&intern->std.ce->function_table, ZEND_STRL("send"));
	zend_string *bytes;
	zval request;
	zval answer;

	if (!sd_exchange_suits_classic(exchange)) {
		return;
	}
	bytes = classic_request(exchange);
	if (bytes == NULL) {
		sd_exchange_end(exchange, SD_NO_MEMORY, "no memory for the request");
		return;
	}
	ZVAL_STR(&request, bytes);
	ZVAL_UNDEF(&answer);
	zend_call_known_function(send, &intern->std, intern->std.ce, &answer, 1, &request, NULL);
	zval_ptr_dtor(&request);
	if (EG(exception) != NULL) {
		end_by_exception(intern, exchange);
	} else {
		end_by_answer(intern, exchange, &answer);
	}
	zval_ptr_dtor(&answer);
}

static void user_perform(struct sd_transport *transport, struct sd_exchange *exchanges)
{
	struct php_sharedance_server *intern =
	    (struct php_sharedance_server *)((char *)transport -
	                                     offsetof(struct php_sharedance_server, transport));

	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		ask_by_send(intern, each);
		if (each->status == SD_ABORTED) {
			break; /* an exception is under way: no more of the user's code */
		}
	}
}

/* }}} */

/* {{{ the object's life */

static zend_object *server_create_object(zend_class_entry *ce)
{
	struct php_sharedance_server *intern = zend_object_alloc(sizeof(*intern), ce);
	zend_function *send = zend_hash_str_find_ptr(&ce->function_table, ZEND_STRL("send"));

	intern->overrides_send = send->common.scope != php_sharedance_server_ce;
	intern->transport.perform = user_perform;
	zend_object_std_init(&intern->std, ce);
	object_properties_init(&intern->std, ce);
	intern->std.handlers = &server_handlers;
	return &intern->std;
}

static void server_free_object(zend_object *object)
{
	struct php_sharedance_server *intern = php_sharedance_server_from(object);

	if (intern->failure != NULL) {
		OBJ_RELEASE(intern->failure);
	}
	zend_object_std_dtor(object);
}

static void construct(zend_object *object, const struct sd_server *server, zend_string *host,
                      zend_long port, double timeout)
{
	struct php_sharedance_server *intern = php_sharedance_server_from(object);
	zend_class_entry *ce = php_sharedance_server_ce;

	zend_update_property_str(ce, object, ZEND_STRL("host"), host);
	zend_update_property_long(ce, object, ZEND_STRL("port"), port);
	zend_update_property_double(ce, object, ZEND_STRL("timeout"), timeout);
	zend_update_property_long(ce, object, ZEND_STRL("weight"), server->weight);
	intern->server = *server;
	intern->server.transport = intern->overrides_send ? &intern->transport : NULL;
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

void php_sharedance_register_server_class(zend_class_entry *ce)
{
	php_sharedance_server_ce = ce;
	ce->create_object = server_create_object;
	memcpy(&server_handlers, &std_object_handlers, sizeof(server_handlers));
	server_handlers.offset = offsetof(struct php_sharedance_server, std);
	server_handlers.free_obj = server_free_object;
	server_handlers.clone_obj = NULL;
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

	ZEND_PARSE_PARAMETERS_START(1, 4)
		Z_PARAM_STR(host)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(port)
		Z_PARAM_DOUBLE(timeout)
		Z_PARAM_LONG(weight)
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
	construct(Z_OBJ_P(ZEND_THIS), &server, host, port, timeout);
}

/* Throws and returns false where a subclass's constructor has not called ours. */
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
	struct php_sharedance_sink sink;
	struct sd_error error;
	zend_string *command;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(command)
	ZEND_PARSE_PARAMETERS_END();

	if (!check_constructed(intern)) {
		RETURN_THROWS();
	}
	php_sharedance_sink_init(&sink);
	if (sd_client_send(sd_network_transport(php_sharedance_network()), &SHAREDANCE_G(options),
	                   &intern->server,
	                   (struct sd_bytes){ZSTR_VAL(command), ZSTR_LEN(command)}, &sink.sink,
	                   &error) != SD_OK) {
		php_sharedance_sink_free(&sink);
		php_sharedance_throw(&error);
		return;
	}
	RETURN_STR(php_sharedance_sink_take(&sink));
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
