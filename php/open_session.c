/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the calls of PHP's session module come to, for the save handler and for
 * class SharedanceSession alike. In a request they come in this order:
 *
 *   open, [create_sid,] [validate,] read, then write, touch or destroy, or none of them, then close
 *
 * but for session_reset(), which opens and reads again without a close, and
 * knows its own lock by that; session_create_id(), which validates other ids
 * meanwhile; and users' classes that call what they like about any id: a call
 * about another id than that of the open session has a session of its own.
 *
 * Invariants: what was not proven to be absent is never returned as an empty
 * session, and is not written. An id is never in a message.
 */

#include "php_sharedance.h"

#include "ext/session/php_session.h"

#define KEY_MAX 512    /* bytes: a prefix and an id, whether they fit or not */
#define LEASE_MIN 300  /* seconds */
#define LEASE_LONG 3600 /* seconds, of scripts without a time limit */

/* {{{ ids and what is kept of them */

static bool is_of(const struct php_sharedance_session *open, const zend_string *id)
{
	return open->id != NULL && zend_string_equals(open->id, id);
}

/* As the files handler has it; a NUL byte ends what that looks at. */
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

static void forget_read_ahead(struct php_sharedance_session *open)
{
	open->is_read_ahead = false;
	forget(&open->value);
}

/* The id with the prefix, copied where the client copies it from. */
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

/* The end of a connection frees a lock at once: the lease is for a request that hangs. A script must
 * not outlive it; time spent waiting does not count against its limit, hence twice as long. */
static int64_t lease_s(void)
{
	zend_long limit = EG(timeout_seconds);

	if (limit <= 0) {
		return LEASE_LONG;
	}
	return 2 * (int64_t)limit > LEASE_MIN ? 2 * (int64_t)limit : LEASE_MIN;
}

/* Not an error of PHP's: frameworks make exceptions of those, and nothing is wrong with the request. */
static void tell_of_missing_locks(const struct sd_session *session)
{
	static bool told;

	if (session->hold == SD_SESSION_LOCKLESS && !told) {
		told = true;
		php_sharedance_log("the servers of the sessions have no locks: of two requests of one "
		                   "session at the same time, the last to write wins "
		                   "(sharedance.session.locking)");
	}
}

/* Makes `open` the session of that id, the one before it being over. False: it cannot be one. */
static bool switch_to(struct php_sharedance_session *open, zend_string *id)
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

/* Makes `open` the session of that id, and locks and reads it: `came` tells. */
static void begin(struct php_sharedance_session *open, zend_string *id)
{
	const struct php_sharedance_session_settings *settings = &SHAREDANCE_G(session);
	const struct sd_session_rules rules = {
		.locks = settings->locking,
		.reads_anyway = settings->lock_failure != PHP_SHAREDANCE_FAIL,
		.lease_s = lease_s(),
		.wait_ms = settings->lock_wait_ms,
	};
	struct php_sharedance_sink sink;

	forget_read_ahead(open);
	open->lock_failure = settings->lock_failure;
	open->is_finished = false;
	if (!is_of(open, id) && !switch_to(open, id)) {
		return;
	}
	php_sharedance_sink_init(&sink);
	open->came = SD_ABORTED; /* PHP's memory limit may leave from here, and then writes the session */
	open->came = sd_session_begin(&open->session, &rules, &sink.sink, &open->error);
	if (open->came == SD_OK) {
		open->value = php_sharedance_sink_take(&sink);
	} else {
		php_sharedance_sink_free(&sink);
	}
	tell_of_missing_locks(&open->session);
}

/* Warns where it could not be locked and read. */
static zend_result check_begun(const struct php_sharedance_session *open, const char *what)
{
	struct sd_error error;

	if (open->came == SD_OK || open->came == SD_ABSENT) {
		return SUCCESS;
	}
	(void)sd_error_set(&error, open->came, "%s%s", open->error.text,
	                   open->came == SD_CONFLICT ? " (sharedance.session.lock_wait)" : "");
	php_sharedance_warn_session(what, &open->session, 0, &error);
	return FAILURE;
}

zend_result php_sharedance_session_read(struct php_sharedance_session *open, zend_string *id,
                                        zend_string **value)
{
	if (!is_valid(id)) {
		const struct sd_error error = {SD_BAD_KEY, "must be of 1 to 256 bytes, each a letter, a "
		                                           "digit, a comma or a hyphen"};

		php_sharedance_warn("The session's id", &error);
		return FAILURE;
	}
	if (!open->is_read_ahead || !is_of(open, id)) {
		begin(open, id);
	}
	open->is_read_ahead = false;
	if (check_begun(open, "read") == FAILURE) {
		return FAILURE;
	}
	*value = open->came == SD_OK ? open->value : ZSTR_EMPTY_ALLOC();
	open->value = NULL;
	return SUCCESS;
}

/* Whether there is an entry, while another session is open. */
static zend_result look(struct php_sharedance_session *open, zend_string *id)
{
	struct sd_item item = {0};
	struct sd_error error;
	char key[KEY_MAX];

	item.key = key_of(id, key);
	return sd_client_look(open->client, &item, 1, /* ttl */ 0, &error) == SD_OK &&
	               item.status == SD_OK
	           ? SUCCESS
	           : FAILURE;
}

zend_result php_sharedance_session_validate(struct php_sharedance_session *open, zend_string *id)
{
	if (!is_valid(id)) {
		return FAILURE;
	}
	if (open->id != NULL && !is_of(open, id) && !open->is_finished && !open->is_read_ahead) {
		return look(open, id);
	}
	begin(open, id);
	open->is_read_ahead = true;
	if (open->came == SD_OK || open->came == SD_ABSENT) {
		return open->came == SD_OK ? SUCCESS : FAILURE;
	}
	/* the read that follows fails; what was made just now is unknown all the same */
	return open->created != NULL && zend_string_equals(open->created, id) ? FAILURE : SUCCESS;
}

zend_string *php_sharedance_session_create_id(struct php_sharedance_session *open)
{
	void *unused = NULL;
	zend_string *id = php_session_create_id(&unused);

	forget(&open->created);
	open->created = id == NULL ? NULL : zend_string_copy(id);
	return id;
}

/* }}} */

/* {{{ writing */

/* Warns where the open session was not read to its end: PHP, which ended the script at its memory
 * limit meanwhile, would now write an empty one over it. */
static bool was_read(struct php_sharedance_session *open, const char *what)
{
	if (open->came == SD_OK || open->came == SD_ABSENT) {
		return true;
	}
	(void)sd_error_set(&open->error, SD_CLOSED, "%s", "it was not read to its end");
	open->session.failed = SD_SESSION_READING;
	php_sharedance_warn_session(what, &open->session, 0, &open->error);
	return false;
}

/*
 * The session that a call about `id` is for: the open one, or `other`, which is
 * locked for this call alone. NULL: it could not be, or it must not be written.
 */
static struct php_sharedance_session *session_of(struct php_sharedance_session *open,
                                                 zend_string *id, const char *what,
                                                 struct php_sharedance_session *other)
{
	struct php_sharedance_session *one = open;

	memset(other, 0, sizeof(*other));
	if (is_of(open, id) && !open->is_finished) {
		if (!was_read(open, what)) {
			return NULL;
		}
	} else {
		one = is_of(open, id) ? open : other;
		one->client = open->client;
		begin(one, id);
		if (check_begun(one, what) == FAILURE) {
			php_sharedance_session_close(other);
			return NULL;
		}
	}
	forget_read_ahead(one);
	return one;
}

/* Whether it was read without its lock, and is only to be read. */
static bool is_locked_out(const struct php_sharedance_session *one)
{
	return one->session.hold == SD_SESSION_REFUSED && one->lock_failure != PHP_SHAREDANCE_IGNORE;
}

/* Warns where it must not be written. */
static bool may_write(struct php_sharedance_session *one, const char *what, size_t bytes)
{
	if (!is_locked_out(one)) {
		return true;
	}
	(void)sd_error_set(&one->error, SD_CONFLICT, "%s",
	                   "it was read without its lock, which another request had "
	                   "(sharedance.session.lock_failure)");
	one->session.failed = SD_SESSION_LOCKING;
	php_sharedance_warn_session(what, &one->session, bytes, &one->error);
	return false;
}

/* The end of a call that gave the lock back. */
static zend_result finish(struct php_sharedance_session *one, enum sd_status status,
                          const char *what, size_t bytes)
{
	one->is_finished = true;
	if (status == SD_OK) {
		return SUCCESS;
	}
	php_sharedance_warn_session(what, &one->session, bytes, &one->error);
	return FAILURE;
}

static struct sd_bytes bytes_of(const zend_string *string)
{
	return (struct sd_bytes){ZSTR_VAL(string), ZSTR_LEN(string)};
}

/* Seconds to live; without a sensible number as long as the server likes. */
static int64_t life_s(zend_long life)
{
	return life > 0 ? life : 0;
}

zend_result php_sharedance_session_write(struct php_sharedance_session *open, zend_string *id,
                                         zend_string *value, zend_long life)
{
	struct php_sharedance_session other;
	struct php_sharedance_session *one = session_of(open, id, "write", &other);
	zend_result result = FAILURE;

	if (one != NULL && may_write(one, "write", ZSTR_LEN(value))) {
		result = finish(one,
		                sd_session_write(&one->session, bytes_of(value), life_s(life), &one->error),
		                "write", ZSTR_LEN(value));
	}
	php_sharedance_session_close(&other);
	return result;
}

zend_result php_sharedance_session_touch(struct php_sharedance_session *open, zend_string *id,
                                         zend_string *value, zend_long life)
{
	struct php_sharedance_session other;
	struct php_sharedance_session *one = session_of(open, id, "prolong", &other);
	zend_result result = FAILURE;

	if (one != NULL && !is_locked_out(one)) {
		result = finish(one,
		                sd_session_touch(&one->session, bytes_of(value), life_s(life), &one->error),
		                "prolong", ZSTR_LEN(value));
	} else if (one != NULL) {
		result = SUCCESS; /* whoever has the lock prolongs it */
	}
	php_sharedance_session_close(&other);
	return result;
}

zend_result php_sharedance_session_destroy(struct php_sharedance_session *open, zend_string *id)
{
	int64_t remembered_s = life_s(zend_ini_long("session.gc_maxlifetime",
	                                            sizeof("session.gc_maxlifetime") - 1, 0));
	struct php_sharedance_session other;
	struct php_sharedance_session *one = session_of(open, id, "delete", &other);
	zend_result result = FAILURE;

	if (one != NULL && may_write(one, "delete", 0)) {
		result = finish(one, sd_session_destroy(&one->session, remembered_s, &one->error), "delete",
		                0);
	}
	php_sharedance_session_close(&other);
	return result;
}

/* }}} */

/* {{{ beginning and ending */

void php_sharedance_session_open(struct php_sharedance_session *open, struct sd_client *client)
{
	open->client = client;
}

void php_sharedance_session_close(struct php_sharedance_session *open)
{
	struct sd_error error;

	if (open->id != NULL && sd_session_end(&open->session, &error) != SD_OK) {
		php_sharedance_warn_session("unlock", &open->session, 0, &error);
	}
	php_sharedance_session_forget(open);
}

void php_sharedance_session_forget(struct php_sharedance_session *open)
{
	forget_read_ahead(open);
	forget(&open->id);
	forget(&open->created);
	open->client = NULL;
	open->is_finished = false;
}

/* }}} */
