/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The calls of PHP's session module, for the save handler and for class
 * SharedanceSession. In a request they come in this order:
 *
 *   open, [create_sid,] [validate,] read, then write, touch or destroy, or none of them, then close
 *
 * create_sid begins the session of the new id, because another id is drawn if that fails.
 *
 * There are three exceptions. session_reset() opens and reads again without a
 * close: the lock that it finds is its own. session_create_id() validates other
 * ids while the session is open. Users' classes call what they like about any id. While a session
 * is read, a call about another id has a session and a lock of its own, which end with the call.
 * That such a call has failed is remembered until the close, and what it has seen, too: a change of
 * that id goes by it. session_states.c has what each call does.
 *
 * Invariant: a session that could not be read is not written, and neither is one
 * whose change was refused or failed, until it was read again.
 */

#include "php/session_calls.h"

#include <string.h>

#include "ext/session/php_session.h"

#include "php/error.h"
#include "php/value.h"

/* {{{ what a call does */

/* The rule of PHP's files handler, whose check ends at a NUL byte. */
static bool is_valid(const zend_string *id)
{
	return strlen(ZSTR_VAL(id)) == ZSTR_LEN(id) && php_session_valid_key(ZSTR_VAL(id)) == SUCCESS;
}

static enum php_sharedance_session_action action_of(const struct php_sharedance_open_session *open,
                                                    enum php_sharedance_session_call call,
                                                    zend_string *id)
{
	return php_sharedance_session_action(open->state, call,
	                                     php_sharedance_open_session_whose(open, id));
}

bool php_sharedance_session_check_open(const struct php_sharedance_open_session *open)
{
	static const struct sd_error error = {.status = SD_CLOSED, .text = "is not open"};

	if (open != NULL && open->state != SD_STATE_CLOSED) {
		return true;
	}
	php_sharedance_warn("The session", &error);
	return false;
}

bool php_sharedance_session_check_idle(const struct php_sharedance_open_session *open)
{
	if (!php_sharedance_is_running(&open->running)) {
		return true;
	}
	if (EG(exception) == NULL) {
		zend_throw_error(NULL, "A session cannot be used from within its own operation");
		php_sharedance_hide_arguments();
	}
	return false;
}

/* A call begins. False: one is under way, and an Error was thrown. */
static bool enter(struct php_sharedance_open_session *open)
{
	if (!php_sharedance_session_check_idle(open)) {
		return false;
	}
	php_sharedance_running_begin(&open->running);
	return true;
}

/* An action about the session's own id is over. */
static void record_outcome(struct php_sharedance_open_session *open,
                           enum php_sharedance_session_action action,
                           enum php_sharedance_session_outcome outcome)
{
	open->state = php_sharedance_session_next(open->state, SD_ID_OWN, action, outcome);
}

/* What was read ahead counts as read from now on, if it was read. */
static void adopt_read_ahead(struct php_sharedance_open_session *open)
{
	record_outcome(open, SD_DO_DELIVER,
	               php_sharedance_open_session_was_read(open) ? SD_CALL_DONE : SD_CALL_FAILED);
}

/* }}} */

/* {{{ reading */

/* Hands over what was read. Warns if it could not be. */
static zend_result take_value(struct php_sharedance_open_session *open, zend_string **value)
{
	if (php_sharedance_open_session_check_begun(open, "read") == FAILURE) {
		return FAILURE;
	}
	*value = open->came == SD_OK ? open->value : ZSTR_EMPTY_ALLOC();
	open->value = NULL;
	php_sharedance_open_session_forget_seen(open, open->id);
	return SUCCESS;
}

static zend_result read_session(struct php_sharedance_open_session *open, zend_string *id,
                                zend_string **value)
{
	struct php_sharedance_open_session *alone;
	zend_result result;

	switch (action_of(open, SD_CALL_READ, id)) {
	case SD_DO_BEGIN:
		php_sharedance_open_session_begin(open, id);
		return take_value(open, value);
	case SD_DO_DELIVER:
		adopt_read_ahead(open);
		return take_value(open, value);
	case SD_DO_ALONE:
		alone = php_sharedance_open_session_begin_alone(open, id);
		php_sharedance_open_session_begin(alone, id);
		result = take_value(alone, value);
		php_sharedance_open_session_end_alone(open, alone, id, result);
		return result;
	default:
		return FAILURE;
	}
}

zend_result php_sharedance_session_read(struct php_sharedance_open_session *open, zend_string *id,
                                        zend_string **value)
{
	zend_result result;

	if (!is_valid(id)) {
		const struct sd_error error = {.status = SD_BAD_KEY,
		                               .text = "must be of 1 to 256 bytes, each a letter, a "
		                                       "digit, a comma or a hyphen"};

		php_sharedance_warn("The session's id", &error);
		return FAILURE;
	}
	if (!enter(open)) {
		return FAILURE;
	}
	result = read_session(open, id, value);
	php_sharedance_running_end(&open->running);
	return result;
}

/* Locks and reads, for a read that follows, and says whether there is such a session. */
static zend_result read_ahead(struct php_sharedance_open_session *open, zend_string *id,
                              bool is_replaceable)
{
	enum php_sharedance_session_state before = open->state;
	enum php_sharedance_session_whose whose = php_sharedance_open_session_whose(open, id);
	enum php_sharedance_session_outcome outcome;

	if (is_replaceable) {
		php_sharedance_open_session_try(open, id);
	} else {
		php_sharedance_open_session_begin(open, id);
	}
	if (php_sharedance_open_session_was_read(open)) {
		outcome = open->came == SD_OK ? SD_CALL_DONE : SD_CALL_UNKNOWN;
	} else if (open->came == SD_BAD_KEY ||
	           (open->created != NULL && zend_string_equals(open->created, id))) {
		outcome = SD_CALL_UNKNOWN; /* whatever the servers say */
	} else {
		outcome = SD_CALL_FAILED; /* the read that follows will fail */
	}
	open->state = php_sharedance_session_next(before, whose, SD_DO_BEGIN_AHEAD, outcome);
	if (outcome != SD_CALL_UNKNOWN) {
		return SUCCESS;
	}
	php_sharedance_open_session_forget_seen(open, id);
	return FAILURE;
}

static zend_result validate(struct php_sharedance_open_session *open, zend_string *id)
{
	switch (action_of(open, SD_CALL_VALIDATE, id)) {
	case SD_DO_BEGIN_AHEAD:
		return read_ahead(open, id, false);
	case SD_DO_TELL:
		return open->came == SD_OK ? SUCCESS : FAILURE;
	case SD_DO_CONFIRM:
		return SUCCESS;
	case SD_DO_EXISTS:
		return php_sharedance_open_session_exists(open, id);
	default:
		return FAILURE;
	}
}

zend_result php_sharedance_session_validate(struct php_sharedance_open_session *open,
                                            zend_string *id)
{
	zend_result result;

	if (!is_valid(id) || !enter(open)) {
		return FAILURE;
	}
	result = validate(open, id);
	php_sharedance_running_end(&open->running);
	return result;
}

/* Whether the id is read next: PHP's session module has it created for a session that starts. A
 * create_sid() of the user's that has changed the last one will change this one, too. */
static bool is_read_next(const struct php_sharedance_open_session *open)
{
	return (open->is_modules || (PS(in_save_handler) && !SHAREDANCE_G(ids_are_changed))) &&
	       php_sharedance_session_action(open->state, SD_CALL_CREATE, SD_ID_OWN) ==
	           SD_DO_BEGIN_AHEAD;
}

/* Whether an id that was drawn is no good, because its servers fail, and others may do better. */
static bool may_others_do_better(const struct php_sharedance_open_session *open)
{
	return sd_status_is_failure(open->came) && open->came != SD_ABORTED &&
	       open->came != SD_NO_MEMORY && EG(exception) == NULL;
}

/*
 * A new id is free to choose. Which servers are dead is known from their marks, but the first one
 * who meets a dead server has to find out. So the session is begun at once, for a validate and a
 * read that follow.
 */
static zend_string *create_and_begin(struct php_sharedance_open_session *open)
{
	struct php_sharedance_id_choice choice = {.count = 0};

	for (int tries = 1;; tries++) {
		bool suits;
		zend_string *id = php_sharedance_open_session_draw_id(open, &choice, &suits);
		bool is_last = tries == PHP_SHAREDANCE_TRIES_MAX || !suits;

		if (id == NULL) {
			return NULL;
		}
		php_sharedance_forget(&open->created);
		open->created = zend_string_copy(id);
		(void)read_ahead(open, id, !is_last);
		if (is_last || !may_others_do_better(open)) {
			return id;
		}
		php_sharedance_open_session_reject_id(open, id, &choice);
		php_sharedance_forget(&id);
	}
}

zend_string *php_sharedance_session_create_id(struct php_sharedance_open_session *open)
{
	const struct php_sharedance_id_choice any = {.count = 0};
	void *unused = NULL;
	zend_string *id;
	bool suits;

	if (open->client == NULL || php_sharedance_is_running(&open->running)) {
		id = php_session_create_id(&unused);
	} else if (is_read_next(open)) {
		php_sharedance_running_begin(&open->running);
		id = create_and_begin(open);
		php_sharedance_running_end(&open->running);
		return id;
	} else {
		id = php_sharedance_open_session_draw_id(open, &any, &suits);
	}
	php_sharedance_forget(&open->created);
	open->created = id == NULL ? NULL : zend_string_copy(id);
	return id;
}

/* }}} */

/* {{{ writing */

/* Warns that nobody knows what is there. The session was not read to its end: PHP ended the script
 * at its memory limit, and would now write an empty session over it. Or a change was refused,
 * because somebody has written, or failed. */
static void refuse_unread(struct php_sharedance_open_session *open, const zend_string *id,
                          const char *what)
{
	(void)sd_error_set(&open->error, SD_CLOSED, "%s",
	                   php_sharedance_open_session_was_read(open) ||
	                           !php_sharedance_open_session_is_of(open, id)
	                       ? "a read or change of it has failed, and it was not read again"
	                       : "it was not read to its end");
	open->session.failed = SD_SESSION_READING;
	php_sharedance_warn_session(what, &open->session, 0, &open->error);
}

/* Locks and reads a session that is to be changed. Returns it; NULL, after a warning. */
static struct php_sharedance_open_session *begin_change(struct php_sharedance_open_session *one,
                                                        zend_string *id, const char *what)
{
	php_sharedance_open_session_begin(one, id);
	return php_sharedance_open_session_check_begun(one, what) == SUCCESS ? one : NULL;
}

/*
 * The locked session that a change of `id` is for: the open one, or one of its own, which is in
 * *alone, too, and ends with the call. NULL, after a warning: it could not be locked and read.
 */
static struct php_sharedance_open_session *
session_for_change(struct php_sharedance_open_session *open, enum php_sharedance_session_call call,
                   zend_string *id, const char *what, struct php_sharedance_open_session **alone)
{
	switch (action_of(open, call, id)) {
	case SD_DO_CHANGE:
		return open;
	case SD_DO_ADOPT:
		adopt_read_ahead(open);
		return session_for_change(open, call, id, what, alone);
	case SD_DO_ALONE:
		*alone = php_sharedance_open_session_begin_alone(open, id);
		return begin_change(*alone, id, what);
	case SD_DO_REFUSE_UNREAD:
		refuse_unread(open, id, what);
		return NULL;
	default:
		return NULL;
	}
}

/* Whether it was read without its lock and must not be written. */
static bool is_locked_out(const struct php_sharedance_open_session *one)
{
	return one->session.hold == SD_SESSION_REFUSED && one->lock_failure != PHP_SHAREDANCE_IGNORE;
}

/* Warns if it must not be written. */
static bool may_write(struct php_sharedance_open_session *one, const char *what, size_t bytes)
{
	if (!is_locked_out(one)) {
		return true;
	}
	(void)sd_error_set(&one->error, SD_CONFLICT,
	                   "it was read without its lock, which %s "
	                   "(sharedance.session.lock_failure)",
	                   one->is_locked_here         ? "another session handler of this process had"
	                   : one->session.is_ambiguous ? "no server can give: a name leads to two"
	                                               : "another request had");
	one->session.failed = SD_SESSION_LOCKING;
	php_sharedance_warn_session(what, &one->session, bytes, &one->error);
	return false;
}

/* The end of a change. Warns if it failed. From now on a server may have it, even if its id is one
 * of this request. */
static zend_result finish_change(struct php_sharedance_open_session *one, enum sd_status status,
                                 const char *what, size_t bytes)
{
	enum php_sharedance_session_outcome outcome = SD_CALL_FAILED;

	if (status == SD_OK) {
		outcome = one->session.lock.holders > 0 ? SD_CALL_KEPT : SD_CALL_DONE;
	}
	record_outcome(one, SD_DO_CHANGE, outcome);
	php_sharedance_forget(&one->created);
	if (status == SD_OK) {
		return SUCCESS;
	}
	php_sharedance_warn_session(what, &one->session, bytes, &one->error);
	return FAILURE;
}

/* A change of a session. */
struct change {
	enum php_sharedance_session_call call; /* SD_CALL_WRITE, SD_CALL_TOUCH or SD_CALL_DESTROY */
	const char *what;
	struct sd_bytes data; /* none for SD_CALL_DESTROY */
	int64_t ttl_s;
};

/* What follows a change. PHP's module closes at once, and unlocking goes with the change. So it is
 * if that module has called a user's handler that calls this one, as far as can be told. Who calls
 * a handler by hand is in the middle of a request: the lock stays until the close. */
static enum sd_session_after what_follows(const struct php_sharedance_open_session *one,
                                          bool is_alone)
{
	if (is_alone) { /* a later call goes by what this one writes */
		return one->session.lock.entry_ends_ms != 0 ? SD_SESSION_CONTINUES
		                                            : SD_SESSION_MAY_CONTINUE;
	}
	if (one->is_modules) {
		return SD_SESSION_ENDS;
	}
	return PS(in_save_handler) ? SD_SESSION_MAY_CONTINUE : SD_SESSION_CONTINUES;
}

/* Makes the change of the session that it is for. */
static zend_result make_change(struct php_sharedance_open_session *one, const struct change *change)
{
	size_t bytes = change->call == SD_CALL_WRITE ? change->data.length : 0;
	enum sd_status status;

	if (change->call == SD_CALL_TOUCH && is_locked_out(one)) {
		return SUCCESS; /* the request that has the lock prolongs it */
	}
	if (!may_write(one, change->what, bytes)) {
		return FAILURE;
	}
	if (change->call == SD_CALL_WRITE) {
		status = sd_session_write(&one->session, change->data, change->ttl_s, &one->error);
	} else if (change->call == SD_CALL_TOUCH) {
		bytes = change->data.length;
		status = sd_session_touch(&one->session, change->data, change->ttl_s, &one->error);
	} else {
		status = sd_session_destroy(&one->session, change->ttl_s, &one->error);
	}
	return finish_change(one, status, change->what, bytes);
}

/* Whether what was locked and read for a change is what an earlier call has seen, if one has. */
static bool is_as_seen(const struct php_sharedance_open_session *one,
                       const struct sd_session_seen *seen)
{
	return seen == NULL || one->session.hold != SD_SESSION_LOCKED ||
	       sd_session_is_as_seen(&one->session, one->came, seen);
}

/* Another request has written since. A touch is silent about it: that write has prolonged the
 * session, too, and a deleted one stays deleted. */
static void refuse_overtaken(struct php_sharedance_open_session *one, const struct change *change)
{
	record_outcome(one, SD_DO_CHANGE, SD_CALL_FAILED);
	one->session.failed = SD_SESSION_WRITING;
	(void)sd_error_set(&one->error, SD_CONFLICT, "%s",
	                   "another request has written the session since it was read, and nothing was "
	                   "written");
	if (change->call != SD_CALL_TOUCH) {
		php_sharedance_warn_session(change->what, &one->session, change->data.length, &one->error);
	}
}

static zend_result change_session(struct php_sharedance_open_session *open, zend_string *id,
                                  const struct change *change)
{
	struct php_sharedance_open_session *alone = NULL;
	struct php_sharedance_open_session *one;
	struct sd_session_seen kept;
	const struct sd_session_seen *seen;
	zend_result result = FAILURE;
	bool is_overtaken;

	if (!enter(open)) {
		return FAILURE;
	}
	seen = php_sharedance_open_session_take_seen(open, id, &kept) ? &kept : NULL;
	one = session_for_change(open, change->call, id, change->what, &alone);
	is_overtaken = one != NULL && !is_as_seen(one, seen);
	if (is_overtaken) {
		refuse_overtaken(one, change);
	} else if (one != NULL) {
		php_sharedance_forget(&one->value); /* of what was read ahead */
		one->session.after = what_follows(one, alone != NULL);
		result = make_change(one, change);
	}
	if (alone != NULL) {
		if (open->created != NULL && zend_string_equals(open->created, id)) {
			php_sharedance_forget(&open->created); /* a server may have it from now on */
		}
		php_sharedance_open_session_end_alone(open, alone, id, result);
	}
	php_sharedance_running_end(&open->running);
	return is_overtaken && change->call == SD_CALL_TOUCH ? SUCCESS : result;
}

zend_result php_sharedance_session_write(struct php_sharedance_open_session *open, zend_string *id,
                                         zend_string *value, zend_long ttl)
{
	const struct change change = {SD_CALL_WRITE, "write", php_sharedance_bytes_of(value),
	                              php_sharedance_session_ttl_s(ttl)};

	return change_session(open, id, &change);
}

zend_result php_sharedance_session_touch(struct php_sharedance_open_session *open, zend_string *id,
                                         zend_string *value, zend_long ttl)
{
	const struct change change = {SD_CALL_TOUCH, "prolong", php_sharedance_bytes_of(value),
	                              php_sharedance_session_ttl_s(ttl)};

	return change_session(open, id, &change);
}

/* Whether PHP deletes the session though nobody has asked for that: decoding it has met the memory
 * limit, or was left by longjmp, after which PHP calls nothing else before shutdown functions. */
static bool is_only_undecoded(void)
{
	return php_sharedance_is_out_of_memory() ||
	       (CG(unclean_shutdown) && !(EG(flags) & EG_FLAGS_IN_SHUTDOWN));
}

zend_result php_sharedance_session_destroy(struct php_sharedance_open_session *open,
                                           zend_string *id)
{
	const struct change change = {
		.call = SD_CALL_DESTROY,
		.what = "delete",
		.ttl_s = php_sharedance_gc_maxlifetime(), /* for so long it is remembered */
	};

	return is_only_undecoded() ? SUCCESS : change_session(open, id, &change);
}

/* }}} */

/* {{{ opening and closing */

void php_sharedance_session_open(struct php_sharedance_open_session *open, struct sd_client *client)
{
	if (php_sharedance_session_action(open->state, SD_CALL_OPEN, SD_ID_OWN) == SD_DO_START) {
		php_sharedance_open_session_start(open, client);
	}
}

zend_result php_sharedance_session_close(struct php_sharedance_open_session *open)
{
	bool ends = php_sharedance_session_action(open->state, SD_CALL_CLOSE, SD_ID_OWN) == SD_DO_END;

	if (!enter(open)) {
		return FAILURE;
	}
	if (ends) {
		php_sharedance_open_session_end(open);
	}
	php_sharedance_running_end(&open->running);
	return SUCCESS;
}

/* }}} */
