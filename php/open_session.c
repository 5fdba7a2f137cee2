/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The calls of PHP's session module, for the save handler and for class
 * SharedanceSession. In a request they come in this order:
 *
 *   open, [create_sid,] [validate,] read, then write, touch or destroy, or none of them, then close
 *
 * There are three exceptions. session_reset() opens and reads again without a
 * close: the lock that it finds is its own. session_create_id() validates other
 * ids while the session is open. Users' classes call what they like about any id:
 * a call about an id that is not the open session's has a session of its own.
 *
 * Invariants: the empty session is returned only if the servers answered that
 * there is none. A session that was not read is not written. No message has an id.
 */

#include "php/open_session.h"

#include <string.h>

#include "ext/session/php_session.h"

#include "client/client.h"
#include "client/entry.h"
#include "php/error.h"
#include "php/runtime.h"
#include "php/value.h"

#define KEY_MAX 512     /* bytes of prefix and id; the client checks how many are legal */
#define LEASE_MIN 300   /* seconds */
#define LEASE_LONG 3600 /* seconds, if the script has no time limit */

/* {{{ ids and strings */

static bool is_of(const struct php_sharedance_open_session *open, const zend_string *id)
{
	return open->id != NULL && zend_string_equals(open->id, id);
}

/* The rule of PHP's files handler, whose check ends at a NUL byte. */
static bool is_valid(const zend_string *id)
{
	return strlen(ZSTR_VAL(id)) == ZSTR_LEN(id) && php_session_valid_key(ZSTR_VAL(id)) == SUCCESS;
}

static void forget(zend_string **string)
{
	if (*string != NULL) {
		zend_string_release(*string);
		*string = NULL;
	}
}

static void forget_read_ahead(struct php_sharedance_open_session *open)
{
	open->is_read_ahead = false;
	forget(&open->value);
}

/* The id with the prefix, in `key`. An id that is too long is not copied: the client refuses it. */
static struct sd_bytes key_of(const zend_string *id, char key[KEY_MAX])
{
	size_t prefix_length = strlen(SHAREDANCE_G(session).prefix);
	struct sd_bytes bytes = {key, prefix_length + ZSTR_LEN(id)};

	if (bytes.length <= KEY_MAX) {
		memcpy(key, SHAREDANCE_G(session).prefix, prefix_length);
		memcpy(key + prefix_length, ZSTR_VAL(id), ZSTR_LEN(id));
	}
	return bytes;
}

/* }}} */

/* {{{ locking and reading */

/* The lease of the lock in seconds. The server releases a lock as soon as its connection ends, so
 * the lease only matters for a request that hangs. A script must not outlive its lease. Time spent
 * waiting does not count against a script's limit, hence twice that limit. */
static int64_t lease_s(void)
{
	zend_long limit = EG(timeout_seconds);

	if (limit <= 0) {
		return LEASE_LONG;
	}
	return 2 * (int64_t)limit > LEASE_MIN ? 2 * (int64_t)limit : LEASE_MIN;
}

/* Logs once per process that there are no locks. This is not an error of PHP, because frameworks
 * turn these into exceptions, and nothing is wrong with the request. */
static void report_missing_locks(const struct sd_session *session)
{
	static bool reported;

	if (session->hold == SD_SESSION_LOCKLESS && !reported) {
		reported = true;
		php_sharedance_log("the servers of the sessions have no locks: of two requests of one "
		                   "session at the same time, the last to write wins "
		                   "(sharedance.session.locking)");
	}
}

/* Makes `open` the session of that id, after it has ended the one before. False: no session can
 * have the id. */
static bool switch_to(struct php_sharedance_open_session *open, zend_string *id)
{
	struct sd_error error;
	char key[KEY_MAX];

	if (open->id != NULL) {
		(void)sd_session_end(&open->session, &error);
		forget(&open->id);
	}
	open->came = sd_client_open_session(open->client, key_of(id, key), &open->session, &error);
	if (open->came != SD_OK) {
		memset(&open->session, 0, sizeof(open->session));
		open->session.failed = SD_SESSION_READING;
		(void)sd_error_set(&open->error, open->came, "its id, with the prefix, %s", error.text);
		return false;
	}
	open->id = zend_string_copy(id);
	return true;
}

/* Makes `open` the session of that id, locks it and reads it. The outcome is in `came`. */
static void begin_session(struct php_sharedance_open_session *open, zend_string *id)
{
	const struct php_sharedance_session_settings *settings = &SHAREDANCE_G(session);
	const struct sd_session_rules rules = {
		.locks = settings->locking,
		.reads_anyway = settings->lock_failure != PHP_SHAREDANCE_FAIL,
		.is_new = open->created != NULL && zend_string_equals(open->created, id),
		.lease_s = lease_s(),
		.wait_ms = settings->lock_wait_ms,
	};
	struct php_sharedance_value value;

	forget_read_ahead(open);
	open->lock_failure = settings->lock_failure;
	open->is_finished = false;
	if (!is_of(open, id) && !switch_to(open, id)) {
		return;
	}
	php_sharedance_value_init(&value);
	/* PHP's memory limit may leave by longjmp from here, and PHP then writes the session */
	open->came = SD_ABORTED;
	open->came = sd_session_begin(&open->session, &rules, &value.sink, &open->error);
	if (open->came == SD_OK) {
		open->value = php_sharedance_value_take(&value);
	} else {
		php_sharedance_value_free(&value);
	}
	report_missing_locks(&open->session);
}

/* Warns if it could not be locked and read. */
static zend_result check_begun(const struct php_sharedance_open_session *open, const char *what)
{
	struct sd_error error;

	if (open->came == SD_OK || open->came == SD_ABSENT) {
		return SUCCESS;
	}
	(void)sd_error_set(&error, open->came, "%s%s", open->error.text,
	                   open->came != SD_CONFLICT    ? ""
	                   : open->session.is_ambiguous ? " (sharedance.session.lock_failure)"
	                                                : " (sharedance.session.lock_wait)");
	php_sharedance_warn_session(what, &open->session, 0, &error);
	return FAILURE;
}

zend_result php_sharedance_open_session_read(struct php_sharedance_open_session *open,
                                             zend_string *id, zend_string **value)
{
	if (!is_valid(id)) {
		const struct sd_error error = {.status = SD_BAD_KEY,
		                               .text = "must be of 1 to 256 bytes, each a letter, a "
		                                       "digit, a comma or a hyphen"};

		php_sharedance_warn("The session's id", &error);
		return FAILURE;
	}
	if (!open->is_read_ahead || !is_of(open, id)) {
		begin_session(open, id);
	}
	open->is_read_ahead = false;
	if (check_begun(open, "read") == FAILURE) {
		return FAILURE;
	}
	*value = open->came == SD_OK ? open->value : ZSTR_EMPTY_ALLOC();
	open->value = NULL;
	return SUCCESS;
}

/* Whether there is a session of that id, without a lock, while another session is open. */
static zend_result exists(struct php_sharedance_open_session *open, zend_string *id)
{
	struct sd_entry entry = {0};
	struct sd_error error;
	char key[KEY_MAX];

	entry.key = key_of(id, key);
	return sd_client_exists(open->client, &entry, 1, /* ttl */ 0, &error) == SD_OK &&
	               entry.status == SD_OK
	           ? SUCCESS
	           : FAILURE;
}

zend_result php_sharedance_open_session_validate(struct php_sharedance_open_session *open,
                                                 zend_string *id)
{
	if (!is_valid(id)) {
		return FAILURE;
	}
	if (open->id != NULL && !is_of(open, id) && !open->is_finished && !open->is_read_ahead) {
		return exists(open, id);
	}
	begin_session(open, id);
	open->is_read_ahead = true;
	if (open->came == SD_OK || open->came == SD_ABSENT) {
		return open->came == SD_OK ? SUCCESS : FAILURE;
	}
	/* the servers did not answer, and the read that follows will fail; but an id that was created
	 * just now is surely unknown */
	return open->created != NULL && zend_string_equals(open->created, id) ? FAILURE : SUCCESS;
}

zend_string *php_sharedance_open_session_create_id(struct php_sharedance_open_session *open)
{
	void *unused = NULL;
	zend_string *id = php_session_create_id(&unused);

	forget(&open->created);
	open->created = id == NULL ? NULL : zend_string_copy(id);
	return id;
}

/* }}} */

/* {{{ writing */

/* Warns if the open session was not read to its end: then PHP ended the script at its memory limit,
 * and would now write an empty session over it. */
static bool was_read(struct php_sharedance_open_session *open, const char *what)
{
	if (open->came == SD_OK || open->came == SD_ABSENT) {
		return true;
	}
	(void)sd_error_set(&open->error, SD_CLOSED, "%s", "it was not read to its end");
	open->session.failed = SD_SESSION_READING;
	php_sharedance_warn_session(what, &open->session, 0, &open->error);
	return false;
}

/* Closes `other` if it is the session that was changed. */
static void close_other(const struct php_sharedance_open_session *one,
                        struct php_sharedance_open_session *other)
{
	if (one == other) {
		php_sharedance_open_session_close(other);
	}
}

/*
 * The locked session that a change of `id` is for: the open one, or `other`, which
 * is locked only for this call: close_other() ends it. NULL, after a warning: it could
 * not be locked and read.
 */
static struct php_sharedance_open_session *
session_for_change(struct php_sharedance_open_session *open, zend_string *id, const char *what,
                   struct php_sharedance_open_session *other)
{
	struct php_sharedance_open_session *one = open;

	if (!is_of(open, id)) {
		memset(other, 0, sizeof(*other));
		other->client = open->client;
		one = other;
	} else if (!open->is_finished) {
		if (!was_read(open, what)) {
			return NULL;
		}
		forget_read_ahead(open);
		return open;
	}
	begin_session(one, id);
	if (check_begun(one, what) == FAILURE) {
		close_other(one, other);
		return NULL;
	}
	forget_read_ahead(one);
	return one;
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
	                   one->session.is_ambiguous ? "no server can give: a name leads to two"
	                                             : "another request had");
	one->session.failed = SD_SESSION_LOCKING;
	php_sharedance_warn_session(what, &one->session, bytes, &one->error);
	return false;
}

/* The end of a call that unlocked the session. Warns if it failed. From now on a server may have
 * it, even if its id is one of this request. */
static zend_result finish(struct php_sharedance_open_session *one, enum sd_status status,
                          const char *what, size_t bytes)
{
	one->is_finished = true;
	forget(&one->created);
	if (status == SD_OK) {
		return SUCCESS;
	}
	php_sharedance_warn_session(what, &one->session, bytes, &one->error);
	return FAILURE;
}

/* The time to live in seconds. 0, for a number that is not sensible: the server's default. */
static int64_t ttl_s(zend_long ttl)
{
	return ttl > 0 ? ttl : 0;
}

zend_result php_sharedance_open_session_write(struct php_sharedance_open_session *open,
                                              zend_string *id, zend_string *value, zend_long ttl)
{
	struct php_sharedance_open_session other;
	struct php_sharedance_open_session *one = session_for_change(open, id, "write", &other);
	zend_result result = FAILURE;

	if (one != NULL && may_write(one, "write", ZSTR_LEN(value))) {
		enum sd_status status = sd_session_write(&one->session, php_sharedance_bytes_of(value),
		                                         ttl_s(ttl), &one->error);

		result = finish(one, status, "write", ZSTR_LEN(value));
	}
	close_other(one, &other);
	return result;
}

zend_result php_sharedance_open_session_touch(struct php_sharedance_open_session *open,
                                              zend_string *id, zend_string *value, zend_long ttl)
{
	struct php_sharedance_open_session other;
	struct php_sharedance_open_session *one = session_for_change(open, id, "prolong", &other);
	zend_result result = FAILURE;

	if (one != NULL && !is_locked_out(one)) {
		enum sd_status status = sd_session_touch(&one->session, php_sharedance_bytes_of(value),
		                                         ttl_s(ttl), &one->error);

		result = finish(one, status, "prolong", ZSTR_LEN(value));
	} else if (one != NULL) {
		result = SUCCESS; /* the request that has the lock prolongs it */
	}
	close_other(one, &other);
	return result;
}

zend_long php_sharedance_gc_maxlifetime(void)
{
	return zend_ini_long("session.gc_maxlifetime", sizeof("session.gc_maxlifetime") - 1, 0);
}

zend_result php_sharedance_open_session_destroy(struct php_sharedance_open_session *open,
                                                zend_string *id)
{
	int64_t remembered_s = ttl_s(php_sharedance_gc_maxlifetime());
	struct php_sharedance_open_session other;
	struct php_sharedance_open_session *one = session_for_change(open, id, "delete", &other);
	zend_result result = FAILURE;

	if (one != NULL && may_write(one, "delete", 0)) {
		enum sd_status status = sd_session_destroy(&one->session, remembered_s, &one->error);

		result = finish(one, status, "delete", 0);
	}
	close_other(one, &other);
	return result;
}

/* }}} */

/* {{{ beginning and ending */

void php_sharedance_open_session_start(struct php_sharedance_open_session *open,
                                       struct sd_client *client)
{
	open->client = client;
}

void php_sharedance_open_session_close(struct php_sharedance_open_session *open)
{
	struct sd_error error;

	if (open->id != NULL && sd_session_end(&open->session, &error) != SD_OK) {
		php_sharedance_warn_session("unlock", &open->session, 0, &error);
	}
	php_sharedance_open_session_forget(open);
}

void php_sharedance_open_session_forget(struct php_sharedance_open_session *open)
{
	forget_read_ahead(open);
	forget(&open->id);
	forget(&open->created);
	open->client = NULL;
	open->is_finished = false;
}

/* }}} */
