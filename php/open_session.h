/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The session that a request has open, opened by the save handler or
 * SharedanceSession. It is locked and read, and ends. What a call does with it is in
 * session_calls.h.
 */

#ifndef PHP_SHAREDANCE_OPEN_SESSION_H
#define PHP_SHAREDANCE_OPEN_SESSION_H

#include "php_sharedance.h"

#include "client/error.h"
#include "client/policy/session.h"
#include "php/running.h"
#include "php/session_states.h"

struct sd_client;

/* Seconds: the longest ten years. memcached takes what ends later for a date that is over. */
#define PHP_SHAREDANCE_SESSION_TTL_MAX (3653 * 86400)

/* So many new ids are tried, if the servers of one after the other turn out to be dead. */
#define PHP_SHAREDANCE_TRIES_MAX 3
#define PHP_SHAREDANCE_REJECTED_MAX (PHP_SHAREDANCE_TRIES_MAX * SD_OWNERS_MAX)

/* Zero-initialised it is closed. */
struct php_sharedance_open_session {
	enum php_sharedance_session_state state;
	struct php_sharedance_running running; /* calls in progress: one at most */
	struct sd_client *client;              /* borrowed; NULL: it is closed */
	bool is_modules; /* no code of the user calls it: PHP's session module closes after a change */
	struct sd_session session;
	enum php_sharedance_lock_failure lock_failure; /* the setting when it was read */
	bool is_locked_here; /* another session of this process has its lock */
	zend_string *id;     /* the id that `session` is about; NULL: none yet */

	enum sd_status came; /* the status of the last read */
	zend_string *value;  /* of what was read ahead, if `came` is SD_OK */
	struct sd_error error;

	zend_string *created; /* the last id that was created: no client can know it yet */
	/* Of ids other than `id`: what was seen of each, as the bytes of a struct sd_session_seen;
	 * null: it is not to be changed. NULL: there is none yet. */
	HashTable *others;
	struct php_sharedance_open_session *next; /* of this thread's open ones; see session_list.h */
};

/* Opens one that is closed. */
void php_sharedance_open_session_start(struct php_sharedance_open_session *open,
                                       struct sd_client *client);

/* Whether `session` is about that id. */
bool php_sharedance_open_session_is_of(const struct php_sharedance_open_session *open,
                                       const zend_string *id);

/* Whether it is about that id, or one of the others that are not to be changed. */
enum php_sharedance_session_whose
php_sharedance_open_session_whose(const struct php_sharedance_open_session *open, zend_string *id);

/* Forgets what is kept of another id. */
void php_sharedance_open_session_forget_seen(struct php_sharedance_open_session *open,
                                             zend_string *id);

/* Takes out what an earlier call has seen of another id. False: nothing is kept of it. */
bool php_sharedance_open_session_take_seen(struct php_sharedance_open_session *open,
                                           zend_string *id, struct sd_session_seen *seen);

/*
 * A session for one call about another id. The id counts as unread until the call has succeeded;
 * then what the call has seen is kept. The session is in the list of open ones: if PHP leaves the
 * call by longjmp, the end of the request finds it.
 */
struct php_sharedance_open_session *
php_sharedance_open_session_begin_alone(struct php_sharedance_open_session *open, zend_string *id);

/* The call is over, and has succeeded or not. Unlocks, and frees it. */
void php_sharedance_open_session_end_alone(struct php_sharedance_open_session *open,
                                           struct php_sharedance_open_session *alone,
                                           zend_string *id, zend_result result);

/* Makes it the session of that id, after the one before has ended and is one of the others, locks
 * it and reads it. The outcome is in `came`; if that is a failure, the session is as it was before
 * a read. */
void php_sharedance_open_session_begin(struct php_sharedance_open_session *open, zend_string *id);

/* The same for an id in whose place another one can be drawn: it does not wait for a server that
 * refuses. */
void php_sharedance_open_session_try(struct php_sharedance_open_session *open, zend_string *id);

/* How ids are chosen: the servers by which a session could not be begun. Zero-initialised: none. */
struct php_sharedance_id_choice {
	size_t rejected[PHP_SHAREDANCE_REJECTED_MAX]; /* as indices */
	size_t count;
};

/* Draws an id, again and again while a server of the session is known to be dead. *suits: one of
 * its servers is not. NULL: PHP has none, and has said why. */
zend_string *php_sharedance_open_session_draw_id(const struct php_sharedance_open_session *open,
                                                 const struct php_sharedance_id_choice *choice,
                                                 bool *suits);

/* The session of that id, which was drawn, could not be begun: its servers count as dead. */
void php_sharedance_open_session_reject_id(const struct php_sharedance_open_session *open,
                                           const zend_string *id,
                                           struct php_sharedance_id_choice *choice);

/* Whether the last read was completed. */
bool php_sharedance_open_session_was_read(const struct php_sharedance_open_session *open);

/* Warns and returns FAILURE if it could not be locked and read, for a call that `what` names. */
zend_result php_sharedance_open_session_check_begun(const struct php_sharedance_open_session *open,
                                                    const char *what);

/* Whether there is a session of another id, without a lock. Warns if that cannot be told. */
zend_result php_sharedance_open_session_exists(struct php_sharedance_open_session *open,
                                               zend_string *id);

/* Unlocks it if it is still locked, frees all memory and closes it. Warns if that failed. */
void php_sharedance_open_session_end(struct php_sharedance_open_session *open);

/* The same without a warning, for a session whose owner is being freed: no code of the user runs.
 */
void php_sharedance_open_session_abandon(struct php_sharedance_open_session *open);

/* The time to live in seconds. 0, for a number that is not sensible: the server's default. */
static inline zend_long php_sharedance_session_ttl_s(zend_long ttl)
{
	if (ttl > PHP_SHAREDANCE_SESSION_TTL_MAX) {
		return PHP_SHAREDANCE_SESSION_TTL_MAX;
	}
	return ttl > 0 ? ttl : 0;
}

/* The setting session.gc_maxlifetime, in seconds, cut to that. */
zend_long php_sharedance_gc_maxlifetime(void);

/* Abandons all that are open on the client, because it is being freed; NULL: on any, because the
 * request is over. */
void php_sharedance_open_session_abandon_all(const struct sd_client *client);

#endif
