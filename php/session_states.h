/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What each call of a session does in each state: one table, whoever calls. It only decides, and
 * needs no Zend; open_session.c carries it out.
 */

#ifndef PHP_SHAREDANCE_SESSION_STATES_H
#define PHP_SHAREDANCE_SESSION_STATES_H

#include <stdbool.h>

enum php_sharedance_session_state {
	SD_STATE_CLOSED,
	SD_STATE_OPEN,       /* nothing was read, or a read did not complete: its id is kept then */
	SD_STATE_READ_AHEAD, /* validate has locked and read, or has failed to, for a read that follows
	                      */
	SD_STATE_READ,       /* locked and read */
	SD_STATE_FINISHED,   /* written or deleted, and unlocked */
};

enum php_sharedance_session_call {
	SD_CALL_OPEN,
	SD_CALL_CLOSE,
	SD_CALL_VALIDATE,
	SD_CALL_READ,
	SD_CALL_WRITE,
	SD_CALL_TOUCH,
	SD_CALL_DESTROY,
};

enum php_sharedance_session_action {
	SD_DO_NOTHING,
	SD_DO_START,         /* open */
	SD_DO_END,           /* unlock and close */
	SD_DO_REFUSE_CLOSED, /* the session is not open */
	SD_DO_REFUSE_UNREAD, /* a read of the session did not complete: nobody knows what is there */
	SD_DO_BEGIN,         /* lock and read: it is the open session from now on */
	SD_DO_BEGIN_AHEAD,   /* the same, for a read that follows */
	SD_DO_DELIVER,       /* what was read ahead is read now */
	SD_DO_ADOPT,         /* the same, and then decide again */
	SD_DO_CONFIRM,       /* the id is known, because it is the open session's */
	SD_DO_LOOK,          /* ask whether there is such a session, without a lock */
	SD_DO_CHANGE,        /* write, prolong or delete, and unlock */
	SD_DO_BEGIN_AND_CHANGE,
	SD_DO_ALONE, /* in a session with a lock of its own, which end with the call */
};

/* `is_own`: the call is about the id of the open session, or of a read that did not complete. open
 * and close have no id. */
enum php_sharedance_session_action
php_sharedance_session_action(enum php_sharedance_session_state state,
                              enum php_sharedance_session_call call, bool is_own);

#endif
