/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* session.save_handler = sharedance. */

#ifndef PHP_SHAREDANCE_SESSION_HANDLER_H
#define PHP_SHAREDANCE_SESSION_HANDLER_H

#include "php_sharedance.h"

struct php_sharedance_save_handler;

/* Makes the save handler known to PHP, as the module starts. FAILURE: PHP has no room for it. */
zend_result php_sharedance_save_handler_register(void);

/* Frees what a thread has of it. NULL is allowed. */
void php_sharedance_save_handler_free(struct php_sharedance_save_handler *handler);

/* Ends the sessions that a request left open, at the request's end: the handler's, and all others.
 */
void php_sharedance_save_handler_end_request(void);

#endif
