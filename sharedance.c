/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The module: its classes, its INI settings, what a thread and a request begin and end with. */

#include "php_sharedance.h"

#include "Zend/zend_interfaces.h"
#include "ext/spl/spl_exceptions.h"
#include "ext/standard/info.h"

#include "sharedance_arginfo.h"

ZEND_DECLARE_MODULE_GLOBALS(sharedance)

/* {{{ INI */

static ZEND_INI_MH(OnUpdateConnectTimeout)
{
	const char *end;
	double seconds = zend_strtod(ZSTR_VAL(new_value), &end);

	(void)entry, (void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	/* written so that NaN fails it */
	if (ZSTR_LEN(new_value) == 0 || *end != '\0' || !(seconds > 0 && seconds <= SD_TIMEOUT_MAX)) {
		zend_error(E_WARNING,
		           "sharedance.connect_timeout must be greater than 0 and at most %d seconds, "
		           "\"%s\" given",
		           SD_TIMEOUT_MAX, ZSTR_VAL(new_value));
		return FAILURE;
	}
	SHAREDANCE_G(options).connect_timeout_ms = sd_milliseconds(seconds);
	return SUCCESS;
}

PHP_INI_BEGIN()
	PHP_INI_ENTRY("sharedance.connect_timeout", "1.0", PHP_INI_ALL, OnUpdateConnectTimeout)
PHP_INI_END()

/* }}} */

/* {{{ the module */

static PHP_GINIT_FUNCTION(sharedance)
{
#if defined(COMPILE_DL_SHAREDANCE) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	memset(sharedance_globals, 0, sizeof(*sharedance_globals));
	sharedance_globals->network = sd_network_new();
	if (sharedance_globals->network == NULL) {
		zend_error_noreturn(E_CORE_ERROR, "sharedance: out of memory");
	}
}

static PHP_GSHUTDOWN_FUNCTION(sharedance)
{
	sd_network_free(sharedance_globals->network);
}

static PHP_MINIT_FUNCTION(sharedance)
{
	(void)type;
	REGISTER_INI_ENTRIES();
	php_sharedance_exception_ce = register_class_SharedanceException(spl_ce_RuntimeException);
	php_sharedance_register_server_class(register_class_SharedanceServer(zend_ce_stringable));
	php_sharedance_register_pool_class(register_class_Sharedance());
	return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(sharedance)
{
	(void)type;
	UNREGISTER_INI_ENTRIES();
	return SUCCESS;
}

static PHP_RINIT_FUNCTION(sharedance)
{
	(void)type;
	(void)module_number;
#if defined(COMPILE_DL_SHAREDANCE) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(sharedance)
{
	(void)type;
	(void)module_number;
	sd_network_abandon(SHAREDANCE_G(network));
	return SUCCESS;
}

static PHP_MINFO_FUNCTION(sharedance)
{
	php_info_print_table_start();
	php_info_print_table_row(2, "Sharedance support", "enabled");
	php_info_print_table_row(2, "Version", PHP_SHAREDANCE_VERSION);
	php_info_print_table_row(2, "Protocols", PHP_SHAREDANCE_PROTOCOLS);
	php_info_print_table_end();
	display_ini_entries(zend_module);
}

zend_module_entry sharedance_module_entry = {
	STANDARD_MODULE_HEADER,
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
	NULL, /* post deactivate */
	STANDARD_MODULE_PROPERTIES_EX,
};

#ifdef COMPILE_DL_SHAREDANCE
#ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
#endif
ZEND_GET_MODULE(sharedance)
#endif

/* }}} */
