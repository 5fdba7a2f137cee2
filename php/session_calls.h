/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The calls of PHP's session module on an open session. The save handler and class
 * SharedanceSession use the same ones. A call that fails has warned, exactly once, or an exception
 * was thrown.
 *
 * What a call does depends on the session's state: session_states.h. While a call is in progress,
 * the user's code may run: its send() and its error handler. Another call on the same session
 * throws an Error then, so that nothing is freed that the first one still uses.
 */

#ifndef PHP_SHAREDANCE_SESSION_CALLS_H
#define PHP_SHAREDANCE_SESSION_CALLS_H

#include "php_sharedance.h"

#include "php/open_session.h"

/* Warns and returns false if none is open, because the user's class called out of order. `open` may
 * be NULL. */
bool php_sharedance_session_check_open(const struct php_sharedance_open_session *open);

/* Throws an Error and returns false if a call is in progress. */
bool php_sharedance_session_check_idle(const struct php_sharedance_open_session *open);

/* Opens it. One that is open stays as it is, with its lock. */
void php_sharedance_session_open(struct php_sharedance_open_session *open,
                                 struct sd_client *client);

/* Unlocks it if it is still locked, and frees all memory. FAILURE: a call is in progress, and an
 * Error was thrown. */
zend_result php_sharedance_session_close(struct php_sharedance_open_session *open);

/* {{{ calls of an open session */

/* Locks and reads. The caller owns *value, which is empty if there is no such session. */
zend_result php_sharedance_session_read(struct php_sharedance_open_session *open, zend_string *id,
                                        zend_string **value);

/* Stores the value. `ttl` is in seconds. This and the two below unlock, unless the user calls them
 * in the middle of a request. */
zend_result php_sharedance_session_write(struct php_sharedance_open_session *open, zend_string *id,
                                         zend_string *value, zend_long ttl);

/* Prolongs a session whose value has not changed. */
zend_result php_sharedance_session_touch(struct php_sharedance_open_session *open, zend_string *id,
                                         zend_string *value, zend_long ttl);

/* Deletes it. */
zend_result php_sharedance_session_destroy(struct php_sharedance_open_session *open,
                                           zend_string *id);

/* For strict mode: FAILURE if there is no such session. If the servers do not answer it returns
 * SUCCESS, because on FAILURE PHP would give the user another id. */
zend_result php_sharedance_session_validate(struct php_sharedance_open_session *open,
                                            zend_string *id);

/* A new id that no session has. NULL: an exception was thrown. */
zend_string *php_sharedance_session_create_id(struct php_sharedance_open_session *open);

/* }}} */

#endif
