/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Which exception or warning each status of the client becomes. The client
 * writes the text; this file adds the argument's name or the session's phase.
 */

#include "php/error.h"

#include <inttypes.h>
#include <string.h>

#include "Zend/zend_exceptions.h"

#include "client/policy/session.h"
#include "php/info.h"
#include "php/value.h"

zend_class_entry *php_sharedance_exception_ce;
zend_class_entry *php_sharedance_connection_exception_ce;
zend_class_entry *php_sharedance_timeout_exception_ce;
zend_class_entry *php_sharedance_unsupported_exception_ce;
zend_class_entry *php_sharedance_unproven_exception_ce;
zend_class_entry *php_sharedance_partial_exception_ce;

/* {{{ the table */

/* What a status becomes: nothing, a ValueError for an argument, or an exception with a code. */
struct outcome {
	zend_class_entry **exception; /* NULL: another one */
	zend_long code;
	uint32_t argument; /* 0: it is about none */
};

#define NOTHING                                                                                    \
	{                                                                                              \
		.exception = NULL                                                                          \
	}
#define ARGUMENT(number)                                                                           \
	{                                                                                              \
		.argument = (number)                                                                       \
	}
#define EXCEPTION(kind, name)                                                                      \
	{                                                                                              \
		.exception = &php_sharedance_##kind##_ce, .code = PHP_SHAREDANCE_##name                    \
	}

static const struct outcome outcomes[] = {
	[SD_OK] = NOTHING,
	[SD_ABSENT] = NOTHING,
	[SD_CONFLICT] = NOTHING,
	[SD_REFUSED] = EXCEPTION(exception, REFUSED),
	[SD_BAD_ANSWER] = EXCEPTION(connection_exception, BAD_ANSWER),
	[SD_CLOSED] = EXCEPTION(connection_exception, CLOSED),
	[SD_TIMEOUT] = EXCEPTION(timeout_exception, TIMEOUT),
	[SD_UNREACHABLE] = EXCEPTION(connection_exception, UNREACHABLE),
	[SD_DEAD] = EXCEPTION(connection_exception, DEAD),
	[SD_BAD_KEY] = ARGUMENT(1),
	[SD_TOO_LARGE] = ARGUMENT(2),
	[SD_UNSUPPORTED] = EXCEPTION(unsupported_exception, UNSUPPORTED),
	[SD_BAD_SERVER] = ARGUMENT(1),
	[SD_DUPLICATE] = ARGUMENT(1),
	[SD_NO_SERVERS] = EXCEPTION(exception, NO_SERVERS),
	[SD_NO_ROTATION] = EXCEPTION(exception, NO_ROTATION),
	[SD_NO_MEMORY] = EXCEPTION(exception, NO_MEMORY),
	[SD_UNPROVEN] = EXCEPTION(unproven_exception, UNPROVEN),
	[SD_AMBIGUOUS] = EXCEPTION(exception, AMBIGUOUS),
	[SD_ABORTED] = NOTHING,
};

/* }}} */

/* {{{ exceptions */

void php_sharedance_throw_argument(uint32_t number, const struct sd_error *error)
{
	zend_argument_value_error(number, "%s", error->text);
}

/* Whether PHP ends the script for lack of memory as soon as this method returns. */
static bool ends_for_memory(enum sd_status status)
{
	return status == SD_NO_MEMORY && php_sharedance_is_out_of_memory();
}

/* Gives the exception the address of the server that failed. */
static void attach_server(zend_object *exception, const struct sd_server *server)
{
	zend_string *address;

	if (server == NULL) {
		return;
	}
	address = php_sharedance_address_of(server);
	zend_update_property_str(php_sharedance_connection_exception_ce, exception, ZEND_STRL("server"),
	                         address);
	zend_string_release(address);
}

void php_sharedance_throw(const struct sd_error *error)
{
	const struct outcome *outcome = &outcomes[error->status];
	zend_object *exception;

	if (outcome->argument != 0) {
		php_sharedance_throw_argument(outcome->argument, error);
	} else if (outcome->exception != NULL && !ends_for_memory(error->status)) {
		exception = zend_throw_exception(*outcome->exception, error->text, outcome->code);
		if (*outcome->exception == php_sharedance_connection_exception_ce) {
			attach_server(exception, error->server);
		}
	}
}

static void copy_property(zend_object *to, zend_object *from, zend_string *name)
{
	zend_class_entry *ce = zend_get_exception_base(from);
	zval rv;

	zend_update_property_ex(zend_get_exception_base(to), to, name,
	                        zend_read_property_ex(ce, from, name, /* silent */ true, &rv));
}

void php_sharedance_throw_partial(zval *partial, zval *failed)
{
	zend_class_entry *ce = php_sharedance_partial_exception_ce;
	zend_object *cause = EG(exception);
	zend_object *exception;

	exception = zend_throw_exception(ce, NULL, 0);
	copy_property(exception, cause, ZSTR_KNOWN(ZEND_STR_MESSAGE));
	copy_property(exception, cause, ZSTR_KNOWN(ZEND_STR_CODE));
	zend_update_property(ce, exception, ZEND_STRL("partial"), partial);
	zend_update_property(ce, exception, ZEND_STRL("failed"), failed);
}

void php_sharedance_hide_arguments(void)
{
	zend_class_entry *ce = zend_get_exception_base(EG(exception));
	zval trace;
	zval *frame;
	zval rv;

	ZVAL_COPY(&trace, zend_read_property_ex(ce, EG(exception), ZSTR_KNOWN(ZEND_STR_TRACE),
	                                        /* silent */ true, &rv));
	SEPARATE_ARRAY(&trace);
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL(trace), frame)
	{
		SEPARATE_ARRAY(frame);
		(void)zend_hash_del(Z_ARRVAL_P(frame), ZSTR_KNOWN(ZEND_STR_ARGS));
	}
	ZEND_HASH_FOREACH_END();
	zend_update_property_ex(ce, EG(exception), ZSTR_KNOWN(ZEND_STR_TRACE), &trace);
	zval_ptr_dtor(&trace);
}

PHP_METHOD(SharedanceConnectionException, getServer)
{
	zval rv;

	ZEND_PARSE_PARAMETERS_NONE();

	RETURN_COPY_DEREF(zend_read_property(php_sharedance_connection_exception_ce, Z_OBJ_P(ZEND_THIS),
	                                     ZEND_STRL("server"),
	                                     /* silent */ true, &rv));
}

void php_sharedance_throw_of_many(const struct sd_error *error)
{
	switch (error->status) {
	case SD_BAD_KEY:
		zend_argument_value_error(1, "must have legal keys only, but one %s", error->text);
		break;
	case SD_TOO_LARGE:
		zend_argument_value_error(1, "must have values of legal length only, but one %s",
		                          error->text);
		break;
	default:
		php_sharedance_throw(error);
		break;
	}
}

/* }}} */

/* {{{ warnings */

/* PHP's log turns a double quote of a warning into &quot; if html_errors is on: the quotes around a
 * server's words become single ones. */
static void use_single_quotes(const char *text, char out[SD_ERROR_TEXT_MAX])
{
	size_t length = strlen(text);

	for (size_t i = 0; i <= length; i++) {
		out[i] = text[i] == '"' ? '\'' : text[i];
	}
}

void php_sharedance_warn_session(const char *what, const struct sd_session *session, size_t bytes,
                                 const struct sd_error *error)
{
	char text[SD_ERROR_TEXT_MAX];

	if (error->status == SD_ABORTED || EG(exception) != NULL) {
		return;
	}
	use_single_quotes(error->text, text);
	php_error_docref(
		NULL, E_WARNING,
		"Sharedance failed to %s the session (%s, after %" PRId64 " ms, %zu bytes): %s", what,
		sd_session_phase_name(session->failed), sd_session_took_ms(session), bytes, text);
}

void php_sharedance_warn(const char *subject, const struct sd_error *error)
{
	char text[SD_ERROR_TEXT_MAX];

	if (error->status != SD_ABORTED && EG(exception) == NULL) {
		use_single_quotes(error->text, text);
		php_error_docref(NULL, E_WARNING, "%s %s", subject, text);
	}
}

/* }}} */
