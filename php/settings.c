/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Every INI setting of the extension. A value that is not legal is refused with
 * a warning that names the setting, and the setting keeps the value that it had.
 */

#include "php/settings.h"

#include <string.h>

#include "client/options.h"
#include "client/pool/server.h"
#include "php/session_list.h"

#define LOCK_WAIT_MAX 3600 /* seconds */
#define PREFIX_MAX 128     /* bytes */

/* Reads a number of seconds. False: the text is not a number. */
static bool read_seconds(const zend_string *text, double *seconds)
{
	const char *end;

	*seconds = zend_strtod(ZSTR_VAL(text), &end);
	return ZSTR_LEN(text) > 0 && end == ZSTR_VAL(text) + ZSTR_LEN(text);
}

/* A setting in seconds, greater than 0: sets *milliseconds. */
static zend_result update_timeout(const zend_ini_entry *entry, const zend_string *new_value,
                                  int64_t *milliseconds)
{
	double seconds;

	/* written so that NaN fails it */
	if (!read_seconds(new_value, &seconds) || !(seconds > 0 && seconds <= SD_TIMEOUT_MAX)) {
		zend_error(E_WARNING, "%s must be greater than 0 and at most %d seconds, '%s' given",
		           ZSTR_VAL(entry->name), SD_TIMEOUT_MAX, ZSTR_VAL(new_value));
		return FAILURE;
	}
	*milliseconds = sd_milliseconds(seconds);
	return SUCCESS;
}

/*
 * Whether the value is the administrator's: of php.ini, the command line or the pool's
 * configuration, which PHP sets as a process or a request begins, by php_admin_value too. What
 * ini_set(), .user.ini or .htaccess set is a script's, and is nothing to go by when a server is
 * judged for all workers. When PHP restores a value, it is the administrator's again.
 */
static bool is_configured(int stage)
{
	return (stage &
	        (ZEND_INI_STAGE_STARTUP | ZEND_INI_STAGE_ACTIVATE | ZEND_INI_STAGE_DEACTIVATE)) != 0;
}

static ZEND_INI_MH(OnUpdateConnectTimeout)
{
	struct sd_options *options = &SHAREDANCE_G(options);
	zend_result result = update_timeout(entry, new_value, &options->connect_timeout_ms);

	if (is_configured(stage)) {
		options->marking.connect_timeout_ms = options->connect_timeout_ms;
	}
	return result;
}

static ZEND_INI_MH(OnUpdateTimeout)
{
	struct sd_options *options = &SHAREDANCE_G(options);
	zend_result result = update_timeout(entry, new_value, &options->timeout_ms);

	if (is_configured(stage)) {
		options->marking.timeout_ms = options->timeout_ms;
	}
	return result;
}

/* The same, or 0 for none. */
static zend_result update_interval(const zend_ini_entry *entry, const zend_string *new_value,
                                   int64_t *milliseconds)
{
	if (zend_string_equals_literal(new_value, "0")) {
		*milliseconds = 0;
		return SUCCESS;
	}
	return update_timeout(entry, new_value, milliseconds);
}

static ZEND_INI_MH(OnUpdateRetryInterval)
{
	struct sd_options *options = &SHAREDANCE_G(options);
	zend_result result = update_interval(entry, new_value, &options->retry_interval_ms);

	if (is_configured(stage)) {
		options->marking.retry_interval_ms = options->retry_interval_ms;
	}
	return result;
}

static ZEND_INI_MH(OnUpdateMaxIdle)
{
	return update_interval(entry, new_value, &SHAREDANCE_G(options).max_idle_ms);
}

static ZEND_INI_MH(OnUpdateReadPolicy)
{
	if (zend_string_equals_literal_ci(new_value, "newest")) {
		SHAREDANCE_G(options).read_policy = SD_READ_NEWEST;
	} else if (zend_string_equals_literal_ci(new_value, "first")) {
		SHAREDANCE_G(options).read_policy = SD_READ_FIRST;
	} else {
		zend_error(E_WARNING, "%s must be newest or first, '%s' given", ZSTR_VAL(entry->name),
		           ZSTR_VAL(new_value));
		return FAILURE;
	}
	return SUCCESS;
}

/* Microseconds, written in digits only. */
static ZEND_INI_MH(OnUpdateBusyPoll)
{
	size_t digits = strspn(ZSTR_VAL(new_value), "0123456789");
	zend_long us = digits <= 4 ? ZEND_STRTOL(ZSTR_VAL(new_value), NULL, 10) : ZEND_LONG_MAX;

	if (digits == 0 || digits != ZSTR_LEN(new_value) || us > SD_BUSY_POLL_MAX) {
		zend_error(E_WARNING, "%s must be between 0 and %d microseconds, '%s' given",
		           ZSTR_VAL(entry->name), SD_BUSY_POLL_MAX, ZSTR_VAL(new_value));
		return FAILURE;
	}
	SHAREDANCE_G(options).busy_poll_us = us;
	return SUCCESS;
}

/* Warns, as PHP does of its own settings, and returns false if a session is open: it goes by what
 * they were as it began. What PHP restores at the request's end is restored. */
static bool may_change_session(int stage)
{
	if (stage == ZEND_INI_STAGE_DEACTIVATE || !php_sharedance_session_list_is_active()) {
		return true;
	}
	php_error_docref(NULL, E_WARNING,
	                 "Session ini settings cannot be changed when a session is active");
	return false;
}

static ZEND_INI_MH(OnUpdateSessionBool)
{
	return may_change_session(stage)
	           ? OnUpdateBool(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage)
	           : FAILURE;
}

static ZEND_INI_MH(OnUpdateLockWait)
{
	double seconds;

	if (!may_change_session(stage)) {
		return FAILURE;
	}
	/* written so that NaN fails it */
	if (!read_seconds(new_value, &seconds) || !(seconds >= 0 && seconds <= LOCK_WAIT_MAX)) {
		zend_error(E_WARNING, "%s must be between 0 and %d seconds, '%s' given",
		           ZSTR_VAL(entry->name), LOCK_WAIT_MAX, ZSTR_VAL(new_value));
		return FAILURE;
	}
	SHAREDANCE_G(session).lock_wait_ms = seconds > 0 ? sd_milliseconds(seconds) : 0;
	return SUCCESS;
}

static ZEND_INI_MH(OnUpdateLockFailure)
{
	static const char *const names[] = {
		[PHP_SHAREDANCE_FAIL] = "fail",
		[PHP_SHAREDANCE_READONLY] = "readonly",
		[PHP_SHAREDANCE_IGNORE] = "ignore",
	};

	if (!may_change_session(stage)) {
		return FAILURE;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (zend_string_equals_cstr(new_value, names[i], strlen(names[i]))) {
			SHAREDANCE_G(session).lock_failure = (enum php_sharedance_lock_failure)i;
			return SUCCESS;
		}
	}
	zend_error(E_WARNING, "%s must be fail, readonly or ignore, '%s' given", ZSTR_VAL(entry->name),
	           ZSTR_VAL(new_value));
	return FAILURE;
}

/* Every server accepts these bytes in a key, the classic ones included. */
static bool is_prefix_byte(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && byte != '.' && byte != '/';
}

static ZEND_INI_MH(OnUpdatePrefix)
{
	if (!may_change_session(stage)) {
		return FAILURE;
	}
	if (ZSTR_LEN(new_value) > PREFIX_MAX) {
		zend_error(E_WARNING, "%s must be at most %d bytes long", ZSTR_VAL(entry->name),
		           PREFIX_MAX);
		return FAILURE;
	}
	for (size_t i = 0; i < ZSTR_LEN(new_value); i++) {
		if (!is_prefix_byte((unsigned char)ZSTR_VAL(new_value)[i])) {
			zend_error(E_WARNING, "%s must be printable ASCII without spaces, '.' and '/'",
			           ZSTR_VAL(entry->name));
			return FAILURE;
		}
	}
	return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

/* PHP restores what a script, a .user.ini or a .htaccess has set before the request's connections
 * are closed. Until then that counts. */
static ZEND_INI_MH(OnUpdatePersistent)
{
	zend_result result = OnUpdateBool(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);

	if (stage != ZEND_INI_STAGE_DEACTIVATE) {
		SHAREDANCE_G(closes_connections) = !SHAREDANCE_G(persistent);
	}
	return result;
}

PHP_INI_BEGIN()
	PHP_INI_ENTRY("sharedance.connect_timeout", "1.0", PHP_INI_ALL, OnUpdateConnectTimeout)
	PHP_INI_ENTRY("sharedance.timeout", "2.0", PHP_INI_ALL, OnUpdateTimeout)
	PHP_INI_ENTRY("sharedance.retry_interval", "5.0", PHP_INI_ALL, OnUpdateRetryInterval)
	PHP_INI_ENTRY("sharedance.max_idle", "60.0", PHP_INI_ALL, OnUpdateMaxIdle)
	PHP_INI_ENTRY("sharedance.read_policy", "newest", PHP_INI_ALL, OnUpdateReadPolicy)
	PHP_INI_ENTRY("sharedance.busy_poll", "50", PHP_INI_ALL, OnUpdateBusyPoll)
	STD_PHP_INI_BOOLEAN("sharedance.persistent", "1", PHP_INI_ALL, OnUpdatePersistent, persistent,
	                    zend_sharedance_globals, sharedance_globals)
	STD_PHP_INI_BOOLEAN("sharedance.session.redundancy", "1", PHP_INI_ALL, OnUpdateSessionBool,
	                    session.redundancy, zend_sharedance_globals, sharedance_globals)
	STD_PHP_INI_BOOLEAN("sharedance.session.locking", "1", PHP_INI_ALL, OnUpdateSessionBool,
	                    session.locking, zend_sharedance_globals, sharedance_globals)
	PHP_INI_ENTRY("sharedance.session.lock_wait", "10", PHP_INI_ALL, OnUpdateLockWait)
	PHP_INI_ENTRY("sharedance.session.lock_failure", "fail", PHP_INI_ALL, OnUpdateLockFailure)
	STD_PHP_INI_BOOLEAN("sharedance.session.read_prolongs", "0", PHP_INI_ALL, OnUpdateSessionBool,
	                    session.read_prolongs, zend_sharedance_globals, sharedance_globals)
	STD_PHP_INI_ENTRY("sharedance.session.prefix", "", PHP_INI_ALL, OnUpdatePrefix, session.prefix,
	                  zend_sharedance_globals, sharedance_globals)
PHP_INI_END()

void php_sharedance_settings_register(int type, int module_number)
{
	REGISTER_INI_ENTRIES();
}
