/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the PHP-facing files share: the version, the globals, the objects, the errors. */

#ifndef PHP_SHAREDANCE_H
#define PHP_SHAREDANCE_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php.h"

#include "client/client.h"

#define PHP_SHAREDANCE_VERSION "0.1.0"
#define PHP_SHAREDANCE_PROTOCOLS "meta, classic"

extern zend_module_entry sharedance_module_entry;
#define phpext_sharedance_ptr &sharedance_module_entry

/* What is done where a session's lock is somebody else's. */
enum php_sharedance_lock_failure {
	PHP_SHAREDANCE_FAIL,     /* the session does not start */
	PHP_SHAREDANCE_READONLY, /* it can be read, and not be written */
	PHP_SHAREDANCE_IGNORE,   /* both, without the lock */
};

/* The settings sharedance.session.* */
struct php_sharedance_session_settings {
	bool redundancy;
	bool locking;
	int64_t lock_wait_ms;
	enum php_sharedance_lock_failure lock_failure;
	char *prefix;
};

/* One of these per thread under ZTS: no two threads share a connection. */
ZEND_BEGIN_MODULE_GLOBALS(sharedance)
	struct sd_network *network; /* NULL until it is needed: see php_sharedance_network() */
	struct sd_options options;
	bool persistent; /* connections outlive the request */
	struct php_sharedance_session_settings session;
	struct php_sharedance_save_handler *save_handler; /* NULL until a session is opened */
ZEND_END_MODULE_GLOBALS(sharedance)

ZEND_EXTERN_MODULE_GLOBALS(sharedance)
#define SHAREDANCE_G(v) ZEND_MODULE_GLOBALS_ACCESSOR(sharedance, v)

#if defined(ZTS) && defined(COMPILE_DL_SHAREDANCE)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

/* {{{ the module: sharedance.c */

/* This thread's network, made when it is asked for first. */
struct sd_network *php_sharedance_network(void);

/* A line in the error log. */
void php_sharedance_log(const char *line);

/* }}} */

/* {{{ values: sharedance_sink.c */

/*
 * A string of that many bytes, or `string` with so many: for values, which may
 * be larger than the memory limit leaves room for. NULL where it does not;
 * where PHP cannot say so (before it had fallible allocation) it leaves by
 * longjmp instead.
 */
static inline zend_string *php_sharedance_string_alloc(size_t length)
{
#ifdef femalloc
	return zend_string_falloc(length, /* persistent */ false, /* fallible */ true);
#else
	return zend_string_alloc(length, /* persistent */ false);
#endif
}

static inline zend_string *php_sharedance_string_extend(zend_string *string, size_t length)
{
#ifdef femalloc
	return zend_string_safe_frealloc(string, 1, length, 0, /* persistent */ false,
	                                 /* fallible */ true);
#else
	return zend_string_extend(string, length, /* persistent */ false);
#endif
}

/* Collects a fetched value in a zend_string, without a copy. */
struct php_sharedance_sink {
	struct sd_sink sink; /* first: it is a sink */
	zend_string *value;  /* whose bytes the sink shows; NULL: nothing came yet */
};

extern const struct sd_sink_kind php_sharedance_sink_kind;

static inline void php_sharedance_sink_init(struct php_sharedance_sink *sink)
{
	*sink = (struct php_sharedance_sink){.sink = {.kind = &php_sharedance_sink_kind}};
}

/* The string, which is the caller's from here on and not the sink's any more; the empty one where
 * nothing came. */
zend_string *php_sharedance_sink_take(struct php_sharedance_sink *sink);

static inline void php_sharedance_sink_free(struct php_sharedance_sink *sink)
{
	if (sink->value != NULL) {
		zend_string_efree(sink->value);
	}
}

/* }}} */

/* {{{ class SharedanceServer: sharedance_server.c */

struct php_sharedance_server {
	struct sd_server server;
	bool constructed;
	bool overrides_send;           /* a subclass has a send() of its own: it is used through it */
	struct sd_transport transport; /* that send() as a transport */
	zend_object *failure;          /* the SharedanceException that send() threw last, owned */
	zend_object std;               /* last, as Zend wants it */
};

extern zend_class_entry *php_sharedance_server_ce;

static inline struct php_sharedance_server *php_sharedance_server_from(zend_object *object)
{
	return (struct php_sharedance_server *)((char *)object -
	                                        offsetof(struct php_sharedance_server, std));
}

/* Takes the class that the stub file describes and gives it its objects. */
void php_sharedance_register_server_class(zend_class_entry *ce);

/* A new SharedanceServer object of a server that has been checked. `timeout` is in seconds. */
zend_object *php_sharedance_server_create(const struct sd_server *server, double timeout);

/* Calls the object's close(), an overridden one if there is one. */
void php_sharedance_server_close(zend_object *object);

/* }}} */

/* {{{ class Sharedance: sharedance_pool.c */

/* Takes the class that the stub file describes and gives it its objects. */
void php_sharedance_register_pool_class(zend_class_entry *ce);

extern zend_class_entry *php_sharedance_pool_ce;

/* The client of a Sharedance object, whose servers do not change until it is given back. NULL, and
 * an Error thrown, where the object was not constructed. */
struct sd_client *php_sharedance_pool_borrow(zend_object *object);
void php_sharedance_pool_give_back(zend_object *object);

/* Forgets what users' send() threw in an operation that reports its failure in another way. */
void php_sharedance_pool_forget_failures(zend_object *object);

/* }}} */

/* {{{ sessions: session_call.c, and on it session_handler.c and sharedance_session.c */

/*
 * The session that a request has open, as PHP's session module wants it handled:
 * what each of its calls comes to, whoever makes it. Zero-initialised it is
 * closed. Each call that fails has warned, once.
 */
struct php_sharedance_session {
	struct sd_client *client; /* borrowed; NULL: it is closed */
	struct sd_session session;
	enum php_sharedance_lock_failure lock_failure; /* as it was when it was read */
	zend_string *id;                               /* whose `session` is; NULL: nobody's yet */
	bool is_finished; /* it was written or deleted, and the lock given back */

	/* what was read for a call that is still to come */
	bool is_read_ahead;
	enum sd_status came;
	zend_string *value; /* where `came` is SD_OK */
	struct sd_error error;

	zend_string *created; /* the last id that was made: nobody can have it */
};

/* Begins; one that is open stays as it is, with its lock. */
void php_sharedance_session_open(struct php_sharedance_session *open, struct sd_client *client);

/* Gives back the lock, if it is still held, and all memory. */
void php_sharedance_session_close(struct php_sharedance_session *open);

/* Gives back the memory alone, at a time when no server can be asked. */
void php_sharedance_session_forget(struct php_sharedance_session *open);

/* Locks and reads: *value is the caller's, and empty where there is none. */
zend_result php_sharedance_session_read(struct php_sharedance_session *open, zend_string *id,
                                        zend_string **value);

/* Stores, or prolongs what has not changed, and gives the lock back. `life` is in seconds. */
zend_result php_sharedance_session_write(struct php_sharedance_session *open, zend_string *id,
                                         zend_string *value, zend_long life);
zend_result php_sharedance_session_touch(struct php_sharedance_session *open, zend_string *id,
                                         zend_string *value, zend_long life);

/* Deletes, and gives the lock back. */
zend_result php_sharedance_session_destroy(struct php_sharedance_session *open, zend_string *id);

/* Whether there is such a session, as far as strict mode is concerned: one that cannot be asked for
 * is not said to be unknown, for its user would be given another id. */
zend_result php_sharedance_session_validate(struct php_sharedance_session *open, zend_string *id);

/* A new id, which nothing is stored under. NULL: an exception was thrown. */
zend_string *php_sharedance_session_create_id(struct php_sharedance_session *open);

/* Makes the save handler and its settings known to PHP. */
void php_sharedance_register_save_handler(int type, int module_number);

/* Frees what a thread has of it. NULL is allowed. */
void php_sharedance_save_handler_free(struct php_sharedance_save_handler *handler);

/* A request is over: what it left open is forgotten. */
void php_sharedance_save_handler_reset(void);

/* Takes the class that the stub file describes and gives it its objects. */
void php_sharedance_register_session_class(zend_class_entry *ce);

/* }}} */

/* {{{ what is seen: sharedance_view.c */

/* A server's line of getServers(), and of getStats(), as a new array. */
void php_sharedance_view_server(zval *array, const struct sd_server *server);
void php_sharedance_view_statistics(zval *array, const struct sd_server *server);

/* The servers that this thread has asked, as a table of phpinfo(). */
void php_sharedance_print_servers(const struct sd_health *health);

/* }}} */

/* {{{ errors: sharedance_error.c */

extern zend_class_entry *php_sharedance_exception_ce;

/*
 * Throws what the client's error is in PHP: a ValueError naming the argument
 * where an argument was wrong, else a SharedanceException. Where an exception
 * is under way already (SD_ABORTED), or PHP's own end of the script at its memory
 * limit, that is left alone.
 */
void php_sharedance_throw(const struct sd_error *error);

/* The same where the error is about one of the keys or values in an array, the first argument. */
void php_sharedance_throw_of_many(const struct sd_error *error);

/* Throws a ValueError for that argument of the running method; the error's text follows its name. */
void php_sharedance_throw_argument(uint32_t number, const struct sd_error *error);

/* Warns that a session could not be read, written, deleted or unlocked, as `what` says; `bytes` is
 * the size of what was to be written. An exception that is under way says enough. */
void php_sharedance_warn_session(const char *what, const struct sd_session *session, size_t bytes,
                                 const struct sd_error *error);

/* Warns of what was wrong before anybody was asked. */
void php_sharedance_warn(const char *subject, const struct sd_error *error);

/* }}} */

#endif
