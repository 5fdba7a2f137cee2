/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the process and its threads have. The dead marks are made once, before
 * workers are forked or threads begin, and all of them share these marks. Each
 * thread has a network of its own, so no two threads share a connection.
 */

#include "php/runtime.h"

#include "client/net/dead_marks.h"
#include "client/net/network.h"

ZEND_DECLARE_MODULE_GLOBALS(sharedance)

#if defined(ZTS) && defined(COMPILE_DL_SHAREDANCE)
ZEND_TSRMLS_CACHE_DEFINE()
#endif

/* Written only while the module starts and stops. */
static struct sd_dead_marks *marks;

zend_result php_sharedance_runtime_start(void)
{
	marks = sd_dead_marks_new();
	return marks == NULL ? FAILURE : SUCCESS;
}

void php_sharedance_runtime_stop(void)
{
	sd_dead_marks_free(marks);
	marks = NULL;
}

const struct sd_dead_marks *php_sharedance_dead_marks(void)
{
	return marks;
}

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
		SHAREDANCE_G(network) = sd_network_new(&SHAREDANCE_G(options), marks, php_sharedance_log);
		if (SHAREDANCE_G(network) == NULL) {
			zend_error_noreturn(E_ERROR, "sharedance: out of memory");
		}
	}
	return SHAREDANCE_G(network);
}

void php_sharedance_network_end_request(void)
{
	if (SHAREDANCE_G(network) == NULL) {
		return;
	}
	if (SHAREDANCE_G(persistent)) {
		sd_network_abandon(SHAREDANCE_G(network));
		sd_network_drop_locks(SHAREDANCE_G(network));
	} else {
		sd_network_close(SHAREDANCE_G(network));
	}
}
