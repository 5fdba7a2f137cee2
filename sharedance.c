/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The module: its classes, its INI settings, what a thread and a request begin and end with. */

#include "php_sharedance.h"

#include "Zend/zend_interfaces.h"
#include "ext/session/php_session.h"
#include "ext/spl/spl_exceptions.h"
#include "ext/standard/info.h"

#include "sharedance_arginfo.h"

ZEND_DECLARE_MODULE_GLOBALS(sharedance)

/* {{{ INI */

/* A setting in seconds, greater than 0: *milliseconds is set. */
static zend_result update_seconds(zend_ini_entry *entry, const zend_string *new_value,
                                  int64_t *milliseconds)
{
	const char *end;
	double seconds = zend_strtod(ZSTR_VAL(new_value), &end);

	/* written so that NaN fails it */
	if (ZSTR_LEN(new_value) == 0 || *end != '\0' || !(seconds > 0 && seconds <= SD_TIMEOUT_MAX)) {
		zend_error(E_WARNING, "%s must be greater than 0 and at most %d seconds, \"%s\" given",
		           ZSTR_VAL(entry->name), SD_TIMEOUT_MAX, ZSTR_VAL(new_value));
		return FAILURE;
	}
	*milliseconds = sd_milliseconds(seconds);
	return SUCCESS;
}

static ZEND_INI_MH(OnUpdateConnectTimeout)
{
	(void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	return update_seconds(entry, new_value, &SHAREDANCE_G(options).connect_timeout_ms);
}

static ZEND_INI_MH(OnUpdateTimeout)
{
	(void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	return update_seconds(entry, new_value, &SHAREDANCE_G(options).timeout_ms);
}

static ZEND_INI_MH(OnUpdateRetryInterval)
{
	(void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	if (zend_string_equals_literal(new_value, "0")) {
		SHAREDANCE_G(options).retry_interval_ms = 0; /* no server is ever skipped */
		return SUCCESS;
	}
	return update_seconds(entry, new_value, &SHAREDANCE_G(options).retry_interval_ms);
}

static ZEND_INI_MH(OnUpdateReadPolicy)
{
	(void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	if (zend_string_equals_literal_ci(new_value, "newest")) {
		SHAREDANCE_G(options).read_policy = SD_READ_NEWEST;
	} else if (zend_string_equals_literal_ci(new_value, "first")) {
		SHAREDANCE_G(options).read_policy = SD_READ_FIRST;
	} else {
		zend_error(E_WARNING, "%s must be \"newest\" or \"first\", \"%s\" given",
		           ZSTR_VAL(entry->name), ZSTR_VAL(new_value));
		return FAILURE;
	}
	return SUCCESS;
}

/* Microseconds, in digits alone. */
static ZEND_INI_MH(OnUpdateBusyPoll)
{
	size_t digits = strspn(ZSTR_VAL(new_value), "0123456789");
	zend_long us = digits <= 4 ? ZEND_STRTOL(ZSTR_VAL(new_value), NULL, 10) : ZEND_LONG_MAX;

	(void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	if (digits == 0 || digits != ZSTR_LEN(new_value) || us > SD_BUSY_POLL_MAX) {
		zend_error(E_WARNING, "%s must be between 0 and %d microseconds, \"%s\" given",
		           ZSTR_VAL(entry->name), SD_BUSY_POLL_MAX, ZSTR_VAL(new_value));
		return FAILURE;
	}
	SHAREDANCE_G(options).busy_poll_us = us;
	return SUCCESS;
}

PHP_INI_BEGIN()
	PHP_INI_ENTRY("sharedance.connect_timeout", "1.0", PHP_INI_ALL, OnUpdateConnectTimeout)
	PHP_INI_ENTRY("sharedance.timeout", "2.0", PHP_INI_ALL, OnUpdateTimeout)
	PHP_INI_ENTRY("sharedance.retry_interval", "5.0", PHP_INI_ALL, OnUpdateRetryInterval)
	PHP_INI_ENTRY("sharedance.read_policy", "newest", PHP_INI_ALL, OnUpdateReadPolicy)
	PHP_INI_ENTRY("sharedance.busy_poll", "50", PHP_INI_ALL, OnUpdateBusyPoll)
	STD_PHP_INI_BOOLEAN("sharedance.persistent", "1", PHP_INI_ALL, OnUpdateBool, persistent,
	                    zend_sharedance_globals, sharedance_globals)
PHP_INI_END()

/* }}} */

/* {{{ the module */

/* The dead marks of all workers, which are forked, or begun as threads, after it was made. */
static struct sd_health *health;

void php_sharedance_log(const char *line)
{
	char *whole;

	if (PG(log_errors)) {
		spprintf(&whole, 0, "sharedance: %s", line);
		php_log_err_with_severity(whole, LOG_NOTICE);
		efree(whole);
	}
}

struct sd_network *php_sharedance_network(void)
{
	if (SHAREDANCE_G(network) == NULL) {
		SHAREDANCE_G(network) = sd_network_new(&SHAREDANCE_G(options), health, php_sharedance_log);
		if (SHAREDANCE_G(network) == NULL) {
			zend_error_noreturn(E_ERROR, "sharedance: out of memory");
		}
	}
	return SHAREDANCE_G(network);
}

static PHP_GINIT_FUNCTION(sharedance)
{
#if defined(COMPILE_DL_SHAREDANCE) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	memset(sharedance_globals, 0, sizeof(*sharedance_globals));
}

static PHP_GSHUTDOWN_FUNCTION(sharedance)
{
	php_sharedance_save_handler_free(sharedance_globals->save_handler);
	sd_network_free(sharedance_globals->network);
}

static PHP_MINIT_FUNCTION(sharedance)
{
	health = sd_health_new();
	if (health == NULL) {
		return FAILURE;
	}
	REGISTER_INI_ENTRIES();
	php_sharedance_register_save_handler(type, module_number);
	php_sharedance_exception_ce = register_class_SharedanceException(spl_ce_RuntimeException);
	php_sharedance_register_server_class(register_class_SharedanceServer(zend_ce_stringable));
	php_sharedance_register_pool_class(register_class_Sharedance());
	php_sharedance_register_session_class(register_class_SharedanceSession(
		php_session_iface_entry, php_session_id_iface_entry,
		php_session_update_timestamp_iface_entry));
	return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(sharedance)
{
	(void)type;
	UNREGISTER_INI_ENTRIES();
	sd_health_free(health);
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

/* Not RSHUTDOWN: a session that is open then is written after ours, by PHP's own. */
static ZEND_MODULE_POST_ZEND_DEACTIVATE_D(sharedance)
{
	php_sharedance_save_handler_reset();
	if (SHAREDANCE_G(network) == NULL) {
		return SUCCESS;
	}
	if (SHAREDANCE_G(persistent)) {
		sd_network_abandon(SHAREDANCE_G(network));
	} else {
		sd_network_close(SHAREDANCE_G(network));
	}
	return SUCCESS;
}

static PHP_MINFO_FUNCTION(sharedance)
{
	php_info_print_table_start();
	php_info_print_table_row(2, "Sharedance support", "enabled");
	php_info_print_table_row(2, "Version", PHP_SHAREDANCE_VERSION);
	php_info_print_table_row(2, "Protocols", PHP_SHAREDANCE_PROTOCOLS);
	php_info_print_table_end();
	php_sharedance_print_servers(health);
	display_ini_entries(zend_module);
}

static const zend_module_dep dependencies[] = {
	ZEND_MOD_REQUIRED("session")
	ZEND_MOD_REQUIRED("spl")
	ZEND_MOD_END
};

zend_module_entry sharedance_module_entry = {
	STANDARD_MODULE_HEADER_EX,
	NULL,
	dependencies,
	"sharedance",
	NULL, /* functions: there are only classes */
	PHP_MINIT(sharedance),
	PHP_MSHUTDOWN(sharedance),
	PHP_RINIT(sharedance),
	NULL, /* RSHUTDOWN: see the end */
	PHP_MINFO(sharedance),
	PHP_SHAREDANCE_VERSION,
	PHP_MODULE_GLOBALS(sharedance),
	PHP_GINIT(sharedance),
	PHP_GSHUTDOWN(sharedance),
	ZEND_MODULE_POST_ZEND_DEACTIVATE_N(sharedance),
	STANDARD_MODULE_PROPERTIES_EX,
};

#ifdef COMPILE_DL_SHAREDANCE
#ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
#endif
ZEND_GET_MODULE(sharedance)
#endif

/* }}} */
