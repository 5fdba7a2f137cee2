/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Which exception or warning each status of the client becomes. The client
 * writes the text; this file adds the argument's name or the session's phase.
 */

#include "php/error.h"

#include <inttypes.h>

#include "Zend/zend_exceptions.h"

#include "client/policy/session.h"

zend_class_entry *php_sharedance_exception_ce;

void php_sharedance_throw_argument(uint32_t number, const struct sd_error *error)
{
	zend_argument_value_error(number, "%s", error->text);
}

void php_sharedance_throw(const struct sd_error *error)
{
	switch (error->status) {
	case SD_ABORTED:
		break;
	case SD_NO_MEMORY:
#ifdef ZEND_HAS_OOM
		if (ZEND_HAS_OOM()) {
			break; /* PHP ends the script as soon as this method returns */
		}
#endif
		zend_throw_exception(php_sharedance_exception_ce, error->text, 0);
		break;
	case SD_BAD_KEY:
	case SD_BAD_SERVER:
	case SD_DUPLICATE:
		php_sharedance_throw_argument(1, error);
		break;
	case SD_TOO_LARGE:
		php_sharedance_throw_argument(2, error);
		break;
	default:
		zend_throw_exception(php_sharedance_exception_ce, error->text, 0);
		break;
	}
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

void php_sharedance_warn_session(const char *what, const struct sd_session *session, size_t bytes,
                                 const struct sd_error *error)
{
	if (error->status == SD_ABORTED || EG(exception) != NULL) {
		return;
	}
	php_error_docref(
		NULL, E_WARNING,
		"Sharedance failed to %s the session (%s, after %" PRId64 " ms, %zu bytes): %s", what,
		sd_session_phase_name(session->failed), session->took_ms, bytes, error->text);
}

void php_sharedance_warn(const char *subject, const struct sd_error *error)
{
	if (error->status != SD_ABORTED && EG(exception) == NULL) {
		php_error_docref(NULL, E_WARNING, "%s %s", subject, error->text);
	}
}
