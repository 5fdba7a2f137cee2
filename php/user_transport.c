/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * An overridden send() as a transport. It knows any object with a send(), and no
 * class. The exchanges are performed one after the other, because each is a call
 * of PHP code that blocks.
 */

#include "php/user_transport.h"

#include <string.h>

#include "Zend/zend_exceptions.h"

#include "client/transport/classic.h"
#include "client/transport/request.h"
#include "client/transport/sink.h"
#include "php/error.h"
#include "php/value.h"

/* The bytes of the classic request. NULL: they would exceed the memory limit. */
static zend_string *classic_request(const struct sd_exchange *exchange)
{
	uint8_t head[SD_CLASSIC_HEAD_MAX];
	size_t head_length = sd_classic_encode(exchange, head);
	zend_string *request = php_sharedance_string_alloc(head_length + exchange->request.data.length);

	if (request == NULL) {
		return NULL;
	}
	memcpy(ZSTR_VAL(request), head, head_length);
	if (exchange->request.data.length > 0) {
		memcpy(ZSTR_VAL(request) + head_length, exchange->request.data.data,
		       exchange->request.data.length);
	}
	ZSTR_VAL(request)[ZSTR_LEN(request)] = '\0';
	return request;
}

/* A SharedanceException means that this server did not answer. It is kept in *failure, and thrown
 * if the other server does not answer either. Any other exception ends the operation. */
static void end_by_exception(struct sd_exchange *exchange, zend_object **failure)
{
	zend_object *before = *failure;
	zval rv;
	zval *message;

	if (!instanceof_function(EG(exception)->ce, php_sharedance_exception_ce)) {
		sd_exchange_end(exchange, SD_ABORTED, "%s", sd_status_sentence(SD_ABORTED));
		return;
	}
	*failure = EG(exception);
	GC_ADDREF(*failure);
	zend_clear_exception();
	message = zend_read_property(zend_ce_exception, *failure, "message", sizeof("message") - 1,
	                             /* silent */ true, &rv);
	sd_exchange_end(exchange, SD_CLOSED, "%s",
	                Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "");
	if (before != NULL) {
		OBJ_RELEASE(before);
	}
}

static void end_by_returned(struct php_sharedance_user_transport *user,
                            struct sd_exchange *exchange, const zval *returned)
{
	struct sd_sink *sink = exchange->request.sink;

	ZVAL_DEREF(returned); /* it may be a function &send() */
	if (Z_TYPE_P(returned) != IS_STRING) {
		zend_type_error("%s::send(): Return value must be of type string, %s returned",
		                ZSTR_VAL(user->object->ce->name), zend_zval_type_name(returned));
		sd_exchange_end(exchange, SD_ABORTED, "%s", sd_status_sentence(SD_ABORTED));
		return;
	}
	if (sink != NULL &&
	    !sd_sink_put(sink, Z_STRVAL_P(returned), Z_STRLEN_P(returned), Z_STRLEN_P(returned))) {
		sd_exchange_end(exchange, SD_NO_MEMORY, "no memory for the answer");
		return;
	}
	sd_classic_decode(exchange, Z_STRVAL_P(returned), Z_STRLEN_P(returned));
}

/* Performs one exchange by a call of send(). Meanwhile the operation's failure is in a variable of
 * this function, where no other operation finds it. */
static void perform_one(struct php_sharedance_user_transport *user, struct sd_exchange *exchange)
{
	zend_function *send =
		zend_hash_str_find_ptr(&user->object->ce->function_table, ZEND_STRL("send"));
	zend_object *failure = SHAREDANCE_G(failure);
	zend_string *bytes;
	zval request;
	zval returned;

	if (!sd_classic_suits(exchange)) {
		return;
	}
	bytes = classic_request(exchange);
	if (bytes == NULL) {
		sd_exchange_end(exchange, SD_NO_MEMORY, "no memory for the request");
		return;
	}
	ZVAL_STR(&request, bytes);
	ZVAL_UNDEF(&returned);
	SHAREDANCE_G(failure) = NULL;
	zend_call_known_function(send, user->object, user->object->ce, &returned, 1, &request, NULL);
	zval_ptr_dtor(&request);
	if (EG(exception) != NULL) {
		end_by_exception(exchange, &failure);
	} else {
		end_by_returned(user, exchange, &returned);
	}
	zval_ptr_dtor(&returned);
	SHAREDANCE_G(failure) = failure; /* last: all that is freed above may run the user's code */
}

static void user_perform(struct sd_transport *transport, struct sd_exchange *exchanges)
{
	struct php_sharedance_user_transport *user = (struct php_sharedance_user_transport *)transport;

	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		perform_one(user, each);
		if (each->reply.status == SD_ABORTED) {
			break; /* an exception was thrown: no more calls of the user's code */
		}
	}
}

void php_sharedance_user_transport_init(struct php_sharedance_user_transport *user,
                                        zend_object *object)
{
	*user = (struct php_sharedance_user_transport){
		.transport = {.perform = user_perform},
		.object = object,
	};
}

zend_object *php_sharedance_user_transport_take_failure(void)
{
	zend_object *failure = SHAREDANCE_G(failure);

	SHAREDANCE_G(failure) = NULL;
	return failure;
}

void php_sharedance_user_transport_forget_failure(void)
{
	zend_object *failure = php_sharedance_user_transport_take_failure();

	if (failure != NULL) {
		OBJ_RELEASE(failure);
	}
}
