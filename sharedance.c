/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The module: it registers the settings, the save handler and the classes, and
 * calls what begins and ends a process, a thread and a request. No other file
 * needs anything of this one.
 */

#include "php_sharedance.h"

#include "Zend/zend_attributes.h"
#include "Zend/zend_interfaces.h"
#include "ext/session/php_session.h"
#include "ext/spl/spl_exceptions.h"
#include "ext/standard/info.h"

#include "client/net/network.h"
#include "php/Sharedance.h"
#include "php/SharedanceServer.h"
#include "php/SharedanceSession.h"
#include "php/error.h"
#include "php/info.h"
#include "php/open_session.h"
#include "php/runtime.h"
#include "php/settings.h"
#include "session_handler.h"

#include "sharedance_arginfo.h"

static int64_t session_ttl_s(void)
{
	return php_sharedance_gc_maxlifetime();
}

static PHP_GINIT_FUNCTION(sharedance)
{
#if defined(COMPILE_DL_SHAREDANCE) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	memset(sharedance_globals, 0, sizeof(*sharedance_globals));
	sharedance_globals->options.session_ttl_s = session_ttl_s;
}

static PHP_GSHUTDOWN_FUNCTION(sharedance)
{
	php_sharedance_save_handler_free(sharedance_globals->save_handler);
	sd_network_free(sharedance_globals->network);
}

static void register_exceptions(void)
{
	zend_class_entry *base = register_class_SharedanceException(spl_ce_RuntimeException);

	php_sharedance_exception_ce = base;
	php_sharedance_connection_exception_ce = register_class_SharedanceConnectionException(base);
	php_sharedance_timeout_exception_ce = register_class_SharedanceTimeoutException(base);
	php_sharedance_unsupported_exception_ce = register_class_SharedanceUnsupportedException(base);
	php_sharedance_unproven_exception_ce = register_class_SharedanceUnprovenException(base);
	php_sharedance_partial_exception_ce = register_class_SharedancePartialException(base);
}

/* Whoever drops what these return has a bug: PHP 8.5 says so. */
static zend_class_entry *warn_of_dropped_results(zend_class_entry *ce)
{
#if PHP_VERSION_ID >= 80500
	static const char *const methods[] = {"add", "cas", "replace", "setmulti"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		zend_function *method =
			zend_hash_str_find_ptr(&ce->function_table, methods[i], strlen(methods[i]));

		method->common.fn_flags |= ZEND_ACC_NODISCARD;
	}
#endif
	return ce;
}

static PHP_MINIT_FUNCTION(sharedance)
{
	if (php_sharedance_runtime_start() == FAILURE) {
		return FAILURE;
	}
	php_sharedance_settings_register(type, module_number);
	if (php_sharedance_save_handler_register() == FAILURE) {
		return FAILURE;
	}
	register_exceptions();
	php_sharedance_server_register_class(register_class_SharedanceServer(zend_ce_stringable));
	php_sharedance_pool_register_class(warn_of_dropped_results(register_class_Sharedance()));
	php_sharedance_session_register_class(
		register_class_SharedanceSession(php_session_iface_entry, php_session_id_iface_entry,
	                                     php_session_update_timestamp_iface_entry));
	return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(sharedance)
{
	UNREGISTER_INI_ENTRIES();
	php_sharedance_runtime_stop();
	return SUCCESS;
}

static PHP_RINIT_FUNCTION(sharedance)
{
#if defined(COMPILE_DL_SHAREDANCE) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(sharedance)
{
	SHAREDANCE_G(is_shutting_down) = true;
	return SUCCESS;
}

/* This is not RSHUTDOWN: PHP's session module has its RSHUTDOWN after ours, and writes a session
 * that is still open. */
static ZEND_MODULE_POST_ZEND_DEACTIVATE_D(sharedance)
{
	php_sharedance_save_handler_end_request();
	php_sharedance_network_end_request();
	SHAREDANCE_G(failure) =
		NULL; /* of an operation that PHP left by longjmp: its memory is freed */
	SHAREDANCE_G(is_shutting_down) = false;
	return SUCCESS;
}

static PHP_MINFO_FUNCTION(sharedance)
{
	php_sharedance_info_print();
	display_ini_entries(zend_module);
}

static const zend_module_dep dependencies[] = {ZEND_MOD_REQUIRED("session") ZEND_MOD_REQUIRED("spl")
                                                   ZEND_MOD_END};

zend_module_entry sharedance_module_entry = {
	STANDARD_MODULE_HEADER_EX,
	NULL,
	dependencies,
	"sharedance",
	NULL, /* functions: there are only classes */
	PHP_MINIT(sharedance),
	PHP_MSHUTDOWN(sharedance),
	PHP_RINIT(sharedance),
	PHP_RSHUTDOWN(sharedance),
	PHP_MINFO(sharedance),
	PHP_SHAREDANCE_VERSION,
	PHP_MODULE_GLOBALS(sharedance),
	PHP_GINIT(sharedance),
	PHP_GSHUTDOWN(sharedance),
	ZEND_MODULE_POST_ZEND_DEACTIVATE_N(sharedance),
	STANDARD_MODULE_PROPERTIES_EX,
};

#ifdef COMPILE_DL_SHAREDANCE
ZEND_GET_MODULE(sharedance)
#endif
