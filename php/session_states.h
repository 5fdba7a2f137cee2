/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What each call of a session does in each state: one table for all callers. It only decides, and
 * needs no Zend; open_session.c carries it out.
 */

#ifndef PHP_SHAREDANCE_SESSION_STATES_H
#define PHP_SHAREDANCE_SESSION_STATES_H

#include <stdbool.h>

enum php_sharedance_session_state {
	SD_STATE_CLOSED,
	SD_STATE_OPEN,       /* nothing was read */
	SD_STATE_UNREAD,     /* nobody knows what is there: a read did not complete, or a change failed
	                        or was refused. Its id is not changed until it was read again */
	SD_STATE_READ_AHEAD, /* validate has locked and read for a read that follows */
	SD_STATE_UNREAD_AHEAD, /* the same, but it has failed to, or came after SD_STATE_UNREAD */
	SD_STATE_READ,         /* locked and read, or written and still locked */
	SD_STATE_FINISHED,     /* written or deleted, and unlocked. A change after that goes by what was
	                          written */
};

enum php_sharedance_session_call {
	SD_CALL_OPEN,
	SD_CALL_CLOSE,
	SD_CALL_CREATE,
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
	SD_DO_REFUSE_UNREAD, /* nobody knows what is there */
	SD_DO_BEGIN,         /* lock and read: it is the open session from now on */
	SD_DO_BEGIN_AHEAD,   /* the same, for a read that follows */
	SD_DO_DELIVER,       /* what was read ahead is read now */
	SD_DO_ADOPT,         /* the same, and then decide again */
	SD_DO_TELL,          /* what was read ahead says whether there is such a session */
	SD_DO_CONFIRM,       /* the id is known, because it is the open session's */
	SD_DO_EXISTS,        /* ask whether there is such a session, without a lock */
	SD_DO_CHANGE,        /* write, prolong or delete, and unlock */
	SD_DO_ALONE,         /* in a session with a lock of its own, which end with the call */
};

/* The result of an action. */
enum php_sharedance_session_outcome {
	SD_CALL_DONE,
	SD_CALL_KEPT, /* SD_DO_CHANGE: done, and the lock is kept */
	SD_CALL_FAILED,
	SD_CALL_UNKNOWN, /* SD_DO_BEGIN_AHEAD: there is no such session, and the caller is told so */
};

/* Which id a call is about. */
enum php_sharedance_session_whose {
	SD_ID_OWN,    /* the one that the session keeps */
	SD_ID_OTHER,  /* a change of it goes by what an earlier call has seen of it, if one has */
	SD_ID_UNREAD, /* another one that is not to be changed: a call about it has failed to read or
	                 change it, and it was not read since */
};

/* open, close and create have no id, and are the only calls of a closed session. The callers of the
 * others have checked that it is open (SharedanceSession throws, the save handler warns). */
enum php_sharedance_session_action
php_sharedance_session_action(enum php_sharedance_session_state state,
                              enum php_sharedance_session_call call,
                              enum php_sharedance_session_whose whose);

/* The state after an action about an id, which is about `whose` id. That of SD_DO_DELIVER and
 * SD_DO_ADOPT is the read ahead's. */
enum php_sharedance_session_state php_sharedance_session_next(
	enum php_sharedance_session_state state, enum php_sharedance_session_whose whose,
	enum php_sharedance_session_action action, enum php_sharedance_session_outcome outcome);

#endif
