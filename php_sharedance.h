/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The module as PHP sees it: its version, its entry and its globals. PHP includes
 * this file by its path if the extension is built into PHP, so all that it
 * includes is found from here.
 */

#ifndef PHP_SHAREDANCE_H
#define PHP_SHAREDANCE_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php.h"

#include "client/options.h"

#define PHP_SHAREDANCE_VERSION "1.0.0dev"
#define PHP_SHAREDANCE_PROTOCOLS "meta, classic"

extern zend_module_entry sharedance_module_entry;
#define phpext_sharedance_ptr &sharedance_module_entry

/* What a session does if another request has its lock. */
enum php_sharedance_lock_failure {
	PHP_SHAREDANCE_FAIL,     /* it does not start */
	PHP_SHAREDANCE_READONLY, /* it can be read, but not written */
	PHP_SHAREDANCE_IGNORE,   /* it is read and written without the lock */
};

/* The settings sharedance.session.* */
struct php_sharedance_session_settings {
	bool redundancy;
	bool locking;
	int64_t lock_wait_ms;
	enum php_sharedance_lock_failure lock_failure;
	bool read_prolongs;
	char *prefix;
};

/* Under ZTS each thread has its own: no two threads share a connection. */
ZEND_BEGIN_MODULE_GLOBALS(sharedance)
	struct sd_network *network; /* NULL until it is needed: php_sharedance_network() makes it */
	struct sd_options options;
	bool persistent;         /* connections outlive the request */
	bool closes_connections; /* at the end of this request: !persistent, as the script had set it */
	struct php_sharedance_session_settings session;
	struct php_sharedance_save_handler *save_handler;  /* NULL until a session is opened */
	struct php_sharedance_open_session *open_sessions; /* of this request; see session_list.h */
	zend_object *failure;                              /* what send() threw; see user_transport.h */
	bool ids_are_changed;  /* the last new id was not the one that a create_sid() got from us */
	bool is_shutting_down; /* the shutdown functions of this request have run; see running.h */
ZEND_END_MODULE_GLOBALS(sharedance)

ZEND_EXTERN_MODULE_GLOBALS(sharedance)
#define SHAREDANCE_G(v) ZEND_MODULE_GLOBALS_ACCESSOR(sharedance, v)

#if defined(ZTS) && defined(COMPILE_DL_SHAREDANCE)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

#endif
