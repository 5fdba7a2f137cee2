/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * An open session locks and reads, and ends; see open_session.h. Which call does what is in
 * session_calls.c.
 *
 * Invariants: the empty session is returned only if the servers answered that
 * there is none. No message has an id.
 */

#include "php/open_session.h"

#include <stdatomic.h>
#include <string.h>

#include "ext/session/php_session.h"

#include "client/client.h"
#include "client/entry.h"
#include "php/error.h"
#include "php/runtime.h"
#include "php/session_list.h"
#include "php/value.h"

#define KEY_MAX 512     /* bytes of prefix and id; the client checks how many are legal */
#define DRAWS_MAX 16    /* of an id, to find one whose servers all live */
#define LEASE_MIN 300   /* seconds */
#define LEASE_LONG 3600 /* seconds, if the script has no time limit */

/* {{{ ids and strings */

bool php_sharedance_open_session_is_of(const struct php_sharedance_open_session *open,
                                       const zend_string *id)
{
	return open->id != NULL && zend_string_equals(open->id, id);
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

zend_long php_sharedance_gc_maxlifetime(void)
{
	return php_sharedance_session_ttl_s(
		zend_ini_long("session.gc_maxlifetime", sizeof("session.gc_maxlifetime") - 1, 0));
}

/* }}} */

/* {{{ other ids */

enum php_sharedance_session_whose
php_sharedance_open_session_whose(const struct php_sharedance_open_session *open, zend_string *id)
{
	const zval *kept;

	if (php_sharedance_open_session_is_of(open, id)) {
		return SD_ID_OWN;
	}
	kept = open->others == NULL ? NULL : zend_hash_find(open->others, id);
	return kept != NULL && Z_TYPE_P(kept) == IS_NULL ? SD_ID_UNREAD : SD_ID_OTHER;
}

void php_sharedance_open_session_forget_seen(struct php_sharedance_open_session *open,
                                             zend_string *id)
{
	if (open->others != NULL) {
		(void)zend_hash_del(open->others, id);
	}
}

bool php_sharedance_open_session_take_seen(struct php_sharedance_open_session *open,
                                           zend_string *id, struct sd_session_seen *seen)
{
	const zval *kept = open->others == NULL ? NULL : zend_hash_find(open->others, id);

	if (kept == NULL || Z_TYPE_P(kept) == IS_NULL) {
		return false;
	}
	memcpy(seen, Z_STRVAL_P(kept), sizeof(*seen));
	php_sharedance_open_session_forget_seen(open, id);
	return true;
}

/* Keeps what was seen of an id; NULL: that it is not to be changed. */
static void keep(struct php_sharedance_open_session *open, zend_string *id,
                 const struct sd_session_seen *seen)
{
	zval kept;

	if (seen != NULL && seen->version == 0 && (seen->found || seen->was_released)) {
		/* no server has told its version: it cannot be compared */
		php_sharedance_open_session_forget_seen(open, id);
		return;
	}
	if (open->others == NULL) {
		ALLOC_HASHTABLE(open->others);
		zend_hash_init(open->others, 1, NULL, ZVAL_PTR_DTOR, 0);
	}
	if (seen == NULL) {
		ZVAL_NULL(&kept);
	} else {
		ZVAL_STRINGL(&kept, (const char *)seen, sizeof(*seen));
	}
	(void)zend_hash_update(open->others, id, &kept);
}

struct php_sharedance_open_session *
php_sharedance_open_session_begin_alone(struct php_sharedance_open_session *open, zend_string *id)
{
	struct php_sharedance_open_session *alone;

	keep(open, id, NULL);
	alone = ecalloc(1, sizeof(*alone));
	php_sharedance_open_session_start(alone, open->client);
	return alone;
}

void php_sharedance_open_session_end_alone(struct php_sharedance_open_session *open,
                                           struct php_sharedance_open_session *alone,
                                           zend_string *id, zend_result result)
{
	if (result == SUCCESS) {
		keep(open, id, &alone->session.seen);
	}
	php_sharedance_open_session_end(alone); /* it may run the user's code */
	efree(alone);
}

/* }}} */

/* {{{ locking and reading */

bool php_sharedance_open_session_was_read(const struct php_sharedance_open_session *open)
{
	return open->came == SD_OK || open->came == SD_ABSENT;
}

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
	static atomic_flag reported = ATOMIC_FLAG_INIT; /* of all threads */

	if (session->hold == SD_SESSION_LOCKLESS && !atomic_flag_test_and_set(&reported)) {
		php_sharedance_log("these servers have no locks: if two requests use one session at the "
		                   "same time, the last one to write wins (sharedance.session.locking)");
	}
}

/* Makes `open` the session of that id, after it has ended the one before, which was in that state.
 * False: no session can have the id. */
static bool switch_to(struct php_sharedance_open_session *open, zend_string *id,
                      enum php_sharedance_session_state before)
{
	struct sd_error error;
	char key[KEY_MAX];

	if (open->id != NULL) {
		if (before == SD_STATE_FINISHED) {
			keep(open, open->id, &open->session.seen);
		}
		(void)sd_session_end(&open->session, &error);
		php_sharedance_forget(&open->id);
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

/* Takes the lock and reads, unless another session of this process has the lock: to wait for that
 * would be to wait for itself. */
static enum sd_status lock_session(struct php_sharedance_open_session *open,
                                   struct sd_session_rules *rules, struct sd_sink *sink)
{
	enum sd_status status;

	open->is_locked_here = rules->locks && php_sharedance_session_list_has_holder(open);
	if (open->is_locked_here && !rules->reads_anyway) {
		open->session.failed = SD_SESSION_LOCKING;
		open->session.began_ms = 0;
		return sd_error_set(&open->error, SD_CONFLICT, "%s",
		                    "another session handler of this process holds its lock");
	}
	rules->locks = rules->locks && !open->is_locked_here;
	status = sd_session_begin(&open->session, rules, sink, &open->error);
	if (open->is_locked_here) {
		open->session.hold = SD_SESSION_REFUSED;
	}
	return status;
}

static void begin_session(struct php_sharedance_open_session *open, zend_string *id,
                          bool is_replaceable)
{
	const struct php_sharedance_session_settings *settings = &SHAREDANCE_G(session);
	struct sd_session_rules rules = {
		.locks = settings->locking,
		.reads_anyway = settings->lock_failure != PHP_SHAREDANCE_FAIL,
		.is_new = open->created != NULL && zend_string_equals(open->created, id),
		.is_replaceable = is_replaceable,
		.lease_s = lease_s(),
		.wait_ms = settings->lock_wait_ms,
		.prolongs_s = settings->read_prolongs ? php_sharedance_gc_maxlifetime() : 0,
	};
	const enum php_sharedance_session_state before = open->state;
	struct php_sharedance_value value;

	if (open->created != NULL) {
		SHAREDANCE_G(ids_are_changed) = !rules.is_new;
	}
	php_sharedance_forget(&open->value);
	/* PHP's memory limit may leave by longjmp from here, and PHP then writes the session */
	open->state = SD_STATE_UNREAD;
	open->lock_failure = settings->lock_failure;
	if (!php_sharedance_open_session_is_of(open, id) && !switch_to(open, id, before)) {
		open->state = SD_STATE_OPEN;
		return;
	}
	php_sharedance_value_init(&value);
	open->came = SD_ABORTED;
	open->came = lock_session(open, &rules, &value.sink);
	if (open->came == SD_OK) {
		open->value = php_sharedance_value_take(&value);
	} else {
		php_sharedance_value_free(&value);
	}
	open->state = php_sharedance_session_next(
		SD_STATE_UNREAD, SD_ID_OWN, SD_DO_BEGIN,
		php_sharedance_open_session_was_read(open) ? SD_CALL_DONE : SD_CALL_FAILED);
	report_missing_locks(&open->session);
}

void php_sharedance_open_session_begin(struct php_sharedance_open_session *open, zend_string *id)
{
	begin_session(open, id, false);
}

void php_sharedance_open_session_try(struct php_sharedance_open_session *open, zend_string *id)
{
	begin_session(open, id, true);
}

zend_result php_sharedance_open_session_check_begun(const struct php_sharedance_open_session *open,
                                                    const char *what)
{
	struct sd_error error;

	if (php_sharedance_open_session_was_read(open)) {
		return SUCCESS;
	}
	(void)sd_error_set(&error, open->came, "%s%s", open->error.text,
	                   open->came != SD_CONFLICT || open->is_locked_here ? ""
	                   : open->session.is_ambiguous ? " (sharedance.session.lock_failure)"
	                                                : " (sharedance.session.lock_wait)");
	php_sharedance_warn_session(what, &open->session, 0, &error);
	return FAILURE;
}

zend_result php_sharedance_open_session_exists(struct php_sharedance_open_session *open,
                                               zend_string *id)
{
	struct sd_entry entry = {0};
	struct sd_error error;
	enum sd_status status;
	char key[KEY_MAX];

	entry.key = key_of(id, key);
	status = sd_client_exists(open->client, &entry, 1, /* ttl */ 0, &error);
	if (status == SD_OK) {
		return entry.status == SD_OK ? SUCCESS : FAILURE;
	}
	/* nobody can have a session of an id that is too long, or was drawn in this request */
	if (status != SD_BAD_KEY && (open->created == NULL || !zend_string_equals(open->created, id))) {
		php_sharedance_warn("Sharedance cannot tell whether there is a session of another id:",
		                    &error);
	}
	return FAILURE;
}

/* }}} */

/* {{{ new ids */

/* The servers of a session of that id, as indices. Returns their number. */
static size_t find_owners(const struct php_sharedance_open_session *open, const zend_string *id,
                          size_t owners[SD_OWNERS_MAX])
{
	struct sd_error ignored;
	char key[KEY_MAX];
	struct sd_bytes bytes = key_of(id, key);
	size_t count = 0;

	if (bytes.length <= KEY_MAX) {
		(void)sd_client_locate(open->client, bytes, owners, &count, &ignored);
	}
	return count;
}

static bool is_rejected(const struct php_sharedance_id_choice *choice, size_t server)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (choice->rejected[i] == server) {
			return true;
		}
	}
	return false;
}

/* How many servers of a session are not known to be dead. *all: how many it has. */
static size_t count_living(const struct php_sharedance_open_session *open, const zend_string *id,
                           const struct php_sharedance_id_choice *choice, size_t *all)
{
	size_t owners[SD_OWNERS_MAX];
	size_t living = 0;

	*all = find_owners(open, id, owners);
	for (size_t i = 0; i < *all; i++) {
		living += !is_rejected(choice, owners[i]) && !sd_client_knows_dead(open->client, owners[i]);
	}
	return living;
}

zend_string *php_sharedance_open_session_draw_id(const struct php_sharedance_open_session *open,
                                                 const struct php_sharedance_id_choice *choice,
                                                 bool *suits)
{
	zend_string *best = NULL;
	size_t most = 0;
	size_t all = 1;

	for (int i = 0; i < DRAWS_MAX && (best == NULL || most < all); i++) {
		void *unused = NULL;
		zend_string *id = php_session_create_id(&unused);
		size_t living = id == NULL ? 0 : count_living(open, id, choice, &all);

		if (id == NULL || (best != NULL && living <= most)) {
			php_sharedance_forget(&id);
			continue;
		}
		php_sharedance_forget(&best);
		best = id;
		most = living;
	}
	*suits = most > 0;
	return best;
}

void php_sharedance_open_session_reject_id(const struct php_sharedance_open_session *open,
                                           const zend_string *id,
                                           struct php_sharedance_id_choice *choice)
{
	size_t owners[SD_OWNERS_MAX];
	size_t count = find_owners(open, id, owners);

	for (size_t i = 0; i < count && choice->count < PHP_SHAREDANCE_REJECTED_MAX; i++) {
		choice->rejected[choice->count++] = owners[i];
	}
}

/* }}} */

/* {{{ beginning and ending */

void php_sharedance_open_session_start(struct php_sharedance_open_session *open,
                                       struct sd_client *client)
{
	open->state = SD_STATE_OPEN;
	open->client = client;
	php_sharedance_session_list_add(open);
}

/* Frees all memory, and closes it. */
static void forget_session(struct php_sharedance_open_session *open)
{
	php_sharedance_session_list_remove(open);
	php_sharedance_forget(&open->value);
	php_sharedance_forget(&open->id);
	php_sharedance_forget(&open->created);
	if (open->others != NULL) {
		zend_hash_destroy(open->others);
		FREE_HASHTABLE(open->others);
		open->others = NULL;
	}
	open->client = NULL;
	open->state = SD_STATE_CLOSED;
}

void php_sharedance_open_session_end(struct php_sharedance_open_session *open)
{
	enum sd_status status = SD_OK;

	if (open->id != NULL) {
		status = sd_session_end(&open->session, &open->error);
	}
	forget_session(open);
	if (status != SD_OK) { /* last: it runs the user's code */
		php_sharedance_warn_session("unlock", &open->session, 0, &open->error);
	}
}

void php_sharedance_open_session_abandon(struct php_sharedance_open_session *open)
{
	struct sd_error ignored;

	if (open->client != NULL && open->id != NULL) {
		(void)sd_session_end(&open->session, &ignored);
	}
	forget_session(open);
	open->running.count = 0;
}

void php_sharedance_open_session_abandon_all(const struct sd_client *client)
{
	struct php_sharedance_open_session *each = php_sharedance_session_list_first();

	while (each != NULL) {
		struct php_sharedance_open_session *next = each->next;

		if (client == NULL || each->client == client) {
			php_sharedance_open_session_abandon(each);
		}
		each = next;
	}
}

/* }}} */
