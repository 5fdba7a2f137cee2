/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The session that a request has open, with a function for each call of PHP's
 * session module. The save handler and class SharedanceSession use the same ones.
 * A call that fails has warned, exactly once.
 */

#ifndef PHP_SHAREDANCE_OPEN_SESSION_H
#define PHP_SHAREDANCE_OPEN_SESSION_H

#include "php_sharedance.h"

#include "client/error.h"
#include "client/policy/session.h"

struct sd_client;

/* Zero-initialised it is closed. */
struct php_sharedance_open_session {
	struct sd_client *client; /* borrowed; NULL: it is closed */
	struct sd_session session;
	enum php_sharedance_lock_failure lock_failure; /* the setting when it was read */
	zend_string *id;  /* the id that `session` is about; NULL: none yet */
	bool is_finished; /* it was written or deleted, and unlocked */

	/* what was read ahead, for a read that follows */
	bool is_read_ahead;
	enum sd_status came; /* the status of the last read */
	zend_string *value;  /* set if `came` is SD_OK */
	struct sd_error error;

	zend_string *created; /* the last id that was created: no client can know it yet */
};

/* Opens it. One that is open stays as it is, with its lock. */
void php_sharedance_open_session_start(struct php_sharedance_open_session *open,
                                       struct sd_client *client);

/* Unlocks it if it is still locked, and frees all memory. */
void php_sharedance_open_session_close(struct php_sharedance_open_session *open);

/* Only frees the memory, at a time when no server can be asked. */
void php_sharedance_open_session_forget(struct php_sharedance_open_session *open);

/* Locks and reads. The caller owns *value, which is empty if there is no such session. */
zend_result php_sharedance_open_session_read(struct php_sharedance_open_session *open,
                                             zend_string *id, zend_string **value);

/* Stores the value and unlocks. `ttl` is in seconds. */
zend_result php_sharedance_open_session_write(struct php_sharedance_open_session *open,
                                              zend_string *id, zend_string *value, zend_long ttl);

/* Prolongs a session whose value has not changed, and unlocks. */
zend_result php_sharedance_open_session_touch(struct php_sharedance_open_session *open,
                                              zend_string *id, zend_string *value, zend_long ttl);

/* Deletes and unlocks. */
zend_result php_sharedance_open_session_destroy(struct php_sharedance_open_session *open,
                                                zend_string *id);

/* For strict mode: FAILURE if there is no such session. If the servers do not answer it returns
 * SUCCESS, because on FAILURE PHP would give the user another id. */
zend_result php_sharedance_open_session_validate(struct php_sharedance_open_session *open,
                                                 zend_string *id);

/* A new id that no session has. NULL: an exception was thrown. */
zend_string *php_sharedance_open_session_create_id(struct php_sharedance_open_session *open);

/* The setting session.gc_maxlifetime, in seconds. */
zend_long php_sharedance_gc_maxlifetime(void);

#endif
